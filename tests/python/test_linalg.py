"""Products, norms, solvers and decompositions, against NumPy; decompositions by what they rebuild, not by signs."""

import numpy as np
import pytest

import anygpu as ag
from layouts import pair, tame_values
from oracle import NUMPY, assert_close, assert_identical, assert_same_form, assert_same_outcome, to_numpy

LINALG = ["float32", "float64", "complex64", "complex128"]
STACKS = [(1, 1), (5, 5), (3, 4, 4), (2, 0, 3, 3), (0, 0), (2, 0, 0)]
TALL_AND_WIDE = [(5, 3), (3, 5), (4, 4), (2, 6, 2), (1, 4), (4, 1), (0, 3), (3, 0), (2, 0, 2)]
LinAlgError = np.linalg.LinAlgError


def values(dtype, shape, seed=1):
    return tame_values(dtype, shape, np.random.default_rng(seed))


def regular(dtype, shape, seed=1):
    """Matrices far from singular."""
    a = values(dtype, shape, seed)
    return a + ((3 if a.dtype.kind in "fc" else 400) * np.eye(shape[-1])).astype(a.dtype)


def positive(dtype, shape, seed=1):
    a = values(dtype, shape, seed)
    return (a @ np.conj(np.swapaxes(a, -1, -2)) + np.eye(shape[-1])).astype(a.dtype)


def eps(dtype):
    dtype = np.dtype(dtype)
    return np.finfo(dtype if dtype.kind in "fc" else "float64").eps


def close(got, want, scale=1.0, bound=50):
    """Same form, and within `bound` eps of `scale` times the size of the matrix."""
    want = np.asarray(want)
    if want.dtype.kind not in "fc":
        assert_identical(got, want)
        return
    size = float(np.max(np.abs(want), initial=0.0, where=np.isfinite(want)))
    assert_close(got, want, max(size, 1e-300) * scale, bound)


def near(a, b, dtype, bound=50):
    a, b = to_numpy(a).astype("complex128"), to_numpy(b).astype("complex128")
    assert a.shape == b.shape
    size = max(float(np.max(np.abs(b), initial=0.0)), 1.0) * max(a.shape[-2:] or (1,), default=1)
    assert np.all(np.abs(a - b) <= bound * eps(dtype) * size), f"largest difference {np.max(np.abs(a - b))}, size {size}"


def transposed(a):
    return np.conj(np.swapaxes(a, -1, -2))


# ---- products ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "float16", "float32", "float64", "complex64"])
def test_products(dtype):
    a, b, v, w = values(dtype, (2, 3, 4)), values(dtype, (2, 4, 5), 2), values(dtype, (2, 4), 3), values(dtype, (2, 4), 4)
    ga, gb, gv, gw = map(ag.asarray, (a, b, v, w))
    scale, bound = (16, 8)
    close(ag.matmul(ga, gb), np.matmul(a, b), scale, bound)
    close(ag.matvec(ga, gv), np.matvec(a, v), scale, bound)
    close(ag.vecmat(gv, gb), np.vecmat(v, b), scale, bound)
    close(ag.vecdot(gv, gw), np.vecdot(v, w), scale, bound)
    close(ag.vdot(gv, gw), np.vdot(v, w), scale, bound)
    close(ag.inner(gv, gw), np.inner(v, w), scale, bound)
    close(ag.inner(ga, gw), np.inner(a, w), scale, bound)
    close(ag.outer(gv, gw), np.outer(v, w), scale, bound)
    close(ag.tensordot(ga, gb, axes=([0, 2], [0, 1])), np.tensordot(a, b, axes=([0, 2], [0, 1])), scale, bound)
    close(ag.trace(ga), np.trace(a), scale, bound)
    close(ag.linalg.trace(ga, offset=1), np.linalg.trace(a, offset=1), scale, bound)
    close(ga.trace(axis1=1, axis2=2), a.trace(axis1=1, axis2=2), scale, bound)


