"""cov corrcoef correlate convolve interp."""

import numpy as np
import pytest

import anygpu as ag
from layouts import LAYOUTS, pair, random_values, tame_values
from oracle import assert_close, assert_identical, assert_same_outcome, to_numpy


def near(got, want):
    if np.asarray(want).dtype.kind in "fc":
        assert_close(got, want, 64.0, 64)
    else:
        assert_identical(got, want)


@pytest.mark.parametrize("dtype", ["bool", "int32", "float32", "float64", "complex64"])
def test_cov_and_corrcoef(dtype):
    rng = np.random.default_rng(1)
    x, y = tame_values(dtype, (3, 8), rng), tame_values(dtype, (2, 8), rng)
    gx, gy = ag.asarray(x), ag.asarray(y)
    near_scaled = lambda got, want: assert_close(got, want, 2e4, 64)  # noqa: E731
    every = ({}, {"rowvar": False}, {"bias": True}, {"ddof": 0}, {"ddof": 3}, {"dtype": "float32"})
    for options in every if dtype != "complex64" else ({}, {"dtype": "complex64"}):
        assert_same_outcome(lambda xp, a: xp.cov(a, **options), (x,), (gx,), near_scaled)
    assert_same_outcome(lambda xp, a, b: xp.cov(a, b), (x, y), (gx, gy), near_scaled)
    assert_same_outcome(lambda xp, a, b: xp.cov(a[0], b[1]), (x, y), (gx, gy), near_scaled)
    assert_same_outcome(lambda xp, a: xp.cov(a[0]), (x,), (gx,), near_scaled)
    assert_same_outcome(lambda xp, a, b: xp.cov(a.T, b.T, False), (x, y), (gx, gy), near_scaled)
    assert_same_outcome(lambda xp, a, b: xp.corrcoef(a, b), (x, y), (gx, gy), near)
    assert_same_outcome(lambda xp, a: xp.corrcoef(a[0]), (x,), (gx,), near)


def test_weighted_cov():
    rng = np.random.default_rng(2)
    x, f, a = rng.standard_normal((3, 9)), rng.integers(1, 5, 9), rng.uniform(0.1, 2, 9)
    cases = [(f, None, {}), (None, a, {}), (f, a, {}), (f, a, {"ddof": 0}), (f, None, {"bias": True}), (f, a, {"ddof": 2})]
    for fweights, aweights, options in cases:
        put = lambda xp, w: None if w is None else xp.asarray(w)  # noqa: E731
        assert_same_outcome(lambda xp, v: xp.cov(v, fweights=put(xp, fweights), aweights=put(xp, aweights), **options), (x,), (ag.asarray(x),), near)


@pytest.mark.parametrize("options", [
    {"ddof": 1.5}, {"fweights": [1.5] * 4}, {"fweights": [1] * 3}, {"fweights": [-1] * 4}, {"aweights": [-1.0] * 4}, {"aweights": [1] * 3},
    {"fweights": [[1] * 4]}, {"ddof": 4}, {"ddof": 9},
], ids=str)
def test_cov_refuses(options):
    x = np.arange(8.0).reshape(2, 4) ** 2
    try:
        want = np.cov(x, **options)
    except Exception as error:
        with pytest.raises(type(error)):
            ag.cov(ag.asarray(x), **options)
    else:
        assert_identical(ag.cov(ag.asarray(x), **options), want)


def test_cov_of_little():
    for shape in ((0, 3), (2, 1), (1, 3)):
        x = np.ones(shape)
        assert_same_outcome(lambda xp, a: xp.cov(a), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.cov(a), (np.ones((1, 2, 3)),), (ag.asarray(np.ones((1, 2, 3))),))


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int64", "float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_sliding_products_of_every_dtype(name, dtype):
    rng = np.random.default_rng(3)
    exact = np.dtype(dtype).kind in "biu"
    make = random_values if exact else tame_values
    for n, m in ((7, 3), (3, 7), (5, 5), (1, 1), (1, 4), (40, 16)):
        x, v = make(dtype, n, rng), make(dtype, m, rng)
        for mode in ("full", "same", "valid"):
            assert_same_outcome(lambda xp, a, b: getattr(xp, name)(a, b, mode), (x, v), (ag.asarray(x), ag.asarray(v)), near)


def test_sliding_products_of_several_dtypes_and_layouts():
    rng = np.random.default_rng(4)
    x, v = tame_values("int16", 9, rng), tame_values("float32", 4, rng)
    near(ag.convolve(ag.asarray(x), ag.asarray(v)), np.convolve(x, v))
    near(ag.correlate(ag.asarray(v), ag.asarray(x * (1 + 2j)), "full"), np.correlate(v, x * (1 + 2j), "full"))
    near(ag.convolve([1, 2, 3], [0, 1, 0.5], "same"), np.convolve([1, 2, 3], [0, 1, 0.5], "same"))
    for layout in LAYOUTS:
        x, g = pair(tame_values("int32", 12, rng), layout)
        assert_identical(ag.convolve(g, g[2:5]), np.convolve(x, x[2:5]))


