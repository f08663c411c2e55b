"""Statistics that pass over NaN. Where NumPy warns about slices without a number, nothing is said here: it would take a read to know."""

import numpy as np

from ._outputs import store
from .creation_functions import asarray
from .elementwise_functions import isinf, isnan, logical_and, logical_not, logical_or, signbit, sqrt, subtract
from .manipulation_functions import broadcast_to, stack
from .searching_functions import argmax, argmin, where
from .statistical_functions import amax, amin, cumprod, cumsum, mean, prod, var
from .statistical_functions import sum as sum_

# `where` is an argument of most functions here.
_choose = where


def _replaced(a, value):
    """`a` with `value` in place of NaN, and whether each element is NaN; None for dtypes that have no NaN."""
    a = asarray(a)
    if a.dtype.kind not in "fc":
        return a, None
    mask = isnan(a)
    return _choose(mask, asarray(value).astype(a.dtype), a), mask


def _given(value, default):
    return default if value is np._NoValue else value


def nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=np._NoValue, where=True):
    """Sum over axes, NaN counted as 0.

    >>> import anygpu as ag
    >>> float(ag.nansum(ag.asarray([1.0, ag.nan, 2.0])))
    3.0
    """
    return sum_(_replaced(a, 0)[0], axis, dtype, out, _given(keepdims, False), _given(initial, None), _given(where, True))


def nanprod(a, axis=None, dtype=None, out=None, keepdims=False, initial=np._NoValue, where=True):
    """Product over axes, NaN counted as 1."""
    return prod(_replaced(a, 1)[0], axis, dtype, out, _given(keepdims, False), _given(initial, None), _given(where, True))


def nancumsum(a, axis=None, dtype=None, out=None):
    """Running sum along an axis, NaN counted as 0."""
    return cumsum(_replaced(a, 0)[0], axis, dtype, out)


def nancumprod(a, axis=None, dtype=None, out=None):
    """Running product along an axis, NaN counted as 1."""
    return cumprod(_replaced(a, 1)[0], axis, dtype, out)


def _extreme(name, fold, a, limit, axis, out, keepdims, initial, where):
    a, mask = _replaced(a, limit)
    keepdims, initial, where = _given(keepdims, False), _given(initial, None), _given(where, True)
    if mask is None:
        return fold(a, axis, out, keepdims, initial, where)
    if where is not True and initial is None:
        if axis is not None:
            np.lib.array_utils.normalize_axis_tuple(axis, max(a.ndim, 1))
        raise ValueError(f"{name}: to use a where mask one has to specify 'initial'")
    result = fold(a, axis, None, keepdims, initial, where)
    if initial is None or initial != initial:
        if where is not True:
            mask = logical_or(mask, logical_not(asarray(where)))
        nothing = mask._reduce("all", axis, bool(keepdims))
        result = _choose(nothing, asarray(np.nan).astype(a.dtype), result)
    return store(name, result, out, "unsafe")


def nanmin(a, axis=None, out=None, keepdims=False, initial=np._NoValue, where=True):
    """Smallest element over axes that is not NaN; NaN where there is none."""
    return _extreme("nanmin", amin, a, np.inf, axis, out, keepdims, initial, where)


def nanmax(a, axis=None, out=None, keepdims=False, initial=np._NoValue, where=True):
    """Largest element over axes that is not NaN; NaN where there is none.

    >>> import anygpu as ag
    >>> float(ag.nanmax(ag.asarray([1.0, ag.nan, 2.0])))
    2.0
    """
    return _extreme("nanmax", amax, a, -np.inf, axis, out, keepdims, initial, where)


def _position(name, find, a, limit, axis, out, keepdims):
    a, mask = _replaced(a, limit)
    if mask is not None and mask.size and bool(mask._reduce("all", axis, False)._reduce("any", None, False)):
        raise ValueError(f"{name}: All-NaN slice encountered")
    return find(a, axis, out, keepdims=_given(keepdims, False))


def nanargmin(a, axis=None, out=None, *, keepdims=False):
    """Position of the first smallest element that is not NaN. Slices of NaN alone raise ValueError; to look for them waits for the device."""
    return _position("nanargmin", argmin, a, np.inf, axis, out, keepdims)


