//! [`Gpu`]: an opened device with its pool, stream, compiler and transfer rings.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anygpu_core::Result;
use anygpu_kernels::link::Library;
use anygpu_kernels::shaders::{self, LibraryConfig};
use anygpu_kernels::user::UserKernel;
use parking_lot::{Mutex, RwLock};

use crate::adapter::{AdapterInfo, DeviceType};
use crate::bindings::{Access, Binding};
use crate::capabilities::Capabilities;
use crate::failure::{self, Health};
use crate::memory::DeviceMemory;
use crate::pipeline::{Compiler, Kernel, KernelSource};
use crate::pool::{Buffer, Pool};
use crate::staging::{ReadbackPool, UploadPool};
use crate::stream::{Counters, Stream};

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
    pub(crate) pool: Arc<Pool>,
    pub(crate) compiler: Compiler,
    pub(crate) info: AdapterInfo,
    pub(crate) limits: wgpu::Limits,
    pub(crate) memory: DeviceMemory,
    /// Host memory at the start, where the device's memory is the host's.
    pub(crate) host_memory: Option<u64>,
    pub(crate) capabilities: Capabilities,
    pub(crate) library: LibraryConfig,
    pub(crate) interrupt: RwLock<Option<Interrupt>>,
}

/// Asked now and then while the host waits for the device: `true` gives the wait up.
pub type Interrupt = Arc<dyn Fn() -> bool + Send + Sync>;

impl Gpu {
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

