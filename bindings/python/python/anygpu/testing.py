"""Assertions about arrays: those of `numpy.testing`, on the elements of arrays of ours fetched to the host.

>>> import anygpu as ag, numpy as np
>>> ag.testing.assert_array_equal(ag.arange(3) * 2, np.array([0, 2, 4]))
"""

import functools
import inspect

import numpy as np
from numpy.testing import assert_, assert_no_warnings, assert_raises, assert_raises_regex, assert_string_equal, assert_warns

from ._anygpu import ndarray

#: The comparisons are NumPy's, of elements that are fetched.
__runs__ = "host"


def _fetched(value):
    """`value` with the arrays in it on the host."""
    if isinstance(value, ndarray):
        return value.get()
    if type(value) in (list, tuple):
        return type(value)(map(_fetched, value))
    if type(value) is dict:
        return {key: _fetched(item) for key, item in value.items()}
    return value


def _on_host(function):
    @functools.wraps(function, assigned=("__name__", "__qualname__"), updated=())
    def check(*args, **options):
        return function(*map(_fetched, args), **{name: _fetched(value) for name, value in options.items()})

    check.__signature__ = inspect.signature(function)
    check.__doc__ = f"`numpy.testing.{function.__name__}` of arrays on the device, on the host, or both."
    del check.__wrapped__
    return check


assert_allclose = _on_host(np.testing.assert_allclose)
assert_almost_equal = _on_host(np.testing.assert_almost_equal)
assert_approx_equal = _on_host(np.testing.assert_approx_equal)
assert_array_almost_equal = _on_host(np.testing.assert_array_almost_equal)
assert_array_almost_equal_nulp = _on_host(np.testing.assert_array_almost_equal_nulp)
assert_array_compare = _on_host(np.testing.assert_array_compare)
assert_array_equal = _on_host(np.testing.assert_array_equal)
assert_array_less = _on_host(np.testing.assert_array_less)
assert_array_max_ulp = _on_host(np.testing.assert_array_max_ulp)
assert_equal = _on_host(np.testing.assert_equal)


def assert_array_list_equal(xlist, ylist, err_msg="", verbose=True):
    """Two lists of arrays are equal, array by array (CuPy's name)."""
    if len(xlist) != len(ylist):
        raise AssertionError(f"the lists have different lengths: {len(xlist)} and {len(ylist)}")
    for x, y in zip(xlist, ylist):
        assert_array_equal(x, y, err_msg=err_msg, verbose=verbose)


__all__ = [
    "assert_",
    "assert_allclose",
    "assert_almost_equal",
    "assert_approx_equal",
    "assert_array_almost_equal",
    "assert_array_almost_equal_nulp",
    "assert_array_compare",
    "assert_array_equal",
    "assert_array_less",
    "assert_array_list_equal",
    "assert_array_max_ulp",
    "assert_equal",
    "assert_no_warnings",
    "assert_raises",
    "assert_raises_regex",
    "assert_string_equal",
    "assert_warns",
]
