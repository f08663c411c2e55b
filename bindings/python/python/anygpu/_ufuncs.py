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


def _initial(value, dtype):
    """The value that a reduction starts with, as an element of `dtype`: fractions are cut off for integers, as in an assignment."""
    if hasattr(value, "astype"):
        return value.astype(dtype)
    element = np.empty((), dtype)
    element[()] = value
    return element[()]


def _loop_dtype(ufunc, array, dtype):
    """The dtype that the elements of `array` are combined in by a method of the ufunc: NumPy's own answer, or its error."""
    signature = (None if dtype is None else np.dtype(dtype), None, None)
    operands = (None, array.dtype, None)
    resolved = getattr(np, ufunc.__name__).resolve_dtypes(operands, signature=signature, casting="unsafe", reduction=True)
    return resolved[0]


def reduce(ufunc, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """The ufunc applied along axes (all for None), from the first element to the last.

    Of ufuncs that are not associative (`power`, `divide`, ...) one thread combines the elements of one result.

    >>> import anygpu as ag
    >>> ag.lcm.reduce([3, 12, 20])
    array(60)
    """
    import anygpu as ag

    _binary(ufunc, "reduce")
    array = ag.asarray(array)
    name = ufunc.__name__
    target = out[0] if isinstance(out, tuple) and out else out

    def start(dtype):
        # NumPy's loop has the dtype of `out`.
        return _initial(initial, getattr(target, "dtype", dtype))

    if where is not True:
        if axis is not None:
            np.lib.array_utils.normalize_axis_tuple(axis, max(array.ndim, 1))  # a number has the axis 0, as in NumPy
        if ufunc.identity is None and initial is None:
            raise ValueError(f"reduction operation '{name}' does not have an identity, so to use a where mask one has to specify 'initial'")
        array = ag.where(ag.asarray(where), array, start(array.dtype) if ufunc.identity is None else ag.asarray(ufunc.identity).astype(array.dtype))
    if name in _REDUCTIONS:
        dtype = dtype if name in ("add", "multiply") else None
        if initial is not None and array.size == 0 and name in ("minimum", "maximum"):
            axes = range(array.ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, array.ndim)
            shape = tuple(1 if d in axes else n for d, n in enumerate(array.shape) if keepdims or d not in axes)
            result = ag.full(shape, start(array.dtype), dtype=getattr(target, "dtype", array.dtype))
        else:
            result = array._reduce(_REDUCTIONS[name], axis, builtins.bool(keepdims), dtype)
            result = result if initial is None else ufunc(result, start(result.dtype))
        return store(name, result, out, "unsafe")
    if array.ndim == 0 and axis in (None, 0, -1, ()):
        axes = ()
    else:
        axes = tuple(range(array.ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, array.ndim)
    if builtins.len(axes) > 1 and name not in _ASSOCIATIVE:
        raise ValueError(f"reduction operation '{name}' is not reorderable, so at most one axis may be specified")
    loop = _loop_dtype(ufunc, array, dtype if dtype is not None else getattr(target, "dtype", None))
    kept = tuple(m for d, m in enumerate(array.shape) if d not in axes)
    x = ag.moveaxis(array.astype(loop), axes, tuple(range(builtins.len(axes)))).reshape((-1,) + kept)
    if x.shape[0] > 0:
        result = _fold(ufunc, x)
    elif ufunc.identity is None and initial is None:
        raise ValueError(f"zero-size array to reduction operation {name} which has no identity")
    else:
        result = ag.full(kept, start(loop) if ufunc.identity is None else ufunc.identity, dtype=loop)
        initial = None if ufunc.identity is None else initial
    if initial is None and name in ("gcd", "hypot"):
        initial = ufunc.identity  # of one element it makes the absolute value
    if initial is not None:
        # It comes before the first element, as in NumPy.
        result = _fold(ufunc, ag.concatenate([ag.full((1,) + kept, start(loop), dtype=loop), x])) if name not in _ASSOCIATIVE else ufunc(start(loop), result)
    if keepdims:
        result = ag.expand_dims(result, axes)
    return store(name, result, out, "unsafe")


def _fold(ufunc, x):
    """The ufunc applied along the first axis, which has elements."""
    if ufunc.__name__ in _SCANS:
        return x._accumulate(ufunc.__name__, 0, x.dtype)._take(np.int64(x.shape[0] - 1), 0)
    return _reduce_slices(ufunc, x, np.zeros(1, np.int64))._take(np.int64(0), 0)


def accumulate(ufunc, array, axis=0, dtype=None, out=None):
    """The results of applying the ufunc to the first one, two, ... elements along an axis.

    Of ufuncs that are not associative (`power`, `divide`, ...) one thread computes the results along the axis.
    """
    import anygpu as ag

    from . import _sequential
    from ._segments import running

    _binary(ufunc, "accumulate")
    array = ag.asarray(array)
    if array.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    axis = ag.manipulation_functions._axis(axis, array.ndim)
    name = ufunc.__name__
    loop = _loop_dtype(ufunc, array, dtype)
    if name in _SCANS:
        return store(name + ".accumulate", array._accumulate(name, axis, loop), out, "unsafe")
    x = ag.moveaxis(array.astype(loop), axis, 0)
    if name == "subtract" and x.shape[0] > 0:
        result = ag.concatenate([x[:1], -x[1:]])._accumulate("add", 0, loop)
    elif name in _ASSOCIATIVE:
        result = running(ufunc, ag.zeros(x.shape[0], "int32"), x)
    else:
        _check_exponents(name, x, np.zeros(1, np.int64), np.full(1, x.shape[0]))
        result = _sequential.accumulated(ufunc, x)
    return store(name + ".accumulate", ag.moveaxis(result, 0, axis), out, "unsafe")


def outer(ufunc, a, b, /, **options):
    """The ufunc applied to every pair of an element of `a` and one of `b`."""
    import anygpu as ag

    _binary(ufunc, "outer")
    a, b = ag.asarray(a), ag.asarray(b)
    return ufunc(a.reshape(a.shape + (1,) * b.ndim), b, **options)


#: Ufuncs whose operands may be grouped in any way as long as their order stays. `lcm` is none of them: what overflows wraps around.
_ASSOCIATIVE = {"add", "multiply", "minimum", "maximum", "fmin", "fmax", "bitwise_and", "bitwise_or", "bitwise_xor", "gcd"}
_ASSOCIATIVE |= {"logical_and", "logical_or", "logical_xor", "logaddexp", "logaddexp2", "hypot"}
#: Those of them with scans of their own.
_SCANS = _ASSOCIATIVE - {"logical_xor", "hypot"}
#: Those of the associative ones, and `subtract`, that give the same when each result is cast to fewer bits as when the last one is.
_MODULAR = {"add", "subtract", "multiply", "bitwise_and", "bitwise_or", "bitwise_xor", "logical_and", "logical_or", "logical_xor"}


def _check_at(ufunc, a, b):
    import anygpu as ag

    name = ufunc.__name__
    if not isinstance(a, ag.ndarray):
        raise TypeError(f"{name}.at: the first operand must be an anygpu.ndarray, not {type(a).__name__}")
    if ufunc.nin > 2 or ufunc.nout != 1:
        raise ValueError(f"{name}.at: only unary and binary ufuncs with one result are supported")
    if (b is None) != (ufunc.nin == 1):
        raise ValueError("second operand needed for ufunc" if b is None else "second operand provided when ufunc is unary")


def _operand(b, dtype):
    """The second operand of `at`. Numbers do not take the dtype of the array here, as in NumPy, unless that makes no difference."""
    import anygpu as ag

    if type(b) in (int, float):
        with np.errstate(all="ignore"):
            same = np.asarray(b).astype(dtype)
        if same.dtype.kind in "iuf" and (same == b or b != b):
            return ag.asarray(same)
    return ag.asarray(b)


def at(ufunc, a, indices, b=None, /):
    """``a[indices] = ufunc(a[indices], b)``, in place, where elements that are selected several times take part each time.

    Operands of one element are brought together by a stable sort and combined in a fixed tree: the result is the same on every run, and NumPy's but
    for the rounding of floats. Ufuncs that are not associative (`power`, `divide`, ...), unary ones, and results of another kind than ``a`` combine
    one operand after the other, in as many passes as the most frequent element has operands; the host waits for that number. Results are cast to
    the dtype of ``a`` whatever they are, as in NumPy.

    >>> import anygpu as ag
    >>> x = ag.zeros(3)
    >>> ag.add.at(x, [0, 2, 0], 1)
    >>> x
    array([2., 0., 1.])
    """
    import anygpu as ag

    from ._segments import running
    from .indexing_functions import _put_flat

    _check_at(ufunc, a, b)
    old = a[indices]
    operands = () if b is None else (_operand(b, a.dtype),)
    first = ufunc(old, *operands)
    if first.shape != old.shape:
        raise ValueError(f"array is not broadcastable to correct shape: {first.shape} for {old.shape} selected elements")
    if old.size == 0:
        return
    if old._shares_memory(a) or getattr(indices, "dtype", None) == np.bool_:
        a[indices] = first.astype(a.dtype)  # slices and masks select nothing twice
        return
    if a.ndim == 1 and not isinstance(indices, tuple):
        positions = ag.asarray(indices)
        positions = ag.where(positions < 0, positions + a.size, positions)
    else:
        positions = ag.arange(a.size).reshape(a.shape)[indices]
    positions = positions.reshape(-1).astype("int32" if a.size < 2**31 else "int64")
    order = positions._argsort(0)
    positions = positions[order]
    begins = ag.concatenate([ag.ones(1, bool), positions[1:] != positions[:-1]])
    in_order = [ag.broadcast_to(ag.asarray(x), old.shape).reshape(-1)[order] for x in operands]
    name = ufunc.__name__
    exact = first.dtype == a.dtype or (first.dtype.kind in "fc" and a.dtype.kind in "fc") or (first.dtype.kind in "biu" and name in _MODULAR)
    if name in _ASSOCIATIVE | {"subtract"} and exact:
        (rest,) = in_order
        rest = -rest.astype(first.dtype) if name == "subtract" else rest.astype(first.dtype)
        values = running(ag.add if name == "subtract" else ufunc, positions, ag.where(begins, first.reshape(-1)[order], rest))
    else:
        values = _one_after_the_other(ufunc, a.dtype, begins, old.reshape(-1)[order], in_order)
    # Of equal positions the last one is written: it has seen all operands.
    _put_flat(a, positions, values.astype(a.dtype))


def _one_after_the_other(ufunc, dtype, begins, values, operands):
    """The running results of each run of operands: in pass k, those of the k-th operand."""
    import anygpu as ag

    number = ag.arange(begins.size)
    rank = number - ag.maximum.accumulate(ag.where(begins, number, 0))
    for k in range(int(rank.max()) + 1):
        before = values if k == 0 else ag.concatenate([values[:1], values[:-1]])
        values = ag.where(rank == k, ufunc(before, *operands).astype(dtype), values)
    return values


def reduceat(ufunc, array, /, indices, axis=0, dtype=None, out=None):
    """The ufunc applied to the slices ``array[indices[i]:indices[i + 1]]`` along an axis, the last one up to the end; where that is not rising, the
    one element ``array[indices[i]]``.

    The slices shape the work: indices on the device are read. Of ufuncs that are not associative one thread
    combines the elements of a slice.

    >>> import anygpu as ag
    >>> ag.add.reduceat(ag.arange(8), [0, 4, 1, 5])
    array([ 6,  4, 10, 18])
    """
    import anygpu as ag

    from .indexing_functions import _integers

    _binary(ufunc, "reduceat")
    name = ufunc.__name__
    array = ag.asarray(array)
    if array.ndim == 0:
        raise TypeError("cannot reduceat on a scalar")
    axis = ag.manipulation_functions._axis(axis, array.ndim)
    indices = _integers(indices.get() if isinstance(indices, ag.ndarray) else indices)
    if indices.ndim != 1:
        raise ValueError(f"{name}.reduceat: indices must have one dimension, not {indices.ndim}")
    length = array.shape[axis]
    wrong = indices[(indices < 0) | (indices >= length)]
    if wrong.size:
        raise IndexError(f"index {wrong[0]} out-of-bounds in {name}.reduceat [0, {length})")
    x = ag.moveaxis(array.astype(_loop_dtype(ufunc, array, dtype)), axis, 0)
    result = _reduce_slices(ufunc, x, indices) if indices.size else ag.zeros((0, *x.shape[1:]), x.dtype)
    result = ag.moveaxis(result, 0, axis)
    return store(name + ".reduceat", result if out is not None else ag.asarray(result, order="C"), out, "unsafe")


def _check_exponents(name, x, starts, lengths):
    """Refuses negative integers among the exponents, all elements of slices but their first ones, as `power` does."""
    if name != "power" or x.dtype.kind != "i" or x.size == 0:
        return
    change = np.zeros(x.shape[0] + 1, np.int64)
    np.add.at(change, starts + 1, 1)
    np.add.at(change, starts + lengths, -1)
    exponents = (np.cumsum(change[:-1]) > 0).reshape((-1,) + (1,) * (x.ndim - 1))
    if ((x < 0) & exponents).any():
        raise ValueError("Integers to negative integer powers are not allowed.")


def _reduce_slices(ufunc, x, starts):
    import anygpu as ag

    from ._segments import running

    name, count = ufunc.__name__, x.shape[0]
    stops = np.append(starts[1:], count)
    lengths = np.where(starts < stops, stops - starts, 1)
    ends = np.cumsum(lengths)
    if name not in _ASSOCIATIVE | {"subtract"}:
        from . import _sequential

        _check_exponents(name, x, starts, lengths)
        return _sequential.reduced(ufunc, x, starts, starts + lengths)
    successive = (starts[1:] == (starts + lengths)[:-1]).all()
    if successive and name in _REDUCTIONS and (lengths == lengths[0]).all():
        return ufunc.reduce(x[starts[0] :].reshape((starts.size, lengths[0]) + x.shape[1:]), axis=1, dtype=x.dtype)
    number = ag.arange(ends[-1])
    labels = ag.asarray(ends)._searchsorted(number, False)
    if successive:
        x = x[starts[0] :]
    else:
        x = x._take(number + ag.asarray(starts - (ends - lengths))[labels], 0)
    if name == "subtract":
        begins = ag.concatenate([ag.ones(1, bool), labels[1:] != labels[:-1]])
        x = ag.where(begins.reshape((-1,) + (1,) * (x.ndim - 1)), x, -x)
        ufunc = ag.add
    return running(ufunc, labels, x)._take(ends - 1, 0)
