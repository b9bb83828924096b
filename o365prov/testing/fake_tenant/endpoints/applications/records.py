"""What the endpoints of applications share: finding a record by its key, listing a table, and showing one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest, alternate_key
from o365prov.testing.fake_tenant.query.collections import collection
from o365prov.testing.fake_tenant.query.select import select
from o365prov.testing.fake_tenant.query.views import context_of
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record, RecordTable


def find(records: RecordTable, key: str, alternate: Iterable[str] = ()) -> Record:
    """The record with this id, or with another key such as ``appId='...'``; 404 without one."""
    name, value = alternate_key(key) or ("id", key.lower())
    if name == "id":
        found = records.get(value)
    elif name in alternate:
        found = next((each for each in records if str(each.get(name)).lower() == value.lower()), None)
    else:
        raise GraphErrorResponse.malformed(f"The key '{name}' is not one of these objects.")
    if found is None:
        raise GraphErrorResponse.not_found(key)
    return found


def rows_with(records: RecordTable, name: str, value: str) -> Callable[[int], Iterator[tuple[int, Record]]]:
    """The rows of which a property has this value, behind a position."""
    return lambda position: (row for row in records.after(position) if row[1][name] == value)


def listed(
    directory: Directory,
    request: GraphRequest,
    of: ObjectType,
    rows: Callable[[int], Iterable[tuple[int, Record]]],
    collection_name: str | None = None,
) -> GraphReply:
    """A page of records of a type."""
    view = select(of, request.option("$select"))
    return collection(directory, request, of, rows, view, context_of(collection_name or of.collection, view))


def shown(
    request: GraphRequest, of: ObjectType, record: Record, *, status: int = 200, collection_name: str | None = None
) -> GraphReply:
    """One record, as it is read, or as it is answered after it was made."""
    view = select(of, request.option("$select"))
    name = context_of(collection_name or of.collection, view)
    return GraphReply(status, {"@odata.context": f"{request.base}/$metadata#{name}/$entity", **view(record)})
