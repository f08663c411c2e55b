"""Functions of complex numbers: special values as NumPy has them, accuracy against mpmath, branch cuts, powers, and the complex helpers.

NumPy's own results are the oracle for zeros, infinities and NaN. Where NumPy loses accuracy or overflows although the result is a
number (log1p of small or huge z, expm1 near overflow, sinc nearly everywhere) only mpmath is.
"""

import mpmath
import numpy as np
import pytest

import anygpu as ag
from layouts import ALL, COMPLEX, special_values
from oracle import as_bits, assert_identical, assert_same_form, first_difference, parts, to_numpy

AIMED_AT_NUMPY = getattr(ag, "__is_numpy_target__", False)

EXACT = {
    "sqrt": mpmath.sqrt,
    "exp": mpmath.exp,
    "exp2": lambda z: mpmath.exp(z * mpmath.log(2)),
    "expm1": lambda z: mpmath.exp(z) - 1,
    "log": mpmath.log,
    "log2": lambda z: mpmath.log(z) / mpmath.log(2),
    "log10": lambda z: mpmath.log(z) / mpmath.log(10),
    "log1p": lambda z: mpmath.log(1 + z),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "arctan": mpmath.atan,
    "arcsinh": mpmath.asinh,
    "arccosh": mpmath.acosh,
    "arctanh": mpmath.atanh,
    "sinc": lambda z: mpmath.sin(mpmath.pi * z) / (mpmath.pi * z),
}
#: Bounds in ULP of each part: tan and tanh, a quotient over a sum of squares, double the errors of what is squared; no bound where a part may be the difference of two larger numbers, as in NumPy.
PART_BOUND = dict.fromkeys(EXACT, 4.0) | {"tan": 5.0, "tanh": 5.0, "expm1": None, "sinc": None}
#: Bound of |w - exact| / |exact| in eps.
WHOLE_BOUND = 4.0
#: Functions that grow exponentially: the arguments of their samples are kept from absurd sizes.
GROWING = {"exp", "exp2", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sinc"}


def make(real, imag, dtype):
    """A complex array from its parts, signs of zeros kept."""
    real, imag = np.broadcast_arrays(real, imag)
    z = np.empty(real.shape, dtype)
    z.real, z.imag = real, imag
    return z


def special_grid(dtype):
    """{+-0, +-1, +-1/2, +-2, +-inf, nan, tiny, huge} squared."""
    info = np.finfo(dtype)
    positive = np.array([0, 1, 0.5, 2, 1e-3, info.smallest_normal, info.smallest_subnormal, info.max, np.inf])
    values = np.concatenate([positive, -positive, [np.nan]]).astype(info.dtype)
    return make(values[:, None], values, dtype).ravel()


def assert_same_class(got, want, arguments, tolerance=8, zero_signs=True):
    """NaN and infinity where NumPy has them, the same signs, and numbers within `tolerance` eps or a few of the smallest numbers."""
    assert_same_form(got, want)
    info = np.finfo(want.dtype)
    g, w = parts(got), parts(want)
    with np.errstate(all="ignore"):
        near = np.abs(g - w) <= tolerance * info.eps * np.abs(w) + 4 * info.smallest_subnormal
    same = np.where(np.isfinite(g) & np.isfinite(w), near, g == w)
    same &= (np.signbit(g) == np.signbit(w)) | (~np.bool_(zero_signs) & (g == 0) & (w == 0))
    # C99 leaves the sign of infinities and zeros beside a NaN open, and libraries differ.
    same |= np.isnan(parts(arguments)).any(axis=-1, keepdims=True) & (np.abs(g) == np.abs(w))
    wrong = ~(same | (np.isnan(g) & np.isnan(w))).all(axis=-1)
    assert not wrong.any(), f"at z = {arguments[wrong][0]!r}: " + first_difference(got, want, wrong)


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", [*(n for n in EXACT if n != "sinc"), "reciprocal"])
def test_special_values(name, dtype):
    z = special_grid(dtype)
    if name in ("log1p", "expm1"):
        z = z[~(np.abs(parts(z)) == np.finfo(dtype).max).any(axis=-1)]
    if name == "log1p":
        # NumPy has log(hypot(1 + x, y)), which is 0 for every small z.
        z = z[(np.abs(z) > 0.1) | (z == 0) | np.isnan(z)]
    # Next to 0 and 1 NumPy's log1p and expm1 keep only the absolute error.
    tolerance = 1e6 if name in ("log1p", "expm1") else 8
    assert_same_class(to_numpy(getattr(ag, name)(ag.asarray(z))), getattr(np, name)(z), z, tolerance)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_sinc_of_special_values(dtype):
    """1 at zero and next to it (NumPy divides a subnormal number by itself there), NaN where NumPy has it for want of a limit."""
    info = np.finfo(dtype)
    z = make(np.array([0.0, -0.0, 0, 0, info.smallest_normal, 0.5]), np.array([0.0, 0, info.smallest_normal, -1e-30, 0, 0]), dtype)
    np.testing.assert_allclose(to_numpy(ag.sinc(ag.asarray(z))), [1, 1, 1, 1, 1, 2 / np.pi], rtol=4 * info.eps)
    z = make(np.array([np.nan, 0, 1, np.inf, 1]), np.array([0, np.nan, np.inf, 1, np.nan]), dtype)
    assert np.isnan(parts(to_numpy(ag.sinc(ag.asarray(z))))).all()


def samples(dtype, count=12):
    """Stratified random arguments: moderate, of every size, near overflow, near the unit circle, +-1 and +-i, near multiples of pi/2."""
    rng = np.random.default_rng(11)
    info = np.finfo(dtype)
    digits, largest = info.nmant + 1, float(info.maxexp)
    sign = lambda: rng.choice([-1.0, 1.0], count)  # noqa: E731
    power = lambda low, high: sign() * 2.0 ** rng.uniform(low, high, count)  # noqa: E731
    turn = rng.uniform(-np.pi, np.pi, count)
    off = 1 + power(-digits, -3)
    quarter = rng.integers(-30, 30, count) * np.pi / 2 * (1 + rng.uniform(-1e-6, 1e-6, count))
    log_largest = largest * np.log(2)
    strata = [
        (rng.uniform(-4, 4, count), rng.uniform(-4, 4, count)),
        (power(-12, 8), power(-12, 8)),
        (power(-40, -5), power(-40, -5)),
        (power(3 - largest, largest - 0.1), power(3 - largest, largest - 0.1)),
        (power(largest - 8, largest - 0.1), power(largest - 8, largest - 0.1)),
        (power(3 - largest - digits, 20 - largest), power(3 - largest - digits, 20 - largest)),
        (np.cos(turn), np.sin(turn)),
        (off * np.cos(turn), off * np.sin(turn)),
        (sign() * off, power(-digits - 10, -2)),
        (power(-digits - 10, -2), sign() * off),
        (sign(), power(3 - largest, -2)),
        (sign() * rng.uniform(log_largest - 3, log_largest + 3, count), rng.uniform(-7, 7, count)),
        (rng.uniform(-7, 7, count), sign() * rng.uniform(log_largest - 3, log_largest + 3, count)),
        (sign() * rng.uniform(largest - 3, largest + 3, count), rng.uniform(-7, 7, count)),
        (quarter, power(-12, 1)),
        (power(-12, 1), quarter),
    ]
    return np.concatenate([make(re, im, dtype) for re, im in strata])


def to_mpmath(z):
    return mpmath.mpc(mpmath.mpf(float(z.real)), mpmath.mpf(float(z.imag)))


def working_precision(z, growing):
    """Bits in which the parts of a function of `z` can be told from 0, whatever cancels."""
    exponents = np.frexp(np.array([z.real, z.imag], "float64"))[1]
    return 300 + 2 * int(np.maximum(exponents, 0).max() - np.minimum(exponents, 0).min()) + (2500 if growing and exponents.max() > 4 else 0)


def part_error(got, exact, info):
    """|got - exact| in ULP; infinity counts as the power of two that comes after the largest number."""
    if np.isnan(got):
        return np.inf
    top = mpmath.mpf(2) ** int(info.maxexp)
    clamp = lambda x: mpmath.sign(x) * top if abs(x) > top else x  # noqa: E731
    got, exact = clamp(mpmath.mpf(float(got))), clamp(exact)
    exponent = min(max(mpmath.frexp(exact)[1] - 1 if exact else int(info.minexp), int(info.minexp)), int(info.maxexp) - 1)
    return float(abs(got - exact) / mpmath.mpf(2) ** (exponent - int(info.nmant)))


@pytest.mark.skipif(AIMED_AT_NUMPY, reason="NumPy's own functions are not within these bounds everywhere")
@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", EXACT)
def test_accuracy(name, dtype):
    z, info = samples(dtype), np.finfo(dtype)
    if name in GROWING:
        z = z[np.abs(parts(z)).max(axis=-1) < 2.0 ** (info.maxexp.bit_length() + 4)]
    # On a cut the sign of zero decides, which mpmath does not have.
    z = z[(z.real != 0) & (z.imag != 0)]
    got = to_numpy(getattr(ag, name)(ag.asarray(z)))
    assert got.dtype == dtype
    for x, w in zip(z, got):
        with mpmath.workprec(working_precision(x, name in GROWING)):
            exact = mpmath.mpc(EXACT[name](to_mpmath(x)))
            errors = part_error(w.real, exact.real, info), part_error(w.imag, exact.imag, info)
            bound = PART_BOUND[name]
            if bound is not None:
                assert max(errors) <= bound, f"{name}({x!r}) = {w!r}, exactly {mpmath.nstr(exact, 20)}: {errors} ULP"
            if abs(exact) < mpmath.mpf(2) ** int(info.minexp) or not np.isfinite(w):
                assert max(errors) <= 4 or not np.isfinite(w) and abs(exact) > float(info.max) / 2, f"{name}({x!r}) = {w!r}"
                continue
            whole = abs(to_mpmath(w) - exact) / abs(exact) / float(info.eps)
            assert whole <= WHOLE_BOUND, f"{name}({x!r}) = {w!r}, exactly {mpmath.nstr(exact, 20)}: {float(whole)} eps"


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", ["sqrt", "log", "log2", "log10", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"])
def test_both_sides_of_the_branch_cuts(name, dtype):
    """The sign of a zero part chooses the side, on both axes."""
    axis = np.array([-1e6, -3, -2, -1, -0.5, 0.5, 1, 2, 3, 1e6])
    zeros = np.array([0.0, -0.0])
    z = np.concatenate([make(axis[:, None], zeros, dtype).ravel(), make(zeros, axis[:, None], dtype).ravel()])
    assert_same_class(to_numpy(getattr(ag, name)(ag.asarray(z))), getattr(np, name)(z), z)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_integer_powers_have_numpys_bits(dtype):
    """Products from the low bits of the exponent up, in NumPy's order; infinities and NaN with them."""
    rng = np.random.default_rng(3)
    z = np.concatenate([special_grid(dtype), make(rng.uniform(-2, 2, 300), rng.uniform(-2, 2, 300), dtype)])
    g = ag.asarray(z)
    for exponent in [0, 1, 2, 3, 4, 5, 7, 16, 99, -1, -2, -3, -50, -99]:
        w = np.full(z.shape, exponent, dtype)
        got, want = to_numpy(ag.power(g, ag.asarray(w))), np.power(z, w)
        wrong = ((as_bits(parts(got)) != as_bits(parts(want))) & ~(np.isnan(parts(got)) & np.isnan(parts(want)))).any(axis=-1)
        assert not wrong.any(), f"{z[wrong][0]!r} ** {exponent}: " + first_difference(got, want, wrong)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_powers_of_special_values(dtype):
    """A zero may have either sign where it is e^(-inf + i nan): it is the sign of that NaN, which differs between processors."""
    values = np.array([0.0, -0.0, 1, -1, 0.5, 3, np.inf, -np.inf, np.nan])
    z = make(values[:, None], values, dtype).ravel()
    for exponent in [0.5, -0.5, 1j, 2 + 1j, -1 - 1j, complex(np.inf, 0), complex(0, np.inf), complex(np.nan, 0), complex(1, np.nan), complex(-np.inf, 2)]:
        w = np.full(z.shape, exponent, dtype)
        assert_same_class(to_numpy(ag.power(ag.asarray(z), ag.asarray(w))), np.power(z, w), z, 32, zero_signs=False)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_general_powers(dtype):
    """e^(b log a) carries the rounding errors of b log a into the angle and the size, as NumPy's does."""
    rng = np.random.default_rng(7)
    z = make(rng.uniform(-4, 4, 200), rng.uniform(-4, 4, 200), dtype)
    w = make(rng.uniform(-4, 4, 200), rng.uniform(-4, 4, 200), dtype)
    got = to_numpy(ag.power(ag.asarray(z), ag.asarray(w)))
    assert got.dtype == dtype
    with mpmath.workdps(40):
        for a, b, c in zip(z, w, got):
            a, b = to_mpmath(a), to_mpmath(b)
            exact = mpmath.power(a, b)
            bound = 4 + 2 * float(abs(b * mpmath.log(a)))
            assert abs(to_mpmath(c) - exact) <= bound * float(np.finfo(dtype).eps) * abs(exact)


