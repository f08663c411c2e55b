"""Random numbers within kernels: the streams of a plain Python twin, and the programs that use them."""

import math

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

from anygpu.cuda.random import (
    create_xoroshiro128p_states,
    init_xoroshiro128p_states,
    xoroshiro128p_jump,
    xoroshiro128p_next,
    xoroshiro128p_normal_float32,
    xoroshiro128p_normal_float64,
    xoroshiro128p_uniform_float32,
    xoroshiro128p_uniform_float64,
)

MASK = 2**64 - 1


class Twin:
    """One stream, in Python's integers."""

    def __init__(self, seed, jumps=0):
        z = (seed + 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        self.s0 = self.s1 = z
        for _ in range(jumps):
            self.jump()

    def next(self):
        def turned(x, k):
            return ((x << k) | (x >> (64 - k))) & MASK

        s0, s1 = self.s0, self.s1
        result = (s0 + s1) & MASK
        s1 ^= s0
        self.s0, self.s1 = turned(s0, 55) ^ s1 ^ ((s1 << 14) & MASK), turned(s1, 36)
        return result

    def jump(self):
        s0 = s1 = 0
        for word in (0xBEAC0467EBA5FACB, 0xD86B048B86AA9922):
            for b in range(64):
                if word >> b & 1:
                    s0, s1 = s0 ^ self.s0, s1 ^ self.s1
                self.next()
        self.s0, self.s1 = s0, s1

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def normal(self):
        a, b = self.uniform(), self.uniform()
        return math.sqrt(-2 * math.log(a)) * math.cos(math.tau * b)


@pytest.mark.parametrize(("count", "seed", "start"), [(1, 0, 0), (7, 1, 0), (33, 2**63 + 5, 3), (5, 42, 1000)])
def test_states(count, seed, start):
    states = create_xoroshiro128p_states(count, seed, start)
    want, twin = [], Twin(seed, start)
    for _ in range(count):
        want.append((twin.s0, twin.s1))
        twin.jump()
    assert np.array_equal(states.get(), np.array(want, "uint64"))
    again = ag.zeros((count, 2), dtype="uint64")
    init_xoroshiro128p_states(again, seed, start)
    assert np.array_equal(again.get(), states.get())


@pytest.mark.parametrize(
    ("function", "dtype", "twin"),
    [
        (xoroshiro128p_next, "uint64", Twin.next),
        (xoroshiro128p_uniform_float64, "float64", Twin.uniform),
        (xoroshiro128p_uniform_float32, "float32", Twin.uniform),
        (xoroshiro128p_normal_float64, "float64", Twin.normal),
        (xoroshiro128p_normal_float32, "float32", Twin.normal),
    ],
)
def test_streams(function, dtype, twin):
    @cuda.jit
    def fill(states, out):
        i = cuda.grid(1)
        if i < out.shape[0]:
            for k in range(out.shape[1]):
                out[i, k] = function(states, i)

    states = create_xoroshiro128p_states(6, seed=9)
    out = np.zeros((6, 5), dtype)
    fill[1, 32](states, out)
    want = []
    for i in range(6):
        stream = Twin(9, i)
        want.append([twin(stream) for _ in range(5)])
    want = np.array(want, dtype)
    if "normal" in function.__name__:
        assert np.allclose(out, want, rtol=1e-14 if dtype == "float64" else 1e-5)
    else:
        assert np.array_equal(out, want)


def test_jump():
    @cuda.jit
    def jump(states):
        xoroshiro128p_jump(states, cuda.grid(1))

    states = create_xoroshiro128p_states(4, seed=3)
    after = create_xoroshiro128p_states(4, seed=3, subsequence_start=1)
    jump[1, 4](states)
    assert np.array_equal(states.get(), after.get())


def test_monte_carlo_pi():
    @cuda.jit
    def compute_pi(rng_states, iterations, out):
        thread_id = cuda.grid(1)
        inside = 0
        for _ in range(iterations):
            x = xoroshiro128p_uniform_float32(rng_states, thread_id)
            y = xoroshiro128p_uniform_float32(rng_states, thread_id)
            if x**2 + y**2 <= 1.0:
                inside += 1
        out[thread_id] = 4.0 * inside / iterations

    threads, blocks = 64, 24
    states = create_xoroshiro128p_states(threads * blocks, seed=1)
    out = np.zeros(threads * blocks, dtype=np.float32)
    compute_pi[blocks, threads](states, 200, out)
    assert abs(out.mean() - math.pi) < 0.01


def test_refusals():
    with pytest.raises(ValueError, match="-1 was given"):
        create_xoroshiro128p_states(-1, 0)
    with pytest.raises(TypeError, match=r"float64 of shape \(3, 2\)"):
        init_xoroshiro128p_states(ag.zeros((3, 2)), 0)
    assert create_xoroshiro128p_states(0, 1).shape == (0, 2)
