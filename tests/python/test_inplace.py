"""In-place operators and overlapping writes: what one name changes, every view sees, and NumPy's rule for overlap holds.

NumPy's rule: the right-hand side is what it was before the statement, even where it shares memory with the target.
"""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anygpu as ag
from layouts import ALL, WRITABLE_LAYOUTS, operands, random_values
from oracle import assert_close, assert_identical, assert_same_outcome

EXACT = [operator.iadd, operator.isub, operator.imul, operator.iand, operator.ior, operator.ixor]
OVERLAPS = {
    "shifted right": lambda a: (a[1:], a[:-1]),
    "shifted left": lambda a: (a[:-1], a[1:]),
    "shifted far": lambda a: (a[3:], a[:-3]),
    "reversed": lambda a: (a[:], a[::-1]),
    "itself": lambda a: (a[...], a[...]),
    "even from odd": lambda a: (a[0 : len(a) // 2 * 2 : 2], a[1 : len(a) // 2 * 2 : 2]),
    "one for all": lambda a: (a[:], a[2:3]),
    "last for all": lambda a: (a[:], a[-1:]),
    "half onto half": lambda a: (a[: len(a) // 2], a[len(a) - len(a) // 2 :]),
    "strides of two and one": lambda a: (a[: len(a) // 2], a[: len(a) // 2 * 2 : 2]),
    "strides of one and minus two": lambda a: (a[: len(a) // 2], a[len(a) // 2 * 2 - 1 :: -2]),
}


@pytest.mark.parametrize("overlap", OVERLAPS)
@pytest.mark.parametrize("length", [4, 7, 300, 70_001])
def test_overlapping_assignment_and_addition(overlap, length):
    for dtype in ("uint8", "int32", "float64"):
        x = np.arange(length).astype(dtype)
        g = ag.asarray(x)
        for statement in (lambda t, s: operator.setitem(t, ..., s), operator.iadd, lambda t, s: operator.iadd(t, s * 2 + 1), operator.isub):
            statement(*OVERLAPS[overlap](x))
            statement(*OVERLAPS[overlap](g))
            assert_identical(g, x)


def test_overlap_in_two_dimensions():
    x = np.arange(37 * 37, dtype="int32").reshape(37, 37)
    g = ag.asarray(x)
    for statement in (
        lambda a: operator.iadd(a, a.T),
        lambda a: operator.setitem(a, ..., a.T),
        lambda a: operator.iadd(a[1:, 1:], a[:-1, :-1]),
        lambda a: operator.setitem(a, (slice(None), 0), a[0]),
        lambda a: operator.isub(a, a[0]),
        lambda a: operator.isub(a, a[:, 3:4]),
        lambda a: operator.setitem(a, ..., a[::-1, ::-1]),
        lambda a: operator.imul(a, a),
        lambda a: operator.iadd(a[::2], a[-1]),
    ):
        statement(x)
        statement(g)
        assert_identical(g, x)


@given(operands(layouts=WRITABLE_LAYOUTS), st.sampled_from(EXACT), st.booleans())
def test_in_place_operators_through_any_view(operand, op, with_scalar):
    if operand.dtype.startswith("complex") and op is operator.imul:
        op = operator.iadd
    (base, x), (gpu_base, g) = operand.based_pair()
    other = 1 if with_scalar else random_values(operand.dtype, operand.shape, np.random.default_rng(operand.seed + 3))
    assert_same_outcome(lambda xp, a, b: op(a, b), (x, other), (g, other if with_scalar else ag.asarray(other)))
    assert_identical(gpu_base, base)


@pytest.mark.parametrize("op", [operator.itruediv, operator.ifloordiv, operator.imod, operator.ipow, operator.ilshift, operator.irshift])
@pytest.mark.parametrize("dtype", ALL)
def test_other_in_place_operators(op, dtype):
    x = np.array([5, 1, 7, 3]).astype(dtype)
    compare = assert_identical
    if dtype.startswith("complex"):  # more than one rounding
        compare = lambda got, want: assert_close(got, want, np.abs(want), 4)  # noqa: E731
    assert_same_outcome(lambda xp, a: op(a, 2), (x.copy(),), (ag.asarray(x),), compare)
    if op is not operator.ipow:  # an array of exponents is power, which has its own bound
        two = np.full(4, 2, dtype)
        assert_same_outcome(op_of(op), (x.copy(), two), (ag.asarray(x), ag.asarray(two)), compare)


def op_of(op):
    """`op` with the library's name before its operands."""
    return lambda xp, a, b: op(a, b)


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("source", ["bool", "uint8", "int64", "uint64", "float32", "float64", "complex64"])
def test_in_place_casting_rules(target, source):
    """`same_kind`: float64 into float32 is allowed, float into int is a TypeError, and the target is left as it was."""
    x, y = np.array([0, 1, 3]).astype(target), np.array([1, 0, 2]).astype(source)
    g = ag.asarray(x)
    assert_same_outcome(lambda xp, a, b: operator.iadd(a, b), (x, y), (g, ag.asarray(y)))
    assert_identical(g, x)


def test_in_place_keeps_the_object():
    g = alias = ag.arange(5)
    g += 1
    assert g is alias
    assert_identical(alias, np.arange(5) + 1)


def test_in_place_cannot_grow():
    x = np.zeros((1, 3))
    g = ag.asarray(x)
    assert_same_outcome(lambda xp, a: operator.iadd(a, xp.ones((2, 3))), (x,), (g,))
    assert_identical(g, x)


def test_every_view_sees_every_write():
    x = np.arange(24, dtype="int32").reshape(4, 6)
    g = ag.asarray(x)
    views = [lambda a: a[1:, ::2], lambda a: a.T, lambda a: a[::-1], lambda a: a.reshape(-1)[5:], lambda a: a[2]]
    host, device = [v(x) for v in views], [v(g) for v in views]
    for i, (h, d) in enumerate(zip(host, device)):
        h += i + 1
        d += i + 1
        h[..., 0] *= 2
        d[..., 0] *= 2
        for a, b in zip([x, *host], [g, *device]):
            assert_identical(b, a)


def test_a_recorded_expression_keeps_the_values_it_was_recorded_with():
    x = np.arange(10, dtype="float32")
    g = ag.asarray(x)
    y, gy = x * 2 + 1, g * 2 + 1  # recorded, perhaps not run
    x += 100
    g += 100
    z, gz = x - y, g - gy
    x[::2] = 0
    g[::2] = 0
    for got, want in [(gy, y), (g, x), (gz, z)]:
        assert_identical(got, want)


def test_a_view_taken_before_a_write_sees_it_and_an_expression_of_it_does_not():
    g = ag.zeros(6, dtype="int32")
    view, expression = g[::2], g[::2] + 0
    g += 5
    assert_identical(view, np.full(3, 5, "int32"))
    assert_identical(expression, np.zeros(3, "int32"))


def test_many_writes_without_a_read():
    x = np.zeros(1000, "int64")
    g = ag.asarray(x)
    for i in range(200):
        x[i : 1000 - i] += i
        g[i : 1000 - i] += i
        if i % 7 == 0:
            x[:500] = x[500:] - i
            g[:500] = g[500:] - i
    assert_identical(g, x)


def test_writes_to_a_view_of_an_expression():
    """The result of a recorded expression is an array like any other: it can be written before it was computed."""
    x = np.arange(12, dtype="float32").reshape(3, 4)
    g = ag.asarray(x)
    y, gy = x * 2, g * 2
    z, gz = y + 1, gy + 1
    y[1] = -1
    gy[1] = -1
    y.T[0] += 5
    gy.T[0] += 5
    assert_identical(gy, y)
    assert_identical(gz, z)


def test_augmented_assignment_through_an_index():
    x = np.arange(30, dtype="int16").reshape(5, 6)
    g = ag.asarray(x)
    x[1:4, ::-2] *= 3
    g[1:4, ::-2] *= 3
    x[:, 0] -= x[:, 1]
    g[:, 0] -= g[:, 1]
    x[2] += x[3] * x[2]
    g[2] += g[3] * g[2]
    assert_identical(g, x)


def test_writing_to_a_broadcast_view_is_refused():
    x = np.arange(3.0)
    g = ag.asarray(x)

    def write(xp, a):
        xp.broadcast_to(a, (4, 3))[...] = 1
        return a

    assert_same_outcome(write, (x,), (g,))
    assert_identical(g, x)


def test_copies_are_not_written_through():
    x = np.arange(5)
    g = ag.asarray(x)
    copy = g.copy()
    g += 1
    assert_identical(copy, x)
    assert_identical(g, x + 1)
