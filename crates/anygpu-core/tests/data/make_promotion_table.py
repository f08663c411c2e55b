"""Writes numpy_promotion.txt: what NumPy 2 answers for promotion and casting of every dtype anygpu has.

    python -m venv venv && venv/bin/pip install 'numpy>=2' && venv/bin/python make_promotion_table.py

Lines (fields separated by spaces; `-` stands for none):

    promote A B RESULT                       numpy.promote_types(A, B), all ordered pairs
    cast FROM TO BITS                        numpy.can_cast under no, equiv, safe, same_kind, unsafe, as five 0/1
    result DTYPES SCALARS RESULT             numpy.result_type of comma-separated dtypes and Python scalar kinds:
                                             all triples without scalars, all pairs with every set of scalars
    python DTYPE SCALAR BYTES-OR-ERROR       numpy.asarray(SCALAR, DTYPE): hex of the bytes, or the exception's class
    astype DTYPE SCALAR BYTES                numpy.asarray(SCALAR).astype(DTYPE): hex of the bytes

SCALAR is `bool:0`, `int:300`, `float:<hex float>` or `complex:<hex float>,<hex float>`.
"""

import itertools
import pathlib
import warnings

import numpy as np

DTYPES = """bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64
            complex64 complex128""".split()
KINDS = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}
CASTINGS = "no equiv safe same_kind unsafe".split()

INTEGERS = [0, 1, -1, 127, 128, -128, -129, 255, 256, 300, 32768, 65504, 65519, 65520, 65535, 65536, 70000,
            2**24 + 1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**32 - 1, 2**32, 2**53 + 1, 2**60 + 2**36 + 1,
            2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 2**100]
FLOATS = [0.0, -0.0, 0.5, -1.5, 2.5, 127.9, 300.0, -129.0, 65519.99, 65520.0, 1e-8, 2.0**-24, 2.0**-25,
          2.0**-25 + 2.0**-70, 1 + 2.0**-11, 1 + 2.0**-11 + 2.0**-40, 1 + 3 * 2.0**-11, 1 + 3 * 2.0**-11 - 2.0**-40,
          1 + 2.0**-24 + 2.0**-50, 6.1e-5, 1e-40, 1e-46, 3e9, 5e9, -3e9, 2.0**31, -(2.0**31), 2.0**63, 1e19, 1e20, -1e30,
          3.5e38, 1e300, float("inf"), float("-inf")]
COMPLEXES = [0j, 1 + 2j, complex(0, 1), complex(-1.5, 0.25), complex(1e300, -1e-46), complex(-0.0, 0.0)]


def text(value):
    if isinstance(value, bool):
        return f"bool:{int(value)}"
    if isinstance(value, int):
        return f"int:{value}"
    if isinstance(value, float):
        return f"float:{value.hex()}"
    return f"complex:{value.real.hex()},{value.imag.hex()}"


def lines():
    for a, b in itertools.product(DTYPES, repeat=2):
        yield f"promote {a} {b} {np.promote_types(a, b)}"
    for a, b in itertools.product(DTYPES, repeat=2):
        yield f"cast {a} {b} " + "".join(str(int(np.can_cast(a, b, how))) for how in CASTINGS)
    subsets = [s for n in range(len(KINDS) + 1) for s in itertools.combinations(KINDS, n)]
    groups = [((), s) for s in subsets if s] + [((d,), s) for d in DTYPES for s in subsets]
    groups += [(p, s) for p in itertools.combinations(DTYPES, 2) for s in subsets]
    groups += [(t, ()) for t in itertools.combinations(DTYPES, 3)]
    for dtypes, scalars in groups:
        operands = [*map(np.dtype, dtypes), *(KINDS[s] for s in scalars)]
        result = np.result_type(*operands)
        if not all(result == np.result_type(*order) for order in itertools.permutations(operands)):
            raise AssertionError(f"numpy.result_type depends on the order of {operands}")
        yield f"result {','.join(dtypes) or '-'} {','.join(scalars) or '-'} {result}"
    values = [False, True, *INTEGERS, *FLOATS, *COMPLEXES]
    for dtype, value in itertools.product(DTYPES, values):
        try:
            answer = np.asarray(value, dtype).tobytes().hex()
        except (OverflowError, ValueError, TypeError) as error:
            answer = type(error).__name__
        yield f"python {dtype} {text(value)} {answer}"
    for dtype, value in itertools.product(DTYPES, values):
        source = np.asarray(value)
        if source.dtype == object:
            continue
        # One element: the scalar loop, not the vector one, whose out-of-range float to uint32 differs within NumPy itself.
        yield f"astype {dtype} {text(value)} {source.astype(dtype).tobytes().hex()}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    header = f"# Written by make_promotion_table.py with NumPy {np.__version__}; do not edit.\n"
    path = pathlib.Path(__file__).with_name("numpy_promotion.txt")
    path.write_text(header + "\n".join(lines()) + "\n")
