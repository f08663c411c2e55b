//! Cholesky decompositions.

use super::blocks::{conjugate, part, restore, run, split, strides, subtract_product, transposed, triangle, working_copy};
use super::triangular::solve_in_place;
use crate::array::Array;
use anygpu_core::{DType, Result};
use anygpu_kernels::linalg::{LinalgKernel, side};

/// The lower triangles `l` of `a = l l^H`, and for each matrix a uint32 that is not 0 where it is not positive definite. The lower triangles of `a` are
/// read.
///
/// # Errors
/// A dtype other than float32, float64, complex64 and complex128; no memory.
pub fn cholesky(a: &Array) -> Result<(Array, Array)> {
    let work = working_copy("cholesky", a)?;
    let flags = Array::zeros(a.device(), &[work.shape()[0]], DType::U32)?;
    if work.size() > 0 {
        factor(&work, &flags, 0, work.shape()[1])?;
    }
    let leading = &a.shape()[..a.ndim() - 2];
    let flags = flags.reshape(&leading.iter().map(|n| *n as isize).collect::<Vec<_>>())?;
    Ok((restore(&triangle(&work, true, 0)?, a)?, flags))
}

/// Factors the `n` rows and columns from `first` on: the left half, the rows below it, and what those leave of the right half.
fn factor(work: &Array, flags: &Array, first: usize, n: usize) -> Result<()> {
    let end = first + n;
    if n <= side(work.dtype()) {
        let block = part(work, first..end, first..end)?;
        let [matrices, rows, _] = strides(&block);
        let count = block.shape()[0];
        return run(
            LinalgKernel::CholeskyBlock,
            &[&block, flags],
            |at| vec![0, n as u32, count as u32, rows, at[0], matrices, at[1]],
            count,
        );
    }
    let middle = first + split(n, work.dtype());
    factor(work, flags, first, middle - first)?;
    // L21 L11^H = A21: conj(L11) L21^T = A21^T.
    let below = part(work, middle..end, first..middle)?;
    solve_in_place(&part(work, first..middle, first..middle)?, &transposed(&below)?, true, false, true)?;
    subtract_product(&part(work, middle..end, middle..end)?, &below, &conjugate(&transposed(&below)?)?)?;
    factor(work, flags, middle, end - middle)
}
