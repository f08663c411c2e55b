"""Arrays cut along an axis, into views."""

import operator

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray
from .manipulation_functions import _axis, moveaxis


def _cut(ary, bounds, axis):
    everything = (slice(None),) * axis
    return [ary[(*everything, slice(start, stop))] for start, stop in zip([0, *bounds], [*bounds, None])]


def _sections(given):
    """The number of sections, or None and the list of bounds."""
    if isinstance(given, ndarray):
        given = given.get()  # bounds shape the results: they are needed here
    if np.ndim(given) == 0:
        return operator.index(given.item() if isinstance(given, np.ndarray) else given), None
    return None, [operator.index(i) for i in given]


def array_split(ary, indices_or_sections, axis=0):
    """An array cut before each of several positions, or into a number of parts, the first of which may be longer by one. Views.

    >>> import anygpu as ag
    >>> ag.array_split(ag.arange(5), 2)
    [array([0, 1, 2]), array([3, 4])]
    """
    ary = asarray(ary)
    axis = _axis(axis, ary.ndim)
    count, bounds = _sections(indices_or_sections)
    if bounds is None:
        if count <= 0:
            raise ValueError("number sections must be larger than 0.")
        each, longer = divmod(ary.shape[axis], count)
        bounds = np.cumsum([each + 1] * longer + [each] * (count - longer))[:-1].tolist()
    return _cut(ary, bounds, axis)


def split(ary, indices_or_sections, axis=0):
    """As `array_split`, for parts of one length.

    Raises ValueError where a number of parts does not divide the length.
    """
    ary = asarray(ary)
    count, _ = _sections(indices_or_sections)
    if count is not None and (length := ary.shape[_axis(axis, ary.ndim)]) % count:
        raise ValueError(f"array split does not result in an equal division: {length} elements along axis {axis} into {count} parts")
    return array_split(ary, indices_or_sections, axis)


def hsplit(ary, indices_or_sections):
    """`split` along the second axis, of vectors along the first."""
    ary = asarray(ary)
    if ary.ndim == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary, indices_or_sections):
    """`split` along the first axis of an array of two or more dimensions."""
    ary = asarray(ary)
    if ary.ndim < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


def dsplit(ary, indices_or_sections):
    """`split` along the third axis of an array of three or more dimensions."""
    ary = asarray(ary)
    if ary.ndim < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(ary, indices_or_sections, 2)


def unstack(x, /, *, axis=0):
    """The slices along an axis as a tuple of views: the reverse of `stack`.

    >>> import anygpu as ag
    >>> ag.unstack(ag.asarray([[1, 2], [3, 4]]))
    (array([1, 2]), array([3, 4]))
    """
    x = asarray(x)
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(moveaxis(x, axis, 0))
