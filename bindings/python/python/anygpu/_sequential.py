"""Ufuncs applied to one element after the other, for those whose operands cannot be grouped: a thread for each result, in kernels of `anygpu.cuda`."""

import functools

import numpy as np

#: Elements that one launch combines: software drivers end the loops of a thread after 65,535 turns.
_STRETCH = 32768


def reduced(ufunc, x, starts, stops):
    """The ufunc over ``x[starts[k]:stops[k]]`` for each k, with one element at least, along the first axis, in the dtype of `x`."""
    import anygpu as ag

    rows = x.reshape(x.shape[0], -1)
    out = ag.zeros((starts.size, rows.shape[1]), dtype=x.dtype)
    if out.size:
        run, _ = _kernels(ufunc)
        starts, stops = np.ascontiguousarray(starts, np.int64), np.ascontiguousarray(stops, np.int64)
        first, last = ag.asarray(starts), ag.asarray(stops)
        for begin in range(0, int((stops - starts).max()), _STRETCH):
            run.forall(out.size)(rows, first, last, begin, begin + _STRETCH, out)
    return out.reshape((starts.size, *x.shape[1:]))


def accumulated(ufunc, x):
    """The ufunc over the first one, two, ... elements along the first axis, in the dtype of `x`."""
    import anygpu as ag

    rows = x.reshape(x.shape[0], -1)
    out = ag.zeros(rows.shape, dtype=x.dtype)
    if out.size:
        _, run = _kernels(ufunc)
        for begin in range(0, rows.shape[0], _STRETCH):
            run.forall(rows.shape[1])(rows, begin, begin + _STRETCH, out)
    return out.reshape(x.shape)


@functools.cache
def _kernels(function):
    from . import cuda

    @cuda.jit
    def reduce(x, starts, stops, begin, end, out):
        k = cuda.grid(1)
        if k < out.size:
            row, column = k // out.shape[1], k % out.shape[1]
            start = starts[row]
            if start + begin < stops[row]:
                result = x[start, column] if begin == 0 else out[row, column]
                kind = x.dtype
                for i in range(start + max(begin, 1), min(stops[row], start + end)):
                    result = kind(function(result, x[i, column]))
                out[row, column] = result

    @cuda.jit
    def accumulate(x, begin, end, out):
        column = cuda.grid(1)
        if column < out.shape[1]:
            if begin == 0:
                out[0, column] = x[0, column]
            result = out[max(begin, 1) - 1, column]
            kind = x.dtype
            for i in range(max(begin, 1), min(x.shape[0], end)):
                result = kind(function(result, x[i, column]))
                out[i, column] = result

    return reduce, accumulate
