"""Joining, splitting, tiling, inserting, deleting, rolling, and functions applied to parts of arrays, against NumPy."""

import inspect
import sys

import numpy as np
import pytest

import anygpu as ag
from layouts import LAYOUTS, pair
from oracle import assert_identical, assert_same, assert_same_outcome

X = np.arange(24).reshape(2, 3, 4).astype("float32")


@pytest.mark.filterwarnings("ignore:`row_stack`:DeprecationWarning")
@pytest.mark.parametrize("name", ["hstack", "vstack", "dstack", "column_stack", *(["row_stack"] if hasattr(np, "row_stack") else [])])
def test_stacks(name):
    v, m, s = np.arange(3), np.arange(6.0).reshape(2, 3), np.ones((2, 3, 2), "int8")
    for arrays in [(v, v), (m, m), (s, s), (v, m), (m, v), (m, s), (v[0], v[1]), (v[:0], v[:0]), (m, m[:1]), (s[:0], s[:0])]:
        assert_same(lambda xp, *a: getattr(xp, name)(a), *arrays)
        assert_same(lambda xp, *a: getattr(xp, name)(list(a)), *arrays)
    assert_same(lambda xp: getattr(xp, name)([[1, 2], [3, 4]]))
    assert_same(lambda xp: getattr(xp, name)([]))
    assert_same(lambda xp, a: getattr(xp, name)(b for b in a), v)
    assert_same(lambda xp, a: getattr(xp, name)(a), m)


@pytest.mark.parametrize("name", ["hstack", "vstack", "stack", "concatenate"])
def test_stacks_with_a_dtype(name):
    v = np.arange(3)
    assert_same(lambda xp, a: getattr(xp, name)((a, a), dtype="float32"), v)
    assert_same(lambda xp, a: getattr(xp, name)((a * 0.5, a), dtype="int32"), v)
    assert_same(lambda xp, a: getattr(xp, name)((a * 0.5, a), dtype="int32", casting="unsafe"), v)


def test_at_least_some_dimensions():
    for x in (np.array(3), np.arange(3), np.ones((2, 3)), X, np.zeros((0,)), np.zeros((0, 2))):
        for name in ("atleast_1d", "atleast_2d", "atleast_3d"):
            assert_same(lambda xp, a: getattr(xp, name)(a), x)
            assert_same(lambda xp, a: getattr(xp, name)(a, 5, [1, 2]), x)


def test_block():
    a, b, c = np.eye(2), np.ones((2, 3), int), np.arange(3)
    for call in (
        lambda xp, a, b, c: xp.block([[a, b], [xp.zeros((3, 2)), xp.eye(3)]]),
        lambda xp, a, b, c: xp.block([c, c, 10]),
        lambda xp, a, b, c: xp.block([[c], [c]]),
        lambda xp, a, b, c: xp.block(a),
        lambda xp, a, b, c: xp.block([[[a, b]], [[a, b]]]),
        lambda xp, a, b, c: xp.block([1, 2]),
        lambda xp, a, b, c: xp.block([[a, b], [a]]),
        lambda xp, a, b, c: xp.block([[a], b]),
        lambda xp, a, b, c: xp.block((a, b)),
        lambda xp, a, b, c: xp.block([a, (b,)]),
        lambda xp, a, b, c: xp.block([[], [a]]),
        lambda xp, a, b, c: xp.block([]),
    ):
        assert_same(call, a, b, c)


@pytest.mark.parametrize("axis", [0, 1, -1, 3])
@pytest.mark.parametrize("sections", [1, 2, 3, 0, -1, [1], [1, 2], [0, 9], [], [2, 1], [-1]])
def test_splits(sections, axis):
    assert_same(lambda xp, x: xp.array_split(x, sections, axis), X)
    assert_same(lambda xp, x: xp.split(x, sections, axis), X)


def test_splits_by_name():
    for name in ("hsplit", "vsplit", "dsplit"):
        for sections in (2, 3, [1], np.array([1, 2])):
            for x in (X, X[0], X[0, 0], X[0, 0, 0]):
                assert_same(lambda xp, a: getattr(xp, name)(a, sections), x)


