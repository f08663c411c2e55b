//! Stacks of matrices, their parts, and kernels on them. Every stack here has three dimensions: matrices, rows, columns.

use crate::array::Array;
use crate::elementwise::where_;
use crate::launch::{grid, source};
use crate::ufunc::Ufunc;
use crate::value::Value;
use anygpu_core::{DType, Error, IndexItem, Result, Scalar};
use anygpu_kernels::linalg::{LinalgKernel, side};
use smallvec::SmallVec;
use std::ops::Range;

/// A copy to work in: contiguous, its leading dimensions made one.
pub(super) fn working_copy(name: &str, a: &Array) -> Result<Array> {
    check(name, a)?;
    let [.., rows, columns] = a.shape() else {
        return Err(Error::Value(format!("{name}: a matrix or a stack of matrices is needed")));
    };
    let count: usize = a.shape()[..a.ndim() - 2].iter().product();
    let copy = a.copy()?.reshape(&[count as isize, *rows as isize, *columns as isize])?;
    if copy.size() > 0 && !fits(&copy)? {
        return Err(Error::NotImplemented(format!(
            "{name}: matrices of {} bytes exceed what a kernel of this device can bind",
            copy.nbytes()
        )));
    }
    Ok(copy)
}

/// Refuses dtypes that no linear algebra is done in.
pub(super) fn check(name: &str, a: &Array) -> Result<()> {
    match a.dtype() {
        DType::F32 | DType::F64 | DType::C64 | DType::C128 => Ok(()),
        dtype => Err(Error::Type(format!("{name}: array type {dtype} is unsupported in linalg"))),
    }
}

fn fits(a: &Array) -> Result<bool> {
    let storage = a.base().compute()?;
    Ok(storage.fits_binding(0, a.nbytes() as u64 - 1, a.device().max_binding_bytes()))
}

/// The result with the leading dimensions of `like`.
pub(super) fn restore(result: &Array, like: &Array) -> Result<Array> {
    let leading = like.shape()[..like.ndim() - 2].iter().map(|n| *n as isize);
    let shape: SmallVec<[isize; 6]> = leading.chain(result.shape()[1..].iter().map(|n| *n as isize)).collect();
    result.reshape(&shape)
}

/// Rows and columns of every matrix of a stack. A view.
pub(super) fn part(a: &Array, rows: Range<usize>, columns: Range<usize>) -> Result<Array> {
    let slice = |r: Range<usize>| IndexItem::Slice { start: Some(r.start as isize), stop: Some(r.end as isize), step: None };
    a.index(&[IndexItem::FULL, slice(rows), slice(columns)])
}

/// Where a recursion over `n` columns splits: about half, at a multiple of a block.
pub(super) fn split(n: usize, dtype: DType) -> usize {
    let side = side(dtype);
    (n / 2).next_multiple_of(side)
}

/// The matrices transposed. A view.
pub(super) fn transposed(a: &Array) -> Result<Array> {
    a.swap_axes(1, 2)
}

pub(super) fn conjugate(a: &Array) -> Result<Array> {
    if a.dtype().is_complex() { Ufunc::Conjugate.call(&[a.into()]) } else { Ok(a.clone()) }
}

/// One triangle of every matrix, the elements beyond the diagonal `offset` columns above the main one replaced by zeros.
pub(super) fn triangle(a: &Array, lower: bool, offset: i128) -> Result<Array> {
    let (rows, columns) = numbers(a)?;
    let rows = Ufunc::Add.call(&[(&rows).into(), Value::Scalar(Scalar::Int(offset))])?;
    let ufunc = if lower { Ufunc::GreaterEqual } else { Ufunc::LessEqual };
    let inside = ufunc.call(&[(&rows).into(), (&columns).into()])?;
    where_(&inside, a.into(), Value::Typed(Scalar::Int(0), a.dtype()))
}

/// The numbers of rows, as a column, and of columns, as a row.
pub(super) fn numbers(a: &Array) -> Result<(Array, Array)> {
    let count = |n: usize| a.device().arange(Scalar::Int(0), Scalar::Int(n as i128), Scalar::Int(1), DType::I32);
    let [.., rows, columns] = a.shape() else {
        return Err(Error::Value("a matrix is needed".into()));
    };
    Ok((count(*rows)?.expand_dims(&[1])?, count(*columns)?))
}

/// `c -= a b`, in place.
pub(super) fn subtract_product(c: &Array, a: &Array, b: &Array) -> Result<()> {
    let product = a.matmul(b)?;
    let (count, rows, columns) = (c.shape()[0], c.shape()[1], c.shape()[2]);
    let strides = strides(c);
    run(
        LinalgKernel::Subtract,
        &[c, &product],
        |first| vec![0, rows as u32, columns as u32, count as u32, first[0], strides[0], strides[1], strides[2], first[1]],
        count * rows * columns.div_ceil(256),
    )
}

/// Strides of matrices, rows and columns as the kernels take them.
pub(super) fn strides(a: &Array) -> [u32; 3] {
    [0, 1, 2].map(|d| a.layout().strides.get(d).map_or(0, |s| *s as u32))
}

/// Dispatches a kernel on arrays in the order of its bindings; `params` gets the number of each one's first element in its binding.
pub(super) fn run(kind: LinalgKernel, arrays: &[&Array], params: impl Fn(&[u32]) -> Vec<u32>, workgroups: usize) -> Result<()> {
    if workgroups == 0 {
        return Ok(());
    }
    let device = arrays[0].device();
    // The bindings' dtype is that of the matrices, which come first or are all there is.
    let dtype = arrays[0].dtype();
    let _graph = device.graph().lock();
    let bindings = kind.bindings(dtype);
    let native = device.native();
    let kernel = device.gpu().kernel(&kind.key(dtype), &|| {
        let wgsl = kind.wgsl(dtype, native).map_err(|e| Error::Shader(e.to_string()))?;
        source(device, "linalg", wgsl, &bindings)
    })?;
    let storages = arrays.iter().map(|a| a.base().compute()).collect::<Result<SmallVec<[_; 3]>>>()?;
    let mut first: SmallVec<[u32; 3]> = SmallVec::new();
    let mut buffers: SmallVec<[_; 3]> = SmallVec::new();
    for (a, storage) in arrays.iter().zip(&storages) {
        let item = a.dtype().itemsize() as u64;
        let (low, high) = a.layout().extent().unwrap_or((0, 0));
        if !storage.fits_binding(low as u64 * item, high as u64 * item + item - 1, device.max_binding_bytes()) {
            return Err(Error::NotImplemented(format!(
                "linalg: a matrix of {} bytes exceeds what a kernel of this device can bind",
                a.nbytes()
            )));
        }
        let window = storage.window(low as u64 * item, high as u64 * item + item - 1)?;
        first.push((a.layout().offset as u64 - window.start / item) as u32);
        buffers.push(window.binding);
    }
    device.gpu().dispatch(&kernel, &buffers, &params(&first), grid(workgroups as u64))
}
