"""What programs written for NumPy or CuPy do beyond the plain call: memory orders, spellings, views, arguments that are seldom given."""

import copy
import pickle

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_close, assert_identical, assert_same_outcome

HOST = np.arange(24, dtype="int32").reshape(2, 3, 4)
ORDERS = [None, "C", "F", "A", "K", "f"]


def permuted(xp):
    """Arrays that lie in memory in C order, in F order, in neither, and with gaps."""
    x = xp.asarray(HOST)
    return [x, x.T, x.transpose(1, 0, 2), x.transpose(2, 0, 1)[:, :1], x[:, ::2], x[:, :, ::-1], x[:, :0]]


def assert_same_memory(result, want):
    """The same elements, in the same places."""
    assert_identical(result, want)
    if want.size:
        assert [s for s, n in zip(result.strides, result.shape) if n > 1] == [s for s, n in zip(want.strides, want.shape) if n > 1]
    for flag in ("c_contiguous", "f_contiguous"):
        assert getattr(result.flags, flag) == getattr(want.flags, flag), flag


ORDERED = {
    "array": lambda xp, a, order: xp.array(a, order=order),
    "array of another dtype": lambda xp, a, order: xp.array(a, dtype="float32", order=order),
    "copy": lambda xp, a, order: xp.copy(a, order=order),
    "ndarray.copy": lambda xp, a, order: a.copy(order=order),
    "copy.copy": lambda xp, a, order: copy.copy(a),
    "copy.deepcopy": lambda xp, a, order: copy.deepcopy(a),
    "pickle": lambda xp, a, order: pickle.loads(pickle.dumps(a if a.flags.forc else a.copy())),
    "ndarray.flatten": lambda xp, a, order: a.flatten(order=order),
    "ndarray.ravel": lambda xp, a, order: a.ravel(order=order),
    "empty_like": lambda xp, a, order: xp.empty_like(a, order=order) * 0,
    "zeros_like": lambda xp, a, order: xp.zeros_like(a, order=order),
    "zeros_like of a shape": lambda xp, a, order: xp.zeros_like(a, order=order, shape=(2, 2, 5)),
    "ones_like in fewer dimensions": lambda xp, a, order: xp.ones_like(a, order=order, shape=(2, 5)),
    "full_like": lambda xp, a, order: xp.full_like(a, 3, order=order),
}


@pytest.mark.parametrize("name", ORDERED)
def test_memory_order(name):
    for order in ORDERS:
        for x, g in zip(permuted(np), permuted(ag), strict=True):
            if order == "A" and name == "array of another dtype" and not x.flags.forc:
                continue  # NumPy's own rule is another one here than for the same dtype
            assert_same_memory(ORDERED[name](ag, g, order), ORDERED[name](np, x, order))


def test_astype_takes_an_order():
    for order in "CFAK":
        for x, g in zip(permuted(np), permuted(ag), strict=True):
            assert_same_memory(g.astype("int64", order=order), x.astype("int64", order=order))
            assert_same_memory(g.astype("int32", order=order, copy=False), x.astype("int32", order=order, copy=False))


@pytest.mark.gpu
def test_arrays_from_the_host_lie_as_they_lay():
    for x in permuted(np):
        assert_same_memory(ag.asarray(x), x.copy("K"))
        for order in ORDERS:
            assert_same_memory(ag.array(x, order=order), np.array(x, order=order))


@pytest.mark.gpu
def test_asarray_copies_where_the_order_differs():
    for order in ORDERS:
        for x, g in zip(permuted(np), permuted(ag), strict=True):
            result, want = ag.asarray(g, order=order), np.asarray(x, order=order)
            assert_same_memory(result, want)
            assert (result is g) == (want is x)
    with pytest.raises(ValueError, match="F order"):
        ag.asarray(ag.asarray(HOST), order="F", copy=False)


@pytest.mark.parametrize("function", ["empty", "zeros", "ones"])
def test_creation_takes_letters_of_either_case(function):
    for order in ("C", "F", "c", "f", None):
        result, want = (getattr(xp, function)((2, 3), order=order) for xp in (ag, np))
        assert_same_memory(result * 0, want * 0)
    for order in ("K", "A", "X", "CF", 1):
        assert_same_outcome(lambda xp: getattr(xp, function)((2, 3), order=order), (), ())


