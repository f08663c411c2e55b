"""From a Python function's syntax tree to typed `ir`.

Types flow from the arguments. A variable has one type, the join of all that is assigned to it: the tree is translated again until no type changes.
"""

import ast
import builtins
import inspect

from . import device_libraries, ir, numba_types, signatures, types, values  # noqa: F401  device_libraries registers what it compiles
from .exceptions import Exceptions
from .expressions import Expressions
from .function_source import read_source
from .subscripts import is_array

_MAX_PASSES = 12
TOO_DEEP = "this is nested too deep to be compiled: give parts of it names, in statements of their own"


def _leaves(statements, by=(ast.Break, ast.Continue)):
    """Whether a `break` or `continue` among them belongs to the loop around them."""
    for s in statements:
        inner = [*s.body, *s.orelse] if isinstance(s, ast.If) else s.orelse if isinstance(s, (ast.For, ast.While)) else []
        if isinstance(s, by) or _leaves(inner, by):
            return True
    return False


def row(array, axes):
    """An argument that is an array with its first `axes` indices given, for `Translator`."""
    return values.View(array, [ir.Local(int, "") for _ in range(axes)])


def _placeholder(number):
    """A number of an argument of a called function as the function sees it: one known at run time is a parameter, whose name comes later."""
    return number if isinstance(number, ir.Const) else ir.Local(number.type, "")


def _numbers(value):
    """The numbers that stand for the placeholders, in order."""
    found = []
    values.mapped(value, lambda number: found.append(number) or number)
    return [number for number in found if not isinstance(number, ir.Const)]


class Unit:
    """What is compiled together: a kernel, the functions it calls."""

    def __init__(self, dynamic_shared=0, checked=False, captures=False, debug=None):
        # Where accesses out of bounds are reported, nothing is read that the program does not ask for.
        self.checked = checked
        # Whether what a thread raises is reported, and divisions by zero raise; None where nothing may raise.
        self.debug = debug
        self.functions = {}
        # Whether arrays on the device may be taken from enclosing scopes, which ones were (as (ir.Array, array)), and what arrays of such scopes became.
        self.captures, self.captured, self.outer_arrays = captures, [], {}
        self.dynamic_shared = dynamic_shared
        self.stack = []
        self.names = 0

    def unique(self, name):
        self.names += 1
        return f"{name}_{self.names}"


