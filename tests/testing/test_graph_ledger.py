"""The ledger: what the tenant answers and holds is in Microsoft's own v1.0, and every route of it leads to success.

Microsoft's side is ``graph-index.tsv``; ``tests/support/graph_index.py`` says where it comes from.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
import yaml
from graph_index import Index, invented_options, invented_properties, invented_routes, read_index, shape

from o365prov.testing import FakeTenant
from o365prov.testing.coverage import TYPES
from o365prov.testing.fake_tenant.endpoints.routes import Route
from o365prov.testing.fake_tenant.gateway.route_table import ROUTER
from o365prov.testing.fake_tenant.schema.properties import ObjectType, table, text

BEYOND_THE_INDEX = {
    "GET /places/{place}": "the page 'Get place' has it, the document of v1.0 its casts alone",
}
OPTIONS_BEYOND_THE_INDEX = {
    ("/users/{user}", "$count"): "the page 'List manager' needs it beside $levels",
}
PROPERTIES_BEYOND_THE_INDEX = {
    ("group", "creationOptions"): "a real tenant answers it by default (September 2026)",
}
#: The document of v1.0 has a body for these, and their pages, the SDKs and real tenants have 204.
WITHOUT_A_BODY = {
    "PATCH /users/{user}",
    "PATCH /groups/{group}",
    "PATCH /applications/{application}",
    "PATCH /servicePrincipals/{principal}",
}
#: Options of links that Graph makes itself.
IN_LINKS = {"$skiptoken", "$deltatoken"}
ANSWERING = [route for route in ROUTER.routes if not route.refuses]
HELPDESK, READER = "729827e3-9c14-49f7-bb1b-9608f156bbb8", "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
ROLE = "aaaaaaaa-0000-4000-8000-000000000001"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"


def invented(routes, index):
    """Everything about routes that Microsoft does not have."""
    return [
        *(found for found in invented_routes([(route.method, route.pattern) for route in routes], index)),
        *(
            f"{route.pattern} {option}"
            for route in routes
            if route.method == "GET" and (route.method, shape(route.pattern)) in index.operations
            for option in invented_options("GET", route.pattern, route.options - IN_LINKS, index)
        ),
    ]


def invented_of_type(of: ObjectType, index: Index):
    """The properties of a type that Microsoft does not have, and those of its complex ones."""
    name = of.name.rpartition(".")[2]
    return invented_properties(name, [*of.properties, *of.not_held, *of.relationships], index)


def test_no_route_and_no_option_is_invented():
    """Every route is an operation of Microsoft's, with the query options that it has there, but for what is named."""
    excused = {*BEYOND_THE_INDEX, *(f"{path} {option}" for path, option in OPTIONS_BEYOND_THE_INDEX)}
    assert set(invented(ANSWERING, read_index())) == excused


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.name)
def test_no_property_is_invented(of):
    """Every property is one of Microsoft's type, but for what is named."""
    name = of.name.rpartition(".")[2]
    excused = {each for kind, each in PROPERTIES_BEYOND_THE_INDEX if kind == name}
    assert set(invented_of_type(of, read_index())) == excused


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.name)
def test_every_property_of_microsofts_is_known(of):
    """It is held, or a relationship, or refused by name: only what Microsoft does not have "does not exist"."""
    known = {*of.properties, *of.not_held, *of.relationships, "@odata.type"}
    assert read_index().properties[of.name.rpartition(".")[2]] - known == set()


def test_the_checker_finds_what_is_planted():
    """A route, an option and a property that Microsoft does not have."""
    ours = ROUTER.routes[0]

    def route(method, pattern, options=frozenset()):
        return Route(method, pattern, ours.answer, "planted", options)

    assert invented([route("GET", "/users/{user}/favourites")], read_index()) == ["GET /users/{user}/favourites"]
    assert invented([route("PUT", "/users/{user}")], read_index()) == ["PUT /users/{user}"]
    assert invented([route("GET", "/users", {"$top", "$apply"})], read_index()) == ["/users $apply"]
    planted = ObjectType("microsoft.graph.user", "User", "users", table(text("displayName"), text("favourite")))
    assert invented_of_type(planted, read_index()) == ["favourite"]


