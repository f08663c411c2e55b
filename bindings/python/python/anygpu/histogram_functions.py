"""Counting: bincount and histograms. Nothing here is added atomically, so that results are the same on every run and exact for integers.

The elements' bin numbers are found first (a binary search among the edges). Of few bins, each looks at all numbers; otherwise the numbers are
sorted, so that a bin is a segment between two positions.
"""

import builtins
import math
import operator
import warnings

import numpy as np

from ._anygpu import ndarray
from .creation_functions import arange, asarray, zeros
from .difference_functions import diff
from .elementwise_functions import minimum
from .manipulation_functions import stack
from .searching_functions import where
from .sorting_functions import searchsorted
from .statistical_functions import amax, amin, mean, std
from .statistical_functions import sum as sum_

#: Up to so many bins, one pass over all elements for each is cheaper than sorting them.
FEW_BINS = 32
#: How many elements a block of `segment_sums` holds; each level reads fewer than two blocks a segment.
RADIX = 16


def segment_sums(values, starts):
    """Sums of ``values[starts[i]:starts[i + 1]]``, for ascending positions, each as a tree of its own elements alone.

    Sums of blocks of 16, of 256, ... are made once; a segment adds the whole blocks inside it and, on each level, the rest at both ends.
    """
    first, last = starts[:-1], starts[1:]
    total = None
    while True:
        n = values.shape[0]
        if n <= RADIX:
            return _and(total, _short_sums(values, first, last, RADIX))
        first_block, last_block = (first + (RADIX - 1)) // RADIX, last // RADIX
        end_of_left = minimum(first_block * RADIX, last)
        start_of_right = where(last_block * RADIX > end_of_left, last_block * RADIX, end_of_left)
        total = _and(total, _short_sums(values, first, end_of_left, RADIX - 1))
        total = _and(total, _short_sums(values, start_of_right, last, RADIX - 1))
        blocks = n // RADIX
        values = sum_(values[: blocks * RADIX].reshape(blocks, RADIX), axis=1, dtype=values.dtype)
        first, last = minimum(first_block, last_block), last_block


def _and(total, more):
    return more if total is None else total + more


def _short_sums(values, first, last, longest):
    """Sums of segments of at most `longest` elements."""
    at = first[:, None] + arange(longest)
    # Positions behind a segment are read somewhere inside the array and left out.
    inside = at < last[:, None]
    return sum_(where(inside, values[where(inside, at, 0)], asarray(0).astype(values.dtype)), axis=1, dtype=values.dtype)


def tally(numbers, bins, weights=None):
    """How often each of ``0 .. bins - 1`` occurs in a vector of int64 (other numbers are left out), or the sums of the weights there."""
    if numbers.size == 0:
        return zeros(bins, dtype=np.int64 if weights is None else weights.dtype)
    if bins <= FEW_BINS:
        hits = numbers == arange(bins)[:, None]
        if weights is None:
            return hits._reduce("count_nonzero", 1, False)
        return sum_(where(hits, weights, asarray(0).astype(weights.dtype)), axis=1, dtype=weights.dtype)
    if weights is None:
        return diff(searchsorted(numbers._sorted(0), arange(bins + 1)))
    order = numbers._argsort(0)
    return segment_sums(weights._at(order), searchsorted(numbers._at(order), arange(bins + 1)))


def bincount(x, /, weights=None, minlength=0):
    """How often each number from 0 to the largest occurs in a vector of integers, as int64; or the sums of their weights, as float64.

    The result is `minlength` long at least. The largest number is read to know how long it gets.

    >>> import anygpu as ag
    >>> ag.bincount(ag.asarray([0, 1, 1, 3]))
    array([1, 2, 0, 1])
    """
    empty = not isinstance(x, ndarray) and np.size(x) == 0
    x = asarray(x)
    if minlength is None:
        raise TypeError("use 0 instead of None for minlength")
    minlength = operator.index(minlength)
    if x.ndim != 1:
        raise ValueError(f"bincount: x must have one dimension, not {x.ndim}")
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    if empty:
        x = x.astype(np.int64)
    if x.dtype.kind not in "biu":
        raise TypeError(f"Cannot cast array data from {x.dtype!r} to dtype('int64') according to the rule 'safe'")
    if weights is not None:
        weights = asarray(weights)
        if not np.can_cast(weights.dtype, np.float64):
            raise TypeError(f"Cannot cast array data from {weights.dtype!r} to dtype('float64') according to the rule 'safe'")
        if weights.shape != x.shape:
            raise ValueError(f"The weights and list don't have the same length: {weights.shape} and {x.shape}")
        weights = weights.astype(np.float64, copy=False)
    if x.size == 0:
        return zeros(minlength, dtype=np.int64)
    smallest, largest = _extremes(x)
    if smallest < 0:
        raise ValueError("'list' argument must have no negative elements")
    return tally(x.astype(np.int64, copy=False), max(int(largest) + 1, minlength), weights)


