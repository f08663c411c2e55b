"""`anygpu.fft` against `numpy.fft`: values within rounding errors of double precision, dtypes, shapes, errors."""

import inspect

import anygpu as ag
import numpy as np
import pytest
from oracle import assert_identical, assert_same_form, assert_same_outcome, to_numpy

KINDS = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
LENGTHS = [*range(1, 41), 61, 64, 67, 97, 100, 121, 127, 128, 243, 360, 500, 512, 625]
LONG = [1000, 1009, 1024, 2048, 2187, 3000, 4096, 4098, 65536, 100_000]
RNG = np.random.default_rng(20)


def signal(shape, dtype):
    """Numbers of a dtype; complex ones for complex dtypes."""
    dtype = np.dtype(dtype)
    x = RNG.standard_normal(shape) * 10
    return (x + 1j * RNG.standard_normal(shape)).astype(dtype) if dtype.kind == "c" else x.astype(dtype)


def assert_near(result, want, exact, n):
    """dtype and shape of `want`, and within a few roundings of `exact`, the same in double precision or better, in the mean square."""
    got = to_numpy(result)
    assert_same_form(got, want)
    eps = np.finfo(got.dtype).eps
    norm = np.linalg.norm(exact)
    error = np.linalg.norm(got.astype(exact.dtype) - exact)
    assert error <= eps * (1.5 + np.log2(max(n, 2)) / 2) * norm, f"relative error {error / norm:.3g} = {error / norm / eps:.2f} eps for {n} points"


