"""What was done to whom, when, why and by whom: the records of an audit, in the shape that auditors know.

Source: Microsoft Graph, "provisioningObjectSummary resource type".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from o365prov import planning
from o365prov._fields import typed
from o365prov.state.records import RunStep
from o365prov.structuring import to_json_value

_STATUS = {
    RunStep.STARTED: "warning",
    RunStep.UNKNOWN: "warning",
    RunStep.DONE: "success",
    RunStep.FAILED: "failure",
    RunStep.SKIPPED: "skipped",
}
_ACTIONS = {
    "create_user": "create",
    "block_sign_in": "disable",
    "delete_user": "stagedDelete",
    "link_user": "other",
    "remember": "other",
    "revoke_sessions": "other",
    "change_settings": "other",
}
"""Microsoft's names of what was done; everything else is an update. Microsoft keeps a deleted account for 30 days."""


@frozen(field_transformer=typed)
class AuditRecord:
    """What became of one change of one person's account, or how the settings of an app were changed.

    Args:
        at: when that was noted last, aware, by the clock of the database.
        tenant_id: the tenant.
        app_name: the app.
        plan_id: the plan, and so the run.
        key: the change, as :func:`~o365prov.planning.change_key` names it.
        person_id: the person; empty for a change of settings (``change_settings``).
        name: the person's name when the plan was made; the app's for a change of settings.
        username: the account's username once the change was made.
        object_id: the account; None if it was not made.
        reason: why, in words; empty where the words name another person too.
        step: how far it came; ``started`` if nothing is known of its end.
        message: why it did not succeed.
        request_id: Graph's id of the request; empty if there was none, or no answer.
        properties: Graph's names of what the change sets.
        values: the same with the values before and after, if they were asked for.
        written: the properties that were written by an update that failed in part.
        planned_at: when the plan was made.
        planned_by: who made it, as :meth:`Office365App.plan <o365prov.Office365App.plan>` was told; empty if it wasn't.
        confirmed_by: who confirmed it, as :meth:`Tenant.apply <o365prov.graph.Tenant.apply>` was told; empty if it
            wasn't.
        applied_by: the process and the computer that began to apply it.

    """

    at: datetime
    tenant_id: str
    app_name: str
    plan_id: str
    key: str
    person_id: str
    name: str
    username: str
    object_id: str | None
    reason: str
    step: RunStep
    planned_at: datetime
    planned_by: str = ""
    confirmed_by: str = ""
    applied_by: str = ""
    message: str = ""
    request_id: str = ""
    properties: tuple[str, ...] = ()
    values: tuple[planning.PropertyChange, ...] = ()
    written: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What kind of change it was, such as ``update_user``."""
        return self.key.partition(":")[0]

    @property
    def changed(self) -> tuple[str, ...]:
        """Graph's names of what was changed, or may have been: nothing of what was skipped or failed as a whole."""
        match self.step:
            case RunStep.SKIPPED:
                return ()
            case RunStep.FAILED:
                return self.written
            case _:
                return self.properties

    def to_dict(self) -> dict[str, Any]:
        """The record as one of Microsoft's provisioning logs, a ``provisioningObjectSummary``.

        ``cycleId`` is the plan and ``jobId`` the app. Who confirmed the plan, or made it, is the initiator; the process
        is it where neither is known. Graph's request id is in the details of the step ``export``.

        Returns:
            What JSON can hold. ``modifiedProperties`` have no values unless they were asked for; values that are not
            strings are JSON texts.

        """
        by = self.confirmed_by or self.planned_by
        account = {"objectId": self.object_id, "userPrincipalName": self.username}
        return {
            "id": f"{self.plan_id}:{self.key}",
            "activityDateTime": self.at.isoformat(),
            "tenantId": self.tenant_id,
            "jobId": self.app_name,
            "cycleId": self.plan_id,
            "changeId": self.key,
            "provisioningAction": _ACTIONS.get(self.kind, "update"),
            "initiatedBy": {
                "displayName": by or self.applied_by,
                "initiatorType": "user" if by else "system",
            },
            "sourceSystem": {"displayName": self.app_name},
            "targetSystem": {"displayName": "Microsoft Entra ID", "details": {"tenantId": self.tenant_id}},
            "sourceIdentity": {"id": self.person_id, "displayName": self.name, "identityType": "User"},
            "targetIdentity": {"id": self.object_id, "displayName": self.username, "identityType": "User"},
            "provisioningStatusInfo": self._status(),
            "provisioningSteps": [
                self._step("processing", self.reason, self._lineage()),
                self._step("export", self.message, {**account, "kind": self.kind, "requestId": self.request_id}),
            ],
            "modifiedProperties": self._modified(),
        }

    def to_row(self) -> dict[str, str | None]:
        """The record as a flat dict, for pandas, polars or csv; the values before and after are not part of it."""
        return {
            "at": self.at.isoformat(),
            "person_id": self.person_id,
            "name": self.name,
            "username": self.username,
            "object_id": self.object_id,
            "kind": self.kind,
            "step": self.step.value,
            "changed": ", ".join(self.changed),
            "reason": self.reason,
            "message": self.message,
            "plan_id": self.plan_id,
            "planned_by": self.planned_by,
            "confirmed_by": self.confirmed_by,
            "applied_by": self.applied_by,
            "request_id": self.request_id,
        }

    def to_json_line(self) -> str:
        """The same as one line of JSON, for a log that is collected."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))

    def _status(self) -> Mapping[str, Any]:
        status = _STATUS[self.step]
        if status == "success":
            return {"status": status, "errorInformation": None}
        error = {"errorCode": self.step.value, "errorCategory": "failure", "reason": self.message}
        return {"status": status, "errorInformation": error}

    def _lineage(self) -> Mapping[str, str]:
        return {
            "plannedAt": self.planned_at.isoformat(),
            "plannedBy": self.planned_by,
            "confirmedBy": self.confirmed_by,
            "appliedBy": self.applied_by,
        }

    def _step(self, kind: str, description: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
        status = _STATUS[self.step] if kind == "export" else "success"
        named = {"name": kind, "provisioningStepType": kind, "status": status, "description": description}
        return {**named, "details": details}

    def _modified(self) -> list[Mapping[str, Any]]:
        values = {each.name: each for each in self.values}
        return [
            {
                "displayName": name,
                "oldValue": _text(values[name].before) if name in values else None,
                "newValue": _text(values[name].after) if name in values else None,
            }
            for name in self.changed
        ]


def _text(value: Any) -> str | None:
    """A value as Microsoft's logs have it: as a string."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(to_json_value(value, object), ensure_ascii=False)
