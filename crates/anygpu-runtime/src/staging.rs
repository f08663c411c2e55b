//! Pinned host memory for transfers: mapped buffers that the GPU copies from or to, pooled by size.
//!
//! A fresh staging buffer costs as much as the transfer it serves (its pages are pinned and zeroed), so chunks rotate:
//! mapped and filled by the host, unmapped and submitted, mapped again when the submission is done.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use anygpu_core::Result;
use parking_lot::Mutex;

use crate::failure;
use crate::host_copy::parallel_write;

/// Chunk of the arena that small uploads of one batch share.
pub(crate) const SMALL_CHUNK: u64 = 1 << 20;
/// Chunk of large transfers: long enough that a submit (some 20 us) is small beside its copy, short enough that
/// several are in flight.
pub(crate) const LARGE_CHUNK: u64 = 16 << 20;
/// Upload chunks of one size that are made before an old one is waited for.
const IN_FLIGHT: u64 = 6;
/// Idle readback memory that is kept.
const READBACK_KEPT: u64 = 1 << 30;

/// Host memory that the GPU copies from. It is mapped, and `view` set, from [`UploadPool::acquire`] until `seal`.
#[derive(Debug)]
pub(crate) struct UploadChunk {
    // Before `buffer`: a view must go before its buffer is unmapped or dropped.
    view: Option<wgpu::BufferViewMut>,
    pub(crate) buffer: wgpu::Buffer,
    pub(crate) size: u64,
    pub(crate) used: u64,
    mapped: Arc<AtomicU8>,
    submission: Option<wgpu::SubmissionIndex>,
    _counted: Counted,
}

/// Bytes of staging memory that exist; each piece counts itself out when it is dropped, on whatever path.
#[derive(Debug, Default, Clone)]
pub(crate) struct Census(Arc<AtomicU64>);

#[derive(Debug)]
struct Counted(Census, u64);

impl Census {
    fn count(&self, bytes: u64) -> Counted {
        self.0.fetch_add(bytes, Ordering::Relaxed);
        Counted(self.clone(), bytes)
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(self.1, Ordering::Relaxed);
    }
}

/// Whether the host has a chunk back after its submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mapping {
    Pending,
    Mapped,
    /// The device is lost, or the driver could not map it: the chunk is of no more use.
    Failed,
}

impl UploadChunk {
    pub(crate) fn new(device: &wgpu::Device, size: u64, census: &Census) -> Result<Self> {
        let (buffer, error) = failure::scoped(device, || {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("anygpu upload"),
                size,
                usage: wgpu::BufferUsages::MAP_WRITE | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: true,
            })
        });
        if let Some(error) = error {
            return Err(failure::runtime(format!("no host memory for an upload of {size} bytes: {error}")));
        }
        let mut chunk = Self {
            view: None,
            buffer,
            size,
            used: 0,
            mapped: Arc::new(AtomicU8::new(Mapping::Mapped as u8)),
            submission: None,
            _counted: census.count(size),
        };
        chunk.open()?;
        Ok(chunk)
    }

    /// Begins the host's access to a mapped chunk.
    pub(crate) fn open(&mut self) -> Result<()> {
        let view = self.buffer.get_mapped_range_mut(..);
        self.view = Some(view.map_err(|e| failure::runtime(format!("an upload buffer could not be mapped: {e}")))?);
        self.used = 0;
        Ok(())
    }

    /// Where the host writes. Empty once sealed.
    pub(crate) fn bytes(&mut self, range: std::ops::Range<usize>) -> Option<wgpu::WriteOnly<'_, [u8]>> {
        self.view.as_mut().map(|view| view.slice(range))
    }

    /// Copies `data` to the end of what is used and pads it to a multiple of 4; the offset it went to, or `None` when
    /// it does not fit.
    pub(crate) fn push(&mut self, data: &[u8]) -> Option<u64> {
        let padded = (data.len() as u64).next_multiple_of(4);
        let offset = self.used;
        if offset + padded > self.size {
            return None;
        }
        let start = offset as usize;
        parallel_write(self.bytes(start..start + data.len())?, data);
        let tail = (padded as usize) - data.len();
        if tail > 0 {
            self.bytes(start + data.len()..start + data.len() + tail)?.fill(0);
        }
        self.used += padded;
        Some(offset)
    }

    /// Ends the host's access, so that the GPU may copy from the chunk.
    pub(crate) fn seal(&mut self) {
        if self.view.take().is_some() {
            self.buffer.unmap();
        }
    }

    /// After the submission that copies from the chunk: asks for the mapping back.
    pub(crate) fn recycle(&mut self, submission: &wgpu::SubmissionIndex) {
        self.mapped.store(Mapping::Pending as u8, Ordering::Release);
        let mapped = Arc::clone(&self.mapped);
        self.buffer.map_async(wgpu::MapMode::Write, .., move |result| {
            mapped.store(if result.is_ok() { Mapping::Mapped } else { Mapping::Failed } as u8, Ordering::Release);
        });
        self.submission = Some(submission.clone());
    }

    pub(crate) fn state(&self) -> Mapping {
        match self.mapped.load(Ordering::Acquire) {
            0 => Mapping::Pending,
            1 => Mapping::Mapped,
            _ => Mapping::Failed,
        }
    }

    /// The submission that used the chunk last.
    pub(crate) fn submission(&self) -> Option<wgpu::SubmissionIndex> {
        self.submission.clone()
    }
}

