"""Reading everybody again: only what changed, and yet the snapshot of a full read."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from amount import examples
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o365prov import (
    Assignment,
    MemoryState,
    Office365App,
    Person,
    ProfileSync,
    SQLiteState,
    StateError,
    Tenant,
    UsernameFormat,
)
from o365prov.graph.read.changes import asked_of
from o365prov.planning import Needs
from o365prov.testing import FakeTenant

ROOT = "https://graph.microsoft.com/v1.0"
TOKEN = {"Authorization": "Bearer x", "Content-Type": "application/json"}
DOMAIN = "fed.example"
PROPERTIES = (
    "displayName",
    "usageLocation",
    "jobTitle",
    "department",
    "businessPhones",
    "employeeOrgData.division",
    "onPremisesExtensionAttributes.extensionAttribute1",
    "preferredLanguage",
    "mail",
)
SWAY = "a23b959c-7ce8-4e57-9140-b90eb88a9e97"
NEEDS = Needs(PROPERTIES, managers=True, addresses=True)


class Recorder:
    """A transport over a fake tenant that notes the addresses, and can answer otherwise."""

    def __init__(self, fake):
        self.fake = fake
        self.seen = []
        self.instead = {}

    async def send(self, method, url, headers, body):
        """Pass it on, unless something else is to be answered."""
        self.seen.append(f"{method} {url.removeprefix(ROOT)}")
        for part, answer in self.instead.items():
            if part in url:
                return answer
        return await self.fake.send(method, url, headers, body)


def tenant_with(number=4, **options):
    """A tenant with so many people, each of whom reports to the first."""
    fake = FakeTenant(domains={DOMAIN: "Federated"}, licenses={"SPE_E3": 50, "SPE_F1": 50}, seed=1, **options)
    first = None
    for each in range(number):
        user = fake.add_user(f"u{each}@{DOMAIN}", onPremisesImmutableId=f"anchor{each}", manager=first)
        first = first or user["id"]
    return fake


def call(fake, method, path, body=None):
    """A request of somebody else."""
    content = b"" if body is None else json.dumps(body).encode()
    return fake.handle(method, ROOT + path, TOKEN, content)[0]


def shown(snapshot):
    """A snapshot as it is compared: the order of things says nothing, nor do the moment and the mark."""
    lists = ("users", "deleted_users", "role_assignments", "addresses", "skus", "domains", "roles")
    ordered = {
        name: tuple(sorted(getattr(snapshot, name), key=lambda each: getattr(each, "id", "") or each.name))
        for name in lists
    }
    return evolve(snapshot, read_at=None, watermark=None, **ordered)


# --- the law

WRITTEN = {
    "displayName": st.sampled_from(["Ann", "Bo"]),
    "usageLocation": st.sampled_from(["NO", "SE"]),
    "jobTitle": st.sampled_from(["Lead", None]),
    "department": st.sampled_from(["IT", None]),
    "businessPhones": st.sampled_from([["1"], []]),
    "employeeOrgData": st.sampled_from([{"division": "North"}, {"division": None}]),
    "onPremisesExtensionAttributes": st.sampled_from([{"extensionAttribute1": "x"}, {"extensionAttribute1": None}]),
    "preferredLanguage": st.sampled_from(["nb-NO", None]),
    "mail": st.sampled_from([f"m1@{DOMAIN}", f"m2@{DOMAIN}"]),
    "accountEnabled": st.booleans(),
    "userPrincipalName": st.sampled_from([f"n1@{DOMAIN}", f"n2@{DOMAIN}"]),
    "onPremisesImmutableId": st.sampled_from(["other1", "other2"]),
}
EDITS = st.one_of(
    st.sampled_from(sorted(WRITTEN)).flatmap(lambda name: st.tuples(st.just("patch"), st.just(name), WRITTEN[name])),
    st.tuples(st.sampled_from(["license", "unlicense"]), st.sampled_from(["SPE_E3", "SPE_F1"]), st.none()),
    st.tuples(
        st.sampled_from(
            [
                "delete",
                "restore",
                "purge",
                "manager",
                "no manager",
                "revoke",
                "role",
                "create",
                "group",
                "contact",
                "none",
            ]
        ),
        st.none(),
        st.none(),
    ),
)


def edit(fake, number, what, name, value):
    """An edit of somebody else's; what the tenant refuses does not happen."""
    users, deleted = fake.users, fake.deleted_items
    user = users[number % len(users)]["id"] if users else None
    gone = deleted[number % len(deleted)]["id"] if deleted else None
    sku = {"SPE_E3": "05e9a617-0261-4cee-bb44-138d3ef5d965", "SPE_F1": "66b55226-6b4f-492c-910c-a3b7a3c9d993"}
    match what:
        case "create":
            fake.add_user(f"new{len(users) + len(deleted)}.{number}@{DOMAIN}", licenses=["SPE_E3"])
        case "group":
            members = [user] if user else []
            address = f"g{len(fake.groups)}@{DOMAIN}"
            fake.add_group("Group", members=members, licenses=["SPE_F1"], mailEnabled=True, mail=address)
        case "contact":
            fake.add_contact("Contact", mail=f"c{number}@elsewhere.example")
        case "restore" if gone:
            call(fake, "POST", f"/directory/deletedItems/{gone}/restore")
        case "purge" if gone:
            call(fake, "DELETE", f"/directory/deletedItems/{gone}")
        case _ if user is None:
            pass
        case "patch":
            call(fake, "PATCH", f"/users/{user}", {name: value})
        case "license":
            plans = [SWAY] if number % 2 and name == "SPE_E3" else []
            body = {"addLicenses": [{"skuId": sku[name], "disabledPlans": plans}], "removeLicenses": []}
            call(fake, "POST", f"/users/{user}/assignLicense", body)
        case "unlicense":
            call(fake, "POST", f"/users/{user}/assignLicense", {"addLicenses": [], "removeLicenses": [sku[name]]})
        case "delete":
            call(fake, "DELETE", f"/users/{user}")
        case "manager":
            manager = users[(number + 1) % len(users)]["id"]
            call(fake, "PUT", f"/users/{user}/manager/$ref", {"@odata.id": f"{ROOT}/users/{manager}"})
        case "no manager":
            call(fake, "DELETE", f"/users/{user}/manager/$ref")
        case "revoke":
            fake.clock.advance(minutes=1)
            call(fake, "POST", f"/users/{user}/revokeSignInSessions")
        case "role":
            body = {
                "principalId": user,
                "roleDefinitionId": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
                "directoryScopeId": "/",
            }
            call(fake, "POST", "/roleManagement/directory/roleAssignments", body)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.tuples(st.integers(0, 9), EDITS), max_size=5), min_size=1, max_size=3))
