"""Kernels under anygpu's own names."""

from .compiler.dispatcher import Dispatcher
from .compiler.simulator import simulate


def kernel(function=None, *, simulate=False):
    """A Python function as a kernel: ``f[blocks, threads](*arguments)`` runs it. The same compiler as `anygpu.cuda.jit`.

    >>> import anygpu as ag
    >>> from anygpu import cuda
    >>> @ag.kernel
    ... def scale(x, factor):
    ...     i = cuda.grid(1)
    ...     x[i] *= factor
    >>> x = ag.arange(4.0)
    >>> scale[1, 32](x, 0.5)
    >>> x
    array([0. , 0.5, 1. , 1.5])
    """
    if function is None:
        return lambda f: Dispatcher(f, simulate)
    return Dispatcher(function, simulate)


kernel.simulate = simulate
