//! Kernels that users wrote in WGSL: what their arguments are, and the module that is safe to run.
//!
//! [`UserKernel::parse`] takes any WGSL. Storage buffers and uniforms become the kernel's arguments, in the order of `@group` and `@binding`, or
//! of their declaration where they have none. The module that comes out has storage buffers `0..n` of group 0, one uniform of parameters after them,
//! and `guard`'s bounds checks. The parameters are: for each buffer two words, the window's first element and its length; then, each
//! at a multiple of 16 bytes, the user's uniforms.

use naga::proc::Layouter;
use naga::valid::{Capabilities, GlobalUse, ValidationFlags, Validator};
use naga::{
    AddressSpace, ArraySize, FastHashMap, Handle, Module, ResourceBinding, Scalar, ScalarKind, Span, StructMember, Type, TypeInner,
};

use crate::error::KernelError;
use crate::guard::{self, Windows};
use anygpu_core::DType;

/// One argument of a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserArgument {
    /// The variable's name.
    pub name: String,
    /// What it takes.
    pub form: Form,
}

/// What an argument takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// An array.
    Buffer(BufferForm),
    /// A number, or the members of a struct.
    Uniform {
        /// Byte position in the parameters.
        at: u32,
        /// Bytes.
        size: u32,
        /// The numbers in it: byte position within, and dtype.
        members: Vec<(u32, DType)>,
    },
}

/// How a kernel sees an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BufferForm {
    /// Whether the kernel writes it.
    pub written: bool,
    /// Bytes before the elements: the members of a struct before its runtime-sized array.
    pub header: u32,
    /// Bytes from one element to the next; 0 where the type is of fixed size (which is `header` then).
    pub stride: u32,
    /// Whether the variable is an array of elements, whose first may stand anywhere.
    pub windowed: bool,
    /// Scalar and number of components of an element, where it is a scalar or a vector.
    pub element: Option<(Scalar, u32)>,
    /// The type as it was written.
    pub type_name: String,
}

impl BufferForm {
    /// Whether the elements are plain unsigned words.
    pub fn is_words(&self) -> bool {
        self.element == Some((Scalar::U32, 1))
    }

    /// Whether arrays of this dtype may be bound: the element's own type, or words that hold it.
    pub fn takes(&self, dtype: DType) -> bool {
        let Some((scalar, components)) = self.element else { return true };
        let bytes = u32::from(scalar.width) * components;
        let same =
            dtype_of(scalar).is_some_and(|d| d == dtype || (dtype.is_complex() && components.is_multiple_of(2) && d == dtype.real()));
        // Unsigned words are what any other type is emulated with.
        same || (scalar == Scalar::U32
            && (bytes.is_multiple_of(dtype.itemsize() as u32) || (dtype.itemsize() as u32).is_multiple_of(bytes)))
    }
}

/// A parsed and guarded kernel.
#[derive(Debug)]
pub struct UserKernel {
    /// The module to lower; its entry point is `main`.
    pub module: Module,
    /// The entry point's own name.
    pub entry: String,
    /// The arguments in order.
    pub arguments: Vec<UserArgument>,
    /// Words of parameters.
    pub parameter_words: usize,
    /// Invocations of a workgroup.
    pub workgroup_size: [u32; 3],
}

