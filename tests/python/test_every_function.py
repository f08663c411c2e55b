"""Every function with a NumPy namesake, on arrays of all dtypes, shapes and layouts, with all kinds of axis, keepdims and out: NumPy's result, or its error."""

import inspect
import os
import pathlib
import random
import re

import numpy as np
import pytest

import anygpu as ag
import layouts
from function_table import ALONG, BINARY, CALLS, CLOSE_CALLS, ELSEWHERE, POSITIONS, REDUCTIONS, SCANS, STATISTICS, UNARY
from oracle import assert_same_form, outcome, public_class, to_numpy

EXAMPLES = int(os.environ.get("ANYGPU_TEST_EXAMPLES", 3 if os.environ.get("ANYGPU_EMULATE") else 6))
SHAPES = [(), (1,), (5,), (12,), (3, 4), (5, 1), (4, 7), (2, 3, 5), (0,), (0, 3), (2, 0, 3), (1, 6, 1)]
#: In units of the last place, times the largest magnitude of the operands or the result.
TOLERANCE = {"float16": 4e-3, "float32": 3e-6, "float64": 1e-13}


def operands(name, number, count=1):
    """(arrays of NumPy, the same on the device, a random.Random) of a numbered example."""
    seed = f"{name} {number}"
    r, rng = random.Random(seed), np.random.default_rng(list(seed.encode()))
    shape = r.choice(SHAPES)
    dtype = r.choice(layouts.ALL)
    host, device = [], []
    for _ in range(count):
        make = layouts.random_values if name in EXACT and r.random() < 0.5 else layouts.tame_values
        values = np.asarray(make(dtype, shape, rng))
        a, b = layouts.pair(values, r.choice(list(layouts.LAYOUTS)), rng)
        host.append(a)
        device.append(b)
    return host, device, r


EXACT = {n for table in (UNARY, BINARY, REDUCTIONS, STATISTICS, ALONG) for n, exact in table.items() if exact} | set(CALLS) | set(POSITIONS)


#: NumPy's loops fuse the multiplications and additions of complex products, see docs/dtypes.md.
COMPLEX_PRODUCTS = {"multiply", "square", "cross"}


def compare(name, got, want, scale):
    if isinstance(want, (tuple, list)):
        assert isinstance(got, (tuple, list)) and len(got) == len(want)
        for g, w in zip(got, want):
            compare(name, g, w, scale)
        return
    if not isinstance(want, (np.ndarray, np.generic)):
        assert got == want
        return
    got, want = to_numpy(got), np.asarray(want)
    assert_same_form(got, want)
    if (name in EXACT and not (want.dtype.kind == "c" and name in COMPLEX_PRODUCTS)) or want.dtype.kind in "biu":
        same = (got == want) | ((got != got) & (want != want))
    else:
        unit = TOLERANCE[want.real.dtype.name]
        with np.errstate(all="ignore"):
            size = max(scale, float(np.max(np.abs(want[np.isfinite(want)]), initial=0)))
            same = (np.abs(got - want) <= unit * size) | (got == want) | ((got != got) & (want != want))
    assert same.all(), (np.argwhere(~same)[:3].tolist(), got[~same][:3], want[~same][:3])


def check(name, call, count=1, examples=EXAMPLES):
    for number in range(examples):
        host, device, r = operands(name, number, count)
        state = r.getstate()
        want = outcome(call, np, *host, r)
        r.setstate(state)
        got = outcome(call, ag, *device, r)
        about = f"example {number}: {', '.join(f'{a.dtype}{a.shape} strides {a.strides}' for a in host)}"
        if isinstance(want, Exception):
            assert isinstance(got, public_class(want)), f"{about}: NumPy raises {want!r}, not {got!r}"
            assert str(got).strip()
            continue
        if isinstance(got, Exception):
            raise AssertionError(f"{about}: NumPy gives {want!r}") from got
        try:
            with np.errstate(all="ignore"):
                scale = max((float(np.sum(np.abs(a[np.isfinite(a)].astype("complex128")))) for a in host), default=0.0) + 1
            compare(name, got, want, min(scale, 1e300))
        except AssertionError as error:
            raise AssertionError(f"{about}: {error}") from None


def out_for(xp, r, want, wrong_shapes):
    """An array for `want`, or now and then one that does not fit."""
    choice = r.random()
    if choice < 0.8 or want.size == 0 or (choice < 0.9 and not wrong_shapes):
        return xp.zeros(want.shape, dtype=want.dtype)
    return xp.zeros((*want.shape, 2) if choice < 0.9 else want.shape, dtype=want.dtype if choice < 0.9 else "bool")


