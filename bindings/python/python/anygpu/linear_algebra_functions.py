"""Products of vectors, matrices and tensors. Those that are generalized ufuncs in NumPy take their keywords here, too."""

import operator
import warnings

import numpy as np

from ._anygpu import ndarray
from ._outputs import store
from .creation_functions import asarray
from .elementwise_functions import conjugate, multiply
from .manipulation_functions import moveaxis, stack


def matmul(x1, x2, /, out=None, *, axes=np._NoValue, axis=np._NoValue, keepdims=np._NoValue, casting="same_kind", order="K", dtype=None, subok=True,
           signature=None):
    """The matrix product of vectors, matrices and stacks of matrices, as `numpy.matmul`.

    >>> import anygpu as ag
    >>> ag.matmul(ag.ones((2, 3)), ag.ones((3, 2)))
    array([[3., 3.],
           [3., 3.]])
    """
    _no_axis("matmul", axis, keepdims)
    return _generalized("matmul", lambda a, b: a._matmul(b), (2, 2, 2), x1, x2, out, axes, casting, order, dtype, signature)


def matvec(x1, x2, /, out=None, *, axes=np._NoValue, axis=np._NoValue, keepdims=np._NoValue, casting="same_kind", order="K", dtype=None, subok=True,
           signature=None):
    """The products of the matrices in the last two axes of ``x1`` with the vectors in the last axis of ``x2``.

    >>> import anygpu as ag
    >>> ag.matvec(ag.eye(2), ag.asarray([[1.0, 2.0], [3.0, 4.0]]))
    array([[1., 2.],
           [3., 4.]])
    """
    _no_axis("matvec", axis, keepdims)

    def product(a, b):
        _check_core("matvec", "(m,n),(n)->(m)", (a, 2), (b, 1))
        _check_length("matvec", a, -1, b, -1)
        return a._matmul(b[..., None])[..., 0]

    return _generalized("matvec", product, (2, 1, 1), x1, x2, out, axes, casting, order, dtype, signature)


def vecmat(x1, x2, /, out=None, *, axes=np._NoValue, axis=np._NoValue, keepdims=np._NoValue, casting="same_kind", order="K", dtype=None, subok=True,
           signature=None):
    """The products of the vectors in the last axis of ``x1``, conjugated, with the matrices in the last two axes of ``x2``.

    >>> import anygpu as ag
    >>> ag.vecmat(ag.asarray([1.0, 2.0]), ag.eye(2))
    array([1., 2.])
    """
    _no_axis("vecmat", axis, keepdims)

    def product(a, b):
        _check_core("vecmat", "(n),(n,m)->(m)", (a, 1), (b, 2))
        _check_length("vecmat", a, -1, b, -2)
        return _conj(a)[..., None, :]._matmul(b)[..., 0, :]

    return _generalized("vecmat", product, (1, 2, 1), x1, x2, out, axes, casting, order, dtype, signature)


def vecdot(x1, x2, /, out=None, *, axes=np._NoValue, axis=np._NoValue, keepdims=np._NoValue, casting="same_kind", order="K", dtype=None, subok=True,
           signature=None):
    """The sums of ``conj(x1) * x2`` along an axis, in the operands' dtype. The sum is pairwise.

    >>> import anygpu as ag
    >>> ag.vecdot(ag.asarray([[1.0, 2.0], [3.0, 4.0]]), ag.asarray([1.0, 1.0]))
    array([3., 7.])
    """
    keepdims = keepdims is not np._NoValue and bool(keepdims)
    if axis is not np._NoValue:
        if axes is not np._NoValue:
            raise TypeError("cannot specify both 'axis' and 'axes'")
        axes = [(axis,), (axis,), (axis,) if keepdims else ()]

    def product(a, b):
        _check_core("vecdot", "(n),(n)->()", (a, 1), (b, 1))
        _check_length("vecdot", a, -1, b, -1)
        return _sum_of_products(_conj(a), b, keepdims)

    return _generalized("vecdot", product, (1, 1, 1 if keepdims else 0), x1, x2, out, axes, casting, order, dtype, signature)


def _conj(a):
    return conjugate(a) if a.dtype.kind == "c" else a


def _sum_of_products(a, b, keepdims=False):
    """Sums over the last axis in the promoted dtype: one kernel."""
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype == np.bool_:
        return (a & b)._reduce("any", -1, keepdims, None)
    if dtype == np.float16:
        # Rounded once, at the end.
        return multiply(a, b, dtype="float32")._reduce("sum", -1, keepdims, "float32").astype(dtype)
    return multiply(a, b)._reduce("sum", -1, keepdims, dtype)


