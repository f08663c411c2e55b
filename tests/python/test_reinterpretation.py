"""Views with another dtype, the parts of complex arrays: what is written through one view is seen through all."""

import numpy as np
import pytest

import anygpu as ag
from layouts import ALL, COMPLEX
from oracle import assert_identical, assert_same_outcome, to_numpy


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("to", ["uint8", "int16", "float32", "uint64", "complex128"])
@pytest.mark.parametrize("index", [(), (slice(1, None),), (slice(None), slice(None, None, 2)), (slice(None, None, -1), slice(None, 8))])
def test_view_as_another_dtype(dtype, to, index):
    x = (np.arange(4 * 16) % 2).astype(dtype).reshape(4, 16)
    g = ag.asarray(x)
    assert_same_outcome(lambda xp, a: (a[index] if index else a).view(to), (x,), (g,), lambda got, want: assert_identical(got, want, nan_bits=True))


def test_a_dimensionless_array_keeps_its_item_size():
    assert_same_outcome(lambda xp, a: a.view("int32"), (np.array(1.5, "float32"),), (ag.asarray(np.float32(1.5)),))
    assert_same_outcome(lambda xp, a: a.view("int16"), (np.array(1.5, "float32"),), (ag.asarray(np.float32(1.5)),))


@pytest.mark.parametrize("dtype", COMPLEX)
def test_parts_are_views(dtype):
    x = (np.arange(12) + 1j * np.arange(12)[::-1]).astype(dtype).reshape(3, 4)
    g = ag.asarray(x)
    for xp, a in ((np, x), (ag, g)):
        a.real[1] = 7
        a.imag[:, ::2] += 100
        a.real = a.imag * 2
        a.T.imag[0] = a.real[:, 1]
        xp.imag(a)[2, 3] = -1
    assert_identical(g, x)
    assert_identical(g.real, x.real)
    assert_identical(g[::-1, 1:].imag, x[::-1, 1:].imag)
    assert ag.shares_memory(g, g.real)


def test_parts_of_real_arrays():
    x = np.arange(4.0)
    g = ag.asarray(x)
    assert_identical(g.imag, x.imag)
    g.real[1] = 9
    assert to_numpy(g).tolist() == [0, 9, 2, 3]
    with pytest.raises(TypeError):
        g.imag = 3


def test_recorded_operations_keep_the_values_they_were_given():
    g = ag.asarray(np.arange(8, dtype="float32"))
    bits = g.view("uint32")
    before = bits + np.uint32(1)  # recorded, not computed
    doubled = g * 2
    g *= 4  # over all of the memory, which has a second view
    assert_identical(before, np.arange(8, dtype="float32").view("uint32") + np.uint32(1))
    assert_identical(doubled, np.arange(8, dtype="float32") * 2)
    assert_identical(bits, (np.arange(8, dtype="float32") * 4).view("uint32"))
    bits[...] = 0
    assert_identical(g, np.zeros(8, "float32"))
    z = ag.asarray(np.arange(4) * (1 + 2j))
    z.real[...] = z.imag  # both in one memory
    assert_identical(z, np.arange(4) * (2 + 2j))


@pytest.mark.gpu
def test_overlapping_views_are_read_only():
    g = ag.arange(6)
    windows = g._as_strided([4, 3], [1, 1], 0)
    assert_identical(windows, np.lib.stride_tricks.sliding_window_view(np.arange(6), 3))
    with pytest.raises(ValueError, match="read-only"):
        windows[...] = 1
    with pytest.raises(ValueError):
        g._as_strided([4, 4], [1, 1], 0)


def test_the_imaginary_parts_of_real_arrays_are_read_only_zeros():
    def write(xp, a):
        a.imag[...] = 1

    x = np.arange(3.0)
    assert_same_outcome(write, (x,), (ag.asarray(x),))
    assert_identical(ag.asarray(x).imag, np.zeros(3))
    assert not ag.asarray(x).imag.flags.writeable
