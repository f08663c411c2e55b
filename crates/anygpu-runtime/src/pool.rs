//! Device memory: size classes, free lists, and the byte limit.
//!
//! A driver allocation costs milliseconds (8-10 ms for 256 MB on an H100) and wgpu zero-fills it at first use, so a
//! dropped [`Buffer`] goes to a free list and comes back from there. It may come back while recorded work still reads
//! it: all work runs in order on one queue, so whatever is recorded next runs after that.
//!
//! Classes are powers of two with [`STEPS`] steps between, at most 12.5 % above the size asked for, and every buffer
//! has [`SLACK`] bytes more, so that a 16-byte load that starts inside the data ends inside the buffer and a power of
//! two does not spill into the next class.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

/// Buffers' capacities are multiples of this, which is also WebGPU's largest binding-offset alignment.
pub(crate) const GRANULE: u64 = 256;
/// Bytes after the data that kernels may read (never use).
pub(crate) const SLACK: u64 = 256;
/// Classes from one power of two to the next.
const STEPS: u64 = 8;

/// Device memory as the pool sees it, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MemoryStats {
    /// Held by live buffers.
    pub in_use: u64,
    /// The largest `in_use` so far.
    pub peak: u64,
    /// Kept in free lists for the next allocation.
    pub cached: u64,
    /// The limit on `in_use + cached`, if one is set.
    pub limit: Option<u64>,
    /// The device's memory, if its driver says.
    pub device_total: Option<u64>,
    /// What this process could still allocate on the device, if its driver says.
    pub device_free: Option<u64>,
    /// Host memory of the transfer rings (pinned).
    pub staging: u64,
    /// Live buffers.
    pub buffers: u64,
    /// Allocations that had to go to the driver.
    pub driver_allocations: u64,
    /// Allocations served from a free list.
    pub reused: u64,
}

/// A piece of device memory. Clones share it; the last one to be dropped gives it back to the pool.
///
/// Its contents are undefined (stale data of an earlier buffer) until something is written.
#[derive(Clone)]
pub struct Buffer(Arc<BufferInner>);

struct BufferInner {
    raw: Option<RawBuffer>,
    size: u64,
    pool: Arc<Pool>,
}

/// A driver allocation with its identity.
#[derive(Debug)]
pub(crate) struct RawBuffer {
    pub(crate) wgpu: wgpu::Buffer,
    pub(crate) id: u64,
    pub(crate) capacity: u64,
}

impl Buffer {
    fn raw(&self) -> &RawBuffer {
        // Only `drop` takes it out.
        self.0.raw.as_ref().unwrap_or_else(|| unreachable!())
    }

    /// Bytes asked for.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Bytes that may be bound: a multiple of 256, at least `size() + 256`.
    pub fn capacity(&self) -> u64 {
        self.raw().capacity
    }

    /// A number that no other live buffer has.
    pub fn id(&self) -> u64 {
        self.raw().id
    }

    /// The wgpu buffer, for interoperation: work that reads it must be submitted after [`Gpu::flush`](crate::Gpu::flush).
    pub fn wgpu(&self) -> &wgpu::Buffer {
        &self.raw().wgpu
    }

    /// How many clones share this memory. With one, whoever holds it may write in place.
    pub fn references(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.0.pool
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer {{ id: {}, size: {}, capacity: {} }}", self.id(), self.size(), self.capacity())
    }
}

impl PartialEq for Buffer {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Buffer {}

impl Drop for BufferInner {
    fn drop(&mut self) {
        if let Some(raw) = self.raw.take() {
            self.pool.put_back(raw);
        }
    }
}

/// Why the pool cannot serve a request from what it may take.
pub(crate) enum Refusal {
    /// The free lists must be given back to the driver first.
    TrimFirst,
    /// Over the limit, even with empty free lists.
    OverLimit,
}

/// Free lists and byte counts of one device.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    state: Mutex<State>,
    next_id: AtomicU64,
    closed: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    free: HashMap<u64, Vec<RawBuffer>>,
    stats: MemoryStats,
}

impl Pool {
    pub(crate) fn new(limit: Option<u64>) -> Arc<Self> {
        let pool = Self::default();
        pool.state.lock().stats.limit = limit;
        Arc::new(pool)
    }

    /// A free buffer of exactly this capacity, the one dropped last: it is the likeliest to be in a cache, and its
    /// bind groups to be cached.
    pub(crate) fn take(self: &Arc<Self>, capacity: u64, size: u64) -> Option<Buffer> {
        let mut state = self.state.lock();
        if state.stats.limit.is_some_and(|limit| state.stats.in_use + capacity > limit) {
            return None;
        }
        let raw = state.free.get_mut(&capacity)?.pop()?;
        state.stats.cached -= capacity;
        state.stats.reused += 1;
        state.stats.hold(capacity);
        Some(self.wrap(raw, size))
    }

