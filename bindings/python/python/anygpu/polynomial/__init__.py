"""Polynomials as in `numpy.polynomial`: `polynomial`, functions of coefficients with the lowest power first, and `polyutils`, what they share.

`Polynomial` and the other classes of series are NumPy's, whose few coefficients lie on the host; called on an array of the device they compute there.

>>> import anygpu as ag
>>> ag.polynomial.polynomial.polyval(ag.asarray([0.0, 2.0]), [1, 0, 3])
array([ 1., 13.])
>>> ag.polynomial.Polynomial([1, 0, 3])(ag.asarray([0.0, 2.0]))
array([ 1., 13.])
"""

from numpy.polynomial import set_default_printstyle

from . import polynomial, polyutils
from .series import Chebyshev, Hermite, HermiteE, Laguerre, Legendre, Polynomial

__all__ = ["Chebyshev", "Hermite", "HermiteE", "Laguerre", "Legendre", "Polynomial", "polynomial", "polyutils", "set_default_printstyle"]