def test_keywords_of_generalized_ufuncs():
    a, b, v = values("float32", (3, 4, 2)), values("float32", (4, 5, 2), 2), values("float32", (4, 2), 3)
    ga, gb, gv = map(ag.asarray, (a, b, v))
    axes = [(0, 1), (0, 1), (0, 1)]
    close(ag.matmul(ga, gb, axes=axes), np.matmul(a, b, axes=axes), 8)
    close(ag.matvec(ga, gv, axes=[(0, 1), 0, 0]), np.matvec(a, v, axes=[(0, 1), 0, 0]), 8)
    close(ag.vecdot(gv, gv, axis=0), np.vecdot(v, v, axis=0), 8)
    close(ag.vecdot(gv, gv, axis=0, keepdims=True), np.vecdot(v, v, axis=0, keepdims=True), 8)
    close(ag.linalg.vecdot(gv, gv, axis=0), np.linalg.vecdot(v, v, axis=0), 8)
    close(ag.vecdot(gv, gv, dtype="float64"), np.vecdot(v, v, dtype="float64"), 8)
    for name, arrays in [("matmul", (v, v)), ("matvec", (a, v)), ("vecdot", (v, v[:, :1])), ("vecdot", (np.float32(1), v)), ("vecmat", (v, np.float32(1)))]:
        assert_same_outcome(lambda xp, *x: getattr(xp, name)(*x), arrays, [ag.asarray(x) for x in arrays], close)
    assert_same_outcome(lambda xp, *x: xp.vecdot(*x, dtype="float32"), (v.astype("float64"),) * 2, [ag.asarray(v.astype("float64"))] * 2, close)
    assert_same_outcome(lambda xp, *x: xp.vecdot(*x, dtype="int32"), (v,) * 2, [gv] * 2, close)


@pytest.mark.parametrize("axes", [0, 1, 2, ([1], [0]), ([1, 0], [0, 1]), (-1, 0), ([0], [0]), (5, 0), ([0, 1], [0]), 3])
def test_tensordot_axes(axes):
    a, b = values("int32", (3, 4)), values("int32", (4, 3), 2)
    assert_same_outcome(lambda xp, *x: xp.tensordot(*x, axes=axes), (a, b), (ag.asarray(a), ag.asarray(b)))


def test_cross():
    for left, right, options in [((3,), (3,), {}), ((2, 3), (3,), {}), ((4, 1, 3), (5, 3), {}), ((3, 5), (3, 5), {"axis": 0}), ((3, 5), (5, 3), {"axisa": 0}),
                                 ((5, 3), (5, 3), {"axisc": 0}), ((4,), (3,), {}), ((), (3,), {})]:
        a, b = values("int64", left), values("int64", right, 2)
        assert_same_outcome(lambda xp, *x: xp.cross(*x, **options), (a, b), (ag.asarray(a), ag.asarray(b)))
    a, b = values("float32", (4, 3)), values("float32", (4, 3), 2)
    close(ag.linalg.cross(ag.asarray(a), ag.asarray(b)), np.linalg.cross(a, b), 4)
    with pytest.raises(ValueError, match="3-dimensional"):
        ag.linalg.cross(ag.asarray([1, 2]), ag.asarray([1, 2]))
    for left, right in [((2,), (2,)), ((2,), (3,)), ((3,), (2,))]:
        a, b = values("int64", left), values("int64", right, 2)
        with pytest.warns(DeprecationWarning):
            got = ag.cross(ag.asarray(a), ag.asarray(b))
        if NUMPY >= (2, 5):
            continue  # refused there
        with pytest.warns(DeprecationWarning):
            assert_identical(got, np.cross(a, b))


