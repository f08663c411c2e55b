//! Fourier transforms.

use crate::convert;
use crate::errors::enter;
use crate::ndarray::PyNdArray;
use anygpu::Transform;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A transform of `n` points along an axis, multiplied by `factor`; `kind` is "fft", "ifft", "rfft" or "irfft".
#[pyfunction]
#[pyo3(signature = (a, kind, n, axis, factor))]
pub(crate) fn transform(a: &Bound<'_, PyAny>, kind: &str, n: usize, axis: isize, factor: f64) -> PyResult<PyNdArray> {
    let transform = match kind {
        "fft" => Transform::Forward,
        "ifft" => Transform::Inverse,
        "rfft" => Transform::RealForward,
        "irfft" => Transform::RealInverse,
        other => return Err(PyValueError::new_err(format!("there is no Fourier transform {other:?}"))),
    };
    let array = convert::array(a)?;
    enter(a.py(), || array.transform(transform, n, axis, factor)).map(Into::into)
}
