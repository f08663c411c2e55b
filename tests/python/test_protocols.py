"""How arrays meet NumPy and other libraries: ufuncs and functions dispatched, DLPack, the namespace's description, attributes of the class."""

import inspect
import pickle
import sys
import weakref

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical, assert_same_outcome

#: Few bits each: sums and products are exact in any order.
X = (np.random.default_rng(5).integers(-32, 32, (3, 4)) / 8).astype("float32")


def test_ufuncs_with_two_results_and_tuples_of_out():
    g = ag.asarray(X)
    for ufunc, arguments in [(np.divmod, (2,)), (np.modf, ()), (np.frexp, ())]:
        for got, want in zip(ufunc(g, *arguments), ufunc(X, *arguments)):
            assert isinstance(got, ag.ndarray)
            assert_identical(got, want)
    first, second = ag.zeros(X.shape, dtype="float32"), ag.zeros(X.shape, dtype="float32")
    a, b = np.modf(g, out=(first, second))
    assert a is first and b is second
    assert_identical(second, np.modf(X)[1])
    out = ag.zeros(X.shape, dtype="float32")
    assert np.add(g, g, out=out) is out and np.add(g, g, out=(out,)) is out
    assert_identical(out, X + X)
    assert np.add.reduce(g, axis=0, out=out[0]) is not None
    assert_identical(out[0], X.sum(0))


@pytest.mark.gpu
def test_what_numpy_asks_and_is_not_there_is_a_type_error():
    g = ag.asarray(X)
    with pytest.raises(TypeError):
        np.add(g, 1, out=np.zeros(X.shape, "float32"))
    with pytest.raises(TypeError):
        np.frompyfunc(lambda x: x, 1, 1)(g)
    with pytest.raises(TypeError):
        np.isnat(g)
    with pytest.raises(TypeError):
        np.busday_count(g, g)


@pytest.mark.gpu
def test_another_librarys_operand_has_its_say():
    class Other:
        def __array_ufunc__(self, ufunc, method, *inputs, **options):
            return "theirs"

        def __array_function__(self, function, types, args, options):
            return "theirs too"

    assert np.add(ag.asarray(X), Other()) == "theirs"
    assert np.concatenate([ag.asarray(X), Other()]) == "theirs too"


@pytest.mark.gpu
def test_functions_and_like():
    g = ag.asarray(X)
    for got in (np.ones(3, like=g), np.asarray([1, 2], like=g), np.arange(3, like=g), np.stack([g, g]), np.round(g), np.around(g, 1), np.flip(g)):
        assert isinstance(got, ag.ndarray)
    assert np.array_repr(g) == np.array_repr(X) and np.array2string(g, precision=2) == np.array2string(X, precision=2)
    special = pytest.importorskip("scipy.special")
    assert isinstance(special.erf(g), ag.ndarray)


def test_dlpack_leaves_through_host_memory():
    for dtype in ("bool", "uint8", "int64", "float16", "float32", "float64", "complex64"):
        g = ag.asarray(X).astype(dtype)
        assert_identical(np.from_dlpack(g), X.astype(dtype))
        assert_identical(np.from_dlpack(g.T), X.astype(dtype).T)
    assert tuple(g.__dlpack_device__()) == (1, 0)
    assert "dltensor" in repr(g.__dlpack__())


@pytest.mark.gpu
def test_dlpack_refuses_what_it_cannot_give():
    g = ag.asarray(X)
    for options in ({"stream": 1}, {"dl_device": (2, 0)}, {"copy": False}):
        with pytest.raises(BufferError):
            g.__dlpack__(**options)
    assert "dltensor_versioned" in repr(g.__dlpack__(max_version=(1, 0), dl_device=(1, 0), copy=True))
    with pytest.raises(BufferError):
        ag.from_dlpack(X, copy=False)

    class OnAnotherDevice:
        def __dlpack__(self, **options):
            raise AssertionError("the device is looked at first")

        def __dlpack_device__(self):
            return (8, 0)

    with pytest.raises(BufferError, match="Metal"):
        ag.from_dlpack(OnAnotherDevice())
    with pytest.raises(AttributeError):
        ag.from_dlpack([1, 2])


