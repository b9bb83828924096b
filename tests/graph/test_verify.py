"""Verifying a plan: who is there, can sign in, and has the licences; what isn't there yet, and what to wait for."""

import asyncio
import json
from datetime import timedelta

import pytest
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import (
    BlockingTenant,
    ConfigurationError,
    CredentialError,
    Deprovisioning,
    ExpectedState,
    LicenseGrant,
    LicenseState,
    Plan,
    PlanRefusedError,
    SQLiteState,
    Tenant,
)
from o365prov.state import MemoryState
from o365prov.testing import FakeClock, FakeTenant, Lag, PlanProvisioning

ANN, BOB = somebody("Ann Lee"), somebody("Bob Ross")
ONCE = timedelta(0)
TOKEN = {"Authorization": "Bearer x", "Content-Type": "application/json"}


class TenantTime:
    """The time of a fake tenant, which passes by waiting; it remembers the waits."""

    def __init__(self, clock):
        self.clock = clock
        self.waits = []

    def now(self):
        return self.clock.now()

    def seconds(self):
        return self.clock.now().timestamp()

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.clock.advance(seconds=seconds)
        await asyncio.sleep(0)


class Office:
    """A fake tenant, the time of which passes by waiting, and what is known of it between runs."""

    def __init__(self, *, app=None, seats=5, state=None, **settings):
        clock = FakeClock(at=NOW)
        self.fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": seats}, clock, seed=1, **settings)
        self.app = app or user_sync_app()
        self.state = state or MemoryState()
        self.time = TenantTime(clock)

    def tenant(self, state=None):
        return Tenant.over(self.fake, state=state or self.state, clock=self.time)

    def plan(self, people, *, only=None):
        """A plan for these assignments, which is not applied."""

        async def whole():
            async with self.tenant() as tenant:
                snapshot = await tenant.read(self.app.needs(people, only=only))
                known = self.state.app_users(snapshot.tenant_id, self.app.name)
                return self.app.plan(people, snapshot, known, now=self.time.now(), only=only)

        return asyncio.run(whole())

    def apply(self, plan):
        async def whole():
            async with self.tenant() as tenant:
                return await tenant.apply(plan, confirm=plan.fingerprint)

        return asyncio.run(whole())

    def provision(self, *people, only=None):
        """A plan for these assignments, applied."""
        plan = self.plan(people, only=only)
        self.apply(plan)
        self.fake.clock.advance(days=1)
        return plan

    def verify(self, plan, *, state=None, **settings):
        """Verify in a tenant of its own; returns the result."""

        async def whole():
            async with self.tenant(state) as tenant:
                return await tenant.verify(plan, **settings)

        return asyncio.run(whole())

    def batched(self):
        """The requests of each batch so far."""
        batches = (each for each in self.fake.requests if each.url.endswith("/$batch"))
        return [[inner["url"] for inner in json.loads(each.content)["requests"]] for each in batches]


def only_person(verification):
    """The one person whom a verification is about."""
    [person] = verification.people
    return person


def test_a_person_is_there_with_the_licence_and_its_apps():
    """The account has the planned username, can sign in, and shows the apps of its licence."""
    office = Office()
    checked = office.verify(office.provision(assigned(ANN, "SPE_E3")))
    ann = only_person(checked)
    assert checked.ok
    assert (ann.expected, ann.exists, ann.enabled, ann.has_planned_username) == (ExpectedState.IN_USE, True, True, True)
    assert ann.object_id == office.fake.user(f"ann.lee@{DOMAIN}")["id"]
    assert [each.sku for each in ann.licenses_in(LicenseState.GIVEN)] == ["SPE_E3"]
    assert {"Outlook", "Teams", "OneDrive", "Word"} <= set(ann.apps)


def test_a_service_plan_that_is_turned_off_shows_no_app():
    """Of a licence with Teams alone the dashboard shows Teams alone."""
    office = Office()
    checked = office.verify(office.provision(assigned(ANN, LicenseGrant("SPE_E3", ["TEAMS1"]))))
    assert (checked.ok, only_person(checked).apps) == (True, ("Teams",))


