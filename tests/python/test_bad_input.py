"""Bad input, function by function: NumPy's class of exception, and a message that says what was wrong.

A case is an expression, evaluated in both libraries, and what its message must hold (NumPy's own messages are not held to that). `x` is a vector of
six, `m` a matrix (2, 3), `s` a square matrix, `i` a vector of integers, `b` one of truth values, `e` an empty vector.
"""

import re

import numpy as np
import pytest

import anygpu as ag
from oracle import public_class

ARRAYS = {
    "x": np.array([3.0, 1.0, 2.0, 5.0, 4.0, 0.5]),
    "m": np.arange(6.0).reshape(2, 3),
    "s": np.array([[2.0, 1.0], [1.0, 3.0]]),
    "i": np.array([2, 0, 1]),
    "b": np.array([True, False, True]),
    "c": np.array([1 + 2j, 3j]),
    "e": np.zeros(0),
    "z": np.zeros((2, 2)),
}

AXES = """
xp.sum(m, axis=2)                        | 2
xp.sum(m, axis=-3)                       | -3
xp.prod(m, axis=5)                       | 5
xp.min(m, axis=2)                        | 2
xp.max(m, axis=(0, 2))                   | 2
xp.mean(m, axis=3)                       | 3
xp.var(m, axis=2)                        | 2
xp.std(m, axis=-4)                       | -4
xp.any(m, axis=2)                        | 2
xp.all(m, axis=2)                        | 2
xp.argmax(m, axis=2)                     | 2
xp.argmin(m, axis=-3)                    | -3
xp.count_nonzero(m, axis=2)              | 2
xp.cumsum(m, axis=2)                     | 2
xp.cumprod(m, axis=4)                    | 4
xp.cumulative_sum(m, axis=2)             | 2
xp.median(m, axis=2)                     | 2
xp.percentile(m, 50, axis=2)             | 2
xp.quantile(m, 0.5, axis=-3)             | -3
xp.average(m, axis=2)                    | 2
xp.ptp(m, axis=2)                        | 2
xp.nansum(m, axis=2)                     | 2
xp.nanmean(m, axis=2)                    | 2
xp.nanmax(m, axis=2)                     | 2
xp.sort(m, axis=2)                       | 2
xp.argsort(m, axis=-3)                   | -3
xp.partition(m, 0, axis=2)               | 2
xp.argpartition(m, 0, axis=2)            | 2
xp.concatenate([m, m], axis=2)           | 2
xp.stack([m, m], axis=4)                 | 4
xp.split(m, 2, axis=2)                   |
xp.unstack(m, axis=2)                    | 2
xp.expand_dims(m, 4)                     | 4
xp.squeeze(m, axis=2)                    | 2
xp.flip(m, axis=2)                       | 2
xp.roll(m, 1, axis=2)                    | 2
xp.rollaxis(m, 2)                        | 2
xp.swapaxes(m, 0, 2)                     | 2
xp.moveaxis(m, 2, 0)                     | 2
xp.take(m, 0, axis=2)                    | 2
xp.repeat(m, 2, axis=2)                  | 2
xp.diff(m, axis=2)                       | 2
xp.gradient(m, axis=2)                   | 2
xp.trapezoid(m, axis=2)                  |
xp.unique(m, axis=2)                     | 2
xp.delete(m, 0, axis=2)                  | 2
xp.insert(m, 0, 1, axis=2)               | 2
xp.append(m, m, axis=2)                  | 2
xp.apply_along_axis(xp.sum, 2, m)        | 2
xp.apply_over_axes(xp.sum, m, 2)         | 2
xp.compress(b, m, axis=2)                | 2
xp.diagonal(m, axis1=0, axis2=2)         | 2
xp.trace(m, axis1=2, axis2=0)            | 2
xp.rot90(m, axes=(0, 2))                 | 2
xp.take_along_axis(m, i[:, None], axis=2)  | 2
xp.put_along_axis(m, i[:, None], 0, axis=2)  | 2
xp.linalg.norm(m, axis=2)                | 2
xp.fft.fft(m, axis=2)                    |
xp.fft.fft2(m, axes=(0, 2))              |
xp.fft.fftshift(m, axes=2)               |
xp.packbits(b, axis=1)                   | 1
xp.cross(m, m, axis=2)                   | 2
xp.vecdot(m, m, axis=2)                  | 2
xp.argmax(m, axis=(0, 1))                |
xp.cumsum(m, axis=(0, 1))                |
xp.sort(m, axis=(0, 1))                  |
xp.logspace(xp.ones(2), 2, axis=3)       | 3
xp.transpose(m, (0, 2))                  | 2
xp.permute_dims(m, (0, 1, 2))            | (0, 1, 2)
"""

