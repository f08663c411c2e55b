"""Differences of neighbours, and what is made of them: gradients, integrals, unwrapped phases."""

import math
import operator

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray, empty_like
from .elementwise_functions import absolute, logical_and, not_equal, subtract
from .manipulation_functions import concatenate
from .searching_functions import where
from .statistical_functions import cumsum


def axis_of(axis, ndim):
    """`axis` counted from the front; `numpy.exceptions.AxisError` where there is no such axis."""
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def along(axis, key):
    """The index that applies `key` to one axis (counted from the front) and takes all of the axes before and after it."""
    return (slice(None),) * axis + (key,)


def _bordering(value, a, axis):
    value = asarray(value)
    if value.ndim > 0:
        return value
    return value._broadcast_to(a.shape[:axis] + (1,) + a.shape[axis + 1 :])


def diff(a, n=1, axis=-1, prepend=np._NoValue, append=np._NoValue):
    """``a[i + 1] - a[i]`` along an axis, `n` times over; of truth values, whether neighbours differ.

    `prepend` and `append` are joined to the array first; a number stands for a slice of one element.

    >>> import anygpu as ag
    >>> ag.diff(ag.asarray([1, 2, 4, 7]))
    array([1, 2, 3])
    """
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = asarray(a)
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = axis_of(axis, a.ndim)
    parts = [a]
    if prepend is not np._NoValue:
        parts.insert(0, _bordering(prepend, a, axis))
    if append is not np._NoValue:
        parts.append(_bordering(append, a, axis))
    if len(parts) > 1:
        a = concatenate(parts, axis)
    minus = not_equal if a.dtype == bool else subtract
    for _ in range(n):
        a = minus(a[along(axis, slice(1, None))], a[along(axis, slice(None, -1))])
    return a


def ediff1d(ary, to_end=None, to_begin=None):
    """Differences of neighbours of the flattened array, with numbers before and after them, in the array's own dtype."""
    ary = asarray(ary).reshape(-1)
    parts = [subtract(ary[1:], ary[:-1])]
    for name, border in (("to_begin", to_begin), ("to_end", to_end)):
        if border is None:
            continue
        border = asarray(border)
        if not np.can_cast(border.dtype, ary.dtype, "same_kind"):
            raise TypeError(f"ediff1d: `{name}` of {border.dtype} cannot be cast to the array's {ary.dtype} under the 'same_kind' rule")
        border = border.reshape(-1).astype(ary.dtype)
        parts.insert(0 if name == "to_begin" else len(parts), border)
    return concatenate(parts) if len(parts) > 1 else parts[0]


