"""What programs and libraries take for granted of arrays and their module, beside the values of functions."""

import copy
import importlib
import inspect
import math
import pickle
import sys
import weakref

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical, assert_same, to_numpy

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
NAMES = "bool_ intp uintp byte ubyte short ushort intc uintc int_ uint long ulong longlong ulonglong half single double csingle cdouble".split()


@pytest.mark.parametrize("name", [*DTYPES, *NAMES])
def test_dtypes_are_numpys_own(name):
    assert getattr(ag, name) is getattr(np, name)
    x = ag.zeros(2, dtype=getattr(ag, name))
    assert isinstance(x.dtype, np.dtype) and x.dtype == getattr(np, name)


def test_numpy_takes_an_array_by_itself():
    x = ag.asarray([1.5, 2.5])
    assert type(np.asarray(x)) is np.ndarray
    assert_identical(np.asarray(x, dtype="int32"), np.array([1, 2], "int32"))
    assert_identical(x.__array__(), np.array([1.5, 2.5]))
    assert_identical(x.__array__(np.dtype("float32"), copy=True), np.array([1.5, 2.5], "float32"))
    assert_identical(np.array([x, x]).reshape(-1), np.array([1.5, 2.5, 1.5, 2.5]))


@pytest.mark.gpu
def test_a_host_array_is_never_the_arrays_own_memory():
    with pytest.raises(ValueError, match="copy"):
        np.asarray(ag.ones(2), copy=False)


@pytest.mark.gpu
def test_unique_functions_sort():
    x = np.array([3, 1, 2, 3, 1])
    for function in (lambda xp, a: xp.unique_values(a), lambda xp, a: tuple(xp.unique_counts(a)), lambda xp, a: tuple(xp.unique_inverse(a))):
        result = function(ag, ag.asarray(x))
        values = to_numpy(result[0] if isinstance(result, tuple) else result)
        assert values.tolist() == [1, 2, 3]
    assert [part.tolist() for part in ag.unique_all(ag.asarray(x))] == [[1, 2, 3], [1, 2, 0], [2, 0, 1, 2, 0], [2, 1, 2]]


@pytest.mark.gpu
def test_classes_are_found_where_they_say():
    for instance in (ag.ones(1), ag.add, ag.Device(), ag.ones(1).flags, ag.finfo("float32"), ag.iinfo("int8"), ag.broadcast(1, 2)):
        cls = type(instance)
        assert cls.__module__ == "anygpu", cls
        if cls.__name__ != "Flags":
            assert getattr(importlib.import_module(cls.__module__), cls.__qualname__) is cls
    assert ag.__name__ == "anygpu" and sys.modules["anygpu"] is ag
    assert ag.ones(1).__array_namespace__() is ag


def public_functions():
    for module in ("", "linalg", "fft", "random", "special", "testing"):
        space = getattr(ag, module, None) if module else ag
        for name in dir(space) if space is not None else ():
            member = getattr(space, name)
            if not name.startswith("_") and callable(member) and not (isinstance(member, type) and issubclass(member, (BaseException, np.generic))):
                yield f"{module}.{name}".strip("."), member


@pytest.mark.gpu
def test_every_function_and_method_has_a_signature():
    missing = []
    for name, function in public_functions():
        if getattr(np, name, None) is function:
            continue
        try:
            inspect.signature(function)
        except (ValueError, TypeError) as error:
            missing.append((name, error))
    for cls in (ag.ndarray, type(ag.add), ag.random.Generator):
        for name in dir(cls):
            member = getattr(cls, name)
            if callable(member) and not isinstance(member, type) and name not in ("__init_subclass__", "__subclasshook__"):
                try:
                    inspect.signature(member)
                except (ValueError, TypeError) as error:
                    missing.append((f"{cls.__name__}.{name}", error))
    assert not missing


#: Parameters of NumPy's that mean nothing here, and functions that take more or are written otherwise; `clip` has the standard's signature.
NOT_TAKEN = {"like", "subok", "kwargs", "args", "ndmax", "start_or_stop", "a", "prototype"}
OTHER_SIGNATURES = {"clip", "ndarray", "show_config", "vectorize", "array2string", "format_float_positional", "format_float_scientific",
                    "random.BitGenerator", "random.ranf", "random.sample"}


