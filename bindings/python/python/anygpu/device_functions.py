"""Devices: waiting, memory, fusion, the default float."""

from contextlib import contextmanager

import numpy as np

from ._anygpu import Device, adapters

_default_float = np.dtype(np.float64)


def default_float():
    """The dtype that creation functions use without a dtype."""
    return _default_float


def set_default_float(dtype):
    """Changes the dtype that creation functions use without a dtype: ``"float64"`` (at import), ``"float32"`` or ``"float16"``. Nothing else changes."""
    global _default_float
    dtype = np.dtype(dtype)
    if dtype not in (np.float64, np.float32, np.float16):
        raise ValueError(f"set_default_float: expected float16, float32 or float64, got {dtype}")
    _default_float = dtype


def synchronize(device=None):
    """Waits until everything recorded on a device so far has run."""
    (Device() if device is None else device).synchronize()


@contextmanager
def fusion(on=True, device=None):
    """Within it, elementwise operations are fused into one kernel (or, ``on=False``, run one by one).

    >>> import anygpu as ag
    >>> with ag.fusion(False):
    ...     y = ag.ones(3) * 2 + 1
    """
    device = Device() if device is None else device
    before = device.set_fusion(on)
    try:
        yield
    finally:
        device.set_fusion(before)


_opened = {}


def devices():
    """One device for each adapter, best first: the default device for its own, the others opened once."""
    default = Device()
    own = next((a["index"] for a in adapters() if (a["name"], a["backend"]) == (default.name, default.backend)), None)
    return [default if a["index"] == own else _open(a["index"]) for a in adapters()]


def _open(index):
    if index not in _opened:
        _opened[index] = Device(index)
    return _opened[index]


class MemoryPool:
    """The memory pool of a device, by CuPy's names."""

    def __init__(self, device=None):
        self._device = device

    def _info(self):
        return (self._device or Device()).memory_info()

    def used_bytes(self):
        """Bytes of live arrays."""
        return self._info()["in_use"]

    def free_bytes(self):
        """Bytes kept for reuse."""
        return self._info()["cached"]

    def total_bytes(self):
        """Bytes taken from the driver."""
        return self.used_bytes() + self.free_bytes()

    def malloc(self, size):
        """Raises NotImplementedError: memory comes as arrays. The name is there for `anygpu.cuda.set_allocator`."""
        raise NotImplementedError("MemoryPool.malloc: there are no pointers into device memory; make an array, anygpu.empty(size, dtype='uint8')")

    def n_free_blocks(self):
        """Whether memory is kept for reuse, as 0 or 1: the number of its pieces is not counted."""
        return int(self.free_bytes() > 0)

    def free_all_blocks(self, stream=None):
        """Gives the memory kept for reuse back to the driver."""
        (self._device or Device()).free_all_blocks()

    def set_limit(self, size=None, fraction=None):
        """Sets the most bytes that arrays may take (0: no limit), or a fraction of the device's memory."""
        device = self._device or Device()
        if size is not None and fraction is not None:
            raise ValueError("size and fraction cannot be specified at one time")
        if fraction is not None:
            total = device.memory_info()["total"]
            if total is None:
                raise ValueError("set_limit: this driver does not say how much memory the device has; give size in bytes")
            if not 0 <= fraction <= 1:
                raise ValueError(f"memory limit fraction out of range: {fraction}")
            size = int(total * fraction)
        if size is not None and size < 0:
            raise ValueError(f"memory limit size out of range: {size}")
        device.set_memory_limit(size or None)

    def get_limit(self):
        """The limit in bytes; 0 where none is set."""
        return self._info()["limit"] or 0


_pool = MemoryPool()


def get_default_memory_pool():
    """The memory pool of the default device."""
    return _pool


class PinnedMemoryPool:
    """CuPy's pool of host memory for transfers: transfers go through rings of buffers of their own, so that there is nothing to keep or to free."""

    def free_all_blocks(self):
        """Nothing to free."""

    def n_free_blocks(self):
        """Always 0."""
        return 0


_pinned_pool = PinnedMemoryPool()


def get_default_pinned_memory_pool():
    """The pool of host memory for transfers, by CuPy's names."""
    return _pinned_pool


def is_available():
    """Whether there is an adapter to run on."""
    return bool(adapters())


def show_config():
    """Prints the versions, the adapters and what the default device can do, for bug reports."""
    from ._anygpu import __version__

    print(f"anygpu {__version__}, NumPy {np.__version__}")
    for adapter in adapters():
        print("adapter {index}: {name} ({backend}, {kind}) {driver}".format(**adapter))
    print(Device().capabilities)
