"""Structured arrays in kernels: `a[i].x`, `a[i]["x"]`, `a["x"][i]`.

Such an array is passed as one array for each field, so that the field of neighbouring records lies side by side: its element of a field is that of the field's array.
"""

import ast

import numpy as np

from . import ir, values
from .subscripts import is_array


def is_structured(dtype):
    """Whether a dtype has fields."""
    return isinstance(dtype, np.dtype) and dtype.fields is not None


def made(dtype, shape, make):
    """The `values.Record` of an array of records, of arrays that `make(dtype, shape)` gives for the fields."""
    items = []
    for name in dtype.names:
        inner, rest = dtype[name].base, (*shape, *dtype[name].shape)
        items.append(made(inner, rest, make) if is_structured(inner) else make(inner, rest))
    return values.Record(items, dtype.names, len(shape), [])


class Records:
    """What translates records; a part of `Expressions`."""

    def record_field(self, node, record, name):
        """The array of a field, or its element where one record is meant."""
        if name not in record.fields:
            raise self.error(node, f"these records have the fields {', '.join(record.fields)}, not {name!r}")
        field = record.items[record.fields.index(name)]
        if not record.indices:
            return self.item(node, field, []) if is_array(field) and not field.ndim else field
        return self.record_item(node, field, record.indices) if isinstance(field, values.Record) else self.item(node, field, record.indices)

    def record_item(self, node, record, parts):
        """One record, or a part of an array of records."""
        given = [part for part in parts if part is not Ellipsis]
        if len(given) > record.ndim:
            raise self.error(node, f"too many indices: these records stand in {record.ndim} dimensions, but {len(given)} were indexed")
        if Ellipsis in parts:
            at = parts.index(Ellipsis)
            parts = [*parts[:at], *[slice(None)] * (record.ndim - len(given)), *parts[at + 1 :]]
        ndim = record.ndim - sum(not isinstance(part, slice) for part in parts)
        parts = [*record.indices, *parts]
        if not ndim:
            return values.Record(record.items, record.fields, 0, [self.saved(part) for part in parts])
        items = [self.record_item(node, item, parts) if isinstance(item, values.Record) else self.item(node, item, parts) for item in record.items]
        return values.Record(items, record.fields, ndim, [])

    def record_attribute(self, node, record, name):
        if name in ("shape", "size", "ndim"):
            lengths = self.record_lengths(record)
            return values.Tuple(lengths) if name == "shape" else ir.Const(int, record.ndim) if name == "ndim" else self.product(lengths)
        return self.record_field(node, record, name)

    def record_lengths(self, record):
        leaf = record
        while isinstance(leaf, values.Record):
            leaf = leaf.items[0]
        return self.lengths(leaf)[: record.ndim]

    def record_subscript(self, node, record):
        """`a["x"]`, `a[i]`."""
        name = self.expression(node.slice) if not _has_slice(node.slice) else None
        if isinstance(name, values.Object) and isinstance(name.value, str):
            return self.record_field(node, record, name.value)
        if isinstance(name, ir.Const) and not record.ndim:
            if not -len(record.fields) <= name.value < len(record.fields):
                raise self.error(node, f"a record of {len(record.fields)} fields is indexed within its length")
            return self.record_field(node, record, record.fields[name.value])
        return self.record_item(node, record, self.index_list(node))

    def assign_record(self, node, target, value, operator=None):
        """`a[i].x = value`: `target` is the element, the part or the record named."""
        if not isinstance(target, values.Record):
            self.assign_part_or_element(node, target, value, operator)
            return
        if not isinstance(value, (values.Tuple, values.Record)) or operator is not None or len(value.items) != len(target.items):
            raise self.error(node, "a record is assigned to a record, or a tuple of its fields")
        fields = value.items if not isinstance(value, values.Record) else [self.record_field(node, value, name) for name in value.fields]
        fields = [self.saved(f) if isinstance(f, ir.Expr) else f for f in fields]
        for name, field in zip(target.fields, fields):
            self.assign_record(node, self.record_field(node, target, name), field)

    def assign_part_or_element(self, node, place, value, operator=None):
        place = self.writable(node, place)
        if not isinstance(place, ir.Load):
            self.assign_part(node, place, value, operator)
            return
        place = ir.Load(place.type, place.array, [self.saved(i) for i in place.indices])
        if operator is not None:
            value = self.binary(node, operator, place, value)
        self.emit(ir.Store(node, place.array, place.indices, self.converted(node, value, place.type)))


def _has_slice(node):
    return any(isinstance(part, ast.Slice) for part in (node.elts if isinstance(node, ast.Tuple) else [node]))


# ---- arguments ------------------------------------------------------------------------------------------------------------------------------------


class StructuredArray:
    """An array of records on the device, an array for each field: what `cuda.to_device` makes of a structured array.

    >>> import numpy as np
    >>> from anygpu import cuda
    >>> points = np.array([(1, 2.5), (3, 4.5)], [("n", "int32"), ("x", "float32")])
    >>> on_device = cuda.to_device(points)
    >>> on_device["x"]
    array([2.5, 4.5], dtype=float32)
    >>> on_device.copy_to_host().tolist()
    [(1, 2.5), (3, 4.5)]
    """

    def __init__(self, dtype, shape, fields):
        self.dtype, self.shape, self._fields = dtype, shape, fields
        self.ndim, self.size = len(shape), int(np.prod(shape, dtype=int))

    @classmethod
    def of(cls, array):
        """A copy on the device."""
        from .. import creation_functions

        array = np.asarray(array)
        fields = {name: cls.of(array[name]) if is_structured(array[name].dtype) else creation_functions.array(array[name]) for name in array.dtype.names}
        return cls(array.dtype, array.shape, fields)

    @classmethod
    def empty(cls, shape, dtype):
        """An array whose elements are not set."""
        return cls.of(np.empty(shape, dtype))

    def __getitem__(self, name):
        return self._fields[name]

    def __setitem__(self, name, value):
        self._fields[name][...] = value

    def __len__(self):
        return self.shape[0]

    def copy_to_host(self, ary=None, stream=0):
        """The records as NumPy's array; into `ary` if given."""
        host = np.empty(self.shape, self.dtype) if ary is None else ary
        for name, field in self._fields.items():
            host[name] = field.copy_to_host()
        return host

    def copy_to_device(self, ary, stream=0):
        """Takes over the records of another array."""
        for name, field in self._fields.items():
            field.copy_to_device(ary[name])

    def fields(self):
        """(name, array) of each field."""
        return self._fields.items()

    def __repr__(self):
        return f"<{self.size} records on the device: {self.dtype}>"


def fields_of(argument):
    """What is passed for an argument of a launch that is made of records: (names, dimensions, a value each, and what takes results back, if it has to be told).

    None for all other arguments.
    """
    if isinstance(argument, StructuredArray):
        return argument.dtype.names, argument.ndim, [field for _, field in argument.fields()], None
    dtype = getattr(argument, "dtype", None)
    if not isinstance(argument, (np.ndarray, np.void)) or not is_structured(dtype):
        return None
    if isinstance(argument, np.ndarray):
        return dtype.names, argument.ndim, [argument[name] for name in dtype.names], None
    # One record is a copy of what it was taken from, or a view of it, which is written by its fields only.
    copy = np.array(argument)

    def back():
        for name in dtype.names:
            argument[name] = copy[name]

    return dtype.names, 0, [copy[name] for name in dtype.names], back
