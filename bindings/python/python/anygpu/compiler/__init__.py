"""Python functions compiled to GPU kernels.

The rooms: `frontend` reads a function's syntax tree, infers types and writes `ir`; `wgsl` turns that into the text of a kernel; `dispatcher` compiles
for the arguments of a launch and runs it; `simulator` runs the same function on the CPU, thread by thread. Types promote as NumPy's do (`types`), and
operations are those of the array library: both ask the extension module.
"""

from .errors import KernelError

__all__ = ["KernelError"]
