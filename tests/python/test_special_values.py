"""Every ufunc of NumPy on every pair of special values of every dtype.

What is exact must have NumPy's bits. Of functions that round, zeros, infinities and NaNs must be where NumPy has them, with its signs,
and the other results close to NumPy's (bounds against the exact value are tested in test_accuracy.py).
"""

import numpy as np
import pytest

import anygpu as ag
from layouts import ALL, COMPLEX, special_values
from oracle import as_bits, assert_same_form, assert_same_outcome, first_difference, parts, to_numpy

#: Tested pair by pair in test_elementwise.py, bit for bit.
ELSEWHERE = {
    "add", "subtract", "floor_divide", "remainder", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or",
    "logical_xor", "logical_not", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "negative", "positive", "floor", "ceil", "trunc",
    "rint", "isnan", "isinf", "isfinite", "invert",
}
#: Generalised ufuncs, and one of dates.
OTHER_KINDS = {"matmul", "vecdot", "matvec", "vecmat", "isnat"}
NAMES = sorted(n for n, f in vars(np).items() if isinstance(f, np.ufunc) and f.__name__ == n and n not in ELSEWHERE | OTHER_KINDS)
#: NumPy's loops over these are vectorised, and take the first of two zeros in some positions and the second in others; its float16 nextafter of two zeros
#: is the first in one version and the second in the next.
EITHER_ZERO = {"minimum", "maximum", "fmin", "fmax", "nextafter"}
#: NumPy's results for the largest numbers and for subnormal ones depend on the processor (fused multiply-adds), overflow or vanish on the way.
NUMPY_ROUNDS_ON_THE_WAY = {"multiply", "divide", "square", "sign", "sqrt", "log1p", "power", "float_power"}
INVERSE = {"arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh"}
#: Results of float16 are rounded once from float32 or wider, as NumPy's; float_power computes in float64.
BOUND = {"float16": 1, "float32": 4, "float64": 4, "complex64": 32, "complex128": 32}
#: Near their zeros NumPy's values have no correct digit.
NUMPY_CANCELS = {"logaddexp", "logaddexp2", "power", "float_power", "expm1", "sign", "sqrt", "log1p"}


def operand_values(name, dtype):
    values = special_values(dtype)
    if dtype in COMPLEX and name in INVERSE:
        # Beside a NaN the signs of zeros and infinities are the C library's choice, and differ between its versions.
        values = values[~(np.isnan(values.real) | np.isnan(values.imag))]
    if dtype in COMPLEX and name in NUMPY_ROUNDS_ON_THE_WAY:
        info = np.finfo(dtype)
        extreme = (info.max, info.smallest_subnormal)
        values = values[~(np.isin(np.abs(values.real), extreme) | np.isin(np.abs(values.imag), extreme))]
    return values


def compare(name):
    def check(result, want):
        for got, want in zip(*((r if isinstance(r, tuple) else (r,)) for r in (result, want))):
            got, want = to_numpy(got), np.asarray(want)
            assert_same_form(got, want)
            form = want.dtype.name
            got, want = parts(got), parts(want)
            wrong = as_bits(got) != as_bits(want)
            if got.dtype.kind == "f":
                wrong &= ~(np.isnan(got) & np.isnan(want))
                # The signs of complex powers that vanish come from the sign of a NaN on the way.
                if name in EITHER_ZERO or (form in COMPLEX and "power" in name):
                    wrong &= ~((got == 0) & (want == 0))
                with np.errstate(all="ignore"):
                    error = np.abs(got.astype(np.longdouble) - want) / np.spacing(np.abs(want))
                    finite = np.isfinite(got) & np.isfinite(want) & (got != 0) & (want != 0)
                    wrong &= ~(finite & ((error <= BOUND[form]) | (name in NUMPY_CANCELS)))
                if name in NUMPY_CANCELS:
                    wrong &= ~((want == 0) & (got != 0) & (np.abs(got) < 2 * np.finfo(got.dtype).eps))
            assert not wrong.any(), first_difference(got, want, wrong)

    return check


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_every_ufunc(name, dtype):
    x = operand_values(name, dtype)
    if getattr(np, name).nin == 1:
        operands = (x,)
    elif name == "ldexp":
        operands = (x[:, None], np.arange(-2200, 2200, 37, dtype="int32"))
    else:
        operands = (x[:, None], x)
    assert_same_outcome(lambda xp, *args: getattr(xp, name)(*args), operands, tuple(ag.asarray(o) for o in operands), compare(name))
