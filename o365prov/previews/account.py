"""What would happen to a person's account: the part of a preview that needs a snapshot."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from o365prov.rendering import value_text

USERNAME = "userName"
"""The name of the username among attributes."""


class AccountOutcome(StrEnum):
    """What the next plan would do about a person's account."""

    CREATED = "created"
    MATCHED = "matched"
    LINKED = "linked"
    RESTORED = "restored"
    HELD = "held"
    UNASSIGNED = "unassigned"
    STOPPED = "stopped"

    @property
    def words(self) -> str:
        """The outcome as the end of a sentence about people."""
        return _WORDS[self]


_WORDS = {
    AccountOutcome.CREATED: "would be created",
    AccountOutcome.MATCHED: "would be matched with existing accounts",
    AccountOutcome.LINKED: "linked to their accounts already",
    AccountOutcome.RESTORED: "would get their deleted accounts back",
    AccountOutcome.HELD: "held without a change",
    AccountOutcome.UNASSIGNED: "treated as not assigned",
    AccountOutcome.STOPPED: "stopped",
}


class UsernameHolder(StrEnum):
    """Which account of the tenant has the person's username: none, the person's own, or another one."""

    FREE = "free"
    SELF = "self"
    OTHER = "other"


@frozen
class ValueChange:
    """A value that would be written.

    Args:
        attribute: Okta's name of the attribute, ``userName`` for the username.
        before: the value in the tenant.
        after: the new value.

    """

    attribute: str
    before: object
    after: object


@frozen
class AccountPreview:
    """What would happen to one person's account.

    Args:
        outcome: what the next plan would do.
        message: the same in words.
        object_id: the id of the person's account; None without an account.
        held_username: the username of that account; None without an account.
        username_holder: which account has the person's username; None for a person without a username.
        changes: what would be written to an existing account. References (manager, sponsors), licences, roles and
            sessions are not among them: a plan has them.

    """

    outcome: AccountOutcome
    message: str
    object_id: str | None = None
    held_username: str | None = None
    username_holder: UsernameHolder | None = None
    changes: tuple[ValueChange, ...] = ()

    @property
    def renamed(self) -> bool:
        """Whether the username would change."""
        return any(change.attribute == USERNAME for change in self.changes)

    def __str__(self) -> str:
        """Outcome and changes, on one line."""
        changes = "; ".join(
            f"{each.attribute}: {value_text(each.before) or 'nothing'} → {value_text(each.after) or 'nothing'}"
            for each in self.changes
        )
        text = f"{self.outcome}: {self.message}"
        return f"{text} ({changes})" if changes else text
