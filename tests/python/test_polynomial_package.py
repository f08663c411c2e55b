"""`anygpu.polynomial` against `numpy.polynomial`."""

import warnings

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_close, assert_identical, assert_same_outcome, to_numpy

P, N = ag.polynomial.polynomial, np.polynomial.polynomial
DTYPES = ["int32", "uint8", "float32", "float64", "complex64", "complex128"]


def near(got, want):
    want = np.asarray(want)
    if want.dtype.kind in "fc":
        assert_close(got, want, 8 * np.abs(want).max(initial=1), 32)
    else:
        assert_identical(got, want)


def series(seed, n, dtype="float64"):
    random = np.random.default_rng(seed)
    x = random.integers(0 if dtype == "uint8" else -6, 7, n)
    return (x + 1j * random.integers(-3, 4, n) if np.dtype(dtype).kind == "c" else x).astype(dtype)


@pytest.mark.parametrize("name", ["polyadd", "polysub", "polymul", "polydiv"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_arithmetic(name, dtype):
    pairs = [(series(k, m, dtype), series(k + 9, n, dtype)) for k, (m, n) in enumerate([(1, 1), (1, 4), (5, 3), (7, 7), (3, 8)])]
    pairs += [([1, 2, 0, 0], [1, 1]), ([0], [1, 2, 3]), ([1, 2, 3], [-1, -2, -3]), (2, [1.5, 2])]
    for a, b in pairs:
        b = np.where(b == np.asarray(b).dtype.type(0), np.asarray(b).dtype.type(1), b) if name == "polydiv" else b
        got, want = getattr(P, name)(ag.asarray(a), b), getattr(N, name)(a, b)
        for g, w in zip(got, want) if isinstance(want, tuple) else [(got, want)]:
            near(g, w)


def test_errors_of_arithmetic():
    for call in (lambda x: x.polyadd([], [1]), lambda x: x.polymul([[1]], [1]), lambda x: x.polydiv([1], [0]), lambda x: x.polypow([1], -1), lambda x: x.polypow([1], 5, 4)):
        outcomes = []
        for package in (P, N):
            with pytest.raises(Exception) as caught:
                call(package)
            outcomes.append(type(caught.value))
        assert outcomes[0] is outcomes[1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_powers_and_lines(dtype):
    c = series(3, 4, dtype)
    for power in (0, 1, 2, 5):
        near(P.polypow(ag.asarray(c), power), N.polypow(c, power))
    near(P.polymulx(ag.asarray(c)), N.polymulx(c))
    near(P.polymulx([0]), N.polymulx([0]))
    for line in ((1, 2), (1.5, 0)):
        near(P.polyline(*line), N.polyline(*line))
    near(P.polytrim([1, 1e-9, 0], 1e-6), N.polytrim([1, 1e-9, 0], 1e-6))
    near(P.polytrim([0, 0], 1e-6), N.polytrim([0, 0], 1e-6))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tensor", [True, False])
def test_values(dtype, tensor):
    for shape, coefficients in [((3,), (4,)), ((2, 3), (4,)), ((3,), (4, 3)), ((2, 3), (3, 2, 3)), ((), (3,)), ((0,), (2,)), ((3,), (1,))]:
        x, c = np.asarray(series(1, shape, dtype)), series(2, coefficients, dtype)
        near(P.polyval(ag.asarray(x), ag.asarray(c), tensor), N.polyval(x, c, tensor))
    assert_same_outcome(lambda xp: xp.polynomial.polynomial.polyval(xp.ones((2, 3)), xp.ones((2, 4)), tensor=False), (), ())
    near(P.polyval(2.5, [1, 2, 3]), N.polyval(2.5, [1, 2, 3]))
    near(P.polyval([1, 2], [1, 2, 3]), N.polyval([1, 2], [1, 2, 3]))


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_from_roots(dtype):
    for shape, roots, tensor in [((3,), (4,), True), ((2, 3), (4,), True), ((3,), (4, 3), False), ((), (3,), True), ((3,), (2, 2), True)]:
        x, r = np.asarray(series(1, shape, dtype)), series(2, roots, dtype)
        near(P.polyvalfromroots(ag.asarray(x), ag.asarray(r), tensor), N.polyvalfromroots(x, r, tensor))
    with pytest.raises(ValueError, match="x.ndim must be < r.ndim"):
        P.polyvalfromroots(ag.ones((2, 2)), ag.ones(2), tensor=False)


def test_values_in_several_variables():
    x, y, z = (series(k, (2, 3)) / 4 for k in range(3))
    for c in (series(5, (3, 4)), series(6, (3, 4, 2))):
        near(P.polyval2d(ag.asarray(x), ag.asarray(y), ag.asarray(c)), N.polyval2d(x, y, c))
        near(P.polygrid2d(ag.asarray(x), y[0], ag.asarray(c)), N.polygrid2d(x, y[0], c))
    c = series(7, (3, 2, 4))
    near(P.polyval3d(x, y, z, c), N.polyval3d(x, y, z, c))
    near(P.polygrid3d(x[0], y[0], z[0], c), N.polygrid3d(x[0], y[0], z[0], c))
    with pytest.raises(ValueError, match="x, y are incompatible"):
        P.polyval2d([1, 2], [1], [[1]])


@pytest.mark.parametrize("dtype", DTYPES)
def test_vandermonde(dtype):
    for shape in [(), (3,), (2, 3)]:
        x, y, z = (np.asarray(series(k, shape, dtype)) for k in range(3))
        for degree in (0, 1, 4):
            near(P.polyvander(ag.asarray(x), degree), N.polyvander(x, degree))
        near(P.polyvander2d(ag.asarray(x), y, (2, 3)), N.polyvander2d(x, y, (2, 3)))
        near(P.polyvander3d(ag.asarray(x), y, z, (2, 0, 1)), N.polyvander3d(x, y, z, (2, 0, 1)))
    with pytest.raises(ValueError, match="deg must be non-negative"):
        P.polyvander([1], -1)
    with pytest.raises(TypeError, match="deg must be an integer"):
        P.polyvander([1], 1.5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_calculus(dtype, axis):
    c = series(4, (4, 3), dtype)
    for m in (0, 1, 2, 5):
        near(P.polyder(ag.asarray(c), m, 2, axis), N.polyder(c, m, 2, axis))
    for m, k, lbnd in ((0, [], 0), (1, [], 0), (1, 3, 1), (3, [1, 2], -1)):
        near(P.polyint(ag.asarray(c), m, k, lbnd, 2, axis), N.polyint(c, m, k, lbnd, 2, axis))
    near(P.polyint([0], 2, [5]), N.polyint([0], 2, [5]))
    assert c.tolist() == series(4, (4, 3), dtype).tolist()


def test_errors_of_calculus():
    for call in (lambda x: x.polyder([1], -1), lambda x: x.polyder([1], 0.5), lambda x: x.polyder([1, 2], 1, axis=1), lambda x: x.polyint([1], 1, [1, 2]),
                 lambda x: x.polyint([1], 1, [], [1]), lambda x: x.polyint([1], 1, [], 0, [1]), lambda x: x.polyint([1], -1)):  # fmt: skip
        outcomes = []
        for package in (P, N):
            with pytest.raises(Exception) as caught:
                call(package)
            outcomes.append(type(caught.value))
        assert outcomes[0] is outcomes[1]


def test_roots():
    for roots in ([], [1], [-1, 0, 1], [1, 2, 3, 4], [1, 2, 3, 4, 5], [0.5] * 6, [1, -2, 3, -4, 5, -6, 7], [1j, -1j, 2]):
        near(P.polyfromroots(ag.asarray(roots) if roots else roots), N.polyfromroots(roots))
    for c in ([6.0, -5, 1], [1, 2], [3], [0, 0, 1, 2], [1, 2j, 3], [1, 2, 3, 4, 5, 0, 0]):
        got, want = P.polyroots(ag.asarray(c)), N.polyroots(c)
        assert got.dtype == want.dtype
        np.testing.assert_allclose(to_numpy(got), want, atol=1e-12)
        if len(np.trim_zeros(c, "b")) > 1:
            near(P.polycompanion(ag.asarray(c)), N.polycompanion(c))
    with pytest.raises(ValueError, match="maximum degree of at least 1"):
        P.polycompanion([1])


@pytest.mark.parametrize("deg", [0, 2, [0, 3], [2]])
@pytest.mark.parametrize("columns", [None, 3])
def test_fits(deg, columns):
    random = np.random.default_rng(5)
    x, y, w = random.normal(size=20), random.normal(size=(20, columns) if columns else 20), random.random(20)
    for weights in (None, w):
        got = P.polyfit(ag.asarray(x), ag.asarray(y), deg, full=True, w=None if weights is None else ag.asarray(weights))
        want = N.polyfit(x, y, deg, full=True, w=weights)
        np.testing.assert_allclose(to_numpy(got[0]), want[0], atol=1e-12)
        for g, w_ in zip(got[1], want[1]):
            np.testing.assert_allclose(to_numpy(ag.asarray(g)), w_, atol=1e-10)
        near(P.polyfit(x, y, deg, w=weights), to_numpy(got[0]))
    with pytest.warns(np.exceptions.RankWarning):
        P.polyfit([1.0, 1.0], [1.0, 2.0], 3)
    for bad in (lambda p: p.polyfit([[1]], [1], 0), lambda p: p.polyfit([], [], 0), lambda p: p.polyfit([1], [1, 2], 0), lambda p: p.polyfit([1], [1], -1), lambda p: p.polyfit([1], [1], 1.5)):
        for package in (P, N):
            with pytest.raises((TypeError, ValueError)), warnings.catch_warnings():
                bad(package)


def test_utilities():
    U, V = ag.polynomial.polyutils, np.polynomial.polyutils
    for x in ([1, -2, 3], [1.5], [1 + 2j, 3 - 1j]):
        near(U.getdomain(ag.asarray(x)), V.getdomain(x))
    x = np.linspace(-1, 1, 5)
    near(U.mapdomain(ag.asarray(x), (-1, 1), (0, 5)), V.mapdomain(x, (-1, 1), (0, 5)))
    assert U.mapparms((-1, 1), (0, 5)) == V.mapparms((-1, 1), (0, 5))
    assert U.mapdomain(0.5, (-1, 1), (0, 5)) == V.mapdomain(0.5, (-1, 1), (0, 5))
    for got, want in zip(U.as_series([[1, 2, 0], np.float32([3])], trim=False), V.as_series([[1, 2, 0], np.float32([3])], trim=False)):
        near(got, want)
    near(U.trimseq(ag.asarray([0, 1, 0])), V.trimseq([0, 1, 0]))


def test_polynomials_on_arrays_of_the_device():
    p = ag.polynomial.Polynomial([1, -2, 3], domain=[0, 2])
    x = np.linspace(0, 2, 7)
    near(p(ag.asarray(x)), p(x))
    assert isinstance(p(ag.asarray(x)), ag.ndarray)
    for name in ("Chebyshev", "Legendre", "Laguerre", "Hermite", "HermiteE"):
        q = getattr(ag.polynomial, name)([1, 2, 3, -1], domain=[0, 3])
        got = (q * q.deriv())(ag.asarray(x))
        assert isinstance(got, ag.ndarray)
        near(got, (q * q.deriv())(x))
        near(got, (lambda h: (h * h.deriv())(x))(getattr(np.polynomial, name)([1, 2, 3, -1], domain=[0, 3])))
