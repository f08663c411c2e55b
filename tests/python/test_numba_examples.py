"""The programs with which Numba's user guide teaches kernels, with `anygpu` in place of `numba`; each result is NumPy's."""

import math

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

TPB = 16
TABLE = (0.5, 1.5, 2.5, 3.5)
GRAVITY = 9.81


def random(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def test_vector_addition():
    @cuda.jit
    def add(a, b, c):
        i = cuda.grid(1)
        if i < c.size:
            c[i] = a[i] + b[i]

    a, b = cuda.to_device(random(1000)), cuda.to_device(random(1000, seed=1))
    c = cuda.device_array_like(a)
    add.forall(len(a))(a, b, c)
    assert np.array_equal(c.copy_to_host(), random(1000) + random(1000, seed=1))
    threads = 128
    blocks = (len(a) // threads) + 1
    host = np.zeros(1000)
    add[blocks, threads](random(1000), random(1000, seed=1), host)
    assert np.array_equal(host, c.copy_to_host())


def test_matrix_product():
    @cuda.jit
    def matmul(A, B, C):
        i, j = cuda.grid(2)
        if i < C.shape[0] and j < C.shape[1]:
            tmp = 0.0
            for k in range(A.shape[1]):
                tmp += A[i, k] * B[k, j]
            C[i, j] = tmp

    A, B = random(24, 12), random(12, 22, seed=1)
    C = np.zeros((24, 22))
    blocks = (math.ceil(24 / TPB), math.ceil(22 / TPB))
    matmul[blocks, (TPB, TPB)](A, B, C)
    assert np.allclose(C, A @ B, rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sizes", [(16, 16, 16), (23, 7, 46)])
def test_matrix_product_in_shared_memory(dtype, sizes):
    number = np.dtype(dtype)

    @cuda.jit
    def fast_matmul(A, B, C):
        sA = cuda.shared.array(shape=(TPB, TPB), dtype=number)
        sB = cuda.shared.array(shape=(TPB, TPB), dtype=number)
        x, y = cuda.grid(2)
        tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
        tmp = number.type(0.0)
        for i in range((A.shape[1] + TPB - 1) // TPB):
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

    m, k, n = sizes
    A, B = random(m, k).astype(dtype), random(k, n, seed=1).astype(dtype)
    C = np.zeros((m, n), dtype)
    blocks = (math.ceil(max(m, n) / TPB), math.ceil(max(m, n) / TPB))
    fast_matmul[blocks, (TPB, TPB)](A, B, C)
    assert np.allclose(C, A @ B, rtol=1e-5 if dtype == "float32" else 1e-13)


def test_heat_equation():
    """Two buffers that change places from step to step, in one launch of one block."""

    @cuda.jit
    def solve(buffers, steps, k):
        i = cuda.grid(1)
        if i >= len(buffers[0]):
            return
        for step in range(steps):
            old = buffers[step % 2]
            new = buffers[(step + 1) % 2]
            left = old[i - 1] if i > 0 else old[i]
            right = old[i + 1] if i < old.size - 1 else old[i]
            new[i] = k * (left + right - 2 * old[i]) + old[i]
            cuda.syncthreads()

    size, steps = 100, 40
    start = np.zeros((2, size))
    start[0, size // 2] = 1e3
    device = cuda.to_device(start)
    solve.forall(size, tpb=128)(device, steps, 0.25)
    u = start[0]
    for _ in range(steps):
        u = 0.25 * (np.r_[u[0], u[:-1]] + np.r_[u[1:], u[-1]] - 2 * u) + u
    assert np.allclose(device.copy_to_host()[steps % 2], u, rtol=1e-12)


def test_reduction_in_shared_memory():
    @cuda.jit
    def array_sum(data):
        tid = cuda.threadIdx.x
        size = len(data)
        shr = cuda.shared.array(128, np.int32)
        i = cuda.grid(1)
        shr[tid] = data[i] if i < size else 0
        cuda.syncthreads()
        s = 1
        while s < cuda.blockDim.x:
            if tid % (2 * s) == 0:
                shr[tid] += shr[tid + s]
            s *= 2
            cuda.syncthreads()
        if tid == 0:
            data[cuda.blockIdx.x] = shr[tid]

    a = cuda.to_device(np.arange(128, dtype=np.int32))
    array_sum[1, 128](a)
    assert a[0] == np.arange(128).sum()


def test_laplace():
    """Steps until a shared sum of squares says that nothing changes."""

    @cuda.jit
    def jacobi(A, A_new, error):
        i, j = cuda.grid(2)
        shared = cuda.shared.array((4, 32), np.float64)
        ty, tx = cuda.threadIdx.x, cuda.threadIdx.y
        n, m = A.shape
        change = 0.0
        if i >= 1 and i < n - 1 and j >= 1 and j < m - 1:
            A_new[i, j] = 0.25 * (A[i, j + 1] + A[i, j - 1] + A[i - 1, j] + A[i + 1, j])
            change = A_new[i, j] - A[i, j]
        shared[ty, tx] = change * change
        cuda.syncthreads()
        t = 16
        while t > 0:
            if tx < t:
                shared[ty, tx] += shared[ty, tx + t]
            t //= 2
            cuda.syncthreads()
        if tx == 0 and ty == 0:
            total = 0.0
            for k in range(4):
                total += shared[k, 0]
            error[cuda.blockIdx.x, cuda.blockIdx.y] = total

    n = 32
    grid = np.zeros((n, n))
    grid[:, 0] = 1.0
    want = grid.copy()
    A, A_new = cuda.to_device(grid), cuda.to_device(grid)
    blocks = (n // 4, n // 32)
    error = cuda.device_array(blocks)
    for _ in range(50):
        jacobi[blocks, (4, 32)](A, A_new, error)
        A, A_new = A_new, A
        new = want.copy()
        new[1:-1, 1:-1] = 0.25 * (want[1:-1, 2:] + want[1:-1, :-2] + want[:-2, 1:-1] + want[2:, 1:-1])
        change, want = ((new - want) ** 2).sum(), new
    assert np.allclose(A.copy_to_host(), want, rtol=1e-12)
    assert np.isclose(error.copy_to_host().sum(), change, rtol=1e-10)


def test_game_of_life():
    @cuda.jit
    def step(board, following):
        y, x = cuda.grid(2)
        h, w = board.shape
        if y < h and x < w:
            count = 0
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    if dy != 0 or dx != 0:
                        count += board[(y + dy) % h, (x + dx) % w]
            following[y, x] = 1 if count == 3 or (count == 2 and board[y, x] == 1) else 0

    board = (random(20, 30) < 0.3).astype(np.uint8)
    a, b = cuda.to_device(board), cuda.device_array_like(board)
    for _ in range(4):
        step[(2, 2), (16, 16)](a, b)
        a, b = b, a
        around = sum(np.roll(board, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)) - board
        board = ((around == 3) | ((around == 2) & (board == 1))).astype(np.uint8)
    assert np.array_equal(a.copy_to_host(), board)


def test_sessions():
    """Clicks of users, in order: a session ends after a time without one. A session's number is the position of its first click."""

    @cuda.jit
    def sessionize(user, when, result):
        i = cuda.grid(1)
        size = len(user)
        if i >= size:
            return
        first = i == 0 or user[i] != user[i - 1] or when[i] - when[i - 1] > 60
        if first:
            result[i] = i
            k = i + 1
            while k < size and user[k] == user[i] and when[k] - when[k - 1] <= 60:
                result[k] = i
                k += 1

    rng = np.random.default_rng(2)
    user = np.sort(rng.integers(0, 9, 300))
    when = np.cumsum(rng.integers(1, 90, 300))
    result = np.zeros(300, np.int64)
    sessionize.forall(300)(user, when, result)
    starts = np.r_[True, (user[1:] != user[:-1]) | (np.diff(when) > 60)]
    assert np.array_equal(result, np.maximum.accumulate(np.where(starts, np.arange(300), 0)))


def test_ufuncs_on_numbers():
    @cuda.jit
    def f(r, x):
        i = cuda.grid(1)
        if i < r.size:
            r[i] = np.hypot(np.sin(x[i]), np.cos(x[i])) + np.maximum(x[i], 0.5)

    x, r = random(100), np.zeros(100)
    f.forall(100)(r, x)
    assert np.allclose(r, 1 + np.maximum(x, 0.5), rtol=1e-15)


def test_constants_of_the_module():
    @cuda.jit
    def f(x):
        i = cuda.grid(1)
        if i < x.size:
            x[i] = x[i] * GRAVITY + TABLE[i % 4]

    x = random(9)
    got = x.copy()
    f.forall(9)(got)
    assert np.array_equal(got, x * GRAVITY + np.array(TABLE)[np.arange(9) % 4])


def test_functions_for_host_and_device():
    @cuda.jit(device=True)
    def lerp(a, b, t):
        return a + (b - a) * t

    def parabola(x):
        return x * x - 1.0

    @cuda.jit
    def f(x, out):
        i = cuda.grid(1)
        if i < x.size:
            out[i] = lerp(parabola(x[i]), x[i], 0.25)

    x, out = random(50), np.zeros(50)
    f.forall(50)(x, out)
    assert np.array_equal(out, (x * x - 1) + (x - (x * x - 1)) * 0.25)
    assert parabola(3.0) == 8.0


def test_rows_and_tuples_passed_to_functions():
    @cuda.jit(device=True)
    def norm(row, weights, scale):
        s = 0.0
        for k in range(row.shape[0]):
            s += row[k] * row[k] * weights[k]
        return s * scale[0] + scale[1]

    @cuda.jit(device=True)
    def clear(row):
        for k in range(row.size):
            row[k] = 0

    @cuda.jit
    def f(a, weights, out):
        i = cuda.grid(1)
        if i < a.shape[0]:
            out[i] = norm(a[i, 1], weights[0], (i + 1, 2.0)) + norm(a[i][0], weights[1], (1, i))
            clear(a[i, 0])

    a, weights, out = random(5, 2, 4), random(2, 4, seed=1), np.zeros(5)
    got = a.copy()
    f[1, 32](got, weights, out)
    assert np.allclose(out, (a[:, 1] ** 2 * weights[0]).sum(1) * np.arange(1, 6) + 2 + (a[:, 0] ** 2 * weights[1]).sum(1) + np.arange(5), rtol=1e-14)
    assert not got[:, 0].any() and np.array_equal(got[:, 1], a[:, 1])


def test_reduce_decorator():
    @cuda.reduce
    def total(a, b):
        return a + b

    a = np.arange(1234, dtype=np.float64) + 1
    assert total(a) == a.sum()
    assert cuda.Reduce(lambda a, b: max(a, b))(a, init=-1.0) == 1234


# ---- vectorize and guvectorize ---------------------------------------------------------------------------------------------------------


def test_vectorize_with_signatures():
    @ag.vectorize(["float32(float32, float32)", "float64(float64, float64)"], target="cuda")
    def f(a, b):
        return math.sqrt(b * b - 4.0 * a)

    a, b = random(100), random(100, seed=1) + 10
    assert np.allclose(f(a, b).get(), np.sqrt(b * b - 4 * a), rtol=1e-15)
    small = f(a.astype("f4"), b.astype("f4"))
    assert small.dtype == np.float32
    assert f(np.arange(3, dtype="i2"), 5).dtype == np.float32  # the first that int16 fits
    assert f(np.arange(3, dtype="i8"), 5.0).dtype == np.float64
    with pytest.raises(TypeError, match="no signature takes inputs of complex128"):
        f(a + 1j, b)
    with pytest.raises(TypeError, match="is not a signature"):
        ag.vectorize(["float33(float32)"])(lambda x: x)
    out = ag.empty(100)
    assert f(a, b, out) is out and np.array_equal(out.get(), f(a, b).get())


def test_vectorize_reduce():
    @ag.vectorize(["int64(int64, int64)"])
    def add(a, b):
        return a + b

    assert add.reduce(np.arange(1000)) == 499500
    assert add.reduce(np.arange(1000), n=10) == 45
    with pytest.raises(TypeError, match="one-dimensional"):
        add.reduce(np.ones((2, 2)))


@pytest.mark.parametrize("signatures", [None, ["void(float64[:,:], float64[:,:], float64[:,:])"], [(np.float64, np.float64, np.float64)]])
def test_guvectorize_matrix_product(signatures):
    decorate = ag.guvectorize("(m,n),(n,p)->(m,p)") if signatures is None else ag.guvectorize(signatures, "(m,n),(n,p)->(m,p)", target="cuda")

    @decorate
    def product(A, B, C):
        m, n = A.shape
        n, p = B.shape
        for i in range(m):
            for j in range(p):
                C[i, j] = 0
                for k in range(n):
                    C[i, j] += A[i, k] * B[k, j]

    for left, right in [((24, 3, 4), (24, 4, 2)), ((3, 4), (4, 2)), ((5, 1, 3, 4), (6, 4, 2)), ((0, 3, 4), (4, 2)), ((2, 3, 0), (0, 2))]:
        A, B = random(*left), random(*right, seed=1)
        got = product(A, ag.asarray(B))
        assert got.shape == (A @ B).shape and np.allclose(got.get(), A @ B, rtol=1e-13)
    A = random(3, 4, 5)
    assert np.allclose(product(ag.asarray(A).transpose(2, 1, 0)[::-1], A[:, ::-1, 0]).get(), A.T[::-1] @ A[:, ::-1, 0], rtol=1e-13)


def test_guvectorize_numbers_and_outputs():
    @ag.guvectorize(["void(int64[:], int64, int64[:])"], "(n),()->(n)")
    def add(x, y, res):
        for i in range(x.shape[0]):
            res[i] = x[i] + y

    x = np.arange(12).reshape(3, 4)
    assert np.array_equal(add(x, 10).get(), x + 10)
    assert np.array_equal(add(x, np.array([1, 2, 3])).get(), x + np.array([[1], [2], [3]]))
    host, device = np.zeros((3, 4), "int64"), ag.zeros((3, 4), dtype="int64")
    assert add(x, 1, host) is host and np.array_equal(host, x + 1)
    assert add(x, 1, out=device) is device and np.array_equal(device.get(), x + 1)

    @ag.guvectorize("(n)->(),()")
    def spread(x, least, largest):
        least[0] = x[0]
        largest[0] = x[0]
        for i in range(1, x.size):
            least[0] = min(least[0], x[i])
            largest[0] = max(largest[0], x[i])

    low, high = spread(x)
    assert np.array_equal(low.get(), x.min(1)) and np.array_equal(high.get(), x.max(1))
    low, high = spread(x[0].astype("f4"))
    assert low.shape == () and low.dtype == np.float32 and float(high) == 3

    @ag.guvectorize(["void(float32[:], float32[:], float32[:])"], "(),()->()")
    def difference(a, b, c):
        c[0] = a[0] - b[0]

    a, b = random(7).astype("f4"), random(5, 1, seed=1).astype("f4")
    assert np.array_equal(difference(a, b).get(), a - b)


def test_guvectorize_refusals():
    @ag.guvectorize(["void(float64[:], float64[:], float64[:])"], "(n),(n)->()")
    def dot(a, b, c):
        c[0] = 0
        for i in range(a.size):
            c[0] += a[i] * b[i]

    with pytest.raises(ValueError, match=r"input operand 1 \(b\) has a mismatch in its core dimension 'n'.*size 4 is different from 3"):
        dot(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="0 dimensions.* at least 1"):
        dot(1.0, np.ones(3))
    with pytest.raises(ValueError, match="broadcast"):
        dot(np.ones((2, 3)), np.ones((4, 3)))
    with pytest.raises(TypeError, match="takes 2 inputs"):
        dot(np.ones(3))
    with pytest.raises(TypeError, match="no signature takes inputs of complex128, float64"):
        dot(np.ones(3) * 1j, np.ones(3))
    with pytest.raises(ValueError, match="has shape"):
        dot(np.ones((2, 3)), np.ones(3), out=np.ones(3))
    with pytest.raises(ValueError, match="layout"):
        ag.guvectorize("(n)(n)->()")(lambda a, b, c: None)
    with pytest.raises(ValueError, match="has 2 operands, and the function"):
        ag.guvectorize("(n)->()")(lambda a, b, c: None)

    @ag.guvectorize("(n)->(p)")
    def wider(a, b):
        b[0] = a[0]

    with pytest.raises(ValueError, match="'p'.*follows from no input"):
        wider(np.ones(3))

    @ag.guvectorize("(n)->(n)")
    def gives(a, b):
        return a[0]

    with pytest.raises(ag.KernelError, match="written into its last parameters"):
        gives(np.ones(3))
