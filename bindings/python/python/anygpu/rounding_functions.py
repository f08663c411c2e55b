"""Rounding to a number of decimals."""

from ._anygpu import rint
from ._outputs import store
from .creation_functions import asarray, in_order_of
from .elementwise_functions import divide, multiply


def round(a, decimals=0, out=None):
    """The elements rounded to ``decimals`` places behind the point, halves to the even neighbour; negative ``decimals`` round before the point.

    As NumPy: scaled by a power of ten, rounded and scaled back, in the array's dtype, so that 1.005 may round either way. Integers stay integers.

    >>> import anygpu as ag
    >>> ag.round(ag.asarray([0.5, 1.5, 2.345]), 2)
    array([0.5 , 1.5 , 2.35])
    """
    import operator

    decimals = operator.index(decimals)
    a = asarray(a)
    kind = a.dtype.kind
    if kind == "b" and decimals != 0:
        raise TypeError(f"round: truth values have no decimals, got decimals={decimals}")
    if kind in "iu":
        result = a.copy() if decimals >= 0 else (rint(a / 10.0**-decimals) * 10.0**-decimals).astype(a.dtype)
    elif kind == "c":
        result = a.copy()
        result.real, result.imag = _round_real(a.real, decimals), _round_real(a.imag, decimals)
    else:
        result = _round_real(a, decimals)
    if decimals != 0 and kind == "f":
        result = in_order_of(a, result)
    return store("round", result, out, "unsafe" if decimals < 0 else "same_kind")


def _round_real(a, decimals):
    if decimals == 0:
        return rint(a)
    scale, unscale = (multiply, divide) if decimals > 0 else (divide, multiply)
    power = 10.0 ** abs(decimals)
    return unscale(rint(scale(a, power)), power)


around = round
