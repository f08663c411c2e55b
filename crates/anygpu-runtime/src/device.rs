//! [`Gpu`]: an opened device with its pool, stream, compiler and transfer rings.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use anygpu_core::{Error, Result};
use anygpu_kernels::link::Library;
use anygpu_kernels::shaders::{self, LibraryConfig};
use parking_lot::{Mutex, RwLock};

use crate::adapter::{self, AdapterInfo, DeviceType, OPTIONAL_FEATURES};
use crate::bindings::{Access, Binding};
use crate::cache::DiskCache;
use crate::capabilities::Capabilities;
use crate::failure::{self, Health};
use crate::memory::{self, DeviceMemory};
use crate::options::GpuOptions;
use crate::pipeline::{Compiler, Kernel, KernelSource};
use crate::pool::{self, Buffer, MemoryStats, Pool, Refusal};
use crate::selftest;
use crate::staging::{ReadbackPool, UploadPool};
use crate::stream::{Counters, Stream};
use crate::vulkan;

/// An opened device. Clones are the same device; every method may be called from any thread.
///
/// Work is recorded in the order of the calls and runs in that order, later: at a flush, when enough is recorded, or
/// when something is read.
///
/// ```no_run
/// use anygpu_runtime::{Access, Binding, Gpu, GpuOptions, KernelSource};
/// let gpu = Gpu::open(&GpuOptions::from_env()?)?;
/// let x = gpu.alloc(1024 * 4)?;
/// gpu.upload(&x, 0, bytemuck::cast_slice(&[1.0_f32; 1024]))?;
/// let double = gpu.kernel(b"double", &|| Ok(KernelSource {
///     label: "double".into(),
///     wgsl: "
///         @group(0) @binding(0) var<storage, read_write> x: array<f32>;
///         @group(0) @binding(1) var<uniform> params: array<vec4<u32>, 64>;
///         @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
///             if id.x < params[0].x { x[id.x] = x[id.x] + x[id.x]; }
///         }".into(),
///     bindings: [Access::ReadWrite].into_iter().collect(),
///     trusted: false,
/// }))?;
/// gpu.dispatch(&double, &[Binding::whole(&x)], &[1024], [16, 1, 1])?;
/// let mut out = vec![0_u8; 1024 * 4];
/// gpu.download(&x, 0, &mut out)?;
/// # Ok::<(), anygpu_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Gpu(pub(crate) Arc<Shared>);

/// What all clones of a [`Gpu`] share.
pub(crate) struct Shared {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) health: Arc<Health>,
    pub(crate) stream: Mutex<Stream>,
    pub(crate) uploads: UploadPool,
    pub(crate) readbacks: ReadbackPool,
    pool: Arc<Pool>,
    compiler: Compiler,
    info: AdapterInfo,
    limits: wgpu::Limits,
    memory: DeviceMemory,
    /// Host memory at the start, where the device's memory is the host's.
    host_memory: Option<u64>,
    capabilities: Capabilities,
    library: LibraryConfig,
    interrupt: RwLock<Option<Interrupt>>,
}

/// Asked now and then while the host waits for the device: `true` gives the wait up.
pub type Interrupt = Arc<dyn Fn() -> bool + Send + Sync>;