REPEATED_AXES = """
xp.sum(m, axis=(0, 0))                   |
xp.sum(m, axis=(1, -1))                  |
xp.mean(m, axis=(0, -2))                 |
xp.any(m, axis=(0, 0))                   |
xp.median(m, axis=(1, 1))                |
xp.count_nonzero(m, axis=(0, 0))         |
xp.transpose(m, (0, 0))                  |
xp.moveaxis(m, (0, 0), (0, 1))           |
xp.moveaxis(m, (0, 1), (0,))             |
xp.expand_dims(m, (0, 0))                |
xp.diagonal(m, axis1=0, axis2=0)         |
xp.rot90(m, axes=(0, 0))                 |
xp.rot90(m, axes=(0, 1, 1))              |
xp.tensordot(m, m, axes=((0, 0), (0, 0)))  |
xp.linalg.norm(s, axis=(0, 0))           |
xp.squeeze(xp.ones((1, 2)), axis=(0, 0))   |
"""

SHAPES = """
m + x                                    | (2, 3), (6,)
x += m                                   |
xp.add(m, x)                             | (2, 3), (6,)
m @ m                                    | matmul, (2, 3)
xp.dot(m, m)                             | (2, 3)
xp.inner(m, x)                           | (2, 3), (6,)
xp.vdot(m, i)                            | 6
xp.tensordot(m, m, 1)                    |
xp.einsum('ij,jk', m, m)                 |
xp.einsum('ij', x)                       | ij
xp.einsum('ij->k', m)                    | k
xp.matvec(m, x)                          | (2, 3), (6,)
xp.vecdot(m, x)                          | 6
xp.cross(x, x)                           | 6
xp.kron(m, x).reshape(5)                 | 5
xp.concatenate([m, x])                   |
xp.concatenate([m, m[:, :2]])            | (2, 3), (2, 2)
xp.concatenate([])                       |
xp.stack([m, x])                         | (2, 3), (6,)
xp.stack([])                             |
xp.vstack([m, x])                        |
xp.hstack([m, s[:1]])                    |
xp.dstack([m, s])                        |
xp.column_stack([m, x])                  |
xp.block([[m, s], [m]])                  |
xp.reshape(m, (4, 2))                    | 6, (4,2)
xp.reshape(m, (-1, -1))                  |
xp.reshape(m, (-1, 4))                   | 6, 4
m.reshape(7)                             | 6, (7,)
xp.broadcast_to(m, (2, 2))               | (2, 3), (2, 2)
xp.broadcast_to(m, (3,))                 | (2, 3), (3,)
xp.broadcast_arrays(m, x)                | (2, 3), (6,)
xp.broadcast_shapes((2, 3), (6,))        | (2, 3), (6,)
xp.squeeze(m, axis=0)                    | 2
xp.where(b, m, x)                        | (3,), (6,)
xp.copyto(m, x)                          | (6,), (2, 3)
xp.interp(x, i, x)                       |
xp.convolve(m, x)                        |
xp.convolve(x, e)                        |
xp.correlate(e, x)                       |
xp.histogram(x, bins=[3, 1])             |
xp.histogram2d(x, i)                     |
xp.digitize(x, i)                        |
xp.searchsorted(m, 1)                    |
xp.searchsorted(i, 1, sorter=[0])        |
xp.polyfit(x, i, 1)                      |
xp.average(m, weights=x)                 |
xp.cov(xp.ones((2, 2, 2)))               |
xp.cov(x, fweights=i)                    |
xp.split(x, 4)                           | 4
xp.array_split(x, 0)                     |
xp.hsplit(x, 4)                          | 4
xp.vsplit(x, 2)                          |
xp.dsplit(m, 2)                          |
xp.bincount(m)                           |
xp.bincount(i, weights=x)                |
xp.take_along_axis(m, i, axis=0)         |
xp.take_along_axis(m, xp.ones((1, 2, 1), int), axis=1)  |
xp.choose(i, [m, x, x])                  |
xp.select([b], [x, x])                   |
xp.piecewise(x, [x > 1], [1, 2, 3])      |
xp.pad(m, ((1, 2), (3, 4), (5, 6)))      |
xp.insert(x, [1, 2], [1, 2, 3])          |
xp.linalg.solve(s, x)                    |
xp.linalg.inv(m)                         | (2, 3)
xp.linalg.det(m)                         | (2, 3)
xp.linalg.cholesky(m)                    | (2, 3)
xp.linalg.eigh(m)                        | (2, 3)
xp.linalg.eig(m)                         | (2, 3)
xp.linalg.qr(x)                          |
xp.linalg.svd(x)                         |
xp.linalg.matrix_power(m, 2)             | (2, 3)
xp.linalg.multi_dot([m, m])              |
xp.linalg.lstsq(m, x)                    |
xp.linalg.tensorsolve(m, x)              |
xp.linalg.norm(xp.ones((2, 2, 2)), 'fro')  |
xp.trace(x)                              |
xp.diagonal(x)                           |
xp.diag(xp.ones((2, 2, 2)))              |
xp.tril(1.0).shape[7]                    |
xp.meshgrid(m, x, indexing='no')         | no
xp.vander(m)                             |
xp.trapezoid(x, i)                       |
m[b]                                     | 2, 3
m[i, x.astype(int)]                      | (3,), (6,)
m[0, 0, 0]                               | 3
m[...] = x                               | (6,), (2,3)
m[0] = [1, 2]                            | (2,), (3,)
"""

