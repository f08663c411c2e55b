"""Eigenvalues and eigenvectors. Computed on the host, in float64: the matrices are read from the device."""

from collections import namedtuple

import numpy as np
from numpy.linalg import LinAlgError

from .. import _anygpu
from ..elementwise_functions import isfinite
from ._matrices import inexact, square

#: Where the functions run, for the coverage page.
__runs__ = "host"

EigResult = namedtuple("EigResult", ["eigenvalues", "eigenvectors"])
EighResult = namedtuple("EighResult", ["eigenvalues", "eigenvectors"])

_ALWAYS_COMPLEX = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 5)


def eigh(a, UPLO="L"):
    """Eigenvalues, in ascending order, and eigenvectors, as columns, of Hermitian matrices, of which one triangle is read: the lower, or the upper for "U".

    NaN where an element is not finite. Raises `LinAlgError` where the iteration does not converge.

    >>> import anygpu as ag
    >>> w, v = ag.linalg.eigh(ag.asarray([[2.0, 0.0], [0.0, 1.0]]))
    >>> w
    array([1., 2.])
    """
    values, vectors = _hermitian("eigh", a, UPLO, True)
    return EighResult(values, vectors)


def eigvalsh(a, UPLO="L"):
    """Eigenvalues, in ascending order, of Hermitian matrices: those of `eigh`.

    >>> import anygpu as ag
    >>> ag.linalg.eigvalsh(ag.asarray([[2.0, 0.0], [0.0, 1.0]]))
    array([1., 2.])
    """
    return _hermitian("eigvalsh", a, UPLO, False)[0]


def _hermitian(name, a, triangle, vectors):
    if str(triangle).upper() not in ("L", "U"):
        raise ValueError(f"{name}: UPLO argument must be 'L' or 'U', got {triangle!r}")
    (a,) = inexact(name, a)
    square(name, a)
    values, columns, fine = _anygpu.host_eigh(a, str(triangle).upper() == "L", vectors)
    return values, columns if _converged(name, fine) else None


def eig(a):
    """Eigenvalues and eigenvectors, as columns of length 1, of square matrices. They are complex, as in the array API standard and in NumPy 2.5; beside an
    older NumPy, real matrices whose eigenvalues are all real give real results, as in that one.

    Raises `LinAlgError` for matrices that are not square, that hold infinities or NaN, or whose iteration does not converge.

    >>> import anygpu as ag
    >>> w, v = ag.linalg.eig(ag.asarray([[0.0, 1.0], [-1.0, 0.0]]))
    >>> w.dtype
    dtype('complex128')
    """
    return EigResult(*_general("eig", a, True))


def eigvals(a):
    """Eigenvalues of square matrices: those of `eig`.

    >>> import anygpu as ag
    >>> ag.sort(ag.linalg.eigvals(ag.asarray([[2.0, 1.0], [0.0, 1.0]])).real)
    array([1., 2.])
    """
    return _general("eigvals", a, False)[0]


def _general(name, a, vectors):
    (a,) = inexact(name, a)
    square(name, a)
    values, columns, fine = _anygpu.host_eig(a, vectors)
    if not fine and not bool(isfinite(a).all()):
        raise LinAlgError(f"{name}: Array must not contain infs or NaNs")
    _converged(name, fine)
    if _ALWAYS_COMPLEX and values.dtype.kind == "f":
        kind = np.result_type(values.dtype, np.complex64)
        values, columns = values.astype(kind), columns.astype(kind) if vectors else columns
    return values, columns


def _converged(name, fine):
    if not fine:
        raise LinAlgError(f"{name}: Eigenvalues did not converge")
    return True
