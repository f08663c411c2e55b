"""Polynomials as vectors of coefficients, the highest power first.

Coefficients may be arrays of the device or of the host; results are arrays of the device. Where the length of a result depends on the values of
coefficients (leading zeros are dropped), they are read.
"""

import functools
import warnings

import numpy as np

from ._anygpu import ndarray
from .correlation_functions import convolve
from .creation_functions import arange, asarray, ones, zeros, zeros_like
from .elementwise_functions import conjugate, sqrt, true_divide
from .manipulation_functions import concatenate
from .statistical_functions import sum as sum_

#: Where the functions run, for the coverage page.
__runs__ = {"polydiv": "host"}


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
        result = 0
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


def polyder(p, m=1):
    """The ``m``-th derivative of a polynomial.

    >>> import anygpu as ag
    >>> ag.polyder([1, 1, 1, 1])
    array([3, 2, 1])
    """
    m = int(m)
    if m < 0:
        raise ValueError(f"Order of derivative must be positive, not {m} (see polyint)")
    result = _coefficients(p)
    for _ in range(min(m, max(len(result), 1))):
        result = result[:-1] * arange(len(result) - 1, 0, -1)
    return _as_given(result, p)


def polyint(p, m=1, k=None):
    """The ``m``-th integral of a polynomial, with the integration constants ``k``, zeros if not given.

    >>> import anygpu as ag
    >>> ag.polyint([6, 4, 1], k=5)
    array([2., 2., 1., 5.])
    """
    m = int(m)
    if m < 0:
        raise ValueError(f"Order of integral must be positive, not {m} (see polyder)")
    constants = zeros(m) if k is None else _coefficients(k)
    if len(constants) == 1 and m > 1:
        constants = concatenate([constants] * m)
    if len(constants) < m:
        raise ValueError(f"k must be a scalar or a rank-1 array of length 1 or >= m: it has {len(constants)} elements, and m is {m}")
    result = _coefficients(p)
    for n in range(m):
        result = concatenate([true_divide(result, arange(len(result), 0, -1)), constants[n : n + 1]])
    return _as_given(result, p)


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
    from .linalg import eigvals

    roots = asarray(seq_of_zeros)
    roots = roots.reshape(1) if roots.ndim == 0 else roots
    if roots.ndim == 2 and roots.shape[0] == roots.shape[1] and roots.size:
        roots = eigvals(roots)
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
    return sum_(stretches * b[:, None, ::-1], axis=-1)


def roots(p):
    """The numbers where a polynomial is zero: eigenvalues of its companion matrix, then as many zeros as it has trailing zero coefficients.

    The coefficients are read, as their number without zeros decides how many roots there are.

    >>> import anygpu as ag
    >>> ag.sort(ag.roots([1, -3, 2]))
    array([1., 2.])
    """
    from .linalg import eigvals

    p = _coefficients(p).get()
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    nonzero = np.flatnonzero(p)
    if nonzero.size == 0:
        return zeros(0, dtype=np.float64)
    at_zero = p.size - 1 - nonzero[-1]
    p = p[nonzero[0] : nonzero[-1] + 1]
    p = p if p.dtype.kind in "fc" else p.astype(np.float64)
    if p.size == 1:
        return zeros(at_zero, dtype=np.float64)
    companion = np.eye(p.size - 1, k=-1, dtype=p.dtype)
    companion[0] = -p[1:] / p[0]
    found = _real_if_possible(eigvals(asarray(companion)), p)
    return concatenate([found, zeros(at_zero, dtype=found.dtype)])


def _real_if_possible(roots, coefficients):
    """The real parts of roots of a real polynomial, if all are real and eigenvalues are complex nevertheless."""
    from .linalg.eigen import _ALWAYS_COMPLEX

    if _ALWAYS_COMPLEX and roots.dtype.kind == "c" and coefficients.dtype.kind != "c" and not roots.imag.any():
        return roots.real.copy()
    return roots


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """The coefficients of the polynomial of degree `deg` that is nearest to points in the sense of least squares, as `numpy.polyfit`.

    The rank of the problem is read; `numpy.exceptions.RankWarning` says so where it falls short. `full` adds the sums of squared residuals, the
    rank, the singular values and `rcond`; `cov` adds the covariances of the coefficients.

    >>> import anygpu as ag
    >>> line = ag.polyfit(ag.asarray([0.0, 1.0, 2.0]), ag.asarray([1.0, 3.0, 5.0]), 1)
    >>> ag.round(line, 6)
    array([2., 1.])
    """
    from .diagonal_functions import vander
    from .linalg import inv, lstsq
    from .linear_algebra_functions import dot

    order = int(deg) + 1
    x, y = asarray(x) + 0.0, asarray(y) + 0.0
    if deg < 0:
        raise ValueError(f"expected deg >= 0, not {deg}")
    if x.ndim != 1:
        raise TypeError(f"expected 1D vector for x, not {x.ndim} dimensions")
    if x.size == 0:
        raise TypeError("expected non-empty vector for x")
    if not 1 <= y.ndim <= 2:
        raise TypeError(f"expected 1D or 2D array for y, not {y.ndim} dimensions")
    if x.shape[0] != y.shape[0]:
        raise TypeError(f"expected x and y to have same length: {x.shape[0]} and {y.shape[0]}")
    rcond = x.shape[0] * np.finfo(x.dtype).eps if rcond is None else rcond
    powers, values = vander(x, order), y
    if w is not None:
        w = asarray(w) + 0.0
        if w.ndim != 1:
            raise TypeError(f"expected a 1-d array for weights, not {w.ndim} dimensions")
        if w.shape[0] != y.shape[0]:
            raise TypeError(f"expected w and y to have the same length: {w.shape[0]} and {y.shape[0]}")
        if w.dtype.kind == "c" and (powers.dtype.kind != "c" or values.dtype.kind != "c"):
            raise TypeError(f"polyfit: weights of {w.dtype} cannot be cast to {powers.dtype} with casting rule 'same_kind'")
        powers = (powers * w[:, None]).astype(powers.dtype, copy=False)
        values = (values * (w[:, None] if y.ndim == 2 else w)).astype(values.dtype, copy=False)
    # Columns of one length make the problem as well conditioned as it gets.
    scale = sqrt(sum_(powers * powers, axis=0))
    powers = powers / scale
    coefficients, residuals, rank, singular = lstsq(powers, values, rcond)
    coefficients = (coefficients.T / scale).T
    if rank != order and not full:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    if full:
        return coefficients, residuals, rank, singular, rcond
    if not cov:
        return coefficients
    base = inv(dot(powers.T, powers)) / (scale[:, None] * scale)
    if cov == "unscaled":
        factor = 1
    elif x.shape[0] <= order:
        raise ValueError(f"the number of data points, {x.shape[0]}, must exceed the order, {order}, to scale the covariance matrix")
    else:
        factor = residuals / (x.shape[0] - order)
    return coefficients, base * factor if y.ndim == 1 else base[:, :, None] * factor


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


for _name in ("neg", "mul", "rmul", "add", "radd", "sub", "rsub", "pow", "truediv", "rtruediv"):
    _wrap(f"__{_name}__")
for _name in ("integ", "deriv"):
    _wrap(_name)
del _name
