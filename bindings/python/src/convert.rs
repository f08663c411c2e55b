//! Python objects as operands, shapes, axes and indices.

use crate::device;
use crate::dtypes;
use crate::errors::{enter, to_py, warn_of_discarding};
use crate::ndarray::PyNdArray;
use anygpu::{Array, DType, Device, Index, IndexArray, IndexItem, Scalar, Value};
use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyEllipsis, PyFloat, PyInt, PyList, PySlice, PyString, PyTuple, PyType};
use smallvec::SmallVec;

/// An operand: an array of ours, a number, or anything NumPy makes an array of, uploaded.
pub(crate) enum Operand<'py> {
    Ours(Bound<'py, PyNdArray>),
    Number(Scalar),
    Typed(Scalar, DType),
    Uploaded(Array),
}

impl Operand<'_> {
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Operand::Ours(a) => Value::Array(&a.get().array),
            Operand::Number(s) => Value::Scalar(*s),
            Operand::Typed(s, d) => Value::Typed(*s, *d),
            Operand::Uploaded(a) => Value::Array(a),
        }
    }
}

/// The class of NumPy's scalars.
static GENERIC: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Of them, the integers.
static INTEGER: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A Python `bool`, `int`, `float` or `complex`; None for anything else (subclasses of NumPy's scalars included).
pub(crate) fn number(object: &Bound<'_, PyAny>) -> PyResult<Option<Scalar>> {
    if object.is_exact_instance_of::<PyFloat>() {
        return Ok(Some(Scalar::Float(object.extract()?)));
    }
    if object.is_exact_instance_of::<PyBool>() {
        return Ok(Some(Scalar::Bool(object.extract()?)));
    }
    if object.is_exact_instance_of::<PyInt>() {
        return match object.extract::<i128>() {
            Ok(i) => Ok(Some(Scalar::Int(i))),
            // Beyond float64 as well: Python's OverflowError.
            Err(_) => Ok(Some(Scalar::BigInt(object.extract()?))),
        };
    }
    if let Ok(z) = object.cast_exact::<PyComplex>() {
        let (re, im) = (z.getattr("real")?.extract()?, z.getattr("imag")?.extract()?);
        return Ok(Some(Scalar::Complex(re, im)));
    }
    Ok(None)
}

/// An operand of an operation whose arrays live on `near`'s device (the default one for None).
///
/// Returns None for objects that NumPy makes object arrays of, so that their own operators get a chance.
pub(crate) fn operand<'py>(object: &Bound<'py, PyAny>, near: Option<&Array>) -> PyResult<Option<Operand<'py>>> {
    if let Ok(ours) = object.cast::<PyNdArray>() {
        return Ok(Some(Operand::Ours(ours.clone())));
    }
    if let Some(s) = number(object)? {
        return Ok(Some(Operand::Number(s)));
    }
    let py = object.py();
    if object.is_instance(GENERIC.import(py, "numpy", "generic")?)? {
        let dtype = dtypes::from_py(&object.getattr(intern!(py, "dtype"))?)?;
        let item = object.call_method0(intern!(py, "item"))?;
        if let Some(s) = number(&item)? {
            return Ok(Some(Operand::Typed(s, dtype)));
        }
    }
    if is_no_number(object) {
        return Ok(None);
    }
    refuse_masked(object)?;
    let device = match near {
        Some(a) => a.device().clone(),
        None => device::optional(py, None)?,
    };
    let array = py.import("numpy")?.call_method1("asarray", (object,))?;
    if array.getattr("dtype")?.getattr("kind")?.extract::<String>()? == "O" {
        return Ok(None);
    }
    Ok(Some(Operand::Uploaded(upload(&array, None, &device)?)))
}

/// None and text, which equal no number.
pub(crate) fn is_no_number(object: &Bound<'_, PyAny>) -> bool {
    object.is_none() || is_text(object)
}

