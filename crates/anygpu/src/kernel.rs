//! Kernels that users write in WGSL: the storage buffers and uniforms of the text are the kernel's arguments.
//!
//! A launch is in order with everything recorded before and after it: deferred arguments are computed first, and so is everything deferred that reads
//! the memory about to be written. An array must lie in C order for the kernel; one that does not is copied, and copied back where the kernel
//! writes it. WebGPU binds no buffer twice if either use writes: where two arguments share memory, the one that is only read is read from a copy made
//! before the launch.

use crate::array::Array;
use crate::device::{Device, check_process};
use anygpu_core::{DType, Error, Result, Scalar};
use anygpu_kernels::user::{BufferForm, Form, UserArgument};
use anygpu_runtime::Binding;
use smallvec::SmallVec;

use crate::storage::{Storage, Window};

/// Workgroups in a dimension at most, by WebGPU.
const MOST_GROUPS: u32 = 65_535;
/// A compiled kernel of a user's.
///
/// ```no_run
/// use anygpu::{Argument, Device, Kernel};
/// let gpu = Device::new()?;
/// let double = Kernel::from_wgsl(&gpu, "
///     var<storage, read_write> x: array<f32>;
///     @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) { x[id.x] = 2.0 * x[id.x]; }", None)?;
/// let x = gpu.array(&[1.0_f32; 1000], &[1000])?;
/// double.launch([16, 1, 1], &[Argument::Array(&x)])?; // 1024 invocations: what is out of bounds does nothing
/// assert_eq!(x.to_vec::<f32>()?, [2.0; 1000]);
/// # Ok::<(), anygpu::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Kernel {
    device: Device,
    compiled: anygpu_runtime::Kernel,
    name: String,
    parameters: Vec<UserArgument>,
    /// Words that the windows of the buffers and the uniforms take.
    words: usize,
    wgsl: String,
    workgroup_size: [u32; 3],
}

/// What a kernel takes as one of its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentInfo {
    /// The variable's name.
    pub name: String,
    /// Its type: of an array as it was written.
    pub type_name: String,
    /// Whether it takes an array, not numbers.
    pub array: bool,
    /// Whether the kernel writes it.
    pub written: bool,
}

