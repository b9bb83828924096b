"""Reading a tenant for some people: the plan is that of a tenant that was read as a whole, after a few requests."""

import asyncio
import json
from datetime import timedelta

import pytest
from amount import examples
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from organisation import DOMAIN, NOW, assigned, from_directory, somebody
from states import state_of

from o365prov import (
    AppUser,
    AppUsers,
    BlockingTenant,
    ConfigurationError,
    CredentialError,
    Departure,
    Deprovisioning,
    LicenseGrant,
    LicenseOnly,
    Office365App,
    ProfileSync,
    Tenant,
    UniversalSync,
    UsernameFormat,
    UserSync,
)
from o365prov.people import AppUserStatus, Grants
from o365prov.planning import HolderKind
from o365prov.testing import FakeClock, FakeTenant

ROOT = "https://graph.microsoft.com/v1.0"
TOKEN = {"Authorization": "Bearer x"}
NAMES = ["Ann Lee", "Bo Ross", "Cy Young", "Di Ng", "Ed Poe"]
LOCALS = ["ann.lee", "bo.ross", "cy.young", "di.ng", "ed.poe", "new.name", "other.name"]
ROLES = ["Directory Readers", "Global Reader"]
GONE = "99999999-9999-4999-8999-999999999999"


class Counting:
    """A transport that counts the requests, and what is in the batches."""

    def __init__(self, fake):
        self.fake = fake
        self.requests = []

    async def send(self, method, url, headers, body):
        """Pass it on."""
        inner = [each["url"] for each in json.loads(body)["requests"]] if url.endswith("/$batch") else []
        self.requests.append((method, url.removeprefix(ROOT), inner))
        return await self.fake.send(method, url, headers, body)


OF_ADDRESS = UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"')
CANDIDATES = UsernameFormat.candidates(
    OF_ADDRESS, f'String.toLowerCase(user.firstName) + "@{DOMAIN}"', f'"new.name@{DOMAIN}"', f'"other.name@{DOMAIN}"'
)


def app_of(kind=UserSync, *, mapping=None, **more):
    """An app whose usernames are made of e-mail addresses."""
    return Office365App(domains=(DOMAIN,), provisioning=kind, **{"username": OF_ADDRESS, **more})


APP = app_of(UserSync())


def person_of(name, local=None, manager=None):
    """Somebody from Active Directory, whose address begins with *local*."""
    address = f"{local or name.replace(' ', '.').lower()}@corp.example"
    return from_directory(somebody(name, email=address, login=address), manager=manager and somebody(manager))


def anchor_of(name):
    """The source anchor of somebody from Active Directory."""
    return person_of(name).directory_accounts[0].anchor


def tenant_of(**options):
    """An empty tenant with a few seats."""
    options = {"licenses": {"SPE_E3": 2, "SPE_F1": 2}, **options}
    domains = {DOMAIN: "Federated", "corp.example": "Managed"}
    return FakeTenant(domains=domains, seed=1, clock=FakeClock(at=NOW), **options)


class Clock:
    """The time of a tenant in memory."""

    def __init__(self, at=NOW):
        self.at = at

    def now(self):
        """The time."""
        return self.at

    def seconds(self):
        """The same in seconds."""
        return self.at.timestamp()

    async def sleep(self, seconds):
        """Wait without waiting."""
        self.at += timedelta(seconds=seconds)


def over(fake, state=None, clock=None, **options):
    """The tenant as the library sees it."""
    return Tenant.over(fake, state=state, clock=clock or Clock(), **options)


# --- the law


