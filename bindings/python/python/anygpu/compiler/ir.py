"""The typed form of a kernel, between the syntax tree and WGSL. Expressions have no side effects; every statement stands for itself."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Expr:
    """A value: `type` is a scalar type of `types`."""

    type: Any


@dataclass
class Const(Expr):
    value: Any


@dataclass
class Local(Expr):
    """A variable of the function, or one of its scalar parameters. Of a loop's counter within the loop, `bounds` are the range's start and stop."""

    name: str
    bounds: Any = None


@dataclass
class Argument(Expr):
    """A scalar argument of the kernel."""

    index: int


@dataclass
class Builtin(Expr):
    """threadIdx, blockIdx, blockDim or gridDim with its axis: `x`, `y`, `z`; laneid and warpsize without."""

    name: str
    axis: int


@dataclass
class Global(Expr):
    """The thread's position in the grid along an axis; `size` for the number of threads instead."""

    axis: int
    size: bool


@dataclass
class Length(Expr):
    """The length of an array argument along an axis, or its stride in elements."""

    array: Any
    axis: int
    stride: bool = False


@dataclass
class Operation(Expr):
    """An elementwise operation of the array library, by NumPy's name, computed in a dtype."""

    name: str
    compute: Any
    operands: list


@dataclass
class Cast(Expr):
    operand: Expr


@dataclass
class Select(Expr):
    condition: Expr
    yes: Expr
    no: Expr


@dataclass
class Both(Expr):
    """`and` or `or` of truth values; the second is not looked at where the first decides."""

    operator: str
    left: Expr
    right: Expr


@dataclass
class Load(Expr):
    array: Any
    indices: list


@dataclass
class Within(Expr):
    """The index along an axis of an index into a slice of it; one that no array has where the index is outside of the slice."""

    index: Expr
    start: Expr
    length: Expr
    step: Expr


@dataclass
class Raw(Expr):
    """WGSL with operands: `text.format(*operands)`, of a type that the text gives in its register form. `helpers` are (name, declaration) of what it uses."""

    text: str
    operands: list
    helpers: tuple = ()


@dataclass
class Field(Expr):
    """One of the results of a called function, which stand in a local variable."""

    name: str
    index: int


@dataclass
class Stmt:
    node: Any = field(repr=False)
    place = None  # (file, line)


@dataclass
class Assign(Stmt):
    name: str
    value: Expr


@dataclass
class Store(Stmt):
    array: Any
    indices: list
    value: Expr


@dataclass
class Atomic(Stmt):
    """An atomic operation on an array's element; its old value goes into a local variable."""

    name: str
    operation: str
    array: Any
    indices: list
    values: list


@dataclass
class Call(Stmt):
    """A device function called; `name` takes its result."""

    name: Any
    function: Any
    arguments: list


@dataclass
class Vote(Stmt):
    """syncthreads_count, _and, _or; the result goes into a local variable."""

    name: str
    operation: str
    value: Expr


@dataclass
class If(Stmt):
    condition: Expr
    then: list
    otherwise: list


@dataclass
class While(Stmt):
    """A loop; its condition may need statements before it, each time. `counter` is (name, start, stop, step) of an
    ascending range; `finite` loops end by construction."""

    before: list
    condition: Expr
    body: list
    after: list
    counter: Any = None
    finite: bool = False


@dataclass
class Break(Stmt):
    pass


@dataclass
class Continue(Stmt):
    pass


@dataclass
class Return(Stmt):
    """`values` are None where nobody looks at them: the thread ends."""

    values: Any


@dataclass
class Raise(Stmt):
    """Notes that this thread raised, an `exceptions.Raised`; a return follows."""

    exception: Any


@dataclass
class Barrier(Stmt):
    pass


@dataclass
class Array:
    """Something that can be indexed: an argument, or memory of the workgroup or the thread. Not a value, but what values are loaded from."""

    space: str
    name: str
    dtype: Any
    ndim: int
    shape: tuple = None
    parameter: int = None
    written: bool = False
    atomic: bool = False
    constants: Any = field(repr=False, default=None)  # the NumPy array of `const.array_like`


@dataclass
class Function:
    """A function compiled for types: a kernel, or one that kernels call."""

    name: str
    parameters: list
    body: list
    locals: dict
    results: list
    node: Any = field(repr=False, default=None)


def loads(value):
    """Whether an expression reads an element of an array."""
    if isinstance(value, Load):
        return True
    parts = vars(value).values() if isinstance(value, Expr) else value if isinstance(value, list) else ()
    return any(loads(part) for part in parts)
