"""Checks of query options: counts, names, unknown properties, metadata."""

from __future__ import annotations

from collections.abc import Callable

from o365prov.testing.conformance.probe import Check, Force, Probe

_ADVANCED = "Microsoft Graph: Advanced query capabilities on Microsoft Entra ID objects"
_SEEN = "answers of a real tenant, captured in September 2026"


def _a_count_is_ignored(probe: Probe) -> None:
    answer = probe.get("/users?$count=true&$top=1")
    probe.that("@odata.count" not in answer.body, "there is an @odata.count without ConsistencyLevel")


def _a_bare_count_is_refused(probe: Probe) -> None:
    answer = probe.expect(probe.ask("GET", "/users/$count"), 400)
    probe.that(answer.error.get("code") == "Request_BadRequest", f"got {answer}")


def _advanced_properties_are_refused(probe: Probe) -> None:
    condition = "/users?$filter=onPremisesSamAccountName eq 'nobody'"
    answer = probe.expect(probe.ask("GET", condition), 400)
    probe.that(answer.error.get("code") == "Request_UnsupportedQuery", f"got {answer}")
    probe.get(f"{condition}&$count=true", ConsistencyLevel="eventual")


def _null_is_advanced(probe: Probe) -> None:
    condition = "/users?$filter=department eq null&$top=1"
    probe.expect(probe.ask("GET", condition), 400)
    probe.get(f"{condition}&$count=true", ConsistencyLevel="eventual")


def _few_properties_sort(probe: Probe) -> None:
    probe.get("/users?$orderby=displayName&$top=1")
    answer = probe.expect(probe.ask("GET", "/users?$orderby=department&$top=1"), 400)
    probe.that(answer.error.get("code") == "Request_UnsupportedQuery", f"got {answer}")


def _names_have_no_case(probe: Probe) -> None:
    probe.get("/users?$filter=DISPLAYNAME eq 'nobody'")


def _unknown_properties_are_passed_over(probe: Probe) -> None:
    user = probe.new_user()
    body = probe.get(f"/users/{user['id']}?$select=noSuchProperty").body
    probe.that(list(body) == ["@odata.context"], f"got {sorted(body)}")


def _metadata_can_be_left_out(probe: Probe) -> None:
    bare = probe.get("/users?$top=1&$select=id", Accept="application/json;odata.metadata=none").body
    probe.that("@odata.context" not in bare, "there is an @odata.context")
    full = probe.get("/users?$top=1&$select=id", Accept="application/json;odata.metadata=full").body
    probe.that(all("@odata.type" in user for user in full["value"]), "a user does not say its type")


def _check(name: str, run: Callable[[Probe], None], source: str, force: Force = Force.DOCUMENTED) -> Check:
    return Check(name, run, frozenset({"query"}), source, force)


CHECKS: tuple[Check, ...] = (
    _check("$count without ConsistencyLevel is ignored", _a_count_is_ignored, _ADVANCED),
    _check("/users/$count needs ConsistencyLevel", _a_bare_count_is_refused, _ADVANCED),
    _check("onPremisesSamAccountName needs an advanced query", _advanced_properties_are_refused, _ADVANCED),
    _check("eq null needs an advanced query", _null_is_advanced, _ADVANCED),
    _check("department does not sort", _few_properties_sort, _ADVANCED),
    _check("names in $filter have no case", _names_have_no_case, _SEEN, Force.OBSERVED),
    _check(
        "of one user unknown properties are passed over", _unknown_properties_are_passed_over, _SEEN, Force.OBSERVED
    ),
    _check("Accept decides about metadata", _metadata_can_be_left_out, "OData 4.01: JSON format"),
)
