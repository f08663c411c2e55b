//! The expression IR: a typed, topologically ordered list of scalar operations.
//!
//! An [`Expr`] says what one *element* of a result is, in terms of the elements of its inputs, of scalars handed over at launch, and of its own
//! position. It knows nothing of shapes: how elements are found in memory is the business of the kernel around it ([`crate::map`],
//! [`crate::reduce`]), so that the same expression is the body of an elementwise kernel, the prologue of a reduction, or the epilogue of a matmul.
//!
//! Every operation names one function of the shader library, `<op>_<register type>` (`add_f32`, `floor_divide_i64`); this module decides which,
//! and what has to follow it so that a value narrower than its register stays in range (`wrap_u8`, `round_f16`).

use crate::access::Native64;
use anygpu_core::DType;
use smallvec::SmallVec;

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
            fn stem(self) -> &'static str {
                match self { $(Op::$name => $stem,)* }
            }

            /// Number of operands.
            pub fn arity(self) -> usize {
                match self { $(Op::$name => $arity,)* }
            }

            fn weight(self) -> Weight {
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
enum Weight {
    /// Little in every dtype.
    Short,
    /// A lot for 64-bit floats and complex numbers.
    Long,
    /// A lot for complex numbers, and for 64-bit floats but where their own arithmetic computes it ([`Native64::functions`]).
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

/// One node of an expression. Operands are indices of earlier nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// The element of input `n`, in its dtype.
    Input(u8),
    /// Scalar `n` of the launch, in its dtype.
    Scalar(u8),
    /// The position of the element in the result, in C order, as `int64`.
    Index,
    /// An operation with its compute dtype; unused operands are zero.
    Apply(Op, DType, [u16; MAX_ARITY]),
    /// The element of input `n`, a *table*, at the position that an `int64` node gives. It lies within the table: nothing checks it.
    Take(u8, u16),
}

/// A typed expression over inputs and scalars, with one or more results.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Expr {
    /// Dtypes of the inputs.
    pub inputs: SmallVec<[DType; 8]>,
    /// Dtypes of the scalars.
    pub scalars: SmallVec<[DType; 8]>,
    /// Nodes with the dtype of their value, operands before users.
    pub nodes: Vec<(Node, DType)>,
    /// The nodes whose values are the results.
    pub results: SmallVec<[u16; 2]>,
}

impl Expr {
    /// The expression that hands its one input on unchanged.
    pub fn identity(dtype: DType) -> Expr {
        let mut e = Expr::default();
        let x = e.input(dtype);
        e.results.push(x);
        e
    }

    /// Adds an input and returns its node.
    pub fn input(&mut self, dtype: DType) -> u16 {
        self.inputs.push(dtype);
        self.push(Node::Input((self.inputs.len() - 1) as u8), dtype)
    }

    /// Adds a scalar parameter and returns its node.
    pub fn scalar(&mut self, dtype: DType) -> u16 {
        self.scalars.push(dtype);
        self.push(Node::Scalar((self.scalars.len() - 1) as u8), dtype)
    }

    /// Adds an operation on earlier nodes and returns its node.
    pub fn apply(&mut self, op: Op, compute: DType, operands: &[u16]) -> u16 {
        let mut args = [0; MAX_ARITY];
        args[..operands.len()].copy_from_slice(operands);
        self.push(Node::Apply(op, compute, args), op.result(compute))
    }

    /// Adds an input that is read at computed positions; returns its number, for [`Expr::take`].
    pub fn table(&mut self, dtype: DType) -> u8 {
        self.inputs.push(dtype);
        (self.inputs.len() - 1) as u8
    }

    /// Adds the element of a table at the position that a node gives.
    pub fn take(&mut self, table: u8, position: u16) -> u16 {
        self.push(Node::Take(table, position), self.inputs[table as usize])
    }

