"""Kernels written as Python functions, under Numba's names: the same script with its import changed."""

import math

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)
TPB = 8


def rng():
    return np.random.default_rng(5)


@cuda.jit
def add_kernel(x, y, out):
    idx = cuda.grid(1)
    out[idx] = x[idx] + y[idx]


@pytest.mark.out_of_bounds
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "uint8", "float16", "complex64", "int16", "uint64", "complex128"])
def test_more_threads_than_elements(dtype):
    x = (rng().random(1000) * 100).astype(dtype)
    y = (rng().random(1000) * 100).astype(dtype)
    out = np.zeros_like(x)
    add_kernel[4, 256](x, y, out)
    np.testing.assert_array_equal(out, x + y)
    gx, gy, gout = ag.asarray(x), ag.asarray(y), ag.zeros_like(ag.asarray(x))
    add_kernel[4, 256](gx, gy, gout)
    np.testing.assert_array_equal(gout.get(), x + y)


@pytest.mark.out_of_bounds
def test_strided_reversed_and_shared_arrays():
    base = ag.arange(40, dtype="float32")
    out = ag.zeros((4, 5))
    add_kernel[1, 64](base[::-2], base[1::2], out.reshape(-1))
    np.testing.assert_array_equal(out.get().ravel(), np.arange(40)[::-2] + np.arange(40)[1::2])
    # The result is one of the operands.
    add_kernel[1, 64](base, base, base)
    np.testing.assert_array_equal(base.get(), 2 * np.arange(40, dtype="float32"))
    add_kernel[1, 64](base[:20], base[20:], base[:20])
    np.testing.assert_array_equal(base.get()[:20], 2 * np.arange(20) + 2 * np.arange(20, 40))


@pytest.mark.out_of_bounds
def test_recorded_operations_keep_their_operands():
    x = ag.arange(10, dtype="float32")
    before = x * 3
    add_kernel[1, 32](x, x, x)
    after = x + 1
    np.testing.assert_array_equal(before.get(), np.arange(10) * 3)
    np.testing.assert_array_equal(after.get(), np.arange(10) * 2 + 1)


@cuda.jit
def saxpy(a, x, y):
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        y[i] = a * x[i] + y[i]


def test_grid_stride_loop_and_scalars():
    x, y = rng().random((2, 5000), dtype="float32")
    g = ag.asarray(y)
    saxpy[4, 64](2.5, ag.asarray(x), g)
    np.testing.assert_array_equal(g.get(), np.float32(2.5) * x + y)
    saxpy[4, 64](np.float32(0.5), ag.asarray(x), g)
    assert g.dtype == np.float32


@cuda.jit
def matmul(A, B, C):
    i, j = cuda.grid(2)
    if i < C.shape[0] and j < C.shape[1]:
        tmp = 0.0
        for k in range(A.shape[1]):
            tmp += A[i, k] * B[k, j]
        C[i, j] = tmp


@cuda.jit
def fast_matmul(A, B, C):
    sA = cuda.shared.array(shape=(TPB, TPB), dtype=np.float32)
    sB = cuda.shared.array(shape=(TPB, TPB), dtype=np.float32)
    x, y = cuda.grid(2)
    tx = cuda.threadIdx.x
    ty = cuda.threadIdx.y
    bpg = cuda.gridDim.x
    tmp = np.float32(0.0)
    for i in range(bpg):
        sA[ty, tx] = 0
        sB[ty, tx] = 0
        if y < A.shape[0] and (tx + i * TPB) < A.shape[1]:
            sA[ty, tx] = A[y, tx + i * TPB]
        if x < B.shape[1] and (ty + i * TPB) < B.shape[0]:
            sB[ty, tx] = B[ty + i * TPB, x]
        cuda.syncthreads()
        for j in range(TPB):
            tmp += sA[ty, j] * sB[j, tx]
        cuda.syncthreads()
    if y < C.shape[0] and x < C.shape[1]:
        C[y, x] = tmp


def test_matrix_products():
    a = rng().random((23, 17), dtype="float32")
    b = rng().random((17, 30), dtype="float32")
    out = np.zeros((23, 30), "float32")
    matmul[(3, 4), (8, 8)](a, b, out)
    np.testing.assert_allclose(out, a @ b, rtol=1e-5)
    out[:] = 0
    blocks = max(math.ceil(max(a.shape + b.shape) / TPB), 1)
    fast_matmul[(blocks, blocks), (TPB, TPB)](a, b, out)
    np.testing.assert_allclose(out, a @ b, rtol=1e-5)


