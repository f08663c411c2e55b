"""Both ways of computing float64 functions: native doubles and 64-bit fixed point (`ANYGPU_FLOAT64_FUNCTIONS`).

The choice is made when the device opens, so each is tested in a process of its own, which runs this file's `check`.
"""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import anygpu as ag

NATIVE, FIXED = "float64 functions: native doubles", "float64 functions: 64-bit integers"
UNARY = ["exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh"]


def arguments():
    """Zeros, infinities, NaN, subnormal numbers, and where functions overflow, vanish, change their method or have exact results."""
    info = np.finfo("float64")
    tiny, normal = float(info.smallest_subnormal), float(info.smallest_normal)
    thresholds = [709.782712893384, 709.7827128933841, 745.1332191019411, 745.1332191019412, 708.3964185322641, 710.4758600739439, 710.475860073944]
    powers = [1023.9999999999999, 1024.0, 1022.0, 1074.0, 1074.5, 1075.0, 2.0**-27, 2.0**-28, 2.0**-54, 2.0**-60]
    integers = [1.0, 2.0, 3.0, 8.0, 10.0, 100.0, 1000.0, 1e22, 2.0**52, 2.0**52 + 1, 2.0**53 - 1, 2.0**53, 2.0**20, 2.0**20 - 1]
    others = [0.5, 22.0, 36.7, 37.0, 38.0, np.pi / 2, np.pi, 1e300, 1 - 2.0**-53, 1 + 2.0**-52]
    edges = [0.0, np.inf, np.nan, tiny, 3 * tiny, normal - tiny, normal, normal + tiny, float(info.max)]
    x = np.array(edges + thresholds + powers + integers + others)
    return np.concatenate([x, -x])


def differences(got, want):
    """Which results are not NumPy's: other zeros, infinities, NaNs or signs, or further than two numbers away."""
    both_nan = np.isnan(got) & np.isnan(want)
    same = got.view("int64") == want.view("int64")
    ordinary = np.isfinite(got) & np.isfinite(want) & (got != 0) & (want != 0) & (np.signbit(got) == np.signbit(want))
    with np.errstate(invalid="ignore"):
        near = ordinary & (np.abs(got.view("int64") - want.view("int64")) <= 2)
    return ~(both_nan | same | near)


def check_special_values():
    """Everywhere NumPy's zeros, infinities, NaNs and signs; exact results exact."""
    x = arguments()
    for name in UNARY:
        got = ag.asnumpy(getattr(ag, name)(ag.asarray(x)))
        with np.errstate(all="ignore"):
            wrong = differences(got, getattr(np, name)(x))
        assert not wrong.any(), (name, x[wrong], got[wrong])
    a, b = (v.ravel() for v in np.meshgrid(x, x))
    got = ag.asnumpy(ag.power(ag.asarray(a), ag.asarray(b)))
    with np.errstate(all="ignore"):
        wrong = differences(got, np.power(a, b))
    assert not wrong.any(), (a[wrong], b[wrong], got[wrong])
    exponents = np.arange(-1074.0, 1024.0)
    powers = np.ldexp(1.0, exponents.astype(int))
    assert np.array_equal(ag.asnumpy(ag.exp2(ag.asarray(exponents))), powers)
    assert np.array_equal(ag.asnumpy(ag.log2(ag.asarray(powers))), exponents)
    tens = np.array([float(f"1e{n}") for n in range(23)])
    assert np.array_equal(ag.asnumpy(ag.log10(ag.asarray(tens))), np.arange(23.0))


def check_accuracy():
    """Within 1 ULP of mpmath, at a few points of each kind."""
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
    import ulp

    rng = np.random.default_rng(3)
    for name in UNARY:
        exact_function, domain, usual = ulp.UNARY[name]
        x = ulp.points(rng, 25, "float64", domain, usual)
        error = ulp.worst(lambda v: ag.asnumpy(getattr(ag, name)(ag.asarray(v))), [x], ulp.exact_values(exact_function, x), "float64")
        assert error <= 1.0, (name, error)
    base = np.concatenate([rng.uniform(0.7, 1.42, 40), np.ldexp(rng.uniform(1, 2, 40), rng.integers(-1074, 1023, 40))])
    exponent = rng.uniform(-744, 709, 80) / np.log(base)
    exact = ulp.exact_values(ulp.BINARY["power"][0], base, exponent)
    error = ulp.worst(lambda v, w: ag.asnumpy(ag.power(ag.asarray(v), ag.asarray(w))), [base, exponent], exact, "float64")
    assert error <= 1.0, error


def check():
    """What a process of `test_values` runs; says how the device computes."""
    print(ag.Device().capabilities)
    check_special_values()
    check_accuracy()


def run(code, choice):
    """Run `code` in a fresh interpreter, in this run's mode and with the choice."""
    here = str(pathlib.Path(__file__).parent)
    path = os.pathsep.join(p for p in (here, os.environ.get("PYTHONPATH")) if p)
    env = os.environ | {"ANYGPU_FLOAT64_FUNCTIONS": choice, "PYTHONPATH": path}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=300)


@pytest.mark.gpu
@pytest.mark.parametrize("choice", ["native", "fixed"])
def test_values(choice):
    done = run("import test_float64_functions as t; t.check()", choice)
    assert done.returncode == 0, done.stdout + done.stderr
    if choice == "native" and NATIVE not in done.stdout:
        # What the device cannot do exactly it refuses, and says why.
        assert FIXED in done.stdout
        assert any(f in done.stdout for f in ("float64: emulated", "int64: emulated", "not fused for float64")), done.stdout
        pytest.skip("no fused multiply-add of native float64 on this device; its fixed-point functions passed")
    assert (NATIVE if choice == "native" else FIXED) in done.stdout


@pytest.mark.gpu
def test_random_numbers_and_complex_functions_do_not_depend_on_the_choice():
    code = """
import anygpu as ag, hashlib
g = ag.random.default_rng(5)
z = ag.asarray([1 + 2j, -0.3 + 4j, 5 - 0.1j])
parts = [g.standard_normal(50), g.poisson(30.0, 50), g.standard_gamma(2.5, 50), ag.exp(z), ag.log(z), ag.tanh(z)]
print(hashlib.sha256(b"".join(ag.asnumpy(p).tobytes() for p in parts)).hexdigest())
"""
    outputs = [run(code, choice) for choice in ("native", "fixed")]
    assert all(done.returncode == 0 for done in outputs), [done.stderr for done in outputs]
    assert outputs[0].stdout == outputs[1].stdout