impl UserKernel {
    /// Parses, validates and guards `wgsl`. `entry` chooses between several entry points; where there is one, every buffer and uniform
    /// declared is an argument, else those that the entry point uses.
    ///
    /// # Errors
    /// [`KernelError::Parse`] and [`KernelError::Validate`] with naga's diagnostic: line, source, caret.
    pub fn parse(wgsl: &str, entry: Option<&str>, capabilities: Capabilities) -> Result<UserKernel, KernelError> {
        let mut module = naga::front::wgsl::parse_str(wgsl).map_err(|error| KernelError::Parse(error.emit_to_string(wgsl)))?;
        number_bindings(&mut module);
        let validate = |module: &Module| {
            Validator::new(ValidationFlags::all(), capabilities)
                .validate(module)
                .map_err(|error| KernelError::Validate(error.emit_to_string(wgsl)))
        };
        let info = validate(&module)?;
        let index = choose_entry(&module, entry)?;
        let name = module.entry_points[index].name.clone();
        let (mut module, mut info) = if module.overrides.is_empty() {
            (module, info)
        } else {
            let chosen = Some((naga::ShaderStage::Compute, name.as_str()));
            let (processed, info) = naga::back::pipeline_constants::process_overrides(&module, &info, chosen, &Default::default())
                .map_err(|error| KernelError::Validate(format!("the kernel's `override` constants: {error}")))?;
            let (processed, info) = (processed.into_owned(), info.into_owned());
            (processed, info)
        };
        if module.entry_points.len() > 1 {
            let index = choose_entry(&module, Some(&name))?;
            let uses: Vec<GlobalUse> = module.global_variables.iter().map(|(handle, _)| info.get_entry_point(index)[handle]).collect();
            let kept = module.entry_points.swap_remove(index);
            module.entry_points = vec![kept];
            // What other entry points use is not this one's argument.
            for ((_, variable), uses) in module.global_variables.iter_mut().zip(uses) {
                if uses.is_empty() && variable.binding.is_some() {
                    variable.space = AddressSpace::Private;
                    variable.binding = None;
                }
            }
            naga::compact::compact(&mut module, naga::compact::KeepUnused::No);
            info = validate(&module)?;
        }
        assemble(module, info, name)
    }
}

/// The compute entry point of this name, or the only one.
fn choose_entry(module: &Module, entry: Option<&str>) -> Result<usize, KernelError> {
    let compute = || module.entry_points.iter().enumerate().filter(|(_, e)| e.stage == naga::ShaderStage::Compute);
    let names = || compute().map(|(_, e)| format!("`{}`", e.name)).collect::<Vec<_>>().join(", ");
    match entry {
        Some(name) => compute().find(|(_, e)| e.name == name).map(|(i, _)| i).ok_or_else(|| {
            KernelError::Validate(format!("there is no `@compute` entry point `{name}`; the source has {}", or_none(names())))
        }),
        None => match compute().count() {
            1 => Ok(compute().map(|(i, _)| i).next().unwrap_or_default()),
            0 => Err(KernelError::Validate("there is no entry point: a function with `@compute @workgroup_size(...)`".into())),
            _ => Err(KernelError::Validate(format!("several entry points, {}: say which one is meant", names()))),
        },
    }
}

fn or_none(names: String) -> String {
    if names.is_empty() { "none".to_owned() } else { names }
}

/// Numbers buffers and uniforms that were declared without `@group` and `@binding`.
fn number_bindings(module: &mut Module) {
    let bound = |space: AddressSpace| matches!(space, AddressSpace::Storage { .. } | AddressSpace::Uniform);
    let mut next = module
        .global_variables
        .iter()
        .filter_map(|(_, v)| v.binding.filter(|b| b.group == 0))
        .map(|b| b.binding.saturating_add(1))
        .max()
        .unwrap_or_default();
    for (_, variable) in module.global_variables.iter_mut() {
        if bound(variable.space) && variable.binding.is_none() {
            variable.binding = Some(ResourceBinding { group: 0, binding: next });
            next = next.saturating_add(1);
        }
    }
}

