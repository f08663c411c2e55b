"""Sorting and searching: NumPy's results for every dtype, with NaN, infinities and both zeros among the elements."""

import numpy as np
import pytest

import anygpu as ag
from layouts import ALL, COMPLEX
from oracle import assert_identical, assert_same_outcome, to_numpy

RNG = np.random.default_rng(5)
SPECIAL = np.array([0.0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 1e-40, -1e-40])
SHAPES = [(0,), (1,), (5,), (511,), (513,), (2500,), (3, 1100), (70, 3, 4), (2, 0, 3)]


def values(dtype, shape):
    """Numbers with many equal ones, and special values where the dtype has them."""
    kind = np.dtype(dtype).kind
    if kind == "c":
        z = np.empty(shape, dtype)
        z.real, z.imag = RNG.choice(SPECIAL[:7], shape), RNG.choice(SPECIAL[:7], shape)
        return z
    if kind == "f":
        return np.where(RNG.random(shape) < 0.3, RNG.choice(SPECIAL, shape), RNG.integers(-50, 50, shape)).astype(dtype)
    return RNG.integers(0 if kind in "bu" else -50, 50, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sort_and_argsort(dtype, shape):
    x = values(dtype, shape)
    g = ag.asarray(x)
    for axis in [*range(-1, len(shape)), None]:
        assert_identical(ag.argsort(g, axis, kind="stable"), np.argsort(x, axis, kind="stable"))
        assert_identical(ag.sort(g, axis, kind="stable"), np.sort(x, axis, kind="stable"))


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "float16", "float32", "float64", "int64", "complex64", "complex128"])
def test_long_rows_are_sorted_stably(dtype):
    """Rows of more than one tile, and lengths around tiles: few distinct values, NaN, both zeros, subnormal numbers."""
    for shape in [(4095,), (4097,), (8193,), (3, 5001), (40_001,)]:
        x = values(dtype, shape)
        g = ag.asarray(x)
        order = np.argsort(x, -1, kind="stable")
        assert_identical(ag.argsort(g, kind="stable"), order)
        assert_identical(ag.sort(g, kind="stable"), np.take_along_axis(x, order, -1))


def test_long_views():
    x = values("int32", 30_000)
    for part in (slice(None, None, -1), slice(1, None), slice(3, None, 2)):
        assert_identical(ag.argsort(ag.asarray(x)[part], kind="stable"), np.argsort(x[part], kind="stable"))
    rows = x.reshape(5000, 6)
    assert_identical(ag.sort(ag.asarray(rows), 0), np.sort(rows, 0))


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint64"])
def test_extremes_of_integers_in_long_rows(dtype):
    info = np.iinfo(dtype)
    x = RNG.integers(info.min, info.max, 5000, dtype=dtype, endpoint=True)
    x[:4] = info.max, info.min, 0, 1
    assert_identical(ag.sort(ag.asarray(x)), np.sort(x))


def test_extremes_of_integers():
    for dtype in ["int8", "int64", "uint64", "int32"]:
        info = np.iinfo(dtype)
        x = np.array([info.max, 0, info.min, 1, info.max - 1, info.min + 1], dtype)
        assert_identical(ag.sort(ag.asarray(x)), np.sort(x))


@pytest.mark.gpu
def test_descending_is_stable():
    x = values("int32", 1000)
    got = to_numpy(ag.argsort(ag.asarray(x), descending=True))
    assert_identical(got, np.argsort(-x.astype("int64"), kind="stable"))
    assert_identical(ag.sort(ag.asarray(x), descending=True), np.sort(x)[::-1])


def test_views_and_bad_arguments():
    x = values("float32", (20, 30))
    assert_same_outcome(lambda xp, a: xp.sort(a[::2, ::-3].T, 0, kind="stable"), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.sort(a, 2), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.sort(a, kind="no such"), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.partition(a, 99), (x,), (ag.asarray(x),))


def test_lexsort():
    first, second = RNG.integers(0, 5, 300), RNG.integers(0, 5, 300).astype("float32")
    assert_identical(ag.lexsort((ag.asarray(first), ag.asarray(second))), np.lexsort((first, second)))


@pytest.mark.parametrize("dtype", [d for d in ALL if d != "complex128"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted(dtype, side):
    a, v = np.sort(values(dtype, 700)), values(dtype, (7, 33))
    assert_identical(ag.searchsorted(ag.asarray(a), ag.asarray(v), side), np.searchsorted(a, v, side))


def test_searchsorted_of_two_dtypes_and_by_a_sorter():
    a, v = RNG.integers(0, 99, 50), RNG.random(20) * 99
    order = np.argsort(a, kind="stable")
    assert_identical(ag.searchsorted(ag.asarray(a), ag.asarray(v), sorter=ag.asarray(order)), np.searchsorted(a, v, sorter=order))
    assert_same_outcome(lambda xp, a, v: xp.searchsorted(a, v, "middle"), (a, v), (ag.asarray(a), ag.asarray(v)))


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("bins", [[0.0, 1, 2.5, 4], [4.0, 2.5, 1, 0], [1.0], [1.0, 3, 2]])
def test_digitize(bins, right):
    x = np.array([-1.0, 0, 0.5, 1, 2.5, 3, 4, 9])
    assert_same_outcome(lambda xp, x, b: xp.digitize(x, b, right), (x, np.array(bins)), (ag.asarray(x), ag.asarray(bins)))


def test_many_elements():
    x = RNG.random(2**20 + 3).astype("float32")
    assert_identical(ag.sort(ag.asarray(x)), np.sort(x))


def test_digitize_refuses_complex_numbers():
    for x, bins in ((1j, [1, 2]), (1, [1, 2j])):
        assert_same_outcome(lambda xp: xp.digitize(xp.asarray([x]), xp.asarray(bins)), (), ())


METHOD_ARGUMENTS = [
    "x.choose([1, 2], [3, 4])", "x.choose(xp.asarray([[1, 2], [3, 4]]))", "xp.sort(x, kind='q')", "xp.sort(x, kind='M')", "xp.argsort(x, kind='s')", "xp.sort(x, kind='x')", "xp.sort(x, kind=1)",
    "xp.sort(x, order='a')", "x.argsort(order='a')", "xp.partition(x, 1, order='a')", "x.partition(1.0)", "xp.partition(x, 1, kind='x')", "xp.partition(x, 0, kind=1)", "xp.argpartition(x, True)",
    "xp.partition(x, [[1]])", "xp.partition(x, [])", "xp.partition(x, [0, 1])", "xp.partition(x[:, :0], 5)", "x.conj(xp.zeros((2, 2), int))", "(x * 1j).conjugate(xp.zeros((2, 2), complex))", "(x * 1j).conj()",
    "x.conj() is x", "xp.array([1], ndmax=-1)", "xp.array([1], ndmin=3, ndmax=2)", "xp.array([1], ndmin=2, ndmax=2)", "xp.ndarray(3, buffer=xp.arange(3), dtype=int, strides=8)",
]


@pytest.mark.parametrize("call", METHOD_ARGUMENTS)
def test_arguments_of_methods(call):
    assert_same_outcome(lambda xp, x: xp.asarray(eval(call, {"xp": xp, "x": x})), (np.array([[1, 0], [0, 1]]),), (ag.asarray([[1, 0], [0, 1]]),))
