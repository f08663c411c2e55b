"""Elements and arrays repeated."""

import operator

import numpy as np

from ._anygpu import ndarray
from .creation_functions import arange, asarray
from .indexing_functions import _integers
from .manipulation_functions import _axis, stack


def tile(A, reps):
    """The array as a tile, laid ``reps`` times along each axis.

    >>> import anygpu as ag
    >>> ag.tile(ag.asarray([1, 2]), 2)
    array([1, 2, 1, 2])
    """
    A = asarray(A)
    reps = [operator.index(n) for n in (reps if np.iterable(reps) else (reps,))]
    ndim = max(A.ndim, len(reps))
    reps = [1] * (ndim - len(reps)) + reps
    shape = (1,) * (ndim - A.ndim) + A.shape
    if any(n * length < 0 for n, length in zip(reps, shape)):
        raise ValueError(f"tile: negative dimensions are not allowed, reps is {tuple(reps)}")
    if all(n == 1 for n in reps):
        return A.copy("K").reshape(shape)
    reps = [max(n, 0) for n in reps]
    # Each repeated axis gets a new one of stride zero in front: one copy makes the result.
    apart = [d for n, length in zip(reps, shape) for d in ((1, length) if n != 1 else (length,))]
    spread = [d for n, length in zip(reps, shape) for d in ((n, length) if n != 1 else (length,))]
    tiled = A.reshape(apart)._broadcast_to(spread).reshape([n * length for n, length in zip(reps, shape)])
    return tiled.copy() if tiled._shares_memory(A) else tiled


def repeat(a, repeats, axis=None):
    """Each element along an axis (of the flattened array for None) repeated, by one count or a count for each.

    Counts on the device are read, since their sum is the length of the result.

    >>> import anygpu as ag
    >>> ag.repeat(ag.asarray([3, 4]), [1, 2])
    array([3, 4, 4])
    """
    a = asarray(a)
    if axis is None or a.ndim == 0:
        axis = 0 if axis is None else _axis(axis, 1)
        a = a.reshape(-1)
    axis = _axis(axis, a.ndim)
    length = a.shape[axis]
    counts = _integers(repeats)
    ours = isinstance(counts, ndarray)
    if counts.ndim > 1:
        raise ValueError("object too deep for desired array")
    if counts.size == 1:
        count = int(counts.reshape(-1)[0])
        if count < 0:
            raise ValueError("repeats may not contain negative values.")
        before, after = a.shape[:axis], a.shape[axis + 1 :]
        spread = a.reshape(before + (length, 1) + after)._broadcast_to(before + (length, count) + after)
        repeated = spread.reshape(before + (length * count,) + after)
        return repeated.copy() if repeated._shares_memory(a) else repeated
    if counts.size != length:
        raise ValueError(f"operands could not be broadcast together with shape ({length},) ({counts.size},)")
    if length == 0:
        return a.copy()
    smallest, total = (stack([counts.min(), counts.sum()]).tolist()) if ours else (counts.min(), counts.sum())
    if smallest < 0:
        raise ValueError("repeats may not contain negative values.")
    # The source of each element of the result: how many runs have ended before it.
    ends = counts._accumulate("add", 0, "int64") if ours else asarray(counts.cumsum())
    return a._take(ends._searchsorted(arange(int(total)), False), axis)


def kron(a, b):
    """The Kronecker product: ``b`` scaled by every element of ``a``, in the place of that element.

    >>> import anygpu as ag
    >>> ag.kron(ag.asarray([1, 10]), ag.asarray([1, 2]))
    array([ 1,  2, 10, 20])
    """
    a, b = asarray(a), asarray(b)
    ndim = max(a.ndim, b.ndim)
    rows, columns = ((1,) * (ndim - x.ndim) + x.shape for x in (a, b))
    product = a.reshape([d for n in rows for d in (n, 1)]) * b.reshape([d for n in columns for d in (1, n)])
    return product.reshape([m * n for m, n in zip(rows, columns)])
