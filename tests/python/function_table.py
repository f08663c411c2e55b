"""Every function that NumPy has too, with how test_every_function.py calls it: by kind where functions are called alike, else by a call of its own."""

#: name: whether the result is NumPy's bit for bit. Of one array.
UNARY = {
    **dict.fromkeys(
        """negative positive sign square conjugate conj isnan isinf isfinite signbit logical_not invert bitwise_invert bitwise_not floor ceil trunc rint
        fabs spacing isreal iscomplex isneginf isposinf bitwise_count sqrt real imag copy ascontiguousarray asfortranarray zeros_like ones_like
        nan_to_num fix iscomplexobj isrealobj frexp modf ndim shape size""".split(),
        True,
    ),
    **dict.fromkeys(
        """absolute abs exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arctanh arccosh asin acos atan asinh acosh atanh cbrt reciprocal deg2rad
        rad2deg degrees radians sinc i0 angle""".split(),
        False,
    ),
}
#: Of two arrays that broadcast.
BINARY = {
    **dict.fromkeys(
        """add subtract multiply maximum minimum fmax fmin equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor bitwise_and bitwise_or
        bitwise_xor bitwise_left_shift bitwise_right_shift left_shift right_shift floor_divide remainder mod fmod copysign nextafter heaviside gcd lcm divmod""".split(),
        True,
    ),
    **dict.fromkeys("divide true_divide power pow float_power arctan2 atan2 hypot logaddexp logaddexp2".split(), False),
}
#: With axis (also several), keepdims and out.
REDUCTIONS = {
    **dict.fromkeys("max min amax amin any all nanmax nanmin".split(), True),
    **dict.fromkeys("sum prod mean std var nansum nanprod nanmean nanstd nanvar".split(), False),
}
#: With one axis or none, and keepdims.
POSITIONS = ["argmax", "argmin", "nanargmax", "nanargmin"]
#: With axis and keepdims, without out.
STATISTICS = {"count_nonzero": True, "ptp": True, "median": False, "nanmedian": False}
#: With one axis, dtype and out.
SCANS = {"cumsum": False, "cumprod": False, "nancumsum": False, "nancumprod": False}
#: With axis only.
ALONG = {"sort": True, "argsort": True, "flip": True, "unwrap": False}

