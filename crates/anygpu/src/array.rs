//! The array type.

use crate::device::Device;
use crate::elementwise::{record, record_in};
use crate::graph::{Base, Handle, Operand, Recipe};
use crate::ufunc::Ufunc;
use crate::value::Value;
use crate::{graph, launch, transfer};
use anygpu_core::{DType, Element, Error, IndexItem, Layout, Result, Scalar, copy_order, keep_order_layout, vec_from_bytes};
use anygpu_kernels::expr::{Expr, Op};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// An n-dimensional array on a [`Device`], with NumPy's semantics.
///
/// The dtype is known at run time. Cloning is cheap and gives another view of the same memory, as slicing, transposing and (where no copy is needed)
/// reshaping do; a change made through one view is seen through all of them.
///
/// Elementwise operations are recorded and run, fused, when their values are needed. Errors of the caller's making (shapes, dtypes, memory) come
/// from the operation itself, not later.
///
/// ```no_run
/// use anygpu::Device;
/// let gpu = Device::new()?;
/// let x = gpu.array(&[1.0_f32, 2.0, 3.0, 4.0], &[2, 2])?;
/// let y = (&x * 2.0 + 1.0).sum(Some(&[0]), false)?;
/// assert_eq!(y.to_vec::<f32>()?, [10.0, 14.0]);
/// # Ok::<(), anygpu::Error>(())
/// ```
#[derive(Clone)]
pub struct Array {
    handle: Handle,
    layout: Layout,
    protection: Protection,
}

/// Whether writes through an array are refused: a property of the view, not of the memory, which views made of it later inherit.
#[derive(Default)]
struct Protection(AtomicU8);

impl Protection {
    const OPEN: u8 = 0;
    const OWN: u8 = 1;
    /// Of the array that this one is a view of: not for this one to lift.
    const INHERITED: u8 = 2;

    fn get(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    fn of_view(&self) -> Protection {
        Protection(AtomicU8::new(if self.get() == Self::OPEN { Self::OPEN } else { Self::INHERITED }))
    }
}

impl Clone for Protection {
    fn clone(&self) -> Self {
        Protection(AtomicU8::new(self.get()))
    }
}

impl Array {
    pub(crate) fn from_base(base: Arc<Base>, layout: Layout) -> Array {
        Array { handle: Handle::new(base), layout, protection: Protection::default() }
    }

    pub(crate) fn base(&self) -> &Arc<Base> {
        self.handle.base()
    }

    /// Strides (in elements), shape and offset of this view.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The device that holds the array.
    pub fn device(&self) -> &Device {
        &self.base().device
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.base().dtype
    }

    /// Length of each dimension.
    pub fn shape(&self) -> &[usize] {
        &self.layout.shape
    }

    /// Number of dimensions.
    pub fn ndim(&self) -> usize {
        self.layout.ndim()
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        self.layout.size()
    }

    /// Bytes of the elements.
    pub fn nbytes(&self) -> usize {
        self.size() * self.dtype().itemsize()
    }

    /// Whether this array is all of its memory, in some order of its dimensions, so that overwriting it overwrites everything.
    pub(crate) fn covers_base(&self) -> bool {
        self.layout.offset == 0 && self.size() == self.base().len && self.layout.is_dense() && !self.base().has_aliases()
    }

    /// Whether two arrays share memory.
    pub fn shares_base(&self, other: &Array) -> bool {
        self.base().shares_memory(other.base())
    }

    // ---- creation -----------------------------------------------------------------------------------------------------------------------

    /// An array of one value.
    ///
    /// # Errors
    /// Bytes that overflow, no memory, a value out of the dtype's range.
    pub fn full(device: &Device, shape: &[usize], value: Scalar, dtype: DType) -> Result<Array> {
        let bytes = graph::scalar_bytes(value, dtype)?;
        Array::recorded(device, Recipe::Constant(bytes), dtype, shape)
    }

    /// An array of zeros.
    pub fn zeros(device: &Device, shape: &[usize], dtype: DType) -> Result<Array> {
        Array::recorded(device, Recipe::Constant([0; 16]), dtype, shape)
    }

