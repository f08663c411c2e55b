"""Throw random programs at the kernel compiler: grammar-made ones, and changed copies of the tests' and the notebook's kernels.

    python scripts/fuzz_kernels.py [--count N] [--seed S] [--timeout SECONDS] [--only INDEX]

Every program either runs and gives what the simulator gives, or is refused with `anygpu.KernelError`. All else is a failure, printed with its source: another
exception, other values, a crash, a hang. Programs run in a process of their own, which is replaced when it dies or is silent for too long. A program is
launched only if the simulator has come to its end.
"""

import argparse
import ast
import collections
import inspect
import io
import json
import pathlib
import queue
import random
import re
import subprocess
import sys
import threading
import types

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "python"))
_STEPS = 20000
#: Refusals that a path which is never taken may cause.
_STATIC = re.compile("not supported for the input types|by zero|negative (power|shift)")


class Endless(Exception):
    """The simulator has not come to an end."""


# ---- programs ----------------------------------------------------------------------------------------------------------------------------------


def seeds():
    """The kernels to be changed: (source, names they use)."""
    import test_cuda_kernels as tests

    import numpy as np

    names = {k: v for k, v in vars(tests).items() if not k.startswith("_")}
    names |= {"TILE": 4, "THREADS": 8, "BINS": 8, "BODIES": 8}
    texts = []
    for value in vars(tests).values():
        function = getattr(value, "py_func", None)
        if inspect.isfunction(function):
            texts.append(inspect.getsource(function))
    notebook = json.loads((ROOT / "examples/notebooks/02_custom_kernels.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            text = "".join(cell["source"])
            texts += [ast.unparse(n) for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.decorator_list]
    found = []
    for text in texts:
        tree = ast.parse(text)
        tree.body[0].decorator_list.clear()
        if tree.body[0].name == "escape":
            scope = {"np": np}
            exec(ast.unparse(tree), scope)
        else:
            tree.body[0].name = "kernel"
            found.append(ast.unparse(tree) + "\n")
    return found, names


def program(seed, index, pool):
    """(source, kind) of the program of this number."""
    from kernel_programs import Programs, changed

    rng = random.Random(f"{seed}:{index}")
    if rng.random() < 0.45:
        return Programs(rng).text(), "made", rng
    text = None
    while text is None:
        base = Programs(rng).text() if rng.random() < 0.4 else rng.choice(pool)
        text = changed(rng, base)
    return text, "changed", rng


def arguments(text, kind, rng):
    """Arguments that the parameters are used like."""
    import numpy as np
    from kernel_programs import FLOATS, INTEGERS, numbers

    tree = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == "kernel")
    parameters = [a.arg for a in tree.args.args]
    if parameters == ["x", "y", "z", "counts", "out", "fout", "s", "t", "flag"]:
        n = 20
        integer, real = rng.choice(INTEGERS), rng.choice(FLOATS)
        out = next((ast.unparse(s.value.func)[3:] for s in ast.walk(tree) if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "out[i]" and isinstance(s.value, ast.Call)), "int64")
        fout = next((ast.unparse(s.value.func)[3:] for s in ast.walk(tree) if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "fout[i]" and isinstance(s.value, ast.Call)), "float64")
        out, fout = (d if d in INTEGERS + FLOATS else "float64" for d in (out, fout))
        arrays = [numbers(rng, integer, n), numbers(rng, real, n), numbers(rng, "int32", 2 * n).reshape(n, 2), np.zeros(3, "int32"), np.zeros(n, out), np.zeros(n, fout)]
        return [*arrays, rng.choice([3, 0, -7]), rng.choice([0.5, -2.0, np.float32(1.5)]), rng.choice([True, False])]
    given = []
    for name in parameters:
        ndim = 0
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name:
                ndim = max(ndim, len(node.slice.elts) if isinstance(node.slice, ast.Tuple) else 1)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name and node.attr in ("shape", "size"):
                ndim = max(ndim, 1)
        if ndim:
            shape = [(20,), (5, 7), (3, 4, 2)][min(ndim, 3) - 1]
            dtype = rng.choice(["float32", "float32", "int32", "int32", *INTEGERS, *FLOATS, "bool", "complex64"])
            count = int(np.prod(shape))
            given.append((numbers(rng, "float32", count).astype(dtype) if dtype == "complex64" else numbers(rng, dtype, count)).reshape(shape))
        else:
            given.append(rng.choice([0, 3, 20, 2.5, 1.0, np.float32(2), np.int64(7), True, (1, 2.0)]))
    return given


# ---- one program -------------------------------------------------------------------------------------------------------------------------------


def simulated(text, names, given, grid, block):
    """What the simulator makes of copies of the arguments: (arguments, exception, whether threads met in an element)."""
    import numpy as np
    from kernel_programs import forget, reference

    import anygpu as ag
    from anygpu.compiler import simulator

    tree = ast.parse(text)
    steps = [0]

    def step():
        steps[0] += 1
        if steps[0] > _STEPS:
            raise Endless

    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.While)):
            node.body.insert(0, ast.parse("_step()").body[0])
    met = []
    owners, filled = {}, set()

    def used(name, position, written):
        me = simulator._where()
        who, wrote = owners.setdefault((name, position), (me, written))
        if who != me and (wrote or written):
            met.append(position)
        owners[name, position] = (me, wrote or written)

    arguments_ = types.SimpleNamespace(used=used)

    class Watched(checked := simulator._Checked):
        """Notes elements of arguments that one thread writes and another uses."""

        def __init__(self, array, name, shared=None, whole=None):
            super().__init__(array, name, arguments_ if shared is None and name != "local array" else shared, whole)

        def _used(self, position, written):
            super()._used(position, written)
            if isinstance(self._shared, simulator._Block):
                places = {(id(self._shared), self._name, place) for place in self._places(position)}
                if written:
                    filled.update(places)
                elif not places <= filled:
                    met.append(position)  # memory of a block has no first value

    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in given]
    kernel = None
    simulator._Checked = Watched
    try:
        kernel = reference(ast.unparse(ast.fix_missing_locations(tree)), "kernel", **names, _step=step)
        ag.kernel(kernel, simulate=True)[grid, block](*copies)
    except Exception as error:
        return copies, error, met
    finally:
        simulator._Checked = checked
        if kernel is not None:
            forget(kernel)
    return copies, None, met


