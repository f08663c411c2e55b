"""Every function with a NumPy namesake, on arrays of all dtypes, shapes and layouts, with every option its signature has: NumPy's result, or its error."""

import inspect
import os
import pathlib
import re

import numpy as np
import pytest

import anygpu as ag
import layouts
from function_table import ALONG, BINARY, CALLS, CLOSE_CALLS, ELSEWHERE, POSITIONS, REDUCTIONS, SCANS, STATISTICS, UNARY
from function_table import ABSOLUTE, ANY_ZERO, COMPOSED, COMPLEX_ROUNDED, CONDITIONED, POWERS, RELATIVE
from numbered_examples import SCALARS, Draw, Library, drawn_operands, tame_with_holes
from oracle import as_bits, assert_same_form, parts, public_class, to_numpy

EXAMPLES = int(os.environ.get("ANYGPU_TEST_EXAMPLES", 5 if os.environ.get("ANYGPU_EMULATE") else 9))
#: Elementwise functions: units of the last place, ours (at most 1.5) and NumPy's (up to 2.9) together.
ULPS = 4
EXACT = {n for table in (UNARY, BINARY, REDUCTIONS, STATISTICS, ALONG) for n, exact in table.items() if exact} | {*CALLS, *POSITIONS}
ELEMENTWISE = {n for table in (UNARY, BINARY) for n, exact in table.items() if not exact}
DTYPES = ["bool", "int8", "int64", "float16", "float32", "float64", "complex64", "complex128"]
CASTINGS = ["no", "equiv", "safe", "same_kind", "unsafe"]


def same_bits(name, got, want):
    """Where the values are the same: NaN is one value, and the zeros are two unless NumPy itself gives either."""
    same = (as_bits(got) == as_bits(want)) if got.dtype.kind == "f" else got == want
    if got.dtype.kind == "f":
        same |= np.isnan(got) & np.isnan(want)
        if name in ANY_ZERO:
            same |= (got == 0) & (want == 0)
    return same


def compare(name, got, want, bound):
    """`bound(want)`: how far each element may be from NumPy's; None where all bits must be the same."""
    if isinstance(want, (tuple, list)):
        assert isinstance(got, (tuple, list)) and len(got) == len(want), f"got {got!r}"
        for place, (g, w) in enumerate(zip(got, want)):
            compare(name, g, w, lambda w, place=place: bound(w, place))
        return
    if not isinstance(want, (np.ndarray, np.generic)):
        assert type(got) is type(want) and got == want, f"got {got!r}"
        return
    got, want = to_numpy(got), np.asarray(want)
    assert_same_form(got, want)
    same = same_bits(name, parts(got), parts(want))
    exact = want.dtype.kind in "biu" or (name in EXACT and not (want.dtype.kind == "c" and name in COMPLEX_ROUNDED))
    if not exact:
        allowed = np.asarray(bound(want, 0), np.longdouble)
        allowed = allowed[..., None] if want.dtype.kind == "c" and allowed.ndim else allowed
        with np.errstate(all="ignore"):
            same |= np.abs(parts(got).astype(np.longdouble) - parts(want)) <= allowed
            # Overflow may come one rounding earlier.
            same |= np.isinf(parts(got)) & (np.abs(parts(want)) >= np.finfo(parts(want).dtype).max * (1 - 1e-3))
            if name not in ELEMENTWISE:
                same |= np.isinf(parts(want)) & (np.abs(parts(got)) >= np.finfo(parts(want).dtype).max * (1 - 1e-3))
    if want.dtype.kind == "c":
        same = same.reshape((*want.shape, 2)).all(axis=-1)
    assert same.all(), f"at {np.argwhere(~same)[:3].tolist()} got {got[~same][:3]}, NumPy has {want[~same][:3]}"


def bounds_of(name, call, operands, draw):
    """The allowed difference, as a function of NumPy's result (and its place in a tuple)."""
    size = max((a.size for a in operands), default=1)

    def eps(want):
        # What is computed in float32 and stored in float64 has float32's roundings.
        computed = [draw.computed] if draw.computed is not None and draw.computed.kind in "fc" else []
        return max(float(np.finfo(dtype).eps) for dtype in (want.dtype, *computed))

    def magnitude(want):
        wide = np.abs(want.astype(np.clongdouble if want.dtype.kind == "c" else np.longdouble))
        return np.where(np.isfinite(wide), wide, 0) + np.finfo(want.dtype).smallest_normal

    if name in ABSOLUTE or (name in COMPOSED and any(a.dtype.kind == "c" for a in operands)):
        return lambda want, place=0: ULPS * eps(want) * (np.max(magnitude(want), initial=0) + 1)
    if name in ELEMENTWISE:
        return lambda want, place=0: ULPS * eps(want) * magnitude(want)
    if name in RELATIVE:
        return lambda want, place=0: (size + 4) * eps(want) * magnitude(want)
    if name in CONDITIONED:
        # Sums of products: the rounding errors are relative to the same sum of magnitudes.
        with np.errstate(all="ignore"):
            again = run(call, Library(np), [(np.abs(base), view) for base, view in draw.bases], Draw(draw.seed))
        if not isinstance(again, Exception):
            return lambda want, place=0: (size + 4) * eps(want) * magnitude(np.asarray(again[0][place] if isinstance(again[0], (tuple, list)) else again[0]).astype(want.dtype))
    largest = max((float(np.max(np.abs(a[np.isfinite(a)].astype("complex128")), initial=0)) for a in operands), default=0.0)
    scale = (size + 1) * min(max(1.0, largest), 1e150) ** POWERS.get(name, 1)
    return lambda want, place=0: (size + 4) * eps(want) * min(max(scale, float(np.max(magnitude(want), initial=0))), 1e300)


