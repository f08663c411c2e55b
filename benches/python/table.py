"""Write the JSON of a benchmark run as the Markdown of docs/performance.md.

    python benches/python/table.py build/bench.json
"""

import json
import pathlib
import sys


def cell(row, name):
    """The rate of library `name` in `row`, or its time."""
    seconds = row["seconds"].get(name)
    if seconds is None:
        return ""
    if row["flops"]:
        return f"{row['flops'] / seconds / 1e12:.2f} TFLOP/s"
    if row["bytes"]:
        return f"{row['bytes'] / seconds / 1e9:,.0f} GB/s"
    if row["count"] > 1:
        return f"{seconds / row['count'] * 1e6:.2f} us each"
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e6:.1f} us"


def main():
    """Run from the command line."""
    record = json.loads(pathlib.Path(sys.argv[1]).read_text())
    libraries = [name for name in ("anygpu", "numpy", "cupy", "torch", "jax") if any(name in row["seconds"] for row in record["rows"])]
    print(f"{record['date'][:10]}, {record['device']}, arrays of 2^{record['size_log2']} elements.")
    print(", ".join(f"{name} {version}" for name, version in record["versions"].items() if version) + ".\n")
    print("| work | bytes | of copy | " + " | ".join(libraries) + " |")
    print("|---|---:|---:|" + "---:|" * len(libraries))
    for row in record["rows"]:
        size = f"{row['bytes'] / 1e6:,.0f} MB" if row["bytes"] else ""
        share = f"{row['ratio_to_copy']:.1%}" if "ratio_to_copy" in row else ""
        print(f"| {row['work']} | {size} | {share} | " + " | ".join(cell(row, name) for name in libraries) + " |")


if __name__ == "__main__":
    main()
