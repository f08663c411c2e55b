"""Creation: zeros ones full empty arange linspace eye asarray array, and the _like forms."""

import array as python_array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anygpu as ag
from layouts import ALL, FLOATS, INTEGERS, LAYOUTS, operands, pair, random_values, shapes
from oracle import assert_identical, assert_same_form, assert_same_outcome, to_numpy


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("name", ["zeros", "ones"])
def test_zeros_and_ones_of_every_dtype_and_shape(name, dtype):
    for shape in [(), 0, 1, 5, (3,), (0, 4), (2, 0, 3), (7, 13), [2, 3]]:
        assert_identical(getattr(ag, name)(shape, dtype=dtype), getattr(np, name)(shape, dtype=dtype))


@pytest.mark.parametrize("name", ["zeros", "ones", "empty", "eye"])
def test_default_dtype_is_float64(name):
    assert getattr(ag, name)(3).dtype == np.float64


@pytest.mark.parametrize("dtype", ALL)
def test_empty_has_the_shape_and_dtype(dtype):
    for shape in [(), (0,), (3, 5)]:
        assert_same_form(to_numpy(ag.empty(shape, dtype=dtype)), np.empty(shape, dtype=dtype))


@pytest.mark.parametrize("dtype", ALL)
def test_dtype_is_accepted_in_every_spelling(dtype):
    expected = np.dtype(dtype)
    for spelling in (dtype, expected, expected.type, expected.char, getattr(ag, "bool_" if dtype == "bool" else dtype)):
        assert ag.zeros(2, dtype=spelling).dtype == expected


def test_python_types_are_dtypes():
    assert [ag.zeros(1, dtype=t).dtype for t in (bool, int, float, complex)] == [np.zeros(1, dtype=t).dtype for t in (bool, int, float, complex)]


def test_dtypes_and_constants_are_numpys_own():
    for dtype in ALL:
        name = "bool_" if dtype == "bool" else dtype
        assert getattr(ag, name) is getattr(np, name)
    assert ag.newaxis is None and ag.pi == np.pi and ag.inf == np.inf and ag.nan != ag.nan and ag.e == np.e


@pytest.mark.parametrize("dtype", ALL)
def test_full_takes_the_dtype_given(dtype):
    for fill in (True, 1, 0, 100):
        assert_identical(ag.full((3, 2), fill, dtype=dtype), np.full((3, 2), fill, dtype=dtype))


@pytest.mark.parametrize("fill", [True, 7, -7, 2**40, 1.5, -0.0, float("nan"), float("inf"), 1 + 2j, np.float32(2.5), np.int8(-3), np.uint64(2**63)])
def test_full_takes_the_dtype_of_the_value(fill):
    assert_identical(ag.full((2, 3), fill), np.full((2, 3), fill))


@pytest.mark.parametrize(("fill", "dtype"), [(256, "uint8"), (-1, "uint8"), (128, "int8"), (2**31, "int32"), (2**64, "uint64"), (-1, "uint64"), (2**63, "int64")])
def test_full_refuses_a_python_integer_out_of_range(fill, dtype):
    assert_same_outcome(lambda xp: xp.full(3, fill, dtype=dtype), (), ())


@given(operands())
def test_like_functions_follow_dtype_and_shape(operand):
    x, g = operand.pair()
    for name in ("zeros_like", "ones_like"):
        assert_identical(getattr(ag, name)(g), getattr(np, name)(x))
    assert_identical(ag.full_like(g, 1), np.full_like(x, 1))
    assert_same_form(to_numpy(ag.empty_like(g)), np.empty_like(x))


def test_like_functions_take_dtype_and_shape():
    x = np.arange(6, dtype="int16").reshape(2, 3)
    g = ag.asarray(x)
    for name in ("zeros_like", "ones_like"):
        assert_identical(getattr(ag, name)(g, dtype="float32"), getattr(np, name)(x, dtype="float32"))
        assert_identical(getattr(ag, name)(g, shape=(4,)), getattr(np, name)(x, shape=(4,)))
    assert_identical(ag.full_like(g, 2.75, dtype="float32", shape=()), np.full_like(x, 2.75, dtype="float32", shape=()))


@pytest.mark.parametrize("arguments", [
    (0,), (1,), (7,), (1000,), (2, 9), (9, 2), (-3, 4), (2, 20, 3), (20, 2, -3), (5, 5), (0, 1, 0.1), (1, 0, -0.125), (0.5, 7), (3.0,), (1e3, 1e4, 333.3), (2**40, 2**40 + 5),
    (-(2**62), -(2**62) + 100, 7), (0, 10, 2.5), (1, 2, 3),
])
def test_arange_is_bit_identical(arguments):
    assert_identical(ag.arange(*arguments), np.arange(*arguments))


@pytest.mark.parametrize("dtype", INTEGERS + FLOATS + ["complex64"])
def test_arange_in_a_dtype(dtype):
    for arguments in [(7,), (1, 100, 3), (90, 3, -2)]:
        assert_identical(ag.arange(*arguments, dtype=dtype), np.arange(*arguments, dtype=dtype))