OUTPUTS = """
xp.add(x, 1, out=i)                      |
xp.add(x, 1, out=m)                      |
xp.sin(x, out=i)                         |
xp.sin(x, out=[1, 2])                    |
xp.sin(x, out=3)                         |
xp.add(c, c, out=xp.zeros(2))            | complex128, float64
xp.sum(m, axis=0, out=x)                 | (6,), (3,)
xp.sum(m, out=[0])                       |
xp.mean(m, axis=0, out=x)                | (6,), (3,)
xp.matmul(m, xp.ones((3, 2)), out=x)     |
xp.dot(s, s, out=m)                      |
xp.dot(s, s, out=xp.zeros((2, 2), 'int64'))  |
xp.cumsum(m, axis=0, out=x)              |
xp.clip(x, 0, 1, out=m)                  |
xp.clip(x, 0, 1, out=xp.zeros(6, 'int64'))   |
xp.argmax(m, axis=0, out=x)              |
xp.take(x, [0, 1], out=x)                |
xp.concatenate([x, x], out=x)            |
xp.stack([x, x], out=x)                  |
xp.median(m, axis=0, out=x)              |
xp.floor(c)                              | floor
xp.exp(x, out=read_only)                 |
"""

CASTS = """
i += 0.5                                 | float64, int64
i /= 2                                   | float64, int64
b -= True                                |
x += 1j                                  | complex128, float64
x.astype('int64', casting='safe')        | float64, int64, safe
x.astype('float32', casting='equiv')     | float64, float32, equiv
x.astype('float32', casting='never')     | never
xp.copyto(i, x)                          | float64, int64, same_kind
xp.add(x, x, casting='no', dtype='float32')  | no
xp.add(x, 1, dtype='int64')              |
xp.concatenate([x, x], dtype='int64')    | int64
xp.clip(i, 0.5, 1, out=i)                |
-b                                       | bool
b - b                                    | bool
x & 1                                    | float64
x << 1                                   | float64
~x                                       | float64
x % 'a'                                  |
c % 2                                    | complex128
c // 2                                   | complex128
divmod(c, 2)                             | complex128
xp.gcd(x, 1)                             | gcd
xp.bitwise_count(x)                      | bitwise_count
xp.bincount(x)                           |
xp.packbits(x)                           |
xp.zeros(2, 'uint8') + 256               | 256, uint8
xp.zeros(2, 'int8') - 1000               | 1000, int8
xp.array([1, 2], 'int8').fill(300)       |
xp.full(2, 300, 'uint8')                 |
xp.array([300], 'uint8')                 |
x[0] = 1j                                |
float(x)                                 |
bool(x)                                  | ambiguous
range(3)[x[1]]                           | integer
i ** -1                                  | negative
"""

