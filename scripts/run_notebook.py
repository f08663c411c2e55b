"""Execute a notebook in a real Jupyter kernel and keep the executed copy.

    python scripts/run_notebook.py NOTEBOOK [--output FOLDER] [--timeout SECONDS]

The kernel is the interpreter that runs this script. Cells tagged `report` have their text output repeated here, so that a
terminal shows the device and the timings. The executed notebook goes to build/NAME.executed.ipynb, with outputs up to the failing
cell if one fails; the exit status is then 1.
"""

import argparse
import contextlib
import json
import os
import pathlib
import sys
import tempfile
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


@contextlib.contextmanager
def kernel_of_this_interpreter():
    """A kernel specification that names `sys.executable`, found before any that the machine has installed."""
    with tempfile.TemporaryDirectory() as folder:
        spec = pathlib.Path(folder, "kernels", "anygpu")
        spec.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "anygpu", "language": "python"}))
        before = os.environ.get("JUPYTER_PATH")
        os.environ["JUPYTER_PATH"] = folder if before is None else folder + os.pathsep + before
        try:
            yield "anygpu"
        finally:
            os.environ.pop("JUPYTER_PATH")
            if before is not None:
                os.environ["JUPYTER_PATH"] = before


def printed(cell):
    """The text a code cell has printed."""
    return "".join(o["text"] for o in cell.get("outputs", []) if o["output_type"] == "stream" and o["name"] == "stdout")


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--timeout", type=int, default=300, help="seconds a cell may take")
    options = parser.parse_args()

    notebook = nbformat.read(options.notebook, as_version=4)
    options.output.mkdir(parents=True, exist_ok=True)
    target = options.output / f"{options.notebook.stem}.executed.ipynb"
    begun, failure = time.perf_counter(), None
    with kernel_of_this_interpreter() as kernel:
        client = NotebookClient(notebook, timeout=options.timeout, kernel_name=kernel, resources={"metadata": {"path": str(options.notebook.parent)}})
        try:
            client.execute()
        except CellExecutionError as error:
            failure = error
    nbformat.write(notebook, target)

    for cell in notebook.cells:
        if cell.cell_type == "code" and "report" in cell.metadata.get("tags", []):
            sys.stdout.write(printed(cell))
    print(f"executed in {time.perf_counter() - begun:.1f} s: {target.resolve()}")
    if failure is not None:
        sys.exit(f"{options.notebook}: a cell failed\n{failure}")


if __name__ == "__main__":
    main()
