"""Decorators for functions of whole arrays, under CuPy's and JAX's names."""

import functools

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray


def fuse(*args, **options):
    """A decorator for a function of arrays whose elementwise operations run as one kernel; with and without parentheses.

    Every elementwise operation of anygpu is recorded, and runs fused with its neighbours when a value is needed: a decorated function is called each time,
    for the dtypes and shapes that it is given, with Python's control flow, and gives what the function alone gives. What the decorator adds: NumPy
    arrays among the arguments (in tuples, lists and dicts, too) are copied to the device first, so that the function computes there and
    gives arrays of the device; and fusion is on within it. Reductions, products and reads end a chain, as they do elsewhere.

    What a function writes in place into an array of the device is seen outside, as without the decorator; into a NumPy array it is not: the function has
    a copy.

    Parameters
    ----------
    kernel_name : str, optional
        CuPy's, of no effect: a kernel is found by what it computes.

    >>> import anygpu as ag, numpy as np
    >>> @ag.fuse(kernel_name='squared_diff')
    ... def squared_diff(x, y):
    ...     return (x - y) * (x - y)
    >>> squared_diff(ag.arange(5), ag.arange(5)[::-1])
    array([16,  4,  0,  4, 16])
    >>> squared_diff(np.arange(3), 2)
    array([4, 1, 0])
    """
    unknown = set(options) - {"kernel_name"}
    if unknown:
        raise TypeError(f"fuse() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    return _decorated("fuse", args)


def jit(
    *args,
    static_argnums=None,
    static_argnames=None,
    donate_argnums=None,
    donate_argnames=None,
    keep_unused=False,
    device=None,
    backend=None,
    inline=False,
):
    """A decorator for a function of arrays, under JAX's name: the same as `fuse`.

    Nothing is traced: the function is Python, called each time, and branches on values read them. The keywords are JAX's and have no effect, as every
    argument may be anything. Kernels written thread by thread are `anygpu.kernel` and `anygpu.cuda.jit`.

    >>> import anygpu as ag
    >>> @ag.jit
    ... def normalized(x):
    ...     return (x - x.mean()) / x.std()
    >>> float(abs(normalized(ag.arange(4.0)).sum()))
    0.0
    """
    return _decorated("jit", args)


def _decorated(name, args):
    if not args:
        return functools.partial(_fused, name)
    if len(args) > 1:
        raise TypeError(f"{name}() takes a function, and {len(args)} arguments were given")
    return _fused(name, args[0])


def _fused(name, function):
    if not callable(function):
        raise TypeError(f"{name}() takes a function, not {type(function).__name__}")

    @functools.wraps(function)
    def called(*args, **options):
        from .device_functions import fusion

        with fusion(True):
            return function(*_uploaded(args), **_uploaded(options))

    return called


def _uploaded(value):
    """An argument with its NumPy arrays on the device."""
    kind = type(value)
    if isinstance(value, ndarray) or value is None:
        return value
    if isinstance(value, np.ndarray):
        return asarray(value)
    if kind is tuple or kind is list:
        return kind(_uploaded(v) for v in value)
    if kind is dict:
        return {k: _uploaded(v) for k, v in value.items()}
    return value