def test_split_parts_are_views():
    x = ag.asarray(X.copy())
    ag.split(x, 2)[1][...] = 0
    assert_identical(x[1], np.zeros((3, 4), "float32"))


def test_unstack():
    for axis in (0, 1, -1, 3):
        assert_same(lambda xp, x: xp.unstack(x, axis=axis), X)
    assert_same(lambda xp, x: xp.unstack(x), np.array(1))
    assert_same(lambda xp, x: xp.unstack(x), X[:0])


@pytest.mark.parametrize("reps", [2, (2,), (2, 1), (1, 2, 3), (2, 1, 1, 3), (), 1, (0, 2), -1])
def test_tile(reps):
    for x in (X, np.arange(3), np.array(5), np.zeros((2, 0), "int8"), np.array([True, False])):
        assert_same(lambda xp, a: xp.tile(a, reps), x)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, 3])
def test_repeat(axis):
    for repeats in (2, [3], 0, [1, 2], [0, 3, 1], [1, 0, 2, 1], list(range(24)), -1, [1, -1], 1.5, [[1, 2]], np.array([1, 2], "uint8"), []):
        assert_same(lambda xp, x: xp.repeat(x, repeats, axis), X)
        assert_same(lambda xp, x: x.repeat(repeats, axis), X)
    for repeats in ([1, 2], [0, 0, 0], [1, -1], [2]):
        assert_same(lambda xp, x, n: xp.repeat(x, n, axis), X, np.array(repeats))
    assert_same(lambda xp, x: xp.repeat(x, 3, axis), np.array(7))
    assert_same(lambda xp, x: xp.repeat(x, 3, axis), X[:0])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout(layout):
    x, g = pair(np.arange(30).reshape(5, 6), layout)
    for call in (
        lambda xp, a: xp.tile(a, (2, 1)),
        lambda xp, a: xp.repeat(a, 2, 0),
        lambda xp, a: xp.roll(a, (1, 2), (0, 1)),
        lambda xp, a: xp.delete(a, 2, 1),
        lambda xp, a: xp.kron(a, a[:2, :2]),
        lambda xp, a: xp.resize(a, (4, 9)),
        lambda xp, a: xp.packbits(a > 7, axis=0),
    ):
        assert_same_outcome(call, (x,), (g,))


def test_kron():
    for a, b in [((2, 3), (4, 5)), ((3,), (2,)), ((2, 3), (2,)), ((), (2, 2)), ((2, 1, 2), (3, 2)), ((0, 2), (2, 2))]:
        a, b = np.arange(np.prod(a)).reshape(a) + 1, np.arange(np.prod(b), dtype="float32").reshape(b)
        assert_same(lambda xp, a, b: xp.kron(a, b), a, b)


def test_roll():
    for shift, axis in [(1, None), (-25, None), (2, 0), (5, -1), (-1, 1), ((1, 2), (0, 2)), (1, (1, 2)), ((1, 2), 1), ((1, 2, 3), (0, 0, 1)), (0, 1), (24, None), (1, 3), ((1, 2), (0, 1, 2))]:
        assert_same(lambda xp, x: xp.roll(x, shift, axis), X)
    assert_same(lambda xp, x: xp.roll(x, 1, 0), X[:0])
    assert_same(lambda xp, x: xp.roll(x, 1), np.array(3))
    assert_same(lambda xp, x: xp.roll(x, 1.5), X)


def test_turns_and_mirrors():
    for k in range(-1, 6):
        for axes in [(0, 1), (1, 0), (1, 2), (0, -1)]:
            assert_same(lambda xp, x: xp.rot90(x, k, axes), X)
    for axes in [(0, 0), (0, 3), (0, 1, 2), (0, -3)]:
        assert_same(lambda xp, x: xp.rot90(x, 1, axes), X)
    for name in ("fliplr", "flipud"):
        for x in (X, X[0, 0], X[0, 0, 0]):
            assert_same(lambda xp, a: getattr(xp, name)(a), x)
    for axis, start in [(0, 0), (2, 0), (0, 2), (0, 3), (1, -1), (-1, 1), (2, 4), (3, 0)]:
        assert_same(lambda xp, x: xp.rollaxis(x, axis, start), X)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, 3])