@st.composite
def accounts(draw):
    """Accounts with names, anchors, addresses, licences, roles and managers; some are deleted, some are synced."""
    made = []
    for local in draw(st.lists(st.sampled_from(LOCALS), unique=True, max_size=6)):
        taken = {each["anchor"] for each in made}
        free = [anchor for anchor in (None, *map(anchor_of, NAMES)) if anchor is None or anchor not in taken]
        made.append(
            {
                "username": f"{local}@{DOMAIN}",
                "anchor": draw(st.sampled_from(free)),
                "mail": draw(st.sampled_from([None, *LOCALS])),
                "enabled": draw(st.sampled_from([True, True, False])),
                "synced": draw(st.sampled_from([None, None, True])),
                "title": draw(st.sampled_from([None, "Engineer"])),
                "licenses": draw(st.sampled_from([(), (), ("SPE_E3",), ("SPE_F1",)])),
                "roles": draw(st.sampled_from([(), (), ("Directory Readers",), ("Global Reader",)])),
                "deleted": draw(st.sampled_from([False, False, True])),
                "reports_to_first": draw(st.booleans()),
            }
        )
    return made


def fill(fake, made, holders):
    """Put the accounts into the tenant, and groups and contacts with addresses; the ids of the accounts."""
    ids, addresses, seats = [], set(), {"SPE_E3": 2, "SPE_F1": 2}
    for each in made:
        mail = f"{each['mail']}@{DOMAIN}" if each["mail"] else None
        mail = None if mail in addresses else mail
        addresses |= {mail, each["username"]}
        licenses = [name for name in each["licenses"] if seats[name]]
        for name in licenses:
            seats[name] -= 1
        user = fake.add_user(
            each["username"],
            licenses=licenses,
            roles=each["roles"],
            manager=ids[0] if ids and each["reports_to_first"] else None,
            onPremisesImmutableId=each["anchor"],
            mail=mail,
            proxyAddresses=[f"SMTP:{mail}"] if mail else [],
            accountEnabled=each["enabled"],
            onPremisesSyncEnabled=each["synced"],
            jobTitle=each["title"],
            displayName=each["username"].partition("@")[0],
        )
        ids.append(user["id"])
    for kind, local in holders:
        address = f"{local}@{DOMAIN}"
        if address not in addresses:
            addresses.add(address)
            held = {"mail": address, "proxyAddresses": [f"SMTP:{address}"]}
            if kind == "group":
                fake.add_group(f"Group {local}", mailEnabled=True, **held)
            else:
                fake.add_contact(f"Contact {local}", **held)
    for object_id, each in zip(ids, made, strict=True):
        if each["deleted"]:
            fake.handle("DELETE", f"{ROOT}/users/{object_id}", TOKEN, b"")
    return ids


KNOWN = st.fixed_dictionaries(
    {
        "account": st.integers(0, 6),
        "status": st.sampled_from([AppUserStatus.ACTIVE, AppUserStatus.ACTIVE, *AppUserStatus]),
        "local": st.sampled_from(LOCALS),
        "own_anchor": st.booleans(),
        "licenses": st.sampled_from([(), ("SPE_E3",), ("SPE_F1",)]),
        "roles": st.sampled_from([(), ("Directory Readers",)]),
        "unfinished": st.booleans(),
        "begun": st.sampled_from([False, False, True]),
    }
)


def remembered(rows, ids):
    """What is remembered of people, each with an account of their own or one that is gone."""
    found, taken = [], set()
    for name, row in rows.items():
        object_id = ids[row["account"]] if row["account"] < len(ids) else GONE
        if row["begun"]:
            object_id = ""
        if object_id in taken:
            continue
        taken |= {object_id} - {""}
        has_left = row["status"] in (AppUserStatus.KEPT, AppUserStatus.DEACTIVATED)
        found.append(
            AppUser(
                person_of(name).id,
                object_id,
                f"{row['local']}@{DOMAIN}",
                anchor_of(name) if row["own_anchor"] else None,
                licenses=tuple(LicenseGrant(each) for each in row["licenses"]),
                roles=row["roles"],
                status=row["status"],
                departure=Departure(NOW - timedelta(days=9)) if has_left else None,
                unfinished=row["unfinished"],
            )
        )
    return found


