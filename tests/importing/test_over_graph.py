"""An organisation that begins with its tenant: what is imported over Graph, day after day, and then provisioned."""

import pytest
from organisation import DOMAIN, NOW, somebody, user_sync_app

from o365prov import Assignment, BlockingTenant, CreateUser, UpdateUser
from o365prov.importing import GroupOutcome, ImportMemory, Office365Import, UserOutcome
from o365prov.provisioning import UserSync
from o365prov.testing import FakeTenant

ANN, BOB = somebody("Ann Lee"), somebody("Bob Ross")


class Organisation:
    """A tenant, the settings of its import, and what earlier imports gave."""

    def __init__(self, **settings):
        self.fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 50}, seed=1)
        self.settings = Office365Import(provisioning=UserSync(), **settings)
        self.tenant = BlockingTenant.over(self.fake)
        self.memory = None

    def add(self, name, address="", **properties):
        """An account that Okta would import, with this username and address; its object id."""
        first, _, last = name.partition(" ")
        address = address or f"{first}.{last}@{DOMAIN}".lower()
        own = {"givenName": first, "surname": last, "displayName": name, "mail": address, "usageLocation": "US"}
        return self.fake.add_user(address, **{"licenses": ["SPE_E3"], **own, **properties})["id"]

    def plan(self, *people, **arguments):
        """The plan of an import now."""
        snapshot = self.tenant.read(self.settings.needs())
        if self.memory is None:
            self.memory = ImportMemory.empty(snapshot.tenant_id, self.settings.app_name)
        return self.settings.plan(people, snapshot, self.memory, now=NOW, **arguments)

    def imported(self, *people, **arguments):
        """The plan of an import that somebody looked at and accepted."""
        plan = self.plan(*people, **arguments)
        self.memory = plan.accept(confirm=plan.fingerprint)
        return plan


@pytest.fixture
def organisation():
    """Makes organisations, and closes their tenants."""
    made = []

    def make(**settings):
        made.append(Organisation(**settings))
        return made[-1]

    yield make
    for each in made:
        each.tenant.close()


def test_who_is_importable_is_read_from_the_tenant(organisation):
    """Unlicensed, blocked, nameless accounts and those without an address are named, with what they lack."""
    there = organisation()
    there.add("Ann Lee")
    there.add("Bob Ross", licenses=())
    there.add("Cy Orr", accountEnabled=False)
    there.add("Di Fox", givenName=None)
    there.add("Ed Poe", mail=None, licenses=())
    plan = there.plan(ANN)
    assert {each.name: each.reason for each in plan.not_imported} == {
        "Bob Ross": "it has no licence",
        "Cy Orr": "its sign-in is blocked",
        "Di Fox": "its first or last name is empty",
        "Ed Poe": "it has no licence and its e-mail address is empty",
    }
    assert [each.outcome for each in plan.users if each.name == "Ann Lee"] == [UserOutcome.PARTIAL]


def test_an_account_licensed_through_a_group_is_licensed(organisation):
    """Okta asks for a licence, whoever gave it."""
    there = organisation()
    account = there.add("Ann Lee", licenses=())
    there.fake.add_group("Licensed", members=[account], licenses=["SPE_E3"])
    assert there.plan(ANN).not_imported == ()


def test_days_of_an_organisation(organisation):
    """Accounts and groups come, change and go; the memory follows, and what does not change is not proposed again."""
    there = organisation(confirm_partial=True, confirm_new=True)
    ann, bob = there.add("Ann Lee"), there.add("Bob Ross")
    staff = there.fake.add_group("Staff", members=[ann, bob])
    first = there.imported(ANN)
    assert {each.object_id: each.outcome for each in first.users} == {ann: UserOutcome.PARTIAL, bob: UserOutcome.NEW}
    assert [(each.outcome, set(each.after)) for each in first.groups] == [(GroupOutcome.ADDED, {ann, bob})]
    assert there.plan(ANN).is_empty
    cy = there.add("Cy Orr")
    there.fake.handle("PATCH", f"{ROOT}/groups/{staff['id']}", TOKEN, b'{"displayName": "All staff"}')
    there.fake.handle("DELETE", f"{ROOT}/users/{bob}", TOKEN, b"")
    second = there.imported(ANN)
    assert {each.object_id: each.outcome for each in second.users} == {
        ann: UserOutcome.LINKED,
        bob: UserOutcome.UNASSIGNED,
        cy: UserOutcome.NEW,
    }
    assert [(each.name, each.outcome, each.leaving) for each in second.groups] == [
        ("All staff", GroupOutcome.CHANGED, {bob})
    ]
    there.fake.handle("DELETE", f"{ROOT}/groups/{staff['id']}", TOKEN, b"")
    assert [each.outcome for each in there.imported(ANN).groups] == [GroupOutcome.REMOVED]
    assert (there.memory.groups, {each.object_id for each in there.memory.users}) == ((), {ann, cy})


ROOT = "https://graph.microsoft.com/v1.0"
TOKEN = {"Authorization": "Bearer x", "Content-Type": "application/json"}


def test_what_was_imported_is_provisioned_without_a_second_account(organisation):
    """The links of the memory are transfers of a plan: the account is changed, where it would have been created."""
    there = organisation(confirm_partial=True)
    there.add("Ann Lee", f"lee@{DOMAIN}")
    there.imported(ANN)
    app, assignments = user_sync_app(), [Assignment(ANN)]

    def plan(**transfers):
        snapshot = there.tenant.read(app.needs(assignments))
        known = there.tenant.state.app_users(snapshot.tenant_id, app.name)
        return app.plan(assignments, snapshot, known, now=NOW, **transfers)

    assert [type(each) for each in plan()] == [CreateUser]
    linking = plan(transfers=there.memory.links)
    assert {type(each) for each in linking} == {UpdateUser}
    assert there.tenant.apply(linking, confirm=linking.fingerprint).ok
    assert plan(transfers=there.memory.links).is_empty
    known = there.tenant.state.app_users(there.memory.tenant_id, app.name)
    assert there.plan(ANN, app_users=known).users[0].reason == "provisioned by the app"


def test_an_empty_answer_stops_the_import(organisation):
    """A tenant in which nobody is left looks like a fault, and nobody loses the app for it unasked."""
    there = organisation(confirm_new=True)
    accounts = [there.add(f"User {number}") for number in range(6)]
    there.imported()
    for each in accounts:
        there.fake.handle("DELETE", f"{ROOT}/users/{each}", TOKEN, b"")
    assert there.plan().hazards[0].startswith("app assignments removed: 6 of 6, 20% are allowed")
