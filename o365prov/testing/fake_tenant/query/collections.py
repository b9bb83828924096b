"""Query options: $select, $filter, $orderby, $top, $count, $expand, $skiptoken, and the pages they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from attrs import frozen

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.paging_tokens import read_token, write_token
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.filters import Predicate, compile_filter
from o365prov.testing.fake_tenant.query.search import compile_search
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.schema.query_support import NOTHING, Support
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

Render = Callable[[Record], Record]

DEFAULT_PAGE = 100
"""Pages hold 100 objects unless $top says otherwise, and 999 at most (Graph, "$top"; paging limits of users)."""
LARGEST_PAGE = 999
_WHERE = frozenset({"$skiptoken", "$skip"})
_NUMBER = re.compile(r"[0-9]{1,9}")


def page_size(request: GraphRequest, default: int = DEFAULT_PAGE) -> int:
    """How many objects a page may hold."""
    text = request.option("$top")
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= LARGEST_PAGE:
        raise GraphErrorResponse.bad_request(
            f"Invalid page size specified: '{text}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        )
    return int(text)


def _skipped(request: GraphRequest) -> int:
    """How many objects $skip passes over."""
    text = request.option("$skip") or "0"
    if not _NUMBER.fullmatch(text):
        raise GraphErrorResponse.malformed(f"Invalid value '{text}' for $skip query option found.")
    return int(text)


def collection(
    directory: Directory,
    request: GraphRequest,
    of: ObjectType,
    rows: Callable[[int], Iterable[tuple[int, Record]]],
    render: Render,
    context: str,
) -> GraphReply:
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
    predicate = _both(predicate, compile_search(request, of))
    ordering = _ordering(request, of, filtered=predicate is not None)
    token = request.option("$skiptoken")
    last: dict[str, Any] = {"at": 0, "key": None}
    if token:
        last = read_token(directory.tenant_id, request.path, token, "$skiptoken")
    size = page_size(request)
    skipped = 0 if token else _skipped(request)

    if ordering is None:
        matching = _matching(rows(last["at"]), predicate)
    else:
        matching = ordering.after(last["at"], last["key"], _matching(rows(0), predicate))
    page = list(islice(matching, skipped, skipped + size + 1))
    body: dict[str, Any] = {"@odata.context": f"{request.base}/$metadata#{context}"}
    if not token and (request.is_eventual or (request.counts and of.collection == "places")):
        # of directory objects, $count=true is ignored without the header
        body["@odata.count"] = sum(1 for _ in _matching(rows(0), predicate))
    if len(page) > size:
        del page[size:]
        options = {name[1:]: value for name, value in request.options.items() if name not in _WHERE}
        at, record = page[-1]
        key = None if ordering is None else ordering.key(record)
        options["skiptoken"] = write_token(directory.tenant_id, request.path, {"at": at, "key": key})
        body["@odata.nextLink"] = request.link(*request.path, **options)
    body["value"] = [render(record) for _, record in page]
    return GraphReply(200, body)


def counted(
    directory_rows: Callable[[int], Iterable[tuple[int, Record]]], request: GraphRequest, of: ObjectType
) -> GraphReply:
    """The bare number of a collection's objects, as text; an advanced query by nature."""
    if request.header("consistencylevel").lower() != "eventual" and of.collection != "places":
        raise GraphErrorResponse.bad_request("$count is not currently supported.")
    text = request.option("$filter")
    predicate = _both(compile_filter(text, of, is_eventual=True) if text else None, compile_search(request, of))
    number = sum(1 for _ in _matching(directory_rows(0), predicate))
    return GraphReply(200, number, {"Content-Type": "text/plain"})


def _both(first: Predicate | None, second: Predicate | None) -> Predicate | None:
    if first is None or second is None:
        return first or second
    return lambda record: first(record) and second(record)


def _matching(rows: Iterable[tuple[int, Record]], predicate: Predicate | None) -> Iterator[tuple[int, Record]]:
    return iter(rows) if predicate is None else (row for row in rows if predicate(row[1]))


@frozen
class _Ordering:
    """$orderby: by one property without regard to case, then by position; a page goes on after the last one's."""

    name: str
    backwards: bool

    def key(self, record: Record) -> str:
        return str(record.get(self.name) or "").casefold()

    def after(self, at: int, key: str | None, rows: Iterable[tuple[int, Record]]) -> Iterator[tuple[int, Record]]:
        ordered = sorted(rows, key=lambda row: self.key(row[1]), reverse=self.backwards)
        return (row for row in ordered if key is None or self._follows(row, at, key))

    def _follows(self, row: tuple[int, Record], at: int, key: str) -> bool:
        own = self.key(row[1])
        return row[0] > at if own == key else (own > key) != self.backwards


def _ordering(request: GraphRequest, of: ObjectType, *, filtered: bool) -> _Ordering | None:
    text = request.option("$orderby")
    if not text:
        return None
    if "," in text:
        raise GraphErrorResponse.unsupported(f"the fake tenant sorts by one property, not by '{text}'")
    name, _, direction = text.strip().partition(" ")
    spelled = of.spelled(name)
    if spelled is None or direction.strip().lower() not in {"", "asc", "desc"}:
        raise GraphErrorResponse.malformed(
            f"Invalid $orderby clause: Could not find a property named '{name}' on type '{of.name}', or a direction of"
            f" asc or desc, in '{text}'."
        )
    support = of.queries.get(spelled.lower(), NOTHING).orderby
    needs_more = filtered or support is Support.ADVANCED
    if support is Support.NO or (needs_more and not request.is_eventual):
        raise GraphErrorResponse(400, "Request_UnsupportedQuery", "Sorting not supported for current query.")
    return _Ordering(spelled, backwards=direction.strip().lower() == "desc")
