"""NumPy's ``numpy.lib``: `stride_tricks`."""

from . import stride_tricks

__all__ = ["stride_tricks"]
