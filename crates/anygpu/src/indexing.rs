//! Indexing with integer arrays and boolean masks, reading and writing.
//!
//! Everything comes down to *positions*: int64 numbers of elements of the base's memory, computed by ordinary elementwise operations from the
//! index arrays. Reading is one kernel that takes the elements at those positions, the computation of the positions fused into it. Writing finds the
//! last writer of each element first ([`anygpu_kernels::indexing`]), so that repeated indices keep the last value, as in NumPy.
//!
//! An index that comes from the host is checked at once. One that lies on the device is checked there, and an `IndexError` is raised at the next
//! synchronisation; until then the position is clamped, so that nothing outside the array is touched.

use crate::array::Array;
use crate::device::Device;
use crate::elementwise::where_;
use crate::graph::Base;
use crate::launch::{self, Source, Target, grid, source};
use crate::reduce::prologue;
use crate::storage::Storage;
use crate::ufunc::Ufunc;
use crate::value::Value;
use anygpu_core::{DType, Dims, Error, IndexItem, Layout, Result, Scalar, Strides, broadcast_shapes, copy_order, numpy_shape};
use anygpu_kernels::indexing::{last_writer_bindings, last_writer_wgsl};
use smallvec::SmallVec;
use std::ops::Range;

/// One entry of an index tuple.
#[derive(Clone, Debug)]
pub enum Index {
    /// An integer, a slice, an ellipsis or a new axis.
    Basic(IndexItem),
    /// Integers, or a boolean mask.
    Array(IndexArray),
}

/// An array used as an index.
#[derive(Clone, Debug)]
pub struct IndexArray {
    /// Integers of any dtype, or bool.
    pub array: Array,
    /// Smallest and largest element where the host knows them: they are checked at once.
    pub range: Option<(i64, i64)>,
}

impl From<IndexItem> for Index {
    fn from(item: IndexItem) -> Index {
        Index::Basic(item)
    }
}

impl From<&Array> for Index {
    fn from(array: &Array) -> Index {
        Index::Array(IndexArray { array: array.clone(), range: None })
    }
}

/// An index with the basic part applied: what is left are integer arrays along some dimensions of a view.
struct Resolved {
    view: Array,
    /// Dimension of the view, and integers for it.
    advanced: Vec<(usize, IndexArray)>,
    /// Broadcast shape of those.
    shape: Dims,
    /// Where those dimensions stand in the result.
    at: usize,
}

fn int(value: i64) -> Value<'static> {
    Value::Scalar(Scalar::Int(i128::from(value)))
}

impl Array {
    /// `self[items]` with integer arrays and masks among the items: a new array (a view where all items are basic).
    ///
    /// # Errors
    /// NumPy's `IndexError`: too many indices, an index out of bounds, arrays that do not broadcast, a mask of another shape.
    pub fn get(&self, items: &[Index]) -> Result<Array> {
        let resolved = resolve(self, items)?;
        if resolved.advanced.is_empty() {
            return Ok(resolved.view);
        }
        let (resolved, back) = resolved.in_memory_order()?;
        gather(resolved.view.base(), &resolved.positions()?)?.transpose(Some(&back))
    }

    /// `self[items] = value`, broadcast and converted. Where positions repeat, the last value stays.
    ///
    /// # Errors
    /// As [`Array::get`]; a value that does not broadcast.
    pub fn set(&self, items: &[Index], value: Value<'_>) -> Result<()> {
        self.check_writeable()?;
        if let Some(done) = self.set_masked(items, value)? {
            return Ok(done);
        }
        let resolved = resolve(self, items)?;
        if resolved.advanced.is_empty() {
            return resolved.view.assign(value);
        }
        let positions = resolved.positions()?;
        let values = as_assigned(self, value, positions.shape())?;
        scatter(self.base(), &positions, &values)
    }

