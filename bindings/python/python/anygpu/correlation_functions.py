"""Covariance and correlation of variables; correlation and convolution of sequences."""

import operator
import warnings

import numpy as np

from .creation_functions import arange, asarray, ones, zeros
from .elementwise_functions import conjugate, logical_and, maximum, minimum, rint, sqrt
from .linear_algebra_functions import dot
from .manipulation_functions import concatenate, flip, stack
from .searching_functions import where
from .statistical_functions import average
from .statistical_functions import sum as sum_

#: A reduction folds fewer than 2**32 elements; longer correlations go piece by piece.
LARGEST_PIECE = 1 << 30


def _variables(x, rowvar, dtype):
    x = asarray(x).astype(dtype, copy=False)
    if x.ndim > 2:
        raise ValueError(f"variables have at most 2 dimensions, not {x.ndim}")
    # A vector is one variable either way.
    return x.reshape((1,) * (2 - x.ndim) + x.shape) if rowvar or x.ndim < 2 else x.T


def _sample_weights(name, weights, n, whole):
    weights = asarray(weights).astype(np.float64, copy=False)
    if whole and bool((weights != rint(weights)).any()):
        raise TypeError(f"{name} must be integer")
    if weights.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if weights.shape[0] != n:
        raise RuntimeError(f"incompatible numbers of samples and {name}: {n} and {weights.shape[0]}")
    if bool((weights < 0).any()):
        raise ValueError(f"{name} cannot be negative")
    return weights


