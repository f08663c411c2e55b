"""einsum, einsum_path and the products of tensors, against NumPy."""

import numpy as np
import pytest

import anygpu as ag
from layouts import pair, tame_values
from oracle import assert_close, assert_identical, assert_same_outcome, to_numpy

SUBSCRIPTS = [
    ("ij,jk->ik", [(3, 4), (4, 5)]),
    ("ij,jk", [(3, 4), (4, 5)]),
    ("ij,kj->ik", [(3, 4), (5, 4)]),
    ("ji,jk->ki", [(4, 3), (4, 5)]),
    ("i,i", [(7,), (7,)]),
    ("i,j->ij", [(3,), (4,)]),
    ("i,j", [(3,), (4,)]),
    ("ij,ij->ij", [(3, 4), (3, 4)]),
    ("ij,ij", [(3, 4), (3, 4)]),
    ("ij,ij->i", [(3, 4), (3, 4)]),
    ("ii", [(5, 5)]),
    ("ii->i", [(5, 5)]),
    ("iij->ji", [(4, 4, 3)]),
    ("iii->i", [(3, 3, 3)]),
    ("ij->ji", [(3, 4)]),
    ("ba", [(3, 4)]),
    ("ij->", [(3, 4)]),
    ("ij->j", [(3, 4)]),
    ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]),
    ("bij,jk->bik", [(2, 3, 4), (4, 5)]),
    ("abc,cd,abd->ab", [(2, 3, 4), (4, 5), (2, 3, 5)]),
    ("...ij,...jk->...ik", [(2, 3, 4), (4, 5)]),
    ("...ij,...jk", [(6, 1, 3, 4), (2, 4, 5)]),
    ("i...->...i", [(3, 4, 5)]),
    ("...,...", [(3, 4), (4,)]),
    ("...i,...i", [(2, 3), (4, 2, 3)]),
    ("b...a", [(3, 4, 2)]),
    ("i...,i...->...", [(3, 2), (3, 1)]),
    ("ij,ij", [(1, 4), (3, 4)]),
    ("ij,jk->ik", [(3, 1), (4, 5)]),
    (" i j , j k -> i k ", [(3, 4), (4, 5)]),
    (",ij->ij", [(), (3, 4)]),
    ("ij,jk,kl->il", [(3, 4), (4, 5), (5, 2)]),
    ("ij,jk,kl,lm", [(3, 4), (4, 2), (2, 5), (5, 3)]),
    ("ea,fb,abcd,gc,hd->efgh", [(2, 2)] * 2 + [(2, 2, 2, 2)] + [(2, 2)] * 2),
    ("a,b,c->", [(3,), (4,), (5,)]),
    ("ij,jk->ik", [(0, 4), (4, 5)]),
    ("ij,jk->ik", [(3, 0), (0, 5)]),
    ("ij->i", [(3, 0)]),
]


def values(shapes, dtype, seed=1):
    rng = np.random.default_rng(seed)
    return [tame_values(dtype, shape, rng) for shape in shapes]


def check(got, want):
    want = np.asarray(want)
    if want.dtype.kind in "fc":
        assert_close(got, want, 4.0 ** 4, 64)
    else:
        assert_identical(got, want)


@pytest.mark.parametrize(("subscripts", "shapes"), SUBSCRIPTS)
@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_subscripts(subscripts, shapes, dtype):
    arrays = values(shapes, dtype)
    check(ag.einsum(subscripts, *map(ag.asarray, arrays)), np.einsum(subscripts, *arrays))


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint32", "float16", "float32", "complex64", "complex128"])
def test_dtypes(dtype):
    for subscripts, shapes in [SUBSCRIPTS[0], SUBSCRIPTS[4], SUBSCRIPTS[9], SUBSCRIPTS[10], SUBSCRIPTS[17]]:
        arrays = values(shapes, dtype)
        check(ag.einsum(subscripts, *map(ag.asarray, arrays)), np.einsum(subscripts, *arrays))


@pytest.mark.parametrize("layout", ["sliced", "reversed", "transposed", "broadcast"])
def test_layouts(layout):
    (a, ga), (b, gb) = pair(values([(4, 5, 6)], "int32")[0], layout), pair(values([(6, 5, 3)], "int32", 2)[0], layout)
    check(ag.einsum("ijk,kjl->li", ga, gb), np.einsum("ijk,kjl->li", a, b))


def test_mixed_dtypes_promote():
    a, b = values([(3, 4)], "int8")[0], values([(4, 2)], "float32")[0]
    check(ag.einsum("ij,jk", ag.asarray(a), ag.asarray(b)), np.einsum("ij,jk", a, b))


def test_lists_of_subscripts():
    a, b = values([(3, 4), (4, 5)], "float32")
    ga, gb = ag.asarray(a), ag.asarray(b)
    check(ag.einsum(ga, [0, 1], gb, [1, 2], [2, 0]), np.einsum(a, [0, 1], b, [1, 2], [2, 0]))
    check(ag.einsum(ga, [0, 1], gb, [1, 2]), np.einsum(a, [0, 1], b, [1, 2]))
    check(ag.einsum(ga, [Ellipsis, 1], gb, [1, 2], [Ellipsis, 2]), np.einsum(a, [Ellipsis, 1], b, [1, 2], [Ellipsis, 2]))


