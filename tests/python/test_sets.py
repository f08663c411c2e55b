"""Unique elements and rows, and sets."""

import numpy as np
import pytest

import anygpu as ag
from layouts import ALL, COMPLEX
from oracle import assert_identical, assert_same, assert_same_outcome
from test_sorting import values

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("dtype", [d for d in ALL if d not in COMPLEX])
@pytest.mark.parametrize("shape", [(0,), (1,), (700,), (13, 17)], ids=str)
def test_unique(dtype, shape):
    x = values(dtype, shape)
    g = ag.asarray(x)
    # Which zero stands for both, NumPy leaves to its sort.
    assert_identical(ag.unique(g), np.unique(x), zero_signs=False)
    for got, want in zip(ag.unique(g, True, True, True), np.unique(x, True, True, True), strict=True):
        assert_identical(got, want, zero_signs=False)
    for got, want in zip(ag.unique_all(g), np.unique_all(x), strict=True):
        assert_identical(got, want, zero_signs=False)


def test_sets():
    x, y = RNG.integers(0, 40, 60), RNG.integers(20, 60, 50)
    for name in ["intersect1d", "union1d", "setdiff1d", "setxor1d", "isin"]:
        for a, b in [(x, y), (x, y[:0]), (x[:0], y), (x.astype("float32"), y)]:
            assert_same_outcome(lambda xp, p, q: getattr(xp, name)(p, q), (a, b), (ag.asarray(a), ag.asarray(b)))
    for got, want in zip(ag.intersect1d(ag.asarray(x), ag.asarray(y), return_indices=True), np.intersect1d(x, y, return_indices=True), strict=True):
        assert_identical(got, want)


def same_unique(x, *options, **more):
    assert_same(lambda xp, a: xp.unique(a, *options, **more), x, compare=lambda got, want: assert_identical(got, want, zero_signs=False))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "complex64"])
@pytest.mark.parametrize("shape", [(9, 2), (5, 1), (20, 13)], ids=str)
def test_unique_rows(dtype, shape):
    x = RNG.integers(0, 2, shape).astype(dtype)
    same_unique(x, axis=0)
    same_unique(x, True, True, True, axis=0)
    same_unique(x, False, True, axis=-1)


def test_unique_subarrays_along_any_axis():
    x = RNG.integers(0, 2, (4, 3, 5))
    for axis in range(3):
        same_unique(x, True, True, True, axis=axis)
    same_unique(np.asfortranarray(x)[::-1], True, axis=1)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0), (3, 0, 2)], ids=str)
def test_unique_of_nothing(shape):
    for axis in range(len(shape)):
        same_unique(np.zeros(shape, "int32"), True, True, True, axis=axis)


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_unique_rows_with_nan_and_zeros_of_both_signs(dtype):
    x = np.empty((24, 2), dtype)
    x[...] = RNG.choice(np.array([0.0, -0.0, 1, np.nan], "float32"), x.shape)
    if dtype == "complex64":
        x.imag = RNG.choice(np.array([0.0, np.nan, 1], "float32"), x.shape)
    same_unique(x, True, True, True, axis=0)
    same_unique(x, axis=0, equal_nan=False)
    same_unique(x[:, :1], True, axis=0)


def test_unique_of_many_columns_and_rows():
    x = RNG.integers(0, 2, (600, 70)).astype("uint8")
    x[300:] = x[:300]
    same_unique(x, True, True, True, axis=0)


def test_axis_that_unique_does_not_have():
    for shape, axis in [((3,), 1), ((3, 2), 2), ((3, 2), -3)]:
        x = np.zeros(shape)
        assert_same_outcome(lambda xp, a, axis=axis: xp.unique(a, axis=axis), (x,), (ag.asarray(x),))
    same_unique(np.array([3.0, 1, 3]), axis=-1)


@pytest.mark.gpu
def test_the_host_waits_once_for_the_number_of_elements():
    a, b = ag.asarray(np.arange(1500) % 700), ag.asarray(np.arange(1200) * 2 % 900)
    points = ag.asarray(np.random.default_rng(0).normal(size=(1000, 2)))
    for function in (
        lambda: ag.unique_all(a),
        lambda: ag.intersect1d(a, b),
        lambda: ag.intersect1d(a, b, return_indices=True),
        lambda: ag.setdiff1d(a, b),
        lambda: ag.setxor1d(a, b),
        lambda: ag.union1d(a, b),
        lambda: ag.histogramdd(points),
    ):
        ag.synchronize()
        before = ag.Device().counters()["downloads"]
        function()
        assert ag.Device().counters()["downloads"] - before <= 1


def test_kinds_of_isin():
    for kind in (None, "sort", "table", "quicksort"):
        assert_same(lambda xp, x, y: xp.isin(x, y, kind=kind), np.arange(5), np.array([1, 3]))
