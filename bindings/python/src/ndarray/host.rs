//! What leaves `anygpu.ndarray` for the host: NumPy arrays, Python's numbers, lists and text. All of it waits for the elements.

use crate::convert;
use crate::errors::{enter, to_py};
use crate::ndarray::PyNdArray;
use anygpu::{IndexItem, Scalar};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyTuple};

#[pymethods]
impl PyNdArray {
    /// The elements as a new NumPy array, or in `out`; waits for them. `stream` and `blocking` are CuPy's and change nothing: there is one queue.
    #[pyo3(signature = (stream = None, order = Some("C"), out = None, blocking = true))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        stream: Option<&Bound<'py, PyAny>>,
        order: Option<&str>,
        out: Option<&Bound<'py, PyAny>>,
        blocking: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = (stream, blocking);
        let host = self.download(py, convert::order(order, "CFA")?)?;
        match out.filter(|o| !o.is_none()) {
            Some(out) => {
                out.set_item(py.Ellipsis(), host)?;
                Ok(out.clone())
            }
            None => Ok(host),
        }
    }

    /// The one element of an array of size 1 (or the one at an index), as a Python number.
    #[pyo3(signature = (*args))]
    fn item(&self, py: Python<'_>, args: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
        let chosen = match args.len() {
            0 => self.array.clone(),
            1 if !args.get_item(0)?.is_instance_of::<PyTuple>() => {
                let i = convert::index_value(&args.get_item(0)?)?;
                let n = self.array.size() as isize;
                if i < -n || i >= n {
                    return Err(PyIndexError::new_err(format!("index {i} is out of bounds for size {n}")));
                }
                let flat = self.array.reshape(&[-1]).map_err(to_py)?;
                flat.index(&[IndexItem::Int(i)]).map_err(to_py)?
            }
            n if n > 1 && n != self.array.ndim() => {
                return Err(PyValueError::new_err(format!("item: {n} indices were given for {} dimensions", self.array.ndim())));
            }
            n => {
                let index =
                    if n == 1 { convert::index(&args.get_item(0)?, &self.array)? } else { convert::index(args.as_any(), &self.array)? };
                self.array.get(&index).map_err(to_py)?
            }
        };
        scalar_to_py(py, enter(py, || chosen.item())?)
    }

    /// The elements as nested Python lists.
    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::download(py, &self.array)?.call_method0("tolist")
    }

    #[pyo3(signature = (dtype = None, *, copy = None))]
    fn __array__<'py>(&self, py: Python<'py>, dtype: Option<&Bound<'py, PyAny>>, copy: Option<bool>) -> PyResult<Bound<'py, PyAny>> {
        if copy == Some(false) {
            return Err(PyValueError::new_err("an anygpu array lies in device memory: a NumPy array of it is always a copy"));
        }
        let host = convert::download(py, &self.array)?;
        match dtype.filter(|d| !d.is_none()) {
            Some(d) => host.call_method1("astype", (d,)),
            None => Ok(host),
        }
    }

    pub(super) fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        match self.array.size() {
            1 => enter(py, || self.array.item()).map(Scalar::is_nonzero),
            0 => Err(PyValueError::new_err(
                "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.",
            )),
            _ => Err(PyValueError::new_err("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")),
        }
    }

    fn __float__(&self, py: Python<'_>) -> PyResult<f64> {
        match self.scalar(py)? {
            Scalar::Bool(b) => Ok(f64::from(u8::from(b))),
            Scalar::Int(i) => Ok(i as f64),
            Scalar::Float(x) | Scalar::BigInt(x) => Ok(x),
            Scalar::Complex(..) => Err(PyTypeError::new_err("can't convert complex to float")),
        }
    }

    fn __int__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self.scalar(py)? {
            Scalar::Bool(b) => i128::from(b).into_py_any(py),
            Scalar::Int(i) => i.into_py_any(py),
            // Python's own int() raises for NaN and infinity, and has no width.
            Scalar::Float(x) | Scalar::BigInt(x) => Ok(py.get_type::<pyo3::types::PyInt>().call1((x,))?.unbind()),
            Scalar::Complex(..) => Err(PyTypeError::new_err("can't convert complex to int")),
        }
    }

    fn __complex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyComplex>> {
        Ok(match self.scalar(py)? {
            Scalar::Bool(b) => PyComplex::from_doubles(py, f64::from(u8::from(b)), 0.0),
            Scalar::Int(i) => PyComplex::from_doubles(py, i as f64, 0.0),
            Scalar::Float(x) | Scalar::BigInt(x) => PyComplex::from_doubles(py, x, 0.0),
            Scalar::Complex(a, b) => PyComplex::from_doubles(py, a, b),
        })
    }

    fn __index__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if self.array.ndim() != 0 || !self.array.dtype().is_integer() {
            return Err(PyTypeError::new_err("only integer scalar arrays can be converted to a scalar index"));
        }
        self.__int__(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        convert::download(py, &self.array)?.repr()?.extract()
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        convert::download(py, &self.array)?.str()?.extract()
    }

    fn __format__(&self, py: Python<'_>, spec: &str) -> PyResult<String> {
        let host =
            if self.array.ndim() == 0 { self.item(py, &PyTuple::empty(py))?.into_bound(py) } else { convert::download(py, &self.array)? };
        host.call_method1("__format__", (spec,))?.extract()
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::download(py, &self.array)?.call_method0("tobytes")
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        let asarray = py.import("anygpu")?.getattr("asarray")?;
        let host = slf.get().download(py, 'A')?;
        Ok((asarray, PyTuple::new(py, [host])?))
    }
}

impl PyNdArray {
    /// A new NumPy array with the elements in C or F order, or in the one in which they lie (A).
    fn download<'py>(&self, py: Python<'py>, order: char) -> PyResult<Bound<'py, PyAny>> {
        if order == 'F' || (order == 'A' && self.is_fortran()) {
            return convert::download(py, &self.array.t())?.getattr("T");
        }
        convert::download(py, &self.array)
    }

    fn scalar(&self, py: Python<'_>) -> PyResult<Scalar> {
        if self.array.size() != 1 {
            return Err(PyTypeError::new_err("only length-1 arrays can be converted to Python scalars"));
        }
        enter(py, || self.array.item())
    }
}

fn scalar_to_py(py: Python<'_>, s: Scalar) -> PyResult<Py<PyAny>> {
    match s {
        Scalar::Bool(b) => b.into_py_any(py),
        Scalar::Int(i) => i.into_py_any(py),
        Scalar::Float(x) | Scalar::BigInt(x) => x.into_py_any(py),
        Scalar::Complex(a, b) => PyComplex::from_doubles(py, a, b).into_py_any(py),
    }
}
