"""erf erfc erfinv gamma gammaln digamma expit logit i0: within 1 ULP of the exact value, and SciPy's answers at poles, infinities and zeros.

The reference is mpmath with 40 digits; SciPy is not needed. Tables of special values are what `scipy.special` 1.17 returns.
"""

import mpmath
import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical, assert_within_ulp, to_numpy

pytestmark = pytest.mark.gpu  # NumPy has no functions of these names

INF, NAN = np.inf, np.nan
NAMES = ["erf", "erfc", "erfinv", "gamma", "gammaln", "digamma", "expit", "logit", "i0"]
#: Largest error in ULP; measured over millions of arguments (float32: 2^28): 0.93 and less, 0.74 and less.
BOUND = {"float16": 1.0, "float32": 1.0, "float64": 1.0}


def exact_gammaln(x):
    return mpmath.loggamma(x) if x > 0 else mpmath.log(abs(mpmath.gamma(x)))


EXACT = {
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "erfinv": mpmath.erfinv,
    "gamma": mpmath.gamma,
    "gammaln": exact_gammaln,
    "digamma": mpmath.digamma,
    "expit": lambda x: 1 / (1 + mpmath.exp(-x)),
    "logit": lambda x: mpmath.log(x / (1 - x)),
    "i0": lambda x: mpmath.besseli(0, x),
}

#: Where results leave the dtype, upwards and downwards: float32, float64.
UNDERFLOW_OF_ERFC = {"float32": (8.9, 10.1), "float64": (26.2, 27.3)}
OVERFLOW_OF_GAMMA = {"float32": 35.04, "float64": 171.62}
UNDERFLOW_OF_GAMMA = {"float32": 42.0, "float64": 184.0}
OVERFLOW_OF_I0 = {"float32": 91.9, "float64": 713.98}
UNDERFLOW_OF_EXP = {"float32": 104.0, "float64": 745.2}


def function(name):
    return getattr(ag.special, name)


def neighbours(values, dtype):
    """Each value and the two numbers beside it."""
    values = np.asarray(values, dtype)
    return np.concatenate([values, np.nextafter(values, dtype(INF)), np.nextafter(values, dtype(-INF))])


def toward(point, dtype, rng, count):
    """Random numbers on both sides of `point`, ever nearer to it."""
    distance = 2.0 ** rng.uniform(np.log2(np.finfo(dtype).eps), -1, count)
    return point + rng.choice([-1.0, 1.0], count) * distance


