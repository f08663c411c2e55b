"""Parts of arrays in kernels: rows and slices, against the same indices in NumPy."""

import itertools

import numpy as np
import pytest

from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

import anygpu as ag
from anygpu import KernelError

BOUNDS = [None, 0, 1, 3, 6, 7, 9, -1, -3, -7, -8, -20, 2**40, -(2**40)]
STEPS = [None, 1, 2, 3, 7, -1, -2, -7, 2**40, -(2**33)]
#: Read inside and outside of the slice.
REACH = np.arange(-9, 9)


def of_slice(x, part):
    """Elements of `x[part]` at REACH, zero outside, and its length."""
    inner = x[part]
    return np.array([inner[k] if -len(inner) <= k < len(inner) else 0 for k in REACH] + [len(inner)], x.dtype)


@pytest.mark.out_of_bounds
@pytest.mark.parametrize("step", STEPS)
def test_slices_with_bounds_known_when_compiled(step):
    x = np.arange(1, 8, dtype="int32")
    for start, stop in itertools.product(BOUNDS[::2], BOUNDS[1::2]):

        @cuda.jit
        def kernel(x, reach, out):
            inner = x[start:stop:step]
            for k in range(reach.size):
                out[k] = inner[reach[k]]
            out[reach.size] = len(inner)

        out = np.zeros(len(REACH) + 1, "int32")
        kernel[1, 1](x, REACH, out)
        np.testing.assert_array_equal(out, of_slice(x, slice(start, stop, step)), err_msg=f"[{start}:{stop}:{step}]")


@cuda.jit
def given(x, starts, stops, steps, reach, out):
    i = cuda.grid(1)
    if i < starts.size:
        inner = x[starts[i] : stops[i] : steps[i]]
        for k in range(reach.size):
            out[i, k] = inner[reach[k]]
        out[i, reach.size] = inner.shape[0]


@pytest.mark.out_of_bounds
@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint8"])
@pytest.mark.parametrize("n", [0, 1, 7])
def test_slices_with_bounds_from_arrays(n, dtype):
    info = np.iinfo(dtype)
    bounds = [b for b in {0, 1, 3, 6, 7, 8, -1, -3, -7, -8, info.min, info.max} if info.min <= b <= info.max]
    steps = [s for s in {1, 2, 7, -1, -2, info.min, info.max} if info.min <= s <= info.max and s]
    cases = np.array(list(itertools.product(bounds, bounds, steps)), dtype)
    x = np.arange(1, n + 1, dtype="float32")
    out = np.zeros((len(cases), len(REACH) + 1), "float32")
    given.forall(len(cases))(x, *np.ascontiguousarray(cases.T), REACH, out)
    np.testing.assert_array_equal(out, [of_slice(x, slice(*map(int, case))) for case in cases])


@pytest.mark.out_of_bounds
def test_a_step_of_zero():
    out = np.zeros((1, len(REACH) + 1), "float32")
    zero = np.zeros(1, "int64")
    given[1, 1](np.ones(3, "float32"), zero, zero + 3, zero, REACH, out)
    assert not out.any()

    @cuda.jit
    def kernel(x):
        x[0] = len(x[::0])

    with pytest.raises(KernelError, match="slice step cannot be zero"):
        kernel[1, 1](ag.ones(3))


@cuda.jit
def parts(a, out):
    """Slices of slices, rows of them, ellipses; one thread."""
    n = 0
    for part in (a[1:, ::2, -2], a[..., 1:4][::-1, 0], a[:, 1][1:, ::-2], a[::2][:, ::-1, 3], a[-1, ...], a[0:2, 1:2, 2:3][..., 0], a[2:1, 0]):
        for i in range(part.shape[0]):
            row = part[i]
            for k in range(row.size):
                out[n] = row[k] * 100 + part[i, -1 - k]
                n += 1


def sliced(a):
    return [a[1:, ::2, -2], a[..., 1:4][::-1, 0], a[:, 1][1:, ::-2], a[::2][:, ::-1, 3], a[-1, ...], a[0:2, 1:2, 2:3][..., 0], a[2:1, 0]]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "int16"])
