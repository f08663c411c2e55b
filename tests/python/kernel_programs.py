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
    """Passes the result of every operator and of int() through `_narrow`."""

    def visit_BinOp(self, node):
        return ast.Call(ast.Name("_narrow", ast.Load()), [self.generic_visit(node)], [])

    visit_UnaryOp = visit_BinOp

    def visit_Call(self, node):
        node = self.generic_visit(node)
        named = isinstance(node.func, ast.Name) and node.func.id == "int"
        return ast.Call(ast.Name("_narrow", ast.Load()), [node], []) if named else node

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
    x = np.where(seed.random(n) < 0.3, np.rint(x), x)
    x[: min(n, 6)] = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0][:n]
    return x


class Programs:
    """Whole kernels of which every thread writes its own elements, so that the order of threads does not show."""

    def __init__(self, rng):
        self.rng = rng
        self.integer, self.real = rng.choice(INTEGERS), rng.choice(FLOATS)
        self.variables = {"i": {}, "f": {}}
        self.shared = rng.random() < 0.25
        self.helpers = []
        self.loops = 0

    def expressions(self, extra=()):
        leaves = {
            "i": ["i", "s", "x[i]", "x[i - 1]", "z[i, 0]", "z[i][1]", "x[::-1][i]", "x[i:][0]", "len(x[i::3])", "z[i, ::-1][1]", "z[:, 1][i]", *self.variables["i"], *extra],
            "f": ["y[i]", "t", *self.variables["f"]],
            "b": ["flag"],
        }
        return Expressions(self.rng, leaves)

    def typed(self, kind, dtype, depth, extra=()):
        """An expression that has a dtype whatever it is made of."""
        text = self.expressions(extra).of(kind, depth)
        if kind == "i" and self.rng.random() < 0.15:
            text = f"x[int({text}) % x.size]"
        return f"np.{dtype}({text})"

    def text(self):
        """The source of `kernel(x, y, z, counts, out, fout, s, t, flag)`, after that of the functions it calls."""
        lines = ["i = cuda.grid(1)"]
        early = self.rng.random() < 0.5
        if early or self.shared:
            lines += ["if i >= out.size:", "    return"]
        body = []
        for kind in "iiff"[self.rng.randrange(2) : self.rng.randrange(2, 5)]:
            body += self.declaration(kind)
        if self.shared:
            body += ["tile = cuda.shared.array(8, np.int32)", "tile[cuda.threadIdx.x] = " + self.typed("i", "int32", 1), "cuda.syncthreads()"]
            body += ["v_tile = tile[(cuda.threadIdx.x + 1) % 4]", "cuda.syncthreads()"]
            self.variables["i"]["v_tile"] = "int32"
        if self.rng.random() < 0.3:
            body += ["scratch = cuda.local.array(4, np.int64)", "for j in range(4):", "    scratch[j] = " + self.typed("i", "int64", 1, ["j"])]
            if self.rng.random() < 0.5:
                body += [f"scratch[{self.rng.choice(['1:', ':', ':-1:2', '::-3', '2:9', 'i:', '3:int(x[i])'])}] {self.rng.choice(['=', '+=', '-='])} " + self.typed("i", "int64", 1)]
            if self.rng.random() < 0.5:
                body += [self.rng.choice(["scratch[1:] = scratch[:-1]", "scratch[:2] = z[i, ::-1]", "scratch[2:] += z[i]", "scratch[:-2] = scratch[2:]"])]
            body += ["v_scratch = scratch[int(x[i]) % 4]"]
            self.variables["i"]["v_scratch"] = "int64"
        body += self.block(self.rng.randrange(1, 5), 2, ())
        body += [f"out[i] = {self.typed('i', self.integer, 2)}", f"fout[i] = {self.typed('f', self.real, 2)}"]
        if early or self.shared:
            lines += body
        else:
            lines += ["if i < out.size:", *("    " + line for line in body)]
        return "\n".join([*self.helpers, "def kernel(x, y, z, counts, out, fout, s, t, flag):", *("    " + line for line in lines), ""])

    def declaration(self, kind):
        dtype = self.rng.choice(INTEGERS if kind == "i" else FLOATS)
        text = self.typed(kind, dtype, 1)
        name = f"{'vf'[kind == 'f']}{len(self.variables[kind])}"
        self.variables[kind][name] = dtype
        return [f"{name} = {text}"]

    def block(self, count, depth, extra):
        lines = []
        for _ in range(count):
            lines += self.statement(depth, extra)
        return lines or ["pass"]

    def indented(self, depth, extra):
        return ["    " + line for line in self.block(self.rng.randrange(1, 4), depth - 1, extra)]

    def statement(self, depth, extra):
        choice = self.rng.randrange(12 if depth > 0 else 6)
        kind = self.rng.choice([k for k in "if" if self.variables[k]] or ["i"])
        names = self.variables[kind]
        if choice <= 3 and names:
            name = self.rng.choice(list(names))
            if choice == 3:
                return [f"{name} {self.rng.choice(['+=', '-=', '*='])} {self.typed(kind, names[name], 1, extra)}"]
            return [f"{name} = {self.typed(kind, names[name], 2, extra)}"]
        if choice == 4 and len(names) > 1:
            a, b = self.rng.sample(list(names), 2)
            return [f"{a}, {b} = np.{names[a]}({b}), np.{names[b]}({a})"] if kind == "f" or names[a] == names[b] else [f"{a} = {self.typed(kind, names[a], 1)}"]
        if choice == 5:
            return [f"cuda.atomic.add(counts, {self.typed('i', 'int32', 0, extra)} % 3, {self.typed('i', 'int32', 1, extra)})"]
        if choice in (6, 7):
            lines = [f"if {self.expressions(extra).truth(2)}:", *self.indented(depth, extra)]
            return lines + (["else:", *self.indented(depth, extra)] if self.rng.random() < 0.5 else [])
        if choice in (8, 9):
            self.loops += 1
            name = f"k{self.loops}"
            over = self.rng.choice([f"range({self.rng.randrange(5)})", "range(5, 0, -2)", f"range(i % {self.rng.randrange(1, 5)}, 6)", "range(int(x[i]) % 4)", "(0, 1, 3)", "z[i, :]", "z[1:i:2, 0]", "x[i::-4]"])
            body = self.indented(depth, (*extra, name))
            if over.startswith("range") and self.rng.random() < 0.4:
                body.insert(self.rng.randrange(2) * len(body), f"    if {self.expressions((*extra, name)).truth(0)}: {self.rng.choice(['break', 'continue'])}")
            return [f"for {name} in {over}:", *body]
        if choice == 10:
            self.loops += 1
            name = f"w{self.loops}"
            return [f"{name} = {self.rng.randrange(6)}", f"while {name} > 0:", f"    {name} -= 1", *self.indented(depth, (*extra, name))]
        name = f"f_{len(self.helpers)}"
        value = Expressions(self.rng, {"i": ["p", "q"]}).of("i", 2)
        early = f"    if p > q: return np.int64({Expressions(self.rng, {'i': ['p', 'q']}).of('i', 1)})\n" if self.rng.random() < 0.5 else ""
        self.helpers.append(f"def {name}(p, q):\n{early}    return np.int64({value})\n")
        target = self.rng.choice(list(self.variables["i"]) or ["v_new"])
        dtype = self.variables["i"].setdefault(target, "int64")
        lines = [f"{target} = np.{dtype}({name}({self.typed('i', 'int32', 1, extra)}, {self.typed('i', self.rng.choice(INTEGERS), 1, extra)}))"]
        return lines


