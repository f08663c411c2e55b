"""Devices by Numba's and CuPy's names: each adapter is one, by the index that `anygpu.adapters` lists it under.

Arrays are made on the default device, which `ANYGPU_ADAPTER` chooses before the first of them; an array on another is made with ``device=``.
"""

import contextlib

from .. import _anygpu
from ..device_functions import devices as _opened_devices
from ..device_functions import is_available


def _number_of(device):
    """The index of an `anygpu.Device`."""
    return next((a["index"] for a in _anygpu.adapters() if (a["name"], a["backend"]) == (device.name, device.backend)), 0)


def _current_number():
    return _number_of(_anygpu.Device())


class _Name(str):
    """A device's name, text here and bytes in Numba: `decode` gives the text as well."""

    def decode(self, encoding="utf-8", errors="strict"):
        return str(self)


_UNKNOWN = "no API of GPUs tells it"
#: Of `Device`'s attributes in Numba and CuPy, why those are not there that are not.
_ABSENT = {
    "compute_capability": "it numbers NVIDIA's architectures; `anygpu.Device().capabilities` says what a device can do",
    "MULTIPROCESSOR_COUNT": f"{_UNKNOWN}; a kernel with a grid-stride loop takes any number of blocks, some hundreds fill every GPU",
    "uuid": f"{_UNKNOWN}; `attributes` has the driver and the adapter's name",
    **dict.fromkeys("CLOCK_RATE MAX_REGISTERS_PER_BLOCK MAX_THREADS_PER_MULTI_PROCESSOR L2_CACHE_SIZE GLOBAL_MEMORY_BUS_WIDTH MEMORY_CLOCK_RATE".split(), _UNKNOWN),
    **dict.fromkeys("PCI_BUS_ID PCI_DEVICE_ID PCI_DOMAIN_ID pci_bus_id".split(), _UNKNOWN),
}


class Device:
    """A device by its number; the current one for None.

    ``MAX_THREADS_PER_BLOCK``, ``MAX_BLOCK_DIM_X`` (Y, Z), ``MAX_GRID_DIM_X`` (Y, Z), ``MAX_SHARED_MEMORY_PER_BLOCK`` and ``WARP_SIZE``, the largest where kernels
    have several, are those of its kernels.

    >>> from anygpu import cuda
    >>> cuda.Device() == cuda.get_current_device()
    True
    >>> cuda.Device().MAX_THREADS_PER_BLOCK >= 256
    True
    """

    #: float16 is read, written and computed on every device, bfloat16 on none.
    supports_float16, supports_bfloat16 = True, False

    def __init__(self, device=None):
        self.id = _current_number() if device is None else int(device)
        found = len(_anygpu.adapters())
        if not 0 <= self.id < found:
            raise IndexError(f"Device: there is no device {self.id}: {found} were found")

    @property
    def opened(self):
        """The `anygpu.Device`."""
        return _opened_devices()[self.id]

    @property
    def name(self):
        """The adapter's name."""
        return _Name(_anygpu.adapters()[self.id]["name"])

    @property
    def mem_info(self):
        """(free, total) bytes of device memory; RuntimeError where the driver does not tell."""
        info = self.opened.memory_info()
        if info["total"] is None or info["free"] is None:
            raise RuntimeError(f"mem_info: the driver of {self.name} does not say how much memory the device has")
        return info["free"], info["total"]

    @property
    def attributes(self):
        """What is known of the adapter: name, backend, driver, kind."""
        return dict(_anygpu.adapters()[self.id])

    def synchronize(self):
        """Waits until all work recorded on the device has run."""
        self.opened.synchronize()

    def use(self):
        """Nothing for the current device; the default of arrays cannot be changed once it is open."""
        if self.id != _current_number():
            raise RuntimeError(
                f"device {self.id} cannot become the current one: set ANYGPU_ADAPTER={self.id} before the first array, or make arrays with device="
            )
        return self

    set_current = use

    def reset(self):
        """Waits for the work recorded."""
        self.synchronize()

    def get_primary_context(self):
        """The context of the device."""
        return _Context(self)

    def __getattr__(self, name):
        if name.startswith(("MAX_BLOCK_DIM_", "MAX_GRID_DIM_")) and name[-1] in "XYZ":
            # A launch has less than 2**32 blocks in all.
            return self.opened.limits["block_dim"]["XYZ".index(name[-1])] if "BLOCK" in name else 2**31 - 1
        if name in ("MAX_THREADS_PER_BLOCK", "MAX_SHARED_MEMORY_PER_BLOCK"):
            return self.opened.limits["threads_per_block" if "THREADS" in name else "shared_memory"]
        if name == "WARP_SIZE":
            sizes = self.opened.subgroup_sizes
            if sizes is None:
                raise AttributeError("WARP_SIZE: kernels of this device have no operations on the lanes of a warp")
            return sizes[1]
        why = _ABSENT.get(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}" + (f": {why}" if why else ""))

    def __enter__(self):
        return self.use()

    def __exit__(self, *exception):
        return False

    def __int__(self):
        return self.id

    def __eq__(self, other):
        return isinstance(other, Device) and self.id == other.id

    def __hash__(self):
        return hash(self.id)

    def __repr__(self):
        return f"<device {self.id} {self.name!r}>"


