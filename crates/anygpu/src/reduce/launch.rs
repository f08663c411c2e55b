//! Launching a reduction: dimensions are collapsed, the kernel's shape is chosen, and long reductions are cut into chunks and pieces, whose results
//! are reduced in turn.

use super::prologue;
use crate::array::Array;
use crate::device::Device;
use crate::graph::{Base, ScalarBytes, scalar_bytes};
use crate::launch::{grid, push_scalars, quad_access, source};
use crate::storage::Storage;
use anygpu_core::{DType, Dims, Error, Layout, Result, Scalar, Strides, collapse, memory_order};
use anygpu_kernels::access::Access;
use anygpu_kernels::expr::Expr;
use anygpu_kernels::map::{BindingSpec, InputSpec, MAX_PARAM_WORDS, WORKGROUP};
use anygpu_kernels::reduce::{Quads, ReduceKernel, ReduceOp};
use anygpu_runtime::Binding;
use smallvec::SmallVec;

/// Consecutive invocations along the kept positions where those are contiguous in memory: 512 bytes of float32 a row.
const KEPT_LANES: usize = 32;
/// Invocations that fill a large GPU; below it more of them share one reduction.
const BUSY: usize = 1 << 16;

/// What a reduction returns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Values,
    /// Of an arg-reduction.
    Positions,
}

/// One array that a reduction reads, its strides split into kept and reduced dimensions (collapsed, outermost first).
struct Operand {
    storage: Storage,
    dtype: DType,
    offset: i64,
    kept: Strides,
    reduced: Strides,
}

/// A reduction whose dimensions are collapsed.
struct Reduction<'a> {
    device: &'a Device,
    op: ReduceOp,
    expr: Expr,
    scalars: SmallVec<[(ScalarBytes, DType); 8]>,
    kept: Dims,
    reduced: Dims,
    /// The expression's inputs, then the positions that come with values (later passes of arg-reductions).
    operands: SmallVec<[Operand; 8]>,
    with_positions: bool,
    is_first_pass: bool,
    wanted: Wanted,
}

/// How a reduction is spread over invocations.
struct Shape {
    quads: Quads,
    reduced_lanes: usize,
    reduced_is_fast: bool,
    chunk: usize,
}

/// Reduces `x`, folded in `dtype`, over the dimensions `reduced`; the result has `shape`.
pub(super) fn run(x: &Array, op: ReduceOp, reduced: &[usize], dtype: DType, shape: &[usize], wanted: Wanted) -> Result<Array> {
    let device = x.device().clone();
    let _graph = device.graph().lock();
    let fused = prologue(x, dtype)?;
    // Walk memory in order: the largest strides outermost. The result lies in memory in that order, as NumPy's does.
    let order = memory_order(x.shape(), &[&x.layout().strides]);
    let kept: SmallVec<[usize; 6]> = order.into_iter().filter(|d| !reduced.contains(d)).collect();
    let mut folded: SmallVec<[usize; 6]> = SmallVec::from_slice(reduced);
    folded.sort_unstable();
    // Positions are counted in C order, so arg-reductions keep theirs.
    let strides = |d: &usize| fused.leaves.first().map_or(0, |l| l.layout.strides[*d].unsigned_abs());
    if !op.is_arg() {
        folded.sort_by_key(|d| std::cmp::Reverse(strides(d)));
    }
    let pick = |dims: &[usize], l: &Layout| -> Strides { dims.iter().map(|d| l.strides[*d]).collect() };
    let collapsed = |dims: &[usize]| {
        let sizes: Dims = dims.iter().map(|d| x.shape()[*d]).collect();
        let all: Vec<Strides> = fused.leaves.iter().map(|l| pick(dims, &l.layout)).collect();
        let borrowed: Vec<&[isize]> = all.iter().map(|s| s.as_slice()).collect();
        collapse(&sizes, &borrowed)
    };
    let (kept_dims, kept_strides) = collapsed(&kept);
    let (reduced_dims, reduced_strides) = collapsed(&folded);
    let mut operands = SmallVec::new();
    for ((leaf, kept), reduced) in fused.leaves.iter().zip(kept_strides).zip(reduced_strides) {
        operands.push(Operand { storage: leaf.base.compute()?, dtype: leaf.base.dtype, offset: leaf.layout.offset as i64, kept, reduced });
    }
    let reduction = Reduction {
        device: &device,
        op,
        expr: fused.expr,
        scalars: fused.scalars,
        kept: kept_dims,
        reduced: reduced_dims,
        operands,
        with_positions: false,
        is_first_pass: true,
        wanted,
    };
    let (storage, result) = reduction.run(dtype)?;
    // The kept dimensions lie in the order they were walked in.
    let mut layout = Layout::contiguous(shape);
    let mut stride = 1;
    let kept_sorted: SmallVec<[usize; 6]> = (0..x.ndim()).filter(|d| !reduced.contains(d)).collect();
    for d in kept.iter().rev() {
        let position = if shape.len() == x.ndim() { *d } else { kept_sorted.iter().position(|k| k == d).unwrap_or(0) };
        layout.strides[position] = stride;
        stride *= x.shape()[*d] as isize;
    }
    let len = layout.size();
    Ok(Array::from_base(Base::ready(&device, result, len, storage), layout))
}

