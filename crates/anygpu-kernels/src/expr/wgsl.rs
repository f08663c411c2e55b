//! Expressions as WGSL.
//!
//! Every operation is a call of one function of the shader library, `<op>_<register type>` (`add_f32`, `floor_divide_i64`); this module decides which,
//! and what has to follow it so that a value narrower than its register stays in range (`wrap_u8`, `round_f16`).

use super::{Expr, MAX_ARITY, Node, Op};
use anygpu_core::DType;
use smallvec::SmallVec;
use std::fmt::Write;

impl Expr {
    /// WGSL type that `fn expr` returns.
    pub fn result_type(&self) -> &'static str {
        match self.results.as_slice() {
            [r] => register(self.nodes[*r as usize].1),
            _ => "Results",
        }
    }

    /// WGSL of `fn expr(x0, .., s0, .., index) -> result`, with a struct `Results` where there are several results.
    pub fn write_function(&self, out: &mut String) {
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
