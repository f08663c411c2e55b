//! `anygpu.ndarray`.

use crate::convert::{self, Operand};
use crate::device::PyDevice;
use crate::dtypes;
use crate::errors::{enter, to_py, warn_of_discarding};
use anygpu::{Array, DType, Index, IndexArray, IndexItem, Scalar, Ufunc};
use pyo3::IntoPyObjectExt;
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyDict, PyTuple, PyType};

/// An n-dimensional array on a GPU, with NumPy's semantics.
///
/// Made by `anygpu.asarray`, `zeros`, `arange` and the other creation functions, and by operations on arrays.
/// `ndarray(shape, dtype=float)` is `anygpu.empty`; with `buffer`, another array, it is a view of that array's elements.
#[pyclass(name = "ndarray", module = "anygpu", frozen, subclass, weakref)]
pub(crate) struct PyNdArray {
    pub(crate) array: Array,
}

impl From<Array> for PyNdArray {
    fn from(array: Array) -> Self {
        PyNdArray { array }
    }
}

/// What an operator answers to an operand that is nothing we know: text is an error, as for NumPy; other types may have an operator of their own.
fn unknown_operand(py: Python<'_>, ufunc: &str, this: &Array, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
    if !convert::is_text(other) {
        return Ok(py.NotImplemented());
    }
    let this = Bound::new(py, PyNdArray::from(this.clone()))?.into_any();
    let inputs = if swapped { [other.clone(), this] } else { [this, other.clone()] };
    Err(convert::no_loop(py, ufunc, &inputs))
}

/// `ufunc(a, b)`, or NotImplemented where the other operand is nothing we know.
pub(crate) fn binary(py: Python<'_>, ufunc: Ufunc, this: &PyNdArray, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
    let Some(operand) = convert::operand(other, Some(&this.array))? else {
        return unknown_operand(py, ufunc.name(), &this.array, other, swapped);
    };
    let (a, b) = (anygpu::Value::Array(&this.array), operand.value());
    let operands = if swapped { [b, a] } else { [a, b] };
    PyNdArray::from(enter(py, || ufunc.call(&operands))?).into_py_any(py)
}

pub(crate) fn update(py: Python<'_>, ufunc: Ufunc, this: &PyNdArray, other: &Bound<'_, PyAny>) -> PyResult<()> {
    let Some(operand) = convert::operand(other, Some(&this.array))? else {
        unknown_operand(py, ufunc.name(), &this.array, other, false)?;
        return Err(PyTypeError::new_err(format!(
            "unsupported operand type(s) for {}: 'anygpu.ndarray' and {}",
            ufunc.name(),
            other.get_type()
        )));
    };
    let operand = operand.value();
    enter(py, || this.array.update(ufunc, Some(operand)))
}

fn unary(py: Python<'_>, ufunc: Ufunc, this: &PyNdArray) -> PyResult<PyNdArray> {
    enter(py, || ufunc.call(&[(&this.array).into()])).map(PyNdArray::from)
}

/// Elements or rows one after the other, each made when it is asked for.
#[pyclass(name = "ArrayIterator", module = "anygpu")]
pub(crate) struct PyArrayIterator {
    array: Array,
    next: usize,
    backwards: bool,
}

#[pymethods]
impl PyArrayIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&mut self) -> PyResult<Option<PyNdArray>> {
        let n = self.array.shape()[0];
        if self.next >= n {
            return Ok(None);
        }
        let at = if self.backwards { n - 1 - self.next } else { self.next };
        self.next += 1;
        self.array.index(&[IndexItem::Int(at as isize)]).map(|a| Some(a.into())).map_err(to_py)
    }

    fn __length_hint__(&self) -> usize {
        self.array.shape()[0] - self.next
    }
}

