"""The page of benchmarks is what the session wrote: every script with what it measured, and the machine."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
SCRIPTS = sorted((ROOT / "benchmarks").glob("bench_*.py"))


def test_every_script_has_its_section():
    """In its own words, and with what it measured."""
    _, *sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    assert len(sections) == len(SCRIPTS)
    for script, section in zip(SCRIPTS, sections, strict=True):
        about = ast.get_docstring(ast.parse(script.read_text("utf-8"))).partition("\n")[0]
        assert about.replace("``", "`") in section
        assert re.search(r"^\| .+ \| [\d.]+ \| ", section, re.MULTILINE)


def test_the_machine_is_described():
    """A ratio means the same elsewhere, and yet who reads it wants to know where it was measured."""
    assert re.search(r"^Measured on \d{4}-\d\d-\d\d at commit `[0-9a-f]+`: .+, \d+ cores, \d+ GiB", PAGE, re.MULTILINE)
    assert re.search(r"(Linux|Darwin|Windows) .*, (CPython|PyPy) 3\.\d+", PAGE)
