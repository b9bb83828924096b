"""Applications as objects of the directory, and the extension properties that they register.

Sources: Graph "List applications", "Create application", "Update application", "Delete application", "Create
extensionProperty"; "Application and service principal objects": an application takes its service principal along.
Credentials of applications are not here: ``fake.applications`` registers those that sign in. A
deleted application is gone at once, which is ours: Graph keeps it for 30 days.
"""

from __future__ import annotations

import re
from typing import Any

from o365prov.testing.fake_tenant.endpoints.applications.records import find, listed, rows_with, shown
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, PAGED, SEARCHED, Route
from o365prov.testing.fake_tenant.protocol.errors import Detail, GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest, alternate_key
from o365prov.testing.fake_tenant.rules.values import check_values, merged, raise_first
from o365prov.testing.fake_tenant.schema.application_types import APPLICATION, EXTENSION_PROPERTY
from o365prov.testing.fake_tenant.schema.extensions import DATA_TYPES, TARGETS, extension_name
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_KEYS = ("appId", "uniqueName")
_NAME = re.compile(r"[A-Za-z0-9_]{1,120}")


def _application(directory: Directory, request: GraphRequest) -> Record:
    return find(directory.app_objects, request.named["application"], _KEYS)


def _with_unique_name(directory: Directory, value: str) -> Record | None:
    return next((each for each in directory.app_objects if str(each.get("uniqueName")).lower() == value.lower()), None)


def _list(directory: Directory, request: GraphRequest) -> GraphReply:
    return listed(directory, request, APPLICATION, directory.app_objects.after)


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    return shown(request, APPLICATION, _application(directory, request))


def _create(directory: Directory, request: GraphRequest) -> GraphReply:
    return _created(directory, request, request.json_object(of="application"))


def _created(directory: Directory, request: GraphRequest, body: dict[str, Any]) -> GraphReply:
    raise_first(check_values(APPLICATION, body, creating=True))
    if not body.get("displayName"):
        raise _missing("displayName", "Application")
    default = next(name for name, domain in directory.domains.items() if domain["isDefault"])
    made = {
        "id": directory.new_id(),
        "appId": directory.new_id(),
        "createdDateTime": directory.now,
        "publisherDomain": default,
        "signInAudience": "AzureADMyOrg",
    }
    record = merged(APPLICATION, made, body)
    if record.get("uniqueName") and _with_unique_name(directory, record["uniqueName"]) is not None:
        raise GraphErrorResponse.conflict("uniqueName")
    directory.app_objects.put(record)
    return shown(request, APPLICATION, record, status=201)


def _update(directory: Directory, request: GraphRequest) -> GraphReply:
    name, value = alternate_key(request.named["application"]) or ("", "")
    if name == "uniqueName" and request.creates_missing and _with_unique_name(directory, value) is None:
        return _created(directory, request, {**request.json_object(of="application"), "uniqueName": value})
    record, body = _application(directory, request), request.json_object(of="application")
    raise_first(check_values(APPLICATION, body, creating=False))
    after = merged(APPLICATION, record, body)
    directory.app_objects.put(after)
    for principal in list(directory.service_principals):
        if principal["appId"] == after["appId"]:
            directory.service_principals.put({**principal, **of_application(after)})
    return GraphReply(204)


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    record = _application(directory, request)
    directory.app_objects.remove(record["id"])
    for item in [each for each in directory.extensions if each["application"] == record["id"]]:
        directory.extensions.remove(item["id"])
    for principal in [each for each in directory.service_principals if each["appId"] == record["appId"]]:
        directory.service_principals.remove(principal["id"])
        directory.forget_app_roles(principal["id"])
    return GraphReply(204)


def of_application(application: Record) -> Record:
    """What a service principal takes over from its application."""
    return {
        "displayName": application["displayName"],
        "appDisplayName": application["displayName"],
        "appRoles": application.get("appRoles", []),
        "signInAudience": application["signInAudience"],
    }