@pytest.mark.parametrize("layout", ["contiguous", "sliced", "reversed", "transposed"])
@pytest.mark.parametrize("offset", [0, 1, -2, 9])
def test_diagonals(layout, offset):
    a, ga = pair(values("int32", (3, 4, 5)), layout)
    assert_identical(ag.diagonal(ga, offset, 2, 0), np.diagonal(a, offset, 2, 0))
    assert_identical(ag.linalg.diagonal(ga, offset=offset), np.linalg.diagonal(a, offset=offset))
    assert_identical(ag.trace(ga, offset, 0, 1), np.trace(a, offset, 0, 1))
    for axes in [(0, 0), (0, 3)]:
        assert_same_outcome(lambda xp, x: xp.diagonal(x, 0, *axes), (a,), (ga,))
    assert_same_outcome(lambda xp, x: xp.trace(x[0, 0]), (a,), (ga,))


def test_matrix_power():
    a = regular("float64", (2, 4, 4))
    ga = ag.asarray(a)
    for n in (0, 1, 2, 3, 7, -1, -3):
        close(ag.linalg.matrix_power(ga, n), np.linalg.matrix_power(a, n), 16)
    i = values("int64", (3, 3))
    assert_identical(ag.linalg.matrix_power(ag.asarray(i), 5), np.linalg.matrix_power(i, 5))
    assert_identical(ag.linalg.matrix_power(ag.asarray(i), 0), np.linalg.matrix_power(i, 0))
    for bad, error in [((2, 3), LinAlgError), ((3,), LinAlgError)]:
        with pytest.raises(error):
            ag.linalg.matrix_power(ag.asarray(values("float64", bad)), 2)
    with pytest.raises(TypeError):
        ag.linalg.matrix_power(ga, 1.5)
    with pytest.raises(LinAlgError):
        ag.linalg.matrix_power(ag.asarray(np.zeros((2, 2))), -1)


def test_multi_dot():
    sides = [3, 40, 2, 17, 5]
    arrays = [values("float64", (m, n), m) for m, n in zip(sides, sides[1:])]
    for chosen in (arrays, arrays[:2], arrays[:3], [arrays[0][0], *arrays[1:]], [*arrays[:-1], arrays[-1][:, 0]], [arrays[0][0], arrays[1], arrays[2][:, 0]]):
        close(ag.linalg.multi_dot([ag.asarray(a) for a in chosen]), np.linalg.multi_dot(chosen), 40)
    with pytest.raises(ValueError):
        ag.linalg.multi_dot([ag.asarray(arrays[0])])
    with pytest.raises(LinAlgError):
        ag.linalg.multi_dot([ag.asarray(arrays[0]), ag.asarray(np.ones((1, 40, 2))), ag.asarray(arrays[2])])


# ---- norms ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex64"])
def test_vector_norms(dtype):
    a = values(dtype, (3, 4, 5))
    ga = ag.asarray(a)
    close(ag.linalg.norm(ga), np.linalg.norm(a))
    close(ag.linalg.norm(ga, keepdims=True), np.linalg.norm(a, keepdims=True))
    close(ag.linalg.vector_norm(ga), np.linalg.vector_norm(a))
    for ord in (None, 0, 1, 2, np.inf, -np.inf):
        close(ag.linalg.norm(ga, ord, axis=1), np.linalg.norm(a, ord, axis=1), 8)
    for ord in (0, 2):
        close(ag.linalg.norm(ga, ord, axis=-1, keepdims=True), np.linalg.norm(a, ord, axis=-1, keepdims=True), 8)
        for axis in (None, 0, (0, 2)):
            close(ag.linalg.vector_norm(ga, ord=ord, axis=axis, keepdims=True), np.linalg.vector_norm(a, ord=ord, axis=axis, keepdims=True), 16)
        close(ag.linalg.vector_norm(ga, ord=ord, axis=(2, 0)), np.linalg.vector_norm(a, ord=ord, axis=(2, 0)), 16)


