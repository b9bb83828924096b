"""Which harm a change does to the person whose account it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from attrs import evolve

from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
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
from o365prov.planning.model.safeguards import Harm

_NONE: frozenset[Harm] = frozenset()


def harms_of(change: Change) -> frozenset[Harm]:
    """The kinds of harm that *change* does; :func:`leaves` says whose person leaves."""
    match change:
        case CreateUser() | SetManager() | Remember():
            return _NONE
        case AssignLicenses():
            return _licenses(change.remove, change.add)
        case BlockSignIn():
            return frozenset({Harm.BLOCKED})
        case DeleteUser():
            return frozenset({Harm.DELETED})
        case EnableSignIn() | RestoreUser():
            return frozenset({Harm.ENABLED})
        case RemoveRole():
            return frozenset({Harm.ROLES_REMOVED})
        case GrantRole():
            return frozenset({Harm.ROLES_GRANTED})
        case RemoveManager():
            return frozenset({Harm.CLEARED})
        case RevokeSessions():
            return _NONE if change.leaving else frozenset({Harm.SESSIONS_ENDED})
        case RemoveLicenses():
            return _licenses(change.remove)
        case LinkUser():
            return _handed_over(change.takes_over)
        case UpdateUser():
            return frozenset(each for one in change.properties for each in _property(one)).union(
                _handed_over(change.takes_over)
            )
        case _:
            assert_never(change)


def leaves(change: Change) -> bool:
    """Whether the person leaves, or left before, by this change."""
    match change:
        case DeleteUser():
            return True
        case BlockSignIn():
            return change.departure is not None
        case Remember():
            return change.departure is not None and not change.reaches_back
        case _:
            return False


def confirmed(change: Change) -> Change:
    """The change of somebody who leaves; what the memory learns of the day says that it was confirmed."""
    if not isinstance(change, BlockSignIn | DeleteUser | Remember) or change.departure is None:
        return change
    return evolve(change, departure=evolve(change.departure, confirmed=True))


def _handed_over(takes_over: str | None) -> frozenset[Harm]:
    return _NONE if takes_over is None else frozenset({Harm.HANDED_OVER})


def _licenses(removals: Iterable[LicenseRemoval], additions: Iterable[LicenseAddition] = ()) -> frozenset[Harm]:
    """A licence that a group gives in full stays; a new licence switches nothing off."""
    lost = any(not each.through_group or each.lost_plans for each in removals)
    off = any(each.held and not frozenset(each.plans_off) <= frozenset(each.group_plans or ()) for each in additions)
    return frozenset({Harm.LICENSES_REMOVED}) if lost or off else _NONE


def _property(change: PropertyChange) -> Iterable[Harm]:
    """A value that was not there before harms nobody."""
    if change.before in _EMPTY:
        return
    if change.name == "onPremisesImmutableId":
        yield Harm.ANCHOR_CHANGED
    elif change.name == "userPrincipalName":
        (name, _, domain), (new, _, new_domain) = (
            str(value).lower().rpartition("@") for value in (change.before, change.after)
        )
        if name != new:
            yield Harm.RENAMED
        if domain != new_domain:
            yield Harm.MOVED
    elif change.after in _EMPTY:
        yield Harm.CLEARED


_EMPTY: tuple[object, ...] = (None, "", [], ())
