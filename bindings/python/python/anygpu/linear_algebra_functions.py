"""Matrix products."""

from ._anygpu import ndarray
from .creation_functions import asarray


def matmul(x1, x2, /, out=None):
    """The matrix product of vectors, matrices and stacks of matrices, as `numpy.matmul`.

    >>> import anygpu as ag
    >>> ag.matmul(ag.ones((2, 3)), ag.ones((3, 2)))
    array([[3., 3.],
           [3., 3.]])
    """
    result = asarray(x1)._matmul(asarray(x2))
    return _into(result, out)


def dot(a, b, out=None):
    """The dot product of two arrays, as `numpy.dot`: inner product of vectors, `matmul` of matrices, multiplication by scalars."""
    return _into(asarray(a)._dot(asarray(b)), out)


def matrix_transpose(x, /):
    """The matrices of a stack transposed; a view."""
    return asarray(x).mT


def _into(result, out):
    if out is None:
        return result
    if not isinstance(out, ndarray):
        raise TypeError("return arrays must be of anygpu.ndarray type")
    if out.shape != result.shape:
        raise ValueError(f"output array of shape {out.shape} given for a result of shape {result.shape}")
    out[...] = result
    return out
