"""From `ir` to the WGSL of one kernel. Operations, conversions and element access are the array library's, asked of the extension module."""

import math

import numpy as np

from .. import _anygpu
from . import barriers, exceptions, ir, memory, ranges, types, warps

_OUTSIDE = "0xffffffffu"
#: Of an index outside of a slice, the index along its axis: a binding has fewer bytes.
_NO_INDEX = 2**31 - 1
_INDEX_TYPES = {"u": "u32", "i": "i32", "l": "I64"}


class Writer:
    """Writes a kernel for a block size; `arrays` are the arguments' arrays, `scalars` the dtypes of the numbers among them.

    With `faults`, an array of words, the first fault is noted there, see `anygpu::FaultRecord`: accesses out of bounds where `checked`, and loops that were
    left although nothing in them left them where `counted`, and exceptions where `debug`. `accesses` are then (array, place) of each access, (None, place) of each
    loop, (`exceptions.Raised`, place) of each `raise`.
    """

    def __init__(self, kernel, arrays, bindings, scalars, block, grid, faults=None, checked=True, counted=False, debug=False):
        self.faults, self.accesses, self.at = faults, [], None
        self.checked, self.counted, self.exits = faults is not None and checked, faults is not None and counted, []
        self.debug = faults is not None and debug
        self.kernel, self.arrays, self.bindings, self.block = kernel, arrays, bindings, block
        # The largest number of blocks along each axis.
        self.grid, self.flat = grid, grid[1] == grid[2] == 1
        self.memory, self.functions, self.helpers, self.numbers = {}, {}, {}, {}
        #: The arrays of the workgroup and of threads, and those of constants.
        self.own = {}
        word = 4
        self.words = []
        for array in arrays:
            self.words.append(word)
            word += 1 + 2 * array.ndim
        self.scalar_words = []
        for dtype in scalars:
            self.scalar_words.append((word, dtype))
            word += math.ceil(dtype.itemsize / 4)

    def is_finite(self):
        """Whether the kernel ends by construction; to be asked after `text`."""
        return all(_is_finite(f.body) for f in (self.kernel, *self.functions.values()))

    def strides(self):
        """Whether a workgroup can do the work of several blocks, one after the other: nothing in it is shared or kept. To be asked after `text`."""
        return not (self.memory or self.guarded or warps.LANE[0] in self.helpers or barriers.contains(self.kernel.body))

    # ---- the whole ------------------------------------------------------------------------------------------------------------------------

    def text(self):
        """The kernel."""
        body, guarded = barriers.without_returns(self.kernel)
        self.in_kernel, self.guarded = True, guarded
        self.ordering = memory.ordering_barriers(body, self.bindings)
        self.ranges = ranges.Ranges(self.kernel, self.block, self.grid)
        main = self.block_text(body, 1)
        lines = self.variables(self.kernel, 1)
        if guarded:
            lines.append("    var live = true;")
        begin = [f"    {self.variable(n)} = {self.formed(v, self.form_of(n, self.kernel.locals[n]))};" for n, v in self.kernel.parameters]
        x, y, z = self.block
        entry = [
            f"@compute @workgroup_size({x}, {y}, {z})",
            "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {",
            "    let linear = group.y * groups.x + group.x;",
            f"    let blocks = {_param(1)} * {_param(2)} * {_param(3)};",
            "    if (linear >= blocks) { return; }",
            "    thread = local;",
        ]
        if warps.LANE[0] in self.helpers:
            entry[1] = entry[1].replace(") {", ", @builtin(subgroup_invocation_id) lane_index: u32, @builtin(subgroup_size) lanes: u32) {")
            entry.append("    lane = vec2<u32>(lane_index, lanes);")
        entry += [f"    {name} = {text};" for name, (_, text) in self.numbers.items()]
        block = "linear, 0u, 0u" if self.flat else f"linear % {_param(1)}, linear / {_param(1)} % {_param(2)}, linear / ({_param(1)} * {_param(2)})"
        if self.strides():
            # A function, because a thread may return from it.
            inner = ["fn work() {", *lines, *begin, *main, "}"]
            entry[entry.index("    let linear = group.y * groups.x + group.x;")] = "    var linear = group.y * groups.x + group.x;"
            begin_block = ["        raised = false;"] if exceptions.RAISED[0] in self.helpers else []
            entry += ["    loop {", f"        block = vec3<u32>({block});", *begin_block, "        work();"]
            entry += ["        let step = groups.x * groups.y;", "        if (blocks - linear <= step) { break; }", "        linear += step;", "    }"]
        else:
            inner = []
            entry += [f"    block = vec3<u32>({block});", *lines, *begin, *main]
        functions, written = [], set()
        while len(written) < len(self.functions):
            # A function may call others.
            for f in list(self.functions.values()):
                if f.name not in written:
                    written.add(f.name)
                    functions.append(self.function(f))
        numbers = [f"var<private> {name}: {kind};" for name, (kind, _) in self.numbers.items()]
        text = ["var<private> thread: vec3<u32>;", "var<private> block: vec3<u32>;", *numbers, *self.memory.values(), *self.helpers.values(), *functions]
        return "\n".join([*text, *inner, *entry, "}", ""])

    def function(self, f):
        self.in_kernel, self.guarded, self.results = False, False, f.results
        self.ranges = ranges.Ranges(f, self.block, self.grid)
        parameters = ", ".join(f"p_{_safe(n)}: {_register(v.type)}" for n, v in f.parameters)
        result = f" -> R_{f.name}" if f.results else ""
        struct = "struct R_%s { %s }\n" % (f.name, ", ".join(f"r{k}: {_register(t)}" for k, t in enumerate(f.results))) if f.results else ""
        lines = [f"{struct}fn {f.name}({parameters}){result} {{", *self.variables(f, 1)]
        for n, v in f.parameters:
            text = _anygpu.cast_text(types.storage(v.type), self.form_of(n, f.locals[n]), f"p_{_safe(n)}")
            lines.append(f"    {self.variable(n)} = {text};")
        lines += self.block_text(f.body, 1)
        if f.results:
            lines.append(f"    return R_{f.name}({', '.join(self.zero(t) for t in f.results)});")
        return "\n".join([*lines, "}"])

    def variables(self, f, depth):
        return [f"{'    ' * depth}var {self.variable(n)}: {_anygpu.register_type(self.form_of(n, t))};" for n, t in f.locals.items()]

    def form_of(self, name, kind):
        """The dtype that a variable is kept in."""
        if kind is int and ranges.fits(self.ranges.variables.get(name, (0, 2**63))):
            return ranges.INT32
        return types.storage(kind)

    def form(self, e):
        """The dtype that an expression's text is in."""
        if isinstance(e, ir.Local):
            return self.form_of(e.name, e.type)
        return ranges.INT32 if self.ranges.narrow(e) else types.storage(e.type)

    def formed(self, e, dtype):
        """The text of an expression, converted to a dtype."""
        if isinstance(e, ir.Const) and e.type is int and dtype.kind in "iu":
            return _literal(dtype, e.value)
        return self.cast_to(dtype, e)

    def variable(self, name):
        return f"v_{_safe(name)}"

    # ---- statements -------------------------------------------------------------------------------------------------------------------------

    def block_text(self, statements, depth):
        lines = []
        for s in statements:
            lines += self.statement(s, "    " * depth, depth)
        return lines

    def statement(self, s, indent, depth):
        self.at = s.place or self.at
        if isinstance(s, ir.Assign):
            kind = self.ranges.locals[s.name]
            return [f"{indent}{self.variable(s.name)} = {self.formed(s.value, self.form_of(s.name, kind))};"]
        if isinstance(s, ir.Store):
            inside = self.inside(s.array, s.indices)
            if inside is not None:
                _, write = self.access(s.array, inside, self.expr(s.value))
                return [f"{indent}{write}"]
            return [f"{indent}{self.element(s.array, s.indices, self.expr(s.value))};"]
        if isinstance(s, ir.If):
            lines = [f"{indent}if ({self.expr(s.condition)}) {{", *self.block_text(s.then, depth + 1)]
            if s.otherwise:
                lines += [f"{indent}}} else {{", *self.block_text(s.otherwise, depth + 1)]
            return [*lines, f"{indent}}}"]
        if isinstance(s, ir.While):
            begin, leave, end = self.exit(s, indent)
            self.exits.append(leave)
            lines = [*begin, *self.block_text(s.before, depth + 1)]
            # Where the condition is asked once more behind the loop, it does not count as one that left it.
            stop = leave if s.before else "break;"
            lines += [f"{indent}    if (!({self.expr(s.condition)})) {{ {stop} }}", *self.block_text(s.body, depth + 1)]
            if s.after:
                lines += [f"{indent}    continuing {{", *self.block_text(s.after, depth + 2), f"{indent}    }}"]
            self.exits.pop()
            return [*lines, f"{indent}}}", *end]
        if isinstance(s, ir.Break):
            return [f"{indent}{self.exits[-1]}"]
        if isinstance(s, ir.Continue):
            return [f"{indent}continue;"]
        if isinstance(s, ir.Return):
            if self.in_kernel:
                return [f"{indent}live = false;"] if self.guarded else [f"{indent}return;"]
            if not self.results:
                return [f"{indent}return;"]
            values = map(self.zero, self.results) if s.values is None else map(self.expr, s.values)
            return [f"{indent}return {self.current(s)}({', '.join(values)});"]
        if isinstance(s, ir.Raise):
            return self.raising(s, indent)
        if isinstance(s, ir.Barrier):
            return [f"{indent}workgroupBarrier();", *([f"{indent}storageBarrier();"] if id(s) in self.ordering else [])]
        if isinstance(s, ir.Vote):
            return [f"{indent}{self.variable(s.name)} = {self.vote(s.operation, id(s) in self.ordering)}({self.expr(s.value)});"]
        if isinstance(s, ir.Atomic):
            values = ", ".join(self.expr(v) for v in s.values)
            return [f"{indent}{self.variable(s.name)} = {self.atomic(s.array, s.operation)}({self.place(s.array, s.indices)}, {values});"]
        if isinstance(s, ir.Call):
            self.functions.setdefault(s.function.name, s.function)
            call = f"{s.function.name}({', '.join(self.expr(a) for a in s.arguments)})"
            return [f"{indent}let {s.name} = {call};" if s.name else f"{indent}{call};"]
        raise AssertionError(s)

    def raising(self, s, indent):
        """What tells the callers of a function, and the launch, of an exception."""
        lines = []
        if not self.in_kernel:
            self.helpers.update([exceptions.RAISED])
            lines.append(f"{indent}raised = true;")
        if self.debug:
            self.noted()
            lines.append(f"{indent}fault({len(self.accesses)}u, 0u, vec4<u32>(0u));")
            self.accesses.append((s.exception, s.place))
        return lines

    def exit(self, loop, indent):
        """(how a loop begins, how it is left, what follows it). With `counted`, what follows notes that a driver ended it."""
        if not self.counted:
            return [f"{indent}loop {{"], "break;", []
        self.noted()
        self.helpers["turns"] = "var<private> turns: u32;"
        number = len(self.accesses)
        self.accesses.append((None, self.at))
        begin = [f"{indent}var left_{number} = 0u;", f"{indent}loop {{", f"{indent}    turns += 1u;"]
        fault = f"fault({number}u, 0u, vec4<u32>(0u));"
        if not loop.before:
            # Compilers know that the condition does not hold here: so its variables may have changed, as far as they know.
            changed = "".join(f" {self.variable(n)} = {_literal(self.form_of(n, t), 0)};" for n, t in _variables(loop.condition).items())
            fault = f"if (turns == 0xffffffffu) {{{changed} }} if ({self.expr(loop.condition)}) {{ {fault} }}"
        return begin, f"left_{number} = turns; break;", [f"{indent}if (left_{number} == 0u) {{ {fault} }}"]

    def current(self, s):
        for f in self.functions.values():
            if _holds(f.body, s):
                return f"R_{f.name}"
        raise AssertionError("a return outside of any function")

    # ---- expressions --------------------------------------------------------------------------------------------------------------------------

    def expr(self, e, kind=None):
        """The text of a value in the register form of its type, or of `kind`."""
        return self.formed(e, types.storage(e.type if kind is None else kind))

    def plain(self, e):
        """The text of a value in its `form`."""
        if isinstance(e, ir.Const):
            # Variables that compilers know the value of become constants of what is computed from them.
            return _literal(self.form(e), e.value, hides=self.form(e).kind in "fc")
        if isinstance(e, ir.Local):
            return self.variable(e.name)
        if isinstance(e, ir.Argument):
            return self.argument(e)
        if isinstance(e, ir.Builtin):
            return self.unsigned(e, self.builtin(e.name, e.axis))
        if isinstance(e, ir.Global):
            block, size = self.builtin("blockIdx", e.axis), self.builtin("blockDim", e.axis)
            if e.size:
                return self.unsigned(e, f"({self.builtin('gridDim', e.axis)} * {size})")
            return self.unsigned(e, f"({block} * {size} + {self.builtin('threadIdx', e.axis)})")
        if isinstance(e, ir.Length):
            word = self.words[e.array.parameter] + 1 + e.axis
            return f"bitcast<i32>({_param(word + (e.array.ndim if e.stride else 0))})"
        if isinstance(e, ir.Operation):
            return self.operation(e)
        if isinstance(e, ir.Cast):
            return self.cast_to(self.form(e), e.operand)
        if isinstance(e, ir.Select):
            form = self.form(e)
            return f"select({self.formed(e.no, form)}, {self.formed(e.yes, form)}, {self.plain(e.condition)})"
        if isinstance(e, ir.Both):
            return f"({self.plain(e.left)} {'&&' if e.operator == 'and' else '||'} {self.plain(e.right)})"
        if isinstance(e, ir.Load):
            inside = self.inside(e.array, e.indices)
            if inside is not None:
                return self.access(e.array, inside, "")[0]
            return self.element(e.array, e.indices)
        if isinstance(e, ir.Within):
            return self.within(e)
        if isinstance(e, ir.Raw):
            self.helpers.update(e.helpers)
            return e.text.format(*(self.expr(o) for o in e.operands))
        if isinstance(e, ir.Field):
            return f"{e.name}.r{e.index}"
        raise AssertionError(e)

    def unsigned(self, e, text):
        return f"i32({text})" if self.form(e) == ranges.INT32 else f"cast_u32_i64({text})"

    def operation(self, e):
        narrow = e.compute == types.INT64 and all(self.ranges.narrow(o) for o in e.operands) and (e.type is not int or self.ranges.narrow(e))
        compute = ranges.INT32 if narrow else e.compute
        operands = [(compute, self.cast_to(compute, o)) if compute.kind in "fc" and e.name != "ldexp" else (self.form(o), self.plain(o)) for o in e.operands]
        if compute.kind in "fc" and e.name != "ldexp":
            # A zero that a compiler finds itself, as in floor(0.5), is one that Mesa computes with wrongly.
            alone = all(isinstance(o, ir.Const) for o in e.operands)
            operands = [(compute, _literal(compute, o.value, alone)) if isinstance(o, ir.Const) else t for o, t in zip(e.operands, operands)]
        text = _anygpu.operation_text(e.name, compute, operands)
        # Computed in 64 bits for an operand's sake, and needed in 32.
        return _anygpu.cast_text(types.INT64, ranges.INT32, text) if e.type is int and not narrow and self.form(e) == ranges.INT32 else text

    def cast(self, source, target, text):
        return _anygpu.cast_text(types.storage(source), types.storage(target), text)

    def zero(self, kind):
        return _literal(types.storage(kind), 0)

    def hidden(self, text):
        """A float64 that looks different in every thread. Mesa's software driver follows each condition down to its operands to see whether it depends on
        the launch's parameters alone, and takes hours where they go through long arithmetic; see varying_f64 in shaders/random/philox.wgsl."""
        self.helpers["hidden"] = (
            "fn hidden(a: F64) -> F64 { return f64_of_words(words_of_f64(a) ^ vec2<u32>(thread.x >> 31u)); }"
        )
        return f"hidden({text})"

    def cast_to(self, dtype, e):
        """The text of an expression as a dtype. Parameters become float64 hidden, by whatever way."""
        form = self.form(e)
        if isinstance(e, ir.Argument) and self.in_kernel and dtype != form and dtype.itemsize <= 4:
            # Converted once an invocation, not once a block.
            name = f"number_{e.index}_{dtype.name}"
            self.numbers[name] = (_anygpu.register_type(dtype), _anygpu.cast_text(form, dtype, self.plain(e)))
            return name
        if form != types.FLOAT64 and form.kind in "iuf" and dtype in (types.FLOAT64, np.dtype("complex128")) and not isinstance(e, ir.Const):
            return _anygpu.cast_text(types.FLOAT64, dtype, self.hidden(_anygpu.cast_text(form, types.FLOAT64, self.plain(e))))
        return _anygpu.cast_text(form, dtype, self.plain(e))

    def argument(self, e):
        word, dtype = self.scalar_words[e.index]
        w = [_param(word + k) for k in range(4)]
        kind = dtype.name
        if kind in ("int64", "uint64"):
            return f"make_{dict(int64='i64', uint64='u64')[kind]}({w[0]}, {w[1]})"
        if kind == "float64":
            return self.hidden(f"make_f64({w[0]}, {w[1]})")
        if kind == "complex64":
            return f"bitcast<vec2<f32>>(vec2<u32>({w[0]}, {w[1]}))"
        if kind == "complex128":
            return f"make_c128({self.hidden(f'make_f64({w[0]}, {w[1]})')}, {self.hidden(f'make_f64({w[2]}, {w[3]})')})"
        return {"b": f"({w[0]} != 0u)", "u": w[0], "i": f"bitcast<i32>({w[0]})"}.get(dtype.kind, f"bitcast<f32>({w[0]})")

    def builtin(self, name, axis):
        if name == "threadIdx":
            return f"thread.{'xyz'[axis]}"
        if name == "blockIdx":
            return f"block.{'xyz'[axis]}"
        if name == "blockDim":
            return f"{self.block[axis]}u"
        if name in ("laneid", "warpsize"):
            self.helpers.update([warps.LANE])
            return "lane.x" if name == "laneid" else "lane.y"
        return _param(1 + axis)

    # ---- arrays ---------------------------------------------------------------------------------------------------------------------------------

    def inside(self, array, indices):
        """The position of an element of the workgroup's or the thread's memory that the bounds show to be inside; None where they do not."""
        if array.space == "argument" or array.atomic:
            return None
        bounds = [self.ranges.of(i) for i in indices]
        if not all(0 <= low and high < n for (low, high), n in zip(bounds, array.shape)):
            return None
        strides = [math.prod(array.shape[k + 1 :]) for k in range(array.ndim)]
        terms = [f"u32({self.formed(i, ranges.INT32)})" + (f" * {s}u" if s != 1 else "") for i, s in zip(indices, strides)]
        # In brackets: elements of several words multiply the position.
        return f"({' + '.join(terms)})" if terms else "0u"

    def element(self, array, indices, value=None):
        """The call that reads an element, zero outside of the array; with `value`, the one that writes it, or nothing outside."""
        forms, texts = self.index_texts(array, indices)
        name = f"{'get' if value is None else 'set'}_{array.name}_{''.join(forms)}"
        if name not in self.helpers:
            register = _register(array.dtype)
            inputs, lines, outside, at = self.position(array, forms)
            read, write = self.access(array, "at")
            if value is None:
                head = f"fn {name}({', '.join(inputs)}) -> {register} {{"
                tail = [f"    if ({outside}) {{ return {self.zero(array.dtype)}; }}", f"    let at = {at};", f"    return {read};"]
            else:
                head = f"fn {name}({', '.join([*inputs, f'v: {register}'])}) {{"
                tail = [f"    if ({outside}) {{ return; }}", f"    let at = {at};", f"    {write}"]
            self.helpers[name] = "\n".join([head, *lines, *tail, "}"])
        return f"{name}({', '.join(texts if value is None else [*texts, value])})"

    def place(self, array, indices):
        """The position of an element, 0xffffffff outside of the array."""
        forms, texts = self.index_texts(array, indices)
        name = f"at_{array.name}_{''.join(forms)}"
        if name not in self.helpers:
            inputs, lines, outside, at = self.position(array, forms)
            self.helpers[name] = "\n".join([f"fn {name}({', '.join(inputs)}) -> u32 {{", *lines, f"    return select({at}, {_OUTSIDE}, {outside});", "}"])
        return f"{name}({', '.join(texts)})"

    def index_text(self, index):
        """(form, text) of an index: int64 (l), int32 (i), or not negative (u). One that may be negative counts from the end."""
        if not self.ranges.narrow(index):
            return "l", self.expr(index, int)
        text = self.formed(index, ranges.INT32)
        return ("u", f"u32({text})") if self.ranges.of(index)[0] >= 0 else ("i", text)

    def within(self, e):
        """The call that finds the index along an axis of an index into a slice of it."""
        form, text = self.index_text(e.index)
        name = f"within_{form}"
        if name not in self.helpers:
            self.helpers[name] = (
                f"fn {name}(i0: {_INDEX_TYPES[form]}, start: i32, length: i32, step: i32) -> i32 {{\n    let p = {_from_end(form, 'i0', 'u32(length)')};\n"
                f"    return select({_NO_INDEX}i, start + i32(p) * step, p < u32(length));\n}}"
            )
        return f"{name}({', '.join([text, *(self.formed(part, ranges.INT32) for part in (e.start, e.length, e.step))])})"

    def index_texts(self, array, indices):
        """(form of each index, texts of the arguments)."""
        found = [self.index_text(i) for i in indices]
        forms, texts = [form for form, _ in found], [text for _, text in found]
        if self.checked and indices:
            texts.append(f"{len(self.accesses)}u")
            self.accesses.append((array, self.at))
        return forms, texts

    def position(self, array, forms):
        """(parameters, statements, condition that it is outside, position) of the functions that find an element by its indices."""
        axes = range(array.ndim)
        if array.space == "argument":
            word = self.words[array.parameter]
            sizes, strides = [_param(word + 1 + k) for k in axes], [_param(word + 1 + array.ndim + k) for k in axes]
            base = _param(word)
        else:
            sizes, base = [f"{n}u" for n in array.shape], "0u"
            strides = [f"{math.prod(array.shape[k + 1 :])}u" for k in axes]
        inputs = [f"i{k}: {_INDEX_TYPES[forms[k]]}" for k in axes]
        lines = [f"    let p{k} = {_from_end(forms[k], f'i{k}', sizes[k])};" for k in axes]
        outside = " || ".join(f"p{k} >= {sizes[k]}" for k in axes) or "false"
        if self.checked and forms:
            inputs.append("access: u32")
            words = [{"u": f"i{k}", "i": f"bitcast<u32>(i{k})", "l": f"cast_i64_u32(i{k})"}[forms[k]] for k in axes]
            self.noted()
            lines.append(f"    if ({outside}) {{ fault(access, {len(words)}u, vec4<u32>({', '.join([*words, '0u', '0u', '0u'][:4])})); }}")
        return inputs, lines, outside, " + ".join([base, *(f"p{k} * {strides[k]}" for k in axes)])

    def noted(self):
        """Declares what notes a fault."""
        self.access(self.faults)
        self.helpers["fault"] = self.fault()

    def fault(self):
        """The function that notes a fault, the first one with its indices."""
        words = f"b{self.bindings[self.faults.parameter]}"
        values = [*(f"index[{k}]" for k in range(4)), *(f"{where}.{axis}" for where in ("block", "thread") for axis in "xyz")]
        stores = "".join(f" atomicStore(&{words}[{k}u], {value});" for k, value in enumerate(values, 3))
        return (
            f"fn fault(access: u32, count: u32, index: vec4<u32>) {{\n    if (atomicAdd(&{words}[0], 1u) != 0u) {{ return; }}\n"
            f"    atomicStore(&{words}[1], access); atomicStore(&{words}[2], count);{stores}\n}}"
        )

    def access(self, array, at="at", v="v"):
        """(expression that reads a position, statement that writes a value there)."""
        if array.space == "argument":
            binding = self.bindings[array.parameter]
            return f"load{binding}({at})", f"store{binding}({at}, {v});"
        self.own[array.name] = array
        register = _register(array.dtype)
        size = math.prod(array.shape)
        if array.atomic and array.dtype.itemsize == 8 and not _anygpu.Device().int64_atomics:
            # Pairs of words.
            self.memory[array.name] = f"var<workgroup> {array.name}: array<atomic<u32>, {size * 2}>;"
            short = "i64" if array.dtype.kind == "i" else "u64"
            read = f"make_{short}(atomicLoad(&{array.name}[{at} * 2u]), atomicLoad(&{array.name}[{at} * 2u + 1u]))"
            return read, f"atomicStore(&{array.name}[{at} * 2u], lo_{short}({v})); atomicStore(&{array.name}[{at} * 2u + 1u], hi_{short}({v}));"
        if array.atomic:
            self.memory[array.name] = f"var<workgroup> {array.name}: array<atomic<{'u64' if array.dtype.itemsize == 8 else 'u32'}>, {size}>;"
            return _from_bits(array.dtype, f"atomicLoad(&{array.name}[{at}])"), f"atomicStore(&{array.name}[{at}], {_to_bits(array.dtype, v)});"
        if array.constants is not None and not size:
            # Every index is outside.
            return self.zero(array.dtype), None
        if array.constants is not None:
            self.memory[array.name], read = _constants(array)
            return read.replace("{at}", at), None
        space = "workgroup" if array.space == "shared" else "private"
        self.memory[array.name] = f"var<{space}> {array.name}: array<{register}, {size}>;"
        return f"{array.name}[{at}]", f"{array.name}[{at}] = {v};"

    def atomic(self, array, operation):
        name = f"atomic_{operation}_{array.name}"
        if name in self.helpers:
            return name
        self.access(array)
        if array.dtype == types.FLOAT64:
            self.helpers["float64_of"] = _FLOAT64_BITS
        memory = f"b{self.bindings[array.parameter]}" if array.space == "argument" else array.name
        register, dtype = _register(array.dtype), array.dtype
        zero = self.zero(dtype)
        head = f"fn {name}(at: u32, v: {register}) -> {register} {{\n    if (at == {_OUTSIDE}) {{ return {zero}; }}\n"
        if dtype.itemsize == 8 and not _anygpu.Device().int64_atomics:
            self.helpers[name] = head + _of_words(memory, operation, "i64" if dtype.kind == "i" else "u64") + "\n}"
            return name
        direct = {"add": "atomicAdd", "sub": "atomicSub", "and_": "atomicAnd", "or_": "atomicOr", "xor": "atomicXor", "exch": "atomicExchange"}
        if dtype.kind == "u":
            direct |= {"max": "atomicMax", "min": "atomicMin"}
        if operation in direct and (dtype.kind != "f" or operation == "exch"):
            call = f"{direct[operation]}(&{memory}[at], {_to_bits(dtype, 'v')})"
            self.helpers[name] = f"{head}    return {_from_bits(dtype, call)};\n}}"
            return name
        if operation == "cas":
            head = f"fn {name}(at: u32, expected: {register}, v: {register}) -> {register} {{\n    if (at == {_OUTSIDE}) {{ return {zero}; }}\n"
            next_ = f"select(old, {_to_bits(dtype, 'v')}, {_same_bits(dtype, 'value', 'expected')})"
        else:
            # As in Numba, max and min keep what is stored where either is NaN.
            keeps = {"max": "less", "min": "greater"}.get(operation) if dtype.kind == "f" else None
            ufunc = {"add": "add", "sub": "subtract", "max": "maximum", "min": "minimum", "nanmax": "fmax", "nanmin": "fmin"}.get(operation)
            if keeps:
                next_ = f"select(old, {_to_bits(dtype, 'v')}, {_anygpu.operation_text(keeps, dtype, [(dtype, 'value'), (dtype, 'v')])})"
            elif ufunc:
                next_ = _to_bits(dtype, _anygpu.operation_text(ufunc, dtype, [(dtype, "value"), (dtype, "v")]))
            else:
                # Wrap-around increments and decrements, as CUDA's.
                zero, one, bits = ("0lu", "1lu", _to_bits(dtype, "v")) if dtype.itemsize == 8 else ("0u", "1u", _to_bits(dtype, "v"))
                wraps = {"inc": f"select(old + {one}, {zero}, old >= {bits})", "dec": f"select(old - {one}, {bits}, old == {zero} || old > {bits})"}
                next_ = wraps[operation]
        self.helpers[name] = (
            f"{head}    var old = atomicLoad(&{memory}[at]);\n    loop {{\n        let value = {_from_bits(dtype, 'old')};\n"
            f"        let result = atomicCompareExchangeWeak(&{memory}[at], old, {next_});\n"
            f"        if (result.exchanged) {{ break; }}\n        old = result.old_value;\n    }}\n    return {_from_bits(dtype, 'old')};\n}}"
        )
        return name

    def vote(self, operation, orders):
        name = f"vote_{operation}" + ("_of_arrays" if orders else "")
        if name not in self.helpers:
            threads = math.prod(self.block)
            result, text = {
                "count": ("I64", "cast_u32_i64(count)"), "and": ("bool", f"count == {threads}u"), "or": ("bool", "count != 0u"),
            }[operation]  # fmt: skip
            self.memory["votes"] = "var<workgroup> votes: atomic<u32>;"
            self.helpers[name] = (
                f"fn {name}(p: bool) -> {result} {{\n    workgroupBarrier();\n    if (all(thread == vec3<u32>(0u))) {{ atomicStore(&votes, 0u); }}\n"
                f"    workgroupBarrier();\n    if (p) {{ atomicAdd(&votes, 1u); }}\n    workgroupBarrier();\n{'    storageBarrier();' * orders}\n"
                f"    let count = atomicLoad(&votes);\n    return {text};\n}}"
            )
        return name


