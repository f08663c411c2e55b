"""Python's own functions in kernels, against Python."""

import math

import numpy as np
import pytest

from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

HALVES = [0.5, 1.5, 2.5, -0.5, -2.5, 0.25, 0.75, 1.005, 2.675, 5.015, 1e15 + 0.5, 0.05, -0.05, 123456.785, 4503599627370497.5]
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e300, -1e300, 5e-324, 1e22, 1e23, 2**53 + 0.0]


@cuda.jit
def rounded(out, x, digits):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = round(x[i], digits)


@cuda.jit
def remainders(out, x, y):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = math.remainder(x[i], y[i])


@pytest.mark.parametrize("digits", [0, 1, 2, 3, 5, 10, 15, 20, 22, 400, -1, -2, -15, -22, -400])
def test_round_to_digits(digits):
    random = np.random.default_rng(digits & 0xFF)
    x = np.concatenate([HALVES, SPECIAL, random.normal(size=200) * 10.0 ** random.integers(-8, 16, 200), random.integers(-(10**6), 10**6, 200) / 8])
    out = np.zeros_like(x)
    rounded.forall(x.size)(out, x, digits)
    expected = np.array([v if not math.isfinite(v) else round(float(v), digits) for v in x])
    np.testing.assert_array_equal(out.view(np.int64), expected.view(np.int64))


@pytest.mark.parametrize("digits", [25, 30, 60, 300])
def test_round_to_more_digits_than_powers_of_ten_are_exact_for(digits):
    x = np.float64([1e-25, 1.5e-26, -3.14159e-29, 2.6e-60, 1.0, 5e-324])
    out = np.zeros_like(x)
    rounded.forall(x.size)(out, x, digits)
    np.testing.assert_allclose(out, [round(float(v), digits) for v in x], rtol=1e-14)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint64"])
@pytest.mark.parametrize("digits", [2, 0, -1, -2, -5, -18, -19, -25])
def test_round_integers(dtype, digits):
    random = np.random.default_rng(5)
    x = np.concatenate([np.arange(-30, 31), 5 * np.arange(-30, 31), random.integers(-(10**9), 10**9, 100), [10**9 + 5]])
    x = (abs(x) if dtype == "uint64" else x).astype(dtype)
    if dtype == "uint64":
        x = np.concatenate([x, np.uint64([2**63 + 15, 2**63 + 25, 14 * 10**18, 2**64 - 10**6 if digits > -19 else 0])])
    if dtype == "int64":
        x = np.concatenate([x, [4 * 10**18, 5 * 10**17, -(4 * 10**18)]])
    out = np.zeros_like(x)
    rounded.forall(x.size)(out, x, digits)
    np.testing.assert_array_equal(out, [round(int(v), digits) for v in x])


