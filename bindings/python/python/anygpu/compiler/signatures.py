"""Signatures as Numba writes them: ``"float32(float32, float32)"``, ``"void(float64[:], int64)"``."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

_ALIASES = {"boolean": "bool", "b1": "bool", "intp": "int64", "uintp": "uint64"}
_SHORT = {f"{kind}{size}": f"{name}{8 * size}" for kind, name in (("i", "int"), ("u", "uint"), ("f", "float"), ("c", "complex")) for size in (1, 2, 4, 8, 16)}
# A parameter, with commas within its brackets: those of `float64[:,:]`.
_PARAMETER = re.compile(r"[^,\[\]]+(?:\[[^\]]*\])?")


@dataclass
class Signature:
    """`result` is a dtype, None for void and where the signature does not say; `parameters` are (dtype, whether it is an array)."""

    result: Any
    parameters: list


def parse(given, name):
    """The signatures of a list of texts, tuples of dtypes or Numba's own objects, or of one of them; none for None."""
    if given is None:
        return []
    found = []
    for one in given if isinstance(given, list) else [given]:
        try:
            found.append(_signature(one))
        except (TypeError, ValueError):
            raise TypeError(f"{name}: {one!r} is not a signature such as 'float32(float32, float32)' or 'void(float64[:], float64)'") from None
    return found


def _signature(one):
    if isinstance(one, str):
        head, bracket, rest = one.strip().partition("(")
        if bracket and not rest.endswith(")"):
            raise ValueError
        inner = rest[:-1] if bracket else one
        result = head.strip() if bracket else ""
        parts = [part for part in _PARAMETER.findall(inner) if part.strip()]
    else:
        parts = list(getattr(one, "args", one))
        result = getattr(one, "return_type", None)
    void = result is None or str(result) in ("", "void", "none")
    return Signature(None if void else _parameter(result)[0], [_parameter(part) for part in parts])


def _parameter(part):
    if isinstance(part, (type, np.dtype)):
        return np.dtype(part), False
    # Numba's arrays have the type of their elements.
    if getattr(part, "dtype", None) is not None and hasattr(part, "ndim"):
        return _dtype(str(part.dtype)), True
    name, bracket, _ = str(part).strip().partition("[")
    return _dtype(name.strip()), bool(bracket)


def _dtype(name):
    return np.dtype(_ALIASES.get(name) or _SHORT.get(name, name))


def choose(signatures, operands, name):
    """The first signature that takes the operands, arrays or Python numbers, without loss; None where there are no signatures.

    Raises `TypeError` where none does.
    """
    for signature in signatures:
        if all(_fits(operand, dtype) for operand, (dtype, _) in zip(operands, signature.parameters)):
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
