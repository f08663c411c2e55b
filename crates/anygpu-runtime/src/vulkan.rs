//! What Vulkan says that wgpu does not pass on: which strict floating-point modes a device offers.

use anygpu_kernels::spirv::FloatControls;

/// What the strict lowering may ask of a device that takes SPIR-V as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StrictSpirv {
    pub(crate) controls: FloatControls,
    /// The newest version the device loads, as wgpu itself picks it.
    pub(crate) version: (u8, u8),
}

/// `None` on a device that is not Vulkan's.
#[cfg(target_vendor = "apple")]
pub(crate) fn strict_spirv(_device: &wgpu::Device) -> Option<StrictSpirv> {
    None
}

/// `None` on a device that is not Vulkan's.
#[cfg(not(target_vendor = "apple"))]
pub(crate) fn strict_spirv(device: &wgpu::Device) -> Option<StrictSpirv> {
    use ash::vk;

    // SAFETY: the handle is only read from, while `device` keeps it alive.
    let hal = unsafe { device.as_hal::<wgpu::hal::api::Vulkan>() }?;
    let instance = hal.shared_instance().raw_instance();
    let physical = hal.raw_physical_device();
    let mut floats = vk::PhysicalDeviceFloatControlsProperties::default();
    // SAFETY: the handle is a live physical device of this instance.
    let api = unsafe { instance.get_physical_device_properties(physical) }.api_version.min(hal.shared_instance().instance_api_version());
    // The modes belong to Vulkan 1.2. Before, they need VK_KHR_shader_float_controls on the device, which wgpu enables
    // on some; without it the lowering still forbids contraction.
    let offered = api >= vk::API_VERSION_1_2 || hal.enabled_device_extensions().contains(&ash::khr::shader_float_controls::NAME);
    if offered {
        let mut properties = vk::PhysicalDeviceProperties2::default().push_next(&mut floats);
        // SAFETY: Vulkan 1.1 is there, and the chain holds one struct of that version or extension.
        unsafe { instance.get_physical_device_properties2(physical, &mut properties) };
    }
    let on = |flags: [vk::Bool32; 3]| flags.map(|flag| flag == vk::TRUE);
    let controls = FloatControls {
        signed_zero_inf_nan: on([
            floats.shader_signed_zero_inf_nan_preserve_float16,
            floats.shader_signed_zero_inf_nan_preserve_float32,
            floats.shader_signed_zero_inf_nan_preserve_float64,
        ]),
        denorm_preserve: agree(
            on([floats.shader_denorm_preserve_float16, floats.shader_denorm_preserve_float32, floats.shader_denorm_preserve_float64]),
            floats.denorm_behavior_independence,
        ),
        rounding_rte: agree(
            on([floats.shader_rounding_mode_rte_float16, floats.shader_rounding_mode_rte_float32, floats.shader_rounding_mode_rte_float64]),
            floats.rounding_mode_independence,
        ),
    };
    let version = match api {
        api if api >= vk::API_VERSION_1_3 => (1, 6),
        api if api >= vk::API_VERSION_1_2 => (1, 5),
        _ => (1, 3),
    };
    Some(StrictSpirv { controls, version })
}

/// A mode for the widths 16, 32, 64 where the device demands that some widths agree (Vulkan specification,
/// `VkShaderFloatControlsIndependence`): a module that declares two widths would otherwise be invalid.
#[cfg(not(target_vendor = "apple"))]
fn agree(modes: [bool; 3], independence: ash::vk::ShaderFloatControlsIndependence) -> [bool; 3] {
    use ash::vk::ShaderFloatControlsIndependence as Independence;
    let [half, single, double] = modes;
    match independence {
        Independence::ALL => modes,
        Independence::TYPE_32_ONLY => [half && double, single, half && double],
        _ => [half && single && double; 3],
    }
}
