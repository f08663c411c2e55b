//! NumPy's array methods that are reductions and products.

use crate::convert;
use crate::dtypes;
use crate::errors::{enter, to_py, warn_of_discarding};
use crate::ndarray::{PyNdArray, store_result};
use anygpu::{IndexArray, Scalar, Ufunc};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

type Object<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// The arguments that all reductions have.
#[derive(Clone, Copy)]
struct Common<'a, 'py> {
    axis: Object<'a, 'py>,
    dtype: Object<'a, 'py>,
    out: Object<'a, 'py>,
    keepdims: bool,
}

impl<'py> Common<'_, 'py> {
    /// The module's function of the same name, called with arguments that have no short way; None where none of those is given.
    fn call_function(
        &self,
        slf: &Bound<'py, PyNdArray>,
        name: &str,
        ddof: Option<f64>,
        rest: &[(&str, Object<'_, 'py>)],
    ) -> PyResult<Option<Py<PyNdArray>>> {
        if rest.iter().all(|(_, value)| value.is_none()) {
            return Ok(None);
        }
        let options = PyDict::new(slf.py());
        let named = [("axis", self.axis), ("dtype", self.dtype), ("out", self.out)];
        for (key, value) in named.iter().chain(rest) {
            if let Some(value) = value {
                options.set_item(key, value)?;
            }
        }
        options.set_item("keepdims", self.keepdims)?;
        if let Some(ddof) = ddof {
            options.set_item("ddof", ddof)?;
        }
        let result = slf.py().import("anygpu")?.getattr(name)?.call((slf,), Some(&options))?;
        Ok(Some(result.cast_into::<PyNdArray>()?.unbind()))
    }
}

fn reduction<'py>(
    slf: &Bound<'py, PyNdArray>,
    name: &str,
    common: Common<'_, 'py>,
    rest: &[(&str, Object<'_, 'py>)],
) -> PyResult<Py<PyNdArray>> {
    if let Some(result) = common.call_function(slf, name, None, rest)? {
        return Ok(result);
    }
    let py = slf.py();
    store_result(py, name, slf.get().reduce(py, name, common.axis, common.keepdims, common.dtype)?, common.out)
}

