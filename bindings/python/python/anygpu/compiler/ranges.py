"""Between which bounds the integers of a kernel lie.

Python's integers have no width; a kernel computes them in int64. Where the bounds show that 32 bits hold a value and all that it is made of, it is
computed in int32, which is what GPUs are fast at, and an index that cannot leave its array needs no check. Interval arithmetic (Moore, "Interval analysis",
1966), joined over all assignments of a variable; what grows in a loop has no bounds.
"""

import numpy as np

from . import ir, types

INT32 = np.dtype("int32")
_EVERY = (-(2**63), 2**63 - 1)
_ROUNDS = 4


class Ranges:
    """The bounds of a function's variables and expressions. `grid` is the largest number of blocks along each axis, `block` the threads of one."""

    def __init__(self, function, block, grid):
        self.block, self.grid = block, grid
        self.variables = {}
        self.locals = function.locals
        for name, value in function.parameters:
            self.variables[name] = self.of(value)
        before, turn = None, 0
        while self.variables != before:
            before = dict(self.variables)
            # What still grows after some rounds has no bounds.
            self.follow(function.body, turn >= _ROUNDS)
            turn += 1

    def follow(self, statements, widen):
        for s in statements:
            if isinstance(s, ir.Assign):
                known, new = self.variables.get(s.name), self.of(s.value)
                joined = new if known is None else (min(known[0], new[0]), max(known[1], new[1]))
                self.variables[s.name] = _EVERY if widen and known is not None and joined != known else joined
            elif isinstance(s, (ir.Vote, ir.Atomic)):
                self.variables[s.name] = _EVERY
            elif isinstance(s, ir.If):
                self.follow(s.then, widen)
                self.follow(s.otherwise, widen)
            elif isinstance(s, ir.While):
                if s.counter is not None:
                    # Past its last value by one step at most.
                    name, start, stop, step = s.counter
                    low, high = self.of(start)[0], self.of(stop)[1]
                    reach = self.of(step)
                    self.variables[name] = (min(low, self.of(stop)[0] + min(reach[0], 0)), max(self.of(start)[1], high - 1 + max(reach[1], 0)))
                    if reach[0] <= 0:
                        self.variables[name] = _EVERY
                self.follow([*s.before, *s.body], widen)
                if s.counter is None:
                    self.follow(s.after, widen)

    def of(self, e):
        """(least, largest) of an integer expression."""
        if not (e.type is int or (isinstance(e.type, np.dtype) and e.type.kind in "iub")):
            return _EVERY
        if isinstance(e, ir.Const):
            return (int(e.value), int(e.value))
        if isinstance(e, ir.Local):
            if e.bounds is not None:
                start, stop = self.of(e.bounds[0]), self.of(e.bounds[1])
                return (start[0], max(start[0], stop[1] - 1))
            found = self.variables.get(e.name)
            return found if found is not None and e.type is int else _of_dtype(e.type)
        if isinstance(e, ir.Builtin):
            if e.name == "blockDim":
                return (self.block[e.axis],) * 2
            if e.name in ("laneid", "warpsize"):
                return (0, 127) if e.name == "laneid" else (1, 128)
            return {"threadIdx": (0, self.block[e.axis] - 1), "blockIdx": (0, self.grid[e.axis] - 1), "gridDim": (1, self.grid[e.axis])}[e.name]
        if isinstance(e, ir.Global):
            threads = self.grid[e.axis] * self.block[e.axis]
            return (1, threads) if e.size else (0, threads - 1)
        if isinstance(e, ir.Length):
            # A binding has less than 2**31 bytes.
            return (-(2**31), 2**31 - 1) if e.stride else (0, 2**31 - 1)
        if isinstance(e, ir.Within):
            return (0, 2**31 - 1)
        if isinstance(e, ir.Cast):
            inner = self.of(e.operand)
            kind = e.operand.type
            if (kind is int or (isinstance(kind, np.dtype) and kind.kind in "iub")) and e.type is int:
                return inner
            return _of_dtype(e.type)
        if isinstance(e, ir.Select):
            a, b = self.of(e.yes), self.of(e.no)
            return (min(a[0], b[0]), max(a[1], b[1]))
        if isinstance(e, ir.Operation) and e.type is int:
            return _clip(_OPERATIONS.get(e.name, lambda *_: _EVERY)(*(self.of(o) for o in e.operands)))
        return _of_dtype(e.type)

    def narrow(self, e):
        """Whether a Python integer fits 32 bits."""
        return e.type is int and fits(self.of(e))


def fits(bounds):
    """Whether int32 holds all of them."""
    return -(2**31) <= bounds[0] and bounds[1] < 2**31


def _of_dtype(kind):
    if kind is int or not isinstance(kind, np.dtype) or kind.kind not in "iub":
        return _EVERY
    if types.same(kind, types.BOOL):
        return (0, 1)
    info = np.iinfo(kind)
    return (int(info.min), int(info.max))


def _clip(bounds):
    return bounds if _EVERY[0] <= bounds[0] and bounds[1] <= _EVERY[1] else _EVERY


def _products(a, b):
    corners = [x * y for x in a for y in b]
    return (min(corners), max(corners))


def _floor_divide(a, b):
    if b[0] <= 0:
        return _EVERY
    corners = [x // y for x in a for y in b]
    return (min(corners), max(corners))


def _remainder(a, b):
    if b[0] <= 0:
        return _EVERY
    return (a[0], a[1]) if 0 <= a[0] and a[1] < b[0] else (0, b[1] - 1)


def _bit_and(a, b):
    highs = [r[1] for r in (a, b) if r[0] >= 0]
    return (0, min(highs)) if highs else _EVERY


def _bit_or(a, b):
    if a[0] < 0 or b[0] < 0:
        return _EVERY
    return (0, (1 << max(a[1], b[1]).bit_length()) - 1)


_OPERATIONS = {
    "add": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "subtract": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "multiply": _products,
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "negative": lambda a: (-a[1], -a[0]),
    "positive": lambda a: a,
    "absolute": lambda a: (0 if a[0] <= 0 <= a[1] else min(abs(a[0]), abs(a[1])), max(abs(a[0]), abs(a[1]))),
    "minimum": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "maximum": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "bitwise_and": _bit_and,
    "bitwise_or": _bit_or,
    "bitwise_xor": _bit_or,
    "left_shift": lambda a, b: _products(a, (1 << b[0], 1 << b[1])) if 0 <= b[0] and b[1] < 64 else _EVERY,
    "right_shift": lambda a, b: (min(a[0], 0), max(a[1], 0)) if b[0] >= 0 else _EVERY,
}