def test_what_is_read_again_is_what_a_full_read_gives(rounds):
    """Whatever others edit, of every property that is read, round after round, each of them in another process."""
    fake, state = tenant_with(), MemoryState()

    async def read(state=None):
        async with Tenant.over(fake, state=state) as tenant:
            return await tenant.read(NEEDS)

    async def whole():
        await read(state)
        for edits in rounds:
            for number, each in edits:
                edit(fake, number, *each)
            assert shown(await read(state)) == shown(await read())

    asyncio.run(whole())


# --- what is asked


def reads(fake, needs, *between, recorder=None):
    """The snapshots of two reads, with something in between, and what the second one asked."""
    recorder = recorder or Recorder(fake)
    needs = needs if isinstance(needs, tuple) else (needs, needs)

    async def whole():
        async with Tenant.over(recorder) as tenant:
            first = await tenant.read(needs[0])
            for each in between:
                each()
            recorder.seen.clear()
            return first, await tenant.read(needs[1])

    first, second = asyncio.run(whole())
    return first, second, [each for each in recorder.seen if "/users?" in each or "$batch" in each or "delta" in each]


def pages_of_everybody(seen):
    """The requests for all properties of everybody."""
    return [each for each in seen if each.startswith("GET /users?") and "jobTitle" in each]


