//! Reductions over any axes: NumPy's functions, the dtypes that they compute in, and what they make of nothing.

mod launch;

use crate::array::Array;
use crate::graph::Fused;
use crate::ufunc::Ufunc;
use crate::value::Value;
use anygpu_core::{DType, Dims, Error, Result, Scalar, normalize_axes};
use anygpu_kernels::expr::Op;
use anygpu_kernels::reduce::ReduceOp;
use launch::{Wanted, run};
use smallvec::SmallVec;

impl Array {
    /// Sum over `axes` (all for `None`). Small integers and bool are summed in int64, unsigned ones in uint64, as NumPy does.
    pub fn sum(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        self.sum_as(axes, keepdims, accumulator(self.dtype()))
    }

    /// Sum over `axes` in a dtype of one's choice.
    pub fn sum_as(&self, axes: Option<&[isize]>, keepdims: bool, dtype: DType) -> Result<Array> {
        self.fold(ReduceOp::Sum, "add", axes, keepdims, dtype)
    }

    /// Product over `axes`, in the dtypes of [`Array::sum`].
    pub fn prod(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        self.prod_as(axes, keepdims, accumulator(self.dtype()))
    }

    /// Product over `axes` in a dtype of one's choice.
    pub fn prod_as(&self, axes: Option<&[isize]>, keepdims: bool, dtype: DType) -> Result<Array> {
        self.fold(ReduceOp::Prod, "multiply", axes, keepdims, dtype)
    }

    /// Smallest element over `axes`; NaN where there is one.
    ///
    /// # Errors
    /// An empty reduction has no smallest element.
    pub fn min(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        self.fold(ReduceOp::Min, "minimum", axes, keepdims, self.dtype())
    }

    /// Largest element over `axes`; NaN where there is one.
    ///
    /// # Errors
    /// An empty reduction has no largest element.
    pub fn max(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        self.fold(ReduceOp::Max, "maximum", axes, keepdims, self.dtype())
    }

    /// Whether any element over `axes` is nonzero.
    pub fn any(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        self.fold(ReduceOp::Any, "logical_or", axes, keepdims, DType::Bool)
    }

    /// Whether all elements over `axes` are nonzero.
    pub fn all(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        self.fold(ReduceOp::All, "logical_and", axes, keepdims, DType::Bool)
    }

    /// Number of nonzero elements over `axes`, as int64.
    pub fn count_nonzero(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        let truth = if self.dtype() == DType::Bool { self.clone() } else { self.astype(DType::Bool)? };
        truth.sum_as(axes, keepdims, DType::I64)
    }

    /// Position of the first smallest element (or NaN) along an axis, or of the flattened array.
    pub fn argmin(&self, axis: Option<isize>, keepdims: bool) -> Result<Array> {
        self.arg(ReduceOp::ArgMin, "argmin", axis, keepdims)
    }

    /// Position of the first largest element (or NaN) along an axis, or of the flattened array.
    pub fn argmax(&self, axis: Option<isize>, keepdims: bool) -> Result<Array> {
        self.arg(ReduceOp::ArgMax, "argmax", axis, keepdims)
    }

    /// Arithmetic mean over `axes`: float64 for integers; float16 is summed in float32.
    pub fn mean(&self, axes: Option<&[isize]>, keepdims: bool) -> Result<Array> {
        self.mean_as(axes, keepdims, mean_dtype(self.dtype()))
    }

    /// Arithmetic mean over `axes`, summed and returned in a dtype of one's choice.
    pub fn mean_as(&self, axes: Option<&[isize]>, keepdims: bool, dtype: DType) -> Result<Array> {
        let count = self.reduced_count(axes)?;
        let sum = self.sum_as(axes, keepdims, if dtype == DType::F16 { DType::F32 } else { dtype })?;
        let mean = Ufunc::Divide.call(&[(&sum).into(), Value::Scalar(Scalar::Float(count as f64))])?;
        if mean.dtype() == dtype { Ok(mean) } else { mean.astype(dtype) }
    }

    /// Variance over `axes`: the mean of `|x - mean|**2`, its divisor `n - ddof`. Two passes over the data, as NumPy.
    pub fn var(&self, axes: Option<&[isize]>, ddof: f64, keepdims: bool) -> Result<Array> {
        let dtype = mean_dtype(self.dtype());
        let wide = if dtype == DType::F16 { DType::F32 } else { dtype };
        let x = if self.dtype() == wide { self.clone() } else { self.astype(wide)? };
        let count = self.reduced_count(axes)? as f64;
        let sum = x.sum_as(axes, true, wide)?;
        let mean = Ufunc::Divide.call(&[(&sum).into(), Value::Scalar(Scalar::Float(count))])?;
        let difference = Ufunc::Subtract.call(&[(&x).into(), (&mean).into()])?;
        let squared = if wide.is_complex() {
            let part = |op| crate::elementwise::record(self.device(), op, wide, &[(&difference).into()]);
            let (re, im) = (part(Op::Real)?, part(Op::Imag)?);
            let (re, im) = (Ufunc::Square.call(&[(&re).into()])?, Ufunc::Square.call(&[(&im).into()])?);
            Ufunc::Add.call(&[(&re).into(), (&im).into()])?
        } else {
            Ufunc::Square.call(&[(&difference).into()])?
        };
        let total = squared.sum(axes, keepdims)?;
        let divisor = (count - ddof).max(0.0);
        let variance = Ufunc::Divide.call(&[(&total).into(), Value::Scalar(Scalar::Float(divisor))])?;
        if dtype == DType::F16 { variance.astype(dtype) } else { Ok(variance) }
    }

