"""What is decided while a kernel is compiled: identity, comparisons with None and other objects, membership in tuples, types."""

import ast
import enum
import numbers

import numpy as np

from . import ir, types, values
from .intrinsics import register
from .subscripts import is_array

#: What `isinstance` tells apart, by kinds of dtypes. A truth value is no `int`, as in Numba.
_KINDS = {int: "iu", float: "f", complex: "c", bool: "b", numbers.Integral: "iu", numbers.Real: "iuf", numbers.Number: "iufc"}
_KINDS |= {np.integer: "iu", np.signedinteger: "i", np.unsignedinteger: "u", np.floating: "f", np.complexfloating: "c", np.inexact: "fc", np.number: "iufc", np.bool_: "b"}


def _result(holds):
    return ir.Const(types.BOOL, bool(holds))


def _is_none(value):
    return isinstance(value, values.Object) and value.value is None


class StaticTests:
    """The comparisons that are not of two numbers; a part of `Expressions`."""

    def compared_statically(self, node, operator, left, right):
        """The result of a comparison; None where numbers are compared."""
        if isinstance(operator, (ast.In, ast.NotIn)):
            return self.contained(node, left, right, isinstance(operator, ast.NotIn))
        identity = isinstance(operator, (ast.Is, ast.IsNot))
        if not (identity or isinstance(operator, (ast.Eq, ast.NotEq))):
            return None
        wanted = isinstance(operator, (ast.Is, ast.Eq))
        if _is_none(left) or _is_none(right):
            return _result((_is_none(left) and _is_none(right)) == wanted)
        if isinstance(left, values.Object) and isinstance(right, values.Object):
            return _result((left.value is right.value if identity else left.value == right.value) == wanted)
        if isinstance(left, values.Tuple) and isinstance(right, values.Tuple) and not identity:
            return self.tuples_equal(node, left, right, wanted)
        if not identity:
            return None
        if is_array(left) and is_array(right):
            return _result(values.alike(left, right) == wanted)
        for number, truth in ((left, right), (right, left)):
            if isinstance(truth, ir.Const) and types.same(truth.type, types.BOOL) and isinstance(number, ir.Expr):
                if not types.same(number.type, types.BOOL):
                    return _result(not wanted)
                return number if truth.value == wanted else self.apply(node, "logical_not", number)
        raise self.error(node, "`is` compares with None, True and False only; use ==")

    def tuples_equal(self, node, left, right, wanted):
        if len(left.items) != len(right.items):
            return _result(not wanted)
        result = _result(True)
        for pair in zip(left.items, right.items):
            result = ir.Both(types.BOOL, "and", result, self.compared_by(node, ast.Eq(), *pair))
        return result if wanted else self.apply(node, "logical_not", result)

    def contained(self, node, item, container, inverted):
        """`item in container`, a tuple."""
        if not isinstance(container, values.Tuple):
            raise self.error(node, "`in` looks into tuples only: loop over the elements of an array")
        item = self.saved(item) if isinstance(item, ir.Expr) else item
        found = _result(False)
        for other in container.items:
            found = ir.Both(types.BOOL, "or", found, self.compared_by(node, ast.Eq(), item, other))
        return self.apply(node, "logical_not", found) if inverted else found

    def member(self, node, owner):
        """`Color["red"]`."""
        name = self.expression(node.slice)
        if isinstance(owner.value, enum.EnumMeta) and isinstance(name, values.Object):
            try:
                return self.constant(node, owner.value[name.value])
            except KeyError:
                raise self.error(node, f"{owner.value.__name__} has no member {name.value!r}") from None
        raise self.error(node, "only arrays, tuples and classes of enumerations are indexed")


@register(isinstance)
def is_instance(t, node, args, options):
    if len(args) != 2:
        raise t.error(node, "isinstance() takes a value and a type, or a tuple of types")
    value, classes = t.array_of(node, args[0]), args[1].items if isinstance(args[1], values.Tuple) else [args[1]]
    return _result(any(_is_of(t, node, value, getattr(c, "value", c)) for c in classes))


def _is_of(t, node, value, kind):
    if kind is type(None):
        return _is_none(value)
    if kind in (tuple, list):
        return isinstance(value, values.Tuple) and kind is tuple
    if kind is np.ndarray:
        return is_array(value)
    if isinstance(value, values.Object) and isinstance(kind, type):
        return isinstance(value.value, kind)
    if isinstance(value, values.Tuple) and isinstance(kind, type) and issubclass(kind, tuple):
        return value.fields == getattr(kind, "_fields", None)
    if kind in _KINDS or (isinstance(kind, type) and issubclass(kind, np.generic)):
        if not isinstance(value, ir.Expr):
            return False
        dtype = types.storage(value.type)
        return dtype.kind in _KINDS[kind] if kind in _KINDS else dtype == np.dtype(kind)
    raise t.error(node, f"isinstance() tells apart numbers, tuples, np.ndarray and None in a kernel, not {kind!r}")


@register(type)
def type_of(t, node, args, options):
    if len(args) == 1 and _is_none(args[0]):
        return values.Object(type(None))
    if len(args) != 1 or not isinstance(args[0], ir.Expr):
        raise t.error(node, "type() takes a number, or None, in a kernel")
    kind = args[0].type
    return values.Object(kind if types.is_weak(kind) else kind.type)


@register(np.dtype)
def dtype_of(t, node, args, options):
    """`np.dtype(np.float32)`, whose `type` makes numbers."""
    try:
        return values.Object(np.dtype(args[0].value))
    except (AttributeError, IndexError, TypeError):
        raise t.error(node, "dtype() takes a dtype of the enclosing scopes in a kernel") from None
