"""A person who goes on to be compared with the tenant."""

from __future__ import annotations

from attrs import frozen

from o365prov.people import AppUser
from o365prov.planning.model.changes import Subject
from o365prov.planning.model.snapshot import TenantUser
from o365prov.provisioning import DesiredUser


@frozen
class MatchedUser:
    """A person with a username, no collision, and an account that is theirs, or None where the plan creates it.

    *known* is what we remember of this very account; None if the plan links or creates it. *how* says how the account
    was found, for the reasons of a plan. A *deleted* account has to be restored first.
    """

    desired: DesiredUser
    subject: Subject
    account: TenantUser | None
    known: AppUser | None
    how: str
    deleted: bool = False

    @property
    def object_id(self) -> str | None:
        """The account's id, None where the plan creates it."""
        return self.account.id if self.account else None
