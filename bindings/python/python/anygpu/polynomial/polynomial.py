"""Functions of polynomials given by vectors of coefficients, the lowest power first, as `numpy.polynomial.polynomial`.

Coefficients may be arrays of the device or of the host; results are arrays of the device. Sums, products and roots drop trailing zeros, as NumPy's, for
which the coefficients are read.
"""

import warnings

import numpy as np

from .._anygpu import ndarray
from ..correlation_functions import convolve
from ..creation_functions import arange, array, asarray, eye, ones, zeros
from ..elementwise_functions import sqrt, square
from ..manipulation_functions import concatenate, moveaxis, stack
from ..polynomial_functions import _products, _real_if_possible
from ..sorting_functions import sort
from ..statistical_functions import prod
from ..statistical_functions import sum as sum_
from .polyutils import as_floats, as_int, as_series, one_dimensional, trimcoef, trimseq
from .series import Polynomial

__all__ = [
    "Polynomial", "polyadd", "polycompanion", "polyder", "polydiv", "polydomain", "polyfit", "polyfromroots", "polygrid2d", "polygrid3d", "polyint", "polyline",
    "polymul", "polymulx", "polyone", "polypow", "polyroots", "polysub", "polytrim", "polyval", "polyval2d", "polyval3d", "polyvalfromroots", "polyvander",
    "polyvander2d", "polyvander3d", "polyx", "polyzero",
]  # fmt: skip

#: Where the functions run, for the coverage page.
__runs__ = {"polydiv": "host"}

polytrim = trimcoef

#: The interval that a polynomial is mapped from, and the polynomials 0, 1 and x: on the host, as NumPy's.
polydomain, polyzero, polyone, polyx = np.array([-1.0, 1.0]), np.array([0]), np.array([1]), np.array([0, 1])


def polyline(off, scl):
    """The coefficients of ``off + scl * x``.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyline(1, -1)
    array([ 1, -1])
    """
    return asarray([off, scl] if scl != 0 else [off])


# ---- arithmetic ---------------------------------------------------------------------------------------------------------------------------------


def _aligned(c1, c2):
    c1, c2 = as_series([c1, c2])
    n = max(len(c1), len(c2))
    return [concatenate([c, zeros(n - len(c), dtype=c.dtype)]) if len(c) < n else c for c in (c1, c2)]


def polyadd(c1, c2):
    """The sum of two polynomials.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyadd([1, 2, 3], [3, 2, 1])
    array([4., 4., 4.])
    """
    c1, c2 = _aligned(c1, c2)
    return trimseq(c1 + c2)


def polysub(c1, c2):
    """The difference of two polynomials."""
    c1, c2 = _aligned(c1, c2)
    return trimseq(c1 - c2)


def polymulx(c):
    """A polynomial times x.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polymulx([1, 2, 3])
    array([0., 1., 2., 3.])
    """
    [c] = as_series([c])
    if len(c) == 1 and not c.any():
        return c
    return concatenate([c[:1] * 0, c])


def polymul(c1, c2):
    """The product of two polynomials.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polymul([1, 2, 3], [3, 2, 1])
    array([ 3.,  8., 14.,  8.,  3.])
    """
    c1, c2 = as_series([c1, c2])
    return trimseq(convolve(c1, c2))


def polydiv(c1, c2):
    """Quotient and remainder of two polynomials. Each coefficient needs the one before it, so the host divides them: both are read.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polydiv([1, 2, 3], [3, 2, 1])
    (array([3.]), array([-8., -4.]))
    """
    c1, c2 = (c.get() for c in as_series([c1, c2]))
    return tuple(asarray(part) for part in np.polynomial.polynomial.polydiv(c1, c2))


def polypow(c, pow, maxpower=None):
    """A polynomial to the power of a non-negative integer, of at most ``maxpower``.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polypow([1, 2], 2)
    array([1., 4., 4.])
    """
    [c] = as_series([c])
    power = int(pow)
    if power != pow or power < 0:
        raise ValueError(f"Power must be a non-negative integer, not {pow!r}")
    if maxpower is not None and power > maxpower:
        raise ValueError(f"Power is too large: {power}, and maxpower is {maxpower}")
    if power == 0:
        return ones(1, dtype=c.dtype)
    result = c
    for _ in range(power - 1):
        result = convolve(result, c)
    return result


