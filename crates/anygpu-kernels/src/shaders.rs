//! The WGSL that is compiled into the crate, and which of it a device gets.
//!
//! `shaders/math/` and `shaders/random/` hold alternatives under the same names (say `add_f64` on native `f64` and on `vec2<u32>`): a
//! [`LibraryConfig`] says which the device can run exactly, and [`library`] is the linker over that choice.

use std::sync::OnceLock;

use crate::lexer::{Lexer, TokenKind};
use crate::link::Library;

/// How `+ - *` on f32 are kept from being contracted or reassociated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Float32Arithmetic {
    /// Plain operators: the device is given a strict shader (patched SPIR-V, Metal's safe math mode).
    Native,
    /// Every result is XORed with a zero loaded at run time, which the kernel offers as `fn guard() -> u32`.
    #[default]
    Guarded,
    /// Guarded, and with integer code wherever subnormal numbers are involved: the device flushes them.
    Flushing,
}

/// Where f32 division and square root come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Division {
    /// The device's own are correctly rounded.
    Native,
    /// Corrected by fused multiply-adds, where `fma` rounds once.
    Fused,
    /// Integer code, correctly rounded everywhere.
    #[default]
    Exact,
}

/// How a 64-bit type lives in registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sixty4 {
    /// The shading language's own type (`u64`, `i64`, `f64`).
    Native,
    /// `vec2<u32>`, low word first.
    #[default]
    Emulated,
}

/// How exp, log, sin, pow and their kin are computed in f64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Float64Functions {
    /// Fused multiply-adds of the device's f64, which must round once; only with native `f64` and `u64`.
    Native,
    /// 64-bit fixed point on u32: the same bits everywhere, and faster wherever f64 runs at less than a quarter of f32's rate.
    #[default]
    FixedPoint,
}

/// Which alternatives of the function library a device runs; the default is what every device can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LibraryConfig {
    /// f32 `+ - *`.
    pub float32: Float32Arithmetic,
    /// f32 `/` and `sqrt`.
    pub division: Division,
    /// `u64` and `i64`.
    pub int64: Sixty4,
    /// `f64` (and `c128`).
    pub float64: Sixty4,
    /// Transcendental functions of f64.
    pub float64_functions: Float64Functions,
}

impl LibraryConfig {
    /// Every combination that is allowed.
    pub fn all() -> impl Iterator<Item = LibraryConfig> {
        (0..CONFIGURATIONS).map(|index| {
            let (int64, float64, float64_functions) = WIDE[index % WIDE.len()];
            let rest = index / WIDE.len();
            LibraryConfig {
                int64,
                float64,
                float64_functions,
                float32: [Float32Arithmetic::Native, Float32Arithmetic::Guarded, Float32Arithmetic::Flushing][rest % 3],
                division: [Division::Native, Division::Fused, Division::Exact][rest / 3],
            }
        })
    }

    /// The naga capabilities that a kernel linked for this configuration may need.
    pub fn capabilities(self) -> naga::valid::Capabilities {
        let mut capabilities = naga::valid::Capabilities::empty();
        capabilities.set(naga::valid::Capabilities::SHADER_INT64, self.int64 == Sixty4::Native);
        capabilities.set(naga::valid::Capabilities::FLOAT64, self.float64 == Sixty4::Native);
        capabilities
    }

    /// # Panics
    /// For a combination that is not in [`WIDE`].
    fn index(self) -> usize {
        let wide = (self.int64, self.float64, self.float64_functions);
        let wide = WIDE.iter().position(|row| *row == wide);
        let wide = wide.unwrap_or_else(|| panic!("{self:?}: native functions of f64 need native f64 and u64"));
        wide + WIDE.len() * (self.float32 as usize + 3 * self.division as usize)
    }
}

/// The combinations of `int64`, `float64` and `float64_functions`: what is native to nothing native.
const WIDE: [(Sixty4, Sixty4, Float64Functions); 5] = [
    (Sixty4::Native, Sixty4::Native, Float64Functions::Native),
    (Sixty4::Native, Sixty4::Native, Float64Functions::FixedPoint),
    (Sixty4::Emulated, Sixty4::Native, Float64Functions::FixedPoint),
    (Sixty4::Native, Sixty4::Emulated, Float64Functions::FixedPoint),
    (Sixty4::Emulated, Sixty4::Emulated, Float64Functions::FixedPoint),
];

