//! The entry point of an elementwise kernel: which elements an invocation computes, where their operands come from and where the results go.
//!
//! It has two forms. Where rows hold whole quads, an invocation finds the coordinates of the first of its elements and reads all operands as quads.
//! Elsewhere each element finds its own coordinates. Both then hold `r0` to `r3`, the values of `fn expr` for four elements.

use super::{FIRST_SIZE_WORD, InputSpec, MapKernel, SPLIT, ScalarArgs, WORKGROUP, write_coordinates};
use crate::access::{self, Access, Native64, QUAD};
use crate::expr::register;
use smallvec::SmallVec;
use std::fmt::Write;

const MAIN: &str = "@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let e = ((group.y * groups.x + group.x) * 256u + local) * 4u;
    let n = params[0].y;
";

/// A kernel, and what its text needs to know besides.
pub(super) struct EntryPoint<'k> {
    kernel: &'k MapKernel,
    rank: usize,
    operands: OperandWords,
    /// The parameter word of each scattered result's base; None for dense results.
    scatter: SmallVec<[Option<usize>; 2]>,
    scalars: ScalarArgs,
    /// Much code is written once, in a loop over the lanes `k`, instead of four times.
    heavy: bool,
}

impl<'k> EntryPoint<'k> {
    pub(super) fn new(kernel: &'k MapKernel, native: Native64) -> EntryPoint<'k> {
        let rank = kernel.rank as usize;
        let operands = OperandWords { rank, first: FIRST_SIZE_WORD + rank - 1 };
        let mut next = kernel.inputs.len();
        let mut scatter = SmallVec::new();
        for binding in &kernel.outputs {
            let scattered = kernel.bindings[*binding as usize].scattered;
            scatter.push(scattered.then(|| operands.base(next)));
            next += usize::from(scattered);
        }
        let scalars = ScalarArgs::new(&kernel.expr, operands.base(next));
        EntryPoint { kernel, rank, operands, scatter, scalars, heavy: kernel.expr.is_heavy(native) }
    }

    pub(super) fn write(&self, out: &mut String) {
        if self.kernel.whole_quads {
            self.write_head(out);
            let operands = self.write_quads(out);
            self.write_values(out, |k| format!("expr({})", operands[k].join(", ")));
        } else {
            self.write_element_functions(out);
            self.write_head(out);
            let names: String = self.scalars.names.iter().map(|n| format!(", {n}")).collect();
            let lane = |k: usize| if self.heavy { "k".to_owned() } else { format!("{k}u") };
            self.write_values(out, |k| format!("element(e + min({}, last){names})", lane(k)));
        }
        self.write_stores(out);
        out.push_str("}\n");
    }

    /// The first element `e` of `n`, how many follow it, and the scalars.
    fn write_head(&self, out: &mut String) {
        if self.kernel.split {
            let pairs = format!("(group.y * groups.x + group.x) * {}u + local * 2u;", WORKGROUP * QUAD);
            out.push_str(&MAIN.replace("((group.y * groups.x + group.x) * 256u + local) * 4u;", &pairs));
        } else {
            out.push_str(MAIN);
        }
        out.push_str("    if (e >= n) { return; }\n");
        if self.kernel.split {
            // Without a second pair the first is read twice.
            let _ = writeln!(out, "    let second = select(0u, {SPLIT}u, e + {SPLIT}u < n);");
        }
        // Lanes past the end read the last element again. Whole quads of several rows have none.
        if self.rank == 1 || !self.kernel.whole_quads {
            out.push_str("    let last = n - 1u - e;\n");
        }
        out.push_str(&self.scalars.lets);
    }

    /// The distance of lane `k` from `e`.
    fn offset(&self, k: u32) -> String {
        match (self.kernel.split, self.heavy) {
            (true, true) => format!("((k & 1u) + (k >> 1u) * {SPLIT}u)"),
            (true, false) => format!("{}u", k % 2 + k / 2 * SPLIT),
            (false, true) => "k".to_owned(),
            (false, false) => format!("{k}u"),
        }
    }

    /// The same, within the launch.
    fn offset_within(&self, k: u32) -> String {
        let first = k == 0 && !self.heavy && !self.kernel.split;
        if self.rank == 1 && !first { format!("min({}, last)", self.offset(k)) } else { self.offset(k) }
    }

    /// Reads the quads of all operands; the arguments of `expr` for each lane.
    fn write_quads(&self, out: &mut String) -> [SmallVec<[String; 8]>; QUAD as usize] {
        write_coordinates(out, "e", self.rank, FIRST_SIZE_WORD, "    ");
        let mut lanes: [SmallVec<[String; 8]>; QUAD as usize] = Default::default();
        for (i, input) in self.kernel.inputs.iter().enumerate() {
            let at = self.operands.position(i);
            match input.access {
                Access::Vector => {
                    let keyword = if self.heavy { "var" } else { "let" };
                    let _ = writeln!(out, "    {keyword} q{i} = quad{i}({at}{});", self.second());
                    let index = |k: usize| if self.heavy { "k".to_owned() } else { k.to_string() };
                    (0..4).for_each(|k| lanes[k].push(format!("q{i}[{}]", index(k))));
                }
                Access::Splat => {
                    let _ = writeln!(out, "    let q{i} = load{i}({at});");
                    lanes.iter_mut().for_each(|lane| lane.push(format!("q{i}")));
                }
                Access::Table => lanes.iter_mut().for_each(|lane| lane.push(access::param(self.operands.base(i)))),
                Access::Gather => {
                    let _ = writeln!(out, "    let at{i} = {at};");
                    let stride = access::param(self.operands.base(i) + 1);
                    let load = |k: usize| match k {
                        0 if !self.heavy => format!("load{i}(at{i})"),
                        _ => format!("load{i}(at{i} + {} * {stride})", self.offset_within(k as u32)),
                    };
                    (0..4).for_each(|k| lanes[k].push(load(k)));
                }
            }
        }
        for (k, lane) in lanes.iter_mut().enumerate() {
            lane.extend(self.scalars.names.iter().cloned());
            if self.kernel.expr.uses_index() {
                lane.push(index_argument(&format!("e + {}", self.offset(k as u32))));
            }
        }
        lanes
    }

    /// `fn element`, the value of one element, and `fn out_at`, its place in each scattered result.
    fn write_element_functions(&self, out: &mut String) {
        let _ = writeln!(out, "fn element(e: u32{}) -> {} {{", self.scalars.declarations, self.kernel.expr.result_type());
        write_coordinates(out, "e", self.rank, FIRST_SIZE_WORD, "    ");
        let argument = |(i, input): (usize, &InputSpec)| match input.access {
            Access::Table => access::param(self.operands.base(i)),
            _ => format!("load{i}({})", self.operands.position(i)),
        };
        let mut args: SmallVec<[String; 8]> = self.kernel.inputs.iter().enumerate().map(argument).collect();
        args.extend(self.scalars.names.iter().cloned());
        if self.kernel.expr.uses_index() {
            args.push(index_argument("e"));
        }
        let _ = writeln!(out, "    return expr({});\n}}", args.join(", "));
        for (o, word) in self.scatter.iter().enumerate() {
            if let Some(word) = word {
                let _ = writeln!(out, "fn out_at{o}(e: u32) -> u32 {{");
                write_coordinates(out, "e", self.rank, FIRST_SIZE_WORD, "    ");
                let _ = writeln!(out, "    return {};\n}}", position(*word, self.rank));
            }
        }
    }

    /// `r0` to `r3`, each by the call that computes a lane.
    fn write_values(&self, out: &mut String, lane: impl Fn(usize) -> String) {
        if self.heavy {
            let _ = writeln!(out, "    var r: array<{}, 4>;", self.kernel.expr.result_type());
            let _ = writeln!(out, "    for (var k = 0u; k < 4u; k += 1u) {{ r[k] = {}; }}", lane(0));
            out.push_str("    let r0 = r[0];\n    let r1 = r[1];\n    let r2 = r[2];\n    let r3 = r[3];\n");
        } else {
            for k in 0..QUAD as usize {
                let _ = writeln!(out, "    let r{k} = {};", lane(k));
            }
        }
    }

    fn write_stores(&self, out: &mut String) {
        for (o, binding) in self.kernel.outputs.iter().enumerate() {
            let field = if self.kernel.outputs.len() > 1 { format!(".r{o}") } else { String::new() };
            let Some(word) = self.scatter[o] else {
                let ty = register(self.kernel.bindings[*binding as usize].dtype);
                let values = format!("array<{ty}, 4>(r0{field}, r1{field}, r2{field}, r3{field})");
                let _ = writeln!(out, "    store_quad{o}(e, {values}{});", self.second());
                continue;
            };
            if self.kernel.whole_quads {
                let _ = writeln!(out, "    let out{o} = {};", position(word, self.rank));
            }
            for k in 0..QUAD {
                let (at, guard) = if self.kernel.whole_quads {
                    (format!("out{o} + {k}u * {}", access::param(word + 1)), self.rank == 1 && k > 0)
                } else {
                    (format!("out_at{o}(e + {k}u)"), true)
                };
                let guard = if guard { format!("if ({k}u <= last) ") } else { String::new() };
                let _ = writeln!(out, "    {guard}{{ store{o}({at}, r{k}{field}); }}");
            }
        }
    }

    /// The argument that says where the second pair of a split quad is.
    fn second(&self) -> &'static str {
        if self.kernel.split { ", second" } else { "" }
    }
}

/// Where the base and strides of operand number `k` stand in the parameters.
struct OperandWords {
    rank: usize,
    first: usize,
}

impl OperandWords {
    fn base(&self, operand: usize) -> usize {
        self.first + operand * (self.rank + 1)
    }

    fn position(&self, operand: usize) -> String {
        position(self.base(operand), self.rank)
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

/// The element's position in the whole result as `int64`, for an expression's `index`.
fn index_argument(e: &str) -> String {
    format!("add_i64(make_i64(params[0].z, params[0].w), cast_u32_i64({e}))")
}
