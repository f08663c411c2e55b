"""diff ediff1d gradient trapezoid unwrap round and the comparisons of whole arrays."""

import numpy as np
import pytest

import anygpu as ag
from layouts import LAYOUTS, pair, random_values, special_values, tame_values
from oracle import assert_close, assert_identical, assert_same_outcome, to_numpy

DTYPES = ["bool", "uint8", "int32", "uint64", "float16", "float32", "float64", "complex64"]


def near(got, want, scale=8.0, bound=16):
    """Within a few roundings; bits for integers."""
    if np.asarray(want).dtype.kind in "fc":
        assert_close(got, want, scale, bound)
    else:
        assert_identical(got, want)


@pytest.mark.parametrize("dtype", DTYPES)
def test_diff_of_every_dtype(dtype):
    x = random_values(dtype, (4, 7), np.random.default_rng(1))
    for options in ({}, {"axis": 0}, {"n": 2, "axis": 1}, {"n": 3, "axis": -2}):
        assert_same_outcome(lambda xp, a: xp.diff(a, **options), (x,), (ag.asarray(x),), lambda g, w: assert_identical(g, w, zero_signs=False))


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_diff_of_any_layout(layout):
    x, g = pair(np.arange(60, dtype="int32").reshape(3, 4, 5) ** 2, layout)
    for axis in (0, 1, 2, -3):
        assert_identical(ag.diff(g, 1, axis), np.diff(x, 1, axis))


def test_diff_with_borders():
    x = np.arange(12, dtype="int16").reshape(3, 4)
    g = ag.asarray(x)
    assert_identical(ag.diff(g, prepend=np.int16(0)), np.diff(x, prepend=np.int16(0)))
    assert_identical(ag.diff(g, axis=0, append=g[:2]), np.diff(x, axis=0, append=x[:2]))
    assert_identical(ag.diff(g, 2, 1, g, 7), np.diff(x, 2, 1, x, 7))
    assert ag.diff(g, 0) is g


@pytest.mark.parametrize("case", [(-1, -1, (3,)), (1, 1, (3,)), (1, -1, ()), (1, 0, (0, 2)), (5, 0, (2, 2)), (1, -1, (1,))])
def test_diff_of_unusual_arguments(case):
    n, axis, shape = case
    x = np.ones(shape, "float32")
    assert_same_outcome(lambda xp, a: xp.diff(a, n, axis), (x,), (ag.asarray(x),))


def test_ediff1d():
    x = np.array([[1, 4, 9], [2, 0, 7]], "int32")
    for options in ({}, {"to_end": 5}, {"to_begin": [1, 2]}, {"to_begin": -1, "to_end": np.array([8, 9], "int8")}, {"to_end": 2.5}):
        assert_same_outcome(lambda xp, a: xp.ediff1d(a, **options), (x,), (ag.asarray(x),))
    assert_identical(ag.ediff1d(ag.asarray(x[:0])), np.ediff1d(x[:0]))


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32", "float64", "bool"])
def test_gradient_with_even_and_uneven_points(dtype):
    x = tame_values(dtype, (5, 6), np.random.default_rng(2))
    points = np.array([0, 1, 1.5, 3.5, 4, 6]), np.array([0.0, 1.0, 2.5, 3.0, 5.0])
    g = ag.asarray(x)
    for edge in (1, 2):
        for arguments, options in [((), {}), ((2.0,), {}), ((0.5, 2), {}), ((points[1], points[0]), {}), ((points[0],), {"axis": 1}),
                                   ((), {"axis": (1, 0)}), ((np.arange(5) * 2,), {"axis": -2})]:
            def call(xp, a):
                result = xp.gradient(a, *arguments, edge_order=edge, **options)
                return xp.stack(list(result)) if isinstance(result, tuple) else result
            assert_same_outcome(call, (x,), (g,), lambda got, want: near(got, want, 300.0, 8))


def test_differences_of_complex_numbers():
    x = tame_values("complex64", 9, np.random.default_rng(7))
    near(ag.gradient(ag.asarray(x), 0.5), np.gradient(x, 0.5))
    near(ag.trapezoid(ag.asarray(x), dx=0.5), np.trapezoid(x, dx=0.5), 50.0)
    near(ag.ediff1d(ag.asarray(x), 1j), np.ediff1d(x, 1j))


def test_gradient_with_points_on_the_device():
    x, points = np.arange(6.0) ** 2, np.array([0, 1, 1.5, 3.5, 4, 6])
    assert_close(ag.gradient(ag.asarray(x), ag.asarray(points)), np.gradient(x, points), 50.0, 8)


