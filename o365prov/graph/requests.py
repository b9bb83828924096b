"""Every request that this package sends, built with msgraph-sdk's own request builders.

The SDK's builders know the addresses and how to escape what goes into them; bodies are plain JSON of ours, because the
SDK's models can neither clear a property nor send only what changed. *sdk* is always the SDK's ``GraphServiceClient``.

Source: Microsoft Graph REST v1.0: user-post-users, user-update, user-assignlicense, user-post-manager,
user-delete-manager, user-revokesigninsessions, user-list, user-delta.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, assert_never
from urllib.parse import quote

from attrs import evolve

from o365prov.errors import UsageError
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.messages import Request
from o365prov.graph.new_accounts import invitation_body, password_profile
from o365prov.planning import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    Invitation,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
)
from o365prov.profiles import ATTRIBUTES

PAGE = 999

MOST_CLAUSES = 15
"""How many values or clauses one filter takes."""

# Cleared with an empty list; null is refused.
COLLECTIONS = frozenset(row.graph for row in ATTRIBUTES.values() if row.graph and row.kind.is_list)

# What TenantUser's own fields and properties always need.
ALWAYS = (
    "id",
    "userPrincipalName",
    "accountEnabled",
    "onPremisesImmutableId",
    "onPremisesSyncEnabled",
    "assignedLicenses",
    "licenseAssignmentStates",
    "signInSessionsValidFromDateTime",
    "mail",
    "proxyAddresses",
)
# Derived from others, changed by Exchange, or by signing in and out: not a change of the account.
_NOT_WATCHED = frozenset({"licenseAssignmentStates", "signInSessionsValidFromDateTime", "proxyAddresses"})


def sdk_request(
    method: str,
    builder: Any,
    query: Mapping[str, str | list[str]] | None = None,
    body: Any = None,
    *,
    units: int = 1,
) -> Request:
    """A request to the address of the SDK's *builder*, relative to the root of Graph's version."""
    template = builder.url_template
    for name in query or {}:
        escaped = name.replace("$", "%24")
        if escaped not in template:  # the SDK's template of delta lacks $deltatoken
            template = template.replace("{?", f"{{?{escaped},")
    asked = tuple((name, tuple(asked) if isinstance(asked, list) else asked) for name, asked in (query or {}).items())
    path = builder.path_parameters
    url = _address(template, tuple(path), asked).format(*(quote(value, safe="$") for value in path.values()))
    return Request(method, url, body, units, 0 if method == "GET" else 1)


@lru_cache(maxsize=256)
def _address(template: str, path: tuple[str, ...], query: tuple[tuple[str, str | tuple[str, ...]], ...]) -> str:
    """The SDK's template with its query filled in, and a place for each value of the path, such as ``{0}``.

    It is kept, because filling in takes longer than all else here. Braces that are asked for are escaped.
    """
    from kiota_abstractions.method import Method  # noqa: PLC0415 - loaded with the connection, not with this module
    from kiota_abstractions.request_information import RequestInformation  # noqa: PLC0415

    places = {name: f"~{number}~" for number, name in enumerate(path)}
    information = RequestInformation(Method.GET, template, {**places, "baseurl": ""})
    for name, asked in query:
        information.query_parameters[name.replace("$", "%24")] = list(asked) if isinstance(asked, tuple) else asked
    url = information.url.replace("%24", "$")
    before, mark, asked_for = url.partition("?")
    for number in range(len(path)):
        before = before.replace(f"~{number}~", f"{{{number}}}", 1)
    return before + mark + asked_for


def organization(sdk: Any) -> Request:
    """The tenant's own id and name."""
    return sdk_request("GET", sdk.organization, {"$select": ["id", "displayName", "onPremisesSyncEnabled"]})


def domains(sdk: Any) -> Request:
    """The tenant's domains, all in one page."""
    return sdk_request("GET", sdk.domains)


def subscribed_skus(sdk: Any) -> Request:
    """The licences that the tenant has subscribed to."""
    return sdk_request("GET", sdk.subscribed_skus, units=3)


def literal(text: str) -> str:
    """A string in a filter.

    >>> literal("o'brien@corp.example")
    "'o''brien@corp.example'"
    """
    return f"'{text.replace(chr(39), 2 * chr(39))}'"


def one_of(name: str, values: Iterable[str]) -> str:
    """The filter for the objects whose property is one of *values*.

    >>> one_of("id", ["1", "2"])
    "id in ('1','2')"
    """
    return f"{name} in ({','.join(map(literal, values))})"


def _page(selected: list[str], where: str | None) -> dict[str, str | list[str]]:
    """The query of the first page of a collection; the next ones are at the links in Graph's responses."""
    query: dict[str, str | list[str]] = {"$select": selected, "$top": str(PAGE)}
    return query if where is None else {"$filter": where, **query}


def users(sdk: Any, properties: Iterable[str], *, managers: bool, where: str | None = None) -> Request:
    """The first page of all users, or of those for whom the filter *where* is true."""
    query = _page(selection(properties), where)
    if managers:
        query["$expand"] = "manager($select=id)"
    return sdk_request("GET", sdk.users, query, units=2 if managers else 1)


