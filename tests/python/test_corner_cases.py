"""Single cases that went wrong once: the same statement in both libraries."""

import subprocess
import sys

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_same, assert_same_outcome

CASES = {
    # Python integers beyond 128 bits
    "float plus a huge integer": lambda xp: xp.asarray([1.0]) + 10**40,
    "float times a huge integer": lambda xp: xp.asarray([1.0]) * 2**200,
    "an integer beyond float64": lambda xp: xp.asarray([1.0]) + 10**400,
    "comparison with a huge integer": lambda xp: xp.asarray([1e39]) < 10**40,
    "integers against a huge integer": lambda xp: xp.asarray([1, 2]) < 10**40,
    "integer plus a huge integer": lambda xp: xp.asarray([1, 2]) + 10**40,
    "filled with a huge integer": lambda xp: xp.full(2, 10**40, dtype="float64"),
    "a typed scalar against one out of range": lambda xp: xp.asarray(xp.less(np.uint8(5), 300)),
    # dtype= chooses the loop
    "less into bool": lambda xp: xp.less(xp.asarray([1.0]), xp.asarray([2.0]), dtype=bool),
    "equal into bool": lambda xp: xp.equal(xp.asarray([1.0]), xp.asarray([2.0]), dtype=bool),
    "less into float": lambda xp: xp.less(xp.asarray([1.0]), xp.asarray([2.0]), dtype="f8"),
    "isfinite into bool": lambda xp: xp.isfinite(xp.asarray([np.nan]), dtype=bool),
    "absolute of complex into float": lambda xp: xp.absolute(xp.asarray([3 + 4j]), dtype="f8"),
    "sum of floats as integers": lambda xp: xp.add(xp.asarray([1.5]), 1, dtype="i4"),
    "root of complex as float": lambda xp: xp.sqrt(xp.asarray([3 + 4j]), dtype="f8"),
    "a typed scalar converted": lambda xp: xp.add(xp.asarray([1], "f4"), np.float64(1.5), dtype="f4"),
    "no such casting": lambda xp: xp.add(xp.asarray([1]), 1, casting="bogus"),
    "no casting": lambda xp: xp.add(xp.asarray([1], "i4"), xp.asarray([1.0]), dtype="f8", casting="no"),
    "casting unsafe": lambda xp: xp.add(xp.asarray([1.5]), xp.asarray([1.0]), dtype="i4", casting="unsafe"),
    # out=
    "sum into another shape": lambda xp: xp.asarray([1.0, 2]).sum(out=xp.zeros(3)),
    "argmax into": lambda xp: xp.argmax(xp.asarray([1.5, 2]), out=xp.zeros((), "i8")),
    "any into": lambda xp: xp.any(xp.asarray([1.5, 2]), out=xp.zeros((), "?")),
    "matmul into integers": lambda xp: xp.matmul(xp.ones((2, 2)), xp.ones((2, 2)), out=xp.zeros((2, 2), "i4")),
    "concatenate into integers": lambda xp: xp.concatenate([xp.ones(2), xp.ones(1)], out=xp.zeros(3, "i4")),
    "concatenate as integers": lambda xp: xp.concatenate([xp.ones(2), xp.ones(1)], dtype="i4"),
    "stack into integers": lambda xp: xp.stack([xp.ones(2)], out=xp.zeros((1, 2), "i4")),
    "clip into integers": lambda xp: xp.clip(xp.ones(2), 0, 1, out=xp.zeros(2, "i4")),
    "a ufunc broadcast to out": lambda xp: xp.add(xp.asarray([1.0]), 1, out=xp.zeros(3)),
    "sum into what it cannot be cast to": lambda xp: xp.sum(xp.ones(2), out=xp.zeros((), "i4")),
    # order
    "ravel K": lambda xp: xp.asarray([[1, 2], [3, 4]]).T.ravel("K"),
    "ravel A": lambda xp: xp.asarray([[1, 2], [3, 4]]).T.ravel("A"),
    "flatten K": lambda xp: xp.asarray(np.arange(24).reshape(2, 3, 4)).transpose(1, 2, 0).flatten("K"),
    "ravel of no order": lambda xp: xp.ones((2, 2)).ravel("Z"),
    # sizes
    "a broadcast view of too many bytes": lambda xp: xp.broadcast_to(xp.ones(1), (2**61,)).nbytes,
    "dot over nothing": lambda xp: xp.dot(xp.zeros((2, 0)), xp.zeros((5, 0, 4))),
    "a tall product": lambda xp: (xp.ones((1_100_000, 2), "f4") @ xp.ones((2, 2), "f4"))[-3:],
    "a wide product": lambda xp: (xp.ones((1, 2), "f4") @ xp.ones((2, 4_300_000), "f4"))[:, -3:],
    # comparison with what is no number
    "equal to None": lambda xp: xp.asarray([1, 2]) == None,  # noqa: E711
    "unequal to text": lambda xp: xp.asarray([1, 2]) != "x",
    "equal to bytes": lambda xp: xp.asarray([1, 2]) == b"x",
    "contains None": lambda xp: xp.asarray(None in xp.asarray([1, 2])),
    "clip beyond the dtype": lambda xp: xp.clip(xp.asarray([1, 200], "u1"), -5, 300),
}


def matmul_in_place(xp, y):
    x = xp.asarray([[1.0, 2], [3, 4]])
    x @= y
    return x


def clipped_copy(xp):
    x = xp.asarray([1.0, 2])
    x.clip(None, None)[...] = 9
    return x


def reshaped_copy(xp):
    x = xp.asarray([1, 2])
    x.reshape(-1, order="F", copy=True)[...] = 0
    return x


