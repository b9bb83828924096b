"""Licences: from what assignments grant to what a tenant can give, seat by seat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from o365prov.errors import Issue
from o365prov.people import Grants, LicenseGrant
from o365prov.planning.model.changes import AssignLicenses, LicenseAddition, LicenseRemoval
from o365prov.planning.model.matched_user import MatchedUser
from o365prov.planning.model.snapshot import Sku, TenantSnapshot


@frozen
class _Wanted:
    """One SKU to hold, with the grants that ask for it: what any of them enables is enabled."""

    sku: Sku
    disabled: frozenset[str]
    grants: tuple[LicenseGrant, ...]

    def also(self, other: _Wanted) -> _Wanted:
        """Both together."""
        return _Wanted(self.sku, self.disabled & other.disabled, (*self.grants, *other.grants))


class Seats:
    """The free seats of each SKU while a plan is made: they go to people in the order of the plan.

    Seats that this same plan frees are not counted: they are free only once they are.
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

    *location* is the account's ``usageLocation`` once its profile is written. Only licences held directly and granted
    by us are removed, with *take_over* also those that somebody else granted. Unless *again* is true, a person whose
    licences are those of the last success is left as they are.

    Source: Microsoft Graph, "user: assignLicense".
    """
    known, grants = matched.known, matched.desired.assignment.grants.licenses
    if known and known.licenses == grants and not again:
        return None, []
    wanted, issues = _resolve(grants, snapshot)
    direct = {
        held.sku_id: held.disabled_plans
        for held in (matched.account.licenses if matched.account else ())
        if held.inherited_from is None
    }
    adding, kept = [], []
    for want in wanted:
        if direct.get(want.sku.id) == want.disabled:
            kept.append(want)
        elif location is None:
            issues += [_NO_LOCATION] if _NO_LOCATION not in issues else []
        elif want.sku.id in direct or seats.take(want.sku):
            adding.append(want)
        else:
            issues.append(_no_seat(want.sku))
    removing = _removals(matched, {want.sku.id for want in wanted}, direct, snapshot, take_over=take_over)
    if not adding and not removing:
        return None, issues
    ours = known.licenses if known else ()
    granted = [grant for want in adding for grant in want.grants]
    granted += [grant for want in kept for grant in want.grants if grant in ours]
    change = AssignLicenses(
        matched.subject,
        f"assigned {matched.desired.assignment.how}",
        matched.object_id,
        tuple(LicenseAddition(want.sku.id, want.sku.part_number, tuple(sorted(want.disabled))) for want in adding),
        removing,
        Grants(granted).licenses,
    )
    return change, issues


def _resolve(grants: Iterable[LicenseGrant], snapshot: TenantSnapshot) -> tuple[list[_Wanted], list[Issue]]:
    wanted: dict[str, _Wanted] = {}
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
        want = _Wanted(sku, frozenset(sku.plans.values()) - frozenset(enabled), (grant,))
        wanted[sku.id] = wanted[sku.id].also(want) if sku.id in wanted else want
    return list(wanted.values()), issues


def _removals(
    matched: MatchedUser,
    wanted: set[str],
    direct: Mapping[str, frozenset[str]],
    snapshot: TenantSnapshot,
    *,
    take_over: bool,
) -> tuple[LicenseRemoval, ...]:
    """The directly held SKUs that are not wanted: those that we granted, or whoever granted them."""
    ours = matched.known.licenses if matched.known else ()
    granted = {sku.id for grant in ours if (sku := snapshot.sku_named.get(grant.sku))}
    return tuple(
        LicenseRemoval(sku.id, sku.part_number)
        for sku in sorted(snapshot.skus, key=lambda sku: sku.part_number)
        if sku.id in direct and sku.id not in wanted and (take_over or sku.id in granted)
    )


_NO_LOCATION = Issue(
    "no_usage_location",
    "licences can't be assigned without a usage location",
    "Correct the UsageLocation: a two-letter ISO country code",
    place="licenses",
    severity="warning",
)


def _no_seat(sku: Sku) -> Issue:
    return Issue(
        "no_seat",
        f"no seat of {sku.part_number} is left ({sku.used} of {sku.seats} are used, others get the rest)",
        "Buy seats or take the licence from another person; the next plan assigns it",
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