def test_padding_takes_no_part_in_products():
    x, v = np.array([1.0, np.inf, 2.0, 3.0]), np.array([np.inf, 1.0, np.nan])
    for mode in ("full", "same", "valid"):
        assert_identical(ag.convolve(ag.asarray(x), ag.asarray(v), mode), np.convolve(x, v, mode))
        assert_identical(ag.correlate(ag.asarray(x), ag.asarray(v), mode), np.correlate(x, v, mode))


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("case", [([], [1]), ([1], []), ([[1, 2]], [1]), (3, 2)], ids=str)
def test_sliding_products_refuse(name, case):
    assert_same_outcome(lambda xp, a, b: getattr(xp, name)(a, b), tuple(map(np.asarray, case)), tuple(map(ag.asarray, case)))
    x = np.arange(3)
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, a, "none"), (x,), (ag.asarray(x),))


@pytest.mark.gpu
def test_long_sequences():
    rng = np.random.default_rng(5)
    x, v = rng.integers(-9, 9, 60000).astype("int32"), rng.integers(-9, 9, 300).astype("int32")
    assert_identical(ag.convolve(ag.asarray(x), ag.asarray(v), "same"), np.convolve(x, v, "same"))


@pytest.mark.gpu
def test_pieces_join_seamlessly(monkeypatch):
    from anygpu import correlation_functions

    monkeypatch.setattr(correlation_functions, "LARGEST_PIECE", 50)
    x, v = np.arange(30.0), np.arange(7.0)
    near(ag.convolve(ag.asarray(x), ag.asarray(v)), np.convolve(x, v))


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex64"])
def test_interp(dtype):
    rng = np.random.default_rng(6)
    # No two points fall together modulo the periods below: NumPy leaves their order open.
    xp = np.sort(rng.choice(np.arange(40) / 4, 12, replace=False)) + rng.uniform(0, 0.1, 12)
    fp = tame_values(dtype, 12, rng)
    x = np.concatenate([rng.uniform(-2, 12, (40,)), xp, [np.nan, np.inf, -np.inf, 0.0]]).reshape(2, -1)
    for options in ({}, {"left": -1.5}, {"right": 7, "left": 0}, {"period": 6.5}, {"period": -3}):
        for points in (x, x.astype("float32"), np.arange(-3, 14)):
            assert_same_outcome(lambda m, a, b, c: m.interp(a, b, c, **options), (points, xp, fp), tuple(map(ag.asarray, (points, xp, fp))), near)


def test_interp_between_special_values():
    xp, fp = np.array([0.0, 1, 2, 3, 4, 5]), np.array([np.inf, 1.0, np.inf, np.inf, np.nan, -np.inf])
    x = np.linspace(-1, 6, 29)
    assert_identical(ag.interp(ag.asarray(x), ag.asarray(xp), ag.asarray(fp)), np.interp(x, xp, fp))
    assert_identical(ag.interp(ag.asarray(x), ag.asarray(xp[:1]), ag.asarray(fp[1:2])), np.interp(x, xp[:1], fp[1:2]))
    repeated = np.array([0.0, 1, 1, 2])
    assert_identical(ag.interp(ag.asarray(x), ag.asarray(repeated), ag.asarray(xp[:4])), np.interp(x, repeated, xp[:4]))
    assert to_numpy(ag.interp(0.5, [0.0, 1.0], [2.0, 4.0])).shape == ()


@pytest.mark.parametrize("case", [([1.0], [], []), ([1.0], [1.0, 2], [1.0]), ([1.0], [[1.0]], [[1.0]]), ([1j], [1.0], [1.0])], ids=str)
def test_interp_refuses(case):
    assert_same_outcome(lambda m, a, b, c: m.interp(a, b, c), tuple(map(np.asarray, case)), tuple(map(ag.asarray, case)))
    with pytest.raises(ValueError):
        ag.interp(ag.asarray([1.0]), ag.asarray([1.0]), ag.asarray([1.0]), period=0)


@pytest.mark.parametrize("xp_, fp", [([np.nan, 1], [0, 10]), ([0, np.nan], [0, 10]), ([0, 1], [np.nan, 10]), ([-np.inf, 1], [3, 10]), ([np.nan, 1], [0, 10j])])
def test_interp_at_points_that_are_nan(xp_, fp):
    with np.errstate(all="ignore"):
        assert_same_outcome(lambda m: m.interp([-1, 0.5, 1, 2, np.nan], xp_, fp), (), (), near)


@pytest.mark.parametrize("name", ["hanning", "hamming", "blackman", "bartlett", "kaiser"])
def test_windows_of_any_length(name):
    more = (3.0,) if name == "kaiser" else ()
    for M in (np.uint8(10), np.int8(5), np.float32(4), 4.5, np.uint64(0), True):
        assert_same_outcome(lambda m: getattr(m, name)(M, *more), (), (), near)
