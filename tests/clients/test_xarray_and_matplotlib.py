"""xarray over arrays of a device, and pictures of them."""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

import anygpu as ag


def labelled(x):
    return xr.DataArray(x, dims=("t", "x"), coords={"t": np.arange(60)})


def test_xarray(same, x):
    same(lambda x: labelled(x).mean("t").data, x)
    same(lambda x: (labelled(x) * 2 + xr.DataArray(x[0], dims="x")).data, x)
    same(lambda x: labelled(x).sel(t=slice(3, 9)).std("t").data, x)
    same(lambda x: xr.where(labelled(x) > 0, 1.0, 0.0).data, x)
    same(lambda x: xr.apply_ufunc(np.exp, labelled(x)).data, x)
    same(lambda x: xr.concat([labelled(x)] * 2, "t").data, x)
    same(lambda x: labelled(x).rolling(t=3).mean().data, x)
    same(lambda x: xr.dot(labelled(x), labelled(x), dim="t").data, x)
    assert "anygpu" in repr(labelled(ag.asarray(x))) or "DataArray" in repr(labelled(ag.asarray(x)))


def test_matplotlib(x, labels):
    g = ag.asarray(x)
    figure, axes = plt.subplots(2, 3)
    (line,) = axes[0, 0].plot(g[:, 0], g[:, 1])
    image = axes[0, 1].imshow(g)
    counts, edges, _ = axes[0, 2].hist(g[:, 0])
    axes[1, 0].scatter(g[:, 0], g[:, 1], c=ag.asarray(labels))
    axes[1, 1].contourf(g)
    bars = axes[1, 2].bar(ag.arange(5), abs(g[0]))
    figure.canvas.draw()
    plt.close(figure)
    np.testing.assert_array_equal(line.get_xydata(), x[:, :2])
    np.testing.assert_array_equal(image.get_array(), x)
    np.testing.assert_array_equal(counts, np.histogram(x[:, 0])[0])
    np.testing.assert_allclose([bar.get_height() for bar in bars], np.abs(x[0]))
