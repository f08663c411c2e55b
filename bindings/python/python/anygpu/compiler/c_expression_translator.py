"""From expressions of a snippet's syntax tree to the compiler's `ir`: C++'s types and conversions, the array library's operations."""

from . import c_functions, c_tree, c_types, intrinsics, ir, types, values
from .frontend import Translator

_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor"}
_COMPARISONS = {"==": "equal", "!=": "not_equal", "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
_SHIFTS = {"<<": "left_shift", ">>": "right_shift"}
FALSE = ir.Const(types.BOOL, False)


class ExpressionTranslator(Translator):
    """Translates names, assignments, expressions and calls; the statements around them are `c_translator`'s, and so is `call_own`."""

    # ---- names -----------------------------------------------------------------------------------------------------------------------------

    def find(self, node, name):
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        constant = c_functions.constant(name)
        if constant is not None:
            return constant
        raise self.error(node, f"`{name}` is not defined here")

    def variable(self, node, name, kind, constant=False):
        """A new variable of a name."""
        if name in self.scopes[-1]:
            raise self.error(node, f"`{name}` is declared twice")
        full = f"{name}.{self.unit.unique('s')}"
        self.types[full] = kind
        local = ir.Local(kind, full)
        self.scopes[-1][name] = values.Object(local) if constant else local
        return local

    def resolved(self, node, kind):
        if isinstance(kind, c_types.Template):
            return self.templates[kind.name]
        if isinstance(kind, (c_types.Pointer, c_types.Reference)):
            return type(kind)(self.resolved(node, kind.to))
        return kind

    def check_written(self, node, array):
        if getattr(array, "is_input", False):
            raise self.error(node, f"`{array.label}` is an input; what is written is listed among the outputs")

    def number(self, node, value):
        if isinstance(value, ir.Array):
            raise self.error(node, f"`{value.label}` is an array; index an element of it")
        if isinstance(value, (c_functions.Place, c_functions.Address)):
            raise self.error(node, "a pointer is no number: *p and p[0] are what it points to")
        if isinstance(value, values.Object) or not isinstance(value, (ir.Expr, values.Tuple)):
            raise self.error(node, "this is no number")
        return super().number(node, value)

    def zero(self, kind):
        return FALSE if types.same(kind, types.BOOL) else self.constant_as(0, kind)

    # ---- assignments -----------------------------------------------------------------------------------------------------------------------

    def target(self, node):
        """What is assigned: a variable, or (array, index)."""
        if isinstance(node, c_tree.Name):
            found = self.find(node, node.id)
            if isinstance(found, ir.Local):
                return found
            if isinstance(found, c_functions.Alias):
                return found.array, found.index
            if isinstance(found, ir.Array):
                raise self.error(node, f"`{node.id}` is an array: assign an element, {node.id}[i]")
            raise self.error(node, f"`{node.id}` is constant: {'an input' if isinstance(found, values.Object) else 'a number'} is not assigned")
        if isinstance(node, c_tree.Index):
            array, index = self.element(node)
            self.check_written(node, array)
            return array, self.saved(index)
        if isinstance(node, c_tree.Dereference):
            found = self.pointed(node)
            if isinstance(found, tuple):
                self.check_written(node, found[0])
            return found
        raise self.error(node, "only variables and elements of arrays are assigned")

    def pointed(self, node):
        """What `*p` is: a variable, or (array, index)."""
        value = self.expression(node.operand)
        if isinstance(value, c_functions.Address):
            return value.local
        place = self.pointer(node, value)
        array, index = place.array, self.inside(node, place.array, place.index)
        return array, self.saved(index)

    def of_Dereference(self, node):
        return self.load(self.pointed(node))

    def pointer(self, node, value):
        """A value as the address of an element."""
        if isinstance(value, ir.Array):
            return c_functions.Place(value, ir.Const(int, 0))
        if not isinstance(value, c_functions.Place):
            raise self.error(node, "this is no pointer: there are pointers to elements of `raw` parameters and of arrays")
        return value

    def moved(self, node, operator, place, by):
        """A pointer so many elements further."""
        by = self.number(node, by)
        if operator not in ("+", "-") or c_types.kind(by.type) not in "biu":
            raise self.error(node, "an integer is added to a pointer, or subtracted")
        name = "add" if operator == "+" else "subtract"
        return c_functions.Place(place.array, self.saved(self.operation(name, place.index, self.converted(node, by, int))))

    def assigned_pointer(self, node, operator, pointer, value):
        if not isinstance(pointer.index, ir.Local):
            raise self.error(node, "this pointer is not a variable")
        place = self.pointer(node, value) if operator == "=" else self.moved(node, operator[0], pointer, value)
        if place.array is not pointer.array:
            raise self.error(node, f"a pointer stays within one array, and this one is `{pointer.array.label}`'s")
        index = self.saved(place.index)
        self.emit(ir.Assign(node, pointer.index.name, index))
        return c_functions.Place(place.array, index)

    def load(self, target):
        return target if isinstance(target, ir.Local) else self.loaded(*target)

    def loaded(self, array, index):
        value = ir.Load(array.dtype, array, [index])
        return ir.Cast(int, value) if array.dtype == types.INT64 else value

    def store(self, node, target, value):
        """Assigns a value, and gives the value as it is then."""
        if isinstance(target, ir.Local):
            self.emit(ir.Assign(node, target.name, self.converted(node, value, target.type)))
            return target
        array, index = target
        array.written = array.written or array.space == "argument"
        value = self.saved(self.converted(node, value, array.dtype))
        self.emit(ir.Store(node, array, [index], value))
        return ir.Cast(int, value) if array.dtype == types.INT64 else value

    def of_Assign(self, node):
        if isinstance(node.target, c_tree.Name) and isinstance(pointer := self.find(node.target, node.target.id), c_functions.Place):
            return self.assigned_pointer(node, node.operator, pointer, self.expression(node.value))
        if node.operator == "=":
            value = self.number(node.value, self.expression(node.value))
            return self.store(node, self.target(node.target), value)
        target = self.target(node.target)
        value = self.number(node.value, self.expression(node.value))
        return self.store(node, target, self.arithmetic(node, node.operator[:-1], self.load(target), value))

    def of_Step(self, node):
        if isinstance(node.target, c_tree.Name) and isinstance(pointer := self.find(node.target, node.target.id), c_functions.Place):
            old = c_functions.Place(pointer.array, self.saved(pointer.index))
            new = self.assigned_pointer(node, node.operator, pointer, ir.Const(int, 1))
            return new if node.is_prefix else old
        target = self.target(node.target)
        old = self.load(target) if node.is_prefix else self.saved(self.load(target))
        new = self.store(node, target, self.arithmetic(node, node.operator[0], old, ir.Const(c_types.INT32, 1)))
        return new if node.is_prefix else old

    # ---- expressions -----------------------------------------------------------------------------------------------------------------------

    def of_Number(self, node):
        return ir.Const(node.type, node.value)

    def of_Name(self, node):
        found = self.find(node, node.id)
        if isinstance(found, values.Object) and isinstance(found.value, ir.Expr):
            return found.value
        if isinstance(found, c_functions.Alias):
            return self.loaded(found.array, found.index)
        return found

    def of_Text(self, node):
        return values.Object(node.value)

    def of_Comma(self, node):
        for item in node.items[:-1]:
            self.expression(item)
        return self.expression(node.items[-1])

    def of_Unary(self, node):
        value = self.number(node, self.expression(node.operand))
        if node.operator == "!":
            return self.apply(node, "logical_not", self.truth(node, value))
        value = self.converted(node, value, c_types.promoted(value.type))
        if node.operator == "+":
            return value
        if node.operator == "-" and isinstance(value, ir.Const) and c_types.kind(value.type) != "u":
            return ir.Const(value.type, -value.value)
        return self.apply(node, "negative" if node.operator == "-" else "invert", value)

    def of_Binary(self, node):
        if node.operator in ("&&", "||"):
            return self.both(node)
        left, right = self.expression(node.left), self.expression(node.right)
        pointers = [isinstance(side, (ir.Array, c_functions.Place)) for side in (left, right)]
        if all(pointers) and not (isinstance(left, ir.Array) and isinstance(right, ir.Array)) and node.operator in ("-", *_COMPARISONS):
            left, right = self.pointer(node, left), self.pointer(node, right)
            if left.array is not right.array:
                raise self.error(node, "two pointers are compared or subtracted where both point into one array")
            return self.arithmetic(node, node.operator, left.index, right.index)
        if pointers[0] and isinstance(right, ir.Expr) and node.operator in ("+", "-"):
            return self.moved(node, node.operator, self.pointer(node, left), right)
        return self.arithmetic(node, node.operator, self.number(node.left, left), self.number(node.right, right))

    def both(self, node):
        left = self.truth(node.left, self.expression(node.left))
        self.blocks.append([])
        right = self.truth(node.right, self.expression(node.right))
        needed = self.blocks.pop()
        operator = "and" if node.operator == "&&" else "or"
        if not needed:
            return ir.Both(types.BOOL, operator, left, right)
        name = self.temporary(types.BOOL)
        self.emit(ir.Assign(node, name, left))
        result = ir.Local(types.BOOL, name)
        undecided = result if operator == "and" else self.operation("logical_not", result)
        self.emit(ir.If(node, undecided, [*needed, ir.Assign(node, name, right)], []))
        return result

    def arithmetic(self, node, operator, left, right):
        """A binary operator by C++'s rules."""
        if operator in _SHIFTS:
            kind = c_types.promoted(left.type)
            return self.apply(node, _SHIFTS[operator], self.converted(node, left, kind), self.converted(node, right, kind))
        kind = c_types.usual(left.type, right.type)
        if isinstance(left, ir.Const) and isinstance(right, ir.Const) and types.is_weak(kind) and operator in ("+", "-", "*", "/"):
            folded = self.folded(operator, left.value, right.value, kind)
            if folded is not None:
                return folded
        left, right = self.converted(node, left, kind), self.converted(node, right, kind)
        if operator in _COMPARISONS:
            return self.apply(node, _COMPARISONS[operator], left, right)
        if operator in _ARITHMETIC:
            return self.apply(node, _ARITHMETIC[operator], left, right)
        integers = c_types.kind(kind) in "iu"
        if operator == "/":
            if not integers:
                return self.apply(node, "divide", left, right)
            if c_types.kind(kind) == "u" or (_not_negative(left) and _not_negative(right)):
                return self.apply(node, "floor_divide", left, right)
            # Towards zero: what is left over is subtracted first.
            left, right = self.saved(left), self.saved(right)
            return self.apply(node, "floor_divide", self.apply(node, "subtract", left, self.apply(node, "fmod", left, right)), right)
        if not integers:
            raise self.error(node, "% is for integers; fmod() is for floats")
        return self.apply(node, "remainder" if _not_negative(left) and _not_negative(right) else "fmod", left, right)

    def folded(self, operator, a, b, kind):
        """The value of an operation on literals."""
        if kind is float:
            if operator == "/" and b == 0:
                return None
            return ir.Const(float, float({"+": a + b, "-": a - b, "*": a * b, "/": a / b if operator == "/" else 0}[operator]))
        if operator == "/":
            return None
        value = {"+": a + b, "-": a - b, "*": a * b}[operator]
        return ir.Const(kind, value) if -(2**63) <= value < 2**63 else None

    def of_Conditional(self, node):
        test = self.truth(node.test, self.expression(node.test))
        branches = []
        for part in (node.yes, node.no):
            self.blocks.append([])
            value = self.number(part, self.expression(part))
            branches.append((self.blocks.pop(), value))
        yes, no = branches[0][1].type, branches[1][1].type
        kind = yes if types.same(yes, no) else c_types.usual(yes, no)
        if not branches[0][0] and not branches[1][0]:
            return ir.Select(kind, test, *(self.converted(node, value, kind) for _, value in branches))
        name = self.temporary(kind)
        then, otherwise = ([*block, ir.Assign(node, name, self.converted(node, value, kind))] for block, value in branches)
        self.emit(ir.If(node, test, then, otherwise))
        return ir.Local(kind, name)

    def of_Convert(self, node):
        kind = self.resolved(node, node.type)
        if isinstance(kind, c_types.Pointer):
            place = self.pointer(node, self.expression(node.arguments[0]) if len(node.arguments) == 1 else None)
            if place.array.dtype != types.storage(kind.to):
                raise self.error(node, f"a pointer to {place.array.dtype} cannot point to {types.name(kind.to)}: memory has the type of its array")
            return place
        given = [self.number(a, self.expression(a)) for a in node.arguments]
        if kind is c_types.AUTO or kind is None:
            raise self.error(node, "this is no type to convert to")
        if not given:
            return self.zero(kind)
        if len(given) == 1:
            return self.converted(node, given[0], kind)
        if len(given) != 2 or c_types.kind(kind) != "c":
            raise self.error(node, f"{types.name(kind)}() takes one number, and {len(given)} were given")
        if types.storage(kind).itemsize == 8:
            return ir.Raw(kind, "vec2<f32>({0}, {1})", [self.converted(node, g, c_types.FLOAT32) for g in given])
        return ir.Raw(kind, "make_c128({0}, {1})", [self.converted(node, g, c_types.FLOAT64) for g in given])

    def of_Address(self, node):
        if isinstance(node.operand, c_tree.Name) and isinstance(found := self.find(node.operand, node.operand.id), ir.Local):
            return c_functions.Address(found)
        if not isinstance(node.operand, (c_tree.Index, c_tree.Dereference)) or not isinstance(target := self.target_of(node.operand), tuple):
            raise self.error(node, "an address is that of a variable or of an array's element: &x[i]")
        return c_functions.Place(*target)

    def target_of(self, node):
        """(array, index) of an element that need not be written."""
        return self.pointed(node) if isinstance(node, c_tree.Dereference) else self.element(node)

    def element(self, node):
        """The array and the position of an element."""
        owner = self.expression(node.owner)
        start = None
        if isinstance(owner, c_functions.Place):
            owner, start = owner.array, owner.index
        if not isinstance(owner, ir.Array):
            raise self.error(node, "only `raw` parameters that are given arrays, and arrays of the snippet, are indexed")
        index = self.expression(node.index)
        if isinstance(index, (ir.Array, values.Tuple)):
            index = self.flattened(node.index, owner, index)
        index = self.number(node.index, index)
        if c_types.kind(index.type) not in "biu":
            raise self.error(node.index, f"an index is an integer, not {types.name(index.type)}")
        if start is not None:
            index = self.operation("add", start, self.converted(node, index, int))
        return owner, self.inside(node, owner, index)

    def inside(self, node, owner, index):
        """An index as the compiler's arrays take it."""
        if c_types.kind(index.type) == "u" and types.storage(index.type).itemsize == 8:
            index = self.converted(node, index, int)
        if not _not_negative(index):
            # In C nothing counts from the end: such an index is outside.
            index = self.saved(self.converted(node, index, int))
            outside = self.length(owner, 0)
            index = ir.Select(int, self.operation("less", index, ir.Const(int, 0)), outside, index)
        return self.converted(node, index, int)

    def flattened(self, node, owner, indices):
        """The position in C order of an element whose indices along all axes an array or tuple holds."""
        extents = getattr(owner, "extents", None)
        if extents is None:
            raise self.error(node, f"`{owner.label}` has one axis: its index is a number")
        count = len(indices.items) if isinstance(indices, values.Tuple) else indices.shape[0] if indices.space == "local" else None
        if count != len(extents):
            given = "an array of the kernel" if count is None else f"{count} indices"
            raise self.error(node, f"`{owner.label}` has {len(extents)} axes, and {given} cannot be its index")
        items = indices.items if isinstance(indices, values.Tuple) else [self.loaded(indices, ir.Const(int, k)) for k in range(count)]
        position = None
        for item, extent in zip(items, extents):
            if c_types.kind(self.number(node, item).type) not in "biu":
                raise self.error(node, f"an index is an integer, not {types.name(item.type)}")
            item = self.converted(node, item, int)
            position = item if position is None else self.operation("add", self.operation("multiply", position, extent), item)
        return position

    def of_Index(self, node):
        if isinstance(node.owner, (c_tree.Call, c_tree.Name)):
            owner = self.expression(node.owner)
            if isinstance(owner, values.Tuple):
                index = self.number(node.index, self.expression(node.index))
                if not isinstance(index, ir.Const):
                    return self.chosen(node, owner.items, index)
                if not 0 <= int(index.value) < len(owner.items):
                    raise self.error(node, f"the index is a number from 0 to {len(owner.items) - 1}")
                return owner.items[int(index.value)]
        return self.loaded(*self.element(node))

    def chosen(self, node, items, index):
        """The item of a number that only the kernel knows; 0 outside."""
        if c_types.kind(index.type) not in "biu":
            raise self.error(node.index, f"an index is an integer, not {types.name(index.type)}")
        index, found = self.saved(self.converted(node, index, int)), ir.Const(int, 0)
        for k, item in enumerate(items):
            found = ir.Select(int, self.operation("equal", index, ir.Const(int, k)), item, found)
        return found

    def of_Member(self, node):
        owner = self.expression(node.owner)
        if isinstance(owner, ir.Expr) and node.name in ("real", "imag"):
            raise self.error(node, f"{node.name} is a function: .{node.name}()")
        members = getattr(owner, "members", None) or {}
        if node.name in members:
            return members[node.name]
        raise self.error(node, f"there is no `{node.name}` here")

    def of_Call(self, node):
        function = node.function
        if isinstance(function, c_tree.Member):
            return self.method(node, function)
        if not isinstance(function, c_tree.Name):
            raise self.error(node, "only functions are called")
        if function.type is not None:
            found = None if node.arguments else c_functions.limit(function.id, self.resolved(node, function.type))
            if found is None:
                raise self.error(node, f"there is no `{function.id}` here")
            return found
        if function.id in self.preamble.functions:
            return self.call_own(node, function.id)
        arguments = [self.expression(a) for a in node.arguments]
        handler = c_functions.find(function.id)
        if handler is None:
            raise self.error(function, c_functions.refused(function.id) or f"there is no function `{function.id}`")
        given = [a if isinstance(a, (c_functions.Place, c_functions.Address, values.Object)) else self.number(node, a) for a in arguments]
        if node.types:
            # min<float>(a, b)
            kind = self.resolved(node, node.types[0])
            given = [self.converted(node, a, kind) if isinstance(a, ir.Expr) else a for a in given]
        return handler(self, node, given)

    def method(self, node, member):
        owner = self.expression(member.owner)
        if isinstance(owner, ir.Expr) and member.name in ("real", "imag") and not node.arguments:
            return intrinsics.part(self, node, owner, member.name)
        methods = getattr(owner, "methods", None) or {}
        if member.name not in methods or node.arguments:
            raise self.error(node, f"there is no `{member.name}({'...' if node.arguments else ''})` here")
        return methods[member.name]()


def _not_negative(e):
    """Whether an integer is seen to be at least 0."""
    if isinstance(e, ir.Const):
        return e.value >= 0
    if isinstance(e, ir.Cast):
        inner, of, to = c_types.kind(e.operand.type), types.storage(e.operand.type).itemsize, types.storage(e.type).itemsize
        if getattr(e, "not_negative", False) or c_types.kind(e.type) in "bu" or inner == "b":
            return True
        # The same bits as a signed number may be one below zero.
        return inner == "u" and to > of or inner == "i" and to >= of and _not_negative(e.operand)
    if isinstance(e, (ir.Length, ir.Global)) and not getattr(e, "stride", False):
        return True
    if e.type is int and isinstance(e, ir.Operation) and e.name in ("floor_divide", "remainder"):
        return all(_not_negative(o) for o in e.operands)
    return getattr(e, "not_negative", False) or c_types.kind(e.type) in "bu"
