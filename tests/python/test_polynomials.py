"""Polynomials, windows, and questions about dtypes."""

import numpy as np
import pytest

import anygpu as ag
from layouts import tame_values
from oracle import assert_close, assert_identical, assert_same_outcome, to_numpy


def near(got, want):
    if np.asarray(want).dtype.kind in "fc":
        assert_close(got, want, 8 * np.abs(want).max(initial=1), 16)
    else:
        assert_identical(got, want)


PAIRS = [([1, 2], [9, 5, 4]), ([1.5], [0, 0, 2, 1]), ([1, 2, 3], [1 + 1j, 0]), ([0, 0], [1, 2]), ([2], [3]), (4, [1, 2])]


@pytest.mark.parametrize("name", ["polyadd", "polysub", "polymul"])
def test_sums_and_products(name):
    for p, q in PAIRS:
        near(getattr(ag, name)(ag.asarray(p), ag.asarray(q)), getattr(np, name)(p, q))
        near(getattr(ag, name)(p, q), getattr(np, name)(p, q))
        result = getattr(ag, name)(ag.poly1d(p), ag.asarray(q) if np.ndim(q) else q)
        assert isinstance(result, np.poly1d) and result == getattr(np, name)(np.poly1d(p), q)


def test_polydiv():
    for p, q in [([3.0, 5, 2], [2.0, 1]), ([1, 0, 0, -1], [1, -1]), ([1.0], [1.0, 2]), ([4j, 1, 2], [2, 1])]:
        for got, want in zip(ag.polydiv(ag.asarray(p), ag.asarray(q)), np.polydiv(p, q)):
            near(got, want)


@pytest.mark.parametrize("dtype", ["int32", "float16", "float32", "complex64"])
def test_derivatives_and_integrals(dtype):
    x = tame_values(dtype, 5, np.random.default_rng(2))
    for m in (0, 1, 2, 4, 7):
        near(ag.polyder(ag.asarray(x), m), np.polyder(x, m))
    for m, k in ((0, None), (1, None), (1, 3), (2, 3), (3, [1, 2, 3]), (2, [1, 2, 3]), (2, [0.5, 1j])):
        near(ag.polyint(ag.asarray(x), m, k), np.polyint(x, m, k))
    assert isinstance(ag.polyder(ag.poly1d([1, 2, 3])), np.poly1d) and ag.polyint(ag.poly1d([1, 2])) == np.polyint(np.poly1d([1, 2]))
    for call in (lambda xp: xp.polyder([1], -1), lambda xp: xp.polyint([1], -1), lambda xp: xp.polyint([1], 3, [1, 2])):
        assert_same_outcome(call, (), ())


@pytest.mark.parametrize("dtype", ["int32", "float16", "float32", "complex64"])
def test_polyval(dtype):
    x = tame_values(dtype, (3, 4), np.random.default_rng(1))
    for p in ([3, 0, 1], [0.5, -1, 2], np.array([1, 2], "float32"), [1j, 2], []):
        if np.ndim(p):
            near(ag.polyval(p, ag.asarray(x)), np.polyval(p, x))
            near(ag.polyval(ag.asarray(np.asarray(p)), ag.asarray(x)), np.polyval(np.asarray(p), x))
    assert ag.polyval([1, 2], ag.poly1d([1, 1])) == np.polyval([1, 2], np.poly1d([1, 1]))


def test_poly():
    for roots in ([1, 2], [0.5] * 5, [1, 2, 3, 4, 5, 6, 7], [1j, -1j], [1 + 1j, 2, 1 - 1j], [1j, 2], [3], np.array([1, 2], "float32")):
        got, want = ag.poly(ag.asarray(roots)), np.poly(roots)
        near(got, want)
    assert_same_outcome(lambda xp: xp.poly(xp.ones((2, 3))), (), ())


def test_poly_of_a_matrix():
    x = np.array([[2.0, 1], [1, 3]])
    assert_close(ag.poly(ag.asarray(x)), np.poly(x), 10.0, 64)


