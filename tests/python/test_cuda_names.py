"""The names of `anygpu.cuda` for devices, streams, events and memory, and NumPy's older names that CuPy keeps."""

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu


def test_devices():
    from anygpu import cuda

    device = cuda.Device()
    assert device == cuda.get_current_device() == cuda.gpus.current and device.id == cuda.get_device_id() == cuda.runtime.getDevice()
    assert cuda.runtime.getDeviceCount() == len(cuda.gpus) == len(cuda.list_devices()) >= 1 and cuda.is_available() and ag.is_available()
    assert device.name == ag.Device().name and device.opened == ag.Device()
    with device:
        cuda.select_device(device.id)
        cuda.runtime.setDevice(device.id)
        device.synchronize()
    with pytest.raises(IndexError):
        cuda.Device(99)
    try:
        free, total = device.mem_info
        assert 0 <= free <= total and cuda.current_context().get_memory_info()[1] == total
    except RuntimeError as error:
        assert "does not say" in str(error)
    assert cuda.runtime.getDeviceProperties(device.id)["name"] == device.name.encode()
    cuda.runtime.deviceSynchronize()


def test_streams_and_events():
    from anygpu import cuda

    start, end = cuda.Event(), cuda.Event(disable_timing=True)
    with cuda.Stream(non_blocking=True) as stream:
        start.record(stream)
        x = ag.arange(10) * 2
        end.record()
        end.synchronize()
    assert cuda.get_elapsed_time(start, end) >= 0 and end.done and stream.done
    assert cuda.Stream.null == cuda.get_current_stream() == cuda.stream()
    assert isinstance(stream.record(), cuda.Event)
    with pytest.raises(ValueError):
        cuda.get_elapsed_time(start, cuda.Event())
    assert int(x[3]) == 6


def test_memory_pools():
    from anygpu import cuda

    pool = ag.get_default_memory_pool()
    with cuda.using_allocator(pool.malloc):
        x = ag.zeros(1000)
    cuda.set_allocator(cuda.MemoryPool().malloc)
    assert pool.used_bytes() >= x.nbytes and pool.n_free_blocks() in (0, 1)
    ag.get_default_pinned_memory_pool().free_all_blocks()
    with pytest.raises(NotImplementedError):
        pool.malloc(10)


def test_older_names(capsys):
    assert ag.float_ is np.float64 and ag.NINF == -np.inf and ag.AxisError is np.exceptions.AxisError
    assert ag.alltrue(ag.ones(3)) and not ag.sometrue(ag.zeros(3))
    assert ag.asfarray([1, 2]).dtype == np.float64 and ag.asfarray([1, 2], "int32").dtype == np.float64
    assert ag.in1d([[1, 2]], [2]).tolist() == [False, True]
    assert ag.msort([[3, 1], [2, 5]]).tolist() == [[2, 1], [3, 5]]
    assert ag.fromDlpack(ag.arange(3).__dlpack__()).tolist() == [0, 1, 2]
    ag.show_config()
    assert ag.Device().name in capsys.readouterr().out
