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
    False_,
    ScalarType,
    True_,
    base_repr,
    binary_repr,
    bool_,
    byte,
    cdouble,
    complex64,
    complex128,
    complexfloating,
    csingle,
    double,
    dtype,
    e,
    errstate,
    euler_gamma,
    exceptions,
    float16,
    float32,
    float64,
    floating,
    generic,
    getbufsize,
    geterr,
    geterrcall,
    half,
    index_exp,
    inexact,
    inf,
    info,
    int8,
    int16,
    int32,
    int64,
    int_,
    intc,
    integer,
    intp,
    isdtype,
    isscalar,
    issubdtype,
    iterable,
    little_endian,
    long,
    longlong,
    mintypecode,
    nan,
    ndindex,
    newaxis,
    number,
    pi,
    s_,
    sctypeDict,
    setbufsize,
    seterr,
    seterrcall,
    short,
    signedinteger,
    single,
    typecodes,
    typename,
    ubyte,
    uint,
    uint8,
    uint16,
    uint32,
    uint64,
    uintc,
    uintp,
    ulong,
    ulonglong,
    unsignedinteger,
    ushort,
)
from numpy import bool as bool

from . import lib, ufunc_methods
from ._anygpu import Device, DeviceError, DeviceLostError, NoDeviceError, OutOfMemoryError, ShaderError, __version__, adapters, ndarray, ufunc
from ._attributes import FlatIterator as flatiter, ndenumerate
from .compatibility_names import *  # noqa: F403
from .memoization import clear_memo, memoize
from .bit_packing_functions import packbits, unpackbits
from .broadcasting import broadcast
from .compiler import KernelError
from .correlation_functions import convolve, corrcoef, correlate, cov
from .creation_functions import (
    arange,
    array,
    asanyarray,
    asarray,
    asarray_chkfinite,
    ascontiguousarray,
    asfortranarray,
    asnumpy,
    copy,
    empty,
    empty_like,
    eye,
    fromfunction,
    full,
    full_like,
    identity,
    linspace,
    ones,
    ones_like,
    require,
    zeros,
    zeros_like,
)
from .data_type_functions import (
    astype,
    can_cast,
    common_type,
    finfo,
    iinfo,
    iscomplexobj,
    isrealobj,
    min_scalar_type,
    promote_types,
    result_type,
)
from .device_functions import fusion, get_default_memory_pool, get_default_pinned_memory_pool, is_available, set_default_float, show_config, synchronize
from .diagonal_functions import diag, diagflat, fill_diagonal, tri, tril, triu, vander
from .einsum_functions import einsum, einsum_path
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
from .functional_programming import apply_along_axis, apply_over_axes, piecewise
from .grid_functions import c_, meshgrid, mgrid, ogrid, r_
from .indexing_functions import argwhere, choose, compress, copyto, extract, place, put, put_along_axis, putmask, select, take, take_along_axis
from .insertion_functions import append, delete, insert, resize, trim_zeros
from .interval_functions import geomspace, logspace
from .joining_functions import atleast_1d, atleast_2d, atleast_3d, block, column_stack, dstack, hstack, row_stack, vstack
from .histogram_functions import bincount, histogram, histogram2d, histogram_bin_edges, histogramdd
from .interpolation_functions import interp
from .interchange import from_dlpack
from .io_functions import fromfile, frombuffer, fromiter, fromregex, fromstring, genfromtxt, load, loadtxt, save, savetxt, savez, savez_compressed
from .linear_algebra_functions import (
    cross,
    diagonal,
    dot,
    inner,
    matmul,
    matrix_transpose,
    matvec,
    outer,
    tensordot,
    trace,
    vdot,
    vecdot,
    vecmat,
)
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
from .namespace_info import __array_namespace_info__
from .printing_functions import (
    array2string,
    array_repr,
    array_str,
    format_float_positional,
    format_float_scientific,
    get_printoptions,
    printoptions,
    set_printoptions,
)
from .rounding_functions import around, round
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
from .padding_functions import pad
from .polynomial_functions import poly, poly1d, polyadd, polyder, polydiv, polyfit, polyint, polymul, polysub, polyval, roots
from .position_functions import (
    diag_indices,
    diag_indices_from,
    indices,
    ix_,
    mask_indices,
    ravel_multi_index,
    tril_indices,
    tril_indices_from,
    triu_indices,
    triu_indices_from,
    unravel_index,
)
from .rearranging_functions import fliplr, flipud, roll, rollaxis, rot90
from .searching_functions import argmax, argmin, count_nonzero, flatnonzero, nonzero, where
from .set_functions import (
    intersect1d,
    isin,
    setdiff1d,
    setxor1d,
    union1d,
    unique,
    unique_all,
    unique_counts,
    unique_inverse,
    unique_values,
)
from .sorting_functions import argpartition, argsort, digitize, lexsort, partition, searchsorted, sort, sort_complex
from .statistical_functions import amax, amin, average, cumprod, cumsum, cumulative_prod, cumulative_sum, max, mean, min, prod, std, sum, var
from .window_functions import bartlett, blackman, hamming, hanning, kaiser
from .utility_functions import all, any, get_array_module, isfortran, may_share_memory, ndim, shape, shares_memory, size
from .array_methods import install as _install
from .splitting_functions import array_split, dsplit, hsplit, split, unstack, vsplit
from .tiling_functions import kron, repeat, tile

ufunc_methods.install()
del ufunc_methods
_install()
del _install

__array_api_version__ = "2025.12"


# Loaded when they are first used: together they take as long as everything above.
_LAZY_MODULES = frozenset({"compat", "cuda", "cupyx_jit", "fft", "linalg", "polynomial", "random", "special", "testing"})
_LAZY_NAMES = {
    "ElementwiseKernel": "compiler.snippet_elementwise",
    "RawKernel": "compiler.raw",
    "RawModule": "compiler.raw",
    "ReductionKernel": "compiler.snippet_reduction",
    "fuse": "fusion_functions",
    "guvectorize": "compiler.generalized",
    "jit": "fusion_functions",
    "kernel": "kernel_functions",
    "vectorize": "compiler.elementwise",
}


def __getattr__(name):
    """A module or name that only its first use imports."""
    import importlib

    if name in _LAZY_MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name in _LAZY_NAMES:
        value = globals()[name] = getattr(importlib.import_module(f".{_LAZY_NAMES[name]}", __name__), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_LAZY_MODULES, *_LAZY_NAMES})


__all__ = [name for name in __dir__() if not name.startswith("_")]