def test_vector_norms_of_any_order():
    a = values("float32", (3, 4, 5))
    for ord in (3, -1, 0.5):
        close(ag.linalg.norm(ag.asarray(a), ord, axis=1), np.linalg.norm(a, ord, axis=1), 32)


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex128"])
def test_matrix_norms(dtype):
    a = values(dtype, (3, 4, 5))
    ga = ag.asarray(a)
    for ord in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
        close(ag.linalg.norm(ga, ord, axis=(0, 2)), np.linalg.norm(a, ord, axis=(0, 2)), 8)
        close(ag.linalg.norm(ga, ord, axis=(2, 1), keepdims=True), np.linalg.norm(a, ord, axis=(2, 1), keepdims=True), 8)
        close(ag.linalg.norm(ga[0], ord), np.linalg.norm(a[0], ord), 8)
        if ord is not None:
            close(ag.linalg.matrix_norm(ga, ord=ord, keepdims=True), np.linalg.matrix_norm(a, ord=ord, keepdims=True), 8)


def test_norm_errors():
    a = values("float64", (3, 4, 5))
    for arguments in [("fro", 1), ("nonsense", (0, 1)), (3, (0, 1)), (None, (0, 0)), (2, None), (None, (0, 1, 2)), (None, 7), (None, "x"), ("fro", None)]:
        assert_same_outcome(lambda xp, x: xp.linalg.norm(x, *arguments), (a,), (ag.asarray(a),))


def test_cond():
    a = np.concatenate([regular("float64", (2, 4, 4)), np.zeros((1, 4, 4)), np.full((1, 4, 4), np.nan)])
    for p in (1, -1, np.inf, -np.inf, "fro"):
        close(ag.linalg.cond(ag.asarray(a), p), np.linalg.cond(a, p), 64)
    for p in (None, 2, -2):
        close(ag.linalg.cond(ag.asarray(a[:3]), p), np.linalg.cond(a[:3], p), 64)
    with pytest.raises(LinAlgError):
        ag.linalg.cond(ag.asarray(np.zeros((0, 0))))
    with pytest.raises(LinAlgError):
        ag.linalg.cond(ag.asarray(np.zeros((2, 3))), 1)


# ---- solvers ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*LINALG, "int64"])
def test_solve_and_inv(dtype):
    for shape in STACKS:
        a = regular(dtype, shape)
        b = values(dtype, shape[:-1] + (2,), 2)
        x = ag.linalg.solve(ag.asarray(a), ag.asarray(b))
        assert_same_form(to_numpy(x), np.linalg.solve(a, b))
        near(a @ to_numpy(x), b, dtype)
        inverse = ag.linalg.inv(ag.asarray(a))
        assert_same_form(to_numpy(inverse), np.linalg.inv(a))
        near(a @ to_numpy(inverse), np.broadcast_to(np.eye(shape[-1]), shape), dtype)


def test_residuals_of_larger_systems():
    for dtype, n in [("float64", 150), ("float32", 150), ("complex128", 70)]:
        a, b = values(dtype, (n, n)), values(dtype, (n, 3), 2)
        x = to_numpy(ag.linalg.solve(ag.asarray(a), ag.asarray(b))).astype("clongdouble")
        residual = np.linalg.norm((a.astype("clongdouble") @ x - b).astype("complex128"))
        assert residual <= n * eps(dtype) * np.linalg.norm(a) * np.linalg.norm(x.astype("complex128"))


def test_solve_broadcasts_and_takes_vectors():
    a, b, v = regular("float64", (3, 1, 4, 4)), values("float64", (2, 4, 5), 2), values("float64", (4,), 3)
    close(ag.linalg.solve(ag.asarray(a), ag.asarray(b)), np.linalg.solve(a, b), 64)
    close(ag.linalg.solve(ag.asarray(a), ag.asarray(v)), np.linalg.solve(a, v), 64)
    at, gt = pair(regular("float32", (4, 4)), "transposed")
    close(ag.linalg.solve(gt, ag.asarray(v)), np.linalg.solve(at, v), 64)
    close(ag.linalg.solve(ag.asarray(regular("float32", (4, 4))), ag.asarray(v.astype("complex64"))),
          np.linalg.solve(regular("float32", (4, 4)), v.astype("complex64")), 64)


