"""Arrays of kernels in other shapes, and what is computed of all their elements: `x.reshape(...)`, `x.T`, `x.sum()`, `np.argmax(x)`.

Nothing is copied: an index into a reshaped array becomes its place in C order, and that the indices of the array it was made of.
"""

import numpy as np

from . import ir, types, values
from .intrinsics import register
from .subscripts import array_under, is_array

_ZERO, _ONE = ir.Const(int, 0), ir.Const(int, 1)
_NEEDS_MEMORY = {"copy", "flatten", "astype", "tolist", "repeat", "sort", "argsort", "cumsum", "cumprod", "nonzero", "take"}


class ArrayMethods:
    """What translates methods of arrays; a part of `Expressions`."""

    def rearranged_item(self, node, owner, parts):
        """An element of a reshaped or transposed array, or a smaller part of it."""
        given = [part for part in parts if part is not Ellipsis]
        if len(given) > owner.ndim:
            raise self.error(node, f"too many indices: this array is {owner.ndim}-dimensional, but {len(given)} were indexed")
        before = parts.index(Ellipsis) if len(given) < len(parts) else len(given)
        full = [*given[:before], *[slice(None)] * (owner.ndim - len(given)), *given[before:]]
        if isinstance(owner, values.Transposed):
            found = [None] * owner.ndim
            for axis, part in zip(owner.order, full):
                found[axis] = part
            left = [axis for axis, part in zip(owner.order, full) if isinstance(part, slice)]
            inner = self.item(node, owner.base, found)
            order = [sorted(left).index(axis) for axis in left]
            return inner if order == sorted(order) else values.Transposed(inner, order)
        while full and full[-1] == slice(None):
            full.pop()
        if any(isinstance(part, slice) for part in full):
            raise self.error(node, "a slice of a reshaped array has no form in a kernel: take the slice first, and reshape it, or loop over the elements")
        return self.reshaped_item(node, owner, full)

    def reshaped_item(self, node, owner, indices):
        offset = owner.offset
        for axis, index in enumerate(indices):
            place = ir.Within(int, index, _ZERO, owner.shape[axis], _ONE)
            offset = self.operation("add", offset, self.operation("multiply", place, self.product(owner.shape[axis + 1 :])))
        rest = owner.shape[len(indices) :]
        if rest:
            return values.Reshaped(owner.base, rest, self.saved(offset))
        place, found = offset, []
        for length in reversed(self.lengths(owner.base)[1:]):
            place = self.saved(place)
            found.insert(0, self.operation("remainder", place, length))
            place = self.operation("floor_divide", place, length)
        return self.item(node, owner.base, [place, *found]) if owner.base.ndim else self.item(node, owner.base, [])

    def product(self, lengths):
        result = _ONE
        for length in lengths:
            constant = isinstance(result, ir.Const) and isinstance(length, ir.Const)
            result = ir.Const(int, result.value * length.value) if constant else self.operation("multiply", result, length)
        return result

    def reshaped(self, node, owner, shape):
        """`owner.reshape(shape)`."""
        owner = self.settled(owner)
        size = self.product(self.lengths(owner))
        shape = [self.integer(node, n) for n in shape]
        unknown = [k for k, n in enumerate(shape) if isinstance(n, ir.Const) and n.value == -1]
        if len(unknown) > 1:
            raise self.error(node, "can only specify one unknown dimension")
        # -1 that is known at run time only counts, too.
        known = [n if isinstance(n, ir.Const) else self.saved(ir.Select(int, self.operation("less", n, _ZERO), _ONE, n)) for k, n in enumerate(shape) if k not in unknown]
        least = self.product(known)
        rest = self.saved(self.operation("floor_divide", size, self.operation("maximum", least, _ONE)))
        shape = [rest if k in unknown else n if isinstance(n, ir.Const) else self.saved(ir.Select(int, self.operation("less", n, _ZERO), rest, n)) for k, n in enumerate(shape)]
        whole = self.product(shape)
        if isinstance(size, ir.Const) and isinstance(whole, ir.Const):
            if size.value != whole.value:
                raise self.error(node, f"cannot reshape array of size {size.value} into shape {tuple(n.value for n in shape)}")
        elif self.unit.debug:
            self.raise_where(node, self.operation("not_equal", size, whole), ValueError, "cannot reshape array of this size into this shape")
        if isinstance(owner, values.Reshaped):
            return values.Reshaped(owner.base, shape, owner.offset)
        return values.Reshaped(owner, shape, _ZERO)

    def transposed(self, node, owner, axes):
        """`owner.transpose(axes)`, the axes reversed where none are given."""
        order = [self.integer(node, axis) for axis in axes] if axes else [ir.Const(int, k) for k in reversed(range(owner.ndim))]
        if not all(isinstance(axis, ir.Const) for axis in order):
            raise self.error(node, "the axes of a transposed array are constants")
        order = [axis.value + owner.ndim * (axis.value < 0) for axis in order]
        if sorted(order) != list(range(owner.ndim)):
            raise self.error(node, f"axes {tuple(order)} do not name each of {owner.ndim} axes once")
        if isinstance(owner, values.Transposed):
            owner, order = owner.base, [owner.order[axis] for axis in order]
        return owner if order == list(range(owner.ndim)) else values.Transposed(owner, order)

    def array_method(self, node, owner, name, args, options):
        """A call of a method of an array."""
        if options:
            raise self.error(node, f"{name}() of an array takes no keyword arguments in a kernel, and {', '.join(options)} was given")
        items = args[0].items if len(args) == 1 and isinstance(args[0], values.Tuple) else args
        if name == "reshape":
            return self.reshaped(node, owner, items)
        if name == "ravel" and not args:
            return self.reshaped(node, owner, [ir.Const(int, -1)])
        if name == "transpose":
            return self.transposed(node, owner, [] if len(args) == 1 and isinstance(args[0], values.Object) and args[0].value is None else items)
        if name == "fill" and len(args) == 1:
            self.assign_part(node, owner, args[0])
            return values.Object(None)
        if name == "item":
            if not items and owner.ndim:
                return self.item(node, self.reshaped(node, owner, [ir.Const(int, -1)]), [_ZERO])
            if len(items) == 1 and owner.ndim != 1:
                return self.item(node, self.reshaped(node, owner, [ir.Const(int, -1)]), [self.integer(node, items[0])])
            return self.number(node, self.item(node, owner, [self.integer(node, i) for i in items]))
        if name in _REDUCTIONS and not args:
            return _REDUCTIONS[name](self, node, self.settled(owner))
        if name in _NEEDS_MEMORY:
            raise self.error(node, f"{name}() makes an array, and a kernel has memory for cuda.local.array and cuda.shared.array only: copy into one of them")
        raise self.error(node, f"arrays have no {name}() with these arguments in a kernel; they have reshape, ravel, transpose, fill, item, {', '.join(_REDUCTIONS)}")