/// The number of different [`LibraryConfig`]s.
const CONFIGURATIONS: usize = 9 * WIDE.len();

/// When a file belongs to the library.
type Condition = fn(LibraryConfig) -> bool;

const ALWAYS: Condition = |_| true;
const NATIVE_INT64: Condition = |config| config.int64 == Sixty4::Native;
const EMULATED_INT64: Condition = |config| config.int64 == Sixty4::Emulated;
const NATIVE_FLOAT64: Condition = |config| config.float64 == Sixty4::Native;
const EMULATED_FLOAT64: Condition = |config| config.float64 == Sixty4::Emulated;
const NATIVE_FUNCTIONS: Condition = |config| config.float64_functions == Float64Functions::Native;
const FIXED_FUNCTIONS: Condition = |config| config.float64_functions == Float64Functions::FixedPoint;
const NATIVE_FLOAT32: Condition = |config| config.float32 == Float32Arithmetic::Native;
const GUARDED_FLOAT32: Condition = |config| config.float32 != Float32Arithmetic::Native;
const FULL_FLOAT32: Condition = |config| config.float32 != Float32Arithmetic::Flushing;
const FLUSHING_FLOAT32: Condition = |config| config.float32 == Float32Arithmetic::Flushing;
const NATIVE_DIVISION: Condition = |config| config.division == Division::Native;
const FUSED_DIVISION: Condition = |config| config.division == Division::Fused;
const OWN_DIVISION: Condition = |config| config.division != Division::Native;
const FUSED_FLOAT32: Condition = |config| FUSED_DIVISION(config) && NATIVE_FLOAT32(config);
const UNFUSED_FLOAT32: Condition = |config| !FUSED_FLOAT32(config);
const EXACT_DIVISION: Condition = |config| config.division == Division::Exact;

const NATIVE_BOTH64: Condition = |config| NATIVE_INT64(config) && NATIVE_FLOAT64(config);
const NATIVE_FLOAT64_ONLY: Condition = |config| EMULATED_INT64(config) && NATIVE_FLOAT64(config);

/// A row of [`MATH`].
macro_rules! math {
    ($file:literal, $condition:expr) => {
        ($file, include_str!(concat!("../../../shaders/math/", $file)), $condition)
    };
}

