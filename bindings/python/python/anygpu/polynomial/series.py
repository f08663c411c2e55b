"""NumPy's classes of series, which also take arrays of the device."""

import numpy.polynomial as host

from .._anygpu import ndarray
from .polyutils import mapparms


class _OnDevice:
    """Evaluates a series on the device where it is called on an array of it."""

    def __call__(self, arg):
        if not isinstance(arg, ndarray):
            return super().__call__(arg)
        offset, scale = mapparms(self.domain, self.window)
        return self._val(offset + scale * arg, self.coef)


class Polynomial(_OnDevice, host.Polynomial):
    """A power series: `numpy.polynomial.Polynomial`.

    >>> import anygpu as ag
    >>> ag.polynomial.Polynomial([1, 0, 3])(ag.asarray([0.0, 2.0]))
    array([ 1., 13.])
    """


class Chebyshev(_OnDevice, host.Chebyshev):
    """A Chebyshev series: `numpy.polynomial.Chebyshev`."""


class Legendre(_OnDevice, host.Legendre):
    """A Legendre series: `numpy.polynomial.Legendre`."""


class Laguerre(_OnDevice, host.Laguerre):
    """A Laguerre series: `numpy.polynomial.Laguerre`."""


class Hermite(_OnDevice, host.Hermite):
    """A Hermite series, of the physicists' polynomials: `numpy.polynomial.Hermite`."""


class HermiteE(_OnDevice, host.HermiteE):
    """A Hermite series, of the probabilists' polynomials: `numpy.polynomial.HermiteE`."""