class Translator(Exceptions, Expressions):
    """Translates one function for given types of its arguments."""

    current = None  # the statement being translated

    def __init__(self, unit, function, arguments, kernel):
        self.unit, self.function, self.kernel = unit, function, kernel
        self.node, self.source = read_source(function)
        # The value of names that are assigned once: of those that are constants, shapes of memory are made.
        stored = [n.id for n in ast.walk(self.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        single = [n for n in ast.walk(self.node) if isinstance(n, ast.Assign) and len(n.targets) == 1 and isinstance(n.targets[0], ast.Name)]
        self.only_value = {n.targets[0].id: n.value for n in single if stored.count(n.targets[0].id) == 1}
        self.assigned = {n.id for n in ast.walk(self.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.arguments = arguments
        self.parameters = {a.arg for a in (*self.node.args.posonlyargs, *self.node.args.args)}
        self.types = {}
        self.results = None
        self.temporaries = 0
        self.memory_of = {}
        # (loop, name) of what a loop binds to something else than it was before.
        self.rebound = set()
        try:
            closure = inspect.getclosurevars(function)
            self.outer = {**vars(builtins), **function.__globals__, **closure.nonlocals}
        except ValueError:
            self.outer = {**vars(builtins), **function.__globals__}

    def error(self, node, message):
        return self.source.error(node, message)

    # ---- the function ---------------------------------------------------------------------------------------------------------------------

    def translate(self):
        """The function's `ir`."""
        for _ in range(_MAX_PASSES):
            self.changed = False
            self.temporaries = 0
            self.bound = {}
            self.blocks = [[]]
            self.loops = []
            # Of loops with an `else`, the variable that says whether no `break` ended them.
            self.whole = {}
            # What names were bound to where each loop around began: its body runs again with them.
            self.loop_bounds = []
            parameters = self.bind_arguments()
            if isinstance(self.node, ast.Lambda):
                self.emit_return(self.node, self.expression(self.node.body))
            else:
                self.statements(self.node.body)
            if not self.changed:
                break
        else:
            raise self.error(self.node, "the types of this function's variables do not settle")
        name = self.unit.unique("f_" + "".join(c if c.isalnum() else "_" for c in self.function.__name__))
        return ir.Function(name, parameters, self.blocks[0], dict(self.types), self.results or [], self.node)

    def bind_arguments(self):
        names = [a.arg for a in (*self.node.args.posonlyargs, *self.node.args.args)]
        if self.node.args.vararg or self.node.args.kwarg or self.node.args.kwonlyargs:
            raise self.error(self.node, "a kernel's parameters are positional: no *args, **kwargs or keyword-only ones")
        defaults = self.function.__defaults__ or ()
        given = list(self.arguments)
        if len(given) < len(names) and len(names) - len(given) <= len(defaults):
            given += [self.constant(self.node, d) for d in defaults[len(defaults) - (len(names) - len(given)):]]
        if len(given) != len(names):
            raise self.error(self.node, f"{self.function.__name__}() takes {len(names)} arguments, and {len(given)} were given")
        parameters = []
        for name, value in zip(names, given):
            if isinstance(value, ir.Expr) and name in self.assigned:
                # A parameter that is assigned is a variable that starts with the argument's value.
                kind = self.declare(name, value.type)
                if isinstance(value, ir.Const) and not self.kernel:
                    # Known while this is compiled, and not passed.
                    self.emit(ir.Assign(None, name, self.converted(self.node, value, kind)))
                else:
                    parameters.append((name, value))
            elif isinstance(value, ir.Local):
                parameters.append((name, value))
                self.types.setdefault(name, value.type)
            else:
                self.bound[name] = self.bind_parts(name, value, parameters)
        return parameters

    def bind_parts(self, name, value, parameters):
        """The value of a parameter that is a tuple, a row or something to iterate over, with the numbers in it as parameters of their own."""
        if isinstance(value, values.Transposed):
            return values.Transposed(self.bind_parts(f"{name}.base", value.base, parameters), value.order)
        if isinstance(value, values.Reshaped):
            shape = [self.bind_parts(f"{name}.{k}", length, parameters) for k, length in enumerate(value.shape)]
            return values.Reshaped(self.bind_parts(f"{name}.base", value.base, parameters), shape, self.bind_parts(f"{name}.offset", value.offset, parameters))
        if isinstance(value, values.View):
            return values.View(value.array, [self.bind_parts(f"{name}.{k}", index, parameters) for k, index in enumerate(value.indices)])
        if isinstance(value, values.Slice):
            return values.Slice(*(self.bind_parts(f"{name}.{k}", part, parameters) for k, part in enumerate((value.start, value.length, value.step))))
        if isinstance(value, values.Record):
            items, indices = ([self.bind_parts(f"{name}.{k}{what}", part, parameters) for k, part in enumerate(parts)] for what, parts in (("", value.items), ("i", value.indices)))
            return values.Record(items, value.fields, value.ndim, indices)
        if isinstance(value, values.Tuple):
            return values.Tuple([self.bind_parts(f"{name}.{k}", item, parameters) for k, item in enumerate(value.items)], value.fields)
        if isinstance(value, values.Zipped):
            return values.Zipped([self.bind_parts(f"{name}.{k}", item, parameters) for k, item in enumerate(value.items)])
        if isinstance(value, values.Enumerated):
            return values.Enumerated(*(self.bind_parts(f"{name}.{k}", part, parameters) for k, part in enumerate((value.inner, value.start))))
        if isinstance(value, values.Range):
            return values.Range(*(self.bind_parts(f"{name}.{k}", part, parameters) for k, part in enumerate((value.start, value.stop, value.step))))
        if isinstance(value, ir.Local):
            part = ir.Local(value.type, name)
            parameters.append((name, part))
            self.types.setdefault(name, value.type)
            return part
        return value

    def declare(self, name, kind):
        known = self.types.get(name)
        joined = kind if known is None else types.join(known, kind)
        if known is None or not types.same(known, joined):
            self.types[name] = joined
            self.changed = True
        return joined

    def temporary(self, kind, name="t"):
        self.temporaries += 1
        # Not the name of a tuple's part, `t.1`.
        full = f"{name}:{self.temporaries}"
        self.declare(full, kind)
        return full

    def emit(self, statement):
        node = statement.node or self.current
        if node is not None:
            statement.place = self.source.place(node)
        self.blocks[-1].append(statement)

    def block(self, body):
        """The statements of a nested block."""
        self.blocks.append([])
        self.statements(body)
        return self.blocks.pop()

    # ---- statements -------------------------------------------------------------------------------------------------------------------------

    def statements(self, body):
        for statement in body:
            method = getattr(self, "do_" + type(statement).__name__, None)
            if method is None:
                kind = type(statement).__name__.lower()
                raise self.error(statement, f"`{kind}` statements have no form in a kernel; use assignments, if, while, for over range, and calls")
            self.current = statement
            try:
                method(statement)
            except RecursionError:
                raise self.error(statement, TOO_DEEP) from None

    def do_Pass(self, node):
        pass

    def do_Expr(self, node):
        if isinstance(node.value, ast.Constant):
            return
        self.expression(node.value)

    def do_Assign(self, node):
        value = self.expression(node.value)
        if len(node.targets) > 1 or any(isinstance(part, ast.Call) for target in node.targets for part in ast.walk(target)):
            # Before anything that a target changes.
            value = self.settled(value)
        for target in node.targets:
            self.assign(target, value)

    def do_AnnAssign(self, node):
        if node.value is not None:
            self.assign(node.target, self.expression(node.value))

    def do_AugAssign(self, node):
        target = node.target
        if isinstance(target, ast.Attribute):
            owner = self.expression(target.value)
            if not isinstance(owner, values.Record):
                raise self.error(target, "only names, elements of arrays and fields of records are changed in place")
            self.assign_record(node, self.record_field(target, owner, target.attr), self.expression(node.value), node.op)
            return
        if isinstance(target, ast.Subscript):
            place = self.place(target)
            if not isinstance(place, ir.Load):
                self.assign_part(node, place, self.expression(node.value), node.op)
                return
            # The indices are evaluated once.
            place = ir.Load(place.type, place.array, [self.saved(i) for i in place.indices])
            value = self.binary(node, node.op, *self.in_order([node.value], [place]))
            self.emit(ir.Store(node, place.array, place.indices, self.converted(node, value, place.type)))
            return
        old = self.expression(ast.copy_location(ast.Name(target.id, ast.Load()), target))
        value = self.expression(node.value)
        if is_array(old) and old.ndim:
            self.assign_part(node, old, value, node.op)
        else:
            self.assign(target, self.binary(node, node.op, old, value))

    def saved(self, expr):
        """A variable that holds the value, so that it is evaluated once and now."""
        if isinstance(expr, (ir.Const, ir.Argument)):
            return expr
        name = self.temporary(expr.type)
        self.emit(ir.Assign(None, name, expr))
        return ir.Local(self.types[name], name)

    def assign(self, target, value):
        if isinstance(target, ast.Name):
            self.assign_name(target, target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target, value)
        elif isinstance(target, ast.Attribute):
            owner = self.expression(target.value)
            if not isinstance(owner, values.Record):
                raise self.error(target, "only names, tuples of names, elements of arrays and fields of records can be assigned")
            self.assign_record(target, self.record_field(target, owner, target.attr), value)
        elif isinstance(target, ast.Subscript):
            place = self.place(target)
            if isinstance(place, values.Record):
                self.assign_record(target, place, value)
            elif isinstance(place, ir.Load):
                self.emit(ir.Store(target, place.array, place.indices, self.converted(target, self.number(target, value), place.type)))
            else:
                self.assign_part(target, place, value)
        else:
            raise self.error(target, "only names, tuples of names, elements of arrays and fields of records can be assigned")

    def unpack(self, target, value):
        """`a, b = ...`, `a, *b = ...`."""
        names = target.elts
        starred = [k for k, part in enumerate(names) if isinstance(part, ast.Starred)]
        count = len(names) - len(starred)
        if not isinstance(value, values.Tuple) or len(value.items) < count or (len(value.items) > count and not starred):
            raise self.error(target, f"{count} names need a tuple of {'at least ' * bool(starred)}as many values")
        items = self.settled(value).items
        if starred:
            first, rest = starred[0], len(items) - count
            items = [*items[:first], values.Tuple(items[first : first + rest]), *items[first + rest :]]
            names = [part.value if isinstance(part, ast.Starred) else part for part in names]
        for part, item in zip(names, items):
            self.assign(part, item)

    def settled(self, value):
        """The value with all numbers in it evaluated now."""
        return values.mapped(value, self.saved)

    def assign_name(self, node, name, value):
        if isinstance(value, ir.Expr):
            if name in self.bound and len(self.blocks) == 1:
                # On the one path there is, the name is a number's from here on.
                del self.bound[name]
            if name in self.bound:
                raise self.error(node, f"`{name}` is an array or a tuple here; give the number another name")
            kind = self.declare(name, value.type)
            self.emit(ir.Assign(node, name, self.converted(node, value, kind)))
            return
        if name in self.types and len(self.blocks) > 1:
            raise self.error(node, f"`{name}` is a number elsewhere; give the array or the tuple another name")
        if not isinstance(value, values.View) or len(value.indices) > 1 or isinstance(value.indices[0], values.Slice):
            # All before the first is stored: `t = (t[1], t[0])`.
            value = self.settled(value)
        value = self.stored(node, name, value)
        for loop, before in self.loop_bounds:
            if name in before and not isinstance(before[name], values.Either) and not values.alike(before[name], value):
                self.rebound.add((id(loop), name))
                self.changed = True
        self.bound[name] = value

    def stored(self, node, name, value):
        """The value with its numbers in variables of the name's, the same ones on every path."""
        if isinstance(value, ir.Expr):
            kind = self.declare(name, value.type)
            self.emit(ir.Assign(node, name, self.converted(node, value, kind)))
            return ir.Local(kind, name)
        if isinstance(value, values.Record):
            items, indices = ([self.stored(node, f"{name}.{k}{what}", part) for k, part in enumerate(parts)] for what, parts in (("", value.items), ("i", value.indices)))
            return values.Record(items, value.fields, value.ndim, indices)
        if isinstance(value, values.Tuple):
            return values.Tuple([self.stored(node, f"{name}.{k}", item) for k, item in enumerate(value.items)], value.fields)
        if isinstance(value, values.Transposed):
            return values.Transposed(self.stored(node, f"{name}.base", value.base), value.order)
        if isinstance(value, values.Reshaped):
            shape = [n if isinstance(n, ir.Const) else self.stored(node, f"{name}.{k}", n) for k, n in enumerate(value.shape)]
            return values.Reshaped(self.stored(node, f"{name}.base", value.base), shape, self.stored(node, f"{name}.offset", value.offset))
        if isinstance(value, values.View):
            return values.View(value.array, [self.stored(node, f"{name}.{k}", index) for k, index in enumerate(value.indices)])
        if isinstance(value, values.Slice):
            step = value.step if isinstance(value.step, ir.Const) else self.stored(node, f"{name}.step", value.step)
            return values.Slice(self.stored(node, f"{name}.start", value.start), self.stored(node, f"{name}.length", value.length), step)
        return value

    def do_If(self, node):
        test = self.expression(node.test)
        if isinstance(test, ir.Const):
            self.statements(node.body if test.value else node.orelse)
            return
        self.branches(node, self.truth(node.test, test), node.body, node.orelse)

    def branches(self, node, condition, then, otherwise):
        """Statements that run where a condition holds, and those that run where it does not."""
        before = dict(self.bound)
        then = self.block(then)
        first, self.bound = self.bound, before
        otherwise = self.block(otherwise)
        self.emit(ir.If(node, condition, then, otherwise))
        # A path that returned brings nothing here.
        if otherwise and isinstance(otherwise[-1], ir.Return):
            self.bound = first
        elif not (then and isinstance(then[-1], ir.Return)):
            for name, value in first.items():
                if name in self.bound and not values.alike(value, self.bound[name]):
                    value = values.Either()
                self.bound[name] = value

    def do_While(self, node):
        self.with_else(node, lambda: self.while_loop(node))

    def with_else(self, node, loop):
        """A loop, and its `else`, which runs where no `break` ended the loop."""
        if not (node.orelse and _leaves(node.body, ast.Break)):
            loop()
            self.statements(node.orelse)
            return
        whole = self.temporary(types.BOOL, "whole")
        self.whole[id(node)] = whole
        self.emit(ir.Assign(node, whole, ir.Const(types.BOOL, True)))
        loop()
        self.branches(node, ir.Local(types.BOOL, whole), node.orelse, [])

    def while_loop(self, node):
        def turn():
            self.blocks.append([])
            condition = self.truth(node.test, self.expression(node.test))
            return self.blocks.pop(), condition, self.block(node.body)

        before, condition, body = self.turns(node, turn)
        self.emit(ir.While(node, before, condition, body, []))

    def do_For(self, node):
        self.with_else(node, lambda: self.for_loop(node))

    def for_loop(self, node):
        iterated = self.array_of(node.iter, self.expression(node.iter))
        if isinstance(iterated, values.Tuple):
            # Written out, as each item has a type of its own.
            if _leaves(node.body):
                raise self.error(node, "break and continue have no form in a loop over a tuple")
            for item in self.settled(iterated).items:
                self.assign(node.target, item)
                self.statements(node.body)
            return
        element = None
        self.check_iterable(node.iter, iterated)
        if not isinstance(iterated, values.Range):
            element = self.settled(iterated)
            iterated = values.Range(ir.Const(int, 0), self.iterations(node.iter, element), ir.Const(int, 1))

        def body(position):
            self.assign(node.target, position if element is None else self.turn(node.iter, element, position))
            self.statements(node.body)

        self.counted(node, iterated, body)

    def turns(self, node, body):
        """What `body` compiles, as the turns of a loop: a name that they bind to something else has no one meaning where a turn begins, nor behind the loop."""
        rebound = {name: values.Either() for loop, name in self.rebound if loop == id(node) and name in self.bound}
        self.bound |= rebound
        self.loops.append(node)
        self.loop_bounds.append((node, dict(self.bound)))
        result = body()
        self.loop_bounds.pop()
        self.loops.pop()
        self.bound |= rebound
        return result

    def counted(self, node, over, body):
        """A loop over a `values.Range`; `body` takes the counter, and compiles what is done with it."""
        counter = self.temporary(int, "k")
        start = self.converted(node, over.start, int)
        stop = self.saved(self.converted(node, over.stop, int))
        step = over.step if isinstance(over.step, ir.Const) else self.saved(self.converted(node, over.step, int))
        self.emit(ir.Assign(node, counter, start))
        position = ir.Local(int, counter)
        up = self.operation("less", position, stop)
        down = self.operation("greater", position, stop)
        if isinstance(step, ir.Const):
            if step.value == 0:
                raise self.error(node.iter, "range() arg 3 must not be zero")
            condition = up if step.value > 0 else down
        else:
            condition = ir.Select(types.BOOL, self.operation("greater", step, ir.Const(int, 0)), up, down)
        self.blocks.append([])
        upwards = isinstance(step, ir.Const) and step.value > 0
        inside = ir.Local(int, counter, (start, stop) if upwards else None)
        self.turns(node, lambda: body(inside))
        inner = self.blocks.pop()
        after = [ir.Assign(node, counter, self.operation("add", inside, step))]
        self.emit(ir.While(node, [], condition, inner, after, (counter, start, stop, step) if upwards else None, isinstance(step, ir.Const)))

    def do_Break(self, node):
        whole = self.whole.get(id(self.loops[-1]))
        if whole is not None:
            self.emit(ir.Assign(node, whole, ir.Const(types.BOOL, False)))
        self.emit(ir.Break(node))

    def do_Continue(self, node):
        self.emit(ir.Continue(node))

    def do_Return(self, node):
        value = None if node.value is None else self.expression(node.value)
        if isinstance(value, values.Object) and value.value is None:
            value = None
        self.emit_return(node, value)

    def emit_return(self, node, value):
        if self.kernel:
            if value is not None:
                raise self.error(node, "a kernel returns nothing: write the result into an array")
            self.emit(ir.Return(node, []))
            return
        items = [] if value is None else value.items if isinstance(value, values.Tuple) else [value]
        items = [self.number(node, item) for item in items]
        self.returns_tuple = isinstance(value, values.Tuple)
        if self.results is None:
            self.results = [item.type for item in items]
            self.changed = True
        if len(items) != len(self.results):
            raise self.error(node, "all returns of a function give as many values")
        for k, item in enumerate(items):
            joined = types.join(self.results[k], item.type)
            if not types.same(joined, self.results[k]):
                self.results[k] = joined
                self.changed = True
        self.emit(ir.Return(node, [self.converted(node, item, kind) for item, kind in zip(items, self.results)]))

    # ---- functions that are called --------------------------------------------------------------------------------------------------------

    def call(self, node, function, arguments, options, declared=()):
        """A call of another Python function, compiled for the arguments' types, or those of the nearest of the signatures `declared`."""
        if function in self.unit.stack:
            raise self.error(node, f"{function.__name__}() calls itself: recursion has no form on a GPU, write a loop")
        if options:
            names = list(inspect.signature(function).parameters)
            for name, value in options.items():
                if names.index(name) != len(arguments):
                    raise self.error(node, "keyword arguments come in the order of the parameters here")
                arguments = [*arguments, value]
        result = None
        if declared:
            try:
                chosen = signatures.for_call(declared, arguments, function.__name__)
            except TypeError as error:
                raise self.error(node, str(error)) from None
            arguments = [self.as_declared(node, *pair) for pair in zip(arguments, chosen.args)]
            result = chosen.return_type
        given = [values.mapped(value, _placeholder) for value in arguments]
        passed = [number for value in arguments for number in _numbers(value)]
        self.unit.stack.append(function)
        translator = Translator(self.unit, function, given, kernel=False)
        translator.names_of_parameters = [a.arg for a in translator.node.args.args]
        for name, value in zip(translator.names_of_parameters, given):
            if isinstance(value, ir.Local):
                value.name = name
        compiled = translator.translate()
        self.unit.stack.pop()
        self.unit.functions[compiled.name] = compiled
        name = self.unit.unique("r") if compiled.results else None
        self.emit(ir.Call(node, name, compiled, passed))
        # In variables: a barrier, or the end of threads that raised, may divide the block that the call stands in.
        fields = [self.saved(ir.Field(kind, name, k)) for k, kind in enumerate(compiled.results)]
        if translator.raises:
            self.leave_where_raised(node)
        if name is None:
            return values.Object(None)
        if result is not None:
            kinds = result.types if translator.returns_tuple else [result]
            fields = [self.as_declared(node, *pair) for pair in zip(fields, kinds)]
        return values.Tuple(fields) if translator.returns_tuple else fields[0]

    def as_declared(self, node, value, kind):
        """A value as a type of a signature says: numbers converted."""
        if isinstance(kind, numba_types.Tuple):
            return values.Tuple([self.as_declared(node, *pair) for pair in zip(value.items, kind.types)])
        return self.converted(node, value, kind.dtype) if isinstance(kind, numba_types.Scalar) else value