def _extremes(a, axis=None):
    """The smallest and the largest element (of each column for axis 0), on the host: one read."""
    if a.dtype == bool:
        a = a.astype(np.uint8)
    return tuple(stack([amin(a, axis), amax(a, axis)]).get())


def _vector(a, weights):
    a = asarray(a)
    if a.dtype == bool:
        warnings.warn(f"Converting input from {a.dtype} to uint8 for compatibility.", RuntimeWarning, stacklevel=3)
        a = a.astype(np.uint8)
    if weights is None:
        return a.reshape(-1), None
    weights = asarray(weights)
    if weights.shape != a.shape:
        raise ValueError(f"weights should have the same shape as a, {a.shape}, not {weights.shape}")
    return a.reshape(-1), weights.reshape(-1)


def _outer_edges(a, range, extremes=None):
    """First and last edge on the host: the range, or the extremes of the elements, which are read unless they are given."""
    if range is not None:
        first, last = (r.get()[()] if isinstance(r, ndarray) else r for r in range)
        if first > last:
            raise ValueError(f"max must be larger than min in range parameter: {range}")
        if not (np.isfinite(first) and np.isfinite(last)):
            raise ValueError(f"supplied range of [{first}, {last}] is not finite")
    elif a.size == 0:
        first, last = 0, 1
    else:
        first, last = _extremes(a) if extremes is None else extremes
        if not (np.isfinite(first) and np.isfinite(last)):
            raise ValueError(f"autodetected range of [{first}, {last}] is not finite")
    return (first - 0.5, last + 0.5) if first == last else (first, last)


def _difference(last, first):
    """`last - first`, which for integers may exceed their dtype."""
    integers = (int, np.integer)
    return int(last) - int(first) if isinstance(last, integers) and isinstance(first, integers) else last - first


def _edges(a, bins, range, weights):
    """The edges on the host and, for bins of one width, their dtype."""
    if isinstance(bins, str):
        if bins not in ESTIMATORS:
            raise ValueError(f"{bins!r} is not a valid estimator for `bins`")
        if weights is not None:
            raise TypeError("Automated estimation of the number of bins is not supported for weighted data")
        first, last = _outer_edges(a, range)
        n = _estimated(bins, a if range is None else a[(a >= first) & (a <= last)], first, last)
    elif np.ndim(bins) == 0:
        try:
            n = operator.index(bins)
        except TypeError:
            raise TypeError(f"`bins` must be an integer, a string, or an array, not {bins!r}") from None
        if n < 1:
            raise ValueError(f"`bins` must be positive, when an integer: {n}")
        first, last = _outer_edges(a, range)
    elif np.ndim(bins) == 1:
        edges = bins.get() if isinstance(bins, ndarray) else np.asarray(bins)
        if np.any(edges[:-1] > edges[1:]):
            raise ValueError("`bins` must increase monotonically, when an array")
        return edges, None
    else:
        raise ValueError("`bins` must be 1d, when an array")
    dtype = np.result_type(first, last, a.dtype)
    if dtype.kind in "iu":
        dtype = np.result_type(dtype, float)
    edges = np.linspace(first, last, n + 1, endpoint=True, dtype=dtype)
    if np.any(edges[:-1] >= edges[1:]):
        raise ValueError(f"Too many bins for data range. Cannot create {n} finite-sized bins.")
    return edges, dtype


def _estimated(name, a, first, last):
    """The number of bins that an estimator of their width asks for."""
    if a.size == 0:
        return 1
    width = ESTIMATORS[name](a, (first, last))
    if not width:
        return 1
    if a.dtype.kind in "iu" and width < 1:
        width = 1
    return int(np.ceil(_difference(last, first) / width))


def _range_of(a):
    smallest, largest = _extremes(a)
    return _difference(largest, smallest)


def _width_sqrt(a, range):
    return _range_of(a) / np.sqrt(a.size)


def _width_sturges(a, range):
    return _range_of(a) / (np.log2(a.size) + 1.0)