@cuda.jit
def array_sum(data):
    tid = cuda.threadIdx.x
    size = len(data)
    if tid < size:
        i = cuda.grid(1)
        shr = cuda.shared.array(128, np.int32)
        shr[tid] = data[i]
        s = 1
    cuda.syncthreads()
    s = 1
    while s < cuda.blockDim.x:
        if tid % (2 * s) == 0:
            shr[tid] += shr[tid + s]
        s *= 2
        cuda.syncthreads()
    if tid == 0:
        data[tid] = shr[tid]


def test_reduction_in_shared_memory():
    a = np.arange(128)
    g = cuda.to_device(a.astype("int32"))
    array_sum[1, 128](g)
    assert int(g[0]) == a.sum()


@cuda.jit
def returning_early(x, out, n):
    i = cuda.grid(1)
    if i >= n:
        return
    tile = cuda.shared.array(32, np.float32)
    tile[cuda.threadIdx.x] = x[i]
    cuda.syncthreads()
    other = cuda.threadIdx.x ^ 1
    out[i] = tile[other]


def test_early_return_before_a_barrier():
    x = np.arange(50, dtype="float32")
    out = np.zeros_like(x)
    returning_early[2, 32](x, out, 50)
    np.testing.assert_array_equal(out, x.reshape(-1, 2)[:, ::-1].ravel())


@cuda.jit
def histogram(x, lowest, highest, bins):
    start = cuda.grid(1)
    stride = cuda.gridsize(1)
    width = (highest - lowest) / bins.shape[0]
    for i in range(start, x.shape[0], stride):
        k = int((x[i] - lowest) / width)
        if 0 <= k < bins.shape[0]:
            cuda.atomic.add(bins, k, 1)


@cuda.jit
def extremes(x, low, high, total, count):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.min(low, 0, x[i])
        cuda.atomic.max(high, 0, x[i])
        cuda.atomic.add(total, 0, x[i])
        cuda.atomic.add(count, (0, 1), 1)


def test_atomics():
    x = rng().normal(size=3000).astype("float32")
    bins = np.zeros(16, "int32")
    histogram[4, 64](x, np.float32(-4), np.float32(4), bins)
    np.testing.assert_array_equal(bins, np.histogram(x, 16, (-4, 4))[0])
    low, high, total = np.full(1, np.inf, "float32"), np.full(1, -np.inf, "float32"), np.zeros(1, "float32")
    count = np.zeros((1, 2), "int64")
    extremes[12, 256](x, low, high, total, count)
    assert low[0] == x.min() and high[0] == x.max() and count[0, 1] == 3000
    np.testing.assert_allclose(total[0], x.sum(), rtol=1e-3, atol=1e-2)


@cuda.jit(device=True)
def mandel(x, y, max_iters):
    c = complex(x, y)
    z = 0.0j
    for i in range(max_iters):
        z = z * z + c
        if (z.real * z.real + z.imag * z.imag) >= 4:
            return i
    return max_iters


@cuda.jit
def mandel_kernel(min_x, max_x, min_y, max_y, image, iters):
    height = image.shape[0]
    width = image.shape[1]
    pixel_size_x = (max_x - min_x) / width
    pixel_size_y = (max_y - min_y) / height
    startX, startY = cuda.grid(2)
    gridX = cuda.gridDim.x * cuda.blockDim.x
    gridY = cuda.gridDim.y * cuda.blockDim.y
    for x in range(startX, width, gridX):
        real = min_x + x * pixel_size_x
        for y in range(startY, height, gridY):
            imag = min_y + y * pixel_size_y
            image[y, x] = mandel(real, imag, iters)


def test_mandelbrot():
    image = np.zeros((24, 36), "uint8")
    mandel_kernel[(3, 2), (8, 4)](-2.0, 1.0, -1.0, 1.0, image, 20)
    want = np.zeros_like(image)
    for x in range(36):
        for y in range(24):
            want[y, x] = mandel.py_func(-2.0 + x * (3.0 / 36), -1.0 + y * (2.0 / 24), 20)
    np.testing.assert_array_equal(image, want)


