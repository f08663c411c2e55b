"""What a call in a kernel means: Python's builtins, `math`, NumPy's functions and dtypes, and the names of `stubs`."""

import builtins
import cmath
import math
import operator

import numpy as np

from .. import _anygpu
from . import ir, number_functions, numba_types, records, stubs, types, values
from .subscripts import is_array

#: Functions of one module that are elementwise operations of the array library, by its names.
_MATH = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atan2": "arctan2", "atanh": "arctanh", "cbrt": "cbrt",
    "copysign": "copysign", "cos": "cos", "cosh": "cosh", "degrees": "rad2deg", "erf": "erf", "erfc": "erfc", "exp": "exp", "exp2": "exp2", "expm1": "expm1",
    "fabs": "fabs", "fmod": "fmod", "gamma": "gamma", "gcd": "gcd", "hypot": "hypot", "isfinite": "isfinite", "isinf": "isinf", "isnan": "isnan",
    "lcm": "lcm", "ldexp": "ldexp", "lgamma": "gammaln", "log": "log", "log10": "log10", "log1p": "log1p", "log2": "log2", "nextafter": "nextafter",
    "pow": "power", "radians": "deg2rad", "sin": "sin", "sinh": "sinh", "sqrt": "sqrt", "tan": "tan", "tanh": "tanh",
}  # fmt: skip
_CMATH = ["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "isfinite", "isinf", "isnan", "log", "log10", "sin", "sinh", "sqrt", "tan", "tanh"]
#: Those whose arguments are floats in Python, whatever they are.
_OF_INTEGERS = {"gcd", "lcm", "fabs", "isnan", "isinf", "isfinite"}
_OPERATOR = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide", "mod": "remainder", "pow": "power", "and_": "bitwise_and",
    "or_": "bitwise_or", "xor": "bitwise_xor", "lshift": "left_shift", "rshift": "right_shift", "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal",
    "gt": "greater", "ge": "greater_equal", "neg": "negative", "pos": "positive", "inv": "invert", "invert": "invert",
}  # fmt: skip
_DIMENSIONS = {"threadIdx": stubs.threadIdx, "blockIdx": stubs.blockIdx, "blockDim": stubs.blockDim, "gridDim": stubs.gridDim}
#: Largest workgroup and thread memory that is asked for, in bytes.
_MAX_LOCAL = 65536
_FLOAT32 = np.dtype("float32")
# Each thread holds a copy.
_MAX_CONSTANT = 4096


def attribute(owner, name):
    """The value of an attribute that exists in kernels only, or None."""
    for builtin, stub in _DIMENSIONS.items():
        if owner is stub and name in ("x", "y", "z"):
            return ir.Builtin(int, builtin, "xyz".index(name))
    return None


_HANDLERS = {}


def handler(function):
    """What compiles a call of a Python object, or None."""
    try:
        known = _HANDLERS.get(function)
    except TypeError:
        return None
    if known is not None:
        return known
    if isinstance(function, (np.dtype, numba_types.Scalar)) or (isinstance(function, type) and issubclass(function, np.generic)):
        dtype = np.dtype(function)
        return lambda t, node, args, options: t.converted(node, one(t, node, args, dtype.name), dtype)
    if isinstance(function, (np.ufunc, _anygpu.ufunc)):
        name = {"degrees": "rad2deg", "radians": "deg2rad"}.get(function.__name__, function.__name__)
        if hasattr(_anygpu, name):
            return universal(name)
    return None


def register(*functions):
    def decorate(handle):
        for function in functions:
            _HANDLERS[function] = handle
        return handle

    return decorate


def one(t, node, args, name):
    if len(args) != 1:
        raise t.error(node, f"{name}() takes one argument, and {len(args)} were given")
    return args[0]