def agree(text, got, want):
    """Whether two arrays are the same, as far as the functions in the text are exact."""
    import numpy as np

    if want.dtype.kind not in "fc":
        # A transcendental function or a sum in another order may turn a comparison.
        return np.array_equal(got, want)
    tolerance = 2e-3 if want.dtype == np.float16 else 1e-5
    return np.allclose(got, want, rtol=tolerance, atol=1e-6, equal_nan=True)


def run(seed, index, pool, names):
    """(outcome, text of a failure) of one program."""
    import numpy as np
    from kernel_programs import forget, function

    import anygpu as ag
    from anygpu import cuda
    from anygpu.compiler import dispatcher

    text, kind, rng = program(seed, index, pool)
    names = {**names, "cuda": cuda}
    given = arguments(text, kind, rng)
    grid, block = ((2, 2), (4, 4)) if "grid(2)" in text else (3, 8)
    want, stopped, met = simulated(text, names, given, grid, block)
    kernel = function(text, "kernel", **names)
    got = [a.copy() if isinstance(a, np.ndarray) else a for a in given]
    compiled = dispatcher.Compiled
    if stopped is not None:
        # Only compiled: on a device it might not end.
        class Compiled(compiled):
            def __init__(self, *given):
                super().__init__(*given)
                self.kernel = type("Unlaunched", (), {"launch": staticmethod(lambda *a: True)})

        dispatcher.Compiled = Compiled
    try:
        ag.kernel(kernel)[grid, block](*got)
        ag.synchronize()
    except ag.KernelError as error:
        if "defect" in str(error):
            return "defect", str(error)[:3000]
        # What NumPy and the grammar promise to work is not refused.
        if kind == "made" and stopped is None and not _STATIC.search(str(error)):
            return "refused, and the simulator runs it", str(error)
        return "refused", None
    except Exception as error:
        import traceback

        return f"{type(error).__name__}", traceback.format_exc(limit=-6)
    finally:
        dispatcher.Compiled = compiled
        forget(kernel)
    if stopped is not None:
        return f"compiled ({type(stopped).__name__} in the simulator)", None
    if kind == "changed" and (met or "atomic" in text):
        return "ran", None
    for k, (a, b) in enumerate(zip(got, want)):
        if isinstance(a, np.ndarray) and not agree(text, a, b):
            where = np.argwhere(~((a == b) | ((a != a) & (b != b))))[:4]
            shown = [(tuple(int(n) for n in p), a[tuple(p)], b[tuple(p)]) for p in where]
            arguments_ = ", ".join(f"{g.dtype}{g.shape}" if isinstance(g, np.ndarray) else repr(g) for g in given)
            return "other values", f"argument {k} ({a.dtype}): (index, device, simulator) {shown}\narguments: {arguments_}"
    return "agrees", None


