"""Which account of the tenant is a guest's.

A guest signs in elsewhere: there is neither a source anchor nor a username of ours. The account has the invited address
as its mail, and within its user principal name.

Source: Microsoft Entra, "Properties of an Entra B2B collaboration user" (user principal name, ``externalUserState``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from o365prov.errors import Issue
from o365prov.people import AppUser, Person
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser

MARK = "#EXT#"
"""What the user principal name of a guest has before the tenant's own domain."""

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_INITIAL = re.compile(r"[^.]+\.(?:onmicrosoft\.(?:com|us)|partner\.onmschina\.cn)")


@frozen
class GuestAccounts:
    """The guests of a tenant, by their addresses.

    Args:
        snapshot: what the tenant holds.
        by_address: the accounts with these addresses in lower case.

    """

    snapshot: TenantSnapshot
    by_address: Mapping[str, TenantUser]

    @classmethod
    def of(cls, snapshot: TenantSnapshot) -> GuestAccounts:
        """The guests of this tenant; who is a member and has the address too is found as well."""
        found = {address: user for user in snapshot.users for address in user.addresses}
        guests = (user for user in snapshot.users if MARK in user.username.upper())
        return cls(snapshot, found | {address: user for user in guests for address in user.addresses})

    def username(self, address: str) -> str:
        """The user principal name that an invited address gets; the address itself where the tenant's is not known."""
        initial = next((each.name for each in self.snapshot.domains if _INITIAL.fullmatch(each.name)), "")
        return f"{address.replace('@', '_')}{MARK}@{initial}" if initial else address

    def find(self, address: str, known: AppUser | None) -> TenantUser | None:
        """The account that is remembered, or that was invited by this address."""
        if known is not None and (account := self.snapshot.by_id.get(known.object_id)):
            return account
        named = self.snapshot.by_username.get(self.username(address).lower())
        return named or self.by_address.get(address.lower())


def address_of(person: Person) -> str:
    """The address to which a guest is invited; empty for none."""
    address = person.profile.get("email")
    return address.strip() if isinstance(address, str) else ""


def address_issue(address: str, snapshot: TenantSnapshot) -> Issue | None:
    """Why nobody can be invited by this address."""
    if not _ADDRESS.fullmatch(address):
        what = f"has no address to be invited by ({address!r})" if address else "has no email to be invited by"
        return Issue("no_address", what, "Fill in the guest's email at the source", place="email")
    domain = snapshot.domain_named.get(address.rpartition("@")[2].lower())
    if domain is not None and domain.verified:
        return Issue(
            "own_domain",
            f"{address} is in {domain.name}, a domain of this tenant: only people of other organisations are guests",
            "Assign Office 365 to this person as a member, or correct the email at the source",
            place="email",
        )
    return None
