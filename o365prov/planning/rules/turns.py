"""Renames and restores that wait for each other: the changes of one person, in the turns that matching found.

A turn is a place within a phase. Who takes a name that another rename frees comes a turn later, and names the change
that frees it: applying does not try the one where the other failed.
"""

from __future__ import annotations

from attrs import evolve

from o365prov.planning.model.change_parts import PropertyChange
from o365prov.planning.model.changes import CreateUser, LinkUser, RestoreUser, UpdateUser
from o365prov.planning.transitions.matched_user import MatchedUser

_NAME = "userPrincipalName"


def freeing_key(person_id: str, *, temporary: bool) -> str:
    """The key of the change that gives a person another username: :func:`~o365prov.planning.change_key`."""
    return f"{UpdateUser.kind}:{person_id}{':temporary' if temporary else ''}"


def created_in_turn(change: CreateUser, matched: MatchedUser) -> CreateUser:
    """The creation, after the rename that frees its name."""
    return evolve(change, turn=matched.turn, waits_for=matched.waits_for) if matched.waits_for else change


def restored_in_turn(change: RestoreUser, matched: MatchedUser) -> RestoreUser:
    """The restore, after the rename that frees the name that the account had."""
    if not matched.restored_after:
        return change
    return evolve(change, turn=matched.turn, waits_for=matched.restored_after)


def renamed_in_turn(change: UpdateUser | LinkUser, matched: MatchedUser) -> tuple[UpdateUser | LinkUser, ...]:
    """The update, after the rename that frees its name; before both the one that gives a temporary name.

    The first of them takes the account over, if it was another person's.
    """
    if matched.restored_after:
        return (evolve(change, turn=matched.turn + 1),)
    if not isinstance(change, UpdateUser) or not matched.waits_for:
        return (change,)
    change = evolve(change, turn=matched.turn, waits_for=matched.waits_for)
    if not matched.temporary_username:
        return (change,)
    before = next(each.before for each in change.properties if each.name == _NAME)
    between = matched.temporary_username
    first = evolve(
        change,
        subject=evolve(change.subject, username=between),
        reason=f"a temporary name, because another person gets {before} before {change.subject.username} is free",
        properties=(PropertyChange(_NAME, before, between),),
        fingerprint="",
        anchor=matched.account.anchor if matched.account else None,
        turn=0,
        waits_for="",
        temporary=True,
    )
    properties = tuple(evolve(each, before=between) if each.name == _NAME else each for each in change.properties)
    return first, evolve(change, properties=properties, takes_over=None)
