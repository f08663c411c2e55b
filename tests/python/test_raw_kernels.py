"""Kernels in WGSL under CuPy's names."""

import inspect

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu

AXPY = """
struct Factors { a: f32, n: u32 }
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<uniform> p: Factors;
@compute @workgroup_size(64)
fn axpy(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x < p.n { y[id.x] += p.a * x[id.x]; }
}
"""
SCALE = """
var<storage, read_write> x: array<f32>;
var<uniform> factor: f32;
@compute @workgroup_size(32)
fn scale(@builtin(global_invocation_id) id: vec3<u32>) { x[id.x] = x[id.x] * factor; }
"""
SHIFT = """
var<storage, read> x: array<f32>;
var<storage, read_write> y: array<f32>;
@compute @workgroup_size(8)
fn shift(@builtin(global_invocation_id) id: vec3<u32>) { y[id.x] = x[id.x + 1u] + f32(arrayLength(&x)); }
"""


@pytest.fixture(scope="module")
def kernels():
    return {"axpy": ag.RawKernel(AXPY, "axpy"), "scale": ag.RawKernel(SCALE, "scale"), "shift": ag.RawKernel(SHIFT, "shift")}


def test_arguments_are_in_the_order_of_their_bindings(kernels):
    kernel = kernels["axpy"]
    assert [a[0] for a in kernel.arguments] == ["x", "p", "y"]
    assert kernel.arguments[2] == ("y", "array<f32>", True, True)
    assert (kernel.name, kernel.workgroup_size, kernel.max_threads_per_block) == ("axpy", (64, 1, 1), 64)
    x, y = np.arange(100, dtype="float32"), np.ones(100, dtype="float32")
    gx, gy = ag.asarray(x), ag.asarray(y)
    for factors in ((2, 90), np.array((2.0, 90), dtype=[("a", "f4"), ("n", "u4")])[()], [2.0, 90]):
        kernel((2,), (64,), (gx, factors, gy))
    expected = y.copy()
    expected[:90] += 3 * 2 * x[:90]
    np.testing.assert_array_equal(gy.get(), expected)


def test_numpy_arrays_are_copied_in_and_back(kernels):
    x = np.arange(40, dtype="float32")
    kernels["scale"]((2,), (32,), (x, 0.5))
    np.testing.assert_array_equal(x, np.arange(40) * 0.5)
    strided = np.arange(40, dtype="float32")[::-2]
    kernels["scale"]((1,), None, (strided, np.float64(2)))
    np.testing.assert_array_equal(strided, np.arange(40)[::-2] * 2)
    frozen = np.ones(4, dtype="float32")
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        kernels["scale"]((1,), (32,), (frozen, 2))


def test_out_of_bounds_reads_zero_and_writes_nothing(kernels):
    base = ag.full(64, 7, dtype="float32")
    x, y = ag.arange(5, dtype="float32"), base[16:21]
    kernels["shift"]((4,), (8,), (x, y))
    np.testing.assert_array_equal(base.get()[14:23], [7, 7, 6, 7, 8, 9, 5, 7, 7])


def test_views_are_seen_in_c_order_and_written_back(kernels):
    x = ag.arange(24, dtype="float32").reshape(4, 6)
    kernels["scale"]((1,), (32,), (x.T, 2))
    kernels["scale"]((1,), (32,), (x[::-1, 1::2], 10))
    expected = np.arange(24, dtype="float32").reshape(4, 6) * 2
    expected[:, 1::2] *= 10
    np.testing.assert_array_equal(x.get(), expected)


def test_arguments_that_share_memory(kernels):
    x = ag.arange(16, dtype="float32")
    kernels["shift"]((2,), (8,), (x, x))
    np.testing.assert_array_equal(x.get(), [*(np.arange(1, 16) + 16), 16])
    two = ag.RawKernel(
        """var<storage, read_write> a: array<f32>; var<storage, read_write> b: array<f32>;
        @compute @workgroup_size(8) fn f(@builtin(global_invocation_id) id: vec3<u32>) { a[id.x] = 1.0; b[id.x] = 2.0; }"""
    )
    with pytest.raises(ValueError, match="share memory"):
        two((1,), (8,), (x, x[:3]))
    two((1,), (8,), (x[:3], x[3:6]))
    np.testing.assert_array_equal(x.get()[:6], [1, 1, 1, 2, 2, 2])
    with pytest.raises(TypeError, match="broadcast"):
        kernels["scale"]((1,), (32,), (ag.broadcast_to(x[:1], (5,)), 2))