def _is_finite(statements):
    """Whether all loops end by construction."""
    for s in statements:
        if isinstance(s, ir.While) and not (s.finite and _is_finite(s.body)):
            return False
        if isinstance(s, ir.If) and not (_is_finite(s.then) and _is_finite(s.otherwise)):
            return False
    return True


def _variables(expr):
    """The variables that an expression reads, with their types."""
    if isinstance(expr, ir.Local):
        return {expr.name: expr.type}
    found = {}
    for value in vars(expr).values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ir.Expr):
                found |= _variables(part)
    return found


def _holds(statements, wanted):
    for s in statements:
        if s is wanted:
            return True
        if isinstance(s, ir.If) and (_holds(s.then, wanted) or _holds(s.otherwise, wanted)):
            return True
        if isinstance(s, ir.While) and _holds(s.body, wanted):
            return True
    return False


def _from_end(form, index, size):
    """The position along an axis, not less than its size where there is none."""
    if form == "u":
        return index
    return f"bitcast<u32>({index}) + select(0u, {size}, {index} < 0i)" if form == "i" else f"position_of_index({index}, {size})"


def _param(word):
    return f"params[{word // 4}].{'xyzw'[word % 4]}"


def _safe(name):
    """A name for WGSL. Parts of variables (`t.1`) and temporaries (`t:1`) begin with their digits, as no name of Python's does."""
    if ":" in name:
        name, _, number = name.partition(":")
        return f"{number}t_{name}"
    name, *parts = name.split(".")
    return "_".join([*parts, name])


