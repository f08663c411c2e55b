//! Turns fused expressions into launches of elementwise kernels.
//!
//! The iteration space is the result's shape, its dimensions ordered as they lie in memory and collapsed over all operands. Where every operand's
//! memory fits one binding there is one launch; else the space is cut into boxes until each does, which is how arrays larger than a binding, or
//! than a buffer, are computed on.

use crate::device::Device;
use crate::graph::{Base, Fused, Recipe, ScalarBytes};
use crate::storage::Storage;
use anygpu_core::{DType, Dims, Error, Layout, Result, Strides, collapse};
use anygpu_kernels::access::{self, Access};
use anygpu_kernels::expr::Expr;
use anygpu_kernels::map::{BindingSpec, InputSpec, MAX_PARAM_WORDS, MapKernel, WORKGROUP};
use anygpu_runtime::{Access as BufferAccess, Binding, KernelSource};
use smallvec::SmallVec;
use std::ops::Range;
use std::sync::Arc;

/// Elements of one launch at most, so that element numbers and the grid stay in 32 bits.
const MAX_ELEMENTS: u64 = 1 << 31;
/// Dense one-dimensional launches are cut at multiples of this, which keeps every dtype's binding offset aligned.
const CUT: usize = 1024;

/// An array operand of a launch.
pub(crate) struct Source {
    pub(crate) storage: Storage,
    pub(crate) dtype: DType,
    pub(crate) layout: Layout,
    /// For a table ([`Expr::table`]): the elements of the storage that it is made of. Its layout has zero strides.
    pub(crate) table: Option<Range<usize>>,
}

impl Source {
    /// An operand whose elements are those of the result's positions.
    pub(crate) fn new(storage: Storage, dtype: DType, layout: Layout) -> Source {
        Source { storage, dtype, layout, table: None }
    }

    /// A table for a result of a shape.
    pub(crate) fn table(storage: Storage, dtype: DType, elements: Range<usize>, shape: &[usize]) -> Source {
        let layout = Layout { offset: elements.start, shape: Dims::from_slice(shape), strides: Strides::from_elem(0, shape.len()) };
        Source { storage, dtype, layout, table: Some(elements) }
    }
}

/// A result of a launch.
pub(crate) struct Target {
    pub(crate) storage: Storage,
    pub(crate) dtype: DType,
    /// Where the elements go. All targets of a launch have one shape.
    pub(crate) layout: Layout,
    /// Whether the elements are the whole of freshly allocated memory, in memory order: whole vectors may be stored, padding included.
    pub(crate) dense: bool,
}

/// Computes a deferred base and every base below it that still has a handle and fits the kernel's bindings.
pub(crate) fn compute(root: &Arc<Base>) -> Result<Storage> {
    let Some((recipe, layout)) = root.recipe() else {
        return root.storage().map_or_else(|| root.compute(), Ok);
    };
    if root.len == 0 {
        let storage = root.take_reserved()?;
        root.fulfil(storage.clone());
        return Ok(storage);
    }
    if let Recipe::Constant(bytes) = recipe
        && bytes == [0; 16]
    {
        let storage = root.take_reserved()?;
        zero(&root.device, &storage)?;
        root.fulfil(storage.clone());
        return Ok(storage);
    }
    let mut fused = Fused::default();
    let node = fused.add(root)?;
    let device = &root.device;
    let room = device.max_bindings().saturating_sub(fused.leaves.len() + 1);
    let mut outputs: SmallVec<[(Arc<Base>, u16); 4]> = SmallVec::new();
    outputs.push((root.clone(), node));
    let live = fused.members.iter().rev().filter(|(b, _)| !Arc::ptr_eq(b, root) && b.has_handle());
    outputs.extend(live.take(room).cloned());

    let mut targets: SmallVec<[Target; 4]> = SmallVec::new();
    let launched = (|| {
        for (base, _) in &outputs {
            targets.push(Target { storage: base.take_reserved()?, dtype: base.dtype, layout: layout.clone(), dense: true });
        }
        let mut sources: SmallVec<[Source; 8]> = SmallVec::new();
        for leaf in &fused.leaves {
            sources.push(Source::new(leaf.base.compute()?, leaf.base.dtype, leaf.layout.clone()));
        }
        fused.expr.results = outputs.iter().map(|(_, n)| *n).collect();
        map(device, &fused.expr, &sources, &fused.scalars, &targets)
    })();
    for ((base, _), target) in outputs.iter().zip(&targets) {
        match &launched {
            Ok(()) => base.fulfil(target.storage.clone()),
            Err(_) => base.restore_reserved(target.storage.clone()),
        }
    }
    launched?;
    Ok(targets.swap_remove(0).storage)
}

