//! Sorting along an axis, and searching sorted arrays.
//!
//! Every dtype is mapped to unsigned *keys* in the same order (NaN last, the two zeros equal, complex numbers lexicographic) by elementwise
//! operations; the kernels sort keys together with positions, stably ([`anygpu_kernels::sort`]). The elements are then taken at those positions.

use crate::array::Array;
use crate::elementwise::{record, where_};
use crate::indexing::gather;
use crate::launch::grid;
use crate::radix::{self, Wanted};
use crate::ufunc::Ufunc;
use crate::value::Value;
use anygpu_core::{DType, Error, Result, Scalar, normalize_axis};
use anygpu_kernels::expr::Op;
use anygpu_kernels::sort::{BLOCK, MERGED, SortKernel};
use anygpu_runtime::{Access, Binding, Kernel, KernelSource};
use smallvec::SmallVec;

/// Elements of a row that blocks sorted in workgroup memory and merged are the faster way for.
const SHORT: usize = 8 * BLOCK;

impl Array {
    /// The positions along an axis that sort it, as int64. Stable: equal elements stay in their order.
    ///
    /// # Errors
    /// An axis out of range; rows longer than a binding; no memory.
    pub fn argsort(&self, axis: isize) -> Result<Array> {
        let (rows, order) = self.rows(normalize_axis(axis, self.ndim())?)?;
        sorted_positions(&rows)?.transpose(Some(&order))?.contiguous()
    }

    /// The elements sorted along an axis: NaN last, complex numbers by real, then imaginary part.
    ///
    /// # Errors
    /// As [`Array::argsort`].
    pub fn sort(&self, axis: isize) -> Result<Array> {
        let (rows, order) = self.rows(normalize_axis(axis, self.ndim())?)?;
        let sorted = match is_long(&rows).then(|| radix::sort_rows(&rows, Wanted::Elements)).transpose()?.flatten() {
            Some(sorted) => sorted,
            None => take_rows(&rows, &sorted_positions(&rows)?)?,
        };
        sorted.transpose(Some(&order))?.laid_out_as(self.kept_layout(self.shape()))
    }

    /// Where `values` belong in this sorted one-dimensional array: before equal elements (`left`) or behind them. int64.
    ///
    /// # Errors
    /// More than one dimension; complex128; an array longer than a binding.
    pub fn search_sorted(&self, values: &Array, left: bool) -> Result<Array> {
        if self.ndim() != 1 {
            return Err(Error::Value("object too deep for desired array".into()));
        }
        let device = crate::value::common_device("searchsorted", &[self.into(), values.into()])?;
        let dtype = anygpu_core::result_type(&[self.dtype(), values.dtype()], &[]);
        let keys = |x: &Array| -> Result<Array> {
            let mut keys = keys(&x.astype(dtype)?)?;
            match (keys.pop(), keys.is_empty()) {
                (Some(key), true) => key.contiguous(),
                _ => Err(Error::NotImplemented("searchsorted of complex128 is not available in this version".into())),
            }
        };
        let (sorted, wanted) = (keys(self)?, keys(values)?);
        let places = Array::empty(&device, values.shape(), DType::U32)?;
        if values.size() == 0 {
            return places.astype(DType::I64);
        }
        if self.size() == 0 {
            return Array::zeros(&device, values.shape(), DType::I64);
        }
        let item = sorted.dtype().itemsize();
        {
            let _graph = device.graph().lock();
            let kernel = kernel(&sorted, SortKernel::Search { left })?;
            let first = whole(&sorted)?;
            let step = (device.max_binding_bytes() as usize - 4096) / item / 1024 * 1024;
            for start in (0..wanted.size()).step_by(step) {
                let count = step.min(wanted.size() - start);
                let (from, to) = (wanted.base().compute()?, places.base().compute()?);
                let at = wanted.layout().offset + start;
                let read = from.window((at * item) as u64, ((at + count) * item - 1) as u64)?;
                let write = to.window(start as u64 * 4, (start + count) as u64 * 4 - 1)?;
                let params = [
                    0,
                    self.size() as u32,
                    count as u32,
                    0,
                    first.1,
                    (at as u64 - read.start / item as u64) as u32,
                    (start as u64 - write.start / 4) as u32,
                ];
                let base = sorted.base().compute()?;
                let table = base.window(first.0, first.0 + (self.size() * item) as u64 - 1)?;
                device.gpu().dispatch(&kernel, &[table.binding, read.binding, write.binding], &params, grid(count.div_ceil(256) as u64))?;
            }
        }
        places.astype(DType::I64)
    }
}

