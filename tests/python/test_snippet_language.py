"""What snippets of C++ may say beyond arithmetic: constants, conditions of the preprocessor, types and indices of several axes."""

import math

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu


def run(in_params, out_params, operation, *args, size=None, **options):
    """The result on the host of a kernel made for one call."""
    return ag.ElementwiseKernel(in_params, out_params, operation, "k", **options)(*args, size=size).get()


FLOATS = np.array([-1.5, 0.25, 3.0], np.float32)
GRID = np.arange(24, dtype=np.float32).reshape(4, 6)


@pytest.mark.parametrize("name, value", [("M_PI", math.pi), ("M_SQRT1_2", math.sqrt(0.5)), ("INFINITY", math.inf), ("CUDART_PI_F", np.float32(math.pi))])
def test_constants_of_the_headers(name, value):
    assert run("T x", "T y", f"y = x * {name}", ag.asarray(FLOATS)).tolist() == (FLOATS * np.float32(value)).tolist()
    # A literal takes the type of what it meets.
    assert run("T x", "T y", f"y = x * {name}", ag.asarray(FLOATS.astype(float))).tolist() == (FLOATS.astype(float) * float(value)).tolist()


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint64", "float32", "float64"])
def test_limits_of_types(dtype):
    information = np.finfo(dtype) if np.dtype(dtype).kind == "f" else np.iinfo(dtype)
    x = ag.zeros(1, dtype)
    assert run("T x", "T y", "y = std::numeric_limits<T>::max()", x)[0] == information.max
    assert run("T x", "T y", "y = numeric_limits<T>::lowest()", x)[0] == information.min
    assert run("T x", "T y", "const T least = numeric_limits<T>::min(); y = least", x)[0] == (information.tiny if np.dtype(dtype).kind == "f" else information.min)
    with pytest.raises(ag.KernelError, match="no `numeric_limits::digits"):
        run("T x", "T y", "y = numeric_limits<T>::digits()", x)


def test_limits_by_their_macros():
    x = ag.zeros(1, "float64")
    for name, value in (("INT_MAX", 2**31 - 1), ("UINT_MAX", 2**32 - 1), ("FLT_MAX", float(np.finfo("f4").max)), ("DBL_EPSILON", 2.0**-52), ("LLONG_MIN", -(2**63))):
        assert run("T x", "T y", f"y = {name}", x)[0] == value


def test_not_a_number():
    assert math.isnan(run("T x", "T y", 'y = nan("0xfff8000000000000ULL")', ag.zeros(1))[0])
    assert math.isnan(run("T x", "T y", "y = NAN", ag.zeros(1, "float32"))[0])


def test_operators_by_their_names():
    x = ag.arange(6)
    assert run("T x", "bool y", "y = (x > 1 and x < 4) or not x", x).tolist() == [True, False, True, True, False, False]
    assert run("T x", "T y", "y = (x bitand 3) xor 1; y and_eq 3", x).tolist() == [(k & 3 ^ 1) & 3 for k in range(6)]


def test_conditions_of_the_preprocessor():
    text = """
    #define SCALE 3
    #ifdef SCALE
    #if SCALE > 2 && !defined(OTHER)
        y = x * SCALE;
    #elif SCALE > 1
        y = nothing_known;
    #else
        y = 1;
    #endif
    #undef SCALE
    #else
        y = "not read";
    #endif
    #ifndef SCALE
        y += 1;
    #endif
    #if defined(__CUDA_ARCH__) || 0
        #define y z
        y = 0;
    #endif
    """
    assert run("T x", "T y", text, ag.arange(3)).tolist() == [1, 4, 7]
    for text, problem in (("#if 1\ny = x;", "no #endif"), ("#endif\ny = x;", "without an #if"), ("#if x + 1\n#endif\ny = x", "is no condition")):
        with pytest.raises(ag.KernelError, match=problem):
            run("T x", "T y", text, ag.arange(3))


def test_types_within_a_snippet():
    assert run("T x", "T y", "typedef T value_t; using other_t = value_t; other_t z = (value_t)x; y = z * 2", ag.arange(3)).tolist() == [0, 2, 4]
    # A variable hides the type of its name up to the end of its block.
    text = "{ const T half = x; y = (half) * half; } y += (half)1.5;"
    assert run("T x", "T y", text, ag.asarray(FLOATS)).tolist() == (FLOATS * FLOATS + np.float32(1.5)).tolist()
    preamble = "template<typename T> __device__ T sigmoid(T x) { const T half = 0.5; return tanh(x * half) * half + half; }"
    np.testing.assert_allclose(run("T x", "T y", "y = sigmoid(x)", ag.asarray(FLOATS), preamble=preamble), 1 / (1 + np.exp(-FLOATS)), rtol=1e-6)


def test_parameters_called_n_and_numbers_for_raw_ones():
    assert run("T x, int32 n", "T y", "y = x * n", ag.arange(3), 5).tolist() == [0, 5, 10]
    text = "for (int j = 0; j < 8; ++j) { int k = i * 8 + j; int bit = k < count && flags[k] != 0; y |= bit << (7 - j); }"
    flags = np.random.default_rng(1).integers(0, 2, 21).astype(bool)
    out = ag.zeros(3, "uint8")
    assert run("raw T flags, raw int32 count", "uint8 y", text, ag.asarray(flags), 21, out).tolist() == np.packbits(flags).tolist()
    with pytest.raises(ag.KernelError, match="given arrays"):
        run("raw T x", "T y", "y = x[0]", 3, ag.zeros(2, "int64"))