/// Share of the host's free memory that a software device may take: the rest of the process lives there too.
const HOST_SHARE: (u64, u64) = (4, 5);
/// How long a wait goes on before it asks whether it should be given up.
const WAIT_SLICE: Duration = Duration::from_millis(100);

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
        let (device, queue) = catch_unwind(AssertUnwindSafe(|| {
            pollster::block_on(adapter.request_device(&descriptor))
        }))
        .map_err(|_| {
            failure::no_device(format!("the driver of {info} failed while it was opened"))
        })?
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
    pub fn from_wgpu_with(
        device: wgpu::Device,
        queue: wgpu::Queue,
        options: &GpuOptions,
    ) -> Result<Self> {
        let info = AdapterInfo::from_device(&device);
        Self::build(device, queue, info, options)
    }

    fn build(
        device: wgpu::Device,
        queue: wgpu::Queue,
        info: AdapterInfo,
        options: &GpuOptions,
    ) -> Result<Self> {
        let health = Health::watch(&device);
        let strict = device
            .features()
            .contains(wgpu::Features::PASSTHROUGH_SHADERS)
            .then(|| vulkan::strict_spirv(&device))
            .flatten();
        let compiler = Compiler::new(
            &device,
            strict,
            options.checked,
            DiskCache::open(&options.cache),
        );
        let host_memory = (info.device_type == DeviceType::Cpu)
            .then(memory::host_available)
            .flatten();
        let shared = Shared {
            stream: Mutex::new(Stream::new(&device)?),
            uploads: UploadPool::default(),
            readbacks: ReadbackPool::default(),
            pool: Pool::new(options.memory_limit),
            compiler,
            limits: device.limits(),
            // A software device's heap is what its driver felt like saying (2 GiB in Mesa 22.3): its memory is the host's.
            memory: if host_memory.is_some() {
                DeviceMemory {
                    total: host_memory,
                    free: None,
                }
            } else {
                DeviceMemory::query(&device)
            },
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
        let verdict = selftest::run(&probe, strict.is_some())?;
        let mut shared = Arc::into_inner(probe.0)
            .ok_or_else(|| failure::runtime("the self-test kept the device"))?;
        shared.capabilities.apply(&verdict, options);
        shared.library = shared.capabilities.library();
        Ok(Self(Arc::new(shared)))
    }

    /// The adapter behind this device.
    pub fn info(&self) -> &AdapterInfo {
        &self.0.info
    }

    /// The limits the device was opened with.
    pub fn limits(&self) -> &wgpu::Limits {
        &self.0.limits
    }

    /// What the device computes itself, and how exactly; the rest is emulated.
    pub fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    /// The function library in the form that this device runs: link every kernel of ours with it.
    pub fn library(&self) -> &'static Library {
        shaders::library(self.0.library)
    }

    /// Which alternatives [`Self::library`] is made of.
    pub fn library_config(&self) -> LibraryConfig {
        self.0.library
    }

    /// The wgpu device, for interoperation.
    pub fn wgpu_device(&self) -> &wgpu::Device {
        &self.0.device
    }

    /// The wgpu queue. Call [`Self::flush`] before submitting work that reads arrays.
    pub fn wgpu_queue(&self) -> &wgpu::Queue {
        &self.0.queue
    }

    /// Whether two handles are the same opened device.
    pub fn same_device(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether the device is lost: every call from then on is `Error::DeviceLost`, and a new [`Self::open`] works.
    pub fn is_lost(&self) -> bool {
        self.0.health.is_lost()
    }

    /// The largest request that [`Self::alloc`] can serve, in bytes. Larger arrays take several buffers.
    pub fn max_alloc(&self) -> u64 {
        pool::max_alloc(self.0.limits.max_buffer_size)
    }

    /// The largest [`Binding::size`], a multiple of 16.
    pub fn max_binding(&self) -> u64 {
        u64::from(self.0.limits.max_storage_buffer_binding_size) / 16 * 16
    }

    /// Device memory for `bytes` bytes. The contents are undefined: write before reading.
    ///
    /// # Errors
    /// `Error::OutOfMemory` when the request is over [`Self::max_alloc`], the limit, or what the driver gives after
    /// everything unused was returned to it. The device stays usable.
    pub fn alloc(&self, bytes: u64) -> Result<Buffer> {
        let shared = &*self.0;
        shared.health.check()?;
        let Some(capacity) = pool::capacity_for(bytes, shared.limits.max_buffer_size) else {
            let most = self.max_alloc();
            return Err(shared.out_of_memory(
                bytes,
                format!("one buffer of this device holds at most {most} bytes"),
            ));
        };
        match shared.pool.take(capacity, bytes) {
            Some(buffer) => Ok(buffer),
            None => self.alloc_from_driver(capacity, bytes),
        }
    }

    #[cold]
    fn alloc_from_driver(&self, capacity: u64, bytes: u64) -> Result<Buffer> {
        let shared = &*self.0;
        if shared.memory.total.is_some_and(|total| capacity > total) {
            return Err(shared.out_of_memory(bytes, "more than the device has".to_owned()));
        }
        let mut trimmed = false;
        loop {
            match shared.pool.reserve(capacity, shared.host_ceiling()) {
                Ok(()) => {}
                Err(Refusal::TrimFirst) if !trimmed => {
                    self.trim()?;
                    trimmed = true;
                    continue;
                }
                Err(_) => return Err(shared.out_of_memory(bytes, shared.limit_detail())),
            }
            match shared.create_buffer(capacity) {
                Ok(buffer) => return Ok(shared.pool.adopt(buffer, capacity, bytes)),
                Err(error) => {
                    shared.pool.cancel(capacity);
                    shared.health.check()?;
                    match error {
                        wgpu::Error::OutOfMemory { .. } if !trimmed => {
                            self.trim()?;
                            trimmed = true;
                        }
                        wgpu::Error::OutOfMemory { .. } => {
                            return Err(
                                shared.out_of_memory(bytes, "the driver has no more".to_owned())
                            );
                        }
                        other => {
                            return Err(failure::runtime(format!(
                                "a buffer of {bytes} bytes: {other}"
                            )));
                        }
                    }
                }
            }
        }
    }

    /// Whether `bytes` more could be allocated in any number of buffers: to be asked before a large array is put
    /// together from several, so that a hopeless one fails at once and touches nothing.
    ///
    /// # Errors
    /// `Error::OutOfMemory` when they cannot.
    pub fn check_fits(&self, bytes: u64) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        let stats = shared.pool.stats();
        let room = [stats.limit, shared.host_ceiling(), shared.memory.total]
            .into_iter()
            .flatten()
            .min();
        match room {
            Some(room) if stats.in_use.saturating_add(bytes) > room => {
                let detail = if shared.memory.total.is_some_and(|total| bytes > total) {
                    "more than the device has".to_owned()
                } else {
                    shared.limit_detail()
                };
                Err(shared.out_of_memory(bytes, detail))
            }
            _ => Ok(()),
        }
    }

    /// Records a copy of `bytes` from one buffer to another; offsets and length are multiples of 4.
    ///
    /// # Errors
    /// `Error::Runtime` for a range outside a buffer, or a copy of a buffer onto itself.
    pub fn copy(
        &self,
        src: &Buffer,
        src_offset: u64,
        dst: &Buffer,
        dst_offset: u64,
        bytes: u64,
    ) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        if bytes == 0 {
            return Ok(());
        }
        shared.check_range("copy", src, src_offset, bytes)?;
        shared.check_range("copy", dst, dst_offset, bytes)?;
        if src.id() == dst.id() {
            return Err(failure::runtime(
                "copy: source and destination are one buffer, which a copy cannot read and write",
            ));
        }
        let mut stream = shared.stream.lock();
        stream.copy(
            &shared.device,
            (src.wgpu(), src_offset),
            (dst.wgpu(), dst_offset),
            bytes,
        );
        Ok(())
    }

    /// Records zeros over a range; offset and length are multiples of 4.
    ///
    /// # Errors
    /// `Error::Runtime` for a range outside the buffer.
    pub fn fill_zero(&self, dst: &Buffer, offset: u64, bytes: u64) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        if bytes == 0 {
            return Ok(());
        }
        shared.check_range("fill_zero", dst, offset, bytes)?;
        shared
            .stream
            .lock()
            .clear(&shared.device, dst.wgpu(), offset, bytes);
        Ok(())
    }

    /// The kernel of this key: the one in memory, or compiled from what `make` returns.
    ///
    /// # Errors
    /// `Error::Shader` with the compiler's message; whatever `make` returns.
    pub fn kernel(&self, key: &[u8], make: &dyn Fn() -> Result<KernelSource>) -> Result<Kernel> {
        self.0
            .compiler
            .kernel(&self.0.device, &self.0.health, key, make)
    }

    /// Records one run of a kernel over `workgroups` (no dimension over 65,535; [`grid`](crate::grid) makes them from a
    /// count) with these buffers and parameters (at most 256 words).
    ///
    /// # Errors
    /// `Error::Runtime` when the arguments do not fit the kernel or the device; nothing is recorded then.
    pub fn dispatch(
        &self,
        kernel: &Kernel,
        bindings: &[Binding<'_>],
        params: &[u32],
        workgroups: [u32; 3],
    ) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        if workgroups.contains(&0) {
            return Ok(());
        }
        shared
            .check_dispatch(kernel, bindings, params, workgroups)
            .map_err(|problem| {
                failure::runtime(format!("kernel {:?}: {problem}", kernel.label()))
            })?;
        shared
            .stream
            .lock()
            .dispatch(shared, kernel, bindings, params, workgroups)
    }

    /// Submits what is recorded.
    ///
    /// # Errors
    /// `Error::DeviceLost`, or `Error::Runtime` when the device refused some of it.
    pub fn flush(&self) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        shared.stream.lock().flush(shared)
    }

    /// Submits what is recorded and waits until it has run.
    ///
    /// # Errors
    /// As [`Self::flush`]; `Error::Runtime` when the wait was interrupted.
    pub fn synchronize(&self) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        let last = {
            let mut stream = shared.stream.lock();
            stream.flush(shared)?;
            stream.last()
        };
        if let Some(last) = last {
            shared.wait(Some(last))?;
            shared.stream.lock().waited();
        }
        shared.compiler.save(false);
        shared.health.check()
    }

    /// Memory in numbers.
    pub fn memory(&self) -> MemoryStats {
        let shared = &*self.0;
        let mut stats = shared.pool.stats();
        stats.device_total = shared.memory.total;
        stats.device_free = shared.free(&stats, shared.driver_free());
        stats.staging = shared.uploads.bytes() + shared.readbacks.bytes();
        stats
    }

    /// Changes the limit on device memory; `None` removes it. Memory above a lowered limit is not taken from anyone,
    /// but allocations fail until enough was dropped.
    pub fn set_memory_limit(&self, limit: Option<u64>) {
        self.0.pool.set_limit(limit);
    }

    /// Runs what is recorded, waits, and returns all unused memory to the driver.
    ///
    /// # Errors
    /// As [`Self::synchronize`].
    pub fn trim(&self) -> Result<()> {
        self.synchronize()?;
        let shared = &*self.0;
        let free = {
            let mut stream = shared.stream.lock();
            stream.forget_bind_groups();
            shared.pool.take_free()
        };
        drop(free);
        shared.uploads.trim();
        shared.readbacks.trim();
        // wgpu returns dropped buffers to the driver when it is polled.
        shared.poll_once()
    }

    /// What was counted since the device was opened.
    pub fn counters(&self) -> Counters {
        use std::sync::atomic::Ordering::Relaxed;
        let shared = &*self.0;
        let stream = shared.stream.lock();
        Counters {
            bind_groups: stream.bind_groups_created(),
            pipelines: shared.compiler.compiled.load(Relaxed),
            kernel_hits: shared.compiler.hits.load(Relaxed),
            disk_hits: shared.compiler.disk.hits(),
            ..stream.counters
        }
    }

    /// Writes compiled kernels to the disk cache now. It also happens while waiting, and when the device is dropped;
    /// a program that never drops it calls this when it exits.
    pub fn save_cache(&self) {
        if !self.is_lost() {
            self.0.compiler.save(true);
        }
    }

    /// Sets what is asked ten times a second while the host waits for the device; when it answers `true` the wait ends
    /// with `Error::Runtime` (the work goes on). A Python binding lets it look for Ctrl-C.
    pub fn set_interrupt(&self, interrupt: Option<Interrupt>) {
        *self.0.interrupt.write() = interrupt;
    }

    /// Whether anything is recorded and not yet submitted.
    pub fn has_unsubmitted(&self) -> bool {
        self.0.stream.lock().has_unsubmitted()
    }

    pub(crate) fn compiler(&self) -> &Compiler {
        &self.0.compiler
    }
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gpu {{ {} }}", self.0.info)
    }
}

