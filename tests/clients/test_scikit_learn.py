"""scikit-learn with `array_api_dispatch`: https://scikit-learn.org/stable/modules/array_api.html."""

import numpy as np
import pytest
from sklearn import config_context, metrics
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import Binarizer, KernelCenterer, MaxAbsScaler, MinMaxScaler, Normalizer, PolynomialFeatures, StandardScaler


@pytest.fixture(autouse=True)
def dispatch():
    with config_context(array_api_dispatch=True):
        yield


@pytest.mark.parametrize("transformer", [Binarizer, KernelCenterer, MaxAbsScaler, MinMaxScaler, Normalizer, PolynomialFeatures, StandardScaler])
def test_preprocessing(transformer, same, x):
    same(lambda x: transformer().fit_transform(x @ x.T if transformer is KernelCenterer else x), x)


@pytest.mark.parametrize("solver", ["full", "covariance_eigh", "randomized"])
def test_principal_components(solver, same, x):
    same(lambda x: PCA(3, svd_solver=solver, random_state=0).fit_transform(x), x)


@pytest.mark.parametrize(
    "classifier", [GaussianNB(), LinearDiscriminantAnalysis(), LogisticRegression(solver="lbfgs"), RidgeClassifier(solver="svd")], ids=lambda c: type(c).__name__
)
def test_classification(classifier, same, x, labels):
    same(lambda x, y: classifier.fit(x, y).predict(x), x, labels)


def test_regression(same, x):
    same(lambda x: Ridge(solver="svd").fit(x, x[:, 0] * 2).coef_, x)


def test_mixture(same, x):
    same(lambda x: GaussianMixture(2, random_state=0, init_params="random_from_data").fit(x).means_, x, tolerance=1e-4)


SCORES = ["accuracy_score", "balanced_accuracy_score", "f1_score", "hamming_loss", "jaccard_score", "mean_absolute_error", "mean_squared_error",
          "precision_score", "r2_score", "recall_score", "zero_one_loss"]  # fmt: skip


@pytest.mark.parametrize("name", SCORES)
def test_scores(name, same, labels):
    same(getattr(metrics, name), labels, np.roll(labels, 3))


@pytest.mark.parametrize("name", ["cosine_similarity", "euclidean_distances", "linear_kernel", "polynomial_kernel", "rbf_kernel"])
def test_pairwise(name, same, x):
    same(getattr(metrics.pairwise, name), x, tolerance=1e-5)


def test_split(same, x):
    same(lambda x: tuple(train_test_split(x, random_state=0)), x)