def elementwise(name, floats=False):
    """An operation of the array library; `floats` computes integers as Python's `math` does."""

    def handle(t, node, args, options):
        takes = getattr(_anygpu, name).nin
        if len(args) != takes:
            raise t.error(node, f"{name}() takes {takes} argument{'s' * (takes > 1)}, and {len(args)} were given")
        if options:
            raise t.error(node, f"{name}() takes no keyword arguments in a kernel, and {', '.join(options)} was given")
        args = [t.number(node, a) for a in args]
        if floats:
            args = [ir.Cast(float, a) if types.storage(a.type).kind in "iub" and not (name == "ldexp" and k == 1) else a for k, a in enumerate(args)]
        if name in ("isnan", "isinf", "isfinite") and types.storage(args[0].type).kind in "iub":
            return ir.Const(types.BOOL, name == "isfinite")
        return t.apply(node, name, *args)

    return handle


def universal(name):
    """A ufunc: of Python's numbers too it gives a number with a dtype."""

    def handle(t, node, args, options):
        takes = getattr(_anygpu, name).nin
        if len(args) == takes + 1 and is_array(t.array_of(node, args[-1])) and not options:
            return t.over_elements(node, args[-1], args[:-1], lambda numbers: handle(t, node, numbers, {}))
        result = elementwise(name)(t, node, args, options)
        return t.converted(node, result, types.storage(result.type))

    return handle


for _name, _operation in _MATH.items():
    if hasattr(math, _name):
        _HANDLERS[getattr(math, _name)] = elementwise(_operation, _name not in _OF_INTEGERS)
for _name in _CMATH:
    _HANDLERS[getattr(cmath, _name)] = elementwise(_MATH[_name], True)
for _name, _operation in _OPERATOR.items():
    _HANDLERS[getattr(operator, _name)] = elementwise(_operation)
_HANDLERS[stubs.cbrt] = elementwise("cbrt", True)


def logarithm(function):
    natural = elementwise("log", True)

    def handle(t, node, args, options):
        if len(args) != 2:
            return natural(t, node, args, options)
        return t.apply(node, "divide", natural(t, node, args[:1], options), natural(t, node, args[1:], {}))

    _HANDLERS[function] = handle


logarithm(math.log)
logarithm(cmath.log)


@register(cmath.phase)
def phase(t, node, args, options):
    value = t.saved(t.number(node, one(t, node, args, "phase")))
    return t.apply(node, "arctan2", *(t.converted(node, x, float) if types.storage(x.type).kind in "iub" else x for x in (part(t, node, value, "imag"), part(t, node, value, "real"))))


@register(cmath.polar)
def polar(t, node, args, options):
    value = t.saved(t.number(node, one(t, node, args, "polar")))
    return values.Tuple([t.apply(node, "absolute", value), phase(t, node, [value], options)])


@register(cmath.rect)
def rectangular(t, node, args, options):
    if len(args) != 2 or options:
        raise t.error(node, "rect() takes a radius and an angle")
    radius, angle = (t.converted(node, a, float) if types.storage(t.number(node, a).type).kind in "iub" else t.number(node, a) for a in args)
    kind = types.join(radius.type, angle.type)
    parts = t.call(node, number_functions.rectangular, [t.converted(node, radius, kind), t.converted(node, angle, kind)], {})
    return of_parts(t, node, *parts.items)


def rounded(name):
    def handle(t, node, args, options):
        value = t.number(node, one(t, node, args, name))
        if types.storage(value.type).kind in "iub":
            return t.converted(node, value, int)
        return ir.Cast(int, t.apply(node, name, value))

    return handle


for _function, _name in ((math.floor, "floor"), (math.ceil, "ceil"), (math.trunc, "trunc")):
    _HANDLERS[_function] = rounded(_name)


@register(builtins.int)
def to_int(t, node, args, options):
    value = t.number(node, one(t, node, args, "int"))
    kind = types.storage(value.type).kind
    if kind == "c":
        raise t.error(node, "int() argument must be real")
    return t.converted(node, value if kind in "iub" else t.apply(node, "trunc", value), int)