    /// Whether input `i` is read at computed positions.
    pub fn is_table(&self, i: usize) -> bool {
        self.nodes.iter().any(|(n, _)| matches!(n, Node::Take(t, _) if *t as usize == i))
    }

    /// Adds a node.
    pub fn push(&mut self, node: Node, dtype: DType) -> u16 {
        self.nodes.push((node, dtype));
        (self.nodes.len() - 1) as u16
    }

    /// Whether any node asks for the element's position.
    pub fn uses_index(&self) -> bool {
        self.nodes.iter().any(|(n, _)| *n == Node::Index)
    }

    /// Whether the expression is so much code that four copies of it would take drivers seconds to compile: functions of 64-bit floats and of
    /// complex numbers, and loops. Where it is not, copies are twice as fast as a loop (sin of float64 on an H100).
    pub fn is_heavy(&self, native: Native64) -> bool {
        self.nodes.iter().any(|(node, _)| match node {
            Node::Apply(op, dtype, _) => match op.weight() {
                Weight::Short => false,
                Weight::Long => matches!(dtype, DType::F64 | DType::C64 | DType::C128),
                Weight::NativeShort => matches!(dtype, DType::C64 | DType::C128) || *dtype == DType::F64 && !native.functions,
                Weight::Rejection => true,
            },
            _ => false,
        })
    }

    /// Whether a scalar comes to a long function, perhaps through others. Its conditions may then depend on the launch's parameters alone.
    pub(crate) fn computes_with_scalars(&self) -> bool {
        let mut uniform = Vec::with_capacity(self.nodes.len());
        let mut found = false;
        for (node, _) in &self.nodes {
            uniform.push(match node {
                Node::Scalar(_) => true,
                Node::Apply(op, dtype, operands) => {
                    let given = &operands[..op.arity()];
                    let is_long = op.weight() != Weight::Short || matches!(dtype, DType::F64 | DType::C64 | DType::C128);
                    found |= is_long && given.iter().any(|o| uniform[usize::from(*o)]);
                    given.iter().all(|o| uniform[usize::from(*o)])
                }
                Node::Input(_) | Node::Index | Node::Take(..) => false,
            });
        }
        found
    }

    /// Appends a compact description that is equal exactly for equal expressions: the kernel cache's key.
    pub fn write_key(&self, key: &mut Vec<u8>) {
        key.push(self.inputs.len() as u8);
        key.extend(self.inputs.iter().map(|d| *d as u8));
        key.push(self.scalars.len() as u8);
        key.extend(self.scalars.iter().map(|d| *d as u8));
        for (node, dtype) in &self.nodes {
            match node {
                Node::Input(i) => key.extend([0, *i]),
                Node::Scalar(i) => key.extend([1, *i]),
                Node::Index => key.push(2),
                Node::Take(table, position) => {
                    key.extend([254, *table]);
                    key.extend(position.to_le_bytes());
                }
                Node::Apply(op, compute, args) => {
                    key.extend([3 + *op as u8, *compute as u8]);
                    for a in &args[..op.arity()] {
                        key.extend(a.to_le_bytes());
                    }
                }
            }
            key.push(*dtype as u8);
        }
        key.push(255);
        for r in &self.results {
            key.extend(r.to_le_bytes());
        }
    }

