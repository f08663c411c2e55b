"""Arrays of positions and coordinates: ix_ indices unravel_index tril_indices meshgrid mgrid r_ linspace logspace, against NumPy."""

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_close, assert_identical, assert_same


def test_ix():
    x = np.arange(20).reshape(4, 5)
    assert_same(lambda xp, x: x[xp.ix_([0, 3], [1, 4, 2])], x)
    assert_same(lambda xp, x: xp.ix_(xp.asarray([0, 3]), [True, False, True], []), x)
    assert_same(lambda xp, x: xp.ix_(x[0] > 2, x[:, 1]), x)
    assert_same(lambda xp, x: xp.ix_(x), x)
    assert_same(lambda xp: xp.ix_())


def test_indices():
    for dimensions in [(2, 3), (4,), (2, 0), (1, 2, 3), ()]:
        assert_same(lambda xp: xp.indices(dimensions))
        assert_same(lambda xp: xp.indices(dimensions, dtype="float32"))
        assert_same(lambda xp: xp.indices(dimensions, sparse=True))


def test_unravel_index():
    for call in (
        lambda xp, i: xp.unravel_index(i, (7, 6)),
        lambda xp, i: xp.unravel_index(i, (7, 6), order="F"),
        lambda xp, i: xp.unravel_index([22, 41, 37], (7, 6)),
        lambda xp, i: xp.unravel_index(i[:0], (7, 6)),
        lambda xp, i: xp.unravel_index(1621, (6, 7, 8, 9)),
        lambda xp, i: xp.unravel_index(i, 50),
        lambda xp, i: xp.unravel_index(i, (7, 5)),
        lambda xp, i: xp.unravel_index(-i, (7, 6)),
        lambda xp, i: xp.unravel_index(i * 1.0, (7, 6)),
        lambda xp, i: xp.unravel_index(i, (7, 6), order="K"),
        lambda xp, i: xp.unravel_index([0], ()),
        lambda xp, i: xp.unravel_index(i, (0, 6)),
    ):
        assert_same(call, np.array([[22, 41], [37, 0]]))


def test_ravel_multi_index():
    i, j = np.array([[3, 6], [6, 0]]), np.array([[4, 5], [1, 0]])
    for call in (
        lambda xp, i, j: xp.ravel_multi_index((i, j), (7, 6)),
        lambda xp, i, j: xp.ravel_multi_index((i, j), (7, 6), order="F"),
        lambda xp, i, j: xp.ravel_multi_index((i, j), (4, 4), mode="clip"),
        lambda xp, i, j: xp.ravel_multi_index((i - 5, j), (4, 4), mode=("wrap", "clip")),
        lambda xp, i, j: xp.ravel_multi_index((i, j[0]), (7, 6)),
        lambda xp, i, j: xp.ravel_multi_index((3, 1, 4, 1), (6, 7, 8, 9)),
        lambda xp, i, j: xp.ravel_multi_index(([3, 6], [4, 5]), (7, 6)),
        lambda xp, i, j: xp.ravel_multi_index((i, j), (4, 4)),
        lambda xp, i, j: xp.ravel_multi_index((i,), (4, 4)),
        lambda xp, i, j: xp.ravel_multi_index((i, j * 0.5), (7, 6)),
        lambda xp, i, j: xp.ravel_multi_index((i[:0], j[:0]), (7, 6)),
        lambda xp, i, j: xp.ravel_multi_index((i, j), (2**62, 6)),
    ):
        assert_same(call, i, j)


@pytest.mark.parametrize("k", [-9, -2, 0, 1, 9])
def test_triangles_and_diagonals(k):
    for n, m in [(4, None), (3, 5), (5, 2), (0, None), (3, 0), (-2, None)]:
        assert_same(lambda xp: xp.tril_indices(n, k, m))
        assert_same(lambda xp: xp.triu_indices(n, k, m))
    x = np.arange(12).reshape(3, 4)
    assert_same(lambda xp, x: xp.tril_indices_from(x, k), x)
    assert_same(lambda xp, x: xp.triu_indices_from(x, k), x)
    assert_same(lambda xp: xp.mask_indices(3, xp.triu, k))


