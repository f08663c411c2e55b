"""Matrix products."""

from ._outputs import store
from .creation_functions import asarray


def matmul(x1, x2, /, out=None):
    """The matrix product of vectors, matrices and stacks of matrices, as `numpy.matmul`.

    >>> import anygpu as ag
    >>> ag.matmul(ag.ones((2, 3)), ag.ones((3, 2)))
    array([[3., 3.],
           [3., 3.]])
    """
    return store("matmul", asarray(x1)._matmul(asarray(x2)), out)


def dot(a, b, out=None):
    """The dot product of two arrays, as `numpy.dot`: inner product of vectors, `matmul` of matrices, multiplication by scalars."""
    return store("dot", asarray(a)._dot(asarray(b)), out)


def matrix_transpose(x, /):
    """The matrices of a stack transposed; a view."""
    return asarray(x).mT