@pytest.mark.gpu
def test_signatures_are_numpys():
    """Every parameter of NumPy's function, in NumPy's order, positional where it is there."""
    wrong = []
    for name, function in public_functions():
        theirs = np
        for part in name.split("."):
            theirs = getattr(theirs, part, None)
        if theirs is None or theirs is function or name in OTHER_SIGNATURES:
            continue
        try:
            want = inspect.signature(theirs).parameters
        except (ValueError, TypeError):
            continue
        got = inspect.signature(function).parameters
        missing = [p for p in want if p not in got and p not in NOT_TAKEN and want[p].kind is not inspect.Parameter.POSITIONAL_ONLY]
        positional = lambda ps, among: [p.name for p in ps.values() if p.kind is not p.KEYWORD_ONLY and p.name in among]  # noqa: E731
        common = [p for p in positional(want, got)]
        if missing or positional(got, common) != common:
            wrong.append((name, str(inspect.signature(function)), str(inspect.signature(theirs))))
    assert not wrong


def test_the_standards_spelling_and_numpys():
    x = np.arange(12.0).reshape(3, 4)
    for function in (
        lambda xp, a: xp.clip(a, 2, 5),
        lambda xp, a: xp.clip(a, min=2, max=5),
        lambda xp, a: xp.clip(a, a_min=2, a_max=5),
        lambda xp, a: xp.clip(a, None, 5),
        lambda xp, a: xp.clip(a, min=3),
        lambda xp, a: a.clip(min=3),
        lambda xp, a: xp.std(a, ddof=1),
        lambda xp, a: xp.std(a, correction=1),
        lambda xp, a: a.var(ddof=1),
        lambda xp, a: a.reshape([4, 3]),
        lambda xp, a: a.reshape((4, 3)),
        lambda xp, a: a.reshape(4, 3),
        lambda xp, a: xp.reshape(a, [2, -1]),
        lambda xp, a: xp.reshape(a, shape=(2, 6)),
        lambda xp, a: xp.diff(a, 2),
        lambda xp, a: xp.diff(a, 1, 0),
        lambda xp, a: xp.full_like(a, fill_value=3.0),
        lambda xp, a: xp.zeros_like(a=a),
        lambda xp, a: xp.asarray(a=[1.0, 2.0]),
        lambda xp, a: xp.permute_dims(a, axes=(1, 0)),
        lambda xp, a: xp.transpose(a),
        lambda xp, a: xp.expand_dims(a, axis=0),
        lambda xp, a: xp.concat([a, a], axis=1),
        lambda xp, a: xp.concatenate((a, a), 1),
        lambda xp, a: xp.take(a, xp.asarray([1, 0]), axis=1),
        lambda xp, a: xp.astype(a, xp.float32),
    ):
        assert_same(function, x)


def test_flags_and_strides():
    x = ag.zeros((3, 4), dtype="float32")
    n = np.zeros((3, 4), "float32")
    for function in (lambda a: a, lambda a: a.T, lambda a: a[:, 1:], lambda a: a[::2], lambda a: a[1], lambda a: a[:0], lambda a: a.reshape(2, 6)):
        g, h = function(x), function(n)
        assert g.strides == h.strides or g.size == 0
        for flag in ("c_contiguous", "f_contiguous", "writeable", "aligned", "fnc", "forc", "contiguous"):
            assert getattr(g.flags, flag) == getattr(h.flags, flag), flag
        assert g.flags["C_CONTIGUOUS"] == h.flags["C_CONTIGUOUS"]
    assert ag.zeros((2, 3), order="F").flags.f_contiguous and ag.asarray(n, order="F").flags.f_contiguous
    assert ag.ones((2, 3), order="F").copy(order="C").flags.c_contiguous


def attempts(x):
    """Writes to a float array of shape (3,), each a function."""
    y = ag.asarray([1.0, 2.0, 3.0])

    def inplace():
        nonlocal x
        x += 1

    return [
        inplace,
        lambda: x.__setitem__(0, 1.0),
        lambda: x.__setitem__(..., y),
        lambda: x.__setitem__(ag.asarray([0, 2]), 1.0),
        lambda: x.__setitem__(x > 0, 1.0),
        lambda: x.fill(1.0),
        lambda: x.sort(),
        lambda: x.partition(1),
        lambda: x.put([0], 1.0),
        lambda: ag.add(y, 1, out=x),
        lambda: ag.sin(y, out=x),
        lambda: ag.sum(ag.ones((2, 3)), axis=0, out=x),
        lambda: ag.copyto(x, y),
        lambda: ag.put(x, [0], 1.0),
        lambda: ag.put_along_axis(x, ag.asarray([0]), 1.0, 0),
        lambda: x[:2].__setitem__(0, 1.0),
        lambda: x.reshape(3, 1).fill(2.0),
        lambda: x.view("int64").fill(2),
        lambda: setattr(x, "flat", 1.0),
    ]


