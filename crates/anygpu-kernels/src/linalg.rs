//! The kernels at the leaves of matrix factorisations: blocks and panels of a few columns. All else of a factorisation is matrix products.

use crate::access::{self, Access, Native64};
use crate::error::KernelError;
use crate::expr::{self, Op, register, register_suffix};
use crate::family::Family;
use crate::map::{BindingSpec, write_bindings};
use crate::permutations::{Template, product};
use crate::preprocess::Defines;
use anygpu_core::DType;
use naga::valid::Capabilities;
use smallvec::SmallVec;
use std::fmt::Write;

macro_rules! template {
    ($name:ident, $file:literal, $defines:expr, $doc:literal) => {
        #[doc = $doc]
        pub static $name: Template = Template {
            name: $file,
            text: include_str!(concat!("../../../shaders/linalg/", $file, ".wgsl")),
            defines: $defines,
            capabilities: Capabilities::empty(),
        };
    };
}

fn sides() -> Vec<Defines> {
    product(&[("SIDE", &[16.into(), 32.into()])])
}

fn plain() -> Vec<Defines> {
    vec![Defines::new()]
}

template!(CHOLESKY_BLOCK, "cholesky_block", sides, "Cholesky factors of blocks.");
template!(TRIANGULAR_BLOCK, "triangular_block", sides, "Equations with triangular blocks.");
template!(LU_PANEL, "lu_panel", sides, "LU decompositions of panels.");
template!(QR_PANEL, "qr_panel", plain, "QR decompositions of panels.");
template!(ROW_SWAPS, "row_swaps", plain, "Exchanges of rows.");
template!(SUBTRACT, "subtract", plain, "Differences in place.");

/// Rows and columns of a block, and columns of a panel, at most: blocks of two operands fit 16 KiB of workgroup memory.
pub const fn side(dtype: DType) -> usize {
    if dtype.itemsize() == 16 { 16 } else { 32 }
}

/// A kernel of this family; the templates' headers list the parameter words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinalgKernel {
    /// Cholesky factors of blocks on the diagonal. Bindings: matrices, flags.
    CholeskyBlock,
    /// Solutions of triangular blocks. Bindings: triangles, right sides.
    TriangularBlock,
    /// LU of panels with partial pivoting. Bindings: matrices, pivots, flags.
    LuPanel,
    /// QR of panels by Householder reflections. Bindings: matrices, factors of the reflections.
    QrPanel,
    /// Rows exchanged. Bindings: matrices, pivots.
    RowSwaps,
    /// Products subtracted. Bindings: matrices, products.
    Subtract,
}

impl LinalgKernel {
    /// Every kernel.
    pub const ALL: [LinalgKernel; 6] = [
        LinalgKernel::CholeskyBlock,
        LinalgKernel::TriangularBlock,
        LinalgKernel::LuPanel,
        LinalgKernel::QrPanel,
        LinalgKernel::RowSwaps,
        LinalgKernel::Subtract,
    ];

    /// A byte string equal exactly for equal kernels.
    pub fn key(self, dtype: DType) -> Vec<u8> {
        vec![Family::Linalg as u8, self as u8, dtype as u8]
    }

    /// The bindings: dtype, and whether they are written.
    pub fn bindings(self, dtype: DType) -> SmallVec<[BindingSpec; 3]> {
        let spec = |dtype, written| BindingSpec { dtype, access: Access::Gather, scattered: written, written };
        let (matrices, flags) = (spec(dtype, true), spec(DType::U32, true));
        match self {
            LinalgKernel::CholeskyBlock => SmallVec::from_slice(&[matrices, flags]),
            LinalgKernel::TriangularBlock => SmallVec::from_slice(&[spec(dtype, false), matrices]),
            LinalgKernel::LuPanel => SmallVec::from_slice(&[matrices, flags, flags]),
            LinalgKernel::QrPanel => SmallVec::from_slice(&[matrices, matrices]),
            LinalgKernel::RowSwaps => SmallVec::from_slice(&[matrices, spec(DType::U32, false)]),
            LinalgKernel::Subtract => SmallVec::from_slice(&[matrices, spec(dtype, false)]),
        }
    }

    /// The kernel's WGSL for float32, float64, complex64 or complex128, to be linked with the shader library.
    ///
    /// # Errors
    /// A template that does not expand (a defect of this crate).
    pub fn wgsl(self, dtype: DType, native: Native64) -> Result<String, KernelError> {
        let mut out = String::with_capacity(8192);
        let bindings = self.bindings(dtype);
        write_bindings(&mut out, &bindings, native);
        for (i, binding) in bindings.iter().enumerate().filter(|(_, b)| b.dtype == dtype) {
            access::write_load_one(&mut out, i, i, dtype, native, false);
            if binding.written {
                access::write_store_one(&mut out, i, i, dtype);
            }
        }
        write_arithmetic(&mut out, dtype);
        let (template, has_side) = match self {
            LinalgKernel::CholeskyBlock => (&CHOLESKY_BLOCK, true),
            LinalgKernel::TriangularBlock => (&TRIANGULAR_BLOCK, true),
            LinalgKernel::LuPanel => (&LU_PANEL, true),
            LinalgKernel::QrPanel => (&QR_PANEL, false),
            LinalgKernel::RowSwaps => (&ROW_SWAPS, false),
            LinalgKernel::Subtract => (&SUBTRACT, false),
        };
        let defines = if has_side { Defines::new().with("SIDE", side(dtype) as u32) } else { Defines::new() };
        out.push_str(&template.expand(&defines)?.source);
        Ok(out)
    }
}