@pytest.mark.parametrize("name", ["inv", "det", "slogdet", "cholesky", "eigh", "eigvalsh", "eig", "eigvals"])
def test_only_square_matrices(name):
    for bad in [(2, 3), (3,), ()]:
        with pytest.raises(LinAlgError):
            getattr(ag.linalg, name)(ag.asarray(np.ones(bad)))
    with pytest.raises(TypeError):
        getattr(ag.linalg, name)(ag.asarray(np.ones((2, 2), "float16")))


def test_singular_matrices():
    singular = np.array([[[2.0, 1.0], [1.0, 1.0]], [[1.0, 2.0], [2.0, 4.0]]])
    with pytest.raises(LinAlgError, match="[Ss]ingular"):
        ag.linalg.inv(ag.asarray(singular))
    with pytest.raises(LinAlgError, match="[Ss]ingular"):
        ag.linalg.solve(ag.asarray(singular), ag.asarray([1.0, 1.0]))
    close(ag.linalg.det(ag.asarray(singular)), np.linalg.det(singular))
    sign, logarithm = ag.linalg.slogdet(ag.asarray(singular))
    close(sign, np.linalg.slogdet(singular)[0])
    assert_same_form(to_numpy(logarithm), np.linalg.slogdet(singular)[1])
    assert to_numpy(logarithm)[1] == -np.inf
    assert_same_outcome(lambda xp, a, b: xp.linalg.solve(a, b), (np.eye(3), np.ones(2)), (ag.asarray(np.eye(3)), ag.asarray(np.ones(2))))


@pytest.mark.parametrize("dtype", [*LINALG, "int64"])
def test_determinants(dtype):
    for shape in STACKS:
        a = regular(dtype, shape)
        close(ag.linalg.det(ag.asarray(a)), np.linalg.det(a), 64)
        got, want = ag.linalg.slogdet(ag.asarray(a)), np.linalg.slogdet(a)
        close(got.sign, want.sign, 64)
        close(got.logabsdet, want.logabsdet, 64)
    large = np.diag(np.full(400, 1e3)).astype(dtype)
    close(ag.linalg.slogdet(ag.asarray(large)).logabsdet, np.linalg.slogdet(large).logabsdet)


@pytest.mark.parametrize("dtype", LINALG)
def test_pinv_lstsq_and_rank(dtype):
    for shape in [(5, 3), (3, 5), (4, 4)]:
        a = values(dtype, shape)
        close(ag.linalg.pinv(ag.asarray(a)), np.linalg.pinv(a), 256)
        for columns in [(), (2,)]:
            b = values(dtype, shape[:1] + columns, 2)
            got, want = ag.linalg.lstsq(ag.asarray(a), ag.asarray(b)), np.linalg.lstsq(a, b)
            close(got[0], want[0], 256)
            close(got[1], want[1], 256)
            assert got[2] == want[2]
            close(got[3], want[3], 64)
    a = values(dtype, (3, 5, 4))
    a[1, :, 3] = a[1, :, 0]
    assert_identical(ag.linalg.matrix_rank(ag.asarray(a)), np.linalg.matrix_rank(a))
    assert_identical(ag.linalg.matrix_rank(ag.asarray(a), tol=1.0), np.linalg.matrix_rank(a, tol=1.0))
    assert_identical(ag.linalg.matrix_rank(ag.asarray(a), rtol=0.5), np.linalg.matrix_rank(a, rtol=0.5))
    close(ag.linalg.pinv(ag.asarray(a), rtol=1e-3), np.linalg.pinv(a, rtol=1e-3), 256)
    h = positive(dtype, (4, 4))
    close(ag.linalg.pinv(ag.asarray(h), hermitian=True), np.linalg.pinv(h, hermitian=True), 256)
    deficient = np.concatenate([a[1]] * 2)
    got, want = ag.linalg.lstsq(ag.asarray(deficient), ag.asarray(np.ones(10, dtype))), np.linalg.lstsq(deficient, np.ones(10, dtype))
    close(got[0], want[0], 1024)
    assert got[1].shape == want[1].shape and got[2] == want[2] == 3


