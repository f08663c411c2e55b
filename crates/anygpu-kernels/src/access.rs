//! How elements of each dtype are found in a storage binding.
//!
//! Memory holds arrays exactly as NumPy does, down to packed one- and two-byte elements. A kernel works on *quads*, four consecutive elements an
//! invocation, so that four-byte dtypes move in 128-bit accesses and small ones in whole words that no other invocation writes. An operand is
//! read in one of three ways, chosen on the host for a launch and part of the kernel's key.

use crate::expr::register;
use anygpu_core::DType;
use std::fmt::Write;

/// Number of consecutive elements one invocation handles.
pub const QUAD: u32 = 4;

/// How one operand's four elements of a quad lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Access {
    /// Consecutive and aligned to a quad: vector loads.
    Vector,
    /// One element serves the whole quad (a broadcast operand).
    Splat,
    /// Anywhere: one load an element.
    Gather,
    /// A table: wherever the expression says.
    Table,
}

/// Which 64-bit types the target has natively; the other forms are pairs of `u32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Native64 {
    /// `f64` in WGSL.
    pub float: bool,
    /// `i64` and `u64` in WGSL.
    pub int: bool,
    /// Whether quads of smaller elements move in `u64` words. Mesa's software driver loads and stores word by word, lane by lane, so that this
    /// halves the time of a copy.
    pub wide_words: bool,
    /// Whether the functions of float64 compute in native floats: little code, so that four elements are written out one after the other.
    pub functions: bool,
}

impl Native64 {
    fn has(self, dtype: DType) -> bool {
        match dtype {
            DType::F64 | DType::C128 => self.float,
            DType::I64 | DType::U64 => self.int,
            _ => false,
        }
    }
}

/// Element type of the WGSL array that a binding of this dtype is declared with.
pub fn element_type(dtype: DType, access: Access, native: Native64) -> &'static str {
    let vector = access == Access::Vector;
    match dtype.itemsize() {
        1 => "u32",
        2 if vector && native.wide_words => "u64",
        2 if vector => "vec2<u32>",
        2 => "u32",
        4 if vector && native.wide_words => "vec2<u64>",
        4 if vector => "vec4<u32>",
        4 => "u32",
        8 if native.has(dtype) => match (dtype, vector) {
            (DType::F64, true) => "vec2<f64>",
            (DType::F64, false) => "f64",
            (DType::I64, true) => "vec2<i64>",
            (DType::I64, false) => "i64",
            (_, true) => "vec2<u64>",
            (_, false) => "u64",
        },
        8 if vector => "vec4<u32>",
        8 => "vec2<u32>",
        _ if native.has(dtype) => "vec2<f64>",
        _ => "vec4<u32>",
    }
}

/// Bytes of one element of [`element_type`].
pub fn element_bytes(dtype: DType, access: Access) -> u64 {
    match (dtype.itemsize(), access) {
        (1, _) => 4,
        (2, Access::Vector) => 8,
        (4 | 8, Access::Vector) => 16,
        (2 | 4, _) => 4,
        (size, _) => size as u64,
    }
}

/// A register value made from the bits of a word (dtypes of at most four bytes; `bits` holds the element in its low end, zero-extended).
fn from_word(dtype: DType, bits: &str) -> String {
    match dtype {
        DType::Bool => format!("(({bits}) != 0u)"),
        DType::U8 | DType::U16 | DType::U32 => bits.to_owned(),
        DType::I8 => format!("wrap_i8(bitcast<i32>({bits}))"),
        DType::I16 => format!("wrap_i16(bitcast<i32>({bits}))"),
        DType::I32 => format!("bitcast<i32>({bits})"),
        DType::F16 => format!("unpack_f16({bits})"),
        _ => format!("bitcast<f32>({bits})"),
    }
}

/// The bits of a register value, in the low end of a `u32` (dtypes of at most four bytes).
fn to_word(dtype: DType, value: &str) -> String {
    match dtype {
        DType::Bool => format!("select(0u, 1u, {value})"),
        DType::U8 | DType::U16 | DType::U32 => value.to_owned(),
        DType::I8 => format!("(bitcast<u32>({value}) & 0xffu)"),
        DType::I16 => format!("(bitcast<u32>({value}) & 0xffffu)"),
        DType::F16 => format!("pack_f16({value})"),
        _ => format!("bitcast<u32>({value})"),
    }
}

/// A `u64` made of two words.
fn wide_word(low: &str, high: &str) -> String {
    format!("(u64({low}) | (u64({high}) << 32u))")
}

