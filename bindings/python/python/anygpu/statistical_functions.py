"""Sums, extremes, means. Results are zero-dimensional arrays: `float(x)` reads one."""

from ._anygpu import add, maximum, minimum, multiply
from ._outputs import store
from .creation_functions import asarray


def _fold(name, a, axis, keepdims, dtype, out, initial=None, where=True):
    if initial is not None or where is not True:
        ufunc = {"sum": add, "prod": multiply, "min": minimum, "max": maximum}[name]
        return ufunc.reduce(a, axis, dtype, out, keepdims, initial, where)
    return store(name, asarray(a)._reduce(name, axis, bool(keepdims), dtype), out, "unsafe")


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


def mean(a, axis=None, dtype=None, out=None, keepdims=False):
    """Arithmetic mean over axes; float64 for integers."""
    return _fold("mean", a, axis, keepdims, dtype, out)


def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, correction=None):
    """Variance over axes, its divisor ``n - ddof`` (``correction`` is the standard's name for it)."""
    return _spread(False, a, axis, dtype, out, ddof, keepdims, correction)


def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, correction=None):
    """Standard deviation over axes: the square root of `var`."""
    return _spread(True, a, axis, dtype, out, ddof, keepdims, correction)


def _spread(root, a, axis, dtype, out, ddof, keepdims, correction):
    if correction is not None:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    result = asarray(a)._var(root, axis, float(ddof), bool(keepdims), dtype)
    return store("std" if root else "var", result, out, "unsafe")


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
    if dtype is None:
        wide = {"b": "int64", "i": "int64", "u": "uint64"}.get(a.dtype.kind)
        dtype = out.dtype if out is not None else wide or a.dtype
    return store(ufunc + ".accumulate", a._accumulate(ufunc, axis, dtype), out, "unsafe")


def _cumulative(ufunc, name, initial, x, axis, dtype, out, include_initial):
    from .creation_functions import full
    from .manipulation_functions import concatenate

    x = asarray(x)
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"For arrays which have more than one dimension ``axis`` argument is required; {name} got {x.ndim} dimensions")
        axis = 0
    result = _running(ufunc, x, axis, dtype, None)
    if include_initial:
        axis %= x.ndim
        shape = x.shape[:axis] + (1,) + x.shape[axis + 1 :]
        result = concatenate([full(shape, initial, dtype=result.dtype), result], axis=axis)
    return store(name, result, out)
