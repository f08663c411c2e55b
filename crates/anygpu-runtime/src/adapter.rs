//! The GPUs (and software devices) of this machine, and the choice among them.

use std::fmt;
use std::sync::OnceLock;

use anygpu_core::Result;

use crate::failure;

/// One device that wgpu can reach, as [`adapters`] lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterInfo {
    /// Position in [`adapters`]; 0 is what [`Selector::Default`] takes.
    pub index: usize,
    /// The name the driver gives, such as `NVIDIA H100 80GB HBM3`.
    pub name: String,
    /// `Vulkan`, `Metal` or `Dx12`.
    pub backend: String,
    /// Name of the driver.
    pub driver: String,
    /// Version and build of the driver, as it says them.
    pub driver_info: String,
    /// Discrete, integrated, virtual or software.
    pub device_type: DeviceType,
    /// PCI vendor number (0x10de NVIDIA, 0x1002 AMD, 0x8086 Intel, 0x106b Apple, 0x10005 Mesa's software devices).
    pub vendor: u32,
    /// The vendor's number for the device.
    pub device: u32,
    /// Smallest and largest number of invocations in a subgroup.
    pub subgroup_size: [u32; 2],
    /// The optional features of [`wgpu::Features`] that anygpu uses and this adapter has.
    pub features: Vec<&'static str>,
    /// Largest buffer, in bytes.
    pub max_buffer_size: u64,
    /// Largest part of a buffer that one kernel argument can see, in bytes.
    pub max_binding_size: u64,
    /// Shared memory of a workgroup, in bytes.
    pub max_workgroup_storage: u32,
    /// Invocations of a workgroup.
    pub max_invocations: u32,
}

/// What kind of device an adapter is; the default choice goes down this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceType {
    /// A GPU with memory of its own.
    Discrete,
    /// A GPU that shares the processor's memory.
    Integrated,
    /// A GPU seen through a hypervisor.
    Virtual,
    /// Something the driver does not name.
    Other,
    /// The processor, through a software driver such as Mesa's lavapipe.
    Cpu,
}

impl DeviceType {
    fn from_wgpu(device_type: wgpu::DeviceType) -> Self {
        match device_type {
            wgpu::DeviceType::DiscreteGpu => Self::Discrete,
            wgpu::DeviceType::IntegratedGpu => Self::Integrated,
            wgpu::DeviceType::VirtualGpu => Self::Virtual,
            wgpu::DeviceType::Cpu => Self::Cpu,
            wgpu::DeviceType::Other => Self::Other,
        }
    }
}

impl fmt::Display for DeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discrete => "discrete GPU",
            Self::Integrated => "integrated GPU",
            Self::Virtual => "virtual GPU",
            Self::Other => "other",
            Self::Cpu => "software",
        })
    }
}

impl fmt::Display for AdapterInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {}", self.name, self.backend, self.device_type)?;
        if !self.driver.is_empty() {
            write!(f, ", {} {}", self.driver, self.driver_info)?;
        }
        f.write_str(")")
    }
}

/// The GPUs that compute f64 at half the rate of f32, by a word of their names: NVIDIA's data-centre chips GP100, GV100, GA100, GH100 and
/// GB100 (not H20, H800 and B300, where f64 is cut down; CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions"),
/// and AMD's Instinct from MI50 on.
const FAST_F64: [(u32, &[&str]); 2] = [
    (0x10de, &["P100", "GP100", "V100", "V100S", "GV100", "A30", "A100", "A800", "H100", "H200", "GH200", "B100", "B200", "GB200"]),
    (0x1002, &["MI50", "MI60", "MI100", "MI210", "MI250", "MI250X", "MI300A", "MI300X", "MI325X", "MI350X", "MI355X"]),
];

impl AdapterInfo {
    /// Whether f64 is known to run at half the rate of f32.
    pub(crate) fn fast_f64(&self) -> bool {
        let names = FAST_F64.iter().find(|(vendor, _)| *vendor == self.vendor).map_or(&[][..], |(_, names)| names);
        self.name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| names.contains(&word))
    }

    pub(crate) fn from_device(device: &wgpu::Device) -> Self {
        Self::new(0, device.adapter_info(), device.features(), &device.limits())
    }

    fn from_adapter(index: usize, adapter: &wgpu::Adapter) -> Self {
        Self::new(index, adapter.get_info(), adapter.features(), &adapter.limits())
    }

    fn new(index: usize, info: wgpu::AdapterInfo, features: wgpu::Features, limits: &wgpu::Limits) -> Self {
        Self {
            index,
            name: info.name,
            backend: format!("{:?}", info.backend),
            driver: info.driver,
            driver_info: info.driver_info,
            device_type: DeviceType::from_wgpu(info.device_type),
            vendor: info.vendor,
            device: info.device,
            subgroup_size: [info.subgroup_min_size, info.subgroup_max_size],
            features: OPTIONAL_FEATURES.iter().filter(|(f, _)| features.contains(*f)).map(|(_, name)| *name).collect(),
            max_buffer_size: limits.max_buffer_size,
            max_binding_size: limits.max_storage_buffer_binding_size,
            max_workgroup_storage: limits.max_compute_workgroup_storage_size,
            max_invocations: limits.max_compute_invocations_per_workgroup,
        }
    }
}

