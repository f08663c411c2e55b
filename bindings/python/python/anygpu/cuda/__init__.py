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
    activemask,
    all_sync,
    any_sync,
    atomic,
    ballot_sync,
    blockDim,
    blockIdx,
    brev,
    cbrt,
    cg,
    clz,
    const,
    eq_sync,
    ffs,
    fma,
    fp16,
    grid,
    gridDim,
    gridsize,
    laneid,
    lanemask_lt,
    local,
    match_all_sync,
    match_any_sync,
    nanosleep,
    popc,
    selp,
    shared,
    shfl_down_sync,
    shfl_sync,
    shfl_up_sync,
    shfl_xor_sync,
    syncthreads,
    syncthreads_and,
    syncthreads_count,
    syncthreads_or,
    syncwarp,
    threadfence,
    threadfence_block,
    threadfence_system,
    threadIdx,
    warpsize,
)
from . import memory, random, runtime, types
from .arrays import (
    as_cuda_array,
    device_array,
    device_array_like,
    is_cuda_array,
    managed_array,
    mapped,
    mapped_array,
    mapped_array_like,
    pinned,
    pinned_array,
    pinned_array_like,
    to_device,
)
from .decorators import In, InOut, Out, Reduce, jit, reduce
from .devices import (
    CudaSupportError,
    Device,
    close,
    cuda_error,
    current_context,
    defer_cleanup,
    detect,
    get_current_device,
    get_device_id,
    gpus,
    is_available,
    is_bfloat16_supported,
    is_float16_supported,
    is_fp8_supported,
    is_supported_version,
    list_devices,
    profile_start,
    profile_stop,
    profiling,
    require_context,
    select_device,
    synchronize,
)
from .memory import MemoryPool, OutOfMemoryError, PinnedMemoryPool, get_allocator, set_allocator, set_pinned_memory_allocator, using_allocator
from .refusals import reason as _reason
from .refusals import refused as _refused
from .streams import (
    Event,
    Stream,
    default_stream,
    event,
    event_elapsed_time,
    get_current_stream,
    get_elapsed_time,
    legacy_default_stream,
    per_thread_default_stream,
    stream,
)

globals().update(_refused)
# `float32`, `i4`, `void`, ...: Numba has them in both places.
globals().update({name: value for name, value in vars(types).items() if isinstance(value, (types.Scalar, types.Void))})


def __getattr__(name):
    """`libdevice`, `vectorize` and `guvectorize`, which only kernels need; of what cannot exist, why."""
    if name in ("vectorize", "guvectorize"):
        import anygpu

        return getattr(anygpu, name)
    if name == "libdevice":
        from ..compiler.device_libraries import libdevice

        return libdevice
    why = _reason(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}" + (f": {why}" if why else ""))


__all__ = [name for name in dir() if not name.startswith("_")]
