//! Elementwise operations over several operands: their common shape, the memory order of the result, and the fewest dimensions a
//! kernel has to walk.

use crate::layout::check_ndim;
use crate::{Dims, Error, Layout, Result, Strides, numpy_shape};

/// The shape that all `shapes` broadcast to: aligned at the last dimension, sizes equal or 1.
///
/// # Errors
/// [`Error::Value`] with the shapes if they do not broadcast.
///
/// ```
/// use anygpu_core::broadcast_shapes;
/// assert_eq!(broadcast_shapes(&[&[2, 1, 3], &[4, 1], &[]])?.as_slice(), &[2, 4, 3]);
/// # Ok::<(), anygpu_core::Error>(())
/// ```
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Result<Dims> {
    let ndim = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    check_ndim(ndim)?;
    let mut result: Dims = smallvec::smallvec![1; ndim];
    for shape in shapes {
        for (slot, &n) in result[ndim - shape.len()..].iter_mut().zip(*shape) {
            if *slot == 1 {
                *slot = n;
            } else if n != 1 && n != *slot {
                return Err(mismatch(shapes));
            }
        }
    }
    let size = result.iter().fold(1usize, |size, &n| size.saturating_mul(n));
    if isize::try_from(size).is_err() {
        return Err(Error::Value(format!("broadcast: shape {} has too many elements", numpy_shape(&result))));
    }
    Ok(result)
}

/// NumPy's message, trailing space included.
fn mismatch(shapes: &[&[usize]]) -> Error {
    let mut message = String::from("operands could not be broadcast together with shapes ");
    for shape in shapes {
        message += &numpy_shape(shape);
        message.push(' ');
    }
    Error::Value(message)
}

/// The fewest dimensions that walk the same elements in the same order, for operands that share `shape`: size-1 dimensions dropped,
/// neighbours merged where every operand's strides allow (`strides[i] == strides[i + 1] * shape[i + 1]`).
///
/// The result has at least one dimension: a single element is shape `[1]`, stride 1; no element at all is shape `[0]`, stride 1.
/// Each of `strides` must be as long as `shape`.
///
/// ```
/// let (shape, strides) = anygpu_core::collapse(&[2, 3, 4], &[&[12, 4, 1], &[0, 4, 1]]);
/// assert_eq!(shape.as_slice(), &[2, 12]);
/// assert_eq!(strides[0].as_slice(), &[12, 1]);
/// assert_eq!(strides[1].as_slice(), &[0, 1]);
/// ```
pub fn collapse(shape: &[usize], strides: &[&[isize]]) -> (Dims, Vec<Strides>) {
    let one = |n: usize| (smallvec::smallvec![n], vec![smallvec::smallvec![1]; strides.len()]);
    if shape.contains(&0) {
        return one(0);
    }
    let mut dims = Dims::new();
    let mut collapsed: Vec<Strides> = vec![Strides::new(); strides.len()];
    for (axis, &n) in shape.iter().enumerate() {
        if n == 1 {
            continue;
        }
        let stride_of = |operand: usize| strides[operand].get(axis).copied().unwrap_or(0);
        let merged = dims.last().and_then(|&outer: &usize| outer.checked_mul(n)).filter(|_| {
            collapsed
                .iter()
                .enumerate()
                .all(|(operand, outer)| outer.last().is_some_and(|&outer| outer as i128 == stride_of(operand) as i128 * n as i128))
        });
        match merged {
            Some(merged) => {
                let last = dims.len() - 1;
                dims[last] = merged;
                for (operand, outer) in collapsed.iter_mut().enumerate() {
                    outer[last] = stride_of(operand);
                }
            }
            None => {
                dims.push(n);
                for (operand, outer) in collapsed.iter_mut().enumerate() {
                    outer.push(stride_of(operand));
                }
            }
        }
    }
    if dims.is_empty() { one(1) } else { (dims, collapsed) }
}

/// The axes from outermost to innermost in memory, judged over all operands: NumPy's K order.
///
/// This is `npyiter_find_best_axis_ordering` (numpy/_core/src/multiarray/nditer_constr.c): a stable insertion sort by |stride| that
/// starts in C order, where an axis an operand broadcasts (stride 0) says nothing, and where operands disagree C order stays.
///
/// ```
/// // Both operands transposed: so is the result.
/// assert_eq!(anygpu_core::memory_order(&[3, 2], &[&[1, 3], &[1, 3]]).as_slice(), &[1, 0]);
/// // One of them is not: C order.
/// assert_eq!(anygpu_core::memory_order(&[3, 2], &[&[1, 3], &[2, 1]]).as_slice(), &[0, 1]);
/// ```
pub fn memory_order(shape: &[usize], strides: &[&[isize]]) -> Dims {
    let magnitude = |operand: &[isize], axis: usize| match shape[axis] {
        1 => 0,
        _ => operand.get(axis).map_or(0, |stride| stride.unsigned_abs()),
    };
    // `None`: no operand moves along both.
    let inner_is_farther = |inner: usize, outer: usize| {
        let mut farther = None;
        for operand in strides {
            let (a, b) = (magnitude(operand, inner), magnitude(operand, outer));
            if a != 0 && b != 0 {
                farther = Some(a > b && farther.unwrap_or(true));
            }
        }
        farther
    };
    // Innermost first while sorting.
    let mut order: Dims = (0..shape.len()).rev().collect();
    sort_by_insertion(&mut order, |axis, candidate| inner_is_farther(candidate, axis));
    order.reverse();
    order
}

