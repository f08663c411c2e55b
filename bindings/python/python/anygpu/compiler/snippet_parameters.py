"""The parameters of kernels made of snippets: ``'T x, raw float32 y'``, their types, and what is given for them."""

import re
from dataclasses import dataclass

import numpy as np

from .. import _anygpu
from . import c_types, ir, types, values

#: Names that snippets have already.
_TAKEN = {"i", "_ind", "_in_ind", "_out_ind", "a", "b"}
_NUMBERS = {bool: np.dtype(bool), int: np.dtype("int64"), float: np.dtype("float64"), complex: np.dtype("complex128")}


@dataclass
class Parameter:
    """`type` is a dtype, or the letter that stands for one."""

    name: str
    type: object
    is_raw: bool
    is_output: bool


def parse(text, is_output, what, taken):
    """The parameters in a text."""
    if not isinstance(text, str):
        raise TypeError(f"{what}: parameters are a str like 'T x, T y', not {type(text).__name__}")
    found = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        words = part.split()
        is_raw = words[0] == "raw"
        words = words[is_raw:]
        if words and words[0] == "_non_const":
            words = words[1:]
        if len(words) != 2 or not re.fullmatch(r"[A-Za-z_]\w*", words[1]):
            raise ValueError(f"{what}: {part!r} is no parameter: it has a type and a name, as 'T x' or 'raw float32 x'")
        kind, name = words
        if name in taken or name.startswith("__"):
            raise ValueError(f"{what}: a parameter cannot be called {name!r}")
        if len(kind) > 1:
            try:
                kind = np.dtype(kind)
            except TypeError:
                raise ValueError(f"{what}: {kind!r} is no dtype; a letter stands for a type that follows from the arguments") from None
            if kind.kind not in "biufc" or kind.itemsize > 16:
                raise ValueError(f"{what}: anygpu has no arrays of {kind}")
        found.append(Parameter(name, kind, is_raw, is_output))
    return found


def check_names(parameters, what):
    names = [p.name for p in parameters]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what}: two parameters are called {name!r}")


def taken(*names):
    """The names that parameters cannot have."""
    return _TAKEN | set(names)


def is_number(value):
    return isinstance(value, (bool, int, float, complex, np.generic)) and not isinstance(value, (np.str_, np.bytes_, np.void))


def device_arrays(parameters, given, what):
    """The arguments with NumPy's arrays uploaded; where one is written, ``(position, the NumPy array)`` is in the second list."""
    from ..creation_functions import asarray

    found, host = [], []
    for k, (parameter, value) in enumerate(zip(parameters, given)):
        if isinstance(value, np.ndarray):
            if parameter.is_output:
                if not value.flags.writeable:
                    raise ValueError(f"{what}: `{parameter.name}` is written, and the NumPy array is read-only")
                host.append((k, value))
            value = asarray(value)
        elif not isinstance(value, _anygpu.ndarray):
            if not is_number(value):
                raise TypeError(f"{what}: `{parameter.name}` takes an array or a number, not {type(value).__name__}")
            if parameter.is_output:
                raise TypeError(f"{what}: `{parameter.name}` is an output and takes an array, and {value!r} was given")
        found.append(value)
    return found, host


def resolve(parameters, given, what):
    """(the dtype of each parameter, the dtypes that letters stand for)."""
    letters = {}
    for parameter, value in zip(parameters, given):
        if not isinstance(value, _anygpu.ndarray):
            continue
        wanted = letters.setdefault(parameter.type, value.dtype) if isinstance(parameter.type, str) else parameter.type
        if wanted != value.dtype:
            meaning = f"{parameter.type} is {wanted} already" if isinstance(parameter.type, str) else f"is {wanted}"
            raise TypeError(f"{what}: `{parameter.name}` {meaning}, and an array of {value.dtype} was given: convert it with astype")
    for parameter, value in zip(parameters, given):
        if isinstance(parameter.type, str) and parameter.type not in letters and is_number(value):
            letters[parameter.type] = value.dtype if isinstance(value, np.generic) else _NUMBERS[type(value)]
    dtypes = []
    for parameter in parameters:
        kind = letters.get(parameter.type) if isinstance(parameter.type, str) else parameter.type
        if kind is None:
            raise TypeError(
                f"{what}: the type {parameter.type} of `{parameter.name}` does not follow from the arguments: give it as a dtype, or pass the array"
            )
        dtypes.append(kind)
    return dtypes, letters


def as_number(value, dtype, parameter, what):
    """A number in a dtype."""
    kind = np.asarray(value).dtype.kind
    if (dtype.kind in "iub" and kind in "fc") or (dtype.kind == "f" and kind == "c"):
        raise TypeError(f"{what}: `{parameter.name}` is {dtype}, and {value!r} was given: convert it")
    with np.errstate(all="ignore"):
        return np.array(value.item() if isinstance(value, np.generic) else value, dtype).item()


def named_types(letters):
    """What the letters mean to the parser."""
    return {letter: c_types.scalar(dtype) for letter, dtype in letters.items()}


def size_value(number):
    """A number of elements that the launch passes as int32."""
    value = ir.Cast(int, ir.Argument(np.dtype("int32"), number))
    value.not_negative = True
    return value


class Loop:
    """`_ind` and its like in snippets."""

    def __init__(self, size, indices):
        self.methods = {"size": lambda: size, "get": lambda: values.Tuple(indices)}
        self.members = {"ndim": ir.Const(int, len(indices))}


def raw_array(number, dtype, parameter, shape):
    """A `raw` parameter in snippets: its elements in C order."""
    array = ir.Array("argument", f"a{number}", dtype, 1, parameter=number)
    array.label = parameter.name
    array.is_input = not parameter.is_output
    size = ir.Length(int, array, 0)
    array.extents = shape
    array.methods = {"size": lambda: size, "shape": lambda: values.Tuple(shape), "strides": lambda: values.Tuple(_strides(dtype, shape))}
    array.members = {"ndim": ir.Const(int, len(shape))}
    return array


def _strides(dtype, shape):
    """The bytes from one element to the next along each axis, in C order, as `raw` parameters are."""
    found = [ir.Const(int, dtype.itemsize)]
    compute, result = types.operate("multiply", [int, int])
    for length in reversed(shape[1:]):
        found.insert(0, ir.Operation(result, "multiply", compute, [found[0], length]))
    return found[: len(shape)]


def argument(dtype, number):
    """A number that is passed to a kernel, as snippets see it."""
    value = ir.Argument(dtype, number)
    return ir.Cast(int, value) if dtype == types.INT64 else value


def element(array, indices):
    """An element, as snippets see it."""
    value = ir.Load(array.dtype, array, indices)
    return ir.Cast(int, value) if array.dtype == types.INT64 else value


def flat(array):
    """An array's elements in C order: a view where that is possible."""
    from ..creation_functions import ascontiguousarray

    return ascontiguousarray(array).reshape(-1)


def separated(kernel, arrays, outputs, words, grid, what):
    """Launches; where an output shares memory with an input, the input is read from a copy."""
    if kernel.launch(arrays, words, grid):
        return
    given = list(arrays)
    for k, array in enumerate(arrays):
        if k not in outputs and any(array._shares_memory(arrays[j]) for j in outputs):
            given[k] = array.copy()
    if not kernel.launch(given, words, grid):
        raise ValueError(f"{what}: two of the outputs share memory")
