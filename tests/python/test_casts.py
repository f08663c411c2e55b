"""astype between all pairs of dtypes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anygpu as ag
from layouts import ALL, FLOATS, INTEGERS, operands, special_values
from oracle import assert_identical, assert_same_outcome, to_numpy


def in_range(values, dtype):
    """The elements that `dtype` holds after truncation: for the others C says nothing and NumPy's answer depends on the loop."""
    if values.dtype.kind not in "fc" or np.dtype(dtype).kind not in "iu":
        return values
    info = np.iinfo(dtype)
    with np.errstate(all="ignore"):
        whole = np.trunc(values.real.astype("longdouble"))
        return values[(whole >= info.min) & (whole <= info.max)]


@pytest.mark.parametrize("source", ALL)
@pytest.mark.parametrize("target", ALL)
def test_special_values(source, target):
    values = in_range(special_values(source), target)
    assert_identical(ag.asarray(values).astype(target), values.astype(target), nan_bits=source == target)


@given(operands(), st.sampled_from(ALL))
def test_any_layout(operand, target):
    x, g = operand.pair()
    if x.dtype.kind in "fc" and np.dtype(target).kind in "iu":
        x, g = (a - a != 0 for a in (x, g))  # NaN and infinity: True
    assert_identical(g.astype(target), x.astype(target), nan_bits=x.dtype == target)


@pytest.mark.parametrize("source", INTEGERS)
@pytest.mark.parametrize("target", FLOATS)
def test_integers_round_to_nearest_even(source, target):
    rng = np.random.default_rng(1)
    values = rng.integers(0, 2**64, 4096, "uint64").view(source)
    values = values >> rng.integers(0, values.itemsize * 8, values.size).astype(source)  # every magnitude
    assert_identical(ag.asarray(values).astype(target), values.astype(target))


@pytest.mark.parametrize(("source", "target"), [("float64", "float32"), ("float64", "float16"), ("float32", "float16"), ("float16", "float64")])
def test_floats_round_to_nearest_even(source, target):
    """Random bit patterns, and the halfway points between neighbours of the narrow type with both their neighbours."""
    rng = np.random.default_rng(2)
    values = rng.integers(0, 2**64, 2**15, "uint64").view(source)
    if np.dtype(target).itemsize < np.dtype(source).itemsize:
        narrow = rng.integers(0, 2**64, 2**12, "uint64").view(target)
        with np.errstate(all="ignore"):
            half = (narrow.astype(source) + np.nextafter(narrow, np.asarray(np.inf, target)).astype(source)) / 2
        values = np.concatenate([values, half, np.nextafter(half, np.inf), np.nextafter(half, -np.inf)])
    assert_identical(ag.asarray(values).astype(target), values.astype(target))


def to_integer(values, dtype):
    """What x86-64 compilers make of a float that the integer type does not hold, which is NumPy's scalar answer there.

    The conversion instruction gives INT_MIN for what does not fit; narrower types take the low bits of the 32-bit result,
    uint32 those of the 64-bit result, and uint64 goes through a subtraction of 2**63 when the value is not below it.
    """
    dtype = np.dtype(dtype)

    def signed(value, bits):
        fits = np.isfinite(value) and -(2 ** (bits - 1)) <= int(value) < 2 ** (bits - 1)
        return int(value) if fits else -(2 ** (bits - 1))

    def one(value):
        if dtype == np.uint64:
            result = signed(value, 64) if not value >= 2.0**63 else signed(value - 2.0**63, 64) ^ (1 << 63)
        else:
            result = signed(value, 64 if dtype.itemsize == 8 or dtype == np.uint32 else 32)
        return result & ((1 << 8 * dtype.itemsize) - 1)

    return np.array([one(float(v)) for v in values], f"u{dtype.itemsize}").view(dtype)


@pytest.mark.gpu
@pytest.mark.parametrize("source", FLOATS)
@pytest.mark.parametrize("target", INTEGERS)
def test_floats_that_do_not_fit(source, target):
    edges = [0.5, 1, 1.5, 2**7, 2**8, 2**15, 2**16, 70000, 2**31 - 1, 2**31, 3e9, 2**32, 5e9, 2**63, 1e19, 2**64, 1.9e19, 1e30, np.inf]
    values = np.array([s * e for e in edges for s in (1, -1)] + [np.nan], source)
    values = np.concatenate([values, np.nextafter(values, np.asarray(0, source))])
    assert_identical(ag.asarray(values).astype(target), to_integer(values, target))


def test_the_reference_for_floats_that_do_not_fit_is_numpys():
    """Where NumPy's loops agree with each other, they agree with `to_integer`."""
    values = np.array([np.nan, np.inf, -np.inf, 3e9, -3e9, 1e19, -1e19, 300.7, -300.7])
    if np.array([2.0**40]).astype("int32")[0] != -(2**31):
        pytest.skip("this processor saturates; the reference is x86-64's")
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "int64", "uint64"):
        assert_identical(values.astype(dtype), to_integer(values, dtype))


@pytest.mark.parametrize("source", ALL)
def test_astype_copies_unless_told(source):
    g = ag.zeros(3, dtype=source)
    assert g.astype(source) is not g
    assert g.astype(source, copy=False) is g
    copy = g.astype(source)
    copy[...] = 1
    assert not to_numpy(g).any()


def test_unknown_dtypes_are_refused():
    x = np.zeros(3)
    for dtype in ("no such type", 3, "float99"):
        assert_same_outcome(lambda xp, a: a.astype(dtype), (x,), (ag.asarray(x),))


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", [object, "U5", "S3", "datetime64[s]", "longdouble"])
def test_dtypes_that_no_gpu_has_are_refused(dtype):
    with pytest.raises(TypeError):
        ag.zeros(3).astype(dtype)
