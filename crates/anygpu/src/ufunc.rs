//! Elementwise operations with NumPy's names: which dtype they compute in, and how they are recorded.

use crate::array::Array;
use crate::device::Device;
use crate::graph::{self, Operand, Recipe, cast_bytes, scalar_bytes};
use anygpu_core::{
    Casting, DType, Error, Kind, Layout, Result, Scalar, ScalarKind, broadcast_shapes, can_cast, keep_order_layout, promote_types,
    result_type,
};
use anygpu_kernels::expr::Op;
use smallvec::SmallVec;

/// An operand of an elementwise operation.
///
/// A scalar is *weak*, as a Python number is in NumPy 2 (NEP 50): it takes the dtype of the arrays it meets.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// An array.
    Array(&'a Array),
    /// A number without a dtype.
    Scalar(Scalar),
    /// A number with a dtype, as NumPy's scalars are: it promotes as an array of that dtype does.
    Typed(Scalar, DType),
}

impl<'a> Value<'a> {
    /// The dtype of an array, or of a number that has one.
    pub fn dtype(&self) -> Option<DType> {
        match self {
            Value::Array(a) => Some(a.dtype()),
            Value::Typed(_, dtype) => Some(*dtype),
            Value::Scalar(_) => None,
        }
    }

    /// The dtype, if it is one of integers; a Python integer of 64 bits has int64 among other numbers.
    fn integer_dtype(&self) -> Option<DType> {
        match self {
            Value::Scalar(Scalar::Int(value)) if i64::try_from(*value).is_ok() => Some(DType::I64),
            _ => self.dtype().filter(|d| d.is_integer()),
        }
    }

    fn is_integer_number(&self) -> bool {
        matches!(self, Value::Scalar(Scalar::Int(_) | Scalar::BigInt(_)))
    }

    /// A Python `float` or `complex` with its dtype: converted to another one, it loses what an array would lose. An `int` has to fit even so.
    fn cast_as_arrays_are(self) -> Value<'a> {
        match self {
            Value::Scalar(number @ (Scalar::Float(_) | Scalar::Complex(..))) => Value::Typed(number, number.kind().default_dtype()),
            other => other,
        }
    }

    /// 0 or 1 in place of a Python integer. NumPy refuses those beyond 64 bits.
    fn truth_of_integer(self) -> Result<Value<'a>> {
        match self {
            Value::Scalar(Scalar::Int(value)) if i64::try_from(value).is_ok() => Ok(Value::Scalar(Scalar::Int(i128::from(value != 0)))),
            Value::Scalar(Scalar::Int(_) | Scalar::BigInt(_)) => {
                Err(Error::Overflow("Python int too large to convert to C long".to_owned()))
            }
            other => Ok(other),
        }
    }

    /// The value as an array; numbers become zero-dimensional ones.
    pub(crate) fn to_array(self, device: &Device) -> Result<Array> {
        match self {
            Value::Array(a) => Ok(a.clone()),
            Value::Scalar(s) => Array::full(device, &[], s, s.kind().default_dtype()),
            Value::Typed(s, dtype) => Array::full(device, &[], s, dtype),
        }
    }
}

impl<'a> From<&'a Array> for Value<'a> {
    fn from(a: &'a Array) -> Value<'a> {
        Value::Array(a)
    }
}

macro_rules! scalar_values {
    ($($ty:ty => $variant:ident as $as:ty),*) => {$(
        impl From<$ty> for Value<'_> {
            fn from(x: $ty) -> Self {
                Value::Scalar(Scalar::$variant(x as $as))
            }
        }
    )*};
}
scalar_values!(bool => Bool as bool, i32 => Int as i128, i64 => Int as i128, u32 => Int as i128, u64 => Int as i128, usize => Int as i128, f32 => Float as f64, f64 => Float as f64);

/// How a ufunc chooses the dtype it computes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loops {
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

const NO_BOOL_SUBTRACT: &str = "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.";
const NO_BOOL_NEGATIVE: &str =
    "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.";

