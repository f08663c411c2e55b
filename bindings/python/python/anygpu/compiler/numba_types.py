"""Types as Numba writes them: ``float32``, ``float32[:, ::1]``, ``float32(float32, int32)``.

`anygpu.cuda` has those of the dtypes under their names. NumPy takes a scalar type for its dtype.

>>> from anygpu import cuda
>>> cuda.float32[:, :]
array(float32, 2d, A)
>>> cuda.void(cuda.int32[:], cuda.int32)
void(array(int32, 1d, A), int32)
>>> import numpy as np
>>> np.zeros(2, cuda.int8)
array([0, 0], dtype=int8)
"""

import numpy as np


class Type:
    """A type of Numba's: `Scalar`, `Array`, `Tuple` or `Void`. Called with types it is a signature that returns it."""

    def __call__(self, *args):
        if len(args) == 1 and not isinstance(args[0], Type):
            return self.converted(args[0])
        if not all(isinstance(a, Type) for a in args):
            raise TypeError(f"{self}(...) takes types and gives a signature, or takes one value; not {args!r}")
        return Signature(self, args)

    def converted(self, value):
        raise TypeError(f"{value!r} cannot be made a value of type {self}")

    def __repr__(self):
        return self.name


class Scalar(Type):
    """A number of a dtype."""

    ndim = None

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype)
        self.__name__ = self.name = self.dtype.name
        self.bitwidth = 8 * self.dtype.itemsize

    def converted(self, value):
        """The value as a NumPy scalar."""
        return self.dtype.type(value)

    def __getitem__(self, index):
        """The type of arrays: a colon for each dimension, ``::1`` where the elements lie side by side."""
        axes = index if isinstance(index, tuple) else (index,)
        if not axes or not all(isinstance(a, slice) and a.start is a.stop is None and a.step in (None, 1) for a in axes):
            raise TypeError(f"{self}[...] takes a colon for each dimension, with ::1 for one whose elements lie side by side; not {index!r}")
        steps = [a.step for a in axes]
        layout = "A" if 1 not in steps else "C" if steps[-1] == 1 else "F" if steps[0] == 1 else None
        if layout is None or steps.count(1) > 1:
            raise TypeError(f"{self}[...]: ::1 stands for the last dimension (C order) or the first (Fortran's)")
        return Array(self.dtype, len(axes), layout)

    def __eq__(self, other):
        if isinstance(other, Type):
            return isinstance(other, Scalar) and self.dtype == other.dtype
        try:
            return self.dtype == np.dtype(other)
        except TypeError:
            return NotImplemented

    def __hash__(self):
        return hash(self.dtype)

    def __reduce__(self):
        return Scalar, (self.dtype,)


class Array(Type):
    """Arrays of a dtype and a number of dimensions. Kernels take every layout, so that ``layout`` ("C", "F" or "A") is only told."""

    def __init__(self, dtype, ndim, layout="A"):
        self.dtype, self.ndim, self.layout = np.dtype(dtype), ndim, layout
        self.name = f"array({self.dtype}, {ndim}d, {layout})"

    def __eq__(self, other):
        return isinstance(other, Array) and (self.dtype, self.ndim, self.layout) == (other.dtype, other.ndim, other.layout)

    def __hash__(self):
        return hash((self.dtype, self.ndim, self.layout))


class Tuple(Type):
    """Tuples of values of these types."""

    def __init__(self, types):
        self.types = tuple(types)
        self.name = f"Tuple({', '.join(map(str, self.types))})"

    def __eq__(self, other):
        return isinstance(other, Tuple) and self.types == other.types

    def __hash__(self):
        return hash(self.types)


def UniTuple(dtype, count):
    """Tuples of ``count`` values of one type."""
    return Tuple([dtype] * count)


class Void(Type):
    """The result of a kernel, and of functions that return nothing."""

    name = "void"

    def __eq__(self, other):
        return other is None or isinstance(other, Void)

    def __hash__(self):
        return hash(None)


class Signature:
    """The type of a function: its result's, or None where that is not said, and its parameters'."""

    def __init__(self, return_type, args):
        self.return_type, self.args = return_type, tuple(args)

    def __repr__(self):
        inner = ", ".join(map(str, self.args))
        return f"({inner})" if self.return_type is None else f"{self.return_type}({inner})"

    def __eq__(self, other):
        return isinstance(other, Signature) and (self.return_type, self.args) == (other.return_type, other.args)

    def __hash__(self):
        return hash(self.args)