# ---- reductions ---------------------------------------------------------------------------------------------------------------------------------


def _accumulated(t, node, owner, start, combine):
    """A variable that starts with a value and becomes `combine(variable, element, position)` for each element."""
    name = t.temporary(start.type, "all")
    t.emit(ir.Assign(node, name, start))
    so_far = ir.Local(start.type, name)

    def body(indices):
        element = t.saved(t.number(node, t.item(node, owner, indices)))
        t.emit(ir.Assign(node, name, t.converted(node, combine(so_far, element), start.type)))

    t.each(node, t.lengths(owner), body)
    return so_far


def _dtype(owner):
    return array_under(owner).dtype


def _total_dtype(owner):
    """NumPy's dtype of sums and products."""
    return np.add.reduce(np.empty(0, _dtype(owner))).dtype


def _summed(operation, start, skips=False):
    def reduce(t, node, owner):
        kind = _total_dtype(owner)

        def combine(so_far, element):
            new = t.operation(operation, so_far, t.converted(node, element, kind))
            return ir.Select(kind, t.operation("isnan", element), so_far, new) if skips and _dtype(owner).kind in "fc" else new

        return _accumulated(t, node, owner, t.constant_as(start, kind), combine)

    return reduce


def _counted(operation, start, of):
    """Over truth values: `of(t, node, element)`."""

    def reduce(t, node, owner):
        kind = types.BOOL if isinstance(start, bool) else int
        return _accumulated(t, node, owner, t.constant_as(start, kind), lambda so_far, element: t.operation(operation, so_far, t.converted(node, of(t, node, element), kind)))

    return reduce


def _first(t, node, owner):
    return t.saved(t.number(node, t.item(node, owner, [_ZERO] * owner.ndim)))


def _check_not_empty(t, node, owner, name):
    size = t.product(t.lengths(owner))
    if isinstance(size, ir.Const) and size.value == 0:
        raise t.error(node, f"zero-size array to reduction operation {name} which has no identity")
    if t.unit.debug and not isinstance(size, ir.Const):
        t.raise_where(node, t.operation("equal", size, _ZERO), ValueError, f"zero-size array to reduction operation {name} which has no identity")


def _extreme(operation):
    def reduce(t, node, owner):
        _check_not_empty(t, node, owner, operation)
        kind = _dtype(owner)
        return _accumulated(t, node, owner, _first(t, node, owner), lambda so_far, element: ir.Cast(kind, t.operation(operation, so_far, element)))

    return reduce


