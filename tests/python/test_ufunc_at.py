"""ufunc.at and ufunc.reduceat: repeated positions, overlapping slices, against NumPy."""

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_close, assert_identical, assert_same

RNG = np.random.default_rng(8)
FEW = RNG.integers(0, 7, 300)
VALUES = RNG.integers(-20, 20, 300)


def near(got, want):
    if want.dtype.kind == "f":
        assert_close(got, want, 1 + np.abs(want), 20)
    else:
        assert_identical(got, want)


@pytest.mark.parametrize("dtype", ["int8", "uint32", "int64", "float32", "float64"])
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "maximum", "minimum"])
def test_repeated_positions(name, dtype):
    values = np.abs(VALUES).astype(dtype) if name != "multiply" else (VALUES % 2 + 1).astype(dtype)
    assert_same(lambda xp, a, i, b: getattr(xp, name).at(a, i, b), np.arange(8).astype(dtype), FEW, values)


@pytest.mark.parametrize("name", ["bitwise_or", "bitwise_and", "bitwise_xor", "gcd", "lcm", "logical_or", "logical_xor", "power", "floor_divide", "arctan2"])
def test_other_ufuncs(name):
    i, a = FEW[:40], np.arange(8) + 5
    b = np.abs(VALUES[:40]) % 4 + 1
    if name == "arctan2":
        a, b = a.astype("float64"), b.astype("float64")
    assert_same(lambda xp, a, i, b: getattr(xp, name).at(a, i, b), a, i, b, compare=near)


def test_unary_ufuncs():
    for name in ("negative", "square", "invert"):
        assert_same(lambda xp, a, i: getattr(xp, name).at(a, i), np.arange(8), np.array([0, 1, 1, 5, 5, 5, -8]))
        assert_same(lambda xp, a: getattr(xp, name).at(a, slice(2, 5)), np.arange(8))


def test_kinds_of_indices():
    a = np.arange(24).reshape(4, 6)
    for call in (
        lambda xp, a: xp.add.at(a, [0, 1, 1], 2),
        lambda xp, a: xp.add.at(a, ([0, 1, 1], [2, 3, 3]), [1, 10, 100]),
        lambda xp, a: xp.add.at(a, (slice(None), [1, 1, -5]), 1),
        lambda xp, a: xp.add.at(a, (Ellipsis, [[0, 0], [1, 0]]), xp.asarray([[1, 2], [3, 4]])),
        lambda xp, a: xp.add.at(a, slice(1, 3), xp.arange(6)),
        lambda xp, a: xp.add.at(a, (1, 2), 5),
        lambda xp, a: xp.add.at(a, a > 7, 100),
        lambda xp, a: xp.add.at(a, [], 1),
        lambda xp, a: xp.add.at(a.T, [0, 0, 3], 1),
        lambda xp, a: xp.add.at(a[::2, ::-1], ([0, 0, 1], [1, 1, 1]), 1),
        lambda xp, a: xp.add.at(a[0, ::2], xp.asarray([0, 0, -1, 2]), 1),
        lambda xp, a: xp.add.at(a[0], 3, 1),
        lambda xp, a: xp.add.at(a, (xp.asarray([0, 0]), slice(1, 3)), [[1, 2], [3, 4]]),
    ):
        assert_same(call, a)


def test_results_are_cast_after_each_operand():
    for dtype in ("int32", "float32"):
        for b in (1.5, np.array([1.5, 2.5, 0.25]), 300, np.array([300, 7, -9]), 2):
            for name in ("add", "maximum"):
                assert_same(lambda xp, a: getattr(xp, name).at(a, [1, 1, 2], b), np.arange(6).astype(dtype))


