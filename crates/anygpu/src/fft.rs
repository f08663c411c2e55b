//! Discrete Fourier transforms along an axis, of any length and any batch.
//!
//! A transform is a list of [`Step`]s, each a launch of the one template `shaders/fft/pass.wgsl` over all rows. Strides, the axis, padding, the
//! sign of inverses, normalisation and the symmetries of real transforms are done by the first and the last step while they load and store; the
//! steps between use memory of their own. Real transforms of even length run on pairs of points, at half the cost.

mod plan;

use crate::array::Array;
use crate::device::Device;
use crate::launch::{grid, source};
use crate::storage::{Storage, Window};
use anygpu_core::{DType, Error, IndexItem, Layout, Result, copy_order, normalize_axis};
use anygpu_kernels::fft::{FftKernel, Input, Output, part, tile_points, workgroup};
use anygpu_runtime::DeviceType;
use plan::{Chirp, Plan, Recipe, is_smooth};
use smallvec::SmallVec;
use std::sync::Arc;

pub(crate) use plan::Plans;

/// Which of a transform and its inverse is divided by the length `n`, as `norm=` of `numpy.fft`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Norm {
    /// The inverse, by `n`.
    #[default]
    Backward,
    /// Both, by the square root of `n`.
    Ortho,
    /// The forward transform, by `n`.
    Forward,
}

/// A kind of transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transform {
    /// Complex to complex, with exp(-2 pi i j k / n).
    Forward,
    /// Complex to complex, with exp(2 pi i j k / n).
    Inverse,
    /// Real to the first `n / 2 + 1` points of the spectrum.
    RealForward,
    /// The first `n / 2 + 1` points of a spectrum to real.
    RealInverse,
}

impl Transform {
    fn is_inverse(self) -> bool {
        matches!(self, Transform::Inverse | Transform::RealInverse)
    }

    fn factor(self, n: usize, norm: Norm) -> f64 {
        match (norm, self.is_inverse()) {
            (Norm::Ortho, _) => 1.0 / (n as f64).sqrt(),
            (Norm::Backward, true) | (Norm::Forward, false) => 1.0 / n as f64,
            _ => 1.0,
        }
    }
}

impl Array {
    /// Discrete Fourier transform along an axis, of `n` points: the array cut or filled with zeros to that length (its own for None).
    ///
    /// float32 and complex64 (and float16) give complex64, every other dtype complex128.
    ///
    /// ```no_run
    /// use anygpu::{Complex, Device, Norm};
    /// let gpu = Device::new()?;
    /// let x = gpu.array(&[1.0_f64, 0.0, 0.0, 0.0], &[4])?;
    /// assert_eq!(x.fft(None, -1, Norm::Backward)?.to_vec::<Complex<f64>>()?, [Complex { re: 1.0, im: 0.0 }; 4]);
    /// # Ok::<(), anygpu::Error>(())
    /// ```
    ///
    /// # Errors
    /// No points; an axis out of range; a row larger than a binding; no memory.
    pub fn fft(&self, n: Option<usize>, axis: isize, norm: Norm) -> Result<Array> {
        self.normalized(Transform::Forward, n, axis, norm)
    }

    /// Inverse of [`Array::fft`].
    ///
    /// # Errors
    /// As [`Array::fft`].
    pub fn ifft(&self, n: Option<usize>, axis: isize, norm: Norm) -> Result<Array> {
        self.normalized(Transform::Inverse, n, axis, norm)
    }

    /// The first `n / 2 + 1` points of the transform of real numbers; the others are their conjugates.
    ///
    /// # Errors
    /// As [`Array::fft`]; complex numbers.
    pub fn rfft(&self, n: Option<usize>, axis: isize, norm: Norm) -> Result<Array> {
        self.normalized(Transform::RealForward, n, axis, norm)
    }

    /// Inverse of [`Array::rfft`]: `n` real numbers, twice the length of the axis minus 2 for None.
    ///
    /// # Errors
    /// As [`Array::fft`].
    pub fn irfft(&self, n: Option<usize>, axis: isize, norm: Norm) -> Result<Array> {
        self.normalized(Transform::RealInverse, n, axis, norm)
    }

