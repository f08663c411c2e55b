"""Signatures as Numba writes them: ``"float32(float32, float32)"``, ``"void(float64[:], int64)"``, or made of its types, ``float32(float32, float32)``."""

import ast
import re

import numpy as np

from . import ir, types, values
from .numba_types import Array, Scalar, Signature, Tuple, Type, Void
from .subscripts import array_under, is_array

_ALIASES = {"boolean": "bool", "b1": "bool", "intp": "int64", "uintp": "uint64", "double": "float64"}
_SHORT = {f"{kind}{size}": f"{name}{8 * size}" for kind, name in (("i", "int"), ("u", "uint"), ("f", "float"), ("c", "complex")) for size in (1, 2, 4, 8, 16)}


def parse(given, name):
    """The signatures of a list of texts, tuples of types or signatures, or of one of them; none for None."""
    if given is None:
        return []
    found = []
    for one in given if isinstance(given, list) else [given]:
        try:
            found.append(_signature(one))
        except (AttributeError, TypeError, ValueError, SyntaxError):
            raise TypeError(f"{name}: {one!r} is not a signature such as 'float32(float32, float32)' or 'void(float64[:], float64)'") from None
    return found


def _signature(one):
    if isinstance(one, Signature):
        return one
    if isinstance(one, str):
        tree = ast.parse(one.strip(), mode="eval").body
        if isinstance(tree, ast.Call) and not _is_tuple(tree):
            return Signature(_parsed(tree.func), [_parsed(a) for a in tree.args])
        parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
        return Signature(None, [_parsed(a) for a in parts])
    if isinstance(one, (tuple, Type)):
        return Signature(None, [_type(a) for a in (one if isinstance(one, tuple) else (one,))])
    # Numba's own.
    result = one.return_type
    return Signature(None if result is None else Void() if str(result) == "none" else _type(result), [_type(a) for a in one.args])


def _is_tuple(tree):
    return isinstance(tree.func, ast.Name) and tree.func.id in ("Tuple", "UniTuple")


def _parsed(tree):
    """The type that a part of a signature's text names."""
    if isinstance(tree, ast.Subscript):
        axes = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        steps = [None if a.step is None else ast.literal_eval(a.step) for a in axes]
        return _parsed(tree.value)[tuple(slice(None, None, s) for s in steps)]
    if isinstance(tree, ast.Call) and _is_tuple(tree):
        if tree.func.id == "Tuple":
            return Tuple([_parsed(a) for a in tree.args[0].elts])
        return Tuple([_parsed(tree.args[0])] * ast.literal_eval(tree.args[1]))
    if isinstance(tree, ast.Constant) and tree.value is None:
        return Void()
    name = tree.attr if isinstance(tree, ast.Attribute) else tree.id
    return Void() if name in ("void", "none") else _scalar(name)


def _scalar(name):
    return Scalar(_ALIASES.get(name) or _SHORT.get(name, name))


def _type(one):
    """A type given as one of ours, a dtype, a text, or Numba's own."""
    if isinstance(one, Type):
        return one
    if one is None:
        return Void()
    if isinstance(one, (type, np.dtype)):
        return Scalar(one)
    if isinstance(one, str):
        return _parsed(ast.parse(one.strip(), mode="eval").body)
    if getattr(one, "dtype", None) is not None and hasattr(one, "ndim"):
        return Array(_scalar(re.sub(r"^bool$", "boolean", str(one.dtype))).dtype, one.ndim, getattr(one, "layout", "A"))
    return _scalar(str(one))


def check_count(signatures, least, most, name):
    """Raises TypeError where a signature has other than `least` to `most` parameters."""
    for signature in signatures:
        if not least <= len(signature.args) <= most:
            takes = str(most) if least == most else f"{least} to {most}"
            raise TypeError(f"{name}: the signature {signature} has {len(signature.args)} parameters, and the function takes {takes}")


def choose(signatures, operands, name):
    """The first signature that takes the operands, arrays or Python numbers, without loss; None where there are no signatures.

    Raises `TypeError` where none does.
    """
    for signature in signatures:
        if all(_fits(operand, parameter.dtype) for operand, parameter in zip(operands, signature.args)):
            return signature
    if not signatures:
        return None
    kinds = ", ".join(getattr(getattr(o, "dtype", None), "name", type(o).__name__) for o in operands)
    raise TypeError(f"{name}(): no signature takes inputs of {kinds}; convert them with astype()")


