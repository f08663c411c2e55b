//! Functions of the module: creation, joining, ufuncs.

use crate::convert::{self, Operand};
use crate::errors::{enter, to_py, warn_of_discarding};
use crate::ndarray::PyNdArray;
use crate::{device, dtypes};
use anygpu::{Array, Scalar, Ufunc};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use smallvec::SmallVec;

/// An elementwise operation over broadcast operands, as `numpy.ufunc`.
#[pyclass(name = "ufunc", module = "anygpu", frozen)]
pub(crate) struct PyUfunc(Ufunc);

#[pymethods]
impl PyUfunc {
    #[getter]
    fn __name__(&self) -> &'static str {
        self.0.name()
    }

    /// Number of operands.
    #[getter]
    fn nin(&self) -> usize {
        self.0.arity()
    }

    /// Number of results.
    #[getter]
    fn nout(&self) -> usize {
        1
    }

    /// Number of operands and results.
    #[getter]
    fn nargs(&self) -> usize {
        self.0.arity() + 1
    }

    fn __repr__(&self) -> String {
        format!("<ufunc '{}'>", self.0.name())
    }

    fn __reduce__(&self) -> &'static str {
        self.0.name()
    }

    /// What leaves every other operand unchanged; None where there is no such number.
    #[getter]
    fn identity(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self.0 {
            Ufunc::Add | Ufunc::BitwiseOr | Ufunc::BitwiseXor | Ufunc::Hypot | Ufunc::Gcd => 0i64.into_py_any(py),
            Ufunc::Multiply => 1i64.into_py_any(py),
            Ufunc::BitwiseAnd => (-1i64).into_py_any(py),
            Ufunc::LogicalAnd => true.into_py_any(py),
            Ufunc::LogicalOr | Ufunc::LogicalXor => false.into_py_any(py),
            Ufunc::Logaddexp | Ufunc::Logaddexp2 => f64::NEG_INFINITY.into_py_any(py),
            _ => Ok(py.None()),
        }
    }

    /// The ufunc applied along axes, as `numpy.ufunc.reduce`.
    #[pyo3(signature = (*args, **options))]
    fn reduce(&self, py: Python<'_>, args: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        self.method(py, "reduce", args, options)
    }

    /// The results along an axis so far, as `numpy.ufunc.accumulate`.
    #[pyo3(signature = (*args, **options))]
    fn accumulate(&self, py: Python<'_>, args: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        self.method(py, "accumulate", args, options)
    }

    /// The ufunc of every pair, as `numpy.ufunc.outer`.
    #[pyo3(signature = (*args, **options))]
    fn outer(&self, py: Python<'_>, args: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        self.method(py, "outer", args, options)
    }

    #[pyo3(signature = (*args, **options))]
    fn __call__(&self, py: Python<'_>, args: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        let arity = self.0.arity();
        let name = self.0.name();
        if args.len() < arity || args.len() > arity + 1 {
            return Err(PyTypeError::new_err(format!(
                "{name}() takes from {arity} to {} positional arguments but {} were given",
                arity + 1,
                args.len()
            )));
        }
        let mut out = if args.len() > arity { Some(args.get_item(arity)?) } else { None };
        let mut dtype = None;
        let mut order = 'K';
        let mut casting = anygpu::Casting::SameKind;
        if let Some(options) = options {
            for (key, value) in options {
                match key.extract::<String>()?.as_str() {
                    "out" => out = Some(value),
                    "dtype" => dtype = dtypes::optional(Some(&value))?,
                    "where" if value.is(pyo3::types::PyBool::new(py, true)) => {}
                    "casting" => {
                        let rule = value.extract::<String>()?;
                        casting = anygpu::Casting::from_name(&rule).ok_or_else(|| {
                            PyValueError::new_err(format!(
                                "casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe' (got '{rule}')"
                            ))
                        })?;
                    }
                    "order" if value.is_none() => {}
                    "order" => order = convert::order(Some(&value.extract::<String>()?), "KACF")?,
                    "subok" => {}
                    "where" => {
                        let rest = options.copy()?;
                        rest.del_item("where")?;
                        return Ok(methods(py)?.call_method1("masked", (self.object(py)?, value, args, rest))?.unbind());
                    }
                    other => {
                        return Err(PyTypeError::new_err(format!("{name}() got an unexpected keyword argument '{other}'")));
                    }
                }
            }
        }
        let mut operands: SmallVec<[Operand<'_>; 3]> = SmallVec::new();
        let near = args.iter().find_map(|a| a.cast::<PyNdArray>().ok().map(|a| a.get().array.clone()));
        for object in args.iter().take(arity) {
            match convert::operand(&object, near.as_ref())? {
                Some(o) => operands.push(o),
                None => {
                    if convert::is_text(&object) {
                        let inputs: Vec<_> = args.iter().take(arity).collect();
                        return Err(convert::no_loop(py, name, &inputs));
                    }
                    return Err(PyTypeError::new_err(format!(
                        "{name}: {} cannot be an operand: it is no array and no number",
                        object.get_type()
                    )));
                }
            }
        }
        let values: SmallVec<[anygpu::Value<'_>; 3]> = operands.iter().map(Operand::value).collect();
        let ufunc = self.0;
        // Any other rule is an error.
        if let (Some(to), anygpu::Casting::Unsafe) = (dtype, casting)
            && let Some(complex) = values.iter().map(dtype_alone).find(|d| d.is_complex())
        {
            warn_of_discarding(py, complex, to)?;
        }
        let result = enter(py, || match dtype {
            Some(dtype) => ufunc.call_as(&values, dtype, casting),
            None => ufunc.call_casting(&values, casting),
        })?;
        let out = match out {
            Some(t) if t.is_instance_of::<PyTuple>() => Some(t.get_item(0)?),
            other => other,
        };
        match out.filter(|o| !o.is_none()) {
            None => Ok(Py::new(py, PyNdArray::from(ordered(result, order, &values)?))?.into_any()),
            Some(out) => {
                let target = out.cast::<PyNdArray>().map_err(|_| PyTypeError::new_err("return arrays must be of anygpu.ndarray type"))?;
                let array = &target.get().array;
                if !anygpu::can_cast(result.dtype(), array.dtype(), casting) {
                    return Err(PyTypeError::new_err(format!(
                        "Cannot cast ufunc '{name}' output from dtype('{}') to dtype('{}') with casting rule '{}'",
                        result.dtype(),
                        array.dtype(),
                        casting.name()
                    )));
                }
                // The result is broadcast to `out`.
                if result.layout().broadcast_to(array.shape()).is_err() {
                    return Err(PyValueError::new_err(format!(
                        "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                        anygpu::core::numpy_shape(array.shape()),
                        anygpu::core::numpy_shape(result.shape())
                    )));
                }
                warn_of_discarding(py, result.dtype(), array.dtype())?;
                enter(py, || array.assign((&result).into()))?;
                Ok(out.unbind())
            }
        }
    }
}

impl PyUfunc {
    /// This object, as the module holds it.
    fn object<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("anygpu._anygpu")?.getattr(self.0.name())
    }

    fn method(&self, py: Python<'_>, name: &str, args: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        let all: Vec<_> = std::iter::once(self.object(py)?).chain(args.iter()).collect();
        Ok(methods(py)?.getattr(name)?.call(PyTuple::new(py, all)?, options)?.unbind())
    }
}

