//! LU decompositions with partial pivoting.

use super::blocks::{part, restore, run, split, strides, subtract_product, working_copy};
use super::triangular::solve_in_place;
use crate::array::Array;
use anygpu_core::{DType, Error, Result};
use anygpu_kernels::linalg::{LinalgKernel, side};
use std::ops::Range;

/// The LU decompositions of a stack of square matrices.
pub struct Lu {
    /// The multipliers of the unit lower triangular factors below the diagonal, the upper triangular factors above.
    pub factors: Array,
    /// The row that each row was exchanged with, one after the other, as uint32.
    pub pivots: Array,
    /// For each matrix a uint32 that is not 0 where a pivot is zero.
    pub singular: Array,
}

/// LU decompositions with partial pivoting of square matrices.
///
/// # Errors
/// Matrices that are not square; a dtype other than float32, float64, complex64 and complex128; no memory.
pub fn lu(a: &Array) -> Result<Lu> {
    let work = working_copy("lu", a)?;
    let (count, n) = (work.shape()[0], work.shape()[1]);
    if work.shape()[2] != n {
        return Err(Error::Value(format!("lu: the matrices of a stack of shape {:?} are not square", a.shape())));
    }
    let pivots = Array::zeros(a.device(), &[count, n], DType::U32)?;
    let flags = Array::zeros(a.device(), &[count], DType::U32)?;
    if work.size() > 0 {
        factor(&work, &pivots, &flags, 0..n)?;
    }
    let leading: Vec<isize> = a.shape()[..a.ndim() - 2].iter().map(|n| *n as isize).collect();
    let per_row: Vec<isize> = leading.iter().copied().chain([n as isize]).collect();
    Ok(Lu { factors: restore(&work, a)?, pivots: pivots.reshape(&per_row)?, singular: flags.reshape(&leading)? })
}

impl Lu {
    /// `x` of `a x = b`, for a stack of the same leading dimensions and dtype. Not finite for singular matrices.
    ///
    /// # Errors
    /// Shapes that do not align; no memory.
    pub fn solve(&self, b: &Array) -> Result<Array> {
        let factors = &self.factors;
        let aligned = factors.ndim() == b.ndim() && factors.shape()[..factors.ndim() - 1] == b.shape()[..b.ndim() - 1];
        if !aligned || factors.dtype() != b.dtype() {
            return Err(Error::Value(format!("solve: matrices of shape {:?} and {:?} do not align", factors.shape(), b.shape())));
        }
        let x = working_copy("solve", b)?;
        if x.size() > 0 {
            let n = x.shape()[1];
            let factors = factors.reshape(&[-1, n as isize, n as isize])?;
            exchange(&x, &self.pivots.reshape(&[-1, n as isize])?, 0..n, 0..x.shape()[2])?;
            solve_in_place(&factors, &x, true, true, false)?;
            solve_in_place(&factors, &x, false, false, false)?;
        }
        restore(&x, b)
    }
}

/// Factors columns: their left half, what that leaves of the right half, and the right half below.
fn factor(work: &Array, pivots: &Array, flags: &Array, columns: Range<usize>) -> Result<()> {
    let n = work.shape()[1];
    if columns.len() <= side(work.dtype()) {
        return factor_panel(work, pivots, flags, columns);
    }
    let middle = columns.start + split(columns.len(), work.dtype());
    let (left, right) = (columns.start..middle, middle..columns.end);
    factor(work, pivots, flags, left.clone())?;
    exchange(work, pivots, left.clone(), right.clone())?;
    let above = part(work, left.clone(), right.clone())?;
    solve_in_place(&part(work, left.clone(), left.clone())?, &above, true, true, false)?;
    subtract_product(&part(work, middle..n, right.clone())?, &part(work, middle..n, left.clone())?, &above)?;
    factor(work, pivots, flags, right.clone())?;
    exchange(work, pivots, right, left)
}

fn factor_panel(work: &Array, pivots: &Array, flags: &Array, columns: Range<usize>) -> Result<()> {
    let (count, n) = (work.shape()[0], work.shape()[1]);
    let panel = part(work, columns.start..n, columns.clone())?;
    let [matrices, rows, _] = strides(&panel);
    let (start, width) = (columns.start as u32, columns.len() as u32);
    run(
        LinalgKernel::LuPanel,
        &[&panel, pivots, flags],
        |at| vec![0, n as u32 - start, width, count as u32, at[0], matrices, rows, at[1], n as u32, start, at[2]],
        count,
    )
}

/// Exchanges rows, in some columns, as the pivots of `rows` say.
fn exchange(work: &Array, pivots: &Array, rows: Range<usize>, columns: Range<usize>) -> Result<()> {
    let (count, n, width) = (work.shape()[0], work.shape()[1], columns.len());
    let view = part(work, 0..n, columns)?;
    let [matrices, row, column] = strides(&view);
    run(
        LinalgKernel::RowSwaps,
        &[&view, pivots],
        |at| {
            let (start, end) = (rows.start as u32, rows.end as u32);
            vec![0, width as u32, count as u32, start, end, at[0], matrices, row, column, at[1], n as u32]
        },
        count * width.div_ceil(256),
    )
}