def test_dlpack_enters_from_host_memory():
    for x in (X, X.T, X[::2, ::-1], X.astype("int16"), X > 0):
        assert_identical(ag.from_dlpack(x), x)
    g = ag.asarray(X)
    assert_identical(ag.from_dlpack(g), X)
    torch = pytest.importorskip("torch")
    assert_identical(ag.from_dlpack(torch.arange(4)), np.arange(4))


def test_namespace_info():
    info = ag.__array_namespace_info__()
    assert info.capabilities()["boolean indexing"] and info.capabilities()["data-dependent shapes"]
    assert info.default_dtypes()["integral"] == np.int64 and info.default_dtypes()["real floating"] == np.float64
    assert info.dtypes(kind="bool") == {"bool": np.dtype(bool)}
    assert set(info.dtypes(kind=("signed integer", "bool"))) == {"bool", "int8", "int16", "int32", "int64"}
    assert set(info.dtypes()) >= {"bool", "uint64", "float64", "complex128"}
    with pytest.raises(ValueError):
        info.dtypes(kind="text")
    assert info.default_device() in info.devices()


@pytest.mark.gpu
def test_namespace():
    g = ag.asarray(X)
    assert g.__array_namespace__(api_version="2025.12") is ag
    with pytest.raises(ValueError):
        g.__array_namespace__(api_version="1999.12")
    assert ag.__array_api_version__ == "2025.12"
    assert type(g).__module__ == "anygpu" and ag.ndarray.__hash__ is None
    assert ag.get_array_module(g, X) is ag and ag.get_array_module(X) is np
    assert g.to_device(g.device) is g
    with pytest.raises(ValueError):
        g.to_device(g.device, stream=1)


def test_attributes():
    for x, g in ((X, ag.asarray(X)), (X.T, ag.asarray(X).T), (X[1:, ::2], ag.asarray(X)[1:, ::2]), (np.array(3.0), ag.asarray(3.0))):
        for name in ("itemsize", "nbytes", "ndim", "shape", "size", "strides"):
            assert getattr(g, name) == getattr(x, name), name
        for name in ("C_CONTIGUOUS", "F_CONTIGUOUS", "WRITEABLE", "ALIGNED", "C", "F", "FORC", "FNC", "CARRAY", "BEHAVED"):
            assert g.flags[name] == x.flags[name], name
        assert g.flags.c_contiguous == x.flags.c_contiguous and g.flags.forc == x.flags.forc and g.flags.fnc == x.flags.fnc
        assert g.tobytes() == x.tobytes() and g.tobytes("F") == x.tobytes("F") and bytes(g) == bytes(x)
        assert bytes(g.data) == bytes(x.copy().data)
    g = ag.asarray(X)
    assert not ag.broadcast_to(g, (2, 3, 4)).flags.writeable
    assert g[1:].base is not None and not g[1:].flags.owndata
    with pytest.raises(KeyError):
        g.flags["NONSENSE"]


@pytest.mark.gpu
def test_size_in_memory_and_bases():
    g = ag.asarray(X)
    assert g.base is None and g.flags.owndata and g[1:].base.size == X.size
    assert sys.getsizeof(g) >= g.nbytes
    assert ag.asarray(X).__dask_tokenize__() == g.__dask_tokenize__() != (g + 1).__dask_tokenize__()


def test_real_and_imaginary_parts_can_be_set():
    z = (X + 1j * X[::-1]).astype("complex64")
    g = ag.asarray(z)
    g.real, z.real = 2, 2
    g.imag[0], z.imag[0] = 7, 7
    assert_identical(g, z)


