//! What a device computes itself, and how exactly.

use std::fmt;

use anygpu_kernels::shaders::{Division, Float32Arithmetic, Float64Functions, LibraryConfig, Sixty4};

use crate::adapter::AdapterInfo;
use crate::options::GpuOptions;
use crate::selftest::Verdict;
use crate::vulkan::StrictSpirv;

/// Where a type or an operation is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Support {
    /// By the device, with IEEE 754's bits.
    Native,
    /// By the device roughly, corrected by its fused multiply-add to the same bits.
    Corrected,
    /// By integer code of ours, with the same bits.
    Emulated,
}

/// How the device is kept from contracting and reassociating float operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StrictFloats {
    /// SPIR-V with `NoContraction` and the float-control modes, loaded as it is.
    Patched,
    /// Every result passes through an XOR with a zero that is loaded at run time.
    Guarded,
}

/// What becomes of numbers below the smallest normal one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subnormals {
    /// They are kept, as IEEE 754 says.
    Preserved,
    /// The device makes them zeros; integer code of ours keeps them.
    Emulated,
    /// They become zero.
    Flushed,
}

/// What a device computes itself, and how exactly; found by a self-test when it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// float64 and complex128.
    pub f64: Support,
    /// int64 and uint64.
    pub i64: Support,
    /// Whether kernels may use atomic operations on 64-bit integers.
    pub int64_atomics: bool,
    /// Whether kernels may compute in f16 (storage in f16 works everywhere).
    pub f16_arithmetic: bool,
    /// How f32 stays strict.
    pub strict_floats: StrictFloats,
    /// Whether f32 `+ - *`, comparisons and conversions gave IEEE 754's bits for every pattern of the self-test.
    pub f32_exact: bool,
    /// f32 subnormals.
    pub subnormals_f32: Subnormals,
    /// f32 division: the device's, if that and its square root are correctly rounded.
    pub division_f32: Support,
    /// f32 square root, as division.
    pub sqrt_f32: Support,
    /// Whether the device's own f64 division and square root are correctly rounded, where it has f64.
    pub division_f64: bool,
    /// Whether f32 `fma` rounds once.
    pub fma_fused: bool,
    /// Whether f64 `fma` rounds once, where the device has f64.
    pub fma_f64: bool,
    /// How exp, log, sin, pow and their kin are computed in f64.
    pub float64_functions: Float64Functions,
    /// The smallest and largest subgroup, where kernels may use subgroup operations.
    pub subgroups: Option<[u32; 2]>,
    /// Whether kernels may use cooperative matrices.
    pub cooperative_matrix: bool,
    /// Whether passes can be timed.
    pub timestamps: bool,
    /// Whether SPIR-V is loaded as it is.
    pub passthrough: bool,
    /// Whether all shader checks are on, for our own kernels too.
    pub checked: bool,
    /// Whether only WebGPU's default limits and no optional feature are used.
    pub default_limits: bool,
}

impl Capabilities {
    /// What the features promise, before the self-test: enough to compile its kernels.
    pub(crate) fn unproven(device: &wgpu::Device, info: &AdapterInfo, strict: Option<StrictSpirv>, options: &GpuOptions) -> Self {
        let features = device.features();
        let has = |feature| features.contains(feature);
        Self {
            f64: Support::Emulated,
            i64: Support::Emulated,
            int64_atomics: has(wgpu::Features::SHADER_INT64_ATOMIC_ALL_OPS),
            f16_arithmetic: has(wgpu::Features::SHADER_F16),
            strict_floats: StrictFloats::Guarded,
            f32_exact: false,
            subnormals_f32: Subnormals::Flushed,
            division_f32: Support::Emulated,
            sqrt_f32: Support::Emulated,
            division_f64: false,
            fma_fused: false,
            fma_f64: false,
            float64_functions: Float64Functions::FixedPoint,
            subgroups: has(wgpu::Features::SUBGROUP).then_some(info.subgroup_size),
            cooperative_matrix: has(wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX),
            timestamps: has(wgpu::Features::TIMESTAMP_QUERY),
            passthrough: strict.is_some(),
            checked: options.checked,
            default_limits: options.default_limits,
        }
    }

