"""Time anygpu beside a device copy and every installed peer, in one run.

    python benches/python/bench.py [--quick] [--size-log2 28] [--only WORD] [--json build/bench.json]

Each row gives the bytes or operations that the work must do, the median time, the rate, the ratio to this device's own copy, and
how many times as fast anygpu is as each of NumPy, CuPy, PyTorch and JAX, where they can be imported. Every library runs the same
statements, on data of the same values, synchronised after every repetition; uploads are outside the timing except where the upload
is what is timed. A rate says little without the copy beside it: compare ratios, and only within one run.

`--quick` takes sizes and repetitions for a software driver. The table goes to the terminal, everything to the JSON file.
"""

import argparse
import datetime
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import numpy as np
from peers import find_peers
from workloads import DEVICE_COPY, Work, workloads


def measure(function, synchronize, seconds, repeats, warm_up=2, together=1):
    """Times of `function()` with everything it started finished: up to `repeats` of them within `seconds`, but three at least.

    `together` calls are started before one wait, and the time is divided by them: that is how a program runs, and the wait costs as
    long as moving 100 MB. Each call's result is kept until then, so that no library may drop or share work.
    """
    for _ in range(warm_up):
        synchronize(function())
    times, stop = [], time.perf_counter() + seconds
    while len(times) < repeats and (len(times) < 3 or time.perf_counter() < stop):
        begun = time.perf_counter()
        results = [function() for _ in range(together)]
        synchronize(results if together > 1 else results[0])
        times.append((time.perf_counter() - begun) / together)
        del results
    return times


def describe(seconds):
    """A time with the unit that suits it."""
    for unit, scale in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:8.2f} {unit}"
    return f"{seconds * 1e9:8.1f} ns"


def rate(work, seconds):
    """TFLOP/s, GB/s or the time of one of many operations, as text; nothing for a single latency."""
    if work.flops:
        return f"{work.flops / seconds / 1e12:9.3f} TFLOP/s"
    if work.bytes:
        return f"{work.bytes / seconds / 1e9:9.1f} GB/s"
    if work.count > 1:
        return f"{seconds / work.count * 1e6:9.2f} us each"
    return ""


def versions(peers):
    """What ran, for the record."""
    import anygpu

    found = {"python": platform.python_version(), "platform": platform.platform(), "processor": platform.processor() or platform.machine(), "anygpu": anygpu.__version__}
    found |= {peer.name: peer.version for peer in peers}
    try:
        query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        found["nvidia-smi"] = subprocess.run(query, capture_output=True, text=True, timeout=20).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        pass
    return found


def fresh_process(code, repeats):
    """Times printed by `code` in new interpreters."""
    times = []
    for _ in range(repeats):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        times.append(float(done.stdout))
    return times


PROCESSES = {
    "import NumPy alone, fresh process": "import time; t = time.perf_counter(); import numpy; print(time.perf_counter() - t)",
    "import, fresh process": "import time; t = time.perf_counter(); import anygpu; print(time.perf_counter() - t)",
    "first result, fresh process": "import time; t = time.perf_counter(); import anygpu as ag; float((ag.arange(1000.0) * 2 + 1).sum()); print(time.perf_counter() - t)",
}