#: Calls of (library, array, second array of the same shape, random.Random): bit for bit.
CALLS = {
    "append": lambda xp, x, y, r: xp.append(x, y, axis=_axis(r, x)),
    "argpartition": lambda xp, x, y, r: xp.take_along_axis(x, xp.argpartition(x, (k := r.randrange(3)), axis=-1), -1)[..., k],
    "argwhere": lambda xp, x, y, r: xp.argwhere(x),
    "array": lambda xp, x, y, r: xp.array(x, ndmin=r.randrange(4)),
    "array_equal": lambda xp, x, y, r: xp.array_equal(x, x if r.random() < 0.5 else y),
    "array_equiv": lambda xp, x, y, r: xp.array_equiv(x, x[:1] if r.random() < 0.5 else y),
    "array_split": lambda xp, x, y, r: xp.array_split(x, r.randrange(1, 5), axis=_one_axis(r, x)),
    "asarray": lambda xp, x, y, r: xp.asarray(x),
    "asanyarray": lambda xp, x, y, r: xp.asanyarray(x),
    "astype": lambda xp, x, y, r: xp.astype(x, "complex128"),
    "atleast_1d": lambda xp, x, y, r: xp.atleast_1d(x),
    "atleast_2d": lambda xp, x, y, r: xp.atleast_2d(x, y),
    "atleast_3d": lambda xp, x, y, r: xp.atleast_3d(x),
    "block": lambda xp, x, y, r: xp.block([[x, y], [y, x]]),
    "broadcast_arrays": lambda xp, x, y, r: xp.broadcast_arrays(x, y[:1]),
    "broadcast_to": lambda xp, x, y, r: xp.broadcast_to(x, (2, *x.shape)),
    "choose": lambda xp, x, y, r: xp.choose(xp.asarray([1, 0, 1]), [x[:3, ..., 0] if x.ndim > 1 else x[:3], 7], mode=r.choice(["raise", "clip", "wrap"])),
    "clip": lambda xp, x, y, r: _clip(xp, x, y, r),
    "column_stack": lambda xp, x, y, r: xp.column_stack([x, y]),
    "compress": lambda xp, x, y, r: xp.compress(r.choice([[True, False, True], [False], []]), x, axis=_axis(r, x)),
    "concat": lambda xp, x, y, r: xp.concat([x, y, x], axis=_axis(r, x)),
    "concatenate": lambda xp, x, y, r: xp.concatenate((x, y), axis=_axis(r, x)),
    "copyto": lambda xp, x, y, r: _into(xp, lambda z: xp.copyto(z, y, where=r.mask(xp, x.shape)), x),
    "cross": lambda xp, x, y, r: xp.cross(x[..., :3], y[..., :3]),
    "delete": lambda xp, x, y, r: xp.delete(x, r.choice([0, -1, [0, 2], slice(None, None, 2)]), axis=_axis(r, x)),
    "diag": lambda xp, x, y, r: xp.diag(x, r.randrange(-2, 3)),
    "diag_indices_from": lambda xp, x, y, r: xp.diag_indices_from(x),
    "diagflat": lambda xp, x, y, r: xp.diagflat(x, r.randrange(-2, 3)),
    "diagonal": lambda xp, x, y, r: xp.diagonal(x, r.randrange(-1, 2)),
    "diff": lambda xp, x, y, r: xp.diff(x, r.randrange(3), axis=_one_axis(r, x)),
    "digitize": lambda xp, x, y, r: xp.digitize(x, [-3, 0, 2, 10], right=r.random() < 0.5),
    "dsplit": lambda xp, x, y, r: xp.dsplit(x, [1]),
    "dstack": lambda xp, x, y, r: xp.dstack([x, y]),
    "ediff1d": lambda xp, x, y, r: xp.ediff1d(x, to_begin=r.choice([None, 1])),
    "empty_like": lambda xp, x, y, r: xp.zeros_like(xp.empty_like(x, order=r.choice("CFA"))),
    "expand_dims": lambda xp, x, y, r: xp.expand_dims(x, r.choice([0, -1, (0, 2), 9])),
    "extract": lambda xp, x, y, r: xp.extract(r.full_mask(xp, x), x),
    "fill_diagonal": lambda xp, x, y, r: _into(xp, lambda z: xp.fill_diagonal(z, 3, wrap=r.random() < 0.5), x),
    "flatnonzero": lambda xp, x, y, r: xp.flatnonzero(x),
    "fliplr": lambda xp, x, y, r: xp.fliplr(x),
    "flipud": lambda xp, x, y, r: xp.flipud(x),
    "full_like": lambda xp, x, y, r: xp.full_like(x, r.choice([0, 1, -7, 2.5, True, float("nan")]), dtype=r.choice([None, None, "float32", "int8"])),
    "hsplit": lambda xp, x, y, r: xp.hsplit(x, [1, 2]),
    "hstack": lambda xp, x, y, r: xp.hstack([x, y]),
    "insert": lambda xp, x, y, r: xp.insert(x, r.choice([0, 1, -1, [0, 1]]), 5, axis=_axis(r, x)),
    "intersect1d": lambda xp, x, y, r: xp.intersect1d(x, y),
    "isclose": lambda xp, x, y, r: xp.isclose(x, y, equal_nan=r.random() < 0.5),
    "isin": lambda xp, x, y, r: xp.isin(x, y, invert=r.random() < 0.5),
    "lexsort": lambda xp, x, y, r: xp.lexsort((x, y), axis=-1),
    "matrix_transpose": lambda xp, x, y, r: xp.matrix_transpose(x),
    "meshgrid": lambda xp, x, y, r: xp.meshgrid(x.reshape(-1)[:4], y.reshape(-1)[:3], indexing=r.choice(["xy", "ij"])),
    "moveaxis": lambda xp, x, y, r: xp.moveaxis(x, _one_axis(r, x), _one_axis(r, x)),
    "nonzero": lambda xp, x, y, r: xp.nonzero(x),
    "ones": lambda xp, x, y, r: xp.ones(x.shape, dtype=r.choice([None, "int8", "complex64"]), order=r.choice("CF")),
    "packbits": lambda xp, x, y, r: xp.packbits(r.full_mask(xp, x), axis=_axis(r, x), bitorder=r.choice(["big", "little"])),
    "pad": lambda xp, x, y, r: xp.pad(x, r.choice([1, (1, 2), ((0, 1),)]), mode=r.choice(["constant", "edge", "reflect", "symmetric", "wrap", "maximum", "minimum", "empty"][:-1])),
    "partition": lambda xp, x, y, r: xp.partition(x, (k := r.randrange(3)), axis=-1)[..., k],
    "permute_dims": lambda xp, x, y, r: xp.permute_dims(x, r.sample(range(x.ndim), x.ndim)),
    "place": lambda xp, x, y, r: _into(xp, lambda z: xp.place(z, r.full_mask(xp, x), [1, 2]), x),
    "put": lambda xp, x, y, r: _into(xp, lambda z: xp.put(z, [0, 2, -1], [1, 2], mode=r.choice(["raise", "wrap", "clip"])), x),
    "put_along_axis": lambda xp, x, y, r: _into(xp, lambda z: xp.put_along_axis(z, xp.argmax(z, axis=-1, keepdims=True), 3, -1), x),
    "putmask": lambda xp, x, y, r: _into(xp, lambda z: xp.putmask(z, r.full_mask(xp, x), [1, 2, 3]), x),
    "ravel": lambda xp, x, y, r: xp.ravel(x, order=r.choice("CFA")),
    "real_if_close": lambda xp, x, y, r: xp.real_if_close(x),
    "repeat": lambda xp, x, y, r: xp.repeat(x, r.choice([0, 2, 3]), axis=_axis(r, x)),
    "require": lambda xp, x, y, r: xp.require(x, requirements="C"),
    "reshape": lambda xp, x, y, r: xp.reshape(x, r.choice([-1, (-1, 1), (2, -1), (5, 7)]), order=r.choice("CFA")),
    "resize": lambda xp, x, y, r: xp.resize(x, r.choice([3, (2, 5), (0,)])),
    "roll": lambda xp, x, y, r: xp.roll(x, r.randrange(-9, 9), axis=_axis(r, x)),
    "rollaxis": lambda xp, x, y, r: xp.rollaxis(x, _one_axis(r, x), r.randrange(2)),
    "rot90": lambda xp, x, y, r: xp.rot90(x, r.randrange(-3, 4)),
    "row_stack": lambda xp, x, y, r: xp.row_stack([x, y]),
    "searchsorted": lambda xp, x, y, r: xp.searchsorted(xp.sort(x, axis=None), y, side=r.choice(["left", "right"])),
    "select": lambda xp, x, y, r: xp.select([r.full_mask(xp, x), x == y], [x, y], default=r.choice([0, 2, -1, 1.5])),
    "setdiff1d": lambda xp, x, y, r: xp.setdiff1d(x, y),
    "setxor1d": lambda xp, x, y, r: xp.setxor1d(x, y),
    "split": lambda xp, x, y, r: xp.split(x, r.choice([1, 2, 3, [1, 2]]), axis=_one_axis(r, x)),
    "squeeze": lambda xp, x, y, r: xp.squeeze(x, axis=r.choice([None, 0, -1])),
    "stack": lambda xp, x, y, r: xp.stack([x, y], axis=r.randrange(-2, 3)),
    "swapaxes": lambda xp, x, y, r: xp.swapaxes(x, _one_axis(r, x), _one_axis(r, x)),
    "take": lambda xp, x, y, r: xp.take(x, [0, -1, 2], axis=_axis(r, x), mode=r.choice(["raise", "wrap", "clip"])),
    "take_along_axis": lambda xp, x, y, r: xp.take_along_axis(x, xp.argsort(x, axis=-1, stable=True), axis=-1),
    "tile": lambda xp, x, y, r: xp.tile(x, r.choice([2, (1, 2), (2, 1, 1), 0])),
    "transpose": lambda xp, x, y, r: xp.transpose(x),
    "tri": lambda xp, x, y, r: xp.tri(r.randrange(5), r.randrange(5), r.randrange(-2, 3)),
    "tril": lambda xp, x, y, r: xp.tril(x, r.randrange(-2, 3)),
    "triu": lambda xp, x, y, r: xp.triu(x, r.randrange(-2, 3)),
    "tril_indices_from": lambda xp, x, y, r: xp.tril_indices_from(x, r.randrange(-1, 2)),
    "triu_indices_from": lambda xp, x, y, r: xp.triu_indices_from(x, r.randrange(-1, 2)),
    "trim_zeros": lambda xp, x, y, r: xp.trim_zeros(x.reshape(-1), r.choice(["f", "b", "fb"])),
    "typename": lambda xp, x, y, r: xp.typename(x.dtype.char),
    "union1d": lambda xp, x, y, r: xp.union1d(x, y),
    "unique": lambda xp, x, y, r: xp.unique(x, return_index=True, return_inverse=True, return_counts=True),
    "unique_all": lambda xp, x, y, r: tuple(xp.unique_all(x)),
    "unique_counts": lambda xp, x, y, r: tuple(xp.unique_counts(x)),
    "unique_inverse": lambda xp, x, y, r: tuple(xp.unique_inverse(x)),
    "unique_values": lambda xp, x, y, r: xp.sort(xp.unique_values(x)),
    "unpackbits": lambda xp, x, y, r: xp.unpackbits(x, axis=_axis(r, x), bitorder=r.choice(["big", "little"])),
    "unravel_index": lambda xp, x, y, r: xp.unravel_index(xp.argmax(x), x.shape),
    "unstack": lambda xp, x, y, r: xp.unstack(x, axis=_one_axis(r, x)),
    "vsplit": lambda xp, x, y, r: xp.vsplit(x, [1]),
    "vstack": lambda xp, x, y, r: xp.vstack([x, y]),
    "where": lambda xp, x, y, r: xp.where(r.mask(xp, x.shape), x, r.choice([y, 3, 2.5, -1])),
}  # fmt: skip

