//! A GPU opened for arrays.

use crate::array::Array;
use crate::fft::Plans;
use crate::graph::Base;
use crate::storage::Storage;
use crate::ufunc::Ufunc;
use anygpu_core::{DType, Error, Result};
use anygpu_kernels::access::Native64;
use anygpu_kernels::expr::{self, MAX_ARITY, Op};
use anygpu_kernels::shaders::Float64Functions;
use anygpu_runtime::{AdapterInfo, Capabilities, DeviceType, Gpu, GpuOptions, Interrupt, MemoryStats, Selector};
use parking_lot::{Mutex, ReentrantMutex};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// A GPU (or a software adapter) with its memory pool, command stream and kernel caches. Cloning is cheap and gives the same device.
///
/// ```no_run
/// let gpu = anygpu::Device::new()?;
/// println!("{}", gpu.name());
/// # Ok::<(), anygpu::Error>(())
/// ```
#[derive(Clone)]
pub struct Device(Arc<Inner>);

/// Where a kernel that a user wrote leaves a note of its first fault, an access out of bounds or a loop that the driver ended, see [`Device::watch_faults`].
///
/// [`FaultRecord::WORDS`] words of `uint32`: how many there were; the place, as an index into `accesses`; how many indices it has, and the first four of them
/// as `int32` (the largest for one outside of the slice that it is an index of), none for a loop; the block and the thread, three words each.
#[derive(Clone, Debug)]
pub struct FaultRecord {
    /// The words, all 0 before the launch.
    pub words: Array,
    /// What to say of each place; `{index}` stands for the index.
    pub accesses: Arc<[String]>,
}

impl FaultRecord {
    /// Length of a record.
    pub const WORDS: usize = 13;

    fn verify(&self) -> Result<()> {
        let words = self.words.to_vec::<u32>()?;
        if words[0] == 0 {
            return Ok(());
        }
        let index: Vec<String> = words[3..].iter().take((words[2] as usize).min(4)).map(|w| index_text(w.cast_signed())).collect();
        let index = if let [one] = index.as_slice() { one.clone() } else { format!("({})", index.join(", ")) };
        let access = self.accesses.get(words[1] as usize).map_or("an index {index} is out of bounds", String::as_str);
        let at = |k: usize| format!("({}, {}, {})", words[k], words[k + 1], words[k + 2]);
        let thread = format!("\nin thread {} of block {}", at(10), at(7));
        if words[2] == 0 {
            return Err(Error::Runtime(access.to_owned() + &thread));
        }
        let others = if words[0] > 1 { format!("\n({} accesses of this launch were out of bounds)", words[0]) } else { String::new() };
        Err(Error::Index(access.replace("{index}", &index) + &thread + &others))
    }
}

/// An index of a record; the largest stands for one outside of the slice that it was an index of.
fn index_text(index: i32) -> String {
    if index == i32::MAX { "(outside of its slice)".to_owned() } else { index.to_string() }
}

struct Inner {
    gpu: Gpu,
    native: Native64,
    fusion: AtomicBool,
    max_bindings: usize,
    max_binding_bytes: u64,
    /// Which operations the function library defines, found out at their first use: 0 unknown, 1 yes, 2 no.
    defined: Box<[AtomicU8]>,
    /// Deferred bases that users hold, for [`Device::synchronize`].
    pending: Mutex<Vec<Weak<Base>>>,
    /// Flags that the device sets where something is wrong (an index out of bounds, say), with the error to raise.
    checks: Mutex<Vec<(Array, Error)>>,
    /// What checked kernels of users write their first access out of bounds into.
    faults: Mutex<Vec<FaultRecord>>,
    reported_faults: AtomicU64,
    /// Operations recorded so far.
    clock: AtomicU64,
    /// Large deferred results, oldest first.
    large: Mutex<VecDeque<Weak<Base>>>,
    /// Fourier transforms prepared so far.
    plans: Mutex<Plans>,
    /// Serialises recording: the expression graph of a device is changed by one thread at a time.
    graph: ReentrantMutex<()>,
}

