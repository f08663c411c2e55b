"""The source of random bits: Philox 4x32-10, a function of a key and a position."""

import math
import threading

import numpy as np

from .. import _anygpu


class BitGenerator:
    """What a `Generator` takes its bits from; `Philox4x3210` is the one there is."""


class Philox4x3210(BitGenerator):
    """The counter-based generator Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, SC11, 2011).

    Its state is a key of 64 bits and a position. Element number k of a draw has bits that depend on the key and on position + k alone, and a draw
    of n elements advances the position by n: a draw is the same however it is cut, and on every device.

    ``seed`` is what `numpy.random.SeedSequence` takes (None for fresh entropy); it gives the key. ``key`` sets that directly.

    >>> import anygpu as ag
    >>> hex(ag.random.Philox4x3210(key=0).random_raw())
    '0xe169c58d6627e8d5'
    """

    def __init__(self, seed=None, *, key=None, position=0):
        if key is not None:
            if seed is not None:
                raise ValueError("seed and key cannot be both used")
            self._seed_seq = None
        else:
            self._seed_seq = seed if isinstance(seed, np.random.bit_generator.ISeedSequence) else np.random.SeedSequence(seed)
            key = int(self._seed_seq.generate_state(1, np.uint64)[0])
        self.lock = threading.RLock()
        self._key = _word("key", key)
        self._position = _word("position", position)

    @property
    def seed_seq(self):
        """The seed sequence that gave the key; None for a key of one's own."""
        return self._seed_seq

    @property
    def state(self):
        """Key and position, in the form that can be set."""
        with self.lock:
            return {"bit_generator": type(self).__name__, "state": {"key": self._key, "position": self._position}}

    @state.setter
    def state(self, value):
        if not isinstance(value, dict):
            raise TypeError("state must be a dict")
        if value.get("bit_generator") != type(self).__name__:
            raise ValueError(f"state must be for a {type(self).__name__} RNG, got {value.get('bit_generator')!r}")
        key, position = _word("key", value["state"]["key"]), _word("position", value["state"]["position"])
        with self.lock:
            self._key, self._position = key, position

    def reserve(self, count):
        """Takes ``count`` positions: the key, and the first of them."""
        with self.lock:
            start = self._position
            self._position = (start + count) % 2**64
            return self._key, start

    def advance(self, delta):
        """The position moved by ``delta`` elements, either way."""
        self.reserve(int(delta))
        return self

    def spawn(self, n_children):
        """New independent bit generators, from the children of the seed sequence."""
        if not isinstance(self._seed_seq, np.random.bit_generator.ISpawnableSeedSequence):
            raise TypeError("The underlying SeedSequence does not implement spawning.")
        return [type(self)(child) for child in self._seed_seq.spawn(n_children)]

    def random_raw(self, size=None, output=True):
        """The first 64 bits of each element's block, uint64: one position each. A Python integer for size=None."""
        from .parameters import shape_of

        shape = shape_of(size)
        key, start = self.reserve(math.prod(shape))
        if not output:
            return None
        bits = _anygpu.draw("bits", (key, start, 0), shape, np.uint64, (0, 0))
        return bits.item() if size is None else bits

    def __repr__(self):
        return f"<anygpu.random.{type(self).__name__} at position {self._position}>"

    def __getstate__(self):
        return self._seed_seq, self.state

    def __setstate__(self, state):
        self.lock = threading.RLock()
        self._seed_seq, self.state = state


def _word(name, value):
    value = int(value)
    if not 0 <= value < 2**64:
        raise ValueError(f"{name} must be in [0, 2**64), got {value}")
    return value
