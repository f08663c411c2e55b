"""Linear equations, inverses, determinants, ranks."""

from collections import namedtuple

import numpy as np
from numpy.linalg import LinAlgError

from .. import _anygpu
from ..creation_functions import arange, asarray, empty, eye, zeros
from ..elementwise_functions import absolute, divide, exp, log, sign
from ..linear_algebra_functions import _product, matmul
from ..manipulation_functions import broadcast_to
from ..searching_functions import where
from ._matrices import conj_transpose, inexact, real_dtype, square, stacked

#: Where the functions run, for the coverage page: these need `svd`.
__runs__ = dict.fromkeys(("pinv", "lstsq", "matrix_rank"), "host")

SlogdetResult = namedtuple("SlogdetResult", ["sign", "logabsdet"])


def solve(a, b):
    """``x`` of ``a @ x = b``, for one matrix or a stack of them; ``b`` of one dimension is a vector, of more a stack of matrices.

    LU with partial pivoting, on the device. Raises `LinAlgError` for matrices that are singular or not square: one flag is read for that.

    >>> import anygpu as ag
    >>> ag.linalg.solve(ag.asarray([[2.0, 0.0], [0.0, 4.0]]), ag.asarray([2.0, 2.0]))
    array([1. , 0.5])
    """
    a, b = inexact("solve", a, b)
    square("solve", a)
    x, singular = _solve("solve", a, b[:, None] if b.ndim == 1 else b)
    _regular("solve", singular)
    return x[..., 0] if b.ndim == 1 else x


