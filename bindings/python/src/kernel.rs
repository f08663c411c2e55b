//! Kernels written by users and by programs: `anygpu._anygpu.Kernel`.

use crate::convert;
use crate::device;
use crate::dtypes;
use crate::errors::{enter, to_py};
use crate::ndarray::PyNdArray;
use anygpu::{Argument, Array, Kernel, Parameter, Scalar};
use anygpu_kernels::expr::{self, Op};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};
use smallvec::SmallVec;

/// A compiled kernel. Made by `compile_wgsl` and `compile_linked`.
#[pyclass(name = "Kernel", module = "anygpu", frozen)]
pub(crate) struct PyKernel(Kernel);

/// One argument, held while the launch borrows it.
enum Held {
    Array(Array),
    Number(Scalar),
    Members(Vec<Scalar>),
    Bytes(Vec<u8>),
}

#[pymethods]
impl PyKernel {
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The text that was compiled.
    #[getter]
    fn wgsl(&self) -> &str {
        self.0.wgsl()
    }

    /// Invocations of a workgroup; None for generated kernels, whose author knows it.
    #[getter]
    fn workgroup_size(&self) -> Option<(u32, u32, u32)> {
        self.0.workgroup_size().map(|[x, y, z]| (x, y, z))
    }

    /// `(name, type, written)` of each argument of a kernel in the user's own WGSL.
    #[getter]
    fn arguments(&self) -> Vec<(&str, String, bool)> {
        self.0.arguments()
    }

    /// Records a run over `groups` (three ints) with `args`: arrays, numbers, tuples of numbers or bytes for uniform structs.
    fn launch(&self, py: Python<'_>, groups: [u32; 3], args: &Bound<'_, PyTuple>) -> PyResult<()> {
        let mut held: SmallVec<[Held; 8]> = SmallVec::new();
        for (k, argument) in args.iter().enumerate() {
            held.push(hold(&argument)?.ok_or_else(|| {
                PyTypeError::new_err(format!(
                    "{}: argument {k} is {}, expected an anygpu.ndarray, a number, a tuple of numbers or bytes; anygpu.asarray uploads",
                    self.0.name(),
                    argument.get_type()
                ))
            })?);
        }
        let arguments: SmallVec<[Argument<'_>; 8]> = held
            .iter()
            .map(|h| match h {
                Held::Array(a) => Argument::Array(a),
                Held::Number(s) => Argument::Scalar(*s),
                Held::Members(m) => Argument::Members(m),
                Held::Bytes(b) => Argument::Bytes(b),
            })
            .collect();
        enter(py, || self.0.launch(groups, &arguments))
    }

    fn __repr__(&self) -> String {
        format!("<Kernel {}>", self.0.name())
    }
}

fn hold(object: &Bound<'_, PyAny>) -> PyResult<Option<Held>> {
    if let Ok(array) = object.cast::<PyNdArray>() {
        return Ok(Some(Held::Array(array.get().array.clone())));
    }
    if let Some(number) = number(object)? {
        return Ok(Some(Held::Number(number)));
    }
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(Some(Held::Bytes(bytes.as_bytes().to_vec())));
    }
    if object.is_instance_of::<PyTuple>() || object.is_instance_of::<PyList>() {
        let mut members = Vec::new();
        for item in object.try_iter()? {
            match number(&item?)? {
                Some(number) => members.push(number),
                None => return Ok(None),
            }
        }
        return Ok(Some(Held::Members(members)));
    }
    let numpy = object.py().import("numpy")?;
    // A structured scalar is the bytes of a struct.
    if object.is_instance(&numpy.getattr("void")?)? {
        return Ok(Some(Held::Bytes(object.call_method0("tobytes")?.extract()?)));
    }
    Ok(None)
}

/// A Python number or a NumPy scalar.
fn number(object: &Bound<'_, PyAny>) -> PyResult<Option<Scalar>> {
    if let Some(number) = convert::number(object)? {
        return Ok(Some(number));
    }
    let numpy = object.py().import("numpy")?;
    if object.is_instance(&numpy.getattr("number")?)? || object.is_instance(&numpy.getattr("bool")?)? {
        return convert::number(&object.call_method0("item")?);
    }
    Ok(None)
}

