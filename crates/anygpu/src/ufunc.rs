//! Ufuncs: elementwise operations with NumPy's names.

mod call;
mod comparison;
mod loops;

use anygpu_kernels::expr::Op;
use loops::{Loops, NO_BOOL_NEGATIVE, NO_BOOL_SUBTRACT};

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
    /// Number of operands.
    pub fn arity(self) -> usize {
        match self {
            Ufunc::Square | Ufunc::Positive => 1,
            _ => self.op().arity(),
        }
    }
}
