"""Usernames from candidates, day by day: each run opens the tenant and the state anew, as another process would."""

import json

import pytest
from organisation import DOMAIN, NOW, assigned, somebody

from o365prov import BlockingTenant, Deprovisioning, Office365App, SQLiteState, UsernameFormat, UserSync
from o365prov.testing import FakeClock, FakeTenant

ROOT = "https://graph.microsoft.com/v1.0"
HEADERS = {"Authorization": "Bearer x", "Content-Type": "application/json"}
NAME = 'String.toLowerCase(user.firstName + "." + user.lastName)'
RULE = UsernameFormat.candidates(*(f'{NAME} + "{end}@{DOMAIN}"' for end in ("", "2", "3")))
TYPE = UserSync(deactivate_users=True, deprovisioning=Deprovisioning.block_remove_licenses_and_delete())


class Days:
    """A tenant, a state in a file, and runs of an app whose usernames have candidates."""

    def __init__(self, folder):
        self.folder = folder
        self.app = Office365App((DOMAIN,), TYPE, RULE)
        self.clock = FakeClock(at=NOW)
        self.fake = FakeTenant({DOMAIN: "Federated"}, clock=self.clock, seed=1)

    def run(self, *people, file="corp.db", only=None, between=lambda: None):
        """Read, plan and apply for these people; *between* happens in the tenant before it is applied."""
        everybody = list(map(assigned, people))
        with SQLiteState(self.folder / file) as state, BlockingTenant.over(self.fake, state=state) as tenant:
            snapshot = tenant.read(self.app.needs(everybody, only=only))
            known = state.app_users(snapshot.tenant_id, self.app.name)
            plan = self.app.plan(everybody, snapshot, known, now=self.clock.now(), only=only)
            between()
            return plan, tenant.apply(plan, confirm=plan.fingerprint)

    def write(self, method, path, **body):
        """What an administrator does by Graph."""
        status, _, _ = self.fake.handle(method, f"{ROOT}{path}", HEADERS, json.dumps(body).encode())
        assert status < 300

    def ids(self):
        """The object ids by username, before the @."""
        return {each["userPrincipalName"].partition("@")[0]: each["id"] for each in self.fake.users}

    def names(self):
        """The usernames by source anchor."""
        return {each["onPremisesImmutableId"]: each["userPrincipalName"].partition("@")[0] for each in self.fake.users}


@pytest.fixture
def days(tmp_path):
    """A tenant without people."""
    return Days(tmp_path)


def ann(number, last="Lee"):
    """One of several people called Ann Lee."""
    person = somebody(f"Ann {last}", email=f"ann{number}@{DOMAIN}")
    return type(person)(f"00u{number}", "ACTIVE", person.profile)


def test_a_namesake_leaves_a_person_marries_and_the_memory_is_lost(days):
    """Nobody is renamed but the one who marries; and in the end nothing stays behind."""
    days.run(ann(1), ann(2), ann(3))
    assert days.names() == {"00u1": "ann.lee", "00u2": "ann.lee2", "00u3": "ann.lee3"}
    days.run(ann(2), ann(3))
    assert days.names() == {"00u2": "ann.lee2", "00u3": "ann.lee3"}
    assert days.run(ann(2), ann(3))[0].is_empty
    plan, _ = days.run(ann(2), ann(3), ann(4))
    assert [each.code for each in plan.problems] == ["no_free_username"]
    assert "is that of a deleted account" in plan.problems[0].message
    days.clock.advance(days=31)
    days.run(ann(2), ann(3), ann(4))
    days.run(ann(2), ann(3, "Ross"), ann(4))
    names = {"00u2": "ann.lee2", "00u3": "ann.ross", "00u4": "ann.lee"}
    assert days.names() == names
    plan, _ = days.run(ann(2), ann(3, "Ross"), ann(4), file="lost.db")
    assert {each.kind for each in plan} == {"link_user"}
    days.run(file="lost.db")
    assert days.names() == {}
    assert days.run(file="lost.db")[0].is_empty


def test_a_push_of_one_person_knows_who_comes_before(days):
    """The first candidate goes to somebody who is not pushed and has no account yet; the second one is deleted."""
    days.write("DELETE", f"/users/{days.fake.add_user(f'ann.lee2@{DOMAIN}')['id']}")
    plan, _ = days.run(ann(1), ann(2), only=["00u2"])
    assert days.names() == {"00u2": "ann.lee3"}
    [create] = plan.changes
    assert f"ann.lee@{DOMAIN} goes to Ann Lee (person 00u1)" in create.reason
    assert f"ann.lee2@{DOMAIN} is that of a deleted account" in create.reason
    days.run(ann(1), ann(2))
    assert days.names() == {"00u1": "ann.lee", "00u2": "ann.lee3"}


def test_who_takes_the_name_between_plan_and_apply_is_seen_by_the_next_plan(days):
    """Graph refuses the account; the next plan uses the next candidate and names the holder."""
    taken = {"onPremisesImmutableId": "OTHER=="}
    _, report = days.run(ann(1), between=lambda: days.fake.add_user(f"ann.lee@{DOMAIN}", **taken))
    assert len(report.failed) == 1
    plan, _ = days.run(ann(1))
    assert "is the username of the account" in plan.changes[0].reason
    assert days.names() == {"OTHER==": "ann.lee", "00u1": "ann.lee2"}


def test_an_administrator_renames_to_another_candidate(days):
    """The account keeps it, and the memory learns it."""
    days.run(ann(1))
    days.write("PATCH", f"/users/{days.ids()['ann.lee']}", userPrincipalName=f"ann.lee3@{DOMAIN}")
    plan, _ = days.run(ann(1))
    assert [each.kind for each in plan] == ["link_user"]
    assert days.run(ann(1))[0].is_empty
    days.run(ann(1), ann(2))
    assert days.names() == {"00u1": "ann.lee3", "00u2": "ann.lee"}
