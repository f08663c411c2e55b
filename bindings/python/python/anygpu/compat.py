"""Scripts written for CuPy or Numba's CUDA, run without an edit: `install` makes this package answer to their names.

>>> import anygpu.compat
>>> anygpu.compat.install()
>>> import cupy as cp
>>> cp.arange(3) + 1
array([1, 2, 3])
>>> anygpu.compat.uninstall()

``python -c "import anygpu.compat, runpy; anygpu.compat.install(); runpy.run_path('script.py', run_name='__main__')"`` runs a script as it is.

The names are those of the package: ``cupy`` is `anygpu`, ``cupy.linalg`` is `anygpu.linalg`, ``numba.cuda`` is `anygpu.cuda`, ``cupyx.jit`` is
`anygpu.cupyx_jit`. What the package does not have (``cupyx.scipy``, ``numba.prange``) is not there. `RawKernel` takes WGSL, not CUDA C.
"""

import importlib
import importlib.util
import sys
import types

#: What stands for what.
_NAMES = {"cupy": "anygpu", "numba.cuda": "anygpu.cuda"}


class _Finder:
    """Imports ``cupy.linalg`` as `anygpu.linalg`: the same module under a second name."""

    def find_spec(self, name, path=None, target=None):
        for alias, real in _NAMES.items():
            if name.startswith(alias + ".") and sys.modules.get(alias) is sys.modules.get(real):
                try:
                    module = importlib.import_module(real + name[len(alias) :])
                except ModuleNotFoundError:
                    message = f"No module named {name!r}: {alias} is {real} here (anygpu.compat), which has no such module"
                    raise ModuleNotFoundError(message, name=name) from None
                return importlib.util.spec_from_loader(name, _Loader(module))
        return None


class _Loader:
    def __init__(self, module):
        self.module, self.spec = module, module.__spec__

    def create_module(self, spec):
        return self.module

    def exec_module(self, module):
        # The module keeps what it was imported by first.
        module.__spec__ = self.spec


_finder = _Finder()


def _is_ours(name):
    return getattr(sys.modules[name], "__name__", "").partition(".")[0] == "anygpu" or getattr(sys.modules[name], "_is_anygpu", False)


def is_installed():
    """Whether the names are in place."""
    return _finder in sys.meta_path


def install(cupy=True, numba=True):
    """Makes ``import cupy`` and ``from numba import cuda`` import this package.

    Raises
    ------
    ImportError
        The real CuPy or Numba is imported already. Call this first, or pass ``cupy=False`` or ``numba=False``.
    """
    wanted = [(name, option) for name, option, on in (("cupy", "cupy", cupy), ("cupyx", "cupy", cupy), ("numba", "numba", numba)) if on]
    for name, option in wanted:
        if name in sys.modules and not _is_ours(name):
            where = getattr(sys.modules[name], "__file__", None) or "built in"
            raise ImportError(
                f"anygpu.compat.install: {name} is imported already ({where}): call install() before anything imports it, or pass {option}=False", name=name
            )
    if cupy:
        sys.modules["cupy"] = importlib.import_module("anygpu")
        if "cupyx" not in sys.modules:
            sys.modules["cupyx"] = _cupyx()
            sys.modules["cupyx.jit"] = sys.modules["cupyx"].jit
    if numba and "numba" not in sys.modules:
        sys.modules["numba"] = _numba()
        sys.modules["numba.cuda"] = sys.modules["numba"].cuda
        sys.modules["numba.types"] = sys.modules["numba"].types
    if not is_installed():
        sys.meta_path.insert(0, _finder)


def uninstall():
    """Takes the names away; modules that were imported by them stay what they are."""
    if is_installed():
        sys.meta_path.remove(_finder)
    for name in list(sys.modules):
        if name.partition(".")[0] in ("cupy", "cupyx", "numba") and sys.modules[name] is not None and _is_ours(name):
            del sys.modules[name]


def _cupyx():
    """What stands for CuPy's extensions: `jit`, and the functions that add to an array's elements in place."""
    import anygpu
    import anygpu.cupyx_jit

    module = types.ModuleType("cupyx", "Some of cupyx's names for anygpu, by anygpu.compat.")
    module._is_anygpu = True
    module.__path__ = []
    module.jit, module.rsqrt = anygpu.cupyx_jit, anygpu.rsqrt
    module.scatter_add, module.scatter_max, module.scatter_min = anygpu.add.at, anygpu.maximum.at, anygpu.minimum.at
    module.__getattr__ = _absent_of_cupyx
    return module


def _absent_of_cupyx(name):
    raise AttributeError(f"cupyx is anygpu here (anygpu.compat), which has no {name!r}: there are jit, rsqrt, scatter_add, scatter_max and scatter_min")


def _numba():
    """What stands for Numba itself: `cuda`, `vectorize`, `guvectorize`, the dtypes, and `jit`, which leaves a function to Python."""
    import anygpu
    import anygpu.cuda

    module = types.ModuleType("numba", "Numba's names for anygpu.cuda, by anygpu.compat.")
    module._is_anygpu = True
    module.__path__ = []
    module.__version__ = anygpu.__version__
    module.cuda, module.vectorize, module.guvectorize = anygpu.cuda, anygpu.vectorize, anygpu.guvectorize
    module.types = anygpu.cuda.types
    for name in anygpu.cuda.types.__all__:
        setattr(module, name, getattr(anygpu.cuda.types, name))
    module.jit = module.njit = _on_the_host
    module.__getattr__ = _absent
    return module


def _on_the_host(function=None, *args, **options):
    """`numba.jit`: the function as it is, run by Python on the host; kernels may call it."""
    if callable(function) and not isinstance(function, type):
        return function
    return _on_the_host


def _absent(name):
    raise AttributeError(f"numba is anygpu here (anygpu.compat), which has no {name!r}: anygpu compiles for the GPU, by numba.cuda, numba.vectorize and numba.guvectorize")
