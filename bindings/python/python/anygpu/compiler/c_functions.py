"""The functions and constants that snippets may name, by their names in C and CUDA."""

import math
import re

import numpy as np

from . import c_types, intrinsics, ir, stubs, types, values

#: Operations of the array library on floating-point numbers.
_FLOATING = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atanh": "arctanh", "cbrt": "cbrt", "ceil": "ceil",
    "cos": "cos", "cosh": "cosh", "erf": "erf", "erfc": "erfc", "exp": "exp", "exp2": "exp2", "expm1": "expm1", "floor": "floor", "lgamma": "gammaln",
    "log": "log", "log10": "log10", "log1p": "log1p", "log2": "log2", "nearbyint": "rint", "rint": "rint", "sin": "sin", "sinh": "sinh", "sqrt": "sqrt",
    "tan": "tan", "tanh": "tanh", "tgamma": "gamma", "trunc": "trunc", "fabs": "absolute",
    "atan2": "arctan2", "copysign": "copysign", "fmax": "fmax", "fmin": "fmin", "fmod": "fmod", "hypot": "hypot", "nextafter": "nextafter", "pow": "power",
    "fdividef": "divide", "cyl_bessel_i0": "i0", "erfinv": "erfinv", "sinpi": "sinpi", "cospi": "cospi",
}  # fmt: skip
_TWO = {"atan2", "copysign", "fmax", "fmin", "fmod", "hypot", "nextafter", "pow", "fdividef"}
_ATOMIC = {
    "Add": "add", "Sub": "sub", "Exch": "exch", "Min": "min", "Max": "max", "Inc": "inc", "Dec": "dec", "CAS": "cas", "And": "and_", "Or": "or_",
    "Xor": "xor",
}  # fmt: skip
_BITS = {"__popc": stubs.popc, "__clz": stubs.clz, "__ffs": stubs.ffs, "__brev": stubs.brev, "__popcll": stubs.popc, "__clzll": stubs.clz, "__ffsll": stubs.ffs}
_ROUNDINGS = {"rn": "rint", "rz": "trunc", "ru": "ceil", "rd": "floor"}
_INTEGERS = {"int": c_types.INT32, "uint": c_types.UINT32, "ll": int, "ull": c_types.UINT64}
_FLOATS = {"float": c_types.FLOAT32, "double": c_types.FLOAT64}
_ROUNDED = {"add": "add", "sub": "subtract", "mul": "multiply", "div": "divide"}
_BITCASTS = {"int": ("i32", c_types.INT32), "uint": ("u32", c_types.UINT32), "float": ("f32", c_types.FLOAT32)}

#: Constants of C's headers and of CUDA's. Those without a type of their own take that of what they meet, as literals do.
_CONSTANTS = {
    "M_E": math.e, "M_LOG2E": 1 / math.log(2), "M_LOG10E": 1 / math.log(10), "M_LN2": math.log(2), "M_LN10": math.log(10), "M_PI": math.pi, "M_PI_2": math.pi / 2,
    "M_PI_4": math.pi / 4, "M_1_PI": 1 / math.pi, "M_2_PI": 2 / math.pi, "M_2_SQRTPI": 2 / math.sqrt(math.pi), "M_SQRT2": math.sqrt(2), "M_SQRT1_2": math.sqrt(0.5),
    "CUDART_PI": math.pi, "CUDART_INF": math.inf, "CUDART_NAN": math.nan, "HUGE_VAL": math.inf, "INFINITY": math.inf, "NAN": math.nan,
}  # fmt: skip
_TYPED = {
    "CUDART_PI_F": np.float32(math.pi), "CUDART_INF_F": np.float32(math.inf), "CUDART_NAN_F": np.float32(math.nan),
    **{f"{prefix}_{name}": getattr(np.finfo(dtype), attribute) for prefix, dtype in (("FLT", np.float32), ("DBL", np.float64))
       for name, attribute in (("MAX", "max"), ("MIN", "tiny"), ("EPSILON", "eps"))},
    **{name + end: dtype(getattr(np.iinfo(dtype), end[1:].lower())) for name, dtype in (
        ("SCHAR", np.int8), ("SHRT", np.int16), ("INT", np.int32), ("LONG", np.int64), ("LLONG", np.int64)) for end in ("_MAX", "_MIN")},
    "UCHAR_MAX": np.uint8(2**8 - 1), "USHRT_MAX": np.uint16(2**16 - 1), "UINT_MAX": np.uint32(2**32 - 1), "ULONG_MAX": np.uint64(2**64 - 1),
    "ULLONG_MAX": np.uint64(2**64 - 1),
}  # fmt: skip
_LIMITS = {"max": "max", "min": "min", "lowest": "min", "infinity": None, "quiet_NaN": None, "epsilon": "eps"}
_REFUSED = {
    "erfcinv": "erfinv(1 - x) is near to it where x is not small",
    "erfcx": "exp(x * x) * erfc(x) is it where x is not large",
    "normcdf": "erfc(-x * M_SQRT1_2) / 2 is near to it where x is not large and negative",
    "normcdfinv": "sqrt(2.0) * erfinv(2 * x - 1) is near to it where x is not small",
    "printf": "write the value into an array",
    "assert": "write a flag into an array",
    "__syncthreads": "use RawKernel or anygpu.cuda.jit where threads work together",
    "__shfl_sync": "use RawKernel or anygpu.cuda.jit where threads work together",
}


