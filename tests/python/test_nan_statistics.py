"""Statistics that pass over NaN; means and variances with where=, mean= and dtype=; average."""

import warnings

import numpy as np
import pytest

import anygpu as ag
from layouts import special_values, tame_values
from oracle import assert_close, assert_identical, assert_same_outcome

AXES = [None, 0, -1, (0, 2), (1, -1)]
FOLDS = ["nansum", "nanprod", "nanmin", "nanmax", "nanmean", "nanvar", "nanstd"]
DTYPES = ["uint8", "float16", "float32", "float64", "complex64"]


def near(got, want):
    if np.asarray(want).dtype.kind in "fc":
        # The largest values are products of 60 numbers below 2.8.
        scale = 20 + 4 * np.abs(np.where(np.isfinite(want), want, 0))
        assert_close(got, want, scale, 16)
    else:
        assert_identical(got, want)


def sample(dtype, shape=(4, 3, 5), share=0.2):
    rng = np.random.default_rng(1)
    x = tame_values(dtype, shape, rng)
    if x.dtype.kind in "fc":
        x = np.where(rng.random(shape) < share, np.nan, x).astype(dtype)
        x[0, :, 0] = np.nan
    return x


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FOLDS)
def test_folds_without_nan(name, dtype):
    x = sample(dtype)
    g = ag.asarray(x)
    for axis in AXES:
        for keepdims in (False, True):
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis, keepdims=keepdims), (x,), (g,), near)


@pytest.mark.parametrize("name", FOLDS + ["nanargmin", "nanargmax"])
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (), (1,)])
def test_folds_of_little(name, shape):
    for value in (1.0, np.nan):
        x = np.full(shape, value, "float32")
        for axis in (None, 0):
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("name", ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmin", "nanmax"])
def test_folds_of_chosen_elements(name):
    x = sample("float32")
    mask = np.random.default_rng(2).random((3, 5)) < 0.6
    options = {"initial": 1.5} if name in ("nansum", "nanprod", "nanmin", "nanmax") else {}
    for axis in (None, 0, (1, 2)):
        for extra in (options, {}):
            call = lambda xp, a, w: getattr(xp, name)(a, axis=axis, where=w, **extra)  # noqa: E731
            assert_same_outcome(call, (x, mask), (ag.asarray(x), ag.asarray(mask)), near)


@pytest.mark.parametrize("name", ["nansum", "nanmean", "nanvar", "nancumsum", "nancumprod"])
def test_dtype_and_out(name):
    x = sample("float32", (4, 3, 5), 0.3)
    g = ag.asarray(x)
    for dtype in ("float64", "complex64", "int32"):
        assert_same_outcome(lambda xp, a: getattr(xp, name)(xp.where(xp.isnan(a), a, 2), axis=1, dtype=dtype), (x,), (g,), near)
    want = getattr(np, name)(x, axis=1)
    out = ag.asarray(np.zeros(want.shape, "float32"))
    assert getattr(ag, name)(g, axis=1, out=out) is out
    near(out, want)


@pytest.mark.parametrize("name", ["nancumsum", "nancumprod"])
@pytest.mark.parametrize("dtype", ["int16", "float32", "complex64"])
def test_scans_without_nan(name, dtype):
    x = sample(dtype)
    for axis in (None, 0, 2):
        near(getattr(ag, name)(ag.asarray(x), axis=axis), getattr(np, name)(x, axis=axis))


@pytest.mark.parametrize("dtype", ["int8", "float16", "float32", "float64", "complex64"])
def test_positions_without_nan(dtype):
    x = np.random.default_rng(3).choice(special_values(dtype), (6, 40))
    for name in ("nanargmin", "nanargmax"):
        for axis in (None, 0, 1):
            for keepdims in (False, True):
                assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis, keepdims=keepdims), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("dtype", ["bool", "int32", "float16", "float32", "float64", "complex64"])
def test_nan_to_num(dtype):
    x = special_values(dtype)
    for options in ({}, {"nan": 3.0}, {"posinf": 7, "neginf": -7.5}):
        assert_same_outcome(lambda xp, a: xp.nan_to_num(a, **options), (x,), (ag.asarray(x),))
    g = ag.asarray(x)
    assert ag.nan_to_num(g, copy=False) is g
    assert_identical(g, np.nan_to_num(x))


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "complex64"])
@pytest.mark.parametrize("name", ["mean", "var", "std"])
def test_statistics_of_chosen_elements(name, dtype):
    x = tame_values(dtype, (4, 3, 5), np.random.default_rng(4))
    for mask in (np.random.default_rng(5).random((4, 3, 5)) < 0.5, np.array([True, False, True, True, False]), np.zeros((4, 1, 1), bool)):
        for axis in (None, 0, (1, 2)):
            for keepdims in (False, True):
                call = lambda xp, a, w: getattr(xp, name)(a, axis=axis, keepdims=keepdims, where=w)  # noqa: E731
                assert_same_outcome(call, (x, mask), (ag.asarray(x), ag.asarray(mask)), near)


