"""bincount and histograms: exact counts, weights, edges, estimators."""

import numpy as np
import pytest

import anygpu as ag
from layouts import LAYOUTS, pair, special_values, tame_values
from oracle import assert_close, assert_identical, assert_same_outcome, to_numpy


def near(got, want):
    if np.asarray(want).dtype.kind in "fc":
        # NumPy takes sums in uneven bins from one running sum.
        scale = 8 * np.abs(np.where(np.isfinite(want), want, 0)).sum() + 1
        assert_close(got, want, scale, 64)
    else:
        assert_identical(got, want)


def same(call, *arrays, compare=near):
    """Every array that `call(xp, *arrays)` gives is NumPy's."""
    def part(i):
        def chosen(xp, *given):
            result = call(xp, *given)
            return result[i] if i < len(result) else xp.zeros(0)
        return chosen
    for i in range(2):
        assert_same_outcome(part(i), arrays, tuple(map(ag.asarray, arrays)), compare)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "uint32", "int64"])
def test_bincount(dtype):
    rng = np.random.default_rng(1)
    for top, n in ((2, 5), (2, 1000), (100, 1000)):
        x = rng.integers(0, top, n).astype(dtype)
        g = ag.asarray(x)
        for minlength in (0, 1, 150):
            assert_identical(ag.bincount(g, minlength=minlength), np.bincount(x, minlength=minlength))


@pytest.mark.parametrize("weights", ["bool", "int32", "float32", "float64"])
def test_bincount_with_weights(weights):
    rng = np.random.default_rng(2)
    for top, n in ((5, 300), (100, 17), (100, 5000), (4000, 3000)):
        x, w = rng.integers(0, top, n), tame_values(weights, n, rng)
        got, want = ag.bincount(ag.asarray(x), ag.asarray(w)), np.bincount(x, w)
        assert_close(got, want, 2000.0 / top + 20, 64)


@pytest.mark.parametrize("top", [5, 100])
def test_sums_of_bins_do_not_mix(top):
    """An infinity or a huge number in one bin leaves the others exact."""
    x = np.random.default_rng(3).integers(0, top, 2000)
    w = np.ones(2000)
    w[x == 1], w[x == 2], w[x == 3] = np.inf, np.nan, 2.0**990
    assert_identical(ag.bincount(ag.asarray(x), ag.asarray(w)), np.bincount(x, w))


@pytest.mark.parametrize("call", [
    lambda xp: xp.bincount(xp.asarray([1, -1])),
    lambda xp: xp.bincount(xp.asarray([1.5])),
    lambda xp: xp.bincount(xp.asarray([[1]])),
    lambda xp: xp.bincount(xp.asarray([1]), minlength=-1),
    lambda xp: xp.bincount(xp.asarray([1]), minlength=None),
    lambda xp: xp.bincount(xp.asarray([1]), xp.asarray([1.0, 2.0])),
    lambda xp: xp.bincount(xp.asarray([1]), xp.asarray([1j])),
    lambda xp: xp.bincount([]),
    lambda xp: xp.bincount([], minlength=3),
    lambda xp: xp.bincount([], [], 3),
])
def test_bincount_of_unusual_arguments(call):
    assert_same_outcome(lambda xp: call(xp), (), ())


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64", "float16", "float32", "float64"])
@pytest.mark.parametrize("bins", [1, 10, 77, [0, 1, 2.5], [-40, -3, 0, 0, 7, 8, 31], "sturges"], ids=str)
def test_histogram_of_every_dtype(dtype, bins):
    x = tame_values(dtype, (20, 30), np.random.default_rng(4))
    if dtype != "bool":
        same(lambda xp, a: xp.histogram(a, bins=bins), x)
    else:
        same(lambda xp, a: xp.histogram(a, bins), x)


def test_histogram_of_edges_and_special_values():
    x = np.concatenate([np.linspace(0, 1, 41), special_values("float64")])
    for bins in (10, 40, 3):
        same(lambda xp, a: xp.histogram(a, bins, range=(0, 1)), x)
    same(lambda xp, a: xp.histogram(a, np.linspace(0, 1, 21)), x)
    same(lambda xp, a: xp.histogram(a, [0.0, np.inf]), x)
    same(lambda xp, a: xp.histogram(a), x)
    same(lambda xp, a: xp.histogram(a), np.array([], "float32"))
    same(lambda xp, a: xp.histogram(a), np.full(5, 3, "int8"))
    same(lambda xp, a: xp.histogram(a, [1]), x)


