"""Compares 64-bit arithmetic with NumPy's, bit for bit, over many random operands; in any mode.

    ANYGPU_EMULATE=f64,i64 python scripts/compare_bits.py [--pairs 100_000_000] [--only WORD] [--json build/bits.json]

NumPy's bits are the processor's: where they agree with the native and with the emulated path, the two paths agree with each other.
A third of the operands are uniformly random patterns, a third have exponents close together, and a third are integers, halves,
powers of two and neighbours of those. Exits with an error where anything differs (NaN is one value).
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np

import anygpu as ag

BLOCK = 1 << 20


def floats(rng, n):
    """float64 operands of the three kinds."""
    bits = rng.integers(0, 2**64, n, dtype=np.uint64)
    third = n // 3
    near = slice(third, 2 * third)
    exponent = np.uint64(1023 - 30) + rng.integers(0, 61, third, dtype=np.uint64)
    bits[near] = (bits[near] & np.uint64(0x800FFFFFFFFFFFFF)) | (exponent << np.uint64(52))
    x = bits.view(np.float64)
    m = n - 2 * third
    simple = np.ldexp(rng.integers(-(2**20), 2**20, m) / 2, rng.integers(-60, 60, m))
    simple[::7] = np.nextafter(simple[::7], np.inf)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1.0, -1.0]
    simple[::11] = rng.choice(special, len(simple[::11]))
    x[2 * third :] = simple
    return x


def integers(rng, n, dtype):
    """64-bit integers: random ones, small ones, the ends of the range."""
    x = rng.integers(0, 2**64, n, dtype=np.uint64).view(dtype)
    x[: n // 3] >>= rng.integers(0, 64, n // 3).astype(dtype)
    info = np.iinfo(dtype)
    x[n // 3 : n // 3 + n // 12] = rng.choice(np.array([info.min, info.max, 0, 1, info.max - 1, info.min + 1, 2, 3], dtype), n // 12)
    return x


F64 = ["add", "subtract", "multiply", "divide", "minimum", "maximum", "equal", "less", "less_equal", "copysign", "fmod", "remainder", "floor_divide"]
F64_UNARY = ["sqrt", "floor", "ceil", "trunc", "rint", "negative", "absolute", "sign"]
I64 = ["add", "subtract", "multiply", "floor_divide", "remainder", "equal", "less", "less_equal", "minimum", "maximum", "bitwise_xor", "left_shift", "right_shift"]
CASTS = ["float32", "float16", "int32", "int64", "uint8", "bool"]


def operations():
    """(name, how operands are made, function of the module and operands)."""
    for name in F64:
        yield f"{name} float64", lambda r, n: (floats(r, n), r.permutation(floats(r, n))), lambda xp, a, b, f=name: getattr(xp, f)(a, b)
    for name in F64_UNARY:
        yield f"{name} float64", lambda r, n: (floats(r, n),), lambda xp, a, f=name: getattr(xp, f)(a)
    for dtype in CASTS:
        yield f"float64 to {dtype}", lambda r, n: (floats(r, n),), lambda xp, a, d=dtype: a.astype(d)
    for kind in ("int64", "uint64"):
        for name in I64:
            make = lambda r, n, k=kind: (integers(r, n, k), r.permutation(integers(r, n, k)))  # noqa: E731
            yield f"{name} {kind}", make, lambda xp, a, b, f=name: getattr(xp, f)(a, b)
        yield f"{kind} to float64", lambda r, n, k=kind: (integers(r, n, k),), lambda xp, a: a.astype("float64")
        yield f"{kind} to float32", lambda r, n, k=kind: (integers(r, n, k),), lambda xp, a: a.astype("float32")


def differing(got, want, zero_signs):
    """How many elements have other bits."""
    unsigned = f"u{want.dtype.itemsize}"
    wrong = got.view(unsigned) != want.view(unsigned)
    if want.dtype.kind == "f":
        wrong &= ~(np.isnan(got) & np.isnan(want))
        if not zero_signs:
            wrong &= ~((got == 0) & (want == 0))
    return int(np.count_nonzero(wrong))


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100_000_000, help="operands or pairs of them an operation")
    parser.add_argument("--only", default="", help="only operations whose name holds this word")
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("build/bits.json"))
    options = parser.parse_args()
    print(f"device: {ag.Device()}, {ag.Device().capabilities}\n")
    rows = []
    for name, make, function in operations():
        if options.only not in name:
            continue
        rng = np.random.default_rng(11)
        wrong, done, begun = 0, 0, time.perf_counter()
        while done < options.pairs:
            operands = make(rng, BLOCK)
            with np.errstate(all="ignore"):
                want = function(np, *operands)
            got = ag.asnumpy(function(ag, *map(ag.asarray, operands)))
            wrong += differing(got, want, name.split()[0] not in ("minimum", "maximum"))
            done += BLOCK
        print(f"{name:28} {done:12,} operands, {wrong} differ, {time.perf_counter() - begun:.1f} s", flush=True)
        rows.append({"operation": name, "operands": done, "differ": wrong})
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"device": str(ag.Device()), "capabilities": str(ag.Device().capabilities), "rows": rows}, indent=1) + "\n")
    if any(row["differ"] for row in rows):
        sys.exit("some results differ")


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