@register(builtins.float)
def to_float(t, node, args, options):
    return t.converted(node, one(t, node, args, "float"), float)


@register(builtins.bool)
def to_bool(t, node, args, options):
    return t.truth(node, one(t, node, args, "bool"))


def of_parts(t, node, real, imaginary):
    """The complex number of two reals, whatever they are: a sum with a product by 1j has no infinite parts."""
    kind = types.join(real.type, imaginary.type)
    if types.storage(kind) == types.FLOAT64:
        parts = [t.converted(node, x, types.FLOAT64) for x in (real, imaginary)]
        return ir.Raw(complex if types.is_weak(kind) else np.dtype("complex128"), "make_c128({0}, {1})", parts)
    return ir.Raw(np.dtype("complex64"), "vec2<f32>({0}, {1})", [t.converted(node, x, _FLOAT32) for x in (real, imaginary)])


@register(builtins.complex)
def to_complex(t, node, args, options):
    if len(args) == 2 and all(isinstance(a, ir.Expr) and types.storage(a.type).kind != "c" for a in args):
        return of_parts(t, node, t.converted(node, args[0], float), t.converted(node, args[1], float))
    if len(args) == 2:
        return t.apply(node, "add", args[0], t.apply(node, "multiply", args[1], ir.Const(complex, 1j)))
    return t.converted(node, one(t, node, args, "complex"), complex)


@register(builtins.abs)
def absolute(t, node, args, options):
    return t.apply(node, "absolute", one(t, node, args, "abs"))


@register(builtins.round)
def round_(t, node, args, options):
    digits = {**dict(zip(("number", "ndigits"), args)), **options}.get("ndigits")
    if not args or len(args) + len(options) > 2 or (len(args) == 1 and options and digits is None):
        raise t.error(node, "round() takes a number, and the digits to round it to")
    value = t.number(node, args[0])
    kind = types.storage(value.type).kind
    if kind == "c":
        raise t.error(node, "round() takes a real number")
    if digits is None or (isinstance(digits, values.Object) and digits.value is None):
        return t.converted(node, value, int) if kind in "iub" else ir.Cast(int, t.apply(node, "rint", value))
    digits = t.number(node, digits)
    if types.storage(digits.type).kind not in "iu":
        raise t.error(node, f"the digits of round() are an integer, not {types.name(digits.type)}")
    digits = t.converted(node, digits, int)
    if kind in "iub":
        # Of bool an int, as in Python; beyond int64 in uint64.
        value = t.converted(node, value, int) if kind == "b" else value
        wide = value if types.same(value.type, types.UINT64) else t.converted(node, value, int)
        return t.converted(node, t.call(node, number_functions.round_integer, [wide, digits], {}), value.type)
    # In float64, whatever it is: the decimal that is nearest to a float32 is one of float64's.
    return t.converted(node, t.call(node, number_functions.round_to_digits, [t.converted(node, value, types.FLOAT64), digits], {}), value.type)


@register(math.remainder)
def remainder(t, node, args, options):
    if len(args) != 2 or options:
        raise t.error(node, "remainder() takes two numbers")
    x, y = (t.number(node, a) for a in args)
    kind = types.join(x.type, y.type)
    kind = kind if types.storage(kind).kind == "f" else float
    # Exact in float64, whose results of narrower operands are theirs.
    return t.converted(node, t.call(node, number_functions.remainder, [t.converted(node, a, types.FLOAT64) for a in (x, y)], {}), kind)


def pair(*operations):
    """A function of a number that gives two."""

    def handle(t, node, args, options):
        value = t.number(node, one(t, node, args, operations[0].partition("_")[0]))
        value = ir.Cast(float, value) if types.storage(value.type).kind in "iub" else value
        value = t.saved(value)
        return values.Tuple([t.apply(node, operation, value) for operation in operations])

    return handle


