"""Special functions under SciPy's names (``scipy.special``, ``cupyx.scipy.special``).

Integers of up to 16 bits and float16 give float32, wider integers float64; ``expit`` and ``logit`` keep float16.
"""

from ._anygpu import cospi, digamma, erf, erfc, erfinv, exp10, expit, expm1, gamma, gammaln, log1p, logit, sinpi
from .elementwise_functions import i0, sinc

psi = digamma

__all__ = [
    "cospi",
    "digamma",
    "erf",
    "erfc",
    "erfinv",
    "exp10",
    "expit",
    "expm1",
    "gamma",
    "gammaln",
    "i0",
    "log1p",
    "logit",
    "psi",
    "sinc",
    "sinpi",
]