#: Statements and expressions that have no form in a kernel, or an odd one.
STRANGE = """
try: pass
finally: pass
with x: pass
assert x
del x
global gg
import math
raise ValueError
lambda_ = lambda a: a + 1
x[1:2] = 0
x[...] = 1
x[i:] = x[:3]
x[i::i] += x[i]
x[:] = (1, 2)
x[:2, 1] = 3
x[i] = x[2:]
x[i] = x[::-1][i:][0]
x[i] = len(x[:i])
x = x[1:]
x[i] = [1, 2][0]
x[i] = {1: 2}[1]
x[i] = 'text'
x[i] = f'{i}'
x[i] = (i := 3)
x[i] = x[i] if x else 0
x[i] = x @ x
x[i] = not x
x[i] = None
x[i] = ()
x[i] = (1, 2)[i]
x[i] = (1, 2.5, x[i])[i % 3]
x[i] = 10 ** 30
x[i] = 1 << 70
x[i] = -1 << 63
x[i] = 1 // 0
x[i] = 1e400
x[i] = 1j
x[i] = complex(i, 1).imag
x[i] = x[0.5]
x[i] = x[()]
x[i] = x[i][0]
x[None] = 1
x = 3
x = x
x, x = x, x
i, i = 1, 2
a, b = 1
a, *b = 1, 2
(a, b), c = (1, 2), 3
a = b = 1
for i in x: x[i] = i
for i, j in enumerate((1, 2)): x[i] = j
for i in zip((1, 2), (3, 4)): x[i[0]] = i[1]
for i in 5: pass
for i in range(0): pass
for i in range(1, 2, 0): pass
for i in range(3, x.size, i - 2): x[i] = 1
for i in range(2.5): pass
for _ in (): pass
while False: pass
while 0.0: x[0] = 1
while x: break
break
continue
return 1
return
yield 1
x[i] = sum((1, 2))
x[i] = len((1, 2))
x[i] = len(3)
x[i] = range(3)
x[i] = min()
x[i] = max(1, 2.5, i)
x[i] = min((3,))
x[i] = pow(i, 2, 3)
x[i] = round(2.5, 1)
x[i] = abs('a')
x[i] = int('3')
x[i] = int(1e300)
x[i] = float(i) ** -2
x[i] = i ** -1
x[i] = (-8) ** 0.5
x[i] = math.nothing(3)
x[i] = math.sin(3, 4)
x[i] = math.pi
x[i] = np.pi * i
x[i] = np.array(3)
x[i] = np.nothing
x[i] = np.float32
x[i] = np.float32()
x[i] = np.float32(1, 2)
x[i] = np.arctan2(i, 2)
x[i] = np.divmod(i, 2)
x[i] = np.add(i)
x[i] = np.add(1, 2, out=x)
x[i] = x.T
x[i] = x.sum()
x[i] = x.shape
x[i] = x.shape[0]
x[i] = x.shape[i]
x[i] = x.shape[9]
x[i] = x.dtype
x[i] = x.dtype.itemsize
x[i] = i.real
x[i] = i.nothing
x.size = 3
i += 'a'
i += x
x += 1
undefined += 1
x[i] = undefined
x[i] = kernel(x)
x[i] = print
print(i)
cuda.syncthreads(1)
cuda.grid()
cuda.grid(4)
cuda.grid(i)
x[i] = cuda.threadIdx
x[i] = cuda.threadIdx.w
x[i] = cuda.blockDim.x + cuda.gridDim.z
cuda.shared.array(3)
cuda.shared.array(i, np.int32)
cuda.shared.array(10 ** 9, np.int32)
cuda.local.array((2, 2), np.float32)[0, 0] = 1
cuda.shared.array(3, x.dtype)[0] = 1
cuda.atomic.add(x, i, 1)
cuda.atomic.add(x, (i, i, i, i), 1)
cuda.atomic.add(x, i)
cuda.atomic.add(i, 0, 1)
cuda.atomic.cas(x, 0, 1, 2)
x[i] = cuda.popc(i)
x[i] = cuda.fma(1.0, 2.0, 3.0)
x[i] = cuda.selp(i > 0, 1, 2.5)
x[i] = cuda.nothing
x[i] = 1 < 2 < i < 4
x[i] = i is None
x[i] = i in (1, 2)
x[i] = i and 2.5 or 3
x[i] = ~1.5
x[i] = -True
x[i] = True + True
x[i] = +x[i] ** 2 ** 0.5
x[i] = 'a' + 'b'
x[i] = ((((i))))
x[-1] = 0
x[2**40] = 1
x[i] = x[-2**63]
nonlocal x
class A: pass
def inner(): pass
async def inner(): pass
match i: case 1: pass
x[i] = [j for j in range(3)]
x[i] = inner(*x)
x[i] = max(*(1, 2), 3)
x[i]: int = 3
j: int
""".strip().splitlines()


