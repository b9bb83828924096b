"""Whatever happens to an organisation and its tenant, day after day: nobody loses what they have by mistake.

A few people day by day. With HISTORIES=long there are up to 50 people, more steps, and many more examples.
"""

import asyncio
import os

import pytest
from amount import examples, some
from attrs import evolve
from histories import EDITS, GRANTS, KINDS, OPTIONS, PEOPLE, REST, History, Human
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from organisation import DIRECTORY_READERS, DOMAIN, E3, F1, READER
from states import state_of

from o365prov import Tenant, UserSync
from o365prov.planning.tenant.snapshot import former_username
from o365prov.planning.transitions import lookup
from o365prov.planning.transitions.situations import ProblemCode, Step
from o365prov.planning.transitions.table import ROWS
from o365prov.testing import FakeClock, FakeTenant

LONG = os.environ.get("HISTORIES") == "long"
MOST_PEOPLE, EXAMPLES, MOST_STEPS = (50, 500, 30) if LONG else (5, examples(20), 8)
STEPS = st.tuples(
    st.sampled_from((*PEOPLE, *PEOPLE, *EDITS, *REST)), st.integers(0, 49), st.integers(0, 49), st.integers(0, 9)
)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


def walk(history, steps):
    """Take each step, and make the plan after it."""
    for name, first, second, number in steps:
        one, other = (history.humans[each % len(history.humans)] for each in (first, second))
        getattr(history, name)(one, other, number)
        history.plan()


def organisation(people, option=OPTIONS[0], **world):
    """An organisation on its first day: everybody is assigned something, and the first plan is carried out."""
    history = History([Human(number, f"h{number}.lee") for number in range(people)], option, **world)
    for each in history.humans:
        each.grants = GRANTS[each.number % len(GRANTS)]
    history.plan()
    return history


@settings(max_examples=EXAMPLES, suppress_health_check=QUIET)
@given(
    st.integers(1, MOST_PEOPLE),
    st.sampled_from(OPTIONS),
    st.sampled_from(KINDS),
    st.booleans(),
    st.lists(STEPS, min_size=1, max_size=MOST_STEPS),
)
@example(
    people=2,
    option=OPTIONS[0],
    kind=UserSync,
    restores=False,
    steps=[("rename", 0, 0, 3), ("delete", 0, 0, 0), ("swap", 0, 35, 0), ("rename", 0, 0, 3)],
)
def test_nobody_loses_anything_by_mistake(people, option, kind, restores, steps):
    """After each step the plan is carried out, keeps the laws, and leaves nothing to do; and so when all have left."""
    history = organisation(people, option, kind=kind, restores=restores)
    walk(history, steps)
    history.everybody_leaves()


class OverGraph:
    """A tenant that speaks HTTP in place of the model in memory: each plan begins with one that holds the same."""

    def __init__(self):
        domains = {DOMAIN: "Federated", "corp.example": "Managed"}
        self.empty = FakeTenant(domains=domains, licenses={"SPE_E3": 99, "SPE_F1": 99}, seed=1).to_json()
        self.seed = 1

    def read(self, history):
        """What the real client reads."""
        names = {E3.id: "SPE_E3", F1.id: "SPE_F1", READER.id: READER.name, DIRECTORY_READERS.id: DIRECTORY_READERS.name}
        self.seed += 1  # new objects must not get the ids that those of the tenant before have
        self.fake = FakeTenant.from_json(self.empty, clock=FakeClock(at=history.now), seed=self.seed)
        held = history.snapshot
        for user in (*held.deleted_users, *held.users):
            is_deleted = user.id in held.deleted_by_id
            body = {name: value for name, value in user.properties.items() if name != "userPrincipalName"}
            self.fake.add_user(
                former_username(user) if is_deleted else user.username,
                licenses=[names[each.sku_id] for each in user.licenses],
                roles=[names[each.role_id] for each in held.roles_of.get(user.id, ())],
                **{**body, "id": user.id},
            )
            if is_deleted:
                url = f"https://graph.microsoft.com/v1.0/users/{user.id}"
                self.fake.handle("DELETE", url, {"Authorization": "Bearer x"}, b"")
        return asyncio.run(self._read(history.app))

    def carry_out(self, plan, snapshot):
        """What becomes of it when the real client applies the plan."""
        del snapshot
        state, known = state_of(plan.app_users)
        report = asyncio.run(self._apply(evolve(plan, app_users=known), state))
        assert report.ok, report.to_text()
        return asyncio.run(self._read(self.app)), state.app_users(plan.tenant_id, known.app_name)

    async def _read(self, app):
        self.app = app
        async with Tenant.over(self.fake) as tenant:
            return await tenant.read(app.needs())

    async def _apply(self, plan, state):
        async with Tenant.over(self.fake, state=state) as tenant:
            return await tenant.apply(plan, confirm=plan.fingerprint)


