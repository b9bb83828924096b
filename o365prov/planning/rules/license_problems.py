"""What is said about licences that can't be given, and about those that stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from o365prov.errors import Issue
from o365prov.planning.rules.license_replacement import LicenseGoal, LicenseWish
from o365prov.planning.rules.service_plans import PlanDependency, PlanExclusion
from o365prov.planning.tenant.snapshot import Sku, TenantSnapshot, TenantUser
from o365prov.rendering import names_text


def _warning(code: str, message: str, remedy: str) -> Issue:
    return Issue(code, message, remedy, place="licenses", severity="warning")


def obstacles(goal: LicenseGoal, *, maps_location: bool) -> Iterator[Issue]:
    """What can't be given for another reason than a missing seat, and what is kept until it can.

    Args:
        goal: what a person should hold.
        maps_location: whether the usage location comes from the mapping.

    """
    snapshot, kept = goal.snapshot, goal.keeps

    def until(then: str) -> str:
        return f"; keeps {', '.join(kept)} until {then}" if kept else ""

    for name in goal.wanted.unknown:
        has = ", ".join(sorted(sku.part_number for sku in snapshot.skus if sku.assignable)) or "none"
        message = f"the tenant has no licence {name} (it has {has})" + until("that is corrected")
        yield _warning("unknown_license", message, "Correct the assignment, or subscribe to it")
    for sku, plans in goal.wanted.unknown_plans:
        message = f"{sku.part_number} has no service plan {', '.join(plans)} (it has {', '.join(sorted(sku.plans))})"
        yield _warning("unknown_service_plan", message + until("that is corrected"), "Correct the assignment")
    if not goal.located:
        message = "licences can't be assigned without a usage location" + until("there is one")
        remedy = "Correct the UsageLocation: a two-letter ISO country code"
        yield _warning(
            "no_usage_location", message, remedy if maps_location else "Set the account's usage location in Entra"
        )
    for rule in sorted(goal.broken, key=str):
        match rule:
            case PlanDependency():
                message = (
                    f"{rule.plan} ({rule.service}) can't be given without {' or '.join(_common(rule, snapshot))}, so no"
                    " licence is changed"
                )
                remedy = "Add one of these service plans to the assignment, or leave this one out"
                yield _warning("missing_service_plan", message + until("that is corrected"), remedy)
            case PlanExclusion():
                message = f"{rule.plan} and {rule.other} can't be given to one person, so no licence is changed"
                remedy = "Leave one of the two service plans out of the assignment"
                yield _warning("conflicting_service_plans", message + until("that is corrected"), remedy)


def _common(rule: PlanDependency, snapshot: TenantSnapshot) -> Sequence[str]:
    """The service plans that help, as far as this tenant has them."""
    there = {name for sku in snapshot.skus for name in sku.plans}
    return [plan for plan in rule.needs if plan in there] or rule.needs[:3]


def no_seat(wish: LicenseWish, sku: Sku, since: datetime, place: tuple[int, int], *, freed: bool) -> Issue:
    """Nobody can have a seat of *sku* now.

    Args:
        wish: who waits.
        sku: for which licence.
        since: since when.
        place: the place in the line, and how many are in it.
        freed: whether this plan frees a seat that the next one gives.

    """
    kept = wish.goal.keeps
    others = ", and other people get the rest" if sku.free else ""
    message = (
        f"no seat of {sku.part_number} is left ({sku.used} of {sku.seats} are used{others}):"
        f" waits since {since:%Y-%m-%d}, place {place[0]:,} of {place[1]:,}"
    )
    if kept:
        message += f"; keeps {', '.join(kept)} until a seat of {sku.part_number} is free"
    if freed:
        return _warning("no_seat", message, "Nothing: this plan frees a seat, and the next plan gives it")
    remedy = "Buy seats or remove the licence from another person; the next plan assigns it"
    return _warning("no_seat", message, remedy)


def doubtful_seat(sku: Sku, restored: int) -> Issue:
    """An account is restored that had *sku*, and there are fewer free seats than *restored* accounts that had it."""
    free = f"{sku.free:,} of {sku.seats:,} seats are free for {restored:,} such accounts"
    message = f"the account had {sku.part_number} and may be restored without it: {free}"
    return _warning("no_seat", message, "Nothing: the next plan sees what it has, and changes its licences")


def circle(wishes: Sequence[LicenseWish], wanted: Sequence[Sku]) -> Issue:
    """People who each wait for a seat that the next one has."""
    people = [
        f"{wish.matched.subject.name} <{wish.matched.subject.username}> waits for {sku.part_number} and keeps"
        f" {', '.join(wish.goal.keeps)}"
        for wish, sku in zip(wishes, wanted, strict=True)
    ]
    skus = " or ".join(sorted({sku.part_number for sku in wanted}))
    return _warning(
        "circle_of_seats",
        f"no one of these people can go first, because each has the seat that another needs: {'; '.join(people)}",
        f"Buy one seat of {skus}: the plans after that pass the seats on, one at a time",
    )


def stays(goal: LicenseGoal, *, take_over: bool) -> Iterator[Issue]:
    """Licences that a group gives, and so stay or are there twice."""
    for sku_id, _ in sorted(goal.holds.inherited.items()):
        sku = goal.snapshot.sku_named.get(sku_id)
        if sku is None:
            continue
        if sku_id in goal.wanted.skus and sku_id in goal.holds.direct:
            yield _warning(
                "assigned_twice",
                f"{sku.part_number} is assigned both directly and through a group; that takes one seat",
                "Nothing, or take it from the group or the assignment: the other one stays",
            )
        elif take_over and sku_id not in goal.wanted.skus and goal.wanted.complete:
            yield _warning(
                "inherited_license",
                f"{sku.part_number} is not assigned, and stays because a group gives it",
                "Remove the person from the group in Entra",
            )


_ERRORS = {
    "CountViolation": ("no seat is left", "Buy seats, or take the licence from another person"),
    "MutuallyExclusiveViolation": (
        "one of its service plans can't be held together with one that the person has",
        "Turn one of the two service plans off",
    ),
    "DependencyViolation": (
        "one of its service plans needs another one, or another licence needs it",
        "Turn the service plan that is needed on, or the one that needs it off",
    ),
    "ProhibitedInUsageLocationViolation": (
        "a service in it is not allowed in the person's usage location",
        "Correct the usage location, or turn the service plan off",
    ),
    "UniquenessViolation": (
        "an address that it would make is another object's already",
        "Find the other object with this address in Entra, and change one of the two",
    ),
}
"""What Graph's errors mean, and what to do. Source: Microsoft Entra, "Identify and resolve license assignment
problems"."""