def run(call, library, bases, draw):
    """(what `call` returns, what it has written) or its exception; a device's error belongs to the call that made it."""
    try:
        operands = [library.operand(base, view)[0] for base, view in bases]
        result = call(library, *operands, draw)
        written = [(to_numpy(base), before, view) for base, before, view in draw.written]
        if library._module is ag:
            ag.synchronize()
        return result, written
    except Exception as error:  # every class is compared with the other library's
        return error


def assert_nothing_beside(after, before, view):
    """Of a base that a call was given a view of as `out`, what is outside the view has the bits from before. What is in it is the result, compared already."""
    outside = np.ones(before.shape, bool)
    eval(view, {"base": outside, "xp": np})[...] = False
    assert after[outside].tobytes() == before[outside].tobytes(), f"written beside `out`, {view}: {before[outside]} became {after[outside]}"


def moderate_if_complex(dtype, shape, rng):
    """All values of a real dtype, moderate ones of a complex dtype."""
    return (layouts.tame_values if np.dtype(dtype).kind == "c" else layouts.random_values)(dtype, shape, rng)


def check(name, call, count=1, examples=EXAMPLES, mixed=False):
    makers = [layouts.tame_values, layouts.tame_values if name in COMPLEX_ROUNDED else tame_with_holes]
    if name in COMPOSED:
        makers = [moderate_if_complex]
    elif name in EXACT or name in ELEMENTWISE:
        makers = [layouts.random_values, layouts.random_values, tame_with_holes]
    elif name in RELATIVE or name in CLOSE_CALLS:
        makers = [layouts.tame_values]
    for number in range(examples):
        seed = f"{name}-{number}"
        bases = drawn_operands(name, number, count, makers, Draw(seed), mixed)
        theirs, ours = Library(np), Library(ag)
        drawn = Draw(seed)
        want = run(call, theirs, bases, drawn)
        got = run(call, ours, bases, Draw(seed))
        about = f"example {number} of {name}"
        if isinstance(want, Exception):
            assert isinstance(got, public_class(want)), f"{about}: NumPy raises {want!r}, not {got!r}\n{ours.text()}"
            assert str(got).strip()
            continue
        if isinstance(got, Exception):
            raise AssertionError(f"{about}: NumPy gives {want[0]!r}, not {got!r}\n{ours.text()}") from got
        draw = Draw(seed)
        draw.seed, draw.bases, draw.computed = seed, bases, drawn.computed
        operands = [a for a, _, _ in theirs._arrays[:count]]
        bound = bounds_of(name, call, operands, draw)
        try:
            compare(name, got[0], want[0], bound)
            assert len(got[1]) == len(want[1])
            for written in got[1]:
                assert_nothing_beside(*written)
        except AssertionError as error:
            raise AssertionError(f"{about}: {error}\n{ours.text()}") from None


def with_out(xp, f, r, wrong_shapes=True, where=None):
    """f(), or f(out=), which must be what is returned; `where` only with `out`, as elements left out have no value otherwise."""
    if r.random() < 0.55:
        return f()
    want = f()
    if not hasattr(want, "shape"):
        return want
    r.computed = np.dtype(str(want.dtype))
    out = r.out(xp, want, wrong_shapes)
    if where is not None and r.random() < 0.5:
        result = f(out=out, where=r.mask(xp, want.shape))
    else:
        result = f(out=out)
    assert result is out
    return result


