"""Files and host buffers: NumPy reads and writes them, the elements travel between host and device."""

from collections.abc import Mapping

import numpy as np

from .creation_functions import asarray, asnumpy


#: NumPy reads and writes files on the host, by nature.
__runs__ = "host"


def save(file, arr, allow_pickle=True):
    """Writes an array to a ``.npy`` file, as `numpy.save`."""
    np.save(file, asnumpy(arr), allow_pickle=allow_pickle)


def savez(file, *args, allow_pickle=True, **kwds):
    """Writes several arrays to an ``.npz`` file, as `numpy.savez`: ``arr_0``, ``arr_1``, .. or by keyword."""
    np.savez(file, *map(asnumpy, args), allow_pickle=allow_pickle, **{name: asnumpy(a) for name, a in kwds.items()})


def savez_compressed(file, *args, allow_pickle=True, **kwds):
    """Writes several arrays to a compressed ``.npz`` file, as `numpy.savez_compressed`."""
    np.savez_compressed(file, *map(asnumpy, args), allow_pickle=allow_pickle, **{name: asnumpy(a) for name, a in kwds.items()})


class NpzFile(Mapping):
    """The arrays of an ``.npz`` file by name; each is read and goes to the device when it is asked for. Close it, or use it in a ``with``."""

    __module__ = "anygpu"

    def __init__(self, host):
        self._host = host
        self.files = host.files

    def __getitem__(self, name):
        return asarray(self._host[name])

    def __iter__(self):
        return iter(self.files)

    def __len__(self):
        return len(self.files)

    def close(self):
        """Closes the file."""
        self._host.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __repr__(self):
        return f"NpzFile with keys: {', '.join(self.files)}"


def load(file, mmap_mode=None, allow_pickle=False, fix_imports=True, encoding="ASCII", *, max_header_size=10000):
    """Reads a ``.npy`` or ``.npz`` file into device memory, as `numpy.load`. With ``mmap_mode`` the file is not read into host memory at once.

    >>> import anygpu as ag, io
    >>> file = io.BytesIO()
    >>> ag.save(file, ag.arange(3))
    >>> _ = file.seek(0)
    >>> ag.load(file)
    array([0, 1, 2])
    """
    host = np.load(file, mmap_mode, allow_pickle, fix_imports, encoding, max_header_size=max_header_size)
    return NpzFile(host) if isinstance(host, np.lib.npyio.NpzFile) else asarray(host)


def savetxt(fname, X, fmt="%.18e", delimiter=" ", newline="\n", header="", footer="", comments="# ", encoding=None):
    """Writes an array of one or two dimensions as text, as `numpy.savetxt`."""
    np.savetxt(fname, asnumpy(X), fmt, delimiter, newline, header, footer, comments, encoding)


def _reader(function, summary):
    """A function of NumPy whose result goes to the device; it has NumPy's arguments."""
    import functools
    import inspect

    def read(*args, **options):
        options.pop("like", None)
        result = function(*args, **options)
        # ``unpack=True`` of structured text gives a list of columns.
        return [asarray(column) for column in result] if isinstance(result, (list, tuple)) else asarray(result)

    functools.update_wrapper(read, function, assigned=("__name__", "__qualname__"), updated=())
    try:
        read.__signature__ = inspect.signature(function)
    except ValueError:  # written in C, without one
        pass
    read.__doc__ = f"{summary}, as `numpy.{function.__name__}`: NumPy reads, the elements go to the device."
    read.__module__ = __name__
    del read.__wrapped__
    return read


loadtxt = _reader(np.loadtxt, "An array from a text file of numbers")
genfromtxt = _reader(np.genfromtxt, "An array from a text file that may lack values")
fromfile = _reader(np.fromfile, "An array from a file of bytes or of text")
fromstring = _reader(np.fromstring, "An array from the numbers in a text")
frombuffer = _reader(np.frombuffer, "An array of one dimension from an object with the buffer protocol (copied)")
fromiter = _reader(np.fromiter, "An array of one dimension from an iterable")
fromregex = _reader(np.fromregex, "An array from the parts of a text file that match a regular expression")