fn int(value: i128) -> Value<'static> {
    Value::Scalar(Scalar::Int(value))
}

/// Unsigned integers in the order of the elements, the most significant first.
fn keys(x: &Array) -> Result<SmallVec<[Array; 2]>> {
    let one = |key: Array| SmallVec::from_iter([key]);
    Ok(match x.dtype() {
        DType::Bool | DType::U8 | DType::U16 | DType::U32 => one(x.astype(DType::U32)?),
        DType::U64 => one(x.clone()),
        DType::I8 | DType::I16 | DType::I32 => one(Ufunc::BitwiseXor.call(&[(&x.astype(DType::U32)?).into(), int(1 << 31)])?),
        DType::I64 => one(Ufunc::BitwiseXor.call(&[(&x.astype(DType::U64)?).into(), int(1 << 63)])?),
        DType::F16 | DType::F32 | DType::F64 => one(float_key(x)?),
        DType::C64 | DType::C128 => {
            let part = |op| record(x.device(), op, x.dtype(), &[x.into()]);
            let (re, im) = (part(Op::Real)?, part(Op::Imag)?);
            let (re_nan, im_nan) = (Ufunc::IsNan.call(&[(&re).into()])?, Ufunc::IsNan.call(&[(&im).into()])?);
            let (re_key, im_key) = (float_key(&re)?, float_key(&im)?);
            let largest = if x.dtype() == DType::C64 { i128::from(u32::MAX) } else { i128::from(u64::MAX) };
            // Behind the numbers: those whose imaginary part is NaN, those whose real part is, and those of which both are. No
            // number's key is near the largest.
            let choose = |both: Value<'_>, re: Value<'_>, im: Value<'_>, none: Value<'_>| -> Result<Array> {
                let with_re = where_(&im_nan, both, re)?;
                let without = where_(&im_nan, im, none)?;
                where_(&re_nan, (&with_re).into(), (&without).into())
            };
            let typed = |value: i128| Value::Typed(Scalar::Int(value), re_key.dtype());
            let high = choose(typed(largest), typed(largest - 1), typed(largest - 2), (&re_key).into())?;
            let low = choose(typed(largest), (&im_key).into(), (&re_key).into(), (&im_key).into())?;
            if x.dtype() == DType::C128 {
                return Ok(SmallVec::from_iter([high, low]));
            }
            let (high, low) = (high.astype(DType::U64)?, low.astype(DType::U64)?);
            let high = Ufunc::LeftShift.call(&[(&high).into(), int(32)])?;
            one(Ufunc::BitwiseOr.call(&[(&high).into(), (&low).into()])?)
        }
    })
}