/// A new result in the memory order that was asked for.
fn ordered(result: Array, order: char, operands: &[anygpu::Value<'_>]) -> PyResult<Array> {
    let is_fortran = |operand: &anygpu::Value<'_>| match operand {
        anygpu::Value::Array(array) => array.layout().is_f_contiguous(),
        _ => true,
    };
    let is_fortran = order == 'F' || (order == 'A' && operands.iter().all(is_fortran));
    match order {
        'K' => Ok(result),
        _ if is_fortran && result.layout().is_f_contiguous() => Ok(result),
        _ if is_fortran => result.copy_fortran().map_err(to_py),
        _ => result.contiguous().map_err(to_py),
    }
}

/// The dtype of an operand, or of an array made from a number without one.
fn dtype_alone(operand: &anygpu::Value<'_>) -> anygpu::DType {
    match operand {
        anygpu::Value::Scalar(number) => number.kind().default_dtype(),
        anygpu::Value::Typed(_, dtype) => *dtype,
        anygpu::Value::Array(array) => array.dtype(),
    }
}

fn methods(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("anygpu._ufuncs")
}

/// Every ufunc, by NumPy's name.
pub(crate) fn register_ufuncs(m: &Bound<'_, PyModule>) -> PyResult<()> {
    for u in Ufunc::ALL {
        m.add(u.name(), Py::new(m.py(), PyUfunc(*u))?)?;
    }
    Ok(())
}

