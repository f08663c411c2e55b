"""`anygpu.compat`: scripts for CuPy and Numba as they are, each in a process of its own."""

import os
import subprocess
import sys
import textwrap

import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu


@pytest.fixture
def run(tmp_path):
    """What a script prints."""

    def printed(script):
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(script))
        package = os.path.dirname(os.path.dirname(ag.__file__))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, os.environ.get("PYTHONPATH", "")])}
        done = subprocess.run([sys.executable, "-W", "error", path], capture_output=True, text=True, env=environment, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n")[:-1]

    return printed


def test_a_script_for_cupy_and_numba(run):
    lines = run(
        """
        import anygpu.compat
        anygpu.compat.install()
        anygpu.compat.install()

        import cupy
        import cupy as cp
        import cupy.linalg
        from cupy.fft import rfft
        import cupy.random as random
        from cupy.lib.stride_tricks import sliding_window_view
        import cupy.cuda
        import numba
        import numba.cuda
        from numba import cuda, float32
        from numba.cuda import jit
        import numpy as np

        x = cp.arange(4, dtype=cp.float32)
        print(cp.asnumpy(x + 1).tolist(), cupy.get_array_module(x) is cp, float(cp.linalg.norm(x[3:])), rfft(x).shape)
        print(cp.ElementwiseKernel('T x', 'T y', 'y = x * 2', 'twice')(x).get().tolist())

        @cuda.jit
        def add(x, out):
            shared = cuda.shared.array(4, dtype=float32)
            i = cuda.grid(1)
            shared[i] = x[i]
            cuda.syncthreads()
            out[i] = shared[3 - i]

        host = np.zeros(4, np.float32)
        add[1, 4](x, host)
        print(host.tolist(), jit is cuda.jit, numba.cuda is cuda, cp.linalg is anygpu.linalg, anygpu.linalg.__name__, anygpu.linalg.__spec__.name)
        for name in ("cupy.nonsense", "numba.njit_", "cupyx.scipy"):
            try:
                __import__(name)
            except ImportError as error:
                print(type(error).__name__)
        try:
            numba.prange
        except AttributeError as error:
            print("anygpu" in str(error))
        """
    )
    assert lines == [
        "[1.0, 2.0, 3.0, 4.0] True 3.0 (3,)",
        "[0.0, 2.0, 4.0, 6.0]",
        "[3.0, 2.0, 1.0, 0.0] True True True anygpu.linalg anygpu.linalg",
        "ModuleNotFoundError", "ModuleNotFoundError", "ModuleNotFoundError", "True",
    ]  # fmt: skip


def test_uninstall_takes_the_names_away(run):
    lines = run(
        """
        import sys
        import anygpu.compat
        anygpu.compat.install(numba=False)
        import cupy.fft
        print(anygpu.compat.is_installed(), "numba" in sys.modules)
        anygpu.compat.uninstall()
        anygpu.compat.uninstall()
        print([name for name in sys.modules if name.partition(".")[0] in ("cupy", "numba")], anygpu.compat.is_installed())
        try:
            import cupy
            print("a real one" if cupy is not anygpu else "still there")
        except ImportError:
            print("gone")
        """
    )
    assert lines[:2] == ["True False", "[] False"] and lines[2] in ("gone", "a real one")


def test_a_real_module_is_not_replaced(run):
    lines = run(
        """
        import sys, types
        sys.modules["cupy"] = real = types.ModuleType("cupy")
        real.__file__ = "/somewhere/cupy/__init__.py"
        import anygpu.compat
        try:
            anygpu.compat.install()
        except ImportError as error:
            print(error)
        print("numba" in sys.modules, anygpu.compat.is_installed())
        anygpu.compat.install(cupy=False)
        from numba import cuda
        anygpu.compat.uninstall()
        print(sys.modules["cupy"] is real)
        """
    )
    assert "cupy is imported already (/somewhere/cupy/__init__.py)" in lines[0]
    assert lines[1:] == ["False False", "True"]


def test_importing_the_package_loads_none_of_it(run):
    lines = run(
        """
        import sys
        import anygpu
        print([name for name in sys.modules if name.startswith("anygpu.compiler.") or name in ("anygpu.compat", "anygpu.cuda", "anygpu.fusion_functions")])
        """
    )
    assert lines == ["['anygpu.compiler.errors']"]


def test_types_and_host_functions_of_numba(run):
    run(
        """
        import anygpu.compat
        anygpu.compat.install()
        import numba, numpy as np
        from numba import cuda, jit
        from numba.cuda import float32, types
        from numba.cuda.types import int32

        @jit(nopython=True)
        def twice(x):
            return 2 * x

        @numba.njit
        def four_times(x):
            return twice(twice(x))

        @cuda.jit
        def kernel(x):
            held = cuda.shared.array(4, float32)
            i = int32(cuda.grid(1))
            held[i] = four_times(x[i])
            x[i] = held[i] + types.float32(1)

        x = np.arange(4, dtype="float32")
        kernel[1, 4](x)
        assert x.tolist() == [1, 5, 9, 13] and four_times(3) == 12
        """
    )


def test_the_extensions_of_cupy(run):
    lines = run(
        """
        import anygpu.compat
        anygpu.compat.install()
        import cupy as cp
        import cupyx
        import cupyx.jit
        from cupyx import jit

        @jit.rawkernel()
        def twice(x):
            x[jit.grid(1)] *= 2

        x = cp.arange(4)
        twice((1,), (4,), (x,))
        cupyx.scatter_add(x, cp.array([1, 1]), 5)
        print(x.tolist(), cupyx.jit is jit)
        try:
            cupyx.profiler
        except AttributeError as error:
            print("anygpu" in str(error))
        anygpu.compat.uninstall()
        import sys
        print([name for name in sys.modules if name.startswith("cupyx")])
        """
    )
    assert lines == ["[0, 12, 4, 6] True", "True", "[]"]
