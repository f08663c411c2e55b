"""Elementwise kernels written as snippets of C++, under CuPy's name."""

import inspect
import re

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu


def run(in_params, out_params, operation, *args, **options):
    """The result on the host of a kernel made for one call."""
    size = options.pop("size", None)
    result = ag.ElementwiseKernel(in_params, out_params, operation, "k", **options)(*args, size=size)
    return tuple(r.get() for r in result) if isinstance(result, tuple) else result.get()


def ints(*values, dtype="int32"):
    return ag.asarray(np.array(values, dtype))


def test_squared_difference_and_broadcasting():
    kernel = ag.ElementwiseKernel("float32 x, float32 y", "float32 z", "z = (x - y) * (x - y)", "squared_diff")
    x, y = np.arange(10, dtype="float32").reshape(2, 5), np.arange(5, dtype="float32")
    for a, b in ((x, y), (x[::-1, ::2], y[1:4]), (x.T, y[:2]), (x, x), (x[:0], y), (x[0, 0], y[2])):
        a, b = np.asarray(a), np.asarray(b)
        result = kernel(ag.asarray(a), ag.asarray(b))
        expected = (a - b) ** 2
        assert (result.dtype, result.shape) == (np.float32, expected.shape)
        np.testing.assert_array_equal(result.get(), expected)
    np.testing.assert_array_equal(kernel(ag.asarray(x), 5).get(), (x - 5) ** 2)
    np.testing.assert_array_equal(kernel(x, y).get(), (x - y) ** 2)
    # A view of the device's own, with negative strides.
    g = ag.asarray(x)
    np.testing.assert_array_equal(kernel(g[:, ::-2], g[::-1, :3]).get(), (x[:, ::-2] - x[::-1, :3]) ** 2)


@pytest.mark.parametrize("dtype", ["float64", "int64", "uint8", "float16", "complex64", "bool"])
def test_type_letters_follow_from_the_arguments(dtype):
    x = np.arange(6).astype(dtype)
    result = run("T x, T y", "T z", "z = x + y * T(2)", ag.asarray(x), ag.asarray(x))
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, (x.astype("complex128") + x * 2).astype(dtype))


def test_scalars_and_letters():
    x = ag.arange(3, dtype="float32")
    assert run("T x, T y", "T z", "z = x * y", x, 2).dtype == np.float32
    assert run("T x, S y", "S z", "z = x * y", x, 2).dtype == np.int64
    assert run("T x, S y", "S z", "z = x * y", x, np.int16(2)).dtype == np.int16
    with pytest.raises(TypeError, match="T is float32 already, and an array of int32"):
        run("T x, T y", "T z", "z = x", x, ints(1, 2, 3))
    with pytest.raises(TypeError, match="`x` is float64, and an array of float32"):
        run("float64 x", "T z", "z = x", x)
    with pytest.raises(TypeError, match="does not follow"):
        run("T x", "U z", "z = x", x)
    with pytest.raises(TypeError, match="is int32, and 2.5"):
        run("T x, int32 k", "T z", "z = x", x, 2.5)
    with pytest.raises(OverflowError):
        run("T x, uint8 k", "T z", "z = x", x, 300)


def test_outputs_that_are_given():
    kernel = ag.ElementwiseKernel("T x", "T y, T z", "y = x + 1; z = y * 2", "two")
    x = ag.arange(6).reshape(2, 3)
    y, z = kernel(x)
    np.testing.assert_array_equal(z.get(), (np.arange(6).reshape(2, 3) + 1) * 2)
    out = (ag.zeros((3, 2), dtype=int).T, np.zeros((2, 3), dtype=int))
    returned = kernel(x, *out)
    assert returned[0] is out[0] and returned[1] is out[1]
    np.testing.assert_array_equal(out[0].get(), y.get())
    np.testing.assert_array_equal(out[1], z.get())
    with pytest.raises(ValueError, match=r"`y` has shape \(3,\), and the loop \(2, 3\)"):
        kernel(x, ag.zeros(3, dtype=int), out[1])
    with pytest.raises(TypeError, match="2 arguments given"):
        kernel(x, out[0])
    assert ag.ElementwiseKernel("T x", "T y", "y = x", return_tuple=True)(x)[0].shape == (2, 3)
    assert ag.ElementwiseKernel("T x", "T y", "y = x", no_return=True)(x) is None


