"""Checks of the rest of the directory: groups, domains, products, roles."""

from __future__ import annotations

from collections.abc import Callable

from o365prov.testing.conformance.probe import Check, Force, Probe, Skip

_GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"


def _one_domain_is_initial(probe: Probe) -> None:
    domains = probe.get("/domains").value
    initial = [item for item in domains if item["isInitial"]]
    probe.that(len(initial) == 1, f"{len(initial)} domains are initial")
    probe.that(initial[0]["isVerified"] and initial[0]["id"].endswith(".onmicrosoft.com"), "it is not onmicrosoft.com")
    probe.that(all(item["authenticationType"] in {"Managed", "Federated"} for item in domains), "another type")


def _there_is_one_organization(probe: Probe) -> None:
    (organization,) = probe.get("/organization").value
    names = {item["name"] for item in organization["verifiedDomains"]}
    probe.that(probe.domain in names, "the initial domain is not among verifiedDomains")


def _products_count_their_seats(probe: Probe) -> None:
    products = probe.get("/subscribedSkus").value
    if not products:
        raise Skip("the tenant has no products")
    for item in products:
        probe.that(isinstance(item["consumedUnits"], int), "consumedUnits is not a number")
        probe.that(isinstance(item["prepaidUnits"]["enabled"], int), "prepaidUnits.enabled is not a number")
        probe.that(bool(item["skuId"] and item["skuPartNumber"]), "a product has no name")


def _location_comes_before_a_licence(probe: Probe) -> None:
    products = [item for item in probe.get("/subscribedSkus").value if item["appliesTo"] == "User"]
    if not products:
        raise Skip("the tenant has no products for users")
    user = probe.new_user()
    body = {"addLicenses": [{"skuId": products[0]["skuId"], "disabledPlans": []}], "removeLicenses": []}
    answer = probe.ask("POST", f"/users/{user['id']}/assignLicense", body)
    probe.expect(answer, 400, "invalid usage location")


def _unknown_products_are_refused(probe: Probe) -> None:
    user = probe.new_user(usageLocation="US")
    body = {"addLicenses": [{"skuId": "00000000-0000-0000-0000-000000000365"}], "removeLicenses": []}
    probe.expect(probe.ask("POST", f"/users/{user['id']}/assignLicense", body), 400)


def _built_in_roles_keep_their_ids(probe: Probe) -> None:
    role = probe.get(f"/roleManagement/directory/roleDefinitions/{_GLOBAL_READER}").body
    probe.that((role["displayName"], role["templateId"]) == ("Global Reader", _GLOBAL_READER), f"it is {role}")


def _members_come_and_go(probe: Probe) -> None:
    group, user = probe.new_group(), probe.new_user()
    path = f"/groups/{group['id']}/members"
    body = {"@odata.id": f"{probe.base}/directoryObjects/{user['id']}"}
    probe.until(lambda: probe.ask("POST", f"{path}/$ref", body), lambda answer: answer.status == 204)
    probe.until(
        lambda: probe.ask("GET", path),
        lambda answer: answer.status == 200 and [item["id"] for item in answer.value] == [user["id"]],
    )
    again = probe.ask("POST", f"{path}/$ref", body)
    probe.expect(again, 400, "One or more added object references already exist")
    probe.expect(probe.ask("DELETE", f"{path}/{user['id']}/$ref"), 204)


def _twenty_members_a_request(probe: Probe) -> None:
    group, user = probe.new_group(), probe.new_user()
    many = [f"{probe.base}/directoryObjects/{user['id']}"] * 21
    probe.expect(probe.ask("PATCH", f"/groups/{group['id']}", {"members@odata.bind": many}), 400)


def _mail_enabled_security_groups_can_not_be_written(probe: Probe) -> None:
    body = {
        "displayName": "o365prov conformance check",
        "mailEnabled": True,
        "mailNickname": "o365prov-check",
        "securityEnabled": True,
    }
    probe.expect(probe.ask("POST", "/groups", body), 400)


def _check(name: str, run: Callable[[Probe], None], *tags: str, source: str, force: Force = Force.DOCUMENTED) -> Check:
    return Check(name, run, frozenset(tags), source, force)


CHECKS: tuple[Check, ...] = (
    _check("one domain is initial", _one_domain_is_initial, "domains", source="Microsoft Graph: domain resource type"),
    _check(
        "there is one organization", _there_is_one_organization, "organization", source="Microsoft Graph: organization"
    ),
    _check(
        "products count their seats", _products_count_their_seats, "licenses", source="Microsoft Graph: subscribedSku"
    ),
    _check(
        "usageLocation comes before a licence",
        _location_comes_before_a_licence,
        "licenses",
        source="Microsoft Graph: user: assignLicense",
    ),
    _check(
        "an unknown product is refused",
        _unknown_products_are_refused,
        "licenses",
        source="Microsoft Graph: user: assignLicense",
    ),
    _check(
        "built-in roles keep their ids",
        _built_in_roles_keep_their_ids,
        "roles",
        source="Microsoft Entra built-in roles",
    ),
    _check(
        "members come and go",
        _members_come_and_go,
        "groups",
        source="Microsoft Graph: Add members",
        force=Force.OBSERVED,
    ),
    _check("20 members a request", _twenty_members_a_request, "groups", source="Microsoft Graph: Add members"),
    _check(
        "mail-enabled security groups are read-only",
        _mail_enabled_security_groups_can_not_be_written,
        "groups",
        source="Microsoft Graph: groups overview",
    ),
)
