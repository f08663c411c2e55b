"""Discrete distributions."""

import operator

import numpy as np

import anygpu

from .. import _anygpu
from ..searching_functions import where
from .draws import Draws
from .parameters import (
    ABOVE_ONE,
    BELOW_ONE,
    LARGEST_MEAN,
    NOT_NEGATIVE,
    POISSON_MEAN,
    POSITIVE,
    POSITIVE_PROBABILITY,
    PROBABILITY,
    broadcast_shape,
    refuse,
    uploaded,
)

_LARGEST_INT64 = np.iinfo(np.int64).max
#: Good and bad ones of a hypergeometric distribution are fewer, as in NumPy: beyond, rounded logarithms of factorials would tell.
_LARGEST_POPULATION = 10**9


class DiscreteDistributions(Draws):
    """The discrete distributions of `Generator`."""

    def integers(self, low, high=None, size=None, dtype=np.int64, endpoint=False):
        """Uniform integers in [low, high), or in [low, high] with ``endpoint=True``; in [0, low) where `high` is None.

        Every integer is exactly as likely as any other, for every dtype and range.

        >>> import anygpu as ag
        >>> x = ag.random.default_rng(1).integers(1, 7, size=100)
        >>> int(x.min()), int(x.max())
        (1, 6)
        """
        dtype = np.dtype(dtype)
        if dtype.kind not in "iub":
            raise TypeError(f"Unsupported dtype {dtype!r} for integers")
        low, high = (0, low) if high is None else (low, high)
        shape = broadcast_shape("integers", size, low, high)
        if 0 in shape:
            return anygpu.zeros(shape, dtype=dtype, device=self._device)
        low, span = _range(low, high, dtype, bool(endpoint))
        bits = self._reserve(shape).draw("integers", uploaded(low, self._device), uploaded(span, self._device))
        return bits if dtype == np.uint64 else bits.astype(dtype)

    def bytes(self, length):
        """Random bytes, read from the device: one position of the stream each."""
        values = self.integers(0, 256, size=max(operator.index(length), 0), dtype=np.uint8)
        return values.get().tobytes()

    def binomial(self, n, p, size=None):
        """The number of successes in `n` trials of probability `p`."""
        draws, n, p = self._prepare("binomial", size, ("n", n, NOT_NEGATIVE, np.int64), ("p", p, PROBABILITY))
        return draws.draw("binomial", n, p)

    def negative_binomial(self, n, p, size=None):
        """The number of failures before `n` successes of probability `p`: Poisson variates whose mean is a gamma variate."""
        draws, n, p = self._prepare("negative_binomial", size, ("n", n, POSITIVE), ("p", p, POSITIVE_PROBABILITY))
        if isinstance(n, float) and isinstance(p, float) and (n + 10 * n**0.5) * (1 - p) / p > LARGEST_MEAN:
            raise ValueError(f"negative_binomial: n too large or p too small: counts exceed int64, got n={n} and p={p}")
        mean = draws.draw("gamma", n, component=1) * ((1 - p) / p)
        return draws.draw("poisson", mean)

    def poisson(self, lam=1.0, size=None):
        """Poisson variates of mean `lam`."""
        draws, lam = self._prepare("poisson", size, ("lam", lam, POISSON_MEAN))
        return draws.draw("poisson", lam)

    def geometric(self, p, size=None):
        """The number of trials of probability `p` up to the first success: an exponential variate over -log(1 - p), rounded up."""
        draws, p = self._prepare("geometric", size, ("p", p, POSITIVE_PROBABILITY))
        rate = -_anygpu.log1p(-self._array(p))
        trials = _anygpu.maximum(_anygpu.ceil(draws.draw("exponential") / rate), 1.0)
        return where(trials < 2.0**63, trials.astype(np.int64), _LARGEST_INT64)

    def logseries(self, p, size=None):
        """Logarithmic series variates.

        A. W. Kemp, "Efficient Generation of Logarithmically Distributed Pseudo-Random Variables", Appl. Statist. 30, 1981, algorithm LK.
        """
        draws, p = self._prepare("logseries", size, ("p", p, BELOW_ONE))
        v = draws.draw("open_uniform")
        q = -_anygpu.expm1(_anygpu.log1p(-self._array(p)) * draws.draw("open_uniform", component=1))
        many = _anygpu.minimum(_anygpu.floor(1 + _anygpu.log(v) / _anygpu.log(q)), 2.0**62)
        few = where(v >= q, 1.0, 2.0)
        return where(v >= p, 1.0, where(v <= q * q, many, few)).astype(np.int64)

    def zipf(self, a, size=None):
        """Integers k >= 1 with probabilities in proportion to k**-a."""
        draws, a = self._prepare("zipf", size, ("a", a, ABOVE_ONE))
        return draws.draw("zipf", a)

    def hypergeometric(self, ngood, nbad, nsample, size=None):
        """The number of good ones among `nsample` taken without replacement from `ngood` good and `nbad` bad ones, each below 10**9."""
        parameters = ("ngood", ngood), ("nbad", nbad), ("nsample", nsample)
        draws, ngood, nbad, nsample = self._prepare("hypergeometric", size, *((*p, NOT_NEGATIVE, np.int64) for p in parameters))
        few = "hypergeometric: ngood and nbad must be less than 1000000000"
        refuse(ngood >= _LARGEST_POPULATION, few)
        refuse(nbad >= _LARGEST_POPULATION, few)
        refuse(nsample - nbad > ngood, "hypergeometric: ngood + nbad must not be less than nsample")
        return draws.draw("hypergeometric", ngood, nbad, nsample)

    def _array(self, value):
        """A parameter as an array, so that what is computed from it is computed on the device: host libraries differ in the last bit."""
        return anygpu.asarray(value, device=self._device) if isinstance(value, float) else value


