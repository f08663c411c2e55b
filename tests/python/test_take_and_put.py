"""take put choose select and their kin: elements by position or condition, against NumPy."""

import numpy as np
import pytest

import anygpu as ag
from layouts import WRITABLE_LAYOUTS, based_pair, pair, random_values
from oracle import assert_identical, assert_same, assert_same_outcome

RNG = np.random.default_rng(11)
X = RNG.integers(-50, 50, (4, 5, 6)).astype("int32")
DTYPES = ["bool", "int8", "int64", "float16", "float32", "float64", "complex128"]


@pytest.mark.parametrize("mode", ["raise", "wrap", "clip"])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_take(axis, mode):
    for indices in ([0, 2, -1], 3, [[1, 0], [3, 3]], []):
        assert_same(lambda xp, x: xp.take(x, indices, axis, mode=mode), X)
        assert_same(lambda xp, x: x.take(indices, axis, mode=mode), X)
    assert_same(lambda xp, x, i: xp.take(x, i, axis, mode=mode), X, np.array([[0, 1], [-1, 3]], "int8"))
    if mode != "raise":
        assert_same(lambda xp, x, i: xp.take(x, i, axis, mode=mode), X, np.array([1000, -1000, 7]))
        assert_same(lambda xp, x: xp.take(x, [1000, -1000], axis, mode=mode), X)


@pytest.mark.parametrize("dtype", DTYPES)
def test_take_of_every_kind_of_dtype(dtype):
    x = random_values(dtype, (7, 3), RNG)
    assert_same(lambda xp, a: xp.take(a, [1, 5, 5], axis=0), x)


def test_take_refuses_what_numpy_refuses():
    for call in (
        lambda xp, x: xp.take(x, [6], axis=0),
        lambda xp, x: xp.take(x, [1], axis=3),
        lambda xp, x: xp.take(x, [1.5]),
        lambda xp, x: xp.take(x, [1], mode="no"),
        lambda xp, x: xp.take(x[:0], [0], axis=0),
        lambda xp, x: xp.take(x[:0], [0], axis=0, mode="clip"),
        lambda xp, x: xp.take(x[:0], [], axis=0),
        lambda xp, x: xp.take(x, [0, 1], axis=0, out=xp.asarray(np.zeros((2, 5), "int32"))),
    ):
        assert_same(call, X)
    assert_same(lambda xp, x, i: xp.take(x, i, axis=1), X, np.array([5]))


def test_take_into_out():
    def call(xp, x):
        out = xp.asarray(np.zeros((2, 5, 6), "int32"))
        assert xp.take(x, [3, 1], axis=0, out=out, mode="clip") is out
        return out

    assert_same(call, X)


@pytest.mark.parametrize("axis", [0, 1, -1, None])
def test_along_an_axis(axis):
    def order(xp, x):
        return xp.take_along_axis(x, xp.argsort(x, axis), axis)

    def smallest(xp, x):
        i = xp.argmin(x.reshape(-1) if axis is None else x, axis, keepdims=True)
        xp.put_along_axis(x, i, 99, axis)
        return i

    assert_same(order, X)
    assert_same(smallest, X)


def test_put_along_the_flattened_array():
    assert_same(lambda xp, x: xp.put_along_axis(x, xp.asarray([3, 3, 1]), xp.asarray([1, 2, 3]), None), X)


def test_along_an_axis_refuses_what_numpy_refuses():
    i = np.zeros((4, 5, 1), int)
    assert_same(lambda xp, x, i: xp.take_along_axis(x, i[0], 0), X, i)
    assert_same(lambda xp, x, i: xp.take_along_axis(x, i, 3), X, i)
    assert_same(lambda xp, x, i: xp.take_along_axis(x, i, None), X, i)
    assert_same(lambda xp, x, i: xp.take_along_axis(x, i.astype(float), 2), X, i)
    assert_same(lambda xp, x, i: xp.take_along_axis(x, i), X, i)


