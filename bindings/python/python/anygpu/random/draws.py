"""Taking positions of a stream, and drawing at them: what all parts of `Generator` stand on."""

import math

import numpy as np

from .. import _anygpu
from .._outputs import store
from .parameters import float_dtype, prepare, shape_of


#: Dtypes of the draws that are not floats.
_DTYPES = {"poisson": np.int64, "binomial": np.int64, "hypergeometric": np.int64, "zipf": np.int64, "integers": np.uint64, "bits": np.uint64}


class Reserved:
    """Positions that one call has taken from a bit generator, one for each element of `shape` (or `each` of them)."""

    def __init__(self, bit_generator, shape, device, each=1):
        self.shape = shape
        self.device = device
        self._key, self._start = bit_generator.reserve(math.prod(shape) * each)

    def draw(self, name, *parameters, dtype=None, component=0, shape=None, positions=None):
        """An array of variates. Variates of different `component` for the same element are independent; `positions` other than in C order."""
        shape = self.shape if shape is None else shape
        if dtype is None:
            dtype = _DTYPES.get(name, np.float64)
        return _anygpu.draw(name, (self._key, self._start, 4 * component), shape, dtype, parameters, positions, self.device)


class Draws:
    """A bit generator, and the device that its arrays are made on."""

    def __init__(self, bit_generator, *, device=None):
        from .bit_generators import BitGenerator

        if not isinstance(bit_generator, BitGenerator):
            raise TypeError(f"Generator: expected an anygpu.random.BitGenerator (Philox4x3210), got {type(bit_generator).__name__}")
        self._bit_generator = bit_generator
        self._device = device

    @property
    def bit_generator(self):
        """The `BitGenerator` in use, whose ``state`` can be read and set."""
        return self._bit_generator

    def _reserve(self, shape, each=1):
        return Reserved(self._bit_generator, shape, self._device, each)

    def _prepare(self, function, size, *parameters):
        """Parameters checked and on the device, after positions for the broadcast shape."""
        shape, values = prepare(function, size, *parameters, device=self._device)
        return self._reserve(shape), *values

    def _standard(self, function, name, size, dtype, out, *parameters):
        """One of the draws with ``dtype=`` and ``out=``."""
        dtype = float_dtype(function, dtype)
        if out is not None:
            size = self._out_size(function, size, dtype, out)
        shape, values = prepare(function, size, *parameters, device=self._device)
        return store(function, self._reserve(shape).draw(name, *values, dtype=dtype), out)

    @staticmethod
    def _out_size(function, size, dtype, out):
        if not isinstance(out, _anygpu.ndarray):
            raise TypeError(f"{function}: out must be an anygpu.ndarray, got {type(out).__name__}")
        if out.dtype != dtype:
            raise TypeError(f"Supplied output array has the wrong type. Expected {dtype}, got {out.dtype}")
        if size is not None and shape_of(size) != out.shape:
            raise ValueError(f"{function}: size must match out.shape when used together, got {shape_of(size)} and {out.shape}")
        return out.shape
