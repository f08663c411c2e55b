//! What the Python compiler of kernels needs: the texts of operations, and compiling and running what it wrote.

use crate::dtypes;
use crate::errors::{enter, to_py};
use crate::ndarray::PyNdArray;
use anygpu::{ArrayUse, DType, Device, FaultRecord, GeneratedKernel, LaunchProblem, ScalarKind, Ufunc};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyFloat, PyInt};

/// A compiled kernel, see `anygpu::GeneratedKernel`.
#[pyclass(name = "GeneratedKernel", module = "anygpu._anygpu", frozen)]
pub(crate) struct PyGeneratedKernel(GeneratedKernel);

#[pymethods]
impl PyGeneratedKernel {
    /// Compiles `body` for arrays given as (dtype, ndim, written, atomic, binding); `finite` says that all its loops end, `strides`
    /// that a workgroup does the work of others that were not started.
    #[new]
    #[pyo3(signature = (body, arrays, finite, strides = false))]
    fn new(
        py: Python<'_>,
        body: String,
        arrays: Vec<(Bound<'_, PyAny>, usize, bool, bool, usize)>,
        finite: bool,
        strides: bool,
    ) -> PyResult<Self> {
        let uses = arrays
            .iter()
            .map(|(dtype, ndim, written, atomic, binding)| {
                Ok(ArrayUse { dtype: dtypes::from_py(dtype)?, ndim: *ndim, written: *written, atomic: *atomic, binding: *binding })
            })
            .collect::<PyResult<Vec<_>>>()?;
        enter(py, || GeneratedKernel::new(&Device::default_device()?, &body, &uses, finite, strides)).map(Self)
    }

    /// Runs it over a grid of workgroups. False, and nothing done, where parameters with different bindings share memory that the kernel writes.
    fn launch(&self, py: Python<'_>, arrays: Vec<Bound<'_, PyNdArray>>, words: Vec<u32>, grid: [u32; 3]) -> PyResult<bool> {
        let arrays: Vec<_> = arrays.iter().map(|a| &a.get().array).collect();
        enter(py, || match self.0.launch(&arrays, &words, grid) {
            Ok(()) => Ok(true),
            Err(LaunchProblem::Aliased) => Ok(false),
            Err(LaunchProblem::Failed(error)) => Err(error),
        })
    }

    /// The whole text, with the library's functions.
    #[getter]
    fn wgsl(&self) -> &str {
        self.0.wgsl()
    }
}

/// Looks, when the device is next waited for, at the words that a launch of a checked kernel writes its first access out of bounds into.
#[pyfunction]
fn watch_faults(words: &Bound<'_, PyNdArray>, accesses: Vec<String>) {
    let words = words.get().array.clone();
    words.device().clone().watch_faults(FaultRecord { words, accesses: accesses.into() });
}

/// How many faults of kernels have been raised: records made before serve no longer.
#[pyfunction]
fn reported_faults(py: Python<'_>) -> PyResult<u64> {
    enter(py, || Ok(Device::default_device()?.reported_faults()))
}

fn ufunc(name: &str) -> PyResult<Ufunc> {
    Ufunc::ALL.iter().copied().find(|u| u.name() == name).ok_or_else(|| PyValueError::new_err(format!("no operation is called {name:?}")))
}

/// (compute dtype, result dtype) of an operation on scalars, each a dtype or the Python type of a number without one.
#[pyfunction]
fn operation_dtypes(py: Python<'_>, name: &str, operands: Vec<Bound<'_, PyAny>>) -> PyResult<(Py<PyAny>, Py<PyAny>)> {
    let (mut strong, mut weak) = (Vec::new(), Vec::new());
    for operand in &operands {
        if operand.is(py.get_type::<PyInt>()) {
            weak.push(ScalarKind::Int);
        } else if operand.is(py.get_type::<PyFloat>()) {
            weak.push(ScalarKind::Float);
        } else if operand.is(py.get_type::<PyComplex>()) {
            weak.push(ScalarKind::Complex);
        } else {
            strong.push(dtypes::from_py(operand)?);
        }
    }
    let (compute, result) = anygpu::operation_dtypes(ufunc(name)?, &strong, &weak).map_err(to_py)?;
    Ok((dtypes::to_numpy(py, compute)?, dtypes::to_numpy(py, result)?))
}

/// The WGSL expression of an operation computed in a dtype, on (dtype, text) operands.
#[pyfunction]
fn operation_text(name: &str, compute: &Bound<'_, PyAny>, operands: Vec<(Bound<'_, PyAny>, String)>) -> PyResult<String> {
    let operands = operands.into_iter().map(|(d, x)| Ok((dtypes::from_py(&d)?, x))).collect::<PyResult<Vec<(DType, String)>>>()?;
    Ok(anygpu::operation_text(ufunc(name)?, dtypes::from_py(compute)?, &operands))
}

/// The WGSL expression that converts a value between dtypes.
#[pyfunction]
fn cast_text(from: &Bound<'_, PyAny>, to: &Bound<'_, PyAny>, x: &str) -> PyResult<String> {
    Ok(anygpu::cast_text(dtypes::from_py(from)?, dtypes::from_py(to)?, x))
}

/// The WGSL type of a value of a dtype.
#[pyfunction]
fn register_type(dtype: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    Ok(anygpu::register_type(dtypes::from_py(dtype)?))
}

pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PyGeneratedKernel>()?;
    m.add_function(wrap_pyfunction!(watch_faults, m)?)?;
    m.add_function(wrap_pyfunction!(reported_faults, m)?)?;
    m.add_function(wrap_pyfunction!(operation_dtypes, m)?)?;
    m.add_function(wrap_pyfunction!(operation_text, m)?)?;
    m.add_function(wrap_pyfunction!(cast_text, m)?)?;
    m.add_function(wrap_pyfunction!(register_type, m)?)
}