def _fits(operand, dtype):
    if hasattr(operand, "dtype"):
        return np.can_cast(operand.dtype, dtype, "safe")
    # A Python number fits every dtype of its kind that can hold it, and of those after it.
    if dtype.kind in "iu" and isinstance(operand, int) and not np.iinfo(dtype).min <= operand <= np.iinfo(dtype).max:
        return False
    kinds = "biufc"
    least = "b" if isinstance(operand, bool) else "i" if isinstance(operand, int) else "f" if isinstance(operand, float) else "c"
    return kinds.index(dtype.kind) >= kinds.index(least)


def for_launch(signatures, arguments, name):
    """The arguments of a launch as the signature says that is nearest to them: numbers converted to its types.

    Arrays have to have a parameter's dtype and number of dimensions. Raises `TypeError` where no signature takes the arguments, `OverflowError` for an integer
    that its type does not hold.
    """
    return [_converted(a, p) for a, p in zip(arguments, _nearest(signatures, list(map(_of_argument, arguments)), name).args)]


def for_call(signatures, arguments, name):
    """The signature that is nearest to what is passed to a function within a kernel."""
    return _nearest(signatures, list(map(_of_value, arguments)), name)


#: How near an argument is to a parameter; less is nearer.
_SAME, _SAFE, _KIND, _NUMBER = range(4)


def _nearest(signatures, given, name):
    found = [(_distances(given, s.args), k) for k, s in enumerate(signatures)]
    found = [(d, k) for d, k in found if d is not None]
    if not found:
        raise TypeError(f"{name}(): no signature takes ({', '.join(map(str, given))}); there are {', '.join(map(str, signatures))}")
    return signatures[min(found)[1]]


def type_of_argument(argument):
    """The type of an argument of a launch, or the type itself. Raises `TypeError` for what is no argument."""
    if isinstance(argument, Type):
        return argument
    kind = _of_argument(argument)
    if isinstance(kind, str):
        raise TypeError(f"{argument!r} is no argument of a kernel: arrays, numbers and tuples of them are")
    if isinstance(kind, Array):
        flags = getattr(argument, "array", argument).flags
        return Array(kind.dtype, kind.ndim, "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A")
    return kind


def _of_argument(argument):
    """The type of an argument of a launch; what is no type of Numba's is its Python type's name."""
    argument = getattr(argument, "array", argument)  # In(x), Out(x)
    if isinstance(argument, (tuple, list)):
        return Tuple(map(_of_argument, argument))
    kind = types.type_of_number(argument)
    if kind is not None:
        return Scalar(types.storage(kind))
    if argument is None:
        return Void()
    return Array(argument.dtype, argument.ndim) if hasattr(argument, "ndim") else type(argument).__name__


def _of_value(value):
    """The type of a value of a kernel."""
    if isinstance(value, values.Tuple):
        return Tuple(map(_of_value, value.items))
    if isinstance(value, ir.Expr):
        return Scalar(types.storage(value.type))
    if is_array(value):
        return Array(array_under(value).dtype, value.ndim)
    what = getattr(value, "value", value)
    return Void() if what is None else type(what).__name__


def _distances(given, parameters):
    """How near each is, the furthest first; None where one does not fit."""
    if len(given) != len(parameters):
        return None
    distances = [_distance(a, p) for a, p in zip(given, parameters)]
    return None if None in distances else sorted(distances, reverse=True)


def _distance(kind, parameter):
    if isinstance(parameter, Tuple):
        inner = _distances(kind.types, parameter.types) if isinstance(kind, Tuple) else None
        return None if inner is None else max(inner, default=_SAME)
    if isinstance(parameter, Array):
        return _SAME if isinstance(kind, Array) and (kind.dtype, kind.ndim) == (parameter.dtype, parameter.ndim) else None
    if isinstance(parameter, Void):
        return _SAME if isinstance(kind, Void) else None
    if not isinstance(kind, Scalar):
        return None
    if kind.dtype == parameter.dtype:
        return _SAME
    for distance, rule in ((_SAFE, "safe"), (_KIND, "same_kind")):
        if np.can_cast(kind.dtype, parameter.dtype, rule):
            return distance
    return _NUMBER if kind.dtype.kind in "biu" and parameter.dtype.kind in "biu" else None


def _converted(argument, parameter):
    if isinstance(parameter, Tuple):
        return tuple(map(_converted, argument, parameter.types))
    return parameter.converted(argument) if isinstance(parameter, Scalar) else argument
