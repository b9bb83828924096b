"""Directory roles, the older way: activated from templates, with members.

The same assignments as in unified role management, seen from the role (Graph "directoryRole").
"""

from __future__ import annotations

from o365prov.testing.fake_tenant.endpoints.licenses import chosen
from o365prov.testing.fake_tenant.endpoints.relations.memberships import MIXED, mixed
from o365prov.testing.fake_tenant.endpoints.relations.references import referenced_id
from o365prov.testing.fake_tenant.endpoints.roles.role_management import activate_role, assign_role, role_holder
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.filters import compile_filter
from o365prov.testing.fake_tenant.schema.object_types import DIRECTORY_ROLE
from o365prov.testing.fake_tenant.schema.role_templates import ROLE_TEMPLATES, RoleTemplate
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_BY_TEMPLATE = "roletemplateid="


def _list(directory: Directory, request: GraphRequest) -> GraphReply:
    text = request.option("$filter")
    is_wanted = compile_filter(text, DIRECTORY_ROLE, is_eventual=False) if text else None
    value = [chosen(request, role) for role in directory.activated_roles if is_wanted is None or is_wanted(role)]
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#directoryRoles", "value": value})


def _activate(directory: Directory, request: GraphRequest) -> GraphReply:
    body = request.json_object()
    template = ROLE_TEMPLATES.get(str(body.get("roleTemplateId")).lower())
    if template is None or set(body) != {"roleTemplateId"}:
        raise GraphErrorResponse.bad_request(
            'A body of the form {"roleTemplateId": "..."} with the id of a built-in role is needed.'
        )
    if any(role["roleTemplateId"] == template.id for role in directory.activated_roles):
        raise GraphErrorResponse.conflicting_object()
    role = activate_role(directory, template.id)
    return GraphReply(201, {"@odata.context": f"{request.base}/$metadata#directoryRoles/$entity", **role})


def _role(directory: Directory, request: GraphRequest) -> Record:
    key = request.named["role"].lower()
    if key.startswith(_BY_TEMPLATE):
        template = key.removeprefix(_BY_TEMPLATE).strip("'")
        found = next((role for role in directory.activated_roles if role["roleTemplateId"] == template), None)
    else:
        found = directory.activated_roles.get(key)
    if found is None:
        raise GraphErrorResponse.not_found(request.named["role"])
    return found


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    role = chosen(request, _role(directory, request))
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#directoryRoles/$entity", **role})


def _members(directory: Directory, request: GraphRequest) -> GraphReply:
    role = _role(directory, request)
    found = [
        (number, *present)
        for number, item in directory.role_assignments.after(0)
        if item["roleDefinitionId"] == role["roleTemplateId"]
        and (present := directory.object(item["principalId"])) is not None
    ]
    return mixed(directory, request, found)


def _add(directory: Directory, request: GraphRequest) -> GraphReply:
    role = _role(directory, request)
    found = role_holder(directory, referenced_id(request.json_object()))
    if any(
        (item["principalId"], item["roleDefinitionId"]) == (found["id"], role["roleTemplateId"])
        for item in directory.role_assignments
    ):
        raise GraphErrorResponse.already_there("members")
    assign_role(directory, found["id"], role["roleTemplateId"])
    return GraphReply(204)


def _remove(directory: Directory, request: GraphRequest) -> GraphReply:
    role, member = _role(directory, request), request.named["member"].lower()
    for item in list(directory.role_assignments):
        if (item["principalId"], item["roleDefinitionId"]) == (member, role["roleTemplateId"]):
            directory.role_assignments.remove(item["id"])
            return GraphReply(204)
    raise GraphErrorResponse.not_found(member)


def _template(role: RoleTemplate) -> Record:
    return {
        "id": role.id,
        "deletedDateTime": None,
        "description": f"The built-in role {role.name}.",
        "displayName": role.name,
    }


def _list_templates(_: Directory, request: GraphRequest) -> GraphReply:
    value = [chosen(request, _template(role)) for role in ROLE_TEMPLATES.values()]
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#directoryRoleTemplates", "value": value})


def _read_template(_: Directory, request: GraphRequest) -> GraphReply:
    role = ROLE_TEMPLATES.get(request.named["template"].lower())
    if role is None:
        raise GraphErrorResponse.not_found(request.named["template"])
    context = f"{request.base}/$metadata#directoryRoleTemplates/$entity"
    return GraphReply(200, {"@odata.context": context, **chosen(request, _template(role))})


_ONE = "/directoryRoles/{role}"

ROUTES = (
    Route("GET", "/directoryRoles", _list, "List activated roles", ENTITY | {"$filter"}, source="directoryrole-list"),
    Route(
        "POST",
        "/directoryRoles",
        _activate,
        "Activate a role from its template",
        source="directoryrole-post-directoryroles",
    ),
    Route("GET", _ONE, _read, "Read an activated role by id or roleTemplateId", ENTITY, source="directoryrole-get"),
    Route("GET", f"{_ONE}/members", _members, "List who holds a role", MIXED, source="directoryrole-list-members"),
    Route("POST", f"{_ONE}/members/$ref", _add, "Give a role to a user or group", source="directoryrole-post-members"),
    Route(
        "DELETE", f"{_ONE}/members/{{member}}/$ref", _remove, "Take a role away", source="directoryrole-delete-member"
    ),
    Route(
        "GET",
        "/directoryRoleTemplates",
        _list_templates,
        "List the roles that can be activated",
        ENTITY,
        source="directoryroletemplate-list",
    ),
    Route(
        "GET",
        "/directoryRoleTemplates/{template}",
        _read_template,
        "Read a role template",
        ENTITY,
        source="directoryroletemplate-get",
    ),
)
