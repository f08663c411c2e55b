"""Random kernels: expressions, whole programs, and changed programs, as source text. For the property tests and scripts/fuzz_kernels.py.

A `random.Random` chooses, so that hypothesis can choose in its place. What Python and NumPy make of the same text is the oracle: `reference` compiles it so that
an integer that leaves 64 bits is noticed, because Python's go on and a kernel's wrap around.
"""

import ast
import itertools
import linecache
import math

import numpy as np

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]
_count = itertools.count()


class Wide(ArithmeticError):
    """A Python integer left 64 bits."""


def function(text, name, **names):
    """The function `name` of a text, with a source that `inspect` finds."""
    filename = f"<program-{next(_count)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    scope = {"np": np, "math": math, **names}
    exec(compile(text, filename, "exec"), scope)
    return scope[name]


def forget(function):
    """Lets go of a source."""
    linecache.cache.pop(function.__code__.co_filename, None)


class _Watched(ast.NodeTransformer):
    """Passes the result of every operator through `_narrow`."""

    def visit_BinOp(self, node):
        return ast.Call(ast.Name("_narrow", ast.Load()), [self.generic_visit(node)], [])

    visit_UnaryOp = visit_BinOp

    def visit_AugAssign(self, node):
        read = ast.parse(ast.unparse(node.target), mode="eval").body
        return self.visit(ast.Assign([node.target], ast.BinOp(read, node.op, node.value)))


def _narrow(value):
    if type(value) is int and not -(2**63) <= value < 2**63:
        raise Wide
    return value


def reference(text, name, **names):
    """The function with a check of the width of Python's integers."""
    tree = ast.fix_missing_locations(_Watched().visit(ast.parse(text)))
    return function(ast.unparse(tree), name, _narrow=_narrow, **names)


class Expressions:
    """Expressions over variables: `leaves` has their names by kind, `i` for integers, `f` for floats, `b` for truth values."""

    def __init__(self, rng, leaves, exact=True):
        self.rng, self.leaves, self.exact = rng, leaves, exact

    def of(self, kind, depth):
        return {"i": self.integer, "f": self.real, "b": self.truth}[kind](depth)

    def leaf(self, kind):
        names = self.leaves.get(kind)
        if names and self.rng.random() < 0.8:
            return self.rng.choice(names)
        return {"i": str(self.rng.randrange(8)), "f": self.rng.choice(["0.5", "2.0", "0.1", "3.0"]), "b": self.rng.choice(["True", "False"])}[kind]

    def pair(self, kind, depth):
        return self.of(kind, depth - 1), self.of(kind, depth - 1)

    def alike(self, kind, depth):
        """Two expressions of one dtype, so that the type does not depend on which is taken."""
        dtype = self.rng.choice(INTEGERS[2:4] if kind == "i" else FLOATS[1:])
        a, b = self.pair(kind, depth)
        return f"np.{dtype}({a})", f"np.{dtype}({b})"

    def integer(self, depth):
        if depth <= 0:
            return self.leaf("i")
        choice = self.rng.randrange(12)
        if choice < 5:
            a, b = self.pair("i", depth)
            return f"({a} {self.rng.choice('+-*&|^')} {b})"
        if choice == 5:
            a, b = self.pair("i", depth)
            return f"({a} {self.rng.choice(['//', '%'])} {b})"
        if choice == 6:
            return f"({self.of('i', depth - 1)} {self.rng.choice(['<<', '>>', '**'])} {self.rng.randrange(4)})"
        if choice == 7:
            return f"{self.rng.choice(['-', '~', '+', 'abs'])}({self.of('i', depth - 1)})"
        if choice == 8:
            a, b = self.alike("i", depth)
            return f"({a} if {self.truth(depth - 1)} else {b})"
        if choice == 9:
            a, b = self.alike("i", depth)
            return f"{self.rng.choice(['min', 'max', 'np.minimum', 'np.maximum'])}({a}, {b})"
        if choice == 10:
            return f"np.{self.rng.choice(INTEGERS)}({self.of('i', depth - 1)})"
        return self.leaf("i")

    def real(self, depth):
        if depth <= 0:
            return self.leaf(self.rng.choice("ff" if self.leaves.get("f") else "fi"))
        choice = self.rng.randrange(10)
        if choice < 4:
            a, b = self.of("f", depth - 1), self.of(self.rng.choice("fi"), depth - 1)
            if self.rng.random() < 0.5:
                a, b = b, a
            return f"({a} {self.rng.choice('+-*/')} {b})"
        if choice == 4:
            a, b = self.pair("f", depth)
            return f"({a} {self.rng.choice(['//', '%'])} {b})"
        if choice == 5:
            return f"{self.rng.choice(['-', '+', 'abs', 'np.sqrt', 'np.floor', 'np.trunc', 'np.rint'])}({self.of('f', depth - 1)})"
        if choice == 6:
            a, b = self.alike("f", depth)
            return f"({a} if {self.truth(depth - 1)} else {b})"
        if choice == 7:
            a, b = self.alike("f", depth)
            return f"{self.rng.choice(['min', 'max', 'np.minimum', 'np.maximum'])}({a}, {b})"
        if choice == 8:
            return f"np.{self.rng.choice(FLOATS)}({self.of(self.rng.choice('fi'), depth - 1)})"
        return self.leaf("f")

    def truth(self, depth):
        if depth <= 0 and self.leaves.get("b"):
            return self.leaf("b")
        kind = self.rng.choice("if")
        a, b = self.pair(kind, depth)
        compare = f"({a} {self.rng.choice(['<', '<=', '>', '>=', '==', '!='])} {b})"
        choice = self.rng.randrange(6) if depth > 0 else 0
        if choice == 1:
            return f"({compare} {self.rng.choice(['and', 'or'])} {self.truth(depth - 1)})"
        if choice == 2:
            return f"(not {self.truth(depth - 1)})"
        if choice == 3:
            return f"({a} < {b} <= {self.of(kind, depth - 1)})"
        return compare


def numbers(rng, dtype, n):
    """An array with small, large and special values."""
    dtype = np.dtype(dtype)
    seed = np.random.default_rng(rng.randrange(2**32))
    if dtype.kind == "b":
        return seed.integers(0, 2, n).astype(bool)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        x = seed.integers(info.min, info.max, n, dtype, endpoint=True)
        small = seed.integers(0 if dtype.kind == "u" else -9, 10, n).astype(dtype)
        x = np.where(seed.random(n) < 0.6, small, x)
        x[: min(n, 4)] = [info.min, info.max, 0, 1][:n]
        return x
    x = (seed.normal(size=n) * 10.0 ** seed.integers(-2, 4, n)).astype(dtype)
    x[seed.random(n) < 0.3] = np.rint(x[seed.random(n) < 0.3][0:1])[0] if n > 8 else 1
    x[: min(n, 6)] = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0][:n]
    return x
