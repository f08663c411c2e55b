//! Matrix products of `anygpu.ndarray`: the operator `@`, and `dot`.

use crate::convert::{self, Operand};
use crate::errors::enter;
use crate::ndarray::elementwise::unknown_operand;
use crate::ndarray::out::store_result;
use crate::ndarray::{Object, PyNdArray};
use anygpu::Array;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

fn matmul(py: Python<'_>, this: &Array, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
    let operand = match convert::operand(other, Some(this))? {
        Some(Operand::Ours(a)) => a.get().array.clone(),
        Some(Operand::Uploaded(a)) => a,
        Some(_) => {
            return Err(PyValueError::new_err(
                "matmul: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)",
            ));
        }
        None => return unknown_operand(py, "matmul", this, other, swapped),
    };
    let result = enter(py, || if swapped { operand.matmul(this) } else { this.matmul(&operand) });
    PyNdArray::from(result?).into_py_any(py)
}

#[pymethods]
impl PyNdArray {
    fn __matmul__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        matmul(py, &self.array, other, false)
    }

    fn __rmatmul__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        matmul(py, &self.array, other, true)
    }

    fn __imatmul__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let product = matmul(py, &self.array, other, false)?;
        let product = product.bind(py).cast::<PyNdArray>()?;
        let (product, this) = (product.get().array.clone(), self.array.clone());
        let out = Py::new(py, PyNdArray::from(this))?;
        store_result(py, "matmul", product.into(), Some(out.bind(py).as_any())).map(drop)
    }

    /// `numpy.dot` with another array.
    #[pyo3(signature = (b, out = None))]
    fn dot(&self, py: Python<'_>, b: &Bound<'_, PyAny>, out: Object<'_, '_>) -> PyResult<Py<PyNdArray>> {
        let b = convert::array(b)?;
        store_result(py, "dot", enter(py, || self.array.dot(&b))?.into(), out)
    }

    fn _dot(&self, py: Python<'_>, other: &PyNdArray) -> PyResult<PyNdArray> {
        enter(py, || self.array.dot(&other.array)).map(Into::into)
    }

    fn _matmul(&self, py: Python<'_>, other: &PyNdArray) -> PyResult<PyNdArray> {
        enter(py, || self.array.matmul(&other.array)).map(Into::into)
    }
}
