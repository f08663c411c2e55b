//! Matrix products in NumPy's shapes: choosing the kernel, preparing operands, cutting what does not fit.

use crate::array::Array;
use crate::device::Device;
use crate::graph::Base;
use crate::launch::source;
use crate::value::common_device;
use anygpu_core::{DType, Error, IndexItem, Layout, Result, broadcast_shapes, python_tuple, result_type};
use anygpu_kernels::matmul::{MatmulKernel, TILE_F32_SIDE, TILED_SIDE, Variant};
use anygpu_runtime::DeviceType;
use smallvec::SmallVec;

/// Workgroups along each dimension of the grid at most (WebGPU's default limit).
const MAX_GRID: usize = 65_535;

impl Array {
    /// Matrix product as `numpy.matmul`: of vectors, matrices, and stacks of matrices broadcast against each other.
    ///
    /// # Errors
    /// A zero-dimensional operand, inner dimensions that differ, stacks that do not broadcast.
    pub fn matmul(&self, other: &Array) -> Result<Array> {
        let dtype = result_type(&[self.dtype(), other.dtype()], &[]);
        if self.ndim() == 0 || other.ndim() == 0 {
            let k = if self.ndim() == 0 { 0 } else { 1 };
            return Err(Error::Value(format!(
                "matmul: Input operand {k} does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)"
            )));
        }
        let a = if self.ndim() == 1 { self.expand_dims(&[0])? } else { self.clone() };
        let b = if other.ndim() == 1 { other.expand_dims(&[1])? } else { other.clone() };
        let (ka, kb) = (a.shape()[a.ndim() - 1], b.shape()[b.ndim() - 2]);
        if ka != kb {
            return Err(Error::Value(format!(
                "matmul: shapes {} and {} do not align: {ka} (axis {}) != {kb} (axis {})",
                python_tuple(self.shape()),
                python_tuple(other.shape()),
                self.ndim() - 1,
                other.ndim().saturating_sub(2),
            )));
        }
        let device = common_device("matmul", &[self.into(), other.into()])?;
        if self.ndim() == 1 && other.ndim() == 1 {
            return inner(self, other, dtype);
        }
        let result = product(&device, &a, &b, dtype)?;
        let mut gone: SmallVec<[isize; 2]> = SmallVec::new();
        if other.ndim() == 1 {
            gone.push(-1);
        }
        if self.ndim() == 1 {
            gone.push(-2);
        }
        if gone.is_empty() { Ok(result) } else { result.squeeze(Some(&gone)) }
    }

    /// `numpy.dot`: the product of scalars, inner product of vectors, [`Array::matmul`] of matrices; for more dimensions the sum over the last axis of
    /// this array and the second-to-last of the other.
    pub fn dot(&self, other: &Array) -> Result<Array> {
        if self.ndim() == 0 || other.ndim() == 0 {
            return crate::Ufunc::Multiply.call(&[self.into(), other.into()]);
        }
        if self.ndim() <= 2 && other.ndim() <= 2 {
            return self.matmul(other).map_err(|e| match e {
                Error::Value(m) => Error::Value(m.replacen("matmul", "dot", 1)),
                e => e,
            });
        }
        let k_axis = other.ndim().saturating_sub(2);
        let (ka, kb) = (self.shape()[self.ndim() - 1], other.shape()[k_axis]);
        if ka != kb {
            return Err(Error::Value(format!(
                "dot: shapes {} and {} do not align: {ka} (axis {}) != {kb} (axis {k_axis})",
                python_tuple(self.shape()),
                python_tuple(other.shape()),
                self.ndim() - 1
            )));
        }
        // Rows of everything but the summed axes: two matrices, one product.
        let mut order: Vec<isize> = (0..other.ndim() as isize).filter(|d| *d as usize != k_axis).collect();
        order.insert(0, k_axis as isize);
        let rows: usize = self.shape()[..self.ndim() - 1].iter().product();
        let columns: usize = other.shape().iter().enumerate().filter(|(d, _)| *d != k_axis).map(|(_, n)| n).product();
        let a = self.reshape(&[rows as isize, ka as isize])?;
        let b = other.transpose(Some(&order))?.reshape(&[kb as isize, columns as isize])?;
        let mut shape: Vec<isize> = self.shape()[..self.ndim() - 1].iter().map(|n| *n as isize).collect();
        shape.extend(other.shape().iter().enumerate().filter(|(d, _)| *d != k_axis).map(|(_, n)| *n as isize));
        a.matmul(&b)?.reshape(&shape)
    }
}

