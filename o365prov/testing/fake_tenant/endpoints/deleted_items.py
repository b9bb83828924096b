"""Deleted items: what can be restored for 30 days, and what purging it means.

Sources: Graph "List deletedItems", "Restore deleted item", "Permanently delete item".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, PAGED, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection
from o365prov.testing.fake_tenant.query.views import context_of, group_view, typed, user_view
from o365prov.testing.fake_tenant.rules.licensing import free_seats, inherit, with_licenses
from o365prov.testing.fake_tenant.rules.sensitive import check_sensitive
from o365prov.testing.fake_tenant.rules.user_rules import check_anchor, check_principal_name
from o365prov.testing.fake_tenant.schema.object_types import GROUP, USER
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

KEPT_FOR = timedelta(days=30)
"""How long a deleted object can be restored."""


def kind_of(record: Record) -> ChangeKind:
    """Whether a deleted record was a user or a group."""
    return "user" if "userPrincipalName" in record else "group"


def purge_expired(directory: Directory) -> None:
    """Purge what was deleted more than 30 days ago; the table is in order of deletion, so this looks at few records."""
    limit = directory.clock.now() - KEPT_FOR
    expired = []
    for record in directory.deleted:
        if datetime.fromisoformat(record["deletedDateTime"]) > limit:
            break
        expired.append(record)
    for record in expired:
        directory.purge(kind_of(record), record)


def _list_users(directory: Directory, request: GraphRequest) -> GraphReply:
    view = user_view(directory, request.option("$select"))
    context = context_of("users", view)
    of = directory.extended(USER)
    return collection(directory, request, of, lambda at: _rows(directory, at, "user"), view, context)


def _list_groups(directory: Directory, request: GraphRequest) -> GraphReply:
    view = group_view(directory, request.option("$select"))
    context = context_of("groups", view)
    of = directory.extended(GROUP)
    return collection(directory, request, of, lambda at: _rows(directory, at, "group"), view, context)


def _rows(directory: Directory, position: int, kind: ChangeKind) -> Iterator[tuple[int, Record]]:
    return (row for row in directory.deleted.after(position) if kind_of(row[1]) == kind)


def _deleted(directory: Directory, request: GraphRequest) -> Record:
    key = request.named["object"]
    record = directory.deleted.get(key.lower())
    if record is None:
        raise GraphErrorResponse.not_found(key)
    return record


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    return GraphReply(200, _shown(directory, request, _deleted(directory, request)))


def _shown(directory: Directory, request: GraphRequest, record: Record) -> Record:
    kind, text = kind_of(record), request.option("$select")
    view = user_view(directory, text) if kind == "user" else group_view(directory, text)
    context = f"{request.base}/$metadata#directoryObjects/$entity"
    return {"@odata.context": context, **typed(kind, view(record))}


def _restore(directory: Directory, request: GraphRequest) -> GraphReply:
    record = _deleted(directory, request)
    body = request.json_object(may_be_empty=True)
    unknown = set(body) - {"autoReconcileProxyConflict", "newUserPrincipalName"}
    if unknown:
        raise GraphErrorResponse.unknown_parameter(min(unknown), "restore")
    check_sensitive(directory, record, None)
    restored = {name: value for name, value in record.items() if name != "deletedDateTime"}
    if kind_of(record) == "user":
        restored = _user_again(directory, restored, body)
    directory.restore(kind_of(record), restored)
    if kind_of(record) == "group":
        for member in directory.members.targets(record["id"]):
            inherit(directory, member)
    else:
        inherit(directory, record["id"])
        for report in directory.managers.sources(record["id"]):
            directory.log_link("user", report, "manager", record["id"], added=True)
        for group in directory.members.sources(record["id"]):
            directory.log_link("group", group, "members", record["id"], added=True)
    return GraphReply(200, _shown(directory, request, restored))


def _user_again(directory: Directory, record: Record, body: Record) -> Record:
    """A deleted user as it comes back: its old name or a new one, its addresses if free, its licences if seats are."""
    prefix = record["id"].replace("-", "")
    name = body.get("newUserPrincipalName") or record["userPrincipalName"].removeprefix(prefix)
    record = {**record, "userPrincipalName": name}
    refusal = check_principal_name(directory, name) or check_anchor(directory, record, None)
    if refusal is not None:
        raise refusal
    if body.get("autoReconcileProxyConflict"):
        free = [
            item
            for item in record.get("proxyAddresses", ())
            if directory.owner_of("proxyAddresses", item.lower().removeprefix("smtp:")) is None
        ]
        record = {**record, "proxyAddresses": free}
    states = [
        state
        for state in record.get("licenseAssignmentStates", ())
        if state["assignedByGroup"] is None and free_seats(directory, state["skuId"]) > 0
    ]
    return with_licenses(record, states)


def _purge(directory: Directory, request: GraphRequest) -> GraphReply:
    record = _deleted(directory, request)
    directory.purge(kind_of(record), record)
    return GraphReply(204)


_ROOT = "/directory/deletedItems"

ROUTES = (
    *(
        Route(
            "GET",
            f"{_ROOT}/microsoft.graph.{kind}",
            answer,
            f"List deleted {kind}s",
            PAGED,
            source="directory-deleteditems-list",
        )
        for kind, answer in (("user", _list_users), ("group", _list_groups))
    ),
    Route("GET", f"{_ROOT}/{{object}}", _read, "Read a deleted object", ENTITY, source="directory-deleteditems-get"),
    Route(
        "POST",
        f"{_ROOT}/{{object}}/restore",
        _restore,
        "Restore a deleted object",
        source="directory-deleteditems-restore",
        success=200,
    ),
    Route("DELETE", f"{_ROOT}/{{object}}", _purge, "Purge a deleted object", source="directory-deleteditems-delete"),
)
