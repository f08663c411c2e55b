"""Elements by position: take, put, choose, and arrays of positions."""

import operator

import numpy as np

from ._anygpu import ndarray
from .creation_functions import arange, asarray, empty, ones
from .linear_algebra_functions import _into
from .manipulation_functions import _axis, broadcast_to, stack
from .searching_functions import flatnonzero, nonzero, where


def take(a, indices, axis=None, out=None, mode="raise"):
    """The elements at ``indices`` along an axis, or of the flattened array for None.

    ``mode`` says what happens to indices outside of the axis: an IndexError ("raise"; indices that are on the device are found out when the
    program next waits for it), the index modulo the length ("wrap"), or the nearest end ("clip", which knows no negative indices).

    >>> import anygpu as ag
    >>> ag.take(ag.asarray([4, 3, 5]), [0, 7], mode="clip")
    array([4, 5])
    """
    a = asarray(a)
    if a.ndim == 0:
        a = a.reshape(1)
    axis = None if axis is None else _axis(axis, a.ndim)
    length = a.size if axis is None else a.shape[axis]
    indices = _bounded(_integers(indices), length, mode)
    return _into(a._take(indices, axis), out)


def _integers(indices):
    """Indices as int64, on the side where they are."""
    if not isinstance(indices, ndarray):
        given, indices = indices, np.asarray(indices)
        if indices.size == 0 and not isinstance(given, (np.ndarray, np.generic)):
            return indices.astype(np.int64)
    if not np.can_cast(indices.dtype, np.int64, "safe"):
        raise TypeError(f"Cannot cast array data from {indices.dtype!r} to dtype('int64') according to the rule 'safe'")
    return indices.astype("int64", copy=False)


def _bounded(indices, length, mode):
    """Indices with ``mode`` applied."""
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"mode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    if length == 0 and indices.size:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    if mode == "raise" or indices.size == 0:
        return indices
    return indices % length if mode == "wrap" else indices.clip(0, length - 1)


def _check(wrong, error):
    """Raises ``error`` if any element is true; waits for the device if the elements are there."""
    if wrong.any():
        raise error


def _cycled(values, count):
    """The first ``count`` of the flattened values repeated without end."""
    values = values.reshape(-1)
    if values.size in (1, count):
        return values
    return values[:count] if values.size > count else values._take(arange(count) % values.size, 0)


def _put_flat(a, positions, values):
    """Elements of the flattened array replaced; positions may be negative."""
    if a._c_contiguous:
        a.reshape(-1)[positions] = values
        return
    if not isinstance(positions, ndarray):
        _check((positions < -a.size) | (positions >= a.size), IndexError(f"an index is out of bounds for axis 0 with size {a.size}"))
        positions = asarray(positions)
    inside = positions >= -a.size
    positions = where(inside, where(positions < 0, positions + a.size, positions), a.size)
    a[_unravelled(positions, a.shape)] = values


def _own(array, function):
    if not isinstance(array, ndarray):
        raise TypeError(f"{function}: the first argument must be an anygpu.ndarray, not {type(array).__name__}")


def put(a, ind, v, mode="raise"):
    """Elements of the flattened array replaced, in place: ``a.flat[ind] = v``, with ``v`` repeated as often as needed."""
    _own(a, "put")
    v = asarray(v)
    ind = _integers(ind).reshape(-1)
    if ind.size == 0 or v.size == 0:
        _bounded(ind[:0], 0, mode)
        return
    if a.size == 0:
        raise IndexError("cannot replace elements of an empty array")
    _put_flat(a, _bounded(ind, a.size, mode), _cycled(v, ind.size).astype(a.dtype, copy=False))


def _along(arr, indices, axis):
    """The array, flattened for axis None, and the key of `take_along_axis`."""
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = arr.reshape(-1), 0
    else:
        axis = _axis(axis, arr.ndim)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if arr.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    grid = (arange(n).reshape((-1,) + (1,) * (arr.ndim - 1 - d)) for d, n in enumerate(arr.shape))
    return arr, tuple(indices if d == axis else positions for d, positions in enumerate(grid))


def _host_or_ours(values):
    return values if isinstance(values, ndarray) else np.asarray(values)


def take_along_axis(arr, indices, axis=-1):
    """The elements at ``indices`` of each line along an axis: what ``argmin`` or ``argsort`` of that axis point to.

    >>> import anygpu as ag
    >>> x = ag.asarray([[10, 30, 20], [60, 40, 50]])
    >>> ag.take_along_axis(x, ag.argmax(x, axis=1, keepdims=True), axis=1)
    array([[30],
           [60]])
    """
    arr, key = _along(asarray(arr), _host_or_ours(indices), axis)
    return arr[key]


def put_along_axis(arr, indices, values, axis):
    """Elements at ``indices`` of each line along an axis replaced, in place."""
    _own(arr, "put_along_axis")
    indices = _host_or_ours(indices)
    flat, key = _along(arr, indices, axis)
    if axis is None and not arr._c_contiguous:
        _put_flat(arr, indices, values)
    else:
        flat[key] = values