def nanargmax(a, axis=None, out=None, *, keepdims=False):
    """Position of the first largest element that is not NaN. Slices of NaN alone raise ValueError; to look for them waits for the device."""
    return _position("nanargmax", argmax, a, -np.inf, axis, out, keepdims)


def _check_inexact(dtype, out):
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError("If a is inexact, then dtype must be inexact")
    if out is not None and out.dtype.kind not in "fc":
        raise TypeError("If a is inexact, then out must be inexact")


def nanmean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """Arithmetic mean over axes of the elements that are not NaN; NaN where there are none.

    >>> import anygpu as ag
    >>> float(ag.nanmean(ag.asarray([1.0, ag.nan, 2.0])))
    1.5
    """
    keepdims, where = _given(keepdims, False), _given(where, True)
    a, mask = _replaced(a, 0)
    if mask is None:
        return mean(a, axis, dtype, out, keepdims, where=where)
    _check_inexact(dtype, out)
    count = sum_(logical_not(mask), axis, np.int64, keepdims=keepdims, where=where)
    total = sum_(a, axis, dtype, keepdims=keepdims, where=where)
    return store("nanmean", (total / count).astype(total.dtype, copy=False), out, "unsafe")


def nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=np._NoValue, correction=np._NoValue):
    """`var` over axes of the elements that are not NaN; NaN where the divisor is not positive."""
    return _nan_variance("nanvar", a, axis, dtype, out, ddof, keepdims, where, mean, correction, False)


def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=np._NoValue, correction=np._NoValue):
    """`std` over axes of the elements that are not NaN: the square root of `nanvar`."""
    return _nan_variance("nanstd", a, axis, dtype, out, ddof, keepdims, where, mean, correction, True)


def _nan_variance(name, a, axis, dtype, out, ddof, keepdims, where, mean, correction, root):
    keepdims, where, mean = _given(keepdims, False), _given(where, True), _given(mean, None)
    a, mask = _replaced(a, 0)
    if mask is None:
        result = var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
        return store(name, sqrt(result).astype(result.dtype, copy=False) if root else result, out, "same_kind" if root else "unsafe")
    _check_inexact(dtype, out)
    if correction is not np._NoValue and correction is not None:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    count = sum_(logical_not(mask), axis, np.int64, keepdims=True, where=where)
    if mean is None:
        mean = sum_(a, axis, dtype, keepdims=True, where=where)
        mean = (mean / count).astype(mean.dtype, copy=False)
    # Deviations are rounded to the array's own dtype; `dtype` is that of the sums.
    x = _choose(mask, asarray(0).astype(a.dtype), subtract(a, mean).astype(a.dtype, copy=False))
    x = (x * x.conj()).real if a.dtype.kind == "c" else x * x
    squares = sum_(x, axis, dtype, keepdims=keepdims, where=where)
    divisor = count.reshape(squares.shape) - ddof
    result = _choose(divisor > 0, squares / divisor, np.nan).astype(squares.dtype, copy=False)
    return store(name, sqrt(result) if root else result, out, "unsafe")


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    """`nan`, `posinf` and `neginf` in place of NaN and the infinities; the dtype's largest and smallest numbers for None.

    >>> import anygpu as ag
    >>> ag.nan_to_num(ag.asarray([1.0, ag.nan, ag.inf]), posinf=9.0)
    array([1., 0., 9.])
    """
    x = asarray(x)
    if x.dtype.kind not in "fc":
        return x.copy() if copy else x
    parts = [x.real, x.imag] if x.dtype.kind == "c" else [x]
    limits = np.finfo(x.dtype)
    posinf, neginf = limits.max if posinf is None else posinf, limits.min if neginf is None else neginf

    def cleaned(part):
        infinite, negative = isinf(part), signbit(part)
        finite = part
        for mask, value in ((isnan(part), nan), (logical_and(infinite, logical_not(negative)), posinf), (logical_and(infinite, negative), neginf)):
            value = asarray(value).astype(part.dtype)
            finite = _choose(mask, broadcast_to(value, part.shape) if value.ndim else value, finite)
        return finite

    parts = [cleaned(part) for part in parts]
    result = stack(parts, -1).view(x.dtype)[..., 0] if len(parts) == 2 else parts[0]
    if copy:
        return result
    x[...] = result
    return x