def test_real_operands_meet_complex_exponents():
    x = np.array([0.0, 1, 2, 3.5], "float32")
    for exponent in (2j, 1 + 1j):
        got = to_numpy(ag.power(ag.asarray(x), exponent))
        np.testing.assert_allclose(got, np.power(x, exponent), rtol=2e-6)
        assert got.dtype == np.complex64


@pytest.mark.parametrize("dtype", ALL)
def test_angle_real_and_imag(dtype):
    x = special_values(dtype)
    g = ag.asarray(x)
    assert_identical(ag.real(g), np.real(x))
    assert_identical(ag.imag(g), np.imag(x))
    assert_identical(ag.conj(g), np.conj(x)) if dtype != "bool" else None
    assert_identical(ag.iscomplex(g), np.iscomplex(x))
    assert_identical(ag.isreal(g), np.isreal(x))
    assert ag.iscomplexobj(g) == np.iscomplexobj(x)
    assert ag.isrealobj(g) == np.isrealobj(x)
    if dtype != "float16":
        for deg in (False, True):
            got, want = to_numpy(ag.angle(g, deg=deg)), np.angle(x, deg=deg)
            np.testing.assert_allclose(got, want, rtol=4 * np.finfo(want.dtype).eps, atol=4 * np.finfo(want.dtype).smallest_subnormal)
            assert (np.signbit(got) == np.signbit(want))[~np.isnan(want)].all()
            assert got.dtype == want.dtype


