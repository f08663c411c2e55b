"""What runs on the device reads nothing back: a table of calls over the namespace, counted by the device's own counters."""

import importlib.util
import pathlib

import numpy as np
import pytest

import anygpu as ag

pytestmark = pytest.mark.gpu
ROOT = pathlib.Path(__file__).resolve().parents[2]

#: Arguments of the calls, made anew for each: `x`, `y` float32 matrices, `i` int32, `b` truth values, `z` complex, `s` a regular matrix, `u` bytes;
#: `v`, `w`, `j` vectors.
HOST = {
    "x": (np.arange(12, dtype="float32") / 8 + 0.25).reshape(3, 4),
    "y": (np.arange(12, dtype="float32") / 4 - 1.25).reshape(3, 4),
    "i": np.arange(12, dtype="int32").reshape(3, 4) % 5,
    "b": np.arange(12).reshape(3, 4) % 3 == 0,
    "z": (np.arange(12) + 1j).astype("complex64").reshape(3, 4),
    "s": np.eye(4, dtype="float32") * 3 + 1,
    "u": np.arange(12, dtype="uint8").reshape(3, 4),
    "v": np.arange(4, dtype="float32"),
    "w": np.linspace(-1, 2, 4, dtype="float32"),
    "j": np.array([2, 0, 1, 1]),
}

#: Arguments, where one matrix for each of a ufunc's operands, or one matrix, will not do.
ARGUMENTS = {
    **dict.fromkeys("bitwise_count bitwise_invert bitwise_not invert".split(), "i"),
    **dict.fromkeys("bitwise_and bitwise_or bitwise_xor gcd lcm left_shift right_shift bitwise_left_shift bitwise_right_shift".split(), "i, i"),
    **dict.fromkeys("allclose array_equal array_equiv convolve correlate cov divmod inner isclose kron trapezoid trapz".split(), "v, w"),
    **dict.fromkeys("corrcoef outer polyadd polymul polysub polyval vdot vecdot".split(), "v, w"),
    **dict.fromkeys("polyder polyint".split(), "v"),
    **dict.fromkeys("intersect1d isin in1d setdiff1d setxor1d union1d".split(), "j, j"),
    **dict.fromkeys("bartlett blackman hamming hanning identity ones zeros empty tri eye arange".split(), "5"),
    **dict.fromkeys("concat concatenate stack vstack hstack dstack column_stack row_stack block".split(), "[x, y]"),
    **dict.fromkeys("broadcast_arrays meshgrid ix_".split(), "v, j"),
    **dict.fromkeys("array_split split".split(), "v, 2"),
    **dict.fromkeys("hsplit".split(), "x, 2"),
    **dict.fromkeys("diag_indices tril_indices triu_indices".split(), "4"),
    **dict.fromkeys("diag_indices_from tril_indices_from triu_indices_from".split(), "s"),
    **dict.fromkeys("poly roots diag diagflat vander bincount trim_zeros ediff1d".split(), "v"),
    **dict.fromkeys("linspace logspace geomspace".split(), "1.0, 2.0, 5"),
    **dict.fromkeys("percentile nanpercentile".split(), "x, [20, 50]"),
    **dict.fromkeys("quantile nanquantile".split(), "x, [0.2, 0.5]"),
    **dict.fromkeys("partition argpartition".split(), "x, 1"),
    **dict.fromkeys("matmul dot".split(), "s, s"),
    **dict.fromkeys("broadcast_to".split(), "v, (3, 4)"),
    **dict.fromkeys("reshape resize".split(), "x, (4, 3)"),
    **dict.fromkeys("set_default_float show_config synchronize is_available get_default_memory_pool get_default_pinned_memory_pool".split(), None),
    **dict.fromkeys("kernel fusion fuse jit vectorize guvectorize ElementwiseKernel ReductionKernel RawKernel RawModule from_dlpack fromDlpack asnumpy iterable isscalar broadcast_shapes require".split(), None),
    "append": "x, y",
    "apply_along_axis": "ag.sum, 0, x",
    "apply_over_axes": "ag.sum, x, [0]",
    "astype": "x, 'float64'",
    "bincount": "j",
    "choose": "i % 2, [x, y]",
    "clip": "x, 0, 1",
    "compress": "b[0], x, 1",
    "copyto": "x, y",
    "delete": "x, 1, 0",
    "cross": "v[:3], w[:3]",
    "cumulative_prod": "v",
    "cumulative_sum": "v",
    "digitize": "v, w",
    "dsplit": "ag.ones((2, 2, 2)), 2",
    "einsum": "'ij,kj', x, y",
    "expand_dims": "x, 0",
    "extract": "b, x",
    "fill_diagonal": "s, 7",
    "fromfunction": "lambda i, j: i + j, (3, 4)",
    "full": "3, 7",
    "full_like": "x, v[1]",
    "histogram2d": "v, w",
    "histogramdd": "x",
    "indices": "(3, 4)",
    "insert": "x, 1, 7, 0",
    "interp": "v, w, v",
    "kaiser": "5, 14",
    "ldexp": "x, i",
    "lexsort": "(v, w)",
    "mask_indices": "4, ag.triu",
    "matvec": "x, v",
    "modf": "x",
    "frexp": "x",
    "moveaxis": "x, 0, 1",
    "packbits": "b",
    "pad": "x, 1",
    "permute_dims": "x, (1, 0)",
    "piecewise": "x, [b], [1, 2]",
    "place": "x, b, y",
    "polyfit": "v, w, 1",
    "put": "x, j, v",
    "put_along_axis": "x, i[:, :1] % 4, y[:, :1], 1",
    "putmask": "x, b, y",
    "ravel_multi_index": "(j, j), (3, 4)",
    "repeat": "x, 2",
    "roll": "x, 1",
    "rollaxis": "x, 1",
    "searchsorted": "w, x",
    "select": "[b, x > 1], [x, y]",
    "swapaxes": "x, 0, 1",
    "take": "x, j, 1",
    "take_along_axis": "x, i % 3, 0",
    "tensordot": "x, s, 1",
    "tile": "x, 2",
    "trace": "s",
    "unpackbits": "u",
    "unravel_index": "j, (3, 4)",
    "vecmat": "v, s",
    "vsplit": "s, 2",
    "where": "b, x, y",
    "real_if_close": "z",
}

