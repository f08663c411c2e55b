"""Elementwise operations that must have NumPy's own bits: arithmetic, comparison, logic, bits, shifts, rounding, selection."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anygpu as ag
from layouts import ALL, COMPLEX, INTEGERS, LAYOUTS, REAL, SIGNED, broadcasting_operands, operands, pair, special_values
from oracle import assert_close, assert_identical, assert_same_form, assert_same_outcome, parts, to_numpy

ARITHMETIC = ["add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "remainder", "mod"]
COMPARISONS = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
LOGICAL = ["logical_and", "logical_or", "logical_xor"]
BITWISE = ["bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"]
EXTREMA = ["minimum", "maximum"]
BINARY = ARITHMETIC + COMPARISONS + LOGICAL + BITWISE + EXTREMA
UNARY = ["negative", "positive", "absolute", "abs", "sign", "square", "sqrt", "floor", "ceil", "trunc", "rint", "isnan", "isinf", "isfinite", "logical_not", "invert"]
#: Complex results with more than one rounding: NumPy's own depend on whether its loop was compiled with FMA.
COMPLEX_INEXACT = {"multiply", "divide", "true_divide", "square", "sqrt", "absolute", "abs", "sign"}


def compare_binary(name):
    """How the results of `name` are compared: the zeros of minimum and maximum may have either sign, in NumPy too."""
    return lambda got, want: assert_identical(got, want, zero_signs=name not in EXTREMA)


def exact(names):
    """(name, dtype) for every operation in `names` whose results on `dtype` are NumPy's bits."""
    return [(name, dtype) for name in names for dtype in ALL if not (dtype in COMPLEX and name in COMPLEX_INEXACT)]


@pytest.mark.parametrize(("name", "dtype"), exact(n for n in BINARY if n not in ("mod", "true_divide")))
def test_every_pair_of_special_values(name, dtype):
    values = special_values(dtype)
    x, y = values[:, None], values
    g = ag.asarray(values)
    assert_same_outcome(lambda xp, a, b: getattr(xp, name)(a, b), (x, y), (g[:, None], g), compare_binary(name))


@pytest.mark.parametrize(("name", "dtype"), exact(UNARY))
def test_unary_of_special_values(name, dtype):
    values = special_values(dtype)
    if dtype in INTEGERS and name == "sqrt":
        values = values[values >= 0]
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a), (values,), (ag.asarray(values),))


@pytest.mark.parametrize("dtype", SIGNED)
def test_sqrt_of_negative_integers_is_nan(dtype):
    assert np.isnan(to_numpy(ag.sqrt(ag.asarray(np.array([-1, -100], dtype))))).all()


@given(broadcasting_operands(2), st.sampled_from(["add", "subtract", *COMPARISONS, *LOGICAL, *EXTREMA, "bitwise_xor", "left_shift", "floor_divide"]))
def test_any_two_dtypes_shapes_and_layouts(pair_of_operands, name):
    (x, gx), (y, gy) = (o.pair() for o in pair_of_operands)
    if name == "floor_divide" and (x.dtype.kind == "c" or y.dtype.kind == "c"):
        name = "add"
    assert_same_outcome(lambda xp, a, b: getattr(xp, name)(a, b), (x, y), (gx, gy), compare_binary(name))


@given(broadcasting_operands(2, REAL), st.sampled_from(["multiply", "divide", "remainder"]))
def test_real_products_and_quotients_in_any_layout(pair_of_operands, name):
    (x, gx), (y, gy) = (o.pair() for o in pair_of_operands)
    assert_same_outcome(lambda xp, a, b: getattr(xp, name)(a, b), (x, y), (gx, gy))


@given(operands(), st.sampled_from([n for n in UNARY if n != "sqrt"]))
def test_unary_in_any_layout(operand, name):
    if operand.dtype in COMPLEX and name in COMPLEX_INEXACT:
        name = "negative"
    x, g = operand.pair()
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a), (x,), (g,))


@pytest.mark.parametrize("left", ALL)
def test_promotion_of_every_pair_of_dtypes(left):
    for right in ALL:
        x, y = np.ones(3, left), np.ones(3, right)
        gx, gy = ag.asarray(x), ag.asarray(y)
        for name in ("add", "divide", "less"):
            assert_same_form(to_numpy(getattr(ag, name)(gx, gy)), getattr(np, name)(x, y))


@pytest.mark.parametrize("left", ["int64", "uint64"])
def test_comparing_int64_with_uint64_is_exact(left):
    """NumPy 2 compares the two by value and does not go through float64."""
    right = "uint64" if left == "int64" else "int64"
    x, y = special_values(left)[:, None], special_values(right)
    for name in COMPARISONS:
        assert_identical(getattr(ag, name)(ag.asarray(x), ag.asarray(y)), getattr(np, name)(x, y))


