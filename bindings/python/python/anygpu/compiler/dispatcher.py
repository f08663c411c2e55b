"""Compiling a Python function for the arguments of a launch, and running it."""

import functools
import math
import struct

import numpy as np

from .. import _anygpu
from . import ir, signatures, simulator, types, values, watched
from .errors import KernelError
from .overloads import Overloads
from .records import fields_of

_ndarray = _anygpu.ndarray

_PACK = {int: "q", float: "d", "bool": "I", "float16": "f", "float32": "f", "float64": "d", "complex64": "2f", "complex128": "2d"}
_PACK |= {"int8": "i", "int16": "i", "int32": "i", "int64": "q", "uint8": "I", "uint16": "I", "uint32": "I", "uint64": "Q"}


def _packing(kinds):
    """Numbers of these types to bytes, without padding between them, and bytes to words."""
    form = "<" + "".join(_PACK[kind] if kind is int or kind is float else _PACK[types.storage(kind).name] for kind in kinds)
    return struct.Struct(form).pack, struct.Struct(f"<{struct.calcsize(form) // 4}I").unpack


def pack_numbers(kinds):
    """A function of a list of numbers of these types that gives the words a kernel reads them from."""
    pack, words = _packing(kinds)

    def packed(numbers):
        flat = []
        for number, kind in zip(numbers, kinds):
            flat += [number.real, number.imag] if types.storage(kind).kind == "c" else [number.item() if isinstance(number, np.generic) else number]
        return words(pack(*flat))

    return packed


class Direction:
    """`In(a)`, `Out(a)`, `InOut(a)`: which way a host array of a launch is copied."""

    def __init__(self, array, copies_in, copies_out):
        self.array, self.copies_in, self.copies_out = array, copies_in, copies_out


class Compiled(watched.Watched):
    """A kernel for one set of argument types, block size and memory layout."""

    def __init__(self, function, key, block, grid, dynamic_shared, bindings, debug=False):
        # Loaded by the first kernel: importing the package takes no time for what it may not use.
        from . import barriers, frontend

        unit = frontend.Unit(dynamic_shared, _anygpu.Device().is_checked, captures=True, debug=bool(debug))
        self.arrays, self.scalars = [], []
        arguments = [self.value(k) for k in key]
        unit.stack.append(function)
        translator = frontend.Translator(unit, function, arguments, kernel=True)
        for name, argument in zip((a.arg for a in translator.node.args.args), arguments):
            if isinstance(argument, ir.Array):
                argument.label = name
        kernel = translator.translate()
        try:
            barriers.check(kernel, translator.error)
        except KernelError:
            kernel.body, changed = barriers.opened(kernel.body)
            if not changed:
                raise
            barriers.check(kernel, translator.error)
        # Arrays of enclosing scopes follow those that are given.
        self.outer = [array for _, array in unit.captured]
        for array, _ in unit.captured:
            array.parameter, array.label = len(self.arrays), "an array of an enclosing scope"
            self.arrays.append(array)
            if bindings is not None:
                bindings = (*bindings, max(bindings, default=-1) + 1)
        self.variables = {name: kind for name, kind in kernel.locals.items() if name.isidentifier()}

        def error(message):
            return translator.error(translator.node, message)

        super().__init__(function.__name__, kernel, self.arrays, self.scalars, block, grid, error, bindings, debug and translator.raises)
        self.written = [a.written for a in self.arrays]
        self.pack, self.words = _packing(self.scalars)

    def launch(self, arrays, words, grid):
        return super().launch([*arrays, *self.outer] if self.outer else arrays, words, grid)

    def value(self, key):
        """The value that stands for an argument of a type."""
        if isinstance(key, types.ArrayType):
            number = len(self.arrays)
            self.arrays.append(ir.Array("argument", f"a{number}", key.dtype, key.ndim, parameter=number))
            return self.arrays[-1]
        if isinstance(key, types.TupleType) and key.ndim is not None:
            return values.Record([self.value(k) for k in key.items], key.fields, key.ndim, [])
        if isinstance(key, types.TupleType):
            return values.Tuple([self.value(k) for k in key.items], key.fields)
        if key is None:
            return values.Object(None)
        self.scalars.append(key)
        return ir.Argument(key, len(self.scalars) - 1)


