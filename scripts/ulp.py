"""The accuracy table: the largest error of each function in units in the last place, beside NumPy's.

    python scripts/ulp.py [--points 400] [--only WORD] [--dtypes float32,float64] [--json build/ulp.json] [--markdown FILE [--exhaustive FILE]]

The exact values are mpmath's, with 60 digits. The points are random ones where the function is used most, the edges of its domain,
and numbers of every exponent. An error is measured at the exact value, in the unit of the dtype there; a result that is NaN or
infinite where the exact value is not, or the reverse, counts as infinitely wrong. Exits with an error where a bound is broken:
1 ULP for float32, 1.5 for float64, 4 for the gamma family.
"""

import argparse
import json
import pathlib
import sys

import mpmath
import numpy as np

import anygpu as ag

mpmath.mp.dps = 60
BOUND = {"float32": 1.0, "float64": 1.5}
GAMMA = {"gamma", "gammaln", "digamma"}
INF = float("inf")

#: name: (exact function, where it is defined, where it is used most)
UNARY = {
    "sqrt": (mpmath.sqrt, (0, INF), (0, 100)),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), (-INF, INF), (-100, 100)),
    "reciprocal": (lambda x: 1 / x, (-INF, INF), (-100, 100)),
    "rsqrt": (lambda x: 1 / mpmath.sqrt(x), (0, INF), (0, 100)),
    "exp": (mpmath.exp, (-INF, INF), (-80, 80)),
    "exp2": (lambda x: mpmath.power(2, x), (-INF, INF), (-120, 120)),
    "exp10": (lambda x: mpmath.power(10, x), (-INF, INF), (-37, 37)),
    "expm1": (mpmath.expm1, (-INF, INF), (-5, 5)),
    "log": (mpmath.log, (0, INF), (0, 10)),
    "log2": (lambda x: mpmath.log(x, 2), (0, INF), (0, 10)),
    "log10": (lambda x: mpmath.log(x, 10), (0, INF), (0, 10)),
    "log1p": (mpmath.log1p, (-1, INF), (-0.99, 5)),
    "sin": (mpmath.sin, (-INF, INF), (-10, 10)),
    "cos": (mpmath.cos, (-INF, INF), (-10, 10)),
    "tan": (mpmath.tan, (-INF, INF), (-10, 10)),
    "sinpi": (mpmath.sinpi, (-1e6, 1e6), (-3, 3)),
    "cospi": (mpmath.cospi, (-1e6, 1e6), (-3, 3)),
    "sinc": (lambda x: mpmath.sincpi(x), (-1e6, 1e6), (-5, 5)),
    "arcsin": (mpmath.asin, (-1, 1), (-1, 1)),
    "arccos": (mpmath.acos, (-1, 1), (-1, 1)),
    "arctan": (mpmath.atan, (-INF, INF), (-10, 10)),
    "sinh": (mpmath.sinh, (-INF, INF), (-10, 10)),
    "cosh": (mpmath.cosh, (-INF, INF), (-10, 10)),
    "tanh": (mpmath.tanh, (-INF, INF), (-5, 5)),
    "arcsinh": (mpmath.asinh, (-INF, INF), (-10, 10)),
    "arccosh": (mpmath.acosh, (1, INF), (1, 10)),
    "arctanh": (mpmath.atanh, (-1, 1), (-1, 1)),
    "erf": (mpmath.erf, (-INF, INF), (-4, 4)),
    "erfc": (mpmath.erfc, (-INF, 1e4), (-4, 9)),
    "erfinv": (mpmath.erfinv, (-1, 1), (-0.999, 0.999)),
    "gamma": (mpmath.gamma, (-30.5, 180), (-5, 30)),
    "gammaln": (lambda x: mpmath.log(abs(mpmath.gamma(x))), (0, 1e8), (0, 20)),
    "digamma": (mpmath.digamma, (0, 1e30), (0, 20)),
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)), (-INF, INF), (-20, 20)),
    "logit": (lambda x: mpmath.log(x / (1 - x)), (0, 1), (0, 1)),
    "i0": (lambda x: mpmath.besseli(0, x), (-700, 700), (-20, 20)),
}
BINARY = {
    "power": (mpmath.power, ((0, INF), (-INF, INF)), ((0, 20), (-20, 20))),
    "arctan2": (mpmath.atan2, ((-INF, INF), (-INF, INF)), ((-5, 5), (-5, 5))),
    "hypot": (mpmath.hypot, ((-INF, INF), (-INF, INF)), ((-5, 5), (-5, 5))),
    "logaddexp": (lambda x, y: max(x, y) + mpmath.log1p(mpmath.exp(-abs(x - y))), ((-1e30, 1e30), (-1e30, 1e30)), ((-20, 20), (-20, 20))),
    "logaddexp2": (lambda x, y: max(x, y) + mpmath.log1p(mpmath.power(2, -abs(x - y))) / mpmath.log(2), ((-1e30, 1e30), (-1e30, 1e30)), ((-20, 20), (-20, 20))),
}