@pytest.mark.parametrize("arguments", [(), (0, 5, 0), (0, 1e30, 1e-30), ("a",)])
def test_arange_refuses_what_numpy_refuses(arguments):
    assert_same_outcome(lambda xp: xp.arange(*arguments), (), ())


@pytest.mark.parametrize("num", [0, 1, 2, 3, 50, 1001])
@pytest.mark.parametrize("endpoint", [True, False])
def test_linspace_is_bit_identical(num, endpoint):
    for start, stop in [(0, 1), (-3.5, 7.25), (5, 5), (10, -10), (0.1, 0.3)]:
        assert_identical(ag.linspace(start, stop, num, endpoint=endpoint), np.linspace(start, stop, num, endpoint=endpoint))


def test_linspace_options():
    assert_identical(ag.linspace(0, 10, 5, dtype="float32"), np.linspace(0, 10, 5, dtype="float32"))
    assert_identical(ag.linspace(-3, 3, 8, dtype="int32"), np.linspace(-3, 3, 8, dtype="int32"))
    values, step = ag.linspace(0, 3, 7, retstep=True)
    want, want_step = np.linspace(0, 3, 7, retstep=True)
    assert_identical(values, want)
    assert float(step) == want_step
    assert_same_outcome(lambda xp: xp.linspace(0, 1, -1), (), ())


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64", "complex128"])
def test_eye(dtype):
    for arguments in [(0,), (1,), (5,), (4, 7), (7, 4), (5, 5, 1), (5, 5, -2), (3, 4, 9), (3, 4, -9)]:
        assert_identical(ag.eye(*arguments, dtype=dtype), np.eye(*arguments, dtype=dtype))


@given(operands())
def test_asarray_keeps_every_bit_of_every_layout(operand):
    x, g = operand.pair()
    assert_identical(ag.asarray(x), x, nan_bits=True)  # the strided NumPy view itself goes up
    assert_identical(g, x, nan_bits=True)  # the strided device view comes down


@given(operands())
def test_array_and_copy_own_their_memory(operand):
    x, g = operand.pair()
    for copied in (ag.array(g), g.copy()):
        before = to_numpy(copied)
        assert_identical(copied, x, nan_bits=True)
        if copied.size:
            copied[...] = 0
            assert_identical(g, x, nan_bits=True)
        assert before.shape == x.shape


@pytest.mark.gpu
def test_asarray_of_a_device_array_is_that_array():
    g = ag.arange(5)
    assert ag.asarray(g) is g
    assert ag.asarray(g, dtype="float32").dtype == np.float32


def test_asarray_copies_the_host_memory():
    x = np.arange(10.0)
    g = ag.asarray(x)
    x[:] = -1
    assert_identical(g, np.arange(10.0))


@pytest.mark.parametrize("value", [
    True, 3, -3, 2.5, 1 + 2j, 2**40, 2**63, [], [[]], [1, 2, 3], (1.5, 2), [True, False], [1, 2.5], [1, 2j], [[1, 2], [3, 4]], ((1, 2), [3, 4]),
    range(7), np.float32(1.5), np.bool_(True), np.int16(-4), [np.float32(1), np.float64(2)], [np.arange(3), np.arange(3, 6)],
])
def test_asarray_of_scalars_and_nested_lists(value):
    assert_identical(ag.asarray(value), np.asarray(value))
    assert_identical(ag.array(value), np.array(value))


def test_asarray_of_lists_of_device_arrays():
    rows = [ag.arange(3), ag.arange(3) + 1]
    assert_identical(ag.asarray([float(rows[0][1]), 2.0]), np.array([1.0, 2.0]))
    assert_identical(ag.stack(rows), np.stack([np.arange(3), np.arange(3) + 1]))


@pytest.mark.parametrize("dtype", ALL)
def test_asarray_with_a_dtype_converts(dtype):
    assert_identical(ag.asarray([[1, 0], [3, 4]], dtype=dtype), np.asarray([[1, 0], [3, 4]], dtype=dtype))
    assert_identical(ag.asarray(np.array([1.0, 0.0, 100.0]), dtype=dtype), np.asarray(np.array([1.0, 0.0, 100.0]), dtype=dtype))


def test_asarray_of_the_buffer_protocol():
    data = python_array.array("f", [1.0, 2.5, -3.0])
    assert_identical(ag.asarray(data), np.asarray(data))
    assert_identical(ag.asarray(memoryview(data)[::2]), np.asarray(memoryview(data)[::2]))
    assert_identical(ag.asarray(bytearray(b"abc")), np.asarray(bytearray(b"abc")))


def test_asarray_of_anything_with_array():
    class Holder:
        def __array__(self, dtype=None, copy=None):
            return np.arange(4, dtype=dtype or "int16")

    assert_identical(ag.asarray(Holder()), np.asarray(Holder()))
    assert_identical(ag.asarray(Holder(), dtype="float32"), np.asarray(Holder(), dtype="float32"))


