"""Cholesky, QR and singular value decompositions."""

from collections import namedtuple

from numpy.linalg import LinAlgError

from .. import _anygpu
from ..creation_functions import asarray
from ..elementwise_functions import absolute
from ..searching_functions import where
from ._matrices import conj_transpose, inexact, square, stacked

#: Where the functions run, for the coverage page.
__runs__ = {"svd": "host", "svdvals": "host"}

QRResult = namedtuple("QRResult", ["Q", "R"])
SVDResult = namedtuple("SVDResult", ["U", "S", "Vh"])


def cholesky(a, /, *, upper=False):
    """The lower triangular ``l`` of ``a = l @ l.conj().T``, or with ``upper`` the upper triangular ``u`` of ``a = u.conj().T @ u``.

    Only the triangle of ``a`` that corresponds is read. Computed on the device. Raises `LinAlgError` for matrices that are not positive definite, for which
    one flag is read, or not square.

    >>> import anygpu as ag
    >>> ag.linalg.cholesky(ag.asarray([[4.0, 2.0], [2.0, 5.0]]))
    array([[2., 0.],
           [1., 2.]])
    """
    (a,) = inexact("cholesky", a)
    square("cholesky", a)
    lower, indefinite = _anygpu.cholesky(conj_transpose(a) if upper else a)
    if indefinite.size and bool(indefinite.any()):
        raise LinAlgError("cholesky: Matrix is not positive definite")
    return conj_transpose(lower) if upper else lower


def qr(a, mode="reduced"):
    """The QR decomposition of matrices: ``a = Q @ R`` with orthonormal columns in ``Q`` and upper triangular ``R``, by Householder reflections on the device.

    ``mode``: "reduced" (``Q`` has as many columns as the smaller side), "complete" (``Q`` is square), "r" (``R`` alone), "raw" (LAPACK's packed reflections,
    transposed, and their factors).

    >>> import anygpu as ag
    >>> q, r = ag.linalg.qr(ag.ones((3, 2)))
    >>> q.shape, r.shape
    ((3, 2), (2, 2))
    """
    if mode not in ("reduced", "complete", "r", "raw"):
        raise ValueError(f"qr: Unrecognized mode '{mode}': one of 'reduced', 'complete', 'r', 'raw' is expected")
    (a,) = inexact("qr", a)
    stacked("qr", a)
    m, n = a.shape[-2:]
    k = min(m, n)
    columns = {"reduced": k, "complete": m}.get(mode, 0)
    packed, tau, r, q = _anygpu.qr(a, m if mode == "complete" else k, columns)
    if mode == "raw":
        return packed.mT, tau
    return r if mode == "r" else QRResult(q, r)


def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """The singular value decomposition of matrices: ``a = (U * S[..., None, :]) @ Vh``, singular values in descending order.

    With ``full_matrices`` (the default) ``U`` and ``Vh`` are square. Without ``compute_uv`` the values alone. ``hermitian`` says that matrices are, and takes
    the singular values from their eigenvalues. Raises `LinAlgError` where the iteration does not converge, or an element is not finite.

    Computed on the host, in float64: the matrices are read from the device.

    >>> import anygpu as ag
    >>> u, s, vh = ag.linalg.svd(ag.asarray([[3.0, 0.0], [0.0, 4.0]]))
    >>> s
    array([4., 3.])
    """
    (a,) = inexact("svd", a)
    stacked("svd", a)
    if hermitian:
        return _hermitian(a, compute_uv)
    if not compute_uv:
        return svdvals(a)
    u, s, vh, fine = _anygpu.host_svd(a, bool(full_matrices))
    _converged(fine)
    return SVDResult(u, s, vh)


def svdvals(x, /):
    """The singular values of matrices, in descending order.

    >>> import anygpu as ag
    >>> ag.linalg.svdvals(ag.asarray([[3.0, 0.0], [0.0, 4.0]]))
    array([4., 3.])
    """
    (x,) = inexact("svdvals", x)
    stacked("svdvals", x)
    s, fine = _anygpu.host_singular_values(x)
    _converged(fine)
    return s


def _converged(fine):
    if not fine:
        raise LinAlgError("svd: SVD did not converge")


def _hermitian(a, compute_uv):
    from ..sorting_functions import _take_along, argsort, sort
    from .eigen import eigh, eigvalsh

    if not compute_uv:
        return sort(absolute(eigvalsh(a)), axis=-1)[..., ::-1]
    values, vectors = eigh(a)
    order = argsort(absolute(values), axis=-1)[..., ::-1]
    values = _take_along(values, order, -1)
    index = asarray(order)[..., None, :]
    vectors = _take_columns(vectors, index)
    flipped = where(values < 0, -1, 1).astype(values.dtype)
    return SVDResult(vectors, absolute(values), conj_transpose(vectors * flipped[..., None, :]))


def _take_columns(a, index):
    from ..manipulation_functions import broadcast_to
    from ..sorting_functions import _take_along

    return _take_along(a, broadcast_to(index, a.shape), -1)
