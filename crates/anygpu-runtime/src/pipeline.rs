//! Kernels: WGSL to a pipeline, once.
//!
//! Where the device takes SPIR-V as it is (Vulkan), WGSL goes through [`anygpu_kernels::lower`], which forbids the
//! driver to contract, reassociate or flush; elsewhere it goes through wgpu, and the kernel text itself is written in
//! forms that survive (see [`Capabilities::strict_floats`](crate::Capabilities)).

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anygpu_core::Result;
use anygpu_kernels::lower::{CheckedModule, LowerOptions, module_to_spirv, parse_and_validate};
use anygpu_kernels::user::{Form, UserKernel};
use parking_lot::{Mutex, RwLock};
use smallvec::SmallVec;

use crate::bindings::{Access, Layout, Layouts};
use crate::cache::{DiskCache, EntryName};
use crate::failure::{self, Health};
use crate::interface::{self, KernelLimits};
use crate::vulkan::StrictSpirv;

/// The text of a kernel and how it uses its storage bindings.
///
/// Bindings `0..n` of group 0 are the storage buffers in the order of `bindings`; binding `n` is
/// `var<uniform> params: array<vec4<u32>, 64>`. The entry point is `main`.
#[derive(Debug, Clone)]
pub struct KernelSource {
    /// A name for messages and profilers.
    pub label: String,
    /// The whole text.
    pub wgsl: String,
    /// The access of each storage binding.
    pub bindings: SmallVec<[Access; 8]>,
    /// Whether the text is anygpu's own: in bounds by construction, so that checks may go.
    pub trusted: bool,
}

/// A compiled kernel. Clones are cheap and are the same kernel.
#[derive(Clone)]
pub struct Kernel(Arc<KernelInner>);

struct KernelInner {
    label: String,
    id: u64,
    pipeline: wgpu::ComputePipeline,
    layout: Arc<Layout>,
    used: AtomicU64,
}

impl Kernel {
    /// The name it was made with.
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// The accesses of its storage bindings.
    pub fn bindings(&self) -> &[Access] {
        &self.0.layout.access
    }

    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn pipeline(&self) -> &wgpu::ComputePipeline {
        &self.0.pipeline
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.0.layout
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kernel {{ id: {}, label: {:?}, bindings: {:?} }}", self.0.id, self.0.label, self.0.layout.access)
    }
}

/// Kernels kept in memory. A pipeline takes some tens of kilobytes; a program that makes more distinct ones than this
/// loses the least recently used half and finds them on disk again.
const KEPT: usize = 4096;
/// The stack that naga and the driver get for a kernel of a user's, which can nest deeper than a thread's own stack
/// holds (wgpu's documentation of `create_shader_module` warns of it).
const COMPILER_STACK: usize = 64 << 20;
/// The driver's blob is saved when it grew and this long after the last time.
const SAVE_INTERVAL: Duration = Duration::from_secs(2);

/// Compiles kernels for one device and keeps them.
#[derive(Debug)]
pub(crate) struct Compiler {
    strict: Option<StrictSpirv>,
    capabilities: naga::valid::Capabilities,
    checked: bool,
    limits: KernelLimits,
    layouts: Layouts,
    kernels: RwLock<HashMap<Box<[u8]>, Kernel, foldhash::fast::FixedState>>,
    /// Held while compiling, so that two threads do not compile one kernel.
    compiling: Mutex<()>,
    clock: AtomicU64,
    pub(crate) disk: DiskCache,
    blob: Option<Blob>,
    pub(crate) compiled: AtomicU64,
    pub(crate) hits: AtomicU64,
}

#[derive(Debug)]
struct Blob {
    cache: wgpu::PipelineCache,
    name: EntryName,
    saved: Mutex<Saved>,
}

#[derive(Debug)]
struct Saved {
    at: Instant,
    compiled: u64,
}