def test_service_plans_are_asked_for_until_they_are_ready():
    """Pending plans are waited for, with waits that double, and the result says nothing of them."""
    office = Office(provisioning=PlanProvisioning(seconds=30))
    plan = office.plan([assigned(ANN, "SPE_E3")])
    office.apply(plan)
    checked = office.verify(plan)
    assert checked.ok
    assert office.time.waits == [5, 10, 20]


def test_at_the_deadline_it_says_what_is_pending():
    """Nothing is raised: the plans that Microsoft is at work on are named, and their apps are not there yet."""
    office = Office(provisioning=PlanProvisioning(seconds=3_600))
    plan = office.plan([assigned(ANN, LicenseGrant("SPE_E3", ["TEAMS1", "SWAY"]))])
    office.apply(plan)
    checked = office.verify(plan, timeout=timedelta(seconds=12))
    ann = only_person(checked)
    assert office.time.waits == [5, 7]
    assert (checked.ok, checked.pending, checked.incomplete) == (False, (ann,), ())
    assert ann.missing == ("licence SPE_E3 is pending: SWAY, TEAMS1",)
    assert (ann.exists, ann.enabled, ann.apps) == (True, True, ())
    assert ann.licenses[0].state is LicenseState.PENDING


def test_an_error_is_not_waited_for():
    """A plan that Microsoft can't provision is named as an error; no waiting helps, and the other apps are there."""
    office = Office(provisioning=PlanProvisioning(ends={"SWAY": "Error"}))
    checked = office.verify(office.provision(assigned(ANN, LicenseGrant("SPE_E3", ["TEAMS1", "SWAY"]))))
    ann = only_person(checked)
    assert office.time.waits == []
    assert (checked.incomplete, ann.pending) == ((ann,), False)
    assert ann.missing == ("licence SPE_E3 is in error: SWAY (Error)",)
    assert [plan.name for plan in ann.licenses[0].failed_plans] == ["SWAY"]
    assert ann.apps == ("Teams",)


@pytest.mark.parametrize("status", ["PendingActivation", "PendingProvisioning"])
def test_what_waits_for_the_whole_tenant_is_shown_and_not_waited_for(status):
    """A plan that is not active in the tenant makes nobody unready; its app is not on the dashboard."""
    office = Office(provisioning=PlanProvisioning(ends={"SWAY": status}))
    checked = office.verify(office.provision(assigned(ANN, LicenseGrant("SPE_E3", ["TEAMS1", "SWAY"]))))
    ann = only_person(checked)
    assert (checked.ok, office.time.waits, ann.apps) == (True, [], ("Teams",))
    assert [str(plan) for plan in ann.licenses[0].plans_waiting_for_tenant] == [f"SWAY ({status})"]
    assert f"not active in the tenant: SWAY ({status})" in checked.to_text()


def test_who_is_ready_is_not_asked_for_again():
    """Of two people only the one whose service plans are pending is read in the second round."""
    office = Office(provisioning=PlanProvisioning(seconds=3))
    first = office.plan([assigned(ANN, "SPE_E3"), assigned(BOB)])
    office.apply(first)
    before = len(office.batched())
    assert office.verify(first).ok
    assert [len(each) for each in office.batched()[before:]] == [4, 2]


def test_people_of_the_plan_alone_are_read_in_batches():
    """Thirty people take three batches of twenty requests, and nobody else is read."""
    office = Office(seats=40)
    people = [assigned(somebody(f"Ann Lee{number}"), "SPE_E3") for number in range(30)]
    office.fake.add_user(f"somebody.else@{DOMAIN}")
    plan = office.plan(people)
    office.apply(plan)
    office.fake.clock.advance(days=1)
    before = len(office.batched())
    assert len(office.verify(plan).people) == 30
    assert [len(each) for each in office.batched()[before:]] == [20, 20, 20]


def test_an_account_that_replicas_do_not_know_yet_is_waited_for():
    """What was just created may be 404 for a while."""
    office = Office(lag=Lag(seconds=20))
    plan = office.plan([assigned(ANN)])
    office.apply(plan)
    assert office.verify(plan).ok
    assert sum(office.time.waits) >= 15


