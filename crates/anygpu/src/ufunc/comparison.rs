//! Comparisons that are exact where no dtype holds both operands: Python integers out of range, `uint64` beside signed integers.

use super::Ufunc;
use crate::array::Array;
use crate::elementwise::where_;
use crate::value::{Value, common_device};
use anygpu_core::{DType, Result, Scalar};
use smallvec::SmallVec;

impl Ufunc {
    /// What a comparison with a Python integer that no element can equal gives, as NumPy finds it from the ranges alone: `uint8_array < 300` is
    /// all true.
    pub(super) fn decided_by_range(self, operands: &[Value<'_>]) -> Option<bool> {
        if !self.is_comparison() {
            return None;
        }
        let (dtype, number, swapped) = integer_beside_integers(operands)?;
        let (least, largest) = (dtype.min_value()?, dtype.max_value()?);
        let above = match number {
            Scalar::Int(value) if (least..=largest).contains(&value) => return None,
            Scalar::Int(value) => value > largest,
            Scalar::BigInt(value) => value > 0.0,
            _ => return None,
        };
        let typed_is_less = above != swapped;
        Some(match self {
            Ufunc::Equal => false,
            Ufunc::NotEqual => true,
            Ufunc::Less | Ufunc::LessEqual => typed_is_less,
            _ => !typed_is_less,
        })
    }

    /// Whether it is a comparison of a Python integer with integers: by value, whatever their dtype.
    pub(super) fn compares_by_value(self, operands: &[Value<'_>]) -> bool {
        self.is_comparison() && integer_beside_integers(operands).is_some()
    }

    fn is_comparison(self) -> bool {
        matches!(self, Ufunc::Equal | Ufunc::NotEqual | Ufunc::Less | Ufunc::LessEqual | Ufunc::Greater | Ufunc::GreaterEqual)
    }

    /// Whether the loop for `compute` compares `uint64` with signed integers, each as it is.
    pub(super) fn compares_exactly(self, operands: &[Value<'_>], compute: DType) -> bool {
        let any = |has: fn(DType) -> bool| operands.iter().filter_map(Value::dtype).any(has);
        compute == DType::F64 && self.is_comparison() && any(|d| d == DType::U64) && any(|d| d.is_signed_integer())
    }

    /// `uint64` against a signed integer, exactly: NumPy has loops of its own for this pair.
    pub(super) fn compare_mixed_64(self, operands: &[Value<'_>]) -> Result<Array> {
        let arrays =
            operands.iter().map(|v| v.to_array(&common_device(self.name(), operands)?)).collect::<Result<SmallVec<[Array; 2]>>>()?;
        let (a, b) = (&arrays[0], &arrays[1]);
        let (signed, unsigned, signed_first) = if a.dtype() == DType::U64 { (b, a, false) } else { (a, b, true) };
        let negative = Ufunc::Less.call(&[signed.into(), Value::Scalar(Scalar::Int(0))])?;
        let as_unsigned = signed.astype(DType::U64)?;
        let compared = if signed_first {
            self.call(&[(&as_unsigned).into(), unsigned.into()])?
        } else {
            self.call(&[unsigned.into(), (&as_unsigned).into()])?
        };
        // A negative number is less than every unsigned one.
        let when_negative = match self {
            Ufunc::Equal => false,
            Ufunc::NotEqual => true,
            Ufunc::Less | Ufunc::LessEqual => signed_first,
            _ => !signed_first,
        };
        where_(&negative, Value::Scalar(Scalar::Bool(when_negative)), (&compared).into())
    }
}

/// The dtype of one operand and the Python integer that is the other, if the first one's is a dtype of integers too; and whether the number comes
/// first. Comparisons take such numbers by value, whatever the dtype.
fn integer_beside_integers(operands: &[Value<'_>]) -> Option<(DType, Scalar, bool)> {
    let [x, y] = operands else { return None };
    match (x, y) {
        (_, Value::Scalar(number)) if y.is_integer_number() && x.integer_dtype().is_some() => Some((x.integer_dtype()?, *number, false)),
        (Value::Scalar(number), _) if x.is_integer_number() => Some((y.integer_dtype()?, *number, true)),
        _ => None,
    }
}
