"""array-api-compat, array-api-extra, einops, opt_einsum."""

import array_api_compat
import array_api_extra as xpx
import einops.array_api
import numpy as np
import opt_einsum
import pytest

import anygpu as ag


def test_the_namespace_is_found():
    x = ag.ones((2, 3))
    assert array_api_compat.is_array_api_obj(x)
    assert array_api_compat.array_namespace(x) is ag
    assert array_api_compat.size(x) == 6
    assert array_api_compat.device(x) == x.device
    assert array_api_compat.to_device(x, x.device) is x or (array_api_compat.to_device(x, x.device) == x).all()


def namespace(x):
    return array_api_compat.array_namespace(x)


EXTRA = {
    "apply_where": lambda x: xpx.apply_where(x > 0, x, namespace(x).log, fill_value=0.0),
    "at": lambda x: xpx.at(x)[0, :].set(3.0),
    "at_add": lambda x: xpx.at(x)[:, 1].add(2.0),
    "atleast_nd": lambda x: xpx.atleast_nd(x, ndim=3),
    "cov": lambda x: xpx.cov(x),
    "create_diagonal": lambda x: xpx.create_diagonal(x[0]),
    "expand_dims": lambda x: xpx.expand_dims(x, axis=(0, 2)),
    "isclose": lambda x: xpx.isclose(x, x + 1e-12),
    "isin": lambda x: xpx.isin(x > 0, x[:1] > 0),
    "kron": lambda x: xpx.kron(x, x),
    "nunique": lambda x: namespace(x).asarray(int(xpx.nunique(x > 0))),
    "one_hot": lambda x: xpx.one_hot(namespace(x).astype(x[:, 0] > 0, namespace(x).int64), 2),
    "pad": lambda x: xpx.pad(x, 2),
    "setdiff1d": lambda x: xpx.setdiff1d(x[:, 0], x[:5, 0]),
    "sinc": lambda x: xpx.sinc(x),
}


@pytest.mark.parametrize("name", EXTRA)
def test_array_api_extra(name, same, x):
    same(EXTRA[name], x)


def test_einops(same, x):
    """einops knows arrays of the standard through `einops.array_api`; its main functions ask for a list of libraries."""
    e = einops.array_api
    same(lambda x: e.rearrange(x, "(a b) c -> b (a c)", a=6), x)
    same(lambda x: e.reduce(x, "(a b) c -> b c", "mean", a=6), x)
    same(lambda x: e.repeat(x, "a c -> a r c", r=2), x)


def test_opt_einsum(same, x):
    same(lambda x: opt_einsum.contract("ij,kj,kl->il", x, x, x), x)
    path = opt_einsum.contract_expression("ij,jk,kl->il", (60, 5), (5, 60), (60, 5))
    same(lambda x: path(x, x.T, x), x)
    np.testing.assert_allclose(np.asarray(path(ag.asarray(x), ag.asarray(x).T, ag.asarray(x))), x @ x.T @ x)
