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

use crate::device::{Device, check_process};
use crate::launch;
use crate::storage::Storage;
use anygpu_core::{DType, Error, Layout, Result, Scalar, Strides};
use anygpu_kernels::access;
use anygpu_kernels::expr::{Expr, Node, Op};
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// Operations fused into one kernel at most. Longer kernels gain nothing (the chain is far from memory-bound by then) and compile slowly.
const MAX_OPERATIONS: u32 = 48;

/// Parameter words that the scalars of one kernel take at most. The rest of the parameters holds positions and strides.
const MAX_SCALAR_WORDS: u32 = 96;

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

pub(crate) struct Deferred {
    pub(crate) recipe: Recipe,
    /// Dense layout: how the elements will lie in memory.
    pub(crate) layout: Layout,
    /// Memory held for the result while a handle lives.
    reserved: Option<Storage>,
    weight: Weight,
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

/// Bytes of a result whose computation may start early: see [`Device::compute_idle`].
const LARGE_RESULT: usize = 16 << 20;

#[allow(
    clippy::large_enum_variant,
    reason = "a base becomes ready in place; boxing the deferred form would cost an allocation an operation"
)]
enum State {
    Ready(Storage),
    Deferred(Deferred),
}

/// The memory behind one or more arrays, present or to come.
pub(crate) struct Base {
    pub(crate) device: Device,
    pub(crate) dtype: DType,
    pub(crate) len: usize,
    state: Mutex<State>,
    /// Deferred bases that read this one.
    readers: Mutex<Vec<Weak<Base>>>,
    handles: AtomicUsize,
    /// The bases over the same memory with other dtypes, this one among them; unset while there are none.
    aliases: OnceLock<Arc<Mutex<Vec<Weak<Base>>>>>,
    /// When an operation last made or read it, on the device's clock of recorded operations.
    touched: AtomicU64,
    seen: Mutex<Seen>,
}

/// What the host read of a small base last, for as long as nothing writes there.
#[derive(Default)]
struct Seen {
    /// Counts the writes.
    version: u64,
    bytes: Option<Box<[u8]>>,
}

/// A user's hold on a base.
pub(crate) struct Handle(Arc<Base>);

impl Handle {
    pub(crate) fn new(base: Arc<Base>) -> Handle {
        base.handles.fetch_add(1, Ordering::AcqRel);
        Handle(base)
    }

    pub(crate) fn base(&self) -> &Arc<Base> {
        &self.0
    }
}

impl Clone for Handle {
    fn clone(&self) -> Handle {
        Handle::new(self.0.clone())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.0.handles.fetch_sub(1, Ordering::AcqRel) == 1 && Arc::strong_count(&self.0) > 1 {
            // Parts of larger expressions need no memory of their own.
            if let State::Deferred(d) = &mut *self.0.state.lock() {
                drop(d.reserved.take());
            }
        }
    }
}

impl Base {
    /// A base whose bytes are in `storage`.
    pub(crate) fn ready(device: &Device, dtype: DType, len: usize, storage: Storage) -> Arc<Base> {
        Base::with_state(device, dtype, len, State::Ready(storage))
    }

    fn with_state(device: &Device, dtype: DType, len: usize, state: State) -> Arc<Base> {
        Arc::new(Base {
            device: device.clone(),
            dtype,
            len,
            state: Mutex::new(state),
            readers: Mutex::new(Vec::new()),
            handles: AtomicUsize::new(0),
            aliases: OnceLock::new(),
            touched: AtomicU64::new(0),
            seen: Mutex::default(),
        })
    }

    /// What the host has read of the whole base, if that is still what it holds.
    pub(crate) fn seen<R>(&self, f: impl FnOnce(&[u8]) -> R) -> Option<R> {
        self.seen.lock().bytes.as_deref().map(f)
    }

    /// How often the base was written.
    pub(crate) fn version(&self) -> u64 {
        self.seen.lock().version
    }

    /// Keeps what a read of the whole base gave. `version` was asked for with the graph locked, before the read was recorded: a write since
    /// then makes it worthless.
    pub(crate) fn remember(&self, version: u64, bytes: &[u8]) {
        let mut seen = self.seen.lock();
        if seen.version == version {
            seen.bytes = Some(bytes.into());
        }
    }

    /// The memory is about to change. Every write passes here, with the graph locked until it is recorded.
    fn forget_seen(&self) {
        let mut seen = self.seen.lock();
        *seen = Seen { version: seen.version + 1, bytes: None };
    }

    pub(crate) fn has_handle(&self) -> bool {
        self.handles.load(Ordering::Acquire) > 0
    }

    /// The time of the last operation that made or read this base.
    pub(crate) fn touched(&self) -> u64 {
        self.touched.load(Ordering::Relaxed)
    }

    pub(crate) fn is_ready(&self) -> bool {
        matches!(*self.state.lock(), State::Ready(_))
    }

