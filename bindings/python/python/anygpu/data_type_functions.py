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


def min_scalar_type(a, /):
    """The smallest dtype that holds a number (a zero-dimensional array is read); an array's own dtype otherwise."""
    if isinstance(a, ndarray):
        return a.dtype if a.ndim else np.min_scalar_type(a.get())
    return np.min_scalar_type(a)


def common_type(*arrays):
    """The floating or complex scalar type that holds all elements of arrays; float64 at least where one has integers.

    >>> import anygpu as ag
    >>> ag.common_type(ag.ones(2, dtype="float32"), ag.ones(2, dtype="complex64"))
    <class 'numpy.complex64'>
    """
    return np.common_type(*(np.empty(0, a.dtype) if isinstance(a, ndarray) else a for a in arrays))


def mintypecode(typechars, typeset="GDFgdf", default="d"):
    """The character of the smallest type of `typeset` that all of `typechars` (or the dtypes of arrays) can be cast to safely."""
    return np.mintypecode([t.dtype.char if isinstance(t, ndarray) else t for t in typechars], typeset, default)


def issubdtype(arg1, arg2):
    """Whether a dtype stands below another in NumPy's hierarchy of types."""
    return np.issubdtype(arg1, arg2)


def typename(char):
    """What a dtype's character stands for, in words."""
    return np.typename(char)
