"""The functions of one and two floats besides exp, log, sin, cos, tanh and power (test_functions.py).

Transcendental functions are within 1 ULP of mpmath's value with 40 digits, exact where their value is a float of few bits, and
have NumPy's infinities, NaNs and signed zeros. Functions of the representation have NumPy's bits.
"""

import mpmath
import numpy as np
import pytest

import anygpu as ag
from layouts import INTEGERS, special_values
from oracle import assert_identical, assert_within_ulp, to_numpy

FLOATS = ["float16", "float32", "float64"]
WIDE = ["float32", "float64"]
IS_NUMPY = getattr(ag, "__is_numpy_target__", False)
#: NumPy's own functions are within 4 ULP of the exact value (its documented bound).
BOUND = 4.0 if IS_NUMPY else 1.0


def function(name):
    """anygpu's function of that name, of whichever module."""
    for module in (ag, getattr(ag, "special", None)):
        if hasattr(module, name):
            return getattr(module, name)
    pytest.skip(f"{name} is not in NumPy")


def random_bits(rng, dtype, count):
    """Floats of random bits: every exponent, subnormal numbers, NaNs and infinities."""
    return rng.integers(0, 2**64, count, "uint64").view(dtype)[:count]


def spread(rng, count, low, high):
    """Numbers of both signs with exponents from `low` to `high`."""
    return np.ldexp(rng.uniform(1, 2, count), rng.integers(low, high, count)) * rng.choice([-1.0, 1.0], count)


def near_ones(rng, count=60):
    """Numbers on both sides of 1 and -1, down to their neighbours."""
    return (1 + spread(rng, count, -52, -1)) * rng.choice([-1.0, 1.0], count)


#: name: (mpmath's function, numbers to try beside the ordinary ones, what is in the domain).
EXACT = {
    "exp2": (lambda x: mpmath.power(2, x), lambda rng: rng.uniform(-1080, 1030, 60), None),
    "exp10": (lambda x: mpmath.power(10, x), lambda rng: rng.uniform(-325, 310, 60), None),
    "expm1": (mpmath.expm1, lambda rng: np.concatenate([rng.uniform(-40, 710, 60), np.arange(-30, 30) * np.log(2)]), None),
    "log2": (lambda x: mpmath.log(x) / mpmath.log(2), near_ones, lambda x: x > 0),
    "log10": (lambda x: mpmath.log(x) / mpmath.log(10), near_ones, lambda x: x > 0),
    "log1p": (mpmath.log1p, near_ones, lambda x: x > -1),
    "tan": (mpmath.tan, lambda rng: np.concatenate([np.arange(-40, 40) * np.pi / 4, 2.0 ** rng.uniform(20, 1023, 40)]), None),
    "sinh": (mpmath.sinh, lambda rng: np.concatenate([rng.uniform(-712, 712, 60), np.arange(-30, 30) * np.log(2)]), None),
    "cosh": (mpmath.cosh, lambda rng: rng.uniform(-712, 712, 60), None),
    "arcsin": (mpmath.asin, near_ones, lambda x: np.abs(x) <= 1),
    "arccos": (mpmath.acos, near_ones, lambda x: np.abs(x) <= 1),
    "arctan": (mpmath.atan, near_ones, None),
    "arcsinh": (mpmath.asinh, near_ones, None),
    "arccosh": (mpmath.acosh, near_ones, lambda x: x >= 1),
    "arctanh": (mpmath.atanh, near_ones, lambda x: np.abs(x) < 1),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), near_ones, None),
    "sinpi": (mpmath.sinpi, lambda rng: rng.integers(-20, 20, 60) / 2 + spread(rng, 60, -40, -2), None),
    "cospi": (mpmath.cospi, lambda rng: rng.integers(-20, 20, 60) / 2 + spread(rng, 60, -40, -2), None),
    "sinc": (lambda x: mpmath.sinpi(x) / (mpmath.pi * x), lambda rng: rng.integers(-20, 20, 60) / 2 + spread(rng, 60, -40, -2), lambda x: (x != 0) & np.isfinite(np.pi * x)),
    "rsqrt": (lambda x: 1 / mpmath.sqrt(x), near_ones, lambda x: x > 0),
    "deg2rad": (lambda x: x * mpmath.pi / 180, near_ones, None),
}
#: 0.5: correctly rounded. NumPy's own float32 deg2rad and sinc round a constant first.
BOUNDS = {"rsqrt": 0.5, "deg2rad": 2.0}


