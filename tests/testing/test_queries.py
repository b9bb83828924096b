"""Query options: pages, filters, ordering, expansion, counts, and the odd spellings that Graph takes."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.query.filters import compile_filter
from o365prov.testing.fake_tenant.schema.object_types import USER


@pytest.fixture
def people(fake):
    """Seven users with a bit of variety."""
    for number, name in enumerate(("Ann", "Bob", "Cat", "Dan", "Eve", "Fay", "O'Hara")):
        fake.add_user(
            f"{name.lower()}@managed.example",
            displayName=name,
            department="Music" if number % 2 else "Art",
            accountEnabled=number != 3,
            otherMails=[f"{name[0].lower()}@home.example"],
            **({"jobTitle": "Singer"} if number < 2 else {}),
        )
    return fake


def _names(answer):
    return [user["displayName"] for user in answer.value]


def test_pages_are_linked_and_hold_everyone_once(graph, people):
    """$top sets the page, @odata.nextLink leads on, and the last page has none."""
    first = graph.get("/users?$select=displayName&$top=3")
    assert _names(first) == ["Ann", "Bob", "Cat"]
    assert [user["displayName"] for user in graph.all("/users?$select=displayName&$top=3")] == [
        user["displayName"] for user in people.users
    ]


def test_a_page_is_100_users_without_top(graph, fake):
    """The default page of /users."""
    for _ in range(101):
        fake.add_user()
    assert len(graph.get("/users").value) == 100
    assert len(graph.all("/users")) == 101


@pytest.mark.parametrize(
    "base", ["https://graph.microsoft.com/v1.0", "http://127.0.0.1:8080/v1.0", "http://graph.test"]
)
def test_links_start_with_the_clients_own_base(graph, people, base):
    """A client on loopback is not sent to Microsoft by a link."""
    answer = graph.get(f"{base}//users?$top=1")
    assert answer.body["@odata.nextLink"].startswith(f"{base}/users?")
    assert graph.get(answer.body["@odata.nextLink"]).status == 200


@pytest.mark.parametrize("top", ["0", "1000", "-1", "x"])
def test_a_page_holds_1_to_999(graph, top):
    """$top outside of it is refused with Graph's words."""
    answer = graph.get(f"/users?$top={top}")
    assert answer.error["message"] == f"Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."


def test_a_made_up_token_is_refused(graph, people):
    """$skiptoken must be one of ours."""
    assert graph.get("/users?$skiptoken=AAAA").status == 400


@pytest.mark.parametrize(
    ("option", "status"),
    [("$skip=5", 400), ("$apply=x", 400), ("nonsense=1", 400), ("$expand=memberOf&$skip=1", 400)],
)
def test_an_unsupported_option_is_refused_and_the_supported_ones_named(graph, option, status):
    """Nothing is ignored in silence; what Graph itself would take is 501."""
    answer = graph.get(f"/users?{option}")
    assert answer.status == status
    assert "$filter" in answer.error["message"]


@pytest.mark.parametrize(
    "condition",
    ["displayName eq ''", "displayName in ('Ann', '')", "startswith(displayName, '')", "otherMails/any(m:m eq '')"],
)
def test_an_empty_string_is_nothing_to_look_for(graph, people, condition):
    """As in a real tenant; what is null is found with null."""
    assert graph.eventual(f"/users?$filter={condition}").error["code"] == "Request_UnsupportedQuery"


@pytest.mark.parametrize("option", ["$filter=", "$select=", "$count=banana", "$format=xml"])
def test_an_option_without_a_sensible_value_is_refused(graph, people, option):
    """A filter that came out empty must not answer with everybody."""
    assert graph.get(f"/users?{option}").status == 400


