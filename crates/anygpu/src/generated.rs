//! Kernels whose text is made outside of this crate, by a compiler from another language: they read and write arrays element by element and may call
//! the function library.

use crate::array::Array;
use crate::device::Device;
use crate::launch;
use crate::storage::Window;
use crate::ufunc::Ufunc;
use anygpu_core::{DType, Error, Result, ScalarKind};
use anygpu_kernels::access::{self, Native64};
use anygpu_kernels::expr::{self, Op, register};
use anygpu_kernels::map::{GUARD, MAX_PARAM_WORDS};
use anygpu_runtime::{Access as BufferAccess, DeviceType, Kernel, KernelSource};
use smallvec::SmallVec;
use std::fmt::Write;

/// How a kernel uses one array parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArrayUse {
    /// The array's dtype.
    pub dtype: DType,
    /// Its number of dimensions.
    pub ndim: usize,
    /// Whether the kernel writes it.
    pub written: bool,
    /// Whether the array is declared as atomic words, `b<i>: array<atomic<u32>>`; dtypes of eight bytes as `array<atomic<u64>>` where the device has
    /// `int64_atomics`, else as pairs of words.
    pub atomic: bool,
    /// The number of its binding: parameters that are views of the same memory have one. Bindings are numbered in the order of their first parameter.
    pub binding: usize,
}

/// A compiled kernel, to be run with other arrays and parameters each time.
pub struct GeneratedKernel {
    device: Device,
    kernel: Kernel,
    uses: SmallVec<[ArrayUse; 8]>,
    bindings: usize,
    strides: bool,
    wgsl: String,
}

/// What stands in the way of a launch.
pub enum LaunchProblem {
    /// Two parameters with different bindings are views of the same memory, and the kernel writes one of them.
    Aliased,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for LaunchProblem {
    fn from(error: Error) -> Self {
        LaunchProblem::Failed(error)
    }
}

impl GeneratedKernel {
    /// Links and compiles WGSL whose entry point is `main`. For binding number `i` it may call `load<i>(position: u32)`, which gives a register
    /// value, and, where the array is written, `store<i>(position, value)`; its parameters are `params`, see [`GeneratedKernel::launch`].
    ///
    /// The compiler that wrote the text vouches for its indices: positions inside of the windows, as `launch` gives them, and inside of the workgroup's
    /// memory. `finite` says that all loops end by construction, too; where they may not, every check that naga knows is on. `strides` says that a
    /// workgroup goes on with the work of others that were not started, as many apart as were: large grids then start fewer.
    ///
    /// # Errors
    /// [`Error::Shader`] with naga's message.
    pub fn new(device: &Device, body: &str, uses: &[ArrayUse], finite: bool, strides: bool) -> Result<GeneratedKernel> {
        let native = device.native();
        let mut wgsl = String::with_capacity(body.len() + 2048);
        let mut accesses: SmallVec<[BufferAccess; 8]> = SmallVec::new();
        for array in uses {
            if array.binding == accesses.len() {
                let all = uses.iter().filter(|u| u.binding == array.binding);
                let joined = ArrayUse { written: all.clone().any(|u| u.written), atomic: all.clone().any(|u| u.atomic), ..*array };
                declare(&mut wgsl, array.binding, joined, native, device.capabilities().int64_atomics);
                accesses.push(if joined.written { BufferAccess::ReadWrite } else { BufferAccess::Read });
            }
        }
        let bindings = accesses.len();
        let most = device.max_bindings();
        if bindings > most {
            return Err(Error::Value(format!("the kernel takes {bindings} arrays, and {most} fit into one kernel on this device")));
        }
        let _ = writeln!(wgsl, "@group(0) @binding({bindings}) var<uniform> params: array<vec4<u32>, 64>;");
        wgsl.push_str(GUARD);
        wgsl.push_str(body);
        let linked = device.gpu().library().link(&wgsl).map_err(|e| Error::Shader(e.to_string()))?;
        let source = KernelSource { label: "generated".to_owned(), wgsl: linked, bindings: accesses, trusted: finite };
        let kernel = device.gpu().kernel(&[b"g", source.wgsl.as_bytes()].concat(), &|| Ok(source.clone()))?;
        Ok(GeneratedKernel { device: device.clone(), kernel, uses: uses.into(), bindings, strides, wgsl: source.wgsl })
    }

    /// The whole text, with the library's functions.
    pub fn wgsl(&self) -> &str {
        &self.wgsl
    }

