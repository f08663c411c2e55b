"""Truth over axes, and questions about arrays."""

import math

import numpy as np

from ._anygpu import logical_and, logical_not, logical_or, ndarray
from ._outputs import store
from .creation_functions import asarray

#: Questions about shapes and modules: no elements are computed.
__runs__ = dict.fromkeys(("shape", "ndim", "size", "shares_memory", "may_share_memory", "isfortran", "get_array_module"), "host")


def any(a, axis=None, out=None, keepdims=False, *, where=True):
    """Whether any element over axes is nonzero (of the elements where ``where`` holds)."""
    return _truth("any", a, axis, out, keepdims, where, logical_and)


def all(a, axis=None, out=None, keepdims=False, *, where=True):
    """Whether all elements over axes are nonzero (of the elements where ``where`` holds)."""
    return _truth("all", a, axis, out, keepdims, where, lambda x, mask: logical_or(x, logical_not(mask)))


def _truth(name, a, axis, out, keepdims, where, masked):
    a = asarray(a)
    if isinstance(axis, list):
        raise TypeError("'list' object cannot be interpreted as an integer: axis must be an integer, a tuple of integers or None")
    if where is not True:
        a = masked(a, asarray(where)._broadcast_to(a.shape))
    return store(name, a._reduce(name, axis, bool(keepdims)), out, "unsafe")


def shape(a):
    """Length of each dimension."""
    return a.shape if isinstance(a, ndarray) else np.shape(a)


def ndim(a):
    """Number of dimensions."""
    return len(shape(a))


def size(a, axis=None):
    """Number of elements, all or those along one axis or several."""
    lengths = shape(a)
    if axis is None:
        return math.prod(lengths)
    if isinstance(axis, tuple):
        return math.prod(lengths[d] for d in np.lib.array_utils.normalize_axis_tuple(axis, len(lengths), allow_duplicate=False))
    return lengths[axis]


class _Place:
    """Where the elements of an array lie, as NumPy sees it: at an address in the device's memory, which is not read."""

    def __init__(self, array):
        address = 1 << 40  # any but zero
        place = {"data": (address + array._offset * array.itemsize, False), "shape": array.shape, "strides": array.strides}
        self.__array_interface__ = {**place, "typestr": array.dtype.str, "version": 3}


def shares_memory(a, b, /, max_work=-1):
    """Whether two arrays have an element's memory in common. Views of one array may have none: ``x[::2]`` and ``x[1::2]``.

    >>> import anygpu as ag
    >>> x = ag.arange(4)
    >>> ag.shares_memory(x[:2], x[1:]), ag.shares_memory(x[:2], x[2:])
    (True, False)
    """
    return _asked(np.shares_memory, a, b, max_work)


def may_share_memory(a, b, /, max_work=0):
    """Whether the memory between the first and the last elements of two arrays overlaps."""
    return _asked(np.may_share_memory, a, b, max_work)


def _asked(question, a, b, max_work):
    if not (isinstance(a, ndarray) and isinstance(b, ndarray) and a._shares_memory(b)):
        return False
    return question(np.asarray(_Place(a)), np.asarray(_Place(b)), max_work)


def isfortran(a):
    """Whether the elements lie in Fortran order, and not in C order too."""
    return a.flags.fnc


def get_array_module(*args):
    """`anygpu` if any argument is an array of ours, else `numpy`."""
    import anygpu

    return anygpu if [a for a in args if isinstance(a, ndarray)] else np
