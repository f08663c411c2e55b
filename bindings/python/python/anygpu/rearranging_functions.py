"""Elements moved about: rolled, rotated, mirrored."""

import itertools

import numpy as np

from ._anygpu import ndarray
from .creation_functions import asarray, empty_like
from .manipulation_functions import _axis, flip


def _host(values):
    """Small arguments that say what to do are needed on the host; arrays of ours are read."""
    return values.get() if isinstance(values, ndarray) else values


def roll(a, shift, axis=None):
    """Elements moved along axes (in the flattened array for None); what leaves at one end comes in at the other.

    >>> import anygpu as ag
    >>> ag.roll(ag.arange(5), 2)
    array([3, 4, 0, 1, 2])
    """
    a = asarray(a)
    if axis is None:
        return roll(a.reshape(-1), shift, 0).reshape(a.shape)
    axes = [_axis(d, a.ndim) for d in np.atleast_1d(np.asarray(axis)).tolist()]
    pairs = np.broadcast(_host(shift), axes)
    if pairs.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    shifts = {}
    for amount, d in pairs:
        shifts[d] = (shifts.get(d, 0) + int(amount)) % max(a.shape[d], 1)
    shifts = {d: amount for d, amount in shifts.items() if amount}
    if not shifts or a.size == 0:
        return a.copy("K")
    # Each of the blocks goes to its place: every element is written once.
    moves = [[(slice(None), slice(None))]] * a.ndim
    for d, amount in shifts.items():
        moves[d] = [(slice(amount, None), slice(None, -amount)), (slice(None, amount), slice(-amount, None))]
    result = empty_like(a)
    for move in itertools.product(*moves):
        result[tuple(to for to, _ in move)] = a[tuple(source for _, source in move)]
    return result


def rot90(m, k=1, axes=(0, 1)):
    """The array turned by ``k`` right angles, from the first of two axes to the second. A view.

    >>> import anygpu as ag
    >>> ag.rot90(ag.asarray([[1, 2], [3, 4]]))
    array([[2, 4],
           [1, 3]])
    """
    m = asarray(m)
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    first, second = axes
    if any(not -m.ndim <= d < m.ndim for d in axes):
        raise ValueError(f"Axes={tuple(axes)} out of range for array of ndim={m.ndim}.")
    first, second = first % m.ndim, second % m.ndim
    if first == second:
        raise ValueError("Axes must be different.")
    k %= 4
    if k == 0:
        return m[...]
    if k == 2:
        return flip(m, (first, second))
    order = list(range(m.ndim))
    order[first], order[second] = second, first
    return flip(m, second).transpose(order) if k == 1 else flip(m.transpose(order), second)


def fliplr(m):
    """Columns in reverse order. A view."""
    m = asarray(m)
    if m.ndim < 2:
        raise ValueError("Input must be >= 2-d.")
    return flip(m, 1)


def flipud(m):
    """Rows in reverse order. A view."""
    m = asarray(m)
    if m.ndim < 1:
        raise ValueError("Input must be >= 1-d.")
    return flip(m, 0)


def rollaxis(a, axis, start=0):
    """A dimension moved in front of another one. A view; `moveaxis` is the plainer function."""
    a = asarray(a)
    axis = _axis(axis, a.ndim)
    if not -a.ndim <= start <= a.ndim:
        raise np.exceptions.AxisError(f"'start' arg requires {-a.ndim} <= start < {a.ndim + 1}, but {start} was passed in")
    start = start + a.ndim if start < 0 else start
    order = [d for d in range(a.ndim) if d != axis]
    order.insert(start - (axis < start), axis)
    return a.transpose(order)
