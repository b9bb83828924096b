"""Query options: $select, $filter, $orderby, $top, $count, $expand, $skiptoken, and the pages they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import attrs

from o365prov.testing.fake_tenant.directory import Directory
from o365prov.testing.fake_tenant.filters import Predicate, compile_filter
from o365prov.testing.fake_tenant.properties import Kind, ObjectType
from o365prov.testing.fake_tenant.refusals import Refusal
from o365prov.testing.fake_tenant.requests import Reply, Request
from o365prov.testing.fake_tenant.table import Record
from o365prov.testing.fake_tenant.tokens import read_token, write_token

__all__ = ["Projection", "Render", "collection", "page_size", "select"]

Render = Callable[[Record], Record]

#: Pages hold 100 objects unless $top says otherwise, and 999 at most (Graph, "$top"; paging limits of users).
DEFAULT_PAGE = 100
LARGEST_PAGE = 999


@attrs.frozen
class Projection:
    """What of a record goes into an answer.

    Attributes:
        names: the properties, in the order asked for.
        is_default: whether no $select was given.
        unset: each name with what stands for a value never written.
        computed: properties that are made from the record when they are asked for.

    """

    names: tuple[str, ...]
    is_default: bool
    unset: tuple[tuple[str, Any], ...]
    computed: tuple[tuple[str, Callable[[Record], Any]], ...] = ()

    def __call__(self, record: Record) -> Record:
        """The answer's view of a record."""
        get = record.get
        shown = {name: get(name, unset) for name, unset in self.unset}
        for name, compute in self.computed:
            shown[name] = compute(record)
        return shown


def select(
    of: ObjectType,
    text: str | None,
    computed: Mapping[str, Callable[[Record], Any]] | None = None,
    *,
    one: bool = False,
) -> Projection:
    """The projection that $select asks for; 400 for a name that the type lacks, 501 for one that the fake lacks.

    *one* says that a single object is read, which is the only way to what lives in SharePoint.
    """
    names = tuple(dict.fromkeys(part.strip() for part in text.split(","))) if text else of.default_set
    by_lower = {name.lower(): name for name in of.properties}
    known = []
    for name in names:
        spelled = by_lower.get(name.lower())
        if spelled is None:
            raise _unknown(of, name)
        if of.properties[spelled].home == "sharepoint" and not one:
            raise Refusal.unsupported(
                f"'{spelled}' can be read from a single {of.title.lower()} only, not from a collection"
            )
        known.append(spelled)
    made = tuple((name, compute) for name, compute in (computed or {}).items() if name in known)
    return Projection(
        names=tuple(known),
        is_default=not text,
        unset=tuple((item.name, item.unset) for item in of.named(known)),
        computed=made,
    )


def _unknown(of: ObjectType, name: str) -> Refusal:
    if name in of.not_held:
        return Refusal.unsupported(f"the fake tenant does not hold '{name}'; it holds {', '.join(of.properties)}")
    if name == "*":
        return Refusal.unsupported("the fake tenant wants properties by name in $select, not *")
    return Refusal.malformed(
        f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type '{of.name}'."
    )


def page_size(request: Request, default: int = DEFAULT_PAGE) -> int:
    """How many objects a page may hold."""
    text = request.option("$top")
    if text is None:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        raise Refusal.bad_request(
            f"Invalid page size specified: '{text}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        )
    return int(text)


def collection(
    directory: Directory,
    request: Request,
    of: ObjectType,
    rows: Callable[[int], Iterable[tuple[int, Record]]],
    render: Render,
    context: str,
) -> Reply:
    """One page of a collection, filtered, ordered and counted as asked.

    Args:
        directory: the tenant.
        request: what was asked.
        of: the type of the records.
        rows: the records from a position on, each with the position after it.
        render: makes the answer's object from a record.
        context: what follows ``$metadata#`` in ``@odata.context``.

    """
    text = request.option("$filter")
    predicate = compile_filter(text, of, is_eventual=request.is_eventual) if text else None
    if request.counts and not request.is_eventual:
        raise Refusal(400, "Request_UnsupportedQuery", "$count=true needs the header ConsistencyLevel: eventual")
    ordering = _ordering(request, of, filtered=predicate is not None)
    token = request.option("$skiptoken")
    position = int(read_token(directory.tenant_id, token, "$skiptoken")["at"]) if token else 0
    size = page_size(request)

    if ordering is None:
        matching = _matching(rows(position), predicate)
    else:
        ordered = ordering(record for _, record in _matching(rows(0), predicate))
        matching = islice(enumerate(ordered, start=1), position, None)
    page = list(islice(matching, size + 1))
    body: dict[str, Any] = {"@odata.context": f"{request.base}/$metadata#{context}"}
    if request.counts and not token:
        body["@odata.count"] = sum(1 for _ in _matching(rows(0), predicate))
    if len(page) > size:
        del page[size:]
        options = {name[1:]: value for name, value in request.options.items() if name != "$skiptoken"}
        options["skiptoken"] = write_token(directory.tenant_id, {"at": page[-1][0]})
        body["@odata.nextLink"] = request.link(*request.path, **options)
    body["value"] = [render(record) for _, record in page]
    return Reply(200, body)


def _matching(rows: Iterable[tuple[int, Record]], predicate: Predicate | None) -> Iterator[tuple[int, Record]]:
    return iter(rows) if predicate is None else (row for row in rows if predicate(row[1]))


def _ordering(request: Request, of: ObjectType, *, filtered: bool) -> Callable[[Iterable[Record]], list[Record]] | None:
    text = request.option("$orderby")
    if not text:
        return None
    name, _, direction = text.strip().partition(" ")
    item = of.properties.get(name)
    if (
        item is None
        or item.kind not in {Kind.TEXT, Kind.INSTANT}
        or direction.strip().lower() not in {"", "asc", "desc"}
    ):
        raise Refusal(400, "Request_UnsupportedQuery", f"Sorting by '{text}' is not supported for {of.title}.")
    if filtered and not request.is_eventual:
        raise Refusal(
            400,
            "Request_UnsupportedQuery",
            "Sorting together with $filter needs $count=true and the header ConsistencyLevel: eventual.",
        )
    backwards = direction.strip().lower() == "desc"
    return lambda records: sorted(records, key=lambda record: (record.get(name) or "").casefold(), reverse=backwards)
