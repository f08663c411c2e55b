"""Indexing of arrays in kernels: elements, rows and slices, and what is done with each element of a part.

A slice is where it begins, how many elements it has and the step between them, in variables of the thread; nothing is copied.
"""

import ast

import numpy as np

from . import ir, types, values

_ZERO, _ONE = ir.Const(int, 0), ir.Const(int, 1)
#: Steps beyond it lead out of every array.
_MAX_STEP = 2**31 - 1


_REARRANGED = (values.Transposed, values.Reshaped)


def array_under(value):
    """The `ir.Array` that an array or a part of one stands for."""
    while isinstance(value, _REARRANGED):
        value = value.base
    return value.array if isinstance(value, values.View) else value


def is_array(value):
    """Whether a value of a kernel is an array or a part of one."""
    return isinstance(value, (ir.Array, values.View, *_REARRANGED))


class Subscripts:
    """What translates subscripts and attributes of arrays; a part of `Expressions`."""

    # ---- arrays and their parts ---------------------------------------------------------------------------------------------------------------

    def array_attribute(self, node, owner, name):
        if name == "shape":
            return values.Tuple(self.lengths(owner))
        if name == "ndim":
            return ir.Const(int, owner.ndim)
        if name == "size":
            size = _ONE
            for length in self.lengths(owner):
                size = self.operation("multiply", size, length)
            return size
        if name == "T":
            return self.transposed(node, owner, [])
        if name in ("itemsize", "nbytes"):
            item = ir.Const(int, array_under(owner).dtype.itemsize)
            return item if name == "itemsize" else self.operation("multiply", self.array_attribute(node, owner, "size"), item)
        if name == "strides" and isinstance(owner, values.Transposed):
            strides = self.array_attribute(node, owner.base, "strides").items
            return values.Tuple([strides[axis] for axis in owner.order])
        array = array_under(owner)
        if name == "strides" and not isinstance(owner, values.Reshaped) and array.space == "argument":
            found = []
            for axis, entry in values.View(array, []).axes if owner is array else owner.axes:
                step = ir.Const(int, array.dtype.itemsize)
                if entry is not None:
                    step = self.operation("multiply", entry.step, step)
                found.append(self.operation("multiply", ir.Length(int, array, axis, True), step))
            return values.Tuple(found)
        if name == "dtype":
            return values.Object(array.dtype)
        if hasattr(np.ndarray, name) and callable(getattr(np.ndarray, name)):
            return values.Method(owner, name)
        raise self.error(node, f"arrays in kernels have shape, ndim, size, strides, itemsize, nbytes, dtype, T and methods; not `{name}`")

    def length(self, owner, axis):
        """The length of an array or a part of one along one of its axes."""
        if isinstance(owner, values.Record):
            return self.record_lengths(owner)[axis]
        if isinstance(owner, values.Transposed):
            return self.length(owner.base, owner.order[axis])
        if isinstance(owner, values.Reshaped):
            return owner.shape[axis]
        array, entry = owner, None
        if isinstance(owner, values.View):
            array = owner.array
            axis, entry = owner.axes[axis]
        if entry is not None:
            return entry.length
        return ir.Length(int, array, axis) if array.shape is None else ir.Const(int, int(array.shape[axis]))

    def lengths(self, owner):
        return [self.length(owner, axis) for axis in range(owner.ndim)]

    def index_list(self, node):
        """What stands in the brackets: integers, `slice` of integers or None, and Ellipsis."""
        index = node.slice
        found = []
        for part in index.elts if isinstance(index, ast.Tuple) else [index]:
            if isinstance(part, ast.Slice):
                bounds = (part.lower, part.upper, part.step)
                found.append(slice(*(None if bound is None else self.bound_of(bound, self.expression(bound)) for bound in bounds)))
                continue
            value = self.expression(part)
            for item in value.items if isinstance(value, values.Tuple) else [value]:
                if isinstance(item, values.Object) and item.value is Ellipsis:
                    if Ellipsis in found:
                        raise self.error(node, "an index can only have a single ellipsis ('...')")
                    found.append(Ellipsis)
                else:
                    found.append(self.integer(node, item))
        return found

    def integer(self, node, value):
        kind = types.storage(self.number(node, value).type)
        if kind.kind not in "iub":
            raise self.error(node, f"an index is an integer, not {kind}")
        if kind == types.UINT64 and not isinstance(value, ir.Const):
            # Beyond int64 it is beyond every array, too, and not negative.
            value = self.operation("minimum", value, ir.Const(kind, np.uint64(2**63 - 1)))
        return self.converted(node, value, int)

    def bound_of(self, node, value):
        """A bound of a slice; None where it is None."""
        return None if isinstance(value, values.Object) and value.value is None else self.integer(node, value)

    def item(self, node, owner, parts):
        """An element of an array or of a part of it, or a smaller part."""
        if isinstance(owner, _REARRANGED):
            return self.rearranged_item(node, owner, parts)
        if isinstance(owner, values.Record):
            return self.record_item(node, owner, parts)
        array, entries = (owner.array, owner.indices) if isinstance(owner, values.View) else (owner, [])
        entries = [*entries, *[None] * (array.ndim - len(entries))]
        places = [axis for axis, entry in enumerate(entries) if not isinstance(entry, ir.Expr)]
        given = [part for part in parts if part is not Ellipsis]
        if len(given) > len(places):
            raise self.error(node, f"too many indices: `{array.name}` is {len(places)}-dimensional, but {len(given)} were indexed")
        if len(given) < len(parts):
            before = parts.index(Ellipsis)
            places = places[:before] + places[len(places) - (len(given) - before) :]
        for axis, part in zip(places, given):
            entries[axis] = self.narrowed(node, array, axis, entries[axis], part)
        if len(entries) == array.ndim and all(isinstance(entry, ir.Expr) for entry in entries):
            return ir.Load(array.dtype, array, entries)
        while entries and entries[-1] is None:
            entries.pop()
        return values.View(array, entries) if entries else array

    def narrowed(self, node, array, axis, entry, part):
        """What an axis becomes that is whole (None) or a slice: by an index an index of the array, by a slice a slice."""
        if not isinstance(part, slice):
            return part if entry is None else ir.Within(int, part, entry.start, entry.length, entry.step)
        if part == slice(None):
            return entry
        whole = values.View(array, [_ZERO] * axis)
        inner = self.slice_of(node, self.length(whole, 0) if entry is None else entry.length, part)
        if entry is None:
            return inner
        start = self.operation("add", entry.start, self.operation("multiply", inner.start, entry.step))
        constant = isinstance(inner.step, ir.Const) and isinstance(entry.step, ir.Const)
        step = ir.Const(int, inner.step.value * entry.step.value) if constant else self.operation("multiply", inner.step, entry.step)
        return values.Slice(self.saved(start), inner.length, self.saved(self.step_of(step)))

    def step_of(self, step):
        if isinstance(step, ir.Const):
            return ir.Const(int, max(-_MAX_STEP, min(step.value, _MAX_STEP)))
        return self.operation("maximum", self.operation("minimum", step, ir.Const(int, _MAX_STEP)), ir.Const(int, -_MAX_STEP))

    def slice_of(self, node, length, given):
        """The indices from `start` to `stop` of an axis, as Python's `slice.indices` has them."""
        length = self.saved(length)
        step = self.saved(self.step_of(_ONE if given.step is None else given.step))
        last = self.operation("subtract", length, _ONE)
        if isinstance(step, ir.Const):
            if step.value == 0:
                raise self.error(node, "slice step cannot be zero")
            # The first and the last place to begin or to end at.
            low, high = (_ZERO, length) if step.value > 0 else (ir.Const(int, -1), last)
            first, end = (low, high) if step.value > 0 else (high, low)
        else:
            forward = self.operation("greater", step, _ZERO)
            low, high = ir.Select(int, forward, _ZERO, ir.Const(int, -1)), ir.Select(int, forward, length, last)
            first, end = ir.Select(int, forward, low, high), ir.Select(int, forward, high, low)
        start = self.saved(first if given.start is None else self.clipped(given.start, length, low, high))
        stop = end if given.stop is None else self.clipped(given.stop, length, low, high)
        if isinstance(step, ir.Const):
            span, size = self.operation("subtract", *((stop, start) if step.value > 0 else (start, stop))), ir.Const(int, abs(step.value))
        else:
            stop = self.saved(stop)
            span = ir.Select(int, forward, self.operation("subtract", stop, start), self.operation("subtract", start, stop))
            # A step of zero, known at run time only, makes an empty slice.
            span = ir.Select(int, self.operation("equal", step, _ZERO), _ZERO, span)
            size = self.operation("maximum", self.operation("absolute", step), _ONE)
        if not (isinstance(size, ir.Const) and size.value == 1):
            span = self.operation("floor_divide", self.operation("add", span, self.operation("subtract", size, _ONE)), size)
        return values.Slice(start, self.saved(self.operation("maximum", span, _ZERO)), step)

    def clipped(self, bound, length, low, high):
        """A bound of a slice as a place along the axis; a negative one counts from the end."""
        if isinstance(bound, ir.Const):
            place = bound if bound.value >= 0 else self.operation("add", bound, length)
        else:
            bound = self.saved(bound)
            place = ir.Select(int, self.operation("less", bound, _ZERO), self.operation("add", bound, length), bound)
        return self.operation("maximum", self.operation("minimum", place, high), low)

    # ---- assignments --------------------------------------------------------------------------------------------------------------------------

    def place(self, node):
        """The element (an `ir.Load`) or the part of an array that a subscript names, to be written."""
        owner = self.array_of(node, self.expression(node.value))
        if isinstance(owner, values.Record):
            found = self.record_subscript(node, owner)
            return found if isinstance(found, values.Record) else self.writable(node, found)
        if not is_array(owner):
            raise self.error(node, "only elements of arrays can be assigned")
        found = self.item(node, owner, self.index_list(node))
        return self.writable(node, found)

    def writable(self, node, place):
        array = place.array if isinstance(place, ir.Load) else array_under(place)
        if array.constants is not None:
            raise self.error(node, "the elements of constants cannot be written; those of cuda.local.array can")
        array.written = True
        return place

    def each(self, node, lengths, body, order=None):
        """Loops over all indices of these lengths; `body` takes the indices. `order` makes an index of the axis, its length and the turn."""
        lengths = [self.saved(length) for length in lengths]

        def nested(indices):
            if len(indices) == len(lengths):
                body(indices)
                return
            axis = len(indices)

            def turn(k):
                nested([*indices, k if order is None else order(axis, lengths[axis], k)])

            self.counted(node, values.Range(_ZERO, lengths[axis], _ONE), turn)

        nested([])

    def broadcast(self, node, operand, ndim):
        """A function from the indices of an element of a result to the number that an operand has there."""
        operand = self.array_of(node, operand)
        if not is_array(operand):
            number = self.saved(self.number(node, operand))
            return lambda indices: number
        if operand.ndim > ndim:
            raise self.error(node, f"{operand.ndim} dimensions do not fit into {ndim}")
        operand = self.settled(operand)
        lengths = [self.saved(length) for length in self.lengths(operand)]

        def element(indices):
            chosen = []
            for length, index in zip(lengths, indices[ndim - operand.ndim :]):
                # What has one element stands at every place.
                if isinstance(length, ir.Const):
                    chosen.append(_ZERO if length.value == 1 else index)
                else:
                    chosen.append(ir.Select(int, self.operation("equal", length, _ONE), _ZERO, index))
            return self.item(node, operand, chosen) if operand.ndim else self.number(node, operand)

        return element

    def assign_part(self, node, part, value, operator=None):
        """`part = value` for each element, or `part += value` with an operator; numbers and arrays of fewer dimensions or of length one broadcast."""
        part = self.settled(self.writable(node, part))
        value = self.array_of(node, value)
        if isinstance(value, values.Tuple):
            if part.ndim != 1 or operator is not None:
                raise self.error(node, f"a tuple is assigned to one dimension, and this has {part.ndim}")
            if len(value.items) == 1:
                self.assign_part(node, part, value.items[0])
                return
            for k, number in enumerate(self.settled(value).items):
                place = self.item(node, part, [ir.Const(int, k)])
                self.emit(ir.Store(node, place.array, place.indices, self.converted(node, number, place.type)))
            return
        order = self.order(node, part, value) if is_array(value) else None
        element = self.broadcast(node, value, part.ndim)

        def body(indices):
            place, new = self.item(node, part, indices), element(indices)
            if operator is not None:
                new = self.binary(node, operator, place, new)
            self.emit(ir.Store(node, place.array, place.indices, self.converted(node, new, place.type)))

        self.each(node, self.lengths(part), body, order)

    def order(self, node, part, value):
        """The order in which the elements of a part are written, for `each`, where `value` is another part of the same array; None for any."""
        arrays = [array_under(v) for v in (part, value)]
        if arrays[0] is not arrays[1] or value is part:
            return None
        if isinstance(part, _REARRANGED) or isinstance(value, _REARRANGED):
            raise self.error(node, "an array and the same one transposed or reshaped are not assigned to each other: use cuda.local.array between")
        axes = [(v if isinstance(v, values.View) else values.View(arrays[0], [])).axes for v in (part, value)]
        steps = [[_ONE if entry is None else entry.step for _, entry in found] for found in axes]
        if [axis for axis, _ in axes[0]] != [axis for axis, _ in axes[1]] or not all(isinstance(s, ir.Const) for s in (*steps[0], *steps[1])) or steps[0] != steps[1]:
            raise self.error(node, "parts of one array that may overlap are assigned to each other with the same constant steps along the same axes only: use cuda.local.array between")
        backwards, repeated, places = ir.Const(types.BOOL, False), [], []
        for axis, ((_, ours), (_, theirs), step) in reversed(list(enumerate(zip(*axes, steps[0])))):
            ours, theirs = (_ZERO if entry is None else entry.start for entry in (ours, theirs))
            # An element that is read for each one along the axis is written last of all.
            one = self.saved(self.operation("equal", self.length(value, axis), _ONE))
            repeated.insert(0, one)
            places.insert(0, self.saved(self.operation("floor_divide", self.operation("subtract", theirs, ours), step)))
            behind = ir.Both(types.BOOL, "and", self.operation("logical_not", one), self.operation("greater" if step.value > 0 else "less", ours, theirs))
            level = ir.Both(types.BOOL, "or", one, self.operation("equal", ours, theirs))
            backwards = self.saved(ir.Both(types.BOOL, "or", behind, ir.Both(types.BOOL, "and", level, backwards)))

        def index(axis, length, k):
            last = self.operation("subtract", length, _ONE)
            reverse = ir.Select(int, backwards, self.operation("subtract", last, k), k)
            start = self.operation("add", self.operation("maximum", self.operation("minimum", places[axis], last), _ZERO), _ONE)
            turned = self.saved(self.operation("add", k, start))
            turned = ir.Select(int, self.operation("greater", turned, last), self.operation("subtract", turned, length), turned)
            return self.saved(ir.Select(int, repeated[axis], turned, reverse))

        return index

    def over_elements(self, node, out, inputs, function):
        """`np.sin(x, out)`: `function` of the numbers at each place of `out`."""
        out = self.settled(self.writable(node, self.array_of(node, out)))
        orders = [d for x in inputs if is_array(self.array_of(node, x)) for d in [self.order(node, out, self.array_of(node, x))] if d is not None]
        if len(orders) > 1:
            raise self.error(node, "several operands are other parts of the array that is written: use cuda.local.array between")
        elements = [self.broadcast(node, x, out.ndim) for x in inputs]

        def body(indices):
            place, new = self.item(node, out, indices), function([element(indices) for element in elements])
            self.emit(ir.Store(node, place.array, place.indices, self.converted(node, new, place.type)))

        self.each(node, self.lengths(out), body, *orders)
        return values.Object(None)