def test_rank_of_vectors_and_bad_least_squares():
    for a in (np.zeros(3), np.ones(3), np.array(2.0)):
        assert int(ag.linalg.matrix_rank(ag.asarray(a))) == int(np.linalg.matrix_rank(a))
    with pytest.raises(LinAlgError):
        ag.linalg.lstsq(ag.asarray(np.ones((3, 2))), ag.asarray(np.ones(4)))
    with pytest.raises(LinAlgError):
        ag.linalg.lstsq(ag.asarray(np.ones((1, 3, 2))), ag.asarray(np.ones(3)))


def test_tensor_equations():
    a, b = values("float64", (2, 3, 6)), values("float64", (2, 3), 2)
    close(ag.linalg.tensorsolve(ag.asarray(a), ag.asarray(b)), np.linalg.tensorsolve(a, b), 256)
    moved = np.moveaxis(a, 2, 0)
    close(ag.linalg.tensorsolve(ag.asarray(moved), ag.asarray(b), axes=(0,)), np.linalg.tensorsolve(moved, b, axes=(0,)), 256)
    close(ag.linalg.tensorinv(ag.asarray(a)), np.linalg.tensorinv(a), 256)
    with pytest.raises(ValueError):
        ag.linalg.tensorinv(ag.asarray(a), ind=0)
    with pytest.raises(LinAlgError):
        ag.linalg.tensorsolve(ag.asarray(np.ones((2, 3, 5))), ag.asarray(b))


# ---- decompositions ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", LINALG)
def test_cholesky(dtype):
    for shape in STACKS:
        a = positive(dtype, shape)
        close(ag.linalg.cholesky(ag.asarray(a)), np.linalg.cholesky(a), 16)
        upper = ag.linalg.cholesky(ag.asarray(np.triu(a)), upper=True)
        near(transposed(to_numpy(upper)) @ to_numpy(upper), a, dtype)
    a = positive(dtype, (100, 100))
    lower = to_numpy(ag.linalg.cholesky(ag.asarray(np.tril(a))))
    near(lower @ transposed(lower), a, dtype)
    assert not np.triu(lower, 1).any()
    for bad in (np.array([[1, 2], [2, 1]], dtype), np.zeros((2, 2), dtype)):
        with pytest.raises(LinAlgError, match="positive definite"):
            ag.linalg.cholesky(ag.asarray(bad))


@pytest.mark.parametrize("dtype", LINALG)
@pytest.mark.parametrize("shape", TALL_AND_WIDE)
def test_qr(dtype, shape):
    a = values(dtype, shape)
    for mode in ("reduced", "complete"):
        got, want = ag.linalg.qr(ag.asarray(a), mode), np.linalg.qr(a, mode)
        q, r = to_numpy(got.Q), to_numpy(got.R)
        assert_same_form(q, want.Q)
        assert_same_form(r, want.R)
        near(q @ r, a, dtype)
        near(transposed(q) @ q, np.broadcast_to(np.eye(q.shape[-1]), q.shape[:-2] + (q.shape[-1],) * 2), dtype)
        assert not np.tril(r, -1).any()
    assert_same_form(to_numpy(ag.linalg.qr(ag.asarray(a), "r")), np.linalg.qr(a, "r"))
    h, tau = map(to_numpy, ag.linalg.qr(ag.asarray(a), "raw"))
    for got, want in zip((h, tau), np.linalg.qr(a, "raw")):
        assert_same_form(got, want)
    if a.size:
        # Q is the product of I - tau v v^H.
        h = np.swapaxes(h, -1, -2)
        product = np.broadcast_to(np.eye(shape[-2], dtype=dtype), shape[:-1] + shape[-2:-1])
        for k in range(tau.shape[-1]):
            v = h[..., :, k : k + 1] * (np.arange(shape[-2]) > k)[:, None] + (np.arange(shape[-2]) == k)[:, None]
            product = product @ (np.eye(shape[-2]) - tau[..., k, None, None] * (v @ transposed(v)))
        near(product @ np.triu(h), a, dtype)


