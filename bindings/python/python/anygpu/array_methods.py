"""The methods and attributes of `ndarray` that compose from functions of the module.

The class itself is in Rust; what has no speed to gain there is written here and becomes part of the class when the package is imported.
"""

import pickle

import numpy as np

from . import statistical_functions as _statistics
from . import utility_functions as _utilities
from ._anygpu import ndarray
from ._attributes import FlatIterator, Flags
from .creation_functions import asarray
from .elementwise_functions import clip as _clip
from .elementwise_functions import conjugate
from .indexing_functions import choose, compress, put, take
from .interchange import CPU, export
from .rounding_functions import round as _round
from .sorting_functions import argpartition, argsort, partition, searchsorted, sort
from .statistical_functions import cumprod, cumsum
from .tiling_functions import repeat


class Methods:
    """What `install` makes part of `ndarray`."""

    # ---- statistics ---------------------------------------------------------------------------------------------------------------------

    def sum(self, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
        """Sum over axes, see `anygpu.sum`."""
        return _statistics.sum(self, axis, dtype, out, keepdims, initial, where)

    def prod(self, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
        """Product over axes, see `anygpu.prod`."""
        return _statistics.prod(self, axis, dtype, out, keepdims, initial, where)

    def min(self, axis=None, out=None, keepdims=False, initial=None, where=True):
        """Smallest element over axes, see `anygpu.min`."""
        return _statistics.min(self, axis, out, keepdims, initial, where)

    def max(self, axis=None, out=None, keepdims=False, initial=None, where=True):
        """Largest element over axes, see `anygpu.max`."""
        return _statistics.max(self, axis, out, keepdims, initial, where)

    def mean(self, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
        """Arithmetic mean over axes, see `anygpu.mean`."""
        return _statistics.mean(self, axis, dtype, out, keepdims, where=where)

    def var(self, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
        """Variance over axes, see `anygpu.var`."""
        return _statistics.var(self, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)

    def std(self, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
        """Standard deviation over axes, see `anygpu.std`."""
        return _statistics.std(self, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)

    def any(self, axis=None, out=None, keepdims=False, *, where=True):
        """Whether any element over axes is nonzero, see `anygpu.any`."""
        return _utilities.any(self, axis, out, keepdims, where=where)

    def all(self, axis=None, out=None, keepdims=False, *, where=True):
        """Whether all elements over axes are nonzero, see `anygpu.all`."""
        return _utilities.all(self, axis, out, keepdims, where=where)

    # ---- sorting and running sums -------------------------------------------------------------------------------------------------------

    def sort(self, axis=-1, kind=None, order=None, *, stable=None):
        """Sorts the elements along an axis, in place."""
        if axis is None:
            raise TypeError("sort: the axis must be an integer: an array sorts in place along one axis (anygpu.sort takes None)")
        self[...] = sort(self, axis, kind, order, stable=stable)

    def argsort(self, axis=-1, kind=None, order=None, *, stable=None):
        """The positions that sort an axis, see `anygpu.argsort`."""
        return argsort(self, axis, kind, order, stable=stable)

    def partition(self, kth, axis=-1, kind="introselect", order=None):
        """Puts the ``kth`` smallest element along an axis in its place, smaller ones before it, in place."""
        if axis is None:
            raise TypeError("partition: the axis must be an integer: an array is partitioned in place along one axis (anygpu.partition takes None)")
        self[...] = partition(self, kth, axis, kind, order)

    def argpartition(self, kth, axis=-1, kind="introselect", order=None):
        """The positions of `partition`, see `anygpu.argpartition`."""
        return argpartition(self, kth, axis, kind, order)

    def searchsorted(self, v, side="left", sorter=None):
        """Where ``v`` belongs in this sorted array, see `anygpu.searchsorted`."""
        return searchsorted(self, v, side=side, sorter=sorter)

    def cumsum(self, axis=None, dtype=None, out=None):
        """Running sum along an axis, see `anygpu.cumsum`."""
        return cumsum(self, axis, dtype, out)

    def cumprod(self, axis=None, dtype=None, out=None):
        """Running product along an axis, see `anygpu.cumprod`."""
        return cumprod(self, axis, dtype, out)

    def round(self, decimals=0, out=None):
        """The elements rounded to a number of decimals, see `anygpu.round`."""
        return _round(self, decimals, out)

    def clip(self, min=None, max=None, out=None, **kwargs):
        """The elements limited to ``[min, max]``, see `anygpu.clip`."""
        return _clip(self, min, max, out, **kwargs)

    def conj(self, out=None, /):
        """Complex conjugate; the array itself where it is real and there is no ``out``."""
        return self if out is None and self.dtype.kind != "c" else conjugate(self, out=out)

    def conjugate(self, out=None, /):
        """Complex conjugate; the array itself where it is real and there is no ``out``."""
        return self.conj(out)

    def __round__(self, ndigits=None):
        """``round(x)`` of an array without dimensions, which NumPy would give as a scalar: a Python integer, or the array rounded to ``ndigits``."""
        if self.ndim:
            raise TypeError(f"round: an array of shape {self.shape} is no scalar: use anygpu.round or the method `round`")
        return round(self.item()) if ndigits is None else _round(self, ndigits)

    # ---- positions ----------------------------------------------------------------------------------------------------------------------

    def take(self, indices, /, axis=None, out=None, mode="raise"):
        """The elements at ``indices`` along an axis, see `anygpu.take`."""
        return take(self, indices, axis, out, mode)

    def put(self, indices, values, /, mode="raise"):
        """Replaces elements of the flattened array, see `anygpu.put`."""
        put(self, indices, values, mode)

    def compress(self, /, condition, axis=None, out=None):
        """The slices along an axis where a condition is true, see `anygpu.compress`."""
        return compress(condition, self, axis, out)

    def choose(self, /, *choices, out=None, mode="raise"):
        """Each element from the choice that this array names, see `anygpu.choose`: from a sequence, or from several arguments."""
        return choose(self, choices[0] if len(choices) == 1 else choices, out, mode)

    def repeat(self, repeats, /, axis=None):
        """Each element along an axis repeated, see `anygpu.repeat`."""
        return repeat(self, repeats, axis)

    # ---- bytes --------------------------------------------------------------------------------------------------------------------------

    def byteswap(self, inplace=False):
        """The elements with their bytes in the other order (both parts of complex numbers for themselves)."""
        part = self.dtype.itemsize // (2 if self.dtype.kind == "c" else 1)
        order = "F" if self.flags.fnc else "C"
        flat = self.flatten(order)
        swapped = flat.view("uint8").reshape(-1, part)._flip(1).copy().reshape(-1).view(self.dtype).reshape(self.shape, order=order)
        if not inplace:
            return swapped
        self[...] = swapped
        return self

    def tobytes(self, order="C"):
        """The bytes of the elements in an order; waits for them."""
        return self.get().tobytes() if order == "C" else self.ravel(order).get().tobytes()

    def tofile(self, fid, sep="", format="%s"):
        """The elements written to a file as bytes (text for a ``sep``), as `numpy.ndarray.tofile`."""
        self.get().tofile(fid, sep, format)

    def to_numpy(self):
        """A copy as a NumPy array: pandas' name, by which matplotlib asks for data. As `numpy.asarray` of the array, it obeys `anygpu.set_transfer`."""
        return np.asarray(self)

    def dump(self, file):
        """The array pickled into a file."""
        if hasattr(file, "write"):
            pickle.dump(self, file, protocol=pickle.HIGHEST_PROTOCOL)
        else:
            with open(file, "wb") as opened:
                pickle.dump(self, opened, protocol=pickle.HIGHEST_PROTOCOL)

    def dumps(self):
        """The array pickled."""
        return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)

    @property
    def data(self):
        """A memoryview of a copy of the elements in host memory, which cannot be written."""
        host = self.get()
        host.flags.writeable = False
        return host.data

    # ---- the whole array ----------------------------------------------------------------------------------------------------------------

    def resize(self, *new_shape, refcheck=True):
        """Raises ValueError unless the shape is the array's already: memory of a device does not grow in place. `anygpu.resize` makes a new array."""
        shape = new_shape[0] if len(new_shape) == 1 and np.ndim(new_shape[0]) else new_shape
        if tuple(shape) != self.shape:
            raise ValueError(f"cannot resize an array of shape {self.shape} to {tuple(shape)} in place: device memory does not grow; make a new array")

    def set(self, arr, stream=None):
        """Copies a NumPy array of the same shape into this one (CuPy's name)."""
        host = np.asarray(arr)
        if host.shape != self.shape:
            raise ValueError(f"set: shapes differ: {host.shape} was given for {self.shape}")
        if host.dtype != self.dtype:
            raise TypeError(f"set: dtypes differ: {host.dtype} was given for {self.dtype}")
        self[...] = host

    def to_device(self, device, /, *, stream=None):
        """The array on another device (itself, where it is there already). There is one queue a device: ``stream`` must be None."""
        if stream is not None:
            raise ValueError(f"to_device: a device has one queue, stream must be None, got {stream!r}")
        return asarray(self, device=device)

    @property
    def flags(self):
        """How the array lies in memory: ``c_contiguous``, ``f_contiguous``, ``owndata``, ``writeable``, ..; also as ``flags["C_CONTIGUOUS"]``."""
        return Flags(self)

    def setflags(self, write=None, align=None, uic=None):
        """Sets ``flags.writeable``. Device memory is aligned, and nothing is written back: ``align=False`` and ``uic=True`` raise ValueError."""
        if align is not None and not align:
            raise ValueError("setflags: align=False: arrays of a device are always aligned")
        if uic:
            raise ValueError("setflags: cannot set WRITEBACKIFCOPY flag to True")
        if write is not None:
            self._set_writeable(bool(write))

    @property
    def flat(self):
        """The elements in C order, to iterate, read and write by a one-dimensional index."""
        return FlatIterator(self)

    @flat.setter
    def flat(self, value):
        FlatIterator(self)[:] = value

    # ---- Numba's names ------------------------------------------------------------------------------------------------------------------

    def copy_to_host(self, ary=None, stream=0):
        """A NumPy array of the elements; or ``ary``, a NumPy array of the same shape and dtype, with the elements written into it."""
        if ary is None:
            return self.get()
        if not hasattr(ary, "dtype"):
            raise TypeError(f"copy_to_host: ary is a NumPy array, not a {type(ary).__name__}")
        if ary.shape != self.shape or ary.dtype != self.dtype:
            raise ValueError(f"copy_to_host: the array is {self.dtype} of shape {self.shape}, and {ary.dtype} of shape {ary.shape} was given")
        ary[...] = self.get()
        return ary

    def copy_to_device(self, ary, stream=0):
        """Copies an array of the host or the device, of the same shape and dtype, into this one."""
        if not hasattr(ary, "dtype"):
            raise TypeError(f"copy_to_device: ary is an array of the host or the device, not a {type(ary).__name__}")
        if ary.shape != self.shape or ary.dtype != self.dtype:
            raise ValueError(f"copy_to_device: the array is {self.dtype} of shape {self.shape}, and {ary.dtype} of shape {ary.shape} was given")
        self[...] = ary

    def is_c_contiguous(self):
        """Whether the elements lie in C order without gaps."""
        return self.flags.c_contiguous

    def is_f_contiguous(self):
        """Whether the elements lie in Fortran order without gaps."""
        return self.flags.f_contiguous

    def split(self, section, stream=0):
        """Views of ``section`` elements each of a one-dimensional array; the last may be shorter."""
        if self.ndim != 1:
            raise ValueError(f"split: the array must be one-dimensional, and has {self.ndim} dimensions; anygpu.split splits along an axis")
        if section < 1:
            raise ValueError(f"split: a section has at least one element, not {section}")
        return [self[k : k + section] for k in range(0, self.size, section)]

    def bind(self, stream=0):
        """The array itself: there is one queue a device."""
        return self

    # ---- protocols ----------------------------------------------------------------------------------------------------------------------

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        """A DLPack capsule of a copy in host memory; BufferError for another device or ``copy=False``."""
        return export(self, stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)

    def __dlpack_device__(self):
        """Host memory: the only one that DLPack capsules of ours are in."""
        return CPU

    def __dask_tokenize__(self):
        """What two arrays of the same elements have in common; waits for them."""
        return ("anygpu.ndarray", str(self.dtype), self.shape, self.tobytes())


def install():
    """Puts the methods into the class."""
    for name, member in vars(Methods).items():
        if isinstance(member, property):
            setattr(ndarray, name, member)
        elif callable(member) and name != "__init__":
            member.__qualname__, member.__module__ = f"ndarray.{name}", "anygpu"
            setattr(ndarray, name, member)
