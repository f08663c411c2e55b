"""Arrays of the device and of the host, by Numba's names."""

import contextlib

import numpy as np

from .. import _anygpu, creation_functions
from ..compiler.records import StructuredArray, is_structured
from ..lib.stride_tricks import as_strided


def to_device(obj, stream=0, copy=True, to=None):
    """The array on the device; into ``to`` if given.

    >>> from anygpu import cuda
    >>> import numpy as np
    >>> cuda.to_device(np.arange(3)).copy_to_host()
    array([0, 1, 2])
    """
    if getattr(obj, "dtype", None) is not None and is_structured(obj.dtype):
        return StructuredArray.of(obj)
    if to is not None:
        to.copy_to_device(obj)
        return to
    return creation_functions.array(obj) if copy else creation_functions.asarray(obj)


def device_array(shape, dtype=np.float64, strides=None, order="C", stream=0):
    """An array on the device whose elements are not set; with ``strides``, in bytes, its elements lie so far apart."""
    if is_structured(np.dtype(dtype)):
        return StructuredArray.empty(shape, np.dtype(dtype))
    if strides is None:
        return creation_functions.empty(shape, dtype, order=order)
    shape, strides, count = _extent(shape, np.dtype(dtype), strides)
    return as_strided(creation_functions.empty(count, dtype), shape, strides)


def _extent(shape, dtype, strides):
    """(shape, strides, number of elements of memory) of an array with these strides."""
    shape, strides = (tuple(n) if isinstance(n, (tuple, list)) else (n,) for n in (shape, strides))
    if len(shape) != len(strides) or any(s % dtype.itemsize or s < 0 for s in strides):
        raise ValueError(f"strides {strides} of shape {shape}: a multiple of {dtype.itemsize} bytes, not negative, for each dimension")
    return shape, strides, 1 + sum((n - 1) * s // dtype.itemsize for n, s in zip(shape, strides)) if all(shape) else 0


def device_array_like(ary, stream=0):
    """An array on the device of the same shape, dtype and order of its axes, its elements not set."""
    if is_cuda_array(ary):
        return creation_functions.empty_like(ary)
    # The host's array is not copied.
    return device_array(ary.shape, ary.dtype, np.empty_like(ary).strides)


def pinned_array(shape, dtype=np.float64, strides=None, order="C"):
    """An array of the host: transfers are staged, and need no memory of a special kind."""
    if strides is None:
        return np.empty(shape, dtype, order)
    shape, strides, count = _extent(shape, np.dtype(dtype), strides)
    return np.ndarray(shape, dtype, np.empty(count, dtype), strides=strides)


def pinned_array_like(ary):
    """An array of the host of the same shape and dtype."""
    return np.empty_like(ary)


mapped_array, mapped_array_like = device_array, device_array_like


def managed_array(shape, dtype=np.float64, strides=None, order="C", stream=0, attach_global=True):
    """An array on the device: its elements are read and written from the host as any array's, and copied by that."""
    return device_array(shape, dtype, strides, order, stream)


@contextlib.contextmanager
def pinned(*arylist):
    """A context in which arrays of the host stay as they are: transfers are staged, and need no memory of a special kind."""
    yield


@contextlib.contextmanager
def mapped(*arylist, stream=0, portable=False, wc=False):
    """A context with copies on the device, one or a tuple, of arrays of the host; the host's are written at its end."""
    copies = [to_device(a) for a in arylist]
    yield copies[0] if len(copies) == 1 else tuple(copies)
    for host, copy in zip(arylist, copies):
        copy.copy_to_host(host)


def is_cuda_array(obj):
    """Whether the object is an array on the device."""
    return isinstance(obj, _anygpu.ndarray)


def as_cuda_array(obj, sync=True):
    """The array itself, if it is on the device."""
    if not is_cuda_array(obj):
        raise TypeError("*obj* doesn't implement the cuda array interface: it is no array on the device; use to_device")
    return obj
