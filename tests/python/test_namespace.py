"""Functions of the namespace that no family's file tests, each on a few arrays beside NumPy's."""

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical, assert_same_outcome, to_numpy

X = (np.random.default_rng(11).integers(-32, 32, (2, 3, 4)) / 8).astype("float32")
I = np.random.default_rng(12).integers(-9, 9, (3, 4)).astype("int16")

CASES = {
    "concat": lambda xp, x, i: xp.concat([x, x], axis=1),
    "permute_dims": lambda xp, x, i: xp.permute_dims(x, (2, 0, 1)),
    "moveaxis": lambda xp, x, i: xp.moveaxis(x, [0, 1], [-1, 0]),
    "swapaxes": lambda xp, x, i: xp.swapaxes(x, 0, -1),
    "matrix_transpose": lambda xp, x, i: xp.matrix_transpose(x),
    "matrix transpose attribute": lambda xp, x, i: x.mT,
    "matrix_transpose of a vector": lambda xp, x, i: xp.matrix_transpose(x[0, 0]),
    "broadcast_arrays": lambda xp, x, i: xp.broadcast_arrays(x[:, :1], i)[0],
    "cumulative_sum": lambda xp, x, i: xp.cumulative_sum(x, axis=1, include_initial=True),
    "cumulative_sum without an axis": lambda xp, x, i: xp.cumulative_sum(x),
    "cumulative_prod": lambda xp, x, i: xp.cumulative_prod(i, axis=0, dtype="int64"),
    "unique_counts": lambda xp, x, i: xp.stack(xp.unique_counts(i)),
    "unique_inverse": lambda xp, x, i: xp.unique_inverse(i).inverse_indices,
    "unique_values": lambda xp, x, i: xp.sort(xp.unique_values(x)),
    "eye far off the diagonal": lambda xp, x, i: xp.eye(3, 2, k=2**63) + xp.eye(3, 2, k=-(2**70)),
    "fmod": lambda xp, x, i: xp.fmod(x, 1.5),
    "divmod": lambda xp, x, i: xp.stack(xp.divmod(x, 0.75)),
    "fix": lambda xp, x, i: xp.fix(x),
    "conjugate": lambda xp, x, i: xp.conjugate(x),
    "ascontiguousarray": lambda xp, x, i: xp.ascontiguousarray(x.T),
    "asanyarray": lambda xp, x, i: xp.asanyarray(x, dtype="float64"),
    "right shift in place": lambda xp, x, i: i.__irshift__(1),
    "left shift in place": lambda xp, x, i: i.__ilshift__(1),
}


@pytest.mark.parametrize("name", CASES)
def test_values(name):
    assert_same_outcome(CASES[name], (X.copy(), I.copy()), (ag.asarray(X), ag.asarray(I)))


def test_hypot():
    got = to_numpy(ag.hypot(ag.asarray(X), 0.5))
    np.testing.assert_allclose(got, np.hypot(X.astype("float64"), 0.5), rtol=1.2e-7)


def test_questions_about_dtypes():
    g, h = ag.asarray(X), ag.asarray(I)
    assert ag.result_type(g, h, 1) == np.result_type(X, I, 1) and ag.result_type(h, "uint8") == np.int16
    assert ag.promote_types("int8", "uint8") == np.int16
    assert ag.can_cast(g.dtype, "float64") and not ag.can_cast("float64", "float32")
    assert ag.isdtype(h.dtype, "integral") and not ag.isdtype(g.dtype, "integral")
    if ag.ndarray is not np.ndarray:
        assert ag.common_type(g, h) is np.common_type(X, I)
        assert ag.min_scalar_type(g) == np.float32 and ag.min_scalar_type(300) == np.uint16


def test_shapes():
    g = ag.asarray(X)
    assert ag.broadcast_shapes((2, 1), (3,)) == (2, 3)
    assert ag.shape(g) == (2, 3, 4) and ag.ndim(g) == 3 and ag.size(g) == 24 and ag.size(g, 1) == 3
    assert ag.may_share_memory(g, g[1:]) and not ag.may_share_memory(g, g + 1)
    assert ag.isfortran(g.T) and not ag.isfortran(g)
    assert ag.format_float_scientific(ag.asarray(1234.5)) == "1.2345e+03"


def test_numbers_of_one_element():
    assert bool(ag.asarray(2)) is True and float(ag.asarray([2.5])[0]) == 2.5 and complex(ag.asarray(1j)) == 1j
    assert_identical(ag.asarray(I)[ag.asarray(1) :], I[1:])


@pytest.mark.gpu
def test_older_names_are_the_newer_functions():
    assert_identical(ag.cumproduct(ag.asarray(I), axis=0), np.cumprod(I, axis=0))
    ag.testing.assert_array_almost_equal(ag.asarray(X), X)
    ag.testing.assert_array_almost_equal_nulp(ag.asarray(X), X)