/// Writes `fn load<i>(at) -> register` for single elements of binding `b<i>`, `at` counting elements.
pub fn write_load_one(out: &mut String, i: usize, binding: usize, dtype: DType, native: Native64, atomic: bool) {
    let word = |index: &str| {
        if atomic { format!("atomicLoad(&b{binding}[{index}])") } else { format!("b{binding}[{index}]") }
    };
    let value = match dtype.itemsize() {
        1 => from_word(dtype, &format!("({} >> ((at & 3u) * 8u)) & 0xffu", word("at >> 2u"))),
        2 => from_word(dtype, &format!("({} >> ((at & 1u) * 16u)) & 0xffffu", word("at >> 1u"))),
        4 => from_word(dtype, &format!("b{binding}[at]")),
        _ if dtype == DType::C64 => format!("bitcast<vec2<f32>>(b{binding}[at])"),
        _ => format!("b{binding}[at]"),
    };
    let _ = native;
    let _ = writeln!(out, "fn load{i}(at: u32) -> {} {{ return {value}; }}", register(dtype));
}

/// Writes `fn quad<i>(at) -> array<register, 4>` for aligned quads of binding `b<i>`, `at` counting elements (a multiple of four).
///
/// A *split* quad (eight-byte dtypes) is two pairs: `at` is a multiple of two, and `quad<i>(at, second)` finds the second pair `second` elements on.
pub fn write_load_quad(out: &mut String, i: usize, binding: usize, dtype: DType, native: Native64, split: bool) {
    let ty = register(dtype);
    let (argument, second) = if split { (", second: u32", "(second >> 1u)") } else { ("", "1u") };
    let _ = writeln!(out, "fn quad{i}(at: u32{argument}) -> array<{ty}, 4> {{");
    let lanes: Vec<String> = match dtype.itemsize() {
        1 => {
            let _ = writeln!(out, "    let w = b{binding}[at >> 2u];");
            (0..4).map(|k| from_word(dtype, &format!("(w >> {}u) & 0xffu", 8 * k))).collect()
        }
        2 => {
            let loaded = format!("b{binding}[at >> 2u]");
            let _ = if native.wide_words {
                writeln!(out, "    let d = {loaded};\n    let w = vec2<u32>(u32(d), u32(d >> 32u));")
            } else {
                writeln!(out, "    let w = {loaded};")
            };
            (0..4).map(|k| from_word(dtype, &format!("(w.{} >> {}u) & 0xffffu", ["x", "y"][k / 2], 16 * (k % 2)))).collect()
        }
        4 => {
            let loaded = format!("b{binding}[at >> 2u]");
            let _ = if native.wide_words {
                writeln!(out, "    let d = {loaded};\n    let w = vec4<u32>(u32(d.x), u32(d.x >> 32u), u32(d.y), u32(d.y >> 32u));")
            } else {
                writeln!(out, "    let w = {loaded};")
            };
            ["w.x", "w.y", "w.z", "w.w"].iter().map(|w| from_word(dtype, w)).collect()
        }
        8 => {
            let _ = writeln!(out, "    let h = at >> 1u;\n    let p = b{binding}[h];\n    let q = b{binding}[h + {second}];");
            let halves = if native.has(dtype) { ["p.x", "p.y", "q.x", "q.y"] } else { ["p.xy", "p.zw", "q.xy", "q.zw"] };
            halves.iter().map(|h| if dtype == DType::C64 { format!("bitcast<vec2<f32>>({h})") } else { (*h).to_owned() }).collect()
        }
        _ => (0..4).map(|k| format!("b{binding}[at + {k}u]")).collect(),
    };
    let _ = writeln!(out, "    return array<{ty}, 4>({});\n}}", lanes.join(", "));
}

