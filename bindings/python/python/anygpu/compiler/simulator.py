"""Kernels run on the CPU, thread by thread, as the Python functions that they are: `print` and `pdb` work in them.

What a GPU leaves silent is reported: an index outside of an array raises `IndexError` with the line and the thread, and so does an element of shared memory
that two threads of a block use between two barriers if one of them writes it.
"""

import contextlib
import itertools
import operator
import threading
import traceback

import numpy as np

from .. import _anygpu
from . import stubs
from .records import StructuredArray

_active = threading.local()
_thread = threading.local()


@contextlib.contextmanager
def simulate():
    """Within this context launches of kernels run in the simulator.

    >>> import anygpu as ag
    >>> from anygpu import cuda
    >>> @cuda.jit
    ... def show(x):
    ...     if cuda.grid(1) == 2:
    ...         print("element", x[2])
    >>> with ag.kernel.simulate():
    ...     show[1, 4](ag.arange(4))
    element 2
    """
    before = getattr(_active, "on", False)
    _active.on = True
    try:
        yield
    finally:
        _active.on = before


def is_active():
    """Whether launches of this thread are simulated."""
    return getattr(_active, "on", False)


def is_running():
    """Whether this is a thread of a simulated kernel, where a function that kernels call is just called."""
    return getattr(_thread, "shared", None) is not None


class Race(RuntimeError):
    """Two threads of a block use an element of shared memory between two barriers, and one of them writes it."""


