"""Choices and orders: stable sorts of random keys, and integers as positions."""

import math
import operator

import numpy as np

import anygpu

from .. import _anygpu
from .._outputs import store
from .draws import Draws
from .parameters import shape_of


class Permutations(Draws):
    """Choices and permutations of `Generator`."""

    def _orders(self, shape):
        """Random permutations along the last axis: the order of 64-bit keys, equal ones (one pair in 2**64) as they come."""
        return self._reserve(shape).draw("bits", 0, 0)._argsort(-1)

    def permutation(self, x, axis=0):
        """``arange(x)`` in random order, or a copy of `x` with the slices along an axis in random order.

        >>> import anygpu as ag
        >>> sorted(ag.random.default_rng(1).permutation(5).get().tolist())
        [0, 1, 2, 3, 4]
        """
        if isinstance(x, (int, np.integer)):
            return self._orders((max(int(x), 0),))
        if np.ndim(x) == 0:
            _axis(axis, 0)
        x = anygpu.asarray(x, device=self._device)
        axis = _axis(axis, x.ndim)
        return x[(slice(None),) * axis + (self._orders((x.shape[axis],)),)]

    def permuted(self, x, *, axis=None, out=None):
        """A copy of `x` with the elements along an axis in random order, each row in one of its own; all elements for None."""
        if np.ndim(x) == 0:
            raise TypeError("permuted: x must be a sequence or an array of at least one dimension")
        x = anygpu.asarray(x, device=self._device)
        if axis is None:
            result = x.reshape(-1)[self._orders((x.size,))].reshape(x.shape)
        else:
            axis = _axis(axis, x.ndim)
            rows = anygpu.moveaxis(x, axis, -1)
            result = anygpu.moveaxis(_along_rows(rows, self._orders(rows.shape)), -1, axis)
        return store("permuted", result, anygpu.empty_like(x) if out is None else out)

    def shuffle(self, x, axis=0):
        """Brings the slices of `x` along an axis into random order, in place.

        Lists and NumPy arrays are rearranged on the host, in an order that is drawn on the device.
        """
        if isinstance(x, _anygpu.ndarray):
            if x.ndim == 0:
                raise TypeError("shuffle: x must have at least one dimension")
            x[...] = self.permutation(x, axis)
            return
        length = len(x)
        if isinstance(x, np.ndarray):
            axis = _axis(axis, x.ndim)
            order = self._orders((x.shape[axis],)).get()
            x[...] = np.take(x, order, axis)
            return
        if axis != 0:
            raise NotImplementedError("Axis argument is only supported on ndarray objects")
        order = self._orders((length,)).get()
        x[:] = [x[i] for i in order]

    def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
        """Elements of `a` (of ``arange(a)`` for an integer), with or without replacement, of probabilities `p`.

        With `p` and without replacement, the elements are those of the smallest exponential variates of rates `p`: the same distribution as
        drawing one after the other (P. S. Efraimidis, P. G. Spirakis, "Weighted Random Sampling with a Reservoir", 2006). The order is
        random, whatever `shuffle` says.
        """
        shape = shape_of(size)
        count = math.prod(shape)
        values, population = _population(a, axis, self._device)
        if population == 0 and count:
            if values is None:
                raise ValueError(f"choice: a must be a positive integer unless no samples are taken, got {a}")
            raise ValueError("choice: a cannot be empty unless no samples are taken")
        if p is not None:
            p = _probabilities(p, population, self._device)
        if replace:
            chosen = self._with_replacement(population, shape, p) if population else anygpu.zeros(shape, dtype=np.int64)
        else:
            chosen = self._without_replacement(population, shape, count, p)
        if values is None:
            return chosen
        axis = _axis(axis, values.ndim)
        return values._take(chosen, axis)

    def _with_replacement(self, population, shape, p):
        if p is None:
            return self._reserve(shape).draw("integers", 0, population - 1).astype(np.int64)
        if isinstance(p, np.ndarray):
            cumulative = p.cumsum()
            cumulative /= cumulative[-1]
            cumulative = anygpu.asarray(cumulative, device=self._device)
        else:
            cumulative = anygpu.cumsum(p)
            cumulative = cumulative / cumulative[-1]
        found = anygpu.searchsorted(cumulative, self._reserve(shape).draw("uniform"), side="right")
        # Where rounding left the last sum below 1.
        return _anygpu.minimum(found, population - 1)

    def _without_replacement(self, population, shape, count, p):
        if count > population:
            message = f"choice: cannot take a larger sample than population when replace is False, got {count} of {population}"
            raise ValueError(message)
        if p is None:
            order = self._orders((population,))
        else:
            possible = np.count_nonzero(p > 0) if isinstance(p, np.ndarray) else None
            if possible is not None and possible < count:
                raise ValueError(f"choice: fewer non-zero entries in p than size, got {possible} for {count}")
            if possible is None:
                _anygpu.refuse_later((p > 0).sum() < count, "choice: fewer non-zero entries in p than size")
            times = self._reserve((population,)).draw("exponential") / anygpu.asarray(p, device=self._device)
            order = times._argsort(0)
        return order[:count].reshape(shape)


