"""Names and addresses over Graph: what a plan says before it writes, what applying does, and the day after."""

import asyncio
import json
import re

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app
from states import state_of

from o365prov import AppUsers, Tenant
from o365prov.testing import FakeClock, FakeTenant

APP = user_sync_app()
SWAP = (("Ann Lee", "bo.ross"), ("Bo Ross", "ann.lee"))


@pytest.fixture
def fake():
    return FakeTenant(domains={DOMAIN: "Federated", "corp.example": "Federated"}, seed=1, clock=FakeClock(at=NOW))


class Blind:
    """Graph for an app that may not read groups and contacts."""

    def __init__(self, fake):
        self.fake = fake

    async def send(self, method, url, headers, body):
        if method == "GET" and ("/groups?" in url or "/contacts?" in url):
            error = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}
            return 403, {"content-type": "application/json"}, json.dumps(error).encode()
        return await self.fake.send(method, url, headers, body)


def patch(fake, name, body):
    """What an administrator does by hand."""
    [user] = [user for user in fake.users if user["displayName"] == name]
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    url = f"https://graph.microsoft.com/v1.0/users/{user['id']}"
    assert fake.handle("PATCH", url, headers, json.dumps(body).encode())[0] == 204


def day(fake, people, known, edit=None, transport=None, app=APP):
    """One day's plan and its report; *edit* happens between the two."""

    async def work():
        async with Tenant.over(transport or fake) as tenant:
            snapshot = await tenant.read(app.needs(people))
        state, memory = state_of(known or AppUsers.empty(snapshot.tenant_id, app.name))
        async with Tenant.over(transport or fake, state=state) as tenant:
            plan = app.plan(people, snapshot, memory, now=fake.clock.now())
            if edit:
                patch(fake, *edit)
            report = await tenant.apply(plan, confirm=plan.fingerprint)
            return plan, report, state.app_users(plan.tenant_id, app.name)

    done = asyncio.run(work())
    fake.clock.advance(days=1)
    return done


def named(name, local):
    """An assignment whose username begins with *local*; the e-mail address is left out, so that nothing keeps it."""
    return assigned(somebody(name, email=f"{local}@unproven.example"))


def usernames(fake):
    return {user["displayName"]: user["userPrincipalName"].partition("@")[0] for user in fake.users}


@pytest.fixture
def provisioned(fake):
    """Ann and Bo in a tenant, under their own names, without e-mail addresses of the tenant."""
    _, report, known = day(fake, [named("Ann Lee", "ann.lee"), named("Bo Ross", "bo.ross")], None)
    assert report.ok
    return known