    fn normalized(&self, transform: Transform, n: Option<usize>, axis: isize, norm: Norm) -> Result<Array> {
        let own = self.shape()[normalize_axis(axis, self.ndim())?];
        let n = n.unwrap_or(if transform == Transform::RealInverse { 2 * own.saturating_sub(1) } else { own });
        self.transform(transform, n, axis, transform.factor(n, norm))
    }

    /// A transform of `n` points along an axis, multiplied by a factor of one's choice: what [`Array::fft`] and its kin are made of.
    ///
    /// # Errors
    /// As [`Array::fft`].
    pub fn transform(&self, transform: Transform, n: usize, axis: isize, factor: f64) -> Result<Array> {
        let axis = normalize_axis(axis, self.ndim())?;
        if n < 1 {
            return Err(Error::Value(format!("Invalid number of FFT data points ({n}) specified.")));
        }
        let real_input = transform == Transform::RealForward;
        if real_input && self.dtype().is_complex() {
            return Err(Error::Type(format!("rfft takes real numbers, got an array of {}; use fft, or take its real part", self.dtype())));
        }
        let single = matches!(self.dtype(), DType::F16 | DType::F32 | DType::C64);
        let dtype = if single { DType::C64 } else { DType::C128 };
        // A complex transform reads real numbers as they are.
        let takes_real = transform != Transform::RealInverse && !self.dtype().is_complex();
        let wanted_dtype = if takes_real { part(dtype) } else { dtype };
        let x = if self.dtype() == wanted_dtype { self.clone() } else { self.astype(wanted_dtype)? };
        let (wanted, out_dtype) = match transform {
            Transform::Forward | Transform::Inverse => (n, dtype),
            Transform::RealForward => (n / 2 + 1, dtype),
            Transform::RealInverse => (n, part(dtype)),
        };
        let mut shape = x.layout().shape.clone();
        shape[axis] = wanted;
        Layout::contiguous_checked(&shape, out_dtype.itemsize())?;
        if shape.contains(&0) {
            return Array::empty(x.device(), &shape, out_dtype);
        }
        if x.size() == 0 {
            return Array::zeros(x.device(), &shape, out_dtype);
        }
        let job = Job::new(x.device(), transform, dtype, takes_real, n, x.shape()[axis], factor)?;
        let rows_beside: usize = shape[axis + 1..].iter().product();
        if rows_beside > 1 && !job.fits(x.shape()[..axis].iter().product(), 1, rows_beside) {
            // One position of the dimensions before the axis does not fit a binding: with the axis last, rows are taken a few at a time.
            let last = x.ndim() as isize - 1;
            return x.swap_axes(axis as isize, last)?.copy()?.transform(transform, n, last, factor)?.swap_axes(axis as isize, last);
        }
        let order = copy_order(&x.layout().strides);
        if !order.is_sorted() {
            // As in NumPy, the result lies in memory in the order of the array.
            let place = |d: &usize| order.iter().position(|e| e == d).unwrap_or(0) as isize;
            let back: SmallVec<[isize; 6]> = (0..x.ndim()).map(|d| place(&d)).collect();
            let order: SmallVec<[isize; 6]> = order.iter().map(|d| *d as isize).collect();
            return x.transpose(Some(&order))?.transform(transform, n, back[axis], factor)?.transpose(Some(&back));
        }
        let result = Array::empty(x.device(), &shape, out_dtype)?;
        job.run(&three_dimensional(&x, axis)?, &three_dimensional(&result, axis)?)?;
        Ok(result)
    }
}

/// Rows before the axis, the axis, rows side by side: a view where strides allow it, else of a copy.
fn three_dimensional(x: &Array, axis: usize) -> Result<Array> {
    let shape = x.shape();
    let product = |lengths: &[usize]| lengths.iter().product::<usize>() as isize;
    x.reshape(&[product(&shape[..axis]), shape[axis] as isize, product(&shape[axis + 1..])])
}

/// Flags of a launch, as the template names them.
mod flag {
    pub(super) const SWAP_INPUT: u32 = 1;
    pub(super) const SWAP_OUTPUT: u32 = 2;
    pub(super) const SWAP_WEIGHTED: u32 = 4;
    pub(super) const SCALE: u32 = 8;
    pub(super) const LOAD_ALONG_POINTS: u32 = 16;
    pub(super) const STORE_ALONG_POINTS: u32 = 32;
    pub(super) const WEIGH_INPUT: u32 = 64;
    pub(super) const WEIGH_OUTPUT: u32 = 128;
}

