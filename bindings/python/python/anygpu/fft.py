"""Discrete Fourier transforms, with the names and signatures of `numpy.fft`.

float16, float32 and complex64 are transformed in single precision, every other dtype in double. Any length is fast: products of primes up to 61 in
a few passes over memory, other lengths as a convolution of a length that is.
"""

import operator
import warnings

import numpy as np

from ._anygpu import transform as _transform
from ._outputs import store
from .creation_functions import arange, asarray
from .manipulation_functions import concatenate
from .rearranging_functions import roll

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]

#: The normalisation that makes of a forward transform's factor the inverse's, and the other way.
_OPPOSITE = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def _check_norm(norm):
    if norm not in _OPPOSITE:
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')


def _factor(dtype, n, norm):
    """What a forward transform of `n` points is multiplied by, computed in the precision of `dtype` as NumPy does."""
    _check_norm(norm)
    real = np.result_type(np.empty(0, dtype).real.dtype, 1.0)
    if norm == "ortho":
        return float(np.reciprocal(np.sqrt(n, dtype=real)))
    return float(np.reciprocal(n, dtype=real)) if norm == "forward" else 1.0


def _along(kind, a, n, axis, norm, out):
    """A transform along one axis; `n` is the length of the axis for None."""
    a = asarray(a)
    if n is None:
        n = a.shape[axis]
    n = operator.index(n)
    if n < 1:
        raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
    _check_norm(norm)
    factor = _factor(a.dtype, n, _OPPOSITE[norm] if kind in ("ifft", "irfft") else norm)
    result = _transform(a, kind, n, axis, factor)
    if kind == "irfft" and a.dtype == np.float16:
        result = result.astype(np.float16)
    return store(kind, result, out)


def _half_length(a, n, axis):
    """The number of real points whose spectrum has as many as `a` has along an axis."""
    return (a.shape[axis] - 1) * 2 if n is None else n


def fft(a, n=None, axis=-1, norm=None, out=None):
    """The transform ``X[k] = sum(a[j] * exp(-2j*pi*j*k/n))`` along an axis, of ``n`` points: ``a`` cut or filled with zeros to that length.

    ``norm`` says what is divided by ``n``: the inverse ("backward", the default), the forward transform ("forward"), or each by its square root ("ortho").

    >>> import anygpu as ag
    >>> ag.fft.fft(ag.asarray([1.0, 0.0, -1.0, 0.0]))
    array([0.+0.j, 2.+0.j, 0.+0.j, 2.+0.j])
    """
    return _along("fft", a, n, axis, norm, out)


def ifft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of `fft`.

    >>> import anygpu as ag
    >>> ag.fft.ifft(ag.asarray([0.0, 4.0, 0.0, 0.0]))
    array([ 1.+0.j,  0.+1.j, -1.+0.j,  0.-1.j])
    """
    return _along("ifft", a, n, axis, norm, out)


def rfft(a, n=None, axis=-1, norm=None, out=None):
    """The first ``n // 2 + 1`` points of the transform of real numbers; the others are their conjugates.

    >>> import anygpu as ag
    >>> ag.fft.rfft(ag.asarray([1.0, 0.0, -1.0, 0.0]))
    array([0.+0.j, 2.+0.j, 0.+0.j])
    """
    return _along("rfft", a, n, axis, norm, out)


def irfft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of `rfft`: ``n`` real numbers, by default ``2 * (a.shape[axis] - 1)``.

    >>> import anygpu as ag
    >>> ag.fft.irfft(ag.asarray([0.0, 2.0, 0.0]))
    array([ 1.,  0., -1.,  0.])
    """
    a = asarray(a)
    return _along("irfft", a, _half_length(a, n, axis), axis, norm, out)


def hfft(a, n=None, axis=-1, norm=None, out=None):
    """The transform of a signal whose second half is the conjugate of its first, which is given: ``n`` real numbers."""
    a = asarray(a)
    n = _half_length(a, n, axis)
    _check_norm(norm)
    return irfft(a.conj(), n, axis, _OPPOSITE[norm], out)


def ihfft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of `hfft`: the first ``n // 2 + 1`` points of the inverse transform of real numbers."""
    _check_norm(norm)
    return store("ihfft", rfft(a, n, axis, _OPPOSITE[norm]).conj(), out)


def _axes_and_lengths(a, s, axes, real_output=False):
    """The axes of an n-dimensional transform and the number of points along each."""
    given = s is not None
    if not given:
        s = list(a.shape) if axes is None else [a.shape[axis] for axis in axes]
    s = list(s)
    if axes is None:
        if given:
            warnings.warn(
                "`s` without `axes` is deprecated in NumPy 2.0, and will mean the first axes: pass `axes` as well",
                DeprecationWarning,
                stacklevel=4,
            )
        axes = range(-len(s), 0)
    axes = list(axes)
    if len(s) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    if real_output and not given:
        s[-1] = (a.shape[axes[-1]] - 1) * 2
    if None in s:
        warnings.warn("None in `s` is deprecated in NumPy 2.0: pass -1 for all of an axis", DeprecationWarning, stacklevel=4)
    return [a.shape[axis] if n == -1 else n for n, axis in zip(s, axes)], axes