fn spread<'py>(
    slf: &Bound<'py, PyNdArray>,
    name: &str,
    common: Common<'_, 'py>,
    ddof: f64,
    rest: &[(&str, Object<'_, 'py>)],
) -> PyResult<Py<PyNdArray>> {
    if let Some(result) = common.call_function(slf, name, Some(ddof), rest)? {
        return Ok(result);
    }
    let py = slf.py();
    store_result(py, name, slf.get().spread(py, name == "std", common.axis, ddof, common.keepdims, common.dtype)?, common.out)
}

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
        warn_of_discarding(py, self.array.dtype(), dtype)?;
        enter(py, || self.array.accumulate(*ufunc, axis, dtype)).map(Into::into)
    }

    /// Sum over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, keepdims = false, initial = None, r#where = None))]
    #[allow(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn sum(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
        initial: Object<'_, '_>,
        r#where: Object<'_, '_>,
    ) -> PyResult<Py<PyNdArray>> {
        reduction(slf, "sum", Common { axis, dtype, out, keepdims }, &[("initial", initial), ("where", r#where)])
    }

    /// Product over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, keepdims = false, initial = None, r#where = None))]
    #[allow(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn prod(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
        initial: Object<'_, '_>,
        r#where: Object<'_, '_>,
    ) -> PyResult<Py<PyNdArray>> {
        reduction(slf, "prod", Common { axis, dtype, out, keepdims }, &[("initial", initial), ("where", r#where)])
    }

    /// Smallest element over axes.
    #[pyo3(signature = (axis = None, out = None, keepdims = false, initial = None, r#where = None))]
    fn min(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
        initial: Object<'_, '_>,
        r#where: Object<'_, '_>,
    ) -> PyResult<Py<PyNdArray>> {
        reduction(slf, "min", Common { axis, dtype: None, out, keepdims }, &[("initial", initial), ("where", r#where)])
    }

    /// Largest element over axes.
    #[pyo3(signature = (axis = None, out = None, keepdims = false, initial = None, r#where = None))]
    fn max(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
        initial: Object<'_, '_>,
        r#where: Object<'_, '_>,
    ) -> PyResult<Py<PyNdArray>> {
        reduction(slf, "max", Common { axis, dtype: None, out, keepdims }, &[("initial", initial), ("where", r#where)])
    }

    /// Arithmetic mean over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, keepdims = false, *, r#where = None))]
    fn mean(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
        r#where: Object<'_, '_>,
    ) -> PyResult<Py<PyNdArray>> {
        reduction(slf, "mean", Common { axis, dtype, out, keepdims }, &[("where", r#where)])
    }

    /// Variance over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, *, r#where = None, mean = None, correction = None))]
    #[allow(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn var(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        ddof: f64,
        keepdims: bool,
        r#where: Object<'_, '_>,
        mean: Object<'_, '_>,
        correction: Option<f64>,
    ) -> PyResult<Py<PyNdArray>> {
        let common = Common { axis, dtype, out, keepdims };
        spread(slf, "var", common, correction.unwrap_or(ddof), &[("where", r#where), ("mean", mean)])
    }

    /// Standard deviation over axes.
    #[pyo3(signature = (axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, *, r#where = None, mean = None, correction = None))]
    #[allow(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn std(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        dtype: Object<'_, '_>,
        out: Object<'_, '_>,
        ddof: f64,
        keepdims: bool,
        r#where: Object<'_, '_>,
        mean: Object<'_, '_>,
        correction: Option<f64>,
    ) -> PyResult<Py<PyNdArray>> {
        let common = Common { axis, dtype, out, keepdims };
        spread(slf, "std", common, correction.unwrap_or(ddof), &[("where", r#where), ("mean", mean)])
    }

    /// Whether any element over axes is nonzero.
    #[pyo3(signature = (axis = None, out = None, keepdims = false, *, r#where = None))]
    fn any(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
        r#where: Object<'_, '_>,
    ) -> PyResult<Py<PyNdArray>> {
        reduction(slf, "any", Common { axis, dtype: None, out, keepdims }, &[("where", r#where)])
    }

    /// Whether all elements over axes are nonzero.
    #[pyo3(signature = (axis = None, out = None, keepdims = false, *, r#where = None))]
    fn all(
        slf: &Bound<'_, Self>,
        axis: Object<'_, '_>,
        out: Object<'_, '_>,
        keepdims: bool,
        r#where: Object<'_, '_>,
    ) -> PyResult<Py<PyNdArray>> {
        reduction(slf, "all", Common { axis, dtype: None, out, keepdims }, &[("where", r#where)])
    }

    /// Position of the first smallest element.
    #[pyo3(signature = (axis = None, out = None, *, keepdims = false))]
    fn argmin(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<Py<PyNdArray>> {
        store_result(py, "argmin", self.reduce(py, "argmin", axis, keepdims, None)?, out)
    }

    /// Position of the first largest element.
    #[pyo3(signature = (axis = None, out = None, *, keepdims = false))]
    fn argmax(&self, py: Python<'_>, axis: Object<'_, '_>, out: Object<'_, '_>, keepdims: bool) -> PyResult<Py<PyNdArray>> {
        store_result(py, "argmax", self.reduce(py, "argmax", axis, keepdims, None)?, out)
    }

    /// Elements limited to `[min, max]`.
    #[pyo3(signature = (min = None, max = None, out = None))]
    fn clip(&self, py: Python<'_>, min: Object<'_, '_>, max: Object<'_, '_>, out: Object<'_, '_>) -> PyResult<Py<PyNdArray>> {
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
                _ if dtype == anygpu::DType::Bool => false,
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
    fn dot(&self, py: Python<'_>, b: &Bound<'_, PyAny>, out: Object<'_, '_>) -> PyResult<Py<PyNdArray>> {
        let b = convert::array(b)?;
        store_result(py, "dot", enter(py, || self.array.dot(&b))?.into(), out)
    }

    /// Complex conjugate; the array itself where it is real.
    fn conj(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        if !slf.get().array.dtype().is_complex() {
            return Ok(slf);
        }
        let result = Ufunc::Conjugate.call(&[(&slf.get().array).into()]).map_err(to_py)?;
        Bound::new(slf.py(), PyNdArray::from(result))
    }

    /// Complex conjugate; the array itself where it is real.
    fn conjugate(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        PyNdArray::conj(slf)
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
    ) -> PyResult<Py<PyNdArray>> {
        let diagonal = PyNdArray { array: self.array.diagonal(offset, axis1, axis2).map_err(to_py)? };
        let last = (-1isize).into_pyobject(py)?.into_any();
        store_result(py, "trace", diagonal.reduce(py, "sum", Some(&last), false, dtype)?, out)
    }

    /// Two dimensions exchanged. A view.
    fn swapaxes(&self, axis1: isize, axis2: isize) -> PyResult<PyNdArray> {
        self.array.swap_axes(axis1, axis2).map(Into::into).map_err(to_py)
    }
}
