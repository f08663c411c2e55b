"""SciPy with SCIPY_ARRAY_API=1: https://docs.scipy.org/doc/scipy/dev/api-dev/array_api.html."""

import numpy as np
import pytest
from scipy import cluster, fft, ndimage, signal, special, stats
from scipy.spatial.transform import Rotation

SPECIAL = {
    1: ["digamma", "entr", "erf", "erfc", "expit", "gammaln", "i0", "i1", "log_ndtr", "log_softmax", "logit", "logsumexp", "ndtr", "ndtri", "softmax"],
    2: ["gammainc", "rel_entr", "stdtrit", "xlogy"],
    3: ["betainc"],
}


@pytest.mark.parametrize("count, name", [(count, name) for count, names in SPECIAL.items() for name in names])
def test_special(count, name, same, x):
    p = np.abs(x) / (np.abs(x).max() + 1) + 0.05
    same(lambda p: getattr(special, name)(*[p] * count), p, tolerance=1e-5)


STATS = {
    "circmean": lambda x: stats.circmean(x),
    "entropy": lambda x: stats.entropy(abs(x)),
    "gmean": lambda x: stats.gmean(abs(x)),
    "hmean": lambda x: stats.hmean(abs(x)),
    "kurtosis": lambda x: stats.kurtosis(x),
    "moment": lambda x: stats.moment(x, 2),
    "normaltest": lambda x: stats.normaltest(x).pvalue,
    "pearsonr": lambda x: stats.pearsonr(x[:, 0], x[:, 1]).statistic,
    "rankdata": lambda x: stats.rankdata(x, axis=0),
    "sem": lambda x: stats.sem(x),
    "skew": lambda x: stats.skew(x),
    "trim_mean": lambda x: stats.trim_mean(x, 0.1),
    "ttest_1samp": lambda x: stats.ttest_1samp(x, 0.1).pvalue,
    "ttest_ind": lambda x: stats.ttest_ind(x[:30], x[30:]).pvalue,
    "variation": lambda x: stats.variation(x),
    "zscore": lambda x: stats.zscore(x),
}


@pytest.mark.parametrize("name", STATS)
def test_stats(name, same, x):
    same(STATS[name], x, tolerance=1e-5)


def test_transforms(same, x):
    same(lambda x: (fft.fft(x), fft.rfftn(x), fft.ifft(fft.fft(x)), fft.dct(x), fft.fftshift(x)), x)


def test_signals(same, x):
    same(lambda x: signal.fftconvolve(x[:, 0], x[:, 1]), x)
    same(lambda x: signal.detrend(x, axis=0), x)


def test_images(same, x):
    same(lambda x: ndimage.gaussian_filter(x, 1.0), x)


def test_clusters(same, x):
    same(lambda x: cluster.vq.whiten(x), x)
    same(lambda x: cluster.vq.vq(x, x[:3]), x)
    same(lambda x: cluster.vq.kmeans2(x, x[:3], minit="matrix"), x)


def test_rotations(same, x):
    same(lambda x: Rotation.from_rotvec(x[:, :3]).as_matrix(), x)