@pytest.mark.parametrize("layout", ["C", "F", "reversed"])
def test_parts_of_parts(dtype, layout):
    a = np.asarray(np.arange(3 * 4 * 5).reshape(3, 4, 5), dtype, order="F" if layout == "F" else "C")
    a = a[::-1, :, ::-1] if layout == "reversed" else a
    expected = [part[i, k] * 100 + part[i, -1 - k] for part in sliced(a) for i in range(part.shape[0]) for k in range(part.shape[1])]
    out = np.zeros(len(expected), dtype)
    parts[1, 1](ag.asarray(np.ascontiguousarray(a)), out)
    np.testing.assert_array_equal(out, np.asarray(expected).astype(dtype))


def test_attributes():
    @cuda.jit
    def kernel(a, out):
        part = a[1:, 2, ::-2]
        out[0], out[1], out[2], out[3] = part.ndim, part.size, part.shape[1], len(part)
        out[4], out[5] = part.strides
        out[6] = a[..., 0].ndim

    a, out = np.zeros((3, 4, 7)), np.zeros(7, int)
    kernel[1, 1](a, out)
    part = a[1:, 2, ::-2]
    assert out.tolist() == [part.ndim, part.size, part.shape[1], len(part), *part.strides, 2]


@cuda.jit
def columns(a, b):
    i = cuda.grid(1)
    if i < a.shape[1]:
        a[:, i] = b[i]
        a[1:-1, i] -= a[1:-1, i]


def test_assignments():
    a, b, v = np.arange(24.0).reshape(4, 6), np.arange(100.0, 124).reshape(4, 6), np.arange(50.0, 56)
    expected = a.copy()

    @cuda.jit
    def kernel(a, b, v, i):
        a[1, :] = b[2, ::-1]
        a[:, 0] = v[1:5]
        a[2, 1:3] = 7
        a[3, ...] = v[0]
        a[0, ::2] += 10
        a[1:3, 4:] *= b[:2, 4:]
        row = a[i]
        row[1] = 99
        row += 1
        row[2:] -= v[:4]
        a[2:, 2:4] = b[0, 4:]
        a[:2, 5] = (3, 4)
        column = a[1:, 1]
        column[:] = v[2:5]

    kernel.py_func(expected, b, v, 3)
    kernel[1, 1](a, b, v, 3)
    np.testing.assert_array_equal(a, expected)


def test_assignments_of_columns_by_threads():
    b = np.arange(12, dtype="int32").reshape(3, 4)
    a = np.zeros((4, 3), "int32")
    columns.forall(3)(a, b)
    expected = b.T.copy()
    expected[1:-1] = 0
    np.testing.assert_array_equal(a, expected)


@pytest.mark.parametrize("to, source", [("a[2:]", "a[:-2]"), ("a[:-3]", "a[3:]"), ("a[::-1][1:]", "a[::-1][:-1]"), ("a[1::2]", "a[:-1:2]"), ("a[:]", "a[0:8]")])
def test_parts_that_overlap(to, source):
    a = np.arange(8, dtype="int32")
    expected = a.copy()
    exec(f"{to} = {source}", {"a": expected})
    overlapping[to][1, 1](a)
    np.testing.assert_array_equal(a, expected)


@cuda.jit
def forwards(a):
    a[2:] = a[:-2]


@cuda.jit
def back(a):
    a[:-3] = a[3:]


@cuda.jit
def reversed_(a):
    a[::-1][1:] = a[::-1][:-1]


@cuda.jit
def every_second(a):
    a[1::2] = a[:-1:2]


@cuda.jit
def all_of_it(a):
    a[:] = a[0:8]


overlapping = {"a[2:]": forwards, "a[:-3]": back, "a[::-1][1:]": reversed_, "a[1::2]": every_second, "a[:]": all_of_it}