def test_the_index_knows_little_enough_to_find_something():
    """It is a list of what there is, and not of everything: every line of it counts."""
    index = read_index()
    assert len(index.operations) > 1000
    assert ("POST", "/users/{}/assignlicense") in index.operations
    assert ("GET", "/users/{}/assignlicense") not in index.operations
    assert not index.operations["DELETE", "/users/{}"].has_body


@pytest.fixture(scope="module")
def stocked():
    """A tenant with one object of everything, its state, and what the placeholders of routes stand for."""
    fake = FakeTenant({"managed.example": "Managed", "fed.example": "Federated"}, {"SPE_E3": 9}, seed=3)
    boss = fake.add_user("boss@managed.example")["id"]
    user = fake.add_user("ann@managed.example", manager=boss, roles=[READER], usageLocation="US")["id"]
    group = fake.add_group("Sales", members=[user], owners=[user, boss], licenses=["SPE_E3"])["id"]
    gone = fake.add_user("gone@managed.example")["id"]
    sku = next(iter(fake._directory.subscriptions))
    names = {
        "user": user,
        "object": user,
        "group": group,
        "member": user,
        "contact": fake.add_contact("Johnny", manager=boss)["id"],
        "place": fake.add_room("Blue", "blue@managed.example", lists=["hq@managed.example"])["id"],
        "definition": READER,
        "template": READER,
        "organization": fake._directory.tenant_id,
        "domain": "fed.example",
        "sku": f"{fake._directory.tenant_id}_{sku}",
    }
    _ask(fake, "DELETE", f"/users/{gone}")
    names |= {
        "assignment": next(iter(fake._directory.role_assignments))["id"],
        "role": _ask(fake, "POST", "/directoryRoles", {"roleTemplateId": HELPDESK})[1]["id"],
        "deleted": gone,
        "boss": boss,
        "sponsor": group,
        "sku_id": sku,
    }
    names |= _with_places(fake)
    names |= _with_applications(fake, names)
    held = _ask(fake, "POST", f"/directoryRoles/{names['role']}/members/$ref", _reference(user))
    sponsored = _ask(fake, "POST", f"/users/{user}/sponsors/$ref", _reference(group))
    assert (held[0], sponsored[0]) == (204, 204)
    return fake, fake.snapshot(), names


def _with_places(fake):
    """A place of each kind, one in the other, and the address of the room list."""
    found = {"roomList": "hq@managed.example"}
    parents = {"building": "", "floor": "building", "section": "floor", "workspace": "section", "desk": "section"}
    for kind, parent in parents.items():
        body = {"@odata.type": f"microsoft.graph.{kind}", "displayName": kind}
        found[kind] = _ask(fake, "POST", "/places", body | ({"parentId": found[parent]} if parent else {}))[1]["id"]
    return found


def _with_applications(fake, names):
    """An application with roles and an extension property, what it is in the tenant, and who has its roles."""
    role = {
        "id": ROLE,
        "allowedMemberTypes": ["User", "Application"],
        "displayName": "Reader",
        "description": "Reads",
        "isEnabled": True,
        "value": "read",
    }
    made = _ask(fake, "POST", "/applications", {"displayName": "Wiki", "appRoles": [role]})[1]
    at = f"/applications/{made['id']}/extensionProperties"
    extension = _ask(fake, "POST", at, {"name": "badge", "dataType": "String", "targetObjects": ["User"]})[1]
    principal = _ask(fake, "POST", "/servicePrincipals", {"appId": made["appId"]})[1]["id"]
    found = {"application": made["id"], "extension": extension["id"], "principal": principal}
    for name, collection in (("user", "users"), ("group", "groups"), ("principal", "servicePrincipals")):
        key = {**names, **found}[name]
        body = {"principalId": key, "resourceId": principal, "appRoleId": ROLE}
        found[f"{name}_grant"] = _ask(fake, "POST", f"/{collection}/{key}/appRoleAssignments", body)[1]["id"]
    other = _ask(fake, "POST", "/applications", {"displayName": "Blog", "appRoles": [role]})[1]["appId"]
    third = _ask(fake, "POST", "/applications", {"displayName": "Chat"})[1]["appId"]
    other_principal = _ask(fake, "POST", "/servicePrincipals", {"appId": other})[1]["id"]
    return {**found, "other_principal": other_principal, "other_app": third}


