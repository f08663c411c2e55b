"""A kernel of `ir`, compiled for the device, whose launches note their first fault where there may be one.

Faults are accesses out of bounds (with ``ANYGPU_CHECKED=1``), loops that a driver ended (on software devices) and exceptions (with ``debug=True``); see
`anygpu::FaultRecord`. The next wait for the device raises what was noted.
"""

import linecache

import numpy as np

from .. import _anygpu
from . import exceptions, ir, types
from .errors import KernelError

#: The words of `anygpu::FaultRecord`.
_RECORD = 13


class Watched:
    """`kernel` over `arrays`, of which those with the same of the `bindings` may share memory, and `numbers`, the types of its scalar arguments, for blocks
    and at most so many of them. `error` makes an exception of a message. With `goes_on` a workgroup may do the work of several blocks."""

    def __init__(self, name, kernel, arrays, numbers, block, grid, error=None, bindings=None, debug=False, goes_on=True):
        self.name, self.kernel_ir, self.watched_arrays, self.block, self.debug, self.goes_on = name, kernel, arrays, block, debug, goes_on
        self._error = error or (lambda message: KernelError(f"{name}: {message}"))
        bindings = list(range(len(arrays))) if bindings is None else list(bindings)
        dtypes = [types.storage(n) for n in numbers]
        try:
            self._build(bindings, dtypes, grid, records=True)
        except _anygpu.ShaderError:
            raise
        except ValueError:
            if debug:
                raise self._error("debug=True: as many arrays as the device binds leave no room for the record of exceptions") from None
            # As many arrays as the device binds leave no room for the record of faults.
            self._build(bindings, dtypes, grid, records=False)

    def _build(self, bindings, dtypes, grid, records):
        """Writes and compiles the text; with a record of the first fault as last parameter where there may be one."""
        # Loaded by the first kernel: importing the package takes no time for what it may not use.
        from . import frontend, turns, wgsl

        faults, arrays = None, self.watched_arrays
        counted = records and _anygpu.Device().kind == "software" and turns.at_most(self.kernel_ir.body) > turns.FEW
        checked = records and _anygpu.Device().is_checked
        if checked or counted or self.debug:
            faults = ir.Array("argument", "faults", np.dtype("uint32"), 1, parameter=len(arrays), written=True, atomic=True)
            arrays = [*arrays, faults]
            bindings = [*bindings, max(bindings, default=-1) + 1]
        writer = wgsl.Writer(self.kernel_ir, arrays, bindings, dtypes, self.block, grid, faults, checked, counted, self.debug)
        try:
            self.source = writer.text()
        except RecursionError:
            raise self._error(frontend.TOO_DEEP) from None
        uses = [(a.dtype, a.ndim, a.written, a.atomic, b) for a, b in zip(arrays, bindings)]
        try:
            self.kernel = _anygpu.GeneratedKernel(self.source, uses, writer.is_finite(), self.goes_on and writer.strides())
        except _anygpu.ShaderError as error:
            limit = next((line.partition(": ")[2] for line in str(error).split("\n") if "; this device " in line), None)
            if limit is None:
                # wgpu's and naga's own words.
                limit = next((line.strip(" =") for line in str(error).split("\n") if "workgroup size" in line.lower()), None)
            if limit is not None:
                threads = " x ".join(map(str, self.block))
                raise self._error(f"{self.name} with {threads} threads a block exceeds the device: {limit}; take smaller blocks, or less memory in each") from None
            raise KernelError(f"{self.name}: the kernel's text was refused, which is a defect of the compiler\n{error}\n{self.source}") from None
        self.accesses = None if faults is None else writer.accesses
        self.memory = list(writer.own.values())
        self.checked, self.faults = checked, None

    @property
    def wgsl(self):
        """The whole text, with the library's functions."""
        return self.kernel.wgsl

    def launch(self, arrays, words, grid):
        """Runs the kernel; False, and nothing done, where parameters with different bindings share memory that it writes."""
        if self.accesses is None:
            return self.kernel.launch(arrays, words, grid)
        from .. import creation_functions

        if self.checked or self.faults is None or self.faults[1] != _anygpu.reported_faults():
            # A record without a fault serves the next launch as well, but where the message tells the arrays' shapes.
            self.faults = creation_functions.zeros(_RECORD, np.uint32), _anygpu.reported_faults()
        record = self.faults[0]
        if not self.kernel.launch([*arrays, record], words, grid):
            return False
        if self.debug and self._raised(record):
            return True
        _anygpu.watch_faults(record, [self._described(array, place, arrays) for array, place in self.accesses])
        return True

    def _raised(self, record):
        """Waits for the launch, and raises what a thread raised; False where it noted another fault."""
        words = record.get()
        if not words[0]:
            return True
        self.faults = None
        found = self.accesses[words[1]][0]
        if isinstance(found, exceptions.Raised):
            raise found.exception(words) from None
        return False

    def _described(self, array, place, arrays):
        """What is said of an access that was out of bounds, or of a loop that ended too early."""
        if isinstance(array, exceptions.Raised):
            return ""  # `_raised` has told of it
        if array is None:
            what = "the driver ended this loop early, and the results are wrong: Mesa's software driver ends the loops of a thread after 65,535 turns together"
            text = f"kernel `{self.name}`: {what}; give each thread less to do, or launch several times"
        elif array.space == "argument":
            what = f"`{getattr(array, 'label', array.name)}` of shape {arrays[array.parameter].shape}"
        else:
            what = f"{array.space}.array of shape {array.shape}"
        if array is not None:
            text = f"kernel `{self.name}`: index {{index}} is out of bounds for {what}"
        if place is None:
            return text
        return f'{text}\n  File "{place[0]}", line {place[1]}\n    {linecache.getline(*place).strip()}'