class _Devices:
    """The list of devices."""

    def __len__(self):
        return len(_anygpu.adapters())

    def __getitem__(self, number):
        return Device(number)

    def __iter__(self):
        return (Device(k) for k in range(len(self)))

    @property
    def current(self):
        return get_current_device()


gpus = _Devices()


def list_devices():
    """The devices found."""
    return list(gpus)


def get_current_device():
    """The device that arrays are made on."""
    return Device()


def get_device_id():
    """The number of the device that arrays are made on."""
    return _current_number()


def select_device(device_id):
    """The device with this number, which must be the current one, see `Device.use`."""
    return Device(device_id).use()


def detect():
    """Prints the adapters found; whether there are any."""
    found = _anygpu.adapters()
    print(f"Found {len(found)} adapters")
    for adapter in found:
        print("id {index}    {name} ({backend}, {kind}) {driver}".format(**adapter))
    return bool(found)


def close():
    """Nothing: memory goes back when arrays do."""


def synchronize():
    """Waits until all recorded work has run."""
    _anygpu.Device().synchronize()


class CudaSupportError(ImportError):
    """What Numba raises without a GPU; here `anygpu.DeviceError` says so when the first array is made."""


def is_supported_version():
    """True: no version of CUDA is asked for."""
    return True


def cuda_error():
    """None: no driver of CUDA is looked for. Whether a device can be used says `is_available`."""


def is_float16_supported():
    """True: float16 is read, written and computed on every device."""
    return True


def is_bfloat16_supported():
    """False."""
    return False


def is_fp8_supported():
    """False."""
    return False


def require_context(function):
    """The function itself: the device is opened by whatever needs it first."""
    return function


@contextlib.contextmanager
def defer_cleanup():
    """A context that changes nothing: memory of arrays that go is kept for the next ones, without waiting."""
    yield


def profile_start():
    """Nothing: profilers of other makers are started by themselves. `Device.counters` counts launches and transfers."""


def profile_stop():
    """Nothing, as `profile_start`."""


@contextlib.contextmanager
def profiling():
    """A context that changes nothing, as `profile_start`."""
    yield


class _Context:
    def __init__(self, device):
        self.device = device

    def get_memory_info(self):
        """(free, total) bytes of device memory."""
        return self.device.mem_info

    def reset(self):
        synchronize()

    def synchronize(self):
        synchronize()

    def push(self):
        """Nothing: there is one context a device."""

    def pop(self):
        """Nothing: there is one context a device."""


def current_context(devnum=None):
    """The context of the device."""
    return _Context(Device(devnum))
