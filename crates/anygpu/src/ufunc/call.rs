//! Calling a ufunc: the loop is found, what has no loop of its own is composed, and the operation is recorded.

use super::Ufunc;
use super::loops::ldexp_dtype;
use crate::array::Array;
use crate::device::Device;
use crate::elementwise::{record, result_layout};
use crate::value::{Value, common_device, dtypes_of};
use anygpu_core::{Casting, DType, Error, Result, Scalar, can_cast, result_type};
use anygpu_kernels::expr::Op;
use smallvec::SmallVec;

impl Ufunc {
    /// Records the operation on operands broadcast against each other.
    ///
    /// # Errors
    /// Shapes that do not broadcast, a dtype without a loop, a Python integer out of the dtype's range, operands of different devices, no memory
    /// for the result.
    pub fn call(self, operands: &[Value<'_>]) -> Result<Array> {
        if matches!(self, Ufunc::LogicalAnd | Ufunc::LogicalOr | Ufunc::LogicalXor | Ufunc::LogicalNot)
            && operands.iter().any(Value::is_integer_number)
        {
            // Only whether a Python integer is zero matters, not whether the dtype can hold it.
            let truths: SmallVec<[Value<'_>; 2]> = operands.iter().map(|o| o.truth_of_integer()).collect::<Result<_>>()?;
            return self.call_with(&truths);
        }
        self.call_with(operands)
    }

    fn call_with(self, operands: &[Value<'_>]) -> Result<Array> {
        let device = common_device(self.name(), operands)?;
        if let Some(answer) = self.decided_by_range(operands) {
            return constant_bool(&device, operands, answer);
        }
        let compute = self.loop_dtype(operands)?;
        match self {
            Ufunc::IsNan | Ufunc::IsInf | Ufunc::IsFinite if !compute.is_inexact() => {
                constant_bool(&device, operands, self == Ufunc::IsFinite)
            }
            Ufunc::IsNan | Ufunc::IsInf | Ufunc::IsFinite if compute.is_complex() => self.complex_predicate(operands),
            _ if self.compares_exactly(operands, compute) => self.compare_mixed_64(operands),
            _ => self.record(&device, operands, compute),
        }
    }

    /// Records the operation in the loop whose result has a dtype, as NumPy's `dtype=` asks for; its operands are converted as `casting` allows.
    ///
    /// # Errors
    /// No loop has that result; an operand cannot be cast. Otherwise as [`Ufunc::call`].
    pub fn call_as(self, operands: &[Value<'_>], dtype: DType, casting: Casting) -> Result<Array> {
        let no_loop = || Error::Type(format!("No loop matching the specified signature and casting was found for ufunc {}", self.name()));
        if self.op().is_predicate() || self == Ufunc::BitwiseCount {
            // The result says nothing about the operands.
            let only = if self == Ufunc::BitwiseCount { DType::U8 } else { DType::Bool };
            if dtype != only {
                return Err(no_loop());
            }
            let (dtypes, weak) = dtypes_of(operands);
            if self == Ufunc::BitwiseCount && casting == Casting::Unsafe && result_type(&dtypes, &weak).is_inexact() {
                // No loop takes such numbers: NumPy casts them to the integers of one that gives uint8.
                let device = common_device(self.name(), operands)?;
                let x = record(&device, Op::Cast, DType::U8, &[operands[0].cast_as_arrays_are()])?;
                return self.call(&[(&x).into()]);
            }
            return self.call_casting(operands, casting);
        }
        let compute = match self {
            Ufunc::Absolute => {
                let (dtypes, weak) = dtypes_of(operands);
                match (result_type(&dtypes, &weak), dtype) {
                    (DType::C64, DType::F32) => DType::C64,
                    (DType::C64 | DType::C128, DType::F64) => DType::C128,
                    (_, dtype) if dtype.is_complex() => return Err(no_loop()),
                    (_, dtype) => dtype,
                }
            }
            Ufunc::Ldexp => {
                // NumPy looks for its loops by what they take, not by what they give.
                if !can_cast(ldexp_dtype(operands)?, dtype, Casting::Safe) {
                    return Err(no_loop());
                }
                dtype
            }
            _ => dtype,
        };
        let device = common_device(self.name(), operands)?;
        if self.compute_dtype(compute).map_err(|_| no_loop())? != compute {
            return Err(no_loop());
        }
        self.check_inputs(operands, compute, casting)?;
        if casting == Casting::Unsafe {
            let cast: SmallVec<[Value<'_>; 2]> = operands.iter().map(|o| o.cast_as_arrays_are()).collect();
            return self.record(&device, &cast, compute);
        }
        self.record(&device, operands, compute)
    }

    /// As [`Ufunc::call`], if `casting` allows the conversion of every operand to the loop's dtype.
    ///
    /// # Errors
    /// An operand cannot be cast. Otherwise as [`Ufunc::call`].
    pub fn call_casting(self, operands: &[Value<'_>], casting: Casting) -> Result<Array> {
        // Promotion is safe: only the two rules without conversions can refuse it. What has a loop for any operands converts nothing.
        let any_loop = matches!(
            self,
            Ufunc::IsNan | Ufunc::IsInf | Ufunc::IsFinite | Ufunc::LogicalAnd | Ufunc::LogicalOr | Ufunc::LogicalXor | Ufunc::LogicalNot
        );
        if matches!(casting, Casting::No | Casting::Equiv) && !any_loop && !self.compares_by_value(operands) {
            self.check_inputs(operands, self.loop_dtype(operands)?, casting)?;
        }
        self.call(operands)
    }

    /// Records the loop that computes in `compute`.
    fn record(self, device: &Device, operands: &[Value<'_>], compute: DType) -> Result<Array> {
        match self {
            Ufunc::Square => record(device, Op::Multiply, compute, &[operands[0], operands[0]]),
            Ufunc::Power if compute.is_integer() => {
                refuse_negative_exponent(operands, compute)?;
                record(device, Op::Power, compute, operands)
            }
            Ufunc::Ldexp => {
                let exponent = within_int32(operands)?;
                record(device, Op::Ldexp, compute, &[operands[0], exponent.as_value(operands[1])])
            }
            _ => record(device, self.op(), compute, operands),
        }
    }

    fn complex_predicate(self, operands: &[Value<'_>]) -> Result<Array> {
        let device = common_device(self.name(), operands)?;
        let z = operands[0].to_array(&device)?;
        let part = |op| record(&device, op, z.dtype(), &[(&z).into()]);
        let (re, im) = (part(Op::Real)?, part(Op::Imag)?);
        let (re, im) = (self.call(&[(&re).into()])?, self.call(&[(&im).into()])?);
        let join = if self == Ufunc::IsFinite { Ufunc::LogicalAnd } else { Ufunc::LogicalOr };
        join.call(&[(&re).into(), (&im).into()])
    }
}

/// The exponents of `ldexp` limited to `int32`, past whose ends every float is 0 or infinite anyway. A Python integer beside an operand with a
/// dtype other than bool has to be an `int32`.
fn within_int32(operands: &[Value<'_>]) -> Result<Limited> {
    let (least, largest) = (i128::from(i32::MIN), i128::from(i32::MAX));
    Ok(match operands[1] {
        Value::Array(n) if matches!(n.dtype(), DType::I64 | DType::U32) => {
            let n = n.astype(DType::I64)?;
            let n = Ufunc::Maximum.call(&[(&n).into(), Value::Scalar(Scalar::Int(least))])?;
            Limited::Array(Ufunc::Minimum.call(&[(&n).into(), Value::Scalar(Scalar::Int(largest))])?)
        }
        Value::Scalar(Scalar::Int(n)) if operands[0].dtype().is_none_or(|d| d == DType::Bool) && i64::try_from(n).is_ok() => {
            Limited::Number(n.clamp(least, largest))
        }
        Value::Typed(Scalar::Int(n), _) => Limited::Number(n.clamp(least, largest)),
        _ => Limited::Same,
    })
}

/// What [`within_int32`] made of an operand.
enum Limited {
    Same,
    Number(i128),
    Array(Array),
}

impl Limited {
    fn as_value<'a>(&'a self, original: Value<'a>) -> Value<'a> {
        match self {
            Limited::Same => original,
            Limited::Number(n) => Value::Scalar(Scalar::Int(*n)),
            Limited::Array(a) => a.into(),
        }
    }
}

fn constant_bool(device: &Device, operands: &[Value<'_>], value: bool) -> Result<Array> {
    let layout = result_layout(operands)?;
    Array::full(device, &layout.shape, Scalar::Bool(value), DType::Bool)
}

fn refuse_negative_exponent(operands: &[Value<'_>], compute: DType) -> Result<()> {
    if let Value::Scalar(exponent) = operands[1] {
        exponent.to_bytes(compute)?; // one that the dtype cannot hold is out of bounds before it is negative
    }
    let negative = match operands[1] {
        // A number that the dtype does not hold is another error.
        Value::Scalar(Scalar::Int(v)) if v < 0 && operands[0].dtype().is_some_and(|d| d.is_unsigned_integer()) => false,
        Value::Scalar(Scalar::Int(v)) | Value::Typed(Scalar::Int(v), _) => v < 0,
        Value::Array(a) if a.dtype().is_signed_integer() && a.size() > 0 => {
            Ufunc::Less.call(&[a.into(), Value::Scalar(Scalar::Int(0))])?.any(None, false)?.item_bool()?
        }
        _ => false,
    };
    if negative {
        return Err(Error::Value("Integers to negative integer powers are not allowed.".into()));
    }
    Ok(())
}
