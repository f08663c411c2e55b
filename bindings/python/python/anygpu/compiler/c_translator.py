"""From the syntax tree of a snippet to the compiler's `ir`: statements, and the functions of preambles."""

import operator as operators
from dataclasses import dataclass

import numpy as np

from . import c_functions, c_parser, c_tokens, c_tree, c_types, ir, types, values
from .c_expression_translator import FALSE, ExpressionTranslator
from .errors import KernelError

_MOST_ELEMENTS = 4096
_INTEGERS = {"+": operators.add, "-": operators.sub, "*": operators.mul, "|": operators.or_, "&": operators.and_, "^": operators.xor}


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


@dataclass
class Passed:
    """An argument of a preamble's function: a number; one that the function changes, with `target`; or an element of an array, which the function is compiled
    for, with its index as the number, None for the first."""

    type: object
    value: object
    target: object = None
    array: object = None
    is_address: bool = False

    def key(self):
        return (types.name(self.type), None if self.array is None else self.array.name, self.value is None, self.target is not None, self.is_address)


class Snippet:
    """A parsed text: its statements, and how to say where something stands in it."""

    def __init__(self, text, source, preamble):
        self.source = source
        self.body, _ = parse(text, source, preamble.types, preamble.macros, "statements")


def parse(text, source, named_types, macros, what):
    """What the parser makes of a text, and the parser; its problems as `KernelError`."""
    try:
        parser = c_parser.Parser(text, named_types, macros)
        return getattr(parser, what)(), parser
    except c_tokens.SyntaxProblem as problem:
        raise source.error(problem.node, str(problem)) from None


