"""Random programs: hypothesis writes a dozen statements over a few arrays and their views, both libraries run them.

Every statement is one a notebook could hold: an operation, a view, a write through a view, an in-place operator, a reduction,
a name that goes away, a read in between. At the end everything still alive must be NumPy's, bit for bit.
"""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import basic_indices

import anygpu as ag
from layouts import random_values
from oracle import assert_identical

BINARY = [operator.add, operator.sub, operator.mul, operator.xor, operator.gt]
INPLACE = [operator.iadd, operator.isub, operator.imul, operator.ixor]
FLOAT_BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.lt]
FLOAT_INPLACE = [operator.iadd, operator.isub, operator.imul, operator.itruediv]
SHAPES = [(6,), (5, 6), (1, 6), (5, 1), (), (2, 5, 6), (0, 6)]


class Machine:
    """The variables of a program, in one library."""

    def __init__(self, xp, arrays):
        self.xp = xp
        self.names = list(arrays)

    def define(self, value):
        """A new variable. NumPy's zero-dimensional results are scalars, which cannot be written to; here they are arrays."""
        self.names.append(self.xp.asarray(value))

    def run(self, statement):
        """Execute one statement of `programs`."""
        kind, target, source, detail = statement
        a = self.names[target % len(self.names)]
        b = self.names[source % len(self.names)]
        if kind == "binary":
            self.define(detail(a, b).astype(a.dtype))
        elif kind == "scalar":
            op, value = detail
            self.define(op(a, value).astype(a.dtype))
        elif kind == "where":
            self.define(self.xp.where(a > b, a, b))
        elif kind == "inplace":
            detail(a, b)
        elif kind == "inplace scalar":
            op, value = detail
            op(a, value)
        elif kind == "write":
            a[...] = b
        elif kind == "view":
            self.names.append(a[detail] if isinstance(detail, tuple) else detail(a))
        elif kind == "max":
            self.define(self.xp.max(a, axis=detail, keepdims=True))
        elif kind == "drop":
            if len(self.names) > 1:
                del self.names[target % len(self.names)]
        elif kind == "read":
            np.asarray(a)


def allowed(kind, target, source, detail, arrays):
    """Whether the statement is legal: found out by NumPy on copies."""
    trial = Machine(np, [np.array(a) for a in arrays])
    try:
        trial.run((kind, target, source, detail))
    except (ValueError, TypeError, IndexError):
        return False
    return True


@st.composite
def programs(draw, dtype, length):
    """(arrays to start from, statements)."""
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    arrays = [random_values(dtype, draw(st.sampled_from(SHAPES)), rng, special=0.1) for _ in range(draw(st.integers(2, 4)))]
    floats = np.dtype(dtype).kind == "f"
    machine = Machine(np, [a.copy() for a in arrays])
    statements = []
    for _ in range(length):
        kind = draw(st.sampled_from(["binary"] * 4 + ["scalar", "where", "inplace", "inplace", "inplace scalar", "write", "view", "view", "max", "drop", "read"]))
        target, source = draw(st.integers(0, 15)), draw(st.integers(0, 15))
        a = machine.names[target % len(machine.names)]
        detail = None
        if kind == "binary":
            detail = draw(st.sampled_from(FLOAT_BINARY if floats else BINARY))
        elif kind == "inplace":
            detail = draw(st.sampled_from(FLOAT_INPLACE if floats else INPLACE))
        elif kind == "scalar":
            detail = (draw(st.sampled_from(FLOAT_BINARY if floats else BINARY)), draw(st.integers(0, 5)))
        elif kind == "inplace scalar":
            detail = (draw(st.sampled_from(FLOAT_INPLACE if floats else INPLACE)), draw(st.integers(1, 5)))
        elif kind == "view":
            if draw(st.booleans()):
                detail = draw(basic_indices(a.shape, allow_newaxis=False, allow_ellipsis=True, min_dims=min(1, a.ndim)))
                detail = detail if isinstance(detail, tuple) else (detail,)
                detail = (*detail, ...) if ... not in detail else detail  # NumPy: an array, never a scalar
            else:
                detail = draw(st.sampled_from([TRANSPOSE, FLATTEN, REVERSE]))
        elif kind == "max":
            detail = draw(st.sampled_from([None, 0, -1]))
        if allowed(kind, target, source, detail, machine.names):
            statement = (kind, target, source, detail)
            machine.run(statement)
            statements.append(statement)
    return arrays, statements


def TRANSPOSE(a):  # noqa: N802  (printed by hypothesis as a constant)
    """a.T"""
    return a.T


def FLATTEN(a):  # noqa: N802
    """The elements in order; a copy, so that NumPy's choice between copy and view is not the test's subject."""
    return a.reshape(-1).copy()


def REVERSE(a):  # noqa: N802
    """Backwards along the first axis."""
    return a[::-1] if a.ndim else a


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64", "int64", "float16"])
@given(data=st.data())
def test_random_programs(dtype, data):
    arrays, statements = data.draw(programs(dtype, 14))
    host = Machine(np, [a.copy() for a in arrays])
    device = Machine(ag, [ag.asarray(a) for a in arrays])
    for statement in statements:
        host.run(statement)
        device.run(statement)
    for got, want in zip(device.names, host.names):
        assert_identical(got, want, zero_signs=False)


@pytest.mark.deep
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
@given(data=st.data())
def test_long_random_programs(dtype, data):
    arrays, statements = data.draw(programs(dtype, 80))
    host, device = Machine(np, [a.copy() for a in arrays]), Machine(ag, [ag.asarray(a) for a in arrays])
    for statement in statements:
        host.run(statement)
        device.run(statement)
    for got, want in zip(device.names, host.names):
        assert_identical(got, want, zero_signs=False)
