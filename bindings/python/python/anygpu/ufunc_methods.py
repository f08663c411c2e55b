"""The methods of `ufunc` that compose from functions of the module: they become part of the class when the package is imported."""

from . import _ufuncs
from ._anygpu import ufunc


class Methods:
    """What `install` makes part of `ufunc`."""

    def at(self, a, indices, b=None, /):
        """``a[indices] = ufunc(a[indices], b)``, in place; elements selected several times take part each time, as `numpy.ufunc.at`."""
        _ufuncs.at(self, a, indices, b)

    def reduceat(self, array, /, indices, axis=0, dtype=None, out=None):
        """The ufunc applied to slices along an axis, as `numpy.ufunc.reduceat`."""
        return _ufuncs.reduceat(self, array, indices, axis, dtype, out)


def install():
    """Puts the methods into the class."""
    for name, member in vars(Methods).items():
        if not name.startswith("_"):
            member.__qualname__, member.__module__ = f"ufunc.{name}", "anygpu"
            setattr(ufunc, name, member)