def test_nobody_is_read_in_full_again_if_nothing_changed():
    """Only what Graph does not track is read of everybody, and nothing in batches."""
    _, again, seen = reads(tenant_with(), NEEDS)
    assert pages_of_everybody(seen) == []
    assert not any("$batch" in each for each in seen)
    assert [each for each in seen if each.startswith("GET /users?")] == [
        "GET /users?$select=id,licenseAssignmentStates,assignedLicenses,signInSessionsValidFromDateTime&$top=999"
    ]
    assert len(again.users) == 4


def test_another_process_goes_on_from_what_was_read(tmp_path):
    """The state keeps it, in a file too."""
    recorder = Recorder(tenant_with())

    async def read():
        with SQLiteState(tmp_path / "corp.db") as state:
            async with Tenant.over(recorder, state=state) as tenant:
                return await tenant.read(NEEDS)

    first = asyncio.run(read())
    edit(recorder.fake, 1, "patch", "jobTitle", "Lead")
    recorder.seen.clear()
    again = asyncio.run(read())
    assert pages_of_everybody(recorder.seen) == []
    assert [user.properties["jobTitle"] for user in (first.users[1], again.users[1])] == [None, "Lead"]


def test_what_another_version_read_is_read_as_a_whole(monkeypatch):
    """It may have read less of each user, or understood it otherwise."""
    update = lambda: monkeypatch.setattr("o365prov.graph.read.changes._VERSION", "999.0")  # noqa: E731 - called later
    _, _, seen = reads(tenant_with(), NEEDS, update)
    assert len(pages_of_everybody(seen)) == 1


def test_what_something_else_kept_is_read_as_a_whole(caplog):
    """It is not taken for an account, whatever it is."""
    fake, state = tenant_with(), MemoryState()

    async def read():
        async with Tenant.over(fake, state=state) as tenant:
            return await tenant.read(NEEDS)

    first = asyncio.run(read())
    kept = state.find_read(first.tenant_id, asked_of(NEEDS))
    state.keep_read(first.tenant_id, evolve(kept, users=dict.fromkeys(kept.users, '{"id": 5}')))
    assert shown(asyncio.run(read())) == shown(first)
    assert "reading everybody" in caplog.text


def test_a_state_that_can_not_be_written_does_not_keep_others_from_reading(tmp_path, monkeypatch, caplog):
    """Only the next read takes longer, and the log says so."""
    state = SQLiteState(tmp_path / "corp.db")

    def full(*_):
        raise StateError("the disk is full")

    monkeypatch.setattr(state, "keep_read", full)

    async def whole():
        async with Tenant.over(tenant_with(), state=state) as tenant:
            await tenant.read(NEEDS)
            return await tenant.read(NEEDS)

    assert len(asyncio.run(whole()).users) == 4
    assert "the disk is full" in caplog.text


def test_who_changed_is_read_in_a_batch():
    """The title of one of them: everybody else is as before."""
    fake = tenant_with()
    first, again, seen = reads(fake, NEEDS, lambda: edit(fake, 1, "patch", "jobTitle", "Lead"))
    assert len([each for each in seen if "$batch" in each]) == 1
    changed = [each.id for each in again.users if each.properties != first.by_id[each.id].properties]
    assert changed == [fake.users[1]["id"]]


def test_an_account_that_changes_are_not_reported_of_yet_is_not_missed():
    """Who there is comes from the list of everybody: a delta query may lag."""
    fake = tenant_with()
    recorder = Recorder(fake)
    nothing = json.dumps({"value": [], "@odata.deltaLink": f"{ROOT}/users/delta?$deltatoken=x"}).encode()

    def lag():
        fake.add_user(f"new@{DOMAIN}", jobTitle="Rep")
        call(fake, "DELETE", f"/users/{fake.users[1]['id']}")
        recorder.instead["users/delta?$deltatoken="] = 200, {"Content-Type": "application/json"}, nothing

    _, again, _ = reads(fake, NEEDS, lag, recorder=recorder)
    assert {each.username.partition("@")[0] for each in again.users} == {"u0", "u2", "u3", "new"}
    assert again.by_username[f"new@{DOMAIN}"].properties["jobTitle"] == "Rep"