@pytest.mark.parametrize("dtype", COMPLEX)
def test_classes_and_magnitude(dtype):
    z = special_values(dtype)
    g = ag.asarray(z)
    for name in ("isnan", "isinf", "isfinite"):
        assert_identical(getattr(ag, name)(g), getattr(np, name)(z))
    np.testing.assert_allclose(to_numpy(abs(g)), np.abs(z), rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_real_if_close(dtype):
    eps = float(np.finfo(dtype).eps)
    for imag, tol in [(0, 100), (50 * eps, 100), (150 * eps, 100), (1e-3, 0.01), (np.nan, 100)]:
        z = make(np.array([1.0, 2]), np.array([0, imag]), dtype)
        assert_identical(ag.real_if_close(ag.asarray(z), tol=tol), np.real_if_close(z, tol=tol))
    assert_identical(ag.real_if_close(ag.asarray(np.arange(3))), np.arange(3))


@pytest.mark.parametrize("dtype", ["int64", "float64", "complex64"])
def test_powers_of_a_number(dtype):
    # The number is a parameter of the launch: software drivers took hours to compile conditions on it.
    x = np.arange(4).astype(dtype)
    for number in (1j, 2 + 1j, 0j):
        assert_same_class(to_numpy(ag.power(number, ag.asarray(x))), np.power(number, x), x, 32, zero_signs=False)
        assert_same_class(to_numpy(ag.power(ag.asarray(x), number)), np.power(x, number), x, 32, zero_signs=False)
