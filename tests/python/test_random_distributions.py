"""The continuous distributions of `anygpu.random`, against SciPy's distribution functions, at fixed seeds."""

import numpy as np
import pytest
from oracle import to_numpy

import anygpu as ag

stats = pytest.importorskip("scipy.stats")

N = 20_000
#: The seeds are fixed, so a test that passes goes on passing; a wrong distribution gives much less than this.
ALPHA = 1e-4

CONTINUOUS = {
    "random": (lambda g: g.random(N), stats.uniform()),
    "random float32": (lambda g: g.random(N, np.float32), stats.uniform()),
    "uniform": (lambda g: g.uniform(-3.0, 5.0, N), stats.uniform(-3, 8)),
    "standard_normal": (lambda g: g.standard_normal(N), stats.norm()),
    "standard_normal float32": (lambda g: g.standard_normal(N, np.float32), stats.norm()),
    "normal": (lambda g: g.normal(3.0, 0.5, N), stats.norm(3, 0.5)),
    "lognormal": (lambda g: g.lognormal(0.5, 0.7, N), stats.lognorm(0.7, scale=np.exp(0.5))),
    "standard_exponential": (lambda g: g.standard_exponential(N), stats.expon()),
    "standard_exponential float32": (lambda g: g.standard_exponential(N, np.float32), stats.expon()),
    "exponential": (lambda g: g.exponential(4.0, N), stats.expon(scale=4)),
    "standard_gamma 3": (lambda g: g.standard_gamma(3.0, N), stats.gamma(3)),
    "standard_gamma 1": (lambda g: g.standard_gamma(1.0, N), stats.gamma(1)),
    "standard_gamma 0.2": (lambda g: g.standard_gamma(0.2, N), stats.gamma(0.2)),
    "standard_gamma 1000": (lambda g: g.standard_gamma(1000.0, N), stats.gamma(1000)),
    "standard_gamma float32": (lambda g: g.standard_gamma(0.7, N, np.float32), stats.gamma(0.7)),
    "gamma": (lambda g: g.gamma(2.0, 3.0, N), stats.gamma(2, scale=3)),
    "beta": (lambda g: g.beta(2.0, 5.0, N), stats.beta(2, 5)),
    "beta small": (lambda g: g.beta(0.05, 0.1, N), stats.beta(0.05, 0.1)),
    "chisquare": (lambda g: g.chisquare(3.0, N), stats.chi2(3)),
    "noncentral_chisquare": (lambda g: g.noncentral_chisquare(3.0, 4.0, N), stats.ncx2(3, 4)),
    "noncentral_chisquare below 1": (lambda g: g.noncentral_chisquare(0.5, 30.0, N), stats.ncx2(0.5, 30)),
    "f": (lambda g: g.f(3.0, 7.0, N), stats.f(3, 7)),
    "noncentral_f": (lambda g: g.noncentral_f(3.0, 7.0, 2.0, N), stats.ncf(3, 7, 2)),
    "standard_t": (lambda g: g.standard_t(4.0, N), stats.t(4)),
    "standard_cauchy": (lambda g: g.standard_cauchy(N), stats.cauchy()),
    "laplace": (lambda g: g.laplace(1.0, 2.0, N), stats.laplace(1, 2)),
    "logistic": (lambda g: g.logistic(1.0, 2.0, N), stats.logistic(1, 2)),
    "gumbel": (lambda g: g.gumbel(1.0, 2.0, N), stats.gumbel_r(1, 2)),
    "pareto": (lambda g: g.pareto(3.0, N), stats.lomax(3)),
    "power": (lambda g: g.power(3.0, N), stats.powerlaw(3)),
    "weibull": (lambda g: g.weibull(1.5, N), stats.weibull_min(1.5)),
    "rayleigh": (lambda g: g.rayleigh(2.0, N), stats.rayleigh(scale=2)),
    "triangular": (lambda g: g.triangular(-1.0, 0.5, 3.0, N), stats.triang(1.5 / 4, -1, 4)),
    "vonmises": (lambda g: g.vonmises(0.0, 2.0, N), stats.vonmises(2)),
    "vonmises uniform": (lambda g: g.vonmises(0.0, 0.0, N), stats.uniform(-np.pi, 2 * np.pi)),
    "vonmises weak": (lambda g: g.vonmises(0.0, 1e-6, N), stats.uniform(-np.pi, 2 * np.pi)),
    "vonmises strong": (lambda g: g.vonmises(0.0, 1e8, N), stats.norm(scale=1e-4)),
    "wald": (lambda g: g.wald(2.0, 3.0, N), stats.invgauss(2 / 3, scale=3)),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_distribution_function(name):
    draw, distribution = CONTINUOUS[name]
    values = to_numpy(draw(ag.random.default_rng(20260101))).astype(float)
    assert values.shape == (N,)
    assert stats.kstest(values, distribution.cdf).pvalue > ALPHA


def test_uniform_floats_are_multiples_of_their_unit():
    x = to_numpy(ag.random.default_rng(1).random(N))
    assert np.all((x >= 0) & (x < 1)) and np.all(x * 2.0**53 == np.floor(x * 2.0**53))
    assert np.sum(np.floor(x * 2.0**53) % 2) > 0.45 * N
    x = to_numpy(ag.random.default_rng(1).random(N, np.float32)).astype(float)
    assert np.all((x >= 0) & (x < 1)) and np.all(x * 2.0**24 == np.floor(x * 2.0**24))


def test_consecutive_numbers_are_not_correlated():
    x = to_numpy(ag.random.default_rng(1).standard_normal((N, 2)))
    assert abs(np.corrcoef(x.T)[0, 1]) < 4 / N**0.5
    assert abs(np.corrcoef(x[:-1, 0], x[1:, 0])[0, 1]) < 4 / N**0.5
    neighbours = [to_numpy(ag.random.default_rng(seed).standard_normal(N)) for seed in (1, 2)]
    assert abs(np.corrcoef(neighbours)[0, 1]) < 4 / N**0.5


def test_variates_of_one_element_are_independent():
    # An exponent above 1 means heavy tails: ranks are compared.
    numerator = to_numpy(ag.random.default_rng(1).chisquare(3.0, N))
    ratio = to_numpy(ag.random.default_rng(1).f(3.0, 3.0, N))
    denominator = numerator / ratio
    if not getattr(ag, "__is_numpy_target__", False):
        assert stats.kstest(denominator, stats.chi2(3).cdf).pvalue > ALPHA
        assert abs(stats.spearmanr(numerator, denominator)[0]) < 4 / N**0.5


def test_parameters_that_vary_by_element():
    shape = np.array([0.1, 1.0, 10.0, 1000.0])
    x = to_numpy(ag.random.default_rng(1).gamma(ag.asarray(shape), 2.0, size=(N // 4, 4)))
    for k, a in enumerate(shape):
        assert stats.kstest(x[:, k], stats.gamma(a, scale=2).cdf).pvalue > ALPHA
    loc, scale = np.array([[0.0], [5.0]]), np.array([1.0, 10.0])
    x = to_numpy(ag.random.default_rng(1).normal(loc, scale, size=(N // 4, 2, 2)))
    assert np.allclose(x.mean(axis=0), loc + 0 * scale, atol=4 * scale / (N / 4) ** 0.5)
    assert np.allclose(x.std(axis=0), 0 * loc + scale, rtol=0.05)


def test_limits():
    g = ag.random.default_rng(1)
    zeros = [g.standard_gamma(0.0, 5), g.exponential(0.0, 5), g.weibull(0.0, 5), g.gamma(0.0, 3.0, 5)]
    assert all(np.all(to_numpy(x) == 0) for x in zeros)
    assert np.all(to_numpy(g.normal(3.0, 0.0, 5)) == 3)
    assert np.all(np.isnan(to_numpy(g.exponential(np.nan, 5))))
    assert np.all(np.isinf(to_numpy(g.normal(np.inf, 1.0, 5))))
    x = to_numpy(g.beta(1e-3, 1e-3, 2000))
    assert np.all((x >= 0) & (x <= 1)) and abs(np.mean(x > 0.5) - 0.5) < 0.05
    x = to_numpy(g.vonmises(3.0, 1.0, 2000))
    assert np.all(np.abs(x) <= np.pi) and np.any(x < 0)


def test_tails():
    x = to_numpy(ag.random.default_rng(1).standard_normal(10**6))
    assert 4.3 < np.max(x) < 6.5 and -6.5 < np.min(x) < -4.3
    assert abs(np.sum(np.abs(x) > 4) - 63.3) < 32
    e = to_numpy(ag.random.default_rng(1).standard_exponential(10**6))
    assert 10.5 < np.max(e) < 20 and 0 < np.min(e) < 1e-5


# ---- vectors ---------------------------------------------------------------------------------------------------------------------------


def test_dirichlet():
    alpha = np.array([0.5, 2.0, 4.0])
    x = to_numpy(ag.random.default_rng(1).dirichlet(alpha, N))
    assert np.allclose(x.sum(axis=1), 1, atol=1e-14)
    for k in range(3):
        assert stats.kstest(x[:, k], stats.beta(alpha[k], alpha.sum() - alpha[k]).cdf).pvalue > ALPHA
    x = to_numpy(ag.random.default_rng(1).dirichlet([1e-4, 1e-4, 0.0], 300))
    assert np.allclose(x.sum(axis=1), 1) and np.all(x[:, 2] == 0) and 100 < np.sum(x[:, 0] > 0.5) < 200


@pytest.mark.parametrize("method", ["svd", "eigh", "cholesky"])
def test_multivariate_normal(method):
    mean, cov = np.array([1.0, -2.0, 0.0]), np.array([[2.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 0.5]])
    x = to_numpy(ag.random.default_rng(1).multivariate_normal(mean, cov, N, method=method))
    assert np.allclose(x.mean(axis=0), mean, atol=0.05)
    assert np.allclose(np.cov(x.T), cov, atol=0.08)
    whitened = np.linalg.solve(np.linalg.cholesky(cov), (x - mean).T)
    assert stats.kstest((whitened**2).sum(axis=0), stats.chi2(3).cdf).pvalue > ALPHA


def test_multivariate_normal_warns_of_what_is_no_covariance():
    with pytest.warns(RuntimeWarning):
        ag.random.default_rng(1).multivariate_normal([0, 0], [[1, 2], [3, 1]])
