//! The operations of the shader library: their functions' names, how many operands of which dtypes they take, and how much code they are.

use anygpu_core::DType;

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident $stem:literal $arity:literal $weight:ident;)*) => {
        /// A scalar operation of the shader library.
        ///
        /// Operands have one common dtype, the operation's *compute dtype* (but for those that [`Op::operand`] names); the host inserts
        /// [`Op::Cast`] where NumPy's type resolution asks for it.
        #[allow(missing_docs, reason = "the variants carry NumPy's ufunc names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op { $($(#[$doc])* $name,)* }

        impl Op {
            /// All of them.
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];

            /// The stem of the library function's name.
            pub(super) fn stem(self) -> &'static str {
                match self { $(Op::$name => $stem,)* }
            }

            /// Number of operands.
            pub fn arity(self) -> usize {
                match self { $(Op::$name => $arity,)* }
            }

            pub(super) fn weight(self) -> Weight {
                match self { $(Op::$name => ops!(@$weight),)* }
            }
        }
    };
    (@short) => { Weight::Short };
    (@long) => { Weight::Long };
    (@native_short) => { Weight::NativeShort };
    (@rejection) => { Weight::Rejection };
}

/// How much code an operation's function is.
#[derive(PartialEq)]
pub(super) enum Weight {
    /// Little in every dtype.
    Short,
    /// A lot for 64-bit floats and complex numbers.
    Long,
    /// A lot for complex numbers, and for 64-bit floats but where their own arithmetic computes it ([`functions`](crate::access::Native64::functions)).
    NativeShort,
    /// A lot in every dtype: a loop around other functions.
    Rejection,
}

/// Operands of an operation at most.
pub const MAX_ARITY: usize = 7;

ops! {
    Add "add" 2 short;
    Subtract "sub" 2 short;
    Multiply "mul" 2 short;
    Divide "div" 2 short;
    FloorDivide "floor_divide" 2 long;
    Remainder "remainder" 2 long;
    Fmod "fmod" 2 long;
    Power "pow" 2 native_short;
    Arctan2 "atan2" 2 long;
    Hypot "hypot" 2 long;
    Logaddexp "logaddexp" 2 long;
    Logaddexp2 "logaddexp2" 2 long;
    Copysign "copysign" 2 short;
    Nextafter "nextafter" 2 short;
    Heaviside "heaviside" 2 short;
    /// `x * 2 ** n`: the second operand is `int32`.
    Ldexp "ldexp" 2 short;
    Minimum "minimum" 2 short;
    Maximum "maximum" 2 short;
    Fmin "fmin" 2 short;
    Fmax "fmax" 2 short;
    Gcd "gcd" 2 short;
    Lcm "lcm" 2 short;
    BitAnd "bit_and" 2 short;
    BitOr "bit_or" 2 short;
    BitXor "bit_xor" 2 short;
    ShiftLeft "shift_left" 2 short;
    ShiftRight "shift_right" 2 short;
    Equal "eq" 2 short;
    NotEqual "ne" 2 short;
    Less "lt" 2 short;
    LessEqual "le" 2 short;
    Greater "gt" 2 short;
    GreaterEqual "ge" 2 short;
    LogicalAnd "and" 2 short;
    LogicalOr "or" 2 short;
    LogicalXor "xor" 2 short;
    LogicalNot "not" 1 short;
    BitNot "bit_not" 1 short;
    /// The number of set bits of the magnitude, a `uint8`.
    BitCount "bit_count" 1 short;
    Negative "neg" 1 short;
    Absolute "abs" 1 short;
    Sign "sign" 1 short;
    Reciprocal "reciprocal" 1 short;
    Sqrt "sqrt" 1 short;
    Rsqrt "rsqrt" 1 long;
    Cbrt "cbrt" 1 long;
    Exp "exp" 1 native_short;
    Exp2 "exp2" 1 native_short;
    Exp10 "exp10" 1 native_short;
    Expm1 "expm1" 1 native_short;
    Log "log" 1 native_short;
    Log2 "log2" 1 native_short;
    Log10 "log10" 1 native_short;
    Log1p "log1p" 1 native_short;
    Sin "sin" 1 native_short;
    Cos "cos" 1 native_short;
    Tan "tan" 1 native_short;
    Sinpi "sinpi" 1 long;
    Cospi "cospi" 1 long;
    Sinc "sinc" 1 long;
    Sinh "sinh" 1 native_short;
    Cosh "cosh" 1 native_short;
    Tanh "tanh" 1 native_short;
    Arcsin "asin" 1 long;
    Arccos "acos" 1 long;
    Arctan "atan" 1 long;
    Arcsinh "asinh" 1 long;
    Arccosh "acosh" 1 long;
    Arctanh "atanh" 1 long;
    Deg2rad "deg2rad" 1 short;
    Rad2deg "rad2deg" 1 short;
    Erf "erf" 1 long;
    Erfc "erfc" 1 long;
    Erfinv "erfinv" 1 long;
    Gamma "gamma" 1 long;
    Lgamma "lgamma" 1 long;
    Digamma "digamma" 1 long;
    Expit "expit" 1 long;
    Logit "logit" 1 long;
    I0 "i0" 1 long;
    Floor "floor" 1 short;
    Ceil "ceil" 1 short;
    Trunc "trunc" 1 short;
    Rint "rint" 1 short;
    Spacing "spacing" 1 short;
    /// The first result of `frexp`.
    FrexpMantissa "frexp_mantissa" 1 short;
    /// The second result of `frexp`, an `int32`.
    FrexpExponent "frexp_exponent" 1 short;
    /// The first result of `modf`.
    ModfFraction "modf_fraction" 1 short;
    /// The bits of a float as an unsigned integer of its size.
    Bits "bits" 1 short;
    IsNan "isnan" 1 short;
    IsInf "isinf" 1 short;
    IsFinite "isfinite" 1 short;
    Signbit "signbit" 1 short;
    Real "real" 1 short;
    Imag "imag" 1 short;
    Conjugate "conj" 1 short;
    /// `where(condition, x, y)`: the first operand is `bool`, the others have the compute dtype.
    Where "select" 3 short;
    /// Conversion from the operand's dtype to the compute dtype, by NumPy's casting rules.
    Cast "cast" 1 short;
    /// 64 bits of a Philox block. The first four operands of this and of every draw below say which substream: an index, the key, the position
    /// that the index counts from, and the fourth counter word. Then, here: the third counter word, and which half of the block.
    RandomBits "random_bits" 6 short;
    /// Uniform in [0, 1).
    RandomUniform "random_uniform" 4 short;
    /// Uniform in (0, 1).
    RandomOpenUniform "random_open_uniform" 4 short;
    /// Uniform integers: the lowest, and the largest distance from it.
    RandomIntegers "random_integers" 6 short;
    /// Exponential of scale 1.
    RandomExponential "random_exponential" 4 long;
    /// Normal of mean 0 and variance 1.
    RandomNormal "random_normal" 4 long;
    /// Gamma of scale 1: the shape.
    RandomGamma "random_gamma" 5 rejection;
    /// The logarithm of a gamma variate of scale 1: the shape.
    RandomLogGamma "random_log_gamma" 5 rejection;
    /// Poisson: the mean.
    RandomPoisson "random_poisson" 5 rejection;
    /// Binomial: the number of trials, the probability.
    RandomBinomial "random_binomial" 6 rejection;
    /// Hypergeometric: good ones, bad ones, how many are taken.
    RandomHypergeometric "random_hypergeometric" 7 rejection;
    /// Von Mises around 0: the concentration.
    RandomVonMises "random_vonmises" 5 rejection;
    /// Zipf: the exponent.
    RandomZipf "random_zipf" 5 rejection;
}

