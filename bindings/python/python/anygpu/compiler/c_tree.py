"""The syntax tree of a snippet. A type in it is a NumPy dtype, `int` for 64-bit signed integers (which the compiler computes in 32 bits where those
suffice), `c_types.AUTO`, None for void, or a `c_types.Template`."""

from dataclasses import dataclass, field

from .c_tokens import Token


@dataclass
class Node:
    begin: Token = field(repr=False)
    end: Token = field(repr=False)

    @property
    def lineno(self):
        return self.begin.lineno

    @property
    def col_offset(self):
        return self.begin.col_offset

    @property
    def end_lineno(self):
        return self.end.end_lineno

    @property
    def end_col_offset(self):
        return self.end.end_col_offset


def _node(name, *fields):
    made = dataclass(type(name, (Node,), {"__annotations__": dict.fromkeys(fields, object), "__module__": __name__}))
    made.__doc__ = f"{name}({', '.join(fields)})"
    return made


Number, Name = _node("Number", "value", "type"), _node("Name", "id", "type")
Text = _node("Text", "value")
Unary, Binary, Assign = _node("Unary", "operator", "operand"), _node("Binary", "operator", "left", "right"), _node("Assign", "operator", "target", "value")
Conditional, Convert = _node("Conditional", "test", "yes", "no"), _node("Convert", "type", "arguments")
Call, Index, Member = _node("Call", "function", "arguments", "types"), _node("Index", "owner", "index"), _node("Member", "owner", "name")
Step, Comma, Address = _node("Step", "operator", "target", "is_prefix"), _node("Comma", "items"), _node("Address", "operand")
Dereference = _node("Dereference", "operand")
Block, Declare, Expression = _node("Block", "body"), _node("Declare", "variables"), _node("Expression", "value")
Variable = _node("Variable", "name", "type", "value", "length", "is_constant")
If, For = _node("If", "test", "then", "otherwise"), _node("For", "begin_with", "test", "step", "body")
While, DoWhile = _node("While", "test", "body"), _node("DoWhile", "body", "test")
Switch, Section = _node("Switch", "test", "sections"), _node("Section", "labels", "body")
Break, Continue, Return = _node("Break"), _node("Continue"), _node("Return", "value")
Function = _node("Function", "name", "type", "parameters", "body", "templates")


def walk(node):
    """A node and all within it."""
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from walk(part)
    elif isinstance(node, Node):
        yield node
        for name, value in vars(node).items():
            if name not in ("begin", "end"):
                yield from walk(value)