def _no_axis(name, axis, keepdims):
    if axis is not np._NoValue:
        raise TypeError(f"{name}: axis can only be used with a single shared core dimension")
    if keepdims is not np._NoValue:
        raise TypeError(f"{name} does not support keepdims: its signature requires different core dimensions")


def _check_core(name, signature, *operands):
    for k, (a, needed) in enumerate(operands):
        if a.ndim < needed:
            raise ValueError(
                f"{name}: Input operand {k} does not have enough dimensions (has {a.ndim}, gufunc core with signature {signature} requires {needed})"
            )


def _check_length(name, a, i, b, j):
    if a.shape[i] != b.shape[j]:
        raise ValueError(
            f"{name}: shapes {a.shape} and {b.shape} do not align: {a.shape[i]} (axis {a.ndim + i}) != {b.shape[j]} (axis {b.ndim + j})"
        )


def _generalized(name, product, cores, x1, x2, out, axes, casting, order, dtype, signature):
    """The keywords of generalized ufuncs around `product`, whose operands and result have `cores` dimensions of their own, at the end."""
    if signature is not None:
        raise NotImplementedError(f"{name}: signature= is not available; dtype= chooses the computation's dtype")
    a, b = asarray(x1), asarray(x2)
    if axes is not np._NoValue:
        entries = [(entry,) if isinstance(entry, int) else tuple(entry) for entry in axes]
        if len(entries) == 2 and cores[2] == 0:
            entries.append(())
        if len(entries) != 3:
            raise ValueError(f"{name}: axes should be a list with an entry for all 3 inputs and outputs")
        a, b = (moveaxis(x, entry, tuple(range(-len(entry), 0))) for x, entry in zip((a, b), entries))
    if dtype is not None:
        dtype = np.dtype(dtype)
        for k, x in enumerate((a, b)):
            if not np.can_cast(x.dtype, dtype, casting):
                raise TypeError(f"Cannot cast ufunc '{name}' input {k} from {x.dtype!r} to {dtype!r} with casting rule {casting!r}")
        a, b = a.astype(dtype, copy=False), b.astype(dtype, copy=False)
    result = product(a, b)
    if axes is not np._NoValue and entries[2]:
        result = moveaxis(result, tuple(range(-len(entries[2]), 0)), entries[2])
    if order == "F" and out is None:
        result = result.copy("F")
    return store(name, result, out, casting)


def dot(a, b, out=None):
    """The dot product of two arrays, as `numpy.dot`: inner product of vectors, `matmul` of matrices, multiplication by scalars."""
    product = asarray(a)._dot(asarray(b))
    if isinstance(out, ndarray) and out.dtype != product.dtype:
        raise ValueError(f"dot: out must have the result's dtype {product.dtype}, it has {out.dtype}")
    if isinstance(out, ndarray) and not out._c_contiguous:
        raise ValueError("dot: the elements of out must lie in C order without gaps")
    return store("dot", product, out)


def vdot(a, b, /):
    """The sum of ``conj(a) * b`` over all elements.

    >>> import anygpu as ag
    >>> ag.vdot(ag.asarray([1 + 2j, 3]), ag.asarray([1 + 2j, 3]))
    array(14.+0.j)
    """
    a, b = asarray(a).reshape(-1), asarray(b).reshape(-1)
    _check_length("vdot", a, -1, b, -1)
    return _sum_of_products(_conj(a), b)


def inner(a, b, /):
    """The sums of ``a * b`` over the last axis of both, for every pair of the rest.

    >>> import anygpu as ag
    >>> ag.inner(ag.eye(2), ag.asarray([1.0, 2.0]))
    array([1., 2.])
    """
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return multiply(a, b)
    _check_length("inner", a, -1, b, -1)
    return tensordot(a, b, (-1, -1))


def outer(a, b, out=None):
    """The products of every element of ``a`` with every one of ``b``, both flattened.

    >>> import anygpu as ag
    >>> ag.outer(ag.asarray([1, 2]), ag.asarray([3, 4]))
    array([[3, 4],
           [6, 8]])
    """
    return multiply(asarray(a).reshape(-1)[:, None], asarray(b).reshape(-1)[None, :], out=out)


