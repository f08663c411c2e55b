"""CuPy's place for the out-of-memory exception and the memory pool."""

from .._anygpu import OutOfMemoryError
from ..device_functions import MemoryPool

__all__ = ["MemoryPool", "OutOfMemoryError"]
