"""Throw random snippets of C++ at `ElementwiseKernel`, and compare every bit with what the host's C++ compiler makes of the same text.

    python scripts/fuzz_snippets.py [--count N] [--seed S] [--seconds LIMIT]

The programs are of integers of all widths: C++'s promotions, conversions and short-circuits, loops, switches, arrays, pointers, references, and functions of a
preamble that change their arguments. What C++ leaves undefined is not written, or defined by ``-fwrapv``. It takes g++.
"""

import argparse
import ctypes
import mmap
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import numpy as np

import anygpu as ag

_ELEMENTS = 64
_TYPES = ["int", "unsigned int", "long long", "unsigned char", "short", "signed char", "unsigned long long", "bool"]
_LITERALS = "0 1 2 7 255 -1 65535 0x80u 3LL 5u 100000 2147483647 0xffffffffu 1ULL 4294967296LL true".split()
_INPUTS = {"a": ("int", "int32"), "b": ("unsigned int", "uint32"), "c": ("long long", "int64"), "d": ("unsigned char", "uint8"), "e": ("short", "int16")}
_PREAMBLE = """
__device__ void exchange(int &p, int &q) { int t = p; p = q; q = t; }
__device__ long long advanced(int *p, int by) { *p += by; return *p * 3; }
template<typename T> __device__ T total(const T *values, int count) { T s = 0; for (int k = 0; k < count; ++k) s += values[k]; return s; }
__device__ bool lowered(unsigned int &u, short s) { if (u > 1000u) { u = u / 3 + s; return false; } u ^= s; return true; }
__device__ int picked(int k, int x) { switch (k & 3) { case 0: return x; case 1: x += 7; case 2: return x * 2; default: return -x; } }
"""


class Program:
    """One random snippet; `variables` are those in scope, with their types."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.variables = {"w1": "int", "w2": "int", "w3": "unsigned int"}
        self.names = 0
        statements = [self.statement() for _ in range(self.random.randint(3, 8))]
        total = " + ".join(f"(long long){name}" for name in self.variables)
        self.text = "\n".join(["y = 0;", "int w1 = a; int w2 = e; unsigned int w3 = b;", *statements, f"y += {total};"])

    def new_name(self):
        self.names += 1
        return f"v{self.names}"

    def expression(self, depth=0):
        pick, chance = self.random.choice, self.random.random()
        if depth > 3 or chance < 0.25:
            return pick(_LITERALS) if self.random.random() < 0.3 else pick([*_INPUTS, *self.variables])
        x, y, chance = self.expression(depth + 1), self.expression(depth + 1), self.random.random()
        if chance < 0.35:
            return f"({x} {pick('+-*&|^')} {y})"
        if chance < 0.45:
            return f"({x} {pick('/%')} (({y} & 7) + 1))"
        if chance < 0.55:
            return f"({x} {pick(['<<', '>>'])} ({y} & 7))"
        if chance < 0.65:
            return f"({x} {pick(['<', '<=', '>', '>=', '==', '!='])} {y})"
        if chance < 0.71:
            return f"({x} {pick(['&&', '||'])} {y})"
        if chance < 0.78:
            return f"({x} ? {y} : {self.expression(depth + 1)})"
        if chance < 0.88:
            return f"({pick(_TYPES)})({x})"
        return f"{pick('-~!+')}({x})" if chance < 0.94 else f"picked({x}, {y})"

    def statement(self, depth=0):
        pick, chance = self.random.choice, self.random.random()
        of = {kind: [name for name, its in self.variables.items() if its == kind] for kind in ("int", "unsigned int")}
        changeable = [name for name, kind in self.variables.items() if kind != "bool"]
        if chance < 0.3:
            value, kind, name = self.expression(), pick(_TYPES), self.new_name()
            self.variables[name] = kind
            return f"{kind} {name} = {value};"
        if chance < 0.5:
            return f"{pick(changeable)} {pick(['=', '+=', '-=', '*=', '&=', '|=', '^='])} {self.expression()};"
        if chance < 0.56:
            return f"{pick(changeable)} {pick(['<<=', '>>='])} ({self.expression()} & 3);"
        if chance < 0.62:
            name = pick(changeable)
            return pick([f"{name}++;", f"--{name};", f"y += {name}--;", f"y ^= ++{name};"])
        if depth < 2 and chance < 0.72:
            test, then = self.expression(), self.block(depth)
            return f"if ({test}) {then}" + (f" else {self.block(depth)}" if self.random.random() < 0.5 else "")
        if depth < 2 and chance < 0.8:
            name = self.new_name()
            return f"for (int {name} = 0; {name} < {self.random.randint(1, 5)}; {name}++) {self.block(depth)}"
        if chance < 0.86:
            return f"exchange({', '.join(self.random.sample(of['int'], 2))});"
        if chance < 0.92:
            return f"y += advanced(&{pick(of['int'])}, {self.expression(2)});"
        if chance < 0.95:
            return f"y += lowered({pick(of['unsigned int'])}, {self.expression(2)});"
        kind, values, p = pick(["int", "long long", "unsigned int"]), self.new_name(), self.new_name()
        given = ", ".join(f"({kind})({self.expression(2)})" for _ in range(4))
        walk = f"{kind} *{p} = {values} + {self.random.randint(0, 2)}; *{p} += {self.expression(2)}; {p}++; {p}[0] ^= 5; y += total({values}, 4);"
        return f"{kind} {values}[4] = {{{given}}}; {walk} y -= *--{p}; y += {p} - {values}; y += ({p} > {values}) + ({values} + 1 == {p});"

    def block(self, depth):
        outer = dict(self.variables)
        body = " ".join(self.statement(depth + 1) for _ in range(self.random.randint(1, 3)))
        self.variables = outer
        return "{ " + body + " }"


def numbers(generator, dtype):
    """Numbers of a dtype: any, small ones, and the ends."""
    ends = np.iinfo(dtype)
    found = generator.integers(ends.min, ends.max, _ELEMENTS, dtype=dtype, endpoint=True)
    found[:24] = generator.integers(max(ends.min, -9), 9, 24)
    found[24:28] = [ends.min, ends.max, 0, 1]
    return found


def compiled(programs, folder):
    """The host's form of the programs: a library with a function for each."""
    source, library = folder / "programs.cpp", folder / "programs.so"
    pointers = ", ".join(f"const {kind}* {name}_" for name, (kind, _) in _INPUTS.items())
    loads = " ".join(f"{kind} {name} = {name}_[i];" for name, (kind, _) in _INPUTS.items())
    functions = [
        f"void f{k}({pointers}, long long* y_) {{ for (int i = 0; i < {_ELEMENTS}; i++) {{ {loads} long long y;\n{program.text}\ny_[i] = y; }} }}"
        for k, program in enumerate(programs)
    ]
    source.write_text("\n".join(["#define __device__ static", _PREAMBLE, 'extern "C" {', *functions, "}"]))
    subprocess.run(["g++", "-O0", "-fwrapv", "-w", "-shared", "-fPIC", source, "-o", library], check=True)
    return ctypes.CDLL(str(library))


