"""What went over the wire, as lines to compare and as a session that is played again; and examples in other runners."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from o365prov.errors import SourceError
from o365prov.testing import FakeClock, FakeTenant
from o365prov.testing.examples import group_body, user_body

ROOT = Path(__file__).parents[2]
DAMAGED = 100 * int(os.environ.get("CHAOS", "10" if os.environ.get("CI") else "2"))


def _session(graph):
    """A user and a group are made, and the user goes into the group, is changed and sought in vain."""
    user = graph("POST", "/users", user_body("ann@managed.example")).body["id"]
    group = graph("POST", "/groups", group_body("Sales")).body["id"]
    graph("POST", f"/groups/{group}/members/$ref", {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{user}"})
    graph("PATCH", f"/users/{user}", {"jobTitle": "Singer"})
    graph.get("/users/nobody@managed.example")
    graph.get(f"/groups/{group}/members?$select=id,jobTitle")


def test_requests_are_lines_that_compare(graph, fake):
    """Method, address as it was meant, body and status: nothing that differs from run to run."""
    fake.add_user("ann@managed.example")
    graph("PATCH", "/users/ann%40managed.example", {"jobTitle": "Singer"})
    graph.get("/users?$filter=displayName%20eq%20'Ann'")
    assert fake.requests.lines == [
        'PATCH /users/ann@managed.example {"jobTitle": "Singer"} -> 204',
        "GET /users?$filter=displayName eq 'Ann' -> 200",
    ]


def test_a_session_is_played_again_into_another_tenant(graph, fake, tmp_path):
    """With ids of its own, and without passwords, it answers the same."""
    _session(graph)
    fake.requests.save(tmp_path / "session.jsonl")
    assert "Correct-Horse" not in (tmp_path / "session.jsonl").read_text()
    other = FakeTenant(["managed.example"], seed=99)
    assert other.replay(tmp_path / "session.jsonl") == ()
    assert other.user("ann@managed.example")["jobTitle"] == "Singer"


def _everything_with_a_name(graph):
    """What a tenant names itself: tokens of pages and deltas, ids with and without dashes, in a batch too."""
    page = graph.get("/users?$top=2&$select=id,displayName")
    while "@odata.nextLink" in page.body:
        page = graph.get(page.body["@odata.nextLink"])
    link = graph.get("/users/delta?$select=displayName").body["@odata.deltaLink"]
    names = [f"u{number}@managed.example" for number in range(5)]
    read = [{"id": name, "method": "GET", "url": f"/users/{name}"} for name in names]
    user = sorted(graph("POST", "/$batch", {"requests": read}).body["responses"], key=lambda one: one["id"])[1]["body"]
    pages = [{"id": "1", "method": "GET", "url": link.partition("/v1.0")[2]}, {"id": "2", "method": "GET", "url": "/x"}]
    graph("POST", "/$batch", {"requests": pages})
    graph(
        "PATCH",
        f"/users/{user['id'].upper()}",
        {"displayName": "new", "passwordProfile": {"password": "Horse-Battery-7"}},
    )
    assert graph.get(link).value
    graph("DELETE", f"/users/{user['id']}")
    graph.get("/directory/deletedItems/microsoft.graph.user?$select=userPrincipalName")
    graph("POST", f"/directory/deletedItems/{user['id']}/restore", {})
    graph.get(f"/subscribedSkus/{graph.get('/subscribedSkus?$select=id').value[0]['id']}")


class _At:
    """A client whose addresses begin with another host."""

    def __init__(self, graph, base):
        self.graph, self.base = graph, base

    def __call__(self, method, address, body=None):
        return self.graph(method, address if "://" in address else f"{self.base}/v1.0{address}", body)

    def get(self, address):
        return self("GET", address)


def _stocked(seed):
    fake = FakeTenant(["managed.example"], {"SPE_E3": 5}, seed=seed)
    for number in range(5):
        fake.add_user(f"u{number}@managed.example")
    return fake


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("base", ["https://graph.microsoft.com", "http://127.0.0.1:8080"])
def test_whatever_a_tenant_names_is_found_again_in_another(graph_of, tmp_path, base, seed):
    """Pages are followed, batches compared in any order, and a loopback address is as good as Graph's."""
    fake = _stocked(1)
    _everything_with_a_name(_At(graph_of(fake), base))
    fake.requests.save(tmp_path / "session.jsonl")
    assert len(fake.requests) > 12
    other = _stocked(seed)
    assert other.replay(tmp_path / "session.jsonl") == ()
    other = _stocked(seed)
    other.add_user("another@managed.example")
    differing = other.replay(tmp_path / "session.jsonl")
    assert [line.partition("?")[0] for line in differing] == ["GET /users", "GET /users/delta"]


