"""What every function of matrices asks of its arguments."""

import numpy as np
from numpy.linalg import LinAlgError

from ..creation_functions import asarray

_LINALG_DTYPES = ("float32", "float64", "complex64", "complex128")


def inexact(name, *arrays):
    """The arrays in the dtype that NumPy's linear algebra computes in: their common float or complex dtype, float64 for integers.

    float16 has no linear algebra in NumPy: TypeError.
    """
    arrays = [asarray(a) for a in arrays]
    kept = [a.dtype if a.dtype.kind in "fc" else np.dtype("float64") for a in arrays]
    dtype = np.result_type(*kept)
    if any(d == np.float16 for d in kept) or dtype.name not in _LINALG_DTYPES:
        raise TypeError(f"{name}: array type {dtype.name} is unsupported in linalg")
    return [a.astype(dtype, copy=False) for a in arrays]


def stacked(name, a):
    """Refuses what is no matrix and no stack of matrices."""
    if a.ndim < 2:
        raise LinAlgError(f"{name}: {a.ndim}-dimensional array given. Array must be at least two-dimensional")


def square(name, a):
    """Refuses what is no square matrix and no stack of them."""
    stacked(name, a)
    if a.shape[-1] != a.shape[-2]:
        raise LinAlgError(f"{name}: Last 2 dimensions of the array must be square, got shape {a.shape}")


def real_dtype(dtype):
    """The dtype of the absolute values of elements."""
    return np.dtype({"complex64": "float32", "complex128": "float64"}.get(np.dtype(dtype).name, dtype))


def conj_transpose(a):
    """The matrices of a stack transposed, and conjugated where they are complex."""
    from ..elementwise_functions import conjugate

    return conjugate(a.mT) if a.dtype.kind == "c" else a.mT
