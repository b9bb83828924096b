"""What applying a plan came to, as a value."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, cast

from attrs import frozen

from o365prov.people import AppUsers
from o365prov.planning.model.changes import Change
from o365prov.planning.model.text import SHOWN, report_text
from o365prov.structuring import SavedFormat, StrPath, write_text


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

    def to_json(self) -> str:
        """The whole report as JSON text that :meth:`from_json` reads back; one line an outcome."""
        return _FORMAT.write(self)

    @classmethod
    def from_json(cls, text: str, *, where: str = "report") -> Report:
        """Read what :meth:`to_json` wrote; the result equals the report.

        Raises :class:`~o365prov.errors.SourceError`, whose issues name *where* and the JSON path, for text that is
        something else, was written by another version, or was damaged or edited.
        """
        report, _ = _FORMAT.read(text, where)
        return cast("Report", report)

    def save(self, path: StrPath) -> None:
        """Write the report to *path*: wholly or not at all."""
        write_text(path, self.to_json())

    @classmethod
    def load(cls, path: StrPath) -> Report:
        """Read the report from *path*; raises SourceError if it is missing, or as :meth:`from_json` does."""
        return cls.from_json(_FORMAT.load_text(path), where=str(path))

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


_FORMAT = SavedFormat(
    family="o365prov.report",
    version=1,
    kind=Report,
    name="a report",
    origin="name the file that report.save() wrote",
    remedy="save the report again",
)