COUNTED = "the length of the result is the number of elements found"
TRIMMED = "zeros at the ends are left out of the result"
ANSWER = "the result is a bool of Python"
CHECKED = "ValueError depends on the elements"

#: What waits for the device: how many reads at most, and what for. A read more where positions that were computed on the device have been checked.
READS = {
    **dict.fromkeys("argwhere bincount compress extract flatnonzero mask_indices nonzero union1d unique unique_values".split(), (1, COUNTED)),
    **dict.fromkeys("unique_all unique_counts unique_inverse".split(), (2, COUNTED)),
    **dict.fromkeys("setdiff1d setxor1d".split(), (3, COUNTED + ", of unique elements first")),
    "intersect1d": (4, COUNTED + ", of unique elements first"),
    **dict.fromkeys("allclose array_equal array_equiv".split(), (1, ANSWER)),
    **dict.fromkeys("asarray_chkfinite choose nanargmax nanargmin unravel_index".split(), (1, CHECKED)),
    "ravel_multi_index": (2, CHECKED + ", for each dimension"),
    "digitize": (2, CHECKED + ": bins rise or fall"),
    **dict.fromkeys("histogram histogram_bin_edges".split(), (1, CHECKED + ": the range is finite")),
    "histogram2d": (2, CHECKED + ": the ranges are finite"),
    "histogramdd": (4, CHECKED + ": the ranges are finite"),
    "trim_zeros": (1, TRIMMED),
    **dict.fromkeys("polymul roots".split(), (2, TRIMMED)),
    "polyfit": (2, "singular values are computed on the host, and a rank that falls short is a warning"),
    "real_if_close": (1, "the dtype of the result depends on the elements"),
}


def load_script():
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "scripts" / "coverage.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def on_the_device():
    where = load_script().where
    return [name for name in dir(ag) if not name.startswith("_") and where(name, getattr(ag, name)) in ("kernel", "composed")]


def downloads():
    return ag.Device().counters()["downloads"]


def reads_of(name):
    function = getattr(ag, name)
    given = ARGUMENTS.get(name, ", ".join("xyx"[: getattr(function, "nin", 1)]))
    if given is None:
        pytest.skip("computes nothing of arrays")
    arrays = {key: ag.asarray(value) for key, value in HOST.items()}
    arguments = eval(f"({given},)", {"ag": ag, **arrays})
    ag.synchronize()
    before = downloads()
    function(*arguments)
    return downloads() - before


def test_a_read_counts():
    x = ag.ones(3)
    before = downloads()
    float(x[1])
    assert downloads() == before + 1


@pytest.mark.parametrize("name", on_the_device() if not getattr(ag, "__is_numpy_target__", False) else [])
def test_nothing_is_read(name):
    allowed, reason = READS.get(name, (0, ""))
    reads = reads_of(name)
    assert reads <= allowed, f"{name} read {reads} times from the device, not {allowed}: {reason}"
    assert reads > 0 or not allowed, f"{name} reads nothing: no exception any more"


def test_every_exception_is_a_name_of_the_table():
    assert READS.keys() | ARGUMENTS.keys() <= set(on_the_device())
