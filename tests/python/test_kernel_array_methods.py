"""Methods of arrays in kernels, against NumPy's: other shapes of the same elements, and reductions."""

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

SOURCES = {
    "row": lambda: np.arange(24),
    "table": lambda: np.arange(24.0).reshape(4, 6),
    "fortran": lambda: np.asfortranarray(np.arange(24.0, dtype=np.float32).reshape(4, 6)),
    "six": lambda: np.arange(24).reshape(1, 8, 1, 1, 3, 1),
    "strided": lambda: np.arange(96, dtype=np.int16).reshape(8, 12)[::2, 1::2],
    "reversed": lambda: np.arange(24)[::-1],
}


@cuda.jit
def flat(x, out):
    y = x.ravel()
    for i in range(out.size):
        out[i] = y[i]


@cuda.jit
def table(x, out, rows, columns):
    y = x.reshape(rows, columns)
    for i in range(y.shape[0]):
        row = y[i]
        for j in range(y.shape[1]):
            out[i, j] = y[i, j] + row[j - row.size]


@cuda.jit
def turned(x, out):
    y = x.reshape((2, -1)).T.reshape(3, 4, -1).transpose(2, 0, 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(out.shape[2]):
                out[i, j, k] = y[i, j, k]


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("where", [np.asarray, ag.asarray])
def test_reshaped(name, where):
    x = SOURCES[name]()
    out = np.zeros(24, x.dtype)
    flat[1, 1](where(x), out)
    assert np.array_equal(out, x.ravel())
    for shape in ((4, 6), (8, 3), (24, 1), (-1, 12)):
        want = x.reshape(shape)
        out = np.zeros(want.shape, x.dtype)
        table[1, 1](where(x), out, *shape)
        assert np.array_equal(out, want * 2)
    want = x.reshape((2, -1)).T.reshape(3, 4, -1).transpose(2, 0, 1)
    out = np.zeros(want.shape, x.dtype)
    turned[1, 1](where(x), out)
    assert np.array_equal(out, want)


@cuda.jit(device=True)
def doubled(part, by):
    for i in range(part.shape[0]):
        for j in range(part.shape[1]):
            part[i, j] *= by


@cuda.jit
def written(x):
    doubled(x.T, 2)
    y = x.reshape(-1, 2)
    y[0, 1] = -1
    y[-1, 0] += 100
    doubled(x.reshape(3, 4)[1:] if False else x.reshape(3, 4), 3)
    z = x.T[1:3, ::2]
    z[0, 0] = 50
    x.T[4] = 7
    cuda.atomic.add(y, (1, 0), 5)


def test_what_is_written_into_another_shape_is_written_into_the_array():
    x = np.arange(12, dtype=np.int32).reshape(2, 6)
    want = x.copy() * 2
    y = want.reshape(-1, 2)
    y[0, 1] = -1
    y[-1, 0] += 100
    want *= 3
    want.T[1:3, ::2][0, 0] = 50
    want.T[4] = 7
    y[1, 0] += 5
    written[1, 1](x)
    assert np.array_equal(x, want)


@cuda.jit
def described(x, out):
    out[0] = x.T.shape[0]
    out[1] = x.reshape(3, -1).shape[1]
    out[2] = x.nbytes + x.itemsize
    out[3] = x.T.strides[0]
    out[4] = x.item(1, 2)
    out[5] = x.item(3)
    out[6] = x.T.ndim + x.ravel().ndim * 10


def test_attributes():
    x, out = np.arange(12.0).reshape(2, 6), np.zeros(7)
    described[1, 1](x, out)
    assert out.tolist() == [6, 4, 96 + 8, 8, x.item(1, 2), 3, 12]


@pytest.mark.out_of_bounds
def test_indices_outside_of_another_shape():
    @cuda.jit
    def outside(x, out):
        y = x.reshape(3, 4)
        out[0] = y[0, 4] + y[3, 0] + y[-4, 0] + x.T[6, 0]
        y[0, 4] = 99
        y[2, -5] = 99

    x, out = np.arange(12.0).reshape(2, 6), np.ones(1)
    outside[1, 1](x, out)
    assert out[0] == 0 and np.array_equal(x, np.arange(12.0).reshape(2, 6))


NUMBERS = {
    "floats": np.array([[1.5, -2.0, 0.0], [4.0, 2.5, -7.0]]),
    "single": np.array([1.5, -2.0, 0.0, 8.25], np.float32),
    "nan": np.array([1.0, np.nan, 3.0, -np.inf, np.nan]),
    "small": np.array([[200, 100], [250, 3]], np.uint8),
    "integers": np.arange(10)[::-3],
    "truths": np.array([True, False, True]),
    "zeros": np.zeros((2, 2)),
}
METHODS = "sum prod min max argmin argmax mean var std any all".split()
FUNCTIONS = METHODS + "nansum nanprod nanmin nanmax nanmean nanvar nanstd count_nonzero amin amax".split()


def reducing(expression, tmp_path):
    path = tmp_path / "kernels.py"
    path.write_text(f"def kernel(x, out):\n    out[0] = {expression}\n")
    namespace = {"np": np}
    exec(compile(path.read_text(), path, "exec"), namespace)
    return cuda.jit(namespace["kernel"])


@pytest.mark.parametrize("expression", [f"x.{m}()" for m in METHODS] + [f"np.{f}(x)" for f in FUNCTIONS] + ["np.sum(x.T)", "x.ravel().argmax()"])
def test_reductions(expression, tmp_path):
    kernel = reducing(expression, tmp_path)
    for x in NUMBERS.values():
        with np.errstate(all="ignore"):
            want = eval(expression, {"x": x, "np": np})
        out = np.zeros(1, np.asarray(want).dtype)
        kernel[1, 1](x, out)
        np.testing.assert_allclose(out[0], want, rtol=1e-6 if out.dtype == np.float32 else 1e-14, atol=0)


def test_python_sum(tmp_path):
    x, out = np.arange(5), np.zeros(1)
    for expression in ("sum(x)", "sum(x, 10)", "sum((x[1], 2.5, x[4]))", "sum(())"):
        reducing(expression, tmp_path)[1, 1](x, out)
        assert out[0] == eval(expression, {"x": x})


@pytest.mark.parametrize(
    "expression, message",
    [
        ("x.copy()[0]", "cuda.local.array"), ("x.reshape(-1, -1)[0, 0]", "one unknown dimension"), ("x.reshape(2, 6)[:, 1]", "slice of a reshaped"),
        ("x.transpose(0, 0)[0, 0]", "do not name each"), ("x.nonsense", "not `nonsense`"), ("np.sum(x, 0)", "takes one array"), ("x.dump(1)", "arrays have no dump"),
        ("x.T", "index an element"),
    ],
)  # fmt: skip
def test_what_arrays_do_not_do(expression, message, tmp_path):
    with pytest.raises(cuda.KernelError, match=message):
        reducing(expression, tmp_path)[1, 1](np.zeros((3, 4)), np.zeros(1))


def test_debug_checks_sizes():
    @cuda.jit(debug=True)
    def wrong(x, out, rows):
        out[0] = x.reshape(rows, 4)[0, 0]

    out = np.zeros(1)
    wrong[1, 1](np.ones(12), out, 3)
    assert out[0] == 1
    with pytest.raises(ValueError, match="cannot reshape"):
        wrong[1, 1](np.ones(12), out, 5)