/// What NumPy makes arrays of, and no ufunc of ours computes with.
pub(crate) fn is_text(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>()
}

/// The TypeError of a ufunc that computes nothing of these inputs' dtypes.
pub(crate) fn no_loop(py: Python<'_>, ufunc: &str, inputs: &[Bound<'_, PyAny>]) -> PyErr {
    let dtype = |input: &Bound<'_, PyAny>| -> PyResult<String> {
        match input.cast::<PyNdArray>() {
            Ok(ours) => Ok(format!("dtype('{}')", ours.get().array.dtype())),
            Err(_) => py.import("numpy")?.call_method1("asarray", (input,))?.getattr("dtype")?.repr().map(|r| r.to_string()),
        }
    };
    match inputs.iter().map(dtype).collect::<PyResult<Vec<_>>>() {
        Ok(dtypes) => PyTypeError::new_err(format!(
            "ufunc '{ufunc}' did not contain a loop with signature matching types ({}) -> None",
            dtypes.join(", ")
        )),
        Err(error) => error,
    }
}

/// A masked array would lose its mask.
fn refuse_masked(object: &Bound<'_, PyAny>) -> PyResult<()> {
    if object.hasattr("mask")? && object.hasattr("fill_value")? {
        return Err(PyTypeError::new_err(
            "masked arrays have no form on the GPU: give x.filled(value), or the mask as an array of its own",
        ));
    }
    Ok(())
}

/// A memory order as NumPy spells it: one of `allowed`, of either case; the first of them for None.
pub(crate) fn order(order: Option<&str>, allowed: &str) -> PyResult<char> {
    let Some(text) = order else {
        return Ok(allowed.chars().next().unwrap_or('C'));
    };
    let mut letters = text.chars();
    match (letters.next().map(|c| c.to_ascii_uppercase()), letters.next()) {
        (Some(letter), None) if allowed.contains(letter) => Ok(letter),
        _ => {
            let names: Vec<String> = allowed.chars().map(|c| format!("'{c}'")).collect();
            Err(PyValueError::new_err(format!("order must be one of {} (got '{text}')", names.join(", "))))
        }
    }
}

/// The axes of a NumPy array from outermost to innermost in memory, where that is not their own order.
fn memory_order(array: &Bound<'_, PyAny>) -> PyResult<Option<Vec<usize>>> {
    if array.getattr("flags")?.getattr("c_contiguous")?.extract()? {
        return Ok(None);
    }
    let strides: Vec<isize> = array.getattr("strides")?.extract()?;
    let mut axes: Vec<usize> = (0..strides.len()).collect();
    axes.sort_by_key(|d| std::cmp::Reverse(strides[*d].unsigned_abs()));
    Ok((!axes.is_sorted()).then_some(axes))
}

/// A NumPy array's elements on a device, in the order in which they lie in memory on the host.
pub(crate) fn upload(array: &Bound<'_, PyAny>, dtype: Option<DType>, device: &Device) -> PyResult<Array> {
    let py = array.py();
    refuse_masked(array)?;
    let from = dtypes::from_py(&array.getattr("dtype")?)?;
    if let Some(axes) = memory_order(array)? {
        let mut back: Vec<isize> = vec![0; axes.len()];
        for (to, from) in axes.iter().enumerate() {
            back[*from] = to as isize;
        }
        let rows = array.call_method1("transpose", (axes,))?;
        return upload(&rows, dtype, device)?.transpose(Some(&back)).map_err(to_py);
    }
    let numpy = py.import("numpy")?;
    // Native byte order, C order: no copy where the array has both already.
    let native = numpy.call_method1("asarray", (array, dtypes::to_numpy(py, from)?, "C"))?;
    let native = native.cast::<PyUntypedArray>()?;
    let shape: SmallVec<[usize; 6]> = native.shape().iter().copied().collect();
    let bytes = from.itemsize() * native.len();
    // SAFETY: the array is C-contiguous (asked for above), alive for the whole call, and `bytes` long. Another Python thread that writes to it
    // meanwhile would race in NumPy itself as well; its elements are plain bytes, of which every pattern is valid.
    let data = if bytes == 0 {
        &[][..]
    } else {
        unsafe { std::slice::from_raw_parts((*native.as_array_ptr()).fields.data.cast::<u8>().cast_const(), bytes) }
    };
    let uploaded = enter(py, || Array::from_bytes(device, data, &shape, from))?;
    match dtype {
        Some(d) if d != from => {
            warn_of_discarding(py, from, d)?;
            enter(py, || uploaded.astype(d))
        }
        _ => Ok(uploaded),
    }
}

