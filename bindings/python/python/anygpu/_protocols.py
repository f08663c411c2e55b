"""NumPy's dispatch protocols: `np.sin(x)` and `np.linalg.solve(a, b)` of arrays of ours run on their device.

A function of NumPy is answered by the function of ours with the same name in the module of the same name, or by a TypeError: nothing falls back to
the host.

https://numpy.org/neps/nep-0013-ufunc-overrides.html, https://numpy.org/neps/nep-0018-array-function-protocol.html
"""

import sys

import numpy as np

import anygpu

from ._outputs import store

_STANDARD_VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12", "2025.12")
_METHODS = ("reduce", "accumulate", "outer", "at", "reduceat")


def _own_ufunc(ufunc):
    """What answers a ufunc of `numpy` or `scipy.special`; None for other ufuncs, also where they carry such a name."""
    name = ufunc.__name__
    for theirs, ours in ((np, anygpu), (sys.modules.get("scipy.special"), anygpu.special)):
        if theirs is not None and getattr(theirs, name, None) is ufunc:
            return getattr(ours, name, None)
    return None


def array_ufunc(array, ufunc, method, inputs, options):
    """`ndarray.__array_ufunc__`: the function of ours with the ufunc's name, or that method of it."""
    function = _own_ufunc(ufunc)
    if function is not None and method in _METHODS:
        function = getattr(function, method, None)
    elif method != "__call__":
        return NotImplemented
    if function is None or any(_is_foreign(value) for value in inputs):
        return NotImplemented
    out = options.pop("out", None)
    out = out if isinstance(out, tuple) else (out,)
    if any(o is not None and not isinstance(o, anygpu.ndarray) for o in out):
        return NotImplemented
    if ufunc.nout == 1 or method != "__call__":
        if out[0] is not None:
            options["out"] = out[0]
        return function(*inputs, **options)
    casting = options.pop("casting", "same_kind")
    results = function(*inputs, **options)
    return tuple(store(ufunc.__name__, result, o, casting) for result, o in zip(results, out + (None,) * (ufunc.nout - len(out))))


def _is_foreign(value):
    """Whether another library wants to have a say about `value`."""
    override = getattr(type(value), "__array_ufunc__", np.ndarray.__array_ufunc__)
    return override not in (np.ndarray.__array_ufunc__, anygpu.ndarray.__array_ufunc__) and not isinstance(value, np.generic)


def array_function(array, function, types, args, options):
    """`ndarray.__array_function__`: the function of ours with the same name in the module of the same name."""
    if not all(issubclass(t, (anygpu.ndarray, np.ndarray)) for t in types):
        return NotImplemented
    own, module = anygpu, function.__module__
    for part in [*module.split(".")[1:], function.__name__] if module.split(".")[0] == "numpy" else []:
        own = getattr(own, part, None)
    if own is anygpu or own is None or own is function:
        return NotImplemented
    if function is np.broadcast_arrays:
        return _broadcast_mixed(*args, **options)
    return own(*args, **options)


def _broadcast_mixed(*arrays, subok=False):
    """`numpy.broadcast_arrays` of arrays of which some have no form on a device: text and objects stay NumPy's."""
    arrays = [a if isinstance(a, anygpu.ndarray) else np.asarray(a) for a in arrays]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    return tuple((np if a.dtype.kind not in "biufc" else anygpu).broadcast_to(a, shape) for a in arrays)


def array_namespace(api_version):
    """`ndarray.__array_namespace__`: this module."""
    if api_version not in (None, *_STANDARD_VERSIONS):
        raise ValueError(f"unsupported array API version {api_version!r}: the versions are {', '.join(_STANDARD_VERSIONS)}")
    return anygpu
