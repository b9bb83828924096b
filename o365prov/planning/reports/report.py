"""The report on an applied plan."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import typed
from o365prov.people import AppUsers
from o365prov.planning.model.document import change_row, report_document
from o365prov.planning.model.outcomes import Outcome, Result
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.safeguards import Safeguards
from o365prov.planning.reports.inverse import inverse_plan
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.provisioning import Lifecycle
from o365prov.rendering import Document, Renderable, check_limit
from o365prov.structuring import Saved, SavedFormat


@frozen(repr=False, field_transformer=typed)
class Report(Renderable, Saved):
    """How each change of a plan ended. What is remembered of it is in the state.

    A report is shown in the same forms as a plan.

    Args:
        plan_id: the id of the applied plan.
        outcomes: the outcome of each change, in the order of the plan.
        fingerprint: the fingerprint of the applied plan.
        stopped: why the apply stopped before it had tried everything, and what to do; empty if it did not.
        replayed: whether the plan had been applied before, and this is how that ended.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.report",
        version=1,
        name="a report",
        origin="name the file that report.save() wrote",
        remedy="save the report again",
    )

    plan_id: str
    outcomes: tuple[Outcome, ...]
    fingerprint: str = ""
    stopped: str = ""
    replayed: bool = False

    @property
    def done(self) -> tuple[Outcome, ...]:
        """What succeeded."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.DONE)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """What failed, all of it or in part (``outcome.written``); the next plan has what is missing again."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.FAILED)

    @property
    def unknown(self) -> tuple[Outcome, ...]:
        """What may have been done or not; the next plan compares these accounts with the tenant."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.UNKNOWN)

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """What was not tried: what it needs failed or was changed since the plan was made, or the apply stopped."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.SKIPPED)

    @property
    def ok(self) -> bool:
        """Whether every change was done, and nothing stopped the apply."""
        return len(self.done) == len(self.outcomes) and not self.stopped

    def inverse(
        self,
        snapshot: TenantSnapshot,
        app_users: AppUsers,
        *,
        now: datetime | None = None,
        safeguards: Safeguards | None = None,
        lifecycle: Lifecycle | None = None,
        made_by: str = "",
    ) -> Plan:
        """The plan that takes back what this report says was done, as far as it still stands. Pure.

        It is a plan as any other: it is reviewed, confirmed where it has hazards, and applied once. What is not known
        to be done is not taken back, and neither is what is not as the run left it; the plan's problems say of each
        person what stays, and why. Correct what led to the run as well, or the next plan does it again.

        Args:
            snapshot: what the tenant holds now, read after the run with what the app needs.
            app_users: the memory as it is now, from :meth:`State.app_users <o365prov.state.State.app_users>`.
            now: the time, aware; by default when the snapshot was read.
            safeguards: how much harm must be confirmed, such as ``app.safeguards``.
            lifecycle: who is excluded, which is never touched: give ``app.lifecycle``. Without it these are the people
                whom a condition excluded when they were last seen, whether it is still set or not.
            made_by: who makes the plan, for the audit.

        Raises:
            ConfigurationError: the memory is another tenant's, or nobody says when it is.
            UsageError: the snapshot was read for other people.

        """
        check_call(Report.inverse, locals())
        return inverse_plan(
            self.outcomes,
            f"takes back what plan {(self.fingerprint or self.plan_id)[:12]} did",
            snapshot,
            app_users,
            now=now,
            safeguards=Safeguards() if safeguards is None else safeguards,
            lifecycle=lifecycle,
            made_by=made_by,
        )

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: the counts, what did not succeed and why, and without a *limit* also what was done."""
        check_limit(limit)
        name = self.fingerprint or self.plan_id
        return report_document(self.outcomes, name=name, stopped=self.stopped, replayed=self.replayed, limit=limit)

    def to_dicts(self) -> list[dict[str, str | int | None]]:
        """The outcomes as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each outcome a dict with the keys of :meth:`Plan.to_dicts`, ``result`` (``done``, ``failed``,
            ``unknown`` or ``skipped``), ``message``, ``request_id``, and ``written`` and ``unwritten``, the properties
            of an update that failed in part, with commas between them; ``object_id`` is the account that was written.

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
        unknown = f"{len(self.unknown)} unknown, " if self.unknown else ""
        ended = (", stopped" if self.stopped else "") + (", replayed" if self.replayed else "")
        return f"Report({len(self.done)} done, {len(self.failed)} failed, {unknown}{len(self.skipped)} skipped{ended})"
