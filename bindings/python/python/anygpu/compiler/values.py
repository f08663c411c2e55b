"""What names mean while a function is compiled: values of the kernel, and things that exist only at compile time."""

from dataclasses import dataclass
from typing import Any

from . import ir


@dataclass
class Tuple:
    """Several values; `fields` are the names that a namedtuple has for them."""

    items: list
    fields: Any = None


@dataclass
class Record:
    """Records in `ndim` dimensions, `items` the arrays of their `fields`; one record where these `indices` are given."""

    items: list
    fields: tuple
    ndim: int
    indices: list


@dataclass
class Slice:
    """Some indices of an axis: `length` of them from `start`, `step` apart."""

    start: Any
    length: Any
    step: Any


@dataclass
class View:
    """A part of an array: of its first axes an index each, a `Slice`, or None for all indices; the axes behind them are whole."""

    array: ir.Array
    indices: list

    @property
    def axes(self):
        """(axis of the array, `Slice` or None) of each axis of the part."""
        entries = [*self.indices, *[None] * (self.array.ndim - len(self.indices))]
        return [(axis, entry) for axis, entry in enumerate(entries) if not isinstance(entry, ir.Expr)]

    @property
    def ndim(self):
        return len(self.axes)


@dataclass
class Transposed:
    """An array whose axis k is the axis `order[k]` of another."""

    base: Any
    order: list

    @property
    def ndim(self):
        return len(self.order)


@dataclass
class Reshaped:
    """The elements of an array in C order, from the place `offset` on, in another shape."""

    base: Any
    shape: list
    offset: Any

    @property
    def ndim(self):
        return len(self.shape)


@dataclass
class Range:
    """`range(start, stop, step)`, to be iterated over."""

    start: ir.Expr
    stop: ir.Expr
    step: ir.Expr


@dataclass
class Enumerated:
    """`enumerate(...)` of something that is iterated over."""

    inner: Any
    start: ir.Expr


@dataclass
class Zipped:
    """`zip(...)` of several things, of which one is no tuple."""

    items: list


@dataclass
class Object:
    """A Python object of the enclosing scopes: a module, a function, a dtype."""

    value: Any


@dataclass
class Method:
    """A method of a number."""

    number: ir.Expr
    name: str


class Either:
    """One array or tuple or another, depending on the path: not to be read."""

    @staticmethod
    def text(name):
        return f"`{name}` would be one array or another, depending on the path: give them two names"


def mapped(value, function):
    """The value with `function` of each number in it."""
    if isinstance(value, ir.Expr):
        return function(value)
    if isinstance(value, Record):
        return Record([mapped(item, function) for item in value.items], value.fields, value.ndim, [function(index) for index in value.indices])
    if isinstance(value, Tuple):
        return Tuple([mapped(item, function) for item in value.items], value.fields)
    if isinstance(value, View):
        return View(value.array, [mapped(index, function) for index in value.indices])
    if isinstance(value, Slice):
        return Slice(function(value.start), function(value.length), function(value.step))
    if isinstance(value, Transposed):
        return Transposed(mapped(value.base, function), value.order)
    if isinstance(value, Reshaped):
        return Reshaped(mapped(value.base, function), [function(length) for length in value.shape], function(value.offset))
    if isinstance(value, Range):
        return Range(function(value.start), function(value.stop), function(value.step))
    if isinstance(value, Enumerated):
        return Enumerated(mapped(value.inner, function), function(value.start))
    if isinstance(value, Zipped):
        return Zipped([mapped(item, function) for item in value.items])
    return value


def alike(a, b):
    """Whether code compiled for one value serves the other: they differ in what variables hold, if at all."""
    if type(a) is not type(b):
        return False
    if isinstance(a, ir.Local):
        return a.name == b.name
    if isinstance(a, ir.Const):
        return a.type == b.type and a.value == b.value
    if isinstance(a, Record):
        return (a.fields, a.ndim, len(a.indices)) == (b.fields, b.ndim, len(b.indices)) and all(map(alike, [*a.items, *a.indices], [*b.items, *b.indices]))
    if isinstance(a, Tuple):
        return a.fields == b.fields and len(a.items) == len(b.items) and all(map(alike, a.items, b.items))
    if isinstance(a, View):
        return a.array is b.array and len(a.indices) == len(b.indices) and all(map(alike, a.indices, b.indices))
    if isinstance(a, Slice):
        return alike(a.start, b.start) and alike(a.length, b.length) and alike(a.step, b.step)
    if isinstance(a, Transposed):
        return a.order == b.order and alike(a.base, b.base)
    if isinstance(a, Reshaped):
        return len(a.shape) == len(b.shape) and alike(a.base, b.base) and alike(a.offset, b.offset) and all(map(alike, a.shape, b.shape))
    if isinstance(a, Range):
        return alike(a.start, b.start) and alike(a.stop, b.stop) and alike(a.step, b.step)
    if isinstance(a, Object):
        return a.value is b.value
    if isinstance(a, Method):
        return alike(a.number, b.number) and a.name == b.name
    if isinstance(a, Enumerated):
        return alike(a.inner, b.inner) and alike(a.start, b.start)
    if isinstance(a, Zipped):
        return len(a.items) == len(b.items) and all(map(alike, a.items, b.items))
    return a is b