    /// `self[mask] = scalar` is a selection: no positions are needed.
    fn set_masked(&self, items: &[Index], value: Value<'_>) -> Result<Option<()>> {
        let ([Index::Array(IndexArray { array: mask, .. })], true) = (items, is_single(value)) else {
            return Ok(None);
        };
        if mask.dtype() != DType::Bool || mask.ndim() == 0 || mask.ndim() > self.ndim() || mask.shape() != &self.shape()[..mask.ndim()] {
            return Ok(None);
        }
        let extra: Vec<isize> = (mask.ndim() as isize..self.ndim() as isize).collect();
        let mask = mask.expand_dims(&extra)?;
        let value = as_assigned(self, value, &[])?;
        self.assign((&where_(&mask, (&value).into(), self.into())?).into())?;
        Ok(Some(()))
    }

    /// The positions of the nonzero elements in C order, as int64, one array a dimension. Waits for the device to count them.
    pub fn nonzero(&self) -> Result<Vec<Array>> {
        if self.ndim() == 0 {
            return Err(Error::Value("Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead. If the context of this error is of the form `arr[nonzero(cond)]`, just use `arr[cond]`.".into()));
        }
        let flat = flat_nonzero(self)?;
        unravel(&flat, self.shape())
    }

    /// The positions of the nonzero elements in the flattened array, as int64.
    pub fn flat_nonzero(&self) -> Result<Array> {
        flat_nonzero(self)
    }

    /// The elements at `indices` along an axis (of the flattened array for `None`).
    pub fn take(&self, indices: IndexArray, axis: Option<isize>) -> Result<Array> {
        let (x, axis) = match axis {
            None => (self.reshape(&[-1])?, 0),
            Some(axis) => (self.clone(), anygpu_core::normalize_axis(axis, self.ndim())?),
        };
        let mut items: Vec<Index> = vec![IndexItem::FULL.into(); axis];
        items.push(Index::Array(indices));
        let resolved = resolve(&x, &items)?;
        gather(resolved.view.base(), &resolved.positions()?)
    }
}

/// Whether a value is one element.
fn is_single(value: Value<'_>) -> bool {
    match value {
        Value::Array(a) => a.size() == 1 && a.ndim() <= 1,
        _ => true,
    }
}

/// A value as `target[...] = value` converts it, broadcast to a shape.
fn as_assigned(target: &Array, value: Value<'_>, shape: &[usize]) -> Result<Array> {
    let made = Array::empty(target.device(), shape, target.dtype())?;
    made.assign(value)?;
    Ok(made)
}

