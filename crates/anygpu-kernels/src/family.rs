//! The kinds of kernels that share one cache of compiled kernels.

/// The first byte of a kernel's key. An enum, so that no two families can take the same.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Family {
    Map,
    Reduce,
    Scan,
    Sort,
    Radix,
    Matmul,
    Fft,
    Linalg,
}
