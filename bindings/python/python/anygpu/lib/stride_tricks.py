"""Views with other strides: https://numpy.org/doc/stable/reference/generated/numpy.lib.stride_tricks.as_strided.html."""

import math
import operator

import numpy as np

from ..creation_functions import asarray
from ..manipulation_functions import _axis

__all__ = ["as_strided", "sliding_window_view"]


def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """The elements of a C-contiguous array seen with another shape and other strides (in bytes), from its first element on.

    Unlike NumPy's, no stride may leave the array, nor be negative: ValueError. One dimension is a view. With more, overlapping elements are a view
    of a copy that cannot be written to; elements that do not overlap are, too, where ``writeable=False`` says that nothing is to be written
    (otherwise NotImplementedError).

    >>> import anygpu as ag
    >>> ag.lib.stride_tricks.as_strided(ag.arange(4), (3, 2), (8, 8))
    array([[0, 1],
           [1, 2],
           [2, 3]])
    """
    x = asarray(x)
    shape = x.shape if shape is None else tuple(operator.index(n) for n in shape)
    strides = x.strides if strides is None else tuple(operator.index(s) for s in strides)
    if len(shape) != len(strides):
        raise ValueError(f"as_strided: {len(shape)} lengths but {len(strides)} strides were given")
    if any(n < 0 for n in shape):
        raise ValueError(f"as_strided: negative dimensions are not allowed, shape is {shape}")
    if (shape, strides) == (x.shape, x.strides):
        return x[...]
    if not x._c_contiguous:
        raise NotImplementedError("as_strided: the array must be C-contiguous in this version; anygpu.ascontiguousarray makes it so")
    steps = [s // x.itemsize for s in strides]
    if any(s % x.itemsize or s < 0 for s in strides):
        raise ValueError(f"as_strided: strides {strides} must be positive multiples of the {x.itemsize} bytes of an element")
    last = sum((n - 1) * s for n, s in zip(shape, steps))
    if 0 in shape:
        return x.reshape(-1)[:0].reshape(shape)
    if last >= x.size:
        raise ValueError(f"as_strided: shape {shape} with strides {strides} leaves the array of {x.nbytes} bytes")
    if len(shape) == 1 and steps[0] > 0:
        return x.reshape(-1)[: last + 1 : steps[0]]
    if writeable and not _overlaps(shape, steps):
        raise NotImplementedError("as_strided: a view of several dimensions that can be written to is not available; pass writeable=False to read it")
    return x.copy()._as_strided(shape, steps, 0)


def _overlaps(shape, steps):
    """Whether two elements may be the same one of the memory: each stride must pass over all that is within it."""
    span = 0
    for step, length in sorted((s, n) for s, n in zip(steps, shape) if n > 1):
        if step <= span:
            return True
        span += (length - 1) * step
    return False


def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    """The windows of a length along axes, as new dimensions at the end: a view of a copy, however many windows an element is in.

    Unlike NumPy's, it does not change with the array, and cannot be written to.

    >>> import anygpu as ag
    >>> ag.lib.stride_tricks.sliding_window_view(ag.arange(4), 2)
    array([[0, 1],
           [1, 2],
           [2, 3]])
    """
    x = asarray(x)
    window = tuple(window_shape) if np.iterable(window_shape) else (window_shape,)
    window = tuple(operator.index(n) for n in window)
    if any(n < 0 for n in window):
        raise ValueError("`window_shape` cannot contain negative values")
    if axis is None:
        axes = tuple(range(x.ndim))
        if len(window) != len(axes):
            raise ValueError(f"sliding_window_view: without axis, a window length is needed for each of {x.ndim} dimensions, not {len(window)}")
    else:
        axes = tuple(_axis(d, x.ndim) for d in (axis if np.iterable(axis) else (axis,)))
        if len(window) != len(axes):
            raise ValueError(f"sliding_window_view: {len(window)} window lengths were given for {len(axes)} axes")
    lengths = list(x.shape)
    for d, n in zip(axes, window):
        if lengths[d] < n:
            raise ValueError("window shape cannot be larger than input array shape")
        lengths[d] -= n - 1
    if writeable:
        raise NotImplementedError("sliding_window_view: windows overlap, and a write could reach one element several times: writeable must be False")
    steps = [math.prod(x.shape[d + 1 :]) for d in range(x.ndim)]
    if 0 in lengths or 0 in window:
        return x.reshape(-1)[:0].reshape(*lengths, *window)
    return x.copy()._as_strided([*lengths, *window], [*steps, *(steps[d] for d in axes)], 0)