/// Makes the arguments of a validated module with one entry point, and rewrites it.
fn assemble(mut module: Module, info: naga::valid::ModuleInfo, entry: String) -> Result<UserKernel, KernelError> {
    let mut layouter = Layouter::default();
    layouter.update(module.to_ctx()).map_err(|error| KernelError::Validate(error.to_string()))?;
    let uses = info.get_entry_point(0);
    let mut ordered: Vec<(ResourceBinding, Handle<naga::GlobalVariable>)> = Vec::new();
    for (handle, variable) in module.global_variables.iter() {
        let name = variable.name.as_deref().unwrap_or("a variable");
        match variable.space {
            AddressSpace::Storage { .. } | AddressSpace::Uniform => ordered.extend(variable.binding.map(|b| (b, handle))),
            AddressSpace::Private | AddressSpace::WorkGroup => {}
            AddressSpace::Immediate => {
                ordered.push((ResourceBinding { group: u32::MAX, binding: u32::MAX }, handle));
            }
            _ => return Err(KernelError::Validate(format!("`{name}` is a texture or a sampler; a kernel takes buffers and uniforms"))),
        }
    }
    ordered.sort_by_key(|(binding, _)| (binding.group, binding.binding));
    let buffers = ordered.iter().filter(|(_, h)| matches!(module.global_variables[*h].space, AddressSpace::Storage { .. })).count();
    let rows = buffers.div_ceil(2).max(1) as u32;

    let mut types = std::mem::take(&mut module.types);
    let mut insert = |name: Option<&str>, inner: TypeInner| types.insert(Type { name: name.map(str::to_owned), inner }, Span::UNDEFINED);
    let row = insert(None, TypeInner::Vector { size: naga::VectorSize::Quad, scalar: Scalar::U32 });
    let size = ArraySize::Constant(std::num::NonZeroU32::new(rows).unwrap_or(std::num::NonZeroU32::MIN));
    let head = insert(None, TypeInner::Array { base: row, size, stride: 16 });
    let member = |name: String, ty, offset| StructMember { name: Some(name), ty, binding: None, offset };
    let mut members = vec![member("windows".to_owned(), head, 0)];
    let mut span = rows * 16;

    let mut arguments = Vec::with_capacity(ordered.len());
    let mut buffer_numbers = FastHashMap::default();
    let mut uniforms = FastHashMap::default();
    for (_, handle) in &ordered {
        let variable = &mut module.global_variables[*handle];
        let name = variable.name.clone().unwrap_or_default();
        let layout = layouter[variable.ty];
        let form = if let AddressSpace::Storage { access } = &mut variable.space {
            let written = uses[*handle].intersects(GlobalUse::WRITE | GlobalUse::ATOMIC);
            // A buffer that is only read may be bound beside others of the same memory.
            if !written {
                *access = naga::StorageAccess::LOAD;
            }
            let number = buffer_numbers.len() as u32;
            variable.binding = Some(ResourceBinding { group: 0, binding: number });
            buffer_numbers.insert(*handle, number);
            Form::Buffer(buffer_form(&types, variable.ty, layout.size, written))
        } else {
            let at = span.next_multiple_of(16);
            span = at.saturating_add(layout.size);
            uniforms.insert(*handle, members.len() as u32);
            members.push(member(format!("u{}", members.len()), variable.ty, at));
            let mut numbers = Vec::new();
            flatten(&types, variable.ty, 0, &mut numbers);
            Form::Uniform { at, size: layout.size, members: numbers }
        };
        arguments.push(UserArgument { name, form });
    }
    let span = span.next_multiple_of(16);
    let params = types.insert(Type { name: Some("Parameters".into()), inner: TypeInner::Struct { members, span } }, Span::UNDEFINED);
    module.types = types;
    let params = module.global_variables.append(
        naga::GlobalVariable {
            name: Some("parameters".into()),
            space: AddressSpace::Uniform,
            binding: Some(ResourceBinding { group: 0, binding: buffers as u32 }),
            ty: params,
            init: None,
            memory_decorations: naga::MemoryDecorations::empty(),
        },
        Span::UNDEFINED,
    );
    guard::guard(&mut module, &info, &Windows { params, uniforms, buffers: buffer_numbers })?;
    module.entry_points[0].name = "main".to_owned();
    let workgroup_size = module.entry_points[0].workgroup_size;
    // Drops the user's uniforms, which the parameters stand for now.
    naga::compact::compact(&mut module, naga::compact::KeepUnused::No);
    Ok(UserKernel { module, entry, arguments, parameter_words: span as usize / 4, workgroup_size })
}

