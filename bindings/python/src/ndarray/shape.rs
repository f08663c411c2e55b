//! `anygpu.ndarray` in another shape: views where strides allow it.

use crate::convert;
use crate::errors::to_py;
use crate::ndarray::PyNdArray;
use anygpu::Array;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

#[pymethods]
impl PyNdArray {
    /// The array with its dimensions reversed; a view.
    #[getter(T)]
    fn t(slf: &Bound<'_, Self>) -> PyNdArray {
        PyNdArray::made_of(slf, slf.get().array.t())
    }

    /// The matrices of a stack transposed; a view.
    #[getter(mT)]
    fn mt(slf: &Bound<'_, Self>) -> PyResult<PyNdArray> {
        let ndim = slf.get().array.ndim();
        if ndim < 2 {
            return Err(PyValueError::new_err(format!("matrix transpose with ndim < 2 is undefined, the array has {ndim}")));
        }
        let mut axes: Vec<isize> = (0..ndim as isize).collect();
        axes.swap(ndim - 1, ndim - 2);
        slf.get().array.transpose(Some(&axes)).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    /// The same elements in another shape; a view where strides allow it.
    #[pyo3(signature = (*shape, order = Some("C"), copy = None))]
    fn reshape(slf: &Bound<'_, Self>, shape: &Bound<'_, PyTuple>, order: Option<&str>, copy: Option<bool>) -> PyResult<PyNdArray> {
        let lengths = variadic(shape)?;
        let order = convert::order(order, "CFA")?;
        let result = if order == 'F' || (order == 'A' && slf.get().is_fortran()) {
            let reversed: Vec<isize> = lengths.iter().rev().copied().collect();
            slf.get().array.t().reshape(&reversed).map(|a| a.t())
        } else {
            slf.get().array.reshape(&lengths)
        };
        let result = result.map_err(to_py)?;
        match copy {
            Some(true) if result.shares_base(&slf.get().array) => {
                let fortran = order == 'F' || (order == 'A' && slf.get().is_fortran());
                let copied = if fortran { result.copy_fortran() } else { result.copy() };
                copied.map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
            }
            Some(false) if !result.shares_base(&slf.get().array) => {
                Err(PyValueError::new_err("Unable to avoid creating a copy while reshaping."))
            }
            _ => Ok(PyNdArray::made_of(slf, result)),
        }
    }

    /// Dimensions permuted; reversed without arguments. A view.
    #[pyo3(signature = (*axes))]
    fn transpose(slf: &Bound<'_, Self>, axes: &Bound<'_, PyTuple>) -> PyResult<PyNdArray> {
        if axes.is_empty() || (axes.len() == 1 && axes.get_item(0)?.is_none()) {
            return Ok(PyNdArray::made_of(slf, slf.get().array.t()));
        }
        slf.get().array.transpose(Some(&variadic(axes)?)).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    /// Two dimensions exchanged. A view.
    fn swapaxes(slf: &Bound<'_, Self>, axis1: isize, axis2: isize) -> PyResult<PyNdArray> {
        slf.get().array.swap_axes(axis1, axis2).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    /// Dimensions of length 1 removed. A view.
    #[pyo3(signature = (axis = None))]
    fn squeeze(slf: &Bound<'_, Self>, axis: Option<&Bound<'_, PyAny>>) -> PyResult<PyNdArray> {
        let axes = convert::axes(axis)?;
        // NumPy lets a bare 0 or -1 through for zero-dimensional arrays.
        if slf.get().array.ndim() == 0 && matches!(axes.as_deref(), Some([0 | -1])) && !axis.is_some_and(|a| a.is_instance_of::<PyTuple>())
        {
            return Ok(PyNdArray::made_of(slf, slf.get().array.clone()));
        }
        slf.get().array.squeeze(axes.as_deref()).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    /// The elements in one dimension, without gaps: a view where they lie so.
    #[pyo3(signature = (order = Some("C")))]
    fn ravel(slf: &Bound<'_, Self>, order: Option<&str>) -> PyResult<PyNdArray> {
        slf.get()
            .in_order(convert::order(order, "CFAK")?)?
            .reshape(&[-1])
            .and_then(|a| a.contiguous())
            .map(|view| PyNdArray::made_of(slf, view))
            .map_err(to_py)
    }

    /// The elements in one dimension, copied.
    #[pyo3(signature = (order = Some("C")))]
    fn flatten(&self, order: Option<&str>) -> PyResult<PyNdArray> {
        self.in_order(convert::order(order, "CFAK")?)?.copy().and_then(|a| a.reshape(&[-1])).map(Into::into).map_err(to_py)
    }

    /// A diagonal of the matrices in two axes, as the last dimension. A view.
    #[pyo3(signature = (offset = 0, axis1 = 0, axis2 = 1))]
    fn diagonal(slf: &Bound<'_, Self>, offset: isize, axis1: isize, axis2: isize) -> PyResult<PyNdArray> {
        slf.get().array.diagonal(offset, axis1, axis2).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    fn _expand_dims(slf: &Bound<'_, Self>, axes: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        let axes = convert::axes(Some(axes))?.unwrap_or_default();
        slf.get().array.expand_dims(&axes).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    fn _broadcast_to(slf: &Bound<'_, Self>, shape: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        slf.get().array.broadcast_to(&convert::shape(shape)?).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    #[pyo3(signature = (axis = None))]
    fn _flip(slf: &Bound<'_, Self>, axis: Option<&Bound<'_, PyAny>>) -> PyResult<PyNdArray> {
        slf.get().array.flip(convert::axes(axis)?.as_deref()).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }

    /// A view with other strides, in elements, from the element on that lies `offset` elements after the first.
    fn _as_strided(slf: &Bound<'_, Self>, shape: Vec<usize>, strides: Vec<isize>, offset: usize) -> PyResult<PyNdArray> {
        slf.get().array.as_strided(&shape, &strides, offset).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py)
    }
}

impl PyNdArray {
    pub(super) fn is_fortran(&self) -> bool {
        self.array.layout().is_f_contiguous() && !self.array.layout().is_c_contiguous()
    }

    /// The view whose C order is the order asked for.
    fn in_order(&self, order: char) -> PyResult<Array> {
        match order {
            // As the elements lie in memory; where they are repeated, in C order.
            'K' => {
                let layout = self.array.layout();
                let order = anygpu::core::memory_order(&layout.shape, &[&layout.strides]);
                let axes: Vec<isize> = order.iter().map(|d| *d as isize).collect();
                self.array.transpose(Some(&axes)).map_err(to_py)
            }
            'F' => Ok(self.array.t()),
            'A' if self.is_fortran() => Ok(self.array.t()),
            _ => Ok(self.array.clone()),
        }
    }
}

/// `f(2, 3)` and `f((2, 3))` alike.
fn variadic(args: &Bound<'_, PyTuple>) -> PyResult<smallvec::SmallVec<[isize; 6]>> {
    if args.len() == 1 { convert::signed_shape(&args.get_item(0)?) } else { args.iter().map(|n| convert::index_value(&n)).collect() }
}