def test_delete(axis):
    for obj in (0, -1, [0], [1, 1], [0, -1], slice(1), slice(None, None, 2), slice(2, 0, -1), slice(5, 2), [], [True, False], 30, [1, 30], 1.5, [1.5], np.array([1], "int8")):
        assert_same(lambda xp, x: xp.delete(x, obj, axis), X)
    assert_same(lambda xp, x, i: xp.delete(x, i, axis), X, np.array([0, 1]))
    assert_same(lambda xp, x: xp.delete(x, [True, False, True, True], axis=2), X)
    assert_same(lambda xp, x: xp.delete(x, x[0, 0] > 1, axis=2), X)


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_insert(axis):
    for obj in (0, 1, -1, [1], [0, 1], [1, 1], [2, 0, 1], slice(0, 2), 99, [0, 99], [[0]]):
        assert_same(lambda xp, x: xp.insert(x, obj, 7, axis), X)
    assert_same(lambda xp, x: xp.insert(x, [0, 2], [5.7, 6.7], axis), X[:, :2, :2])
    assert_same(lambda xp, x: xp.insert(x, 1, x[0, :2, 0], axis), X[:, :2, :2])
    assert_same(lambda xp, x: xp.insert(x, [], [], axis), X)
    assert_same(lambda xp, x, i: xp.insert(x, i, 5, axis), X, np.array([0, 1]))
    assert_same(lambda xp, x, i: xp.insert(x, i, 5, axis), X, np.array([True, False]))
    assert_same(lambda xp, x: xp.insert(x, 1, [1, 2, 3, 4, 5], axis), X)


def test_insert_of_several_slices():
    m = np.arange(6).reshape(2, 3)
    assert_same(lambda xp, m: xp.insert(m, 1, [[1, 2], [3, 4]], axis=1), m)
    assert_same(lambda xp, m: xp.insert(m, [1], [[1], [2]], axis=1), m)
    assert_same(lambda xp, m: xp.insert(m, 1, [8, 9], axis=1), m)
    assert_same(lambda xp, m: xp.insert(m, [1, 3], [[8, 9], [6, 7]], axis=1), m)
    assert_same(lambda xp, m: xp.insert(m, 2, 5, axis=2), m)


def test_append_and_resize():
    assert_same(lambda xp, x: xp.append(x, [[7, 8]]), X)
    assert_same(lambda xp, x: xp.append(x, x[:1], axis=0), X)
    assert_same(lambda xp, x: xp.append(x, 7), np.array(3))
    assert_same(lambda xp, x: xp.append(x, [1, 2], axis=0), X)
    for shape in [(2, 3), (5, 7), 50, (0, 2), (), (-1, 2), 24]:
        assert_same(lambda xp, x: xp.resize(x, shape), X)
        assert_same(lambda xp, x: xp.resize(x, shape), np.array([5], "int8"))
        assert_same(lambda xp, x: xp.resize(x, shape), X[:0])


def test_trim_zeros():
    v, m = np.array([0, 0, 1, 0, 2, 0]), np.pad(np.array([[1, 0], [0, 2]]), ((1, 2), (0, 1)))
    for x in (v, m, v * 0, m * 0, v[:0], v > 0, v * 1j):
        for trim in ("fb", "f", "b", "B", "x"):
            assert_same(lambda xp, a: xp.trim_zeros(a, trim), x)
    for axis in (0, 1, -1, (0, 1), 2):
        assert_same(lambda xp, a: xp.trim_zeros(a, axis=axis), m)
    for given in ([0, 1, 2, 0], (0, 0), [3]):
        assert ag.trim_zeros(given) == np.trim_zeros(given) and ag.trim_zeros(given, "f") == np.trim_zeros(given, "f")


@pytest.mark.parametrize("bitorder", ["big", "little", "no"])
def test_bits(bitorder):
    rng = np.random.default_rng(1)
    x, b = rng.integers(0, 2, (3, 11, 2)), rng.integers(0, 256, (3, 5), "uint8")
    for axis in (None, 0, 1, -1, 3):
        assert_same(lambda xp, x: xp.packbits(x, axis, bitorder), x)
        assert_same(lambda xp, x: xp.packbits(x != 0, axis=axis, bitorder=bitorder), x)
        for count in (None, 0, 7, 30, 100, -3, -100):
            assert_same(lambda xp, b: xp.unpackbits(b, axis, count, bitorder), b)
    assert_same(lambda xp, x: xp.packbits(x * 1.0, bitorder=bitorder), x)
    assert_same(lambda xp, x: xp.unpackbits(x, bitorder=bitorder), x)
    assert_same(lambda xp, x: xp.packbits(x, bitorder=bitorder), x[:0])


