"""NumPy for whatever GPU the machine has.

>>> import anygpu as ag, numpy as np
>>> x = ag.asarray(np.arange(6.0).reshape(2, 3))
>>> y = (ag.square(x) + 1).sum(axis=0)
>>> ag.asnumpy(y)
array([11., 19., 31.])

Importing this opens no device: the first array does. ``ag.Device()`` says which one it is; the environment variable ``ANYGPU_ADAPTER`` (an index
or a part of a name) chooses another.
"""

import os as _os
import sys as _sys

if _sys.platform == "linux" and "XDG_RUNTIME_DIR" not in _os.environ:
    # Mesa's device-select layer looks for a desktop session there and complains on stderr where there is none (servers, containers). It only
    # reorders the devices, which `Device()` does itself.
    _os.environ.setdefault("NODEVICE_SELECT", "1")

from numpy import (
    bool_,
    complex64,
    complex128,
    dtype,
    e,
    euler_gamma,
    finfo,
    float16,
    float32,
    float64,
    iinfo,
    inf,
    int8,
    int16,
    int32,
    int64,
    isdtype,
    nan,
    newaxis,
    pi,
    uint8,
    uint16,
    uint32,
    uint64,
)
from numpy import bool as bool

from . import cuda, fft, special
from ._anygpu import Device, DeviceError, DeviceLostError, NoDeviceError, OutOfMemoryError, ShaderError, __version__, adapters, ndarray, ufunc
from .compiler import KernelError
from .compiler.elementwise import vectorize
from .correlation_functions import convolve, corrcoef, correlate, cov
from .creation_functions import (
    arange,
    array,
    asanyarray,
    asarray,
    ascontiguousarray,
    asnumpy,
    copy,
    empty,
    empty_like,
    eye,
    full,
    full_like,
    identity,
    linspace,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from .data_type_functions import (
    astype,
    can_cast,
    common_type,
    iscomplexobj,
    isrealobj,
    issubdtype,
    min_scalar_type,
    mintypecode,
    promote_types,
    result_type,
    typename,
)
from .device_functions import fusion, get_default_memory_pool, set_default_float, synchronize
from .difference_functions import diff, ediff1d, gradient, trapezoid, unwrap
from .elementwise_functions import (
    abs,
    absolute,
    acos,
    acosh,
    add,
    angle,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    around,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    bitwise_and,
    bitwise_count,
    bitwise_invert,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    cbrt,
    ceil,
    clip,
    conj,
    conjugate,
    copysign,
    cos,
    cosh,
    deg2rad,
    degrees,
    divide,
    divmod,
    equal,
    exp,
    exp2,
    expm1,
    fabs,
    fix,
    float_power,
    floor,
    floor_divide,
    fmax,
    fmin,
    fmod,
    frexp,
    gcd,
    greater,
    greater_equal,
    heaviside,
    hypot,
    i0,
    imag,
    invert,
    iscomplex,
    isfinite,
    isinf,
    isnan,
    isreal,
    lcm,
    ldexp,
    left_shift,
    less,
    less_equal,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    mod,
    modf,
    multiply,
    negative,
    nextafter,
    not_equal,
    positive,
    pow,
    power,
    rad2deg,
    radians,
    real,
    real_if_close,
    reciprocal,
    remainder,
    right_shift,
    rint,
    round,
    rsqrt,
    sign,
    signbit,
    sin,
    sinc,
    sinh,
    spacing,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    true_divide,
    trunc,
)
from .kernel_functions import kernel
from .histogram_functions import bincount, histogram, histogram2d, histogram_bin_edges, histogramdd
from .interpolation_functions import interp
from .linear_algebra_functions import dot, matmul, matrix_transpose
from .logic_functions import allclose, array_equal, array_equiv, isclose, isneginf, isposinf, isscalar, iterable
from .manipulation_functions import (
    broadcast_arrays,
    broadcast_shapes,
    broadcast_to,
    concat,
    concatenate,
    expand_dims,
    flip,
    moveaxis,
    permute_dims,
    ravel,
    reshape,
    squeeze,
    stack,
    swapaxes,
    transpose,
)
from .nan_functions import (
    nan_to_num,
    nanargmax,
    nanargmin,
    nancumprod,
    nancumsum,
    nanmax,
    nanmean,
    nanmin,
    nanprod,
    nanstd,
    nansum,
    nanvar,
)
from .order_statistics_functions import median, nanmedian, nanpercentile, nanquantile, percentile, ptp, quantile
from .polynomial_functions import poly, poly1d, polyadd, polydiv, polymul, polysub, polyval
from .searching_functions import argmax, argmin, count_nonzero, flatnonzero, nonzero, where
from .sorting_functions import (
    argpartition,
    argsort,
    digitize,
    intersect1d,
    isin,
    lexsort,
    partition,
    searchsorted,
    setdiff1d,
    setxor1d,
    sort,
    sort_complex,
    union1d,
    unique,
    unique_all,
    unique_counts,
    unique_inverse,
    unique_values,
)
from .statistical_functions import amax, amin, average, cumprod, cumsum, cumulative_prod, cumulative_sum, max, mean, min, prod, std, sum, var
from .window_functions import bartlett, blackman, hamming, hanning, kaiser
from .utility_functions import all, any, get_array_module, ndim, shape, shares_memory, size

__all__ = [name for name in dir() if not name.startswith("_")]
