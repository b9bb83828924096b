"""Checks of users: creating, reading, updating, deleting, restoring, querying."""

from __future__ import annotations

from collections.abc import Callable

from o365prov.testing.conformance.probe import Check, Force, Probe

_DEFAULT_SET = {
    "id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName",
}  # fmt: skip


def _create_answers_the_default_set(probe: Probe) -> None:
    body = probe.expect(probe.create_user(department="Music"), 201).body
    probe.that(body.keys() >= _DEFAULT_SET, f"missing {sorted(_DEFAULT_SET - body.keys())}")
    probe.that("department" not in body, "department came without $select")


def _create_requires(probe: Probe) -> None:
    for name in ("accountEnabled", "displayName", "mailNickname", "passwordProfile"):
        probe.expect(probe.create_user(**{name: ...}), 400)


def _names_are_unique(probe: Probe) -> None:
    user = probe.new_user()
    twin = probe.create_user(userPrincipalName=user["userPrincipalName"].upper(), mailNickname="o365prov-check-twin")
    probe.expect(twin, 400, "already exists", target="userPrincipalName")
    codes = {detail["code"] for detail in twin.error["details"]}
    probe.that("ObjectConflict" in codes, f"expected ObjectConflict, got {codes}")


def _domains_must_be_verified(probe: Probe) -> None:
    answer = probe.create_user(userPrincipalName="o365prov-check@nobody.invalid")
    probe.expect(answer, 400, "The domain portion of the userPrincipalName property is invalid")


def _update_answers_204(probe: Probe) -> None:
    user = probe.new_user()
    probe.expect(probe.ask("PATCH", f"/users/{user['id']}", {"jobTitle": "Singer"}), 204)
    probe.until(
        lambda: probe.ask("GET", f"/users/{user['id']}"),
        lambda answer: answer.status == 200 and answer.body["jobTitle"] == "Singer",
    )


def _null_clears(probe: Probe) -> None:
    user = probe.new_user(jobTitle="Singer")
    probe.expect(probe.ask("PATCH", f"/users/{user['id']}", {"jobTitle": None}), 204)
    probe.until(
        lambda: probe.ask("GET", f"/users/{user['id']}"),
        lambda answer: answer.status == 200 and answer.body["jobTitle"] is None,
    )


def _empty_strings_are_refused(probe: Probe) -> None:
    user = probe.new_user()
    answer = probe.ask("PATCH", f"/users/{user['id']}", {"officeLocation": ""})
    probe.expect(answer, 400, "Invalid value specified for property 'officeLocation' of resource 'User'.")


def _display_name_stays(probe: Probe) -> None:
    user = probe.new_user()
    probe.expect(probe.ask("PATCH", f"/users/{user['id']}", {"displayName": None}), 400)


def _employee_id_has_16_characters(probe: Probe) -> None:
    user = probe.new_user(employeeId="x" * 16)
    probe.expect(probe.ask("PATCH", f"/users/{user['id']}", {"employeeId": "x" * 17}), 400)


def _read_only_properties_are_refused(probe: Probe) -> None:
    user = probe.new_user()
    for name, value in (("onPremisesSyncEnabled", True), ("proxyAddresses", ["SMTP:x@nobody.invalid"])):
        probe.expect(probe.ask("PATCH", f"/users/{user['id']}", {name: value}), 400)


def _select_brings_the_rest(probe: Probe) -> None:
    user = probe.new_user(usageLocation="US")
    names = "accountEnabled,usageLocation,signInSessionsValidFromDateTime,assignedLicenses"
    body = probe.get(f"/users/{user['id']}?$select={names}").body
    probe.that(set(names.split(",")) <= body.keys(), f"got only {sorted(body)}")
    probe.that((body["accountEnabled"], body["usageLocation"]) == (False, "US"), "other values than were written")


def _unknown_properties_are_refused(probe: Probe) -> None:
    probe.expect(probe.ask("GET", "/users?$select=nonsense"), 400, "nonsense")
    user = probe.new_user()
    probe.expect(probe.ask("PATCH", f"/users/{user['id']}", {"job_title": "x"}), 400)