# ---- values -------------------------------------------------------------------------------------------------------------------------------------


def polyval(x, c, tensor=True):
    """Values of polynomials, whose coefficients lie along the first axis of ``c``, by Horner's rule.

    With ``tensor`` every polynomial is evaluated at every point, and the shape is ``c.shape[1:] + x.shape``; else the columns of ``c`` broadcast with ``x``.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyval(ag.asarray([0.0, 2.0]), [[1, 2], [0, 1]])
    array([[1., 1.],
           [2., 4.]])
    """
    c = as_floats(c)
    if not np.isscalar(x):
        x = asarray(x)
        if tensor:
            c = c.reshape(c.shape + (1,) * x.ndim)
    result = c[-1] + x * 0
    # One fused kernel for all coefficients, as far as they fit into one.
    for k in range(c.shape[0] - 2, -1, -1):
        result = c[k] + result * x
    return result


def polyvalfromroots(x, r, tensor=True):
    """Values of the polynomials whose roots lie along the first axis of ``r`` and whose leading coefficients are 1.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyvalfromroots(ag.asarray([0.0, 3.0]), [1, 2])
    array([2., 2.])
    """
    r = as_floats(r)
    if not np.isscalar(x):
        x = asarray(x)
        if tensor:
            r = r.reshape(r.shape + (1,) * x.ndim)
        elif x.ndim >= r.ndim:
            raise ValueError(f"x.ndim must be < r.ndim when tensor == False: {x.ndim} and {r.ndim}")
    return prod(x - r, axis=0)


def _at_points(c, points):
    points = [asarray(p) for p in points]
    if any(p.shape != points[0].shape for p in points):
        raise ValueError(f"{', '.join('xyz'[: len(points)])} are incompatible: their shapes are {', '.join(str(p.shape) for p in points)}")
    for k, p in enumerate(points):
        c = polyval(p, c, tensor=k == 0)
    return c


def _on_grid(c, points):
    for p in points:
        c = polyval(p, c)
    return c


def polyval2d(x, y, c):
    """Values of polynomials in two variables at the points ``(x, y)``; ``c[i, j]`` belongs to ``x**i * y**j``.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyval2d([1.0, 2.0], [3.0, 4.0], [[0, 1], [1, 0]])
    array([4., 6.])
    """
    return _at_points(c, (x, y))


def polyval3d(x, y, z, c):
    """Values of polynomials in three variables at the points ``(x, y, z)``."""
    return _at_points(c, (x, y, z))


def polygrid2d(x, y, c):
    """Values of polynomials in two variables at all pairs of an ``x`` and a ``y``.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polygrid2d([1.0, 2.0], [3.0, 4.0], [[0, 1], [1, 0]])
    array([[4., 5.],
           [5., 6.]])
    """
    return _on_grid(c, (x, y))


def polygrid3d(x, y, z, c):
    """Values of polynomials in three variables at all triples of an ``x``, a ``y`` and a ``z``."""
    return _on_grid(c, (x, y, z))


def polyvander(x, deg):
    """The powers of numbers from 0 to ``deg``, along a new last axis: the Vandermonde matrix of a vector.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyvander([2, 3], 2)
    array([[1., 2., 4.],
           [1., 3., 9.]])
    """
    degree = as_int(deg, "deg")
    if degree < 0:
        raise ValueError("deg must be non-negative")
    x = one_dimensional(x) + 0.0
    powers = [x * 0 + 1, x][: degree + 1]
    for _ in range(2, degree + 1):
        powers.append(powers[-1] * x)
    return moveaxis(stack(powers), 0, -1)


def _vander_of(points, degrees):
    if len(degrees) != len(points):
        raise ValueError(f"Expected {len(points)} dimensions of degrees, got {len(degrees)}")
    points = stack([asarray(p) for p in points]) + 0.0
    result = None
    for k, degree in enumerate(degrees):
        powers = polyvander(points[k], degree)
        powers = powers.reshape(powers.shape[:-1] + (1,) * k + powers.shape[-1:] + (1,) * (len(degrees) - 1 - k))
        result = powers if result is None else result * powers
    return result.reshape(result.shape[: -len(degrees)] + (-1,))