def with_out(xp, f, r, wrong_shapes=True):
    """f(), or f(out=), which must be what is returned."""
    if r.random() < 0.6:
        return f()
    want = f()
    if not hasattr(want, "shape"):
        return want
    out = out_for(xp, r, want, wrong_shapes)
    result = f(out=out)
    assert result is out
    return result


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    def call(xp, x, r):
        f = getattr(xp, name)
        if isinstance(getattr(np, name), np.ufunc) and getattr(np, name).nout == 1:
            return with_out(xp, lambda **out: f(x, **out), r)
        return f(x)

    check(name, call)


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    def call(xp, x, y, r):
        f = getattr(xp, name)
        if r.random() < 0.3:
            y = r.choice([2, 3.0, True])
        elif y.ndim and r.random() < 0.3:
            y = y[:1]
        if name == "divmod":
            return f(x, y)
        return with_out(xp, lambda **out: f(x, y, **out), r)

    check(name, call, 2)


def an_axis(r, x, several=True):
    choice = r.random()
    if choice < 0.3 or not x.ndim:
        return None
    if choice < 0.35:
        return x.ndim + 1
    if choice < 0.6 and several:
        return tuple(r.sample(range(x.ndim), r.randrange(1, x.ndim + 1)))
    return r.randrange(-x.ndim, x.ndim)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    def call(xp, x, r):
        options = {"axis": an_axis(r, x), "keepdims": r.random() < 0.5}
        if name in ("sum", "prod", "max", "min") and r.random() < 0.2:
            options["initial"] = 1
        if name in ("std", "var") and r.random() < 0.3:
            options["ddof"] = 1
        return with_out(xp, lambda **out: getattr(xp, name)(x, **options, **out), r)

    check(name, call)


@pytest.mark.parametrize("name", POSITIONS)
def test_positions(name):
    check(name, lambda xp, x, r: getattr(xp, name)(x, axis=an_axis(r, x, False), keepdims=r.random() < 0.5))


@pytest.mark.parametrize("name", STATISTICS)
def test_statistics(name):
    check(name, lambda xp, x, r: getattr(xp, name)(x, axis=an_axis(r, x), keepdims=r.random() < 0.5))


@pytest.mark.parametrize("name", SCANS)
def test_scans(name):
    def call(xp, x, r):
        axis = an_axis(r, x, False)
        # NumPy repeats the result in an output of more dimensions.
        return with_out(xp, lambda **out: getattr(xp, name)(x, axis=axis, **out), r, wrong_shapes=False)

    check(name, call)


@pytest.mark.parametrize("name", ALONG)
def test_along_an_axis(name):
    def call(xp, x, r):
        options = {"stable": True} if "sort" in name else {}
        return getattr(xp, name)(x, axis=r.randrange(-x.ndim, x.ndim) if x.ndim and r.random() < 0.9 else x.ndim, **options)

    check(name, call)


@pytest.mark.parametrize("name", [*CALLS, *CLOSE_CALLS])
def test_calls(name):
    check(name, (CALLS.get(name) or CLOSE_CALLS[name]), 2)


def test_nothing_is_left_out():
    """Every function with a NumPy namesake stands in the table, or with the file that tests it."""
    known = {*UNARY, *BINARY, *REDUCTIONS, *POSITIONS, *STATISTICS, *SCANS, *ALONG, *CALLS, *CLOSE_CALLS, *ELSEWHERE}
    missing = []
    for prefix in ("", "fft.", "linalg."):
        ours, theirs = (getattr(m, prefix[:-1]) if prefix else m for m in (ag, np))
        for name in dir(ours):
            found = getattr(ours, name)
            if found is getattr(theirs, name, None):
                continue  # NumPy's own
            if not name.startswith("_") and callable(found) and not inspect.isclass(found) and callable(getattr(theirs, name, None)) and prefix + name not in known:
                missing.append(prefix + name)
    assert not missing, " ".join(missing)


@pytest.mark.parametrize("file", sorted(set(ELSEWHERE.values())))
def test_the_other_files_name_them(file):
    text = (pathlib.Path(__file__).parent / file).read_text()
    for name, where in ELSEWHERE.items():
        if where == file:
            assert re.search(rf"\b{name.rpartition('.')[2]}\b", text), name