def samples(name, dtype):
    """Ordinary numbers, every magnitude, subnormal numbers, and where `name` is known to be hard."""
    rng = np.random.default_rng(21)
    _, hard, domain = EXACT[name]
    info = np.finfo(dtype)
    x = np.concatenate([rng.uniform(-20, 20, 80), rng.uniform(-1, 1, 60), spread(rng, 60, info.minexp - info.nmant, info.maxexp), spread(rng, 60, -30, 5), hard(rng)])
    x = np.concatenate([x.astype(dtype), special_values(dtype)])
    x = x[np.isfinite(x) & (x != 0)]
    return x if domain is None else x[domain(x)]


def reference(exact, *operands):
    """`exact` of each element as numpy.longdouble."""
    with mpmath.workdps(40):
        values = [exact(*(mpmath.mpf(float(v)) for v in row)) for row in zip(*operands, strict=True)]
        return np.array([np.longdouble(mpmath.nstr(v, 30)) for v in values])


@pytest.mark.parametrize("dtype", WIDE)
@pytest.mark.parametrize("name", EXACT)
def test_within_an_ulp(name, dtype):
    x = samples(name, dtype)
    exact = reference(EXACT[name][0], x)
    if name == "sinc" and IS_NUMPY:
        pytest.skip("NumPy's sinc rounds pi x before it takes the sine")
    # float64 functions end in one rounding of more than 60 bits.
    bound = BOUND if IS_NUMPY else BOUNDS.get(name, 0.56 if dtype == "float64" else 1.0)
    assert_within_ulp(function(name)(ag.asarray(x)), exact, dtype, bound)


@pytest.mark.parametrize("name", EXACT)
def test_float16_is_rounded_once(name):
    if name in ("sinpi", "cospi", "exp10", "deg2rad", "sinc"):
        pytest.skip("no function of float16, or one that NumPy rounds twice")
    x = random_bits(np.random.default_rng(22), "float16", 4000)
    wide = x.astype("float64")
    exact = 1 / np.sqrt(wide) if name == "rsqrt" else getattr(np, name)(wide)
    assert_within_ulp(function(name)(ag.asarray(x)), exact, "float16", 1.0)


@pytest.mark.parametrize("dtype", WIDE)
@pytest.mark.parametrize("name", [n for n in EXACT if hasattr(np, n)])
def test_special_values_are_numpys(name, dtype):
    x = np.concatenate([special_values(dtype), np.array([-1, 4, 8, 1e4, -1e4], dtype)])
    if name == "sinc":
        x = x[~np.isfinite(np.pi * x) | (x == 0)]
    want = getattr(np, name)(x)
    special = ~np.isfinite(want) | (want == 0)
    assert_identical(to_numpy(function(name)(ag.asarray(x)))[special], want[special])


@pytest.mark.parametrize(("dtype", "largest"), [("float16", 0x7517), ("float32", 0x7EA2F982), ("float64", 0x7FD45F306DC9C882)])
def test_sinc_is_nan_where_its_argument_overflows(dtype, largest):
    largest = np.array(largest, f"u{np.dtype(dtype).itemsize}").view(dtype)
    x = np.array([largest, -largest, np.nextafter(largest, largest * 2), -np.nextafter(largest, largest * 2)], dtype)
    for library in (np, ag):
        assert np.isnan(to_numpy(library.sinc(library.asarray(x)))).tolist() == [False, False, True, True]


