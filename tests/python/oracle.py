"""How a result is compared with NumPy's: bit for bit, within a number of ULPs, or by the exception it raises."""

import numpy as np
import pytest

import anygpu as ag

#: The version of NumPy, as far as it decides.
NUMPY = tuple(map(int, np.__version__.split(".")[:2]))

#: NumPy's public exception classes, most special first: a result must raise an instance of the first that NumPy's error is.
PUBLIC_EXCEPTIONS = (
    np.exceptions.AxisError,
    OverflowError,
    ZeroDivisionError,
    IndexError,
    MemoryError,
    TypeError,
    ValueError,
)


def to_numpy(result):
    """The values of `result` (an array of either library, or a scalar) as a NumPy array."""
    if isinstance(result, (np.ndarray, np.generic)):
        return np.asarray(result)
    assert isinstance(result, ag.ndarray), f"expected anygpu.ndarray, got {type(result).__module__}.{type(result).__qualname__}"
    return ag.asnumpy(result)


def parts(array):
    """`array` with complex numbers split into their real and imaginary parts, contiguous."""
    array = np.ascontiguousarray(array)
    if array.dtype.kind == "c":
        return array.view(array.real.dtype).reshape(array.shape + (2,) if array.ndim else (2,))
    return array


def as_bits(array):
    """The bit pattern of each element of a real `array`."""
    return np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}")


def first_difference(got, want, wrong):
    """A line that names how many elements of `got` are wrong and shows the first."""
    where = tuple(int(i[0]) for i in np.nonzero(np.atleast_1d(wrong)))
    got, want = np.atleast_1d(got)[where], np.atleast_1d(want)[where]
    return f"{int(np.sum(wrong))} of {wrong.size} elements differ; at {where}: got {got!r}, NumPy has {want!r}"


def assert_same_form(got, want):
    """Same dtype and same shape."""
    assert got.dtype == want.dtype, f"dtype {got.dtype}, NumPy has {want.dtype}"
    assert got.shape == want.shape, f"shape {got.shape}, NumPy has {want.shape}"


def assert_identical(result, want, *, nan_bits=False, zero_signs=True):
    """Same dtype, shape and bits.

    NaNs are one value unless `nan_bits` (a move of data must keep the payload; arithmetic makes the processor's own NaN, and
    which one differs even between x86 and Arm). `zero_signs=False` takes -0.0 and 0.0 as equal, where NumPy itself may give either.
    """
    got, want = to_numpy(result), np.asarray(want)
    assert_same_form(got, want)
    got, want = parts(got), parts(want)
    wrong = as_bits(got) != as_bits(want)
    if got.dtype.kind == "f":
        if not nan_bits:
            wrong &= ~(np.isnan(got) & np.isnan(want))
        if not zero_signs:
            wrong &= ~((got == 0) & (want == 0))
    assert not wrong.any(), first_difference(got, want, wrong)


def ulp_error(got, exact):
    """|got - exact| in units of the last place of `got`'s dtype at `exact`, which has a wider type.

    Infinity counts as the next power of two after the largest number, so that rounding at the overflow threshold is judged like
    any other rounding. A NaN on one side only is an infinite error.
    """
    info = np.finfo(got.dtype)
    wide = np.longdouble if got.dtype == np.float64 else np.float64
    top = wide(2.0) ** wide(info.maxexp)
    clamp = lambda x: np.where(np.isinf(x), np.copysign(top, x), x)  # noqa: E731
    got, exact = clamp(got.astype(wide)), clamp(np.asarray(exact, wide))
    exact = np.clip(exact, -top, top)
    with np.errstate(all="ignore"):
        exponent = np.frexp(np.abs(exact))[1] - 1
    exponent = np.clip(np.where(exact == 0, info.minexp, exponent), info.minexp, info.maxexp - 1)
    error = np.abs(got - exact) / np.ldexp(wide(1.0), exponent - info.nmant)
    both_nan = np.isnan(got) & np.isnan(exact)
    return np.where(both_nan, 0.0, np.where(np.isnan(got) | np.isnan(exact), np.inf, error))


def assert_within_ulp(result, exact, dtype, bound):
    """`result` has `dtype`, the shape of `exact`, and every element within `bound` ULP of it."""
    got, exact = to_numpy(result), np.asarray(exact)
    assert got.dtype == dtype, f"dtype {got.dtype}, expected {dtype}"
    assert got.shape == exact.shape, f"shape {got.shape}, expected {exact.shape}"
    error = ulp_error(got, exact)
    wrong = ~(error <= bound)
    assert not wrong.any(), f"largest error {np.max(error)} ULP, bound {bound}; " + first_difference(got, exact, wrong)


def assert_close(result, want, scale, bound):
    """|result - want| <= bound * eps * scale, element by element; NaN and infinity where NumPy has them."""
    got, want = to_numpy(result), np.asarray(want)
    assert_same_form(got, want)
    got, want = parts(got), parts(want)
    scale = np.asarray(scale)
    if scale.ndim and scale.ndim < got.ndim:
        scale = scale[..., None]  # one scale for the two parts of a complex number
    eps = np.finfo(got.dtype).eps
    special = ~np.isfinite(want)
    wrong = np.where(special, (as_bits(got) != as_bits(want)) & ~(np.isnan(got) & np.isnan(want)),
                     ~(np.abs(got.astype(np.longdouble) - want) <= bound * eps * scale + np.finfo(got.dtype).smallest_subnormal))
    assert not wrong.any(), first_difference(got, want, wrong)


def outcome(function, *args):
    """What `function(*args)` returns, or the exception it raises."""
    try:
        return function(*args)
    except Exception as error:  # every class is compared with the other library's
        return error


def public_class(error):
    """The exception class of NumPy's documentation that `error` is an instance of."""
    for cls in PUBLIC_EXCEPTIONS:
        if isinstance(error, cls):
            return cls
    return type(error)


def assert_same_outcome(function, numpy_args, anygpu_args, compare=assert_identical):
    """`function(xp, *args)` gives the same values in both libraries, or raises the same class of exception."""
    want = outcome(function, np, *numpy_args)
    if isinstance(want, Exception):
        with pytest.raises(public_class(want)) as caught:
            ag.synchronize() if isinstance(function(ag, *anygpu_args), ag.ndarray) else None
        assert str(caught.value).strip(), "an error must say what was given and what was expected"
    else:
        compare(function(ag, *anygpu_args), want)


def assert_same(function, *arrays, compare=assert_identical):
    """`function(xp, *arrays)` gives the same in both libraries: an array, or a tuple or list of them (the same one), or an exception of one class.

    NumPy gets copies of the arrays, anygpu its own; what is written to them must be the same afterwards.
    """
    theirs, ours = [np.array(a) for a in arrays], [ag.asarray(a) for a in arrays]
    want = outcome(function, np, *theirs)
    if isinstance(want, Exception):
        with pytest.raises(public_class(want)) as caught:
            function(ag, *ours)
            ag.synchronize()
        assert str(caught.value).strip(), "an error must say what was given and what was expected"
        return
    got = function(ag, *ours)
    assert_same_parts(got, want, compare)
    for after, expected in zip(ours, theirs):
        compare(after, expected)


def assert_same_parts(got, want, compare=assert_identical):
    """The same array, or the same kind of sequence of the same arrays."""
    if isinstance(want, (tuple, list)):
        assert type(got) is type(want) and len(got) == len(want), f"got {type(got).__name__} of {len(got)}, NumPy has {type(want).__name__} of {len(want)}"
        for g, w in zip(got, want):
            assert_same_parts(g, w, compare)
    elif want is not None:
        compare(got, want)
    else:
        assert got is None
