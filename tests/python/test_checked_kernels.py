"""ANYGPU_CHECKED=1: a kernel's first access out of bounds raises IndexError at the next wait, with kernel, line, index, array and shape."""

import os

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit") or not os.environ.get("ANYGPU_CHECKED"):
    pytest.skip("only with ANYGPU_CHECKED=1", allow_module_level=True)


def fails(launch, *parts):
    """The launch is recorded; the wait says what it did. After that the device is as before."""
    launch()
    with pytest.raises(IndexError) as info:
        ag.synchronize()
    message = str(info.value)
    for part in (*parts, f'File "{__file__}", line '):
        assert part in message, message
    ag.synchronize()
    assert (ag.arange(3) + 1).tolist() == [1, 2, 3]


def test_reads():
    @cuda.jit
    def shift(x, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = x[i + 2]  # reads behind the end

    x, out = ag.arange(10.0), ag.zeros(10)
    fails(lambda: shift[2, 8](x, out), "kernel `shift`: index 1", "is out of bounds for `x` of shape (10,)", "out[i] = x[i + 2]", "(2 accesses")
    assert out.tolist() == [2, 3, 4, 5, 6, 7, 8, 9, 0, 0]


def test_writes_and_atomics():
    @cuda.jit
    def write(out):
        out[cuda.grid(1)] = 1

    @cuda.jit
    def count(out):
        cuda.atomic.add(out, cuda.grid(1) * 5, 1)

    out = ag.zeros(3, dtype="int32")
    fails(lambda: write[1, 4](out), "kernel `write`: index 3 is out of bounds for `out` of shape (3,)")
    assert out.tolist() == [1, 1, 1]
    fails(lambda: count[1, 2](out), "kernel `count`: index 5 is out of bounds for `out` of shape (3,)", "in thread (1, 0, 0) of block (0, 0, 0)")
    assert out.tolist() == [2, 1, 1]


def test_slices():
    @cuda.jit
    def third(x, out):
        out[0] = x[1, 1:3][2]

    x, out = ag.ones((3, 8)), ag.zeros(1)
    fails(lambda: third[1, 1](x, out), "index (1, (outside of its slice)) is out of bounds for `x` of shape (3, 8)", "out[0] = x[1, 1:3][2]")
    assert out.tolist() == [0]


def test_snippets_and_functions_of_elements():
    shift = ag.ElementwiseKernel("raw T x", "T y", "y = x[i + 2]", "shift")
    fails(lambda: shift(ag.arange(3), size=3), "kernel `shift`: index 3 is out of bounds for `x` of shape (3,)", "y = x[i + 2]", "test_checked_kernels.py")

    @ag.guvectorize("(n)->()")
    def last(x, out):
        out[0] = x[x.size]

    fails(lambda: last(ag.ones((2, 3))), "kernel `last`: index", "3) is out of bounds for `x` of shape (2, 3)", "out[0] = x[x.size]")
    table = np.arange(4)

    @ag.vectorize
    def looked_up(k):
        return table[k]

    fails(lambda: looked_up(ag.asarray([1, 7])), "kernel `looked_up`: index 7 is out of bounds", "return table[k]")


def test_views_and_several_dimensions():
    @cuda.jit
    def clear(x):
        i, j = cuda.grid(2)
        x[i, j] = 0

    x = ag.ones((4, 6))
    fails(lambda: clear[(1, 1), (2, 4)](x[1:3, ::2]), "index (", ", 3) is out of bounds for `x` of shape (2, 3)")
    assert int(x.sum()) == 24 - 6

    @cuda.jit
    def ends(x, out):
        out[0] = x[-1] + x[-x.shape[0]]
        out[1] = x[-x.shape[0] - 1]

    out = ag.zeros(2)
    fails(lambda: ends[1, 1](ag.arange(4.0), out), "index -5 is out of bounds for `x` of shape (4,)")
    assert out.tolist() == [3, 0]


def test_shared_memory_and_functions():
    @cuda.jit(device=True)
    def put(row, k):
        row[k] = 7

    @cuda.jit
    def tile(x, out):
        s = cuda.shared.array(4, np.float32)
        i = cuda.threadIdx.x
        s[i] = x[i]
        cuda.syncthreads()
        out[i] = s[i]

    @cuda.jit
    def rows(x):
        put(x[0], 3)

    fails(lambda: tile[1, 5](ag.arange(5.0), ag.zeros(5)), "kernel `tile`: index 4 is out of bounds for shared.array of shape (4,)")
    fails(lambda: rows[1, 1](ag.zeros((2, 3))), "kernel `rows`: index (0, 3) is out of bounds for `x` of shape (2, 3)", "row[k] = 7")


def test_host_arrays_raise_where_they_are_copied_back():
    @cuda.jit
    def write(out):
        out[cuda.grid(1)] = 1

    with pytest.raises(IndexError, match=r"index 3 is out of bounds for `out` of shape \(3,\)"):
        write[1, 4](np.zeros(3))


def test_what_is_not_asked_for_is_not_read():
    @cuda.jit
    def neighbours(x, out):
        i = cuda.grid(1)
        if i < x.size:
            left = x[i - 1] if i > 0 else x[i]
            right = x[i + 1] if i < x.size - 1 else x[i]
            if i + 2 < x.size and x[i + 2] > 0:
                right += 0.0
            out[i] = left + right

    x = np.random.default_rng(0).random(100)
    out = ag.zeros(100)
    neighbours[4, 32](ag.asarray(x), out)
    ag.synchronize()
    assert np.array_equal(out.get(), np.r_[x[0], x[:-1]] + np.r_[x[1:], x[-1]])


def test_the_first_launch_of_several_is_named():
    @cuda.jit
    def right(x):
        i = cuda.grid(1)
        if i < x.size:
            x[i] += 1

    @cuda.jit
    def wrong(x):
        x[x.size] = 1

    x = ag.zeros(5)

    def launches():
        for _ in range(3):
            right[1, 8](x)
        wrong[1, 1](x)
        right[1, 8](x)

    fails(launches, "kernel `wrong`: index 5")
    assert x.tolist() == [4] * 5
