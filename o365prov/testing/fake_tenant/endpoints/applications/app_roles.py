"""App-role assignments: which roles of an application users, groups and other applications have.

Sources: Graph "Grant an appRoleAssignment to a user", "... to a group", "... to a service principal", "Grant an
appRoleAssignment for a service principal", and the pages that list and delete them; "appRoleAssignment resource type"
for the role of zeros, which is the assignment to an application that has no roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from o365prov.testing.fake_tenant.endpoints.applications.records import find, listed, rows_with, shown
from o365prov.testing.fake_tenant.endpoints.applications.service_principals import service_principal
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, PAGED, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.rules.values import check_values, raise_first
from o365prov.testing.fake_tenant.schema.application_types import APP_ROLE_ASSIGNMENT
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

NO_ROLE = "00000000-0000-0000-0000-000000000000"
"""The role of an application that has none."""
_ENDS = {"appRoleAssignments": "principalId", "appRoleAssignedTo": "resourceId"}
"""Which end of an assignment the object in the path is."""


def _owner(directory: Directory, request: GraphRequest) -> Record:
    match request.named:
        case {"user": key}:
            return directory.user(key)
        case {"group": key}:
            return directory.group(key)
        case named:
            return service_principal(directory, named["principal"])


def _list(end: str, directory: Directory, request: GraphRequest) -> GraphReply:
    key = _owner(directory, request)["id"]
    rows = rows_with(directory.app_role_assignments, end, key)
    return listed(directory, request, APP_ROLE_ASSIGNMENT, rows, _context(request, key))


def _one(end: str, directory: Directory, request: GraphRequest) -> Record:
    found = find(directory.app_role_assignments, request.named["assignment"])
    if found[end] != _owner(directory, request)["id"]:
        raise GraphErrorResponse.not_found(request.named["assignment"])
    return found


def _read(end: str, directory: Directory, request: GraphRequest) -> GraphReply:
    record = _one(end, directory, request)
    return shown(request, APP_ROLE_ASSIGNMENT, record, collection_name=_context(request, record[end]))


def _delete(end: str, directory: Directory, request: GraphRequest) -> GraphReply:
    directory.app_role_assignments.remove(_one(end, directory, request)["id"])
    return GraphReply(204)


def _create(end: str, directory: Directory, request: GraphRequest) -> GraphReply:
    owner, body = _owner(directory, request), request.json_object()
    raise_first(check_values(APP_ROLE_ASSIGNMENT, body, creating=True))
    for name in ("principalId", "resourceId", "appRoleId"):
        if not body.get(name):
            raise GraphErrorResponse.bad_request(f"A value is required for property '{name}' of 'appRoleAssignment'.")
    if body[end].lower() != owner["id"]:
        raise GraphErrorResponse.bad_request(f"The {end} does not match the object that the address names.")
    resource = directory.service_principals.get(body["resourceId"].lower())
    kind, principal = _principal(directory, body["principalId"].lower())
    if resource is None or principal is None:
        raise GraphErrorResponse.not_found(body["principalId" if resource else "resourceId"])
    role = body["appRoleId"].lower()
    _check_role(resource, role, kind)
    record = {
        "id": directory.new_id(),
        "appRoleId": role,
        "createdDateTime": directory.now,
        "principalDisplayName": principal["displayName"],
        "principalId": principal["id"],
        "principalType": kind,
        "resourceDisplayName": resource["displayName"],
        "resourceId": resource["id"],
    }
    same = ("appRoleId", "principalId", "resourceId")
    if any(all(each[name] == record[name] for name in same) for each in directory.app_role_assignments):
        raise GraphErrorResponse.bad_request("Permission being assigned already exists on the object")
    directory.app_role_assignments.put(record)
    context = _context(request, owner["id"])
    return shown(request, APP_ROLE_ASSIGNMENT, record, status=201, collection_name=context)


def _principal(directory: Directory, key: str) -> tuple[str, Record | None]:
    if key in directory.users:
        return "User", directory.users.get(key)
    if key in directory.groups:
        return "Group", directory.groups.get(key)
    return "ServicePrincipal", directory.service_principals.get(key)


def _check_role(resource: Record, role: str, kind: str) -> None:
    roles = {each["id"].lower(): each for each in resource.get("appRoles", ())}
    if role == NO_ROLE and not roles and kind != "ServicePrincipal":
        return
    wanted = "Application" if kind == "ServicePrincipal" else "User"
    found = roles.get(role, {})
    if wanted not in found.get("allowedMemberTypes", ()) or not found.get("isEnabled"):
        raise GraphErrorResponse.bad_request(
            f"Permission being assigned was not found on application '{resource['appId']}'."
        )


def _context(request: GraphRequest, key: str) -> str:
    return f"{request.path[0]}('{key}')/{request.path[2]}"


def _routes(collection: str, one: str, name: str) -> Iterator[Route]:
    path, end = f"/{collection}/{{{one}}}/{name}", _ENDS[name]
    what = "granted to" if end == "principalId" else "granted for"
    page = f"{ {'principal': 'serviceprincipal'}.get(one, one) }-{{}}-{name.lower()}"
    label = {"principal": "service principal"}.get(one, one)
    yield Route("GET", path, partial(_list, end), f"List app roles {what} a {label}", PAGED, source=page.format("list"))
    yield Route("POST", path, partial(_create, end), f"Grant an app role: {what} a {label}", source=page.format("post"))
    at, deleted = f"{path}/{{assignment}}", page.format("delete")
    yield Route("GET", at, partial(_read, end), f"Read one that is {what} a {label}", ENTITY)
    yield Route("DELETE", at, partial(_delete, end), f"Take an app role away, {what} a {label}", source=deleted)


ROUTES = (
    *_routes("users", "user", "appRoleAssignments"),
    *_routes("groups", "group", "appRoleAssignments"),
    *_routes("servicePrincipals", "principal", "appRoleAssignments"),
    *_routes("servicePrincipals", "principal", "appRoleAssignedTo"),
)
