//! Equations with triangular matrices.

use super::blocks::{check, conjugate, part, restore, run, split, strides, subtract_product, working_copy};
use crate::array::Array;
use anygpu_core::{Error, Result};
use anygpu_kernels::linalg::{LinalgKernel, side};

/// `x` of `t x = b` for stacks of triangular matrices of the same leading dimensions and dtype. The other triangle of `t` is not read; with `ones` the
/// diagonal is not either, and counts as ones.
///
/// # Errors
/// Shapes that do not align; a dtype other than float32, float64, complex64 and complex128; no memory.
pub fn solve_triangular(t: &Array, b: &Array, lower: bool, ones: bool) -> Result<Array> {
    check("solve_triangular", t)?;
    let aligned = t.ndim() == b.ndim() && t.ndim() >= 2 && t.shape()[..t.ndim() - 1] == b.shape()[..b.ndim() - 1];
    if !aligned || t.dtype() != b.dtype() || t.shape()[t.ndim() - 1] != t.shape()[t.ndim() - 2] {
        return Err(Error::Value(format!(
            "solve_triangular: a {} of shape {:?} and a {} of shape {:?} do not align",
            t.dtype(),
            t.shape(),
            b.dtype(),
            b.shape()
        )));
    }
    let x = working_copy("solve_triangular", b)?;
    if x.size() > 0 {
        let n = t.shape()[t.ndim() - 1] as isize;
        solve_in_place(&t.reshape(&[-1, n, n])?, &x, lower, ones, false)?;
    }
    restore(&x, b)
}

/// Overwrites `b` by `x` of `t x = b`, or of `conj(t) x = b`. Both may be parts of one array.
pub(super) fn solve_in_place(t: &Array, b: &Array, lower: bool, ones: bool, conj: bool) -> Result<()> {
    let n = t.shape()[1];
    if n <= side(t.dtype()) {
        return solve_block(t, b, lower, ones, conj);
    }
    let (middle, columns) = (split(n, t.dtype()), b.shape()[2]);
    let (first, second) = (0..middle, middle..n);
    // What is solved first is taken from the rest.
    let (solved, rest) = if lower { (first, second) } else { (second, first) };
    let beside = part(t, rest.clone(), solved.clone())?;
    let (x, remaining) = (part(b, solved.clone(), 0..columns)?, part(b, rest.clone(), 0..columns)?);
    solve_in_place(&part(t, solved.clone(), solved)?, &x, lower, ones, conj)?;
    subtract_product(&remaining, &if conj { conjugate(&beside)? } else { beside }, &x)?;
    solve_in_place(&part(t, rest.clone(), rest)?, &remaining, lower, ones, conj)
}

fn solve_block(t: &Array, b: &Array, lower: bool, ones: bool, conj: bool) -> Result<()> {
    let t = if conj { conjugate(t)? } else { t.clone() };
    // A kernel cannot read through one binding what it writes through another.
    let t = if t.shares_base(b) { t.copy()? } else { t };
    let (from, to) = (strides(&t), strides(b));
    let (count, n, columns) = (b.shape()[0], b.shape()[1], b.shape()[2]);
    run(
        LinalgKernel::TriangularBlock,
        &[&t, b],
        |at| {
            let mut params = vec![0, n as u32, columns as u32, count as u32, at[0]];
            params.extend(from);
            params.push(at[1]);
            params.extend(to);
            params.extend([u32::from(lower), u32::from(ones)]);
            params
        },
        count * columns.div_ceil(32),
    )
}
