//! Kernels that users write, and kernels that programs generate.
//!
//! [`Kernel::from_wgsl`] takes any WGSL: its storage buffers and uniforms are the arguments. [`Kernel::from_wgsl_linked`] is for generated code: the
//! parameters are named beforehand, the text calls typed accessors and the function library ([`anygpu_kernels::prologue`]).
//!
//! A launch is in order with everything recorded before and after it: deferred arguments are computed first, and so is everything deferred that reads
//! the memory about to be written. An array of a user's WGSL must lie in C order; one that does not is copied, and copied back where the kernel
//! writes it. WebGPU binds no buffer twice if either use writes: where two arguments share memory, the one that is only read is read from a copy made
//! before the launch.

use crate::array::Array;
use crate::device::{Device, check_process};
use anygpu_core::{DType, Error, Layout, Result, Scalar};
use anygpu_kernels::access;
use anygpu_kernels::prologue::{HEAD_WORDS, Parameter, Prologue};
use anygpu_kernels::user::{BufferForm, Form, UserArgument};
use anygpu_runtime::{Access, Binding, KernelSource};
use smallvec::SmallVec;

use crate::storage::{Storage, Window};

/// Workgroups in a dimension at most, by WebGPU.
const MOST_GROUPS: u32 = 65_535;
/// Words of parameters at most.
const MOST_WORDS: usize = 256;

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
    interface: Interface,
    wgsl: String,
    workgroup_size: Option<[u32; 3]>,
}