SCALARS = [True, 0, 1, -1, 2, 3, 127, 200, 300, -(2**31), 2**40, 2**63, 2**64, 0.0, -0.0, 0.5, 1e300, float("inf"), float("nan"), 1 + 2j]


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("name", ["add", "multiply", "floor_divide", "less", "equal", "maximum", "bitwise_and", "right_shift"])
def test_python_scalars_are_weak(name, dtype):
    x = np.array([0, 1, 3], dtype)
    g = ag.asarray(x)
    for scalar in SCALARS:
        for function in (lambda xp, a: getattr(xp, name)(a, scalar), lambda xp, a: getattr(xp, name)(scalar, a)):
            assert_same_outcome(function, (x,), (g,), lambda got, want: assert_close_or_identical(got, want, zero_signs=name != "maximum"))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16", "float32", "complex64"])
@pytest.mark.parametrize("scalar", [np.float64(1.5), np.float32(1.5), np.int64(3), np.uint8(200), np.bool_(True), np.complex64(1j)])
def test_numpy_scalars_are_strong(dtype, scalar):
    x = np.array([0, 1, 3], dtype)
    g = ag.asarray(x)
    for function in (lambda xp, a: a + scalar, lambda xp, a: scalar - a, lambda xp, a: a < scalar):
        assert_same_outcome(function, (x,), (g,))


def test_zero_dimensional_arrays_are_strong():
    for left, right in [("float32", "float64"), ("int8", "int32"), ("uint8", "bool")]:
        x, y = np.ones(3, left), np.ones((), right)
        assert_identical(ag.asarray(x) + ag.asarray(y), x + y)
        assert_identical(ag.asarray(y) + ag.asarray(x), y + x)


def assert_close_or_identical(got, want, zero_signs=True):
    """Bits for real results; a few ULP of the largest part for complex ones."""
    want = np.asarray(want)
    if want.dtype.kind == "c":
        values = parts(want)
        assert_close(got, want, np.abs(values[np.isfinite(values)]).max(initial=0), 4)
    else:
        assert_identical(got, want, zero_signs=zero_signs)


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.and_, operator.or_, operator.xor,
             operator.lshift, operator.rshift, operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
def test_operators_between_arrays_scalars_and_numpy_arrays(op):
    x, y = np.array([[5, 1], [7, 3]], "int32"), np.array([2, 1], "int32")
    gx, gy = ag.asarray(x), ag.asarray(y)
    for got, want in [(op(gx, gy), op(x, y)), (op(gx, 2), op(x, 2)), (op(2, gx), op(2, x)), (op(gx, y), op(x, y)), (op(x, gy), op(x, y)), (op(gx, np.int32(2)), op(x, np.int32(2)))]:
        assert isinstance(got, ag.ndarray)
        assert_identical(got, want)


def test_unary_operators():
    x = np.array([-3, 0, 5], "int16")
    g = ag.asarray(x)
    for op in (operator.neg, operator.pos, operator.abs, operator.invert):
        assert_identical(op(g), op(x))


def test_comparison_with_what_is_no_number():
    g = ag.arange(3)
    with pytest.raises(TypeError):
        g + "text"
    with pytest.raises(TypeError):
        g < object()


@pytest.mark.gpu
def test_unknown_operands_get_their_turn():
    class Answers:
        def __radd__(self, other):
            return "asked"

    assert ag.arange(3) + Answers() == "asked"


def test_identities_that_compilers_fold_are_not_folded():
    """x - x, x * 0, x / x, x + 0 and x != x for NaN, infinities and signed zeros."""
    x = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1e-45, -1e-40, 1.0], "float32")
    g = ag.asarray(x)
    for f in (lambda a: a - a, lambda a: a * 0.0, lambda a: a / a, lambda a: a + 0.0, lambda a: a != a, lambda a: a == a, lambda a: 0.0 - a, lambda a: a * 1.0, lambda a: -a, lambda a: a * -1.0, lambda a: 0 * a + a):
        assert_identical(f(g), f(x))