def test_orders_that_are_none():
    for call in (lambda x: x.copy("B"), lambda x: x.ravel("CF"), lambda x: x.reshape(24, order="K"), lambda x: x.astype("f4", order="Z")):
        assert_same_outcome(lambda xp, a: call(a), (HOST,), (ag.asarray(HOST),))


def test_ravel_has_no_gaps():
    for x, g in ((xp.arange(10)[::2], xp.broadcast_to(xp.arange(2).reshape(2, 1), (3, 2, 4))) for xp in (np, ag)):
        for a in (x, g):
            assert all(a.ravel(order).flags.c_contiguous for order in "CFAK")
    for order in "CFAK":
        results = [xp.broadcast_to(xp.arange(2).reshape(2, 1), (3, 2, 4)).ravel(order) for xp in (ag, np)]
        assert_identical(*results)


def test_asnumpy_and_get_take_an_order():
    assert ag.asnumpy(ag.asarray(HOST)).flags.c_contiguous


@pytest.mark.gpu
def test_the_order_of_arrays_on_the_host():
    for x, g in zip(permuted(np), permuted(ag), strict=True):
        for order in "CFA":
            assert_same_memory(ag.asnumpy(g, order=order), np.array(x, order=order))
            assert_same_memory(g.get(order=order), np.array(x, order=order))
    out = np.zeros((2, 3, 4))
    assert ag.asnumpy(ag.asarray(HOST), out=out, blocking=True) is out and (out == HOST).all()


def test_ndarray_makes_arrays():
    for xp in (ag, np):
        made = xp.ndarray((2, 3), dtype="float32", order="F")
        assert isinstance(made, xp.ndarray) and made.shape == (2, 3) and made.dtype == "float32" and made.flags.f_contiguous
        assert xp.ndarray(4).dtype == "float64"
        x = xp.arange(12, dtype="int16")
        view = xp.ndarray((2, 2), "int16", x, 4)
        view[0, 0] = 50
        assert int(x[2]) == 50
    for arguments in (((2, 2), "int16", "x", 6), ((2, 2), "int16", "x", 2, (2, 6)), ((2, 2), "int16", "x", 2, None, "F"), ((3,), "int32", "x", 4)):
        results = []
        for xp in (ag, np):
            x = xp.arange(12, dtype="int16")
            results.append(xp.ndarray(*(x if type(a) is str and a == "x" else a for a in arguments)))
        assert_identical(results[0].copy(), results[1].copy())
    for xp in (ag, np):
        with pytest.raises(TypeError):
            xp.ndarray((2, 2), "int64", xp.arange(12, dtype="int16"))
        with pytest.raises(ValueError):
            xp.ndarray((2, -2))


MEMORY = {
    "halves": lambda x: (x[:2], x[2:]),
    "every other row": lambda x: (x[::2], x[1::2]),
    "columns and a row": lambda x: (x[:, ::2], x[0]),
    "columns": lambda x: (x[:, :3], x[:, 3:]),
    "nothing": lambda x: (x[:0], x),
    "backwards": lambda x: (x[::-1], x[3:]),
    "another dtype": lambda x: (x.view("int16")[:, :2], x[:, 1:]),
    "a copy": lambda x: (x, x.copy()),
}


@pytest.mark.parametrize("name", MEMORY)
def test_shared_memory(name):
    (a, b), (c, d) = (MEMORY[name](xp.arange(24, dtype="int32").reshape(4, 6)) for xp in (ag, np))
    assert ag.shares_memory(a, b) is np.shares_memory(c, d)
    assert ag.may_share_memory(a, b) is np.may_share_memory(c, d)


