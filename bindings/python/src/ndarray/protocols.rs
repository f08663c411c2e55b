//! The protocols by which NumPy and code written for the array API standard find `anygpu.ndarray`.

use crate::ndarray::PyNdArray;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

#[pymethods]
impl PyNdArray {
    /// NumPy's operators hand over to ours.
    #[classattr]
    fn __array_priority__() -> f64 {
        100.0
    }

    #[pyo3(signature = (ufunc, method, *inputs, **options))]
    fn __array_ufunc__<'py>(
        slf: &Bound<'py, Self>,
        ufunc: &Bound<'py, PyAny>,
        method: &str,
        inputs: &Bound<'py, PyTuple>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = options.cloned().unwrap_or_else(|| PyDict::new(slf.py()));
        slf.py().import("anygpu._protocols")?.call_method1("array_ufunc", (slf, ufunc, method, inputs, options))
    }

    fn __array_function__<'py>(
        slf: &Bound<'py, Self>,
        func: &Bound<'py, PyAny>,
        types: &Bound<'py, PyAny>,
        args: &Bound<'py, PyAny>,
        kwargs: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("anygpu._protocols")?.call_method1("array_function", (slf, func, types, args, kwargs))
    }

    #[pyo3(signature = (*, api_version = None))]
    fn __array_namespace__<'py>(&self, py: Python<'py>, api_version: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        py.import("anygpu._protocols")?.call_method1("array_namespace", (api_version,))
    }
}
