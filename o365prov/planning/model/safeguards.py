"""Safeguards: which plans are too dangerous to apply without a confirmation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, fraction, whole_number
from o365prov.errors import ConfigurationError
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
from o365prov.rendering import count_text

_MOST = 10**12


@frozen(kw_only=True)
class Safeguards:
    """Limits on how many accounts may lose something in one plan; a plan beyond them must be confirmed.

    Blocking, deleting, removing licences without giving others and changing a source anchor count. A plan for an empty
    source while accounts are linked must always be confirmed.

    Args:
        share: the share of the linked accounts, from 0 to 1.
        from_accounts: from how many linked accounts on the share counts.
        count: the number of accounts.

    Sources: Okta, "Import safeguard" (20 %, from 100 users on); Microsoft Entra Connect, "Prevent accidental deletes"
    (500).

    """

    share: float = field(default=0.20, validator=fraction)
    from_accounts: int = field(default=100, validator=whole_number())
    count: int = field(default=500, validator=whole_number())

    def hazards(self, changes: Iterable[Change], *, linked: int, assigned: int) -> tuple[str, ...]:
        """What is dangerous about a plan, a line each; empty if it may be applied without a confirmation.

        Args:
            changes: the plan's changes.
            linked: how many accounts we provisioned.
            assigned: how many people are assigned now.

        """
        changes = as_tuple(changes)
        check_call(Safeguards.hazards, locals())
        if not 0 <= linked <= _MOST or not 0 <= assigned <= _MOST:
            raise ConfigurationError(f"Safeguards.hazards(linked=..., assigned=...): each is from 0 to {_MOST:,}")
        if linked and not assigned:
            accounts = count_text(linked, "account is", "accounts are")
            return (f"no one is assigned, but {accounts} linked: check that the source was read completely",)
        losing = len({change.subject.person_id for change in changes if _takes_away(change)})
        hazards = []
        if linked >= self.from_accounts and losing > self.share * linked:
            hazards.append(f"{losing:,} of {linked:,} linked accounts lose something; {self.share:.0%} are allowed")
        if losing > self.count:
            hazards.append(f"{count_text(losing, 'account')} would lose something; {self.count:,} are allowed")
        return tuple(hazards)


def _takes_away(change: Change) -> bool:
    match change:
        case BlockSignIn() | RemoveLicenses() | DeleteUser():
            return True
        case AssignLicenses():
            return bool(change.remove and not change.add)
        case UpdateUser():
            return any(each.name == "onPremisesImmutableId" and each.before for each in change.properties)
        case CreateUser() | RestoreUser() | LinkUser() | GrantRole() | RemoveRole():
            return False
        case SetManager() | RemoveManager() | RevokeSessions() | Remember() | EnableSignIn():
            return False
        case _:
            assert_never(change)
