"""Directory objects of whatever kind: read by id, many at once, and what they are members of, nested groups included.

Sources: Graph "directoryObject: getByIds", "checkMemberGroups", "checkMemberObjects", "getMemberGroups" and
"getMemberObjects".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from o365prov.testing.fake_tenant.endpoints.relations.related import closure
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.views import any_view, typed
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory, OtherKind
from o365prov.testing.fake_tenant.store.table import Record

MOST_IDS = 1_000
"""getByIds takes so many ids."""
MOST_CHECKED = 20
"""checkMemberGroups and checkMemberObjects take so many."""
_KINDS: dict[str, ChangeKind | OtherKind] = {
    "user": "user",
    "group": "group",
    "orgcontact": "contact",
    "application": "application",
    "serviceprincipal": "servicePrincipal",
    "directoryrole": "directoryRole",
}
_Memberships = Callable[[Directory, Record], Iterator[str]]


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    kind, record = _object(directory, request)
    shown = typed(kind, any_view(directory, request.option("$select"), kind)(record))
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#directoryObjects/$entity", **shown})


def _get_by_ids(directory: Directory, request: GraphRequest) -> GraphReply:
    body = request.json_object()
    ids = _strings(body, "ids", "getByIds", MOST_IDS)
    types = _strings({"types": ["directoryObject"], **body}, "types", "getByIds", MOST_IDS)
    unknown = set(body) - {"ids", "types"}
    if unknown:
        raise GraphErrorResponse.unknown_parameter(min(unknown), "getByIds")
    wanted = {_KINDS.get(name.lower()) for name in types}
    everything = any(name.lower() == "directoryobject" for name in types)
    found = [each for key in dict.fromkeys(key.lower() for key in ids) if (each := _any_object(directory, key))]
    views = {kind: any_view(directory, None, kind) for kind, _ in found}
    value = [typed(kind, views[kind](record)) for kind, record in found if everything or kind in wanted]
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#directoryObjects", "value": value})


def _any_object(directory: Directory, key: str) -> tuple[ChangeKind | OtherKind, Record] | None:
    return directory.object(key) or directory.other_object(key)


def _object(directory: Directory, request: GraphRequest) -> tuple[ChangeKind | OtherKind, Record]:
    """The object that the path names, among those of the path's collection."""
    key, collection = request.named["object"], request.path[0].lower()
    found = _any_object(directory, key)
    if found is None and collection == "users":
        found = ("user", directory.user(key))
    of_collection: dict[str, ChangeKind] = {"users": "user", "groups": "group", "contacts": "contact"}
    if found is None or found[0] != of_collection.get(collection, found[0]):
        raise GraphErrorResponse.not_found(key)
    return found


def _groups(directory: Directory, record: Record) -> Iterator[str]:
    """The ids of the groups that an object is a member of, through other groups too."""
    return (key for key in closure(record["id"], directory.members.sources) if key in directory.groups)


def _groups_and_roles(directory: Directory, record: Record) -> Iterator[str]:
    """The same, and the directory roles that it has, itself or through a group."""
    groups = list(_groups(directory, record))
    yield from groups
    holders = {record["id"], *groups}
    held = {item["roleDefinitionId"] for item in directory.role_assignments if item["principalId"] in holders}
    yield from (role["id"] for role in directory.activated_roles if role["roleTemplateId"] in held)


def _get(name: str, memberships: _Memberships) -> Callable[[Directory, GraphRequest], GraphReply]:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        kind, record = _object(directory, request)
        body = request.json_object()
        only = body.get("securityEnabledOnly")
        if not isinstance(only, bool) or set(body) != {"securityEnabledOnly"}:
            raise GraphErrorResponse.bad_request(
                f"The operation '{name}' takes securityEnabledOnly, true or false, and nothing else."
            )
        if only and kind != "user":
            raise GraphErrorResponse.bad_request("securityEnabledOnly can be true for users only.")
        found = memberships(directory, record)
        return _ids(request, [key for key in found if not only or _is_security(directory, key)])

    return answer


def _check(name: str, parameter: str, memberships: _Memberships) -> Callable[[Directory, GraphRequest], GraphReply]:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        _, record = _object(directory, request)
        asked = {key.lower() for key in _strings(request.json_object(), parameter, name, MOST_CHECKED)}
        return _ids(request, [key for key in memberships(directory, record) if key in asked])

    return answer


def _is_security(directory: Directory, key: str) -> bool:
    """Whether a membership counts as one of security: roles do."""
    return bool((directory.groups.get(key) or {"securityEnabled": True}).get("securityEnabled"))


def _strings(body: dict[str, Any], parameter: str, name: str, most: int) -> list[str]:
    values = body.get(parameter)
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values) or not 0 < len(values) <= most:
        raise GraphErrorResponse.bad_request(f"The operation '{name}' needs {parameter}: 1 to {most} strings.")
    return values


def _ids(request: GraphRequest, keys: list[str]) -> GraphReply:
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#Collection(Edm.String)", "value": keys})


_ACTIONS = (
    ("getMemberGroups", _get("getMemberGroups", _groups), "List the groups that an object is in"),
    ("getMemberObjects", _get("getMemberObjects", _groups_and_roles), "List the groups and roles that an object has"),
    ("checkMemberGroups", _check("checkMemberGroups", "groupIds", _groups), "Which of some groups an object is in"),
    ("checkMemberObjects", _check("checkMemberObjects", "ids", _groups_and_roles), "Which of some it is a member of"),
)

ROUTES = (
    Route(
        "GET", "/directoryObjects/{object}", _read, "Read an object of any kind", ENTITY, source="directoryobject-get"
    ),
    Route(
        "POST",
        "/directoryObjects/getByIds",
        _get_by_ids,
        "Read many objects by id",
        source="directoryobject-getbyids",
        success=200,
    ),
    *(
        Route(
            "POST",
            f"/{collection}/{{object}}/{name}",
            answer,
            summary,
            source=f"directoryobject-{name.lower()}",
            success=200,
        )
        for collection in ("directoryObjects", "users", "groups", "contacts")
        for name, answer, summary in _ACTIONS
    ),
)