class Dispatcher(Overloads):
    """A Python function as a kernel: ``kernel[blocks, threads](*arguments)`` launches it."""

    def __init__(self, function, simulated=False, declared=None, debug=False):
        functools.update_wrapper(self, function)
        self.py_func = function
        self.simulated = simulated
        #: Whether launches raise what a thread raised.
        self.debug = debug
        #: The signatures that it was declared with, of which launches take the nearest.
        self.declared = signatures.parse(declared, function.__name__)
        code = function.__code__
        signatures.check_count(self.declared, code.co_argcount - len(function.__defaults__ or ()), code.co_argcount, f"{function.__name__}()")
        self._compiled = {}
        self._launches = {}
        self._begin_overloads()

    def __repr__(self):
        return f"<kernel {self.py_func.__module__}.{self.py_func.__qualname__}>"

    def __call__(self, *args):
        if simulator.is_running():
            return self.py_func(*args)
        raise ValueError(f"a kernel is launched with a number of blocks and of threads a block: {self.py_func.__name__}[blocks, threads](...)")

    def __getitem__(self, configuration):
        launch = self._launches.get(configuration)
        if launch is None:
            launch = self._launches[configuration] = Launch(self, configuration)
        return launch

    def configure(self, griddim, blockdim, stream=0, sharedmem=0):
        """The launch of ``kernel[griddim, blockdim, stream, sharedmem]``."""
        return self[griddim, blockdim, stream, sharedmem]

    def forall(self, ntasks, tpb=0, stream=0, sharedmem=0):
        """A launch of at least ``ntasks`` threads in blocks of ``tpb`` (256); of none nothing is launched."""
        threads = tpb or 256
        if ntasks < 0:
            raise ValueError(f"forall: the number of tasks is not negative, as {ntasks} is")
        if ntasks == 0:
            return lambda *args: None
        return self[-(-ntasks // threads), threads, stream, sharedmem]

    def _like(self, declared):
        """The same kernel, declared with signatures."""
        return Dispatcher(self.py_func, self.simulated, declared, self.debug)

    def inspect_wgsl(self, linked=False):
        """The text of each compiled form, by argument types; with the library's functions if ``linked``."""
        return {key: c.kernel.wgsl if linked else c.source for key, c in self._compiled.items()}

    def compiled(self, key, block, grid, shared, bindings):
        full = (key, block, grid, shared, bindings)
        found = self._compiled.get(full)
        if found is None:
            found = self._compiled[full] = Compiled(self.py_func, key, block, grid, shared, bindings, self.debug)
            self._note_overload(key, found)
        return found


def _dimensions(value, what):
    given = value if isinstance(value, (tuple, list)) else (value,)
    try:
        found = tuple(int(n.__index__()) for n in given)
    except (AttributeError, TypeError):
        raise TypeError(f"{what} is an integer or a tuple of up to three, not {value!r}") from None
    if not 1 <= len(found) <= 3 or any(n < 1 for n in found):
        raise ValueError(f"{what} is one to three numbers from 1 on, not {value!r}")
    return found + (1,) * (3 - len(found))


class Launch:
    """``kernel[blocks, threads]``, to be called with the arguments."""

    def __init__(self, dispatcher, configuration):
        if not isinstance(configuration, tuple) or not 2 <= len(configuration) <= 4:
            raise ValueError("a launch is kernel[blocks, threads], optionally with a stream and bytes of shared memory")
        self.dispatcher = dispatcher
        self.grid = _dimensions(configuration[0], "the number of blocks")
        self.block = _dimensions(configuration[1], "the number of threads a block")
        self.shared = int(configuration[3]) if len(configuration) > 3 else 0
        if math.prod(self.grid) >= 2**32 or any(g * b >= 2**32 for g, b in zip(self.grid, self.block)):
            raise ValueError(f"{self.grid} blocks of {self.block} threads: a launch has less than 2**32 blocks, and threads along each axis")
        # What the compiler may count on; few forms, so that launches of other sizes need no other kernel.
        few = all(g * b < 2**31 for g, b in zip(self.grid, self.block))
        self.at_most = tuple(1 if g == 1 and k > 0 else (2**31 - 1) // b if few else 2**32 // b for k, (g, b) in enumerate(zip(self.grid, self.block)))
        self.ready = {}

    def __call__(self, *args):
        if self.dispatcher.declared:
            args = signatures.for_launch(self.dispatcher.declared, args, self.dispatcher.py_func.__name__)
        if simulator.is_active() or self.dispatcher.simulated:
            return simulator.run(self.dispatcher.py_func, self.grid, self.block, args, self.shared)
        key, arrays, scalars, host = [], [], [], None
        for argument in args:
            kind = type(argument)
            if kind is _ndarray:
                key.append(argument._signature)
                arrays.append(argument)
            elif kind is float or (kind is int and -0x8000000000000000 <= argument < 0x8000000000000000):
                key.append(kind)
                scalars.append(argument)
            else:
                host = self._argument(argument, key, arrays, scalars, host)
        key = tuple(key)
        compiled = self.ready.get(key)
        if compiled is None:
            compiled = self.ready[key] = self._compile(key, arrays, None)
        words = compiled.words(compiled.pack(*scalars)) if scalars else ()
        if not compiled.launch(arrays, words, self.grid):
            self._launch_aliased(key, arrays, words)
        if host:
            for position, original, wanted in host:
                if position is None:
                    original()
                elif wanted if wanted is not None else compiled.written[position]:
                    np.copyto(original, arrays[position].get())

    def _argument(self, argument, key, arrays, scalars, host):
        """Notes an argument that is no array of the device; returns the list of host arrays."""
        copies_out = None
        copies_in = True
        if isinstance(argument, Direction):
            copies_in, copies_out, argument = argument.copies_in, argument.copies_out, argument.array
        if isinstance(argument, _anygpu.ndarray):
            key.append(argument._signature)
            arrays.append(argument)
            return host
        records = fields_of(argument)
        if records is not None:
            return self._records(records, copies_in, copies_out, key, arrays, scalars, host)
        if isinstance(argument, np.ndarray):
            from .. import creation_functions

            array = creation_functions.asarray(argument) if copies_in else creation_functions.empty(argument.shape, argument.dtype)
            host = [] if host is None else host
            # One host array passed twice is one device array.
            for position, original, _ in host:
                if original is argument or _is_same_view(original, argument):
                    array = arrays[position]
            host.append((len(arrays), argument, copies_out))
            key.append(array._signature)
            arrays.append(array)
            return host
        if isinstance(argument, (tuple, list)):
            inner = []
            for item in argument:
                host = self._argument(item, inner, arrays, scalars, host)
            key.append((tuple(inner), getattr(type(argument), "_fields", None)))
            return host
        if argument is None:
            key.append(None)
            return host
        kind = types.type_of_number(argument)
        if kind is None:
            raise TypeError(f"{self.dispatcher.py_func.__name__}: {argument!r} is no argument of a kernel: arrays, numbers and tuples of them are")
        if kind is int and not -(2**63) <= argument < 2**63:
            kind = np.dtype("uint64")
        key.append(kind)
        if types.storage(kind).kind == "c":
            scalars += [argument.real, argument.imag]
        else:
            scalars.append(argument.item() if isinstance(argument, np.generic) else argument)
        return host

    def _records(self, records, copies_in, copies_out, key, arrays, scalars, host):
        """Notes an argument made of records as an array for each field."""
        names, ndim, fields, back = records
        inner = []
        for field in fields:
            field = field if copies_out is None else Direction(field, copies_in, copies_out)
            host = self._argument(field, inner, arrays, scalars, host)
        key.append((tuple(inner), names, ndim))
        if back is not None:
            host.append((None, back, None))
        return host

    def _compile(self, key, arrays, bindings):
        return self.dispatcher.compiled(_types(key, iter(arrays)), self.block, self.at_most, self.shared, bindings)

    def _launch_aliased(self, key, arrays, words):
        """Parameters share memory that the kernel writes: they get one binding."""
        bindings, seen, mixed = [], [], False
        for array in arrays:
            for number, other in enumerate(seen):
                if array._shares_memory(other):
                    mixed = mixed or array.dtype != other.dtype
                    break
            else:
                number = len(seen)
                seen.append(array)
            bindings.append(number)
        if mixed or not self._compile(key, arrays, tuple(bindings)).launch(arrays, words, self.grid):
            raise ValueError(
                f"{self.dispatcher.py_func.__name__}: arguments are views of the same memory with different dtypes, which a kernel cannot write; pass a copy"
            )


def _is_same_view(a, b):
    """Whether two arrays of the host are one view of the same memory, as a field of records is each time it is asked for."""
    return a.__class__ is np.ndarray and a.base is not None and (a.shape, a.strides, a.dtype, a.ctypes.data) == (b.shape, b.strides, b.dtype, b.ctypes.data)


def _types(key, arrays):
    """The argument types that a launch's key means: an integer stands for the next array."""
    found = []
    for part in key:
        if type(part) is int:
            array = next(arrays)
            found.append(types.ArrayType(array.dtype, array.ndim))
        elif isinstance(part, tuple):
            found.append(types.TupleType(_types(part[0], arrays), *part[1:]))
        else:
            found.append(part)
    return tuple(found)
