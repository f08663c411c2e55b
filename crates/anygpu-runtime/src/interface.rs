//! Whether a kernel's text fits the buffers it is said to use and the device's limits.
//!
//! wgpu checks this for WGSL that it translates itself, but takes SPIR-V by passthrough as it is: a write to a binding
//! declared for reading is undefined behaviour there, and too much workgroup memory hung an H100 instead of failing.

use naga::{AddressSpace, valid::GlobalUse};
use smallvec::SmallVec;

use crate::bindings::{Access, PARAMS_WINDOW};

/// Bytes of variables that one invocation may have. No device says what it has; drivers that were asked for 400 MB have taken all of the host's memory.
const INVOCATION_BYTES: u64 = 65_536;

/// The limits that a kernel's text can break, a part of [`wgpu::Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KernelLimits {
    workgroup: [u32; 3],
    invocations: u32,
    workgroup_storage: u32,
}

impl KernelLimits {
    pub(crate) fn new(limits: &wgpu::Limits) -> Self {
        Self {
            workgroup: [limits.max_compute_workgroup_size_x, limits.max_compute_workgroup_size_y, limits.max_compute_workgroup_size_z],
            invocations: limits.max_compute_invocations_per_workgroup,
            workgroup_storage: limits.max_compute_workgroup_storage_size,
        }
    }
}

/// What does not fit, in words, if anything.
pub(crate) fn check(
    module: &naga::Module,
    info: &naga::valid::ModuleInfo,
    bindings: &SmallVec<[Access; 8]>,
    limits: &KernelLimits,
) -> Result<(), String> {
    let Some(index) = module.entry_points.iter().position(|entry| entry.name == "main") else {
        return Err("there is no entry point `main`".to_owned());
    };
    let entry = &module.entry_points[index];
    if entry.stage != naga::ShaderStage::Compute {
        return Err("the entry point `main` is not `@compute`".to_owned());
    }
    let size = entry.workgroup_size;
    let invocations = size.iter().try_fold(1_u32, |product, n| product.checked_mul(*n));
    if size.iter().zip(limits.workgroup).any(|(n, most)| *n == 0 || *n > most) || invocations.is_none_or(|n| n > limits.invocations) {
        return Err(format!(
            "a workgroup of {size:?} invocations; this device allows {:?} and {} in all",
            limits.workgroup, limits.invocations
        ));
    }
    let uses = info.get_entry_point(index);
    let mut workgroup_storage = 0_u64;
    let mut private = 0_u64;
    let functions = module.functions.iter().map(|(_, f)| f).chain([&entry.function]);
    for (_, variable) in functions.flat_map(|f| f.local_variables.iter()) {
        private += u64::from(module.types[variable.ty].inner.try_size(module.to_ctx()).unwrap_or(u32::MAX));
    }
    for (handle, variable) in module.global_variables.iter() {
        let used = uses[handle];
        if used.is_empty() {
            continue;
        }
        let bytes = module.types[variable.ty].inner.try_size(module.to_ctx());
        let name = variable.name.as_deref().unwrap_or("a variable");
        match variable.space {
            AddressSpace::Private => private += u64::from(bytes.unwrap_or(u32::MAX)),
            // SPIR-V lays workgroup variables out as it likes; wgpu counts multiples of 16 bytes.
            AddressSpace::WorkGroup => workgroup_storage += u64::from(bytes.unwrap_or(u32::MAX)).next_multiple_of(16),
            AddressSpace::Storage { .. } | AddressSpace::Uniform => {
                let Some(binding) = variable.binding.filter(|binding| binding.group == 0) else {
                    return Err(format!("`{name}` is not in `@group(0)`"));
                };
                let uniform = variable.space == AddressSpace::Uniform;
                match bindings.get(binding.binding as usize) {
                    Some(access) if !uniform => {
                        let writes = used.intersects(GlobalUse::WRITE | GlobalUse::ATOMIC);
                        if writes && *access == Access::Read {
                            return Err(format!("`{name}` (binding {}) is written, but bound for reading", binding.binding));
                        }
                    }
                    None if uniform && binding.binding as usize == bindings.len() => {
                        if bytes.is_none_or(|bytes| u64::from(bytes) > PARAMS_WINDOW) {
                            return Err(format!("the uniform `{name}` is larger than the {PARAMS_WINDOW} bytes of parameters"));
                        }
                    }
                    _ => {
                        return Err(format!(
                            "`{name}` has binding {}; {} storage buffers are bound from 0 on, and the parameters after them",
                            binding.binding,
                            bindings.len()
                        ));
                    }
                }
            }
            _ => {
                return Err(format!("`{name}` is neither a buffer nor a variable of the kernel's own"));
            }
        }
    }
    if workgroup_storage > u64::from(limits.workgroup_storage) {
        return Err(format!("{workgroup_storage} bytes of workgroup memory; this device has {}", limits.workgroup_storage));
    }
    if private > INVOCATION_BYTES {
        return Err(format!("{private} bytes of variables in each invocation; {INVOCATION_BYTES} are allowed"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use anygpu_kernels::lower::parse_and_validate;

    use super::*;

    fn problem(wgsl: &str, bindings: &[Access]) -> Option<String> {
        let checked = parse_and_validate(wgsl, naga::valid::Capabilities::default()).unwrap();
        let limits = KernelLimits::new(&wgpu::Limits::default());
        check(&checked.module, &checked.info, &SmallVec::from_slice(bindings), &limits).err()
    }

    const WRITES: &str = "
        @group(0) @binding(0) var<storage, read_write> a: array<u32>;
        @group(0) @binding(1) var<uniform> params: array<vec4<u32>, 64>;
        @compute @workgroup_size(64) fn main() { a[0] = params[0].x; }";

    #[test]
    fn a_kernel_that_fits_passes() {
        assert_eq!(problem(WRITES, &[Access::ReadWrite]), None);
    }

    #[test]
    fn a_write_to_a_read_binding_is_found() {
        assert!(problem(WRITES, &[Access::Read]).unwrap().contains("bound for reading"));
    }

    #[test]
    fn bindings_out_of_place_are_found() {
        assert!(problem(WRITES, &[]).unwrap().contains("binding"));
        assert!(problem(WRITES, &[Access::ReadWrite, Access::Read]).unwrap().contains("`params` has binding 1"));
        assert!(problem(&WRITES.replacen("group(0)", "group(1)", 1), &[Access::ReadWrite]).unwrap().contains("group"));
    }

    #[test]
    fn limits_are_kept() {
        let shared = |n: u32| format!("var<workgroup> s: array<u32, {n}>; @compute @workgroup_size(1) fn main() {{ s[0] = 1u; }}");
        assert_eq!(problem(&shared(4096), &[]), None);
        assert!(problem(&shared(4097), &[]).unwrap().contains("workgroup memory"));
        assert!(problem("@compute @workgroup_size(16, 16, 2) fn main() {}", &[]).unwrap().contains("workgroup of"));
        assert!(problem("@compute @workgroup_size(1) fn other() {}", &[]).unwrap().contains("main"));
    }
}
