"""How often the loops of a kernel turn, as far as that is seen when it is compiled.

Mesa's software driver (llvmpipe) ends the loops of a thread after 65,535 turns together, without a word. Kernels that may come near note a loop that was left
although nothing in it left it, and the next wait for the device raises.
"""

import math

from . import ir

#: Turns below this are left alone: loops of library functions take from the same 65,535.
FEW = 8192


def at_most(statements):
    """The turns of all loops in statements, infinite where they are not known."""
    total = 0
    for s in statements:
        if isinstance(s, ir.If):
            total += max(at_most(s.then), at_most(s.otherwise))
        elif isinstance(s, ir.Call):
            total += at_most(s.function.body)
        elif isinstance(s, ir.While):
            turns = _turns(s)
            total += turns * (1 + at_most(s.before) + at_most(s.body) + at_most(s.after)) if turns else 0
    return total


def _turns(loop):
    if loop.counter is None:
        return math.inf
    _, start, stop, step = loop.counter
    if not all(isinstance(e, ir.Const) for e in (start, stop, step)) or step.value <= 0:
        return math.inf
    return max(0, -((start.value - stop.value) // step.value))