def compress(condition, a, axis=None, out=None):
    """The slices along an axis (elements of the flattened array for None) where a one-dimensional condition is true."""
    condition = _host_or_ours(condition)
    if condition.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    chosen = flatnonzero(condition) if isinstance(condition, ndarray) else np.flatnonzero(condition)
    return take(a, chosen, axis=axis, out=out)


def extract(condition, arr):
    """The elements where a condition is true, in one dimension."""
    return compress(_host_or_ours(condition).reshape(-1), asarray(arr).reshape(-1))


def argwhere(a):
    """The positions of the nonzero elements, a row each.

    >>> import anygpu as ag
    >>> ag.argwhere(ag.asarray([[0, 7], [5, 0]]))
    array([[0, 1],
           [1, 0]])
    """
    a = asarray(a)
    if a.ndim == 0:
        return argwhere(a.reshape(1))[:, :0]
    return stack(nonzero(a), axis=1)


def select(condlist, choicelist, default=0):
    """Each element from the choice whose condition is the first that is true, or ``default``; broadcast."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if len(condlist) == 0:
        raise ValueError("select with an empty condition list is not possible")
    choices = [_weak(c) for c in choicelist]
    dtype = np.result_type(*(c.dtype if isinstance(c, ndarray) else c for c in choices), _weak_value(default))
    conditions = [asarray(c) for c in condlist]
    for i, condition in enumerate(conditions):
        if condition.dtype != bool:
            raise TypeError(f"invalid entry {i} in condlist: should be boolean ndarray")
    choices = [asarray(c, dtype) for c in choices]
    result = broadcast_to(asarray(default).astype(dtype), np.broadcast_shapes(*(x.shape for x in conditions + choices)))
    for condition, choice in zip(reversed(conditions), reversed(choices)):
        result = where(condition, choice, result)
    return result


def _weak(value):
    """Python's numbers as they are, since they promote as such; everything else as an array."""
    return value if type(value) in (bool, int, float, complex) else asarray(value)


def _weak_value(value):
    value = _weak(value)
    return value.dtype if isinstance(value, ndarray) else value


def choose(a, choices, out=None, mode="raise"):
    """Each element from the choice that ``a`` names; broadcast. Waits for the device to check ``a`` unless ``mode`` is "wrap" or "clip"."""
    a = _integers(a)
    choices = list(choices) if not isinstance(choices, ndarray) else choices
    if len(choices) == 0:
        raise ValueError("choose: no choices were given")
    if mode == "raise":
        _check((a < 0) | (a >= len(choices)), ValueError(f"invalid entry in choice array: not in [0, {len(choices)})"))
    a = asarray(_bounded(a, len(choices), mode))
    if isinstance(choices, ndarray):
        shape = np.broadcast_shapes(choices.shape[1:], a.shape)
        missing = len(shape) + 1 - choices.ndim
        choices = choices.reshape(choices.shape[:1] + (1,) * missing + choices.shape[1:])._broadcast_to((len(choices),) + shape)
    else:
        choices = [asarray(c) for c in choices]
        shape = np.broadcast_shapes(a.shape, *(c.shape for c in choices))
        choices = stack([broadcast_to(c, shape) for c in choices])
    return _into(take_along_axis(choices, broadcast_to(a, shape)[None], axis=0)[0], out)


def place(arr, mask, vals):
    """Elements where a mask is true replaced, in place, by the values in turn, repeated as often as needed."""
    _own(arr, "place")
    mask, vals = _host_or_ours(mask), asarray(vals)
    if mask.size != arr.size:
        raise ValueError(f"place: mask and data must be the same size, not {mask.size} and {arr.size}")
    mask = mask.reshape(-1)
    positions = flatnonzero(mask) if isinstance(mask, ndarray) else np.flatnonzero(mask)
    if positions.size == 0:
        return
    if vals.size == 0:
        raise ValueError("Cannot insert from an empty array!")
    _put_flat(arr, positions, _cycled(vals, positions.size).astype(arr.dtype, copy=False))


def putmask(a, /, mask, values):
    """Elements where a mask is true replaced, in place, by the values at the same positions of the flattened arrays."""
    _own(a, "putmask")
    mask = asarray(mask)
    if mask.size != a.size:
        raise ValueError(f"putmask: mask and data must be the same size, not {mask.size} and {a.size}")
    _check_cast(values, a.dtype, "safe")
    values = asarray(values, a.dtype)
    if values.size == 0 or a.size == 0:
        return
    values = _cycled(values, a.size)
    a[...] = where(mask.reshape(a.shape), values.reshape(a.shape) if values.size == a.size else values, a)


def _check_cast(values, dtype, casting):
    """Raises the TypeError of a cast that the rule does not allow."""
    if type(values) in (bool, int, float, complex):
        np.copyto(np.empty((), dtype), values, casting)  # NumPy's own rule for Python's numbers
        return
    given = values.dtype if hasattr(values, "dtype") else np.asarray(values).dtype
    if not np.can_cast(given, dtype, casting):
        raise TypeError(f"Cannot cast array data from {given!r} to {dtype!r} according to the rule '{casting}'")


