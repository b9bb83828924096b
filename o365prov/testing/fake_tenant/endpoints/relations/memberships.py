"""Who is in a group, which groups somebody is in, who reports to whom: listed, counted, by type, and as references.

Sources: Graph "List members", "List transitive members", "List owners", "List memberOf", "List transitive memberOf",
"List directReports" and "List sponsors" of groups, users and contacts. Directory roles are not among them here;
``getMemberObjects`` has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import frozen

from o365prov.testing.fake_tenant.endpoints.relations.related import Found, related_objects
from o365prov.testing.fake_tenant.endpoints.routes import COUNTED, SEARCHED, Endpoint, Route
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection, counted
from o365prov.testing.fake_tenant.query.views import context_of, object_view, typed
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, DIRECTORY_OBJECT, GROUP, USER
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_KINDS: dict[ChangeKind, ObjectType] = {"user": USER, "group": GROUP, "contact": CONTACT}
MIXED = frozenset({"$select", "$filter", "$search", "$top", "$count", "$skiptoken"})
"""Options of a collection in pages whose objects are of several kinds."""


@frozen
class _Relation:
    """A list of related objects: where it is, what is in it, and by which types it can be asked for."""

    path: str
    summary: str
    casts: tuple[ChangeKind, ...]
    cost: int
    source: str
    has_references: bool = False

    def found(self, directory: Directory, request: GraphRequest) -> Iterator[Found]:
        """The objects that are there, each with its kind."""
        owner = str(_owner(directory, request)["id"])
        return related_objects(directory, owner, self.path.rpartition("/")[2])

    def routes(self) -> Iterator[Route]:
        """Everything that can be asked about it."""
        yield Route("GET", self.path, self._everything(), self.summary, MIXED, self.cost, self.source)
        yield Route(
            "GET", f"{self.path}/$count", self._count(None), f"{self.summary}: how many", COUNTED, source=self.source
        )
        if self.has_references:
            summary = f"{self.summary}: references"
            yield Route("GET", f"{self.path}/$ref", self._references(), summary, MIXED - {"$select"}, self.cost)
        for kind in self.casts:
            path = f"{self.path}/{_KINDS[kind].name}"
            summary = f"{self.summary}: the {kind}s"
            yield Route("GET", path, self._of_kind(kind), summary, SEARCHED, self.cost, self.source)
            many = f"{summary}, how many"
            yield Route("GET", f"{path}/$count", self._count(kind), many, COUNTED, source=self.source)

    def _everything(self) -> Endpoint:
        def answer(directory: Directory, request: GraphRequest) -> GraphReply:
            return mixed(directory, request, self.found(directory, request))

        return answer

    def _references(self) -> Endpoint:
        def answer(directory: Directory, request: GraphRequest) -> GraphReply:
            def render(record: Record) -> Record:
                return {"@odata.id": request.link("directoryObjects", record["id"])}

            rows = _rows(self.found(directory, request), None)
            return collection(directory, request, DIRECTORY_OBJECT, rows, render, "Collection($ref)")

        return answer

    def _of_kind(self, kind: ChangeKind) -> Endpoint:
        of = _KINDS[kind]

        def answer(directory: Directory, request: GraphRequest) -> GraphReply:
            view = object_view(directory, request.option("$select"), only=kind)[kind]
            rows = _rows(self.found(directory, request), kind)
            return collection(directory, request, directory.extended(of), rows, view, context_of(of.collection, view))

        return answer

    def _count(self, kind: ChangeKind | None) -> Endpoint:
        of = _KINDS[kind] if kind else DIRECTORY_OBJECT

        def answer(directory: Directory, request: GraphRequest) -> GraphReply:
            return counted(_rows(self.found(directory, request), kind), request, of)

        return answer


def mixed(directory: Directory, request: GraphRequest, found: Iterable[Found]) -> GraphReply:
    """A page of objects of several kinds, each with its ``@odata.type``."""
    views = object_view(directory, request.option("$select"))
    records = list(found)
    kinds: dict[str, ChangeKind] = {record["id"]: kind for _, kind, record in records}

    def render(record: Record) -> Record:
        kind = kinds[record["id"]]
        return typed(kind, views[kind](record))

    return collection(directory, request, DIRECTORY_OBJECT, _rows(records, None), render, "directoryObjects")


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
    _Relation("/groups/{group}/members", "List a group's members", ("user", "group", "contact"), 3,
              "group-list-members", has_references=True),
    _Relation("/groups/{group}/owners", "List a group's owners", ("user",), 3,
              "group-list-owners", has_references=True),
    _Relation("/groups/{group}/transitiveMembers", "List members of members",
              ("user", "group", "contact"), 5, "group-list-transitivemembers"),
    _Relation("/users/{user}/sponsors", "List a guest's sponsors", (), 1,
              "user-list-sponsors", has_references=True),
    _Relation("/users/{user}/directReports", "List who reports to a user", ("user", "contact"), 1,
              "user-list-directreports"),
    _Relation("/users/{user}/ownedObjects", "List the groups that a user owns", ("group",), 2,
              "user-list-ownedobjects"),
    _Relation("/contacts/{contact}/directReports", "List who reports to a contact", ("user", "contact"), 1,
              "orgcontact-list-directreports"),
    *(
        relation
        for one, many in (("user", "users"), ("group", "groups"), ("contact", "contacts"))
        for relation in (
            _Relation(f"/{many}/{{{one}}}/memberOf", f"List the groups that a {one} is in", ("group",), 2,
                      f"{'orgcontact' if one == 'contact' else one}-list-memberof"),
            _Relation(f"/{many}/{{{one}}}/transitiveMemberOf",
                      f"List the groups that a {one} is in, also by way of groups", ("group",), 5,
                      f"{'orgcontact' if one == 'contact' else one}-list-transitivememberof"),
        )
    ),
)  # fmt: skip

ROUTES = tuple(route for relation in _RELATIONS for route in relation.routes())
