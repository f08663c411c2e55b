//! Recording elementwise operations: operands broadcast and converted, the result laid out as NumPy does.

use crate::array::Array;
use crate::device::Device;
use crate::graph::{self, Operand, Recipe, cast_bytes, scalar_bytes};
use crate::value::{Value, common_device, dtypes_of};
use anygpu_core::{DType, Layout, Result, broadcast_shapes, keep_order_layout, result_type};
use anygpu_kernels::expr::Op;
use smallvec::SmallVec;

/// `x` where `condition` is nonzero, else `y`.
///
/// # Errors
/// Shapes that do not broadcast, operands of different devices.
pub fn where_(condition: &Array, x: Value<'_>, y: Value<'_>) -> Result<Array> {
    let (dtypes, weak) = dtypes_of(&[x, y]);
    let compute = result_type(&dtypes, &weak);
    let device = common_device("where", &[condition.into(), x, y])?;
    record(&device, Op::Where, compute, &[condition.into(), x, y])
}

/// Records `op` computed in `compute`, its operands broadcast and converted.
pub(crate) fn record(device: &Device, op: Op, compute: DType, operands: &[Value<'_>]) -> Result<Array> {
    let from = match operands.first() {
        Some(Value::Array(a)) => a.dtype(),
        _ => compute,
    };
    device.check_defined(op, compute, from)?;
    record_in(device, op, compute, operands, result_layout(operands)?)
}

/// [`record`] of an operation that the device has, into a layout without gaps.
pub(crate) fn record_in(device: &Device, op: Op, compute: DType, operands: &[Value<'_>], layout: Layout) -> Result<Array> {
    let mut list: SmallVec<[Operand; 3]> = SmallVec::new();
    for (k, operand) in operands.iter().enumerate() {
        let dtype = op.operand(k, compute);
        list.push(match operand {
            Value::Scalar(s) => Operand::Scalar(scalar_bytes(*s, dtype)?, dtype),
            Value::Typed(s, _) => Operand::Scalar(cast_bytes(*s, dtype), dtype),
            Value::Array(a) => {
                let convert = if op == Op::Cast { a.dtype() } else { dtype };
                let view = if a.layout().shape == layout.shape { a.layout().clone() } else { a.layout().broadcast_to(&layout.shape)? };
                Operand::Array { base: a.base().clone(), layout: view, convert }
            }
        });
    }
    let result = op.result(compute);
    let base = graph::record(device, Recipe::Apply(op, compute, list), result, &layout, true)?;
    Ok(Array::from_base(base, layout))
}

/// Shape of the broadcast operands, laid out in memory as NumPy lays out a ufunc's result.
pub(crate) fn result_layout(operands: &[Value<'_>]) -> Result<Layout> {
    let mut arrays = operands.iter().filter_map(|v| match v {
        Value::Array(a) => Some(*a),
        _ => None,
    });
    let Some(first) = arrays.next() else {
        return Ok(Layout::contiguous(&[]));
    };
    let mut same = first.layout().is_c_contiguous();
    for a in arrays.clone() {
        same = same && a.layout().shape == first.layout().shape && a.layout().is_c_contiguous();
    }
    if same {
        return Ok(Layout::contiguous(&first.layout().shape));
    }
    let all: SmallVec<[&Array; 3]> = std::iter::once(first).chain(arrays).collect();
    let shapes: SmallVec<[&[usize]; 3]> = all.iter().map(|a| a.layout().shape.as_slice()).collect();
    let shape = broadcast_shapes(&shapes)?;
    Layout::contiguous_checked(&shape, 16)?;
    let views = all.iter().map(|a| a.layout().broadcast_to(&shape)).collect::<Result<SmallVec<[Layout; 3]>>>()?;
    let strides: SmallVec<[&[isize]; 3]> = views.iter().map(|v| v.strides.as_slice()).collect();
    Ok(keep_order_layout(&shape, &strides))
}
