"""Arrays of every dtype, shape and memory layout, made the same way on both sides.

A test works on a pair: a NumPy array and an anygpu array that were built from the same contiguous base by the same view
operations, so that strides, offsets and sharing are anygpu's own and not a copy's.
"""

import dataclasses

import numpy as np
from hypothesis import strategies as st

import anygpu as ag

BOOL = ["bool"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
SIGNED = ["int8", "int16", "int32", "int64"]
INTEGERS = UNSIGNED + SIGNED
FLOATS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
REAL = BOOL + INTEGERS + FLOATS
ALL = REAL + COMPLEX
assert len(ALL) == 14


def special_values(dtype):
    """The values of `dtype` that programs get wrong."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        width = info.bits
        candidates = {0, 1, 2, 3, 5, 7, 10, 100, -1, -2, -3, -7, -100, info.min, info.min + 1, info.max, info.max - 1}
        candidates |= {width - 1, width, width + 1, 1 << (width // 2), (1 << (width // 2)) - 1, 1 << (width - 2)}
        return np.array(sorted(c for c in candidates if info.min <= c <= info.max), dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        tiny, sub = info.smallest_normal, info.smallest_subnormal
        positive = [0.0, sub, 3 * sub, tiny - sub, tiny, 0.1, 0.5 - info.epsneg, 0.5, 1 - info.epsneg, 1.0, 1 + info.eps, 1.5, 2.0, 2.5, 3.0, 10.0,
                    1 / info.eps, info.max / 2, info.max, np.inf]
        positive = np.array([np.asarray(p, dtype) for p in positive], dtype)
        return np.concatenate([positive, -positive, np.array([np.nan], dtype)])
    real = np.array([0.0, -0.0, 1.0, -1.0, 0.5, 3.0, np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal, np.inf, -np.inf, np.nan])
    real = real.astype(np.empty(0, dtype).real.dtype)
    grid = np.empty((real.size, real.size), dtype)
    grid.real, grid.imag = real[:, None], real
    return grid.reshape(-1)


def random_values(dtype, shape, rng, special=0.2):
    """Random values over the whole range of `dtype`; a share `special` of them from `special_values`."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.asarray(rng.random(shape) < 0.5)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        values = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
        values = np.where(rng.random(shape) < 0.5, values, rng.integers(0, 20, shape).astype(dtype))
    elif dtype.kind == "f":
        spread = {2: 2, 4: 8, 8: 30}[dtype.itemsize]
        values = (rng.standard_normal(shape) * 10.0 ** rng.uniform(-spread, spread, shape)).astype(dtype)
    else:
        real = np.empty(0, dtype).real.dtype
        values = np.empty(shape, dtype)
        values.real = random_values(real, shape, rng, special)
        values.imag = random_values(real, shape, rng, special)
        return values
    return np.where(rng.random(shape) < special, rng.choice(special_values(dtype), shape), values).astype(dtype)


def tame_values(dtype, shape, rng):
    """Random values of moderate size, no NaN or infinity: for sums, products and norms."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.asarray(rng.random(shape) < 0.5)
    if dtype.kind in "iu":
        return rng.integers(0 if dtype.kind == "u" else -50, 50, shape).astype(dtype)
    if dtype.kind == "f":
        return rng.uniform(-2, 2, shape).astype(dtype)
    values = np.empty(shape, dtype)
    values.real, values.imag = rng.uniform(-2, 2, shape), rng.uniform(-2, 2, shape)
    return values


def _contiguous(values, rng):
    return values, lambda xp, base: base


def _sliced(values, rng):
    """Every second element along each axis, starting at the second: strides of two, an odd offset."""
    base = random_values(values.dtype, tuple(2 * n + 3 for n in values.shape) or (3,), rng)
    index = tuple(slice(1, 1 + 2 * n, 2) for n in values.shape) or (1, ...)
    base[index] = values
    return base, lambda xp, base: base[index]


def _offset(values, rng):
    """Rows that start one element into a longer row: an address that no vector load is aligned to."""
    base = random_values(values.dtype, values.shape[:-1] + (values.shape[-1] + 2,) if values.ndim else (3,), rng)
    index = (..., slice(1, 1 + values.shape[-1])) if values.ndim else (1, ...)
    base[index] = values
    return base, lambda xp, base: base[index]


def _reversed(values, rng):
    """Negative strides along every axis."""
    index = (slice(None, None, -1),) * values.ndim or (...,)
    return np.ascontiguousarray(values[index]).reshape(values.shape), lambda xp, base: base[index]


def _transposed(values, rng):
    return np.ascontiguousarray(values.T).reshape(values.T.shape), lambda xp, base: base.T


def _broadcast(values, rng):
    """One slice repeated along the first axis (stride 0): the values are the first slice's."""
    if values.ndim == 0 or values.shape[0] == 0:
        return _contiguous(values, rng)
    return values[:1].copy(), lambda xp, base: xp.broadcast_to(base, values.shape)


LAYOUTS = {
    "contiguous": _contiguous,
    "sliced": _sliced,
    "offset": _offset,
    "reversed": _reversed,
    "transposed": _transposed,
    "broadcast": _broadcast,
}
#: The layouts whose elements are all distinct in memory, so that they can be written to.
WRITABLE_LAYOUTS = [name for name in LAYOUTS if name != "broadcast"]


def pair(values, layout="contiguous", rng=None):
    """`values` in `layout` as (NumPy array, anygpu array)."""
    base, view = LAYOUTS[layout](np.asarray(values), rng or np.random.default_rng(0))
    return view(np, base), view(ag, ag.asarray(base))


def based_pair(values, layout="contiguous", rng=None):
    """Like `pair`, with the bases: ((NumPy base, NumPy view), (anygpu base, anygpu view))."""
    base, view = LAYOUTS[layout](np.asarray(values), rng or np.random.default_rng(0))
    base = base.copy()
    gpu = ag.asarray(base)
    return (base, view(np, base)), (gpu, view(ag, gpu))


@dataclasses.dataclass(frozen=True)
class Operand:
    """What hypothesis draws and prints: enough to rebuild the array."""

    dtype: str
    shape: tuple
    layout: str
    seed: int

    def values(self, make=random_values):
        """The NumPy values, contiguous."""
        return make(self.dtype, self.shape, np.random.default_rng(self.seed))

    def pair(self, make=random_values):
        """(NumPy array, anygpu array) in this layout."""
        return pair(self.values(make), self.layout, np.random.default_rng(self.seed + 1))

    def based_pair(self, make=random_values):
        """((NumPy base, view), (anygpu base, view)) in this layout."""
        return based_pair(self.values(make), self.layout, np.random.default_rng(self.seed + 1))


SIDES = [0, 1, 2, 3, 4, 5, 7, 8, 13, 17, 33, 66]


@st.composite
def shapes(draw, min_dims=0, max_dims=4, max_size=6000, sides=SIDES):
    """A shape with sides off the powers of two, now and then zero-dimensional or empty."""
    shape = []
    for _ in range(draw(st.integers(min_dims, max_dims))):
        room = max_size // max(1, int(np.prod([max(1, n) for n in shape])))
        shape.append(draw(st.sampled_from([n for n in sides if n <= max(1, room)])))
    return tuple(shape)


@st.composite
def operands(draw, dtypes=tuple(ALL), shape=None, layouts=tuple(LAYOUTS)):
    """An `Operand`."""
    return Operand(
        draw(st.sampled_from(list(dtypes))),
        draw(shapes()) if shape is None else shape,
        draw(st.sampled_from(list(layouts))),
        draw(st.integers(0, 2**16)),
    )


@st.composite
def broadcasting_operands(draw, count=2, dtypes=tuple(ALL), same_dtype=False):
    """`count` operands whose shapes broadcast together."""
    shape = draw(shapes())
    dtype = draw(st.sampled_from(list(dtypes)))
    drawn = []
    for _ in range(count):
        kept = shape[draw(st.integers(0, len(shape))):] if draw(st.booleans()) else shape
        kept = tuple(1 if draw(st.integers(0, 3)) == 0 else n for n in kept)
        drawn.append(draw(operands((dtype,) if same_dtype else dtypes, kept)))
    return drawn
