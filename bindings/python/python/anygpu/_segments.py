"""Running results within runs of equal labels: what `ufunc.at` and `ufunc.reduceat` are made of.

Hillis and Steele's scan (Data parallel algorithms, CACM 1986) in rows of 16 elements, then the same for the last elements of the rows, and so on:
a fixed tree, so that the result is the same on every run, in about six passes over the elements.
"""

from .creation_functions import full, zeros
from .manipulation_functions import concatenate
from .searching_functions import where

_ROW = 16


def running(ufunc, labels, values):
    """``ufunc`` of all elements of a run up to each one, along the first axis.

    ``labels`` are numbers, one for each element of that axis, all of a run in succession; -1 is none. The ufunc must be associative, and give
    results of the dtype of ``values``.
    """
    count = values.shape[0]
    if count <= 1:
        return values
    rest = values.shape[1:]
    row = _ROW if count > _ROW else 1 << (count - 1).bit_length()
    missing = -count % row
    if missing:
        labels = concatenate([labels, full((missing,), -1, dtype=labels.dtype)])
        values = concatenate([values, zeros((missing, *rest), values.dtype)])
    labels = labels.reshape((-1, row) + (1,) * len(rest))
    values = values.reshape((-1, row) + rest).copy()
    distance = 1
    while distance < row:
        same = labels[:, distance:] == labels[:, :-distance]
        values[:, distance:] = where(same, ufunc(values[:, :-distance], values[:, distance:]), values[:, distance:])
        distance *= 2
    if values.shape[0] > 1:
        ends = running(ufunc, labels[:, -1].reshape(-1), values[:, -1])
        continued = labels[1:] == labels[:-1, -1:]
        values[1:] = where(continued, ufunc(ends[:-1].reshape((-1, 1) + rest), values[1:]), values[1:])
    values = values.reshape((-1,) + rest)
    return values[:count] if missing else values
