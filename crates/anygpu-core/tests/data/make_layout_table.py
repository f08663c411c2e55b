"""Writes numpy_layouts.txt: shapes, strides and messages that NumPy 2 gives for views and for results of ufuncs.

    python -m venv venv && venv/bin/pip install 'numpy>=2' && venv/bin/python make_layout_table.py

Every array is int8, so strides in bytes are strides in elements. Fields are separated by `|`, numbers by `,`; a layout is
`shape;strides;offset` within a buffer large enough for it. Lines:

    reshape|LAYOUT|NEWSHAPE|LAYOUT            the view, `copy` where there is none, or `!` and the message
    index|LAYOUT|ITEMS|LAYOUT                 items as in Python, e.g. `1,::-2,...,None`; or `!Class: message`
    ufunc|SHAPE|STRIDES|..|STRIDES|LAYOUT     broadcast operands, then the result that numpy.add allocates
    flags|LAYOUT|BITS                         c_contiguous, f_contiguous
"""

import pathlib
import random

import numpy as np
from numpy.lib.stride_tricks import as_strided

BASE = np.zeros(1 << 14, np.int8)
START = 1 << 13  # as_strided arrays begin here, so that negative strides stay inside
BEGIN = BASE.__array_interface__["data"][0]


def numbers(values):
    return ",".join(map(str, values))


def layout(array):
    offset = array.__array_interface__["data"][0] - BEGIN
    return f"{numbers(array.shape)};{numbers(array.strides)};{offset}"


def random_array(rng, ndim=None, sizes=(1, 2, 3, 4)):
    """A dense array seen through random slices, permutation, flips and broadcasts."""
    ndim = rng.randrange(5) if ndim is None else ndim
    shape = [rng.choice(sizes) for _ in range(ndim)]
    axes = rng.sample(range(ndim), ndim)
    strides, stride = [0] * ndim, 1
    for axis in axes:
        gap = rng.choice([1, 1, 1, 1, 2])
        strides[axis] = rng.choice([1, 1, 1, -1, 0]) * stride * gap if rng.random() < 0.5 else stride
        stride *= shape[axis] * gap
    return as_strided(BASE[START:], shape, strides)


def c_ordered(rng, ndim):
    """Mostly C order, with some steps and flips: what reshape can often do without a copy."""
    shape = [rng.choice((1, 2, 3, 4, 6)) for _ in range(ndim)]
    strides, stride = [0] * ndim, rng.choice([1, 1, 2, -1])
    for axis in reversed(range(ndim)):
        strides[axis] = stride
        stride *= shape[axis] * rng.choice([1, 1, 1, 1, 2])
    return as_strided(BASE[START:], shape, strides)


def random_factors(rng, size):
    factors = []
    while size > 1:
        divisors = [d for d in range(1, size + 1) if size % d == 0]
        d = rng.choice(divisors)
        factors.append(d)
        size //= d
    return factors + [1] * rng.randrange(3)


def reshape_line(rng):
    array = c_ordered(rng, rng.randrange(1, 5)) if rng.random() < 0.7 else random_array(rng)
    new = random_factors(rng, array.size)
    rng.shuffle(new)
    if new and rng.random() < 0.3:
        new[rng.randrange(len(new))] = -1
    if rng.random() < 0.1:
        new.append(rng.choice([0, 2, -1]))
    try:
        answer = layout(array.reshape(new, copy=False))
    except ValueError as error:
        answer = "copy" if "copy" in str(error) else f"!{error}"
    return f"reshape|{layout(array)}|{numbers(new)}|{answer}"


def random_item(rng):
    kind = rng.random()
    if kind < 0.3:
        return str(rng.randrange(-5, 5))
    if kind < 0.4:
        return "..."
    if kind < 0.5:
        return "None"
    bound = lambda: rng.choice(["", str(rng.randrange(-6, 7))])
    return f"{bound()}:{bound()}" + rng.choice(["", "", f":{rng.choice([-3, -2, -1, 1, 2, 3, 3, 0])}"])


def index_line(rng):
    array = random_array(rng)
    items = [random_item(rng) for _ in range(rng.randrange(0, array.ndim + 2))]
    # The ellipsis keeps NumPy from turning a single element into a scalar, which is no view.
    explicit = items if "..." in items else [*items, "..."]
    try:
        answer = layout(eval(f"array[{','.join(explicit)}]"))
    except (IndexError, ValueError) as error:
        answer = f"!{type(error).__name__}: {error}"
    return f"index|{layout(array)}|{','.join(items)}|{answer}"


def ufunc_line(rng):
    shape = [rng.choice((1, 2, 3, 4)) for _ in range(rng.randrange(1, 5))]
    operands = []
    order = rng.sample(range(len(shape)), len(shape))
    for _ in range(rng.randrange(1, 3)):
        own = [1 if rng.random() < 0.2 else n for n in shape]
        axes = order if rng.random() < 0.5 else rng.sample(range(len(shape)), len(shape))
        strides, stride = [0] * len(shape), 1
        for axis in axes:
            strides[axis] = stride * rng.choice([1, 1, 1, -1])
            stride *= own[axis] * rng.choice([1, 1, 1, 2])
        operands.append(as_strided(BASE[START:], own, strides))
    broadcast = [np.broadcast_to(x, np.broadcast_shapes(*(y.shape for y in operands))) for x in operands]
    result = np.add(*operands) if len(operands) == 2 else np.negative(*operands)
    fields = "|".join(numbers(x.strides) for x in broadcast)
    return f"ufunc|{numbers(result.shape)}|{fields}|{numbers(result.shape)};{numbers(result.strides)};0"


def flags_line(rng):
    array = random_array(rng, sizes=(0, 1, 1, 2, 3) if rng.random() < 0.3 else (1, 2, 3))
    return f"flags|{layout(array)}|{int(array.flags.c_contiguous)}{int(array.flags.f_contiguous)}"


if __name__ == "__main__":
    rng = random.Random(20240616)
    makers = [(reshape_line, 500), (index_line, 500), (ufunc_line, 400), (flags_line, 200)]
    rows = [maker(rng) for maker, count in makers for _ in range(count)]
    header = f"# Written by make_layout_table.py with NumPy {np.__version__}; do not edit.\n"
    pathlib.Path(__file__).with_name("numpy_layouts.txt").write_text(header + "\n".join(rows) + "\n")