def _register(kind):
    return _anygpu.register_type(types.storage(kind))


def _constants(array):
    """The declaration of an array of constants, and the text that reads the element `{at}`."""
    dtype = array.dtype
    wide = dtype.itemsize >= 8 and dtype.kind != "c" or dtype == np.complex128
    held = array.constants if wide or dtype.kind == "c" else array.constants.astype({"f": np.float32, "i": np.int32}.get(dtype.kind, np.uint32))
    words = np.ascontiguousarray(held).reshape(-1).view(np.uint32)
    count = len(words) // array.constants.size
    word = [f"{array.name}[{{at}} * {count}u + {k}u]" for k in range(count)]
    if dtype == np.complex64:
        read = f"vec2<f32>(bitcast<f32>({word[0]}), bitcast<f32>({word[1]}))"
    elif dtype == np.complex128:
        read = f"make_c128(make_f64({word[0]}, {word[1]}), make_f64({word[2]}, {word[3]}))"
    elif wide:
        read = f"make_{dtype.kind}64({word[0]}, {word[1]})"
    else:
        read = f"({word[0]} != 0u)" if dtype.kind == "b" else _from_bits(dtype, word[0])
    initial = ", ".join(f"{w}u" for w in words)
    return f"var<private> {array.name}: array<u32, {len(words)}> = array<u32, {len(words)}>({initial});", read


