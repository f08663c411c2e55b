//! NumPy for whatever GPU the machine has.
//!
//! Arrays live on a [`Device`]; operations have NumPy's names, dtypes, broadcasting and special values, and give its numbers bit for bit wherever IEEE
//! 754 fixes them. The same WGSL runs on NVIDIA, AMD, Intel and Apple GPUs and on software adapters.
//!
//! ```no_run
//! use anygpu::Device;
//!
//! fn main() -> anygpu::Result<()> {
//!     let gpu = Device::new()?;
//!     let x = gpu.array(&[1.0_f32, 2.0, 3.0, 4.0], &[2, 2])?;
//!     let y = (&x * 2.0 + 1.0).matmul(&x.t())?.sum(Some(&[0]), false)?;
//!     println!("{:?}", y.to_vec::<f32>()?);
//!     Ok(())
//! }
//! ```
//!
//! | question | module or type |
//! |---|---|
//! | which GPU | [`Device`] |
//! | arrays, views, reading | [`Array`] |
//! | elementwise operations | [`Ufunc`], Rust's operators |
//! | sums, extremes, means | methods of [`Array`] |
//! | matrix products | [`Array::matmul`], [`Array::dot`] |
//! | Fourier transforms | [`Array::fft`], [`Array::rfft`] and their inverses, [`Array::transform`] |
//! | joining | [`concatenate`], [`stack`] |
//! | kernels of one's own | [`Kernel`] |
//! | random numbers | [`Device::draw`] |
//!
//! When *not* to use it: for a few thousand elements at a time the launch costs more than the arithmetic, and a CPU library is faster.

mod array;
mod create;
mod device;
mod elementwise;
mod fft;
mod generated;
mod graph;
mod indexing;
mod join;
mod kernel;
mod launch;
pub mod linalg;
mod matmul;
mod operators;
mod radix;
mod random;
mod reduce;
mod reinterpret;
mod scan;
mod sort;
mod storage;
mod transfer;
mod ufunc;
mod value;

pub use anygpu_core as core;
pub use anygpu_core::{
    Casting, Complex, DType, Element, Error, ErrorKind, IndexItem, Kind, Layout, Result, Scalar, ScalarKind, broadcast_shapes, can_cast,
    f16, promote_types, result_type,
};
pub use anygpu_runtime::{AdapterInfo, Capabilities, Counters, GpuOptions, Interrupt, MappedBytes, MemoryStats, Selector, adapters};
pub use array::Array;
pub use device::{Device, FaultRecord, check_process, mark_forked, save_caches, set_interrupt};
pub use elementwise::where_;
pub use fft::{Norm, Transform};
pub use generated::{ArrayUse, GeneratedKernel, LaunchProblem, cast_text, operation_dtypes, operation_text, register_type};
pub use indexing::{Index, IndexArray};
pub use join::{concatenate, concatenate_as, stack};
pub use kernel::{Argument, ArgumentInfo, Kernel};
pub use random::{Draw, Stream};
pub use ufunc::Ufunc;
pub use value::Value;