/// Compiles WGSL of a user's.
#[pyfunction]
#[pyo3(signature = (source, entry = None, device = None))]
pub(crate) fn compile_wgsl(py: Python<'_>, source: &str, entry: Option<&str>, device: Option<&Bound<'_, PyAny>>) -> PyResult<PyKernel> {
    let device = device::optional(py, device)?;
    enter(py, || Kernel::from_wgsl(&device, source, entry)).map(PyKernel)
}

/// Compiles generated WGSL, linked with the function library.
///
/// `parameters` is a sequence of `("array", dtype, ndim, flags)` and `("scalar", dtype)`; the flags are a string of letters: `w` written, `a` used with
/// atomics, `n` negative indices count from the end. What `body` may call for them stands in the Rust module `anygpu_kernels::prologue`.
#[pyfunction]
#[pyo3(signature = (name, body, parameters, device = None))]
pub(crate) fn compile_linked(
    py: Python<'_>,
    name: &str,
    body: &str,
    parameters: Vec<Bound<'_, PyTuple>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyKernel> {
    let device = device::optional(py, device)?;
    let parameters = parameters.iter().map(parameter).collect::<PyResult<Vec<_>>>()?;
    enter(py, || Kernel::from_wgsl_linked(&device, name, body, &parameters)).map(PyKernel)
}

fn parameter(tuple: &Bound<'_, PyTuple>) -> PyResult<Parameter> {
    let dtype = dtypes::from_py(&tuple.get_item(1)?)?;
    match tuple.get_item(0)?.extract::<String>()?.as_str() {
        "scalar" => Ok(Parameter::Scalar(dtype)),
        "array" => {
            let flags = tuple.get_item(3)?.extract::<String>()?;
            let has = |letter| flags.contains(letter);
            if has('a') && !matches!(dtype, anygpu::DType::I32 | anygpu::DType::U32 | anygpu::DType::F32) {
                return Err(PyTypeError::new_err(format!("atomics exist for int32, uint32 and float32 arrays, not for {dtype}")));
            }
            let ndim = tuple.get_item(2)?.extract()?;
            Ok(Parameter::Array { dtype, ndim, written: has('w') || has('a'), atomic: has('a'), wrap: has('n') })
        }
        other => Err(PyValueError::new_err(format!("parameter of kind {other:?}: expected 'array' or 'scalar'"))),
    }
}

/// WGSL that applies an operation (a variant of the Rust enum `Op`, as `"Add"`) to register values, computing in a dtype; `from`: the first operand's dtype.
///
/// Returns the text and the dtype of the result.
#[pyfunction]
pub(crate) fn operation_text(
    py: Python<'_>,
    operation: &str,
    compute: &Bound<'_, PyAny>,
    from: &Bound<'_, PyAny>,
    operands: Vec<String>,
) -> PyResult<(String, Py<PyAny>)> {
    let op = Op::ALL
        .iter()
        .find(|op| format!("{op:?}") == operation)
        .ok_or_else(|| PyValueError::new_err(format!("no operation {operation:?}")))?;
    let compute = dtypes::from_py(compute)?;
    if operands.len() != op.arity() {
        return Err(PyValueError::new_err(format!("{operation} takes {} operands, {} given", op.arity(), operands.len())));
    }
    let text = expr::call(*op, compute, dtypes::from_py(from)?, &operands);
    Ok((text, dtypes::to_numpy(py, op.result(compute))?))
}

/// WGSL of a constant of a dtype, as a register value.
#[pyfunction]
pub(crate) fn constant_text(value: &Bound<'_, PyAny>, dtype: &Bound<'_, PyAny>) -> PyResult<String> {
    let number = number(value)?.ok_or_else(|| PyTypeError::new_err(format!("expected a number, got {}", value.get_type())))?;
    let dtype = dtypes::from_py(dtype)?;
    let bytes = number.to_bytes(dtype).map_err(to_py)?;
    Ok(expr::constant(dtype, &bytes))
}

/// The WGSL type that holds a value of a dtype.
#[pyfunction]
pub(crate) fn register_type(dtype: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    Ok(expr::register(dtypes::from_py(dtype)?))
}

pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PyKernel>()?;
    m.add_function(wrap_pyfunction!(compile_wgsl, m)?)?;
    m.add_function(wrap_pyfunction!(compile_linked, m)?)?;
    m.add_function(wrap_pyfunction!(operation_text, m)?)?;
    m.add_function(wrap_pyfunction!(constant_text, m)?)?;
    m.add_function(wrap_pyfunction!(register_type, m)?)
}
