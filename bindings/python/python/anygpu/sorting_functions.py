"""Sorting and searching in sorted arrays. NaN sorts last; complex numbers order by real, then imaginary part."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from .creation_functions import arange, asarray, zeros
from .manipulation_functions import stack


def _axis_form(a, axis):
    a = asarray(a)
    return (a.reshape(-1), 0) if axis is None else (a, axis)


def _check_order(order):
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")


def _check_kind(kind, stable, order):
    _check_order(order)
    # NumPy goes by the first letter, in either case.
    if kind is not None and not isinstance(kind, str):
        raise TypeError(f"sort kind must be str, not {type(kind).__name__}")
    if kind is not None and kind[:1].lower() not in ("q", "h", "m", "s"):
        raise ValueError(f"sort kind must be one of 'quicksort', 'heapsort', or 'stable' (got {kind!r})")
    if kind is not None and stable is not None:
        raise ValueError("`kind` and `stable` parameters can't be provided at the same time. Use only one of them.")


def sort(a, axis=-1, kind=None, order=None, *, stable=None, descending=False):
    """The elements sorted along an axis (flattened first for None), as a new array. Always stable.

    >>> import anygpu as ag
    >>> ag.sort(ag.asarray([3, 1, 2]))
    array([1, 2, 3])
    """
    _check_kind(kind, stable, order)
    a, axis = _axis_form(a, axis)
    if descending:
        return _take_along(a, argsort(a, axis, descending=True), axis)
    return a._sorted(axis)


def sort_complex(a):
    """The elements sorted along the last axis, as complex numbers: complex64 for small integers, complex128 for other real dtypes."""
    ordered = sort(a)
    if ordered.dtype.kind == "c":
        return ordered
    return ordered.astype("complex64" if ordered.dtype.char in "bhBH" else "complex128")


def argsort(a, axis=-1, kind=None, order=None, *, stable=None, descending=False):
    """The positions along an axis that sort it, as int64. Equal elements stay in their order, also where ``descending``.

    >>> import anygpu as ag
    >>> ag.argsort(ag.asarray([3, 1, 2]))
    array([1, 2, 0])
    """
    _check_kind(kind, stable, order)
    a, axis = _axis_form(a, axis)
    if a.ndim == 0:
        # NumPy sorts a number as an array of one.
        normalize_axis_index(axis, 1)
        a = a.reshape(1)
    if descending:
        # Sorted backwards from the end: equal elements keep their order, and what was last comes first.
        n = a.shape[axis]
        from .manipulation_functions import flip

        return (n - 1) - flip(flip(a, axis)._argsort(axis), axis)
    return a._argsort(axis)


def _take_along(a, indices, axis):
    """`a` at `indices` along one axis, both of one shape: positions of a sort, which lie inside."""
    axis %= a.ndim
    key = []
    for d, n in enumerate(a.shape):
        shape = [1] * a.ndim
        shape[d] = n
        key.append(indices if d == axis else arange(n).reshape(shape))
    return a._at(tuple(key))


def lexsort(keys, axis=-1):
    """The positions that sort by several keys, the last of them first."""
    keys = [asarray(k) for k in keys]
    if not keys:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    if keys[0].ndim == 0:
        return zeros((), dtype="int64")
    order = keys[0]._argsort(axis)
    for key in keys[1:]:
        order = _take_along(order, _take_along(key, order, axis)._argsort(axis), axis)
    return order


def _check_partition(n, kth, kind, order):
    """`kth` must name elements of an axis of length `n` (None: NumPy does not look whether there are as many), `kind` be the one there is."""
    _check_order(order)
    if not isinstance(kind, str):
        raise TypeError(f"select kind must be str, not {type(kind).__name__}")
    if kind[:1].lower() != "i":
        raise ValueError(f"select kind must be 'introselect' (got {kind!r})")
    kth = np.atleast_1d(np.asarray(kth))
    if kth.dtype.kind == "b":
        raise ValueError("Booleans unacceptable as partition index")
    if kth.dtype.kind not in "iu":
        raise TypeError(f"Partition index must be integer, not {kth.dtype}")
    if kth.ndim > 1:
        raise ValueError("kth array must have dimension <= 1")
    for k in () if n is None else kth:
        if not -n <= k < n:
            raise ValueError(f"kth(={k}) out of bounds ({n})")


def partition(a, kth, axis=-1, kind="introselect", order=None):
    """The elements along an axis with the ``kth`` smallest in its place, smaller ones before it: here, sorted."""
    a, axis = _axis_form(a, axis)
    _check_partition(a.shape[normalize_axis_index(axis, a.ndim)] if a.size else None, kth, kind, order)
    return a._sorted(axis)


def argpartition(a, kth, axis=-1, kind="introselect", order=None):
    """The positions of `partition`."""
    a, axis = _axis_form(a, axis)
    _check_partition(a.shape[normalize_axis_index(axis, a.ndim)] if a.size else None, kth, kind, order)
    return a._argsort(axis)


def searchsorted(a, v, side="left", sorter=None):
    """Where ``v`` belongs in the sorted ``a``: before equal elements, or behind them for ``side="right"``.

    >>> import anygpu as ag
    >>> ag.searchsorted(ag.asarray([1, 3, 5]), ag.asarray([3, 4]))
    array([1, 2])
    """
    if side not in ("left", "right"):
        raise ValueError(f"side must be 'left' or 'right' (got {side!r})")
    a, v = asarray(a), asarray(v)
    if sorter is not None:
        sorter = asarray(sorter)
        if sorter.dtype.kind not in "biu":
            raise TypeError(f"sorter must only contain integers, not {sorter.dtype}")
        if sorter.shape != a.shape:
            raise ValueError(f"searchsorted: sorter must have the shape of a: {sorter.shape} and {a.shape} differ")
        a = a[sorter]
    return _searched(a, v, side == "left")


def _searched(a, v, left):
    """`searchsorted` of arrays."""
    if a.ndim == 1 and np.result_type(a.dtype, v.dtype) == np.complex128:
        return _placed_by_sorting(a, v, left)
    return a._searchsorted(v, left)


def _placed_by_sorting(a, v, left):
    """`searchsorted` of pairs of numbers that no integer key holds: all are sorted together, those first that come first among equals."""
    from .joining_functions import concatenate

    values, count = v.reshape(-1), v.size
    order = concatenate([values, a] if left else [a, values])._argsort(0)
    placed = (order >= count if left else order < a.size).astype("int64")
    before = (placed.cumsum() - placed)[order._argsort(0)]
    return (before[:count] if left else before[a.size :]).reshape(v.shape)


def digitize(x, bins, right=False):
    """The number of the bin that each element falls into, for monotonic ``bins``."""
    bins = asarray(bins)
    if asarray(x).dtype.kind == "c":
        raise TypeError("x may not be complex")
    if bins.dtype.kind == "c":
        raise TypeError("digitize: bins may not be complex")
    if bins.ndim != 1:
        raise ValueError("object of too small depth for desired array" if bins.ndim == 0 else "object too deep for desired array")
    rising = True
    if bins.size > 1:
        # The first element unlike those before it says which way they go; NaN, which has no place in either, counts as below.
        differs = bins != bins[0]
        after, before = bins[1:], bins[:-1]
        flags = [differs.any(), bins[differs.argmax()] > bins[0], (after > before).any(), (after < before).any()]
        varies, rising, rises, falls = stack(flags).get().tolist()
        rising = rising or not varies
        if falls if rising else rises:
            raise ValueError("bins must be monotonically increasing or decreasing")
    side = "left" if right else "right"
    if rising:
        return searchsorted(bins, x, side)
    return bins.size - searchsorted(bins[::-1], x, side)