for _function in (math.modf, np.modf):
    _HANDLERS[_function] = pair("modf_fraction", "modf_integral")
for _function in (math.frexp, np.frexp):
    _HANDLERS[_function] = pair("frexp_mantissa", "frexp_exponent")


@register(builtins.pow)
def power(t, node, args, options):
    if len(args) != 2:
        raise t.error(node, "pow() takes two arguments in a kernel")
    import ast

    return t.binary(node, ast.Pow(), *args)


@register(builtins.len)
def length(t, node, args, options):
    value = t.array_of(node, one(t, node, args, "len"))
    if isinstance(value, values.Record):
        return t.record_lengths(value)[0] if value.ndim else ir.Const(int, len(value.fields))
    if isinstance(value, values.Tuple):
        return ir.Const(int, len(value.items))
    if is_array(value):
        return t.length(value, 0)
    raise t.error(node, "len() takes an array or a tuple")


def extreme(comparison):
    def handle(t, node, args, options):
        items = args[0].items if len(args) == 1 and isinstance(args[0], values.Tuple) else args
        if not items:
            raise t.error(node, "min() and max() take numbers or a tuple of numbers")
        items = [t.saved(t.number(node, a)) for a in items]
        result = items[0]
        for item in items[1:]:
            kind = types.choose(result, item)
            better = t.apply(node, comparison, item, result)
            result = t.saved(ir.Select(kind, better, t.converted(node, item, kind), t.converted(node, result, kind)))
        return result

    return handle


_HANDLERS[builtins.min], _HANDLERS[builtins.max] = extreme("less"), extreme("greater")


@register(builtins.range)
def range_(t, node, args, options):
    args = [t.converted(node, a, int) for a in args]
    zero, one_ = ir.Const(int, 0), ir.Const(int, 1)
    if len(args) == 1:
        return values.Range(zero, args[0], one_)
    if len(args) in (2, 3):
        return values.Range(*args, *([one_] if len(args) == 2 else []))
    raise t.error(node, "range() takes one to three arguments")


@register(builtins.tuple)
def tuple_(t, node, args, options):
    value = one(t, node, args, "tuple")
    if isinstance(value, values.Tuple):
        return value
    raise t.error(node, "tuple() takes a tuple in a kernel")


@register(builtins.enumerate)
def enumerate_(t, node, args, options):
    given = dict(zip(("iterable", "start"), args)) | options
    if "iterable" not in given or len(given) > 2:
        raise t.error(node, "enumerate() takes what is iterated over, and where to start counting")
    value, start = t.array_of(node, given["iterable"]), t.converted(node, given.get("start", ir.Const(int, 0)), int)
    if isinstance(value, values.Tuple) and isinstance(start, ir.Const):
        return values.Tuple([values.Tuple([ir.Const(int, start.value + k), item]) for k, item in enumerate(value.items)])
    t.check_iterable(node, value)
    return values.Enumerated(value, start)


@register(builtins.zip)
def zip_(t, node, args, options):
    args = [t.array_of(node, a) for a in args]
    if all(isinstance(a, values.Tuple) for a in args):
        return values.Tuple([values.Tuple(list(items)) for items in zip(*(a.items for a in args))])
    for value in args:
        t.check_iterable(node, value)
    return values.Zipped(args)


@register(builtins.print)
def print_(t, node, args, options):
    raise t.error(node, "print() has no form on the GPU: write the value into an array, or run the kernel in the simulator")


METHODS = ("conjugate", "bit_count", "is_integer", "item")