/// Every file of `shaders/math/` but the [`TEMPLATES`] ones, in the order in which items are linked, with when it is used.
static MATH: &[(&str, &str, Condition)] = &[
    math!("int64_native.wgsl", NATIVE_INT64),
    math!("int64_emulated.wgsl", EMULATED_INT64),
    math!("float64_native.wgsl", NATIVE_FLOAT64),
    math!("float64_emulated.wgsl", EMULATED_FLOAT64),
    math!("float64_emulated_division.wgsl", EMULATED_FLOAT64),
    math!("float64.wgsl", ALWAYS),
    math!("float64_scaled.wgsl", ALWAYS),
    math!("float64_exponential.wgsl", ALWAYS),
    math!("float64_logarithm.wgsl", ALWAYS),
    math!("float64_trigonometric.wgsl", ALWAYS),
    math!("float64_half_turns.wgsl", ALWAYS),
    math!("float64_hyperbolic.wgsl", ALWAYS),
    math!("float64_inverse_trigonometric.wgsl", ALWAYS),
    math!("float64_inverse_hyperbolic.wgsl", ALWAYS),
    math!("float64_power.wgsl", ALWAYS),
    math!("float64_error_function.wgsl", ALWAYS),
    math!("float64_gamma.wgsl", ALWAYS),
    math!("float64_logistic.wgsl", ALWAYS),
    math!("float64_root.wgsl", ALWAYS),
    math!("float64_representation.wgsl", ALWAYS),
    math!("float64_fixed.wgsl", FIXED_FUNCTIONS),
    math!("float64_native_exponential.wgsl", NATIVE_FUNCTIONS),
    math!("float64_native_logarithm.wgsl", NATIVE_FUNCTIONS),
    math!("float64_native_trigonometric.wgsl", NATIVE_FUNCTIONS),
    math!("float64_native_hyperbolic.wgsl", NATIVE_FUNCTIONS),
    math!("float64_native_power.wgsl", NATIVE_FUNCTIONS),
    math!("integer.wgsl", ALWAYS),
    math!("float32_native.wgsl", NATIVE_FLOAT32),
    math!("float32_guarded.wgsl", GUARDED_FLOAT32),
    math!("float32_full.wgsl", FULL_FLOAT32),
    math!("float32_flushing.wgsl", FLUSHING_FLOAT32),
    math!("division_native.wgsl", NATIVE_DIVISION),
    math!("division_integer.wgsl", OWN_DIVISION),
    math!("division_fused.wgsl", FUSED_DIVISION),
    math!("division_exact.wgsl", EXACT_DIVISION),
    math!("float32.wgsl", ALWAYS),
    math!("float32_exponential.wgsl", ALWAYS),
    math!("float32_logarithm.wgsl", ALWAYS),
    math!("float32_unfused.wgsl", UNFUSED_FLOAT32),
    math!("float32_fused.wgsl", FUSED_FLOAT32),
    math!("float32_power.wgsl", ALWAYS),
    math!("float32_trigonometric.wgsl", ALWAYS),
    math!("float32_half_turns.wgsl", ALWAYS),
    math!("float32_hyperbolic.wgsl", ALWAYS),
    math!("float32_inverse_trigonometric.wgsl", ALWAYS),
    math!("float32_inverse_hyperbolic.wgsl", ALWAYS),
    math!("float32_representation.wgsl", ALWAYS),
    math!("float32_scaled.wgsl", ALWAYS),
    math!("float32_error_function.wgsl", ALWAYS),
    math!("float32_gamma.wgsl", ALWAYS),
    math!("float32_logistic.wgsl", ALWAYS),
    math!("logaddexp.wgsl", ALWAYS),
    math!("half.wgsl", ALWAYS),
    math!("complex_parts.wgsl", ALWAYS),
    math!("complex_cast.wgsl", ALWAYS),
    math!("cast.wgsl", ALWAYS),
    math!("cast64_native_native.wgsl", NATIVE_BOTH64),
    math!("cast64_emulated_native.wgsl", NATIVE_FLOAT64_ONLY),
    math!("cast64_float_emulated.wgsl", EMULATED_FLOAT64),
];

/// A row of [`RANDOM`].
macro_rules! random {
    ($file:literal, $condition:expr) => {
        ($file, include_str!(concat!("../../../shaders/random/", $file)), $condition)
    };
}

/// The files of `shaders/random/` that are no templates.
static RANDOM: &[(&str, &str, Condition)] = &[
    random!("product_native.wgsl", NATIVE_INT64),
    random!("product_emulated.wgsl", EMULATED_INT64),
    random!("philox.wgsl", ALWAYS),
    random!("uniform.wgsl", ALWAYS),
    random!("normal.wgsl", ALWAYS),
    random!("constants.wgsl", ALWAYS),
    random!("probability.wgsl", ALWAYS),
    random!("poisson.wgsl", ALWAYS),
    random!("binomial.wgsl", ALWAYS),
    random!("hypergeometric.wgsl", ALWAYS),
    random!("vonmises.wgsl", ALWAYS),
    random!("zipf.wgsl", ALWAYS),
];

/// A row of [`TEMPLATES`].
macro_rules! template {
    ($folder:literal, $file:literal) => {
        ($file, include_str!(concat!("../../../shaders/", $folder, "/", $file)))
    };
}

/// The files that are written once for both precisions, see [`instantiate`].
static TEMPLATES: &[(&str, &str)] = &[
    template!("math", "complex.wgsl"),
    template!("math", "complex_exponential.wgsl"),
    template!("math", "complex_hyperbolic.wgsl"),
    template!("math", "complex_inverse.wgsl"),
    template!("random", "gamma.wgsl"),
];

/// What stands for a placeholder of [`TEMPLATES`]: its type, and the suffix of the functions on it.
struct Meaning {
    /// `C` in types, `_C` at the end of names.
    complex: (&'static str, &'static str),
    /// `R` and `_R`, for the parts.
    real: (&'static str, &'static str),
    /// `_R` at the end of `add_R`, `sub_R` and `mul_R`.
    arithmetic: &'static str,
    /// `_R` at the end of [`PORTABLE`].
    functions: &'static str,
}

/// The functions whose bits may depend on [`Float64Functions`]. Templates take those that are the same everywhere, because random
/// numbers must be, and because complex functions are.
const PORTABLE: [&str; 8] = ["exp_R", "exp2_R", "expm1_R", "log_R", "log1p_R", "sinh_R", "cosh_R", "tanh_R"];

