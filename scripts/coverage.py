"""The coverage page: which names of the array API standard and of CuPy are there, where they run, and which tests name them.

    python scripts/coverage.py [--check]

Writes docs/coverage.md from the lists in docs/api; with --check only says whether the page is current. Needs the built package and no device.

Where something runs is known of ufuncs (a kernel) and told by tables: `KERNELS` here, and `__runs__` in a module of the package, a word for all of its
functions or a dict by name, for what is done on the host. Everything else is composed of operations that run on the device.
"""

import argparse
import ast
import pathlib
import re
import sys
import types

import anygpu as ag

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coverage.md"
LISTS = {
    "array_api_2025.txt": "Python array API standard 2025.12",
    "cupy.txt": "CuPy",
    "numpy.txt": "NumPy's functions that CuPy lacks",
}

#: Functions beside the ufuncs that are one kernel, or a family of kernels of their own.
KERNELS = set("""
    all amax amin any arange argmax argmin argsort asarray array astype concat concatenate copy count_nonzero cumprod cumsum cumulative_prod
    cumulative_sum dot empty eye full identity linspace lexsort matmul max mean min nonzero ones prod sort stack std sum take var where zeros
    ElementwiseKernel RawKernel RawModule ReductionKernel
""".split())

#: Why a name is not there, where no version will have it.
NEVER = {
    **dict.fromkeys(
        "cuda.CFunctionAllocator cuda.Function cuda.Graph cuda.Module cuda.get_cublas_handle cuda.get_cuda_path cuda.get_hipcc_path "
        "cuda.get_local_runtime_version cuda.get_nvcc_path cuda.get_rocm_path cuda.ExternalStream".split(),
        "CUDA only",
    ),
    **dict.fromkeys(
        "byte_bounds cuda.BaseMemory cuda.ManagedMemory cuda.Memory cuda.MemoryAsync cuda.MemoryAsyncPool cuda.MemoryHook cuda.MemoryPointer "
        "cuda.PinnedMemory cuda.PinnedMemoryPointer cuda.PythonFunctionAllocator cuda.UnownedMemory cuda.alloc cuda.alloc_pinned_memory "
        "cuda.malloc_async cuda.malloc_managed".split(),
        "no pointers into device memory",
    ),
    **dict.fromkeys("random.MRG32k3a random.XORWOW".split(), "a generator of cuRAND's: `Philox4x3210` is the one here"),
    "cuda.profile": "CUDA only",
    "frompyfunc": "arrays of Python objects: `vectorize` compiles a function of numbers",
    "nested_iters": "iterates over elements on the host",
    **dict.fromkeys(
        "DataSource disable_experimental_feature_warning disp find_common_type format_parser get_array_wrap issctype issubclass_ issubsctype "
        "make_aligned_dtype obj2sctype safe_eval sctype2char set_string_function who fft.config".split(),
        "dropped by NumPy 2, or an internal of CuPy",
    ),
}

KERNEL, COMPOSED, HOST, PLAIN = "kernel", "composed", "host", "—"


def resolve(name):
    """The object called `name` in the package, and whether there is one."""
    found = ag
    if name.startswith("__array_namespace_info__()."):
        found, name = ag.__array_namespace_info__, name.split(".", 1)[1]
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            return None, False
    return found, True


def where(name, thing):
    """Where an operation runs; a dash for what computes nothing."""
    if name.startswith("ndarray."):
        member = name.split(".")[1]
        return PLAIN if member in {"dtype", "device", "ndim", "shape", "size", "__array_namespace__"} else KERNEL
    if isinstance(thing, ag.ufunc):
        return KERNEL
    if name.startswith("cuda."):
        return PLAIN
    module = getattr(thing, "__module__", None) or ""
    own = module.startswith("anygpu") and not isinstance(thing, types.ModuleType)
    runs = getattr(sys.modules.get(module), "__runs__", None) if own else None
    runs = runs.get(name.split(".")[-1]) if isinstance(runs, dict) else runs
    if runs:
        return runs
    if name in KERNELS:
        return KERNEL
    return COMPOSED if own and isinstance(thing, types.FunctionType) else PLAIN


def words(path):
    """The attributes that a test file uses, and the identifiers in its strings: not NumPy's own attributes, not docstrings."""
    tree = ast.parse(path.read_text())
    documents = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and node.body and isinstance(node.body[0], ast.Expr)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "np"):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documents:
            if re.fullmatch(r"[\w\s.]+", node.value):
                found.update(re.split(r"[\s.]+", node.value))
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
    return found


#: Operators, which tests write as such.
OPERATORS = "abs add and eq floordiv ge gt invert le lshift lt matmul mod mul ne neg or pos pow rshift sub truediv xor getitem setitem".split()

CONVERSIONS = "bool complex float index int".split()


def tested_by(name, thing, files):
    """The test files that mention something, by this name or (an alias) by its own."""
    parts = [part for part in name.replace("()", "").split(".") if part]
    wanted, own = parts[-1], getattr(thing, "__name__", None)
    operator = wanted.strip("_") if wanted.startswith("__") else ""
    if operator in OPERATORS or operator[1:] in OPERATORS:
        return ["inplace" if operator not in OPERATORS and operator[0] == "i" else "elementwise"]
    if operator in CONVERSIONS:
        return ["interop"]
    modules = set(parts[:-1]) - {"ndarray", "__array_namespace_info__"}
    return [stem for stem, found in files.items() if {wanted, own} & found and modules <= found]


def table(names, files):
    rows, counts = [], dict.fromkeys((KERNEL, COMPOSED, HOST, PLAIN, "absent"), 0)
    for name in names:
        thing, there = resolve(name)
        if not there:
            counts["absent"] += 1
            reason = "for CuPy's own tests" if name.startswith("testing.") else NEVER.get(name, "not there")
            rows.append(f"| `{name}` | {reason} | |")
            continue
        runs = where(name, thing)
        counts[runs] += 1
        tests = tested_by(name, thing, files)
        shown = ", ".join(tests[:3]) + (f" and {len(tests) - 3} more" if len(tests) > 3 else "")
        rows.append(f"| `{name}` | {runs} | {shown} |")
    return rows, counts


def page():
    files = {path.stem.removeprefix("test_"): words(path) for path in sorted((ROOT / "tests" / "python").glob("test_*.py"))}
    lines = [
        "# Coverage",
        "",
        "Written by `python scripts/coverage.py`. *kernel*: computed by kernels of its own; *composed*: by several operations on the device, which fuse;",
        "*host*: on the host, on purpose (files, text, questions about dtypes, eigenvalues and singular values); a dash: nothing is computed (constants, dtypes,",
        "classes). The last column names the files in `tests/python` that mention the name.",
        "",
        "| list | names | there | kernel | composed | host | nothing to compute | not there |",
        "|---|---|---|---|---|---|---|---|",
    ]
    sections = []
    for file, title in LISTS.items():
        names = [line for line in (ROOT / "docs" / "api" / file).read_text().split("\n") if line and not line.startswith("#")]
        rows, counts = table(names, files)
        there = len(names) - counts["absent"]
        lines.append(
            f"| {title} | {len(names)} | {there} | {counts[KERNEL]} | {counts[COMPOSED]} | {counts[HOST]} | {counts[PLAIN]} | {counts['absent']} |"
        )
        sections += ["", f"## {title}", "", "| name | runs | tests |", "|---|---|---|", *rows]
    return "\n".join(lines + sections) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with an error where the page is not current")
    text = page()
    if not parser.parse_args().check:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/coverage.md is not current: run python scripts/coverage.py")


if __name__ == "__main__":
    main()
