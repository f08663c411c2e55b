"""Methods of ufunc objects, and where=."""

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical, assert_same_outcome

X = np.random.default_rng(3).integers(-4, 5, (3, 4, 5)).astype("int32")
REDUCED = ["add", "multiply", "minimum", "maximum", "logical_or", "logical_and", "bitwise_or", "bitwise_and", "bitwise_xor", "gcd"]


@pytest.mark.parametrize("name", REDUCED)
@pytest.mark.parametrize("options", [{}, {"axis": 1}, {"axis": -1, "keepdims": True}, {"axis": 0, "initial": 3}, {"axis": None}])
def test_reduce(name, options):
    if options.get("axis", 0) is None and name in ("bitwise_or", "bitwise_and", "bitwise_xor", "gcd"):
        x = X.reshape(-1)
    else:
        x = X
    assert_same_outcome(lambda xp, a: getattr(xp, name).reduce(a, **options), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("name", ["add", "multiply", "minimum", "maximum", "bitwise_or", "bitwise_xor", "logical_and"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_accumulate(name, axis):
    assert_same_outcome(lambda xp, a: getattr(xp, name).accumulate(a, axis), (X if name != "logical_and" else X > 0,), (ag.asarray(X if name != "logical_and" else X > 0),))


@pytest.mark.parametrize("name", ["add", "multiply", "subtract", "less", "power"])
def test_outer(name):
    a, b = np.arange(6).reshape(2, 3), np.arange(4)
    assert_same_outcome(lambda xp, p, q: getattr(xp, name).outer(p, q), (a, b), (ag.asarray(a), ag.asarray(b)))


def test_where_keeps_the_rest_of_out():
    for dtype in ("float32", "float64"):
        x, out = X.astype(dtype), np.full(X.shape, 9, dtype)
        g, gout = ag.asarray(x), ag.asarray(out)
        np.add(x, 1, out=out, where=X > 0)
        assert ag.add(g, 1, out=gout, where=ag.asarray(X > 0)) is gout
        assert_identical(gout, out)
    assert_same_outcome(lambda xp, a, m: xp.add.reduce(a, axis=0, where=m), (X, X > 1), (ag.asarray(X), ag.asarray(X > 1)))
    assert_same_outcome(lambda xp, a, m: xp.maximum.reduce(a, axis=0, where=m), (X, X > 1), (ag.asarray(X), ag.asarray(X > 1)))
    assert_same_outcome(lambda xp, a, m: xp.maximum.reduce(a, axis=0, where=m, initial=-9), (X, X > 1), (ag.asarray(X), ag.asarray(X > 1)))


def test_numpys_ufuncs_hand_their_methods_over():
    g = ag.asarray(X)
    for got, want in [(np.add.reduce(g), np.add.reduce(X)), (np.maximum.accumulate(g, 1), np.maximum.accumulate(X, 1)), (np.multiply.outer(g[0, 0], g[0, 1]), np.multiply.outer(X[0, 0], X[0, 1]))]:
        assert isinstance(got, (ag.ndarray, np.ndarray))
        assert_identical(got, want)


def test_what_has_no_method():
    assert_same_outcome(lambda xp, a: xp.sin.reduce(a), (X,), (ag.asarray(X),))
    assert_same_outcome(lambda xp, a: xp.minimum.reduce(a), (X[:0],), (ag.asarray(X[:0]),))
    assert_same_outcome(lambda xp, a: xp.add.accumulate(a), (np.array(1),), (ag.asarray(1),))
    assert ag.add.identity == 0 and ag.multiply.identity == 1 and ag.maximum.identity is None


@pytest.mark.parametrize("name", ["sum", "prod", "min", "max"])
def test_reductions_with_initial_and_where(name):
    for options in [{"initial": 3}, {"axis": 1, "initial": -2}, {"axis": (0, 2), "initial": 2, "keepdims": True}]:
        assert_same_outcome(lambda xp, a: getattr(xp, name)(a, **options), (X,), (ag.asarray(X),))
    for initial in [5, None]:
        options = {} if initial is None else {"initial": initial}
        assert_same_outcome(lambda xp, a, m: getattr(xp, name)(a, axis=0, where=m, **options), (X, X > 0), (ag.asarray(X), ag.asarray(X > 0)))
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, initial=7), (X[:0],), (ag.asarray(X[:0]),))


@pytest.mark.parametrize("name", ["logical_and", "logical_or", "logical_xor"])
def test_logical_functions_take_any_dtypes_whatever_the_casting(name):
    for left, right in ((np.array([True, False]), np.array([2, 0], "int32")), (np.array([1.5, 0]), np.array([2, 3], "uint64"))):
        for casting in ("no", "equiv"):
            got = getattr(ag, name)(ag.asarray(left), ag.asarray(right), casting=casting)
            assert got.tolist() == getattr(np, name)(left, right, casting=casting).tolist()


BINARY = ["subtract", "divide", "floor_divide", "remainder", "fmod", "power", "float_power", "left_shift", "right_shift", "copysign", "nextafter", "lcm", "gcd",
          "hypot", "logaddexp", "fmax", "equal", "not_equal", "logical_xor", "bitwise_and", "heaviside", "greater"]


def fold_near(got, want):
    # power and hypot round differently, a rounding at each of four steps.
    assert got.dtype == want.dtype and got.shape == want.shape
    if want.dtype.kind == "f":
        np.testing.assert_allclose(ag.asnumpy(got), want, rtol={2: 4e-3, 4: 1e-6, 8: 1e-14}[want.dtype.itemsize])
    else:
        assert_identical(got, want)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint32", "float32", "float64"])
@pytest.mark.parametrize("name", BINARY)
def test_methods_of_every_binary_ufunc(name, dtype):
    # Results have the dtype of the ufunc's loop, not of the elements: divide.reduceat of integers is not cut off.
    x = np.array([[3, 12, 20, 7, 5], [1, 2, 9, 4, 2]]).astype(dtype)
    g = ag.asarray(x)
    calls = [lambda xp, a: getattr(xp, name).accumulate(a, 1), lambda xp, a: getattr(xp, name).reduceat(a, [0, 2, 1], 1),
             lambda xp, a: getattr(xp, name).reduce(a, 1, initial=2), lambda xp, a: getattr(xp, name).reduce(a, 0, keepdims=True)]
    if "power" in name:
        # NumPy's loops of power over one line take the last element for the exponent of all: power.reduce([3., 12, 20]) is 3 ** 20.
        calls = calls[:1] + calls[3:]
    for call in calls:
        assert_same_outcome(call, (x,), (g,), fold_near)


def test_reduction_over_several_axes():
    for name in ("bitwise_xor", "gcd", "fmax", "subtract", "lcm", "divide"):
        for axis in ((0, 1), (2, 0), None, (), (1,)):
            for keepdims in (False, True):
                assert_same_outcome(lambda xp, a: getattr(xp, name).reduce(a, axis, keepdims=keepdims), (X,), (ag.asarray(X),), fold_near)
    for initial in (3, None):
        assert_same_outcome(lambda xp, a: xp.subtract.reduce(a, 0, initial=initial), (X[:0],), (ag.asarray(X[:0]),))


def test_long_axes_of_what_is_not_associative():
    """More elements than one launch combines."""
    x = np.random.default_rng(4).normal(size=(70000, 2))
    assert_identical(ag.nextafter.accumulate(ag.asarray(x)), np.nextafter.accumulate(x))
    assert_identical(ag.nextafter.reduce(ag.asarray(x)), np.nextafter.reduce(x))
    starts = [5, 40000, 3, 69999]
    assert_identical(ag.nextafter.reduceat(ag.asarray(x), starts), np.nextafter.reduceat(x, starts))