/// Applies the basic items and turns masks into integers.
fn resolve(x: &Array, items: &[Index]) -> Result<Resolved> {
    let consumed = |item: &Index| match item {
        Index::Basic(IndexItem::Int(_) | IndexItem::Slice { .. }) => 1,
        Index::Basic(_) => 0,
        Index::Array(a) if a.array.dtype() == DType::Bool => a.array.ndim(),
        Index::Array(_) => 1,
    };
    let used: usize = items.iter().map(consumed).sum();
    if used > x.ndim() {
        return Err(Error::Index(format!("too many indices for array: array is {}-dimensional, but {used} were indexed", x.ndim())));
    }
    let any_array = items.iter().any(|i| matches!(i, Index::Array(_)));
    let mut basic: Vec<IndexItem> = Vec::new();
    // Dimension of the view, the index array, and where it stood among the items.
    let mut advanced: Vec<(usize, IndexArray)> = Vec::new();
    let mut places: Vec<usize> = Vec::new();
    let (mut source_dim, mut view_dim) = (0, 0);
    let mut has_ellipsis = false;
    for (place, item) in items.iter().enumerate() {
        match item {
            // Among arrays an integer is one too.
            Index::Basic(IndexItem::Int(i)) if any_array => {
                let n = x.shape()[source_dim];
                if *i < -(n as isize) || *i >= n as isize {
                    return Err(Error::Index(format!("index {i} is out of bounds for axis {source_dim} with size {n}")));
                }
                let number = Array::full(x.device(), &[], Scalar::Int(*i as i128), DType::I64)?;
                advanced.push((view_dim, IndexArray { array: number, range: Some((*i as i64, *i as i64)) }));
                places.push(place);
                basic.push(IndexItem::FULL);
                source_dim += 1;
                view_dim += 1;
            }
            Index::Basic(IndexItem::Ellipsis) => {
                if has_ellipsis {
                    return Err(Error::Index("an index can only have a single ellipsis ('...')".into()));
                }
                has_ellipsis = true;
                let whole = x.ndim() - used;
                basic.extend(std::iter::repeat_n(IndexItem::FULL, whole));
                source_dim += whole;
                view_dim += whole;
            }
            Index::Basic(item) => {
                basic.push(*item);
                source_dim += consumed(&Index::Basic(*item));
                view_dim += usize::from(!matches!(item, IndexItem::Int(_)));
            }
            Index::Array(index) if index.array.dtype() == DType::Bool => {
                let mask = &index.array;
                let k = mask.ndim();
                for (d, n) in mask.shape().iter().enumerate() {
                    // A dimension of length 0 chooses nothing of any length, as in NumPy.
                    if *n != 0 && *n != x.shape()[source_dim + d] {
                        return Err(Error::Index(format!(
                            "boolean index did not match indexed array along axis {}; size of axis is {} but size of corresponding boolean axis is {n}",
                            source_dim + d,
                            x.shape()[source_dim + d]
                        )));
                    }
                }
                if k == 0 {
                    // A mask without dimensions chooses all or nothing along a new axis.
                    let count = usize::from(mask.item_bool()?);
                    let zeros = Array::zeros(x.device(), &[count], DType::I64)?;
                    advanced.push((view_dim, IndexArray { array: zeros, range: Some((0, 0)) }));
                    places.push(place);
                    basic.push(IndexItem::NewAxis);
                    view_dim += 1;
                    continue;
                }
                let flat = flat_nonzero(mask)?;
                for (d, indices) in unravel(&flat, mask.shape())?.into_iter().enumerate() {
                    // In bounds by construction.
                    advanced.push((view_dim + d, IndexArray { array: indices, range: Some((0, 0)) }));
                    places.push(place);
                    basic.push(IndexItem::FULL);
                }
                source_dim += k;
                view_dim += k;
            }
            Index::Array(index) => {
                if !index.array.dtype().is_integer() {
                    return Err(Error::Index("arrays used as indices must be of integer (or boolean) type".into()));
                }
                advanced.push((view_dim, index.clone()));
                places.push(place);
                basic.push(IndexItem::FULL);
                source_dim += 1;
                view_dim += 1;
            }
        }
    }
    let view = x.index(&basic)?;
    if advanced.is_empty() {
        return Ok(Resolved { view, advanced, shape: Dims::new(), at: 0 });
    }
    let shapes: Vec<&[usize]> = advanced.iter().map(|(_, a)| a.array.shape()).collect();
    let shape = broadcast_shapes(&shapes).map_err(|_| {
        let list: Vec<String> = shapes.iter().map(|s| numpy_shape(s)).collect();
        Error::Index(format!("shape mismatch: indexing arrays could not be broadcast together with shapes {}", list.join(" ")))
    })?;
    // Side by side they stay in their place; with anything between them their dimensions come first.
    let together = places.windows(2).all(|w| w[1] - w[0] <= 1);
    let at = if together { advanced[0].0 } else { 0 };
    Ok(Resolved { view, advanced, shape, at })
}

impl Resolved {
    /// With the dimensions behind those of the arrays in the order that they have in memory, if no others stand before them; and the order of the
    /// result's dimensions that undoes this.
    fn in_memory_order(self) -> Result<(Resolved, SmallVec<[isize; 6]>)> {
        let layout = self.view.layout();
        let kept: Dims = (0..layout.ndim()).filter(|d| self.advanced.iter().all(|(a, _)| a != d)).collect();
        let strides: Strides = kept.iter().map(|d| layout.strides[*d]).collect();
        let order = copy_order(&strides);
        let mut back: SmallVec<[isize; 6]> = (0..(self.shape.len() + kept.len()) as isize).collect();
        if self.at > 0 || order.is_sorted() {
            return Ok((self, back));
        }
        let mut axes: SmallVec<[isize; 6]> = (0..layout.ndim() as isize).collect();
        for (k, d) in order.iter().enumerate() {
            axes[kept[k]] = kept[*d] as isize;
            back[self.shape.len() + d] = (self.shape.len() + k) as isize;
        }
        let view = self.view.transpose(Some(&axes))?;
        Ok((Resolved { view, ..self }, back))
    }

