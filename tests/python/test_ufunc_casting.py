"""``casting=`` and ``dtype=`` of ufuncs: which operands they take and which dtype they give, for every pair of dtypes, beside Python's numbers too.

Nothing runs on the device here but the few values at the end: what is compared is decided when an operation is recorded.
"""

import itertools

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_same_outcome, outcome, public_class

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
CASTINGS = ["no", "equiv", "safe", "same_kind", "unsafe"]
#: Python's numbers promote by their kind alone, NumPy's as arrays do; 300 fits some integers only.
NUMBERS = [True, 2, 300, 2.0, 2j, np.bool_(True), np.int8(2), np.uint64(2), np.float32(2), np.float64(2), np.complex64(2)]
HOST = {dtype: np.ones(2, dtype) for dtype in DTYPES}
UFUNCS = [name for name in dir(np) if isinstance(f := getattr(np, name), np.ufunc) and f.__name__ == name and f.nin < 3 and f.nout == 1 and f.signature is None and hasattr(ag, name)]


@pytest.fixture(scope="module")
def arrays():
    return {dtype: ag.asarray(x) for dtype, x in HOST.items()}


def form(ufunc, operands, options):
    """The name of the result's dtype, or the class of the error."""
    with np.errstate(all="ignore"):
        result = outcome(lambda: ufunc(*operands, **options))
    return public_class(result).__name__ if isinstance(result, Exception) else result.dtype.name


def differences(name, arrays, kinds, **options):
    """The operands for which NumPy has another outcome: names of dtypes stand for arrays."""
    found = []
    for operands in kinds:
        host, device = ([table[x] if isinstance(x, str) else x for x in operands] for table in (HOST, arrays))
        want, got = form(getattr(np, name), host, options), form(getattr(ag, name), device, options)
        if got != want:
            found.append((*operands, f"{got}, NumPy has {want}"))
    return found


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("casting", CASTINGS)
@pytest.mark.parametrize("name", UFUNCS)
def test_casting(name, casting, arrays):
    assert differences(name, arrays, itertools.product(DTYPES + NUMBERS, repeat=getattr(np, name).nin), casting=casting) == []


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("casting", CASTINGS)
@pytest.mark.parametrize("name", UFUNCS)
def test_casting_to_the_dtype_asked_for(name, casting, arrays):
    few = ["bool", "int16", "uint64", "float32", "float64", "complex64", True, 2, 2.0, 2j]
    for dtype in ["bool", "int8", "uint64", "float16", "float32", "float64", "complex128"]:
        assert differences(name, arrays, itertools.product(few, repeat=getattr(np, name).nin), casting=casting, dtype=dtype) == [], dtype


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "float32"])
@pytest.mark.parametrize("number", [2.7, 300.5, -1.5, 2 + 3j, 300, -1])
def test_numbers_cast_unsafely(dtype, number):
    x = np.ones(3, dtype)
    assert_same_outcome(lambda xp, a: xp.add(a, number, dtype=dtype, casting="unsafe"), (x,), (ag.asarray(x),))


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("casting", CASTINGS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "int16"])
def test_bits_are_counted_of_floats_that_are_cast_to_bytes(dtype, casting):
    x = np.array([3, 7.9, 127, 200, -7, -129, 300], dtype)
    assert_same_outcome(lambda xp, x: xp.bitwise_count(x, dtype="uint8", casting=casting), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("number", [2, 2.0, 70000, 2**40, np.int8(2), True])
@pytest.mark.parametrize("dtype", ["int8", "int64", "uint32"])
def test_ldexp_of_a_number(number, dtype):
    n = np.array([0, 3, 9], dtype)
    assert_same_outcome(lambda xp, n: xp.ldexp(number, n), (n,), (ag.asarray(n),))


@pytest.mark.parametrize("number", [2**40, -(2**40), 2**70, 3])
@pytest.mark.parametrize("dtype", ["float32", "float64", "bool"])
def test_ldexp_by_a_number(number, dtype):
    x = np.ones(3, dtype)
    assert_same_outcome(lambda xp, x: xp.ldexp(x, number), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("name", ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"])
def test_comparisons_of_numbers_beyond_64_bits(name):
    for x, y in [(2, 2**70), (-(2**70), 3), (2**63, -1), (2, 3)]:
        assert bool(getattr(ag, name)(x, y)) == bool(getattr(np, name)(x, y)), (x, y)
