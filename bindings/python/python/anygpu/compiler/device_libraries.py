"""`cuda.fp16` and `cuda.libdevice`: CUDA's names of functions that the array library has."""

import numpy as np

from . import ir, stubs, types, values
from .intrinsics import _MATH, one, register

_FLOAT16 = np.dtype("float16")
_HALF = {
    "hadd": "add", "hsub": "subtract", "hmul": "multiply", "hdiv": "divide", "hneg": "negative", "habs": "absolute", "hsin": "sin", "hcos": "cos", "hlog": "log",
    "hlog2": "log2", "hlog10": "log10", "hexp": "exp", "hexp2": "exp2", "hexp10": "exp10", "hsqrt": "sqrt", "hrsqrt": "rsqrt", "hceil": "ceil",
    "hfloor": "floor", "hrcp": "reciprocal", "htrunc": "trunc", "hrint": "rint", "heq": "equal", "hne": "not_equal", "hge": "greater_equal", "hgt": "greater",
    "hle": "less_equal", "hlt": "less", "hmax": "fmax", "hmin": "fmin",
}  # fmt: skip
_BINARY = {"add", "subtract", "multiply", "divide", "equal", "not_equal", "greater_equal", "greater", "less_equal", "less", "fmax", "fmin"}
#: Names of libdevice beside those of `math`.
_LIBDEVICE = {
    **_MATH, "cbrt": "cbrt", "ceil": "ceil", "floor": "floor", "trunc": "trunc", "rint": "rint", "nearbyint": "rint", "rsqrt": "rsqrt", "exp10": "exp10", "erfinv": "erfinv", "fmax": "fmax",
    "fmin": "fmin", "tgamma": "gamma", "sinpi": "sinpi", "cospi": "cospi", "cyl_bessel_i0": "i0", "remainder": None, "gamma": None, "gcd": None, "lcm": None, "degrees": None, "radians": None,
}  # fmt: skip


def _half(name, operation):
    count = 2 if operation in _BINARY else 1

    def handle(t, node, args, options):
        if len(args) != count:
            raise t.error(node, f"cuda.fp16.{name} takes {count} number(s), and {len(args)} were given")
        return t.apply(node, operation, *(t.converted(node, a, _FLOAT16) for a in args))

    return handle


for _name, _operation in _HALF.items():
    register(getattr(stubs.fp16, _name))(_half(_name, _operation))


@register(stubs.fp16.hfma)
def fused(t, node, args, options):
    """In float64, in which the product is exact; one rounding to float16."""
    if len(args) != 3:
        raise t.error(node, f"cuda.fp16.hfma takes 3 numbers, and {len(args)} were given")
    a, b, c = (ir.Cast(types.FLOAT64, t.converted(node, x, _FLOAT16)) for x in args)
    return ir.Cast(_FLOAT16, t.operation("add", t.operation("multiply", a, b), c))


def _library(name, operation, dtype):
    def handle(t, node, args, options):
        # The exponent of ldexp is an integer.
        numbers = [a if operation == "ldexp" and k else t.converted(node, a, dtype) for k, a in enumerate(args)]
        return t.apply(node, operation, *numbers)

    return handle


class LibDevice:
    """`cuda.libdevice`: functions of float64, and of float32 with an f at the end, as far as the array library has them."""

    def __getattr__(self, name):
        single = name.endswith("f") and name not in ("erf",)
        operation = _LIBDEVICE.get(name[:-1] if single else name)
        if name.startswith("_"):
            raise AttributeError(name)
        if operation is None:
            raise AttributeError(f"cuda.libdevice.{name} is NVIDIA's: use the functions of math or NumPy, which kernels have on every GPU")
        stub = stubs.Stub(f"cuda.libdevice.{name}")
        register(stub)(_library(name, operation, np.dtype("float32") if single else types.FLOAT64))
        setattr(self, name, stub)
        return stub


libdevice = LibDevice()


@register(stubs.nanosleep)
def sleep(t, node, args, options):
    one(t, node, args, "nanosleep")
    return values.Object(None)


@register(stubs.cg.this_grid)
def grid_group(t, node, args, options):
    raise t.error(node, "no GPU API here has a barrier for the whole grid: end the kernel where the grid has to meet, and launch a second one")
