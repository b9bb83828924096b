"""What a state keeps beside the memory: leases, runs, and how far each change of a run has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from o365prov import planning
from o365prov._annotations import check_after_failure
from o365prov._fields import as_frozenset, frozen_mapping, typed, whole_number
from o365prov.errors import QuarantinedError, UsageError


@frozen(field_transformer=typed)
class Lease:
    """The right to write to a tenant, until it ends or goes to somebody else.

    Args:
        tenant_id: the tenant.
        fence: its number; a lease that was given later has a higher one.

    """

    tenant_id: str
    fence: int = field(validator=whole_number(1))


@frozen(field_transformer=typed)
class KeptRead:
    """What was read of everybody in a tenant: a later read only asks what changed since.

    Args:
        asked: what was asked of users, and by which version of this package; it serves no other read.
        link: Graph's delta link, from before the first user was read.
        begun_at: when the read began, aware.
        users: the users by object id, as JSON.
        deleted: the object ids of the users that were deleted.
        written: the object ids of accounts that were written from here since, or shortly before: Graph may have shown
            them as they were, and a delta query may not know of it.

    """

    asked: str
    link: str
    begun_at: datetime
    users: Mapping[str, str] = field(converter=frozen_mapping, hash=False, repr=False)
    deleted: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    written: frozenset[str] = field(default=frozenset(), converter=as_frozenset)


@frozen(field_transformer=typed)
class LeaseHolder:
    """Who has the lease of a tenant.

    Args:
        tenant_id: the tenant.
        fence: the number of the lease.
        holder: the computer and the process.
        since: since when, aware, by the clock of the database.
        expires: when it ends unless it is renewed, aware.

    """

    tenant_id: str
    fence: int
    holder: str
    since: datetime
    expires: datetime

    def __str__(self) -> str:
        """Who, since when and until when."""
        return f"{self.holder}, since {self.since:%Y-%m-%d %H:%M:%S} UTC, until {self.expires:%H:%M:%S} if not renewed"


class RunStep(StrEnum):
    """How far a change has come: its request may have been sent, or it has ended in one of four ways."""

    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@frozen(field_transformer=typed)
class RunEntry:
    """How far one change of a plan has come. It holds no values but the addresses that the change is about.

    Args:
        key: names the change within the plan, see :func:`~o365prov.planning.change_key`.
        step: how far it has come.
        person_id: whose account it changes.
        object_id: the account; None if it is not known yet.
        addresses: the usernames and mail addresses that it takes or frees, in lower case.
        message: why it did not succeed.
        request_id: Graph's id of the request.
        written: the properties that were written by an update that failed.
        unwritten: the properties that were not.

    """

    key: str
    step: RunStep
    person_id: str
    object_id: str | None = None
    addresses: tuple[str, ...] = ()
    message: str = ""
    request_id: str = ""
    written: tuple[str, ...] = ()
    unwritten: tuple[planning.UnwrittenProperty, ...] = ()

    @classmethod
    @check_after_failure
    def started(cls, change: planning.Change, object_id: str | None) -> RunEntry:
        """The entry of a change whose request is sent next."""
        person_id = change.subject.person_id
        return cls(planning.change_key(change), RunStep.STARTED, person_id, object_id, tuple(addresses_of(change)))

    @classmethod
    @check_after_failure
    def ended(cls, outcome: planning.Outcome) -> RunEntry:
        """The entry of a change that has ended."""
        change = outcome.change
        return cls(
            planning.change_key(change),
            RunStep(outcome.result.value),
            change.subject.person_id,
            outcome.object_id or change.object_id,
            tuple(addresses_of(change)),
            outcome.message,
            outcome.request_id,
            outcome.written,
            outcome.unwritten,
        )

    @check_after_failure
    def outcome(self, change: planning.Change) -> planning.Outcome:
        """The outcome of the change that this entry is about.

        Raises:
            UsageError: the change has not ended.

        """
        if self.step is RunStep.STARTED:
            raise UsageError(f"{self.key} has not ended: look at the step first")
        return planning.Outcome(
            change,
            planning.Result(self.step.value),
            self.object_id,
            self.message,
            self.request_id,
            self.written,
            self.unwritten,
        )


@frozen(field_transformer=typed)
class Run:
    """One apply of a plan, with whatever interruptions.

    Args:
        plan_id: the plan; each is applied once.
        tenant_id: the tenant.
        app_name: the app.
        fingerprint: the fingerprint of the plan.
        number: the place of the run among those of the tenant, from 1.
        begun_at: when it began, aware, by the clock of the database.
        ended_at: when every change had been tried; None as long as it can go on.
        stopped: why it stopped before the end; empty if it did not, or had no time to say why.
        noted: how often something had been noted of the tenant when this run last noted something.
        quarantined: whether the app was quarantined when it stopped.

    """

    plan_id: str
    tenant_id: str
    app_name: str
    fingerprint: str
    number: int
    begun_at: datetime
    ended_at: datetime | None = None
    stopped: str = ""
    noted: int = 0
    quarantined: bool = False


@frozen(field_transformer=typed)
class Quarantine:
    """Why an app may not write to a tenant, until somebody allows it.

    Args:
        tenant_id: the tenant.
        app_name: the app.
        plan_id: the plan of which too much failed.
        since: since when, aware, by the clock of the database.
        reason: what failed, how often, and what Graph said.
        allowed_at: when somebody allowed it to go on, aware; None as long as nobody has.
        allowed_by: who did, as :meth:`State.allow` was told.

    """

    tenant_id: str
    app_name: str
    plan_id: str
    since: datetime
    reason: str
    allowed_at: datetime | None = None
    allowed_by: str = ""

    def __str__(self) -> str:
        """Which app, since when, and why."""
        where = f"the app {self.app_name} in tenant {self.tenant_id}"
        return f"{where} is quarantined since {self.since:%Y-%m-%d %H:%M:%S} UTC, because {self.reason}"

    def refusal(self) -> QuarantinedError:
        """The error for whoever would write all the same."""
        allow = f"state.allow({self.tenant_id!r}, {self.app_name!r})"
        return QuarantinedError(f"{self}: correct it, then let the app go on with {allow}")


def addresses_of(change: planning.Change) -> Iterator[str]:
    """The usernames and mail addresses that a change takes or frees, in lower case."""
    match change:
        case planning.CreateUser():
            yield from _addresses(change.properties)
        case planning.UpdateUser():
            for each in change.properties:
                yield from _addresses({each.name: each.before})
                yield from _addresses({each.name: each.after})
        case planning.RestoreUser():
            yield change.subject.username.lower()
        case _:
            pass


def _addresses(properties: Mapping[str, Any]) -> Iterator[str]:
    for name in ("userPrincipalName", "mail"):
        if isinstance(value := properties.get(name), str) and value:
            yield value.lower()
