//! What stands in front of generated kernels: bindings, and typed access to arrays of any dtype and layout.
//!
//! A program that writes kernels (a compiler from another language, a template) says what the parameters are and writes WGSL that calls the
//! functions below; [`Prologue::wgsl`] writes them, and the linker adds the functions of `shaders/math/` that the text names (`add_f64`, `cast_i64_f32`, ..;
//! [`crate::expr::call`] and [`crate::expr::cast`] write such calls). Parameter number `k` is known to the text by these:
//!
//! | for | function | meaning |
//! |---|---|---|
//! | an array | `at<k>(i0: i32, i1: i32, ..) -> u32` | place of an element; `NOWHERE` where an index is out of bounds |
//! | | `flat<k>(i: i32) -> u32` | place of an element counted in C order; the same |
//! | | `load<k>(at: u32) -> T` | the element at a place; zero for `NOWHERE` |
//! | | `store<k>(at: u32, v: T)` | (if written) stores at a place; nothing for `NOWHERE` |
//! | | `size<k>() -> u32`, `shape<k>_<d>() -> u32`, `stride<k>_<d>() -> i32` | lengths, and strides in elements |
//! | | `atomic_add<k>(at, v) -> T` and `sub min max and or xor exchange` | (if atomic: int32, uint32, float32) the old value |
//! | | `atomic_cas<k>(at, old, new) -> T` | compares bits, exchanges if equal; the old value |
//! | a scalar | `scalar<k>() -> T` | its value |
//! | the launch | `grid_size() -> vec3<u32>` | the grid that was asked for, in workgroups |
//! | | `block_index(group: vec3<u32>) -> vec3<u32>` | of `@builtin(workgroup_id)`: the workgroup's place in that grid, which may have more than 65,535 in a dimension |
//!
//! `T` is the dtype's register type, [`crate::expr::register`]: `bool`, `i32` for int8 to int32, `u32` for uint8 to uint32, `f32` for float16 and
//! float32, `I64`, `U64`, `F64` (native or `vec2<u32>`), `vec2<f32>` for complex64, `C128`. A value narrower than its register must be in its
//! dtype's range. The entry point is called `main`. Elements of one and two bytes are stored atomically within their word, so neighbours may be written
//! by other invocations.

use std::fmt::Write;

use anygpu_core::DType;

use crate::access::{self, Access, Native64};
use crate::expr::register;

/// One parameter of a generated kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// An array of a dtype and a number of dimensions.
    Array {
        /// The element type.
        dtype: DType,
        /// Dimensions.
        ndim: u8,
        /// Whether the kernel stores to it.
        written: bool,
        /// Whether it uses atomics on it (which needs `written`).
        atomic: bool,
        /// Whether negative indices count from the end, as Python's.
        wrap: bool,
    },
    /// A number.
    Scalar(DType),
}

/// Words before the parameters: a zero (see `guard`), the grid in three words, the first workgroup's number, and three unused.
pub const HEAD_WORDS: usize = 8;

/// The parameters of a kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Prologue {
    /// In order.
    pub parameters: Vec<Parameter>,
}

impl Parameter {
    /// Words it takes: of an array the place of its first element, its size, its shape and its strides.
    pub fn words(&self) -> usize {
        match self {
            Parameter::Array { ndim, .. } => 2 + 2 * *ndim as usize,
            Parameter::Scalar(dtype) => access::scalar_words(*dtype),
        }
    }
}

impl Prologue {
    /// All words of parameters.
    pub fn words(&self) -> usize {
        HEAD_WORDS + self.parameters.iter().map(Parameter::words).sum::<usize>()
    }

