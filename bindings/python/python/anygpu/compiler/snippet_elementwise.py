"""Elementwise kernels written as snippets of C++, under CuPy's name: `ElementwiseKernel`."""

import math
import re
import sys

import numpy as np

from .. import _anygpu
from . import c_tree, ir
from . import snippet_parameters as parameters
from .errors import KernelError
from .places import place, source_of

_BLOCK = 256
_MOST = 2**31 - 1
_WHAT = "ElementwiseKernel"


class ElementwiseKernel:
    """A kernel that computes each element by a snippet of C++.

    A snippet reads the inputs and assigns the outputs by their names; ``i`` is the element's number and ``n`` the number of elements. Inputs are
    broadcast. A parameter that is ``raw`` is indexed by the snippet itself, with numbers in C order: ``x[i]``, ``x.size()``. A single letter stands
    for a type that follows from the arguments.

    Snippets have C++'s statements (declarations, ``if``, ``for``, ``while``, ``do``), operators, and conversions: ``1 / 2`` is 0, int32 times float32 is
    float32. One thing differs: a floating literal without a suffix takes the type of what it meets, so that ``x * 0.5`` is float32 for a float32
    ``x``. An index out of bounds reads zero and writes nothing. `docs/kernels.md` has the whole language.

    Parameters
    ----------
    in_params, out_params : str
        ``'float32 x, raw T y'``: type and name of each.
    operation : str
        The snippet.
    name : str
        For messages.
    reduce_dims : bool
        CuPy's; of no effect: `_ind` always has the axes of the loop.
    preamble : str
        Functions and constants that the snippet uses; ``#define``.
    loop_prep, after_loop : str
        Snippets before and after the operation. Each thread has one element here.
    no_return, return_tuple : bool
        The call returns nothing; a tuple of one output too.

    Raises
    ------
    KernelError
        In the first call with arguments of some types: the snippet has no meaning; shows the place in it.

    Examples
    --------
    >>> import anygpu as ag
    >>> squared_diff = ag.ElementwiseKernel(
    ...     'float32 x, float32 y', 'float32 z', 'z = (x - y) * (x - y)', 'squared_diff')
    >>> x = ag.arange(6, dtype='float32').reshape(2, 3)
    >>> squared_diff(x, 2)
    array([[4., 1., 0.],
           [1., 4., 9.]], dtype=float32)
    >>> reverse = ag.ElementwiseKernel('raw T x', 'T y', 'y = x[n - 1 - i]')
    >>> reverse(ag.arange(4), size=4)
    array([3, 2, 1, 0])
    """

    def __init__(
        self,
        in_params,
        out_params,
        operation,
        name="kernel",
        reduce_dims=True,
        preamble="",
        no_return=False,
        return_tuple=False,
        *,
        loop_prep="",
        after_loop="",
        options=(),
        **others,
    ):
        unknown = set(others) - {"doc", "translate_cucomplex"}
        if unknown:
            raise TypeError(f"{_WHAT}: there is no argument {sorted(unknown)[0]!r}")
        for text, what in ((operation, "operation"), (preamble, "preamble"), (loop_prep, "loop_prep"), (after_loop, "after_loop"), (name, "name")):
            if not isinstance(text, str):
                raise TypeError(f"{_WHAT}: {what} is a str, not {type(text).__name__}")
        taken = parameters.taken() - {"a", "b"}
        self.in_params = parameters.parse(in_params, False, _WHAT, taken)
        self.out_params = parameters.parse(out_params, True, _WHAT, taken)
        self.params = self.in_params + self.out_params
        parameters.check_names(self.params, _WHAT)
        self.operation, self.name, self.preamble = operation, name, preamble
        self.no_return, self.return_tuple = no_return, return_tuple
        self.nin, self.nout = len(self.in_params), len(self.out_params)
        self.nargs = self.nin + self.nout
        caller = place(sys._getframe(1))
        self._texts = [(text, source_of(text, caller, f"{what} of {name}")) for text, what in (
            (loop_prep, "loop_prep"), (operation, "operation"), (after_loop, "after_loop"))]  # fmt: skip
        self._preamble_source = source_of(preamble, caller, f"preamble of {name}")
        whole = operation + loop_prep + after_loop + preamble
        # An array that is declared may be an index of several axes.
        self._uses_shape = re.search(r"shape|strides|\bget\b|[a-z_]\s+\w+\s*\[", whole) is not None
        self._uses_axes = re.search(r"\b_ind\s*\.\s*(get|ndim)\b", whole) is not None
        self._compiled = {}

    def __repr__(self):
        return f"<ElementwiseKernel {self.name}>"

    def __call__(self, *args, size=None, block_size=None, stream=None):
        """The outputs, in new arrays, or in those given after the inputs.

        ``size`` is the number of elements where all parameters are ``raw``, and the length of the outputs that are made then. ``block_size`` and ``stream`` are CuPy's, of no effect.
        """
        if len(args) not in (self.nin, self.nargs):
            raise TypeError(f"{self.name}: {len(args)} arguments given; it takes {self.nin} inputs, and {self.nout} outputs if those are given")
        given, host = parameters.device_arrays(self.params, args, self.name)
        dtypes, letters = parameters.resolve(self.params, [*given, *[None] * (self.nargs - len(given))], self.name)
        shape = self._shape(given, size)
        count = math.prod(shape)
        if count > _MOST:
            raise ValueError(f"{self.name}: {count} elements; one launch has at most {_MOST}")
        for parameter, dtype in zip(self.params[len(given):], dtypes[len(given):]):
            if parameter.is_raw and size is None:
                raise TypeError(f"{self.name}: the size of `{parameter.name}` is not known, as it is raw: pass the array, or size=")
            from ..creation_functions import empty

            given.append(empty(shape, dtype))
        if count:
            self._launch(given, dtypes, letters, shape, count)
        results = given[self.nin:]
        for position, original in host:
            np.copyto(original, given[position].get())
            results[position - self.nin] = original
        if self.no_return or not results:
            return None
        return tuple(results) if self.return_tuple or len(results) > 1 else results[0]

    def _shape(self, given, size):
        """The shape of the loop."""
        looped = [(p, a) for p, a in zip(self.params, given) if isinstance(a, _anygpu.ndarray) and not p.is_raw]
        if size is not None:
            if looped:
                raise ValueError(f"{self.name}: size is for calls whose arrays are all raw; `{looped[0][0].name}` is not")
            if not isinstance(size, (int, np.integer)) or size < 0:
                raise ValueError(f"{self.name}: size is a number of elements, not {size!r}")
            return (int(size),)
        if not looped:
            raise ValueError(f"{self.name}: the number of elements is not known: all arrays are raw; give size=")
        try:
            shape = np.broadcast_shapes(*(a.shape for _, a in looped))
        except ValueError:
            shapes = ", ".join(f"`{p.name}` {a.shape}" for p, a in looped)
            raise ValueError(f"{self.name}: these shapes do not broadcast: {shapes}") from None
        for parameter, array in looped:
            if parameter.is_output and array.shape != shape:
                raise ValueError(f"{self.name}: the output `{parameter.name}` has shape {array.shape}, and the loop {shape}")
        return shape

    def _launch(self, given, dtypes, letters, shape, count):
        from ..manipulation_functions import broadcast_to

        contiguous = not self._uses_axes and all(
            a.shape == shape and a.flags.c_contiguous for p, a in zip(self.params, given) if isinstance(a, _anygpu.ndarray) and not p.is_raw
        )
        ndim = 1 if contiguous else max(len(shape), 1)
        arrays, numbers, key, raw_outputs = [], [count], [ndim], []
        for parameter, value, dtype in zip(self.params, given, dtypes):
            if not isinstance(value, _anygpu.ndarray):
                numbers.append(parameters.as_number(value, dtype, parameter, self.name))
                key.append((dtype, "number"))
            elif parameter.is_raw:
                array = parameters.flat(value)
                if parameter.is_output and not value.flags.c_contiguous:
                    raw_outputs.append((value, array))
                arrays.append(array)
                numbers += value.shape if self._uses_shape else ()
                key.append((dtype, value.ndim if self._uses_shape else 0))
            else:
                arrays.append(value.reshape(-1) if contiguous else broadcast_to(value, shape) if shape else value.reshape(1))
                key.append((dtype, "array"))
        key = tuple(key)
        compiled = self._compiled.get(key)
        if compiled is None:
            try:
                compiled = self._compiled[key] = _compile(self, key, letters)
            except RecursionError:
                raise KernelError(f"{self.name}: the snippet is nested too deeply") from None
        kernel, pack, outputs = compiled
        parameters.separated(kernel, arrays, outputs, pack(numbers), [-(-count // _BLOCK), 1, 1], self.name)
        for original, array in raw_outputs:
            original[...] = array.reshape(original.shape)

    def inspect_wgsl(self):
        """The text of each compiled form."""
        return {key: compiled[0].wgsl for key, compiled in self._compiled.items()}


def _compile(self, key, letters):
    """(kernel, how the numbers become words, the positions of the outputs among the arrays)."""
    # Loaded by the first kernel: importing the package takes no time for what it may not use.
    from . import c_translator, frontend, watched
    from .dispatcher import pack_numbers

    ndim, *kinds = key
    named = parameters.named_types(letters)
    preamble = c_translator.Preamble(self.preamble, self._preamble_source, named)
    snippets = [c_translator.Snippet(text, source, preamble) for text, source in self._texts if text.strip()]
    arrays, numbers, elements, names = [], [np.dtype("int32")], {}, {}
    for parameter, (dtype, form) in zip(self.params, kinds):
        if form == "number":
            names[parameter.name] = parameters.argument(dtype, len(numbers))
            numbers.append(dtype)
        elif form == "array":
            array = ir.Array("argument", f"a{len(arrays)}", dtype, ndim, parameter=len(arrays), written=parameter.is_output)
            elements[parameter.name] = array
            arrays.append(array)
        else:
            shape = [parameters.size_value(len(numbers) + k) for k in range(form)]
            numbers += [np.dtype("int32")] * form
            names[parameter.name] = parameters.raw_array(len(arrays), dtype, parameter, shape)
            arrays.append(names[parameter.name])
    count, index = parameters.size_value(0), ir.Global(int, 0, False)
    translator = c_translator.SnippetTranslator(frontend.Unit(checked=_anygpu.Device().is_checked), preamble, {"i": index, "n": count, **names})
    # The position in the loop's shape, split into one index an axis.
    rest, indices = index, []
    for axis in reversed(range(1, ndim)):
        length = ir.Length(int, next(iter(elements.values())), axis)
        indices.insert(0, translator.saved(translator.operation("remainder", rest, length)))
        rest = translator.saved(translator.operation("floor_divide", rest, length))
    indices.insert(0, rest)
    translator.scopes[0]["_ind"] = parameters.Loop(count, indices)
    mentioned = {node.id for snippet in snippets for node in c_tree.walk(snippet.body) if isinstance(node, c_tree.Name)}
    outputs = []
    for parameter in self.params:
        array = elements.get(parameter.name)
        if array is None or (parameter.name not in mentioned):
            continue
        value = parameters.element(array, indices)
        local = translator.variable(None, parameter.name, value.type, not parameter.is_output)
        if parameter.is_output:
            outputs.append((array, local))
        if not (parameter.is_output and _is_assigned_first(snippets, parameter.name)):
            translator.emit(ir.Assign(None, local.name, value))

    def finish():
        for array, local in outputs:
            translator.emit(ir.Store(None, array, indices, translator.converted(None, local, array.dtype)))

    translator.finish = finish
    for snippet in snippets:
        translator.run(snippet)
    finish()
    inside = translator.operation("less", index, count)
    kernel = ir.Function("main", [], [ir.If(None, inside, translator.blocks[0], [])], translator.types, [])
    written = {k for k, a in enumerate(arrays) if a.written}
    return watched.Watched(self.name, kernel, arrays, numbers, (_BLOCK, 1, 1), (_MOST // _BLOCK, 1, 1)), pack_numbers(numbers), written


def _is_assigned_first(snippets, name):
    """Whether a snippet assigns an output before anything else could see it."""
    for statement in (s for snippet in snippets for s in snippet.body):
        parts = list(c_tree.walk(statement))
        if any(isinstance(p, c_tree.Name) and p.id == name for p in parts):
            value = getattr(statement, "value", None)
            return (
                isinstance(value, c_tree.Assign)
                and value.operator == "="
                and isinstance(value.target, c_tree.Name)
                and value.target.id == name
                and not any(isinstance(p, c_tree.Name) and p.id == name for p in c_tree.walk(value.value))
            )
        if any(isinstance(p, (c_tree.Return, c_tree.Continue)) for p in parts):
            return False
    return False
