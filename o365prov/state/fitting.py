"""Whether a plan still fits what was done since it was made."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from o365prov import planning
from o365prov.errors import PlanRefusedError, StalePlanError
from o365prov.rendering import names_text
from o365prov.state.records import Run, RunEntry, RunStep, addresses_of

_AGAIN = "read the tenant and plan again"


def check_lineage(plan: planning.Plan, lineage: str | None) -> None:
    """Refuse a plan that was made with another memory than the one of this *lineage* (None for no memory).

    Raises:
        PlanRefusedError: it was.

    """
    app_users = plan.app_users
    if app_users.lineage == (lineage or ""):
        return
    where = f"of the app {app_users.app_name} in tenant {app_users.tenant_id}"
    if not app_users.lineage:
        what = f"plan {plan.id} was made without a memory, and the state has one {where}"
        raise PlanRefusedError(f"{what}: plan with state.app_users(tenant_id, app_name)")
    if not lineage:
        what = f"plan {plan.id} was made with a memory, and the state has none {where}"
        raise PlanRefusedError(f"{what}: use the state that has it, or state.import_app_users(...), and plan again")
    what = f"plan {plan.id} was made with another memory than the one that the state has {where}"
    raise PlanRefusedError(f"{what}: plan with state.app_users(tenant_id, app_name)")


def check_serial(plan: planning.Plan, *, since: int, unknown: int, noted: int) -> None:
    """Refuse a plan of which can't be known what was done since it was made.

    Args:
        plan: the plan.
        since: how often something had been noted when it was made, or when its run last noted something.
        unknown: how often, when what is not known any more was noted last.
        noted: how often until now.

    Raises:
        PlanRefusedError: the plan is newer than the state.
        StalePlanError: the plan is older than what is known.

    """
    if since > noted:
        raise PlanRefusedError(
            f"plan {plan.id} was made when more had been noted than the state has now: was it restored from a backup? "
            f"{_AGAIN}"
        )
    if since < unknown:
        raise StalePlanError(
            f"plan {plan.id} is older than the memory that was imported, or than runs that were deleted: {_AGAIN}"
        )


@frozen
class Touched:
    """The people, accounts and addresses that a plan touches.

    Args:
        people: names by person id.
        accounts: names by object id.
        addresses: in lower case.

    """

    people: dict[str, str]
    accounts: dict[str, str]
    addresses: frozenset[str]

    @classmethod
    def by(cls, plan: planning.Plan) -> Touched:
        """What a plan touches."""
        people = {each.subject.person_id: each.subject.name for each in plan}
        accounts = {each.object_id: each.subject.name for each in plan if each.object_id is not None}
        return cls(people, accounts, frozenset(address for each in plan for address in addresses_of(each)))

    def in_common(self, entries: Iterable[RunEntry]) -> list[str]:
        """What another run touched too, in words, each once; what it skipped it did not touch."""
        found: dict[str, None] = {}
        for each in entries:
            if each.step is RunStep.SKIPPED:
                continue
            if each.person_id in self.people:
                found[self.people[each.person_id]] = None
            elif each.object_id in self.accounts:
                found[f"the account of {self.accounts[each.object_id]}"] = None
            found.update(dict.fromkeys(address for address in each.addresses if address in self.addresses))
        return list(found)


def check_touched(plan: planning.Plan, run: Run, entries: Iterable[RunEntry]) -> None:
    """Refuse a plan that touches what a newer run touched.

    Raises:
        StalePlanError: it does.

    """
    if common := Touched.by(plan).in_common(entries):
        what = f"plan {plan.id} touches what plan {run.plan_id} changed since: {names_text(common)}"
        raise StalePlanError(f"{what}; {_AGAIN}")
