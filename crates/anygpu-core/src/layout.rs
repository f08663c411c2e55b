//! Which elements of a buffer are an array, and in which order: a shape, strides and an offset, all in elements.

use crate::{Error, Result, python_tuple};
use smallvec::SmallVec;

/// A shape; up to six dimensions without an allocation.
pub type Dims = SmallVec<[usize; 6]>;

/// Strides in elements; up to six dimensions without an allocation.
pub type Strides = SmallVec<[isize; 6]>;

/// The most dimensions an array may have, as in NumPy 2.
pub const MAX_NDIM: usize = 64;

/// A strided view of a buffer: element `(i, j, ..)` lies at `offset + i * strides[0] + j * strides[1] + ..`.
///
/// The constructors and methods here keep it in bounds if it was; the fields are public, so a caller who makes one by hand checks
/// it with [`fits_in`](Self::fits_in). `strides` is as long as `shape`.
///
/// ```
/// use anygpu_core::Layout;
/// let x = Layout::contiguous(&[2, 3]);
/// assert_eq!(x.strides.as_slice(), &[3, 1]);
/// let t = x.transpose(None)?;
/// assert_eq!(t.shape.as_slice(), &[3, 2]);
/// assert_eq!(t.element_offsets().collect::<Vec<_>>(), [0, 3, 1, 4, 2, 5]);
/// # Ok::<(), anygpu_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Layout {
    /// The length of each dimension.
    pub shape: Dims,
    /// The distance between neighbours along each dimension, in elements; 0 where broadcast, negative where flipped.
    pub strides: Strides,
    /// The position of element `(0, 0, ..)` in the buffer, in elements.
    pub offset: usize,
}

impl Layout {
    /// The C-order (last dimension fastest) layout of a new array. Zero-size arrays have zero strides, as in NumPy.
    ///
    /// Strides of a shape too large for any buffer saturate; [`contiguous_checked`](Self::contiguous_checked) refuses it.
    pub fn contiguous(shape: &[usize]) -> Self {
        let mut layout = Self { shape: shape.into(), strides: smallvec::smallvec![0; shape.len()], offset: 0 };
        if layout.size() != 0 {
            let mut stride = 1usize;
            for (slot, &n) in layout.strides.iter_mut().zip(shape).rev() {
                *slot = isize::try_from(stride).unwrap_or(isize::MAX);
                stride = stride.saturating_mul(n);
            }
        }
        layout
    }

    /// The F-order (first dimension fastest) layout of a new array.
    pub fn fortran(shape: &[usize]) -> Self {
        let reversed: Dims = shape.iter().rev().copied().collect();
        let mut layout = Self::contiguous(&reversed);
        layout.shape.reverse();
        layout.strides.reverse();
        layout
    }

    /// The layout of a new array without gaps whose axes lie in memory in an order, the outermost first.
    pub fn dense(shape: &[usize], order: &[usize]) -> Self {
        let mut layout = Self::contiguous(shape);
        if layout.size() != 0 && !order.is_sorted() {
            let mut stride = 1usize;
            for &axis in order.iter().rev() {
                layout.strides[axis] = isize::try_from(stride).unwrap_or(isize::MAX);
                stride = stride.saturating_mul(shape[axis]);
            }
        }
        layout
    }

    /// Do both have the same shape and their elements at the same distances? Strides of dimensions of length 1, and of arrays without elements,
    /// do not matter.
    pub fn has_strides_of(&self, other: &Self) -> bool {
        self.shape == other.shape && (self.size() == 0 || self.dims().zip(other.dims()).all(|((n, a), (_, b))| n == 1 || a == b))
    }

    /// [`contiguous`](Self::contiguous) for elements of `itemsize` bytes.
    ///
    /// # Errors
    /// [`Error::Value`] if the size in bytes exceeds `isize::MAX` (dimensions of size 0 do not count, as in NumPy) or there are more
    /// than [`MAX_NDIM`] dimensions.
    pub fn contiguous_checked(shape: &[usize], itemsize: usize) -> Result<Self> {
        check_ndim(shape.len())?;
        let bytes = shape.iter().filter(|&&n| n != 0).try_fold(itemsize, |bytes, &n| bytes.checked_mul(n));
        match bytes {
            Some(bytes) if isize::try_from(bytes).is_ok() => Ok(Self::contiguous(shape)),
            _ => Err(Error::value_error(format!(
                "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size: shape {} of {itemsize}-byte elements",
                crate::format::python_tuple(shape)
            ))),
        }
    }

    /// A layout given stride by stride, in a buffer of `elements` elements (`as_strided`, imported buffers).
    ///
    /// # Errors
    /// [`Error::Value`] if it reaches outside the buffer, or `strides` is not as long as `shape`.
    ///
    /// ```
    /// # use anygpu_core::Layout;
    /// assert!(Layout::strided(&[3, 2], &[1, 1], 0, 4).is_ok());
    /// assert!(Layout::strided(&[3, 3], &[1, 1], 0, 4).is_err());
    /// ```
    pub fn strided(shape: &[usize], strides: &[isize], offset: usize, elements: usize) -> Result<Self> {
        check_ndim(shape.len())?;
        let layout = Self { shape: shape.into(), strides: strides.into(), offset };
        if layout.fits_in(elements) {
            return Ok(layout);
        }
        Err(Error::Value(format!(
            "shape {} with strides {} and offset {offset} (in elements) reaches outside a buffer of {elements} elements",
            python_tuple(shape),
            python_tuple(strides)
        )))
    }