def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    """Covariances of variables, one a row (a column where not `rowvar`), divided by ``n - 1`` (by ``n`` where `bias`; by ``n - ddof``).

    `fweights` say how often each observation counts, `aweights` how much. Both are checked, which waits for the device.

    >>> import anygpu as ag
    >>> ag.cov(ag.asarray([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError(f"ddof must be integer, not {ddof}")
    m = asarray(m)
    y = None if y is None else asarray(y)
    if dtype is None:
        dtype = np.result_type(m.dtype, np.float64, *([] if y is None else [y.dtype]))
    if np.dtype(dtype).kind not in "fc":
        raise TypeError(f"cov: dtype must be one of floats or complex numbers, which hold the distances from the mean, not {np.dtype(dtype)}")
    x = _variables(m, rowvar, dtype)
    if x.shape[0] == 0:
        return zeros((0, 0), dtype=np.float64)
    if y is not None:
        x = concatenate([x, _variables(y, rowvar or y.shape[:1] == (1,) and y.ndim == 2, dtype)], axis=0)
    n = x.shape[1]
    ddof = int(bias == 0) if ddof is None else ddof
    weights = None if fweights is None else _sample_weights("fweights", fweights, n, True)
    if aweights is not None:
        aweights = _sample_weights("aweights", aweights, n, False)
        weights = aweights if weights is None else weights * aweights
    center, weight = average(x, axis=1, weights=weights, returned=True)
    deviation = x - center[:, None]
    if weights is None:
        divisor = n - ddof
        if divisor <= 0:
            warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
            divisor = 0.0
        products = dot(deviation, conjugate(deviation.T))
        factor = np.true_divide(1, divisor)
        return (products * (factor if divisor else asarray(factor))).astype(products.dtype, copy=False).squeeze()
    weight = weight[0]
    if ddof == 0:
        divisor = weight
    elif aweights is None:
        divisor = weight - ddof
    else:
        divisor = weight - ddof * sum_(weights * aweights) / weight
    products = dot(deviation, conjugate((deviation * weights).T))
    return (products * (1 / maximum(divisor, 0.0))).astype(products.dtype, copy=False).squeeze()


def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """Pearson's correlation coefficients of variables: `cov` divided by both standard deviations.

    >>> import anygpu as ag
    >>> ag.corrcoef(ag.asarray([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    i = arange(c.shape[0])
    deviation = sqrt(c[i, i].real)
    c = c / deviation[:, None] / deviation[None, :]
    if c.dtype.kind != "c":
        return minimum(maximum(c, -1), 1)
    return stack([minimum(maximum(part, -1), 1) for part in (c.real, c.imag)], -1).view(c.dtype)[..., 0]


def correlate(a, v, mode="valid"):
    """``c[k] = sum(a[k + i] * conj(v[i]))`` of two vectors, where they overlap fully (``"valid"``), in `a`'s length (``"same"``), or where they
    overlap at all (``"full"``).

    Every element is a sum of products of its own: exact for integers, and of order ``len(a) * len(v)``.

    >>> import anygpu as ag
    >>> ag.correlate(ag.asarray([1, 2, 3]), ag.asarray([0, 1, 2]), "full")
    array([2, 5, 8, 3, 0])
    """
    a, v = asarray(a), asarray(v)
    for operand in (a, v):
        if operand.ndim != 1:
            raise ValueError(f"correlate: object of too {'small' if operand.ndim < 1 else 'large'} depth: {operand.ndim} dimensions, not 1")
    for name, operand in (("first", a), ("second", v)):
        if operand.size == 0:
            raise ValueError(f"{name} array argument cannot be empty")
    if v.dtype.kind == "c":
        v = conjugate(v)
    if a.size < v.size:
        return flip(_sliding_products(v, a, mode)).copy()
    return _sliding_products(a, v, mode)


def convolve(a, v, mode="full"):
    """``c[k] = sum(a[k - i] * v[i])`` of two vectors, where they overlap at all (``"full"``), in the longer one's length (``"same"``), or where
    they overlap fully (``"valid"``).

    >>> import anygpu as ag
    >>> ag.convolve(ag.asarray([1, 2, 3]), ag.asarray([0, 1, 2]))
    array([0, 1, 4, 7, 6])
    """
    a, v = asarray(a), asarray(v)
    a, v = (x.reshape(1) if x.ndim == 0 else x for x in (a, v))
    for name, operand in (("a", a), ("v", v)):
        if operand.ndim != 1:
            raise ValueError(f"convolve: {name} must have one dimension, not {operand.ndim}")
        if operand.size == 0:
            raise ValueError(f"{name} cannot be empty")
    if v.size > a.size:
        a, v = v, a
    return _sliding_products(a, flip(v), mode)


def _mode(mode):
    if mode in ("valid", "same", "full"):
        return mode
    if isinstance(mode, str):
        raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got {mode!r})")
    mode = operator.index(mode)
    if not 0 <= mode <= 2:
        raise ValueError(f"integer mode must be 0, 1, or 2 (got {mode})")
    return ("valid", "same", "full")[mode]


def _sliding_products(a, v, mode):
    """Sums of products of `v` with each stretch of the longer `a`.

    The stretches are the rows of a view whose rows overlap, so that nothing of the size of all products is ever stored.
    """
    dtype = np.result_type(a.dtype, v.dtype)
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    a, v = a.astype(wide, copy=False), v.astype(wide, copy=False)
    n, m = a.size, v.size
    mode = _mode(mode)
    left, right = {"valid": (0, 0), "same": (m // 2, m - m // 2 - 1), "full": (m - 1, m - 1)}[mode]
    length = n + left + right - m + 1
    padded = concatenate([zeros(left, dtype=wide), a, zeros(right, dtype=wide)])
    inside = None
    if left + right and wide.kind in "fc":
        # Padding is no operand: 0 times infinity would be NaN.
        inside = concatenate([zeros(left, dtype=bool), ones(n, dtype=bool), zeros(right, dtype=bool)])
    rows = max(1, LARGEST_PIECE // m)
    pieces = []
    for start in range(0, length, rows):
        shape = (min(rows, length - start), m)
        stretches = padded._as_strided(shape, (1, 1), start)
        if wide == bool:
            pieces.append(logical_and(stretches, v)._reduce("any", 1, False))
            continue
        products = stretches * v
        if inside is not None:
            products = where(inside._as_strided(shape, (1, 1), start), products, asarray(0).astype(wide))
        pieces.append(sum_(products, axis=1, dtype=wide))
    result = pieces[0] if len(pieces) == 1 else concatenate(pieces)
    return result.astype(dtype, copy=False)
