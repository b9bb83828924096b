"""The licences of people who left: what is removed, and what stays.

What is removed follows from what we granted and what the account holds now, every time. What an assignment granted
counts as granted by us, also where it was found on the account; with ``take_over_licenses`` all other direct licences
go too. A licence that a group gives can't be removed from the person.

Source: Okta support, "Can Okta remove group-inherited licenses in O365 when deprovisioning".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from o365prov.errors import Issue
from o365prov.people import AppUser, LicenseGrant
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import RemoveLicenses
from o365prov.planning.rules.license_grants import LicensesHeld, names
from o365prov.planning.rules.license_problems import left_behind
from o365prov.planning.rules.service_plans import MAILBOX_PLANS
from o365prov.planning.tenant.snapshot import Sku, TenantSnapshot, TenantUser
from o365prov.rendering import names_text


def leaver_removal(
    user: AppUser,
    account: TenantUser,
    subject: Subject,
    snapshot: TenantSnapshot,
    reason: str,
    *,
    take_over: bool,
    keeps_mailbox: bool,
) -> RemoveLicenses | None:
    """The removal of a leaver's licences; None if the account holds none that should go.

    With *keeps_mailbox* those stay without which there would be no mailbox.
    """
    held = LicensesHeld.of(account.licenses, snapshot)
    due = _due(user, held, snapshot, take_over=take_over)
    waiting = _with_mailbox(due, held, snapshot) if keeps_mailbox else ()
    removing = tuple(held.removal(sku) for sku in due if sku not in waiting)
    ids = {sku.id for sku in waiting}
    grants = tuple(each for each in user.licenses if (sku := snapshot.find_sku(each.sku)) and sku.id in ids)
    return RemoveLicenses(subject, reason, account.id, removing, grants) if removing else None


def waiting_for_mailbox(
    user: AppUser, account: TenantUser, snapshot: TenantSnapshot, *, take_over: bool
) -> tuple[str, ...]:
    """The part numbers of the licences that would go, and without which there would be no mailbox."""
    held = LicensesHeld.of(account.licenses, snapshot)
    due = _due(user, held, snapshot, take_over=take_over)
    return tuple(sku.part_number for sku in _with_mailbox(due, held, snapshot))


def mailbox_waits(reason: str, account: TenantUser, stays: Sequence[str]) -> Issue:
    """That a mailbox is to be handed over, and what *stays* until then.

    >>> from o365prov.planning import TenantUser
    >>> ann = TenantUser("7f", {"userPrincipalName": "ann@corp.example"})
    >>> print(mailbox_waits("left on 2026-06-01", ann, ["SPE_E3"]).message)
    left on 2026-06-01, and the mailbox is to be handed over: until then SPE_E3 stays
    """
    until = f": until then {names_text(stays)} {'stay' if len(stays) > 1 else 'stays'}" if stays else ""
    return Issue(
        "mailbox_waits",
        f"{reason}, and the mailbox is to be handed over{until}",
        f"Run the script for Exchange, then plan with mailboxes_done=[{account.id!r}], or with the ids of its export "
        "(export.handed_over)",
        severity="warning",
    )


def has_mailbox(account: TenantUser, snapshot: TenantSnapshot) -> bool:
    """Whether a licence gives the account a mailbox, directly or through a group."""
    return not LicensesHeld.of(account.licenses, snapshot).plan_names(snapshot).isdisjoint(MAILBOX_PLANS)


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


def _with_mailbox(due: Iterable[Sku], held: LicensesHeld, snapshot: TenantSnapshot) -> tuple[Sku, ...]:
    """Those of the licences that give the mailbox, unless a licence that stays gives it too."""
    going = {sku.id for sku in due}
    stays = LicensesHeld({each: plans for each, plans in held.direct.items() if each not in going}, held.inherited)
    if not stays.plan_names(snapshot).isdisjoint(MAILBOX_PLANS):
        return ()
    return tuple(sku for sku in due if not {*names(sku, held.direct[sku.id])}.isdisjoint(MAILBOX_PLANS))


def _name(sku_id: str, snapshot: TenantSnapshot) -> str:
    sku = snapshot.sku_named.get(sku_id)
    return sku.part_number if sku else sku_id