/// Fills memory with zero bytes.
fn zero(device: &Device, storage: &Storage) -> Result<()> {
    for (buffer, offset, bytes) in storage.pieces(0, storage.bytes()) {
        device.gpu().fill_zero(buffer, offset, bytes.next_multiple_of(4))?;
    }
    Ok(())
}

/// An operand while a launch is being cut into boxes: strides of the collapsed dimensions, outermost first.
struct Operand<'a> {
    storage: &'a Storage,
    dtype: DType,
    offset: i64,
    strides: Strides,
    table: Option<&'a Range<usize>>,
}

impl Operand<'_> {
    /// First and last element that a box touches.
    fn extent(&self, low: &[usize], size: &[usize]) -> (i64, i64) {
        if let Some(table) = self.table {
            return (table.start as i64, table.end as i64 - 1);
        }
        let (mut first, mut last) = (self.offset, self.offset);
        for ((low, size), stride) in low.iter().zip(size).zip(&self.strides) {
            let step = *stride as i64;
            first += *low as i64 * step;
            last += *low as i64 * step;
            let reach = (*size as i64 - 1) * step;
            if reach < 0 { first += reach } else { last += reach }
        }
        (first, last)
    }

    fn at(&self, low: &[usize]) -> i64 {
        self.offset + low.iter().zip(&self.strides).map(|(l, s)| *l as i64 * *s as i64).sum::<i64>()
    }

    fn byte_extent(&self, low: &[usize], size: &[usize]) -> (u64, u64) {
        let (first, last) = self.extent(low, size);
        let item = self.dtype.itemsize() as u64;
        (first as u64 * item, last as u64 * item + item - 1)
    }
}

