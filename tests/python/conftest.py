"""One place for what every test module needs: the target, the hypothesis profiles, and the markers.

The suite compares `anygpu` with NumPy. Aimed at NumPy itself (`ANYGPU_TEST_TARGET=numpy pytest tests/python`) it compares
NumPy with NumPy, which shows that the expectations written here are NumPy's and not ours; it needs neither a GPU nor a build.
"""

import os
import sys

import hypothesis
import numpy as np
import pytest

if os.environ.get("ANYGPU_TEST_TARGET") == "numpy":
    import numpy_target

    numpy_target.install(sys.modules)

import anygpu as ag  # noqa: E402  (after the target is chosen)

# The oracle's warnings are not under test.
np.seterr(all="ignore")


def pytest_configure(config):
    """Emulated types are slow, and anygpu says so once per call site: not what is tested here."""


hypothesis.settings.register_profile(
    "ci",
    max_examples=20,
    derandomize=True,  # the same examples in every run: a failure in CI is a failure at home
    deadline=None,  # the first example of a kernel compiles it
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.register_profile(
    "deep",
    parent=hypothesis.settings.get_profile("ci"),
    max_examples=1000,
    derandomize=False,
)
hypothesis.settings.load_profile("ci")


def pytest_collection_modifyitems(config, items):
    """Leave out, with a reason, what the target or the mode gives no meaning to."""
    aimed_at_numpy = getattr(ag, "__is_numpy_target__", False)
    native = not (os.environ.get("ANYGPU_LIMITS") or os.environ.get("ANYGPU_CHECKED"))
    deep = config.getoption("--hypothesis-profile", default=None) == "deep"
    for item in items:
        if aimed_at_numpy and item.get_closest_marker("gpu"):
            item.add_marker(pytest.mark.skip(reason="about the device side; the target is NumPy"))
        if not native and item.get_closest_marker("native"):
            item.add_marker(pytest.mark.skip(reason="promised for the default mode only"))
        if os.environ.get("ANYGPU_CHECKED") and item.get_closest_marker("out_of_bounds"):
            item.add_marker(pytest.mark.skip(reason="accesses out of bounds are errors in this mode"))
        if not deep and item.get_closest_marker("deep"):
            item.add_marker(pytest.mark.skip(reason="only with --hypothesis-profile=deep"))


def pytest_report_header(config):
    """Say what is being tested: the device and the mode are the first question about any failure."""
    mode = " ".join(f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("ANYGPU_")) or "native"
    try:
        device = str(ag.Device())
    except Exception as error:  # the tests will say it again, one by one
        device = f"none ({error})"
    return [f"anygpu device: {device}", f"anygpu mode: {mode}", f"oracle: NumPy {np.__version__}"]