/// Where an operation was asked to put its result: an array of the exact shape.
pub(crate) fn store_result(py: Python<'_>, name: &str, result: PyNdArray, out: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyNdArray>> {
    let Some(out) = out.filter(|o| !o.is_none()) else {
        return Py::new(py, result);
    };
    let out = out.cast::<PyNdArray>().map_err(|_| PyTypeError::new_err("return arrays must be of anygpu.ndarray type"))?;
    let (target, result) = (&out.get().array, result.array);
    if name == "dot" && !target.layout().is_c_contiguous() {
        return Err(PyValueError::new_err("dot: the elements of out must lie in C order without gaps"));
    }
    if target.shape() != result.shape() {
        return Err(PyValueError::new_err(format!(
            "{name}: output array of shape {} given for a result of shape {}",
            anygpu::core::numpy_shape(target.shape()),
            anygpu::core::numpy_shape(result.shape())
        )));
    }
    if name == "dot" && target.dtype() != result.dtype() {
        return Err(PyValueError::new_err(format!("dot: out must have the result's dtype {}, it has {}", result.dtype(), target.dtype())));
    }
    // NumPy's reductions convert to whatever they are given.
    let strict = matches!(name, "matmul" | "clip" | "argmin" | "argmax");
    if strict && !anygpu::can_cast(result.dtype(), target.dtype(), anygpu::Casting::SameKind) {
        return Err(PyTypeError::new_err(format!(
            "Cannot cast {name} output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
            result.dtype(),
            target.dtype()
        )));
    }
    enter(py, || target.assign((&result).into()))?;
    Ok(out.clone().unbind())
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
        Ok(PyNdArray::from(made.cast::<PyNdArray>()?.get().array.clone()))
    }

    // ---- attributes ---------------------------------------------------------------------------------------------------------------------

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

    /// The array with its dimensions reversed; a view.
    #[getter(T)]
    fn t(&self) -> PyNdArray {
        self.array.t().into()
    }

    /// The matrices of a stack transposed; a view.
    #[getter(mT)]
    fn mt(&self) -> PyResult<PyNdArray> {
        let ndim = self.array.ndim();
        if ndim < 2 {
            return Err(PyValueError::new_err(format!("matrix transpose with ndim < 2 is undefined, the array has {ndim}")));
        }
        let mut axes: Vec<isize> = (0..ndim as isize).collect();
        axes.swap(ndim - 1, ndim - 2);
        self.array.transpose(Some(&axes)).map(Into::into).map_err(to_py)
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

    /// The whole memory that this array is a view of a part of (or in another order), in one dimension; None where it is all of it in order.
    ///
    /// NumPy gives the array that was made first, which may have any shape.
    #[getter]
    fn base(&self) -> Option<PyNdArray> {
        self.array.whole().map(Into::into)
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

    // ---- reading ------------------------------------------------------------------------------------------------------------------------

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

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
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

    fn __len__(&self) -> PyResult<usize> {
        self.array.shape().first().copied().ok_or_else(|| PyTypeError::new_err("len() of unsized object"))
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

    /// Bytes of the elements, which are in device memory.
    fn __sizeof__(&self) -> usize {
        self.array.nbytes()
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

    fn __copy__(&self) -> PyResult<PyNdArray> {
        self.converted(self.array.dtype(), 'K')
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        self.converted(self.array.dtype(), 'K')
    }

    // ---- operators ----------------------------------------------------------------------------------------------------------------------

    fn __pow__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, modulo: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if !modulo.is_none() {
            return Ok(py.NotImplemented());
        }
        match self.easy_power(other)? {
            Some(result) => result.into_py_any(py),
            None => binary(py, Ufunc::Power, self, other, false),
        }
    }

    fn __rpow__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, modulo: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if !modulo.is_none() {
            return Ok(py.NotImplemented());
        }
        binary(py, Ufunc::Power, self, other, true)
    }

    fn __ipow__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, _modulo: &Bound<'_, PyAny>) -> PyResult<()> {
        match self.easy_power(other)? {
            Some(result) if self.array.dtype() == result.array.dtype() => self.array.assign((&result.array).into()).map_err(to_py),
            _ => update(py, Ufunc::Power, self, other),
        }
    }

    fn __divmod__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.divmod(py, other, false)
    }

    fn __rdivmod__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.divmod(py, other, true)
    }

    fn __neg__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Negative, self)
    }

    fn __pos__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Positive, self)
    }

    fn __abs__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Absolute, self)
    }

    fn __invert__(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        unary(py, Ufunc::Invert, self)
    }

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

    fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Py<PyAny>> {
        let ufunc = match op {
            CompareOp::Lt => Ufunc::Less,
            CompareOp::Le => Ufunc::LessEqual,
            CompareOp::Eq => Ufunc::Equal,
            CompareOp::Ne => Ufunc::NotEqual,
            CompareOp::Gt => Ufunc::Greater,
            CompareOp::Ge => Ufunc::GreaterEqual,
        };
        if convert::is_no_number(other) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let unequal = Scalar::Bool(matches!(op, CompareOp::Ne));
            let result = enter(py, || Array::full(self.array.device(), self.array.shape(), unequal, anygpu::DType::Bool))?;
            return PyNdArray::from(result).into_py_any(py);
        }
        binary(py, ufunc, self, other, false)
    }

    #[classattr]
    const __hash__: Option<Py<PyAny>> = None;

    /// NumPy's operators hand over to ours.
    #[classattr]
    fn __array_priority__() -> f64 {
        100.0
    }

    // ---- protocols ----------------------------------------------------------------------------------------------------------------------

    #[pyo3(signature = (ufunc, method, *inputs, **options))]
    fn __array_ufunc__<'py>(
        slf: &Bound<'py, Self>,
        ufunc: &Bound<'py, PyAny>,
        method: &str,
        inputs: &Bound<'py, PyTuple>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = options.cloned().unwrap_or_else(|| PyDict::new(slf.py()));
        slf.py().import("anygpu._protocols")?.call_method1("array_ufunc", (slf, ufunc, method, inputs, options))
    }

    fn __array_function__<'py>(
        slf: &Bound<'py, Self>,
        func: &Bound<'py, PyAny>,
        types: &Bound<'py, PyAny>,
        args: &Bound<'py, PyAny>,
        kwargs: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("anygpu._protocols")?.call_method1("array_function", (slf, func, types, args, kwargs))
    }

    #[pyo3(signature = (*, api_version = None))]
    fn __array_namespace__<'py>(&self, py: Python<'py>, api_version: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        py.import("anygpu._protocols")?.call_method1("array_namespace", (api_version,))
    }

    // ---- views and copies ---------------------------------------------------------------------------------------------------------------

    fn __getitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        let items = convert::index(key, &self.array)?;
        match convert::all_basic(&items) {
            Some(basic) => self.array.index(&basic).map(Into::into).map_err(to_py),
            None => enter(py, || self.array.get(&items)).map(Into::into),
        }
    }

    fn __setitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let items = convert::index(key, &self.array)?;
        let set = |value: anygpu::Value<'_>| match convert::all_basic(&items) {
            Some(basic) => self.array.index(&basic)?.assign(value),
            None => self.array.set(&items, value),
        };
        match convert::operand(value, Some(&self.array))? {
            Some(operand) => {
                let value = operand.value();
                if let Some(from) = value.dtype() {
                    warn_of_discarding(py, from, self.array.dtype())?;
                }
                enter(py, || set(value))
            }
            None => {
                // Strings and objects: NumPy converts them, or says why not.
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

    /// The same elements in another shape; a view where strides allow it.
    #[pyo3(signature = (*shape, order = Some("C"), copy = None))]
    fn reshape(&self, shape: &Bound<'_, PyTuple>, order: Option<&str>, copy: Option<bool>) -> PyResult<PyNdArray> {
        let lengths = variadic(shape)?;
        let order = convert::order(order, "CFA")?;
        let result = if order == 'F' || (order == 'A' && self.is_fortran()) {
            let reversed: Vec<isize> = lengths.iter().rev().copied().collect();
            self.array.t().reshape(&reversed).map(|a| a.t())
        } else {
            self.array.reshape(&lengths)
        };
        let result = result.map_err(to_py)?;
        match copy {
            Some(true) if result.shares_base(&self.array) => result.copy().map(Into::into).map_err(to_py),
            Some(false) if !result.shares_base(&self.array) => {
                Err(PyValueError::new_err("Unable to avoid creating a copy while reshaping."))
            }
            _ => Ok(result.into()),
        }
    }

    /// Dimensions permuted; reversed without arguments. A view.
    #[pyo3(signature = (*axes))]
    fn transpose(&self, axes: &Bound<'_, PyTuple>) -> PyResult<PyNdArray> {
        if axes.is_empty() || (axes.len() == 1 && axes.get_item(0)?.is_none()) {
            return Ok(self.array.t().into());
        }
        self.array.transpose(Some(&variadic(axes)?)).map(Into::into).map_err(to_py)
    }

    /// Dimensions of length 1 removed. A view.
    #[pyo3(signature = (axis = None))]
    fn squeeze(&self, axis: Option<&Bound<'_, PyAny>>) -> PyResult<PyNdArray> {
        let axes = convert::axes(axis)?;
        // NumPy lets a bare 0 or -1 through for zero-dimensional arrays.
        if self.array.ndim() == 0 && matches!(axes.as_deref(), Some([0 | -1])) && !axis.is_some_and(|a| a.is_instance_of::<PyTuple>()) {
            return Ok(self.array.clone().into());
        }
        self.array.squeeze(axes.as_deref()).map(Into::into).map_err(to_py)
    }

    /// The elements in one dimension, without gaps: a view where they lie so.
    #[pyo3(signature = (order = Some("C")))]
    fn ravel(&self, order: Option<&str>) -> PyResult<PyNdArray> {
        self.in_order(convert::order(order, "CFAK")?)?.reshape(&[-1]).and_then(|a| a.contiguous()).map(Into::into).map_err(to_py)
    }

    /// The elements in one dimension, copied.
    #[pyo3(signature = (order = Some("C")))]
    fn flatten(&self, order: Option<&str>) -> PyResult<PyNdArray> {
        self.in_order(convert::order(order, "CFAK")?)?.copy().and_then(|a| a.reshape(&[-1])).map(Into::into).map_err(to_py)
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

    // ---- primitives for the Python layer ------------------------------------------------------------------------------------------------

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

    fn _expand_dims(&self, axes: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        let axes = convert::axes(Some(axes))?.unwrap_or_default();
        self.array.expand_dims(&axes).map(Into::into).map_err(to_py)
    }

    fn _broadcast_to(&self, shape: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
        self.array.broadcast_to(&convert::shape(shape)?).map(Into::into).map_err(to_py)
    }

    #[pyo3(signature = (axis = None))]
    fn _flip(&self, axis: Option<&Bound<'_, PyAny>>) -> PyResult<PyNdArray> {
        self.array.flip(convert::axes(axis)?.as_deref()).map(Into::into).map_err(to_py)
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

    fn _dot(&self, py: Python<'_>, other: &PyNdArray) -> PyResult<PyNdArray> {
        enter(py, || self.array.dot(&other.array)).map(Into::into)
    }

    fn _matmul(&self, py: Python<'_>, other: &PyNdArray) -> PyResult<PyNdArray> {
        enter(py, || self.array.matmul(&other.array)).map(Into::into)
    }

    /// Starts computing the array if it is deferred.
    fn _compute(&self) -> PyResult<()> {
        self.array.compute().map_err(to_py)
    }

    /// The same bytes as another dtype, as `numpy.ndarray.view`: a view.
    #[pyo3(signature = (dtype = None, r#type = None))]
    fn view(&self, py: Python<'_>, dtype: Option<&Bound<'_, PyAny>>, r#type: Option<&Bound<'_, PyAny>>) -> PyResult<PyNdArray> {
        let class = py.get_type::<PyNdArray>();
        // A class of arrays in place of the dtype is NumPy's other form.
        let dtype = dtype.filter(|d| !d.is(&class));
        if let Some(other) = r#type.filter(|t| !t.is(&class)) {
            return Err(PyTypeError::new_err(format!("view: type must be anygpu.ndarray, not {other}")));
        }
        match dtypes::optional(dtype)? {
            Some(dtype) => enter(py, || self.array.view(dtype)).map(Into::into),
            None => Ok(self.array.clone().into()),
        }
    }

    /// The real parts: a view of complex arrays, the array itself where it is real.
    #[getter]
    fn real(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let (py, array) = (slf.py(), &slf.get().array);
        if !array.dtype().is_complex() {
            return Ok(slf);
        }
        Bound::new(py, PyNdArray::from(enter(py, || array.real())?))
    }

    #[setter]
    fn set_real(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let part = Py::new(py, PyNdArray::from(enter(py, || self.array.real())?))?;
        part.bind(py).set_item(py.Ellipsis(), value)
    }

    /// The imaginary parts: a view of complex arrays, zeros where the array is real.
    #[getter]
    fn imag(&self, py: Python<'_>) -> PyResult<PyNdArray> {
        enter(py, || self.array.imag()).map(Into::into)
    }

    #[setter]
    fn set_imag(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if !self.array.dtype().is_complex() {
            return Err(PyTypeError::new_err("array does not have imaginary part to set"));
        }
        let part = Py::new(py, PyNdArray::from(enter(py, || self.array.imag())?))?;
        part.bind(py).set_item(py.Ellipsis(), value)
    }

    /// A view with other strides, in elements, from the element on that lies `offset` elements after the first.
    fn _as_strided(&self, shape: Vec<usize>, strides: Vec<isize>, offset: usize) -> PyResult<PyNdArray> {
        self.array.as_strided(&shape, &strides, offset).map(Into::into).map_err(to_py)
    }

    /// A number for the dtype and the number of dimensions.
    #[getter]
    fn _signature(&self) -> usize {
        self.array.dtype() as usize | self.array.ndim() << 8
    }

    fn _shares_memory(&self, other: &PyNdArray) -> bool {
        self.array.shares_base(&other.array)
    }

    #[classmethod]
    fn __class_getitem__(cls: &Bound<'_, PyType>, _item: &Bound<'_, PyAny>) -> Py<PyType> {
        cls.clone().unbind()
    }
}

impl PyNdArray {
    fn iterate<'py>(slf: &Bound<'py, Self>, backwards: bool) -> PyResult<Bound<'py, PyAny>> {
        let array = &slf.get().array;
        if array.ndim() == 0 {
            return Err(PyTypeError::new_err("iteration over a 0-d array"));
        }
        Ok(Bound::new(slf.py(), PyArrayIterator { array: array.clone(), next: 0, backwards })?.into_any())
    }

    fn is_fortran(&self) -> bool {
        self.array.layout().is_f_contiguous() && !self.array.layout().is_c_contiguous()
    }

    /// A new NumPy array with the elements in C or F order, or in the one in which they lie (A).
    fn download<'py>(&self, py: Python<'py>, order: char) -> PyResult<Bound<'py, PyAny>> {
        if order == 'F' || (order == 'A' && self.is_fortran()) {
            return convert::download(py, &self.array.t())?.getattr("T");
        }
        convert::download(py, &self.array)
    }

    /// The view whose C order is the order asked for.
    fn in_order(&self, order: char) -> PyResult<Array> {
        match order {
            // As the elements lie in memory.
            'K' => {
                let layout = self.array.layout();
                let axes: Vec<isize> = anygpu::core::memory_order(&layout.shape, &[&layout.strides]).iter().map(|d| *d as isize).collect();
                self.array.transpose(Some(&axes)).map_err(to_py)
            }
            'F' => Ok(self.array.t()),
            'A' if self.is_fortran() => Ok(self.array.t()),
            _ => Ok(self.array.clone()),
        }
    }

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
            'C' => array.astype(dtype).and_then(|a| a.contiguous()),
            'F' => array.astype(dtype).and_then(|a| if a.layout().is_f_contiguous() { Ok(a) } else { a.copy_fortran() }),
            _ => array.astype(dtype),
        };
        copied.map(Into::into).map_err(to_py)
    }

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

    /// The powers that NumPy takes a shorter and exact way to: 2, and for floats 0, 1, -1 and a half; of complex numbers -1 only as an int.
    fn easy_power(&self, exponent: &Bound<'_, PyAny>) -> PyResult<Option<PyNdArray>> {
        let Some(s) = convert::number(exponent)? else { return Ok(None) };
        let x = &self.array;
        let float = x.dtype().is_inexact();
        let result = match s {
            Scalar::Int(2) => Ufunc::Square.call(&[x.into()]),
            Scalar::Float(2.0) if float => Ufunc::Square.call(&[x.into()]),
            Scalar::Float(0.5) if float => Ufunc::Sqrt.call(&[x.into()]),
            Scalar::Int(0) | Scalar::Float(0.0) if float => Array::full(x.device(), x.shape(), Scalar::Int(1), x.dtype()),
            Scalar::Int(1) | Scalar::Float(1.0) if float => Ufunc::Positive.call(&[x.into()]),
            Scalar::Int(-1) if x.dtype().is_complex() => Ufunc::Reciprocal.call(&[x.into()]),
            Scalar::Int(-1) | Scalar::Float(-1.0) if float && !x.dtype().is_complex() => {
                Ufunc::Divide.call(&[anygpu::Value::Scalar(Scalar::Float(1.0)), x.into()])
            }
            _ => return Ok(None),
        };
        result.map(|a| Some(a.into())).map_err(to_py)
    }

    fn divmod(&self, py: Python<'_>, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
        let quotient = binary(py, Ufunc::FloorDivide, self, other, swapped)?;
        if quotient.is(py.NotImplemented()) {
            return Ok(quotient);
        }
        (quotient, binary(py, Ufunc::Remainder, self, other, swapped)?).into_py_any(py)
    }

    fn scalar(&self, py: Python<'_>) -> PyResult<Scalar> {
        if self.array.size() != 1 {
            return Err(PyTypeError::new_err("only length-1 arrays can be converted to Python scalars"));
        }
        enter(py, || self.array.item())
    }
}

/// The items with the integers of the device among them said to be inside: 0 is in all that such arrays name.
fn inside<T: IntoIterator<Item = Index> + FromIterator<Index>>(items: T) -> T {
    let known = |item| match item {
        Index::Array(IndexArray { array, range: None }) => Index::Array(IndexArray { array, range: Some((0, 0)) }),
        other => other,
    };
    items.into_iter().map(known).collect()
}

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

/// `f(2, 3)` and `f((2, 3))` alike.
fn variadic(args: &Bound<'_, PyTuple>) -> PyResult<smallvec::SmallVec<[isize; 6]>> {
    if args.len() == 1 { convert::signed_shape(&args.get_item(0)?) } else { args.iter().map(|n| convert::index_value(&n)).collect() }
}

fn scalar_to_py(py: Python<'_>, s: Scalar) -> PyResult<Py<PyAny>> {
    match s {
        Scalar::Bool(b) => b.into_py_any(py),
        Scalar::Int(i) => i.into_py_any(py),
        Scalar::Float(x) | Scalar::BigInt(x) => x.into_py_any(py),
        Scalar::Complex(a, b) => PyComplex::from_doubles(py, a, b).into_py_any(py),
    }
}
