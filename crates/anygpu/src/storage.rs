//! The memory of one array: one buffer, or several where one buffer may not be that large.

use anygpu_core::{Error, Result};
use anygpu_runtime::{Binding, Buffer, Gpu};
use smallvec::SmallVec;

/// Alignment of binding offsets that every device accepts (WebGPU's default `minStorageBufferOffsetAlignment`).
pub(crate) const BINDING_ALIGNMENT: u64 = 256;

/// Bytes past an array's end that a kernel may read and a dense result may overwrite: the rest of its last quad.
const SLACK: u64 = 64;

/// Device memory of an array, as if it were one run of bytes.
#[derive(Clone)]
pub(crate) struct Storage {
    segments: SmallVec<[Buffer; 1]>,
    segment_bytes: u64,
    bytes: u64,
}

/// A stretch of a storage that one binding can cover.
pub(crate) struct Window<'a> {
    pub(crate) binding: Binding<'a>,
    /// Absolute byte position at which the binding starts.
    pub(crate) start: u64,
}

impl Storage {
    /// Reserves memory; its contents are undefined.
    pub(crate) fn allocate(gpu: &Gpu, bytes: u64) -> Result<Storage> {
        let largest = gpu.max_alloc() & !(BINDING_ALIGNMENT * 1024 - 1);
        if bytes <= largest {
            return Ok(Storage { segments: SmallVec::from_elem(gpu.alloc(bytes.max(4))?, 1), segment_bytes: u64::MAX, bytes });
        }
        gpu.check_fits(bytes)?;
        let segment_bytes = largest;
        let mut segments = SmallVec::new();
        let mut left = bytes;
        while left > 0 {
            let size = left.min(segment_bytes);
            segments.push(gpu.alloc(size)?);
            left -= size;
        }
        Ok(Storage { segments, segment_bytes, bytes })
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Splits the byte range into pieces of single buffers: `(buffer, offset in it, bytes)`.
    pub(crate) fn pieces(&self, start: u64, bytes: u64) -> impl Iterator<Item = (&Buffer, u64, u64)> {
        let mut at = start;
        let end = start + bytes;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let segment = at / self.segment_bytes;
            let offset = at - segment * self.segment_bytes;
            let size = (end - at).min(self.segment_bytes - offset);
            at += size;
            Some((&self.segments[segment as usize], offset, size))
        })
    }

    /// End of the segment that holds byte `at`.
    pub(crate) fn segment_end(&self, at: u64) -> u64 {
        if self.segments.len() == 1 { u64::MAX } else { (at / self.segment_bytes + 1) * self.segment_bytes }
    }

    /// Whether one binding of at most `max_binding` bytes can cover bytes `first..=last`.
    pub(crate) fn fits_binding(&self, first: u64, last: u64, max_binding: u64) -> bool {
        let start = first & !(BINDING_ALIGNMENT - 1);
        last - start < max_binding - SLACK && last < self.segment_end(first)
    }

    /// The binding for bytes `first..=last`, which [`Storage::fits_binding`]; includes the padding of the last quad.
    pub(crate) fn window(&self, first: u64, last: u64) -> Result<Window<'_>> {
        let segment = first / self.segment_bytes;
        let start = first & !(BINDING_ALIGNMENT - 1);
        let base = segment * self.segment_bytes;
        let buffer = self
            .segments
            .get(segment as usize)
            .ok_or_else(|| Error::Runtime(format!("byte {first} lies outside an array of {} bytes", self.bytes)))?;
        let offset = start - base;
        let wanted = (last + 1 - start).next_multiple_of(16) + SLACK;
        let size = wanted.min(buffer.capacity() - offset);
        Ok(Window { binding: Binding { buffer, offset, size }, start })
    }
}
