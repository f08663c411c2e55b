"""`pad`: arrays with a border, whose values follow from a mode."""


import numpy as np

from ._anygpu import ndarray
from .creation_functions import arange, asarray, empty, full, in_order_of
from .elementwise_functions import minimum, rint
from .manipulation_functions import broadcast_to, concatenate
from .searching_functions import where

#: The modes, and the options of each with their defaults.
_OPTIONS = {
    "constant": {"constant_values": 0},
    "edge": {},
    "linear_ramp": {"end_values": 0},
    "maximum": {"stat_length": None},
    "mean": {"stat_length": None},
    "median": {"stat_length": None},
    "minimum": {"stat_length": None},
    "reflect": {"reflect_type": "even"},
    "symmetric": {"reflect_type": "even"},
    "wrap": {},
    "empty": {},
}


def pad(array, pad_width, mode="constant", **kwargs):
    """The array with ``pad_width`` elements before and after each axis: one number, a pair, a pair for each axis, or a dict from axes to those.

    The modes and their options are NumPy's: "constant" (``constant_values``), "edge", "linear_ramp" (``end_values``), "maximum", "mean", "median"
    and "minimum" (``stat_length``), "reflect" and "symmetric" (``reflect_type``), "wrap", "empty". A function as mode is called by NumPy, on the
    host, for a copy of the array, and the result is uploaded.

    >>> import anygpu as ag
    >>> ag.pad(ag.asarray([1, 2, 3]), 2, mode="reflect")
    array([3, 2, 1, 2, 3, 2, 1])
    """
    x = asarray(array)
    if callable(mode):
        return asarray(np.pad(x.get(order="A"), pad_width, mode, **kwargs))
    return in_order_of(x, _padded(x, _widths(pad_width, x.ndim), mode, kwargs))


def _padded(x, widths, mode, kwargs):
    """The padded array, in any memory order."""
    if mode not in _OPTIONS:
        raise ValueError(f"mode '{mode}' is not supported")
    unknown = set(kwargs) - set(_OPTIONS[mode])
    if unknown:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unknown}")
    (option,) = (_OPTIONS[mode] | kwargs).values() if _OPTIONS[mode] else (None,)
    if x.size == 0 and mode not in ("constant", "empty"):
        for axis, pair in enumerate(widths):
            if x.shape[axis] == 0 and any(pair):
                raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
        mode = "empty"
    if mode == "empty":
        return _framed(x, widths, empty(_padded_shape(x, widths), x.dtype, "F" if x.flags.fnc else "C", device=x.device))
    if mode == "constant":
        return _constant(x, widths, option)
    if mode in ("edge", "wrap") or (mode in ("reflect", "symmetric") and option != "odd"):
        return _gathered(x, widths, mode)
    pairs = _pairs(option, x.ndim, mode) if mode not in ("reflect", "symmetric") else [None] * x.ndim
    # Axis after axis: what is added along one is extended along the next.
    for axis, (width, value) in enumerate(zip(widths, pairs)):
        if any(width):
            x = _EXTEND[mode](x, axis, width, value)
    return x if any(map(any, widths)) else x.copy("A")


def _widths(given, ndim):
    """(before, after) of each axis."""
    if isinstance(given, dict):
        widths = [(0, 0)] * ndim
        for axis, width in given.items():
            if not -ndim <= axis < ndim:
                raise np.exceptions.AxisError(axis, ndim)
            widths[axis] = (width, width) if np.ndim(width) == 0 else tuple(width)
        given = widths if ndim else 0
    given = np.asarray(given.get() if isinstance(given, ndarray) else given)
    if given.dtype.kind not in "iu":
        raise TypeError("`pad_width` must be of integral type.")
    widths = np.broadcast_to(given, (ndim, 2)).tolist()
    if any(n < 0 for pair in widths for n in pair):
        raise ValueError("index can't contain negative values")
    return widths


def _pairs(option, ndim, mode):
    """The option's values before and after each axis, on the side where they are."""
    if mode == "linear_ramp":
        return broadcast_to(option, (ndim, 2)) if isinstance(option, ndarray) else np.broadcast_to(option, (ndim, 2))
    if option is None:
        return [(None, None)] * ndim
    lengths = np.broadcast_to(np.round(np.asarray(option)).astype(np.int64), (ndim, 2)).tolist()
    if any(n < 0 for pair in lengths for n in pair):
        raise ValueError("index can't contain negative values")
    return lengths


def _padded_shape(x, widths):
    return tuple(n + before + after for n, (before, after) in zip(x.shape, widths))


def _framed(x, widths, result):
    """The array in the middle of a larger one."""
    if x.size:
        result[tuple(slice(before, before + n) for n, (before, _) in zip(x.shape, widths))] = x
    return result


