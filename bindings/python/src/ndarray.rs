//! `anygpu.ndarray`: the class, its construction and its attributes. What its methods do stands in the modules below this one.

mod conversion;
mod elementwise;
mod host;
mod indexing;
mod out;
mod products;
mod protocols;
mod reductions;
mod shape;
mod sorting;

use crate::device::PyDevice;
use crate::dtypes;
use crate::errors::to_py;
use anygpu::Array;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

pub(crate) use indexing::PyArrayIterator;

/// An argument that may be left out.
type Object<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// An n-dimensional array on a GPU, with NumPy's semantics.
///
/// Made by `anygpu.asarray`, `zeros`, `arange` and the other creation functions, and by operations on arrays.
/// `ndarray(shape, dtype=float)` is `anygpu.empty`; with `buffer`, another array, it is a view of that array's elements.
#[pyclass(name = "ndarray", module = "anygpu", frozen, subclass, weakref)]
pub(crate) struct PyNdArray {
    pub(crate) array: Array,
    /// The array that has the memory, where this one is a view of it.
    owner: Option<Py<PyNdArray>>,
}

impl From<Array> for PyNdArray {
    fn from(array: Array) -> Self {
        PyNdArray { array, owner: None }
    }
}

impl PyNdArray {
    /// What an operation made of an array: a view of the array that has the memory, or a new array.
    pub(crate) fn made_of(this: &Bound<'_, Self>, result: Array) -> PyNdArray {
        let owner = result.shares_base(&this.get().array).then(|| PyNdArray::owner(this));
        PyNdArray { array: result, owner }
    }

    /// The array that has the memory of an array: itself, unless it is a view.
    fn owner(this: &Bound<'_, Self>) -> Py<PyNdArray> {
        this.get().owner.as_ref().map_or_else(|| this.clone().unbind(), |owner| owner.clone_ref(this.py()))
    }
}

#[pymethods]
impl PyNdArray {
    /// `anygpu.empty`, or a view of `buffer`; the arguments are those of `numpy.ndarray`.
    #[new]
    #[pyo3(signature = (shape, dtype = None, buffer = None, offset = 0, strides = None, order = None))]
    fn new(
        py: Python<'_>,
        shape: &Bound<'_, PyAny>,
        dtype: Option<&Bound<'_, PyAny>>,
        buffer: Option<&Bound<'_, PyAny>>,
        offset: isize,
        strides: Option<&Bound<'_, PyAny>>,
        order: Option<&str>,
    ) -> PyResult<PyNdArray> {
        let made = py.import("anygpu.creation_functions")?.call_method1("_constructed", (shape, dtype, buffer, offset, strides, order))?;
        let made = made.cast::<PyNdArray>()?.get();
        Ok(PyNdArray { array: made.array.clone(), owner: made.owner.as_ref().map(|owner| owner.clone_ref(py)) })
    }

    /// Length of each dimension.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.array.shape())
    }

    /// The element type, a `numpy.dtype`.
    #[getter]
    fn dtype(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        dtypes::to_numpy(py, self.array.dtype())
    }

    /// Number of dimensions.
    #[getter]
    fn ndim(&self) -> usize {
        self.array.ndim()
    }

    /// Number of elements.
    #[getter]
    fn size(&self) -> usize {
        self.array.size()
    }

    /// Bytes of one element.
    #[getter]
    fn itemsize(&self) -> usize {
        self.array.dtype().itemsize()
    }

    /// Bytes of the elements.
    #[getter]
    fn nbytes(&self) -> usize {
        self.array.nbytes()
    }

    /// Bytes to step along each dimension.
    #[getter]
    fn strides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let item = self.array.dtype().itemsize() as isize;
        PyTuple::new(py, self.array.layout().strides.iter().map(|s| s * item))
    }

    /// The device that holds the array.
    #[getter]
    fn device(&self) -> PyDevice {
        PyDevice(self.array.device().clone())
    }

    #[getter]
    fn _c_contiguous(&self) -> bool {
        self.array.layout().is_c_contiguous()
    }

    #[getter]
    fn _f_contiguous(&self) -> bool {
        self.array.layout().is_f_contiguous()
    }

    /// The array that this one is a view of; None where it has its memory itself.
    #[getter]
    fn base(&self, py: Python<'_>) -> Option<Py<PyNdArray>> {
        self.owner.as_ref().map(|owner| owner.clone_ref(py))
    }

    /// The array as one that has its memory itself: for new arrays that are made as views of what nobody else sees.
    fn _owned(&self) -> PyNdArray {
        self.array.clone().into()
    }

    /// Where the first element lies in the memory of the base, in elements.
    #[getter]
    fn _offset(&self) -> usize {
        self.array.layout().offset
    }

    /// Whether an element may be seen at two places, as in broadcast views: such an array cannot be written.
    #[getter]
    fn _may_overlap(&self) -> bool {
        self.array.layout().may_overlap()
    }

    #[getter]
    fn _writeable(&self) -> bool {
        self.array.is_writeable()
    }

    fn _set_writeable(&self, writeable: bool) -> PyResult<()> {
        self.array.set_writeable(writeable).map_err(to_py)
    }

    /// A number for the dtype and the number of dimensions.
    #[getter]
    fn _signature(&self) -> usize {
        self.array.dtype() as usize | self.array.ndim() << 8
    }

    fn _shares_memory(&self, other: &PyNdArray) -> bool {
        self.array.shares_base(&other.array)
    }

    /// Starts computing the array if it is deferred.
    fn _compute(&self) -> PyResult<()> {
        self.array.compute().map_err(to_py)
    }

    fn __len__(&self) -> PyResult<usize> {
        self.array.shape().first().copied().ok_or_else(|| PyTypeError::new_err("len() of unsized object"))
    }

    /// Bytes of the elements, which are in device memory.
    fn __sizeof__(&self) -> usize {
        self.array.nbytes()
    }

    #[classattr]
    const __hash__: Option<Py<PyAny>> = None;

    #[classmethod]
    fn __class_getitem__(cls: &Bound<'_, PyType>, _item: &Bound<'_, PyAny>) -> Py<PyType> {
        cls.clone().unbind()
    }
}
