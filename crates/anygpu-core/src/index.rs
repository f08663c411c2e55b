//! Basic indexing, `a[1, ::-2, ..., None]`: always a view.

use crate::layout::MAX_NDIM;
use crate::views::out_of_buffer;
use crate::{Dims, Error, Layout, Result, Strides};

/// One entry of an index tuple.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexItem {
    /// `i`: drops the dimension; negative counts from the end.
    Int(isize),
    /// `start:stop:step`, any of them left out.
    Slice {
        /// First position; negative counts from the end, out of range is clamped.
        start: Option<isize>,
        /// End position, not included; as `start`.
        stop: Option<isize>,
        /// Distance between positions; negative goes backwards, 1 if left out.
        step: Option<isize>,
    },
    /// `...`: as many full slices as are missing.
    Ellipsis,
    /// `None` (`numpy.newaxis`): a new dimension of size 1.
    NewAxis,
}

impl IndexItem {
    /// `:`, the whole dimension.
    pub const FULL: IndexItem = IndexItem::Slice { start: None, stop: None, step: None };
}

impl Layout {
    /// The view `a[items]` of basic indexing. Dimensions not named are kept whole.
    ///
    /// # Errors
    /// [`Error::Index`] for an integer out of range, too many indices or a second ellipsis; [`Error::Value`] for a zero slice step;
    /// each with NumPy's message.
    ///
    /// ```
    /// use anygpu_core::{IndexItem, Layout};
    /// let x = Layout::contiguous(&[2, 3]);
    /// let row = x.index(&[IndexItem::Int(-1)])?;
    /// assert_eq!((row.shape.as_slice(), row.offset), (&[3][..], 3));
    /// let error = x.index(&[IndexItem::Int(5)]).unwrap_err();
    /// assert_eq!(error.to_string(), "index 5 is out of bounds for axis 0 with size 2");
    /// # Ok::<(), anygpu_core::Error>(())
    /// ```
    pub fn index(&self, items: &[IndexItem]) -> Result<Layout> {
        let whole = self.check_items(items)?;
        let (mut shape, mut strides) = (Dims::new(), Strides::new());
        let mut offset = self.offset as i128;
        let mut axes = self.dims().enumerate();
        // `a[items]` is `a[items, ...]`; a second ellipsis was refused.
        let implied = if items.contains(&IndexItem::Ellipsis) { None } else { Some(&IndexItem::Ellipsis) };
        for item in items.iter().chain(implied) {
            match *item {
                IndexItem::NewAxis => {
                    shape.push(1);
                    strides.push(0);
                }
                IndexItem::Ellipsis => {
                    for (_, (n, stride)) in axes.by_ref().take(whole) {
                        shape.push(n);
                        strides.push(stride);
                    }
                }
                IndexItem::Int(i) => {
                    let Some((axis, (n, stride))) = axes.next() else {
                        continue;
                    };
                    offset = offset.saturating_add(position(i, axis, n)? as i128 * stride as i128);
                }
                IndexItem::Slice { start, stop, step } => {
                    let Some((_, (n, stride))) = axes.next() else {
                        continue;
                    };
                    let range = slice_range(start, stop, step, n)?;
                    offset = offset.saturating_add(range.start as i128 * stride as i128);
                    shape.push(range.len);
                    strides.push(match stride.checked_mul(range.step) {
                        Some(product) => product,
                        None if range.len <= 1 => stride,
                        None => return Err(out_of_buffer(self)),
                    });
                }
            }
        }
        let offset = usize::try_from(offset).map_err(|_| out_of_buffer(self))?;
        Ok(Layout { shape, strides, offset })
    }

