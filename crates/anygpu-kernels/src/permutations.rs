//! The table of structured kernels, and every form that each of them takes.
//!
//! A structured kernel (reduce, scan, matmul, ...) is a [`Template`]: a text for [`crate::preprocess`] and a list of define
//! sets. `tests/permutations.rs` expands every set of every template, completes it as the host does (bindings, element
//! functions), links it, and has naga write it for every back end, so that no device meets a form never compiled.

use naga::valid::Capabilities;

use crate::error::KernelError;
use crate::lower::{LowerOptions, module_to_spirv, parse_and_validate};
use crate::preprocess::{Define, Defines, preprocess};
use crate::shaders;
use crate::spirv::FloatControls;
use crate::texts::{module_to_hlsl, module_to_msl};

/// A structured kernel before its parameters are chosen.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Its name, which is its file's name without `.wgsl`.
    pub name: &'static str,
    /// The text for the preprocessor.
    pub text: &'static str,
    /// Every define set that the host may ask for.
    pub defines: fn() -> Vec<Defines>,
    /// What it needs of a device beyond WebGPU and the 64-bit types (subgroups, say).
    pub capabilities: Capabilities,
}

/// One form of a structured kernel, not linked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permutation {
    /// `template[DEFINE=value,...]`: unique, and what messages and labels show.
    pub name: String,
    /// The preprocessed WGSL.
    pub source: String,
    /// The defines it was expanded with.
    pub defines: Defines,
}

impl Template {
    /// The form of this kernel that `defines` describe.
    ///
    /// # Errors
    /// [`KernelError::Preprocess`], as [`preprocess`] reports it.
    pub fn expand(&self, defines: &Defines) -> Result<Permutation, KernelError> {
        let source = preprocess(&format!("{}.wgsl", self.name), self.text, shaders::IMPORTS, defines)?;
        Ok(Permutation { name: format!("{}[{defines}]", self.name), source, defines: defines.clone() })
    }

    /// Every form of this kernel.
    ///
    /// # Errors
    /// The first [`KernelError::Preprocess`].
    pub fn permutations(&self) -> Result<Vec<Permutation>, KernelError> {
        (self.defines)().iter().map(|defines| self.expand(defines)).collect()
    }
}

/// The structured kernels.
pub static TEMPLATES: &[&Template] = &[
    &crate::matmul::TILED,
    &crate::matmul::DIRECT,
    &crate::matmul::TILE_F32,
    &crate::scan::SCAN,
    &crate::fft::PASS,
    &crate::indexing::LAST_WRITER,
    &crate::sort::BLOCK_SORT,
    &crate::sort::MERGE,
    &crate::sort::SEARCH,
    &crate::linalg::CHOLESKY_BLOCK,
    &crate::linalg::TRIANGULAR_BLOCK,
    &crate::linalg::LU_PANEL,
    &crate::linalg::QR_PANEL,
    &crate::linalg::ROW_SWAPS,
    &crate::linalg::SUBTRACT,
];

/// The define sets that take each axis' values in every combination, the last axis fastest.
///
/// ```
/// use anygpu_kernels::permutations::product;
///
/// let sets = product(&[("TYPE", &["f32".into(), "i32".into()]), ("TILE", &[4.into(), 8.into()])]);
/// assert_eq!(sets.len(), 4);
/// assert_eq!(sets[1].to_string(), "TILE=8,TYPE=f32");
/// ```
pub fn product(axes: &[(&'static str, &[Define])]) -> Vec<Defines> {
    axes.iter().fold(vec![Defines::new()], |sets, &(name, values)| {
        sets.iter().flat_map(|set| values.iter().map(move |&value| set.clone().with(name, value))).collect()
    })
}

/// Proves that a linked kernel with the entry point `main` validates and can be written for every device that can run it.
///
/// SPIR-V (with and without checks, lowest and highest version, every float control), MSL and HLSL; a kernel on native
/// `f64` is written as SPIR-V only, since wgpu offers the type on Vulkan only, and one on cooperative matrices not as HLSL.
///
/// # Errors
/// The first error met.
pub fn validate_everywhere(wgsl: &str, capabilities: Capabilities) -> Result<(), KernelError> {
    let module = parse_and_validate(wgsl, capabilities)?;
    for checked in [false, true] {
        for spirv_version in [(1, 3), (1, 6)] {
            let options = LowerOptions { checked, float_controls: FloatControls::ALL, spirv_version };
            module_to_spirv(&module, "main", &options)?;
        }
        if module.uses_f64() {
            continue;
        }
        module_to_msl(&module, checked)?;
        if !module.uses_cooperative_matrices() {
            module_to_hlsl(&module, checked)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: Template = Template {
        name: "scale",
        text: "@group(0) @binding(0) var<storage, read_write> data: array<f32>;\n\
               @compute @workgroup_size(${WORKGROUP})\n\
               fn main(@builtin(global_invocation_id) id: vec3<u32>) {\n\
               #if TYPE == half\n    data[id.x] *= 0.5;\n#else\n    data[id.x] *= 2.0;\n#endif\n}",
        defines: || product(&[("TYPE", &["half".into(), "double".into()]), ("WORKGROUP", &[64.into(), 256.into()])]),
        capabilities: Capabilities::empty(),
    };

    #[test]
    fn every_combination_is_expanded_and_named() {
        let permutations = SCALE.permutations().unwrap();
        let names: Vec<&str> = permutations.iter().map(|permutation| permutation.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "scale[TYPE=half,WORKGROUP=64]",
                "scale[TYPE=half,WORKGROUP=256]",
                "scale[TYPE=double,WORKGROUP=64]",
                "scale[TYPE=double,WORKGROUP=256]"
            ]
        );
        assert!(permutations[1].source.contains("@workgroup_size(256)\n") && permutations[1].source.contains("0.5"));
        for permutation in permutations {
            validate_everywhere(&permutation.source, SCALE.capabilities).unwrap();
        }
    }

    #[test]
    fn what_a_back_end_cannot_do_is_found() {
        let kernel = "@compute @workgroup_size(1) fn other() {}";
        assert!(matches!(validate_everywhere(kernel, Capabilities::empty()), Err(KernelError::Write { backend: "SPIR-V", .. })));
    }

    #[test]
    fn f64_kernel_is_asked_of_spirv_only() {
        let kernel = "@group(0) @binding(0) var<storage, read_write> x: array<f64>;
            @compute @workgroup_size(1) fn main() { x[0] = x[1] + 1.0lf; }";
        validate_everywhere(kernel, Capabilities::FLOAT64).unwrap();
    }
}
