"""Who is in a group and which groups somebody is in, directly or by way of groups: listed, counted, and by type.

Sources: Graph "List members", "List transitive members", "List owners", "List memberOf", "List transitive memberOf" of
groups, users and contacts. Directory roles are not among them here; ``getMemberObjects`` has them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from attrs import frozen

from o365prov.testing.fake_tenant.endpoints.routes import PAGED, Endpoint, Route
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection, counted
from o365prov.testing.fake_tenant.query.views import context_of, object_view, typed
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, GROUP, USER
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

Found = tuple[int, ChangeKind, Record]
"""The number that orders a page, and what was found."""
Related = Callable[[Directory, str], Iterable[tuple[int, str]]]
"""The ids that an object is related to, each with a number that orders a page."""
_KINDS: dict[ChangeKind, ObjectType] = {"user": USER, "group": GROUP, "contact": CONTACT}
MIXED = frozenset({"$select", "$top", "$count", "$skiptoken"})
"""Options of a collection in pages whose objects are of several kinds."""


def closure(start: str, step: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Whatever is reached from an object by steps, each once, without itself."""
    seen: dict[str, None] = {}
    ahead = deque(step(start))
    while ahead:
        key = ahead.popleft()
        if key not in seen and key != start:
            seen[key] = None
            ahead += step(key)
    yield from seen


def _members(directory: Directory, key: str) -> Iterable[tuple[int, str]]:
    return directory.members.numbered_targets(key)


def _owners(directory: Directory, key: str) -> Iterable[tuple[int, str]]:
    return directory.owners.numbered_targets(key)


def _sponsors(directory: Directory, key: str) -> Iterable[tuple[int, str]]:
    return directory.sponsors.numbered_targets(key)


def _all_members(directory: Directory, key: str) -> Iterable[tuple[int, str]]:
    return enumerate(closure(key, directory.members.targets), start=1)


def _groups(directory: Directory, key: str) -> Iterable[tuple[int, str]]:
    return directory.members.numbered_sources(key)


def _all_groups(directory: Directory, key: str) -> Iterable[tuple[int, str]]:
    return enumerate(closure(key, directory.members.sources), start=1)


@frozen
class _Relation:
    """A list of related objects: where it is, what is in it, and by which types it can be asked for."""

    path: str
    related: Related
    summary: str
    casts: tuple[ChangeKind, ...]
    cost: int
    source: str

    def found(self, directory: Directory, request: GraphRequest) -> Iterator[Found]:
        """The objects that are there, each with its kind."""
        for number, key in self.related(directory, str(_owner(directory, request)["id"])):
            found = directory.object(key)
            if found is not None:
                yield number, *found

    def routes(self) -> Iterator[Route]:
        """Everything that can be asked about it."""
        counting = frozenset({"$filter"})
        yield Route("GET", self.path, self._everything(), self.summary, MIXED, self.cost, self.source)
        yield Route("GET", f"{self.path}/$count", self._count(None), f"{self.summary}: how many", source=self.source)
        for kind in self.casts:
            path = f"{self.path}/{_KINDS[kind].name}"
            summary = f"{self.summary}: the {kind}s"
            yield Route("GET", path, self._of_kind(kind), summary, PAGED, self.cost, self.source)
            many = f"{summary}, how many"
            yield Route("GET", f"{path}/$count", self._count(kind), many, counting, source=self.source)

    def _everything(self) -> Endpoint:
        def answer(directory: Directory, request: GraphRequest) -> GraphReply:
            return mixed(directory, request, self.found(directory, request))

        return answer

    def _of_kind(self, kind: ChangeKind) -> Endpoint:
        of = _KINDS[kind]

        def answer(directory: Directory, request: GraphRequest) -> GraphReply:
            view = object_view(directory, request.option("$select"), only=kind)[kind]
            rows = _rows(self.found(directory, request), kind)
            return collection(directory, request, directory.extended(of), rows, view, context_of(of.collection, view))

        return answer

    def _count(self, kind: ChangeKind | None) -> Endpoint:
        def answer(directory: Directory, request: GraphRequest) -> GraphReply:
            return counted(_rows(self.found(directory, request), kind), request, _KINDS[kind or "user"])

        return answer


def mixed(directory: Directory, request: GraphRequest, found: Iterable[Found]) -> GraphReply:
    """A page of objects of several kinds, each with its ``@odata.type``."""
    views = object_view(directory, request.option("$select"))
    records = list(found)
    kinds: dict[str, ChangeKind] = {record["id"]: kind for _, kind, record in records}

    def render(record: Record) -> Record:
        kind = kinds[record["id"]]
        return typed(kind, views[kind](record))

    return collection(directory, request, USER, _rows(records, None), render, "directoryObjects")


def _rows(found: Iterable[Found], kind: ChangeKind | None) -> Callable[[int], Iterable[tuple[int, Record]]]:
    rows = [(number, record) for number, each, record in found if kind in {None, each}]
    return lambda position: (row for row in rows if row[0] > position)


def _owner(directory: Directory, request: GraphRequest) -> Record:
    """The object whose list is asked for."""
    match request.named:
        case {"group": key}:
            return directory.group(key)
        case {"user": key}:
            return directory.user(key)
        case named:
            return directory.contact(named["contact"])


_RELATIONS = (
    _Relation("/groups/{group}/members", _members, "List a group's members", ("user", "group", "contact"), 3,
              "group-list-members"),
    _Relation("/groups/{group}/owners", _owners, "List a group's owners", ("user",), 3, "group-list-owners"),
    _Relation("/groups/{group}/transitiveMembers", _all_members, "List members of members",
              ("user", "group", "contact"), 5, "group-list-transitivemembers"),
    _Relation("/users/{user}/sponsors", _sponsors, "List a guest's sponsors", (), 1,
              "user-list-sponsors"),
    *(
        relation
        for one, many in (("user", "users"), ("group", "groups"), ("contact", "contacts"))
        for relation in (
            _Relation(f"/{many}/{{{one}}}/memberOf", _groups, f"List the groups that a {one} is in", ("group",), 2,
                      f"{'orgcontact' if one == 'contact' else one}-list-memberof"),
            _Relation(f"/{many}/{{{one}}}/transitiveMemberOf", _all_groups,
                      f"List the groups that a {one} is in, also by way of groups", ("group",), 5,
                      f"{'orgcontact' if one == 'contact' else one}-list-transitivememberof"),
        )
    ),
)  # fmt: skip

ROUTES = tuple(route for relation in _RELATIONS for route in relation.routes())
