"""The types of kernels under Numba's names: NumPy's dtypes."""

from numpy import bool_, complex64, complex128, float16, float32, float64, int8, int16, int32, int64, intp, uint8, uint16, uint32, uint64, uintp

boolean = b1 = bool_
byte = u1 = uint8
char = i1 = int8
i2, i4, i8 = int16, int32, int64
u2, u4, u8 = uint16, uint32, uint64
f2, f4, f8 = float16, float32, float64
c8, c16 = complex64, complex128
#: The result of a kernel, in signatures.
void = none = None

__all__ = [name for name in dir() if not name.startswith("_")]