def failed_licenses(account: TenantUser, snapshot: TenantSnapshot) -> list[Issue]:
    """The licences that Microsoft could not give to the account, whoever asked for them."""
    issues = []
    for each in account.failed_licenses:
        sku = snapshot.sku_named.get(each.sku_id)
        why, remedy = _ERRORS.get(each.error, ("Graph gives no reason", "Look at the person's licences in Entra"))
        whose = "assigned to the person" if each.inherited_from is None else f"of the group {each.inherited_from}"
        message = f"the licence {sku.part_number if sku else each.sku_id} {whose} is in error: {why} ({each.error})"
        issues.append(_warning("license_error", message, f"{remedy}; then let Entra process the licences again"))
    return list(dict.fromkeys(issues))


def left_behind(direct: Iterable[str], inherited: Iterable[str], unlisted: Iterable[str]) -> Issue | None:
    """The licences that stay with a leaver who loses those that we granted; None if there are none.

    Those that are *unlisted* may have been granted from here: the tenant, which knows their names, lists them no more.
    """
    parts = []
    if unknown := sorted(set(unlisted)):
        parts.append(f"{names_text(unknown)}, which the tenant does not list any more")
    if directly := sorted(set(direct)):
        parts.append(f"{names_text(directly)}, which {'were' if len(directly) > 1 else 'was'} not granted from here")
    if by_group := sorted(set(inherited)):
        parts.append(f"{names_text(by_group)}, which a group gives")
    if not parts:
        return None
    return _warning(
        "licenses_left",
        f"no longer assigned, and keeps {', and '.join(parts)}",
        "Remove them in Entra if the person should not have them, or set take_over_licenses for direct ones",
    )