def _missing(name: str, resource: str) -> GraphErrorResponse:
    message = f"A value is required for property '{name}' of resource '{resource}'."
    return GraphErrorResponse.bad_request(message, Detail("MissingProperty", name, message))


# -- directory extension properties ------------------------------------------------------------------------------


def _list_extensions(directory: Directory, request: GraphRequest) -> GraphReply:
    key = _application(directory, request)["id"]
    rows = rows_with(directory.extensions, "application", key)
    return listed(directory, request, EXTENSION_PROPERTY, rows, f"applications('{key}')/extensionProperties")


def _extension(directory: Directory, request: GraphRequest) -> Record:
    found = find(directory.extensions, request.named["extension"])
    if found["application"] != _application(directory, request)["id"]:
        raise GraphErrorResponse.not_found(request.named["extension"])
    return found


def _read_extension(directory: Directory, request: GraphRequest) -> GraphReply:
    return shown(request, EXTENSION_PROPERTY, _extension(directory, request))


def _create_extension(directory: Directory, request: GraphRequest) -> GraphReply:
    application, body = _application(directory, request), request.json_object()
    raise_first(check_values(EXTENSION_PROPERTY, body, creating=True))
    _check_extension(body)
    record = {
        "id": directory.new_id(),
        "application": application["id"],
        "appDisplayName": application["displayName"],
        "isMultiValued": False,
        "isSyncedFromOnPremises": False,
        **body,
        "name": extension_name(application["appId"], body["name"]),
    }
    if any(each["name"].lower() == record["name"].lower() for each in directory.extensions):
        raise GraphErrorResponse.bad_request("An extension property exists with the name " + record["name"] + ".")
    directory.extensions.put(record)
    return shown(request, EXTENSION_PROPERTY, record, status=201)


def _check_extension(body: dict[str, Any]) -> None:
    for name in ("name", "dataType", "targetObjects"):
        if not body.get(name):
            raise _missing(name, "ExtensionProperty")
    if not _NAME.fullmatch(body["name"]):
        raise GraphErrorResponse.invalid_value("name", "ExtensionProperty", "letters, digits and _, at most 120")
    kind, is_multiple = body["dataType"], body.get("isMultiValued")
    if kind not in DATA_TYPES or (is_multiple and kind != "String") or not set(body["targetObjects"]).issubset(TARGETS):
        raise GraphErrorResponse.unsupported(
            f"the fake tenant's extension properties are of {', '.join(DATA_TYPES)}, for {' and '.join(TARGETS)}, and"
            " those of several values are of String"
        )


def _delete_extension(directory: Directory, request: GraphRequest) -> GraphReply:
    directory.extensions.remove(_extension(directory, request)["id"])
    return GraphReply(204)


_ONE = "/applications/{application}"
_EXTENSIONS = f"{_ONE}/extensionProperties"

ROUTES = (
    Route("GET", "/applications", _list, "List applications", SEARCHED, 2, "application-list"),
    Route("POST", "/applications", _create, "Create an application", source="application-post-applications"),
    Route("GET", _ONE, _read, "Read an application by id, appId or uniqueName", ENTITY, source="application-get"),
    Route("PATCH", _ONE, _update, "Update an application", source="application-update"),
    Route("DELETE", _ONE, _delete, "Delete an application", source="application-delete"),
    Route("GET", _EXTENSIONS, _list_extensions, "List the properties that an application added to users and groups",
          PAGED, source="application-list-extensionproperty"),
    Route("POST", _EXTENSIONS, _create_extension, "Add a property to users and groups",
          source="application-post-extensionproperty"),
    Route("GET", f"{_EXTENSIONS}/{{extension}}", _read_extension, "Read an added property", ENTITY,
          source="extensionproperty-get"),
    Route("DELETE", f"{_EXTENSIONS}/{{extension}}", _delete_extension, "Take an added property away",
          source="application-delete-extensionproperty"),
)  # fmt: skip