def _of_words(memory, operation, short):
    """What an atomic operation on the two words of an integer does: its sum is exact, as is each bit, but the words are not read together."""
    words = [f"{memory}[at * 2u]", f"{memory}[at * 2u + 1u]"]
    if operation in ("and_", "or_", "xor"):
        name = {"and_": "atomicAnd", "or_": "atomicOr", "xor": "atomicXor"}[operation]
        return f"    return make_{short}({', '.join(f'{name}(&{word}, {part}_{short}(v))' for word, part in zip(words, ('lo', 'hi')))});"
    return (
        f"    let by = {f'neg_{short}(v)' if operation == 'sub' else 'v'};\n    let low = atomicAdd(&{words[0]}, lo_{short}(by));\n"
        f"    let carry = select(0u, 1u, low + lo_{short}(by) < low);\n    return make_{short}(low, atomicAdd(&{words[1]}, hi_{short}(by) + carry));"
    )


def _from_bits(dtype, text):
    """A register value made of the bits of an atomic word, `u64` for dtypes of eight bytes."""
    if dtype == types.FLOAT64:
        return f"float64_of({text})"
    name = "i64" if dtype.itemsize == 8 else "i32"
    return {"u": text, "i": f"bitcast<{name}>({text})"}.get(dtype.kind, f"bitcast<f32>({text})")