def inv(a):
    """The inverse of a matrix, or of each of a stack, as the solution of ``a @ x = 1``.

    Raises `LinAlgError` for matrices that are singular or not square.

    >>> import anygpu as ag
    >>> ag.linalg.inv(ag.asarray([[2.0, 0.0], [0.0, 4.0]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    (a,) = inexact("inv", a)
    square("inv", a)
    x, singular = _solve("inv", a, eye(a.shape[-1], dtype=a.dtype))
    _regular("inv", singular)
    return x


def inverse_or_nan(a):
    """`inv` with NaN in place of the inverses of singular matrices."""
    x, singular = _solve("inv", a, eye(a.shape[-1], dtype=a.dtype))
    return where((singular != 0)[..., None, None], float("nan"), x).astype(a.dtype, copy=False)


def _solve(name, a, b):
    """Solutions for stacks that broadcast against each other, and a flag for each singular matrix."""
    if b.ndim < 2 or a.shape[-1] != b.shape[-2]:
        raise ValueError(f"{name}: shapes {a.shape} and {b.shape} do not align")
    try:
        stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError as error:
        raise ValueError(f"{name}: the leading dimensions of shapes {a.shape} and {b.shape} do not broadcast") from error
    return _anygpu.lu_solve(broadcast_to(a, stack + a.shape[-2:]), broadcast_to(b, stack + b.shape[-2:]))


def _regular(name, singular):
    if singular.size and bool(singular.any()):
        raise LinAlgError(f"{name}: Singular matrix")


def slogdet(a):
    """The sign (for complex matrices the phase) and the logarithm of the absolute value of determinants: 0 and minus infinity for singular matrices.

    >>> import anygpu as ag
    >>> ag.linalg.slogdet(ag.asarray([[0.0, 1.0], [1.0, 0.0]]))
    SlogdetResult(sign=array(-1.), logabsdet=array(0.))
    """
    (a,) = inexact("slogdet", a)
    square("slogdet", a)
    return SlogdetResult(*_slogdet(a))


def _slogdet(a):
    factors, pivots, singular = _anygpu.lu(a)
    diagonal = factors.diagonal(0, -2, -1)
    exchanges = (pivots != arange(a.shape[-1], dtype="uint32"))._reduce("count_nonzero", -1, False, None)
    # Kernels of their own: reductions unroll what is fused into them, and n numbers are not worth compiling that.
    phases, logarithms = sign(diagonal), log(absolute(diagonal))
    phases._compute()
    logarithms._compute()
    phase = phases.prod(axis=-1)
    phase = where(exchanges % 2 != 0, -phase, phase)
    logarithm = logarithms.sum(axis=-1)
    singular = singular != 0
    return where(singular, 0, phase).astype(a.dtype, copy=False), where(singular, -float("inf"), logarithm).astype(real_dtype(a.dtype), copy=False)


def det(a):
    """The determinant of a matrix, or of each of a stack, from an LU decomposition: `slogdet`'s sign times the power of its logarithm, as in NumPy.

    >>> import anygpu as ag
    >>> round(float(ag.linalg.det(ag.asarray([[2.0, 0.0], [0.0, 4.0]]))), 12)
    8.0
    """
    (a,) = inexact("det", a)
    square("det", a)
    phase, logarithm = _slogdet(a)
    return phase * exp(logarithm)


def pinv(a, rcond=None, hermitian=False, *, rtol=np._NoValue):
    """The Moore-Penrose pseudo-inverse of a matrix, or of each of a stack, from singular values above ``rcond`` (1e-15) times the largest.

    ``rtol`` is the standard's name for it; ``rtol=None`` stands for ``max(rows, columns) * eps``.

    >>> import anygpu as ag
    >>> ag.linalg.pinv(ag.asarray([[2.0], [0.0]])).shape
    (1, 2)
    """
    from .decompositions import svd

    given = asarray(a)
    (a,) = inexact("pinv", given)
    stacked("pinv", a)
    if rtol is np._NoValue:
        cutoff = 1e-15 if rcond is None else rcond
    elif rcond is not None:
        raise ValueError("pinv: `rtol` and `rcond` can't be both set.")
    else:
        cutoff = max(a.shape[-2:]) * float(np.finfo(a.dtype).eps) if rtol is None else rtol
    if 0 in a.shape[-2:]:
        return empty(a.shape[:-2] + (a.shape[-1], a.shape[-2]), dtype=given.dtype)
    u, s, vh = svd(a, full_matrices=False, hermitian=hermitian)
    limit = asarray(cutoff).astype(s.dtype)[..., None] * s.max(axis=-1, keepdims=True)
    inverse = where(s > limit, divide(1, s), 0).astype(s.dtype)
    return matmul(conj_transpose(vh), inverse[..., None] * conj_transpose(u))


def matrix_rank(A, tol=None, hermitian=False, *, rtol=None):
    """The number of singular values above ``tol``, or above ``rtol`` times the largest (``max(rows, columns) * eps`` unless given).

    >>> import anygpu as ag
    >>> ag.linalg.matrix_rank(ag.ones((3, 3)))
    array(1)
    """
    from .decompositions import svd

    a = asarray(A)
    if a.ndim < 2:
        return (a != 0).any().astype("int64")
    (a,) = inexact("matrix_rank", a)
    if tol is not None and rtol is not None:
        raise ValueError("matrix_rank: `tol` and `rtol` can't be both set.")
    if 0 in a.shape[-2:]:
        return zeros(a.shape[:-2], dtype=np.int64)
    s = svd(a, compute_uv=False, hermitian=hermitian)
    if tol is None:
        relative = max(a.shape[-2:]) * float(np.finfo(s.dtype).eps) if rtol is None else asarray(rtol)[..., None]
        tol = s.max(axis=-1, keepdims=True) * relative
    else:
        tol = asarray(tol)[..., None]
    return (s > tol)._reduce("count_nonzero", -1, False, None)


def lstsq(a, b, rcond=None):
    """The least-squares solution of ``a @ x = b``, of least norm: ``x``, the sums of squared residuals, the rank, the singular values.

    Singular values below ``rcond`` times the largest count as zero; ``rcond=None`` stands for ``max(rows, columns) * eps`` and -1 for ``eps``. The residuals
    are an empty array where the rank is below the number of columns or there are not more rows than columns. The rank is an int32, read from the device.

    >>> import anygpu as ag
    >>> x, residuals, rank, s = ag.linalg.lstsq(ag.asarray([[1.0], [1.0]]), ag.asarray([1.0, 3.0]))
    >>> round(float(x[0]), 12), int(rank)
    (2.0, 1)
    """
    from .decompositions import svd

    vector = asarray(b).ndim == 1
    a, b = inexact("lstsq", a, b)
    b = b[:, None] if vector else b
    if a.ndim != 2 or b.ndim != 2:
        raise LinAlgError(f"lstsq: {a.ndim if a.ndim != 2 else b.ndim}-dimensional array given. Array must be two-dimensional")
    (m, n), columns = a.shape, b.shape[1]
    if m != b.shape[0]:
        raise LinAlgError(f"lstsq: Incompatible dimensions: a has {m} rows, b has {b.shape[0]}")
    eps = float(np.finfo(a.dtype).eps)
    cutoff = eps * max(m, n) if rcond is None else eps if rcond < 0 else rcond
    nothing = empty((0,), dtype=real_dtype(a.dtype))
    if m == 0 or n == 0:
        x, rank, s = eye(n, columns, dtype=a.dtype) * 0, np.int32(0), nothing
    else:
        u, s, vh = svd(a, full_matrices=False)
        large = s > cutoff * s[0]
        x = matmul(conj_transpose(vh), where(large, divide(1, s), 0).astype(s.dtype)[:, None] * matmul(conj_transpose(u), b))
        rank = np.int32(int(large.sum()))
    residuals = nothing
    if rank == n and m > n:
        difference = absolute(b - matmul(a, x))
        residuals = (difference * difference).sum(axis=0)
    return (x[:, 0] if vector else x), residuals, rank, s


def tensorsolve(a, b, axes=None):
    """``x`` of ``tensordot(a, x, x.ndim) = b``, with ``axes`` of ``a`` moved to its end first.

    >>> import anygpu as ag
    >>> ag.linalg.tensorsolve(ag.eye(4).reshape(2, 2, 2, 2), ag.ones((2, 2)))
    array([[1., 1.],
           [1., 1.]])
    """
    a, b = asarray(a), asarray(b)
    if axes is not None:
        moved = [axis % a.ndim for axis in axes]
        a = a.transpose([d for d in range(a.ndim) if d not in moved] + moved)
    shape = a.shape[b.ndim :]
    size = _product(shape)
    if a.size != size * size:
        raise LinAlgError(f"tensorsolve: shape {a.shape} is no square map: prod({shape}) must be prod({a.shape[: b.ndim]})")
    return solve(a.reshape(size, size), b.reshape(-1)).reshape(shape)


def tensorinv(a, ind=2):
    """The inverse of ``a`` as a map from tensors of its last axes to tensors of its first ``ind``.

    >>> import anygpu as ag
    >>> ag.linalg.tensorinv(ag.eye(4).reshape(2, 2, 4), ind=2).shape
    (4, 2, 2)
    """
    a = asarray(a)
    if ind <= 0:
        raise ValueError(f"tensorinv: Invalid ind argument: it must be positive, got {ind}")
    shape = a.shape[ind:] + a.shape[:ind]
    size = _product(a.shape[ind:])
    return inv(a.reshape(-1, size)).reshape(shape)
