"""Mutants are named by what they change, and what is explained of one is about code that is there."""

import re
from pathlib import Path

from mutants import mutants
from run_mutants import explained

PACKAGE = Path(__file__).parents[2] / "o365prov"
MODULE = '''
"""A module whose own code is left alone: 1."""
LIMIT = 3 + 4


class Line:
    def place(self, people, most=5):
        """A docstring."""
        if not people or len(people) > most:
            return [each for each in sorted(people) if each.waits]
        self.note(f"so many: {1}", strict=True)
        match people:
            case [first]:
                return first
            case _:
                raise ValueError(f"{2}")
'''


def named(tmp_path):
    """How the mutants of the module are named."""
    path = tmp_path / "line.py"
    path.write_text(MODULE)
    return [str(each) for each in mutants(path)]


def test_a_mutant_is_one_small_change_of_a_function(tmp_path):
    """Conditions, operands, comparisons, calls, statements and cases; no message, default, docstring or last resort."""
    assert named(tmp_path) == [
        f"Line.place: {change}"
        for change in (
            "not people or len(people) > most → True",
            "not people or len(people) > most → False",
            "not people or len(people) > most → len(people) > most",
            "not people or len(people) > most → not people",
            "not people → people",
            "len(people) > most → len(people) >= most",
            "return [each for each in sorted(people) if each.waits] → return",
            "sorted(people) → list(people)",
            "each.waits → True",
            "self.note(f'so many: {1}', strict=True) → (left out)",
            "[first] → (left out)",
            "return first → return",
        )
    ]


def test_every_mutant_is_a_module_that_can_be_compiled(tmp_path):
    """And the module is as it was after each of them: no change is left in the next one."""
    path = tmp_path / "line.py"
    path.write_text(MODULE)
    codes = {each.code.replace(co_filename="") for each in mutants(path)}
    assert len(codes) == len(named(tmp_path))


def test_explanations_are_about_functions_that_are_there():
    """Somebody who renames or deletes a function renames or deletes what is explained of it."""
    missing = []
    for module, changes in explained().items():
        there = set(re.findall(r"def (\w+)\(", (PACKAGE / module).read_text("utf-8")))
        functions = {each.partition(":")[0].rpartition(".")[2] for each in changes}
        missing += [f"{module}: {name}" for name in sorted(functions - there)]
    assert missing == []
