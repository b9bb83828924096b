"""The tables of the page about transitions, made from the rows.

The words of a row are its situation and what is done, with a colon between them.
``python -m o365prov.planning.transitions.reference_page`` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from o365prov.planning.transitions.situations import ProblemCode, Wanted
from o365prov.planning.transitions.table import ROWS
from o365prov.planning.transitions.transition import Transition

_LATER = "Who is neither provisioned now nor left"
_PARTS = {Wanted.ASSIGNED: "Who is assigned", Wanted.LEFT: "Who is not assigned any more", None: _LATER}


def _part_of(row: Transition) -> str:
    """The part of the page that a row belongs to, by what the source says about the person."""
    [wanted] = row.when["wanted"]
    return _PARTS[wanted] if isinstance(wanted, Wanted) and wanted in _PARTS else _LATER


def tables() -> Iterator[str]:
    """A heading and a table for each part of the transition table, as MyST text."""
    for title in _PARTS.values():
        rows = "\n".join(_line(row) for row in ROWS if _part_of(row) == title)
        yield f"### {title}\n\n| Situation | What happens | Problem |\n| --- | --- | --- |\n{rows}\n"


def _line(row: Transition) -> str:
    """A row of the page: when it holds, what is done, and the code of what is said."""
    situation, _, done = row.words.partition(": ")
    said = "" if row.problem is ProblemCode.NONE else f"`{row.problem.value}`"
    return f"| {situation[0].upper()}{situation[1:]} | {done} | {said} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables()))
