"""The licence request of one person: all of what replaces something in one request, or nothing is taken.

Nothing that the person has is removed or switched off while anything that they are granted can't be given: an unknown
name, a missing location or seat, or a rule of Microsoft's. What can be given is given all the same.

People with the same grants and the same licences have the same goal, so that it is worked out once for all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from attrs import evolve, field, frozen

from o365prov.people import Grants, LicenseGrant
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval
from o365prov.planning.rules.license_grants import LicensesHeld, ResolvedGrants, names
from o365prov.planning.rules.service_plans import PlanDependency, PlanExclusion, broken_rules
from o365prov.planning.tenant.snapshot import HeldLicense, Sku, TenantSnapshot
from o365prov.planning.transitions.matched_user import MatchedUser


@frozen
class LicenseOutcome:
    """What becomes of a goal with seats of some SKUs.

    Args:
        whole: whether everything that is granted is held after the request.
        breaks: the rules that the person breaks after the request, and not before it.
        adding: what the request adds.
        removing: what it removes.
        remembered: the licences that count as granted by us after it.

    """

    whole: bool
    breaks: frozenset[PlanDependency | PlanExclusion]
    adding: tuple[LicenseAddition, ...]
    removing: tuple[LicenseRemoval, ...]
    remembered: tuple[LicenseGrant, ...]


@frozen(eq=False)
class LicenseGoal:
    """What people should hold, and what stands in the way.

    Args:
        wanted: what the assignment grants.
        holds: what the account holds.
        ours: the licences that we granted before.
        snapshot: what the tenant holds.
        removing: what should be removed: what we granted before, or all other direct licences.
        located: whether the account has a usage location, or needs none.
        broken: the rules that the person would break.

    """

    wanted: ResolvedGrants
    holds: LicensesHeld
    ours: tuple[LicenseGrant, ...]
    snapshot: TenantSnapshot
    removing: tuple[Sku, ...] = ()
    located: bool = True
    broken: frozenset[PlanDependency | PlanExclusion] = field(default=frozenset())
    _outcomes: dict[frozenset[str], LicenseOutcome] = field(factory=dict, init=False, repr=False)

    @cached_property
    def seats(self) -> frozenset[str]:
        """The ids of the SKUs of which the person needs a seat: a group's licence has one already."""
        return frozenset(
            sku_id
            for sku_id in self.wanted.skus
            if sku_id not in self.holds.direct and sku_id not in self.holds.inherited
        )

    @property
    def may_take_seats(self) -> bool:
        """Whether nothing but seats is missing for what can be given."""
        return self.located and not self.broken

    def is_whole(self, seats: Collection[str]) -> bool:
        """Whether everything that is granted is held after the request, with seats of these SKUs."""
        return self.may_take_seats and self.wanted.complete and self.seats <= frozenset(seats)

    def after(self, seats: Collection[str], *, whole: bool | None = None) -> LicensesHeld:
        """What the account holds once the request is done; *whole* as if nothing stood in the way."""
        if whole is None:
            whole = self.is_whole(seats)
            if not self.may_take_seats:
                return self.holds
        direct = dict(self.holds.direct)
        for sku_id, granted in self.wanted.skus.items():
            held = direct.get(sku_id)
            if held is not None:
                direct[sku_id] = granted.enabled if whole and granted.certain else granted.enabled | held
            elif (by_group := self.holds.inherited.get(sku_id)) is not None:
                if not granted.enabled <= by_group:
                    direct[sku_id] = granted.enabled
            elif sku_id in seats:
                direct[sku_id] = granted.enabled
        for sku in self.removing if whole else ():
            direct.pop(sku.id, None)
        return LicensesHeld(direct, self.holds.inherited)

    def _breaks(self, seats: Collection[str]) -> frozenset[PlanDependency | PlanExclusion]:
        """The rules that the person breaks after the request, and not before it."""
        after = self.after(seats)
        if after == self.holds:
            return frozenset()
        return broken_rules(after.plan_names(self.snapshot)) - broken_rules(self.holds.plan_names(self.snapshot))

    @cached_property
    def needs_location(self) -> bool:
        """Whether a service plan is switched, which takes a usage location."""
        goal = self.after(self.seats, whole=True)
        return any(self.holds.direct.get(sku_id) != plans for sku_id, plans in goal.direct.items())

    @cached_property
    def unlocated(self) -> LicenseGoal:
        """The same goal of somebody without a usage location."""
        return evolve(self, located=False)

    @cached_property
    def checked(self) -> LicenseGoal:
        """The same goal with the rules that the person would break."""
        return evolve(self, broken=self._breaks(self.seats))

    @cached_property
    def keeps(self) -> tuple[str, ...]:
        """What the person keeps only because something can't be given, such as ``SPE_E3`` or ``SWAY of SPE_E3``."""
        after = self.after(self.seats, whole=True)
        kept = [sku.part_number for sku in self.removing]
        for sku_id, granted in self.wanted.skus.items():
            off = names(granted.sku, self.holds.direct.get(sku_id, frozenset()) - after.direct.get(sku_id, frozenset()))
            kept += [f"{', '.join(off)} of {granted.sku.part_number}"] if off else []
        return tuple(kept)

    @cached_property
    def frees(self) -> tuple[Sku, ...]:
        """The SKUs of which a seat is free once everything is removed that should be; a group keeps its seat."""
        return tuple(sku for sku in self.removing if sku.id not in self.holds.inherited)

    def _remembered(self, seats: Collection[str]) -> tuple[LicenseGrant, ...]:
        """The licences that count as granted by us after the request: what was found on the account too.

        A licence that only a group gives is the group's. A grant that can't be told to be fulfilled or gone stays.
        """
        direct, whole = self.after(seats).direct, self.is_whole(seats)
        before = {} if whole else ResolvedGrants.of(self.ours, self.snapshot).skus
        grants: list[LicenseGrant] = []
        for sku_id, granted in self.wanted.skus.items():
            known = sku_id in before and granted.enabled <= before[sku_id].enabled
            if sku_id in direct and granted.enabled <= direct[sku_id] and not known:
                grants += granted.grants
        for grant in self.ours:
            sku = self.snapshot.find_sku(grant.sku)
            if sku is None or (not whole and sku.id in direct):
                grants.append(grant)
        return Grants(grants).licenses

    @cached_property
    def unchanged(self) -> LicenseOutcome:
        """What becomes of it where nothing is asked for."""
        return LicenseOutcome(whole=False, breaks=frozenset(), adding=(), removing=(), remembered=self.ours)

    def with_seats(self, seats: frozenset[str]) -> LicenseOutcome:
        """What becomes of it with seats of these SKUs."""
        if (known := self._outcomes.get(seats)) is not None:
            return known
        before, after = self.holds.direct, self.after(seats).direct
        outcome = self._outcomes[seats] = LicenseOutcome(
            self.is_whole(seats),
            self._breaks(seats),
            tuple(
                self.holds.addition(granted.sku, after[sku_id])
                for sku_id, granted in self.wanted.skus.items()
                if sku_id in after and before.get(sku_id) != after[sku_id]
            ),
            tuple(self.holds.removal(sku) for sku in self.removing if sku.id not in after),
            self._remembered(seats),
        )
        return outcome


def goal_of(
    granted: tuple[LicenseGrant, ...],
    held: tuple[HeldLicense, ...],
    ours: tuple[LicenseGrant, ...],
    *,
    snapshot: TenantSnapshot,
    take_over: bool,
) -> LicenseGoal:
    """What somebody should hold; whether there is a location, and which rules that breaks, is not looked at yet.

    Args:
        granted: what the assignment grants.
        held: what the account holds.
        ours: what we granted before.
        snapshot: what the tenant holds.
        take_over: whether licences that were granted elsewhere are removed too.

    """
    wanted, holds = ResolvedGrants.of(granted, snapshot), LicensesHeld.of(held, snapshot)
    before = {sku.id for grant in ours if (sku := snapshot.find_sku(grant.sku))}
    removing = tuple(
        sku
        for sku in sorted(snapshot.skus, key=lambda sku: sku.part_number)
        if sku.id in holds.direct and sku.id not in wanted.skus and (take_over or sku.id in before)
    )
    return LicenseGoal(wanted, holds, ours, snapshot, removing)


@frozen
class LicenseWish:
    """What one person should hold.

    Args:
        matched: the person with the account.
        goal: what the person should hold, and what stands in the way.

    """

    matched: MatchedUser
    goal: LicenseGoal
