//! Kernels that users write in WGSL: `anygpu._anygpu.Kernel`.

use crate::convert;
use crate::device;
use crate::errors::enter;
use crate::ndarray::PyNdArray;
use anygpu::{Argument, Array, Kernel, Scalar};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};
use smallvec::SmallVec;

/// A compiled kernel. Made by `compile_wgsl`.
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

    /// Invocations of a workgroup.
    #[getter]
    fn workgroup_size(&self) -> (u32, u32, u32) {
        self.0.workgroup_size().into()
    }

    /// `(name, type, takes an array, written)` of each argument.
    #[getter]
    fn arguments(&self) -> Vec<(String, String, bool, bool)> {
        self.0.arguments().into_iter().map(|a| (a.name, a.type_name, a.array, a.written)).collect()
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

pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PyKernel>()?;
    m.add_function(wrap_pyfunction!(compile_wgsl, m)?)
}