/// The optional features that are switched on where the adapter has them, with the names [`AdapterInfo`] shows.
pub(crate) const OPTIONAL_FEATURES: [(wgpu::Features, &str); 10] = [
    (wgpu::Features::SHADER_F64, "float64"),
    (wgpu::Features::SHADER_INT64, "int64"),
    (wgpu::Features::SHADER_INT64_ATOMIC_ALL_OPS, "int64-atomics"),
    (wgpu::Features::SHADER_F16, "float16"),
    (wgpu::Features::SUBGROUP, "subgroups"),
    (wgpu::Features::PASSTHROUGH_SHADERS, "passthrough"),
    (wgpu::Features::PIPELINE_CACHE, "pipeline-cache"),
    (wgpu::Features::TIMESTAMP_QUERY, "timestamps"),
    (wgpu::Features::TIMESTAMP_QUERY_INSIDE_PASSES, "timestamps-inside-passes"),
    (wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX, "cooperative-matrix"),
];

/// Which adapter to open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selector {
    /// The first of [`adapters`]: discrete before integrated before virtual before software.
    #[default]
    Default,
    /// A position in [`adapters`].
    Index(usize),
    /// Any part of the adapter's name, in any case.
    Name(String),
}

impl Selector {
    /// Reads `ANYGPU_ADAPTER`'s syntax: a number is an index, anything else a part of a name, nothing the default.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            Self::Default
        } else if let Ok(index) = text.parse() {
            Self::Index(index)
        } else {
            Self::Name(text.to_owned())
        }
    }
}

/// The one instance of this process. Making one loads every driver (tens of milliseconds), so it is made on first use
/// and kept; it is never dropped, because some drivers do not survive being unloaded while the process exits.
fn instance() -> &'static wgpu::Instance {
    static INSTANCE: OnceLock<wgpu::Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
        // The default in a debug build turns the validation layers on; here only WGPU_VALIDATION and its like do.
        // Indirect-call validation compiles pipelines at device creation for calls that anygpu never makes.
        descriptor.flags = wgpu::InstanceFlags::empty().with_env();
        wgpu::Instance::new(descriptor)
    })
}

fn enumerate() -> Vec<wgpu::Adapter> {
    let mut found = pollster::block_on(instance().enumerate_adapters(wgpu::Backends::all()));
    // One card can show up under two backends; Vulkan first, since its kernels take the strict lowering.
    let backend = |a: &wgpu::Adapter| match a.get_info().backend {
        wgpu::Backend::Vulkan => 0,
        wgpu::Backend::Metal => 1,
        wgpu::Backend::Dx12 => 2,
        _ => 3,
    };
    found.sort_by_key(|a| (DeviceType::from_wgpu(a.get_info().device_type), backend(a)));
    found
}

/// Every adapter of this machine, best first. An empty list means that no driver was found.
pub fn adapters() -> Vec<AdapterInfo> {
    enumerate().iter().enumerate().map(|(index, adapter)| AdapterInfo::from_adapter(index, adapter)).collect()
}

/// The adapter that `selector` names.
pub(crate) fn select(selector: &Selector) -> Result<(wgpu::Adapter, AdapterInfo)> {
    let mut found = enumerate();
    let infos: Vec<_> = found.iter().enumerate().map(|(i, a)| AdapterInfo::from_adapter(i, a)).collect();
    let index = match selector {
        Selector::Default => (!infos.is_empty()).then_some(0),
        Selector::Index(index) => (*index < infos.len()).then_some(*index),
        Selector::Name(part) => {
            let part = part.to_lowercase();
            infos.iter().position(|info| info.name.to_lowercase().contains(&part))
        }
    };
    match index {
        Some(index) => Ok((found.swap_remove(index), infos[index].clone())),
        None => Err(failure::no_device(advice(selector, &infos))),
    }
}

/// What was asked for, what there is, and what to install.
fn advice(selector: &Selector, found: &[AdapterInfo]) -> String {
    let asked = match selector {
        Selector::Default => "no GPU adapter was found".to_owned(),
        Selector::Index(index) => format!("there is no adapter {index}"),
        Selector::Name(name) => format!("no adapter's name contains {name:?}"),
    };
    if found.is_empty() {
        return format!("{asked}: no Vulkan, Metal or Direct3D 12 driver answers. {}", install_hint());
    }
    let list: Vec<_> = found.iter().map(|info| format!("{}: {info}", info.index)).collect();
    format!("{asked}; found {}. Set ANYGPU_ADAPTER to one of these numbers or to a part of a name", list.join("; "))
}

fn install_hint() -> &'static str {
    if cfg!(target_os = "linux") {
        "Install your GPU's Vulkan driver, or Mesa's software device (Debian and Ubuntu: \
         `apt install mesa-vulkan-drivers libvulkan1`; Fedora: `dnf install mesa-vulkan-drivers vulkan-loader`); \
         in a container, pass the GPU in (`--device /dev/dri`, or `--gpus all` with NVIDIA_DRIVER_CAPABILITIES=all)"
    } else if cfg!(target_os = "windows") {
        "Install the GPU vendor's current driver"
    } else {
        "A Mac needs macOS 11 or later"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selector_reads_numbers_names_and_nothing() {
        assert_eq!(Selector::parse(" 1 "), Selector::Index(1));
        assert_eq!(Selector::parse("llvmpipe"), Selector::Name("llvmpipe".to_owned()));
        assert_eq!(Selector::parse(""), Selector::Default);
    }

    #[test]
    fn device_types_sort_best_first() {
        assert!(DeviceType::Discrete < DeviceType::Integrated);
        assert!(DeviceType::Integrated < DeviceType::Cpu);
    }

    #[test]
    fn advice_without_any_driver_says_what_to_install() {
        assert!(advice(&Selector::Default, &[]).contains("nstall"));
    }
}
