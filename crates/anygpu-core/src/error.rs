//! The one error type of anygpu. Each variant is one Python exception class, so that the binding is one `match`.

use crate::format::human_bytes;

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, by the Python exception it becomes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `ValueError`: right type, wrong value (shapes that do not broadcast, a zero slice step).
    #[error("{0}")]
    Value(String),
    /// `TypeError`: an operand of a type or dtype the operation does not take.
    #[error("{0}")]
    Type(String),
    /// `IndexError`: an index out of range, or too many of them.
    #[error("{0}")]
    Index(String),
    /// `numpy.exceptions.AxisError` (a `ValueError` and an `IndexError`): `axis` is not in `-ndim..ndim`.
    #[error("{}axis {axis} is out of bounds for array of dimension {ndim}", argument.as_ref().map(|name| format!("{name}: ")).unwrap_or_default())]
    Axis {
        /// The axis as it was given.
        axis: isize,
        /// The number of dimensions of the array.
        ndim: usize,
        /// The argument's name where NumPy's message starts with it (`axis1`, `source`).
        argument: Option<String>,
    },
    /// `OverflowError`: a Python integer that does not fit the dtype.
    #[error("{0}")]
    Overflow(String),
    /// `NotImplementedError`: valid in NumPy, not offered here.
    #[error("{0}")]
    NotImplemented(String),
    /// `anygpu.OutOfMemoryError` (a `MemoryError`): the device or the configured limit has no room; the device stays usable.
    #[error("{}", out_of_memory_message(*requested, *in_use, *free, *limit, detail))]
    OutOfMemory {
        /// Bytes asked for.
        requested: u64,
        /// Bytes of this device's memory that arrays and the pool hold now.
        in_use: u64,
        /// Bytes believed free on the device, where the driver says.
        free: Option<u64>,
        /// The limit set on the pool, where one is set.
        limit: Option<u64>,
        /// What was being allocated and what to do about it; may be empty.
        detail: String,
    },
    /// `anygpu.NoDeviceError` (a `RuntimeError`): no adapter, or none that matches the request.
    #[error("{0}")]
    NoDevice(String),
    /// `anygpu.DeviceLostError` (a `RuntimeError`): the driver reset or removed the device; its arrays are gone.
    #[error("{0}")]
    DeviceLost(String),
    /// `RuntimeError`: the driver or the validation layer refused something.
    #[error("{0}")]
    Runtime(String),
    /// `anygpu.ShaderError` (a `RuntimeError`): a kernel did not parse, validate or compile.
    #[error("{0}")]
    Shader(String),
}

/// The class of an [`Error`], without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// [`Error::Value`].
    Value,
    /// [`Error::Type`].
    Type,
    /// [`Error::Index`].
    Index,
    /// [`Error::Axis`].
    Axis,
    /// [`Error::Overflow`].
    Overflow,
    /// [`Error::NotImplemented`].
    NotImplemented,
    /// [`Error::OutOfMemory`].
    OutOfMemory,
    /// [`Error::NoDevice`].
    NoDevice,
    /// [`Error::DeviceLost`].
    DeviceLost,
    /// [`Error::Runtime`].
    Runtime,
    /// [`Error::Shader`].
    Shader,
}

impl Error {
    /// A [`Error::Value`].
    pub fn value_error(message: impl Into<String>) -> Self {
        Self::Value(message.into())
    }

    /// A [`Error::Type`].
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::Type(message.into())
    }

    /// A [`Error::Index`].
    pub fn index_error(message: impl Into<String>) -> Self {
        Self::Index(message.into())
    }

    /// A [`Error::Axis`] without an argument name.
    pub fn axis_error(axis: isize, ndim: usize) -> Self {
        Self::Axis { axis, ndim, argument: None }
    }

    /// A [`Error::Overflow`].
    pub fn overflow_error(message: impl Into<String>) -> Self {
        Self::Overflow(message.into())
    }

    /// A [`Error::NotImplemented`].
    pub fn not_implemented(message: impl Into<String>) -> Self {
        Self::NotImplemented(message.into())
    }

    /// A [`Error::OutOfMemory`] with only the two numbers always known; set the other fields where they are.
    pub fn out_of_memory(requested: u64, in_use: u64, detail: impl Into<String>) -> Self {
        Self::OutOfMemory { requested, in_use, free: None, limit: None, detail: detail.into() }
    }

    /// A [`Error::NoDevice`].
    pub fn no_device(message: impl Into<String>) -> Self {
        Self::NoDevice(message.into())
    }

    /// A [`Error::DeviceLost`].
    pub fn device_lost(message: impl Into<String>) -> Self {
        Self::DeviceLost(message.into())
    }

    /// A [`Error::Runtime`].
    pub fn runtime(message: impl Into<String>) -> Self {
        Self::Runtime(message.into())
    }

    /// A [`Error::Shader`].
    pub fn shader(message: impl Into<String>) -> Self {
        Self::Shader(message.into())
    }

    /// The class of this error.
    ///
    /// ```
    /// # use anygpu_core::{Error, ErrorKind};
    /// assert_eq!(Error::value_error("slice step cannot be zero").kind(), ErrorKind::Value);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Value(_) => ErrorKind::Value,
            Self::Type(_) => ErrorKind::Type,
            Self::Index(_) => ErrorKind::Index,
            Self::Axis { .. } => ErrorKind::Axis,
            Self::Overflow(_) => ErrorKind::Overflow,
            Self::NotImplemented(_) => ErrorKind::NotImplemented,
            Self::OutOfMemory { .. } => ErrorKind::OutOfMemory,
            Self::NoDevice(_) => ErrorKind::NoDevice,
            Self::DeviceLost(_) => ErrorKind::DeviceLost,
            Self::Runtime(_) => ErrorKind::Runtime,
            Self::Shader(_) => ErrorKind::Shader,
        }
    }
}

fn out_of_memory_message(requested: u64, in_use: u64, free: Option<u64>, limit: Option<u64>, detail: &str) -> String {
    let mut message = format!("out of device memory: requested {}, in use {}", human_bytes(requested), human_bytes(in_use));
    match free {
        Some(bytes) => message += &format!(", free {}", human_bytes(bytes)),
        None => message += ", free unknown (the driver does not say)",
    }
    if let Some(bytes) = limit {
        message += &format!(", limit {}", human_bytes(bytes));
    }
    if !detail.is_empty() {
        message += "; ";
        message += detail;
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_error_reads_as_numpys() {
        assert_eq!(Error::axis_error(3, 2).to_string(), "axis 3 is out of bounds for array of dimension 2");
        let named = Error::Axis { axis: 5, ndim: 2, argument: Some("source".into()) };
        assert_eq!(named.to_string(), "source: axis 5 is out of bounds for array of dimension 2");
    }

    #[test]
    fn out_of_memory_states_every_number() {
        let error = Error::OutOfMemory {
            requested: 1 << 31,
            in_use: 3 << 29,
            free: Some(1000),
            limit: Some(1 << 20),
            detail: "free some arrays".into(),
        };
        assert_eq!(
            error.to_string(),
            "out of device memory: requested 2.00 GiB (2147483648 bytes), in use 1.50 GiB (1610612736 bytes), \
             free 1000 bytes, limit 1.00 MiB (1048576 bytes); free some arrays"
        );
        assert!(Error::out_of_memory(1, 0, "").to_string().ends_with("free unknown (the driver does not say)"));
    }
}