impl Compiler {
    /// `strict` is what the device can promise, where it takes SPIR-V by passthrough.
    pub(crate) fn new(device: &wgpu::Device, strict: Option<StrictSpirv>, checked: bool, disk: DiskCache) -> Self {
        let blob = device.features().contains(wgpu::Features::PIPELINE_CACHE).then(|| Blob::open(device, &disk)).flatten();
        Self {
            strict,
            capabilities: naga_capabilities(device.features()),
            checked,
            limits: KernelLimits::new(&device.limits()),
            layouts: Layouts::default(),
            kernels: RwLock::default(),
            compiling: Mutex::new(()),
            clock: AtomicU64::new(0),
            disk,
            blob,
            compiled: AtomicU64::new(0),
            hits: AtomicU64::new(0),
        }
    }

    /// What the lowering depends on, as text: part of the self-test's name on disk.
    pub(crate) fn describe(&self) -> String {
        format!("{:?} {}", self.strict, self.checked)
    }

    /// Parses a user's kernel, with the stack that deep nesting takes.
    pub(crate) fn parse_user(&self, label: &str, wgsl: &str, entry: Option<&str>) -> Result<UserKernel> {
        let parse = || UserKernel::parse(wgsl, entry, self.capabilities).map_err(|e| failure::shader(format!("kernel {label:?}: {e}")));
        on_large_stack(|| unpanicked(label, parse))
    }

    /// Compiles a parsed kernel. Its arguments say how the buffers are used.
    pub(crate) fn user_kernel(
        &self,
        device: &wgpu::Device,
        health: &Health,
        label: &str,
        wgsl: &str,
        parsed: &UserKernel,
    ) -> Result<Kernel> {
        health.check()?;
        let bindings = parsed.arguments.iter().filter_map(|argument| match &argument.form {
            Form::Buffer(buffer) => Some(if buffer.written { Access::ReadWrite } else { Access::Read }),
            Form::Uniform { .. } => None,
        });
        // The text names the module on disk; the module is what is compiled.
        let named = format!("// guarded 1: {}\n{wgsl}", parsed.entry);
        let source = KernelSource { label: label.to_owned(), wgsl: named, bindings: bindings.collect(), trusted: false };
        self.compile(device, health, &source, Some(&parsed.module))
    }

    pub(crate) fn kernel(
        &self,
        device: &wgpu::Device,
        health: &Health,
        key: &[u8],
        make: &dyn Fn() -> Result<KernelSource>,
    ) -> Result<Kernel> {
        if let Some(kernel) = self.lookup(key) {
            return Ok(kernel);
        }
        let _one_at_a_time = self.compiling.lock();
        if let Some(kernel) = self.lookup(key) {
            return Ok(kernel);
        }
        health.check()?;
        let source = make()?;
        let kernel = self.compile(device, health, &source, None)?;
        let mut kernels = self.kernels.write();
        if kernels.len() >= KEPT {
            let mut stamps: Vec<u64> = kernels.values().map(|k| k.0.used.load(Ordering::Relaxed)).collect();
            let middle = stamps.len() / 2;
            let (_, median, _) = stamps.select_nth_unstable(middle);
            let median = *median;
            kernels.retain(|_, k| k.0.used.load(Ordering::Relaxed) >= median);
        }
        kernels.insert(key.into(), kernel.clone());
        Ok(kernel)
    }

    fn lookup(&self, key: &[u8]) -> Option<Kernel> {
        let kernel = self.kernels.read().get(key)?.clone();
        kernel.0.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(kernel)
    }

    /// `module` stands for the source's text, where it was parsed already.
    fn compile(&self, device: &wgpu::Device, health: &Health, source: &KernelSource, module: Option<&naga::Module>) -> Result<Kernel> {
        let limit = device.limits().max_storage_buffers_per_shader_stage;
        if source.bindings.len() > limit as usize {
            return Err(failure::shader(format!(
                "kernel {:?} uses {} storage buffers; this device allows {limit}",
                source.label,
                source.bindings.len()
            )));
        }
        let layout = self.layouts.get(device, &source.bindings)?;
        let build = || unpanicked(&source.label, || self.build(device, source, module, &layout));
        let pipeline = if source.trusted { build()? } else { on_large_stack(build)? };
        health.check()?;
        let id = self.compiled.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(Kernel(Arc::new(KernelInner {
            label: source.label.clone(),
            id,
            pipeline,
            layout,
            used: AtomicU64::new(self.clock.fetch_add(1, Ordering::Relaxed)),
        })))
    }

