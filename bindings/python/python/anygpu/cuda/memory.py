"""CuPy's names for memory. Memory is kept for reuse in one pool a device, always: allocators that are set change nothing."""

from contextlib import contextmanager

from .._anygpu import OutOfMemoryError
from ..device_functions import MemoryPool, PinnedMemoryPool

__all__ = ["MemoryPool", "OutOfMemoryError", "PinnedMemoryPool", "get_allocator", "set_allocator", "set_pinned_memory_allocator", "using_allocator"]


def get_allocator():
    """The pool's own."""
    return MemoryPool().malloc


def set_allocator(allocator=None):
    """Nothing: arrays are always taken from the device's pool."""


set_pinned_memory_allocator = set_allocator


@contextmanager
def using_allocator(allocator=None):
    """Nothing: arrays are always taken from the device's pool."""
    yield
