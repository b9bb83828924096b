"""Reading a tenant: a delta link first, then everything that planning asks about."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from attrs import frozen

from o365prov.errors import CredentialError, GraphError, TenantError
from o365prov.graph import requests
from o365prov.graph.client.messages import Request
from o365prov.graph.client.sender import Sender, together
from o365prov.graph.read import decode
from o365prov.graph.setup.permissions import Operation, advice
from o365prov.planning import AddressHolder, Domain, HolderKind, Needs, Role, RoleAssignment, TenantSnapshot, TenantUser

_log = logging.getLogger(__name__)

_Value = TypeVar("_Value")

MOST_PAGES = 20_000
"""Of 100 objects at least, where Graph makes them small: two million; of 999, where it does not, twenty million."""


@frozen
class TenantIdentity:
    """The tenant itself.

    Args:
        id: its object id.
        name: its display name.
        synced: Entra Connect or Cloud Sync is the source of objects in it.

    """

    id: str
    name: str
    synced: bool = False


async def organization(sender: Sender, sdk: Any) -> TenantIdentity:
    """The tenant itself; raises TenantError if the answer does not name it."""
    request = requests.organization(sdk)
    with explaining_403(Operation.READ_ORGANIZATION):
        rows = decode.rows(await sender.read(request), request.where)
    if not rows or not isinstance(rows[0].get("id"), str):
        raise TenantError(
            f"{request.where}: the answer does not name a tenant; look for a proxy that answers for Graph"
        )
    return TenantIdentity(
        rows[0]["id"], str(rows[0].get("displayName") or ""), bool(rows[0].get("onPremisesSyncEnabled"))
    )


async def domains(sender: Sender, sdk: Any) -> tuple[Domain, ...]:
    """The tenant's domains."""
    return await _all(sender, requests.domains(sdk), decode.domain, Operation.READ_DOMAINS)


async def snapshot(
    sender: Sender, sdk: Any, needs: Needs, keep: Callable[[TenantUser], bool] | None = None
) -> TenantSnapshot:
    """Everything that *needs* asks for; of the users only those for whom *keep* is true. It is called once for each.

    The delta link is asked for before the first user is read: what changes while the pages are read is then reported as
    changed rather than missed.
    """
    read_at = sender.rate_limiter.clock.now()
    names = needs.properties
    with explaining_403(Operation.READ_USERS):
        watermark = await delta_link(sender, requests.delta_from_now(sdk, names, managers=needs.managers))
    tenant, verified, skus, roles, assignments, users, deleted, (addresses, unread) = await together(
        organization(sender, sdk),
        domains(sender, sdk),
        _all(sender, requests.subscribed_skus(sdk), decode.sku, Operation.READ_SKUS),
        _roles(sender, sdk, needs),
        _role_assignments(sender, sdk, needs),
        _all(sender, requests.users(sdk, names, managers=needs.managers), decode.user, Operation.READ_USERS, keep),
        _deleted_users(sender, sdk, needs),
        _addresses(sender, sdk, needs),
    )
    return TenantSnapshot(
        tenant_id=tenant.id,
        name=tenant.name,
        synced=tenant.synced,
        domains=verified,
        skus=skus,
        roles=roles,
        role_assignments=assignments,
        users=decode.unique(users),
        deleted_users=decode.unique(deleted),
        addresses=addresses,
        unread_addresses=unread,
        read_at=read_at,
        watermark=watermark,
    )


async def _roles(sender: Sender, sdk: Any, needs: Needs) -> tuple[Role, ...]:
    return await _all(sender, requests.roles(sdk), decode.role, Operation.READ_ROLES) if needs.roles else ()


async def _role_assignments(sender: Sender, sdk: Any, needs: Needs) -> tuple[RoleAssignment, ...]:
    if not needs.roles:
        return ()
    held = await _all(sender, requests.role_assignments(sdk), decode.role_assignment, Operation.READ_ROLES)
    return tuple(assignment for assignment in held if assignment is not None)


async def _deleted_users(sender: Sender, sdk: Any, needs: Needs) -> tuple[TenantUser, ...]:
    if not needs.deleted_users:
        return ()
    return await _all(sender, requests.deleted_users(sdk, needs.properties), decode.user, Operation.READ_DELETED_USERS)


async def _addresses(
    sender: Sender, sdk: Any, needs: Needs
) -> tuple[tuple[AddressHolder, ...], tuple[HolderKind, ...]]:
    """The groups and contacts with addresses, and which of the two the app may not read: then plans say so."""
    found: tuple[AddressHolder, ...] = ()
    unread: list[HolderKind] = []
    if not needs.addresses:
        return (), ()
    for kind, request, decode_row, operation in (
        (HolderKind.GROUP, requests.mail_groups(sdk), decode.group, Operation.READ_GROUPS),
        (HolderKind.CONTACT, requests.contacts(sdk), decode.contact, Operation.READ_CONTACTS),
    ):
        try:
            found += await _all(sender, request, decode_row, operation)
        except CredentialError as error:
            if not isinstance(error.__cause__, GraphError):
                raise
            _log.info("%s; plans do not know these addresses", error)
            unread.append(kind)
    return found, tuple(unread)


async def _all(
    sender: Sender,
    request: Request,
    decode_row: Callable[[Mapping[str, Any]], _Value],
    operation: Operation,
    keep: Callable[[_Value], bool] | None = None,
) -> tuple[_Value, ...]:
    """The decoded objects of a collection; raises TenantError for one that is not as Graph documents it."""
    values = []
    with explaining_403(operation):
        async for row in pages(sender, request):
            try:
                value = decode_row(row)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise TenantError(
                    f"{request.where}: one of the objects is not as Graph documents it "
                    f"({type(error).__name__}: {error}); look for a proxy that answers for Graph"
                ) from error
            if keep is None or keep(value):
                values.append(value)
    return tuple(values)


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
