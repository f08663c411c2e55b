"""The objects behind `ndarray.flags` and `ndarray.flat`."""

import numpy as np

from .creation_functions import asarray


class Flags:
    """How an array lies in memory, by attribute (``x.flags.c_contiguous``) or NumPy's names (``x.flags["C_CONTIGUOUS"]``)."""

    __module__ = "anygpu"
    __slots__ = ("_array",)
    aligned, writebackifcopy = True, False
    _SHOWN = ("C_CONTIGUOUS", "F_CONTIGUOUS", "OWNDATA", "WRITEABLE", "ALIGNED", "WRITEBACKIFCOPY")
    _SHORT = {"C": "c_contiguous", "F": "f_contiguous", "O": "owndata", "W": "writeable", "A": "aligned", "X": "writebackifcopy"}
    _SHORT |= {"B": "behaved", "CA": "carray", "FA": "farray", "CONTIGUOUS": "c_contiguous", "FORTRAN": "f_contiguous"}
    _NAMES = {*(name.lower() for name in _SHOWN), "behaved", "carray", "farray", "fnc", "forc"}

    def __init__(self, array):
        self._array = array

    @property
    def c_contiguous(self):
        return self._array._c_contiguous

    @property
    def f_contiguous(self):
        return self._array._f_contiguous

    @property
    def owndata(self):
        return self._array.base is None

    @property
    def writeable(self):
        """Whether the array can be written. Set to False, every write through it, and through views made from then on, raises ValueError."""
        return self._array._writeable

    @writeable.setter
    def writeable(self, value):
        self._array._set_writeable(bool(value))

    @property
    def contiguous(self):
        return self.c_contiguous

    @property
    def fortran(self):
        return self.f_contiguous

    @property
    def fnc(self):
        return self.f_contiguous and not self.c_contiguous

    @property
    def forc(self):
        return self.f_contiguous or self.c_contiguous

    @property
    def behaved(self):
        return self.writeable

    @property
    def carray(self):
        return self.writeable and self.c_contiguous

    @property
    def farray(self):
        return self.writeable and self.fnc

    def __getitem__(self, name):
        attribute = self._SHORT.get(name, name.lower() if isinstance(name, str) and name.isupper() else None)
        if attribute not in self._NAMES:
            raise KeyError(f"Unknown flag {name!r}")
        return getattr(self, attribute)

    def __setitem__(self, name, value):
        if self._SHORT.get(name, str(name).lower()) != "writeable":
            raise KeyError(f"Unknown flag {name!r}: only WRITEABLE can be set")
        self.writeable = value

    def __eq__(self, other):
        return isinstance(other, Flags) and all(self[name] == other[name] for name in self._SHOWN)

    __hash__ = None

    def __repr__(self):
        return "".join(f"  {name} : {self[name]}\n" for name in self._SHOWN)


class FlatIterator:
    """The elements of an array in C order, as `numpy.flatiter`: to iterate, read by index, and write by index through to the array."""

    __module__ = "anygpu"
    __qualname__ = "flatiter"

    def __init__(self, array):
        self.base, self.index = array, 0

    @property
    def coords(self):
        """The position in the array of the next element."""
        return tuple(int(i) for i in np.unravel_index(self.index, self.base.shape)) if self.index < self.base.size else None

    def __len__(self):
        return self.base.size

    def __iter__(self):
        return self

    def __next__(self):
        place = self.coords
        if place is None:
            raise StopIteration
        self.index += 1
        return self.base[place]

    def __getitem__(self, key):
        return self.base.flatten()[self._checked(key)]

    def __setitem__(self, key, value):
        key = self._checked(key)
        flat = self.base.reshape(-1)
        # As often as the places need: `a.flat = [1, 2]` alternates.
        values, places = asarray(value).astype(self.base.dtype).reshape(-1), flat[key]
        if values.size == 0 and places.size > 0:
            raise ValueError("flat: no values to set elements to")
        if values.size != 1 and places.size > 0:
            rounds = -(-places.size // values.size)
            values = values._broadcast_to((rounds, values.size)).reshape(-1)[: places.size].reshape(places.shape)
        flat[key] = values
        if not flat._shares_memory(self.base):
            self.base[...] = flat.reshape(self.base.shape)

    def __array__(self, dtype=None, *, copy=None):
        return self.base.reshape(-1).__array__(dtype, copy=copy)

    def __eq__(self, other):
        return self.base.reshape(-1) == (other.base.reshape(-1) if isinstance(other, FlatIterator) else other)

    def __ne__(self, other):
        return self.base.reshape(-1) != (other.base.reshape(-1) if isinstance(other, FlatIterator) else other)

    __hash__ = None

    def copy(self):
        """The elements as a one-dimensional array."""
        return self.base.flatten()

    @staticmethod
    def _checked(key):
        if isinstance(key, tuple):
            if not key:
                return Ellipsis
            if len(key) != 1:
                raise IndexError(f"flat: too many indices: {len(key)} were given for one dimension")
            (key,) = key
        return key


class ndenumerate:
    """Pairs of the index of an element and the element, in C order. The elements stay on the device, as arrays without dimensions.

    >>> import anygpu as ag
    >>> [index for index, element in ag.ndenumerate(ag.ones((1, 2)))]
    [(0, 0), (0, 1)]
    """

    __module__ = "anygpu"

    def __init__(self, arr):
        self.iter = FlatIterator(asarray(arr))

    def __iter__(self):
        return self

    def __next__(self):
        return self.iter.coords, next(self.iter)
