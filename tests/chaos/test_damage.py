"""Files in which bytes differ or are missing: one error of the package, or exactly what was written.

How many: a hundred times ``CHAOS`` of each kind, otherwise a thousand in CI and two hundred elsewhere.
"""

import random

import pytest
from amount import times
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import AppUsers, BlockingTenant, O365ProvError, Plan, PlanRefusedError, SQLiteState, StateError
from o365prov.errors import SourceError
from o365prov.testing import FakeClock, FakeTenant

TIMES = 100 * times(1)
APP = user_sync_app()
NAMES = ("Ann Lee", "Bo Fox", "Cy Ray", "Di Day")


class Corp:
    """A tenant in which a plan was applied, and the files of the next day: state, memory and plan."""

    def __init__(self, folder):
        self.folder = folder
        self.fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": len(NAMES)}, FakeClock(at=NOW), seed=1)
        self.state, self.memory, self.plan = (folder / name for name in ("corp.db", "memory.json", "plan.json"))
        with SQLiteState(self.state) as state, BlockingTenant.over(self.fake, state=state) as tenant:
            self.first = self._planned(state, tenant, title="Rep")
            assert tenant.apply(self.first).ok
            self.known = state.app_users(self.first.tenant_id, APP.name)
            self.next = self._planned(state, tenant, title="Lead")
            self.runs, self.entries = state.runs(self.first.tenant_id), state.entries(self.first.id)
        self.known.save(self.memory)
        self.next.save(self.plan)

    @staticmethod
    def _planned(state, tenant, *, title):
        assignments = [assigned(somebody(name, title=title), "SPE_E3") for name in NAMES]
        snapshot = tenant.read(APP.needs(assignments))
        return APP.plan(assignments, snapshot, state.app_users(snapshot.tenant_id, APP.name), now=NOW)

    def damaged(self, path, chance):
        """A copy of the file in which up to eight bytes differ, and which may be cut off."""
        content = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        end = chance.choice([len(content), len(content), chance.randrange(len(content))])
        copy = self.folder / f"damaged-{path.name}"
        copy.write_bytes(content[:end])
        return copy


@pytest.fixture(scope="module")
def corp(tmp_path_factory):
    """The files of one day."""
    return Corp(tmp_path_factory.mktemp("corp"))


@pytest.mark.parametrize("name", ["plan", "memory"])
def test_a_damaged_document_is_not_loaded(corp, name):
    """Nobody applies a plan that nobody made."""
    path, kind, value = {"plan": (corp.plan, Plan, corp.next), "memory": (corp.memory, AppUsers, corp.known)}[name]
    chance, refused = random.Random(1), 0  # noqa: S311 - guards nothing
    for _ in range(TIMES):
        copy = corp.damaged(path, chance)
        try:
            loaded = kind.load(copy)
        except SourceError:
            refused += 1
        else:
            assert loaded == value
    assert refused > TIMES * 0.9


def test_a_damaged_state_is_not_used(corp):
    """What it gives is what was noted; one that lost everything is new, and the plan of before does not fit it."""
    tenant_id, chance, refused = corp.first.tenant_id, random.Random(2), 0  # noqa: S311 - guards nothing
    for _ in range(TIMES):
        with SQLiteState(corp.damaged(corp.state, chance)) as state:
            try:
                assert state.app_users(tenant_id, APP.name) in (corp.known, AppUsers.empty(tenant_id, APP.name))
                assert state.runs(tenant_id) in (corp.runs, ())
                assert state.entries(corp.first.id) in (corp.entries, ())
                state.check_plan(corp.next)
                assert state.app_users(tenant_id, APP.name) == corp.known
            except (StateError, PlanRefusedError):
                refused += 1
        for each in corp.folder.glob("damaged-corp.db*"):
            each.unlink()
    assert refused


def test_a_damaged_state_never_leads_to_another_write(corp):
    """The plan is applied as it was meant, or not at all."""
    chance, before = random.Random(3), corp.fake.snapshot()  # noqa: S311 - guards nothing
    ended = {}
    for _ in range(max(TIMES // 20, 10)):
        corp.fake.restore(before)
        state = SQLiteState(corp.damaged(corp.state, chance))
        with state, BlockingTenant.over(corp.fake, state=state) as tenant:
            try:
                ended[tenant.apply(corp.next, confirm=corp.next.fingerprint).ok] = True
            except O365ProvError:
                ended["refused"] = True
        assert {user["jobTitle"] for user in corp.fake.users} <= {"Rep", "Lead"}
        assert corp.fake.seats("SPE_E3")[0] == len(corp.fake.users) == len(NAMES)
        for each in corp.folder.glob("damaged-corp.db*"):
            each.unlink()
    assert "refused" in ended
