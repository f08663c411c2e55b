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


def test_one_dimension_is_a_view():
    x, g = np.zeros((3, 3), "int32"), ag.asarray(np.zeros((3, 3), "int32"))
    np.lib.stride_tricks.as_strided(x, (3,), (16,))[...] = 1
    ag.lib.stride_tricks.as_strided(g, (3,), (16,))[...] = 1
    assert_identical(g, x)


@pytest.mark.gpu
def test_what_is_not_available():
    as_strided = ag.lib.stride_tricks.as_strided
    g = ag.asarray(X[0])
    with pytest.raises(ValueError, match="leaves"):
        as_strided(g, (30,), (4,))
    with pytest.raises(ValueError, match="positive"):
        as_strided(g, (3,), (-4,))
    with pytest.raises(NotImplementedError, match="writeable"):
        as_strided(g, (2, 2), (20, 4))
    with pytest.raises(NotImplementedError, match="contiguous"):
        as_strided(g.T, (2, 2), (4, 4))
    with pytest.raises(ValueError):
        as_strided(g, (3, 3), (4, 4))[...] = 1