    /// WGSL type that `fn expr` returns.
    pub fn result_type(&self) -> &'static str {
        match self.results.as_slice() {
            [r] => register(self.nodes[*r as usize].1),
            _ => "Results",
        }
    }

    /// WGSL of `fn expr(x0, .., s0, .., index) -> result`, with a struct `Results` where there are several results.
    pub fn write_function(&self, out: &mut String) {
        use std::fmt::Write;
        if self.results.len() > 1 {
            out.push_str("struct Results {\n");
            for (k, r) in self.results.iter().enumerate() {
                let _ = writeln!(out, "    r{k}: {},", register(self.nodes[*r as usize].1));
            }
            out.push_str("}\n");
        }
        out.push_str("fn expr(");
        for (i, d) in self.inputs.iter().enumerate() {
            // Of a table the kernel gives the position of its first element in the binding.
            let _ = write!(out, "x{i}: {}, ", if self.is_table(i) { "u32" } else { register(*d) });
        }
        for (i, d) in self.scalars.iter().enumerate() {
            let _ = write!(out, "s{i}: {}, ", register(*d));
        }
        if self.uses_index() {
            out.push_str("index: I64, ");
        }
        let returned = self.result_type();
        let _ = writeln!(out, ") -> {returned} {{");
        let name = |i: u16| match self.nodes[i as usize].0 {
            Node::Input(k) => format!("x{k}"),
            Node::Scalar(k) => format!("s{k}"),
            Node::Index => "index".to_owned(),
            Node::Apply(..) | Node::Take(..) => format!("v{i}"),
        };
        for (i, (node, _)) in self.nodes.iter().enumerate() {
            if let Node::Take(table, position) = node {
                let _ = writeln!(out, "    let v{i} = load{table}(x{table} + cast_i64_u32({}));", name(*position));
            }
            if let Node::Apply(op, compute, args) = node {
                let from = self.nodes[args[0] as usize].1;
                let operands: SmallVec<[String; MAX_ARITY]> = args[..op.arity()].iter().map(|a| name(*a)).collect();
                let _ = writeln!(out, "    let v{i} = {};", call(*op, *compute, from, &operands));
            }
        }
        match self.results.as_slice() {
            [r] => {
                let _ = writeln!(out, "    return {};\n}}", name(*r));
            }
            many => {
                let list: Vec<String> = many.iter().map(|r| name(*r)).collect();
                let _ = writeln!(out, "    return Results({});\n}}", list.join(", "));
            }
        }
    }
}

/// Suffix of the library functions that compute in this dtype.
pub fn register_suffix(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "bool",
        DType::U8 | DType::U16 | DType::U32 => "u32",
        DType::I8 | DType::I16 | DType::I32 => "i32",
        DType::U64 => "u64",
        DType::I64 => "i64",
        DType::F16 | DType::F32 => "f32",
        DType::F64 => "f64",
        DType::C64 => "c64",
        DType::C128 => "c128",
    }
}

/// WGSL type that holds a value of this dtype in a register.
pub fn register(dtype: DType) -> &'static str {
    match dtype {
        DType::U64 => "U64",
        DType::I64 => "I64",
        DType::F64 => "F64",
        DType::C64 => "vec2<f32>",
        DType::C128 => "C128",
        other => register_suffix(other),
    }
}

/// Function that brings a register value back into the range of a dtype narrower than its register.
fn narrow(dtype: DType) -> Option<&'static str> {
    match dtype {
        DType::U8 => Some("wrap_u8"),
        DType::U16 => Some("wrap_u16"),
        DType::I8 => Some("wrap_i8"),
        DType::I16 => Some("wrap_i16"),
        DType::F16 => Some("round_f16"),
        _ => None,
    }
}

