"""What applying a plan came to, as a value."""

from __future__ import annotations

from typing import cast

from attrs import frozen

from o365prov.people import AppUsers
from o365prov.planning.model.document import change_row, report_document
from o365prov.planning.model.outcomes import Outcome, Result
from o365prov.rendering import Document, Renderable
from o365prov.structuring import SavedFormat, StrPath, write_text


@frozen(repr=False)
class Report(Renderable):
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

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: the counts, what did not succeed and why, and in full also what was done."""
        return report_document(self.outcomes, name=self.fingerprint or self.plan_id, limit=limit)

    def to_dicts(self) -> list[dict[str, str | int | None]]:
        """A flat dict for each outcome, in order, all with the same keys: for pandas, polars or csv.

        Keys: those of :meth:`Plan.to_dicts`, ``result`` (``done``, ``failed`` or ``skipped``), ``message`` and
        ``request_id``; ``object_id`` is the account that was written.
        """
        return [
            {
                **change_row(each.change),
                "object_id": each.object_id or each.change.object_id,
                "result": each.result.value,
                "message": each.message,
                "request_id": each.request_id,
            }
            for each in self.outcomes
        ]

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