def _width_rice(a, range):
    return _range_of(a) / (2.0 * a.size ** (1.0 / 3))


def _width_scott(a, range):
    return (24.0 * np.pi**0.5 / a.size) ** (1.0 / 3.0) * std(a).get()[()]


def _width_fd(a, range):
    from .order_statistics_functions import percentile

    upper, lower = percentile(a, [75, 25]).get()
    return 2.0 * (upper - lower) * a.size ** (-1.0 / 3.0)


def _width_auto(a, range):
    # Half of the square root's estimate keeps the number of bins within bounds.
    return min(max(_width_fd(a, range), _width_sqrt(a, range) / 2), _width_sturges(a, range))


def _width_doane(a, range):
    n = a.size
    if n <= 2:
        return 0.0
    center, spread = mean(a), std(a)
    deviation = (a - center) / spread
    skewness = mean(deviation * deviation * deviation)
    skewness, spread = (x.item() for x in (skewness, spread))
    if not spread > 0.0:
        return 0.0
    scale = np.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)))
    return _range_of(a) / (1.0 + np.log2(n) + np.log2(1.0 + np.absolute(skewness) / scale))


def _width_stone(a, range):
    n, extent = a.size, _range_of(a)
    if n <= 1 or extent == 0:
        return 0
    most = max(100, int(np.sqrt(n)))
    candidates = [_edges(a, bins, range, None) for bins in builtins.range(1, most + 1)]
    # The histograms of all candidates in one search among the sorted elements, and one read.
    ordered = a.astype(candidates[0][1], copy=False)._sorted(0)
    below = searchsorted(ordered, asarray(np.concatenate([edges[:-1] for edges, _ in candidates])))
    below = below.get()
    within = searchsorted(ordered, asarray(candidates[0][0][-1:]), side="right").item()

    def risk(bins):
        start = bins * (bins - 1) // 2
        share = np.diff(below[start : start + bins], append=within) / n
        return (2 - (n + 1) * share.dot(share)) / (extent / bins)

    best = min(builtins.range(1, most + 1), key=risk)
    if best == most:
        warnings.warn("The number of bins estimated may be suboptimal.", RuntimeWarning, stacklevel=5)
    return extent / best


ESTIMATORS = {
    "auto": _width_auto,
    "doane": _width_doane,
    "fd": _width_fd,
    "rice": _width_rice,
    "scott": _width_scott,
    "sqrt": _width_sqrt,
    "stone": _width_stone,
    "sturges": _width_sturges,
}


def histogram_bin_edges(a, bins=10, range=None, weights=None):
    """The edges that `histogram` uses.

    >>> import anygpu as ag
    >>> ag.histogram_bin_edges(ag.arange(5), bins=4)
    array([0., 1., 2., 3., 4.])
    """
    a, weights = _vector(a, weights)
    return asarray(_edges(a, bins, range, weights)[0])


def histogram(a, bins=10, range=None, density=None, weights=None):
    """How many elements (or the sum of their weights) lie in each bin, and the edges of the bins.

    Bins are half open, the last one is closed. `bins` is their number, their edges, or one of NumPy's estimators, ``"auto"`` for one. The
    edges are computed on the host: without a `range` the extremes of the elements are read, estimators read further statistics, and edges on
    the device are read to be checked. `density` divides by the width of the bins and the total.

    >>> import anygpu as ag
    >>> ag.histogram(ag.asarray([1, 2, 1]), bins=[0, 1, 2, 3])
    (array([0, 2, 1]), array([0, 1, 2, 3]))
    """
    a, weights = _vector(a, weights)
    edges, even = _edges(a, bins, range, weights)
    device_edges = asarray(edges)
    bins = edges.size - 1
    numbers = _bin_numbers(a, device_edges, np.result_type(a.dtype, edges.dtype) if even is None else even)
    dtype = np.dtype(np.int64) if weights is None else weights.dtype
    if weights is not None and even is not None:
        # Added as NumPy adds them: in float64, or two of it.
        weights = weights.astype(np.result_type(weights.dtype, np.float64), copy=False)
    counts = tally(numbers, bins, weights).astype(dtype, copy=False)
    if density:
        return counts / diff(device_edges).astype(np.float64) / sum_(counts), device_edges
    return counts, device_edges


def _bin_numbers(a, edges, dtype):
    """The number of each element's bin, -1 or one past the last for those in none; compared in `dtype`."""
    a, edges = a.astype(dtype, copy=False), edges.astype(dtype, copy=False)
    bins = edges.size - 1
    return where(a == edges[-1], bins - 1, searchsorted(edges, a, side="right") - 1)