def test_subnormals_are_kept():
    for dtype in ("float16", "float32", "float64"):
        tiny = np.finfo(dtype).smallest_subnormal
        x = np.array([1, 3, 100, 1001], dtype) * tiny
        g = ag.asarray(x)
        for f in (lambda a: a + a, lambda a: a * np.asarray(0.5, dtype)[()], lambda a: a / 3, lambda a: a > 0, lambda a: abs(-a), lambda a: a * 2 - a):
            assert_identical(f(g), f(x))
        assert_identical(ag.sqrt(g), np.sqrt(x))
        assert_identical(ag.maximum(g, 0), np.maximum(x, 0))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rounding_of_random_bit_patterns(dtype):
    """+ - * / sqrt and the comparison of 65,536 random bit patterns, exact in every bit."""
    rng = np.random.default_rng(7)
    bits = rng.integers(0, 2**64, 2**17, "uint64").view(dtype)
    x, y = bits[: 2**16], bits[-(2**16):]
    near = np.nextafter(x, y)  # close operands: cancellation
    for a, b in ((x, y), (x, near)):
        ga, gb = ag.asarray(a), ag.asarray(b)
        for name in ("add", "subtract", "multiply", "divide", "remainder", "floor_divide", "less"):
            assert_identical(getattr(ag, name)(ga, gb), getattr(np, name)(a, b))
    for name in ("sqrt", "rint", "floor", "ceil", "trunc"):
        assert_identical(getattr(ag, name)(ag.asarray(x)), getattr(np, name)(x))