class SnippetTranslator(ExpressionTranslator):
    """Translates snippets into one body of statements. `names` are what the snippets see: values, arrays, `Output`s, `Loop`."""

    def __init__(self, unit, preamble, names, function=None):
        self.unit, self.preamble = unit, preamble
        self.source = preamble.source
        self.types, self.temporaries, self.changed = {}, 0, False
        self.results, self.function, self.templates, self.references = None, function, {}, []
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
        if len(snippet.body) != 1 or not isinstance(snippet.body[0], c_tree.Expression):
            raise KernelError(f"one expression is needed here\n    {snippet.source.lines[0]}")
        return self.number(snippet.body[0], self.expression(snippet.body[0].value))

    def declare_constants(self):
        if not self.constants_declared:
            self.constants_declared = True
            source, self.source = self.source, self.preamble.source
            self.statements(self.preamble.constants)
            self.source = source

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
        for variable in node.variables:
            declared = self.resolved(node, variable.type)
            if declared is None:
                raise self.error(node, "a variable has a type other than void")
            if isinstance(declared, (c_types.Pointer, c_types.Reference)):
                self.pointing(variable, declared)
                continue
            if variable.length is not None:
                self.array(variable, declared)
                continue
            if declared is c_types.AUTO and variable.value is None:
                raise self.error(variable, "a variable declared with auto needs a value")
            value = self.number(variable, self.expression(variable.value)) if variable.value is not None else None
            kind = value.type if declared is c_types.AUTO else declared
            if variable.is_constant and isinstance(value, ir.Const):
                self.scopes[-1][variable.name] = self.converted(variable, value, kind)
                continue
            local = self.variable(variable, variable.name, kind, variable.is_constant)
            start = self.converted(variable, value, kind) if value is not None else self.zero(kind)
            self.emit(ir.Assign(variable, local.name, start))

    def pointing(self, node, kind):
        """A pointer or a reference."""
        if node.length is not None or node.value is None or isinstance(node.value, list):
            raise self.error(node, "a pointer or a reference gets one address where it is declared")
        if isinstance(kind, c_types.Reference):
            if node.is_constant:
                value = self.number(node, self.expression(node.value))
                declared = value.type if kind.to is c_types.AUTO else kind.to
                local = self.variable(node, node.name, declared, True)
                self.emit(ir.Assign(node, local.name, self.converted(node, value, declared)))
                return
            target = self.target(node.value)
            self.scopes[-1][node.name] = target if isinstance(target, ir.Local) else c_functions.Alias(*target)
            found = target.type if isinstance(target, ir.Local) else c_types.scalar(target[0].dtype)
        else:
            value = self.expression(node.value)
            if isinstance(value, c_functions.Address):
                self.scopes[-1][node.name], found = value, value.local.type
            else:
                place = self.pointer(node, value)
                local = self.variable(node, node.name, int)
                self.emit(ir.Assign(node, local.name, place.index))
                self.scopes[-1][node.name], found = c_functions.Place(place.array, local), c_types.scalar(place.array.dtype)
        if kind.to is not c_types.AUTO and not types.same(found, kind.to):
            raise self.error(node, f"this is declared for {types.name(kind.to)}, and its address is that of {types.name(found)}")

    def array(self, node, kind):
        """An array of the thread's own."""
        given = node.value if isinstance(node.value, list) else []
        length = self.expression(node.length) if node.length != () else ir.Const(int, len(given))
        if not isinstance(length, ir.Const) or not 1 <= int(length.value) <= _MOST_ELEMENTS or kind is c_types.AUTO:
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
        if not isinstance(test, c_tree.Binary) or test.operator != "<" or not isinstance(test.left, c_tree.Name):
            return False
        name = test.left.id
        if not isinstance(step, c_tree.Step) or step.operator != "++" or not isinstance(step.target, c_tree.Name) or step.target.id != name:
            return False
        inside = list(c_tree.walk(node.body))
        changed = {getattr(p.target, "id", None) for p in inside if isinstance(p, (c_tree.Assign, c_tree.Step))}
        # What has another name, or is passed on, may change by that.
        changed |= {getattr(p.operand, "id", None) for p in inside if isinstance(p, c_tree.Address)}
        changed |= {getattr(p.value, "id", None) for p in inside if isinstance(p, c_tree.Variable) and isinstance(p.type, c_types.Reference)}
        own = [p for p in inside if isinstance(p, c_tree.Call) and getattr(p.function, "id", None) in self.preamble.functions]
        changed |= {getattr(argument, "id", None) for call in own for argument in call.arguments}
        counter = self.find(test.left, name)
        if name in changed or not isinstance(counter, ir.Local) or c_types.kind(counter.type) not in "iu":
            return False
        width = types.storage(counter.type).itemsize
        if isinstance(test.right, c_tree.Number):
            return test.right.type is not float and test.right.value < 2 ** (8 * width - 1)
        if not isinstance(test.right, c_tree.Name) or test.right.id in changed:
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
        body = [ir.Assign(node, first, FALSE), *self.scoped(node.body)]
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
        self.emit(ir.Assign(node, continued, FALSE))
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
        if any(isinstance(n, c_tree.Continue) for n in c_tree.walk(node.sections)) and self.in_loop():
            onwards = ir.Break(node) if isinstance(self.loops[-1], tuple) else ir.Continue(node)
            self.emit(ir.If(node, ir.Local(types.BOOL, continued), [onwards], []))

    def known_integer(self, node):
        """The value of an expression of integer literals and constants, None of any other."""
        if isinstance(node, c_tree.Binary) and node.operator in _INTEGERS:
            left, right = self.known_integer(node.left), self.known_integer(node.right)
            return None if left is None or right is None else _INTEGERS[node.operator](left, right)
        if isinstance(node, c_tree.Unary) and node.operator in ("+", "-", "~"):
            value = self.known_integer(node.operand)
            return value if value is None or node.operator == "+" else -value if node.operator == "-" else ~value
        if not isinstance(node, (c_tree.Number, c_tree.Name)):
            return None
        value = self.expression(node)
        return int(value.value) if isinstance(value, ir.Const) and c_types.kind(value.type) in "iub" else None

    def in_loop(self):
        """Whether a `continue` has a loop; `loops` holds switches as well, as tuples."""
        return any(isinstance(loop, c_tree.Node) for loop in self.loops)

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
            self.emit(ir.Return(node, list(self.references)))
            return
        value = self.number(node.value, self.expression(node.value))
        if self.result is c_types.AUTO:
            self.result = value.type
        self.results = [self.result]
        self.emit(ir.Return(node, [self.converted(node, value, self.result), *self.references]))

    # ---- functions of the preamble -----------------------------------------------------------------------------------------------------------

    def call_own(self, node, name):
        chosen = next((f for f in self.preamble.functions[name] if len(f.parameters) == len(node.arguments)), None)
        if chosen is None:
            wanted = " or ".join(str(len(f.parameters)) for f in self.preamble.functions[name])
            raise self.error(node, f"{name}() takes {wanted} arguments, and {len(node.arguments)} were given")
        if len(node.types) > len(chosen.templates):
            raise self.error(node, f"{name}() has {len(chosen.templates)} types in its template, and {len(node.types)} were given")
        templates = {t: self.resolved(node, kind) for t, kind in zip(chosen.templates, node.types)}
        explicit = set(templates)
        arguments = [self.passed(a, kind) for a, (_, kind) in zip(node.arguments, chosen.parameters)]
        for (_, kind), argument in zip(chosen.parameters, arguments):
            kind = kind.to if isinstance(kind, (c_types.Pointer, c_types.Reference)) else kind
            if isinstance(kind, c_types.Template) and kind.name not in explicit:
                of, given = argument.type, templates.get(kind.name)
                templates[kind.name] = of if given is None else given if types.same(given, of) else c_types.usual(given, of)
        missing = [t for t in chosen.templates if t not in templates]
        if missing:
            raise self.error(node, f"the type {missing[0]} of {name}() does not follow from its arguments")
        for (_, kind), argument, given in zip(chosen.parameters, arguments, node.arguments):
            self.settle(given, argument, kind, templates)
        key = (name, len(arguments), tuple(a.key() for a in arguments), tuple(types.name(templates[t]) for t in chosen.templates))
        compiled = self.preamble.compiled.get(key)
        if compiled is None:
            if chosen in self.unit.stack:
                raise self.error(node, f"{name}() calls itself: recursion has no form on a GPU, write a loop")
            self.unit.stack.append(chosen)
            compiled = self.preamble.compiled[key] = self.compile_own(chosen, arguments, templates)
            self.unit.stack.pop()
        self.unit.functions[compiled.name] = compiled
        given = [self.converted(node, a.value, a.type) for a in arguments if a.value is not None]
        if not compiled.results:
            self.emit(ir.Call(node, None, compiled, given))
            return values.Object(None)
        result = self.unit.unique("r")
        self.emit(ir.Call(node, result, compiled, given))
        # A loop's end may want the values, and names in WGSL end with their block.
        names = [self.temporary(kind) for kind in compiled.results]
        for k, (name, kind) in enumerate(zip(names, compiled.results)):
            self.emit(ir.Assign(node, name, ir.Field(kind, result, k)))
        changed = [a.target for a in arguments if a.target is not None]
        first = len(names) - len(changed)
        for target, name, kind in zip(changed, names[first:], compiled.results[first:]):
            self.store(node, target, ir.Local(kind, name))
        return ir.Local(compiled.results[0], names[0]) if first else values.Object(None)

    def passed(self, node, kind):
        """What an argument is to a parameter of a declared type."""
        if isinstance(kind, c_types.Reference):
            target = self.target(node)
            value = self.load(target)
            return Passed(value.type, value, target=target)
        value = self.expression(node)
        if isinstance(kind, c_types.Pointer) and isinstance(value, c_functions.Address):
            return Passed(value.local.type, value.local, target=value.local, is_address=True)
        if isinstance(value, (ir.Array, c_functions.Place)):
            place = self.pointer(node, value)
            whole = isinstance(place.index, ir.Const) and place.index.value == 0
            return Passed(c_types.scalar(place.array.dtype) if isinstance(kind, c_types.Pointer) else int, None if whole else place.index, array=place.array)
        if isinstance(kind, c_types.Pointer):
            raise self.error(node, "a pointer is needed here: a `raw` parameter, an array, or &x[i]")
        value = self.number(node, value)
        return Passed(value.type, value)

    def settle(self, node, argument, kind, templates):
        """Gives an argument the type of its parameter, as far as it may have another."""
        points = isinstance(kind, (c_types.Pointer, c_types.Reference))
        to = kind.to if points else kind
        to = templates[to.name] if isinstance(to, c_types.Template) else to
        if argument.array is not None:
            if points and not types.same(argument.type, to):
                raise self.error(node, f"a pointer to {types.name(to)} is needed, and `{argument.array.label}` holds {types.name(argument.type)}")
            argument.type = int
            return
        if to is c_types.AUTO:
            return
        if points and not types.same(argument.type, to):
            raise self.error(node, f"the function changes a variable of type {types.name(to)}, and this is {types.name(argument.type)}")
        argument.type = to

    def compile_own(self, function, arguments, templates):
        inner = SnippetTranslator(self.unit, self.preamble, {}, function)
        inner.templates = templates
        inner.result = inner.resolved(function, function.type)
        inner.scopes.append({})
        parameters = []
        moved = {getattr(p.target, "id", None) for p in c_tree.walk(function.body) if isinstance(p, (c_tree.Assign, c_tree.Step))}
        for (name, _), argument in zip(function.parameters, arguments):
            if argument.array is not None and argument.value is None and name not in moved:
                inner.scopes[-1][name] = argument.array
                continue
            if argument.array is not None and argument.value is None:
                argument.value = ir.Const(int, 0)
            local = inner.variable(function, name, argument.type)
            parameters.append((local.name, local))
            if argument.array is not None:
                inner.scopes[-1][name] = c_functions.Place(argument.array, local)
            elif argument.target is not None:
                inner.references.append(local)
                if argument.is_address:
                    inner.scopes[-1][name] = c_functions.Address(local)
        inner.declare_constants()
        inner.statements(function.body.body)
        if inner.result is not None and not inner.results:
            raise self.preamble.source.error(function, f"{function.name}() has to return a value")
        if inner.references and not inner.results and not (inner.blocks[0] and isinstance(inner.blocks[0][-1], ir.Return)):
            inner.emit(ir.Return(function, inner.references))
        results = [*(inner.results or []), *(local.type for local in inner.references)]
        return ir.Function(self.unit.unique(f"f_{function.name}"), parameters, inner.blocks[0], dict(inner.types), results, function)