#: Calls whose result or error is NumPy's: name, function of the module, arguments that are arrays.
CALLS = {
    "moveaxis repeats a source": (lambda xp, a: xp.moveaxis(a, [0, 0], [0, 1]), [HOST]),
    "moveaxis repeats a destination": (lambda xp, a: xp.moveaxis(a, [0, 1], [-1, 2]), [HOST]),
    "mgrid of a stop": (lambda xp: xp.mgrid[3:], []),
    "mgrid of nothing": (lambda xp: xp.mgrid[0:], []),
    "ogrid with a step": (lambda xp: xp.ogrid[3::2], []),
    "digitize with NaN last": (lambda xp, x, b: xp.digitize(x, b), [np.array([0.5, 2, 9, np.nan]), np.array([1, 3, np.nan, np.nan])]),
    "digitize with NaN first": (lambda xp, x, b: xp.digitize(x, b), [np.array([0.5, 2, 9, np.nan]), np.array([np.nan, np.nan, 3, 1])]),
    "digitize with NaN before rising bins": (lambda xp, x, b: xp.digitize(x, b), [np.array([0.5]), np.array([1, np.nan, 0, 3])]),
    "digitize up and down": (lambda xp, x, b: xp.digitize(x, b), [np.array([0.5]), np.array([1, 3, 2])]),
    "digitize into equal bins": (lambda xp, x, b: xp.digitize(x, b, right=True), [np.array([0.5, 2, 3]), np.array([2, 2, 2])]),
    "nan_to_num with a value for each": (lambda xp, x, n: xp.nan_to_num(x, nan=n), [np.array([1, np.nan]), np.array([4.0, 5.0])]),
    "nan_to_num with too large a value": (lambda xp, x, n: xp.nan_to_num(x, nan=n), [np.array([1, np.nan]), np.zeros((2, 2))]),
    "searchsorted with a sorter of floats": (lambda xp, x: xp.searchsorted(x, 3, sorter=x), [np.arange(4.0)]),
    "ravel_multi_index of truth values": (lambda xp, x: xp.ravel_multi_index([x, x], (3, 4), order=None), [np.array([True, False])]),
    "vander": (lambda xp, x: xp.vander(x, 3), [np.arange(4)]),
    "correlate with the longer second": (lambda xp, a, b: xp.correlate(a, b, "full"), [np.arange(3), np.arange(5)]),
    "delete by a mask without dimensions": (lambda xp, a: xp.delete(a, np.array(True)), [np.arange(3)]),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls(name):
    function, arrays = CALLS[name]
    assert_same_outcome(function, arrays, [ag.asarray(a) for a in arrays], compare=assert_same_memory)


def test_unravel_index_without_an_order():
    for g, x in zip(ag.unravel_index(ag.asarray([3, 5]), (2, 3), order=None), np.unravel_index([3, 5], (2, 3)), strict=True):
        assert_identical(g, x)


def test_copyto_where_a_number_holds():
    for where, filled in ((0, 0), (2, 1), (0.5, 1), (np.bool(True), 1)):
        g = ag.zeros(3)
        ag.copyto(g, 1, where=where)
        assert_identical(g, np.full(3, float(filled)))
    for xp in (ag, np):
        with pytest.raises(TypeError):
            xp.copyto(xp.zeros(3), 1, where=xp.asarray([1, 0, 1]))


def complex_ones(xp):
    return xp.asarray(np.full(3, 1 + 2j))


def filled(xp, key, value):
    array = xp.zeros(3, "float32")
    array[key] = value
    return array


#: Operations that drop imaginary parts, of which NumPy warns.
DISCARDING = {
    "astype": lambda xp: complex_ones(xp).astype("float64"),
    "astype of integers": lambda xp: complex_ones(xp).astype("int16"),
    "asarray": lambda xp: xp.asarray(complex_ones(xp), dtype="float32"),
    "assignment": lambda xp: filled(xp, ..., complex_ones(xp)),
    "assignment from the host": lambda xp: filled(xp, slice(None), complex_ones(np)),
    "assignment of a NumPy scalar": lambda xp: filled(xp, 0, np.complex64(1j)),
    "assignment by positions": lambda xp: filled(xp, xp.asarray([2, 0, 1]), complex_ones(xp)),
    "assignment by a mask": lambda xp: filled(xp, xp.asarray([True, True, True]), complex_ones(xp)),
    "sum": lambda xp: complex_ones(xp).sum(dtype="float64"),
    "mean": lambda xp: xp.mean(complex_ones(xp), dtype="float64"),
    "cumsum": lambda xp: complex_ones(xp).cumsum(dtype="float64"),
    "concatenate": lambda xp: xp.concatenate([complex_ones(xp)], dtype="float64", casting="unsafe"),
    "a ufunc's dtype": lambda xp: xp.add(complex_ones(xp), 1, dtype="float32", casting="unsafe"),
    "a ufunc": lambda xp: xp.add(complex_ones(xp), 1, out=xp.zeros(3), casting="unsafe"),
}


@pytest.mark.parametrize("name", DISCARDING)
def test_dropped_imaginary_parts_are_warned_of(name):
    with pytest.warns(np.exceptions.ComplexWarning):
        result = DISCARDING[name](ag)
    with pytest.warns(np.exceptions.ComplexWarning):
        assert_identical(result, DISCARDING[name](np))


def test_truth_values_of_complex_numbers_come_without_a_warning(recwarn):
    assert_identical(complex_ones(ag).astype(bool), np.full(3, True))
    assert not recwarn


@pytest.mark.parametrize("dtype", ["bool", "int8", "float32", "complex64"])
def test_conj_and_real_of_real_arrays_are_the_array(dtype):
    for xp in (ag, np):
        a = xp.ones(3, dtype)
        assert (a.conj() is a) == (a.conjugate() is a) == (a.real is a) == (dtype != "complex64")


def test_fill_takes_one_element():
    a = ag.zeros(3)
    a.fill(ag.asarray(2))
    assert_identical(a, np.full(3, 2.0))
    for xp in (ag, np):
        with pytest.raises(ValueError):
            xp.zeros(3).fill(xp.ones(1))


def test_take_into_another_dtype():
    # NumPy 2.5 fills arrays of other dtypes.
    other = [("float32", "float64"), ("float32", "int64")] if np.__version__ < "2.5" else []
    for dtype, out in [("float64", "float32"), *other, ("int32", "int32")]:
        assert_same_outcome(lambda xp, a: xp.take(a, [1, 0], out=xp.zeros(2, out)), (np.arange(3, dtype=dtype),), (ag.arange(3, dtype=dtype),))


#: ``out=`` of functions: its own dtype, where NumPy lets it differ from the result's.
INTO = {
    "cumulative_sum": ("int32", "bool uint8 float32 complex64"),
    "cumulative_prod": ("float64", "bool int16 float32"),
    "cumsum": ("float64", "int16 bool"),
    "argmax": ("float64", "int64 int32 float32 bool"),
    "argmin": ("float64", "int64 uint8 uint64"),
    "std": ("float64", "int8 float32 complex64"),
    "var": ("float64", "int8 float32"),
    "sum": ("float64", "int8 bool"),
}


@pytest.mark.parametrize("name", INTO)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")  # NumPy's of its own workings, which cast nothing of the caller's
def test_out_of_another_dtype(name):
    dtype, outs = INTO[name]
    options = {} if "cum" in name else {"axis": 0}
    x = np.array([[1.5, 2.5, 7]]).astype(dtype).repeat(2, 0) * [[1], [2]]
    x = x[0].astype(dtype) if "cum" in name else x.astype(dtype)
    for out in outs.split():
        assert_same_outcome(lambda xp, a: getattr(xp, name)(a, out=xp.zeros(3, out), **options), (x,), (ag.asarray(x),))


def test_running_sums_of_a_number():
    for name in ("cumulative_sum", "cumulative_prod"):
        for initial in (False, True):
            assert_same_outcome(lambda xp: getattr(xp, name)(xp.asarray(3), include_initial=initial), (), ())


@pytest.mark.parametrize("name", ["divmod", "modf", "frexp"])
def test_ufuncs_with_two_results_put_them_where_they_are_told(name):
    for where in ("first", "second", "both", "none", "keyword"):
        outs = []
        for xp in (ag, np):
            arguments = [xp.asarray([1.5, -2.5])] * (2 if name == "divmod" else 1)
            first, second = xp.zeros(2), xp.zeros(2, "int32" if name == "frexp" else "float64")
            positional = {"first": [first], "second": [None, second], "both": [first, second], "none": [None, None], "keyword": []}[where]
            options = {"out": (None, second)} if where == "keyword" else {}
            results = getattr(xp, name)(*arguments, *positional, **options)
            assert (results[0] is first) == (where in ("first", "both")) and (results[1] is second) == (where in ("second", "both", "keyword"))
            outs.append(results)
        for g, x in zip(*outs, strict=True):
            assert_identical(g, x)
    for xp in (ag, np):
        with pytest.raises(TypeError):
            getattr(xp, name)(*[xp.asarray([1.5, -2.5])] * (2 if name == "divmod" else 1), xp.zeros(2), out=(None, xp.zeros(2)))


def test_parts_of_linear_algebra_of_empty_matrices():
    for shape in ((0, 3), (2, 3, 0)):
        for name in ("pinv", "matrix_rank", "norm"):
            assert_same_outcome(lambda xp: getattr(xp.linalg, name)(xp.zeros(shape, "int32")), (), ())
    assert_same_outcome(lambda xp: xp.linalg.cond(xp.zeros((0, 3, 3))), (), ())


def test_the_rank_of_lstsq():
    for xp in (ag, np):
        rank = xp.linalg.lstsq(xp.eye(3), xp.ones(3))[2]
        assert rank == 3 and rank.dtype == "int32"


def test_dot_takes_no_output_with_gaps():
    for xp in (ag, np):
        a, b = xp.eye(3), xp.ones((3, 3))
        for out in (xp.zeros((3, 3), order="F"), xp.zeros((3, 6))[:, ::2]):
            with pytest.raises(ValueError):
                xp.dot(a, b, out=out)
            with pytest.raises(ValueError):
                a.dot(b, out=out)


@pytest.mark.gpu
@pytest.mark.parametrize("name, parameters", [("normal", (0, 1)), ("gamma", (2, 1)), ("poisson", (3,)), ("hypergeometric", (5, 5, 4)), ("uniform", (0, 1))])
def test_random_functions_take_a_dtype_last(name, parameters):
    draw = getattr(ag.random, name)
    assert draw(*parameters, (2, 3), "float32").dtype == draw(*parameters, size=2, dtype="float32").dtype == "float32"
    assert draw(*parameters, (2, 3)).dtype == ("int64" if name in ("poisson", "hypergeometric") else "float64")


def close(result, want):
    assert_close(result, want, 8, 4)


@pytest.mark.parametrize("name", ["cov", "corrcoef"])
def test_covariances_are_no_integers(name):
    for dtype in ("int32", "bool", "float32"):
        assert_same_outcome(lambda xp: getattr(xp, name)(xp.asarray([[1, 2, 4], [2, 8, 4]]), dtype=dtype), (), (), compare=close)


@pytest.mark.gpu
def test_the_device_of_an_array_has_a_number():
    device = ag.zeros(1).device
    assert ag.adapters()[device.id]["name"] == device.name and ag.cuda.Device(device.id).name == device.name
    with device as entered:
        assert entered.use() is device
    with pytest.raises(ZeroDivisionError), device:
        raise ZeroDivisionError


def test_powers_of_minus_one():
    x = np.array([1 + 0j, 2, 0, 1j, np.inf, np.nan], "complex64")
    for exponent in (-1, -1.0):
        assert_identical(ag.asarray(x) ** exponent, x**exponent)
    for dtype in ("uint8", "uint64", "int8", "bool"):
        assert_same_outcome(lambda xp, a: a ** (-1), (np.ones(2, dtype),), (ag.ones(2, dtype),))


def test_flags_that_cannot_be_set():
    for xp in (ag, np):
        flags = xp.ones(3).flags
        for name in ("c_contiguous", "f_contiguous", "owndata", "fnc", "behaved"):
            with pytest.raises(AttributeError):
                setattr(flags, name, False)


def test_polynomials_of_polynomials_keep_the_dtype():
    for dtype in ("int32", "float32", "complex64"):
        results = [xp.polyval(xp.poly1d(np.array([1, 2, 3], dtype)), xp.poly1d(np.array([1, 2], dtype))) for xp in (ag, np)]
        assert isinstance(results[0], ag.poly1d) and results[0] == results[1] and results[0].coeffs.dtype == results[1].coeffs.dtype
    for xp in (ag, np):
        with pytest.raises(TypeError):
            xp.polyfit(xp.arange(4.0), xp.arange(4.0), 2, w=xp.ones(4, "complex64"))
