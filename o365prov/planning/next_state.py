"""The memory after a change is done."""

from __future__ import annotations

from typing import assert_never

from attrs import evolve

from o365prov._annotations import check_call
from o365prov.people import AppUser, AppUserStatus
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    GrantRole,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
)


def after_change(
    known: AppUser | None,
    change: Change,
    object_id: str,
    *,
    manager_id: str | None = None,
    provisioning_type: str = "",
    written: tuple[str, ...] | None = None,
) -> AppUser:
    """What is remembered of a person after a change of their account succeeded, or an update succeeded in part.

    Args:
        known: what was remembered before; None for nothing.
        change: the change.
        object_id: the account that was written.
        manager_id: the manager's object id, if the change sets a manager.
        provisioning_type: the name of the type that made the change.
        written: the properties that an update wrote, if it could not write all of them.

    """
    check_call(after_change, locals())
    if known is None or known.object_id != object_id:  # this account has nothing of what we gave to another one
        known = AppUser(change.subject.person_id, object_id, change.subject.username)
    match change:
        case UpdateUser() if written is not None:
            after = _after_part(known, change, frozenset(written), provisioning_type)
        case CreateUser() | LinkUser() | UpdateUser():
            after = evolve(
                known,
                object_id=object_id,
                username=change.subject.username,
                anchor=change.anchor,
                fingerprint=change.fingerprint,
                status=AppUserStatus.ACTIVE,
                departure=None,
                provisioning_type=provisioning_type,
            )
        case RestoreUser():
            after = evolve(known, object_id=object_id, status=AppUserStatus.ACTIVE, departure=None)
        case GrantRole():
            after = evolve(known, roles=tuple(sorted({*known.roles, change.role})))
        case RemoveRole():
            after = evolve(known, roles=tuple(role for role in known.roles if role != change.role))
        case AssignLicenses():
            after = evolve(known, licenses=change.grants)
        case SetManager():
            after = evolve(known, manager_id=manager_id, manager_reference=change.reference)
        case RemoveManager():
            after = evolve(known, manager_id=None, manager_reference="")
        case RevokeSessions():
            after = evolve(known, password_instant=change.desired)
        case RemoveLicenses():
            after = evolve(known, licenses=())
        case BlockSignIn():
            after = evolve(known, status=AppUserStatus.DEACTIVATED, departure=change.departure)
        case Remember():
            after = _remembered(known, change)
        case DeleteUser():
            after = evolve(
                known,
                status=AppUserStatus.DELETED,
                licenses=(),
                roles=(),
                manager_id=None,
                manager_reference="",
                waiting=(),
            )
        case _:
            assert_never(change)
    return after


def _remembered(known: AppUser, change: Remember) -> AppUser:
    """The user with what *change* has to say; what it leaves out stays."""
    status = change.status
    if status is None:
        status = known.status if change.departure is None else AppUserStatus.DEACTIVATED
    return evolve(
        known,
        status=status,
        departure=known.departure if change.departure is None else change.departure,
        licenses=known.licenses if change.licenses is None else change.licenses,
        waiting=known.waiting if change.waiting is None else change.waiting,
    )


def _after_part(known: AppUser, change: UpdateUser, written: frozenset[str], provisioning_type: str) -> AppUser:
    """The memory of an account that *change* linked and wrote in part.

    It has no fingerprint, so the next plan compares the account with the tenant and has what is missing. Who could not
    be enabled is not active, so the next plan enables them.
    """
    missing = {each.name: each.before for each in change.properties if each.name not in written}
    username = missing.get("userPrincipalName", change.subject.username)
    enabled = "accountEnabled" not in missing
    return evolve(
        known,
        username=username if isinstance(username, str) else known.username,
        anchor=known.anchor if "onPremisesImmutableId" in missing else change.anchor,
        fingerprint="",
        status=AppUserStatus.ACTIVE if enabled else known.status,
        departure=None if enabled else known.departure,
        provisioning_type=provisioning_type,
    )
