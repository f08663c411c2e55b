"""as_strided and sliding_window_view, against NumPy."""

import numpy as np
import pytest

import anygpu as ag
from layouts import LAYOUTS, pair
from oracle import assert_identical, assert_same, assert_same_outcome

X = np.arange(60).reshape(3, 4, 5).astype("int32")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_windows_of_every_layout(layout):
    x, g = pair(X[0], layout)
    assert_same_outcome(lambda xp, a: xp.lib.stride_tricks.sliding_window_view(a, (2, 3)), (x,), (g,))


def test_windows():
    windows = lambda xp, x, *args, **options: xp.lib.stride_tricks.sliding_window_view(x, *args, **options)  # noqa: E731
    for args in [((2, 2, 2),), (2, 0), (3, -1), ((1, 5), (0, 2)), ((2, 2), (1, 1)), ((0, 1, 1),), (4, 0), (2,), ((2, 2), 1), (-1, 0), (1, 3)]:
        assert_same(lambda xp, x: windows(xp, x, *args), X)
    assert_same(lambda xp, x: windows(xp, x, 3).sum(-1), X[0, 0])
    assert_same(lambda xp, x: windows(xp, x, 2, axis=1), X[:0])


def test_strides():
    strided = lambda xp, x, *args, **options: xp.lib.stride_tricks.as_strided(x, *args, **options)  # noqa: E731
    for args in [((3, 3), (4, 4)), ((4,), (12,)), ((2, 3), (40, 8)), ((5, 2), (0, 4)), ((0, 3), (4, 4)), ((), ()), (None, None)]:
        assert_same(lambda xp, x: strided(xp, x, *args, writeable=False), X[0])


def test_views():
    as_strided, windows = ag.lib.stride_tricks.as_strided, ag.lib.stride_tricks.sliding_window_view
    for view in [
        lambda tricks, x: tricks.as_strided(x, (3,), (16,)),
        lambda tricks, x: tricks.as_strided(x[1:, ::-1], (2, 2), (12, -4)),
        lambda tricks, x: tricks.as_strided(x.T, (3, 2), (4, 12)),
        lambda tricks, x: tricks.sliding_window_view(x[:, ::-1], (1, 1), writeable=True),
    ]:
        x = np.arange(9, dtype="int32").reshape(3, 3)
        g = ag.asarray(x.copy())
        assert_identical(view(ag.lib.stride_tricks, g), view(np.lib.stride_tricks, x))
        view(ag.lib.stride_tricks, g)[...] = -1
        view(np.lib.stride_tricks, x)[...] = -1
        assert_identical(g, x)
    g = ag.arange(5)
    overlapping, pairs = as_strided(g, (3, 3), (8, 8)), windows(g, 2)
    g += 1
    assert_identical(overlapping, np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5]]))
    assert_identical(pairs, np.array([[1, 2], [2, 3], [3, 4], [4, 5]]))


@pytest.mark.gpu
def test_what_is_not_available():
    as_strided = ag.lib.stride_tricks.as_strided
    g = ag.asarray(X[0])
    with pytest.raises(ValueError, match="outside"):
        as_strided(g, (30,), (4,))
    with pytest.raises(ValueError, match="outside"):
        as_strided(g, (3,), (-4,))
    with pytest.raises(ValueError, match="multiples"):
        as_strided(g, (3,), (2,))
    with pytest.raises(ValueError):
        as_strided(g, (3, 3), (4, 4))[...] = 1


def test_views_are_read_only_unless_asked_for():
    def write(xp, x, name, **options):
        view = xp.lib.stride_tricks.sliding_window_view(x, 2, **options) if name == "windows" else xp.lib.stride_tricks.as_strided(x, (2,), (8,), **options)
        assert view.flags.writeable is options.get("writeable", name == "strided")
        view[0] = 7
        return x

    for name, options in [("windows", {}), ("windows", {"writeable": False}), ("strided", {"writeable": False}), ("strided", {})]:
        assert_same(lambda xp, x: write(xp, x, name, **options), X[0, 0])