    /// The number of each element in the base's memory, in the shape of the result.
    fn positions(&self) -> Result<Array> {
        let layout = self.view.layout();
        let device = self.view.device();
        let kept: Vec<usize> = (0..layout.ndim()).filter(|d| self.advanced.iter().all(|(a, _)| a != d)).collect();
        // In front of the arrays' dimensions: as many kept ones as stand before them in the view.
        let front = kept.iter().filter(|d| **d < self.at).count();
        let rank = kept.len() + self.shape.len();
        let result: Dims = kept[..front]
            .iter()
            .map(|d| layout.shape[*d])
            .chain(self.shape.iter().copied())
            .chain(kept[front..].iter().map(|d| layout.shape[*d]))
            .collect();
        let empty = result.contains(&0);
        let mut total: Option<Array> = None;
        let mut add = |term: Array| -> Result<()> {
            total = Some(match &total {
                None => term,
                Some(sum) => Ufunc::Add.call(&[sum.into(), (&term).into()])?,
            });
            Ok(())
        };
        for (d, index) in &self.advanced {
            let (n, stride) = (layout.shape[*d], layout.strides[*d]);
            let within = in_bounds(device, index, n, *d, self.shape.contains(&0))?;
            if empty {
                continue;
            }
            let scaled = Ufunc::Multiply.call(&[(&within).into(), int(stride as i64)])?;
            // Aligned to the last of the arrays' dimensions, with the kept ones behind it.
            let behind = kept.len() - front;
            let axes: Vec<isize> = (0..behind as isize).map(|k| scaled.ndim() as isize + k).collect();
            add(scaled.expand_dims(&axes)?)?;
        }
        if empty {
            return Array::empty(device, &result, DType::I64);
        }
        // Kept dimensions that lie in memory one after the other are one.
        let groups = [&kept[..front], &kept[front..]];
        for (g, dims) in groups.into_iter().enumerate() {
            for d in dims {
                let (n, stride) = (layout.shape[*d], layout.strides[*d]);
                if n == 1 || stride == 0 {
                    continue;
                }
                let along = Ufunc::Multiply.call(&[(&Array::positions(device, &[n])?).into(), int(stride as i64)])?;
                let place = kept.iter().position(|k| k == d).unwrap_or(0) + if g == 1 { self.shape.len() } else { 0 };
                let mut shape: Dims = SmallVec::from_elem(1, rank);
                shape[place] = n;
                let shape: SmallVec<[isize; 6]> = shape.iter().map(|n| *n as isize).collect();
                add(along.reshape(&shape)?)?;
            }
        }
        let sum = match total {
            Some(sum) => Ufunc::Add.call(&[(&sum).into(), int(layout.offset as i64)])?,
            None => Array::full(device, &[], Scalar::Int(layout.offset as i128), DType::I64)?,
        };
        sum.broadcast_to(&result)
    }
}

/// Indices of an axis as int64 in `[0, n)`: negative ones count from the end, and those outside are reported.
fn in_bounds(device: &Device, index: &IndexArray, n: usize, axis: usize, nothing: bool) -> Result<Array> {
    let size = n as i64;
    let indices = &index.array;
    if indices.size() == 0 || nothing {
        return indices.astype(DType::I64);
    }
    let out = |i: i64| Error::Index(format!("index {i} is out of bounds for axis {axis} with size {n}"));
    match index.range {
        Some((_, high)) if high >= size => return Err(out(high)),
        Some((low, _)) if low < -size => return Err(out(low)),
        _ if n == 0 => return Err(out(0)),
        _ => {}
    }
    let i = if indices.dtype() == DType::I64 { indices.clone() } else { indices.astype(DType::I64)? };
    if let Some((low, _)) = index.range {
        return if low < 0 { wrap_negative(&i, size) } else { Ok(i) };
    }
    if indices.dtype().is_signed_integer() || indices.dtype() == DType::U64 || (1u64 << (8 * indices.dtype().itemsize())) > n as u64 {
        let below = Ufunc::Less.call(&[(&i).into(), int(-size)])?;
        let above = Ufunc::GreaterEqual.call(&[(&i).into(), int(size)])?;
        let outside = Ufunc::LogicalOr.call(&[(&below).into(), (&above).into()])?.any(None, false)?;
        device.add_check(outside, Error::Index(format!("an index is out of bounds for axis {axis} with size {n}")));
    }
    let wrapped = wrap_negative(&i, size)?;
    let low = Ufunc::Maximum.call(&[(&wrapped).into(), int(0)])?;
    Ufunc::Minimum.call(&[(&low).into(), int(size - 1)])
}

