"""NumPy behind anygpu's name, so that the suite can be run against its own oracle.

Everything that anygpu shares with NumPy is NumPy's own object here; what NumPy has no counterpart for is the least that
the tests need. Tests about the device side carry the `gpu` marker and do not run against this module.
"""

import contextlib
import types

import numpy as np


class OutOfMemoryError(MemoryError):
    """Stands in for anygpu's exception."""


class PerformanceWarning(UserWarning):
    """Stands in for anygpu's warning."""


class Device:
    """Stands in for anygpu's device."""

    capabilities = {"float64": "native"}

    def __str__(self):
        return "NumPy"


def asnumpy(array):
    """Copy to a NumPy array, as `anygpu.asnumpy` does."""
    return np.array(array)


def asarray(a, dtype=None, order="K"):
    """An array of its own, as an upload is: in-place operations on it must not reach `a`."""
    return np.array(a, dtype=dtype, order=order)


def synchronize():
    """Nothing is ever outstanding."""


@contextlib.contextmanager
def fusion(enabled):
    """There is nothing to switch."""
    yield


def install(modules):
    """Put this target into `modules` (normally `sys.modules`) as `anygpu`."""
    target = types.ModuleType("anygpu", __doc__)
    target.__getattr__ = lambda name: getattr(np, name)  # PEP 562
    for item in (OutOfMemoryError, PerformanceWarning, Device, asarray, asnumpy, synchronize, fusion):
        setattr(target, item.__name__, item)
    target.ndarray = np.ndarray
    target.cuda = types.SimpleNamespace(memory=types.SimpleNamespace(OutOfMemoryError=OutOfMemoryError))
    target.__is_numpy_target__ = True
    modules["anygpu"] = target
