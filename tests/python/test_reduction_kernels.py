"""Reductions written as snippets of C++, under CuPy's name."""

import inspect

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def l2norm():
    return ag.ReductionKernel("T x", "T y", "x * x", "a + b", "y = sqrt(a)", "0", "l2norm")


@pytest.fixture(scope="module")
def largest():
    return ag.ReductionKernel("T x, T y", "T z", "x + y", "max(a, b)", "z = a", None, "largest")


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 1), (0, 1, 2), ()])
def test_axes(l2norm, largest, axis):
    x = np.random.default_rng(3).random((5, 4, 70), dtype="float32")
    for view in (ag.asarray(x), ag.asarray(x)[::-1, ::2], ag.asarray(x).T):
        host = view.get()
        for keepdims in (False, True):
            got = l2norm(view, axis=axis, keepdims=keepdims)
            expected = np.sqrt(np.square(host).sum(axis=axis, keepdims=keepdims))
            assert (got.dtype, got.shape) == (np.float32, expected.shape)
            np.testing.assert_allclose(got.get(), expected, rtol=2e-6)
        np.testing.assert_array_equal(largest(view, 2 * view[:1], axis=axis).get(), (host + 2 * host[:1]).max(axis=axis))


@pytest.mark.parametrize("shape, axis", [((100003,), None), ((3, 5000), 1), ((5000, 3), 0), ((20000, 70), 1), ((70, 20000), 0), ((65,), 0), ((64,), 0), ((1,), 0)])
def test_sizes(l2norm, shape, axis):
    x = np.random.default_rng(4).random(shape)
    np.testing.assert_allclose(l2norm(ag.asarray(x), axis=axis).get(), np.sqrt((x * x).sum(axis=axis)), rtol=1e-13)


def test_the_same_result_every_time(l2norm):
    x = ag.asarray(np.random.default_rng(5).random(30000, dtype="float32"))
    assert l2norm(x).get() == l2norm(x + 0).get()


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float16", "int32"])
def test_integers_and_types_of_joined_values(dtype):
    x = (np.arange(2000).reshape(4, 500) % 7).astype(dtype)
    total = ag.ReductionKernel("T x", "int64 y", "x", "a + b", "y = a", "0", reduce_type="int64")
    np.testing.assert_array_equal(total(ag.asarray(x), axis=1).get(), x.astype("i8").sum(axis=1))
    mean = ag.ReductionKernel("T x", "float64 y", "x", "a + b", "y = a / (_in_ind.size() / _out_ind.size())", "0", "mean")
    np.testing.assert_allclose(mean(ag.asarray(x), axis=0).get(), x.astype("f8").mean(axis=0))
    bits = ag.ReductionKernel("T x", "S y", "x == 3", "a || b", "y = a", "false", reduce_type="bool")
    np.testing.assert_array_equal(bits(ag.asarray(x), ag.zeros(4, dtype="uint8"), axis=1).get(), (x == 3).any(axis=1))


def test_numbers_raw_arrays_and_preambles():
    weights = np.random.default_rng(6).random(10)
    kernel = ag.ReductionKernel(
        "int64 k, raw float64 w, float64 p", "float64 y", "power_of(w[k], p)", "a + b", "y = a", "0", "weighted",
        preamble="__device__ double power_of(double v, double p) { return p == 2 ? v * v : v; }",
    )  # fmt: skip
    k = np.arange(200).reshape(20, 10) % 10
    np.testing.assert_allclose(kernel(ag.asarray(k), weights, 2, axis=0).get(), (weights**2)[k].sum(axis=0))
    np.testing.assert_allclose(kernel(k, weights, 1).get(), weights[k].sum())


def test_outputs_that_are_given(l2norm):
    x = ag.arange(12, dtype="float32").reshape(3, 4)
    expected = np.sqrt((x.get() ** 2).sum(axis=0))
    out = ag.zeros(8, dtype="float32")[::2]
    assert l2norm(x, out=out, axis=0) is out
    np.testing.assert_allclose(out.get(), expected)
    host = np.zeros(4, "float32")
    assert l2norm(x, host, axis=0) is host
    np.testing.assert_allclose(host, expected)
    l2norm(x, out=x[1], axis=0)
    np.testing.assert_allclose(x.get()[1], expected)
    with pytest.raises(ValueError, match=r"shape \(3,\), and the result \(4,\)"):
        l2norm(x, out=ag.zeros(3, dtype="float32"), axis=0)
    with pytest.raises(TypeError, match="T is float32 already"):
        l2norm(x, out=ag.zeros(4), axis=0)
    with pytest.raises(ValueError, match="twice"):
        l2norm(x, out, out=out)


def test_nothing_to_reduce(l2norm, largest):
    empty = ag.zeros((3, 0))
    np.testing.assert_array_equal(l2norm(empty, axis=1).get(), np.zeros(3))
    assert l2norm(empty).get() == 0
    assert l2norm(empty, axis=0).shape == (0,)
    with pytest.raises(ValueError, match="no identity"):
        largest(empty, empty, axis=1)
    assert largest(empty, empty, axis=0).shape == (0,)
    assert l2norm(ag.asarray(3.0)).get() == 3


def test_errors(l2norm):
    x = ag.ones((2, 3))
    with pytest.raises(np.exceptions.AxisError):
        l2norm(x, axis=2)
    with pytest.raises(ValueError, match="duplicate|repeated"):
        l2norm(x, axis=(0, 0))
    with pytest.raises(TypeError, match="3 arguments given"):
        l2norm(x, x, x)
    with pytest.raises(ValueError, match="an array is needed"):
        l2norm(3.0)
    with pytest.raises(ValueError, match="one output"):
        ag.ReductionKernel("T x", "T y, T z", "x", "a + b", "y = a", "0")
    with pytest.raises(ValueError, match="cannot be called 'a'"):
        ag.ReductionKernel("T a", "T y", "a", "a + b", "y = a", "0")
    with pytest.raises(TypeError, match="map_expr is a str"):
        ag.ReductionKernel("T x", "T y", None, "a + b", "y = a", "0")
    with pytest.raises(ValueError, match="reduce_type"):
        ag.ReductionKernel("T x", "T y", "x", "a + b", "y = a", "0", reduce_type="some_struct")(x)
    line = inspect.currentframe().f_lineno + 2
    for parts, text in (
        (("x + q", "a + b", "y = a", "0"), rf'`q` is not defined here\n  File ".*test_reduction_kernels.py", line {line}\n    x \+ q\n        \^$'),
        (("x", "a + ", "y = a", "0"), "the snippet ends"),
        (("x", "a + b", "y = b", "0"), "`b` is not defined"),
        (("x", "a + b", "y = a", "zero"), "`zero` is not defined"),
        (("x; x", "a + b", "y = a", "0"), "one expression"),
        (("x", "a + b", "a", ""), None),
    ):
        kernel = ag.ReductionKernel("T x", "T y", *parts)
        if text is not None:
            with pytest.raises(ag.KernelError, match=text):
                kernel(x)
    assert list(inspect.signature(ag.ReductionKernel).parameters)[:8] == [
        "in_params", "out_params", "map_expr", "reduce_expr", "post_map_expr", "identity", "name", "reduce_type",
    ]  # fmt: skip
