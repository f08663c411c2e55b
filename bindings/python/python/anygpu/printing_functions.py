"""Arrays as text: NumPy's formatting and its print options, which hold for both libraries."""

import numpy as np
from numpy import format_float_positional as _positional
from numpy import format_float_scientific as _scientific
from numpy import get_printoptions, printoptions, set_printoptions

from .creation_functions import asnumpy

#: NumPy formats text on the host, by nature.
__runs__ = "host"

__all__ = ["array2string", "array_repr", "array_str", "format_float_positional", "format_float_scientific"]
__all__ += ["get_printoptions", "printoptions", "set_printoptions"]


def array_repr(arr, max_line_width=None, precision=None, suppress_small=None):
    """The array's ``repr``, as `numpy.array_repr`; waits for the elements.

    >>> import anygpu as ag
    >>> ag.array_repr(ag.arange(3))
    'array([0, 1, 2])'
    """
    return np.array_repr(asnumpy(arr), max_line_width, precision, suppress_small)


def array_str(a, max_line_width=None, precision=None, suppress_small=None):
    """The array's ``str``, as `numpy.array_str`; waits for the elements."""
    return np.array_str(asnumpy(a), max_line_width, precision, suppress_small)


def array2string(a, max_line_width=None, precision=None, suppress_small=None, separator=" ", prefix="", **options):
    """The elements as text, as `numpy.array2string` with the same options; waits for the elements."""
    return np.array2string(asnumpy(a), max_line_width, precision, suppress_small, separator, prefix, **options)


def format_float_positional(x, *args, **options):
    """A number in positional notation, as `numpy.format_float_positional`."""
    return _positional(asnumpy(x)[()], *args, **options)


def format_float_scientific(x, *args, **options):
    """A number in scientific notation, as `numpy.format_float_scientific`."""
    return _scientific(asnumpy(x)[()], *args, **options)
