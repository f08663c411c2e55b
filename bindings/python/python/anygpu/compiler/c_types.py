"""The types of C++ by their names, and its conversions of numbers, on the compiler's scalar types.

`int` stands for 64-bit signed integers, `float` for floating literals, which take the type of what they meet: ``x * 0.5`` is float32 for a float32 ``x``.
"""

from dataclasses import dataclass

import numpy as np

from . import types

INT32, UINT32, UINT64 = np.dtype("int32"), np.dtype("uint32"), np.dtype("uint64")
FLOAT32, FLOAT64 = np.dtype("float32"), np.dtype("float64")
AUTO = "auto"
_DTYPES = {n: np.dtype(n) for n in "bool int8 int16 int32 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()}
#: Types by their names in C++.
TYPES = {
    **_DTYPES, **{f"{n}_t": d for n, d in _DTYPES.items() if "int" in n}, "int64": int, "int64_t": int, "ptrdiff_t": int, "ssize_t": int,
    "size_t": np.dtype("uint64"),
    "float": np.dtype("float32"), "double": np.dtype("float64"), "half": np.dtype("float16"), "__half": np.dtype("float16"), "void": None, "auto": AUTO,
}  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A type that a function template is given by its arguments."""

    name: str


@dataclass(frozen=True)
class Pointer:
    """A pointer to elements of an array, or to a variable."""

    to: object


@dataclass(frozen=True)
class Reference:
    """Another name of a variable or an element."""

    to: object


def scalar(dtype):
    """The scalar type of an array's elements."""
    return int if dtype == types.INT64 else dtype


def kind(of):
    """The letter of a type's kind, as NumPy's."""
    return types.storage(of).kind


def promoted(of):
    """The type in which C++ computes with one operand: small integers as int, half as float."""
    dtype = types.storage(of)
    if dtype.kind in "biu" and dtype.itemsize < 4:
        return INT32
    return FLOAT32 if dtype == np.float16 else of


def usual(a, b):
    """The type in which C++ computes with two operands."""
    a, b = promoted(a), promoted(b)
    if types.same(a, b):
        return a
    kinds = kind(a) + kind(b)
    if "c" in kinds:
        wide = any(k != float and types.storage(k) in (FLOAT64, np.dtype("complex128")) for k in (a, b))
        return np.dtype("complex128" if wide else "complex64")
    if "f" in kinds:
        floats = [k for k in (a, b) if kind(k) == "f" and k is not float]
        if not floats:
            return float
        return FLOAT64 if FLOAT64 in floats else FLOAT32
    a, b = sorted((a, b), key=lambda k: types.storage(k).itemsize)
    if types.storage(a).itemsize < types.storage(b).itemsize:
        return b
    return UINT32 if types.storage(a).itemsize == 4 else UINT64


def floating(of):
    """The type in which C++'s mathematical functions compute."""
    return FLOAT64 if kind(of) in "biu" else promoted(of)
