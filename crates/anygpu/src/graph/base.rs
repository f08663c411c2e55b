//! The memory behind arrays, ready or deferred: its life from reservation to release, who reads it, and what else lies over it.

use super::{Operand, Recipe, Weight, operand_bases, register_reader, weigh};
use crate::device::{Device, check_process};
use crate::launch;
use crate::storage::Storage;
use anygpu_core::{DType, Layout, Result, Strides};
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// An operation whose result has not been computed.
pub(crate) struct Deferred {
    pub(crate) recipe: Recipe,
    /// Dense layout: how the elements will lie in memory.
    pub(crate) layout: Layout,
    /// Memory held for the result while a handle lives.
    pub(super) reserved: Option<Storage>,
    pub(super) weight: Weight,
}

#[allow(
    clippy::large_enum_variant,
    reason = "a base becomes ready in place; boxing the deferred form would cost an allocation an operation"
)]
pub(super) enum State {
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
    pub(super) touched: AtomicU64,
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

    pub(super) fn with_state(device: &Device, dtype: DType, len: usize, state: State) -> Arc<Base> {
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

    pub(super) fn deferred_strides(&self) -> Option<(Strides, Weight)> {
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

    pub(super) fn add_reader(&self, reader: &Arc<Base>) {
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
