"""Elements added and removed: the results are new arrays."""

import math
import operator

import numpy as np

from ._anygpu import ndarray
from .creation_functions import arange, asarray, empty, in_order_of, zeros_like
from .indexing_functions import _cycled, compress
from .manipulation_functions import _axis, concatenate, moveaxis, ravel, stack
from .searching_functions import where


def append(arr, values, axis=None):
    """Values joined to the end along an axis; both flattened first for None.

    >>> import anygpu as ag
    >>> ag.append(ag.asarray([1, 2]), 3)
    array([1, 2, 3])
    """
    arr, values = asarray(arr), asarray(values)
    if axis is None:
        arr, values = ravel(arr), ravel(values)
        axis = 0
    return concatenate([arr, values], axis=axis)


def _flat_for_none(arr, axis):
    return (ravel(arr), 0) if axis is None else (arr, _axis(axis, arr.ndim))


def _along(axis, *bounds):
    return (*(slice(None),) * axis, slice(*bounds))


def delete(arr, obj, axis=None):
    """The array without some slices along an axis: a position, several, a slice, or a mask. Positions and masks on the device are read.

    >>> import anygpu as ag
    >>> ag.delete(ag.arange(5), [0, 3])
    array([1, 2, 4])
    """
    arr, axis = _flat_for_none(asarray(arr), axis)
    length = arr.shape[axis]
    if isinstance(obj, ndarray):
        if obj.dtype == bool and obj.ndim == 1 and obj.size == length:
            return compress(~obj, arr, axis=axis)
        obj = obj.get()
    if isinstance(obj, slice):
        chosen = range(length)[obj]
        chosen = chosen if chosen.step > 0 else chosen[::-1]
        if len(chosen) == 0:
            return in_order_of(arr, arr.copy("K"))
        if chosen.step == 1:
            return in_order_of(arr, concatenate([arr[_along(axis, chosen.start)], arr[_along(axis, chosen.stop, None)]], axis=axis))
    elif not isinstance(obj, (bool, np.bool)) and getattr(obj, "dtype", None) != bool and np.ndim(obj) == 0 and hasattr(obj, "__index__"):
        position = operator.index(obj)
        if not -length <= position < length:
            raise IndexError(f"index {position} is out of bounds for axis {axis} with size {length}")
        position %= length
        return in_order_of(arr, concatenate([arr[_along(axis, position)], arr[_along(axis, position + 1, None)]], axis=axis))
    # NumPy says which positions stay.
    kept = arr._take(np.delete(np.arange(length), obj), axis)
    return in_order_of(arr, kept) if isinstance(obj, slice) else kept


def insert(arr, obj, values, axis=None):
    """The array with values put in before positions along an axis. Positions on the device are read.

    >>> import anygpu as ag
    >>> ag.insert(ag.asarray([1, 2, 3]), 1, 9)
    array([1, 9, 2, 3])
    """
    arr, axis = _flat_for_none(asarray(arr), axis)
    length = arr.shape[axis]
    obj = obj.get() if isinstance(obj, ndarray) else obj
    positions = np.arange(*obj.indices(length)) if isinstance(obj, slice) else np.array(obj)
    if positions.dtype == bool:
        if positions.ndim != 1:
            raise ValueError(f"insert: a mask must have one dimension, not {positions.ndim}")
        positions = np.flatnonzero(positions)
    elif positions.ndim > 1:
        raise ValueError("index array argument obj to insert must be one dimensional or scalar")
    if positions.size == 0 and not isinstance(obj, np.ndarray):
        positions = positions.astype(np.int64)
    if positions.dtype.kind not in "iu":
        raise IndexError(f"insert: positions must be integers, not {positions.dtype}")
    wrong = (positions < -length) | (positions > length)
    if wrong.any():
        raise IndexError(f"index {positions[wrong][0]} is out of bounds for axis {axis} with size {length}")
    places = np.where(positions < 0, positions + length, positions).astype(np.int64)
    values = asarray(values).astype(arr.dtype, copy=False)
    if places.size == 1:
        values = values.reshape((1,) * (arr.ndim - values.ndim) + values.shape) if values.ndim < arr.ndim else values
        if places.ndim == 0:
            values = moveaxis(values, 0, axis)  # one position: what is put in runs along the axis of the result
        place = int(places.reshape(-1)[0])
        shape = arr.shape[:axis] + (values.shape[axis],) + arr.shape[axis + 1 :]
        return in_order_of(arr, concatenate([arr[_along(axis, place)], values._broadcast_to(shape), arr[_along(axis, place, None)]], axis=axis))
    # Behind them, each value has moved by the number of values that come before it.
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    places[order] += np.arange(places.size)
    longer = arr.shape[:axis] + (length + places.size,) + arr.shape[axis + 1 :]
    result = empty(longer, arr.dtype, "F" if arr.flags.fnc else "C", device=arr.device)
    result[(*(slice(None),) * axis, places)] = values
    if arr.size:
        old = arange(length)
        result[(*(slice(None),) * axis, old + asarray(ordered)._searchsorted(old, False))] = arr
    return result


def resize(a, new_shape):
    """The flattened elements, repeated as often as needed, in a new shape.

    >>> import anygpu as ag
    >>> ag.resize(ag.asarray([1, 2, 3]), (2, 2))
    array([[1, 2],
           [3, 1]])
    """
    shape = tuple(operator.index(n) for n in (new_shape if np.iterable(new_shape) else (new_shape,)))
    if any(n < 0 for n in shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    a, size = ravel(asarray(a)), math.prod(shape)
    if a.size == 0 or size == 0:
        return zeros_like(a, shape=shape)
    result = _cycled(a, size)
    return (result._broadcast_to((size,)) if a.size == 1 else result).copy().reshape(shape)


def trim_zeros(filt, trim="fb", axis=None):
    """The array without the zeros around it: in front for "f", at the back for "b", along some axes or all. A view, and of a list a list.

    Waits for the device to find where they end.

    >>> import anygpu as ag
    >>> ag.trim_zeros(ag.asarray([0, 0, 1, 0, 2, 0]))
    array([1, 0, 2])
    """
    sides = trim.lower()
    if sides not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    given, filt = filt, asarray(filt)
    axes = range(filt.ndim) if axis is None else {_axis(d, filt.ndim) for d in np.atleast_1d(np.asarray(axis)).tolist()}
    if not len(axes):
        return filt
    if filt.size == 0:
        start = stop = [0] * filt.ndim
    else:
        bounds = []
        nonzero = filt != 0
        for d, length in enumerate(filt.shape):
            found = nonzero._reduce("any", tuple(e for e in range(filt.ndim) if e != d)) if filt.ndim > 1 else nonzero
            at = arange(length)
            bounds += [where(found, at, length).min(), where(found, at + 1, 0).max()]
        bounds = stack(bounds).tolist()
        start, stop = bounds[::2], bounds[1::2]
        if stop[0] == 0:
            start = stop = [0] * filt.ndim
        else:
            start = start if "f" in sides else [None] * filt.ndim
            stop = stop if "b" in sides else [None] * filt.ndim
    if isinstance(given, (list, tuple)) and filt.ndim == 1:
        return given[start[0] : stop[0]]
    return filt[tuple(slice(start[d], stop[d]) if d in axes else slice(None) for d in range(filt.ndim))]