    /// How many dimensions the (possibly implied) ellipsis stands for, once the number of items is known to be right.
    fn check_items(&self, items: &[IndexItem]) -> Result<usize> {
        let count = |wanted: fn(&IndexItem) -> bool| items.iter().filter(|item| wanted(item)).count();
        let ellipses = count(|item| matches!(item, IndexItem::Ellipsis));
        let new = count(|item| matches!(item, IndexItem::NewAxis));
        let integers = count(|item| matches!(item, IndexItem::Int(_)));
        if ellipses > 1 {
            return Err(Error::index_error("an index can only have a single ellipsis ('...')"));
        }
        let named = items.len() - ellipses - new;
        let ndim = self.ndim();
        let Some(whole) = ndim.checked_sub(named) else {
            return Err(Error::Index(format!("too many indices for array: array is {ndim}-dimensional, but {named} were indexed")));
        };
        let result = ndim - integers + new;
        if result > MAX_NDIM {
            return Err(Error::Index(format!("number of dimensions must be within [0, {MAX_NDIM}], indexing result would have {result}")));
        }
        Ok(whole)
    }
}

/// An integer index counted from the front.
fn position(index: isize, axis: usize, n: usize) -> Result<usize> {
    let from_front = if index < 0 { index as i128 + n as i128 } else { index as i128 };
    match usize::try_from(from_front) {
        Ok(position) if position < n => Ok(position),
        _ => Err(Error::Index(format!("index {index} is out of bounds for axis {axis} with size {n}"))),
    }
}

/// The positions `start, start + step, ..` (`len` of them) that a slice selects.
struct SliceRange {
    start: usize,
    step: isize,
    len: usize,
}

/// Python's `slice.indices` (`PySlice_AdjustIndices`). An empty one starts at 0 with step 1, as in NumPy, so that the view's offset
/// stays in the buffer.
fn slice_range(start: Option<isize>, stop: Option<isize>, step: Option<isize>, n: usize) -> Result<SliceRange> {
    // Python clamps the one step whose negation would overflow.
    let step = step.unwrap_or(1).max(-isize::MAX);
    if step == 0 {
        return Err(Error::value_error("slice step cannot be zero"));
    }
    let size = n as i128;
    let (lowest, highest) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let clamp = |bound: isize| {
        let bound = bound as i128;
        (if bound < 0 { bound + size } else { bound }).clamp(lowest, highest)
    };
    let (first, end) = match step > 0 {
        true => (start.map_or(0, clamp), stop.map_or(size, clamp)),
        false => (start.map_or(size - 1, clamp), stop.map_or(-1, clamp)),
    };
    let span = if step > 0 { end - first } else { first - end };
    if span <= 0 {
        return Ok(SliceRange { start: 0, step: 1, len: 0 });
    }
    let len = (span - 1) / step.unsigned_abs() as i128 + 1;
    // 0 <= first < n and 0 < len <= n.
    Ok(SliceRange { start: first as usize, step, len: len as usize })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(start: isize, stop: isize, step: isize) -> IndexItem {
        IndexItem::Slice { start: Some(start), stop: Some(stop), step: Some(step) }
    }

    #[test]
    fn messages_are_numpys() {
        let x = Layout::contiguous(&[2, 3]);
        let message = |items: &[IndexItem]| x.index(items).unwrap_err().to_string();
        use IndexItem::{Ellipsis, Int, NewAxis};
        assert_eq!(message(&[Int(0), Int(-4)]), "index -4 is out of bounds for axis 1 with size 3");
        assert_eq!(message(&[Int(5), Int(0), NewAxis, Int(0)]), "too many indices for array: array is 2-dimensional, but 3 were indexed");
        assert_eq!(message(&[Ellipsis, Ellipsis]), "an index can only have a single ellipsis ('...')");
        assert_eq!(message(&[slice(0, 1, 0)]), "slice step cannot be zero");
        assert_eq!(
            Layout::contiguous(&[1; 64]).index(&[NewAxis]).unwrap_err().to_string(),
            "number of dimensions must be within [0, 64], indexing result would have 65"
        );
    }

    #[test]
    fn extreme_slices_are_clamped() {
        let x = Layout::contiguous(&[5]);
        let (min, max) = (isize::MIN, isize::MAX);
        assert_eq!(x.index(&[slice(min, max, 1)]).unwrap(), x);
        assert_eq!(x.index(&[slice(max, min, -1)]).unwrap(), x.flip(None).unwrap());
        assert_eq!(x.index(&[slice(max, min, min)]).unwrap().shape.as_slice(), &[1]);
        let empty = x.index(&[slice(4, 2, 1)]).unwrap();
        assert_eq!((empty.size(), empty.offset), (0, 0));
    }
}
