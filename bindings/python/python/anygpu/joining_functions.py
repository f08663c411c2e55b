"""Arrays joined along axes, and dimensions added for it: https://numpy.org/doc/stable/reference/routines.array-manipulation.html."""

import numpy as np

from .creation_functions import asarray
from .manipulation_functions import concatenate


def _each(arrays, change):
    """``change`` of every argument: an array for one, a tuple for several."""
    results = tuple(change(asarray(a)) for a in arrays)
    return results[0] if len(results) == 1 else results


def atleast_1d(*arys):
    """Arrays of at least one dimension: scalars get one of length 1. A view; a tuple where there are several arguments."""
    return _each(arys, lambda a: a if a.ndim else a.reshape(1))


def atleast_2d(*arys):
    """Arrays of at least two dimensions; what is missing comes in front. A view."""
    return _each(arys, lambda a: a if a.ndim > 1 else a.reshape((1,) * (2 - a.ndim) + a.shape))


def atleast_3d(*arys):
    """Arrays of at least three dimensions: a vector becomes ``(1, n, 1)``, a matrix ``(m, n, 1)``. A view.

    >>> import anygpu as ag
    >>> ag.atleast_3d(ag.ones((2, 3))).shape
    (2, 3, 1)
    """
    shapes = {0: lambda a: (1, 1, 1), 1: lambda a: (1, a.size, 1), 2: lambda a: a.shape + (1,)}
    return _each(arys, lambda a: a if a.ndim > 2 else a.reshape(shapes[a.ndim](a)))


def _sequence(arrays):
    if not hasattr(arrays, "__getitem__"):
        raise TypeError('arrays to stack must be passed as a "sequence" type such as list or tuple.')
    return list(arrays)


def hstack(tup, *, dtype=None, casting="same_kind"):
    """Arrays joined along their second axis, vectors along their first.

    >>> import anygpu as ag
    >>> ag.hstack([ag.asarray([1, 2]), ag.asarray([3])])
    array([1, 2, 3])
    """
    arrays = [atleast_1d(a) for a in _sequence(tup)]
    return concatenate(arrays, axis=0 if arrays and arrays[0].ndim == 1 else 1, dtype=dtype, casting=casting)


def vstack(tup, *, dtype=None, casting="same_kind"):
    """Arrays joined along their first axis, vectors as rows.

    >>> import anygpu as ag
    >>> ag.vstack([ag.asarray([1, 2]), ag.asarray([3, 4])])
    array([[1, 2],
           [3, 4]])
    """
    return concatenate([atleast_2d(a) for a in _sequence(tup)], axis=0, dtype=dtype, casting=casting)


row_stack = vstack


def dstack(tup):
    """Arrays joined along their third axis, with `atleast_3d`'s dimensions."""
    return concatenate([atleast_3d(a) for a in _sequence(tup)], axis=2)


def column_stack(tup):
    """Vectors as columns of a matrix, matrices beside each other.

    >>> import anygpu as ag
    >>> ag.column_stack([ag.asarray([1, 2]), ag.asarray([3, 4])])
    array([[1, 3],
           [2, 4]])
    """
    arrays = [asarray(a) for a in _sequence(tup)]
    return concatenate([a if a.ndim > 1 else a.reshape(-1, 1) for a in arrays], axis=1)


def _depth(blocks, path="arrays"):
    """How deep the lists are nested, which must be the same everywhere."""
    if isinstance(blocks, tuple):
        raise TypeError(f"{path} is a tuple. Only lists can be used to arrange blocks, and np.block does not allow implicit conversion from tuple.")
    if not isinstance(blocks, list):
        return 0
    if not blocks:
        raise ValueError(f"List at {path} cannot be empty")
    depths = {_depth(b, f"{path}[{i}]") for i, b in enumerate(blocks)}
    if len(depths) > 1:
        raise ValueError(f"List depths are mismatched: the entries of {path} are nested {' and '.join(map(str, sorted(depths)))} deep")
    return 1 + depths.pop()


def block(arrays):
    """An array from nested lists of blocks: the innermost lists are joined along the last axis, the lists around them along the one before.

    >>> import anygpu as ag
    >>> ag.block([[ag.eye(2), ag.zeros((2, 1))], [ag.ones((1, 3))]])
    array([[1., 0., 0.],
           [0., 1., 0.],
           [1., 1., 1.]])
    """
    depth = _depth(arrays)

    def leaves(blocks):
        return [leaf for b in blocks for leaf in leaves(b)] if isinstance(blocks, list) else [asarray(blocks)]

    found = leaves(arrays)
    ndim = max(depth, *(a.ndim for a in found))
    dtype = np.result_type(*(a.dtype for a in found))

    def join(blocks, level):
        if level == depth:
            a = asarray(blocks)
            return a.astype(dtype, "K" if depth else "C", copy=depth == 0).reshape((1,) * (ndim - a.ndim) + a.shape)
        return concatenate([join(b, level + 1) for b in blocks], axis=ndim - depth + level)

    return join(arrays, 0)