def test_a_held_address_is_said_before_anything_is_written(fake):
    """A group has the username, a contact the e-mail address: nothing is refused, and the same is said the next day."""
    fake.add_group("Newcomers", mailEnabled=True, mail=f"ann.lee@{DOMAIN}", proxyAddresses=[f"SMTP:ann.lee@{DOMAIN}"])
    fake.add_contact("Bo elsewhere", mail="bo.ross@corp.example", proxyAddresses=["SMTP:bo.ross@corp.example"])
    people = [assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross"))]
    plan, report, known = day(fake, people, None)
    assert report.ok
    assert [(each.subject.name, each.code) for each in plan.problems] == [
        ("Ann Lee", "address_taken"),
        ("Bo Ross", "mail_taken"),
    ]
    again, _, _ = day(fake, people, known)
    assert (again.is_empty, again.problems) == (True, plan.problems)


def test_a_mail_that_became_free_is_written(fake):
    """Every plan tries again, without a change at the source."""
    fake.add_user(f"x@{DOMAIN}", displayName="X", mail="ann.lee@corp.example", onPremisesImmutableId="x")
    people = [assigned(somebody("Ann Lee"))]
    _, _, known = day(fake, people, None)
    patch(fake, "X", {"mail": None})
    plan, report, known = day(fake, people, known)
    assert [each.name for each in plan.changes[0].properties] == ["mail"]
    assert report.ok
    assert list(day(fake, people, known)[0]) == []


def test_two_people_swap_their_usernames(fake, provisioned):
    """In one plan, and the next one is empty."""
    people = [named(*each) for each in SWAP]
    _, report, known = day(fake, people, provisioned)
    assert report.ok, report.to_text()
    assert usernames(fake) == {"Ann Lee": "bo.ross", "Bo Ross": "ann.lee"}
    assert list(day(fake, people, known)[0]) == []


def test_who_waits_for_a_rename_that_was_not_made_is_left_alone(fake, provisioned):
    """Somebody edits Bo between plan and apply: Ann waits under a temporary name, and the next plan ends the swap."""
    people = [named(*each) for each in SWAP]
    edit = ("Bo Ross", {"userPrincipalName": f"bo@{DOMAIN}"})
    _, report, known = day(fake, people, provisioned, edit)
    assert [each.result.value for each in report.outcomes] == ["done", "skipped", "skipped"]
    assert "did not become free" in report.outcomes[2].message
    between = usernames(fake)["Ann Lee"]
    assert between.startswith("ann.lee-")
    assert known.get(people[0].person.id).username == f"{between}@{DOMAIN}"
    _, report, known = day(fake, people, known)
    assert report.ok
    assert usernames(fake) == {"Ann Lee": "bo.ross", "Bo Ross": "ann.lee"}
    assert list(day(fake, people, known)[0]) == []


RESTORING = evolve(APP, restore_deleted_users=True)
BACK = (("Ann Lee", "ann.two"), ("Bo Ross", "bo.two"), ("Cy Young", "bo.ross"))


@pytest.fixture
def name_taken_since(fake, provisioned):
    """Ann's account was deleted by hand; Bo has her old username since."""
    [ann] = [user for user in fake.users if user["displayName"] == "Ann Lee"]
    url = f"https://graph.microsoft.com/v1.0/users/{ann['id']}"
    assert fake.handle("DELETE", url, {"Authorization": "Bearer x"}, b"")[0] == 204
    patch(fake, "Bo Ross", {"userPrincipalName": f"ann.lee@{DOMAIN}"})
    return provisioned


def test_a_deleted_account_comes_back_once_another_gave_its_username_up(fake, name_taken_since):
    """In one plan: Bo is renamed, Ann restored under her old name and renamed, and Cy created; the next is empty."""
    people = [named(*each) for each in BACK]
    plan, report, known = day(fake, people, name_taken_since, app=RESTORING)
    assert report.ok, report.to_text()
    assert [each.kind for each in plan][:3] == ["create_user", "update_user", "restore_user"]
    assert usernames(fake) == dict(BACK)
    assert list(day(fake, people, known, app=RESTORING)[0]) == []


def test_a_deleted_account_stays_deleted_where_its_username_did_not_become_free(fake, name_taken_since):
    """Somebody edits Bo between plan and apply: nothing of Ann's is tried, and the next plan restores her."""
    people = [named(*each) for each in BACK]
    edit = ("Bo Ross", {"jobTitle": "Lead"})
    _, report, known = day(fake, people, name_taken_since, edit, app=RESTORING)
    skipped = [each for each in report.skipped if each.change.subject.name == "Ann Lee"]
    assert "the username that the deleted account had did not become free" in skipped[0].message
    assert all("could not be restored" in each.message for each in skipped[1:])
    assert "Ann Lee" not in usernames(fake)
    _, report, known = day(fake, people, known, app=RESTORING)
    assert report.ok
    assert usernames(fake) == dict(BACK)
    assert list(day(fake, people, known, app=RESTORING)[0]) == []


def test_groups_that_the_app_may_not_read_stop_nothing(fake):
    """403: the plan says what it does not know, and what Graph refuses is in the report."""
    fake.add_group("Newcomers", mailEnabled=True, proxyAddresses=["SMTP:ann.lee@corp.example"])
    plan, report, _ = day(fake, [assigned(somebody("Ann Lee"))], None, transport=Blind(fake))
    said = [each for each in plan.unsupported if each.attribute.startswith("Addresses")]
    assert [each.attribute for each in said] == ["Addresses of groups", "Addresses of contacts"]
    assert "GroupMember.Read.All" in said[0].instead
    assert plan.problems == ()
    assert not report.ok


def by_mail(name, local):
    """An assignment whose username and e-mail address are one, as with Okta's default mapping."""
    return assigned(somebody(name, email=f"{local}@{DOMAIN}"))


def run_exchange(fake, remedy):
    """The tenant after an administrator ran the commands of a remedy: Graph has no request for them."""
    text = json.dumps(json.loads(fake.to_json()))
    commands = re.findall(r"Set-Mailbox -Identity (\S+) -EmailAddresses @\{Remove='smtp:([^']+)'\}", remedy)
    for identity, address in commands:
        holder = fake.user(identity)
        assert any(each.lower() == f"smtp:{address}" for each in holder["proxyAddresses"]), (identity, address)
        text = text.replace(f', "smtp:{address}"', "").replace(f', "SMTP:{address}"', "")
    return FakeTenant.from_json(text, clock=fake.clock)


def stopped(plan):
    return {each.subject.name: each for each in plan.problems if each.stops}


def test_a_chain_of_renames_of_mailboxes_goes_on_as_exchange_lets_it(fake):
    """Each remedy can be followed on the day on which it is said, and at the end everybody has their name."""
    moves = {"Cy Young": "di", "Di Ng": "ed", "Ed Poe": "new"}
    names = {"Cy Young": "cy", "Di Ng": "di", "Ed Poe": "ed"}
    _, report, known = day(fake, [by_mail(*each) for each in names.items()], None)
    people = [by_mail(*each) for each in moves.items()]
    plan, report, known = day(fake, people, known)
    assert (stopped(plan)["Di Ng"].code, stopped(plan)["Cy Young"].code) == ("address_kept", "username_taken")
    assert stopped(plan)["Cy Young"].remedy == "See what stops Di Ng; a later plan goes on"
    for _ in range(2):
        for problem in stopped(plan).values():
            fake = run_exchange(fake, problem.remedy)
        plan, report, known = day(fake, people, known)
        assert report.ok
    assert usernames(fake) == moves
    assert day(fake, people, known)[0].is_empty


def test_mailboxes_that_swap_names_begin_in_exchange(fake):
    """Both are told the same first step, which can be followed; the plans then go on to the end."""
    _, _, known = day(fake, [by_mail("Ann Lee", "ann.lee"), by_mail("Bo Ross", "bo.ross")], None)
    people = [by_mail(*each) for each in SWAP]
    plan, _, known = day(fake, people, known)
    first, second = stopped(plan).values()
    assert (plan.is_empty, first.remedy) == (True, second.remedy)
    temporary = re.search(r"Rename \S+ to (\S+) in Entra", first.remedy)[1]
    patch(fake, "Ann Lee", {"userPrincipalName": temporary, "mail": temporary})
    fake = run_exchange(fake, first.remedy)
    plan, report, known = day(fake, people, known)
    assert report.ok
    fake = run_exchange(fake, stopped(plan)["Ann Lee"].remedy)
    _, report, known = day(fake, people, known)
    assert report.ok
    assert usernames(fake) == {"Ann Lee": "bo.ross", "Bo Ross": "ann.lee"}
    assert day(fake, people, known)[0].is_empty