/// A new NumPy array with an array's elements.
pub(crate) fn download<'py>(py: Python<'py>, array: &Array) -> PyResult<Bound<'py, PyAny>> {
    let numpy = py.import("numpy")?;
    let shape = PyTuple::new(py, array.shape())?;
    let out = numpy.call_method1("empty", (shape, dtypes::to_numpy(py, array.dtype())?))?;
    let bytes = array.nbytes();
    if bytes > 0 {
        let native = out.cast::<PyUntypedArray>()?;
        // SAFETY: freshly made, C-contiguous, `bytes` long, and nobody else has a reference to it yet.
        let data = unsafe { std::slice::from_raw_parts_mut((*native.as_array_ptr()).fields.data.cast::<u8>(), bytes) };
        enter(py, || array.read_into(data))?;
    }
    Ok(out)
}

/// A shape: an int or a sequence of ints. Negative lengths are errors unless `allow_negative`, as for reshape's -1.
pub(crate) fn signed_shape(object: &Bound<'_, PyAny>) -> PyResult<SmallVec<[isize; 6]>> {
    if let Ok(n) = index_value(object) {
        return Ok(SmallVec::from_slice(&[n]));
    }
    object.try_iter()?.map(|n| index_value(&n?)).collect()
}

/// A shape without negative lengths.
pub(crate) fn shape(object: &Bound<'_, PyAny>) -> PyResult<SmallVec<[usize; 6]>> {
    let signed = signed_shape(object)?;
    if let Some(negative) = signed.iter().find(|n| **n < 0) {
        return Err(pyo3::exceptions::PyValueError::new_err(format!("negative dimensions are not allowed, got {negative}")));
    }
    Ok(signed.iter().map(|n| *n as usize).collect())
}

/// An int, or anything with `__index__`.
pub(crate) fn index_value(object: &Bound<'_, PyAny>) -> PyResult<isize> {
    match object.extract::<isize>() {
        Ok(i) => Ok(i),
        Err(_) => {
            let index = object.py().import("operator")?.call_method1("index", (object,))?;
            // Beyond the address space: out of every range.
            Ok(index.extract::<isize>().unwrap_or(if index.lt(0)? { isize::MIN } else { isize::MAX }))
        }
    }
}