    /// The number of dimensions.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// The number of elements, the product of the shape (1 for no dimensions).
    pub fn size(&self) -> usize {
        self.shape.iter().fold(1usize, |size, &n| size.saturating_mul(n))
    }

    /// `(size, stride)` of each dimension.
    pub(crate) fn dims(&self) -> impl DoubleEndedIterator<Item = (usize, isize)> + ExactSizeIterator + '_ {
        self.shape.iter().copied().zip(self.strides.iter().copied())
    }

    /// Do the elements lie in C order without gaps? Dimensions of size 1 do not matter, and a zero-size array is contiguous
    /// (NumPy's relaxed strides). The offset does not matter.
    pub fn is_c_contiguous(&self) -> bool {
        self.size() == 0 || is_packed(self.dims().rev())
    }

    /// Do the elements lie in Fortran order without gaps? As [`is_c_contiguous`](Self::is_c_contiguous).
    pub fn is_f_contiguous(&self) -> bool {
        self.size() == 0 || is_packed(self.dims())
    }

    /// Do the elements, in some order of the dimensions, fill `offset .. offset + size` exactly? False with a negative stride or a
    /// broadcast dimension; true for a zero-size array.
    pub fn is_dense(&self) -> bool {
        let mut dims: SmallVec<[(usize, isize); 6]> = self.dims().filter(|&(n, _)| n != 1).collect();
        dims.sort_unstable_by_key(|&(_, stride)| stride);
        self.size() == 0 || is_packed(dims.into_iter())
    }

    /// Whether two elements may lie at the same position: true for broadcast dimensions and sliding windows, and where no nesting of the dimensions
    /// shows the contrary (slicing, transposing and reshaping keep one).
    ///
    /// ```
    /// # use anygpu_core::Layout;
    /// assert!(!Layout::contiguous(&[3, 2]).transpose(None)?.may_overlap());
    /// assert!(Layout::strided(&[3, 2], &[1, 1], 0, 4)?.may_overlap());
    /// # Ok::<(), anygpu_core::Error>(())
    /// ```
    pub fn may_overlap(&self) -> bool {
        let mut dims: SmallVec<[(usize, usize); 6]> = self.dims().filter(|&(n, _)| n != 1).map(|(n, s)| (s.unsigned_abs(), n)).collect();
        dims.sort_unstable();
        let mut reach = 0usize;
        self.size() != 0
            && dims.into_iter().any(|(stride, n)| {
                let overlaps = stride <= reach;
                reach = reach.saturating_add((n - 1).saturating_mul(stride));
                overlaps
            })
    }

    /// The least and the greatest element position the layout touches (both included), or `None` for a zero-size array.
    pub fn extent(&self) -> Option<(usize, usize)> {
        let (low, high) = self.signed_extent()?;
        // Only a layout that fits no buffer saturates; `fits_in` says so.
        Some((usize::try_from(low).unwrap_or(0), usize::try_from(high).unwrap_or(usize::MAX)))
    }

    fn signed_extent(&self) -> Option<(i128, i128)> {
        if self.size() == 0 {
            return None;
        }
        let (mut low, mut high) = (self.offset as i128, self.offset as i128);
        for (n, stride) in self.dims() {
            let reach = (n as i128 - 1) * stride as i128;
            let end = if reach < 0 { &mut low } else { &mut high };
            *end = end.saturating_add(reach);
        }
        Some((low, high))
    }

    /// Is every element inside a buffer of `elements` elements, and are there as many strides as dimensions?
    pub fn fits_in(&self, elements: usize) -> bool {
        self.shape.len() == self.strides.len() && self.signed_extent().is_none_or(|(low, high)| low >= 0 && high < elements as i128)
    }

    /// May two different indices name the same element? `false` is certain; `true` may be wrong for exotic strides (those where no
    /// dimension order nests, such as shape `(2, 3)` with strides `(2, 3)`).
    pub fn may_self_overlap(&self) -> bool {
        if self.size() == 0 {
            return false;
        }
        let mut dims: SmallVec<[(u128, usize); 6]> =
            self.dims().filter(|&(n, _)| n > 1).map(|(n, stride)| (stride.unsigned_abs() as u128, n)).collect();
        dims.sort_unstable();
        let mut reach = 0u128;
        for (stride, n) in dims {
            if stride <= reach {
                return true;
            }
            reach = reach.saturating_add(stride * (n as u128 - 1));
        }
        false
    }

    /// The position of the element at `index`, or `None` if the index is out of range or has the wrong length.
    pub fn element_offset(&self, index: &[usize]) -> Option<usize> {
        if index.len() != self.ndim() || index.iter().zip(&self.shape).any(|(i, n)| i >= n) {
            return None;
        }
        let mut position = self.offset as i128;
        for (&i, &stride) in index.iter().zip(&self.strides) {
            position = position.checked_add(i as i128 * stride as i128)?;
        }
        usize::try_from(position).ok()
    }

    /// The positions of all elements, in C order of the indices. For host-side copies and tests; positions of a layout that fits no
    /// buffer wrap.
    pub fn element_offsets(&self) -> impl Iterator<Item = usize> + '_ {
        let mut index: Dims = smallvec::smallvec![0; self.ndim()];
        let mut position = self.offset;
        let mut left = self.size();
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let current = position;
            for (i, (n, stride)) in index.iter_mut().zip(self.dims()).rev() {
                *i += 1;
                position = position.wrapping_add_signed(stride);
                if *i < n {
                    break;
                }
                position = position.wrapping_add_signed(stride.wrapping_mul(n as isize).wrapping_neg());
                *i = 0;
            }
            Some(current)
        })
    }
}