def test_diagonal_positions():
    assert_same(lambda xp: xp.diag_indices(3, 3))
    assert_same(lambda xp, x: xp.diag_indices_from(x), np.zeros((2, 2, 2)))
    assert_same(lambda xp, x: xp.diag_indices_from(x), np.zeros(2))
    assert_same(lambda xp, x: xp.diag_indices_from(x), np.zeros((2, 3)))
    assert_same(lambda xp, x: xp.tril_indices_from(x), np.zeros((2, 3, 4)))


@pytest.mark.parametrize("options", [{}, {"indexing": "ij"}, {"sparse": True}, {"copy": False, "indexing": "ij"}])
def test_meshgrid(options):
    a, b, c = np.arange(3), np.array([0.5, 1.5]), np.array([True, False])
    for count in range(4):
        assert_same(lambda xp, *x: xp.meshgrid(*x[:count], **options), a, b, c)
    assert_same(lambda xp, x: xp.meshgrid(x[:0], x, 2, **options), a)
    assert_same(lambda xp, x: xp.meshgrid(x, [[1, 2], [3, 4]], **options), a)


def test_meshgrid_copies_unless_told_not_to():
    x = ag.asarray(np.arange(3))
    first, _ = ag.meshgrid(x, x)
    first[...] = 7
    assert_identical(x, np.arange(3))
    with pytest.raises(ValueError):
        ag.meshgrid(x, x, indexing="yx")


def test_grids_by_slices():
    for call in (
        lambda g: g[0:5, 0:3],
        lambda g: g[0:5],
        lambda g: g[2:11:3],
        lambda g: g[-1:1:5j],
        lambda g: g[-1:1:5j, 0:3],
        lambda g: g[0:1:0.25, 2:4],
        lambda g: g[:2, :3, 1:2],
        lambda g: g[0:3j.imag:1j],
        lambda g: g[5:2, 0:2],
    ):
        assert_same(lambda xp: call(xp.mgrid))
        assert_same(lambda xp: call(xp.ogrid))


def test_row_and_column_builders():
    x, m = np.arange(3), np.arange(6).reshape(2, 3)
    for call in (
        lambda xp, x, m: xp.r_[x, 0, 0, x],
        lambda xp, x, m: xp.r_[-1:1:6j, [0] * 3, 5, 6],
        lambda xp, x, m: xp.r_[1:7:2, 0.5],
        lambda xp, x, m: xp.r_["-1", m, m],
        lambda xp, x, m: xp.r_["0,2", x, x],
        lambda xp, x, m: xp.r_["0,2,0", x, x],
        lambda xp, x, m: xp.r_["1,2,0", x, x],
        lambda xp, x, m: xp.r_[xp.asarray([1], dtype="float32"), 2.5],
        lambda xp, x, m: xp.r_[True, 2],
        lambda xp, x, m: xp.c_[x, x],
        lambda xp, x, m: xp.c_[m, [7, 8]],
        lambda xp, x, m: xp.c_[1:4, x],
        lambda xp, x, m: xp.r_["no", x],
        lambda xp, x, m: xp.r_[x, "0"],
        lambda xp, x, m: xp.r_[x, m],
    ):
        assert_same(call, x, m)


def test_diagonal_and_triangular_matrices():
    v, m, s = np.array([1, 2, 3], "int16"), np.arange(12.0).reshape(3, 4), np.arange(24).reshape(2, 3, 4)
    for k in (-5, -1, 0, 2, 7):
        assert_same(lambda xp, v: xp.diag(v, k), v)
        assert_same(lambda xp, m: xp.diag(m, k), m)
        assert_same(lambda xp, m: xp.diagflat(m, k), m[:, :2])
        assert_same(lambda xp: xp.tri(3, 5, k))
        assert_same(lambda xp: xp.tri(4, k=k, dtype="int8"))
        for x in (m, s, v, m > 3, m * 1j, m[:0]):
            assert_same(lambda xp, x: xp.tril(x, k), x)
            assert_same(lambda xp, x: xp.triu(x, k), x)
    assert_same(lambda xp, s: xp.diag(s), s)
    assert_same(lambda xp, s: xp.diag(s[0, 0, 0]), s)
    assert_same(lambda xp, v: xp.diag(v[:0]), v)


