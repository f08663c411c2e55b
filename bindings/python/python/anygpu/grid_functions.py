"""Coordinates of grids, and arrays built by indexing an object: `mgrid`, `ogrid`, `r_`, `c_`."""

import math

import numpy as np

from ._anygpu import ndarray
from .creation_functions import arange, asarray, linspace
from .manipulation_functions import broadcast_to, concatenate, stack


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """The coordinates of the grid that vectors span, an array for each; for "xy" the first two dimensions change places.

    >>> import anygpu as ag
    >>> ag.meshgrid(ag.asarray([1, 2]), ag.asarray([5, 6, 7]))
    (array([[1, 2],
           [1, 2],
           [1, 2]]), array([[5, 5],
           [6, 6],
           [7, 7]]))
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: valid values for `indexing` are 'xy' and 'ij', got {indexing!r}")
    ndim = len(xi)
    order = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        order[:2] = [1, 0]
    vectors = [asarray(x).reshape(-1) for x in xi]
    grids = [x.reshape((1,) * d + (x.size,) + (1,) * (ndim - 1 - d)) for d, x in zip(order, vectors)]
    if not sparse:
        shape = np.broadcast_shapes(*(g.shape for g in grids))
        grids = [broadcast_to(g, shape) for g in grids]
    return tuple(g.copy("C") for g in grids) if copy else tuple(grids)


def _range(part):
    """(start, step, count, what the dtype follows from) of a slice, whose imaginary step is a number of points."""
    start = 0 if part.start is None else part.start
    step = 1 if part.step is None else part.step
    if not isinstance(step, (complex, np.complexfloating)):
        return start, step, math.ceil((part.stop - start) / step), step
    count = int(abs(step))
    return start, (part.stop - start) / float(count - 1) if count != 1 else 1, count, abs(step)


class _Grid:
    def __init__(self, sparse):
        self.sparse = sparse

    def __getitem__(self, key):
        if not isinstance(key, tuple):
            if key.stop is None:  # as in arange, one number is where to stop
                key = slice(0, key.start, key.step)
            start, step, count, shown = _range(key)
            if isinstance(key.step, (complex, np.complexfloating)):
                return arange(0, count, 1, np.result_type(start, key.stop, shown)) * step + start
            return arange(start, key.stop, step)
        ranges = [_range(part) for part in key]
        dtype = np.result_type(0, *(v for part, (start, _, _, shown) in zip(key, ranges) for v in (start, part.stop, shown)))
        ndim = len(ranges)
        grids = []
        for d, (start, step, count, _) in enumerate(ranges):
            shape = (1,) * d + (max(count, 0),) + (1,) * (ndim - 1 - d)
            grids.append((arange(0, count, 1, dtype) * step + start).reshape(shape))
        if self.sparse:
            return tuple(grids)
        shape = tuple(count for _, _, count, _ in ranges)
        if any(n < 0 for n in shape):
            raise ValueError(f"mgrid: negative dimensions are not allowed, the lengths are {shape}")
        # One array: what its dtype does not hold is cast to it, as it is stored.
        return stack([broadcast_to(g.astype(dtype, copy=False), shape) for g in grids])

    def __len__(self):
        return 0

    def __repr__(self):
        return "anygpu.ogrid" if self.sparse else "anygpu.mgrid"


#: ``mgrid[0:2, 0:3]``: the coordinates of a grid, stacked. An imaginary step is a number of points, the end included.
mgrid = _Grid(sparse=False)
#: ``ogrid[0:2, 0:3]``: the coordinates of a grid as arrays that broadcast.
ogrid = _Grid(sparse=True)


def _with_ndim(array, ndim):
    return array.reshape((1,) * (ndim - array.ndim) + array.shape) if array.ndim < ndim else array


class _Concatenator:
    """``r_`` and ``c_``: what stands in brackets, joined along an axis. Slices are ranges. The matrix forms of NumPy do not exist here."""

    def __init__(self, axis, ndmin, trans1d, name):
        self.axis, self.ndmin, self.trans1d, self.name = axis, ndmin, trans1d, name

    def __repr__(self):
        return f"anygpu.{self.name}"

    def __len__(self):
        return 0

    def _directive(self, text):
        """(axis, least dimensions, where new dimensions go) of a string in front."""
        if text in ("r", "c") or not text.replace(",", "").replace("-", "").replace(" ", "").isdigit():
            raise ValueError(f"{self.name}: unknown special directive {text!r} (the matrix forms 'r' and 'c' are not available)")
        numbers = [int(x) for x in text.split(",")]
        axis, ndmin, trans1d = numbers + [self.axis, self.ndmin, self.trans1d][len(numbers) :]
        return axis, ndmin, trans1d

    def __getitem__(self, key):
        key = key if isinstance(key, tuple) else (key,)
        axis, ndmin, trans1d = self.axis, self.ndmin, self.trans1d
        if any(isinstance(part, str) for part in key[1:]):
            raise ValueError("special directives must be the first entry.")
        if key and isinstance(key[0], str):
            axis, ndmin, trans1d = self._directive(key[0])
            key = key[1:]
        parts, kinds = [], []
        for part in key:
            if isinstance(part, slice):
                start = 0 if part.start is None else part.start
                if isinstance(part.step, (complex, np.complexfloating)):
                    part = linspace(start, part.stop, num=int(abs(part.step)))
                else:
                    part = arange(start, part.stop, part.step)
                if ndmin > 1:
                    part = _with_ndim(part, ndmin)
                    part = part.swapaxes(-1, trans1d) if trans1d != -1 else part
            elif isinstance(part, (bool, int, float, complex, np.generic)):
                kinds.append(part)
                parts.append(part)
                continue
            else:
                ndim = np.ndim(part) if not isinstance(part, ndarray) else part.ndim
                part = _with_ndim(asarray(part), ndmin)
                if trans1d != -1 and ndim < ndmin:
                    new = ndmin - ndim
                    at = trans1d + new + 1 if trans1d < 0 else trans1d
                    order = list(range(ndmin))
                    part = part.transpose(order[:at] + order[new:] + order[at:new])
            kinds.append(part.dtype)
            parts.append(part)
        if not parts:
            raise ValueError("need at least one array to concatenate")
        dtype = np.result_type(*kinds)
        return concatenate([_with_ndim(asarray(part, dtype), ndmin) for part in parts], axis=axis)


#: ``r_[1:4, 0, x]``: ranges, numbers and arrays joined along the first axis. A string in front, "axis,ndmin,where", says otherwise.
r_ = _Concatenator(0, 1, -1, "r_")
#: ``c_[x, y]``: vectors as columns, joined along the last axis.
c_ = _Concatenator(-1, 2, 0, "c_")
