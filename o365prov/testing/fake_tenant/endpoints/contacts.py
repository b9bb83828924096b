"""Contacts of the organization, which Graph can only read.

Source: Graph "orgContact" (no create, update or delete).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, SEARCHED, Route
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection
from o365prov.testing.fake_tenant.query.select import select
from o365prov.testing.fake_tenant.query.views import context_of
from o365prov.testing.fake_tenant.schema.object_types import CONTACT
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


ROUTES = (
    Route("GET", "/contacts", _list_contacts, "List the organization's contacts", SEARCHED, source="orgcontact-list"),
    Route("GET", "/contacts/{contact}", _read_contact, "Read a contact", ENTITY, source="orgcontact-get"),
)
