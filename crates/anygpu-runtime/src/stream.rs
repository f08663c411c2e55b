//! The command stream: everything that runs on a device, in the order it was recorded.
//!
//! One encoder and one compute pass stay open while dispatches are recorded (27 us a dispatch with a pass each against
//! 4 us in a shared pass on an H100); a copy closes the pass, a flush submits. Nothing is ever written around the
//! stream: `Queue::write_buffer` would run before work that is recorded but not submitted.
//!
//! A batch is submitted when it is long enough. The first batches after the host waited are short, since the device is
//! idle then and should start; each next one may be twice as long, or as heavy. A device that has work need not be given
//! more at once, and loses 20 to 40 us between two submissions.

use anygpu_core::Result;
use smallvec::SmallVec;

use crate::bindings::{BindGroups, Binding};
use crate::device::Shared;
use crate::failure;
use crate::params::{ParamRing, Room};
use crate::pipeline::Kernel;
use crate::pool::Buffer;
use crate::staging::UploadChunk;

/// Dispatches of the first batch after a wait.
const FIRST_BATCH: u32 = 8;
/// Dispatches of a batch at most.
const LONGEST_BATCH: u32 = 256;
/// Bytes that the dispatches of the first batch after a wait may see: some 40 us of an H100's memory, twice a submit.
const FIRST_BYTES: u64 = 128 << 20;
/// Bytes of a batch at most: a fortieth of a second at 200 GB/s.
const MOST_BYTES: u64 = 8 << 30;

/// What was counted since the device was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Submissions to the queue.
    pub submits: u64,
    /// Kernels dispatched.
    pub dispatches: u64,
    /// Compute passes opened.
    pub passes: u64,
    /// Buffer-to-buffer copies and clears.
    pub copies: u64,
    /// Times the host waited for the device.
    pub waits: u64,
    /// Calls of `upload`.
    pub uploads: u64,
    /// Bytes of those.
    pub upload_bytes: u64,
    /// Calls of `download` and `download_mapped`.
    pub downloads: u64,
    /// Bytes of those.
    pub download_bytes: u64,
    /// Bind groups made (not found in the cache).
    pub bind_groups: u64,
    /// Pipelines compiled.
    pub pipelines: u64,
    /// Kernels found in memory by their key.
    pub kernel_hits: u64,
    /// Shader words found on disk instead of being translated again.
    pub disk_hits: u64,
}

/// The state behind the stream's mutex.
#[derive(Debug)]
pub(crate) struct Stream {
    // Drop order matters: a pass ends before its encoder.
    pass: Option<wgpu::ComputePass<'static>>,
    encoder: Option<wgpu::CommandEncoder>,
    /// The pipeline set in the open pass.
    pipeline: u64,
    params: ParamRing,
    bind_groups: BindGroups,
    /// Filled upload chunks that this batch copies from; the last one may have room.
    chunks: SmallVec<[UploadChunk; 4]>,
    dispatches: u32,
    bytes: u64,
    longest: u32,
    most_bytes: u64,
    last: Option<wgpu::SubmissionIndex>,
    pub(crate) counters: Counters,
}

impl Stream {
    pub(crate) fn new(device: &wgpu::Device) -> Result<Self> {
        Ok(Self {
            pass: None,
            encoder: None,
            pipeline: 0,
            params: ParamRing::new(device)?,
            bind_groups: BindGroups::default(),
            chunks: SmallVec::new(),
            dispatches: 0,
            bytes: 0,
            longest: FIRST_BATCH,
            most_bytes: FIRST_BYTES,
            last: None,
            counters: Counters::default(),
        })
    }

