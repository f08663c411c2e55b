//! The elementwise kernel: one fused expression over operands of any layout, with one or more results.
//!
//! The host collapses the shape first, so `rank` is what remains: 1 for anything contiguous. Every invocation computes one quad of the results in
//! memory order. Results are *dense* (freshly allocated, written in whole vectors, padding included) or *scattered* (an in-place write through a
//! view: element by element, never past the end).
//!
//! Parameter words: `0` a zero (see `guard`), `1` number of elements, `2..4` position of the first element (low, high word), then the sizes of all but the outermost
//! dimension, innermost first; then for each input, and each scattered result, its base and `rank` strides in elements, innermost first; then the scalars.

mod entry_point;

use crate::access::{self, Access, Native64, QUAD};
use crate::expr::{Expr, register};
use crate::family::Family;
use crate::map::entry_point::EntryPoint;
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
        for (i, input) in self.inputs.iter().enumerate() {
            write_input(&mut out, i, *input, &self.bindings, native, self.split);
        }
        for (i, b) in self.outputs.iter().enumerate() {
            let spec = self.bindings[*b as usize];
            if spec.scattered {
                access::write_store_one(&mut out, i, *b as usize, spec.dtype);
            } else {
                access::write_store_quad(&mut out, i, *b as usize, spec.dtype, native, self.split);
            }
        }
        self.expr.write_function(&mut out);
        EntryPoint::new(self, native).write(&mut out);
        out
    }
}

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