class Report:
    """The table as it grows, and the rows for the JSON file."""

    def __init__(self, peers):
        self.others = [p.name for p in peers if p.name != "anygpu"]
        self.rows = []
        self.copy_rate = None
        ratios = "".join(f" {'vs ' + name:>10}" for name in self.others)
        print(f"{'work':44} {'bytes':>12} {'time':>11} {'rate':>17} {'of copy':>8}{ratios}")

    def add(self, work, times, errors):
        """One row. `times` and `errors` by library."""
        medians = {name: statistics.median(t) for name, t in times.items()}
        ours = medians.get("anygpu")
        if work.name == DEVICE_COPY:  # the limit is the fastest copy that any library makes on this device
            self.copy_rate = max((work.bytes / m for name, m in medians.items() if name != "numpy"), default=None)
        row = {"work": work.name, "bytes": work.bytes, "flops": work.flops, "count": work.count, "seconds": medians, "all_seconds": times, "errors": errors}
        if ours and self.copy_rate and work.bytes and not work.flops and work.compare_with_copy:
            row["ratio_to_copy"] = work.bytes / ours / self.copy_rate
        row["times_as_fast_as"] = {name: medians[name] / ours for name in self.others if ours and name in medians}
        self.rows.append(row)
        size = f"{work.bytes / 1e6:,.1f} MB" if work.bytes else ""
        of_copy = f"{row['ratio_to_copy']:.1%}" if "ratio_to_copy" in row else ""
        ratios = "".join(f" {row['times_as_fast_as'][name]:>9.2f}x" if name in row["times_as_fast_as"] else " " * 11 for name in self.others)
        shown = f"{describe(ours)} {rate(work, ours):>17} {of_copy:>8}" if ours else f"{errors.get('anygpu', 'not measured')[:38]:38}"
        print(f"{work.name:44} {size:>12} {shown}{ratios}", flush=True)


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes and few repetitions, for a software driver")
    parser.add_argument("--size-log2", type=int, help="elements of the large arrays, as a power of two (28; 22 with --quick)")
    parser.add_argument("--only", default="", help="only work whose name holds this word")
    parser.add_argument("--peers", default="numpy,cupy,torch,jax", help="libraries to compare with, where installed")
    parser.add_argument("--repeats", type=int, help="repetitions of each measurement (30; 5 with --quick)")
    parser.add_argument("--seconds", type=float, help="longest time for the repetitions of one measurement (2; 1 with --quick)")
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("build/bench.json"))
    options = parser.parse_args()
    size_log2 = options.size_log2 or (22 if options.quick else 28)
    repeats = options.repeats or (5 if options.quick else 30)
    seconds = options.seconds or (1.0 if options.quick else 2.0)

    peers = find_peers(options.peers.split(","))
    anygpu = peers[0].module
    print(f"device: {anygpu.Device()}\n" + ", ".join(f"{p.name} {p.version}" for p in peers) + f"\nlarge arrays: 2^{size_log2} elements\n")
    report = Report(peers)
    for work in workloads(size_log2, options.quick):
        if options.only not in work.name and work.name != DEVICE_COPY:
            continue
        times, errors = {}, {}
        for peer in peers:
            if not work.runs_on(peer):
                continue
            try:
                function = work.prepare(peer)
                slow = peer.name == "numpy"  # seconds a call at full size, and steady
                together = 8 if work.count == 1 and peer.name != "numpy" and (work.bytes > 1 << 28 or work.flops) else 1
                times[peer.name] = measure(function, peer.synchronize, seconds, min(repeats, 2) if slow else repeats, 1 if slow else 2, together)
                del function
            except Exception as error:  # one library that cannot do it (memory, dtype) must not end the run
                errors[peer.name] = f"{type(error).__name__}: {error}"
            peer.free()
        report.add(work, times, errors)
    for name, code in PROCESSES.items():
        if options.only in name:
            report.add(Work(name, None), {"anygpu": fresh_process(code, 3 if options.quick else 5)}, {})

    for row in report.rows:
        for name, error in row["errors"].items():
            print(f"not measured: {row['work']}, {name}: {error}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "device": str(anygpu.Device()),
        "driver": getattr(anygpu.Device(), "driver", None),
        "capabilities": str(anygpu.Device().capabilities),
        "versions": versions(peers),
        "size_log2": size_log2,
        "copy_bytes_per_second": report.copy_rate,
        "rows": report.rows,
    }
    options.json.write_text(json.dumps(record, indent=1) + "\n")
    print(f"\nwritten to {options.json.resolve()}")
    if any("anygpu" in row["errors"] for row in report.rows):
        sys.exit("anygpu failed in at least one row")


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
