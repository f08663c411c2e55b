"""Types of values in kernels, and how they promote: NumPy's rules, asked of the array library.

A scalar's type is a `numpy.dtype`, or one of Python's `int`, `float`, `complex` for numbers without a dtype (literals, positions, Python arguments),
which take the other operand's: ``x[i] * 2.0`` is float32 for a float32 array. On their own they compute as int64, float64, complex128.
"""

from dataclasses import dataclass

import numpy as np

from .. import _anygpu

BOOL = np.dtype(bool)
INT64 = np.dtype("int64")
UINT64 = np.dtype("uint64")
FLOAT64 = np.dtype("float64")
_STORAGE = {int: INT64, float: FLOAT64, complex: np.dtype("complex128")}
_WEAK = {dtype: weak for weak, dtype in _STORAGE.items()}
_RANK = {int: 0, float: 1, complex: 2}


@dataclass(frozen=True)
class ArrayType:
    """An array argument."""

    dtype: np.dtype
    ndim: int

    def __str__(self):
        return f"array({self.dtype}, {self.ndim}d)"


@dataclass(frozen=True)
class TupleType:
    """A tuple argument, its items' types; `fields` are the names of a namedtuple, or those of records in `ndim` dimensions."""

    items: tuple
    fields: tuple = None
    ndim: int = None


def is_weak(kind):
    """Whether a scalar type is a Python number's."""
    return kind is int or kind is float or kind is complex


def same(a, b):
    """Whether two scalar types are one. (`numpy.dtype("int64") == int` holds, so that `==` does not tell.)"""
    return a is b or (not is_weak(a) and not is_weak(b) and a == b)


def storage(kind):
    """The dtype in which values of a scalar type are computed on their own."""
    return _STORAGE[kind] if is_weak(kind) else kind


def name(kind):
    """A scalar type in messages."""
    return kind.__name__ if is_weak(kind) else str(kind)


def join(a, b):
    """The type of a variable that holds values of both types."""
    if same(a, b):
        return a
    if is_weak(a) and is_weak(b):
        return a if _RANK[a] > _RANK[b] else b
    if is_weak(a) or is_weak(b):
        weak, strong = (a, b) if is_weak(a) else (b, a)
        if same(strong, BOOL):
            return weak
        return _anygpu.operation_dtypes("add", [strong, weak])[1]
    if BOOL in (a, b):
        return b if a == BOOL else a
    return np.promote_types(a, b)


def choose(a, b):
    """The type of one of two expressions, of which either may be taken: a Python integer that the other's dtype may not hold stays one."""
    for weak, strong in ((a, b), (b, a)):
        if weak.type is int and not is_weak(strong.type) and strong.type.kind in "iu" and strong.type != np.uint64:
            info = np.iinfo(strong.type)
            value = getattr(weak, "value", None)
            if value is None or not info.min <= value <= info.max:
                return int
    return join(a.type, b.type)


def operate(operation, operands):
    """(dtype to compute in, type of the result) of a named operation on scalars of these types."""
    if any(is_weak(t) for t in operands) and all(is_weak(t) or same(t, BOOL) for t in operands):
        # Between Python numbers: their own arithmetic, whose results have no dtype either.
        compute, result = _anygpu.operation_dtypes(operation, [storage(t) for t in operands])
        return compute, _WEAK.get(result, result)
    return _anygpu.operation_dtypes(operation, list(operands))


def type_of_number(value):
    """The type of a constant, or None for what is no number."""
    if isinstance(value, (bool, np.bool_)):
        return BOOL
    if isinstance(value, np.generic):
        return value.dtype
    for kind in (int, float, complex):
        if isinstance(value, kind):
            return kind
    return None