def copyto(dst, src, casting="same_kind", where=True):
    """``dst[...] = src`` where a condition holds, if the casting rule allows it."""
    from .searching_functions import where as choose_where

    _own(dst, "copyto")
    _check_cast(src, dst.dtype, casting)
    if where is True:
        dst[...] = src
        return
    condition = asarray(where)
    if condition.dtype != bool:
        raise TypeError(f"Cannot cast array data from {condition.dtype!r} to dtype('bool') according to the rule 'safe'")
    src = asarray(src, dst.dtype)
    if src.ndim > dst.ndim:  # as in any assignment, leading lengths of one are no dimensions
        src = src.reshape(src.shape[: src.ndim - dst.ndim].count(1) and src.shape[src.ndim - dst.ndim :])
    dst[...] = choose_where(broadcast_to(condition, dst.shape), broadcast_to(src, dst.shape), dst)


def ix_(*args):
    """Sequences as an open mesh: ``a[ix_([1, 3], [2, 5])]`` is ``[[a[1, 2], a[1, 5]], [a[3, 2], a[3, 5]]]``."""
    mesh = []
    for k, positions in enumerate(args):
        positions = _host_or_ours(positions)
        if positions.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if positions.size == 0:
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


def _unravelled(positions, shape):
    """Positions in the flattened array, C order and not negative, as one position for each dimension."""
    result = []
    for length in reversed(shape[1:]):
        result.append(positions % length)
        positions = positions // length
    return (positions, *reversed(result)) if shape else ()


def unravel_index(indices, shape, order="C"):
    """Positions in a flattened array as a tuple of positions along its dimensions. Checks them, and waits for that if they are on the device.

    >>> import anygpu as ag
    >>> ag.unravel_index(ag.asarray([22, 41]), (7, 6))
    (array([3, 6]), array([4, 5]))
    """
    if order not in ("C", "F"):
        raise ValueError(f"order must be 'C' or 'F' (got {order!r})")
    shape = tuple(operator.index(n) for n in (shape if np.iterable(shape) else (shape,)))
    positions = _host_or_ours(indices)
    if positions.dtype.kind not in "iu":
        raise TypeError("only int indices permitted")
    size = int(np.prod(shape, dtype=object)) if shape else 1
    if not shape and positions.ndim:
        raise ValueError("multiple indices are not supported for 0d array")
    _check((positions < 0) | (positions >= size), ValueError(f"an index is out of bounds for array with size {size}"))
    positions = asarray(positions, "int64")
    if positions.size == 0:
        return tuple(empty(positions.shape, "int64") for _ in shape)
    return _unravelled(positions, shape) if order == "C" else _unravelled(positions, shape[::-1])[::-1]


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    """Positions along dimensions as positions in the flattened array; ``mode`` may be one for each dimension.

    >>> import anygpu as ag
    >>> ag.ravel_multi_index(([3, 6], [4, 5]), (7, 6))
    array([22, 41])
    """
    if order not in ("C", "F"):
        raise ValueError(f"order must be 'C' or 'F' (got {order!r})")
    dims = tuple(operator.index(n) for n in (dims if np.iterable(dims) else (dims,)))
    coordinates = [_host_or_ours(c) for c in multi_index]
    if len(coordinates) != len(dims):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(dims)}")
    modes = (mode,) * len(dims) if isinstance(mode, str) else tuple(mode)
    if len(modes) != len(dims):
        raise ValueError(f"mode must be one for each of the {len(dims)} dimensions, not {len(modes)}")
    bounded = []
    for positions, length, rule in zip(coordinates, dims, modes):
        if positions.dtype.kind not in "iu":
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


def tril_indices(n, k=0, m=None):
    """The positions on and below the ``k``-th diagonal of a matrix."""
    from .creation_functions import tri

    return nonzero(tri(n, m, k, dtype=bool))


def triu_indices(n, k=0, m=None):
    """The positions on and above the ``k``-th diagonal of a matrix."""
    from .creation_functions import tri

    return nonzero(~tri(n, m, k - 1, dtype=bool))


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


def fill_diagonal(a, val, wrap=False):
    """The main diagonal replaced, in place; for ``wrap`` it begins again below the square part of a tall matrix."""
    _own(a, "fill_diagonal")
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    if a.ndim > 2 and len(set(a.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    step = 1 + int(np.cumprod(a.shape[:0:-1]).sum()) if a.ndim > 2 else a.shape[1] + 1
    stop = a.size if a.ndim > 2 or wrap else min(a.size, a.shape[1] ** 2)
    count = len(range(0, stop, step))
    val = asarray(val)
    if count and val.size:
        _put_flat(a, arange(0, stop, step), _cycled(val, count).astype(a.dtype, copy=False))
