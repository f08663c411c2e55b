//! Elements of `anygpu.ndarray` by their positions: indexing, iteration, `take`, `nonzero`.

use crate::convert;
use crate::dtypes;
use crate::errors::{enter, to_py, warn_of_discarding};
use crate::ndarray::PyNdArray;
use anygpu::{DType, Index, IndexArray, IndexItem};
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

#[pymethods]
impl PyNdArray {
    fn __getitem__(slf: &Bound<'_, Self>, key: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        let array = &slf.get().array;
        let items = convert::index(key, array)?;
        match convert::all_basic(&items) {
            Some(basic) => array.index(&basic).map(|view| PyNdArray::made_of(slf, view)).map_err(to_py),
            None => enter(slf.py(), || array.get(&items)).map(Into::into),
        }
    }

    fn __setitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let items = convert::index(key, &self.array)?;
        let set = |value: anygpu::Value<'_>| match convert::all_basic(&items) {
            Some(basic) => self.array.index(&basic)?.assign(value),
            None => self.array.set(&items, value),
        };
        match convert::operand(value, Some(&self.array))? {
            Some(operand) if !(discards(operand.value().dtype(), self.array.dtype()) && is_sequence(value)?) => {
                let value = operand.value();
                if let Some(from) = value.dtype() {
                    warn_of_discarding(py, from, self.array.dtype())?;
                }
                enter(py, || set(value))
            }
            _ => {
                // Strings, objects and complex numbers in lists: NumPy converts them, or says why not.
                let host = py.import("numpy")?.call_method1("asarray", (value, dtypes::to_numpy(py, self.array.dtype())?))?;
                let values = convert::upload(&host, None, self.array.device())?;
                enter(py, || set((&values).into()))
            }
        }
    }

    fn __delitem__(&self, _key: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyValueError::new_err("cannot delete array elements"))
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        PyNdArray::iterate(slf, false)
    }

    fn __reversed__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        PyNdArray::iterate(slf, true)
    }

    fn __contains__(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let equal = self.__richcmp__(py, value, CompareOp::Eq)?;
        let Ok(equal) = equal.bind(py).cast::<PyNdArray>() else {
            return Ok(false);
        };
        let equal = &equal.get().array;
        PyNdArray::from(enter(py, || equal.any(None, false))?).__bool__(py)
    }

    /// Every element set to a number.
    fn fill(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        match convert::operand(value, Some(&self.array))? {
            Some(operand) => {
                let value = operand.value();
                if let anygpu::Value::Array(a) = value
                    && a.ndim() > 0
                {
                    return Err(PyValueError::new_err(format!("fill: expected a number, got an array of {} dimensions", a.ndim())));
                }
                if let Some(from) = value.dtype() {
                    warn_of_discarding(py, from, self.array.dtype())?;
                }
                self.array.assign(value).map_err(to_py)
            }
            None => Err(PyTypeError::new_err(format!("fill: expected a number, got {}", value.get_type()))),
        }
    }

    /// `self[key]` for positions that our own functions made: known to lie inside, they are not checked.
    fn _at(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        let items = inside(convert::index(key, &self.array)?);
        enter(py, || self.array.get(&items)).map(Into::into)
    }

    /// `self[key] = values` for such positions.
    fn _set_at(&self, py: Python<'_>, key: &Bound<'_, PyAny>, values: &PyNdArray) -> PyResult<()> {
        let items = inside(convert::index(key, &self.array)?);
        enter(py, || self.array.set(&items, (&values.array).into()))
    }

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
}

impl PyNdArray {
    fn iterate<'py>(slf: &Bound<'py, Self>, backwards: bool) -> PyResult<Bound<'py, PyAny>> {
        let array = &slf.get().array;
        if array.ndim() == 0 {
            return Err(PyTypeError::new_err("iteration over a 0-d array"));
        }
        Ok(Bound::new(slf.py(), PyArrayIterator { array: slf.clone().unbind(), next: 0, backwards })?.into_any())
    }
}

/// Whether values come in Python's own sequences, element by element, and none of them is an array of ours.
fn is_sequence(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if !value.is_instance_of::<PyList>() && !value.is_instance_of::<PyTuple>() {
        return Ok(false);
    }
    for element in value.try_iter()? {
        if element?.is_instance_of::<PyNdArray>() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a conversion leaves imaginary parts behind.
fn discards(from: Option<DType>, to: DType) -> bool {
    from.is_some_and(DType::is_complex) && !to.is_complex() && to != DType::Bool
}

/// The items with the integers of the device among them said to be inside: 0 is in all that such arrays name.
fn inside<T: IntoIterator<Item = Index> + FromIterator<Index>>(items: T) -> T {
    let known = |item| match item {
        Index::Array(IndexArray { array, range: None }) => Index::Array(IndexArray { array, range: Some((0, 0)) }),
        other => other,
    };
    items.into_iter().map(known).collect()
}

/// Elements or rows one after the other, each made when it is asked for.
#[pyclass(name = "ArrayIterator", module = "anygpu")]
pub(crate) struct PyArrayIterator {
    array: Py<PyNdArray>,
    next: usize,
    backwards: bool,
}

#[pymethods]
impl PyArrayIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<PyNdArray>> {
        let n = self.len();
        if self.next >= n {
            return Ok(None);
        }
        let at = if self.backwards { n - 1 - self.next } else { self.next };
        self.next += 1;
        let element = self.array.get().array.index(&[IndexItem::Int(at as isize)]).map_err(to_py)?;
        Ok(Some(PyNdArray::made_of(self.array.bind(py), element)))
    }

    fn __length_hint__(&self) -> usize {
        self.len() - self.next
    }
}

impl PyArrayIterator {
    fn len(&self) -> usize {
        self.array.get().array.shape()[0]
    }
}
