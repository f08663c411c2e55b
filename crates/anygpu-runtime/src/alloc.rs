//! Device memory of a [`Gpu`]: the pool first, then the driver, and what to do when neither has any.

use anygpu_core::{Error, Result};

use crate::device::{Gpu, Shared};
use crate::failure;
use crate::memory::{self, DeviceMemory};
use crate::pool::{self, Buffer, MemoryStats, Refusal};

/// Share of the host's free memory that a software device may take: the rest of the process lives there too.
const HOST_SHARE: (u64, u64) = (4, 5);

impl Gpu {
    /// The largest request that [`Self::alloc`] can serve, in bytes. Larger arrays take several buffers.
    pub fn max_alloc(&self) -> u64 {
        pool::max_alloc(self.0.limits.max_buffer_size)
    }

    /// The largest [`Binding::size`](crate::Binding::size), a multiple of 16.
    pub fn max_binding(&self) -> u64 {
        self.0.limits.max_storage_buffer_binding_size / 16 * 16
    }

    /// Device memory for `bytes` bytes. The contents are undefined: write before reading.
    ///
    /// # Errors
    /// `Error::OutOfMemory` when the request is over [`Self::max_alloc`], the limit, or what the driver gives after
    /// everything unused was returned to it. The device stays usable.
    pub fn alloc(&self, bytes: u64) -> Result<Buffer> {
        let shared = &*self.0;
        shared.health.check()?;
        let Some(capacity) = pool::capacity_for(bytes, shared.limits.max_buffer_size) else {
            let most = self.max_alloc();
            return Err(shared.out_of_memory(bytes, format!("one buffer of this device holds at most {most} bytes")));
        };
        match shared.pool.take(capacity, bytes) {
            Some(buffer) => Ok(buffer),
            None => self.alloc_from_driver(capacity, bytes),
        }
    }

    #[cold]
    fn alloc_from_driver(&self, capacity: u64, bytes: u64) -> Result<Buffer> {
        let shared = &*self.0;
        if shared.memory.total.is_some_and(|total| capacity > total) {
            return Err(shared.out_of_memory(bytes, "more than the device has".to_owned()));
        }
        let mut trimmed = false;
        loop {
            match shared.pool.reserve(capacity, shared.host_ceiling()) {
                Ok(()) => {}
                Err(Refusal::TrimFirst) if !trimmed => {
                    self.trim()?;
                    trimmed = true;
                    continue;
                }
                Err(_) => return Err(shared.out_of_memory(bytes, shared.limit_detail())),
            }
            match shared.create_buffer(capacity) {
                Ok(buffer) => return Ok(shared.pool.adopt(buffer, capacity, bytes)),
                Err(error) => {
                    shared.pool.cancel(capacity);
                    shared.health.check()?;
                    match error {
                        wgpu::Error::OutOfMemory { .. } if !trimmed => {
                            self.trim()?;
                            trimmed = true;
                        }
                        wgpu::Error::OutOfMemory { .. } => {
                            return Err(shared.out_of_memory(bytes, "the driver has no more".to_owned()));
                        }
                        other => {
                            return Err(failure::runtime(format!("a buffer of {bytes} bytes: {other}")));
                        }
                    }
                }
            }
        }
    }

    /// Whether `bytes` more could be allocated in any number of buffers: to be asked before a large array is put
    /// together from several, so that a hopeless one fails at once and touches nothing.
    ///
    /// # Errors
    /// `Error::OutOfMemory` when they cannot.
    pub fn check_fits(&self, bytes: u64) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        let stats = shared.pool.stats();
        let room = [stats.limit, shared.host_ceiling(), shared.memory.total].into_iter().flatten().min();
        match room {
            Some(room) if stats.in_use.saturating_add(bytes) > room => {
                let detail = if shared.memory.total.is_some_and(|total| bytes > total) {
                    "more than the device has".to_owned()
                } else {
                    shared.limit_detail()
                };
                Err(shared.out_of_memory(bytes, detail))
            }
            _ => Ok(()),
        }
    }

    /// Memory in numbers.
    pub fn memory(&self) -> MemoryStats {
        let shared = &*self.0;
        let mut stats = shared.pool.stats();
        stats.device_total = shared.memory.total;
        stats.device_free = shared.free(&stats, shared.driver_free());
        stats.staging = shared.uploads.bytes() + shared.readbacks.bytes();
        stats
    }

    /// Changes the limit on device memory; `None` removes it. Memory above a lowered limit is not taken from anyone,
    /// but allocations fail until enough was dropped.
    pub fn set_memory_limit(&self, limit: Option<u64>) {
        self.0.pool.set_limit(limit);
    }

    /// Runs what is recorded, waits, and returns all unused memory to the driver.
    ///
    /// # Errors
    /// As [`Self::synchronize`].
    pub fn trim(&self) -> Result<()> {
        // Called with locks held, where an allocation finds no memory.
        self.finish()?;
        let shared = &*self.0;
        let free = {
            let mut stream = shared.stream.lock();
            stream.forget_bind_groups();
            shared.pool.take_free()
        };
        drop(free);
        shared.uploads.trim();
        shared.readbacks.trim();
        // wgpu returns dropped buffers to the driver when it is polled.
        shared.poll_once().map(drop)
    }
}

impl Shared {
    fn create_buffer(&self, size: u64) -> std::result::Result<wgpu::Buffer, wgpu::Error> {
        let (buffer, error) = failure::scoped(&self.device, || {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        });
        match error {
            None => Ok(buffer),
            Some(error) => Err(error),
        }
    }

    /// What a software device may hold in all, from what the host has now.
    fn host_ceiling(&self) -> Option<u64> {
        let at_start = self.host_memory?;
        let stats = self.pool.stats();
        // What the pool holds counts as available to it; memory that it holds but never touched would count twice,
        // hence not more than there was at the start.
        let now = memory::host_available()?.saturating_add(stats.in_use + stats.cached).min(at_start);
        Some(now / HOST_SHARE.1 * HOST_SHARE.0)
    }

    fn driver_free(&self) -> Option<u64> {
        if self.is_lost() || self.host_memory.is_some() { None } else { DeviceMemory::query(&self.device).free }
    }

    fn limit_detail(&self) -> String {
        if self.host_memory.is_some() && self.pool.stats().limit.is_none() {
            "this is a software device, whose memory is the host's: arrays may take four fifths of what was free".to_owned()
        } else {
            "the memory limit is reached: drop arrays, or raise the limit".to_owned()
        }
    }

    /// The best answer to "how much is free": the driver's, or what a limit leaves, whichever is less. Memory in free
    /// lists is free to arrays.
    fn free(&self, stats: &MemoryStats, driver: Option<u64>) -> Option<u64> {
        let driver = driver.map(|free| free.saturating_add(stats.cached));
        let rooms = [stats.limit, self.host_ceiling(), self.memory.total];
        let limited = rooms.into_iter().flatten().min().map(|room| room.saturating_sub(stats.in_use));
        match (driver, limited) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn out_of_memory(&self, requested: u64, detail: String) -> Error {
        let stats = self.pool.stats();
        Error::OutOfMemory { requested, in_use: stats.in_use, free: self.free(&stats, self.driver_free()), limit: stats.limit, detail }
    }
}