@cuda.jit
def game_of_life(board, result):
    i, j = cuda.grid(2)
    n, m = board.shape
    if i < n and j < m:
        count = 0
        for di in (-1, 0, 1):
            for dj in (-1, 0, 1):
                if not (di == 0 and dj == 0):
                    count += board[(i + di) % n, (j + dj) % m]
        alive = board[i, j]
        result[i, j] = 1 if count == 3 or (alive and count == 2) else 0


def test_game_of_life():
    board = (rng().random((20, 31)) < 0.4).astype("int32")
    result = np.zeros_like(board)
    game_of_life[(3, 4), (8, 8)](board, result)
    count = sum(np.roll(board, (a, b), (0, 1)) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
    np.testing.assert_array_equal(result, (count == 3) | ((board == 1) & (count == 2)))


@cuda.jit
def language(x, out, flags, weights):
    i = cuda.grid(1)
    if i >= x.shape[0]:
        return
    scratch = cuda.local.array(4, np.float64)
    for k in range(4):
        scratch[k] = x[i] + k
    total = 0.0
    k = 3
    while True:
        if k < 0:
            break
        k -= 1
        if k == 1:
            continue
        total += scratch[k + 1] * weights[k % 2]
    value = max(total, 1.0, x[i]) - min(total, 0.0)
    value = value if flags and i % 2 == 0 else -value
    a, b = divide(value, 3.0)
    out[i, -1] = a + math.sqrt(abs(b)) + math.floor(x[i]) ** 2 + (1 << (i % 5)) // 3 - 7 % 4 + round(x[i])
    out[i][0] = (i > 2) + (not flags) + (x[i] != x[i]) + np.float32(0.1) + out.ndim + len(weights)


def divide(a, b):
    quotient = a // b
    return quotient, a - quotient * b


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_most_of_the_language(dtype):
    x = (rng().normal(size=37) * 5).astype(dtype)
    out = np.zeros((37, 2), dtype)
    language[2, 32](x, out, True, (0.5, 2.0))
    want = np.zeros_like(out)
    for i in range(37):
        scratch = [float(x[i]) + k for k in range(4)]
        total, k = 0.0, 3
        while True:
            if k < 0:
                break
            k -= 1
            if k == 1:
                continue
            total += scratch[k + 1] * (0.5, 2.0)[k % 2]
        value = max(total, 1.0, float(x[i])) - min(total, 0.0)
        value = value if i % 2 == 0 else -value
        a, b = divide(value, 3.0)
        want[i, -1] = a + math.sqrt(abs(b)) + math.floor(x[i]) ** 2 + (1 << (i % 5)) // 3 - 7 % 4 + round(float(x[i]))
        want[i, 0] = (i > 2) + 0 + 0 + np.float32(0.1) + 2 + 2
    np.testing.assert_allclose(out, want, rtol=1e-5 if dtype == "float32" else 1e-12)


def test_dynamic_shared_memory_and_votes():
    @cuda.jit
    def kernel(x, out):
        dyn = cuda.shared.array(0, np.float32)
        i = cuda.threadIdx.x
        dyn[i] = x[i]
        cuda.syncthreads()
        positive = cuda.syncthreads_count(dyn[i] > 0)
        every = cuda.syncthreads_and(dyn[i] > -100)
        some = cuda.syncthreads_or(dyn[i] > 100)
        out[i] = positive + 1000 * every + 10000 * some

    x = rng().normal(size=64).astype("float32")
    out = np.zeros(64, "int64")
    kernel[1, 64, 0, 64 * 4](x, out)
    assert (out == (x > 0).sum() + 1000).all()


def test_copies_of_host_arrays_follow_their_use():
    x, y, out = np.ones(4, "float32"), np.ones(4, "float32"), np.full(4, 9, "float32")
    add_kernel[1, 4](cuda.In(x), y, cuda.Out(out))
    assert out.tolist() == [2, 2, 2, 2]
    frozen = np.ones(4, "float32")
    frozen.flags.writeable = False
    add_kernel[1, 4](frozen, frozen, out)  # what is only read may be read-only


def test_reduce():
    @cuda.reduce
    def sum_reduce(a, b):
        return a + b

    a = np.arange(1234, dtype="float64") + 1
    assert sum_reduce(a) == a.sum()
    assert cuda.Reduce(lambda a, b: a if a > b else b)(a, init=-1.0) == 1234.0


def bad(function, *args, match):
    with pytest.raises(ag.KernelError, match=match) as caught:
        cuda.jit(function)[1, 32](*args)
    return str(caught.value)


def test_errors_show_the_place():
    x = np.zeros(4, "float32")

    def undefined(x):
        x[0] = missing  # noqa: F821

    text = bad(undefined, x, match="name `missing` is not defined")
    assert __file__ in text and "x[0] = missing" in text and "^^^^^^^" in text

    def bits(x):
        x[0] = x[1] & 3

    bad(bits, x, match="bitwise_and")

    def barrier(x):
        if cuda.threadIdx.x < 3:
            cuda.syncthreads()
        x[0] = 1

    bad(barrier, x, match="not every thread")

    def uses_try(x):
        try:
            x[0] = 1
        except ValueError:
            pass

    bad(uses_try, x, match="`try`")

    def too_many(x):
        x[0, 1] = 2

    bad(too_many, x, match="too many indices")

    def printing(x):
        print(x[0])

    bad(printing, x, match="simulator")

    def recursive(x):
        x[0] = recursion(3)

    bad(recursive, x, match="calls itself")

    def returns(x):
        return x[0]

    bad(returns, x, match="returns nothing")
    with pytest.raises(TypeError, match="no argument of a kernel"):
        add_kernel[1, 1](x, "text", x)
    with pytest.raises(ValueError, match="launched with"):
        add_kernel(x, x, x)
    with pytest.raises(ValueError, match="blocks"):
        add_kernel[0, 32](x, x, x)


def recursion(n):
    return recursion(n - 1)


@pytest.mark.out_of_bounds
def test_out_of_bounds_reads_zero_and_writes_nothing():
    @cuda.jit
    def kernel(x, out):
        i = cuda.grid(1)
        out[i + 1000000] = 5
        out[i] = x[i + 7] + x[-i - 1]
        out[i - 1000] = 7

    x = np.arange(1, 9, dtype="int32")
    out = np.zeros(8, "int32")
    kernel[1, 16](x, out)
    np.testing.assert_array_equal(out, np.r_[x[7:], np.zeros(7, "int32")] + x[::-1])


def test_the_simulator_runs_the_same_kernels():
    a = rng().random((9, 7), dtype="float32")
    b = rng().random((7, 10), dtype="float32")
    out = np.zeros((9, 10), "float32")
    with ag.kernel.simulate():
        fast_matmul[(2, 2), (TPB, TPB)](a, b, out)
        data = np.arange(128, dtype="int32")
        array_sum[1, 128](data)
        x = np.arange(50, dtype="float32")
        shuffled = ag.zeros(50, dtype="float32")
        returning_early[2, 32](x, shuffled, 50)
    np.testing.assert_allclose(out, a @ b, rtol=1e-5)
    assert data[0] == np.arange(128).sum()
    np.testing.assert_array_equal(shuffled.get(), x.reshape(-1, 2)[:, ::-1].ravel())


def test_the_simulator_reports_what_a_gpu_hides(capsys):
    @cuda.jit(simulate=True)
    def outside(x):
        x[cuda.grid(1)] = 1

    with pytest.raises(IndexError, match=r"index 4 is outside of axis 0 of `x`, which has 4 elements; thread \(4, 0, 0\)"):
        outside[1, 8](np.zeros(4))

    @ag.kernel(simulate=True)
    def racing(x):
        tile = cuda.shared.array(4, np.float32)
        i = cuda.threadIdx.x
        tile[i] = x[i]
        x[i] = tile[(i + 1) % 4]
        cuda.syncthreads()

    with pytest.raises(RuntimeError, match="between two barriers"):
        racing[1, 4](np.zeros(4, "float32"))

    @cuda.jit(simulate=True)
    def printing(x):
        print("thread", cuda.grid(1))

    printing[1, 2](np.zeros(4))
    assert capsys.readouterr().out == "thread 0\nthread 1\n"


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_vectorize(dtype):
    @ag.vectorize
    def f(x, y, low):
        t = x * y + 1
        return t if t > low else -t

    x, y = (rng().random((5, 7)) * 9).astype(dtype), (rng().random(7) * 9).astype(dtype)
    got = f(x, ag.asarray(y)[::-1], 20)
    t = x * y[::-1] + 1
    assert got.dtype == t.dtype
    np.testing.assert_array_equal(got.get(), np.where(t > 20, t, -t))
    assert f(2.0, 3.0, 1).item() == 7.0
    assert f(np.zeros((0, 3)), 1.0, 1).shape == (0, 3)

    @ag.vectorize(otypes=["float32"])
    def g(x):
        return x + 0.5

    assert g(x).dtype == np.float32


def test_vectorize_as_numpys():
    def scaled(x, y=2, z=1):
        return x * y + z

    f = ag.vectorize(scaled, doc="Scaled.", cache=True)
    assert f.__doc__ == "Scaled." and ag.vectorize(scaled).__doc__ is None
    x = np.arange(4)
    for args, named in [((x,), {"y": 3}), ((), {"x": x}), ((x,), {"z": 5}), ((x, 3), {"z": x})]:
        np.testing.assert_array_equal(f(*args, **named).get(), scaled(*args, **named))
    for wrong in ({"w": 1}, {"x": 1}):
        with pytest.raises(TypeError):
            f(x, **wrong)
    for unsupported in ({"excluded": {"y"}}, {"signature": "(n)->()"}):
        with pytest.raises(NotImplementedError):
            ag.vectorize(scaled, **unsupported)
    with pytest.raises(TypeError):
        ag.vectorize(scaled, other=1)
    for no_function in (np.cos, abs, "".join):
        with pytest.raises(TypeError):
            ag.vectorize(no_function)


def test_vectorize_writes_to_out():
    @ag.vectorize
    def half_and_next(x):
        return x * 0.5, x + 1

    x = ag.arange(4)
    halves, nexts = ag.zeros((4, 2), dtype="float32")[:, 1], ag.zeros(4, dtype="int64")
    got = half_and_next(x, out=(halves, nexts))
    assert got[0] is halves and got[1] is nexts
    np.testing.assert_array_equal(halves.get(), np.arange(4, dtype="float32") / 2)
    np.testing.assert_array_equal(nexts.get(), np.arange(4) + 1)
    with pytest.raises(TypeError, match="float64 to out's int64.*same_kind"):
        half_and_next(x, out=(nexts, nexts))
    with pytest.raises(ValueError, match="one array for each of 2"):
        half_and_next(x, out=halves)
    with pytest.raises(TypeError, match="out must be an array"):
        half_and_next(x, out=[halves, nexts])


@cuda.jit
def returning_in_the_middle(x, out, n):
    i, t = cuda.grid(1), cuda.threadIdx.x
    tile = cuda.shared.array(16, np.int64)
    tile[t] = 0
    cuda.syncthreads()
    if i >= n:
        return
    tile[t] = x[i]
    out[i + 50] = 7
    cuda.syncthreads()
    s = 8
    while s > 0:
        if t < s:
            tile[t] += tile[t + s]
        if s == 1 and n == 3:
            break
        cuda.syncthreads()
        s //= 2
    for k in range(0, x.size, 25):
        cuda.syncthreads()
        out[100 + k] = k
        for j in range(10):
            if j == t:
                return
        out[i + 200] = j
    if t == 15:
        out[cuda.blockIdx.x] = tile[0]


@pytest.mark.parametrize("n", [40, 3])
def test_threads_that_returned_do_nothing_and_the_others_go_on(n):
    x, out = np.arange(50), np.zeros(300, "int64")
    want = out.copy()
    returning_in_the_middle[4, 16](x, out, n)
    with ag.kernel.simulate():
        returning_in_the_middle[4, 16](x, want, n)
    np.testing.assert_array_equal(out, want)
    assert out[50:100].sum() == 7 * n


def test_a_break_that_keeps_threads_from_a_barrier_is_refused():
    def kernel(x):
        for _ in range(3):
            if cuda.threadIdx.x == x[0]:
                break
            cuda.syncthreads()
            if cuda.threadIdx.x == 1:
                break

    bad(kernel, np.zeros(4, "float32"), match="leaves this loop")


@pytest.mark.parametrize("numbers", [(2.5, 1.5), (2, 3)])
def test_a_condition_on_long_arithmetic_of_parameters(numbers):
    """Mesa's software driver takes hours for it where it can follow the condition down to the parameters."""

    @cuda.jit
    def kernel(x, s, t):
        i = cuda.grid(1)
        a = math.log(s) * math.exp(t) + math.sin(x.size)
        if a * a - math.log(a * a + 1.0) > 1.0:
            x[i] = a

    x = np.zeros(4)
    kernel[1, 4](x, *numbers)
    np.testing.assert_allclose(x, math.log(numbers[0]) * math.exp(numbers[1]) + math.sin(4), rtol=1e-14)


def test_functions_are_called_with_their_number_of_arguments():
    def too_many(x):
        x[0] = math.sin(x[1], x[2])

    bad(too_many, np.zeros(4), match="takes 1 argument, and 2 were given")

    @cuda.jit
    def angles(x):
        x[0], x[1] = math.degrees(x[2]), np.radians(x[2])

    x = np.full(3, 2.0)
    angles[1, 1](x)
    np.testing.assert_allclose(x[:2], [np.degrees(2.0), np.radians(2.0)], rtol=1e-15)


def test_break_of_an_inner_loop_in_a_loop_over_a_tuple():
    @cuda.jit
    def kernel(x):
        for k in (0, 1):
            for j in range(5):
                if j == 2 + k:
                    break
                x[k] += 1

    x = np.zeros(2, "int32")
    kernel[1, 1](x)
    assert x.tolist() == [2, 3]


TABLE = np.arange(12).reshape(3, 4) - 5


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "float16", "float32", "int64", "uint64", "float64", "complex64", "complex128"])
def test_arrays_of_constants(dtype):
    table = TABLE.astype(dtype)

    @cuda.jit
    def kernel(out):
        c = cuda.const.array_like(table)
        i, j = cuda.grid(2)
        if i < 3 and j < 4:
            out[i, j] = c[i, -j - 1]

    out = np.zeros((3, 4), dtype)
    kernel[(1, 1), (4, 4)](out)
    np.testing.assert_array_equal(out, table[:, ::-1])