def test_the_flat_iterator():
    for view in (lambda a: a, lambda a: a.T, lambda a: a[::2, 1:]):
        x, g = X.copy(), ag.asarray(X)
        a, b = view(x), view(g)
        assert_identical(np.array([float(v) for v in b.flat]), np.array([float(v) for v in a.flat]))
        for key in (3, -1, slice(1, 4), slice(None, None, -1), [0, 2], (Ellipsis,)):
            assert_identical(b.flat[key], np.asarray(a.flat[key]))
        for key, value in [(1, 9.0), (slice(2, 6), [1, 2]), ([0, 2], 5), (slice(None), [1, 2, 3])]:
            a.flat[key] = value
            b.flat[key] = value
            assert_identical(g, x)
        b.flat = a.flat = [4, 5]
        assert_identical(g, x)
        assert len(b.flat) == len(a.flat)
    assert ag.asarray(X).flat.coords == (0, 0)


def test_weak_references_and_pickles_of_methods():
    g = ag.asarray(X)
    watch = weakref.ref(g)
    assert watch() is g
    assert_identical(pickle.loads(g.dumps()), X)
    del g
    assert watch() is None


def test_dump(tmp_path):
    ag.asarray(X).dump(tmp_path / "x")
    with open(tmp_path / "x", "rb") as file:
        assert_identical(pickle.load(file), X)
    ag.asarray(X).tofile(tmp_path / "y")
    assert_identical(np.fromfile(tmp_path / "y", "float32"), X.reshape(-1))


SORTS = [
    lambda xp, a: a.sort() or a,
    lambda xp, a: a.sort(axis=0, kind="stable") or a,
    lambda xp, a: a[:, ::2].sort() or a,
    lambda xp, a: a.sort(axis=None),
    lambda xp, a: a.sort(axis=5),
    lambda xp, a: a.argsort(0, kind="stable"),
    lambda xp, a: xp.sort(a.argpartition(2, axis=0), axis=0),
    lambda xp, a: a.sort() or a[0].searchsorted(a[1], side="right"),
    lambda xp, a: a.cumsum(),
    lambda xp, a: a.cumsum(1, dtype="float64"),
    lambda xp, a: a.cumprod(0),
    lambda xp, a: a.byteswap().byteswap(),
    lambda xp, a: a.T.byteswap(inplace=True).view("int32"),
    lambda xp, a: xp.ndarray.byteswap(a[:, :1].astype("complex64").T.copy()).view("int32"),
    lambda xp, a: a.sum(where=a > 0),
    lambda xp, a: a.max(axis=1, initial=0, where=a < 0),
    lambda xp, a: a.sum(axis=0, out=a[0]),
    lambda xp, a: a.resize((3, 4)) or a,
    lambda xp, a: a.take,
]


@pytest.mark.parametrize("number", range(len(SORTS) - 1))
def test_methods(number):
    assert_same_outcome(SORTS[number], (X.copy(),), (ag.asarray(X),), lambda got, want: assert_identical(got, want, nan_bits=False))


def test_partition_in_place():
    g = ag.asarray(X)
    g.partition(1, axis=1)
    assert_identical(g[:, 1], np.sort(X, 1)[:, 1])


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint32", "int64", "float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("decimals", [0, 2, -1])
def test_round(dtype, decimals):
    x = np.array([0, 0.5, 1.5, 2.5, -3.456, 14.5, 15, 25, 99.99, 123.456, 1e4]).astype("float32")
    x = abs(x).astype(dtype) if dtype in ("bool", "uint32", "int8") else x.astype(dtype) * (1 + 1j if dtype == "complex64" else 1)
    x = x.astype(dtype)
    assert_same_outcome(lambda xp, a: xp.round(a, decimals), (x,), (ag.asarray(x),))
    assert_same_outcome(lambda xp, a: a.round(decimals), (x,), (ag.asarray(x),))


def test_round_into_out():
    out = ag.zeros(X.shape, dtype="float64")
    assert ag.round(ag.asarray(X), 1, out=out) is out
    assert ag.round(ag.asarray(X)).dtype == np.float32
    assert float(ag.round(ag.asarray(2.5))) == 2.0