def _constant(x, widths, values):
    ours = isinstance(values, ndarray)
    values = values if ours else np.asarray(values)

    def filled(shape, value):
        value = value.astype(x.dtype)
        return broadcast_to(value, shape) if ours else full(shape, value, x.dtype, "F" if x.flags.fnc else "C", device=x.device)

    if values.size == 1:
        border = filled(_padded_shape(x, widths), values.reshape(()))
        return _framed(x, widths, border.copy() if ours else border)
    values = (broadcast_to if ours else np.broadcast_to)(values, (x.ndim, 2))
    for axis, width in enumerate(widths):
        before, after = (filled(x.shape[:axis] + (n,) + x.shape[axis + 1 :], values[axis, side]) for side, n in enumerate(width))
        x = concatenate([before, x, after], axis=axis)
    return x


def _gathered(x, widths, mode):
    """Modes that only repeat elements: one read at computed positions along each axis."""
    key = []
    for axis, (length, (before, after)) in enumerate(zip(x.shape, widths)):
        at = arange(-before, length + after)
        if mode == "edge" or length == 1:
            at = at.clip(0, length - 1)
        elif mode == "wrap":
            at = at % length
        elif mode == "symmetric":
            at = at % (2 * length)
            at = minimum(at, 2 * length - 1 - at)
        else:
            at = at % (2 * length - 2)
            at = minimum(at, 2 * length - 2 - at)
        key.append(at.reshape((-1,) + (1,) * (x.ndim - 1 - axis)))
    padded = [axis for axis, width in enumerate(widths) if any(width)]
    if not padded:
        return x.copy()
    if len(padded) == 1:
        return x._take(key[padded[0]].reshape(-1), padded[0])
    return x[tuple(key)]


def _part(x, axis, *bounds):
    return x[(*(slice(None),) * axis, slice(*bounds))]


def _odd(mode):
    """Reflections about the value at each end, as often as the width needs: what one pass adds, the next one reflects, too."""
    edge = 1 if mode == "symmetric" else 0

    def extend(x, axis, width, _):
        before, after = width
        period = x.shape[axis] - 1 + edge
        if period == 0:
            return _gathered(x, [width if d == axis else (0, 0) for d in range(x.ndim)], "edge")
        while before or after:
            length = x.shape[axis]
            most = length // period * period if edge else (length - 1) // period * period
            left, right = min(most, before), min(most, after)
            parts = [x]
            if left:
                parts.insert(0, 2 * _part(x, axis, 0, 1) - _part(x, axis, 1 - edge, 1 - edge + left)._flip(axis))
            if right:
                parts.append(2 * _part(x, axis, length - 1, length) - _part(x, axis, length - 1 + edge - right, length - 1 + edge)._flip(axis))
            x = concatenate([part.astype(x.dtype, copy=False) for part in parts], axis=axis)
            before, after = before - left, after - right
        return x

    return extend


def _ramp(x, axis, width, ends):
    from .interval_functions import spaced_between

    def ramp(edge, end, count):
        edge = edge.squeeze(axis)
        return spaced_between(end, edge, count, False, x.dtype, axis)[0]

    length = x.shape[axis]
    before, after = width
    left = ramp(_part(x, axis, 0, 1), asarray(ends[0]), before)
    right = ramp(_part(x, axis, length - 1, length), asarray(ends[1]), after)._flip(axis)
    return concatenate([left, x, right], axis=axis)


def _median(part, axis):
    n = part.shape[axis]
    if n == 0:
        return part._reduce("mean", axis, True)  # NaN
    ordered = part._sorted(axis)
    middle = _part(ordered, axis, (n - 1) // 2, n // 2 + 1)._reduce("mean", axis, True)
    last = _part(ordered, axis, n - 1, n)
    return where(last != last, last, middle)


_STATISTICS = {
    "maximum": lambda part, axis: part._reduce("max", axis, True),
    "minimum": lambda part, axis: part._reduce("min", axis, True),
    "mean": lambda part, axis: part._reduce("mean", axis, True),
    "median": _median,
}


def _statistic(mode):
    """The borders are the statistic of the elements next to them, ``stat_length`` many or all."""

    def extend(x, axis, width, lengths):
        n = x.shape[axis]
        left, right = (n if length is None else min(length, n) for length in lengths)
        if 0 in (left, right) and mode in ("maximum", "minimum"):
            raise ValueError("stat_length of 0 yields no value for padding")

        def border(part, count):
            value = _STATISTICS[mode](part, axis)
            value = rint(value) if x.dtype.kind in "iu" and value.dtype.kind == "f" else value
            return broadcast_to(value.astype(x.dtype, copy=False), x.shape[:axis] + (count,) + x.shape[axis + 1 :])

        return concatenate([border(_part(x, axis, 0, left), width[0]), x, border(_part(x, axis, n - right, n), width[1])], axis=axis)

    return extend


_EXTEND = {
    "linear_ramp": _ramp,
    "reflect": _odd("reflect"),
    "symmetric": _odd("symmetric"),
    **{mode: _statistic(mode) for mode in _STATISTICS},
}