def test_an_output_keeps_what_is_not_assigned():
    x, y = ag.arange(6, dtype="float32"), ag.full(6, 9, dtype="float32")
    ag.ElementwiseKernel("T x", "T y", "if (x > 3) y = x;")(x, y)
    np.testing.assert_array_equal(y.get(), [9, 9, 9, 9, 4, 5])
    ag.ElementwiseKernel("T x", "T y", "y += x * 2;")(x, y)
    np.testing.assert_array_equal(y.get(), [9, 11, 13, 15, 12, 15])
    ag.ElementwiseKernel("T x", "T y", "if (i % 2) return; y = 0;")(x, y)
    np.testing.assert_array_equal(y.get(), [0, 11, 0, 15, 0, 15])


def test_outputs_that_share_memory_with_inputs():
    x = ag.arange(6, dtype="float32")
    kernel = ag.ElementwiseKernel("T x, raw T r", "T y", "y = x + r[n - 1 - i]")
    kernel(x, x, x)
    np.testing.assert_array_equal(x.get(), [5] * 6)
    x = ag.arange(6, dtype="float32")
    ag.ElementwiseKernel("T x", "T y", "y = x")(x[:5], x[1:])
    np.testing.assert_array_equal(x.get(), [0, 0, 1, 2, 3, 4])
    with pytest.raises(ValueError, match="two of the outputs"):
        ag.ElementwiseKernel("T x", "T y, T z", "y = x; z = x")(x, x, x)


@pytest.mark.out_of_bounds
def test_raw_parameters():
    x = np.arange(12, dtype="float32").reshape(3, 4)
    g = ag.asarray(x)
    np.testing.assert_array_equal(run("raw T x", "T y", "y = x[n - 1 - i]", g, size=12), x.ravel()[::-1])
    # In C order, whatever the strides; outside there is zero.
    np.testing.assert_array_equal(run("raw T x, int32 k", "T y", "y = x[k + i]", g.T, -2, size=15), [0, 0, *x.T.ravel(), 0])
    np.testing.assert_array_equal(
        run("raw T x, T z", "T y", "y = x.size() * 100 + x.shape()[0] * 10 + x.ndim + z", g, ag.zeros(2, dtype="float32")), [1232] * 2
    )
    neighbours = ag.ElementwiseKernel("raw T x", "T y", "y = (x[i - 1] + x[i] + x[i + 1]) / 3")
    np.testing.assert_allclose(neighbours(g[0], ag.zeros(4, dtype="float32")).get(), np.convolve(x[0], np.ones(3) / 3, "same"), rtol=1e-6)
    out = ag.zeros((4, 3), dtype="float32").T
    ag.ElementwiseKernel("T x", "raw T y", "y[i] = x + 1; y[n + i] = 7; y[-1 - i] = 8")(g, out)
    np.testing.assert_array_equal(out.get(), x + 1)
    np.testing.assert_array_equal(run("raw T x", "raw T y", "y[n - 1 - i] = x[i]", g, size=5), x.ravel()[4::-1])
    with pytest.raises(ValueError, match="all arrays are raw; give size="):
        run("raw T x", "T y", "y = x[i]", g)
    with pytest.raises(ValueError, match="size is for calls whose arrays are all raw"):
        run("T x", "T y", "y = x", g, size=3)
    with pytest.raises(ag.KernelError, match="that are given arrays"):
        run("raw T x", "T y", "y = x[i]", 3.0, size=2)
    with pytest.raises(TypeError, match="as it is raw: pass the array"):
        run("T x", "raw T y", "y[i] = x", g)
    with pytest.raises(ValueError, match="size is a number"):
        run("raw T x", "T y", "y = x[i]", g, size=-1)


