"""Every float32 function of one argument over all 2**32 inputs, against float64 on the CPU.

    python scripts/exhaustive_float32.py [--only WORD] [--stride 1] [--json build/exhaustive.json]

The reference is NumPy's float64 function, or PyTorch's where NumPy has none; both are within a few ULP of float64, which is nothing
here. Prints the largest error in float32 ULP and where it is, and how many results are NaN where the reference is not or the reverse.
With a GPU and 16 cores it takes seconds a function.
"""

import argparse
import concurrent.futures
import json
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


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--stride", type=int, default=1, help="look at every so many blocks of 2**22 patterns")
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("build/exhaustive.json"))
    options = parser.parse_args()
    print(f"device: {ag.Device()}, NumPy {np.__version__}\n")
    rows = []
    for name, reference in references().items():
        ours = getattr(ag, name, None) or getattr(ag.special, name)
        if options.only not in name:
            continue
        try:
            ours(ag.ones(1, dtype="float32"))
        except NotImplementedError as error:
            print(f"{name:12} {error}")
            continue

        def judge(block, got):
            worst, mismatched = (0.0, 0.0), 0
            for first in range(0, BLOCK, PIECE):
                x = (np.arange(PIECE, dtype=np.uint32) + np.uint32(block * BLOCK + first)).view(np.float32)
                y = got[first : first + PIECE]
                if name in POSITIVE:
                    if not (x > 0).any():
                        continue
                    x, y = x[x > 0], y[x > 0]
                with np.errstate(all="ignore"):
                    error, at, bad = errors(y, reference(x.astype("float64")))
                worst, mismatched = max(worst, (error, float(x[at]))), mismatched + bad
            return *worst, mismatched

        begun, worst, mismatched, pending = time.perf_counter(), (0.0, 0.0), 0, []
        with concurrent.futures.ThreadPoolExecutor(options.threads) as pool:
            for block in range(0, 2**32 // BLOCK, options.stride):
                x = ag.asarray((np.arange(BLOCK, dtype=np.uint32) + np.uint32(block * BLOCK)).view(np.float32))
                pending.append(pool.submit(judge, block, ag.asnumpy(ours(x))))
                while len(pending) > 4 * options.threads:
                    error, x_at, bad = pending.pop(0).result()
                    worst, mismatched = max(worst, (error, x_at)), mismatched + bad
            for future in pending:
                error, x_at, bad = future.result()
                worst, mismatched = max(worst, (error, x_at)), mismatched + bad
        print(f"{name:12} {worst[0]:7.4f} ULP at {worst[1]!r:24} {mismatched} NaNs differ, {time.perf_counter() - begun:.1f} s", flush=True)
        rows.append({"function": name, "ulp": worst[0], "at": worst[1], "nan_mismatches": mismatched})
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"device": str(ag.Device()), "driver": ag.Device().driver, "stride": options.stride, "rows": rows}, indent=1) + "\n")
    if any(row["nan_mismatches"] for row in rows):
        sys.exit("NaNs differ")


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
