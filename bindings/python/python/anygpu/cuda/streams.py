"""Streams and events, by Numba's and CuPy's names. A device has one queue, in order: every stream is that queue."""

import time

from .devices import synchronize


class Stream:
    """The device's one queue. CuPy's arguments are accepted and change nothing."""

    ptr = 0

    def __init__(self, null=False, non_blocking=False, ptds=False):
        pass

    def synchronize(self):
        """Waits until all recorded work has run."""
        synchronize()

    def auto_synchronize(self):
        """A context that waits at its end."""
        return self

    def use(self):
        """The queue, which is in use."""
        return self

    @property
    def done(self):
        """True: whether work is left is only known by waiting, which this does."""
        synchronize()
        return True

    def record(self, event=None):
        """An event (or the one given) at this point of the queue."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event):
        """Nothing: the queue is in order."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        synchronize()
        return False

    def __bool__(self):
        return True

    def __eq__(self, other):
        return isinstance(other, Stream)

    def __hash__(self):
        return hash(Stream)


Stream.null = Stream()


def stream():
    """The queue."""
    return Stream()


default_stream = stream


def get_current_stream(device_id=-1):
    """The queue."""
    return Stream.null


class Event:
    """A point in the recorded work, and the host's time when it was reached. CuPy's arguments are accepted and change nothing."""

    def __init__(self, block=False, disable_timing=False, interprocess=False, *, timing=True):
        self.time = None

    def record(self, stream=None):
        """Marks the point: the work so far has run when this returns."""
        synchronize()
        self.time = time.perf_counter()

    def synchronize(self):
        """Nothing is left to wait for."""

    def wait(self, stream=None):
        """Nothing: the queue is in order."""

    def query(self):
        """True: the work before the event has run."""
        return True

    done = property(query)

    def elapsed_time(self, end):
        """Milliseconds from this event to another."""
        return get_elapsed_time(self, end)


def event(timing=True):
    """An event."""
    return Event()


def get_elapsed_time(start_event, end_event):
    """Milliseconds between two events that were recorded."""
    if start_event.time is None or end_event.time is None:
        raise ValueError("elapsed time: both events must have been recorded")
    return (end_event.time - start_event.time) * 1e3


event_elapsed_time = get_elapsed_time


legacy_default_stream = per_thread_default_stream = default_stream
