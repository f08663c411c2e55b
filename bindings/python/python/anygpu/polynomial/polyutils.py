"""What functions of polynomials share, as `numpy.polynomial.polyutils`. Where the number of coefficients depends on their values, these are read."""

import operator

import numpy as np
from numpy.polynomial.polyutils import format_float

from .._anygpu import ndarray
from ..creation_functions import array, asarray

__all__ = ["as_series", "format_float", "getdomain", "mapdomain", "mapparms", "trimcoef", "trimseq"]

#: Where the functions run, for the coverage page.
__runs__ = {"mapparms": "host", "format_float": "host"}


def as_int(number, what):
    """A number that has to be an integer."""
    try:
        return operator.index(number)
    except TypeError:
        raise TypeError(f"{what} must be an integer, received {number!r}") from None


def one_dimensional(c):
    """An array of at least one dimension."""
    c = asarray(c)
    return c.reshape(1) if c.ndim == 0 else c


def as_floats(c):
    """An array of at least one dimension, integers and truth values as float64."""
    c = one_dimensional(c)
    return c.astype(np.float64) if c.dtype.kind in "biu" else c


def trimseq(seq):
    """Without the zeros at its end, but for one element. Arrays of the device are read.

    >>> import anygpu as ag
    >>> ag.polynomial.polyutils.trimseq(ag.asarray([1, 2, 0, 0]))
    array([1, 2])
    """
    if len(seq) == 0:
        return seq
    values = seq.get() if isinstance(seq, ndarray) else np.asarray(seq)
    nonzero = np.flatnonzero(values != 0)
    return seq[: int(nonzero[-1]) + 1 if nonzero.size else 1]


def as_series(alist, trim=True):
    """Copies of vectors of coefficients in their common type, float or complex; without trailing zeros if ``trim``.

    >>> import anygpu as ag
    >>> ag.polynomial.polyutils.as_series([[1, 2, 0], [1.5]])
    [array([1., 2.]), array([1.5])]
    """
    arrays = [one_dimensional(a) for a in alist]
    for a in arrays:
        if a.size == 0:
            raise ValueError("Coefficient array is empty")
        if a.ndim != 1:
            raise ValueError(f"Coefficient array is not 1-d: it has shape {a.shape}")
    if trim:
        arrays = [trimseq(a) for a in arrays]
    try:
        dtype = np.common_type(*(np.empty(0, a.dtype) for a in arrays))
    except TypeError:
        raise ValueError("Coefficient arrays have no common type") from None
    return [array(a, dtype=dtype) for a in arrays]


def trimcoef(c, tol=0):
    """The coefficients without those at the end that are at most ``tol`` in magnitude. They are read.

    >>> import anygpu as ag
    >>> ag.polynomial.polyutils.trimcoef([0, 0, 3, 0, 5, 1e-9], 1e-6)
    array([0., 0., 3., 0., 5.])
    """
    if tol < 0:
        raise ValueError("tol must be non-negative")
    [c] = as_series([c])
    above = np.flatnonzero(np.abs(c.get()) > tol)
    return c[: int(above[-1]) + 1].copy() if above.size else c[:1] * 0


def getdomain(x):
    """The interval, of complex numbers the rectangle, that holds all numbers: its two ends.

    >>> import anygpu as ag
    >>> ag.polynomial.polyutils.getdomain([3, -1, 2])
    array([-1.,  3.])
    """
    from ..manipulation_functions import stack

    [x] = as_series([x], trim=False)
    if x.dtype.kind == "c":
        parts = [getattr(part, end)() for end in ("min", "max") for part in (x.real, x.imag)]
        return stack([parts[0] + 1j * parts[1], parts[2] + 1j * parts[3]]).astype(np.complex128)
    return stack([x.min(), x.max()])


def mapparms(old, new):
    """(offset, scale) of the line that maps one interval to another.

    >>> import anygpu as ag
    >>> ag.polynomial.polyutils.mapparms((-1, 1), (-1, 3))
    (1.0, 2.0)
    """
    length = old[1] - old[0]
    return (old[1] * new[0] - old[0] * new[1]) / length, (new[1] - new[0]) / length


def mapdomain(x, old, new):
    """Numbers mapped by the line that maps one interval to another.

    >>> import anygpu as ag
    >>> ag.polynomial.polyutils.mapdomain(ag.asarray([0.0, 1.0]), (-1, 1), (-1, 3))
    array([1., 3.])
    """
    if type(x) not in (int, float, complex) and not isinstance(x, np.generic):
        x = asarray(x)
    offset, scale = mapparms(old, new)
    return offset + scale * x
