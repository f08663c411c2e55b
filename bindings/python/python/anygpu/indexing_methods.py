"""Methods of `ndarray` and `ufunc` that are functions about positions: they become part of the classes when the package is imported."""

from . import _ufuncs
from ._anygpu import ndarray, ufunc
from .indexing_functions import choose, compress, put, take
from .tiling_functions import repeat


class ArrayMethods:
    """What `install` makes part of `ndarray`."""

    def take(self, indices, /, axis=None, out=None, mode="raise"):
        """The elements at ``indices`` along an axis, see `anygpu.take`."""
        return take(self, indices, axis, out, mode)

    def put(self, indices, values, /, mode="raise"):
        """Replaces elements of the flattened array, see `anygpu.put`."""
        put(self, indices, values, mode)

    def compress(self, /, condition, axis=None, out=None):
        """The slices along an axis where a condition is true, see `anygpu.compress`."""
        return compress(condition, self, axis, out)

    def choose(self, /, choices, out=None, mode="raise"):
        """Each element from the choice that this array names, see `anygpu.choose`."""
        return choose(self, choices, out, mode)

    def repeat(self, repeats, /, axis=None):
        """Each element along an axis repeated, see `anygpu.repeat`."""
        return repeat(self, repeats, axis)


class UfuncMethods:
    """What `install` makes part of `ufunc`."""

    def at(self, a, indices, b=None, /):
        """``a[indices] = ufunc(a[indices], b)``, in place; elements selected several times take part each time, see `numpy.ufunc.at`."""
        _ufuncs.at(self, a, indices, b)

    def reduceat(self, array, /, indices, axis=0, dtype=None, out=None):
        """The ufunc applied to slices along an axis, see `numpy.ufunc.reduceat`."""
        return _ufuncs.reduceat(self, array, indices, axis, dtype, out)


def install():
    """Puts the methods into the classes."""
    for methods, cls in ((ArrayMethods, ndarray), (UfuncMethods, ufunc)):
        for name, member in vars(methods).items():
            if not name.startswith("_"):
                member.__qualname__, member.__module__ = f"{cls.__name__}.{name}", "anygpu"
                setattr(cls, name, member)