class _Checked:
    """An array as a kernel sees it: indices are checked; in shared memory who used which element is remembered."""

    def __init__(self, array, name, shared=None, whole=None):
        # `whole` is the memory that a part belongs to; that of shared arrays is contiguous.
        self._array, self._name, self._shared, self._whole = array, name, shared, array if whole is None else whole

    def __getattr__(self, name):
        return getattr(self._array, name)

    def __len__(self):
        return len(self._array)

    def _position(self, index):
        """The index with each integer checked and counted from the beginning, and whether it is one element's."""
        parts = index if isinstance(index, tuple) else (index,)
        if Ellipsis in parts:
            before = parts.index(Ellipsis)
            parts = (*parts[:before], *[slice(None)] * (self._array.ndim + 1 - len(parts)), *parts[before + 1 :])
        found = []
        for axis, (i, n) in enumerate(zip(parts, self._array.shape)):
            if isinstance(i, slice):
                found.append(i)
                continue
            if not -n <= i < n:
                raise IndexError(f"index {i} is outside of axis {axis} of `{self._name}`, which has {n} elements; thread {_where()}")
            found.append(int(i) % n)
        return tuple(found), len(found) == self._array.ndim and not any(isinstance(i, slice) for i in found)

    def _used(self, position, written):
        """Remembers the elements of shared memory that are used, by their indices in the whole."""
        if self._shared is not None:
            for place in self._places(position):
                self._shared.used(self._name, place, written)

    def _places(self, position):
        """The indices in the whole of the elements at a position."""
        part = self._array[(*position, ...)]
        first = part.__array_interface__["data"][0] - self._whole.__array_interface__["data"][0]
        for index in np.ndindex(part.shape):
            offset, place = first + sum(i * s for i, s in zip(index, part.strides)), []
            for n, stride in zip(self._whole.shape, self._whole.strides):
                place.append(offset // stride % n if stride else 0)
            yield tuple(place)

    def __getitem__(self, index):
        if isinstance(index, str):
            # A field of records.
            return _Checked(self._array[index], f"{self._name}[{index!r}]")
        position, single = self._position(index)
        if not single:
            return _Checked(self._array[position], self._name, self._shared, self._whole)
        self._used(position, False)
        return self._array[position]

    def __setitem__(self, index, value):
        if isinstance(index, str):
            self[index][...] = value
            return
        position, _ = self._position(index)
        if isinstance(value, _Checked):
            value._used((), False)
            value = value._array
        self._used(position, True)
        with np.errstate(all="ignore"):
            self._array[position] = value if self._array.dtype.fields else np.asarray(value).astype(self._array.dtype)

    def __iter__(self):
        return (self[k] for k in range(len(self)))


def _in_place(name):
    def change(self, other):
        if isinstance(other, _Checked):
            other._used((), False)
            other = other._array
        self[...] = getattr(operator, name)(self._array, other)
        return self

    return change


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and_", "or_", "xor", "lshift", "rshift"):
    setattr(_Checked, f"__i{_name.strip('_')}__", _in_place(_name))


class _Stopped(Exception):
    """Another thread of the block has failed."""


class _Block:
    """What the threads of a block share: memory, a barrier, and who used which element since the last one."""

    def __init__(self, threads, dynamic):
        self.threads, self.dynamic = threads, dynamic
        self.changed = threading.Condition()
        self.waiting, self.generation, self.votes, self.voted, self.stopped = 0, 0, 0, (0, threads), False
        self.memory, self.uses = {}, {}

    def used(self, name, position, written):
        with self.changed:
            found = self.uses.setdefault((name, position), {})
            me = _thread.linear
            for other, wrote in found.items():
                if other != me and (wrote or written):
                    raise Race(
                        f"threads {other} and {me} of a block use element {position} of the {name} between two barriers, and one of them writes it: "
                        "put cuda.syncthreads() between"
                    )
            found[me] = found.get(me, False) or written

    def wait(self, vote=False):
        """A barrier. The number of threads that vote, and of threads."""
        with self.changed:
            self.votes += bool(vote)
            self.waiting += 1
            generation = self.generation
            self._release()
            while generation == self.generation and not self.stopped:
                self.changed.wait()
            if self.stopped:
                raise _Stopped
            return self.voted

    def leave(self, failed):
        """A thread is at its end: barriers no longer wait for it."""
        with self.changed:
            self.threads -= 1
            self.stopped |= failed
            if self.waiting or failed:
                self._release()
                self.changed.notify_all()

    def _release(self):
        if self.waiting >= self.threads:
            self.voted, self.votes, self.waiting = (self.votes, self.threads), 0, 0
            self.generation += 1
            self.uses.clear()
            self.changed.notify_all()


def _where():
    return f"{_thread.index} of block {_thread.block}"


def _line():
    """File and line of the kernel that calls."""
    frame = traceback.extract_stack(limit=4)[0]
    return frame.filename, frame.lineno


def _shared_array(shape, dtype, **options):
    block = _thread.shared
    dtype = np.dtype(dtype)
    shape = shape if isinstance(shape, tuple) else (shape,)
    if shape == (0,):
        shape = (block.dynamic // dtype.itemsize,)
    key = _line()
    with block.changed:
        if key not in block.memory:
            block.memory[key] = np.zeros(shape, dtype)
        return _Checked(block.memory[key], f"shared array of line {key[1]}", block)


def _local_array(shape, dtype, **options):
    return _Checked(np.zeros(shape, dtype), "local array")


def _grid(ndim):
    found = tuple(b * n + t for b, n, t in zip(_thread.block, _thread.block_dim, _thread.index))[:ndim]
    return found[0] if ndim == 1 else found


def _gridsize(ndim):
    found = tuple(g * n for g, n in zip(_thread.grid_dim, _thread.block_dim))[:ndim]
    return found[0] if ndim == 1 else found


def _vote(operation):
    def vote(predicate):
        count, threads = _thread.shared.wait(predicate)
        return {"count": count, "and": count == threads, "or": count > 0}[operation]

    return vote


def _atomic(operation):
    def atomic(array, index, *values):
        with _atomics:
            view = array._array
            position = array._position(index)
            old = view[position]
            value = values[-1]
            with np.errstate(all="ignore"):
                new = {
                    "add": lambda: old + value, "sub": lambda: old - value, "and_": lambda: old & value, "or_": lambda: old | value, "xor": lambda: old ^ value,
                    "exch": lambda: value, "max": lambda: max(old, value), "min": lambda: min(old, value), "nanmax": lambda: np.fmax(old, value),
                    "nanmin": lambda: np.fmin(old, value), "inc": lambda: 0 if old >= value else old + 1,
                    "dec": lambda: value if old == 0 or old > value else old - 1, "cas": lambda: value if old == values[0] else old,
                }[operation]()  # fmt: skip
                view[position] = np.asarray(new).astype(view.dtype)
            return old

    return atomic


_atomics = threading.Lock()


def _install():
    stubs.threadIdx.simulated = lambda: _thread.index
    stubs.blockIdx.simulated = lambda: _thread.block
    stubs.blockDim.simulated = lambda: _thread.block_dim
    stubs.gridDim.simulated = lambda: _thread.grid_dim
    stubs.grid.simulated, stubs.gridsize.simulated = _grid, _gridsize
    stubs.shared.array.simulated, stubs.local.array.simulated = _shared_array, _local_array
    stubs.const.array_like.simulated = lambda array: _Checked(np.array(array), "constant array")
    stubs.syncthreads.simulated = lambda: _thread.shared.wait()
    stubs.threadfence_block.simulated = lambda: None
    stubs.selp.simulated = lambda condition, a, b: a if condition else b
    stubs.popc.simulated = lambda x: int(x).bit_count()
    for operation in ("count", "and", "or"):
        getattr(stubs, f"syncthreads_{operation}").simulated = _vote(operation)
    for name, stub in vars(stubs.atomic).items():
        if isinstance(stub, stubs.Stub):
            stub.simulated = _atomic("cas" if name == "compare_and_swap" else name)


def run(function, grid, block, arguments, dynamic_shared=0):
    """Runs a kernel: one block after the other, its threads at the same time."""
    _install()
    held, given = [], []
    names = function.__code__.co_varnames
    for k, argument in enumerate(arguments):
        if hasattr(argument, "copies_in"):
            argument = argument.array
        if isinstance(argument, (_anygpu.ndarray, StructuredArray)):
            copy = argument.copy_to_host()
            held.append((argument, copy))
            argument = copy
        if isinstance(argument, np.ndarray) and argument.dtype.fields:
            argument = argument.view(np.recarray)
        given.append(_Checked(argument, names[k]) if isinstance(argument, np.ndarray) else argument)
    try:
        for where in itertools.product(*(range(n) for n in reversed(grid))):
            _run_block(function, where[::-1], grid, block, given, dynamic_shared)
    finally:
        for array, copy in held:
            array.copy_to_device(copy)


def _run_block(function, where, grid, block, arguments, dynamic_shared):
    threads = list(itertools.product(*(range(n) for n in reversed(block))))
    shared = _Block(len(threads), dynamic_shared)
    failures = []

    def body(linear, index):
        _thread.linear, _thread.index, _thread.block, _thread.block_dim, _thread.grid_dim, _thread.shared = linear, index, where, block, grid, shared
        try:
            with np.errstate(all="ignore"):
                function(*arguments)
        except _Stopped:
            pass
        except BaseException as error:  # it is raised again by the launch
            failures.append(error)
        finally:
            _thread.shared = None
        shared.leave(bool(failures))

    if len(threads) == 1 or not _synchronises(function):
        for linear, index in enumerate(threads):
            body(linear, index[::-1])
            if failures:
                raise failures[0]
        return
    running = [threading.Thread(target=body, args=(k, index[::-1])) for k, index in enumerate(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]


def _synchronises(function):
    """Whether a function, or one that it may call, has barriers; without them the threads run one after the other."""
    names = set(function.__code__.co_names)
    return any("sync" in n for n in names) or any(
        hasattr(function.__globals__.get(n), "py_func") and _synchronises(function.__globals__[n].py_func) for n in names
    )