fn buffer_form(types: &naga::UniqueArena<Type>, ty: Handle<Type>, size: u32, written: bool) -> BufferForm {
    let runtime = |ty: Handle<Type>| match types[ty].inner {
        TypeInner::Array { base, size: ArraySize::Dynamic, stride } => Some((base, stride)),
        _ => None,
    };
    let (header, elements, windowed) = match &types[ty].inner {
        TypeInner::Struct { members, .. } => match members.last().and_then(|m| Some((m.offset, runtime(m.ty)?))) {
            Some((offset, elements)) => (offset, Some(elements), false),
            None => (size, None, false),
        },
        _ => match runtime(ty) {
            Some(elements) => (0, Some(elements), true),
            None => (size, None, false),
        },
    };
    let fixed = || match types[ty].inner {
        TypeInner::Array { base, .. } => base,
        _ => ty,
    };
    // The numbers behind a struct's header have a type of their own; the array as a whole has not.
    let element = if header > 0 && elements.is_some() { None } else { Some(elements.map_or_else(fixed, |(base, _)| base)) };
    let element = element.and_then(|base| match types[base].inner {
        TypeInner::Scalar(scalar) | TypeInner::Atomic(scalar) => Some((scalar, 1)),
        TypeInner::Vector { size, scalar } => Some((scalar, size as u32)),
        _ => None,
    });
    let type_name = match (element, &types[ty].name) {
        (_, Some(name)) => name.clone(),
        (Some((scalar, n)), None) if elements.is_some() => format!("array<{}>", scalar_name(scalar, n)),
        (Some((scalar, n)), None) => scalar_name(scalar, n),
        _ => "a buffer".to_owned(),
    };
    BufferForm { written, header, stride: elements.map_or(0, |(_, stride)| stride), windowed, element, type_name }
}

/// The numbers in a type, with their byte positions.
fn flatten(types: &naga::UniqueArena<Type>, ty: Handle<Type>, at: u32, out: &mut Vec<(u32, DType)>) {
    let mut numbers = |scalar: Scalar, n: u32, stride: u32| {
        out.extend((0..n).filter_map(|k| Some((at + k * stride, dtype_of(scalar)?))));
    };
    match &types[ty].inner {
        TypeInner::Scalar(scalar) => numbers(*scalar, 1, 0),
        TypeInner::Vector { size, scalar } => numbers(*scalar, *size as u32, u32::from(scalar.width)),
        TypeInner::Matrix { columns, rows, scalar } => {
            let column = u32::from(scalar.width) * if *rows == naga::VectorSize::Bi { 2 } else { 4 };
            for c in 0..*columns as u32 {
                out.extend((0..*rows as u32).filter_map(|r| Some((at + c * column + r * u32::from(scalar.width), dtype_of(*scalar)?))));
            }
        }
        TypeInner::Array { base, size: ArraySize::Constant(n), stride } => {
            // More do not fit the parameters anyway.
            (0..n.get().min(1024)).for_each(|k| flatten(types, *base, at + k * stride, out));
        }
        TypeInner::Struct { members, .. } => {
            for StructMember { ty, offset, .. } in members {
                flatten(types, *ty, at + offset, out);
            }
        }
        _ => {}
    }
}

fn dtype_of(scalar: Scalar) -> Option<DType> {
    Some(match (scalar.kind, scalar.width) {
        (ScalarKind::Float, 2) => DType::F16,
        (ScalarKind::Float, 4) => DType::F32,
        (ScalarKind::Float, 8) => DType::F64,
        (ScalarKind::Sint, 4) => DType::I32,
        (ScalarKind::Sint, 8) => DType::I64,
        (ScalarKind::Uint, 4) => DType::U32,
        (ScalarKind::Uint, 8) => DType::U64,
        _ => return None,
    })
}