/// Declares the arithmetic of the templates: on `Acc`, the dtype, and on `Real`, the dtype of its parts.
fn write_arithmetic(out: &mut String, dtype: DType) {
    let real = dtype.real();
    let _ = writeln!(out, "alias Acc = {};\nalias Real = {};", register(dtype), register(real));
    let of = |op: Op, dtype: DType, operands: &[&str]| {
        let operands: SmallVec<[String; 3]> = operands.iter().map(|x| (*x).to_owned()).collect();
        expr::call(op, dtype, dtype, &operands)
    };
    let mut function = |signature: &str, result: &str, value: String| {
        let _ = writeln!(out, "fn {signature} -> {result} {{ return {value}; }}");
    };
    let (suffix, real_suffix) = (register_suffix(dtype), register_suffix(real));

    function("product(a: Acc, b: Acc)", "Acc", of(Op::Multiply, dtype, &["a", "b"]));
    function("quotient(a: Acc, b: Acc)", "Acc", of(Op::Divide, dtype, &["a", "b"]));
    function("difference(a: Acc, b: Acc)", "Acc", of(Op::Subtract, dtype, &["a", "b"]));
    function("total(a: Acc, b: Acc)", "Acc", of(Op::Add, dtype, &["a", "b"]));
    function("plus_product(c: Acc, a: Acc, b: Acc)", "Acc", of(Op::Add, dtype, &["c", "product(a, b)"]));
    function("less_product(c: Acc, a: Acc, b: Acc)", "Acc", of(Op::Subtract, dtype, &["c", "product(a, b)"]));

    function("joined(a: Real, b: Real)", "Real", of(Op::Add, real, &["a", "b"]));
    function("larger(a: Real, b: Real)", "Real", of(Op::Maximum, real, &["a", "b"]));
    function("root(a: Real)", "Real", of(Op::Sqrt, real, &["a"]));
    function("opposite(a: Real)", "Real", of(Op::Negative, real, &["a"]));
    function("square(a: Real)", "Real", of(Op::Multiply, real, &["a", "a"]));
    function("size(a: Real)", "Real", of(Op::Absolute, real, &["a"]));
    function("inverse(a: Real)", "Real", of(Op::Divide, real, &[&format!("cast_bool_{real_suffix}(true)"), "a"]));
    function(
        "smallest_normal()",
        "Real",
        if real == DType::F32 { "bitcast<f32>(0x00800000u)" } else { "make_f64(0u, 0x00100000u)" }.to_owned(),
    );
    function("greater(a: Real, b: Real)", "bool", of(Op::Less, real, &["b", "a"]));
    function("vanishes(a: Real)", "bool", format!("!nonzero_{real_suffix}(a)"));
    function("negative(a: Real)", "bool", of(Op::Less, real, &["a", "Real()"]));
    function("not_positive(a: Real)", "bool", of(Op::LessEqual, real, &["a", "Real()"]));

    let times = |part: &str| of(Op::Multiply, real, &[&format!("{part}_{suffix}(a)"), "s"]);
    if dtype.is_complex() {
        function("conjugated(a: Acc)", "Acc", of(Op::Conjugate, dtype, &["a"]));
        function("real_part(a: Acc)", "Real", format!("real_{suffix}(a)"));
        function("scaled(a: Acc, s: Real)", "Acc", format!("make_{suffix}({}, {})", times("real"), times("imag")));
        function("of_real(a: Real)", "Acc", format!("make_{suffix}(a, Real())"));
        function("imaginary(a: Acc)", "bool", format!("nonzero_{real_suffix}(imag_{suffix}(a))"));
        function("magnitude(a: Acc)", "Real", format!("joined(size(real_{suffix}(a)), size(imag_{suffix}(a)))"));
        function("squared(a: Acc)", "Real", format!("joined(square(real_{suffix}(a)), square(imag_{suffix}(a)))"));
    } else {
        function("conjugated(a: Acc)", "Acc", "a".to_owned());
        function("real_part(a: Acc)", "Real", "a".to_owned());
        function("scaled(a: Acc, s: Real)", "Acc", "product(a, s)".to_owned());
        function("of_real(a: Real)", "Acc", "a".to_owned());
        function("imaginary(a: Acc)", "bool", "false".to_owned());
        function("magnitude(a: Acc)", "Real", "size(a)".to_owned());
        function("squared(a: Acc)", "Real", "square(a)".to_owned());
    }
}
