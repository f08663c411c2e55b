"""Barriers: every thread of a workgroup has to come to each. What makes that impossible is refused; an early return is made harmless."""

from . import ir, types

def contains(statements):
    """Whether a barrier is among the statements, at any depth."""
    for s in statements:
        if isinstance(s, (ir.Barrier, ir.Vote)):
            return True
        if isinstance(s, ir.Call) and contains(s.function.body):
            return True
        if isinstance(s, ir.If) and (contains(s.then) or contains(s.otherwise)):
            return True
        if isinstance(s, ir.While) and (contains(s.before) or contains(s.body)):
            return True
    return False


def opened(statements):
    """(statements, whether they changed): a last `if` with barriers in it becomes a return of the threads that it leaves out.

    Those are then not waited for, as CUDA does not wait for threads that are done.
    """
    last = statements[-1] if statements else None
    if not isinstance(last, ir.If) or last.otherwise or not contains(last.then):
        return statements, False
    leave = ir.If(last.node, ir.Raw(types.BOOL, "!({0})", [last.condition]), [ir.Return(last.node, [])], [])
    leave.place = leave.then[0].place = last.place
    return [*statements[:-1], leave, *opened(last.then)[0]], True


def _returns(statements):
    return any(
        isinstance(s, ir.Return)
        or (isinstance(s, ir.If) and (_returns(s.then) or _returns(s.otherwise)))
        or (isinstance(s, ir.While) and _returns(s.body))
        for s in statements
    )


def check(function, error):
    """Refuses barriers that some threads of a block may not reach: in a branch or a loop whose condition differs between threads."""
    _walk(function.body, set(), False, False, error)
    call = _call_of_barrier(function.body)
    if call is not None and _returns(function.body):
        raise error(call.node, "this function has a barrier, and threads that have returned would come to it: put the condition around what they do instead")


def _call_of_barrier(statements):
    """The first call of a function with barriers."""
    for s in statements:
        if isinstance(s, ir.Call) and contains(s.function.body):
            return s
        blocks = (s.then, s.otherwise) if isinstance(s, ir.If) else (s.before, s.body) if isinstance(s, ir.While) else ()
        for block in blocks:
            found = _call_of_barrier(block)
            if found is not None:
                return found
    return None


def _varies(expr, varying):
    """Whether threads of one block may see different values. An element at the same place is the same for all."""
    if isinstance(expr, ir.Builtin):
        return expr.name in ("threadIdx", "laneid")
    if isinstance(expr, ir.Raw) and expr.helpers:
        # What lanes of a subgroup exchange.
        return True
    if isinstance(expr, ir.Global):
        return not expr.size
    if isinstance(expr, (ir.Local, ir.Field)):
        return expr.name in varying
    parts = []
    for value in vars(expr).values():
        parts += value if isinstance(value, list) else [value]
    return any(_varies(p, varying) for p in parts if isinstance(p, ir.Expr))


def _walk(statements, varying, apart, together, error):
    """Follows which variables vary, through the statements in order; `apart` where not all threads come along, `together` in a loop with barriers."""
    for s in statements:
        if isinstance(s, (ir.Break, ir.Continue)) and apart and together:
            raise error(s.node, "not every thread of a block leaves this loop here, and there is a barrier in it: a condition around it differs between threads")
        if isinstance(s, (ir.Barrier, ir.Vote)) and apart:
            raise error(
                s.node,
                "not every thread of a block comes to this barrier: a condition around it differs between threads. "
                "Let all threads come to the barrier, and put the condition around what they do before and after it",
            )
        if isinstance(s, ir.Assign):
            (varying.add if apart or _varies(s.value, varying) else varying.discard)(s.name)
        elif isinstance(s, ir.Vote):
            varying.discard(s.name)
        elif isinstance(s, ir.Atomic):
            varying.add(s.name)
        elif isinstance(s, ir.Call):
            if apart and contains(s.function.body):
                raise error(s.node, "not every thread of a block comes to the barrier in this function: a condition around the call differs between threads")
            if apart or any(_varies(a, varying) for a in s.arguments):
                varying.add(s.name)
        elif isinstance(s, ir.If):
            inner = apart or _varies(s.condition, varying)
            other = set(varying)
            _walk(s.then, varying, inner, together, error)
            _walk(s.otherwise, other, inner, together, error)
            varying |= other
        elif isinstance(s, ir.While):
            barrier = contains([s])
            while True:
                before = set(varying)
                _walk(s.before, varying, apart, False, error)
                inner = apart or _varies(s.condition, varying)
                _walk([*s.body, *s.after], varying, inner, barrier, error)
                varying |= before
                if varying == before:
                    break