    /// The storage of a ready base.
    pub(crate) fn storage(&self) -> Option<Storage> {
        match &*self.state.lock() {
            State::Ready(s) => Some(s.clone()),
            State::Deferred(_) => None,
        }
    }

    /// Recipe and layout of a deferred base.
    pub(crate) fn recipe(&self) -> Option<(Recipe, Layout)> {
        match &*self.state.lock() {
            State::Ready(_) => None,
            State::Deferred(d) => Some((d.recipe.clone(), d.layout.clone())),
        }
    }

    fn deferred_strides(&self) -> Option<(Strides, Weight)> {
        match &*self.state.lock() {
            State::Ready(_) => None,
            State::Deferred(d) => Some((d.layout.strides.clone(), d.weight)),
        }
    }

    /// The memory held for a deferred base, or new memory where none is held.
    pub(crate) fn take_reserved(&self) -> Result<Storage> {
        if let State::Deferred(d) = &mut *self.state.lock()
            && let Some(s) = d.reserved.take()
        {
            return Ok(s);
        }
        self.device.allocate(self.len, self.dtype)
    }

    /// Puts back memory taken with [`Base::take_reserved`] for a launch that failed.
    pub(crate) fn restore_reserved(&self, storage: Storage) {
        if let State::Deferred(d) = &mut *self.state.lock() {
            d.reserved = Some(storage);
        }
    }

    /// Says that the base has been computed into `storage`.
    pub(crate) fn fulfil(&self, storage: Storage) {
        let old = std::mem::replace(&mut *self.state.lock(), State::Ready(storage));
        // Dropped outside the lock: it may hold the last reference to bases below.
        drop(old);
    }

    fn add_reader(&self, reader: &Arc<Base>) {
        let mut readers = self.readers.lock();
        if readers.len() == readers.capacity() && readers.len() >= 8 {
            readers.retain(|r| r.upgrade().is_some_and(|b| !b.is_ready()));
        }
        readers.push(Arc::downgrade(reader));
    }

    /// The base over this one's memory whose elements have another dtype. This one is computed, and both stay where they are from now on.
    pub(crate) fn alias(self: &Arc<Base>, dtype: DType) -> Result<Arc<Base>> {
        if dtype == self.dtype {
            return Ok(self.clone());
        }
        let _graph = self.device.graph().lock();
        let storage = self.compute()?;
        let group = self.aliases.get_or_init(|| Arc::new(Mutex::new(vec![Arc::downgrade(self)])));
        let mut members = group.lock();
        if let Some(known) = members.iter().filter_map(Weak::upgrade).find(|b| b.dtype == dtype) {
            return Ok(known);
        }
        let alias = Base::ready(&self.device, dtype, self.len * self.dtype.itemsize() / dtype.itemsize(), storage);
        let _ = alias.aliases.set(group.clone());
        members.retain(|m| m.strong_count() > 0);
        members.push(Arc::downgrade(&alias));
        Ok(alias)
    }

    /// Whether other bases lie over this one's memory. Its contents are written in place then, never moved.
    pub(crate) fn has_aliases(&self) -> bool {
        self.aliases.get().is_some()
    }

    /// Whether two bases lie over the same memory.
    pub(crate) fn shares_memory(&self, other: &Base) -> bool {
        std::ptr::eq(self, other) || matches!((self.aliases.get(), other.aliases.get()), (Some(a), Some(b)) if Arc::ptr_eq(a, b))
    }

    /// Computes every deferred base that reads this memory, so that it may change.
    pub(crate) fn compute_readers(&self) -> Result<()> {
        let Some(group) = self.aliases.get() else {
            return self.compute_own_readers();
        };
        let members: SmallVec<[Arc<Base>; 3]> = group.lock().iter().filter_map(Weak::upgrade).collect();
        members.iter().try_for_each(|m| m.compute_own_readers())
    }

    fn compute_own_readers(&self) -> Result<()> {
        self.forget_seen();
        let readers = std::mem::take(&mut *self.readers.lock());
        for (k, reader) in readers.iter().enumerate() {
            if let Some(base) = reader.upgrade()
                && let Err(error) = base.compute()
            {
                self.readers.lock().extend(readers[k..].iter().cloned());
                return Err(error);
            }
        }
        Ok(())
    }

    /// Makes a deferred base ready; does nothing to a ready one. What is recorded has not necessarily run when this returns.
    pub(crate) fn compute(self: &Arc<Base>) -> Result<Storage> {
        if let Some(s) = self.storage() {
            return Ok(s);
        }
        check_process()?;
        let _graph = self.device.graph().lock();
        // Another thread may have computed it while this one waited.
        if let Some(s) = self.storage() {
            return Ok(s);
        }
        launch::compute(self)
    }