@pytest.mark.parametrize(
    ("status", "code"), [(410, "syncStateNotFound"), (400, "BadRequest"), (404, "ResourceNotFound")]
)
def test_a_delta_link_that_is_not_known_any_more_leads_to_a_full_read(status, code):
    """Expired, rejected or somebody else's: nothing is lost."""
    fake = tenant_with()
    recorder = Recorder(fake)
    error = json.dumps({"error": {"code": code, "message": "start again"}}).encode()

    def expire():
        edit(fake, 1, "patch", "jobTitle", "Lead")
        recorder.instead["users/delta?$deltatoken="] = status, {"Content-Type": "application/json"}, error

    _, again, seen = reads(fake, NEEDS, expire, recorder=recorder)
    assert again.by_id[fake.users[1]["id"]].properties["jobTitle"] == "Lead"
    assert len(pages_of_everybody(seen)) == 1


def test_other_needs_are_read_as_a_whole():
    """What was asked about users is part of what a later read goes on from."""
    _, again, seen = reads(tenant_with(), (NEEDS, Needs(("jobTitle", "city"))))
    assert len(pages_of_everybody(seen)) == 1
    assert all("city" in each.properties for each in again.users)


def test_where_most_changed_everybody_is_read(monkeypatch):
    """Pages are fewer requests than accounts one by one."""
    monkeypatch.setattr("o365prov.graph.read.changes.FEW", 2)
    fake = tenant_with()

    def promote_all():
        for number in range(4):
            edit(fake, number, "patch", "jobTitle", "Lead")

    _, again, seen = reads(fake, NEEDS, promote_all)
    assert len(pages_of_everybody(seen)) == 1
    assert {each.properties["jobTitle"] for each in again.users} == {"Lead"}


def test_what_was_written_from_here_is_read_again():
    """A delta query may not know it yet, and the next plan would write it once more."""
    fake = tenant_with()
    recorder = Recorder(fake)
    nothing = json.dumps({"value": [], "@odata.deltaLink": f"{ROOT}/users/delta?$deltatoken=x"}).encode()
    profile = {"email": f"u1@{DOMAIN}", "firstName": "U", "lastName": "One", "displayName": "U One"}
    app = Office365App((DOMAIN,), ProfileSync(), UsernameFormat.email())
    people = [Assignment(Person("anchor1", "ACTIVE", profile))]

    async def whole():
        async with Tenant.over(recorder) as tenant:
            before = await tenant.read(app.needs())
            known = tenant.state.app_users(before.tenant_id, app.name)
            plan = app.plan(people, before, known, now=datetime.now(UTC))
            assert (await tenant.apply(plan)).ok
            recorder.instead["users/delta?$deltatoken="] = 200, {"Content-Type": "application/json"}, nothing
            return before, await tenant.read(app.needs())

    before, after = asyncio.run(whole())
    names = [each.by_username[f"u1@{DOMAIN}"].properties["displayName"] for each in (before, after)]
    assert names == ["u1", "U One"]


def test_graph_does_not_report_the_states_of_licences():
    """As its page says, and so does the fake tenant: a licence that a group can't give is seen all the same."""
    fake = FakeTenant(domains={DOMAIN: "Federated"}, licenses={"SPE_E3": 0}, seed=1)
    user = fake.add_user(f"u0@{DOMAIN}", usageLocation="NO")
    give = lambda: fake.add_group("Group", members=[user["id"]], licenses=["SPE_E3"])  # noqa: E731 - called later
    _, again, seen = reads(fake, NEEDS, give)
    assert [each.error for each in again.by_id[user["id"]].failed_licenses] == ["CountViolation"]
    assert not any("$batch" in each for each in seen)


def test_users_that_were_kept_in_part_serve_no_later_read():
    """A streaming planner keeps some of them."""
    fake = tenant_with()
    recorder = Recorder(fake)

    async def whole():
        async with Tenant.over(recorder) as tenant:
            await tenant.read(NEEDS, keep=lambda user: False)
            return await tenant.read(NEEDS)

    assert len(asyncio.run(whole()).users) == 4
