"""Reading a tenant: a delta link first, then everything that planning asks about."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from o365prov.errors import CredentialError, GraphError
from o365prov.graph import requests
from o365prov.graph.client.sender import Sender
from o365prov.graph.read import decode
from o365prov.graph.read.collections import collected, delta_link, explaining_403
from o365prov.graph.read.facts import TenantFacts
from o365prov.graph.setup.permissions import Operation
from o365prov.planning import AddressHolder, HolderKind, Needs, RoleAssignment, TenantSnapshot, TenantUser

_log = logging.getLogger(__name__)


async def watermark(sender: Sender, sdk: Any, needs: Needs) -> str | None:
    """The delta link of now, for the properties that are needed."""
    with explaining_403(Operation.READ_USERS):
        return await delta_link(sender, requests.delta_from_now(sdk, needs.properties, managers=needs.managers))


def of_facts(facts: TenantFacts, **fields: Any) -> TenantSnapshot:
    """A snapshot with the tenant's facts and these fields."""
    return TenantSnapshot(
        tenant_id=facts.tenant.id,
        name=facts.tenant.name,
        synced=facts.tenant.synced,
        domains=facts.domains,
        skus=facts.skus,
        roles=facts.roles,
        **fields,
    )


async def snapshot(
    sender: Sender,
    sdk: Any,
    needs: Needs,
    facts: Callable[[], Awaitable[TenantFacts]],
    keep: Callable[[TenantUser], bool] | None = None,
    known: Callable[[], Awaitable[tuple[TenantUser, ...] | None]] | None = None,
) -> TenantSnapshot:
    """Everything that *needs* asks for; of the users only those for whom *keep* is true. It is called once for each.

    Users who are *known* are not read. The delta link is asked for before the first user is read: what changes while
    the pages are read is then reported as changed rather than missed.
    """
    read_at = sender.rate_limiter.clock.now()
    mark = await watermark(sender, sdk, needs)
    own = await facts()
    addresses, unread = await _addresses(sender, sdk) if needs.addresses else ((), ())
    users = None if known is None else await known()
    if users is None:
        request = requests.users(sdk, needs.properties, managers=needs.managers)
        users = decode.unique(await collected(sender, request, decode.user, Operation.READ_USERS, keep))
    return of_facts(
        own,
        role_assignments=await _role_assignments(sender, sdk) if needs.roles else (),
        users=users,
        deleted_users=await _deleted_users(sender, sdk, needs) if needs.deleted_users else (),
        addresses=addresses,
        unread_addresses=unread,
        read_at=read_at,
        watermark=mark,
    )


async def _role_assignments(sender: Sender, sdk: Any) -> tuple[RoleAssignment, ...]:
    held = await collected(sender, requests.role_assignments(sdk), decode.role_assignment, Operation.READ_ROLES)
    return tuple(assignment for assignment in held if assignment is not None)


async def _deleted_users(sender: Sender, sdk: Any, needs: Needs) -> tuple[TenantUser, ...]:
    request = requests.deleted_users(sdk, needs.properties)
    return decode.unique(await collected(sender, request, decode.user, Operation.READ_DELETED_USERS))


async def _addresses(sender: Sender, sdk: Any) -> tuple[tuple[AddressHolder, ...], tuple[HolderKind, ...]]:
    """The groups and contacts with addresses, and which of the two the app may not read: then plans say so."""
    found: tuple[AddressHolder, ...] = ()
    unread: list[HolderKind] = []
    for kind, request, decode_row, operation in (
        (HolderKind.GROUP, requests.mail_groups(sdk), decode.group, Operation.READ_GROUPS),
        (HolderKind.CONTACT, requests.contacts(sdk), decode.contact, Operation.READ_CONTACTS),
    ):
        try:
            found += await collected(sender, request, decode_row, operation)
        except CredentialError as error:
            if not isinstance(error.__cause__, GraphError):
                raise
            _log.info("%s; plans do not know these addresses", error)
            unread.append(kind)
    return found, tuple(unread)