def test_arrays_of_constants_are_read_only_and_small():
    large = np.zeros(2000)

    @cuda.jit
    def writes(out):
        c = cuda.const.array_like(TABLE)
        c[0, 0] = 1
        out[0] = c[0, 0]

    @cuda.jit
    def too_large(out):
        out[0] = cuda.const.array_like(large)[0]

    @cuda.jit
    def writes_outer(out):
        TABLE[0, 0] = out[0]

    for kernel, message in [(writes, "cannot be written"), (too_large, "4096 bytes"), (writes_outer, "cannot be written")]:
        with pytest.raises(ag.KernelError, match=message):
            kernel[1, 1](np.zeros(1))


def test_several_lambdas_on_a_line():
    first, second, third = ag.vectorize(lambda z: z * 2 + 1), ag.vectorize(lambda z: z - 1), ag.vectorize(lambda a, b: a * b)
    x = ag.arange(4.0)
    np.testing.assert_array_equal(ag.asnumpy(first(x)), [1, 3, 5, 7])
    np.testing.assert_array_equal(ag.asnumpy(second(x)), [-1, 0, 1, 2])
    np.testing.assert_array_equal(ag.asnumpy(third(x, x)), [0, 1, 4, 9])


def add_first(a, by):
    a[0] += by
    return a[0]


