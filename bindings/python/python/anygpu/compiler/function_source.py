"""The syntax tree of a Python function, and where it stands."""

import ast
import inspect
import textwrap

from .errors import KernelError, Source


def read_source(function):
    """The syntax tree of a function, and where it stands."""
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        raise KernelError(f"the source of {function!r} cannot be read: kernels are compiled from the text of a function in a file or a notebook cell{_remedy(function)}") from None
    # A function that was given another name keeps that of its definition here.
    name = function.__code__.co_name
    if name == "<lambda>":
        return _read_lambda(function)
    text = textwrap.dedent("".join(lines))
    source = Source(inspect.getsourcefile(function) or "<unknown>", first, text.splitlines(), 0)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node, source
    raise KernelError(f"no function definition was found in the source of {function!r}")


def _remedy(function):
    """What to do about a function that `exec` made."""
    if not getattr(getattr(function, "__code__", None), "co_filename", "").startswith("<"):
        return ""
    return (
        "; for what exec() makes, give Python the text: name = '<kernel 1>', linecache.cache[name] = (len(text), None, text.splitlines(True), name), "
        "exec(compile(text, name, 'exec'))"
    )


def _read_lambda(function):
    """A function without a name is found in the whole file: its own lines need not parse, and may hold several."""
    code = function.__code__
    lines = inspect.findsource(function)[0]
    names = code.co_varnames[: code.co_argcount]
    found = [n for n in ast.walk(ast.parse("".join(lines))) if isinstance(n, ast.Lambda) and n.lineno <= code.co_firstlineno <= n.end_lineno]
    found = [n for n in found if tuple(a.arg for a in (*n.args.posonlyargs, *n.args.args)) == names]
    if len(found) > 1 and hasattr(code, "co_positions"):
        places = set(code.co_positions())
        found = [n for n in found if (n.body.lineno, n.body.end_lineno, n.body.col_offset, n.body.end_col_offset) in places]
    if len(found) != 1:
        raise KernelError(f"which lambda of line {code.co_firstlineno} this is cannot be told: give it a line of its own, or a name with `def`")
    return found[0], Source(inspect.getsourcefile(function) or "<unknown>", 1, [line.rstrip("\n") for line in lines], 0)
