"""Windows for spectra: float64 vectors that fall to both ends."""

import math

import numpy as np

from .creation_functions import arange, asarray, ones, zeros
from .elementwise_functions import cos, i0, less_equal, sqrt
from .searching_functions import where


def _steps(M):
    """``1 - M, 3 - M, ..., M - 1``; None where the window has at most one element."""
    return arange(1 - M, M, 2, dtype=np.float64) if M > 1 else None


def _short(M):
    return zeros(0, dtype=np.float64) if M < 1 else ones(1, dtype=np.float64)


def _cosines(M, *coefficients):
    M = float(M)  # unsigned ones have no 1 - M
    n = _steps(M)
    if n is None:
        return _short(M)
    window = coefficients[0]
    for k, a in enumerate(coefficients[1:], 1):
        window = window + a * cos(k * math.pi * n / (M - 1))
    return window


def hanning(M):
    """``0.5 + 0.5 cos(pi n / (M - 1))`` for ``n = 1 - M, 3 - M, ..., M - 1``: von Hann's window, zero at both ends.

    >>> import anygpu as ag
    >>> ag.hanning(3)
    array([0., 1., 0.])
    """
    return _cosines(M, 0.5, 0.5)


def hamming(M):
    """``0.54 + 0.46 cos(pi n / (M - 1))`` for ``n = 1 - M, 3 - M, ..., M - 1``."""
    return _cosines(M, 0.54, 0.46)


def blackman(M):
    """``0.42 + 0.5 cos(pi n / (M - 1)) + 0.08 cos(2 pi n / (M - 1))`` for ``n = 1 - M, 3 - M, ..., M - 1``."""
    return _cosines(M, 0.42, 0.5, 0.08)


def bartlett(M):
    """``1 - |n| / (M - 1)`` for ``n = 1 - M, 3 - M, ..., M - 1``: a triangle, zero at both ends."""
    M = float(M)
    n = _steps(M)
    if n is None:
        return _short(M)
    return where(less_equal(n, 0), 1 + n / (M - 1), 1 - n / (M - 1))


def kaiser(M, beta):
    """``i0(beta sqrt(1 - (n / (M - 1))^2)) / i0(beta)`` for ``n = 1 - M, 3 - M, ..., M - 1``."""
    M = float(M)
    if M <= 1:
        return _short(M)
    n = 2 * arange(M, dtype=np.float64) - (M - 1)  # as many as NumPy has where M is no whole number
    return i0(beta * sqrt(1 - (n / (M - 1)) ** 2.0)) / i0(asarray(float(beta)))
