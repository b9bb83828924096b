"""How each change of a plan of groups ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from attrs import field, frozen

from o365prov._fields import as_frozenset, typed
from o365prov.group_push.changes import GroupChange
from o365prov.group_push.document import group_change_row, group_report_document
from o365prov.planning import Result
from o365prov.rendering import Document, Renderable, check_limit
from o365prov.structuring import Saved, SavedFormat


def _added(object_ids: Iterable[str] | None) -> frozenset[str] | None:
    return None if object_ids is None else as_frozenset(object_ids)


@frozen(field_transformer=typed)
class GroupChangeOutcome:
    """How one change of a plan of groups ended.

    Args:
        change: the change.
        result: how it ended. What failed or is not known, the next plan has again.
        object_id: the group in the tenant; None if there is none.
        message: why it failed, is not known or was skipped, and what to do.
        request_id: Graph's id of the request, which Microsoft support asks for; empty if there was no request.
        added: where only some of the members could be added, the object ids of those who are in the group.

    """

    change: GroupChange
    result: Result
    object_id: str | None = None
    message: str = ""
    request_id: str = ""
    added: frozenset[str] | None = field(default=None, converter=_added)


@frozen(repr=False, field_transformer=typed)
class GroupReport(Renderable, Saved):
    """How each change of a plan of groups ended. What is remembered of it is in the state.

    Args:
        fingerprint: the fingerprint of the plan.
        outcomes: the outcome of each change, in the order of the plan.
        stopped: why the apply stopped before it had tried everything, and what to do; empty if it did not.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.group-report",
        version=1,
        name="a report on groups",
        origin="name the file that GroupReport.save() wrote",
        remedy="save the report again",
    )

    fingerprint: str
    outcomes: tuple[GroupChangeOutcome, ...] = ()
    stopped: str = ""

    @property
    def done(self) -> tuple[GroupChangeOutcome, ...]:
        """What succeeded."""
        return self._ended(Result.DONE)

    @property
    def failed(self) -> tuple[GroupChangeOutcome, ...]:
        """What failed, all of it or in part."""
        return self._ended(Result.FAILED)

    @property
    def unknown(self) -> tuple[GroupChangeOutcome, ...]:
        """What may have been done or not."""
        return self._ended(Result.UNKNOWN)

    @property
    def skipped(self) -> tuple[GroupChangeOutcome, ...]:
        """What was not tried."""
        return self._ended(Result.SKIPPED)

    @property
    def ok(self) -> bool:
        """Whether every change was done, and nothing stopped the apply."""
        return len(self.done) == len(self.outcomes) and not self.stopped

    def to_dicts(self) -> list[dict[str, Any]]:
        """The outcomes as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each outcome a dict with the keys of :meth:`GroupPlan.to_dicts`, ``result``, ``message`` and
            ``request_id``; ``object_id`` is the group that was written.

        """
        return [
            {
                **group_change_row(each.change),
                "object_id": each.object_id or each.change.object_id,
                "result": each.result.value,
                "message": each.message,
                "request_id": each.request_id,
            }
            for each in self.outcomes
        ]

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: the counts, what did not succeed and why, and without a *limit* also what was done."""
        ended = [(each.change, each.result, each.message) for each in self.outcomes]
        return group_report_document(ended, name=self.fingerprint, stopped=self.stopped, limit=check_limit(limit))

    def _ended(self, result: Result) -> tuple[GroupChangeOutcome, ...]:
        return tuple(each for each in self.outcomes if each.result is result)

    def __repr__(self) -> str:
        ended = ", stopped" if self.stopped else ""
        unknown = f"{len(self.unknown)} unknown, " if self.unknown else ""
        counts = f"{len(self.done)} done, {len(self.failed)} failed, {unknown}{len(self.skipped)} skipped"
        return f"GroupReport({counts}{ended})"
