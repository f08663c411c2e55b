"""median percentile quantile, with and without NaN, and ptp."""

import numpy as np
import pytest

import anygpu as ag
from layouts import LAYOUTS, pair, random_values, tame_values
from oracle import assert_close, assert_identical, assert_same_outcome

METHODS = ["inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear",
           "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"]
AXES = [None, 0, -1, (0, 2), (1, -1), (0, 1, 2)]


def near(got, want):
    if np.asarray(want).dtype.kind in "fc":
        assert_close(got, want, 100.0, 4)
    else:
        assert_identical(got, want)


def with_nan(x, share=0.15):
    if x.dtype.kind in "fc":
        x = np.where(np.random.default_rng(0).random(x.shape) < share, np.nan, x).astype(x.dtype)
    return x


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float16", "float32", "float64", "complex64"])
def test_median_of_every_dtype(dtype):
    rng = np.random.default_rng(1)
    for shape in ((5, 4, 3), (2, 7, 4)):
        x = tame_values(dtype, shape, rng)
        for values in (x, with_nan(x, 0.05)):
            g = ag.asarray(values)
            for axis in (0, 1, (0, 2)):
                for name in ("median", "nanmedian") if dtype != "complex64" else ("median",):
                    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (values,), (g,), near)


@pytest.mark.parametrize("name", ["median", "nanmedian"])
def test_medians_over_any_axes(name):
    x = with_nan(np.random.default_rng(2).uniform(-3, 3, (4, 3, 6)).astype("float32"))
    g = ag.asarray(x)
    for axis in AXES:
        for keepdims in (False, True):
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis, keepdims=keepdims), (x,), (g,), near)
    out = ag.asarray(np.zeros((3, 6), "float32"))
    assert getattr(ag, name)(g, 0, out) is out
    near(out, getattr(np, name)(x, 0))


@pytest.mark.parametrize("name", ["median", "nanmedian", "ptp"])
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), ()])
def test_of_nothing(name, shape):
    x = np.ones(shape, "float32")
    for axis in (None, 0):
        assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
def test_every_method(name, method):
    rng = np.random.default_rng(3)
    q = [0, 0.1, 0.25, 0.5, 1 / 3, 0.75, 0.9, 1]
    for dtype in ("int32", "float32", "float64"):
        for n in (1, 2, 9, 12):
            x = tame_values(dtype, (3, n), rng)
            for values in (x, with_nan(x)) if name == "nanquantile" else (x,):
                assert_same_outcome(lambda xp, a: getattr(xp, name)(a, q, axis=1, method=method), (values,), (ag.asarray(values),), near)


@pytest.mark.parametrize("name", ["percentile", "nanpercentile", "quantile", "nanquantile"])
def test_quantiles_over_any_axes(name):
    x = with_nan(np.random.default_rng(4).uniform(-3, 3, (4, 3, 6)), 0.1)
    g = ag.asarray(x)
    # NumPy itself puts the dimensions of two-dimensional levels in the wrong places where NaN is passed over.
    levels = [30, [10, 50.5], [60] if name.startswith("nan") else np.array([[5, 20], [60, 100]])]
    for axis in AXES:
        for keepdims, level in zip((False, True, True), levels):
            q = level if "percentile" in name else np.multiply(level, 0.01)
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, q, axis=axis, keepdims=keepdims), (x,), (g,), near)
    q = 40 if "percentile" in name else 0.4
    out = ag.asarray(np.zeros((3, 6)))
    assert getattr(ag, name)(g, q, 0, out) is out
    near(out, getattr(np, name)(x, q, 0))


@pytest.mark.parametrize("q", [0.3, 1, np.float64(0.3), np.float32(0.3), np.float16(0.3), np.array(0.3, "float32"), [0.3, 0.7]], ids=repr)
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32", "float64"])
def test_dtypes_of_quantiles(q, dtype):
    x = tame_values(dtype, 11, np.random.default_rng(5))
    for name in ("quantile", "nanquantile", "percentile"):
        for method in ("linear", "hazen", "lower"):
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, q, method=method), (x,), (ag.asarray(x),), near)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_quantiles_of_any_layout(layout):
    x, g = pair(random_values("int16", (5, 7), np.random.default_rng(6)), layout)
    near(ag.percentile(g, [20, 70], axis=0), np.percentile(x, [20, 70], axis=0))
    near(ag.median(g, axis=1), np.median(x, axis=1))
    assert_identical(ag.ptp(g, axis=1), np.ptp(x, axis=1))


def test_quantiles_at_levels_on_the_device():
    x = np.arange(10.0)
    near(ag.quantile(ag.asarray(x), ag.asarray([0.25, 0.5])), np.quantile(x, [0.25, 0.5]))


@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
def test_weighted_quantiles(name):
    rng = np.random.default_rng(7)
    x, weights = rng.integers(0, 9, (4, 10)).astype("float64"), rng.integers(0, 4, (4, 10)).astype("float64")
    weights[:, 3] = 1
    if name == "nanquantile":
        x[1, 2] = x[2, :5] = np.nan
    q = [0, 0.2, 0.5, 0.9, 1]
    for axis, w in ((None, weights), (1, weights), (0, weights), (1, weights[0]), ((0, 1), weights)):
        if name == "nanquantile" and w.ndim == 1:
            continue
        call = lambda xp, a, b: getattr(xp, name)(a, q, axis=axis, method="inverted_cdf", weights=b)  # noqa: E731
        assert_same_outcome(call, (x, w), (ag.asarray(x), ag.asarray(w)), near)


@pytest.mark.parametrize("weights", [np.zeros(4), np.array([1.0, -1, 2, 3]), np.array([np.nan, 1, 1, 1]), np.ones(3), np.ones((4, 1))], ids=str)
def test_weights_that_are_refused(weights):
    x = np.arange(4.0)
    for options in ({"method": "inverted_cdf"}, {"method": "linear"}, {"method": "inverted_cdf", "axis": 0}):
        assert_same_outcome(lambda xp, a, w: xp.quantile(a, 0.5, weights=w, **options), (x, weights), (ag.asarray(x), ag.asarray(weights)))


@pytest.mark.parametrize("call", [
    lambda xp, a: xp.quantile(a, 1.5),
    lambda xp, a: xp.percentile(a, -1),
    lambda xp, a: xp.percentile(a, [1, float("nan")]),
    lambda xp, a: xp.quantile(a, 0.5, method="cubic"),
    lambda xp, a: xp.quantile(a * 1j, 0.5),
    lambda xp, a: xp.quantile(a, 0.5, axis=3),
    lambda xp, a: xp.median(a, axis=(0, 0)),
    lambda xp, a: xp.quantile(a, np.ones((1, 1, 1))),
    lambda xp, a: xp.quantile(a[:0], 0.5),
])
def test_errors(call):
    x = np.arange(4.0)
    assert_same_outcome(call, (x,), (ag.asarray(x),))


@pytest.mark.parametrize("dtype", ["uint8", "int8", "float32", "complex64", "bool"])
def test_ptp(dtype):
    x = random_values(dtype, (4, 3, 5), np.random.default_rng(8), special=0)
    g = ag.asarray(x)
    for axis in AXES:
        for keepdims in (False, True):
            assert_same_outcome(lambda xp, a: xp.ptp(a, axis=axis, keepdims=keepdims), (x,), (g,))