def gradient(f, *varargs, axis=None, edge_order=1):
    """Slopes by central differences of second order inside, by one-sided differences of order `edge_order` at both ends.

    One array an axis, in a tuple where there are several axes. `varargs` are the distances of neighbours, a number or the coordinates of the
    points, for all axes or one an axis. Coordinates that lie evenly are treated as one distance, as NumPy does, where the host has them;
    coordinates on the device are not looked at, so that their results may differ from NumPy's in rounding.

    >>> import anygpu as ag
    >>> ag.gradient(ag.asarray([1.0, 2.0, 4.0, 7.0, 11.0]))
    array([1. , 1.5, 2.5, 3.5, 4. ])
    """
    f = asarray(f)
    axes = tuple(range(f.ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, f.ndim)
    spacing = _spacing(f, axes, varargs)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    dtype = f.dtype
    if dtype.kind not in "fc":
        dtype = np.dtype("float64")
        f = f if f.dtype == bool else f.astype(dtype)
    slopes = tuple(_slopes(f, axis, dx, edge_order).astype(dtype, copy=False) for axis, dx in zip(axes, spacing))
    return slopes[0] if len(slopes) == 1 else slopes


def _spacing(f, axes, varargs):
    """For each axis the one distance of its points, or the array of their distances."""
    if not varargs:
        return [1.0] * len(axes)
    if len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        return list(varargs) * len(axes)
    if len(varargs) != len(axes):
        raise TypeError(f"gradient: {len(varargs)} distances given for {len(axes)} axes")
    spacing = []
    for axis, points in zip(axes, varargs):
        if np.ndim(points) == 0:
            spacing.append(points)
            continue
        points = points if isinstance(points, ndarray) else np.asarray(points)
        if points.ndim != 1:
            raise ValueError("distances must be either scalars or 1d")
        if points.size != f.shape[axis]:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        if points.dtype.kind in "iu":
            points = points.astype(np.float64)
        if isinstance(points, ndarray):
            spacing.append(diff(points))
        else:
            steps = np.diff(points)
            spacing.append(steps[0] if (steps == steps[0]).all() else asarray(steps))
    return spacing


def _slopes(f, axis, dx, edge_order):
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required: "
            f"axis {axis} has {n}"
        )
    even = np.ndim(dx) == 0

    def part(start, stop):
        return f[along(axis, slice(start, stop))]

    def weighted(weights, *parts):
        total = weights[0] * parts[0]
        for weight, values in zip(weights[1:], parts[1:]):
            total = total + weight * values
        return total

    if even:
        inner = subtract(part(2, None), part(None, -2)) / (2.0 * dx)
        first, last = dx, dx
    else:
        before, after = dx[:-1], dx[1:]
        weights = (-after / (before * (before + after)), (after - before) / (before * after), before / (after * (before + after)))
        shape = (-1,) + (1,) * (f.ndim - axis - 1)
        inner = weighted([w.reshape(shape) for w in weights], part(None, -2), part(1, -1), part(2, None))
        first, last = dx[0], dx[-1]
    if edge_order == 1:
        head = subtract(part(1, 2), part(0, 1)) / first
        tail = subtract(part(n - 1, n), part(n - 2, n - 1)) / last
    else:
        if even:
            at_head = (-1.5 / dx, 2.0 / dx, -0.5 / dx)
            at_tail = (0.5 / dx, -2.0 / dx, 1.5 / dx)
        else:
            d1, d2 = dx[0], dx[1]
            at_head = (-(2.0 * d1 + d2) / (d1 * (d1 + d2)), (d1 + d2) / (d1 * d2), -d1 / (d2 * (d1 + d2)))
            d1, d2 = dx[-2], dx[-1]
            at_tail = (d2 / (d1 * (d1 + d2)), -(d2 + d1) / (d1 * d2), (2.0 * d2 + d1) / (d2 * (d1 + d2)))
        head = weighted(at_head, part(0, 1), part(1, 2), part(2, 3))
        tail = weighted(at_tail, part(n - 3, n - 2), part(n - 2, n - 1), part(n - 1, n))
    slopes = empty_like(f, np.result_type(head.dtype, inner.dtype, tail.dtype))
    for bounds, values in (((None, 1), head), ((1, n - 1), inner), ((n - 1, None), tail)):
        slopes[along(axis, slice(*bounds))] = values
    return slopes


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral along an axis by the trapezoidal rule, over points `x` or points `dx` apart.

    >>> import anygpu as ag
    >>> float(ag.trapezoid(ag.asarray([1.0, 2.0, 3.0])))
    4.0
    """
    y = asarray(y)
    axis = axis_of(axis, y.ndim)
    if x is None:
        widths = dx
    else:
        x = asarray(x)
        widths = diff(x).reshape((-1,) + (1,) * (y.ndim - axis - 1)) if x.ndim == 1 else diff(x, axis=axis - y.ndim)
    return (widths * (y[along(axis, slice(1, None))] + y[along(axis, slice(None, -1))]) / 2.0).sum(axis)


def unwrap(p, discont=None, axis=-1, *, period=2 * math.pi):
    """Phases without their jumps: differences of neighbours above `discont` (half a period) are replaced by their complements in the period.

    >>> import anygpu as ag
    >>> ag.unwrap(ag.asarray([0, 1, 2, -1, 0]), period=4)
    array([0, 1, 2, 3, 4])
    """
    p = asarray(p)
    steps = diff(p, axis=axis)
    axis = axis_of(axis, p.ndim)
    discont = period / 2 if discont is None else discont
    dtype = np.result_type(steps.dtype, period.dtype if isinstance(period, ndarray) else period)
    if dtype.kind in "iu":
        high, odd = divmod(period, 2)
        ambiguous = odd == 0
    else:
        high, ambiguous = period / 2, True
    low = -high
    wrapped = (steps - low) % period + low
    if ambiguous:
        # Half a period goes either way: keep the direction of the step.
        wrapped = where(logical_and(wrapped == low, steps > 0), high, wrapped).astype(wrapped.dtype, copy=False)
    correction = wrapped - steps
    correction = where(absolute(steps) < discont, 0, correction)
    rest = p[along(axis, slice(1, None))] + cumsum(correction, axis)
    unwrapped = empty_like(p, dtype)
    unwrapped[along(axis, slice(None, 1))] = p[along(axis, slice(None, 1))]
    unwrapped[along(axis, slice(1, None))] = rest
    return unwrapped
