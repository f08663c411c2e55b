"""Exchange with other array libraries through DLPack: https://dmlc.github.io/dlpack/latest/python_spec.html.

No DLPack consumer takes memory of Vulkan or Metal, so that arrays leave and enter through host memory, as copies.
"""

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray

#: (device type, device number) of host memory.
CPU = (1, 0)

#: Names of `DLDeviceType`, for messages.
_DEVICE_TYPES = {
    1: "CPU",
    2: "CUDA",
    3: "CUDA host memory",
    4: "OpenCL",
    7: "Vulkan",
    8: "Metal",
    10: "ROCm",
    11: "ROCm host memory",
    13: "CUDA managed memory",
    14: "oneAPI",
    15: "WebGPU",
}


def _name(device):
    kind, number = (int(part) for part in device)
    return f"{_DEVICE_TYPES.get(kind, 'an unknown device')} ({kind}, {number})"


def export(array, *, stream=None, max_version=None, dl_device=None, copy=None):
    """`ndarray.__dlpack__`: a capsule of a copy in host memory. Waits for the elements."""
    if stream is not None:
        raise BufferError(f"__dlpack__: the capsule is one of host memory, which has no streams; got stream={stream!r}")
    if dl_device is not None and tuple(dl_device) != CPU:
        raise BufferError(f"__dlpack__: arrays leave through host memory, dl_device={CPU}; got {_name(dl_device)}")
    if copy is False:
        raise BufferError("__dlpack__: the array lies in device memory, a host capsule of it is always a copy; got copy=False")
    host = array.get()
    return host.__dlpack__() if max_version is None else host.__dlpack__(max_version=max_version)


def from_dlpack(x, /, *, device=None, copy=None):
    """An array from any object with ``__dlpack__`` in host memory: NumPy's arrays, CPU tensors. The elements are copied to the device.

    Raises BufferError for memory that is not the host's, and for ``copy=False``. Arrays of ours come back as they are.

    >>> import anygpu as ag, numpy as np
    >>> ag.from_dlpack(np.arange(3))
    array([0, 1, 2])
    """
    if isinstance(x, ndarray):
        return asarray(x, device=device, copy=copy)
    if not hasattr(x, "__dlpack__") or not hasattr(x, "__dlpack_device__"):
        raise AttributeError(f"from_dlpack: expected an object with __dlpack__ and __dlpack_device__, got {type(x)}")
    where = x.__dlpack_device__()
    if int(where[0]) != CPU[0]:
        raise BufferError(f"from_dlpack: the memory must be the host's; that of {type(x)} is {_name(where)}: copy it to the host first")
    if copy is False:
        raise BufferError("from_dlpack: host memory is always copied to the device; got copy=False")
    return asarray(np.from_dlpack(x), device=device)
