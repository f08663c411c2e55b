//! The uniform ring that carries kernel parameters.
//!
//! Every dispatch sees 1024 bytes of one uniform buffer at a dynamic offset. The host writes parameters straight into
//! a mapped staging segment of the same layout; the command stream copies it to the ring, in order, before the pass
//! that reads it. One ring is enough: the copies of the next batch run on the queue after the dispatches of the last
//! one, with wgpu's barrier between them. Only the mapped segments rotate, as each is the host's again only when its
//! submission is done.
//!
//! The copy of a stretch is recorded before its contents are known (they are written until the submit), so stretches
//! grow: a batch of one dispatch copies 4 KiB, and a full batch needs four copies, between which the pass is closed.

use std::collections::VecDeque;

use anygpu_core::Result;

use crate::bindings::PARAMS_WINDOW;
use crate::failure;
use crate::staging::{Census, Mapping, UploadChunk};

/// Bytes of a segment, the most parameters of one batch.
const SEGMENT: u64 = 256 << 10;
/// Where the stretches of a segment end.
const STRETCH_ENDS: [u64; 4] = [4 << 10, 16 << 10, 64 << 10, SEGMENT];
/// Segments, hence submissions, that may be in flight before the host waits for the oldest.
const SEGMENTS: u64 = 16;

/// See the module's text.
#[derive(Debug)]
pub(crate) struct ParamRing {
    pub(crate) ring: wgpu::Buffer,
    alignment: u64,
    current: Option<UploadChunk>,
    used: u64,
    /// Stretches whose copies are recorded in this batch.
    stretches: usize,
    in_flight: VecDeque<UploadChunk>,
    census: Census,
}

/// Where the parameters of a dispatch can go.
pub(crate) enum Room {
    /// At this dynamic offset.
    At(u64),
    /// The stretch from `.0` to `.1` must be copied first (outside a pass): [`ParamRing::record_stretch`].
    NeedsStretch,
    /// The batch is full: submit it.
    Full,
}

impl ParamRing {
    pub(crate) fn new(device: &wgpu::Device) -> Result<Self> {
        let (ring, error) = failure::scoped(device, || {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("anygpu parameters"),
                // The window of the last dispatch reaches over the end of the segment.
                size: SEGMENT + PARAMS_WINDOW,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        });
        if let Some(error) = error {
            return Err(failure::runtime(format!("no memory for kernel parameters: {error}")));
        }
        Ok(Self {
            ring,
            alignment: u64::from(device.limits().min_uniform_buffer_offset_alignment).max(16),
            current: None,
            used: 0,
            stretches: 0,
            in_flight: VecDeque::new(),
            census: Census::default(),
        })
    }

    /// Where `bytes` more of parameters would go.
    pub(crate) fn room(&self, bytes: u64) -> Room {
        let end = self.used + bytes;
        if end > SEGMENT {
            Room::Full
        } else if self.current.is_none() || self.stretches == 0 || end > STRETCH_ENDS[self.stretches - 1] {
            Room::NeedsStretch
        } else {
            Room::At(self.used)
        }
    }

    /// The submission to wait for before a segment is free, if none is.
    pub(crate) fn must_wait(&self) -> Option<wgpu::SubmissionIndex> {
        if self.current.is_some() || self.census.bytes() < SEGMENTS * SEGMENT {
            return None;
        }
        let oldest = self.in_flight.front()?;
        if oldest.state() == Mapping::Pending { oldest.submission() } else { None }
    }

    /// Records the copy of the next stretch; `encoder` must have no open pass.
    pub(crate) fn record_stretch(&mut self, device: &wgpu::Device, encoder: &mut wgpu::CommandEncoder) -> Result<()> {
        if self.current.is_none() {
            self.current = Some(self.segment(device)?);
        }
        let Some(segment) = &self.current else {
            return Ok(());
        };
        let start = if self.stretches == 0 { 0 } else { STRETCH_ENDS[self.stretches - 1] };
        let end = STRETCH_ENDS[self.stretches.min(STRETCH_ENDS.len() - 1)];
        encoder.copy_buffer_to_buffer(&segment.buffer, start, &self.ring, start, end - start);
        self.stretches += 1;
        Ok(())
    }

    fn segment(&mut self, device: &wgpu::Device) -> Result<UploadChunk> {
        while let Some(mut segment) = self.in_flight.pop_front() {
            match segment.state() {
                Mapping::Mapped => {
                    segment.open()?;
                    return Ok(segment);
                }
                Mapping::Failed => {}
                Mapping::Pending => {
                    self.in_flight.push_front(segment);
                    break;
                }
            }
        }
        UploadChunk::new(device, SEGMENT, &self.census)
    }

    /// Writes parameters at the offset that [`Self::room`] gave.
    pub(crate) fn write(&mut self, params: &[u32]) {
        let bytes: &[u8] = bytemuck::cast_slice(params);
        let start = self.used as usize;
        if let Some(mut target) = self.current.as_mut().and_then(|s| s.bytes(start..start + bytes.len())) {
            target.copy_from_slice(bytes);
        }
        // A dispatch without parameters binds the window all the same.
        self.used = (self.used + bytes.len().max(1) as u64).next_multiple_of(self.alignment);
    }

    /// Ends the host's access, before the submit.
    pub(crate) fn seal(&mut self) {
        if let Some(segment) = &mut self.current {
            segment.seal();
        }
    }

    /// After a submit that failed: nothing of the batch is left.
    pub(crate) fn abandon(&mut self) {
        self.used = 0;
        self.stretches = 0;
        self.current = None;
    }

    /// After the submit: the next batch starts with another segment.
    pub(crate) fn submitted(&mut self, submission: &wgpu::SubmissionIndex) {
        self.used = 0;
        self.stretches = 0;
        let Some(mut segment) = self.current.take() else {
            return;
        };
        segment.recycle(submission);
        self.in_flight.push_back(segment);
    }
}
