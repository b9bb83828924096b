"""The day after an update was written in part: exactly what is missing is planned, until it is done.

Each day has its own client, its own read of the tenant, and opens the file of the state.
"""

import asyncio
import json
from functools import partial

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import Deprovisioning, Report, Tenant
from o365prov.people import AppUserStatus
from o365prov.planning import EnableSignIn, LinkUser, UpdateUser
from o365prov.state import SQLiteState
from o365prov.testing import FakeClock, FakeTenant

ROOT = "https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
ANN = somebody("Ann Lee", title="Rep", mobilePhone="+1 555 0100")
PROMOTED = somebody("Ann Lee", title="Lead", mobilePhone="+1 555 0199")
NAME = f"ann.lee@{DOMAIN}"
APP = user_sync_app(deprovisioning=Deprovisioning.block_sign_in())


@pytest.fixture
def fake():
    """A tenant whose calling application holds no directory role, so that administrators are protected."""
    licenses = {"SPE_E3": 5}
    return FakeTenant(domains={DOMAIN: "Federated"}, licenses=licenses, clock=FakeClock(at=NOW), caller_roles=[])


def one_day(folder, fake, people, app=APP, between=lambda: None):
    """Read, plan and apply; returns the plan, the report as another process loads it, and the memory."""

    async def whole():
        async with Tenant.over(fake, state=state) as tenant:
            assignments = [assigned(each, "SPE_E3") for each in people]
            snapshot = await tenant.read(app.needs(assignments))
            known = state.app_users(snapshot.tenant_id, app.name)
            plan = app.plan(assignments, snapshot, known, now=fake.clock.now())
            between()
            return plan, Report.from_json((await tenant.apply(plan, confirm=plan.fingerprint)).to_json())

    fake.clock.advance(days=1)
    with SQLiteState(folder / "corp.db") as state:
        plan, report = asyncio.run(whole())
        return plan, report, state.app_users(plan.tenant_id, app.name)


@pytest.fixture
def day(tmp_path):
    """A day whose processes keep the state in this file."""
    return partial(one_day, tmp_path)


def make_admin(fake):
    """Somebody makes Ann an administrator."""
    body = {"principalId": fake.user(NAME)["id"], "roleDefinitionId": HELPDESK, "directoryScopeId": "/"}
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    status, _, answer = fake.handle("POST", ROOT, headers, json.dumps(body).encode())
    assert status == 201
    return f"{ROOT}/{json.loads(answer)['id']}"


def no_admin(fake, role):
    """Ann is not an administrator any more."""
    assert fake.handle("DELETE", role, {"Authorization": "Bearer x"}, b"")[0] == 204


def properties_of(plan):
    """The properties that the plan's only change writes."""
    [change] = plan
    assert isinstance(change, UpdateUser)
    return [each.name for each in change.properties]


def test_a_protected_phone_is_all_that_is_left(fake, day):
    """The title is not sent again; once Ann is not an administrator the phone is written, and it is over."""
    _, _, _ = day(fake, [ANN])
    role = make_admin(fake)
    plan, report, _ = day(fake, [PROMOTED])
    assert properties_of(plan) == ["jobTitle", "mobilePhone"]
    assert report.failed[0].written == ("jobTitle",)
    plan, report, _ = day(fake, [PROMOTED])
    assert properties_of(plan) == ["mobilePhone"]
    assert plan.changes[0].reason == "not everything was written before"
    assert not report.failed[0].written
    no_admin(fake, role)
    plan, report, _ = day(fake, [PROMOTED])
    assert properties_of(plan) == ["mobilePhone"]
    assert report.ok
    assert fake.user(NAME)["mobilePhone"] == "+1 555 0199"
    assert day(fake, [PROMOTED])[0].is_empty


def test_a_taken_username_is_all_that_is_left(fake, day):
    """The name is taken between planning and applying: the link stays with the old one until the new one is free."""
    _, _, known = day(fake, [ANN])
    renamed = f"ann.berg@{DOMAIN}"
    married = evolve(ANN, profile={**ANN.profile, "email": "ann.berg@corp.example", "title": "Lead"})
    _, report, known = day(fake, [married], between=lambda: fake.add_user(renamed, displayName="Another"))
    assert report.failed[0].written == ("jobTitle", "mail")
    assert (known.get(ANN.id).username, known.get(ANN.id).anchor) == (NAME, ANN.id)
    assert fake.user(NAME)["jobTitle"] == "Lead"
    url = f"https://graph.microsoft.com/v1.0/users/{fake.user(renamed)['id']}"
    assert fake.handle("DELETE", url, {"Authorization": "Bearer x"}, b"")[0] == 204
    plan, report, known = day(fake, [married])
    assert properties_of(plan) == ["userPrincipalName"]
    assert report.ok
    assert known.get(ANN.id).username == renamed
    assert day(fake, [married])[0].is_empty


def test_what_somebody_else_has_written_meanwhile_is_only_remembered(fake, day):
    """An administrator of the tenant set the phone by hand: no write is left."""
    _, _, _ = day(fake, [ANN])
    make_admin(fake)
    _, _, _ = day(fake, [PROMOTED])
    by_hand = FakeTenant.from_json(fake.to_json().replace("+1 555 0100", "+1 555 0199"), clock=fake.clock)
    plan, report, _ = day(by_hand, [PROMOTED])
    assert [type(change) for change in plan] == [LinkUser]
    assert report.ok
    assert day(by_hand, [PROMOTED])[0].is_empty


def test_who_could_not_be_enabled_is_enabled_later(fake, day):
    """An administrator who comes back: the title is written, sign-in is not, and who had blocked it is remembered."""
    _, _, known = day(fake, [ANN])
    _, _, known = day(fake, [])
    since = known.get(ANN.id).departure
    role = make_admin(fake)
    _, report, known = day(fake, [evolve(ANN, profile={**ANN.profile, "title": "Lead"})])
    assert [type(each.change) for each in report.failed] == [EnableSignIn]
    assert (known.get(ANN.id).status, known.get(ANN.id).departure) == (AppUserStatus.ENABLING, since)
    no_admin(fake, role)
    plan, report, known = day(fake, [evolve(ANN, profile={**ANN.profile, "title": "Lead"})])
    assert "enable_sign_in" in [change.kind for change in plan]
    assert report.ok
    assert fake.user(NAME)["accountEnabled"]
    assert (known.get(ANN.id).status, known.get(ANN.id).departure) == (AppUserStatus.ACTIVE, None)


def test_a_match_writes_nothing_with_updates_off_and_everything_once_they_are_on(fake, day):
    """Update Attributes off keeps the profile of an account that was found; the first plan with it on compares it."""
    fake.add_user(NAME, displayName="A. Lee", usageLocation="US")
    plan, report, _ = day(fake, [ANN], user_sync_app(update_attributes=False))
    assert report.ok
    assert "update_user" not in {change.kind for change in plan}
    assert fake.user(NAME)["displayName"] == "A. Lee"
    assert day(fake, [ANN], user_sync_app(update_attributes=False))[0].is_empty
    plan, _, _ = day(fake, [ANN])
    assert "displayName" in properties_of(plan)
