"""Random numbers: `Generator` and `default_rng` as in NumPy, the functions of `numpy.random` and `cupy.random`, over Philox 4x32-10.

The same seed gives the same numbers on every device, however a draw is cut; docs/random.md says more.

>>> import anygpu as ag
>>> rng = ag.random.default_rng(2026)
>>> rng.standard_normal((3, 4)).shape
(3, 4)
"""

from .bit_generators import BitGenerator, Philox4x3210
from .generator import Generator, default_rng
from .legacy import FUNCTIONS as _FUNCTIONS
from .legacy import RandomState, get_random_state, reset_states, set_random_state

globals().update(_FUNCTIONS)

__all__ = [
    "BitGenerator", "Generator", "Philox4x3210", "RandomState", "SeedSequence", "default_rng", "get_random_state", "reset_states",
    "set_random_state", *_FUNCTIONS,
]  # fmt: skip


def __getattr__(name):
    # NumPy loads its generators when they are first asked for: so does this.
    if name == "SeedSequence":
        from numpy.random import SeedSequence

        return SeedSequence
    if name in ("XORWOW", "MRG32k3a"):
        raise AttributeError(f"{name} is a generator of cuRAND's; the one here, with the same numbers on every device, is Philox4x3210(seed)")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
