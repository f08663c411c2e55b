//! Deferred elementwise operations.
//!
//! A [`Base`] is the memory that arrays are views of. It is *ready*, its bytes are on the device (or on their way there in the command stream), or
//! *deferred*, known only as an operation on other bases. Recording an operation checks nothing and computes nothing; it makes a deferred base and
//! reserves its memory, so that running out of memory is reported at the operation that caused it. A deferred base is computed when something needs
//! its bytes, together with everything below it that is still deferred, in one kernel ([`crate::launch`]).
//!
//! The rules that keep this invisible:
//! - A base that reads another stands in that one's list of readers; before memory is written in place, its readers are computed.
//! - Only [`Handle`]s, which users hold, keep reserved memory. When the last handle of a deferred base goes, the memory goes back; the operation
//!   stays only as a part of those above it.
//! - Bases below the root that still have a handle come out as further results of the same kernel.
//! - Chains are cut before they have more inputs than a kernel can bind, or more operations than are worth compiling.

mod base;
mod fused;

use crate::device::{Device, check_process};
use anygpu_core::{DType, Layout, Result, Scalar, Strides};
use anygpu_kernels::access;
use anygpu_kernels::expr::Op;
use base::{Deferred, State};
use smallvec::SmallVec;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(crate) use base::{Base, Handle};
pub(crate) use fused::Fused;

/// Operations fused into one kernel at most. Longer kernels gain nothing (the chain is far from memory-bound by then) and compile slowly.
const MAX_OPERATIONS: u32 = 48;

/// Parameter words that the scalars of one kernel take at most. The rest of the parameters holds positions and strides.
const MAX_SCALAR_WORDS: u32 = 96;

/// Bytes of a result whose computation may start early: see [`Device::compute_idle`].
const LARGE_RESULT: usize = 16 << 20;

/// The bytes of a scalar in its dtype, zero-padded.
pub(crate) type ScalarBytes = [u8; 16];

/// What a deferred base computes.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "nearly every recipe is the large one, and boxing it would cost an allocation an operation")]
pub(crate) enum Recipe {
    /// An operation with its compute dtype on operands of the same shape (after broadcasting).
    Apply(Op, DType, SmallVec<[Operand; 3]>),
    /// The same value everywhere.
    Constant(ScalarBytes),
    /// The position of each element in C order.
    Index,
}

/// One operand of a recorded operation.
#[derive(Clone)]
pub(crate) enum Operand {
    /// Elements of a base through a layout of the result's shape, converted to a dtype.
    Array { base: Arc<Base>, layout: Layout, convert: DType },
    /// A scalar of a dtype.
    Scalar(ScalarBytes, DType),
}

/// What a deferred base adds to a kernel, at most: an array read twice counts twice.
#[derive(Clone, Copy, Default)]
struct Weight {
    operations: u32,
    /// Arrays read.
    leaves: u32,
    /// Parameter words of the scalars.
    scalar_words: u32,
}

impl Weight {
    /// One operation and its scalar operands.
    fn of(operands: &[Operand]) -> Weight {
        let words = operands.iter().map(|o| match o {
            Operand::Scalar(_, dtype) => access::scalar_words(*dtype) as u32,
            Operand::Array { .. } => 0,
        });
        Weight { operations: 1, leaves: 0, scalar_words: words.sum() }
    }

    fn add(&mut self, other: Weight) {
        self.operations += other.operations;
        self.leaves += other.leaves;
        self.scalar_words += other.scalar_words;
    }
}

/// What a recipe and the deferred operands that fuse with it add to a kernel.
fn weigh(recipe: &Recipe, layout: &Layout) -> Weight {
    let Recipe::Apply(_, _, operands) = recipe else {
        return Weight { operations: 1, leaves: 0, scalar_words: 4 };
    };
    let mut weight = Weight::of(operands);
    for operand in operands {
        if let Operand::Array { base, layout: l, .. } = operand {
            match base.deferred_strides() {
                Some((strides, w)) if fuses(base, l, &strides, layout) => weight.add(w),
                _ => weight.leaves += 1,
            }
        }
    }
    weight
}

/// Whether a deferred operand, seen through `view`, can be computed in the same kernel as a result of layout `result`: its elements must come in
/// the same order.
fn fuses(base: &Base, view: &Layout, strides: &Strides, result: &Layout) -> bool {
    base.len == result.size()
        && view.offset == 0
        && view.shape == result.shape
        && *strides == view.strides
        && view.strides == result.strides
}

