"""Sizes past the limits of one dispatch and of one binding.

65,535 workgroups in one dimension (reached with 256 invocations of four elements at 2^26 elements, sooner with one element
each), and 128 MiB in one storage binding. uint8 keeps the memory small. ANYGPU_LIMITS=default also has a 256 MiB buffer limit.
"""

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical


@pytest.fixture(scope="module")
def big():
    """2^25 + 3 bytes and their device copy."""
    x = np.random.default_rng(1).integers(0, 256, 2**25 + 3, dtype="uint8")
    return x, ag.asarray(x)


def test_elementwise_past_65535_workgroups(big):
    x, g = big
    assert_identical(g * 3 + 1, x * 3 + 1)


def test_strided_past_65535_workgroups(big):
    x, g = big
    assert_identical(g[::-1][1:] ^ g[:-1], x[::-1][1:] ^ x[:-1])
    assert_identical(g[1::2] + g[:-1:2], x[1::2] + x[:-1:2])


def test_reductions_past_65535_workgroups(big):
    x, g = big
    assert int(ag.sum(g)) == int(np.sum(x))
    assert int(ag.count_nonzero(g > 7)) == int(np.count_nonzero(x > 7))
    assert int(ag.argmax(g)) == int(np.argmax(x)) and int(ag.min(g)) == int(np.min(x))
    square = (2**12, 2**13)
    for axis in (0, 1):
        assert_identical(ag.sum(g[: 2**25].reshape(square), axis=axis), np.sum(x[: 2**25].reshape(square), axis=axis))


def test_many_small_rows(big):
    """More results than there are workgroups in one dimension."""
    x, g = big
    rows = (2**23, 4)
    assert_identical(ag.max(g[: 2**25].reshape(rows), axis=1), np.max(x[: 2**25].reshape(rows), axis=1))
    tall = (2, 2**24)
    assert_identical(ag.sum(g[: 2**25].reshape(tall), axis=0, dtype="uint8"), np.sum(x[: 2**25].reshape(tall), axis=0, dtype="uint8"))


def test_in_place_past_65535_workgroups(big):
    x, g = big
    y, h = x.copy(), g.copy()
    y[1:] += y[:-1]
    h[1:] += h[:-1]
    y[::3] = 7
    h[::3] = 7
    assert_identical(h, y)


def test_larger_than_one_binding():
    """2^27 + 5 bytes: past the 128 MiB of one storage binding."""
    x = np.random.default_rng(2).integers(0, 256, 2**27 + 5, dtype="uint8")
    g = ag.asarray(x)
    assert_identical((g * 3) ^ 5, (x * 3) ^ 5)
    assert int(ag.sum(g)) == int(np.sum(x))
    assert_identical(g[::-4096], x[::-4096])
    edge = slice(2**27 - 3, 2**27 + 3)
    assert_identical(g[edge] + 1, x[edge] + 1)
    g[edge] = 9
    x[edge] = 9
    assert_identical(g[-4099:], x[-4099:])


def test_larger_than_a_default_buffer():
    """2^28 + 7 bytes: past the 256 MiB of one buffer under WebGPU's default limits."""
    n = 2**28 + 7
    g = ag.arange(7, dtype="uint8")[6] + ag.zeros(n, dtype="uint8")
    g[2**28 - 2 :] = ag.arange(9, dtype="uint8")
    assert int(ag.sum(g)) == 6 * (2**28 - 2) + 36
    tail = np.concatenate([np.full(3, 6, "uint8"), np.arange(9, dtype="uint8")])
    assert_identical(g[2**28 - 5 :], tail)
    assert_identical((g * 2)[2**28 - 5 :], tail * 2)


@pytest.mark.deep
def test_more_elements_than_32_bits_count():
    """2^32 + 9 one-byte elements: indices need 33 bits."""
    n = 2**32 + 9
    try:
        g = ag.zeros(n, dtype="uint8")
    except MemoryError:
        pytest.skip("this device has less than 4 GiB free")
    g[n - 4 :] = 5
    assert int(ag.sum(g)) == 20
    assert int(ag.argmax(g)) == n - 4
    assert_identical(g[n - 6 :] + 1, np.array([1, 1, 6, 6, 6, 6], "uint8"))


def test_few_elements_far_apart():
    """A column of long rows: each element lies in another binding, and the result is a handful of numbers."""
    x = np.arange(3 * (2**23 + 5), dtype="float64").reshape(3, -1)
    g = ag.asarray(x)
    assert_identical(g[:, -1].copy(), x[:, -1].copy())
    assert_identical(g[::-1, 7] * 2, x[::-1, 7] * 2)
