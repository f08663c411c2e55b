"""Sorting, searching in sorted arrays, and sets. NaN sorts last; complex numbers order by real, then imaginary part."""

from collections import namedtuple

import numpy as np

from .creation_functions import arange, asarray, full, zeros
from .elementwise_functions import logical_and, logical_not
from .manipulation_functions import concatenate


def _axis_form(a, axis):
    a = asarray(a)
    return (a.reshape(-1), 0) if axis is None else (a, axis)


def _check_kind(kind, stable):
    if kind not in (None, "quicksort", "mergesort", "heapsort", "stable"):
        raise ValueError(f"sort kind must be one of 'quicksort', 'heapsort', or 'stable' (got {kind!r})")
    if kind is not None and stable is not None:
        raise ValueError("`kind` and `stable` parameters can't be provided at the same time. Use only one of them.")


def sort(a, axis=-1, kind=None, order=None, *, stable=None, descending=False):
    """The elements sorted along an axis (flattened first for None), as a new array. Always stable.

    >>> import anygpu as ag
    >>> ag.sort(ag.asarray([3, 1, 2]))
    array([1, 2, 3])
    """
    _check_kind(kind, stable)
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
    _check_kind(kind, stable)
    a, axis = _axis_form(a, axis)
    if descending:
        # Sorted backwards from the end: equal elements keep their order, and what was last comes first.
        n = a.shape[axis]
        from .manipulation_functions import flip

        return (n - 1) - flip(flip(a, axis)._argsort(axis), axis)
    return a._argsort(axis)


def _take_along(a, indices, axis):
    """`a` at `indices` along one axis, both of one shape."""
    axis %= a.ndim
    key = []
    for d, n in enumerate(a.shape):
        shape = [1] * a.ndim
        shape[d] = n
        key.append(indices if d == axis else arange(n).reshape(shape))
    return a[tuple(key)]


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


def _check_kth(n, kth):
    for k in np.atleast_1d(np.asarray(kth)):
        if not -n <= k < n:
            raise ValueError(f"kth(={k}) out of bounds ({n})")


def partition(a, kth, axis=-1, kind="introselect", order=None):
    """The elements along an axis with the ``kth`` smallest in its place, smaller ones before it: here, sorted."""
    a, axis = _axis_form(a, axis)
    _check_kth(a.shape[axis], kth)
    return a._sorted(axis)


def argpartition(a, kth, axis=-1, kind="introselect", order=None):
    """The positions of `partition`."""
    a, axis = _axis_form(a, axis)
    _check_kth(a.shape[axis], kth)
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
        a = a[asarray(sorter)]
    return a._searchsorted(v, side == "left")


def digitize(x, bins, right=False):
    """The number of the bin that each element falls into, for monotonic ``bins``."""
    bins = asarray(bins)
    if bins.ndim != 1:
        raise ValueError("object of too small depth for desired array" if bins.ndim == 0 else "object too deep for desired array")
    rising = bins.size < 2 or bool((bins[1:] >= bins[:-1]).all())
    if not rising and not bool((bins[1:] <= bins[:-1]).all()):
        raise ValueError("bins must be monotonically increasing or decreasing")
    side = "left" if right else "right"
    if rising:
        return searchsorted(bins, x, side)
    return bins.size - searchsorted(bins[::-1], x, side)


UniqueAllResult = namedtuple("UniqueAllResult", ["values", "indices", "inverse_indices", "counts"])
UniqueCountsResult = namedtuple("UniqueCountsResult", ["values", "counts"])
UniqueInverseResult = namedtuple("UniqueInverseResult", ["values", "inverse_indices"])