/// The sum of the products of two vectors: a reduction, which uses the whole device where a matrix product would use one workgroup.
fn inner(a: &Array, b: &Array, dtype: DType) -> Result<Array> {
    let multiply = |a: &Array, b: &Array| crate::Ufunc::Multiply.call(&[a.into(), b.into()]);
    match dtype {
        DType::Bool => multiply(a, b)?.any(None, false),
        // Summed in float32 and rounded once, as NumPy's loop does.
        DType::F16 => multiply(&a.astype(DType::F32)?, &b.astype(DType::F32)?)?.sum_as(None, false, DType::F32)?.astype(dtype),
        _ => multiply(a, b)?.sum_as(None, false, dtype),
    }
}

/// C = A B for stacks of matrices.
fn product(device: &Device, a: &Array, b: &Array, dtype: DType) -> Result<Array> {
    let (m, k) = (a.shape()[a.ndim() - 2], a.shape()[a.ndim() - 1]);
    let n = b.shape()[b.ndim() - 1];
    let stack = broadcast_shapes(&[&a.shape()[..a.ndim() - 2], &b.shape()[..b.ndim() - 2]]).map_err(|_| {
        Error::Value(format!(
            "matmul: the leading dimensions of shapes {} and {} do not broadcast",
            python_tuple(a.shape()),
            python_tuple(b.shape())
        ))
    })?;
    let full = |rows: usize, columns: usize| stack.iter().copied().chain([rows, columns]).collect::<SmallVec<[usize; 6]>>();
    let shape = full(m, n);
    Layout::contiguous_checked(&shape, dtype.itemsize())?;
    if shape.contains(&0) || k == 0 {
        return Array::zeros(device, &shape, dtype);
    }
    if k > MOST_INNER {
        return summed_products(device, a, b, dtype);
    }
    let convert = |x: &Array| {
        if x.dtype() == dtype { Ok(x.clone()) } else { x.astype(dtype) }
    };
    let (a, b) = (convert(a)?.broadcast_to(&full(m, k))?, convert(b)?.broadcast_to(&full(k, n))?);
    let result = Array::empty(device, &shape, dtype)?;
    multiply_stacks(&a, &b, &result)?;
    Ok(result)
}

/// Products that one launch adds up for a result at most. Mesa's software driver ends loops after 65,535 iterations in all of an invocation, without a word; in
/// parts the sums have smaller errors, too.
const MOST_INNER: usize = 1 << 15;

/// A product in parts of the inner dimension, in order; the same parts on every device.
fn summed_products(device: &Device, a: &Array, b: &Array, dtype: DType) -> Result<Array> {
    let k = a.shape()[a.ndim() - 1];
    // Added in float32 and rounded once.
    let within = if dtype == DType::F16 { DType::F32 } else { dtype };
    let part = |x: &Array, axis: usize, start: usize| {
        let mut items = vec![IndexItem::Slice { start: None, stop: None, step: None }; x.ndim()];
        items[axis] = IndexItem::Slice { start: Some(start as isize), stop: Some((start + MOST_INNER).min(k) as isize), step: None };
        x.index(&items)
    };
    let mut total = product(device, &part(a, a.ndim() - 1, 0)?, &part(b, b.ndim() - 2, 0)?, within)?;
    for start in (MOST_INNER..k).step_by(MOST_INNER) {
        let next = product(device, &part(a, a.ndim() - 1, start)?, &part(b, b.ndim() - 2, start)?, within)?;
        total = crate::Ufunc::Add.call(&[(&total).into(), (&next).into()])?;
    }
    total.astype(dtype)
}

