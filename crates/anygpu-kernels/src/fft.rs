//! Discrete Fourier transforms: one template, whose passes anygpu's `fft.rs` strings together.
//!
//! Lengths, strides, radices and batch are parameters: a kernel is compiled for a dtype and for how its first points are made and its last ones
//! kept ([`Input`], [`Output`]), and serves every length.

use crate::access::{self, Access, Native64};
use crate::error::KernelError;
use crate::expr::{register, register_suffix};
use crate::family::Family;
use crate::map::{BindingSpec, write_bindings};
use crate::permutations::{Template, product};
use crate::preprocess::{Define, Defines};
use anygpu_core::DType;
use naga::valid::Capabilities;
use smallvec::SmallVec;
use std::fmt::Write;

/// The template; its header lists the parameter words.
pub static PASS: Template = Template {
    name: "pass",
    text: include_str!("../../../shaders/fft/pass.wgsl"),
    defines: || {
        product(&[
            ("INPUT", &Input::ALL.map(|i| Define::Name(i.name()))),
            ("OUTPUT", &Output::ALL.map(|o| Define::Name(o.name()))),
            ("WEIGHTS", &[false.into(), true.into()]),
            ("COMPACT", &[false.into(), true.into()]),
            ("READ_AHEAD", &[false.into(), true.into()]),
            ("TILE", &[512.into()]),
            ("TILES", &[1024.into()]),
            ("WORKGROUP", &[128.into()]),
            ("WORKGROUP_BITS", &[7.into()]),
            ("ROW_BITS", &[3.into()]),
        ])
    },
    capabilities: Capabilities::empty(),
};

/// What the points of a pass are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Input {
    /// Complex numbers.
    Complex,
    /// Real numbers.
    Real,
    /// The first half of a spectrum whose second half is its conjugate.
    Half,
    /// Two real numbers a point.
    Pairs,
    /// The transform of pairs: gives the spectrum of the real numbers, half of it.
    SpectrumOfPairs,
    /// Half a spectrum of real numbers: gives what transforms to pairs of them.
    PairsOfSpectrum,
}

impl Input {
    /// All of them.
    pub const ALL: [Input; 6] = [Input::Complex, Input::Real, Input::Half, Input::Pairs, Input::SpectrumOfPairs, Input::PairsOfSpectrum];

    fn name(self) -> &'static str {
        match self {
            Input::Complex => "complex",
            Input::Real => "real",
            Input::Half => "half",
            Input::Pairs => "pairs",
            Input::SpectrumOfPairs => "spectrum_of_pairs",
            Input::PairsOfSpectrum => "pairs_of_spectrum",
        }
    }

    /// Whether elements of the input are real.
    pub fn is_real(self) -> bool {
        matches!(self, Input::Real | Input::Pairs)
    }
}

/// What is kept of the points of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Output {
    /// Complex numbers.
    Complex,
    /// Their real parts.
    Real,
    /// Two real numbers a point.
    Pairs,
}

impl Output {
    /// All of them.
    pub const ALL: [Output; 3] = [Output::Complex, Output::Real, Output::Pairs];

    fn name(self) -> &'static str {
        match self {
            Output::Complex => "complex",
            Output::Real => "real",
            Output::Pairs => "pairs",
        }
    }
}

/// Everything that decides the text of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FftKernel {
    /// complex64 or complex128.
    pub dtype: DType,
    /// How points are made.
    pub input: Input,
    /// What is kept.
    pub output: Output,
    /// Whether points may be multiplied by numbers of their own on the way in or out.
    pub weights: bool,
    /// Invocations of a workgroup, a power of two: [`workgroup`].
    pub workgroup: u32,
}

/// The dtype of the parts of a complex one.
pub fn part(dtype: DType) -> DType {
    if dtype == DType::C64 { DType::F32 } else { DType::F64 }
}

/// Invocations of a workgroup: few, each with several points on their way, since tiles and not invocations fill a multiprocessor; on a CPU still
/// fewer, which runs them in turns between barriers.
pub fn workgroup(cpu: bool) -> u32 {
    if cpu { 16 } else { 128 }
}

/// Points of a workgroup's tile; two tiles fill 16 KiB, WebGPU's default limit.
pub fn tile_points(dtype: DType) -> usize {
    8192 / dtype.itemsize()
}

/// Whether only radix 2 has a butterfly of its own: emulated float64.
pub fn is_compact(dtype: DType, native: Native64) -> bool {
    dtype == DType::C128 && !native.float
}

impl FftKernel {
    /// Every kernel that the host asks for, of one dtype.
    pub fn all(dtype: DType) -> Vec<FftKernel> {
        use {Input as I, Output as O};
        let plain = [
            (I::Complex, O::Complex),
            (I::Real, O::Complex),
            (I::Half, O::Complex),
            (I::Half, O::Real),
            (I::Complex, O::Real),
            (I::Pairs, O::Complex),
            (I::SpectrumOfPairs, O::Complex),
            (I::PairsOfSpectrum, O::Complex),
            (I::PairsOfSpectrum, O::Pairs),
            (I::Complex, O::Pairs),
        ];
        let weighted = [(I::Complex, O::Complex), (I::Real, O::Complex), (I::Half, O::Complex), (I::Complex, O::Real)];
        let hooks = plain.map(|hooks| (hooks, false)).into_iter().chain(weighted.map(|hooks| (hooks, true)));
        let kernel = |((input, output), weights), cpu| FftKernel { dtype, input, output, weights, workgroup: workgroup(cpu) };
        hooks.flat_map(|hooks| [false, true].map(|cpu| kernel(hooks, cpu))).collect()
    }

