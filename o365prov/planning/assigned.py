"""Everybody who is assigned: what a plan is made of beside the tenant, the memory and the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import evolve, frozen

from o365prov._tracing import span
from o365prov.people import AppUsers, Assignment
from o365prov.planning.matching.neighbours import neighbours
from o365prov.planning.model.options import PlanOptions, PlanRequest, Scope
from o365prov.planning.model.plan import Plan
from o365prov.planning.planner import make_plan
from o365prov.planning.streaming import StreamingPlanner
from o365prov.planning.tenant.lookups import Lookup, LookupKind
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.provisioning import DesiredUser, Eligibility


@frozen
class AssignedPeople:
    """Everybody who is assigned, and what the app and the caller say about a plan.

    Args:
        assignments: the assignments, one a person.
        evaluate: computes what one person should be at a time.
        source: a hash of what one person is evaluated from.
        rules: what the app allows.
        request: whom the plan is about.

    """

    assignments: tuple[Assignment, ...]
    evaluate: Callable[[Assignment, datetime], DesiredUser]
    source: Callable[[Assignment], str]
    rules: PlanOptions
    request: PlanRequest

    def plan(self, snapshot: TenantSnapshot, app_users: AppUsers, now: datetime) -> Plan:
        """The plan for the tenant of *snapshot*; who did not change here and there is not compared in full.

        Who is as at the last success is not even evaluated.
        """
        with span("plan", people=len(self.assignments)) as note:
            plan = self._plan(snapshot, app_users, now)
            note("changes", len(plan.changes))
            note("problems", len(plan.problems))
        return plan

    def _plan(self, snapshot: TenantSnapshot, app_users: AppUsers, now: datetime) -> Plan:
        is_about_changes = self.rules.scope is Scope.CHANGED and self.request.only is None
        if not (is_about_changes and len(app_users)):
            return self.plan_in_full(snapshot, app_users, now)
        assignments = [each.at(now) for each in self.assignments]  # a role that ended is not assigned
        planner = StreamingPlanner(
            lambda: assignments,
            lambda each: self.evaluate(each, now),
            self.rules,
            app_users,
            now,
            source=self.source,
            request=self.request,
        )
        for account in snapshot.users:
            planner.compare(account)
        return planner.plan(snapshot)

    def plan_in_full(self, snapshot: TenantSnapshot, app_users: AppUsers, now: datetime) -> Plan:
        """The same plan, for which everybody is compared."""
        people: list[DesiredUser] = []
        held: list[Assignment] = []
        gone: dict[str, datetime | None] = {}
        for each in self.assignments:
            assignment = each.at(now)
            match self.rules.lifecycle.eligibility(assignment, now):
                case Eligibility.PROVISION:
                    people.append(self.evaluate(assignment, now))
                case Eligibility.PREPARE:
                    people.append(evolve(self.evaluate(assignment, now), enabled=False))
                case Eligibility.UNASSIGNED:
                    gone[assignment.person.id] = assignment.ends
                case _:
                    held.append(assignment)
        return make_plan(
            people,
            held,
            gone=gone,
            rules=self.rules,
            snapshot=snapshot,
            app_users=app_users,
            now=now,
            request=self.request,
        )

    def lookups(self, app_users: AppUsers, now: datetime) -> Callable[[TenantSnapshot], frozenset[Lookup]]:
        """What the plan asks of the tenant, and a snapshot that was read for some people does not know yet.

        It is a function of the snapshot: what is found may make the plan ask for more, until there is nothing to look
        up. Everybody is evaluated once.
        """
        made = {each.person.id: self.evaluate(each, now) for each in self.assignments}
        evaluated = evolve(self, evaluate=lambda assignment, _now: made[assignment.person.id])
        return lambda snapshot: evaluated._missing(snapshot, app_users, now)  # noqa: SLF001 - the same class

    def _missing(self, snapshot: TenantSnapshot, app_users: AppUsers, now: datetime) -> frozenset[Lookup]:
        if snapshot.coverage is None:
            return frozenset()  # it was read for everybody
        missing: set[Lookup] = set()
        coverage = evolve(snapshot.coverage, on_missing=missing.add)
        rehearsed = evolve(snapshot, coverage=coverage)
        self.plan(rehearsed, app_users, now)
        if (previewed := self._previewed()) != self:
            previewed.plan(rehearsed, app_users, now)
        people = [self.evaluate(each, now) for each in self.assignments]
        for each in neighbours(people, self.rules, snapshot, app_users, self.request):
            for name in (each.username, *(candidate.username for candidate in each.candidates)):
                coverage.check(LookupKind.USERNAME, (name or "").lower())  # previews say whose the username is
            if known := app_users.get(each.person_id):
                coverage.check(LookupKind.ACCOUNT, known.object_id)
        return frozenset(missing)

    def _previewed(self) -> AssignedPeople:
        """The same as previews have them: nobody starts later, and nothing is handed over."""
        started = tuple(each if each.starts is None else evolve(each, starts=None) for each in self.assignments)
        return evolve(self, assignments=started, request=PlanRequest(self.request.only))