#: Calls whose floats may differ in their last places.
CLOSE_CALLS = {
    "cumulative_sum": lambda xp, x, y, r: xp.cumulative_sum(x, axis=_one_axis(r, x), include_initial=r.random() < 0.5),
    "cumulative_prod": lambda xp, x, y, r: xp.cumulative_prod(x, axis=_one_axis(r, x), include_initial=r.random() < 0.5),
    "trace": lambda xp, x, y, r: xp.trace(x, r.randrange(-1, 2)),
    **{name: lambda xp, x, y, r, name=name: getattr(xp, name)(r.choice([0, 1, 2, 9, 12, -1])) for name in ("bartlett", "blackman", "hamming", "hanning")},
    "kaiser": lambda xp, x, y, r: xp.kaiser(r.choice([0, 1, 2, 9, 12]), r.choice([0, 1.5, 14])),
    "polyadd": lambda xp, x, y, r: xp.polyadd(x.reshape(-1)[:4], y.reshape(-1)),
    "polyder": lambda xp, x, y, r: xp.polyder(x.reshape(-1)[:6], 2),
    "polyint": lambda xp, x, y, r: xp.polyint(x.reshape(-1)[:6], 2, [1, 2]),
    "polymul": lambda xp, x, y, r: xp.polymul(x.reshape(-1)[:4], y.reshape(-1)),
    "polysub": lambda xp, x, y, r: xp.polysub(x.reshape(-1)[:4], y.reshape(-1)),
    "average": lambda xp, x, y, r: xp.average(x, axis=_axis(r, x), weights=r.choice([None, abs(y) + 1])),
    "convolve": lambda xp, x, y, r: xp.convolve(x.reshape(-1), y.reshape(-1)[:4], mode=r.choice(["full", "same", "valid"])),
    "correlate": lambda xp, x, y, r: xp.correlate(x.reshape(-1), y.reshape(-1)[:4], mode=r.choice(["full", "same", "valid"])),
    "corrcoef": lambda xp, x, y, r: xp.corrcoef(x),
    "cov": lambda xp, x, y, r: xp.cov(x, bias=r.random() < 0.5),
    "dot": lambda xp, x, y, r: xp.dot(x, y.T),
    "einsum": lambda xp, x, y, r: xp.einsum("...i,...i->...", x, y),
    "gradient": lambda xp, x, y, r: xp.gradient(x, axis=_one_axis(r, x), edge_order=r.choice([1, 2])),
    "histogram": lambda xp, x, y, r: xp.histogram(x, bins=r.choice([3, 10]), range=(-4, 6)),
    "inner": lambda xp, x, y, r: xp.inner(x, y),
    "interp": lambda xp, x, y, r: xp.interp(x, [-3.0, 0.0, 1.0, 8.0], [1.0, 5.0, -1.0, 2.0]),
    "kron": lambda xp, x, y, r: xp.kron(x[:2], y[:3]),
    "matmul": lambda xp, x, y, r: xp.matmul(x, xp.swapaxes(y, -1, -2) if y.ndim > 1 else y),
    "matvec": lambda xp, x, y, r: xp.matvec(x, y[..., 0, :]),
    "nanpercentile": lambda xp, x, y, r: xp.nanpercentile(x, r.choice([0, 30.5, [5, 95]]), axis=_axis(r, x), keepdims=r.random() < 0.5),
    "nanquantile": lambda xp, x, y, r: xp.nanquantile(x, r.choice([0.0, 0.3, [0.05, 1]]), axis=_axis(r, x), keepdims=r.random() < 0.5),
    "outer": lambda xp, x, y, r: xp.outer(x, y),
    "percentile": lambda xp, x, y, r: xp.percentile(x, r.choice([0, 30.5, [5, 95]]), axis=_axis(r, x), keepdims=r.random() < 0.5),
    "polyval": lambda xp, x, y, r: xp.polyval([1.0, -2.0, 0.5], x),
    "quantile": lambda xp, x, y, r: xp.quantile(x, r.choice([0.0, 0.3, [0.05, 1]]), axis=_axis(r, x), method=r.choice(["linear", "lower", "nearest", "hazen"])),
    "tensordot": lambda xp, x, y, r: xp.tensordot(x, y, axes=r.choice([x.ndim, ([0], [0])])),
    "trapezoid": lambda xp, x, y, r: xp.trapezoid(x, dx=0.5, axis=_one_axis(r, x)),
    "vander": lambda xp, x, y, r: xp.vander(x.reshape(-1)[:5], r.choice([None, 3])),
    "vdot": lambda xp, x, y, r: xp.vdot(x, y),
    "vecdot": lambda xp, x, y, r: xp.vecdot(x, y, axis=-1),
    "vecmat": lambda xp, x, y, r: xp.vecmat(x[..., 0, :], xp.swapaxes(y, -1, -2)),
    "fft.fft": lambda xp, x, y, r: xp.fft.fft(x, r.choice([None, 5, 8]), axis=_one_axis(r, x), norm=r.choice([None, "ortho", "forward"])),
    "fft.fft2": lambda xp, x, y, r: xp.fft.fft2(x),
    "fft.fftn": lambda xp, x, y, r: xp.fft.fftn(x),
    "fft.fftshift": lambda xp, x, y, r: xp.fft.fftshift(xp.atleast_1d(x), axes=_axis(r, xp.atleast_1d(x))),
    "fft.hfft": lambda xp, x, y, r: xp.fft.hfft(x, axis=_one_axis(r, x)),
    "fft.ifft": lambda xp, x, y, r: xp.fft.ifft(x, r.choice([None, 5]), axis=_one_axis(r, x)),
    "fft.ifft2": lambda xp, x, y, r: xp.fft.ifft2(x),
    "fft.ifftn": lambda xp, x, y, r: xp.fft.ifftn(x),
    "fft.ifftshift": lambda xp, x, y, r: xp.fft.ifftshift(xp.atleast_1d(x)),
    "fft.ihfft": lambda xp, x, y, r: xp.fft.ihfft(x.real, axis=_one_axis(r, x)),
    "fft.irfft": lambda xp, x, y, r: xp.fft.irfft(x, r.choice([None, 6]), axis=_one_axis(r, x)),
    "fft.irfft2": lambda xp, x, y, r: xp.fft.irfft2(x),
    "fft.irfftn": lambda xp, x, y, r: xp.fft.irfftn(x),
    "fft.rfft": lambda xp, x, y, r: xp.fft.rfft(x.real, axis=_one_axis(r, x)),
    "fft.rfft2": lambda xp, x, y, r: xp.fft.rfft2(x.real),
    "fft.rfftn": lambda xp, x, y, r: xp.fft.rfftn(x.real),
    "linalg.cross": lambda xp, x, y, r: xp.linalg.cross(x[..., :3], y[..., :3]),
    "linalg.diagonal": lambda xp, x, y, r: xp.linalg.diagonal(x, offset=r.randrange(-1, 2)),
    "linalg.matmul": lambda xp, x, y, r: xp.linalg.matmul(x, xp.swapaxes(y, -1, -2)),
    "linalg.matrix_norm": lambda xp, x, y, r: xp.linalg.matrix_norm(x, ord=r.choice(["fro", 1, -1]), keepdims=r.random() < 0.5),
    "linalg.matrix_transpose": lambda xp, x, y, r: xp.linalg.matrix_transpose(x),
    "linalg.multi_dot": lambda xp, x, y, r: xp.linalg.multi_dot([x, y.T, x]),
    "linalg.norm": lambda xp, x, y, r: xp.linalg.norm(x, axis=_axis(r, x), keepdims=r.random() < 0.5),
    "linalg.outer": lambda xp, x, y, r: xp.linalg.outer(x.reshape(-1), y.reshape(-1)),
    "linalg.tensordot": lambda xp, x, y, r: xp.linalg.tensordot(x, y, axes=([0], [0])),
    "linalg.trace": lambda xp, x, y, r: xp.linalg.trace(x),
    "linalg.vecdot": lambda xp, x, y, r: xp.linalg.vecdot(x, y),
    "linalg.vector_norm": lambda xp, x, y, r: xp.linalg.vector_norm(x, axis=_axis(r, x), ord=r.choice([1, 2, 0, float("inf")])),
}  # fmt: skip