def test_round_float32_to_digits_is_that_of_its_value():
    x = np.float32([2.675, 1.005, 0.15, 1e10, -7.125])
    out = np.zeros_like(x)
    rounded.forall(x.size)(out, x, 2)
    np.testing.assert_array_equal(out, np.float32([round(float(v), 2) for v in x]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_remainder(dtype):
    random = np.random.default_rng(3)
    x = np.concatenate([random.normal(size=200) * 100, random.integers(-20, 20, 200) / 2, [np.inf, 1, np.nan, 3, 5, -0.0, 1e300 if dtype == "float64" else 1e30]]).astype(dtype)
    y = np.concatenate([random.normal(size=200), random.integers(1, 6, 200), [2, 0, 1, np.inf, -2, 2, 0.7]]).astype(dtype)
    out = np.zeros_like(x)
    remainders.forall(x.size)(out, x, y)
    expected = [math.remainder(a, b) if math.isfinite(a) and b != 0 and not math.isnan(b) else math.nan for a, b in zip(x.tolist(), y.tolist())]
    np.testing.assert_array_equal(out, np.array(expected, dtype))


def test_functions_of_two_results():
    @cuda.jit
    def parts(out, x):
        i = cuda.grid(1)
        if i < x.size:
            out[i, 0], out[i, 1] = math.modf(x[i])
            mantissa, exponent = math.frexp(x[i])
            out[i, 2] = mantissa
            out[i, 3] = exponent

    x = np.array([0.0, -0.0, 1.5, -2.75, 1e300, 5e-324, np.inf])
    out = np.zeros((x.size, 4))
    parts.forall(x.size)(out, x)
    np.testing.assert_array_equal(out, [[*math.modf(v), *math.frexp(v)] for v in x.tolist()])


def test_zip_and_enumerate_over_arrays():
    @cuda.jit
    def walk(out, x, y):
        for i, (a, b) in enumerate(zip(x, y)):
            out[i] = a * b
        for i, a in enumerate(x, 3):
            if i == 5:
                break
            out[i] += a
        for a, k, t in zip(x, range(7, 0, -3), (10, 20, 30)):
            out[k] += 100 * t

    x, y, out, expected = np.arange(1.0, 9), np.arange(6.0), np.zeros(9), np.zeros(9)
    walk[1, 1](out, x, y)
    walk.py_func(expected, x, y)
    np.testing.assert_array_equal(out, expected)


def test_zip_of_arrays_without_elements_turns_never():
    @cuda.jit
    def count(out, x, y):
        for _ in zip(x, y):
            out[0] += 1

    out = np.zeros(1)
    count[1, 1](out, np.zeros(4), np.zeros(0))
    assert out[0] == 0


def test_what_is_iterated_over_is_passed_to_functions():
    @cuda.jit
    def total(items):
        found = 0
        for k in items:
            found += k
        return found

    @cuda.jit
    def products(pairs):
        found = 0.0
        for a, b in pairs:
            found += a * b
        return found

    @cuda.jit
    def kernel(out, x, n):
        start = cuda.threadIdx.x + n
        while start < 20:
            start += 7
        out[0] = total(range(1, start, 2))
        out[1] = products(enumerate(x, start))
        out[2] = products(zip(x, range(start, 0, -3)))

    x, out = np.arange(4.0), np.zeros(3)
    kernel[1, 1](out, x, 10)
    np.testing.assert_array_equal(out, [sum(range(1, 24, 2)), sum(i * v for i, v in enumerate(x, 24)), sum(a * b for a, b in zip(x, range(24, 0, -3)))])


def test_rows_in_zip():
    @cuda.jit
    def sums(out, x, y):
        for i, (row, other) in enumerate(zip(x, y)):
            for a, b in zip(row, other):
                out[i] += a * b

    x, y, out = np.arange(6.0).reshape(2, 3), np.arange(6.0, 12).reshape(2, 3), np.zeros(2)
    sums[1, 1](out, x, y)
    np.testing.assert_array_equal(out, (x * y).sum(axis=1))


def test_methods_of_numbers():
    @cuda.jit
    def kernel(out, n, x, z):
        out[0] = n[0].bit_count()
        out[1] = x[0].is_integer()
        out[2] = x[1].is_integer()
        out[3] = z[0].conjugate().imag
        out[4] = n[0].item()

    out = np.zeros(5)
    kernel[1, 1](out, np.array([0b1011011]), np.array([2.0, 2.5]), np.array([1 + 2j]))
    np.testing.assert_array_equal(out, [5, 1, 0, -2, 0b1011011])


@pytest.mark.parametrize("body", ["round(x[0], 1.5)", "x[0].bit_count()", "x[0].item(1)"])
def test_errors_name_the_line(body, tmp_path):
    path = tmp_path / "kernels.py"
    path.write_text(f"def kernel(x):\n    x[0] = {body}\n")
    scope = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    with pytest.raises(cuda.KernelError, match="line 2"):
        cuda.jit(scope["kernel"])[1, 1](np.zeros(1))
