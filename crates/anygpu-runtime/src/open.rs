//! Opening a device: adapter, features, limits, self-test.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use anygpu_core::Result;
use anygpu_kernels::shaders::LibraryConfig;
use parking_lot::{Mutex, RwLock};

use crate::adapter::{self, AdapterInfo, DeviceType, OPTIONAL_FEATURES};
use crate::cache::DiskCache;
use crate::capabilities::Capabilities;
use crate::device::{Gpu, Shared};
use crate::failure::{self, Health};
use crate::memory::{self, DeviceMemory};
use crate::options::GpuOptions;
use crate::pipeline::Compiler;
use crate::pool::Pool;
use crate::selftest;
use crate::staging::{ReadbackPool, UploadPool};
use crate::stream::Stream;
use crate::vulkan;

impl Gpu {
    /// Opens an adapter.
    ///
    /// # Errors
    /// `Error::NoDevice` when none matches (it lists what was found and what to install) or the driver refuses.
    pub fn open(options: &GpuOptions) -> Result<Self> {
        let (adapter, info) = adapter::select(&options.selector)?;
        let (features, limits) = if options.default_limits {
            (wgpu::Features::empty(), wgpu::Limits::default())
        } else {
            (wanted_features() & adapter.features(), adapter.limits())
        };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("anygpu"),
            required_features: features,
            required_limits: limits,
            // SAFETY: the one experimental feature is cooperative matrices, used by our own kernels only.
            experimental_features: unsafe { wgpu::ExperimentalFeatures::enabled() },
            // Small buffers share blocks of 8 to 64 MB and larger ones have memory of their own, which goes back to
            // the driver when the pool lets go of it. The default's blocks of 128 MB and more save nothing here,
            // where the pool already makes allocations rare, and would pin that much for one small array.
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            trace: wgpu::Trace::Off,
        };
        let (device, queue) = catch_unwind(AssertUnwindSafe(|| pollster::block_on(adapter.request_device(&descriptor))))
            .map_err(|_| failure::no_device(format!("the driver of {info} failed while it was opened")))?
            .map_err(|e| failure::no_device(format!("{info} could not be opened: {e}")))?;
        Self::build(device, queue, info, options)
    }

    /// Takes a device that the program already has. Its uncaptured-error and device-lost callbacks are replaced.
    ///
    /// Kernels use the optional features that the device was requested with. The program must not destroy the device
    /// while anything made here is alive.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_wgpu(device: wgpu::Device, queue: wgpu::Queue) -> Result<Self> {
        let info = AdapterInfo::from_device(&device);
        let options = GpuOptions::default();
        Self::build(device, queue, info, &options)
    }

    /// As [`Self::from_wgpu`], with options (those about the choice of a device do nothing).
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_wgpu_with(device: wgpu::Device, queue: wgpu::Queue, options: &GpuOptions) -> Result<Self> {
        let info = AdapterInfo::from_device(&device);
        Self::build(device, queue, info, options)
    }

    fn build(device: wgpu::Device, queue: wgpu::Queue, info: AdapterInfo, options: &GpuOptions) -> Result<Self> {
        let health = Health::watch(&device);
        let passthrough = device.features().contains(wgpu::Features::PASSTHROUGH_SHADERS) && !options.emulate_f32;
        let strict = passthrough.then(|| vulkan::strict_spirv(&device)).flatten();
        let compiler = Compiler::new(&device, strict, options.checked, DiskCache::open(&options.cache));
        let host_memory = (info.device_type == DeviceType::Cpu).then(memory::host_available).flatten();
        let shared = Shared {
            stream: Mutex::new(Stream::new(&device)?),
            uploads: UploadPool::default(),
            readbacks: ReadbackPool::default(),
            pool: Pool::new(options.memory_limit),
            compiler,
            limits: device.limits(),
            // A software device's heap is what its driver felt like saying (2 GiB in Mesa 22.3): its memory is the host's.
            memory: if host_memory.is_some() { DeviceMemory { total: host_memory, free: None } } else { DeviceMemory::query(&device) },
            host_memory,
            capabilities: Capabilities::unproven(&device, &info, strict, options),
            library: LibraryConfig::default(),
            interrupt: RwLock::new(None),
            info,
            health,
            device,
            queue,
        };
        // The self-test runs on the device like anything else, and its verdict replaces the assumptions.
        let probe = Self(Arc::new(shared));
        let verdict = selftest::run(&probe, strict.is_some(), options.emulate_f32)?;
        let mut shared = Arc::into_inner(probe.0).ok_or_else(|| failure::runtime("the self-test kept the device"))?;
        shared.capabilities.apply(&verdict, &shared.info, options);
        shared.library = shared.capabilities.library();
        Ok(Self(Arc::new(shared)))
    }
}

fn wanted_features() -> wgpu::Features {
    OPTIONAL_FEATURES.iter().fold(wgpu::Features::empty(), |all, (feature, _)| all | *feature)
}
