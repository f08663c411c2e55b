"""The methods of `ufunc` that compose from functions of the module: they become part of the class when the package is imported."""

import inspect

from . import _ufuncs
from ._anygpu import ufunc


class _Signature:
    """The signature of a ufunc object, for `inspect.signature`: operands by position, then what all ufuncs take, as NumPy's ufuncs say."""

    def __get__(self, ufunc, owner):
        if ufunc is None:
            return None
        operands = ["x"] if ufunc.nin == 1 else [f"x{k + 1}" for k in range(ufunc.nin)]
        positional = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in operands]
        options = {"where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True, "signature": None}
        out = inspect.Parameter("out", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
        return inspect.Signature([*positional, out, *(inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY, default=v) for k, v in options.items())])


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
    ufunc.__signature__ = _Signature()