def test_recorded_operations_come_before_and_after(kernels):
    x = ag.arange(8, dtype="float32")
    before = x + 1
    kernels["scale"]((1,), (32,), (x, 3))
    np.testing.assert_array_equal(before.get(), np.arange(8) + 1)
    np.testing.assert_array_equal((x + 1).get(), np.arange(8) * 3 + 1)


def test_other_dtypes_and_small_elements():
    kernel = ag.RawKernel(
        """var<storage, read> words: array<u32>; var<storage, read_write> sums: array<atomic<u32>>; var<storage, read_write> pairs: array<vec2<f32>>;
        @compute @workgroup_size(4) fn f(@builtin(global_invocation_id) id: vec3<u32>) {
            atomicAdd(&sums[id.x & 1u], words[id.x] & 255u);
            pairs[id.x] = pairs[id.x].yx;
        }"""
    )
    data = np.arange(16, dtype="uint8")
    sums, pairs = ag.zeros(2, dtype="uint32"), ag.asarray(np.arange(4) + 1j, dtype="complex64")
    kernel((1,), (4,), (ag.asarray(data), sums, pairs))
    np.testing.assert_array_equal(sums.get(), [0 + 8, 4 + 12])
    np.testing.assert_array_equal(pairs.get(), 1 + 1j * np.arange(4))
    x = ag.asarray([1.0, 2.0])
    bits = ag.RawKernel("var<storage, read_write> x: array<vec2<u32>>; @compute @workgroup_size(2) fn f() { x[0] = x[1]; }")
    bits((1,), (2,), (x,))
    assert x.get().tolist() == [2.0, 2.0]


def test_loops_functions_and_structs_with_arrays():
    kernel = ag.RawKernel(
        """
        struct Sums { count: atomic<u32>, step: u32, values: array<vec2<f32>> }
        var<storage, read_write> sums: Sums;
        var<storage, read> rows: array<array<f32, 4>>;
        const WEIGHTS = array<f32, 4>(1.0, 2.0, 3.0, 4.0);
        fn dot_row(r: u32) -> f32 {
            var total = 0.5;
            var weights = WEIGHTS;
            for (var k = 0u; k < 4u; k++) { total += rows[r][k] * weights[k]; }
            return total;
        }
        @compute @workgroup_size(4) fn f(@builtin(global_invocation_id) id: vec3<u32>) {
            let old = atomicAdd(&sums.count, sums.step);
            var v = vec2<f32>(dot_row(id.x), 1.0);
            loop { v.y *= 2.0; if v.y > 5.0 { break; } continuing { v.x += 1.0; } }
            switch id.x { case 1u: { v.x = -v.x; } default: {} }
            sums.values[id.x] = v;
        }"""
    )
    rows = np.arange(12, dtype="float32").reshape(3, 4)
    sums = np.zeros(2 + 2 * 3, "uint32")
    sums[1] = 10
    kernel((1,), None, (sums, rows))
    first = rows @ np.arange(1, 5) + 0.5 + 2
    np.testing.assert_array_equal(sums[:2], [40, 10])
    np.testing.assert_array_equal(sums[2:].view("float32").reshape(3, 2), np.column_stack([first * [1, -1, 1], [8, 8, 8]]))


def test_three_dimensional_grids_and_workgroup_memory():
    kernel = ag.RawKernel(
        """var<storage, read_write> out: array<u32>;
        var<workgroup> tile: array<u32, 16>;
        @compute @workgroup_size(4, 2, 2)
        fn f(@builtin(local_invocation_index) k: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
            tile[k] = k;
            workgroupBarrier();
            let g = (group.z * groups.y + group.y) * groups.x + group.x;
            out[g * 16u + k] = tile[15u - k] + 100u * g;
        }"""
    )
    out = ag.zeros(16 * 12, dtype="uint32")
    kernel((2, 3, 2), (4, 2, 2), (out,))
    np.testing.assert_array_equal(out.get().reshape(12, 16), np.arange(12)[:, None] * 100 + np.arange(16)[::-1])


