"""`raise` and `assert` in kernels: with debug=True the launch raises, without it the thread ends."""

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda


if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)


class OwnError(Exception):
    pass


@cuda.jit(device=True)
def doubled(value):
    if value == 5:
        raise OwnError("five", 3)
    return value * 2


def kernel(x, out):
    i = cuda.grid(1)
    held = cuda.shared.array(8, np.int32)
    held[cuda.threadIdx.x] = x[i]
    assert x[i] != 77, "seventy-seven"
    cuda.syncthreads()
    out[i] = doubled(held[cuda.threadIdx.x]) + 1


X = np.arange(16, dtype=np.int32)


@pytest.mark.parametrize(
    "place, value, kind, message",
    [(3, 5, OwnError, "tid=[3, 0, 0] ctaid=[0, 0, 0]: five"), (9, 77, AssertionError, "tid=[1, 0, 0] ctaid=[1, 0, 0]: seventy-seven"), (0, 0, None, "")],
)
def test_a_launch_raises_what_a_thread_raised(place, value, kind, message):
    launch = cuda.jit(debug=True, opt=False)(kernel)[2, 8]
    x = np.where(X == 5, 0, X)
    x[place] = value
    out = np.zeros_like(x)
    if kind is None:
        launch(x, out)
        assert np.array_equal(out, x * 2 + 1)
        return
    with pytest.raises(kind) as raised:
        launch(x, out)
    assert message in str(raised.value.args[0]) and "file " in str(raised.value.args[0])
    assert raised.value.args[1:] == ((3,) if kind is OwnError else ())
    assert not out.any()
    # The same launch, without a fault.
    x[place] = 0
    launch(x, out)
    assert np.array_equal(out, x * 2 + 1)


def test_without_debug_the_thread_ends():
    x = X.copy()
    x[9] = 77
    out = np.zeros_like(x)
    cuda.jit(kernel)[2, 8](x, out)
    assert np.array_equal(out, np.where((x == 5) | (x == 77), 0, x * 2 + 1))


def test_a_function_that_raises_ends_one_thread_of_many_blocks():
    @cuda.jit
    def many(x, out):
        i = cuda.grid(1)
        if i < x.size:
            out[i] = doubled(x[i])

    x = np.arange(3000) % 8
    out = np.zeros_like(x)
    many[100, 32](x, out)
    assert np.array_equal(out, np.where(x == 5, 0, x * 2))


@pytest.mark.parametrize("operation", ["x[0] / y[0]", "x[0] // y[0]", "x[0] % y[0]"])
@pytest.mark.parametrize("dtype", ["int64", "float32", "float64"])
def test_debug_divides_as_python_does(operation, dtype, tmp_path):
    namespace = {"cuda": cuda}
    path = tmp_path / "kernels.py"
    path.write_text(f"def divide(r, x, y):\n    r[0] = {operation}\n    r[1] = 1\n")
    exec(compile(path.read_text(), path, "exec"), namespace)
    launch = cuda.jit(debug=True)(namespace["divide"])[1, 1]
    x, y, r = np.ones(1, dtype), np.zeros(1, dtype), np.zeros(2)
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        launch(r, x, y)
    assert r.tolist() == [0, 0]
    launch(r, x, x)
    assert r.tolist() == [eval(operation, {"x": x, "y": x}), 1]


def test_debug_checks_the_index_of_a_tuple():
    @cuda.jit(debug=True)
    def lengths(x, out, k):
        out[0] = x.shape[k]

    out = np.zeros(1, np.int64)
    lengths[1, 1](np.zeros((2, 3)), out, -2)
    assert out[0] == 2
    with pytest.raises(IndexError, match="tuple index out of range"):
        lengths[1, 1](np.zeros((2, 3)), out, 2)


def test_what_is_raised_is_constant():
    @cuda.jit(debug=True)
    def shows(x):
        raise ValueError(x[0])

    with pytest.raises(cuda.KernelError, match="constants"):
        shows[1, 1](X)


def test_a_result_is_kept_across_a_vote():
    @cuda.jit
    def counted(x, out):
        i = cuda.grid(1)
        if i > 5:
            return
        out[i] = doubled(x[i]) + cuda.syncthreads_count(x[i] > 2)

    x = np.arange(8) + 8
    out = np.zeros_like(x)
    counted[1, 8](x, out)
    assert np.array_equal(out, np.where(np.arange(8) > 5, 0, x * 2 + 6))


def test_functions_of_each_element_raise_nothing():
    @ag.vectorize
    def root(x):
        if x < 0:
            raise ValueError("negative")
        return x

    with pytest.raises(cuda.KernelError, match="nothing can be raised here"):
        root(np.arange(3.0))