def test_an_unknown_property_in_select_is_refused(graph):
    """With Graph's words and the property's name."""
    answer = graph.get("/users?$select=displayname,nonsense")
    assert "Could not find a property named 'nonsense' on type 'microsoft.graph.user'" in answer.error["message"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("displayName eq 'ann'", ["Ann"]),
        ("displayName eq 'O''Hara'", ["O'Hara"]),
        ("startswith(displayName,'b')", ["Bob"]),
        ("startsWith(displayName, 'B') or startsWith(displayName,'C')", ["Bob", "Cat"]),
        ("department eq 'Music' and accountEnabled eq true", ["Bob", "Fay"]),
        ("accountEnabled eq false", ["Dan"]),
        ("displayName in ('Ann','Eve')", ["Ann", "Eve"]),
        ("(displayName eq 'Ann' or displayName eq 'Bob') and department eq 'Art'", ["Ann"]),
        ("displayName eq 'Ann' or displayName eq 'Bob' and department eq 'Art'", ["Ann"]),
        ("otherMails/any(m:m eq 'C@home.example')", ["Cat"]),
        ("otherMails/any(m: startswith(m,'d@'))", ["Dan"]),
        ("userPrincipalName eq 'EVE@managed.example'", ["Eve"]),
        ("createdDateTime ge 2026-03-01T00:00:00Z and displayName eq 'Ann'", ["Ann"]),
        ("createdDateTime le 2026-02-28", []),
        ("DISPLAYNAME EQ 'ann' OR startsWith(DisplayName,'b')", ["Ann", "Bob"]),
        ("OtherMails/Any(m:m in ('c@home.example'))", ["Cat"]),
        ("otherMails/any(m:m eq 'a@home.example' or m eq 'b@home.example' and startswith(m,'b'))", ["Ann", "Bob"]),
        ("onPremisesImmutableId eq 'none'", []),
    ],
)
def test_filters(graph, people, text, names):
    """Basic filters work without further ado."""
    assert _names(graph.get(f"/users?$select=displayName&$filter={text}")) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("displayName ne 'Ann' and department eq 'Art'", ["Cat", "Eve", "O'Hara"]),
        ("not startswith(displayName,'A') and department eq 'Art'", ["Cat", "Eve", "O'Hara"]),
        ("not (displayName eq 'Ann' or department eq 'Music')", ["Cat", "Eve", "O'Hara"]),
        ("endswith(userPrincipalName,'HARA@managed.example')", ["O'Hara"]),
        ("jobTitle ne null", ["Ann", "Bob"]),
        ("jobTitle eq null and department eq 'Music'", ["Dan", "Fay"]),
        ("jobTitle in (null,'Singer') and department eq 'Art'", ["Ann", "Cat", "Eve", "O'Hara"]),
        ("otherMails/$count eq 1 and department eq 'Music'", ["Bob", "Dan", "Fay"]),
        ("assignedLicenses/$count ne 0", []),
        ("otherMails/any() and department eq 'Music'", ["Bob", "Dan", "Fay"]),
        ("not otherMails/any(m:endswith(m,'@home.example'))", []),
    ],
)
def test_advanced_filters_need_the_header_and_the_count(graph, people, text, names):
    """ne, not and endsWith are refused without ConsistencyLevel and $count, and counted with them."""
    path = f"/users?$select=displayName&$filter={text}"
    assert graph.get(path).error["code"] == "Request_UnsupportedQuery"
    assert graph.get(path, ConsistencyLevel="eventual").error["code"] == "Request_UnsupportedQuery"
    answer = graph.eventual(path)
    assert _names(answer) == names
    assert answer.body["@odata.count"] == len(names)


@pytest.mark.parametrize(
    "text",
    [
        "displayName", "displayName eq", "displayName eq Ann", "displayName eq 'Ann", "eq 'x'", "displayName is 'x'",
        "(displayName eq 'x'", "displayName eq 'x')", "nonsense eq 'x'", "startswith(displayName)",
        "otherMails/any(m:)",
        "accountEnabled eq 'true'", "displayName eq true", "createdDateTime ge 'soon'", "displayName eq 'a' and",
        "otherMails/all(m:m eq 'x')", "contains(displayName,'a')", "signInSessionsValidFromDateTime ge 2026-01-01",
        "nonsense/$count ne 0", "()", "not", "displayName in ()", "otherMails eq 'x'", "(" * 60,
    ],
)  # fmt: skip
def test_filters_that_are_none_or_not_supported_say_so(graph, people, text):
    """Syntax errors, unknown properties and unsupported operators are refused; none is ignored."""
    assert graph.get(f"/users?$filter={text}").status in {400, 501}


def test_in_takes_15_values_and_or_15_clauses(graph, people):
    """One more is refused."""
    values = [f"'{number}'" for number in range(16)]
    assert graph.get(f"/users?$filter=displayName in ({','.join(values[:15])})").status == 200
    assert graph.get(f"/users?$filter=displayName in ({','.join(values)})").status == 400
    clauses = [f"displayName eq {value}" for value in values]
    assert graph.get(f"/users?$filter={' or '.join(clauses[:15])}").status == 200
    assert "Max allowed: 15" in graph.get(f"/users?$filter={' or '.join(clauses)}").error["message"]