def _over(function, a, s, axes, norm, out):
    """A complex transform along axes, the last one first."""
    a = asarray(a)
    s, axes = _axes_and_lengths(a, s, axes)
    for n, axis in zip(reversed(s), reversed(axes)):
        a = function(a, n, axis, norm)
    return store("fftn", a, out) if axes else a


def fftn(a, s=None, axes=None, norm=None, out=None):
    """The transform along several axes (all for None), of ``s`` points along them.

    >>> import anygpu as ag
    >>> ag.fft.fftn(ag.ones((2, 2)))
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]])
    """
    return _over(fft, a, s, axes, norm, out)


def ifftn(a, s=None, axes=None, norm=None, out=None):
    """The inverse of `fftn`."""
    return _over(ifft, a, s, axes, norm, out)


def rfftn(a, s=None, axes=None, norm=None, out=None):
    """The transform of real numbers along several axes (all for None): `rfft` along the last of them, `fft` along the others."""
    a = asarray(a)
    s, axes = _axes_and_lengths(a, s, axes)
    a = rfft(a, s[-1], axes[-1], norm)
    for n, axis in zip(reversed(s[:-1]), reversed(axes[:-1])):
        a = fft(a, n, axis, norm)
    return store("rfftn", a, out)


def irfftn(a, s=None, axes=None, norm=None, out=None):
    """The inverse of `rfftn`; ``s`` is needed where the last axis had an odd length."""
    a = asarray(a)
    s, axes = _axes_and_lengths(a, s, axes, real_output=True)
    for n, axis in zip(s[:-1], axes[:-1]):
        a = ifft(a, n, axis, norm)
    return irfft(a, s[-1], axes[-1], norm, out)


def fft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """`fftn` over two axes, the last ones by default."""
    return fftn(a, s, axes, norm, out)


def ifft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """`ifftn` over two axes, the last ones by default."""
    return ifftn(a, s, axes, norm, out)


def rfft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """`rfftn` over two axes, the last ones by default."""
    return rfftn(a, s, axes, norm, out)


def irfft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """`irfftn` over two axes, the last ones by default."""
    return irfftn(a, s, axes, norm, out)


def _check_length(n):
    if not isinstance(n, (int, np.integer)):
        raise ValueError("n should be an integer")


def fftfreq(n, d=1.0, device=None, *, dtype=None):
    """The frequencies of the ``n`` points of `fft` for samples ``d`` apart: 0, 1, .., then the negative ones, over ``n * d``.

    float64, or rounded to ``dtype`` (an argument of the array API standard).

    >>> import anygpu as ag
    >>> ag.fft.fftfreq(4, 0.5)
    array([ 0. ,  0.5, -1. , -0.5])
    """
    _check_length(n)
    step = 1.0 / (n * d)
    middle = (n - 1) // 2 + 1
    frequencies = concatenate([arange(0, middle, device=device), arange(-(n // 2), 0, device=device)]) * step
    return frequencies if dtype is None else frequencies.astype(dtype)


def rfftfreq(n, d=1.0, device=None, *, dtype=None):
    """The frequencies of the ``n // 2 + 1`` points of `rfft` for samples ``d`` apart.

    float64, or rounded to ``dtype`` (an argument of the array API standard).

    >>> import anygpu as ag
    >>> ag.fft.rfftfreq(4, 0.5)
    array([0. , 0.5, 1. ])
    """
    _check_length(n)
    frequencies = arange(0, n // 2 + 1, device=device) * (1.0 / (n * d))
    return frequencies if dtype is None else frequencies.astype(dtype)


def _rotate(x, axes, amount):
    """Elements moved along each of the axes by a number of places that `amount` finds for a length."""
    x = asarray(x)
    if axes is None:
        axes = range(x.ndim)
    elif not hasattr(axes, "__iter__"):
        axes = (axes,)
    return roll(x, tuple(amount(x.shape[axis]) for axis in axes), tuple(axes))


def fftshift(x, axes=None):
    """The zero frequency moved to the middle of each axis (all for None).

    >>> import anygpu as ag
    >>> ag.fft.fftshift(ag.fft.fftfreq(4, 0.25))
    array([-2., -1.,  0.,  1.])
    """
    return _rotate(x, axes, lambda n: n // 2)


def ifftshift(x, axes=None):
    """The inverse of `fftshift`, which differs from it for odd lengths."""
    return _rotate(x, axes, lambda n: -(n // 2))
