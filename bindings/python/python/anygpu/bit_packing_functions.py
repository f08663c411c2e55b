"""Truth values packed into bytes, eight to one."""

import operator

from .creation_functions import arange, asarray, in_order_of, zeros
from .manipulation_functions import _axis, concatenate


def _lines(a, axis):
    """The array with the axis (of the flattened array for None) last, and where it belongs."""
    if axis is None or a.ndim == 0:
        if axis is not None:
            _axis(axis, 1)
        return a.reshape(-1), 0
    axis = _axis(axis, a.ndim)
    return a.swapaxes(axis, a.ndim - 1), axis


def _check_order(bitorder):
    if not isinstance(bitorder, str):
        raise TypeError(f"bitorder must be str, not {type(bitorder).__name__}")
    if bitorder not in ("big", "little"):
        raise ValueError("'order' must be either 'little' or 'big'")
    return bitorder == "big"


def packbits(a, /, axis=None, bitorder="big"):
    """Truth values along an axis (of the flattened array for None) as the bits of bytes; the last byte is filled up with zeros.

    >>> import anygpu as ag
    >>> ag.packbits(ag.asarray([1, 0, 1]))
    array([160], dtype=uint8)
    """
    big, given = _check_order(bitorder), asarray(a)
    if given.dtype.kind not in "biu":
        raise TypeError("Expected an input array of integer or boolean data type")
    a, axis = _lines(given, axis)
    bits = a != 0
    missing = -bits.shape[-1] % 8
    if missing:
        bits = concatenate([bits, zeros(bits.shape[:-1] + (missing,), bool)], axis=-1)
    bits = bits.astype("uint8")
    result = bits[..., 0::8] << (7 if big else 0)
    for k in range(1, 8):
        result = result | (bits[..., k::8] << (7 - k if big else k))
    return in_order_of(given, result.swapaxes(axis, result.ndim - 1)) if result.ndim > 1 else result


def unpackbits(a, /, axis=None, count=None, bitorder="big"):
    """The bits of bytes along an axis (of the flattened array for None), as zeros and ones in uint8.

    ``count`` of them, or all but the last ``-count``.

    >>> import anygpu as ag
    >>> ag.unpackbits(ag.asarray([160], dtype="uint8"), count=3)
    array([1, 0, 1], dtype=uint8)
    """
    big, given = _check_order(bitorder), asarray(a)
    if given.dtype != "uint8":
        raise TypeError("Expected an input array of unsigned byte data type")
    a, axis = _lines(given, axis)
    shifts = arange(8, dtype="uint8")
    bits = (a.reshape(a.shape + (1,)) >> (shifts._flip() if big else shifts)) & 1
    bits = bits.reshape(a.shape[:-1] + (8 * a.shape[-1],))
    if count is not None:
        count = operator.index(count)
        length = bits.shape[-1]
        if count < 0:
            if -count > length:
                raise ValueError(f"-ve count can not exceed number of elements, {count} with {length} bits")
            count += length
        bits = bits[..., :count]
        if count > length:
            bits = concatenate([bits, zeros(bits.shape[:-1] + (count - length,), "uint8")], axis=-1)
    return in_order_of(given, bits.swapaxes(axis, bits.ndim - 1)) if bits.ndim > 1 else bits
