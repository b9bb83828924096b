"""Delta queries: everything once, page by page, and then what changed since.

A token holds the number of the last change seen and the $select of the first call. Objects whose selected properties
did not change are not sent again; removed ones come as ``@removed`` with reason ``changed`` while they can be restored
and ``deleted`` once they are gone. A property that never had a value is left out, one that lost it is null, and with
``Prefer: return=minimal`` a later round has only what changed (Graph, "Use delta query to track changes").
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from o365prov.testing.fake_tenant.endpoints.routes import Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.paging_tokens import read_token, write_token
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import DEFAULT_PAGE, LARGEST_PAGE
from o365prov.testing.fake_tenant.query.select import SelectedProperties, select
from o365prov.testing.fake_tenant.query.views import user_view
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, GROUP, USER
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.change_log import TOKEN_LIFE, ChangeKind, ChangeRecord
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

NOT_TRACKED = frozenset({"licenseAssignmentStates"})
"""Whose changes are not reported, although it may be selected (Graph, "user: delta")."""

MOST_IDS = 50
"""``$filter`` of a delta query takes ``id eq`` only, joined by ``or``, for at most this many objects."""
_ID_FILTER = re.compile(r"\s*id\s+eq\s+'([^']+)'\s*", re.IGNORECASE)
_MINIMAL = re.compile(r"\breturn\s*=\s*minimal\b", re.IGNORECASE)
_PAGE_PREFERENCE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)")
_REFERENCES: dict[ChangeKind, dict[str, bool]] = {
    "user": {"manager": False},
    "group": {"members": True, "owners": False},
    "contact": {},
}
"""References that $select may name, and whether they are followed without being named."""
_TYPES: dict[ChangeKind, ObjectType] = {"user": USER, "group": GROUP, "contact": CONTACT}


def _users(directory: Directory, request: GraphRequest) -> GraphReply:
    return _answer(directory, request, "user")


def _groups(directory: Directory, request: GraphRequest) -> GraphReply:
    return _answer(directory, request, "group")


def _contacts(directory: Directory, request: GraphRequest) -> GraphReply:
    return _answer(directory, request, "contact")


def _answer(directory: Directory, request: GraphRequest, kind: ChangeKind) -> GraphReply:
    state = _state(directory, request, kind)
    if state.get("latest"):
        started = {**state, "since": directory.log.last, "upto": None, "latest": False}
        return _page(directory, request, kind, [], started, None)
    if state["since"] is None:
        return _first_round(directory, request, kind, state)
    return _later_round(directory, request, kind, state)


def _state(directory: Directory, request: GraphRequest, kind: ChangeKind) -> dict[str, Any]:
    """Where the client stands: at the start, or where a token says."""
    continued, delta = request.option("$skiptoken"), request.option("$deltatoken")
    token = continued or (delta if delta != "latest" else None)
    if token is not None:
        option = "$skiptoken" if continued else "$deltatoken"
        beside = [name for name in request.options if name != option]
        if beside:
            raise GraphErrorResponse.bad_request(
                f"'{beside[0]}' can't be combined with {option}: what the first call asked for is in the token."
            )
        state = read_token(directory.tenant_id, request.path, token, option)
        age = directory.clock.now().timestamp() - state["at"]
        if timedelta(seconds=age) > TOKEN_LIFE or not directory.log.knows(
            state["upto"] if state["since"] is None else state["since"]
        ):
            raise GraphErrorResponse(
                410,
                "syncStateNotFound",
                "The delta token is expired and data must be synchronized again: start again without a token.",
                headers={"Location": request.link(*request.path)},
            )
        return state
    _views(directory, kind, request.option("$select"))
    return {
        "since": None,
        "upto": directory.log.last,
        "cursor": 0,
        "select": request.option("$select"),
        "ids": _ids(request),
        "latest": delta == "latest",
    }


def _ids(request: GraphRequest) -> list[str] | None:
    text = request.option("$filter")
    if not text:
        return None
    matches = [_ID_FILTER.fullmatch(part) for part in re.split(r"\bor\b", text)]
    if len(matches) > MOST_IDS or not all(matches):
        raise GraphErrorResponse.bad_request(
            f"$filter of a delta query supports only id eq '...' joined by or, at most {MOST_IDS} of them."
        )
    return [match.group(1).lower() for match in matches if match]


def _views(directory: Directory, kind: ChangeKind, text: str | None) -> tuple[SelectedProperties, tuple[str, ...]]:
    """The view of properties, and the references to follow."""
    allowed = _REFERENCES[kind]
    names = [name.strip() for name in text.split(",")] if text else []
    references = tuple(name for name in allowed if name in names or (not names and allowed[name]))
    if not names:
        return _view(directory, kind, None), references
    own = [name for name in names if name not in allowed and name != "id"]
    return _view(directory, kind, ",".join(["id", *own])), references


def _view(directory: Directory, kind: ChangeKind, text: str | None) -> SelectedProperties:
    return user_view(directory, text) if kind == "user" else select(directory.extended(_TYPES[kind]), text)


def _first_round(directory: Directory, request: GraphRequest, kind: ChangeKind, state: dict[str, Any]) -> GraphReply:
    view, references = _views(directory, kind, state["select"])
    size = _page_size(request)
    page: list[Record] = []
    position = state["cursor"]
    for after, record in directory.table(kind).after(position):
        if len(page) == size:
            return _page(directory, request, kind, page, state, position)
        position = after
        if state["ids"] is None or record["id"] in state["ids"]:
            page.append({**_set(view, record), **_all_references(directory, record["id"], references)})
    return _page(directory, request, kind, page, {**state, "since": state["upto"], "upto": None}, None)


def _later_round(directory: Directory, request: GraphRequest, kind: ChangeKind, state: dict[str, Any]) -> GraphReply:
    view, references = _views(directory, kind, state["select"])
    watched = frozenset((*view.names, *references)) - NOT_TRACKED
    upto = state["upto"] if state["upto"] is not None else directory.log.last
    changed = [
        (key, changes)
        for key, changes in directory.log.between(state["since"], upto, kind).items()
        if _concerns(changes, watched) and (state["ids"] is None or key in state["ids"])
    ]
    size, start = _page_size(request), state["cursor"] or 0
    is_minimal = _MINIMAL.search(request.header("prefer")) is not None
    page = [
        _changed(directory, kind, key, changes, view, references, is_minimal=is_minimal)
        for key, changes in changed[start : start + size]
    ]
    if start + size < len(changed):
        return _page(directory, request, kind, page, {**state, "upto": upto}, start + size)
    return _page(directory, request, kind, page, {**state, "since": upto, "upto": None}, None)


def _concerns(changes: list[ChangeRecord], watched: frozenset[str]) -> bool:
    return any(
        change.names is None or "@removed" in change.names or not watched.isdisjoint(change.names) for change in changes
    )


def _changed(
    directory: Directory,
    kind: ChangeKind,
    key: str,
    changes: list[ChangeRecord],
    view: SelectedProperties,
    references: tuple[str, ...],
    *,
    is_minimal: bool,
) -> Record:
    record = directory.table(kind).get(key)
    if record is None:
        reason = "changed" if key in directory.deleted else "deleted"
        return {"id": key, "@removed": {"reason": reason}}
    if any(change.names is None for change in changes):  # created or restored: all of it
        return {**_set(view, record), **_all_references(directory, key, references)}
    touched = frozenset({"id"}).union(*(change.names or () for change in changes))
    shown = {name: value for name, value in view(record).items() if name in touched}
    if not is_minimal:
        shown = {**_set(view, record), **shown}
    for name in references:
        last = {change.link.target: change.link for change in changes if change.link and change.link.name == name}
        if last:
            shown[f"{name}@delta"] = [
                _link(directory, target)
                if link.added
                else {**_link(directory, target), "@removed": {"reason": "deleted"}}
                for target, link in last.items()
            ]
    return shown


def _set(view: SelectedProperties, record: Record) -> Record:
    """What of the selected properties has a value."""
    made = {name for name, _ in view.computed}
    return {name: value for name, value in view(record).items() if name in record or (name in made and value)}


def _all_references(directory: Directory, key: str, references: tuple[str, ...]) -> Record:
    links = {"manager": directory.managers, "members": directory.members, "owners": directory.owners}
    found = {
        f"{name}@delta": [_link(directory, target) for target in links[name].targets(key) if directory.object(target)]
        for name in references
    }
    return {name: items for name, items in found.items() if items}


def _link(directory: Directory, target: str) -> Record:
    found = directory.object(target)
    kind = found[0] if found else "user"
    return {"@odata.type": f"#microsoft.graph.{'orgContact' if kind == 'contact' else kind}", "id": target}


def _page(
    directory: Directory,
    request: GraphRequest,
    kind: ChangeKind,
    page: list[Record],
    state: dict[str, Any],
    cursor: int | None,
) -> GraphReply:
    now = int(directory.clock.now().timestamp())
    token = write_token(directory.tenant_id, request.path, {**state, "cursor": cursor or 0, "at": now})
    name = _TYPES[kind].collection
    more = cursor is not None
    link = request.link(name, "delta", **{"skiptoken" if more else "deltatoken": token})
    return GraphReply(
        200,
        {
            "@odata.context": f"{request.base}/$metadata#{name}",
            "@odata.nextLink" if more else "@odata.deltaLink": link,
            "value": page,
        },
    )


def _page_size(request: GraphRequest) -> int:
    match = _PAGE_PREFERENCE.search(request.header("prefer"))
    return min(max(int(match.group(1)), 1), LARGEST_PAGE) if match else DEFAULT_PAGE


_OPTIONS = frozenset({"$select", "$filter", "$deltatoken", "$skiptoken"})


ROUTES = (
    Route("GET", "/users/delta", _users, "Track changes of users", _OPTIONS, source="user-delta"),
    Route("GET", "/contacts/delta", _contacts, "Track changes of contacts", _OPTIONS, source="orgcontact-delta"),
    Route("GET", "/groups/delta", _groups, "Track changes of groups", _OPTIONS, source="group-delta"),
)