/// Upload chunks between uses, one queue a chunk size, oldest submission first.
#[derive(Debug)]
pub(crate) struct UploadPool {
    small: Queue,
    large: Queue,
}

#[derive(Debug)]
struct Queue {
    size: u64,
    idle: Mutex<VecDeque<UploadChunk>>,
    census: Census,
}

/// What [`UploadPool::acquire`] found.
pub(crate) enum Acquired {
    Chunk(UploadChunk),
    /// All chunks are in flight: wait for this submission and ask again.
    WaitFor(wgpu::SubmissionIndex),
    /// All chunks are in the unsubmitted batch: flush and ask again.
    Flush,
}

impl Default for UploadPool {
    fn default() -> Self {
        let queue = |size| Queue { size, idle: Mutex::default(), census: Census::default() };
        Self { small: queue(SMALL_CHUNK), large: queue(LARGE_CHUNK) }
    }
}

impl UploadPool {
    fn queue(&self, size: u64) -> &Queue {
        if size <= SMALL_CHUNK { &self.small } else { &self.large }
    }

    /// A mapped chunk of `size` ([`SMALL_CHUNK`] or [`LARGE_CHUNK`]), or what to do to get one. With `must`, one is made
    /// however many there are.
    pub(crate) fn acquire(&self, device: &wgpu::Device, size: u64, must: bool) -> Result<Acquired> {
        let queue = self.queue(size);
        let mut idle = queue.idle.lock();
        while let Some(mut chunk) = idle.pop_front() {
            match chunk.state() {
                Mapping::Mapped => {
                    chunk.open()?;
                    return Ok(Acquired::Chunk(chunk));
                }
                Mapping::Pending => {
                    idle.push_front(chunk);
                    break;
                }
                Mapping::Failed => {}
            }
        }
        if must || queue.census.bytes() < IN_FLIGHT * queue.size {
            return Ok(Acquired::Chunk(UploadChunk::new(device, queue.size, &queue.census)?));
        }
        match idle.front().and_then(UploadChunk::submission) {
            Some(submission) => Ok(Acquired::WaitFor(submission)),
            None => Ok(Acquired::Flush),
        }
    }

    /// Takes back the chunks of a batch that was just submitted.
    pub(crate) fn recycle(&self, chunks: impl Iterator<Item = UploadChunk>, submission: &wgpu::SubmissionIndex) {
        for mut chunk in chunks {
            chunk.recycle(submission);
            self.queue(chunk.size).idle.lock().push_back(chunk);
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.small.census.bytes() + self.large.census.bytes()
    }

    /// Drops the chunks that are not in flight.
    pub(crate) fn trim(&self) {
        for queue in [&self.small, &self.large] {
            queue.idle.lock().retain(|chunk| chunk.state() == Mapping::Pending);
        }
    }
}

/// Host memory that the GPU copies to.
#[derive(Debug)]
pub(crate) struct Readback {
    pub(crate) buffer: wgpu::Buffer,
    size: u64,
    _counted: Counted,
}

/// Unmapped readback buffers.
#[derive(Debug, Default)]
pub(crate) struct ReadbackPool {
    idle: Mutex<Vec<Readback>>,
    census: Census,
}

impl ReadbackPool {
    /// Sizes are powers of two with a step between, so that a read of any length soon finds a used buffer.
    fn class(bytes: u64) -> u64 {
        let bytes = bytes.max(4096);
        let power = bytes.next_power_of_two();
        if bytes <= power / 4 * 3 { power / 4 * 3 } else { power }
    }

    pub(crate) fn acquire(&self, device: &wgpu::Device, limit: u64, bytes: u64) -> Result<Readback> {
        let limit = limit / 4 * 4;
        let size = Self::class(bytes).min(limit);
        if size < bytes {
            return Err(failure::value(format!(
                "a read of {bytes} bytes into mapped memory: the device's buffers hold at most {limit}; read it in parts"
            )));
        }
        let mut idle = self.idle.lock();
        // The last one put back is the warmest.
        if let Some(i) = idle.iter().rposition(|readback| readback.size == size) {
            return Ok(idle.remove(i));
        }
        drop(idle);
        let (buffer, error) = failure::scoped(device, || {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("anygpu readback"),
                size,
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        });
        match error {
            None => Ok(Readback { buffer, size, _counted: self.census.count(size) }),
            Some(error) => Err(failure::runtime(format!("no host memory for a read of {bytes} bytes: {error}"))),
        }
    }

    /// Keeps an unmapped buffer for the next read; the largest ones go when more than [`READBACK_KEPT`] lie idle.
    pub(crate) fn release(&self, readback: Readback) {
        let mut idle = self.idle.lock();
        idle.push(readback);
        while idle.iter().map(|r| r.size).sum::<u64>() > READBACK_KEPT {
            let Some(largest) = (0..idle.len()).max_by_key(|&i| idle[i].size) else {
                break;
            };
            idle.remove(largest);
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.census.bytes()
    }

    pub(crate) fn trim(&self) {
        self.idle.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readback_classes_hold_the_request() {
        for bytes in [1, 4096, 4097, 6144, 6145, 1 << 20, (1 << 20) + 4] {
            let class = ReadbackPool::class(bytes);
            assert!(class >= bytes && class.is_multiple_of(4) && class <= (bytes * 3 / 2).max(4096), "{bytes} {class}");
        }
    }
}
