"""The manager of a user or contact and the sponsors of a guest, as references: read, set and taken away."""

from __future__ import annotations

import re

from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.views import object_view, typed
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_REFERENCE = re.compile(
    r"(?:https?://[^/]+)?/*(?:v1\.0/+)?(?:(users|groups|directoryObjects|contacts)(?:/|\('))?([^/'()]+)(?:'\))?/?",
    re.IGNORECASE,
)


def referenced_id(body: Record) -> str:
    """The id that ``{"@odata.id": ".../users/{id}"}`` points at; 400 when it is not a reference."""
    text = body.get("@odata.id")
    if not isinstance(text, str):
        raise GraphErrorResponse.malformed(
            'A reference needs a body of the form {"@odata.id": "https://graph.microsoft.com/v1.0/users/{id}"}.'
        )
    return reference_key(text)


def reference_key(text: str) -> str:
    """The key at the end of a reference's address."""
    match = _REFERENCE.fullmatch(re.sub(r"(?<!:)//+", "/", text))
    if match is None:
        raise GraphErrorResponse.malformed(f"The entity reference '{text}' is invalid.")
    return match.group(2).replace("%40", "@")


def referenced_object(directory: Directory, key: str) -> tuple[ChangeKind, Record]:
    """The user, group or contact that a reference means; 404 without one, 501 for what only Graph can refer to."""
    user = directory.find_user(key)
    found: tuple[ChangeKind, Record] | None = directory.object(key) if user is None else ("user", user)
    if found is not None:
        return found
    other = directory.other_object(key)
    if other is not None:
        raise GraphErrorResponse.unsupported(
            f"the fake tenant's references lead to users, groups and contacts; {key} is a {other[0]}"
        )
    raise GraphErrorResponse.not_found(key)


def set_manager(directory: Directory, user: Record, manager_id: str | None) -> None:
    """Give a user this manager, or none."""
    key = user["id"]
    before = directory.managers.targets(key)
    if before == ((manager_id,) if manager_id else ()):
        return
    for old in before:
        directory.managers.remove(key, old)
        directory.log_link("user", key, "manager", old, added=False)
    if manager_id:
        directory.managers.add(key, manager_id)
        directory.log_link("user", key, "manager", manager_id, added=True)


def _manager(directory: Directory, request: GraphRequest) -> tuple[ChangeKind, Record]:
    named = request.named
    below = directory.user(named["user"]) if "user" in named else directory.contact(named["contact"])
    for key in directory.managers.targets(below["id"]):
        found = directory.object(key)
        if found is not None:
            return found
    raise GraphErrorResponse.not_found("manager")


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    kind, record = _manager(directory, request)
    view = object_view(directory, request.option("$select"))[kind]
    context = f"{request.base}/$metadata#directoryObjects/$entity"
    return GraphReply(200, {"@odata.context": context, **typed(kind, view(record))})


def _read_reference(directory: Directory, request: GraphRequest) -> GraphReply:
    _, record = _manager(directory, request)
    return GraphReply(
        200,
        {
            "@odata.context": f"{request.base}/$metadata#$ref",
            "@odata.id": request.link("directoryObjects", record["id"]),
        },
    )


def _put(directory: Directory, request: GraphRequest) -> GraphReply:
    user = directory.user(request.named["user"])
    key = referenced_id(request.json_object())
    found = directory.find_user(key) or (directory.object(key) or (None, None))[1]
    if found is None or found["id"] in directory.groups:
        raise GraphErrorResponse.missing_reference()
    _refuse_when_synced(user)
    if found["id"] == user["id"]:
        raise GraphErrorResponse.bad_request(
            "One or more property values specified are invalid: a user can't be their own manager."
        )
    set_manager(directory, user, found["id"])
    return GraphReply(204)


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    user = directory.user(request.named["user"])
    _refuse_when_synced(user)
    if not directory.managers.targets(user["id"]):
        raise GraphErrorResponse.not_found("manager")
    set_manager(directory, user, None)
    return GraphReply(204)


def _refuse_when_synced(user: Record) -> None:
    if user.get("onPremisesSyncEnabled"):
        raise GraphErrorResponse.mastered_on_premises()


def _add_sponsor(directory: Directory, request: GraphRequest) -> GraphReply:
    user = directory.user(request.named["user"])
    key = referenced_id(request.json_object())
    sponsor = directory.find_user(key) or directory.groups.get(key)
    if sponsor is None:
        raise GraphErrorResponse.missing_reference()
    if sponsor["id"] in directory.sponsors.targets(user["id"]):
        raise GraphErrorResponse.bad_request(
            "One or more added object references already exist for the following modified properties: 'sponsors'."
        )
    directory.sponsors.add(user["id"], sponsor["id"])
    return GraphReply(204)


def _remove_sponsor(directory: Directory, request: GraphRequest) -> GraphReply:
    user, sponsor = directory.user(request.named["user"]), request.named["sponsor"]
    if sponsor not in directory.sponsors.targets(user["id"]):
        raise GraphErrorResponse.not_found(sponsor)
    directory.sponsors.remove(user["id"], sponsor)
    return GraphReply(204)


ROUTES = (
    Route("POST", "/users/{user}/sponsors/$ref", _add_sponsor, "Give a guest a sponsor", source="user-post-sponsors"),
    Route(
        "DELETE",
        "/users/{user}/sponsors/{sponsor}/$ref",
        _remove_sponsor,
        "Take a guest's sponsor away",
        source="user-delete-sponsors",
    ),
    Route("GET", "/users/{user}/manager", _read, "Read a user's manager", ENTITY, source="user-list-manager"),
    Route("GET", "/users/{user}/manager/$ref", _read_reference, "Read the reference to a user's manager"),
    Route("PUT", "/users/{user}/manager/$ref", _put, "Set a user's manager", source="user-post-manager"),
    Route("DELETE", "/users/{user}/manager/$ref", _delete, "Take a user's manager away", source="user-delete-manager"),
    Route(
        "GET", "/contacts/{contact}/manager", _read, "Read a contact's manager", ENTITY, source="orgcontact-get-manager"
    ),
)
