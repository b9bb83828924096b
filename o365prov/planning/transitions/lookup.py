"""Looking rows up in the transition table, and which of them were met since somebody began to count.

A situation is looked up once: there are far fewer of them than people.
"""

from __future__ import annotations

from o365prov.planning.transitions.situations import Situation
from o365prov.planning.transitions.table import ROWS
from o365prov.planning.transitions.transition import Transition

_MET: dict[Situation, Transition] = {}


def transition(situation: Situation) -> Transition:
    """The one row that fits."""
    row = _MET.get(situation)
    if row is None:
        [row] = (row for row in ROWS if row.fits(situation))
        _MET[situation] = row
    return row


def every_row() -> frozenset[str]:
    """The words of all rows."""
    return frozenset(row.words for row in ROWS)


def rows_met() -> frozenset[str]:
    """The words of the rows that fitted a situation since :func:`forget_rows_met`, in this process."""
    return frozenset(row.words for row in _MET.values())


def forget_rows_met() -> None:
    """Begin to count the rows that are met."""
    _MET.clear()
