"""The day after it stayed unknown whether something was written: the next plan looks, and ends where it should.

On the bad day the write is lost, its repetition is refused, and the account can't be read either.
"""

import json

import pytest
import virtual_time
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import Deprovisioning, MemoryState, Tenant
from o365prov.planning import Result
from o365prov.testing import FakeClock, FakeTenant

ANN = somebody("Ann Lee", title="Rep")
PROMOTED = somebody("Ann Lee", title="Lead")
NAME = f"ann.lee@{DOMAIN}"
APP = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
REFUSED = {"error": {"code": "Request_BadRequest", "message": "The request does not suit Graph."}}
HIDDEN = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}


class BadDay:
    """A transport on which the first answer about these writes is lost, and the account is hidden afterwards."""

    def __init__(self, fake, part, *, effect):
        self.fake = fake
        self.part = part
        self.effect = effect
        self.attempts = 0

    async def send(self, method, url, headers, body):
        """The tenant's answer, or what becomes of it."""
        inner = json.loads(body)["requests"] if url.endswith("$batch") else []
        if any(each["method"] != "GET" and self.part in each["url"] for each in inner):
            self.attempts += 1
            if self.attempts > 1:
                return self._all(inner, 400, REFUSED)
            if self.effect:
                self.fake.handle(method, url, headers, body)
            raise ConnectionResetError("the network is lost")
        if self.attempts:
            return self._all(inner, 403, HIDDEN) if inner else (403, {}, json.dumps(HIDDEN).encode())
        return self.fake.handle(method, url, headers, body)

    @staticmethod
    def _all(inner, status, body):
        answers = [{"id": each["id"], "status": status, "headers": {}, "body": body} for each in inner]
        return 200, {}, json.dumps({"responses": answers}).encode()


@pytest.fixture
def fake():
    """A tenant with a few seats of two products."""
    return FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 2, "SPE_F1": 2}, FakeClock(at=NOW), seed=1)


@pytest.fixture
def day(fake):
    """Read, plan and apply; returns the plan, the report and what is remembered of Ann."""
    state = MemoryState()

    def one_day(assignments, transport=None):
        async def whole():
            clock = virtual_time.LoopClock()
            writer = Tenant.over(transport or fake, state=state, clock=clock)
            async with Tenant.over(fake, state=state, clock=clock) as reader, writer:
                snapshot = await reader.read(APP.needs(assignments))
                known = state.app_users(snapshot.tenant_id, APP.name)
                plan = APP.plan(assignments, snapshot, known, now=fake.clock.now())
                if transport is not None:
                    await writer.read(APP.needs(assignments))  # on a bad day, too, it is known which tenant it is
                report = await writer.apply(plan, confirm=plan.fingerprint)
                return plan, report, state.app_users(plan.tenant_id, APP.name).get(ANN.id)

        fake.clock.advance(days=1)
        return virtual_time.run(whole())[0]

    return one_day


WRITES = {
    "an update": ([assigned(PROMOTED, "SPE_E3")], "/users/"),
    "a replaced licence": ([assigned(ANN, "SPE_F1")], "/assignLicense"),
}


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("write", WRITES)
def test_the_next_plan_has_what_is_missing(day, fake, write, effect):
    """And nothing else; after it everything is known again."""
    wanted, part = WRITES[write]
    day([assigned(ANN, "SPE_E3")])
    _, report, ann = day(wanted, BadDay(fake, part, effect=effect))
    assert [outcome.result for outcome in report.outcomes] == [Result.UNKNOWN]
    assert ann.unfinished
    plan, report, ann = day(wanted)
    assert plan.writes == (0 if effect else 1)
    assert report.ok
    assert not ann.unfinished
    assert day(wanted)[0].is_empty


@pytest.mark.parametrize("effect", [True, False])
def test_who_leaves_then_loses_what_was_there_and_what_was_wanted(day, fake, effect):
    """No seat is left behind."""
    day([assigned(ANN, "SPE_E3")])
    _, _, ann = day([assigned(ANN, "SPE_F1")], BadDay(fake, "/assignLicense", effect=effect))
    assert {each.sku for each in ann.licenses} == {"SPE_E3", "SPE_F1"}
    assert day([])[1].ok
    assert (fake.seats("SPE_E3")[0], fake.seats("SPE_F1")[0]) == (0, 0)
    assert not fake.user(NAME)["accountEnabled"]


@pytest.mark.parametrize("effect", [True, False])
def test_a_new_account_that_may_be_there_is_found(day, fake, effect):
    """By its names: nobody gets a second one."""
    _, report, _ = day([assigned(ANN, "SPE_E3")], BadDay(fake, "/users", effect=effect))
    assert report.outcomes[0].result is Result.UNKNOWN
    assert report.outcomes[1].result is Result.SKIPPED
    assert day([assigned(ANN, "SPE_E3")])[1].ok
    assert len(fake.users) == 1
    assert fake.seats("SPE_E3")[0] == 1
