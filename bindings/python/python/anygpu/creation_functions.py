"""Arrays from numbers, from other arrays, and back to NumPy."""

import math

import numpy as np

from . import _anygpu
from ._anygpu import ndarray
from .device_functions import default_float


def asnumpy(a, stream=None, order="C", out=None, *, blocking=True):
    """The elements of an array as a new NumPy array; waits for them. Anything else goes through `numpy.asarray`.

    ``stream`` and ``blocking`` are CuPy's and change nothing: there is one queue.

    >>> import anygpu as ag
    >>> ag.asnumpy(ag.ones(3))
    array([1., 1., 1.])
    """
    if isinstance(a, ndarray):
        return a.get(stream, order, out)
    host = np.asarray(a, order=order)
    if out is None:
        return host
    out[...] = host
    return out


def memory_order(order, allowed="KACF"):
    """A memory order as an upper-case letter; the first one allowed for None."""
    if order is None:
        return allowed[0]
    if not isinstance(order, str):
        raise TypeError(f"order must be str, not {type(order).__name__}")
    if order.upper() not in tuple(allowed):
        raise ValueError(f"order must be one of {', '.join(map(repr, sorted(allowed)))} (got {order!r})")
    return order.upper()


def asarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    """An array on the device from a NumPy array, numbers, nested lists, or anything with ``__array__`` or the buffer protocol.

    Arrays of ours come back as they are unless the dtype, the order or the device differs, or ``copy=True``. float64 stays float64. The elements lie
    in memory as they did, unless ``order`` says otherwise.

    >>> import anygpu as ag
    >>> ag.asarray([[1, 2], [3, 4]]) * 2
    array([[2, 4],
           [6, 8]])
    """
    order = memory_order(order)
    result = _anygpu.from_object(a, dtype, copy, device)
    if order == "A" and result is not a:
        # What is converted and in neither order keeps the one that it has.
        order = "F" if isinstance(a, (ndarray, np.ndarray)) and a.flags.fnc else "C" if result.dtype == getattr(a, "dtype", None) else "K"
    if order in "KA" or (result._c_contiguous if order == "C" else result._f_contiguous):
        return result
    if copy is False:
        raise ValueError(f"Unable to avoid copy while creating an array as requested: its elements are not in {order} order")
    return result.copy(order)


def in_order_of(prototype, result):
    """`result`, its elements in Fortran order where those of ``prototype`` lie in that order only, and else in C order; copied only where they do not."""
    return asarray(result, order="F" if prototype.flags.fnc else "C")


def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, ndmax=64, like=None, device=None):
    """`asarray` that copies arrays of ours, too (unless ``copy`` says otherwise), and adds leading dimensions up to ``ndmin``; more than ``ndmax`` are an error."""
    result = asarray(object, dtype, order, device=device, copy=copy if copy is False or isinstance(object, ndarray) else None)
    if not 0 <= ndmax <= 64:
        raise ValueError(f"array: ndmax must be in the range [0, 64], got {ndmax}")
    if ndmin > ndmax:
        raise ValueError(f"array: ndmin must be <= ndmax, got {ndmin} and {ndmax}")
    if result.ndim > ndmax:
        raise ValueError(
            f"setting an array element with a sequence. The requested array would exceed the maximum number of dimension of {ndmax}: array() was given one of {result.ndim}"
        )
    missing = ndmin - result.ndim
    return result.reshape((1,) * missing + result.shape) if missing > 0 else result


def asanyarray(a, dtype=None, order=None, *, device=None, copy=None):
    """`asarray`: there are no subclasses to keep."""
    return asarray(a, dtype, order, device=device, copy=copy)


def ascontiguousarray(a, dtype=None, *, device=None):
    """An array of at least one dimension whose elements lie in C order without gaps; copies only where they do not."""
    result = asarray(a, dtype, device=device)
    if result.ndim == 0:
        return result.reshape(1)
    return result if result._c_contiguous else result.copy()


def asfortranarray(a, dtype=None, *, like=None):
    """An array of at least one dimension whose elements lie in Fortran order without gaps; copies only where they do not."""
    a = asarray(a, dtype, "F")
    return a if a.ndim else a.reshape(1)


def asarray_chkfinite(a, dtype=None, order=None):
    """`asarray` that raises ValueError where an element is NaN or infinite. Waits for the device."""
    a = asarray(a, dtype, order)
    if a.dtype.kind in "fc" and not bool(_anygpu.isfinite(a).all()):
        raise ValueError("array must not contain infs or NaNs")
    return a


