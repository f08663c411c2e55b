"""Functions of numbers in kernels that no ufunc computes, against exact arithmetic."""

import cmath
import math
from fractions import Fraction

import numpy as np
import pytest

from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

SPECIAL = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan]


@cuda.jit
def fused(out, a, b, c):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = cuda.fma(a[i], b[i], c[i])


def exact(a, b, c, dtype):
    """a * b + c with one rounding."""
    a, b, c = float(a), float(b), float(c)
    if not all(map(math.isfinite, (a, b, c))):
        product = a * b if not (math.isfinite(a) and math.isfinite(b)) else 1.0
        return product + c
    value = Fraction(a) * Fraction(b) + Fraction(c)
    if value == 0:
        return a * b + c if c == 0 or a * b == 0 else 0.0
    if a == 0 or b == 0:
        return c
    info = np.finfo(dtype)
    # To an integer number of last places, to an even one between two.
    exponent = max(math.floor(math.log2(abs(value.numerator)) - math.log2(value.denominator)) - info.nmant - 1, int(info.minexp) - info.nmant)
    while abs(value) >= Fraction(2) ** (exponent + info.nmant + 1):
        exponent += 1
    places = round(value / Fraction(2) ** exponent)
    if abs(places) * Fraction(2) ** exponent > Fraction(float(info.max)):
        return math.copysign(math.inf, places)
    return math.copysign(math.ldexp(abs(places), exponent), 1 if value > 0 else -1)


def operands(dtype, count, rng):
    info = np.finfo(dtype)
    low, high = info.minexp, info.maxexp
    normal = lambda n, least, most: np.ldexp(rng.uniform(1, 2, n) * rng.choice([-1, 1], n), rng.integers(least, most, n)).astype(dtype)  # noqa: E731
    a, b = normal(count, low // 2, high // 2), normal(count, low // 2, high // 2)
    with np.errstate(all="ignore"):
        near = (-a * b * (1 + rng.integers(-3, 4, count) * float(info.eps))).astype(dtype)
        apart = (a * b * 2.0 ** rng.integers(-60, 60, count)).astype(dtype)
    tiny = normal(count, low - 60, low // 2)
    sets = [(a, b, near), (a, b, apart), (normal(count, -2, 2), normal(count, low - 10, low + 20), normal(count, low - 10, low + 5)), (tiny, b, normal(count, low, high))]
    sets.append(tuple(np.array(list(x), dtype) for x in zip(*[(x, y, z) for x in SPECIAL for y in SPECIAL for z in SPECIAL])))
    return [np.concatenate(part) for part in zip(*sets)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fma_rounds_once(dtype):
    a, b, c = operands(dtype, 60, np.random.default_rng(3))
    out = np.zeros_like(a)
    fused.forall(a.size)(out, a, b, c)
    want = np.array([exact(*x, dtype) for x in zip(a, b, c)]).astype(dtype)
    np.testing.assert_array_equal(out, want)
    numbers = ~np.isnan(want)
    np.testing.assert_array_equal(np.signbit(out[numbers]), np.signbit(want[numbers]))


def test_fma_of_integers_and_of_float16():
    out = np.zeros(3)
    fused[1, 1](out, np.array([3]), np.array([4]), np.array([5]))
    assert out[0] == 17
    out = np.zeros(1, np.float16)
    a, b, c = (np.array([x], np.float16) for x in (1.001, 1.001, -1.002))
    fused[1, 1](out, a, b, c)
    assert out[0] == np.float16(float(a[0]) * float(b[0]) + float(c[0]))


@cuda.jit
def complex_functions(x, out):
    i = cuda.grid(1)
    z = complex(x[i], 2 * x[i])
    w = complex(x[i], 1)
    radius, angle = cmath.polar(w)
    out[i, 0] = z
    out[i, 1] = math.log(abs(x[i]) + 2, 3)
    out[i, 2] = cmath.phase(w)
    out[i, 3] = radius
    out[i, 4] = cmath.rect(radius, angle)
    out[i, 5] = cmath.log(w, 2)
    out[i, 6] = cmath.rect(2, 0)


def test_complex_numbers_of_parts():
    x = np.array([1.0, -2.0, np.inf, -np.inf, 0.0, -0.0, 3.0])
    out = np.zeros((7, 7), complex)
    complex_functions[1, 7](x, out)
    assert [(z.real, z.imag) for z in out[:, 0]] == [(v, 2 * v) for v in x]
    finite = np.isfinite(x)
    w = [complex(v, 1) for v in x[finite]]
    want = [[math.log(abs(v.real) + 2, 3), cmath.phase(v), abs(v), v, cmath.log(v, 2), 2] for v in w]
    np.testing.assert_allclose(out[finite, 1:], want, rtol=1e-14, atol=1e-15)
    assert [z.real for z in out[~finite, 2]] == [cmath.phase(complex(v, 1)) for v in x[~finite]]


def test_parts_that_are_infinite_or_not_numbers():
    @cuda.jit
    def make(x, out):
        out[0] = complex(1, x[0])
        out[1] = complex(x[0], 1)
        out[2] = complex(x[1], x[0])

    for dtype, kind in ((np.float64, np.complex128), (np.float32, np.complex64)):
        out = np.zeros(3, kind)
        make[1, 1](np.array([np.inf, np.nan], dtype), out)
        np.testing.assert_array_equal(out, np.array([complex(1, np.inf), complex(np.inf, 1), complex(np.nan, np.inf)], kind))


def test_rect_of_special_values():
    @cuda.jit
    def rect(out, r, phi):
        i, j = cuda.grid(2)
        out[i, j] = cmath.rect(r[i], phi[j])

    r = np.array([-np.inf, -2.0, -0.0, 0.0, 2.0, np.inf, np.nan])
    phi = np.array([-np.inf, -1.0, -0.0, 0.0, 1.0, 2.0, np.inf, np.nan])
    out = np.zeros((7, 8), complex)
    rect[(7, 8), 1](out, r, phi)
    for i, radius in enumerate(r):
        for j, angle in enumerate(phi):
            try:
                want = cmath.rect(radius, angle)
            except ValueError:
                # Where Python raises, the infinite angle has no direction.
                assert np.isnan(out[i, j].imag)
                continue
            for got, part in ((out[i, j].real, want.real), (out[i, j].imag, want.imag)):
                np.testing.assert_allclose(got, part, rtol=1e-15)
                assert np.isnan(part) or np.signbit(got) == np.signbit(part), (radius, angle)
