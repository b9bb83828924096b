"""Places: rooms and room lists of Exchange, and the buildings, floors, sections and desks around them.

A room that is created gets an address that the tenant makes up, as in Microsoft's example. Ours: a place that others
lie in can't be deleted, and a room list is made by ``FakeTenant.add_room`` alone, as Graph makes none.

Sources: Graph "List places", "Get place", "Create place", "Update place", "Delete place".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from o365prov.testing.fake_tenant.endpoints.routes import COUNTED, ENTITY, PAGED, Endpoint, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection, counted
from o365prov.testing.fake_tenant.query.select import select
from o365prov.testing.fake_tenant.query.views import context_of
from o365prov.testing.fake_tenant.rules.values import check_values, merged, raise_first
from o365prov.testing.fake_tenant.schema.place_types import PARENTS, PLACE_TYPES
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

Rows = Callable[[int], Iterable[tuple[int, Record]]]
_LISTED = PAGED | {"$skip"}
_COUNTED = COUNTED - {"$search"}
_MADE = tuple(kind for kind in PLACE_TYPES if kind != "roomList")
_DELETED = frozenset({"building", "floor", "section", "desk"})
_WITH_A_MAILBOX = frozenset({"room", "workspace"})
_NO_LETTER = re.compile(r"[^A-Za-z0-9]+")


def _rows(directory: Directory, kind: str, only: frozenset[str] | None = None) -> Rows:
    return lambda position: (
        row
        for row in directory.places.after(position)
        if row[1]["kind"] == kind and (only is None or row[1]["id"] in only)
    )


def _list(kind: str) -> Endpoint:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        of = PLACE_TYPES[kind]
        view = select(of, request.option("$select"))
        context = context_of(f"places/{of.name}", view)
        return collection(directory, request, of, _rows(directory, kind), view, context)

    return answer


def _count(kind: str) -> Endpoint:
    return lambda directory, request: counted(_rows(directory, kind), request, PLACE_TYPES[kind])


def _within(directory: Directory, request: GraphRequest, kind: str) -> Rows:
    """What a room list holds, which Graph finds by its address alone."""
    key = request.named["place"]
    held = _find(directory, key)
    if held is None or held["kind"] != "roomList" or "@" not in key:
        raise _not_found(key)
    return _rows(directory, kind, frozenset(held["rooms"]))


def _list_within(kind: str) -> Endpoint:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        rows, of = _within(directory, request, kind), PLACE_TYPES[kind]
        view = select(of, request.option("$select"))
        context = f"places('{quote(request.named['place'])}')/microsoft.graph.roomList/{kind}s"
        return collection(directory, request, of, rows, view, context_of(context, view))

    return answer


def _count_within(kind: str) -> Endpoint:
    return lambda directory, request: counted(_within(directory, request, kind), request, PLACE_TYPES[kind])


def _find(directory: Directory, key: str) -> Record | None:
    key = key.lower()
    addresses = ((each, str(each.get("emailAddress") or "").lower()) for each in directory.places)
    return next((each for each, address in addresses if key in {each["id"], address}), None)


def _not_found(key: str) -> GraphErrorResponse:
    return GraphErrorResponse(404, "ErrorItemNotFound", f"Place '{key}' was not found.")


def _place(directory: Directory, request: GraphRequest, kind: str = "") -> Record:
    """The place with this id or address, of this kind if there is one."""
    found = _find(directory, request.named["place"])
    if found is None or kind not in {"", found["kind"]}:
        raise _not_found(request.named["place"])
    return found


def _read(kind: str = "") -> Endpoint:
    return lambda directory, request: _shown(request, 200, _place(directory, request, kind))


def _create(directory: Directory, request: GraphRequest) -> GraphReply:
    body, kind = request.json_object(), request.stated_type
    if kind not in _MADE:
        raise GraphErrorResponse.malformed(f"A new place needs the @odata.type of one of {', '.join(_MADE)}.")
    of = PLACE_TYPES[kind]
    raise_first(check_values(of, body, creating=True))
    if not body.get("displayName"):
        raise GraphErrorResponse.bad_request(
            f"A value is required for property 'displayName' of resource '{of.title}'."
        )
    _check_parent(directory, kind, body.get("parentId"))
    key = directory.new_id()
    own = {"id": key, "placeId": key, "kind": kind, "isWheelChairAccessible": False}
    if kind in _WITH_A_MAILBOX:
        initial = next(name for name, domain in directory.domains.items() if domain["isInitial"])
        address = f"{_NO_LETTER.sub('', body['displayName'])}{key[:8]}@{initial}"
        own |= {"placeId": directory.new_id(), "emailAddress": address}
    record = merged(of, own, body)
    directory.places.put(record)
    return _shown(request, 201, record)


def _check_parent(directory: Directory, kind: str, parent: str | None) -> None:
    wanted = PARENTS.get(kind, ())
    if parent is None and (not wanted or kind in _WITH_A_MAILBOX):
        return
    found = next((each for each in directory.places if parent in {each["id"], each.get("placeId")}), None)
    if found is None or found["kind"] not in wanted:
        needed = f"lies in a {' or '.join(wanted)}" if wanted else "lies in nothing"
        raise GraphErrorResponse.bad_request(f"Invalid parentId: a {kind} {needed}.")


def _update(directory: Directory, request: GraphRequest) -> GraphReply:
    record, body = _place(directory, request), request.json_object()
    of = PLACE_TYPES[record["kind"]]
    if request.stated_type not in {"", record["kind"]}:
        raise GraphErrorResponse.malformed(f"The place is a {record['kind']}, and not a {request.stated_type}.")
    raise_first(check_values(of, body, creating=False))
    if "parentId" in body:
        _check_parent(directory, record["kind"], body["parentId"])
    after = merged(of, record, body)
    directory.places.put(after)
    return _shown(request, 200, after)


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    record = _place(directory, request)
    if record["kind"] not in _DELETED:
        raise GraphErrorResponse.bad_request(f"A {record['kind']} can't be deleted.")
    if any(each.get("parentId") == record["id"] for each in directory.places):
        raise GraphErrorResponse.bad_request("Other places lie in this one: delete them first.")
    directory.places.remove(record["id"])
    return GraphReply(204)


def _shown(request: GraphRequest, status: int, record: Record) -> GraphReply:
    of = PLACE_TYPES[record["kind"]]
    view = select(of, request.option("$select") if status == 200 else None)
    context = f"{request.base}/$metadata#places/$entity"
    return GraphReply(status, {"@odata.context": context, "@odata.type": f"#{of.name}", **view(record)})


def _routes_of(kind: str) -> Iterator[Route]:
    name, many = PLACE_TYPES[kind].name, "room lists" if kind == "roomList" else f"{kind}s"
    yield Route("GET", f"/places/{name}", _list(kind), f"List {many}", _LISTED, source="place-list")
    yield Route("GET", f"/places/{name}/$count", _count(kind), f"Count {many}", _COUNTED, source="place-list")
    one = many.removesuffix("s")
    yield Route("GET", f"/places/{{place}}/{name}", _read(kind), f"Read a {one}", ENTITY, source="place-get")


def _routes_within(kind: str) -> Iterator[Route]:
    path, many = f"/places/{{place}}/microsoft.graph.roomList/{kind}s", f"{kind}s of a room list"
    yield Route("GET", path, _list_within(kind), f"List the {many}, by its address", _LISTED, source="place-list")
    yield Route("GET", f"{path}/$count", _count_within(kind), f"Count the {many}", _COUNTED, source="place-list")


ROUTES = (
    *(route for kind in PLACE_TYPES for route in _routes_of(kind)),
    *(route for kind in ("room", "workspace") for route in _routes_within(kind)),
    Route("POST", "/places", _create, "Create a place; rooms too, under addresses made up", source="place-post"),
    Route("GET", "/places/{place}", _read(), "Read a place by id or address", ENTITY, source="place-get"),
    Route("PATCH", "/places/{place}", _update, "Describe a place", source="place-update", success=200),
    Route(
        "DELETE", "/places/{place}", _delete, "Delete a building, a floor, a section or a desk", source="place-delete"
    ),
)