/// Walks the leading dimensions until at most one is left, which becomes the grid's third dimension.
fn multiply_stacks(a: &Array, b: &Array, c: &Array) -> Result<()> {
    if a.ndim() > 3 {
        // Leading dimensions merge where both operands' strides allow it.
        let merged = |x: &Array| {
            let mut shape: SmallVec<[isize; 6]> = x.shape().iter().map(|n| *n as isize).collect();
            let first = shape.remove(0);
            shape[0] *= first;
            x.layout().reshape(&shape).map(|l| l.map(|l| x.with_layout(l)))
        };
        if let (Some(a), Some(b), Some(c)) = (merged(a)?, merged(b)?, merged(c)?) {
            return multiply_stacks(&a, &b, &c);
        }
        for i in 0..a.shape()[0] {
            let at = [IndexItem::Int(i as isize)];
            multiply_stacks(&a.index(&at)?, &b.index(&at)?, &c.index(&at)?)?;
        }
        return Ok(());
    }
    let three = |x: &Array| {
        if x.ndim() == 2 { x.expand_dims(&[0]) } else { Ok(x.clone()) }
    };
    multiply(&three(a)?, &three(b)?, &three(c)?)
}

/// Rows or columns of one launch at most, whatever the tile (16 on a side at least): WebGPU's 65,535 workgroups in a dimension.
const MOST_ROWS: usize = 65_535 * 16;

/// C = A B for (batch, rows, columns) arrays, C row-major; cuts the product where an operand does not fit a binding.
fn multiply(a: &Array, b: &Array, c: &Array) -> Result<()> {
    let device = c.device();
    let (batch, m, k, n) = (c.shape()[0], c.shape()[1], a.shape()[2], c.shape()[2]);
    let limit = device.max_binding_bytes();
    let fits = |x: &Array| -> Result<bool> {
        let storage = x.base().compute()?;
        let item = x.dtype().itemsize() as u64;
        Ok(x.layout().extent().is_none_or(|(first, last)| storage.fits_binding(first as u64 * item, last as u64 * item + item - 1, limit)))
    };
    let slice = |axis: usize, start: usize, stop: usize| {
        let all = IndexItem::Slice { start: None, stop: None, step: None };
        let mut items = vec![all; axis];
        items.push(IndexItem::Slice { start: Some(start as isize), stop: Some(stop as isize), step: None });
        items
    };
    // A launch has as many rows and columns of tiles as a dimension of its grid.
    let (tall, wide) = (m > MOST_ROWS, n > MOST_ROWS);
    let (a_fits, b_fits, c_fits) = (fits(a)?, fits(b)? && !wide, fits(c)? && !tall);
    if !(a_fits && b_fits && c_fits) {
        if batch > 1 {
            let half = batch / 2;
            let part = |x: &Array, lo: usize, hi: usize| x.index(&slice(0, lo, hi));
            multiply(&part(a, 0, half)?, &part(b, 0, half)?, &part(c, 0, half)?)?;
            return multiply(&part(a, half, batch)?, &part(b, half, batch)?, &part(c, half, batch)?);
        }
        if !(a_fits && c_fits) && m > 1 {
            let half = (m / 2).next_multiple_of(128).min(m - 1);
            let part = |x: &Array, lo: usize, hi: usize| x.index(&slice(1, lo, hi));
            multiply(&part(a, 0, half)?, b, &part(c, 0, half)?)?;
            return multiply(&part(a, half, m)?, b, &part(c, half, m)?);
        }
        if n > 1 {
            // Columns of a row-major C are not contiguous: multiply into parts of their own, then copy.
            let half = (n / 2).next_multiple_of(128).min(n - 1);
            for (lo, hi) in [(0, half), (half, n)] {
                let columns = b.index(&slice(2, lo, hi))?.copy()?;
                let part = Array::empty(device, &[1, m, hi - lo], c.dtype())?;
                multiply(a, &columns, &part)?;
                c.index(&slice(2, lo, hi))?.assign((&part).into())?;
            }
            return Ok(());
        }
        // One column whose inner dimension alone does not fit: add the products of its halves.
        let half = k / 2;
        let left = Array::empty(device, &[1, m, 1], c.dtype())?;
        let right = Array::empty(device, &[1, m, 1], c.dtype())?;
        multiply(&a.index(&slice(2, 0, half))?.copy()?, &b.index(&slice(1, 0, half))?.copy()?, &left)?;
        multiply(&a.index(&slice(2, half, k))?.copy()?, &b.index(&slice(1, half, k))?.copy()?, &right)?;
        return c.assign((&crate::Ufunc::Add.call(&[(&left).into(), (&right).into()])?).into());
    }
    let cpu = device.info().device_type == DeviceType::Cpu;
    let large = c.dtype() == DType::F32 && m >= 64 && n >= 64 && k >= 32 && !cpu;
    if large {
        let (a, b) = (aligned(a)?, aligned(b)?);
        return launch(device, Variant::TileF32, &a, &b, c, k);
    }
    let k_fast = |along: isize, across: isize| along.unsigned_abs() < across.unsigned_abs();
    let variant = if cpu {
        Variant::Direct
    } else {
        Variant::Tiled {
            a_k_fast: k_fast(a.layout().strides[2], a.layout().strides[1]),
            b_k_fast: k_fast(b.layout().strides[1], b.layout().strides[2]),
        }
    };
    launch(device, variant, a, b, c, k)
}

