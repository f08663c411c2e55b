"""matmul, dot and @ in 1-D, 2-D and batched shapes, for every dtype."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anygpu as ag
from layouts import ALL, LAYOUTS, WRITABLE_LAYOUTS, pair, random_values, tame_values
from oracle import assert_identical, assert_same_form, assert_same_outcome, parts, to_numpy

SHAPES = [
    ((3,), (3,)), ((3,), (3, 5)), ((4, 3), (3,)), ((4, 3), (3, 5)), ((1, 1), (1, 1)), ((17, 33), (33, 9)), ((65, 31), (31, 130)), ((1, 129), (129, 1)), ((129, 1), (1, 67)),
    ((2, 4, 3), (2, 3, 5)), ((2, 4, 3), (3, 5)), ((4, 3), (7, 3, 2)), ((2, 1, 4, 3), (5, 3, 2)), ((3,), (2, 3, 4)), ((2, 4, 3), (3,)),
    ((0,), (0,)), ((0, 3), (3, 4)), ((2, 0), (0, 3)), ((0, 4, 3), (3, 2)), ((2, 3), (3, 0)),
]


def check(got, a, b, want):
    """`got` is the product: exact for integers, and within a running sum's bound of the exact product for floats."""
    got, want = to_numpy(got), np.asarray(want)
    assert_same_form(got, want)
    if want.dtype.kind not in "fc":
        assert_identical(got, want)
        return
    wide = "clongdouble" if want.dtype.kind == "c" else "longdouble"
    exact = parts(np.asarray(np.matmul(a.astype(wide), b.astype(wide))))
    size = parts(np.asarray(np.matmul(np.abs(a.astype(wide)), np.abs(b.astype(wide)))).astype(wide))
    if want.dtype.kind == "c":
        size = np.repeat(size[..., :1], 2, axis=-1)
    terms = a.shape[-1] + 4
    eps = np.finfo(want.dtype).eps
    error = np.abs(parts(got).astype("longdouble") - exact)
    assert (error <= terms * eps * size + np.finfo(want.dtype).smallest_normal).all(), f"largest error {error.max()}"


@pytest.mark.parametrize("dtype", ALL)
def test_every_dtype_and_shape(dtype):
    rng = np.random.default_rng(1)
    for left, right in SHAPES[:12] if np.dtype(dtype).itemsize >= 8 else SHAPES:
        a, b = tame_values(dtype, left, rng), tame_values(dtype, right, rng)
        check(ag.asarray(a) @ ag.asarray(b), a, b, a @ b)


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_matmul_and_dot_of_every_shape(left, right):
    rng = np.random.default_rng(2)
    a, b = tame_values("float32", left, rng), tame_values("float32", right, rng)
    ga, gb = ag.asarray(a), ag.asarray(b)
    check(ag.matmul(ga, gb), a, b, np.matmul(a, b))
    if a.ndim <= 2 and b.ndim <= 2:
        check(ag.dot(ga, gb), a, b, np.dot(a, b))
        check(ga.dot(gb), a, b, np.dot(a, b))


@pytest.mark.parametrize("left", LAYOUTS)
@pytest.mark.parametrize("right", WRITABLE_LAYOUTS)
def test_layouts(left, right):
    rng = np.random.default_rng(3)
    (a, ga), (b, gb) = pair(tame_values("float32", (2, 19, 23), rng), left), pair(tame_values("float32", (2, 23, 37), rng), right)
    check(ga @ gb, a, b, a @ b)
    (a, ga), (b, gb) = pair(tame_values("uint8", (19, 23), rng), left), pair(tame_values("uint8", (23, 37), rng), right)
    check(ga @ gb, a, b, a @ b)


@given(st.integers(1, 80), st.integers(1, 80), st.integers(1, 80), st.sampled_from(["int32", "float32", "float64"]), st.booleans(), st.booleans())
def test_any_size_off_the_tile(m, k, n, dtype, transpose_left, transpose_right):
    rng = np.random.default_rng(m * 6400 + k * 80 + n)
    a, b = tame_values(dtype, (k, m) if transpose_left else (m, k), rng), tame_values(dtype, (n, k) if transpose_right else (k, n), rng)
    ga, gb = ag.asarray(a), ag.asarray(b)
    a, ga = (a.T, ga.T) if transpose_left else (a, ga)
    b, gb = (b.T, gb.T) if transpose_right else (b, gb)
    check(ga @ gb, a, b, a @ b)


@pytest.mark.parametrize("dtype", ["int8", "uint32", "int64"])
def test_integer_products_wrap(dtype):
    rng = np.random.default_rng(4)
    a, b = random_values(dtype, (33, 70), rng), random_values(dtype, (70, 21), rng)
    assert_identical(ag.asarray(a) @ ag.asarray(b), a @ b)