def _found_by_name(probe: Probe) -> None:
    user = probe.new_user()
    found = probe.get(f"/users/{user['userPrincipalName']}").body
    probe.that(found["id"] == user["id"], "another user came back")


def _missing_users_are_404(probe: Probe) -> None:
    answer = probe.ask("GET", f"/users/{probe.new_name()}")
    probe.expect(answer, 404)
    probe.that(answer.error.get("code") == "Request_ResourceNotFound", f"got {answer}")


def _errors_have_ids(probe: Probe) -> None:
    answer = probe.ask("GET", f"/users/{probe.new_name()}", client_request_id="5c7a1f4e-0000-4000-8000-000000000365")
    inner = answer.error.get("innerError") or answer.error.get("innererror") or {}
    probe.that(bool(inner.get("request-id")), "no request-id in innerError")
    probe.that(inner.get("client-request-id") == "5c7a1f4e-0000-4000-8000-000000000365", "the client's id is lost")


def _deleted_users_come_back(probe: Probe) -> None:
    user = probe.new_user()
    probe.expect(probe.ask("DELETE", f"/users/{user['id']}"), 204)
    probe.get(f"/directory/deletedItems/{user['id']}")
    probe.expect(probe.ask("POST", f"/directory/deletedItems/{user['id']}/restore"), 200)
    again = probe.get(f"/users/{user['id']}").body
    probe.that(again["userPrincipalName"] == user["userPrincipalName"], "the name is another one")


def _anchors_are_unique(probe: Probe) -> None:
    anchor = probe.new_name().partition("@")[0].replace("-", "")
    probe.new_user(onPremisesImmutableId=anchor)
    probe.expect(probe.create_user(onPremisesImmutableId=anchor), 400, "already exists")


def _revoking_moves_the_instant(probe: Probe) -> None:
    user = probe.new_user()
    path = f"/users/{user['id']}?$select=signInSessionsValidFromDateTime"
    before = probe.get(path).body["signInSessionsValidFromDateTime"]
    answer = probe.expect(probe.ask("POST", f"/users/{user['id']}/revokeSignInSessions"), 200)
    probe.that(answer.body.get("value") is True, "the answer is not true")
    after = probe.get(path).body["signInSessionsValidFromDateTime"]
    probe.that(after >= before, "the instant went backwards")


def _managers_are_references(probe: Probe) -> None:
    user, boss = probe.new_user(), probe.new_user()
    path = f"/users/{user['id']}/manager"
    body = {"@odata.id": f"{probe.base}/users/{boss['id']}"}
    probe.expect(probe.ask("PUT", f"{path}/$ref", body), 204)
    probe.that(probe.get(path).body["id"] == boss["id"], "another manager came back")
    expanded = probe.get(f"/users/{user['id']}?$expand=manager($select=id)").body
    probe.that(expanded["manager"]["id"] == boss["id"], "$expand shows another manager")
    probe.expect(probe.ask("DELETE", f"{path}/$ref"), 204)
    probe.until(lambda: probe.ask("GET", path), lambda answer: answer.status == 404)


def _filters_find(probe: Probe) -> None:
    user = probe.new_user()
    name = user["userPrincipalName"]

    def find(text: str) -> None:
        probe.until(
            lambda: probe.ask("GET", f"/users?$select=id&$filter={text}"),
            lambda answer: answer.status == 200 and [item["id"] for item in answer.value] == [user["id"]],
        )

    find(f"userPrincipalName eq '{name}'")
    find(f"startswith(userPrincipalName,'{name[:20]}')")


def _advanced_filters_need_more(probe: Probe) -> None:
    answer = probe.ask("GET", "/users?$filter=displayName ne 'x'")
    probe.expect(answer, 400)
    probe.that(answer.error.get("code") == "Request_UnsupportedQuery", f"got {answer}")
    more = probe.get("/users?$top=1&$count=true&$filter=displayName ne 'x'", ConsistencyLevel="eventual")
    probe.that("@odata.count" in more.body, "no @odata.count")


def _pages_hold_999(probe: Probe) -> None:
    probe.expect(probe.ask("GET", "/users?$top=1000"), 400, "Must be between 1 and 999 inclusive")
    probe.expect(probe.ask("GET", "/users?$top=999&$select=id"), 200)