def users_with(sdk: Any, properties: Iterable[str]) -> Request:
    """The first page of all users with these properties and no others."""
    return sdk_request("GET", sdk.users, _page([*properties], None))


def deleted_users(sdk: Any, properties: Iterable[str], where: str | None = None) -> Request:
    """The first page of the users that can still be restored, or of those for whom the filter *where* is true."""
    return sdk_request("GET", sdk.directory.deleted_items.graph_user, _page(selection(properties), where))


def mail_groups(sdk: Any, where: str | None = None) -> Request:
    """The first page of the groups that have e-mail addresses, or of those for which the filter *where* is true."""
    return sdk_request("GET", sdk.groups, _page(_HOLDER, where or "mailEnabled eq true"))


def contacts(sdk: Any, where: str | None = None) -> Request:
    """The first page of the organization's contacts, or of those for which the filter *where* is true."""
    return sdk_request("GET", sdk.contacts, _page(_HOLDER, where))


def groups(sdk: Any) -> Request:
    """The first page of all groups."""
    return sdk_request("GET", sdk.groups, _page(_GROUP, None))


def group_members(sdk: Any, group_id: str) -> Request:
    """The first page of a group's direct members, of every kind."""
    return sdk_request("GET", sdk.groups.by_group_id(group_id).members, _page(["id"], None), units=2)


_GROUP = ["id", "displayName", "mail", "mailEnabled", "securityEnabled", "groupTypes", "onPremisesSyncEnabled"]
_GROUP += ["visibility", "description", "uniqueName", "isAssignableToRole", "assignedLicenses"]
_HOLDER = ["id", "displayName", "mail", "proxyAddresses"]


def roles(sdk: Any) -> Request:
    """The tenant's directory roles."""
    return sdk_request("GET", sdk.role_management.directory.role_definitions, {"$select": ["id", "displayName"]})


def role_assignments(sdk: Any, where: str | None = None) -> Request:
    """Which user has which directory role, or the assignments for which the filter *where* is true."""
    query: dict[str, str | list[str]] = {} if where is None else {"$filter": where}
    return sdk_request("GET", sdk.role_management.directory.role_assignments, {**query, "$select": _ROLE_ASSIGNMENT})


_ROLE_ASSIGNMENT = ["id", "principalId", "roleDefinitionId", "directoryScopeId"]


def delta_from_now(sdk: Any, properties: Iterable[str], *, managers: bool) -> Request:
    """A delta link of now, from which changes of *properties* can be asked for later."""
    mapped = tuple(properties)
    ignored = _NOT_WATCHED if "mail" in mapped else _NOT_WATCHED | {"mail"}
    watched = [name for name in selection(mapped) if name not in ignored]
    watched += ["manager"] if managers else []
    return sdk_request("GET", sdk.users.delta, {"$deltatoken": "latest", "$select": watched})


def tracking_from_now(sdk: Any, properties: Iterable[str], untracked: Collection[str], managers: bool) -> Request:
    """A delta link of now, from which every change can be asked for later, but for those of *untracked* properties."""
    tracked = [name for name in selection(properties) if name not in untracked]
    tracked += ["manager"] if managers else []
    return sdk_request("GET", sdk.users.delta, {"$deltatoken": "latest", "$select": tracked})


def one_user(sdk: Any, object_id: str, properties: Iterable[str]) -> Request:
    """One user by object id."""
    return sdk_request("GET", sdk.users.by_user_id(object_id), {"$select": selection(properties)})


def user_with_manager(sdk: Any, object_id: str) -> Request:
    """One user by object id, with the manager's id."""
    query: dict[str, str | list[str]] = {"$select": selection(()), "$expand": "manager($select=id)"}
    return sdk_request("GET", sdk.users.by_user_id(object_id), query, units=2)


def license_details(sdk: Any, key: str) -> Request:
    """The licences of one user, given an object id or username, with how far each service plan is."""
    query: dict[str, str | list[str]] = {"$select": ["skuId", "skuPartNumber", "servicePlans"]}
    return sdk_request("GET", sdk.users.by_user_id(key).license_details, query, units=2)


def users_where(sdk: Any, name: str, value: str) -> Request:
    """The users whose property *name* equals *value*, as an advanced query, which every property takes."""
    where: dict[str, str | list[str]] = {
        "$count": "true",
        "$filter": f"{name} eq {literal(value)}",
        "$select": _NAMES,
    }
    return evolve(sdk_request("GET", sdk.users, where), headers={"ConsistencyLevel": "eventual"})


def user_named(sdk: Any, username: str) -> Request:
    """One user by username."""
    return sdk_request("GET", sdk.users.by_user_id(username), {"$select": _NAMES})


_NAMES = ["id", "userPrincipalName", "displayName", "mailNickname", "onPremisesImmutableId"]


def selection(properties: Iterable[str]) -> list[str]:
    """What to select: what identifies a user, and for ``employeeOrgData.division`` the whole complex property.

    >>> selection(["employeeOrgData.division", "id"])[-1]
    'employeeOrgData'
    """
    roots = (name.split(".", 1)[0] for name in properties)
    return list(dict.fromkeys((*ALWAYS, *roots)))


