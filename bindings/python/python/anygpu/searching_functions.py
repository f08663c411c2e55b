"""Positions and choices."""

import numpy as np

from . import _anygpu
from ._anygpu import ndarray
from ._outputs import store
from .creation_functions import asarray


def where(condition, x=None, y=None, /):
    """``x`` where the condition is nonzero, else ``y``; broadcast.

    >>> import anygpu as ag
    >>> ag.where(ag.arange(4) > 1, 1.0, 0.0)
    array([0., 0., 1., 1.])
    """
    if x is None and y is None:
        return nonzero(condition)
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    return _anygpu.choose(asarray(condition), _wrapped(x, y), _wrapped(y, x))


def _wrapped(value, other):
    """A Python integer as an element of the other operand's integer dtype; NumPy before 2.5 wraps around there, and does not refuse."""
    if type(value) is int and getattr(other, "dtype", None) is not None and other.dtype.kind in "iu":
        np.where(False, np.empty(0, other.dtype), value)
        return np.asarray(value).astype(other.dtype)[()]
    return value


def _positions(name, a, axis, out, keepdims):
    result = asarray(a)._reduce(name, axis, keepdims)
    if isinstance(out, ndarray) and out.shape == result.shape and not np.can_cast(out.dtype, np.int64):
        raise TypeError(f"{name}: out has dtype {out.dtype}, which cannot be cast to int64 safely")
    return store(name, result, out, "unsafe")


def argmin(a, axis=None, out=None, *, keepdims=False):
    """Position of the first smallest element (or NaN) along an axis, or of the flattened array."""
    return _positions("argmin", a, axis, out, keepdims)


def argmax(a, axis=None, out=None, *, keepdims=False):
    """Position of the first largest element (or NaN) along an axis, or of the flattened array."""
    return _positions("argmax", a, axis, out, keepdims)


def count_nonzero(a, axis=None, *, keepdims=False):
    """Number of nonzero elements over axes, as int64."""
    return asarray(a)._reduce("count_nonzero", axis, keepdims)


def nonzero(a):
    """Positions of the nonzero elements in C order, one int64 array a dimension. Waits for the device to count them.

    >>> import anygpu as ag
    >>> ag.nonzero(ag.asarray([0, 3, 0, 5]))
    (array([1, 3]),)
    """
    return asarray(a).nonzero()


def flatnonzero(a):
    """Positions of the nonzero elements in the flattened array."""
    return asarray(a)._flatnonzero()
