//! The crate's errors as Python exceptions.

use anygpu::{DType, Error, ErrorKind};
use pyo3::create_exception;
use pyo3::exceptions::{PyIndexError, PyMemoryError, PyNotImplementedError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::cell::Cell;

create_exception!(
    anygpu,
    OutOfMemoryError,
    PyMemoryError,
    "The device, or the limit set on it, has no room for an array. The device stays usable."
);
create_exception!(anygpu, DeviceError, PyRuntimeError, "Something is wrong with the device or its driver.");
create_exception!(anygpu, NoDeviceError, DeviceError, "No adapter was found, or none that matches the request.");
create_exception!(
    anygpu,
    DeviceLostError,
    DeviceError,
    "The driver reset or removed the device; its arrays are gone. The next device request works."
);
create_exception!(anygpu, ShaderError, DeviceError, "A kernel did not parse, validate or compile.");

/// The Python exception for an error.
pub(crate) fn to_py(error: Error) -> PyErr {
    if let Some(raised) = RAISED.take() {
        return raised;
    }
    let message = error.to_string();
    match error.kind() {
        ErrorKind::Value => PyValueError::new_err(message),
        ErrorKind::Type => PyTypeError::new_err(message),
        ErrorKind::Index => PyIndexError::new_err(message),
        ErrorKind::Axis => axis_error(&error).unwrap_or_else(|e| e),
        ErrorKind::Overflow => PyOverflowError::new_err(message),
        ErrorKind::NotImplemented => PyNotImplementedError::new_err(message),
        ErrorKind::OutOfMemory => OutOfMemoryError::new_err(message),
        ErrorKind::NoDevice => NoDeviceError::new_err(message),
        ErrorKind::DeviceLost => DeviceLostError::new_err(message),
        ErrorKind::Shader => ShaderError::new_err(message),
        _ => PyRuntimeError::new_err(message),
    }
}

/// NumPy's ComplexWarning where imaginary parts are dropped: complex numbers converted to real ones, truth values excepted.
pub(crate) fn warn_of_discarding(py: Python<'_>, from: DType, to: DType) -> PyResult<()> {
    if !from.is_complex() || to.is_complex() || to == DType::Bool {
        return Ok(());
    }
    let category = py.import("numpy.exceptions")?.getattr("ComplexWarning")?;
    PyErr::warn(py, &category, c"Casting complex values to real discards the imaginary part", 1)
}

/// `numpy.exceptions.AxisError`, which is a ValueError and an IndexError.
fn axis_error(error: &Error) -> PyResult<PyErr> {
    let Error::Axis { axis, ndim, argument } = error else {
        return Ok(PyValueError::new_err(error.to_string()));
    };
    Python::attach(|py| {
        let class = py.import("numpy.exceptions")?.getattr("AxisError")?;
        Ok(PyErr::from_value(class.call1((*axis, *ndim, argument.clone()))?))
    })
}

thread_local! {
    /// What a signal handler raised while this thread waited for the device.
    static RAISED: Cell<Option<PyErr>> = const { Cell::new(None) };
}

/// Lets Python's signal handlers run during a wait (they do on the main thread only); whether one raised, as Ctrl-C's does.
pub(crate) fn check_signals() -> bool {
    match Python::attach(|py| py.check_signals()) {
        Ok(()) => false,
        Err(raised) => {
            RAISED.set(Some(raised));
            true
        }
    }
}

/// Runs `f` without the GIL and converts its error.
pub(crate) fn enter<T: Send>(py: Python<'_>, f: impl FnOnce() -> anygpu::Result<T> + Send) -> PyResult<T> {
    py.detach(|| anygpu::check_process().and_then(|()| f())).map_err(to_py)
}

pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = m.py();
    m.add("OutOfMemoryError", py.get_type::<OutOfMemoryError>())?;
    m.add("DeviceError", py.get_type::<DeviceError>())?;
    m.add("NoDeviceError", py.get_type::<NoDeviceError>())?;
    m.add("DeviceLostError", py.get_type::<DeviceLostError>())?;
    m.add("ShaderError", py.get_type::<ShaderError>())
}
