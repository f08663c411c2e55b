"""Python functions applied to parts of arrays. Each call is one of Python's; `vectorize` and elementwise operations are what is fast."""

import itertools

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray, zeros_like
from .elementwise_functions import logical_not
from .manipulation_functions import _axis, expand_dims, moveaxis, stack


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """``func1d`` of every line along an axis; the dimensions of what it returns take the place of the axis.

    Calls the function once for every line with a one-dimensional array, as NumPy does.

    >>> import anygpu as ag
    >>> ag.apply_along_axis(lambda line: line[-1] - line[0], 1, ag.asarray([[1, 2, 4], [8, 16, 32]]))
    array([ 3, 24])
    """
    arr = asarray(arr)
    axis = _axis(axis, arr.ndim)
    lines = moveaxis(arr, axis, -1)
    outer = lines.shape[:-1]
    if 0 in outer:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [asarray(func1d(lines[place], *args, **kwargs)) for place in itertools.product(*map(range, outer))]
    first = results[0]
    # All are stored in the first one's dtype.
    results = [r.astype(first.dtype, copy=False)._broadcast_to(first.shape) for r in results]
    result = stack(results).reshape(outer + first.shape)
    order = list(range(result.ndim))
    split = len(outer)
    return result.transpose(order[:axis] + order[split:] + order[axis:split])


def apply_over_axes(func, a, axes):
    """``func(a, axis)`` for one axis after the other; what it removes comes back with length 1.

    >>> import anygpu as ag
    >>> ag.apply_over_axes(ag.sum, ag.ones((2, 3, 4)), [0, 2]).shape
    (1, 3, 1)
    """
    value = asarray(a)
    ndim = value.ndim
    for axis in np.atleast_1d(np.asarray(axes)).tolist():
        axis += ndim if axis < 0 else 0
        result = func(value, axis)
        if result.ndim != value.ndim:
            result = expand_dims(result, axis)
            if result.ndim != value.ndim:
                raise ValueError("function is not returning an array of the correct shape")
        value = result
    return value


def _is_one_condition(condlist, ndim):
    if isinstance(condlist, ndarray):
        return condlist.ndim == 0 or (condlist.ndim == 1 and ndim > 0)
    return isinstance(condlist, (bool, np.bool)) or (not isinstance(condlist[0], (list, np.ndarray, ndarray)) and ndim > 0)


def piecewise(x, condlist, funclist, *args, **kw):
    """Each element from the function whose condition holds there, the last such; a further function is for where none does.

    Numbers in place of functions cost nothing; the elements for a function are collected for it, which waits for the device to count them.

    >>> import anygpu as ag
    >>> x = ag.asarray([-1.0, 2.0])
    >>> ag.piecewise(x, [x < 0], [lambda v: -v, 10])
    array([ 1., 10.])
    """
    x = asarray(x)
    if _is_one_condition(condlist, x.ndim):
        condlist = [condlist]
    conditions = [asarray(c).astype(bool, copy=False) for c in condlist]
    if len(conditions) == len(funclist) - 1:
        found = conditions[0]
        for condition in conditions[1:]:
            found = found | condition
        conditions.append(logical_not(found))
    elif len(conditions) != len(funclist):
        n = len(conditions)
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    result = zeros_like(x)
    for condition, function in zip(conditions, funclist):
        if not callable(function):
            result[condition] = function
            continue
        values = x[condition]
        if values.size > 0:
            result[condition] = function(values, *args, **kw)
    return result