@pytest.mark.gpu
def test_out_comes_back_itself():
    g, out = ag.asarray(X), ag.zeros(4, dtype="float32")
    for name in ("sum", "prod", "min", "max", "mean", "var", "std"):
        assert getattr(g, name)(axis=0, out=out) is out
    assert g.clip(0, 1, out=g) is g


@pytest.mark.gpu
def test_copies_between_host_and_device_by_cupys_names():
    g = ag.zeros((3, 4), dtype="float32")
    g.set(X)
    out = np.zeros_like(X)
    assert g.get(out=out) is out and (out == X).all()
    assert g.get(order="F").flags.f_contiguous
    with pytest.raises(ValueError):
        g.set(X[0])
    with pytest.raises(TypeError):
        g.set(X.astype("float64"))
    with pytest.raises(ValueError):
        g.resize(100)


def test_limits_of_dtypes():
    for dtype in ("float16", "float32", "float64", "complex64"):
        info, want = ag.finfo(ag.zeros(2, dtype=dtype).dtype), np.finfo(dtype)
        for name in ("bits", "eps", "max", "min", "smallest_normal", "tiny", "resolution", "precision", "nmant"):
            assert getattr(info, name) == getattr(want, name), name
        assert info.dtype == want.dtype
    assert ag.iinfo(ag.zeros(2, dtype="uint8").dtype).max == 255 and ag.iinfo("int16").min == -(2**15)
    with pytest.raises(ValueError):
        ag.iinfo("float32")


@pytest.mark.gpu
def test_limits_are_pythons_numbers():
    assert type(ag.finfo("float32").eps) is float and type(ag.iinfo("int8").max) is int
    x = ag.zeros(2, dtype="float32")
    assert ag.finfo(x).eps == 2.0**-23 and ag.iinfo(ag.arange(2)).bits == 64
    assert (x + ag.finfo("float32").eps).dtype == np.float32


def test_dtype_names_are_numpys():
    for name in "byte cdouble csingle double floating generic half inexact int_ intc integer intp long short single ubyte uint uintp".split():
        assert getattr(ag, name) is getattr(np, name)
    assert ag.errstate is np.errstate and ag.exceptions.AxisError is np.exceptions.AxisError
    assert ag.issubdtype(ag.float32, ag.floating) and ag.isscalar(3)


@pytest.mark.gpu
def test_public_functions_have_signatures():
    for name in ag.__all__:
        function = getattr(ag, name)
        if inspect.isfunction(function):
            assert function.__doc__, f"{name} has no docstring"
            inspect.signature(function)


def test_creation_from_functions_and_requirements():
    assert_identical(ag.fromfunction(lambda i, j: i + 10 * j, (2, 3), dtype=int), np.fromfunction(lambda i, j: i + 10 * j, (2, 3), dtype=int))
    assert ag.asfortranarray(ag.asarray(X)).flags.f_contiguous and ag.require(ag.asarray(X), requirements="F").flags.f_contiguous
    assert_same_outcome(lambda xp, a: xp.asarray_chkfinite(a), (X,), (ag.asarray(X),))
    assert_same_outcome(lambda xp, a: xp.asarray_chkfinite(a / 0), (X,), (ag.asarray(X),))
    assert_same_outcome(lambda xp, a: xp.require(a, "int32", ["C", "F"]), (X,), (ag.asarray(X),))


def test_copyto_and_array_equal_through_numpy():
    g = ag.zeros(3)
    np.copyto(g, ag.asarray([1.0, 2, 3]), where=ag.asarray([True, False, True]))
    assert_identical(g, np.array([1.0, 0, 3]))
    assert np.array_equal(g, np.array([1.0, 0, 3])) and not np.array_equal(g, g + 1)


def test_ndenumerate():
    x = np.arange(6).reshape(2, 3)
    for want, got in zip(np.ndenumerate(x), ag.ndenumerate(ag.asarray(x)), strict=True):
        assert got[0] == want[0] and int(got[1]) == want[1]
    assert [index for index, _ in ag.ndenumerate(ag.asarray(5))] == [()]