def test_atomics_on_raw_outputs():
    x = np.random.default_rng(1).integers(0, 5, 1000).astype("int32")
    counts, extremes = ag.zeros(5, dtype="int32"), ag.full(2, 100, dtype="int32")
    ag.ElementwiseKernel("int32 x", "raw int32 c, raw int32 e", "atomicAdd(&c[x], 1); atomicMin(&e[0], x - 50); atomicMax(&e[1], 200 + x)")(
        ag.asarray(x), counts, extremes
    )
    np.testing.assert_array_equal(counts.get(), np.bincount(x, minlength=5))
    assert extremes.get().tolist() == [-50, 204]
    total = ag.zeros(1, dtype="float32")
    ag.ElementwiseKernel("int32 x", "raw float32 s", "atomicAdd(&s[0], (float)x)")(ag.asarray(x), total)
    assert float(total[0]) == x.sum()


def test_index_and_size_of_the_loop():
    x = ag.zeros((2, 3, 4), dtype="int64")
    np.testing.assert_array_equal(run("T x", "T y", "y = i", x).ravel(), np.arange(24))
    np.testing.assert_array_equal(run("T x", "T y", "y = n + _ind.size()", x), np.full((2, 3, 4), 48))
    got = run("T x", "T y", "y = _ind.get()[0] * 100 + _ind.get()[1] * 10 + _ind.get()[2]", x.transpose(2, 0, 1))
    np.testing.assert_array_equal(got, np.add.outer(np.add.outer(np.arange(4) * 100, np.arange(2) * 10), np.arange(3)))


def test_integer_arithmetic_is_that_of_c():
    a = np.array([7, -7, 7, -7, 2**31 - 1, -(2**31)], "int32")
    b = np.array([2, 2, -2, -2, 3, 10], "int32")
    q, r = run("int32 a, int32 b", "int32 q, int32 r", "q = a / b; r = a % b", ag.asarray(a), ag.asarray(b))
    np.testing.assert_array_equal(q, np.trunc(a / b.astype(float)))
    np.testing.assert_array_equal(r, np.fmod(a, b))
    # 64 bits, and mixed signs as C converts them.
    q, r = run("int64 a, int64 b", "int64 q, int64 r", "q = a / b; r = a % b", ints(-(2**40) - 1, dtype="int64"), ints(2**20, dtype="int64"))
    assert (q.item(), r.item()) == (-(2**20), -1)
    assert run("int32 a, uint32 b", "uint32 z", "z = a / b", ints(-1), ints(2, dtype="uint32")).item() == (2**32 - 1) // 2
    assert run("int32 a, uint32 b", "bool z", "z = a < b", ints(-1), ints(2, dtype="uint32")).item() is False
    # Small integers are computed as int; results wrap where they are stored.
    got = run("uint8 x", "int32 y, uint8 z", "y = x * x + 255; z = x + 255", ints(200, 3, dtype="uint8"))
    assert got[0].tolist() == [40255, 264] and got[1].tolist() == [199, 2]
    assert run("int32 x", "int32 y", "y = x >> 1 | x << 3 & 0xf0 ^ ~x", ints(5, -9)).tolist() == [5 >> 1 | (5 << 3 & 0xF0 ^ ~5), -9 >> 1 | (-9 << 3 & 0xF0 ^ ~-9)]
    assert run("int32 x", "int64 y", "y = x * x", ints(1 << 20)).item() == 0
    assert run("int32 x", "int64 y", "y = (long long)x * x", ints(1 << 20)).item() == 1 << 40


