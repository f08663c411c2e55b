"""sum prod min max mean var std any all argmin argmax count_nonzero, over any axes, with keepdims and dtype."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anygpu as ag
from layouts import ALL, COMPLEX, FLOATS, INTEGERS, LAYOUTS, operands, pair, random_values, special_values, tame_values
from oracle import as_bits, assert_identical, assert_same_form, assert_same_outcome, parts, to_numpy

SUMS = ["sum", "prod", "mean", "var", "std"]
EXACT = ["min", "max", "any", "all", "argmin", "argmax", "count_nonzero"]


def assert_near(result, want, terms, scale):
    """`result` within the rounding of a sum of `terms` numbers of magnitude `scale`; bits for integers.

    The bound is that of a pairwise sum and a few operations after it; NumPy's own sum along a strided axis is one running sum,
    so its error is allowed for too.
    """
    got, want = to_numpy(result), np.asarray(want)
    assert_same_form(got, want)
    if want.dtype.kind not in "fc":
        assert_identical(got, want)
        return
    got, want = parts(got), parts(want)
    assert (np.isnan(got) == np.isnan(want)).all() and (got[np.isinf(want)] == want[np.isinf(want)]).all()
    finite = np.isfinite(want)
    error = np.abs(got.astype("longdouble") - want)[finite]
    bound = np.finfo(got.dtype).eps * (terms + 8) * scale
    assert (error <= bound).all(), f"error {error.max(initial=0)}, bound {bound}"


def scale_of(name, x):
    """The magnitude of the intermediate values of reduction `name` over `x`."""
    largest = np.abs(x.astype("clongdouble" if x.dtype.kind == "c" else "longdouble")).max(initial=0)
    return float({"sum": x.size * largest, "mean": largest, "prod": max(1, largest) ** min(x.size, 60), "var": (1 + largest) ** 2, "std": 1 + largest}[name])


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("name", EXACT)
def test_exact_reductions_of_special_values(name, dtype):
    """NaN wins in min and max, the first of equals in argmin and argmax; NaN is true."""
    rng = np.random.default_rng(1)
    x = rng.choice(special_values(dtype), (37, 6))
    clean = np.where(np.isnan(x), x.dtype.type(0), x)
    for values in (x, clean):
        g = ag.asarray(values)
        for axis in (None, 0, 1, -1):
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (values,), (g,), lambda got, want: assert_identical(got, want, zero_signs=False))


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("name", SUMS)
def test_sums_of_every_dtype(name, dtype):
    # The magnitude of a long product of complex numbers is nothing that its factors bound usefully.
    shape = (3, 7) if name == "prod" and dtype.startswith("complex") else (5, 67)
    x = tame_values(dtype, shape, np.random.default_rng(2))
    g = ag.asarray(x)
    for axis in (None, 0, 1):
        want = getattr(np, name)(x, axis=axis)
        assert_near(getattr(ag, name)(g, axis=axis), want, 67, scale_of(name, x))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integer_sums_and_products_wrap(dtype):
    x = random_values(dtype, (3, 1000), np.random.default_rng(3)) | np.asarray(1, dtype)
    g = ag.asarray(x)
    for name in ("sum", "prod"):
        for axis in (None, 0, 1):
            assert_identical(getattr(ag, name)(g, axis=axis), getattr(np, name)(x, axis=axis))
            assert_identical(getattr(ag, name)(g, axis=axis, dtype=dtype), getattr(np, name)(x, axis=axis, dtype=dtype))


@given(operands(["uint8", "int32", "float32", "float64", "complex64"]), st.data())
def test_any_axes_of_any_layout(operand, data):
    x, g = operand.pair(tame_values)
    axes = data.draw(st.one_of(st.none(), st.lists(st.integers(0, max(0, x.ndim - 1)), unique=True, max_size=x.ndim).map(tuple)))
    if axes and data.draw(st.booleans()):
        axes = tuple(a - x.ndim for a in axes)
    if axes is not None and len(axes) == 1 and data.draw(st.booleans()):
        axes = axes[0]
    keepdims = data.draw(st.booleans())
    name = data.draw(st.sampled_from(SUMS + ["min", "max", "any", "all", "count_nonzero"]))
    compare = assert_identical if name not in SUMS else lambda got, want: assert_near(got, want, x.size, scale_of(name, x))
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axes, keepdims=keepdims), (x,), (g,), compare)


@given(operands(["int8", "uint16", "float32", "float64"]), st.data())
def test_argmin_and_argmax_of_any_layout(operand, data):
    x, g = operand.pair()
    axis = data.draw(st.one_of(st.none(), st.integers(0, max(0, x.ndim - 1))))
    for name in ("argmin", "argmax"):
        for keepdims in (False, True):
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis, keepdims=keepdims), (x,), (g,))


@pytest.mark.parametrize("name", SUMS + EXACT)
def test_empty_arrays_and_empty_axes(name):
    for shape in [(0,), (0, 3), (3, 0), (2, 0, 3)]:
        for dtype in ("float32", "int32", "bool"):
            x = np.zeros(shape, dtype)
            for axis in (None, 0, 1, -1):
                assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("name", SUMS + EXACT)
@pytest.mark.parametrize("dtype", ["bool", "int16", "float32", "complex64"])
def test_zero_dimensional_arrays_and_single_elements(name, dtype):
    for shape in [(), (1,), (1, 1, 1)]:
        x = np.ones(shape, dtype)
        for axis in (None, 0):
            compare = assert_identical if name in EXACT else lambda got, want: assert_near(got, want, 1, 1)
            assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (x,), (ag.asarray(x),), compare)


@pytest.mark.parametrize("name", SUMS + EXACT)
def test_methods_are_the_functions(name):
    x = np.arange(1, 25, dtype="float32").reshape(2, 3, 4)
    g = ag.asarray(x)
    if name == "count_nonzero":
        assert not hasattr(x, name)
        return
    assert_identical(getattr(g, name)(), to_numpy(getattr(ag, name)(g)))
    assert_identical(getattr(g, name)(axis=1), to_numpy(getattr(ag, name)(g, axis=1)))
    assert_identical(getattr(g, name)(1, keepdims=True), to_numpy(getattr(ag, name)(g, axis=1, keepdims=True)))


def test_aliases():
    g = ag.asarray(np.arange(6.0).reshape(2, 3))
    assert_identical(ag.amax(g, axis=0), to_numpy(ag.max(g, axis=0)))
    assert_identical(ag.amin(g), to_numpy(ag.min(g)))


@pytest.mark.parametrize("source", ["bool", "int8", "uint32", "float16", "float32", "complex64"])
@pytest.mark.parametrize("target", ["int64", "float32", "float64", "complex128"])
def test_sums_in_a_given_dtype(source, target):
    x = tame_values(source, (4, 33), np.random.default_rng(4))
    g = ag.asarray(x)
    if x.dtype.kind == "f" and target == "int64":
        x, g = x.round(), ag.rint(g)  # what the cast to int64 does to each element is the cast tests' subject
    for name in ("sum", "prod", "mean"):
        if x.dtype.kind == "c" and target != "complex128":
            continue
        want = getattr(np, name)(x, axis=1, dtype=target)
        assert_near(getattr(ag, name)(g, axis=1, dtype=target), want, 33, scale_of(name, x.astype(target)))


@pytest.mark.parametrize("ddof", [0, 1, 2])
@pytest.mark.parametrize("dtype", ["int16", "float16", "float32", "float64", "complex64"])
def test_variance_options(dtype, ddof):
    x = tame_values(dtype, (11, 40), np.random.default_rng(5))
    g = ag.asarray(x)
    for name in ("var", "std"):
        for axis in (None, 0, (0, 1)):
            assert_near(getattr(ag, name)(g, axis=axis, ddof=ddof), getattr(np, name)(x, axis=axis, ddof=ddof), 440, scale_of(name, x))
    one = np.ones(1, dtype)
    assert np.isnan(to_numpy(ag.var(ag.asarray(one), ddof=1)))


def test_variance_far_from_zero_does_not_cancel():
    x = (np.random.default_rng(6).standard_normal(10_001) + 1e4).astype("float32")
    got = float(ag.var(ag.asarray(x)))
    assert got == pytest.approx(np.var(x.astype("float64")), rel=1e-3)


def test_half_precision_sums_do_not_stop_at_2048():
    x = np.ones(5000, "float16")
    assert_identical(ag.sum(ag.asarray(x)), np.sum(x))
    assert_identical(ag.mean(ag.asarray(x)), np.mean(x))


def exact_sum(row):
    """The sum of `row`, rounded once."""
    return math.fsum(row.astype("float64").tolist())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", ["uniform", "normal", "wide"])
def test_sums_are_at_least_as_accurate_as_numpys(dtype, kind):
    """Mean error over 20 arrays, in ULP of the exact sum, against NumPy's pairwise sum."""
    rng = np.random.default_rng(7)
    errors = {"anygpu": [], "numpy": []}
    for _ in range(20):
        x = {"uniform": rng.random, "normal": lambda n: rng.standard_normal(n) + 0.5, "wide": lambda n: np.exp(rng.uniform(-20, 20, n))}[kind](50_003).astype(dtype)
        exact = exact_sum(x)
        ulp = float(np.spacing(np.asarray(abs(exact), dtype)))
        errors["anygpu"].append(abs(float(ag.sum(ag.asarray(x))) - exact) / ulp)
        errors["numpy"].append(abs(float(np.sum(x)) - exact) / ulp)
    assert np.mean(errors["anygpu"]) <= np.mean(errors["numpy"]) + 0.5, errors


