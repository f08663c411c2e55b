"""Kernels under the names of ``cupyx.jit``."""

import numpy as np
import pytest

import anygpu as ag

jit = pytest.importorskip("anygpu.cupyx_jit")

pytestmark = pytest.mark.gpu


@jit.rawkernel(device=True)
def doubled(x):
    return x + x


@jit.rawkernel()
def scale(x, y, n):
    step = jit.gridDim.x * jit.blockDim.x
    for i in jit.range(jit.grid(1), n, step, unroll=4):
        y[i] = doubled(x[i])


def test_the_two_ways_to_launch():
    x = ag.arange(1000, dtype="int32")
    y, z = ag.zeros_like(x), ag.zeros_like(x)
    scale((3,), (64,), (x, y, np.uint32(x.size)))
    scale[2, 32](x, z, x.size)
    assert (y.get() == 2 * np.arange(1000)).all() and (z.get() == y.get()).all()
    flipped = ag.zeros(4, "int32")
    scale([1], [1, 1], [x[3::-1], flipped, 4])
    assert flipped.get().tolist() == [6, 4, 2, 0]
    host = np.zeros(3, "int32")
    scale(1, 4, (np.arange(3, dtype="int32"), host, 3))
    assert host.tolist() == [0, 2, 4]


def test_the_text_of_compiled_forms():
    @jit.rawkernel()
    def copy(x, y):
        y[jit.grid(1)] = x[jit.grid(1)]

    assert copy.cached_codes == {}
    with pytest.raises(ValueError, match="no text yet"):
        _ = copy.cached_code
    for dtype in ("int32", "float32", "int32"):
        copy((1,), (4,), (ag.ones(4, dtype), ag.zeros(4, dtype)))
    assert len(copy.cached_codes) == 2 and "f32" in copy.cached_code


@pytest.mark.parametrize("size, shared_mem", [(32, 0), (None, 128)])
def test_memory_that_threads_share(size, shared_mem):
    @jit.rawkernel()
    def reverse(x, y):
        t, n = jit.threadIdx.x, jit.blockDim.x
        i = jit.blockIdx.x * n + t
        memory = jit.shared_memory(np.int32, size)
        memory[t] = x[i]
        jit.syncthreads()
        y[i] = memory[n - t - 1]

    x = np.random.default_rng(3).integers(0, 1000, 256).astype("int32")
    y = ag.zeros(256, "int32")
    reverse((8,), (32,), (ag.asarray(x), y), shared_mem=shared_mem)
    assert (y.get() == x.reshape(8, 32)[:, ::-1].ravel()).all()


def test_grids_of_several_axes():
    @jit.rawkernel()
    def places(out):
        i, j = jit.grid(2)
        rows, columns = jit.gridsize(2)
        out[i, j] = i * columns + j + 100 * rows

    out = ag.zeros((4, 6), "int32")
    places((2, 3), (2, 2), (out,))
    assert out.get().tolist() == (np.arange(24).reshape(4, 6) + 400).tolist()


def test_atomic_operations():
    @jit.rawkernel()
    def collect(x, out):
        i = jit.grid(1)
        jit.atomic_add(out, 0, x[i])
        jit.atomic_max(out, 1, x[i])
        jit.atomic_min(out, 2, x[i])
        jit.atomic_or(out, 3, x[i])
        jit.atomic_and(out, 4, x[i])
        jit.atomic_xor(out, 5, x[i])
        jit.atomic_sub(out, 6, x[i])
        jit.atomic_inc(out, 7, 1000)
        jit.atomic_dec(out, 8, 1000)
        jit.atomic_cas(out, 9, 5, 6)
        jit.atomic_exch(out, 10, 9)

    x = np.random.default_rng(4).integers(1, 2**20, 64).astype("uint32")
    out = ag.asarray(np.array([0, 0, 2**31, 0, 2**32 - 1, 0, 0, 0, 500, 5, 0], "uint32"))
    collect((2,), (32,), (ag.asarray(x), out))
    total = int(x.sum(dtype="uint64"))
    expected = [total, x.max(), x.min(), np.bitwise_or.reduce(x), np.bitwise_and.reduce(x), np.bitwise_xor.reduce(x), -total % 2**32, 64, 436, 6, 9]
    assert out.get().tolist() == [int(n) for n in expected]


def test_lanes():
    @jit.rawkernel()
    def lanes(out):
        i = jit.grid(1)
        out[0, i] = jit.laneid()
        out[1, i] = jit.warpsize
        out[2, i] = jit.shfl_sync(0xFFFFFFFF, i, 0)
        out[3, i] = jit.shfl_xor_sync(0xFFFFFFFF, i, 1)
        jit.syncwarp(mask=0xFFFFFFFF)

    out = ag.zeros((4, 64), "int32")
    try:
        lanes((1,), (64,), (out,))
    except (NotImplementedError, ag.KernelError) as error:
        assert "subgroup" in str(error) or "lane" in str(error)
        pytest.skip("the device has no subgroups")
    lane, size, first, other = out.get()
    i = np.arange(64)
    assert (size == size[0]).all() and (lane == i % size[0]).all()
    assert (first == i - lane).all() and (other == (i ^ 1)).all()


def test_the_simulator_runs_them():
    @jit.rawkernel()
    def reverse(x):
        memory = jit.shared_memory(np.float32, 4)
        for k in jit.range(1):
            memory[jit.threadIdx.x] = x[jit.threadIdx.x] + k
        jit.syncthreads()
        x[jit.threadIdx.x] = doubled(memory[3 - jit.threadIdx.x])

    x = ag.arange(4, dtype="float32")
    with ag.kernel.simulate():
        reverse((1,), (4,), (x,))
    assert x.get().tolist() == [6, 4, 2, 0]


def test_wrong_use():
    with pytest.raises(TypeError, match="a launch is scale"):
        scale(ag.ones(2), ag.ones(2))
    with pytest.raises(TypeError, match="the arguments are a tuple"):
        scale((1,), (1,), ag.ones(2))
    with pytest.raises(ValueError, match="'cuda' or 'numpy'"):
        jit.rawkernel(mode="c")
    with pytest.raises(AttributeError, match="CUDA C"):
        _ = jit.thrust
    with pytest.raises(RuntimeError, match="for kernels"):
        jit.laneid()

    @jit.rawkernel()
    def wrong(x):
        memory = jit.shared_memory(np.float32)
        x[0] = memory[0]

    with pytest.raises(ag.KernelError, match="takes a dtype and a number"):
        wrong((1,), (1,), (ag.ones(1),))