/// The matrices with their rows contiguous and starting at multiples of four elements, zeros behind them: a view where they already are.
fn aligned(x: &Array) -> Result<Array> {
    let l = x.layout();
    let (batch, rows, columns) = (x.shape()[0], x.shape()[1], x.shape()[2]);
    let whole = |s: isize| s % 4 == 0;
    if l.strides[2] == 1 && columns % 4 == 0 && whole(l.strides[1]) && (whole(l.strides[0]) || batch == 1) && l.offset.is_multiple_of(4) {
        return Ok(x.clone());
    }
    let padded = columns.next_multiple_of(4);
    let copy = if padded == columns {
        Array::empty(x.device(), &[batch, rows, padded], x.dtype())?
    } else {
        Array::zeros(x.device(), &[batch, rows, padded], x.dtype())?
    };
    let all = IndexItem::Slice { start: None, stop: None, step: None };
    let view = copy.index(&[all, all, IndexItem::Slice { start: None, stop: Some(columns as isize), step: None }])?;
    view.assign(x.into())?;
    Ok(view)
}

fn launch(device: &Device, variant: Variant, a: &Array, b: &Array, c: &Array, k: usize) -> Result<()> {
    let (batch, m, n) = (c.shape()[0], c.shape()[1], c.shape()[2]);
    let kernel = MatmulKernel { variant, dtype: c.dtype() };
    let specs = kernel.bindings();
    let gpu = device.gpu();
    let native = device.native();
    let compiled = gpu.kernel(&kernel.key(), &|| {
        let wgsl = kernel.wgsl(native).map_err(|e| Error::Shader(e.to_string()))?;
        source(device, "matmul", wgsl, &specs)
    })?;
    let side = match variant {
        Variant::TileF32 => TILE_F32_SIDE,
        Variant::Tiled { .. } => TILED_SIDE,
        Variant::Direct => TILED_SIDE,
    } as usize;
    let rows = if variant == Variant::Direct { 16 } else { side };
    let bases: SmallVec<[std::sync::Arc<Base>; 3]> = [a, b, c].iter().map(|x| x.base().clone()).collect();
    let storages = bases.iter().map(|base| base.compute()).collect::<Result<SmallVec<[_; 3]>>>()?;
    let mut buffers = SmallVec::<[_; 3]>::new();
    let mut base_elements = SmallVec::<[u32; 3]>::new();
    for (x, storage) in [a, b, c].iter().zip(&storages) {
        let item = x.dtype().itemsize() as u64;
        let (first, last) = x.layout().extent().unwrap_or((0, 0));
        let window = storage.window(first as u64 * item, last as u64 * item + item - 1)?;
        base_elements.push((x.layout().offset as u64 - window.start / item) as u32);
        buffers.push(window.binding);
    }
    let stride = |x: &Array, d: usize| x.layout().strides[d] as u32;
    for first in (0..batch).step_by(MAX_GRID) {
        let params = [
            0,
            m as u32,
            n as u32,
            k as u32, //
            first as u32,
            base_elements[0],
            base_elements[1],
            base_elements[2], //
            stride(a, 1),
            stride(a, 2),
            stride(b, 1),
            stride(b, 2), //
            stride(a, 0),
            stride(b, 0),
            stride(c, 0),
        ];
        let grid = [n.div_ceil(side) as u32, m.div_ceil(rows) as u32, (batch - first).min(MAX_GRID) as u32];
        if grid[0] as usize > MAX_GRID || grid[1] as usize > MAX_GRID {
            return Err(Error::NotImplemented(format!(
                "matmul of more than {} rows or columns at once; multiply parts of it",
                MAX_GRID * rows
            )));
        }
        gpu.dispatch(&compiled, &buffers, &params, grid)?;
    }
    Ok(())
}