fn wrap_negative(i: &Array, size: i64) -> Result<Array> {
    let negative = Ufunc::Less.call(&[i.into(), int(0)])?;
    let from_end = Ufunc::Add.call(&[i.into(), int(size)])?;
    where_(&negative, (&from_end).into(), i.into())
}

/// Coordinates of flat positions in a shape.
fn unravel(flat: &Array, shape: &[usize]) -> Result<Vec<Array>> {
    let mut rest = flat.clone();
    let mut coordinates = Vec::with_capacity(shape.len());
    for (d, n) in shape.iter().enumerate().rev() {
        if d == 0 {
            coordinates.push(rest.clone());
            break;
        }
        let n = int((*n).max(1) as i64);
        coordinates.push(Ufunc::Remainder.call(&[(&rest).into(), n])?);
        rest = Ufunc::FloorDivide.call(&[(&rest).into(), n])?;
    }
    coordinates.reverse();
    Ok(coordinates)
}

fn flat_nonzero(x: &Array) -> Result<Array> {
    let device = x.device();
    if u32::try_from(x.size()).is_err() {
        return Err(Error::NotImplemented(format!("nonzero of {} elements: more than 2**32 - 1 in one array", x.size())));
    }
    if x.size() == 0 {
        return Array::empty(device, &[0], DType::I64);
    }
    let mask = if x.dtype() == DType::Bool { x.clone() } else { x.astype(DType::Bool)? };
    let mask = mask.reshape(&[-1])?;
    let ranks = mask.astype(DType::U32)?.accumulate(Ufunc::Add, 0, DType::U32)?;
    let last = ranks.index(&[IndexItem::Int(-1)])?;
    let count = match last.item()? {
        Scalar::Int(n) => n as usize,
        _ => 0,
    };
    let before = Ufunc::Subtract.call(&[(&ranks.astype(DType::I64)?).into(), int(1)])?;
    let targets = where_(&mask, (&before).into(), int(-1))?;
    let writers = last_writers(&targets, count)?;
    Ufunc::Subtract.call(&[(&writers.astype(DType::I64)?).into(), int(1)])
}

/// For each of `len` elements one more than the number of the last of `positions` that names it, 0 where none does; uint32.
fn last_writers(positions: &Array, len: usize) -> Result<Array> {
    let device = positions.device().clone();
    let positions = positions.contiguous()?;
    if u32::try_from(positions.size()).is_err() {
        return Err(Error::NotImplemented(format!("an assignment through {} indices: more than 2**32 - 1", positions.size())));
    }
    let writers = Array::zeros(&device, &[len], DType::U32)?;
    if len == 0 || positions.size() == 0 {
        return Ok(writers);
    }
    let _graph = device.graph().lock();
    let (from, to) = (positions.base().compute()?, writers.base().compute()?);
    let bindings = last_writer_bindings();
    let native = device.native();
    let kernel = device.gpu().kernel(b"last_writer", &|| {
        let wgsl = last_writer_wgsl(native).map_err(|e| Error::Shader(e.to_string()))?;
        source(&device, "last_writer", wgsl, &bindings)
    })?;
    let start = positions.layout().offset;
    for read in windows(&device, &from, 8, start..start + positions.size()) {
        let reads = from.window(read.start as u64 * 8, read.end as u64 * 8 - 1)?;
        for written in windows(&device, &to, 4, 0..len) {
            let writes = to.window(written.start as u64 * 4, written.end as u64 * 4 - 1)?;
            // The binding may start before the window.
            let first = writes.start / 4;
            let params = [
                0,
                read.len() as u32,
                (read.start - start) as u32,
                first as u32,
                (first >> 32) as u32,
                (written.end as u64 - first) as u32,
                (read.start as u64 - reads.start / 8) as u32,
            ];
            device.gpu().dispatch(&kernel, &[reads.binding, writes.binding], &params, grid((read.len() as u64).div_ceil(256)))?;
        }
    }
    Ok(writers)
}

