"""Unique elements and rows, and sets: sorted arrays without repetitions."""

import math
from collections import namedtuple

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from .creation_functions import arange, asarray, full, zeros
from .elementwise_functions import isnan, logical_and, logical_not, logical_or
from .manipulation_functions import concatenate, moveaxis
from .sorting_functions import _searched, _take_along

UniqueAllResult = namedtuple("UniqueAllResult", ["values", "indices", "inverse_indices", "counts"])
UniqueCountsResult = namedtuple("UniqueCountsResult", ["values", "counts"])
UniqueInverseResult = namedtuple("UniqueInverseResult", ["values", "inverse_indices"])


def _differs(after, before, equal_nan):
    """Whether neighbours differ; NaNs are one value if ``equal_nan``."""
    differs = after != before
    if equal_nan and after.dtype.kind in "fc":
        differs = logical_and(differs, logical_not(logical_and(isnan(after), isnan(before))))
    return differs


def _runs(ordered, equal_nan):
    """Whether each element of a sorted array differs from the one before it."""
    return concatenate([full((min(ordered.size, 1),), True), _differs(ordered[1:], ordered[:-1], equal_nan)])


def _ranks(columns):
    """The number of each element among the different values of its row of ``columns``, in sorted order, from 0."""
    order = columns._argsort(1)
    ordered = _take_along(columns, order, 1)
    if ordered.dtype.kind == "c":  # sorted by both parts, also where one is NaN
        parts = (ordered.real, ordered.imag)
        differs = logical_or(*(_differs(part[:, 1:], part[:, :-1], True) for part in parts))
    else:
        differs = _differs(ordered[:, 1:], ordered[:, :-1], True)
    differs = concatenate([full((columns.shape[0], 1), False), differs], axis=1)
    ranks = zeros(columns.shape, dtype="int64")
    ranks._set_at((arange(columns.shape[0]).reshape(-1, 1), order), differs._accumulate("add", 1, "int64"))
    return ranks