CASES |= {
    "@= of another shape": lambda xp: matmul_in_place(xp, xp.asarray([1.0, 1])),
    "@= broadcast": lambda xp: matmul_in_place(xp, xp.asarray([[1.0], [1]])),
    "a clipped array is a copy": clipped_copy,
    "a reshaped copy": reshaped_copy,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_as_numpy(case):
    def compare(got, want):
        np.testing.assert_array_equal(np.asarray(got), want)
        assert np.asarray(got).dtype == np.asarray(want).dtype

    assert_same_outcome(lambda xp: case(xp), (), (), compare)


def test_many_scalars_in_one_chain():
    x, g = np.ones(5, bool), ag.ones(5, "?")
    for _ in range(40):
        x, g = np.where(x, 1 + 2j, 3 + 4j), ag.where(g, 1 + 2j, 3 + 4j)
    np.testing.assert_array_equal(np.asarray(g), x)
    np.testing.assert_array_equal(np.asarray(g.sum()), x.sum())


@pytest.mark.gpu
def test_rows_are_made_as_they_are_asked_for():
    x = ag.zeros(1_000_000, "u1")
    before = ag.Device().counters()["dispatches"]
    assert next(iter(x)).shape == () and ag.Device().counters()["dispatches"] <= before + 1
    assert [int(v) for v in reversed(ag.arange(3))] == [2, 1, 0]


@pytest.mark.gpu
def test_masked_arrays_are_refused():
    with pytest.raises(TypeError, match="masked"):
        ag.asarray([1.0, 2]) + np.ma.array([1.0, 2], mask=[0, 1])


@pytest.mark.gpu
def test_waits_take_no_lock_that_another_thread_needs():
    """An allocation that must wait for memory, in one thread, beside operations of others."""
    code = """
import threading, time
import numpy as np, anygpu as ag
device = ag.Device()
x, s = ag.asarray(np.random.rand(300, 300)), ag.ones(1000)
ag.synchronize()
device.set_memory_limit(80 << 20)
stop = time.perf_counter() + 4
def allocate():
    k = 0
    while time.perf_counter() < stop:
        y = x @ x
        z = None
        z = ag.full(4_000_000 + (k % 7) * 500_000, 1.5)
        k += 1
def add():
    while time.perf_counter() < stop:
        (s + 1).get()
        time.sleep(0.001)
threads = [threading.Thread(target=f) for f in (allocate, add, add)]
for t in threads: t.start()
for t in threads: t.join()
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.strip() == "done" and not done.stderr, done.stderr


@pytest.mark.parametrize("name", ["arctan2", "hypot", "copysign", "nextafter", "heaviside", "logaddexp"])
@pytest.mark.parametrize("pair", [("uint8", "int8"), ("int8", "uint8"), ("int16", "uint16"), ("int16", "uint8"), ("bool", "int8"), ("uint32", "int32"), ("uint64", "int64")])
def test_integers_fit_their_loop_each_by_itself(name, pair):
    """int8 and uint8 both fit float16, though their common dtype is int16."""
    a, b = (np.array([0, 1, 3, 7]).astype(d) for d in pair)
    assert getattr(ag, name)(ag.asarray(a), ag.asarray(b)).dtype == getattr(np, name)(a, b).dtype


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16"])
def test_python_integers_beside_narrow_dtypes(dtype):
    x = np.array([0, 1]).astype(dtype)
    assert_same(lambda xp: xp.arctan2(0, xp.asarray(x)))
    assert_same(lambda xp: xp.hypot(xp.asarray(x), 3))


@pytest.mark.parametrize("name", ["logical_and", "logical_or", "logical_xor"])
@pytest.mark.parametrize("number", [-2, 300, 2**70, -0.0, True])
def test_truth_of_numbers_out_of_range(name, number):
    x = np.array([0, 1, 255], "uint8")
    assert_same(lambda xp: getattr(xp, name)(xp.asarray(x), number))
    assert_same(lambda xp: getattr(xp, name)(number, xp.asarray(x)))


@pytest.mark.parametrize("value", [1, True, 2.5, 3j, np.float32(2)])
def test_parts_of_numbers_are_numbers(value):
    for name in ("real", "imag"):
        got, want = getattr(ag, name)(value), getattr(np, name)(value)
        assert got == want and type(got) is type(want)


@pytest.mark.parametrize("name", ["min", "max", "nanmin", "nanmax"])
@pytest.mark.parametrize("shape, axis", [((), 0), ((), 1), ((2, 2), 2), ((2, 2), (0, -3)), ((2, 2), 1)])
def test_extremes_with_a_mask_look_at_the_axis_first(name, shape, axis):
    x = np.ones(shape)
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis, where=a > 0), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "nancumsum", "nancumprod"])
@pytest.mark.parametrize("axis", [None, 0, -1, 1, -2])
@pytest.mark.parametrize("value", [2, 2.5, 1 + 2j])
def test_running_along_a_number(name, axis, value):
    x = np.array(value)
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0), (2, 3), ()])
@pytest.mark.parametrize("keepdims", [False, True])
def test_order_statistics_over_no_axes(shape, keepdims):
    x = np.ones(shape)
    for name, arguments in {"median": (), "nanmedian": (), "quantile": ([0.0, 0.5],), "percentile": (50,), "nanquantile": (0.5,)}.items():
        assert_same_outcome(lambda xp, a: getattr(xp, name)(a, *arguments, axis=(), keepdims=keepdims), (x,), (ag.asarray(x),))


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "var", "nansum", "nanvar"])
@pytest.mark.parametrize("axis", [0, -1, 1])
def test_sums_of_a_number_with_a_mask(name, axis):
    x = np.array(3.0)
    assert_same_outcome(lambda xp, a: getattr(xp, name)(a, axis=axis, where=xp.asarray(True)), (x,), (ag.asarray(x),))