    /// A byte string equal exactly for equal kernels.
    pub fn key(&self) -> Vec<u8> {
        vec![Family::Fft as u8, self.dtype as u8, self.input as u8, self.output as u8, u8::from(self.weights), self.workgroup as u8]
    }

    /// The bindings: elements, roots of unity, results, and weights where there are any.
    pub fn bindings(&self) -> SmallVec<[BindingSpec; 8]> {
        let read = |dtype| BindingSpec { dtype, access: Access::Gather, scattered: false, written: false };
        let real = part(self.dtype);
        let input = if self.input.is_real() { real } else { self.dtype };
        let output = if self.output == Output::Complex { self.dtype } else { real };
        let mut all: SmallVec<[BindingSpec; 8]> = SmallVec::new();
        all.extend([read(input), read(self.dtype), BindingSpec { scattered: true, written: true, ..read(output) }]);
        if self.weights {
            all.push(read(self.dtype));
        }
        all
    }

    /// The kernel's WGSL, to be linked with the shader library.
    ///
    /// # Errors
    /// A template that does not expand (a defect of this crate).
    pub fn wgsl(&self, native: Native64) -> Result<String, KernelError> {
        let mut out = String::with_capacity(16384);
        let bindings = self.bindings();
        write_bindings(&mut out, &bindings, native);
        access::write_load_one(&mut out, 0, 0, bindings[0].dtype, native, false);
        access::write_load_one(&mut out, 1, 1, self.dtype, native, false);
        access::write_store_one(&mut out, 2, 2, bindings[2].dtype);
        if self.weights {
            access::write_load_one(&mut out, 3, 3, self.dtype, native, false);
        }
        write_arithmetic(&mut out, self.dtype);
        let tile = tile_points(self.dtype) as u32;
        let defines = Defines::new()
            .with("INPUT", self.input.name())
            .with("OUTPUT", self.output.name())
            .with("WEIGHTS", self.weights)
            .with("COMPACT", is_compact(self.dtype, native))
            // Text that a CPU gains nothing from, nor a kernel of emulated float64, which is busy with arithmetic.
            .with("READ_AHEAD", self.workgroup == workgroup(false) && !is_compact(self.dtype, native))
            .with("TILE", tile)
            .with("TILES", 2 * tile)
            .with("WORKGROUP", self.workgroup)
            .with("WORKGROUP_BITS", self.workgroup.ilog2())
            // Workgroup memory has 32 banks of four bytes on the devices that say.
            .with("ROW_BITS", (128 / self.dtype.itemsize() as u32).ilog2());
        out.push_str(&PASS.expand(&defines)?.source);
        Ok(out)
    }
}

/// The template's names for the library's complex numbers of a dtype, and the constants of its butterflies.
fn write_arithmetic(out: &mut String, dtype: DType) {
    let (complex, c) = (register(dtype), register_suffix(dtype));
    let (real, r) = (register(part(dtype)), register_suffix(part(dtype)));
    let _ = write!(
        out,
        "alias Complex = {complex};
alias Real = {real};
fn make(re: Real, im: Real) -> Complex {{ return make_{c}(re, im); }}
fn real(a: Complex) -> Real {{ return real_{c}(a); }}
fn imag(a: Complex) -> Real {{ return imag_{c}(a); }}
fn negative(a: Real) -> Real {{ return neg_{r}(a); }}
fn add(a: Complex, b: Complex) -> Complex {{ return add_{c}(a, b); }}
fn sub(a: Complex, b: Complex) -> Complex {{ return sub_{c}(a, b); }}
fn mul(a: Complex, b: Complex) -> Complex {{ return mul_{c}(a, b); }}
fn scaled(a: Complex, b: Real) -> Complex {{ return make(mul_{r}(real(a), b), mul_{r}(imag(a), b)); }}
fn scale() -> Real {{ return {}; }}
",
        access::scalar_from_params(part(dtype), 24)
    );
    let constants = [
        ("half_constant", 0.5),
        ("root_of_half", std::f64::consts::FRAC_1_SQRT_2),
        ("sine_of_third", 0.866_025_403_784_438_6),
        ("cosine_of_fifth", 0.309_016_994_374_947_45),
        ("cosine_of_two_fifths", -0.809_016_994_374_947_5),
        ("sine_of_fifth", 0.951_056_516_295_153_5),
        ("sine_of_two_fifths", 0.587_785_252_292_473_1),
    ];
    for (name, value) in constants {
        let literal = if dtype == DType::C64 {
            format!("bitcast<f32>({:#x}u)", (value as f32).to_bits())
        } else {
            let bits = value.to_bits();
            format!("make_f64({:#x}u, {:#x}u)", bits as u32, bits >> 32)
        };
        let _ = writeln!(out, "fn {name}() -> Real {{ return {literal}; }}");
    }
}
