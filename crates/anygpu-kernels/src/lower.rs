//! From WGSL text to a checked naga module, and from that to SPIR-V with strict floats.
//!
//! wgpu would run naga itself, but naga's SPIR-V lets drivers contract `a * b + c`, flush subnormals and assume that no
//! value is NaN or infinite. So on Vulkan the kernels are lowered here with the options that wgpu-hal 30 uses for compute
//! (`vulkan/adapter.rs`, `naga_options`), patched by [`crate::spirv`], and loaded by passthrough.
//!
//! Descriptor numbers: wgpu-hal numbers the bindings of a bind group layout 0, 1, 2, ... in the layout's order, and applies
//! its map only to modules that it lowers itself. A kernel for passthrough must therefore number its `@binding`s densely
//! from 0, in the layout's order.

use naga::back::spv;
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};

use crate::error::KernelError;
use crate::spirv::{self, FloatControls};

/// A module that parsed and validated, and what the validator learned about it; input of every back end.
#[derive(Debug)]
pub struct CheckedModule {
    /// The module.
    pub module: naga::Module,
    /// The validator's analysis, which the back ends need.
    pub info: ModuleInfo,
}

impl CheckedModule {
    /// Validates a module that was made or changed outside naga's parser.
    ///
    /// # Errors
    /// [`KernelError::Validate`].
    pub fn new(module: naga::Module, capabilities: Capabilities) -> Result<Self, KernelError> {
        let validated = Validator::new(ValidationFlags::all(), capabilities).validate(&module);
        let info = validated.map_err(|error| KernelError::Validate(error.emit_to_string("")))?;
        Ok(CheckedModule { module, info })
    }

    /// True if a value of type `f64` (or a vector of them) occurs anywhere in it.
    pub fn uses_f64(&self) -> bool {
        let double = |inner: &naga::TypeInner| inner.scalar() == Some(naga::Scalar::F64);
        self.any_type(double)
    }

    /// True if a cooperative matrix occurs anywhere in it.
    pub fn uses_cooperative_matrices(&self) -> bool {
        self.any_type(|inner| matches!(inner, naga::TypeInner::CooperativeMatrix { .. }))
    }

    /// True if `test` holds for a declared type or for the type of an expression (which naga need not declare).
    fn any_type(&self, test: impl Fn(&naga::TypeInner) -> bool) -> bool {
        let types = &self.module.types;
        let in_function = |function: &naga::Function, info: &naga::valid::FunctionInfo| {
            let mut expressions = function.expressions.iter();
            expressions.any(|(handle, _)| test(info[handle].ty.inner_with(types)))
        };
        let entry_points = self.module.entry_points.iter().enumerate();
        types.iter().any(|(_, ty)| test(&ty.inner))
            || self.module.functions.iter().any(|(handle, f)| in_function(f, &self.info[handle]))
            || entry_points
                .map(|(index, entry)| (entry, self.info.get_entry_point(index)))
                .any(|(entry, info)| in_function(&entry.function, info))
    }
}

/// How to lower a kernel to SPIR-V.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LowerOptions {
    /// Clamp indices into bounds, make every loop finite, define integer division by zero, and zero workgroup memory.
    ///
    /// On for kernels written by users. Off for ours, which are in bounds by construction, so that nothing is emitted
    /// beyond what the WGSL says.
    pub checked: bool,
    /// The float-control execution modes to ask for; only what the device reports may be set.
    pub float_controls: FloatControls,
    /// The SPIR-V version, (major, minor). (1, 3) loads on every Vulkan 1.1 device; wgpu itself uses (1, 5) on Vulkan 1.2
    /// and (1, 6) on 1.3.
    pub spirv_version: (u8, u8),
}

impl Default for LowerOptions {
    fn default() -> Self {
        LowerOptions { checked: true, float_controls: FloatControls::default(), spirv_version: (1, 3) }
    }
}

/// Parses and validates `wgsl` for a device with `capabilities`.
///
/// # Errors
/// [`KernelError::Parse`] or [`KernelError::Validate`] with naga's diagnostic, source line included.
pub fn parse_and_validate(wgsl: &str, capabilities: Capabilities) -> Result<CheckedModule, KernelError> {
    let module = naga::front::wgsl::parse_str(wgsl).map_err(|error| KernelError::Parse(error.emit_to_string(wgsl)))?;
    let info = Validator::new(ValidationFlags::all(), capabilities)
        .validate(&module)
        .map_err(|error| KernelError::Validate(error.emit_to_string(wgsl)))?;
    Ok(CheckedModule { module, info })
}

/// Lowers the compute entry point `entry` of `wgsl` to SPIR-V whose floats are strict; see [`spirv::make_strict`].
///
/// # Errors
/// Those of [`parse_and_validate`], and [`KernelError::Write`] if the entry point is missing or naga cannot write it.
pub fn lower_to_spirv(wgsl: &str, entry: &str, options: &LowerOptions, capabilities: Capabilities) -> Result<Vec<u32>, KernelError> {
    module_to_spirv(&parse_and_validate(wgsl, capabilities)?, entry, options)
}

/// [`lower_to_spirv`] for a module that is checked already.
///
/// # Errors
/// [`KernelError::Write`] if the entry point is missing or naga cannot write it.
pub fn module_to_spirv(checked: &CheckedModule, entry: &str, options: &LowerOptions) -> Result<Vec<u32>, KernelError> {
    let words = write_spirv(checked, entry, options)?;
    spirv::make_strict(&words, &options.float_controls)
}