@pytest.mark.parametrize("layout", WRITABLE_LAYOUTS)
def test_writing_by_position_reaches_views(layout):
    for write in (
        lambda xp, a: xp.put(a, [0, -1, 7, 0], [1, 2, 3, 4]),
        lambda xp, a: xp.put(a, xp.asarray([5, 4]), 9),
        lambda xp, a: xp.place(a, a > 0, xp.asarray([1, 2, 3])),
        lambda xp, a: xp.putmask(a, a > 0, a * 2),
        lambda xp, a: xp.putmask(a, a > 0, [7, 8, 9]),
        lambda xp, a: xp.copyto(a, 3, where=a < 0),
        lambda xp, a: xp.fill_diagonal(a, xp.asarray([4, 5])),
        lambda xp, a: xp.fill_diagonal(a, 4, wrap=True),
    ):
        (base, view), (gbase, gview) = based_pair(RNG.integers(-9, 9, (9, 3)), layout)
        write(np, view)
        write(ag, gview)
        assert_identical(gbase, base)


def test_put():
    for ind, v, mode in [([0, 2], [-44, -55], "raise"), (22, -5, "clip"), ([200, -300], [1, 2, 3], "wrap"), ([1, 1, 1], [5, 6], "raise"), ([0], [], "raise"), ([], [1], "raise")]:
        assert_same(lambda xp, x: xp.put(x, ind, v, mode=mode), X)
        assert_same(lambda xp, x: x.put(ind, v, mode=mode), X)
    for call in (
        lambda xp, x: xp.put(x, [120], 1),
        lambda xp, x: xp.put(x, [1.5], 1),
        lambda xp, x: xp.put(x[:0], [0], 1),
        lambda xp, x: xp.put(x, [0], 1, mode="no"),
        lambda xp, x: xp.put([1, 2], [0], 1),
    ):
        assert_same(call, X)


def test_compress_and_extract():
    mask = X > 3
    assert_same(lambda xp, m, x: xp.compress(m[0, :, 0], x, axis=1), mask, X)
    assert_same(lambda xp, m, x: x.compress(m[0, 0], axis=-1), mask, X)
    assert_same(lambda xp, x: xp.compress([0, 1, 1], x, axis=0), X)
    assert_same(lambda xp, x: xp.compress([0, 1, 5], x), X)
    assert_same(lambda xp, x: xp.compress([[0, 1]], x), X)
    assert_same(lambda xp, x: xp.compress([0, 0, 0, 0, 1], x, axis=0), X)
    assert_same(lambda xp, m, x: xp.extract(m, x), mask, X)
    assert_same(lambda xp, x: xp.extract(x % 3, x), X)
    assert_same(lambda xp, x: xp.argwhere(x > 20), X)
    assert_same(lambda xp, x: xp.argwhere(x[0, 0, 0]), X)
    assert_same(lambda xp, x: xp.argwhere(x[0, 0, 0] * 0), X)


def test_select():
    x = np.arange(12).reshape(3, 4)
    for call in (
        lambda xp, x: xp.select([x < 3, x > 5], [x, x**2], 42),
        lambda xp, x: xp.select([x < 3, x > 5], [x, 0.5]),
        lambda xp, x: xp.select([x[0] < 3, x > 5], [x, x[:, :1]], default=-1),
        lambda xp, x: xp.select([x < 3], [x.astype("float32")], default=xp.asarray(2)),
        lambda xp, x: xp.select([x < 3, x < 5], [1, 2.5], 7),
        lambda xp, x: xp.select([True], [0], default=[0]),
        lambda xp, x: xp.select([x[0] < 2], [x[0]], default=xp.ones((2, 1))),
        lambda xp, x: xp.select([], []),
        lambda xp, x: xp.select([x < 3], [x, x]),
        lambda xp, x: xp.select([x], [x]),
    ):
        assert_same(call, x)


