"""Operands of `guvectorize` and `vectorize`: numbers, outputs in the memory of inputs, arguments of wrong number or kind."""

import numpy as np
import pytest

import anygpu as ag

if not hasattr(ag, "guvectorize"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)


@ag.guvectorize(["void(float32[:], float32, float32[:])"], "(n),()->(n)")
def scaled(x, factor, out):
    for i in range(x.shape[0]):
        out[i] = x[i] * factor


@ag.guvectorize("(n),()->(n)")
def shifted(x, k, out):
    for i in range(x.shape[0]):
        out[i] = x[(i + k) % x.shape[0]]


@ag.guvectorize("(n)->(),()")
def ends(x, first, last):
    first[0] = x[0]
    last[0] = x[x.shape[0] - 1]


def test_python_numbers_decide_no_dtype():
    x = ag.arange(4, dtype="float32")
    for factor in (2, 2.0, np.float32(2)):
        np.testing.assert_array_equal(scaled(x, factor).get(), [0, 2, 4, 6])
    assert shifted(x, 1).dtype == np.float32
    np.testing.assert_array_equal(shifted(x, 1).get(), [1, 2, 3, 0])
    with pytest.raises(TypeError, match="no signature takes inputs of float32, float64"):
        scaled(x, np.float64(2))


def test_outputs_in_the_memory_of_inputs():
    x = np.arange(12.0).reshape(3, 4)
    a = ag.asarray(x)
    assert shifted(a, 1, a) is a
    np.testing.assert_array_equal(a.get(), np.roll(x, -1, axis=1))
    a = ag.asarray(x)
    shifted(a[::-1], 1, out=a)
    np.testing.assert_array_equal(a.get(), np.roll(x[::-1], -1, axis=1))
    both = ag.zeros(4)
    ends(a[:2], both[:2], both[2:])
    np.testing.assert_array_equal(both.get(), [9, 5, 8, 4])


def test_outputs_are_arrays():
    with pytest.raises(TypeError, match="output operand 0 .out. is an array, not a int"):
        shifted(ag.arange(3.0), 1, 5)


def test_signatures_of_vectorize_take_numbers_that_fit():
    after = ag.vectorize(["int8(int8)", "int64(int64)"])(lambda a: a + 1)
    assert (after(300).item(), after(300).dtype, after(3).dtype) == (301, np.int64, np.int8)


def test_number_of_arguments_of_vectorize():
    added = ag.vectorize(["float64(float64, float64)"])(lambda a, b: a + b)
    x = ag.arange(3.0)
    for arguments in [(x,), (x, 1, 2, 3)]:
        with pytest.raises(TypeError, match=r"takes 2 arguments, and \d were given"):
            added(*arguments)
