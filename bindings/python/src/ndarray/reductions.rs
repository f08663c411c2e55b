//! Reductions and scans of `anygpu.ndarray`.

use crate::convert;
use crate::dtypes;
use crate::errors::{enter, to_py, warn_of_discarding};
use crate::ndarray::out::store_result;
use crate::ndarray::{Object, PyNdArray};
use anygpu::Ufunc;
use pyo3::prelude::*;
use pyo3::types::PyDict;

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

    /// Sum, product, minimum, .. by name.
    #[pyo3(signature = (name, axis = None, keepdims = false, dtype = None))]
    fn _reduce(
        &self,
        py: Python<'_>,
        name: &str,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyNdArray> {
        self.reduce(py, name, axis, keepdims, dtype)
    }

    /// Variance, or its root.
    #[pyo3(signature = (root, axis = None, ddof = 0.0, keepdims = false, dtype = None))]
    fn _var(
        &self,
        py: Python<'_>,
        root: bool,
        axis: Option<&Bound<'_, PyAny>>,
        ddof: f64,
        keepdims: bool,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyNdArray> {
        self.spread(py, root, axis, ddof, keepdims, dtype)
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
}

impl PyNdArray {
    /// Sum, product, minimum, .. by name.
    pub(crate) fn reduce(
        &self,
        py: Python<'_>,
        name: &str,
        axis: Option<&Bound<'_, PyAny>>,
        keepdims: bool,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyNdArray> {
        let axes = convert::axes(axis)?;
        let axes = axes.as_deref();
        let dtype = dtypes::optional(dtype)?;
        let x = &self.array;
        if let Some(to) = dtype {
            warn_of_discarding(py, x.dtype(), to)?;
        }
        let one = || match axes {
            None => Ok(None),
            Some([a]) => Ok(Some(*a)),
            Some(_) => Err(anygpu::Error::Type(format!("{name}: the axis must be one integer or None"))),
        };
        enter(py, || match (name, dtype) {
            ("sum", None) => x.sum(axes, keepdims),
            ("sum", Some(d)) => x.sum_as(axes, keepdims, d),
            ("prod", None) => x.prod(axes, keepdims),
            ("prod", Some(d)) => x.prod_as(axes, keepdims, d),
            ("min", _) => x.min(axes, keepdims),
            ("max", _) => x.max(axes, keepdims),
            ("any", _) => x.any(axes, keepdims),
            ("all", _) => x.all(axes, keepdims),
            ("mean", None) => x.mean(axes, keepdims),
            ("mean", Some(d)) => x.mean_as(axes, keepdims, d),
            ("count_nonzero", _) => x.count_nonzero(axes, keepdims),
            ("argmin", _) => x.argmin(one()?, keepdims),
            ("argmax", _) => x.argmax(one()?, keepdims),
            _ => Err(anygpu::Error::Value(format!("no reduction is called {name}"))),
        })
        .map(Into::into)
    }

    /// Variance, or its root.
    pub(crate) fn spread(
        &self,
        py: Python<'_>,
        root: bool,
        axis: Option<&Bound<'_, PyAny>>,
        ddof: f64,
        keepdims: bool,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyNdArray> {
        let axes = convert::axes(axis)?;
        let dtype = dtypes::optional(dtype)?;
        enter(py, || {
            let x = match dtype {
                Some(d) if d != self.array.dtype() => self.array.astype(d)?,
                _ => self.array.clone(),
            };
            if root { x.std(axes.as_deref(), ddof, keepdims) } else { x.var(axes.as_deref(), ddof, keepdims) }
        })
        .map(Into::into)
    }
}