def require(a, dtype=None, requirements=None, *, like=None):
    """`asarray` with a memory order: ``"C"`` or ``"F"`` among the requirements; ``"O"`` copies a view, ``"W"`` a read-only array. All are aligned."""
    requirements = {requirements} if isinstance(requirements, str) else set(requirements or ())
    short = {"C_CONTIGUOUS": "C", "CONTIGUOUS": "C", "F_CONTIGUOUS": "F", "FORTRAN": "F", "OWNDATA": "O", "ALIGNED": "A", "WRITEABLE": "W"}
    wanted = {short.get(name.upper(), name.upper()) for name in requirements}
    if wanted >= {"C", "F"}:
        raise ValueError('Cannot specify both "C" and "F" order')
    if wanted - set("CFOAWE"):
        raise KeyError(f"require: unknown requirement {sorted(wanted - set('CFOAWE'))[0]!r}")
    a = asarray(a, dtype)
    lacks_order = "F" in wanted and not a._f_contiguous or "C" in wanted and not a._c_contiguous
    if lacks_order or "O" in wanted and a.base is not None or "W" in wanted and not a._writeable:
        return a.copy("F" if "F" in wanted else "C")
    return a


def fromfunction(function, shape, *, dtype=float, like=None, **kwargs):
    """``function(i, j, ..)`` of the index arrays of a shape, called once, on the device.

    >>> import anygpu as ag
    >>> ag.fromfunction(lambda i, j: i + 10 * j, (2, 3), dtype=int)
    array([[ 0, 10, 20],
           [ 1, 11, 21]])
    """
    lengths = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    places = [arange(n, dtype=dtype).reshape((1,) * d + (n,) + (1,) * (len(lengths) - d - 1)) for d, n in enumerate(lengths)]
    return function(*(p._broadcast_to(lengths) for p in places), **kwargs)


def copy(a, order="K", subok=False):
    """A new array of the same elements, which lie in memory as those of ``a`` unless ``order`` says otherwise."""
    return array(a, order=order)


def _dtype(dtype):
    return default_float() if dtype is None else dtype


