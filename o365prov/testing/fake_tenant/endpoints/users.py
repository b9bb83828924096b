"""Users: list, read, create, update, delete, and ending their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from o365prov.testing.fake_tenant.endpoints.relations.expanding import expanding
from o365prov.testing.fake_tenant.endpoints.routes import COUNTED, ENTITY, SEARCHED, Route
from o365prov.testing.fake_tenant.endpoints.user_writes import create_user, delete_user, update_user
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection, counted
from o365prov.testing.fake_tenant.query.filters import exact_match
from o365prov.testing.fake_tenant.query.views import context_of, filtered_properties, user_view
from o365prov.testing.fake_tenant.schema.object_types import USER
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_INDEXED = frozenset({"id", "userPrincipalName", "onPremisesImmutableId"})


def _list(directory: Directory, request: GraphRequest) -> GraphReply:
    view = user_view(directory, request.option("$select"))
    return collection(
        directory,
        request,
        directory.extended(USER),
        _rows(directory, request),
        expanding(directory, request, "user", view, one=False),
        context_of("users", view),
    )


def _count(directory: Directory, request: GraphRequest) -> GraphReply:
    return counted(_rows(directory, request), request, directory.extended(USER))


def _rows(directory: Directory, request: GraphRequest) -> Any:
    """All users, or the one that an index already knows, since a look-up must not cost a walk over the tenant."""
    text = request.option("$filter") or ""
    name, value = (exact_match(text, USER) if text else None) or ("", "")
    if name not in _INDEXED:
        made = filtered_properties(directory, text)
        if not made:
            return directory.users.after
        return lambda position: (
            (after, {**record, **{name: make(record) for name, make in made.items()}})
            for after, record in directory.users.after(position)
        )
    if name == "onPremisesImmutableId":
        owner = directory.owner_of(name, value)
        found = directory.users.get(owner) if owner else None
    else:
        found = directory.find_user(value)
    rows: Iterable[tuple[int, Record]] = () if found is None else ((1, found),)
    return lambda position: rows if position == 0 else ()


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.user(request.named["user"])
    view = user_view(directory, request.option("$select"), one=True)
    shown = expanding(directory, request, "user", view, one=True)(record)
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#{context_of('users', view)}/$entity", **shown})


def _create(directory: Directory, request: GraphRequest) -> GraphReply:
    record = create_user(directory, request.json_object(of="user"))
    view = user_view(directory, None)
    context = f"{request.base}/$metadata#users/$entity"
    location = {"Location": f"{request.base}/users/{record['id']}"}
    return GraphReply(201, {"@odata.context": context, **view(record)}, location)


def _update(directory: Directory, request: GraphRequest) -> GraphReply:
    update_user(directory, directory.user(request.named["user"]), request.json_object(of="user"))
    return GraphReply(204)


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    delete_user(directory, directory.user(request.named["user"]))
    return GraphReply(204)


def _revoke(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.user(request.named["user"])
    request.json_object(may_be_empty=True)
    if record.get("userType") != "Guest":  # for guests the call answers true and does nothing
        directory.update("user", {**record, "signInSessionsValidFromDateTime": directory.now})
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#Edm.Boolean", "value": True})


ROUTES = (
    Route("GET", "/users", _list, "List users", SEARCHED | {"$expand"}, 2, "user-list"),
    Route("GET", "/users/$count", _count, "Count users", COUNTED, source="user-list"),
    Route("POST", "/users", _create, "Create a user", source="user-post-users"),
    Route(
        "GET",
        "/users/{user}",
        _read,
        "Read a user by id or userPrincipalName",
        ENTITY | {"$expand", "$count"},
        source="user-get",
    ),
    Route("PATCH", "/users/{user}", _update, "Update a user", source="user-update"),
    Route("DELETE", "/users/{user}", _delete, "Move a user to the deleted items", source="user-delete"),
    Route(
        "POST",
        "/users/{user}/revokeSignInSessions",
        _revoke,
        "End a user's sessions",
        source="user-revokesigninsessions",
        success=200,
    ),
)