/// Cuts a range of elements of a storage into pieces that a binding covers.
fn windows(device: &Device, storage: &Storage, item: usize, range: Range<usize>) -> Vec<Range<usize>> {
    let most = ((device.max_binding_bytes() as usize - 4096) / item / 1024 * 1024).max(1024);
    let mut pieces = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let segment_end = storage.segment_end((start * item) as u64) / item as u64;
        let end = range.end.min(start + most).min(usize::try_from(segment_end).unwrap_or(usize::MAX));
        pieces.push(start..end);
        start = end;
    }
    pieces
}

/// The elements of a base at positions that lie within it, in the positions' shape.
pub(crate) fn gather(base: &std::sync::Arc<Base>, positions: &Array) -> Result<Array> {
    let device = positions.device();
    let (shape, dtype) = (positions.shape().to_vec(), base.dtype);
    if positions.size() == 0 {
        return Array::empty(device, &shape, dtype);
    }
    let storage = {
        let _graph = device.graph().lock();
        base.compute()?
    };
    let pieces = windows(device, &storage, dtype.itemsize(), 0..base.len);
    let mut result: Option<Array> = None;
    for piece in pieces {
        let (low, high) = (piece.start as i64, piece.end as i64 - 1);
        let whole = low == 0 && piece.end == base.len;
        let local = if whole {
            positions.clone()
        } else {
            let clamped = Ufunc::Minimum.call(&[(&Ufunc::Maximum.call(&[positions.into(), int(low)])?).into(), int(high)])?;
            Ufunc::Subtract.call(&[(&clamped).into(), int(low)])?
        };
        let part = take_from(&storage, dtype, piece, &local)?;
        result = Some(match result {
            None => part,
            Some(before) => {
                let here = Ufunc::GreaterEqual.call(&[positions.into(), int(low)])?;
                where_(&here, (&part).into(), (&before).into())?
            }
        });
    }
    result.ok_or_else(|| Error::Index("an index into an array without elements".into()))
}

/// The elements of one window of memory; positions count from its start.
fn take_from(storage: &Storage, dtype: DType, piece: Range<usize>, positions: &Array) -> Result<Array> {
    let device = positions.device();
    let result = Array::empty(device, positions.shape(), dtype)?;
    let _graph = device.graph().lock();
    let mut fused = prologue(positions, DType::I64)?;
    let position = fused.expr.results.pop().ok_or_else(|| Error::Runtime("positions without a value".into()))?;
    let table = fused.expr.table(dtype);
    let element = fused.expr.take(table, position);
    fused.expr.results.push(element);
    let mut sources: SmallVec<[Source; 8]> = SmallVec::new();
    for leaf in &fused.leaves {
        sources.push(Source::new(leaf.base.compute()?, leaf.base.dtype, leaf.layout.clone()));
    }
    sources.push(Source::table(storage.clone(), dtype, piece, positions.shape()));
    let target = Target { storage: result.base().compute()?, dtype, layout: Layout::contiguous(positions.shape()), dense: true };
    launch::map(device, &fused.expr, &sources, &fused.scalars, &[target])?;
    drop(_graph);
    Ok(result)
}

/// Writes values (of the base's dtype, in the positions' shape) to positions of a base; the last one stays.
fn scatter(base: &std::sync::Arc<Base>, positions: &Array, values: &Array) -> Result<()> {
    if positions.size() == 0 {
        return Ok(());
    }
    let whole = Array::from_base(base.clone(), Layout::contiguous(&[base.len]));
    let writers = last_writers(positions, base.len)?;
    let values = values.contiguous()?;
    let flat = values.reshape(&[-1])?;
    let number = Ufunc::Subtract.call(&[(&writers.astype(DType::I64)?).into(), int(1)])?;
    let number = Ufunc::Maximum.call(&[(&number).into(), int(0)])?;
    let number = Ufunc::Add.call(&[(&number).into(), int(flat.layout().offset as i64)])?;
    let written = gather(flat.base(), &number)?;
    let named = Ufunc::NotEqual.call(&[(&writers).into(), int(0)])?;
    whole.assign((&where_(&named, (&written).into(), (&whole).into())?).into())
}
