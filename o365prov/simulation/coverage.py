"""What simulations met, and what they never met: a test that never came by proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from attrs import field, frozen

from o365prov._fields import as_frozenset, as_tuple
from o365prov.planning import every_row
from o365prov.rendering import Cell, Document, Facts, Renderable, Row, Table, check_limit
from o365prov.simulation.schedule.events import AMID_NOTES, Cut, CutPlace, Event, Source, Wrong

ALLOWED = "quarantined, and allowed to go on"
"""What happens to an app when too much fails for one reason."""


def _counts(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return as_tuple(counts)


@frozen(repr=False)
class SimulationCoverage(Renderable):
    """What simulations met.

    Args:
        simulations: how many there were.
        rows: the rows of the transition table, by their words.
        events: how often each event, each plan's source, each fault at each request, and each interruption at each
            place happened, by their names.

    """

    simulations: int = 0
    rows: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    events: tuple[tuple[str, int], ...] = field(default=(), converter=_counts)

    def __add__(self, other: SimulationCoverage) -> SimulationCoverage:
        """What both met together."""
        events = Counter(dict(self.events)) + Counter(dict(other.events))
        return SimulationCoverage(self.simulations + other.simulations, self.rows | other.rows, sorted(events.items()))

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: what was never met first, then how often the rest was."""
        check_limit(limit)
        met = {name.partition(":")[0] for name, _ in self.events}
        cuts = (
            f"{cut.name} {place.name}"
            for cut in Cut
            for place in CutPlace
            if cut in AMID_NOTES or place is not CutPlace.AMID_NOTE
        )
        kinds = {
            "rows of the transition table": (every_row(), self.rows),
            "events": ((each.name for each in Event), met),
            "plans": ((each.name for each in Source), met),
            "faults of the network": ((each.name for each in Wrong), met),
            "interruptions": (cuts, met),
            "apps": ((ALLOWED,), met),
        }
        never = [(kind, name) for kind, (names, found) in kinds.items() for name in _missing(names, found)]
        facts = (
            ("simulations", f"{self.simulations:,}"),
            ("rows of the transition table", f"{len(self.rows & every_row())} of {len(every_row())}"),
        )
        return Document(
            "What was met",
            (
                Facts(facts),
                _table("Never met", ("kind", "what"), never[:limit], "  {0}: {1}"),
                _table("Met", ("what", "how often"), [(name, f"{count:,}") for name, count in self.events][:limit]),
            ),
        )

    def __repr__(self) -> str:
        return f"SimulationCoverage({self.simulations} simulations, {len(self.rows)} rows, {len(self.events)} events)"


def _missing(names: Iterable[str], found: Collection[str]) -> list[str]:
    return sorted(name for name in names if name not in found)


def _table(title: str, columns: tuple[str, str], rows: Iterable[tuple[str, str]], line: str = "  {0}  {1}") -> Table:
    return Table(title, columns, [Row((Cell.of(first), Cell.of(second))) for first, second in rows], line, titled=True)
