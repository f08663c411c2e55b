//! QR decompositions by Householder reflections.

use super::blocks::{conjugate, numbers, part, restore, run, split, strides, subtract_product, transposed, triangle, working_copy};
use super::triangular::solve_in_place;
use crate::array::Array;
use crate::elementwise::where_;
use crate::ufunc::Ufunc;
use crate::value::Value;
use anygpu_core::{Result, Scalar};
use anygpu_kernels::linalg::{LinalgKernel, side};
use std::ops::Range;

/// The QR decompositions of a stack of matrices, as LAPACK packs them.
pub struct Qr {
    /// The upper triangular factors on and above the diagonal, the reflections' vectors below.
    pub packed: Array,
    /// The reflections' factors: reflection j is `1 - tau[j] v v^H`, with `v[j] = 1`.
    pub tau: Array,
}

/// QR decompositions by Householder reflections.
///
/// # Errors
/// A dtype other than float32, float64, complex64 and complex128; no memory.
pub fn qr(a: &Array) -> Result<Qr> {
    let work = working_copy("qr", a)?;
    let (count, m, n) = (work.shape()[0], work.shape()[1], work.shape()[2]);
    let k = m.min(n);
    let tau = Array::zeros(a.device(), &[count, k], a.dtype())?;
    if work.size() > 0 {
        factor(&work, &tau, 0..k)?;
        if k < n {
            reflect(&Reflections::of(&work, &tau, 0..k)?, &part(&work, 0..m, k..n)?, true)?;
        }
    }
    let leading = a.shape()[..a.ndim() - 2].iter().map(|n| *n as isize);
    let tau = tau.reshape(&leading.chain([k as isize]).collect::<Vec<_>>())?;
    Ok(Qr { packed: restore(&work, a)?, tau })
}

impl Qr {
    /// The upper triangular factors, `rows` of them.
    pub fn r(&self, rows: usize) -> Result<Array> {
        let last = self.packed.ndim() - 2;
        let mut items = vec![anygpu_core::IndexItem::FULL; last];
        items.push(anygpu_core::IndexItem::Slice { start: None, stop: Some(rows as isize), step: None });
        triangle(&self.packed.index(&items)?, false, 0)
    }

    /// The first `columns` columns of the unitary factors.
    pub fn q(&self, columns: usize) -> Result<Array> {
        let shape = self.packed.shape();
        let (m, k) = (shape[shape.len() - 2], self.tau.shape()[self.tau.ndim() - 1]);
        let count = shape[..shape.len() - 2].iter().product();
        let device = self.packed.device();
        let q = device.eye(m, columns, 0, self.packed.dtype())?.broadcast_to(&[count, m, columns])?.copy()?;
        if q.size() > 0 && k > 0 {
            let packed = self.packed.reshape(&[count as isize, m as isize, shape[shape.len() - 1] as isize])?;
            let tau = self.tau.reshape(&[count as isize, k as isize])?;
            reflect(&Reflections::of(&packed, &tau, 0..k)?, &q, false)?;
        }
        restore(&q, &self.packed)
    }
}

/// Factors columns, from the diagonal on: their left half, the right half reflected by that, and what is left of it.
fn factor(work: &Array, tau: &Array, columns: Range<usize>) -> Result<()> {
    let m = work.shape()[1];
    if columns.len() <= side(work.dtype()) {
        return factor_panel(work, tau, columns);
    }
    let middle = columns.start + split(columns.len(), work.dtype());
    let left = columns.start..middle;
    factor(work, tau, left.clone())?;
    reflect(&Reflections::of(work, tau, left.clone())?, &part(work, left.start..m, middle..columns.end)?, true)?;
    factor(work, tau, middle..columns.end)
}

fn factor_panel(work: &Array, tau: &Array, columns: Range<usize>) -> Result<()> {
    let (count, m) = (work.shape()[0], work.shape()[1]);
    let panel = part(work, columns.start..m, columns.clone())?;
    let [matrices, rows, _] = strides(&panel);
    let (start, width) = (columns.start as u32, columns.len() as u32);
    let taus = tau.shape()[1] as u32;
    run(
        LinalgKernel::QrPanel,
        &[&panel, tau],
        |at| vec![0, m as u32 - start, width, count as u32, at[0], matrices, rows, at[1] + start, taus],
        count,
    )
}

/// A product of reflections as `1 - V T V^H`: `T^-1` has `1 / tau` on its diagonal and `V^H V` above (Joffrain, Low, Quintana-Ortí and van de Geijn,
/// "Accumulating Householder transformations, revisited", 2006). Columns whose tau is 0 reflect nothing: they are zero in `V`.
struct Reflections {
    v: Array,
    inverse: Array,
}

impl Reflections {
    fn of(work: &Array, tau: &Array, columns: Range<usize>) -> Result<Reflections> {
        let m = work.shape()[1];
        let zero = Value::Typed(Scalar::Int(0), work.dtype());
        let one = Value::Typed(Scalar::Int(1), work.dtype());
        let tau = part(&tau.expand_dims(&[1])?, 0..1, columns.clone())?;
        let idle = Ufunc::Equal.call(&[(&tau).into(), zero])?;
        let below = triangle(&part(work, columns.start..m, columns)?, true, -1)?;
        let on_diagonal = |a: &Array| -> Result<Array> {
            let (rows, columns) = numbers(a)?;
            Ufunc::Equal.call(&[(&rows).into(), (&columns).into()])
        };
        let v = where_(&on_diagonal(&below)?, one, (&below).into())?;
        let v = where_(&idle, zero, (&v).into())?;
        let gram = conjugate(&transposed(&v)?)?.matmul(&v)?;
        let reciprocal = Ufunc::Divide.call(&[one, (&where_(&idle, one, (&tau).into())?).into()])?;
        let inverse = where_(&on_diagonal(&gram)?, (&reciprocal).into(), (&triangle(&gram, false, 1)?).into())?;
        Ok(Reflections { v, inverse })
    }
}

/// Overwrites `c` by the product of the reflections, or of its adjoint, with it.
fn reflect(by: &Reflections, c: &Array, adjoint: bool) -> Result<()> {
    let projected = conjugate(&transposed(&by.v)?)?.matmul(c)?;
    if adjoint {
        // T^H is the inverse of (T^-1)^H, which is lower triangular.
        solve_in_place(&transposed(&by.inverse)?, &projected, true, false, true)?;
    } else {
        solve_in_place(&by.inverse, &projected, false, false, false)?;
    }
    subtract_product(c, &by.v, &projected)
}
