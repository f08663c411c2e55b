"""Products, as the array API standard declares them in this namespace, and products of many matrices."""

import operator

import numpy as np

from .. import linear_algebra_functions as main
from .._outputs import store
from ..creation_functions import asarray, eye
from ..manipulation_functions import broadcast_to
from ._matrices import square

matrix_transpose = main.matrix_transpose


def matmul(x1, x2, /):
    """The matrix product: `anygpu.matmul`."""
    return main.matmul(x1, x2)


def outer(x1, x2, /):
    """The products of every element of one vector with every one of another.

    >>> import anygpu as ag
    >>> ag.linalg.outer(ag.asarray([1, 2]), ag.asarray([3, 4]))
    array([[3, 4],
           [6, 8]])
    """
    x1, x2 = asarray(x1), asarray(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are x1.ndim={x1.ndim} and x2.ndim={x2.ndim}.")
    return main.outer(x1, x2)


def tensordot(x1, x2, /, *, axes=2):
    """The sum of products over pairs of axes: `anygpu.tensordot`."""
    return main.tensordot(x1, x2, axes)


def vecdot(x1, x2, /, *, axis=-1):
    """The sums of ``conj(x1) * x2`` along an axis: `anygpu.vecdot`."""
    return main.vecdot(x1, x2, axis=axis)


def cross(x1, x2, /, *, axis=-1):
    """The cross products of vectors of three elements.

    >>> import anygpu as ag
    >>> ag.linalg.cross(ag.asarray([1, 0, 0]), ag.asarray([0, 1, 0]))
    array([0, 0, 1])
    """
    x1, x2 = asarray(x1), asarray(x2)
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(
            f"Both input arrays must be (arrays of) 3-dimensional vectors, but they are {x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    return main.cross(x1, x2, axis=axis)


def diagonal(x, /, *, offset=0):
    """A diagonal of each matrix of a stack. A view."""
    return main.diagonal(x, offset, -2, -1)


def trace(x, /, *, offset=0, dtype=None):
    """The sum of a diagonal of each matrix of a stack."""
    return main.trace(x, offset, -2, -1, dtype)


def matrix_power(a, n):
    """A square matrix (or a stack of them) to an integer power, by repeated squaring; of the inverse for a negative one.

    Raises `LinAlgError` for matrices that are not square, or singular where ``n < 0``.

    >>> import anygpu as ag
    >>> ag.linalg.matrix_power(ag.asarray([[1, 1], [0, 1]]), 5)
    array([[1, 5],
           [0, 1]])
    """
    from .solve import inv

    a = asarray(a)
    square("matrix_power", a)
    try:
        n = operator.index(n)
    except TypeError as error:
        raise TypeError(f"matrix_power: exponent must be an integer, got {n!r}") from error
    if n == 0:
        return broadcast_to(eye(a.shape[-1], dtype=a.dtype), a.shape).copy()
    if n < 0:
        a, n = inv(a), -n
    if n == 1:
        return a.copy()
    result = None
    while n:
        if n & 1:
            result = a if result is None else main.matmul(result, a)
        n >>= 1
        a = main.matmul(a, a) if n else a
    return result


def multi_dot(arrays, *, out=None):
    """The product of two or more matrices, multiplied in the order that needs the fewest operations; the first and last may be vectors.

    >>> import anygpu as ag
    >>> ag.linalg.multi_dot([ag.ones((2, 3)), ag.ones((3, 4)), ag.ones(4)])
    array([12., 12.])
    """
    arrays = [asarray(a) for a in arrays]
    if len(arrays) < 2:
        raise ValueError("multi_dot: Expecting at least two arrays.")
    if len(arrays) == 2:
        return main.dot(arrays[0], arrays[1], out=out)
    first, last = arrays[0].ndim, arrays[-1].ndim
    arrays[0] = arrays[0][None, :] if first == 1 else arrays[0]
    arrays[-1] = arrays[-1][:, None] if last == 1 else arrays[-1]
    for a in arrays:
        if a.ndim != 2:
            raise np.linalg.LinAlgError(f"multi_dot: {a.ndim}-dimensional array given. Array must be two-dimensional")
    result = _chain(arrays, _splits([a.shape[0] for a in arrays] + [arrays[-1].shape[1]]), 0, len(arrays) - 1)
    result = result[0] if first == 1 else result
    result = result[..., 0] if last == 1 else result
    return store("multi_dot", result, out)


def _splits(sides):
    """Where to cut the chain from i to j, by the cost of the best product (Cormen et al., "Introduction to Algorithms", 15.2)."""
    count = len(sides) - 1
    cost = [[0] * count for _ in range(count)]
    split = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            candidates = [(cost[i][k] + cost[k + 1][j] + sides[i] * sides[k + 1] * sides[j + 1], k) for k in range(i, j)]
            cost[i][j], split[i][j] = min(candidates)
    return split


def _chain(arrays, split, i, j):
    if i == j:
        return arrays[i]
    k = split[i][j]
    return main.dot(_chain(arrays, split, i, k), _chain(arrays, split, k + 1, j))
