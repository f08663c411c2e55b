"""Pointers and references in snippets of C++: to elements of arrays, to variables, into functions of the preamble."""

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu

X = np.arange(12, dtype=np.float32) * 1.5


def run(in_params, out_params, operation, *args, size=None, **options):
    """The result on the host of a kernel made for one call."""
    return ag.ElementwiseKernel(in_params, out_params, operation, "k", **options)(*args, size=size).get()


@pytest.mark.out_of_bounds
def test_pointers_into_arrays():
    x = ag.asarray(X)
    assert run("raw T x", "T y", "const T* p = &x[3]; y = p[i] + *p + *(p + 1)", x, size=4).tolist() == (X[3:7] + X[3] + X[4]).tolist()
    text = "const T *p = x + i, *end = x + 12; y = 0; while (p < end) { y += *p++; } y += end - p + (p - x)"
    assert run("raw T x", "T y", text, x, size=12).tolist() == [X[k:].sum() + 12 for k in range(12)]
    assert run("raw T x", "T y", "T a[3]; T* p = a; for (int k = 0; k < 3; ++k) { *p = x[i + k]; ++p; } p -= 3; y = p[0] + 10 * a[2]", x, size=10).tolist() == (
        X[:10] + 10 * X[2:12]
    ).tolist()
    assert run("raw T x", "T y", "y = __ldg(&x[i]) + ((const T*)x)[1]", x, size=3).tolist() == (X[:3] + X[1]).tolist()
    # Outside of the array, whichever way it is reached.
    assert run("raw T x", "T y", "const T* p = x; y = p[-1 - i] + *(p + 12 + i)", x, size=3).tolist() == [0, 0, 0]


def test_what_is_written_through_pointers():
    out = ag.zeros(8, "int32")
    run("raw T x", "raw T y", "T* p = &y[2 * i]; p[0] = x[i]; p += 1; *p -= x[i]; atomicAdd(p, 100)", ag.arange(4, dtype="int32"), out, size=4)
    assert out.get().tolist() == [0, 100, 1, 99, 2, 98, 3, 97]
    with pytest.raises(ag.KernelError, match="is an input"):
        run("raw T x", "raw T y", "T* p = &x[0]; *p = 1", ag.arange(4), out.astype("int64"), size=4)


def test_references():
    assert run("T x", "T y", "T a = x; T &b = a; b += 1; const T &c = b; y = a * c", ag.asarray(X)).tolist() == ((X + 1) * (X + 1)).tolist()
    out = ag.zeros(4, "float32")
    run("raw T x", "raw T y", "T &v = y[i]; v = x[i]; v *= 2; auto &w = v; w += 1", ag.asarray(X), out, size=4)
    assert out.get().tolist() == (2 * X[:4] + 1).tolist()


def test_functions_of_arrays():
    preamble = """
    template<typename T> __device__ T total(const T* values, int count) {
        T sum = 0;
        for (int k = 0; k < count; ++k) sum += values[k];
        return sum;
    }
    __device__ float last(float values[], const int count) { return values[count - 1]; }
    __device__ float first(CArray<float, 1, true> values) { return values[0] + values.size(); }
    template<typename A> __device__ float second(const A& values) { return values[1]; }
    __device__ float walked(const float* p, int count) { float sum = 0; while (count-- > 0) sum += *p++; return sum; }
    """
    x = ag.asarray(X)
    sums = np.array([X[k : k + 3].sum() for k in range(10)])
    assert run("raw T x", "T y", "y = total(&x[i], 3)", x, size=10, preamble=preamble).tolist() == sums.tolist()
    assert run("raw T x", "T y", "y = walked(x + i, 3)", x, size=10, preamble=preamble).tolist() == sums.tolist()
    assert run("raw T x", "T y", "y = walked(x, 3) + total(x, 3)", x, size=1, preamble=preamble).tolist() == [2 * X[:3].sum()]
    assert run("raw T x", "T y", "T a[] = {x[i], x[i + 1]}; y = total(a, 2) + last(a, 2)", x, size=5, preamble=preamble).tolist() == (X[:5] + 2 * X[1:6]).tolist()
    assert run("raw float32 x", "float32 y", "y = first(x) + second(x)", x, size=1, preamble=preamble).tolist() == [12 + X[1]]
    # One function for several arrays.
    assert run("raw T x, raw T z", "T y", "y = total(x, 2) - total(z, 2)", x, x[::-1], size=1, preamble=preamble).tolist() == [X[:2].sum() - X[:-3:-1].sum()]


