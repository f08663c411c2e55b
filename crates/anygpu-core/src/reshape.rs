//! Reshape: the new shape with its one unknown filled in, and the strides that show it without a copy where they exist.

use crate::layout::check_ndim;
use crate::views::out_of_buffer;
use crate::{Dims, Error, Layout, Result, Strides};

/// The shape that `size` elements are reshaped to, its one negative entry (NumPy takes any negative number for -1) replaced.
///
/// # Errors
/// [`Error::Value`] "cannot reshape array of size 6 into shape (4,)", or for two unknown dimensions.
///
/// ```
/// use anygpu_core::resolve_shape;
/// assert_eq!(resolve_shape(6, &[2, -1])?.as_slice(), &[2, 3]);
/// assert_eq!(
///     resolve_shape(6, &[4, -1]).unwrap_err().to_string(),
///     "cannot reshape array of size 6 into shape (4,newaxis)"
/// );
/// # Ok::<(), anygpu_core::Error>(())
/// ```
pub fn resolve_shape(size: usize, shape: &[isize]) -> Result<Dims> {
    check_ndim(shape.len())?;
    let mut resolved = Dims::new();
    let mut unknown = None;
    // `None` once the product leaves usize: larger than any size, unless a later dimension is 0.
    let mut known = Some(1usize);
    for (axis, &n) in shape.iter().enumerate() {
        let n = match usize::try_from(n) {
            Ok(n) => n,
            Err(_) if unknown.is_some() => {
                return Err(Error::value_error("can only specify one unknown dimension"));
            }
            Err(_) => {
                unknown = Some(axis);
                1
            }
        };
        known = if n == 0 { Some(0) } else { known.and_then(|known| known.checked_mul(n)) };
        resolved.push(n);
    }
    if shape.contains(&0) {
        known = Some(0);
    }
    match (known, unknown) {
        (Some(known), Some(axis)) if known != 0 && size.is_multiple_of(known) => resolved[axis] = size / known,
        (Some(known), None) if known == size => {}
        _ => {
            return Err(Error::Value(format!("cannot reshape array of size {size} into shape {}", requested(shape))));
        }
    }
    Ok(resolved)
}

/// The requested shape as NumPy's message prints it: leading unknown dimensions left out, others as `newaxis`.
fn requested(shape: &[isize]) -> String {
    let names: Vec<String> = shape.iter().skip_while(|&&n| n < 0).map(|&n| if n < 0 { "newaxis".into() } else { n.to_string() }).collect();
    format!("({}{})", names.join(","), if shape.len() == 1 { "," } else { "" })
}

impl Layout {
    /// The same elements, in C order, seen in another shape; one entry may be -1. `None` if no strides express it, so that the
    /// caller must copy first.
    ///
    /// # Errors
    /// [`Error::Value`] if the sizes differ; see [`resolve_shape`].
    ///
    /// ```
    /// use anygpu_core::Layout;
    /// let x = Layout::contiguous(&[4, 6]);
    /// assert_eq!(x.reshape(&[2, 2, -1])?, Some(Layout::contiguous(&[2, 2, 6])));
    /// assert_eq!(x.transpose(None)?.reshape(&[24])?, None);
    /// assert_eq!(x.reshape(&[5, 5]).unwrap_err().to_string(), "cannot reshape array of size 24 into shape (5,5)");
    /// # Ok::<(), anygpu_core::Error>(())
    /// ```
    pub fn reshape(&self, shape: &[isize]) -> Result<Option<Layout>> {
        // A saturated size is not the product of the shape; below, every partial product divides the size.
        if isize::try_from(self.size()).is_err() {
            return Err(out_of_buffer(self));
        }
        let shape = resolve_shape(self.size(), shape)?;
        if shape == self.shape {
            return Ok(Some(self.clone()));
        }
        if self.is_c_contiguous() {
            return Ok(Some(Layout { offset: self.offset, ..Layout::contiguous(&shape) }));
        }
        let strides = self.strides_of_reshape(&shape)?;
        Ok(strides.map(|strides| Layout { shape, strides, offset: self.offset }))
    }

    /// NumPy's `_attempt_nocopy_reshape` (numpy/_core/src/multiarray/shape.c), C order: cut both shapes into the shortest runs of
    /// dimensions with equal products; each old run must be contiguous in itself, and the new run divides it.
    ///
    /// The caller has checked that the sizes agree and are not 0.
    fn strides_of_reshape(&self, shape: &[usize]) -> Result<Option<Strides>> {
        let old: smallvec::SmallVec<[(usize, isize); 6]> = self.dims().filter(|&(n, _)| n != 1).collect();
        let mut strides: Strides = smallvec::smallvec![0; shape.len()];
        let (mut old_start, mut new_start) = (0, 0);
        let mut stride = 1isize;
        while old_start < old.len() && new_start < shape.len() {
            let (mut old_end, mut new_end) = (old_start + 1, new_start + 1);
            let (mut old_product, mut new_product) = (old[old_start].0, shape[new_start]);
            while old_product != new_product {
                if new_product < old_product {
                    new_product *= shape[new_end];
                    new_end += 1;
                } else {
                    old_product *= old[old_end].0;
                    old_end += 1;
                }
            }
            for pair in old[old_start..old_end].windows(2) {
                if pair[0].1 as i128 != pair[1].0 as i128 * pair[1].1 as i128 {
                    return Ok(None);
                }
            }
            stride = old[old_end - 1].1;
            let mut run = Some(stride);
            for axis in (new_start..new_end).rev() {
                strides[axis] = run.ok_or_else(|| out_of_buffer(self))?;
                run = isize::try_from(shape[axis]).ok().and_then(|n| strides[axis].checked_mul(n));
            }
            (old_start, new_start) = (old_end, new_end);
        }
        // What is left are trailing dimensions of size 1, which NumPy gives the last stride.
        strides[new_start..].fill(stride);
        Ok(Some(strides))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(size: usize, shape: &[isize]) -> String {
        resolve_shape(size, shape).unwrap_err().to_string()
    }

    #[test]
    fn messages_are_numpys() {
        assert_eq!(message(6, &[4]), "cannot reshape array of size 6 into shape (4,)");
        assert_eq!(message(6, &[]), "cannot reshape array of size 6 into shape ()");
        assert_eq!(message(6, &[0, -1]), "cannot reshape array of size 6 into shape (0,newaxis)");
        assert_eq!(message(0, &[-1, 0]), "cannot reshape array of size 0 into shape (0)");
        assert_eq!(message(6, &[-1, -2]), "can only specify one unknown dimension");
        assert_eq!(message(6, &[1 << 40, 1 << 40]), "cannot reshape array of size 6 into shape (1099511627776,1099511627776)");
        assert_eq!(resolve_shape(6, &[-2, 3]).unwrap().as_slice(), &[2, 3]);
        assert_eq!(resolve_shape(0, &[3, -1]).unwrap().as_slice(), &[3, 0]);
        assert_eq!(resolve_shape(0, &[isize::MAX, isize::MAX, 0]).unwrap().len(), 3);
    }

    #[test]
    fn a_flipped_array_reshapes_without_a_copy_within_its_run() {
        let flipped = Layout::contiguous(&[6]).flip(None).unwrap();
        let view = flipped.reshape(&[2, 3]).unwrap().unwrap();
        assert_eq!((view.strides.as_slice(), view.offset), (&[-3, -1][..], 5));
    }
}