def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    """`histogramdd` of points ``(x, y)``: counts, edges along x, edges along y. `bins` are one for both or one for each.

    >>> import anygpu as ag
    >>> ag.histogram2d(ag.asarray([0.0, 1.0]), ag.asarray([0.0, 1.0]), bins=2)[0]
    array([[1., 0.],
           [0., 1.]])
    """
    x, y = asarray(x), asarray(y)
    if len(x) != len(y):
        raise ValueError(f"x and y must have the same length: {len(x)} and {len(y)}")
    if hasattr(bins, "__len__") and len(bins) not in (1, 2):
        bins = [bins, bins]
    counts, edges = histogramdd([x, y], bins, range, density, weights)
    return counts, edges[0], edges[1]


def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    """How many points (or the sum of their weights), as float64, lie in each cell of a grid, and the list of its edges.

    `sample` has one row a point, or is a sequence of one vector a dimension; `bins` is one number for all dimensions, or a number or the edges
    for each. Edges are computed on the host as in `histogram`.

    >>> import anygpu as ag
    >>> counts, edges = ag.histogramdd(ag.asarray([[0.0, 0.0], [1.0, 1.0]]), bins=2)
    >>> counts
    array([[1., 0.],
           [0., 1.]])
    """
    if not (isinstance(sample, (ndarray, np.ndarray)) and sample.ndim == 2):
        sample = asarray(sample) if isinstance(sample, (ndarray, np.ndarray)) else stack([asarray(s) for s in sample])
        sample = sample.reshape(1, -1).T if sample.ndim < 2 else sample.T
    sample = asarray(sample)
    dimensions = sample.shape[1]
    try:
        given = len(bins)
    except TypeError:
        bins = [bins] * dimensions
    else:
        if given != dimensions:
            raise ValueError(f"The dimension of bins must be equal to the dimension of the sample x: {given} and {dimensions}")
    if range is not None and len(range) != dimensions:
        raise ValueError(f"range argument must have one entry per dimension: {len(range)} for {dimensions}")
    columns = [sample[:, i] for i in builtins.range(dimensions)]
    ranges = [None] * dimensions if range is None else range
    searched = sample.size > 0 and any(r is None and np.ndim(b) == 0 for r, b in zip(ranges, bins))
    extremes = list(zip(*_extremes(sample, 0))) if searched else [None] * dimensions
    edges = [_grid_edges(i, columns[i], bins[i], ranges[i], extremes[i]) for i in builtins.range(dimensions)]
    device_edges = [asarray(e) for e in edges]
    lengths = [e.size - 1 for e in edges]
    cell, inside = None, None
    for column, axis_edges, length in zip(columns, device_edges, lengths):
        number = _bin_numbers(column, axis_edges, np.result_type(column.dtype, axis_edges.dtype))
        within = (number >= 0) & (number < length)
        cell, inside = (number, within) if cell is None else (cell * length + number, inside & within)
    if weights is not None:
        weights = asarray(weights).astype(np.float64, casting="safe", copy=False)
        if weights.shape != cell.shape:
            raise ValueError(f"The weights and list don't have the same length: {weights.shape} and {cell.shape}")
    counts = tally(where(inside, cell, -1), math.prod(lengths), weights).astype(np.float64, copy=False).reshape(lengths)
    if density:
        total = sum_(counts)
        for i, axis_edges in enumerate(device_edges):
            counts = counts / diff(axis_edges).reshape((-1,) + (1,) * (dimensions - i - 1))
        counts = counts / total
    return counts, device_edges


def _grid_edges(i, column, bins, range, extremes):
    if np.ndim(bins) == 0:
        bins = bins.item() if isinstance(bins, ndarray) else bins
        if bins < 1:
            raise ValueError(f"`bins[{i}]` must be positive, when an integer: {bins}")
        first, last = _outer_edges(column, range, extremes)
        try:
            n = operator.index(bins)
        except TypeError:
            raise TypeError(f"`bins[{i}]` must be an integer, when a scalar: {bins}") from None
        return np.linspace(first, last, n + 1)
    if np.ndim(bins) != 1:
        raise ValueError(f"`bins[{i}]` must be a scalar or 1d array")
    edges = bins.get() if isinstance(bins, ndarray) else np.asarray(bins)
    if np.any(edges[:-1] > edges[1:]):
        raise ValueError(f"`bins[{i}]` must be monotonically increasing, when an array")
    return edges