def test_functions_that_change_their_arguments():
    preamble = """
    __device__ void exchange(float &a, float &b) { float c = a; a = b; b = c; }
    __device__ bool limit(float &p, const int top, int *low, int *high) {
        if (p < -1.0f || p > top) { *low = *high = 0; return false; }
        if (p < 0) p = 0;
        *low = (int)p;
        if (*low >= top - 1) { *high = *low = top - 1; p = *low; } else { *high = *low + 1; }
        return true;
    }
    """
    a, b = ag.asarray(X[:4]), ag.asarray(X[4:8])
    out = ag.zeros(4, "float32")
    run("T a, T b", "raw T y", "T p = a, q = b; exchange(p, q); y[i] = p - q; exchange(y[0], q)", a[:1], b[:1], out[:1], preamble=preamble)
    assert out.get().tolist() == [X[0], 0, 0, 0]
    kernel = ag.ElementwiseKernel("T p", "T q, int32 low, int32 high, bool is_inside", "T r = p; is_inside = limit(r, 5, &low, &high); q = r", "k", preamble=preamble)
    got = [r.get().tolist() for r in kernel(ag.asarray([-2, -0.5, 1.25, 4.5, 7], dtype="float32"))]
    assert got == [[-2, 0, 1.25, 4, 7], [0, 0, 1, 4, 0], [0, 1, 2, 4, 0], [False, True, True, True, False]]


def test_a_loop_whose_counter_another_name_changes():
    preamble = "__device__ void skip(int &k) { k += 1; }"
    x = ag.arange(3)
    for body in ("skip(i2)", "int &k = i2; k += 1", "int *k = &i2; *k += 1"):
        text = f"y = 0; for (int i2 = 0; i2 < 10; i2++) {{ y += 1; {body}; }}"
        assert run("T x", "T y", text, x, preamble=preamble).tolist() == [5, 5, 5]


def test_sine_and_cosine_at_once():
    np.testing.assert_allclose(run("T x", "T y", "T s, c; sincos(x, &s, &c); y = s * 10 + c", ag.asarray(X)), np.sin(X) * 10 + np.cos(X), rtol=2e-5, atol=1e-5)
    np.testing.assert_allclose(run("T x", "T y", "float a[2]; sincosf(x, &a[0], a + 1); y = a[1]", ag.asarray(X)), np.cos(X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "operation, preamble, text",
    [
        ("T* p; y = 0", "", "one address where it is declared"),
        ("const T* p = x; p = z; y = *p", "", "stays within one array"),
        ("const int* p = x; y = *p", "", "declared for int32"),
        ("y = ((const int*)x)[0]", "", "memory has the type of its array"),
        ("const T** p = x; y = 0", "", "pointers to pointers"),
        ("y = x - z", "", "is an array"),
        ("const T* p = x; const T* q = z; y = p - q", "", "both point into one array"),
        ("const T* p = x; y = p", "", "a pointer is no number"),
        ("const T* p = x; y = p * 2", "", "a pointer is no number"),
        ("y = f(3)", "__device__ float f(const float* p) { return *p; }", "a pointer is needed here"),
        ("y = f(x)", "__device__ float f(const double* p) { return *p; }", "a pointer to float64 is needed"),
        ("int k = 0; f(k); y = k", "__device__ void f(float &p) { p = 1; }", "changes a variable of type float32"),
        ("f(3.0f); y = 0", "__device__ void f(float &p) { p = 1; }", "only variables and elements"),
    ],
)
def test_what_has_no_meaning(operation, preamble, text):
    with pytest.raises(ag.KernelError, match=text):
        run("raw T x, raw T z", "T y", operation, ag.asarray(X), ag.asarray(X), size=2, preamble=preamble)
