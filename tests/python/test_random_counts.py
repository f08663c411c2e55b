"""The discrete distributions of `anygpu.random`, against SciPy's probabilities, at fixed seeds."""

import numpy as np
import pytest
from oracle import to_numpy

import anygpu as ag

stats = pytest.importorskip("scipy.stats")

N = 20_000
ALPHA = 1e-4


def assert_distributed_as(values, distribution):
    """Pearson's chi-square test over values, those of small probability joined."""
    values = np.asarray(values)
    low, high = int(distribution.ppf(1e-9)), int(distribution.ppf(1 - 1e-9))
    assert values.min() >= low and values.max() <= high
    edges, expected, cdf_before = [], [], 0.0
    for k in np.unique(np.linspace(low, high, min(high - low + 1, 4000)).astype(np.int64)):
        cdf = distribution.cdf(k)
        if (cdf - cdf_before) * values.size >= 8 and (1 - cdf) * values.size >= 8:
            edges.append(k)
            expected.append(cdf - cdf_before)
            cdf_before = cdf
    expected = np.array([*expected, 1 - cdf_before]) * values.size
    observed = np.bincount(np.searchsorted(edges, values, side="left"), minlength=expected.size)
    if expected.size > 1:
        assert stats.chisquare(observed, expected).pvalue > ALPHA