ASSIGNED = st.fixed_dictionaries(
    {
        "local": st.sampled_from(LOCALS),
        "status": st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "SUSPENDED", "DEPROVISIONED"]),
        "manager": st.sampled_from([None, *NAMES]),
        "licenses": st.sampled_from([(), ("SPE_E3",), ("SPE_E3", "SPE_F1")]),
        "roles": st.sampled_from([(), ("Directory Readers",), ("Global Reader",)]),
        "later": st.sampled_from([False, False, False, True]),
    }
)


def assignments_of(rows):
    """Everybody who is assigned."""
    return [
        evolve(
            assigned(
                evolve(
                    person_of(name, row["local"], None if row["manager"] == name else row["manager"]),
                    status=row["status"],
                )
            ),
            grants=Grants([LicenseGrant(each) for each in row["licenses"]], row["roles"]),
            starts=NOW + timedelta(days=1) if row["later"] else None,
        )
        for name, row in rows.items()
    ]


APPS = st.sampled_from(
    [
        app_of(kind, **more)
        for kind in (
            LicenseOnly(),
            ProfileSync(deactivate_users=True),
            UserSync(deactivate_users=True, deprovisioning=Deprovisioning.block_and_remove_licenses()),
            UserSync(create_users=False),
            UniversalSync(deactivate_users=True, deprovisioning=Deprovisioning.block_remove_licenses_and_delete()),
        )
        for more in (
            {},
            {"restore_deleted_users": True, "grantable_roles": ["Global Reader"]},
            {"take_over_licenses": True, "take_over_roles": True},
            {"restore_deleted_users": True, "username": CANDIDATES},
        )
    ]
)


def facts_of(plan):
    """All that a plan says, but for its number and the moment at which the tenant was read."""
    return plan.changes, plan.problems, plan.hazards, plan.unsupported, plan.app_users, plan.explanations


def rows_of(preview):
    """All that a preview says."""
    return preview.people, preview.collisions, preview.leavers, preview.unknown


async def both(fake, app, assignments, known, only, scope, transfers):
    """What a plan and a preview about some people say, of the whole tenant and of what was read for them."""
    async with over(fake) as tenant:
        whole = await tenant.read(app.needs())
        memory = AppUsers(whole.tenant_id, app.name, known)
    state, memory = state_of(memory)
    async with over(fake, state) as tenant:
        some = await tenant.read(app.needs(assignments, only=only, scope=scope, transfers=transfers))
    plans = [
        app.plan(assignments, snapshot, memory, now=NOW, scope=scope, only=only, transfers=transfers)
        for snapshot in (whole, some)
    ]
    previews = [
        app.preview(assignments, snapshot=snapshot, app_users=memory, now=NOW, only=only) for snapshot in (whole, some)
    ]
    return some, plans, previews


@settings(
    max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    APPS,
    accounts(),
    st.lists(st.tuples(st.sampled_from(["group", "contact"]), st.sampled_from(LOCALS)), max_size=3),
    st.dictionaries(st.sampled_from(NAMES), ASSIGNED),
    st.dictionaries(st.sampled_from(NAMES), KNOWN),
    st.sets(st.sampled_from(NAMES), min_size=1, max_size=2),
    st.sampled_from(["changed", "changed", "all"]),
    st.tuples(st.sampled_from(NAMES), st.integers(0, 20)),
)
def test_the_plan_is_that_of_a_tenant_that_was_read_as_a_whole(app, made, holders, wanted, known, names, scope, handed):
    """Leavers, returns, deleted and renamed accounts, namesakes, taken addresses, managers, roles and scarce seats."""
    fake = tenant_of()
    ids = fill(fake, made, holders)
    only = {person_of(name).id for name in names}
    people = assignments_of(wanted)
    transfers = {person_of(handed[0]).id: ids[handed[1]]} if handed[0] in wanted and handed[1] < len(ids) else {}
    some, plans, previews = asyncio.run(both(fake, app, people, remembered(known, ids), only, scope, transfers))
    assert some.coverage.people == only
    assert some.parts == app.needs().parts
    assert facts_of(plans[1]) == facts_of(plans[0])
    assert rows_of(previews[1]) == rows_of(previews[0])