def test_a_plan_that_was_not_applied_is_not_there():
    """Everybody whom it creates has no account; at the deadline they are pending."""
    office = Office()
    checked = office.verify(office.plan([assigned(ANN, "SPE_E3")]), timeout=ONCE)
    ann = only_person(checked)
    assert (ann.exists, ann.missing, checked.pending) == (False, ("there is no account",), (ann,))
    assert ann.licenses[0].state is LicenseState.MISSING


def test_somebody_elses_account_of_the_same_name_is_not_the_persons():
    """An account with the planned username and another source anchor is nobody's whom the plan creates."""
    office = Office()
    plan = office.plan([assigned(ANN)])
    office.fake.add_user(f"ann.lee@{DOMAIN}", onPremisesImmutableId="someone-elses")
    assert only_person(office.verify(plan, timeout=ONCE)).missing == ("there is no account",)


def test_a_licence_that_somebody_took_away_is_missing():
    """What was given and is not there any more is seen, whoever took it."""
    office = Office()
    plan = office.provision(assigned(ANN, "SPE_E3"))
    take_licence(office)
    ann = only_person(office.verify(plan, timeout=ONCE))
    assert (ann.missing, ann.apps) == (("licence SPE_E3 is missing",), ())


def take_licence(office):
    """Somebody removes Ann's licence in the admin center."""
    user = office.fake.user(f"ann.lee@{DOMAIN}")
    sku_id = user["assignedLicenses"][0]["skuId"]
    body = f'{{"addLicenses": [], "removeLicenses": ["{sku_id}"]}}'.encode()
    url = f"https://graph.microsoft.com/v1.0/users/{user['id']}/assignLicense"
    assert office.fake.handle("POST", url, TOKEN, body)[0] == 200


def patch(office, body, name="ann.lee"):
    """Somebody edits an account in the admin center."""
    url = f"https://graph.microsoft.com/v1.0/users/{office.fake.user(f'{name}@{DOMAIN}')['id']}"
    assert office.fake.handle("PATCH", url, TOKEN, body)[0] == 204


def test_a_blocked_account_is_not_ready_and_shows_no_apps():
    """Who is assigned and can't sign in has no dashboard."""
    office = Office()
    plan = office.provision(assigned(ANN, "SPE_E3"))
    patch(office, b'{"accountEnabled": false}')
    ann = only_person(office.verify(plan, timeout=ONCE))
    assert (ann.enabled, ann.missing, ann.apps) == (False, ("sign-in is blocked",), ())


def test_another_username_than_the_planned_one_is_seen():
    """Somebody renamed the account."""
    office = Office()
    plan = office.provision(assigned(ANN))
    patch(office, f'{{"userPrincipalName": "other@{DOMAIN}"}}'.encode())
    ann = only_person(office.verify(plan, timeout=ONCE))
    assert ann.missing == (f"the username is other@{DOMAIN}, not ann.lee@{DOMAIN}",)
    assert not ann.has_planned_username


def test_who_waits_for_a_seat_is_not_ready_and_not_waited_for():
    """The licence that nobody could give is missing, with since when; the account is there."""
    office = Office(seats=0)
    checked = office.verify(office.provision(assigned(ANN, "SPE_E3")))
    ann = only_person(checked)
    assert (checked.incomplete, office.time.waits) == ((ann,), [])
    assert ann.missing == ("licence SPE_E3 is missing: no seat was left, and the person waits since 2026-06-01",)


def test_a_licence_that_the_plan_left_out_is_not_there():
    """A name that the tenant does not know is said by the plan, and so by its verification."""
    office = Office()
    ann = only_person(office.verify(office.provision(assigned(ANN, "SPE_E5"))))
    assert ann.missing == ("the tenant has no licence SPE_E5 (it has SPE_E3)",)
    assert not ann.pending