EMPTY = """
xp.min(e)                                |
xp.max(e)                                |
e.min()                                  |
xp.max(xp.zeros((2, 0)), axis=1)         |
xp.argmin(e)                             |
xp.argmax(e)                             |
xp.argmax(xp.zeros((2, 0)), axis=1)      |
xp.ptp(e)                                |
xp.nanargmax(e)                          |
xp.nanargmin([xp.nan, xp.nan])           |
xp.minimum.reduce(e)                     |
xp.average(e, weights=e)                 |
xp.average(x, weights=xp.zeros(6))       |
xp.quantile(e, 0.5)[0, 0]                |
xp.polyfit(e, e, 1)                      |
xp.e_of_nothing                          |
e.item()                                 |
bool(e)                                  | empty
float(e)                                 |
xp.take(e, [0])                          |
xp.random.default_rng(0).choice(0)       |
"""

SINGULAR = """
xp.linalg.inv(z)                         |
xp.linalg.solve(z, xp.ones(2))           |
xp.linalg.cholesky(-s)                   |
xp.linalg.tensorinv(z, ind=1)            |
xp.linalg.matrix_power(z, -1)            |
xp.linalg.inv(xp.ones((3, 2, 2)))        |
xp.linalg.svd(s * xp.nan)                |
xp.linalg.eig(s * xp.nan)                |
xp.linalg.eigvals(s * xp.inf)            |
xp.linalg.eigh(s, UPLO='X')              | UPLO
xp.linalg.qr(s, mode='none')             | none
xp.linalg.norm(x, 'fro')                 | fro
xp.linalg.norm(s, 5)                     |
xp.linalg.cond(s, 'no')                  |
xp.linalg.matrix_power(s, 0.5)           | 0.5
xp.linalg.tensorinv(s, ind=0)            | 0
"""

INDICES = """
x[6]                                     | 6
x[-7]                                    | -7
m[2]                                     | 2, 0
m[0, 3]                                  | 3, 1
x[[1, 9]]                                | 9
m[:, [0, 3]]                             | 3
x[1.5]                                   |
x['a']                                   |
x[None, 7]                               | 7
x[xp.asarray([1.0])]                     |
x[::0]                                   |
x[6] = 1                                 | 6
x[[9]] = 1                               | 9
x.item(9)                                | 9
m.item((0, 5))                           | 5
m.item(2, 0)                             | 2
xp.take(x, 6)                            | 6
xp.take(x, [-7])                         | -7
xp.take(x, 1, mode='no')                 | no
xp.put(x, [6], 1)                        | 6
xp.delete(x, 6)                          | 6
xp.insert(x, 7, 1)                       | 7
xp.choose([3], [x, x])                   |
xp.unravel_index(6, (2, 3))              | 6
xp.ravel_multi_index((2, 0), (2, 3))     |
xp.partition(x, 6)                       | 6
xp.argpartition(x, -7)                   | -7
xp.add.at(x, [6], 1)                     |
xp.add.reduceat(x, [6])                  | 6
xp.rollaxis(m, 0, 4)                     | 4
del x[0]                                 |
"""

