"""Sums, extremes, means. Results are zero-dimensional arrays: `float(x)` reads one."""

from .creation_functions import asarray


def _fold(name, a, axis, keepdims, dtype, out):
    result = asarray(a)._reduce(name, axis, bool(keepdims), dtype)
    if out is None:
        return result
    out[...] = result
    return out


def sum(a, axis=None, dtype=None, out=None, keepdims=False):
    """Sum over axes (all for None), pairwise. Small integers are summed in int64 or uint64.

    >>> import anygpu as ag
    >>> float(ag.sum(ag.ones(1000)))
    1000.0
    """
    return _fold("sum", a, axis, keepdims, dtype, out)


def prod(a, axis=None, dtype=None, out=None, keepdims=False):
    """Product over axes."""
    return _fold("prod", a, axis, keepdims, dtype, out)


def min(a, axis=None, out=None, keepdims=False):
    """Smallest element over axes; NaN where there is one."""
    return _fold("min", a, axis, keepdims, None, out)


def max(a, axis=None, out=None, keepdims=False):
    """Largest element over axes; NaN where there is one."""
    return _fold("max", a, axis, keepdims, None, out)


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
    if out is None:
        return result
    out[...] = result
    return out
