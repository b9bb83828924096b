"""Simulations: what becomes of people and their accounts in a month of leavers, returns and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.app import Office365App
from o365prov.errors import ConfigurationError
from o365prov.people import Assignment
from o365prov.planning import Result, forget_rows_met, rows_met
from o365prov.rendering import (
    Cell,
    Document,
    Facts,
    Mark,
    Note,
    Renderable,
    Row,
    Span,
    Table,
    Tone,
    check_limit,
    count_text,
)
from o365prov.simulation.coverage import SimulationCoverage
from o365prov.simulation.machinery.process import execute
from o365prov.simulation.machinery.storage import InMemory
from o365prov.simulation.machinery.virtual_time import SimulatedTime, VirtualLoop, run_virtually
from o365prov.simulation.records import Day
from o365prov.simulation.scene import Setting
from o365prov.simulation.schedule.drawing import Trouble, draw_schedule
from o365prov.simulation.schedule.events import Schedule
from o365prov.simulation.schedule.shrinking import shrunk
from o365prov.simulation.violations import Violation, violations
from o365prov.simulation.world import World
from o365prov.sources import OktaExport
from o365prov.testing import FakeClock, FakeTenant


@frozen(repr=False)
class Simulation(Renderable):
    """What became of a simulated organisation.

    Args:
        seed: the seed; the same one gives the same simulation again.
        schedule: what happened.
        story: what happened and what the appliers did, a line each.
        violations: the laws that were broken, such as that nobody loses a licence by mistake; there should be none.
        done: how often each kind of change was done, by kind.
        confirmed: what somebody would have had to confirm.
        problems: how often plans said of a person that something is wrong, by code.
        coverage: what was met.

    """

    seed: int
    schedule: Schedule
    story: tuple[str, ...]
    violations: tuple[Violation, ...]
    done: tuple[tuple[str, int], ...]
    confirmed: tuple[str, ...]
    problems: tuple[tuple[str, int], ...]
    coverage: SimulationCoverage

    @property
    def ok(self) -> bool:
        """Whether no law was broken."""
        return not self.violations

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: what was done, what was wrong, and the story."""
        check_limit(limit)
        verdict = "no law was broken" if self.ok else f"laws were broken, {count_text(len(self.violations), 'time')}"
        lines = [Note((each,)) for each in self.story[:limit]]
        return Document(
            f"Simulation {self.seed}: {verdict}",
            (
                *(Note((Span(str(each), Mark.STRONG),), Tone.ALARM) for each in self.violations[:limit]),
                Facts(tuple((name.replace("_", " "), f"{count:,}") for name, count in self.done)),
                _table("Had to be confirmed", ("what",), ((each,) for each in self.confirmed[:limit])),
                _table("Problems", ("what", "how often"), ((name, f"{count:,}") for name, count in self.problems)),
                Note(("What happened",), Tone.TITLE),
                *lines,
            ),
        )

    def __repr__(self) -> str:
        return f"Simulation({self.seed}, {len(self.story)} lines, {len(self.violations)} violations)"


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    line = "  " + "  ".join(f"{{{number}}}" for number in range(len(columns)))
    return Table(title, columns, [Row(tuple(Cell.of(each) for each in row)) for row in rows], line, titled=True)


def simulate(
    app: Office365App,
    organization: OktaExport | Iterable[Assignment],
    *,
    days: int = 30,
    seed: int = 0,
    trouble: Trouble | None = None,
    tenant: FakeTenant | None = None,
) -> Simulation:
    """What would happen to an organisation in some days of leavers, returns, edits by hand and faults.

    Time, network, processes and chance are simulated, so that a month takes seconds and the same seed gives the same
    month on every machine. Every plan is confirmed; what somebody would have had to confirm is in the result. In the
    end everybody leaves.

    Args:
        app: the app.
        organization: the people who are assigned on the first day, 1 June 2026: assignments, or an export of Okta's.
        days: how many days (1 to 366).
        seed: where chance begins.
        trouble: how much goes wrong.
        tenant: what the tenant holds on the first day; by default it has the app's domains, all licences that are
            assigned with a seat for everybody, and no users. It is not changed.

    Raises:
        ConfigurationError: an argument is of the wrong type or out of range, nobody is assigned, or no plan can be made
            for these people, this app and this tenant.

    """
    assigned = organization.assignments if isinstance(organization, OktaExport) else organization
    assignments = as_tuple(assigned)
    check_call(simulate, {**locals(), "organization": assignments})
    if not 1 <= days <= 366:
        raise ConfigurationError("simulate.days should be a whole number from 1 to 366")
    if not assignments:
        raise ConfigurationError("simulate needs people: give the assignments of at least one")
    schedule = draw_schedule(seed, people=len(assignments), days=days, trouble=trouble or Trouble())
    return run_schedule(_setting(app, assignments, tenant, seed), schedule, seed)


def run_schedule(setting: Setting, schedule: Schedule, seed: int) -> Simulation:
    """Live through a schedule with everything that goes wrong in it, and without; and hold both to the laws."""
    forget_rows_met()
    world, days = _lived(setting, schedule, seed, disturbed=True)
    if isinstance(error := days[0].applied[-1].error, ConfigurationError):
        raise error
    rows = rows_met()
    _, references = _lived(setting, schedule, seed, disturbed=False)
    outcomes = [each for day in days for one in day.applied if one.report for each in one.report.outcomes]
    plans = [one.plan for day in days for one in day.applied if one.plan is not None]
    done = Counter(each.change.kind for each in outcomes if each.result is Result.DONE)
    problems = Counter(problem.code for plan in plans for problem in plan.problems)
    return Simulation(
        seed,
        schedule,
        tuple(world.scene.story),
        tuple(violations(days, references)),
        tuple(sorted(done.items())),
        tuple(dict.fromkeys(hazard for plan in plans for hazard in plan.hazards)),
        tuple(problems.most_common()),
        SimulationCoverage(1, rows, sorted(world.scene.met.items())),
    )


def shortest_failure(setting: Setting, schedule: Schedule, seed: int) -> Simulation:
    """The simulation of the shortest schedule that still breaks one of the laws that this one breaks."""
    broken = {each.law for each in run_schedule(setting, schedule, seed).violations}

    def fails(candidate: Schedule) -> bool:
        return any(each.law in broken for each in run_schedule(setting, candidate, seed).violations)

    return run_schedule(setting, shrunk(schedule, fails), seed)


def _lived(setting: Setting, schedule: Schedule, seed: int, *, disturbed: bool) -> tuple[World, list[Day]]:
    loop = VirtualLoop(execute)
    world = World(setting, SimulatedTime(loop), seed)
    return world, run_virtually(lambda _: world.run(schedule, disturbed=disturbed), loop)


def _setting(app: Office365App, assignments: tuple[Assignment, ...], tenant: FakeTenant | None, seed: int) -> Setting:
    saved = None if tenant is None else tenant.to_json()
    names = sorted(
        {grant.sku for each in assignments for grant in (*each.grants.licenses, *app.default_grants.licenses)}
    )

    def made(clock: FakeClock) -> FakeTenant:
        if saved is not None:
            return FakeTenant.from_json(saved, clock=clock, seed=seed)
        domains = dict.fromkeys(app.domains, "Federated")
        return FakeTenant(domains, dict.fromkeys(names, len(assignments)), seed=seed, clock=clock, keep_requests=0)

    return Setting(app, assignments, made, InMemory, tuple(names))
