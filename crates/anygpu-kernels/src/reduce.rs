//! Reductions: a fused expression folded over some axes, with one result for every position of the others.
//!
//! The host collapses the kept and the reduced dimensions separately. A workgroup is 256 invocations, `reduced_lanes` of them along the reduction
//! and the others along the kept positions; each invocation folds at most [`STEPS`] values into an accumulator one after the other, then a tree in
//! workgroup memory joins the lanes. A reduction longer than one workgroup takes is cut into chunks whose partial results a second launch folds. The
//! shape of that tree depends on the sizes alone, so a result is the same on every run, and its rounding error grows with the logarithm of the
//! length as NumPy's pairwise sum does (Higham, *The accuracy of floating point summation*, SIAM J. Sci. Comput. 14, 1993), with runs of 16 where
//! NumPy has 16 (128 values in 8 accumulators).
//!
//! Parameter words: `0` a zero, `1` kept positions, `2` reduction length, `3` values a chunk, `4` chunks, `5` base of the results, `6` their stride along the kept positions,
//! `7` their stride along the chunks, `8..12` the identity, `12` position of the first reduced value (for arg-reductions), `13` whether that is the first value of all (1) or not, `16..` sizes (kept, then reduced,
//! innermost first, outermost left out), then for each input its base, kept strides and reduced strides, then the scalars.

use crate::access::{self, Access, Native64};
use crate::expr::{self, Expr, Op, register};
use crate::family::Family;
use crate::map::{BindingSpec, InputSpec, ScalarArgs, WORKGROUP, write_bindings, write_input};
use anygpu_core::DType;
use smallvec::SmallVec;
use std::fmt::Write;

/// Values (or quads) an invocation folds in sequence before the tree.
pub const STEPS: u32 = 16;
/// First parameter word after the fixed ones.
pub const FIRST_SIZE_WORD: usize = 16;

/// What a reduction folds with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ReduceOp {
    /// `a + b`.
    Sum,
    /// `a * b`.
    Prod,
    /// The smaller, NaN first.
    Min,
    /// The larger, NaN first.
    Max,
    /// Logical or.
    Any,
    /// Logical and.
    All,
    /// Position of the first smallest value, or of the first NaN.
    ArgMin,
    /// Position of the first largest value, or of the first NaN.
    ArgMax,
}

impl ReduceOp {
    /// Whether folding a value twice changes nothing, so that lanes past the end may repeat a value.
    fn is_idempotent(self) -> bool {
        !matches!(self, ReduceOp::Sum | ReduceOp::Prod)
    }

    /// Whether the result is a position.
    pub fn is_arg(self) -> bool {
        matches!(self, ReduceOp::ArgMin | ReduceOp::ArgMax)
    }
}

/// The direction in which an invocation reads four values at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Quads {
    /// Along the reduction: four values of one result.
    Reduced,
    /// Along the kept positions: one value each of four results.
    Kept,
    /// One value at a time.
    None,
}

/// Everything that decides the text of a reduction kernel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReduceKernel {
    /// What is folded; its one result has the accumulator's dtype.
    pub expr: Expr,
    /// What it is folded with.
    pub op: ReduceOp,
    /// Kept dimensions after collapsing, at least one.
    pub kept_rank: u8,
    /// Reduced dimensions after collapsing, at least one.
    pub reduced_rank: u8,
    /// How values are read.
    pub quads: Quads,
    /// Invocations along the reduction: a power of two up to 256.
    pub reduced_lanes: u32,
    /// Whether consecutive invocations lie along the reduction (else along the kept positions).
    pub reduced_is_fast: bool,
    /// Bindings: the inputs', then the result values (left out where only positions are wanted), then the positions (arg-reductions).
    pub bindings: SmallVec<[BindingSpec; 8]>,
    /// One entry an input of the expression.
    pub inputs: SmallVec<[InputSpec; 8]>,
    /// For the later launches of an arg-reduction: the binding and access of the positions that come with the values.
    pub positions: Option<InputSpec>,
    /// Whether folded values are stored.
    pub stores_values: bool,
    /// Whether positions are stored (arg-reductions).
    pub stores_positions: bool,
}