/// A WGSL expression that applies `op` to `operands` (register values), computing in `compute`; `from` is the first operand's dtype.
pub fn call(op: Op, compute: DType, from: DType, operands: &[String]) -> String {
    match op {
        Op::Where => return format!("select({}, {}, {})", operands[2], operands[1], operands[0]),
        Op::Cast => return cast(from, compute, &operands[0]),
        _ => {}
    }
    // Logical operations look at truth values only.
    if matches!(op, Op::LogicalAnd | Op::LogicalOr | Op::LogicalXor | Op::LogicalNot) {
        let truth: SmallVec<[String; 3]> = operands.iter().map(|x| cast(compute, DType::Bool, x)).collect();
        return format!("{}_bool({})", op.stem(), truth.join(", "));
    }
    // NumPy's loops for bool: + and | are or, * and & are and, - is refused by type resolution.
    let bool_stem = match op {
        _ if compute != DType::Bool => None,
        Op::Add | Op::BitOr | Op::Maximum | Op::Fmax => Some("or"),
        Op::Multiply | Op::BitAnd | Op::Minimum | Op::Fmin => Some("and"),
        Op::BitXor => Some("xor"),
        Op::BitNot => Some("not"),
        Op::Absolute | Op::Floor | Op::Ceil | Op::Trunc | Op::Conjugate | Op::Real => {
            return operands[0].clone();
        }
        _ => None,
    };
    if let Some(stem) = bool_stem {
        return format!("{stem}_bool({})", operands.join(", "));
    }
    if op == Op::Bits {
        return match compute {
            DType::F16 => format!("pack_f16({})", operands[0]),
            DType::F32 => format!("bitcast<u32>({})", operands[0]),
            _ => format!("make_u64(bits_lo_f64({0}), bits_hi_f64({0}))", operands[0]),
        };
    }
    // The distance to the next float depends on the format, not on the register; of two zeros NumPy takes the first in this format.
    if compute == DType::F16 && matches!(op, Op::Nextafter | Op::Spacing | Op::Minimum | Op::Maximum | Op::Fmin | Op::Fmax) {
        return format!("{}_f16({})", op.stem(), operands.join(", "));
    }
    // Identities on integers and reals, so that the library need not define them.
    let identity = match op {
        Op::Floor | Op::Ceil | Op::Trunc | Op::Rint => compute.is_integer(),
        Op::Conjugate | Op::Real => !compute.is_complex(),
        Op::Absolute => compute.is_integer() && !compute.is_signed_integer(),
        _ => false,
    };
    if identity {
        return operands[0].clone();
    }
    // Of float16 they are normal numbers in float32, whatever they are in float16.
    let full = matches!(op, Op::Add | Op::Subtract | Op::Multiply) && compute == DType::F32;
    let applied = format!("{}{}_{}({})", op.stem(), if full { "_full" } else { "" }, register_suffix(compute), operands.join(", "));
    match narrow(op.result(compute)) {
        // Comparisons give bool; these never leave the operands' range.
        Some(_) if matches!(op, Op::Minimum | Op::Maximum | Op::Fmin | Op::Fmax | Op::BitAnd | Op::BitOr | Op::BitXor | Op::ShiftRight) => {
            applied
        }
        Some(f) => format!("{f}({applied})"),
        None => applied,
    }
}

/// A WGSL expression that converts a register value between dtypes as NumPy's `astype` does on x86-64.
pub fn cast(from: DType, to: DType, x: &str) -> String {
    if from == to {
        return x.to_owned();
    }
    let (a, b) = (register_suffix(from), register_suffix(to));
    if to == DType::Bool {
        return format!("nonzero_{a}({x})");
    }
    // float64 to float16 rounds once, not by way of float32.
    match (from, to) {
        (DType::F64, DType::F16) => return format!("cast_f64_f16({x})"),
        (DType::C128, DType::F16) => return format!("cast_f64_f16(real_c128({x}))"),
        _ => {}
    }
    // Float to a narrow integer goes through int32 and keeps the low bits, as x86-64 code does; so uint8 and uint16 do, unlike uint32.
    let narrow_unsigned = matches!(to, DType::U8 | DType::U16) && from.is_inexact();
    let converted = if narrow_unsigned {
        format!("cast_i32_u32(cast_{a}_i32({x}))")
    } else if a == b {
        x.to_owned()
    } else {
        format!("cast_{a}_{b}({x})")
    };
    let widening = from == DType::Bool
        || (from.is_integer() && to.is_integer() && from.min_value() >= to.min_value() && from.max_value() <= to.max_value());
    match narrow(to) {
        Some(f) if !widening => format!("{f}({converted})"),
        _ => converted,
    }
}
