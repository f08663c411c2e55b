//! NumPy's array methods that are reductions and products.

use crate::convert;
use crate::dtypes;
use crate::errors::{enter, to_py};
use crate::ndarray::{PyNdArray, store_result};
use anygpu::{IndexArray, Scalar, Ufunc};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

type Object<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

#[pymethods]
impl PyNdArray {
    /// The elements at `indices` along an axis (of the flattened array for None).
    #[pyo3(signature = (indices, axis = None))]
    fn _take(&self, py: Python<'_>, indices: &Bound<'_, PyAny>, axis: Option<isize>) -> PyResult<PyNdArray> {
        let indices = match indices.cast::<PyNdArray>() {
            Ok(ours) => IndexArray { array: ours.get().array.clone(), range: None },
            Err(_) => convert::host_indices(indices, &self.array)?,
        };
        enter(py, || self.array.take(indices, axis)).map(Into::into)
    }

    /// The positions of the nonzero elements, one int64 array a dimension. Waits for the device to count them.
    fn nonzero<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let found = enter(py, || self.array.nonzero())?;
        PyTuple::new(py, found.into_iter().map(PyNdArray::from).map(|a| Py::new(py, a)).collect::<PyResult<Vec<_>>>()?)
    }

    /// The positions of the nonzero elements in the flattened array.
    fn _flatnonzero(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        enter(py, || self.array.flat_nonzero()).map(Into::into)
    }

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

    /// `r[k] = ufunc(r[k - 1], x[k])` along an axis, computed in a dtype.
    fn _accumulate(&self, py: Python<'_>, ufunc: &str, axis: isize, dtype: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        let dtype = dtypes::from_py(dtype)?;
        let ufunc = Ufunc::ALL
            .iter()
            .find(|u| u.name() == ufunc)
            .ok_or_else(|| pyo3::exceptions::PyValueError::new_err(format!("no ufunc is called {ufunc}")))?;
        enter(py, || self.array.accumulate(*ufunc, axis, dtype)).map(Into::into)
    }

    /// Sum over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, keepdims = false))]
    fn sum(&self, py: Python<'_>, axis: Object<'_, '_>, dtype: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<PyNdArray> {
        store_result(py, "sum", self.reduce(py, "sum", axis, keepdims, dtype)?, out)
    }

    /// Product over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, keepdims = false))]
    fn prod(
        &self,
        py: Python<'_>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
    ) -> PyResult<PyNdArray> {
        store_result(py, "prod", self.reduce(py, "prod", axis, keepdims, dtype)?, out)
    }

    /// Smallest element over axes.
    #[pyo3(signature = (axis = None, out = None, keepdims = false))]
    fn min(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<PyNdArray> {
        store_result(py, "min", self.reduce(py, "min", axis, keepdims, None)?, out)
    }

    /// Largest element over axes.
    #[pyo3(signature = (axis = None, out = None, keepdims = false))]
    fn max(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<PyNdArray> {
        store_result(py, "max", self.reduce(py, "max", axis, keepdims, None)?, out)
    }

    /// Arithmetic mean over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, keepdims = false))]
    fn mean(
        &self,
        py: Python<'_>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
    ) -> PyResult<PyNdArray> {
        store_result(py, "mean", self.reduce(py, "mean", axis, keepdims, dtype)?, out)
    }

    /// Variance over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, *, correction = None))]
    #[allow(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn var(
        &self,
        py: Python<'_>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        ddof: f64,
        keepdims: bool,
        correction: Option<f64>,
    ) -> PyResult<PyNdArray> {
        store_result(py, "var", self.spread(py, false, axis, correction.unwrap_or(ddof), keepdims, dtype)?, out)
    }

    /// Standard deviation over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, *, correction = None))]
    #[allow(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn std(
        &self,
        py: Python<'_>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        ddof: f64,
        keepdims: bool,
        correction: Option<f64>,
    ) -> PyResult<PyNdArray> {
        store_result(py, "std", self.spread(py, true, axis, correction.unwrap_or(ddof), keepdims, dtype)?, out)
    }

    /// Whether any element over axes is nonzero.
    #[pyo3(signature = (axis = None, out = None, keepdims = false))]
    fn any(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<PyNdArray> {
        store_result(py, "any", self.reduce(py, "any", axis, keepdims, None)?, out)
    }

    /// Whether all elements over axes are nonzero.
    #[pyo3(signature = (axis = None, out = None, keepdims = false))]
    fn all(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<PyNdArray> {
        store_result(py, "all", self.reduce(py, "all", axis, keepdims, None)?, out)
    }

    /// Position of the first smallest element.
    #[pyo3(signature = (axis = None, out = None, *, keepdims = false))]
    fn argmin(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<PyNdArray> {
        store_result(py, "argmin", self.reduce(py, "argmin", axis, keepdims, None)?, out)
    }

    /// Position of the first largest element.
    #[pyo3(signature = (axis = None, out = None, *, keepdims = false))]
    fn argmax(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<PyNdArray> {
        store_result(py, "argmax", self.reduce(py, "argmax", axis, keepdims, None)?, out)
    }

    /// Elements limited to `[min, max]`.
    #[pyo3(signature = (min = None, max = None, out = None))]
    fn clip(&self, py: Python<'_>, min: Object<'_, '_>, max: Object<'_, '_>, out: Object<'_, '_>) -> PyResult<PyNdArray> {
        let mut result = self.array.clone();
        let dtype = result.dtype();
        for (bound, ufunc) in [(min, Ufunc::Maximum), (max, Ufunc::Minimum)] {
            let Some(bound) = bound.filter(|b| !b.is_none()) else {
                continue;
            };
            let operand = convert::operand(bound, Some(&self.array))?
                .ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("clip: a bound is no number and no array"))?;
            // A bound that no element can pass limits nothing.
            let idle = match operand.value() {
                anygpu::Value::Scalar(Scalar::Int(v)) if ufunc == Ufunc::Maximum => Some(v) < dtype.min_value(),
                anygpu::Value::Scalar(Scalar::Int(v)) => dtype.max_value().is_some_and(|m| v > m),
                _ => false,
            };
            if !idle {
                result = ufunc.call(&[(&result).into(), operand.value()]).map_err(to_py)?;
            }
        }
        if result.shares_base(&self.array) && out.is_none_or(|o| o.is_none()) {
            result = result.copy().map_err(to_py)?;
        }
        store_result(py, "clip", PyNdArray { array: result }, out)
    }

    /// `numpy.dot` with another array.
    #[pyo3(signature = (b, out = None))]
    fn dot(&self, py: Python<'_>, b: &Bound<'_, PyAny>, out: Object<'_, '_>) -> PyResult<PyNdArray> {
        let b = convert::array(b)?;
        store_result(py, "dot", enter(py, || self.array.dot(&b))?.into(), out)
    }

    /// Complex conjugate.
    fn conj(&self) -> PyResult<PyNdArray> {
        Ufunc::Conjugate.call(&[(&self.array).into()]).map(Into::into).map_err(to_py)
    }

    /// Complex conjugate.
    fn conjugate(&self) -> PyResult<PyNdArray> {
        self.conj()
    }

    /// A diagonal of the matrices in two axes, as the last dimension. A view.
    #[pyo3(signature = (offset = 0, axis1 = 0, axis2 = 1))]
    fn diagonal(&self, offset: isize, axis1: isize, axis2: isize) -> PyResult<PyNdArray> {
        self.array.diagonal(offset, axis1, axis2).map(Into::into).map_err(to_py)
    }

    /// Sum of a diagonal.
    #[pyo3(signature = (offset = 0, axis1 = 0, axis2 = 1, dtype = None, out = None))]
    fn trace(
        &self,
        py: Python<'_>,
        offset: isize,
        axis1: isize,
        axis2: isize,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
    ) -> PyResult<PyNdArray> {
        let diagonal = PyNdArray { array: self.array.diagonal(offset, axis1, axis2).map_err(to_py)? };
        let last = (-1isize).into_pyobject(py)?.into_any();
        store_result(py, "trace", diagonal.reduce(py, "sum", Some(&last), false, dtype)?, out)
    }

    /// Two dimensions exchanged. A view.
    fn swapaxes(&self, axis1: isize, axis2: isize) -> PyResult<PyNdArray> {
        self.array.swap_axes(axis1, axis2).map(Into::into).map_err(to_py)
    }
}
