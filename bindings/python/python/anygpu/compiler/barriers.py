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


def _returns(statements):
    return any(
        isinstance(s, ir.Return)
        or (isinstance(s, ir.If) and (_returns(s.then) or _returns(s.otherwise)))
        or (isinstance(s, ir.While) and _returns(s.body))
        for s in statements
    )


def check(function, error):
    """Refuses barriers that some threads of a block may not reach: in a branch or a loop whose condition differs between threads."""
    _walk(function.body, set(), False, error)


def _varies(expr, varying):
    """Whether threads of one block may see different values. An element at the same place is the same for all."""
    if isinstance(expr, ir.Builtin):
        return expr.name == "threadIdx"
    if isinstance(expr, ir.Global):
        return not expr.size
    if isinstance(expr, (ir.Local, ir.Field)):
        return expr.name in varying
    parts = []
    for value in vars(expr).values():
        parts += value if isinstance(value, list) else [value]
    return any(_varies(p, varying) for p in parts if isinstance(p, ir.Expr))


def _walk(statements, varying, apart, error):
    """Follows which variables vary, through the statements in order; `apart` where not all threads come along."""
    for s in statements:
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
            _walk(s.then, varying, inner, error)
            _walk(s.otherwise, other, inner, error)
            varying |= other
        elif isinstance(s, ir.While):
            while True:
                before = set(varying)
                _walk(s.before, varying, apart, error)
                inner = apart or _varies(s.condition, varying)
                _walk([*s.body, *s.after], varying, inner, error)
                varying |= before
                if varying == before:
                    break


def without_returns(function):
    """The body with early returns made harmless: a thread that returned is no longer `live`, and does nothing between barriers."""
    if not (contains(function.body) and _returns(function.body)):
        return function.body, False
    return _guarded(function.body), True


def _guarded(statements):
    result, group = [], []

    def flush():
        if group:
            result.append(ir.If(None, ir.Raw(types.BOOL, "live", []), list(group), []))
            group.clear()

    for s in statements:
        if not contains([s]):
            group.append(s)
            continue
        flush()
        if isinstance(s, ir.If):
            s = ir.If(s.node, s.condition, _guarded(s.then), _guarded(s.otherwise))
        elif isinstance(s, ir.While):
            s = ir.While(s.node, _guarded(s.before), s.condition, _guarded(s.body), s.after, s.counter, s.finite)
        result.append(s)
    flush()
    return result