/// Writes `fn store_quad<i>(at, v: array<register, 4>)` for aligned quads of binding `b<i>`. Split ones take `second` as well, zero where there is no
/// second pair.
pub fn write_store_quad(out: &mut String, i: usize, binding: usize, dtype: DType, native: Native64, split: bool) {
    let ty = register(dtype);
    let argument = if split { ", second: u32" } else { "" };
    let _ = writeln!(out, "fn store_quad{i}(at: u32, v: array<{ty}, 4>{argument}) {{");
    let lane = |k: usize| format!("v[{k}]");
    match dtype.itemsize() {
        1 => {
            let w: Vec<String> = (0..4).map(|k| format!("({} << {}u)", to_word(dtype, &lane(k)), 8 * k)).collect();
            let _ = writeln!(out, "    b{binding}[at >> 2u] = {};", w.join(" | "));
        }
        2 => {
            let w: Vec<String> = (0..4).map(|k| to_word(dtype, &lane(k))).collect();
            let (low, high) = (format!("({} | ({} << 16u))", w[0], w[1]), format!("({} | ({} << 16u))", w[2], w[3]));
            let stored = if native.wide_words { wide_word(&low, &high) } else { format!("vec2<u32>({low}, {high})") };
            let _ = writeln!(out, "    b{binding}[at >> 2u] = {stored};");
        }
        4 => {
            let w: Vec<String> = (0..4).map(|k| to_word(dtype, &lane(k))).collect();
            let stored = if native.wide_words {
                format!("vec2<u64>({}, {})", wide_word(&w[0], &w[1]), wide_word(&w[2], &w[3]))
            } else {
                format!("vec4<u32>({})", w.join(", "))
            };
            let _ = writeln!(out, "    b{binding}[at >> 2u] = {stored};");
        }
        8 => {
            let halves: Vec<String> =
                (0..4).map(|k| if dtype == DType::C64 { format!("bitcast<vec2<u32>>({})", lane(k)) } else { lane(k) }).collect();
            let vector = element_type(dtype, Access::Vector, native);
            let _ = writeln!(out, "    let h = at >> 1u;");
            let _ = writeln!(out, "    b{binding}[h] = {vector}({}, {});", halves[0], halves[1]);
            let (guard, second) = if split { ("if (second != 0u) ", "(second >> 1u)") } else { ("", "1u") };
            let _ = writeln!(out, "    {guard}{{ b{binding}[h + {second}] = {vector}({}, {}); }}", halves[2], halves[3]);
        }
        _ => {
            for k in 0..4 {
                let _ = writeln!(out, "    b{binding}[at + {k}u] = {};", lane(k));
            }
        }
    }
    out.push_str("}\n");
}

/// Writes `fn store<i>(at, v: register)` for single elements of binding `b<i>`.
///
/// Elements smaller than a word share it with neighbours that other invocations may be writing, so those go through atomics: clear our bits, then
/// set them. Nobody else touches these bits, so the pair need not be one operation.
pub fn write_store_one(out: &mut String, i: usize, binding: usize, dtype: DType) {
    let _ = writeln!(out, "fn store{i}(at: u32, v: {}) {{", register(dtype));
    match dtype.itemsize() {
        size @ (1 | 2) => {
            let (index, shift, mask) =
                if size == 1 { ("at >> 2u", "(at & 3u) * 8u", "0xffu") } else { ("at >> 1u", "(at & 1u) * 16u", "0xffffu") };
            let _ = writeln!(out, "    let shift = {shift};");
            let _ = writeln!(out, "    atomicAnd(&b{binding}[{index}], ~({mask} << shift));");
            let _ = writeln!(out, "    atomicOr(&b{binding}[{index}], ({}) << shift);", to_word(dtype, "v"));
        }
        4 => {
            let _ = writeln!(out, "    b{binding}[at] = {};", to_word(dtype, "v"));
        }
        _ if dtype == DType::C64 => {
            let _ = writeln!(out, "    b{binding}[at] = bitcast<vec2<u32>>(v);");
        }
        _ => {
            let _ = writeln!(out, "    b{binding}[at] = v;");
        }
    }
    out.push_str("}\n");
}

/// Element type of a binding that single elements are stored to ([`write_store_one`]).
pub fn scatter_type(dtype: DType, native: Native64) -> &'static str {
    if dtype.itemsize() < 4 { "atomic<u32>" } else { element_type(dtype, Access::Gather, native) }
}

/// Number of parameter words a scalar of this dtype takes.
pub fn scalar_words(dtype: DType) -> usize {
    dtype.itemsize().div_ceil(4)
}

/// A register value read from parameter words starting at `word`.
pub fn scalar_from_params(dtype: DType, word: usize) -> String {
    scalar_of_words(dtype, |k| param(word + k))
}

/// A register value of words: `w(k)` is the text of word `k`.
pub(crate) fn scalar_of_words(dtype: DType, w: impl Fn(usize) -> String) -> String {
    match dtype {
        DType::I64 => format!("make_i64({}, {})", w(0), w(1)),
        DType::U64 => format!("make_u64({}, {})", w(0), w(1)),
        DType::F64 => format!("make_f64({}, {})", w(0), w(1)),
        DType::C64 => format!("bitcast<vec2<f32>>(vec2<u32>({}, {}))", w(0), w(1)),
        DType::C128 => format!("make_c128(make_f64({}, {}), make_f64({}, {}))", w(0), w(1), w(2), w(3)),
        small => from_word(small, &w(0)),
    }
}

/// Parameter word number `word` of the launch.
pub fn param(word: usize) -> String {
    format!("params[{}].{}", word / 4, ["x", "y", "z", "w"][word % 4])
}