def _to_bits(dtype, text):
    if dtype == types.FLOAT64:
        return f"bits_of({text})"
    return text if dtype.kind == "u" else f"bitcast<{'u64' if dtype.itemsize == 8 else 'u32'}>({text})"


#: Registers of float64 are not always the device's own.
_FLOAT64_BITS = (
    "fn float64_of(bits: u64) -> F64 { return make_f64(u32(bits), u32(bits >> 32u)); }\n"
    "fn bits_of(v: F64) -> u64 { return u64(bits_lo_f64(v)) | (u64(bits_hi_f64(v)) << 32u); }"
)


def _same_bits(dtype, a, b):
    if dtype.kind != "f":
        return f"({_to_bits(dtype, a)} == {_to_bits(dtype, b)})"
    return f"eq_{'f64' if dtype.itemsize == 8 else 'f32'}({a}, {b})"


def _literal(dtype, value, hides=False):
    """A constant in the register form of its dtype; `hides` it from compilers."""
    with np.errstate(all="ignore"):
        value = np.asarray(value).astype(dtype)
    if dtype.kind == "b":
        return "true" if value else "false"
    if dtype.kind in "iu" and dtype.itemsize <= 4:
        if dtype.kind == "u":
            return f"{int(value)}u"
        return f"bitcast<i32>({int(value) & 0xffffffff}u)" if value < 0 else f"{int(value)}i"
    if dtype == np.float16:
        value, dtype = value.astype("float32"), np.dtype("float32")
    words = [int(w) for w in np.atleast_1d(value).view("uint32")]
    # Through a number known at run time only: compilers refuse constants that are infinite or NaN, and Mesa takes x + 0.0 for x, which -0.0 shows to be wrong.
    hides = hides or dtype.kind in "fc" and not (np.all(np.isfinite(value)) and np.all(np.real(value)) and (dtype.kind == "f" or np.all(np.imag(value))))
    hidden = [f"({w}u ^ guard())" if hides else f"{w}u" for w in words]
    if dtype == np.float32:
        return f"bitcast<f32>({hidden[0]})"
    if dtype == np.complex64:
        return f"vec2<f32>(bitcast<f32>({hidden[0]}), bitcast<f32>({hidden[1]}))"
    if dtype == np.complex128:
        return f"make_c128(make_f64({hidden[0]}, {hidden[1]}), make_f64({hidden[2]}, {hidden[3]}))"
    return f"make_{dict(i='i64', u='u64', f='f64')[dtype.kind]}({hidden[0]}, {hidden[1]})"
