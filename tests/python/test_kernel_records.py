"""Structured arrays in kernels, against the same functions of NumPy's record arrays."""

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

PACKED = np.dtype([("a", "f8"), ("b", "i4"), ("c", "c8"), ("h", "f4", (3, 2))])
ALIGNED = np.dtype([("a", "f8"), ("b", "i4"), ("c", "c8"), ("h", "f4", (3, 2))], align=True)
NESTED = np.dtype([("n", "u1"), ("in", [("p", "i2"), ("q", "f4")])])
TABLE = np.array([(1.5, 2), (3.5, 4)], [("x", "f4"), ("y", "i8")]).view(np.recarray)


def fields(x, out):
    for i in range(len(x)):
        x[i].b = i + 1
        x[i]["a"] = x[i].b * 0.5
        x["c"][i] = 1j * i
        x[i].h[1, 0] = i
        x.h[i, 2] = 3
        x[i].a += 2
        x[i]["b"] *= 3
        out[i] = x[i].a + x["b"][i] + x.shape[0] * 100 + x.size + x.ndim


def references(x, out):
    r = x[1]
    r.a = 5
    x[1].b = 7
    out[0] = r.a + r.b
    x[0] = x[1]
    x[2] = (1.0, 2, 3j, x[1].h)
    out[1] = TABLE[1].y + TABLE[0]["x"]
    part = x[1:]
    part[0].b = 9
    out[2] = part.shape[0] + part[1].b


@pytest.mark.parametrize("dtype", [PACKED, ALIGNED])
@pytest.mark.parametrize("function", [fields, references])
@pytest.mark.parametrize("step", [1, -2])
def test_arrays_of_records(function, dtype, step):
    rng = np.random.default_rng(2)
    whole = np.zeros(10, dtype)
    for name in dtype.names:
        whole[name] = rng.integers(0, 50, whole[name].shape)
    want, got = whole.copy(), whole.copy()
    outs = [np.zeros(10), np.zeros(10)]
    function(want[::step].view(np.recarray), outs[0])
    cuda.jit(function)[1, 1](got[::step], outs[1])
    # What lies between aligned fields is not compared.
    assert all(np.array_equal(got[name], want[name]) for name in dtype.names)
    assert np.array_equal(*outs)
    on_device = cuda.to_device(np.ascontiguousarray(whole[::step]))
    cuda.jit(function)[1, 1](on_device, np.zeros(10))
    host = on_device.copy_to_host()
    assert all(np.array_equal(host[name], want[::step][name]) for name in dtype.names)


@cuda.jit(device=True)
def raised(record, by):
    record["in"].p += by
    return record["in"].q


@cuda.jit
def nested(x, out):
    i = cuda.grid(1)
    if i < x.size:
        x["in"]["q"][i] += 0.5
        inner = x[i]["in"]
        inner.p = i
        out[i] = raised(x[i], 10) + inner.p


def test_nested_records_are_passed_to_functions():
    x, out = np.zeros(5, NESTED), np.zeros(5)
    nested[2, 4](x, out)
    assert x["in"]["p"].tolist() == [10, 11, 12, 13, 14] and (x["in"]["q"] == 0.5).all()
    assert np.array_equal(out, 0.5 + np.arange(5) + 10)


@cuda.jit
def one(record, out):
    record.b = 4
    out[0] = record.a + record[1] + record["h"][2, 1]


def test_one_record():
    x, out = np.ones(3, PACKED), np.zeros(1)
    one[1, 1](x[1], out)
    assert x["b"].tolist() == [1, 4, 1] and out[0] == 1 + 4 + 1


@cuda.jit
def memory(out):
    held = cuda.shared.array(4, NESTED)
    own = cuda.local.array((2, 2), PACKED)
    constant = cuda.const.array_like(TABLE)
    i = cuda.threadIdx.x
    held[i]["in"].p = i * i
    own[1, 0].h[2, 1] = 5
    cuda.syncthreads()
    out[i] = held[3 - i]["in"].p + own[1, 0].h[2, 1] + constant[i % 2].y