def test_conversions():
    x = np.array([-1.7, 1.7, 2.5, 1e9], "float32")
    g = ag.asarray(x)
    np.testing.assert_array_equal(run("float32 x", "int32 y", "y = (int)x", g), x.astype("int32"))
    np.testing.assert_array_equal(run("float32 x", "int32 y", "y = static_cast<int>(x) / 2 * 2.0f", g), np.trunc(np.trunc(x).astype("i8") / 2) * 2)
    # int32 and float32 make float32; literals take the other's type; float32 and double make double.
    a, b, c = run("float32 x, int32 k", "float64 a, float64 b, float64 c", "a = x * k; b = x * 0.1; c = x * (double)0.1", g, ints(3, 3, 3, 3))
    np.testing.assert_array_equal(a, (x * np.float32(3)).astype("f8"))
    np.testing.assert_array_equal(b, (x * np.float32(0.1)).astype("f8"))
    np.testing.assert_array_equal(c, x.astype("f8") * 0.1)
    assert run("int32 k", "float64 y", "y = k / 2 + k / 2.0", ints(3)).item() == 2.5
    assert run("int32 k", "float64 y", "y = 1 / 3 + 1.0 / 4", ints(3)).item() == 0.25
    assert run("float32 x", "bool y", "y = x", ag.asarray([0.5, 0], dtype="float32")).tolist() == [True, False]
    assert run("T x", "T y", "auto k = x; k += 0x10 + 010 + 0b11 + 1'000; y = k", ag.zeros(1)).item() == 16 + 8 + 3 + 1000
    np.testing.assert_array_equal(run("float16 x", "float16 y", "y = x * x + x", ag.asarray([300.0, 0.1], dtype="float16")), [np.inf, np.float16(0.11)])


@pytest.mark.out_of_bounds
def test_statements():
    text = """
      // Collatz, with everything that loops.
      int steps = 0, k = x;
      while (k != 1) { k = k % 2 ? 3 * k + 1 : k / 2; ++steps; if (steps >= 1000) break; }
      for (int j = 0; j < 3; j++) { if (j == 1) continue; steps += j; }
      /* a loop without an end of its own */
      for (;;) { if (--k < -2) break; }
      do { k++; } while (k < 0);
      { int steps = 5; k += steps; }
      y = steps * 100 + k;
    """
    x = np.array([1, 6, 27], "int32")
    np.testing.assert_array_equal(run("int32 x", "int32 y", text, ag.asarray(x)), [(s + 2) * 100 + 5 for s in (0, 8, 111)])
    text = "y = 0; for (int a = 0, b = 10; a < b; a += 3, b--) y += a * b;"
    expected, a, b = 0, 0, 10
    while a < b:
        expected, a, b = expected + a * b, a + 3, b - 1
    assert run("int32 x", "int32 y", text, ints(0)).item() == expected
    assert run("int32 x", "int32 y", "int a, b; a = b = x; y = a++ + ++b; y = y * 10 + a - b", ints(3)).item() == 70
    assert run("int32 x", "int32 y", "if (x > 2) if (x > 4) y = 1; else y = 2; else if (x == 2) y = 3; else y = 4", ints(5, 3, 2, 1)).tolist() == [1, 2, 3, 4]
    assert run("int32 x", "int32 y", "int k = 0; bool t = x > 0 && ++k > 0 || (k += 5) > 9; y = k * 2 + t", ints(1, -1)).tolist() == [3, 10]
    assert run("int32 x", "int32 y", "int w[4] = {1, 2}; w[2] = x; w[x - 1] += 10; y = w[0] + w[1] * w[2] + w[3] + w[x + 9] + w[-x]", ints(2, 3)).tolist() == [25, 27]
    assert run("int32 x", "int32 y", "y = (x, x + 1)", ints(2)).item() == 3
    assert run("int32 x", "int32 y", "const int k = 3; int w[k]; for (int j = 0; j < k; ++j) w[j] = j * x; y = w[2]", ints(4)).item() == 8
    assert run("uint8 x", "int32 y", "y = 0; for (uint8 k = 0; k < 300; ++k) { if (y++ > 500) break; }", ints(4, dtype="uint8")).item() == 502