/// One launch over all rows.
#[derive(Clone)]
struct Step {
    plan: Arc<Plan>,
    /// Points of a tile's columns, the product of the passes before, columns of a row.
    length: usize,
    before: usize,
    across: usize,
    radices: SmallVec<[u32; 12]>,
    roots: u32,
    input: Input,
    output: Output,
    flags: u32,
    /// Elements of a row that the input has, that the output keeps, and what the input hook counts from.
    given: usize,
    wanted: usize,
    mirror: usize,
    /// Where the weights of the input and of the output begin.
    weights: (usize, usize),
}

/// A transform made ready for rows of a length.
struct Job {
    device: Device,
    dtype: DType,
    steps: Vec<Step>,
    chirp: Option<Arc<Chirp>>,
    factor: f64,
    /// Bytes of a row at most, in whatever memory.
    row_bytes: u64,
}

impl Job {
    fn new(device: &Device, transform: Transform, dtype: DType, real: bool, n: usize, length: usize, factor: f64) -> Result<Job> {
        let too_long = || {
            Error::NotImplemented(format!(
                "a Fourier transform of {n} points: rows longer than a binding are not available in this version"
            ))
        };
        if n > 1 << 29 {
            return Err(too_long());
        }
        let inverse = transform.is_inverse();
        // In pairs where a transform of half the length is worth its extra step.
        let pairs = n.is_multiple_of(2) && n > tile_points(dtype) && is_smooth(n / 2);
        let input = match transform {
            Transform::RealForward if pairs => Input::Pairs,
            Transform::RealInverse if pairs => Input::PairsOfSpectrum,
            Transform::RealInverse => Input::Half,
            _ if real => Input::Real,
            _ => Input::Complex,
        };
        let (output, wanted) = match transform {
            Transform::RealForward => (Output::Complex, n / 2 + 1),
            Transform::RealInverse if pairs => (Output::Pairs, n),
            Transform::RealInverse => (Output::Real, n),
            _ => (Output::Complex, n),
        };
        let halved = matches!(input, Input::Pairs | Input::PairsOfSpectrum);
        let points = if halved { n / 2 } else { n };
        let given = length.min(if transform == Transform::RealInverse { n / 2 + 1 } else { n });
        let mut chirp = None;
        let mut steps;
        match Plans::recipe(device, points, n, dtype)? {
            Recipe::Passes(plan) => {
                steps = passes(&plan);
                if input == Input::Pairs {
                    steps.push(Step {
                        input: Input::SpectrumOfPairs,
                        length: 1,
                        across: wanted,
                        radices: SmallVec::new(),
                        mirror: points,
                        ..steps[0].clone()
                    });
                }
                let first = &mut steps[0];
                first.flags |= when(inverse && !halved, flag::SWAP_INPUT);
            }
            Recipe::Chirp(c) => {
                steps = passes(&c.plan);
                let there = steps.len() - 1;
                steps[0].flags |= flag::WEIGH_INPUT | when(inverse, flag::SWAP_INPUT);
                steps[there].flags |= flag::WEIGH_OUTPUT;
                steps[there].weights.1 = n;
                let mut back = passes(&c.plan);
                back[0].flags |= flag::SWAP_INPUT;
                steps.extend(back);
                if let Some(last) = steps.last_mut() {
                    last.flags |= flag::WEIGH_OUTPUT | flag::SWAP_OUTPUT | when(inverse, flag::SWAP_WEIGHTED);
                }
                chirp = Some(c);
            }
        }
        let first = &mut steps[0];
        (first.input, first.given, first.mirror) = (input, given, points);
        let memory = steps.iter().map(|s| s.plan.n).max().unwrap_or(n) * dtype.itemsize();
        if let Some(last) = steps.last_mut() {
            (last.output, last.wanted) = (output, wanted);
            if chirp.is_none() {
                last.flags |= when(inverse, flag::SWAP_OUTPUT);
            }
            if factor != 1.0 {
                last.flags |= flag::SCALE;
            }
        }
        let job = Job { device: device.clone(), dtype, steps, chirp, factor, row_bytes: memory.max(length * dtype.itemsize()) as u64 };
        if !job.fits(1, 1, 1) {
            return Err(too_long());
        }
        Ok(job)
    }

