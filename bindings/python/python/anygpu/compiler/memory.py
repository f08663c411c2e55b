"""Which barriers have to order the memory of arrays, and not the workgroup's alone.

A barrier for the memory of arrays costs far more on some GPUs (a kernel of tiles in workgroup memory ran at 0.6 times its speed on an H100), and most
kernels write their results once, behind the last barrier.
"""

from . import ir


def ordering_barriers(kernel, bindings):
    """The `id` of each barrier and vote in the kernel's body with an access of an array before it and another one after it, one of them a write.

    `bindings` are those of the array parameters: parameters with one binding are one memory. What stands in a loop around the barrier is before and after it.
    """
    events, barriers = [], []
    _gather(kernel, events, barriers, bindings, None)
    result = set()
    for at, statement, loop in barriers:
        first, last = loop or (at, at)
        before = {(binding, written) for place, binding, written in events if place < last}
        after = {(binding, written) for place, binding, written in events if place >= first}
        if any((binding, True) in after for binding, _ in before) or any((binding, True) in before for binding, _ in after):
            result.add(id(statement))
    return result


def _gather(statements, events, barriers, bindings, loop):
    for s in statements:
        around = loop
        if isinstance(s, ir.While) and loop is None:
            # Its end is known when it has been gone through.
            around = [len(events), None]
        for value in vars(s).values():
            if value is not s.node:
                _look(value, s, events, barriers, bindings, around)
        if isinstance(s, (ir.Barrier, ir.Vote)):
            barriers.append((len(events), s, around))
        if around is not loop:
            around[1] = len(events)


def _look(value, owner, events, barriers, bindings, loop):
    """Notes what a part of a statement reads and writes, in the order of its parts."""
    if isinstance(value, ir.Array):
        if value.space == "argument" and not isinstance(owner, ir.Length):
            events.append((len(events), bindings[value.parameter], isinstance(owner, (ir.Store, ir.Atomic))))
    elif isinstance(value, ir.Function):
        _gather(value.body, events, barriers, bindings, loop)
    elif isinstance(value, ir.Expr):
        for part in vars(value).values():
            _look(part, value, events, barriers, bindings, loop)
    elif isinstance(value, list) and value and isinstance(value[0], ir.Stmt):
        _gather(value, events, barriers, bindings, loop)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _look(part, owner, events, barriers, bindings, loop)
