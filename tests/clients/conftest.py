"""Libraries written for the array API standard or for NumPy's protocols, run unmodified on arrays of a device."""

import os

os.environ["SCIPY_ARRAY_API"] = "1"  # before SciPy is imported
os.environ["MPLBACKEND"] = "Agg"

import numpy as np
import pytest

import anygpu as ag

_RNG = np.random.default_rng(0)
X = _RNG.standard_normal((60, 5))
LABELS = (X @ [1, 2, -1, 0.5, 0] > 0).astype(int)


@pytest.fixture
def same():
    """`same(f, *arrays)`: f gives for arrays of the device what it gives for NumPy's, as arrays of the device."""

    def check(f, *arrays, tolerance=1e-6, on_device=True):
        compare(f(*map(ag.asarray, arrays)), f(*arrays), tolerance, on_device)

    return check


def compare(got, want, tolerance, on_device):
    if isinstance(want, tuple):
        assert len(got) == len(want)
        for g, w in zip(got, want):
            compare(g, w, tolerance, on_device)
        return
    if on_device and isinstance(want, np.ndarray) and want.ndim:
        assert isinstance(got, ag.ndarray), type(got)
    np.testing.assert_allclose(np.asarray(got), want, rtol=tolerance, atol=tolerance)


@pytest.fixture
def x():
    return X.copy()


@pytest.fixture
def labels():
    return LABELS.copy()