@pytest.mark.parametrize("dtype", INTEGERS + ["float16"])
def test_arithmetic_of_random_integers(dtype):
    rng = np.random.default_rng(8)
    x, y = rng.integers(0, 2**64, (2, 4099), "uint64").view(dtype).reshape(2, -1)
    gx, gy = ag.asarray(x), ag.asarray(y)
    for name in ("add", "subtract", "multiply", "divide", "floor_divide", "remainder"):
        assert_identical(getattr(ag, name)(gx, gy), getattr(np, name)(x, y))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_shifts_by_every_count(dtype):
    """Counts at and past the width give 0, or -1 for the right shift of a negative number; negative counts do the same."""
    width = np.dtype(dtype).itemsize * 8
    counts = np.array([0, 1, width // 2, width - 1, width, width + 1, 127], dtype)
    if dtype in SIGNED:
        counts = np.concatenate([counts, np.array([-1, -width, np.iinfo(dtype).min], dtype)])
    values = special_values(dtype)[:, None]
    for name in ("left_shift", "right_shift"):
        assert_identical(getattr(ag, name)(ag.asarray(values), ag.asarray(counts)), getattr(np, name)(values, counts))


@pytest.mark.parametrize("dtype", ["bool"] + INTEGERS)
def test_integer_power_wraps(dtype):
    values = special_values(dtype)[:, None]
    exponents = np.array([0, 1] if dtype == "bool" else [0, 1, 2, 3, 5, 7, 8, 13, 31, 63, 64, 127], dtype)
    assert_identical(ag.power(ag.asarray(values), ag.asarray(exponents)), np.power(values, exponents))
    for exponent in (0, 1, 2, 3, 10):
        assert_same_outcome(lambda xp, a: a**exponent, (values,), (ag.asarray(values),))


@pytest.mark.parametrize("dtype", SIGNED)
def test_integer_power_refuses_a_negative_exponent(dtype):
    x = np.array([1, 2, 3], dtype)
    assert_same_outcome(lambda xp, a: a**-1, (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: xp.power(a, -2), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_float_powers_that_are_other_operations_are_exact(dtype):
    """NumPy computes x**2 as x*x, x**0.5 as sqrt(x), x**-1 as 1/x, x**1 as x and x**0 as 1, for a Python scalar exponent."""
    x = special_values(dtype)
    g = ag.asarray(x)
    for exponent in (2, 0.5, -1, 1, 0, 2.0, 1.0):
        assert_identical(g**exponent, x**exponent)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_complex_products_and_quotients(dtype):
    rng = np.random.default_rng(11)
    real = np.empty(0, dtype).real.dtype
    a, b = (rng.standard_normal((2, 1000, 2)) * 10.0 ** rng.uniform(-5, 5, (2, 1000, 1))).astype(real)
    a, b = a.view(dtype)[:, 0], b.view(dtype)[:, 0]
    ga, gb = ag.asarray(a), ag.asarray(b)
    wide_a, wide_b = a.astype("clongdouble"), b.astype("clongdouble")
    for got, exact in ((ga * gb, wide_a * wide_b), (ga / gb, wide_a / wide_b), (ag.square(ga), wide_a * wide_a)):
        got = to_numpy(got)
        assert got.dtype == np.dtype(dtype)
        error = np.abs(got.astype("clongdouble") - exact) / np.abs(exact)
        assert error.max() <= 4 * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", COMPLEX)
def test_complex_unary(dtype):
    rng = np.random.default_rng(12)
    real = np.empty(0, dtype).real.dtype
    a = (rng.standard_normal((1000, 2)) * 10.0 ** rng.uniform(-5, 5, (1000, 1))).astype(real).view(dtype)[:, 0]
    g = ag.asarray(a)
    wide = a.astype("clongdouble")
    for name, exact in (("abs", np.abs(wide)), ("sign", wide / np.abs(wide))):
        got = to_numpy(getattr(ag, name)(g))
        assert_same_form(got, getattr(np, name)(a))
        assert (np.abs(got - exact) / np.abs(exact)).max() <= 4 * np.finfo(dtype).eps
    big = np.array([3e37 + 4e37j, 3e-40 + 4e-40j, np.inf + 1j, complex(np.nan, np.inf)], dtype)
    assert_close(ag.abs(ag.asarray(big)), np.abs(big), np.abs(big), 2)


@pytest.mark.parametrize("dtype", REAL)
def test_clip(dtype):
    values = special_values(dtype)
    low, high = (np.asarray(v, dtype)[()] for v in ((0, 1) if dtype == "bool" else (1, 3)))
    g = ag.asarray(values)
    compare = lambda got, want: assert_identical(got, want, zero_signs=False)  # noqa: E731
    for bounds in ((low, high), (low, None), (None, high), (high, low), (1, 3)):
        assert_same_outcome(lambda xp, a: xp.clip(a, *bounds), (values,), (g,), compare)
    bounds = np.array([[low], [high]])
    compare(ag.clip(g, ag.asarray(bounds), high), np.clip(values, bounds, high))


@pytest.mark.parametrize("out", [ag.ones(4, dtype="int64"), ag.ones(3, dtype="int64")])
@pytest.mark.parametrize("clip", [lambda x, out: ag.clip(x, 0, 1, out=out), lambda x, out: x.clip(0, 1, out=out)])
def test_clip_refuses_the_dtype_before_the_shape(clip, out):
    with pytest.raises(TypeError):
        clip(ag.ones(3), out)


@given(broadcasting_operands(3))
def test_where_selects_bits(three):
    (c, gc), (x, gx), (y, gy) = (o.pair() for o in three)
    want = np.where(c, x, y)
    same = x.dtype == y.dtype
    assert_identical(ag.where(gc, gx, gy), want, nan_bits=same)


@pytest.mark.parametrize("dtype", ALL)
def test_where_with_weak_scalars(dtype):
    x = np.array([0, 1, 3], dtype)
    condition = np.array([True, False, True])
    g, gc = ag.asarray(x), ag.asarray(condition)
    for scalar in (0, 1, 2.5, 1j):
        assert_same_outcome(lambda xp, c, a: xp.where(c, a, scalar), (condition, x), (gc, g))
        assert_same_outcome(lambda xp, c, a: xp.where(c, scalar, a), (condition, x), (gc, g))
    assert_identical(ag.where(gc, 1, 2.5), np.where(condition, 1, 2.5))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0, 2), (257,), (5, 67), (2, 3, 4, 5), (2, 1, 3, 1, 2, 2), (1,) * 8])
def test_layouts_and_shapes(shape, layout):
    rng = np.random.default_rng(3)
    x, gx = pair(rng.integers(0, 255, shape).astype("uint8"), layout)
    y, gy = pair(rng.integers(0, 255, shape).astype("int16"), "contiguous")
    assert_identical(gx * 2 + gy, x * 2 + y)
    z, gz = pair(rng.standard_normal(shape).astype("float32"), layout)
    assert_identical(gz * gz - gx, z * z - x)


@pytest.mark.parametrize("bounds", [(-(2**320), None), (None, 2**300), (-(2**32) - 1, 2**32), (-1000, 2**32), (-1, 129), (0, 2), (None, None)])
@pytest.mark.parametrize("dtype", ["int32", "uint8"])
def test_bounds_of_clip_beyond_all_elements(bounds, dtype):
    x = np.arange(200).astype(dtype)
    assert_same_outcome(lambda xp, a: xp.clip(a, *bounds), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: a.clip(*bounds), (x,), (ag.asarray(x),))


def test_the_method_clip_takes_the_options_of_a_ufunc():
    x = np.arange(6, dtype="int32")
    for options in ({"dtype": "float32"}, {"casting": "unsafe", "out": "int8"}, {"casting": "no", "out": "int8"}, {"where": True, "out": "int32"}):
        def call(xp, a):
            given = {**options, "out": xp.zeros(6, options["out"])} if "out" in options else options
            return a.clip(1, 3, **given)
        assert_same_outcome(call, (x,), (ag.asarray(x),))
