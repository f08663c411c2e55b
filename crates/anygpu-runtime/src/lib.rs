//! The layer of anygpu that talks to the GPU, through [wgpu](https://wgpu.rs).
//!
//! It knows buffers and kernels, not arrays: [`Gpu`] opens an adapter, [`Gpu::alloc`] takes memory from a pool,
//! [`Gpu::kernel`] compiles WGSL once, [`Gpu::dispatch`], [`Gpu::upload`] and [`Gpu::copy`] record work, and
//! [`Gpu::download`] runs it and returns bytes. The rules it keeps:
//!
//! * **One stream.** Work runs in the order it was recorded, whatever kind it is; many dispatches share a pass and a
//!   submission (`stream.rs`).
//! * **Nothing panics, nothing aborts.** Running out of memory, a kernel that does not compile and a lost device are
//!   values of [`anygpu_core::Error`]; the device stays usable after the first two, and a new one can be opened after
//!   the third (`failure.rs`).
//! * **Floats are strict.** Kernels go through [`anygpu_kernels::lower`] where the device takes SPIR-V, and a self-test
//!   finds out what the device computes exactly ([`Capabilities`]).
//! * **Memory is reused.** Device memory, transfer memory, bind groups and kernels are kept (`pool.rs`, `staging.rs`,
//!   `bindings.rs`, `pipeline.rs`), compiled kernels also on disk (`cache.rs`).
//!
//! What it is not for: choosing how to compute. Kernels, tile sizes and fusion live in the crates above and below.

mod adapter;
mod alloc;
mod bindings;
mod cache;
mod capabilities;
mod device;
mod failure;
mod host_copy;
mod interface;
mod memory;
mod open;
mod options;
mod params;
mod pipeline;
mod pool;
mod selftest;
mod staging;
mod stream;
mod transfer;
mod vulkan;
mod wait;

pub use adapter::{AdapterInfo, DeviceType, Selector, adapters};
pub use bindings::{Access, Binding};
pub use capabilities::{Capabilities, StrictFloats, Subnormals, Support};
pub use device::{Gpu, Interrupt, grid};
pub use options::{CacheLocation, GpuOptions, parse_bytes};
pub use pipeline::{Kernel, KernelSource};
pub use pool::{Buffer, MemoryStats};
pub use stream::Counters;
pub use transfer::MappedBytes;
