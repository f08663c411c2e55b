"""dtypes: NumPy's own objects, promotion and casting."""

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray


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


def astype(x, dtype, /, *, copy=True, device=None):
    """The elements converted to another dtype, as a new array (``x`` itself for ``copy=False`` where nothing changes)."""
    return asarray(x).astype(dtype, copy=copy, device=device)
