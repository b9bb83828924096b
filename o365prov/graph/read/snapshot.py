"""Reading a tenant: a mark of the moment first, then everything that planning asks about."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from attrs import frozen

from o365prov.errors import CredentialError, GraphError, TenantError
from o365prov.graph import requests
from o365prov.graph.client.messages import Request
from o365prov.graph.client.sender import Sender
from o365prov.graph.read import decode
from o365prov.graph.setup.permissions import Operation, advice
from o365prov.planning import Domain, Needs, RoleAssignment, TenantSnapshot, TenantUser

_log = logging.getLogger(__name__)

_Value = TypeVar("_Value")


@frozen
class TenantIdentity:
    """The tenant itself; *synced* if Entra Connect or Cloud Sync masters objects in it."""

    id: str
    name: str
    synced: bool = False


async def organization(sender: Sender, sdk: Any) -> TenantIdentity:
    """Who the tenant is; raises TenantError if it does not say."""
    request = requests.organization(sdk)
    with permitted(Operation.READ_ORGANIZATION):
        found = decode.rows(await sender.read(request), request.where)
    if not found or not isinstance(found[0].get("id"), str):
        raise TenantError(f"{request.where}: the answer names no tenant; look for a proxy that answers for Graph")
    return TenantIdentity(
        found[0]["id"], str(found[0].get("displayName") or ""), bool(found[0].get("onPremisesSyncEnabled"))
    )


async def domains(sender: Sender, sdk: Any) -> tuple[Domain, ...]:
    """The tenant's domains."""
    return await _all(sender, requests.domains(sdk), decode.domain, Operation.READ_DOMAINS)


async def snapshot(
    sender: Sender, sdk: Any, needs: Needs, keep: Callable[[TenantUser], bool] | None = None
) -> TenantSnapshot:
    """Everything that *needs* asks for, of the users only those to *keep*; it is asked once about each.

    The watermark is taken before the first user is read: what changes while the pages are read is then reported as
    changed rather than missed.
    """
    read_at = sender.pacer.clock.now()
    names = needs.properties
    with permitted(Operation.READ_USERS):
        watermark = await mark(sender, requests.delta_from_now(sdk, names, managers=needs.managers))
    tenant = await organization(sender, sdk)
    users = requests.users(sdk, names, managers=needs.managers)
    return TenantSnapshot(
        tenant_id=tenant.id,
        name=tenant.name,
        synced=tenant.synced,
        domains=await domains(sender, sdk),
        skus=await _all(sender, requests.subscribed_skus(sdk), decode.sku, Operation.READ_SKUS),
        roles=await _all(sender, requests.roles(sdk), decode.role, Operation.READ_ROLES) if needs.roles else (),
        role_assignments=await _role_assignments(sender, sdk) if needs.roles else (),
        users=decode.unique(await _all(sender, users, decode.user, Operation.READ_USERS, keep)),
        deleted_users=await _deleted_users(sender, sdk, needs) if needs.deleted_users else (),
        read_at=read_at,
        watermark=watermark,
    )


async def _role_assignments(sender: Sender, sdk: Any) -> tuple[RoleAssignment, ...]:
    held = await _all(sender, requests.role_assignments(sdk), decode.role_assignment, Operation.READ_ROLES)
    return tuple(assignment for assignment in held if assignment is not None)


async def _deleted_users(sender: Sender, sdk: Any, needs: Needs) -> tuple[TenantUser, ...]:
    request = requests.deleted_users(sdk, needs.properties)
    return decode.unique(await _all(sender, request, decode.user, Operation.READ_DELETED_USERS))


async def _all(
    sender: Sender,
    request: Request,
    kind: Callable[[Mapping[str, Any]], _Value],
    operation: Operation,
    keep: Callable[[_Value], bool] | None = None,
) -> tuple[_Value, ...]:
    """The objects of a collection to *keep*, decoded; raises TenantError for one that is not what Graph describes."""
    found = []
    with permitted(operation):
        async for row in pages(sender, request):
            try:
                value = kind(row)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise TenantError(
                    f"{request.where}: one of the objects is not what Graph describes "
                    f"({type(error).__name__}: {error}); look for a proxy that answers for Graph"
                ) from error
            if keep is None or keep(value):
                found.append(value)
    return tuple(found)


@contextmanager
def permitted(operation: Operation) -> Iterator[None]:
    """Turn Graph's 403 for *operation* into a CredentialError that names the permission to grant."""
    try:
        yield
    except GraphError as error:
        if error.status != 403:
            raise
        raise CredentialError(f"{advice(operation)} (403 {error.code}, request {error.request_id})") from error


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