def ufunc_options(r):
    options = {}
    if r.random() < 0.15:
        options["dtype"] = r.choice(DTYPES)
    if r.random() < 0.1:
        options["casting"] = r.choice(CASTINGS)
    return options


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    ufunc = isinstance(getattr(np, name), np.ufunc) and getattr(np, name).nout == 1

    def call(xp, x, r):
        f = getattr(xp, name)
        if not ufunc:
            return f(x)
        options = ufunc_options(r)
        if name == "signbit":
            # NumPy 2.4 writes the truth values of floats into a reversed `out` in the wrong places, from 16 elements on.
            return f(x, **options)
        return with_out(xp, lambda **out: f(x, **options, **out), r, where=True)

    check(name, call)


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    def call(xp, x, y, r):
        f = getattr(xp, name)
        chance = r.random()
        if chance < 0.2:
            y = r.choice(SCALARS)
        elif chance < 0.3:
            x, y = r.choice(SCALARS), x
        if name == "divmod":
            return f(x, y)
        options = ufunc_options(r)
        return with_out(xp, lambda **out: f(x, y, **options, **out), r, where=True)

    check(name, call, 2, mixed=True)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    has = inspect.signature(getattr(np, name)).parameters

    def call(xp, x, r):
        options = {"axis": r.axis(x, several=True), "keepdims": r.random() < 0.5}
        if "initial" in has and r.random() < 0.3:
            options["initial"] = r.choice([1, 0, -5, 100, 2.5, True])
        if "where" in has and r.random() < 0.3:
            options["where"] = r.mask(xp, x.shape)
        if "dtype" in has and r.random() < 0.25:
            options["dtype"] = r.choice(DTYPES[2:])
        if "ddof" in has and r.random() < 0.3:
            options["ddof"] = r.choice([1, 0.5])
        return with_out(xp, lambda **out: getattr(xp, name)(x, **options, **out), r)

    check(name, call)


@pytest.mark.parametrize("name", POSITIONS)
def test_positions(name):
    check(name, lambda xp, x, r: getattr(xp, name)(x, axis=r.axis(x), keepdims=r.random() < 0.5))


@pytest.mark.parametrize("name", STATISTICS)
def test_statistics(name):
    check(name, lambda xp, x, r: getattr(xp, name)(x, axis=r.axis(x, several=True), keepdims=r.random() < 0.5))


@pytest.mark.parametrize("name", SCANS)
def test_scans(name):
    def call(xp, x, r):
        options = {"axis": r.axis(x)}
        if r.random() < 0.25:
            options["dtype"] = r.choice(DTYPES[2:])
        # NumPy repeats the result in an output of more dimensions.
        return with_out(xp, lambda **out: getattr(xp, name)(x, **options, **out), r, wrong_shapes=False)

    check(name, call)


@pytest.mark.parametrize("name", ALONG)
def test_along_an_axis(name):
    def call(xp, x, r):
        return getattr(xp, name)(x, axis=r.axis(x, none=False), **({"stable": True} if "sort" in name else {}))

    check(name, call)


@pytest.mark.parametrize("name", [*CALLS, *CLOSE_CALLS])
def test_calls(name):
    if name == "row_stack" and not hasattr(np, name):
        pytest.skip("NumPy 2.5 has dropped it")
    check(name, (CALLS.get(name) or CLOSE_CALLS[name]), 2)


def test_identity_and_around():
    """`around` is `round`, with decimals of both signs; `identity` takes a dtype."""
    def call(xp, x, r):
        return with_out(xp, lambda **out: xp.around(x, r.choice([0]) if x.dtype.kind == "b" else 1, **out), r)

    check("around", call)
    for n in (0, 1, 5):
        compare("copy", ag.identity(n), np.identity(n), None)
        compare("copy", ag.identity(n, dtype="int8"), np.identity(n, dtype="int8"), None)


def functions_of(module, theirs, prefix):
    """The functions of ours with a namesake in NumPy, other than NumPy's own."""
    for name in dir(module):
        found, namesake = getattr(module, name), getattr(theirs, name, None)
        if not name.startswith("_") and found is not namesake and callable(found) and callable(namesake) and not inspect.isclass(found):
            yield prefix + name


@pytest.mark.gpu
def test_nothing_is_left_out():
    """Every function with a NumPy namesake stands in the table, or with the file that tests it."""
    known = {*UNARY, *BINARY, *REDUCTIONS, *POSITIONS, *STATISTICS, *SCANS, *ALONG, *CALLS, *CLOSE_CALLS, *ELSEWHERE, "around", "identity"}
    found = [*functions_of(ag, np, "")]
    for name in ("fft", "linalg", "random"):
        found += functions_of(getattr(ag, name), getattr(np, name), f"{name}.")
    found += functions_of(ag.random.Generator, np.random.Generator, "random.Generator.")
    assert not (missing := [name for name in found if name not in known]), " ".join(missing)


@pytest.mark.parametrize("file", sorted(set(ELSEWHERE.values())))
def test_the_other_files_call_them(file):
    text = (pathlib.Path(__file__).parent / file).read_text()
    missing = []
    for name in (n for n, where in ELSEWHERE.items() if where == file):
        dot = "[.]" if name.startswith("random") else r"\b"  # the distributions have names as short as `f`
        if not re.search(rf"{dot}{name.rpartition('.')[2]}\(", text):
            missing.append(name)
    assert not missing, " ".join(missing)