    /// Whether `count` of `rows` positions before the axis, `beside` rows each, fit a binding with room for misaligned beginnings.
    fn fits(&self, rows: usize, count: usize, beside: usize) -> bool {
        let bytes = self.row_bytes.saturating_mul(count.min(rows) as u64).saturating_mul(beside as u64);
        bytes + 1024 <= self.device.max_binding_bytes().min(self.device.gpu().max_alloc())
    }

    /// Transforms the middle dimension of `x` into `out`, as many rows at a time as bindings hold.
    fn run(&self, x: &Array, out: &Array) -> Result<()> {
        let (rows, beside) = (out.shape()[0], out.shape()[2]);
        let limit = self.device.max_binding_bytes();
        let fits = |a: &Array| -> Result<bool> {
            let item = a.dtype().itemsize() as u64;
            let (first, last) = a.layout().extent().unwrap_or((0, 0));
            Ok(a.base().compute()?.fits_binding(first as u64 * item, last as u64 * item + item - 1, limit))
        };
        let mut row = 0;
        while row < rows {
            let mut count = rows - row;
            loop {
                let part = [IndexItem::Slice { start: Some(row as isize), stop: Some((row + count) as isize), step: None }];
                let (from, to) = (x.index(&part)?, out.index(&part)?);
                if self.fits(rows, count, beside) && fits(&from)? && fits(&to)? {
                    self.run_rows(&from, &to)?;
                } else if count > 1 {
                    count = count.div_ceil(2);
                    continue;
                } else {
                    // Points far apart, or a row across the end of a segment of memory.
                    let piece = Array::empty(&self.device, to.shape(), to.dtype())?;
                    self.run_rows(&from.copy()?, &piece)?;
                    to.assign((&piece).into())?;
                }
                break;
            }
            row += count;
        }
        Ok(())
    }

    /// The same for rows that fit bindings.
    fn run_rows(&self, x: &Array, out: &Array) -> Result<()> {
        let _graph = self.device.graph().lock();
        let (rows, beside) = (out.shape()[0], out.shape()[2]);
        let (x_storage, out_storage) = (x.base().compute()?, out.base().compute()?);
        let first = Rows { storage: &x_storage, layout: x.layout().clone() };
        let result = Rows { storage: &out_storage, layout: out.layout().clone() };
        let last = self.steps.len() - 1;
        // Steps write to the result and to other memory in turns, where the result is as long as what they write.
        let reusable = |s: &Step| out.dtype() == self.dtype && out.shape()[1] == s.wanted;
        let mut others: [Option<Storage>; 2] = [None, None];
        for (k, step) in self.steps.iter().enumerate().take(last) {
            let slot = (last - k) % 2;
            if others[slot].is_none() && (slot == 1 || !reusable(step)) {
                let longest = self.steps.iter().map(|s| s.wanted).max().unwrap_or(0);
                others[slot] = Some(self.device.allocate(rows * longest * beside, self.dtype)?);
            }
        }
        let mut from = first;
        for (k, step) in self.steps.iter().enumerate() {
            let to = match &others[(last - k) % 2] {
                Some(storage) if k < last => Rows { storage, layout: Layout::contiguous(&[rows, step.wanted, beside]) },
                _ => result.clone(),
            };
            self.dispatch(step, &from, &to, rows, beside)?;
            from = to;
        }
        Ok(())
    }