/// A large result that as many operations have left alone is taken to be complete.
const IDLE_OPERATIONS: u64 = 6;

const DTYPES: usize = DType::ALL.len();

static DEFAULT: Mutex<Option<Device>> = Mutex::new(None);
/// Every device opened, for [`save_caches`].
static OPENED: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());
static INTERRUPT: Mutex<Option<Interrupt>> = Mutex::new(None);

/// Writes the compiled kernels of every open device to the disk cache: what a program calls that exits without dropping its devices.
pub fn save_caches() {
    if check_process().is_err() {
        return;
    }
    let opened: Vec<_> = OPENED.lock().iter().filter_map(Weak::upgrade).collect();
    for device in opened {
        device.gpu.save_cache();
    }
}

/// Sets what devices opened from now on ask while the host waits for them: see [`Gpu::set_interrupt`].
pub fn set_interrupt(interrupt: Option<Interrupt>) {
    *INTERRUPT.lock() = interrupt;
}

impl Device {
    /// Opens the adapter that `ANYGPU_ADAPTER` names, or the best one found (discrete, then integrated, then software).
    ///
    /// # Errors
    /// [`Error::NoDevice`] with what was found and what to install, or a bad value in an `ANYGPU_*` variable.
    pub fn new() -> Result<Device> {
        Device::open(&GpuOptions::from_env()?)
    }

    /// Opens an adapter with explicit options.
    pub fn open(options: &GpuOptions) -> Result<Device> {
        Ok(Device::from_gpu(Gpu::open(options)?, options))
    }

    /// Opens the adapter that `selector` names; everything else comes from the environment.
    pub fn select(selector: Selector) -> Result<Device> {
        let mut options = GpuOptions::from_env()?;
        options.selector = selector;
        Device::open(&options)
    }

    /// Uses a wgpu device that the program already has.
    pub fn from_wgpu(device: wgpu::Device, queue: wgpu::Queue) -> Result<Device> {
        Ok(Device::from_gpu(Gpu::from_wgpu(device, queue)?, &GpuOptions::default()))
    }

    /// The device that functions without a device argument use: opened at the first call, and again after it was lost.
    pub fn default_device() -> Result<Device> {
        check_process()?;
        let mut slot = DEFAULT.lock();
        match &*slot {
            Some(device) if !device.gpu().is_lost() => Ok(device.clone()),
            _ => {
                let device = Device::new()?;
                *slot = Some(device.clone());
                Ok(device)
            }
        }
    }

    fn from_gpu(gpu: Gpu, _options: &GpuOptions) -> Device {
        let limits = gpu.limits();
        let capabilities = gpu.capabilities();
        let native = Native64 {
            float: capabilities.native_f64(),
            int: capabilities.native_i64(),
            wide_words: capabilities.native_i64() && gpu.info().device_type == DeviceType::Cpu,
            functions: capabilities.float64_functions == Float64Functions::Native,
        };
        // More bindings than this gain nothing: a chain is cut at that many inputs, and its pieces stay memory-bound.
        let max_bindings = (limits.max_storage_buffers_per_shader_stage as usize).clamp(4, 16);
        let max_binding_bytes =
            u64::from(u32::try_from(limits.max_storage_buffer_binding_size).unwrap_or(u32::MAX).min(0x7fff_ff00)) & !255;
        let defined = (0..256 * DTYPES * DTYPES).map(|_| AtomicU8::new(0)).collect();
        gpu.set_interrupt(INTERRUPT.lock().clone());
        let device = Device(Arc::new(Inner {
            gpu,
            native,
            fusion: AtomicBool::new(true),
            max_bindings,
            max_binding_bytes,
            defined,
            pending: Mutex::new(Vec::new()),
            checks: Mutex::new(Vec::new()),
            faults: Mutex::new(Vec::new()),
            reported_faults: AtomicU64::new(0),
            clock: AtomicU64::new(0),
            large: Mutex::new(VecDeque::new()),
            plans: Mutex::new(Plans::default()),
            graph: ReentrantMutex::new(()),
        }));
        let mut opened = OPENED.lock();
        opened.retain(|d| d.strong_count() > 0);
        opened.push(Arc::downgrade(&device.0));
        device
    }

