"""Elements by position or condition: taken, put, chosen."""

import numpy as np

from ._anygpu import ndarray
from ._outputs import store
from .creation_functions import arange, asarray
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
    if isinstance(out, ndarray) and mode == "raise" and not np.can_cast(out.dtype, a.dtype):  # NumPy fills a copy of `out` in the dtype of `a`
        raise TypeError(f"take: out has dtype {out.dtype}, which cannot be cast to {a.dtype} safely")
    return store("take", a._take(indices, axis), out)


def _integers(indices):
    """Indices as int64, on the side where they are."""
    if not isinstance(indices, (ndarray, np.ndarray, np.generic)):
        return np.array(indices, np.int64)  # numbers in lists are cut to integers
    indices = indices if isinstance(indices, ndarray) else np.asarray(indices)
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


def _unravelled(positions, shape):
    """Positions in the flattened array, C order and not negative, as one position for each dimension."""
    result = []
    for length in reversed(shape[1:]):
        result.append(positions % length)
        positions = positions // length
    return (positions, *reversed(result)) if shape else ()


def _put_flat(a, positions, values):
    """Elements of the flattened array replaced; positions may be negative."""
    if a._c_contiguous or a.ndim == 1:
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
    return stack(nonzero(a)).T


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
    default = asarray(default).astype(dtype)
    result = broadcast_to(default, np.broadcast_shapes(*(x.shape for x in [*conditions, *choices, default])))
    for condition, choice in zip(reversed(conditions), reversed(choices)):
        result = where(condition, choice, result)
    return asarray(result, order="C")


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
        return store("choose", take_along_axis(choices, broadcast_to(a, shape)[None], axis=0)[0], out, "unsafe")
    # Python's numbers take the dtype of the arrays among the choices.
    dtype = np.result_type(*(c if isinstance(c, (int, float, complex)) else asarray(c).dtype for c in choices))
    choices = [asarray(c).astype(dtype, copy=False) for c in choices]
    result = broadcast_to(choices[0], np.broadcast_shapes(a.shape, *(c.shape for c in choices)))
    for k, choice in enumerate(choices[1:], 1):
        result = where(a == k, choice, result)
    return store("choose", asarray(result, order="C") if len(choices) > 1 else result.copy(), out, "unsafe")


def place(arr, mask, vals):
    """Elements where a mask is true replaced, in place, by the values in turn, repeated as often as needed."""
    _own(arr, "place")
    mask, vals = _host_or_ours(mask), asarray(vals)
    if mask.size != arr.size:
        raise ValueError(f"place: mask and data must be the same size, not {mask.size} and {arr.size}")
    mask = mask.reshape(-1) != 0
    if vals.size == 0:
        _check(mask, ValueError("Cannot insert from an empty array!"))
        return
    if isinstance(mask, ndarray):
        # Chosen by how many places there are before, so that nobody has to count them on the host.
        before = mask._accumulate("add", 0, "int64") - mask if mask.size else mask.astype("int64")
        chosen = vals.reshape(-1)[before % vals.size].astype(arr.dtype, copy=False)
        arr[...] = where(mask.reshape(arr.shape), chosen.reshape(arr.shape), arr)
        return
    positions = np.flatnonzero(mask)
    _put_flat(arr, positions, _cycled(vals, positions.size).astype(arr.dtype, copy=False))


def putmask(a, /, mask, values):
    """Elements where a mask is true replaced, in place, by the values at the same positions of the flattened arrays."""
    _own(a, "putmask")
    mask = asarray(mask)
    if mask.size != a.size:
        raise ValueError(f"putmask: mask and data must be the same size, not {mask.size} and {a.size}")
    if isinstance(values, (ndarray, np.ndarray, np.generic)):
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
    condition = asarray(bool(where) if np.isscalar(where) else where)
    if condition.dtype != bool:
        raise TypeError(f"Cannot cast array data from {condition.dtype!r} to dtype('bool') according to the rule 'safe'")
    src = asarray(src, dst.dtype)
    if src.ndim > dst.ndim:  # as in any assignment, leading lengths of one are no dimensions
        src = src.reshape(src.shape[: src.ndim - dst.ndim].count(1) and src.shape[src.ndim - dst.ndim :])
    dst[...] = choose_where(broadcast_to(condition, dst.shape), broadcast_to(src, dst.shape), dst)