impl Op {
    /// Whether the result is `bool` whatever the compute dtype.
    pub fn is_predicate(self) -> bool {
        use Op::*;
        matches!(
            self,
            Equal
                | NotEqual
                | Less
                | LessEqual
                | Greater
                | GreaterEqual
                | LogicalAnd
                | LogicalOr
                | LogicalXor
                | LogicalNot
                | IsNan
                | IsInf
                | IsFinite
                | Signbit
        )
    }

    /// Whether it draws random numbers.
    pub fn is_draw(self) -> bool {
        use Op::*;
        matches!(
            self,
            RandomBits
                | RandomUniform
                | RandomOpenUniform
                | RandomIntegers
                | RandomExponential
                | RandomNormal
                | RandomGamma
                | RandomLogGamma
                | RandomPoisson
                | RandomBinomial
                | RandomHypergeometric
                | RandomVonMises
                | RandomZipf
        )
    }

    /// Whether it is a loop of so much code that it should be a kernel of its own: one for all expressions that use its result.
    pub fn stands_alone(self) -> bool {
        self.weight() == Weight::Rejection
    }

    /// Dtype that operand `k` has for a compute dtype.
    pub fn operand(self, k: usize, compute: DType) -> DType {
        use Op::*;
        match (self, k) {
            (Where, 0) => DType::Bool,
            (Ldexp, 1) => DType::I32,
            (draw, 0) if draw.is_draw() => DType::I64,
            (draw, 1 | 2) if draw.is_draw() => DType::U64,
            (draw, 3) if draw.is_draw() => DType::U32,
            (RandomBits, 4 | 5) => DType::U32,
            (RandomBinomial, 4) | (RandomHypergeometric, 4..=6) => DType::I64,
            _ => compute,
        }
    }

    /// Dtype of the result for a compute dtype.
    pub fn result(self, compute: DType) -> DType {
        use Op::*;
        if self.is_predicate() {
            return DType::Bool;
        }
        match self {
            Absolute | Real | Imag => compute.real(),
            BitCount => DType::U8,
            Bits => match compute.itemsize() {
                2 => DType::U16,
                4 => DType::U32,
                _ => DType::U64,
            },
            FrexpExponent => DType::I32,
            RandomPoisson | RandomBinomial | RandomHypergeometric | RandomZipf => DType::I64,
            _ => compute,
        }
    }
}