@pytest.mark.parametrize("arguments", [(1.0, 2.0), (np.ones((2, 2)),), (np.ones(3),)])
def test_gradient_refuses(arguments):
    x = np.arange(4.0)
    assert_same_outcome(lambda xp, a: xp.gradient(a, *arguments), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.gradient(a, edge_order=3), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.gradient(a[:2], edge_order=2), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_trapezoid(dtype):
    y = tame_values(dtype, (4, 9), np.random.default_rng(3))
    g = ag.asarray(y)
    points = ({"x": np.arange(9.0) ** 2}, {"x": np.arange(4.0) ** 2, "axis": 0}, {"x": np.arange(36.0).reshape(4, 9)})
    for options in ({}, {"dx": 0.5}, {"axis": 0}, *points):
        near(ag.trapezoid(g, **options), np.trapezoid(y, **options), 2000.0)


def test_unwrap():
    x = np.cumsum(np.random.default_rng(4).uniform(-4, 4, (3, 20)), axis=1) % 6.0
    for options in ({}, {"discont": 4.0}, {"axis": 0}, {"period": 5.0}):
        near(ag.unwrap(ag.asarray(x), **options), np.unwrap(x, **options), 200.0)
    near(ag.unwrap(ag.asarray(x.astype("float32"))), np.unwrap(x.astype("float32")), 200.0)
    for period in (4, 5, 255):
        steps = np.array([0, 1, 2, -1, 0, 4, 2, 6, 250, 1])
        assert_identical(ag.unwrap(ag.asarray(steps), period=period), np.unwrap(steps, period=period))


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "int64", "float16", "float32", "float64", "complex64"])
def test_round_is_numpys_algorithm(dtype):
    rng = np.random.default_rng(5)
    x = np.concatenate([tame_values(dtype, 50, rng), random_values(dtype, 50, rng)])
    if dtype == "int64":
        # Beyond 2**63 the way back from float64 is undefined in C.
        x = np.clip(x, -(2**62), 2**62)
    if dtype == "uint64":
        x = x // 2
    for decimals in (0, 1, 2, 3, -1, -2, 10):
        assert_same_outcome(lambda xp, a: xp.round(a, decimals), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.around(a, 1.5), (x,), (ag.asarray(x),))


def test_round_into_out():
    x = np.array([1.25, 2.5, 3.75])
    out = ag.asarray(np.zeros(3))
    assert ag.round(ag.asarray(x), 1, out) is out
    assert_identical(out, np.round(x, 1))


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8", "float16", "float32", "float64", "complex64"])
def test_isclose_of_special_values(dtype):
    x = special_values(dtype)
    rng = np.random.default_rng(6)
    x, y = rng.choice(x, 200), rng.choice(x, 200)
    for options in ({}, {"equal_nan": True}, {"rtol": 0.5, "atol": 1}):
        assert_same_outcome(lambda xp, a, b: xp.isclose(a, b, **options), (x, y), (ag.asarray(x), ag.asarray(y)))
    assert_same_outcome(lambda xp, a: xp.isclose(a, 1), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.isclose(2, a, atol=xp.asarray([0.5])), (x,), (ag.asarray(x),))


def test_comparisons_of_whole_arrays():
    nan = float("nan")
    arrays = [np.arange(3), np.arange(3.0), np.arange(3).reshape(3, 1), np.arange(0), *map(np.array, ([0, 1, 2.1], [0, nan, 2], [0, nan, 2 + 1j]))]
    for x in arrays:
        for y in arrays:
            for name, options in [("array_equal", {}), ("array_equal", {"equal_nan": True}), ("array_equiv", {}), ("allclose", {"equal_nan": True})]:
                try:
                    want = getattr(np, name)(x, y, **options)
                except ValueError:
                    with pytest.raises(ValueError):
                        getattr(ag, name)(ag.asarray(x), ag.asarray(y), **options)
                    continue
                assert getattr(ag, name)(ag.asarray(x), ag.asarray(y), **options) is want


@pytest.mark.parametrize("dtype", ["bool", "int16", "float16", "float32", "float64", "complex64"])
def test_signs_of_infinities(dtype):
    x = special_values(dtype)
    for name in ("isposinf", "isneginf"):
        assert_same_outcome(lambda xp, a: getattr(xp, name)(a), (x,), (ag.asarray(x),))


def test_questions_about_values():
    assert ag.isscalar(3.0) and ag.isscalar("x") and not ag.isscalar(ag.asarray(3.0)) and not ag.isscalar([1])
    assert ag.iterable(ag.asarray([1])) and not ag.iterable(2)
    assert to_numpy(ag.isclose(ag.asarray(1.0), ag.asarray(1.0))).shape == ()


@pytest.mark.parametrize("arguments", [(2, 0.9999999999999998 / 2, 0), (0.9999999999999998, 0, 0), (np.float64(0.9999999999999998), 0, 0), (2, np.float64(0.9999999999999998 / 2), 0)])
def test_isclose_takes_pythons_numbers_as_weak(arguments):
    x = np.array(1, "float32")
    b, rtol, atol = arguments
    assert_same_outcome(lambda xp, a: xp.isclose(a, b, rtol=rtol, atol=atol), (x,), (ag.asarray(x),))


def test_isclose_of_pythons_numbers():
    for a, b in [(1, 1), (2**70, 2**70 + 1), (1.0, float("inf")), (1j, 1j + 1e-9), (True, 1)]:
        assert bool(ag.isclose(a, b)) == bool(np.isclose(a, b))