def reads_before_and_after_calls(a, out):
    out[0] = a[0] + add_first(a, 1)
    out[1] = add_first(a, 10) * a[0]
    a[0] += add_first(a, 100)
    out[2] = a[0]
    out[3] = max(a[0], add_first(a, -1000))
    t = (a[0], add_first(a, 5000), a[0])
    out[4], out[5], out[6] = t
    out[7] = 1 if a[0] < add_first(a, 7) < a[0] + 1 else 0
    out[8] = 0 if a[0] < 0 < add_first(a, 7) else 2
    out[9] = 1 if a[0] > 0 and add_first(a, 1) > 0 or add_first(a, 20) else 0
    out[10] = a[0]


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32"])
def test_expressions_are_evaluated_from_left_to_right(dtype):
    a, out = np.array([3], dtype), np.zeros(11, dtype)
    cuda.jit(reads_before_and_after_calls)[1, 1](a, out)
    b, want = np.array([3], dtype), np.zeros(11, dtype)
    reads_before_and_after_calls(b, want)
    np.testing.assert_array_equal(out, want)
    np.testing.assert_array_equal(a, b)


RATE = 0.08
PRICES = np.array([10.0, 25.0, 5.0])
CODES = np.arange(6, dtype="int16").reshape(2, 3)


@pytest.mark.gpu
def test_arrays_of_enclosing_scopes():
    held = ag.asarray([1.0, 2.0, 3.0], dtype="float32")

    @cuda.jit
    def totals(out):
        i = cuda.grid(1)
        if i < len(PRICES):
            out[i] = PRICES[i] * (1 + RATE) * held[i] + CODES[1, i] + CODES.shape[0] + held.size

    @cuda.jit
    def doubled():
        i = cuda.grid(1)
        if i < len(held):
            held[i] = held[i] * 2

    def want(prices, factors):
        return prices * (1 + RATE) * factors + CODES[1] + 2 + 3

    out, before = np.zeros(3), PRICES.copy()
    totals[1, 8](out)
    np.testing.assert_allclose(out, want(before, np.array([1, 2, 3])))
    try:
        # Constants are as they were when the kernel was compiled; an array on the device is as it is.
        PRICES[:] = 0
        doubled[1, 8]()
        totals[1, 8](out)
    finally:
        PRICES[:] = before
    assert held.tolist() == [2, 4, 6]
    np.testing.assert_allclose(out, want(before, np.array([2, 4, 6])))
    large = np.zeros(1000)

    @cuda.jit
    def reads_large(out):
        out[0] = large[0]

    with pytest.raises(ag.KernelError, match=r"8000 bytes: pass it as an argument"):
        reads_large[1, 1](out)


