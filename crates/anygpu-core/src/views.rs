//! Views that only rearrange dimensions: transpose, swapaxes, squeeze, expand_dims, broadcast_to, flip, diagonal.

use crate::axes::normalize_argument_axis;
use crate::layout::check_ndim;
use crate::{Dims, Error, Layout, Result, Strides, normalize_axes, normalize_axis, normalize_axis_tuple, numpy_shape};

/// Axes as Python writes a tuple of them.
fn listed(axes: &[isize]) -> String {
    match axes {
        [one] => format!("({one},)"),
        _ => format!("({})", axes.iter().map(isize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

impl Layout {
    /// The dimensions in the order `axes`; reversed if `None`.
    ///
    /// # Errors
    /// [`Error::Value`] unless `axes` is a permutation; [`Error::Axis`] for an axis out of range.
    pub fn transpose(&self, axes: Option<&[isize]>) -> Result<Layout> {
        let order: Dims = match axes {
            None => (0..self.ndim()).rev().collect(),
            Some(axes) => {
                if axes.len() != self.ndim() {
                    return Err(Error::value_error(format!("axes don't match array: {} for {} dimensions", listed(axes), self.ndim())));
                }
                let mut seen: smallvec::SmallVec<[bool; 16]> = smallvec::smallvec![false; self.ndim()];
                let mut order = Dims::new();
                for &axis in axes {
                    let axis = normalize_axis(axis, self.ndim())?;
                    if std::mem::replace(&mut seen[axis], true) {
                        return Err(Error::value_error(format!("repeated axis in transpose: {}", listed(axes))));
                    }
                    order.push(axis);
                }
                order
            }
        };
        Ok(self.select(order.into_iter()))
    }

    /// Dimensions `axis1` and `axis2` exchanged.
    ///
    /// # Errors
    /// [`Error::Axis`] for an axis out of range, with the argument's name.
    pub fn swap_axes(&self, axis1: isize, axis2: isize) -> Result<Layout> {
        let a = normalize_argument_axis(axis1, self.ndim(), "axis1")?;
        let b = normalize_argument_axis(axis2, self.ndim(), "axis2")?;
        let mut swapped = self.clone();
        swapped.shape.swap(a, b);
        swapped.strides.swap(a, b);
        Ok(swapped)
    }

    /// Without the dimensions `axes`, which must have size 1; without all of size 1 if `None`.
    ///
    /// # Errors
    /// [`Error::Value`] for an axis of another size or given twice; [`Error::Axis`] for one out of range.
    pub fn squeeze(&self, axes: Option<&[isize]>) -> Result<Layout> {
        let dropped: Dims = match axes {
            None => (0..self.ndim()).filter(|&i| self.shape[i] == 1).collect(),
            Some(axes) => normalize_axes(axes, self.ndim())?,
        };
        if let Some(&axis) = dropped.iter().find(|&&axis| self.shape[axis] != 1) {
            return Err(Error::value_error(format!(
                "cannot select an axis to squeeze out which has size not equal to one: axis {axis} has size {}",
                self.shape[axis]
            )));
        }
        Ok(self.select((0..self.ndim()).filter(|axis| !dropped.contains(axis))))
    }

    /// With new dimensions of size 1 at the positions `axes` of the *result*.
    ///
    /// # Errors
    /// [`Error::Axis`] for a position out of range, [`Error::Value`] for a repeated one or more than [`MAX_NDIM`](crate::MAX_NDIM)
    /// dimensions.
    pub fn expand_dims(&self, axes: &[isize]) -> Result<Layout> {
        let ndim = self.ndim() + axes.len();
        let new = normalize_axis_tuple(axes, ndim, None)?;
        check_ndim(ndim)?;
        let mut old = self.dims();
        let (mut shape, mut strides) = (Dims::new(), Strides::new());
        for axis in 0..ndim {
            let (n, stride) = if new.contains(&axis) { (1, 0) } else { old.next().unwrap_or((1, 0)) };
            shape.push(n);
            strides.push(stride);
        }
        Ok(Layout { shape, strides, offset: self.offset })
    }

    /// Repeated, without a copy, to `shape`: new leading dimensions, and dimensions of size 1, get stride 0.
    ///
    /// # Errors
    /// [`Error::Value`] if the shapes do not match.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Layout> {
        check_ndim(shape.len())?;
        let Some(added) = shape.len().checked_sub(self.ndim()) else {
            return Err(Error::value_error(if shape.is_empty() {
                "cannot broadcast a non-scalar to a scalar array".to_owned()
            } else {
                format!(
                    "input operand has more dimensions than the shape to broadcast to: {} to {}",
                    numpy_shape(&self.shape),
                    numpy_shape(shape)
                )
            }));
        };
        let mut strides: Strides = smallvec::smallvec![0; added];
        for ((n, stride), &target) in self.dims().zip(&shape[added..]) {
            if n != target && n != 1 {
                return Err(Error::Value(format!(
                    "operands could not be broadcast together with remapped shapes [original->remapped]: {}  and requested shape {}",
                    numpy_shape(&self.shape),
                    numpy_shape(shape)
                )));
            }
            strides.push(if n == 1 { 0 } else { stride });
        }
        let broadcast = Layout { shape: shape.into(), strides, offset: self.offset };
        // The bytes of the widest elements must be countable.
        if broadcast.size() > isize::MAX as usize / 16 {
            return Err(Error::Value(format!("broadcast_to: shape {} has too many elements", numpy_shape(shape))));
        }
        Ok(broadcast)
    }

    /// With the order of elements reversed along `axes`; along all if `None`.
    ///
    /// # Errors
    /// [`Error::Axis`] for an axis out of range, [`Error::Value`] for a repeated one.
    pub fn flip(&self, axes: Option<&[isize]>) -> Result<Layout> {
        let axes = match axes {
            None => (0..self.ndim()).collect(),
            Some(axes) => normalize_axis_tuple(axes, self.ndim(), None)?,
        };
        let mut flipped = self.clone();
        for axis in axes {
            let (n, stride) = (self.shape[axis], self.strides[axis]);
            let last = flipped.offset as i128 + n.saturating_sub(1) as i128 * stride as i128;
            flipped.offset = usize::try_from(last).map_err(|_| out_of_buffer(self))?;
            flipped.strides[axis] = stride.checked_neg().ok_or_else(|| out_of_buffer(self))?;
        }
        Ok(flipped)
    }

    /// The elements of a diagonal of the matrices in `axis1` and `axis2`, `offset` columns above the main one, as the last dimension.
    ///
    /// # Errors
    /// [`Error::Axis`] for an axis out of range, [`Error::Value`] for fewer than two dimensions or one axis given twice.
    pub fn diagonal(&self, offset: isize, axis1: isize, axis2: isize) -> Result<Layout> {
        if self.ndim() < 2 {
            return Err(Error::value_error("diag requires an array of at least two dimensions"));
        }
        let a = normalize_argument_axis(axis1, self.ndim(), "axis1")?;
        let b = normalize_argument_axis(axis2, self.ndim(), "axis2")?;
        if a == b {
            return Err(Error::value_error("axis1 and axis2 cannot be the same"));
        }
        let (rows, columns) = (self.shape[a], self.shape[b]);
        let (down, right) = if offset < 0 { (offset.unsigned_abs(), 0) } else { (0, offset.unsigned_abs()) };
        let length = rows.saturating_sub(down).min(columns.saturating_sub(right));
        let mut diagonal = self.select((0..self.ndim()).filter(|&axis| axis != a && axis != b));
        if length > 0 {
            let first = self.offset as i128 + down as i128 * self.strides[a] as i128 + right as i128 * self.strides[b] as i128;
            diagonal.offset = usize::try_from(first).map_err(|_| out_of_buffer(self))?;
        }
        diagonal.shape.push(length);
        diagonal.strides.push(self.strides[a].checked_add(self.strides[b]).ok_or_else(|| out_of_buffer(self))?);
        Ok(diagonal)
    }

    /// The dimensions `axes`, in that order.
    fn select(&self, axes: impl Iterator<Item = usize> + Clone) -> Layout {
        Layout {
            shape: axes.clone().map(|axis| self.shape[axis]).collect(),
            strides: axes.map(|axis| self.strides[axis]).collect(),
            offset: self.offset,
        }
    }
}

/// Only a layout made by hand that fits no buffer gets here.
pub(crate) fn out_of_buffer(layout: &Layout) -> Error {
    Error::Value(format!(
        "layout of shape {}, strides {} and offset {} fits no buffer",
        numpy_shape(&layout.shape),
        numpy_shape(&layout.strides),
        layout.offset
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn transpose_refuses_what_is_no_permutation() {
        let x = Layout::contiguous(&[2, 3]);
        assert_eq!(message(x.transpose(Some(&[0]))), "axes don't match array: (0,) for 2 dimensions");
        assert_eq!(message(x.transpose(Some(&[0, -2]))), "repeated axis in transpose: (0, -2)");
        assert_eq!(x.transpose(Some(&[0, 5])), Err(Error::axis_error(5, 2)));
        assert_eq!(x.transpose(Some(&[-1, 0])).unwrap(), x.transpose(None).unwrap());
        assert_eq!(x.swap_axes(0, -1).unwrap(), x.transpose(None).unwrap());
        assert_eq!(message(x.swap_axes(0, 5)), "axis2: axis 5 is out of bounds for array of dimension 2");
    }

    #[test]
    fn squeeze_drops_only_size_one() {
        let x = Layout::contiguous(&[1, 2, 1]);
        assert_eq!(x.squeeze(None).unwrap().shape.as_slice(), &[2]);
        assert_eq!(x.squeeze(Some(&[-1])).unwrap().shape.as_slice(), &[1, 2]);
        assert_eq!(
            message(x.squeeze(Some(&[1]))),
            "cannot select an axis to squeeze out which has size not equal to one: axis 1 has size 2"
        );
        assert_eq!(message(x.squeeze(Some(&[0, 0]))), "duplicate value in 'axis'");
    }

    #[test]
    fn expand_dims_counts_positions_in_the_result() {
        let x = Layout::contiguous(&[2, 3]);
        assert_eq!(x.expand_dims(&[0, -1]).unwrap().shape.as_slice(), &[1, 2, 3, 1]);
        assert_eq!(x.expand_dims(&[5]), Err(Error::axis_error(5, 3)));
        assert_eq!(message(x.expand_dims(&[0, 0])), "repeated axis");
        assert!(message(Layout::contiguous(&[1; 64]).expand_dims(&[0])).contains("found 65"));
    }

    #[test]
    fn broadcast_to_has_numpys_messages() {
        let x = Layout::contiguous(&[3]);
        assert_eq!(x.broadcast_to(&[2, 3]).unwrap().strides.as_slice(), &[0, 1]);
        assert_eq!(
            message(x.broadcast_to(&[4])),
            "operands could not be broadcast together with remapped shapes [original->remapped]: (3,)  and requested shape (4,)"
        );
        assert_eq!(message(x.broadcast_to(&[])), "cannot broadcast a non-scalar to a scalar array");
        assert!(x.broadcast_to(&[1 << 62, 1 << 62, 3]).is_err());
        assert_eq!(Layout::contiguous(&[1, 3]).broadcast_to(&[0, 3]).unwrap().size(), 0);
    }

    #[test]
    fn flip_keeps_the_extent() {
        let x = Layout::contiguous(&[2, 3]);
        let flipped = x.flip(Some(&[1])).unwrap();
        assert_eq!((flipped.strides.as_slice(), flipped.offset), (&[3, -1][..], 2));
        assert_eq!(flipped.extent(), x.extent());
        assert_eq!(x.flip(None).unwrap().flip(None).unwrap(), x);
        assert_eq!(Layout::contiguous(&[0]).flip(None).unwrap().offset, 0);
        assert_eq!(message(x.flip(Some(&[0, 0]))), "repeated axis");
    }

    #[test]
    fn diagonals_step_along_both_axes() {
        let x = Layout::contiguous(&[2, 3, 4]);
        let d = x.diagonal(1, 1, -1).unwrap();
        assert_eq!((d.shape.as_slice(), d.strides.as_slice(), d.offset), (&[2, 3][..], &[12, 5][..], 1));
        let d = x.diagonal(-1, 0, 1).unwrap();
        assert_eq!((d.shape.as_slice(), d.strides.as_slice(), d.offset), (&[4, 1][..], &[1, 16][..], 12));
        assert_eq!(x.diagonal(7, 0, 1).unwrap().shape.as_slice(), &[4, 0]);
        assert_eq!(message(x.diagonal(0, 1, -2)), "axis1 and axis2 cannot be the same");
        assert_eq!(x.diagonal(0, 3, 0).unwrap_err().to_string(), "axis1: axis 3 is out of bounds for array of dimension 3");
        assert!(Layout::contiguous(&[2]).diagonal(0, 0, 1).is_err());
    }
}
