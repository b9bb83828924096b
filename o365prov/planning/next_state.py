"""The memory after changes are done."""

from __future__ import annotations

from typing import assert_never

from attrs import define, evolve, field

from o365prov._annotations import check_after_failure, check_call
from o365prov._fields import typed
from o365prov.people import AppUser, AppUsers, AppUserStatus
from o365prov.planning.model.changes import (
    AssignLicenses,
    Change,
    CreateUser,
    EnableSignIn,
    GrantRole,
    LinkUser,
    Remember,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
)
from o365prov.planning.model.leaver_changes import BlockSignIn, DeleteUser, RemoveLicenses


@define(field_transformer=typed)
class NextMemory:
    """The memory while the changes of a plan are done, one after the other.

    Whoever gets an account that another person had gets what is remembered of it, and that person is forgotten.

    Args:
        app_users: the memory that the plan was made with.

    """

    app_users: AppUsers
    _holders: dict[str, AppUser] = field(init=False)
    _changed: dict[str, AppUser] = field(init=False, factory=dict)
    _handed_over: set[str] = field(init=False, factory=set)

    def __attrs_post_init__(self) -> None:
        self._holders = {user.object_id: user for user in self.app_users}

    @check_after_failure
    def note(
        self,
        change: Change,
        object_id: str,
        *,
        manager_id: str | None = None,
        provisioning_type: str = "",
        written: tuple[str, ...] | None = None,
    ) -> None:
        """Note a change that succeeded; for the arguments see :func:`after_change`."""
        person_id = change.subject.person_id
        known = self._changed.get(person_id)
        if known is None or known.object_id != object_id:
            known = self._holders.get(object_id)
        if known is not None and known.person_id != person_id:
            self._handed_over.add(known.person_id)
            known = evolve(known, person_id=person_id)
        self._changed[person_id] = after_change(
            known,
            change,
            object_id,
            manager_id=manager_id,
            provisioning_type=provisioning_type,
            written=written,
        )

    def after(self, plan_id: str) -> AppUsers:
        """The memory after all changes that were noted of the plan with this id."""
        return self.app_users.after_plan(plan_id, self._changed.values(), without=self._handed_over)


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
                _active(known) if isinstance(change, CreateUser) or change.activates else _returning(known),
                object_id=object_id,
                username=change.subject.username,
                anchor=change.anchor,
                fingerprint=change.fingerprint,
                provisioning_type=provisioning_type,
            )
        case EnableSignIn():
            after = _active(known)
        case RestoreUser():
            after = known  # what links the account or enables it says that the person is back
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
            after = known if change.desired is None else evolve(known, password_instant=change.desired)
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
                departure=change.departure or known.departure,
                licenses=(),
                roles=(),
                manager_id=None,
                manager_reference="",
                waiting=(),
            )
        case _:
            assert_never(change)
    return after


def _active(known: AppUser) -> AppUser:
    return evolve(known, status=AppUserStatus.ACTIVE, departure=None)


def _returning(known: AppUser) -> AppUser:
    """The user who is assigned again; until sign-in is enabled it is remembered who had blocked it."""
    return evolve(known, status=AppUserStatus.ACTIVE)


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
        roles=known.roles if change.roles is None else change.roles,
    )


def _after_part(known: AppUser, change: UpdateUser, written: frozenset[str], provisioning_type: str) -> AppUser:
    """The memory of an account that *change* linked and wrote in part.

    It has no fingerprint, so the next plan compares the account with the tenant and has what is missing.
    """
    missing = {each.name: each.before for each in change.properties if each.name not in written}
    username = missing.get("userPrincipalName", change.subject.username)
    return evolve(
        _active(known) if change.activates else _returning(known),
        username=username if isinstance(username, str) else known.username,
        anchor=known.anchor if "onPremisesImmutableId" in missing else change.anchor,
        fingerprint="",
        provisioning_type=provisioning_type,
    )
