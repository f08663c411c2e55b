"""Kernels under the names of ``cupyx.jit``: the compiler of `anygpu.cuda`, in CuPy's spelling.

>>> import anygpu as ag
>>> from anygpu import cupyx_jit as jit
>>> @jit.rawkernel()
... def twice(x, y):
...     i = jit.blockIdx.x * jit.blockDim.x + jit.threadIdx.x
...     if i < x.size:
...         y[i] = 2 * x[i]
>>> x = ag.arange(5)
>>> y = ag.empty_like(x)
>>> twice((1,), (32,), (x, y))
>>> y
array([0, 2, 4, 6, 8])

``twice[1, 32](x, y)`` is the same launch. Types promote as NumPy's do, whatever ``mode`` says, and `KernelError` tells what has no form in a kernel. ``cg``, ``cub``
and ``thrust`` are not here: they are libraries of CUDA C++.
"""

import builtins

from .compiler import intrinsics, warps
from .compiler.dispatcher import Dispatcher
from .compiler.stubs import (
    Stub,
    atomic,
    blockDim,
    blockIdx,
    grid,
    gridDim,
    gridsize,
    shared,
    shfl_down_sync,
    shfl_sync,
    shfl_up_sync,
    shfl_xor_sync,
    syncthreads,
    syncwarp,
    threadIdx,
    warpsize,
)
from .compiler.stubs import laneid as _laneid

atomic_add, atomic_sub, atomic_exch, atomic_min, atomic_max = atomic.add, atomic.sub, atomic.exch, atomic.min, atomic.max
atomic_inc, atomic_dec, atomic_cas = atomic.inc, atomic.dec, atomic.cas
atomic_and, atomic_or, atomic_xor = atomic.and_, atomic.or_, atomic.xor

laneid, shared_memory, range = Stub("jit.laneid"), Stub("jit.shared_memory"), Stub("jit.range")
laneid.simulated = lambda: _laneid()
shared_memory.simulated = lambda dtype, size, alignment=None: shared.array(0 if size is None else size, dtype)
range.simulated = lambda *args, unroll=None: builtins.range(*args)

__all__ = [
    "rawkernel", "threadIdx", "blockDim", "blockIdx", "gridDim", "warpsize", "range", "syncthreads", "syncwarp", "shared_memory", "atomic_add", "atomic_sub",
    "atomic_exch", "atomic_min", "atomic_max", "atomic_inc", "atomic_dec", "atomic_cas", "atomic_and", "atomic_or", "atomic_xor", "grid", "gridsize", "laneid",
    "shfl_sync", "shfl_up_sync", "shfl_down_sync", "shfl_xor_sync",
]  # fmt: skip
_ABSENT = {"cg": "a library of CUDA C++", "cub": "a library of CUDA C++", "thrust": "a library of CUDA C++"}


class RawKernel(Dispatcher):
    """What `rawkernel` makes of a function: ``f[blocks, threads](*arguments)``, or ``f(blocks, threads, arguments)``."""

    def __call__(self, grid, block=None, args=None, shared_mem=0, stream=None):
        """Launches ``grid`` blocks of ``block`` threads, each an int or a tuple of up to three; ``args`` is a tuple.

        ``shared_mem`` is the number of bytes for ``shared_memory(dtype, None)``; ``stream`` is CuPy's, of no effect.
        """
        if block is None or args is None:
            raise TypeError(f"{self.__name__}: a launch is {self.__name__}(blocks, threads, (arguments,)) or {self.__name__}[blocks, threads](arguments)")
        if not isinstance(args, (tuple, list)):
            raise TypeError(f"{self.__name__}: the arguments are a tuple, not {type(args).__name__}")
        grid, block = (tuple(n) if isinstance(n, list) else n for n in (grid, block))
        self[grid, block, 0, shared_mem](*args)

    @property
    def cached_codes(self):
        """The text of each compiled form, by argument types."""
        return self.inspect_wgsl()

    @property
    def cached_code(self):
        """The text of the form that was compiled last."""
        codes = self.inspect_wgsl()
        if not codes:
            raise ValueError(f"{self.__name__} has no text yet: it is compiled by its first launch")
        return list(codes.values())[-1]


def rawkernel(*, mode="cuda", device=False):
    """A decorator: the function as a kernel, or with ``device=True`` as a function that kernels call.

    Parameters
    ----------
    mode : {'cuda', 'numpy'}
        CuPy's, of no effect: types promote as NumPy's.
    device : bool
        The function is called by kernels only.
    """
    if mode not in ("cuda", "numpy"):
        raise ValueError(f"rawkernel: mode is 'cuda' or 'numpy', not {mode!r}")
    return Dispatcher if device else RawKernel


@intrinsics.register(laneid)
def _lane(t, node, args, options):
    if args or options:
        raise t.error(node, "laneid() takes no arguments")
    return warps.special(t, node, "laneid")


@intrinsics.register(range)
def _range(t, node, args, options):
    # Unrolling is the driver's own decision.
    unknown = set(options) - {"unroll"}
    if unknown:
        raise t.error(node, f"range() takes start, stop, step and unroll, and {sorted(unknown)[0]} was given")
    return intrinsics.handler(builtins.range)(t, node, args, {})


@intrinsics.register(shared_memory)
def _shared_memory(t, node, args, options):
    named = dict(zip(("dtype", "size", "alignment"), args)) | options
    if len(args) > 3 or not {"dtype", "size"} <= set(named) <= {"dtype", "size", "alignment"}:
        raise t.error(node, "shared_memory(dtype, size) takes a dtype and a number of elements")
    size = named["size"]
    if isinstance(size, intrinsics.values.Object) and size.value is None:
        size = intrinsics.ir.Const(int, 0)
    return intrinsics.handler(shared.array)(t, node, [], {"shape": size, "dtype": named["dtype"]})


def __getattr__(name):
    why = _ABSENT.get(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}" + (f": it is {why}" if why else ""))
