"""dtypes: NumPy's own objects, promotion and casting."""

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray

#: About dtypes alone: no elements are computed.
__runs__ = {name: "host" for name in "can_cast common_type finfo iinfo iscomplexobj isrealobj min_scalar_type promote_types result_type".split()}


def _dtype_or_value(x):
    return x.dtype if isinstance(x, ndarray) else x


def result_type(*arrays_and_dtypes):
    """The dtype that arrays, dtypes and Python scalars promote to, as `numpy.result_type`."""
    return np.result_type(*map(_dtype_or_value, arrays_and_dtypes))


def promote_types(type1, type2):
    """The smallest dtype that both can be cast to safely."""
    return np.promote_types(type1, type2)


def can_cast(from_, to, casting="safe"):
    """Whether a cast between dtypes is possible under a casting rule."""
    return np.can_cast(_dtype_or_value(from_), to, casting)


def iscomplexobj(x):
    """Whether ``x`` has a complex dtype, whatever its values."""
    return x.dtype.kind == "c" if isinstance(x, ndarray) else np.iscomplexobj(x)


def isrealobj(x):
    """Whether ``x`` has a dtype that is not complex."""
    return not iscomplexobj(x)


def astype(x, dtype, /, copy=True, *, device=None):
    """The elements converted to another dtype, as a new array (``x`` itself for ``copy=False`` where nothing changes)."""
    if not isinstance(x, (ndarray, np.ndarray)):
        raise TypeError(f"astype: the input must be an array, not {type(x).__name__}")
    return asarray(x).astype(dtype, copy=copy, device=device)


def common_type(*arrays):
    """The inexact scalar type that arrays have in common, as `numpy.common_type`."""
    return np.common_type(*(np.empty(0, _dtype_or_value(a)) if isinstance(a, ndarray) else a for a in arrays))


def min_scalar_type(a, /):
    """The smallest dtype that holds a scalar; the dtype of an array."""
    return a.dtype if isinstance(a, ndarray) and a.ndim else np.min_scalar_type(a.get() if isinstance(a, ndarray) else a)


class finfo:
    """The limits of a floating-point dtype, or of the dtype of an array: `numpy.finfo` with Python's numbers, which take the dtype of an array
    beside them.

    >>> import anygpu as ag
    >>> ag.finfo(ag.ones(3, dtype="float32")).eps
    1.1920928955078125e-07
    """

    __module__ = "anygpu"

    def __init__(self, dtype):
        info = np.finfo(_dtype_or_value(dtype))
        self.dtype, self.bits = info.dtype, int(info.bits)
        for name in ("eps", "epsneg", "max", "min", "resolution", "smallest_normal", "smallest_subnormal", "tiny"):
            setattr(self, name, float(getattr(info, name)))
        for name in ("iexp", "machep", "maxexp", "minexp", "negep", "nexp", "nmant", "precision"):
            setattr(self, name, int(getattr(info, name)))

    def __repr__(self):
        return f"finfo(resolution={self.resolution}, min={self.min}, max={self.max}, dtype={self.dtype})"


class iinfo:
    """The limits of an integer dtype, or of the dtype of an array: `numpy.iinfo`.

    >>> import anygpu as ag
    >>> ag.iinfo(ag.arange(3)).max
    9223372036854775807
    """

    __module__ = "anygpu"

    def __init__(self, int_type):
        try:
            info = np.iinfo(_dtype_or_value(int_type))
        except ValueError as error:
            raise ValueError(f"iinfo: expected an integer dtype or array, got {int_type!r}") from error
        self.dtype, self.kind, self.bits = info.dtype, info.kind, int(info.bits)
        self.min, self.max = int(info.min), int(info.max)

    def __repr__(self):
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