def polyvander2d(x, y, deg):
    """The products of powers ``x**i * y**j`` up to the degrees ``deg = (dx, dy)``, along a new last axis.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyvander2d([2.0], [3.0], (1, 1))
    array([[1., 3., 2., 6.]])
    """
    return _vander_of((x, y), deg)


def polyvander3d(x, y, z, deg):
    """The products of powers ``x**i * y**j * z**k`` up to the degrees ``deg``, along a new last axis."""
    return _vander_of((x, y, z), deg)


# ---- calculus -----------------------------------------------------------------------------------------------------------------------------------


def _along_first(c, count, axis, what):
    """The coefficients as a copy with `axis` first, the count and the axis."""
    c = as_floats(array(c))
    count, axis = as_int(count, f"the order of {what}"), as_int(axis, "the axis")
    if count < 0:
        raise ValueError(f"The order of {what} must be non-negative")
    axis = np.lib.array_utils.normalize_axis_index(axis, c.ndim)
    return moveaxis(c, axis, 0), count, axis


def _factors(numbers, c):
    """Numbers for the first axis of `c`, in its precision."""
    return numbers.astype(c.real.dtype).reshape((-1,) + (1,) * (c.ndim - 1))


def polyder(c, m=1, scl=1, axis=0):
    """The coefficients of the ``m``-th derivative; each derivation multiplies by ``scl``.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyder([1, 2, 3, 4])
    array([ 2.,  6., 12.])
    """
    c, count, axis = _along_first(c, m, axis, "derivation")
    if count >= c.shape[0] and count:
        c = c[:1] * 0
    else:
        for _ in range(count):
            c = (c * scl).astype(c.dtype, copy=False)
            c = _factors(arange(1, c.shape[0]), c) * c[1:]
    return moveaxis(c, 0, axis)


def polyint(c, m=1, k=[], lbnd=0, scl=1, axis=0):  # noqa: B006  NumPy's signature; not changed
    """The coefficients of the ``m``-th integral from ``lbnd``; each integration multiplies by ``scl`` first, and then adds one of the constants ``k``.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyint([1, 2, 3])
    array([0., 1., 1., 1.])
    """
    constants = list(k) if np.iterable(k) else [k]
    c, count, axis = _along_first(c, m, axis, "integration")
    if len(constants) > count:
        raise ValueError(f"Too many integration constants: {len(constants)} for {count} integrations")
    for name, number in (("lbnd", lbnd), ("scl", scl)):
        if np.ndim(number) != 0:
            raise ValueError(f"{name} must be a scalar.")
    for constant in [*constants, *[0] * count][:count]:
        c = (c * scl).astype(c.dtype, copy=False)
        if c.shape[0] == 1 and not c.any():
            c = c + constant
            continue
        rest = concatenate([c[:1], c[1:] / _factors(arange(2, c.shape[0] + 1), c)])
        whole = concatenate([c[:1] * 0, rest])
        first = (whole[0] + (constant - polyval(lbnd, whole))).astype(c.dtype, copy=False)
        c = concatenate([first[None], rest])
    return moveaxis(c, 0, axis)


# ---- roots and fits -----------------------------------------------------------------------------------------------------------------------------


def polyfromroots(roots):
    """The coefficients of the polynomial with given roots, the last of them 1.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyfromroots([-1, 0, 1])
    array([ 0., -1.,  0.,  1.])
    """
    if len(roots) == 0:
        return ones(1)
    [roots] = as_series([roots], trim=False)
    roots = sort(roots)
    factors = stack([-roots, ones(len(roots), dtype=roots.dtype)], axis=1)
    extra = None
    while factors.shape[0] > 1:
        half = factors.shape[0] // 2
        products = _products(factors[:half], factors[half : 2 * half])
        if factors.shape[0] % 2:
            last = factors[-1]
            extra = last if extra is None else convolve(extra, last)
        factors = products
    return factors[0] if extra is None else convolve(factors[0], extra)