    /// Takes over what the self-test found.
    pub(crate) fn apply(&mut self, verdict: &Verdict, info: &AdapterInfo, options: &GpuOptions) {
        let native = |proven: bool| {
            if proven { Support::Native } else { Support::Emulated }
        };
        // Only the patched path keeps f64 strict: its bits cannot be guarded (naga has no bitcast to f64).
        let flushing = verdict.f32_flushing;
        let f32;
        (self.strict_floats, self.subnormals_f32, f32) = if flushing.exact && flushing.subnormals {
            (StrictFloats::Guarded, Subnormals::Emulated, flushing)
        } else {
            let patched = self.passthrough && verdict.f32.exact;
            let f32 = if patched { verdict.f32 } else { verdict.f32_guarded };
            let subnormals = if f32.subnormals { Subnormals::Preserved } else { Subnormals::Flushed };
            (if patched { StrictFloats::Patched } else { StrictFloats::Guarded }, subnormals, f32)
        };
        self.f32_exact = f32.exact;
        // One switch covers both.
        (self.division_f32, self.sqrt_f32) = match f32 {
            _ if f32.division && f32.sqrt => (Support::Native, Support::Native),
            _ if f32.fused_division => (Support::Corrected, Support::Corrected),
            _ => (Support::Emulated, Support::Emulated),
        };
        self.fma_fused = f32.fma_fused;
        self.fma_f64 = verdict.f64_fma;
        self.division_f64 = verdict.f64_division;
        self.f64 = native(verdict.f64_exact && verdict.f64_division && self.passthrough && !options.emulate_f64);
        self.i64 = native(verdict.i64_exact && !options.emulate_i64);
        self.int64_atomics &= self.native_i64();
        let wanted = match options.float64_functions {
            Some(choice) => choice == Float64Functions::Native,
            None => info.fast_f64(),
        };
        let able = self.fma_f64 && self.native_f64() && self.native_i64();
        self.float64_functions = if wanted && able { Float64Functions::Native } else { Float64Functions::FixedPoint };
    }

    /// The alternatives of the function library that this device runs.
    pub(crate) fn library(&self) -> LibraryConfig {
        let sixty4 = |support| {
            if support == Support::Native { Sixty4::Native } else { Sixty4::Emulated }
        };
        LibraryConfig {
            float32: match self.strict_floats {
                _ if self.subnormals_f32 == Subnormals::Emulated => Float32Arithmetic::Flushing,
                StrictFloats::Patched => Float32Arithmetic::Native,
                StrictFloats::Guarded => Float32Arithmetic::Guarded,
            },
            division: match self.division_f32 {
                Support::Native => Division::Native,
                Support::Corrected => Division::Fused,
                Support::Emulated => Division::Exact,
            },
            int64: sixty4(self.i64),
            float64: sixty4(self.f64),
            float64_functions: self.float64_functions,
        }
    }

    /// Whether float64 is the device's own.
    pub fn native_f64(&self) -> bool {
        self.f64 == Support::Native
    }

    /// Whether int64 is the device's own.
    pub fn native_i64(&self) -> bool {
        self.i64 == Support::Native
    }
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native => "native",
            Self::Corrected => "native, corrected",
            Self::Emulated => "emulated exactly",
        })
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |b: bool| if b { "yes" } else { "no" };
        let fused = |b: bool| if b { "fused" } else { "not fused" };
        let functions = match self.float64_functions {
            Float64Functions::Native => "native doubles",
            Float64Functions::FixedPoint => "64-bit integers",
        };
        write!(f, "float64: {}, float64 functions: {functions}, int64: {}, ", self.f64, self.i64)?;
        write!(f, "float32 + - *: {}", if self.f32_exact { "exact" } else { "NOT exact on this device" })?;
        write!(
            f,
            " ({}), division: {}, sqrt: {}, subnormals: {}, ",
            match self.strict_floats {
                StrictFloats::Patched => "strict SPIR-V",
                StrictFloats::Guarded => "guarded WGSL",
            },
            self.division_f32,
            self.sqrt_f32,
            match self.subnormals_f32 {
                Subnormals::Preserved => "preserved",
                Subnormals::Emulated => "emulated exactly",
                Subnormals::Flushed => "flushed",
            }
        )?;
        write!(f, "fma: {} for float32, {} for float64, ", fused(self.fma_fused), fused(self.fma_f64))?;
        write!(f, "int64 atomics: {}, float16 arithmetic: {}, subgroups: ", yes(self.int64_atomics), yes(self.f16_arithmetic))?;
        match self.subgroups {
            Some([min, max]) if min == max => write!(f, "{min}")?,
            Some([min, max]) => write!(f, "{min}-{max}")?,
            None => f.write_str("no")?,
        }
        write!(f, ", cooperative matrix: {}, timestamps: {}", yes(self.cooperative_matrix), yes(self.timestamps))?;
        if self.checked {
            f.write_str(", all shader checks on")?;
        }
        if self.default_limits {
            f.write_str(", WebGPU default limits")?;
        }
        Ok(())
    }
}