def _runs(ordered, equal_nan):
    """Whether each element of a sorted array differs from the one before it."""
    differs = ordered[1:] != ordered[:-1]
    if equal_nan and ordered.dtype.kind in "fc":
        differs = logical_and(differs, logical_not(logical_and(ordered[1:] != ordered[1:], ordered[:-1] != ordered[:-1])))
    return concatenate([full((min(ordered.size, 1),), True), differs])


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True):
    """The sorted unique elements; on request their first positions, how to rebuild the array from them, and how often each occurs.

    >>> import anygpu as ag
    >>> ag.unique(ag.asarray([3, 1, 3]))
    array([1, 3])
    """
    ar = asarray(ar)
    if axis is not None and ar.ndim != 1:
        raise NotImplementedError("unique along an axis of an array of several dimensions is not available in this version; axis=None is")
    flat = ar.reshape(-1)
    if not (return_index or return_inverse or return_counts):
        ordered = flat._sorted(0)
        return ordered[_runs(ordered, equal_nan)] if ordered.size else ordered
    order = flat._argsort(0)
    ordered = flat[order]
    first = _runs(ordered, equal_nan)
    starts = first._flatnonzero()
    result = [ordered[starts]]
    if return_index:
        result.append(order[starts])
    if return_inverse:
        number = first.astype("int64")._accumulate("add", 0, "int64") - 1 if flat.size else zeros(0, dtype="int64")
        inverse = zeros(flat.size, dtype="int64")
        inverse[order] = number
        result.append(inverse.reshape(ar.shape))
    if return_counts:
        ends = concatenate([starts[1:], full((min(flat.size, 1),), flat.size, dtype="int64")])
        result.append(ends - starts)
    return tuple(result)


def unique_all(x, /):
    """Values, first positions, inverse and counts of the unique elements; NaNs are all different."""
    return UniqueAllResult(*unique(x, True, True, True, equal_nan=False))


def unique_counts(x, /):
    """Values and counts of the unique elements; NaNs are all different."""
    return UniqueCountsResult(*unique(x, return_counts=True, equal_nan=False))


def unique_inverse(x, /):
    """Values of the unique elements and how to rebuild the array from them; NaNs are all different."""
    return UniqueInverseResult(*unique(x, return_inverse=True, equal_nan=False))


def unique_values(x, /):
    """The sorted unique elements; NaNs are all different."""
    return unique(x, equal_nan=False)


def isin(element, test_elements, assume_unique=False, invert=False, *, kind=None):
    """Whether each element occurs among others."""
    element, among = asarray(element), asarray(test_elements).reshape(-1)
    if among.size == 0:
        return full(element.shape, bool(invert))
    dtype = np.result_type(element.dtype, among.dtype)
    element, ordered = element.astype(dtype), among.astype(dtype)._sorted(0)
    at = ordered._searchsorted(element, True)
    found = ordered[(at - (at == ordered.size)).astype("int64")] == element
    return logical_not(found) if invert else found


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    """The sorted unique elements that are in both arrays."""
    ar1, ar2 = asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)
    if return_indices:
        first, at1 = (ar1, arange(ar1.size)) if assume_unique else unique(ar1, return_index=True)
        second, at2 = (ar2, arange(ar2.size)) if assume_unique else unique(ar2, return_index=True)
    else:
        first, second = (ar1, ar2) if assume_unique else (unique(ar1), unique(ar2))
    both = concatenate([first, second])
    order = both._argsort(0)
    ordered = both[order]
    twice = (ordered[1:] == ordered[:-1])._flatnonzero() if both.size else zeros(0, dtype="int64")
    common = ordered[twice]
    if not return_indices:
        return common
    return common, at1[order[twice]], at2[order[twice + 1] - first.size]


def union1d(ar1, ar2):
    """The sorted unique elements that are in either array."""
    return unique(concatenate([asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)]))


def setdiff1d(ar1, ar2, assume_unique=False):
    """The unique elements of the first array that are not in the second, sorted unless ``assume_unique``."""
    first = asarray(ar1).reshape(-1) if assume_unique else unique(ar1)
    return first[isin(first, ar2, invert=True)]


def setxor1d(ar1, ar2, assume_unique=False):
    """The sorted unique elements that are in exactly one array."""
    ar1, ar2 = asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)
    if not assume_unique:
        ar1, ar2 = unique(ar1), unique(ar2)
    ordered = concatenate([ar1, ar2])._sorted(0)
    if ordered.size == 0:
        return ordered
    edge = concatenate([full((1,), True), ordered[1:] != ordered[:-1], full((1,), True)])
    return ordered[logical_and(edge[1:], edge[:-1])]