#: The indices are on the device, where they are looked at when the host waits.
DEVICE_INDICES = """
x[i + 5]                                 |
x[i - 7]                                 |
m[i]                                     |
x.__setitem__(i + 5, 1.0)                |
xp.take(x, i + 5)                        |
xp.put(x, i + 5, 1.0)                    |
xp.take_along_axis(x, i + 5)             |
xp.choose(i + 2, [x[:3], x[:3]])         |
xp.add.at(x, i + 5, 1.0)                 |
xp.unravel_index(i + 5, (2, 3))          |
xp.bincount(i - 1)                       |
"""

COUNTS = """
xp.zeros(-1)                             | -1
xp.ones((2, -3))                         | -3
xp.empty(-1)                             | -1
xp.full(-2, 1)                           | -2
xp.zeros(2.5)                            |
xp.zeros('a')                            |
xp.eye(-1)                               | -1
xp.eye(2.5)                              |
xp.linspace(0, 1, -1)                    | -1
xp.linspace(0, 1, 2.5)                   |
xp.logspace(0, 1, -1)                    | -1
xp.geomspace(0, 1, 3)                    |
xp.arange(0, 1, 0)                       |
xp.arange()                              |
xp.repeat(x, -1)                         |
xp.repeat(x, [1, 2])                     |
xp.tile(x, -1)                           |
xp.diff(x, -1)                           | -1
xp.diff(3.0)                             |
xp.pad(x, -1)                            |
xp.pad(x, 1, mode='no')                  | no
xp.bincount(i, minlength=-1)             |
xp.bincount(i - 1)                       |
xp.histogram(x, bins=0)                  | 0
xp.histogram(x, bins=-3)                 |
xp.histogram(x, range=(1, 0))            |
xp.histogram(x, bins='no')               | no
xp.array_split(x, -1)                    |
xp.fft.fft(x, n=0)                       | 0
xp.fft.fft(x, norm='no')                 | no
xp.fft.fft(x, n=-2)                      | -2
xp.fft.irfft(x, n=0)                     | 0
xp.vander(x, -1)                         |
xp.resize(x, (-1,))                      |
xp.polyfit(x, x, -1)                     |
xp.unwrap(x, period='a')                 |
xp.random.default_rng(-1)                |
xp.random.default_rng(0).random(-1)      | -1
xp.random.default_rng(0).integers(5, 2)  |
xp.random.default_rng(0).integers(0)     |
xp.random.default_rng(0).integers(0, 300, dtype='uint8')  |
xp.random.default_rng(0).integers(0, 3, dtype='float64')  | float64
xp.random.default_rng(0).normal(0, -1)   | scale
xp.random.default_rng(0).exponential(-1) | scale
xp.random.default_rng(0).poisson(-1)     | lam
xp.random.default_rng(0).binomial(10, 1.5)   | p
xp.random.default_rng(0).binomial(-1, 0.5)   | n
xp.random.default_rng(0).geometric(0)    | p
xp.random.default_rng(0).gamma(-1)       | shape
xp.random.default_rng(0).beta(0, 1)      | a
xp.random.default_rng(0).dirichlet([-1, 1])  |
xp.random.default_rng(0).multinomial(-3, [0.5, 0.5])  |
xp.random.default_rng(0).choice(5, p=[0.5, 0.5])     |
xp.random.default_rng(0).choice(2, p=[0.9, 0.9])     |
xp.random.default_rng(0).choice(2, p=[-0.5, 1.5])    |
xp.random.default_rng(0).choice(2, 5, replace=False) |
xp.random.default_rng(0).permutation('a')  |
xp.random.default_rng(0).shuffle(3)      |
xp.quantile(x, 1.5)                      |
xp.percentile(x, -1)                     |
xp.quantile(x, 0.5, method='no')         | no
"""

