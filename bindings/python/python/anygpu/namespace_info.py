"""What the namespace offers: `__array_namespace_info__` of the array API standard.

https://data-apis.org/array-api/latest/API_specification/inspection.html
"""

import numpy as np

from ._anygpu import Device
from .device_functions import default_float, devices

_KINDS = {
    "bool": ("bool",),
    "signed integer": ("int8", "int16", "int32", "int64"),
    "unsigned integer": ("uint8", "uint16", "uint32", "uint64"),
    "real floating": ("float32", "float64"),
    "complex floating": ("complex64", "complex128"),
}
_KINDS["integral"] = _KINDS["signed integer"] + _KINDS["unsigned integer"]
_KINDS["numeric"] = _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]


class __array_namespace_info__:
    """The inspection functions of the array API standard.

    >>> import anygpu as ag
    >>> ag.__array_namespace_info__().default_dtypes()["real floating"]
    dtype('float64')
    """

    __module__ = "anygpu"

    def capabilities(self):
        """Boolean indexing and shapes that depend on data are there (each waits for the device); arrays have up to 64 dimensions."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self):
        """The device of arrays that are made without one."""
        return Device()

    def default_dtypes(self, *, device=None):
        """The dtypes of creation functions without a dtype; the real one follows `anygpu.set_default_float`."""
        return {
            "real floating": default_float(),
            "complex floating": np.dtype("complex128"),
            "integral": np.dtype("int64"),
            "indexing": np.dtype("int64"),
        }

    def dtypes(self, *, device=None, kind=None):
        """The dtypes of a kind, or of several (all for None), by name: the same on every device, native or emulated. float16 is no dtype of the standard."""
        if kind is None:
            kind = ("bool", "numeric")
        kinds = kind if isinstance(kind, tuple) else (kind,)
        unknown = [k for k in kinds if k not in _KINDS]
        if unknown:
            raise ValueError(f"dtypes: unsupported kind {unknown[0]!r}: the kinds are {', '.join(map(repr, _KINDS))}")
        return {name: np.dtype(name) for k in kinds for name in _KINDS[k]}

    def devices(self):
        """The devices of this machine, one for each adapter, as a tuple; the call opens them."""
        return tuple(devices())
