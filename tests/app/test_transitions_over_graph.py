"""One situation of each row of the transition table over Graph: the real client, a tenant that speaks HTTP.

The same laws judge the snapshots that were read before and after, and each line of the plan is a request.
"""

import asyncio
import json
import re
from functools import cache

import pytest
from amount import some
from attrs import evolve
from before_and_after import PREDICATES, Story
from organisation import DIRECTORY_READERS, DOMAIN, E3, F1, NOW, READER
from scenes import scene, situations
from states import state_of

from o365prov import AppUsers, Plan, Tenant
from o365prov.planning.model.labels import describe
from o365prov.planning.tenant.snapshot import former_username
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.table import ROWS
from o365prov.testing import FakeClock, FakeTenant

ROOT = "https://graph.microsoft.com/v1.0"
PRODUCTS = {E3.id: "SPE_E3", F1.id: "SPE_F1"}
ROLE_NAMES = {READER.id: READER.name, DIRECTORY_READERS.id: DIRECTORY_READERS.name}
WRITES = {
    "create .*": ("POST", "/users", ""),
    "restore .*": ("POST", "/directory/deletedItems/[^/]+/restore", ""),
    "delete the account": ("DELETE", "/users/[^/]+", ""),
    "block sign-in( again.*|, then .*| until .*)?": ("PATCH", "/users/[^/]+", '"accountEnabled": ?false'),
    "enable sign-in": ("PATCH", "/users/[^/]+", '"accountEnabled": ?true'),
    "end all sessions now": ("POST", "/users/[^/]+/revokeSignInSessions", ""),
    r"role \+.*": ("POST", "/roleManagement/directory/roleAssignments", ""),
    "role -.*": ("DELETE", "/roleManagement/directory/roleAssignments/[^/]+", ""),
    r"licences .*\+.*": ("POST", "/users/[^/]+/assignLicense", '"skuId"'),
    "licences -.*": ("POST", "/users/[^/]+/assignLicense", '"removeLicenses": ?\\["'),
    r"\w+: .*": ("PATCH", "/users/[^/]+", ""),
    "remember .*": None,
    "(from now on|count as granted from here|waits for|missing from the source).*": None,
}
"""What a plan says, and the request that says the same; None for what only the memory learns."""


@cache
def one_of_each():
    """A situation for each row."""
    found = {}
    for each in situations(every=False):
        found.setdefault(transition(each).words, each)
    return found


def over_graph(made):
    """The fake tenant that holds what the scene's snapshot holds, and the scene with the ids of that tenant."""
    situation = made.situation
    kind = "Federated" if situation.has_password else "Managed"
    fake = FakeTenant(
        domains={DOMAIN: kind, "corp.example": "Managed"},
        licenses={"SPE_E3": 9, "SPE_F1": 9},
        seed=1,
        clock=FakeClock(at=NOW),
    )
    ids = {}
    for user in (*made.snapshot.users, *made.snapshot.deleted_users):
        roles = [ROLE_NAMES[each.role_id] for each in made.snapshot.roles_of.get(user.id, ())]
        body = {name: value for name, value in user.properties.items() if name != "userPrincipalName"}
        licenses = [PRODUCTS[held.sku_id] for held in user.licenses]
        made_user = fake.add_user(former_username(user), licenses=licenses, roles=roles, **body)
        ids[user.id] = made_user["id"]
    for user in made.snapshot.deleted_users:
        fake.handle("DELETE", f"{ROOT}/users/{ids[user.id]}", {"Authorization": "Bearer x"}, b"")
    known = [evolve(each, object_id=ids.get(each.object_id, each.object_id)) for each in made.memory]
    elsewhere = {ids.get(each, each): app for each, app in made.memory.linked_elsewhere.items()}
    transfers = {person: ids[each] for person, each in made.transfers.items()}
    return fake, evolve(made, transfers=transfers), known, elsewhere


def sent(fake):
    """The writes that Graph got, those of batches among them: method, path and body."""
    for request in fake.requests:
        if request.url.endswith("/$batch"):
            for each in json.loads(request.content)["requests"]:
                yield each["method"], each["url"].removeprefix("/v1.0"), json.dumps(each.get("body") or {})
        else:
            yield request.method, request.url.removeprefix(ROOT), request.content.decode()


def says_what_is_sent(plan, requests):
    """Each line of the plan is one of the requests, and no request is left over."""
    left = [each for each in requests if each[0] != "GET"]
    for change in plan:
        words = describe(change)
        forms = [form for start, form in WRITES.items() if re.fullmatch(start, words, re.DOTALL)]
        assert forms, f"no request is known for {words!r}"
        form = forms[0]
        if form is None:
            continue
        method, path, body = form
        fitting = [
            each for each in left if each[0] == method and re.fullmatch(path, each[1]) and re.search(body, each[2])
        ]
        if change.object_id:
            other = "roleAssignments" in path
            fitting = [each for each in fitting if other or change.object_id in each[1]]
        assert fitting, f"{words}: not sent, but {left}"
        left.remove(fitting[0])
    assert left == []


async def carried_out(made):
    """Read, plan, save and load the plan, apply, and read again."""
    fake, made, known, elsewhere = over_graph(made)
    async with Tenant.over(fake) as tenant:
        before = await tenant.read(made.app.needs(made.assignments))
    state, memory = state_of(AppUsers(before.tenant_id, "Office 365", known, linked_elsewhere=elsewhere))
    async with Tenant.over(fake, state=state) as tenant:
        made = evolve(made, snapshot=before, memory=memory)
        plan = Plan.from_json(made.plan().to_json())
        earlier = len(fake.requests)
        report = await tenant.apply(plan, confirm=plan.fingerprint)
        requests = list(sent(fake))[earlier:]
        assert report.ok, report.to_text()
        after = await tenant.read(made.app.needs(made.assignments))
    known = evolve(state.app_users(before.tenant_id, "Office 365"), linked_elsewhere=elsewhere)
    return Story(made, plan, after, known), requests


@pytest.mark.parametrize("words", some((row.words for row in ROWS), 20))
def test_the_laws_hold_over_graph(words):
    """Each row, over HTTP: the plan is that of the model in memory, its lines are the requests, and the laws hold."""
    made = scene(one_of_each()[words])
    story, requests = asyncio.run(carried_out(made))
    assert [each.kind for each in story.plan] == [each.kind for each in made.plan()]
    says_what_is_sent(story.plan, requests)
    for law in PREDICATES:
        law(story)
