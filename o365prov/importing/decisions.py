"""What an import decides about one account, and about one group."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from o365prov._fields import as_sorted, frozen_mapping, typed, whole_number
from o365prov.importing.settings import ImportObstacle
from o365prov.planning import GroupKind


class UserOutcome(StrEnum):
    """What an account is to an import. Each account is one of these.

    ``LINKED``: a known person's. ``UNASSIGNED``: it was imported, and is gone or can't be imported any more.
    ``CHOSEN``: the caller said whose it is. ``EXACT`` and ``PARTIAL``: it matches somebody. ``NEW``: it matches nobody.
    ``NOT_IMPORTED``: Okta would not import it.
    """

    UNASSIGNED = "unassigned"
    CHOSEN = "chosen"
    EXACT = "exact"
    PARTIAL = "partial"
    NEW = "new"
    NOT_IMPORTED = "not_imported"
    LINKED = "linked"


@frozen(field_transformer=typed)
class UserImport:
    """What an import decides about one account.

    Args:
        object_id: the account's id in the tenant.
        username: its user principal name.
        name: its display name, or else its username.
        outcome: what it is to the import.
        reason: why, in words.
        person_id: the person whose account it is, was, or is meant to be; None where nobody or more than one is meant.
            A new person has the account's object id.
        person_name: that person's name; empty where it is not known.
        rule: what matched, such as ``email`` or ``first and last name``; empty where nothing did.
        candidates: the ids of all the people who match, sorted.
        confirmed: whether the link is made by this import; else it waits for somebody to confirm it.
        activated: whether a new person is activated, and not only staged.
        obstacles: what keeps the account from being imported, or would if it were not allowed.
        profile: what is imported of it, under the names of Okta's user profile.

    """

    object_id: str
    username: str
    name: str
    outcome: UserOutcome
    reason: str
    person_id: str | None = None
    person_name: str = ""
    rule: str = ""
    candidates: tuple[str, ...] = field(default=(), converter=as_sorted)
    confirmed: bool = False
    activated: bool = False
    obstacles: tuple[ImportObstacle, ...] = ()
    profile: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)

    @property
    def waits(self) -> bool:
        """Whether somebody has to confirm it."""
        return self.outcome in _TO_CONFIRM and not self.confirmed


_TO_CONFIRM = frozenset({UserOutcome.EXACT, UserOutcome.PARTIAL, UserOutcome.NEW})


class GroupOutcome(StrEnum):
    """What happens to a group in an import."""

    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_IMPORTED = "not_imported"


@frozen(field_transformer=typed)
class GroupImport:
    """What an import decides about one group.

    Args:
        id: the group's id in the tenant.
        name: its display name.
        kind: what kind of group it is.
        outcome: what happens to it.
        reason: why, in words.
        before: the object ids of the members that it had; they are sorted.
        after: the object ids of the members that it gets: direct members whose accounts are imported.
        nested: how many of its direct members are not users, and so are not imported.
        assigns: whether the app is assigned to the group.

    """

    id: str
    name: str
    kind: GroupKind
    outcome: GroupOutcome
    reason: str
    before: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)
    after: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)
    nested: int = field(default=0, validator=whole_number())
    assigns: bool = False

    @property
    def joining(self) -> frozenset[str]:
        """The object ids of the members who come."""
        return frozenset(self.after) - frozenset(self.before)

    @property
    def leaving(self) -> frozenset[str]:
        """The object ids of the members who go."""
        return frozenset(self.before) - frozenset(self.after)
