"""Numba's types and signatures: what numbers are converted to, and which arguments a kernel refuses."""

import pickle

import numpy as np
import pytest

from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

I32, F32 = cuda.int32, cuda.float32
FORMS = ["void(int32[:], int32)", "(int32[:], int32)", cuda.void(I32[:], I32), (I32[:], I32), ["void(float32[:], float32)", cuda.void(I32[::1], I32)], "void(i4[::1], i4)"]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_numbers_have_the_types_of_the_signature(form):
    @cuda.jit(form)
    def zeros_before(out, n):
        out[0] = cuda.clz(n)

    out = np.zeros(1, np.int32)
    zeros_before[1, 1](out, 0xFFFFF)
    assert out[0] == 12


def test_bits_of_numbers_without_a_signature_are_64():
    @cuda.jit
    def zeros_before(out, n):
        out[0] = cuda.clz(n)

    out = np.zeros(1, np.int32)
    zeros_before[1, 1](out, 0xFFFFF)
    assert out[0] == 44


def test_the_nearest_signature_is_taken():
    @cuda.jit([cuda.void(F32[:], cuda.float64), cuda.void(F32[:], I32)])
    def third(out, n):
        out[0] = n // 2

    out = np.zeros(1, np.float32)
    third[1, 1](out, 7)
    assert out[0] == 3
    third[1, 1](out, 7.9)
    assert out[0] == 3


def test_float64_of_a_signature_computes_in_float64():
    @cuda.jit("void(float64[:], float32[:], float64)")
    def scaled(out, x, a):
        out[0] = x[0] * a

    out, x = np.zeros(1), np.float32([0.1])
    scaled[1, 1](out, x, 0.1)
    assert out[0] == np.float64(x[0]) * 0.1


def test_results_of_device_functions_are_converted():
    @cuda.jit("float32(float64, float64)", device=True)
    def ratio(a, b):
        return a / b

    @cuda.jit
    def fill(out, a, b):
        out[0] = ratio(a, b)

    out = np.zeros(1)
    fill[1, 1](out, 1, 3)
    assert out[0] == np.float64(np.float32(1 / 3))


def test_tuples_of_a_signature():
    @cuda.jit("void(float32[:], UniTuple(int32, 2))")
    def fill(out, pair):
        out[0] = cuda.clz(pair[0]) + cuda.clz(pair[1])

    out = np.zeros(1, np.float32)
    fill[1, 1](out, (1, 2))
    assert out[0] == 31 + 30


@pytest.mark.parametrize(
    "arguments", [(np.zeros(1), 1), (np.zeros((1, 1), np.int32), 1), (np.zeros(1, np.int32), 1.5), (np.zeros(1, np.int32),), (1, 1)], ids=range(5)
)
def test_other_arguments_are_refused(arguments):
    @cuda.jit("void(int32[:], int32)")
    def kernel(out, n):
        out[0] = n

    with pytest.raises(TypeError, match=r"kernel\(\): no signature takes .*; there are void\(array\(int32, 1d, A\), int32\)"):
        kernel[1, 1](*arguments)


def test_integers_beyond_the_type_are_refused():
    @cuda.jit("void(int32[:], int32)")
    def kernel(out, n):
        out[0] = n

    with pytest.raises(OverflowError):
        kernel[1, 1](np.zeros(1, np.int32), 2**31)


def test_a_device_function_refuses_what_its_signature_does_not_take():
    @cuda.jit("int32(int32)", device=True)
    def twice(n):
        return 2 * n

    @cuda.jit
    def kernel(out, x):
        out[0] = twice(x)

    with pytest.raises(cuda.KernelError, match="twice.*no signature takes .float64."):
        kernel[1, 1](np.zeros(1), 1.5)


@pytest.mark.parametrize("form", ["void(int33)", "float32(", 3, "void(float32[1])", ["void(int32)", 2]])
def test_what_is_no_signature(form):
    with pytest.raises(TypeError, match="is not a signature such as"):
        cuda.jit(form)(lambda x: None)


def test_signatures_have_a_parameter_for_each_argument():
    with pytest.raises(TypeError, match="has 1 parameters, and the function takes 2"):

        @cuda.jit("void(int32)")
        def kernel(out, n):
            out[0] = n


def test_types_as_dtypes_and_values():
    assert np.zeros(2, cuda.int8).dtype == np.int8 and cuda.float32 == np.float32 and cuda.float32 == cuda.types.f4
    assert type(cuda.uint8(3)) is np.uint8 and pickle.loads(pickle.dumps(cuda.complex64)) == cuda.complex64
    assert str(F32[:, ::1]) == "array(float32, 2d, C)" and str(F32[::1, :]) == "array(float32, 2d, F)" and F32[:] != F32[:, :]
    assert cuda.void(I32[:], F32) == cuda.types.none(I32[:], F32) and cuda.void(I32) != cuda.void(F32)
    with pytest.raises(TypeError, match="a colon for each dimension"):
        F32[1]
    with pytest.raises(TypeError, match="::1 stands for"):
        F32[::1, ::1]