def test_switch():
    x = np.arange(-3, 12, dtype="int32")
    kernel = ag.ElementwiseKernel(
        "int32 x",
        "int32 y",
        """
        y = 0;
        switch (x) {
            case -1: y = 100; break;
            case 0:
            case 1: y = 10;
            case 2: y = y + 1; break;
            default: y = -7;
            case 5: y += 2; break;
            case 6: { int t = x * x; y = t; break; }
            case 3 + 4: return;
        }
        y = y * 2;
        """,
    )
    want = {-1: 200, 0: 22, 1: 22, 2: 2, 5: 4, 6: 72, 7: 0}
    assert kernel(ag.asarray(x)).tolist() == [want.get(v, -10) for v in x.tolist()]
    nested = ag.ElementwiseKernel(
        "int32 x",
        "int32 y",
        """
        y = 0;
        for (int i = 0; i < 10; i++) {
            switch ((i + x) & 3) {
                case 0: continue;
                case 1: y += 1; break;
                case 2:
                    switch (i) { case 3: continue; case 5: break; default: y += 100; }
                    y += 10;
                    break;
                default: if (i == 8) break; y += 1000;
            }
            y += 7;
        }
        """,
    )

    def expected(x):
        y = 0
        for i in range(10):
            kind = (i + x) & 3
            if kind == 0 or (kind == 2 and i == 3):
                continue
            y += {1: 1, 2: 10 if i == 5 else 110, 3: 0 if i == 8 else 1000}[kind] + 7
        return y

    assert nested(ag.asarray(x)).tolist() == [expected(v) for v in x.tolist()]


def test_types_given_to_templates():
    kernel = ag.ElementwiseKernel(
        "T x",
        "T y",
        "y = min<float>(x, 2) + three<T>() + power<T>(x, 2) + (x < x > (x))",
        preamble="template<typename A> A three() { return A(3); } template<typename T> T power(T a, int n) { T r = 1; while (n-- > 0) r *= a; return r; }",
    )
    assert kernel(ag.asarray([-3.0, -0.5, 3.0])).tolist() == [10.0, 3.75, 14.0]


def test_loop_prep_preamble_and_macros():
    preamble = """
      #define TWICE(v) ((v) * 2)
      #define LIMIT 50
      __constant__ float shift = 0.5;
      template <typename T> __device__ T clamped(T v, T low, T high) { return v < low ? low : v > high ? high : v; }
      __device__ inline float polynomial(float v, int order) {
        float result = 0;
        for (int k = order; k >= 0; --k) { if (k == 1) continue; result = result * v + k; }
        return result + shift;
      }
      static int sign(int v) { if (v < 0) return -1; return v > 0; }
    """
    x = np.array([-3, 0, 4], "float32")
    got = run("T x", "T y", "y = clamped(TWICE(x + 1), T(0), T(LIMIT)) + base; y += sign(x)", ag.asarray(x), preamble=preamble, loop_prep="T base = n * 10;")
    np.testing.assert_array_equal(got, np.clip((x + 1) * 2, 0, 50) + 30 + np.sign(x))
    got = run("float32 x", "float32 y", "y = polynomial(x, 3)", ag.asarray(x), preamble=preamble, after_loop="y += 1;")
    np.testing.assert_array_equal(got, [((3 * v + 2) * v + 0) + 1.5 for v in x])


_FUNCTIONS = [
    ("exp(x)", np.exp), ("logf(x)", np.log), ("__expf(x)", np.exp), ("sqrt(x)", np.sqrt), ("rsqrt(x)", lambda x: 1 / np.sqrt(x)), ("pow(x, 2)", np.square),
    ("pow(x, 1.5)", lambda x: x ** np.float32(1.5)), ("std::abs(-x)", np.abs), ("fabs(x - 2)", lambda x: np.abs(x - 2)), ("min(x, 1.0f)", lambda x: np.minimum(x, 1)),
    ("max(x, 1)", lambda x: np.maximum(x, 1)), ("atan2(x, 2)", lambda x: np.arctan2(x, np.float32(2))), ("floor(x) + ceil(x)", lambda x: np.floor(x) + np.ceil(x)),
    ("fmod(x, 0.7f)", lambda x: np.fmod(x, np.float32(0.7))), ("tanh(x) * cos(x)", lambda x: np.tanh(x) * np.cos(x)), ("fma(x, x, 1)", lambda x: x * x + 1),
    ("isnan(x) || isinf(x) || !isfinite(x)", lambda x: x * 0), ("copysign(x, -1)", lambda x: -x), ("log1p(expm1(x))", lambda x: x),
    ("exp10(x)", lambda x: 10**x), ("hypot(x, 2)", lambda x: np.hypot(x, np.float32(2))), ("cbrtf(x)", np.cbrt), ("ldexp(x, 3)", lambda x: x * 8),
]  # fmt: skip