# ---- processes ---------------------------------------------------------------------------------------------------------------------------------


def work(options):
    """A worker: a line before each program, and one with its outcome after it."""
    import numpy as np

    np.seterr(all="ignore")
    # What the programs print is theirs.
    out, sys.stdout = sys.stdout, io.StringIO()
    pool, names = seeds()
    for index in range(options.first, options.first + options.count):
        print(json.dumps(["begin", index]), file=out, flush=True)
        try:
            outcome, details = run(options.seed, index, pool, names)
        except Exception as error:
            import traceback

            outcome, details = f"the fuzzer's own {type(error).__name__}", traceback.format_exc(limit=-5)
        print(json.dumps(["end", index, outcome, details]), file=out, flush=True)


_FINE = re.compile("agrees$|ran$|refused$|compiled ")


def fuzz(count, seed, timeout, first=0, report=print):
    """Runs programs in workers; returns (how many had which outcome, number of failures)."""
    outcomes, failures = collections.Counter(), 0
    pool = None
    index, end = first, first + count

    def failed(number, outcome, details):
        nonlocal failures, pool
        if pool is None:
            pool = seeds()[0]
        failures += 1
        report(f"---- program {number}: {outcome}\n{program(seed, number, pool)[0]}\n{details or ''}\n")

    while index < end:
        command = [sys.executable, __file__, "--worker", "--first", str(index), "--count", str(min(end - index, 500)), "--seed", str(seed)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines, errors = queue.Queue(), collections.deque(maxlen=20)
        readers = [
            threading.Thread(target=lambda out=worker.stdout, q=lines: [*map(q.put, out), q.put(None)], daemon=True),
            threading.Thread(target=lambda out=worker.stderr, e=errors: e.extend(out), daemon=True),
        ]
        for reader in readers:
            reader.start()
        begun, stop = None, min(end, index + 500)
        while index < stop:
            try:
                line = lines.get(timeout=timeout if begun is not None else 120)
            except queue.Empty:
                worker.kill()
                outcomes["hang"] += 1
                failed(index, f"no answer for {timeout} s", None)
                index += 1
                break
            if line is None:
                worker.wait()
                outcomes["crash"] += 1
                readers[1].join(1)
                failed(index, f"the process ended with {worker.returncode}", "".join(errors))
                index += 1
                break
            message = json.loads(line)
            begun = message[1]
            if message[0] == "end":
                outcomes[message[2]] += 1
                if not _FINE.match(message[2]):
                    failed(*message[1:])
                index = message[1] + 1
        if worker.poll() is None:
            try:
                worker.wait(10)
            except subprocess.TimeoutExpired:
                worker.kill()
    return outcomes, failures


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first program")
    parser.add_argument("--timeout", type=float, default=20, help="seconds a program may take")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(options)
    outcomes, failures = fuzz(options.count, options.seed, options.timeout, options.first, lambda text: print(text, flush=True))
    for outcome, number in outcomes.most_common():
        print(f"{number:7} {outcome}")
    if failures:
        sys.exit(f"{failures} failures")


if __name__ == "__main__":
    main()
