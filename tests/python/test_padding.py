"""pad in every mode, against NumPy."""

import numpy as np
import pytest

import anygpu as ag
from layouts import LAYOUTS, pair
from oracle import assert_close, assert_identical, assert_same, assert_same_outcome

RNG = np.random.default_rng(4)
MATRIX = RNG.integers(-20, 20, (3, 4))
WIDTHS = [1, (2, 1), ((0, 3), (5, 0)), ((9, 8), (1, 7)), 0]
MODES = ["constant", "edge", "maximum", "minimum", "reflect", "symmetric", "wrap"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("mode", MODES)
def test_modes(mode, width):
    assert_same(lambda xp, x: xp.pad(x, width, mode), MATRIX)
    assert_same(lambda xp, x: xp.pad(x, width, mode), MATRIX.astype("float32")[:1])


@pytest.mark.parametrize("width", WIDTHS[2:4])
@pytest.mark.parametrize("mode", ["mean", "median", "linear_ramp"])
def test_computed_modes(mode, width):
    assert_same(lambda xp, x: xp.pad(x, width, mode), MATRIX)
    exact = MATRIX / 8
    assert_same(lambda xp, x: xp.pad(x, width, mode), exact, compare=lambda got, want: assert_close(got, want, 20, 8))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("mode", ["reflect", "symmetric"])
def test_odd_reflections(mode, width):
    assert_same(lambda xp, x: xp.pad(x, width, mode, reflect_type="odd"), MATRIX)
    assert_same(lambda xp, x: xp.pad(x, width, mode, reflect_type="odd"), MATRIX.astype("uint8")[:, :1])
    assert_same(lambda xp, x: xp.pad(x, width, mode, reflect_type="odd"), (MATRIX / 8).astype("float32")[:2])


@pytest.mark.parametrize("length", [1, 2, (1, 3), ((2, 1), (1, 9))])
@pytest.mark.parametrize("mode", ["maximum", "mean", "median", "minimum"])
def test_lengths_of_statistics(mode, length):
    assert_same(lambda xp, x: xp.pad(x, 2, mode, stat_length=length), MATRIX)


def test_values():
    for call in (
        lambda xp, x: xp.pad(x, 2, constant_values=7),
        lambda xp, x: xp.pad(x, 2, constant_values=(1, 2)),
        lambda xp, x: xp.pad(x, ((1, 2), (3, 0)), constant_values=((1, 2), (3, 4))),
        lambda xp, x: xp.pad(x, 1, constant_values=2.7),
        lambda xp, x: xp.pad(x, 1, constant_values=xp.asarray([3, 4])),
        lambda xp, x: xp.pad(x, 1, constant_values=xp.asarray(2.5)),
        lambda xp, x: xp.pad(x, 3, "linear_ramp", end_values=(5, -4)),
        lambda xp, x: xp.pad(x, ((1, 2), (3, 0)), "linear_ramp", end_values=((5, -4), (1, 2))),
        lambda xp, x: xp.pad(x, {0: 2, -1: (1, 3)}),
        lambda xp, x: xp.pad(x, {1: 2}, mode="wrap"),
        lambda xp, x: xp.pad(x[0] > 0, 2, mode="edge"),
        lambda xp, x: xp.pad(x * 1j, 2, mode="symmetric"),
        lambda xp, x: xp.pad(x[0, 0], 0),
        lambda xp, x: xp.pad(x[:0], 2),
        lambda xp, x: xp.pad(x[:0], ((0, 0), (1, 2)), mode="edge"),
    ):
        assert_same(call, MATRIX)


def test_what_numpy_refuses():
    for call in (
        lambda xp, x: xp.pad(x, -1),
        lambda xp, x: xp.pad(x, 1.5),
        lambda xp, x: xp.pad(x, (1, 2, 3)),
        lambda xp, x: xp.pad(x, 1, "no"),
        lambda xp, x: xp.pad(x, 1, "edge", constant_values=3),
        lambda xp, x: xp.pad(x[:0], 1, "edge"),
        lambda xp, x: xp.pad(x, 1, "maximum", stat_length=0),
        lambda xp, x: xp.pad(x, 1, "maximum", stat_length=-1),
        lambda xp, x: xp.pad(x, {5: 1}),
    ):
        assert_same(call, MATRIX)


def test_empty_leaves_the_middle():
    got = ag.pad(ag.asarray(MATRIX), 2, "empty")
    assert got.shape == (7, 8)
    assert_identical(got[2:-2, 2:-2], MATRIX)


def test_a_function_as_mode():
    def border(vector, width, axis, kwargs):
        vector[: width[0]] = kwargs.get("value", 1)
        vector[-width[1] :] = axis

    assert_same(lambda xp, x: xp.pad(x, 2, border, value=5), MATRIX)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, g = pair(MATRIX.astype("int16"), layout)
    for mode in ("constant", "reflect", "maximum"):
        assert_same_outcome(lambda xp, a: xp.pad(a, ((1, 2), (2, 0)), mode), (x,), (g,))


def test_nan_reaches_the_border():
    x = np.array([1.0, np.nan, 3.0, 2.0])
    for mode in ("maximum", "mean", "median"):
        assert_same(lambda xp, a: xp.pad(a, 2, mode), x)


@pytest.mark.parametrize("mode", ["mean", "median", "minimum", "maximum"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_statistic_of_no_elements(mode):
    for lengths in (0, (1, 0)):
        assert_same(lambda xp, x: xp.pad(x, (1, 2), mode, stat_length=lengths), np.array([1.0, 2.0]))