@cuda.jit
def sines(r, x):
    np.sin(x, r)


@cuda.jit
def sums(r, x, y):
    np.add(x, y, r)


def test_ufuncs_over_whole_arrays():
    x = np.arange(10, dtype="float32") - 5
    r = np.zeros_like(x)
    sines[1, 1](r, x)
    np.testing.assert_allclose(r, np.sin(x), rtol=1e-6)
    x = np.arange(6.0).reshape(2, 3)
    r = np.zeros((2, 3))
    sums[1, 1](r, x, 2.0)
    np.testing.assert_array_equal(r, x + 2)
    with pytest.raises(ag.KernelError, match="2 dimensions do not fit into 1"):
        sums[1, 1](r[0], x, 2.0)
    sums[1, 1](r, x[1], 2.0)
    np.testing.assert_array_equal(r, np.broadcast_to(x[1], r.shape) + 2)


@cuda.jit
def sum_of_few(data, out):
    i = cuda.threadIdx.x
    size = len(data)
    if i < size:
        held = cuda.shared.array(64, np.int64)
        held[i] = data[i]
        cuda.syncthreads()
        step = 1
        while step < cuda.blockDim.x:
            if i % (2 * step) == 0 and i + step < size:
                held[i] += held[i + step]
            step *= 2
            cuda.syncthreads()
        if i == 0:
            out[0] = held[0]