    /// Records a copy of `bytes` from one buffer to another; offsets and length are multiples of 4.
    ///
    /// # Errors
    /// `Error::Runtime` for a range outside a buffer, or a copy of a buffer onto itself.
    pub fn copy(&self, src: &Buffer, src_offset: u64, dst: &Buffer, dst_offset: u64, bytes: u64) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        if bytes == 0 {
            return Ok(());
        }
        shared.check_range("copy", src, src_offset, bytes)?;
        shared.check_range("copy", dst, dst_offset, bytes)?;
        if src.id() == dst.id() {
            return Err(failure::runtime("copy: source and destination are one buffer, which a copy cannot read and write"));
        }
        let mut stream = shared.stream.lock();
        stream.copy(&shared.device, (src.wgpu(), src_offset), (dst.wgpu(), dst_offset), bytes);
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
        shared.stream.lock().clear(&shared.device, dst.wgpu(), offset, bytes);
        Ok(())
    }

    /// The kernel of this key: the one in memory, or compiled from what `make` returns.
    ///
    /// # Errors
    /// `Error::Shader` with the compiler's message; whatever `make` returns.
    pub fn kernel(&self, key: &[u8], make: &dyn Fn() -> Result<KernelSource>) -> Result<Kernel> {
        self.0.compiler.kernel(&self.0.device, &self.0.health, key, make)
    }

    /// A kernel that a user wrote: any WGSL. Its arguments are what [`UserKernel`] finds; bounds and loops are checked.
    ///
    /// # Errors
    /// `Error::Shader` with naga's diagnostic.
    pub fn user_kernel(&self, label: &str, wgsl: &str, entry: Option<&str>) -> Result<(Kernel, UserKernel)> {
        let parsed = self.0.compiler.parse_user(label, wgsl, entry)?;
        let kernel = self.0.compiler.user_kernel(&self.0.device, &self.0.health, label, wgsl, &parsed)?;
        Ok((kernel, parsed))
    }

    /// Records one run of a kernel over `workgroups` (no dimension over 65,535; [`grid`](crate::grid) makes them from a
    /// count) with these buffers and parameters (at most 256 words).
    ///
    /// # Errors
    /// `Error::Runtime` when the arguments do not fit the kernel or the device; nothing is recorded then.
    pub fn dispatch(&self, kernel: &Kernel, bindings: &[Binding<'_>], params: &[u32], workgroups: [u32; 3]) -> Result<()> {
        let shared = &*self.0;
        shared.health.check()?;
        if workgroups.contains(&0) {
            return Ok(());
        }
        shared
            .check_dispatch(kernel, bindings, params, workgroups)
            .map_err(|problem| failure::runtime(format!("kernel {:?}: {problem}", kernel.label())))?;
        shared.stream.lock().dispatch(shared, kernel, bindings, params, workgroups)
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
        let submitted = {
            let mut stream = shared.stream.lock();
            stream.flush(shared)?;
            stream.last().is_some()
        };
        if submitted {
            let done = Arc::new(AtomicBool::new(false));
            let finished = Arc::clone(&done);
            shared.queue.on_submitted_work_done(move || finished.store(true, Ordering::Release));
            shared.wait_interruptibly(&done)?;
            shared.stream.lock().waited();
        }
        shared.compiler.save(false);
        shared.health.check()
    }

    /// The same for callers that hold a lock: nothing ends it early.
    pub(crate) fn finish(&self) -> Result<()> {
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
        shared.health.check()
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
    /// with `Error::Runtime` (the work goes on). It is called on the waiting thread, with no lock of this crate held. A
    /// Python binding lets it look for Ctrl-C.
    pub fn set_interrupt(&self, interrupt: Option<Interrupt>) {
        *self.0.interrupt.write() = interrupt;
    }

    /// What the self-test finds wrong with the device's float32 arithmetic, operation by operation, for bug reports.
    pub fn self_test_report(&self) -> Result<String> {
        crate::selftest::report(self, self.capabilities().passthrough)
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

impl Shared {
    pub(crate) fn is_lost(&self) -> bool {
        self.health.is_lost()
    }

    pub(crate) fn max_buffer_size(&self) -> u64 {
        self.limits.max_buffer_size
    }

    /// Whether the host may burn time while the device computes: not where they are the same processor.
    pub(crate) fn may_spin(&self) -> bool {
        self.info.device_type != DeviceType::Cpu
    }

    pub(crate) fn check_range(&self, what: &str, buffer: &Buffer, offset: u64, bytes: u64) -> Result<()> {
        let fits = offset.checked_add(bytes).is_some_and(|end| end <= buffer.capacity());
        if !Arc::ptr_eq(buffer.pool(), &self.pool) {
            return Err(failure::runtime(format!("{what}: the buffer belongs to another device")));
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
            return Err(format!("{} buffers were given, the kernel has {}", bindings.len(), access.len()));
        }
        if size_of_val(params) as u64 > crate::bindings::PARAMS_WINDOW {
            return Err(format!("{} parameter words were given, 256 fit", params.len()));
        }
        let most = self.limits.max_compute_workgroups_per_dimension;
        if workgroups.iter().any(|&n| n > most) {
            return Err(format!("a grid of {workgroups:?} workgroups; each dimension may have {most}"));
        }
        for (i, binding) in bindings.iter().enumerate() {
            let buffer = binding.buffer;
            if !Arc::ptr_eq(buffer.pool(), &self.pool) {
                return Err(format!("buffer {i} belongs to another device"));
            }
            let end = binding.offset.checked_add(binding.size);
            let inside = end.is_some_and(|end| end <= buffer.capacity());
            let aligned = binding.offset.is_multiple_of(256) && binding.size.is_multiple_of(4);
            if binding.size == 0 || !inside || !aligned || binding.size > self.limits.max_storage_buffer_binding_size {
                return Err(format!(
                    "buffer {i}: {} bytes at {} of {}; an offset is a multiple of 256, a size a multiple of 4, at most {}",
                    binding.size,
                    binding.offset,
                    buffer.capacity(),
                    self.limits.max_storage_buffer_binding_size
                ));
            }
            for (j, other) in bindings[..i].iter().enumerate() {
                if other.buffer.id() == buffer.id() && (access[i] == Access::ReadWrite || access[j] == Access::ReadWrite) {
                    return Err(format!("buffers {j} and {i} are one buffer, which a kernel cannot both read and write"));
                }
            }
        }
        Ok(())
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
    [workgroups.div_ceil(rows * layers).min(MOST) as u32, rows as u32, layers.min(MOST) as u32]
}
