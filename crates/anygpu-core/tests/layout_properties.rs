//! Every layout operation against the plainest oracle there is: the list of buffer positions, enumerated index by index.

use anygpu_core::{Dims, IndexItem, Layout, broadcast_shapes, collapse, keep_order_layout, memory_order, normalize_axis};
use proptest::collection::vec;
use proptest::prelude::*;

/// A view of some buffer: random sizes, permuted, stepped, flipped and broadcast dimensions.
fn views() -> impl Strategy<Value = Layout> {
    vec((0usize..5, 1isize..3, prop_oneof![4 => Just(1isize), 1 => Just(-1), 1 => Just(0)], any::<u32>()), 0..5).prop_map(|dims| {
        let mut order: Vec<usize> = (0..dims.len()).collect();
        order.sort_by_key(|&axis| dims[axis].3);
        let mut layout =
            Layout { shape: dims.iter().map(|dim| dim.0).collect(), strides: dims.iter().map(|_| 0).collect(), offset: 1 << 12 };
        let mut stride = 1;
        for axis in order {
            let (n, gap, sign, _) = dims[axis];
            layout.strides[axis] = stride * gap * sign;
            stride *= gap * n.max(1) as isize;
        }
        layout
    })
}

/// All indices of `shape`, in C order.
fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().fold(vec![Vec::new()], |prefixes, &n| {
        prefixes.iter().flat_map(|prefix: &Vec<usize>| (0..n).map(move |i| [prefix.as_slice(), &[i]].concat())).collect()
    })
}

fn positions(layout: &Layout) -> Vec<usize> {
    indices(&layout.shape).iter().map(|index| layout.element_offset(index).unwrap()).collect()
}

fn items() -> impl Strategy<Value = Vec<IndexItem>> {
    let bound = || prop::option::of(prop_oneof![8 => -6isize..7, 1 => any::<isize>()]);
    let step = prop::option::of(prop_oneof![8 => -3isize..4, 1 => any::<isize>()]);
    let item = prop_oneof![
        3 => (-5isize..5).prop_map(IndexItem::Int),
        4 => (bound(), bound(), step).prop_map(|(start, stop, step)| IndexItem::Slice { start, stop, step }),
        1 => Just(IndexItem::Ellipsis),
        1 => Just(IndexItem::NewAxis),
    ];
    vec(item, 0..6)
}

/// The positions along one dimension that a slice selects, by walking them as Python's documentation words it.
fn walk(n: usize, start: Option<isize>, stop: Option<isize>, step: isize) -> Vec<usize> {
    let n = n as i128;
    let wrap = |bound: isize| {
        if bound < 0 { bound as i128 + n } else { bound as i128 }
    };
    let (mut i, stop) = if step > 0 {
        (start.map_or(0, wrap).max(0), stop.map_or(n, wrap).min(n))
    } else {
        (start.map_or(n - 1, wrap).min(n - 1), stop.map_or(-1, wrap).max(-1))
    };
    let mut selected = Vec::new();
    while if step > 0 { i < stop } else { i > stop } {
        selected.push(i as usize);
        i += step as i128;
    }
    selected
}

