"""Sizes and parameters of distributions: checked, converted and broadcast.

Numbers and host arrays are checked at once. Arrays on the device are checked there, and the ValueError comes at the next synchronisation.
"""

import numpy as np

import anygpu

from .. import _anygpu

_LARGEST_INT64 = np.iinfo(np.int64).max


def refuse(wrong, message, exception=ValueError):
    """Raises where `wrong` has an element: now for host values, at the next synchronisation (a ValueError always) for arrays on the device."""
    if isinstance(wrong, _anygpu.ndarray):
        if wrong.size:
            _anygpu.refuse_later(wrong, message)
    elif np.any(wrong):
        raise exception(message)


class Rule:
    """What the values of a parameter must be: `wrong` says which are not, `text` says it in words."""

    def __init__(self, text, wrong):
        self.text = text
        self.wrong = wrong

    def check(self, function, name, value):
        """Raises a ValueError where an element breaks the rule: now for host values, at the next synchronisation for others."""
        on_device = isinstance(value, _anygpu.ndarray)
        wrong = self.wrong(value, anygpu if on_device else np)
        given = "" if on_device or not np.any(wrong) else f", got {value[wrong].flat[0]}"
        refuse(wrong, f"{function}: {name} must be {self.text}{given}")


ANY = None
NOT_NEGATIVE = Rule("at least 0", lambda x, xp: (xp.signbit(x) & (x == x)) if x.dtype.kind == "f" else x < 0)
POSITIVE = Rule("above 0", lambda x, xp: ~(x > 0))
ABOVE_ONE = Rule("above 1", lambda x, xp: ~(x > 1))
PROBABILITY = Rule("in [0, 1]", lambda x, xp: ~((x >= 0) & (x <= 1)))
POSITIVE_PROBABILITY = Rule("in (0, 1]", lambda x, xp: ~((x > 0) & (x <= 1)))
BELOW_ONE = Rule("in [0, 1)", lambda x, xp: ~((x >= 0) & (x < 1)))
#: Largest mean of a Poisson distribution: ten standard deviations above it still fit int64.
LARGEST_MEAN = float(_LARGEST_INT64) - 10 * float(_LARGEST_INT64) ** 0.5
POISSON_MEAN = Rule(f"from 0 to {LARGEST_MEAN:g}", lambda x, xp: ~((x >= 0) & (x <= LARGEST_MEAN)))


def shape_of(size):
    """A ``size`` argument as a shape; None is a single number."""
    if size is None:
        return ()
    try:
        shape = tuple(size) if np.iterable(size) else (size,)
        shape = tuple(length.__index__() for length in shape)
    except (AttributeError, TypeError):
        raise TypeError(f"expected a sequence of integers or a single integer, got {size!r}") from None
    if any(length < 0 for length in shape):
        raise ValueError(f"negative dimensions are not allowed, got size={size!r}")
    return shape


def broadcast_shape(function, size, *values):
    """The shape of a draw: ``size``, or for None that of the parameters, which must broadcast to it."""
    common = np.broadcast_shapes(*(np.shape(value) if not isinstance(value, _anygpu.ndarray) else value.shape for value in values))
    if size is None:
        return common
    shape = shape_of(size)
    if np.broadcast_shapes(shape, common) != shape:
        raise ValueError(f"{function}: output size {shape} is not compatible with parameters of shape {common}")
    return shape


def convert(function, name, value, rule, dtype=np.float64):
    """A parameter as a Python number, or as an array of `dtype` on its device; checked."""
    if value is None:
        raise TypeError(f"{function}: {name} must be a real number, not None")
    if isinstance(value, _anygpu.ndarray):
        if value.dtype.kind == "c":
            raise TypeError(f"{function}: {name} must be real, got {value.dtype}")
        value = value.astype(dtype) if value.dtype != dtype else value
    else:
        # Fractions of counts are cut off, as NumPy does.
        value = np.asarray(value).astype(dtype) if np.dtype(dtype).kind == "i" else np.asarray(value, dtype)
    if rule is not None:
        rule.check(function, name, value)
    if isinstance(value, _anygpu.ndarray):
        return value
    return value.item() if value.ndim == 0 else value


def prepare(function, size, *parameters, device=None):
    """The shape of a draw and its parameters on the device, from (name, value, rule) each; a fourth item is a dtype other than float64."""
    values = [convert(function, *parameter) for parameter in parameters]
    shape = broadcast_shape(function, size, *values)
    return shape, [uploaded(value, device) for value in values]


def uploaded(value, device):
    """Host arrays on a device, everything else as it is."""
    return anygpu.asarray(value, device=device) if isinstance(value, np.ndarray) else value


def float_dtype(function, dtype):
    """float32 or float64; for None the default float, float32 where that is float16."""
    from ..device_functions import default_float

    dtype = max(default_float(), np.dtype(np.float32)) if dtype is None else np.dtype(dtype)
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"Unsupported dtype {dtype!r} for {function}")
    return dtype
