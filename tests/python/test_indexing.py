"""Basic indexing: integers, slices with any step, newaxis, ellipsis, as views and as targets of assignment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import basic_indices

import anygpu as ag
from layouts import ALL, LAYOUTS, WRITABLE_LAYOUTS, based_pair, operands, pair, random_values
from oracle import assert_identical, assert_same_outcome


@given(operands(), st.data())
def test_basic_indices(operand, data):
    x, g = operand.pair()
    index = data.draw(basic_indices(x.shape, allow_newaxis=True, allow_ellipsis=True))
    assert_identical(g[index], x[index], nan_bits=True)


@given(operands(["uint8", "float16", "int32", "float64"]), st.data())
def test_index_of_an_index(operand, data):
    x, g = operand.pair()
    for _ in range(3):
        index = data.draw(basic_indices(x.shape, allow_newaxis=True, allow_ellipsis=True))
        x, g = x[index], g[index]
        if not isinstance(x, np.ndarray):
            break
    assert_identical(g, x, nan_bits=True)


@pytest.mark.parametrize("index", [
    0, -1, 4, slice(None), slice(1, None), slice(None, -1), slice(None, None, 2), slice(None, None, -1), slice(3, 0, -2), slice(100, 200), slice(-100, 2), slice(2, 2), slice(4, 1),
    np.int64(2), np.uint8(1), None, ..., (..., None), (None, slice(1, 3), None), (slice(None), 1), (0, 1), (..., 0), (1, ..., -1), (slice(None, None, -2), slice(None, None, 3)), (),
])
def test_spellings(index):
    x = np.arange(35).reshape(5, 7)
    assert_same_outcome(lambda xp, a: a[index], (x,), (ag.asarray(x),))


@pytest.mark.parametrize("index", [5, -6, (0, 7), (0, 0, 0), (..., ...), 1.5, "a", slice(None, None, 0), slice(1.5, None), (0, -8), np.float32(1), object()])
def test_what_numpy_refuses(index):
    x = np.arange(35).reshape(5, 7)
    assert_same_outcome(lambda xp, a: a[index], (x,), (ag.asarray(x),))


def test_zero_dimensional():
    x = np.array(5.0)
    g = ag.asarray(x)
    for index in [(), ..., None, (None, ...)]:
        assert_identical(g[index], x[index])
    for index in [0, slice(None)]:
        assert_same_outcome(lambda xp, a: a[index], (x,), (g,))


@pytest.mark.gpu
def test_an_element_is_a_zero_dimensional_view():
    g = ag.arange(5)
    element = g[2]
    assert isinstance(element, ag.ndarray) and element.shape == ()
    g[2] = 77
    assert int(element) == 77


def test_views_share_memory_both_ways():
    g = ag.zeros((4, 6), dtype="int32")
    view = g[1:, ::-2]
    view[0, 0] = 1
    g[3, 1] = 2
    want = np.zeros((4, 6), "int32")
    want[1, 5], want[3, 1] = 1, 2
    assert_identical(g, want)
    assert_identical(view, want[1:, ::-2])


@given(operands(layouts=WRITABLE_LAYOUTS), st.data())
def test_assignment(operand, data):
    """A slice of a view is written; the whole base must be as NumPy's, the bytes between the elements included."""
    (base, x), (gpu_base, g) = operand.based_pair()
    index = data.draw(basic_indices(x.shape, allow_newaxis=True, allow_ellipsis=True))
    target = np.asarray(x[index])
    value = random_values(operand.dtype, target.shape, np.random.default_rng(operand.seed + 2))
    kind = data.draw(st.sampled_from(["device array", "numpy array", "scalar", "broadcast"]))
    if kind == "scalar":
        x[index] = value.reshape(-1)[0] if value.size else 0
        g[index] = value.reshape(-1)[0] if value.size else 0
    else:
        if kind == "broadcast" and target.ndim:
            value = value[:1]
        x[index] = value
        g[index] = value if kind == "numpy array" else ag.asarray(value)
    assert_identical(g, x, nan_bits=True)
    assert_identical(gpu_base, base, nan_bits=True)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "uint16", "float16"])
