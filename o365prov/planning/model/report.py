"""The report on an applied plan."""

from __future__ import annotations

from typing import cast

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import typed
from o365prov.people import AppUsers
from o365prov.planning.model.document import change_row, report_document
from o365prov.planning.model.outcomes import Outcome, Result
from o365prov.rendering import Document, Renderable, check_limit
from o365prov.structuring import SavedFormat, StrPath, write_text


@frozen(repr=False, field_transformer=typed)
class Report(Renderable):
    """How each change of a plan ended, and the memory for the next plan.

    A report is shown in the same forms as a plan.

    Args:
        plan_id: the id of the applied plan.
        outcomes: the outcome of each change, in the order of the plan.
        app_users: the memory for the next plan.
        fingerprint: the fingerprint of the applied plan.

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
        """What failed, all of it or in part (``outcome.written``); the next plan has what is missing again."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.FAILED)

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """What was not tried, because it depends on something that failed, or that changed since the plan was made."""
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

        Args:
            text: the JSON text.
            where: what messages call it, such as the name of its file.

        Raises:
            SourceError: the text is something else, was written by another version, or was damaged or edited; its
                issues have the JSON path of everything that is wrong.

        """
        check_call(Report.from_json, locals())
        report, _ = _FORMAT.read(text, where)
        return cast("Report", report)

    def save(self, path: StrPath) -> None:
        """Write the report to *path*, completely or not at all."""
        check_call(Report.save, locals())
        write_text(path, self.to_json())

    @classmethod
    def load(cls, path: StrPath) -> Report:
        """Read the report from *path*.

        Raises:
            SourceError: the file is missing, or as for :meth:`from_json`.

        """
        check_call(Report.load, locals())
        return cls.from_json(_FORMAT.load_text(path), where=str(path))

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: the counts, what did not succeed and why, and without a *limit* also what was done."""
        check_limit(limit)
        return report_document(self.outcomes, name=self.fingerprint or self.plan_id, limit=limit)

    def to_dicts(self) -> list[dict[str, str | int | None]]:
        """The outcomes as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each outcome a dict with the keys of :meth:`Plan.to_dicts`, ``result`` (``done``, ``failed`` or
            ``skipped``), ``message``, ``request_id``, and ``written`` and ``unwritten``, the properties of an update
            that failed in part, with commas between them; ``object_id`` is the account that was written.

        """
        return [
            {
                **change_row(each.change),
                "object_id": each.object_id or each.change.object_id,
                "result": each.result.value,
                "message": each.message,
                "request_id": each.request_id,
                "written": ", ".join(each.written),
                "unwritten": ", ".join(missing.name for missing in each.unwritten),
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
