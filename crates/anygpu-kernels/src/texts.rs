//! The Metal and Direct3D texts of a kernel, as naga writes them.
//!
//! wgpu writes its own when a pipeline is made; these are for looking at a kernel, and for proving without the device that
//! every kernel can be written for it. Slots are given as wgpu gives them: buffers in the order of their binding numbers.
//!
//! Strictness is not in these texts. Metal's is a compiler option (`MTLCompileOptions.mathMode = .safe`, or
//! `fastMathEnabled = false` before macOS 15), and HLSL's `precise` is not written by naga, so Direct3D kernels use the
//! guarded function library ([`crate::shaders::Float32Arithmetic::Guarded`]).

use naga::back::{hlsl, msl};
use naga::valid::Capabilities;
use naga::{AddressSpace, ResourceBinding, StorageAccess};

use crate::error::KernelError;
use crate::lower::{CheckedModule, bounds_checks, parse_and_validate};

/// The Metal Shading Language version written: 2.4 is what macOS 12 has, the oldest with every Apple GPU of interest.
const MSL_VERSION: (u8, u8) = (2, 4);

/// `wgsl`, checked with `capabilities`, as Metal Shading Language; `checked` as in [`crate::lower::LowerOptions`].
///
/// # Errors
/// Those of [`parse_and_validate`], and [`KernelError::Write`] for what Metal does not have (`f64`).
pub fn to_msl(wgsl: &str, checked: bool, capabilities: Capabilities) -> Result<String, KernelError> {
    module_to_msl(&parse_and_validate(wgsl, capabilities)?, checked)
}

/// `wgsl`, checked with `capabilities`, as HLSL; `checked` as in [`crate::lower::LowerOptions`].
///
/// # Errors
/// Those of [`parse_and_validate`], and [`KernelError::Write`] for what naga cannot write.
pub fn to_hlsl(wgsl: &str, checked: bool, capabilities: Capabilities) -> Result<String, KernelError> {
    module_to_hlsl(&parse_and_validate(wgsl, capabilities)?, checked)
}

/// A buffer of a module.
struct Buffer {
    binding: ResourceBinding,
    uniform: bool,
    writable: bool,
}

/// The module's buffers in the order of their bindings, and whether it has immediates (push constants).
fn buffers(module: &naga::Module) -> (Vec<Buffer>, bool) {
    let mut buffers: Vec<Buffer> = Vec::new();
    for (_, variable) in module.global_variables.iter() {
        if let Some(binding) = variable.binding {
            let writable = matches!(variable.space, AddressSpace::Storage { access } if access.contains(StorageAccess::STORE));
            buffers.push(Buffer { binding, uniform: variable.space == AddressSpace::Uniform, writable });
        }
    }
    buffers.sort_by_key(|buffer| buffer.binding);
    let immediates = module.global_variables.iter().any(|(_, variable)| variable.space == AddressSpace::Immediate);
    (buffers, immediates)
}

/// [`to_msl`] for a module that is checked already.
///
/// # Errors
/// [`KernelError::Write`] for what Metal does not have (`f64`).
pub fn module_to_msl(checked_module: &CheckedModule, checked: bool) -> Result<String, KernelError> {
    // naga 30 panics on the type (`unreachable!` in msl/writer.rs) where it should return an error.
    if checked_module.uses_f64() {
        return Err(KernelError::write("MSL", "Metal has no f64; link the kernel with emulated float64"));
    }
    let CheckedModule { module, info } = checked_module;
    let (buffers, immediates) = buffers(module);
    let mut resources = msl::EntryPointResources::default();
    let mut slots = 0..=u8::MAX;
    let mut next_slot = || slots.next().ok_or_else(|| KernelError::write("MSL", "more than 256 buffers; Metal binds 31 at most"));
    for buffer in &buffers {
        let target = msl::BindTarget { buffer: Some(next_slot()?), mutable: buffer.writable, ..Default::default() };
        resources.resources.insert(buffer.binding, target);
    }
    if immediates {
        resources.immediates_buffer = Some(next_slot()?);
    }
    // Lengths of runtime-sized arrays, which Metal does not know.
    resources.sizes_buffer = Some(next_slot()?);

    let options = msl::Options {
        lang_version: MSL_VERSION,
        per_entry_point_map: module.entry_points.iter().map(|e| (e.name.clone(), resources.clone())).collect(),
        fake_missing_bindings: false,
        bounds_check_policies: bounds_checks(checked),
        zero_initialize_workgroup_memory: checked,
        force_loop_bounding: checked,
        emit_int_div_checks: checked,
        ..msl::Options::default()
    };
    let (text, translation) =
        msl::write_string(module, info, &options, &msl::PipelineOptions::default()).map_err(|error| KernelError::write("MSL", error))?;
    for entry in translation.entry_point_names {
        entry.map_err(|error| KernelError::write("MSL", error))?;
    }
    Ok(text)
}

