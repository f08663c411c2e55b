//! The elements of `anygpu.ndarray` in another dtype or another memory order: copies, and views of the same bytes.

use crate::convert;
use crate::dtypes;
use crate::errors::{enter, to_py, warn_of_discarding};
use crate::ndarray::PyNdArray;
use anygpu::DType;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

#[pymethods]
impl PyNdArray {
    /// The elements converted to another dtype, as a new array (the same one for `copy=False` where nothing changes).
    #[pyo3(signature = (dtype, order = Some("K"), casting = "unsafe", subok = true, copy = true, *, device = None))]
    fn astype(
        slf: &Bound<'_, Self>,
        dtype: &Bound<'_, PyAny>,
        order: Option<&str>,
        casting: &str,
        subok: bool,
        copy: bool,
        device: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let _ = subok;
        let py = slf.py();
        let this = &slf.get().array;
        let order = if order.is_none() { 'K' } else { convert::order(order, "CFAK")? };
        if let Some(d) = device.filter(|d| !d.is_none())
            && !d.eq(slf.get().device().into_py_any(py)?)?
        {
            return Err(PyValueError::new_err("astype: the array is on another device; move it with asarray(x, device=...)"));
        }
        let to = dtypes::from_py(dtype)?;
        let rule = anygpu::Casting::from_name(casting).ok_or_else(|| {
            PyValueError::new_err(format!("casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe' (got '{casting}')"))
        })?;
        if !anygpu::can_cast(this.dtype(), to, rule) {
            return Err(PyTypeError::new_err(format!(
                "Cannot cast array data from dtype('{}') to dtype('{to}') according to the rule '{casting}'",
                this.dtype()
            )));
        }
        let in_order = match order {
            'C' => this.layout().is_c_contiguous(),
            'F' => this.layout().is_f_contiguous(),
            'A' => this.layout().is_c_contiguous() || this.layout().is_f_contiguous(),
            _ => true,
        };
        if !copy && to == this.dtype() && in_order {
            return Ok(slf.clone().into_any().unbind());
        }
        warn_of_discarding(py, this.dtype(), to)?;
        slf.get().converted(to, order)?.into_py_any(py)
    }

    /// A new array of the same elements.
    #[pyo3(signature = (order = Some("C")))]
    fn copy(&self, order: Option<&str>) -> PyResult<PyNdArray> {
        self.converted(self.array.dtype(), convert::order(order, "CFAK")?)
    }

    fn __copy__(&self) -> PyResult<PyNdArray> {
        self.converted(self.array.dtype(), 'K')
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        self.converted(self.array.dtype(), 'K')
    }

    /// The same bytes as another dtype, as `numpy.ndarray.view`: a view.
    #[pyo3(signature = (dtype = None, r#type = None))]
    fn view(slf: &Bound<'_, Self>, dtype: Option<&Bound<'_, PyAny>>, r#type: Option<&Bound<'_, PyAny>>) -> PyResult<PyNdArray> {
        let (py, array) = (slf.py(), &slf.get().array);
        let class = py.get_type::<PyNdArray>();
        // A class of arrays in place of the dtype is NumPy's other form.
        let dtype = dtype.filter(|d| !d.is(&class));
        if let Some(other) = r#type.filter(|t| !t.is(&class)) {
            return Err(PyTypeError::new_err(format!("view: type must be anygpu.ndarray, not {other}")));
        }
        let view = match dtypes::optional(dtype)? {
            Some(dtype) => enter(py, || array.view(dtype))?,
            None => array.clone(),
        };
        Ok(PyNdArray::made_of(slf, view))
    }

    /// The real parts: a view of complex arrays, the array itself where it is real.
    #[getter]
    fn real(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let (py, array) = (slf.py(), &slf.get().array);
        if !array.dtype().is_complex() {
            return Ok(slf);
        }
        Bound::new(py, PyNdArray::made_of(&slf, enter(py, || array.real())?))
    }

    #[setter]
    fn set_real(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let part = Py::new(py, PyNdArray::from(enter(py, || self.array.real())?))?;
        part.bind(py).set_item(py.Ellipsis(), value)
    }

    /// The imaginary parts: a view of complex arrays, zeros where the array is real.
    #[getter]
    fn imag(slf: &Bound<'_, Self>) -> PyResult<PyNdArray> {
        let array = &slf.get().array;
        enter(slf.py(), || array.imag()).map(|part| PyNdArray::made_of(slf, part))
    }

    #[setter]
    fn set_imag(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if !self.array.dtype().is_complex() {
            return Err(PyTypeError::new_err("array does not have imaginary part to set"));
        }
        let part = Py::new(py, PyNdArray::from(enter(py, || self.array.imag())?))?;
        part.bind(py).set_item(py.Ellipsis(), value)
    }
}

impl PyNdArray {
    /// A copy in a dtype and a memory order.
    fn converted(&self, dtype: DType, order: char) -> PyResult<PyNdArray> {
        let array = &self.array;
        let order = match order {
            'A' if self.is_fortran() => 'F',
            'A' => 'C',
            other => other,
        };
        let copied = match order {
            'C' if dtype == array.dtype() => array.copy(),
            'F' if dtype == array.dtype() => array.copy_fortran(),
            'K' if dtype == array.dtype() => array.copy_keeping_order(),
            'C' => array.astype(dtype).and_then(|a| a.contiguous()),
            'F' => array.astype(dtype).and_then(|a| if a.layout().is_f_contiguous() { Ok(a) } else { a.copy_fortran() }),
            _ => array.astype(dtype),
        };
        copied.map(Into::into).map_err(to_py)
    }
}