def find(name):
    """What compiles a call of a function, or None: it takes (translator, node, arguments)."""
    if name in _TABLE:
        return _TABLE[name]
    found = _converting(name)
    if found is not None:
        return found
    # sqrtf, __expf: computed in float32.
    inner = name.removeprefix("__")
    if inner.endswith("f") and inner[:-1] in _TABLE and inner[:-1] in {*_FLOATING, "round", "rsqrt", "fma", "fdim", "sincos", "abs"}:
        function = _TABLE[inner[:-1]]
        return lambda t, node, args: function(t, node, [t.converted(node, a, c_types.FLOAT32) if isinstance(a, ir.Expr) else a for a in args])
    if name.startswith("atomic") and name[6:] in _ATOMIC:
        return _atomic(name, _ATOMIC[name[6:]])
    if name in _BITS:
        return lambda t, node, args: _bits(t, node, name, args)
    return None


def constant(name):
    """The value of a constant, or None."""
    if name in _CONSTANTS:
        return ir.Const(float, _CONSTANTS[name])
    value = _TYPED.get(name)
    return None if value is None else ir.Const(c_types.scalar(value.dtype), value.item())


def limit(name, kind):
    """The value of ``numeric_limits<kind>::name()``, or None."""
    what = name.rpartition("::")[2]
    if what not in _LIMITS or isinstance(kind, str):
        return None
    dtype = types.storage(kind)
    if dtype.kind == "f":
        information = np.finfo(dtype)
        value = {"infinity": math.inf, "quiet_NaN": math.nan, "min": information.tiny, "lowest": information.min}.get(what)
        return ir.Const(kind, float(getattr(information, _LIMITS[what]) if value is None else value))
    if dtype.kind in "iu" and what in ("max", "min", "lowest"):
        return ir.Const(kind, int(getattr(np.iinfo(dtype), _LIMITS[what])))
    return None


def _converting(name):
    """CUDA's conversions with a rounding, arithmetic with one, and the same bits as another type; or None."""
    parts = re.fullmatch(r"__(float|double)2(int|uint|ll|ull)_(r[nzud])", name)
    if parts:
        source, target, rounding = _FLOATS[parts[1]], _INTEGERS[parts[2]], _ROUNDINGS[parts[3]]
        return lambda t, node, args: t.converted(node, _TABLE[rounding](t, node, [t.converted(node, a, source) for a in args]), target)
    parts = re.fullmatch(r"__([fd])(add|sub|mul|div)_rn", name)
    if parts:
        kind = _FLOATS["float" if parts[1] == "f" else "double"]
        return lambda t, node, args: _exactly(t, node, name, _ROUNDED[parts[2]], [t.converted(node, a, kind) for a in args])
    parts = re.fullmatch(r"__(int|uint|float)_as_(int|uint|float)", name)
    if parts:
        (text, target), source = _BITCASTS[parts[2]], _BITCASTS[parts[1]][1]
        return lambda t, node, args: ir.Raw(target, f"bitcast<{text}>({{0}})", [t.converted(node, a, source) for a in args])
    return None


def _exactly(t, node, name, operation, args):
    _count(t, node, name, args, 2)
    return t.apply(node, operation, *args)


def refused(name):
    """Why a known function has no form, or None."""
    return f"{name}() has no form in a snippet: {_REFUSED[name]}" if name in _REFUSED else None


def _count(t, node, name, args, *allowed):
    if len(args) not in allowed:
        raise t.error(node, f"{name}() takes {' or '.join(map(str, allowed))} argument{'s' if allowed != (1,) else ''}, and {len(args)} were given")


