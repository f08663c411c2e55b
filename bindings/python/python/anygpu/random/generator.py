"""`Generator` and `default_rng`."""

import numpy as np

from .bit_generators import BitGenerator, Philox4x3210
from .continuous import ContinuousDistributions
from .discrete import DiscreteDistributions
from .multivariate import MultivariateDistributions
from .permutations import Permutations


class Generator(ContinuousDistributions, DiscreteDistributions, MultivariateDistributions, Permutations):
    """Random numbers with the methods of `numpy.random.Generator`, drawn on the device from a `BitGenerator`.

    The numbers are not NumPy's, but the same on every device: see docs/random.md. ``device`` says where arrays are made (the default device for
    None); parameters that are arrays on a device decide for their draw.

    >>> import anygpu as ag
    >>> rng = ag.random.Generator(ag.random.Philox4x3210(7))
    >>> x = rng.normal(10.0, 2.0, size=(100, 100))
    >>> bool(abs(x.mean() - 10) < 0.1)
    True
    """

    def spawn(self, n_children):
        """New independent generators, from the children of the seed sequence."""
        return [type(self)(child, device=self._device) for child in self._bit_generator.spawn(n_children)]

    def __repr__(self):
        return f"<anygpu.random.{type(self).__name__}({type(self._bit_generator).__name__})>"


def default_rng(seed=None, *, device=None):
    """A `Generator` over `Philox4x3210`.

    ``seed``: None for fresh entropy, what `numpy.random.SeedSequence` takes, such a sequence, a `BitGenerator` to use, or a `Generator` to return.

    >>> import anygpu as ag
    >>> rng, again = ag.random.default_rng(42), ag.random.default_rng(42)
    >>> whole, parts = rng.random(1000), [again.random(400), again.random(600)]
    >>> bool((whole == ag.concatenate(parts)).all())
    True
    """
    from .legacy import RandomState

    if isinstance(seed, Generator) and device is None:
        return seed
    if isinstance(seed, (Generator, RandomState)):
        seed = seed.bit_generator if isinstance(seed, Generator) else seed._bit_generator
    if not isinstance(seed, BitGenerator):
        seed = Philox4x3210(seed)
    return Generator(seed, device=device)


def seed_sequence_of(seed):
    """The seed sequence of a legacy seed: None, an integer below 2**32, or an array of such."""
    if seed is not None:
        words = np.asarray(seed)
        if words.dtype.kind not in "iu" and words.size:
            raise TypeError(f"Cannot cast seed of {words.dtype!r} to integers safely")
        if np.any(words < 0) or np.any(words > 2**32 - 1):
            raise ValueError(f"Seed must be between 0 and 2**32 - 1, got {seed}")
    return np.random.SeedSequence(seed)