impl Reduction<'_> {
    fn lengths(&self) -> (usize, usize) {
        (self.kept.iter().product(), self.reduced.iter().product())
    }

    /// Runs the reduction; returns the results' memory, in the order of the kept dimensions, and their dtype.
    fn run(&self, dtype: DType) -> Result<(Storage, DType)> {
        let (kept, length) = self.lengths();
        let shape = self.shape(kept, length);
        let (kept_step, reduced_step) = self.piece()?;
        let inner_length = length / self.reduced[0];
        let chunks: usize = spans(self.reduced[0], reduced_step).map(|r| (r.count * inner_length).div_ceil(shape.chunk)).sum();
        let arg = self.op.is_arg();
        let last = chunks == 1;
        let allocate = |wanted: bool, dtype: DType| if wanted { self.device.allocate(kept * chunks, dtype).map(Some) } else { Ok(None) };
        let values = allocate(!last || self.wanted == Wanted::Values, dtype)?;
        let positions = allocate(arg && (!last || self.wanted == Wanted::Positions), DType::I64)?;
        let results = Results { values: values.as_ref(), positions: positions.as_ref(), dtype, kept };
        for kept_span in spans(self.kept[0], kept_step) {
            let mut first_chunk = 0;
            for reduced_span in spans(self.reduced[0], reduced_step) {
                first_chunk += self.launch(&shape, kept_span, reduced_span, first_chunk, &results)?;
            }
        }
        if last {
            return match (values, positions) {
                (_, Some(p)) => Ok((p, DType::I64)),
                (Some(v), None) => Ok((v, dtype)),
                (None, None) => Err(Error::Runtime("a reduction had no result".into())),
            };
        }
        // Fold the chunks' results, laid out [chunk, kept].
        let operand = |storage: Storage, dtype: DType| Operand {
            storage,
            dtype,
            offset: 0,
            kept: SmallVec::from_slice(&[1]),
            reduced: SmallVec::from_slice(&[kept as isize]),
        };
        let mut operands = SmallVec::new();
        operands.extend(values.map(|v| operand(v, dtype)));
        operands.extend(positions.map(|p| operand(p, DType::I64)));
        let next = Reduction {
            device: self.device,
            op: self.op,
            expr: Expr::identity(dtype),
            scalars: SmallVec::new(),
            kept: SmallVec::from_slice(&[kept]),
            reduced: SmallVec::from_slice(&[chunks]),
            operands,
            with_positions: arg,
            is_first_pass: false,
            wanted: self.wanted,
        };
        next.run(dtype)
    }

    /// Chooses the kernel's shape from which dimensions are contiguous and how many results there are.
    fn shape(&self, kept: usize, length: usize) -> Shape {
        let inner = |s: &Strides| s.last().map_or(0, |s| s.unsigned_abs());
        let largest = self.operands.iter().max_by_key(|o| o.storage.bytes());
        let (along, across) = largest.map_or((1, 1), |o| (inner(&o.reduced), inner(&o.kept)));
        let reduced_is_fast = kept == 1 || (length > 1 && along != 0 && (across == 0 || along <= across));
        let (kept_inner, reduced_inner) = (self.kept[self.kept.len() - 1], self.reduced[self.reduced.len() - 1]);
        let (quads, reduced_lanes) = if reduced_is_fast {
            let whole = self.reduced.len() == 1 || reduced_inner.is_multiple_of(4);
            let quads = if whole { Quads::Reduced } else { Quads::None };
            let width = if whole { 4 } else { 1 };
            let most = length.div_ceil(width).next_power_of_two().min(WORKGROUP as usize);
            let steps = anygpu_kernels::reduce::STEPS as usize * width;
            let mut lanes = length.div_ceil(steps).next_power_of_two().clamp(most.min(32), WORKGROUP as usize);
            while lanes < most && kept.saturating_mul(lanes) < BUSY {
                lanes *= 2;
            }
            (quads, lanes)
        } else {
            let whole = kept >= 4 && (self.kept.len() == 1 || kept_inner.is_multiple_of(4));
            let width = if whole { 4 } else { 1 };
            let kept_lanes = kept.div_ceil(width).next_power_of_two().min(KEPT_LANES);
            let lanes = (WORKGROUP as usize / kept_lanes).min(length.next_power_of_two());
            (if whole { Quads::Kept } else { Quads::None }, lanes)
        };
        Shape { quads, reduced_lanes, reduced_is_fast, chunk: ReduceKernel::chunk(quads, reduced_lanes as u32) as usize }
    }

    /// How many outermost positions of the kept and of the reduced dimensions a launch may cover, so that each operand fits a binding.
    fn piece(&self) -> Result<(usize, usize)> {
        let (mut kept, mut reduced) = (self.kept[0], self.reduced[0]);
        loop {
            let misfit = self
                .operands
                .iter()
                .find(|o| self.span(o, kept, reduced) >= self.device.max_binding_bytes() - 1024 || !self.within_segments(o, kept, reduced));
            let Some(o) = misfit else {
                return Ok((kept, reduced));
            };
            let halve = |n: usize| n.next_power_of_two() / 2;
            let kept_reach = kept as u64 * o.kept[0].unsigned_abs() as u64;
            let reduced_reach = reduced as u64 * o.reduced[0].unsigned_abs() as u64;
            if kept > 1 && (kept_reach >= reduced_reach || reduced == 1) {
                kept = halve(kept);
            } else if reduced > 1 {
                reduced = halve(reduced);
            } else {
                return Err(Error::NotImplemented(
                    "a reduction whose inner dimensions alone exceed the device's largest binding; reshape the array or reduce parts of it"
                        .into(),
                ));
            }
        }
    }

    /// Whether every launch of such pieces stays within one segment of an operand's memory.
    fn within_segments(&self, o: &Operand, kept: usize, reduced: usize) -> bool {
        if o.storage.segment_end(0) == u64::MAX {
            return true;
        }
        spans(self.kept[0], kept).all(|k| {
            spans(self.reduced[0], reduced).all(|r| {
                let (_, first, last) = self.extent(o, k, r);
                last < o.storage.segment_end(first)
            })
        })
    }

    /// Bytes that such pieces touch in an operand.
    fn span(&self, o: &Operand, kept: usize, reduced: usize) -> u64 {
        let (_, first, last) = self.extent(o, Span { start: 0, count: kept }, Span { start: 0, count: reduced });
        last + 1 - first
    }

    /// The element a piece starts at in an operand, and the first and last byte it touches.
    fn extent(&self, o: &Operand, kept: Span, reduced: Span) -> (i64, u64, u64) {
        let item = o.dtype.itemsize() as i64;
        let at = o.offset + kept.start as i64 * o.kept[0] as i64 + reduced.start as i64 * o.reduced[0] as i64;
        let (mut low, mut high) = (at, at);
        let mut stretch = |dims: &[usize], strides: &[isize], outer: usize| {
            for (d, (n, s)) in dims.iter().zip(strides).enumerate() {
                let n = if d == 0 { outer } else { *n };
                let reach = (n as i64 - 1) * *s as i64;
                if reach < 0 { low += reach } else { high += reach }
            }
        };
        stretch(&self.kept, &o.kept, kept.count);
        stretch(&self.reduced, &o.reduced, reduced.count);
        (at, (low * item) as u64, (high * item + item - 1) as u64)
    }

    /// Records the launch for one piece; returns the number of chunks it made.
    fn launch(&self, shape: &Shape, kept_span: Span, reduced_span: Span, first_chunk: usize, results: &Results<'_>) -> Result<usize> {
        let inner = |dims: &[usize]| dims[1..].iter().product::<usize>();
        let (kept, count) = (kept_span.count * inner(&self.kept), reduced_span.count * inner(&self.reduced));
        let (kept_start, start) = (kept_span.start * inner(&self.kept), reduced_span.start * inner(&self.reduced));
        let chunks = count.div_ceil(shape.chunk);
        let (kept_rank, reduced_rank) = (self.kept.len(), self.reduced.len());
        let first_result = first_chunk * results.kept + kept_start;
        let last_result = first_result + (chunks - 1) * results.kept + kept - 1;
        let dtype = results.dtype;
        let too_long = |n: usize| u32::try_from(n).is_err();
        if too_long(count) || too_long(start) || too_long(last_result - first_result) {
            return Err(Error::NotImplemented("a reduction over more than 2**32 elements".into()));
        }
        let mut params: SmallVec<[u32; 64]> = SmallVec::new();
        // The results' base (word 5) is known once their windows are: every dtype's window starts at the same element.
        params.extend([
            0,
            kept as u32,
            count as u32,
            shape.chunk as u32,
            chunks as u32,
            (first_result % 256) as u32,
            1,
            results.kept as u32,
        ]);
        let identity = match self.op {
            // -0 + x is x for every x, unlike 0 + -0. The bytes of a complex number start with those of its real part.
            ReduceOp::Sum if dtype.is_inexact() => scalar_bytes(Scalar::Complex(-0.0, -0.0), complex_of(dtype))?,
            ReduceOp::Prod => scalar_bytes(Scalar::Int(1), dtype)?,
            _ => [0; 16],
        };
        params.extend((0..4).map(|w| u32::from_le_bytes([identity[4 * w], identity[4 * w + 1], identity[4 * w + 2], identity[4 * w + 3]])));
        params.extend([start as u32, u32::from(self.is_first_pass && start == 0), 0, 0]);
        params.extend(self.kept.iter().skip(1).rev().map(|n| *n as u32));
        params.extend(self.reduced.iter().skip(1).rev().map(|n| *n as u32));
        let mut bindings: SmallVec<[BindingSpec; 8]> = SmallVec::new();
        let mut buffers: SmallVec<[Binding<'_>; 8]> = SmallVec::new();
        let mut inputs: SmallVec<[InputSpec; 8]> = SmallVec::new();
        let whole = match shape.quads {
            Quads::Reduced => reduced_rank == 1 || self.reduced[reduced_rank - 1].is_multiple_of(4),
            Quads::Kept => kept_rank == 1 || self.kept[kept_rank - 1].is_multiple_of(4),
            Quads::None => false,
        };
        for o in &self.operands {
            let (at, first, last) = self.extent(o, kept_span, reduced_span);
            let window = o.storage.window(first, last)?;
            let base = at - (window.start / o.dtype.itemsize() as u64) as i64;
            // The direction that quads lie in decides how they are read; every other stride must keep them aligned.
            let access = match shape.quads {
                Quads::None => Access::Gather,
                Quads::Reduced => {
                    let strides: Strides = o.kept.iter().chain(&o.reduced).copied().collect();
                    quad_access(&fixed(&strides, &self.kept, &self.reduced), base, whole)
                }
                Quads::Kept => {
                    let strides: Strides = o.reduced.iter().chain(&o.kept).copied().collect();
                    quad_access(&fixed(&strides, &self.reduced, &self.kept), base, whole)
                }
            };
            inputs.push(InputSpec { binding: bindings.len() as u8, access });
            bindings.push(BindingSpec { dtype: o.dtype, access, scattered: false, written: false });
            buffers.push(window.binding);
            params.push(base as u32);
            params.extend(o.kept.iter().rev().map(|s| *s as u32));
            params.extend(o.reduced.iter().rev().map(|s| *s as u32));
        }
        push_scalars(&mut params, &self.scalars);
        if params.len() > MAX_PARAM_WORDS {
            return Err(Error::NotImplemented(
                "a reduction over an expression of this many dimensions and inputs; reshape it or compute it first".into(),
            ));
        }
        for (storage, dtype) in results.values.map(|v| (v, dtype)).into_iter().chain(results.positions.map(|p| (p, DType::I64))) {
            let item = dtype.itemsize() as u64;
            let (first, last) = ((first_result - first_result % 256) as u64 * item, last_result as u64 * item + item - 1);
            if !storage.fits_binding(first, last, self.device.max_binding_bytes()) {
                return Err(Error::NotImplemented(
                    "a reduction whose partial results exceed the device's largest binding; reduce parts of the array".into(),
                ));
            }
            bindings.push(BindingSpec { dtype, access: Access::Gather, scattered: true, written: true });
            buffers.push(storage.window(first, last)?.binding);
        }
        let positions_input = if self.with_positions { inputs.pop() } else { None };
        let kernel = ReduceKernel {
            expr: self.expr.clone(),
            op: self.op,
            kept_rank: kept_rank as u8,
            reduced_rank: reduced_rank as u8,
            quads: shape.quads,
            reduced_lanes: shape.reduced_lanes as u32,
            reduced_is_fast: shape.reduced_is_fast,
            bindings,
            inputs,
            positions: positions_input,
            stores_values: results.values.is_some(),
            stores_positions: results.positions.is_some(),
        };
        let gpu = self.device.gpu();
        let native = self.device.native();
        let compiled = gpu.kernel(&kernel.key(), &|| source(self.device, "reduce", kernel.wgsl(native), &kernel.bindings))?;
        let per_group = WORKGROUP as usize / shape.reduced_lanes * if shape.quads == Quads::Kept { 4 } else { 1 };
        gpu.dispatch(&compiled, &buffers, &params, grid((kept.div_ceil(per_group) * chunks) as u64))?;
        Ok(chunks)
    }
}

/// Strides with those of length-1 dimensions taken as zero: they are never stepped along, so they do not unalign quads.
fn fixed(strides: &[isize], outer: &[usize], inner: &[usize]) -> Strides {
    strides
        .iter()
        .zip(outer.iter().chain(inner))
        .enumerate()
        .map(|(k, (s, n))| if *n == 1 && k + 1 < strides.len() { 0 } else { *s })
        .collect()
}

fn complex_of(dtype: DType) -> DType {
    if matches!(dtype, DType::F64 | DType::C128) { DType::C128 } else { DType::C64 }
}

/// A run of outermost positions.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    count: usize,
}

/// `total` positions in runs of `step`.
fn spans(total: usize, step: usize) -> impl Iterator<Item = Span> {
    (0..total).step_by(step.max(1)).map(move |start| Span { start, count: step.min(total - start) })
}

/// Where a reduction's launches store: `[chunk, kept]`.
struct Results<'a> {
    values: Option<&'a Storage>,
    positions: Option<&'a Storage>,
    dtype: DType,
    kept: usize,
}
