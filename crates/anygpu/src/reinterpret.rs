//! Views that show the same memory otherwise: as another dtype, as the parts of complex numbers, with any strides.

use crate::array::Array;
use anygpu_core::{DType, Error, Layout, Result, Scalar};

impl Array {
    /// The same bytes as another dtype, as `numpy.ndarray.view`. Where the item sizes differ, the last dimension becomes longer or shorter.
    ///
    /// # Errors
    /// Different item sizes where there is no dimension, or the last one is not contiguous or not divisible.
    pub fn view(&self, dtype: DType) -> Result<Array> {
        let (from, to) = (self.dtype().itemsize(), dtype.itemsize());
        if dtype == self.dtype() {
            return Ok(self.clone());
        }
        let mut layout = self.layout().clone();
        if from != to {
            let Some(last) = layout.ndim().checked_sub(1) else {
                return Err(Error::Value("Changing the dtype of a 0d array is only supported if the itemsize is unchanged".into()));
            };
            if layout.shape[last] != 1 && layout.strides[last] != 1 && layout.size() != 0 {
                return Err(Error::Value("To change to a dtype of a different size, the last axis must be contiguous".into()));
            }
            if from > to {
                let ratio = from / to;
                layout.shape[last] *= ratio;
                layout.offset *= ratio;
                layout.strides.iter_mut().for_each(|s| *s *= ratio as isize);
            } else {
                let ratio = to / from;
                if !layout.shape[last].is_multiple_of(ratio) {
                    return Err(Error::Value(
                        "When changing to a larger dtype, its size must be a divisor of the total size in bytes of the last axis of the array."
                            .into(),
                    ));
                }
                layout.shape[last] /= ratio;
                let others = layout.strides[..last].iter().zip(&layout.shape).all(|(s, n)| *n <= 1 || s % ratio as isize == 0);
                if layout.size() != 0 && (!layout.offset.is_multiple_of(ratio) || !others) {
                    return Err(Error::Value(format!(
                        "view: the elements do not start at multiples of {to} bytes, the item size of {dtype}; copy the array first"
                    )));
                }
                layout.offset /= ratio;
                layout.strides.iter_mut().for_each(|s| *s /= ratio as isize);
            }
            layout.strides[last] = 1;
        }
        self.shown_as(dtype, layout)
    }

    /// The real parts of complex numbers, as a view; an array of real numbers itself.
    ///
    /// # Errors
    /// No memory (a deferred array is computed).
    pub fn real(&self) -> Result<Array> {
        self.part(0)
    }

    /// The imaginary parts of complex numbers, as a view; zeros for an array of real numbers.
    ///
    /// # Errors
    /// No memory (a deferred array is computed).
    pub fn imag(&self) -> Result<Array> {
        if self.dtype().is_complex() {
            return self.part(1);
        }
        let is_fortran = self.layout().is_f_contiguous() && !self.layout().is_c_contiguous();
        let zeros = if is_fortran {
            self.full_like(Scalar::Int(0), self.dtype())?
        } else {
            Array::zeros(self.device(), self.shape(), self.dtype())?
        };
        zeros.set_writeable(false)?; // nothing that is written to them would reach the array
        Ok(zeros)
    }

    fn part(&self, which: usize) -> Result<Array> {
        if !self.dtype().is_complex() {
            return Ok(self.clone());
        }
        let mut layout = self.layout().clone();
        layout.offset = 2 * layout.offset + which;
        layout.strides.iter_mut().for_each(|s| *s *= 2);
        self.shown_as(self.dtype().real(), layout)
    }

    /// A view with any strides (in elements) from the element on that lies `offset` elements after this array's first, as
    /// `numpy.lib.stride_tricks.as_strided`; elements may overlap, and the array cannot be written then.
    ///
    /// # Errors
    /// A view that reaches outside of the memory.
    pub fn as_strided(&self, shape: &[usize], strides: &[isize], offset: usize) -> Result<Array> {
        let layout = Layout::strided(shape, strides, self.layout().offset.saturating_add(offset), self.base().len)?;
        Ok(self.view_of(self.base().clone(), layout))
    }

    fn shown_as(&self, dtype: DType, layout: Layout) -> Result<Array> {
        Ok(self.view_of(self.base().alias(dtype)?, layout))
    }
}