def test_shared_local_and_constant_records():
    out = np.zeros(4)
    memory[1, 4](out)
    assert np.array_equal(out, (3 - np.arange(4)) ** 2 + 5 + np.array([2, 4, 2, 4]))


@cuda.jit
def both(a, b):
    a[0].b = 1
    b[0].a = 2


def test_one_array_passed_twice_and_directions():
    x = np.zeros(1, PACKED)
    both[1, 1](x, x)
    assert (x[0]["a"], x[0]["b"]) == (2, 1)
    both[1, 1](cuda.In(x), cuda.Out(y := np.ones(1, PACKED)))
    assert x[0]["b"] == 1 and y[0]["a"] == 2


def test_on_the_device():
    x = np.array([(1, (2, 3.5)), (4, (5, 6.5))], NESTED)
    d = cuda.to_device(x)
    assert d.shape == (2,) and d.size == len(d) == 2 and d.dtype == NESTED and "records" in repr(d)
    assert isinstance(d["n"], ag.ndarray) and d["in"]["q"].tolist() == [3.5, 6.5]
    d["n"] = 9
    host = np.zeros(2, NESTED)
    assert d.copy_to_host(host) is host and host["n"].tolist() == [9, 9]
    d.copy_to_device(x)
    assert d.copy_to_host().tolist() == x.tolist()
    assert cuda.device_array((2, 3), NESTED).copy_to_host().shape == (2, 3)


@pytest.mark.parametrize(
    "statement, message",
    [("x[0].z = 1", "fields a, b, c, h, not 'z'"), ("x[0, 0].a = 1", "too many indices"), ("x[0] = 1", "a record is assigned"), ("out.z = 1", "fields of records"), ("out[0] = x[0][9]", "within its length")],
)
def test_what_records_have_not(statement, message, tmp_path):
    path = tmp_path / "kernels.py"
    path.write_text(f"def kernel(x, out):\n    {statement}\n")
    namespace = {}
    exec(compile(path.read_text(), path, "exec"), namespace)
    with pytest.raises(cuda.KernelError, match=message):
        cuda.jit(namespace["kernel"])[1, 1](np.zeros(2, PACKED), np.zeros(1))


def test_tuples_of_arrays_of_the_device():
    @cuda.jit
    def first(pair, out):
        out[0] = pair[0][1] + pair[1][0]

    out = np.zeros(1)
    first[1, 1]((ag.arange(3), np.arange(3) + 5), out)
    assert out[0] == 6


def iterated(x, out):
    k = 0
    for r in x:
        out[k] = r.a + r.b
        r.b += 1
        k += 1
    for i, r in enumerate(x):
        r.a = i
    for r, s in zip(x, x[::-1]):
        out[k] = r.a * s.b
        k += 1


def test_loops_over_records():
    want = np.zeros(5, PACKED)
    want["a"], want["b"] = np.arange(5), 10
    got, outs = want.copy(), [np.zeros(10), np.zeros(10)]
    iterated(want.view(np.recarray), outs[0])
    cuda.jit(iterated)[1, 1](got, outs[1])
    assert np.array_equal(*outs) and got.tobytes() == want.tobytes()


def test_records_in_the_simulator():
    got, want = (np.zeros(5, PACKED) for _ in range(2))
    outs = [np.zeros(5), np.zeros(5)]
    on_device = cuda.to_device(got)
    cuda.jit(fields)[1, 1](want, outs[0])
    cuda.jit(simulate=True)(fields)[1, 1](got, outs[1])
    cuda.jit(simulate=True)(fields)[1, 1](on_device, outs[1])
    assert np.array_equal(*outs)
    assert all(np.array_equal(x[name], want[name]) for x in (got, on_device.copy_to_host()) for name in PACKED.names)
