"""The functions of the CUDA runtime that programs ask about devices, by CuPy's names (``cupy.cuda.runtime``)."""

from .. import _anygpu
from .devices import Device, get_device_id, synchronize

#: Whether the device is driven through HIP: never.
is_hip = False


class CUDARuntimeError(RuntimeError):
    """CuPy's class for errors of the runtime; errors of ours have their own classes."""


def getDeviceCount():
    """Number of adapters."""
    return len(_anygpu.adapters())


def getDevice():
    """The number of the current device."""
    return get_device_id()


def setDevice(device):
    """Nothing for the current device; another cannot become it, see `anygpu.cuda.Device.use`."""
    Device(device).use()


def deviceSynchronize():
    """Waits until all recorded work has run."""
    synchronize()


def memGetInfo():
    """(free, total) bytes of the current device."""
    return Device().mem_info


def getDeviceProperties(device):
    """What is known of an adapter: its name (bytes, as in CuPy), backend, driver and kind."""
    properties = Device(device).attributes
    return {**properties, "name": properties["name"].encode()}