impl ReduceKernel {
    /// A byte string equal exactly for equal kernels.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(64 + 8 * self.expr.nodes.len());
        key.extend([
            Family::Reduce as u8,
            self.op as u8,
            self.kept_rank,
            self.reduced_rank,
            self.quads as u8,
            self.reduced_lanes.trailing_zeros() as u8,
        ]);
        key.extend([
            u8::from(self.reduced_is_fast),
            u8::from(self.stores_values) | u8::from(self.stores_positions) << 1,
            self.positions.map_or(255, |p| p.binding),
        ]);
        key.push(self.bindings.len() as u8);
        for b in &self.bindings {
            key.extend([b.dtype as u8, b.access as u8, u8::from(b.scattered) | u8::from(b.written) << 1]);
        }
        for i in &self.inputs {
            key.extend([i.binding, i.access as u8]);
        }
        self.expr.write_key(&mut key);
        key
    }

    /// Values of one chunk, a multiple of what one step of a workgroup takes.
    pub fn chunk(quads: Quads, reduced_lanes: u32) -> u32 {
        STEPS * reduced_lanes * if quads == Quads::Reduced { 4 } else { 1 }
    }

    /// Number of parameter words a launch needs.
    pub fn param_words(expr: &Expr, kept_rank: usize, reduced_rank: usize, operands: usize) -> usize {
        FIRST_SIZE_WORD
            + (kept_rank - 1)
            + (reduced_rank - 1)
            + operands * (1 + kept_rank + reduced_rank)
            + expr.scalars.iter().map(|d| access::scalar_words(*d)).sum::<usize>()
    }

    /// Whether accumulators say if they hold anything: no complex number leaves every other unchanged in a product (1 times inf has a NaN part).
    fn is_flagged(&self) -> bool {
        self.op == ReduceOp::Prod && self.value_dtype().is_complex()
    }

    fn value_dtype(&self) -> DType {
        self.expr.nodes[self.expr.results[0] as usize].1
    }

    /// The kernel's WGSL, to be linked with the shader library.
    pub fn wgsl(&self, native: Native64) -> String {
        let mut out = String::with_capacity(4096);
        write_bindings(&mut out, &self.bindings, native);
        let (kept, reduced) = (self.kept_rank as usize, self.reduced_rank as usize);
        let sizes = FIRST_SIZE_WORD;
        let operand_words = 1 + kept + reduced;
        let first_operand = sizes + kept - 1 + reduced - 1;
        let operands: SmallVec<[InputSpec; 8]> = self.inputs.iter().copied().chain(self.positions).collect();
        for (i, input) in operands.iter().enumerate() {
            write_input(&mut out, i, *input, &self.bindings, native, false);
            let base = first_operand + i * operand_words;
            write_position(&mut out, "kept_at", i, Some(base), base + 1, kept, sizes);
            write_position(&mut out, "reduced_at", i, None, base + 1 + kept, reduced, sizes + kept - 1);
        }
        let first_output = self.bindings.len() - usize::from(self.stores_values) - usize::from(self.stores_positions);
        for (o, spec) in self.bindings.iter().enumerate().skip(first_output) {
            access::write_store_one(&mut out, o, o, spec.dtype);
        }
        self.expr.write_function(&mut out);
        self.write_combine(&mut out);
        let scalars = ScalarArgs::new(&self.expr, first_operand + operands.len() * operand_words);
        self.write_fetch(&mut out, &operands, first_operand, operand_words, &scalars);
        self.write_main(&mut out, operands.len(), first_output, &scalars);
        out
    }

    /// `struct Acc` (arg-reductions) or an alias, and `fn combine`.
    fn write_combine(&self, out: &mut String) {
        let dtype = self.value_dtype();
        let (ty, suffix) = (accumulator_type(dtype), expr::register_suffix(dtype));
        if self.is_flagged() {
            let product = expr::call(Op::Multiply, dtype, dtype, &["a.value".to_owned(), "b.value".to_owned()]);
            let _ = writeln!(
                out,
                "struct Acc {{\n    value: {ty},\n    present: bool,\n}}
fn combine(a: Acc, b: Acc) -> Acc {{
    if (!a.present) {{ return b; }}
    if (!b.present) {{ return a; }}
    return Acc({product}, true);
}}",
            );
            return;
        }
        if dtype == DType::Bool && !self.op.is_arg() {
            let join = if matches!(self.op, ReduceOp::Sum | ReduceOp::Max | ReduceOp::Any) { "|" } else { "&" };
            let _ = writeln!(out, "alias Acc = u32;\nfn combine(a: Acc, b: Acc) -> Acc {{ return a {join} b; }}");
            return;
        }
        if !self.op.is_arg() {
            let operands = ["a".to_owned(), "b".to_owned()];
            let op = match self.op {
                ReduceOp::Sum => Op::Add,
                ReduceOp::Prod => Op::Multiply,
                ReduceOp::Min => Op::Minimum,
                ReduceOp::Max => Op::Maximum,
                ReduceOp::Any => Op::LogicalOr,
                _ => Op::LogicalAnd,
            };
            let body = expr::call(op, dtype, dtype, &operands);
            let _ = writeln!(out, "alias Acc = {ty};\nfn combine(a: Acc, b: Acc) -> Acc {{ return {body}; }}");
            return;
        }
        let better = if self.op == ReduceOp::ArgMax { "gt" } else { "lt" };
        let nan = |x: &str| match dtype.kind() {
            anygpu_core::Kind::Float => format!("isnan_{suffix}({x})"),
            anygpu_core::Kind::Complex if dtype == DType::C64 => {
                format!("(isnan_f32({x}.x) || isnan_f32({x}.y))")
            }
            anygpu_core::Kind::Complex => {
                format!("(isnan_f64(real_c128({x})) || isnan_f64(imag_c128({x})))")
            }
            _ => "false".to_owned(),
        };
        let suffix = if dtype == DType::Bool { "u32" } else { suffix };
        let (a, b) = ("a.value", "b.value");
        let _ = writeln!(
            out,
            "struct Acc {{\n    value: {ty},\n    position: I64,\n}}
fn combine(a: Acc, b: Acc) -> Acc {{
    let a_nan = {};
    let b_nan = {};
    let tie = (a_nan && b_nan) || eq_{suffix}({a}, {b});
    let a_wins = (a_nan && !b_nan) || (!b_nan && {better}_{suffix}({a}, {b})) || (tie && lt_i64(a.position, b.position));
    if (a_wins) {{ return a; }}
    return b;
}}",
            nan("a.value"),
            nan("b.value"),
        );
    }

    /// `fn fetch(kept positions of each operand, r) -> array<Acc, lanes>`: the values of one step, those past the end replaced.
    fn write_fetch(&self, out: &mut String, operands: &[InputSpec], first_operand: usize, operand_words: usize, scalars: &ScalarArgs) {
        let lanes = self.lanes();
        let kept_args: String = (0..operands.len()).map(|i| format!("k{i}: u32, ")).collect();
        let _ = writeln!(out, "fn fetch({kept_args}r: u32, last_kept: u32{}) -> array<Acc, {lanes}> {{", scalars.declarations);
        let length = access::param(2);
        // Reads stay in range: a step wholly past the end reads the last quad (or value) again.
        if self.quads == Quads::Reduced {
            let _ = writeln!(out, "    let rr = min(r, ({length} - 1u) & ~3u);\n    let last = {length} - 1u - rr;");
        } else {
            let _ = writeln!(out, "    let rr = min(r, {length} - 1u);");
        }
        let mut values: [SmallVec<[String; 8]>; 4] = Default::default();
        for (i, input) in operands.iter().enumerate() {
            let base = first_operand + i * operand_words;
            let at = format!("k{i} + reduced_at{i}(rr)");
            let along = match self.quads {
                Quads::Kept => Some((access::param(base + 1), "last_kept", self.kept_rank)),
                Quads::Reduced => Some((access::param(base + 1 + self.kept_rank as usize), "last", self.reduced_rank)),
                Quads::None => None,
            };
            match (input.access, along) {
                (Access::Vector, Some(_)) => {
                    let _ = writeln!(out, "    let q{i} = quad{i}({at});");
                    (0..4).for_each(|k| values[k].push(format!("q{i}[{k}]")));
                }
                (Access::Gather, Some((stride, last, rank))) => {
                    let _ = writeln!(out, "    let at{i} = {at};");
                    values[0].push(format!("load{i}(at{i})"));
                    for k in 1..4u32 {
                        // Only one-dimensional runs can end within a quad.
                        let lane = if rank == 1 { format!("min({k}u, {last})") } else { format!("{k}u") };
                        values[k as usize].push(format!("load{i}(at{i} + {lane} * {stride})"));
                    }
                }
                _ => {
                    let _ = writeln!(out, "    let q{i} = load{i}({at});");
                    (0..4).for_each(|k| values[k].push(format!("q{i}")));
                }
            }
        }
        for (k, args) in values.iter_mut().enumerate().take(lanes) {
            let position = if self.positions.is_some() { args.pop() } else { None };
            args.extend(scalars.names.iter().cloned());
            let mut value = format!("expr({})", args.join(", "));
            if self.value_dtype() == DType::Bool {
                value = format!("select(0u, 1u, {value})");
            }
            if self.op.is_arg() {
                let lane = if self.quads == Quads::Reduced { format!("rr + min({k}u, last)") } else { "rr".to_owned() };
                let position = position.unwrap_or_else(|| format!("add_i64(cast_u32_i64({}), cast_u32_i64({lane}))", access::param(12)));
                let _ = writeln!(out, "    let v{k} = Acc({value}, {position});");
            } else if self.is_flagged() {
                let present = if self.quads == Quads::Reduced { format!("r + {k}u < {length}") } else { format!("r < {length}") };
                // NumPy starts from 1 and multiplies the first element by it, which shows where that has an infinite part.
                let dtype = self.value_dtype();
                let one = access::scalar_from_params(dtype, 8);
                let product = expr::call(Op::Multiply, dtype, dtype, &[one, value.clone()]);
                let is_first = format!("{} == 1u && r + {k}u == 0u", access::param(13));
                let _ = writeln!(out, "    let v{k} = Acc(select({value}, {product}, {is_first}), {present});");
            } else {
                let _ = writeln!(out, "    let v{k}: Acc = {value};");
            }
        }
        let list: Vec<String> = (0..lanes)
            .map(|k| match (self.quads, self.op.is_idempotent()) {
                _ if self.is_flagged() => format!("v{k}"),
                // Vector loads past the end give what lies there: the quad's first value stands in.
                (Quads::Reduced, true) if k == 0 => "v0".to_owned(),
                (Quads::Reduced, true) if self.op.is_arg() => {
                    format!("pick(v0, v{k}, {k}u <= last)")
                }
                (Quads::Reduced, true) => format!("select(v0, v{k}, {k}u <= last)"),
                (Quads::Reduced, false) => format!("select(identity(), v{k}, r + {k}u < {length})"),
                (_, true) => format!("v{k}"),
                (_, false) => format!("select(identity(), v{k}, r < {length})"),
            })
            .collect();
        let _ = writeln!(out, "    return array<Acc, {lanes}>({});\n}}", list.join(", "));
        if self.op.is_idempotent() {
            out.push_str("fn pick(a: Acc, b: Acc, second: bool) -> Acc {\n    if (second) { return b; }\n    return a;\n}\n");
        } else if !self.is_flagged() {
            let dtype = self.value_dtype();
            let identity = if dtype == DType::Bool { access::param(8) } else { access::scalar_from_params(dtype, 8) };
            let _ = writeln!(out, "fn identity() -> Acc {{ return {identity}; }}");
        }
    }

    fn lanes(&self) -> usize {
        if self.quads == Quads::None { 1 } else { 4 }
    }

    fn write_main(&self, out: &mut String, operands: usize, first_output: usize, scalars: &ScalarArgs) {
        let lanes = self.lanes();
        let reduced_lanes = self.reduced_lanes;
        let kept_lanes = WORKGROUP / reduced_lanes;
        let quad_kept = self.quads == Quads::Kept;
        let per_kept = if quad_kept { 4 } else { 1 };
        let per_step = if self.quads == Quads::Reduced { 4 } else { 1 };
        let (lane_r, lane_k, neighbour) = if self.reduced_is_fast {
            (format!("local % {reduced_lanes}u"), format!("local / {reduced_lanes}u"), 1)
        } else {
            (format!("local / {kept_lanes}u"), format!("local % {kept_lanes}u"), kept_lanes)
        };
        let _ = writeln!(
            out,
            "var<workgroup> tree: array<Acc, {WORKGROUP}>;
@compute @workgroup_size({WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {{
    let g = group.y * groups.x + group.x;
    let kept = {};
    let chunks = {};
    let block = g / chunks;
    let chunk = g - block * chunks;
    let lane_r = {lane_r};
    let o = (block * {kept_lanes}u + {lane_k}) * {per_kept}u;",
            access::param(1),
            access::param(4),
        );
        out.push_str(&scalars.lets);
        if quad_kept {
            out.push_str("    let oo = min(o, (kept - 1u) & ~3u);\n    let last_kept = kept - 1u - oo;\n");
        } else {
            out.push_str("    let oo = min(o, kept - 1u);\n    let last_kept = 0u;\n");
        }
        for i in 0..operands {
            let _ = writeln!(out, "    let k{i} = kept_at{i}(oo);");
        }
        let kept_args: String = (0..operands).map(|i| format!("k{i}, ")).collect();
        let scalar_args: String = scalars.names.iter().map(|n| format!(", {n}")).collect();
        let _ = writeln!(
            out,
            "    let begin = chunk * {chunk_len};
    let end = min(begin + {chunk_len}, {length});
    var r = begin + lane_r * {per_step}u;
    var acc = fetch({kept_args}r, last_kept{scalar_args});
    r += {step}u;
    while (r < end) {{
        let v = fetch({kept_args}r, last_kept{scalar_args});",
            chunk_len = access::param(3),
            length = access::param(2),
            step = reduced_lanes * per_step,
        );
        for k in 0..lanes {
            let _ = writeln!(out, "        acc[{k}] = combine(acc[{k}], v[{k}]);");
        }
        let _ = writeln!(out, "        r += {}u;\n    }}", reduced_lanes * per_step);
        let results = if quad_kept { 4 } else { 1 };
        for k in 0..results {
            let own = if self.quads == Quads::Reduced {
                "combine(combine(acc[0], acc[1]), combine(acc[2], acc[3]))".to_owned()
            } else {
                format!("acc[{k}]")
            };
            let _ = writeln!(out, "    var total{k} = {own};");
            if reduced_lanes > 1 {
                if k > 0 {
                    out.push_str("    workgroupBarrier();\n");
                }
                let _ = writeln!(out, "    tree[local] = total{k};\n    workgroupBarrier();");
                let mut half = reduced_lanes / 2;
                while half > 0 {
                    let _ = writeln!(
                        out,
                        "    if (lane_r < {half}u) {{ total{k} = combine(total{k}, tree[local + {}u]); tree[local] = total{k}; }}",
                        half * neighbour
                    );
                    if half > 1 {
                        out.push_str("    workgroupBarrier();\n");
                    }
                    half /= 2;
                }
            }
            let _ = writeln!(out, "    if (lane_r == 0u && o + {k}u < kept) {{");
            let _ =
                writeln!(out, "        let at = {} + (o + {k}u) * {} + chunk * {};", access::param(5), access::param(6), access::param(7));
            let mut binding = first_output;
            if self.stores_values {
                let value = if self.op.is_arg() || self.is_flagged() { ".value" } else { "" };
                let value = if self.value_dtype() == DType::Bool { format!("{value} != 0u") } else { value.to_owned() };
                let _ = writeln!(out, "        store{binding}(at, total{k}{value});");
                binding += 1;
            }
            if self.stores_positions {
                let _ = writeln!(out, "        store{binding}(at, total{k}.position);");
            }
            out.push_str("    }\n");
        }
        out.push_str("}\n");
    }
}

/// WGSL type that a value is accumulated in. bool goes as u32: NVIDIA's driver (580.159) loses bools in workgroup memory.
fn accumulator_type(dtype: DType) -> &'static str {
    if dtype == DType::Bool { "u32" } else { register(dtype) }
}

/// Writes `fn <name><i>(e) -> u32`: an operand's element position for the linear index `e` over `rank` dimensions.
fn write_position(out: &mut String, name: &str, i: usize, base: Option<usize>, strides: usize, rank: usize, sizes: usize) {
    let _ = writeln!(out, "fn {name}{i}(e: u32) -> u32 {{");
    crate::map::write_coordinates(out, "e", rank, sizes, "    ");
    let mut terms: Vec<String> = base.map(access::param).into_iter().collect();
    terms.extend((0..rank).map(|d| format!("c{d} * {}", access::param(strides + d))));
    let _ = writeln!(out, "    return {};\n}}", terms.join(" + "));
}