def _reference(key):
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{key}"}


def _grant(principal, resource):
    return {"principalId": principal, "resourceId": resource, "appRoleId": ROLE}


def _user(name):
    return {
        "accountEnabled": True,
        "displayName": name,
        "mailNickname": name,
        "userPrincipalName": f"{name}@managed.example",
        "passwordProfile": {"password": "Correct-Horse-7"},
    }


def _ask(fake, method, path, body=None, **headers):
    sent = {"Authorization": "Bearer stand-in", "Content-Type": "application/json", **headers}
    content = b"" if body is None else json.dumps(body).encode()
    status, _, answer = fake.handle(method, f"https://graph.microsoft.com/v1.0{path}", sent, content)
    return status, json.loads(answer) if answer else None


def bodies(names):
    """What is sent to routes that write, by method and pattern."""
    licence = {"addLicenses": [{"skuId": names["sku_id"], "disabledPlans": []}], "removeLicenses": []}
    group = {"displayName": "New", "mailEnabled": False, "mailNickname": "new", "securityEnabled": True}
    assignment = {"principalId": names["boss"], "roleDefinitionId": HELPDESK, "directoryScopeId": "/"}
    return {
        "POST /users": _user("new"),
        "PATCH /users/{user}": {"jobTitle": "Singer"},
        "PUT /users/{user}/manager/$ref": _reference(names["boss"]),
        "POST /users/{user}/sponsors/$ref": _reference(names["boss"]),
        "POST /users/{user}/assignLicense": licence,
        "POST /groups": group,
        "PATCH /groups/{group}": {"description": "All of them"},
        "POST /groups/{group}/assignLicense": licence,
        "POST /groups/{group}/members/$ref": _reference(names["boss"]),
        "POST /groups/{group}/owners/$ref": _reference(names["contact_owner"]),
        "POST /roleManagement/directory/roleAssignments": assignment,
        "POST /directoryRoles": {"roleTemplateId": USER_ADMINISTRATOR},
        "POST /directoryRoles/{role}/members/$ref": _reference(names["boss"]),
        "POST /places": {"@odata.type": "microsoft.graph.room", "displayName": "Red", "parentId": names["floor"]},
        "PATCH /places/{place}": {"@odata.type": "microsoft.graph.room", "capacity": 6},
        "POST /directoryObjects/getByIds": {"ids": [names["user"]]},
        "POST /invitations": {"invitedUserEmailAddress": "eve@home.example", "inviteRedirectUrl": "https://x.example"},
        "POST /applications": {"displayName": "New"},
        "PATCH /applications/{application}": {"notes": "New"},
        "POST /applications/{application}/extensionProperties": {
            "name": "shift",
            "dataType": "Integer",
            "targetObjects": ["User", "Group"],
        },
        "POST /servicePrincipals": {"appId": names["other_app"]},
        "PATCH /servicePrincipals/{principal}": {"notes": "New"},
        "POST /users/{user}/appRoleAssignments": _grant(names["user"], names["other_principal"]),
        "POST /groups/{group}/appRoleAssignments": _grant(names["group"], names["other_principal"]),
        "POST /servicePrincipals/{principal}/appRoleAssignments": _grant(names["principal"], names["other_principal"]),
        "POST /servicePrincipals/{principal}/appRoleAssignedTo": _grant(names["boss"], names["principal"]),
        "getMemberGroups": {"securityEnabledOnly": False},
        "getMemberObjects": {"securityEnabledOnly": False},
        "checkMemberGroups": {"groupIds": [names["group"]]},
        "checkMemberObjects": {"ids": [names["group"]]},
    }


