"""How the elements of results lie in memory: in NumPy's order, whatever the order of the arguments."""

import copy

import numpy as np
import pytest

import anygpu as ag

#: How an array of a shape lies in memory. (library, function that makes a C-ordered array of a shape, shape)
LAYOUTS = {
    "C": lambda xp, make, shape: make(shape),
    "F": lambda xp, make, shape: make(shape[::-1]).T,
    "last axis first": lambda xp, make, shape: xp.moveaxis(make(shape[-1:] + shape[:-1]), 0, -1),
    "first axes swapped": lambda xp, make, shape: make((shape[1], shape[0]) + shape[2:]).swapaxes(0, 1),
    "sliced": lambda xp, make, shape: make(tuple(2 * n for n in shape))[(slice(None, None, 2),) * len(shape)],
    "F reversed": lambda xp, make, shape: make(shape[::-1]).T[(slice(None, None, -1),) * len(shape)],
}
BROADCAST = {
    "first axis": lambda xp, make, shape: xp.broadcast_to(make(shape[1:]), shape),
    "last axis": lambda xp, make, shape: xp.broadcast_to(make(shape[:-1] + (1,)), shape),
}
SHAPES = [(3, 4), (3, 4, 2)]


def pair(layout, shape):
    """The same values in the same layout, of NumPy and anygpu."""

    def make(xp):
        return lambda shape: xp.asarray(np.random.default_rng(0).integers(1, 9, shape).astype("float64"))

    return [(LAYOUTS | BROADCAST)[layout](xp, make(xp), shape) for xp in (np, ag)]


