"""Kernels and devices under Numba's names, and the names under which CuPy code looks for devices and memory.

>>> from anygpu import cuda
>>> import numpy as np
>>> @cuda.jit
... def add(x, y, out):
...     i = cuda.grid(1)
...     out[i] = x[i] + y[i]
>>> x = np.arange(1000, dtype=np.float32)
>>> out = np.zeros_like(x)
>>> add[4, 256](x, x, out)
>>> bool((out == 2 * x).all())
True

An index outside of an array reads zero and writes nothing, on every device.
"""

from ..compiler.errors import KernelError
from ..compiler.stubs import (
    atomic,
    blockDim,
    blockIdx,
    brev,
    cbrt,
    clz,
    const,
    ffs,
    fma,
    grid,
    gridDim,
    gridsize,
    laneid,
    local,
    popc,
    selp,
    shared,
    syncthreads,
    syncthreads_and,
    syncthreads_count,
    syncthreads_or,
    threadfence,
    threadfence_block,
    threadfence_system,
    threadIdx,
    warpsize,
)
from . import memory, random, runtime
from .arrays import (
    as_cuda_array,
    device_array,
    device_array_like,
    is_cuda_array,
    mapped_array,
    mapped_array_like,
    pinned_array,
    pinned_array_like,
    to_device,
)
from .decorators import In, InOut, Out, Reduce, jit, reduce
from .devices import (
    Device,
    close,
    current_context,
    detect,
    get_current_device,
    get_device_id,
    gpus,
    is_available,
    list_devices,
    select_device,
    synchronize,
)
from .memory import MemoryPool, OutOfMemoryError, PinnedMemoryPool, get_allocator, set_allocator, set_pinned_memory_allocator, using_allocator
from .streams import Event, Stream, default_stream, event, event_elapsed_time, get_current_stream, get_elapsed_time, stream

__all__ = [name for name in dir() if not name.startswith("_")]
