"""The day after: another process asks the state what was done to Ann, until everybody has left."""

import asyncio

from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import Deprovisioning, SQLiteState, Tenant, UsageError
from o365prov.state import RunStep
from o365prov.testing import FakeClock, FakeTenant

APP = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
ANN = somebody("Ann Lee", title="Rep")


def a_day(fake, path, people, by):
    """Read, plan and apply, each day in a state of its own; returns the plan."""

    async def whole():
        async with Tenant.over(fake, state=state) as tenant:
            assignments = [assigned(each, "SPE_E3") for each in people]
            snapshot = await tenant.read(APP.needs(assignments))
            known = state.app_users(snapshot.tenant_id, APP.name)
            plan = APP.plan(assignments, snapshot, known, now=fake.clock.now(), made_by=by)
            await tenant.apply(plan, confirm=plan.fingerprint, confirmed_by="bea@corp.example")
            return plan

    fake.clock.advance(days=1)
    with SQLiteState(path, audit=True) as state:
        return asyncio.run(whole())


def test_what_was_done_to_somebody_is_known_after_everybody_left(tmp_path):
    """From the first account to the last licence, by whom each plan was made, with Graph's own request ids."""
    fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 5}, FakeClock(at=NOW), seed=1)
    path = tmp_path / "corp.db"
    joined = a_day(fake, path, [ANN], "ada@corp.example")
    a_day(fake, path, [somebody("Ann Lee", title="Lead")], "cid@corp.example")
    a_day(fake, path, [], "dan@corp.example")
    with SQLiteState(path, audit=True) as state:
        records = state.audit(joined.tenant_id, person_id=ANN.id, values=True)
    said = {(each.kind, each.planned_by.partition("@")[0]) for each in records}
    assert {
        ("create_user", "ada"),
        ("assign_licenses", "ada"),
        ("update_user", "cid"),
        ("block_sign_in", "dan"),
        ("remove_licenses", "dan"),
    } <= said
    assert {each.confirmed_by for each in records} == {"bea@corp.example"}
    assert all(each.request_id for each in records if each.kind not in ("link_user", "remember"))
    assert {each.step for each in records} == {RunStep.DONE}
    [title] = [value for each in records if each.kind == "update_user" for value in each.values]
    assert (title.name, title.before, title.after) == ("jobTitle", "Rep", "Lead")
    assert "password" not in "".join(each.to_json_line() for each in records).lower()


def test_who_confirmed_is_not_said_of_what_nobody_confirmed(tmp_path):
    """A name without the fingerprint confirms nothing, and nothing is written."""
    fake = FakeTenant({DOMAIN: "Federated"}, clock=FakeClock(at=NOW), seed=1)

    async def whole(state):
        async with Tenant.over(fake, state=state) as tenant:
            snapshot = await tenant.read(APP.needs([assigned(ANN)]))
            known = state.app_users(snapshot.tenant_id, APP.name)
            plan = APP.plan([assigned(ANN)], snapshot, known, now=fake.clock.now())
            try:
                await tenant.apply(plan, confirmed_by="bea@corp.example")
            except UsageError as error:
                return str(error), state.audit(plan.tenant_id)

    with SQLiteState(tmp_path / "corp.db", audit=True) as state:
        said, records = asyncio.run(whole(state))
    assert "confirm=plan.fingerprint" in said
    assert (records, len(fake.users)) == ((), 0)
