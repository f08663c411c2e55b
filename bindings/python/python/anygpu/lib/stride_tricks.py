"""Views with other strides: https://numpy.org/doc/stable/reference/generated/numpy.lib.stride_tricks.as_strided.html."""

import operator

import numpy as np

from ..creation_functions import asarray
from ..manipulation_functions import _axis

__all__ = ["as_strided", "sliding_window_view"]


def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """A view of the array's memory with another shape and other strides (in bytes), from its first element on.

    Unlike NumPy's, a view that leaves the memory is an error (ValueError), and one whose elements overlap cannot be written to.

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
    if any(s % x.itemsize for s in strides):
        raise ValueError(f"as_strided: strides {strides} must be multiples of the {x.itemsize} bytes of an element")
    return _view(x, shape, [s // x.itemsize for s in strides], writeable)


def _view(x, shape, steps, writeable):
    view = x._as_strided(shape, steps, 0)
    if not writeable:
        view._set_writeable(False)
    return view


def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    """The windows of a length along axes, as new dimensions at the end: a view, however many windows an element is in.

    It can be written to with ``writeable=True``, and then where no windows overlap.

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
    steps = [s // x.itemsize for s in x.strides]
    return _view(x, [*lengths, *window], [*steps, *(steps[d] for d in axes)], writeable)
