"""Some programs of scripts/fuzz_kernels.py: each runs and gives what the simulator gives, or is refused with a KernelError."""

import os
import pathlib
import sys

import pytest

from anygpu import cuda

if not hasattr(cuda, "jit"):
    pytest.skip("NumPy has no kernels", allow_module_level=True)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import fuzz_kernels


@pytest.mark.gpu
def test_programs_run_or_are_refused():
    failures = []
    # Emulated types compile slowly.
    count = 15 if os.environ.get("ANYGPU_EMULATE") else 150
    outcomes, number = fuzz_kernels.fuzz(count, 0, 120, report=failures.append)
    assert not number, "\n".join(failures)
    assert sum(outcomes.values()) == count and outcomes["agrees"] > count // 5