    fn dispatch(&self, step: &Step, from: &Rows<'_>, to: &Rows<'_>, rows: usize, beside: usize) -> Result<()> {
        let device = &self.device;
        let weights = self.chirp.as_ref().filter(|_| step.flags & (flag::WEIGH_INPUT | flag::WEIGH_OUTPUT) != 0);
        let workgroup = workgroup(device.info().device_type == DeviceType::Cpu);
        let kernel = FftKernel { dtype: self.dtype, input: step.input, output: step.output, weights: weights.is_some(), workgroup };
        let specs = kernel.bindings();
        let native = device.native();
        let compiled = device.gpu().kernel(&kernel.key(), &|| {
            let wgsl = kernel.wgsl(native).map_err(|e| Error::Shader(e.to_string()))?;
            source(device, "fft", wgsl, &specs)
        })?;
        let (read, read_first) = from.window(specs[0].dtype)?;
        let (write, write_first) = to.window(specs[2].dtype)?;
        let item = self.dtype.itemsize() as u64;
        let plan = &step.plan;
        let tables = plan.tables.window(0, plan.count as u64 * item - 1)?;
        let mut bindings: SmallVec<[_; 4]> = SmallVec::new();
        bindings.extend([read.binding, tables.binding, write.binding]);
        if let Some(chirp) = weights {
            bindings.push(chirp.weights.window(0, chirp.weights.bytes() - 1)?.binding);
        }

        let columns = rows * beside * step.across;
        let shift = (tile_points(self.dtype) / step.length).ilog2().min(columns.next_power_of_two().ilog2());
        // Where neighbouring invocations step along points, as many as there are, up to the workgroup; else along columns.
        let most = workgroup.ilog2();
        let lanes = |along: bool| if along { step.length.next_power_of_two().ilog2().min(most) } else { most - shift.min(most) };
        let between_columns = |strides: &[isize], neighbour: usize| match (beside, step.across) {
            (1, 1) => strides[0],
            (1, _) => strides[1] * neighbour as isize,
            _ => strides[2],
        };
        let (x, y) = (&from.layout.strides, &to.layout.strides);
        let load_along = x[1].unsigned_abs() * step.across < between_columns(x, 1).unsigned_abs();
        let store_neighbour = if step.before > 1 { 1 } else { step.length };
        let store_along = y[1].unsigned_abs() * step.before < between_columns(y, store_neighbour).unsigned_abs();
        let flags = step.flags | when(load_along, flag::LOAD_ALONG_POINTS) | when(store_along, flag::STORE_ALONG_POINTS);
        let bits = if self.dtype == DType::C64 { u64::from((self.factor as f32).to_bits()) } else { self.factor.to_bits() };

        let mut params: SmallVec<[u32; 48]> = SmallVec::new();
        params.extend([0, columns as u32, step.length as u32, shift]);
        params.extend([step.radices.len() as u32, step.before as u32, flags, step.across as u32]);
        params.extend([beside as u32, read_first, x[1] as u32, x[2] as u32]);
        params.extend([x[0] as u32, step.given as u32, write_first, y[1] as u32]);
        params.extend([y[2] as u32, y[0] as u32, step.wanted as u32, step.mirror as u32]);
        params.extend([step.roots, plan.fine, plan.coarse, plan.fine_bits]);
        params.extend([bits as u32, (bits >> 32) as u32, step.weights.0 as u32, step.weights.1 as u32]);
        params.extend([lanes(load_along), lanes(store_along), (plan.circle / (step.before * step.length)) as u32, 1]);
        params.extend(step.radices.iter().copied());
        device.gpu().dispatch(&compiled, &bindings, &params, grid(columns.div_ceil(1 << shift) as u64))
    }
}

/// A flag that is set on a condition.
fn when(yes: bool, flag: u32) -> u32 {
    if yes { flag } else { 0 }
}

/// The passes of a plan as steps between memory of their own.
fn passes(plan: &Arc<Plan>) -> Vec<Step> {
    plan.passes
        .iter()
        .map(|pass| Step {
            plan: plan.clone(),
            length: pass.length,
            before: pass.before,
            across: plan.n / pass.length,
            radices: pass.radices.clone(),
            roots: pass.roots,
            input: Input::Complex,
            output: Output::Complex,
            flags: 0,
            given: plan.n,
            wanted: plan.n,
            mirror: plan.n,
            weights: (0, 0),
        })
        .collect()
}

/// Memory that a step reads or writes, as (rows, points, rows side by side).
#[derive(Clone)]
struct Rows<'a> {
    storage: &'a Storage,
    layout: Layout,
}

impl Rows<'_> {
    /// The binding, and the first element's number in it.
    fn window(&self, dtype: DType) -> Result<(Window<'_>, u32)> {
        let item = dtype.itemsize() as u64;
        let (first, last) = self.layout.extent().unwrap_or((0, 0));
        let window = self.storage.window(first as u64 * item, last as u64 * item + item - 1)?;
        let at = (self.layout.offset as u64 - window.start / item) as u32;
        Ok((window, at))
    }
}