/// complex64 and complex128.
static MEANINGS: &[Meaning] = &[
    Meaning { complex: ("vec2<f32>", "c64"), real: ("f32", "f32"), arithmetic: "full_f32", functions: "f32" },
    Meaning { complex: ("C128", "c128"), real: ("F64", "f64"), arithmetic: "f64", functions: "fixed_f64" },
];

/// A template for one precision: the identifiers `C` and `R` become the types, and the pieces `C` and `R` of names between
/// underscores the suffixes (`add_C`, `cast_R_i32`). Line numbers stay.
fn instantiate(template: &str, meaning: &Meaning) -> String {
    let mut text = String::with_capacity(template.len() * 3 / 2);
    let mut copied = 0;
    for token in Lexer::new(template).filter(|token| token.kind == TokenKind::Identifier) {
        text.push_str(&template[copied..token.start]);
        match &template[token.start..token.end] {
            "C" => text.push_str(meaning.complex.0),
            "R" => text.push_str(meaning.real.0),
            // Parts may be any numbers, subnormal ones as well.
            name @ ("add_R" | "sub_R" | "mul_R") => {
                text.push_str(&name[..4]);
                text.push_str(meaning.arithmetic);
            }
            name if PORTABLE.contains(&name) => {
                text.push_str(&name[..name.len() - 1]);
                text.push_str(meaning.functions);
            }
            name => {
                for (index, piece) in name.split('_').enumerate() {
                    text.push_str(if index == 0 { "" } else { "_" });
                    text.push_str(match piece {
                        "C" => meaning.complex.1,
                        "R" => meaning.real.1,
                        other => other,
                    });
                }
            }
        }
        copied = token.end;
    }
    text.push_str(&template[copied..]);
    text
}

/// The files that a template's `#import` can name.
pub static IMPORTS: &[(&str, &str)] = &[];

/// The function library for `config`; indexed at its first use, then shared.
///
/// # Panics
/// If the embedded files are malformed or clash, which `every_configuration_links` refuses at test time.
pub fn library(config: LibraryConfig) -> &'static Library {
    static LIBRARIES: [OnceLock<Library>; CONFIGURATIONS] = [const { OnceLock::new() }; CONFIGURATIONS];
    LIBRARIES[config.index()].get_or_init(|| {
        let templates: Vec<(&str, String)> =
            MEANINGS.iter().flat_map(|meaning| TEMPLATES.iter().map(|&(name, text)| (name, instantiate(text, meaning)))).collect();
        let files: Vec<(&str, &str)> = MATH
            .iter()
            .chain(RANDOM)
            .filter(|(_, _, condition)| condition(config))
            .map(|&(name, text, _)| (name, text))
            .chain(templates.iter().map(|(name, text)| (*name, text.as_str())))
            .collect();
        match Library::new(&files) {
            Ok(library) => library,
            Err(error) => {
                panic!("the embedded function library is malformed for {config:?}: {error}")
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_and_indices_agree() {
        for (index, config) in LibraryConfig::all().enumerate() {
            assert_eq!(config.index(), index);
        }
    }

    #[test]
    fn every_configuration_links() {
        for config in LibraryConfig::all() {
            assert_eq!(library(config).link("fn main() {}").unwrap(), "fn main() {}", "{config:?}");
        }
    }

    #[test]
    fn every_file_in_the_folders_is_in_a_table() {
        for folder in ["math", "random"] {
            let folder = format!("{}/../../shaders/{folder}", env!("CARGO_MANIFEST_DIR"));
            for entry in std::fs::read_dir(folder).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let listed = MATH.iter().chain(RANDOM).any(|row| row.0 == name) || TEMPLATES.iter().any(|row| row.0 == name);
                assert!(!name.ends_with(".wgsl") || listed, "{name} is in none of MATH, RANDOM and TEMPLATES");
            }
        }
    }

    #[test]
    fn placeholders_are_whole_words_of_names() {
        let text = instantiate("// C\nfn real_C(a: C) -> R { return a.R + cast_R_i32(Real, C_to_R); }", &MEANINGS[1]);
        assert_eq!(text, "// C\nfn real_c128(a: C128) -> F64 { return a.R + cast_f64_i32(Real, c128_to_f64); }");
    }
}
