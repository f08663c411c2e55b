"""Shapes: views where strides allow them, copies where not."""

import numpy as np

from . import _anygpu
from ._outputs import store
from .creation_functions import asarray


def reshape(x, /, shape=None, order="C", *, newshape=None, copy=None):
    """The same elements in another shape; one length may be -1."""
    shape = newshape if shape is None else shape
    if shape is None:
        raise TypeError("reshape() missing 1 required positional argument: 'shape'")
    return asarray(x).reshape(shape, order=order, copy=copy)


def ravel(a, order="C"):
    """The elements in one dimension."""
    return asarray(a).ravel(order)


def transpose(a, axes=None):
    """Dimensions permuted; reversed for None. A view."""
    return asarray(a).transpose(axes)


def permute_dims(a, axes=None):
    """Dimensions permuted, reversed for None: `transpose`. A view."""
    return asarray(a).transpose(axes)


def swapaxes(a, axis1, axis2):
    """Two dimensions exchanged. A view."""
    a = asarray(a)
    order = list(range(a.ndim))
    i, j = _axis(axis1, a.ndim), _axis(axis2, a.ndim)
    order[i], order[j] = order[j], order[i]
    return a.transpose(order)


def moveaxis(a, source, destination):
    """Dimensions moved to other positions, the rest in order. A view."""
    a = asarray(a)
    source = [_axis(s, a.ndim) for s in np.atleast_1d(source).tolist()]
    destination = [_axis(d, a.ndim) for d in np.atleast_1d(destination).tolist()]
    if len(source) != len(destination):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    for name, axes in (("source", source), ("destination", destination)):
        if len(set(axes)) != len(axes):
            raise ValueError(f"repeated axis in `{name}` argument: {axes}")
    order = [d for d in range(a.ndim) if d not in source]
    for to, frm in sorted(zip(destination, source)):
        order.insert(to, frm)
    return a.transpose(order)


def _axis(axis, ndim):
    import operator

    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def squeeze(a, axis=None):
    """Dimensions of length 1 removed (all of them for None). A view."""
    return asarray(a).squeeze(axis)


def expand_dims(a, axis):
    """Dimensions of length 1 inserted. A view."""
    return asarray(a)._expand_dims(axis)


def broadcast_to(array, shape, subok=False):
    """The array repeated along new and length-1 dimensions without copying. A view."""
    return asarray(array)._broadcast_to(shape)


def broadcast_shapes(*shapes):
    """The shape that shapes broadcast to."""
    return np.broadcast_shapes(*shapes)


def broadcast_arrays(*arrays, subok=False):
    """Arrays broadcast against each other. Views."""
    arrays = [asarray(a) for a in arrays]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    return tuple(a._broadcast_to(shape) for a in arrays)


def flip(m, axis=None):
    """Elements in reverse order along axes (all for None). A view."""
    return asarray(m)._flip(axis)


def concatenate(arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """Arrays joined along an existing axis; flattened first for ``axis=None``.

    >>> import anygpu as ag
    >>> ag.concatenate([ag.zeros(2), ag.ones(1)])
    array([0., 0., 1.])
    """
    if dtype is not None and out is not None:
        raise TypeError("concatenate() only takes `out` or `dtype` as an argument, but both were provided.")
    arrays = [asarray(a) for a in arrays]
    into = dtype if out is None else out.dtype
    for a in arrays:
        if into is not None:
            _check_casting(a, into, casting)
    return store("concatenate", _anygpu.join(arrays, axis, dtype), out, casting)


concat = concatenate


def _check_casting(array, dtype, casting):
    if not np.can_cast(array.dtype, dtype, casting):
        raise TypeError(f"Cannot cast array data from {array.dtype!r} to {np.dtype(dtype)!r} according to the rule {casting!r}")


def stack(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """Arrays of one shape joined along a new axis."""
    arrays = [asarray(a) for a in arrays]
    if dtype is not None:
        if out is not None:
            raise TypeError("stack() only takes `out` or `dtype` as an argument, but both were provided.")
        for a in arrays:
            _check_casting(a, dtype, casting)
        arrays = [a.astype(dtype, copy=False) for a in arrays]
    return store("stack", _anygpu.pile(arrays, axis), out, casting)