DISCRETE = {
    "integers": (lambda g: g.integers(-5, 12, N), stats.randint(-5, 12)),
    "poisson 0.01": (lambda g: g.poisson(0.01, N), stats.poisson(0.01)),
    "poisson 3": (lambda g: g.poisson(3.0, N), stats.poisson(3)),
    "poisson 9.99": (lambda g: g.poisson(9.99, N), stats.poisson(9.99)),
    "poisson 10": (lambda g: g.poisson(10.0, N), stats.poisson(10)),
    "poisson 200": (lambda g: g.poisson(200.0, N), stats.poisson(200)),
    "poisson 1e6": (lambda g: g.poisson(1e6, N), stats.poisson(1e6)),
    "binomial 10": (lambda g: g.binomial(10, 0.3, N), stats.binom(10, 0.3)),
    "binomial flipped": (lambda g: g.binomial(10, 0.8, N), stats.binom(10, 0.8)),
    "binomial 20 half": (lambda g: g.binomial(20, 0.5, N), stats.binom(20, 0.5)),
    "binomial 1000": (lambda g: g.binomial(1000, 0.3, N), stats.binom(1000, 0.3)),
    "binomial rare": (lambda g: g.binomial(10**9, 3e-9, N), stats.binom(10**9, 3e-9)),
    "binomial large flipped": (lambda g: g.binomial(10**6, 0.999, N), stats.binom(10**6, 0.999)),
    "geometric 0.5": (lambda g: g.geometric(0.5, N), stats.geom(0.5)),
    "geometric 0.01": (lambda g: g.geometric(0.01, N), stats.geom(0.01)),
    "logseries 0.5": (lambda g: g.logseries(0.5, N), stats.logser(0.5)),
    "logseries 0.95": (lambda g: g.logseries(0.95, N), stats.logser(0.95)),
    "negative_binomial": (lambda g: g.negative_binomial(3.5, 0.2, N), stats.nbinom(3.5, 0.2)),
    "hypergeometric 5": (lambda g: g.hypergeometric(20, 10, 5, N), stats.hypergeom(30, 20, 5)),
    "hypergeometric 27": (lambda g: g.hypergeometric(20, 10, 27, N), stats.hypergeom(30, 20, 27)),
    "hypergeometric 15": (lambda g: g.hypergeometric(20, 10, 15, N), stats.hypergeom(30, 20, 15)),
    "hypergeometric 600": (lambda g: g.hypergeometric(300, 700, 600, N), stats.hypergeom(1000, 300, 600)),
    "hypergeometric 12": (lambda g: g.hypergeometric(10**8, 3 * 10**8, 12, N), stats.binom(12, 0.25)),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_probabilities(name):
    draw, distribution = DISCRETE[name]
    values = to_numpy(draw(ag.random.default_rng(20260102)))
    assert values.shape == (N,) and values.dtype == np.int64
    assert_distributed_as(values, distribution)


@pytest.mark.parametrize("a", [1.2, 2.0, 5.0])
def test_zipf(a):
    values = to_numpy(ag.random.default_rng(1).zipf(a, N))
    # Of the exponent 1.2 NumPy and this have the tail beyond 2^63 cut off.
    ones = np.arange(1, 9)
    total = stats.zipf(a).pmf(1) ** -1 - (2.0**63) ** (1 - a) / (a - 1)
    expected = ones**-a / total * N
    observed = np.array([np.sum(values == k) for k in ones])
    assert np.all(np.abs(observed - expected) < 4.5 * np.sqrt(expected) + 2)
    assert values.min() == 1 and (a > 2 or values.max() > 1000)


def test_parameters_that_vary_by_element():
    n, p = np.array([5, 50, 5000]), np.array([[0.1], [0.5], [0.97]])
    x = to_numpy(ag.random.default_rng(1).binomial(ag.asarray(n), ag.asarray(p), size=(N // 9, 3, 3)))
    for i in range(3):
        for k in range(3):
            assert_distributed_as(x[:, i, k], stats.binom(n[k], p[i, 0]))
    lam = np.array([0.0, 0.5, 30.0, 1e15])
    x = to_numpy(ag.random.default_rng(1).poisson(lam, size=(N // 4, 4)))
    assert np.all(x[:, 0] == 0)
    assert np.allclose(x.mean(axis=0), lam, atol=5 * np.sqrt(lam / (N / 4)))
    assert np.allclose(x.var(axis=0), lam, rtol=0.1)


def test_limits():
    g = ag.random.default_rng(1)
    assert np.all(to_numpy(g.binomial(0, 0.5, 5)) == 0) and np.all(to_numpy(g.binomial(7, 0.0, 5)) == 0)
    assert np.all(to_numpy(g.binomial(7, 1.0, 5)) == 7) and np.all(to_numpy(g.geometric(1.0, 5)) == 1)
    assert np.all(to_numpy(g.negative_binomial(3, 1.0, 5)) == 0) and np.all(to_numpy(g.logseries(0.0, 5)) == 1)
    assert np.all(to_numpy(g.hypergeometric(5, 0, 3, 5)) == 3) and np.all(to_numpy(g.hypergeometric(0, 5, 3, 5)) == 0)
    assert np.all(to_numpy(g.hypergeometric(20, 30, 50, 5)) == 20) and np.all(to_numpy(g.zipf(2000.0, 5)) == 1)
    rare = to_numpy(g.geometric(1e-18, 50))
    assert np.all(rare > 0) and 1e17 < np.median(rare) < 5e18
    large = to_numpy(g.binomial(10**15, 0.5, 1000)).astype(float) - 5e14
    assert abs(large.mean()) < 5 * 1.6e7 / 1000**0.5 and 1.4e7 < large.std() < 1.75e7


def test_multinomial():
    p = np.array([0.1, 0.2, 0.05, 0.4, 0.25])
    x = to_numpy(ag.random.default_rng(1).multinomial(30, p, N))
    assert np.all(x.sum(axis=1) == 30) and np.all(x >= 0)
    for k in range(5):
        assert_distributed_as(x[:, k], stats.binom(30, p[k]))
    assert np.allclose(np.cov(x.T), 30 * (np.diag(p) - np.outer(p, p)), atol=0.3)
    x = to_numpy(ag.random.default_rng(1).multinomial([10, 0], [[1.0, 0.0], [0.3, 0.7]], size=(50, 2)))
    assert np.array_equal(x[:, 0], np.tile([10, 0], (50, 1))) and not x[:, 1].any()
    assert to_numpy(ag.random.default_rng(1).multinomial(6, [1.0], 3)).tolist() == [[6]] * 3


@pytest.mark.parametrize("method", ["marginals", "count"])
def test_multivariate_hypergeometric(method):
    colors = [16, 8, 4, 10]
    x = to_numpy(ag.random.default_rng(1).multivariate_hypergeometric(colors, 15, N, method=method))
    assert np.all(x.sum(axis=1) == 15)
    for k, c in enumerate(colors):
        assert_distributed_as(x[:, k], stats.hypergeom(38, c, 15))
