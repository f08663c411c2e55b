"""What programs ask of a kernel by Numba's names: the types it was compiled for, the memory that each form takes.

What no GPU API tells (registers, machine code) is refused with what there is instead.
"""

import math
from collections.abc import Mapping

from .. import _anygpu
from . import signatures, types
from .numba_types import Array, Scalar, Signature, Tuple, Void


def arguments_of(given):
    """The argument types of a signature, as a text, a tuple of types or a `Signature`."""
    if isinstance(given, tuple) and not given:
        return ()
    return signatures.parse(given, "a kernel")[0].args


def any_layout(kind):
    """A type without what kernels do not distinguish: the layout of arrays."""
    if isinstance(kind, Tuple):
        return Tuple(map(any_layout, kind.types))
    return Array(kind.dtype, kind.ndim) if isinstance(kind, Array) else kind


class ByTypes(Mapping):
    """Values by argument types: ``f.overloads[sig]``, ``f.overloads[sig.args]``. Layouts of arrays make no difference."""

    def __init__(self, items=()):
        self._items = {}
        for kinds, value in items:
            self.add(kinds, value)

    @staticmethod
    def _key(kinds):
        return tuple(map(any_layout, arguments_of(kinds)))

    def add(self, kinds, value):
        """Keeps a value for argument types; the first one stays."""
        return self._items.setdefault(self._key(kinds), value)

    def __getitem__(self, kinds):
        return self._items[self._key(kinds)]

    def __iter__(self):
        return iter(self._items)

    def __len__(self):
        return len(self._items)

    def __repr__(self):
        return repr(self._items)


def types_of_key(key):
    """The types that the arguments of a launch were compiled as; Python's numbers have 64 bits (a part each)."""
    found = []
    for part in key:
        if isinstance(part, types.ArrayType):
            found.append(Array(part.dtype, part.ndim))
        elif isinstance(part, types.TupleType):
            found.append(Tuple(types_of_key(part.items)))
        else:
            found.append(Void() if part is None else Scalar(types.storage(part)))
    return tuple(found)


def key_of_types(kinds):
    """The argument types of a launch that has these."""
    found = []
    for kind in kinds:
        if isinstance(kind, Array):
            found.append(types.ArrayType(kind.dtype, kind.ndim))
        elif isinstance(kind, Tuple):
            found.append(types.TupleType(key_of_types(kind.types)))
        else:
            found.append(None if isinstance(kind, Void) else kind.dtype)
    return tuple(found)


def _refused(name, why):
    def get(self):
        raise NotImplementedError(f"{name} of {self.name}: {why}")

    return property(get, doc=f"Raises NotImplementedError: {why}.")


class Overload:
    """A kernel for one set of argument types."""

    def __init__(self, dispatcher, kinds):
        self._dispatcher, self._compiled = dispatcher, None
        #: Its name and the types of its arguments.
        self.name, self.signature = dispatcher.py_func.__name__, Signature(Void(), kinds)

    def note(self, compiled):
        """Keeps the first form that a launch compiled."""
        self._compiled = self._compiled or compiled

    @property
    def compiled(self):
        """A form of it; compiled for one block of 128 threads where no launch made one."""
        if self._compiled is None:
            launch = self._dispatcher[1, 128]
            self._compiled = self._dispatcher.compiled(key_of_types(self.signature.args), launch.block, launch.at_most, 0, None)
        return self._compiled

    def _bytes(self, space):
        return sum(math.prod(a.shape) * a.dtype.itemsize for a in self.compiled.memory if a.space == space)

    @property
    def shared_mem_per_block(self):
        """Bytes of its shared arrays."""
        return self._bytes("shared")

    @property
    def local_mem_per_thread(self):
        """Bytes of its local arrays."""
        return self._bytes("local")

    @property
    def const_mem_size(self):
        """Bytes of its constant arrays."""
        return self._bytes("const")

    @property
    def max_threads_per_block(self):
        """The device's limit."""
        return _anygpu.Device().limits["threads_per_block"]

    regs_per_thread = _refused("regs_per_thread", "no API of GPUs tells how many registers a kernel takes")

    def max_cooperative_grid_blocks(self, blockdim, dynsmemsize=0):
        """Raises NotImplementedError: no API of GPUs has a barrier for the whole grid."""
        raise NotImplementedError(f"max_cooperative_grid_blocks of {self.name}: no API of GPUs has a barrier for the whole grid; launch one kernel for each step")

    def __repr__(self):
        return f"<{self.name}{self.signature.args!r}>"


