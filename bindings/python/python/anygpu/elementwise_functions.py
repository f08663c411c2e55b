"""Elementwise operations: ufuncs, and what composes from them."""

import math

import numpy as np

from . import _anygpu
from ._anygpu import (
    absolute,
    add,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    bitwise_and,
    bitwise_count,
    bitwise_or,
    bitwise_xor,
    cbrt,
    ceil,
    conjugate,
    copysign,
    cos,
    cosh,
    deg2rad,
    divide,
    equal,
    exp,
    exp2,
    expm1,
    fabs,
    float_power,
    floor,
    floor_divide,
    fmax,
    fmin,
    fmod,
    gcd,
    greater,
    greater_equal,
    heaviside,
    hypot,
    invert,
    isfinite,
    isinf,
    isnan,
    lcm,
    ldexp,
    left_shift,
    less,
    less_equal,
    log,
    log10,
    log1p,
    log2,
    logaddexp,
    logaddexp2,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    multiply,
    negative,
    nextafter,
    not_equal,
    positive,
    power,
    rad2deg,
    reciprocal,
    remainder,
    right_shift,
    rint,
    rsqrt,
    sign,
    signbit,
    sin,
    sinh,
    spacing,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    trunc,
)

abs = absolute
acos, acosh, asin, asinh, atan, atan2, atanh = arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh
bitwise_invert = bitwise_not = invert
bitwise_left_shift, bitwise_right_shift = left_shift, right_shift
conj = conjugate
mod = remainder
pow = power
degrees, radians = rad2deg, deg2rad
true_divide = divide


def _two_results(name, results, positional, out, where, casting, signature):
    """The results of a ufunc with two, put into ``out=(first, second)`` or what was given by position, either None."""
    from ._outputs import store

    if any(o is not None for o in positional):
        if isinstance(out, tuple) and any(o is not None for o in out):
            raise TypeError(f"{name}: cannot specify 'out' as both a positional and keyword argument")
        out = positional

    if signature is not None:
        raise TypeError(f"{name}: signature must be None, got {signature!r}: the loop is chosen by the operands")
    if not isinstance(out, tuple):
        raise TypeError(f"{name}: out must be a tuple of two arrays or None, got {out!r}")
    if len(out) != 2:
        raise ValueError(f"{name}: out must be a tuple of two arrays or None, got {len(out)}")
    if where is not True:
        from .creation_functions import zeros_like
        from .searching_functions import where as choose

        results = tuple(choose(where, r, zeros_like(r) if o is None else o) for r, o in zip(results, out))
        casting = casting if out == (None, None) else "unsafe"
    return tuple(store(name, r, o, casting) for r, o in zip(results, out))


def _operands(dtype, *operands):
    from .creation_functions import asarray

    return operands if dtype is None else tuple(asarray(x).astype(dtype, casting="same_kind") for x in operands)


def divmod(x1, x2, out1=None, out2=None, /, out=(None, None), *, where=True, casting="same_kind", order="K", dtype=None, subok=True, signature=None):
    """``(floor_divide(x1, x2), remainder(x1, x2))``."""
    x1, x2 = _operands(dtype, x1, x2)
    return _two_results("divmod", (floor_divide(x1, x2), remainder(x1, x2)), (out1, out2), out, where, casting, signature)


#: The method of the class in Rust, which the one that takes a ufunc's options replaces.
_clipped = _anygpu.ndarray.clip


def clip(a, min=np._NoValue, max=np._NoValue, out=None, *, a_min=np._NoValue, a_max=np._NoValue, **kwargs):
    """Elements limited to ``[min, max]``; NaN stays NaN. Either bound may be None. ``a_min`` and ``a_max`` are NumPy's other names for them.

    ``kwargs`` are a ufunc's: ``where``, ``dtype``, ``casting``.

    >>> import anygpu as ag
    >>> ag.clip(ag.arange(5), 1, 3)
    array([1, 1, 2, 3, 3])
    """
    from .creation_functions import asarray

    bounds = []
    for name, bound, other in (("min", min, a_min), ("max", max, a_max)):
        if bound is not np._NoValue and other is not np._NoValue:
            raise ValueError(f"clip: one bound is given twice, as `{name}` ({bound!r}) and as `a_{name}` ({other!r})")
        bound = other if bound is np._NoValue else bound
        bounds.append(None if bound is np._NoValue else bound)
    if (a_min is np._NoValue) != (a_max is np._NoValue) and min is np._NoValue and max is np._NoValue:
        raise TypeError(f"clip() missing 1 required argument: {'a_max' if a_max is np._NoValue else 'a_min'!r}")
    a = asarray(a)
    if a.dtype.kind in "iu":
        # A Python integer beyond all elements limits nothing.
        limits = np.iinfo(a.dtype)
        low, high = bounds
        bounds = [None if type(low) is int and low <= limits.min else low, None if type(high) is int and high >= limits.max else high]
    return _clip_as_ufunc(a, *bounds, out, **kwargs) if kwargs else _clipped(a, *bounds, out)


