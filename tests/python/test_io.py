"""Files, text and assertions."""

import io

import numpy as np
import pytest

import anygpu as ag
from oracle import assert_identical

X = np.random.default_rng(8).standard_normal((3, 4)).astype("float32")


def test_npy_and_npz(tmp_path):
    g = ag.asarray(X)
    ag.save(tmp_path / "x.npy", g.T)
    assert_identical(ag.load(tmp_path / "x.npy"), X.T)
    assert_identical(ag.load(tmp_path / "x.npy", mmap_mode="r"), X.T)
    assert_identical(np.load(tmp_path / "x.npy"), X.T)
    ag.savez(tmp_path / "plain.npz", g, y=g > 0)
    ag.savez_compressed(tmp_path / "compressed.npz", g, y=g > 0)
    for name in ("plain.npz", "compressed.npz"):
        with ag.load(tmp_path / name) as file:
            assert sorted(file.files) == ["arr_0", "y"] and sorted(file) == ["arr_0", "y"]
            assert_identical(file["arr_0"], X)
            assert_identical(file["y"], X > 0)


def test_text(tmp_path):
    g = ag.asarray(X).astype("float64")
    ag.savetxt(tmp_path / "x.txt", g, delimiter=",")
    assert_identical(ag.loadtxt(tmp_path / "x.txt", delimiter=","), X.astype("float64"))
    assert_identical(ag.genfromtxt(io.StringIO("1,2\n3,"), delimiter=","), np.array([[1, 2], [3, np.nan]]))
    assert_identical(ag.fromstring("1 2 3", dtype="int32", sep=" "), np.array([1, 2, 3], "int32"))
    columns = ag.loadtxt(io.StringIO("1 2\n3 4"), unpack=True)
    assert_identical(columns[1], np.array([2.0, 4.0]))


def test_bytes(tmp_path):
    ag.asarray(X).tofile(tmp_path / "x")
    assert_identical(ag.fromfile(tmp_path / "x", dtype="float32"), X.reshape(-1))
    assert_identical(ag.frombuffer(X.tobytes(), "float32", 4, offset=8), X.reshape(-1)[2:6])
    assert_identical(ag.fromiter(range(4), "int16"), np.arange(4, dtype="int16"))


def test_printing():
    for x in (X, np.linspace(0, 1, 2000).reshape(2, -1), np.arange(3)):
        g = ag.asarray(x)
        assert ag.array_repr(g, precision=2) == np.array_repr(x, precision=2)
        assert ag.array_str(g) == np.array_str(x)
        assert ag.array2string(g, separator=", ", threshold=5) == np.array2string(x, separator=", ", threshold=5)
    with ag.printoptions(precision=1):
        assert repr(ag.asarray(X)) == repr(X)
        assert ag.get_printoptions()["precision"] == 1
    assert ag.format_float_positional(ag.asarray(1.5)) == "1.5"


def test_assertions():
    g = ag.asarray(X)
    ag.testing.assert_allclose(g, X)
    ag.testing.assert_array_equal(g, X)
    ag.testing.assert_equal([g, {"a": g}], [X, {"a": X}])
    ag.testing.assert_array_less(g, X + 1)
    ag.testing.assert_array_max_ulp(g, X, 1)
    for wrong in (lambda: ag.testing.assert_allclose(g, X + 1), lambda: ag.testing.assert_array_equal(X, g * 2)):
        with pytest.raises(AssertionError):
            wrong()


@pytest.mark.gpu
def test_assertions_by_cupys_names():
    ag.testing.assert_array_list_equal([ag.asarray(X)], [X])
    with pytest.raises(AssertionError):
        ag.testing.assert_array_list_equal([ag.asarray(X)], [])


@pytest.mark.gpu
def test_fromregex():
    """Its results have a structured dtype, which no device has."""
    with pytest.raises(TypeError, match="has no form on the GPU"):
        ag.fromregex(io.StringIO("1312 foo\n1534 bar\n"), r"(\d+)\s+\w+", [("num", np.int64)])


def test_set_printoptions():
    before = np.get_printoptions()
    try:
        ag.set_printoptions(precision=2)
        assert str(ag.asarray([1.23456])) == str(np.array([1.23456])) == "[1.23]"
    finally:
        np.set_printoptions(**before)
