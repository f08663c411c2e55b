"""Linear algebra: `numpy.linalg` and the linear algebra extension of the array API standard.

https://numpy.org/doc/stable/reference/routines.linalg.html, https://data-apis.org/array-api/2025.12/extensions/linear_algebra_functions.html
"""

from numpy.linalg import LinAlgError

from .decompositions import QRResult, SVDResult, cholesky, qr, svd, svdvals
from .eigen import EigResult, EighResult, eig, eigh, eigvals, eigvalsh
from .norms import cond, matrix_norm, norm, vector_norm
from .products import cross, diagonal, matmul, matrix_power, matrix_transpose, multi_dot, outer, tensordot, trace, vecdot
from .solve import SlogdetResult, det, inv, lstsq, matrix_rank, pinv, slogdet, solve, tensorinv, tensorsolve

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]