/// Are `dims`, fastest first, each as far apart as the ones before are large? Size-1 dimensions do not matter.
fn is_packed(dims: impl Iterator<Item = (usize, isize)>) -> bool {
    let mut expected = 1u128;
    for (n, stride) in dims {
        if n != 1 {
            if u128::try_from(stride) != Ok(expected) {
                return false;
            }
            expected = expected.saturating_mul(n as u128);
        }
    }
    true
}

/// NumPy's limit on the number of dimensions.
pub(crate) fn check_ndim(ndim: usize) -> Result<()> {
    if ndim <= MAX_NDIM {
        return Ok(());
    }
    Err(Error::Value(format!("maximum supported dimension for an ndarray is currently {MAX_NDIM}, found {ndim}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(shape: &[usize], strides: &[isize], offset: usize) -> Layout {
        Layout { shape: shape.into(), strides: strides.into(), offset }
    }

    #[test]
    fn contiguity_ignores_size_one_and_zero_size() {
        assert!(layout(&[3, 1], &[1, 99], 5).is_c_contiguous());
        assert!(layout(&[3, 1], &[1, 99], 5).is_f_contiguous());
        assert!(layout(&[0, 3], &[7, -2], 0).is_c_contiguous());
        assert!(layout(&[], &[], 3).is_f_contiguous());
        assert!(!layout(&[3], &[2], 0).is_c_contiguous());
        assert!(!layout(&[3], &[-1], 2).is_c_contiguous());
        assert!(Layout::fortran(&[2, 3]).is_f_contiguous() && !Layout::fortran(&[2, 3]).is_c_contiguous());
    }

    #[test]
    fn dense_means_a_permutation_of_contiguous() {
        assert!(layout(&[2, 3, 4], &[1, 8, 2], 7).is_dense());
        assert!(!layout(&[2, 3], &[0, 1], 0).is_dense());
        assert!(!layout(&[2, 3], &[-3, 1], 3).is_dense());
        assert!(!layout(&[2, 3], &[4, 1], 0).is_dense());
        assert!(layout(&[0, 3], &[0, 0], 0).is_dense());
    }

    #[test]
    fn zero_size_arrays_have_zero_strides_and_no_extent() {
        assert_eq!(Layout::contiguous(&[3, 0, 2]).strides.as_slice(), &[0, 0, 0]);
        assert_eq!(Layout::contiguous(&[3, 0, 2]).extent(), None);
        assert_eq!(Layout::contiguous(&[usize::MAX, usize::MAX, 0]).size(), 0);
    }

    #[test]
    fn extent_covers_negative_strides() {
        let view = layout(&[3, 4], &[-4, 1], 8);
        assert_eq!(view.extent(), Some((0, 11)));
        assert!(view.fits_in(12) && !view.fits_in(11));
        assert!(!layout(&[3], &[-1], 1).fits_in(100));
        assert!(!layout(&[usize::MAX; 3], &[isize::MAX; 3], usize::MAX).fits_in(usize::MAX));
    }

    #[test]
    fn too_big_is_a_value_error() {
        for shape in [&[1usize << 62][..], &[1 << 40, 1 << 40, 0], &[usize::MAX]] {
            let error = Layout::contiguous_checked(shape, 8).unwrap_err();
            assert!(error.to_string().starts_with("array is too big;"), "{error}");
        }
        assert!(Layout::contiguous_checked(&[(1 << 60) - 1], 8).is_ok());
        assert_eq!(
            Layout::contiguous_checked(&[1; 65], 1).unwrap_err().to_string(),
            "maximum supported dimension for an ndarray is currently 64, found 65"
        );
    }

    #[test]
    fn self_overlap_is_found() {
        assert!(layout(&[2, 3], &[0, 1], 0).may_self_overlap());
        assert!(layout(&[3, 3], &[1, 1], 0).may_self_overlap());
        assert!(!layout(&[3, 4], &[-4, 1], 8).may_self_overlap());
        assert!(!layout(&[1, 4], &[0, 1], 0).may_self_overlap());
    }
}
