"""Random expressions in kernels give what the same text gives with NumPy's scalars: values, dtypes by promotion, and refusals."""

import ast
import os
import random

import numpy as np
import pytest
from kernel_programs import FLOATS, INTEGERS, Expressions, forget, function, numbers, reference

import anygpu as ag
from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)

N = 40


def wanted(text, a, b, c, scalar):
    """The expression's value for each element with NumPy's scalars; the exception where it has none."""
    f = reference(f"def f(a, b, c, s, i):\n    return {text}\n", "f")
    try:
        with np.errstate(all="ignore"):
            items = [f(a[k], b[k], c[k], scalar, k) for k in range(len(a))]
    except (ArithmeticError, ValueError, TypeError) as error:
        return error
    finally:
        forget(f)
    return np.array(items, np.result_type(*{np.asarray(v).dtype for v in items}))


def has_untyped_part(text, *values):
    """Whether NumPy refuses the types of a part: of the whole text it may not, where a condition is false."""
    parts = [node for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare))]
    return any(isinstance(wanted(ast.unparse(part), *values), TypeError) for part in parts)


def launch(texts, arrays, scalar, outputs):
    names = [f"out{k}" for k in range(len(texts))]
    lines = [f"def kernel(x, y, z, s, {', '.join(names)}):", "    i = cuda.grid(1)", "    if i < x.size:", "        a, b, c = x[i], y[i], z[i]"]
    kernel = function("\n".join([*lines, *(f"        {n}[i] = {t}" for n, t in zip(names, texts))]) + "\n", "kernel", cuda=cuda)
    cuda.jit(kernel)[2, 32](*arrays, scalar, *outputs)
    forget(kernel)


def same(got, want, text):
    """Equal in every bit; any NaN is as good as another."""
    if want.dtype.kind == "c" and got.dtype == want.dtype:
        got, want = got.view(got.real.dtype), want.view(want.real.dtype)
    if want.dtype.kind == "f":
        assert np.array_equal(np.isnan(got), np.isnan(want)), text
        got, want = np.where(np.isnan(want), 0, got), np.where(np.isnan(want), 0, want)
    assert got.dtype == want.dtype and got.tobytes() == want.tobytes(), (text, np.flatnonzero(got != want)[:5])


EXAMPLES = int(os.environ.get("ANYGPU_TEST_EXAMPLES", 2 if os.environ.get("ANYGPU_EMULATE") else 5))  # emulated types compile slowly


# Numbered seeds: what hypothesis draws depends on the modules that are loaded, and shrinking would compile hundreds of kernels.
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_expressions_give_numpys_bits(dtype):
    for example in range(EXAMPLES):
        check_expressions(random.Random(f"{dtype} {example}"), dtype)


def check_expressions(rng, dtype):
    kind = "f" if dtype in FLOATS else "i"
    other = rng.choice(INTEGERS + FLOATS)
    scalar = rng.choice([3, 7, 0, np.int16(-5), np.uint32(9)]) if kind == "i" or rng.random() < 0.3 else rng.choice([0.25, -3.0, 1e3, np.float32(0.1), np.float64(1e-9)])
    leaves = {"i": ["i"], "f": [], "b": []}
    leaves[kind] += ["a", "b"]
    leaves["f" if other in FLOATS else "i"].append("c")
    leaves["i" if isinstance(scalar, (int, np.integer)) else "f"].append("s")
    grammar = Expressions(rng, leaves)
    arrays = [numbers(rng, dtype, N), numbers(rng, dtype, N), numbers(rng, other, N)]
    texts, results = [], []
    while not texts:
        for _ in range(4):
            text = grammar.of(rng.choice([kind, kind, "b"]), 3)
            want = wanted(text, *arrays, scalar)
            if has_untyped_part(text, *arrays, scalar):
                with pytest.raises(ag.KernelError):
                    launch([text], arrays, scalar, [np.zeros(N)])
            elif isinstance(want, np.ndarray):
                texts.append(text)
                results.append(want)
    outputs = [np.zeros_like(r) for r in results]
    launch(texts, arrays, scalar, outputs)
    for text, got, want in zip(texts, outputs, results):
        same(got, want, f"{text} of {dtype}, {other} and {scalar!r}")


@pytest.mark.parametrize(
    "text",
    [
        "np.uint8(b) < i * 100 - 50",  # the Python integer lies outside of uint8
        "300 > np.uint8(b)",
        "np.int64(max(300, np.int8(b)))",
        "np.int64(min(np.int8(b), -1000))",
        "np.int64(max(i * 100, np.uint8(b)))",
        "np.int64(np.int8(b) if i % 2 else 1000)",
        "a > b",  # uint64 with int64: by value, not as float64
        "a == b",
        "i - 3 <= a",
        "a != -1",
        "0 + np.float32(c)",  # -0.0 becomes 0.0
        "np.float64(c) * 0.0",
        "np.float32(c) + np.sqrt(2.0)",  # a ufunc of Python's number is float64
        "np.float32(c) * (i - i)",  # inf * 0 is NaN
        "np.float32(1.0) / ((i ^ i) * i)",
        "np.float32(c) + (i - i)",  # -0.0 becomes 0.0
        "np.float16(c) * (a ^ a)",
        "np.complex64(c) * (i - i)",
    ],
)
def test_numbers_of_different_kinds(text):
    a = np.array([2**62 + 1, 5, 2**63 + 3, 0, 2**64 - 1], "uint64")
    b = np.array([2**62, 5, -3, 0, -1], "int64")
    c = np.array([-0.0, 0.0, -2.5, np.inf, np.nan])
    want = wanted(text, a, b, c, 1)
    out = np.zeros_like(want)
    launch([text], [a, b, c], 1, [out])
    same(out, want, text)


@cuda.jit
def of_constants(y, out, t):
    i = cuda.grid(1)
    f = np.float32(0.1)
    f *= np.floor(f)
    out[i, 0] = f
    out[i, 1] = t / f
    out[i, 2] = y[i] / f
    out[i, 3] = (y[i] - 1) / f
    n = 0
    out[i, 4] = y[i] / np.float32(n)
    z = np.float32(n)
    out[i, 5] = -z + (y[i] - 1)
    g = np.float32(0.1) if y[i] > 5 else np.float32(0.25)
    out[i, 6] = y[i] / np.floor(g)
    h = -np.floor(g)
    out[i, 7] = h + h
    out[i, 8] = halved(np.float32(0.5)) / h
    out[i, 9] = y[i] / halved(np.float32(0.5))


@cuda.jit(device=True)
def halved(x):
    x = np.floor(x)
    return x / 2


def test_zeros_that_compilers_find():
    y = np.array([1, 3, 9], "float32")
    out, expected = np.zeros((3, 10), "float32"), np.zeros((3, 10), "float32")
    of_constants[1, 3](y, out, np.float32(0.5))
    with np.errstate(all="ignore"), ag.kernel.simulate():
        of_constants[1, 3](y, expected, np.float32(0.5))
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(np.signbit(out[~np.isnan(out)]), np.signbit(expected[~np.isnan(out)]))
