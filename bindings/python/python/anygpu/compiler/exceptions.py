"""`raise` and `assert` in kernels: the thread ends there, and where the kernel is compiled with ``debug=True`` its launch raises what the first thread raised.

As in Numba, the class, the message and the other arguments are constants, and without ``debug`` nobody is told.
"""

import inspect

from . import ir, types, values

#: Whether a function that was called raised: its caller then ends, too.
RAISED = ("raised", "var<private> raised: bool;")


class Raised:
    """What a `raise` of a kernel raises, and where it stands."""

    def __init__(self, kind, arguments, function, place):
        self.kind, self.arguments, self.function, self.place = kind, arguments, function, place

    def exception(self, words):
        """The exception, by what the thread left in `anygpu::FaultRecord`."""
        block, thread = ([int(w) for w in words[k : k + 3]] for k in (7, 10))
        where = f"In function {self.function!r}, file {self.place[0]}, line {self.place[1]}, tid={thread} ctaid={block}"
        if not self.arguments:
            return self.kind(where)
        return self.kind(f"{where}: {self.arguments[0]}", *self.arguments[1:])


class Exceptions:
    """What translates statements that raise; a part of `Translator`."""

    #: Whether the function that is translated, or one that it calls, may raise.
    raises = False

    def do_Raise(self, node):
        if node.exc is None or node.cause is not None:
            raise self.error(node, "raise takes an exception in a kernel: `raise ValueError(\"...\")`, without `from`")
        import ast

        given = []
        if isinstance(node.exc, ast.Call):
            if node.exc.keywords:
                raise self.error(node, "the arguments of an exception are positional in a kernel")
            given = [self.python_constant(a, self.expression(a)) for a in node.exc.args]
        named = self.expression(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
        kind = getattr(named, "value", None)
        if isinstance(kind, BaseException):
            kind, given = type(kind), list(kind.args)
        if not (inspect.isclass(kind) and issubclass(kind, BaseException)):
            raise self.error(node, "a class of exceptions is raised, with constants as arguments")
        self.emit_raise(node, kind, given)

    def do_Assert(self, node):
        test = self.expression(node.test)
        if isinstance(test, ir.Const) and test.value:
            return
        message = [] if node.msg is None else [self.python_constant(node.msg, self.expression(node.msg))]
        if isinstance(test, ir.Const):
            self.emit_raise(node, AssertionError, message)
        else:
            self.raise_where(node, self.apply(node, "logical_not", self.truth(node, test)), AssertionError, *message)

    def python_constant(self, node, value):
        """The Python object that an argument of an exception is."""
        if isinstance(value, ir.Const):
            return value.value
        if isinstance(value, values.Tuple):
            return tuple(self.python_constant(node, item) for item in value.items)
        if isinstance(value, values.Object):
            return value.value
        raise self.error(node, "the arguments of an exception are constants in a kernel: write what was computed into an array")

    def raise_where(self, node, condition, kind, *arguments):
        """Raises where a condition holds."""
        self.blocks.append([])
        self.emit_raise(node, kind, arguments)
        self.emit(ir.If(node, condition, self.blocks.pop(), []))

    def emit_raise(self, node, kind, arguments):
        if self.unit.debug is None:
            raise self.error(node, "nothing can be raised here: give a result that says so; kernels of cuda.jit(debug=True) raise")
        self.raises = True
        self.emit(ir.Raise(node, Raised(kind, tuple(arguments), self.function.__name__, self.source.place(node))))
        self.emit(ir.Return(node, None))

    def leave_where_raised(self, node):
        """After a call of a function that may raise."""
        self.raises = True
        self.emit(ir.If(node, ir.Raw(types.BOOL, "raised", [], (RAISED,)), [ir.Return(node, None)], []))

    def check_divisor(self, node, divisor):
        """In debug mode a division by zero raises, as Python's does. The divisor, evaluated once."""
        if not self.unit.debug or (isinstance(divisor, ir.Const) and divisor.value != 0):
            return divisor
        divisor = self.saved(divisor)
        self.raise_where(node, self.apply(node, "logical_not", self.truth(node, divisor)), ZeroDivisionError, "division by zero")
        return divisor