@pytest.mark.parametrize("dtype", WIDE)
def test_special_values_of_functions_that_numpy_lacks(dtype):
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 2, 0.5, -0.5, 1.5, 2.0**60, -(2.0**60)], dtype)
    inf, nan = np.inf, np.nan
    expected = {
        "sinpi": [0.0, -0.0, nan, nan, nan, 0.0, -0.0, 0.0, 1, -1, -1, 0.0, -0.0],
        "cospi": [1, 1, nan, nan, nan, -1, -1, 1, 0.0, 0.0, 0.0, 1, 1],
        "rsqrt": [inf, -inf, 0.0, nan, nan, 1, nan, nan, nan, nan, nan, 2.0**-30, nan],
        "exp10": [1, 1, inf, 0.0, nan, 10, nan, 100, nan, nan, nan, inf, 0.0],
    }
    for name, want in expected.items():
        want = np.array(want, dtype)
        # A NaN in the middle of a row stands for a value that is not exact.
        known = ~np.isnan(want) | ~np.isfinite(x) | ((x < 0) & (name == "rsqrt"))
        assert_identical(to_numpy(function(name)(ag.asarray(x)))[known], want[known])


@pytest.mark.parametrize("dtype", WIDE)
def test_exact_results_are_exact(dtype):
    info = np.finfo(dtype)
    powers = np.arange(info.minexp - info.nmant, info.maxexp)
    tens = np.arange(0, 23 if dtype == "float64" else 11)
    cubes = np.arange(-200, 201).astype(dtype)
    whole = powers.astype(dtype)
    two = np.ldexp(np.ones(powers.size, dtype), powers)
    ten = np.array([float(f"1e{k}") for k in tens], dtype)
    for name, x, want in [
        ("exp2", whole, two),
        ("log2", two, whole),
        ("exp10", tens.astype(dtype), ten),
        ("log10", ten, tens.astype(dtype)),
        ("cbrt", cubes**3, cubes),
        ("logaddexp2", whole, whole + 1),
    ]:
        # NumPy's depend on the processor.
        if IS_NUMPY and name in ("exp2", "exp10", "log10", "cbrt"):
            continue
        got = function(name)(ag.asarray(x), ag.asarray(x)) if name == "logaddexp2" else function(name)(ag.asarray(x))
        assert_identical(got, want, zero_signs=False)


@pytest.mark.parametrize("dtype", WIDE)
def test_arctan2(dtype):
    rng = np.random.default_rng(23)
    values = np.concatenate([special_values(dtype), np.array([-1, -2.5], dtype)])
    y, x = (v.ravel() for v in np.meshgrid(values, values))
    want = np.arctan2(y, x)
    got = to_numpy(ag.arctan2(ag.asarray(y), ag.asarray(x)))
    special = np.isnan(want) | (want == 0)
    assert_identical(got[special], want[special])
    assert_within_ulp(got, np.arctan2(y.astype("longdouble"), x.astype("longdouble")), dtype, BOUND)
    info = np.finfo(dtype)
    y, x = (np.concatenate([spread(rng, 100, -3, 3), spread(rng, 100, info.minexp, info.maxexp), rng.uniform(-1, 1, 100)]).astype(dtype) for _ in range(2))
    assert_within_ulp(ag.arctan2(ag.asarray(y), ag.asarray(x)), reference(mpmath.atan2, y, x), dtype, BOUND)