def test_asarray_of_read_only_and_foreign_byte_order():
    x = np.arange(5, dtype="float32")
    x.flags.writeable = False
    assert_identical(ag.asarray(x), x)
    swapped = np.arange(5, dtype=np.dtype("float32").newbyteorder())
    got = to_numpy(ag.asarray(swapped))
    assert got.dtype.newbyteorder("=") == np.float32 and (got == swapped).all()


@pytest.mark.parametrize("value", [[256], [-1], [1, 300]])
def test_asarray_refuses_python_integers_out_of_range(value):
    assert_same_outcome(lambda xp: xp.asarray(value, dtype="uint8"), (), ())


@pytest.mark.gpu
@pytest.mark.parametrize("value", [
    np.array([object()]), np.array(["text"]), np.array([b"bytes"]), np.array(["2020-01-01"], "datetime64[D]"), np.zeros(2, [("a", "i4"), ("b", "f4")]), np.zeros(2, "longdouble"), "text", [None], {"a": 1},
])
def test_asarray_refuses_dtypes_that_no_gpu_has(value):
    with pytest.raises(TypeError) as caught:
        ag.asarray(value)
    assert str(caught.value)


def test_ragged_lists_are_refused():
    assert_same_outcome(lambda xp: xp.asarray([[1, 2], [3]]), (), ())


@pytest.mark.parametrize("shape", [-1, (2, -3), (2**40, 2**40), 2**63, (2**62, 4), 1.5, "a", (2, None)])
@pytest.mark.parametrize("name", ["zeros", "ones", "empty"])
def test_impossible_shapes_are_refused_as_numpy_does(name, shape):
    assert_same_outcome(lambda xp: getattr(xp, name)(shape), (), ())


@given(shapes(), st.sampled_from(ALL), st.integers(0, 1000))
def test_upload_and_download_are_inverse(shape, dtype, seed):
    x = random_values(dtype, shape, np.random.default_rng(seed))
    got = ag.asnumpy(ag.asarray(x))
    assert isinstance(got, np.ndarray) and got.flags.c_contiguous and got.flags.writeable
    assert_identical(got, x, nan_bits=True)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_downloads_do_not_alias(layout):
    x, g = pair(np.arange(24.0).reshape(2, 3, 4), layout)
    first = ag.asnumpy(g)
    first += 1
    assert_identical(ag.asnumpy(g), x)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("fill, dtype", [(np.nan, "int64"), (np.float64("nan"), "int32"), (1e20, int), (1j, "float64"), ("a", int), (2.5, "int8")])
def test_full_converts_as_numpy_does(fill, dtype):
    assert_same_outcome(lambda xp: xp.full(3, fill, dtype=dtype), (), ())


@pytest.mark.gpu
def test_full_of_an_element_of_an_array():
    assert_identical(ag.full(3, ag.asarray([1.5, 2.5])[1]), np.full(3, 2.5))


@pytest.mark.parametrize("arguments", [(0, 3 + 1j), (3 + 1j,), (0, 3j, 1j), (1, 9 + 9j, 2 + 1j), (0, 3j, 0), (0, complex("nan")), (0, 3 + 3j, 1, int)], ids=str)
def test_arange_of_complex_numbers(arguments):
    assert_same_outcome(lambda xp: xp.arange(*arguments), (), ())


@pytest.mark.parametrize(("value", "ndmax"), [([1, 2], 0), ([[1, 2], [3, 4]], 1), ([[1, 2], [3, 4]], 2), (3, 0)])
def test_array_of_so_many_dimensions_at_most(value, ndmax):
    assert_same_outcome(lambda xp: xp.array(value, ndmax=ndmax), (), ())


def test_like_an_array_of_the_host():
    x = np.zeros((2, 3), np.float32, order="F")
    for make in (ag.empty_like, ag.zeros_like, ag.ones_like):
        assert_same_form(to_numpy(make(x)), x)


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_arange_of_numpy_scalars(dtype):
    kind = np.dtype(dtype).type
    for arguments in ((kind(5),), (kind(1), kind(5)), (kind(1), kind(5), kind(2)), (kind(1), 5, kind(2)), (kind(0), 2.5, kind(1))):
        assert_identical(ag.arange(*arguments), np.arange(*arguments))


def test_arguments_by_name():
    assert_identical(ag.eye(N=2, M=3, k=1), np.eye(N=2, M=3, k=1))
    for name, key in [("sinc", "x"), ("i0", "x"), ("fix", "x"), ("nonzero", "a"), ("flatnonzero", "a")]:
        assert callable(getattr(ag, name)) and np.size(getattr(ag, name)(**{key: ag.asarray([0.0, 1.5, 1.5])})[0]) >= 1
    _, step = ag.linspace(2, 3, 5, retstep=True)
    assert isinstance(step, np.float64) and step == 0.25
