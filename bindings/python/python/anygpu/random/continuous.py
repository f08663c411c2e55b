"""Continuous distributions, composed from uniform, exponential, normal and gamma variates.

Each is a few elementwise operations on its variates, fused into one kernel with them.
"""

import math

import numpy as np

from .. import _anygpu
from ..searching_functions import where
from .draws import Draws
from .parameters import ANY, NOT_NEGATIVE, POSITIVE, refuse, shape_of


def _folded(u):
    """2 min(u, 1 - u), exactly, for u in (0, 1)."""
    half = _anygpu.minimum(u, 1 - u)
    return half + half


class ContinuousDistributions(Draws):
    """The continuous distributions of `Generator`."""

    def random(self, size=None, dtype=None, out=None):
        """Uniform floats in [0, 1): multiples of 2**-53, or of 2**-24 for float32.

        >>> import anygpu as ag
        >>> ag.random.default_rng(1).random(3).shape
        (3,)
        """
        return self._standard("random", "uniform", size, dtype, out)

    def uniform(self, low=0.0, high=1.0, size=None):
        """Uniform floats in [low, high): ``low + (high - low) * u``."""
        draws, low, high = self._prepare("uniform", size, ("low", low, ANY), ("high", high, ANY))
        span = np.subtract(high, low) if isinstance(low, float) and isinstance(high, float) else high - low
        finite = _anygpu.isfinite(span) if isinstance(span, _anygpu.ndarray) else np.isfinite(span)
        refuse(_not(finite), f"uniform: high - low range exceeds valid bounds, got low={low} and high={high}", OverflowError)
        refuse(span < 0, f"uniform: high - low must be at least 0, got low={low} and high={high}")
        span = float(span) if isinstance(span, np.floating) else span
        return low + span * draws.draw("uniform")

    def standard_normal(self, size=None, dtype=None, out=None):
        """Normal variates of mean 0 and standard deviation 1.

        >>> import anygpu as ag
        >>> ag.random.default_rng(1).standard_normal((2, 3), dtype="float32").dtype
        dtype('float32')
        """
        return self._standard("standard_normal", "normal", size, dtype, out)

    def normal(self, loc=0.0, scale=1.0, size=None):
        """Normal variates of mean `loc` and standard deviation `scale`."""
        draws, loc, scale = self._prepare("normal", size, ("loc", loc, ANY), ("scale", scale, NOT_NEGATIVE))
        return loc + scale * draws.draw("normal")

    def lognormal(self, mean=0.0, sigma=1.0, size=None):
        """The exponential of normal variates of mean `mean` and standard deviation `sigma`."""
        draws, mean, sigma = self._prepare("lognormal", size, ("mean", mean, ANY), ("sigma", sigma, NOT_NEGATIVE))
        return _anygpu.exp(mean + sigma * draws.draw("normal"))

    def standard_exponential(self, size=None, dtype=None, method="zig", out=None):
        """Exponential variates of scale 1, by inversion whatever `method` says."""
        return self._standard("standard_exponential", "exponential", size, dtype, out)

    def exponential(self, scale=1.0, size=None):
        """Exponential variates of mean `scale`."""
        draws, scale = self._prepare("exponential", size, ("scale", scale, NOT_NEGATIVE))
        return scale * draws.draw("exponential")

    def standard_gamma(self, shape, size=None, dtype=None, out=None):
        """Gamma variates of shape `shape` and scale 1."""
        return self._standard("standard_gamma", "gamma", size, dtype, out, ("shape", shape, NOT_NEGATIVE))

    def gamma(self, shape, scale=1.0, size=None):
        """Gamma variates of shape `shape` and scale `scale`."""
        draws, shape, scale = self._prepare("gamma", size, ("shape", shape, NOT_NEGATIVE), ("scale", scale, NOT_NEGATIVE))
        return scale * draws.draw("gamma", shape)

    def beta(self, a, b, size=None):
        """Beta variates, x / (x + y) of gamma variates x and y of shapes `a` and `b`, from their logarithms."""
        draws, a, b = self._prepare("beta", size, ("a", a, POSITIVE), ("b", b, POSITIVE))
        return _anygpu.expit(draws.draw("log_gamma", a) - draws.draw("log_gamma", b, component=1))

    def chisquare(self, df, size=None):
        """Chi-square variates of `df` degrees of freedom."""
        draws, df = self._prepare("chisquare", size, ("df", df, POSITIVE))
        return _chisquare(draws, df)

    def noncentral_chisquare(self, df, nonc, size=None):
        """Noncentral chi-square variates: those of df + 2 k degrees of freedom for a Poisson variate k of mean nonc / 2."""
        draws, df, nonc = self._prepare("noncentral_chisquare", size, ("df", df, POSITIVE), ("nonc", nonc, NOT_NEGATIVE))
        return _noncentral_chisquare(draws, df, nonc)

    def f(self, dfnum, dfden, size=None):
        """F variates: the ratio of two chi-square variates, each over its degrees of freedom."""
        draws, dfnum, dfden = self._prepare("f", size, ("dfnum", dfnum, POSITIVE), ("dfden", dfden, POSITIVE))
        return (_chisquare(draws, dfnum) * dfden) / (_chisquare(draws, dfden, component=2) * dfnum)

    def noncentral_f(self, dfnum, dfden, nonc, size=None):
        """Noncentral F variates: as `f`, the first chi-square variate noncentral."""
        parameters = ("dfnum", dfnum, POSITIVE), ("dfden", dfden, POSITIVE), ("nonc", nonc, NOT_NEGATIVE)
        draws, dfnum, dfden, nonc = self._prepare("noncentral_f", size, *parameters)
        return (_noncentral_chisquare(draws, dfnum, nonc) * dfden) / (_chisquare(draws, dfden, component=2) * dfnum)

    def standard_t(self, df, size=None):
        """Student's t variates of `df` degrees of freedom: a normal variate over the root of a chi-square variate over `df`."""
        draws, df = self._prepare("standard_t", size, ("df", df, POSITIVE))
        half = df / 2
        return draws.draw("normal") * _anygpu.sqrt(half / draws.draw("gamma", half, component=1))

    def standard_cauchy(self, size=None):
        """Cauchy variates of median 0 and scale 1: the cotangent of a uniform angle."""
        u = self._reserve(shape_of(size)).draw("open_uniform")
        return _anygpu.copysign(1 / _anygpu.tan((math.pi / 2) * _folded(u)), u - 0.5)

    def laplace(self, loc=0.0, scale=1.0, size=None):
        """Laplace (double exponential) variates."""
        draws, loc, scale = self._prepare("laplace", size, ("loc", loc, ANY), ("scale", scale, NOT_NEGATIVE))
        u = draws.draw("open_uniform")
        return loc + scale * _anygpu.copysign(_anygpu.log(_folded(u)), u - 0.5)

    def logistic(self, loc=0.0, scale=1.0, size=None):
        """Logistic variates: log(u / (1 - u))."""
        draws, loc, scale = self._prepare("logistic", size, ("loc", loc, ANY), ("scale", scale, NOT_NEGATIVE))
        return loc + scale * _anygpu.logit(draws.draw("open_uniform"))

    def gumbel(self, loc=0.0, scale=1.0, size=None):
        """Gumbel variates: minus the logarithm of an exponential variate."""
        draws, loc, scale = self._prepare("gumbel", size, ("loc", loc, ANY), ("scale", scale, NOT_NEGATIVE))
        return loc - scale * _anygpu.log(draws.draw("exponential"))

    def pareto(self, a, size=None):
        """Pareto II (Lomax) variates of shape `a`: exp(e / a) - 1 of an exponential variate e."""
        draws, a = self._prepare("pareto", size, ("a", a, POSITIVE))
        return _anygpu.expm1(draws.draw("exponential") / a)

    def power(self, a, size=None):
        """Variates of density a x**(a - 1) on [0, 1]: exp(-e / a) of an exponential variate e."""
        draws, a = self._prepare("power", size, ("a", a, POSITIVE))
        return _anygpu.exp(-draws.draw("exponential") / a)

    def weibull(self, a, size=None):
        """Weibull variates of scale 1 and shape `a`: e**(1 / a) of an exponential variate e; 0 for a = 0."""
        draws, a = self._prepare("weibull", size, ("a", a, NOT_NEGATIVE))
        e = draws.draw("exponential")
        if isinstance(a, _anygpu.ndarray):
            return where(a == 0, 0.0, _anygpu.power(e, 1 / a))
        return _anygpu.power(e, 1 / a) if a else e * 0.0

    def rayleigh(self, scale=1.0, size=None):
        """Rayleigh variates: scale * sqrt(2 e) of an exponential variate e."""
        draws, scale = self._prepare("rayleigh", size, ("scale", scale, NOT_NEGATIVE))
        return scale * _anygpu.sqrt(2 * draws.draw("exponential"))

    def triangular(self, left, mode, right, size=None):
        """Variates whose density rises from `left` to `mode` and falls to `right`, by inversion."""
        parameters = ("left", left, ANY), ("mode", mode, ANY), ("right", right, ANY)
        draws, left, mode, right = self._prepare("triangular", size, *parameters)
        given = f"got left={left}, mode={mode}, right={right}"
        refuse(left > mode, f"triangular: left must not exceed mode, {given}")
        refuse(mode > right, f"triangular: mode must not exceed right, {given}")
        refuse(left == right, f"triangular: left must differ from right, {given}")
        u = draws.draw("uniform")
        base, rise, fall = right - left, mode - left, right - mode
        rising = left + _anygpu.sqrt(u * (base * rise))
        return where(u * base <= rise, rising, right - _anygpu.sqrt((1 - u) * (base * fall)))

    def vonmises(self, mu, kappa, size=None):
        """Angles in [-pi, pi] around `mu` of concentration `kappa`."""
        draws, mu, kappa = self._prepare("vonmises", size, ("mu", mu, ANY), ("kappa", kappa, NOT_NEGATIVE))
        angle = draws.draw("vonmises", kappa) + mu
        wrapped = _anygpu.fmod(_anygpu.absolute(angle) + math.pi, 2 * math.pi) - math.pi
        return where(angle < 0, -wrapped, wrapped)

    def wald(self, mean, scale, size=None):
        """Wald (inverse Gaussian) variates.

        J. R. Michael, W. R. Schucany, R. W. Haas, "Generating Random Variates Using Transformations with Multiple Roots", Amer. Statist. 30, 1976.
        """
        draws, mean, scale = self._prepare("wald", size, ("mean", mean, POSITIVE), ("scale", scale, POSITIVE))
        square = draws.draw("normal")
        square = (square * square) * mean
        # The smaller root of the quadratic, in a form without cancellation.
        x = mean * (1 - 2 / (1 + _anygpu.sqrt(1 + 4 * scale / square)))
        smaller = draws.draw("uniform", component=1) * (mean + x) <= mean
        return where(smaller, x, mean * mean / x)


def _not(condition):
    return _anygpu.logical_not(condition) if isinstance(condition, _anygpu.ndarray) else np.logical_not(condition)


def _chisquare(draws, df, component=0):
    return 2 * draws.draw("gamma", df / 2, component=component)


def _noncentral_chisquare(draws, df, nonc):
    return _chisquare(draws, df + 2 * draws.draw("poisson", nonc / 2, component=1))