@pytest.mark.parametrize("dtype", WIDE)
@pytest.mark.parametrize(("name", "base"), [("logaddexp", mpmath.e), ("logaddexp2", 2)])
def test_logaddexp(name, base, dtype):
    rng = np.random.default_rng(24)
    x = np.concatenate([rng.uniform(-50, 50, 100), spread(rng, 100, -30, 9), np.zeros(50), rng.uniform(-2, 2, 100)]).astype(dtype)
    y = np.concatenate([rng.uniform(-50, 50, 100), spread(rng, 100, -30, 9), -np.abs(spread(rng, 50, -20, 7)), rng.uniform(-2, 2, 100)]).astype(dtype)
    exact = reference(lambda a, b: max(a, b) + mpmath.log1p(mpmath.power(base, -abs(a - b))) / mpmath.log(base), x, y)
    got = to_numpy(getattr(ag, name)(ag.asarray(x), ag.asarray(y)))
    # Where the two terms cancel, float64 keeps an absolute error; float32 keeps its ULP.
    safe = (np.abs(exact) >= 1 / 16) | (dtype == "float32" and not IS_NUMPY)
    assert_within_ulp(got[safe], exact[safe], dtype, 16.0 if IS_NUMPY else 1.0)
    assert (np.abs(got - exact)[~safe] <= (2.0**-60 + np.abs(exact[~safe]) * 2.0**-53 if not IS_NUMPY else np.finfo(dtype).eps)).all()


@pytest.mark.parametrize("dtype", WIDE)
@pytest.mark.parametrize("name", ["logaddexp", "logaddexp2"])
def test_logaddexp_of_special_values(name, dtype):
    values = special_values(dtype)
    x, y = (v.ravel() for v in np.meshgrid(values, values))
    want = getattr(np, name)(x, y)
    special = ~np.isfinite(want) | ~np.isfinite(x) | ~np.isfinite(y)
    assert_identical(to_numpy(getattr(ag, name)(ag.asarray(x), ag.asarray(y)))[special], want[special], zero_signs=False)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["spacing", "frexp", "modf", "reciprocal"])
def test_functions_of_the_bits(name, dtype):
    rng = np.random.default_rng(25)
    x = np.concatenate([special_values(dtype), random_bits(rng, dtype, 4000), rng.uniform(-100, 100, 500).astype(dtype), (rng.integers(-99, 99, 200) / 4).astype(dtype)])
    want, got = getattr(np, name)(x), getattr(ag, name)(ag.asarray(x))
    for one, other in zip(got, want, strict=True) if isinstance(want, tuple) else [(got, want)]:
        assert_identical(one, other)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["nextafter", "heaviside", "copysign"])
def test_functions_of_the_bits_of_two(name, dtype):
    rng = np.random.default_rng(26)
    special = special_values(dtype)
    x, y = (v.ravel() for v in np.meshgrid(special, special))
    x, y = np.concatenate([x, random_bits(rng, dtype, 4000)]), np.concatenate([y, random_bits(rng, dtype, 4000)])
    if name == "nextafter":
        # Of two zeros NumPy gives either, depending on the dtype and its version.
        x, y = x[(x != 0) | (y != 0)], y[(x != 0) | (y != 0)]
    assert_identical(getattr(ag, name)(ag.asarray(x), ag.asarray(y)), getattr(np, name)(x, y))


@pytest.mark.parametrize("dtype", FLOATS)
def test_ldexp_rounds_once(dtype):
    rng = np.random.default_rng(27)
    info = np.finfo(dtype)
    x = np.concatenate([np.repeat(special_values(dtype), 40), random_bits(rng, dtype, 3000)])
    n = rng.integers(2 * info.minexp - 60, 2 * info.maxexp + 60, x.size).astype("int32")
    n[::50], n[1::50] = np.iinfo("int32").max, np.iinfo("int32").min
    assert_identical(ag.ldexp(ag.asarray(x), ag.asarray(n)), np.ldexp(x, n))


def test_float64_angles_have_numpys_bits():
    x = np.concatenate([special_values("float64"), random_bits(np.random.default_rng(28), "float64", 4000)])
    for name in ("deg2rad", "rad2deg"):
        assert_identical(getattr(ag, name)(ag.asarray(x)), getattr(np, name)(x))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_reciprocal_of_integers(dtype):
    info = np.iinfo(dtype)
    x = np.array([0, 1, 2, 3, info.max, info.min] + ([-1, -2] if info.min else []), dtype)
    assert_identical(ag.reciprocal(ag.asarray(x)), np.reciprocal(x))