struct Launch<'a> {
    device: &'a Device,
    expr: &'a Expr,
    scalars: &'a [(ScalarBytes, DType)],
    dims: Dims,
    inputs: SmallVec<[Operand<'a>; 8]>,
    outputs: SmallVec<[Operand<'a>; 4]>,
    dense: bool,
}

/// Evaluates `expr` over `sources` into `targets`, all of one shape.
pub(crate) fn map(device: &Device, expr: &Expr, sources: &[Source], scalars: &[(ScalarBytes, DType)], targets: &[Target]) -> Result<()> {
    let shape = &targets[0].layout.shape;
    if shape.contains(&0) {
        return Ok(());
    }
    // Memory order of the first target, outermost dimension first.
    let mut order: SmallVec<[usize; 6]> = (0..shape.len()).collect();
    order.sort_by_key(|d| std::cmp::Reverse(targets[0].layout.strides[*d].unsigned_abs()));
    let ordered: Dims = order.iter().map(|d| shape[*d]).collect();
    let permuted: SmallVec<[Strides; 8]> = targets
        .iter()
        .map(|t| &t.layout)
        .chain(sources.iter().map(|s| &s.layout))
        .map(|l| order.iter().map(|d| l.strides[*d]).collect())
        .collect();
    let borrowed: SmallVec<[&[isize]; 8]> = permuted.iter().map(|s| s.as_slice()).collect();
    let (dims, mut strides) = collapse(&ordered, &borrowed);
    let inputs = strides.split_off(targets.len());
    let launch = Launch {
        device,
        expr,
        scalars,
        inputs: sources
            .iter()
            .zip(inputs)
            .map(|(s, strides)| Operand {
                storage: &s.storage,
                dtype: s.dtype,
                offset: s.layout.offset as i64,
                strides,
                table: s.table.as_ref(),
            })
            .collect(),
        outputs: targets
            .iter()
            .zip(strides)
            .map(|(t, strides)| Operand { storage: &t.storage, dtype: t.dtype, offset: t.layout.offset as i64, strides, table: None })
            .collect(),
        dense: targets.iter().all(|t| t.dense),
        dims,
    };
    let low: Dims = SmallVec::from_elem(0, launch.dims.len());
    launch.run(&low, &launch.dims.clone(), launch.dense)
}

impl Launch<'_> {
    /// Runs one box, cutting it in two where an operand's memory does not fit a binding.
    fn run(&self, low: &[usize], size: &[usize], dense: bool) -> Result<()> {
        let limit = self.device.max_binding_bytes();
        let misfit = self.inputs.iter().chain(&self.outputs).find(|o| {
            let (first, last) = o.byte_extent(low, size);
            !o.storage.fits_binding(first, last, limit)
        });
        let elements = size.iter().map(|s| *s as u64).product::<u64>();
        if misfit.is_none() && elements <= MAX_ELEMENTS {
            return self.dispatch(low, size, elements as u32, dense);
        }
        if misfit.is_some_and(|o| o.table.is_some()) {
            return Err(Error::Runtime("a table larger than a binding was not cut into windows".into()));
        }
        // A part of a dense result of several dimensions is not contiguous: store its elements one by one.
        let mut dense = dense && self.dims.len() == 1;
        let spread = |d: usize| {
            let reach = |o: &Operand<'_>| o.strides[d].unsigned_abs() as u64 * o.dtype.itemsize() as u64;
            (size[d] as u64).saturating_mul(misfit.map_or(1, reach).max(u64::from(misfit.is_none())))
        };
        let mut cuttable = (0..size.len()).filter(|d| size[*d] > 1);
        // Positions are counted from a box's first element: it has to stay one piece of the whole, in C order.
        let d = if self.expr.uses_index() { cuttable.next() } else { cuttable.max_by_key(|d| spread(*d)) };
        let d = d.unwrap_or(0);
        let mut half = size[d] / 2;
        if dense {
            // A few elements far apart in an operand cannot be cut where the result's binding may start.
            let aligned = half.next_multiple_of(CUT).min(size[d] - 1) / CUT * CUT;
            dense = aligned > 0;
            half = if dense { aligned } else { half };
        }
        let (mut a, mut b, mut b_low) = (Dims::from_slice(size), Dims::from_slice(size), Dims::from_slice(low));
        a[d] = half;
        b[d] = size[d] - half;
        b_low[d] += half;
        self.run(low, &a, dense)?;
        self.run(&b_low, &b, dense)
    }

    fn dispatch(&self, low: &[usize], size: &[usize], elements: u32, dense: bool) -> Result<()> {
        let rank = size.len();
        let whole_quads = rank == 1 || size[rank - 1].is_multiple_of(4);
        let scattered = if dense { 0 } else { self.outputs.len() };
        let mut bindings: SmallVec<[BindingSpec; 8]> = SmallVec::new();
        let mut buffers: SmallVec<[Binding<'_>; 8]> = SmallVec::new();
        let mut inputs: SmallVec<[InputSpec; 8]> = SmallVec::new();
        let mut params: SmallVec<[u32; 64]> = SmallVec::new();
        let words = MapKernel::param_words(self.expr, rank, scattered);
        if words > MAX_PARAM_WORDS {
            return self.peel(low, size, dense);
        }
        let first = low.iter().zip(&self.dims).fold(0, |at, (low, size)| at * *size as u64 + *low as u64);
        params.extend([0, elements, first as u32, (first >> 32) as u32]);
        params.extend(size.iter().skip(1).rev().map(|s| *s as u32));
        for input in &self.inputs {
            let (first, last) = input.byte_extent(low, size);
            let window = input.storage.window(first, last)?;
            let base = input.at(low) - (window.start / input.dtype.itemsize() as u64) as i64;
            let access = if input.table.is_some() { Access::Table } else { quad_access(&input.strides, base, whole_quads) };
            inputs.push(InputSpec { binding: bindings.len() as u8, access });
            bindings.push(BindingSpec { dtype: input.dtype, access, scattered: false, written: false });
            buffers.push(window.binding);
            params.push(base as u32);
            params.extend(input.strides.iter().rev().map(|s| *s as u32));
        }
        let mut outputs: SmallVec<[u8; 2]> = SmallVec::new();
        for output in &self.outputs {
            let (first, last) = output.byte_extent(low, size);
            let window = output.storage.window(first, last)?;
            outputs.push(bindings.len() as u8);
            let access = if dense { Access::Vector } else { Access::Gather };
            bindings.push(BindingSpec { dtype: output.dtype, access, scattered: !dense, written: true });
            buffers.push(window.binding);
            if !dense {
                params.push((output.at(low) - (window.start / output.dtype.itemsize() as u64) as i64) as u32);
                params.extend(output.strides.iter().rev().map(|s| *s as u32));
            }
        }
        push_scalars(&mut params, self.scalars);
        let quads = bindings.iter().filter(|b| b.access == Access::Vector);
        let split = rank == 1 && dense && quads.clone().all(|b| b.dtype.itemsize() == 8);
        let kernel = MapKernel { expr: self.expr.clone(), rank: rank as u8, whole_quads, split, bindings, inputs, outputs };
        let gpu = self.device.gpu();
        let native = self.device.native();
        let compiled = gpu.kernel(&kernel.key(), &|| source(self.device, "map", kernel.wgsl(native), &kernel.bindings))?;
        gpu.dispatch(&compiled, &buffers, &params, grid(u64::from(elements).div_ceil(u64::from(WORKGROUP * access::QUAD))))
    }

    /// Too many dimensions for the parameters: one launch for each position of the outermost.
    fn peel(&self, low: &[usize], size: &[usize], _dense: bool) -> Result<()> {
        if self.expr.uses_index() {
            return Err(Error::NotImplemented(
                "positions fused into an array of so many dimensions that its strides exceed the parameters of a kernel; compute them first".into(),
            ));
        }
        if size.len() == 1 {
            return Err(Error::Runtime("a kernel has more parameters than a launch holds, in one dimension".into()));
        }
        let mut inner: SmallVec<[usize; 6]> = SmallVec::from_slice(size);
        inner.remove(0);
        for k in 0..size[0] {
            let step = |o: &Operand<'_>| (o.offset + ((low[0] + k) as i64) * o.strides[0] as i64, Strides::from_slice(&o.strides[1..]));
            let narrowed = |o: &Operand<'_>| {
                let (offset, strides) = step(o);
                (o.storage.clone(), o.dtype, offset, strides, o.table.cloned())
            };
            type Narrowed = (Storage, DType, i64, Strides, Option<Range<usize>>);
            let inputs: Vec<Narrowed> = self.inputs.iter().map(narrowed).collect();
            let outputs: Vec<Narrowed> = self.outputs.iter().map(narrowed).collect();
            fn operand(o: &Narrowed) -> Operand<'_> {
                Operand { storage: &o.0, dtype: o.1, offset: o.2, strides: o.3.clone(), table: o.4.as_ref() }
            }
            let launch = Launch {
                device: self.device,
                expr: self.expr,
                scalars: self.scalars,
                dims: inner.iter().copied().collect(),
                inputs: inputs.iter().map(operand).collect(),
                outputs: outputs.iter().map(operand).collect(),
                dense: false,
            };
            launch.run(&low[1..], &inner, false)?;
        }
        Ok(())
    }
}