fn wanted_features() -> wgpu::Features {
    OPTIONAL_FEATURES
        .iter()
        .fold(wgpu::Features::empty(), |all, (feature, _)| all | *feature)
}

impl Shared {
    fn is_lost(&self) -> bool {
        self.health.is_lost()
    }

    pub(crate) fn max_buffer_size(&self) -> u64 {
        self.limits.max_buffer_size
    }

    /// Whether the host may burn time while the device computes: not where they are the same processor.
    pub(crate) fn may_spin(&self) -> bool {
        self.info.device_type != DeviceType::Cpu
    }

    fn create_buffer(&self, size: u64) -> std::result::Result<wgpu::Buffer, wgpu::Error> {
        let (buffer, error) = failure::scoped(&self.device, || {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage: wgpu::BufferUsages::STORAGE
                    | wgpu::BufferUsages::COPY_SRC
                    | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        });
        match error {
            None => Ok(buffer),
            Some(error) => Err(error),
        }
    }

    /// What a software device may hold in all, from what the host has now.
    fn host_ceiling(&self) -> Option<u64> {
        let at_start = self.host_memory?;
        let stats = self.pool.stats();
        // What the pool holds counts as available to it; memory that it holds but never touched would count twice,
        // hence not more than there was at the start.
        let now = memory::host_available()?
            .saturating_add(stats.in_use + stats.cached)
            .min(at_start);
        Some(now / HOST_SHARE.1 * HOST_SHARE.0)
    }

