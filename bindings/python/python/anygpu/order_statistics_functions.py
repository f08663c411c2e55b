"""Medians, quantiles and ranges: an axis is sorted, and elements are taken at positions that the method chooses."""

import math

import numpy as np

from ._anygpu import ndarray
from ._outputs import store
from .creation_functions import asarray, full
from .elementwise_functions import floor, isnan, logical_and, subtract
from .manipulation_functions import broadcast_to, moveaxis
from .searching_functions import where
from .statistical_functions import _aligned, amax, amin, cumsum, mean
from .statistical_functions import sum as sum_
from .sorting_functions import _take_along


def ptp(a, axis=None, out=None, keepdims=False):
    """The range of values over axes: the largest less the smallest, in the array's own dtype.

    >>> import anygpu as ag
    >>> ag.ptp(ag.asarray([[4, 9], [2, 10]]), axis=1)
    array([5, 8])
    """
    a = asarray(a)
    return store("ptp", subtract(amax(a, axis, keepdims=keepdims), amin(a, axis, keepdims=keepdims)), out)


class Rows:
    """An array with the axes of a statistic moved to the end and joined to one.

    `finish` brings a result without that axis to the shape NumPy gives it; leading dimensions that the statistic adds stay in front.
    """

    def __init__(self, name, a, axis, keepdims, out):
        self.name, self.keepdims, self.out, self.shape = name, bool(keepdims), out, a.shape
        self.axes = tuple(range(a.ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
        if not self.axes and a.size == 0:
            raise ValueError(f"{name}: an array of shape {a.shape} has no elements to bring into order over no axes; name an axis")
        self.kept = [d for d in range(a.ndim) if d not in self.axes]
        self.values = self.join(a)

    def join(self, a):
        lengths = tuple(a.shape[d] for d in self.kept) + (math.prod(a.shape[d] for d in self.axes),)
        return a.transpose(self.kept + sorted(self.axes)).reshape(lengths)

    def finish(self, result):
        if self.keepdims:
            added = result.shape[: result.ndim - len(self.kept)]
            result = result.reshape(added + tuple(1 if d in self.axes else n for d, n in enumerate(self.shape)))
        return store(self.name, result, self.out)


def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The middle element in order over axes, or the mean of the two middle ones; NaN where there is one. float64 for integers.

    >>> import anygpu as ag
    >>> ag.median(ag.asarray([[10, 7, 4], [3, 2, 1]]), axis=1)
    array([7., 2.])
    """
    rows = Rows("median", asarray(a), axis, keepdims, out)
    n = rows.values.shape[-1]
    ordered = rows.values._sorted(-1)
    middle = mean(ordered[..., (n - 1) // 2 : n // 2 + 1], axis=-1)
    if ordered.dtype.kind in "fc" and n > 0:
        last = ordered[..., -1]
        middle = where(isnan(last), last, middle)
    return rows.finish(middle)


def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """`median` of the elements that are not NaN; NaN where there are none."""
    from .nan_functions import nanmean

    a = asarray(a)
    if a.size == 0:
        return nanmean(a, axis, out=out, keepdims=keepdims)
    if a.dtype.kind not in "fc":
        return median(a, axis, out, keepdims=keepdims)
    rows = Rows("nanmedian", a, axis, keepdims, out)
    ordered = rows.values._sorted(-1)
    count = sum_(~isnan(ordered), axis=-1, keepdims=True)
    low = _take_along_last(ordered, where(count > 0, (count - 1) // 2, 0))
    high = _take_along_last(ordered, where(count > 0, count // 2, 0))
    # The mean of both as `mean` has it: float16 is added in float32.
    wide = low.astype("float32") if low.dtype == np.float16 else low
    middle = where(count % 2 == 1, low, ((wide + high) / 2).astype(low.dtype, copy=False))
    return rows.finish(middle[..., 0])


def _take_along_last(a, positions):
    """`a` at positions along its last axis, one list of positions a row."""
    from .creation_functions import arange

    rows = [arange(n).reshape((n,) + (1,) * (a.ndim - d - 1)) for d, n in enumerate(a.shape[:-1])]
    return a[(*rows, positions)]


def percentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """`quantile` at ``q / 100``.

    >>> import anygpu as ag
    >>> ag.percentile(ag.asarray([[10, 7, 4], [3, 2, 1]]), 50, axis=1)
    array([7., 2.])
    """
    return _quantile("percentile", a, q, 100, axis, out, method, keepdims, weights, False)


def quantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """The values below which a part `q` of the elements lies, over axes, by any of NumPy's 13 methods; NaN where there is one.

    `q` is a number or an array of numbers from 0 to 1, whose dimensions come first in the result; it is best on the host: an array on the
    device is read. `weights` (of the array's shape, or of the axes' shape) go with the method ``"inverted_cdf"``; that they are not negative
    and have a sum is checked, which waits for the device.

    >>> import anygpu as ag
    >>> ag.quantile(ag.asarray([1, 2, 3, 4]), [0.25, 0.5])
    array([1.75, 2.5 ])
    """
    return _quantile("quantile", a, q, 1, axis, out, method, keepdims, weights, False)


def nanpercentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """`percentile` of the elements that are not NaN; NaN where there are none."""
    return _quantile("percentile", a, q, 100, axis, out, method, keepdims, weights, True)


def nanquantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """`quantile` of the elements that are not NaN; NaN where there are none."""
    return _quantile("quantile", a, q, 1, axis, out, method, keepdims, weights, True)


def _quantile(name, a, q, whole, axis, out, method, keepdims, weights, skip_nan):
    a = asarray(a)
    if a.dtype.kind == "c":
        raise TypeError(f"{name}: a must be an array of real numbers, not of {a.dtype}")
    weak = type(q) in (int, float)
    q = q.get() if isinstance(q, ndarray) else np.asarray(q)
    if whole != 1:
        q = np.true_divide(q, whole, out=...)
    if not (q.size == 0 or (q.min() >= 0 and q.max() <= 1)):
        raise ValueError(f"{name.capitalize()}s must be in the range [0, {whole}]")
    if weights is not None and method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    if skip_nan and a.size == 0:
        from .nan_functions import nanmean

        return nanmean(a, axis, out=out, keepdims=keepdims)
    if q.ndim > 2:
        raise ValueError(f"{name}: q must have at most two dimensions, not {q.ndim}")
    rows = Rows(name, a, axis, keepdims, out)
    skip_nan = skip_nan and a.dtype.kind == "f"
    if weights is not None:
        axes = None if axis is None else rows.axes
        weights = rows.join(broadcast_to(_aligned(name, asarray(weights), a, axes), a.shape))
        return rows.finish(_weighted(rows.values, weights, q, skip_nan))
    if method not in METHODS:
        raise ValueError(f"{method!r} is not a valid method. Use one of: {', '.join(METHODS)}")
    ordered = moveaxis(rows.values._sorted(-1), -1, 0)
    at = _without_nan if skip_nan else _with_nan
    return rows.finish(at(ordered, q, method, weak))


#: The 13 methods. Of `n` elements in order, the position where quantile `q` lies: `np` or this package computes it, given as `xp`. The methods of
#: Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996), as far as they are of theirs.
METHODS = {
    "inverted_cdf": lambda xp, n, q: _step(xp, n * q - 1, lambda part, index: part == 0),
    "averaged_inverted_cdf": lambda xp, n, q: n * q - 1,
    "closest_observation": lambda xp, n, q: _step(xp, n * q - 1 - 0.5, lambda part, index: (part == 0) & (xp.floor(index) % 2 == 1)),
    "interpolated_inverted_cdf": lambda xp, n, q: _between(n, q, 0, 1),
    "hazen": lambda xp, n, q: _between(n, q, 0.5, 0.5),
    "weibull": lambda xp, n, q: _between(n, q, 0, 0),
    "linear": lambda xp, n, q: (n - 1) * q,
    "median_unbiased": lambda xp, n, q: _between(n, q, 1 / 3.0, 1 / 3.0),
    "normal_unbiased": lambda xp, n, q: _between(n, q, 3 / 8.0, 3 / 8.0),
    "lower": lambda xp, n, q: xp.floor((n - 1) * q).astype(np.int64),
    "higher": lambda xp, n, q: xp.ceil((n - 1) * q).astype(np.int64),
    "midpoint": lambda xp, n, q: 0.5 * (xp.floor((n - 1) * q) + xp.ceil((n - 1) * q)),
    "nearest": lambda xp, n, q: xp.rint((n - 1) * q).astype(np.int64),
}
#: Methods that take one element and interpolate nothing.
DISCRETE = {"inverted_cdf", "closest_observation", "lower", "higher", "nearest"}


def _between(n, q, alpha, beta):
    return n * q + (alpha + q * (1 - alpha - beta)) - 1


def _step(xp, index, stays):
    before = xp.floor(index)
    position = xp.where(stays(index - before, index), before, before + 1).astype(np.int64)
    return xp.maximum(position, 0)


def _weight_of_next(xp, method, part, index):
    if method == "averaged_inverted_cdf":
        return xp.where(part == 0, 0.5, 1.0).astype(index.dtype)
    if method == "midpoint":
        return xp.where(index % 1 == 0, 0.0, 0.5).astype(index.dtype)
    return part


def _interpolated(previous, following, weight, far):
    """From both ends, so that weights 0 and 1 give the ends themselves."""
    step = subtract(following, previous)
    near_previous, near_following = previous + step * weight, following - step * (1 - weight)
    if far is None:
        return near_following if weight >= 0.5 else near_previous
    return where(far, near_following, near_previous).astype(near_previous.dtype, copy=False)


def _with_nan(ordered, q, method, weak):
    """Quantiles along the first axis, where positions depend on no element and are computed by the host."""
    n = ordered.shape[0]
    index = np.asanyarray(METHODS[method](np, n, q))
    if method in DISCRETE or (method == "linear" and index.dtype.kind in "iu"):
        result = ordered._take(index, 0)
    else:
        previous = np.floor(index)
        following = previous + 1
        weight = _weight_of_next(np, method, index - previous, index)
        above, below = index >= n - 1, index < 0
        if n == 0:
            raise IndexError(f"quantile: {q.size} quantiles of no elements")
        # Beyond the ends the weight counts from where the position was moved to, and both neighbours are the same element.
        previous = np.where(above, n - 1, np.where(below, 0, previous)).astype(np.int64)
        following = np.where(above, n - 1, np.where(below, 0, following)).astype(np.int64)
        before, after = ordered._take(previous, 0), ordered._take(following, 0)
        if weak:
            result = _interpolated(before, after, float(weight), None)
        else:
            weight = weight.reshape(index.shape + (1,) * (ordered.ndim - 1))
            result = _interpolated(before, after, asarray(weight), asarray(weight >= 0.5))
    if ordered.dtype.kind == "f":
        last = ordered[-1]
        result = where(isnan(last), last, result)
    return result


def _without_nan(ordered, q, method, weak):
    """Quantiles along the first axis of what stands before the NaNs, where positions depend on how many there are."""
    import anygpu as ag

    count = sum_(~isnan(ordered), axis=0)
    host_dtype = np.asanyarray(METHODS[method](np, 1, q)).dtype
    levels = asarray(q).reshape(q.shape + (1,) * count.ndim)
    # One element at least: what an empty row gives is replaced below. Counted in the dtype of `q`, as NumPy's own integer is.
    n = where(count > 0, count, 1)
    n = n.astype(q.dtype) if q.dtype.kind == "f" else n
    index = METHODS[method](ag, n, levels)
    if method in DISCRETE or (method == "linear" and host_dtype.kind in "iu"):
        result = _take_along_first(ordered, index)
    else:
        previous = floor(index)
        weight = _weight_of_next(ag, method, index - previous, index)
        above, below = index >= n - 1, index < 0
        following = where(above, n - 1, where(below, 0, previous + 1)).astype(np.int64)
        previous = where(above, n - 1, where(below, 0, previous)).astype(np.int64)
        before, after = _take_along_first(ordered, previous), _take_along_first(ordered, following)
        far = weight >= 0.5
        if weak:
            weight = weight.astype(np.result_type(ordered.dtype, 1.0), copy=False)
        result = _interpolated(before, after, weight, far)
    return where(count > 0, result, asarray(np.nan).astype(ordered.dtype)).astype(result.dtype, copy=False)


def _take_along_first(ordered, positions):
    """`ordered` at positions along its first axis, which may have further dimensions in front."""
    from .creation_functions import arange

    columns = [arange(n).reshape((n,) + (1,) * (ordered.ndim - d - 2)) for d, n in enumerate(ordered.shape[1:])]
    return ordered[(positions, *columns)]


def _weighted(values, weights, q, skip_nan):
    """Quantiles along the last axis: the first element whose share of the weight, with all before it, is not below `q`."""
    if skip_nan:
        weights = where(isnan(values), 0, weights).astype(weights.dtype, copy=False)
    order = values._argsort(-1)
    ordered, weights = _take_along(values, order, -1), _take_along(weights, order, -1)
    n = values.shape[-1]
    share = cumsum(weights, axis=-1, dtype=np.float64)
    total = share[..., -1:]
    count = sum_(~isnan(ordered), axis=-1) if skip_nan else None
    valid = logical_and(total - total == 0, total != 0)
    if skip_nan:
        valid = valid | (count == 0)[..., None]
    if bool((weights < 0).any()):
        raise ValueError("Weights must be non-negative.")
    if not bool(valid.all()):
        raise ValueError("Weights included NaN, inf or were all zero.")
    share = share / total
    if q.dtype.kind == "f":
        share = share.astype(q.dtype, copy=False)
    # Elements without weight in front are no element's quantile, not even 0's.
    share = where(share == 0, -1, share)
    below = share < asarray(q).reshape(q.shape + (1,) * share.ndim)
    limit = n - 1 if count is None else where(count > 0, count - 1, 0)
    import anygpu as ag

    at = ag.minimum(sum_(below, axis=-1), limit)
    result = _take_along_first(moveaxis(ordered, -1, 0), at)
    if values.dtype.kind == "f":
        last = ordered[..., -1] if count is None else where(count > 0, full((), 0, dtype=values.dtype), np.nan)
        result = where(isnan(last), asarray(np.nan).astype(values.dtype), result)
    return result
