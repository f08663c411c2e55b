//! The elementwise kernel: one fused expression over operands of any layout, with one or more results.
//!
//! The host collapses the shape first, so `rank` is what remains: 1 for anything contiguous. Every invocation computes one quad of the results in
//! memory order. Results are *dense* (freshly allocated, written in whole vectors, padding included) or *scattered* (an in-place write through a
//! view: element by element, never past the end).
//!
//! Parameter words: `0` a zero (see `guard`), `1` number of elements, `2..4` position of the first element (low, high word), then the sizes of all but the outermost
//! dimension, innermost first; then for each input, and each scattered result, its base and `rank` strides in elements, innermost first; then the scalars.

use crate::access::{self, Access, Native64, QUAD};
use crate::expr::{Expr, register};
use crate::family::Family;
use anygpu_core::DType;
use smallvec::SmallVec;
use std::fmt::Write;

/// Invocations in a workgroup of every elementwise kernel.
pub const WORKGROUP: u32 = 256;
/// Elements between the two pairs of a split quad: half of what a workgroup computes.
pub const SPLIT: u32 = WORKGROUP * QUAD / 2;
/// First parameter word after the fixed ones.
pub const FIRST_SIZE_WORD: usize = 4;
/// Parameter words of a launch: a 1024-byte uniform window.
pub const MAX_PARAM_WORDS: usize = 256;

/// One storage binding of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingSpec {
    /// Dtype of the array bound.
    pub dtype: DType,
    /// The access that fixes the WGSL element type.
    pub access: Access,
    /// Whether the kernel writes it element by element (a scattered result).
    pub scattered: bool,
    /// Whether the kernel writes it at all.
    pub written: bool,
}

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InputSpec {
    /// Index into the bindings.
    pub binding: u8,
    /// How its quads are read.
    pub access: Access,
}

/// Everything that decides the text of an elementwise kernel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MapKernel {
    /// What is computed.
    pub expr: Expr,
    /// Number of dimensions after collapsing, at least one.
    pub rank: u8,
    /// Whether the innermost size is a multiple of four (or the rank is one), so that no quad crosses a row.
    pub whole_quads: bool,
    /// Whether quads are split into two pairs, [`SPLIT`] elements apart: consecutive invocations then touch consecutive 16 bytes of eight-byte
    /// dtypes. Only for rank 1, with dense results, all quads of eight-byte dtypes.
    pub split: bool,
    /// Storage bindings, in binding order.
    pub bindings: SmallVec<[BindingSpec; 8]>,
    /// One entry an input of the expression.
    pub inputs: SmallVec<[InputSpec; 8]>,
    /// The binding of each result.
    pub outputs: SmallVec<[u8; 2]>,
}