def update_request(change: UpdateUser, sdk: Any) -> Request:
    """The PATCH of an update, or of a part of one."""
    after = {each.name: cleared(each.name) if each.after is None else each.after for each in change.properties}
    return sdk_request("PATCH", sdk.users.by_user_id(change.object_id), body=nested(after))


def change_requests(
    change: Change,
    sdk: Any,
    cloud: Cloud,
    *,
    object_id: str | None = None,
    manager_id: str | None = None,
    federated: bool = True,
    password: str | None = None,
) -> tuple[Request, ...]:
    """The requests of *change*: as many as it declares writes.

    Args:
        change: a change of a plan.
        sdk: msgraph-sdk's client.
        cloud: Microsoft's cloud in which the tenant is.
        object_id: the account's id, where the plan creates the account.
        manager_id: the manager's id, where the plan creates the manager's account.
        federated: whether a new account's domain is federated.
        password: a new account's first password; None for a random one.

    Raises:
        UsageError: the account's or the manager's id is missing.

    """
    match change:
        case CreateUser(invitation=Invitation() as invitation):
            return (sdk_request("POST", sdk.invitations, body=invitation_body(invitation, change.subject.name)),)
        case CreateUser():
            body = {**nested(change.properties), "passwordProfile": password_profile(password, federated=federated)}
            return (sdk_request("POST", sdk.users, body=body),)
        case RestoreUser():
            deleted = sdk.directory.deleted_items.by_directory_object_id(change.object_id)
            return (sdk_request("POST", deleted.restore),)
        case DeleteUser():
            return (sdk_request("DELETE", sdk.users.by_user_id(change.object_id)),)
        case GrantRole():
            principal = _required(change.object_id or object_id, change)
            body = {"principalId": principal, "roleDefinitionId": change.role_id, "directoryScopeId": "/"}
            return (sdk_request("POST", sdk.role_management.directory.role_assignments, body=body),)
        case RemoveRole():
            assignments = sdk.role_management.directory.role_assignments
            return (sdk_request("DELETE", assignments.by_unified_role_assignment_id(change.assignment_id)),)
        case LinkUser() | Remember():
            return ()
        case RemoveLicenses():
            body = {"addLicenses": [], "removeLicenses": [each.sku_id for each in change.remove]}
            return (sdk_request("POST", sdk.users.by_user_id(change.object_id).assign_license, body=body),)
        case UpdateUser():
            return (update_request(change, sdk),)
        case AssignLicenses():
            user = sdk.users.by_user_id(_required(change.object_id or object_id, change))
            add = [{"skuId": each.sku_id, "disabledPlans": list(each.disabled_plans)} for each in change.add]
            remove = [each.sku_id for each in change.remove]
            body = {"addLicenses": add, "removeLicenses": remove}
            return (sdk_request("POST", user.assign_license, body=body),)
        case SetManager():
            user = sdk.users.by_user_id(_required(change.object_id or object_id, change))
            manager = _required(change.manager_id or manager_id, change)
            return (sdk_request("PUT", user.manager.ref, body={"@odata.id": f"{cloud.root}/users/{manager}"}),)
        case RemoveManager():
            return (sdk_request("DELETE", sdk.users.by_user_id(change.object_id).manager.ref),)
        case RevokeSessions():
            return (sdk_request("POST", sdk.users.by_user_id(change.object_id).revoke_sign_in_sessions),)
        case EnableSignIn():
            return (sdk_request("PATCH", sdk.users.by_user_id(change.object_id), body={"accountEnabled": True}),)
        case BlockSignIn():
            return (sdk_request("PATCH", sdk.users.by_user_id(change.object_id), body={"accountEnabled": False}),)
        case _:
            assert_never(change)


def _required(object_id: str | None, change: Change) -> str:
    if object_id is None:
        raise UsageError(f"{change.kind}: the account's object id is not known yet: give object_id or manager_id")
    return object_id


def cleared(name: str) -> Any:
    """What clears a property: an empty list for collections, null for everything else."""
    return [] if name in COLLECTIONS else None


def nested(properties: Mapping[str, Any]) -> dict[str, Any]:
    """*properties* as JSON, with dotted names inside their complex properties.

    >>> nested({"city": "Oslo", "employeeOrgData.division": "North"})
    {'city': 'Oslo', 'employeeOrgData': {'division': 'North'}}
    """
    body: dict[str, Any] = {}
    for name, value in properties.items():
        *roots, leaf = name.split(".")
        place = body
        for root in roots:
            place = place.setdefault(root, {})
        place[leaf] = _json(value)
    return body


def _json(value: Any) -> Any:
    """*value* as JSON: a read-only mapping as an object, a tuple as a list, an instant as Graph writes it."""
    match value:
        case Mapping():
            return {str(name): _json(each) for name, each in value.items()}
        case list() | tuple() | frozenset():
            return [_json(each) for each in value]
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return value
