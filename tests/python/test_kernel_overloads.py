"""What programs ask of kernels by Numba's names: overloads, specialised forms, memory."""

import io

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)


@cuda.jit(device=True)
def scaled(x):
    lookup = cuda.local.array(3, np.float64)
    lookup[0] = 2
    return x * lookup[0]


def fill(x, n):
    held = cuda.shared.array(10, x.dtype)
    i = cuda.grid(1)
    if i < 10:
        held[i] = scaled(n)
        x[i] = held[i]


SINGLE = cuda.void(cuda.float32[::1], cuda.int64)
DOUBLE = (cuda.float64[:], cuda.float64)


def launched():
    kernel = cuda.jit(fill)
    kernel[1, 4](np.zeros(4, np.float32), 3)
    kernel[2, 2](np.zeros(4, np.float32), np.int64(3))
    kernel[1, 4](np.zeros(4), 2.5)
    return kernel


def test_overloads_are_told_by_their_types():
    kernel = launched()
    assert len(kernel.overloads) == 2 and not kernel.specialized
    assert kernel.signatures == [tuple(cuda.types.Array(d, 1) for d in [np.float32]) + (cuda.int64,), DOUBLE]
    assert kernel.nopython_signatures[1] == cuda.void(*DOUBLE)
    assert kernel.overloads[SINGLE] is kernel.overloads["void(float32[:], int64)"] is kernel.overloads[SINGLE.args]
    assert kernel.overloads[SINGLE].signature.args[1] == cuda.int64


@pytest.mark.parametrize(
    "name, single, double",
    [("shared_mem_per_block", 40, 80), ("local_mem_per_thread", 24, 24), ("const_mem_size", 0, 0), ("max_threads_per_block", *[ag.Device().limits["threads_per_block"]] * 2)],
)
def test_the_memory_of_each_form(name, single, double):
    kernel = launched()
    ask = getattr(kernel, "get_" + name)
    assert ask(SINGLE) == single and ask(DOUBLE) == double
    assert ask()[SINGLE.args] == single and len(ask()) == 2
    assert getattr(kernel.overloads[SINGLE], name) == single
    assert getattr(cuda.jit(SINGLE)(fill), "get_" + name)() == single


def test_a_kernel_is_specialised_once():
    kernel = cuda.jit(fill)
    x = np.zeros(4, np.float32)
    single = kernel.specialize(x, 3)
    assert single is kernel.specialize(x + 1, 5) is kernel.specialize(*SINGLE.args)
    assert single.specialized and len(kernel.specializations) == 1
    assert kernel.specialize(np.zeros(8, np.float32)[::2], 3) is not single
    single[1, 4](x, 7)
    assert x.tolist() == [14] * 4
    with pytest.raises(RuntimeError, match="already specialized"):
        single.specialize(x, 3)
    with pytest.raises(TypeError, match="no signature"):
        single[1, 4](np.zeros(4), 7)
    with pytest.raises(TypeError, match="no argument of a kernel"):
        kernel.specialize(x, "text")


def test_a_signature_is_compiled_before_any_launch():
    kernel = cuda.jit(fill)
    overload = kernel.compile("void(float32[:], int32)")
    assert kernel.overloads["(float32[:], int32)"] is overload and overload.shared_mem_per_block == 40
    assert kernel.inspect_wgsl()
    declared = cuda.jit("void(float32[:], int32)")(fill)
    assert declared.signatures == [overload.signature.args] and declared.compile("void(float32[:], int32)").shared_mem_per_block == 40
    with pytest.raises(RuntimeError):
        declared.compile("void(float64[:], int32)")


def test_inspect_types_shows_variables():
    shown = io.StringIO()
    launched().inspect_types(file=shown)
    assert "fill (array(float32, 1d, A), int64)" in shown.getvalue() and "i: int64" in shown.getvalue()


@pytest.mark.parametrize("ask", ["inspect_asm", "inspect_llvm", "inspect_sass", "get_regs_per_thread"])
def test_what_no_api_tells_is_refused(ask):
    with pytest.raises(NotImplementedError):
        getattr(cuda.jit(SINGLE)(fill), ask)()
    with pytest.raises(NotImplementedError, match="barrier for the whole grid"):
        launched().overloads[SINGLE].max_cooperative_grid_blocks(32)