@pytest.mark.parametrize("shift", list(itertools.product([-1, 0, 1], [-2, 0, 1])))
def test_parts_of_two_dimensions_that_overlap(shift):
    def moved(a, x, y):
        a[1 + x : 4 + x, 2 + y : 6 + y] = a[1:4, 2:6]

    expected, a = (np.arange(40, dtype="int32").reshape(5, 8) for _ in range(2))
    moved(expected, *shift)
    cuda.jit(moved)[1, 1](a, *shift)
    np.testing.assert_array_equal(a, expected)


def test_parts_that_overlap_otherwise_are_refused():
    @cuda.jit
    def kernel(a):
        a[:] = a[::-1]

    with pytest.raises(KernelError, match="cuda.local.array between"):
        kernel[1, 1](ag.ones(3))

    @cuda.jit
    def transposed(a):
        a[:, 1] = a[2]

    with pytest.raises(KernelError, match="cuda.local.array between"):
        transposed[1, 1](ag.ones((3, 3)))


@cuda.jit
def total(x):
    s = x[0] - x[0]
    for v in x:
        s += v
    return s


@cuda.jit
def fill(x, value):
    x[:] = value


def test_parts_are_passed_to_functions():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        if i < a.shape[0]:
            out[i, 0] = total(a[i, 1:])
            out[i, 1] = total(a[:, i])
            out[i, 2] = total(a[i])
            for k, (x, y) in enumerate(zip(a[i, 1:], a[i])):
                out[i, 3] += k * x * y
            fill(out[i, 4:6], i)
            np.add(a[i, :2], a[i, 2:4], out[i, 6:])

    a = np.random.default_rng(0).integers(0, 50, (5, 5)).astype("int32")
    out = np.zeros((5, 8), "int32")
    kernel.forall(5)(a, out)
    for i in range(5):
        assert out[i, :4].tolist() == [a[i, 1:].sum(), a[:, i].sum(), a[i].sum(), sum(k * x * y for k, (x, y) in enumerate(zip(a[i, 1:], a[i])))]
        assert out[i, 4:].tolist() == [i, i, *(a[i, :2] + a[i, 2:4])]


def test_parts_of_shared_and_local_memory():
    @cuda.jit
    def kernel(x, out):
        tile = cuda.shared.array((4, 4), "float32")
        own = cuda.local.array(6, "float32")
        i = cuda.threadIdx.x
        tile[i, :] = x[i, ::-1]
        cuda.syncthreads()
        own[:] = 1
        own[1:5] = tile[:, i]
        own[2:4] += own[:2]
        out[i, :] = own

    x, out = np.arange(16, dtype="float32").reshape(4, 4), np.zeros((4, 6), "float32")
    kernel[1, 4](x, out)
    for i in range(4):
        own = np.ones(6, "float32")
        own[1:5] = x[:, ::-1][:, i]
        own[2:4] += own[:2].copy()
        np.testing.assert_array_equal(out[i], own)
    simulated = np.zeros_like(out)
    with ag.kernel.simulate():
        kernel[1, 4](x, simulated)
    np.testing.assert_array_equal(simulated, out)


def test_different_slices_on_different_paths():
    @cuda.jit
    def kernel(a, out):
        for i in range(out.shape[0]):
            if i % 2 == 0:
                part = a[i:]
            else:
                part = a[:-i]
            out[i, 0], out[i, 1] = part[0], len(part)

    a, out = np.arange(8.0), np.zeros((4, 2))
    kernel[1, 1](a, out)
    assert out.tolist() == [[0, 8], [0, 7], [2, 6], [0, 5]]


@pytest.mark.out_of_bounds
def test_atomics_on_parts():
    @cuda.jit
    def kernel(a):
        cuda.atomic.add(a[1:, 0], cuda.threadIdx.x % 4, 1)

    a = np.zeros((4, 2), "int32")
    kernel[1, 40](a)
    assert a[:, 0].tolist() == [0, 10, 10, 10] and not a[:, 1].any()


