"""Kernels in WGSL under CuPy's names: `RawKernel`, `RawModule`."""

import re
import sys

import numpy as np

from .. import _anygpu
from . import cuda_source
from .dispatcher import _dimensions
from .errors import KernelError
from .places import place, source_of


class RawKernel:
    """A kernel in WGSL: ``kernel((blocks,), (threads,), (arguments...))`` runs it.

    Its arguments are the source's storage buffers and uniforms, in the order of ``@group`` and ``@binding``, or of their declaration where they carry
    none. Arrays of the device are passed as they are (what does not lie in C order is copied, and copied back where the kernel writes it); NumPy arrays
    are copied to the device, and back where the kernel writes them. Numbers become uniforms of the declared type; a struct, a vector or an array takes a
    tuple of numbers, bytes, or a structured scalar.

    The number of threads of a workgroup is the source's ``@workgroup_size``; a block given in a call has to agree, and ``None`` takes the source's.
    Out of bounds, a read gives zero, and a write or an atomic operation does nothing.

    Compiled by the first call, or by `compile`.

    Parameters
    ----------
    code : str
        The WGSL.
    name : str, optional
        The entry point; needed if the source has several.
    options, backend, translate_cucomplex, enable_cooperative_groups, jitify
        CuPy's, for its compilers; of no effect.

    Raises
    ------
    KernelError
        The source is not valid, with the line in the user's file; or it is CUDA C: the message has the same signature in WGSL.

    Examples
    --------
    >>> import anygpu as ag
    >>> add = ag.RawKernel('''
    ... var<storage, read> x: array<f32>;
    ... var<storage, read> y: array<f32>;
    ... var<storage, read_write> z: array<f32>;
    ... var<uniform> factor: f32;
    ... @compute @workgroup_size(64)
    ... fn add(@builtin(global_invocation_id) id: vec3<u32>) {
    ...     z[id.x] = x[id.x] + factor * y[id.x];
    ... }''', "add")
    >>> x = ag.arange(5, dtype="float32")
    >>> z = ag.zeros_like(x)
    >>> add((1,), (64,), (x, x, z, 10))
    >>> z
    array([ 0., 11., 22., 33., 44.], dtype=float32)
    """

    def __init__(
        self, code, name=None, options=(), backend="nvrtc", *, translate_cucomplex=False, enable_cooperative_groups=False, jitify=False, _caller=None
    ):
        if not isinstance(code, str):
            raise TypeError(f"RawKernel: the source is a str, not {type(code).__name__}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"RawKernel: the name of the entry point is a str, not {type(name).__name__}")
        self.code = self.source = code
        self._name = name
        self._caller = _caller or place(sys._getframe(1))
        self._compiled = None
        if cuda_source.is_cuda(code):
            raise KernelError(cuda_source.refusal(code, name, f"RawKernel {name!r}" if name else "RawKernel"))

    def __repr__(self):
        return f"<RawKernel {self._name or 'without a name'}>"

    @property
    def name(self):
        """The entry point's name."""
        return self._name if self._name is not None else self._kernel.name

    @property
    def _kernel(self):
        if self._compiled is None:
            try:
                self._compiled = _anygpu.compile_wgsl(self.code, self._name)
            except _anygpu.ShaderError as error:
                raise _located(str(error), self.code, self._caller) from None
        return self._compiled

    def compile(self, log_stream=None):
        """Compiles the kernel now, not with the first call."""
        self._kernel  # noqa: B018

    @property
    def workgroup_size(self):
        """Threads of a workgroup along each axis."""
        return self._kernel.workgroup_size

    @property
    def max_threads_per_block(self):
        """Threads of a workgroup."""
        x, y, z = self.workgroup_size
        return x * y * z

    @property
    def arguments(self):
        """``(name, type, takes an array, is written)`` of each argument."""
        return self._kernel.arguments

    def __call__(self, grid, block, args, *, shared_mem=0, stream=None):
        """Records a run over ``grid`` workgroups of ``block`` threads.

        Raises
        ------
        ValueError
            ``block`` is not the source's ``@workgroup_size``, the grid is too large, or arrays that the kernel writes share memory.
        TypeError
            The arguments are not those of the source: their number, a dtype, an array for a number.
        """
        kernel = self._kernel
        grid = _dimensions(grid, f"{kernel.name}: the number of blocks")
        if block is not None and _dimensions(block, f"{kernel.name}: the number of threads a block") != kernel.workgroup_size:
            size = kernel.workgroup_size
            raise ValueError(
                f"{kernel.name}: a block of {block} was given, and the source says @workgroup_size({size[0]}, {size[1]}, {size[2]}): "
                "change either, or give None"
            )
        if shared_mem:
            raise ValueError(f"{kernel.name}: shared_mem={shared_mem}: workgroups' memory is declared in the source, with its size: var<workgroup>")
        if not isinstance(args, (tuple, list)):
            raise TypeError(f"{kernel.name}: the arguments are given as one tuple, not {type(args).__name__}")
        given, host = list(args), []
        declared = kernel.arguments
        for k, argument in enumerate(given):
            if isinstance(argument, np.ndarray):
                takes_array, written = declared[k][2:] if k < len(declared) else (True, False)
                given[k] = self._converted(kernel, k, argument, takes_array, written, host)
        kernel.launch([min(n, 2**32 - 1) for n in grid], tuple(given))
        for original, array in host:
            np.copyto(original, array.get())

    def _converted(self, kernel, k, argument, takes_array, written, host):
        """What is passed for a NumPy array; those that are written are noted in `host`."""
        from ..creation_functions import asarray

        if not takes_array:
            return tuple(argument.ravel().tolist()) if argument.dtype.names is None else argument.tobytes()
        if written and not argument.flags.writeable:
            raise ValueError(f"{kernel.name}: argument {k} is written by the kernel, and the NumPy array is read-only")
        # One host array passed twice is one device array.
        array = next((a for original, a in host if original is argument), None)
        if array is None:
            array = asarray(argument)
            if written:
                host.append((argument, array))
        return array


class RawModule:
    """Several kernels in one WGSL source; `get_function` gives each.

    >>> import anygpu as ag
    >>> module = ag.RawModule(code='''
    ... var<storage, read_write> x: array<i32>;
    ... @compute @workgroup_size(8) fn twice(@builtin(global_invocation_id) id: vec3<u32>) { x[id.x] *= 2; }
    ... @compute @workgroup_size(8) fn next(@builtin(global_invocation_id) id: vec3<u32>) { x[id.x] += 1; }''')
    >>> x = ag.arange(4, dtype="int32")
    >>> module.get_function("twice")((1,), (8,), (x,))
    >>> module.get_function("next")((1,), (8,), (x,))
    >>> x
    array([1, 3, 5, 7], dtype=int32)
    """

    def __init__(
        self,
        code=None,
        *,
        path=None,
        options=(),
        backend="nvrtc",
        translate_cucomplex=False,
        enable_cooperative_groups=False,
        name_expressions=None,
        jitify=False,
    ):
        if (code is None) == (path is None):
            raise TypeError("RawModule: either the source or the path of a file with it is given, as code= or path=")
        self._caller = place(sys._getframe(1))
        if path is not None:
            with open(path, encoding="utf-8") as file:
                code = file.read()
            self._caller = (str(path), 1)
        if not isinstance(code, str):
            raise TypeError(f"RawModule: the source is a str, not {type(code).__name__}")
        if name_expressions:
            raise ValueError("RawModule: name_expressions are for C++ templates; WGSL has none")
        self.code = code
        self._functions = {}
        if cuda_source.is_cuda(code):
            raise KernelError(cuda_source.refusal(code, None, "RawModule"))

    def get_function(self, name):
        """The kernel of this name.

        Raises
        ------
        KernelError
            The source has no such entry point, or is not valid.
        """
        kernel = self._functions.get(name)
        if kernel is None:
            kernel = RawKernel(self.code, name, _caller=self._caller)
            kernel.compile()
            self._functions[name] = kernel
        return kernel

    def get_global(self, name):
        """CuPy's pointer to a global variable; WGSL has none that outlives a launch."""
        raise NotImplementedError(f"RawModule.get_global({name!r}): variables of a WGSL source do not outlive a launch; pass an array or a uniform")

    def compile(self, log_stream=None):
        """Compiles every kernel of the source now."""
        for name in re.findall(r"@compute\b[^{;]*?\bfn\s+(\w+)", re.sub(r"//[^\n]*|/\*.*?\*/", " ", self.code, flags=re.S)):
            self.get_function(name)


def _located(message, code, caller):
    """The compiler's message as an error that names the line in the user's file."""
    found = re.search(r"wgsl:(\d+):(\d+)", message)
    if found is None:
        return KernelError(message)
    source = source_of(code, caller, "wgsl")
    line = source.first_line + int(found[1]) - 1
    where = f'  File "{source.filename}", line {line}'
    # The place goes in front of the compiler's picture, which says "wgsl".
    head, _, picture = message.partition("\n  ┌─")
    return KernelError(f"{head}\n{where}\n" + picture.partition("\n")[2].rstrip() if picture else f"{message}\n{where}")