/// An array from a NumPy array (uploaded) or from anything `numpy.asarray` takes; arrays of ours are copied only where asked or needed.
#[pyfunction]
#[pyo3(signature = (object, dtype = None, copy = None, device = None))]
pub(crate) fn from_object(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    copy: Option<bool>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<PyAny>> {
    let dtype = dtypes::optional(dtype)?;
    if let Ok(ours) = object.cast::<PyNdArray>() {
        let array = &ours.get().array;
        let elsewhere = match device.filter(|d| !d.is_none()) {
            Some(d) => Some(device::optional(py, Some(d))?).filter(|d| d != array.device()),
            None => None,
        };
        if let Some(to) = elsewhere {
            let bytes = enter(py, || array.to_bytes())?;
            let moved = enter(py, || Array::from_bytes(&to, &bytes, array.shape(), array.dtype()))?;
            let moved = match dtype {
                Some(d) if d != moved.dtype() => moved.astype(d).map_err(to_py)?,
                _ => moved,
            };
            return Ok(Py::new(py, PyNdArray::from(moved))?.into_any());
        }
        let changed = dtype.is_some_and(|d| d != array.dtype());
        if copy == Some(false) && changed {
            return Err(PyValueError::new_err("Unable to avoid copy while creating an array as requested: the dtype differs"));
        }
        if changed || copy == Some(true) {
            let to = dtype.unwrap_or(array.dtype());
            warn_of_discarding(py, array.dtype(), to)?;
            let made = array.astype(to).map_err(to_py)?;
            return Ok(Py::new(py, PyNdArray::from(made))?.into_any());
        }
        return Ok(object.clone().unbind());
    }
    if copy == Some(false) {
        return Err(PyValueError::new_err("Unable to avoid copy while creating an array as requested: the data is in host memory"));
    }
    let target = device::optional(py, device)?;
    let numpy = py.import("numpy")?;
    let host = match dtype {
        // NumPy converts Python numbers itself, with its own range checks.
        Some(d) if !object.hasattr("__array__")? => numpy.call_method1("asarray", (object, dtypes::to_numpy(py, d)?))?,
        _ => numpy.call_method1("asarray", (object,))?,
    };
    let kind = host.getattr("dtype")?.getattr("kind")?.extract::<String>()?;
    if kind == "O" {
        return Err(PyTypeError::new_err("object arrays have no form on the GPU: give numbers, or a dtype to convert to"));
    }
    Ok(Py::new(py, PyNdArray::from(convert::upload(&host, dtype, &target)?))?.into_any())
}

/// An array of one value.
#[pyfunction]
#[pyo3(signature = (shape, value, dtype, device = None))]
pub(crate) fn filled(
    py: Python<'_>,
    shape: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
    dtype: &Bound<'_, PyAny>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyNdArray> {
    let (shape, dtype) = (convert::shape(shape)?, dtypes::from_py(dtype)?);
    let target = device::optional(py, device)?;
    let value = scalar(value)?;
    enter(py, || Array::full(&target, &shape, value, dtype)).map(Into::into)
}

/// An array whose elements are not set.
#[pyfunction]
#[pyo3(signature = (shape, dtype, device = None))]
pub(crate) fn unset(
    py: Python<'_>,
    shape: &Bound<'_, PyAny>,
    dtype: &Bound<'_, PyAny>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyNdArray> {
    let (shape, dtype) = (convert::shape(shape)?, dtypes::from_py(dtype)?);
    let target = device::optional(py, device)?;
    enter(py, || Array::empty(&target, &shape, dtype)).map(Into::into)
}

/// `numpy.arange` with all arguments given.
#[pyfunction]
#[pyo3(signature = (start, stop, step, dtype, device = None))]
pub(crate) fn range(
    py: Python<'_>,
    start: &Bound<'_, PyAny>,
    stop: &Bound<'_, PyAny>,
    step: &Bound<'_, PyAny>,
    dtype: &Bound<'_, PyAny>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyNdArray> {
    let (start, stop, step, dtype) = (scalar(start)?, scalar(stop)?, scalar(step)?, dtypes::from_py(dtype)?);
    let target = device::optional(py, device)?;
    if !step.is_nonzero() {
        return Err(pyo3::exceptions::PyZeroDivisionError::new_err("division by zero"));
    }
    enter(py, || target.arange(start, stop, step, dtype)).map(Into::into)
}

/// `numpy.linspace` of real numbers.
#[pyfunction]
#[pyo3(signature = (start, stop, num, endpoint, dtype, device = None))]
pub(crate) fn spaced(
    py: Python<'_>,
    start: f64,
    stop: f64,
    num: isize,
    endpoint: bool,
    dtype: &Bound<'_, PyAny>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyNdArray> {
    let dtype = dtypes::from_py(dtype)?;
    let num = usize::try_from(num).map_err(|_| PyValueError::new_err(format!("Number of samples, {num}, must be non-negative.")))?;
    let target = device::optional(py, device)?;
    enter(py, || target.linspace(start, stop, num, endpoint, dtype)).map(Into::into)
}

/// Ones on a diagonal.
#[pyfunction]
#[pyo3(signature = (rows, columns, k, dtype, device = None))]
pub(crate) fn diagonal_ones(
    py: Python<'_>,
    rows: isize,
    columns: isize,
    k: isize,
    dtype: &Bound<'_, PyAny>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyNdArray> {
    let dtype = dtypes::from_py(dtype)?;
    let length = |n: isize| usize::try_from(n).map_err(|_| PyValueError::new_err(format!("negative dimensions are not allowed, got {n}")));
    let (rows, columns) = (length(rows)?, length(columns)?);
    let target = device::optional(py, device)?;
    enter(py, || target.eye(rows, columns, k, dtype)).map(Into::into)
}

/// `x` where the condition is nonzero, else `y`.
#[pyfunction]
#[pyo3(signature = (condition_object, x, y))]
pub(crate) fn choose(condition_object: &Bound<'_, PyAny>, x: &Bound<'_, PyAny>, y: &Bound<'_, PyAny>) -> PyResult<PyNdArray> {
    let condition = convert::array(condition_object)?;
    let operand = |o: &Bound<'_, PyAny>| {
        Ok::<_, PyErr>(match convert::operand(o, Some(&condition))? {
            Some(Operand::Ours(a)) => Operand::Uploaded(a.get().array.clone()),
            Some(Operand::Number(s)) => Operand::Number(s),
            Some(Operand::Typed(s, d)) => Operand::Typed(s, d),
            Some(Operand::Uploaded(a)) => Operand::Uploaded(a),
            None => {
                return Err(PyTypeError::new_err(format!("where: {} cannot be an operand", o.get_type())));
            }
        })
    };
    let (x, y) = (operand(x)?, operand(y)?);
    let (x, y) = (x.value(), y.value());
    enter(condition_object.py(), || anygpu::where_(&condition, x, y)).map(Into::into)
}

