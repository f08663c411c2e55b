"""The host remembers what it read of a small array; every kind of write makes it forget."""

import threading

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical


def kernel(x):
    ag.ElementwiseKernel("float64 a", "float64 b", "b = a * 2", "twice")(x.copy(), x)


WRITES = {
    "item": lambda xp, x: x.__setitem__(1, 9.0),
    "slice": lambda xp, x: x.__setitem__(slice(1, 3), 7.0),
    "all": lambda xp, x: x.__setitem__(..., 5.0),
    "fill": lambda xp, x: x.fill(4.0),
    "inplace": lambda xp, x: x.__iadd__(1.0),
    "mask": lambda xp, x: x.__setitem__(x > 1, -1.0),
    "indices": lambda xp, x: x.__setitem__([0, 3], 6.0),
    "out": lambda xp, x: xp.multiply(x, 3.0, out=x),
    "sort": lambda xp, x: x.sort(),
    "at": lambda xp, x: xp.add.at(x, [0, 0], 1.0),
    "put": lambda xp, x: xp.put(x, [2], 11.0),
    "reversed view": lambda xp, x: x[::-1].__setitem__(0, 8.0),
    "another dtype": lambda xp, x: x.view("int64").__setitem__(0, 0),
    "reshaped": lambda xp, x: x.reshape(2, 2).__setitem__((1, 1), 12.0),
    "copyto": lambda xp, x: xp.copyto(x, xp.ones(4)),
    "flat": lambda xp, x: x.flat.__setitem__(1, 3.0),
    "kernel": lambda xp, x: kernel(x) if hasattr(x, "get") else x.__imul__(2.0),
    "choose": lambda xp, x: xp.clip(x, 1.5, 2.5, out=x),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("made", ["uploaded", "computed"])
def test_a_read_after_a_write_sees_it(write, made):
    host = np.array([3.0, 1.0, 2.0, 0.5])
    x = ag.asarray(host) if made == "uploaded" else ag.asarray(host - 1.0) + 1.0
    for _ in range(2):
        assert [float(x[i]) for i in range(4)] == host.tolist()
        view, host_view = x[1:], host[1:]
        WRITES[write](ag, x)
        WRITES[write](np, host)
        assert [float(x[i]) for i in range(4)] == host.tolist()
        assert_identical(view, host_view)
        assert_identical(x, host)


def test_views_of_one_memory_are_read_each_as_its_own():
    host = np.arange(24.0).reshape(4, 6)
    x = ag.asarray(host)
    for key in ((2,), (slice(None), 3), (1, 2), (slice(1, 3),), (slice(None, None, -1),), (3, slice(2, 5))):
        assert_identical(ag.asarray(x[key]), host[key])
    assert_identical(x.T, host.T)
    z = ag.asarray(host + 1j)
    assert complex(z[1, 1]) == 7 + 1j
    z.real[1, 1] = 3.0
    assert complex(z[1, 1]) == 3 + 1j and float(z.imag[1, 1]) == 1.0


@pytest.mark.gpu
def test_looking_at_every_element_waits_once():
    x = ag.asarray(np.arange(10.0)) * 2
    total = float(x[0])
    before = ag.Device().counters()["downloads"]
    assert sum(float(x[i]) for i in range(10)) == 90.0 and total == 0.0
    assert ag.Device().counters()["downloads"] == before


@pytest.mark.gpu
def test_errors_of_indices_on_the_device_are_not_lost():
    x = ag.asarray(np.arange(4.0))
    assert float(x[0]) == 0.0
    outside = x[ag.asarray([9])]
    with pytest.raises(IndexError):
        float(x[0])
    del outside


def test_a_reader_beside_a_writer():
    x = ag.asarray(np.zeros(8, "int64"))
    wrong = []

    def read():
        last = 0
        while last < 50 and not wrong:
            now = int(x[3])
            if now < last:
                wrong.append((last, now))
            last = now

    thread = threading.Thread(target=read)
    thread.start()
    for k in range(1, 51):
        x[3] = k
    thread.join()
    assert not wrong and int(x[3]) == 50