def test_functions():
    x = np.array([0.1, 0.5, 1.5, 2.5, 3.25], "float32")
    for first in range(0, len(_FUNCTIONS), 4):
        part = _FUNCTIONS[first : first + 4]
        outputs = ", ".join(f"float32 y{k}" for k in range(len(part)))
        got = run("float32 x", outputs, "; ".join(f"y{k} = {text}" for k, (text, _) in enumerate(part)), ag.asarray(x))
        for (text, function), y in zip(part, got):
            np.testing.assert_allclose(y, function(x), rtol=2e-6, err_msg=text)
    halves = np.array([-2.5, -0.5, 0.49999997, 0.5, 1.5, 2.5, 8388609.0], "float32")
    a, b = run("float32 x", "float32 a, int32 b", "a = round(x); b = lrint(x)", ag.asarray(halves))
    np.testing.assert_array_equal(a, [-3, -1, 0, 1, 2, 3, 8388609])
    np.testing.assert_array_equal(b, np.rint(halves))
    assert run("int32 x", "float64 y", "y = sqrt(x)", ints(2)).item() == np.sqrt(2)
    assert run("uint32 x", "int32 y", "y = __popc(x) * 100 + __clz(x)", ints(0xF0, dtype="uint32")).item() == 424
    assert run("int32 x", "int32 y", "y = abs(x) + max(x, 3) * min(x, 3)", ints(-4)).item() == 4 - 12


def test_complex_numbers():
    z = np.array([3 + 4j, -1 - 2j], "complex64")
    re, w = run("complex64 z", "float32 r, complex64 w", "r = z.real() + abs(z) * z.imag() + norm(z); w = conj(z) * complex<float>(0, 1) + z / 2.0f", ag.asarray(z))
    np.testing.assert_allclose(re, z.real + np.abs(z) * z.imag + np.abs(z) ** 2, rtol=1e-6)
    np.testing.assert_allclose(w, np.conj(z) * 1j + z / 2, rtol=1e-6)


@pytest.mark.parametrize(
    "operation, place, text",
    [
        ("y = x + foo", "foo", "`foo` is not defined"),
        ("y = x +", None, "the snippet ends"),
        ("y = bar(x)", "bar", "no function `bar`"),
        ("y = x[0]", "x[0]", "only `raw`"),
        ("x = y", "x", "constant"),
        ("y = x; int y2 = 1; y2.z = 3", "y2.z", "only variables"),
        ("switch (x) { y = x; }", "y", "begins with a case"),
        ("switch (x * 0.5f) { case 1: y = x; }", "x * 0.5f", "the value of switch is an integer"),
        ("switch (3) { case 1: y = x; case 1: y = x; }", "1", "stands in this switch twice"),
        ("case 1: y = x;", "case", "in the braces of a switch"),
        ("float *p = 0", "p", "no pointer"),
        ("y = *x", "*x", "no pointer"),
        ("break;", "break", "outside of a loop"),
        ("y = x % 2", "x % 2", "fmod"),
        ("y = x & 1", "x & 1", "bitwise_and"),
        ("y = r", "r", "is an array; index"),
        ("r[0] = x", "r[0]", "is an input"),
        ("atomicAdd(&r[0], x)", "atomicAdd(&r[0], x)", "is an input"),
        ("y = r[x]", "x", "an index is an integer"),
        ("y = r[0][1]", "r[0][1]", "indexed"),
        ("return x;", "return x;", "returns nothing"),
        ("int k; int k; y = x", "k", "declared twice"),
        ("for (int k = 0; k < 3; ++k) { } y = k", "k", "`k` is not defined"),
        ("y = sqrt(x, x)", "sqrt(x, x)", "takes 1 argument"),
        ("int w[x]; y = x", "w", "known when the kernel is compiled"),
        ("int w[100000]; y = x", "w", "a length of 1"),
        ("{ y = x", "{", "not closed"),
        ("y = (x", None, "`)` is missing"),
        ("y = 'c'", "'", "has no meaning"),
        ("y = @x", "@", "has no meaning"),
        ("if x > 2 y = x", "x", "`(` is missing"),
        ("printf(x)", "printf", "write the value into an array"),
        ("__shared__ float s[3]; y = x", "__shared__", "RawKernel"),
        ("#error 1\ny = x", "#", "#define"),
        ("y = 99999999999999999999999", "99999999999999999999999", "64 bits"),
        ("auto k; y = x", "k", "needs a value"),
        ("y = once(x)", "once(x)", "calls itself"),
        ("y = nothing(x)", "nothing(x)", "no number"),
        ("y = once(x, x)", "once(x, x)", "takes 1 arguments"),
    ],
)
def test_errors_point_into_the_snippet(operation, place, text):
    preamble = "float once(float v) { return once(v); } void nothing(float v) { v + 1; }"
    with pytest.raises(ag.KernelError, match=re.escape(text)) as caught:
        run("T x, raw T r", "T y", operation, ag.ones(2, dtype="float32"), ag.ones(2, dtype="float32"), preamble=preamble)
    *_, line, caret = str(caught.value).split("\n")
    if place is not None and "calls itself" not in text:
        marked = line[caret.index("^") : caret.rindex("^") + 1]
        assert marked == place, str(caught.value)


