//! Scans: running sums, products, minima and maxima along an axis.

use crate::array::Array;
use crate::graph::Base;
use crate::launch::{grid, source};
use crate::ufunc::Ufunc;
use anygpu_core::{DType, Error, IndexItem, Layout, Result, copy_order, keep_order_layout, normalize_axis};
use anygpu_kernels::expr::Op;
use anygpu_kernels::scan::{Part, ROUND, SHORT_ROWS, ScanKernel, rounds};
use smallvec::SmallVec;

impl Array {
    /// Running sum along an axis, in the dtypes of [`Array::sum`].
    pub fn cumulative_sum(&self, axis: isize) -> Result<Array> {
        self.accumulate(Ufunc::Add, axis, crate::reduce::accumulator(self.dtype()))
    }

    /// Running product along an axis, in the dtypes of [`Array::prod`].
    pub fn cumulative_prod(&self, axis: isize) -> Result<Array> {
        self.accumulate(Ufunc::Multiply, axis, crate::reduce::accumulator(self.dtype()))
    }

    /// `r[k] = ufunc(r[k - 1], x[k])` along an axis, computed in `dtype`. The operands are grouped in a tree, so that rounding errors grow with the
    /// logarithm of the length; NumPy goes from the first to the last.
    ///
    /// # Errors
    /// A ufunc that is not associative; an axis out of range; no memory.
    pub fn accumulate(&self, ufunc: Ufunc, axis: isize, dtype: DType) -> Result<Array> {
        let axis = normalize_axis(axis, self.ndim())?;
        let op = match ufunc {
            Ufunc::Add => Op::Add,
            Ufunc::Multiply => Op::Multiply,
            Ufunc::Minimum => Op::Minimum,
            Ufunc::Maximum => Op::Maximum,
            Ufunc::Fmin => Op::Fmin,
            Ufunc::Fmax => Op::Fmax,
            Ufunc::BitwiseAnd => Op::BitAnd,
            Ufunc::BitwiseOr => Op::BitOr,
            Ufunc::BitwiseXor => Op::BitXor,
            Ufunc::LogicalAnd if dtype == DType::Bool => Op::Minimum,
            Ufunc::LogicalOr if dtype == DType::Bool => Op::Maximum,
            Ufunc::Gcd => Op::Gcd,
            Ufunc::Logaddexp => Op::Logaddexp,
            Ufunc::Logaddexp2 => Op::Logaddexp2,
            _ => {
                return Err(Error::NotImplemented(format!(
                    "accumulate: {} has no scan on the GPU in this version; associative operations have",
                    ufunc.name()
                )));
            }
        };
        // bool goes as the bytes 0 and 1; float16 is rounded once, at the end.
        let (wide, op) = match (dtype, op) {
            (DType::Bool, Op::Add | Op::BitOr | Op::Fmax) => (DType::U8, Op::Maximum),
            (DType::Bool, Op::Multiply | Op::BitAnd | Op::Fmin) => (DType::U8, Op::Minimum),
            (DType::Bool, op) => (DType::U8, op),
            (DType::F16, op) => (DType::F32, op),
            (dtype, op) => (dtype, op),
        };
        self.device().check_defined(op, wide, wide)?;
        // What the elements become is cast where they are loaded, unless that would make memory traffic larger.
        let cast_in_kernel = self.dtype() == wide
            || ((self.dtype() == dtype || dtype == wide)
                && self.dtype().itemsize() <= wide.itemsize()
                && self.device().check_defined(Op::Cast, wide, self.dtype()).is_ok());
        let x = if cast_in_kernel { self.clone() } else { self.astype(dtype)?.astype(wide)? };
        let (rows, order) = x.rows(axis)?;
        // A view that begins within a quad is copied: how its elements are grouped must not depend on where it begins.
        let rows = if rows.layout().offset.is_multiple_of(4) { rows } else { rows.copy()? };
        let scanned = scan_rows(&rows, op, wide)?.transpose(Some(&order))?;
        let scanned = if wide == dtype { scanned } else { scanned.astype(dtype)? };
        scanned.laid_out_as(keep_order_layout(self.shape(), &[&self.layout().strides]))
    }