@pytest.mark.out_of_bounds
def test_arrays_as_indices():
    g = ag.asarray(GRID)
    assert run("raw T x", "T y", "ptrdiff_t at[] = {i / 6, 5 - i % 6}; y = x[at]", g, size=24).tolist() == GRID[:, ::-1].ravel().tolist()
    # In any layout: the indices are the array's, whatever lies where.
    assert run("raw T x", "T y", "int at[2]; at[0] = i % 6; at[1] = i / 6; y = x[at]", g.T, size=24).tolist() == GRID.ravel().tolist()
    out = ag.zeros((4, 6), "float32")
    run("S column", "raw T y", "int at[] = {i, column}; y[at] = 7; y[at] += 1", ag.asarray([1, 5, 0, 3]), out)
    expected = np.zeros((4, 6), "float32")
    expected[np.arange(4), [1, 5, 0, 3]] = 8
    assert out.get().tolist() == expected.tolist()
    run("S column", "raw T y", "int at[] = {0, column}; atomicAdd(&y[at], (T)2)", ag.asarray([1, 1, 0, 1]), out)
    expected[0, 1] += 6
    expected[0, 0] += 2
    assert out.get().tolist() == expected.tolist()
    # The loop's own position, and an index outside of the array.
    assert run("T x, raw T z", "T y", "y = z[_ind.get()] - x", g, g[::-1]).tolist() == (GRID[::-1] - GRID).tolist()
    assert run("raw T x", "T y", "int at[] = {4, i}; y = x[at]", g, size=2).tolist() == [0, 0]
    with pytest.raises(ag.KernelError, match="`x` has 2 axes, and 3 indices"):
        run("raw T x", "T y", "int at[] = {i, i, 0}; y = x[at]", g, size=2)


def test_shapes_and_strides_by_a_number_of_the_kernel():
    g = ag.zeros((4, 6, 5), "float32")
    assert run("raw T x", "int32 y", "y = x.shape()[i]", g, size=4).tolist() == [4, 6, 5, 0]
    assert run("raw T x", "int32 y", "y = x.strides()[i]", g, size=3).tolist() == [120, 20, 4]
    assert run("raw T x", "int32 y", "y = x.strides()[x.ndim - 1]", g[0], size=1).tolist() == [4]


def test_the_last_axis_of_the_loop():
    # Of arrays that lie one element after the other as well.
    text = "y = _ind.get()[_ind.ndim - 1] - _ind.get()[_ind.ndim - 2] >= 1 ? x : 0"
    assert run("T x", "T y", text, ag.asarray(GRID)).tolist() == np.triu(GRID, 1).tolist()


@pytest.mark.parametrize(
    "call, expected",
    [
        ("sinpi(x)", lambda x: np.sin(np.pi * x.astype(float))),
        ("fdim(x, (T)1)", lambda x: np.maximum(x - 1, 0)),
        ("fdimf(x, 1)", lambda x: np.maximum(x - 1, 0)),
        ("__float2int_rd(x)", np.floor),
        ("__float2int_rz(x * 1.5f)", lambda x: np.trunc(x * np.float32(1.5))),
        ("__float2uint_ru(x + 2)", lambda x: np.ceil(x + 2)),
        ("__fmul_rn(x, x)", lambda x: x * x),
        ("__int_as_float(__float_as_int(x) & 0x7fffffff)", np.abs),
        ("scalbn(x, 3)", lambda x: x * 8),
        ("abs(polar(x, (T)0.5))", lambda x: np.abs(x)),
        ("polar(x, (T)0.5).imag()", lambda x: x * np.sin(np.float32(0.5))),
        ("cyl_bessel_i0(x)", np.i0),
    ],
)
def test_functions_of_cuda(call, expected):
    np.testing.assert_allclose(run("T x", "T y", f"y = {call}", ag.asarray(FLOATS)), expected(FLOATS), rtol=1e-6, atol=1e-7)


def test_the_number_of_an_element_in_a_reduction():
    last = ag.ReductionKernel("T x, int32 least", "int32 y", "x > least ? (int)_j : -1", "max(a, b)", "y = a", "-1", "last")
    x = np.random.default_rng(2).integers(0, 9, 5000).astype("int32")
    assert int(last(ag.asarray(x), 4)) == int(np.flatnonzero(x > 4)[-1])
    weighted = ag.ReductionKernel("T x, raw T w", "T y", "x * w[_j]", "a + b", "y = a", "0", "weighted")
    x, w = np.arange(12).reshape(3, 4), np.arange(12)[::-1].copy()
    # The axis that is reduced comes first.
    assert weighted(ag.asarray(x), ag.asarray(w), axis=1).get().tolist() == (x.T * w.reshape(4, 3)).sum(0).tolist()


@pytest.mark.out_of_bounds
def test_the_remainder_of_what_a_cast_makes_negative():
    x = ag.asarray(np.array([2**32 - 1, 7], "uint32"))
    assert run("uint32 x", "int32 y", "y = (int)x % 8", x).tolist() == [-1, 7]
    assert run("uint32 x", "int32 y", "y = (int)x / 8", x).tolist() == [0, 0]
    assert run("raw int32 x", "int32 y", "y = x[(int)(4294967295u - i)]", ag.asarray([5, 6, 7], dtype="int32"), size=2).tolist() == [0, 0]