@pytest.mark.parametrize("text", ["not " * 60 + "displayName eq 'x'", "(" * 400 + "displayName eq 'x'" + ")" * 400])
def test_a_filter_can_be_too_deep_or_not_but_never_breaks(graph, people, text):
    """Many negations are refused; parentheses that change nothing are not."""
    assert graph.eventual(f"/users?$filter={text}").status == (400 if text.startswith("not") else 200)


def test_a_count_without_the_header_is_ignored(graph, people):
    """$count=true without ConsistencyLevel gives the page, and no number."""
    answer = graph.get("/users?$count=true&$top=2")
    assert (answer.status, len(answer.value), "@odata.count" in answer.body) == (200, 2, False)
    assert graph.eventual("/users?$top=2").body["@odata.count"] == 7


def test_of_one_user_unknown_properties_are_passed_over(graph, people):
    """As in a real tenant, 200 with nothing but the context; a known one beside it is answered."""
    path = "/users/ann@managed.example?$select="
    assert list(graph.get(f"{path}noSuchProperty").body) == ["@odata.context"]
    assert graph.get(f"{path}noSuchProperty,displayname").body["displayName"] == "Ann"
    assert graph.get(f"{path}signInActivity").status == 501


def test_default_properties_are_those_of_a_real_tenant(graph, people):
    """What a real tenant answered without $select, of a user and of a group."""
    user = graph.get("/users/ann@managed.example").body
    assert sorted(user.keys() - {"@odata.context"}) == sorted(
        "businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname"
        " userPrincipalName".split()
    )
    group = graph.get(f"/groups/{people.add_group('Band')['id']}").body
    assert (
        sorted(group.keys() - {"@odata.context"})
        == (
            "classification createdDateTime creationOptions deletedDateTime description displayName expirationDateTime"
            " groupTypes id infoCatalogs isAssignableToRole mail mailEnabled mailNickname membershipRule"
            " membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName"
            " onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled"
            " preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions"
            " resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors theme uniqueName"
            " visibility"
        ).split()
    )


@pytest.mark.parametrize(
    "path", ["/users?$select=id,otherMails&$top=1&$orderby=displayName", "/users/ann@managed.example"]
)
def test_metadata_is_as_much_as_the_accept_header_asks_for(graph, people, path):
    """None leaves paging links alone, full adds types and addresses; the Content-Type says which it is."""
    usual, bare, full = (
        graph.get(path, Accept=f"application/json{level}")
        for level in ("", ";odata.metadata=none", "; odata.metadata=full")
    )
    levels = [answer.headers["content-type"].split(";")[1] for answer in (usual, bare, full)]
    assert levels == ["odata.metadata=minimal", "odata.metadata=none", "odata.metadata=full"]
    assert set(usual.body) - set(bare.body) == {"@odata.context"}
    shown = full.body.get("value", [full.body])[0]
    assert shown["@odata.type"] == "#microsoft.graph.user"
    assert shown["id"] in shown["@odata.id"]
    assert shown.get("otherMails@odata.type", "#Collection(String)") == "#Collection(String)"
    assert {key: value for key, value in shown.items() if "@" not in key} == {
        key: value for key, value in usual.body.get("value", [usual.body])[0].items() if "@" not in key
    }


def test_groups_whose_members_have_licence_errors_are_found(graph, fake):
    """The one property that can be filtered on and is never shown."""
    users = [fake.add_user(usageLocation="US")["id"] for _ in range(3)]
    group = fake.add_group("E3 people", members=users, licenses=["SPE_E3"])
    fake.add_group("Others")
    found = graph.get("/groups?$filter=hasMembersWithLicenseErrors eq true").value
    assert [each["id"] for each in found] == [group["id"]]


@given(st.text("()'eqnotandrx ,:/", max_size=40))
def test_any_text_is_a_filter_or_a_refusal(text):
    """The parser never fails in any other way."""
    try:
        assert callable(compile_filter(text, USER, is_eventual=True))
    except GraphErrorResponse as refusal:
        assert refusal.status in {400, 501}  # noqa: PT017 - refusing is one of the two right outcomes


@given(st.text(min_size=1, max_size=20))
def test_a_quoted_text_is_found_again(text):
    """Whatever is in a value, doubling its quotes finds it."""
    quoted = text.replace("'", "''")
    matches = compile_filter(f"displayName eq '{quoted}'", USER, is_eventual=False)
    assert matches({"displayName": text})
    assert not matches({"displayName": text + "x"})


