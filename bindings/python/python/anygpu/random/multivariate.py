"""Distributions of vectors."""

import math
import operator
import warnings

import numpy as np

import anygpu

from .. import _anygpu
from .draws import Draws
from .parameters import NOT_NEGATIVE, PROBABILITY, broadcast_shape, convert, refuse, shape_of, uploaded

#: `numpy.random` refuses as many balls or more in the "marginals" method.
_LARGEST_POPULATION = 10**9


class MultivariateDistributions(Draws):
    """The distributions of vectors of `Generator`: a vector of k numbers takes k positions of the stream."""

    def dirichlet(self, alpha, size=None):
        """Dirichlet vectors, from the logarithms of gamma variates: parameters near 0 lose nothing."""
        alpha = convert("dirichlet", "alpha", alpha, NOT_NEGATIVE)
        if np.ndim(alpha) != 1:
            raise (TypeError if np.ndim(alpha) == 0 else ValueError)("dirichlet: alpha must be one-dimensional")
        shape = shape_of(size) + (alpha.size,)
        if 0 in shape:
            return anygpu.zeros(shape, device=self._device)
        logarithms = self._reserve(shape).draw("log_gamma", uploaded(alpha, self._device))
        weights = _anygpu.exp(logarithms - logarithms.max(axis=-1, keepdims=True))
        return weights / weights.sum(axis=-1, keepdims=True)

    def multivariate_normal(self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd"):
        """Normal vectors of mean `mean` and covariance `cov`: normal variates times a factor of the covariance.

        `mean` and `cov` are read, and the factor is computed on the host, by `numpy.linalg`; the product is a matrix product on the device.
        """
        if check_valid not in ("warn", "raise", "ignore"):
            raise ValueError(f"check_valid must equal 'warn', 'raise', or 'ignore', got {check_valid!r}")
        if method not in ("svd", "eigh", "cholesky"):
            raise ValueError(f"method must be one of 'eigh', 'svd', 'cholesky', got {method!r}")
        mean, cov = np.asarray(anygpu.asnumpy(mean), np.float64), np.asarray(anygpu.asnumpy(cov), np.float64)
        if mean.ndim != 1:
            raise ValueError(f"multivariate_normal: mean must be 1 dimensional, got shape {mean.shape}")
        if cov.ndim != 2 or cov.shape[0] != cov.shape[1]:
            raise ValueError(f"multivariate_normal: cov must be 2 dimensional and square, got shape {cov.shape}")
        if mean.size != cov.shape[0]:
            raise ValueError(f"multivariate_normal: mean and cov must have same length, got {mean.size} and {cov.shape[0]}")
        factor, valid = _factor(cov, method, tol)
        if not valid and check_valid != "ignore":
            message = "covariance is not symmetric positive-semidefinite."
            if check_valid == "raise":
                raise ValueError(message)
            warnings.warn(message, RuntimeWarning, stacklevel=2)
        shape = shape_of(size) + (mean.size,)
        normal = self._reserve(shape).draw("normal").reshape(-1, mean.size)
        mean, factor = anygpu.asarray(mean, device=self._device), anygpu.asarray(factor.T, device=self._device)
        return (mean + anygpu.matmul(normal, factor)).reshape(shape)

    def multinomial(self, n, pvals, size=None):
        """How often each of k outcomes of probabilities `pvals` occurs in `n` trials.

        The trials are divided between the halves of the outcomes by a binomial variate, then between the halves of each, and so on.
        """
        n = convert("multinomial", "n", n, NOT_NEGATIVE, np.int64)
        pvals = _outcomes(pvals)
        k = pvals.shape[-1]
        outer = _outer_shape(n, pvals, size)
        draws = self._reserve(outer, k)

        def divide(counts, left, both, level, positions):
            return draws.draw(
                "binomial", counts, _ratio(left, both), component=level, shape=positions.shape, positions=positions
            )

        return self._divided(uploaded(n, self._device), pvals, outer, divide)

    def multivariate_hypergeometric(self, colors, nsample, size=None, method="marginals"):
        """How many of each colour are among `nsample` taken without replacement, `colors` of each colour there are.

        As `multinomial`, by hypergeometric variates, whatever `method` says. `colors` are read on the host; there must be fewer than 10**9 in all.
        """
        if method not in ("count", "marginals"):
            raise ValueError(f'method must be "count" or "marginals", got {method!r}')
        colors = np.asarray(anygpu.asnumpy(colors))
        nsample = operator.index(nsample)
        if colors.ndim != 1 or (colors.size and colors.dtype.kind not in "iub") or np.any(colors < 0):
            raise ValueError("colors must be a one-dimensional sequence of nonnegative integers not exceeding 9223372036854775807.")
        if nsample < 0:
            raise ValueError(f"nsample must be nonnegative, got {nsample}")
        total = int(colors.sum(dtype=object)) if colors.size else 0
        if total >= _LARGEST_POPULATION:
            raise ValueError(f"sum(colors) must be less than {_LARGEST_POPULATION}, got {total}")
        if nsample > total:
            raise ValueError(f"nsample must not exceed sum(colors), got {nsample} > {total}")
        outer, k = shape_of(size), colors.size
        if k == 0:
            return anygpu.zeros(outer + (0,), dtype=np.int64, device=self._device)
        draws = self._reserve(outer, k)

        def divide(counts, left, both, level, positions):
            return draws.draw(
                "hypergeometric", left, both - left, counts, component=level, shape=positions.shape, positions=positions
            )

        return self._divided(nsample, anygpu.asarray(colors.astype(np.int64), device=self._device), outer, divide)

    def _divided(self, n, weights, outer, divide):
        """Counts that add up to `n`, divided among outcomes by halves of their number; `divide` draws the count of each left half."""
        k = weights.shape[-1]
        levels = (k - 1).bit_length()
        missing = anygpu.zeros(weights.shape[:-1] + ((1 << levels) - k,), dtype=weights.dtype, device=self._device)
        sums = [anygpu.concatenate([anygpu.asarray(weights, device=self._device), missing], axis=-1)]
        for _ in range(levels):
            sums.append(sums[-1][..., 0::2] + sums[-1][..., 1::2])
        rows = (anygpu.arange(math.prod(outer), device=self._device) * k).reshape(outer + (1,))
        counts = anygpu.zeros(outer + (1,), dtype=np.int64, device=self._device) + (n[..., None] if isinstance(n, _anygpu.ndarray) else n)
        for level, (parts, both) in enumerate(zip(sums[-2::-1], sums[:0:-1], strict=True)):
            left = divide(counts, parts[..., 0::2], both, level, rows + anygpu.arange(1 << level, device=self._device))
            counts = anygpu.stack([left, counts - left], axis=-1).reshape(outer + (2 << level,))
        return counts[..., :k].copy()


def _ratio(left, both):
    """The probability of the left half; 0 where neither half has any. Rounded quotients may exceed 1 nowhere: left is part of the sum."""
    return anygpu.where(both > 0, left / both, 0.0)


def _outer_shape(n, pvals, size):
    trials = n[..., None] if np.ndim(n) else np.zeros(1)
    broadcast_shape("multinomial", None, trials, pvals)
    if size is not None:
        return broadcast_shape("multinomial", size, n, np.empty(pvals.shape[:-1], bool))
    return broadcast_shape("multinomial", None, n, np.empty(pvals.shape[:-1], bool))


def _outcomes(pvals):
    """Probabilities whose last one is what the others leave of 1."""
    pvals = convert("multinomial", "pvals", pvals, PROBABILITY)
    if np.ndim(pvals) == 0 or pvals.shape[-1] == 0:
        raise ValueError("multinomial: pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.")
    others = pvals[..., :-1]
    total = others.sum(axis=-1)
    refuse(total > 1 + 1e-12, "multinomial: sum(pvals[..., :-1]) must not exceed 1")
    xp = anygpu if isinstance(pvals, _anygpu.ndarray) else np
    return xp.concatenate([others, xp.maximum(1 - total, 0.0)[..., None]], axis=-1)


def _factor(cov, method, tol):
    """A matrix whose product with its transpose is `cov`, and whether `cov` is a covariance."""
    if method == "cholesky":
        return np.linalg.cholesky(cov), np.allclose(cov, cov.T, rtol=tol, atol=tol)
    if method == "eigh":
        values, vectors = np.linalg.eigh(cov)
        return vectors * np.sqrt(np.maximum(values, 0)), not np.any(values < -tol)
    u, values, v = np.linalg.svd(cov)
    return u * np.sqrt(values), np.allclose((v.T * values) @ v, cov, rtol=tol, atol=tol)
