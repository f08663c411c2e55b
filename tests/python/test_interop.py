"""What leaves and enters: the array protocols, NumPy's functions, pickling, copying, repr, tolist."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given

import anygpu as ag
from layouts import ALL, operands, random_values, special_values, tame_values
from oracle import assert_identical, assert_same_form, to_numpy


@given(operands())
def test_array_protocol(operand):
    x, g = operand.pair()
    assert_identical(np.asarray(g), x, nan_bits=True)
    assert_identical(np.array(g), x, nan_bits=True)
    assert_identical(np.asarray(g, dtype="complex128"), x.astype("complex128"))


@pytest.mark.gpu
def test_array_protocol_cannot_avoid_the_copy():
    g = ag.arange(3)
    with pytest.raises(ValueError):
        np.asarray(g, copy=False)
    assert isinstance(g.__array__(), np.ndarray)
    assert g.__array__(np.dtype("float32")).dtype == np.float32


@given(operands())
def test_pickling_keeps_bits_dtype_and_shape(operand):
    x, g = operand.pair()
    for protocol in (2, pickle.HIGHEST_PROTOCOL):
        again = pickle.loads(pickle.dumps(g, protocol))
        assert isinstance(again, ag.ndarray)
        assert_identical(again, x, nan_bits=True)


@given(operands())
def test_copying_makes_another_array(operand):
    x, g = operand.pair()
    for again in (copy.copy(g), copy.deepcopy(g), g.copy()):
        assert again is not g
        assert_identical(again, x, nan_bits=True)


def test_a_recorded_expression_can_be_pickled():
    g = ag.arange(5) * 2
    assert_identical(pickle.loads(pickle.dumps(g)), np.arange(5) * 2)


@pytest.mark.parametrize("dtype", ALL)
def test_repr_and_str_are_numpys(dtype):
    rng = np.random.default_rng(1)
    for shape in [(), (0,), (3,), (2, 3), (0, 4), (2, 2, 2), (2000,), (50, 60)]:
        x = tame_values(dtype, shape, rng)
        g = ag.asarray(x)
        assert repr(g) == repr(x)
        assert str(g) == str(x)
    values = special_values(dtype)
    assert repr(ag.asarray(values)) == repr(values)


def test_repr_follows_print_options():
    x = np.linspace(0, 1, 7)
    with np.printoptions(precision=2, suppress=True):
        assert repr(ag.asarray(x)) == repr(x)


def test_format():
    x = np.array(1.23456)
    assert f"{ag.asarray(x):.2f}" == f"{x:.2f}"
    assert f"{ag.arange(3)}" == f"{np.arange(3)}"


@given(operands())
def test_tolist(operand):
    x, g = operand.pair()
    got, want = g.tolist(), x.tolist()
    assert repr(got) == repr(want)


def test_scalar_conversions():
    for value in (True, False, 3, -3, 2.5, float("inf")):
        g, x = ag.asarray(value), np.asarray(value)
        assert bool(g) == bool(x)
        assert float(g) == float(x) and complex(g) == complex(x)
        if np.isfinite(value):
            assert int(g) == int(x)
    assert complex(ag.asarray(1 + 2j)) == 1 + 2j
    assert [10, 20, 30][ag.asarray(1)] == 20
    assert range(10)[ag.asarray(3, dtype="uint8")] == 3
    assert int(ag.asarray(2**63, dtype="uint64")) == 2**63
    assert int(ag.asarray(-(2**63), dtype="int64")) == -(2**63)


def test_truth_of_comparisons():
    g = ag.arange(5)
    assert (g == g).all()
    assert not (g != g).any()
    if (g > 3).any():
        pass
    else:
        pytest.fail("4 > 3")


def test_numpy_arrays_are_operands():
    x = np.arange(6, dtype="float32").reshape(2, 3)
    g = ag.asarray(x)
    for got, want in [(g + x, x + x), (x + g, x + x), (x * g, x * x), (x[0] - g, x[0] - x), (np.float32(3) / (g + 1), np.float32(3) / (x + 1)), (x > g, x > x)]:
        assert isinstance(got, ag.ndarray)
        assert_identical(got, want)


@pytest.mark.gpu
def test_ufuncs_and_functions_of_numpy_stay_on_the_device():
    """`__array_ufunc__` and `__array_function__`: np.sqrt(device array) is a device array."""
    x = np.arange(1, 7, dtype="float32").reshape(2, 3)
    g = ag.asarray(x)
    for name in ("sqrt", "negative", "square", "isnan"):
        got = getattr(np, name)(g)
        assert isinstance(got, ag.ndarray), name
        assert_identical(got, getattr(np, name)(x))
    assert_identical(np.add(g, 1), np.add(x, 1))
    assert_identical(np.maximum(x, g * 2), np.maximum(x, x * 2))
    for f in (lambda a: np.sum(a, axis=0), np.max, lambda a: np.transpose(a), lambda a: np.concatenate([a, a]), lambda a: np.where(a > 2, a, 0), lambda a: np.matmul(a, a.T)):
        got = f(g)
        assert isinstance(got, ag.ndarray)
        assert_same_form(to_numpy(got), np.asarray(f(x)))


@pytest.mark.gpu
def test_array_namespace_is_the_module():
    assert ag.arange(3).__array_namespace__() is ag


def test_matplotlib_can_plot():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    x = ag.linspace(0, 1, 50)
    (line,) = pyplot.plot(x, ag.square(x))
    np.testing.assert_array_equal(line.get_ydata(), np.square(np.linspace(0, 1, 50)))
    pyplot.close("all")


def test_the_file_formats_of_numpy(tmp_path):
    g = ag.asarray(random_values("float32", (3, 4), np.random.default_rng(2)))
    np.save(tmp_path / "x.npy", g)
    assert_identical(np.load(tmp_path / "x.npy"), to_numpy(g), nan_bits=True)


@pytest.mark.gpu
def test_asnumpy_takes_anything():
    assert_identical(ag.asnumpy([1, 2]), np.asarray([1, 2]))
    assert_identical(ag.asnumpy(np.arange(3)), np.arange(3))
    assert_identical(ag.asnumpy(ag.arange(3) * 2), np.arange(3) * 2)


def test_the_first_case_from_upload_to_print():
    """A 1000 x 1000 float64 array goes up, is squared, comes back, bit for bit, and prints."""
    x = np.random.default_rng(3).random((1000, 1000))
    y = ag.asnumpy(ag.square(ag.asarray(x)))
    assert y.dtype == np.float64
    assert_identical(y, np.square(x))
    assert str(y) == str(np.square(x))


def test_matplotlib_counts_without_reading_one_by_one():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    x = np.random.default_rng(1).standard_normal(100_000)
    counts, _, _ = pyplot.hist(ag.asarray(x), bins=20)
    np.testing.assert_array_equal(counts, np.histogram(x, 20)[0])
    pyplot.close("all")
