"""Functions of a float's parts and neighbours, and of integers' bits and divisors: NumPy's bits for every pair of special values."""

import numpy as np
import pytest

import anygpu as ag
from layouts import INTEGERS, special_values
from oracle import assert_identical, assert_same_outcome, assert_within_ulp

FLOATS = ["float16", "float32", "float64"]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["nextafter", "heaviside", "copysign"])
def test_pairs_of_floats(name, dtype):
    x = special_values(dtype)
    # Which of two zeros float16's nextafter returns changed from NumPy 2.4 to 2.5.
    compare = lambda got, want: assert_identical(got, want, zero_signs=(name, dtype) != ("nextafter", "float16"))  # noqa: E731
    assert_same_outcome(lambda xp, a, b: getattr(xp, name)(a, b), (x[:, None], x), (ag.asarray(x)[:, None], ag.asarray(x)), compare)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["spacing", "reciprocal", "fabs", "deg2rad", "signbit"])
def test_floats(name, dtype):
    x = special_values(dtype)
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["frexp", "modf"])
def test_two_parts(name, dtype):
    x = special_values(dtype)
    x = x[np.isfinite(x)] if name == "frexp" else x
    for got, want in zip(getattr(ag, name)(ag.asarray(x)), getattr(np, name)(x), strict=True):
        assert_identical(got, want)


@pytest.mark.parametrize("dtype", FLOATS)
def test_ldexp(dtype):
    x = special_values(dtype)
    n = np.array([0, 1, -1, 10, -10, 126, -126, 150, -150, 1023, -1074, 3000, -3000, 2**31 - 1, -(2**31)], "int32")
    assert_same_outcome(lambda xp, a, b: xp.ldexp(a, b), (x[:, None], n), (ag.asarray(x)[:, None], ag.asarray(n)))
    assert_same_outcome(lambda xp, a, b: xp.ldexp(a, b), (x[:, None], n.astype("int64") * 2**20), (ag.asarray(x)[:, None], ag.asarray(n.astype("int64") * 2**20)))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_divisors(name, dtype):
    x = special_values(dtype)
    assert_same_outcome(lambda xp, a, b: getattr(xp, name)(a, b), (x[:, None], x), (ag.asarray(x)[:, None], ag.asarray(x)))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["bitwise_count", "reciprocal"])
def test_integers(name, dtype):
    x = special_values(dtype)
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a), (x,), (ag.asarray(x),))


@pytest.mark.gpu
def test_rad2deg():
    """float32: NumPy's constant is rounded twice, and half a unit in the last place off."""
    x = special_values("float64")
    assert_identical(ag.rad2deg(ag.asarray(x)), np.rad2deg(x))
    y = np.linspace(-9, 9, 101).astype("float32")
    assert_within_ulp(ag.rad2deg(ag.asarray(y)), np.rad2deg(y.astype("float64")), "float32", 1.0)