@pytest.mark.parametrize(
    "text, message",
    [
        ("x[0] = x[1:]", "this is a part of"),
        ("x[1:, 2] = 0", "too many indices"),
        ("x[..., ...] = 0", "single ellipsis"),
        ("x[0.5:] = 0", "an index is an integer"),
        ("x[1:] = y", "2 dimensions do not fit into 1"),
        ("y[1:] = (1, 2)", "a tuple is assigned to one dimension"),
    ],
)
def test_errors(text, message, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(f"def program(x, y):\n    {text}\n")
    names = {}
    exec(compile(path.read_text(), path, "exec"), names)
    with pytest.raises(KernelError, match=message):
        cuda.jit(names["program"])[1, 1](ag.ones(3), ag.ones((3, 3)))


def rebound_while_iterated(x, y):
    n = 0
    part = x[1:5]
    for e in part:
        y[n] = e
        n += 1
        part = x[0:1]
    row = 0
    for e in x[row:]:
        y[n] = e
        n += 1
        row = 3


def shrinking(x, y):
    part = x[0:]
    n = 0
    for e in part:
        y[n] = e
        n += 1
        part = part[1:]
    while len(part[:]) < 3:
        part = x[n - 3 :]
        y[n] = len(part)
        n += 1


def chained(x, y):
    x[0] = x[1] = x[0] + 1
    x[2:4] = y[2:4] = x[4:6]
    y[0] = x[3] = y[1] = x[3] * 2


def broadcast_of_its_own(x, y):
    x[0:4] += x[1:2]
    x[2:] *= x[3:4]
    x[::-1][:3] += x[::-1][1:2]
    y[:] = x[5]
    y[1:4] = (7,)
    y[1:5] -= y[2:3]


@pytest.mark.parametrize("function", [rebound_while_iterated, shrinking, chained, broadcast_of_its_own])
def test_programs(function):
    x, y = np.arange(1, 7), np.zeros(16, int)
    expected = [x.copy(), y.copy()]
    function(*expected)
    cuda.jit(function)[1, 1](x, y)
    np.testing.assert_array_equal(x, expected[0])
    np.testing.assert_array_equal(y, expected[1])


@pytest.mark.parametrize("rows", [(0, 1), (1, 2), (2, 3), (3, 4), (0, 2), (1, 3)])
@pytest.mark.parametrize("columns", [(0, 3), (1, 4), (2, 5), (1, 2), (4, 5)])
def test_rows_of_its_own_that_broadcast(rows, columns):
    def added(a, r0, r1, c0, c1, n, m):
        a[1 : 1 + n, 1 : 1 + m] += a[r0:r1, c0:c1]

    def written(a, r0, r1, c0, c1, n, m):
        a[1 : 1 + n, 1 : 1 + m] = a[r0:r1, c0:c1]

    n = 3 if rows[1] - rows[0] == 1 else rows[1] - rows[0]
    m = 4 if columns[1] - columns[0] == 1 else columns[1] - columns[0]
    for function in (added, written):
        expected, a = (np.arange(30, dtype="int32").reshape(5, 6) ** 2 for _ in range(2))
        function(expected, *rows, *columns, n, m)
        cuda.jit(function)[1, 1](a, *rows, *columns, n, m)
        np.testing.assert_array_equal(a, expected)


@cuda.jit(device=True)
def bumped(x):
    x[0] += 100
    return 1


def test_values_are_read_before_what_targets_call():
    @cuda.jit
    def kernel(x):
        x[bumped(x)] = x[0]

    x = np.arange(1, 5)
    kernel[1, 1](x)
    assert x.tolist() == [101, 1, 3, 4]


@pytest.mark.out_of_bounds
def test_bounds_beyond_int64():
    @cuda.jit
    def kernel(x, at, out):
        out[0], out[1], out[2] = len(x[at[0] :]), len(x[: at[0]]), x[at[0]]

    out = np.ones(3, int)
    kernel[1, 1](np.arange(5) + 1, np.array([2**64 - 2], "uint64"), out)
    assert out.tolist() == [0, 5, 0]
