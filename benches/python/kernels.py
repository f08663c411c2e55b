"""Kernels written as Python functions, beside the same kernels in CUDA C through CuPy where that is installed.

    python benches/python/kernels.py [--json build/kernels.json]
"""

import argparse
import json
import pathlib
import time

import numpy as np

import anygpu as ag
from anygpu import cuda

TILE = 16


@cuda.jit
def saxpy(a, x, y, out):
    i = cuda.grid(1)
    out[i] = a * x[i] + y[i]


@cuda.jit
def tiled(A, B, C):
    sA = cuda.shared.array((TILE, TILE), np.float32)
    sB = cuda.shared.array((TILE, TILE), np.float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = np.float32(0)
    for i in range(A.shape[1] // TILE):
        sA[ty, tx] = A[y, i * TILE + tx]
        sB[ty, tx] = B[i * TILE + ty, x]
        cuda.syncthreads()
        for k in range(TILE):
            total += sA[ty, k] * sB[k, tx]
        cuda.syncthreads()
    C[y, x] = total


TILED_C = r"""
extern "C" __global__ void tiled(const float* A, const float* B, float* C, int n) {
    __shared__ float sA[16][16], sB[16][16];
    int x = blockIdx.x * 16 + threadIdx.x, y = blockIdx.y * 16 + threadIdx.y;
    float total = 0;
    for (int i = 0; i < n / 16; i++) {
        sA[threadIdx.y][threadIdx.x] = A[y * n + i * 16 + threadIdx.x];
        sB[threadIdx.y][threadIdx.x] = B[(i * 16 + threadIdx.y) * n + x];
        __syncthreads();
        for (int k = 0; k < 16; k++) total += sA[threadIdx.y][k] * sB[k][threadIdx.x];
        __syncthreads();
    }
    C[y * n + x] = total;
}
extern "C" __global__ void saxpy(float a, const float* x, const float* y, float* out, int n) {
    int i = blockDim.x * blockIdx.x + threadIdx.x;
    if (i < n) out[i] = a * x[i] + y[i];
}
"""


def best(run, wait, repeats=20, rounds=5):
    """Seconds a run, the least of some rounds of runs recorded one after the other."""
    run()
    wait()
    least = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(repeats):
            run()
        wait()
        least = min(least, (time.perf_counter() - begun) / repeats)
    return least


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size-log2", type=int, default=28)
    parser.add_argument("--n", type=int, default=2048, help="side of the matrices")
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("build/kernels.json"))
    options = parser.parse_args()
    rows = {}
    x, y = ag.ones(2**options.size_log2, dtype="float32"), ag.ones(2**options.size_log2, dtype="float32")
    out = ag.zeros_like(x)
    size = 2**options.size_log2
    seconds = best(lambda: saxpy[-(-size // 256), 256](2.0, x, y, out), ag.synchronize)
    rows["saxpy GB/s"] = 12 * size / seconds / 1e9
    rows["fused 2 x + y, GB/s"] = 12 * size / best(lambda: (2.0 * x + y)._compute(), ag.synchronize) / 1e9
    n = options.n
    a, b = ag.asarray(np.random.rand(n, n).astype("float32")), ag.asarray(np.random.rand(n, n).astype("float32"))
    c = ag.zeros((n, n), dtype="float32")
    launch = tiled[(n // TILE, n // TILE), (TILE, TILE)]
    rows["tiled matmul GFLOP/s"] = 2 * n**3 / best(lambda: launch(a, b, c), ag.synchronize, 5) / 1e9
    rows["tiled matmul, largest relative error"] = float(abs(c.get() / (a.get().astype("float64") @ b.get()) - 1).max())
    small = ag.ones(1000, dtype="float32"), ag.ones(1000, dtype="float32"), ag.ones(1000, dtype="float32")
    configured = saxpy[4, 256]
    configured(2.0, *small)
    begun = time.perf_counter()
    for _ in range(2000):
        configured(2.0, *small)
    rows["launch us"] = (time.perf_counter() - begun) / 2000 * 1e6
    ag.synchronize()
    try:
        import cupy

        module = cupy.RawModule(code=TILED_C)
        ca, cb = cupy.asarray(a.get()), cupy.asarray(b.get())
        cc = cupy.zeros_like(ca)
        theirs = module.get_function("tiled")
        wait = cupy.cuda.Device().synchronize
        seconds = best(lambda: theirs((n // TILE, n // TILE), (TILE, TILE), (ca, cb, cc, np.int32(n))), wait, 5)
        rows["CuPy RawKernel tiled matmul GFLOP/s"] = 2 * n**3 / seconds / 1e9
        del x, y, out
        cx = cupy.ones(size, "float32")
        cy, co = cupy.ones(size, "float32"), cupy.zeros(size, "float32")
        f = module.get_function("saxpy")
        seconds = best(lambda: f((-(-size // 256),), (256,), (np.float32(2), cx, cy, co, np.int32(size))), wait)
        rows["CuPy RawKernel saxpy GB/s"] = 12 * size / seconds / 1e9
        begun = time.perf_counter()
        for _ in range(2000):
            f((4,), (256,), (np.float32(2), cx, cy, co, np.int32(1000)))
        rows["CuPy RawKernel launch us"] = (time.perf_counter() - begun) / 2000 * 1e6
        wait()
    except ImportError:
        pass
    for name, value in rows.items():
        print(f"{name:40} {value:12.6g}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"device": str(ag.Device()), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
