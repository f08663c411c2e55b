"""From the syntax tree of a snippet to the compiler's `ir`: C++'s types and conversions, the array library's operations."""

import operator as operators

import numpy as np

from . import c_functions, c_syntax, c_types, intrinsics, ir, types, values
from .errors import KernelError
from .frontend import Translator

_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor"}
_COMPARISONS = {"==": "equal", "!=": "not_equal", "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
_SHIFTS = {"<<": "left_shift", ">>": "right_shift"}
_MOST_ELEMENTS = 4096
_INTEGERS = {"+": operators.add, "-": operators.sub, "*": operators.mul, "|": operators.or_, "&": operators.and_, "^": operators.xor}
_EMPTY = ir.Const(types.BOOL, False)


class Preamble:
    """The functions, constants, types and macros of a preamble."""

    def __init__(self, text, source, named_types):
        self.source = source
        (functions, self.constants), parser = parse(text, source, named_types, {}, "definitions")
        self.types, self.macros = parser.types, parser.macros
        self.functions = {}
        for function in functions:
            self.functions.setdefault(function.name, []).append(function)
        self.compiled = {}


class Snippet:
    """A parsed text: its statements, and how to say where something stands in it."""

    def __init__(self, text, source, preamble):
        self.source = source
        self.body, _ = parse(text, source, preamble.types, preamble.macros, "statements")


def parse(text, source, named_types, macros, what):
    """What the parser makes of a text, and the parser; its problems as `KernelError`."""
    try:
        parser = c_syntax.Parser(text, named_types, macros)
        return getattr(parser, what)(), parser
    except c_syntax.SyntaxProblem as problem:
        raise source.error(problem.node, str(problem)) from None


class SnippetTranslator(Translator):
    """Translates snippets into one body of statements. `names` are what the snippets see: values, arrays, `Output`s, `Loop`."""

    def __init__(self, unit, preamble, names, function=None):
        self.unit, self.preamble = unit, preamble
        self.source = preamble.source
        self.types, self.temporaries, self.changed = {}, 0, False
        self.results, self.function, self.templates = None, function, {}
        self.scopes = [dict(names), {}]
        self.blocks, self.loops = [[]], []
        self.finish = None
        self.constants_declared = False

    def run(self, snippet):
        """Appends a snippet's statements."""
        self.declare_constants()
        self.source = snippet.source
        self.statements(snippet.body)

    def value_of(self, snippet):
        """The value of a snippet that is one expression."""
        self.declare_constants()
        self.source = snippet.source
        if len(snippet.body) != 1 or not isinstance(snippet.body[0], c_syntax.Expression):
            raise KernelError(f"one expression is needed here\n    {snippet.source.lines[0]}")
        return self.number(snippet.body[0], self.expression(snippet.body[0].value))

    def declare_constants(self):
        if not self.constants_declared:
            self.constants_declared = True
            source, self.source = self.source, self.preamble.source
            self.statements(self.preamble.constants)
            self.source = source

    # ---- names -----------------------------------------------------------------------------------------------------------------------------

    def find(self, node, name):
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
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
        if isinstance(kind, c_syntax.Template):
            return self.templates[kind.name]
        return kind

    def check_written(self, node, array):
        if getattr(array, "is_input", False):
            raise self.error(node, f"`{array.label}` is an input; what is written is listed among the outputs")

    def number(self, node, value):
        if isinstance(value, ir.Array):
            raise self.error(node, f"`{value.label}` is an array; index an element of it")
        if isinstance(value, (c_functions.Place, values.Object)) or not isinstance(value, (ir.Expr, values.Tuple)):
            raise self.error(node, "this is no number")
        return super().number(node, value)

    # ---- statements ------------------------------------------------------------------------------------------------------------------------

    def scoped(self, *nodes):
        """The statements of nodes in a scope of their own."""
        self.blocks.append([])
        self.scopes.append({})
        self.statements([n for n in nodes if n is not None])
        self.scopes.pop()
        return self.blocks.pop()

    def do_Block(self, node):
        self.scopes.append({})
        self.statements(node.body)
        self.scopes.pop()

    def do_Expression(self, node):
        self.expression(node.value)

    def do_Declare(self, node):
        declared = self.resolved(node, node.type)
        if declared is None:
            raise self.error(node, "a variable has a type other than void")
        for variable in node.variables:
            if variable.length is not None:
                self.array(variable, declared)
                continue
            if declared is c_syntax.AUTO and variable.value is None:
                raise self.error(variable, "a variable declared with auto needs a value")
            value = self.number(variable, self.expression(variable.value)) if variable.value is not None else None
            kind = value.type if declared is c_syntax.AUTO else declared
            if variable.is_constant and isinstance(value, ir.Const):
                self.scopes[-1][variable.name] = self.converted(variable, value, kind)
                continue
            local = self.variable(variable, variable.name, kind, variable.is_constant)
            start = self.converted(variable, value, kind) if value is not None else self.zero(kind)
            self.emit(ir.Assign(variable, local.name, start))

    def zero(self, kind):
        return _EMPTY if types.same(kind, types.BOOL) else self.constant_as(0, kind)

    def array(self, node, kind):
        """An array of the thread's own."""
        given = node.value if isinstance(node.value, list) else []
        length = self.expression(node.length) if node.length != () else ir.Const(int, len(given))
        if not isinstance(length, ir.Const) or not 1 <= int(length.value) <= _MOST_ELEMENTS or kind is c_syntax.AUTO:
            raise self.error(node, f"an array has a length of 1 to {_MOST_ELEMENTS}, known when the kernel is compiled")
        length = int(length.value)
        if len(given) > length:
            raise self.error(node, f"{len(given)} values for an array of {length}")
        array = ir.Array("local", self.unit.unique("local"), types.storage(kind), 1, (length,))
        array.label = node.name
        self.scopes[-1][node.name] = array
        if node.value is not None:
            for k in range(length):
                value = self.expression(given[k]) if k < len(given) else self.zero(kind)
                self.emit(ir.Store(node, array, [ir.Const(int, k)], self.converted(node, value, array.dtype)))

    def do_If(self, node):
        test = self.truth(node.test, self.expression(node.test))
        then = self.scoped(node.then)
        self.emit(ir.If(node, test, then, self.scoped(node.otherwise)))

    def do_While(self, node):
        self.loop(node, node.test, None, node.body)

    def do_For(self, node):
        self.scopes.append({})
        if node.begin_with is not None:
            self.statements([node.begin_with])
        self.loop(node, node.test, node.step, node.body, self.ends(node))
        self.scopes.pop()

    def loop(self, node, test, step, body, finite=False):
        self.blocks.append([])
        condition = self.truth(test, self.expression(test)) if test is not None else ir.Const(types.BOOL, True)
        before = self.blocks.pop()
        self.loops.append(node)
        inner = self.scoped(body)
        self.loops.pop()
        self.blocks.append([])
        if step is not None:
            self.expression(step)
        after = self.blocks.pop()
        self.emit(ir.While(node, before, condition, inner, after, None, finite))

    def ends(self, node):
        """Whether a loop is seen to end: an integer counts by one up to what the loop does not change and what its type reaches."""
        test, step = node.test, node.step
        if not isinstance(test, c_syntax.Binary) or test.operator != "<" or not isinstance(test.left, c_syntax.Name):
            return False
        name = test.left.id
        if not isinstance(step, c_syntax.Step) or step.operator != "++" or not isinstance(step.target, c_syntax.Name) or step.target.id != name:
            return False
        changed = {getattr(p.target, "id", None) for p in c_syntax.walk(node.body) if isinstance(p, (c_syntax.Assign, c_syntax.Step))}
        counter = self.find(test.left, name)
        if name in changed or not isinstance(counter, ir.Local) or c_types.kind(counter.type) not in "iu":
            return False
        width = types.storage(counter.type).itemsize
        if isinstance(test.right, c_syntax.Number):
            return test.right.type is not float and test.right.value < 2 ** (8 * width - 1)
        if not isinstance(test.right, c_syntax.Name) or test.right.id in changed:
            return False
        bound = self.of_Name(test.right)
        is_size = getattr(bound, "not_negative", False)
        return isinstance(bound, ir.Expr) and c_types.kind(bound.type) in "iu" and (is_size and width >= 4 or types.storage(bound.type).itemsize <= width)

    def do_DoWhile(self, node):
        # The body comes first: a flag stands for the first turn.
        first = self.temporary(types.BOOL, "first")
        self.emit(ir.Assign(node, first, ir.Const(types.BOOL, True)))
        self.blocks.append([])
        condition = self.truth(node.test, self.expression(node.test))
        if self.blocks.pop():
            raise self.error(node.test, "the condition of do changes something: change it in the body")
        self.loops.append(node)
        body = [ir.Assign(node, first, _EMPTY), *self.scoped(node.body)]
        self.loops.pop()
        self.emit(ir.While(node, [], ir.Both(types.BOOL, "or", ir.Local(types.BOOL, first), condition), body, []))

    def do_Switch(self, node):
        """A loop of one turn: sections from the one with the value on are run, and `break` leaves the loop."""
        value = self.number(node.test, self.expression(node.test))
        if c_types.kind(value.type) not in "iub":
            raise self.error(node.test, f"the value of switch is an integer, and this is {types.name(value.type)}")
        value = self.saved(value)
        found, known, default = [], set(), len(node.sections)
        for k, section in enumerate(node.sections):
            for label in section.labels:
                if label is None:
                    default = k
                    continue
                case = self.known_integer(label)
                if case is None or not -(2**31) <= case < 2**31:
                    raise self.error(label, "the value of a case is an integer of 32 bits known when the kernel is compiled")
                if case in known:
                    raise self.error(label, f"the case {case} stands in this switch twice")
                known.add(case)
                found.append((k, self.arithmetic(label, "==", value, ir.Const(np.dtype("int32"), case))))
        begin = ir.Const(int, default)
        for k, condition in reversed(found):
            begin = ir.Select(int, condition, ir.Const(int, k), begin)
        begin = self.saved(begin)
        continued = self.temporary(types.BOOL, "continued")
        self.emit(ir.Assign(node, continued, _EMPTY))
        self.loops.append((node, continued))
        self.scopes.append({})
        body = []
        for k, section in enumerate(node.sections):
            self.blocks.append([])
            self.statements(section.body)
            body.append(ir.If(section, self.operation("less_equal", begin, ir.Const(int, k)), self.blocks.pop(), []))
        self.scopes.pop()
        self.loops.pop()
        self.emit(ir.While(node, [], ir.Const(types.BOOL, True), [*body, ir.Break(node)], [], None, True))
        if any(isinstance(n, c_syntax.Continue) for n in c_syntax.walk(node.sections)) and self.in_loop():
            onwards = ir.Break(node) if isinstance(self.loops[-1], tuple) else ir.Continue(node)
            self.emit(ir.If(node, ir.Local(types.BOOL, continued), [onwards], []))

    def known_integer(self, node):
        """The value of an expression of integer literals and constants, None of any other."""
        if isinstance(node, c_syntax.Binary) and node.operator in _INTEGERS:
            left, right = self.known_integer(node.left), self.known_integer(node.right)
            return None if left is None or right is None else _INTEGERS[node.operator](left, right)
        if isinstance(node, c_syntax.Unary) and node.operator in ("+", "-", "~"):
            value = self.known_integer(node.operand)
            return value if value is None or node.operator == "+" else -value if node.operator == "-" else ~value
        if not isinstance(node, (c_syntax.Number, c_syntax.Name)):
            return None
        value = self.expression(node)
        return int(value.value) if isinstance(value, ir.Const) and c_types.kind(value.type) in "iub" else None

    def in_loop(self):
        """Whether a `continue` has a loop; `loops` holds switches as well, as tuples."""
        return any(isinstance(loop, c_syntax.Node) for loop in self.loops)

    def do_Break(self, node):
        if not self.loops:
            raise self.error(node, "break stands outside of a loop")
        self.emit(ir.Break(node))

    def do_Continue(self, node):
        if self.in_loop():
            # Out of every switch up to the loop.
            for loop in reversed(self.loops):
                if not isinstance(loop, tuple):
                    break
                self.emit(ir.Assign(node, loop[1], ir.Const(types.BOOL, True)))
            self.emit(ir.Break(node) if isinstance(self.loops[-1], tuple) else ir.Continue(node))
        else:
            # The loop over the elements, of which a thread has one.
            self.leave(node)

    def leave(self, node):
        if self.function is not None or self.finish is None:
            raise self.error(node, "continue stands outside of a loop")
        self.finish()
        self.emit(ir.Return(node, []))

    def do_Return(self, node):
        if self.function is None:
            if node.value is not None:
                raise self.error(node, "a snippet returns nothing: assign the output")
            if self.finish is None:
                raise self.error(node, "return stands where one expression is needed")
            self.leave(node)
            return
        if (node.value is None) != (self.result is None):
            raise self.error(node, f"{self.function.name}() {'returns nothing' if self.result is None else 'has to return a value'}")
        if node.value is None:
            self.emit(ir.Return(node, []))
            return
        value = self.number(node.value, self.expression(node.value))
        if self.result is c_syntax.AUTO:
            self.result = value.type
        self.results = [self.result]
        self.emit(ir.Return(node, [self.converted(node, value, self.result)]))

    # ---- assignments -----------------------------------------------------------------------------------------------------------------------

    def target(self, node):
        """What is assigned: a variable, or (array, index)."""
        if isinstance(node, c_syntax.Name):
            found = self.find(node, node.id)
            if isinstance(found, ir.Local):
                return found
            if isinstance(found, ir.Array):
                raise self.error(node, f"`{node.id}` is an array: assign an element, {node.id}[i]")
            raise self.error(node, f"`{node.id}` is constant: {'an input' if isinstance(found, values.Object) else 'a number'} is not assigned")
        if isinstance(node, c_syntax.Index):
            array, index = self.element(node)
            self.check_written(node, array)
            return array, self.saved(index)
        raise self.error(node, "only variables and elements of arrays are assigned")

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
        if node.operator == "=":
            value = self.number(node.value, self.expression(node.value))
            return self.store(node, self.target(node.target), value)
        target = self.target(node.target)
        value = self.number(node.value, self.expression(node.value))
        return self.store(node, target, self.arithmetic(node, node.operator[:-1], self.load(target), value))

    def of_Step(self, node):
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
        return found

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
        left = self.number(node.left, self.expression(node.left))
        right = self.number(node.right, self.expression(node.right))
        return self.arithmetic(node, node.operator, left, right)

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
        given = [self.number(a, self.expression(a)) for a in node.arguments]
        if kind is c_syntax.AUTO or kind is None:
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
        if not isinstance(node.operand, c_syntax.Index):
            raise self.error(node, "an address is of an array's element, for atomic operations: &x[i]")
        array, index = self.element(node.operand)
        return c_functions.Place(array, index)

    def element(self, node):
        """The array and the position of an element."""
        owner = self.expression(node.owner)
        if not isinstance(owner, ir.Array):
            raise self.error(node, "only `raw` parameters and arrays are indexed")
        index = self.number(node.index, self.expression(node.index))
        if c_types.kind(index.type) not in "biu":
            raise self.error(node.index, f"an index is an integer, not {types.name(index.type)}")
        if c_types.kind(index.type) == "u" and types.storage(index.type).itemsize == 8:
            index = self.converted(node, index, int)
        if not _not_negative(index):
            # In C nothing counts from the end: such an index is outside.
            index = self.saved(self.converted(node, index, int))
            outside = self.length(owner, 0)
            index = ir.Select(int, self.operation("less", index, ir.Const(int, 0)), outside, index)
        return owner, self.converted(node, index, int)

    def of_Index(self, node):
        if isinstance(node.owner, (c_syntax.Call, c_syntax.Name)):
            owner = self.expression(node.owner)
            if isinstance(owner, values.Tuple):
                index = self.expression(node.index)
                if not isinstance(index, ir.Const) or not 0 <= int(index.value) < len(owner.items):
                    raise self.error(node, f"the index is a number from 0 to {len(owner.items) - 1}")
                return owner.items[int(index.value)]
        return self.loaded(*self.element(node))

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
        if isinstance(function, c_syntax.Member):
            return self.method(node, function)
        if not isinstance(function, c_syntax.Name):
            raise self.error(node, "only functions are called")
        arguments = [self.expression(a) for a in node.arguments]
        if function.id in self.preamble.functions:
            return self.call_own(node, function.id, [self.number(node, a) for a in arguments])
        handler = c_functions.find(function.id)
        if handler is None:
            raise self.error(function, c_functions.refused(function.id) or f"there is no function `{function.id}`")
        given = [a if isinstance(a, c_functions.Place) else self.number(node, a) for a in arguments]
        if node.types:
            # min<float>(a, b)
            kind = self.resolved(node, node.types[0])
            given = [a if isinstance(a, c_functions.Place) else self.converted(node, a, kind) for a in given]
        return handler(self, node, given)

    def method(self, node, member):
        owner = self.expression(member.owner)
        if isinstance(owner, ir.Expr) and member.name in ("real", "imag") and not node.arguments:
            return intrinsics.part(self, node, owner, member.name)
        methods = getattr(owner, "methods", None) or {}
        if member.name not in methods or node.arguments:
            raise self.error(node, f"there is no `{member.name}({'...' if node.arguments else ''})` here")
        return methods[member.name]()

    # ---- functions of the preamble -----------------------------------------------------------------------------------------------------------

    def call_own(self, node, name, arguments):
        chosen = next((f for f in self.preamble.functions[name] if len(f.parameters) == len(arguments)), None)
        if chosen is None:
            wanted = " or ".join(str(len(f.parameters)) for f in self.preamble.functions[name])
            raise self.error(node, f"{name}() takes {wanted} arguments, and {len(arguments)} were given")
        if len(node.types) > len(chosen.templates):
            raise self.error(node, f"{name}() has {len(chosen.templates)} types in its template, and {len(node.types)} were given")
        templates = {t: self.resolved(node, kind) for t, kind in zip(chosen.templates, node.types)}
        explicit = set(templates)
        for (_, kind), argument in zip(chosen.parameters, arguments):
            if isinstance(kind, c_syntax.Template) and kind.name not in explicit:
                given = templates.get(kind.name)
                templates[kind.name] = argument.type if given is None else given if types.same(given, argument.type) else c_types.usual(given, argument.type)
        missing = [t for t in chosen.templates if t not in templates]
        if missing:
            raise self.error(node, f"the type {missing[0]} of {name}() does not follow from its arguments")
        kinds = [templates[k.name] if isinstance(k, c_syntax.Template) else k for _, k in chosen.parameters]
        kinds = [a.type if k is c_syntax.AUTO else k for k, a in zip(kinds, arguments)]
        key = (name, len(kinds), tuple(types.name(k) for k in kinds), tuple(types.name(templates[t]) for t in chosen.templates))
        compiled = self.preamble.compiled.get(key)
        if compiled is None:
            if chosen in self.unit.stack:
                raise self.error(node, f"{name}() calls itself: recursion has no form on a GPU, write a loop")
            self.unit.stack.append(chosen)
            compiled = self.preamble.compiled[key] = self.compile_own(chosen, kinds, templates)
            self.unit.stack.pop()
        self.unit.functions[compiled.name] = compiled
        given = [self.converted(node, a, k) for a, k in zip(arguments, kinds)]
        if not compiled.results:
            self.emit(ir.Call(node, None, compiled, given))
            return values.Object(None)
        result = self.unit.unique("r")
        self.emit(ir.Call(node, result, compiled, given))
        # A loop's end may want the value, and names in WGSL end with their block.
        name = self.temporary(compiled.results[0])
        self.emit(ir.Assign(node, name, ir.Field(compiled.results[0], result, 0)))
        return ir.Local(compiled.results[0], name)

    def compile_own(self, function, kinds, templates):
        inner = SnippetTranslator(self.unit, self.preamble, {}, function)
        inner.templates = templates
        inner.result = inner.resolved(function, function.type)
        inner.scopes.append({})
        parameters = []
        for (name, _), kind in zip(function.parameters, kinds):
            local = inner.variable(function, name, kind)
            parameters.append((local.name, local))
        inner.declare_constants()
        inner.statements(function.body.body)
        if inner.result is not None and not inner.results:
            raise self.preamble.source.error(function, f"{function.name}() has to return a value")
        return ir.Function(self.unit.unique(f"f_{function.name}"), parameters, inner.blocks[0], dict(inner.types), inner.results or [], function)


def _not_negative(e):
    """Whether an integer is seen to be at least 0."""
    if isinstance(e, ir.Const):
        return e.value >= 0
    if isinstance(e, ir.Cast):
        inner = c_types.kind(e.operand.type)
        return inner == "u" and types.storage(e.type).itemsize > types.storage(e.operand.type).itemsize or inner in "biu" and _not_negative(e.operand)
    if isinstance(e, (ir.Length, ir.Global)) and not getattr(e, "stride", False):
        return True
    if e.type is int and isinstance(e, ir.Operation) and e.name in ("floor_divide", "remainder"):
        return all(_not_negative(o) for o in e.operands)
    return getattr(e, "not_negative", False) or c_types.kind(e.type) in "bu"