@pytest.mark.parametrize("attempt", range(19))
def test_what_is_not_writeable_cannot_be_written(attempt):
    x = ag.asarray([3.0, 1.0, 2.0])
    x.flags.writeable = False
    assert not x.flags.writeable and not x.flags["WRITEABLE"]
    with pytest.raises(ValueError, match="read-only|readonly"):
        attempts(x)[attempt]()
    assert to_numpy(x).tolist() == [3.0, 1.0, 2.0]


def test_the_writeable_flag_belongs_to_the_view():
    x = ag.asarray([3.0, 1.0, 2.0])
    before = x[:2]
    x.setflags(write=False)
    view, own = x[1:], x.copy()
    assert before.flags.writeable and not view.flags.writeable and own.flags.writeable
    before[0] = 7.0
    assert to_numpy(x).tolist() == [7.0, 1.0, 2.0]
    with pytest.raises(ValueError, match="WRITEABLE"):
        view.flags.writeable = True
    x.setflags(write=True)
    x.flags["WRITEABLE"] = True
    x[0] = 8.0
    assert to_numpy(x).tolist() == [8.0, 1.0, 2.0]


@pytest.mark.gpu
def test_ufunc_at_and_kernels_do_not_write_either():
    x = ag.zeros(3)
    x.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        ag.add.at(x, [0], 1.0)
    with pytest.raises(ValueError, match="read-only"):
        ag.ElementwiseKernel("float64 a", "float64 b", "b = a + 1", "one_more")(ag.ones(3), x)
    assert x.tolist() == [0.0, 0.0, 0.0]


def test_require_copies_what_is_not_writeable():
    x = ag.arange(3.0)
    assert ag.require(x, requirements="W") is x
    x.flags.writeable = False
    copied = ag.require(x, requirements=["W"])
    copied[0] = 5.0
    assert ag.require(x) is x and x.tolist() == [0.0, 1.0, 2.0]


def test_parts_of_a_broadcast_array_are_not_writeable():
    x = ag.asarray([1.0, 2.0])
    wide = ag.broadcast_to(x, (3, 2))
    for function in (lambda: wide.__setitem__(0, 1.0), lambda: wide[0].fill(1.0)):
        with pytest.raises(ValueError):
            function()


def test_an_array_as_a_container():
    x = ag.asarray([[1, 2], [3, 4]])
    assert len(x) == 2 and [row.tolist() for row in x] == [[1, 2], [3, 4]]
    assert 3 in x and 9 not in x
    assert f"{ag.asarray(2.5)[...]:.2f}" == "2.50" and f"{x}" == str(x)
    assert x.__sizeof__() >= 32
    assert type(x).__hash__ is None
    with pytest.raises(TypeError):
        hash(x)
    for function in (len, iter):
        with pytest.raises(TypeError):
            function(ag.asarray(1.0)[...])
    with pytest.raises(TypeError):
        f"{x:.2f}"


def test_results_without_dimensions_stand_for_numbers():
    """What Python does with NumPy's scalars it does with our arrays without dimensions."""
    x = ag.asarray([2.25, 7.5, 3.0])
    total = x.sum()
    assert round(total) == 13 and type(round(total)) is int and float(round(total, 1)) == 12.8
    assert f"{total:.1f}" == "12.8" and "%d" % total == "12" and str(total) == "12.75"
    assert math.floor(total) == 12 and math.ceil(total) == 13 and math.sqrt(x[2] * 3) == 3.0
    assert max(x) == 7.5 and sum(x) == 12.75 and sorted(x)[0] == 2.25
    assert [10, 20, 30][ag.asarray([2, 0])[0]] == 30 and list(range(ag.asarray(3)[...])) == [0, 1, 2]
    assert (1 if x[0] > 2 else 0) == 1 and not x[0] == 7
    with pytest.raises(TypeError):
        round(x)