    /// A byte string equal exactly for equal prologues.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(4 * self.parameters.len());
        for parameter in &self.parameters {
            match *parameter {
                Parameter::Array { dtype, ndim, written, atomic, wrap } => {
                    key.extend([1, dtype as u8, ndim, u8::from(written) | u8::from(atomic) << 1 | u8::from(wrap) << 2]);
                }
                Parameter::Scalar(dtype) => key.extend([2, dtype as u8]),
            }
        }
        key
    }

    /// The text to put in front of a kernel's own.
    pub fn wgsl(&self, native: Native64) -> String {
        let mut out = String::with_capacity(4096);
        out.push_str("const NOWHERE = 0xffffffffu;\n");
        let mut binding = 0;
        for parameter in &self.parameters {
            if let Parameter::Array { dtype, written, atomic, .. } = *parameter {
                let mode = if written { "read_write" } else { "read" };
                let element = match dtype {
                    DType::I32 if atomic => "atomic<i32>",
                    _ if atomic => "atomic<u32>",
                    _ if written => access::scatter_type(dtype, native),
                    _ => access::element_type(dtype, Access::Gather, native),
                };
                let _ = writeln!(out, "@group(0) @binding({binding}) var<storage, {mode}> b{binding}: array<{element}>;");
                binding += 1;
            }
        }
        let _ = writeln!(out, "@group(0) @binding({binding}) var<uniform> params: array<vec4<u32>, 64>;");
        out.push_str("fn guard() -> u32 { return params[0].x; }\n");
        out.push_str("fn grid_size() -> vec3<u32> { return params[0].yzw; }\n");
        out.push_str(BLOCK_INDEX);
        let mut word = HEAD_WORDS;
        binding = 0;
        for (k, parameter) in self.parameters.iter().enumerate() {
            match *parameter {
                Parameter::Array { dtype, ndim, written, atomic, wrap } => {
                    write_places(&mut out, k, word, ndim as usize, wrap);
                    if atomic {
                        write_atomics(&mut out, k, binding, dtype);
                    } else {
                        write_elements(&mut out, k, binding, dtype, written, native);
                    }
                    binding += 1;
                }
                Parameter::Scalar(dtype) => {
                    let value = access::scalar_from_params(dtype, word);
                    let _ = writeln!(out, "fn scalar{k}() -> {} {{ return {value}; }}", register(dtype));
                }
            }
            word += parameter.words();
        }
        out
    }
}

/// A launch of more workgroups than a dimension may have is a row of rows, and perhaps a last, shorter row; each starts at a number of its own.
const BLOCK_INDEX: &str = "fn block_index(group: vec3<u32>) -> vec3<u32> {
    let n = params[0].yzw;
    if (params[1].y == 0u) { return group; }
    let number = params[1].x + group.y * 65535u + group.x;
    return vec3<u32>(number % n.x, number / n.x % n.y, number / n.x / n.y);
}
";

/// Lengths, strides and the places of elements.
fn write_places(out: &mut String, k: usize, word: usize, ndim: usize, wrap: bool) {
    let (start, size) = (access::param(word), access::param(word + 1));
    let _ = writeln!(out, "fn size{k}() -> u32 {{ return {size}; }}");
    for d in 0..ndim {
        let _ = writeln!(out, "fn shape{k}_{d}() -> u32 {{ return {}; }}", access::param(word + 2 + d));
        let _ = writeln!(out, "fn stride{k}_{d}() -> i32 {{ return bitcast<i32>({}); }}", access::param(word + 2 + ndim + d));
    }
    let arguments: Vec<String> = (0..ndim).map(|d| format!("i{d}: i32")).collect();
    let _ = writeln!(out, "fn at{k}({}) -> u32 {{", arguments.join(", "));
    for d in 0..ndim {
        let n = access::param(word + 2 + d);
        let index = if wrap { format!("select(u32(i{d}), u32(i{d}) + {n}, i{d} < 0)") } else { format!("u32(i{d})") };
        let _ = writeln!(out, "    let j{d} = {index};\n    if (j{d} >= {n}) {{ return NOWHERE; }}");
    }
    let terms: Vec<String> = (0..ndim).map(|d| format!(" + j{d} * {}", access::param(word + 2 + ndim + d))).collect();
    let _ = writeln!(out, "    return {start}{};\n}}", terms.concat());
    // Places of elements counted in C order.
    let index = if wrap { format!("select(u32(i), u32(i) + {size}, i < 0)") } else { "u32(i)".to_owned() };
    let _ = writeln!(out, "fn flat{k}(i: i32) -> u32 {{\n    var rest = {index};\n    if (rest >= {size}) {{ return NOWHERE; }}");
    let _ = writeln!(out, "    var at = {start};");
    for d in (0..ndim).rev() {
        let (n, stride) = (access::param(word + 2 + d), access::param(word + 2 + ndim + d));
        if d > 0 {
            let _ = writeln!(out, "    at += rest % {n} * {stride};\n    rest /= {n};");
        } else {
            let _ = writeln!(out, "    at += rest * {stride};");
        }
    }
    out.push_str("    return at;\n}\n");
}

