"""Triangles and diagonals of matrices, and matrices made from them."""

import operator

import numpy as np

from .creation_functions import _dtype, arange, asarray, full, zeros
from .indexing_functions import _cycled, _own, _put_flat
from .manipulation_functions import broadcast_to, concatenate
from .searching_functions import where


def tri(N, M=None, k=0, dtype=float, *, like=None):
    """A matrix of ones on and below the ``k``-th diagonal, zeros above it.

    >>> import anygpu as ag
    >>> ag.tri(2, 3, dtype=int)
    array([[1, 0, 0],
           [1, 1, 0]])
    """
    rows, columns = operator.index(N), operator.index(N if M is None else M)
    return _below(max(rows, 0), max(columns, 0), k).astype(_dtype(None) if dtype is float or dtype is None else dtype)


def _below(rows, columns, k):
    """Which elements of a matrix are on or below a diagonal."""
    return arange(rows).reshape(-1, 1) >= arange(columns) - k


def _triangle(m, keep_lower, k):
    m = asarray(m)
    if m.ndim == 0:
        raise TypeError("tril and triu: an array of at least one dimension is needed")
    rows, columns = m.shape[-2:] if m.ndim > 1 else m.shape * 2
    zero = zeros((), m.dtype)
    return where(_below(rows, columns, k), m, zero) if keep_lower else where(_below(rows, columns, k - 1), zero, m)


def tril(m, k=0):
    """Matrices with zeros above the ``k``-th diagonal.

    >>> import anygpu as ag
    >>> ag.tril(ag.ones((2, 3), dtype=int))
    array([[1, 0, 0],
           [1, 1, 0]])
    """
    return _triangle(m, True, k)


def triu(m, k=0):
    """Matrices with zeros below the ``k``-th diagonal.

    >>> import anygpu as ag
    >>> ag.triu(ag.ones((2, 3), dtype=int))
    array([[1, 1, 1],
           [0, 1, 1]])
    """
    return _triangle(m, False, k)


def diag(v, k=0):
    """The ``k``-th diagonal of a matrix (a view), or the matrix with a vector on that diagonal.

    >>> import anygpu as ag
    >>> ag.diag(ag.asarray([1, 2]))
    array([[1, 0],
           [0, 2]])
    """
    v, k = asarray(v), operator.index(k)
    if v.ndim == 2:
        return v.diagonal(k)
    if v.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    n = v.size + abs(k)
    result = zeros((n, n), v.dtype, device=v.device)
    first = k if k >= 0 else -k * n
    if v.size:
        result.reshape(-1)[first : first + (v.size - 1) * (n + 1) + 1 : n + 1] = v
    return result


def diagflat(v, k=0):
    """The matrix with the flattened elements on the ``k``-th diagonal."""
    return diag(asarray(v).reshape(-1), k)


def fill_diagonal(a, val, wrap=False):
    """The main diagonal replaced, in place; for ``wrap`` it begins again below the square part of a tall matrix.

    >>> import anygpu as ag
    >>> x = ag.zeros((2, 2), dtype=int)
    >>> ag.fill_diagonal(x, 5)
    >>> x
    array([[5, 0],
           [0, 5]])
    """
    _own(a, "fill_diagonal")
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    if a.ndim > 2 and len(set(a.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    step = 1 + int(np.cumprod(a.shape[:-1]).sum()) if a.ndim > 2 else a.shape[1] + 1
    stop = a.size if a.ndim > 2 or wrap else min(a.size, a.shape[1] ** 2)
    count = len(range(0, stop, step))
    val = asarray(val)
    if count == 0 or val.size == 0:
        return
    values = _cycled(val, count).astype(a.dtype, copy=False)
    if a._c_contiguous:
        a.reshape(-1)[:stop:step] = values
    elif a.ndim == 2 and not wrap:
        a.diagonal()[...] = values
    else:
        _put_flat(a, arange(0, stop, step), values)


def vander(x, N=None, increasing=False):
    """The powers of a vector's elements as columns, from the ``N - 1``-th to the zeroth, or the other way round.

    >>> import anygpu as ag
    >>> ag.vander(ag.asarray([2, 3]), 3)
    array([[4, 2, 1],
           [9, 3, 1]])
    """
    x = asarray(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    columns = x.size if N is None else operator.index(N)
    dtype = np.promote_types(x.dtype, int)
    if columns < 1:
        return zeros((x.size, columns), dtype)  # as NumPy, an error for a negative number
    powers = full((x.size, 1), 1, dtype)
    if columns > 1:
        factors = broadcast_to(x.astype(dtype, copy=False).reshape(-1, 1), (x.size, columns - 1))
        powers = concatenate([powers, factors._accumulate("multiply", 1, dtype)], axis=1)
    return powers if increasing else powers._flip(1).copy()