@pytest.mark.parametrize(("dtype", "shape"), [("float64", (90, 70)), ("complex64", (2, 40, 90)), ("complex128", (45, 40)), ("float32", (300, 33))])
def test_qr_of_several_panels(dtype, shape):
    a = values(dtype, shape)
    q, r = map(to_numpy, ag.linalg.qr(ag.asarray(a)))
    near(q @ r, a, dtype)
    near(transposed(q) @ q, np.broadcast_to(np.eye(q.shape[-1]), q.shape[:-2] + (q.shape[-1],) * 2), dtype)
    assert not np.tril(r, -1).any()


def test_qr_of_matrices_that_need_no_reflection():
    for a in (np.eye(40), np.zeros((40, 36)), np.triu(values("float64", (40, 40))), np.eye(3) * 1e-170, np.eye(3)[::-1] * 1e200, np.eye(2, dtype=complex) * 1j):
        q, r = map(to_numpy, ag.linalg.qr(ag.asarray(a)))
        scale = float(np.abs(a).max()) or 1.0
        near(q @ r / scale, a / scale, "float64")
        near(transposed(q) @ q, np.eye(q.shape[-1]), "float64")


def test_nan_goes_through():
    a = regular("float64", (3, 3))
    a[1, 1] = np.nan
    assert np.isnan(to_numpy(ag.linalg.solve(ag.asarray(a), ag.asarray(np.ones(3))))).any()
    assert np.isnan(to_numpy(ag.linalg.det(ag.asarray(a))))
    assert np.isnan(to_numpy(ag.linalg.qr(ag.asarray(a)).R)).any()


def test_nan_on_the_host():
    a = np.ones((2, 3, 3)) + np.eye(3)
    for index in [(1, 1, 1), (1, 0, 1)]:
        b = a.copy()
        b[index] = np.nan
        for name in ("svdvals", "eigvalsh", "eigvals", "cond"):
            assert_same_outcome(lambda xp, x: getattr(xp.linalg, name)(x), (b,), (ag.asarray(b),), lambda got, want: close(got, want, 16))


@pytest.mark.parametrize("dtype", LINALG)
@pytest.mark.parametrize("shape", TALL_AND_WIDE)
def test_svd(dtype, shape):
    a = values(dtype, shape)
    for full in (True, False):
        got, want = ag.linalg.svd(ag.asarray(a), full_matrices=full), np.linalg.svd(a, full_matrices=full)
        for x, y in zip(got, want):
            assert_same_form(to_numpy(x), y)
        u, s, vh = map(to_numpy, got)
        k = s.shape[-1]
        near(u[..., :k] * s[..., None, :] @ vh[..., :k, :], a, dtype)
        near(transposed(u) @ u, np.broadcast_to(np.eye(u.shape[-1]), u.shape[:-2] + (u.shape[-1],) * 2), dtype)
        near(vh @ transposed(vh), np.broadcast_to(np.eye(vh.shape[-2]), vh.shape[:-2] + (vh.shape[-2],) * 2), dtype)
        close(got.S, want.S)
    close(ag.linalg.svdvals(ag.asarray(a)), np.linalg.svdvals(a))
    close(ag.linalg.svd(ag.asarray(a), compute_uv=False), np.linalg.svd(a, compute_uv=False))


@pytest.mark.parametrize("dtype", LINALG)
def test_svd_of_hermitian_matrices(dtype):
    a = values(dtype, (2, 4, 4))
    a = a + transposed(a)
    u, s, vh = map(to_numpy, ag.linalg.svd(ag.asarray(a), hermitian=True))
    near(u * s[..., None, :] @ vh, a, dtype)
    close(s, np.linalg.svd(a, hermitian=True).S)
    close(ag.linalg.svd(ag.asarray(a), hermitian=True, compute_uv=False), np.linalg.svd(a, hermitian=True, compute_uv=False))


