"""Numbered calls for test_every_function.py: the same draws for NumPy and for anygpu, and a text of each call that can be pasted.

Everything is drawn from `random.Random(f"{name}-{number}")`, so that an example is the same in every process and on every machine. Kinds of shapes, views
and dtypes take turns: a function has met each kind of shape and of view after seven examples.
"""

import random
import types

import numpy as np

import anygpu as ag
import layouts

SHAPES = [
    [()],
    [(0,), (0, 3), (2, 0, 3)],
    [(1,), (5, 1), (1, 6, 1)],
    [(5,), (12,)],
    [(3, 4), (4, 4), (4, 7)],
    [(2, 3, 5), (3, 2, 4)],
    [(3,), (3, 3), (1, 1)],
]
VIEWS = ["contiguous", "sliced", "offset", "reversed", "fortran", "broadcast", "columns"]


def in_view(values, view, rng):
    """(base, the expression of `base` and `xp` that gives `values` back): `broadcast` repeats the first slice of them."""
    n = values.ndim
    if view == "sliced" and n:
        index = ", ".join(f"1:{1 + 2 * side}:2" for side in values.shape)
        base = layouts.tame_values(values.dtype, tuple(2 * side + 2 for side in values.shape), rng)
    elif view == "offset" or (view == "sliced" and not n):
        index = f"..., 1:{1 + values.shape[-1]}" if n else "1, ..."
        base = layouts.tame_values(values.dtype, (*values.shape[:-1], values.shape[-1] + 2) if n else (3,), rng)
    elif view == "reversed" and n:
        index = ", ".join(["::-1"] * n)
        base = np.empty_like(values, order="C")
    elif view == "fortran" and n:
        return values.T.copy(order="C"), "base.T"
    elif view == "columns" and n > 1:
        return np.moveaxis(values, 0, -1).copy(order="C"), "xp.moveaxis(base, -1, 0)"
    elif view == "broadcast" and n and values.shape[0]:
        return values[:1].copy(), f"xp.broadcast_to(base, {values.shape})"
    else:
        return values.copy(), "base"
    eval(f"base[{index}]", {"base": base})[...] = values
    return base, f"base[{index}]"


def text_of(values):
    """An expression of `values`, which NumPy reads back."""
    values = np.asarray(values)
    dtype = values.dtype.name
    if not values.size:
        return f"np.zeros({values.shape}, '{dtype}')"
    if values.dtype.kind == "c":
        flat = np.ascontiguousarray(values).reshape(-1).view(values.real.dtype)
        return f"np.array({flat.tolist()}, '{flat.dtype}').view('{dtype}').reshape({values.shape})"
    return f"np.array({values.tolist()}, '{dtype}')"


class Library:
    """A module whose calls are remembered, so that a failure can print them."""

    def __init__(self, module, calls=None, arrays=None, prefix=None):
        self._module, self._prefix = module, prefix or ("np" if module is np else "ag")
        self._calls, self._arrays = [] if calls is None else calls, [] if arrays is None else arrays

    def __getattr__(self, name):
        found = getattr(self._module, name)
        if isinstance(found, types.ModuleType):
            return Library(found, self._calls, self._arrays, f"{self._prefix}.{name}")
        if not callable(found) or isinstance(found, type):
            return found

        def call(*args, **options):
            place = len(self._calls)
            self._calls.append(None)  # a result that raises has its line too
            self._calls[place] = line = [f"{self._prefix}.{name}", args, options, None]
            line[3] = found(*args, **options)
            return line[3]

        return call

    def operand(self, base, view):
        """The array that `view`, an expression, makes of `base`; and its base."""
        own = np.array(base) if self._module is np else ag.asarray(base)
        array = eval(view, {"base": own, "xp": self._module})
        self._arrays.append((array, base, view))
        return array, own

    def text(self):
        """The calls so far, as a program."""
        names, lines = {}, ["from numpy import inf, nan"]
        for number, (array, base, view) in enumerate(self._arrays):
            own = text_of(base) if self._prefix.startswith("np") else f"ag.asarray({text_of(base)})"
            lines.append(f"base{number} = {own}; x{number} = {view.replace('base', f'base{number}').replace('xp.', self._prefix[:2] + '.')}")
            names[id(array)] = f"x{number}"

        def show(value):
            if id(value) in names:
                return names[id(value)]
            if isinstance(value, (list, tuple)):
                inside = ", ".join(map(show, value))
                return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
            if isinstance(value, ag.ndarray) and not isinstance(value, np.ndarray):
                return f"ag.asarray({text_of(ag.asnumpy(value))})"
            return text_of(value) if isinstance(value, np.ndarray) else repr(value)

        for number, (name, args, options, result) in enumerate(self._calls):
            inside = ", ".join([*map(show, args), *(f"{key}={show(value)}" for key, value in options.items())])
            lines.append(f"v{number} = {name}({inside})")
            if result is not None and hasattr(result, "shape"):
                names[id(result)] = f"v{number}"
        return "\n".join(lines)


