"""Arrays of positions: of grids, diagonals and triangles, and in flattened arrays."""

import operator

import numpy as np

from ._anygpu import ndarray
from .creation_functions import arange, asarray, empty, memory_order, ones
from .indexing_functions import _bounded, _check, _host_or_ours, _unravelled
from .manipulation_functions import broadcast_to, stack
from .searching_functions import nonzero
from .sorting_functions import searchsorted


def ix_(*args):
    """Sequences as an open mesh: ``a[ix_([1, 3], [2, 5])]`` is ``[[a[1, 2], a[1, 5]], [a[3, 2], a[3, 5]]]``."""
    mesh = []
    for k, positions in enumerate(args):
        chosen = isinstance(positions, (ndarray, np.ndarray))
        positions = _host_or_ours(positions)
        if positions.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if positions.size == 0 and not chosen:
            positions = positions.astype("int64")
        elif positions.dtype == bool:
            (positions,) = positions.nonzero()
        mesh.append(asarray(positions).reshape((1,) * k + (-1,) + (1,) * (len(args) - k - 1)))
    return tuple(mesh)


def indices(dimensions, dtype=int, sparse=False):
    """The positions of a grid: an array for each dimension, stacked, or for ``sparse`` a tuple of arrays that broadcast."""
    dimensions = tuple(dimensions)
    grid = [arange(n, dtype=dtype).reshape((-1,) + (1,) * (len(dimensions) - 1 - d)) for d, n in enumerate(dimensions)]
    if sparse:
        return tuple(g.reshape((1,) * (len(dimensions) - g.ndim) + g.shape) for g in grid)
    if not grid:
        return empty((0,), dtype)
    return stack([broadcast_to(g, dimensions) for g in grid])


def unravel_index(indices, shape, order="C"):
    """Positions in a flattened array as a tuple of positions along its dimensions. Checks them, and waits for that if they are on the device.

    >>> import anygpu as ag
    >>> ag.unravel_index(ag.asarray([22, 41]), (7, 6))
    (array([3, 6]), array([4, 5]))
    """
    order = memory_order(order, "CF")
    shape = tuple(operator.index(n) for n in (shape if np.iterable(shape) else (shape,)))
    positions = _host_or_ours(indices)
    if positions.dtype.kind not in "biu":
        raise TypeError("only int indices permitted")
    size = int(np.prod(shape, dtype=object)) if shape else 1
    if size > np.iinfo(np.int64).max:
        raise ValueError("dimensions are too large; arrays and shapes with a total size greater than 'intp' are not supported.")
    if not shape and positions.ndim:
        raise ValueError("multiple indices are not supported for 0d array")
    _check((positions < 0) | (positions >= size), ValueError(f"an index is out of bounds for array with size {size}"))
    positions = asarray(positions, "int64")
    if positions.size == 0:
        return tuple(empty(positions.shape, "int64") for _ in shape)
    return _unravelled(positions, shape) if order == "C" else _unravelled(positions, shape[::-1])[::-1]


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    """Positions along dimensions as positions in the flattened array; ``mode`` may be one for each dimension.

    For "raise", waits for positions that are on the device, to check them.

    >>> import anygpu as ag
    >>> ag.ravel_multi_index(([3, 6], [4, 5]), (7, 6))
    array([22, 41])
    """
    order = memory_order(order, "CF")
    dims = tuple(operator.index(n) for n in (dims if np.iterable(dims) else (dims,)))
    coordinates = [_host_or_ours(c) for c in multi_index]
    if len(coordinates) != len(dims):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(dims)}")
    modes = (mode,) * len(dims) if isinstance(mode, str) else tuple(mode)
    if len(modes) != len(dims):
        raise ValueError(f"mode must be one for each of the {len(dims)} dimensions, not {len(modes)}")
    bounded = []
    for positions, length, rule in zip(coordinates, dims, modes):
        if positions.dtype.kind not in "biu":
            raise TypeError("only int indices permitted")
        if rule == "raise":
            _check((positions < 0) | (positions >= length), ValueError("invalid entry in coordinates array"))
        elif length == 0 and positions.size:
            raise ValueError("invalid entry in coordinates array: a dimension is empty")
        bounded.append(asarray(_bounded(positions.astype("int64"), max(length, 1), rule)))
    strides = np.cumprod((1,) + (dims[:0:-1] if order == "C" else dims[:-1]), dtype=object).tolist()
    strides = strides[::-1] if order == "C" else strides
    if strides and strides[0 if order == "C" else -1] * dims[0 if order == "C" else -1] > np.iinfo(np.int64).max:
        raise ValueError("invalid dims: array size defined by dims is larger than the maximum possible size.")
    result = asarray(0)
    for positions, stride in zip(bounded, strides):
        result = result + positions * stride
    return result


def diag_indices(n, ndim=2):
    """The positions of the main diagonal of an array of ``ndim`` dimensions of length ``n``."""
    return (arange(n),) * ndim


def diag_indices_from(arr):
    """The positions of the main diagonal of an array."""
    arr = asarray(arr)
    if arr.ndim < 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(arr.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    return diag_indices(arr.shape[0], arr.ndim)


def _of_rows(begins, ends):
    """The positions of consecutive elements of each row, from where it begins to before where it ends: numbers in host memory."""
    lengths = np.maximum(ends - begins, 0)
    starts = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    places = arange(total)
    rows = searchsorted(asarray(starts + lengths), places, side="right") if total else places
    return rows, places - asarray(starts - begins)[rows] if total else places.copy()


def tril_indices(n, k=0, m=None):
    """The positions on and below the ``k``-th diagonal of a matrix."""
    n, m = _lengths(n, m)
    return _of_rows(np.zeros(n, "int64"), np.clip(np.arange(n) + _diagonal(k, n, m) + 1, 0, m))


def triu_indices(n, k=0, m=None):
    """The positions on and above the ``k``-th diagonal of a matrix."""
    n, m = _lengths(n, m)
    return _of_rows(np.clip(np.arange(n) + _diagonal(k, n, m), 0, m), np.full(n, m, "int64"))


def _lengths(n, m):
    n = max(operator.index(n), 0)
    return n, n if m is None else max(operator.index(m), 0)


def _diagonal(k, n, m):
    """`k`, or another number where the diagonal is outside of the matrix, too."""
    return max(-n - 1, min(operator.index(k), m + 1))


def tril_indices_from(arr, k=0):
    """The positions on and below the ``k``-th diagonal of a given matrix."""
    arr = asarray(arr)
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    return tril_indices(arr.shape[0], k, arr.shape[1])


def triu_indices_from(arr, k=0):
    """The positions on and above the ``k``-th diagonal of a given matrix."""
    arr = asarray(arr)
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    return triu_indices(arr.shape[0], k, arr.shape[1])


def mask_indices(n, mask_func, k=0):
    """The positions that a function such as `triu` leaves of a square matrix."""
    return nonzero(mask_func(ones((n, n), int), k) != 0)
