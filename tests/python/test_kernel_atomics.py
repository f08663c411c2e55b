"""Atomic operations of kernels against the same operations one after the other, in arrays and in shared memory."""

import functools

import numpy as np
import pytest

from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

import anygpu as ag

THREADS, BLOCKS, PLACES = 64, 12, 5
INTEGERS = ["int32", "uint32", "int64", "uint64"]
FLOATS = ["float32", "float64"]
BY_WORDS = {"add", "sub", "and_", "or_", "xor"}
JOINED = {
    "add": np.add, "sub": np.subtract, "and_": np.bitwise_and, "or_": np.bitwise_or, "xor": np.bitwise_xor, "max": np.maximum, "min": np.minimum,
    "nanmax": np.fmax, "nanmin": np.fmin,
}  # fmt: skip


def kernel_of(operation):
    """A kernel in which each thread changes one of a few places of an array, and one that does so in shared memory first."""
    atomic = getattr(cuda.atomic, operation)

    @cuda.jit
    def in_array(x, out, old):
        i = cuda.grid(1)
        if i < x.size:
            old[i] = atomic(out, (1, -1 - i % PLACES), x[i])

    @cuda.jit
    def in_shared(x, out, old):
        held = cuda.shared.array(PLACES, x.dtype)
        k = cuda.threadIdx.x
        i = cuda.grid(1)
        if k < PLACES:
            held[k] = out[1, k]
        cuda.syncthreads()
        if i < x.size:
            old[i] = atomic(held, -1 - i % PLACES, x[i])
        cuda.syncthreads()
        if k < PLACES:
            out[1, k] = held[k]

    return {"array": in_array, "shared": in_shared}


def refused(operation, dtype):
    """Whether this device has no form of it."""
    wide = np.dtype(dtype).itemsize == 8
    return wide and not (operation in BY_WORDS and np.dtype(dtype).kind in "iu") and not ag.Device().int64_atomics


def values(dtype, n):
    random = np.random.default_rng(7)
    if np.dtype(dtype).kind == "f":
        # Sums of these are exact in any order.
        return (random.integers(-(2**20), 2**20, n) / 8).astype(dtype)
    info = np.iinfo(dtype)
    return random.integers(info.min, info.max, n, dtype, endpoint=True)


@pytest.mark.parametrize("memory", ["array", "shared"])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
@pytest.mark.parametrize("operation", JOINED)
def test_joined(operation, dtype, memory):
    if np.dtype(dtype).kind == "f" and operation in ("and_", "or_", "xor"):
        return
    blocks = BLOCKS if memory == "array" else 1
    x = values(dtype, blocks * THREADS - 3)
    out = np.zeros((2, PLACES), dtype)
    out[1] = values(dtype, PLACES)
    start, old = out.copy(), np.zeros_like(x)
    launch = functools.partial(kernel_of(operation)[memory][blocks, THREADS], x, out, old)
    if refused(operation, dtype):
        with pytest.raises(ag.KernelError, match="atomic operations on 64 bits"):
            launch()
        return
    launch()
    assert not out[0].any()
    for place in range(PLACES):
        given = x[place::PLACES]
        before = start[1, -1 - place]
        if x.itemsize == 8 and not ag.Device().int64_atomics:
            olds = None  # read word by word
        else:
            olds = old[place::PLACES]
        with np.errstate(over="ignore"):
            expected = functools.reduce(JOINED[operation], given, before)
        assert out[1, -1 - place] == expected
        if olds is None:
            continue
        # Each operation saw what another one left: from the first to the last.
        with np.errstate(over="ignore"):
            left = JOINED[operation](olds, given)
        assert sorted([before, *left]) == sorted([*olds, expected])


