"""Positions and choices."""

from . import _anygpu
from .creation_functions import asarray


def where(condition, x=None, y=None, /):
    """``x`` where the condition is nonzero, else ``y``; broadcast.

    >>> import anygpu as ag
    >>> ag.where(ag.arange(4) > 1, 1.0, 0.0)
    array([0., 0., 1., 1.])
    """
    if x is None or y is None:
        raise NotImplementedError("where with the condition alone (nonzero) is not available in this version; give x and y")
    return _anygpu.choose(asarray(condition), x, y)


def argmin(a, axis=None, out=None, *, keepdims=False):
    """Position of the first smallest element (or NaN) along an axis, or of the flattened array."""
    return asarray(a)._reduce("argmin", axis, keepdims)


def argmax(a, axis=None, out=None, *, keepdims=False):
    """Position of the first largest element (or NaN) along an axis, or of the flattened array."""
    return asarray(a)._reduce("argmax", axis, keepdims)


def count_nonzero(a, axis=None, *, keepdims=False):
    """Number of nonzero elements over axes, as int64."""
    return asarray(a)._reduce("count_nonzero", axis, keepdims)