def _folded(name, args):
    """The value of an operation on literals, or None."""
    if not all(isinstance(a, ir.Const) and types.is_weak(a.type) for a in args):
        return None
    function = getattr(np, name, None)
    if function is None:
        return None
    with np.errstate(all="ignore"):
        return ir.Const(float, float(function(*(float(a.value) for a in args))))


def _floating(name, operation):
    def handle(t, node, args):
        _count(t, node, name, args, 2 if name in _TWO else 1)
        kind = c_types.floating(args[0].type)
        for a in args[1:]:
            kind = c_types.usual(kind, c_types.floating(a.type) if not types.is_weak(a.type) else float)
        if name == "pow" and isinstance(args[1], ir.Const) and args[1].value == 2:
            base = t.saved(t.converted(node, args[0], kind))
            return t.apply(node, "multiply", base, base)
        args = [t.converted(node, a, kind) for a in args]
        return _folded(operation, args) or t.apply(node, operation, *args)

    return handle


def _extreme(name, of_integers, of_floats):
    def handle(t, node, args):
        _count(t, node, name, args, 2)
        kind = c_types.usual(args[0].type, args[1].type)
        return t.apply(node, of_floats if c_types.kind(kind) == "f" else of_integers, *(t.converted(node, a, kind) for a in args))

    return handle


def _absolute(t, node, args):
    _count(t, node, "abs", args, 1)
    return t.apply(node, "absolute", t.converted(node, args[0], c_types.promoted(args[0].type)))


def _round(t, node, args):
    # Halves away from zero, exactly.
    _count(t, node, "round", args, 1)
    kind = c_types.floating(args[0].type)
    x = t.saved(t.converted(node, args[0], kind))
    whole = t.saved(t.apply(node, "trunc", x))
    off = t.apply(node, "absolute", t.apply(node, "subtract", x, whole))
    away = t.apply(node, "add", whole, t.apply(node, "copysign", t.constant_as(1, kind), x))
    return ir.Select(kind, t.apply(node, "greater_equal", off, t.constant_as(0.5, kind)), away, whole)


def _to_integer(rounding):
    def handle(t, node, args):
        return ir.Cast(int, _TABLE[rounding](t, node, args))

    return handle


def _rsqrt(t, node, args):
    _count(t, node, "rsqrt", args, 1)
    kind = c_types.floating(args[0].type)
    return t.apply(node, "divide", t.constant_as(1, kind), t.apply(node, "sqrt", t.converted(node, args[0], kind)))


def _exp10(t, node, args):
    _count(t, node, "exp10", args, 1)
    kind = c_types.floating(args[0].type)
    return t.apply(node, "power", t.constant_as(10, kind), t.converted(node, args[0], kind))


def _fma(t, node, args):
    _count(t, node, "fma", args, 3)
    kind = c_types.floating(args[0].type)
    for a in args[1:]:
        kind = c_types.usual(kind, c_types.floating(a.type) if not types.is_weak(a.type) else float)
    args = [t.converted(node, a, kind) for a in args]
    if kind == c_types.FLOAT32:
        return ir.Raw(kind, "fma({0}, {1}, {2})", args)
    return t.apply(node, "add", t.apply(node, "multiply", args[0], args[1]), args[2])


def _asks(name):
    """isnan, isinf, isfinite, signbit."""

    def handle(t, node, args):
        _count(t, node, name, args, 1)
        if c_types.kind(args[0].type) in "biu":
            if name == "signbit":
                return t.apply(node, "less", t.converted(node, args[0], c_types.promoted(args[0].type)), ir.Const(int, 0))
            return ir.Const(types.BOOL, name == "isfinite")
        return t.apply(node, name, args[0])

    return handle


def _part(name):
    def handle(t, node, args):
        _count(t, node, name, args, 1)
        return intrinsics.part(t, node, args[0], name)

    return handle


def _conj(t, node, args):
    _count(t, node, "conj", args, 1)
    return t.apply(node, "conjugate", args[0]) if c_types.kind(args[0].type) == "c" else args[0]


def _norm(t, node, args):
    _count(t, node, "norm", args, 1)
    z = t.saved(args[0])
    re, im = (t.saved(intrinsics.part(t, node, z, p)) for p in ("real", "imag"))
    return t.apply(node, "add", t.apply(node, "multiply", re, re), t.apply(node, "multiply", im, im))


