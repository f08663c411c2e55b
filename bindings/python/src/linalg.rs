//! Decompositions of stacks of matrices, on the device and on the host. The flags of the latter say whether all matrices could be decomposed.

use crate::errors::enter;
use crate::ndarray::PyNdArray;
use anygpu::linalg::{self, host};
use pyo3::prelude::*;

/// The lower triangular factors, and a flag a matrix that is not positive definite.
#[pyfunction]
fn cholesky(py: Python<'_>, a: &PyNdArray) -> PyResult<(PyNdArray, PyNdArray)> {
    enter(py, || linalg::cholesky(&a.array)).map(|(l, flags)| (l.into(), flags.into()))
}

/// The factors, the pivots, and a flag a matrix that is singular.
#[pyfunction]
fn lu(py: Python<'_>, a: &PyNdArray) -> PyResult<(PyNdArray, PyNdArray, PyNdArray)> {
    enter(py, || linalg::lu(&a.array)).map(|lu| (lu.factors.into(), lu.pivots.into(), lu.singular.into()))
}

/// The solutions of equations, and a flag a matrix that is singular.
#[pyfunction]
fn lu_solve(py: Python<'_>, a: &PyNdArray, b: &PyNdArray) -> PyResult<(PyNdArray, PyNdArray)> {
    enter(py, || {
        let lu = linalg::lu(&a.array)?;
        Ok((lu.solve(&b.array)?, lu.singular))
    })
    .map(|(x, singular)| (x.into(), singular.into()))
}

/// The packed decomposition, the factors of the reflections, `r_rows` rows of r and `q_columns` columns of q.
#[pyfunction]
fn qr(py: Python<'_>, a: &PyNdArray, r_rows: usize, q_columns: usize) -> PyResult<(PyNdArray, PyNdArray, PyNdArray, PyNdArray)> {
    enter(py, || {
        let qr = linalg::qr(&a.array)?;
        let (r, q) = (qr.r(r_rows)?, qr.q(q_columns)?);
        Ok((qr.packed, qr.tau, r, q))
    })
    .map(|(packed, tau, r, q)| (packed.into(), tau.into(), r.into(), q.into()))
}

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

pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(cholesky, m)?)?;
    m.add_function(wrap_pyfunction!(lu, m)?)?;
    m.add_function(wrap_pyfunction!(lu_solve, m)?)?;
    m.add_function(wrap_pyfunction!(qr, m)?)?;
    m.add_function(wrap_pyfunction!(host_svd, m)?)?;
    m.add_function(wrap_pyfunction!(host_singular_values, m)?)?;
    m.add_function(wrap_pyfunction!(host_eigh, m)?)?;
    m.add_function(wrap_pyfunction!(host_eig, m)?)
}
