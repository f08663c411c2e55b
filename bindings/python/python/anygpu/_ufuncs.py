"""The methods of ufunc objects, and ``where=``: https://numpy.org/doc/stable/reference/ufuncs.html."""

import builtins

import numpy as np

from ._outputs import store

#: Reductions with kernels of their own, and the dtype they are computed in where none is asked for.
_REDUCTIONS = {"add": "sum", "multiply": "prod", "minimum": "min", "maximum": "max", "logical_or": "any", "logical_and": "all"}


def masked(ufunc, where, args, options):
    """``ufunc(*args, where=where, ...)``: elements elsewhere stay as they are in `out`, or are zero without it."""
    import anygpu as ag

    out = options.pop("out", None)
    if builtins.len(args) > ufunc.nin:
        *args, out = args
    if isinstance(out, tuple):
        (out,) = out
    mask = ag.asarray(where)
    if mask.dtype != np.bool_:
        raise TypeError(f"Cannot cast array data from {mask.dtype!r} to dtype('bool') according to the rule 'safe'")
    result = ufunc(*args, **options)
    if out is None:
        shape = np.broadcast_shapes(result.shape, mask.shape)
        return ag.where(mask, result, ag.zeros(shape, dtype=result.dtype))
    kept = ag.where(mask, result.astype(out.dtype, casting=options.get("casting", "same_kind")), out)
    if kept.shape != out.shape:
        raise ValueError(f"non-broadcastable output operand with shape {out.shape} doesn't match the broadcast shape {kept.shape}")
    out[...] = kept
    return out


def _binary(ufunc, method):
    if ufunc.nin != 2:
        raise ValueError(f"{method} only supported for binary functions")


def reduce(ufunc, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """The ufunc applied along axes (all for None), from the first element to the last."""
    import anygpu as ag

    _binary(ufunc, "reduce")
    array = ag.asarray(array)
    name = ufunc.__name__
    if where is not True:
        if ufunc.identity is None and initial is None:
            raise ValueError(f"reduction operation '{name}' does not have an identity, so to use a where mask one has to specify 'initial'")
        array = ag.where(ag.asarray(where), array, ag.asarray(initial if ufunc.identity is None else ufunc.identity).astype(array.dtype))
    if name in _REDUCTIONS:
        dtype = dtype if name in ("add", "multiply") else None
        if initial is not None and array.size == 0 and name in ("minimum", "maximum"):
            axes = range(array.ndim) if axis is None else np.atleast_1d(axis) % builtins.max(array.ndim, 1)
            shape = tuple(1 if d in axes else n for d, n in enumerate(array.shape) if keepdims or d not in axes)
            result = ag.full(shape, initial, dtype=array.dtype)
        else:
            result = array._reduce(_REDUCTIONS[name], axis, builtins.bool(keepdims), dtype)
            result = result if initial is None else ufunc(result, initial)
        return store(name, result, out, "unsafe")
    if axis is None:
        if array.ndim > 1:
            array = array.reshape(-1)
        axis = 0
    axis = int(axis[0]) if isinstance(axis, tuple) and builtins.len(axis) == 1 else axis
    n = array.shape[axis]
    if n == 0:
        if ufunc.identity is None:
            raise ValueError(f"zero-size array to reduction operation {name} which has no identity")
        shape = tuple(m for d, m in enumerate(array.shape) if d != axis % array.ndim)
        result = ag.full(shape, ufunc.identity, dtype=dtype or array.dtype)
    else:
        running = accumulate(ufunc, array, axis, dtype)
        result = running._take(np.int64(n - 1), axis)
    if keepdims:
        result = ag.expand_dims(result, axis)
    return store(name, result if initial is None else ufunc(result, initial), out, "unsafe")


def accumulate(ufunc, array, axis=0, dtype=None, out=None):
    """The results of applying the ufunc to the first one, two, ... elements along an axis."""
    import anygpu as ag

    _binary(ufunc, "accumulate")
    array = ag.asarray(array)
    if array.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    name = ufunc.__name__
    if dtype is None:
        wide = {"b": "int64", "i": "int64", "u": "uint64"}.get(array.dtype.kind)
        dtype = wide if wide and name in ("add", "multiply") else array.dtype
        if name in ("logical_or", "logical_and"):
            dtype = np.dtype(bool)
    return store(name + ".accumulate", array._accumulate(name, axis, dtype), out, "unsafe")


def outer(ufunc, a, b, /, **options):
    """The ufunc applied to every pair of an element of `a` and one of `b`."""
    import anygpu as ag

    _binary(ufunc, "outer")
    a, b = ag.asarray(a), ag.asarray(b)
    return ufunc(a.reshape(a.shape + (1,) * b.ndim), b, **options)
