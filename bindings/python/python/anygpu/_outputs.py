"""The argument ``out=`` of functions."""

import numpy as np

from ._anygpu import ndarray


def store(name, result, out, casting="same_kind"):
    """`result`, put into `out` where that is given: an array of its exact shape, of a dtype that `casting` allows."""
    if isinstance(out, tuple) and len(out) == 1:
        (out,) = out
    if out is None:
        return result
    if not isinstance(out, ndarray):
        raise TypeError("return arrays must be of anygpu.ndarray type")
    if out.shape != result.shape:
        raise ValueError(f"{name}: output array of shape {out.shape} given for a result of shape {result.shape}")
    if not np.can_cast(result.dtype, out.dtype, casting):
        raise TypeError(f"Cannot cast {name} output from {result.dtype!r} to {out.dtype!r} with casting rule {casting!r}")
    out[...] = result
    return out
