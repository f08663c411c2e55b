"""Arrays of the device and of the host, by Numba's names."""

import contextlib

import numpy as np

from .. import _anygpu, creation_functions


def to_device(obj, stream=0, copy=True, to=None):
    """The array on the device; into ``to`` if given.

    >>> from anygpu import cuda
    >>> import numpy as np
    >>> cuda.to_device(np.arange(3)).copy_to_host()
    array([0, 1, 2])
    """
    if to is not None:
        to.copy_to_device(obj)
        return to
    return creation_functions.array(obj) if copy else creation_functions.asarray(obj)


def device_array(shape, dtype=np.float64, strides=None, order="C", stream=0):
    """An array on the device whose elements are not set."""
    return creation_functions.empty(shape, dtype, order=order)


def device_array_like(ary, stream=0):
    """An array on the device of the same shape and dtype, its elements not set."""
    fortran = ary.flags.f_contiguous and not ary.flags.c_contiguous
    return creation_functions.empty(ary.shape, ary.dtype, order="F" if fortran else "C")


def pinned_array(shape, dtype=np.float64, strides=None, order="C"):
    """An array of the host: transfers are staged, and need no memory of a special kind."""
    return np.empty(shape, dtype, order)


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