    /// An array of one value in the shape of this array, laid out in memory as the result of an elementwise operation.
    ///
    /// # Errors
    /// As [`Array::full`].
    pub fn full_like(&self, value: Scalar, dtype: DType) -> Result<Array> {
        let layout = keep_order_layout(self.shape(), &[&self.layout.strides]);
        let base = graph::record(self.device(), Recipe::Constant(graph::scalar_bytes(value, dtype)?), dtype, &layout, true)?;
        Ok(Array::from_base(base, layout))
    }

    fn recorded(device: &Device, recipe: Recipe, dtype: DType, shape: &[usize]) -> Result<Array> {
        let layout = Layout::contiguous_checked(shape, dtype.itemsize())?;
        let base = graph::record(device, recipe, dtype, &layout, true)?;
        Ok(Array::from_base(base, layout))
    }

    /// An array whose elements are not set: whatever the memory held.
    pub fn empty(device: &Device, shape: &[usize], dtype: DType) -> Result<Array> {
        Array::empty_as(device, Layout::contiguous_checked(shape, dtype.itemsize())?, dtype)
    }

    /// [`Array::empty`] of a layout without gaps.
    pub(crate) fn empty_as(device: &Device, layout: Layout, dtype: DType) -> Result<Array> {
        let storage = device.allocate(layout.size(), dtype)?;
        let base = Base::ready(device, dtype, layout.size(), storage);
        Ok(Array::from_base(base, layout))
    }

    /// The numbers 0, 1, .. in C order, as `int64`.
    pub(crate) fn positions(device: &Device, shape: &[usize]) -> Result<Array> {
        Array::recorded(device, Recipe::Index, DType::I64, shape)
    }

    /// An array from host bytes in C order.
    ///
    /// # Errors
    /// A length that is not `shape`'s, no memory.
    pub fn from_bytes(device: &Device, bytes: &[u8], shape: &[usize], dtype: DType) -> Result<Array> {
        let array = Array::empty(device, shape, dtype)?;
        if bytes.len() != array.nbytes() {
            return Err(Error::Value(format!(
                "{} bytes given for an array of shape {:?} of {dtype}, which has {}",
                bytes.len(),
                shape,
                array.nbytes()
            )));
        }
        transfer::upload(&array, bytes)?;
        Ok(array)
    }

    // ---- reading ------------------------------------------------------------------------------------------------------------------------