#: Where NumPy itself gives either zero: which of two equal ones it meets first depends on the processor's vectors.
ANY_ZERO = set(
    "max min amax amin nanmax nanmin maximum minimum fmax fmin ptp clip unique unique_all unique_counts unique_inverse unique_values union1d intersect1d setxor1d setdiff1d partition argpartition".split()
)
#: NumPy's loops fuse the multiplications and additions of complex products, see docs/dtypes.md.
COMPLEX_ROUNDED = {"multiply", "square", "cross", "sqrt"}
#: Sums of products, whose error is relative to the sum of the magnitudes.
CONDITIONED = set(
    """sum mean nansum nanmean cumsum nancumsum cumulative_sum trace dot inner matmul matvec vecmat vecdot vdot outer kron tensordot einsum convolve correlate
    trapezoid linalg.matmul linalg.multi_dot linalg.outer linalg.tensordot linalg.trace linalg.vecdot linalg.norm linalg.vector_norm linalg.matrix_norm""".split()
)
#: Complex functions that NumPy composes (exp2 as exp(x ln 2), log1p as log(|1 + x|)), with errors of many units where parts cancel or are large: compared on
#: moderate values, relative to the largest. anygpu's are within their bound of the exact values (test_complex_functions.py).
COMPOSED = {"exp2", "log1p", "expm1", "sinc"}
#: NumPy rounds the argument pi * x before it takes the sine: sinc of an integer other than 0 is not 0 there.
ABSOLUTE = {"sinc"}
#: Products, whose error is relative to the result.
RELATIVE = {"prod", "nanprod", "cumprod", "nancumprod", "cumulative_prod", "vander"}
#: The degree of a result in its operands where it is not one.
POWERS = {"var": 2, "nanvar": 2, "cov": 2, "polyval": 2, "cross": 2, "linalg.cross": 2}

