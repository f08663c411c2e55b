"""Names that NumPy 2 dropped and CuPy's namespace keeps, so that older programs run unchanged."""

import numpy as np
from numpy import complex64 as singlecomplex
from numpy import complex128 as cfloat
from numpy import complex128 as complex_
from numpy import float64 as float_
from numpy import inf as Inf
from numpy import inf as Infinity
from numpy import inf as PINF
from numpy import inf as infty
from numpy import nan as NAN
from numpy import nan as NaN

from .creation_functions import asarray
from .difference_functions import trapezoid as trapz
from .interchange import from_dlpack as _from_dlpack
from .rounding_functions import round as round_
from .set_functions import isin
from .sorting_functions import sort
from .statistical_functions import cumprod as cumproduct
from .statistical_functions import prod as product
from .utility_functions import all as alltrue
from .utility_functions import any as sometrue

NINF, PZERO, NZERO = -Inf, 0.0, -0.0

AxisError, ComplexWarning, RankWarning = np.exceptions.AxisError, np.exceptions.ComplexWarning, np.exceptions.RankWarning
TooHardError, VisibleDeprecationWarning = np.exceptions.TooHardError, np.exceptions.VisibleDeprecationWarning
ModuleDeprecationWarning = np.exceptions.ModuleDeprecationWarning


def asfarray(a, dtype="float64"):
    """An array of floats: in ``dtype`` where that is inexact, else in float64."""
    return asarray(a, dtype if np.issubdtype(dtype, np.inexact) else "float64")


def in1d(ar1, ar2, assume_unique=False, invert=False):
    """`isin` of the flattened first array."""
    return isin(asarray(ar1).reshape(-1), ar2, assume_unique, invert)


def msort(a):
    """`sort` along the first axis."""
    return sort(a, axis=0)


def fromDlpack(dltensor):
    """CuPy's older name of `from_dlpack`; takes a capsule of host memory, too."""
    return _from_dlpack(_Capsule(dltensor) if type(dltensor).__name__ == "PyCapsule" else dltensor)


class _Capsule:
    def __init__(self, capsule):
        self._capsule = capsule

    def __dlpack__(self, **options):
        return self._capsule

    def __dlpack_device__(self):
        return (1, 0)


__all__ = [
    "AxisError",
    "ComplexWarning",
    "Inf",
    "Infinity",
    "ModuleDeprecationWarning",
    "NAN",
    "NINF",
    "NZERO",
    "NaN",
    "PINF",
    "PZERO",
    "RankWarning",
    "TooHardError",
    "VisibleDeprecationWarning",
    "alltrue",
    "asfarray",
    "cfloat",
    "complex_",
    "cumproduct",
    "float_",
    "fromDlpack",
    "in1d",
    "infty",
    "msort",
    "product",
    "round_",
    "singlecomplex",
    "sometrue",
    "trapz",
]