/// What naga writes, before the patch.
fn write_spirv(checked: &CheckedModule, entry: &str, options: &LowerOptions) -> Result<Vec<u32>, KernelError> {
    let writer = spv::Options {
        lang_version: options.spirv_version,
        flags: spv::WriterFlags::empty(),
        // Without a map the WGSL's own @group and @binding become the descriptor set and binding.
        fake_missing_bindings: true,
        bounds_check_policies: bounds_checks(options.checked),
        zero_initialize_workgroup_memory: if options.checked {
            spv::ZeroInitializeWorkgroupMemoryMode::Polyfill
        } else {
            spv::ZeroInitializeWorkgroupMemoryMode::None
        },
        force_loop_bounding: options.checked,
        emit_int_div_checks: options.checked,
        ..spv::Options::default()
    };
    let pipeline = spv::PipelineOptions { shader_stage: naga::ShaderStage::Compute, entry_point: entry.to_owned() };
    spv::write_vec(&checked.module, &checked.info, &writer, Some(&pipeline)).map_err(|error| KernelError::write("SPIR-V", error))
}

/// The bounds checks of every back end: `Restrict` as in wgpu, or none.
///
/// `ReadZeroSkipWrite` would treat an out-of-bounds access more visibly, but naga 30 writes no atomics with it
/// (`Atomics out-of-bounds handling` is not implemented).
pub(crate) fn bounds_checks(checked: bool) -> BoundsCheckPolicies {
    let policy = if checked { BoundsCheckPolicy::Restrict } else { BoundsCheckPolicy::Unchecked };
    BoundsCheckPolicies { index: policy, buffer: policy, image_load: policy, binding_array: BoundsCheckPolicy::Unchecked }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spirv::instructions;

    const DIVIDE: &str = "
        @group(0) @binding(0) var<storage, read_write> data: array<i32>;
        var<workgroup> shared_data: array<i32, 64>;
        @compute @workgroup_size(64)
        fn main(@builtin(local_invocation_index) i: u32) {
            shared_data[i] = data[i] / data[i + 1u];
            workgroupBarrier();
            for (var j = 0u; j < u32(data[0]); j++) { data[j] = shared_data[63u - i]; }
        }";

    fn lower(wgsl: &str, checked: bool) -> Result<Vec<u32>, KernelError> {
        lower_to_spirv(wgsl, "main", &LowerOptions { checked, ..LowerOptions::default() }, Capabilities::empty())
    }

    /// How often `opcode` occurs.
    fn count(words: &[u32], opcode: u16) -> usize {
        instructions(words).filter(|instruction| instruction.opcode == opcode).count()
    }

    #[test]
    fn unchecked_kernels_carry_no_checks() {
        const ARRAY_LENGTH: u16 = 68;
        const FUNCTION_CALL: u16 = 57;
        const CONTROL_BARRIER: u16 = 224;
        let checked = lower(DIVIDE, true).unwrap();
        let unchecked = lower(DIVIDE, false).unwrap();
        assert!(count(&checked, ARRAY_LENGTH) > 0 && count(&unchecked, ARRAY_LENGTH) == 0);
        assert!(count(&checked, FUNCTION_CALL) > 0 && count(&unchecked, FUNCTION_CALL) == 0);
        // The second barrier follows naga's zeroing of workgroup memory.
        assert_eq!((count(&checked, CONTROL_BARRIER), count(&unchecked, CONTROL_BARRIER)), (2, 1));
        assert!(unchecked.len() < checked.len());
    }

    #[test]
    fn version_is_the_one_asked_for() {
        for version in [(1, 3), (1, 6)] {
            let options = LowerOptions { spirv_version: version, ..LowerOptions::default() };
            let words = lower_to_spirv(DIVIDE, "main", &options, Capabilities::empty()).unwrap();
            assert_eq!(words[1], u32::from(version.0) << 16 | u32::from(version.1) << 8);
        }
    }

    #[test]
    fn diagnostics_show_the_source_line() {
        let error = lower("fn main() {\n    let x = 1u +;\n}", true).unwrap_err();
        assert!(matches!(&error, KernelError::Parse(message) if message.contains("let x = 1u +;")), "{error}");
        let wide = "@compute @workgroup_size(1)\nfn main() {\n    var x: f64 = 1.0lf;\n}";
        let error = lower(wide, true).unwrap_err();
        assert!(matches!(&error, KernelError::Validate(message) if message.contains("FLOAT64")), "{error}");
        let mistyped = "@compute @workgroup_size(1)\nfn main() {\n    var x = true;\n    let y = -x;\n}";
        let error = lower(mistyped, true).unwrap_err();
        assert!(matches!(&error, KernelError::Validate(message) if message.contains("let y = -x;")), "{error}");
        lower_to_spirv(wide, "main", &LowerOptions::default(), Capabilities::FLOAT64).unwrap();
    }

    #[test]
    fn missing_entry_point_is_an_error() {
        let error = lower("@compute @workgroup_size(1) fn other() {}", true).unwrap_err();
        assert!(matches!(error, KernelError::Write { backend: "SPIR-V", .. }), "{error}");
    }
}
