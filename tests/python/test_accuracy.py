"""The bounds of every float function against mpmath, at fewer points than `make ulp` takes, and special arguments of the special functions."""

import importlib.util
import pathlib

import numpy as np
import pytest

import anygpu as ag
from oracle import to_numpy

pytestmark = pytest.mark.gpu

_FILE = pathlib.Path(__file__).parents[2] / "scripts" / "ulp.py"
_SPEC = importlib.util.spec_from_file_location("ulp", _FILE)
ulp = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(ulp)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [*ulp.UNARY, *ulp.BINARY])
def test_bound(name, dtype):
    function = getattr(ag, name, None) or getattr(ag.special, name)
    rng = np.random.default_rng(1)
    if name in ulp.BINARY:
        exact_function, domain, usual = ulp.BINARY[name]
        first, second = (ulp.points(rng, 20, dtype, domain[k], usual[k]) for k in (0, 1))
        n = min(len(first), len(second))
        operands = [first[:n], rng.permutation(second[:n])]
    else:
        exact_function, domain, usual = ulp.UNARY[name]
        operands = [ulp.points(rng, 20, dtype, domain, usual)]
    try:
        got = to_numpy(function(*map(ag.asarray, operands)))
    except NotImplementedError as error:
        pytest.skip(str(error))
    assert got.dtype == dtype
    error = ulp.errors(got, ulp.exact_values(exact_function, *operands))
    bound = 4.0 if name in ulp.GAMMA else ulp.BOUND[dtype]
    assert error.max(initial=0.0) <= bound


INF, NAN = float("inf"), float("nan")
SPECIAL = {
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)],
    "erfc": [(0.0, 1.0), (INF, 0.0), (-INF, 2.0), (NAN, NAN), (40.0, 0.0)],
    "erfinv": [(0.0, 0.0), (-0.0, -0.0), (1.0, INF), (-1.0, -INF), (2.0, NAN), (NAN, NAN)],
    "gamma": [(1.0, 1.0), (5.0, 24.0), (0.0, INF), (-0.0, -INF), (-1.0, NAN), (INF, INF), (NAN, NAN), (200.0, INF)],
    "gammaln": [(1.0, 0.0), (2.0, 0.0), (0.0, INF), (-1.0, INF), (INF, INF), (NAN, NAN)],
    "digamma": [(-1.0, NAN), (INF, INF), (NAN, NAN)],
    "expit": [(0.0, 0.5), (INF, 1.0), (-INF, 0.0), (NAN, NAN)],
    "logit": [(0.5, 0.0), (0.0, -INF), (1.0, INF), (2.0, NAN), (-0.5, NAN), (NAN, NAN)],
    "i0": [(0.0, 1.0), (NAN, NAN)],
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SPECIAL)
def test_special_arguments(name, dtype):
    x, want = np.array(SPECIAL[name], dtype).T
    try:
        got = to_numpy((getattr(ag.special, name))(ag.asarray(x)))
    except NotImplementedError as error:
        pytest.skip(str(error))
    np.testing.assert_array_equal(got, want)
    assert (np.signbit(got) == np.signbit(want))[~np.isnan(want)].all()
