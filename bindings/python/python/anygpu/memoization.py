"""Results that are kept: `memoize`, as CuPy has it for functions that make kernels."""

import functools

from . import _anygpu

__runs__ = "host"

_kept = []


def memoize(for_each_device=False):
    """A decorator that keeps a function's result for each set of (hashable) arguments; with ``for_each_device`` also for each current device.

    >>> import anygpu as ag
    >>> @ag.memoize()
    ... def kernel(operation):
    ...     print("made")
    ...     return ag.ElementwiseKernel("T x", "T y", f"y = {operation}", "mapped")
    >>> kernel("x + 1") is kernel("x + 1")
    made
    True
    """

    def decorator(function):
        results = {}
        _kept.append(results)

        @functools.wraps(function)
        def memoized(*args, **kwargs):
            key = (_anygpu.Device().id if for_each_device else None, args, frozenset(kwargs.items()))
            try:
                return results[key]
            except KeyError:
                result = results[key] = function(*args, **kwargs)
                return result

        return memoized

    return decorator


def clear_memo():
    """Forgets the results of all functions decorated with `memoize`."""
    for results in _kept:
        results.clear()