def test_what_the_apply_failed_to_do_is_said_and_not_waited_for():
    """The seats went to others between planning and applying: Graph's refusal is in the verification."""
    office = Office(seats=1)
    plan = office.plan([assigned(ANN, "SPE_E3")])
    office.fake.add_user(usageLocation="US", licenses=["SPE_E3"])
    assert office.apply(plan).failed
    ann = only_person(office.verify(plan))
    assert office.time.waits == []
    assert ann.missing[0] == "licence SPE_E3 is missing"
    assert ann.missing[1].startswith("assign licenses: ")
    assert "does not have any available licenses" in ann.missing[1]


def test_who_is_stopped_by_a_problem_is_not_there_with_the_reason():
    """Nothing is done for a person with an error, and verifying says why."""
    office = Office()
    stopped = somebody("Ann Lee", email=None)
    plan = office.provision(assigned(stopped))
    assert all(problem.stops for problem in plan.problems)
    ann = only_person(office.verify(plan))
    assert (ann.exists, ann.missing) == (False, tuple(problem.message for problem in plan.problems))
    assert office.time.waits == []


LEAVING = {
    "block": Deprovisioning.block_sign_in(),
    "unlicense": Deprovisioning.block_and_remove_licenses(),
    "delete": Deprovisioning.block_remove_licenses_and_delete(),
}


def leave(option):
    """Ann had Office 365 with a licence, and is not assigned any more."""
    office = Office(app=user_sync_app(deprovisioning=LEAVING[option]))
    office.provision(assigned(ANN, "SPE_E3"))
    return office, office.plan([])


@pytest.mark.parametrize(
    ("option", "expected", "exists"),
    [("block", "blocked", True), ("unlicense", "blocked", True), ("delete", "deleted", False)],
)
def test_leavers_are_as_the_plan_says(option, expected, exists):
    """Blocked, blocked without licences, or deleted; nobody who left has apps."""
    office, plan = leave(option)
    office.apply(plan)
    checked = office.verify(plan)
    ann = only_person(checked)
    assert checked.ok
    assert (ann.expected, ann.exists, ann.apps) == (expected, exists, ())


@pytest.mark.parametrize(
    ("option", "missing"),
    [
        ("block", ("sign-in is not blocked",)),
        ("unlicense", ("sign-in is not blocked", "SPE_E3 was not removed")),
        ("delete", ("the account is not deleted",)),
    ],
)
def test_leavers_who_are_still_there_are_seen(option, missing):
    """A plan that was not applied, or whose work somebody undid."""
    office, plan = leave(option)
    assert only_person(office.verify(plan, timeout=ONCE)).missing == missing


def test_a_blocked_leaver_whose_account_somebody_deleted_is_not_waited_for():
    """The account is gone for good."""
    office, plan = leave("block")
    office.apply(plan)
    url = f"https://graph.microsoft.com/v1.0/users/{office.fake.user(f'ann.lee@{DOMAIN}')['id']}"
    assert office.fake.handle("DELETE", url, TOKEN, b"")[0] == 204
    ann = only_person(office.verify(plan))
    assert (ann.missing, office.time.waits) == (("there is no account: somebody deleted it",), [])


def test_a_leaver_who_is_left_alone_needs_nothing():
    """With Deactivate Users off the account stays, and is as it should be."""
    office = Office(app=user_sync_app(deactivate_users=False))
    office.provision(assigned(ANN))
    checked = office.verify(office.provision())
    assert (checked.ok, only_person(checked).expected) == (True, ExpectedState.LEFT_ALONE)


def test_the_plan_of_a_day_without_changes_speaks_of_nobody():
    """Who stays as they are is not in the plan: nobody is looked at."""
    office = Office()
    office.provision(assigned(ANN))
    checked = office.verify(office.provision(assigned(ANN)))
    assert (checked.people, checked.ok) == ((), True)


def test_people_who_stay_as_they_are_can_be_asked_for():
    """With only= they are compared with what is remembered of them."""
    office = Office()
    office.provision(assigned(ANN, "SPE_E3"), assigned(BOB))
    unchanged = office.provision(assigned(ANN, "SPE_E3"), assigned(BOB))
    assert only_person(office.verify(unchanged, only=[ANN.id])).ok
    take_licence(office)
    ann = only_person(office.verify(unchanged, only=[ANN.id], timeout=ONCE))
    assert ann.missing == ("licence SPE_E3 is missing",)