macro_rules! ufuncs {
    ($($(#[$doc:meta])* $name:ident $numpy:literal $op:ident $loops:expr;)*) => {
        /// An elementwise operation, by NumPy's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Ufunc { $($(#[$doc])* $name,)* }

        impl Ufunc {
            /// All of them.
            pub const ALL: &'static [Ufunc] = &[$(Ufunc::$name,)*];

            /// NumPy's name.
            pub fn name(self) -> &'static str {
                match self { $(Ufunc::$name => $numpy,)* }
            }

            pub(crate) fn op(self) -> Op {
                match self { $(Ufunc::$name => Op::$op,)* }
            }

            fn loops(self) -> Loops {
                use Loops::*;
                match self { $(Ufunc::$name => $loops,)* }
            }
        }
    };
}

ufuncs! {
    /// `x + y`; logical or for bool.
    Add "add" Add All;
    /// `x - y`; refused for bool.
    Subtract "subtract" Subtract NotBool(NO_BOOL_SUBTRACT);
    /// `x * y`; logical and for bool.
    Multiply "multiply" Multiply All;
    /// `x / y`; integers give float64.
    Divide "divide" Divide TrueDivide;
    /// The largest integer not above `x / y`; 0 where an integer `y` is 0.
    FloorDivide "floor_divide" FloorDivide Real;
    /// `x - floor_divide(x, y) * y`: the sign of `y`.
    Remainder "remainder" Remainder Real;
    /// C's `fmod`: the sign of `x`.
    Fmod "fmod" Fmod Real;
    /// `x` to the power `y`.
    Power "power" Power BoolAsInt8;
    /// `x` to the power `y`, computed in float64 or complex128.
    FloatPower "float_power" Power Double;
    /// The angle of the point `(y, x)`.
    Arctan2 "arctan2" Arctan2 Float;
    /// `sqrt(x*x + y*y)` without overflow.
    Hypot "hypot" Hypot Float;
    /// `log(exp(x) + exp(y))` without overflow.
    Logaddexp "logaddexp" Logaddexp Float;
    /// `log2(2**x + 2**y)` without overflow.
    Logaddexp2 "logaddexp2" Logaddexp2 Float;
    /// `x` with the sign of `y`.
    Copysign "copysign" Copysign Float;
    /// The next float after `x` towards `y`.
    Nextafter "nextafter" Nextafter Float;
    /// 0 for negative `x`, 1 for positive `x`, `y` for zero.
    Heaviside "heaviside" Heaviside Float;
    /// `x * 2 ** n` for an integer `n`.
    Ldexp "ldexp" Ldexp Float;
    /// The smaller; NaN where either is.
    Minimum "minimum" Minimum All;
    /// The larger; NaN where either is.
    Maximum "maximum" Maximum All;
    /// The smaller; the other one where one is NaN.
    Fmin "fmin" Fmin All;
    /// The larger; the other one where one is NaN.
    Fmax "fmax" Fmax All;
    /// Greatest common divisor.
    Gcd "gcd" Gcd Shift;
    /// Lowest common multiple.
    Lcm "lcm" Lcm Shift;
    /// Bitwise and.
    BitwiseAnd "bitwise_and" BitAnd Bits;
    /// Bitwise or.
    BitwiseOr "bitwise_or" BitOr Bits;
    /// Bitwise exclusive or.
    BitwiseXor "bitwise_xor" BitXor Bits;
    /// `x << y`; 0 for shifts of at least the width.
    LeftShift "left_shift" ShiftLeft Shift;
    /// `x >> y`; the sign for shifts of at least the width.
    RightShift "right_shift" ShiftRight Shift;
    /// `x == y`.
    Equal "equal" Equal All;
    /// `x != y`.
    NotEqual "not_equal" NotEqual All;
    /// `x < y`; complex numbers in lexicographic order.
    Less "less" Less All;
    /// `x <= y`.
    LessEqual "less_equal" LessEqual All;
    /// `x > y`.
    Greater "greater" Greater All;
    /// `x >= y`.
    GreaterEqual "greater_equal" GreaterEqual All;
    /// Whether both are nonzero.
    LogicalAnd "logical_and" LogicalAnd All;
    /// Whether either is nonzero.
    LogicalOr "logical_or" LogicalOr All;
    /// Whether exactly one is nonzero.
    LogicalXor "logical_xor" LogicalXor All;
    /// Whether `x` is zero.
    LogicalNot "logical_not" LogicalNot All;
    /// Bitwise complement; logical not for bool.
    Invert "invert" BitNot Bits;
    /// The number of set bits of `|x|`, as uint8.
    BitwiseCount "bitwise_count" BitCount Shift;
    /// `-x`.
    Negative "negative" Negative NotBool(NO_BOOL_NEGATIVE);
    /// `x` itself; refused for bool.
    Positive "positive" Cast NotBool("");
    /// `|x|`; real for complex `x`.
    Absolute "absolute" Absolute All;
    /// `|x|` of real numbers; integers give floats.
    Fabs "fabs" Absolute Float;
    /// -1, 0 or 1; NaN for NaN; `x / |x|` for complex `x`.
    Sign "sign" Sign NotBool("");
    /// `x * x`.
    Square "square" Multiply BoolAsInt8;
    /// `1 / x`, correctly rounded; integers divide as C does.
    Reciprocal "reciprocal" Reciprocal BoolAsInt8;
    /// Square root, correctly rounded.
    Sqrt "sqrt" Sqrt Inexact;
    /// `1 / sqrt(x)`, correctly rounded.
    Rsqrt "rsqrt" Rsqrt Float;
    /// Cube root.
    Cbrt "cbrt" Cbrt Float;
    /// `e ** x`.
    Exp "exp" Exp Inexact;
    /// `2 ** x`.
    Exp2 "exp2" Exp2 Inexact;
    /// `10 ** x`.
    Exp10 "exp10" Exp10 Special;
    /// `e ** x - 1`.
    Expm1 "expm1" Expm1 Inexact;
    /// Natural logarithm.
    Log "log" Log Inexact;
    /// Logarithm to base 2.
    Log2 "log2" Log2 Inexact;
    /// Logarithm to base 10.
    Log10 "log10" Log10 Inexact;
    /// `log(1 + x)`.
    Log1p "log1p" Log1p Inexact;
    /// Sine; `x` in radians.
    Sin "sin" Sin Inexact;
    /// Cosine.
    Cos "cos" Cos Inexact;
    /// Tangent.
    Tan "tan" Tan Inexact;
    /// `sin(pi * x)`.
    Sinpi "sinpi" Sinpi Special;
    /// `cos(pi * x)`.
    Cospi "cospi" Cospi Special;
    /// `sin(pi * x) / (pi * x)`, 1 at zero.
    Sinc "sinc" Sinc Inexact;
    /// Hyperbolic sine.
    Sinh "sinh" Sinh Inexact;
    /// Hyperbolic cosine.
    Cosh "cosh" Cosh Inexact;
    /// Hyperbolic tangent.
    Tanh "tanh" Tanh Inexact;
    /// Inverse sine.
    Arcsin "arcsin" Arcsin Inexact;
    /// Inverse cosine.
    Arccos "arccos" Arccos Inexact;
    /// Inverse tangent.
    Arctan "arctan" Arctan Inexact;
    /// Inverse hyperbolic sine.
    Arcsinh "arcsinh" Arcsinh Inexact;
    /// Inverse hyperbolic cosine.
    Arccosh "arccosh" Arccosh Inexact;
    /// Inverse hyperbolic tangent.
    Arctanh "arctanh" Arctanh Inexact;
    /// Degrees to radians.
    Deg2rad "deg2rad" Deg2rad Float;
    /// Radians to degrees.
    Rad2deg "rad2deg" Rad2deg Float;
    /// Error function.
    Erf "erf" Erf Special;
    /// `1 - erf(x)`.
    Erfc "erfc" Erfc Special;
    /// Inverse of the error function.
    Erfinv "erfinv" Erfinv Special;
    /// Gamma function.
    Gamma "gamma" Gamma Special;
    /// Logarithm of the absolute value of the gamma function.
    Lgamma "gammaln" Lgamma Special;
    /// Logarithmic derivative of the gamma function.
    Digamma "digamma" Digamma Special;
    /// Logistic function `1 / (1 + exp(-x))`.
    Expit "expit" Expit Float;
    /// Inverse of the logistic function, `log(p / (1 - p))`.
    Logit "logit" Logit Float;
    /// Modified Bessel function of the first kind, order 0.
    I0 "i0" I0 Float;
    /// The largest integer not above `x`, in the dtype of `x`.
    Floor "floor" Floor RealOrBool;
    /// The smallest integer not below `x`.
    Ceil "ceil" Ceil RealOrBool;
    /// `x` rounded towards zero.
    Trunc "trunc" Trunc RealOrBool;
    /// `x` rounded to the nearest integer, halves to even.
    Rint "rint" Rint Inexact;
    /// The distance to the next float of larger magnitude, with the sign of `x`.
    Spacing "spacing" Spacing Float;
    /// The fraction of `x` in [0.5, 1), with its sign: the first result of `frexp`.
    FrexpMantissa "frexp_mantissa" FrexpMantissa Float;
    /// The exponent that belongs to it, int32: the second result of `frexp`.
    FrexpExponent "frexp_exponent" FrexpExponent Float;
    /// The part of `x` behind the point, with its sign: the first result of `modf`.
    ModfFraction "modf_fraction" ModfFraction Float;
    /// `x` without the part behind the point: the second result of `modf`.
    ModfIntegral "modf_integral" Trunc Float;
    /// Whether `x` is NaN.
    IsNan "isnan" IsNan All;
    /// Whether `x` is infinite.
    IsInf "isinf" IsInf All;
    /// Whether `x` is neither infinite nor NaN.
    IsFinite "isfinite" IsFinite All;
    /// Whether the sign bit is set.
    Signbit "signbit" Signbit Float;
    /// Complex conjugate.
    Conjugate "conjugate" Conjugate BoolAsInt8;
    /// The real part, in a new array.
    Real "real" Real All;
    /// The imaginary part of complex `x`, in a new array.
    Imag "imag" Imag OnlyComplex;
}

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

    /// Number of operands.
    pub fn arity(self) -> usize {
        match self {
            Ufunc::Square | Ufunc::Positive => 1,
            _ => self.op().arity(),
        }
    }

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

    /// What a comparison with a Python integer that no element can equal gives, as NumPy finds it from the ranges alone: `uint8_array < 300` is
    /// all true.
    fn decided_by_range(self, operands: &[Value<'_>]) -> Option<bool> {
        if !is_comparison(self) {
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

    /// Records the operation in the loop whose result has a dtype, as NumPy's `dtype=` asks for; its operands are converted as `casting` allows.
    ///
    /// # Errors
    /// No loop has that result; an operand cannot be cast. Otherwise as [`Ufunc::call`].
    pub fn call_as(self, operands: &[Value<'_>], dtype: DType, casting: Casting) -> Result<Array> {
        let no_loop = || Error::Type(format!("No loop matching the specified signature and casting was found for ufunc {}", self.name()));
        if self.op().is_predicate() || self == Ufunc::BitwiseCount {
            // The result says nothing about the operands.
            let only = if self == Ufunc::BitwiseCount { DType::U8 } else { DType::Bool };
            return if dtype == only { self.call_casting(operands, casting) } else { Err(no_loop()) };
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
        let by_value = is_comparison(self) && integer_beside_integers(operands).is_some();
        if matches!(casting, Casting::No | Casting::Equiv) && !any_loop && !by_value {
            self.check_inputs(operands, self.loop_dtype(operands)?, casting)?;
        }
        self.call(operands)
    }

    /// The dtype of the loop for these operands.
    fn loop_dtype(self, operands: &[Value<'_>]) -> Result<DType> {
        if self == Ufunc::Ldexp {
            return self.compute_dtype(ldexp_dtype(operands)?);
        }
        let (dtypes, weak) = dtypes_of(operands);
        self.compute_dtype(self.common_dtype(&dtypes, &weak))
    }

    /// Whether the loop for `compute` compares `uint64` with signed integers, each as it is.
    fn compares_exactly(self, operands: &[Value<'_>], compute: DType) -> bool {
        let any = |has: fn(DType) -> bool| operands.iter().filter_map(Value::dtype).any(has);
        compute == DType::F64 && is_comparison(self) && any(|d| d == DType::U64) && any(|d| d.is_signed_integer())
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
    fn check_inputs(self, operands: &[Value<'_>], compute: DType, casting: Casting) -> Result<()> {
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

    /// `uint64` against a signed integer, exactly: NumPy has loops of its own for this pair.
    fn compare_mixed_64(self, operands: &[Value<'_>]) -> Result<Array> {
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

/// The dtype of the first operand of `ldexp`; the second has to be an integer.
fn ldexp_dtype(operands: &[Value<'_>]) -> Result<DType> {
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

fn is_comparison(u: Ufunc) -> bool {
    matches!(u, Ufunc::Equal | Ufunc::NotEqual | Ufunc::Less | Ufunc::LessEqual | Ufunc::Greater | Ufunc::GreaterEqual)
}

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
    let layout = result_layout(operands)?;
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
fn result_layout(operands: &[Value<'_>]) -> Result<Layout> {
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

pub(crate) fn common_device(name: &str, operands: &[Value<'_>]) -> Result<Device> {
    let mut found: Option<&Device> = None;
    for operand in operands {
        if let Value::Array(a) = operand {
            match found {
                Some(d) if !d.is_same(a.device()) => {
                    return Err(Error::Value(format!(
                        "{name}: operands are on different devices, {d:?} and {:?}; move one with asarray(x, device=...)",
                        a.device()
                    )));
                }
                _ => found = Some(a.device()),
            }
        }
    }
    match found {
        Some(d) => Ok(d.clone()),
        None => Device::default_device(),
    }
}

fn dtypes_of(operands: &[Value<'_>]) -> (SmallVec<[DType; 3]>, SmallVec<[ScalarKind; 3]>) {
    let (mut dtypes, mut weak) = (SmallVec::new(), SmallVec::new());
    for operand in operands {
        match operand {
            Value::Array(a) => dtypes.push(a.dtype()),
            Value::Scalar(s) => weak.push(s.kind()),
            Value::Typed(_, d) => dtypes.push(*d),
        }
    }
    (dtypes, weak)
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