def test_roots():
    for p in ([1, -3, 2], [0, 2, 0, -8, 0, 0], [1, 0, 1], [3.0], [0, 0], [5, 0], [1, 2j]):
        got, want = to_numpy(ag.roots(ag.asarray(p))), np.roots(p)
        near(np.sort(got), np.sort(want))


def test_polyfit():
    rng = np.random.default_rng(3)
    x, w = rng.uniform(-2, 2, 20), rng.uniform(0.5, 2, 20)
    for y in (x**3 - x + rng.uniform(-0.1, 0.1, 20), rng.standard_normal((20, 2))):
        gx, gy, gw = map(ag.asarray, (x, y, w))
        assert_close(ag.polyfit(gx, gy, 3), np.polyfit(x, y, 3), 1.0, 1e4)
        assert_close(ag.polyfit(gx, gy, 2, w=gw), np.polyfit(x, y, 2, w=w), 1.0, 1e4)
        for cov in (True, "unscaled"):
            for got, want in zip(ag.polyfit(gx, gy, 2, cov=cov), np.polyfit(x, y, 2, cov=cov)):
                assert_close(got, want, 1.0, 1e4)
    got, want = ag.polyfit(gx, gy, 2, full=True), np.polyfit(x, y, 2, full=True)
    assert got[2] == want[2] and got[4] == want[4]
    with pytest.warns(np.exceptions.RankWarning):
        ag.polyfit(ag.asarray([1.0, 1.0]), ag.asarray([1.0, 2.0]), 1)


@pytest.mark.parametrize("case", [([1.0], [1.0], -1), ([[1.0]], [1.0], 1), ([], [], 1), ([1.0, 2], [1.0], 1), ([1.0], 1.0, 1)], ids=str)
def test_polyfit_refuses(case):
    x, y, degree = case
    assert_same_outcome(lambda xp, a, b: xp.polyfit(a, b, degree), (np.asarray(x), np.asarray(y)), (ag.asarray(x), ag.asarray(y)))


def test_poly1d():
    p, q = ag.poly1d([1, 2, 3]), ag.poly1d(ag.asarray([1.0, -1]))
    assert isinstance(p * q, ag.poly1d) and isinstance((p / q)[0], ag.poly1d) and isinstance(p.deriv() + p.integ() - 3, ag.poly1d)
    assert p * q == np.poly1d([1, 2, 3]) * np.poly1d([1, -1]) and p[1] == 2 and p.order == 2 and str(p) == str(np.poly1d([1, 2, 3]))
    x = np.linspace(-1, 1, 5)
    near((p**2)(ag.asarray(x)), (np.poly1d([1, 2, 3]) ** 2)(x))
    assert isinstance(p(q), ag.poly1d) and p(2) == 11


@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning", "kaiser"])
def test_windows(name):
    options = (8.6,) if name == "kaiser" else ()
    for length in (-1, 0, 1, 2, 3, 12, 51):
        assert_close(getattr(ag, name)(length, *options), getattr(np, name)(length, *options), 1.0, 8)


def test_questions_about_dtypes():
    x = {dtype: ag.asarray(np.ones(2, dtype)) for dtype in ("int32", "float16", "float32", "complex64", "bool")}
    assert ag.common_type(x["float32"], x["complex64"]) is np.complex64
    assert ag.common_type(x["int32"], x["float16"]) is np.float64
    with pytest.raises(TypeError):
        ag.common_type(x["bool"])
    assert ag.min_scalar_type(x["int32"]) == np.int32 and ag.min_scalar_type(300) == np.uint16
    assert ag.min_scalar_type(ag.asarray(7)) == np.uint8
    assert ag.issubdtype(x["float32"].dtype, np.floating)
    assert ag.mintypecode(["f", "d", "F"]) == "D" and ag.mintypecode([np.ones(2, "float32")]) == "f"


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "complex64"])
def test_sort_complex(dtype):
    x = tame_values(dtype, (3, 5), np.random.default_rng(2))
    assert_identical(ag.sort_complex(ag.asarray(x)), np.sort_complex(x))
    assert to_numpy(ag.sort_complex(ag.asarray(x))).dtype.kind == "c"