@pytest.mark.parametrize("optimize", [False, True, "greedy", "optimal", ["einsum_path", (0, 1), (0, 1)], ["einsum_path", (0, 1, 2)], ("greedy", 100)])
def test_every_order_of_contraction(optimize):
    arrays = values([(3, 4), (4, 5), (5, 2)], "int64")
    check(ag.einsum("ij,jk,kl", *map(ag.asarray, arrays), optimize=optimize), np.einsum("ij,jk,kl", *arrays, optimize=optimize))


def test_paths_are_numpys():
    arrays = values([(3, 4), (4, 5), (5, 2), (2, 9)], "float32")
    for optimize in ("greedy", "optimal", False):
        got = ag.einsum_path("ij,jk,kl,lm->im", *map(ag.asarray, arrays), optimize=optimize)
        assert got == np.einsum_path("ij,jk,kl,lm->im", *arrays, optimize=optimize)


def test_keywords():
    a, b = values([(3, 4), (4, 5)], "float32")
    ga, gb = ag.asarray(a), ag.asarray(b)
    check(ag.einsum("ij,jk", ga, gb, dtype="float64"), np.einsum("ij,jk", a, b, dtype="float64"))
    check(ag.einsum("ij,jk", ga, gb, dtype="float16", casting="same_kind").astype("float32"),
          to_numpy(ag.einsum("ij,jk", ga.astype("float16"), gb.astype("float16"))).astype("float32"))
    out = ag.asarray(np.zeros((3, 5)))
    assert ag.einsum("ij,jk", ga, gb, out=out) is out
    check(out, np.einsum("ij,jk", a, b, out=np.zeros((3, 5))))


@pytest.mark.parametrize(
    ("subscripts", "shapes", "options"),
    [
        ("i->ii", [(3,)], {}),
        ("i,j->k", [(3,), (3,)], {}),
        ("i,j", [(3,)], {}),
        ("ii", [(3, 2)], {}),
        ("ii", [(3, 1)], {}),
        ("i.j", [(3, 1)], {}),
        ("i..j", [(3, 1)], {}),
        ("...->", [(3, 1)], {}),
        ("i...->", [(3, 1)], {}),
        ("i$", [(3, 1)], {}),
        ("ijk", [(3, 1)], {}),
        ("i", [(3, 1)], {}),
        ("i,i", [(3,), (4,)], {}),
        ("i,i", [(3,), (3,)], {"dtype": "float32"}),
        ("i,i", [(3,), (3,)], {"nonsense": 1}),
    ],
)
def test_errors(subscripts, shapes, options):
    arrays = values(shapes, "float64")
    assert_same_outcome(lambda xp, *a: xp.einsum(subscripts, *a, **options), arrays, [ag.asarray(a) for a in arrays])


def test_missing_operands():
    for arguments in [(), ("i",)]:
        with pytest.raises(ValueError, match="operand"):
            ag.einsum(*arguments)


@pytest.mark.gpu
def test_diagonal_is_a_view():
    a = ag.zeros((3, 3))
    ag.einsum("ii->i", a)[...] = 1
    assert_identical(a, np.eye(3))


@pytest.mark.gpu
def test_nothing_is_read():
    a, b = ag.ones((3, 4)), ag.ones((4, 5))
    before = a.device.counters()["downloads"]
    ag.einsum("ij,jk,kl->il", a, b, ag.ones((5, 2)))
    assert a.device.counters()["downloads"] == before


@pytest.mark.parametrize("subscripts", ["ijk->kij", "ji...", "...", "iij->ji", "iij->ij"])
def test_of_one_operand_of_which_nothing_is_summed_it_is_a_view(subscripts):
    results = []
    for xp in (ag, np):
        a = xp.asarray(np.arange(18, dtype="int32").reshape(3, 3, 2))
        view = xp.einsum(subscripts, a, dtype="float64")  # views keep the dtype
        assert xp.shares_memory(view, a)
        view[1] = -1
        results += [view, a]
    assert_identical(results[0], results[2])
    assert_identical(results[1], results[3])


def test_subscripts_in_arrays():
    x = np.arange(4.0).reshape(2, 2)
    for labels in (np.array([0, 0]), np.array([0, 1], "uint8")):
        assert_identical(ag.einsum(ag.asarray(x), labels), np.einsum(x, labels))
    assert_identical(ag.einsum(ag.asarray(x), ag.asarray([0, 0])), np.einsum(x, [0, 0]))
    with pytest.raises(TypeError):
        ag.einsum("ii", ag.asarray(x), out="text")
    with pytest.raises(RuntimeError):
        ag.einsum("ab,bc,cd,de->ae", *[ag.asarray(x)] * 4, optimize=["einsum_path", (2, 3), (0, 1)])