@pytest.mark.parametrize(
    "grid, block, args, error, text",
    [
        ((1,), (64,), lambda x: (x, 2), ValueError, r"@workgroup_size\(32, 1, 1\)"),
        ((0,), (32,), lambda x: (x, 2), ValueError, "number of blocks"),
        ((-3,), (32,), lambda x: (x, 2), ValueError, "number of blocks"),
        ((2**40,), (32,), lambda x: (x, 2), ValueError, "65535"),
        ((1.5,), (32,), lambda x: (x, 2), TypeError, "number of blocks"),
        ((1,), (32,), lambda x: (x,), TypeError, "1 arguments given, it takes 2: x, factor"),
        ((1,), (32,), lambda x: (x, 2, 3), TypeError, "takes 2"),
        ((1,), (32,), lambda x: (2, 2), TypeError, "takes an array"),
        ((1,), (32,), lambda x: (x, x), TypeError, "takes a number"),
        ((1,), (32,), lambda x: (x, "2"), TypeError, "argument 1"),
        ((1,), (32,), lambda x: (x, (1, 2)), TypeError, "takes 1 numbers, 2 given"),
        ((1,), (32,), lambda x: (x, b"abc"), TypeError, "takes 4 bytes, 3 given"),
        ((1,), (32,), lambda x: (x.astype("float64"), 2), TypeError, "array<f32>"),
        ((1,), (32,), lambda x: (None, 2), TypeError, "argument 0"),
        ((1,), (32,), lambda x: x, TypeError, "one tuple"),
    ],
)
def test_wrong_launches(kernels, grid, block, args, error, text):
    with pytest.raises(error, match=text):
        kernels["scale"](grid, block, args(ag.ones(3, dtype="float32")))
    with pytest.raises(ValueError, match="workgroup"):
        kernels["scale"]((1,), (32,), (ag.ones(3, dtype="float32"), 2), shared_mem=64)


def test_integers_are_not_cut_out_of_floats():
    kernel = ag.RawKernel("var<storage, read_write> x: array<i32>; var<uniform> n: u32; @compute @workgroup_size(1) fn f() { x[0] = i32(n); }")
    x = ag.zeros(1, dtype="int32")
    with pytest.raises(TypeError, match="int()"):
        kernel((1,), (1,), (x, 2.5))
    for wrong in (-1, 2**40):
        with pytest.raises((OverflowError, ValueError, TypeError)):
            kernel((1,), (1,), (x, wrong))
    kernel((1,), (1,), (x, np.uint8(200)))
    assert int(x[0]) == 200


def test_errors_show_the_line_of_this_file():
    line = inspect.currentframe().f_lineno + 4
    kernel = ag.RawKernel(
        """
        @compute @workgroup_size(1) fn f() {
            let x = 1u +;
        }"""
    )
    with pytest.raises(ag.KernelError) as caught:
        kernel.compile()
    text = str(caught.value)
    assert f'test_raw_kernels.py", line {line}' in text and "let x = 1u +;" in text and "^" in text, text


@pytest.mark.parametrize(
    "source, text",
    [
        ("", "entry point"),
        ("hello", "wgsl|expected"),
        ("fn f() {}", "@compute"),
        ("@compute @workgroup_size(1) fn a() {} @compute @workgroup_size(1) fn b() {}", "`a`, `b`"),
        ("@compute @workgroup_size(100000) fn f() {}", "[Ww]orkgroup"),
        ("@compute @workgroup_size(0) fn f() {}", "[Ww]orkgroup"),
        ("fn g(x: u32) -> u32 { return g(x); } @compute @workgroup_size(1) fn f() { _ = g(1u); }", "recurs|cycl|g"),
        ("@group(0) @binding(0) var t: texture_2d<f32>; @compute @workgroup_size(1) fn f() { _ = textureLoad(t, vec2(0, 0), 0); }", "texture"),
        ("var<workgroup> w: array<f32, 100000000>; @compute @workgroup_size(1) fn f() { w[0] = 1.0; }", "workgroup|bytes|large"),
        ("var<private> w: array<f32, 4294967295>; @compute @workgroup_size(1) fn f() { w[0] = 1.0; }", "kernel"),
        ("var<private> w: array<f32, 100000000>; @compute @workgroup_size(1) fn f() { w[0] = 1.0; }", "bytes of variables"),
        ("@compute @workgroup_size(1) fn f() { var w: array<f32, 100000>; w[0] = 1.0; }", "bytes of variables"),
        ("@compute @workgroup_size(1) fn f() { let x: f32 = 1u; }", "type"),
        ("@fragment fn f() {}", "@compute"),
        ("@compute @workgroup_size(1) fn f() { " + "(" * 5000 + "1" + ")" * 5000 + "; }", "kernel"),
    ],
)
def test_sources_that_are_refused(source, text):
    with pytest.raises(ag.KernelError, match=text):
        ag.RawKernel(source).compile()
    assert float((ag.ones(3) + 1).sum()) == 6