    fn build(
        &self,
        device: &wgpu::Device,
        source: &KernelSource,
        module: Option<&naga::Module>,
        layout: &Layout,
    ) -> Result<wgpu::ComputePipeline> {
        let checked = self.checked || !source.trusted;
        let spirv = match &self.strict {
            Some(strict) => Some(self.spirv(source, module, strict, checked)?),
            None => {
                // wgpu has no limit for the variables of an invocation, and does not hold modules with unchecked parts to that of workgroup memory.
                if !source.trusted || source.wgsl.contains("var<workgroup>") {
                    self.within_limits(source, module)?;
                }
                None
            }
        };
        let (pipeline, error) = failure::scoped(device, || {
            let module = match &spirv {
                Some(words) => passthrough(device, &source.label, words),
                None => through_wgpu(device, source, module, checked),
            };
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(&source.label),
                layout: Some(&layout.pipeline),
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    // One thread does this on Metal, and no kernel of ours reads what it has not written.
                    zero_initialize_workgroup_memory: !source.trusted,
                    ..Default::default()
                },
                cache: self.blob.as_ref().map(|blob| &blob.cache),
            })
        });
        match error {
            None => Ok(pipeline),
            Some(error) => Err(failure::shader(format!("kernel {:?} does not compile: {error}", source.label))),
        }
    }

    /// The validated module of a kernel that fits its buffers and the device's limits.
    fn within_limits(&self, source: &KernelSource, module: Option<&naga::Module>) -> Result<CheckedModule> {
        let refuse = |e: &dyn fmt::Display| failure::shader(format!("kernel {:?}: {e}", source.label));
        let checked = match module {
            Some(module) => CheckedModule::new(module.clone(), self.capabilities).map_err(|e| refuse(&e))?,
            None => parse_and_validate(&source.wgsl, self.capabilities).map_err(|e| refuse(&e))?,
        };
        interface::check(&checked.module, &checked.info, &source.bindings, &self.limits).map_err(|e| refuse(&e))?;
        Ok(checked)
    }

    /// The strict SPIR-V of a kernel, from disk or from naga.
    fn spirv(&self, source: &KernelSource, module: Option<&naga::Module>, strict: &StrictSpirv, checked: bool) -> Result<Vec<u32>> {
        let options = LowerOptions { checked, float_controls: strict.controls, spirv_version: strict.version };
        // Only what passed the checks is on disk.
        let facts = format!("{options:?} {:?} {:?} {:?}", self.capabilities, self.limits, source.bindings);
        let name = EntryName::new("spv", &[facts.as_bytes(), source.wgsl.as_bytes()]);
        if let Some(words) = self.disk.read(&name).and_then(|bytes| spirv_words(&bytes)) {
            return Ok(words);
        }
        let refuse = |e: &dyn fmt::Display| failure::shader(format!("kernel {:?}: {e}", source.label));
        let module = self.within_limits(source, module)?;
        let words = module_to_spirv(&module, "main", &options).map_err(|e| refuse(&e))?;
        self.disk.write(&name, bytemuck::cast_slice(&words));
        Ok(words)
    }

    /// Saves the driver's blob if pipelines were compiled since the last time; `now` even if that was just before.
    pub(crate) fn save(&self, now: bool) {
        let Some(blob) = &self.blob else { return };
        let compiled = self.compiled.load(Ordering::Relaxed);
        let mut saved = blob.saved.lock();
        if compiled == saved.compiled || (!now && saved.at.elapsed() < SAVE_INTERVAL) {
            return;
        }
        *saved = Saved { at: Instant::now(), compiled };
        // A lost device may panic here instead of answering `None`.
        if let Ok(Some(data)) = catch_unwind(AssertUnwindSafe(|| blob.cache.get_data())) {
            self.disk.write(&blob.name, &data);
        }
        self.disk.tidy();
    }
}

