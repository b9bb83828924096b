"""Nobody loses a licence, a role, sign-in or the account unless the source, the day they left, or a setting says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from attrs import frozen

from o365prov.people import AppUser, AppUserStatus, Assignment, Departure, Grants, LeaverStep, UserStatus
from o365prov.planning import BlockSignIn, DeleteUser, Remember
from o365prov.provisioning import Suspended
from o365prov.simulation.records import Day, HeldAccount

_CLOCKS_DIFFER = timedelta(hours=2)


def nothing_is_taken_unasked(day: Day) -> Iterator[str]:
    """What an account lost during the day was ours to take, and was to be taken."""
    users = {user.object_id: user for memory in (day.before.memory, day.after.memory) for user in memory}
    names = day.before.names()
    for account in day.before.live():
        loss = _Loss.of(account, day.after.accounts.get(account.id))
        if loss and names[account.id] not in day.edited:
            yield from (f"{account.username} {what}" for what in _unasked(loss, account, users.get(account.id), day))
            yield from (f"{account.username} {what}" for what in _unreplaced(loss, account, users.get(account.id), day))


@frozen
class _Loss:
    """What an account lost."""

    licenses: frozenset[str]
    roles: frozenset[str]
    sign_in: bool
    is_gone: bool

    @classmethod
    def of(cls, before: HeldAccount, after: HeldAccount | None) -> _Loss | None:
        if after is None or after.is_deleted:
            return cls(frozenset(), frozenset(), before.is_enabled, is_gone=True)
        sign_in = before.is_enabled and not after.is_enabled
        lost = cls(before.licenses - after.licenses, before.roles - after.roles, sign_in, is_gone=False)
        return lost if lost.licenses or lost.roles or lost.sign_in else None


def _unasked(loss: _Loss, account: HeldAccount, user: AppUser | None, day: Day) -> Iterator[str]:
    if user is None:
        yield "lost something, and nobody had linked it"
        return
    ours = _ours(user, day)
    if loss.licenses - ours and not day.app.take_over_licenses:
        yield "lost a licence that was not given from here"
    if loss.roles - ours and not day.app.take_over_roles:
        yield "lost a role that was not given from here"
    if day.app.lifecycle.excludes_account(account.id):
        yield "lost something, although it is excluded"
    assignment = _assignment(user, account, day)
    yield from _of_a_leaver(loss, user, day) if assignment is None else _of_who_is_here(loss, assignment, day)


def _unreplaced(loss: _Loss, account: HeldAccount, user: AppUser | None, day: Day) -> Iterator[str]:
    """Whoever is assigned loses no licence before all that is assigned is there."""
    assignment = None if user is None else _assignment(user, account, day)
    if assignment is not None and not day.is_served(assignment):
        return
    after = day.after.accounts.get(account.id)
    if not loss.licenses or assignment is None or after is None:
        return
    if day.ids_of(each.sku for each in assignment.grants.licenses) - after.licenses:
        yield "lost a licence, and what is assigned in its place is not there"


def _ours(user: AppUser, day: Day) -> frozenset[str]:
    """The ids of what was given from here: what is remembered, and what was assigned until yesterday."""
    who = day.identities[user.person_id]
    known = (each for memory in (day.before.memory, day.after.memory) for each in memory)
    remembered = [
        Grants(each.licenses, each.roles)
        for each in known
        if each.person_id == user.person_id or each.object_id == user.object_id
    ]
    assigned = [each.grants for each in day.given if day.identities[each.person.id] == who]
    return day.ids_of(name for grants in (*remembered, *assigned) for name in _names(grants))


def _names(grants: Grants) -> Iterator[str]:
    yield from (each.sku for each in grants.licenses)
    yield from grants.roles


def _assignment(user: AppUser, account: HeldAccount, day: Day) -> Assignment | None:
    """The assignment of whoever has the account; by its source anchor it can come to a new id of the same person."""
    here = [each for each in day.assignments if day.is_excluded(each) or not day.is_over(each)]
    same = [each for each in here if day.identities[each.person.id] == day.identities[user.person_id]]
    return next((each for each in same if each.person.id == user.person_id or _comes(each, account, day)), None)


def _comes(newcomer: Assignment, account: HeldAccount, day: Day) -> bool:
    return account.anchor is not None and day.is_served(newcomer)


def _of_who_is_here(loss: _Loss, assignment: Assignment, day: Day) -> Iterator[str]:
    is_suspended = assignment.person.status is UserStatus.SUSPENDED and not day.is_excluded(assignment)
    is_blocked = is_suspended and day.app.lifecycle.suspended is Suspended.BLOCK
    if not day.is_served(assignment) and (loss.licenses or loss.roles or not is_blocked):
        yield "lost something, although its person is only held"
    if loss.is_gone or (loss.sign_in and not is_blocked):
        yield "was blocked or deleted, although its person is assigned"
    if (loss.licenses | loss.roles) & day.ids_of(_names(day.granted(assignment))):
        yield "lost something that its person is assigned"


def _is_asked_about(user: AppUser, day: Day) -> bool:
    """Whether a plan asked whether a new setting may reach back to somebody who left before."""
    changes = (change for each in day.applied if each.plan is not None for change in each.plan)
    return any(
        change.object_id == user.object_id and change.reaches_back
        for change in changes
        if isinstance(change, BlockSignIn | DeleteUser | Remember)
    )


def _has_left(user: AppUser, day: Day) -> bool:
    """Whether somebody who is not here is known to have left: the source says so, or is silent for long enough."""
    lifecycle, since = day.app.lifecycle, day.absent_since.get(user.person_id)
    if lifecycle.excluded_people is not None and user.excluded_by == lifecycle.excluded_people.text:
        return False
    if any(each.person.id == user.person_id for each in day.assignments):
        return True
    return (
        day.is_complete
        and since is not None
        and day.now - since >= timedelta(days=lifecycle.missing_days) - _CLOCKS_DIFFER
    )


def _of_a_leaver(loss: _Loss, user: AppUser, day: Day) -> Iterator[str]:
    provisioning = day.app.provisioning
    if not provisioning.deactivate_users:
        yield "lost something, although Deactivate Users is off"
    known = day.before.memory.get(user.person_id)
    if known is not None and known.is_in_use and not _has_left(known, day):
        yield "lost something, although its person is excluded, or not missing for long enough to have left"
    told: list[Departure] = [provisioning.deprovisioning.departure(day.now)]
    if known is not None and known.departure is not None:
        told += [known.departure]
        if _is_asked_about(user, day):
            told += [Departure(known.departure.at, told[0].then, told[0].grace_days, steps=told[0].steps)]
    if known is not None and known.status is AppUserStatus.DELETED:
        yield "lost something, although it was deleted from here before"
    if loss.is_gone and not any(each.has_come(LeaverStep.DELETION, day.now) for each in told):
        yield "was deleted before its day"
    if loss.licenses and not any(
        each.has_own_license_day and each.has_come(LeaverStep.LICENSES, day.now) for each in told
    ):
        yield "lost a licence before its day"