/// A stable insertion sort of axes by a relation that need not say anything (`None`) about two of them.
fn sort_by_insertion(order: &mut Dims, comes_before: impl Fn(usize, usize) -> Option<bool>) {
    for from in 1..order.len() {
        let axis = order[from];
        let mut to = from;
        for candidate in (0..from).rev() {
            match comes_before(axis, order[candidate]) {
                Some(true) => to = candidate,
                Some(false) => break,
                None => {}
            }
        }
        order[to..=from].rotate_right(1);
    }
}

/// The axes from outermost to innermost in memory, by |stride|: the order in which NumPy copies and ravels an array in K order.
///
/// This is `PyArray_CreateSortedStridePerm`. Unlike in [`memory_order`], a stride of 0 is the smallest of all.
///
/// ```
/// assert_eq!(anygpu_core::copy_order(&[1, -6, 3]).as_slice(), &[1, 2, 0]);
/// assert_eq!(anygpu_core::copy_order(&[0, 1]).as_slice(), &[1, 0]);
/// ```
pub fn copy_order(strides: &[isize]) -> Dims {
    let mut order: Dims = (0..strides.len()).collect();
    order.sort_by_key(|axis| std::cmp::Reverse(strides[*axis].unsigned_abs()));
    order
}

/// The axes from outermost to innermost in memory of what NumPy joins of several layouts: C order where they disagree.
///
/// This is `PyArray_CreateMultiSortedStridePerm`: an operand says nothing about axes along which it has length 1.
pub fn joined_order(operands: &[&Layout]) -> Dims {
    let mut order: Dims = (0..operands.first().map_or(0, |first| first.ndim())).collect();
    sort_by_insertion(&mut order, |axis, candidate| {
        let mut before = None;
        for operand in operands {
            if operand.shape[axis] != 1 && operand.shape[candidate] != 1 {
                let farther = operand.strides[axis].unsigned_abs() > operand.strides[candidate].unsigned_abs();
                before = Some(farther && before.unwrap_or(true));
            }
        }
        before
    });
    order
}

/// The layout NumPy gives the new result of an elementwise operation: dense, axes in the [`memory_order`] of the operands, whose
/// strides have been broadcast to `shape`.
///
/// ```
/// use anygpu_core::{Layout, keep_order_layout};
/// let x = Layout::contiguous(&[2, 3]).transpose(None)?;
/// assert_eq!(keep_order_layout(&x.shape, &[&x.strides]), x);
/// # Ok::<(), anygpu_core::Error>(())
/// ```
pub fn keep_order_layout(shape: &[usize], operands: &[&[isize]]) -> Layout {
    Layout::dense(shape, &memory_order(shape, operands))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mismatch_lists_every_shape() {
        let error = broadcast_shapes(&[&[2, 3], &[], &[4]]).unwrap_err();
        assert_eq!(error.to_string(), "operands could not be broadcast together with shapes (2,3) () (4,) ");
        assert!(broadcast_shapes(&[&[0], &[3]]).is_err());
        assert_eq!(broadcast_shapes(&[&[0], &[1]]).unwrap().as_slice(), &[0]);
        assert_eq!(broadcast_shapes(&[]).unwrap().len(), 0);
        assert!(broadcast_shapes(&[&[1 << 62, 1], &[1 << 62]]).is_err());
    }

    #[test]
    fn collapse_has_at_least_one_dimension() {
        for (shape, n) in [(&[][..], 1), (&[1, 1][..], 1), (&[3, 0, 2][..], 0)] {
            let zeros = vec![0; shape.len()];
            let (dims, strides) = collapse(shape, &[&zeros]);
            assert_eq!((dims.as_slice(), strides[0].as_slice()), (&[n][..], &[1][..]));
        }
        // No operands: nothing prevents a merge.
        assert_eq!(collapse(&[2, 1, 3], &[]).0.as_slice(), &[6]);
    }

    #[test]
    fn collapse_merges_negative_and_broadcast_runs() {
        let (dims, strides) = collapse(&[2, 3, 4], &[&[-12, -4, -1], &[0, 0, 0]]);
        assert_eq!((dims.as_slice(), strides[0].as_slice(), strides[1].as_slice()), (&[24][..], &[-1][..], &[0][..]));
    }
}
