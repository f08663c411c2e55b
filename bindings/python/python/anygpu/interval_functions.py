"""Points between two ends: evenly spaced, or by equal ratios."""

import operator

import numpy as np

from .creation_functions import arange, asarray, default_float, linspace
from .elementwise_functions import floor, log10, power, sign
from .indexing_functions import _host_or_ours, _weak_value
from .manipulation_functions import concatenate, moveaxis
from .searching_functions import where


def spaced_between(start, stop, num, endpoint, dtype, axis):
    """`linspace` for ends that are arrays or complex numbers: (points, step)."""
    divisions = num - 1 if endpoint else num
    # Numbers of Python's promote as such beside arrays; integers become float64.
    wide = np.result_type(*(_weak_value(v) for v in (start, stop)), 0.0)
    dtype = wide if dtype is None else np.dtype(dtype)
    start, stop = asarray(start).astype(wide, copy=False), asarray(stop).astype(wide, copy=False)
    delta = stop - start
    shape = (-1,) + (1,) * delta.ndim
    points = (arange(num, dtype=_real(wide)) if num else arange(0, dtype=_real(wide))).reshape(shape if num else (0,) + shape[1:])
    if divisions > 0:
        step = delta / divisions
        # A step that underflows: divided first, then multiplied.
        points = where((step == 0).any(), points / divisions * delta, points * step)
    else:
        step = np.nan
        points = points * delta
    points = points + start
    if endpoint and num > 1:
        points = concatenate([points[:-1], stop._broadcast_to((1,) + points.shape[1:])])
    points = moveaxis(points, 0, axis) if axis != 0 else points
    if dtype.kind in "iu":
        points = floor(points)
    return points.astype(dtype, copy=False), step


def _real(dtype):
    return np.empty(0, dtype).real.dtype


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """``base`` to the powers of `linspace`.

    >>> import anygpu as ag
    >>> ag.logspace(0, 2, 3)
    array([  1.,  10., 100.])
    """
    if not isinstance(base, (float, int)) and np.ndim(base):
        ends = [asarray(v) for v in (start, stop, base)]
        ndim = max(v.ndim for v in ends)
        start, stop, base = (v.reshape((1,) * (ndim - v.ndim) + v.shape) for v in ends)
        base = base._expand_dims(axis)
    result = power(base, linspace(start, stop, num, endpoint=endpoint, axis=axis))
    return result if dtype is None else result.astype(dtype, copy=False)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """``num`` numbers from ``start`` to ``stop`` (included unless ``endpoint`` is False), each the same multiple of the one before it.

    Raises ValueError for an end that is zero; ends on the device are read for that.

    >>> import anygpu as ag
    >>> ag.geomspace(1, 256, 9)
    array([  1.,   2.,   4.,   8.,  16.,  32.,  64., 128., 256.])
    """
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    plain = not any(hasattr(v, "dtype") for v in (start, stop))
    if any(bool((v == 0).any()) for v in (_host_or_ours(start), _host_or_ours(stop))):
        raise ValueError("Geometric sequence cannot include zero")
    start, stop = asarray(start), asarray(stop)
    wide = np.result_type(start.dtype, stop.dtype, float(num), np.float64 if dtype is None else dtype)
    wide = default_float() if plain and dtype is None and wide == np.float64 else wide
    start, stop = start.astype(wide), stop.astype(wide)
    # Turned to begin on the positive real axis, so that the logarithm of a negative number is real.
    turn = sign(start)
    start, stop = start / turn, stop / turn
    result = logspace(log10(start), log10(stop), num, endpoint, 10.0, wide)
    if num > 0:
        first = start._broadcast_to((1,) + result.shape[1:])
        if num > 1 and endpoint:
            last = stop._broadcast_to((1,) + result.shape[1:])
            result = concatenate([first, result[1:-1], last])
        else:
            result = concatenate([first, result[1:]])
    result = result * turn
    result = moveaxis(result, 0, axis) if axis != 0 else result
    return result.astype(wide if dtype is None else dtype, copy=False)
