"""Decorators for functions of whole arrays: what the function alone gives, on the device."""

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize(
    "decorate",
    [lambda f: ag.fuse(f), lambda f: ag.fuse()(f), lambda f: ag.fuse(kernel_name="k")(f), lambda f: ag.jit(f), lambda f: ag.jit(static_argnums=(1,))(f)],
)
def test_results_are_those_of_the_function(decorate):
    def function(x, y, factor=2):
        """Says what it does."""
        z = (x - y) * factor
        return ag.where(z > 1, z, -z) + x, z.sum(axis=0)

    decorated = decorate(function)
    assert (decorated.__name__, decorated.__doc__, decorated.__wrapped__) == ("function", "Says what it does.", function)
    for dtype, shape in (("float32", (3, 4)), ("int64", (5,)), ("float64", (0, 3)), ("uint8", (2, 1, 3)), ("complex64", (4,))):
        x = (np.arange(np.prod(shape)) % 5).reshape(shape).astype(dtype)
        y = x[..., ::-1]
        z = (x - y) * 3
        expected = np.where(z > 1, z, -z) + x, z.sum(axis=0)
        for a, b in ((x, y), (ag.asarray(x), ag.asarray(y)), (ag.asarray(x), y)):
            for got, wanted in zip(decorated(a, b, factor=3), expected):
                assert isinstance(got, ag.ndarray) and got.dtype == wanted.dtype
                np.testing.assert_array_equal(got.get(), wanted)


def test_containers_methods_and_branches():
    class Model:
        @ag.fuse
        def predict(self, parameters, x):
            if float(x.sum()) > 10:
                return parameters["w"] * x
            return parameters["b"][0] + x

    parameters = {"w": np.arange(3.0), "b": [np.ones(3)]}
    np.testing.assert_array_equal(Model().predict(parameters, np.full(3, 5.0)).get(), [0, 5, 10])
    np.testing.assert_array_equal(Model().predict(parameters, np.zeros(3)).get(), [1, 1, 1])
    assert isinstance(parameters["w"], np.ndarray)


def test_numpy_functions_and_writes_in_place():
    @ag.fuse()
    def function(x, out):
        np.sin(x, out=out)
        out += 1
        return np.exp(x)

    x, out = ag.arange(4.0), ag.zeros(4)
    np.testing.assert_allclose(function(x, out).get(), np.exp(np.arange(4.0)))
    np.testing.assert_allclose(out.get(), np.sin(np.arange(4.0)) + 1)
    host = np.zeros(4)
    function(np.arange(4.0), host)
    assert host.tolist() == [0] * 4


def test_one_kernel():
    @ag.jit
    def chain(x):
        a = x * 2
        b = a + x
        return ag.sqrt(b * b + a)

    x = ag.arange(1000, dtype="float32")
    ag.synchronize()
    before = ag.Device().counters()["dispatches"]
    y = chain(x)
    ag.synchronize()
    float(y[3])
    assert ag.Device().counters()["dispatches"] - before <= 2
    with ag.fusion(False):
        np.testing.assert_array_equal(chain(x).get(), y.get())


def test_wrong_uses():
    for wrong in (lambda: ag.fuse(3), lambda: ag.jit(None), lambda: ag.fuse(len, len), lambda: ag.fuse(kernel="k"), lambda: ag.jit(some=1)):
        with pytest.raises(TypeError):
            wrong()

    @ag.fuse
    def fails(x):
        raise KeyError("mine")

    with pytest.raises(KeyError):
        fails(1)
