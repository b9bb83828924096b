"""What would become of a person's account in a tenant: what a preview says when it is given a snapshot."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from o365prov.rendering import value_text

USERNAME = "userName"
"""How a change of the username is called among those of attributes."""


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
    AccountOutcome.MATCHED: "would be matched with an account that exists",
    AccountOutcome.LINKED: "linked to their account before",
    AccountOutcome.RESTORED: "would get their deleted account back",
    AccountOutcome.HELD: "held as they are",
    AccountOutcome.UNASSIGNED: "treated as not assigned",
    AccountOutcome.STOPPED: "stopped",
}


class UsernameHolder(StrEnum):
    """Who has the person's username in the tenant: no account, the person's own, or another one."""

    FREE = "free"
    SELF = "self"
    OTHER = "other"


@frozen
class ValueChange:
    """One value that would be written: *attribute* is Okta's name, ``userName`` for the username."""

    attribute: str
    before: object
    after: object


@frozen
class AccountPreview:
    """What a tenant holds of one person, and what would happen.

    *message* says it in words. *object_id* and *held_username* are those of the account that was found to be theirs,
    None without one. *username_holder* is None for a person without a username. *changes* are what would be written to
    an account that exists; references (manager, sponsors), licences, roles and sessions are the plan's business.
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
