"""Names under which CuPy code looks for devices and memory."""

from . import memory
from .memory import OutOfMemoryError

__all__ = ["OutOfMemoryError", "memory"]
