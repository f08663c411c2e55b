"""Polynomials as vectors of coefficients, the highest power first.

Coefficients may be arrays of the device or of the host; results are arrays of the device. Where the length of a result depends on the values of
coefficients (leading zeros are dropped), they are read.
"""

import functools

import numpy as np

from ._anygpu import ndarray
from .correlation_functions import convolve
from .creation_functions import asarray, ones, zeros, zeros_like
from .elementwise_functions import conjugate
from .manipulation_functions import concatenate


def _coefficients(p):
    if isinstance(p, np.poly1d):
        p = p.coeffs
    p = asarray(p)
    return p.reshape(1) if p.ndim == 0 else p


def _as_given(result, *operands):
    """A `poly1d` where an operand is one."""
    return poly1d(result) if [p for p in operands if isinstance(p, np.poly1d)] else result


def polyval(p, x):
    """The polynomial's values, by Horner's rule; of a polynomial, the composition of both.

    >>> import anygpu as ag
    >>> ag.polyval([3, 0, 1], ag.asarray([5.0, 2.0]))
    array([76., 13.])
    """
    if isinstance(x, np.poly1d):
        result = poly1d([0])
        for coefficient in _host(p):
            result = result * x + coefficient
        return result
    x = asarray(x)
    result = zeros_like(x)
    # One fused kernel for all coefficients, as far as they fit into one.
    for coefficient in _coefficients(p) if isinstance(p, ndarray) else map(asarray, _host(p)):
        result = result * x + coefficient
    return result


def _host(p):
    return p.get() if isinstance(p, ndarray) else np.asarray(p)


def _aligned(a1, a2):
    """Both polynomials with as many coefficients."""
    a1, a2 = _coefficients(a1), _coefficients(a2)
    n = max(a1.shape[0], a2.shape[0])
    return [concatenate([zeros(n - a.shape[0], dtype=a.dtype), a]) if a.shape[0] < n else a for a in (a1, a2)]


def polyadd(a1, a2):
    """The sum of two polynomials.

    >>> import anygpu as ag
    >>> ag.polyadd([1, 2], [9, 5, 4])
    array([9, 6, 6])
    """
    x, y = _aligned(a1, a2)
    return _as_given(x + y, a1, a2)


def polysub(a1, a2):
    """The difference of two polynomials."""
    x, y = _aligned(a1, a2)
    return _as_given(x - y, a1, a2)


def _trimmed(p):
    """Without leading zeros, but for one coefficient; arrays of the device are read."""
    if p.ndim != 1:
        raise ValueError("Polynomial must be 1d only.")
    found = np.flatnonzero((p != 0).get())
    if found.size:
        return p[int(found[0]) :]
    return zeros(1, dtype=p.dtype)


def polymul(a1, a2):
    """The product of two polynomials, without leading zeros.

    >>> import anygpu as ag
    >>> ag.polymul([1, 2], [1, -2])
    array([ 1,  0, -4])
    """
    return _as_given(convolve(_trimmed(_coefficients(a1)), _trimmed(_coefficients(a2))), a1, a2)


def polydiv(u, v):
    """Quotient and remainder of two polynomials. Each coefficient needs the one before it, so the host divides them: both are read.

    >>> import anygpu as ag
    >>> ag.polydiv([3.0, 5.0, 2.0], [2.0, 1.0])
    (array([1.5 , 1.75]), array([0.25]))
    """
    quotient, remainder = np.polydiv(_coefficients(u).get(), _coefficients(v).get())
    return _as_given(asarray(quotient), u, v), _as_given(asarray(remainder), u, v)


def poly(seq_of_zeros):
    """The coefficients of the polynomial with given roots, the first of them 1. Real where complex roots are pairs of conjugates, for which they
    are read. The factors are multiplied pair by pair. Eigenvalues of a matrix are not found in this version.

    >>> import anygpu as ag
    >>> ag.poly([1, 2])
    array([ 1., -3.,  2.])
    """
    roots = asarray(seq_of_zeros)
    roots = roots.reshape(1) if roots.ndim == 0 else roots
    if roots.ndim == 2 and roots.shape[0] == roots.shape[1] and roots.size:
        raise NotImplementedError("poly of a square matrix is not available in this version: give its eigenvalues")
    if roots.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if roots.size == 0:
        return asarray(1.0)
    roots = roots.astype(np.mintypecode(roots.dtype.char))
    degree = roots.shape[0]
    factors = concatenate([ones((degree, 1), dtype=roots.dtype), -roots[:, None]], axis=1)
    while factors.shape[0] > 1:
        if factors.shape[0] % 2:
            one = concatenate([zeros((1, factors.shape[1] - 1), dtype=roots.dtype), ones((1, 1), dtype=roots.dtype)], axis=1)
            factors = concatenate([factors, one])
        factors = _products(factors[::2], factors[1::2])
    # Factors of 1 left zeros in front.
    result = factors[0, factors.shape[1] - degree - 1 :]
    if roots.dtype.kind == "c" and bool((roots._sorted(0) == conjugate(roots)._sorted(0)).all()):
        return result.real.copy()
    return result


def _products(a, b):
    """Products of the polynomials in the rows of two matrices."""
    rows, n = a.shape
    padding = zeros((rows, n - 1), dtype=a.dtype)
    padded = concatenate([padding, a, padding], axis=1)
    stretches = padded._as_strided((rows, 2 * n - 1, n), (3 * n - 2, 1, 1), 0)
    from .statistical_functions import sum as sum_

    return sum_(stretches * b[:, None, ::-1], axis=-1)


class poly1d(np.poly1d):
    """A polynomial with operators: `numpy.poly1d`, whose few coefficients lie on the host. Called on an array of ours, it runs on the device.

    >>> import anygpu as ag
    >>> ag.poly1d([1, 2, 3])(ag.asarray([0.0, 1.0]))
    array([3., 6.])
    """

    def __init__(self, c_or_r, r=False, variable=None):
        if isinstance(c_or_r, ndarray):
            c_or_r = c_or_r.get()
        super().__init__(c_or_r, r, variable)

    def __call__(self, val):
        if isinstance(val, ndarray):
            return polyval(self.coeffs, val)
        return _ours(super().__call__(val))


def _ours(result):
    if isinstance(result, tuple):
        return tuple(map(_ours, result))
    return poly1d(result) if isinstance(result, np.poly1d) else result


def _wrap(name):
    inherited = getattr(np.poly1d, name)

    @functools.wraps(inherited)
    def method(self, *args, **options):
        args = [arg.get() if isinstance(arg, ndarray) else arg for arg in args]
        return _ours(inherited(self, *args, **options))

    setattr(poly1d, name, method)


for _name in ("__neg__", "__mul__", "__rmul__", "__add__", "__radd__", "__sub__", "__rsub__", "__pow__", "__truediv__", "__rtruediv__", "integ", "deriv"):
    _wrap(_name)
