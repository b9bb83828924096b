"""The memory after a change is done."""

from __future__ import annotations

from typing import assert_never

from attrs import evolve

from o365prov._annotations import check_call
from o365prov.people import AppUser, AppUsers, AppUserStatus
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
    app_users: AppUsers, change: Change, object_id: str, *, manager_id: str | None = None, provisioning_type: str = ""
) -> AppUsers:
    """The table after a change succeeded.

    Args:
        app_users: the table before.
        change: the change.
        object_id: the account that was written.
        manager_id: the manager's object id, if the change sets a manager.
        provisioning_type: the name of the type that made the change.

    """
    check_call(after_change, locals())
    person_id = change.subject.person_id
    fresh = AppUser(person_id, object_id, change.subject.username)
    known = app_users.get(person_id)
    if known is None or known.object_id != object_id:  # this account has nothing of what we gave to another one
        known = fresh
    match change:
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
            given = {each.part_number for each in change.add}
            waiting = tuple(each for each in known.waiting if each.sku not in given)
            after = evolve(known, licenses=change.grants, waiting=waiting)
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
    return app_users.with_user(after)


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
