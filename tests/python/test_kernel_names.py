"""Names for rows and tuples in kernels: what they mean after the variables in them change, and on several paths."""

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)


def row_in_tuple(out, a, n):
    i = n
    t = (a[i], i)
    i = 2
    out[0] = t[0][1]
    out[1] = t[1]


def row_unpacked(out, a, n):
    i = n
    i, r = 2, a[i]
    out[0] = r[1]
    out[1] = i


def rows_in_a_loop_over_a_tuple(out, a, n):
    i = n
    for r in (a[i], a[i + 1]):
        i = 2
        out[0] += r[1]


def row_of_a_path(out, a, n):
    row = a[0]
    if n > 5:
        row = a[1]
    out[0] = row[1]
    if n < 5:
        row = a[2]
    out[1] = row[1]


def row_of_the_last_turn(out, a, n):
    row = a[0]
    s = 0.0
    for i in range(1, 3):
        s += row[1]
        row = a[i]
    out[0] = s
    out[1] = row[1]


def parts_beside_temporaries(out, a, n):
    t = (10.0, 20.0, 30.0)
    k = (1, 2, 3)
    x = n + 1.0
    y = n + 2.0
    x, y = y, x
    for i in range(n + 3):
        out[4] += k[1]
    out[0] = t[0]
    out[1] = t[1]
    out[2] = t[2]
    out[3] = x


def names_like_parts(out, a, n):
    t = (n + 1, n + 2)
    t_p1 = n + 7
    t_1 = n + 8
    _1_t = n + 9
    out[0] = t[1]
    out[1] = t_p1
    out[2] = t_1
    out[3] = _1_t


def tuple_of_its_own_parts(out, a, n):
    t = (n + 1, n + 2)
    t = (t[1], t[0])
    out[0] = t[0]
    out[1] = t[1]


def bound_only_where_it_returns(out, a, n):
    row = a[0]
    if n > 5:
        row = out
        row[0] = 1.0
        return
    out[0] = row[1]


PROGRAMS = [
    row_in_tuple, row_unpacked, rows_in_a_loop_over_a_tuple, row_of_a_path, row_of_the_last_turn, parts_beside_temporaries, names_like_parts,
    tuple_of_its_own_parts, bound_only_where_it_returns,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_names_mean_what_they_mean_in_python(program):
    a, expected = np.arange(12.0).reshape(3, 4), np.zeros(6)
    program(expected, a, 0)
    out = ag.zeros(6, dtype="float64")
    cuda.jit(program)[1, 1](out, ag.asarray(a), 0)
    np.testing.assert_array_equal(out.get(), expected)


def rows_of_two_arrays(out, a, b, n):
    row = a[0]
    if n > 5:
        row = b[1]
    out[0] = row[1]


def tuples_of_two_lengths(out, a, b, n):
    t = (1, 2)
    if n > 5:
        t = (3, 4, 5)
    out[0] = len(t)


def arrays_in_tuples(out, a, b, n):
    t = (a, 1)
    if n > 5:
        t = (b, 2)
    out[0] = t[0][0, 1]


def rows_in_turn(out, a, b, n):
    row = a[0]
    for i in range(2):
        out[i] = row[0]
        row = b[i]


@pytest.mark.parametrize("program", [rows_of_two_arrays, tuples_of_two_lengths, arrays_in_tuples, rows_in_turn], ids=lambda p: p.__name__)
def test_what_depends_on_the_path_is_refused(program):
    a = ag.zeros((3, 4))
    with pytest.raises(ag.KernelError, match="one array or another, depending on the path"):
        cuda.jit(program)[1, 1](ag.zeros(6), a, a + 1, 0)


@cuda.jit(device=True)
def third(r, i):
    r[i] = 7.0
    i = 3
    return r[i]


def constant_for_an_assigned_parameter(out, a):
    out[0] = third(a[0], 1)
    out[1] = a[0, 1]


def test_a_constant_for_a_parameter_that_is_assigned():
    out = ag.zeros(2, dtype="float64")
    cuda.jit(constant_for_an_assigned_parameter)[1, 1](out, ag.arange(12.0).reshape(3, 4))
    assert out.get().tolist() == [3.0, 7.0]