    /// The adapter's name as its driver reports it.
    pub fn name(&self) -> &str {
        &self.info().name
    }

    /// Adapter, driver, backend, type.
    pub fn info(&self) -> &AdapterInfo {
        self.0.gpu.info()
    }

    /// What is native, patched or emulated on this device.
    pub fn capabilities(&self) -> &Capabilities {
        self.0.gpu.capabilities()
    }

    /// Bytes in use, held by the pool, and the limit.
    pub fn memory(&self) -> MemoryStats {
        self.0.gpu.memory()
    }

    /// The layer below: buffers, kernels, dispatches.
    pub fn gpu(&self) -> &Gpu {
        &self.0.gpu
    }

    /// Runs everything recorded so far whose result is still held, and waits for it.
    pub fn synchronize(&self) -> Result<()> {
        check_process()?;
        let pending = std::mem::take(&mut *self.0.pending.lock());
        for (k, base) in pending.iter().enumerate() {
            if let Some(base) = base.upgrade().filter(|b| b.has_handle())
                && let Err(error) = base.compute()
            {
                self.0.pending.lock().extend(pending[k + 1..].iter().cloned());
                return Err(error);
            }
        }
        self.0.gpu.synchronize()?;
        self.verify_checks()
    }

    /// Remembers a flag to look at when the device is next waited for.
    pub(crate) fn add_check(&self, flag: Array, error: Error) {
        self.0.checks.lock().push((flag, error));
    }

    /// Remembers to look, when the device is next waited for, whether a kernel noted a fault. A record that is waited for already is not added again.
    pub fn watch_faults(&self, record: FaultRecord) {
        let mut faults = self.0.faults.lock();
        if !faults.iter().any(|other| other.words.shares_base(&record.words)) {
            faults.push(record);
        }
    }

    /// How many faults of kernels have been raised. Records made before the last one are not to be used again.
    pub fn reported_faults(&self) -> u64 {
        self.0.reported_faults.load(Ordering::Relaxed)
    }

