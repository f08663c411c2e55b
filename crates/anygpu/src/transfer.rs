//! Bytes between host and device.

use crate::array::Array;
use crate::device::check_process;
use anygpu_core::{Error, Result};

/// Writes C-ordered bytes into a contiguous, ready array.
pub(crate) fn upload(array: &Array, bytes: &[u8]) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let storage = array.base().compute()?;
    let gpu = array.device().gpu();
    let mut done = 0;
    for (buffer, offset, size) in storage.pieces(0, bytes.len() as u64) {
        gpu.upload(buffer, offset, &bytes[done..done + size as usize])?;
        done += size as usize;
    }
    Ok(())
}

/// Where a C-contiguous array's bytes stand in its storage.
fn byte_range(array: &Array) -> (u64, u64) {
    let item = array.dtype().itemsize() as u64;
    (array.layout().offset as u64 * item, array.size() as u64 * item)
}

/// Reads an array's bytes in C order; waits for them.
pub(crate) fn download(array: &Array, out: &mut [u8]) -> Result<()> {
    if out.len() != array.nbytes() {
        return Err(Error::Value(format!("{} bytes to read an array of {} bytes into", out.len(), array.nbytes())));
    }
    if out.is_empty() {
        return Ok(());
    }
    check_process()?;
    array.device().verify_checks()?;
    let array = array.contiguous()?;
    let storage = array.base().compute()?;
    let (start, bytes) = byte_range(&array);
    let mut done = 0;
    for (buffer, offset, size) in storage.pieces(start, bytes) {
        array.device().gpu().download(buffer, offset, &mut out[done..done + size as usize])?;
        done += size as usize;
    }
    Ok(())
}
