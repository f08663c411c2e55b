//! Reductions and scans of `anygpu.ndarray`.

use crate::convert;
use crate::dtypes;
use crate::errors::{enter, to_py, warn_of_discarding};
use crate::ndarray::out::store_result;
use crate::ndarray::{Object, PyNdArray};
use anygpu::Ufunc;
use pyo3::prelude::*;

#[pymethods]
impl PyNdArray {
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
        let diagonal = PyNdArray::from(self.array.diagonal(offset, axis1, axis2).map_err(to_py)?);
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