def _statement_lists(tree):
    return [v for n in ast.walk(tree) for v in vars(n).values() if isinstance(v, list) and v and isinstance(v[0], ast.stmt) and not isinstance(n, ast.Module)]


class _Replace(ast.NodeTransformer):
    """Puts another node where `position` expressions were passed."""

    def __init__(self, position, new):
        self.position, self.new = position, new

    def visit(self, node):
        if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store):
            self.position -= 1
            if self.position == 0:
                return self.new
        return self.generic_visit(node)


_TEXTS = ["0", "1", "-1", "2.5", "True", "x.size", "np.int8(3)", "np.float32(0.1)", "np.uint64(7)", "2**31", "1j", "math.sqrt(2.0)", "cuda.threadIdx.x", "cuda.blockIdx.x", "None", "(1, 2)"]
_OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift, ast.MatMult]
_COMPARISONS = [ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.Is, ast.In]


def changed(rng, text):
    """The source after some random changes of its syntax tree; None where that is no Python."""
    tree = ast.parse(text)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        expressions = [n for n in ast.walk(tree) if isinstance(n, ast.expr) and not isinstance(getattr(n, "ctx", None), ast.Store)]
        lists = _statement_lists(tree)
        body = rng.choice(lists)
        choice = rng.randrange(9)
        if choice <= 1:
            body.insert(rng.randrange(len(body) + 1), rng.choice(_strange()))
        elif choice == 2 and len(body) > 1:
            body.pop(rng.randrange(len(body)))
        elif choice == 3:
            body.insert(rng.randrange(len(body) + 1), rng.choice(rng.choice(lists)))
        elif choice == 4:
            k = rng.randrange(len(body))
            test = rng.choice(expressions)
            body[k] = rng.choice([ast.If(test, [body[k]], []), ast.For(ast.Name("i", ast.Store()), ast.parse("range(3)").body[0].value, [body[k]], [])])
        else:
            nodes = [n for n in ast.walk(tree) if isinstance(n, (ast.BinOp, ast.Compare))]
            if choice == 5 and nodes:
                node = rng.choice(nodes)
                if isinstance(node, ast.BinOp):
                    node.op = rng.choice(_OPERATORS)()
                else:
                    node.ops[0] = rng.choice(_COMPARISONS)()
            else:
                new = rng.choice(expressions) if choice < 8 else ast.parse(rng.choice(_TEXTS), mode="eval").body
                tree = _Replace(rng.randrange(1, len(expressions) + 1), new).visit(tree)
        # Nodes that stand in two places are one object no longer.
        try:
            tree = ast.parse(ast.unparse(ast.fix_missing_locations(tree)))
            compile(tree, "changed", "exec")
        except (SyntaxError, RecursionError, ValueError, AttributeError, TypeError):
            return None
    return ast.unparse(tree) + "\n"


def _strange():
    if not _parsed:
        for line in STRANGE:
            try:
                _parsed.append(ast.parse(line).body[0])
            except SyntaxError:
                pass
    return _parsed


_parsed = []