ARGUMENTS = """
xp.asarray([[1, 2], [3]])                |
xp.array([[1], [2, 3]])                  |
xp.asarray([1, 2], dtype='no')           | no
xp.zeros(2, dtype='float33')             | float33
xp.zeros(2, dtype='f3')                  |
x.astype('what')                         | what
xp.zeros(2, order='Q')                   | Q
x.reshape(2, 3, order='Q')               | Q
x.copy(order='Q')                        | Q
xp.ravel(m, order='Q')                   | Q
xp.sum(m, axes=0)                        | axes
xp.sum(m, axis='a')                      |
xp.sum(m, axis=0.5)                      |
m.sum(axis=0.5)                          |
m.sum(what=1)                            | what
xp.add(1)                                |
xp.add(1, 2, 3, 4)                       |
xp.sin(x, what=1)                        | what
xp.sin()                                 |
xp.sort(x, kind='no')                    | no
xp.searchsorted(x, 1, side='no')         | no
xp.convolve(x, x, mode='no')             | no
xp.where(b, x)                           |
xp.where()                               |
xp.clip(x)[9]                            | 9
xp.clip(x, a_min=1)                      | a_max
xp.clip(x, a_min=1, a_max=2, min=3)      | min, a_min
xp.reshape(x)                            | shape
xp.unique(x, what=1)                     | what
xp.pad(x, 1, what=1)                     | what
xp.einsum('i,i', x)                      |
xp.einsum('i$', x)                       | $
xp.einsum(x)                             |
xp.round(x, 1.5)                         |
xp.roll(x, 'a')                          |
xp.var(x, ddof=1, correction=1)          | ddof
xp.moveaxis(m, 'a', 0)                   |
xp.result_type()                         |
xp.finfo('int32')                        | int32
xp.iinfo('float32')                      | float32
xp.can_cast('int32', 'what')             | what
xp.isdtype('float64', 'real')            |
xp.from_dlpack(3)                        |
xp.frombuffer(b'123', 'int32')           |
xp.fromiter([1, 2], int, 3)              |
x.view('what')                           | what
xp.zeros(3, 'int8').view('int16')        |
x.item('a')                              |
x.item(0, 0)                             |
x.squeeze(0)                             |
x.swapaxes(0, 1)                         | 1
len(x[0])                                |
iter(x[0])                               |
hash(x)                                  | hash
x.shape[3]                               |
xp.linalg.what                           | what
xp.what                                  | what
read_only.__setitem__(0, 1.0)            | read-only
x.setflags(what=1)                       | what
x.transpose(0, 1)                        |
xp.broadcast_to(x, -1)                   |
xp.ix_(m)                                |
xp.nan_to_num(x, what=1)                 | what
xp.tri('a')                              |
"""


def table(text):
    """The cases of a table: the expression and the words of its message."""
    for line in text.strip().splitlines():
        expression, _, words = line.partition(" | ") if " | " in line else (line.rstrip(" |"), "", "")
        # Separated by commas outside of parentheses.
        words = re.split(r",\s*(?![^(]*\))", words.strip()) if words.strip() else []
        yield pytest.param(expression.strip(), words, id=expression.strip().replace(" ", ""))


def error_of(xp, expression):
    """What the expression raises, at the latest when the device has run it; None where nothing."""
    names = {name: np.array(value) if xp is np else xp.asarray(value) for name, value in ARRAYS.items()}
    names["read_only"] = xp.broadcast_to(xp.zeros(3), (2, 3))
    try:
        exec(expression, {"xp": xp, **names})
        ag.synchronize()
    except Exception as error:  # every class is compared
        return error
    return None


@pytest.mark.parametrize(
    ("expression", "words"),
    [case for text in (AXES, REPEATED_AXES, SHAPES, OUTPUTS, CASTS, EMPTY, SINGULAR, INDICES, DEVICE_INDICES, COUNTS, ARGUMENTS) for case in table(text)],
)
def test_the_same_exception_as_numpy(expression, words):
    want, got = error_of(np, expression), error_of(ag, expression)
    assert isinstance(want, Exception), "NumPy takes this"
    cls = type(want) if isinstance(want, (np.linalg.LinAlgError, AttributeError)) else public_class(want)
    assert isinstance(got, cls), f"NumPy raises {want!r}, here it is {got!r}"
    assert str(got).strip(), "an error must say what was given"
    if not isinstance(ag.zeros(1), np.ndarray):
        message = str(got).replace(" ", "")
        missing = [word for word in words if word.replace(" ", "") not in message]
        assert not missing, f"{missing} not in {str(got)!r}"