    /// Counts `capacity` bytes as in use before the driver is asked for them, so that two threads cannot pass the
    /// limit together. `ceiling` is a further limit that the caller has computed.
    pub(crate) fn reserve(&self, capacity: u64, ceiling: Option<u64>) -> Result<(), Refusal> {
        let mut state = self.state.lock();
        let stats = &mut state.stats;
        let limit = [stats.limit, ceiling].into_iter().flatten().min().unwrap_or(u64::MAX);
        if stats.in_use.saturating_add(capacity) > limit {
            return Err(Refusal::OverLimit);
        }
        if stats.in_use.saturating_add(stats.cached).saturating_add(capacity) > limit {
            return Err(Refusal::TrimFirst);
        }
        stats.driver_allocations += 1;
        stats.hold(capacity);
        Ok(())
    }

    /// Takes back a reservation that the driver refused.
    pub(crate) fn cancel(&self, capacity: u64) {
        let stats = &mut self.state.lock().stats;
        stats.in_use -= capacity;
        stats.buffers -= 1;
        stats.driver_allocations -= 1;
    }

    /// Wraps a new driver allocation that was reserved before.
    pub(crate) fn adopt(self: &Arc<Self>, wgpu: wgpu::Buffer, capacity: u64, size: u64) -> Buffer {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed) + 1;
        self.wrap(RawBuffer { wgpu, id, capacity }, size)
    }

    fn wrap(self: &Arc<Self>, raw: RawBuffer, size: u64) -> Buffer {
        Buffer(Arc::new(BufferInner { raw: Some(raw), size, pool: Arc::clone(self) }))
    }

    fn put_back(&self, raw: RawBuffer) {
        let capacity = raw.capacity;
        let mut state = self.state.lock();
        state.stats.in_use -= capacity;
        state.stats.buffers -= 1;
        if self.closed.load(Ordering::Relaxed) {
            drop(state);
            drop(raw);
            return;
        }
        state.stats.cached += capacity;
        state.free.entry(capacity).or_default().push(raw);
    }

    /// Empties the free lists. The caller drops the buffers once the device no longer uses them.
    pub(crate) fn take_free(&self) -> Vec<RawBuffer> {
        let mut state = self.state.lock();
        state.stats.cached = 0;
        state.free.drain().flat_map(|(_, list)| list).collect()
    }

    /// Buffers dropped from now on are not kept: the device is gone.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        drop(self.take_free());
    }

    pub(crate) fn stats(&self) -> MemoryStats {
        self.state.lock().stats
    }

    pub(crate) fn set_limit(&self, limit: Option<u64>) {
        self.state.lock().stats.limit = limit;
    }
}

impl MemoryStats {
    fn hold(&mut self, capacity: u64) {
        self.in_use += capacity;
        self.buffers += 1;
        self.peak = self.peak.max(self.in_use);
    }
}

/// The largest request that a device with this `max_buffer_size` serves.
pub(crate) fn max_alloc(max_buffer_size: u64) -> u64 {
    (max_buffer_size / GRANULE * GRANULE).saturating_sub(SLACK)
}

/// Bytes to allocate for a request of `bytes`, or `None` above [`max_alloc`].
pub(crate) fn capacity_for(bytes: u64, max_buffer_size: u64) -> Option<u64> {
    let largest = max_alloc(max_buffer_size);
    if bytes > largest {
        return None;
    }
    let bytes = bytes.max(1).next_multiple_of(GRANULE);
    let step = (prev_power_of_two(bytes) / STEPS).max(GRANULE);
    // Close below the device's limit a class may reach over it; the exact size still fits.
    let class = bytes.next_multiple_of(step);
    Some(if class > largest { bytes } else { class } + SLACK)
}

fn prev_power_of_two(n: u64) -> u64 {
    1 << (63 - n.leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_the_request_with_slack_and_little_waste() {
        let mut bytes = 1_u64;
        while bytes < 1 << 32 {
            for request in [bytes - 1, bytes, bytes + 1] {
                let capacity = capacity_for(request, u64::MAX).unwrap();
                assert!(capacity >= request + SLACK && capacity.is_multiple_of(GRANULE), "{request} -> {capacity}");
                let waste = capacity - SLACK - request;
                assert!(waste <= GRANULE || waste * 8 <= request + GRANULE * 8, "{request} -> {capacity}");
            }
            bytes = bytes * 3 / 2 + 1;
        }
    }

    #[test]
    fn a_power_of_two_is_its_own_class() {
        assert_eq!(capacity_for(1 << 30, u64::MAX), Some((1 << 30) + SLACK));
    }

    #[test]
    fn the_largest_request_fits_and_one_more_does_not() {
        for limit in [256 << 20, (1 << 31) - 1, 1 << 31, (1_u64 << 32) - 4] {
            let largest = max_alloc(limit);
            assert!(capacity_for(largest, limit).unwrap() <= limit);
            assert_eq!(capacity_for(largest + 1, limit), None);
            for request in [largest - 300, largest / 2 + 1, largest * 15 / 16 + 1] {
                assert!(capacity_for(request, limit).unwrap() <= limit, "{request}");
            }
        }
    }
}
