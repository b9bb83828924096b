"""What applying a plan came to, as a value."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from attrs import frozen

from o365prov.people import AppUsers
from o365prov.planning.model.changes import Change
from o365prov.planning.model.text import SHOWN, report_text


class Result(StrEnum):
    """How one change ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@frozen
class Outcome:
    """How one change ended: *message* says why it failed or was skipped and what to do.

    *object_id* is the account that was written, where there is one; *request_id* what Graph calls the request.
    """

    change: Change
    result: Result
    object_id: str | None = None
    message: str = ""
    request_id: str = ""


@frozen(repr=False)
class Report:
    """Every change's outcome, in the order of the plan, and the memory for the next plan.

    *fingerprint* is the plan's, by which people know it; *plan_id* the id under which it was applied once.
    """

    plan_id: str
    outcomes: tuple[Outcome, ...]
    app_users: AppUsers
    fingerprint: str = ""

    @property
    def done(self) -> tuple[Outcome, ...]:
        """What succeeded."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.DONE)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """What failed; the next plan has it again."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.FAILED)

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """What was not tried, because it rests on something that failed or changed since the plan was drawn."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.SKIPPED)

    @property
    def ok(self) -> bool:
        """Whether every change was done."""
        return len(self.done) == len(self.outcomes)

    def to_text(self, *, limit: int | None = None) -> str:
        """The report as plain text, with everything that did not succeed or at most *limit* lines of it."""
        return report_text(self, limit=limit)

    def to_table(self, *, limit: int | None = None) -> Any:
        """The report as a rich renderable, in full or with at most *limit* rows; takes the extra ``rich``."""
        from o365prov.planning.model.tables import report_table  # noqa: PLC0415 - rich is an extra

        return report_table(self, limit=limit)

    def __str__(self) -> str:
        return self.to_text(limit=SHOWN)

    def __rich__(self) -> Any:
        return self.to_table(limit=SHOWN)

    def _repr_html_(self) -> str:
        from o365prov.planning.model.pages import report_fragment  # noqa: PLC0415 - only notebooks need it

        return report_fragment(self, limit=SHOWN)

    def __repr__(self) -> str:
        return f"Report({len(self.done)} done, {len(self.failed)} failed, {len(self.skipped)} skipped)"
