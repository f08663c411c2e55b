"""Sums, extremes, means. Results are zero-dimensional arrays: `float(x)` reads one."""

import math
import warnings

import numpy as np

from ._anygpu import add, divide, maximum, minimum, multiply, ndarray, sqrt, square, subtract
from ._outputs import store
from .creation_functions import asarray, full
from .elementwise_functions import imag, real


def check_axis(axis):
    """Axes of reductions are an integer or a tuple of integers: NumPy takes no lists."""
    if isinstance(axis, list):
        raise TypeError("'list' object cannot be interpreted as an integer: axis must be an integer, a tuple of integers or None")


def count_of(a, axis):
    """Number of elements that a reduction over `axis` folds to one; 1 where there is no such axis, which the reduction itself reports."""
    if axis is None:
        return a.size
    axes = axis if isinstance(axis, tuple) else (axis,)
    return math.prod(a.shape[d] for d in axes if -a.ndim <= d < a.ndim)


def _dtype_for(a, out):
    """The dtype in which `a` is added up into `out` where none is asked for: the two's common one; None where that is bool, or without `out`."""
    if isinstance(out, tuple) and len(out) == 1:
        (out,) = out
    dtype = np.result_type(a.dtype, out.dtype) if isinstance(out, ndarray) else None
    return None if dtype == bool else dtype


def _fold(name, a, axis, keepdims, dtype, out, initial=None, where=True):
    check_axis(axis)
    if initial is not None or where is not True:
        ufunc = {"sum": add, "prod": multiply, "min": minimum, "max": maximum}[name]
        return ufunc.reduce(a, axis, dtype, out, keepdims, initial, where)
    a = asarray(a)
    if dtype is None and name in ("sum", "prod"):
        dtype = _dtype_for(a, out)
    return store(name, a._reduce(name, axis, bool(keepdims), dtype), out, "unsafe")


def sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """Sum over axes (all for None), pairwise. Small integers are summed in int64 or uint64.

    >>> import anygpu as ag
    >>> float(ag.sum(ag.ones(1000)))
    1000.0
    """
    return _fold("sum", a, axis, keepdims, dtype, out, initial, where)


def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """Product over axes."""
    return _fold("prod", a, axis, keepdims, dtype, out, initial, where)


def min(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """Smallest element over axes; NaN where there is one."""
    return _fold("min", a, axis, keepdims, None, out, initial, where)


def max(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """Largest element over axes; NaN where there is one."""
    return _fold("max", a, axis, keepdims, None, out, initial, where)


amin, amax = min, max


def mean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """Arithmetic mean over axes (of the elements where ``where`` holds); float64 for integers.

    A RuntimeWarning says so where the shape alone shows that there is nothing to take the mean of; the result is NaN.

    >>> import anygpu as ag
    >>> float(ag.mean(ag.asarray([1, 2, 6]), where=ag.asarray([True, True, False])))
    1.5
    """
    a = asarray(a)
    check_axis(axis)
    if where is True:
        if count_of(a, axis) == 0:
            warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=2)
        return store("mean", a._reduce("mean", axis, bool(keepdims), dtype), out, "unsafe")
    mask = asarray(where)._broadcast_to(a.shape)
    return store("mean", _masked_mean(a, axis, dtype, keepdims, mask), out, "unsafe")


def _masked_mean(a, axis, dtype, keepdims, mask):
    wide = dtype
    if dtype is None and a.dtype.kind in "biu":
        wide = "float64"
    elif dtype is None and a.dtype == np.float16:
        wide = "float32"
    total = sum(a, axis, wide, keepdims=keepdims, where=mask)
    count = mask._reduce("count_nonzero", axis, bool(keepdims))
    return divide(total, count).astype(a.dtype if dtype is None and a.dtype.kind in "fc" else total.dtype, copy=False)


def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """Variance over axes (of the elements where ``where`` holds), its divisor ``n - ddof`` (``correction`` is the standard's name for it).

    ``mean`` is the mean over the same axes, kept as dimensions of length 1, where it is known. ``dtype`` is that of the sums. A RuntimeWarning
    says so where the shape alone shows that the divisor is not positive.

    >>> import anygpu as ag
    >>> float(ag.var(ag.asarray([1.0, 2.0, 3.0, 4.0])))
    1.25
    """
    return store("var", _variance(a, axis, dtype, ddof, keepdims, where, mean, correction, False), out, "unsafe")


def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """Standard deviation over axes: the square root of `var`."""
    result = _variance(a, axis, dtype, ddof, keepdims, where, mean, correction, True)
    if isinstance(out, ndarray) and out.shape == result.shape and out.dtype.kind not in "fc":
        raise TypeError(f"std: out has dtype {out.dtype}, which holds no square roots")
    return store("std", result, out, "unsafe")


def _variance(a, axis, dtype, ddof, keepdims, where, mean, correction, root):
    if correction is not None and correction is not np._NoValue:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    a = asarray(a)
    check_axis(axis)
    dtype = None if dtype is None else np.dtype(dtype)
    mean = None if mean is np._NoValue else mean
    if where is True and ddof >= count_of(a, axis):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
    # One kernel less where the dtype of the sums holds all elements, so that converting them first changes nothing.
    if where is True and mean is None and (dtype is None or (dtype.kind == a.dtype.kind == "f" and np.can_cast(a.dtype, dtype))):
        return a._var(root, axis, float(ddof), bool(keepdims), dtype)
    mask = None if where is True else asarray(where)._broadcast_to(a.shape)
    if dtype is None and a.dtype.kind in "biu":
        dtype = np.dtype("float64")
    wide = np.dtype("float32") if dtype is None and a.dtype == np.float16 else dtype

    def total(x, keep, dtype):
        return sum(x, axis, dtype, keepdims=keep, where=True if mask is None else mask)

    def count(keep):
        return count_of(a, axis) if mask is None else mask._reduce("count_nonzero", axis, bool(keep))

    if mean is None:
        mean = total(a, True, wide)
        mean = divide(mean, count(True)).astype(mean.dtype, copy=False)
    x = subtract(a, mean)
    x = square(real(x)) + square(imag(x)) if x.dtype.kind == "c" else square(x)
    squares = total(x, keepdims, wide)
    divisor = count(keepdims) - ddof
    divisor = (divisor if divisor > 0 else 0) if mask is None else maximum(divisor, 0)
    result = divide(squares, divisor).astype(squares.dtype if dtype is not None else x.dtype, copy=False)
    result = result.astype(np.float16) if dtype is None and a.dtype == np.float16 else result
    if not root:
        return result
    if result.dtype.kind not in "fc" and result.ndim > 0:
        raise TypeError(f"std: the square root has no loop that gives {result.dtype}; dtype must be inexact")
    return sqrt(result).astype(result.dtype, copy=False)


def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """The mean over axes, each element times its weight and divided by the sum of the weights; with that sum where ``returned``.

    ``weights`` have the array's shape or that of the axes. That their sum is not zero is checked, which waits for the device.

    >>> import anygpu as ag
    >>> float(ag.average(ag.asarray([1, 2, 3, 4]), weights=[4, 3, 2, 1]))
    2.0
    """
    a = asarray(a)
    axis = None if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, a.ndim, argname="axis")
    if weights is None:
        result = mean(a, axis, keepdims=keepdims)
        scale = full(result.shape, count_of(a, axis), dtype=result.dtype) if returned else None
    else:
        weights = _aligned("average", asarray(weights), a, axis)
        dtype = np.result_type(a.dtype, weights.dtype, *(["float64"] if a.dtype.kind in "biu" else []))
        scale = sum(weights, axis, dtype, keepdims=keepdims)
        if _any(scale == 0.0):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        result = sum(multiply(a.astype(dtype, copy=False), weights.astype(dtype, copy=False)), axis, keepdims=keepdims) / scale
    return (result, scale._broadcast_to(result.shape).copy()) if returned else result


