"""Scans along an axis: NumPy's results for lengths around the tiles of the kernels, layouts and dtypes."""

import numpy as np
import pytest

import anygpu as ag
from layouts import ALL
from oracle import assert_identical, assert_same_outcome, to_numpy

RNG = np.random.default_rng(9)
# One quad of an invocation is a round of 1,024 elements; a workgroup takes one, two or four rounds, and a row of more many workgroups.
LENGTHS = [1, 3, 4, 33, 1023, 1025, 2049, 4095, 4096, 4097, 8193, 50_001]


@pytest.mark.parametrize("n", LENGTHS)
def test_lengths_around_tiles(n):
    x = RNG.integers(-100, 100, n).astype("int32")
    g = ag.asarray(x)
    assert_identical(ag.cumsum(g), np.cumsum(x))
    assert_identical(ag.maximum.accumulate(g), np.maximum.accumulate(x))


@pytest.mark.parametrize("shape", [(3, 5000), (3, 5001), (5, 1024), (7, 1001), (2000, 40), (1500, 3), (40, 2000)], ids=str)
def test_rows_and_columns(shape):
    x = RNG.integers(0, 50, shape).astype("uint8")
    g = ag.asarray(x)
    for axis in (0, 1):
        assert_identical(ag.cumsum(g, axis), np.cumsum(x, axis))
        assert_identical(ag.minimum.accumulate(g, axis), np.minimum.accumulate(x, axis))


@pytest.mark.parametrize("dtype", ALL)
def test_every_dtype(dtype):
    x = RNG.integers(0, 2, (2, 5000)).astype(dtype)
    g = ag.asarray(x)
    assert_identical(ag.cumsum(g[:, :600], 1), np.cumsum(x[:, :600], 1))
    assert_identical(ag.cumprod(g | g if dtype == "bool" else g * 0 + 1, 1), np.cumprod(x if dtype == "bool" else x * 0 + 1, 1))
    if np.dtype(dtype).kind not in "c":
        assert_identical(ag.maximum.accumulate(g, 1), np.maximum.accumulate(x, 1))


def test_views_that_begin_within_a_quad():
    x = RNG.integers(-9, 9, 9001).astype("int16")
    g = ag.asarray(x)
    for part in (slice(1, None), slice(2, 4099), slice(None, None, -1), slice(5, None, 3)):
        assert_identical(ag.cumsum(g[part]), np.cumsum(x[part]))
        assert_identical(ag.add.accumulate(g[part], dtype="int16"), np.add.accumulate(x[part], dtype="int16"))
    rows = x[:9000].reshape(3, 3000)
    assert_identical(ag.cumsum(ag.asarray(rows)[1:, 2:], 1), np.cumsum(rows[1:, 2:], 1))


def test_what_follows_the_result_in_memory_is_left_alone():
    x = RNG.integers(0, 9, (3, 1001)).astype("int8")
    g = ag.asarray(x)
    assert_identical(ag.add.accumulate(g, 1, dtype="int8"), np.add.accumulate(x, 1, dtype="int8"))
    out, want = ag.zeros((4, 1001), "int64"), np.zeros((4, 1001), "int64")
    ag.cumsum(g, 1, out=out[:3])
    np.cumsum(x, 1, out=want[:3])
    assert_identical(out, want)


def test_infinities_nans_and_zeros():
    x = RNG.standard_normal(9000).astype("float32")
    x[[4100, 7000]] = np.inf, np.nan
    got = to_numpy(ag.cumsum(ag.asarray(x)))
    np.testing.assert_allclose(got, np.cumsum(x.astype("float64")).astype("float32"), rtol=1e-4, atol=1e-4)
    assert_identical(ag.maximum.accumulate(ag.asarray(x)), np.maximum.accumulate(x))
    assert_identical(ag.fmin.accumulate(ag.asarray(x)), np.fmin.accumulate(x))
    zeros = np.full(2000, -0.0)
    assert_identical(ag.cumsum(ag.asarray(zeros)), np.cumsum(zeros))


def test_integers_wrap_around():
    x = np.full(3000, 2**62, "int64")
    assert_identical(ag.cumsum(ag.asarray(x)), np.cumsum(x))
    assert_identical(ag.cumprod(ag.full(70, 3, dtype="uint8"), dtype="uint8"), np.cumprod(np.full(70, 3, "uint8"), dtype="uint8"))


@pytest.mark.gpu
def test_sums_are_accurate_and_the_same_on_every_run():
    x = RNG.standard_normal(200_000)
    g = ag.asarray(x)
    first = to_numpy(ag.cumsum(g))
    exact = np.cumsum(x.astype("longdouble"))
    ulp = np.finfo("float64").eps * np.cumsum(np.abs(x))
    assert float(np.max(np.abs(first - exact) / ulp)) < 64
    for _ in range(3):
        assert_identical(to_numpy(ag.cumsum(g)), first)


def test_dtypes_of_results():
    for dtype in ("int8", "uint32", "float16", "bool"):
        x = RNG.integers(0, 2, 1500).astype(dtype)
        for wanted in ("float32", "int64", "complex64"):
            assert_same_outcome(lambda xp, a: xp.cumsum(a, dtype=wanted), (x,), (ag.asarray(x),))