def _constructed(shape, dtype, buffer, offset, strides, order):
    """What ``ndarray(shape, ..)`` makes: `empty`, or a view of the array ``buffer`` from a byte on."""
    dtype, order = np.dtype(_dtype(dtype)), memory_order(order, "CF")
    lengths = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    strides = (strides,) if strides is not None and np.ndim(strides) == 0 else strides
    if buffer is None and strides is None:
        return empty(lengths, dtype, order)
    if strides is None:
        needed = dtype.itemsize * math.prod(lengths)
    else:
        needed = 0 if 0 in lengths else dtype.itemsize + sum((n - 1) * abs(step) for n, step in zip(lengths, strides))
    if buffer is None:
        flat = empty(-(-needed // dtype.itemsize), dtype)
    elif not isinstance(buffer, ndarray):
        raise TypeError(f"ndarray: buffer must be an array on the device, not {type(buffer).__name__}: asarray copies from host memory")
    else:
        held = buffer.reshape(-1, copy=False).view("u1")[offset:]
        if needed > held.size:
            raise TypeError(f"buffer is too small for requested array: {needed} bytes from byte {offset} on, of {buffer.nbytes}")
        flat = held[: held.size // dtype.itemsize * dtype.itemsize].view(dtype)
    if strides is None:
        return flat[: math.prod(lengths)].reshape(lengths, order=order)
    from .lib.stride_tricks import as_strided

    return as_strided(flat, lengths, strides)


def empty(shape, dtype=None, order="C", *, device=None):
    """An array whose elements are not set. float64 unless ``dtype`` says otherwise."""
    return _ordered(_anygpu.unset, shape, order, (), _dtype(dtype), device)


def zeros(shape, dtype=None, order="C", *, device=None):
    """An array of zeros, float64 unless ``dtype`` says otherwise.

    Raises `OutOfMemoryError` here, not later, when the device has no room for it.
    """
    return full(shape, 0, _dtype(dtype), order, device=device)


def ones(shape, dtype=None, order="C", *, device=None):
    """An array of ones, float64 unless ``dtype`` says otherwise."""
    return full(shape, 1, _dtype(dtype), order, device=device)


def full(shape, fill_value, dtype=None, order="C", *, device=None):
    """An array of one value, in the value's own dtype unless ``dtype`` says otherwise.

    >>> import anygpu as ag
    >>> ag.full((2, 2), 7)
    array([[7, 7],
           [7, 7]])
    """
    if isinstance(fill_value, ndarray) or np.ndim(fill_value) > 0:
        values = asarray(fill_value, dtype, device=device)
        result = empty(shape, values.dtype, order, device=device)
        result[...] = values
        return result
    if dtype is None:
        dtype = fill_value.dtype if hasattr(fill_value, "dtype") else np.asarray(fill_value).dtype
    elif type(fill_value) not in (bool, int):  # converted by NumPy, with its warnings: NaN to an integer, a complex number to a real one
        fill_value = np.full((), fill_value, _dtype(dtype))[()]
    return _ordered(_anygpu.filled, shape, order, (fill_value,), dtype, device)


def _ordered(make, shape, order, values, dtype, device):
    """``make``'s array of a shape, its elements in C or F order, or with the axes ``order`` from outermost to innermost in memory."""
    lengths = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    if not isinstance(order, list):
        if memory_order(order, "CF") == "C":
            return make(shape, *values, dtype, device)
        order = range(len(lengths))[::-1]
    return make([lengths[axis] for axis in order], *values, dtype, device).transpose(*np.argsort(order).tolist())._owned()


def _like(x, dtype, order, shape):
    """The shape, the dtype and the order of an array made after ``x``."""
    order = memory_order(order)
    shape = x.shape if shape is None else (shape,) if np.ndim(shape) == 0 else tuple(shape)
    if order == "A":
        order = "F" if x._f_contiguous and not x._c_contiguous else "C"
    elif order == "K" and (x._c_contiguous or len(shape) != x.ndim):
        order = "C"
    elif order == "K":
        order = "F" if x._f_contiguous else sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    return shape, (x.dtype if dtype is None else dtype), order


def empty_like(prototype, /, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """`empty` with the shape and dtype of another array."""
    prototype = asarray(prototype)
    return empty(*_like(prototype, dtype, order, shape), device=device or prototype.device)


def zeros_like(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """`zeros` with the shape and dtype of another array."""
    a = asarray(a)
    return zeros(*_like(a, dtype, order, shape), device=device or a.device)


def ones_like(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """`ones` with the shape and dtype of another array."""
    a = asarray(a)
    return ones(*_like(a, dtype, order, shape), device=device or a.device)


def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """`full` with the shape and dtype of another array."""
    a = asarray(a)
    shape, dtype, order = _like(a, dtype, order, shape)
    return full(shape, fill_value, dtype, order, device=device or a.device)


def arange(start, /, stop=None, step=1, dtype=None, *, device=None):
    """Evenly spaced numbers in ``[start, stop)``, as `numpy.arange`.

    >>> import anygpu as ag
    >>> ag.arange(2, 10, 3)
    array([2, 5, 8])
    """
    if stop is None:
        start, stop = 0, start
    if step is None:
        step = 1
    if dtype is None:
        # Numbers promote with an index, as NumPy's do: of float32 numbers float64; a default float of one's own is only for results that were float64 by default.
        dtype = np.result_type(np.int64, np.asarray(start), np.asarray(stop), np.asarray(step))
        if dtype == np.float64 and not any(hasattr(v, "dtype") for v in (start, stop, step)):
            dtype = default_float()
    return _anygpu.range(start, stop, step, dtype, device)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    """``num`` evenly spaced numbers from ``start`` to ``stop`` (included unless ``endpoint`` is False), as `numpy.linspace`."""
    import operator

    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    ends = [v for v in (start, stop) if isinstance(v, ndarray) or np.ndim(v) or np.iscomplexobj(v)]
    if ends:
        from .interval_functions import spaced_between

        result, step = spaced_between(start, stop, num, endpoint, dtype, axis)
        return (result, step) if retstep else result
    start, stop = float(start), float(stop)
    result = _anygpu.spaced(start, stop, num, endpoint, default_float() if dtype is None else dtype, device)
    if not retstep:
        return result
    divisions = num - 1 if endpoint else num
    return result, np.float64((stop - start) / divisions) if divisions > 0 else np.nan


def eye(N, M=None, k=0, dtype=None, order="C", *, device=None):
    """A matrix of zeros with ones on the ``k``-th diagonal."""
    import operator

    rows = operator.index(N)
    columns = rows if M is None else operator.index(M)
    k = max(-rows, min(operator.index(k), columns))  # further out there is no diagonal either
    result = _anygpu.diagonal_ones(rows, columns, k, _dtype(dtype), device)
    return result.copy("F") if order == "F" else result


def identity(n, dtype=None, *, device=None):
    """The identity matrix."""
    return eye(n, dtype=dtype, device=device)