#: What Numba shows of a kernel's code.
_NO_CODE = "the text that is compiled here is WGSL, which inspect_wgsl() shows, with the library's functions by inspect_wgsl(linked=True); drivers keep what they make of it"


class Overloads:
    """The part of `Dispatcher` that tells of its overloads."""

    def _begin_overloads(self):
        """Notes the signatures declared."""
        self._overloads, self._specializations = ByTypes(), {}
        for signature in self.declared:
            self._overloads.add(signature, Overload(self, signature.args))

    def _note_overload(self, key, compiled):
        kinds = types_of_key(key)
        self._overloads.add(kinds, Overload(self, kinds)).note(compiled)

    @property
    def overloads(self):
        """The forms compiled or declared, by argument types."""
        return self._overloads

    @property
    def signatures(self):
        """The argument types of each overload."""
        return [overload.signature.args for overload in self._overloads.values()]

    nopython_signatures = property(lambda self: [overload.signature for overload in self._overloads.values()], doc="The signature of each overload.")

    @property
    def specialized(self):
        """Whether it takes the types it was declared with only."""
        return bool(self.declared)

    @property
    def specializations(self):
        """What `specialize` made, by argument types."""
        return self._specializations

    def specialize(self, *args):
        """The kernel for the types of these arguments, or for these types, only."""
        if self.specialized:
            raise RuntimeError(f"Dispatcher already specialized: {self.py_func.__name__} is for {', '.join(map(str, self.declared))}")
        kinds = tuple(map(signatures.type_of_argument, args))
        if kinds not in self._specializations:
            self._specializations[kinds] = self._like([Signature(Void(), kinds)])
        return self._specializations[kinds]

    def compile(self, sig):
        """The `Overload` for a signature, compiled now."""
        kinds = arguments_of(sig)
        overload = self._overloads.get(kinds)
        if overload is None:
            if self.specialized:
                raise RuntimeError(f"{self.py_func.__name__} is for {', '.join(map(str, self.declared))}: it is not compiled for other types")
            overload = self._overloads.add(kinds, Overload(self, kinds))
        overload.compiled  # noqa: B018
        return overload

    def _of(self, signature, name):
        """A property of one overload, or of each; of the one there is where the kernel was declared with one signature."""
        if signature is not None:
            return getattr(self._overloads[signature], name)
        if self.specialized and len(self._overloads) == 1:
            return getattr(next(iter(self._overloads.values())), name)
        return ByTypes((kinds, getattr(overload, name)) for kinds, overload in self._overloads.items())

    def get_regs_per_thread(self, signature=None):
        """Raises NotImplementedError: no API of GPUs tells."""
        return self._of(signature, "regs_per_thread")

    def get_shared_mem_per_block(self, signature=None):
        """Bytes of shared memory a block that the kernel declares: of one overload, or of each by its types."""
        return self._of(signature, "shared_mem_per_block")

    def get_local_mem_per_thread(self, signature=None):
        """Bytes of `cuda.local.array` a thread: of one overload, or of each by its types."""
        return self._of(signature, "local_mem_per_thread")

    def get_const_mem_size(self, signature=None):
        """Bytes of `cuda.const.array_like`: of one overload, or of each by its types."""
        return self._of(signature, "const_mem_size")

    def get_max_threads_per_block(self, signature=None):
        """The device's limit on threads a block: of one overload, or of each by its types."""
        return self._of(signature, "max_threads_per_block")

    def inspect_asm(self, signature=None):
        """Raises NotImplementedError: there is no PTX."""
        raise NotImplementedError(f"inspect_asm of {self.py_func.__name__}: {_NO_CODE}")

    def inspect_llvm(self, signature=None):
        """Raises NotImplementedError: there is no code of LLVM's."""
        raise NotImplementedError(f"inspect_llvm of {self.py_func.__name__}: {_NO_CODE}")

    def inspect_sass(self, signature=None):
        """Raises NotImplementedError: there is no machine code of NVIDIA's."""
        raise NotImplementedError(f"inspect_sass of {self.py_func.__name__}: {_NO_CODE}")

    def inspect_types(self, file=None):
        """Prints each overload's types, and those of its variables."""
        for overload in self._overloads.values():
            code = self.py_func.__code__
            print(f"{self.py_func.__name__} {overload.signature.args!r}  # {code.co_filename}, line {code.co_firstlineno}", file=file)
            for name, kind in overload.compiled.variables.items():
                print(f"    {name}: {types.storage(kind)}", file=file)
