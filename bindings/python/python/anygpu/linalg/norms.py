"""Norms of vectors and matrices, and condition numbers."""

import numpy as np

from .._anygpu import imag, real
from ..creation_functions import asarray
from ..elementwise_functions import absolute, isnan, sqrt, square
from ..linear_algebra_functions import _product
from ..manipulation_functions import moveaxis
from ..searching_functions import where
from ._matrices import inexact, real_dtype, stacked
from ._matrices import square as check_square


def norm(x, ord=None, axis=None, keepdims=False):
    """A norm of vectors or matrices, as `numpy.linalg.norm`: the 2-norm of all elements unless ``ord`` or ``axis`` say otherwise.

    ``ord`` of a vector: a number p for ``sum(abs(x) ** p) ** (1 / p)``, infinity and minus infinity for the largest and smallest absolute value, 0 for the
    number of nonzero elements. Of a matrix: "fro", "nuc", 1, -1, inf, -inf, 2 and -2; the last two and "nuc" need singular values.

    >>> import anygpu as ag
    >>> ag.linalg.norm(ag.asarray([3.0, 4.0]))
    array(5.)
    >>> ag.linalg.norm(ag.asarray([[1.0, -7.0], [2.0, 3.0]]), 1)
    array(10.)
    """
    x = asarray(x)
    x = x if x.dtype.kind in "fc" else x.astype("float64")
    if axis is None:
        if ord is None or (ord in ("f", "fro") and x.ndim == 2) or (ord == 2 and x.ndim == 1):
            result = _root_of_squares(x, None, False)
            return result.reshape((1,) * x.ndim) if keepdims else result
        axis = tuple(range(x.ndim))
    elif not isinstance(axis, tuple):
        try:
            axis = (int(axis),)
        except Exception as error:
            raise TypeError(f"norm: 'axis' must be None, an integer or a tuple of integers, got {axis!r}") from error
    axis = tuple(_axis(d, x.ndim) for d in axis)
    if len(axis) == 1:
        return _vector_norm(x, ord, axis, keepdims)
    if len(axis) == 2:
        return _matrix_norm(x, ord, axis, keepdims)
    raise ValueError(f"norm: Improper number of dimensions to norm: {len(axis)}")


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norm of vectors along an axis, along several, or of all elements.

    >>> import anygpu as ag
    >>> ag.linalg.vector_norm(ag.asarray([[3.0, 4.0], [6.0, 8.0]]), axis=1)
    array([ 5., 10.])
    """
    x = asarray(x)
    x = x if x.dtype.kind in "fc" else x.astype("float64")
    shape = list(x.shape)
    if axis is None:
        axes = tuple(range(x.ndim))
    else:
        axes = tuple(_axis(d, x.ndim) for d in (axis if isinstance(axis, tuple) else (axis,)))
    for d in axes:
        shape[d] = 1
    if axis is None:
        x = x.reshape(-1)
    elif isinstance(axis, tuple):
        rest = [n for d, n in enumerate(x.shape) if d not in axes]
        x = moveaxis(x, axes, tuple(range(len(axes)))).reshape([_product(x.shape[d] for d in axes)] + rest)
    result = _vector_norm(x, ord, (0,) if axis is None or isinstance(axis, tuple) else axes, False)
    return result.reshape(shape) if keepdims else result


def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """The norms of the matrices in the last two axes.

    >>> import anygpu as ag
    >>> ag.linalg.matrix_norm(ag.ones((2, 2, 2)))
    array([2., 2.])
    """
    x = asarray(x)
    return norm(x, ord, (-2, -1), keepdims)


def cond(x, p=None):
    """The condition number of matrices: the largest singular value over the smallest for ``p`` None or 2, else ``norm(x, p) * norm(inv(x), p)``.

    Infinity for singular matrices; NaN for matrices that hold one.

    >>> import anygpu as ag
    >>> float(ag.linalg.cond(ag.asarray([[2.0, 0.0], [0.0, 1.0]]), 1))
    2.0
    """
    from .decompositions import svdvals
    from .solve import inverse_or_nan

    x = asarray(x)
    if 0 in x.shape[-2:]:
        raise np.linalg.LinAlgError("cond is not defined on empty arrays")
    stacked("cond", x)
    (x,) = inexact("cond", x)
    if p in (None, 2, -2):
        values = svdvals(x)
        result = values[..., -1] / values[..., 0] if p == -2 else values[..., 0] / values[..., -1]
    else:
        check_square("cond", x)
        result = norm(x, p, (-2, -1)) * norm(inverse_or_nan(x), p, (-2, -1))
    holds_nan = isnan(x).any(axis=(-2, -1))
    return where(isnan(result) & ~holds_nan, float("inf"), result).astype(real_dtype(x.dtype))


def _axis(axis, ndim):
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def _root_of_squares(x, axis, keepdims):
    squares = square(real(x)) + square(imag(x)) if x.dtype.kind == "c" else square(x)
    return sqrt(squares.sum(axis=axis, keepdims=keepdims))


def _vector_norm(x, ord, axis, keepdims):
    if isinstance(ord, str):
        raise ValueError(f"norm: Invalid norm order '{ord}' for vectors")
    if ord is None or ord == 2:
        return _root_of_squares(x, axis, keepdims)
    size = absolute(x)
    if ord == np.inf:
        return size.max(axis=axis, keepdims=keepdims, initial=0)
    if ord == -np.inf:
        return size.min(axis=axis, keepdims=keepdims)
    if ord == 0:
        return (x != 0).astype(size.dtype).sum(axis=axis, keepdims=keepdims)
    if ord == 1:
        return size.sum(axis=axis, keepdims=keepdims)
    return (size ** float(ord)).sum(axis=axis, keepdims=keepdims) ** (1 / float(ord))


def _matrix_norm(x, ord, axis, keepdims):
    rows, columns = axis
    if rows == columns:
        raise ValueError("norm: Duplicate axes given.")
    if ord in (None, "fro", "f"):
        return _root_of_squares(x, axis, keepdims)
    if ord in (2, -2, "nuc"):
        result = _of_singular_values(x, ord, rows, columns)
    elif ord in (1, -1, np.inf, -np.inf):
        summed, kept = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = absolute(x).sum(axis=summed)
        kept -= kept > summed
        result = sums.max(axis=kept) if ord > 0 else sums.min(axis=kept)
    else:
        raise ValueError(f"norm: Invalid norm order {ord!r} for matrices.")
    if not keepdims:
        return result
    return result.reshape([1 if d in axis else n for d, n in enumerate(x.shape)])


def _of_singular_values(x, ord, rows, columns):
    from .decompositions import svdvals

    values = svdvals(moveaxis(x, (rows, columns), (-2, -1)))
    if ord == "nuc":
        return values.sum(axis=-1)
    return values.max(axis=-1) if ord == 2 else values.min(axis=-1)
