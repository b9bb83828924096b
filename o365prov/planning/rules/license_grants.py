"""What assignments grant in the tenant's own SKUs and service plans, and what an account holds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from o365prov.people import LicenseGrant
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval
from o365prov.planning.tenant.snapshot import HeldLicense, Sku, TenantSnapshot


@frozen
class GrantedSku:
    """A SKU that grants ask for: what any of them enables is enabled.

    Args:
        sku: the SKU.
        enabled: the ids of the service plans that are asked for.
        grants: the grants, with the service plans that the SKU has.
        certain: whether the SKU has every service plan that the grants name.

    """

    sku: Sku
    enabled: frozenset[str]
    grants: tuple[LicenseGrant, ...]
    certain: bool

    def merge(self, other: GrantedSku) -> GrantedSku:
        """The same SKU for the grants of both."""
        return GrantedSku(
            self.sku, self.enabled | other.enabled, (*self.grants, *other.grants), self.certain and other.certain
        )


@frozen
class ResolvedGrants:
    """Grants in the tenant's own SKUs.

    Args:
        skus: the SKUs that are asked for, by id.
        unknown: names of licences that the tenant does not have, or not for users.
        unknown_plans: names of service plans that their SKU does not have.

    """

    skus: Mapping[str, GrantedSku]
    unknown: tuple[str, ...]
    unknown_plans: tuple[tuple[Sku, tuple[str, ...]], ...]

    @classmethod
    def of(cls, grants: Iterable[LicenseGrant], snapshot: TenantSnapshot) -> ResolvedGrants:
        """What *grants* ask for in this tenant; of a grant with unknown service plans, those that are known."""
        skus: dict[str, GrantedSku] = {}
        unknown: list[str] = []
        unknown_plans: list[tuple[Sku, tuple[str, ...]]] = []
        for grant in grants:
            sku = snapshot.find_sku(grant.sku)
            if sku is None or not sku.assignable:
                unknown.append(grant.sku)
                continue
            by_name = {**sku.plans, **{plan_id: plan_id for plan_id in sku.plans.values()}}
            ids = {name.lower(): plan_id for name, plan_id in by_name.items()}
            named = tuple(ids) if grant.service_plans is None else grant.service_plans
            missing = tuple(plan for plan in named if plan.lower() not in ids)
            found = tuple(plan for plan in named if plan.lower() in ids)
            if missing:
                unknown_plans.append((sku, missing))
                if not found:
                    continue
            fulfilled = evolve(grant, service_plans=found) if missing else grant
            granted = GrantedSku(sku, frozenset(ids[plan.lower()] for plan in found), (fulfilled,), not missing)
            skus[sku.id] = skus[sku.id].merge(granted) if sku.id in skus else granted
        return cls(skus, tuple(dict.fromkeys(unknown)), tuple(unknown_plans))

    @property
    def complete(self) -> bool:
        """Whether the tenant knows every name."""
        return not self.unknown and not self.unknown_plans


@frozen
class LicensesHeld:
    """The ids of the service plans that an account has, by SKU: directly, and through any group."""

    direct: Mapping[str, frozenset[str]]
    inherited: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, licenses: Iterable[HeldLicense], snapshot: TenantSnapshot) -> LicensesHeld:
        """What an account with these licences has."""
        direct: dict[str, frozenset[str]] = {}
        inherited: dict[str, frozenset[str]] = {}
        for held in licenses:
            sku = snapshot.sku_named.get(held.sku_id)
            plans = frozenset(sku.plans.values() if sku else ()) - held.disabled_plans
            if held.inherited_from is None:
                direct[held.sku_id] = plans
            else:
                inherited[held.sku_id] = inherited.get(held.sku_id, frozenset()) | plans
        return cls(direct, inherited)

    def plan_names(self, snapshot: TenantSnapshot) -> frozenset[str]:
        """The names of all service plans that are enabled."""
        return frozenset(
            name
            for held in (self.direct, self.inherited)
            for sku_id, plans in held.items()
            if (sku := snapshot.sku_named.get(sku_id))
            for name, plan_id in sku.plans.items()
            if plan_id in plans
        )

    def addition(self, sku: Sku, enabled: frozenset[str]) -> LicenseAddition:
        """The part of a request that gives *sku* with these service plans, or changes them."""
        before, by_group = self.direct.get(sku.id), self.inherited.get(sku.id)
        every = frozenset(sku.plans.values())
        return LicenseAddition(
            sku.id,
            sku.part_number,
            tuple(sorted(every - enabled)),
            held=before is not None,
            plans_on=names(sku, enabled - (before or frozenset())),
            plans_off=names(sku, (every if before is None else before) - enabled),
            group_plans=None if by_group is None else names(sku, by_group),
        )

    def removal(self, sku: Sku) -> LicenseRemoval:
        """The part of a request that takes *sku* away."""
        by_group = self.inherited.get(sku.id)
        lost = () if by_group is None else names(sku, self.direct[sku.id] - by_group)
        return LicenseRemoval(sku.id, sku.part_number, through_group=by_group is not None, lost_plans=lost)


def names(sku: Sku, plans: Iterable[str]) -> tuple[str, ...]:
    """The names of the SKU's service plans with these ids, sorted."""
    ids = frozenset(plans)
    return tuple(sorted(name for name, plan_id in sku.plans.items() if plan_id in ids))