/// Arrays joined along an axis (flattened first for None).
#[pyfunction]
#[pyo3(signature = (arrays, axis, dtype = None))]
pub(crate) fn join(arrays: &Bound<'_, PyAny>, axis: Option<isize>, dtype: Option<&Bound<'_, PyAny>>) -> PyResult<PyNdArray> {
    let list = arrays.try_iter()?.map(|a| convert::array(&a?)).collect::<PyResult<Vec<_>>>()?;
    let dtype = dtypes::optional(dtype)?;
    if let (Some(to), Some(complex)) = (dtype, list.iter().find(|a| a.dtype().is_complex())) {
        warn_of_discarding(arrays.py(), complex.dtype(), to)?;
    }
    enter(arrays.py(), || match dtype {
        None => anygpu::concatenate(&list, axis),
        Some(d) => anygpu::concatenate_as(&list, axis, d),
    })
    .map(Into::into)
}

/// Arrays joined along a new axis.
#[pyfunction]
pub(crate) fn pile(arrays: &Bound<'_, PyAny>, axis: isize) -> PyResult<PyNdArray> {
    let list = arrays.try_iter()?.map(|a| convert::array(&a?)).collect::<PyResult<Vec<_>>>()?;
    enter(arrays.py(), || anygpu::stack(&list, axis)).map(Into::into)
}

fn scalar(object: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    if let Some(s) = convert::number(object)? {
        return Ok(s);
    }
    let item = if object.hasattr("item")? { object.call_method0("item")? } else { object.clone() };
    if let Some(s) = convert::number(&item)? {
        return Ok(s);
    }
    if let Ok(x) = item.extract::<f64>() {
        return Ok(Scalar::Float(x));
    }
    Err(PyTypeError::new_err(format!("expected a number, got {}", object.get_type())))
}
