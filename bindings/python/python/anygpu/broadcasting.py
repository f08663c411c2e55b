"""`broadcast`: the shape that arrays have together."""

import math

import numpy as np

from ._anygpu import ndarray


class broadcast:
    """Arrays broadcast against each other: ``shape``, ``size``, ``ndim``, and in ``values`` the arrays in that shape.

    Iterating gives a tuple of elements for each position, once; ``index`` counts them, and ``reset()`` begins again.

    >>> import anygpu as ag
    >>> ag.broadcast(ag.ones((3, 1)), ag.ones(4)).shape
    (3, 4)
    """

    __module__ = "anygpu"

    def __init__(self, *arrays):
        from .manipulation_functions import broadcast_arrays

        self.shape = np.broadcast_shapes(*(a.shape if isinstance(a, ndarray) else np.shape(a) for a in arrays))
        self.values = broadcast_arrays(*arrays)
        self.size, self.ndim, self.nd, self.numiter = math.prod(self.shape), len(self.shape), len(self.shape), len(arrays)
        self.reset()

    def reset(self):
        """Begins the iteration again."""
        self.index = 0

    @property
    def iters(self):
        """An iterator over the elements of each array."""
        return tuple(value.flat for value in self.values)

    def __iter__(self):
        return self

    def __next__(self):
        if self.index == self.size:
            raise StopIteration
        place = np.unravel_index(self.index, self.shape)
        self.index += 1
        return tuple(value[place] for value in self.values)
