"""Comparisons of whole arrays, and questions about elements and values."""

import builtins

import numpy as np

from ._anygpu import ndarray
from ._outputs import store
from .creation_functions import asarray
from .elementwise_functions import (
    isfinite,
    isinf,
    isnan,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    signbit,
)
from .utility_functions import all


def _operand(x):
    return x if isinstance(x, (int, float, complex)) else asarray(x)


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether ``|a - b| <= atol + rtol * |b|``, element by element; infinities are close to themselves, NaNs where `equal_nan`.

    >>> import anygpu as ag
    >>> ag.isclose(ag.asarray([1.0, 2.0]), ag.asarray([1.0, 2.1]))
    array([ True, False])
    """
    x, y, rtol, atol = map(_operand, (a, b, rtol, atol))
    if isinstance(y, ndarray):
        # In floating point from here on, as |int_min| is no integer.
        y = y.astype(np.result_type(y.dtype, 1.0), copy=False)
    elif isinstance(y, int):
        y = float(y)
    # Python's operators keep numbers that are all Python's as weak as they are.
    near = less_equal(builtins.abs(x - y), atol + rtol * builtins.abs(y))
    close = logical_or(logical_and(near, isfinite(y)), x == y)
    return logical_or(close, logical_and(isnan(x), isnan(y))) if equal_nan else close


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close, as `isclose` has it: a bool, so it waits for the device.

    >>> import anygpu as ag
    >>> ag.allclose(ag.asarray([1.0, 2.0]), [1.0, 2.0 + 1e-9])
    True
    """
    return bool(all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1, a2, equal_nan=False):
    """Whether two arrays have one shape and the same elements (NaNs are the same where `equal_nan`): a bool, so it waits for the device.

    >>> import anygpu as ag
    >>> ag.array_equal(ag.arange(3), [0, 1, 2])
    True
    """
    try:
        a1, a2 = asarray(a1), asarray(a2)
    except (TypeError, ValueError):
        return False
    if a1.shape != a2.shape:
        return False
    same = a1 == a2
    if equal_nan and a1.dtype.kind in "fc" and a2.dtype.kind in "fc":
        same = logical_or(same, logical_and(isnan(a1), isnan(a2)))
    return bool(all(same))


def array_equiv(a1, a2):
    """Whether two arrays that broadcast to one shape have the same elements: a bool, so it waits for the device."""
    try:
        a1, a2 = asarray(a1), asarray(a2)
        np.broadcast_shapes(a1.shape, a2.shape)
    except (TypeError, ValueError):
        return False
    return bool(all(a1 == a2))


def _infinite(name, x, out, negative):
    x = asarray(x)
    if x.dtype.kind == "c":
        raise TypeError(f"{name}: infinities of {x.dtype} have no sign")
    sign = signbit(x) if x.dtype != bool else asarray(False)
    return store(name, logical_and(isinf(x), sign if negative else logical_not(sign)), out)


def isposinf(x, out=None):
    """Whether each element is positive infinity."""
    return _infinite("isposinf", x, out, False)


def isneginf(x, out=None):
    """Whether each element is negative infinity."""
    return _infinite("isneginf", x, out, True)


def isscalar(element):
    """Whether `element` is a number or string, not an array: False for zero-dimensional arrays, too."""
    return np.isscalar(element)


def iterable(y):
    """Whether `y` can be iterated over."""
    return np.iterable(y)