def test_errors_show_the_line_of_this_file():
    line = inspect.currentframe().f_lineno + 6
    kernel = ag.ElementwiseKernel(
        "T x",
        "T y",
        """
        T k = x;
        y = k + wrong;
        """,
    )
    with pytest.raises(ag.KernelError, match=f'test_elementwise_kernels.py", line {line}'):
        kernel(ag.ones(3))


def test_deep_nesting_is_an_error():
    x = ag.ones(2)
    for text in ("y = " + "(" * 5000 + "x" + ")" * 5000, "y = " + "-" * 5000 + "x", "{" * 5000 + "y = x;" + "}" * 5000, "y = x" + " + x" * 20000):
        with pytest.raises(ag.KernelError, match="deep"):
            run("T x", "T y", text, x)
    assert run("T x", "T y", "y = x" + " + x" * 60, x).tolist() == [61, 61]


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        (("T", "T y", "y = 1"), ValueError, "'T' is no parameter"),
        (("T i", "T y", "y = 1"), ValueError, "cannot be called 'i'"),
        (("T x", "T x", "x = 1"), ValueError, "two parameters"),
        (("nonsense x", "T y", "y = 1"), ValueError, "no dtype"),
        (("str x", "T y", "y = 1"), ValueError, "no arrays"),
        ((3, "T y", "y = 1"), TypeError, "a str"),
        (("T x", "T y", None), TypeError, "operation is a str"),
    ],
)
def test_wrong_definitions(arguments, error, text):
    with pytest.raises(error, match=text):
        ag.ElementwiseKernel(*arguments)


def test_wrong_calls():
    kernel = ag.ElementwiseKernel("T x, T y", "T z", "z = x + y")
    with pytest.raises(TypeError, match="1 arguments given"):
        kernel(ag.ones(2))
    with pytest.raises(ValueError, match="do not broadcast"):
        kernel(ag.ones(2), ag.ones(3))
    with pytest.raises(TypeError, match="takes an array or a number, not str"):
        kernel(ag.ones(2), "a")
    with pytest.raises(TypeError, match="takes an array, and 3"):
        kernel(ag.ones(2), 1, 3)
    with pytest.raises(TypeError):
        kernel(ag.ones(2), 1, axis=0)
    assert list(inspect.signature(ag.ElementwiseKernel).parameters)[:8] == [
        "in_params", "out_params", "operation", "name", "reduce_dims", "preamble", "no_return", "return_tuple",
    ]  # fmt: skip