    /// Runs the kernel over `grid` workgroups, dispatched as a two-dimensional grid of at least as many in all.
    ///
    /// The words of `params`: 0, which is 0; 1 to 3, `grid`; then for each array the position of its first element in the binding, its shape, its
    /// strides (in elements); then `words`.
    ///
    /// # Errors
    /// Arrays of another number, dtype, dimensions or device than compiled for, arrays beyond one binding, too many words; no memory.
    pub fn launch(&self, arrays: &[&Array], words: &[u32], grid: [u32; 3]) -> Result<(), LaunchProblem> {
        if arrays.len() != self.uses.len() {
            return Err(Error::Type(format!("the kernel takes {} arrays, and {} were given", self.uses.len(), arrays.len())).into());
        }
        let _graph = self.device.graph().lock();
        let mut storages = SmallVec::<[_; 8]>::new();
        // For each binding the bytes that its arrays span, and one of them.
        let mut spans: SmallVec<[(u64, u64, usize); 8]> = SmallVec::from_elem((u64::MAX, 0, 0), self.bindings);
        for (k, (array, wanted)) in arrays.iter().zip(&self.uses).enumerate() {
            if array.dtype() != wanted.dtype || array.ndim() != wanted.ndim || !array.device().is_same(&self.device) {
                return Err(Error::Type(format!(
                    "an array of {} with {} dimensions on {:?} was given for one of {} with {}",
                    array.dtype(),
                    array.ndim(),
                    array.device(),
                    wanted.dtype,
                    wanted.ndim
                ))
                .into());
            }
            for (other, used) in arrays[..k].iter().zip(&self.uses) {
                if (used.written || wanted.written) && used.binding != wanted.binding && other.shares_base(array) {
                    return Err(LaunchProblem::Aliased);
                }
            }
            if wanted.written {
                array.check_writeable()?;
                array.base().compute_readers()?;
            }
            storages.push(array.base().compute()?);
            let item = wanted.dtype.itemsize() as u64;
            let offset = array.layout().offset;
            let (first, last) = array.layout().extent().unwrap_or((offset, offset));
            let span = &mut spans[wanted.binding];
            *span = (span.0.min(first as u64 * item), span.1.max((last as u64 + 1) * item), k);
        }
        let limit = self.device.max_binding_bytes();
        let mut windows: SmallVec<[Window<'_>; 8]> = SmallVec::new();
        for &(first, end, k) in &spans {
            let storage = &storages[k];
            // An array of no elements may begin behind the memory's end.
            let first = first.min(storage.bytes().saturating_sub(1));
            let last = end.min(storage.bytes()).max(first + 1) - 1;
            if !storage.fits_binding(first, last, limit) {
                return Err(Error::Value(format!(
                    "an array whose elements span {} bytes exceeds what one kernel can see of an array on this device ({limit} bytes): pass parts of it",
                    last + 1 - first
                ))
                .into());
            }
            windows.push(storage.window(first, last)?);
        }
        let mut params: SmallVec<[u32; 64]> = SmallVec::new();
        params.extend_from_slice(&[0, grid[0], grid[1], grid[2]]);
        for (array, used) in arrays.iter().zip(&self.uses) {
            let layout = array.layout();
            params.push((layout.offset as u64).wrapping_sub(windows[used.binding].start / used.dtype.itemsize() as u64) as u32);
            params.extend(layout.shape.iter().map(|n| *n as u32));
            params.extend(layout.strides.iter().map(|s| *s as u32));
        }
        params.extend_from_slice(words);
        if params.len() > MAX_PARAM_WORDS {
            return Err(Error::Value(format!("the kernel's arguments take {} words, and {MAX_PARAM_WORDS} fit", params.len())).into());
        }
        let bindings: SmallVec<[_; 8]> = windows.into_iter().map(|w| w.binding).collect();
        let mut blocks = grid.iter().map(|n| u64::from(*n)).product::<u64>();
        if self.strides && self.device.gpu().info().device_type != DeviceType::Cpu {
            // To begin a workgroup takes as long as some of its memory accesses. 8,192 fill any GPU several times over.
            blocks = blocks.div_ceil((blocks / 8192).clamp(1, 8));
        }
        let workgroups = launch::grid(blocks);
        Ok(self.device.gpu().dispatch(&self.kernel, &bindings, &params, workgroups)?)
    }
}

/// Declares binding `i` and its `load<i>` and `store<i>`. `wide` says that there are atomic operations on 64 bits.
fn declare(out: &mut String, i: usize, array: ArrayUse, native: Native64, wide: bool) {
    let mode = if array.written { "read_write" } else { "read" };
    let size = array.dtype.itemsize();
    let gather = access::element_type(array.dtype, access::Access::Gather, native);
    // Elements smaller than a word share it with neighbours.
    let atomic = array.atomic || (array.written && size < 4);
    let wide = wide && atomic && size == 8;
    let element = if wide {
        "atomic<u64>"
    } else if atomic {
        "atomic<u32>"
    } else {
        gather
    };
    let _ = writeln!(out, "@group(0) @binding({i}) var<storage, {mode}> b{i}: array<{element}>;");
    if wide {
        let ty = register(array.dtype);
        let (loaded, stored) = match array.dtype {
            DType::U64 => ("word", "v"),
            DType::I64 => ("bitcast<i64>(word)", "bitcast<u64>(v)"),
            _ => ("make_f64(u32(word), u32(word >> 32u))", "(u64(bits_lo_f64(v)) | (u64(bits_hi_f64(v)) << 32u))"),
        };
        let _ = writeln!(out, "fn load{i}(at: u32) -> {ty} {{ let word = atomicLoad(&b{i}[at]); return {loaded}; }}");
        let _ = writeln!(out, "fn store{i}(at: u32, v: {ty}) {{ atomicStore(&b{i}[at], {stored}); }}");
        return;
    }
    if atomic && size >= 4 {
        let ty = register(array.dtype);
        let (low, high) = (format!("atomicLoad(&b{i}[at * {}u])", size / 4), format!("atomicLoad(&b{i}[at * 2u + 1u])"));
        let (loaded, words): (String, &[&str]) = match array.dtype {
            DType::U32 => (low, &["v"]),
            DType::I32 | DType::F32 => (format!("bitcast<{ty}>({low})"), &["bitcast<u32>(v)"]),
            DType::I64 => (format!("make_i64({low}, {high})"), &["lo_i64(v)", "hi_i64(v)"]),
            DType::U64 => (format!("make_u64({low}, {high})"), &["lo_u64(v)", "hi_u64(v)"]),
            _ => (format!("make_f64({low}, {high})"), &["bits_lo_f64(v)", "bits_hi_f64(v)"]),
        };
        let _ = writeln!(out, "fn load{i}(at: u32) -> {ty} {{ return {loaded}; }}\nfn store{i}(at: u32, v: {ty}) {{");
        for (k, word) in words.iter().enumerate() {
            let _ = writeln!(out, "    atomicStore(&b{i}[at * {}u + {k}u], {word});", words.len());
        }
        out.push_str("}\n");
        return;
    }
    access::write_load_one(out, i, i, array.dtype, native, atomic);
    if array.written {
        access::write_store_one(out, i, i, array.dtype);
    }
}

/// The dtype in which an operation computes on scalars of these dtypes and Python numbers of these kinds, and the dtype of its result.
///
/// # Errors
/// [`Error::Type`] where the operation has no loop for them.
pub fn operation_dtypes(ufunc: Ufunc, dtypes: &[DType], weak: &[ScalarKind]) -> Result<(DType, DType)> {
    let compute = ufunc.compute_dtype(ufunc.common_dtype(dtypes, weak))?;
    let result = if ufunc == Ufunc::Square || ufunc == Ufunc::Positive { compute } else { ufunc.op().result(compute) };
    Ok((compute, result))
}

/// The WGSL expression of an operation in `compute` on register values of their dtypes.
pub fn operation_text(ufunc: Ufunc, compute: DType, operands: &[(DType, String)]) -> String {
    let mut converted: Vec<String> = operands
        .iter()
        .enumerate()
        .map(|(k, (from, x))| expr::cast(*from, if ufunc == Ufunc::Ldexp && k == 1 { DType::I32 } else { compute }, x))
        .collect();
    match ufunc {
        Ufunc::Positive => converted.swap_remove(0),
        Ufunc::Square => expr::call(Op::Multiply, compute, compute, &[converted[0].clone(), converted[0].clone()]),
        _ => expr::call(ufunc.op(), compute, compute, &converted),
    }
}

/// The WGSL expression that converts a register value as `astype` does.
pub fn cast_text(from: DType, to: DType, x: &str) -> String {
    expr::cast(from, to, x)
}

/// The WGSL type of a register value.
pub fn register_type(dtype: DType) -> &'static str {
    register(dtype)
}
