//! The expression IR: a typed, topologically ordered list of scalar operations.
//!
//! An [`Expr`] says what one *element* of a result is, in terms of the elements of its inputs, of scalars handed over at launch, and of its own
//! position. It knows nothing of shapes: how elements are found in memory is the business of the kernel around it ([`crate::map`],
//! [`crate::reduce`]), so that the same expression is the body of an elementwise kernel, the prologue of a reduction, or the epilogue of a matmul.
//!
//! Every operation names one function of the shader library, `<op>_<register type>` (`add_f32`, `floor_divide_i64`); this module decides which,
//! and what has to follow it so that a value narrower than its register stays in range (`wrap_u8`, `round_f16`).

use anygpu_core::DType;
use smallvec::SmallVec;

/// A scalar operation of the shader library.
///
/// Operands have one common dtype, the operation's *compute dtype*; the host inserts [`Op::Cast`] where NumPy's type resolution asks for it.
#[allow(missing_docs, reason = "the variants carry NumPy's ufunc names")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Fmod,
    Power,
    Arctan2,
    Hypot,
    Copysign,
    Minimum,
    Maximum,
    Fmin,
    Fmax,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    LogicalAnd,
    LogicalOr,
    LogicalXor,
    LogicalNot,
    BitNot,
    Negative,
    Absolute,
    Sign,
    Sqrt,
    Exp,
    Exp2,
    Expm1,
    Log,
    Log2,
    Log10,
    Log1p,
    Sin,
    Cos,
    Tan,
    Sinh,
    Cosh,
    Tanh,
    Arcsin,
    Arccos,
    Arctan,
    Arcsinh,
    Arccosh,
    Arctanh,
    Floor,
    Ceil,
    Trunc,
    Rint,
    IsNan,
    IsInf,
    IsFinite,
    Signbit,
    Real,
    Imag,
    Conjugate,
    /// `where(condition, x, y)`: the first operand is `bool`, the others have the compute dtype.
    Where,
    /// Conversion from the operand's dtype to the compute dtype, by NumPy's casting rules.
    Cast,
}

impl Op {
    /// The stem of the library function's name.
    fn stem(self) -> &'static str {
        use Op::*;
        match self {
            Add => "add",
            Subtract => "sub",
            Multiply => "mul",
            Divide => "div",
            FloorDivide => "floor_divide",
            Remainder => "remainder",
            Fmod => "fmod",
            Power => "pow",
            Arctan2 => "atan2",
            Hypot => "hypot",
            Copysign => "copysign",
            Minimum => "minimum",
            Maximum => "maximum",
            Fmin => "fmin",
            Fmax => "fmax",
            BitAnd => "bit_and",
            BitOr => "bit_or",
            BitXor => "bit_xor",
            ShiftLeft => "shift_left",
            ShiftRight => "shift_right",
            Equal => "eq",
            NotEqual => "ne",
            Less => "lt",
            LessEqual => "le",
            Greater => "gt",
            GreaterEqual => "ge",
            LogicalAnd => "and",
            LogicalOr => "or",
            LogicalXor => "xor",
            LogicalNot => "not",
            BitNot => "bit_not",
            Negative => "neg",
            Absolute => "abs",
            Sign => "sign",
            Sqrt => "sqrt",
            Exp => "exp",
            Exp2 => "exp2",
            Expm1 => "expm1",
            Log => "log",
            Log2 => "log2",
            Log10 => "log10",
            Log1p => "log1p",
            Sin => "sin",
            Cos => "cos",
            Tan => "tan",
            Sinh => "sinh",
            Cosh => "cosh",
            Tanh => "tanh",
            Arcsin => "asin",
            Arccos => "acos",
            Arctan => "atan",
            Arcsinh => "asinh",
            Arccosh => "acosh",
            Arctanh => "atanh",
            Floor => "floor",
            Ceil => "ceil",
            Trunc => "trunc",
            Rint => "rint",
            IsNan => "isnan",
            IsInf => "isinf",
            IsFinite => "isfinite",
            Signbit => "signbit",
            Real => "real",
            Imag => "imag",
            Conjugate => "conj",
            Where => "select",
            Cast => "cast",
        }
    }

    /// Number of operands.
    pub fn arity(self) -> usize {
        if self == Op::Where {
            3
        } else if self < Op::LogicalNot {
            2
        } else {
            1
        }
    }

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

    /// Dtype of the result for a compute dtype.
    pub fn result(self, compute: DType) -> DType {
        use Op::*;
        if self.is_predicate() {
            return DType::Bool;
        }
        match self {
            Absolute | Real | Imag => compute.real(),
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
    Apply(Op, DType, [u16; 3]),
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
        let mut args = [0; 3];
        args[..operands.len()].copy_from_slice(operands);
        self.push(Node::Apply(op, compute, args), op.result(compute))
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
    /// complex numbers.
    pub fn is_heavy(&self) -> bool {
        use Op::*;
        self.nodes.iter().any(|(node, _)| match node {
            Node::Apply(op, DType::F64 | DType::C64 | DType::C128, _) => {
                matches!(op, Power | Fmod | Remainder | FloorDivide | Hypot | Arctan2) || (*op >= Exp && *op <= Arctanh)
            }
            _ => false,
        })
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
            let _ = write!(out, "x{i}: {}, ", register(*d));
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
            Node::Apply(..) => format!("v{i}"),
        };
        for (i, (node, _)) in self.nodes.iter().enumerate() {
            if let Node::Apply(op, compute, args) = node {
                let from = self.nodes[args[0] as usize].1;
                let operands: SmallVec<[String; 3]> = args[..op.arity()].iter().map(|a| name(*a)).collect();
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
    let applied = format!("{}_{}({})", op.stem(), register_suffix(compute), operands.join(", "));
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