class Draw(random.Random):
    """What an example draws; `Draw(seed)` twice draws the same twice."""

    #: What is written besides the results, compared after the call: (base of an `out`, its values before, the expression of its view).
    written: list
    #: The dtype of the result before it is stored into an `out`, which may be a finer one.
    computed: np.dtype | None

    def __init__(self, seed):
        super().__init__(seed)
        self.written, self.computed = [], None

    def rng(self):
        """A generator of NumPy's for the values of an array."""
        return np.random.default_rng(self.randrange(2**32))

    def array(self, xp, values, view=None, written=False):
        """`values` in a view."""
        values, expression = in_view(np.asarray(values), view or self.choice(VIEWS), self.rng())
        array, base = xp.operand(values, expression)
        if written:
            self.written.append((base, values, expression))
        return array

    def mask(self, xp, shape):
        """Truth values that broadcast to `shape`: with holes, all false, all true."""
        shape = tuple(1 if self.random() < 0.2 else side for side in shape[self.choice([0, 0, 0, len(shape) // 2]):])
        share = self.choice([0.5, 0.5, 0.8, 0.0, 1.0])
        return self.array(xp, np.asarray(self.rng().random(shape) < share))

    def full_mask(self, xp, x):
        """Truth values of the shape of `x`."""
        return self.array(xp, np.asarray(self.rng().random(x.shape) < self.choice([0.5, 0.5, 0.0, 1.0])))

    def out(self, xp, want, wrong_shapes=True):
        """An array in some view for a result like `want`, now and then of a shape or dtype that does not fit."""
        chance = self.random()
        shape, dtype = want.shape, np.dtype(str(want.dtype))
        if chance < 0.1 and wrong_shapes:
            shape = (*shape, 2)
        elif chance < 0.25:
            dtype = np.dtype(self.choice(layouts.ALL))
        return self.array(xp, np.ones(shape, dtype), self.choice([v for v in VIEWS if v != "broadcast"]), written=True)

    def axis(self, x, several=False, none=True):
        """An axis from either end, also none, several, or one that is not there."""
        chance = self.random()
        if chance < 0.06:
            return x.ndim + self.choice([0, 1])
        if not x.ndim or (none and chance < 0.3):
            return None if none else 0
        if several and chance < 0.6:
            return tuple(a - x.ndim * (self.random() < 0.3) for a in self.sample(range(x.ndim), self.randrange(x.ndim + 1)))
        return self.randrange(-x.ndim, x.ndim)


#: A scalar of Python's is weak: it takes the other operand's dtype where its kind allows.
SCALARS = [2, 0, -1, 3.0, -0.0, True, 1j, float("nan"), float("inf"), 300, 1e30]


def tame_with_holes(dtype, shape, rng):
    """Moderate values, among them NaN, infinity and zeros of both signs where the dtype has them and is real."""
    values = layouts.tame_values(dtype, shape, rng)
    if values.dtype.kind == "f":
        special = rng.choice(np.array([np.nan, np.inf, -np.inf, 0.0, -0.0], dtype), shape)
        values = np.where(rng.random(shape) < 0.1, special, values).astype(dtype)
    return values


def drawn_operands(name, number, count, makers, draw, mixed):
    """`count` pairs (base, view): of one dtype and shape, or `mixed` ones that broadcast against each other."""
    turns = random.Random(name)
    shapes, views, dtypes = (turns.sample(kinds, len(kinds)) for kinds in (SHAPES, VIEWS, layouts.ALL))
    shape = draw.choice(shapes[number % len(shapes)])
    dtype = dtypes[number % len(dtypes)]
    drawn = []
    for place in range(count):
        rng = draw.rng()
        own, own_shape = dtype, shape
        if mixed:
            own_shape = tuple(1 if draw.random() < 0.2 else side for side in shape)
            own_shape = own_shape[draw.randrange(len(shape) + 1):] if draw.random() < 0.25 else own_shape
            own = draw.choice(layouts.ALL) if place and draw.random() < 0.7 else dtype
        values = np.asarray(draw.choice(makers)(own, own_shape, rng))
        drawn.append(in_view(values, views[(number + 3 * place) % len(views)], rng))
    return drawn