/// `a[items]` by choosing, dimension by dimension, which positions stay; `None` where it must be refused.
fn index_oracle(layout: &Layout, items: &[IndexItem]) -> Option<(Vec<usize>, Vec<usize>)> {
    let ellipses = items.iter().filter(|item| **item == IndexItem::Ellipsis).count();
    let new = items.iter().filter(|item| **item == IndexItem::NewAxis).count();
    let whole = layout.ndim().checked_sub(items.len() - ellipses - new)?;
    if ellipses > 1 {
        return None;
    }
    let mut items = items.to_vec();
    let at = items.iter().position(|item| *item == IndexItem::Ellipsis).unwrap_or(items.len());
    items.splice(at..(at + ellipses), std::iter::repeat_n(IndexItem::FULL, whole));
    let (mut shape, mut chosen): (Vec<usize>, Vec<Vec<usize>>) = (vec![], vec![]);
    let mut axis = 0;
    for item in items {
        match item {
            IndexItem::NewAxis => {
                shape.push(1);
                continue;
            }
            IndexItem::Int(i) => {
                let n = layout.shape[axis];
                let i = if i < 0 { i + n as isize } else { i };
                chosen.push(vec![usize::try_from(i).ok().filter(|&i| i < n)?]);
            }
            IndexItem::Slice { start, stop, step } => {
                let step = step.unwrap_or(1);
                if step == 0 {
                    return None;
                }
                let selected = walk(layout.shape[axis], start, stop, step);
                shape.push(selected.len());
                chosen.push(selected);
            }
            IndexItem::Ellipsis => unreachable!(),
        }
        axis += 1;
    }
    let sizes: Vec<usize> = chosen.iter().map(Vec::len).collect();
    let positions = indices(&sizes)
        .iter()
        .map(|index| {
            let original: Vec<usize> = index.iter().zip(&chosen).map(|(&i, choice)| choice[i]).collect();
            layout.element_offset(&original).unwrap()
        })
        .collect();
    Some((shape, positions))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn element_offsets_enumerate_in_c_order(x in views()) {
        prop_assert_eq!(x.element_offsets().collect::<Vec<_>>(), positions(&x));
    }

    #[test]
    fn extent_density_and_overlap_agree_with_enumeration(x in views()) {
        let all = positions(&x);
        let mut distinct = all.clone();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(x.extent(), distinct.first().map(|&low| (low, distinct[distinct.len() - 1])));
        prop_assert!(x.fits_in(1 << 13));
        if distinct.len() < all.len() {
            prop_assert!(x.may_self_overlap());
        }
        // The strides generated here always nest, so the answer is exact.
        prop_assert_eq!(x.may_self_overlap(), distinct.len() < all.len());
        let fills = distinct.len() == all.len() && distinct.iter().copied().eq(x.offset..x.offset + all.len());
        prop_assert_eq!(x.is_dense(), fills);
        prop_assert_eq!(x.is_c_contiguous(), all.iter().copied().eq(x.offset..x.offset + all.len()));
        prop_assert_eq!(x.is_f_contiguous(), x.transpose(None).unwrap().is_c_contiguous());
    }

    #[test]
    fn reshape_keeps_the_positions_in_c_order(x in views(), factors in vec(1isize..5, 0..5), inferred in any::<bool>()) {
        let mut shape = factors;
        if inferred {
            shape.push(-1);
        }
        match x.reshape(&shape) {
            Ok(Some(view)) => prop_assert_eq!(positions(&view), positions(&x)),
            Ok(None) => prop_assert!(!x.is_c_contiguous()),
            Err(_) => {
                let known: usize = shape.iter().filter(|&&n| n > 0).product::<isize>() as usize;
                let impossible = if inferred { x.size() % known != 0 } else { x.size() != known };
                prop_assert!(impossible);
            }
        }
        let flat = x.reshape(&[-1]).unwrap();
        let all = positions(&x);
        let evenly = all.windows(3).all(|w| w[1].wrapping_sub(w[0]) == w[2].wrapping_sub(w[1]));
        prop_assert_eq!(flat.is_some(), evenly, "one dimension is a view exactly when positions are evenly spaced");
    }

    #[test]
    fn index_selects_what_walking_selects(x in views(), items in items()) {
        match (x.index(&items), index_oracle(&x, &items)) {
            (Ok(view), Some((shape, all))) => {
                prop_assert_eq!(view.shape.to_vec(), shape);
                prop_assert_eq!(positions(&view), all);
                prop_assert!(view.offset < 1 << 13);
            }
            (Err(_), None) => {}
            (actual, expected) => prop_assert!(false, "{:?} but {:?}", actual, expected),
        }
    }

    #[test]
    fn collapse_walks_the_same_positions(x in views(), y in views()) {
        let shape: Dims = broadcast_shapes(&[&x.shape, &y.shape]).unwrap_or_else(|_| x.shape.clone());
        let y = y.broadcast_to(&shape).unwrap_or_else(|_| x.clone());
        let x = x.broadcast_to(&shape).unwrap();
        let (dims, strides) = collapse(&shape, &[&x.strides, &y.strides]);
        prop_assert!(!dims.is_empty());
        prop_assert!(dims.len() <= shape.len().max(1));
        for (operand, strides) in [&x, &y].into_iter().zip(&strides) {
            let collapsed = Layout { shape: dims.clone(), strides: strides.clone(), offset: operand.offset };
            prop_assert_eq!(positions(&collapsed), positions(operand));
        }
        // Nothing is left to merge or drop.
        let operands: Vec<&[isize]> = strides.iter().map(|strides| strides.as_slice()).collect();
        prop_assert_eq!(collapse(&dims, &operands), (dims.clone(), strides.clone()));
    }

    #[test]
    fn dense_operands_of_one_order_collapse_to_one_dimension(x in views()) {
        let dense = keep_order_layout(&x.shape, &[&x.strides]);
        prop_assert!(dense.is_dense());
        let order = memory_order(&dense.shape, &[&dense.strides]);
        let shape: Dims = order.iter().map(|&axis| dense.shape[axis]).collect();
        let strides: Vec<isize> = order.iter().map(|&axis| dense.strides[axis]).collect();
        let (dims, collapsed) = collapse(&shape, &[&strides]);
        prop_assert_eq!(dims.as_slice(), &[x.size()]);
        prop_assert_eq!(collapsed[0].as_slice(), &[1]);
    }

    #[test]
    fn memory_order_is_a_permutation_and_sorts_one_operand(x in views()) {
        let order = memory_order(&x.shape, &[&x.strides]);
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        prop_assert!(sorted.into_iter().eq(0..x.ndim()));
        let magnitudes: Vec<usize> = order.iter().filter(|&&axis| x.shape[axis] != 1 && x.strides[axis] != 0)
            .map(|&axis| x.strides[axis].unsigned_abs()).collect();
        prop_assert!(magnitudes.windows(2).all(|w| w[0] >= w[1]), "{:?}", magnitudes);
    }

    #[test]
    fn broadcast_repeats_elements(x in views(), shape in vec(0usize..5, 0..6)) {
        let common = broadcast_shapes(&[&x.shape, &shape]);
        if let Ok(common) = &common {
            let view = x.broadcast_to(common).unwrap();
            let added = common.len() - x.ndim();
            for index in indices(common) {
                let own: Vec<usize> =
                    index[added..].iter().zip(&x.shape).map(|(&i, &n)| if n == 1 { 0 } else { i }).collect();
                prop_assert_eq!(view.element_offset(&index), x.element_offset(&own));
            }
        }
        let fits = common.is_ok_and(|common| common.as_slice() == shape);
        prop_assert_eq!(x.broadcast_to(&shape).is_ok(), fits);
    }

    #[test]
    fn rearranging_dimensions_keeps_every_element(x in views(), seed in vec(any::<u32>(), 5)) {
        let mut axes: Vec<isize> = (0..x.ndim() as isize).collect();
        axes.sort_by_key(|&axis| seed[axis as usize]);
        let t = x.transpose(Some(&axes)).unwrap();
        for index in indices(&t.shape) {
            let mut original = vec![0; x.ndim()];
            for (&axis, &i) in axes.iter().zip(&index) {
                original[axis as usize] = i;
            }
            prop_assert_eq!(t.element_offset(&index), x.element_offset(&original));
        }
        let flipped = x.flip(Some(&axes)).unwrap();
        prop_assert_eq!(flipped.element_offsets().collect::<Vec<_>>(), positions(&x).into_iter().rev().collect::<Vec<_>>());
        let expanded = x.expand_dims(&[0, -1]).unwrap();
        prop_assert_eq!(positions(&expanded), positions(&x));
        prop_assert_eq!(expanded.squeeze(Some(&[-1, 0])).unwrap(), x.clone());
        prop_assert_eq!(positions(&x.squeeze(None).unwrap()), positions(&x));
    }

    #[test]
    fn nothing_panics_on_layouts_that_fit_no_buffer(
        shape in vec(any::<usize>(), 0..4),
        strides in vec(any::<isize>(), 4),
        offset in any::<usize>(),
        axes in vec(any::<isize>(), 0..4),
        items in items(),
    ) {
        let x = Layout { strides: strides[..shape.len()].into(), shape: shape.into(), offset };
        let _ = (x.size(), x.extent(), x.fits_in(usize::MAX), x.may_self_overlap(), x.is_dense());
        let _ = (x.is_c_contiguous(), x.is_f_contiguous(), Layout::contiguous(&x.shape), Layout::fortran(&x.shape));
        let _ = (Layout::contiguous_checked(&x.shape, 16), x.transpose(Some(&axes)), x.flip(Some(&axes)), x.flip(None));
        let _ = (x.squeeze(Some(&axes)), x.expand_dims(&axes), x.reshape(&axes), x.index(&items), x.swap_axes(0, 1));
        let _ = (broadcast_shapes(&[&x.shape, &[3]]), collapse(&x.shape, &[&x.strides]), x.broadcast_to(&[3, 4]));
        let _ = (keep_order_layout(&x.shape, &[&x.strides, &[]]), x.element_offsets().take(10).count());
        let _ = (x.element_offset(&[1, 2]), axes.iter().all(|&axis| normalize_axis(axis, 3).is_ok()));
    }
}
