"""All changes as one type, what the memory learns without a write, and how a change is named and ordered."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from attrs import frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import typed
from o365prov.people import AppUserStatus, Departure, LicenseGrant, Missing, WaitingForSeat
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes.accounts import CreateUser, DeleteUser, LinkUser, RestoreUser, UpdateUser
from o365prov.planning.model.changes.grants import (
    AssignLicenses,
    GrantRole,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    SetManager,
)
from o365prov.planning.model.changes.sign_in import BlockSignIn, EnableSignIn, RevokeSessions
from o365prov.planning.model.phases import Phase


@frozen(field_transformer=typed)
class Remember:
    """What the memory must learn without a write to the tenant; what is None stays as it is.

    Args:
        status: the person's status from now on.
        departure: the person left already, or the option that is in force for them changes.
        reaches_back: whether it follows a setting that was changed after the person left, and must be confirmed.
        licenses: the licences that count as granted from here.
        waiting: the licences for which the person waits.
        roles: the directory roles that count as granted from here.
        excluded_by: the condition that excludes the person; empty where none does any more.
        mailbox_done: whether the mailbox of somebody who left was handed over, as the caller says.
        missing: in how many complete reads the person was missing; *seen* is whether the person is there again.

    """

    kind: ClassVar[str] = "remember"
    symbol: ClassVar[str] = "="
    phase: ClassVar[Phase] = Phase.MEMORY
    writes: ClassVar[int] = 0

    subject: Subject
    reason: str
    object_id: str | None
    status: AppUserStatus | None = None
    departure: Departure | None = None
    reaches_back: bool = False
    licenses: tuple[LicenseGrant, ...] | None = None
    waiting: tuple[WaitingForSeat, ...] | None = None
    roles: tuple[str, ...] | None = None
    excluded_by: str | None = None
    missing: Missing | None = None
    seen: bool = False
    mailbox_done: bool | None = None


Change: TypeAlias = (
    CreateUser
    | RestoreUser
    | LinkUser
    | UpdateUser
    | EnableSignIn
    | AssignLicenses
    | GrantRole
    | RemoveRole
    | SetManager
    | RemoveManager
    | RevokeSessions
    | BlockSignIn
    | Remember
    | RemoveLicenses
    | DeleteUser
)

# Tuples, because a union would be made again for each change.
_OF_A_ROLE = (GrantRole, RemoveRole)
_IN_TURNS = (CreateUser, RestoreUser, LinkUser, UpdateUser)


@check_after_failure
def change_key(change: Change) -> str:
    """A name of the change that is unique in a plan: its kind, the person and the role.

    A rename to a temporary username ends in ``:temporary``.
    """
    name = f"{change.kind}:{change.subject.person_id}"
    if isinstance(change, UpdateUser) and change.temporary:
        return f"{name}:temporary"
    return f"{name}:{change.role_id}" if isinstance(change, _OF_A_ROLE) else name


@check_after_failure
def change_stage(change: Change) -> tuple[Phase, int]:
    """The place of a change in the order of a plan: its phase, and its turn within that."""
    return change.phase, change.turn if isinstance(change, _IN_TURNS) else 0