TOLD = [
    [("leave", 0, 0, 0), ("enable", 0, 0, 0), ("force", 0, 0, 1), ("wait", 0, 0, 9), ("assign", 0, 0, 1)],
    [("delete", 0, 0, 0), ("leave", 1, 1, 0), ("new_id", 1, 1, 1), ("block", 2, 2, 0), ("push", 2, 1, 1)],
    [("namesake", 0, 1, 0), ("rename", 2, 2, 3), ("swap", 1, 2, 0), ("lose_memory", 0, 0, 0), ("leave", 2, 2, 0)],
    [("leave", 0, 0, 0), ("wait", 0, 0, 9), ("restore", 0, 0, 0), ("relicense", 1, 1, 1), ("choose", 0, 0, 2)],
    [("take_role", 1, 1, 0), ("relicense", 0, 0, 0), ("swap", 0, 1, 0), ("delete", 0, 0, 0), ("force", 0, 0, 1)],
]


@pytest.mark.parametrize("steps", some(TOLD, 3), ids=lambda steps: steps[0][0] + " " + steps[1][0])
def test_the_same_holds_over_graph(steps):
    """A handful of histories with the real client."""
    tenant = OverGraph()
    history = organisation(3, OPTIONS[4], restores=True, read=tenant.read, carry_out=tenant.carry_out)
    walk(history, steps)
    history.everybody_leaves()


def plant(monkeypatch, problem, step):
    """Let each row that says *problem* do *step* instead, and say nothing."""
    rows = [evolve(row, step=step, problem=ProblemCode.NONE) if row.problem is problem else row for row in ROWS]
    monkeypatch.setattr(lookup, "ROWS", tuple(rows))
    lookup.forget_rows_met()


@pytest.fixture
def planted(monkeypatch):
    """Plants faults, and takes them out afterwards."""
    yield lambda problem, step: plant(monkeypatch, problem, step)
    monkeypatch.undo()
    lookup.forget_rows_met()


NEWCOMER = [("leave", 1, 1, 0), ("delete", 1, 1, 0), ("purge", 1, 1, 0), ("namesake", 0, 1, 0)]


@pytest.mark.parametrize(
    ("problem", "step", "steps"),
    [
        (ProblemCode.ACCOUNT_OF_NAMESAKE, Step.LINK, NEWCOMER),
        (ProblemCode.RE_ENABLED_LEAVER, Step.BLOCK, [("leave", 0, 0, 0), ("enable", 0, 0, 0)]),
        (ProblemCode.RE_ENABLED_LEAVER, Step.NOTHING, [("leave", 0, 0, 0), ("enable", 0, 0, 0)]),
        (ProblemCode.BLOCKED_ACCOUNT, Step.LINK, [("block", 0, 0, 0)]),
        (ProblemCode.DELETED_ACCOUNT, Step.NOTHING, [("delete", 0, 0, 0)]),
    ],
)
def test_a_planted_fault_is_found(planted, problem, step, steps):
    """The laws object to a planner that takes, undoes or passes over something."""
    history = organisation(2, OPTIONS[4])
    walk(history, [("wait", 0, 0, 1)])
    planted(problem, step)
    with pytest.raises(AssertionError):
        walk(history, steps)