def _arg(t, node, args):
    _count(t, node, "arg", args, 1)
    z = t.saved(args[0])
    return t.apply(node, "arctan2", intrinsics.part(t, node, z, "imag"), intrinsics.part(t, node, z, "real"))


def _ldexp(t, node, args):
    _count(t, node, "ldexp", args, 2)
    kind = c_types.floating(args[0].type)
    return t.apply(node, "ldexp", t.converted(node, args[0], kind), t.converted(node, args[1], c_types.INT32))


def _nan(t, node, args):
    # What the text says goes into the bits, which are the device's here.
    _count(t, node, "nan", args, 1)
    return constant("NAN")


def _sincos(t, node, args):
    _count(t, node, "sincos", args, 3)
    kind = c_types.floating(args[0].type)
    x = t.saved(t.converted(node, args[0], kind))
    for name, place in (("sin", args[1]), ("cos", args[2])):
        if not isinstance(place, (Address, Place)):
            raise t.error(node, "sincos(x, &s, &c) takes the addresses of two variables")
        t.store(node, place.local if isinstance(place, Address) else (place.array, place.index), t.apply(node, name, x))
    return values.Object(None)


def _loaded(t, node, args):
    _count(t, node, "__ldg", args, 1)
    if not isinstance(args[0], Place):
        raise t.error(node, "__ldg(&x[i]) takes an address")
    return t.loaded(args[0].array, args[0].index)


def _polar(t, node, args):
    _count(t, node, "polar", args, 2)
    kind = c_types.usual(*(c_types.floating(a.type) for a in args))
    length, angle = (t.saved(t.converted(node, a, kind)) for a in args)
    parts = [t.saved(t.apply(node, "multiply", length, t.apply(node, name, angle))) for name in ("cos", "sin")]
    wide = types.storage(kind) == c_types.FLOAT64
    return ir.Raw(np.dtype("complex128" if wide else "complex64"), "make_c128({0}, {1})" if wide else "vec2<f32>({0}, {1})", parts)


def _positive_difference(t, node, args):
    _count(t, node, "fdim", args, 2)
    kind = c_types.usual(*(c_types.floating(a.type) for a in args))
    x, y = (t.saved(t.converted(node, a, kind)) for a in args)
    return ir.Select(kind, t.apply(node, "less_equal", x, y), t.constant_as(0, kind), t.apply(node, "subtract", x, y))


def _bits(t, node, name, args):
    _count(t, node, name, args, 1)
    wide = name.endswith("ll")
    value = t.converted(node, args[0], c_types.UINT64 if wide else c_types.UINT32)
    return intrinsics.handler(_BITS[name])(t, node, [value], {})


def _atomic(name, operation):
    def handle(t, node, args):
        _count(t, node, name, args, 3 if operation == "cas" else 2)
        place, *given = args
        if not isinstance(place, Place):
            raise t.error(node, f"{name}() takes the address of an element of a `raw` parameter: {name}(&x[i], value)")
        t.check_written(node, place.array)
        return intrinsics.handler(getattr(stubs.atomic, operation))(t, node, [place.array, place.index, *given], {})

    return handle


class Place:
    """The address of an array's element; of a pointer, `index` is a variable that may be assigned."""

    def __init__(self, array, index):
        self.array, self.index = array, index


class Address:
    """The address of a variable."""

    def __init__(self, local):
        self.local = local


class Alias:
    """What a reference to an element names."""

    def __init__(self, array, index):
        self.array, self.index = array, index


_TABLE = {name: _floating(name, operation) for name, operation in _FLOATING.items()}
_TABLE |= {
    "abs": _absolute, "labs": _absolute, "llabs": _absolute, "min": _extreme("min", "minimum", "fmin"), "max": _extreme("max", "maximum", "fmax"),
    "round": _round, "lround": _to_integer("round"), "llround": _to_integer("round"), "lrint": _to_integer("rint"), "llrint": _to_integer("rint"),
    "rsqrt": _rsqrt, "exp10": _exp10, "fma": _fma, "ldexp": _ldexp, "conj": _conj, "norm": _norm, "arg": _arg, "real": _part("real"), "imag": _part("imag"),
    "nan": _nan, "nanf": _nan, "sincos": _sincos, "__ldg": _loaded, "polar": _polar, "fdim": _positive_difference, "scalbn": _ldexp,
    **{name: _asks(name) for name in ("isnan", "isinf", "isfinite", "signbit")},
}  # fmt: skip