fn scalar_name(scalar: Scalar, components: u32) -> String {
    let letter = match scalar.kind {
        ScalarKind::Float | ScalarKind::AbstractFloat => 'f',
        ScalarKind::Sint | ScalarKind::AbstractInt => 'i',
        _ => 'u',
    };
    let name = format!("{letter}{}", u32::from(scalar.width) * 8);
    if components == 1 { name } else { format!("vec{components}<{name}>") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{CheckedModule, LowerOptions, module_to_spirv};

    fn parsed(wgsl: &str) -> UserKernel {
        let kernel = UserKernel::parse(wgsl, None, Capabilities::default()).unwrap();
        let info = Validator::new(ValidationFlags::all(), Capabilities::default()).validate(&kernel.module).unwrap();
        let checked = CheckedModule { module: kernel.module.clone(), info };
        module_to_spirv(&checked, "main", &LowerOptions::default()).unwrap();
        kernel
    }

    #[test]
    fn arguments_are_in_order_of_binding_or_declaration() {
        let kernel = parsed(
            "struct P { n: u32, a: f32 }
            @group(0) @binding(2) var<storage, read_write> y: array<f32>;
            @group(0) @binding(0) var<storage, read> x: array<f32>;
            @group(0) @binding(1) var<uniform> p: P;
            @compute @workgroup_size(64) fn axpy(@builtin(global_invocation_id) id: vec3<u32>) {
                if id.x < p.n { y[id.x] = p.a * x[id.x]; }
            }",
        );
        assert_eq!(kernel.arguments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["x", "p", "y"]);
        assert_eq!((kernel.entry.as_str(), kernel.workgroup_size), ("axpy", [64, 1, 1]));
        assert!(
            matches!(&kernel.arguments[1].form, Form::Uniform { at: 16, size: 8, members } if members == &[(0, DType::U32), (4, DType::F32)])
        );
        let kernel = parsed(
            "var<storage, read_write> y: array<f32>; var<uniform> n: u32;
            @compute @workgroup_size(1) fn f() { y[n] = 1.0; }",
        );
        assert_eq!(kernel.arguments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["y", "n"]);
    }

    #[test]
    fn atomics_loops_and_structs_are_guarded_and_lower() {
        parsed(
            "struct S { count: atomic<u32>, pad: u32, data: array<vec2<f32>> }
            var<storage, read_write> s: S;
            var<storage, read_write> h: array<atomic<i32>>;
            var<storage, read_write> m: array<array<f32, 4>>;
            var<workgroup> w: array<f32, 64>;
            fn helper(i: i32) -> f32 { return m[i][i & 7]; }
            @compute @workgroup_size(64) fn f(@builtin(local_invocation_index) i: u32) {
                w[i + 3u] = helper(i32(i));
                workgroupBarrier();
                let old = atomicAdd(&s.count, 1u);
                let before = atomicAdd(&h[old], 2);
                let swapped = atomicCompareExchangeWeak(&h[i], before, 7);
                if swapped.exchanged { s.data[i].y = w[i]; }
                for (var k = 0u; k < arrayLength(&s.data); k++) { s.data[k] += vec2(f32(atomicLoad(&h[k])), s.data[k + 1u].x); }
                let p = &m[5];
                (*p)[i] = 1.0;
                atomicStore(&h[9], 1);
            }",
        );
    }

    #[test]
    fn errors_show_line_and_caret() {
        let error = UserKernel::parse("fn f() {\n    let x = 1u +;\n}", None, Capabilities::default()).unwrap_err().to_string();
        assert!(error.contains("wgsl:2:17") && error.contains("^"), "{error}");
        let error = UserKernel::parse("fn f() {}", None, Capabilities::default()).unwrap_err().to_string();
        assert!(error.contains("@compute"), "{error}");
        let two = "@compute @workgroup_size(1) fn a() {} @compute @workgroup_size(1) fn b() {}";
        let error = UserKernel::parse(two, None, Capabilities::default()).unwrap_err().to_string();
        assert!(error.contains("`a`, `b`"), "{error}");
        assert_eq!(UserKernel::parse(two, Some("b"), Capabilities::default()).unwrap().entry, "b");
    }

    #[test]
    fn element_types_take_their_dtype_and_words_take_any() {
        let form = |element| BufferForm { written: false, header: 0, stride: 4, windowed: true, element, type_name: String::new() };
        assert!(form(Some((Scalar::F32, 1))).takes(DType::F32) && !form(Some((Scalar::F32, 1))).takes(DType::F64));
        assert!(form(Some((Scalar::F32, 2))).takes(DType::C64) && !form(Some((Scalar::I32, 1))).takes(DType::U32));
        assert!(
            form(Some((Scalar::U32, 1))).takes(DType::U8) && form(Some((Scalar::U32, 2))).takes(DType::F64) && form(None).takes(DType::F16)
        );
    }
}