/// How the quads of an operand whose first element stands at `base` of its binding are read; `strides` outermost first.
pub(crate) fn quad_access(strides: &[isize], base: i64, whole_quads: bool) -> Access {
    let (inner, outer) = (strides[strides.len() - 1], &strides[..strides.len() - 1]);
    match inner {
        _ if !whole_quads => Access::Gather,
        0 => Access::Splat,
        1 if base % 4 == 0 && outer.iter().all(|s| s % 4 == 0) => Access::Vector,
        _ => Access::Gather,
    }
}

/// Appends scalars to the parameters of a launch.
pub(crate) fn push_scalars(params: &mut SmallVec<[u32; 64]>, scalars: &[(ScalarBytes, DType)]) {
    for (bytes, dtype) in scalars {
        for word in 0..access::scalar_words(*dtype) {
            params.push(u32::from_le_bytes([bytes[4 * word], bytes[4 * word + 1], bytes[4 * word + 2], bytes[4 * word + 3]]));
        }
    }
}

/// A kernel linked with the device's function library.
pub(crate) fn source(device: &Device, family: &str, wgsl: String, bindings: &[BindingSpec]) -> Result<KernelSource> {
    Ok(KernelSource {
        label: family.to_owned(),
        wgsl: device.gpu().library().link(&wgsl).map_err(|e| anygpu_core::Error::Shader(e.to_string()))?,
        bindings: bindings.iter().map(|b| if b.written { BufferAccess::ReadWrite } else { BufferAccess::Read }).collect(),
        trusted: true,
    })
}

/// A two-dimensional grid of at least `workgroups` workgroups, no dimension over WebGPU's 65,535.
pub(crate) fn grid(workgroups: u64) -> [u32; 3] {
    let rows = workgroups.div_ceil(65_535).max(1);
    [workgroups.div_ceil(rows) as u32, rows as u32, 1]
}
