"""Licences: what assignments grant, as far as the tenant has seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from o365prov.errors import Issue
from o365prov.people import Grants, LicenseGrant
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval
from o365prov.planning.model.changes import AssignLicenses
from o365prov.planning.model.snapshot import Sku, TenantSnapshot
from o365prov.planning.rules.matched_user import MatchedUser


@frozen
class _DesiredSku:
    """A SKU to hold, with the grants that ask for it: what any of them enables is enabled."""

    sku: Sku
    disabled: frozenset[str]
    grants: tuple[LicenseGrant, ...]

    def merge(self, other: _DesiredSku) -> _DesiredSku:
        """The same SKU for the grants of both."""
        return _DesiredSku(self.sku, self.disabled & other.disabled, (*self.grants, *other.grants))


class Seats:
    """The free seats of each SKU while a plan is made: people take them in the order of the plan.

    Seats that the same plan frees are not counted, because they may be free too late.
    """

    def __init__(self, skus: Iterable[Sku]) -> None:
        self._free = {sku.id: max(sku.seats - sku.used, 0) for sku in skus}

    def take(self, sku: Sku) -> bool:
        """Take a seat of *sku*; false if there is none left."""
        if not self._free.get(sku.id):
            return False
        self._free[sku.id] -= 1
        return True


def license_change(
    matched: MatchedUser,
    snapshot: TenantSnapshot,
    seats: Seats,
    *,
    location: str | None,
    take_over: bool = False,
    again: bool = False,
) -> tuple[AssignLicenses | None, list[Issue]]:
    """The licences to add and remove for one person in one request, and what can't be given.

    Args:
        matched: the person with the account.
        snapshot: what the tenant holds.
        seats: the seats that are left.
        location: the account's ``usageLocation`` once its profile is written.
        take_over: whether licences that were granted elsewhere are removed too; others than direct ones never are.
        again: compare with the tenant also where the grants are those of the last success.

    Source: Microsoft Graph, "user: assignLicense".

    """
    known, grants = matched.known, matched.desired.assignment.grants.licenses
    if known and known.licenses == grants and not again:
        return None, []
    desired, issues = _resolve(grants, snapshot)
    direct = {
        held.sku_id: held.disabled_plans
        for held in (matched.account.licenses if matched.account else ())
        if held.inherited_from is None
    }
    adding, kept = [], []
    for each in desired:
        if direct.get(each.sku.id) == each.disabled:
            kept.append(each)
        elif location is None:
            missing = _NO_LOCATION if "usageLocation" in matched.desired.profile.mapping else _NO_LOCATION_IN_ENTRA
            issues += [missing] if missing not in issues else []
        elif each.sku.id in direct or seats.take(each.sku):
            adding.append(each)
        else:
            issues.append(_no_seat(each.sku))
    removing = _removals(matched, {each.sku.id for each in desired}, direct, snapshot, take_over=take_over)
    if not adding and not removing:
        return None, issues
    ours = known.licenses if known else ()
    granted = [grant for each in adding for grant in each.grants]
    granted += [grant for each in kept for grant in each.grants if grant in ours]
    change = AssignLicenses(
        matched.subject,
        f"assigned {matched.desired.assignment.how}",
        matched.object_id,
        tuple(LicenseAddition(each.sku.id, each.sku.part_number, tuple(sorted(each.disabled))) for each in adding),
        removing,
        Grants(granted).licenses,
    )
    return change, issues


def _resolve(grants: Iterable[LicenseGrant], snapshot: TenantSnapshot) -> tuple[list[_DesiredSku], list[Issue]]:
    desired: dict[str, _DesiredSku] = {}
    issues = []
    for grant in grants:
        sku = snapshot.sku_named.get(grant.sku)
        if sku is None or not sku.assignable:
            issues.append(_unknown_sku(grant.sku, snapshot))
            continue
        plans = {**sku.plans, **{plan_id: plan_id for plan_id in sku.plans.values()}}
        missing = [plan for plan in grant.service_plans or () if plan not in plans]
        if missing:
            issues.append(_unknown_plans(sku, missing))
            continue
        enabled = sku.plans.values() if grant.service_plans is None else [plans[plan] for plan in grant.service_plans]
        each = _DesiredSku(sku, frozenset(sku.plans.values()) - frozenset(enabled), (grant,))
        desired[sku.id] = desired[sku.id].merge(each) if sku.id in desired else each
    return list(desired.values()), issues


def _removals(
    matched: MatchedUser,
    desired: set[str],
    direct: Mapping[str, frozenset[str]],
    snapshot: TenantSnapshot,
    *,
    take_over: bool,
) -> tuple[LicenseRemoval, ...]:
    """The SKUs that the account has directly and should not have: those that we granted, or all with *take_over*."""
    ours = matched.known.licenses if matched.known else ()
    granted = {sku.id for grant in ours if (sku := snapshot.sku_named.get(grant.sku))}
    return tuple(
        LicenseRemoval(sku.id, sku.part_number)
        for sku in sorted(snapshot.skus, key=lambda sku: sku.part_number)
        if sku.id in direct and sku.id not in desired and (take_over or sku.id in granted)
    )


_NO_LOCATION = Issue(
    "no_usage_location",
    "licences can't be assigned without a usage location",
    "Correct the UsageLocation: a two-letter ISO country code",
    place="licenses",
    severity="warning",
)


# For License Only, which sends no attribute, and for a mapping without it.
_NO_LOCATION_IN_ENTRA = evolve(_NO_LOCATION, remedy="Set the account's usage location in Entra")


def _no_seat(sku: Sku) -> Issue:
    return Issue(
        "no_seat",
        f"no seat of {sku.part_number} is left ({sku.used} of {sku.seats} are used, and other people get the rest)",
        "Buy seats or remove the licence from another person; the next plan assigns it",
        place="licenses",
        severity="warning",
    )


def _unknown_sku(name: str, snapshot: TenantSnapshot) -> Issue:
    has = ", ".join(sorted(sku.part_number for sku in snapshot.skus if sku.assignable)) or "none"
    return Issue(
        "unknown_license",
        f"the tenant has no licence {name} (it has {has})",
        "Correct the assignment, or subscribe to it",
        place="licenses",
        severity="warning",
    )


def _unknown_plans(sku: Sku, plans: list[str]) -> Issue:
    return Issue(
        "unknown_service_plan",
        f"{sku.part_number} has no service plan {', '.join(plans)} (it has {', '.join(sorted(sku.plans))})",
        "Correct the assignment",
        place="licenses",
        severity="warning",
    )