/// [`to_hlsl`] for a module that is checked already.
///
/// # Errors
/// [`KernelError::Write`] for what naga cannot write.
pub fn module_to_hlsl(checked_module: &CheckedModule, checked: bool) -> Result<String, KernelError> {
    // naga 30 panics on these (`unimplemented!` in hlsl/writer.rs) where it should return an error.
    if checked_module.uses_cooperative_matrices() {
        return Err(KernelError::write("HLSL", "naga writes no cooperative matrices as HLSL"));
    }
    let CheckedModule { module, info } = checked_module;
    let (buffers, immediates) = buffers(module);
    // Register files: b for constant buffers, u for writable ones, t for the rest.
    let mut constant_registers = 0u32..;
    let mut writable_registers = 0u32..;
    let mut readable_registers = 0u32..;
    let mut target = |uniform: bool, writable: bool| hlsl::BindTarget {
        register: match (uniform, writable) {
            (true, _) => constant_registers.next().unwrap_or_default(),
            (false, true) => writable_registers.next().unwrap_or_default(),
            (false, false) => readable_registers.next().unwrap_or_default(),
        },
        restrict_indexing: checked,
        ..Default::default()
    };
    let options = hlsl::Options {
        shader_model: hlsl::ShaderModel::V6_6,
        binding_map: buffers.iter().map(|b| (b.binding, target(b.uniform, b.writable))).collect(),
        fake_missing_bindings: false,
        immediates_target: immediates.then(|| target(true, false)),
        // num_workgroups, which Direct3D does not know.
        special_constants_binding: Some(target(true, false)),
        zero_initialize_workgroup_memory: checked,
        restrict_indexing: checked,
        force_loop_bounding: checked,
        ..hlsl::Options::default()
    };
    let mut text = String::new();
    let pipeline = hlsl::PipelineOptions::default();
    let reflection =
        hlsl::Writer::new(&mut text, &options, &pipeline).write(module, info, None).map_err(|error| KernelError::write("HLSL", error))?;
    for entry in reflection.entry_point_names {
        entry.map_err(|error| KernelError::write("HLSL", error))?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL: &str = "
        struct Parameters { count: u32 }
        @group(0) @binding(3) var<storage, read> second: array<f32>;
        @group(0) @binding(1) var<uniform> parameters: Parameters;
        @group(0) @binding(0) var<storage, read> first: array<f32>;
        @group(0) @binding(2) var<storage, read_write> output: array<f32>;
        @compute @workgroup_size(64)
        fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
            let i = id.x + groups.x;
            if i < parameters.count / first_word() { output[i] = first[i] + second[i]; }
        }
        fn first_word() -> u32 { return bitcast<u32>(first[0]) + arrayLength(&first); }";

    #[test]
    fn metal_buffers_are_numbered_in_binding_order() {
        let text = to_msl(KERNEL, false, Capabilities::empty()).unwrap();
        for (name, slot) in [("first", 0), ("parameters", 1), ("output", 2), ("second", 3), ("_buffer_sizes", 4)] {
            assert!(text.contains(&format!("& {name} [[buffer({slot})]]")), "{name}: {text}");
        }
        assert!(!text.contains("naga_div"), "{text}");
        assert!(to_msl(KERNEL, true, Capabilities::empty()).unwrap().contains("naga_div"));
    }

    #[test]
    fn direct3d_registers_are_numbered_by_class() {
        let text = to_hlsl(KERNEL, false, Capabilities::empty()).unwrap();
        for declaration in [
            "ByteAddressBuffer first : register(t0)",
            "ByteAddressBuffer second : register(t1)",
            "RWByteAddressBuffer output : register(u0)",
            "parameters : register(b0)",
        ] {
            assert!(text.contains(declaration), "{declaration}: {text}");
        }
    }

    #[test]
    fn metal_has_no_f64() {
        let kernel = "@group(0) @binding(0) var<storage, read_write> x: array<f64>;
            @compute @workgroup_size(1) fn main() { x[0] = x[1] + 1.0lf; }";
        let error = to_msl(kernel, false, Capabilities::FLOAT64);
        assert!(matches!(error, Err(KernelError::Write { backend: "MSL", .. })), "{error:?}");
        to_hlsl(kernel, false, Capabilities::FLOAT64).unwrap();
    }
}