    /// The encoder, outside a pass.
    fn encoder(&mut self, device: &wgpu::Device) -> &mut wgpu::CommandEncoder {
        // Dropping a pass ends it.
        self.pass = None;
        self.encoder.get_or_insert_with(|| device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default()))
    }

    /// Records one dispatch. The caller has checked bindings and grid.
    pub(crate) fn dispatch(
        &mut self,
        shared: &Shared,
        kernel: &Kernel,
        bindings: &[Binding<'_>],
        params: &[u32],
        grid: [u32; 3],
    ) -> Result<()> {
        let device = &shared.device;
        let offset = self.make_room(shared, std::mem::size_of_val(params) as u64)?;
        if self.pass.is_none() {
            let pass = self.encoder(device).begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            self.pass = Some(pass.forget_lifetime());
            self.pipeline = 0;
            self.counters.passes += 1;
        }
        let group = self.bind_groups.get(device, kernel.layout(), bindings, &self.params.ring)?;
        let Some(pass) = &mut self.pass else {
            return Ok(());
        };
        if self.pipeline != kernel.id() {
            pass.set_pipeline(kernel.pipeline());
            self.pipeline = kernel.id();
        }
        pass.set_bind_group(0, group, &[offset as u32]);
        pass.dispatch_workgroups(grid[0], grid[1], grid[2]);
        self.params.write(params);
        self.dispatches += 1;
        self.counters.dispatches += 1;
        self.bytes += bindings.iter().map(|b| b.size).sum::<u64>();
        if self.dispatches >= self.longest || self.bytes >= self.most_bytes {
            self.flush(shared)?;
        }
        Ok(())
    }

    /// The offset in the ring for `bytes` of parameters, after the copies and submits that this takes.
    fn make_room(&mut self, shared: &Shared, bytes: u64) -> Result<u64> {
        loop {
            match self.params.room(bytes) {
                Room::At(offset) => return Ok(offset),
                Room::Full => self.flush(shared)?,
                Room::NeedsStretch => {
                    if let Some(submission) = self.params.must_wait() {
                        shared.wait(Some(submission))?;
                    }
                    self.pass = None;
                    let encoder = self
                        .encoder
                        .get_or_insert_with(|| shared.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default()));
                    self.params.record_stretch(&shared.device, encoder)?;
                }
            }
        }
    }

    /// Records a copy between buffers, 4-byte aligned.
    pub(crate) fn copy(
        &mut self,
        device: &wgpu::Device,
        (src, src_offset): (&wgpu::Buffer, u64),
        (dst, dst_offset): (&wgpu::Buffer, u64),
        bytes: u64,
    ) {
        self.encoder(device).copy_buffer_to_buffer(src, src_offset, dst, dst_offset, bytes);
        self.counters.copies += 1;
    }

    /// Records zeros, 4-byte aligned.
    pub(crate) fn clear(&mut self, device: &wgpu::Device, dst: &wgpu::Buffer, offset: u64, bytes: u64) {
        self.encoder(device).clear_buffer(dst, offset, Some(bytes));
        self.counters.copies += 1;
    }

    /// Records the copy of data that is in the last chunk, or goes there now; `false` when it has no room.
    pub(crate) fn push_small(&mut self, device: &wgpu::Device, dst: &Buffer, dst_offset: u64, data: &[u8]) -> bool {
        let Some(chunk) = self.chunks.last_mut() else {
            return false;
        };
        let Some(offset) = chunk.push(data) else {
            return false;
        };
        let source = chunk.buffer.clone();
        let bytes = (data.len() as u64).next_multiple_of(4);
        self.copy(device, (&source, offset), (dst.wgpu(), dst_offset), bytes);
        true
    }

    /// Adds a chunk to the batch: it is sealed and recycled at the flush.
    pub(crate) fn add_chunk(&mut self, chunk: UploadChunk) {
        self.chunks.push(chunk);
    }

    /// Submits what is recorded, if anything is.
    pub(crate) fn flush(&mut self, shared: &Shared) -> Result<()> {
        self.pass = None;
        let Some(encoder) = self.encoder.take() else {
            return Ok(());
        };
        self.params.seal();
        for chunk in &mut self.chunks {
            chunk.seal();
        }
        self.most_bytes = (self.most_bytes.max(self.bytes) * 2).min(MOST_BYTES);
        self.dispatches = 0;
        self.bytes = 0;
        self.longest = (self.longest * 2).min(LONGEST_BATCH);
        // wgpu encodes a batch in `finish` and polls in `submit`, where it can find the device lost.
        let submitted = failure::guarded(&shared.health, "a submission", || shared.queue.submit([encoder.finish()]));
        let index = match submitted {
            Ok(index) => index,
            Err(error) => {
                self.params.abandon();
                self.chunks.clear();
                return Err(error);
            }
        };
        self.counters.submits += 1;
        self.params.submitted(&index);
        shared.uploads.recycle(self.chunks.drain(..), &index);
        shared.verify()?;
        // Only a submission that was accepted can be waited for.
        self.last = Some(index);
        Ok(())
    }

    /// The last submission.
    pub(crate) fn last(&self) -> Option<wgpu::SubmissionIndex> {
        self.last.clone()
    }

    /// The host waited: the device is idle, so the next batch should reach it early.
    pub(crate) fn waited(&mut self) {
        self.longest = FIRST_BATCH;
        self.most_bytes = FIRST_BYTES;
        self.counters.waits += 1;
    }

    /// Whether anything is recorded and not submitted.
    pub(crate) fn has_unsubmitted(&self) -> bool {
        self.encoder.is_some()
    }

    /// Drops cached bind groups, which keep buffers alive.
    pub(crate) fn forget_bind_groups(&mut self) {
        self.bind_groups.clear();
    }

    pub(crate) fn bind_groups_created(&self) -> u64 {
        self.bind_groups.created
    }
}
