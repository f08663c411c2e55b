"""Integer arrays and masks as indices, from the host and from the device, read and assigned."""

import numpy as np
import pytest

import anygpu as ag
from layouts import ALL
from oracle import assert_identical, assert_same_outcome, outcome, to_numpy

RNG = np.random.default_rng(0)
X = RNG.integers(0, 100, (4, 5, 6)).astype("int32")
FULL = slice(None)
KEYS = {
    "integers": np.array([0, 1, -1]),
    "a matrix of integers": np.array([[0, 1], [2, 3]]),
    "two arrays": (np.array([0, 1]), np.array([2, 3])),
    "behind a slice": (FULL, np.array([0, 4, -5])),
    "around a slice": (np.array([0, 1]), FULL, np.array([2, 3])),
    "side by side behind a slice": (slice(1, 3), np.array([0, 1]), np.array([2, 3])),
    "around a new axis": (np.array([0, 1]), None, np.array([1, 2])),
    "behind an integer": (0, np.array([1, 2])),
    "before an integer": (np.array([1, 2]), 0),
    "apart from an integer": (0, FULL, np.array([1, 2])),
    "behind an ellipsis": (..., np.array([1, 2])),
    "broadcast against each other": (np.array([[0], [1]]), np.array([[2, 3]])),
    "with a reversed slice": (np.array([3]), slice(None, None, -1)),
    "with stepped slices": (slice(None, None, 2), FULL, np.array([1, 1])),
    "a list": [0, 1],
    "nested lists": [[0, 1], [1, 2]],
    "an empty list": [],
    "no integers": np.array([], dtype=int),
    "small unsigned integers": np.array([1, 2], "uint8"),
    "no dimensions": np.array(2),
    "no dimensions, twice": (np.array(2), np.array([1, 2])),
    "a mask": X > 50,
    "a mask of the first dimensions": X[:, :, 0] > 50,
    "a mask of the last dimensions": (FULL, X[0] > 50),
    "a mask and integers": (np.array([True, False, True, True]), np.array([1, 2, 3])),
    "True": True,
    "False": False,
    "True behind a slice": (FULL, True),
    "a mask without dimensions": np.array(True),
    "out of bounds": np.array([4]),
    "out of bounds below": np.array([0, -5]),
    "shapes that differ": (np.array([0, 1]), np.array([0, 1, 2])),
    "floats": np.array([1.5]),
    "a mask too short": np.array([True, False]),
    "too many": (np.array([0]), np.array([0]), np.array([0]), np.array([0])),
}


def on_device(key):
    """The index with its arrays uploaded."""
    if isinstance(key, tuple):
        return tuple(on_device(k) for k in key)
    return ag.asarray(key) if isinstance(key, np.ndarray) else key


def same(got, want):
    """The same array, or an exception of the same class."""
    if isinstance(want, Exception):
        assert isinstance(got, type(want)), f"NumPy raises {want!r}, got {got!r}"
    else:
        assert not isinstance(got, Exception), got
        assert_identical(got, want)


@pytest.mark.parametrize("place", ["host", "device"])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_read(key, place):
    index = on_device(key) if place == "device" else key
    for x, g in [(X, ag.asarray(X)), (X.transpose(0, 2, 1)[:, ::-1][:, :5], ag.asarray(X).transpose(0, 2, 1)[:, ::-1][:, :5])]:
        same(outcome(lambda a: to_numpy(a[index]), g), outcome(lambda a: a[key], x))


@pytest.mark.parametrize("place", ["host", "device"])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_assign(key, place):
    index = on_device(key) if place == "device" else key
    chosen = outcome(lambda: X[key])
    values = [7] if isinstance(chosen, Exception) else [7, 2.9, RNG.integers(0, 9, chosen.shape), RNG.random(chosen.shape) * 50]
    if not isinstance(chosen, Exception) and chosen.ndim and chosen.shape[-1]:
        values.append(RNG.integers(0, 9, chosen.shape)[..., :1])

    def assigned(array, index, value):
        array[index] = value
        return array

    for value in values:
        want = outcome(assigned, X.copy(), key, value)
        same(outcome(lambda: to_numpy(assigned(ag.asarray(X.copy()), index, value))), want)