def test_weak_references_and_copies():
    x = ag.arange(3)
    reference = weakref.ref(x)
    assert reference() is x
    for other in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        other[0] = 9
        assert x.tolist() == [0, 1, 2] and other.tolist() == [9, 1, 2]
    del x
    assert reference() is None


@pytest.mark.gpu
def test_what_libraries_ask_for():
    x = ag.arange(3)
    assert x.__array_priority__ > np.ones(1).__array_priority__
    assert x.__dask_tokenize__() == ag.arange(3).__dask_tokenize__() != ag.arange(4).__dask_tokenize__()
    assert type(np.ones(3) + x) is ag.ndarray and type(np.float32(2) * x) is ag.ndarray


def test_limits_are_pythons_numbers():
    for dtype in ("float16", "float32", "float64", "complex64"):
        for given in (dtype, np.dtype(dtype), np.dtype(dtype).type):
            got, want = ag.finfo(given), np.finfo(dtype)
            assert got.dtype == want.dtype and got.bits == want.bits
            for name in ("eps", "max", "min", "smallest_normal", "tiny", "resolution"):
                assert float(getattr(got, name)) == float(getattr(want, name))
    for dtype in ("int8", "uint16", "int64", "uint64"):
        for given in (dtype, ag.zeros(2, dtype=dtype).dtype):
            assert (ag.iinfo(given).min, ag.iinfo(given).max, ag.iinfo(given).bits) == (np.iinfo(dtype).min, np.iinfo(dtype).max, np.iinfo(dtype).bits)


@pytest.mark.gpu
def test_limits_take_arrays_and_give_numbers():
    assert ag.finfo(ag.zeros(2, dtype="complex64")).bits == 32 and ag.iinfo(ag.zeros(2, dtype="int16")).max == 32767
    assert type(ag.finfo(ag.zeros(2)).eps) is float and type(ag.iinfo(ag.arange(2)).max) is int
    assert type(ag.finfo("float32").max) is float and type(ag.finfo("float32").bits) is int


@pytest.mark.gpu
@pytest.mark.parametrize("max_version", [None, (0, 8), (1, 0), (1, 1), (2, 0)])
@pytest.mark.parametrize("copied", [None, True, False])
@pytest.mark.parametrize("device", [None, (1, 0), (2, 0), (7, 0)])
def test_dlpack(max_version, copied, device):
    x = ag.asarray([[1.0, 2.0], [3.0, 4.0]])
    options = dict(stream=None, max_version=max_version, copy=copied, dl_device=device)
    if copied is False or device not in (None, (1, 0)):
        with pytest.raises(BufferError):
            x.__dlpack__(**options)
        return
    assert type(x.__dlpack__(**options)).__name__ == "PyCapsule"
    assert x.__dlpack_device__() == (1, 0)


@pytest.mark.gpu
def test_dlpack_streams_and_round_trips():
    x = ag.asarray([[1, 2], [3, 4]]).T
    with pytest.raises(BufferError, match="stream"):
        x.__dlpack__(stream=7)
    assert_identical(np.from_dlpack(x), np.array([[1, 3], [2, 4]]))
    assert ag.from_dlpack(x) is x
    assert_identical(ag.from_dlpack(np.arange(3.0)), np.arange(3.0))
    with pytest.raises(BufferError, match="copy=False"):
        ag.from_dlpack(np.arange(3.0), copy=False)
    with pytest.raises(BufferError, match="copy=False"):
        np.from_dlpack(x, copy=False)


def test_ufuncs_of_two_results_take_out():
    x = np.array([-3.5, 2.25, np.inf])
    for name in ("modf", "frexp"):
        assert_same(lambda xp, a: getattr(xp, name)(a), x)
        second = {"modf": "float64", "frexp": "int32"}[name]

        def into(xp, a, name=name, second=second):
            one, two = xp.zeros(3), xp.zeros(3, second)
            got = getattr(xp, name)(a, out=(one, two))
            assert got[0] is one and got[1] is two
            return got

        assert_same(into, x)
        assert_same(lambda xp, a: getattr(xp, name)(a, out=(None, xp.zeros(3, second)))[1], x)
        assert_same(lambda xp, a: getattr(xp, name)(a, out=(xp.zeros(2), None)), x)
    assert_same(lambda xp, a: xp.divmod(a, 2.0, out=(xp.zeros(2), xp.zeros(2))), x[:2])