def test_a_token_that_came_twice_may_be_two_later(graph_of, tmp_path):
    """It holds the time, which need not pass between requests as it did when they were recorded."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    fake = FakeTenant(seed=1, clock=FakeClock(start))
    graph = graph_of(fake)
    link = graph.get("/users/delta").body["@odata.deltaLink"]
    assert graph.get(link).body["@odata.deltaLink"] == link
    fake.requests.save(tmp_path / "session.jsonl")
    slow = FakeTenant(seed=1, clock=FakeClock(start), latency=1.0)
    assert slow.replay(tmp_path / "session.jsonl") == ()


def test_a_sign_in_is_not_played_again(graph_of, tmp_path):
    """Its secret was not kept; nor were the tokens that a batch carried, in place of which others are sent."""
    fake = FakeTenant(permissions=["User.Read.All"], seed=1)
    key = fake.applications.add(secret="correct-horse")
    form = f"grant_type=client_credentials&client_id={key}&client_secret=correct-horse&scope=https://graph.microsoft.com/.default"
    url = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token"
    _, _, answer = fake.handle("POST", url, {"Content-Type": "application/x-www-form-urlencoded"}, form.encode())
    token = json.loads(answer)["access_token"]
    inner = {"id": "1", "method": "GET", "url": "/users", "headers": {"authorization": f"Bearer {token}"}}
    answer = graph_of(fake)("POST", "/$batch", {"requests": [inner]}, Authorization=f"Bearer {token}")
    assert answer.body["responses"][0]["status"] == 200
    fake.requests.save(tmp_path / "session.jsonl")
    kept = (tmp_path / "session.jsonl").read_text()
    assert token not in kept
    assert "correct-horse" not in kept
    assert FakeTenant(permissions=["User.Read.All"]).replay(tmp_path / "session.jsonl") == ()


def test_what_is_answered_otherwise_is_a_readable_difference(graph, fake, tmp_path):
    """The request, and the lines that changed."""
    _session(graph)
    fake.requests.save(tmp_path / "session.jsonl")
    other = FakeTenant(["managed.example"])
    other.add_user("nobody@managed.example", displayName="Somebody")
    (difference,) = other.replay(tmp_path / "session.jsonl")
    assert difference.startswith("GET /users/nobody@managed.example\n--- recorded\n+++ now")
    assert {"-404", "+200", '+ "displayName": "Somebody",'} <= set(difference.splitlines())


def test_a_session_holds_any_text(graph, fake, tmp_path):
    """Also the characters at which Python, and JSON not, begins a new line."""
    graph("POST", "/groups", group_body("a\u2028b\x85c"))
    fake.requests.save(tmp_path / "session")
    fake.reset()
    assert fake.replay(tmp_path / "session") == ()


@pytest.mark.parametrize("value", [None, 1, ["x"]], ids=str)
@pytest.mark.parametrize("name", ["method", "path", "headers", "body", "status", "answer"])
def test_a_session_with_a_value_of_another_kind_is_one_error(graph, fake, tmp_path, name, value):
    """With the line that it is in."""
    graph.get("/users")
    fake.requests.save(tmp_path / "session")
    kept = json.loads((tmp_path / "session").read_text())
    (tmp_path / "session").write_text(json.dumps({**kept, name: value if name != "status" else str(value)}))
    with pytest.raises(SourceError, match="line 1"):
        fake.replay(tmp_path / "session")


def test_a_file_that_is_no_session_is_one_error(tmp_path):
    """With its line."""
    path = tmp_path / "session.jsonl"
    path.write_text('{"method": "GET"}\n')
    with pytest.raises(SourceError, match="line 1"):
        FakeTenant().replay(path)


def _damaged(text, chance):
    """The text with something lost, doubled or other in one place."""
    at, length = chance.randrange(len(text)), chance.choice([0, 1, 1, 5, 200])
    put = chance.choice(["", "0", "x", '"', "null", "[", "}", "{}", "true", text[at : at + 3], "é"])
    return text[:at] + put + text[at + length :]


def test_damaged_files_are_one_error_or_what_was_saved(graph, fake, tmp_path):
    """Whatever byte is lost, doubled or another: the tenant is the one that was saved, or there is none."""
    _session(graph)
    path, chance = tmp_path / "tenant.json", random.Random(5)  # noqa: S311 - chance needs no secrecy
    fake.save(path)
    text, kept = path.read_text("utf-8"), fake.to_json()
    for _ in range(DAMAGED):
        path.write_text(_damaged(text, chance), "utf-8")
        with contextlib.suppress(SourceError):
            assert FakeTenant.load(path).to_json() == kept


def test_text_that_was_changed_by_hand_is_a_tenant_or_one_error(graph, fake):
    """Without a digest whatever can be read is taken, and what it became can be read over Graph."""
    _session(graph)
    text, chance = fake.to_json(), random.Random(6)  # noqa: S311
    headers = {"Authorization": "Bearer stand-in"}
    for _ in range(DAMAGED):
        with contextlib.suppress(SourceError):
            changed = FakeTenant.from_json(_damaged(text, chance))
            for path in ("/users", "/groups", "/domains", "/subscribedSkus", "/organization", "/users/delta"):
                status, _, _ = changed.handle("GET", f"https://graph.microsoft.com/v1.0{path}", headers, b"")
                assert status < 500


JUNK = (
    None,
    5,
    -1,
    1.5,
    True,
    "x",
    "",
    [],
    {},
    [1],
    {"a": 1},
    ["x"],
    [None],
    "2020",
    "00000000-0000-0000-0000-000000000365",
)
READ = (
    "/users?$select=id,displayName,assignedPlans,provisionedPlans,identities,licenseAssignmentStates,otherMails",
    "/users?$filter=createdDateTime ge 2020-01-01", "/users?$orderby=displayName", "/users/delta?$select=manager",
    "/groups", "/groups/delta", "/groups/{group}/members", "/users/{user}/memberOf", "/users/{user}/manager",
    "/users/{user}/licenseDetails", "/users/{user}/appRoleAssignments", "/directory/deletedItems/microsoft.graph.user",
    "/domains", "/organization", "/subscribedSkus", "/contacts?$filter=manager/id eq 'x'",
    "/places/microsoft.graph.room", "/places/microsoft.graph.roomList", "/places/hq@managed.example",
    "/places/hq@managed.example/microsoft.graph.roomList/rooms", "/groups?$expand=members", "/users?$expand=manager",
    "/applications",
    "/servicePrincipals", "/directoryRoles", "/roleManagement/directory/roleAssignments?$expand=principal",
    "/roleManagement/directory/roleAssignments?$expand=roleDefinition",
)  # fmt: skip
WRITE = (
    ("PATCH", "/users/{user}", {"jobTitle": "x", "mail": "n@managed.example"}),
    ("POST", "/users/{user}/assignLicense", {"addLicenses": [], "removeLicenses": []}),
    ("POST", "/users/{user}/reprocessLicenseAssignment", {}),
    ("DELETE", "/users/{user}", None),
    ("DELETE", "/groups/{group}", None),
)


@pytest.fixture
def whole(graph, fake):
    """A tenant with something of everything, its state, and the names of what is in it."""
    user = fake.add_user(
        "ann@managed.example", licenses=["SPE_E3"], otherMails=["x@home.example"], roles=["Global Reader"]
    )
    boss = fake.add_user("boss@managed.example")
    gone = fake.add_user("gone@managed.example", manager=boss["id"])
    group = fake.add_group("Sales", members=[user["id"], boss["id"]], licenses=["SPE_F1"])
    fake.add_contact("Johnny", mail="j@home.example", manager=boss["id"])
    fake.add_room("Blue", "blue@managed.example", capacity=4, lists=["hq@managed.example"])
    graph("DELETE", f"/users/{gone['id']}")
    role = {"id": str(uuid.UUID(int=1)), "allowedMemberTypes": ["User"], "displayName": "R", "description": "R",
            "isEnabled": True, "value": "r"}  # fmt: skip
    application = graph("POST", "/applications", {"displayName": "Wiki", "appRoles": [role]}).body
    principal = graph("POST", "/servicePrincipals", {"appId": application["appId"]}).body["id"]
    grant = {"principalId": user["id"], "resourceId": principal, "appRoleId": role["id"]}
    graph("POST", f"/users/{user['id']}/appRoleAssignments", grant)
    extension = {"name": "badge", "dataType": "String", "targetObjects": ["User"]}
    graph("POST", f"/applications/{application['id']}/extensionProperties", extension)
    fake.applications.add(secret="x", permissions=["User.Read.All"])
    return json.loads(fake.to_json()), {"user": user["id"], "group": group["id"]}


def _places(value, path=()):
    """Every place in a JSON value, as the way there."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from _places(child, (*path, key))