# --- a few requests


def staffed(*names, **options):
    """A tenant in which these people have accounts, and what is remembered of them."""
    fake = tenant_of(**{"licenses": {"SPE_E3": 20, "SPE_F1": 20}, **options})
    known = []
    for name in names:
        local = name.replace(" ", ".").lower()
        user = fake.add_user(f"{local}@{DOMAIN}", onPremisesImmutableId=anchor_of(name), displayName=name)
        known.append(AppUser(person_of(name).id, user["id"], user["userPrincipalName"], anchor_of(name)))
    return fake, known


def state_with(fake, known):
    """A state that remembers these people."""
    tenant_id = json.loads(fake.handle("GET", f"{ROOT}/organization", TOKEN, b"")[2])["value"][0]["id"]
    return state_of(AppUsers(tenant_id, APP.name, known))


def everybody(*names, **more):
    """Assignments of these people, with a licence."""
    return [assigned(person_of(name, **more), "SPE_E3") for name in names]


FACTS = ("/organization", "/domains", "/subscribedSkus", "/roleManagement/directory/roleDefinitions")


def is_fact(path):
    """Whether a request is for one of the tenant's own facts."""
    return path.split("?")[0] in FACTS


def read_by(fake, needs, known=(), times=1, **options):
    """The last of so many snapshots for *needs*, and the requests for it: those for facts, and the others."""
    transport = Counting(fake)
    state, _ = state_with(fake, known)

    async def whole():
        async with over(transport, state, **options) as tenant:
            for _ in range(times):
                transport.requests.clear()
                snapshot = await tenant.read(needs)
        return snapshot

    snapshot = asyncio.run(whole())
    facts = [path for _, path, _ in transport.requests if is_fact(path)]
    return snapshot, facts, [each for each in transport.requests if not is_fact(each[1])]


def cases():
    """Who is pushed: what the tenant holds and remembers of them differs."""
    ann = person_of("Ann Lee")
    yield "linked", NAMES, everybody(*NAMES), NAMES
    yield "renamed", NAMES, everybody("Ann Lee", local="ann.day"), NAMES
    yield "found by the username", NAMES, everybody(*NAMES), NAMES[1:]
    yield "created", NAMES[1:], everybody(*NAMES), NAMES[1:]
    yield "left", NAMES, everybody(*NAMES[1:]), NAMES
    yield "held", NAMES, [evolve(assigned(ann), person=evolve(ann, status="SUSPENDED"))], NAMES
    yield "with a manager", NAMES, [assigned(person_of("Ann Lee", manager="Bo Ross"), "SPE_E3")], NAMES


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case[0])
def test_a_push_of_one_person_takes_three_requests_at_most(case):
    """Beside the tenant's own facts: a mark for later changes, what is looked up, and what that leads to."""
    _, there, people, linked = case
    fake, known = staffed(*there)
    known = [each for each in known if each.person_id in {person_of(name).id for name in linked}]
    needs = APP.needs(people, only=[person_of("Ann Lee").id])
    snapshot, facts, others = read_by(fake, needs, known)
    assert len(facts) == 4
    assert 2 <= len(others) <= 3
    assert len(snapshot.users) <= 2


def test_fifteen_people_take_no_more_requests_than_one():
    """Each filter has room for them."""
    names = [f"Person N{number}" for number in range(15)]
    fake, known = staffed(*names)
    _, _, one = read_by(fake, APP.needs(everybody(*names), only=[known[0].person_id]), known)
    _, _, all_of_them = read_by(fake, APP.needs(everybody(*names), only=[each.person_id for each in known]), known)
    assert len(all_of_them) <= len(one) + 1


