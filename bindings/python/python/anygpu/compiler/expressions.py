"""Expressions of a Python function as typed `ir`."""

import ast
import inspect

import numpy as np

from .. import _anygpu
from . import intrinsics, ir, stubs, types, values, warps
from .array_methods import ArrayMethods
from .records import Records
from .static_tests import StaticTests
from .subscripts import Subscripts, is_array

_BINARY = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.FloorDiv: "floor_divide", ast.Mod: "remainder", ast.Pow: "power",
    ast.BitAnd: "bitwise_and", ast.BitOr: "bitwise_or", ast.BitXor: "bitwise_xor", ast.LShift: "left_shift", ast.RShift: "right_shift",
}  # fmt: skip
_COMPARE = {ast.Eq: "equal", ast.NotEq: "not_equal", ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater", ast.GtE: "greater_equal"}
_OUTER_ARRAY = "arrays of the enclosing scopes are not seen in a kernel: pass it as an argument, or use cuda.const.array_like for a small one"


class Expressions(StaticTests, ArrayMethods, Records, Subscripts):
    """What translates expressions; `Translator` adds statements, and functions that are called."""

    # ---- values -----------------------------------------------------------------------------------------------------------------------------

    def number(self, node, value):
        """A value that has to be a number."""
        if isinstance(value, ir.Expr):
            return value
        if isinstance(value, values.View):
            what = "a part" if any(isinstance(entry, values.Slice) for _, entry in value.axes) else "a row"
            raise self.error(node, f"this is {what} of `{value.array.name}`, not an element: {value.array.ndim} indices make one")
        if isinstance(value, ir.Array):
            if value.ndim == 0:
                return ir.Load(value.dtype, value, [])
            raise self.error(node, f"`{value.name}` is an array; index an element of it")
        if isinstance(value, (values.Transposed, values.Reshaped)):
            if value.ndim == 0:
                return self.item(node, value, [])
            raise self.error(node, "this is an array; index an element of it")
        if isinstance(value, values.Record):
            raise self.error(node, f"records stand here where a number is needed: name a field, {', '.join(value.fields)}")
        if isinstance(value, values.Tuple):
            raise self.error(node, "a tuple stands here where a number is needed")
        what = getattr(value, "value", value)
        if isinstance(what, np.ndarray):
            raise self.error(node, _OUTER_ARRAY)
        raise self.error(node, f"{what!r} stands here where a number is needed")

    def converted(self, node, value, kind):
        value = self.number(node, value)
        if types.same(value.type, kind):
            return value
        if isinstance(value, ir.Const) and not types.same(kind, types.BOOL):
            return self.constant_as(value.value, kind)
        return ir.Cast(kind, value)

    def constant_as(self, value, kind):
        if types.is_weak(kind):
            return ir.Const(kind, kind(value.real if kind is not complex and isinstance(value, complex) else value))
        with np.errstate(all="ignore"):
            return ir.Const(kind, np.asarray(value).astype(kind)[()])

    def truth(self, node, value):
        if isinstance(value, values.Tuple):
            return ir.Const(types.BOOL, bool(value.items))
        if isinstance(value, values.Object) and (value.value is None or isinstance(value.value, (str, bytes))):
            return ir.Const(types.BOOL, bool(value.value))
        value = self.number(node, value)
        return value if types.same(value.type, types.BOOL) else ir.Cast(types.BOOL, value)

    def constant(self, node, value):
        """What a Python object of an enclosing scope means here."""
        kind = types.type_of_number(value)
        if kind is not None:
            if kind is int and not -(2**63) <= value < 2**64:
                raise self.error(node, "an integer of a kernel has 64 bits, and this one needs more: write it as a float")
            if kind is int and value >= 2**63:
                kind, value = np.dtype("uint64"), np.uint64(value)
            return ir.Const(kind, value)
        if isinstance(value, tuple):
            return values.Tuple([self.constant(node, item) for item in value], getattr(type(value), "_fields", None))
        if value is stubs.laneid or value is stubs.warpsize:
            return warps.special(self, node, "laneid" if value is stubs.laneid else "warpsize")
        return values.Object(value)

    def operation(self, name, *operands):
        """An elementwise operation, its result's type by NumPy's rules."""
        compute, result = types.operate(name, [o.type for o in operands])
        return ir.Operation(result, name, compute, list(operands))

    def apply(self, node, name, *operands):
        """`operation` on what a user wrote: numbers checked, constants computed, errors with their place."""
        operands = [self.number(node, o) for o in operands]
        if name in _COMPARE.values():
            exact = self.compared(name, *operands)
            if exact is not None:
                return exact
        try:
            return self.operation(name, *operands)
        except (TypeError, ValueError) as error:
            kinds = ", ".join(types.name(o.type) for o in operands)
            raise self.error(node, f"{error} (operands: {kinds})") from None

    def compared(self, name, left, right):
        """A comparison by value of integers that no integer dtype holds both: of Python's and a dtype's, and of signed ones and uint64. None for all others."""
        kinds = [types.storage(o.type) for o in (left, right)]
        if any(k.kind not in "iu" for k in kinds):
            return None
        if types.UINT64 in kinds:
            if kinds[0].kind == kinds[1].kind:
                return None
            left, right = (self.saved(o) for o in (left, right))
            signed, first = (left, True) if kinds[0].kind == "i" else (right, False)
            if isinstance(signed, ir.Const) and signed.value >= 0:
                return None
            below = name == "not_equal" or name in (("less", "less_equal") if first else ("greater", "greater_equal"))
            unsigned = [ir.Cast(types.UINT64, o) if o is signed else o for o in (left, right)]
            return ir.Select(types.BOOL, self.operation("less", signed, ir.Const(signed.type, 0)), ir.Const(types.BOOL, below), self.operation(name, *unsigned))
        if (left.type is int) == (right.type is int):
            return None
        weak, other = (left, right) if left.type is int else (right, left)
        if isinstance(weak, ir.Const) and np.iinfo(other.type).min <= weak.value <= np.iinfo(other.type).max:
            return None
        return self.operation(name, *(o if o is weak else ir.Cast(int, o) for o in (left, right)))

    def binary(self, node, operator, left, right):
        name = _BINARY.get(type(operator))
        if name is None:
            raise self.error(node, "this operator has no form in a kernel; matrix products are loops here")
        left, right = self.number(node, left), self.number(node, right)
        if name in ("divide", "floor_divide", "remainder"):
            right = self.check_divisor(node, right)
        if isinstance(left, ir.Const) and isinstance(right, ir.Const) and types.is_weak(left.type) and types.is_weak(right.type):
            import operator as python

            plain = {"divide": "truediv", "floor_divide": "floordiv", "remainder": "mod", "power": "pow", "left_shift": "lshift", "right_shift": "rshift"}
            plain |= {"add": "add", "subtract": "sub", "multiply": "mul", "bitwise_and": "and_", "bitwise_or": "or_", "bitwise_xor": "xor"}
            try:
                return self.constant(node, getattr(python, plain[name])(left.value, right.value))
            except Exception as error:
                raise self.error(node, str(error)) from None
        if name == "power" and isinstance(right, ir.Const):
            if right.value == 2:
                left = self.saved(left)
                return self.apply(node, "multiply", left, left)
            if right.value == 0.5 and not np.issubdtype(types.storage(left.type), np.complexfloating):
                return self.apply(node, "sqrt", left)
            if left.type is int and isinstance(right.value, int) and right.value < 0:
                left = ir.Cast(float, left)
        return self.apply(node, name, left, right)

    # ---- expressions ------------------------------------------------------------------------------------------------------------------------

    def known_constant(self, value):
        """The constant that a variable holds all the time; other values as they are."""
        if isinstance(value, ir.Local) and value.name in self.only_value and value.name not in self.parameters:
            constant = self.expression(self.only_value[value.name])
            return constant if isinstance(constant, ir.Const) else value
        return value

    def array_of(self, node, value):
        """A value, or the array that an array of an enclosing scope is here: constants of the kernel if NumPy's, the array itself if on the device."""
        outer = value.value if isinstance(value, values.Object) else None
        if not isinstance(outer, (np.ndarray, _anygpu.ndarray)):
            return value
        known = self.unit.outer_arrays.get(id(outer))
        if known is None:
            if isinstance(outer, np.ndarray):
                known = intrinsics.constants(self, node, outer)
            elif self.unit.captures:
                known = ir.Array("argument", f"outer{len(self.unit.captured)}", outer.dtype, outer.ndim)
                self.unit.captured.append((known, outer))
            else:
                raise self.error(node, _OUTER_ARRAY)
            self.unit.outer_arrays[id(outer)] = known
        return known

    def in_order(self, nodes, found=()):
        """The values of expressions, evaluated from left to right after those `found`: elements are read before what a later part calls may write them."""
        found, block = list(found), self.blocks[-1]
        for node in nodes:
            before = len(block)
            value = self.expression(node)
            if len(block) > before:
                for k, earlier in enumerate(found):
                    if isinstance(earlier, ir.Expr) and ir.loads(earlier):
                        name = self.temporary(earlier.type)
                        statement = ir.Assign(None, name, earlier)
                        statement.place = self.source.place(node)
                        block.insert(before, statement)
                        before += 1
                        found[k] = ir.Local(self.types[name], name)
            found.append(value)
        return found

    def expression(self, node):
        method = getattr(self, "of_" + type(node).__name__, None)
        if method is None:
            raise self.error(node, f"{type(node).__name__} expressions have no form in a kernel")
        return method(node)

    def of_Constant(self, node):
        if isinstance(node.value, (str, bytes)):
            return values.Object(node.value)
        return self.constant(node, node.value)

    def of_Name(self, node):
        name = node.id
        if name in self.bound:
            if isinstance(self.bound[name], values.Either):
                raise self.error(node, values.Either.text(name))
            return self.bound[name]
        if name in self.types:
            return ir.Local(self.types[name], name)
        if self.is_assigned(name):
            raise self.error(node, f"`{name}` is read before anything was assigned to it")
        if name in self.outer:
            return self.constant(node, self.outer[name])
        raise self.error(node, f"name `{name}` is not defined")

    def is_assigned(self, name):
        return name in self.assigned

    def of_Tuple(self, node):
        return values.Tuple(self.in_order(node.elts))

    of_List = of_Tuple

    def of_Attribute(self, node):
        owner = self.expression(node.value)
        if is_array(owner):
            return self.array_attribute(node, owner, node.attr)
        if isinstance(owner, values.Object):
            stub = intrinsics.attribute(owner.value, node.attr)
            if stub is not None:
                return stub
            try:
                return self.constant(node, getattr(owner.value, node.attr))
            except AttributeError as error:
                raise self.error(node, str(error)) from None
        if isinstance(owner, values.Record):
            return self.record_attribute(node, owner, node.attr)
        if isinstance(owner, values.Tuple) and node.attr in (owner.fields or ()):
            return owner.items[owner.fields.index(node.attr)]
        if isinstance(owner, ir.Expr) and node.attr in ("real", "imag"):
            return intrinsics.part(self, node, owner, node.attr)
        if isinstance(owner, ir.Expr) and node.attr in intrinsics.METHODS:
            return values.Method(owner, node.attr)
        raise self.error(node, f"no attribute `{node.attr}` here")

    def of_Subscript(self, node):
        owner = self.array_of(node, self.expression(node.value))
        if isinstance(owner, values.Record):
            return self.record_subscript(node, owner)
        if isinstance(owner, values.Tuple):
            if isinstance(node.slice, ast.Slice):
                return values.Tuple(owner.items[self.constant_slice(node.slice)])
            index = self.expression(node.slice)
            if isinstance(index, ir.Const) and -len(owner.items) <= index.value < len(owner.items):
                return owner.items[index.value]
            if isinstance(index, ir.Const) or not all(isinstance(i, ir.Expr) for i in owner.items) or not owner.items:
                raise self.error(node, f"a tuple of {len(owner.items)} is indexed with an integer within its length")
            position = self.saved(self.converted(node, index, int))
            if self.unit.debug:
                count = ir.Const(int, len(owner.items))
                outside = ir.Both(types.BOOL, "or", self.operation("greater_equal", position, count), self.operation("less", position, ir.Const(int, -count.value)))
                self.raise_where(node, outside, IndexError, "tuple index out of range")
            return self.chosen(node, owner.items, position)
        if is_array(owner):
            return self.item(node, owner, self.index_list(node))
        if isinstance(owner, values.Object):
            return self.member(node, owner)
        raise self.error(node, "only arrays and tuples are indexed")

    def constant_slice(self, node):
        """A slice of a tuple, whose bounds are constants."""
        bounds = [None if bound is None else self.expression(bound) for bound in (node.lower, node.upper, node.step)]
        if not all(bound is None or isinstance(bound, ir.Const) for bound in bounds):
            raise self.error(node, "the bounds of a slice of a tuple are constants")
        return slice(*(None if bound is None else bound.value for bound in bounds))

    def named_tuple(self, node, fields, arguments, options):
        """A namedtuple made in a kernel."""
        given = dict(zip(fields, arguments)) | options
        if len(arguments) + len(options) != len(fields) or set(given) != set(fields):
            raise self.error(node, f"this namedtuple takes {', '.join(fields)}")
        return values.Tuple([given[name] for name in fields], fields)

    def chosen(self, node, items, position):
        """The one of several numbers that a position, from the end if negative, tells; the first where it tells none."""
        kind = items[0].type
        for item in items[1:]:
            kind = types.join(kind, item.type)
        found = self.converted(node, items[0], kind)
        for k, item in enumerate(items[1:], 1):
            here = ir.Both(types.BOOL, "or", self.operation("equal", position, ir.Const(int, k)), self.operation("equal", position, ir.Const(int, k - len(items))))
            found = ir.Select(kind, here, self.converted(node, item, kind), found)
        return found

    # ---- what is iterated over --------------------------------------------------------------------------------------------------------------

    def check_iterable(self, node, value):
        """Raises an error for what a loop with a counter cannot go over."""
        if isinstance(value, values.Zipped):
            for item in value.items:
                self.check_iterable(node, item)
        elif isinstance(value, values.Enumerated):
            self.check_iterable(node, value.inner)
        elif isinstance(value, values.Tuple):
            if not value.items or not all(isinstance(i, ir.Expr) for i in value.items):
                raise self.error(node, "beside an array, a tuple that is iterated over is one of numbers")
        elif not is_array(value) and not isinstance(value, (values.Range, values.Record)):
            raise self.error(node, "a kernel loops over range(...), an array, a tuple, or zip and enumerate of them")

    def iterations(self, node, value):
        """How often a loop over it turns."""
        if isinstance(value, values.Zipped):
            counts = [self.saved(self.iterations(node, item)) for item in value.items]
            least = counts[0]
            for count in counts[1:]:
                least = self.operation("minimum", least, count)
            return least
        if isinstance(value, values.Enumerated):
            return self.iterations(node, value.inner)
        if isinstance(value, values.Tuple):
            return ir.Const(int, len(value.items))
        if isinstance(value, values.Range):
            # ceil((stop - start) / step), not less than nothing.
            span = self.operation("subtract", value.start, value.stop)
            count = self.operation("negative", self.operation("floor_divide", span, value.step))
            return self.operation("maximum", count, ir.Const(int, 0))
        return self.length(value, 0)

    def turn(self, node, value, position):
        """What a loop over it has at a turn."""
        if isinstance(value, values.Zipped):
            return values.Tuple([self.turn(node, item, position) for item in value.items])
        if isinstance(value, values.Enumerated):
            return values.Tuple([self.operation("add", position, value.start), self.turn(node, value.inner, position)])
        if isinstance(value, values.Tuple):
            return self.chosen(node, value.items, position)
        if isinstance(value, values.Range):
            return self.operation("add", value.start, self.operation("multiply", position, value.step))
        return self.item(node, value, [position])

    def of_BinOp(self, node):
        left, right = self.in_order([node.left, node.right])
        if isinstance(left, values.Tuple) and isinstance(right, values.Tuple) and isinstance(node.op, ast.Add):
            return values.Tuple(left.items + right.items)
        return self.binary(node, node.op, left, right)

    def of_UnaryOp(self, node):
        value = self.expression(node.operand)
        if isinstance(node.op, ast.Not):
            return self.apply(node, "logical_not", self.truth(node, value))
        value = self.number(node, value)
        if isinstance(value, ir.Const) and types.is_weak(value.type):
            if isinstance(node.op, ast.USub):
                return ir.Const(value.type, -value.value)
            if isinstance(node.op, ast.UAdd):
                return value
        name = {ast.USub: "negative", ast.UAdd: "positive", ast.Invert: "invert"}[type(node.op)]
        if types.same(value.type, types.BOOL) and name != "invert":
            value = ir.Cast(int, value)
        return self.apply(node, name, value)

    def of_Compare(self, node):
        left, right = self.in_order([node.left, node.comparators[0]])
        chained = len(node.ops) > 1
        if chained:
            left, right = self.saved(self.number(node, left)), self.saved(self.number(node, right))
        result = self.compared_by(node, node.ops[0], left, right)
        for operator, term in zip(node.ops[1:], node.comparators[1:]):
            middle, terms = right, []

            def rest(operator=operator, term=term, middle=middle, terms=terms):
                terms.append(self.saved(self.number(node, self.expression(term))) if term is not node.comparators[-1] else self.expression(term))
                return self.compared_by(node, operator, middle, terms[0])

            result = self.decided(node, "and", result, rest)
            right = terms[0]
        return result

    def compared_by(self, node, operator, left, right):
        known = self.compared_statically(node, operator, left, right)
        return known if known is not None else self.apply(node, _COMPARE[type(operator)], left, right)

    def of_BoolOp(self, node):
        operator = "and" if isinstance(node.op, ast.And) else "or"
        result = self.expression(node.values[0])
        for part in node.values[1:]:
            result = self.decided(node, operator, result, lambda part=part: self.expression(part))
        return result

    def decided(self, node, operator, first, second):
        """`first and second` or `first or second`; what `second()` compiles runs only where the first does not decide."""
        self.blocks.append([])
        right = second()
        needed = self.blocks.pop()
        left = self.number(node, first)
        right = self.number(node, right)
        if needed or (self.unit.checked and ir.loads(right)):
            kind = types.join(left.type, right.type)
            name = self.temporary(kind)
            self.emit(ir.Assign(node, name, self.converted(node, left, kind)))
            undecided = self.truth(node, ir.Local(kind, name))
            if operator == "or":
                undecided = self.operation("logical_not", undecided)
            self.emit(ir.If(node, undecided, [*needed, ir.Assign(node, name, self.converted(node, right, kind))], []))
            return ir.Local(kind, name)
        if types.same(left.type, types.BOOL) and types.same(right.type, types.BOOL):
            return ir.Both(types.BOOL, operator, left, right)
        kind = types.join(left.type, right.type)
        left = self.saved(left)
        yes, no = (right, left) if operator == "and" else (left, right)
        return ir.Select(kind, self.truth(node, left), self.converted(node, yes, kind), self.converted(node, no, kind))

    def of_IfExp(self, node):
        condition = self.expression(node.test)
        if isinstance(condition, ir.Const):
            return self.expression(node.body if condition.value else node.orelse)
        condition = self.truth(node.test, condition)
        branches = []
        for part in (node.body, node.orelse):
            self.blocks.append([])
            value = self.number(part, self.expression(part))
            branches.append((self.blocks.pop(), value))
        kind = types.choose(branches[0][1], branches[1][1])
        if not branches[0][0] and not branches[1][0] and not (self.unit.checked and any(ir.loads(value) for _, value in branches)):
            return ir.Select(kind, condition, *(self.converted(node, value, kind) for _, value in branches))
        name = self.temporary(kind)
        then, otherwise = ([*block, ir.Assign(node, name, self.converted(node, value, kind))] for block, value in branches)
        self.emit(ir.If(node, condition, then, otherwise))
        return ir.Local(kind, name)

    def of_Call(self, node):
        function = self.expression(node.func)
        if any(isinstance(a, ast.Starred) for a in node.args):
            arguments = []
            for a in node.args:
                value = self.expression(a.value if isinstance(a, ast.Starred) else a)
                if isinstance(a, ast.Starred) and not isinstance(value, values.Tuple):
                    raise self.error(a, "behind * stands a tuple in a kernel")
                arguments += value.items if isinstance(a, ast.Starred) else [value]
        else:
            arguments = self.in_order(node.args)
        given = self.in_order([k.value for k in node.keywords], arguments)
        arguments, options = given[: len(arguments)], dict(zip((k.arg for k in node.keywords), given[len(arguments) :]))
        if isinstance(function, values.Method) and is_array(function.number):
            return self.array_method(node, function.number, function.name, arguments, options)
        if isinstance(function, values.Method):
            return intrinsics.method(self, node, function.number, function.name, given)
        if not isinstance(function, values.Object):
            raise self.error(node, "only functions are called")
        handler = intrinsics.handler(function.value)
        if handler is not None:
            return handler(self, node, arguments, options)
        fields = getattr(function.value, "_fields", None)
        if inspect.isclass(function.value) and issubclass(function.value, tuple) and fields:
            return self.named_tuple(node, fields, arguments, options)
        target = getattr(function.value, "py_func", function.value)
        if inspect.isfunction(target):
            return self.call(node, target, arguments, options, getattr(function.value, "declared", ()))
        raise self.error(node, f"{function.value!r} has no form in a kernel")
