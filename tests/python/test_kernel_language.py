"""Python's language in kernels, against Python: what is decided while compiling, tuples and namedtuples, loops with else."""

import enum
import linecache
from collections import namedtuple

import numpy as np
import pytest

from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

Point = namedtuple("Point", "x y")
Color = enum.Enum("Color", "red green")
Level = enum.IntEnum("Level", {"low": 3, "high": 4})


def identities(r, p, n, truth, nothing):
    r[0] = Color.red == Color.green
    r[1] = Color["red"] is Color.red
    r[2] = Level["high"] + Level.low
    r[3] = n in (1, 3, 5)
    r[4] = n not in (1, 3, 5)
    r[5] = 1 if truth is True else 0
    r[6] = (n == None) + 2 * (r is not None) + 4 * (nothing is None)  # noqa: E711
    r[7] = (p == (2, 3)) + 2 * (p != (2, 3)) + 4 * (p is None)
    r[8] = 1 if nothing else 2


def types(r, p, n, truth, nothing):
    r[0] = isinstance(n, int) + 2 * isinstance(n, float) + 4 * isinstance(p, tuple) + 8 * isinstance(truth, (int, bool))
    r[1] = isinstance(r, np.ndarray) + 2 * isinstance(p, Point) + 4 * isinstance(nothing, type(None)) + 8 * isinstance(r[0], np.int64)
    r[3] = np.dtype(np.uint8).type(n) + type(n)(2.5) + np.dtype(r.dtype).itemsize
    r[2] = isinstance(p.x, float) + 2 * isinstance(r[0], np.integer)


def tuples(r, p, n, truth, nothing):
    q = Point(y=p.x, x=p.y)
    r[0] = p.x + q.x * 10 + len(q)
    a, *c = (n, 2, 3, 4)
    *d, e = p
    r[1] = len(c) + c[-1] * a + e - d[0]
    t = (1, 2, 3, 4)[1:]
    r[2] = t[0] + len(t[::-1]) * t[::-1][0]
    p = p[0] + 1
    r[3] = p


def loops(r, p, n, truth, nothing):
    k = 0
    for i in range(n):
        if i == 4:
            break
    else:
        k = 100
    r[0] = k
    while k < 5:
        k += 1
        if k == p.x:
            break
    else:
        k = 7
    r[1] = k
    for i in range(3):
        for j in range(i):
            if j == 1:
                break
        else:
            continue
        break
    r[2] = i
    for i in range(2):
        r[3] += i
    else:
        r[3] += 10


@pytest.mark.parametrize("function", [identities, types, tuples, loops])
@pytest.mark.parametrize("arguments", [(Point(2, 3), 3, True, None), (Point(9, 3), 6, False, None)])
def test_as_in_python(function, arguments):
    got, want = np.zeros(9, np.int64), np.zeros(9, np.int64)
    function(want, *arguments)
    cuda.jit(function)[1, 1](got, *arguments)
    assert got.tolist() == want.tolist()


@pytest.mark.parametrize(
    "expression, message",
    [("n is r", "`is` compares with None, True and False"), ("n in r", "tuples only"), ('Color["blue"]', "no member 'blue'"), ("p[n:]", "constants"), ("isinstance(n, dict)", "isinstance")],
)
def test_what_cannot_be_decided_is_refused(expression, message, tmp_path):
    path = tmp_path / "kernels.py"
    path.write_text(f"def kernel(r, p, n):\n    r[0] = 1 if {expression} else 2\n")
    namespace = {"Color": Color}
    exec(compile(path.read_text(), path, "exec"), namespace)
    with pytest.raises(cuda.KernelError, match=message):
        cuda.jit(namespace["kernel"])[1, 1](np.zeros(1), Point(1, 2), 3)


def test_a_function_that_exec_made_is_compiled_where_its_text_is_known():
    text, name, namespace = "def kernel(r):\n    r[0] = 5\n", "<kernel of a test>", {}
    exec(compile(text, name, "exec"), namespace)
    with pytest.raises(cuda.KernelError, match="linecache"):
        cuda.jit(namespace["kernel"])[1, 1](np.zeros(1))
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    r = np.zeros(1)
    cuda.jit(namespace["kernel"])[1, 1](r)
    assert r[0] == 5


def test_a_shape_may_be_a_name_for_a_constant():
    @cuda.jit
    def reverse(x):
        count = 8
        held = cuda.shared.array(count, np.int64)
        own = cuda.local.array((count, 2), np.int64)
        i = cuda.threadIdx.x
        held[i] = own[i, 0] = x[i]
        cuda.syncthreads()
        x[i] = held[count - 1 - i] + own[i, 0] * 100

    x = np.arange(8)
    reverse[1, 8](x)
    assert np.array_equal(x, np.arange(8)[::-1] + np.arange(8) * 100)

    @cuda.jit
    def changed(x):
        count = 8
        count = count + 1
        held = cuda.shared.array(count, np.int64)
        x[0] = held[0]

    with pytest.raises(cuda.KernelError, match="made of constants"):
        changed[1, 1](x)


def test_a_function_with_another_name():
    def kernel(r):
        r[0] = 3

    kernel.__name__ = "renamed"
    r = np.zeros(1)
    cuda.jit(kernel)[1, 1](r)
    assert r[0] == 3
