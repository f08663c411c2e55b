//! Several arrays made one.

use crate::array::Array;
use crate::value::common_device;
use anygpu_core::{DType, Error, IndexItem, Layout, Result, joined_order, normalize_axis, python_tuple, result_type};

/// Arrays joined along an existing axis (the first for `None` after flattening each), in the promoted dtype.
///
/// # Errors
/// No arrays, shapes that differ elsewhere than along the axis, arrays of different devices.
pub fn concatenate(arrays: &[Array], axis: Option<isize>) -> Result<Array> {
    let dtypes: Vec<DType> = arrays.iter().map(Array::dtype).collect();
    concatenate_as(arrays, axis, result_type(&dtypes, &[]))
}

/// [`concatenate`] into a dtype of one's choice.
pub fn concatenate_as(arrays: &[Array], axis: Option<isize>, dtype: DType) -> Result<Array> {
    let Some(first) = arrays.first() else {
        return Err(Error::Value("need at least one array to concatenate".into()));
    };
    let Some(axis) = axis else {
        let flat = arrays.iter().map(|a| a.reshape(&[-1])).collect::<Result<Vec<_>>>()?;
        return concatenate_as(&flat, Some(0), dtype);
    };
    if first.ndim() == 0 {
        return Err(Error::Value("zero-dimensional arrays cannot be concatenated".into()));
    }
    let axis = normalize_axis(axis, first.ndim())?;
    let values: Vec<crate::Value<'_>> = arrays.iter().map(Into::into).collect();
    let device = common_device("concatenate", &values)?;
    let mut shape = first.layout().shape.clone();
    for (k, a) in arrays.iter().enumerate().skip(1) {
        if a.ndim() != first.ndim() {
            return Err(Error::Value(format!(
                "all the input arrays must have same number of dimensions, but the array at index 0 has {} dimension(s) and the array at index {k} has {} dimension(s)",
                first.ndim(),
                a.ndim()
            )));
        }
        for d in 0..shape.len() {
            if d != axis && a.shape()[d] != shape[d] {
                return Err(Error::Value(format!(
                    "all the input array dimensions except for the concatenation axis must match exactly, but along dimension {d}, the array at index 0 has size {} and the array at index {k} has size {} (shapes {} and {})",
                    shape[d],
                    a.shape()[d],
                    python_tuple(first.shape()),
                    python_tuple(a.shape())
                )));
            }
        }
        shape[axis] =
            shape[axis].checked_add(a.shape()[axis]).ok_or_else(|| Error::Value("concatenate: the result's size overflows".into()))?;
    }
    Layout::contiguous_checked(&shape, dtype.itemsize())?;
    let layouts: Vec<&Layout> = arrays.iter().map(Array::layout).collect();
    let result = Array::empty_as(&device, Layout::dense(&shape, &joined_order(&layouts)), dtype)?;
    let mut start = 0isize;
    for a in arrays {
        let stop = start + a.shape()[axis] as isize;
        let mut items = vec![IndexItem::Slice { start: None, stop: None, step: None }; axis];
        items.push(IndexItem::Slice { start: Some(start), stop: Some(stop), step: None });
        result.index(&items)?.assign(a.into())?;
        start = stop;
    }
    Ok(result)
}

/// Arrays of one shape joined along a new axis.
///
/// # Errors
/// No arrays, shapes that differ, an axis out of range.
pub fn stack(arrays: &[Array], axis: isize) -> Result<Array> {
    let Some(first) = arrays.first() else {
        return Err(Error::Value("need at least one array to stack".into()));
    };
    if let Some(other) = arrays.iter().find(|a| a.shape() != first.shape()) {
        return Err(Error::Value(format!(
            "stack: all input arrays must have the same shape: {} and {} differ",
            anygpu_core::numpy_shape(first.shape()),
            anygpu_core::numpy_shape(other.shape())
        )));
    }
    let axis = normalize_axis(axis, first.ndim() + 1)? as isize;
    let expanded = arrays.iter().map(|a| a.expand_dims(&[axis])).collect::<Result<Vec<_>>>()?;
    concatenate(&expanded, Some(axis))
}
