"""The functions that snippets may call, by their names in C and CUDA."""

import numpy as np

from . import c_types, intrinsics, ir, stubs, types

#: Operations of the array library on floating-point numbers.
_FLOATING = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atanh": "arctanh", "cbrt": "cbrt", "ceil": "ceil",
    "cos": "cos", "cosh": "cosh", "erf": "erf", "erfc": "erfc", "exp": "exp", "exp2": "exp2", "expm1": "expm1", "floor": "floor", "lgamma": "gammaln",
    "log": "log", "log10": "log10", "log1p": "log1p", "log2": "log2", "nearbyint": "rint", "rint": "rint", "sin": "sin", "sinh": "sinh", "sqrt": "sqrt",
    "tan": "tan", "tanh": "tanh", "tgamma": "gamma", "trunc": "trunc", "fabs": "absolute",
    "atan2": "arctan2", "copysign": "copysign", "fmax": "fmax", "fmin": "fmin", "fmod": "fmod", "hypot": "hypot", "nextafter": "nextafter", "pow": "power",
    "fdividef": "divide",
}  # fmt: skip
_TWO = {"atan2", "copysign", "fmax", "fmin", "fmod", "hypot", "nextafter", "pow", "fdividef"}
_ATOMIC = {
    "Add": "add", "Sub": "sub", "Exch": "exch", "Min": "min", "Max": "max", "Inc": "inc", "Dec": "dec", "CAS": "cas", "And": "and_", "Or": "or_",
    "Xor": "xor",
}  # fmt: skip
_BITS = {"__popc": stubs.popc, "__clz": stubs.clz, "__ffs": stubs.ffs, "__brev": stubs.brev, "__popcll": stubs.popc, "__clzll": stubs.clz, "__ffsll": stubs.ffs}
_REFUSED = {
    "printf": "write the value into an array",
    "assert": "write a flag into an array",
    "__syncthreads": "use RawKernel or anygpu.cuda.jit where threads work together",
    "__shfl_sync": "use RawKernel or anygpu.cuda.jit where threads work together",
}


def find(name):
    """What compiles a call of a function, or None: it takes (translator, node, arguments)."""
    if name in _TABLE:
        return _TABLE[name]
    # sqrtf, __expf: computed in float32.
    inner = name.removeprefix("__")
    if inner.endswith("f") and inner[:-1] in _TABLE and inner[:-1] in {*_FLOATING, "round", "rsqrt", "fma", "abs"}:
        function = _TABLE[inner[:-1]]
        return lambda t, node, args: function(t, node, [t.converted(node, a, c_types.FLOAT32) for a in args])
    if name.startswith("atomic") and name[6:] in _ATOMIC:
        return _atomic(name, _ATOMIC[name[6:]])
    if name in _BITS:
        return lambda t, node, args: _bits(t, node, name, args)
    return None


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
    """The address of an array's element."""

    def __init__(self, array, index):
        self.array, self.index = array, index


_TABLE = {name: _floating(name, operation) for name, operation in _FLOATING.items()}
_TABLE |= {
    "abs": _absolute, "labs": _absolute, "llabs": _absolute, "min": _extreme("min", "minimum", "fmin"), "max": _extreme("max", "maximum", "fmax"),
    "round": _round, "lround": _to_integer("round"), "llround": _to_integer("round"), "lrint": _to_integer("rint"), "llrint": _to_integer("rint"),
    "rsqrt": _rsqrt, "exp10": _exp10, "fma": _fma, "ldexp": _ldexp, "conj": _conj, "norm": _norm, "arg": _arg, "real": _part("real"), "imag": _part("imag"),
    **{name: _asks(name) for name in ("isnan", "isinf", "isfinite", "signbit")},
}  # fmt: skip
