"""Interpolation between given points."""

import numpy as np

from .creation_functions import asarray
from .elementwise_functions import absolute, isnan, maximum, minimum
from .manipulation_functions import concatenate
from .searching_functions import where
from .sorting_functions import searchsorted


def interp(x, xp, fp, left=None, right=None, period=None):
    """Values at `x` of the polygon through the points ``(xp[i], fp[i])``, for ascending `xp`; float64, or complex128 where `fp` is complex.

    Before the first point it is `left`, behind the last one `right`: the values there where not given. With a `period` the points repeat.

    >>> import anygpu as ag
    >>> ag.interp(ag.asarray([0.0, 1.5, 9.0]), ag.asarray([1.0, 2.0, 3.0]), ag.asarray([3.0, 2.0, 0.0]))
    array([3. , 2.5, 0. ])
    """
    fp = asarray(fp)
    x, xp = (asarray(v).astype(np.float64, casting="safe", copy=False) for v in (x, xp))
    fp = fp.astype(np.complex128 if fp.dtype.kind == "c" else np.float64, copy=False)
    if xp.ndim != 1 or fp.ndim != 1:
        raise ValueError(f"interp: data points must be 1-D sequences; xp has {xp.ndim} dimensions, fp {fp.ndim}")
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period, left, right = absolute(period), None, None
    if xp.size != fp.size:
        raise ValueError(f"fp and xp are not of the same length: {fp.size} and {xp.size}")
    if xp.size == 0:
        raise ValueError("array of sample points is empty")
    if period is not None:
        x, xp = x % period, xp % period
        order = xp._argsort(0)
        xp, fp = xp[order], fp[order]
        xp = concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = concatenate([fp[-1:], fp, fp[:1]])
    if fp.dtype.kind != "c":
        return _interpolated(x, xp, fp, left, right)
    from .manipulation_functions import stack

    parts = []
    for part in ("real", "imag"):
        outside = [None if v is None else getattr(asarray(v), part) for v in (left, right)]
        parts.append(_interpolated(x, xp, getattr(fp, part), *outside))
    parts[1] = where(isnan(x), 0.0, parts[1])
    return stack(parts, -1).view(np.complex128)[..., 0]


def _interpolated(x, xp, fp, left, right):
    last = xp.size - 1
    left, right = (edge if given is None else asarray(given).astype(np.float64) for given, edge in ((left, fp[0]), (right, fp[last])))
    at = searchsorted(xp, x, side="right") - 1
    # Between this point and the next one; positions outside are replaced below.
    this = minimum(maximum(at, 0), maximum(last - 1, 0))
    following = minimum(this + 1, last)
    x0, x1, f0, f1 = xp[this], xp[following], fp[this], fp[following]
    slope = (f1 - f0) / (x1 - x0)
    value = slope * (x - x0) + f0
    # An infinite value at one end: from the other end, and where both are the same infinity, that.
    value = where(isnan(value), slope * (x - x1) + f1, value)
    value = where(isnan(value) & (f0 == f1), f0, value)
    value = where(x == x0, f0, value)
    value = where(at >= last, where(x == xp[last], fp[last], right), value)
    value = where(x < xp[0], left, value)  # not where the first point is NaN
    return where(isnan(x), x, value)