def method(t, node, value, name, args):
    """A method of a number: `z.conjugate()`, `n.bit_count()`, `x.is_integer()`, `x.item()`."""
    kind = types.storage(value.type).kind
    if args:
        raise t.error(node, f"{name}() takes no arguments, and {len(args)} were given")
    if name == "conjugate":
        return t.apply(node, "conjugate", value) if kind == "c" else value
    if name == "bit_count" and kind in "iu":
        return t.converted(node, t.apply(node, "bitwise_count", value), int)
    if name == "is_integer" and kind == "f":
        value = t.saved(value)
        return t.apply(node, "equal", t.apply(node, "subtract", value, t.apply(node, "trunc", value)), t.constant_as(0, value.type))
    if name == "is_integer" and kind in "iu":
        return ir.Const(types.BOOL, True)
    if name == "item":
        return value
    raise t.error(node, f"numbers of {types.name(value.type)} have no method `{name}` in a kernel")


def part(t, node, value, name):
    """`z.real`, `z.imag`."""
    if types.storage(value.type).kind != "c":
        return value if name == "real" else t.constant_as(0, value.type)
    return t.apply(node, name, value)


# ---- the grid --------------------------------------------------------------------------------------------------------------------------------


def positions(name, size):
    def handle(t, node, args, options):
        count = args[0] if len(args) == 1 else None
        if not isinstance(count, ir.Const) or types.storage(count.type).kind not in "iu" or count.value not in (1, 2, 3):
            raise t.error(node, f"{name}(ndim) takes 1, 2 or 3")
        found = [ir.Global(int, axis, size) for axis in range(count.value)]
        return found[0] if count.value == 1 else values.Tuple(found)

    return handle


_HANDLERS[stubs.grid], _HANDLERS[stubs.gridsize] = positions("grid", False), positions("gridsize", True)


# ---- memory and synchronisation ---------------------------------------------------------------------------------------------------------------