#[derive(Debug, Clone)]
enum Interface {
    /// Buffers and uniforms of the text's own.
    Own {
        arguments: Vec<UserArgument>,
        words: usize,
    },
    Linked(Prologue),
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
            interface: Interface::Own { arguments: parsed.arguments, words: parsed.parameter_words },
            wgsl: source.to_owned(),
            workgroup_size: Some(parsed.workgroup_size),
        })
    }

    /// Compiles generated WGSL: `body` calls the functions of [`anygpu_kernels::prologue`] for its parameters, and those of the function library;
    /// its entry point is `main`. `name` is for messages.
    ///
    /// # Errors
    /// [`Error::Shader`]; its line numbers are those of [`Kernel::wgsl`].
    pub fn from_wgsl_linked(device: &Device, name: &str, body: &str, parameters: &[Parameter]) -> Result<Kernel> {
        check_process()?;
        let prologue = Prologue { parameters: parameters.to_vec() };
        if prologue.words() > MOST_WORDS {
            return Err(Error::Value(format!(
                "kernel {name}: its parameters take {} words, {MOST_WORDS} fit; pass fewer, or put numbers into an array",
                prologue.words()
            )));
        }
        let text = prologue.wgsl(device.native()) + body;
        let wgsl = device.gpu().library().link(&text).map_err(|e| Error::Shader(format!("kernel {name:?}: {e}")))?;
        let bindings = parameters.iter().filter_map(|p| match p {
            Parameter::Array { written, .. } => Some(if *written { Access::ReadWrite } else { Access::Read }),
            Parameter::Scalar(_) => None,
        });
        let bindings: SmallVec<[Access; 8]> = bindings.collect();
        let mut key = vec![b'l'];
        key.extend(prologue.key());
        key.extend(body.as_bytes());
        let compiled = device.gpu().kernel(&key, &|| {
            Ok(KernelSource { label: name.to_owned(), wgsl: wgsl.clone(), bindings: bindings.clone(), trusted: false })
        })?;
        let interface = Interface::Linked(prologue);
        Ok(Kernel { device: device.clone(), compiled, name: name.to_owned(), interface, wgsl, workgroup_size: None })
    }

    /// Its entry point's name, or the one it was given.
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

    /// Invocations of a workgroup, of a user's own WGSL.
    pub fn workgroup_size(&self) -> Option<[u32; 3]> {
        self.workgroup_size
    }

    /// Name of each argument of a user's own WGSL, its type, and whether the kernel writes it.
    pub fn arguments(&self) -> Vec<(&str, String, bool)> {
        let Interface::Own { arguments, .. } = &self.interface else { return Vec::new() };
        let describe = |a: &'_ UserArgument| match &a.form {
            Form::Buffer(b) => (b.type_name.clone(), b.written),
            Form::Uniform { members, size, .. } => match members.as_slice() {
                [(_, dtype)] => (dtype.name().to_owned(), false),
                members => (format!("{} numbers in {size} bytes", members.len()), false),
            },
        };
        arguments.iter().map(|a| (describe(a), a)).map(|((ty, written), a)| (a.name.as_str(), ty, written)).collect()
    }

    /// Records a run over `groups` workgroups.
    ///
    /// # Errors
    /// Arguments that are not what the kernel takes, an array larger than one binding of the device, a grid that is too large.
    pub fn launch(&self, groups: [u32; 3], arguments: &[Argument<'_>]) -> Result<()> {
        check_process()?;
        let expected = match &self.interface {
            Interface::Own { arguments, .. } => arguments.len(),
            Interface::Linked(prologue) => prologue.parameters.len(),
        };
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
        match &self.interface {
            Interface::Own { arguments: declared, words } => {
                self.own_params(declared, *words, arguments, &arrays, &windows, &mut params)?
            }
            Interface::Linked(prologue) => self.linked_params(prologue, groups, arguments, &arrays, &windows, &mut params)?,
        }
        let bindings: SmallVec<[Binding<'_>; 8]> = windows.iter().map(|w| w.binding).collect();
        self.dispatch(groups, &bindings, &mut params)?;
        for given in &arrays {
            if let Some(original) = given.original.as_ref().filter(|_| given.written) {
                original.assign((&given.array).into())?;
            }
        }
        Ok(())
    }

    fn names(&self) -> String {
        let names = self.arguments();
        if names.is_empty() { String::new() } else { format!(": {}", names.iter().map(|(n, ..)| *n).collect::<Vec<_>>().join(", ")) }
    }

    /// The arrays among the arguments, checked, and copied where the kernel cannot read them as they lie.
    fn arrays(&self, arguments: &[Argument<'_>]) -> Result<SmallVec<[Given; 8]>> {
        let mut arrays = SmallVec::new();
        for (k, argument) in arguments.iter().enumerate() {
            let wants_array = match &self.interface {
                Interface::Own { arguments, .. } => matches!(arguments[k].form, Form::Buffer(_)),
                Interface::Linked(prologue) => matches!(prologue.parameters[k], Parameter::Array { .. }),
            };
            let array = match (argument, wants_array) {
                (Argument::Array(array), true) => *array,
                (Argument::Array(_), false) => return Err(self.wrong(k, "takes a number, an array was given")),
                (_, true) => return Err(self.wrong(k, "takes an array, a number was given")),
                (_, false) => continue,
            };
            if !array.device().is_same(&self.device) {
                let devices = format!("lies on {}, the kernel was compiled for {}", array.device().name(), self.device.name());
                return Err(self.wrong(k, &devices));
            }
            let (written, copied) = match &self.interface {
                Interface::Own { arguments, .. } => match &arguments[k].form {
                    Form::Buffer(form) => {
                        self.check_form(k, form, array)?;
                        (form.written, !array.layout().is_c_contiguous() || !can_start(form, array))
                    }
                    Form::Uniform { .. } => continue,
                },
                Interface::Linked(prologue) => match prologue.parameters[k] {
                    Parameter::Array { dtype, ndim, written, .. } => {
                        if dtype != array.dtype() || usize::from(ndim) != array.ndim() {
                            let given = format!(
                                "takes an array of {dtype} with {ndim} dimensions, one of {} with {} was given",
                                array.dtype(),
                                array.ndim()
                            );
                            return Err(self.wrong(k, &given));
                        }
                        (written, false)
                    }
                    Parameter::Scalar(_) => continue,
                },
            };
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
        let name = match &self.interface {
            Interface::Own { arguments, .. } => format!(" (`{}`)", arguments[k].name),
            Interface::Linked(_) => String::new(),
        };
        Error::Type(format!("{}: argument {k}{name} {what}", self.name))
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
    fn own_params(
        &self,
        declared: &[UserArgument],
        words: usize,
        arguments: &[Argument<'_>],
        arrays: &[Given],
        windows: &[Window<'_>],
        params: &mut SmallVec<[u32; 64]>,
    ) -> Result<()> {
        for (given, window) in arrays.iter().zip(windows) {
            let Form::Buffer(form) = &declared[given.index].form else { continue };
            let stride = u64::from(form.stride.max(1));
            let start = given.array.layout().offset as u64 * given.array.dtype().itemsize() as u64 - window.start;
            let bytes = (given.array.nbytes() as u64).saturating_sub(u64::from(form.header));
            // Small elements in words: the last word may be a part of one.
            let elements = if form.is_words() { bytes.div_ceil(stride) } else { bytes / stride };
            params.extend([(start / stride) as u32, elements as u32]);
        }
        params.resize(words, 0);
        let buffer = bytemuck::cast_slice_mut::<u32, u8>(params);
        for (k, (declared, given)) in declared.iter().zip(arguments).enumerate() {
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

    /// The words that [`anygpu_kernels::prologue`] reads.
    fn linked_params(
        &self,
        prologue: &Prologue,
        groups: [u32; 3],
        arguments: &[Argument<'_>],
        arrays: &[Given],
        windows: &[Window<'_>],
        params: &mut SmallVec<[u32; 64]>,
    ) -> Result<()> {
        params.extend([0, groups[0], groups[1], groups[2]]);
        params.resize(HEAD_WORDS, 0);
        let mut arrays = arrays.iter().zip(windows);
        for (k, (parameter, argument)) in prologue.parameters.iter().zip(arguments).enumerate() {
            match *parameter {
                Parameter::Array { dtype, .. } => {
                    let Some((given, window)) = arrays.next() else { continue };
                    let layout: &Layout = given.array.layout();
                    let start = (layout.offset as u64).wrapping_sub(window.start / dtype.itemsize() as u64);
                    params.extend([start as u32, given.array.size() as u32]);
                    params.extend(layout.shape.iter().map(|n| *n as u32));
                    params.extend(layout.strides.iter().map(|s| *s as u32));
                }
                Parameter::Scalar(dtype) => {
                    let mut bytes = [0; 16];
                    match argument {
                        Argument::Scalar(value) => put(&mut bytes, 0, *value, dtype)?,
                        _ => return Err(self.wrong(k, "takes one number")),
                    }
                    params.extend((0..access::scalar_words(dtype)).map(|w| bytemuck::pod_read_unaligned::<u32>(&bytes[4 * w..4 * w + 4])));
                }
            }
        }
        Ok(())
    }

    fn dispatch(&self, groups: [u32; 3], bindings: &[Binding<'_>], params: &mut [u32]) -> Result<()> {
        let gpu = self.device.gpu();
        if groups.iter().all(|n| *n <= MOST_GROUPS) {
            return gpu.dispatch(&self.compiled, bindings, params, groups);
        }
        let too_large = |most: &str| Error::Value(format!("{}: a grid of {groups:?} workgroups; {most}", self.name));
        if let Interface::Own { .. } = self.interface {
            return Err(too_large("each dimension may have 65535: use a second dimension, or more invocations a workgroup"));
        }
        let total = groups.iter().try_fold(1_u32, |product, n| product.checked_mul(*n));
        let total = total.ok_or_else(|| too_large("together they may be 2**32 - 1"))?;
        let rows = total / MOST_GROUPS;
        params[5] = 1;
        for first_row in (0..rows).step_by(MOST_GROUPS as usize) {
            params[4] = first_row * MOST_GROUPS;
            gpu.dispatch(&self.compiled, bindings, params, [MOST_GROUPS, (rows - first_row).min(MOST_GROUPS), 1])?;
        }
        params[4] = rows * MOST_GROUPS;
        gpu.dispatch(&self.compiled, bindings, params, [total % MOST_GROUPS, 1, 1])
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