#: Functions that take no arrays of every kind, and the file that calls them.
ELSEWHERE = {
    **dict.fromkeys("arange empty full linspace zeros".split(), "test_creation.py"),
    **dict.fromkeys("vectorize".split(), "test_cuda_kernels.py"),
    **dict.fromkeys("show_config".split(), "test_cuda_names.py"),
    **dict.fromkeys("isscalar iterable".split(), "test_differences.py"),
    **dict.fromkeys("einsum_path".split(), "test_einsum.py"),
    **dict.fromkeys("fft.fftfreq fft.rfftfreq".split(), "test_fft.py"),
    **dict.fromkeys("ldexp".split(), "test_float_functions.py"),
    **dict.fromkeys("bincount histogram2d histogram_bin_edges histogramdd".split(), "test_histograms.py"),
    **dict.fromkeys("array_str format_float_positional frombuffer fromiter fromregex fromstring genfromtxt get_printoptions load loadtxt printoptions set_printoptions save savetxt savez savez_compressed".split(), "test_io.py"),
    **dict.fromkeys("eye linalg.cholesky linalg.cond linalg.det linalg.eig linalg.eigh linalg.eigvals linalg.eigvalsh linalg.inv linalg.lstsq linalg.matrix_power linalg.matrix_rank linalg.pinv linalg.qr linalg.slogdet linalg.solve linalg.svd linalg.svdvals linalg.tensorinv linalg.tensorsolve".split(), "test_linalg.py"),
    **dict.fromkeys("apply_along_axis apply_over_axes may_share_memory piecewise shares_memory".split(), "test_manipulation.py"),
    **dict.fromkeys("broadcast_shapes can_cast format_float_scientific isdtype isfortran promote_types result_type".split(), "test_namespace.py"),
    **dict.fromkeys("common_type min_scalar_type mintypecode poly polydiv polyfit roots sort_complex".split(), "test_polynomials.py"),
    **dict.fromkeys("diag_indices geomspace indices ix_ logspace mask_indices ravel_multi_index tril_indices triu_indices".split(), "test_positions.py"),
    **dict.fromkeys("array2string array_repr asarray_chkfinite from_dlpack fromfile fromfunction issubdtype round".split(), "test_protocols.py"),
    **dict.fromkeys("allclose".split(), "test_random_distributions.py"),
    "random.standard_cauchy": "test_random.py",
    **{
        f"random.{name}": "test_random.py"
        for name in """
            beta binomial bytes chisquare choice default_rng dirichlet exponential f gamma geometric get_state gumbel hypergeometric laplace
            logistic lognormal logseries multinomial multivariate_normal negative_binomial noncentral_chisquare noncentral_f normal pareto
            permutation poisson power rand randint randn random random_integers random_sample ranf rayleigh sample seed set_state shuffle
            standard_exponential standard_gamma standard_normal standard_t triangular uniform vonmises wald weibull zipf""".split()
    },
    **{
        f"random.Generator.{name}": "test_random.py"
        for name in """
            binomial bytes choice geometric hypergeometric integers logseries multinomial multivariate_hypergeometric negative_binomial permutation
            permuted poisson shuffle spawn zipf""".split()
    },
    **{
        f"random.Generator.{name}": "test_random_distributions.py"
        for name in """
            beta chisquare dirichlet exponential f gamma gumbel laplace logistic lognormal multivariate_normal noncentral_chisquare noncentral_f
            normal pareto power random rayleigh standard_exponential standard_gamma standard_normal standard_t triangular uniform vonmises wald
            weibull standard_cauchy""".split()
    },
}  # fmt: skip


def _axis(r, x):
    """None, an axis from either end, or now and then one that is not there."""
    return r.choice([None, *range(-x.ndim, x.ndim)]) if r.random() < 0.93 else x.ndim + 1


def _one_axis(r, x):
    return r.randrange(-x.ndim, x.ndim) if x.ndim and r.random() < 0.93 else x.ndim + 1


def _clip(xp, x, y, r):
    """With both kinds of bounds, and what a ufunc takes."""
    low, high = r.choice([None, 1, -2.5, y, float("nan")]), r.choice([5, y, 0.5, None])
    options = {}
    if r.random() < 0.25:
        options["dtype"] = r.choice(["float32", "float64", "int64", "complex64", "int8"])
    if r.random() < 0.25:
        options["casting"] = r.choice(["no", "safe", "same_kind", "unsafe"])
    if r.random() < 0.4:
        options["out"] = r.out(xp, x)
        if r.random() < 0.5:
            options["where"] = r.mask(xp, x.shape)
    return xp.clip(x, low, high, **options)


def _into(xp, write, x):
    """A copy after a function that writes into it."""
    z = xp.array(x, copy=True)
    write(z)
    return z