def test_a_state_with_one_value_of_another_kind_is_a_tenant_or_one_error(whole, graph_of):
    """Whatever value of it is another, or is missing: a tenant that loads answers everything, and saves."""
    state, names = whole
    places, chance, loaded = list(_places(state)), random.Random(7), 0  # noqa: S311
    for _ in range(DAMAGED):
        changed, way = copy.deepcopy(state), chance.choice(places)
        holder = changed
        for key in way[:-1]:
            holder = holder[key]
        if chance.random() < 0.2:
            del holder[way[-1]]
        else:
            holder[way[-1]] = chance.choice(JUNK)
        with contextlib.suppress(SourceError):
            graph = graph_of(FakeTenant.from_json(json.dumps(changed)))
            loaded += 1
            for path in READ:
                assert graph.get(path.format_map(names)).status < 500, way
            for method, path, body in WRITE:
                assert graph(method, path.format_map(names), body).status < 500, way
            assert graph.fake.users is not None
            assert graph.fake.to_json()
    assert 0 < loaded < DAMAGED


def test_the_example_for_unittest_runs():
    """As it stands."""
    command = [sys.executable, "-m", "unittest", "examples/fake_tenant_in_unittest.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_example_for_javascript_runs():
    """As it stands, with Node's own fetch and test runner."""
    command = [shutil.which("node"), "--test", "examples/fake_tenant_in_javascript.mjs"]
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr
