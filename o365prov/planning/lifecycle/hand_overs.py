"""What people who leave leave behind, to whom, and what happens to it when: data for other systems.

Who sends mail to managers, moves files or opens tickets gets it as rows, JSON or CSV; nothing is done from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, frozen_mapping, member, typed
from o365prov.errors import UsageError
from o365prov.people import AppUser, AppUserStatus, Departure, LeaverStep
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import DeleteUser
from o365prov.planning.model.labels import full_name
from o365prov.planning.model.plan import Plan
from o365prov.planning.next_state import NextMemory
from o365prov.planning.rules.leaver_licenses import has_mailbox
from o365prov.planning.tenant.snapshot import TenantSnapshot
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


def _by_step(values: object) -> Any:
    """The days by step; what is not a mapping passes, for the validator to refuse."""
    if not isinstance(values, Mapping):
        return values
    return frozen_mapping({member(LeaverStep, step): day for step, day in values.items()})


@frozen(field_transformer=typed)
class HandOver:
    """Somebody who left, the manager to whom things are handed over, and the day of each step.

    Args:
        subject: who left.
        object_id: the account.
        mailbox: the address of the account's mailbox; empty for an account without a licensed one.
        days: when each step is done or was done, aware; steps that are not done are not there.
        mailbox_done: whether somebody said that the mailbox was handed over.
        manager: the manager; None where nobody knows one.
        manager_id: the object id of the manager's account; empty for none.
        manager_left: whether the manager left as well, so that somebody else must be found.

    """

    subject: Subject
    object_id: str
    mailbox: str
    days: Mapping[LeaverStep, datetime] = field(factory=dict, converter=_by_step, hash=False)
    mailbox_done: bool = False
    manager: Subject | None = None
    manager_id: str = ""
    manager_left: bool = False

    def to_row(self) -> dict[str, str | bool]:
        """The same as a flat dict; see :meth:`HandOvers.to_dicts`."""
        manager = self.manager or Subject("", "", "")
        return {
            "person_id": self.subject.person_id,
            "name": self.subject.name,
            "username": self.subject.username,
            "object_id": self.object_id,
            "mailbox": self.mailbox,
            "mailbox_done": self.mailbox_done,
            "manager_person_id": manager.person_id,
            "manager_name": manager.name,
            "manager_username": manager.username,
            "manager_object_id": self.manager_id,
            "manager_left": self.manager_left,
            **{f"{step}_on": self.days[step].isoformat() if step in self.days else "" for step in LeaverStep},
        }


def _hand_overs(values: Iterable[HandOver]) -> tuple[HandOver, ...]:
    return as_tuple(values)


@frozen(repr=False, field_transformer=typed)
class HandOvers(Renderable, Saved):
    """Everybody who left and whose account is still there, or goes with the plan. :func:`find_hand_overs` makes them.

    Args:
        tenant_id: the tenant.
        made_at: when the plan was made, aware.
        people: who left, by name.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.hand-overs",
        version=1,
        name="hand-overs",
        origin="name the file that hand_overs.save() wrote",
        remedy="look for them again",
    )

    tenant_id: str
    made_at: datetime
    people: tuple[HandOver, ...] = field(default=(), converter=_hand_overs)

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: who left, to whom they hand over, and what comes when.

        Args:
            limit: the most rows.

        """
        check_limit(limit)
        title = f"{count_text(len(self.people), 'person', 'people')} who left"
        blocks: list[Block] = [Note((title,), Tone.TITLE)]
        if self.people:
            rows = [Row(tuple(map(Cell.of, _cells(each, self.made_at)))) for each in self.people[:limit]]
            rows += more_row(len(self.people), limit, "", "people")
            columns = ("Who", "Manager", "Mailbox", "What comes")
            blocks.append(Table("Hand-overs", columns, rows, "{0}: to {1}; {2}; {3}", "hand-overs"))
        return Document("Hand-overs", blocks)

    def to_dicts(self) -> list[dict[str, str | bool]]:
        """The people as flat dicts, for other systems; ``o365prov.rendering.to_csv`` makes CSV of them.

        Returns:
            For each person a dict with the keys ``person_id``, ``name``, ``username``, ``object_id``, ``mailbox``,
            ``mailbox_done``, ``manager_person_id``, ``manager_name``, ``manager_username``, ``manager_object_id``,
            ``manager_left``, and for each step of :class:`~o365prov.LeaverStep` its day (ISO 8601), such as
            ``licenses_on``, empty for none.

        """
        return [each.to_row() for each in self.people]

    def __repr__(self) -> str:
        return f"HandOvers({count_text(len(self.people), 'person', 'people')})"


def find_hand_overs(plan: Plan, snapshot: TenantSnapshot) -> HandOvers:
    """Who leaves with a plan or left before, with the manager, the mailbox, and what is due when.

    Whoever kept everything, because Deactivate Users is off, hands over nothing. Nothing is changed.

    Args:
        plan: a plan.
        snapshot: the tenant that it was made for.

    Raises:
        UsageError: the snapshot is another tenant's.

    """
    check_call(find_hand_overs, locals())
    if snapshot.tenant_id != plan.tenant_id:
        raise UsageError("the plan and the snapshot are of two tenants: make both for one")
    after = NextMemory.of(plan).after(plan.id)
    deleted = {change.subject.person_id for change in plan if isinstance(change, DeleteUser)}
    by_account = {user.object_id: user for user in after if user.object_id}
    found = (
        _hand_over(user, user.departure, by_account, snapshot)
        for user in after
        if user.departure is not None and (user.status is AppUserStatus.DEACTIVATED or user.person_id in deleted)
    )
    ordered = sorted(found, key=lambda each: (each.subject.name, each.subject.person_id))
    return HandOvers(plan.tenant_id, plan.made_at, ordered)


def _hand_over(
    user: AppUser, departure: Departure, by_account: Mapping[str, AppUser], snapshot: TenantSnapshot
) -> HandOver:
    account = snapshot.by_id.get(user.object_id)
    manager_id = (account.manager_id if account else None) or user.manager_id or ""
    manager = by_account.get(manager_id)
    days = {step: day for step in LeaverStep if (day := departure.day(step)) is not None}
    return HandOver(
        Subject(user.person_id, _name(user.object_id, user.username, snapshot), user.username),
        user.object_id,
        user.username if account is not None and has_mailbox(account, snapshot) else "",
        days,
        departure.mailbox_done,
        _manager(manager_id, manager, snapshot),
        manager_id,
        manager is not None and not manager.is_in_use,
    )


def _manager(manager_id: str, known: AppUser | None, snapshot: TenantSnapshot) -> Subject | None:
    """The manager, as far as the memory or the tenant knows the account."""
    account = snapshot.by_id.get(manager_id)
    if known is None and account is None:
        return None
    username = known.username if known is not None else account.username if account is not None else ""
    return Subject(known.person_id if known is not None else "", _name(manager_id, username, snapshot), username)


def _name(object_id: str, username: str, snapshot: TenantSnapshot) -> str:
    account = snapshot.by_id.get(object_id)
    return str((account and account.properties.get("displayName")) or username)


def _cells(each: HandOver, now: datetime) -> Iterator[str]:
    yield full_name(each.subject)
    left = " (left as well)" if each.manager_left else ""
    yield f"{full_name(each.manager)}{left}" if each.manager else "nobody known"
    done = ", handed over" if each.mailbox_done else ""
    yield f"mailbox {each.mailbox}{done}" if each.mailbox else "no mailbox"
    ordered = sorted(each.days.items(), key=lambda one: one[1])
    coming = [f"{step} on {day:%Y-%m-%d}" for step, day in ordered if day > now]
    yield ", ".join(coming) or "all is due"
