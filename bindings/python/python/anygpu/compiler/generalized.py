"""Functions of small arrays applied along the axes that remain: `guvectorize`."""

import functools
import math
import operator
import re

import numpy as np

from .. import _anygpu, creation_functions
from . import ir, signatures, types

_BLOCK = 64
_GROUP = re.compile(r"\(([^()]*)\)")
_NAME = re.compile(r"[A-Za-z_]\w*\Z")


class Layout:
    """The core dimensions of each operand, from a text such as ``"(m,n),(n,p)->(m,p)"``."""

    def __init__(self, text):
        sides = re.sub(r"\s", "", text).split("->")
        if len(sides) != 2 or not all(re.fullmatch(r"\([^()]*\)(,\([^()]*\))*", side) for side in sides):
            raise ValueError(f"guvectorize: the layout {text!r} is not of the form '(m,n),(n)->(m)', with the core dimensions of each input and output")
        self.text = text
        self.inputs, self.outputs = ([tuple(filter(None, group.split(","))) for group in _GROUP.findall(side)] for side in sides)
        for name in (n for group in (*self.inputs, *self.outputs) for n in group):
            if not _NAME.match(name):
                raise ValueError(f"guvectorize: {name!r} in the layout {text!r} is not a name of a dimension")


class GeneralizedVectorized:
    """A function of small arrays that writes its results into its last parameters, applied to arrays with any number of axes before those."""

    def __init__(self, function, ftylist, layout):
        functools.update_wrapper(self, function)
        self.py_func = function
        self.layout = Layout(layout)
        self.signatures = signatures.parse(ftylist, f"guvectorize of {function.__name__}()")
        self._compiled = {}
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        self.names = names
        count = len(self.layout.inputs) + len(self.layout.outputs)
        for given, what in [(names, "function"), *((s.args, "signature") for s in self.signatures)]:
            if len(given) != count:
                raise ValueError(f"guvectorize: the layout {layout!r} has {count} operands, and the {what} of {function.__name__}() has {len(given)} parameters")

    def __repr__(self):
        return f"<guvectorized {self.py_func.__name__}{self.layout.text}>"

    def __call__(self, *args, out=None, stream=0):
        """The function applied to each place of the axes before the core dimensions, which are broadcast. Outputs are given as ``out`` or after the inputs, or
        made: in the dtypes of the signature, or without one in the inputs' common dtype."""
        count = len(self.layout.inputs)
        if out is not None:
            args = (*args, *(out if isinstance(out, tuple) else (out,)))
        inputs = [a if types.type_of_number(a) is not None else creation_functions.asarray(a) for a in args[:count]]
        given = list(args[count:])
        name = self.py_func.__name__
        if len(inputs) < count or len(given) > len(self.layout.outputs):
            raise TypeError(f"{name}() takes {count} inputs and up to {len(self.layout.outputs)} outputs but {len(args)} arrays were given")
        for k, target in enumerate(given):
            if not isinstance(target, (_anygpu.ndarray, np.ndarray, type(None))):
                raise TypeError(f"{name}(): output operand {k} ({self.names[count + k]}) is an array, not a {type(target).__name__}")
        given += [None] * (len(self.layout.outputs) - len(given))
        chosen = signatures.choose(self.signatures, inputs, name)
        kinds = chosen and chosen.args
        # Python's numbers decide no dtype beside arrays.
        common = None if kinds else np.result_type(*(getattr(x, "dtype", x) for x in inputs))
        inputs = [_as_input(x, kinds[k].dtype if kinds else None, common) for k, x in enumerate(inputs)]
        dtypes = [kinds[count + k].dtype if kinds else common for k in range(len(given))]
        sizes = {}
        loop = np.broadcast_shapes(*(self._measured(x, core, sizes, f"input operand {k} ({self.names[k]})") for k, (x, core) in enumerate(zip(inputs, self.layout.inputs))))
        for k, (target, core) in enumerate(zip(given, self.layout.outputs)):
            if target is not None:
                self._measured(target, core, sizes, f"output operand {k} ({self.names[count + k]})")
        results, targets = [], []
        for k, (target, core) in enumerate(zip(given, self.layout.outputs)):
            unknown = [n for n in core if n not in sizes]
            if unknown:
                raise ValueError(f"{name}(): the size of the dimension {unknown[0]!r} of {self.layout.text!r} follows from no input; pass an output of the right shape")
            shape = (*loop, *(sizes[n] for n in core))
            if target is not None and target.shape != shape:
                raise ValueError(f"{name}(): output operand {k} ({self.names[count + k]}) has shape {target.shape}, and the inputs make {shape}")
            on_device = isinstance(target, _anygpu.ndarray)
            dtype = dtypes[k] if target is None else target.dtype
            # What a given output holds may be read, as by `out[0] += x`.
            results.append(target if on_device else creation_functions.empty(shape, dtype) if target is None else creation_functions.asarray(target))
            targets.append(None if target is None or on_device else target)
        self._launch(inputs, results, loop, kinds)
        for result, target in zip(results, targets):
            if target is not None:
                target[...] = result.get()
        answers = [r if g is None else g for r, g in zip(results, given)]
        return answers[0] if len(answers) == 1 else tuple(answers)

    def _measured(self, x, core, sizes, what):
        """The axes before the core dimensions; their sizes go into `sizes`."""
        name = self.py_func.__name__
        if x.ndim < len(core):
            raise ValueError(f"{name}(): {what} has {x.ndim} dimensions, and the layout {self.layout.text!r} asks for at least {len(core)}")
        split = x.ndim - len(core)
        for dimension, size in zip(core, x.shape[split:]):
            if sizes.setdefault(dimension, size) != size:
                raise ValueError(
                    f"{name}(): {what} has a mismatch in its core dimension {dimension!r} of {self.layout.text!r} (size {size} is different from {sizes[dimension]})"
                )
        return x.shape[:split]

    def _launch(self, inputs, results, loop, kinds):
        from .. import manipulation_functions

        arrays, name = [], self.py_func.__name__
        for k, (x, core) in enumerate(zip([*inputs, *results], [*self.layout.inputs, *self.layout.outputs])):
            is_input = k < len(inputs)
            # Results without core dimensions are arrays of one element to the function, and inputs where the signature says so.
            if not core and (not is_input or (kinds is not None and kinds[k].ndim)):
                x = x[..., None]
            scalar = is_input and not core and not (kinds is not None and kinds[k].ndim)
            if is_input:
                x = manipulation_functions.broadcast_to(x, (*loop, *x.shape[x.ndim - len(core) - (not core and not scalar) :]))
            arrays.append((x, scalar))
        key = (len(loop), tuple((x.dtype, x.ndim, scalar) for x, scalar in arrays))
        kernel = self._compiled.get(key)
        if kernel is None:
            kernel = self._compiled[key] = _compile(self, *key)
        size = math.prod(loop)
        if size:
            sizes = [n & 0xFFFFFFFF for n in loop]
            if kernel.launch([x for x, _ in arrays], sizes, [-(-size // _BLOCK), 1, 1]):
                return
            # An output lies in the memory of another operand: it is computed from what was there before.
            apart = [x.copy() if any(x._shares_memory(r) for r in results) else x for x in inputs]
            own = [r.copy() if any(r._shares_memory(other) for other in results[:k]) else r for k, r in enumerate(results)]
            if all(map(operator.is_, [*apart, *own], [*inputs, *results])):
                raise ValueError(f"{name}() writes an input that shares memory with another one: copy one of them")
            self._launch(apart, own, loop, kinds)
            for result, computed in zip(results, own):
                if computed is not result:
                    result[...] = computed

    def inspect_wgsl(self):
        """The text of each compiled form, by argument types."""
        return {key: kernel.wgsl for key, kernel in self._compiled.items()}


def _as_input(x, dtype, common):
    """An input as an array of `dtype`, or of its own; Python's numbers of the common dtype's kind have that one."""
    if hasattr(x, "dtype"):
        x = creation_functions.asarray(x)
        return x if dtype is None else x.astype(dtype, copy=False)
    if dtype is None and isinstance(x, (float, complex)) and common.kind == np.result_type(x).kind:
        dtype = common
    return creation_functions.asarray(x, dtype=dtype)


def _compile(vectorized, axes, operands):
    """The kernel for `axes` axes before the core dimensions, and operands of (dtype, number of axes, whether the function takes numbers)."""
    from . import frontend, watched

    function = vectorized.py_func
    arrays = [ir.Array("argument", f"a{k}", dtype, ndim, parameter=k) for k, (dtype, ndim, _) in enumerate(operands)]
    for array, name in zip(arrays, vectorized.names):
        array.label = name
    unit = frontend.Unit(checked=_anygpu.Device().is_checked)
    unit.stack.append(function)
    given = []
    for array, name, (dtype, _, scalar) in zip(arrays, vectorized.names, operands):
        given.append(ir.Local(dtype, name) if scalar else frontend.row(array, axes))
    translator = frontend.Translator(unit, function, given, kernel=False)
    compiled = translator.translate()
    if compiled.results:
        raise translator.error(translator.node, f"{function.__name__}() returns a value: the results of guvectorize are written into its last parameters")
    unit.functions[compiled.name] = compiled
    # The position among the places, split into one index an axis.
    uint32 = np.dtype("uint32")
    lengths = [ir.Cast(int, ir.Argument(uint32, k)) for k in range(axes)]
    count, rest, indices = ir.Const(int, 1), ir.Global(int, 0, False), []
    for length in lengths:
        count = translator.operation("multiply", count, length)
    inside = translator.operation("less", rest, count)
    for length in reversed(lengths[1:]):
        indices.insert(0, translator.operation("remainder", rest, length))
        rest = translator.operation("floor_divide", rest, length)
    if axes:
        indices.insert(0, rest)
    passed = []
    for array, (_, _, scalar) in zip(arrays, operands):
        passed += [ir.Load(array.dtype, array, indices)] if scalar else indices
    call = ir.Call(None, None, compiled, passed)
    kernel = ir.Function("main", [], [ir.If(None, inside, [call], [])], {}, [])
    return watched.Watched(function.__name__, kernel, arrays, [uint32] * axes, (_BLOCK, 1, 1), ((2**31 - 1) // _BLOCK, 1, 1))


def guvectorize(ftylist=None, signature=None, *, target=None, **options):
    """A function of small arrays, applied to arrays with any number of axes before those: ``guvectorize(signatures, layout)`` or ``guvectorize(layout)``.

    ``layout`` names the core dimensions of each operand, as ``"(m,n),(n,p)->(m,p)"``. The function writes its results into its last parameters; an operand
    ``()`` is a number to it as an input, and an array of one element as an output or where its signature has brackets. One thread computes one place of the axes
    before the core dimensions, which broadcast as NumPy's do. ``signatures`` are texts such as ``"void(float32[:], float32, float32[:])"`` and give the dtypes; without
    them results that are not passed in have the inputs' common dtype.

    >>> import anygpu as ag
    >>> @ag.guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->(n)")
    ... def scaled(x, factor, out):
    ...     for i in range(x.shape[0]):
    ...         out[i] = x[i] * factor
    >>> scaled(ag.arange(6.0).reshape(2, 3), ag.asarray([1.0, 10.0]))
    array([[ 0.,  1.,  2.],
           [30., 40., 50.]])
    """
    if signature is None:
        ftylist, signature = None, ftylist
    if not isinstance(signature, str):
        raise TypeError(f"guvectorize() takes a layout such as '(n),()->(n)', not {signature!r}")
    return lambda function: GeneralizedVectorized(function, ftylist, signature)
