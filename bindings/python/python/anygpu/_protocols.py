"""NumPy's dispatch protocols: `np.sin(x)` and `np.sum(x)` of an array of ours run on its device.

https://numpy.org/neps/nep-0013-ufunc-overrides.html, https://numpy.org/neps/nep-0018-array-function-protocol.html
"""

import anygpu


def array_ufunc(array, ufunc, method, inputs, options):
    """`ndarray.__array_ufunc__`: the function of ours with the ufunc's name."""
    function = getattr(anygpu, ufunc.__name__, None)
    if function is None:
        return NotImplemented
    if method in ("reduce", "accumulate", "outer", "at", "reduceat") and isinstance(function, anygpu.ufunc):
        function = getattr(function, method)
    elif method != "__call__":
        return NotImplemented
    out = options.pop("out", None)
    if isinstance(out, tuple):
        if len(out) != 1:
            return NotImplemented
        (out,) = out
    if out is not None and not isinstance(out, anygpu.ndarray):
        return NotImplemented
    if out is not None:
        options["out"] = out
    return function(*inputs, **options)


# Functions that write or show host bytes by their nature: the arrays are read for them.
_ON_THE_HOST = {"save", "savez", "savez_compressed", "savetxt", "array2string", "array_repr", "array_str"}


def _read(value):
    return value.get() if isinstance(value, anygpu.ndarray) else value


def array_function(array, function, types, args, options):
    """`ndarray.__array_function__`: the function of ours with the same name, if NumPy has it in its main namespace or in `numpy.linalg`."""
    if function.__name__ in _ON_THE_HOST and function.__module__ == "numpy":
        return function(*map(_read, args), **{name: _read(value) for name, value in options.items()})
    namespaces = {"numpy": anygpu, "numpy.linalg": anygpu.linalg}
    own = getattr(namespaces.get(function.__module__), function.__name__, None)
    if own is None:
        return NotImplemented
    return own(*args, **options)


def array_namespace(api_version):
    """`ndarray.__array_namespace__`: this module."""
    if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12", "2025.12"):
        raise ValueError(f"unsupported array API version {api_version!r}")
    return anygpu
