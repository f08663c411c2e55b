"""Reductions written as snippets of C++, under CuPy's name: `ReductionKernel`.

One kernel reduces what lies in rows (outputs) and columns (what is reduced): a thread takes every C-th element of a row. It runs until C is 1; the first run
maps the inputs, the last one computes the outputs. The order of the operations depends on the sizes alone, so that results are the same on every run.
"""

import math
import sys

import numpy as np

from .. import _anygpu
from . import c_types, ir, types
from . import snippet_parameters as parameters
from .errors import KernelError
from .places import place, source_of

_BLOCK = 256
_MOST = 2**31 - 1
_WHAT = "ReductionKernel"
#: What one thread reduces: in rows that many threads share, and where there are threads enough without that.
_FEW, _MANY, _ROWS = 64, 4096, 16384


class ReductionKernel:
    """A reduction along axes: each element is mapped, the values are joined two by two, and the outputs computed from what remains.

    The snippets are C++ as `ElementwiseKernel`'s. ``map_expr`` is an expression in the inputs; ``reduce_expr`` one in ``a`` and ``b``; ``post_map_expr``
    assigns the output from ``a``. ``identity`` is where a row begins; without (None), a row of no elements is an error.

    The order in which values are joined is fixed, but not that of the elements: ``reduce_expr`` has to be associative and commutative.

    Parameters
    ----------
    in_params, out_params : str
        ``'T x, raw float32 y'``: type and name of each. There is one output.
    map_expr, reduce_expr, post_map_expr : str
        The snippets.
    identity : str or None
        A value in C++.
    name : str
        For messages.
    reduce_type : str, optional
        The type in which values are joined, a dtype or a letter of the parameters; that of the output if not given.
    preamble : str
        Functions and constants that the snippets use; ``#define``.

    Examples
    --------
    >>> import anygpu as ag
    >>> l2norm = ag.ReductionKernel('T x', 'T y', 'x * x', 'a + b', 'y = sqrt(a)', '0', 'l2norm')
    >>> l2norm(ag.asarray([[3.0, 4.0], [6.0, 8.0]]), axis=1)
    array([ 5., 10.])
    """

    def __init__(
        self,
        in_params,
        out_params,
        map_expr,
        reduce_expr,
        post_map_expr,
        identity,
        name="reduce_kernel",
        reduce_type=None,
        reduce_dims=True,
        preamble="",
        options=(),
    ):
        texts = {"map_expr": map_expr, "reduce_expr": reduce_expr, "post_map_expr": post_map_expr, "preamble": preamble, "name": name}
        for what, text in texts.items():
            if not isinstance(text, str):
                raise TypeError(f"{_WHAT}: {what} is a str, not {type(text).__name__}")
        if identity is not None:
            identity = str(identity)
        self.in_params = parameters.parse(in_params, False, _WHAT, parameters.taken())
        self.out_params = parameters.parse(out_params, True, _WHAT, parameters.taken())
        self.params = self.in_params + self.out_params
        parameters.check_names(self.params, _WHAT)
        if len(self.out_params) != 1 or self.out_params[0].is_raw:
            raise ValueError(f"{_WHAT}: there is one output, which is not raw; {out_params!r} was given")
        if not any(not p.is_raw for p in self.in_params):
            raise ValueError(f"{_WHAT}: one of the inputs at least is not raw")
        self.name, self.identity, self.preamble, self.reduce_type = name, identity or None, preamble, reduce_type
        self.map_expr, self.reduce_expr, self.post_map_expr = map_expr, reduce_expr, post_map_expr
        self.nin, self.nout, self.nargs = len(self.in_params), 1, len(self.in_params) + 1
        caller = place(sys._getframe(1))
        texts["identity"] = identity or ""
        self._sources = {what: source_of(text, caller, f"{what} of {name}") for what, text in texts.items() if what != "name"}
        self._compiled = {}

    def __repr__(self):
        return f"<ReductionKernel {self.name}>"

    def __call__(self, *args, out=None, axis=None, keepdims=False, stream=None):
        """The reduction along ``axis`` (an int, a tuple, or None for all), in a new array or in ``out``.

        Raises
        ------
        ValueError
            The inputs do not broadcast, ``out`` has another shape, or there is nothing to reduce and no identity.
        """
        if len(args) not in (self.nin, self.nargs):
            raise TypeError(f"{self.name}: {len(args)} arguments given; it takes {self.nin} inputs, and an output if that is given")
        if len(args) == self.nargs and out is not None:
            raise ValueError(f"{self.name}: the output is given twice")
        if out is not None:
            args = (*args, out)
        given, host = parameters.device_arrays(self.params, args, self.name)
        dtypes, letters = parameters.resolve(self.params, [*given, *[None] * (self.nargs - len(given))], self.name)
        looped = [a for p, a in zip(self.in_params, given) if isinstance(a, _anygpu.ndarray) and not p.is_raw]
        if not looped:
            raise ValueError(f"{self.name}: an array is needed to reduce")
        shape = np.broadcast_shapes(*(a.shape for a in looped))
        axes = tuple(range(len(shape))) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, len(shape))
        kept = [k for k in range(len(shape)) if k not in axes]
        rows, columns = math.prod(shape[k] for k in kept), math.prod(shape[k] for k in axes)
        result_shape = tuple(1 if k in axes else n for k, n in enumerate(shape)) if keepdims else tuple(shape[k] for k in kept)
        if len(given) == self.nin:
            from ..creation_functions import empty

            given.append(empty(result_shape, dtypes[-1]))
        elif given[-1].shape != result_shape:
            raise ValueError(f"{self.name}: the output has shape {given[-1].shape}, and the result {result_shape}")
        if columns == 0 and self.identity is None and rows:
            raise ValueError(f"zero-size array to reduction operation {self.name} which has no identity")
        if rows * columns > _MOST - _MOST // _FEW or rows > _MOST:
            raise ValueError(f"{self.name}: {rows * columns} elements; one reduction has at most {_MOST - _MOST // _FEW}")
        if rows:
            self._reduce(given, dtypes, letters, shape, kept, axes, rows, columns)
        for position, original in host:
            np.copyto(original, given[position].get())
            return original
        return given[-1]

    def _reduce(self, given, dtypes, letters, shape, kept, axes, rows, columns):
        from ..creation_functions import empty
        from ..manipulation_functions import broadcast_to

        # Neighbouring threads read neighbouring elements.
        by_rows = len(shape) - 1 in axes or not shape
        joined = self._joined_type(letters)
        arrays, numbers, key = [], [], [by_rows]
        for parameter, value, dtype in zip(self.in_params, given, dtypes):
            if not isinstance(value, _anygpu.ndarray):
                numbers.append(parameters.as_number(value, dtype, parameter, self.name))
                key.append((dtype, "number"))
            elif parameter.is_raw:
                arrays.append(parameters.flat(value))
                key.append((dtype, "raw"))
            else:
                arrays.append(broadcast_to(value, shape).transpose((*kept, *axes)).reshape((rows, columns)))
                key.append((dtype, "array"))
        # WebGPU binds nothing that a kernel writes a second time.
        arrays = [a.copy() if a._shares_memory(given[-1]) else a for a in arrays]
        total, is_first = rows * columns, True
        while True:
            chunks = _chunks(rows, columns)
            out = given[-1] if chunks == 1 else empty((rows * chunks,), types.storage(joined))
            stage = (is_first, chunks == 1, *key, dtypes[-1], joined)
            kernel, pack = self._kernel(stage, letters)
            # (elements, their number in a row, threads a row, rows)
            words = pack([rows * chunks, columns, chunks, rows, total, *(numbers if is_first else [])])
            target = parameters.flat(out)
            kernel.launch([*arrays, target], words, [-(-rows * chunks // _BLOCK), 1, 1])
            if chunks == 1:
                if not out.flags.c_contiguous:
                    out[...] = target.reshape(out.shape)
                return
            arrays, columns, is_first = [out], chunks, False

    def _joined_type(self, letters):
        """The type in which values are joined."""
        wanted = self.reduce_type if self.reduce_type is not None else self.out_params[0].type
        if isinstance(wanted, str) and wanted in letters:
            wanted = letters[wanted]
        if isinstance(wanted, str):
            found = c_types.TYPES.get(wanted)
            try:
                return found if isinstance(found, np.dtype) or found is int else c_types.scalar(np.dtype(wanted))
            except TypeError:
                raise ValueError(f"{self.name}: reduce_type {wanted!r} is no dtype and no type of a parameter") from None
        return c_types.scalar(np.dtype(wanted))

    def _kernel(self, stage, letters):
        compiled = self._compiled.get(stage)
        if compiled is None:
            try:
                compiled = self._compiled[stage] = _compile(self, stage, letters)
            except RecursionError:
                raise KernelError(f"{self.name}: the snippets are nested too deeply") from None
        return compiled

    def inspect_wgsl(self):
        """The text of each compiled form."""
        return {key: compiled[0].wgsl for key, compiled in self._compiled.items()}


def _chunks(rows, columns):
    """Threads that share a row."""
    if columns <= _FEW or (rows >= _ROWS and columns <= _MANY):
        return 1
    return -(-columns // _FEW)


def _compile(self, stage, letters):
    """(kernel, how the numbers become words) of the first or a later run, the last or one before."""
    from . import c_translator, frontend, watched
    from .dispatcher import pack_numbers

    is_first, is_last, by_rows, *kinds, out_dtype, joined = stage
    named = parameters.named_types(letters)
    preamble = c_translator.Preamble(self.preamble, self._sources["preamble"], named)

    def snippet(what):
        text = self.identity or "" if what == "identity" else getattr(self, what)
        return c_translator.Snippet(text, self._sources[what], preamble)

    int32 = np.dtype("int32")
    threads, columns, chunks, rows, total = (parameters.size_value(k) for k in range(5))
    thread = ir.Global(int, 0, False)
    arrays, numbers, names, elements = [], [int32] * 5, {}, {}
    if is_first:
        for parameter, (dtype, form) in zip(self.in_params, kinds):
            if form == "number":
                names[parameter.name] = parameters.argument(dtype, len(numbers))
                numbers.append(dtype)
                continue
            if form == "raw":
                names[parameter.name] = parameters.raw_array(len(arrays), dtype, parameter, [])
                arrays.append(names[parameter.name])
                continue
            array = elements[parameter.name] = ir.Array("argument", f"a{len(arrays)}", dtype, 2, parameter=len(arrays))
            arrays.append(array)
    else:
        arrays.append(ir.Array("argument", "a0", types.storage(joined), 1, parameter=0))
    target = ir.Array("argument", f"a{len(arrays)}", out_dtype if is_last else types.storage(joined), 1, parameter=len(arrays), written=True)
    arrays.append(target)

    t = c_translator.SnippetTranslator(frontend.Unit(checked=_anygpu.Device().is_checked), preamble, names)
    t.scopes[0] |= {"_in_ind": parameters.Loop(total, []), "_out_ind": parameters.Loop(rows, [])}
    fast, slow = (chunks, "chunk") if by_rows else (rows, "row")
    first_part, second_part = t.saved(t.operation("remainder", thread, fast)), t.saved(t.operation("floor_divide", thread, fast))
    chunk, row = (first_part, second_part) if slow == "chunk" else (second_part, first_part)
    a, column = t.variable(None, "a", joined), ir.Local(int32, t.temporary(int32, "column"))

    def mapped():
        """The value of the element at `column`."""
        position = ir.Cast(int, column)
        # The element's number where the axes that are reduced come first.
        t.scopes[-1]["_j"] = t.operation("add", t.operation("multiply", position, rows), row)
        if not is_first:
            at = (row, columns, position) if by_rows else (position, rows, row)
            index = t.operation("add", t.operation("multiply", at[0], at[1]), at[2])
            return parameters.element(arrays[0], [index])
        for name, array in elements.items():
            value = parameters.element(array, [row, position])
            local = t.variable(None, name, value.type, True)
            t.emit(ir.Assign(None, local.name, value))
        return t.converted(None, t.value_of(snippet("map_expr")), joined)

    def in_scope(make):
        """The statements that `make` emits, in a scope of their own."""
        t.blocks.append([])
        t.scopes.append({})
        make()
        t.scopes.pop()
        return t.blocks.pop()

    def begin():
        t.emit(ir.Assign(None, a.name, mapped()))

    def turn():
        b = t.variable(None, "b", joined, True)
        t.emit(ir.Assign(None, b.name, mapped()))
        t.emit(ir.Assign(None, a.name, t.converted(None, t.value_of(snippet("reduce_expr")), joined)))

    step = [ir.Assign(None, column.name, t.operation("add", column, t.converted(None, chunks, int32)))]
    t.emit(ir.Assign(None, column.name, t.converted(None, chunk, int32)))
    if self.identity is not None and is_first:
        t.emit(ir.Assign(None, a.name, t.converted(None, t.value_of(snippet("identity")), joined)))
    else:
        # Every thread has an element: there are no more threads in a row than elements.
        for statement in [*in_scope(begin), *step]:
            t.emit(statement)
    condition = t.operation("less", column, t.converted(None, columns, int32))
    t.emit(ir.While(None, [], condition, in_scope(turn), step, None, True))
    if is_last:
        out = t.variable(None, self.out_params[0].name, c_types.scalar(out_dtype))
        t.run(snippet("post_map_expr"))
        result = t.converted(None, out, out_dtype)
    else:
        result = t.converted(None, a, target.dtype)
    t.emit(ir.Store(None, target, [thread], result))
    inside = t.operation("less", thread, threads)
    kernel = ir.Function("main", [], [ir.If(None, inside, t.blocks[0], [])], t.types, [])
    compiled = watched.Watched(self.name, kernel, arrays, numbers, (_BLOCK, 1, 1), (_MOST // _BLOCK, 1, 1), goes_on=False)
    return compiled, pack_numbers(numbers if is_first else numbers[:5])