    /// The array with an axis last and the other dimensions in the order that they have in memory, in C order; and the order of its dimensions that
    /// undoes this.
    pub(crate) fn rows(&self, axis: usize) -> Result<(Array, SmallVec<[isize; 6]>)> {
        let mut order = copy_order(&self.layout().strides);
        order.retain(|d| *d != axis);
        order.push(axis);
        let mut back: SmallVec<[isize; 6]> = SmallVec::from_elem(0, order.len());
        for (k, d) in order.iter().enumerate() {
            back[*d] = k as isize;
        }
        let order: SmallVec<[isize; 6]> = order.iter().map(|d| *d as isize).collect();
        Ok((self.transpose(Some(&order))?.contiguous()?, back))
    }
}

/// Whether every row begins at a quad of the memory: then whole quads are read, and stored, past the end of a row only where that is the end of
/// the memory.
fn is_aligned(x: &Array) -> bool {
    let n = x.shape()[x.ndim() - 1];
    n.is_multiple_of(4) || x.size() == n
}

/// Quads of an invocation. One on software, whose compiler takes long for more and gains nothing by them.
fn rounds_of(x: &Array, dtype: DType) -> usize {
    rounds(dtype, x.shape()[x.ndim() - 1], is_aligned(x) && !x.device().is_software())
}

/// Elements of a row that a workgroup scans.
fn chunk(x: &Array, dtype: DType) -> usize {
    rounds_of(x, dtype) * ROUND
}

/// Whether rows are so short that an invocation takes each alone.
fn is_short(n: usize, rows: usize) -> bool {
    n <= 32 || (n <= 256 && rows >= 1024)
}

/// Scans the last axis of a contiguous array in a dtype.
fn scan_rows(x: &Array, op: Op, dtype: DType) -> Result<Array> {
    let device = x.device().clone();
    let out = Array::empty(&device, x.shape(), dtype)?;
    if x.size() == 0 {
        return Ok(out);
    }
    let n = x.shape()[x.ndim() - 1];
    let rows = x.size() / n;
    let (item, out_item) = (x.dtype().itemsize(), dtype.itemsize());
    let (from, to) = {
        let _graph = device.graph().lock();
        (x.base().compute()?, out.base().compute()?)
    };
    let start = x.layout().offset;
    let limit = device.max_binding_bytes();
    let fits = |first_row: usize, count: usize| {
        let (begin, end) = (first_row * n, (first_row + count) * n);
        from.fits_binding(((start + begin) * item) as u64, ((start + end) * item - 1) as u64, limit)
            && to.fits_binding((begin * out_item) as u64, (end * out_item - 1) as u64, limit)
    };
    let mut row = 0;
    while row < rows {
        let mut count = rows - row;
        while count > 1 && !fits(row, count) {
            count = count.div_ceil(2);
        }
        if !fits(row, count) {
            return scan_long_rows(x, &out, op);
        }
        launch(x, &out, row, count, op)?;
        row += count;
    }
    Ok(out)
}

/// Rows that exceed a binding: piece after piece, each continued from the last value of the one before.
fn scan_long_rows(x: &Array, out: &Array, op: Op) -> Result<Array> {
    let n = x.shape()[x.ndim() - 1];
    let dtype = out.dtype();
    let piece = (x.device().max_binding_bytes() as usize / dtype.itemsize().max(x.dtype().itemsize()) / 2).clamp(1, n.div_ceil(2));
    let part = |a: &Array, begin: usize, end: usize| {
        let mut items: SmallVec<[IndexItem; 6]> = SmallVec::from_elem(IndexItem::FULL, a.ndim() - 1);
        items.push(IndexItem::Slice { start: Some(begin as isize), stop: Some(end as isize), step: None });
        a.index(&items)
    };
    let mut carry: Option<Array> = None;
    let mut begin = 0;
    while begin < n {
        let end = (begin + piece).min(n);
        let mut scanned = scan_rows(&part(x, begin, end)?.copy()?, op, dtype)?;
        if let Some(carry) = &carry {
            scanned = crate::elementwise::record(x.device(), op, dtype, &[carry.into(), (&scanned).into()])?;
        }
        part(out, begin, end)?.assign((&scanned).into())?;
        carry = Some(part(&scanned, end - begin - 1, end - begin)?.copy()?);
        begin = end;
    }
    Ok(out.clone())
}