def _any(x):
    return bool(x._reduce("any", None, False))


def _aligned(name, weights, a, axis):
    """Weights of the array's shape; of the axes' shape, with the other dimensions of length 1."""
    if weights.shape == a.shape:
        return weights
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    if weights.shape != tuple(a.shape[d] for d in axis):
        raise ValueError(f"{name}: weights of shape {weights.shape} do not fit axes {axis} of an array of shape {a.shape}")
    weights = weights.transpose(np.argsort(axis).tolist())
    return weights.reshape(tuple(n if d in axis else 1 for d, n in enumerate(a.shape)))


def cumsum(a, axis=None, dtype=None, out=None):
    """Running sum along an axis (of the flattened array for None). Small integers are summed in int64 or uint64.

    >>> import anygpu as ag
    >>> ag.cumsum(ag.arange(5))
    array([ 0,  1,  3,  6, 10])
    """
    return _running("add", a, axis, dtype, out)


def cumprod(a, axis=None, dtype=None, out=None):
    """Running product along an axis (of the flattened array for None)."""
    return _running("multiply", a, axis, dtype, out)


def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Running sum along an axis, which may be left out for one dimension; `include_initial` puts a zero before it."""
    return _cumulative("add", "cumulative_sum", 0, x, axis, dtype, out, include_initial)


def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Running product along an axis, which may be left out for one dimension; `include_initial` puts a one before it."""
    return _cumulative("multiply", "cumulative_prod", 1, x, axis, dtype, out, include_initial)


def _running(ufunc, a, axis, dtype, out):
    a = asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    elif a.ndim == 0:
        # NumPy runs along a number as along an array of one.
        a = a.reshape(1)
    if dtype is None:
        wide = {"b": "int64", "i": "int64", "u": "uint64"}.get(a.dtype.kind)
        dtype = _dtype_for(a, out) or wide or a.dtype
    return store(ufunc + ".accumulate", a._accumulate(ufunc, axis, dtype), out, "unsafe")


def _cumulative(ufunc, name, initial, x, axis, dtype, out, include_initial):
    from .creation_functions import full_like
    from .manipulation_functions import concatenate

    x = asarray(x)
    x = x if x.ndim else x.reshape(1)
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"For arrays which have more than one dimension ``axis`` argument is required; {name} got {x.ndim} dimensions")
        axis = 0
    dtype = _dtype_for(x, out) if dtype is None else dtype
    result = _running(ufunc, x, axis, dtype, None)
    if include_initial:
        axis %= x.ndim
        shape = x.shape[:axis] + (1,) + x.shape[axis + 1 :]
        result = concatenate([full_like(result, initial, shape=shape), result], axis=axis)
    return store(name, result, out, "unsafe")