def _axis(axis, ndim):
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def _along_rows(rows, orders):
    """The elements of each row (along the last axis) in an order of its own."""
    length = rows.shape[-1]
    if rows.size == 0:
        return rows
    count = rows.size // length
    starts = (anygpu.arange(count, device=rows.device) * length).reshape(rows.shape[:-1] + (1,))
    return rows.reshape(-1)[orders + starts]


def _population(a, axis, device):
    """What is chosen from: an array, or None for ``arange(a)``; and how many."""
    if isinstance(a, (int, np.integer)) or (np.ndim(a) == 0 and not isinstance(a, _anygpu.ndarray)):
        try:
            count = operator.index(a.item() if isinstance(a, np.ndarray) else a)
        except TypeError:
            raise ValueError(f"choice: a must be a sequence or an integer, not {type(a)}") from None
        if count < 0:
            raise ValueError(f"choice: a must be a positive integer unless no samples are taken, got {a}")
        return None, count
    values = anygpu.asarray(a, device=device)
    if values.ndim == 0:
        raise ValueError("choice: a must be a sequence or an integer, not a zero-dimensional array")
    return values, values.shape[_axis(axis, values.ndim)]


def _probabilities(p, population, device):
    """Probabilities as float64, checked: at once on the host, at the next synchronisation on the device."""
    on_device = isinstance(p, _anygpu.ndarray)
    tolerance = math.sqrt(np.finfo(np.float64).eps)
    dtype = getattr(p, "dtype", None)
    if dtype is not None and dtype.kind == "f":
        tolerance = max(tolerance, math.sqrt(np.finfo(dtype).eps))
    p = p.astype(np.float64) if on_device else np.asarray(p, np.float64)
    if p.ndim != 1:
        raise ValueError(f"choice: p must be 1-dimensional, got {p.ndim} dimensions")
    if p.size != population:
        raise ValueError(f"choice: a and p must have same size, got {population} and {p.size}")
    total = p.sum()
    if on_device:
        _anygpu.refuse_later(_anygpu.logical_not(p >= 0), "choice: probabilities are negative or contain NaN")
        _anygpu.refuse_later(_anygpu.absolute(total - 1) > tolerance, "choice: probabilities do not sum to 1")
    elif np.isnan(total):
        raise ValueError("choice: probabilities contain NaN")
    elif np.any(p < 0):
        raise ValueError(f"choice: probabilities are not non-negative, got {p[p < 0][0]}")
    elif abs(math.fsum(p) - 1) > tolerance:
        raise ValueError(f"choice: probabilities do not sum to 1, but to {total}")
    return p
