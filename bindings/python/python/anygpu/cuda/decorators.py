"""`jit` and what goes with it."""

import inspect

from .. import _anygpu, creation_functions
from ..compiler.dispatcher import Direction, Dispatcher
from ..compiler.stubs import grid


def jit(func_or_sig=None, device=False, inline="never", link=(), debug=None, opt=None, lineinfo=False, cache=False, simulate=False, **options):
    """A Python function as a kernel, or with ``device=True`` as a function that kernels call.

    Types come from the arguments of each launch, in which Python's numbers take the dtype of what they are combined with. A signature, or a list of them, as texts
    (``"void(float32[:], int32)"``) or made of types (``cuda.void(cuda.float32[:], cuda.int32)``), is needed nowhere and says to which types numbers are converted, the
    result of a device function too; arrays have to have its dtypes and numbers of dimensions. ``link`` (CUDA C) is refused.

    `raise` and `assert` end the thread. With ``debug`` the launch waits and raises what the first thread raised, and divisions by zero raise, too; without, as
    in Numba, nobody is told. With ``simulate`` launches run on the CPU, where `print` and `pdb` work, and indices outside of arrays and races on shared memory
    are errors.

    >>> from anygpu import cuda
    >>> import anygpu as ag
    >>> @cuda.jit
    ... def double(x):
    ...     i = cuda.grid(1)
    ...     x[i] *= 2
    >>> x = ag.arange(5)
    >>> double[1, 32](x)
    >>> x
    array([0, 2, 4, 6, 8])
    """
    if link:
        raise NotImplementedError("jit(link=...): CUDA C and PTX run on NVIDIA's GPUs only; write the function in Python")
    if inspect.isfunction(func_or_sig):
        return Dispatcher(func_or_sig, simulate, None, bool(debug))
    if isinstance(func_or_sig, Dispatcher):
        return Dispatcher(func_or_sig.py_func, simulate, func_or_sig.declared, bool(debug))
    return lambda function: Dispatcher(function, simulate, func_or_sig, bool(debug))


def In(ary):
    """A host array that a launch only reads."""
    return Direction(ary, True, False)


def Out(ary):
    """A host array that a launch only writes."""
    return Direction(ary, False, True)


def InOut(ary):
    """A host array that a launch reads and writes."""
    return Direction(ary, True, True)


class Reduce:
    """A function of two numbers applied over all elements of an array: ``Reduce(f)(array, init=0)``.

    The elements are combined in a tree, each half with the other, so that ``f`` has to be associative.
    """

    def __init__(self, functor):
        self._functor = functor
        combine = Dispatcher(functor)

        def step(source, target, count, half):
            i = grid(1)
            if i < half:
                if i + half < count:
                    target[i] = combine(source[i], source[i + half])
                else:
                    target[i] = source[i]

        self._step = Dispatcher(step)

    def __call__(self, arr, size=None, res=None, init=0, stream=0):
        x = creation_functions.asarray(arr).reshape(-1)
        count = x.size if size is None else int(size)
        values = creation_functions.empty(max(count, 1) + 1, x.dtype)
        values[:count] = x[:count]
        values[count] = init
        count += 1
        other = creation_functions.empty(values.shape, x.dtype)
        while count > 1:
            half = -(-count // 2)
            self._step.forall(half)(values, other, count, half)
            values, other, count = other, values, half
        if res is None:
            return x.dtype.type(values[0].item())
        res[0] = values[0]
        return None


def reduce(functor):
    """`Reduce` as a decorator."""
    return Reduce(functor)