def tensordot(a, b, axes=2):
    """The sum of products over pairs of axes: the last ``axes`` of ``a`` with the first of ``b``, or two sequences of axes.

    One matrix product of the operands, transposed and reshaped.

    >>> import anygpu as ag
    >>> ag.tensordot(ag.ones((2, 3, 4)), ag.ones((3, 4, 5))).shape
    (2, 5)
    """
    a, b = asarray(a), asarray(b)
    try:
        axes_a, axes_b = axes
    except TypeError:
        count = operator.index(axes)
        axes_a, axes_b = range(-count, 0), range(count)
    axes_a, axes_b = ([axis] if np.ndim(axis) == 0 else list(axis) for axis in (axes_a, axes_b))
    if any(not -x.ndim <= i < x.ndim for x, axes in ((a, axes_a), (b, axes_b)) for i in axes):
        raise IndexError(f"tensordot: axes {axes_a} and {axes_b} are out of bounds for shapes {a.shape} and {b.shape}")
    if len(axes_a) != len(axes_b) or any(a.shape[i] != b.shape[j] for i, j in zip(axes_a, axes_b)):
        raise ValueError(f"shape-mismatch for sum: tensordot of shapes {a.shape} and {b.shape} over axes {axes_a} and {axes_b}")
    axes_a, axes_b = [i % a.ndim for i in axes_a], [j % b.ndim for j in axes_b]
    if len(set(axes_a)) < len(axes_a) or len(set(axes_b)) < len(axes_b):
        raise ValueError(f"tensordot: an axis is given twice in {axes_a} and {axes_b}")
    rows, columns = [i for i in range(a.ndim) if i not in axes_a], [j for j in range(b.ndim) if j not in axes_b]
    shape = [a.shape[i] for i in rows] + [b.shape[j] for j in columns]
    lengths = [a.shape[i] for i in axes_a]
    left = a.transpose(rows + axes_a).reshape(_product(shape[: len(rows)]), _product(lengths))
    right = b.transpose(axes_b + columns).reshape(_product(lengths), _product(shape[len(rows) :]))
    return left._matmul(right).reshape(shape)


def _product(lengths):
    result = 1
    for n in lengths:
        result *= n
    return result


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross products of vectors of three elements; of two elements (deprecated, as in NumPy) their third element alone.

    >>> import anygpu as ag
    >>> ag.cross(ag.asarray([1, 0, 0]), ag.asarray([0, 1, 0]))
    array([0, 0, 1])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = asarray(a), asarray(b)
    if a.ndim < 1 or b.ndim < 1:
        raise ValueError("At least one array has zero dimension")
    a, b = moveaxis(a, axisa, -1), moveaxis(b, axisb, -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(f"incompatible dimensions for cross product (dimension must be 2 or 3), got shapes {a.shape} and {b.shape}")
    flat = a.shape[-1] == 2, b.shape[-1] == 2
    if any(flat):
        warnings.warn("Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors instead.", DeprecationWarning, stacklevel=2)
    a0, a1, b0, b1 = a[..., 0], a[..., 1], b[..., 0], b[..., 1]
    third = a0 * b1 - a1 * b0
    if all(flat):
        return asarray(third, order="C")
    # A vector of two elements has a third of zero.
    if flat[0]:
        first, second = a1 * b[..., 2], -(a0 * b[..., 2])
    elif flat[1]:
        first, second = -(a[..., 2] * b1), a[..., 2] * b0
    else:
        first, second = a1 * b[..., 2] - a[..., 2] * b1, a[..., 2] * b0 - a0 * b[..., 2]
    return moveaxis(asarray(stack([first, second, third], axis=-1), order="C"), -1, axisc)


def diagonal(a, offset=0, axis1=0, axis2=1):
    """The elements of a diagonal of the matrices in two axes, ``offset`` columns above the main one. A view (which here can be written to).

    >>> import anygpu as ag
    >>> ag.diagonal(ag.asarray([[1, 2], [3, 4]]))
    array([1, 4])
    """
    return asarray(a).diagonal(offset, axis1, axis2)


def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    """The sum of a diagonal. Small integers are summed in int64 or uint64.

    >>> import anygpu as ag
    >>> ag.trace(ag.asarray([[1, 2], [3, 4]]))
    array(5)
    """
    return asarray(a).trace(offset, axis1, axis2, dtype, out)


def matrix_transpose(x, /):
    """The matrices of a stack transposed; a view."""
    return asarray(x).mT