impl MapKernel {
    /// A byte string equal exactly for equal kernels.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(64 + 8 * self.expr.nodes.len());
        key.extend([Family::Map as u8, self.rank, u8::from(self.whole_quads) | u8::from(self.split) << 1, self.bindings.len() as u8]);
        for b in &self.bindings {
            key.extend([b.dtype as u8, b.access as u8, u8::from(b.scattered) | u8::from(b.written) << 1]);
        }
        for i in &self.inputs {
            key.extend([i.binding, i.access as u8]);
        }
        key.extend(self.outputs.iter());
        self.expr.write_key(&mut key);
        key
    }

    /// Number of parameter words a launch needs.
    pub fn param_words(expr: &Expr, rank: usize, scattered: usize) -> usize {
        FIRST_SIZE_WORD
            + (rank - 1)
            + (expr.inputs.len() + scattered) * (rank + 1)
            + expr.scalars.iter().map(|d| access::scalar_words(*d)).sum::<usize>()
    }

    /// The kernel's WGSL, to be linked with the shader library.
    pub fn wgsl(&self, native: Native64) -> String {
        let mut out = String::with_capacity(4096);
        write_bindings(&mut out, &self.bindings, native);
        let rank = self.rank as usize;
        let operands = OperandWords { rank, first: FIRST_SIZE_WORD + rank - 1 };
        for (i, input) in self.inputs.iter().enumerate() {
            write_input(&mut out, i, *input, &self.bindings, native, self.split);
        }
        let mut scattered = 0;
        let mut scatter_words: SmallVec<[Option<usize>; 2]> = SmallVec::new();
        for (i, b) in self.outputs.iter().enumerate() {
            let spec = self.bindings[*b as usize];
            if spec.scattered {
                access::write_store_one(&mut out, i, *b as usize, spec.dtype);
                scatter_words.push(Some(operands.base(self.inputs.len() + scattered)));
                scattered += 1;
            } else {
                access::write_store_quad(&mut out, i, *b as usize, spec.dtype, native, self.split);
                scatter_words.push(None);
            }
        }
        self.expr.write_function(&mut out);
        let scalar_words = operands.base(self.inputs.len() + scattered);
        let scalars = ScalarArgs::new(&self.expr, scalar_words);
        if self.whole_quads {
            self.write_quad_main(&mut out, native, &operands, &scatter_words, &scalars);
        } else {
            self.write_element_main(&mut out, native, &operands, &scatter_words, &scalars);
        }
        out
    }

    fn write_quad_main(
        &self,
        out: &mut String,
        native: Native64,
        operands: &OperandWords,
        scatter: &[Option<usize>],
        scalars: &ScalarArgs,
    ) {
        let rank = self.rank as usize;
        if self.split {
            let pairs = format!("(group.y * groups.x + group.x) * {}u + local * 2u;", WORKGROUP * QUAD);
            out.push_str(&MAIN.replace("((group.y * groups.x + group.x) * 256u + local) * 4u;", &pairs));
            // Without a second pair the first is read twice.
            let _ = writeln!(out, "    if (e >= n) {{ return; }}\n    let second = select(0u, {SPLIT}u, e + {SPLIT}u < n);");
        } else {
            out.push_str(MAIN);
            out.push_str("    if (e >= n) { return; }\n");
        }
        out.push_str(&scalars.lets);
        write_coordinates(out, "e", rank, FIRST_SIZE_WORD, "    ");
        // Lanes past the end of a one-dimensional launch read the last element again; rows of higher ranks hold whole quads.
        if rank == 1 {
            out.push_str("    let last = n - 1u - e;\n");
        }
        // Much code is written once, in a loop over the lanes, instead of four times.
        let heavy = self.expr.is_heavy(native);
        let index = |k: usize| if heavy { "k".to_owned() } else { k.to_string() };
        let offset = |k: u32| match heavy {
            true => format!("((k & 1u) + (k >> 1u) * {SPLIT}u)"),
            false => format!("{}u", k % 2 + k / 2 * SPLIT),
        };
        let lane = |k: u32| match (heavy, rank) {
            _ if self.split => format!("min({}, last)", offset(k)),
            (true, 1) => "min(k, last)".to_owned(),
            (true, _) => "k".to_owned(),
            (false, 1) if k > 0 => format!("min({k}u, last)"),
            (false, _) => format!("{k}u"),
        };
        let mut lanes: [SmallVec<[String; 8]>; 4] = Default::default();
        for (i, input) in self.inputs.iter().enumerate() {
            let at = operands.position(i, rank);
            match input.access {
                Access::Vector => {
                    let keyword = if heavy { "var" } else { "let" };
                    let second = if self.split { ", second" } else { "" };
                    let _ = writeln!(out, "    {keyword} q{i} = quad{i}({at}{second});");
                    (0..4).for_each(|k| lanes[k].push(format!("q{i}[{}]", index(k))));
                }
                Access::Splat => {
                    let _ = writeln!(out, "    let q{i} = load{i}({at});");
                    (0..4).for_each(|k| lanes[k].push(format!("q{i}")));
                }
                Access::Table => (0..4).for_each(|k| lanes[k].push(access::param(operands.base(i)))),
                Access::Gather => {
                    let _ = writeln!(out, "    let at{i} = {at};");
                    let stride = access::param(operands.base(i) + 1);
                    lanes[0].push(if heavy { format!("load{i}(at{i} + {} * {stride})", lane(0)) } else { format!("load{i}(at{i})") });
                    (1..4).for_each(|k| lanes[k].push(format!("load{i}(at{i} + {} * {stride})", lane(k as u32))));
                }
            }
        }
        for (k, lane) in lanes.iter_mut().enumerate() {
            lane.extend(scalars.names.iter().cloned());
            if self.expr.uses_index() {
                let at = match (self.split, heavy) {
                    (true, _) => format!("e + {}", offset(k as u32)),
                    (false, true) => "e + k".to_owned(),
                    (false, false) => format!("e + {k}u"),
                };
                lane.push(index_argument(&at));
            }
            if !heavy {
                let _ = writeln!(out, "    let r{k} = expr({});", lane.join(", "));
            }
        }
        if heavy {
            let result = self.expr.result_type();
            let _ = writeln!(
                out,
                "    var r: array<{result}, 4>;\n    for (var k = 0u; k < 4u; k += 1u) {{ r[k] = expr({}); }}",
                lanes[0].join(", ")
            );
            out.push_str("    let r0 = r[0];\n    let r1 = r[1];\n    let r2 = r[2];\n    let r3 = r[3];\n");
        }
        for (o, binding) in self.outputs.iter().enumerate() {
            let field = if self.outputs.len() > 1 { format!(".r{o}") } else { String::new() };
            match scatter[o] {
                None => {
                    let ty = register(self.bindings[*binding as usize].dtype);
                    let second = if self.split { ", second" } else { "" };
                    let _ = writeln!(out, "    store_quad{o}(e, array<{ty}, 4>(r0{field}, r1{field}, r2{field}, r3{field}){second});");
                }
                Some(word) => {
                    let _ = writeln!(out, "    let out{o} = {};", position(word, rank));
                    for k in 0..QUAD {
                        let guard = if rank == 1 && k > 0 { format!("if ({k}u <= last) ") } else { String::new() };
                        let _ = writeln!(out, "    {guard}{{ store{o}(out{o} + {k}u * {}, r{k}{field}); }}", access::param(word + 1));
                    }
                }
            }
        }
        out.push_str("}\n");
    }

    /// Rows that do not hold whole quads: each element finds its own coordinates.
    fn write_element_main(
        &self,
        out: &mut String,
        native: Native64,
        operands: &OperandWords,
        scatter: &[Option<usize>],
        scalars: &ScalarArgs,
    ) {
        let rank = self.rank as usize;
        let result = self.expr.result_type();
        let _ = writeln!(out, "fn element(e: u32{}) -> {result} {{", scalars.declarations);
        write_coordinates(out, "e", rank, FIRST_SIZE_WORD, "    ");
        let argument = |(i, input): (usize, &InputSpec)| match input.access {
            Access::Table => access::param(operands.base(i)),
            _ => format!("load{i}({})", operands.position(i, rank)),
        };
        let mut args: SmallVec<[String; 8]> = self.inputs.iter().enumerate().map(argument).collect();
        args.extend(scalars.names.iter().cloned());
        if self.expr.uses_index() {
            args.push(index_argument("e"));
        }
        let _ = writeln!(out, "    return expr({});\n}}", args.join(", "));
        for (o, word) in scatter.iter().enumerate() {
            if let Some(word) = word {
                let _ = writeln!(out, "fn out_at{o}(e: u32) -> u32 {{");
                write_coordinates(out, "e", rank, FIRST_SIZE_WORD, "    ");
                let _ = writeln!(out, "    return {};\n}}", position(*word, rank));
            }
        }
        out.push_str(MAIN);
        out.push_str("    if (e >= n) { return; }\n    let last = n - 1u - e;\n");
        out.push_str(&scalars.lets);
        let names: String = scalars.names.iter().map(|n| format!(", {n}")).collect();
        if self.expr.is_heavy(native) {
            let _ = writeln!(
                out,
                "    var r: array<{result}, 4>;\n    for (var k = 0u; k < 4u; k += 1u) {{ r[k] = element(e + min(k, last){names}); }}"
            );
            out.push_str("    let r0 = r[0];\n    let r1 = r[1];\n    let r2 = r[2];\n    let r3 = r[3];\n");
        } else {
            for k in 0..QUAD {
                let _ = writeln!(out, "    let r{k} = element(e + min({k}u, last){names});");
            }
        }
        for (o, binding) in self.outputs.iter().enumerate() {
            let field = if self.outputs.len() > 1 { format!(".r{o}") } else { String::new() };
            if scatter[o].is_some() {
                for k in 0..QUAD {
                    let _ = writeln!(out, "    if ({k}u <= last) {{ store{o}(out_at{o}(e + {k}u), r{k}{field}); }}");
                }
            } else {
                let ty = register(self.bindings[*binding as usize].dtype);
                let _ = writeln!(out, "    store_quad{o}(e, array<{ty}, 4>(r0{field}, r1{field}, r2{field}, r3{field}));");
            }
        }
        out.push_str("}\n");
    }
}

