//! Which loop a ufunc runs, in NumPy's words: the dtype that it computes in for operands of given dtypes, and what each operand is converted to.

use super::Ufunc;
use crate::value::{Value, dtypes_of};
use anygpu_core::{Casting, DType, Error, Kind, Result, ScalarKind, can_cast, promote_types, result_type};

/// How a ufunc chooses the dtype it computes in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Loops {
    /// bool and every number.
    All,
    /// Every number; bool is refused with the message.
    NotBool(&'static str),
    /// Every number; bool computes as int8.
    BoolAsInt8,
    /// Real numbers; bool computes as int8.
    Real,
    /// Real and bool, kept.
    RealOrBool,
    /// bool and integers.
    Bits,
    /// Integers; bool computes as int8.
    Shift,
    /// Floats and complex; integers compute in the smallest float that holds them.
    Inexact,
    /// Floats; integers as for `Inexact`.
    Float,
    /// Division: integers compute in float64.
    TrueDivide,
    /// float64, or complex128 for complex operands.
    Double,
    /// Floats, as SciPy's special functions have them: float32 for what fits, else float64.
    Special,
    /// Complex numbers.
    OnlyComplex,
}

pub(super) const NO_BOOL_SUBTRACT: &str = "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.";
pub(super) const NO_BOOL_NEGATIVE: &str =
    "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.";

impl Ufunc {
    /// The dtype computed in for operands of promoted dtype `common`.
    ///
    /// # Errors
    /// NumPy's `TypeError` where the operation has no loop for it.
    pub fn compute_dtype(self, common: DType) -> Result<DType> {
        let refuse = || {
            Err(Error::Type(format!(
                "ufunc '{}' not supported for the input types ({common}), and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''",
                self.name()
            )))
        };
        let kind = common.kind();
        match self.loops() {
            Loops::All => Ok(common),
            Loops::NotBool(message) if kind == Kind::Bool => {
                if message.is_empty() {
                    Err(Error::Type(format!(
                        "ufunc '{}' did not contain a loop with signature matching types <class 'numpy.dtypes.BoolDType'> -> None",
                        self.name()
                    )))
                } else {
                    Err(Error::Type(message.to_owned()))
                }
            }
            Loops::Real | Loops::RealOrBool | Loops::Float | Loops::Special if kind == Kind::Complex => refuse(),
            Loops::OnlyComplex if kind != Kind::Complex => refuse(),
            Loops::Bits | Loops::Shift if common.is_inexact() => refuse(),
            Loops::Shift if kind == Kind::Bool && matches!(self, Ufunc::Gcd | Ufunc::Lcm) => refuse(),
            Loops::Real | Loops::BoolAsInt8 | Loops::Shift if kind == Kind::Bool => Ok(DType::I8),
            Loops::Inexact | Loops::Float if !common.is_inexact() => Ok(match common.itemsize() {
                1 => DType::F16,
                2 => DType::F32,
                _ => DType::F64,
            }),
            Loops::Special if common == DType::F64 || (!common.is_inexact() && common.itemsize() > 2) => Ok(DType::F64),
            Loops::Special => Ok(DType::F32),
            Loops::Double if kind == Kind::Complex => Ok(DType::C128),
            Loops::Double => Ok(DType::F64),
            Loops::TrueDivide if !common.is_inexact() => Ok(DType::F64),
            _ => Ok(common),
        }
    }

    /// The promoted dtype of operands. Loops for floats only are found by each integer operand by itself: an int8 and a uint8 both fit float16,
    /// though their common integer dtype does not.
    pub(crate) fn common_dtype(self, dtypes: &[DType], weak: &[ScalarKind]) -> DType {
        let common = result_type(dtypes, weak);
        match self.loops() {
            // A Python integer beside bools makes them int64.
            Loops::Inexact | Loops::Float if common.is_integer() && common == result_type(dtypes, &[]) => {
                dtypes.iter().copied().max_by_key(|d| d.itemsize()).unwrap_or(common)
            }
            _ => common,
        }
    }

    /// The dtype of the loop for these operands.
    pub(super) fn loop_dtype(self, operands: &[Value<'_>]) -> Result<DType> {
        if self == Ufunc::Ldexp {
            return self.compute_dtype(ldexp_dtype(operands)?);
        }
        let (dtypes, weak) = dtypes_of(operands);
        self.compute_dtype(self.common_dtype(&dtypes, &weak))
    }

    /// The dtype to which the loop for `compute` converts operand `k` of dtype `from`.
    fn input_dtype(self, operands: &[Value<'_>], k: usize, from: DType, compute: DType) -> DType {
        match self {
            _ if self.compares_exactly(operands, compute) => {
                if from == DType::U64 {
                    DType::U64
                } else {
                    DType::I64
                }
            }
            // There are two loops for each float: exponents are int32 or int64. A Python integer takes the first one.
            Ufunc::Ldexp if k == 1 && !matches!(operands, [Value::Array(_) | Value::Typed(..), Value::Scalar(_)]) => {
                promote_types(from, DType::I32)
            }
            _ => self.op().operand(k, compute),
        }
    }

    /// Whether `casting` allows the conversion of every operand for the loop that computes in `compute`.
    pub(super) fn check_inputs(self, operands: &[Value<'_>], compute: DType, casting: Casting) -> Result<()> {
        for (k, operand) in operands.iter().enumerate() {
            let (from, number) = match *operand {
                Value::Array(a) => (a.dtype(), None),
                Value::Typed(_, dtype) => (dtype, None),
                // Only beside another operand is a number without a dtype. A bool always has one.
                Value::Scalar(number) if self.arity() == 1 || number.kind() == ScalarKind::Bool => (number.kind().default_dtype(), None),
                Value::Scalar(number) => (number.kind().default_dtype(), Some(number)),
            };
            let to = self.input_dtype(operands, k, from, compute);
            let allowed = match (number, casting) {
                (Some(number), Casting::Equiv) if from != to || number.to_bytes(from).is_err() => {
                    return Err(Error::Type(format!("cannot cast Python {} to {to} under the casting rule 'equiv'", number.kind().name())));
                }
                // Of integers, the value decides.
                (Some(_), Casting::Unsafe) => true,
                (Some(_), _) => can_cast(from, to, Casting::SameKind) || (from.is_integer() && to.is_integer()),
                (None, _) => can_cast(from, to, casting),
            };
            if !allowed {
                let which = if self.arity() == 1 { String::new() } else { format!(" {k}") };
                return Err(Error::Type(format!(
                    "Cannot cast ufunc '{}' input{which} from dtype('{from}') to dtype('{to}') with casting rule '{}'",
                    self.name(),
                    casting.name()
                )));
            }
        }
        Ok(())
    }
}

/// The dtype of the first operand of `ldexp`; the second has to be an integer.
pub(super) fn ldexp_dtype(operands: &[Value<'_>]) -> Result<DType> {
    let (dtypes, weak) = dtypes_of(&operands[..1]);
    let (exponent, weak_exponent) = dtypes_of(&operands[1..]);
    let (common, integer) = (result_type(&dtypes, &weak), result_type(&exponent, &weak_exponent));
    if integer.is_inexact() || integer == DType::U64 {
        return Err(Error::Type(format!(
            "ufunc 'ldexp' not supported for the input types ({common}, {integer}), and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''"
        )));
    }
    // NumPy takes its first loop for a Python integer, which fits any float, beside integers with a dtype.
    let first_loop = weak.contains(&ScalarKind::Int) && exponent.iter().any(|d| d.is_integer());
    Ok(if first_loop { DType::F16 } else { common })
}
