//! The whole function library, in every configuration, validates and can be written for every back end.

use anygpu_kernels::permutations::validate_everywhere;
use anygpu_kernels::shaders::{Float64Functions, LibraryConfig, Sixty4, library};

/// An entry point, and the zero that guarded arithmetic loads; the names to pull in are appended.
const KERNEL: &str = "
@group(0) @binding(0) var<storage, read> zero: array<u32>;
fn guard() -> u32 { return zero[0]; }
@compute @workgroup_size(64) fn main() { _ = guard(); }
";

#[test]
fn every_library_item_is_valid_everywhere() {
    for config in LibraryConfig::all() {
        let library = library(config);
        let mut names: Vec<&str> = library.names().collect();
        names.sort_unstable();
        // The linker goes by identifiers: a local variable pulls in the item of its name.
        let locals: String = names.iter().map(|name| format!("let {name} = 0u;\n")).collect();
        let linked = library.link(&format!("{KERNEL}fn everything() {{\n{locals}}}\n")).unwrap();
        if let Err(error) = validate_everywhere(&linked, config.capabilities()) {
            panic!("{config:?}: {error}");
        }
    }
}

#[test]
fn native_float64_functions_stand_in_for_all_of_the_fixed_ones() {
    let fixed = LibraryConfig { int64: Sixty4::Native, float64: Sixty4::Native, ..LibraryConfig::default() };
    let native = LibraryConfig { float64_functions: Float64Functions::Native, ..fixed };
    for name in library(fixed).names() {
        assert!(library(native).names().any(|other| other == name), "{name}");
    }
    // What is not chosen is not linked, unless something calls it by its own name.
    let linked = library(native).link("fn f(a: f64) -> f64 { return exp_f64(a); }").unwrap();
    assert!(linked.contains("fma(") && !linked.contains("exp_fixed_f64"), "{linked}");
}
