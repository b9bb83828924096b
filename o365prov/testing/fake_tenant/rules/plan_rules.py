"""Which service plans need others and which exclude each other: one row a plan of ``schema/plan_rules.tsv``.

Sources: Microsoft 365 admin centre, "Assign licenses to users" (Office for the web needs a SharePoint plan); Microsoft
Entra, "Identify and resolve license assignment problems" (what the others need, and that Exchange plans exclude each
other, but for Exchange Online Plan 1, Plan 2 and Kiosk, which no longer do). A rule that no page states is not in the
table: there the tenant may be laxer than Graph. The texts are those of public issues about assignLicense.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from attrs import frozen

from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record


@frozen
class PlanRule:
    """A plan that needs one of some others, or that goes with none of them.

    Attributes:
        plan: its name.
        others: their names.
        excludes: whether it goes with none of them; else it needs one.

    """

    plan: str
    others: frozenset[str]
    excludes: bool

    @property
    def error(self) -> str:
        """What ``licenseAssignmentStates`` calls it when the rule is broken."""
        return "MutuallyExclusiveViolation" if self.excludes else "DependencyViolation"

    def is_broken_by(self, plans: frozenset[str]) -> bool:
        """Whether somebody with these plans breaks it."""
        return self.plan in plans and self.others.isdisjoint(plans) is not self.excludes


@cache
def plan_rules() -> tuple[PlanRule, ...]:
    """All rules."""
    lines = files("o365prov.testing.fake_tenant.schema").joinpath("plan_rules.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader(lines, delimiter="\t")
    return tuple(PlanRule(row["plan"], frozenset(row["others"].split()), row["rule"] == "excludes") for row in rows)


def enabled_plans(directory: Directory, states: Iterable[Record]) -> frozenset[str]:
    """The names of the service plans that assignments switch on, one being enough for each."""
    return frozenset(
        plan.name
        for state in states
        if state["state"] == "Active"
        for plan in directory.subscriptions[state["skuId"]].product.plans
        if plan.id not in state["disabledPlans"]
    )


@lru_cache(maxsize=4096)
def broken_rule(plans: frozenset[str]) -> PlanRule | None:
    """The first rule that somebody with these plans breaks."""
    return next((rule for rule in plan_rules() if rule.is_broken_by(plans)), None)


def refusal_text(directory: Directory, rule: PlanRule, plans: frozenset[str]) -> str:
    """What assignLicense says of a broken rule, with the identifiers of the plans."""
    known = {plan.name: plan.id for item in directory.subscriptions.values() for plan in item.product.plans}
    others = sorted(known[name] for name in rule.others & (plans if rule.excludes else known.keys()))
    failed, plan = "License assignment failed because service", known[rule.plan]
    if rule.excludes:
        return f"{failed} plans {', '.join([plan, *others])} are mutually exclusive."
    return f"{failed} plan {plan} depends on the service plan(s) {', '.join(others)}"