def test_what_is_read_does_not_depend_on_how_many_are_assigned():
    """Nobody else's account is asked for."""
    fake, known = staffed(*NAMES)
    only = [person_of("Ann Lee").id]
    alone = read_by(fake, APP.needs(everybody("Ann Lee"), only=only), known)
    among_all = read_by(fake, APP.needs(everybody(*NAMES), only=only), known)
    assert alone[2] == among_all[2]
    assert [user.username for user in among_all[0].users] == [f"ann.lee@{DOMAIN}"]


def test_who_competes_for_scarce_seats_is_looked_at_too():
    """They are given in an order in which Ann may not be the first."""
    fake, known = staffed(*NAMES, licenses={"SPE_E3": 4})
    snapshot, _, others = read_by(fake, APP.needs(everybody(*NAMES), only=[known[0].person_id]), known)
    assert len(snapshot.users) == 5
    assert len(others) <= 3


def test_the_tenants_own_facts_are_kept_for_a_while():
    """A second push does not read them again; a day later they are too old."""
    fake, known = staffed(*NAMES)
    needs = APP.needs(everybody(*NAMES), only=[person_of("Ann Lee").id])
    assert read_by(fake, needs, known, times=2)[1] == []
    assert len(read_by(fake, needs, known, times=2, facts_age=timedelta())[1]) == 0
    clock = Clock()

    async def whole():
        transport = Counting(fake)
        async with over(transport, state_with(fake, known)[0], clock) as tenant:
            await tenant.read(needs)
            clock.at += timedelta(minutes=6)
            transport.requests.clear()
            await tenant.read(needs)
        return [path for _, path, _ in transport.requests if is_fact(path)]

    assert len(asyncio.run(whole())) == 4


def test_seats_are_counted_again_after_licences_were_given():
    """Ann got one: the next push must not give it to Bo too."""
    fake, known = staffed(*NAMES, licenses={"SPE_E3": 1, "SPE_F1": 1})
    state, _ = state_with(fake, known)

    async def pushed(tenant, name):
        only = [person_of(name).id]
        snapshot = await tenant.read(APP.needs(everybody(name), only=only))
        memory = state.app_users(snapshot.tenant_id, APP.name)
        plan = APP.plan(everybody(name), snapshot, memory, now=NOW, only=only)
        return (await tenant.apply(plan, confirm=plan.fingerprint)).ok, [each.code for each in plan.problems]

    async def whole():
        async with over(fake, state) as tenant:
            return [await pushed(tenant, name) for name in NAMES[:2]]

    assert asyncio.run(whole()) == [(True, []), (True, ["no_seat"])]


def test_a_read_of_everybody_reads_the_facts_anew():
    """And serves the pushes that follow."""
    fake, known = staffed(*NAMES)
    assert len(read_by(fake, APP.needs(), known, times=2)[1]) == 4


def test_so_many_people_that_pages_are_fewer_requests_are_read_as_everybody_is(monkeypatch):
    """The snapshot then serves any plan."""
    monkeypatch.setattr("o365prov.graph.read.targeted.MOST_LOOKUPS", 10)
    fake, known = staffed(*NAMES)
    snapshot, _, others = read_by(fake, APP.needs(everybody(*NAMES), only=[each.person_id for each in known]), known)
    assert snapshot.coverage is None
    assert len(snapshot.users) == 5
    assert not any(path.endswith("$batch") for _, path, _ in others)


# --- what may go wrong


def refuse(fake, part, status=403, code="Authorization_RequestDenied"):
    """A transport over the fake that refuses requests in batches whose address has this part."""

    class Refusing(Counting):
        async def send(self, method, url, headers, body):
            status_, headers_, content = await super().send(method, url, headers, body)
            if not url.endswith("/$batch"):
                return status_, headers_, content
            refused = {each["id"] for each in json.loads(body)["requests"] if part in each["url"]}
            answers = json.loads(content)["responses"]
            error = {"error": {"code": code, "message": "no"}}
            answers = [
                {"id": each["id"], "status": status, "headers": {}, "body": error} if each["id"] in refused else each
                for each in answers
            ]
            return status_, headers_, json.dumps({"responses": answers}).encode()

    return Refusing(fake)


