"""Service principals: what an application is in this tenant, whose roles are assigned.

Sources: Graph "List servicePrincipals", "Create servicePrincipal", "Update servicePrincipal", "Delete
servicePrincipal".
"""

from __future__ import annotations

from o365prov.testing.fake_tenant.endpoints.applications.applications import of_application
from o365prov.testing.fake_tenant.endpoints.applications.records import find, listed, shown
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, SEARCHED, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.rules.values import check_values, merged, raise_first
from o365prov.testing.fake_tenant.schema.application_types import SERVICE_PRINCIPAL
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record


def service_principal(directory: Directory, key: str) -> Record:
    """The service principal with this id or appId; 404 without one."""
    return find(directory.service_principals, key, ("appId",))


def _one(directory: Directory, request: GraphRequest) -> Record:
    return service_principal(directory, request.named["principal"])


def _list(directory: Directory, request: GraphRequest) -> GraphReply:
    return listed(directory, request, SERVICE_PRINCIPAL, directory.service_principals.after)


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    return shown(request, SERVICE_PRINCIPAL, _one(directory, request))


def _create(directory: Directory, request: GraphRequest) -> GraphReply:
    body = request.json_object(of="servicePrincipal")
    raise_first(check_values(SERVICE_PRINCIPAL, body, creating=True))
    app_id = str(body.get("appId", "")).lower()
    application = next((each for each in directory.app_objects if each["appId"] == app_id), None)
    if application is None:
        raise GraphErrorResponse.bad_request(
            f"The appId '{app_id}' of the service principal does not reference a valid application object."
        )
    if any(each["appId"] == app_id for each in directory.service_principals):
        raise GraphErrorResponse(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created, updated, or restored because the service principal name"
            f" {app_id} is already in use.",
        )
    made = {
        "id": directory.new_id(),
        "accountEnabled": True,
        "appOwnerOrganizationId": directory.tenant_id,
        "appRoleAssignmentRequired": False,
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        **of_application(application),
    }
    record = merged(SERVICE_PRINCIPAL, made, {**body, "appId": app_id})
    directory.service_principals.put(record)
    return shown(request, SERVICE_PRINCIPAL, record, status=201)


def _update(directory: Directory, request: GraphRequest) -> GraphReply:
    record, body = _one(directory, request), request.json_object(of="servicePrincipal")
    raise_first(check_values(SERVICE_PRINCIPAL, body, creating=False))
    directory.service_principals.put(merged(SERVICE_PRINCIPAL, record, body))
    return GraphReply(204)


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    key = _one(directory, request)["id"]
    directory.service_principals.remove(key)
    directory.forget_app_roles(key)
    return GraphReply(204)


_ONE = "/servicePrincipals/{principal}"

ROUTES = (
    Route("GET", "/servicePrincipals", _list, "List service principals", SEARCHED, 2, "serviceprincipal-list"),
    Route("POST", "/servicePrincipals", _create, "Create a service principal of an application",
          source="serviceprincipal-post-serviceprincipals"),
    Route("GET", _ONE, _read, "Read a service principal by id or appId", ENTITY, source="serviceprincipal-get"),
    Route("PATCH", _ONE, _update, "Update a service principal", source="serviceprincipal-update"),
    Route("DELETE", _ONE, _delete, "Delete a service principal", source="serviceprincipal-delete"),
)  # fmt: skip