def test_cuda_source_gets_the_same_signature_in_wgsl():
    cuda = r"""
    extern "C" __global__ void my_add(const float* x1, const float* __restrict__ x2, float* y, double d, unsigned int n, const unsigned char *mask) {
        int tid = blockDim.x * blockIdx.x + threadIdx.x;
        y[tid] = x1[tid] + x2[tid];
    }"""
    with pytest.raises(ag.KernelError) as caught:
        ag.RawKernel(cuda, "my_add")
    text = str(caught.value)
    for part in (
        "var<storage, read> x1: array<f32>;", "var<storage, read> x2: array<f32>;", "var<storage, read_write> y: array<f32>;", "var<uniform> d: f64;",
        "var<uniform> n: u32;", "var<storage, read> mask: array<u32>;  // 4 elements of unsigned char", "fn my_add(", "blockDim.x * blockIdx.x",
    ):  # fmt: skip
        assert part in text, text
    with pytest.raises(ag.KernelError, match="CUDA"):
        ag.RawModule(code=cuda)


def test_modules(tmp_path):
    source = """
    override width: u32 = 4;
    var<storage, read_write> x: array<i32>;
    var<uniform> by: i32;
    @compute @workgroup_size(width) fn twice(@builtin(global_invocation_id) id: vec3<u32>) { x[id.x] *= 2; }
    @compute @workgroup_size(8) fn more(@builtin(global_invocation_id) id: vec3<u32>) { x[id.x] += by; }
    """
    module = ag.RawModule(code=source)
    module.compile()
    twice, more = module.get_function("twice"), module.get_function("more")
    assert module.get_function("twice") is twice and (twice.name, twice.max_threads_per_block) == ("twice", 4)
    # What an entry point does not use is not its argument.
    assert [a[0] for a in twice.arguments] == ["x"] and [a[0] for a in more.arguments] == ["x", "by"]
    x = ag.arange(5, dtype="int32")
    twice((2,), (4,), (x,))
    more((1,), (8,), (x, -1))
    np.testing.assert_array_equal(x.get(), np.arange(5) * 2 - 1)
    path = tmp_path / "kernels.wgsl"
    path.write_text(source.replace("by;", "by +;"))
    with pytest.raises(ag.KernelError, match='kernels.wgsl", line 6'):
        ag.RawModule(path=path).get_function("more")
    with pytest.raises(ag.KernelError, match="`twice`, `more`"):
        module.get_function("none")
    with pytest.raises(TypeError):
        ag.RawModule()
    with pytest.raises(NotImplementedError):
        module.get_global("x")


def test_names_and_types_of_construction():
    with pytest.raises(TypeError, match="str"):
        ag.RawKernel(b"fn f() {}", "f")
    with pytest.raises(TypeError, match="str"):
        ag.RawKernel("fn f() {}", 3)
    assert ag.RawKernel(SCALE).name == "scale" and ag.RawKernel(SCALE).source == SCALE
    assert list(inspect.signature(ag.RawKernel).parameters)[:4] == ["code", "name", "options", "backend"]


@pytest.mark.skipif(not getattr(ag.Device(), "int64_atomics", False), reason="atomic operations on 64 bits where the device has them")
def test_atomic_operations_on_64_bits():
    kernel = ag.RawKernel(
        """
        @group(0) @binding(0) var<storage, read> x: array<u64>;
        @group(0) @binding(1) var<storage, read_write> largest: array<atomic<u64>>;
        @compute @workgroup_size(64)
        fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            atomicMax(&largest[id.x % 3u], x[id.x]);
        }
        """,
        "main",
    )
    x = np.random.default_rng(0).integers(0, 2**64, 100, "uint64")
    largest = ag.zeros(3, "uint64")
    kernel((2,), (64,), (ag.asarray(x), largest))
    assert largest.tolist() == [x[k::3].max() for k in range(3)]