@pytest.mark.parametrize("dtype", ALL)
def test_every_dtype(dtype):
    x = RNG.integers(0, 2, (7, 9)).astype(dtype)
    g = ag.asarray(x)
    rows, columns = np.array([1, 5, -1]), np.array([0, 1, 1])
    assert_identical(g[rows], x[rows])
    assert_identical(g[:, columns], x[:, columns])
    assert_identical(g[x.astype(bool)], x[x.astype(bool)])
    values = np.array([1, 0, 1]).astype(dtype)
    x[rows, columns] = values
    g[rows, columns] = values
    assert_identical(g, x)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "complex128"])
def test_the_last_of_repeated_positions_stays(dtype):
    x = np.zeros(1000, dtype)
    where, values = RNG.integers(0, 1000, 20_011), RNG.integers(0, 100, 20_011).astype(dtype)
    g = ag.asarray(x)
    x[where] = values
    g[where] = values
    assert_identical(g, x)


def test_through_a_view_and_in_place():
    x = np.arange(60.0).reshape(6, 10)
    g = ag.asarray(x)
    for a in (x, g):
        a[::2, ::-1][[0, 2], [1, 3]] += 100
        a[1:][:, [0, 0, 2]] *= 2
        a[a > 50] = -1
    assert_identical(g, x)


def test_pending_readers_keep_the_old_values():
    x = np.arange(10.0)
    g = ag.asarray(x)
    before = g * 2
    g[[1, 2]] = 0
    assert_identical(before, x * 2)


@pytest.mark.gpu
def test_a_device_index_out_of_bounds_is_reported_at_the_next_synchronisation():
    g = ag.arange(10)
    wrong = g[ag.asarray([0, 10])]
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 10"):
        ag.synchronize()
    assert wrong.shape == (2,)
    g[ag.asarray([-11])] = 5
    with pytest.raises(IndexError):
        g.tolist()
    assert g[ag.asarray([-1])].tolist() == [9]


def test_many_indices():
    x = RNG.random(300_000).astype("float32")
    where = RNG.integers(-300_000, 300_000, 1_000_003)
    assert_identical(ag.asarray(x)[where], x[where])
    assert_identical(ag.asarray(x)[x > 0.5], x[x > 0.5])


@pytest.mark.parametrize("shape", [(1,), (0,), (5,), (3, 4), (2, 0, 3), (1025,), (2, 3, 700)])
def test_nonzero(shape):
    x = RNG.integers(0, 2, shape)
    for got, want in zip(ag.nonzero(ag.asarray(x)), np.nonzero(x), strict=True):
        assert_identical(got, want)
    assert_identical(ag.flatnonzero(ag.asarray(x)), np.flatnonzero(x))


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("shape", [(0,), (1,), (1023,), (1025,), (5000,), (3, 2100), (2, 0, 3), (70, 3, 4)])
def test_running_sums(dtype, shape):
    x = RNG.integers(0, 3, shape).astype(dtype)
    g = ag.asarray(x)
    for axis in range(len(shape)):
        want = np.cumsum(x, axis)
        got = to_numpy(ag.cumsum(g, axis))
        assert got.dtype == want.dtype
        if dtype != "float16":  # NumPy rounds every partial sum, anygpu the result
            assert_identical(got, want)
        if dtype not in ("complex64", "complex128"):
            assert_identical(ag.maximum.accumulate(g, axis) if x.size else x, np.maximum.accumulate(x, axis) if x.size else x)
    assert_identical(ag.cumprod(g > 0), np.cumprod(x > 0))


def test_running_sums_longer_than_a_binding():
    x = RNG.random((2, 2**24 + 77))
    got = to_numpy(ag.cumsum(ag.asarray(x), 1))
    np.testing.assert_allclose(got, np.cumsum(x, 1), rtol=1e-11)


def test_masks_of_length_zero_fit_any_length():
    for shape, mask in [((5,), (0,)), ((2, 3), (0,)), ((2, 3), (2, 0)), ((0, 1), (0, 0)), ((2, 3), (3, 0)), ((0, 2), (0, 3))]:
        x, m = np.ones(shape), np.zeros(mask, bool)
        assert_same_outcome(lambda xp, a, b: a[b], (x, m), (ag.asarray(x), ag.asarray(m)))
