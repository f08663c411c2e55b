"""What the lanes of a warp do together, against the same on rows of NumPy arrays: a row a warp."""

import math

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

SIZES = ag.Device().subgroup_sizes
with_lanes = pytest.mark.skipif(SIZES is None, reason="the device has no subgroup operations")
N = 128


def warps(x):
    """The elements by warps of the size that kernels see."""
    size = np.zeros(1, "int64")

    @cuda.jit
    def measure(out):
        if cuda.grid(1) == 0:
            out[0] = cuda.warpsize

    measure[1, N](size)
    assert SIZES[0] <= size[0] <= SIZES[1]
    return x.reshape(-1, int(size[0]))


@pytest.mark.skipif(SIZES is not None, reason="the device has subgroup operations")
def test_refused_where_there_are_none():
    @cuda.jit
    def lanes(x):
        x[0] = cuda.shfl_sync(-1, x[0], 0)

    @cuda.jit
    def number(x):
        x[0] = cuda.laneid

    for kernel in (lanes, number):
        with pytest.raises(ag.KernelError, match="use shared memory and syncthreads"):
            kernel[1, 32](np.zeros(3))


@with_lanes
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64", "complex64", "complex128"])
def test_shuffles(dtype):
    @cuda.jit
    def shuffle(x, at, up, down, turned):
        i = cuda.grid(1)
        at[i] = cuda.shfl_sync(0xFFFFFFFF, x[i], 3)
        up[i] = cuda.shfl_up_sync(0xFFFFFFFF, x[i], 2)
        down[i] = cuda.shfl_down_sync(0xFFFFFFFF, x[i], 1)
        turned[i] = cuda.shfl_xor_sync(0xFFFFFFFF, x[i], 1)

    bits = np.random.default_rng(0).integers(0, 256, N * np.dtype(dtype).itemsize, dtype="uint8")
    x = (bits % 2 == 0) if dtype == "bool" else bits.view(dtype)
    x = np.where(x != x, 1, x).astype(dtype)  # a NaN may lose its payload
    if dtype in ("float32", "float64"):
        x[:3] = np.finfo(dtype).smallest_subnormal, -0.0, np.inf
    outs = [np.zeros_like(x) for _ in range(4)]
    shuffle[1, N](x, *outs)
    rows = warps(x)
    lane, size = np.arange(rows.shape[1]), rows.shape[1]
    for got, source in zip(outs, (lane * 0 + 3, np.where(lane >= 2, lane - 2, lane), np.where(lane + 1 < size, lane + 1, lane), lane ^ 1)):
        assert got.tobytes() == np.ascontiguousarray(rows[:, source]).tobytes()


@with_lanes
def test_votes_and_masks():
    @cuda.jit
    def vote(x, every, some, alike, ballot, match, lanes):
        i = cuda.grid(1)
        every[i] = cuda.all_sync(0xFFFFFFFF, x[i] > 0)
        some[i] = cuda.any_sync(0xFFFFFFFF, x[i] > 90)
        alike[i] = cuda.eq_sync(0xFFFFFFFF, x[i] > 90)
        ballot[i] = cuda.ballot_sync(0xFFFFFFFF, x[i] % 2 == 0)
        match[i] = cuda.match_any_sync(0xFFFFFFFF, x[i] % 3)
        lanes[i, 0], lanes[i, 1], lanes[i, 2] = cuda.laneid, cuda.lanemask_lt(), cuda.activemask()

    x = np.random.default_rng(1).integers(0, 100, N)
    x[:8] = 50
    every, some, alike = (np.zeros(N, bool) for _ in range(3))
    ballot, match, lanes = np.zeros(N, "uint64"), np.zeros(N, "uint64"), np.zeros((N, 3), "uint64")
    vote[1, N](x, every, some, alike, ballot, match, lanes)
    rows = warps(x)
    size = rows.shape[1]
    bit = np.uint64(1) << np.arange(size, dtype="uint64")

    def each(values):
        return np.repeat(values, size)

    assert np.array_equal(every, each((rows > 0).all(1))) and np.array_equal(some, each((rows > 90).any(1)))
    assert np.array_equal(alike, each((rows > 90).all(1) | (rows <= 90).all(1)))
    assert np.array_equal(ballot, each(((rows % 2 == 0) * bit).sum(1)))
    same = (rows % 3)[:, :, None] == (rows % 3)[:, None, :]
    assert np.array_equal(match, (same * bit).sum(2).reshape(-1))
    assert np.array_equal(lanes.reshape(-1, size, 3)[0], np.stack([np.arange(size, dtype="uint64"), bit - 1, np.full(size, bit.sum())], 1))