@pytest.mark.parametrize("name", ["var", "std"])
def test_variances_around_a_given_mean(name):
    x = tame_values("float32", (4, 6), np.random.default_rng(6))
    mean = x.mean(axis=1, keepdims=True)
    near(getattr(ag, name)(ag.asarray(x), axis=1, mean=ag.asarray(mean)), getattr(np, name)(x, axis=1, mean=mean))
    near(getattr(ag, name)(ag.asarray(x), axis=1, mean=ag.asarray(mean + 1), ddof=1), getattr(np, name)(x, axis=1, mean=mean + 1, ddof=1))


@pytest.mark.parametrize("source", ["bool", "int16", "float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("target", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("name", ["mean", "var", "std"])
def test_dtype_is_that_of_the_sums(name, source, target):
    x = (tame_values(source, (3, 8), np.random.default_rng(7)) * np.array(3, source if source != "bool" else "int8")).astype(source)
    bound = 1024.0 if target == "float16" else 64.0

    def compare(got, want):
        assert_close(got, want, bound, 16) if want.dtype.kind in "fc" else assert_identical(got, want)

    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=1, dtype=target), (x,), (ag.asarray(x),), compare)


@pytest.mark.parametrize("name", ["any", "all", "sum", "max", "mean", "var"])
def test_methods_take_the_functions_arguments(name):
    x = np.arange(12.0).reshape(3, 4) % 5
    mask = x < 3
    options = {"initial": 2} if name in ("sum", "max") else {}
    for axis in (None, 1, (0, 1)):
        call = lambda xp, a, w: getattr(a, name)(axis=axis, where=w, **options)  # noqa: E731
        assert_same_outcome(call, (x, mask), (ag.asarray(x), ag.asarray(mask)), near)
        call = lambda xp, a, w: getattr(xp, name)(a, axis=axis, keepdims=True, where=w, **options)  # noqa: E731
        assert_same_outcome(call, (x, mask), (ag.asarray(x), ag.asarray(mask)), near)
    assert_same_outcome(lambda xp, a: getattr(a, name)(axis=[0]), (x,), (ag.asarray(x),))


def test_clip_by_either_names():
    x = np.arange(6.0)
    calls = [lambda xp, a: xp.clip(a, 1, 3), lambda xp, a: xp.clip(a, min=1, max=3), lambda xp, a: xp.clip(a, max=3), lambda xp, a: xp.clip(a),
             lambda xp, a: xp.clip(a, None, 3), lambda xp, a: xp.clip(a, a_max=1), lambda xp, a: xp.clip(a, a_min=1, a_max=3, max=2),
             lambda xp, a: xp.clip(a, None, None)]
    for call in calls:
        assert_same_outcome(call, (x,), (ag.asarray(x),))


@pytest.mark.gpu
def test_clip_by_the_standard():
    """One bound by position, which NumPy's signature refuses."""
    x = np.arange(6.0)
    assert_identical(ag.clip(ag.asarray(x), 2), np.clip(x, 2, None))
    with pytest.raises(TypeError):
        ag.clip(ag.asarray(x), 1, 3, min=2)


def test_float32_sums_of_float64_deviations():
    """The deviations are taken in the array's dtype; only their squares are added in the narrower one."""
    x = 1e4 + np.random.default_rng(8).standard_normal(1000)
    want = np.var(x, dtype="float32", mean=np.float64(1e4))
    assert_close(ag.var(ag.asarray(x), dtype="float32", mean=ag.asarray(1e4)), want, 1.0, 16)


@pytest.mark.parametrize("name", ["sum", "prod", "min", "max", "mean", "var", "std"])
def test_lists_are_no_axes(name):
    x = np.ones((2, 3))
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=[0, 1]), (x,), (ag.asarray(x),))


def test_warnings_about_shapes():
    x = ag.asarray(np.zeros((0, 3), "float32"))
    for call in (lambda: ag.mean(x), lambda: ag.mean(x, axis=0), lambda: ag.var(x, axis=0), lambda: ag.std(ag.asarray(np.ones(2)), ddof=2)):
        with pytest.warns(RuntimeWarning):
            call()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ag.mean(x, axis=1), ag.var(x, axis=1), ag.var(ag.asarray(np.ones(2)), ddof=1)


@pytest.mark.parametrize("dtype", ["bool", "int32", "float32", "complex64"])
def test_average(dtype):
    rng = np.random.default_rng(9)
    x = tame_values(dtype, (3, 4, 5), rng)
    weights = rng.uniform(0.5, 2, (3, 4, 5)).astype("float32")
    for axis, w in ((None, None), (1, None), (None, weights), ((0, 2), weights), (1, weights[0, :, 0]), ((2, 0), weights[:, 0].T), (0, None)):
        for keepdims in (False, True):
            def call(xp, a, index):
                return xp.average(a, axis=axis, weights=None if w is None else xp.asarray(w), returned=True, keepdims=keepdims)[index]
            for index in (0, 1):
                assert_same_outcome(lambda xp, a: call(xp, a, index), (x,), (ag.asarray(x),), near)
    assert_same_outcome(lambda xp, a: xp.average(a, weights=np.zeros((3, 4, 5))), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.average(a, weights=np.ones(4)), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.average(a, axis=0, weights=np.ones(4)), (x,), (ag.asarray(x),))