def test_somebody_who_is_neither_in_the_plan_nor_remembered_is_said_so():
    """Asking for a stranger is answered, and reads nothing."""
    office = Office()
    stranger = only_person(office.verify(office.provision(assigned(ANN)), only=["00u?"]))
    assert stranger.missing == ("the plan says nothing about this person, and nothing is remembered",)


def test_a_push_of_one_person_is_verified_alone():
    """The way to try it: one person, apply, verify."""
    office = Office()
    both = [assigned(ANN, "SPE_E3"), assigned(BOB, "SPE_E3")]
    plan = office.plan(both, only={ANN.id})
    office.apply(plan)
    checked = office.verify(plan)
    assert (checked.ok, [each.subject.name for each in checked.people]) == (True, ["Ann Lee"])


def test_a_saved_plan_is_verified_in_another_process(tmp_path):
    """The day after, from the plan's file and the state's; even with a state that knows nothing of it."""
    with SQLiteState(tmp_path / "corp.db") as state:
        office = Office(state=state)
        plan = office.plan([assigned(ANN, "SPE_E3")])
        plan.save(tmp_path / "plan.json")
        office.apply(plan)
    office.fake.clock.advance(days=1)
    loaded = Plan.load(tmp_path / "plan.json")
    with SQLiteState(tmp_path / "corp.db") as state:
        assert office.verify(loaded, state=state).ok
    assert office.verify(loaded, state=MemoryState()).ok


def test_a_renamed_account_is_found_by_what_the_apply_noted():
    """Somebody renamed an account that the plan created: the state knows which it is, and the difference is seen."""
    office = Office()
    plan = office.provision(assigned(ANN))
    patch(office, f'{{"userPrincipalName": "other@{DOMAIN}"}}'.encode())
    assert only_person(office.verify(plan, timeout=ONCE)).exists
    assert not only_person(office.verify(plan, state=MemoryState(), timeout=ONCE)).exists


def test_another_tenants_plan_is_refused():
    """Nobody of it would be there, which says nothing."""
    plan = Office().plan([assigned(ANN)])
    other = Office(name="Fabrikam")
    other.fake = FakeTenant(clock=other.time.clock, seed=2)
    with pytest.raises(PlanRefusedError, match=f"plan {plan.id} is for tenant {plan.tenant_id}"):
        other.verify(plan)


@pytest.mark.parametrize("timeout", [timedelta(seconds=-1), 5])
def test_a_wrong_timeout_is_refused(timeout):
    """It is a timedelta of 0 or more."""
    office = Office()
    with pytest.raises(ConfigurationError, match="timeout"):
        office.verify(office.plan([]), timeout=timeout)


@pytest.mark.parametrize(
    ("part", "permission"), [("/licenseDetails", "LicenseAssignment.Read.All"), ("?$select=id", "User.Read.All")]
)
def test_a_missing_permission_is_named(faulty, clock, part, permission):
    """A refused read is an error of the app, not something that isn't there yet."""
    app = user_sync_app()
    faulty.fake = office = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 5}, FakeClock(at=NOW), seed=1)
    people = [assigned(ANN, "SPE_E3")]
    refused = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}

    async def whole():
        async with Tenant.over(faulty, clock=clock) as tenant:
            snapshot = await tenant.read(app.needs(people))
            known = tenant.state.app_users(snapshot.tenant_id, app.name)
            plan = app.plan(people, snapshot, known, now=NOW)
            await tenant.apply(plan)
            faulty.inject("GET", part, (403, {}, refused), times=9)
            await tenant.verify(plan)

    with pytest.raises(CredentialError, match=permission):
        asyncio.run(whole())
    assert office.users


def test_a_blocking_tenant_verifies_too():
    """The same in a script."""
    office = Office()
    plan = office.provision(assigned(ANN, "SPE_E3"))
    with BlockingTenant.over(office.fake, state=office.state) as tenant:
        assert tenant.verify(plan, timeout=ONCE).ok
