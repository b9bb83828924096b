"""Reading a tenant: a mark of the moment first, then everything that planning asks about."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

from attrs import frozen

from o365prov.errors import GraphError, TenantError
from o365prov.graph import decode, requests
from o365prov.graph.messages import Request
from o365prov.graph.sending import Sender
from o365prov.planning.snapshot import Domain, Needs, TenantSnapshot

_log = logging.getLogger(__name__)


@frozen
class Organization:
    """The tenant itself."""

    id: str
    name: str


async def organization(sender: Sender, sdk: Any) -> Organization:
    """Who the tenant is; raises TenantError if it does not say."""
    request = requests.organization(sdk)
    found = decode.rows(await sender.read(request), request.where)
    if not found or not isinstance(found[0].get("id"), str):
        raise TenantError(f"{request.where}: the answer names no tenant; look for a proxy that answers for Graph")
    return Organization(found[0]["id"], str(found[0].get("displayName") or ""))


async def domains(sender: Sender, sdk: Any) -> tuple[Domain, ...]:
    """The tenant's domains."""
    request = requests.domains(sdk)
    return tuple([_decoded(decode.domain, row, request) async for row in pages(sender, request)])


async def snapshot(sender: Sender, sdk: Any, needs: Needs) -> TenantSnapshot:
    """Everything that *needs* asks for.

    The watermark is taken before the first user is read: what changes while the pages are read is then reported as
    changed rather than missed.
    """
    clock = sender.pacer.clock
    read_at = clock.now()
    watermark = await mark(sender, requests.delta_from_now(sdk, needs.properties, managers=needs.managers))
    tenant = await organization(sender, sdk)
    tenant_domains = await domains(sender, sdk)
    skus = requests.subscribed_skus(sdk)
    tenant_skus = [_decoded(decode.sku, row, skus) async for row in pages(sender, skus)]
    users = requests.users(sdk, needs.properties, managers=needs.managers)
    tenant_users = [_decoded(decode.user, row, users) async for row in pages(sender, users)]
    return TenantSnapshot(
        tenant_id=tenant.id,
        users=decode.unique(tenant_users),
        skus=tenant_skus,
        domains=tenant_domains,
        name=tenant.name,
        read_at=read_at,
        watermark=watermark,
    )


async def mark(sender: Sender, request: Request) -> str | None:
    """A mark of this moment: the delta link at the end of a delta read.

    None where Graph does not track changes, as in external tenants, or not of the properties that are needed: applying
    then reads and compares what it touches.
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
    raise TenantError(f"{request.where}: the answer has no delta link; try again")


async def pages(sender: Sender, request: Request) -> AsyncIterator[Mapping[str, Any]]:
    """The objects of a collection, page after page."""
    async for document in documents(sender, request):
        for row in decode.rows(document, request.where):
            yield row


async def documents(sender: Sender, request: Request) -> AsyncIterator[Mapping[str, Any]]:
    """The pages of a collection, the first at *request* and the others where the one before leads.

    Raises TenantError for a page that leads back to one already read, or to another host than Graph's.
    """
    seen = set()
    following = request
    while True:
        document = await sender.read(following)
        if not isinstance(document, dict):
            raise TenantError(f"{request.where}: the answer holds no page; look for a proxy that answers for Graph")
        yield document
        link = document.get("@odata.nextLink")
        if not isinstance(link, str) or not link:
            return
        if link in seen:
            raise TenantError(f"{request.where}: the pages lead in a circle; try again, and report it to Microsoft")
        seen.add(link)
        following = Request("GET", link, units=request.units)


def _decoded(kind: Any, row: Mapping[str, Any], request: Request) -> Any:
    try:
        return kind(row)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TenantError(
            f"{request.where}: one of the objects is not what Graph describes ({type(error).__name__}: {error}); "
            "look for a proxy that answers for Graph"
        ) from error
