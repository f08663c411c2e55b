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

/// A base of so many bytes is read as a whole and remembered: programs that look at a few elements look at all of them, one at a time, and a
/// wait for the device takes as long for one as for thousands.
const REMEMBERED_BYTES: usize = 4096;

/// Reads from what the host remembers of a small base, which is read as a whole if need be; false for other arrays.
fn read_seen(array: &Array, out: &mut [u8]) -> Result<bool> {
    let base = array.base();
    let item = array.dtype().itemsize();
    if base.len * item > REMEMBERED_BYTES || !array.layout().is_c_contiguous() {
        return Ok(false);
    }
    let (start, bytes) = byte_range(array);
    let wanted = start as usize..(start + bytes) as usize;
    if base.seen(|all| out.copy_from_slice(&all[wanted.clone()])).is_some() {
        return Ok(true);
    }
    let (storage, version) = {
        let _graph = array.device().graph().lock();
        (base.compute()?, base.version())
    };
    let mut all = [0; REMEMBERED_BYTES];
    let all = &mut all[..base.len * item];
    let mut done = 0;
    for (buffer, offset, size) in storage.pieces(0, all.len() as u64) {
        array.device().gpu().download(buffer, offset, &mut all[done..done + size as usize])?;
        done += size as usize;
    }
    base.remember(version, all);
    out.copy_from_slice(&all[wanted]);
    Ok(true)
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
    if read_seen(array, out)? {
        return Ok(());
    }
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