    /// Lets `self` become `recipe`, which overwrites every element: the in-place form of an operation on a whole array.
    ///
    /// The present contents move into a base of their own, and every deferred base that reads them is pointed there, `recipe`'s own operands among
    /// them. So nothing need be computed now, and a sequence of in-place operations fuses like any other. `reserved` is the memory of the new value.
    pub(crate) fn replace(self: &Arc<Base>, layout: Layout, reserved: Storage, recipe: Recipe) {
        self.forget_seen();
        let placeholder = Deferred { recipe: Recipe::Index, layout: layout.clone(), reserved: None, weight: Weight::default() };
        let mut old = std::mem::replace(&mut *self.state.lock(), State::Deferred(placeholder));
        if let State::Deferred(d) = &mut old {
            d.reserved = None;
        }
        let old_reads = match &old {
            State::Deferred(d) => operand_bases(&d.recipe),
            State::Ready(_) => SmallVec::new(),
        };
        let old = Base::with_state(&self.device, self.dtype, self.len, old);
        register_reader(&old, &old_reads);
        for reader in std::mem::take(&mut *self.readers.lock()) {
            let Some(reader_base) = reader.upgrade() else {
                continue;
            };
            if let State::Deferred(Deferred { recipe: Recipe::Apply(_, _, operands), .. }) = &mut *reader_base.state.lock() {
                for operand in operands {
                    if let Operand::Array { base, .. } = operand
                        && Arc::ptr_eq(base, self)
                    {
                        *base = old.clone();
                    }
                }
                old.readers.lock().push(reader);
            }
        }
        let weight = weigh(&recipe, &layout);
        register_reader(self, &operand_bases(&recipe));
        *self.state.lock() = State::Deferred(Deferred { recipe, layout, reserved: Some(reserved), weight });
        self.device.add_pending(self);
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

/// One array that a fused expression reads.
pub(crate) struct Leaf {
    pub(crate) base: Arc<Base>,
    pub(crate) layout: Layout,
}

/// A fused expression and what it reads.
#[derive(Default)]
pub(crate) struct Fused {
    pub(crate) expr: Expr,
    pub(crate) leaves: SmallVec<[Leaf; 8]>,
    pub(crate) scalars: SmallVec<[(ScalarBytes, DType); 8]>,
    /// Deferred bases that became nodes, in topological order.
    pub(crate) members: SmallVec<[(Arc<Base>, u16); 8]>,
}

impl Fused {
    /// Adds what `base` (deferred, of dense layout `layout`) computes; returns its node.
    pub(crate) fn add(&mut self, base: &Arc<Base>) -> Result<u16> {
        if let Some((_, node)) = self.members.iter().find(|(b, _)| Arc::ptr_eq(b, base)) {
            return Ok(*node);
        }
        let Some((recipe, layout)) = base.recipe() else {
            return Err(Error::Runtime("an array was computed while an expression over it was being fused".into()));
        };
        let node = match recipe {
            Recipe::Constant(bytes) => self.scalar(bytes, base.dtype),
            Recipe::Index => {
                let node = self.expr.push(Node::Index, DType::I64);
                debug_assert_eq!(base.dtype, DType::I64);
                node
            }
            Recipe::Apply(op, compute, operands) => {
                let mut nodes: SmallVec<[u16; 3]> = SmallVec::new();
                for operand in &operands {
                    nodes.push(self.operand(operand, &layout)?);
                }
                self.expr.apply(op, compute, &nodes)
            }
        };
        self.members.push((base.clone(), node));
        Ok(node)
    }

    /// Adds one operand of an operation whose result has layout `result`.
    pub(crate) fn operand(&mut self, operand: &Operand, result: &Layout) -> Result<u16> {
        match operand {
            Operand::Scalar(bytes, dtype) => Ok(self.scalar(*bytes, *dtype)),
            Operand::Array { base, layout, convert } => {
                let node = match base.deferred_strides() {
                    Some((strides, _)) if fuses(base, layout, &strides, result) => self.add(base)?,
                    Some(_) => {
                        base.compute()?;
                        self.leaf(base, layout)?
                    }
                    None => self.leaf(base, layout)?,
                };
                Ok(if *convert == base.dtype { node } else { self.expr.apply(Op::Cast, *convert, &[node]) })
            }
        }
    }

    /// Adds an array in memory.
    pub(crate) fn leaf(&mut self, base: &Arc<Base>, layout: &Layout) -> Result<u16> {
        for (i, leaf) in self.leaves.iter().enumerate() {
            if Arc::ptr_eq(&leaf.base, base) && leaf.layout == *layout {
                let node = self.expr.nodes.iter().position(|(n, _)| *n == Node::Input(i as u8));
                return Ok(node.unwrap_or_default() as u16);
            }
        }
        self.leaves.push(Leaf { base: base.clone(), layout: layout.clone() });
        Ok(self.expr.input(base.dtype))
    }

    fn scalar(&mut self, bytes: ScalarBytes, dtype: DType) -> u16 {
        self.scalars.push((bytes, dtype));
        self.expr.scalar(dtype)
    }
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