impl Blob {
    fn open(device: &wgpu::Device, disk: &DiskCache) -> Option<Self> {
        let info = device.adapter_info();
        let key = wgpu::util::pipeline_cache_key(&info)?;
        let name = EntryName::new("pipelines", &[key.as_bytes(), info.driver.as_bytes(), info.driver_info.as_bytes()]);
        let data = disk.read(&name);
        let (cache, error) = failure::scoped(device, || {
            // SAFETY: the data, if any, is what `get_data` returned under the same key and driver: its digest is
            // checked, and wgpu and the driver check their own headers again.
            unsafe { device.create_pipeline_cache(&wgpu::PipelineCacheDescriptor { label: None, data: data.as_deref(), fallback: true }) }
        });
        error.is_none().then(|| Self { cache, name, saved: Mutex::new(Saved { at: Instant::now(), compiled: 0 }) })
    }
}

fn passthrough(device: &wgpu::Device, label: &str, words: &[u32]) -> wgpu::ShaderModule {
    let descriptor = wgpu::ShaderModuleDescriptorPassthrough {
        label: Some(label),
        // The size matters to Metal only.
        entry_points: vec![wgpu::PassthroughShaderEntryPoint { name: "main".into(), workgroup_size: (1, 1, 1) }].into(),
        spirv: Some(words.into()),
        ..Default::default()
    };
    // SAFETY: the words come from naga after validation, with decorations and execution modes added that the device
    // reports; those read from disk carry a digest.
    unsafe { device.create_shader_module_passthrough(descriptor) }
}

fn through_wgpu(device: &wgpu::Device, source: &KernelSource, module: Option<&naga::Module>, checked: bool) -> wgpu::ShaderModule {
    let text = match module {
        Some(module) => wgpu::ShaderSource::Naga(Cow::Owned(module.clone())),
        None => wgpu::ShaderSource::Wgsl(source.wgsl.as_str().into()),
    };
    let descriptor = wgpu::ShaderModuleDescriptor { label: Some(&source.label), source: text };
    if checked {
        device.create_shader_module(descriptor)
    } else {
        // SAFETY: trusted kernels stay in bounds and end, by construction; the test suite also runs them checked.
        unsafe { device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked()) }
    }
}

fn spirv_words(bytes: &[u8]) -> Option<Vec<u32>> {
    const SPIRV_MAGIC: u32 = 0x0723_0203;
    let words: Vec<u32> = bytes.chunks_exact(4).map(|b| u32::from_ne_bytes([b[0], b[1], b[2], b[3]])).collect();
    (bytes.len().is_multiple_of(4) && words.first() == Some(&SPIRV_MAGIC)).then_some(words)
}

/// Runs naga and the driver's compiler, which have panicked on odd input: a user's kernel must not end the process.
fn unpanicked<T>(label: &str, f: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|payload| {
        let message = payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned()))
            .unwrap_or_default();
        Err(failure::shader(format!("kernel {label:?}: the shader compiler panicked: {message}")))
    })
}

fn on_large_stack<T: Send>(f: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("anygpu compiler".into()).stack_size(COMPILER_STACK);
        let Ok(handle) = thread.spawn_scoped(scope, f) else {
            return Err(failure::runtime("no thread could be started to compile a kernel"));
        };
        handle.join().unwrap_or_else(|_| Err(failure::shader("the shader compiler panicked")))
    })
}

/// What naga may accept: what wgpu enables for the same features.
fn naga_capabilities(features: wgpu::Features) -> naga::valid::Capabilities {
    use naga::valid::Capabilities as C;
    let mut capabilities = C::default();
    for (feature, capability) in [
        (wgpu::Features::SHADER_F64, C::FLOAT64),
        (wgpu::Features::SHADER_INT64, C::SHADER_INT64),
        (wgpu::Features::SHADER_INT64_ATOMIC_ALL_OPS, C::SHADER_INT64_ATOMIC_ALL_OPS),
        (wgpu::Features::SHADER_F16, C::SHADER_FLOAT16),
        (wgpu::Features::SUBGROUP, C::SUBGROUP),
        (wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX, C::COOPERATIVE_MATRIX),
    ] {
        capabilities.set(capability, features.contains(feature));
    }
    // `unpack2x16float` and `pack2x16float` need no feature on Vulkan, the only reader of these.
    capabilities |= C::SHADER_FLOAT16_IN_FLOAT32;
    capabilities
}
