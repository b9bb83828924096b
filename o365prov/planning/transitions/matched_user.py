"""A person whose account was found, or is to be created.

Matching gives one for each person who can be provisioned; the rules of planning compare it with the tenant.
"""

from __future__ import annotations

from attrs import frozen

from o365prov.people import AppUser
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.tenant.snapshot import TenantUser
from o365prov.planning.transitions.situations import Memory
from o365prov.planning.transitions.states import memory_of
from o365prov.provisioning import DesiredUser


@frozen
class MatchedUser:
    """A person with a username, without a collision, and with an account of their own if there is one.

    Args:
        desired: what the person should be in Office 365.
        subject: who it is, for people to read.
        account: the account in the tenant; None where the plan creates it.
        known: what we remember of this account, also where another person had it until now; None if the plan links or
            creates it, also where we remember another account of the person.
        how: how the account was found, for the reasons of a plan.
        deleted: whether the account is deleted, and has to be restored first.
        enables: whether sign-in has to be enabled.
        overrides: whether enabling undoes what somebody did in Office 365.
        takes_over: the id of the person who had the account until now; None for nobody else.
        privileged: whether the caller hands over the account of a privileged admin.
        leaves_behind: the account that the person had until now, where another one is handed over; None for none.
        turn: in which turn of the plan the username is free.
        waits_for: the key of the change that frees the username; empty if it is free.
        restored_after: the key of the change that frees the username that the deleted account had; empty if it is free.
        temporary_username: the username in between, for one of the people who take each other's; empty for none.

    """

    desired: DesiredUser
    subject: Subject
    account: TenantUser | None
    known: AppUser | None
    how: str
    deleted: bool
    enables: bool
    overrides: bool
    takes_over: str | None
    privileged: bool
    leaves_behind: TenantUser | None = None
    turn: int = 0
    waits_for: str = ""
    restored_after: str = ""
    temporary_username: str = ""

    @property
    def object_id(self) -> str | None:
        """The account's id, None where the plan creates it."""
        return self.account.id if self.account else None

    @property
    def is_new(self) -> bool:
        """Whether the account is linked only now, or the person had left, or the last apply did not finish with it."""
        if self.known is None or self.known.unfinished or self.deleted or self.takes_over is not None:
            return True
        return memory_of(self.known) is not Memory.ACTIVE
