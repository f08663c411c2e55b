//! `anygpu.ndarray` in order: sorting and searching along an axis.

use crate::errors::enter;
use crate::ndarray::PyNdArray;
use pyo3::prelude::*;

#[pymethods]
impl PyNdArray {
    /// The positions that sort an axis, stably.
    fn _argsort(&self, py: Python<'_>, axis: isize) -> PyResult<PyNdArray> {
        enter(py, || self.array.argsort(axis)).map(Into::into)
    }

    /// The elements sorted along an axis, as a new array.
    fn _sorted(&self, py: Python<'_>, axis: isize) -> PyResult<PyNdArray> {
        enter(py, || self.array.sort(axis)).map(Into::into)
    }

    /// Where values belong in this sorted array.
    fn _searchsorted(&self, py: Python<'_>, values: &PyNdArray, left: bool) -> PyResult<PyNdArray> {
        enter(py, || self.array.search_sorted(&values.array, left)).map(Into::into)
    }
}
