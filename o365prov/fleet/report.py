"""One report over all tenants of a fleet: how they are, what was written, what is wrong, and who needs somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from attrs import field, frozen

from o365prov._fields import as_tuple, frozen_mapping, typed
from o365prov.fleet.confirmation import Confirmation
from o365prov.fleet.rounds import Hold, Stage, TenantRound
from o365prov.rendering import (
    Block,
    Cell,
    Document,
    Note,
    Renderable,
    Row,
    Table,
    Tone,
    check_limit,
    count_text,
    more_row,
)
from o365prov.structuring import Saved, SavedFormat


def _rounds(rounds: Iterable[TenantRound]) -> tuple[TenantRound, ...]:
    return as_tuple(rounds)


def _waiting(waiting: Iterable[Confirmation]) -> tuple[Confirmation, ...]:
    return as_tuple(waiting)


@frozen(repr=False, field_transformer=typed)
class FleetReport(Renderable, Saved):
    """How the tenants of a fleet are.

    It is shown in the same forms as a plan, and ``to_json`` gives all of it.

    Args:
        made_at: when, aware.
        rounds: the latest round of each tenant.
        waiting: the plans that somebody must confirm.
        holds: what is held, by the tenant's name; by an empty one what holds the whole fleet.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.fleet_report",
        version=1,
        name="a report of a fleet",
        origin="name the file that report.save() wrote",
        remedy="make the report again",
    )

    made_at: datetime
    rounds: tuple[TenantRound, ...] = field(default=(), converter=_rounds)
    waiting: tuple[Confirmation, ...] = field(default=(), converter=_waiting)
    holds: Mapping[str, Hold] = field(factory=dict, converter=frozen_mapping, hash=False)

    @property
    def stages(self) -> dict[str, int]:
        """How many tenants are at each stage, by its name; those that wait for a confirmation are ``waiting``."""
        waiting = {each.tenant for each in self.waiting}
        return dict(Counter("waiting" if each.tenant in waiting else each.stage.value for each in self.rounds))

    @property
    def written(self) -> int:
        """How many writes to Graph were done."""
        return sum(each.written for each in self.rounds)

    @property
    def problems(self) -> dict[str, int]:
        """How many problems the plans have, by their codes, the most frequent first."""
        found: Counter[str] = Counter()
        for each in self.rounds:
            found.update(each.problems)
        return dict(found.most_common())

    @property
    def needing_somebody(self) -> dict[str, str]:
        """Why tenants need somebody, by their names: to confirm a plan, or to look at what failed."""
        return {name: "; ".join(why) for name, why in self._reasons()}

    @property
    def ok(self) -> bool:
        """Whether no tenant needs somebody."""
        return not self.needing_somebody

    def to_dicts(self) -> list[dict[str, Any]]:
        """The tenants as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each tenant a dict with the keys ``tenant``, ``round``, ``stage``, ``writes``, ``written``, ``failed``,
            ``unknown``, ``skipped``, ``pending``, ``incomplete``, ``problems`` (how many) and ``needs`` (why it needs
            somebody, or empty).

        """
        needs = self.needing_somebody
        return [
            {
                "tenant": each.tenant,
                "round": each.number,
                "stage": each.stage.value,
                "writes": each.writes,
                "written": each.written,
                "failed": each.failed,
                "unknown": each.unknown,
                "skipped": each.skipped,
                "pending": each.pending,
                "incomplete": each.incomplete,
                "problems": sum(each.problems.values()),
                "needs": needs.get(each.tenant, ""),
            }
            for each in self.rounds
        ]

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: the counts, tenants that need somebody, problems by code, and without a *limit* each tenant.

        Args:
            limit: the most rows of a kind.

        """
        check_limit(limit)
        at = f"{self.made_at:%Y-%m-%d %H:%M:%S %Z}"
        stages = ", ".join(f"{count:,} {stage}" for stage, count in sorted(self.stages.items()))
        words = f"{count_text(len(self.rounds), 'tenant')} ({stages or 'none'}), {count_text(self.written, 'write')}"
        blocks: list[Block] = [Note((f"{words}, at {at}",), Tone.TITLE)]
        blocks += [
            Note((f"! {name or 'the whole fleet'} is {kind.value}",), Tone.ALARM) for name, kind in self.holds.items()
        ]
        if needs := self.needing_somebody:
            rows = [Row((Cell.of(name, tone=Tone.ALARM), Cell.of(why))) for name, why in [*needs.items()][:limit]]
            rows += more_row(len(needs), limit, "!", "tenants")
            title = f"{count_text(len(needs), 'tenant')} that need somebody"
            blocks.append(Table(title, ("Tenant", "Why"), rows, "! {0}: {1}", "needs"))
        if problems := self.problems:
            rows = [Row((Cell.of(code), Cell.of(f"{count:,}"))) for code, count in [*problems.items()][:limit]]
            rows += more_row(len(problems), limit, "?", "codes")
            blocks.append(Table("Problems by code", ("Code", "How many"), rows, "? {0}: {1}", "problems"))
        if limit is None and self.rounds:
            blocks.append(self._tenants())
        return Document(f"Fleet of {count_text(len(self.rounds), 'tenant')}", blocks)

    def _tenants(self) -> Table:
        columns = ("Tenant", "Round", "Stage", "Writes", "Done", "Failed", "Problems")
        names = ("tenant", "round", "stage", "writes", "written", "failed", "problems")
        rows = [Row(tuple(Cell.of(str(each[name])) for name in names)) for each in self.to_dicts()]
        line = "  {0}: round {1} {2}, {4} of {3} writes, {5} failed, {6} problems"
        return Table("Tenants", columns, rows, line, "tenants")

    def _reasons(self) -> Iterator[tuple[str, list[str]]]:
        asked = {each.tenant: each for each in self.waiting}
        for each in self.rounds:
            why = []
            if confirmation := asked.get(each.tenant):
                who = ", ".join(confirmation.reviewers) or "somebody"
                why.append(f"{who} must confirm {confirmation.fingerprint[:12]}: {'; '.join(confirmation.hazards)}")
            if each.stage is Stage.FAILED:
                why.append(f"failed: {each.error}")
            elif each.tries:
                why.append(f"tried {count_text(each.tries, 'time')}: {each.error}")
            if each.failed:
                why.append(f"{count_text(each.failed, 'change')} failed")
            if each.incomplete:
                why.append(f"something is missing of {count_text(each.incomplete, 'person')}")
            if why:
                yield each.tenant, why

    def __repr__(self) -> str:
        needs = len(self.needing_somebody)
        return f"FleetReport({len(self.rounds)} tenants, {self.written} writes, {needs} need somebody)"
