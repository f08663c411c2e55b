"""Kernels that go to the limits of what there is, or beyond: each runs right, or is refused with a line and a way out."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest

pytestmark = pytest.mark.gpu
cuda = pytest.importorskip("anygpu.cuda")
ag = pytest.importorskip("anygpu")

#: Kernels that read or write out of bounds on purpose.
unchecked = pytest.mark.skipif(os.environ.get("ANYGPU_CHECKED") == "1", reason="indices out of bounds are errors in a checked run")


@pytest.fixture
def define(tmp_path):
    """A function of (source, name) that gives the kernel a file defines."""
    count = iter(range(1000))

    def made(source, name="k"):
        number = next(count)
        path = tmp_path / f"kernels_{number}.py"
        path.write_text("import numpy as np\nimport anygpu as ag\nfrom anygpu import cuda\n" + textwrap.dedent(source), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"kernels_{number}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, name)

    return made


# ---- memory --------------------------------------------------------------------------------------------------------------------------------------


@cuda.jit
def window(x, out, first):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[first + i]


@cuda.jit
def fill(x, first, value):
    x[first + cuda.grid(1)] = value


@unchecked
@pytest.mark.parametrize("dtype", ["float32", "int8", "float16", "float64"])
def test_a_view_shows_no_neighbours(dtype):
    x = ag.arange(1, 41).astype(dtype)
    view = x[10:20]
    out = ag.zeros(14, "float64").astype(dtype)
    window[1, 16](view, out, 0)
    assert out.tolist() == [*range(11, 21), 0, 0, 0, 0]
    window[1, 16](view, out, -14)  # -14 to -11 are outside, -10 to -1 count from the end
    assert out.tolist() == [0, 0, 0, 0, *range(11, 21)]
    fill[1, 4](view, 10, 99)
    fill[1, 4](view, -14, 99)
    assert x.tolist() == list(range(1, 41))
    fill[1, 4](x[20:10:-1], 10, 99)
    fill[1, 2](x[1:9:4], 2, 99)
    assert x.tolist() == list(range(1, 41))


@cuda.jit
def shifted(x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = 2 * x[i]


def test_output_aliases_an_input():
    x = ag.arange(8.0)
    shifted[1, 8](x, x)
    assert x.tolist() == [0, 2, 4, 6, 8, 10, 12, 14]
    shifted[1, 8](x[:4], x[4:])
    assert x.tolist() == [0, 2, 4, 6, 0, 4, 8, 12]
    shifted[1, 8](x[::2], x[1::2])
    assert x.tolist() == [0, 0, 4, 8, 0, 0, 8, 16]
    with pytest.raises(ValueError, match="shifted: .* pass a copy"):
        shifted[1, 8](x.view("int64"), x)


@cuda.jit
def scalar(x, out):
    out[()] = x[()] + 1


@unchecked
def test_no_elements_and_no_dimensions():
    out = ag.ones(3)
    window[1, 8](ag.zeros(0), out, 0)
    assert out.tolist() == [0, 0, 0]
    window[1, 8](out[3:], out[1:1], 0)
    fill[1, 4](ag.zeros(5)[5:], 0, 7.0)
    fill[1, 4](out[:0], 0, 7.0)
    assert out.tolist() == [0, 0, 0]
    zero = ag.zeros(())
    scalar[1, 1](ag.array(4.0), zero)
    assert zero.item() == 5


def test_more_blocks_than_an_axis_has():
    @cuda.jit
    def count(out, seen):
        cuda.atomic.add(out, 0, 1)
        if cuda.blockIdx.x == cuda.gridDim.x - 1:
            seen[0] = cuda.blockIdx.x

    out, seen = ag.zeros(1, "int32"), ag.zeros(1, "int64")
    count[70001, 1](out, seen)
    assert (out.item(), seen.item()) == (70001, 70000)


@pytest.mark.parametrize("threads", [4096, (64, 64), (1, 1, 1025), 10**6])
def test_a_block_above_the_limits(threads):
    with pytest.raises(ag.KernelError, match=r"(?s)fill with .* threads a block exceeds the device: .*smaller blocks.*line \d+"):
        fill[1, threads](ag.zeros(4), 0, 1.0)


def test_more_arrays_than_bindings(tmp_path):
    path = tmp_path / "many.py"
    path.write_text(
        "import anygpu as ag\nfrom anygpu import cuda\n@cuda.jit\ndef k(a, b, c, d, e, f, g, h, i, j):\n    a[0] = b[0] + c[0] + d[0] + e[0] + f[0] + g[0] + h[0] + i[0] + j[0]\n"
        "try:\n    k[1, 1](*[ag.ones(1) for n in range(10)])\nexcept ValueError as error:\n    print(error)\n"
    )
    root = pathlib.Path(ag.__file__).parent.parent
    env = {**os.environ, "PYTHONPATH": str(root), "ANYGPU_LIMITS": "default"}
    out = subprocess.run([sys.executable, path], env=env, capture_output=True, text=True, timeout=100)
    assert "takes 10 arrays, and 8 fit" in out.stdout, out.stderr


# ---- language ------------------------------------------------------------------------------------------------------------------------------------


REFUSED = {
    "fstring": ("s = f'{x[0]}'\nx[0] = 1", "s = f"),
    "walrus": ("if (n := x[0]) > 0:\n    x[0] = n + 1", "n := x[0]"),
    "list": ("y = [x[k] for k in range(3)]", "for k in"),
    "generator": ("x[0] = sum(x[k] for k in range(3))", "x[0] = sum"),
    "dict": ("y = {1: 2}", "y = {1"),
    "try": ("try:\n    x[0] = 1\nexcept ValueError:\n    x[0] = 2", "try:"),
    "with": ("with x:\n    x[0] = 1", "with x:"),
    "yield": ("yield x[0]", "yield x[0]"),
    "await": ("x[0] = 1\nimport math", "import math"),
    "lambda": ("f = lambda a: a\nx[0] = f(1)", "f"),
    "def": ("def f(a):\n    return a\nx[0] = f(1)", "def f"),
    "class": ("class A:\n    pass", "class A"),
    "global": ("global g\ng = 1", "global g"),
    "del": ("y = 1\ndel y", "del y"),
    "match": ("match x[0]:\n    case 1:\n        x[0] = 2", "match x[0]"),
    "matmul": ("x[0] = x @ x", "x @ x"),
    "slice": ("y = x[1:2]\nx[0] = y", "x[0] = y"),
    "string": ("x[0] = 'a'", "x[0] = "),
    "starred": ("x[0] = max(*x)", "max(*x)"),
    "grid": ("x[0] = cuda.grid(1.0)", "cuda.grid(1.0)"),
    "undefined": ("x[0] = nothing_of_this_name", "nothing_of"),
    "set": ("y = {1, 2}", "y = {1"),
    "large": ("x[0] = 2 ** 70", "2 ** 70"),
    "division": ("x[0] = 1 // 0", "1 // 0"),
    "shift": ("x[0] = 1 << -1", "1 << -1"),
    "huge": ("y = cuda.local.array(10**9, np.float64)\nx[0] = y[0]", "cuda.local.array"),
    "augmented": ("y += 1\nx[0] = y", "y += 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_form(define, name):
    body, shown = REFUSED[name]
    kernel = define("@cuda.jit\ndef k(x):\n" + textwrap.indent(body, "    "))
    x = ag.ones(4)
    try:
        kernel[1, 1](x)
    except ag.KernelError as error:
        text = str(error)
        assert 'File "' in text and ", line " in text and shown in text
    else:
        assert name in RUNS, f"{name} runs, and gives {x.tolist()}"
        assert x.tolist() == RUNS[name]


#: Those of them that may run as well, with what they give.
RUNS = {"walrus": [2, 1, 1, 1], "lambda": [1, 1, 1, 1], "raise": [1, 1, 1, 1], "star": [1, 1, 1, 1]}


def test_recursion(define):
    kernel = define("@cuda.jit(device=True)\ndef f(n):\n    return g(n)\ndef g(n):\n    return f(n - 1)\n@cuda.jit\ndef k(x):\n    x[0] = f(3)\n")
    with pytest.raises(ag.KernelError, match="(?s)recursion.*write a loop.*line 8"):
        kernel[1, 1](ag.zeros(1))


def test_names_that_are_wgsl_words(define):
    words = "var fn struct loop array vec2 f32 u32 i32 atomic main params block thread live group local storage b0 load0 store0 enable discard override guard at_a0"
    names = [*words.split(), "ünïcode", "变量", "_", "__", "x_p1", "a0"]
    lines = [f"    {n} = x[{k}] + {k}" for k, n in enumerate(names)] + [f"    x[{k}] = {n} * 2" for k, n in enumerate(names)]
    kernel = define("@cuda.jit\ndef k(x):\n" + "\n".join(lines))
    x = ag.ones(len(names), "int32")
    kernel[1, 1](x)
    assert x.tolist() == [2 + 2 * k for k in range(len(names))]
    kernel = define("@cuda.jit\ndef struct(var, fn, 数):\n    数[0] = var[0] + fn\n", "struct")
    kernel[1, 1](ag.ones(1), 2, x)
    assert x[0].item() == 3


@pytest.mark.parametrize("opening, closing", [("(", ")"), ("(1 + ", ")"), ("-(", ")"), ("abs(", ")"), ("x[0] + (", ")")])
def test_deep_nesting(define, opening, closing):
    depth = 150 if opening != "(" else 190  # Python's own parser takes 200
    kernel = define(f"@cuda.jit\ndef k(x):\n    x[0] = {opening * depth}x[1]{closing * depth}\n")
    x = ag.ones(2, "int32")
    _runs_or_is_refused(kernel, x, {"(": 1, "(1 + ": 151, "-(": 1, "abs(": 1, "x[0] + (": 151}[opening])


@pytest.mark.parametrize("terms", [30, 500, 900])
def test_long_sums(define, terms):
    kernel = define("@cuda.jit\ndef k(x):\n    x[0] = " + " + ".join(["x[1]"] * terms) + "\n")
    _runs_or_is_refused(kernel, ag.ones(2, "int32"), terms)


def test_nested_blocks(define):
    lines = [f"{'    ' * k}if x[1] > {-k}:" for k in range(1, 60)]
    kernel = define("@cuda.jit\ndef k(x):\n" + "\n".join(lines) + "\n" + "    " * 60 + "x[0] = 7\n")
    _runs_or_is_refused(kernel, ag.ones(2, "int32"), 7)


@pytest.mark.skipif(os.environ.get("ANYGPU_CHECKED") == "1", reason="software drivers take minutes for so many checks")
def test_long_source(define):
    body = "".join(f"    x[{k % 7}] = x[{(k + 1) % 7}] + {k}  # {'-' * 700}\n" for k in range(150))
    assert len(body) > 100_000
    kernel = define("@cuda.jit\ndef k(x):\n" + body)
    expected = [1] * 7
    for k in range(150):
        expected[k % 7] = expected[(k + 1) % 7] + k
    x = ag.ones(7, "int32")
    kernel[1, 1](x)
    assert x.tolist() == expected


def _runs_or_is_refused(kernel, x, expected):
    try:
        kernel[1, 1](x)
    except ag.KernelError as error:
        assert ", line 6" in str(error) or ", line 5" in str(error)
    else:
        assert x[0].item() == expected


def test_shared_memory_above_the_limits():
    @cuda.jit
    def k(x):
        held = cuda.shared.array(10**6, np.float32)
        held[cuda.threadIdx.x] = x[0]
        cuda.syncthreads()
        x[0] = held[0]

    with pytest.raises(ag.KernelError, match=r"(?s)4000000 bytes of workgroup memory; this device has .*less memory.*line \d+"):
        k[1, 8](ag.zeros(1, "float32"))


@cuda.jit
def endless(x):
    while x[0] == 1.0:
        x[1] = 2.0


software = pytest.mark.skipif(ag.Device().kind != "software", reason="GPUs run on until the driver gives up the device, if it does")


@software
def test_endless_loops_end():
    x = ag.ones(2)
    endless[1, 1](x)
    with pytest.raises(RuntimeError, match=r"(?s)kernel `endless`: the driver ended this loop early.*while x\[0\] == 1.0:.*in thread \(0, 0, 0\)"):
        ag.synchronize()
    ag.synchronize()


@cuda.jit
def counted(n, inner, out):
    total = 0
    for _ in range(n):
        for _ in range(inner):
            total += 1
    out[cuda.grid(1)] = total


@cuda.jit
def counted_until(n, inner, out):
    total = 0
    while total < n:
        total += 1
        if total == inner:
            break
    out[cuda.grid(1)] = total


@cuda.jit
def counted_for_ever(n, inner, out):
    total = 0
    while True:
        total += 1
        if total == n:
            out[cuda.grid(1)] = total
            return


@software
@pytest.mark.parametrize(
    "kernel, n, inner, result",
    [
        (counted, 600, 100, 60000),
        (counted, 700, 100, None),
        (counted, 70000, 0, None),
        (counted_until, 65000, 0, 65000),
        (counted_until, 70000, 9, 9),
        (counted_until, 70000, 0, None),
        (counted_until, 80000, 70000, None),
        (counted_for_ever, 65000, 0, 65000),
        (counted_for_ever, 70000, 0, None),
    ],
)
def test_loops_that_the_driver_ends_are_errors(kernel, n, inner, result):
    for _ in range(2):
        out = ag.zeros(8, dtype="int32")
        kernel[1, 8](n, inner, out)
        if result is None:
            with pytest.raises(RuntimeError, match="ends the loops of a thread after 65,535 turns"):
                ag.synchronize()
        else:
            assert out.tolist() == [result] * 8


@ag.vectorize
def ones_below(n):
    total = 0
    while total < n:
        total += 1
    return total


@ag.guvectorize(["void(int32[:], int32[:])"], "(n)->()")
def ones_below_first(x, out):
    out[0] = 0
    while out[0] < x[0]:
        out[0] += 1


@software
@pytest.mark.parametrize(
    "function",
    [
        ones_below,
        lambda n: ones_below_first(n[:, None]),
        ag.ElementwiseKernel("int32 n", "int32 y", "y = 0; while (y < n) { y += 1; }", "ones_below"),
        ag.ReductionKernel("int32 n", "int32 y", "below(n)", "a + b", "y = a", "0", "ones", preamble="int below(int n) { int y = 0; while (y < n) y++; return y; }"),
    ],
)
def test_loops_of_elementwise_functions_that_the_driver_ends_are_errors(function):
    n = ag.full(3, 60000, dtype="int32")
    if not isinstance(function, ag.ReductionKernel):
        assert function(n).tolist() == [60000] * 3
    function(n + 10000)
    with pytest.raises(RuntimeError, match=r"(?s)ends the loops of a thread after 65,535 turns.*while"):
        ag.synchronize()


def test_zeros_of_constants_keep_nan():
    @cuda.jit
    def k(x, out):
        i = cuda.grid(1)
        out[i] = np.floor(0.5) * x[i]

    x, out = ag.array([np.inf, np.nan, -1.0]), ag.ones(3)
    k[1, 3](x, out)
    assert str(out.tolist()) == "[nan, nan, -0.0]"


@cuda.jit
def reversed_through_memory(x, out):
    i = cuda.threadIdx.x
    start = cuda.blockIdx.x * cuda.blockDim.x
    out[start + i] = x[start + i] * 2
    cuda.syncthreads()
    value = out[start + cuda.blockDim.x - 1 - i]
    cuda.syncthreads()
    out[start + i] = value


@cuda.jit
def reversed_through_shared_memory(x, out):
    held = cuda.shared.array(64, np.float32)
    i = cuda.grid(1)
    held[cuda.threadIdx.x] = x[i]
    cuda.syncthreads()
    out[i] = held[cuda.blockDim.x - 1 - cuda.threadIdx.x] * 2


@cuda.jit
def counted_through_memory(x, out):
    i = cuda.grid(1)
    for _ in range(3):
        count = cuda.syncthreads_count(x[i] > 0)
        out[i] = count
        x[cuda.blockIdx.x * cuda.blockDim.x + (cuda.threadIdx.x + 1) % cuda.blockDim.x] = count - 31


def test_barriers_order_the_memory_of_arrays_where_threads_exchange_through_it():
    x = np.arange(256, dtype="float32")
    for kernel, orders in ((reversed_through_memory, True), (reversed_through_shared_memory, False)):
        out = ag.zeros(256, dtype="float32")
        kernel[4, 64](ag.asarray(x), out)
        np.testing.assert_array_equal(out.get(), 2 * x.reshape(4, 64)[:, ::-1].ravel())
        assert ("storageBarrier" in "".join(kernel.inspect_wgsl().values())) == orders
    x, out = ag.ones(64, dtype="int32"), ag.zeros(64, dtype="int32")
    counted_through_memory[1, 64](x, out)
    assert set(out.tolist()) == {64} and "storageBarrier" in "".join(counted_through_memory.inspect_wgsl().values())


@cuda.jit
def numbered_blocks(out):
    i = cuda.grid(1)
    if i % 3 == 0:
        return
    out[i] = cuda.blockIdx.x * 100 + cuda.threadIdx.x


@cuda.jit
def numbered_tiles(out):
    x, y = cuda.grid(2)
    out[y, x] += 1000 * cuda.blockIdx.y + cuda.blockIdx.x


def test_workgroups_that_do_the_work_of_several_blocks():
    # GPUs start fewer workgroups than a large grid has blocks.
    out = ag.zeros(70001 * 8, dtype="int32")
    numbered_blocks[70001, 8](out)
    i = np.arange(70001 * 8)
    np.testing.assert_array_equal(out.get(), np.where(i % 3 == 0, 0, i // 8 * 100 + i % 8))
    out = ag.ones((301 * 2, 223 * 4), dtype="int32")
    numbered_tiles[(223, 301), (4, 2)](out)
    y, x = np.indices(out.shape)
    np.testing.assert_array_equal(out.get(), 1 + 1000 * (y // 2) + x // 4)