const MAIN: &str = "@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let e = ((group.y * groups.x + group.x) * 256u + local) * 4u;
    let n = params[0].y;
";

/// `guard`, the zero no compiler knows to be one: word 0 of the parameters, which is 0, says where it is. Mesa's software driver puts the values of
/// uniforms at fixed places into the code of conditions that depend on nothing else, and then (22.3) kernels wrote no results.
pub const GUARD: &str = "fn guard() -> u32 { return params[params[0].x].x; }\n";

/// Declares the storage bindings and the parameters, and `guard`, the zero no compiler knows to be one.
pub(crate) fn write_bindings(out: &mut String, bindings: &[BindingSpec], native: Native64) {
    for (i, b) in bindings.iter().enumerate() {
        let mode = if b.written { "read_write" } else { "read" };
        let element = if b.scattered { access::scatter_type(b.dtype, native) } else { access::element_type(b.dtype, b.access, native) };
        let _ = writeln!(out, "@group(0) @binding({i}) var<storage, {mode}> b{i}: array<{element}>;");
    }
    let _ = writeln!(out, "@group(0) @binding({}) var<uniform> params: array<vec4<u32>, 64>;", bindings.len());
    out.push_str(GUARD);
}

/// Declares the loader of one input.
pub(crate) fn write_input(out: &mut String, i: usize, input: InputSpec, bindings: &[BindingSpec], native: Native64, split: bool) {
    let spec = bindings[input.binding as usize];
    if input.access == Access::Vector {
        access::write_load_quad(out, i, input.binding as usize, spec.dtype, native, split);
    } else {
        access::write_load_one(out, i, input.binding as usize, spec.dtype, native, spec.scattered);
    }
}