def test_at_refuses_what_numpy_refuses():
    a = np.arange(6)
    for call in (
        lambda xp, a: xp.add.at(a, [6], 1),
        lambda xp, a: xp.add.at(a, [0, -7], 1),
        lambda xp, a: xp.add.at(a, [0], 1.5),
        lambda xp, a: xp.add.at(a, [0, 1], [1, 2, 3]),
        lambda xp, a: xp.add.at(a, [0]),
        lambda xp, a: xp.negative.at(a, [0], 1),
        lambda xp, a: xp.divide.at(a, [0], 2),
        lambda xp, a: xp.add.at([1, 2], [0], 2),
    ):
        assert_same(call, a)
    assert_same(lambda xp, a, i: xp.add.at(a, i, 1), a, np.array([9]))


def test_sums_of_many_rows():
    """More than one level of the segmented scan, runs that end within rows and across them."""
    for n, groups in [(1000, 3), (4097, 900), (5000, 1)]:
        i = np.random.default_rng(n).integers(0, groups, n)
        assert_same(lambda xp, a, i: xp.add.at(a, i, 1), np.zeros(groups, int), i)
        assert_same(lambda xp, a, i, b: xp.add.at(a, i, b), np.zeros(groups, "float32"), i, np.arange(n, dtype="float32") % 7)


def test_float_sums_are_the_same_on_every_run():
    i, b = np.random.default_rng(2).integers(0, 5, 3000), np.random.default_rng(3).standard_normal(3000)
    results = []
    for _ in range(2):
        a = ag.asarray(np.zeros(5))
        ag.add.at(a, ag.asarray(i), ag.asarray(b))
        results.append(ag.asnumpy(a))
    assert_identical(results[0], results[1])
    assert_close(results[0], np.bincount(i, b), 60, 50)


def test_numpys_ufuncs_hand_over():
    g = ag.asarray(np.zeros(3))
    np.add.at(g, ag.asarray([0, 0, 2]), 1)
    assert_identical(g, np.array([2.0, 0, 1]))
    assert_identical(np.add.reduceat(ag.asarray(np.arange(8)), [0, 4]), np.array([6, 22]))


STARTS = [[0, 4, 1, 5, 2, 6, 3, 7], [0, 3, 3, 9], [2], [9, 0], [0, 2, 4, 6, 8], [1, 3, 5, 7], []]


@pytest.mark.parametrize("starts", STARTS)
@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "subtract", "bitwise_xor", "logical_and", "power", "floor_divide"])
def test_reduceat(name, starts):
    x = RNG.integers(1, 5, 10).astype("int32")
    assert_same(lambda xp, a: getattr(xp, name).reduceat(a, starts), x)


@pytest.mark.parametrize("axis", [0, 1, -1, 2])
def test_reduceat_along_an_axis(axis):
    x = RNG.integers(-9, 9, (6, 7)).astype("float32")
    for starts in ([0, 3], [4, 2, 5], [0, 2, 4]):
        assert_same(lambda xp, a: xp.add.reduceat(a, starts, axis), x)
        assert_same(lambda xp, a: xp.minimum.reduceat(a, starts, axis=axis), x.astype("int8"))
        assert_same(lambda xp, a: xp.add.reduceat(a, starts, axis=axis, dtype="float64"), x)


def test_reduceat_refuses_what_numpy_refuses():
    x = np.arange(6)
    for call in (
        lambda xp, a: xp.add.reduceat(a, [6]),
        lambda xp, a: xp.add.reduceat(a, [-1]),
        lambda xp, a: xp.add.reduceat(a, [[0, 1]]),
        lambda xp, a: xp.add.reduceat(a, [0.5]),
        lambda xp, a: xp.negative.reduceat(a, [0]),
        lambda xp, a: xp.add.reduceat(a[0], [0]),
    ):
        assert_same(call, x)
    assert_same(lambda xp, a, i: xp.add.reduceat(a, i), x, np.array([0, 3]))


def test_reduceat_of_long_slices():
    x = RNG.integers(-9, 9, 5000)
    assert_same(lambda xp, a: xp.add.reduceat(a, [0, 1, 700, 701, 4000]), x)
    assert_same(lambda xp, a: xp.maximum.reduceat(a, [0, 1, 700, 701, 4000]), x.astype("float64"))