def test_barriers_in_a_last_condition():
    # As in Numba's guide: threads left out are done, and not waited for.
    for size in (64, 50, 1):
        data, out = np.arange(size), np.zeros(1, dtype="int64")
        sum_of_few[1, 64](data, out)
        assert out[0] == data.sum()


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float16", "float32", "int64", "uint64", "float64", "complex64", "complex128"])
def test_constants_of_several_dimensions(dtype):
    table = (np.arange(60).reshape(3, 4, 5) * (1 + 0.5j if dtype.startswith("c") else 1)).astype(dtype)

    @cuda.jit
    def look_up(out):
        constant = cuda.const.array_like(table)
        own = cuda.local.array((3, 4, 5), out.dtype)
        i, j, k = cuda.threadIdx.x, cuda.threadIdx.y, cuda.threadIdx.z
        own[i, j, k] = constant[i, j, k]
        out[i, j, k] = own[i, j, k]

    out = np.zeros_like(table)
    look_up[1, (3, 4, 5)](out)
    assert np.array_equal(out, table)


def test_constants_without_elements():
    empty = np.zeros((0, 3))

    @cuda.jit
    def measure(out):
        constant = cuda.const.array_like(empty)
        out[0] = len(constant) + constant.shape[1]
        for k in range(len(constant)):
            out[0] += constant[k, 0]

    out = np.zeros(1)
    measure[1, 1](out)
    assert out[0] == 3


def test_forall_of_no_tasks():
    out = np.zeros(3)
    add_kernel.forall(0)(out, out, out)
    add_kernel.forall(3, 3)(out + 1, out, out)
    assert out.tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="not negative"):
        add_kernel.forall(-1)