/// The bases that a recipe reads.
fn operand_bases(recipe: &Recipe) -> SmallVec<[Arc<Base>; 3]> {
    let Recipe::Apply(_, _, operands) = recipe else { return SmallVec::new() };
    let bases = operands.iter().filter_map(|o| match o {
        Operand::Array { base, .. } => Some(base.clone()),
        Operand::Scalar(..) => None,
    });
    bases.collect()
}

/// Enters a base in the list of readers of each base it reads. No state may be locked: pruning the lists looks at their members' states.
fn register_reader(reader: &Arc<Base>, read: &[Arc<Base>]) {
    for base in read {
        base.add_reader(reader);
    }
}

/// Records an operation; returns the deferred base of its result, whose elements lie as `layout` (dense) says.
///
/// # Errors
/// [`anygpu_core::Error::OutOfMemory`] where there is no memory for the result.
pub(crate) fn record(device: &Device, recipe: Recipe, dtype: DType, layout: &Layout, kept: bool) -> Result<Arc<Base>> {
    check_process()?;
    let _graph = device.graph().lock();
    let fusion = device.fusion();
    if let Recipe::Apply(_, _, operands) = &recipe {
        prepare_operands(device, operands, layout, fusion)?;
    }
    let len = layout.size();
    let reserved = if kept { Some(device.allocate(len, dtype)?) } else { None };
    let weight = weigh(&recipe, layout);
    let cheap = !matches!(recipe, Recipe::Apply(..));
    let read = operand_bases(&recipe);
    let deferred = Deferred { recipe, layout: layout.clone(), reserved, weight };
    let base = Base::with_state(device, dtype, len, State::Deferred(deferred));
    register_reader(&base, &read);
    let now = device.tick();
    for touched in read.iter().chain([&base]) {
        touched.touched.store(now, Ordering::Relaxed);
    }
    if !fusion && !cheap {
        base.compute()?;
    } else if kept {
        device.add_pending(&base);
        if !cheap && len * dtype.itemsize() >= LARGE_RESULT {
            device.compute_idle(&base, now)?;
        }
    }
    Ok(base)
}

/// Computes those deferred operands that cannot be part of the new kernel, and cuts chains that would grow too long.
pub(crate) fn prepare_operands(device: &Device, operands: &[Operand], layout: &Layout, fusion: bool) -> Result<()> {
    let max_leaves = device.max_bindings() as u32 - 1;
    let mut total = Weight::of(operands);
    let mut fused: SmallVec<[(&Arc<Base>, Weight); 3]> = SmallVec::new();
    for operand in operands {
        let Operand::Array { base, layout: view, .. } = operand else {
            continue;
        };
        match base.deferred_strides() {
            None => total.leaves += 1,
            Some((strides, weight)) if fusion && fuses(base, view, &strides, layout) => {
                total.add(weight);
                fused.push((base, weight));
            }
            Some(_) => {
                base.compute()?;
                total.leaves += 1;
            }
        }
    }
    // One cut too many costs little.
    while total.operations > MAX_OPERATIONS || total.leaves > max_leaves || total.scalar_words > MAX_SCALAR_WORDS {
        let Some(k) = (0..fused.len()).max_by_key(|k| (fused[*k].1.leaves, fused[*k].1.operations)) else {
            break;
        };
        let (base, weight) = fused.swap_remove(k);
        base.compute()?;
        total.operations -= weight.operations;
        total.leaves = total.leaves + 1 - weight.leaves.min(total.leaves);
        total.scalar_words -= weight.scalar_words;
    }
    Ok(())
}

/// A scalar's bytes in a dtype, as NumPy converts a Python scalar.
pub(crate) fn scalar_bytes(value: Scalar, dtype: DType) -> Result<ScalarBytes> {
    let bytes = value.to_bytes(dtype)?;
    let mut padded = [0; 16];
    padded[..bytes.len()].copy_from_slice(&bytes);
    Ok(padded)
}

/// A number's bytes in a dtype, as `astype` converts it.
pub(crate) fn cast_bytes(value: Scalar, dtype: DType) -> ScalarBytes {
    let bytes = value.cast_to_bytes(dtype);
    let mut padded = [0; 16];
    padded[..bytes.len()].copy_from_slice(&bytes);
    padded
}