@pytest.mark.parametrize("axis", [0, 1])
def test_axis_sums_are_at_least_as_accurate_as_numpys(axis):
    x = np.random.default_rng(8).random((4099, 33) if axis == 0 else (33, 4099)).astype("float32")
    exact = np.array([exact_sum(row) for row in (x.T if axis == 0 else x)])
    got, numpys = to_numpy(ag.sum(ag.asarray(x), axis=axis)), np.sum(x, axis=axis)
    assert np.abs(got - exact).mean() <= np.abs(numpys - exact).mean() + 0.5 * np.spacing(np.float32(exact.mean()))


def test_a_reduction_gives_the_same_bits_every_time():
    x = np.random.default_rng(9).standard_normal(100_003).astype("float32")
    g = ag.asarray(x)
    first = {name: as_bits(to_numpy(getattr(ag, name)(g))).tobytes() for name in SUMS}
    for _ in range(5):
        assert {name: as_bits(to_numpy(getattr(ag, name)(g))).tobytes() for name in SUMS} == first
    again = ag.asarray(x)
    assert {name: as_bits(to_numpy(getattr(ag, name)(again))).tobytes() for name in SUMS} == first


def test_a_chain_is_the_prologue_and_another_the_epilogue():
    x = np.random.default_rng(10).integers(-50, 50, (31, 129)).astype("int32")
    g = ag.asarray(x)
    got = (ag.square(g) - 3 * g).sum(axis=1) * 2 + 1
    assert_identical(got, (np.square(x) - 3 * x).sum(axis=1) * 2 + 1)
    centred = g - g.sum(axis=0, keepdims=True) // 31
    assert_identical(centred, x - x.sum(axis=0, keepdims=True) // 31)
    assert_identical(ag.max(ag.abs(g[:, ::-2]), axis=0) > 20, np.max(np.abs(x[:, ::-2]), axis=0) > 20)


@pytest.mark.parametrize("shape", [(1, 70_001), (70_001, 1), (3, 70_001), (70_001, 3), (257, 255), (1000, 2, 37), (2, 1000, 37), (65_537,), (2**20 + 1,)])
def test_shapes_of_every_kernel_family(shape):
    """Long rows, many short rows, many columns, middle axes, sizes just past powers of two."""
    x = np.random.default_rng(11).integers(-100, 100, shape).astype("int32")
    g = ag.asarray(x)
    for axis in (None, *range(len(shape))):
        assert_identical(ag.sum(g, axis=axis), np.sum(x, axis=axis))
        assert_identical(ag.argmax(g, axis=axis), np.argmax(x, axis=axis))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "float16", "float64", "complex128"])
def test_layouts_of_packed_and_wide_types(layout, dtype):
    x, g = pair(tame_values(dtype, (9, 14), np.random.default_rng(12)), layout)
    for axis in (None, 0, 1):
        assert_identical(ag.max(g, axis=axis), np.max(x, axis=axis))
        assert_near(ag.sum(g, axis=axis), np.sum(x, axis=axis), 126, scale_of("sum", x))


@pytest.mark.parametrize("dtype", FLOATS + COMPLEX)
def test_infinities_and_nans_in_sums(dtype):
    for values in ([1, np.inf], [np.inf, -np.inf], [1, np.nan], [-np.inf, 2]):
        x = np.array(values, dtype)
        for name in ("sum", "mean", "prod"):
            got, want = parts(to_numpy(getattr(ag, name)(ag.asarray(x)))), parts(np.asarray(getattr(np, name)(x)))
            assert_identical(got, want)


@pytest.mark.parametrize("axis", [2, -3, (0, 0), (0, 5), "a", 1.5])
@pytest.mark.parametrize("name", ["sum", "max", "mean", "any"])
def test_bad_axes(name, axis):
    x = np.ones((2, 3))
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (x,), (ag.asarray(x),))