def without_returns(function):
    """The body with early returns made harmless: a thread that returned is no longer `live`, and does nothing between barriers.

    Where barriers stand in a loop or a branch, the threads that live decide for all: the variables of the others have stopped.
    """
    if not (contains(function.body) and _returns(function.body)):
        return function.body, False
    return _Guard(function).block(function.body, None), True


def _live():
    return ir.Raw(types.BOOL, "live", [])


def _leaves(s):
    """Whether a `break` or `continue` in a statement belongs to the loop around it."""
    return isinstance(s, (ir.Break, ir.Continue)) or (isinstance(s, ir.If) and any(map(_leaves, (*s.then, *s.otherwise))))


class _Guard:
    """Rewrites a function's blocks. `loop` is None outside of loops, "together" in a loop with barriers, and "apart" in one without."""

    def __init__(self, function):
        self.function, self.votes = function, 0

    def decided(self, node, condition):
        """(a vote of the live threads, its result)."""
        self.votes += 1
        name = f"decided.{self.votes}"
        self.function.locals[name] = types.BOOL
        return ir.Vote(node, name, "or", ir.Both(types.BOOL, "and", _live(), condition)), ir.Local(types.BOOL, name)

    def block(self, statements, loop):
        result, group = [], []

        def flush(returned=False):
            if group:
                result.append(ir.If(None, _live(), list(group), []))
                group.clear()
            if returned and loop == "apart":
                result.append(ir.If(None, ir.Raw(types.BOOL, "!live", []), [ir.Break(None)], []))

        for s in statements:
            if contains([s]) or (loop == "together" and _leaves(s)):
                flush()
                result += self.together(s, loop)
                if isinstance(s, (ir.Break, ir.Continue)):
                    break
            elif _returns([s]):
                if isinstance(s, ir.If):
                    s = ir.If(s.node, s.condition, self.block(s.then, loop), self.block(s.otherwise, loop))
                elif isinstance(s, ir.While):
                    s = ir.While(s.node, s.before, s.condition, self.block(s.body, "apart"), s.after, s.counter, s.finite)
                group.append(s)
                flush(returned=True)
                if isinstance(s, ir.Return):
                    break
            else:
                group.append(s)
        flush()
        return result

    def together(self, s, loop):
        """A statement that all threads come to."""
        if isinstance(s, ir.If):
            vote, decided = self.decided(s.node, s.condition)
            return [vote, ir.If(s.node, decided, self.block(s.then, loop), self.block(s.otherwise, loop))]
        if isinstance(s, ir.While):
            vote, decided = self.decided(s.node, s.condition)
            return [ir.While(s.node, [*self.block(s.before, None), vote], decided, self.block(s.body, "together"), s.after, s.counter, s.finite)]
        if isinstance(s, ir.Vote):
            if s.operation == "and":
                return [ir.Vote(s.node, s.name, "and", ir.Both(types.BOOL, "or", ir.Raw(types.BOOL, "!live", []), s.value))]
            return [ir.Vote(s.node, s.name, s.operation, ir.Both(types.BOOL, "and", _live(), s.value))]
        return [s]