def read_over(transport, fake, needs, known):
    """A snapshot over this transport."""

    async def whole():
        async with over(transport, state_with(fake, known)[0]) as tenant:
            return await tenant.read(needs)

    return asyncio.run(whole())


def test_addresses_that_the_app_may_not_read_are_said():
    """As when everybody is read."""
    fake, known = staffed(*NAMES)
    needs = APP.needs(everybody(*NAMES), only=[known[0].person_id])
    snapshot = read_over(refuse(fake, "/groups?"), fake, needs, known)
    assert snapshot.unread_addresses == (HolderKind.GROUP,)


@pytest.mark.parametrize("part", ["/users?", "/directory/deletedItems", "/roleManagement"])
def test_a_missing_permission_is_named(part):
    """Accounts, deleted accounts and roles can't be left out."""
    fake, known = staffed(*NAMES)
    needs = APP.needs(everybody(*NAMES), only=[known[0].person_id])
    with pytest.raises(CredentialError, match="grant"):
        read_over(refuse(fake, part), fake, needs, known)


def test_deleted_accounts_are_read_as_a_whole_where_the_filter_is_refused():
    """No page of Graph's says which filters the deleted items take."""
    fake, known = staffed(*NAMES)
    for each in known[:2]:
        fake.handle("DELETE", f"{ROOT}/users/{each.object_id}", TOKEN, b"")
    needs = APP.needs(everybody(*NAMES), only=[known[0].person_id])
    transport = refuse(fake, "/directory/deletedItems", 400, "Request_UnsupportedQuery")
    assert len(read_over(transport, fake, needs, known).deleted_users) == 2


def test_an_answer_of_many_pages_is_read_to_its_end():
    """A filter rarely finds more than a page; where it does, nothing is lost."""
    fake, known = staffed(*NAMES)

    class Paging(Counting):
        async def send(self, method, url, headers, body):
            return await super().send(method, url, headers, body.replace(b"$top=999", b"$top=1"))

    needs = APP.needs(everybody(*NAMES), only=[each.person_id for each in known])
    assert len(read_over(Paging(fake), fake, needs, known).users) == 5


def test_accounts_can_not_be_left_out_of_what_is_read_for_some_people():
    """keep= is for the streaming planner, whose plan is about everybody."""
    fake, known = staffed(*NAMES)

    async def whole():
        async with over(fake) as tenant:
            await tenant.read(APP.needs(everybody(*NAMES), only=[known[0].person_id]), keep=lambda user: True)

    with pytest.raises(ConfigurationError, match="keep="):
        asyncio.run(whole())


def test_a_negative_age_of_facts_is_refused():
    """It would be older than now."""
    with pytest.raises(ConfigurationError, match=r"Tenant\.facts_age"):
        over(tenant_of(), facts_age=-timedelta(1))


def test_a_blocking_tenant_pushes_one_person():
    """The same verbs, without an event loop of the caller's."""
    fake, known = staffed(*NAMES)
    state, _ = state_with(fake, known)
    people = [evolve(assigned(evolve(person_of("Ann Lee"), profile={**person_of("Ann Lee").profile, "title": "Lead"})))]
    only = [person_of("Ann Lee").id]
    with BlockingTenant.over(fake, state=state, clock=Clock()) as tenant:
        snapshot = tenant.read(APP.needs(people, only=only))
        plan = APP.plan(people, snapshot, state.app_users(snapshot.tenant_id, APP.name), now=NOW, only=only)
        assert tenant.apply(plan).ok
    assert fake.user(f"ann.lee@{DOMAIN}")["jobTitle"] == "Lead"
