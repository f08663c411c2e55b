"""Random numbers within kernels: xoroshiro128+, one stream a thread, under Numba's names.

Thread k's stream begins 2**64 numbers after that of thread k - 1, so that no two meet. The generator is David Blackman's and Sebastiano Vigna's
(Scrambled Linear Pseudorandom Number Generators, ACM TOMS 47, 2021; constants 55, 14, 36), seeded by one step of splitmix64. The numbers are those of
`numba.cuda.random` for the same seed.

For whole arrays of random numbers there is `anygpu.random`, which needs no states.
"""

import functools
import math

import numpy as np

from .. import creation_functions
from ..compiler.dispatcher import Dispatcher
from ..compiler.stubs import grid

__all__ = [
    "create_xoroshiro128p_states",
    "init_xoroshiro128p_states",
    "xoroshiro128p_jump",
    "xoroshiro128p_next",
    "xoroshiro128p_normal_float32",
    "xoroshiro128p_normal_float64",
    "xoroshiro128p_uniform_float32",
    "xoroshiro128p_uniform_float64",
]

_MASK = 2**64 - 1
# 2**64 steps as a sum of steps: bit k says whether the state after k steps is part of it.
_JUMP = 0xBEAC0467EBA5FACB | 0xD86B048B86AA9922 << 64
_JUMP_LOW, _JUMP_HIGH = np.uint64(_JUMP & _MASK), np.uint64(_JUMP >> 64)
_TWO_PI = math.tau
_TWO_PI_32 = np.float32(math.tau)


# ---- for kernels ------------------------------------------------------------------------------------------------------------------------


@Dispatcher
def xoroshiro128p_next(states, index):
    """The next 64 random bits of stream ``index``, as uint64; the state goes on."""
    s0 = states[index, 0]
    s1 = states[index, 1]
    result = s0 + s1
    s1 ^= s0
    states[index, 0] = ((s0 << 55) | (s0 >> 9)) ^ s1 ^ (s1 << 14)
    states[index, 1] = (s1 << 36) | (s1 >> 28)
    return result


@Dispatcher
def xoroshiro128p_jump(states, index):
    """Moves stream ``index`` 2**64 numbers on."""
    s0 = np.uint64(0)
    s1 = np.uint64(0)
    for k in range(128):
        word = _JUMP_LOW if k < 64 else _JUMP_HIGH
        if (word >> (k % 64)) & 1 == 1:
            s0 ^= states[index, 0]
            s1 ^= states[index, 1]
        xoroshiro128p_next(states, index)
    states[index, 0] = s0
    states[index, 1] = s1


@Dispatcher
def xoroshiro128p_uniform_float64(states, index):
    """A float64 from [0, 1)."""
    return np.float64(xoroshiro128p_next(states, index) >> 11) * 2.0**-53


@Dispatcher
def xoroshiro128p_uniform_float32(states, index):
    """A float32 from [0, 1): the float64 rounded, as Numba's, which may give 1."""
    return np.float32(xoroshiro128p_uniform_float64(states, index))


@Dispatcher
def xoroshiro128p_normal_float64(states, index):
    """A normally distributed float64, mean 0 and standard deviation 1, by the transformation of Box and Muller."""
    u1 = xoroshiro128p_uniform_float64(states, index)
    u2 = xoroshiro128p_uniform_float64(states, index)
    return math.sqrt(-2.0 * math.log(u1)) * math.cos(_TWO_PI * u2)


@Dispatcher
def xoroshiro128p_normal_float32(states, index):
    """A normally distributed float32, mean 0 and standard deviation 1, by the transformation of Box and Muller."""
    u1 = xoroshiro128p_uniform_float32(states, index)
    u2 = xoroshiro128p_uniform_float32(states, index)
    return math.sqrt(np.float32(-2.0) * math.log(u1)) * math.cos(_TWO_PI_32 * u2)


# ---- states -----------------------------------------------------------------------------------------------------------------------------


def create_xoroshiro128p_states(n, seed, subsequence_start=0, stream=0):
    """``n`` states on the device, of which kernels take one a thread: an array of uint64 of shape (n, 2).

    ``subsequence_start`` leaves out as many streams, for a second launch with the same seed.

    >>> from anygpu import cuda
    >>> from anygpu.cuda.random import create_xoroshiro128p_states, xoroshiro128p_uniform_float64
    >>> import anygpu as ag
    >>> @cuda.jit
    ... def fill(states, out):
    ...     i = cuda.grid(1)
    ...     if i < out.size:
    ...         out[i] = xoroshiro128p_uniform_float64(states, i)
    >>> states = create_xoroshiro128p_states(1000, seed=1)
    >>> out = ag.empty(1000)
    >>> fill[4, 256](states, out)
    >>> 0.45 < float(out.mean()) < 0.55
    True
    """
    if n < 0:
        raise ValueError(f"create_xoroshiro128p_states: the number of states is not negative, and {n} was given")
    states = creation_functions.empty((n, 2), np.uint64)
    init_xoroshiro128p_states(states, seed, subsequence_start)
    return states


def init_xoroshiro128p_states(states, seed, subsequence_start=0, stream=0):
    """Sets the states to those that `create_xoroshiro128p_states` makes."""
    count = states.shape[0]
    if states.ndim != 2 or states.shape[1] != 2 or states.dtype != np.uint64:
        raise TypeError(f"init_xoroshiro128p_states: takes uint64 of shape (n, 2), not {states.dtype} of shape {states.shape}")
    if count == 0:
        return
    z = (int(seed) + 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    z ^= z >> 31
    state = z | z << 64
    for k in range(int(subsequence_start).bit_length()):
        if subsequence_start >> k & 1:
            state = _applied(_jumps(k), state)
    states[0] = creation_functions.asarray(_words([state])[0])
    # The states from 2**k on are those from 0 on, 2**k jumps later.
    for k in range((count - 1).bit_length()):
        _continued.forall(2**k)(states, creation_functions.asarray(_words(_jumps(k))), 2**k)


@Dispatcher
def _continued(states, matrix, half):
    """Row i of `half` more states is the product of row i and a matrix of bits."""
    i = grid(1)
    if i < half and i + half < states.shape[0]:
        s0 = np.uint64(0)
        s1 = np.uint64(0)
        for b in range(128):
            if (states[i, b // 64] >> (b % 64)) & 1 == 1:
                s0 ^= matrix[b, 0]
                s1 ^= matrix[b, 1]
        states[i + half, 0] = s0
        states[i + half, 1] = s1


def _words(states):
    return np.array([[s & _MASK, s >> 64] for s in states], np.uint64)


def _stepped(state):
    s0, s1 = state & _MASK, state >> 64
    s1 ^= s0
    turned = ((s0 << 55) | (s0 >> 9)) & _MASK
    return (turned ^ s1 ^ (s1 << 14) & _MASK) | (((s1 << 36) | (s1 >> 28)) & _MASK) << 64


@functools.cache
def _jumps(k):
    """2**k jumps as a matrix of bits: where each of the 128 bits of a state goes. The generator is linear."""
    if k == 0:
        matrix = []
        for b in range(128):
            state, total = 1 << b, 0
            for step in range(128):
                if _JUMP >> step & 1:
                    total ^= state
                state = _stepped(state)
            matrix.append(total)
        return matrix
    half = _jumps(k - 1)
    return [_applied(half, row) for row in half]


def _applied(matrix, state):
    total, b = 0, 0
    while state:
        if state & 1:
            total ^= matrix[b]
        state, b = state >> 1, b + 1
    return total
