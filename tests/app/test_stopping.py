"""A job that is stopped from outside: the report says so, and the same plan goes on later."""

import pytest
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import BlockingTenant, SQLiteState
from o365prov.testing import FakeClock, FakeTenant

APP = user_sync_app()
PEOPLE = [assigned(somebody(name), "SPE_E3") for name in ("Ann Lee", "Bo Ross")]


@pytest.fixture
def fake():
    return FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 5}, FakeClock(at=NOW))


class StopsIt:
    """Graph on a day on which the job is asked to end while its first batch is under way."""

    def __init__(self, fake):
        self.fake = fake
        self.stop = None

    async def send(self, method, url, headers, body):
        if self.stop is not None and url.endswith("/$batch") and b"POST" in body:
            self.stop("the service is stopped")
        return await self.fake.send(method, url, headers, body)


def test_what_is_under_way_is_finished_and_the_plan_goes_on(fake, tmp_path):
    """The accounts are made and remembered; the licences are for the next process, which opens the same file."""
    graph = StopsIt(fake)
    with SQLiteState(tmp_path / "corp.db") as state, BlockingTenant.over(graph, state=state) as stopped:
        snapshot = stopped.read(APP.needs(PEOPLE))
        plan = APP.plan(PEOPLE, snapshot, state.app_users(snapshot.tenant_id, APP.name), now=NOW)
        graph.stop = stopped.stop
        report = stopped.apply(plan)
    assert (report.stopped, len(report.done), len(report.skipped)) == ("the service is stopped", 2, 2)
    with SQLiteState(tmp_path / "corp.db") as state, BlockingTenant.over(fake, state=state) as later:
        assert len(state.app_users(plan.tenant_id, APP.name)) == 2
        report = later.apply(plan)
        assert (report.ok, len(report.done), len(fake.users)) == (True, 4, 2)
        assert later.apply(plan).replayed
    assert fake.seats("SPE_E3") == (2, 5)
