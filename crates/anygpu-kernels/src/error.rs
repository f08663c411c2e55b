//! The one error type of this crate: why a kernel's text could not become a shader.

/// Why a kernel could not be assembled, checked or written.
///
/// Every message carries the place it is about: naga's own diagnostic with the source line, or `file:line` for the
/// linker and the preprocessor. A kernel of ours never produces one at run time (the tests expand them all); a kernel
/// written by a user can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// The text is not WGSL; holds naga's diagnostic with the offending line.
    #[error("the kernel is not valid WGSL\n{0}")]
    Parse(String),
    /// The text is WGSL that naga's validator refuses; holds its diagnostic with the offending line.
    #[error("the kernel does not validate\n{0}")]
    Validate(String),
    /// A back end (SPIR-V, MSL, HLSL) could not write the validated module.
    #[error("the kernel cannot be written as {backend}: {message}")]
    Write {
        /// The target language: `SPIR-V`, `MSL` or `HLSL`.
        backend: &'static str,
        /// What the back end said.
        message: String,
    },
    /// The function library is malformed, or a kernel's text has unbalanced comments or brackets.
    #[error("linking: {0}")]
    Link(String),
    /// A template's `#if`, `#import` or `${NAME}` is wrong, or names something that is not defined.
    #[error("preprocessing: {0}")]
    Preprocess(String),
}

impl KernelError {
    /// A [`KernelError::Write`] from whatever a back end reported.
    pub(crate) fn write(backend: &'static str, message: impl std::fmt::Display) -> Self {
        KernelError::Write { backend, message: message.to_string() }
    }
}
