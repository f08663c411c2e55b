//! Axis arguments: negative ones count from the end, out-of-range and repeated ones are NumPy's errors.

use crate::{Error, Result};
use smallvec::SmallVec;

/// `axis` counted from the front.
///
/// # Errors
/// [`Error::Axis`] unless `-ndim <= axis < ndim`.
///
/// ```
/// use anygpu_core::normalize_axis;
/// assert_eq!(normalize_axis(-1, 3)?, 2);
/// assert_eq!(normalize_axis(3, 2).unwrap_err().to_string(), "axis 3 is out of bounds for array of dimension 2");
/// # Ok::<(), anygpu_core::Error>(())
/// ```
pub fn normalize_axis(axis: isize, ndim: usize) -> Result<usize> {
    let from_front = if axis < 0 { axis as i128 + ndim as i128 } else { axis as i128 };
    match usize::try_from(from_front) {
        Ok(index) if index < ndim => Ok(index),
        _ => Err(Error::axis_error(axis, ndim)),
    }
}

/// The `axis` tuple of a reduction or of `squeeze`, counted from the front, in the order given.
///
/// # Errors
/// [`Error::Axis`] for one out of range; [`Error::Value`] "duplicate value in 'axis'" for a repeated one.
pub fn normalize_axes(axes: &[isize], ndim: usize) -> Result<SmallVec<[usize; 6]>> {
    normalize(axes, ndim, None, || "duplicate value in 'axis'".into())
}

/// `numpy.lib.array_utils.normalize_axis_tuple`, which `flip`, `expand_dims`, `moveaxis` and `tensordot` use: as
/// [`normalize_axes`] with the other message, and with the argument's name in it where one is given.
///
/// # Errors
/// [`Error::Axis`] for one out of range; [`Error::Value`] "repeated axis" or "repeated axis in `source` argument".
pub fn normalize_axis_tuple(axes: &[isize], ndim: usize, argument: Option<&str>) -> Result<SmallVec<[usize; 6]>> {
    normalize(axes, ndim, argument, || match argument {
        Some(name) => format!("repeated axis in `{name}` argument"),
        None => "repeated axis".into(),
    })
}

/// [`normalize_axis`] whose error starts with the argument's name, as `swapaxes` and `moveaxis` do.
pub(crate) fn normalize_argument_axis(axis: isize, ndim: usize, argument: &str) -> Result<usize> {
    normalize_axis(axis, ndim).map_err(|_| Error::Axis { axis, ndim, argument: Some(argument.into()) })
}

fn normalize(axes: &[isize], ndim: usize, argument: Option<&str>, repeated: impl Fn() -> String) -> Result<SmallVec<[usize; 6]>> {
    let mut normalized: SmallVec<[usize; 6]> = SmallVec::new();
    for &axis in axes {
        normalized.push(match argument {
            Some(name) => normalize_argument_axis(axis, ndim, name)?,
            None => normalize_axis(axis, ndim)?,
        });
    }
    let mut seen: SmallVec<[bool; 16]> = smallvec::smallvec![false; ndim];
    for &axis in &normalized {
        if std::mem::replace(&mut seen[axis], true) {
            return Err(Error::Value(repeated()));
        }
    }
    Ok(normalized)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_axes_are_errors_and_never_wrap() {
        for axis in [isize::MIN, isize::MAX, -3, 2] {
            assert_eq!(normalize_axis(axis, 2), Err(Error::axis_error(axis, 2)));
        }
        assert!(normalize_axis(0, 0).is_err());
    }

    #[test]
    fn repeated_axes_have_numpys_messages() {
        assert_eq!(normalize_axes(&[0, -2], 2).unwrap_err().to_string(), "duplicate value in 'axis'");
        assert_eq!(normalize_axis_tuple(&[1, 1], 2, None).unwrap_err().to_string(), "repeated axis");
        assert_eq!(normalize_axis_tuple(&[0, 0], 2, Some("source")).unwrap_err().to_string(), "repeated axis in `source` argument");
        assert_eq!(
            normalize_axis_tuple(&[5], 2, Some("source")).unwrap_err().to_string(),
            "source: axis 5 is out of bounds for array of dimension 2"
        );
        assert_eq!(normalize_axes(&[-1, 0], 3).unwrap().as_slice(), &[2, 0]);
    }
}