def test_bool_products_are_logical():
    rng = np.random.default_rng(5)
    a, b = rng.random((20, 30)) < 0.1, rng.random((30, 10)) < 0.1
    assert_identical(ag.asarray(a) @ ag.asarray(b), a @ b)


def test_mixed_dtypes_promote():
    rng = np.random.default_rng(6)
    for left, right in [("float32", "float64"), ("int32", "float32"), ("uint8", "int16"), ("bool", "float32"), ("float32", "complex64"), ("int64", "uint64")]:
        a, b = tame_values(left, (5, 7), rng), tame_values(right, (7, 3), rng)
        check(ag.asarray(a) @ ag.asarray(b), a, b, a @ b)


def test_larger_than_a_tile_in_every_direction():
    rng = np.random.default_rng(7)
    a, b = tame_values("float32", (257, 301), rng), tame_values("float32", (301, 265), rng)
    check(ag.asarray(a) @ ag.asarray(b), a, b, a @ b)
    tall, wide = tame_values("float32", (5003, 4), rng), tame_values("float32", (4, 3), rng)
    check(ag.asarray(tall) @ ag.asarray(wide), tall, wide, tall @ wide)
    row, deep = tame_values("float32", (1, 9001), rng), tame_values("float32", (9001, 2), rng)
    check(ag.asarray(row) @ ag.asarray(deep), row, deep, row @ deep)


def test_special_values_reach_the_result():
    a = np.array([[1, np.inf], [np.nan, 1], [0, 1]], "float32")
    b = np.array([[1, 0], [1, 2]], "float32")
    got, want = to_numpy(ag.asarray(a) @ ag.asarray(b)), a @ b
    assert_identical(got, want)


def test_chains_around_a_product():
    rng = np.random.default_rng(8)
    a, b = rng.integers(-9, 9, (17, 23)).astype("int32"), rng.integers(-9, 9, (23, 11)).astype("int32")
    ga, gb = ag.asarray(a), ag.asarray(b)
    assert_identical(ag.maximum((ga * 2 + 1) @ (gb - 3) + 5, 0), np.maximum((a * 2 + 1) @ (b - 3) + 5, 0))
    assert_identical(((ga @ gb) @ gb.T).sum(axis=0), ((a @ b) @ b.T).sum(axis=0))


def test_dot_with_scalars_and_more_dimensions():
    a = np.arange(24, dtype="float32").reshape(2, 3, 4)
    b = np.arange(8, dtype="float32").reshape(4, 2)
    assert_identical(ag.dot(ag.asarray(a), 2), np.dot(a, 2))
    assert_identical(ag.dot(ag.asarray(a), ag.asarray(b)), np.dot(a, b))


def test_numpy_operands_and_in_place():
    a, b = np.arange(9, dtype="float32").reshape(3, 3), np.eye(3, dtype="float32") * 2
    assert isinstance(ag.asarray(a) @ b, ag.ndarray)
    assert_identical(a @ ag.asarray(b), a @ b)
    g = ag.asarray(a)
    g @= ag.asarray(b)
    assert_identical(g, a @ b)


@pytest.mark.parametrize(("left", "right"), [((2, 3), (2, 3)), ((3,), (4,)), ((2, 3), (4,)), ((2, 4, 3), (5, 3, 2)), ((), (3,)), ((3,), ()), ((2, 2), (3, 2, 2, 2, 1))])
def test_shapes_that_do_not_align(left, right):
    a, b = np.ones(left), np.ones(right)
    assert_same_outcome(lambda xp, x, y: xp.matmul(x, y), (a, b), (ag.asarray(a), ag.asarray(b)))
    assert_same_outcome(lambda xp, x, y: x @ y, (a, b), (ag.asarray(a), ag.asarray(b)))


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8", "float16", "float32", "float64", "complex64"])
def test_long_inner_dimensions(dtype):
    """Software drivers end loops after 65,535 iterations."""
    rng = np.random.default_rng(3)
    a, b = (rng.integers(0, 2, 140_000).reshape(shape).astype(dtype) for shape in ((2, 70_000), (70_000, 2)))
    a[:, -5:] = 1
    want = a.astype("float64") @ b.astype("float64") if dtype == "float16" else a @ b
    got = to_numpy(ag.matmul(ag.asarray(a), ag.asarray(b)))
    assert got.dtype == np.dtype(dtype)
    if dtype == "float16":
        assert np.array_equal(got, want.astype(dtype))
    else:
        assert np.array_equal(got, want)