    /// Standard deviation over `axes`: the square root of [`Array::var`].
    pub fn std(&self, axes: Option<&[isize]>, ddof: f64, keepdims: bool) -> Result<Array> {
        let variance = self.var(axes, ddof, keepdims)?;
        Ufunc::Sqrt.call(&[(&variance).into()])
    }

    /// Number of elements that a mean over `axes` divides by. Unlike a sum, it lets no axis through for zero-dimensional arrays.
    fn reduced_count(&self, axes: Option<&[isize]>) -> Result<usize> {
        if let Some(axes) = axes {
            normalize_axes(axes, self.ndim())?;
        }
        Ok(reduced_axes(self, axes)?.iter().map(|a| self.shape()[*a]).product())
    }

    fn fold(&self, op: ReduceOp, name: &str, axes: Option<&[isize]>, keepdims: bool, dtype: DType) -> Result<Array> {
        let reduced = reduced_axes(self, axes)?;
        let empty = reduced.iter().any(|a| self.shape()[*a] == 0);
        let shape = result_shape(self, &reduced, keepdims);
        if empty {
            let value = match op {
                ReduceOp::Sum => Scalar::Int(0),
                ReduceOp::Prod => Scalar::Int(1),
                ReduceOp::Any => Scalar::Bool(false),
                ReduceOp::All => Scalar::Bool(true),
                _ if shape.contains(&0) => return Array::empty(self.device(), &shape, dtype),
                _ => {
                    return Err(Error::Value(format!("zero-size array to reduction operation {name} which has no identity")));
                }
            };
            return Array::full(self.device(), &shape, value, dtype);
        }
        if shape.contains(&0) {
            return Array::empty(self.device(), &shape, dtype);
        }
        // float16 is folded in float32 and rounded once, as NumPy's pairwise sum does.
        // Among complex numbers with NaN parts the first one wins, so that their positions count.
        let op = match op {
            ReduceOp::Min if dtype.is_complex() => ReduceOp::ArgMin,
            ReduceOp::Max if dtype.is_complex() => ReduceOp::ArgMax,
            op => op,
        };
        let wide = if dtype == DType::F16 && matches!(op, ReduceOp::Sum | ReduceOp::Prod) { DType::F32 } else { dtype };
        let result = run(self, op, &reduced, wide, &shape, Wanted::Values)?;
        if wide == dtype { Ok(result) } else { result.astype(dtype) }
    }

    fn arg(&self, op: ReduceOp, name: &str, axis: Option<isize>, keepdims: bool) -> Result<Array> {
        let axes = axis.map(|a| [a]);
        let reduced = reduced_axes(self, axes.as_ref().map(|a| a.as_slice()))?;
        let shape = result_shape(self, &reduced, keepdims);
        if reduced.iter().any(|a| self.shape()[*a] == 0) {
            return Err(Error::Value(format!("attempt to get {name} of an empty sequence")));
        }
        if shape.contains(&0) {
            return Array::empty(self.device(), &shape, DType::I64);
        }
        // Always in C order, in NumPy too.
        run(self, op, &reduced, self.dtype(), &shape, Wanted::Positions)?.contiguous()
    }
}

/// The dtype that NumPy sums a dtype in.
pub(crate) fn accumulator(dtype: DType) -> DType {
    match dtype {
        DType::Bool | DType::I8 | DType::I16 | DType::I32 => DType::I64,
        DType::U8 | DType::U16 | DType::U32 => DType::U64,
        other => other,
    }
}

fn mean_dtype(dtype: DType) -> DType {
    if dtype.is_inexact() { dtype } else { DType::F64 }
}

fn reduced_axes(x: &Array, axes: Option<&[isize]>) -> Result<SmallVec<[usize; 6]>> {
    match axes {
        None => Ok((0..x.ndim()).collect()),
        // NumPy lets a bare 0 or -1 through for zero-dimensional arrays.
        Some([0 | -1]) if x.ndim() == 0 => Ok(SmallVec::new()),
        Some(axes) => normalize_axes(axes, x.ndim()),
    }
}

fn result_shape(x: &Array, reduced: &[usize], keepdims: bool) -> Dims {
    let kept = |d: &usize| !reduced.contains(d);
    if keepdims {
        (0..x.ndim()).map(|d| if kept(&d) { x.shape()[d] } else { 1 }).collect()
    } else {
        (0..x.ndim()).filter(kept).map(|d| x.shape()[d]).collect()
    }
}

/// The expression a reduction folds: `x` with whatever of it is still deferred, converted to `dtype`.
pub(crate) fn prologue(x: &Array, dtype: DType) -> Result<Fused> {
    let mut fused = Fused::default();
    let base = x.base();
    let fusable = x.device().fusion() && base.recipe().is_some_and(|(_, layout)| layout == *x.layout());
    let mut node = None;
    if fusable {
        let n = fused.add(base)?;
        if fused.leaves.is_empty() || fused.leaves.len() + 2 > x.device().max_bindings() || fused.expr.uses_index() {
            fused = Fused::default();
        } else {
            node = Some(n);
        }
    }
    let node = match node {
        Some(n) => n,
        None => {
            base.compute()?;
            fused.leaf(base, x.layout())?
        }
    };
    let node = if x.dtype() == dtype { node } else { fused.expr.apply(Op::Cast, dtype, &[node]) };
    fused.expr.results.push(node);
    Ok(fused)
}
