"""reshape transpose squeeze expand_dims broadcast_to flip concatenate stack, and the attributes of an array's form."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anygpu as ag
from layouts import ALL, operands, pair, shapes
from oracle import assert_identical, assert_same_outcome


def factorisations(size):
    """Some shapes of `size` elements."""
    found = [(size,), (1, size), (size, 1)]
    found += [(d, size // d) for d in range(2, 7) if size and size % d == 0]
    return found + ([(2, size // 4, 2)] if size % 4 == 0 else [])


@given(operands(), st.data())
def test_reshape(operand, data):
    x, g = operand.pair()
    shape = data.draw(st.sampled_from(factorisations(x.size)))
    assert_identical(g.reshape(shape), x.reshape(shape), nan_bits=True)
    assert_identical(ag.reshape(g, shape), x.reshape(shape), nan_bits=True)
    if x.size:
        unknown = tuple(-1 if i == 0 else n for i, n in enumerate(shape))
        assert_identical(g.reshape(*unknown), x.reshape(*unknown), nan_bits=True)


def test_reshape_of_contiguous_data_is_a_view():
    g = ag.zeros(6)
    g.reshape(2, 3)[0, 1] = 5
    assert float(g[1]) == 5


def test_reshape_methods():
    x = np.arange(24).reshape(2, 3, 4)
    g = ag.asarray(x)
    assert_identical(g.ravel(), x.ravel())
    assert_identical(g.T.flatten(), x.T.flatten())
    assert_identical(g.reshape(-1), x.reshape(-1))
    assert_identical(g.reshape((4, 6)), x.reshape((4, 6)))


@pytest.mark.parametrize("shape", [(5,), (2, 5), (-1, 5), (-1, -1), (-2, 3), (0, -1), (7, 0)])
def test_reshape_refuses_what_numpy_refuses(shape):
    x = np.arange(12)
    assert_same_outcome(lambda xp, a: a.reshape(shape), (x,), (ag.asarray(x),))


@given(operands(), st.data())
def test_transpose(operand, data):
    x, g = operand.pair()
    axes = data.draw(st.permutations(range(x.ndim)))
    assert_identical(ag.transpose(g, axes), np.transpose(x, axes), nan_bits=True)
    assert_identical(g.transpose(*axes) if axes else g.transpose(), x.transpose(*axes) if axes else x.transpose(), nan_bits=True)
    assert_identical(g.T, x.T, nan_bits=True)
    assert_identical(ag.transpose(g), np.transpose(x), nan_bits=True)


@pytest.mark.parametrize("axes", [(0,), (0, 0, 1), (0, 1, 3), (-1, 0, 2), (0, 1, 2, 3)])
def test_transpose_refuses_what_numpy_refuses(axes):
    x = np.zeros((2, 3, 4))
    assert_same_outcome(lambda xp, a: xp.transpose(a, axes), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("shape", [(1,), (1, 3, 1), (2, 1), (1, 1), (3,), (), (0, 1)])
def test_squeeze_and_expand_dims(shape):
    x = np.arange(int(np.prod(shape))).reshape(shape)
    g = ag.asarray(x)
    assert_identical(ag.squeeze(g), np.squeeze(x))
    for axis in [0, -1, 1, 2, (0, 2), (), 5, -4, (0, 0)]:
        assert_same_outcome(lambda xp, a: xp.squeeze(a, axis=axis), (x,), (g,))
        assert_same_outcome(lambda xp, a: xp.expand_dims(a, axis=axis), (x,), (g,))


@given(shapes(max_dims=3), st.data())
def test_broadcast_to(shape, data):
    source = tuple(1 if data.draw(st.booleans()) else n for n in shape)
    x = np.arange(int(np.prod(source)), dtype="int16").reshape(source)
    target = tuple(data.draw(st.lists(st.integers(1, 3), max_size=2))) + shape
    assert_identical(ag.broadcast_to(ag.asarray(x), target), np.broadcast_to(x, target))


@pytest.mark.parametrize("target", [(2,), (3, 4), (4,), (), (2, 3, 1), (-1, 3)])
def test_broadcast_to_refuses_what_numpy_refuses(target):
    x = np.zeros((2, 3))
    assert_same_outcome(lambda xp, a: xp.broadcast_to(a, target), (x,), (ag.asarray(x),))


@given(operands(), st.data())
def test_flip(operand, data):
    x, g = operand.pair()
    assert_identical(ag.flip(g), np.flip(x), nan_bits=True)
    if x.ndim:
        axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
        assert_identical(ag.flip(g, axis), np.flip(x, axis), nan_bits=True)
        axes = tuple(data.draw(st.lists(st.integers(0, x.ndim - 1), unique=True)))
        assert_identical(ag.flip(g, axes), np.flip(x, axes), nan_bits=True)


@given(st.lists(operands(shape=(3, 5)), min_size=1, max_size=4), st.sampled_from([0, 1, -1, None]))
def test_concatenate_and_stack(drawn, axis):
    arrays, device_arrays = zip(*(o.pair() for o in drawn))
    same = len({a.dtype for a in arrays}) == 1
    assert_identical(ag.concatenate(device_arrays, axis=axis), np.concatenate(arrays, axis=axis), nan_bits=same)
    if axis is not None:
        assert_identical(ag.stack(device_arrays, axis=axis), np.stack(arrays, axis=axis), nan_bits=same)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "float16", "int32", "complex128"])
def test_concatenate_different_lengths(axis, dtype):
    """Pieces that begin in the middle of a 32-bit word."""
    rng = np.random.default_rng(2)
    pieces = []
    for length in (1, 0, 3, 2, 7, 1):
        shape = [2, 3, 5]
        shape[axis] = length
        pieces.append(rng.integers(0, 2, shape).astype(dtype))
    assert_identical(ag.concatenate([ag.asarray(p) for p in pieces], axis=axis), np.concatenate(pieces, axis=axis))


def test_concatenate_many():
    """More arrays than a shader stage has bindings."""
    pieces = [np.full(3 + i % 4, i, "int16") for i in range(70)]
    assert_identical(ag.concatenate([ag.asarray(p) for p in pieces]), np.concatenate(pieces))
    rows = [np.full(5, i, "float32") for i in range(70)]
    assert_identical(ag.stack([ag.asarray(r) * 2 for r in rows], axis=1), np.stack([r * 2 for r in rows], axis=1))


@pytest.mark.parametrize(("left", "right", "axis"), [((2, 3), (2, 4), 0), ((2, 3), (3,), 0), ((2, 3), (2, 3), 2), ((), (), 0), ((2, 3), (2, 3), -3)])
def test_concatenate_refuses_what_numpy_refuses(left, right, axis):
    x, y = np.zeros(left), np.zeros(right)
    for name in ("concatenate", "stack"):
        assert_same_outcome(lambda xp, a, b: getattr(xp, name)([a, b], axis=axis), (x, y), (ag.asarray(x), ag.asarray(y)))
    assert_same_outcome(lambda xp: xp.concatenate([]), (), ())
    assert_same_outcome(lambda xp: xp.stack([]), (), ())


@given(operands())
def test_attributes(operand):
    x, g = operand.pair()
    assert (g.shape, g.dtype, g.ndim, g.size, g.nbytes, g.itemsize) == (x.shape, x.dtype, x.ndim, x.size, x.nbytes, x.itemsize)
    assert isinstance(g.dtype, np.dtype)
    assert len(g.strides) == g.ndim
    if x.size > 1 and operand.layout != "offset":
        assert all(a == b for a, b, n in zip(g.strides, x.strides, x.shape) if n > 1)


@pytest.mark.parametrize("dtype", ALL)
def test_views_of_views(dtype):
    x = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5).astype(dtype)
    g = ag.asarray(x)
    for axes in itertools.islice(itertools.permutations(range(4)), 0, 24, 5):
        f = lambda a: ag_or_np(a).flip(a.transpose(axes)[::-1, 1:, ::2], 1).reshape(-1)[3::-1]  # noqa: B023, E731
        assert_identical(f(g), f(x))


def ag_or_np(array):
    """The module that `array` belongs to."""
    return np if isinstance(array, np.ndarray) else ag


def test_fortran_order_comes_up_as_it_is_seen():
    x = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    assert_identical(ag.asarray(x), x)
    y, gy = pair(np.arange(12).reshape(3, 4), "transposed")
    assert_identical(ag.asarray(y) + gy, y + y)