def memory(space):
    def handle(t, node, args, options):
        named = dict(zip(("shape", "dtype"), args)) | options
        if "shape" not in named or "dtype" not in named:
            raise t.error(node, f"{space}.array(shape, dtype) takes a shape and a dtype")
        known = t.memory_of.get(id(node))
        if known is not None:
            return known
        shape = named["shape"].items if isinstance(named["shape"], values.Tuple) else [named["shape"]]
        shape = [t.known_constant(n) for n in shape]
        if not all(isinstance(n, ir.Const) and isinstance(n.value, (int, np.integer)) and n.value >= 0 for n in shape):
            raise t.error(node, f"the shape of {space}.array is made of constants: literals, or numbers of the enclosing scopes")
        try:
            dtype = np.dtype(named["dtype"].value)
        except (TypeError, AttributeError):
            raise t.error(node, f"the dtype of {space}.array is a NumPy dtype") from None
        shape = tuple(int(n.value) for n in shape)
        if space == "shared" and shape == (0,):
            shape = (t.unit.dynamic_shared // dtype.itemsize,)
            if not shape[0]:
                raise t.error(node, "a shared array of length 0 gets its length from the launch: kernel[blocks, threads, stream, bytes]")
        size = math.prod(shape)
        if size == 0 or (space == "local" and size * dtype.itemsize > _MAX_LOCAL):
            raise t.error(node, f"{space}.array of shape {shape} takes {size * dtype.itemsize} bytes")

        def make(dtype, shape):
            return ir.Array(space, t.unit.unique(space), dtype, len(shape), shape)

        found = t.memory_of[id(node)] = records.made(dtype, shape, make) if records.is_structured(dtype) else make(dtype, shape)
        return found

    return handle


_HANDLERS[stubs.shared.array], _HANDLERS[stubs.local.array] = memory("shared"), memory("local")


def constant_array(t, node, args, options):
    """`const.array_like`: the elements are part of the kernel's text, as they are when it is compiled."""
    given = [*args, *options.values()]
    outer = given[0].value if len(given) == 1 and isinstance(given[0], values.Object) else None
    if not isinstance(outer, np.ndarray):
        raise t.error(node, "const.array_like(array) takes a NumPy array of an enclosing scope")
    known = t.memory_of.get(id(node))
    if known is None:
        known = t.memory_of[id(node)] = constants(t, node, outer)
    return known


def constants(t, node, outer):
    """An array that is part of the kernel's text, with its elements as they are now."""
    if records.is_structured(outer.dtype):
        fields = [constants(t, node, outer[name]) for name in outer.dtype.names]
        return values.Record(fields, outer.dtype.names, outer.ndim, [])
    if outer.dtype.kind not in "biufc" or outer.nbytes > _MAX_CONSTANT:
        raise t.error(
            node, f"constants are numbers of {_MAX_CONSTANT} bytes in all at most, and this is an array of {outer.dtype} of {outer.nbytes} bytes: pass it as an argument"
        )
    copy = np.array(outer, order="C")
    return ir.Array("const", t.unit.unique("const"), copy.dtype, copy.ndim, copy.shape, constants=copy)


_HANDLERS[stubs.const.array_like] = constant_array


@register(stubs.syncthreads)
def syncthreads(t, node, args, options):
    t.emit(ir.Barrier(node))
    return values.Object(None)


@register(stubs.threadfence_block)
def threadfence_block(t, node, args, options):
    t.emit(ir.Barrier(node))
    return values.Object(None)


@register(stubs.threadfence, stubs.threadfence_system)
def threadfence(t, node, args, options):
    raise t.error(node, "there is no fence between workgroups on every GPU: end the kernel, and go on in a second one")


def vote(operation):
    def handle(t, node, args, options):
        name = t.temporary(types.BOOL if operation != "count" else int, "vote")
        t.emit(ir.Vote(node, name, operation, t.truth(node, one(t, node, args, f"syncthreads_{operation}"))))
        return ir.Local(t.types[name], name)

    return handle


for _name in ("count", "and", "or"):
    _HANDLERS[getattr(stubs, f"syncthreads_{_name}")] = vote(_name)


# ---- atomics ------------------------------------------------------------------------------------------------------------------------------------

#: How many values follow the index.
_ATOMIC_VALUES = {"cas": 2}


def atomic(operation):
    def handle(t, node, args, options):
        count = _ATOMIC_VALUES.get(operation, 1)
        if operation == "compare_and_swap":
            args, count = [args[0], ir.Const(int, 0), *args[1:]], 2
        if len(args) != 2 + count or not is_array(args[0]):
            raise t.error(node, f"atomic.{operation}(array, index, value) takes an array, an index or a tuple of them, and {count} value(s)")
        indices = args[1].items if isinstance(args[1], values.Tuple) else [args[1]]
        item = t.item(node, args[0], [t.converted(node, i, int) for i in indices])
        if not isinstance(item, ir.Load):
            raise t.error(node, f"the array is {args[0].ndim}-dimensional: give as many indices")
        array = item.array
        size, kind = array.dtype.itemsize, array.dtype.kind
        if array.constants is not None:
            raise t.error(node, "the elements of const.array_like cannot be written; cuda.shared.array can")
        if array.space == "local":
            raise t.error(node, "memory of one thread needs no atomic operations")
        if size not in (4, 8) or kind not in "iuf":
            raise t.error(node, f"atomic.{operation} on {array.dtype} has no form in WGSL: use int32, uint32 or float32, or 64 bits where the device has them")
        by_words = kind in "iu" and operation in ("add", "sub", "and_", "or_", "xor")
        if size == 8 and not by_words and not _anygpu.Device().int64_atomics:
            raise t.error(node, f"atomic.{operation} on {array.dtype} needs atomic operations on 64 bits, which {_anygpu.Device().name} has not: use 32 bits, or write to places of their own and sum")
        if operation in ("and_", "or_", "xor", "inc", "dec") and kind == "f":
            raise t.error(node, f"atomic.{operation} is for integers, and the array has {array.dtype}")
        array.written = array.atomic = True
        name = t.temporary(array.dtype, "old")
        given = [t.converted(node, a, array.dtype) for a in args[2:]]
        t.emit(ir.Atomic(node, name, "cas" if operation == "compare_and_swap" else operation, array, item.indices, given))
        return ir.Local(array.dtype, name)

    return handle


for _name, _stub in vars(stubs.atomic).items():
    if isinstance(_stub, stubs.Stub):
        _HANDLERS[_stub] = atomic(_name)


# ---- bits ---------------------------------------------------------------------------------------------------------------------------------------


def bits(name, text32):
    def handle(t, node, args, options):
        value = t.number(node, one(t, node, args, name))
        kind = types.storage(value.type)
        if kind.kind not in "iu":
            raise t.error(node, f"{name}() takes an integer, not {kind}")
        word = np.dtype("uint32")
        if kind.itemsize == 8:
            value = t.saved(t.converted(node, value, np.dtype("uint64")))
            low, high = (ir.Raw(word, text, [value]) for text in ("lo_u64({0})", "hi_u64({0})"))
            return ir.Cast(int, ir.Raw(np.dtype("int32"), _WIDE_BITS[name], [low, high])) if name != "brev" else ir.Raw(np.dtype("uint64"), _WIDE_BITS[name], [low, high])
        value = t.converted(node, value, word)
        result = ir.Raw(word if name == "brev" else np.dtype("int32"), text32, [value])
        return result if name == "brev" else ir.Cast(int, result)

    return handle


_WIDE_BITS = {
    "popc": "i32(countOneBits({0}) + countOneBits({1}))",
    "clz": "i32(select(countLeadingZeros({1}), 32u + countLeadingZeros({0}), ({1}) == 0u))",
    "ffs": "(select(i32(firstTrailingBit({0})) + 1i, select(i32(firstTrailingBit({1})) + 33i, 0i, ({1}) == 0u), ({0}) == 0u))",
    "brev": "make_u64(reverseBits({1}), reverseBits({0}))",
}
_HANDLERS[stubs.popc] = bits("popc", "i32(countOneBits({0}))")
_HANDLERS[stubs.clz] = bits("clz", "i32(countLeadingZeros({0}))")
_HANDLERS[stubs.ffs] = bits("ffs", "(i32(firstTrailingBit({0})) + 1i)")
_HANDLERS[stubs.brev] = bits("brev", "reverseBits({0})")


@register(stubs.selp)
def selp(t, node, args, options):
    if len(args) != 3:
        raise t.error(node, "selp(condition, a, b) takes three arguments")
    a, b = t.number(node, args[1]), t.number(node, args[2])
    kind = types.join(a.type, b.type)
    return ir.Select(kind, t.truth(node, args[0]), t.converted(node, a, kind), t.converted(node, b, kind))


@register(stubs.fma, *([math.fma] if hasattr(math, "fma") else []))
def fma(t, node, args, options):
    if len(args) != 3 or options:
        raise t.error(node, "fma(a, b, c) takes three numbers")
    numbers = [t.number(node, a) for a in args]
    kind = types.join(types.join(numbers[0].type, numbers[1].type), numbers[2].type)
    dtype = types.storage(kind)
    if dtype.kind == "c":
        raise t.error(node, f"fma() takes real numbers, not {dtype}")
    kind = kind if dtype.kind == "f" else float
    if dtype == np.float16:
        return t.converted(node, t.call(node, number_functions.fma_single, [t.converted(node, a, _FLOAT32) for a in numbers], {}), kind)
    single = types.same(kind, _FLOAT32)
    numbers = [t.converted(node, a, kind) for a in numbers]
    own = _anygpu.Device().fma_functions[0 if single else 1]
    if own is not None:
        numbers = [t.saved(a) for a in numbers]
        result = ir.Raw(kind, f"{own}({{0}}, {{1}}, {{2}})", numbers)
        return t.call(node, number_functions.fma_guarded, [*numbers, t.saved(result)], {}) if single else result
    # The device's rounds twice.
    return t.converted(node, t.call(node, number_functions.fma_single if single else number_functions.fma_double, numbers, {}), kind)