/// An argument of a launch.
#[derive(Debug, Clone, Copy)]
pub enum Argument<'a> {
    /// An array.
    Array(&'a Array),
    /// A number, converted to the type that the kernel declares.
    Scalar(Scalar),
    /// The numbers in a uniform struct, vector or array, in order.
    Members(&'a [Scalar]),
    /// The bytes of a uniform.
    Bytes(&'a [u8]),
}

impl Kernel {
    /// Compiles WGSL. `entry` chooses between several entry points.
    ///
    /// The arguments are the storage buffers and uniforms in the order of `@group` and `@binding`, or of their declaration if they carry none. Out of
    /// bounds, reads give zero, and writes and atomics do nothing; `arrayLength` is the number of the array's elements.
    ///
    /// # Errors
    /// [`Error::Shader`] with the compiler's diagnostic: line, source, caret.
    pub fn from_wgsl(device: &Device, source: &str, entry: Option<&str>) -> Result<Kernel> {
        check_process()?;
        let label = entry.unwrap_or("kernel");
        let (compiled, parsed) = device.gpu().user_kernel(label, source, entry)?;
        Ok(Kernel {
            device: device.clone(),
            compiled,
            name: parsed.entry,
            parameters: parsed.arguments,
            words: parsed.parameter_words,
            wgsl: source.to_owned(),
            workgroup_size: parsed.workgroup_size,
        })
    }

    /// Its entry point's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text that was compiled.
    pub fn wgsl(&self) -> &str {
        &self.wgsl
    }

    /// The device it was compiled for.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Invocations of a workgroup.
    pub fn workgroup_size(&self) -> [u32; 3] {
        self.workgroup_size
    }

    /// What each argument is.
    pub fn arguments(&self) -> Vec<ArgumentInfo> {
        let info = |a: &UserArgument| {
            let (type_name, array, written) = match &a.form {
                Form::Buffer(b) => (b.type_name.clone(), true, b.written),
                Form::Uniform { members, size, .. } => match members.as_slice() {
                    [(_, dtype)] => (dtype.name().to_owned(), false, false),
                    members => (format!("{} numbers in {size} bytes", members.len()), false, false),
                },
            };
            ArgumentInfo { name: a.name.clone(), type_name, array, written }
        };
        self.parameters.iter().map(info).collect()
    }

    /// Records a run over `groups` workgroups.
    ///
    /// # Errors
    /// Arguments that are not what the kernel takes, an array larger than one binding of the device, a grid that is too large.
    pub fn launch(&self, groups: [u32; 3], arguments: &[Argument<'_>]) -> Result<()> {
        check_process()?;
        let expected = self.parameters.len();
        if arguments.len() != expected {
            return Err(Error::Type(format!("{}: {} arguments given, it takes {expected}{}", self.name, arguments.len(), self.names())));
        }
        if groups.contains(&0) {
            return Ok(());
        }
        let _graph = self.device.graph().lock();
        let mut arrays = self.arrays(arguments)?;
        separate(&self.name, &mut arrays)?;
        for given in arrays.iter().filter(|g| g.written) {
            given.original.as_ref().unwrap_or(&given.array).check_writeable()?;
            given.array.base().compute_readers()?;
        }
        let mut storages: SmallVec<[Storage; 8]> = SmallVec::new();
        for given in &arrays {
            storages.push(given.array.base().compute()?);
        }
        let mut windows: SmallVec<[Window<'_>; 8]> = SmallVec::new();
        for (given, storage) in arrays.iter().zip(&storages) {
            windows.push(self.window(given, storage)?);
        }
        let mut params: SmallVec<[u32; 64]> = SmallVec::new();
        self.fill_params(arguments, &arrays, &windows, &mut params)?;
        let bindings: SmallVec<[Binding<'_>; 8]> = windows.iter().map(|w| w.binding).collect();
        self.dispatch(groups, &bindings, &params)?;
        for given in &arrays {
            if let Some(original) = given.original.as_ref().filter(|_| given.written) {
                original.assign((&given.array).into())?;
            }
        }
        Ok(())
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.parameters.iter().map(|p| p.name.as_str()).collect();
        if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) }
    }

    /// The arrays among the arguments, checked, and copied where the kernel cannot read them as they lie.
    fn arrays(&self, arguments: &[Argument<'_>]) -> Result<SmallVec<[Given; 8]>> {
        let mut arrays = SmallVec::new();
        for (k, argument) in arguments.iter().enumerate() {
            let (array, form) = match (argument, &self.parameters[k].form) {
                (Argument::Array(array), Form::Buffer(form)) => (*array, form),
                (Argument::Array(_), Form::Uniform { .. }) => return Err(self.wrong(k, "takes a number, an array was given")),
                (_, Form::Buffer(_)) => return Err(self.wrong(k, "takes an array, a number was given")),
                (_, Form::Uniform { .. }) => continue,
            };
            if !array.device().is_same(&self.device) {
                let devices = format!("lies on {}, the kernel was compiled for {}", array.device().name(), self.device.name());
                return Err(self.wrong(k, &devices));
            }
            self.check_form(k, form, array)?;
            let (written, copied) = (form.written, !array.layout().is_c_contiguous() || !can_start(form, array));
            if written && array.layout().may_self_overlap() && array.size() > 0 {
                return Err(self.wrong(k, "is written, but is a broadcast view, whose elements share memory: copy it first"));
            }
            let mut given = Given { index: k, array: array.clone(), original: None, written };
            if copied {
                given.copy()?;
            }
            arrays.push(given);
        }
        Ok(arrays)
    }

    fn check_form(&self, k: usize, form: &BufferForm, array: &Array) -> Result<()> {
        if !form.takes(array.dtype()) {
            let given = format!(
                "is declared {}, an array of {} was given: convert it with astype, or declare it so",
                form.type_name,
                array.dtype()
            );
            return Err(self.wrong(k, &given));
        }
        let bytes = array.nbytes() as u64;
        let least = u64::from(form.header) + u64::from(form.stride) * u64::from(form.header > 0);
        if bytes < least {
            return Err(self.wrong(k, &format!("is declared {}, which takes {least} bytes; the array has {bytes}", form.type_name)));
        }
        Ok(())
    }

    fn wrong(&self, k: usize, what: &str) -> Error {
        Error::Type(format!("{}: argument {k} (`{}`) {what}", self.name, self.parameters[k].name))
    }

    /// The binding that covers an array.
    fn window<'s>(&self, given: &Given, storage: &'s Storage) -> Result<Window<'s>> {
        let item = given.array.dtype().itemsize() as u64;
        let (first, last) = given.array.layout().extent().unwrap_or((0, 0));
        let (first, last) = (first as u64 * item, (last as u64 + 1) * item - 1);
        let limit = self.device.max_binding_bytes();
        if !storage.fits_binding(first, last, limit) {
            return Err(Error::Value(format!(
                "{}: argument {} spans {} bytes; one buffer of a kernel holds at most {limit} on this device: launch on slices of it",
                self.name,
                given.index,
                last + 1 - first
            )));
        }
        storage.window(first, last)
    }

    /// Windows of the buffers, then the uniforms.
    fn fill_params(
        &self,
        arguments: &[Argument<'_>],
        arrays: &[Given],
        windows: &[Window<'_>],
        params: &mut SmallVec<[u32; 64]>,
    ) -> Result<()> {
        for (given, window) in arrays.iter().zip(windows) {
            let Form::Buffer(form) = &self.parameters[given.index].form else { continue };
            let stride = u64::from(form.stride.max(1));
            let start = given.array.layout().offset as u64 * given.array.dtype().itemsize() as u64 - window.start;
            let bytes = (given.array.nbytes() as u64).saturating_sub(u64::from(form.header));
            // Small elements in words: the last word may be a part of one.
            let elements = if form.is_words() { bytes.div_ceil(stride) } else { bytes / stride };
            params.extend([(start / stride) as u32, elements as u32]);
        }
        params.resize(self.words, 0);
        let buffer = bytemuck::cast_slice_mut::<u32, u8>(params);
        for (k, (declared, given)) in self.parameters.iter().zip(arguments).enumerate() {
            let Form::Uniform { at, size, members } = &declared.form else { continue };
            let target = &mut buffer[*at as usize..(*at + *size) as usize];
            let wrong_count = |n: usize| self.wrong(k, &format!("takes {} numbers, {n} given", members.len()));
            match given {
                Argument::Scalar(value) => match members.as_slice() {
                    [(offset, dtype)] => put(target, *offset, *value, *dtype)?,
                    _ => return Err(wrong_count(1)),
                },
                Argument::Members(values) => {
                    if values.len() != members.len() {
                        return Err(wrong_count(values.len()));
                    }
                    for ((offset, dtype), value) in members.iter().zip(*values) {
                        put(target, *offset, *value, *dtype)?;
                    }
                }
                Argument::Bytes(bytes) => {
                    if bytes.len() != target.len() {
                        return Err(self.wrong(k, &format!("takes {} bytes, {} given", target.len(), bytes.len())));
                    }
                    target.copy_from_slice(bytes);
                }
                Argument::Array(_) => {}
            }
        }
        Ok(())
    }

    fn dispatch(&self, groups: [u32; 3], bindings: &[Binding<'_>], params: &[u32]) -> Result<()> {
        if groups.iter().all(|n| *n <= MOST_GROUPS) {
            return self.device.gpu().dispatch(&self.compiled, bindings, params, groups);
        }
        Err(Error::Value(format!(
            "{}: a grid of {groups:?} workgroups: each dimension may have {MOST_GROUPS}; use a second dimension, or more invocations a workgroup",
            self.name
        )))
    }
}

/// An array argument as it is bound.
struct Given {
    index: usize,
    array: Array,
    /// What `array` is a copy of.
    original: Option<Array>,
    written: bool,
}

impl Given {
    /// Binds a copy in the array's place.
    fn copy(&mut self) -> Result<()> {
        let copy = self.array.copy()?;
        let view = std::mem::replace(&mut self.array, copy);
        self.original.get_or_insert(view);
        Ok(())
    }
}

/// Copies arguments that share memory with another that is written.
fn separate(name: &str, arrays: &mut [Given]) -> Result<()> {
    for i in 0..arrays.len() {
        for j in 0..i {
            if !arrays[i].array.shares_base(&arrays[j].array) || !(arrays[i].written || arrays[j].written) {
                continue;
            }
            if arrays[i].written && arrays[j].written {
                let extent = |k: usize| arrays[k].array.layout().extent();
                if let (Some(a), Some(b)) = (extent(i), extent(j))
                    && a.0 <= b.1
                    && b.0 <= a.1
                {
                    return Err(Error::Value(format!(
                        "{name}: arguments {} and {} share memory, and both are written: pass the array once",
                        arrays[j].index, arrays[i].index
                    )));
                }
            }
            let read = if arrays[j].written { i } else { j };
            arrays[read].copy()?;
        }
    }
    Ok(())
}

/// Whether a kernel can see the array from its first element on: at a whole number of elements from where a binding may start.
fn can_start(form: &BufferForm, array: &Array) -> bool {
    let at = (array.layout().offset * array.dtype().itemsize()) as u64;
    let from_binding = at % crate::storage::BINDING_ALIGNMENT;
    if form.windowed { from_binding.is_multiple_of(u64::from(form.stride.max(1))) } else { from_binding == 0 }
}

/// Writes a number's bytes in a dtype.
fn put(target: &mut [u8], at: u32, value: Scalar, dtype: DType) -> Result<()> {
    if dtype.is_integer() && matches!(value, Scalar::Float(_) | Scalar::Complex(..)) {
        return Err(Error::Type(format!("a kernel's parameter is {dtype}, {value:?} was given: convert it with int()")));
    }
    let bytes = value.to_bytes(dtype)?;
    target[at as usize..at as usize + bytes.len()].copy_from_slice(&bytes);
    Ok(())
}