@pytest.mark.parametrize("dtype", FLOATS)
def test_special_values(dtype):
    x = np.array([1, np.nan, -np.inf, 3, np.inf, -0.0] * 8, dtype)
    # What is stored stays where either is NaN, as in Numba.
    joined = JOINED | {"max": lambda a, b: b if b > a else a, "min": lambda a, b: b if b < a else a}
    for operation in ("add", "max", "min", "nanmax", "nanmin"):
        if refused(operation, dtype):
            continue
        for start in (0, np.nan):
            out = np.full((2, PLACES), start, dtype)
            kernel_of(operation)["array"][1, 64](x, out, np.zeros_like(x))
            with np.errstate(invalid="ignore"):
                expected = [functools.reduce(joined[operation], x[k::PLACES], out.dtype.type(start)) for k in range(PLACES)]
            np.testing.assert_array_equal(out[1, ::-1], expected)


@pytest.mark.parametrize("memory", ["array", "shared"])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_exchange(dtype, memory):
    blocks = BLOCKS if memory == "array" else 1
    x = values(dtype, blocks * THREADS)
    out, old = np.zeros((2, PLACES), dtype), np.zeros_like(x)
    out[1] = 1
    launch = functools.partial(kernel_of("exch")[memory][blocks, THREADS], x, out, old)
    if refused("exch", dtype):
        with pytest.raises(ag.KernelError, match="atomic operations on 64 bits"):
            launch()
        return
    launch()
    for place in range(PLACES):
        assert sorted([1, *x[place::PLACES]]) == sorted([*old[place::PLACES], out[1, -1 - place]])


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("operation", ["inc", "dec"])
def test_increments_that_wrap(operation, dtype):
    x = np.full(40, 6, dtype)
    out, old = np.full((2, PLACES), 3, dtype), np.zeros_like(x)
    launch = functools.partial(kernel_of(operation)["array"][1, 40], x, out, old)
    if refused(operation, dtype):
        with pytest.raises(ag.KernelError, match="atomic operations on 64 bits"):
            launch()
        return
    launch()
    step = 1 if operation == "inc" else -1
    assert (out[1] == (3 + 8 * step) % 7).all()
    assert sorted(old[::PLACES]) == sorted((3 + np.arange(8) * step) % 7)


@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_compare_and_swap(dtype):
    @cuda.jit
    def first(out, old, start, wins):
        i = cuda.grid(1)
        old[i] = cuda.atomic.cas(out, i % 3, start, out.dtype.type(i + 2))
        if old[i] == start:
            cuda.atomic.add(wins, 0, 1)

    out, old, wins = np.full(3, 1, dtype), np.zeros(48, dtype), np.zeros(1, "int32")
    launch = functools.partial(first[3, 16], out, old, out.dtype.type(1), wins)
    if refused("cas", dtype):
        with pytest.raises(ag.KernelError, match="atomic operations on 64 bits"):
            launch()
        return
    launch()
    assert wins[0] == 3 and all(out[k] in np.arange(48)[k::3] + 2 for k in range(3))
    for k in range(3):
        assert sorted(set(old[k::3])) == sorted({1, out[k]})


@pytest.mark.out_of_bounds
def test_outside_of_the_array():
    @cuda.jit
    def kernel(out, old):
        old[0] = cuda.atomic.add(out, 4, 1)
        old[1] = cuda.atomic.add(out, -5, 1)

    for dtype in INTEGERS:
        out, old = np.zeros(4, dtype), np.ones(2, dtype)
        kernel[1, 1](out, old)
        assert not out.any() and not old.any()


def test_kernels_read_and_write_what_they_change_atomically():
    @cuda.jit
    def kernel(x, total, out):
        i = cuda.threadIdx.x
        if i == 0:
            total[0] = x[0] / 2
        cuda.syncthreads()
        cuda.atomic.add(total, 0, x[i])
        cuda.syncthreads()
        out[i] = total[0]

    for dtype in FLOATS:
        if not refused("add", dtype):
            x, total, out = np.arange(32, dtype=dtype) + 1.5, np.zeros(1, dtype), np.zeros(32, dtype)
            kernel[1, 32](x, total, out)
            assert (out == x.sum() + 0.75).all() and total[0] == out[0]