def _pages_are_linked(probe: Probe) -> None:
    probe.new_user()
    probe.new_user()
    first = probe.get("/users?$top=1&$select=id")
    link = first.body.get("@odata.nextLink", "")
    probe.that(link.startswith(probe.base.partition("/v1.0")[0]), f"the link leads elsewhere: {link!r}")
    second = probe.get(link)
    probe.that(second.value[0]["id"] != first.value[0]["id"], "the second page repeats the first")


_LICENSES = "Microsoft Graph: user: assignLicense"


def _both_license_lists_are_needed(probe: Probe) -> None:
    user = probe.new_user()
    probe.expect(probe.ask("POST", f"/users/{user['id']}/assignLicense", {"addLicenses": []}), 400)


def _check(name: str, run: Callable[[Probe], None], *tags: str, source: str, force: Force = Force.DOCUMENTED) -> Check:
    return Check(name, run, frozenset({"users", *tags}), source, force)


_CREATE, _UPDATE, _READ = "Microsoft Graph: Create user", "Microsoft Graph: Update user", "Microsoft Graph: Get a user"

CHECKS: tuple[Check, ...] = (
    _check("create answers the default properties", _create_answers_the_default_set, "create", source=_CREATE),
    _check("create demands the required properties", _create_requires, "create", source=_CREATE),
    _check(
        "a taken name is ObjectConflict",
        _names_are_unique,
        "create",
        "unique",
        source="microsoft-graph-docs#1508",
        force=Force.OBSERVED,
    ),
    _check("the domain must be verified", _domains_must_be_verified, "create", source=_CREATE, force=Force.OBSERVED),
    _check(
        "a taken anchor is a conflict",
        _anchors_are_unique,
        "create",
        "unique",
        source="microsoft-graph-docs#1508",
        force=Force.OBSERVED,
    ),
    _check("update answers 204 and takes effect", _update_answers_204, "update", source=_UPDATE),
    _check("null clears", _null_clears, "update", source=_UPDATE),
    _check(
        "an empty string is refused",
        _empty_strings_are_refused,
        "update",
        source="msgraph-sdk-powershell#2087",
        force=Force.OBSERVED,
    ),
    _check("displayName can't be cleared", _display_name_stays, "update", source="Microsoft Graph: user resource type"),
    _check(
        "employeeId holds 16 characters",
        _employee_id_has_16_characters,
        "update",
        source="Microsoft Graph: user resource type",
    ),
    _check(
        "read-only properties are refused",
        _read_only_properties_are_refused,
        "update",
        source="Microsoft Graph: user resource type",
    ),
    _check("$select brings the other properties", _select_brings_the_rest, "read", source=_READ),
    _check("unknown properties are refused", _unknown_properties_are_refused, "read", "update", source=_READ),
    _check("a user is found by userPrincipalName", _found_by_name, "read", source=_READ),
    _check(
        "a missing user is 404", _missing_users_are_404, "read", "errors", source="Microsoft Graph: Error responses"
    ),
    _check("errors carry request ids", _errors_have_ids, "errors", source="Microsoft Graph: Error responses"),
    _check(
        "a deleted user can be restored",
        _deleted_users_come_back,
        "delete",
        source="Microsoft Graph: Restore deleted item",
    ),
    _check(
        "revokeSignInSessions moves the instant",
        _revoking_moves_the_instant,
        "sessions",
        source="Microsoft Graph: user: revokeSignInSessions",
    ),
    _check("a manager is a reference", _managers_are_references, "manager", source="Microsoft Graph: Assign manager"),
    _check("eq and startswith find a user", _filters_find, "query", source="Microsoft Graph: $filter"),
    _check(
        "ne needs ConsistencyLevel and $count",
        _advanced_filters_need_more,
        "query",
        source="Microsoft Graph: Advanced query capabilities",
    ),
    _check(
        "a page holds 999 at most", _pages_hold_999, "query", source="Microsoft Graph: List users", force=Force.OBSERVED
    ),
    _check("pages are linked", _pages_are_linked, "query", source="Microsoft Graph: Paging"),
    _check("assignLicense needs both lists", _both_license_lists_are_needed, "licenses", source=_LICENSES),
)