def polycompanion(c):
    """The companion matrix, whose eigenvalues are the polynomial's roots.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polycompanion([6.0, -5.0, 1.0])
    array([[ 0., -6.],
           [ 1.,  5.]])
    """
    [c] = as_series([c])
    if len(c) < 2:
        raise ValueError("Series must have maximum degree of at least 1.")
    n = len(c) - 1
    matrix = eye(n, k=-1, dtype=c.dtype)
    matrix[:, -1] -= c[:-1] / c[-1]
    return matrix


def polyroots(c):
    """The roots of a polynomial, sorted: eigenvalues of its companion matrix, and as many zeros as its lowest coefficients are zero.

    >>> import anygpu as ag
    >>> ag.polynomial.polynomial.polyroots([2, -3, 1])
    array([1., 2.])
    """
    from ..linalg import eigvals

    [c] = as_series([c])
    if len(c) < 2:
        return zeros(0, dtype=c.dtype)
    if len(c) == 2:
        return -c[:1] / c[1:]
    at_zero = int(np.flatnonzero(c.get())[0])
    if at_zero == len(c) - 1:
        return zeros(at_zero, dtype=c.dtype)
    found = polyroots(c[at_zero:]) if at_zero else _real_if_possible(eigvals(polycompanion(c)), c)
    return sort(concatenate([found, zeros(at_zero, dtype=found.dtype)]))


def polyfit(x, y, deg, rcond=None, full=False, w=None):
    """The coefficients, lowest power first, of the polynomial that is nearest to points in the sense of least squares.

    ``deg`` is its degree, or the powers that it has. The rank of the problem is read; `numpy.exceptions.RankWarning` says so where it falls short. With ``full``
    a list of the sums of squared residuals, the rank, the singular values and ``rcond`` follows.

    >>> import anygpu as ag
    >>> line = ag.polynomial.polynomial.polyfit(ag.asarray([0.0, 1.0, 2.0]), ag.asarray([1.0, 3.0, 5.0]), 1)
    >>> ag.round(line, 6)
    array([1., 2.])
    """
    from ..linalg import lstsq

    x, y = asarray(x) + 0.0, asarray(y) + 0.0
    degrees = np.asarray(deg.get() if isinstance(deg, ndarray) else deg)
    if degrees.ndim > 1 or degrees.dtype.kind not in "iu" or degrees.size == 0:
        raise TypeError("deg must be an int or non-empty 1-D array of int")
    if degrees.min() < 0:
        raise ValueError(f"expected deg >= 0, not {degrees.min()}")
    if x.ndim != 1:
        raise TypeError(f"expected 1D vector for x, not {x.ndim} dimensions")
    if x.size == 0:
        raise TypeError("expected non-empty vector for x")
    if not 1 <= y.ndim <= 2:
        raise TypeError(f"expected 1D or 2D array for y, not {y.ndim} dimensions")
    if x.shape[0] != y.shape[0]:
        raise TypeError(f"expected x and y to have same length: {x.shape[0]} and {y.shape[0]}")
    powers = np.arange(int(degrees) + 1) if degrees.ndim == 0 else np.sort(degrees)
    matrix, values = polyvander(x, int(powers[-1])), y
    if degrees.ndim:
        matrix = matrix[:, powers]
    if w is not None:
        w = asarray(w) + 0.0
        if w.ndim != 1:
            raise TypeError(f"expected 1D vector for w, not {w.ndim} dimensions")
        if x.shape[0] != w.shape[0]:
            raise TypeError(f"expected x and w to have same length: {x.shape[0]} and {w.shape[0]}")
        matrix, values = matrix * w[:, None], values * (w[:, None] if y.ndim == 2 else w)
    rcond = x.shape[0] * np.finfo(x.dtype).eps if rcond is None else rcond
    # Columns of one length make the problem as well conditioned as it gets.
    squares = square(matrix.real) + square(matrix.imag) if matrix.dtype.kind == "c" else square(matrix)
    scale = sqrt(sum_(squares, axis=0))
    scale[scale == 0] = 1
    c, residuals, rank, singular = lstsq(matrix / scale, values, rcond)
    c = (c.T / scale).T
    if degrees.ndim:
        every = zeros((int(powers[-1]) + 1, *c.shape[1:]), dtype=c.dtype)
        every[powers] = c
        c = every
    if rank != len(powers) and not full:
        warnings.warn("The fit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    return (c, [residuals, rank, singular, rcond]) if full else c