/// A float's bits, turned so that they order like the number: zeros equal, NaN last.
fn float_key(x: &Array) -> Result<Array> {
    let x = if x.dtype() == DType::F16 { x.astype(DType::F32)? } else { x.clone() };
    let bits = record(x.device(), Op::Bits, x.dtype(), &[(&x).into()])?;
    let top: i128 = if x.dtype() == DType::F32 { 1 << 31 } else { 1 << 63 };
    let largest = 2 * top - 1;
    let dtype = bits.dtype();
    let typed = |value: i128| Value::Typed(Scalar::Int(value), dtype);
    let negative = Ufunc::GreaterEqual.call(&[(&bits).into(), int(top)])?;
    let below = Ufunc::BitwiseXor.call(&[(&bits).into(), int(largest)])?;
    let above = Ufunc::BitwiseOr.call(&[(&bits).into(), int(top)])?;
    let key = where_(&negative, (&below).into(), (&above).into())?;
    let zero = Ufunc::Equal.call(&[(&x).into(), Value::Scalar(Scalar::Float(0.0))])?;
    let key = where_(&zero, typed(top), (&key).into())?;
    let nan = Ufunc::IsNan.call(&[(&x).into()])?;
    where_(&nan, typed(largest), (&key).into())
}

/// Whether rows are sorted by digits. Shorter ones take fewer launches in workgroup memory, where that is not the memory of the host.
fn is_long(rows: &Array) -> bool {
    rows.size() > 0 && (rows.shape()[rows.ndim() - 1] > SHORT || radix::is_serial(rows.device()))
}

/// The positions within each row that sort it, int64.
fn sorted_positions(rows: &Array) -> Result<Array> {
    let device = rows.device();
    if rows.size() == 0 {
        return Array::empty(device, rows.shape(), DType::I64);
    }
    if is_long(rows)
        && let Some(positions) = radix::sort_rows(rows, Wanted::Positions)?
    {
        return positions.astype(DType::I64);
    }
    let mut keys = keys(rows)?;
    let mut order: Option<Array> = None;
    // From the least significant key to the most: each sort keeps the order of the one before among equals.
    while let Some(key) = keys.pop() {
        let key = match &order {
            None => key.contiguous()?,
            Some(order) => take_rows(&key.contiguous()?, order)?,
        };
        let long = is_long(&key).then(|| radix::sort_rows(&key, Wanted::Positions)).transpose()?.flatten();
        let positions = match long {
            Some(positions) => positions,
            None => sort_keys(&key)?,
        };
        let positions = positions.astype(DType::I64)?;
        order = Some(match &order {
            None => positions,
            Some(before) => take_rows(before, &positions)?,
        });
    }
    order.ok_or_else(|| Error::Runtime("an element without a key".into()))
}

/// `rows[i, positions[i, k]]` for contiguous arrays.
fn take_rows(rows: &Array, positions: &Array) -> Result<Array> {
    if rows.size() == 0 {
        return Array::empty(rows.device(), rows.shape(), rows.dtype());
    }
    let n = rows.shape()[rows.ndim() - 1];
    let flat = positions.reshape(&[-1, n as isize])?;
    let starts = Array::positions(rows.device(), &[rows.size() / n])?;
    let starts = Ufunc::Multiply.call(&[(&starts).into(), int(n as i128)])?;
    let starts = Ufunc::Add.call(&[(&starts).into(), int(rows.layout().offset as i128)])?.expand_dims(&[1])?;
    let at = Ufunc::Add.call(&[(&flat).into(), (&starts).into()])?;
    let shape: SmallVec<[isize; 6]> = rows.shape().iter().map(|n| *n as isize).collect();
    gather(rows.base(), &at)?.reshape(&shape)
}

/// Sorts the last axis of contiguous keys; returns the positions that do, uint32.
fn sort_keys(keys: &Array) -> Result<Array> {
    let device = keys.device();
    let n = keys.shape()[keys.ndim() - 1];
    let rows = keys.size() / n;
    let item = keys.dtype().itemsize();
    let result = Array::empty(device, keys.shape(), DType::U32)?;
    let most = (device.max_binding_bytes() as usize - 4096) / item / n;
    if most == 0 || u32::try_from(n).is_err() {
        return Err(Error::NotImplemented(format!("sorting rows of {n} elements: they exceed one binding of this device")));
    }
    let mut row = 0;
    let flat = keys.reshape(&[rows as isize, n as isize])?;
    let target = result.reshape(&[rows as isize, n as isize])?;
    while row < rows {
        let count = most.min(rows - row);
        let part = |x: &Array| {
            x.index(&[anygpu_core::IndexItem::Slice { start: Some(row as isize), stop: Some((row + count) as isize), step: None }])
        };
        // A part of its own starts at the beginning of a buffer.
        let piece = if count == rows { flat.clone() } else { part(&flat)?.copy()? };
        let positions = sort_piece(&piece)?;
        part(&target)?.assign((&positions).into())?;
        row += count;
    }
    Ok(result)
}