@pytest.fixture
def titled(fake):
    """Groups with names of several words."""
    for name, description in (
        ("One Video", "For the stage"), ("OneDrive", None), ("hello-world", None), ("Room 123abc", "One more room"),
    ):  # fmt: skip
        fake.add_group(name, description=description, mail=f"{name.split()[0].lower()}@managed.example")
    return fake


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('"displayName:one"', ["One Video", "OneDrive"]),
        ('"displayName:VIDEO one"', ["One Video"]),
        ('"displayName:Drive"', ["OneDrive"]),
        ('"displayName:helloworld"', ["hello-world"]),
        ('"displayName:world"', ["hello-world"]),
        ('"displayName:123"', ["Room 123abc"]),
        ('"displayName:abc"', ["Room 123abc"]),
        ('"displayName:rive"', []),
        ('"description:one" OR "displayName:video"', ["One Video", "Room 123abc"]),
        ('"description:the" AND ("displayName:drive" OR "displayName:video")', ["One Video"]),
        ('"mail:ONED"', ["OneDrive"]),
        ('"mail:drive"', []),
    ],
)
def test_groups_are_searched(graph, titled, text, names):
    """Words of names and descriptions, in any order and case; of other strings the beginning."""
    found = graph.get(f"/groups?$search={quote(text)}&$select=displayName", ConsistencyLevel="eventual")
    assert _names(found) == names


def test_a_search_needs_the_header_and_goes_with_a_filter(graph, titled):
    """But it does not need $count; the count is there if asked for."""
    path = f"/groups?$search={quote(chr(34) + 'displayName:one' + chr(34))}"
    assert graph.get(path).error["message"].startswith("Request with $search query parameter only works")
    both = graph.eventual(f"{path}&$filter=startswith(displayName,'OneD')")
    assert (_names(both), both.body["@odata.count"]) == (["OneDrive"], 1)


@pytest.mark.parametrize(
    "text",
    ["displayName:one", '"one"', '"nonsense:one"', '"displayName:"', '"a:b" or "c:d"', '("displayName:x"', '"id:x"'],
)
def test_searches_that_are_none_are_refused(graph, titled, text):
    """Quotes, property and capitals are part of the syntax, and not every property can be searched."""
    assert graph.get(f"/groups?$search={quote(text)}", ConsistencyLevel="eventual").status == 400


def test_ordering(graph, people):
    """$orderby sorts either way; with $filter it is an advanced query."""
    assert _names(graph.get("/users?$orderby=displayName desc&$top=2")) == ["O'Hara", "Fay"]
    assert len(graph.all("/users?$orderby=displayName desc&$top=2")) == 7
    both = "/users?$orderby=displayName&$filter=department eq 'Art'"
    assert graph.get(both).error["message"] == "Sorting not supported for current query."
    assert _names(graph.eventual(both)) == ["Ann", "Cat", "Eve", "O'Hara"]


def test_managers_are_expanded(graph, people):
    """$expand=manager puts the manager into the user; who has none has no such member."""
    boss = people.user("ann@managed.example")["id"]
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{boss}"}
    graph("PUT", "/users/bob@managed.example/manager/$ref", body)
    one = graph.get("/users/bob@managed.example?$select=id&$expand=manager($select=id,displayName)").body
    assert one["manager"] == {"@odata.type": "#microsoft.graph.user", "id": boss, "displayName": "Ann"}
    listed = graph.get("/users?$select=displayName&$expand=manager($select=id)").value
    assert [user["displayName"] for user in listed if "manager" in user] == ["Bob"]
    assert graph.get("/users?$expand=licenseDetails").status == 501


def test_managers_of_managers_are_expanded(graph, people):
    """$levels goes up as far as asked, in an advanced query, for a single user; a circle ends."""
    names = ("bob", "cat", "dan")
    for name, above in zip(names, ("cat", "dan", "bob"), strict=True):
        body = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{people.user(f'{above}@managed.example')['id']}"}
        graph("PUT", f"/users/{name}@managed.example/manager/$ref", body)
    path = "/users/bob@managed.example?$select=displayName&$expand=manager($levels={};$select=displayName)"
    shown = graph.eventual(path.format("max")).body
    assert shown["manager"]["displayName"] == "Cat"
    assert shown["manager"]["manager"]["displayName"] == "Dan"
    assert "manager" not in shown["manager"]["manager"]
    assert "manager" not in graph.eventual(path.format(1)).body["manager"]
    assert graph.get(path.format("max")).error["code"] == "Request_UnsupportedQuery"
    assert graph.eventual("/users?$expand=manager($levels=max)").error["code"] == "Request_UnsupportedQuery"


