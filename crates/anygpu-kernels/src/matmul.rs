//! Matrix products: which template, with which types.
//!
//! Tile parameters carry the field's names: a workgroup computes a *macro-tile* of the result, an invocation a *micro-tile* of it, and K is walked
//! in *steps* whose slices of A and B are staged in workgroup memory.
//!
//! Parameter words of every template: `1..4` M, N, K; `4` the first matrix of the batch; `5..8` bases of A, B, C; `8..12` row and K stride of A, K and column stride of B;
//! `12..15` batch strides of A, B, C. All in elements.

use crate::access::{self, Access, Native64};
use crate::error::KernelError;
use crate::expr::{self, Op, register};
use crate::family::Family;
use crate::map::{BindingSpec, write_bindings};
use crate::permutations::Template;
use crate::preprocess::{Define, Defines};
use anygpu_core::DType;
use naga::valid::Capabilities;
use smallvec::SmallVec;
use std::fmt::Write;

/// Results on a side of the macro-tile of [`TILE_F32`].
pub const TILE_F32_SIDE: u32 = 128;
/// Results on a side of the macro-tile of [`TILED`].
pub const TILED_SIDE: u32 = 64;

/// Any dtype and strides, staged in workgroup memory.
pub static TILED: Template = Template {
    name: "tiled",
    text: include_str!("../../../shaders/matmul/tiled.wgsl"),
    defines: tiled_defines,
    capabilities: Capabilities::empty(),
};
/// Any dtype and strides, nothing staged: for CPU adapters.
pub static DIRECT: Template = Template {
    name: "direct",
    text: include_str!("../../../shaders/matmul/direct.wgsl"),
    defines: || vec![Defines::new()],
    capabilities: Capabilities::empty(),
};
/// Row-major float32 whose rows are aligned to four elements.
pub static TILE_F32: Template = Template {
    name: "tile_f32",
    text: include_str!("../../../shaders/matmul/tile_f32.wgsl"),
    defines: || vec![Defines::new()],
    capabilities: Capabilities::empty(),
};

fn tiled_defines() -> Vec<Defines> {
    let mut all = Vec::new();
    for step in [16, 8, 4] {
        for a in [false, true] {
            for b in [false, true] {
                all.push(defines(step, a, b));
            }
        }
    }
    all
}

fn defines(step: u32, a_k_fast: bool, b_k_fast: bool) -> Defines {
    Defines::new()
        .with("STEP", step)
        .with("STAGED", step * TILED_SIDE)
        .with("A_K_FAST", Define::Bool(a_k_fast))
        .with("B_K_FAST", Define::Bool(b_k_fast))
}

/// Which template computes a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// [`TILED`]; whether K is the contiguous direction of A and of B.
    Tiled {
        /// Consecutive invocations stage along K of A.
        a_k_fast: bool,
        /// Consecutive invocations stage along K of B.
        b_k_fast: bool,
    },
    /// [`DIRECT`].
    Direct,
    /// [`TILE_F32`].
    TileF32,
}

/// Everything that decides the text of a matrix product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MatmulKernel {
    /// The template.
    pub variant: Variant,
    /// Dtype of A, B and C.
    pub dtype: DType,
}

impl MatmulKernel {
    /// A byte string equal exactly for equal kernels.
    pub fn key(&self) -> Vec<u8> {
        let variant = match self.variant {
            Variant::Tiled { a_k_fast, b_k_fast } => u8::from(a_k_fast) | u8::from(b_k_fast) << 1,
            Variant::Direct => 4,
            Variant::TileF32 => 5,
        };
        vec![Family::Matmul as u8, variant, self.dtype as u8]
    }

    /// The bindings: A, B, C.
    pub fn bindings(&self) -> SmallVec<[BindingSpec; 3]> {
        let access = if self.variant == Variant::TileF32 { Access::Vector } else { Access::Gather };
        let operand = BindingSpec { dtype: self.dtype, access, scattered: false, written: false };
        [operand, operand, BindingSpec { access: Access::Gather, scattered: true, written: true, ..operand }].into_iter().collect()
    }

    /// The kernel's WGSL, to be linked with the shader library.
    ///
    /// # Errors
    /// A template that does not expand (a defect of this crate).
    pub fn wgsl(&self, native: Native64) -> Result<String, KernelError> {
        let mut out = String::with_capacity(8192);
        if self.variant == Variant::TileF32 {
            out.push_str(
                "@group(0) @binding(0) var<storage, read> b0: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@group(0) @binding(3) var<uniform> params: array<vec4<u32>, 64>;\n",
            );
            out.push_str(&TILE_F32.expand(&Defines::new())?.source);
            return Ok(out);
        }
        // bool is multiplied as the bytes it is stored as: a value of type bool does not survive workgroup memory on every driver.
        let dtype = if self.dtype == DType::Bool { DType::U8 } else { self.dtype };
        write_bindings(&mut out, &self.bindings(), native);
        access::write_load_one(&mut out, 0, 0, dtype, native, false);
        access::write_load_one(&mut out, 1, 1, dtype, native, false);
        // float16 is summed in float32 and rounded once, as NumPy's loop does.
        let sum_dtype = if dtype == DType::F16 { DType::F32 } else { dtype };
        let stored = if dtype == DType::F16 { "store_rounded" } else { "store2" };
        let mut store = String::new();
        access::write_store_one(&mut store, 2, 2, dtype);
        if dtype == DType::F16 {
            store = store.replace("fn store2(", "fn store_rounded(");
            let _ = writeln!(store, "fn store2(at: u32, v: f32) {{ {stored}(at, round_f16(v)); }}");
        }
        out.push_str(&store);
        let product = expr::call(Op::Multiply, sum_dtype, sum_dtype, &["a".to_owned(), "b".to_owned()]);
        let sum = match self.dtype {
            DType::Bool => "acc | (a & b)".to_owned(),
            _ => expr::call(Op::Add, sum_dtype, sum_dtype, &["acc".to_owned(), product]),
        };
        let _ = writeln!(out, "alias Acc = {};\nfn mul_add(acc: Acc, a: Acc, b: Acc) -> Acc {{ return {sum}; }}", register(sum_dtype));
        let template = match self.variant {
            Variant::Tiled { a_k_fast, b_k_fast } => TILED.expand(&defines(step(dtype), a_k_fast, b_k_fast))?,
            _ => DIRECT.expand(&Defines::new())?,
        };
        out.push_str(&template.source);
        Ok(out)
    }
}

/// K-step of [`TILED`]: both slices fit 8 KiB of workgroup memory.
fn step(dtype: DType) -> u32 {
    match dtype.itemsize() {
        16 => 4,
        8 => 8,
        _ => 16,
    }
}
