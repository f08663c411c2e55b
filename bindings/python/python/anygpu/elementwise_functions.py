"""Elementwise operations: ufuncs, and what composes from them."""

import math

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


def divmod(x1, x2, /):
    """``(floor_divide(x1, x2), remainder(x1, x2))``."""
    return floor_divide(x1, x2), remainder(x1, x2)


def clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    """Elements limited to ``[a_min, a_max]``; NaN stays NaN. Either bound may be None.

    >>> import anygpu as ag
    >>> ag.clip(ag.arange(5), 1, 3)
    array([1, 1, 2, 3, 3])
    """
    from .creation_functions import asarray

    low = a_min if min is None else min
    high = a_max if max is None else max
    return asarray(a).clip(low, high, out)


def modf(x, /):
    """The parts of ``x`` behind and before the point, both with the sign of ``x``.

    >>> import anygpu as ag
    >>> ag.modf(-3.5)
    (array(-0.5), array(-3.))
    """
    return _anygpu.modf_fraction(x), _anygpu.modf_integral(x)


def frexp(x, /):
    """Mantissa in [0.5, 1) with the sign of ``x``, and exponent (int32), of ``x = mantissa * 2 ** exponent``.

    >>> import anygpu as ag
    >>> ag.frexp(12.0)
    (array(0.75), array(4, dtype=int32))
    """
    return _anygpu.frexp_mantissa(x), _anygpu.frexp_exponent(x)


def sinc(x, /):
    """``sin(pi * x) / (pi * x)``, 1 at zero; integers give float64."""
    return _anygpu.sinc(_as_inexact(x))


def i0(x, /):
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
    array(3.)
    """
    from .creation_functions import asarray

    return asarray(val).real


def imag(val):
    """The imaginary part: a view of a complex array, zeros for a real array.

    >>> import anygpu as ag
    >>> ag.imag(3 + 4j)
    array(4.)
    """
    from .creation_functions import asarray

    return asarray(val).imag


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
    return imag(x) != 0


def isreal(x):
    """Whether the imaginary part of each element is 0."""
    return imag(x) == 0


def real_if_close(a, tol=100):
    """The real part of ``a`` if all imaginary parts are below ``tol`` (times the dtype's eps, for ``tol > 1``), else ``a``."""
    import numpy as np

    from .creation_functions import asarray
    from .utility_functions import all

    a = asarray(a)
    if a.dtype.kind != "c":
        return a
    if tol > 1:
        tol = np.finfo(a.dtype).eps * tol
    return real(a) if all(absolute(imag(a)) < float(tol)) else a


def round(a, decimals=0, out=None):
    """Elements rounded to a number of decimals (of digits before the point where negative), halves to even.

    The algorithm is NumPy's: multiply by a power of ten, round to an integer, divide. Integers stay integers.

    >>> import anygpu as ag
    >>> ag.round(ag.asarray([1.234, 2.5]), 1)
    array([1.2, 2.5])
    """
    import operator

    from ._outputs import store
    from .creation_functions import asarray

    a = asarray(a)
    decimals = operator.index(decimals)
    if a.dtype.kind in "iu" and decimals >= 0:
        result = positive(a)
    elif decimals == 0:
        result = rint(a)
    elif a.dtype == bool:
        raise TypeError(f"round: a bool array cannot be rounded to {decimals} decimals")
    else:
        result = _rounded(a, decimals).astype(a.dtype, copy=False)
    return store("round", result, out)


def _rounded(a, decimals):
    if a.dtype.kind == "c":
        from .manipulation_functions import stack

        return stack([_rounded(real(a), decimals), _rounded(imag(a), decimals)], -1).view(a.dtype)[..., 0]
    scale = 10.0 ** math.fabs(decimals)
    if decimals > 0:
        return divide(rint(multiply(a, scale)), scale)
    return multiply(rint(divide(a, scale)), scale)


around = round


def fix(x, /, out=None):
    """``x`` rounded towards zero."""
    return trunc(x) if out is None else trunc(x, out=out)


def _as_inexact(x):
    from .creation_functions import asarray

    x = asarray(x)
    return x if x.dtype.kind in "fc" else x.astype("float64")
