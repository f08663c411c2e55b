"""What names mean while a function is compiled: values of the kernel, and things that exist only at compile time."""

from dataclasses import dataclass
from typing import Any

from . import ir


@dataclass
class Tuple:
    """Several values."""

    items: list


@dataclass
class View:
    """An array with its first indices given: `a[i]` of a two-dimensional array."""

    array: ir.Array
    indices: list


@dataclass
class Range:
    """`range(start, stop, step)`, to be iterated over."""

    start: ir.Expr
    stop: ir.Expr
    step: ir.Expr


@dataclass
class Object:
    """A Python object of the enclosing scopes: a module, a function, a dtype."""

    value: Any


@dataclass
class Method:
    """A method or attribute of an array that is called."""

    array: ir.Array
    name: str
