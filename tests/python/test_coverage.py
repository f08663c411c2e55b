"""The coverage page says what is there."""

import importlib.util
import pathlib
import re

import numpy as np
import pytest

import anygpu as ag

ROOT = pathlib.Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.gpu


def load_script():
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "scripts" / "coverage.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def without_tests(page):
    """The page but for the column of test files: an edit of a test moves it, and says nothing about what is there."""
    return [line.rsplit("|", 2)[0] if line.startswith("| `") else line for line in page.split("\n")]


@pytest.mark.skipif(not np.__version__.startswith("2.4."), reason="the page is of NumPy 2.4")
def test_the_coverage_page_is_current():
    script = load_script()
    assert without_tests(script.PAGE.read_text()) == without_tests(script.page()), "run python scripts/coverage.py"


def test_the_coverage_page_names_test_files_that_exist():
    rows = [line.rsplit("|", 2)[1] for line in load_script().PAGE.read_text().split("\n") if line.startswith("| `")]
    named = {word for row in rows for word in re.sub(r" and \d+ more", "", row).replace(",", " ").split()}
    assert named and all((ROOT / "tests" / "python" / f"test_{name}.py").exists() for name in named)


@pytest.mark.parametrize(
    "alias, name",
    [
        ("bitwise_invert", "invert"),
        ("bitwise_not", "invert"),
        ("bitwise_left_shift", "left_shift"),
        ("bitwise_right_shift", "right_shift"),
        ("abs", "absolute"),
        ("pow", "power"),
        ("mod", "remainder"),
        ("true_divide", "divide"),
        ("degrees", "rad2deg"),
        ("radians", "deg2rad"),
        ("around", "round"),
        ("round_", "round"),
        ("concat", "concatenate"),
        ("amin", "min"),
        ("amax", "max"),
    ],
)
def test_aliases_are_one_object(alias, name):
    assert getattr(ag, alias) is getattr(ag, name)
