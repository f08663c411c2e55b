"""Every name of Numba's kernels and host interface: it works, or says why it cannot and what there is instead."""

import numpy as np
import pytest

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

PRESENT = """
jit reduce Reduce grid gridsize threadIdx blockIdx blockDim gridDim laneid warpsize shared.array local.array const.array_like syncthreads syncthreads_count
syncthreads_and syncthreads_or syncwarp threadfence threadfence_block threadfence_system nanosleep atomic.add atomic.sub atomic.and_ atomic.or_ atomic.xor atomic.exch
atomic.max atomic.min atomic.inc atomic.dec atomic.nanmax atomic.nanmin atomic.cas atomic.compare_and_swap shfl_sync shfl_up_sync shfl_down_sync shfl_xor_sync all_sync
any_sync eq_sync ballot_sync match_any_sync match_all_sync activemask lanemask_lt popc brev clz ffs selp fma cbrt fp16.hfma libdevice.sin cg.this_grid
random.create_xoroshiro128p_states is_available is_supported_version cuda_error detect gpus list_devices select_device get_current_device current_context require_context
close synchronize defer_cleanup is_float16_supported is_bfloat16_supported is_fp8_supported to_device device_array device_array_like pinned_array pinned_array_like
mapped_array mapped_array_like managed_array pinned mapped as_cuda_array is_cuda_array stream default_stream legacy_default_stream per_thread_default_stream event
event_elapsed_time profile_start profile_stop profiling CudaSupportError In Out InOut vectorize guvectorize types.float32 float32 void
""".split()
REFUSED = """
declare_device compile compile_all compile_ptx compile_for_current_device compile_ptx_for_current_device open_ipc_array from_cuda_array_interface external_stream
set_memory_manager ldcg stwt CUSource BaseCUDAMemoryManager
""".split()


@pytest.mark.parametrize("name", PRESENT)
def test_present(name):
    found = cuda
    for part in name.split("."):
        found = getattr(found, part)
    assert found is not None


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_way_out(name):
    with pytest.raises(NotImplementedError, match=f"cuda.{name}: .*: "):
        getattr(cuda, name)(1, 2)


def test_names_that_are_not_there():
    with pytest.raises(AttributeError, match="no vector types: use"):
        cuda.float32x4
    with pytest.raises(AttributeError, match="has no attribute 'nothing'$"):
        cuda.nothing
    with pytest.raises(AttributeError, match="use the functions of math or NumPy"):
        cuda.libdevice.mulhi


def test_host_contexts_and_questions(capsys):
    assert cuda.is_supported_version() and cuda.cuda_error() is None and cuda.is_float16_supported()
    assert not cuda.is_bfloat16_supported() and not cuda.is_fp8_supported()
    x = np.arange(5.0)
    with cuda.pinned(x), cuda.defer_cleanup(), cuda.profiling():
        cuda.profile_start()
        cuda.profile_stop()

    @cuda.require_context
    @cuda.jit
    def double(a):
        i = cuda.grid(1)
        if i < a.size:
            a[i] *= 2

    with cuda.mapped(x) as copy:
        double[1, 8](copy)
    assert np.array_equal(x, np.arange(5.0) * 2)
    managed = cuda.managed_array(5)
    managed[:] = x
    double[1, 8, cuda.legacy_default_stream()](managed)
    assert np.array_equal(managed.copy_to_host(), x * 2)
    cuda.current_context().push()
    cuda.current_context().pop()


def test_transfers():
    x = np.arange(6.0).reshape(2, 3)
    d = cuda.to_device(x)
    x[:] = 0
    assert np.array_equal(d.copy_to_host(), np.arange(6.0).reshape(2, 3))
    host = np.empty((2, 3))
    assert d.copy_to_host(host) is host and host[1, 2] == 5
    d.copy_to_device(x)
    assert not d.copy_to_host().any()
    other = cuda.device_array_like(np.asfortranarray(x))
    assert other.is_f_contiguous() and not other.is_c_contiguous() and d.is_c_contiguous()
    cuda.to_device(host, to=other)
    assert np.array_equal(other.copy_to_host(), host)
    parts = cuda.to_device(np.arange(7)).split(3)
    assert [p.tolist() for p in parts] == [[0, 1, 2], [3, 4, 5], [6]]
    with pytest.raises(ValueError, match=r"copy_to_host: the array is float64 of shape \(2, 3\), and float64 of shape \(6,\) was given"):
        d.copy_to_host(np.empty(6))
    with pytest.raises(ValueError, match="copy_to_device"):
        d.copy_to_device(np.empty((2, 3), "float32"))
    with pytest.raises(ValueError, match="one-dimensional"):
        d.split(2)