def arguments(name, dtype):
    """A few hundred arguments: all sizes, where the algorithm changes, and where the function is hard."""
    dtype = np.dtype(dtype).type
    key = dtype.__name__
    rng = np.random.default_rng(NAMES.index(name))
    info = np.finfo(dtype)
    sizes = rng.choice([-1.0, 1.0], 60) * 2.0 ** rng.uniform(info.minexp + 2, 7, 60)
    subnormal = np.array([1, 3, 1000], dtype) * info.smallest_subnormal
    if name in ("erf", "erfc"):
        parts = [rng.uniform(-6, 6, 150), rng.uniform(*UNDERFLOW_OF_ERFC[key], 60), rng.uniform(0.9, 1.1, 40)]
        edges = [1.0, -1.0, 2.0, 4.0, 6.0, 3.92]
    elif name == "erfinv":
        parts = [rng.uniform(-1, 1, 150), 1 - 2.0 ** rng.uniform(-info.nmant - 1, -1, 80)]
        sizes = sizes[np.abs(sizes) < 1]
        edges = [0.5, -0.5, 0.9945]
    elif name == "gamma":
        top, bottom = OVERFLOW_OF_GAMMA[key], UNDERFLOW_OF_GAMMA[key]
        parts = [rng.uniform(-bottom, top, 150), rng.uniform(-3, 3, 60), rng.uniform(top - 0.05, top + 0.05, 20), toward(-bottom + 8, dtype, rng, 30), toward(-1.0, dtype, rng, 30)]
        edges = [1.0, 2.0, 3.0, 16.0, -0.5, 30.0]
    elif name == "gammaln":
        parts = [rng.uniform(0, 20, 100), toward(1.0, dtype, rng, 60), toward(2.0, dtype, rng, 60), 2.0 ** rng.uniform(4, 120, 60), rng.uniform(-20, 0, 60), toward(-30.0, dtype, rng, 20)]
        edges = [1.0, 2.0, 3.0, 16.0, 0.5, -0.5, -2.4570247382208005, -2.7476826467274127]
    elif name == "digamma":
        parts = [rng.uniform(0, 20, 100), toward(1.4616321449683622, dtype, rng, 100), 2.0 ** rng.uniform(4, 120, 60), rng.uniform(-20, 0, 60), toward(-30.0, dtype, rng, 20)]
        edges = [1.0, 2.0, 1.4616321449683622, 16.0, -0.5, -0.5040830082644554]
    elif name == "expit":
        limit = UNDERFLOW_OF_EXP[key]
        parts = [rng.uniform(-limit, 40, 150), rng.uniform(-limit, -limit * 0.83, 60), rng.uniform(-1, 1, 60)]
        edges = [0.0, 1.0, -limit, 36.7, 17.0]
    elif name == "logit":
        parts = [rng.uniform(0, 1, 150), 1 - 2.0 ** rng.uniform(-info.nmant - 1, -1, 60), toward(0.5, dtype, rng, 60) / 1.01]
        sizes, subnormal = np.abs(sizes[np.abs(sizes) < 1]), np.abs(subnormal)
        edges = [0.5, 0.25, 0.75]
    else:
        limit = OVERFLOW_OF_I0[key]
        parts = [rng.uniform(-limit, limit, 80), rng.uniform(0, 9, 80), rng.uniform(limit - 0.1, limit + 0.1, 20)]
        edges = [8.0, -8.0, 4.0, 16.0]
    x = np.concatenate([*parts, sizes]).astype(dtype)
    x = np.concatenate([x, neighbours(edges, dtype), subnormal, -subnormal if name != "logit" else subnormal])
    if name in ("erfinv", "logit"):
        x = x[np.abs(x) < 1]
    if name in ("gamma", "gammaln", "digamma"):
        x = x[(x > 0) | (x != np.floor(x))]
    return x


