//! What runs on the GPU, as text: kernels are written, linked with the shader library, validated and lowered here, without a device.
//!
//! | question | module |
//! |---|---|
//! | what is one element of a result | [`expr`]: the expression IR |
//! | how are elements of a dtype read and stored | [`access`] |
//! | the elementwise kernel | [`map`] |
//! | the reduction kernel | [`reduce`] |
//! | matrix products | [`matmul`] |
//! | templates and their forms | [`preprocess`], [`permutations`] |
//! | the function library (`shaders/math/`) and which of its files a device needs | [`shaders`], [`link`] |
//! | kernels written by users: arguments, bounds checks | [`user`] |
//! | WGSL to SPIR-V with strict floats | [`lower`], [`spirv`] |
//! | WGSL to MSL and HLSL | [`texts`] |
//!
//! ```
//! use anygpu_core::DType;
//! use anygpu_kernels::expr::{Expr, Op};
//!
//! // x * s + x, for float32
//! let mut e = Expr::default();
//! let (x, s) = (e.input(DType::F32), e.scalar(DType::F32));
//! let product = e.apply(Op::Multiply, DType::F32, &[x, s]);
//! let sum = e.apply(Op::Add, DType::F32, &[product, x]);
//! e.results.push(sum);
//! let mut wgsl = String::new();
//! e.write_function(&mut wgsl);
//! assert!(wgsl.contains("add_full_f32(v2, x0)"));
//! ```

pub mod access;
mod defines;
pub mod error;
pub mod expr;
mod family;
pub mod fft;
mod guard;
pub mod indexing;
mod lexer;
pub mod linalg;
pub mod link;
pub mod lower;
pub mod map;
pub mod matmul;
pub mod permutations;
pub mod preprocess;
pub mod radix;
pub mod reduce;
pub mod scan;
pub mod shaders;
pub mod sort;
pub mod spirv;
pub mod texts;
pub mod user;

pub use error::KernelError;