    /// Looks at the flags set since the last time.
    ///
    /// # Errors
    /// The error of the first one that is set.
    pub(crate) fn verify_checks(&self) -> Result<()> {
        let faults = std::mem::take(&mut *self.0.faults.lock());
        for record in faults {
            record.verify().inspect_err(|_| {
                self.0.reported_faults.fetch_add(1, Ordering::Relaxed);
            })?;
        }
        let checks = std::mem::take(&mut *self.0.checks.lock());
        let mut flags = checks.iter().map(|(flag, _)| flag);
        let Some(first) = flags.next() else {
            return Ok(());
        };
        let any = flags.try_fold(first.clone(), |a, b| Ufunc::LogicalOr.call(&[(&a).into(), b.into()]))?;
        if any.item_bool()? {
            for (flag, error) in checks {
                if flag.item_bool()? {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn add_pending(&self, base: &Arc<Base>) {
        let mut pending = self.0.pending.lock();
        if pending.len() == pending.capacity() && pending.len() >= 64 {
            pending.retain(|b| b.upgrade().is_some_and(|b| !b.is_ready()));
        }
        pending.push(Arc::downgrade(base));
    }

    /// Counts a recorded operation; returns the new count.
    pub(crate) fn tick(&self) -> u64 {
        self.0.clock.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Remembers a large deferred result, and starts those before it that no operation has touched for a while: they are complete,
    /// most likely, and the device need not wait for the rest of the program to be recorded. Should a later operation read one
    /// after all, that costs a pass over memory.
    pub(crate) fn compute_idle(&self, base: &Arc<Base>, now: u64) -> Result<()> {
        while let Some(idle) = self.next_idle(now) {
            idle.compute()?;
        }
        self.0.large.lock().push_back(Arc::downgrade(base));
        Ok(())
    }

    fn next_idle(&self, now: u64) -> Option<Arc<Base>> {
        let mut large = self.0.large.lock();
        while let Some(oldest) = large.front() {
            match oldest.upgrade().filter(|b| b.has_handle() && !b.is_ready()) {
                Some(b) if now - b.touched() <= IDLE_OPERATIONS => return None,
                Some(b) => {
                    large.pop_front();
                    return Some(b);
                }
                // Dropped, computed, or part of a larger expression.
                None => drop(large.pop_front()),
            }
        }
        None
    }

    /// Turns fusion of elementwise operations on or off; returns what it was. Off, every operation runs as a kernel of its own.
    pub fn set_fusion(&self, on: bool) -> bool {
        self.0.fusion.swap(on, Ordering::Relaxed)
    }

    pub(crate) fn fusion(&self) -> bool {
        self.0.fusion.load(Ordering::Relaxed)
    }

    /// Whether kernels are to suit software, which runs an invocation as a loop on a core of the host. Under the default limits a software device
    /// stands for others.
    pub(crate) fn is_software(&self) -> bool {
        self.info().device_type == DeviceType::Cpu && !self.capabilities().default_limits
    }

    pub(crate) fn native(&self) -> Native64 {
        self.0.native
    }

    pub(crate) fn max_bindings(&self) -> usize {
        self.0.max_bindings
    }

    pub(crate) fn max_binding_bytes(&self) -> u64 {
        self.0.max_binding_bytes
    }

    pub(crate) fn graph(&self) -> &ReentrantMutex<()> {
        &self.0.graph
    }

    pub(crate) fn plans(&self) -> &Mutex<Plans> {
        &self.0.plans
    }

    pub(crate) fn is_same(&self, other: &Device) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Refuses an operation that the device's function library does not define: never a wrong number.
    pub(crate) fn check_defined(&self, op: Op, compute: DType, from: DType) -> Result<()> {
        let slot = &self.0.defined[(op as usize * DTYPES + compute as usize) * DTYPES + from as usize];
        if slot.load(Ordering::Relaxed) == 1 {
            return Ok(());
        }
        let operands: [String; MAX_ARITY] = std::array::from_fn(|k| format!("x{k}"));
        let text = expr::call(op, compute, from, &operands[..op.arity()]);
        let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let missing = names.filter(|n| n.contains('_')).find(|n| !self.gpu().library().contains(n));
        match missing {
            None => {
                slot.store(1, Ordering::Relaxed);
                Ok(())
            }
            Some(name) => Err(Error::NotImplemented(format!(
                "{} of {compute} is not available on this device in this version (no function {name}); convert to another dtype with astype",
                format!("{op:?}").to_lowercase()
            ))),
        }
    }

    pub(crate) fn allocate(&self, elements: usize, dtype: DType) -> Result<Storage> {
        let bytes = (elements as u64)
            .checked_mul(dtype.itemsize() as u64)
            .ok_or_else(|| Error::Value(format!("array of {elements} elements of {dtype} is too big: its bytes overflow 64 bits")))?;
        Storage::allocate(&self.0.gpu, bytes)
    }
}

static FORKED: AtomicBool = AtomicBool::new(false);

/// Says that this process is a forked child: no device opened before the fork may be used in it, since drivers do not survive one.
pub fn mark_forked() {
    FORKED.store(true, Ordering::Relaxed);
}

/// Refuses to touch a device in a forked child.
pub fn check_process() -> Result<()> {
    if FORKED.load(Ordering::Relaxed) {
        return Err(Error::Runtime(
            "this process was made by fork after anygpu was imported, and GPU drivers do not survive a fork: start it with multiprocessing's 'spawn' or 'forkserver' method".into(),
        ));
    }
    Ok(())
}

impl PartialEq for Device {
    fn eq(&self, other: &Device) -> bool {
        self.is_same(other)
    }
}

impl Eq for Device {}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let info = self.info();
        write!(f, "Device({:?}, {:?}, {:?})", info.name, info.backend, info.driver)
    }
}
