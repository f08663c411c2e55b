//! Bytes between the host and the device.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anygpu_core::Result;

use crate::device::{Gpu, Shared};
use crate::failure;
use crate::host_copy::parallel_read;
use crate::pool::Buffer;
use crate::staging::{Acquired, LARGE_CHUNK, Readback, SMALL_CHUNK, UploadChunk};

/// Uploads up to this size share the small chunk of their batch.
const SMALL_UPLOAD: usize = 256 << 10;
/// Reads longer than this go in chunks, of which several are in flight.
const CHUNKED_READ: u64 = LARGE_CHUNK;
/// Chunks of a long read in flight: one being copied by the device, one waiting, one being copied out.
const READS_IN_FLIGHT: usize = 3;

impl Gpu {
    /// Records a copy of `data` to the buffer, in order with everything else; `data` is read before this returns.
    ///
    /// `dst_offset` is a multiple of 4. A length that is not is padded with zero bytes, which fall into the next
    /// element of the buffer or its slack.
    ///
    /// # Errors
    /// `Error::Runtime` for a range outside the buffer or when there is no host memory to stage the data in.
    pub fn upload(&self, dst: &Buffer, dst_offset: u64, data: &[u8]) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        if data.is_empty() {
            return Ok(());
        }
        shared.check_range("upload", dst, dst_offset, (data.len() as u64).next_multiple_of(4))?;
        {
            let mut stream = shared.stream.lock();
            stream.counters.uploads += 1;
            stream.counters.upload_bytes += data.len() as u64;
            if data.len() <= SMALL_UPLOAD && stream.push_small(&shared.device, dst, dst_offset, data) {
                return Ok(());
            }
        }
        if data.len() as u64 <= SMALL_CHUNK {
            let chunk = shared.upload_chunk(SMALL_CHUNK)?;
            return shared.upload_part(chunk, dst, dst_offset, data, false);
        }
        let mut offset = dst_offset;
        for part in data.chunks(LARGE_CHUNK as usize) {
            let chunk = shared.upload_chunk(LARGE_CHUNK)?;
            // The device copies this chunk while the host fills the next.
            shared.upload_part(chunk, dst, offset, part, true)?;
            offset += part.len() as u64;
        }
        Ok(())
    }

    /// Reads `out.len()` bytes from any offset, after everything recorded before.
    ///
    /// # Errors
    /// `Error::Runtime` for a range outside the buffer; `Error::DeviceLost`.
    pub fn download(&self, src: &Buffer, src_offset: u64, out: &mut [u8]) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        if out.is_empty() {
            return Ok(());
        }
        let (start, lead, bytes) = aligned(src_offset, out.len() as u64);
        shared.check_range("download", src, start, bytes)?;
        {
            let mut stream = shared.stream.lock();
            stream.counters.downloads += 1;
            stream.counters.download_bytes += out.len() as u64;
        }
        if bytes <= CHUNKED_READ {
            let mapped = shared.read(src, start, bytes)?.wait(&self.0, lead, out.len())?;
            parallel_read(out, &mapped);
            shared.stream.lock().waited();
            return Ok(());
        }
        let mut pending = VecDeque::new();
        let mut next = 0;
        let mut out = out;
        let mut lead = lead;
        loop {
            while pending.len() < READS_IN_FLIGHT && next < bytes {
                let part = CHUNKED_READ.min(bytes - next);
                pending.push_back(shared.read(src, start + next, part)?);
                next += part;
            }
            let Some(read) = pending.pop_front() else {
                break;
            };
            // The first part starts up to 3 bytes early, the last may end as late.
            let wanted = (read.bytes as usize - lead).min(out.len());
            let mapped = read.wait(&self.0, lead, wanted)?;
            let (head, tail) = out.split_at_mut(wanted);
            parallel_read(head, &mapped);
            out = tail;
            lead = 0;
        }
        shared.stream.lock().waited();
        Ok(())
    }

    /// Reads bytes and hands out the mapped memory itself, without a copy by the host. `src_offset` is a multiple of 4.
    ///
    /// # Errors
    /// As [`Self::download`]; `Error::Value` when `bytes` is more than one buffer holds.
    pub fn download_mapped(&self, src: &Buffer, src_offset: u64, bytes: u64) -> Result<MappedBytes> {
        let shared = &*self.0;
        shared.health.check()?;
        let (start, lead, padded) = aligned(src_offset, bytes.max(1));
        shared.check_range("download_mapped", src, start, padded)?;
        {
            let mut stream = shared.stream.lock();
            stream.counters.downloads += 1;
            stream.counters.download_bytes += bytes;
        }
        let mapped = shared.read(src, start, padded)?.wait(&self.0, lead, bytes as usize)?;
        shared.stream.lock().waited();
        Ok(mapped)
    }
}