def test_functions_along_axes():
    for axis in (0, 1, -1, 3):
        assert_same(lambda xp, x: xp.apply_along_axis(lambda v: v[0] + v[-1], axis, x), X)
        assert_same(lambda xp, x: xp.apply_along_axis(lambda v: v * 2, axis, x), X)
        assert_same(lambda xp, x: xp.apply_along_axis(xp.diag, axis, x), X)
        assert_same(lambda xp, x: xp.apply_along_axis(lambda v, k, add: v[k] + add, axis, x, 1, add=3), X)
    assert_same(lambda xp, x: xp.apply_along_axis(xp.sum, 0, x), X[:, :0])
    for axes in ([0, 2], 1, -1, (0, 1, 2)):
        assert_same(lambda xp, x: xp.apply_over_axes(xp.sum, x, axes), X)


def test_piecewise():
    x = np.linspace(-2.5, 2.5, 6)
    for call in (
        lambda xp, x: xp.piecewise(x, [x < 0, x >= 0], [-1, 1]),
        lambda xp, x: xp.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v * 2]),
        lambda xp, x: xp.piecewise(x, [x < 0], [lambda v: -v, 10]),
        lambda xp, x: xp.piecewise(x, x < 0, [7, 8]),
        lambda xp, x: xp.piecewise(x, [x < 100, x < 0], [1, lambda v, a, b: v * a + b], 3, b=1),
        lambda xp, x: xp.piecewise(x, [x < 0, x > 1], [1]),
        lambda xp, x: xp.piecewise(x.reshape(2, 3), [x.reshape(2, 3) < 0], [1, 2]),
    ):
        assert_same(call, x)


def test_broadcast():
    a, b = np.ones((3, 1)), np.ones(4)
    for x in (a, b):
        got, want = ag.broadcast(ag.asarray(x), ag.asarray(b), 3), np.broadcast(x, b, 3)
        assert (got.shape, got.size, got.ndim, got.nd, got.numiter) == (want.shape, want.size, want.ndim, want.nd, want.numiter)
    with pytest.raises(ValueError):
        ag.broadcast(ag.asarray(np.ones(2)), ag.asarray(np.ones(3)))


def test_memory_is_shared():
    x = ag.asarray(np.arange(6))
    assert ag.may_share_memory(x, x[2:]) and ag.shares_memory(x, x.reshape(2, 3))
    assert not ag.may_share_memory(x, x.copy())


NAMES = """append apply_along_axis apply_over_axes argwhere array_split atleast_1d atleast_2d atleast_3d block choose column_stack compress copyto
delete diag diag_indices diag_indices_from diagflat dsplit dstack extract fill_diagonal fliplr flipud geomspace hsplit hstack indices insert ix_ kron
logspace mask_indices may_share_memory meshgrid packbits pad piecewise place put put_along_axis putmask ravel_multi_index repeat resize roll rollaxis
rot90 row_stack select shares_memory split stack take take_along_axis tile tri tril tril_indices tril_indices_from trim_zeros triu triu_indices
triu_indices_from unpackbits unravel_index unstack vander vsplit vstack""".split()


@pytest.mark.skipif(sys.version_info < (3, 11) or not hasattr(np.take, "__name__"), reason="signatures of NumPy's own functions")
def test_signatures():
    for name in filter(lambda name: hasattr(np, name), NAMES):
        got, want = inspect.signature(getattr(ag, name)), inspect.signature(getattr(np, name))
        assert str(got) == str(want), f"{name}{got}, NumPy has {name}{want}"
    for name in ("take", "put", "compress", "repeat"):
        assert str(inspect.signature(getattr(ag.ndarray, name))) == str(inspect.signature(getattr(np.ndarray, name)))