def exact_values(name, x):
    """EXACT[name] of every element, as wide as `assert_within_ulp` wants it."""
    wide = np.longdouble if x.dtype == np.float64 else np.float64
    with mpmath.workdps(40):
        return np.array([wide(mpmath.nstr(EXACT[name](mpmath.mpf(float(v))), 30)) for v in x], wide)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_within_an_ulp(name, dtype):
    x = arguments(name, dtype)
    if name in ("gammaln", "digamma"):
        x = x[x > 0]
    assert_within_ulp(function(name)(ag.asarray(x)), exact_values(name, x), dtype, BOUND[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["gammaln", "digamma"])
def test_negative_arguments_by_absolute_error(name, dtype):
    """These have a zero between any two poles; by reflection the error is that of the terms of a difference."""
    x = arguments(name, dtype)
    x = x[x < 0]
    got, exact = to_numpy(function(name)(ag.asarray(x))), exact_values(name, x)
    assert got.dtype == dtype
    scale = np.maximum(np.maximum(1, np.abs(exact)), np.abs(exact_values(name, -x)))
    finite = np.abs(exact) < np.finfo(dtype).max
    assert (got[~finite] == np.sign(exact[~finite]) * INF).all()
    assert (np.abs(got[finite] - exact[finite]) <= np.finfo(dtype).eps * scale[finite]).all()


@pytest.mark.parametrize("name", ["gammaln", "digamma"])
def test_zeros_keep_their_relative_accuracy(name):
    """One number beside the zero: a formula with a cancellation would have no right digit left."""
    for dtype in (np.float32, np.float64):
        zeros = [1.0, 2.0] if name == "gammaln" else [1.4616321449683622]
        x = neighbours(zeros, dtype)
        assert_within_ulp(function(name)(ag.asarray(x)), exact_values(name, x), dtype, 1.0)


#: Arguments and results, exact in every float dtype, signs of zeros included.
SPECIAL = {
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (30.0, 1.0), (-30.0, -1.0), (1e30, 1.0)],
    "erfc": [(0.0, 1.0), (-0.0, 1.0), (INF, 0.0), (-INF, 2.0), (NAN, NAN), (30.0, 0.0), (-30.0, 2.0), (1e30, 0.0), (-1e30, 2.0)],
    "erfinv": [(0.0, 0.0), (1.0, INF), (-1.0, -INF), (1.5, NAN), (-1.5, NAN), (INF, NAN), (-INF, NAN), (NAN, NAN)],
    "gamma": [(0.0, INF), (-0.0, -INF), (INF, INF), (-INF, NAN), (NAN, NAN), (-1.0, NAN), (-2.0, NAN), (-1e30, NAN), (1.0, 1.0), (2.0, 1.0), (5.0, 24.0), (11.0, 3628800.0), (200.0, INF),
              (-200.5, -0.0), (-201.5, 0.0), (-300.5, -0.0)],
    "gammaln": [(0.0, INF), (-0.0, INF), (INF, INF), (-INF, -INF), (NAN, NAN), (-1.0, INF), (-7.0, INF), (-1e30, INF), (1.0, 0.0), (2.0, 0.0)],
    "digamma": [(0.0, -INF), (-0.0, INF), (INF, INF), (-INF, NAN), (NAN, NAN), (-1.0, NAN), (-7.0, NAN), (-1e30, NAN)],
    "expit": [(0.0, 0.5), (-0.0, 0.5), (INF, 1.0), (-INF, 0.0), (NAN, NAN), (800.0, 1.0), (-800.0, 0.0), (-1e30, 0.0), (1e-30, 0.5)],
    "logit": [(0.0, -INF), (-0.0, -INF), (1.0, INF), (0.5, 0.0), (1.5, NAN), (-0.25, NAN), (INF, NAN), (-INF, NAN), (NAN, NAN)],
    # NumPy and SciPy have NaN at infinity, where their formula divides two infinities.
    "i0": [(0.0, 1.0), (-0.0, 1.0), (NAN, NAN), (INF, NAN), (-INF, NAN), (1000.0, INF), (-1000.0, INF), (1e30, INF), (1e-30, 1.0)],
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_special_values(name, dtype):
    x, want = (np.array(column, dtype) for column in zip(*SPECIAL[name], strict=True))
    assert_identical(function(name)(ag.asarray(x)), want)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_factorials_are_exact(dtype):
    n = np.arange(1, 14 if dtype == "float32" else 20)
    want = np.array([mpmath.factorial(int(k) - 1) for k in n], float)
    exact = want == want.astype(dtype)
    assert_identical(to_numpy(ag.special.gamma(ag.asarray(n.astype(dtype))))[exact], want.astype(dtype)[exact])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_signs_of_odd_and_even_functions(dtype):
    x = np.random.default_rng(3).uniform(0, 1, 200).astype(dtype)
    g, minus = ag.asarray(x), ag.asarray(-x)
    for name in ("erf", "erfinv"):
        assert_identical(to_numpy(function(name)(minus)), -to_numpy(function(name)(g)))
    assert_identical(to_numpy(ag.i0(minus)), to_numpy(ag.i0(g)))


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_and_integers(name):
    """float16 and integers of up to 16 bits give float32, wider ones float64; expit, logit and i0 keep float16, and i0 of any integer is float64."""
    half = np.array([0.25, 0.5, 0.75, 0.9], "float16")
    got = function(name)(ag.asarray(half))
    assert_within_ulp(got, exact_values(name, half), "float16" if name in ("expit", "logit", "i0") else "float32", 1.0)
    whole = [0] if name in ("erfinv", "logit") else [1, 2, 3, 4]
    for dtype in ("int16", "int64"):
        x = np.array(whole, dtype)
        got = to_numpy(function(name)(ag.asarray(x)))
        want = "float32" if dtype == "int16" and name != "i0" else "float64"
        assert got.dtype == want
        assert_identical(got, to_numpy(function(name)(ag.asarray(x.astype(want)))))