/// Where the base and strides of operand number `k` stand in the parameters.
pub(crate) struct OperandWords {
    pub(crate) rank: usize,
    pub(crate) first: usize,
}

impl OperandWords {
    pub(crate) fn base(&self, operand: usize) -> usize {
        self.first + operand * (self.rank + 1)
    }

    fn position(&self, operand: usize, rank: usize) -> String {
        position(self.base(operand), rank)
    }
}

/// Element position of the coordinates `c0, c1, ..` for an operand whose base stands at parameter word `word`.
fn position(word: usize, rank: usize) -> String {
    let mut at = access::param(word);
    for d in 0..rank {
        let _ = write!(at, " + c{d} * {}", access::param(word + 1 + d));
    }
    at
}

/// Splits the linear index `e` into coordinates `c0` (innermost), `c1`, ..; sizes of all but the outermost dimension start at word `sizes`.
pub(crate) fn write_coordinates(out: &mut String, e: &str, rank: usize, sizes: usize, indent: &str) {
    if rank == 1 {
        let _ = writeln!(out, "{indent}let c0 = {e};");
        return;
    }
    let mut rest = e.to_owned();
    for d in 0..rank - 1 {
        let size = access::param(sizes + d);
        let _ = writeln!(out, "{indent}let rest{d} = {rest} / {size};\n{indent}let c{d} = {rest} - rest{d} * {size};");
        rest = format!("rest{d}");
    }
    let _ = writeln!(out, "{indent}let c{} = {rest};", rank - 1);
}

/// The element's position in the whole result as `int64`, for an expression's `index`.
pub(crate) fn index_argument(e: &str) -> String {
    format!("add_i64(make_i64(params[0].z, params[0].w), cast_u32_i64({e}))")
}

/// Scalars of an expression as read from the parameters once an invocation.
pub(crate) struct ScalarArgs {
    pub(crate) lets: String,
    pub(crate) names: SmallVec<[String; 8]>,
    pub(crate) declarations: String,
}

impl ScalarArgs {
    pub(crate) fn new(expr: &Expr, first_word: usize) -> ScalarArgs {
        let (mut lets, mut names, mut declarations, mut word) = (String::new(), SmallVec::new(), String::new(), first_word);
        // Mesa's software driver follows each condition down to its operands to see whether it depends on the launch's parameters alone
        // (nir_inline_uniforms.c), and visits what is used twice twice: hours for a function of 64-bit floats. A zero that differs between
        // invocations as far as a compiler knows ends that at the first step.
        let varying = expr.computes_with_scalars();
        if varying {
            lets.push_str("    let varying_zero = select(0u, 1u, group.x == 0xffffffffu);\n");
        }
        for (i, d) in expr.scalars.iter().enumerate() {
            let value = access::scalar_of_words(*d, |k| match varying {
                true => format!("({} ^ varying_zero)", access::param(word + k)),
                false => access::param(word + k),
            });
            let _ = writeln!(lets, "    let s{i} = {value};");
            let _ = write!(declarations, ", s{i}: {}", register(*d));
            names.push(format!("s{i}"));
            word += access::scalar_words(*d);
        }
        ScalarArgs { lets, names, declarations }
    }
}