/// `load<k>` and `store<k>` over [`access`]'s unchecked ones.
fn write_elements(out: &mut String, k: usize, binding: usize, dtype: DType, written: bool, native: Native64) {
    let ty = register(dtype);
    let mut unchecked = String::new();
    access::write_load_one(&mut unchecked, k, binding, dtype, native, written && dtype.itemsize() < 4);
    if written {
        access::write_store_one(&mut unchecked, k, binding, dtype);
    }
    out.push_str(
        &unchecked.replace(&format!("fn load{k}("), &format!("fn element{k}(")).replace(&format!("fn store{k}("), &format!("fn put{k}(")),
    );
    let _ = writeln!(out, "fn load{k}(at: u32) -> {ty} {{\n    if (at == NOWHERE) {{ return {ty}(); }}\n    return element{k}(at);\n}}");
    if written {
        let _ = writeln!(out, "fn store{k}(at: u32, v: {ty}) {{\n    if (at != NOWHERE) {{ put{k}(at, v); }}\n}}");
    }
}

/// Access to an array of atomics, of 32-bit elements. float32 lives in unsigned words; what WGSL has no atomic for is a loop of exchanges.
fn write_atomics(out: &mut String, k: usize, binding: usize, dtype: DType) {
    let ty = register(dtype);
    let float = dtype == DType::F32;
    let to = |v: &str| if float { format!("bitcast<u32>({v})") } else { v.to_owned() };
    let from = |v: &str| if float { format!("bitcast<f32>({v})") } else { v.to_owned() };
    let cell = format!("&b{binding}[at]");
    let _ = writeln!(
        out,
        "fn load{k}(at: u32) -> {ty} {{\n    if (at == NOWHERE) {{ return {ty}(); }}\n    return {};\n}}",
        from(&format!("atomicLoad({cell})"))
    );
    let _ = writeln!(out, "fn store{k}(at: u32, v: {ty}) {{\n    if (at != NOWHERE) {{ atomicStore({cell}, {}); }}\n}}", to("v"));
    let names: &[(&str, &str)] =
        &[("add", "Add"), ("sub", "Sub"), ("min", "Min"), ("max", "Max"), ("and", "And"), ("or", "Or"), ("xor", "Xor")];
    for (name, wgsl) in names {
        let loops = match *name {
            "add" | "sub" => Some(format!("{name}_f32(old, v)")),
            "min" => Some("minimum_f32(old, v)".to_owned()),
            "max" => Some("maximum_f32(old, v)".to_owned()),
            _ => None,
        };
        let head = format!("fn atomic_{name}{k}(at: u32, v: {ty}) -> {ty} {{\n    if (at == NOWHERE) {{ return {ty}(); }}");
        if !float {
            let _ = writeln!(out, "{head}\n    return atomic{wgsl}({cell}, v);\n}}");
        } else if let Some(new) = loops {
            let _ = writeln!(out, "{head}\n    var bits = atomicLoad({cell});\n    loop {{");
            let _ = writeln!(out, "        let old = bitcast<f32>(bits);");
            let _ = writeln!(out, "        let swapped = atomicCompareExchangeWeak({cell}, bits, bitcast<u32>({new}));");
            let _ = writeln!(out, "        if (swapped.exchanged) {{ return old; }}\n        bits = swapped.old_value;\n    }}");
            // naga wants a return behind the loop.
            let _ = writeln!(out, "    return 0.0f;\n}}");
        }
    }
    let _ = writeln!(
        out,
        "fn atomic_exchange{k}(at: u32, v: {ty}) -> {ty} {{\n    if (at == NOWHERE) {{ return {ty}(); }}\n    return {};\n}}",
        from(&format!("atomicExchange({cell}, {})", to("v")))
    );
    let _ = writeln!(
        out,
        "fn atomic_cas{k}(at: u32, old: {ty}, new_value: {ty}) -> {ty} {{
    if (at == NOWHERE) {{ return {ty}(); }}
    loop {{
        let swapped = atomicCompareExchangeWeak({cell}, {old}, {new});
        // A weak exchange may fail without a reason.
        if (swapped.exchanged || swapped.old_value != {old}) {{ return {value}; }}
    }}
    return {ty}();
}}",
        old = to("old"),
        new = to("new_value"),
        value = from("swapped.old_value"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permutations::validate_everywhere;
    use crate::shaders::{LibraryConfig, Sixty4, library};

    /// A kernel that calls every function of the prologue.
    fn all_calls(prologue: &Prologue) -> String {
        let mut body = String::from(
            "@compute @workgroup_size(64) fn main(@builtin(workgroup_id) group: vec3<u32>) {\n    let b = block_index(group);\n",
        );
        for (k, parameter) in prologue.parameters.iter().enumerate() {
            if let Parameter::Array { dtype, ndim, written, atomic, .. } = *parameter {
                let indices = vec!["i32(b.x)"; ndim as usize].join(", ");
                let _ = writeln!(body, "    let v{k} = load{k}(at{k}({indices}));");
                if written {
                    let _ = writeln!(body, "    store{k}(flat{k}(i32(size{k}())), v{k});");
                }
                if atomic {
                    let names: &[&str] = if dtype == DType::F32 { &["add", "min", "exchange"] } else { &["add", "max", "xor", "exchange"] };
                    for name in names {
                        let _ = writeln!(body, "    let {name}{k} = atomic_{name}{k}(flat{k}(1), v{k});");
                    }
                    let _ = writeln!(body, "    let cas{k} = atomic_cas{k}(flat{k}(1), v{k}, v{k});");
                }
            } else {
                let _ = writeln!(body, "    let v{k} = scalar{k}();");
            }
        }
        body.push_str("}\n");
        body
    }

    #[test]
    fn every_dtype_validates_in_every_form() {
        for config in LibraryConfig::all() {
            let native = Native64 { float: config.float64 == Sixty4::Native, int: config.int64 == Sixty4::Native };
            for dtype in DType::ALL {
                let array = |ndim, written, atomic, wrap| Parameter::Array { dtype: *dtype, ndim, written, atomic, wrap };
                let mut parameters = vec![array(0, false, false, false), array(3, true, false, true), Parameter::Scalar(*dtype)];
                if matches!(dtype, DType::I32 | DType::U32 | DType::F32) {
                    parameters.push(array(1, true, true, false));
                }
                let prologue = Prologue { parameters };
                let text = prologue.wgsl(native) + &all_calls(&prologue);
                let linked = library(config).link(&text).unwrap();
                validate_everywhere(&linked, config.capabilities() | naga::valid::Capabilities::SHADER_FLOAT16_IN_FLOAT32)
                    .unwrap_or_else(|e| panic!("{dtype} {config:?}: {e}\n{linked}"));
            }
        }
    }
}