    fn driver_free(&self) -> Option<u64> {
        if self.is_lost() || self.host_memory.is_some() {
            None
        } else {
            DeviceMemory::query(&self.device).free
        }
    }

    fn limit_detail(&self) -> String {
        if self.host_memory.is_some() && self.pool.stats().limit.is_none() {
            "this is a software device, whose memory is the host's: arrays may take four fifths of what was free".to_owned()
        } else {
            "the memory limit is reached: drop arrays, or raise the limit".to_owned()
        }
    }

    /// The best answer to "how much is free": the driver's, or what a limit leaves, whichever is less. Memory in free
    /// lists is free to arrays.
    fn free(&self, stats: &MemoryStats, driver: Option<u64>) -> Option<u64> {
        let driver = driver.map(|free| free.saturating_add(stats.cached));
        let rooms = [stats.limit, self.host_ceiling(), self.memory.total];
        let limited = rooms
            .into_iter()
            .flatten()
            .min()
            .map(|room| room.saturating_sub(stats.in_use));
        match (driver, limited) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn out_of_memory(&self, requested: u64, detail: String) -> Error {
        let stats = self.pool.stats();
        Error::OutOfMemory {
            requested,
            in_use: stats.in_use,
            free: self.free(&stats, self.driver_free()),
            limit: stats.limit,
            detail,
        }
    }

    pub(crate) fn check_range(
        &self,
        what: &str,
        buffer: &Buffer,
        offset: u64,
        bytes: u64,
    ) -> Result<()> {
        let fits = offset
            .checked_add(bytes)
            .is_some_and(|end| end <= buffer.capacity());
        if !Arc::ptr_eq(buffer.pool(), &self.pool) {
            return Err(failure::runtime(format!(
                "{what}: the buffer belongs to another device"
            )));
        }
        if !fits || !offset.is_multiple_of(4) || !bytes.is_multiple_of(4) {
            return Err(failure::runtime(format!(
                "{what}: bytes {offset}..{} of a buffer of {}; offset and length must be multiples of 4 and inside",
                offset.saturating_add(bytes),
                buffer.capacity()
            )));
        }
        Ok(())
    }

    /// wgpu finds these mistakes too, but only when the whole batch is encoded, and then refuses all of it.
    fn check_dispatch(
        &self,
        kernel: &Kernel,
        bindings: &[Binding<'_>],
        params: &[u32],
        workgroups: [u32; 3],
    ) -> std::result::Result<(), String> {
        let access = kernel.bindings();
        if bindings.len() != access.len() {
            return Err(format!(
                "{} buffers were given, the kernel has {}",
                bindings.len(),
                access.len()
            ));
        }
        if size_of_val(params) as u64 > crate::bindings::PARAMS_WINDOW {
            return Err(format!(
                "{} parameter words were given, 256 fit",
                params.len()
            ));
        }
        let most = self.limits.max_compute_workgroups_per_dimension;
        if workgroups.iter().any(|&n| n > most) {
            return Err(format!(
                "a grid of {workgroups:?} workgroups; each dimension may have {most}"
            ));
        }
        for (i, binding) in bindings.iter().enumerate() {
            let buffer = binding.buffer;
            if !Arc::ptr_eq(buffer.pool(), &self.pool) {
                return Err(format!("buffer {i} belongs to another device"));
            }
            let end = binding.offset.checked_add(binding.size);
            let inside = end.is_some_and(|end| end <= buffer.capacity());
            let aligned = binding.offset.is_multiple_of(256) && binding.size.is_multiple_of(4);
            if binding.size == 0
                || !inside
                || !aligned
                || binding.size > self.limits.max_storage_buffer_binding_size
            {
                return Err(format!(
                    "buffer {i}: {} bytes at {} of {}; an offset is a multiple of 256, a size a multiple of 4, at most {}",
                    binding.size,
                    binding.offset,
                    buffer.capacity(),
                    self.limits.max_storage_buffer_binding_size
                ));
            }
            for (j, other) in bindings[..i].iter().enumerate() {
                if other.buffer.id() == buffer.id()
                    && (access[i] == Access::ReadWrite || access[j] == Access::ReadWrite)
                {
                    return Err(format!(
                        "buffers {j} and {i} are one buffer, which a kernel cannot both read and write"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Waits for a submission (or the last one) without holding the stream.
    pub(crate) fn wait(&self, submission: Option<wgpu::SubmissionIndex>) -> Result<()> {
        loop {
            self.health.check()?;
            let poll = wgpu::PollType::Wait {
                submission_index: submission.clone(),
                timeout: Some(WAIT_SLICE),
            };
            match failure::guarded(&self.health, "waiting for the device", || {
                self.device.poll(poll)
            })? {
                Ok(_) => return self.verify(),
                Err(wgpu::PollError::Timeout) => {
                    let interrupt = self.interrupt.read().clone();
                    if interrupt.is_some_and(|interrupt| interrupt()) {
                        return Err(failure::runtime(
                            "the wait for the device was interrupted; its work goes on",
                        ));
                    }
                }
                // wgpu counted a submission that it then refused, which it does when the device is lost; polling
                // lets it say so.
                Err(error @ wgpu::PollError::WrongSubmissionIndex(..)) => {
                    self.poll_once()?;
                    self.health.check()?;
                    self.health
                        .set_lost(format!("a submission was refused: {error}"));
                }
            }
        }
    }

    /// What became of the work up to a submission. A lost device first shows as refused work: polling lets wgpu say
    /// which it is.
    pub(crate) fn verify(&self) -> Result<()> {
        if self.health.has_failure() {
            self.poll_once()?;
        }
        self.health.check()
    }

    /// Lets wgpu run callbacks and free what is no longer used.
    pub(crate) fn poll_once(&self) -> Result<()> {
        failure::guarded(&self.health, "polling the device", || {
            self.device.poll(wgpu::PollType::Poll)
        })
        .map(drop)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if !self.is_lost() {
            self.compiler.save(true);
        }
        // Buffers that outlive the device handle are freed when they are dropped.
        self.pool.close();
    }
}

/// A two-dimensional grid of at least `workgroups` workgroups, no dimension over WebGPU's 65,535. A kernel's own number is
/// `id.y * num_workgroups.x + id.x`, and it must check that against its count.
pub fn grid(workgroups: u64) -> [u32; 3] {
    const MOST: u64 = 65_535;
    let rows = workgroups.div_ceil(MOST).max(1);
    let layers = rows.div_ceil(MOST);
    let rows = rows.min(MOST);
    [
        workgroups.div_ceil(rows * layers).min(MOST) as u32,
        rows as u32,
        layers.min(MOST) as u32,
    ]
}