def place(x):
    """The flags and the strides in elements; those of axes of length 1 mean nothing."""
    if isinstance(x, (tuple, list)):
        return [place(part) for part in x]
    strides = [stride // x.itemsize if n != 1 else None for n, stride in zip(x.shape, x.strides)]
    return x.shape, strides, bool(x.flags.c_contiguous), bool(x.flags.f_contiguous)


def check(call, theirs, ours):
    """The result has NumPy's layout."""
    assert place(call(ag, ours)) == place(call(np, theirs))


def named(names, **options):
    """Calls of functions by name."""
    def call(name):
        def call(xp, x, *axis):
            function = xp
            for part in name.split("."):
                function = getattr(function, part)
            return function(x, **({"axis": axis[0]} if axis else {}), **options)

        return call

    return {name + "".join(f" {k}={v}" for k, v in options.items()): call(name) for name in names.split()}


#: Of an array and an axis.
ALONG = {
    **named("sort argsort cumsum cumprod maximum.accumulate nancumsum flip unwrap gradient diff trapezoid"),
    **named("fft.fft fft.ifft fft.rfft fft.irfft fft.ihfft"),
    **named("sum prod mean std min max any argmax argmin median ptp count_nonzero"),
    **named("sum max argmin median", keepdims=True),
    **named("cumulative_sum", include_initial=True),
    **named("fft.fft fft.rfft", n=7),
    **named("partition argpartition", kth=1),
    **named("take", indices=[1, 0]),
    "fftshift": lambda xp, x, axis: xp.fft.fftshift(x, axis),
    "repeat": lambda xp, x, axis: xp.repeat(x, 2, axis),
    "roll": lambda xp, x, axis: xp.roll(x, 1, axis),
    "repeat by counts": lambda xp, x, axis: xp.repeat(x, [2] + [1] * (x.shape[axis] - 1), axis),
    "compress": lambda xp, x, axis: xp.compress([True, True], x, axis),
    "delete a position": lambda xp, x, axis: xp.delete(x, 1, axis),
    "delete a slice": lambda xp, x, axis: xp.delete(x, slice(None, None, 2), axis),
    "delete nothing": lambda xp, x, axis: xp.delete(x, slice(0, 0), axis),
    "insert": lambda xp, x, axis: xp.insert(x, 1, 5, axis),
    "insert several": lambda xp, x, axis: xp.insert(x, [0, 1], 5, axis),
    "append": lambda xp, x, axis: xp.append(x, x, axis),
    "concatenate": lambda xp, x, axis: xp.concatenate([x, x], axis),
    "concatenate with C order": lambda xp, x, axis: xp.concatenate([xp.ones(x.shape), x], axis),
    "concatenate as": lambda xp, x, axis: xp.concatenate([x, x], axis, dtype="complex128"),
    "stack": lambda xp, x, axis: xp.stack([x, x], axis),
    "take_along_axis": lambda xp, x, axis: xp.take_along_axis(x, xp.argsort(x, axis), axis),
    "packbits": lambda xp, x, axis: xp.packbits(x > 3, axis),
    "unpackbits": lambda xp, x, axis: xp.unpackbits(x.astype("uint8"), axis),
    "cumsum of int8": lambda xp, x, axis: xp.cumsum(x.astype("int8"), axis),
    "linspace": lambda xp, x, axis: xp.linspace(x, x + 1, 5, axis=axis),
}
#: Of an array.
WHOLE = {
    **named("copy array ascontiguousarray asfortranarray zeros_like ones_like empty_like"),
    **named("negative exp isnan real imag isreal iscomplex conj modf tril triu fix atleast_3d argwhere"),
    **named("fft.fft2 fft.ifftn fft.rfftn fft.irfft2 fft.fftshift"),
    **named("hstack vstack dstack column_stack block"),
    **{f"{name} {order}": call for order in "CFAK" for name, call in {
        "copy": lambda xp, x, order=order: x.copy(order),
        "astype": lambda xp, x, order=order: x.astype("float32", order),
        "array": lambda xp, x, order=order: xp.array(x, "float32", order=order),
        "full_like": lambda xp, x, order=order: xp.full_like(x, 3, order=order),
        "full_like of a shape": lambda xp, x, order=order: xp.full_like(x, 3, order=order, shape=x.shape[::-1]),
        "ravel": lambda xp, x, order=order: xp.ravel(x, order),
        "add": lambda xp, x, order=order: xp.add(x, x, order=order),
        "reshape": lambda xp, x, order=order: xp.reshape(x, x.shape[::-1], "C" if order == "K" else order),
        "reshaped copy": lambda xp, x, order=order: xp.reshape(x, x.shape, "C" if order == "K" else order, copy=True),
    }.items()},
    **{f"pad {mode} {width}": lambda xp, x, mode=mode, width=width: xp.pad(x, width, mode)
       for mode in ("constant", "edge", "linear_ramp", "maximum", "mean", "reflect", "wrap", "empty") for width in (0, 1)},
    "pad with two values": lambda xp, x: xp.pad(x, 2, constant_values=((1, 2),)),
    "pad oddly": lambda xp, x: xp.pad(x, 1, "reflect", reflect_type="odd"),
    "roll two axes": lambda xp, x: xp.roll(x, (1, 1), (0, 1)),
    "roll nowhere": lambda xp, x: xp.roll(x, 0, 0),
    "block of two": lambda xp, x: xp.block([[x, x], [x, x]]),
    "hstack of two": lambda xp, x: xp.hstack([xp.ones(x.shape), x]),
    "vstack of two": lambda xp, x: xp.vstack([x, x]),
    "dstack of two": lambda xp, x: xp.dstack([x, x]),
    "tile": lambda xp, x: xp.tile(x, 2),
    "tile once": lambda xp, x: xp.tile(x, 1),
    "tile in new axes": lambda xp, x: xp.tile(x, (2, 1, 1, 1)),
    "where": lambda xp, x: xp.where(x > 3, x, 0),
    "clip": lambda xp, x: xp.clip(x, 2, 5),
    "clip to nothing": lambda xp, x: x.clip(),
    "choose": lambda xp, x: xp.choose((x > 3).astype("int64"), [x, x]),
    "select": lambda xp, x: xp.select([x > 3, x > 5], [x, x * 2], 0),
    "cross": lambda xp, x: xp.cross(x[:3], x[:3], axis=0),
    "round": lambda xp, x: xp.round(x, 2),
    "power 0": lambda xp, x: x**0,
    "power 2": lambda xp, x: x**2,
    "equal to None": lambda xp, x: x == None,  # noqa: E711
    "with a row": lambda xp, x: x + x[0],
    "with C order": lambda xp, x: xp.ones(x.shape) + x,
    "byteswap": lambda xp, x: x.byteswap(),
    "copy.copy": lambda xp, x: copy.copy(x),
    "copy.deepcopy": lambda xp, x: copy.deepcopy(x),
    "sorted in place": lambda xp, x: _in_place(x, lambda y: y.sort(axis=0)),
    "rows": lambda xp, x: x[[1, 0]],
    "rows in Fortran order": lambda xp, x: x[xp.asarray([[1, 0], [0, 0], [1, 1]]).T],
    "rows of a mask": lambda xp, x: x[xp.asarray([True, False, True])],
    "rows and a slice": lambda xp, x: x[[1, 0], ::-1],
    "permuted": lambda xp, x: xp.random.default_rng(0).permuted(x, axis=0),
    "choice": lambda xp, x: xp.random.default_rng(0).choice(x, 2),
    "sum over two axes": lambda xp, x: xp.sum(x, (0, 1), keepdims=True),
}  # fmt: skip


def _in_place(x, change):
    y = x.copy("K")
    change(y)
    return y


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ALONG)
def test_results_along_an_axis(name, layout):
    for shape in SHAPES:
        theirs, ours = pair(layout, shape)
        for axis in range(len(shape)):
            check(lambda xp, x: ALONG[name](xp, x, axis), theirs, ours)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", WHOLE)