/// The 4-byte aligned range around a byte range: its start, the bytes before the wanted ones, and its length.
fn aligned(offset: u64, bytes: u64) -> (u64, usize, u64) {
    let start = offset / 4 * 4;
    let lead = offset - start;
    (start, lead as usize, lead.saturating_add(bytes).next_multiple_of(4))
}

/// Bytes read from the device, in memory that the device wrote and the host has mapped. Dropping it gives the memory back
/// to the pool of transfer buffers.
pub struct MappedBytes {
    view: Option<wgpu::BufferView>,
    lead: usize,
    bytes: usize,
    readback: Option<Readback>,
    // Keeps the device alive under the mapping.
    shared: Arc<Shared>,
}

impl Deref for MappedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.view {
            Some(view) => &view[self.lead..self.lead + self.bytes],
            None => &[],
        }
    }
}

impl fmt::Debug for MappedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MappedBytes({} bytes)", self.bytes)
    }
}

impl Drop for MappedBytes {
    fn drop(&mut self) {
        self.view = None;
        if let Some(readback) = self.readback.take() {
            readback.buffer.unmap();
            if !self.shared.health.is_lost() {
                self.shared.readbacks.release(readback);
            }
        }
    }
}

/// A read that was submitted.
struct PendingRead {
    readback: Readback,
    bytes: u64,
    mapped: Arc<AtomicBool>,
}

impl PendingRead {
    /// Waits for the read; `lead` bytes of it are not wanted, `bytes` after those are.
    fn wait(self, shared: &Arc<Shared>, lead: usize, bytes: usize) -> Result<MappedBytes> {
        shared.wait_interruptibly(&self.mapped)?;
        shared.verify()?;
        match self.readback.buffer.get_mapped_range(..self.bytes) {
            Ok(view) => {
                let (readback, shared) = (Some(self.readback), Arc::clone(shared));
                Ok(MappedBytes { view: Some(view), lead, bytes, readback, shared })
            }
            Err(error) => {
                // Only a lost device cannot map; it says so once its queue is empty.
                shared.wait(None)?;
                Err(failure::runtime(format!("a read could not be mapped: {error}")))
            }
        }
    }
}

impl Shared {
    /// Records a read of an aligned range, submits it and asks for the mapping.
    fn read(&self, src: &Buffer, offset: u64, bytes: u64) -> Result<PendingRead> {
        let readback = self.readbacks.acquire(&self.device, self.max_buffer_size(), bytes)?;
        {
            let mut stream = self.stream.lock();
            stream.copy(&self.device, (src.wgpu(), offset), (&readback.buffer, 0), bytes);
            stream.flush(self)?;
        }
        let mapped = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&mapped);
        // Whether it worked shows in `get_mapped_range`.
        readback.buffer.map_async(wgpu::MapMode::Read, ..bytes, move |_| done.store(true, Ordering::Release));
        Ok(PendingRead { readback, bytes, mapped })
    }

    /// A mapped chunk of the size, waiting for one where all are in flight.
    fn upload_chunk(&self, size: u64) -> Result<UploadChunk> {
        let mut tries = 0;
        loop {
            // Chunks that other threads are filling are neither in flight nor in the batch: then one more is made.
            match self.uploads.acquire(&self.device, size, tries > 4)? {
                Acquired::Chunk(chunk) => return Ok(chunk),
                Acquired::WaitFor(submission) => self.wait(Some(submission))?,
                Acquired::Flush => self.stream.lock().flush(self)?,
            }
            tries += 1;
        }
    }

    /// Fills a chunk outside the stream's lock, then records its copy.
    fn upload_part(&self, mut chunk: UploadChunk, dst: &Buffer, offset: u64, data: &[u8], submit: bool) -> Result<()> {
        let Some(source_offset) = chunk.push(data) else {
            return Err(failure::runtime("an upload chunk is smaller than its part"));
        };
        if submit {
            chunk.seal();
        }
        let source = chunk.buffer.clone();
        let bytes = (data.len() as u64).next_multiple_of(4);
        let mut stream = self.stream.lock();
        stream.copy(&self.device, (&source, source_offset), (dst.wgpu(), offset), bytes);
        stream.add_chunk(chunk);
        if submit { stream.flush(self) } else { Ok(()) }
    }
}