/// An axis argument: None, an int, or a tuple of ints.
pub(crate) fn axes(object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<SmallVec<[isize; 6]>>> {
    let Some(object) = object.filter(|o| !o.is_none()) else {
        return Ok(None);
    };
    if object.is_instance_of::<PyTuple>() || object.is_instance_of::<PyList>() {
        return object.try_iter()?.map(|n| index_value(&n?)).collect::<PyResult<_>>().map(Some);
    }
    Ok(Some(SmallVec::from_slice(&[index_value(object)?])))
}

/// An index: integers, slices, an ellipsis, None, integer arrays, masks, or a tuple of them. `near`: the array indexed.
pub(crate) fn index(object: &Bound<'_, PyAny>, near: &Array) -> PyResult<SmallVec<[Index; 4]>> {
    match object.cast::<PyTuple>() {
        Ok(items) => items.iter().map(|i| index_item(&i, near)).collect(),
        Err(_) => Ok([index_item(object, near)?].into_iter().collect()),
    }
}

/// The basic items of an index, if all are.
pub(crate) fn all_basic(items: &[Index]) -> Option<SmallVec<[IndexItem; 6]>> {
    let basic = |i: &Index| match i {
        Index::Basic(item) => Some(*item),
        Index::Array(_) => None,
    };
    items.iter().map(basic).collect()
}

fn index_item(object: &Bound<'_, PyAny>, near: &Array) -> PyResult<Index> {
    if let Ok(slice) = object.cast::<PySlice>() {
        let part = |name: &str| -> PyResult<Option<isize>> {
            let value = slice.getattr(name)?;
            if value.is_none() { Ok(None) } else { index_value(&value).map(Some) }
        };
        return Ok(IndexItem::Slice { start: part("start")?, stop: part("stop")?, step: part("step")? }.into());
    }
    if object.is_none() {
        return Ok(IndexItem::NewAxis.into());
    }
    if object.is_instance_of::<PyEllipsis>() {
        return Ok(IndexItem::Ellipsis.into());
    }
    if let Ok(ours) = object.cast::<PyNdArray>() {
        return Ok((&ours.get().array).into());
    }
    if object.is_exact_instance_of::<PyInt>() {
        return index_value(object).map(|i| IndexItem::Int(i).into());
    }
    let is_integer = object.is_instance(INTEGER.import(object.py(), "numpy", "integer")?)?;
    let has_array = object.is_instance_of::<PyBool>() || object.is_instance_of::<PyList>() || object.hasattr("__array__")?;
    if has_array && !is_integer {
        return host_indices(object, near).map(Index::Array);
    }
    index_value(object).map(|i| IndexItem::Int(i).into()).map_err(|_| {
        PyIndexError::new_err(format!(
            "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices, got {}",
            object.get_type()
        ))
    })
}

/// Indices that are in host memory, uploaded; their range is known.
pub(crate) fn host_indices(object: &Bound<'_, PyAny>, near: &Array) -> PyResult<IndexArray> {
    let numpy = object.py().import("numpy")?;
    let mut host = numpy.call_method1("asarray", (object,))?;
    let size = host.getattr("size")?.extract::<usize>()?;
    let kind = host.getattr("dtype")?.getattr("kind")?.extract::<String>()?;
    // An empty list has no dtype of its own.
    if size == 0 && object.is_instance_of::<PyList>() {
        host = host.call_method1("astype", ("int64",))?;
    } else if !matches!(kind.as_str(), "b" | "i" | "u") {
        return Err(PyIndexError::new_err("arrays used as indices must be of integer (or boolean) type"));
    }
    let range = if size > 0 && kind != "b" {
        let end = |name: &str| -> PyResult<i64> { host.call_method0(name)?.call_method1("astype", ("int64",))?.extract() };
        Some((end("min")?, end("max")?))
    } else {
        None
    };
    Ok(IndexArray { array: upload(&host, None, near.device())?, range })
}

/// The array of an argument that must be one: ours, or made from anything NumPy takes.
pub(crate) fn array(object: &Bound<'_, PyAny>) -> PyResult<Array> {
    match operand(object, None)? {
        Some(Operand::Ours(a)) => Ok(a.get().array.clone()),
        Some(Operand::Uploaded(a)) => Ok(a),
        Some(Operand::Number(s)) => full_0d(object, s, s.kind().default_dtype()),
        Some(Operand::Typed(s, d)) => full_0d(object, s, d),
        None => Err(PyTypeError::new_err(format!(
            "expected an array or numbers, got {}: object arrays have no form on the GPU",
            object.get_type()
        ))),
    }
}

fn full_0d(object: &Bound<'_, PyAny>, s: Scalar, dtype: DType) -> PyResult<Array> {
    let device = device::optional(object.py(), None)?;
    Array::full(&device, &[], s, dtype).map_err(to_py)
}