@pytest.mark.parametrize("weights", ["int32", "float32", "float64", "complex64"])
@pytest.mark.parametrize("bins", [8, 50, [-2, -1, 0, 0.25, 2]], ids=str)
def test_histogram_with_weights(weights, bins):
    rng = np.random.default_rng(5)
    x, w = tame_values("float32", 700, rng), tame_values(weights, 700, rng)
    for density in (None, True):
        # The sums are rounded to the weights' dtype before anything is divided.
        eps = np.finfo(w.dtype).eps if weights in ("float32", "complex64") else np.finfo("float64").eps

        def compare(got, want):
            assert_close(got, want, 1000 * eps / np.finfo(want.dtype).eps, 16) if want.dtype.kind in "fc" else near(got, want)

        given = abs(w) + 1 if density and weights != "complex64" else w
        same(lambda xp, a, b: xp.histogram(a, bins, weights=b, density=density), x, given, compare=compare)


@pytest.mark.parametrize("bins", ["auto", "doane", "fd", "rice", "scott", "sqrt", "stone", "sturges"])
def test_estimators(bins):
    rng = np.random.default_rng(6)
    normal = rng.standard_normal(500)
    for x in (normal, normal[:300].astype("float32"), rng.integers(0, 40, 200), np.ones(4), np.arange(2.0), np.zeros(0)):
        same(lambda xp, a: (xp.histogram_bin_edges(a, bins),), x)
    same(lambda xp, a: (xp.histogram_bin_edges(a, bins, range=(-1, 1.5)),), rng.standard_normal(500))


@pytest.mark.parametrize("options", [
    {"bins": 0}, {"bins": -3}, {"bins": 2.5}, {"bins": "none"}, {"bins": [3, 2, 1]}, {"bins": [[1, 2]]}, {"range": (2, 1)}, {"range": (0, np.inf)},
    {"bins": "auto", "weights": np.ones(4)}, {"weights": np.ones(3)},
], ids=str)
def test_histogram_refuses(options):
    same(lambda xp, a: xp.histogram(a, **options), np.arange(4.0))


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_histogram_of_any_layout(layout):
    x, g = pair(np.random.default_rng(7).integers(-9, 9, (7, 11)).astype("int16"), layout)
    for got, want in zip(ag.histogram(g, 12, range=(-9, 9)), np.histogram(x, 12, range=(-9, 9))):
        near(got, want)


@pytest.mark.parametrize("bins", [4, (3, 15), [np.array([-2, 0, 0.5, 2]), 5], np.linspace(-2, 2, 6)], ids=str)
def test_histogram2d(bins):
    rng = np.random.default_rng(8)
    x, y, w = rng.uniform(-2, 2, (3, 400))
    for options in ({}, {"density": True}, {"range": [(-1, 1), (-2, 0.5)]}, {"weights": w}):
        want = np.histogram2d(x, y, bins, **options)
        given = {"weights": ag.asarray(w)} if "weights" in options else options
        got = ag.histogram2d(ag.asarray(x), ag.asarray(y), bins, **given)
        for g, v in zip(got, want):
            near(g, v)


def test_histogramdd():
    rng = np.random.default_rng(9)
    points = rng.integers(0, 6, (500, 3)).astype("float64")
    for bins in (3, (2, 3, 6), [np.arange(7.0), 2, np.array([0, 2, 5])]):
        got, want = ag.histogramdd(ag.asarray(points), bins), np.histogramdd(points, bins)
        near(got[0], want[0])
        for g, v in zip(got[1], want[1]):
            near(g, v)
    got = ag.histogramdd([ag.asarray(c) for c in points.T], 4)
    near(got[0], np.histogramdd(list(points.T), 4)[0])
    near(ag.histogramdd(ag.asarray(points[:, 0]), 4)[0], np.histogramdd(points[:, 0], 4)[0])


@pytest.mark.parametrize("options", [{"bins": (2, 3)}, {"bins": 0}, {"bins": (2, 2, 2.5)}, {"range": [(0, 1)]}, {"bins": [[3, 1], 2, 2]}], ids=str)
def test_histogramdd_refuses(options):
    same(lambda xp, a: (xp.histogramdd(a, **options)[0],), np.arange(12.0).reshape(4, 3))


@pytest.mark.gpu
def test_histogram_of_many_elements():
    x = np.random.default_rng(10).standard_normal(1 << 17).astype("float32")
    for bins in (20, 1000):
        got, want = ag.histogram(ag.asarray(x), bins), np.histogram(x, bins)
        assert_identical(got[0], want[0])
        assert to_numpy(ag.sum(got[0])) == x.size