@pytest.mark.parametrize("mode", ["raise", "wrap", "clip"])
def test_choose(mode):
    a = np.array([[2, 0, 1], [1, 1, 0]])
    choices = [np.arange(3), np.full((2, 1), 7.5), np.arange(6).reshape(2, 3) + 10]
    assert_same(lambda xp, a, *c: xp.choose(a, c, mode=mode), a, *choices)
    assert_same(lambda xp, a, *c: a.choose(c, mode=mode), a, *choices)
    assert_same(lambda xp, a, c: xp.choose(a, c, mode=mode), a, np.arange(12).reshape(4, 3))
    assert_same(lambda xp, a: xp.choose(a, [1, 2, 3], mode=mode), a)
    assert_same(lambda xp, a, *c: xp.choose(a * 3 - 2, c, mode=mode), a, *choices)
    assert_same(lambda xp, a: xp.choose(a, [xp.asarray([1, 2])], mode="clip"), a[:, :2])
    assert_same(lambda xp, a: xp.choose(a, [], mode=mode), a)
    assert_same(lambda xp, a: xp.choose(a * 1.5, [1, 2, 3], mode=mode), a)


def test_place_putmask_copyto():
    for call in (
        lambda xp, x: xp.place(x, x > 3, [44, 55]),
        lambda xp, x: xp.place(x, x, [1.5, 3, 7]),
        lambda xp, x: xp.place(x, x > 1000, []),
        lambda xp, x: xp.place(x, x > 3, []),
        lambda xp, x: xp.place(x, x[0] > 3, [1]),
        lambda xp, x: xp.putmask(x, x > 2, x**2),
        lambda xp, x: xp.putmask(x, x > 2, 2.5),
        lambda xp, x: xp.putmask(x, x[0] > 2, 2),
        lambda xp, x: xp.putmask(x, x > 2, []),
        lambda xp, x: xp.putmask(x, x, xp.asarray([1, 2, 3, 4, 5, 6, 7], dtype="int16")),
        lambda xp, x: xp.copyto(x, x[:, :1]),
        lambda xp, x: xp.copyto(x, 2.5),
        lambda xp, x: xp.copyto(x, 2.5, casting="unsafe"),
        lambda xp, x: xp.copyto(x, xp.asarray([1, 2])),
        lambda xp, x: xp.copyto(x, xp.asarray([[[[1, 2, 3, 4, 5, 6]]]]), where=x[:, :1] > 0),
        lambda xp, x: xp.copyto(x, 1, where=x),
        lambda xp, x: xp.copyto(x, 1, where=[True, False]),
    ):
        assert_same(call, X)


def test_fill_diagonal():
    for shape in [(3, 3), (6, 2), (2, 6), (3, 3, 3), (0, 2), (7, 1)]:
        for wrap in (False, True):
            assert_same(lambda xp, x: xp.fill_diagonal(x, 4, wrap), np.zeros(shape))
            assert_same(lambda xp, x: xp.fill_diagonal(x, [1, 2], wrap), np.zeros(shape, "int16"))
    assert_same(lambda xp, x: xp.fill_diagonal(x, 4), np.zeros(3))
    assert_same(lambda xp, x: xp.fill_diagonal(x, 4), np.zeros((3, 3, 2)))


@pytest.mark.gpu
def test_what_is_written_must_be_ours():
    for name, args in {"put": ([0], 1), "place": ([True, False], [1]), "putmask": ([True, False], 1), "copyto": (1,), "put_along_axis": ([0], 1, 0)}.items():
        with pytest.raises(TypeError, match="anygpu.ndarray"):
            getattr(ag, name)(np.zeros(2), *args)


def test_positions_in_every_layout():
    for layout in WRITABLE_LAYOUTS:
        x, g = pair(X, layout)
        assert_identical(ag.take(g, [7, 100, -3]), np.take(x, [7, 100, -3]))
        assert_identical(g.take([1, 0], axis=1), x.take([1, 0], axis=1))
        assert_same_outcome(lambda xp, a: xp.take_along_axis(a, xp.argsort(a, 1), 1), (x,), (g,))
