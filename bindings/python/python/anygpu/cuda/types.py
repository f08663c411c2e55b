"""The types of kernels under Numba's names: of numbers ``float32``, of arrays ``float32[:]``, of functions ``void(float32[:], int32)``."""

from ..compiler.numba_types import Array, Scalar, Tuple, UniTuple, Void

boolean = bool_ = b1 = Scalar("bool")
int8 = char = i1 = Scalar("int8")
int16 = i2 = short = Scalar("int16")
int32 = i4 = intc = Scalar("int32")
int64 = i8 = intp = longlong = Scalar("int64")
uint8 = byte = uchar = u1 = Scalar("uint8")
uint16 = u2 = ushort = Scalar("uint16")
uint32 = u4 = uintc = Scalar("uint32")
uint64 = u8 = uintp = ulonglong = Scalar("uint64")
float16 = f2 = Scalar("float16")
float32 = f4 = Scalar("float32")
float64 = f8 = double = Scalar("float64")
complex64 = c8 = Scalar("complex64")
complex128 = c16 = Scalar("complex128")
#: The result of a kernel, in signatures.
void = none = Void()

__all__ = [name for name in dir() if not name.startswith("_")]
