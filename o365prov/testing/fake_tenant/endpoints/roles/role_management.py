"""Directory roles, the unified way: definitions, and who is assigned what.

A built-in role's definition id is its template id in every tenant. Source: Graph "unifiedRoleAssignment".
"""

from __future__ import annotations

from typing import Any

from o365prov.testing.fake_tenant.endpoints.licenses import chosen
from o365prov.testing.fake_tenant.endpoints.relations.references import referenced_object
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection
from o365prov.testing.fake_tenant.schema.object_types import ROLE_ASSIGNMENT, ROLE_DEFINITION
from o365prov.testing.fake_tenant.schema.role_templates import ROLE_TEMPLATES, RoleTemplate
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_BODY = frozenset({"principalId", "roleDefinitionId", "directoryScopeId"})


def assign_role(directory: Directory, principal_id: str, role_id: str, scope: str = "/") -> Record:
    """Give a user or group a role; 400 when it has it already."""
    if any(
        (item["principalId"], item["roleDefinitionId"], item["directoryScopeId"]) == (principal_id, role_id, scope)
        for item in directory.role_assignments
    ):
        raise GraphErrorResponse.conflicting_object()
    record = {
        "id": directory.new_id(),
        "principalId": principal_id,
        "roleDefinitionId": role_id,
        "directoryScopeId": scope,
    }
    directory.role_assignments.put(record)
    if all(role["roleTemplateId"] != role_id for role in directory.activated_roles):
        activate_role(directory, role_id)
    return record


def role_holder(directory: Directory, key: str) -> Record:
    """The user or group that may be given a role; 404, 400 or 501 for anything else."""
    kind, found = referenced_object(directory, key)
    if kind not in {"user", "group"}:
        raise GraphErrorResponse.not_found(key)
    if kind == "group" and not found.get("isAssignableToRole"):
        raise GraphErrorResponse.bad_request(
            "The group is not role-assignable; create it with isAssignableToRole: true."
        )
    return found


def activate_role(directory: Directory, template_id: str) -> Record:
    """Make the directory role of a template, as its first assignment does too."""
    name = ROLE_TEMPLATES[template_id].name
    role = {
        "id": directory.new_id(),
        "deletedDateTime": None,
        "description": f"The built-in role {name}.",
        "displayName": name,
        "roleTemplateId": template_id,
    }
    directory.activated_roles.put(role)
    return role


def _list(directory: Directory, request: GraphRequest) -> GraphReply:
    return collection(
        directory,
        request,
        ROLE_ASSIGNMENT,
        directory.role_assignments.after,
        _render(directory, request),
        "roleManagement/directory/roleAssignments",
    )


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    record = _assignment(directory, request.named["assignment"])
    context = f"{request.base}/$metadata#roleManagement/directory/roleAssignments/$entity"
    return GraphReply(200, {"@odata.context": context, **_render(directory, request)(record)})


def _render(directory: Directory, request: GraphRequest) -> Any:
    expand = request.option("$expand")
    if expand not in {None, "roleDefinition", "principal"}:
        raise GraphErrorResponse.unsupported(
            f"the fake tenant does not support $expand={expand} here; it supports roleDefinition or principal"
        )

    def render(record: Record) -> Record:
        shown = chosen(request, record)
        if expand == "roleDefinition":
            shown = {**shown, "roleDefinition": _definition(ROLE_TEMPLATES[record["roleDefinitionId"]])}
        if expand == "principal" and (found := directory.object(record["principalId"])) is not None:
            shown = {**shown, "principal": {"@odata.type": f"#microsoft.graph.{found[0]}", "id": found[1]["id"]}}
        return shown

    return render


def _create(directory: Directory, request: GraphRequest) -> GraphReply:
    body = request.json_object()
    unknown = set(body) - _BODY
    if unknown:
        raise GraphErrorResponse.unsupported(
            f"the fake tenant does not support '{min(unknown)}' in a role assignment;"
            f" it takes {', '.join(sorted(_BODY))}"
        )
    for name in sorted(_BODY):
        if not isinstance(body.get(name), str) or not body[name]:
            raise GraphErrorResponse.bad_request(
                f"A value is required for property '{name}' of resource 'RoleAssignment'."
            )
    role, principal = body["roleDefinitionId"].lower(), body["principalId"].lower()
    if role not in ROLE_TEMPLATES:
        raise GraphErrorResponse.not_found(role)
    if body["directoryScopeId"] != "/":
        raise GraphErrorResponse.unsupported("the fake tenant assigns roles at directoryScopeId '/' only")
    holder = role_holder(directory, principal)
    record = assign_role(directory, holder["id"], role)
    context = f"{request.base}/$metadata#roleManagement/directory/roleAssignments/$entity"
    return GraphReply(201, {"@odata.context": context, **record})


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    record = _assignment(directory, request.named["assignment"])
    directory.role_assignments.remove(record["id"])
    return GraphReply(204)


def _assignment(directory: Directory, key: str) -> Record:
    record = directory.role_assignments.get(key.lower())
    if record is None:
        raise GraphErrorResponse.not_found(key)
    return record


def _definition(role: RoleTemplate) -> Record:
    return {
        "id": role.id,
        "displayName": role.name,
        "description": f"The built-in role {role.name}.",
        "isBuiltIn": True,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "rolePermissions": [],
        "templateId": role.id,
        "version": "1",
    }


def _list_definitions(directory: Directory, request: GraphRequest) -> GraphReply:
    rows = [(index, _definition(role)) for index, role in enumerate(ROLE_TEMPLATES.values(), start=1)]
    return collection(
        directory,
        request,
        ROLE_DEFINITION,
        lambda position: rows[position:],
        lambda record: chosen(request, record),
        "roleManagement/directory/roleDefinitions",
    )


def _read_definition(_: Directory, request: GraphRequest) -> GraphReply:
    role = ROLE_TEMPLATES.get(request.named["definition"].lower())
    if role is None:
        raise GraphErrorResponse.not_found(request.named["definition"])
    context = f"{request.base}/$metadata#roleManagement/directory/roleDefinitions/$entity"
    return GraphReply(200, {"@odata.context": context, **chosen(request, _definition(role))})


_ROOT = "/roleManagement/directory"
_PAGES = frozenset({"$select", "$filter", "$top", "$skiptoken"})

ROUTES = (
    Route(
        "GET",
        f"{_ROOT}/roleAssignments",
        _list,
        "List role assignments",
        _PAGES | {"$expand"},
        source="rbacapplication-list-roleassignments",
    ),
    Route("POST", f"{_ROOT}/roleAssignments", _create, "Assign a role", source="rbacapplication-post-roleassignments"),
    Route(
        "GET",
        f"{_ROOT}/roleAssignments/{{assignment}}",
        _read,
        "Read a role assignment",
        ENTITY | {"$expand"},
        source="unifiedroleassignment-get",
    ),
    Route(
        "DELETE",
        f"{_ROOT}/roleAssignments/{{assignment}}",
        _delete,
        "Take a role away",
        source="unifiedroleassignment-delete",
    ),
    Route(
        "GET",
        f"{_ROOT}/roleDefinitions",
        _list_definitions,
        "List the roles there are",
        _PAGES,
        source="rbacapplication-list-roledefinitions",
    ),
    Route(
        "GET",
        f"{_ROOT}/roleDefinitions/{{definition}}",
        _read_definition,
        "Read a role",
        ENTITY,
        source="unifiedroledefinition-get",
    ),
)