def on_the_host(function, inputs):
    """What the host's form of a program gives; None where it ends its process: of some programs without a zero divisor GCC 12 makes code that divides by zero."""
    with mmap.mmap(-1, 8 * _ELEMENTS) as shared:
        found = np.frombuffer(shared, np.int64)
        child = os.fork()
        if child == 0:
            function(*(values.ctypes.data_as(ctypes.c_void_p) for values in [*inputs, found]))
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        answer = found.copy() if status == 0 else None
        del found
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=600, help="the time after which no further program begins")
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    inputs = [numbers(generator, dtype) for _, dtype in _INPUTS.values()]
    programs = [Program(options.seed * 1_000_003 + k) for k in range(options.count)]
    parameters = ", ".join(f"{dtype} {name}" for name, (_, dtype) in _INPUTS.items())
    failures, done, start = 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(programs, pathlib.Path(folder))
        # Before the device is in use, whose threads a fork does not have.
        answers = [on_the_host(getattr(library, f"f{k}"), inputs) for k in range(options.count)]
    on_device = [ag.asarray(values) for values in inputs]
    for k, (program, expected) in enumerate(zip(programs, answers)):
        if time.monotonic() - start > options.seconds:
            break
        if expected is None:
            print(f"program {k} ends the host's own process, and is left out", flush=True)
            continue
        done += 1
        try:
            got = ag.ElementwiseKernel(parameters, "int64 y", program.text, f"program{k}", preamble=_PREAMBLE)(*on_device).get()
        except ag.KernelError as error:
            failures += 1
            print(f"program {k} is refused: {error}\n{program.text}\n", flush=True)
            continue
        wrong = np.flatnonzero(got != expected)
        if wrong.size:
            failures += 1
            at = wrong[0]
            given = ", ".join(f"{name} = {values[at]}" for name, values in zip(_INPUTS, inputs))
            print(f"program {k} gives {got[at]}, and C++ {expected[at]}, of {given}\n{program.text}\n", flush=True)
    print(f"{done} programs, {failures} failures")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
