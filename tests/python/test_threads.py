"""Several Python threads at once, waiting without the GIL, and Ctrl-C."""

import concurrent.futures
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical

pytestmark = pytest.mark.alone

def test_threads_with_arrays_of_their_own():
    def work(seed):
        rng = np.random.default_rng(seed)
        x = rng.integers(-1000, 1000, 5003).astype("int32")
        g = ag.asarray(x)
        for i in range(30):
            x, g = x * 3 + i, g * 3 + i
            if i % 5 == 0:
                x[i:] += x[: len(x) - i]
                g[i:] += g[: len(x) - i]
        assert_identical(g, x)
        return int(ag.sum(g)) == int(np.sum(x))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))


def test_threads_that_share_arrays():
    x = np.arange(10_007, dtype="int64")
    shared = ag.asarray(x) * 2  # recorded once, read by all
    start = threading.Barrier(8)

    def work(i):
        start.wait()
        return [ag.asnumpy(shared + i), ag.asnumpy(shared[i::3].max()), ag.asnumpy(shared)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for i, (total, largest, plain) in enumerate(pool.map(work, range(8))):
            assert_identical(total, x * 2 + i)
            assert int(largest) == (x * 2)[i::3].max()
            assert_identical(plain, x * 2)


def test_threads_that_fail_do_not_disturb_the_others():
    def work(i):
        g = ag.arange(100)
        for _ in range(50):
            if i % 2:
                with pytest.raises(ValueError):
                    g + ag.zeros(7)
            else:
                assert_identical(g + i, np.arange(100) + i)
        return True

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(6)))


def test_arrays_outlive_the_thread_that_made_them():
    made = []
    thread = threading.Thread(target=lambda: made.append(ag.arange(10) * 3))
    thread.start()
    thread.join()
    assert_identical(made.pop(), np.arange(10) * 3)


@pytest.mark.gpu
def test_the_gil_is_released_while_waiting():
    """A Python thread goes on counting while another waits for the device."""
    a = ag.ones((1200, 1200), dtype="float32")
    ag.asnumpy((a @ a)[0, 0])
    ticks, stop = [], threading.Event()

    def count():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        begun = time.perf_counter()
        product = a
        for _ in range(4):
            product = product @ a
        ag.asnumpy(product[0, 0])
        ended = time.perf_counter()
    finally:
        stop.set()
        thread.join()
    during = [t for t in ticks if begun < t < ended]
    longest_gap = max(np.diff([begun, *during, ended]))
    assert ended - begun < 0.2 or longest_gap < 0.5 * (ended - begun), f"{longest_gap:.2f} s without a tick in {ended - begun:.2f} s"


# A process that a shell started in the background inherits that the signal is ignored.
HANDLE_SIGINT = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"


@pytest.mark.gpu
@pytest.mark.skipif(not hasattr(signal, "SIGINT") or os.name != "posix", reason="POSIX signals")
def test_ctrl_c_interrupts_a_loop():
    code = HANDLE_SIGINT + "import anygpu as ag\nx = ag.ones(2**18)\nfloat(x.sum())\nprint('ready', flush=True)\nwhile True:\n    float((x * 1.5 + 1).sum())\n"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline().strip() == "ready"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert "KeyboardInterrupt" in errors


@pytest.mark.gpu
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_told_or_works():
    """A device does not survive fork; the child must get an error or a device of its own, never hang."""
    code = (
        "import anygpu as ag, os, sys\n"
        "float(ag.ones(10).sum())\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    try:\n        float(ag.ones(10).sum())\n"
        "    except RuntimeError as error:\n        assert 'fork' in str(error), error\n"
        "    os._exit(0)\n"
        "_, status = os.waitpid(child, 0)\n"
        "sys.exit(os.waitstatus_to_exitcode(status))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_ctrl_c_ends_a_wait_and_the_device_goes_on():
    """SIGINT while the host waits for a long kernel raises KeyboardInterrupt within the wait's slice."""
    code = """
import os, signal, threading, time
import anygpu as ag
x = ag.ones((600, 600), dtype="float32")
float((x @ x).sum())
begun = time.perf_counter()
float((x @ x).sum())
one = time.perf_counter() - begun
for _ in range(min(int(2 / one) + 2, 20000)):
    x = x @ x * 1e-3
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
begun = time.perf_counter()
try:
    ag.synchronize()
    print("finished", time.perf_counter() - begun)
except KeyboardInterrupt:
    print("interrupted", time.perf_counter() - begun, flush=True)
assert float(ag.ones(3).sum()) == 3.0
"""
    done = subprocess.run([sys.executable, "-c", HANDLE_SIGINT + code], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("interrupted"), done.stdout
