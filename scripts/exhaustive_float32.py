"""Every float32 function of one argument over all 2**32 inputs, against float64 on the CPU.

    python scripts/exhaustive_float32.py [--only WORD] [--stride 1] [--json build/exhaustive.json]

The reference is NumPy's float64 function, or PyTorch's where NumPy has none; both are within a few ULP of float64, which is nothing
here. Prints the largest error in float32 ULP and where it is, and how many results are NaN where the reference is not or the reverse.
With a GPU and 16 cores it takes seconds a function.
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import pathlib
import sys
import time

import numpy as np

import anygpu as ag

BLOCK = 1 << 22
PIECE = 1 << 15
NUMPY = ["sqrt", "cbrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"]
TORCH = ["erf", "erfc", "erfinv", "expit", "logit", "i0", "digamma", "gammaln"]
#: What the function promises less of for other arguments: it has a zero between any two poles there.
POSITIVE = {"digamma", "gammaln"}


def sine_of_half_turns(x):
    """sin(pi x): exactly reduced, so that nothing is lost near its zeros."""
    n = np.rint(x)
    sine = np.sin(np.pi * (x - n))
    return np.where(np.fmod(n, 2) != 0, -sine, sine)


def cosine_of_half_turns(x):
    """cos(pi x), likewise."""
    r = np.abs(x - 2 * np.rint(x / 2))
    return np.sin(np.pi * (0.5 - r))


def references():
    """name: float64 function of a NumPy array."""
    found = {name: getattr(np, name) for name in NUMPY}
    found["rsqrt"] = lambda x: 1 / np.sqrt(x)
    found["exp10"] = lambda x: np.power(10.0, x)
    found["sinpi"], found["cospi"] = sine_of_half_turns, cosine_of_half_turns
    found["sinc"] = lambda x: np.where(x == 0, 1.0, sine_of_half_turns(x) / (np.pi * x))
    try:
        import torch
    except ImportError:
        return found
    torch.set_num_threads(1)
    for name in TORCH:
        found[name] = lambda x, f=getattr(torch.special, name): f(torch.from_numpy(x)).numpy()

    def gamma(x):
        # The error of the logarithm, some 2^-46 of 1, is nothing here.
        size = np.exp(torch.special.gammaln(torch.from_numpy(x)).numpy())
        floor = np.floor(x)
        value = np.where((x < 0) & (np.fmod(floor, 2) != 0), -size, size)
        return np.where((x < 0) & (x == floor), np.nan, np.where(x == 0, np.copysign(np.inf, x), value))

    found["gamma"] = gamma
    return found


def errors(got, exact):
    """Largest error in ULP with its position, and the number of NaNs that are on one side only."""
    top = 2.0**128
    mismatched = np.count_nonzero(np.isnan(got) != np.isnan(exact))
    exact = np.clip(exact, -top, top)
    # The power of two below the exact value, from the bits of its exponent.
    power = (exact.view(np.uint64) & np.uint64(0x7FF0000000000000)).view(np.float64)
    error = np.clip(got, -top, top, dtype="float64")
    error -= exact
    np.abs(error, out=error)
    error /= np.clip(power, 2.0**-126, 2.0**127)
    error[np.isnan(error)] = 0
    at = int(np.argmax(error))
    return float(error[at]) * 2**23, at, int(mismatched)


def judge(name, blocks):
    """Largest error of a function over blocks of bit patterns, where it is, and the number of NaNs on one side only."""
    np.seterr(all="ignore")
    reference, ours = references()[name], getattr(ag, name, None) or getattr(ag.special, name)
    worst, mismatched = (0.0, 0.0), 0
    for block in blocks:
        x = (np.arange(BLOCK, dtype=np.uint32) + np.uint32(block * BLOCK)).view(np.float32)
        got = ag.asnumpy(ours(ag.asarray(x)))
        for first in range(0, BLOCK, PIECE):
            piece, y = x[first : first + PIECE], got[first : first + PIECE]
            if name in POSITIVE:
                kept = piece > 0
                if not kept.any():
                    continue
                piece, y = piece[kept], y[kept]
            error, at, bad = errors(y, reference(piece.astype("float64")))
            worst, mismatched = max(worst, (error, float(piece[at]))), mismatched + bad
    return *worst, mismatched


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only functions whose name holds this word")
    parser.add_argument("--stride", type=int, default=1, help="look at every so many blocks of 2**22 patterns")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("build/exhaustive.json"))
    options = parser.parse_args()
    print(f"device: {ag.Device()}, NumPy {np.__version__}\n")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    rows = []
    blocks = list(range(0, 2**32 // BLOCK, options.stride))
    # Processes, each with a device of its own: threads would wait for Python's lock between the small arrays.
    with concurrent.futures.ProcessPoolExecutor(options.processes, multiprocessing.get_context("spawn")) as pool:
        for name in references():
            if options.only not in name:
                continue
            begun = time.perf_counter()
            parts = [pool.submit(judge, name, blocks[k :: options.processes]) for k in range(options.processes)]
            results = [part.result() for part in parts]
            error, at, _ = max(results)
            mismatched = sum(bad for _, _, bad in results)
            print(f"{name:12} {error:7.4f} ULP at {at!r:24} {mismatched} NaNs differ, {time.perf_counter() - begun:.1f} s", flush=True)
            rows.append({"function": name, "ulp": error, "at": at, "nan_mismatches": mismatched})
            about = {"device": str(ag.Device()), "driver": ag.Device().driver, "stride": options.stride, "rows": rows}
            options.json.write_text(json.dumps(about, indent=1) + "\n")
    if any(row["nan_mismatches"] for row in rows):
        sys.exit("NaNs differ")


if __name__ == "__main__":
    main()