def _clip_as_ufunc(a, low, high, out, **kwargs):
    if low is None or high is None:
        function, bounds = (positive, ()) if low is high else (minimum, (high,)) if low is None else (maximum, (low,))
        return function(a, *bounds, out=out, **kwargs)
    from .data_type_functions import result_type

    # One loop over the three: its dtype is common to them, and only the result is stored where `where` holds.
    dtype = kwargs.pop("dtype", None) or result_type(a, low, high)
    inner = {"dtype": dtype, "casting": kwargs.get("casting", "same_kind")}
    return minimum(maximum(a, low, **inner), high, out=out, dtype=dtype, **kwargs)


def modf(x, out1=None, out2=None, /, out=(None, None), *, where=True, casting="same_kind", order="K", dtype=None, subok=True, signature=None):
    """The parts of ``x`` behind and before the point, both with the sign of ``x``.

    >>> import anygpu as ag
    >>> ag.modf(-3.5)
    (array(-0.5), array(-3.))
    """
    (x,) = _operands(dtype, x)
    return _two_results("modf", (_anygpu.modf_fraction(x), _anygpu.modf_integral(x)), (out1, out2), out, where, casting, signature)


def frexp(x, out1=None, out2=None, /, out=(None, None), *, where=True, casting="same_kind", order="K", dtype=None, subok=True, signature=None):
    """Mantissa in [0.5, 1) with the sign of ``x``, and exponent (int32), of ``x = mantissa * 2 ** exponent``.

    >>> import anygpu as ag
    >>> ag.frexp(12.0)
    (array(0.75), array(4, dtype=int32))
    """
    (x,) = _operands(dtype, x)
    return _two_results("frexp", (_anygpu.frexp_mantissa(x), _anygpu.frexp_exponent(x)), (out1, out2), out, where, casting, signature)


def sinc(x):
    """``sin(pi * x) / (pi * x)``, 1 at zero, NaN where ``pi * x`` overflows; integers give float64."""
    x = _as_inexact(x)
    result = _anygpu.sinc(x)
    if x.dtype != "float16":
        return result
    # Computed in float32, where nothing overflows.
    from .searching_functions import where

    return where(absolute(x) < 20864, result, np.nan)


def i0(x):
    """Modified Bessel function of the first kind, order 0; integers give float64. Real numbers only, as in NumPy.

    >>> import anygpu as ag
    >>> ag.i0(0.0)
    array(1.)
    """
    return _anygpu.i0(_as_inexact(x))


def real(val):
    """The real part: a view of a complex array, a real array itself.

    >>> import anygpu as ag
    >>> ag.real(3 + 4j)
    3.0
    """
    from .creation_functions import asarray

    return val.real if hasattr(val, "real") else asarray(val).real


def imag(val):
    """The imaginary part: a view of a complex array, zeros for a real array.

    >>> import anygpu as ag
    >>> ag.imag(3 + 4j)
    4.0
    """
    from .creation_functions import asarray

    return val.imag if hasattr(val, "imag") else asarray(val).imag


def angle(z, deg=False):
    """``arctan2(imag(z), real(z))``, in radians or degrees: 0 or pi for real numbers.

    >>> import anygpu as ag
    >>> ag.angle(1j, deg=True)
    array(90.)
    """
    from .creation_functions import asarray

    z = asarray(z)
    result = arctan2(_anygpu.imag(z), _anygpu.real(z)) if z.dtype.kind == "c" else arctan2(0, z)
    return result * (180 / math.pi) if deg else result


def iscomplex(x):
    """Whether each element has an imaginary part that is not 0."""
    from .creation_functions import asarray, zeros

    x = asarray(x)
    return x.imag != 0 if x.dtype.kind == "c" else zeros(x.shape, bool, device=x.device)


def isreal(x):
    """Whether the imaginary part of each element is 0."""
    return imag(x) == 0


def real_if_close(a, tol=100):
    """The real part of ``a`` if all imaginary parts are below ``tol`` (times the dtype's eps, for ``tol > 1``), else ``a``."""
    from .creation_functions import asarray
    from .utility_functions import all

    a = asarray(a)
    if a.dtype.kind != "c":
        return a
    if tol > 1:
        tol = np.finfo(a.dtype).eps * tol
    return real(a) if all(absolute(imag(a)) < float(tol)) else a


def fix(x, out=None):
    """``x`` rounded towards zero."""
    return trunc(x) if out is None else trunc(x, out=out)


def _as_inexact(x):
    from .creation_functions import asarray

    x = asarray(x)
    return x if x.dtype.kind in "fc" else x.astype("float64")