def test_triangles_keep_what_is_not_finite_out():
    assert_same(lambda xp, x: xp.tril(x), np.full((3, 3), np.nan))
    assert_same(lambda xp, x: xp.triu(x), np.full((3, 3), -np.inf, "float32"))


def test_vander():
    for x in (np.array([1, 2, 3, 5]), np.array([1.5, -2, 0]), np.array([True, False]), np.array([1 + 2j, 3]), np.array([], float)):
        for n in (None, 0, 1, 4):
            assert_same(lambda xp, x: xp.vander(x, n), x)
            assert_same(lambda xp, x: xp.vander(x, n, increasing=True), x)
    assert_same(lambda xp, x: xp.vander(x), np.ones((2, 2)))


def near(got, want):
    if want.dtype.kind not in "fc":
        return assert_identical(got, want)
    assert_close(got, want, np.abs(want) + 1e-12, 40)


def test_linspace_between_arrays():
    a, b = np.array([0.0, -3.0]), np.array([[1.0], [10.0]])
    for options in [{}, {"axis": 1}, {"axis": -1, "endpoint": False}, {"retstep": False, "num": 1}, {"num": 0}, {"num": 7, "dtype": int}, {"num": 2}]:
        options = {"num": 5} | options
        assert_same(lambda xp, a, b: xp.linspace(a, b, **options), a, b, compare=near)
        assert_same(lambda xp, a: xp.linspace(a, 7, **options), a.astype("float32"), compare=near) if options.get("axis", 0) < 1 else None
        assert_same(lambda xp, a: xp.linspace(1, a, **options), a.astype("int8"), compare=near) if options.get("axis", 0) < 1 else None
    assert_same(lambda xp: xp.linspace(0, 1 + 2j, 5), compare=near)
    assert_same(lambda xp, a, b: xp.linspace(a, b, 4, retstep=True), a, b, compare=near)


def test_logspace_and_geomspace():
    """The functions of float64 take long to compile where it is emulated: what is about shapes is tested with float32."""
    assert_same(lambda xp: xp.logspace(2.0, 3.0, 4, endpoint=False), compare=near)
    assert_same(lambda xp: xp.geomspace(-1000, -1, 4), compare=near)
    ends = np.array([1, 7], "float32"), np.array([[50], [3]], "float32")
    for options in [{}, {"num": 4, "endpoint": False}, {"num": 1, "axis": 1}, {"num": 0}, {"num": 5, "axis": -1}]:
        assert_same(lambda xp, a, b: xp.geomspace(a, b, dtype="float32", **options), *ends, compare=near)
        assert_same(lambda xp, a, b: xp.logspace(a, b / 9, base=xp.asarray(2, dtype="float32"), **options), *ends, compare=near)
    assert_same(lambda xp, a: xp.logspace(a, 2, 3, base=a[:1] * [2, 3], axis=-1).astype("float32"), ends[0], compare=near)
    assert_same(lambda xp: xp.geomspace(0, 1))
    assert_same(lambda xp: xp.geomspace(1, 2, -1))


def test_open_mesh_of_nothing():
    for nothing in ([], np.array([], "float32"), np.array([], bool)):
        assert_identical(ag.ix_(nothing if isinstance(nothing, list) else ag.asarray(nothing))[0], np.ix_(nothing)[0])
    with pytest.raises(ValueError):
        ag.unravel_index(1, (2**32 - 1, 2**31 + 1))


def test_elements_that_are_broadcast_together():
    def pairs(xp, x, y):
        together = xp.broadcast(x, y)
        first = next(together)
        assert together.index == 1 and len(list(together)) == together.size - 1 and not list(together)
        together.reset()
        out = xp.empty(together.shape)
        out.flat = [u + v for u, v in together]
        return first[0], out

    assert_same(pairs, np.array([[1], [2], [3]]), np.array([4, 5, 6]))
    assert len(list(ag.broadcast(1, ag.asarray(2)))) == 1
    assert_same(lambda xp, x: xp.asarray([xp.size(x, axis=axis) for axis in (0, 1, (0, 2), (-1, 1), (), None)]), np.ones((2, 3, 4)))


def test_all_of_flat():
    assert_same(lambda xp, x: x.flat[()], np.ones((2, 3)))
