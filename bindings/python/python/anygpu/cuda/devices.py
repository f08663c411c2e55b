"""Devices, streams and events, by Numba's names. There is one queue, in order: a stream is that queue."""

import time

from .. import _anygpu


def is_available():
    """Whether there is an adapter to run kernels on."""
    return bool(_anygpu.adapters())


class _Device:
    """A device as Numba shows it."""

    def __init__(self, number):
        self.id = number

    @property
    def name(self):
        return str(_anygpu.Device().name).encode() if False else _anygpu.adapters()[self.id].name

    def __repr__(self):
        return f"<device {self.id} {self.name!r}>"

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False

    def reset(self):
        """Waits for the work recorded."""
        synchronize()


class _Devices:
    """The list of devices."""

    def __len__(self):
        return len(_anygpu.adapters())

    def __getitem__(self, number):
        if not 0 <= number < len(self):
            raise IndexError(f"device {number} of {len(self)}")
        return _Device(number)

    def __iter__(self):
        return (_Device(k) for k in range(len(self)))

    @property
    def current(self):
        return get_current_device()


gpus = _Devices()


def list_devices():
    """The adapters found."""
    return list(gpus)


def get_current_device():
    """The device that arrays are made on."""
    return _Device(0)


def select_device(device_id):
    """The device with this number; which one arrays use is chosen by ANYGPU_ADAPTER before the first array."""
    return gpus[device_id]


def detect():
    """Prints the adapters found; whether there are any."""
    found = _anygpu.adapters()
    print(f"Found {len(found)} adapters")
    for k, adapter in enumerate(found):
        print(f"id {k}    {adapter}")
    return bool(found)


def close():
    """Nothing: memory goes back when arrays do."""


def synchronize():
    """Waits until all recorded work has run."""
    _anygpu.Device().synchronize()


class _Context:
    def get_memory_info(self):
        """(free, total) bytes of device memory."""
        free, total = _anygpu.Device().mem_info
        return free, total

    def reset(self):
        synchronize()

    def synchronize(self):
        synchronize()


def current_context(devnum=None):
    """The context of the device."""
    return _Context()


class Stream:
    """The device's one queue."""

    def synchronize(self):
        """Waits until all recorded work has run."""
        synchronize()

    def auto_synchronize(self):
        """A context that waits at its end."""
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        synchronize()
        return False

    def __bool__(self):
        return True


def stream():
    """The queue."""
    return Stream()


default_stream = stream


class Event:
    """A point in the recorded work, and the host's time when it was reached."""

    def __init__(self, timing=True):
        self.time = None

    def record(self, stream=0):
        """Marks the point: the work so far has run when this returns."""
        synchronize()
        self.time = time.perf_counter()

    def synchronize(self):
        """Nothing is left to wait for."""

    wait = query = synchronize

    def elapsed_time(self, end):
        """Milliseconds from this event to another."""
        return (end.time - self.time) * 1e3


def event(timing=True):
    """An event."""
    return Event(timing)


def event_elapsed_time(evtstart, evtend):
    """Milliseconds between two events."""
    return evtstart.elapsed_time(evtend)