def compare(kind, x, n=None, axis=-1, **options):
    """One transform of both libraries."""
    wide = x.astype(np.result_type(x.dtype, np.float64))
    want = getattr(np.fft, kind)(x, n, axis, **options)
    exact = getattr(np.fft, kind)(wide, n, axis, **options)
    assert_near(getattr(ag.fft, kind)(ag.asarray(x), n, axis, **options), want, exact, max(want.shape[axis], x.shape[axis]))


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("kind", ["fft", "ifft"])
def test_complex_transforms_of_many_lengths(kind, dtype):
    for n in LENGTHS:
        compare(kind, signal((3, n), dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_real_transforms_of_many_lengths(dtype):
    for n in LENGTHS:
        x = signal((2, n), dtype)
        compare("rfft", x)
        compare("irfft", np.fft.rfft(x), n)


@pytest.mark.parametrize("n", LONG)
def test_long_transforms(n):
    compare("fft", signal((2, n), "complex64"))
    compare("ifft", signal(n, "complex128"))
    x = signal((2, n), "float64")
    compare("rfft", x)
    compare("irfft", np.fft.rfft(x), n)
    compare("rfft", x[0].astype("float32"))


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int32", "int64", "uint64", "float16", "float32", "float64", "complex64", "complex128"])
def test_result_dtypes(dtype):
    x = np.asarray([3, 1, 0, 2, 5, 4, 1]).astype(dtype)
    for kind in KINDS:
        if np.dtype(dtype).kind == "c" and kind in ("rfft", "ihfft"):
            with pytest.raises(TypeError):
                getattr(ag.fft, kind)(ag.asarray(x))
        elif dtype == "float16":
            got, want = to_numpy(getattr(ag.fft, kind)(ag.asarray(x))), getattr(np.fft, kind)(x)
            assert_same_form(got, want)
            np.testing.assert_allclose(got, want, rtol=2e-3, atol=1e-5)
        else:
            compare(kind, x)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
def test_normalisation(kind, norm):
    for dtype in ("float32", "float64"):
        compare(kind, signal(12, dtype), norm=norm)
        compare(kind, signal((2, 9), dtype), 15, norm=norm)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
@pytest.mark.parametrize("kind", KINDS)
def test_axes_and_cut_or_filled_lengths(kind, axis):
    x = signal((6, 5, 7), "float32")
    for n in (None, 3, 4, 11, 16):
        compare(kind, x, n, axis)


def test_long_transforms_along_any_axis():
    x = signal((3, 4200, 5), "complex64")
    for n in (None, 4096, 4100, 4201):
        compare("fft", x, n, 1)
    x = signal((2100, 3), "float64")
    for n in (2100, 4096):
        compare("rfft", x, n, 0)
        compare("irfft", np.fft.rfft(x, axis=0), n, 0)


@pytest.mark.parametrize("kind", ["fft", "rfft", "irfft"])
def test_views(kind):
    x = signal((6, 8, 10, 4), "float32")
    views = [
        lambda a: a[::-1, ::2, 1::3, ::-1],
        lambda a: a.transpose(2, 0, 3, 1),
        lambda a: a[1:, :, 3, :].T,
        lambda a: a[:, 2:3, :, 1],
    ]
    for view in views:
        host, device = view(x), view(ag.asarray(x))
        for axis in range(host.ndim):
            want = getattr(np.fft, kind)(host, 7, axis)
            exact = getattr(np.fft, kind)(host.astype("float64"), 7, axis)
            assert_near(getattr(ag.fft, kind)(device, 7, axis), want, exact, 8)


def test_broadcast_input_and_pending_operations():
    row = signal(16, "float64")
    x = ag.asarray(row) * 2 + 1
    got = ag.fft.fft(ag.broadcast_to(x, (5, 16)))
    assert_near(got, np.fft.fft(np.broadcast_to(row * 2 + 1, (5, 16))), np.fft.fft(np.broadcast_to(row * 2 + 1, (5, 16))), 16)
    np.testing.assert_allclose(to_numpy((got * 2)[0]), np.fft.fft(row * 2 + 1) * 2, rtol=1e-12, atol=1e-12)


def test_many_short_rows():
    for shape in [(5000, 3), (3, 5000), (700, 1), (1, 700), (257, 2, 3)]:
        for axis in range(len(shape)):
            compare("fft", signal(shape, "complex64"), None, axis)


def test_impulses_are_exact():
    for n in (1, 8, 30, 1024):
        x = np.zeros(n, "complex64")
        x[0] = 1
        assert_identical(ag.fft.fft(ag.asarray(x)), np.ones(n, "complex64"), zero_signs=False)
        assert_identical(ag.fft.fft(ag.ones(n, dtype="complex64")), x * n, zero_signs=False)


def test_infinity_and_nan_reach_the_result():
    x = signal(16, "float64")
    for special in (np.inf, np.nan):
        x[3] = special
        assert not np.isfinite(to_numpy(ag.fft.fft(ag.asarray(x)))).any()


def test_inverses_return_the_signal():
    for n in (1, 2, 7, 60, 331, 4099):
        z, x = signal(n, "complex128"), signal(n, "float64")
        scale = np.abs(z).max() * 1e-14
        np.testing.assert_allclose(to_numpy(ag.fft.ifft(ag.fft.fft(ag.asarray(z)))), z, atol=scale)
        np.testing.assert_allclose(to_numpy(ag.fft.irfft(ag.fft.rfft(ag.asarray(x)), n)), x, atol=scale * 10)
        np.testing.assert_allclose(to_numpy(ag.fft.hfft(ag.fft.ihfft(ag.asarray(x)), n)), x, atol=scale * 10)


SEVERAL = ["fftn", "ifftn", "rfftn", "irfftn"]


@pytest.mark.parametrize("kind", [*SEVERAL, "fft2", "ifft2", "rfft2", "irfft2"])
def test_several_dimensions(kind):
    x = signal((4, 6, 5), "float64")
    cases = [{}, {"axes": (0, 1)}, {"axes": (-1, 0), "s": (8, -1)}, {"norm": "ortho"}, {"s": (3, 7), "axes": (1, 2), "norm": "forward"}]
    for options in cases:
        want = getattr(np.fft, kind)(x, **options)
        assert_near(getattr(ag.fft, kind)(ag.asarray(x), **options), want, want, 240)


def test_repeated_axes_and_no_axes():
    x = signal((4, 4), "float32")
    want = np.fft.fftn(x.astype("float64"), axes=(0, 0, 1))
    assert_near(ag.fft.fftn(ag.asarray(x), axes=(0, 0, 1)), want.astype("complex64"), want, 64)
    assert_identical(ag.fft.fftn(ag.asarray(x), axes=()), x)


def test_s_without_axes_warns():
    x = signal((4, 4), "float32")
    for xp in (ag, np):
        with pytest.warns(DeprecationWarning):
            got = to_numpy(xp.fft.fftn(xp.asarray(x), s=(3,)))
        assert got.shape == (4, 3)


def test_out():
    x = signal((3, 8), "float64")
    for dtype in ("complex128", "complex64"):
        out = ag.zeros((3, 8), dtype=dtype)
        assert ag.fft.fft(ag.asarray(x), out=out) is out
        np.testing.assert_allclose(to_numpy(out), np.fft.fft(x), rtol=1e-4, atol=1e-4)
    out = ag.zeros((3, 8))
    assert ag.fft.irfftn(ag.fft.rfftn(ag.asarray(x)), out=out) is out
    np.testing.assert_allclose(to_numpy(out), x, atol=1e-13)


@pytest.mark.parametrize(
    "call",
    [
        lambda xp, x: xp.fft.fft(x, 0),
        lambda xp, x: xp.fft.fft(x, -3),
        lambda xp, x: xp.fft.fft(x, 2.5),
        lambda xp, x: xp.fft.fft(x, norm="unitary"),
        lambda xp, x: xp.fft.ifft(x, norm="unitary"),
        lambda xp, x: xp.fft.hfft(x, norm="unitary"),
        lambda xp, x: xp.fft.fft(x, axis=5),
        lambda xp, x: xp.fft.fft(x, 4, axis=5),
        lambda xp, x: xp.fft.irfft(x[:, :1]),
        lambda xp, x: xp.fft.fft(x[:, :0]),
        lambda xp, x: xp.fft.fft(xp.asarray(3.0)),
        lambda xp, x: xp.fft.fftn(x, s=(3, 3), axes=(0,)),
        lambda xp, x: xp.fft.fft2(x[0]),
        lambda xp, x: xp.fft.rfftn(x, axes=()),
        lambda xp, x: xp.fft.rfft(x * 1j),
        lambda xp, x: xp.fft.fft(x, out=xp.zeros((3, 4))),
        lambda xp, x: xp.fft.fft(x, out=xp.zeros((3, 5), dtype="complex128")),
        lambda xp, x: xp.fft.fftfreq(2.0),
        lambda xp, x: xp.fft.fftfreq(0),
        lambda xp, x: xp.fft.fftshift(x, 4),
    ],
)
def test_errors(call):
    x = np.ones((3, 4))
    with pytest.raises(Exception):  # noqa: B017  (every case is an error in NumPy; the class is compared below)
        call(np, x)
    assert_same_outcome(call, (x,), (ag.asarray(x),))


def test_empty_batches():
    for shape in [(0, 4), (2, 0, 4)]:
        got = to_numpy(ag.fft.rfft(ag.zeros(shape)))
        assert got.shape == (*shape[:-1], 3) and got.dtype == np.complex128


def test_no_points_filled_with_zeros():
    # NumPy leaves memory unset here for some lengths; zeros are what the definition gives.
    assert_identical(ag.fft.fft(ag.zeros((2, 0)), 4), np.zeros((2, 4), "complex128"), zero_signs=False)


def test_frequencies():
    for n in (1, 2, 5, 8, 9):
        for d in (1.0, 0.1, 3):
            assert_identical(ag.fft.fftfreq(n, d), np.fft.fftfreq(n, d))
            assert_identical(ag.fft.rfftfreq(n, d), np.fft.rfftfreq(n, d))


def test_shifts():
    for shape in [(5,), (4, 7), (3, 2, 4)]:
        x = np.arange(np.prod(shape)).reshape(shape)
        for axes in (None, 0, -1, (0,), tuple(range(len(shape))), (0, 0)):
            assert_identical(ag.fft.fftshift(ag.asarray(x), axes), np.fft.fftshift(x, axes))
            assert_identical(ag.fft.ifftshift(ag.asarray(x), axes), np.fft.ifftshift(x, axes))


@pytest.mark.gpu
def test_signatures_are_numpys():
    for name in np.fft.__all__:
        assert inspect.signature(getattr(ag.fft, name)) == inspect.signature(getattr(np.fft, name)), name


@pytest.mark.gpu
def test_numpys_functions_take_our_arrays():
    x = signal((4, 6), "float64")
    for name in ("fft", "irfft", "rfft2", "fftshift"):
        got = getattr(np.fft, name)(ag.asarray(x))
        assert isinstance(got, ag.ndarray)
        np.testing.assert_allclose(to_numpy(got), getattr(np.fft, name)(x), atol=1e-12)


@pytest.mark.gpu
def test_results_are_the_same_in_every_run():
    x = ag.asarray(signal((3, 1009), "complex64"))
    first = to_numpy(ag.fft.fft(x))
    for _ in range(3):
        assert_identical(ag.fft.fft(x), first)


@pytest.mark.gpu
def test_more_lengths_than_tables_are_kept_for():
    for n in range(2, 200):
        x = signal(n, "complex64")
        np.testing.assert_allclose(to_numpy(ag.fft.fft(ag.asarray(x))), np.fft.fft(x), atol=2e-4 * n)


@pytest.mark.gpu
def test_frequencies_take_the_standards_dtype():
    for name in ("fftfreq", "rfftfreq"):
        got = getattr(ag.fft, name)(7, 0.1, dtype="float32")
        assert_identical(got, getattr(np.fft, name)(7, 0.1).astype("float32"))