@pytest.mark.parametrize("route", ANSWERING, ids=lambda route: f"{route.method} {route.pattern}")
def test_every_route_leads_to_success(stocked, route):
    """With a body in the answer exactly where Microsoft says that there is one."""
    fake, start, names = stocked
    fake.restore(start)
    names = {**names, "contact_owner": fake.add_user()["id"]}
    if route.pattern.startswith("/directory/deletedItems/"):
        names["object"] = names["deleted"]
    if "{object}" in route.pattern and not route.pattern.startswith("/directory"):
        names["object"] = names[
            {"users": "user", "groups": "group", "contacts": "contact"}[route.pattern.split("/")[1]]
        ]
    kind = route.pattern.partition("/places/{place}/microsoft.graph.")[2].partition("/")[0]
    names["place"] = names["desk"] if route.method == "DELETE" else names.get(kind, names["place"])
    sent = bodies(names)
    body = sent.get(f"{route.method} {route.pattern}", sent.get(route.pattern.rpartition("/")[2]))
    if "appRole" in route.pattern:
        kind = {"users": "user", "groups": "group"}.get(route.pattern.split("/")[1], "principal")
        names["assignment"] = names[f"{kind}_grant"]
    eventual = {"ConsistencyLevel": "eventual"} if "$count" in route.pattern else {}
    status, answer = _ask(fake, route.method, route.pattern.format_map(names), body, **eventual)
    known = read_index().operations.get((route.method, shape(route.pattern)))
    has_body = (known is None or known.has_body) and f"{route.method} {route.pattern}" not in WITHOUT_A_BODY
    assert (status, answer is not None) == (route.success, has_body), answer


@pytest.mark.parametrize("route", ANSWERING, ids=lambda route: f"{route.method} {route.pattern}")
def test_every_status_of_success_is_microsofts(route):
    """As the slice of the document says, where it has the operation; beside it 204 stands for no body alone."""
    known = read_index().operations.get((route.method, shape(route.pattern)))
    told = _statuses().get((route.method, shape(route.pattern)), {route.success})
    assert route.success in told
    if known is not None and f"{route.method} {route.pattern}" not in WITHOUT_A_BODY:
        assert (route.success != 204) == known.has_body


@cache
def _statuses():
    """The statuses of success in the slice of Microsoft's document, by method and path."""
    text = Path(__file__).with_name("graph-slice.openapi.yaml").read_text("utf-8")
    paths = yaml.load(text.partition("\ncomponents:")[0], yaml.CSafeLoader)["paths"]
    return {
        (method.upper(), shape(path)): {int(code) for code in operation["responses"] if code[0] == "2"}
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters"
    }


@pytest.mark.parametrize("route", [each for each in ANSWERING if each.method == "GET"], ids=lambda route: route.pattern)
def test_what_microsoft_has_beyond_is_a_loud_501(stocked, route):
    """Every query option of Microsoft's that a route does not take, but for those that the service itself refuses."""
    fake, start, names = stocked
    fake.restore(start)
    known = read_index().operations.get((route.method, shape(route.pattern)))
    refused = {"$skip"} if "$deltatoken" not in route.options else {"$skip", *known.options}
    for option in sorted((known.options if known else set()) - route.options - refused):
        path = f"{route.pattern.format_map({**names, 'object': names['user']})}?{option}=1"
        assert (option, _ask(fake, "GET", path)[0]) == (option, 501)


def test_the_slice_tells_of_statuses():
    """Of what plans are made of, at least; a creation that is not 201 would be found."""
    assert _statuses()["POST", "/users"] == {201}
    assert len(_statuses()) > 60