/// Scans `count` rows from `row` on, which fit a binding.
fn launch(x: &Array, out: &Array, row: usize, count: usize, op: Op) -> Result<()> {
    let device = x.device();
    let dtype = out.dtype();
    let n = x.shape()[x.ndim() - 1];
    if is_short(n, x.size() / n) {
        return dispatch(x, row, count, op, Part::ShortRow, out, row * n, None);
    }
    let chunks = n.div_ceil(chunk(x, dtype));
    let totals = if chunks > 1 {
        let _graph = device.graph().lock();
        let storage = device.allocate(count * chunks, dtype)?;
        let totals = Array::from_base(Base::ready(device, dtype, count * chunks, storage), Layout::contiguous(&[count, chunks]));
        dispatch(x, row, count, op, Part::Total, &totals, 0, None)?;
        Some(scan_rows(&totals, op, dtype)?)
    } else {
        None
    };
    dispatch(x, row, count, op, Part::Scan, out, row * n, totals.as_ref())
}

#[allow(clippy::too_many_arguments, reason = "what one launch is made of")]
fn dispatch(x: &Array, row: usize, count: usize, op: Op, part: Part, out: &Array, out_first: usize, totals: Option<&Array>) -> Result<()> {
    let device = x.device();
    let _graph = device.graph().lock();
    let (item, out_item) = (x.dtype().itemsize() as u64, out.dtype().itemsize() as u64);
    let n = x.shape()[x.ndim() - 1];
    let chunks = n.div_ceil(chunk(x, out.dtype()));
    let (from, to) = (x.base().compute()?, out.base().compute()?);
    let scanned = totals.map(|t| t.base().compute()).transpose()?;
    let first = (x.layout().offset + row * n) as u64;
    let elements = (count * n) as u64;
    let read = from.window(first * item, (first + elements) * item - 1)?;
    let out_elements = if part == Part::Total { (count * chunks) as u64 } else { elements };
    let write = to.window(out_first as u64 * out_item, (out_first as u64 + out_elements) * out_item - 1)?;
    // A single chunk has no totals before it, and reads none.
    let before = match &scanned {
        Some(s) => s.window(0, (count * chunks) as u64 * out_item - 1)?.binding,
        None => from.window(first * item, (first + elements) * item - 1)?.binding,
    };
    let units = if part == Part::ShortRow { count } else { count * chunks };
    let params = [
        0,
        n as u32,
        if part == Part::ShortRow { count as u32 } else { chunks as u32 },
        units as u32,
        (first - read.start / item) as u32,
        0,
        (out_first as u64 - write.start / out_item) as u32,
    ];
    let aligned = part != Part::ShortRow && is_aligned(x);
    let rounds = if part == Part::ShortRow { 1 } else { rounds_of(x, out.dtype()) };
    let kernel = ScanKernel { op, from: x.dtype(), dtype: out.dtype(), part, aligned, rounds };
    let native = device.native();
    let bindings = kernel.bindings();
    let compiled = device.gpu().kernel(&kernel.key(), &|| {
        let wgsl = kernel.wgsl(native).map_err(|e| Error::Shader(e.to_string()))?;
        source(device, "scan", wgsl, &bindings)
    })?;
    let groups = grid(if part == Part::ShortRow { count.div_ceil(SHORT_ROWS) } else { units } as u64);
    if part == Part::Scan {
        device.gpu().dispatch(&compiled, &[read.binding, before, write.binding], &params, groups)
    } else {
        device.gpu().dispatch(&compiled, &[read.binding, write.binding], &params, groups)
    }
}