def _row_keys(rows):
    """A number for each row that orders the rows as their elements do, the first element first.

    The ranks of as many neighbouring columns as fit into 63 bits are the digits of one number; again, until there is one column.
    """
    n, columns = len(rows), rows.T.copy()
    bits = max(1, (n - 1).bit_length())
    while columns.shape[0] > 1:
        digits = min(63 // bits, columns.shape[0])
        ranks = _ranks(columns)
        missing = -columns.shape[0] % digits
        if missing:
            ranks = concatenate([ranks, zeros((missing, n), dtype="int64")])
        weights = asarray([1 << bits * (digits - 1 - d) for d in range(digits)], "int64")
        columns = (ranks.reshape(-1, digits, n) * weights.reshape(-1, 1)).sum(1)
    return columns[0]


def _sorted_rows(rows):
    """The positions that sort rows by their elements, and whether each row then differs from the one before it; rows with NaNs always do."""
    n = len(rows)
    if rows.size == 0:
        return arange(n), arange(n) == 0
    keys = _row_keys(rows)
    order = keys._argsort(0)
    first = _runs(keys._at(order), False)
    if rows.dtype.kind in "fc":
        first = logical_or(first, isnan(rows).any(1)._at(order))
    return order, first


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True):
    """The sorted unique elements, or the unique subarrays along an axis, sorted by their elements in C order.

    On request, in this order: the positions where they occur first, the positions that rebuild the array from them, and how often each occurs. NaNs are one
    value if ``equal_nan``, except in subarrays. The result is sorted whatever ``sorted`` says. Waits for the number of unique elements.

    >>> import anygpu as ag
    >>> ag.unique(ag.asarray([3, 1, 3]))
    array([1, 3])
    >>> ag.unique(ag.asarray([[2, 1], [0, 5], [2, 1]]), axis=0, return_counts=True)
    (array([[0, 5],
           [2, 1]]), array([1, 2]))
    """
    ar = asarray(ar)
    if axis is not None:
        axis = normalize_axis_index(axis, ar.ndim)
    if axis is None or ar.ndim == 1:
        items, inverse_shape = ar.reshape(-1), ar.shape
        if not (return_index or return_inverse or return_counts):
            ordered = items._sorted(0)
            return ordered[_runs(ordered, equal_nan)] if ordered.size else ordered
        order = items._argsort(0)
        first = _runs(items._at(order), equal_nan)
    else:
        items, inverse_shape = moveaxis(ar, axis, 0), (ar.shape[axis],)
        order, first = _sorted_rows(items.reshape(len(items), math.prod(items.shape[1:])))
    n = len(items)
    starts = first._flatnonzero()
    where_first = order._at(starts)
    values = items._at(where_first)
    result = [values if items.ndim < 2 else moveaxis(values, 0, axis)]
    if return_index:
        result.append(where_first)
    if return_inverse:
        inverse = zeros(n, dtype="int64")
        if n:
            inverse._set_at(order, first.astype("int64")._accumulate("add", 0, "int64") - 1)
        result.append(inverse.reshape(inverse_shape))
    if return_counts:
        ends = concatenate([starts[1:], full((min(n, 1),), n, dtype="int64")])
        result.append(ends - starts)
    return tuple(result) if len(result) > 1 else result[0]


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
    """Whether each element occurs among others. NumPy's choices of a `kind` of algorithm, "sort" and "table", mean nothing here."""
    if kind not in (None, "sort", "table"):
        raise ValueError(f"isin: kind must be None, 'sort' or 'table', got {kind!r}")
    element, among = asarray(element), asarray(test_elements).reshape(-1)
    if among.size == 0:
        return full(element.shape, bool(invert))
    dtype = np.result_type(element.dtype, among.dtype)
    element, ordered = element.astype(dtype), among.astype(dtype)._sorted(0)
    at = _searched(ordered, element, True)
    found = ordered._at((at - (at == ordered.size)).astype("int64")) == element
    return logical_not(found) if invert else found


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    """The sorted unique elements that are in both arrays; on request, the positions where they occur first in each."""
    ar1, ar2 = asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)
    if not assume_unique and ar1.dtype == ar2.dtype and ar1.size and ar2.size:
        return _intersection(ar1, ar2, return_indices)
    if return_indices:
        first, at1 = (ar1, arange(ar1.size)) if assume_unique else unique(ar1, return_index=True)
        second, at2 = (ar2, arange(ar2.size)) if assume_unique else unique(ar2, return_index=True)
    else:
        first, second = (ar1, ar2) if assume_unique else (unique(ar1), unique(ar2))
    both = concatenate([first, second])
    order = both._argsort(0)
    ordered = both._at(order)
    twice = (ordered[1:] == ordered[:-1])._flatnonzero() if both.size else zeros(0, dtype="int64")
    common = ordered._at(twice)
    if not return_indices:
        return common
    return common, at1._at(order._at(twice)), at2._at(order._at(twice + 1) - first.size)


def _intersection(ar1, ar2, return_indices):
    """`intersect1d` of arrays of one dtype: what is selected is known before anything is read, so that the host waits once."""
    order1 = ar1._argsort(0)
    ordered = ar1._at(order1)
    picked = logical_and(_runs(ordered, True), isin(ordered, ar2))._flatnonzero()
    common = ordered._at(picked)
    if not return_indices:
        return common
    order2 = ar2._argsort(0)
    return common, order1._at(picked), order2._at(_searched(ar2._at(order2), common, True))


def union1d(ar1, ar2):
    """The sorted unique elements that are in either array."""
    return unique(concatenate([asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)]))


def setdiff1d(ar1, ar2, assume_unique=False):
    """The unique elements of the first array that are not in the second, sorted unless ``assume_unique``."""
    ar1 = asarray(ar1).reshape(-1)
    first = ar1 if assume_unique else ar1._sorted(0)
    kept = isin(first, ar2, invert=True)
    return first[kept if assume_unique else logical_and(kept, _runs(first, True))]


def setxor1d(ar1, ar2, assume_unique=False):
    """The sorted unique elements that are in exactly one array."""
    ar1, ar2 = asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)
    if not assume_unique:
        if ar1.dtype == ar2.dtype and ar1.size and ar2.size:
            ar1, ar2 = ar1._sorted(0), ar2._sorted(0)
            single = [logical_and(_runs(one, True), isin(one, other, invert=True)) for one, other in ((ar1, ar2), (ar2, ar1))]
            return concatenate([ar1, ar2])[concatenate(single)]._sorted(0)
        ar1, ar2 = unique(ar1), unique(ar2)
    ordered = concatenate([ar1, ar2])._sorted(0)
    if ordered.size == 0:
        return ordered
    edge = concatenate([full((1,), True), ordered[1:] != ordered[:-1], full((1,), True)])
    return ordered[logical_and(edge[1:], edge[:-1])]
