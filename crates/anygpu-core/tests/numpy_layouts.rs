//! Views and result layouts, line by line against what NumPy answered (tests/data/make_layout_table.py).

use anygpu_core::{IndexItem, Layout, keep_order_layout};

const TABLE: &str = include_str!("data/numpy_layouts.txt");

fn lines(wanted: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    TABLE.lines().map(|line| line.split('|').collect::<Vec<_>>()).filter(move |fields| fields[0] == wanted)
}

fn numbers<T: std::str::FromStr>(field: &str) -> Vec<T> {
    let parse = |text: &str| text.parse().unwrap_or_else(|_| panic!("not a number: {text}"));
    if field.is_empty() { Vec::new() } else { field.split(',').map(parse).collect() }
}

fn layout(field: &str) -> Layout {
    let parts: Vec<&str> = field.split(';').collect();
    Layout { shape: numbers(parts[0]).into(), strides: numbers(parts[1]).into(), offset: parts[2].parse().unwrap() }
}

/// Strides of dimensions of size 1 and of zero-size arrays reach nothing; NumPy leaves in them what its loops left.
fn comparable(mut layout: Layout) -> Layout {
    let empty = layout.size() == 0;
    for (stride, &n) in layout.strides.iter_mut().zip(&layout.shape) {
        if empty || n == 1 {
            *stride = 0;
        }
    }
    layout
}

fn items(field: &str) -> Vec<IndexItem> {
    let bound = |text: &str| {
        if text.is_empty() { None } else { Some(text.parse().unwrap()) }
    };
    let item = |text: &str| match text {
        "..." => IndexItem::Ellipsis,
        "None" => IndexItem::NewAxis,
        _ if text.contains(':') => {
            let parts: Vec<&str> = text.split(':').collect();
            let step = parts.get(2).copied().unwrap_or("");
            IndexItem::Slice { start: bound(parts[0]), stop: bound(parts[1]), step: bound(step) }
        }
        _ => IndexItem::Int(text.parse().unwrap()),
    };
    if field.is_empty() { Vec::new() } else { field.split(',').map(item).collect() }
}

#[test]
fn reshape_finds_a_view_exactly_where_numpy_does() {
    let (mut views, mut copies) = (0, 0);
    for line in lines("reshape") {
        match (layout(line[1]).reshape(&numbers(line[2])), line[3]) {
            (Ok(None), "copy") => copies += 1,
            (Ok(Some(view)), expected) if expected.contains(';') => {
                assert_eq!(comparable(view), comparable(layout(expected)), "{line:?}");
                views += 1;
            }
            (Err(error), expected) => assert_eq!(format!("!{error}"), expected, "{line:?}"),
            (other, _) => panic!("{line:?} gave {other:?}"),
        }
    }
    assert!(views > 200 && copies > 50, "{views} views, {copies} copies");
}

#[test]
fn basic_indexing_gives_numpys_views_and_messages() {
    let (mut views, mut errors) = (0, 0);
    for line in lines("index") {
        match layout(line[1]).index(&items(line[2])) {
            Ok(view) => {
                assert_eq!(comparable(view), comparable(layout(line[3])), "{line:?}");
                views += 1;
            }
            Err(error) => {
                assert_eq!(format!("!{:?}Error: {error}", error.kind()), line[3], "{line:?}");
                errors += 1;
            }
        }
    }
    assert!(views > 200 && errors > 100, "{views} views, {errors} errors");
}

#[test]
fn elementwise_results_have_numpys_memory_order() {
    let mut cases = 0;
    for line in lines("ufunc") {
        let operands: Vec<Vec<isize>> = line[2..line.len() - 1].iter().map(|field| numbers(field)).collect();
        let operands: Vec<&[isize]> = operands.iter().map(Vec::as_slice).collect();
        let result = keep_order_layout(&numbers::<usize>(line[1]), &operands);
        assert!(result.is_dense());
        assert_eq!(comparable(result), comparable(layout(line[line.len() - 1])), "{line:?}");
        cases += 1;
    }
    assert_eq!(cases, 400);
}

#[test]
fn contiguity_flags_are_numpys() {
    for line in lines("flags") {
        let x = layout(line[1]);
        let bits = format!("{}{}", x.is_c_contiguous() as u8, x.is_f_contiguous() as u8);
        assert_eq!(bits, line[2], "{line:?}");
    }
}
