"""Functions of numbers applied to arrays, broadcast: `vectorize`."""

import functools
import inspect
import math
from types import FunctionType

import numpy as np

from .. import _anygpu, creation_functions
from . import ir, signatures, types

_BLOCK = 256


class Vectorized:
    """A function of numbers as an elementwise operation: called with arrays and numbers, which are broadcast."""

    def __init__(self, function, otypes=None, ftylist=None, doc=None):
        if not isinstance(function, FunctionType):
            raise TypeError(f"vectorize: {function!r} is no function written in Python, whose text becomes a kernel: call it in one, as lambda x: f(x)")
        functools.update_wrapper(self, function)
        if doc is not None:
            self.__doc__ = doc
        self.py_func = function
        self.otypes = otypes
        self.signatures = signatures.parse(ftylist, f"vectorize of {function.__name__}()")
        self._compiled = {}

    def __repr__(self):
        return f"<vectorized {self.py_func.__name__}>"

    def __call__(self, *args, out=None, stream=0, **named):
        """The function of each element, in the dtype that the function gives, or that ``otypes`` or the first signature that takes the arguments says.

        ``out`` is an array (NumPy's too, which waits for the values), or a tuple of one for each result, to which the results have to cast by the rule "same_kind".
        Every ``stream`` is the device's one queue.
        """
        count = self.py_func.__code__.co_argcount
        if named:
            args = self._in_order(args, named)
        if out is None and len(args) == count + 1:
            *args, out = args
        least = count - len(self.py_func.__defaults__ or ())
        if not least <= len(args) <= count:
            raise TypeError(f"{self.__name__}() takes {count} arguments, and {len(args)} were given")
        arrays = [a if isinstance(a, _anygpu.ndarray) or types.type_of_number(a) is not None else creation_functions.asarray(a) for a in args]
        chosen = signatures.choose(self.signatures, arrays, self.__name__)
        if chosen is not None:
            arrays = [creation_functions.asarray(a).astype(p.dtype, copy=False) for a, p in zip(arrays, chosen.args)]
        outs = () if out is None else out if isinstance(out, tuple) else (out,)
        for given in outs:
            if not isinstance(given, (_anygpu.ndarray, np.ndarray)):
                raise TypeError(f"{self.__name__}(): out must be an array or a tuple of them, got {type(given).__name__}")
        shape = np.broadcast_shapes(*(a.shape for a in arrays if isinstance(a, _anygpu.ndarray)), *(o.shape for o in outs))
        key = tuple((a.dtype,) if isinstance(a, _anygpu.ndarray) else types.type_of_number(a) for a in arrays)
        ndim = max(len(shape), 1)
        otypes = self.otypes if chosen is None or chosen.return_type is None else [chosen.return_type.dtype]
        # One signature for one key: the arguments have its dtypes.
        compiled = self._compiled.get((key, ndim))
        if compiled is None:
            compiled = self._compiled[key, ndim] = _compile(self, key, ndim, otypes)
        kernel, results, pack = compiled
        if outs:
            self._check_outs(outs, results, shape)
        from .. import manipulation_functions

        operands = [manipulation_functions.broadcast_to(a, shape or (1,)) for a in arrays if isinstance(a, _anygpu.ndarray)]
        outputs = [creation_functions.empty(shape or (1,), types.storage(r)) for r in results]
        size = math.prod(shape)
        if size:
            words = pack([a for a in arrays if not isinstance(a, _anygpu.ndarray)])
            kernel.launch([*operands, *outputs], words, [-(-size // _BLOCK), 1, 1])
        outputs = [o.reshape(shape) for o in outputs]
        for given, output in zip(outs, outputs):
            given[...] = output
        outputs = outs or outputs
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def _in_order(self, args, named):
        """The arguments by position, up to the last one named."""
        bound = inspect.signature(self.py_func).bind(*args, **named)
        last = max(list(bound.signature.parameters).index(name) for name in named)
        bound.apply_defaults()
        return bound.args[: max(last + 1, len(args))]

    def _check_outs(self, outs, results, shape):
        if len(outs) != len(results):
            raise ValueError(f"{self.__name__}(): out must hold one array for each of {len(results)} result(s), got {len(outs)}")
        for out, result in zip(outs, results):
            result = np.dtype(types.storage(result))
            if out.shape != shape:
                raise ValueError(f"{self.__name__}(): output array of shape {out.shape} given for a result of shape {shape}")
            if not np.can_cast(result, out.dtype, "same_kind"):
                raise TypeError(f"{self.__name__}(): cannot cast the result from {result} to out's {out.dtype} with casting rule 'same_kind'")

    def reduce(self, arg, n=0, stream=0):
        """The function of two numbers applied over a one-dimensional array, its first ``n`` elements if given: a number."""
        from ..cuda.decorators import Reduce

        x = creation_functions.asarray(arg)
        if x.ndim != 1 or x.size == 0:
            raise TypeError(f"{self.__name__}.reduce(): takes a one-dimensional array with elements, not one of shape {x.shape}")
        return Reduce(self.py_func)(x[1 : n or x.size], init=x[0].item())

    def inspect_wgsl(self):
        """The text of each compiled form, by argument types."""
        return {key: kernel.wgsl for key, (kernel, _, _) in self._compiled.items()}


def _compile(vectorized, key, ndim, otypes):
    """(kernel, types of the results, how the numbers become words) for arguments given as (dtype,) for arrays, as types for numbers."""
    from . import frontend, watched
    from .dispatcher import pack_numbers

    function = vectorized.py_func
    unit = frontend.Unit(checked=_anygpu.Device().is_checked)
    unit.stack.append(function)
    names = list(function.__code__.co_varnames[: function.__code__.co_argcount])
    inner = [ir.Local(k[0] if isinstance(k, tuple) else k, n) for k, n in zip(key, names)]
    translator = frontend.Translator(unit, function, inner, kernel=False)
    compiled = translator.translate()
    if not compiled.results:
        raise translator.error(translator.node, f"{function.__name__}() returns nothing, and each element has to get a value")
    unit.functions[compiled.name] = compiled
    results = compiled.results
    if otypes is not None:
        wanted = otypes
        results = [np.dtype(t) for t in (wanted if isinstance(wanted, (list, tuple)) or (isinstance(wanted, str) and len(wanted) > 1) else [wanted])]
    arrays, numbers, arguments = [], [], []
    for k in key:
        if isinstance(k, tuple):
            arrays.append(ir.Array("argument", f"a{len(arrays)}", k[0], ndim, parameter=len(arrays)))
            arguments.append(arrays[-1])
        else:
            arguments.append(ir.Argument(k, len(numbers)))
            numbers.append(k)
    outputs = []
    for kind in results:
        outputs.append(ir.Array("argument", f"a{len(arrays)}", types.storage(kind), ndim, parameter=len(arrays), written=True))
        arrays.append(outputs[-1])
    # The position in the result, split into one index an axis.
    body, rest, indices = [], ir.Global(int, 0, False), []
    for axis in reversed(range(1, ndim)):
        length = ir.Length(int, outputs[0], axis)
        indices.insert(0, translator.operation("remainder", rest, length))
        rest = translator.operation("floor_divide", rest, length)
    indices.insert(0, rest)
    inside = translator.operation("less", rest, ir.Length(int, outputs[0], 0))
    given = [ir.Load(a.dtype, a, indices) if isinstance(a, ir.Array) else a for a in arguments]
    body.append(ir.Call(None, "result", compiled, given))
    for k, (target, kind) in enumerate(zip(outputs, compiled.results)):
        body.append(ir.Store(None, target, indices, translator.converted(None, ir.Field(kind, "result", k), target.dtype)))
    kernel = ir.Function("main", [], [ir.If(None, inside, body, [])], {}, [])
    compiled = watched.Watched(function.__name__, kernel, arrays, numbers, (_BLOCK, 1, 1), ((2**31 - 1) // _BLOCK, 1, 1))
    return compiled, results, pack_numbers(numbers)


#: What Numba's `vectorize` and NumPy's take beside, and has no meaning here.
_WITHOUT_MEANING = {"nopython", "forceobj", "looplift", "cache", "identity", "fastmath", "parallel", "writable_args", "strict"}


def vectorize(pyfunc=None, otypes=None, doc=None, excluded=None, cache=False, signature=None, *, target=None, **options):
    """A function of numbers as an elementwise operation on arrays of the device, compiled for their dtypes.

    The result's dtype follows from the function's arithmetic, or is given by ``otypes``. With signatures in place of the function (Numba's form, such as
    ``["float32(float32, float32)"]``) the first one that takes the arguments without loss says to which dtypes they are converted, and the result's.
    ``excluded`` and ``signature`` are NumPy's for functions of whole arrays: they raise NotImplementedError.

    >>> import anygpu as ag
    >>> @ag.vectorize
    ... def clipped(x, low, high):
    ...     return low if x < low else high if x > high else x
    >>> clipped(ag.arange(6), 1, 4)
    array([1, 1, 2, 3, 4, 4])
    """
    unknown = options.keys() - _WITHOUT_MEANING
    if unknown:
        raise TypeError(f"vectorize() got unexpected keyword arguments {sorted(unknown)}")
    if excluded or signature is not None:
        raise NotImplementedError("vectorize: `excluded` and `signature` are not supported: the function becomes a kernel, which sees one number of each argument")
    if callable(pyfunc) and not isinstance(pyfunc, type):
        return Vectorized(pyfunc, otypes, doc=doc)
    return lambda function: Vectorized(function, otypes, pyfunc, doc)