@pytest.mark.parametrize("dtype", LINALG)
@pytest.mark.parametrize("triangle", ["L", "U", "u"])
def test_eigh(dtype, triangle):
    for shape in STACKS:
        a = values(dtype, shape)
        whole = np.tril(a) + transposed(np.tril(a, -1)) if triangle == "L" else np.triu(a) + transposed(np.triu(a, 1))
        if np.dtype(dtype).kind == "c":
            whole = whole - 1j * (np.eye(shape[-1]) * whole.imag)
        got, want = ag.linalg.eigh(ag.asarray(a), triangle), np.linalg.eigh(a, triangle)
        close(got.eigenvalues, want.eigenvalues)
        w, v = map(to_numpy, got)
        assert_same_form(v, want.eigenvectors)
        near(whole @ v, v * w[..., None, :], dtype)
        near(transposed(v) @ v, np.broadcast_to(np.eye(shape[-1]), shape), dtype)
        close(ag.linalg.eigvalsh(ag.asarray(a), triangle), np.linalg.eigvalsh(a, triangle))
    with pytest.raises(ValueError, match="UPLO"):
        ag.linalg.eigh(ag.asarray(np.eye(2)), "X")


@pytest.mark.parametrize("dtype", LINALG)
def test_eig(dtype):
    for shape in STACKS:
        a = values(dtype, shape)
        got = ag.linalg.eig(ag.asarray(a))
        want = np.linalg.eig(a)
        w, v = map(to_numpy, got)
        assert_same_form(w, want.eigenvalues)
        assert_same_form(v, want.eigenvectors)
        near(a @ v, v * w[..., None, :], dtype)
        if a.size:
            near(np.linalg.norm(v, axis=-2), np.ones(w.shape), dtype)
        order = lambda x: np.sort_complex(np.round(to_numpy(x).astype("complex128").reshape(-1), 3))  # noqa: E731
        assert np.allclose(order(ag.linalg.eigvals(ag.asarray(a))), order(np.linalg.eigvals(a)), atol=2e-3)
    real = np.diag([1.0, 2.0]).astype(dtype)
    assert_same_form(to_numpy(ag.linalg.eigvals(ag.asarray(real))), np.linalg.eigvals(real))
    with pytest.raises(LinAlgError):
        ag.linalg.eig(ag.asarray(np.array([[1, np.nan], [0, 1]], dtype)))


def test_extreme_scales():
    for scale in (1e-200, 1e200):
        a = values("float64", (6, 4)) * scale
        close(ag.linalg.svdvals(ag.asarray(a)), np.linalg.svdvals(a))
        h = a[:4] + a[:4].T
        close(ag.linalg.eigvalsh(ag.asarray(h)), np.linalg.eigvalsh(h))


@pytest.mark.gpu
def test_numpys_functions_dispatch():
    a = ag.asarray(regular("float64", (3, 3)))
    for result in (np.linalg.inv(a), np.linalg.norm(a), np.einsum("ij,jk", a, a), np.tensordot(a, a), np.matvec(a, a[0]), np.trace(a)):
        assert isinstance(result, ag.ndarray)


def test_signatures():
    import inspect

    for name in ["vdot", "inner", "outer", "tensordot", "einsum", "einsum_path", "trace", "cross", "diagonal", "matrix_transpose"]:
        theirs = inspect.signature(getattr(np, name))
        assert list(inspect.signature(getattr(ag, name)).parameters) == list(theirs.parameters), name
    for name in np.linalg.__all__:
        if name != "LinAlgError":
            theirs = inspect.signature(getattr(np.linalg, name))
            ours = inspect.signature(getattr(ag.linalg, name))
            assert [(p.name, p.kind) for p in ours.parameters.values()] == [(p.name, p.kind) for p in theirs.parameters.values()], name
