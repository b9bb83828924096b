"""What must be confirmed whatever the safeguards allow."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from o365prov.planning.hazards.shares import named
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
    SetManager,
    UpdateUser,
)
from o365prov.rendering import count_text


def always_hazards(changes: Collection[Change], staying: Collection[str]) -> tuple[str, ...]:
    """What must be confirmed whatever the safeguards allow, a line each.

    Args:
        changes: the plan's changes.
        staying: the ids of people who have not left.

    """
    found: dict[str, dict[str, str]] = {words: {} for words in _WORDS}
    for change in changes:
        for words in () if isinstance(change, _HARMLESS) else _kinds(change, staying):
            found[words][change.subject.person_id] = change.subject.name
    return tuple(
        f"{count_text(len(people), *_WORDS[words])} {named(people.values())}"
        for words, people in found.items()
        if people
    )


_HARMLESS = (CreateUser, AssignLicenses, SetManager)
"""Most of the changes of most plans."""


def _kinds(change: Change, staying: Collection[str]) -> Iterator[str]:
    match change:
        case BlockSignIn(departure=None) if change.privileged:
            yield "privileged suspended"
        case BlockSignIn() | DeleteUser() if change.privileged:
            yield "privileged leaver"
        case GrantRole() if change.privileged:
            yield "privileged role"
        case LinkUser() | UpdateUser() if change.takes_over in staying:
            yield "handed over"
        case EnableSignIn() if change.overrides:
            yield "enabled"
        case _:
            pass
    if isinstance(change, LinkUser | UpdateUser) and change.privileged:
        yield "privileged account"
    if isinstance(change, BlockSignIn) and change.overrides and change.departure is None:
        yield "blocked again"
    elif isinstance(change, BlockSignIn | DeleteUser) and change.overrides:
        yield "taken"
    if isinstance(change, BlockSignIn | DeleteUser | Remember) and change.reaches_back:
        yield "reaches back"


_WORDS = {
    "privileged leaver": ("person with a privileged role leaves", "people with a privileged role leave"),
    "privileged suspended": (
        "person with a privileged role is suspended",
        "people with a privileged role are suspended",
    ),
    "privileged role": ("person gets a privileged role", "people get a privileged role"),
    "privileged account": (
        "account with a privileged role is handed over",
        "accounts with a privileged role are handed over",
    ),
    "enabled": (
        "account that somebody blocked in Office 365 is enabled",
        "accounts that somebody blocked in Office 365 are enabled",
    ),
    "taken": (
        "leaver's account that somebody enabled in Office 365 is blocked or deleted",
        "leavers' accounts that somebody enabled in Office 365 are blocked or deleted",
    ),
    "blocked again": (
        "suspended person's account that somebody enabled in Office 365 is blocked",
        "suspended people's accounts that somebody enabled in Office 365 are blocked",
    ),
    "reaches back": (
        "leaver gets another option than the one in force when they left",
        "leavers get another option than the one in force when they left",
    ),
    "handed over": (
        "account is taken from somebody who has not left",
        "accounts are taken from people who have not left",
    ),
}