@pytest.mark.parametrize("index", [slice(1, None, 2), slice(None, None, 3), slice(1, -2), slice(None, None, -2), slice(3, 4), slice(5, 2003, 1), slice(2, None, 4)])
def test_neighbours_in_the_same_word_are_kept(dtype, index):
    """Small types share 32-bit words: a write to some must not touch the others."""
    rng = np.random.default_rng(3)
    x = random_values(dtype, (4099,), rng, special=0)
    g = ag.asarray(x)
    value = random_values(dtype, x[index].shape, rng, special=0)
    x[index] = value
    g[index] = ag.asarray(value)
    assert_identical(g, x)
    two = random_values(dtype, (67, 61), rng, special=0)
    gpu_two = ag.asarray(two)
    two[3:60, index], gpu_two[3:60, index] = 1, 1
    assert_identical(gpu_two, two)


@pytest.mark.parametrize("source", ALL)
@pytest.mark.parametrize("target", ["bool", "uint8", "int64", "float16", "float32", "complex64"])
def test_assignment_casts(source, target):
    """Assignment casts as astype(casting="unsafe") does."""
    values = np.array([0, 1, 100, 3]).astype(source)
    x, g = np.zeros(4, target), ag.zeros(4, dtype=target)
    x[...] = values
    g[...] = ag.asarray(values)
    assert_identical(g, x)


@pytest.mark.parametrize(("dtype", "value"), [
    ("uint8", 256), ("uint8", -1), ("int8", 200), ("int32", 2**40), ("int32", 2.75), ("float32", 1e300), ("bool", 5), ("float32", 1j), ("float64", "text"), ("int64", [1, 2, 3, 4, 5]), ("float32", [[1], [2]]),
    ("float64", [1j, 2, 3]), ("int8", (1j, 2, 3)), ("complex64", [1j, 2, 3]), ("bool", [1j, 0, 3]),
])
def test_assignment_of_python_values(dtype, value):
    def assign(xp, a):
        a[1:4] = value
        return a

    x, g = np.zeros(5, dtype), ag.zeros(5, dtype=dtype)
    assert_same_outcome(assign, (x,), (g,))


@pytest.mark.parametrize(("index", "shape"), [(slice(None), (3,)), (0, (5, 7)), ((slice(None), slice(2)), (5, 3)), (slice(0, 0), (2,)), ((0, 0), (2,))])
def test_assignment_refuses_shapes_that_do_not_broadcast(index, shape):
    def assign(xp, a):
        a[index] = xp.ones(shape)
        return a

    x = np.zeros((5, 7))
    g = ag.asarray(x)
    assert_same_outcome(assign, (x.copy(),), (g,))
    assert_identical(g, x)  # and nothing was written


def test_assignment_drops_leading_ones_as_numpy_does():
    x, g = np.zeros((3, 4)), ag.zeros((3, 4))
    x[1:, :2], g[1:, :2] = np.ones((1, 1, 2, 2)), ag.ones((1, 1, 2, 2))
    assert_identical(g, x)


@pytest.mark.parametrize("layout", WRITABLE_LAYOUTS)
def test_assignment_to_every_layout(layout):
    (base, x), (gpu_base, g) = based_pair(np.arange(60, dtype="uint8").reshape(5, 12), layout)
    x[1:4, ::2] = np.arange(6, dtype="uint8") + 100
    g[1:4, ::2] = ag.arange(6, dtype="uint8") + 100
    assert_identical(gpu_base, base)


def test_deleting_is_refused():
    g = ag.zeros(3)
    with pytest.raises((ValueError, TypeError)):
        del g[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_iteration_and_length(layout):
    x, g = pair(np.arange(12).reshape(3, 4), layout)
    assert len(g) == len(x)
    rows = list(g)
    assert len(rows) == 3
    for row, want in zip(rows, x):
        assert_identical(row, want)
    assert [[int(v) for v in row] for row in g] == x.tolist()
    assert (5 in g) == (5 in x) and (99 in g) == (99 in x)


def test_zero_dimensional_arrays_have_no_length():
    g = ag.asarray(1.0)
    for function in (len, iter, list):
        with pytest.raises(TypeError):
            function(g)