@pytest.mark.parametrize(
    "path",
    [
        "//users", "/users/", "/Users", "/users?select=id", "/users?%24select=id", "/users?$select=id%2CdisplayName",
        "/users/ann%40managed.example", "/users('ann@managed.example')", "/users/ann@managed.example/?$select=id",
        "/users/delta()", "/users/microsoft.graph.delta()", "/users/delta", "/users?$filter=displayName+eq+'Ann'",
    ],
)  # fmt: skip
def test_odd_but_real_spellings(odd_graph, people, path):
    """Double slashes, casts, keys in parentheses, options without the dollar sign and plus signs are taken."""
    assert odd_graph.get(path).status == 200


def test_a_content_type_on_a_get_does_no_harm(graph, people):
    """Some SDKs send one."""
    assert graph.get("/users", content_type="application/json").status == 200


def test_types_in_bodies_do_no_harm(graph):
    """Kiota's SDKs put @odata.type into every object."""
    body = {"@odata.type": "#microsoft.graph.passwordProfile", "password": "Correct-Horse-7"}
    assert (
        graph.create("a@managed.example", passwordProfile=body, **{"@odata.type": "#microsoft.graph.user"}).status
        == 201
    )


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff"])
def test_bodies_that_are_no_json_object_are_refused(graph, body):
    """An empty, damaged or other body is 400."""
    assert graph("POST", "/users", body).status == 400


def test_a_body_needs_its_content_type(graph):
    """JSON that is not announced is not read."""
    assert graph("POST", "/users", b"{}", content_type="text/plain").status == 400


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "https://graph.microsoft.com/beta/users"),
        ("GET", "/nonsense"),
        ("GET", "/users/x/messages"),
        ("DELETE", "/users"),
        ("HEAD", "/users"),
        ("GET", "/"),
    ],
)
def test_what_is_not_supported_is_a_loud_501(graph, method, address):
    """An unknown route or method names what there is."""
    answer = graph(method, address)
    assert (answer.status, answer.error["code"]) == (501, "NotSupportedByFakeTenant")
    assert "fake tenant" in answer.error["message"]


def test_bodies_may_be_compressed(graph, fake):
    """Some SDKs gzip what they send; a body that is none, or of another kind, is refused."""
    user = fake.add_user("a@managed.example")
    path = f"https://graph.microsoft.com/v1.0/users/{user['id']}"
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json", "Content-Encoding": "gzip"}
    secret = b'{"jobTitle":"Singer","passwordProfile":{"password":"Nine-Lives-9"}}'
    assert fake.handle("PATCH", path, headers, gzip.compress(secret))[0] == 204
    assert fake.user(user["id"])["jobTitle"] == "Singer"
    assert b"Nine-Lives-9" not in fake.requests[-1].content
    assert fake.handle("PATCH", path, headers, b'{"jobTitle":"x"}')[0] == 400
    assert fake.handle("PATCH", path, headers, gzip.compress(secret)[:-9])[0] == 400
    assert fake.handle("PATCH", path, {**headers, "Content-Encoding": "br"}, b"x")[0] == 415


def test_a_bare_count_is_text(people):
    """/users/$count is a number, and needs ConsistencyLevel."""
    address = "https://graph.microsoft.com/v1.0/users/$count?$filter=department eq 'Music'"
    token = {"Authorization": "Bearer x"}
    status, headers, body = people.handle("GET", address, {**token, "ConsistencyLevel": "eventual"}, b"")
    assert (status, headers["Content-Type"], body) == (200, "text/plain", b"3")
    status, _, refused = people.handle("GET", address, token, b"")
    assert (status, json.loads(refused)["error"]["code"]) == (400, "Request_BadRequest")


@pytest.mark.parametrize(
    ("expand", "status"),
    [
        ("manager($select=displayName;$levels=max)", 200),
        ("manager($levels=1;$select=displayName)", 200),
        ("manager($levels=max;$levels=1)", 501),
        ("manager($top=1)", 501),
        ("manager($levels=0)", 501),
        ("directReports($levels=1)", 501),
        ("directReports,manager", 501),
    ],
)
def test_options_of_an_expanded_manager_stand_in_any_order(graph, fake, expand, status):
    """What Graph has beyond them is said to be missing."""
    boss = fake.add_user(displayName="Boss")
    user = fake.add_user(manager=boss["id"])
    answer = graph("GET", f"/users/{user['id']}?$expand={expand}&$count=true", ConsistencyLevel="eventual")
    assert answer.status == status
    assert status == 501 or answer.body["manager"]["displayName"] == "Boss"


def test_sorting_by_two_properties_is_said_to_be_missing(graph):
    """It is not the name of a property."""
    assert graph.get("/users?$orderby=displayName,userPrincipalName").status == 501
