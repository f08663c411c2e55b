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
NUMPY = ["sqrt", "cbrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"]
OTHER = ["rsqrt", "erf", "erfc", "erfinv", "expit", "logit", "digamma", "gammaln", "i0"]


def references():
    """name: float64 function of a NumPy array."""
    found = {name: getattr(np, name) for name in NUMPY}
    try:
        import torch
    except ImportError:
        return found
    torch.set_num_threads(1)
    names = {"gammaln": "gammaln", "digamma": "digamma", "i0": "i0", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "expit": "expit", "logit": "logit"}
    for name, theirs in names.items():
        found[name] = lambda x, f=getattr(torch.special, theirs): f(torch.from_numpy(x)).numpy()
    found["rsqrt"] = lambda x: 1 / np.sqrt(x)
    return found


def errors(got, exact):
    """Largest error in ULP with its position, and the number of NaNs that are on one side only."""
    top = 2.0**128
    mismatched = np.isnan(got) != np.isnan(exact)
    exact = np.clip(exact, -top, top)
    exponent = np.clip(np.frexp(exact)[1] - 1, -126, 127)
    wide = np.clip(got.astype("float64"), -top, top)
    error = np.abs(wide - exact) * np.ldexp(1.0, 23 - exponent)
    error = np.where(np.isnan(error), 0.0, error)
    at = int(np.argmax(error))
    return float(error[at]), at, int(np.count_nonzero(mismatched))


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
            x = (np.arange(BLOCK, dtype=np.uint32) + np.uint32(block * BLOCK)).view(np.float32)
            with np.errstate(all="ignore"):
                error, at, mismatched = errors(got, reference(x.astype("float64")))
            return error, float(x[at]), mismatched

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