/// Sorts rows that fit a binding.
fn sort_piece(keys: &Array) -> Result<Array> {
    let device = keys.device();
    let (rows, n) = (keys.shape()[0], keys.shape()[1]);
    let shape = [rows, n];
    let fresh =
        || -> Result<(Array, Array)> { Ok((Array::empty(device, &shape, keys.dtype())?, Array::empty(device, &shape, DType::U32)?)) };
    let (mut sorted, mut positions) = fresh()?;
    let blocks = n.div_ceil(BLOCK);
    run(
        SortKernel::Block,
        &[keys, &sorted, &positions],
        |first| vec![0, n as u32, blocks as u32, (rows * blocks) as u32, first[0], first[1], first[2]],
        rows * blocks,
    )?;
    let mut length = BLOCK;
    let groups = n.div_ceil(MERGED);
    while length < n {
        let (next, next_positions) = fresh()?;
        run(
            SortKernel::Merge,
            &[&sorted, &positions, &next, &next_positions],
            |first| vec![0, n as u32, groups as u32, length as u32, first[0], first[1], first[2], first[3], (rows * groups) as u32],
            rows * groups,
        )?;
        (sorted, positions) = (next, next_positions);
        length *= 2;
    }
    Ok(positions)
}

/// First byte of a contiguous array in its storage, aligned down, and the number of its first element from there.
pub(crate) fn whole(x: &Array) -> Result<(u64, u32)> {
    let item = x.dtype().itemsize() as u64;
    let first = x.layout().offset as u64 * item;
    let storage = x.base().compute()?;
    let window = storage.window(first, first + x.nbytes() as u64 - 1)?;
    Ok((first, ((first - window.start) / item) as u32))
}

fn kernel(keys: &Array, kind: SortKernel) -> Result<Kernel> {
    let device = keys.device();
    let wide = keys.dtype() == DType::U64;
    device.gpu().kernel(&kind.key(wide), &|| {
        let wgsl = kind.wgsl(wide).map_err(|e| Error::Shader(e.to_string()))?;
        Ok(KernelSource {
            label: "sort".to_owned(),
            wgsl: device.gpu().library().link(&wgsl).map_err(|e| Error::Shader(e.to_string()))?,
            bindings: kind.written().iter().map(|w| if *w { Access::ReadWrite } else { Access::Read }).collect(),
            trusted: true,
        })
    })
}

/// Dispatches a kernel over whole contiguous arrays; `params` gets the number of each one's first element in its binding.
fn run(kind: SortKernel, arrays: &[&Array], params: impl Fn(&[u32]) -> Vec<u32>, groups: usize) -> Result<()> {
    let device = arrays[0].device();
    let _graph = device.graph().lock();
    let kernel = kernel(arrays[0], kind)?;
    let storages = arrays.iter().map(|a| a.base().compute()).collect::<Result<Vec<_>>>()?;
    let mut first: SmallVec<[u32; 4]> = SmallVec::new();
    let mut buffers: SmallVec<[Binding<'_>; 4]> = SmallVec::new();
    for (a, storage) in arrays.iter().zip(&storages) {
        let (byte, at) = whole(a)?;
        first.push(at);
        buffers.push(storage.window(byte, byte + a.nbytes() as u64 - 1)?.binding);
    }
    device.gpu().dispatch(&kernel, &buffers, &params(&first), grid(groups as u64))
}