@with_lanes
@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "uint64"])
def test_match_all(dtype):
    @cuda.jit
    def match(x, masks, alike):
        i = cuda.grid(1)
        mask, same = cuda.match_all_sync(0xFFFFFFFF, x[i])
        masks[i] = mask
        alike[i] = same

    x = np.zeros(N, dtype)
    x[N // 2 :] = np.arange(N // 2)
    masks, alike = np.zeros(N, "uint64"), np.zeros(N, bool)
    match[1, N](x, masks, alike)
    rows = warps(x)
    same = (rows == rows[:, :1]).all(1)
    assert np.array_equal(alike, np.repeat(same, rows.shape[1]))
    assert np.array_equal(masks, np.repeat(np.where(same, np.uint64(2 ** rows.shape[1] - 1), np.uint64(0)), rows.shape[1]))


@with_lanes
def test_sum_of_a_warp():
    """The usual reduction by halves, with as many steps as the warp has."""

    @cuda.jit
    def total(x, out):
        value = x[cuda.grid(1)]
        step = cuda.warpsize // 2
        while step > 0:
            value += cuda.shfl_down_sync(0xFFFFFFFF, value, step)
            step //= 2
        cuda.syncwarp()
        if cuda.laneid == 0:
            cuda.atomic.add(out, 0, value)

    out = np.zeros(1, "int32")
    total[4, N](np.arange(4 * N, dtype="int32"), out)
    assert out[0] == math.comb(4 * N, 2)


def test_syncwarp_everywhere():
    @cuda.jit
    def turned(x):
        i = cuda.threadIdx.x
        value = x[i ^ 1]
        cuda.syncwarp(0xFFFFFFFF)
        x[i] = value

    x = np.arange(8)
    turned[1, 8](x)
    assert np.array_equal(x, np.arange(8) ^ 1)

    @cuda.jit
    def apart(x):
        if cuda.threadIdx.x < 4:
            cuda.syncwarp()
        x[0] = 1

    with pytest.raises(ag.KernelError):
        apart[1, 8](x)


@with_lanes
def test_wrong_arguments():
    @cuda.jit
    def few(x):
        x[0] = cuda.shfl_sync(x[0], 1)

    @cuda.jit
    def kind(x):
        x[0] = cuda.match_any_sync(-1, 2j)

    with pytest.raises(ag.KernelError, match=r"the arguments are \(mask, value, src_lane, width=\), and 2 were given"):
        few[1, 8](np.zeros(3))
    with pytest.raises(ag.KernelError, match="integers and floats are matched, not complex128"):
        kind[1, 8](np.zeros(3))


@with_lanes
@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_shuffles_within_groups_of_lanes(width):
    if width > SIZES[0]:
        pytest.skip("warps are narrower")

    @cuda.jit
    def shuffle(x, at, up, down, turned):
        i = cuda.grid(1)
        at[i] = cuda.shfl_sync(0xFFFFFFFF, x[i], 5, width)
        up[i] = cuda.shfl_up_sync(0xFFFFFFFF, x[i], 1, width=width)
        down[i] = cuda.shfl_down_sync(0xFFFFFFFF, x[i], 3, width)
        turned[i] = cuda.shfl_xor_sync(0xFFFFFFFF, x[i], 3, width)

    x = np.random.default_rng(0).random(N)
    got = [np.zeros_like(x) for _ in range(4)]
    shuffle[1, N](x, *got)
    lane = np.arange(N)
    size = warps(x).shape[1]
    place, first, warp = lane % width, lane // width * width, lane // size * size
    turned = (lane % size ^ 3) + warp
    for result, source, there_is_one in zip(
        got, (first + 5 % width, lane - 1, lane + 3, turned), (place >= 0, place >= 1, place + 3 < width, (turned < first + width) & (turned < warp + size))
    ):
        np.testing.assert_array_equal(result, x[np.where(there_is_one, source, lane)])


@with_lanes
def test_a_width_that_the_device_does_not_have():
    @cuda.jit
    def shuffle(x, n):
        x[0] = cuda.shfl_sync(-1, x[0], 0, n)

    with pytest.raises(ag.KernelError, match="constant power of two"):
        shuffle[1, 32](np.zeros(3), 8)
