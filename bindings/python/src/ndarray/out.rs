//! The argument `out` of methods.

use crate::errors::enter;
use crate::ndarray::PyNdArray;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Where an operation was asked to put its result: an array of the exact shape.
pub(super) fn store_result(py: Python<'_>, name: &str, result: PyNdArray, out: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyNdArray>> {
    let Some(out) = out.filter(|o| !o.is_none()) else {
        return Py::new(py, result);
    };
    let out = out.cast::<PyNdArray>().map_err(|_| PyTypeError::new_err("return arrays must be of anygpu.ndarray type"))?;
    let (target, result) = (&out.get().array, result.array);
    if name == "dot" && !target.layout().is_c_contiguous() {
        return Err(PyValueError::new_err("dot: the elements of out must lie in C order without gaps"));
    }
    // NumPy's reductions convert to whatever they are given.
    let strict = matches!(name, "matmul" | "clip" | "argmin" | "argmax");
    if strict && !anygpu::can_cast(result.dtype(), target.dtype(), anygpu::Casting::SameKind) {
        return Err(PyTypeError::new_err(format!(
            "Cannot cast {name} output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
            result.dtype(),
            target.dtype()
        )));
    }
    if target.shape() != result.shape() {
        return Err(PyValueError::new_err(format!(
            "{name}: output array of shape {} given for a result of shape {}",
            anygpu::core::numpy_shape(target.shape()),
            anygpu::core::numpy_shape(result.shape())
        )));
    }
    if name == "dot" && target.dtype() != result.dtype() {
        return Err(PyValueError::new_err(format!("dot: out must have the result's dtype {}, it has {}", result.dtype(), target.dtype())));
    }
    enter(py, || target.assign((&result).into()))?;
    Ok(out.clone().unbind())
}