def test_results_of_one_array(name, layout):
    for shape in SHAPES:
        check(WHOLE[name], *pair(layout, shape))


@pytest.mark.parametrize("layout", BROADCAST)
@pytest.mark.parametrize("name", ["copy", "astype K", "array K", "ravel K", "roll nowhere", "with a row", "tile", "power 0", "equal to None", "copy.deepcopy"])
def test_copies_of_broadcast_arrays(name, layout):
    for shape in SHAPES:
        check(WHOLE[name], *pair(layout, shape))


@pytest.mark.parametrize("layout", BROADCAST)
@pytest.mark.parametrize("name", ["sum", "max", "mean", "std", "argmax", "sum keepdims=True", "sort", "cumsum", "fft.fft", "concatenate", "stack", "repeat", "roll"])
def test_results_along_an_axis_of_broadcast_arrays(name, layout):
    for shape in SHAPES:
        theirs, ours = pair(layout, shape)
        for axis in range(len(shape)):
            check(lambda xp, x: ALONG[name](xp, x, axis), theirs, ours)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["sort", "cumsum", "cumprod", "fft.fft", "argmin", "concatenate", "stack", "roll", "delete a slice", "gradient", "unpackbits"])
def test_values_do_not_depend_on_the_order(name, layout):
    theirs, ours = pair(layout, (3, 4, 2))
    for axis in range(3):
        got, want = ALONG[name](ag, ours, axis), ALONG[name](np, theirs, axis)
        np.testing.assert_allclose(np.asarray(got), want, rtol=1e-13, atol=1e-13)


def test_repeated_elements_are_copies():
    x = ag.ones((1, 3))
    for repeated in (ag.tile(x, (4, 1)), ag.tile(x, (2, 1, 1)), ag.repeat(x, 4, 0)):
        repeated[0] = 5.0
        assert repeated.flags.writeable and x.sum() == 3 and (repeated == 5).sum() == 3


VIEWS = {
    "transposed": lambda x: x.T,
    "transposed twice": lambda x: x.T.T,
    "slice": lambda x: x[1:],
    "slice of a slice": lambda x: x[1:][::-1],
    "everything": lambda x: x[...],
    "row": lambda x: next(iter(x)),
    "view": lambda x: x.view(),
    "other dtype": lambda x: x.view("int64"),
    "reshaped": lambda x: x.reshape(3, 2),
    "raveled": lambda x: x.ravel(),
    "new axis": lambda x: x[None],
    "broadcast": lambda x: ag.broadcast_to(x, (2, 2, 3)),
    "diagonal": lambda x: ag.diagonal(x),
    "flipped": lambda x: ag.flip(x),
    "swapped": lambda x: x.swapaxes(0, 1),
    "squeezed": lambda x: x[:1].squeeze(),
    "expanded": lambda x: ag.expand_dims(x, 0),
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_know_the_array_that_has_the_memory(name):
    x = ag.arange(6.0).reshape(2, 3).copy()
    view = VIEWS[name](x)
    assert view.base is x and not view.flags.owndata


def test_parts_of_complex_arrays_are_views():
    z = ag.ones((2, 3), dtype="complex64")
    assert z.real.base is z and z.imag.base is z


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x + 1,
        lambda x: x.copy("F"),
        lambda x: ag.asfortranarray(x),
        lambda x: ag.sort(x.T, axis=0),
        lambda x: ag.cumsum(x, axis=0),
        lambda x: ag.stack([x, x], axis=2),
        lambda x: ag.fft.fft(x.T, axis=0),
        lambda x: x.sum(axis=0, keepdims=True),
        lambda x: ag.zeros((2, 3), order="F"),
        lambda x: ag.empty_like(x.T),
        lambda x: x[[1, 0]],
        lambda x: x[x > 2],
        lambda x: ag.take(x, [0], axis=1),
    ],
)
def test_new_arrays_have_their_memory(make):
    made = make(ag.arange(6.0).reshape(2, 3).copy())
    assert made.base is None and made.flags.owndata
