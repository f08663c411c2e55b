//! Decompositions of stacks of matrices. The flags say whether all matrices could be decomposed.

use crate::errors::enter;
use crate::ndarray::PyNdArray;
use anygpu::linalg::host;
use pyo3::prelude::*;

#[pyfunction]
fn host_svd(py: Python<'_>, a: &PyNdArray, full: bool) -> PyResult<(PyNdArray, PyNdArray, PyNdArray, bool)> {
    enter(py, || host::svd(&a.array, full)).map(|(u, s, vh, fine)| (u.into(), s.into(), vh.into(), fine))
}

#[pyfunction]
fn host_singular_values(py: Python<'_>, a: &PyNdArray) -> PyResult<(PyNdArray, bool)> {
    enter(py, || host::singular_values(&a.array)).map(|(s, fine)| (s.into(), fine))
}

#[pyfunction]
fn host_eigh(py: Python<'_>, a: &PyNdArray, lower: bool, vectors: bool) -> PyResult<(PyNdArray, PyNdArray, bool)> {
    enter(py, || host::eigh(&a.array, lower, vectors)).map(|(w, v, fine)| (w.into(), v.into(), fine))
}

#[pyfunction]
fn host_eig(py: Python<'_>, a: &PyNdArray, vectors: bool) -> PyResult<(PyNdArray, PyNdArray, bool)> {
    enter(py, || host::eig(&a.array, vectors)).map(|(w, v, fine)| (w.into(), v.into(), fine))
}

#[pyfunction]
fn host_solve(py: Python<'_>, a: &PyNdArray, b: &PyNdArray) -> PyResult<(PyNdArray, bool)> {
    enter(py, || host::solve(&a.array, &b.array)).map(|(x, fine)| (x.into(), fine))
}

#[pyfunction]
fn host_slogdet(py: Python<'_>, a: &PyNdArray) -> PyResult<(PyNdArray, PyNdArray)> {
    enter(py, || host::slogdet(&a.array)).map(|(sign, logarithm)| (sign.into(), logarithm.into()))
}

#[pyfunction]
fn host_cholesky(py: Python<'_>, a: &PyNdArray) -> PyResult<(PyNdArray, bool)> {
    enter(py, || host::cholesky(&a.array)).map(|(l, fine)| (l.into(), fine))
}

#[pyfunction]
fn host_qr(py: Python<'_>, a: &PyNdArray, q_columns: usize) -> PyResult<(PyNdArray, PyNdArray, PyNdArray)> {
    enter(py, || host::qr(&a.array, q_columns)).map(|(packed, tau, q)| (packed.into(), tau.into(), q.into()))
}

pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(host_svd, m)?)?;
    m.add_function(wrap_pyfunction!(host_singular_values, m)?)?;
    m.add_function(wrap_pyfunction!(host_eigh, m)?)?;
    m.add_function(wrap_pyfunction!(host_eig, m)?)?;
    m.add_function(wrap_pyfunction!(host_solve, m)?)?;
    m.add_function(wrap_pyfunction!(host_slogdet, m)?)?;
    m.add_function(wrap_pyfunction!(host_cholesky, m)?)?;
    m.add_function(wrap_pyfunction!(host_qr, m)?)
}
