"""What is timed: for each work its bytes and operations, and the statements that every library runs."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np


#: The row that the others are compared with.
DEVICE_COPY = "device copy f32"


@dataclasses.dataclass
class Work:
    """One row. `prepare(peer)` makes the arrays and returns the function to time.

    bytes: those that must be read plus those that must be written. flops: additions and multiplications, where these are the limit.
    count: how many dependent operations one call makes; the row then also says the time of one.
    """

    name: str
    prepare: Callable
    bytes: int = 0
    flops: int = 0
    count: int = 1
    only: tuple = ()
    skip: tuple = ()
    compare_with_copy: bool = True

    def runs_on(self, peer):
        """Whether the work means something on `peer`."""
        return peer.name not in self.skip and (not self.only or peer.name in self.only)


@functools.lru_cache(2)
def uniform(n, dtype, seed=1):
    """`n` random numbers of [0, 1), repeated from a block of 2^22: making 2^28 would take longer than the measurements."""
    block = np.random.default_rng(seed).random(min(n, 1 << 22)).astype(dtype)
    return np.resize(block, n)


def chain8(xp, x):
    """Eight operations that every library has as operators, in order, none of which simplifies away."""
    y = x * 2.5 + 1.25  # 1, 2
    y = y * x - 0.5  # 3, 4
    y = y / 3.0  # 5
    y = y * y + x  # 6, 7
    return y - 0.125  # 8


def elementwise(name, function, n, dtype, written=None, **options):
    """`function(xp, x)` over `n` elements: read once, written once (`written` bytes an element)."""
    itemsize = np.dtype(dtype).itemsize

    def prepare(peer):
        x = peer.array(uniform(n, dtype))
        return lambda: function(peer.module, x)

    return Work(name, prepare, bytes=n * (itemsize + (itemsize if written is None else written)), **options)


def fused(name, function, n, dtype):
    """The same where the user asks a peer to compile: CuPy's `fuse`, JAX's `jit`. anygpu needs no asking."""

    def prepare(peer):
        x = peer.array(uniform(n, dtype))
        if peer.name == "anygpu":
            return lambda: function(peer.module, x)
        compiled = peer.fused(lambda a: function(peer.module, a))
        return lambda: compiled(x)

    return Work(name, prepare, bytes=2 * n * np.dtype(dtype).itemsize, only=("anygpu", "cupy", "jax"))


def reduction(name, function, shape, dtype):
    """`function(xp, x)`: everything read once, little written."""
    n = int(np.prod(shape))

    def prepare(peer):
        x = peer.array(uniform(n, dtype).reshape(shape))
        return lambda: function(peer.module, x)

    return Work(name, prepare, bytes=n * np.dtype(dtype).itemsize)


def sorting(name, n, dtype):
    """Random numbers sorted: bytes of one reading and one writing."""

    def prepare(peer):
        x = peer.array(np.random.default_rng(2).random(n).astype(dtype))
        return lambda: peer.module.sort(x)

    return Work(name, prepare, bytes=2 * n * np.dtype(dtype).itemsize, compare_with_copy=False)


def taking(name, n, dtype):
    """Elements at random positions: the positions read, the elements read and written."""

    def prepare(peer):
        rng = np.random.default_rng(2)
        x, i = peer.array(uniform(n, dtype)), peer.array(rng.integers(0, n, n))
        return lambda: x[i]

    return Work(name, prepare, bytes=n * (8 + 2 * np.dtype(dtype).itemsize), compare_with_copy=False)


def fourier(name, function, shape, dtype):
    """`function(xp, x)`, a Fourier transform along the last axis: bytes of one reading and one writing, of half a spectrum for real numbers."""
    n = int(np.prod(shape))
    complex_numbers = np.dtype(dtype).kind == "c"

    def prepare(peer):
        x = uniform(n * (2 if complex_numbers else 1), np.empty(0, dtype).real.dtype)
        x = peer.array((x.view(dtype) if complex_numbers else x).reshape(shape))
        return lambda: function(peer.module, x)

    return Work(name, prepare, bytes=2 * n * np.dtype(dtype).itemsize)


def strided(name, shape, dtype):
    """A transposed read."""
    n = int(np.prod(shape))

    def prepare(peer):
        x = peer.array(uniform(n, dtype).reshape(shape)).T
        return lambda: x + 0

    return Work(name, prepare, bytes=2 * n * np.dtype(dtype).itemsize)


def matmul(n, dtype, skip=()):
    """C = A B of n x n matrices: 2 n^3 operations."""

    def prepare(peer):
        a, b = (peer.array(uniform(n * n, dtype, seed).reshape(n, n)) for seed in (1, 2))
        return lambda: a @ b

    return Work(f"matmul {n} {dtype}", prepare, bytes=3 * n * n * np.dtype(dtype).itemsize, flops=2 * n**3, skip=skip)


def dependent_adds(count, n, unfused=False):
    """`count` additions of `n` elements, each to the result of the one before."""

    def prepare(peer):
        x, one = peer.array(np.zeros(n, "float32")), peer.array(np.ones(n, "float32"))

        def run():
            y = x
            for _ in range(count):
                y = y + one
            return y

        def run_unfused():
            with peer.module.fusion(False):
                return run()

        return run_unfused if unfused and peer.name == "anygpu" else run

    name = f"{count:,} dependent adds of {n:,} f32" + (", not fused" if unfused else "")
    return Work(name, prepare, count=count)


def scalar_read(peer):
    """One addition on one element and its value in Python."""
    x = peer.array(np.ones(1, "float32"))
    return lambda: float((x + 1)[0])


def workloads(size_log2, quick):
    """All rows. `size_log2`: elements of the large arrays; `quick`: matrices that a software driver can multiply."""
    n = 1 << size_log2
    side = 1 << (size_log2 // 2)
    shape = (n // side, side)
    rows = [
        elementwise(DEVICE_COPY, lambda xp, x: x.clone() if hasattr(x, "clone") else x.copy(), n, "float32", skip=("jax",)),
        elementwise("y = 2x + 1 f32", lambda xp, x: x * 2 + 1, n, "float32"),
        elementwise("8 operations f32", chain8, n, "float32"),
        fused("8 operations f32, compiled on request", chain8, n, "float32"),
        elementwise("sqrt f32", lambda xp, x: xp.sqrt(x), n, "float32"),
        elementwise("exp f32", lambda xp, x: xp.exp(x), n, "float32"),
        elementwise("sin f32", lambda xp, x: xp.sin(x), n, "float32"),
        elementwise("log f32", lambda xp, x: xp.log(x), n, "float32"),
        elementwise("tanh f32", lambda xp, x: xp.tanh(x), n, "float32"),
        elementwise("pow f32", lambda xp, x: x**2.5, n, "float32"),
        elementwise("y = 2x + 1 f64", lambda xp, x: x * 2 + 1, n // 2, "float64"),
        elementwise("8 operations f64", chain8, n // 2, "float64"),
        elementwise("add f64", lambda xp, x: x + x, n // 2, "float64"),
        elementwise("multiply f64", lambda xp, x: x * x, n // 2, "float64"),
        elementwise("less f64", lambda xp, x: x < 0.5, n // 2, "float64", written=1),
        elementwise("divide f64", lambda xp, x: 1.5 / x, n // 2, "float64"),
        elementwise("sqrt f64", lambda xp, x: xp.sqrt(x), n // 2, "float64"),
        elementwise("exp f64", lambda xp, x: xp.exp(x), n // 2, "float64"),
        elementwise("log f64", lambda xp, x: xp.log(x), n // 2, "float64"),
        elementwise("sin f64", lambda xp, x: xp.sin(x), n // 2, "float64"),
        elementwise("tanh f64", lambda xp, x: xp.tanh(x), n // 2, "float64"),
        elementwise("pow f64", lambda xp, x: x**2.5, n // 2, "float64"),
        reduction("cumsum f32", lambda xp, x: xp.cumsum(x, 0), (n // 4,), "float32"),
        sorting("sort f32, 2^24", min(n, 1 << 24), "float32"),
        taking("x[i] f32, 2^26 random positions", min(n, 1 << 26), "float32"),
        elementwise("y = 2x + 1 f16", lambda xp, x: x * 2 + 1, n, "float16"),
        reduction("sum f32", lambda xp, x: xp.sum(x), (n,), "float32"),
        reduction("sum axis 0 f32", lambda xp, x: xp.sum(x, axis=0), shape, "float32"),
        reduction("sum axis 1 f32", lambda xp, x: xp.sum(x, axis=1), shape, "float32"),
        reduction("sum f64", lambda xp, x: xp.sum(x), (n // 2,), "float64"),
        reduction("mean f32", lambda xp, x: xp.mean(x), (n,), "float32"),
        reduction("var f32", lambda xp, x: xp.var(x), (n,), "float32"),
        reduction("max f32", lambda xp, x: xp.max(x), (n,), "float32"),
        reduction("argmax f32", lambda xp, x: xp.argmax(x), (n,), "float32"),
        reduction("sum of (x - 1/2)^2 f32", lambda xp, x: xp.sum((x - 0.5) * (x - 0.5)), (n,), "float32"),
        strided("x.T + 0 f32", shape, "float32"),
        fourier("fft c64, rows of 2^10", lambda xp, x: xp.fft.fft(x), (n >> 12, 1 << 10), "complex64"),
        fourier("fft c64, rows of 2^16", lambda xp, x: xp.fft.fft(x), (max(n >> 18, 1), 1 << 16), "complex64"),
        fourier("fft c64, rows of 2^20", lambda xp, x: xp.fft.fft(x), (max(n >> 22, 1), 1 << 20), "complex64"),
        fourier("fft c128, rows of 2^20", lambda xp, x: xp.fft.fft(x), (max(n >> 23, 1), 1 << 20), "complex128"),
        fourier("fft c64, rows of 10^6", lambda xp, x: xp.fft.fft(x), (max(n >> 22, 1), 10**6), "complex64"),
        fourier("rfft f32, rows of 2^20", lambda xp, x: xp.fft.rfft(x), (max(n >> 21, 1), 1 << 20), "float32"),
        fourier("fft2 c64, 2^10 x 2^10", lambda xp, x: xp.fft.fft2(x), (max(n >> 22, 1), 1 << 10, 1 << 10), "complex64"),
    ]
    for size in (128, 256, 512) if quick else (1024, 2048, 4096, 8192):
        rows.append(matmul(size, "float32", skip=("numpy",) if size > 4096 else ()))
    for size in (128,) if quick else (1024, 2048):
        rows.append(matmul(size, "float64"))
    count = 1000 if quick else 10_000
    rows += [
        dependent_adds(count, 1000),
        dependent_adds(count, 1000, unfused=True),
        Work("read one scalar", scalar_read),
        *transfers(min(n, 1 << 26)),
    ]
    return rows


def transfers(n):
    """Host to device and back: 256 MB unless the arrays are smaller."""
    host = uniform(n, "float32")
    megabytes = host.nbytes >> 20

    def up(peer):
        return lambda: peer.array(host)

    def down(peer):
        x = peer.array(host)
        peer.synchronize(x)
        return lambda: peer.host(x)

    # JAX may keep the host's copy of an array that it has read once, which is then not a transfer.
    return [
        Work(f"asarray {megabytes} MiB", up, bytes=host.nbytes, skip=("numpy",), compare_with_copy=False),
        Work(f"asnumpy {megabytes} MiB", down, bytes=host.nbytes, skip=("numpy", "jax"), compare_with_copy=False),
    ]
