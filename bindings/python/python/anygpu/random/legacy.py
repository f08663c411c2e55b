"""The functions of `numpy.random` and `cupy.random` over one generator for all, and `RandomState`.

The distributions are `Generator`'s. As in CuPy, functions that return floats or counts take ``dtype=``.
"""

import functools
import inspect
import operator
import threading
import warnings

import numpy as np

from .. import _anygpu
from .bit_generators import BitGenerator, Philox4x3210
from .generator import Generator, seed_sequence_of

#: Distributions of `Generator` under the same names, which take ``dtype=`` besides.
_DISTRIBUTIONS = (
    "beta", "binomial", "chisquare", "dirichlet", "exponential", "f", "gamma", "geometric", "gumbel", "hypergeometric", "laplace", "logistic",
    "lognormal", "logseries", "multinomial", "negative_binomial", "noncentral_chisquare", "noncentral_f", "normal", "pareto", "poisson", "power",
    "rayleigh", "standard_cauchy", "standard_t", "triangular", "uniform", "vonmises", "wald", "weibull", "zipf",
)  # fmt: skip


class RandomState:
    """`Generator` with the methods of `numpy.random.RandomState`. The numbers are not those of NumPy's Mersenne twister.

    >>> import anygpu as ag
    >>> rs = ag.random.RandomState(0)
    >>> rs.rand(2, 3).shape, rs.randint(0, 10, size=4).dtype
    ((2, 3), dtype('int64'))
    """

    def __init__(self, seed=None, method=None):
        if isinstance(seed, BitGenerator):
            self._bit_generator = seed
        else:
            self._bit_generator = Philox4x3210(seed_sequence_of(seed))
        self._generator = Generator(self._bit_generator)

    def seed(self, seed=None):
        """Starts anew, from a seed or from fresh entropy."""
        fresh = Philox4x3210(seed_sequence_of(seed))
        self._bit_generator.state = fresh.state

    def get_state(self, legacy=True):
        """The state of the bit generator, a dict whatever `legacy` says."""
        return self._bit_generator.state

    def set_state(self, state):
        """Sets what `get_state` gave."""
        self._bit_generator.state = state

    def rand(self, *args, dtype=None):
        """Uniform floats in [0, 1) of the shape that the arguments say."""
        return self.random_sample(tuple(operator.index(n) for n in args), dtype)

    def randn(self, *args, dtype=None):
        """Standard normal floats of the shape that the arguments say."""
        return self.standard_normal(tuple(operator.index(n) for n in args), dtype)

    def random_sample(self, size=None, dtype=None):
        """Uniform floats in [0, 1)."""
        return self._generator.random(size, dtype)

    def random(self, size=None, dtype=None):
        """Uniform floats in [0, 1)."""
        return self._generator.random(size, dtype)

    def standard_normal(self, size=None, dtype=None):
        """Normal floats of mean 0 and standard deviation 1."""
        return self._generator.standard_normal(size, dtype)

    def standard_exponential(self, size=None, dtype=None):
        """Exponential floats of scale 1."""
        return self._generator.standard_exponential(size, dtype)

    def standard_gamma(self, shape, size=None, dtype=None):
        """Gamma variates of scale 1."""
        return self._generator.standard_gamma(shape, size, dtype)

    def randint(self, low, high=None, size=None, dtype=int):
        """Uniform integers in [low, high), in [0, low) where `high` is None."""
        return self._generator.integers(low, high, size, dtype)

    def random_integers(self, low, high=None, size=None):
        """Uniform integers in [low, high], in [1, low] where `high` is None."""
        low, high = (1, low) if high is None else (low, high)
        warnings.warn(f"This function is deprecated. Please call randint({low}, {high} + 1) instead", DeprecationWarning, stacklevel=2)
        return self._generator.integers(low, high, size, endpoint=True)

    def tomaxint(self, size=None):
        """Uniform integers in [0, 2**63 - 1]."""
        return self._generator.integers(0, np.iinfo(np.int64).max, size, endpoint=True)

    def bytes(self, length):
        """Random bytes."""
        return self._generator.bytes(length)

    def choice(self, a, size=None, replace=True, p=None):
        """Elements of a one-dimensional `a`, or of ``arange(a)``."""
        if (a.ndim if isinstance(a, _anygpu.ndarray) else np.ndim(a)) > 1:
            raise ValueError("choice: a must be 1-dimensional")
        return self._generator.choice(a, size, replace, p)

    def permutation(self, x):
        """``arange(x)``, or a copy of `x`, in random order."""
        return self._generator.permutation(x)

    def shuffle(self, x):
        """Brings the elements of `x` along its first axis into random order, in place."""
        self._generator.shuffle(x)

    def multivariate_normal(self, mean, cov, size=None, check_valid="warn", tol=1e-8, dtype=None):
        """Normal vectors of mean `mean` and covariance `cov`."""
        return _converted(self._generator.multivariate_normal(mean, cov, size, check_valid, tol), dtype)

    def __repr__(self):
        return f"<anygpu.random.RandomState({type(self._bit_generator).__name__})>"


def _converted(result, dtype):
    return result if dtype is None else result.astype(dtype, copy=False)


def _with_dtype(name):
    """A method that draws as `Generator`'s and converts the result."""
    method = getattr(Generator, name)
    signature = inspect.signature(method)
    count = len(signature.parameters) - 1

    @functools.wraps(method)
    def draw(self, *args, dtype=None, **options):
        if len(args) == count + 1 and dtype is None:  # behind all others, as in CuPy
            *args, dtype = args
        return _converted(method(self._generator, *args, **options), dtype)

    dtype = inspect.Parameter("dtype", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
    draw.__signature__ = signature.replace(parameters=[*signature.parameters.values(), dtype])
    draw.__qualname__ = f"RandomState.{name}"
    return draw


for _name in _DISTRIBUTIONS:
    setattr(RandomState, _name, _with_dtype(_name))

_lock = threading.Lock()
_state = None


def get_random_state():
    """The `RandomState` behind the functions of this module, seeded with fresh entropy at its first use."""
    global _state
    with _lock:
        if _state is None:
            _state = RandomState()
        return _state


def set_random_state(rs):
    """Puts another `RandomState` behind the functions of this module."""
    global _state
    if not isinstance(rs, RandomState):
        raise TypeError(f"Random state must be an instance of RandomState. Actual: {type(rs)}")
    with _lock:
        _state = rs


def reset_states():
    """Lets the functions of this module start anew, from fresh entropy."""
    global _state
    with _lock:
        _state = None


def _function(name):
    """A method of the `RandomState` behind this module, as a function."""
    method = getattr(RandomState, name)

    @functools.wraps(method)
    def function(*args, **options):
        return getattr(get_random_state(), name)(*args, **options)

    parameters = list(inspect.signature(method).parameters.values())[1:]
    function.__signature__ = inspect.Signature(parameters)
    function.__module__, function.__qualname__ = "anygpu.random", name
    return function


FUNCTIONS = {name: _function(name) for name in dir(RandomState) if not name.startswith("_") and name != "tomaxint"}
FUNCTIONS["ranf"] = FUNCTIONS["sample"] = FUNCTIONS["random_sample"]