#: The shading language's own functions of float32, by our names.
BUILT_IN = {
    "sqrt": "sqrt(x)", "rsqrt": "inverseSqrt(x)", "reciprocal": "1.0 / x", "exp": "exp(x)", "exp2": "exp2(x)", "log": "log(x)", "log2": "log2(x)", "sin": "sin(x)",
    "cos": "cos(x)", "tan": "tan(x)", "arcsin": "asin(x)", "arccos": "acos(x)", "arctan": "atan(x)", "sinh": "sinh(x)", "cosh": "cosh(x)", "tanh": "tanh(x)",
    "arcsinh": "asinh(x)", "arccosh": "acosh(x)", "arctanh": "atanh(x)", "power": "pow(x, y)", "arctan2": "atan2(x, y)",
}  # fmt: skip


def built_in(name):
    """What the adapter itself computes for a function of float32, or None where the language has none."""
    if name not in BUILT_IN:
        return None
    two = "y" in BUILT_IN[name]
    uses = [(np.dtype("float32"), 1, k == 1 + two, False, k) for k in range(2 + two)]
    body = f"""
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
    if (id.x >= params[1].y) {{ return; }}
    let x = load0(id.x);
    {"let y = load1(id.x);" if two else ""}
    store{1 + two}(id.x, {BUILT_IN[name]});
}}
"""
    kernel = ag._anygpu.GeneratedKernel(body, uses, True)

    def run(*operands):
        arrays = [ag.asarray(o) for o in operands]
        out = ag.empty(len(operands[0]), "float32")
        kernel.launch([*arrays, out], [], [-(-len(operands[0]) // 64), 1, 1])
        return ag.asnumpy(out)

    return run


def points(rng, count, dtype, domain, usual):
    """Numbers to evaluate at."""
    info = np.finfo(dtype)
    low, high = max(domain[0], -float(info.max)), min(domain[1], float(info.max))
    chosen = [rng.uniform(*usual, count), [low, high, usual[0], usual[1], 0.0, 1.0, -1.0, 0.5, 2.0, float(info.smallest_subnormal), float(info.smallest_normal)]]
    exponents = rng.integers(info.minexp - info.nmant, info.maxexp, count)
    chosen.append(np.ldexp(rng.uniform(1, 2, count), exponents) * rng.choice([-1, 1], count))
    near = np.array([0.5, 1.0, 1.4616321449683623, 2.0, np.pi / 2, np.pi, 3.0])
    chosen.append((near[:, None] * (1 + np.arange(-3, 4) * float(info.eps))).ravel())
    with np.errstate(over="ignore"):
        x = np.concatenate([np.asarray(c, "float64") for c in chosen]).astype(dtype)
    return x[(x >= low) & (x <= high) & np.isfinite(x)]


def exact_values(function, *operands):
    """mpmath's values as fractions of a double-double kind: a head and a tail, so that errors of float64 can be told."""
    values = []
    for args in zip(*operands):
        try:
            value = function(*(mpmath.mpf(float(a)) for a in args))
            values.append(value if isinstance(value, mpmath.mpf) else mpmath.mpf("nan"))
        except (ZeroDivisionError, ValueError, OverflowError, mpmath.libmp.NoConvergence):
            values.append(mpmath.mpf("nan"))
    return values


def errors(got, exact):
    """The error of each result in ULP; those whose exact value is NaN are left out."""
    info = np.finfo(got.dtype)
    smallest, largest = int(info.minexp), mpmath.mpf(2) ** int(info.maxexp)
    found = []
    for g, e in zip(got, exact):
        if mpmath.isnan(e):
            continue
        if np.isnan(g):
            found.append(INF)
            continue
        if mpmath.isinf(e) or abs(e) >= largest * (1 - mpmath.mpf(2) ** (-info.nmant - 2)):
            found.append(0.0 if np.isinf(g) and (g > 0) == (e > 0) else (1.0 if abs(g) == info.max else INF))
            continue
        exponent = max(mpmath.frexp(e)[1] - 1 if e else smallest, smallest)
        unit = mpmath.mpf(2) ** (exponent - int(info.nmant))
        value = mpmath.mpf(float(g)) if np.isfinite(g) else mpmath.sign(mpmath.mpf(float(g))) * largest
        found.append(float(abs(value - e) / unit))
    return np.array(found)


def worst(function, operands, exact, dtype):
    """Largest error of a function, or None where there is none."""
    if function is None:
        return None
    try:
        with np.errstate(all="ignore"):
            got = np.asarray(function(*operands))
    except (NotImplementedError, TypeError):
        return None
    if got.dtype != dtype:
        return None
    return float(np.max(errors(got, exact), initial=0.0))


def text(error):
    """An error in the table."""
    return "-" if error is None else "wrong" if error == INF else f"{error:.3f}" if error < 1000 else f"{error:.1g}"


PAGE = """# Accuracy

The largest errors found, in units in the last place (ULP) of the result's dtype. `make ulp` prints this table for your own device, and the test suite holds every function
to its bound: 1 ULP in float32, 1.5 in float64, 4 for the gamma family. `+ - * / sqrt`, comparisons, conversions and integer operations have no error: their
bits are NumPy's.

*all inputs*: every one of the 2^32 float32 numbers, compared with float64 on the CPU ({exhaustive}; `scripts/exhaustive_float32.py`). *points*: some 800 arguments a
function, random ones where it is used most, the edges of its domain, numbers of every exponent, compared with mpmath ({device}). *NumPy* is {numpy} on the same points, *adapter* the
shading language's own function there. "wrong": NaN or infinity where the value is finite, or the reverse.

| function | float32, all inputs | float32, points | NumPy | adapter | float64, points | NumPy |
|---|---|---|---|---|---|---|
{rows}

{functions} For negative arguments `gammaln` and `digamma` have a zero between any two
poles, and keep an absolute error there: the table is about positive ones.

On GPUs with fast float64 (`ANYGPU_FLOAT64_FUNCTIONS`, `docs/environment-variables.md`) the exponentials, logarithms, `sin cos tan sinh cosh tanh` and `power` are computed in
native doubles: largest errors 0.73 ULP, and 0.82 for subnormal results, which are rounded twice (10^6 points of each kind a function against 113 bits, on the CPU:
`scripts/native_float64.py`).
"""


FIXED_FUNCTIONS = "float64 functions are computed in 64-bit fixed point, with the same bits natively and emulated."
NATIVE_FUNCTIONS = """In float64 the exponentials, logarithms, `sin cos tan sinh cosh tanh` and `power` were computed in native doubles, the others in 64-bit fixed point, as all are with
`ANYGPU_FLOAT64_FUNCTIONS=fixed`."""


def native_functions():
    """Whether the device computes float64 functions in native doubles."""
    return "float64 functions: native doubles" in ag.Device().capabilities


def page(rows, exhaustive):
    """The page of the documentation."""
    found = json.loads(exhaustive.read_text()) if exhaustive else {"rows": [], "device": "not measured", "driver": ""}
    every = {row["function"]: row["ulp"] for row in found["rows"]}
    by_name = {}
    for row in rows:
        by_name.setdefault(row["function"], {})[row["dtype"]] = row
    lines = []
    for name, of in by_name.items():
        single, double = of.get("float32", {}), of.get("float64", {})
        cells = [every.get(name), single.get("anygpu"), single.get("numpy"), single.get("adapter"), double.get("anygpu"), double.get("numpy")]
        lines.append(f"| `{name}` | " + " | ".join(text(c) for c in cells) + " |")
    device = f"{ag.Device()}, driver {ag.Device().driver}"
    about = f"{found['device']}, driver {found['driver']}"
    functions = NATIVE_FUNCTIONS if native_functions() else FIXED_FUNCTIONS
    return PAGE.format(functions=functions, rows="\n".join(lines), device=device, numpy=f"NumPy {np.__version__}", exhaustive=about)


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=400, help="points of each kind a function")
    parser.add_argument("--only", default="", help="only functions whose name holds this word")
    parser.add_argument("--dtypes", default="float32,float64")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the table as a page, too")
    parser.add_argument("--exhaustive", type=pathlib.Path, help="what exhaustive_float32.py wrote, for the page")
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("build/ulp.json"))
    options = parser.parse_args()
    print(f"device: {ag.Device()}, {ag.Device().driver}; NumPy {np.__version__}; float64 functions {'in native doubles' if native_functions() else 'in fixed point'}\n")
    rows, broken = [], []
    print(f"{'function':12} {'dtype':8} {'points':>7} {'anygpu':>8} {'NumPy':>8} {'adapter':>8} {'bound':>6}")
    for name, (exact_function, domain, usual) in {**UNARY, **BINARY}.items():
        if options.only not in name:
            continue
        ours = getattr(ag, name, None) or getattr(ag.special, name, None)
        for dtype in options.dtypes.split(","):
            rng = np.random.default_rng(7)
            if name in BINARY:
                pairs = [points(rng, options.points, dtype, domain[k], usual[k]) for k in (0, 1)]
                n = min(map(len, pairs))
                operands = [pairs[0][:n], rng.permutation(pairs[1][:n])]
            else:
                operands = [points(rng, options.points, dtype, domain, usual)]
            exact = exact_values(exact_function, *operands)
            error = worst(lambda *a: ag.asnumpy(ours(*map(ag.asarray, a))), operands, exact, dtype)
            theirs = worst(getattr(np, name, None), operands, exact, dtype)
            bound = 4.0 if name in GAMMA else BOUND[dtype]
            raw = worst(built_in(name), operands, exact, dtype) if dtype == "float32" else None
            shown = " ".join(f"{text(e):>8}" for e in (error, theirs, raw))
            print(f"{name:12} {dtype:8} {len(operands[0]):7} {shown} {bound:6.1f}", flush=True)
            rows.append({"function": name, "dtype": dtype, "points": len(operands[0]), "anygpu": error, "numpy": theirs, "adapter": raw, "bound": bound})
            if error is None or error > bound:
                broken.append(f"{name} {dtype}: {error}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"device": str(ag.Device()), "numpy": np.__version__, "rows": rows}, indent=1) + "\n")
    if options.markdown:
        options.markdown.write_text(page(rows, options.exhaustive))
    if broken:
        sys.exit("bound broken or function missing: " + "; ".join(broken))


if __name__ == "__main__":
    main()
