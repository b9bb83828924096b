"""Reading a tenant: a delta link first, then everything that planning asks about."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from o365prov.errors import CredentialError, GraphError
from o365prov.graph import requests
from o365prov.graph.client.sender import Sender, together
from o365prov.graph.read import decode
from o365prov.graph.read.collections import collected, delta_link, explaining_403
from o365prov.graph.read.facts import TenantFacts
from o365prov.graph.read.groups import groups_with_members
from o365prov.graph.setup.permissions import Operation
from o365prov.planning import (
    AddressHolder,
    HolderKind,
    Needs,
    RoleAssignment,
    TenantGroup,
    TenantSnapshot,
    TenantUser,
)

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
    mark: str | None,
    facts: Callable[[], Coroutine[Any, Any, TenantFacts]],
    keep: Callable[[TenantUser], bool] | None = None,
    known: Callable[[], Awaitable[tuple[TenantUser, ...] | None]] | None = None,
) -> TenantSnapshot:
    """Everything that *needs* asks for; of the users only those for whom *keep* is true. It is called once for each.

    Users who are *known* are not read. The *mark*, a delta link, was asked for before the first user is read: what
    changes while the pages are read is then reported as changed rather than missed.
    """
    read_at = sender.rate_limiter.clock.now()
    own, assignments, users, deleted, (addresses, unread), groups = await together(
        facts(),
        _role_assignments(sender, sdk, needs),
        _users(sender, sdk, needs, keep, known),
        _deleted_users(sender, sdk, needs),
        _addresses(sender, sdk, needs),
        _groups(sender, sdk, needs),
    )
    return of_facts(
        own,
        role_assignments=assignments,
        users=users,
        deleted_users=deleted,
        addresses=addresses,
        unread_addresses=unread,
        groups=groups,
        parts=needs.parts,
        read_at=read_at,
        watermark=mark,
    )


async def _users(
    sender: Sender,
    sdk: Any,
    needs: Needs,
    keep: Callable[[TenantUser], bool] | None,
    known: Callable[[], Awaitable[tuple[TenantUser, ...] | None]] | None,
) -> tuple[TenantUser, ...]:
    users = None if known is None else await known()
    if users is not None:
        return users
    request = requests.users(sdk, needs.properties, managers=needs.managers)
    return decode.unique(await collected(sender, request, decode.user, Operation.READ_USERS, keep))


async def _role_assignments(sender: Sender, sdk: Any, needs: Needs) -> tuple[RoleAssignment, ...]:
    if not needs.roles:
        return ()
    held = await collected(sender, requests.role_assignments(sdk), decode.role_assignment, Operation.READ_ROLES)
    return tuple(assignment for assignment in held if assignment is not None)


async def _deleted_users(sender: Sender, sdk: Any, needs: Needs) -> tuple[TenantUser, ...]:
    if not needs.deleted_users:
        return ()
    request = requests.deleted_users(sdk, needs.properties)
    return decode.unique(await collected(sender, request, decode.user, Operation.READ_DELETED_USERS))


async def _groups(sender: Sender, sdk: Any, needs: Needs) -> tuple[TenantGroup, ...] | None:
    return await groups_with_members(sender, sdk) if needs.groups else None


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
            found += await collected(sender, request, decode_row, operation)
        except CredentialError as error:
            if not isinstance(error.__cause__, GraphError):
                raise
            _log.info("%s; plans do not know these addresses", error)
            unread.append(kind)
    return found, tuple(unread)