    /// The elements in C order; waits for them.
    ///
    /// # Errors
    /// `T` is not the array's dtype; the device is lost.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        if T::DTYPE != self.dtype() {
            return Err(Error::Type(format!(
                "to_vec: the array is {}, asked for as {}; convert with astype first",
                self.dtype(),
                T::DTYPE
            )));
        }
        vec_from_bytes(&self.to_bytes()?)
    }

    /// The elements' bytes in C order; waits for them.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = vec![0; self.nbytes()];
        self.read_into(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes the elements' bytes in C order into `out`; waits for them.
    ///
    /// # Errors
    /// `out` is not exactly as long as the array.
    pub fn read_into(&self, out: &mut [u8]) -> Result<()> {
        transfer::download(self, out)
    }

    /// The one element of an array of size 1.
    pub fn item(&self) -> Result<Scalar> {
        if self.size() != 1 {
            return Err(Error::Value("can only convert an array of size 1 to a Python scalar".into()));
        }
        let mut bytes = [0; 16];
        let bytes = &mut bytes[..self.dtype().itemsize()];
        self.read_into(bytes)?;
        Scalar::from_bytes(self.dtype(), bytes)
    }

    pub(crate) fn item_bool(&self) -> Result<bool> {
        self.item().map(Scalar::is_nonzero)
    }

    /// Starts computing the array if it is still deferred.
    pub fn compute(&self) -> Result<()> {
        self.base().compute().map(drop)
    }

    // ---- views --------------------------------------------------------------------------------------------------------------------------

    pub(crate) fn with_layout(&self, layout: Layout) -> Array {
        Array { handle: self.handle.clone(), layout, protection: self.protection.of_view() }
    }

    /// Another view, of memory that this array shows in another way.
    pub(crate) fn view_of(&self, base: Arc<Base>, layout: Layout) -> Array {
        Array { handle: Handle::new(base), layout, protection: self.protection.of_view() }
    }

    /// Basic indexing: integers, slices, ellipsis, new axes. A view.
    pub fn index(&self, items: &[IndexItem]) -> Result<Array> {
        Ok(self.with_layout(self.layout.index(items)?))
    }

    /// Dimensions permuted (reversed for `None`). A view.
    pub fn transpose(&self, axes: Option<&[isize]>) -> Result<Array> {
        Ok(self.with_layout(self.layout.transpose(axes)?))
    }

    /// Two dimensions exchanged. A view.
    pub fn swap_axes(&self, axis1: isize, axis2: isize) -> Result<Array> {
        Ok(self.with_layout(self.layout.swap_axes(axis1, axis2)?))
    }

    /// Dimensions reversed. A view.
    pub fn t(&self) -> Array {
        self.with_layout(self.layout.transpose(None).unwrap_or_else(|_| self.layout.clone()))
    }

    /// Dimensions of length 1 removed (all of them for `None`). A view.
    pub fn squeeze(&self, axes: Option<&[isize]>) -> Result<Array> {
        Ok(self.with_layout(self.layout.squeeze(axes)?))
    }

    /// Dimensions of length 1 inserted. A view.
    pub fn expand_dims(&self, axes: &[isize]) -> Result<Array> {
        Ok(self.with_layout(self.layout.expand_dims(axes)?))
    }

    /// The array repeated along new and length-1 dimensions without copying. A view.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Array> {
        let view = self.with_layout(self.layout.broadcast_to(shape)?);
        if view.layout.may_overlap() {
            // Its parts cannot be written either, though none of their own elements may share memory.
            view.protection.0.store(Protection::INHERITED, Ordering::Relaxed);
        }
        Ok(view)
    }

    /// Elements in reverse order along axes (all for `None`). A view.
    pub fn flip(&self, axes: Option<&[isize]>) -> Result<Array> {
        Ok(self.with_layout(self.layout.flip(axes)?))
    }

    /// A diagonal of the matrices in two axes, as the last dimension, `offset` columns above the main one. A view.
    pub fn diagonal(&self, offset: isize, axis1: isize, axis2: isize) -> Result<Array> {
        Ok(self.with_layout(self.layout.diagonal(offset, axis1, axis2)?))
    }

    /// The same elements in another shape, one length given as -1 at most: a view where strides allow it, else a copy.
    pub fn reshape(&self, shape: &[isize]) -> Result<Array> {
        match self.layout.reshape(shape)? {
            Some(layout) => Ok(self.with_layout(layout)),
            None => {
                let copy = self.copy()?;
                let layout = copy.layout.reshape(shape)?.ok_or_else(|| Error::Runtime("a contiguous copy could not be reshaped".into()))?;
                Ok(copy.with_layout(layout))
            }
        }
    }

    // ---- copies -------------------------------------------------------------------------------------------------------------------------

    /// A new array of the same elements in C order.
    pub fn copy(&self) -> Result<Array> {
        self.copy_as(Layout::contiguous_checked(&self.layout.shape, self.dtype().itemsize())?)
    }

    /// A new array of the same elements in Fortran order.
    pub fn copy_fortran(&self) -> Result<Array> {
        self.copy_as(Layout::fortran(&self.layout.shape))
    }

    /// A new array of the same elements, which lie in memory in the order they have here: NumPy's K order.
    pub fn copy_keeping_order(&self) -> Result<Array> {
        self.copy_as(self.kept_layout(self.shape()))
    }

    /// The layout without gaps of an array of a shape whose axes lie in memory in the order of this array's.
    pub(crate) fn kept_layout(&self, shape: &[usize]) -> Layout {
        if self.layout.is_c_contiguous() { Layout::contiguous(shape) } else { Layout::dense(shape, &copy_order(&self.layout.strides)) }
    }

    /// This array if its elements lie as in a layout, else a copy that does.
    pub(crate) fn laid_out_as(self, layout: Layout) -> Result<Array> {
        if self.layout.has_strides_of(&layout) { Ok(self) } else { self.copy_as(layout) }
    }

    fn copy_as(&self, layout: Layout) -> Result<Array> {
        let operand = Operand::Array { base: self.base().clone(), layout: self.layout.clone(), convert: self.dtype() };
        let recipe = Recipe::Apply(Op::Cast, self.dtype(), [operand].into_iter().collect());
        let base = graph::record(self.device(), recipe, self.dtype(), &layout, true)?;
        Ok(Array::from_base(base, layout))
    }

    /// This array if its elements lie in C order without gaps, else a copy.
    pub fn contiguous(&self) -> Result<Array> {
        if self.layout.is_c_contiguous() { Ok(self.clone()) } else { self.copy() }
    }

    /// The elements converted to a dtype, as NumPy's `astype` does on x86-64. A copy, also where the dtype is the same.
    pub fn astype(&self, dtype: DType) -> Result<Array> {
        if self.layout.is_dense() {
            return record(self.device(), Op::Cast, dtype, &[self.into()]);
        }
        record_in(self.device(), Op::Cast, dtype, &[self.into()], self.kept_layout(self.shape()))
    }

    // ---- in place -----------------------------------------------------------------------------------------------------------------------

    /// Sets every element of this view from `value`, broadcast and converted as NumPy's `a[...] = value` does.
    ///
    /// # Errors
    /// A value that does not broadcast to this shape, a number out of the dtype's range.
    pub fn assign(&self, value: Value<'_>) -> Result<()> {
        let bytes = match value {
            Value::Scalar(s) => graph::scalar_bytes(s, self.dtype())?,
            Value::Typed(s, _) => graph::cast_bytes(s, self.dtype()),
            Value::Array(v) => return self.assign_array(v),
        };
        self.store(Operand::Scalar(bytes, self.dtype()))
    }

    fn assign_array(&self, v: &Array) -> Result<()> {
        // NumPy lets leading dimensions of length 1 of the value go.
        let extra = v.ndim().saturating_sub(self.ndim());
        let shown: Array;
        let v = if extra > 0 && v.shape()[..extra].iter().all(|n| *n == 1) {
            shown = v.squeeze(Some(&(0..extra as isize).collect::<Vec<_>>()))?;
            &shown
        } else {
            v
        };
        let view = v.layout.broadcast_to(&self.layout.shape).map_err(|_| {
            Error::Value(format!(
                "could not broadcast input array from shape {} into shape {}",
                anygpu_core::numpy_shape(v.shape()),
                anygpu_core::numpy_shape(self.shape())
            ))
        })?;
        crate::value::common_device("assignment", &[self.into(), v.into()])?;
        self.store(Operand::Array { base: v.base().clone(), layout: view, convert: v.dtype() })
    }

    /// `self = ufunc(self, other)` elementwise, in this array's memory and dtype.
    ///
    /// # Errors
    /// NumPy's casting error where the result's dtype does not fit this array's kind; shapes that do not broadcast into this one.
    pub fn update(&self, ufunc: Ufunc, other: Option<Value<'_>>) -> Result<()> {
        // One step for other threads. An integer power reads its exponent, and nothing may be waited for with the lock held.
        let _graph = (ufunc != Ufunc::Power).then(|| self.device().graph().lock());
        let operands: smallvec::SmallVec<[Value<'_>; 2]> = std::iter::once(Value::Array(self)).chain(other).collect();
        let result = ufunc.call(&operands)?;
        if !anygpu_core::can_cast(result.dtype(), self.dtype(), anygpu_core::Casting::SameKind) {
            return Err(Error::Type(format!(
                "Cannot cast ufunc '{}' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
                ufunc.name(),
                result.dtype(),
                self.dtype()
            )));
        }
        if result.shape() != self.shape() {
            return Err(Error::Value(format!(
                "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                anygpu_core::numpy_shape(self.shape()),
                anygpu_core::numpy_shape(result.shape())
            )));
        }
        self.store(Operand::Array { base: result.base().clone(), layout: result.layout.clone(), convert: result.dtype() })
    }

    /// Whether the array can be written: it is not protected, and no element is seen at two places.
    pub fn is_writeable(&self) -> bool {
        self.protection.get() == Protection::OPEN && !self.layout.may_overlap()
    }

    /// Refuses writes through this array, and through views made of it from now on, or allows them again.
    ///
    /// # Errors
    /// `true` for a view of a protected array, and for one whose elements share memory.
    pub fn set_writeable(&self, writeable: bool) -> Result<()> {
        if writeable && (self.protection.get() == Protection::INHERITED || self.layout.may_overlap()) {
            return Err(Error::Value(
                "cannot set WRITEABLE flag to True of this array: it is a view of a read-only array, or its elements share memory".into(),
            ));
        }
        self.protection.0.store(if writeable { Protection::OPEN } else { Protection::OWN }, Ordering::Relaxed);
        Ok(())
    }

    /// # Errors
    /// The array cannot be written.
    pub(crate) fn check_writeable(&self) -> Result<()> {
        if self.protection.get() != Protection::OPEN {
            return Err(Error::Value(
                "assignment destination is read-only: its flags.writeable is False, or it is a view of a broadcast array; copy it first"
                    .into(),
            ));
        }
        if self.size() > 0 && self.layout.may_overlap() {
            return Err(Error::Value(
                "assignment destination is read-only: it is a view whose elements share memory (broadcast, or a sliding window); copy it first".into(),
            ));
        }
        Ok(())
    }

    /// Overwrites this view with an operand of its shape.
    fn store(&self, operand: Operand) -> Result<()> {
        self.check_writeable()?;
        if self.size() == 0 {
            return Ok(());
        }
        let _graph = self.device().graph().lock();
        let base = self.base();
        let operand = match operand {
            // A value that lies in the memory about to change is copied first.
            Operand::Array { base: from, layout, convert } if from.shares_memory(base) => {
                let copy = Array::from_base(from, layout).copy()?;
                Operand::Array { base: copy.base().clone(), layout: copy.layout.clone(), convert }
            }
            other => other,
        };
        if self.covers_base() && self.device().fusion() {
            let result = Layout { offset: 0, ..self.layout.clone() };
            // Without room for the new value beside the old one, write through instead.
            if let Ok(reserved) = self.device().allocate(base.len, base.dtype) {
                graph::prepare_operands(self.device(), std::slice::from_ref(&operand), &result, true)?;
                let recipe = match operand {
                    Operand::Scalar(bytes, _) => Recipe::Constant(bytes),
                    array => Recipe::Apply(Op::Cast, base.dtype, [array].into_iter().collect()),
                };
                base.replace(result, reserved, recipe);
                return Ok(());
            }
        }
        base.compute_readers()?;
        let storage = base.compute()?;
        let mut expr = Expr::default();
        let mut sources: smallvec::SmallVec<[launch::Source; 1]> = smallvec::SmallVec::new();
        let mut scalars: smallvec::SmallVec<[(graph::ScalarBytes, DType); 1]> = smallvec::SmallVec::new();
        let node = match operand {
            Operand::Scalar(bytes, dtype) => {
                scalars.push((bytes, dtype));
                expr.scalar(dtype)
            }
            Operand::Array { base: from, layout, .. } => {
                sources.push(launch::Source::new(from.compute()?, from.dtype, layout));
                let x = expr.input(from.dtype);
                if from.dtype == base.dtype { x } else { expr.apply(Op::Cast, base.dtype, &[x]) }
            }
        };
        expr.results.push(node);
        let target = launch::Target { storage, dtype: base.dtype, layout: self.layout.clone(), dense: false };
        launch::map(self.device(), &expr, &sources, &scalars, &[target])
    }
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Array(shape={:?}, dtype={}, device={:?})", self.shape(), self.dtype(), self.device())
    }
}
