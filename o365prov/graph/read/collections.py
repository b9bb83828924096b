"""Collections of Graph: their pages, the objects in them, and what it means that the app may not read them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from o365prov.errors import CredentialError, GraphError, TenantError
from o365prov.graph.client.errors import classify
from o365prov.graph.client.messages import Request, Response
from o365prov.graph.client.sender import Sender, not_json
from o365prov.graph.read import decode
from o365prov.graph.setup.permissions import Operation, advice

_log = logging.getLogger(__name__)

_Value = TypeVar("_Value")

MOST_PAGES = 20_000
"""Of 100 objects at least, where Graph makes them small: two million; of 999, where it does not, twenty million."""


async def collected(
    sender: Sender,
    request: Request,
    decode_row: Callable[[Mapping[str, Any]], _Value],
    operation: Operation,
    keep: Callable[[_Value], bool] | None = None,
) -> tuple[_Value, ...]:
    """The decoded objects of a collection for which *keep* is true."""
    values: list[_Value] = []
    with explaining_403(operation):
        async for document in documents(sender, request):
            page = [decoded(row, decode_row, request) for row in decode.rows(document, request.where)]
            values += page if keep is None else filter(keep, page)
    return tuple(values)


async def answers(
    sender: Sender, request: Request, response: Response, decode_row: Callable[[Mapping[str, Any]], _Value]
) -> AsyncIterator[_Value]:
    """The decoded objects of a collection of which the first page came in a batch."""
    if not response.ok:
        raise classify(response).error(request.where)
    try:
        document = response.json()
    except ValueError:
        raise not_json(request, response) from None
    for row in decode.rows(document, request.where):
        yield decoded(row, decode_row, request)
    link = document.get("@odata.nextLink")
    if isinstance(link, str) and link:
        async for row in pages(sender, Request("GET", link, units=request.units)):
            yield decoded(row, decode_row, request)


def decoded(row: Mapping[str, Any], decode_row: Callable[[Mapping[str, Any]], _Value], request: Request) -> _Value:
    """One object of a collection; raises TenantError if it is not as Graph documents it."""
    try:
        return decode_row(row)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TenantError(
            f"{request.where}: one of the objects is not as Graph documents it "
            f"({type(error).__name__}: {error}); look for a proxy that answers for Graph"
        ) from error


@contextmanager
def explaining_403(operation: Operation) -> Iterator[None]:
    """Turn Graph's 403 for *operation* into a CredentialError that names the permission to grant."""
    try:
        yield
    except GraphError as error:
        if error.status != 403:
            raise
        raise CredentialError(f"{advice(operation)} (403 {error.code}, request {error.request_id})") from error


async def delta_link(sender: Sender, request: Request) -> str | None:
    """The delta link at the end of a delta read, from which later changes can be asked for.

    None where Graph does not track changes, as in external tenants, or not of the properties that are needed: applying
    a plan then reads and compares what it changes.
    """
    try:
        async for document in documents(sender, request):
            if isinstance(link := document.get("@odata.deltaLink"), str):
                return link
    except GraphError as error:
        if error.status not in {400, 404, 501}:
            raise
        _log.info("%s: %d %s; applying will compare instead", request.where, error.status, error.code)
        return None
    raise TenantError(f"{request.where}: the answer does not have a delta link; try again")


async def pages(sender: Sender, request: Request) -> AsyncIterator[Mapping[str, Any]]:
    """The objects of a collection, page after page."""
    async for document in documents(sender, request):
        for row in decode.rows(document, request.where):
            yield row


async def documents(sender: Sender, request: Request) -> AsyncIterator[Mapping[str, Any]]:
    """The pages of a collection, the first at *request* and each other at the link in the one before.

    Raises TenantError for a page that links back to one already read, or to another host than Graph's, and for pages
    without end.
    """
    seen: set[str] = set()
    following = request
    while True:
        document = await sender.read(following)
        if not isinstance(document, dict):
            raise TenantError(f"{request.where}: the answer is not a page; look for a proxy that answers for Graph")
        yield document
        link = document.get("@odata.nextLink")
        if not isinstance(link, str) or not link:
            return
        if link in seen:
            raise TenantError(
                f"{request.where}: the pages link back to one that was read; try again, and report it to Microsoft"
            )
        if len(seen) == MOST_PAGES:
            raise TenantError(
                f"{request.where}: there are more than {MOST_PAGES} pages; look for a proxy that answers for Graph"
            )
        seen.add(link)
        following = Request("GET", link, units=request.units)