def test_half_precision():
    @cuda.jit
    def half(x, y, out, flags):
        i = cuda.grid(1)
        if i < x.size:
            out[0, i] = cuda.fp16.hadd(x[i], y[i])
            out[1, i] = cuda.fp16.hdiv(x[i], y[i])
            out[2, i] = cuda.fp16.hsqrt(cuda.fp16.habs(x[i]))
            out[3, i] = cuda.fp16.hfma(x[i], y[i], 1.5)
            out[4, i] = cuda.fp16.hmax(x[i], cuda.fp16.hneg(y[i]))
            flags[i] = cuda.fp16.hlt(x[i], y[i])
            cuda.nanosleep(100)

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=50).astype("f2"), rng.normal(size=50).astype("f2")
    out, flags = np.zeros((5, 50), "f2"), np.zeros(50, bool)
    half[1, 64](x, y, out, flags)
    fused = (x.astype("f8") * y.astype("f8") + 1.5).astype("f2")
    assert np.array_equal(out, np.stack([x + y, x / y, np.sqrt(np.abs(x)), fused, np.fmax(x, -y)]))
    assert np.array_equal(flags, x < y)


def test_libdevice():
    @cuda.jit
    def f(x, single, double):
        i = cuda.grid(1)
        if i < x.size:
            single[i] = cuda.libdevice.sinf(x[i]) + cuda.libdevice.fmaxf(x[i], 0.5)
            double[i] = cuda.libdevice.rsqrt(x[i]) + cuda.libdevice.pow(x[i], 2.0)

    x = np.random.default_rng(0).random(20) + 0.1
    single, double = np.zeros(20, "f4"), np.zeros(20)
    f[1, 32](x, single, double)
    assert np.allclose(single, np.sin(x) + np.maximum(x, 0.5), rtol=1e-6) and np.allclose(double, 1 / np.sqrt(x) + x**2, rtol=1e-14)

    @cuda.jit
    def missing(x):
        x[0] = cuda.libdevice.mulhi(x[0], 2)

    with pytest.raises(ag.KernelError, match="libdevice.mulhi is NVIDIA's"):
        missing[1, 1](x)


def test_grid_synchronisation():
    @cuda.jit
    def f(x):
        cuda.cg.this_grid().sync()

    with pytest.raises(ag.KernelError, match="end the kernel .* launch a second one"):
        f[1, 1](np.zeros(3))


def test_copies_refuse_what_is_no_array():
    for copy in (ag.arange(3.0).copy_to_host, ag.arange(3.0).copy_to_device):
        with pytest.raises(TypeError, match="not a list"):
            copy([1.0, 2.0, 3.0])


@pytest.mark.parametrize("make", [cuda.device_array, cuda.pinned_array, cuda.managed_array, cuda.mapped_array])
def test_arrays_with_strides(make):
    x = make((3, 4), np.float32, strides=(4, 12))
    assert x.shape == (3, 4) and x.strides == (4, 12)
    x[...] = 7
    assert (np.asarray(x.get() if hasattr(x, "get") else x) == 7).all()
    assert make((2, 3), np.int8, strides=(16, 2)).strides == (16, 2)
    for strides in ((4,), (3, 12), (-4, 12)):
        with pytest.raises(ValueError, match="strides"):
            make((3, 4), np.float32, strides=strides)


@pytest.mark.parametrize("host", [np.zeros((10, 12))[::2, ::2], np.zeros((10, 12), order="F")[::2, ::2], np.zeros((2, 3, 4)).T, np.zeros((2, 3, 4)).transpose(1, 0, 2)])
def test_an_array_like_another_has_the_order_of_its_axes(host):
    want = np.zeros_like(host).strides
    assert cuda.device_array_like(host).strides == want
    assert cuda.pinned_array_like(host).strides == want


def test_a_device_tells_what_its_kernels_may_have():
    device = cuda.get_current_device()
    limits = ag.Device().limits
    assert device.MAX_THREADS_PER_BLOCK == limits["threads_per_block"] and device.MAX_SHARED_MEMORY_PER_BLOCK == limits["shared_memory"]
    assert [device.MAX_BLOCK_DIM_X, device.MAX_BLOCK_DIM_Y, device.MAX_BLOCK_DIM_Z] == list(limits["block_dim"])
    assert device.MAX_GRID_DIM_X == 2**31 - 1 and device.supports_float16 and not device.supports_bfloat16
    sizes = ag.Device().subgroup_sizes
    assert getattr(device, "WARP_SIZE", None) == (None if sizes is None else sizes[1])
    assert device.name == device.name.decode() == ag.Device().name
    assert cuda.current_context().device == device.get_primary_context().device == device
    for name, why in (("compute_capability", "NVIDIA"), ("MULTIPROCESSOR_COUNT", "grid-stride"), ("CLOCK_RATE", "no API"), ("nonsense", "no attribute")):
        with pytest.raises(AttributeError, match=why):
            getattr(device, name)
