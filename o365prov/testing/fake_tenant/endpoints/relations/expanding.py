"""$expand of users and groups: a user's managers, and the first of the objects that a user or group is related to.

Sources: Graph "List manager" ($levels), "Use query parameters" (a directory object is shown with at most 20 objects of
one relationship, and $expand does not go with advanced queries), "user" and "group" resource types, relationships.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from attrs import frozen

from o365prov.testing.fake_tenant.endpoints.relations.related import related_objects
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphRequest
from o365prov.testing.fake_tenant.query.collections import Render
from o365prov.testing.fake_tenant.query.filters import compile_filter
from o365prov.testing.fake_tenant.query.views import object_view, typed
from o365prov.testing.fake_tenant.schema.object_types import GROUP, USER
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

MOST_EXPANDED = 20
_EXPAND = re.compile(r"(?P<name>\w+)(?:\((?P<options>[^()]*)\))?")
_SELECT = re.compile(r"[A-Za-z0-9_,\s]+")
_LEVELS = re.compile(r"max|[1-9][0-9]{0,2}|1000")
_TYPES: Mapping[str, ObjectType] = {"user": USER, "group": GROUP}
_EXPANDABLE: Mapping[str, tuple[str, ...]] = {
    "user": ("manager", "directReports", "memberOf", "transitiveMemberOf", "ownedObjects", "sponsors"),
    "group": ("members", "owners", "memberOf", "transitiveMembers", "transitiveMemberOf"),
}


@frozen
class _Expansion:
    """``$expand=name($select=...;$levels=...)``."""

    name: str
    select: str | None
    levels: str


def expanding(directory: Directory, request: GraphRequest, kind: ChangeKind, view: Render, *, one: bool) -> Render:
    """A view of users or groups, with what $expand asks for.

    Args:
        directory: the tenant.
        request: what was asked.
        kind: what the view is of.
        view: shows an object without what it is related to.
        one: whether a single object is read, of whose managers $levels has more than one.

    """
    text = request.option("$expand")
    if not text:
        return view
    expansion = _read(text, kind)
    if bool(expansion.levels) != request.is_eventual or (expansion.levels and not one):
        filtered = request.option("$filter")
        if filtered and request.is_eventual:  # the service then names the filter that needs them (docs-contrib#9095)
            compile_filter(filtered, directory.extended(_TYPES[kind]), is_eventual=False)
        raise GraphErrorResponse(
            400,
            "Request_UnsupportedQuery",
            "$expand can't be combined with advanced query parameters, but for $levels of a single user's manager,"
            " which needs them.",
        )
    views = object_view(directory, expansion.select)

    def shown(found: tuple[ChangeKind, Record]) -> Record:
        return typed(found[0], views[found[0]](found[1]))

    if expansion.name == "manager":
        return _with_managers(directory, view, shown, expansion.levels)

    def with_related(record: Record) -> Record:
        found = islice(related_objects(directory, record["id"], expansion.name), MOST_EXPANDED)
        return {**view(record), expansion.name: [shown((kind, other)) for _, kind, other in found]}

    return with_related


def _read(text: str, kind: ChangeKind) -> _Expansion:
    """The relationship and its options, in whatever order they stand; 501 for anything else."""
    match = _EXPAND.fullmatch(text.strip())
    parts = [part.partition("=") for part in (match["options"] or "").split(";") if part.strip()] if match else []
    options = {name.strip().lower(): value.strip() for name, _, value in parts}
    spelled = {name.lower(): name for name in _EXPANDABLE[kind]}
    name = spelled.get(match["name"].lower(), "") if match else ""
    known = {"$select": _SELECT, **({"$levels": _LEVELS} if name == "manager" else {})}
    fits = all(option in known and known[option].fullmatch(value) for option, value in options.items())
    if not name or not fits or len(options) < len(parts):
        raise GraphErrorResponse.unsupported(
            f"the fake tenant does not support $expand={text}; it supports one of {', '.join(spelled.values())},"
            " $select in it, and $levels of a manager"
        )
    return _Expansion(name, options.get("$select"), options.get("$levels", ""))


def _with_managers(
    directory: Directory, view: Render, shown: Callable[[tuple[ChangeKind, Record]], Record], levels: str
) -> Render:
    deepest = None if levels == "max" else int(levels or 1)

    def with_managers(record: Record) -> Record:
        top: dict[str, Any] = view(record)
        below = top
        for manager in islice(_managers(directory, record), deepest):
            below["manager"] = below = shown(manager)
        return top

    return with_managers


def _managers(directory: Directory, record: Record) -> Iterator[tuple[ChangeKind, Record]]:
    """The manager of a user, the manager of that one, and so on up; in a circle each comes once."""
    seen = {record["id"]}
    keys: Iterable[str] = directory.managers.targets(record["id"])
    while found := next((each for key in keys if key not in seen and (each := directory.object(key))), None):
        seen.add(found[1]["id"])
        yield found
        keys = directory.managers.targets(found[1]["id"])