def _range(low, high, dtype, endpoint):
    """The lowest integer and the distance to the largest, modulo 2**64; checked against each other and the dtype."""
    least, largest = (0, 1) if dtype == np.bool_ else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    excess = 0 if endpoint else 1
    bounds = []
    for name, value in (("low", low), ("high", high)):
        if isinstance(value, _anygpu.ndarray):
            if value.dtype.kind not in "iub":
                raise TypeError(f"integers: {name} must have an integer dtype on the device, got {value.dtype}")
            outside = value < least if name == "low" else value > largest + excess
            refuse(outside, f"integers: {name} is out of bounds for {dtype}")
            bounds.append(value)
            continue
        # Python integers: the end of uint64's range lies outside of it.
        exact = np.asarray(np.frompyfunc(int, 1, 1)(np.asarray(value)), dtype=object)
        wrong = np.asarray(exact < least if name == "low" else exact > largest + excess, bool)
        if wrong.any():
            raise ValueError(f"integers: {name} is out of bounds for {dtype}, got {exact[wrong].flat[0]}")
        bounds.append(exact)
    low, high = bounds
    text = f"integers: low {'>' if endpoint else '>='} high"
    if isinstance(low, _anygpu.ndarray) or isinstance(high, _anygpu.ndarray):
        return _device_range(low, high, excess, text)
    empty = np.asarray(low > high - excess, bool)
    if empty.any():
        low, high = np.broadcast_arrays(low, high)
        raise ValueError(f"{text}, got low={low[empty].flat[0]} and high={high[empty].flat[0]}")
    words = [np.asarray(x % 2**64, np.uint64) for x in (low, high - excess - low)]
    return [x.item() if x.ndim == 0 else x for x in words]


def _device_range(low, high, excess, text):
    """`_range` where one bound at least is on the device. A host bound is an array of Python integers."""

    def array(x):
        return x if isinstance(x, _anygpu.ndarray) else anygpu.asarray(np.asarray(x, np.uint64 if np.any(x > _LARGEST_INT64) else np.int64))

    if isinstance(high, _anygpu.ndarray):
        refuse(array(low) >= high if excess else array(low) > high, text)
        largest = high.astype(np.uint64) - np.uint64(excess)
    else:
        # One less on the host, where 2**64 has a place.
        largest = array(high - excess)
        refuse(low > largest, text)
    low = array(low).astype(np.uint64)
    return low, largest.astype(np.uint64) - low