def _position(comparison):
    def reduce(t, node, owner):
        _check_not_empty(t, node, owner, comparison)
        best = t.temporary(_dtype(owner), "best")
        t.emit(ir.Assign(node, best, _first(t, node, owner)))
        best = ir.Local(_dtype(owner), best)
        place, found = (t.temporary(int, name) for name in ("place", "found"))
        t.emit(ir.Assign(node, place, ir.Const(int, -1)))
        place = ir.Local(int, place)

        def combine(so_far, element):
            t.emit(ir.Assign(node, place.name, t.operation("add", place, _ONE)))
            better = t.operation(comparison, element, best)
            if best.type.kind in "fc":
                # The first that is not a number is the one.
                new = ir.Both(types.BOOL, "and", t.operation("isnan", element), t.operation("logical_not", t.operation("isnan", best)))
                better = t.saved(ir.Both(types.BOOL, "or", new, better))
            better = t.saved(better)
            t.emit(ir.Assign(node, best.name, ir.Select(best.type, better, element, best)))
            return ir.Select(int, better, place, so_far)

        return _accumulated(t, node, owner, _ZERO, combine)

    return reduce


def _mean(skips=False):
    def reduce(t, node, owner):
        kind = _float_dtype(owner)
        total = t.converted(node, _summed("add", 0, skips)(t, node, owner), kind)
        return t.apply(node, "divide", total, t.converted(node, _size(t, node, owner, skips), kind))

    return reduce


def _float_dtype(owner):
    dtype = _dtype(owner)
    return dtype if dtype.kind in "fc" else types.FLOAT64


def _size(t, node, owner, skips):
    if skips and _dtype(owner).kind in "fc":
        return _counted("add", 0, lambda t, node, e: t.operation("logical_not", t.operation("isnan", e)))(t, node, owner)
    return t.product(t.lengths(owner))


def _variance(root, skips=False):
    def reduce(t, node, owner):
        kind = _float_dtype(owner)
        real = np.dtype(f"f{kind.itemsize // 2}") if kind.kind == "c" else kind
        mean = t.saved(_mean(skips)(t, node, owner))

        def combine(so_far, element):
            apart = t.saved(t.operation("absolute", t.operation("subtract", t.converted(node, element, kind), mean)))
            new = t.operation("add", so_far, t.operation("multiply", apart, apart))
            return ir.Select(real, t.operation("isnan", element), so_far, new) if skips and _dtype(owner).kind in "fc" else new

        total = _accumulated(t, node, owner, t.constant_as(0, real), combine)
        result = t.apply(node, "divide", total, t.converted(node, _size(t, node, owner, skips), real))
        return t.apply(node, "sqrt", result) if root else result

    return reduce


#: Methods of arrays, and NumPy's functions.
_REDUCTIONS = {
    "sum": _summed("add", 0),
    "prod": _summed("multiply", 1),
    "min": _extreme("minimum"),
    "max": _extreme("maximum"),
    "argmin": _position("less"),
    "argmax": _position("greater"),
    "mean": _mean(),
    "var": _variance(False),
    "std": _variance(True),
    "any": _counted("logical_or", False, lambda t, node, e: t.truth(node, e)),
    "all": _counted("logical_and", True, lambda t, node, e: t.truth(node, e)),
}
_FUNCTIONS = {
    **_REDUCTIONS,
    "amin": _REDUCTIONS["min"],
    "amax": _REDUCTIONS["max"],
    "nansum": _summed("add", 0, True),
    "nanprod": _summed("multiply", 1, True),
    "nanmin": _extreme("fmin"),
    "nanmax": _extreme("fmax"),
    "nanmean": _mean(True),
    "nanvar": _variance(False, True),
    "nanstd": _variance(True, True),
    "count_nonzero": _counted("add", 0, lambda t, node, e: t.truth(node, e)),
}


def _function(name, reduce):
    def handle(t, node, args, options):
        owner = t.array_of(node, args[0]) if len(args) == 1 and not options else None
        if isinstance(owner, values.Tuple):
            raise t.error(node, f"{name}() of a tuple has no form in a kernel")
        if not is_array(owner):
            raise t.error(node, f"{name}() takes one array in a kernel, and reduces all of it")
        return reduce(t, node, t.settled(owner))

    return handle


for _name, _reduce in _FUNCTIONS.items():
    register(getattr(np, _name))(_function(_name, _reduce))


@register(sum)
def python_sum(t, node, args, options):
    owner = t.array_of(node, args[0]) if args else None
    start = [*args[1:], *options.values()]
    if not isinstance(owner, values.Tuple) and not (is_array(owner) and owner.ndim == 1):
        raise t.error(node, "sum() takes a tuple, or an array of one dimension")
    if is_array(owner):
        total = _summed("add", 0)(t, node, t.settled(owner))
        return t.apply(node, "add", start[0], total) if start else total
    total = start[0] if start else _ZERO
    for item in owner.items:
        total = t.apply(node, "add", total, item)
    return total


@register(np.reshape)
def reshape(t, node, args, options):
    if len(args) != 2 or options:
        raise t.error(node, "reshape() takes an array and a shape")
    return t.array_method(node, t.array_of(node, args[0]), "reshape", [args[1]], {})


for _name in ("transpose", "ravel"):

    @register(getattr(np, _name))
    def _rearranged(t, node, args, options, name=_name):
        return t.array_method(node, t.array_of(node, args[0]), name, args[1:], options)
