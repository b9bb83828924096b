"""The licences of people who left: what is removed, and what stays.

What is removed follows from what we granted and what the account holds now, every time. What an assignment granted
counts as granted by us, also where it was found on the account; with ``take_over_licenses`` all other direct licences
go too. A licence that a group gives can't be removed from the person.

Source: Okta support, "Can Okta remove group-inherited licenses in O365 when deprovisioning".
"""

from __future__ import annotations

from o365prov.errors import Issue
from o365prov.people import AppUser, LicenseGrant
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import RemoveLicenses
from o365prov.planning.rules.license_grants import LicensesHeld
from o365prov.planning.rules.license_problems import left_behind
from o365prov.planning.tenant.snapshot import Sku, TenantSnapshot, TenantUser


def leaver_removal(
    user: AppUser, account: TenantUser, subject: Subject, snapshot: TenantSnapshot, reason: str, *, take_over: bool
) -> RemoveLicenses | None:
    """The removal of a leaver's licences; None if the account holds none that should go."""
    held = LicensesHeld.of(account.licenses, snapshot)
    removing = [held.removal(sku) for sku in _due(user, held, snapshot, take_over=take_over)]
    return RemoveLicenses(subject, reason, account.id, tuple(removing)) if removing else None


def leaver_keeps(
    user: AppUser, account: TenantUser, snapshot: TenantSnapshot, *, take_over: bool, direct_only: bool
) -> Issue | None:
    """What stays with a leaver once the licences are removed; None if nothing does.

    With *direct_only* that is what somebody granted elsewhere, perhaps since; what groups give was said before.
    """
    held = LicensesHeld.of(account.licenses, snapshot)
    gone = {sku.id for sku in _due(user, held, snapshot, take_over=take_over)}
    stays = [sku_id for sku_id in held.direct if sku_id not in gone]
    return left_behind(
        (snapshot.sku_named[sku_id].part_number for sku_id in stays if sku_id in snapshot.sku_named),
        () if direct_only else (_name(sku_id, snapshot) for sku_id in held.inherited),
        (sku_id for sku_id in stays if sku_id not in snapshot.sku_named),
    )


def still_held(user: AppUser, account: TenantUser, snapshot: TenantSnapshot) -> tuple[LicenseGrant, ...]:
    """What we granted and the account still holds; what the tenant does not know any more counts as held."""
    held = LicensesHeld.of(account.licenses, snapshot)
    skus = {grant: snapshot.find_sku(grant.sku) for grant in user.licenses}
    return tuple(grant for grant, sku in skus.items() if sku is None or sku.id in held.direct)


def _due(user: AppUser, held: LicensesHeld, snapshot: TenantSnapshot, *, take_over: bool) -> list[Sku]:
    """The direct licences that go, by part number."""
    ours = {sku.id for grant in user.licenses if (sku := snapshot.find_sku(grant.sku))}
    skus = [sku for sku_id in held.direct if (sku := snapshot.sku_named.get(sku_id))]
    return sorted((sku for sku in skus if take_over or sku.id in ours), key=lambda sku: sku.part_number)


def _name(sku_id: str, snapshot: TenantSnapshot) -> str:
    sku = snapshot.sku_named.get(sku_id)
    return sku.part_number if sku else sku_id
