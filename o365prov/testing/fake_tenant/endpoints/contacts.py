"""Contacts of the organization and rooms: what Graph can only read, or read and describe.

Sources: Graph "orgContact" (no create, update or delete), "place" and "room".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, PAGED, SEARCHED, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection, counted
from o365prov.testing.fake_tenant.query.select import select
from o365prov.testing.fake_tenant.query.views import context_of
from o365prov.testing.fake_tenant.rules.values import check_values, merged, raise_first
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, ROOM
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record


def _list_contacts(directory: Directory, request: GraphRequest) -> GraphReply:
    view = select(CONTACT, request.option("$select"))
    rows = _contact_rows(directory, request)
    return collection(directory, request, CONTACT, rows, view, context_of("contacts", view))


def _contact_rows(directory: Directory, request: GraphRequest) -> Callable[[int], Iterable[tuple[int, Record]]]:
    """All contacts, with their managers where a filter asks for them."""
    if "manager" not in (request.option("$filter") or "").lower():
        return directory.contacts.after
    return lambda position: (
        (after, {**record, "manager": {"id": next(iter(directory.managers.targets(record["id"])), None)}})
        for after, record in directory.contacts.after(position)
    )


def _read_contact(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.contact(request.named["contact"])
    view = select(CONTACT, request.option("$select"))
    context = f"{request.base}/$metadata#{context_of('contacts', view)}/$entity"
    return GraphReply(200, {"@odata.context": context, **view(record)})


def _list_rooms(directory: Directory, request: GraphRequest) -> GraphReply:
    view = select(ROOM, request.option("$select"))
    return collection(
        directory, request, ROOM, directory.places.after, view, context_of("places/microsoft.graph.room", view)
    )


def _count_rooms(directory: Directory, request: GraphRequest) -> GraphReply:
    return counted(directory.places.after, request, ROOM)


def _room(directory: Directory, request: GraphRequest) -> Record:
    key = request.named["place"].lower()
    for record in directory.places:
        if key in {record["id"], str(record.get("emailAddress")).lower()}:
            return record
    raise GraphErrorResponse(404, "ErrorItemNotFound", f"Place '{key}' was not found.")


def _read_room(directory: Directory, request: GraphRequest) -> GraphReply:
    view = select(ROOM, request.option("$select"))
    return GraphReply(200, _shown(request, view(_room(directory, request))))


def _update_room(directory: Directory, request: GraphRequest) -> GraphReply:
    record = _room(directory, request)
    body = request.json_object()
    raise_first(check_values(ROOM, body, creating=False))
    after = merged(ROOM, record, body)
    directory.places.put(after)
    return GraphReply(200, _shown(request, select(ROOM, None)(after)))


def _shown(request: GraphRequest, shown: Record) -> Record:
    return {"@odata.context": f"{request.base}/$metadata#places/$entity", "@odata.type": f"#{ROOM.name}", **shown}


ROUTES = (
    Route("GET", "/contacts", _list_contacts, "List the organization's contacts", SEARCHED, source="orgcontact-list"),
    Route("GET", "/contacts/{contact}", _read_contact, "Read a contact", ENTITY, source="orgcontact-get"),
    Route("GET", "/places/microsoft.graph.room", _list_rooms, "List rooms", PAGED, source="place-list"),
    Route(
        "GET",
        "/places/microsoft.graph.room/$count",
        _count_rooms,
        "Count rooms",
        frozenset({"$filter"}),
        source="place-list",
    ),
    Route("GET", "/places/{place}", _read_room, "Read a room by id or address", ENTITY, source="place-get"),
    Route(
        "GET", "/places/{place}/microsoft.graph.room", _read_room, "The same, with a cast", ENTITY, source="place-get"
    ),
    Route("PATCH", "/places/{place}", _update_room, "Describe a room", source="place-update"),
)
