"""The tenant's own facts: who it is, its domains, licences and roles. They rarely change, so that they are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from attrs import define, field, frozen

from o365prov.errors import TenantError
from o365prov.graph import requests
from o365prov.graph.client.sender import Sender, together
from o365prov.graph.read import decode
from o365prov.graph.read.collections import collected, explaining_403
from o365prov.graph.setup.permissions import Operation
from o365prov.planning import Domain, Role, Sku

_Value = TypeVar("_Value")


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


@frozen
class TenantFacts:
    """What does not depend on whom a plan is about.

    Args:
        tenant: the tenant itself.
        domains: its domains.
        skus: the licences that it has subscribed to, with their seats.
        roles: its directory roles, if they are needed.

    """

    tenant: TenantIdentity
    domains: tuple[Domain, ...]
    skus: tuple[Sku, ...]
    roles: tuple[Role, ...]


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


@define(eq=False)
class KeptFacts:
    """The tenant's facts as they were read last; what is older than *age* is read again.

    Args:
        age: how old a fact may be.

    """

    age: timedelta
    _kept: dict[str, tuple[datetime, Any]] = field(init=False, factory=dict)

    async def facts(self, sender: Sender, sdk: Any, *, roles: bool) -> TenantFacts:
        """All facts, with the roles if they are needed."""
        tenant, domains, skus, *held = await together(
            self.tenant(sender, sdk),
            self.domains(sender, sdk),
            self.skus(sender, sdk),
            *([self._roles(sender, sdk)] if roles else []),
        )
        return TenantFacts(tenant, domains, skus, held[0] if held else ())

    async def tenant(self, sender: Sender, sdk: Any) -> TenantIdentity:
        """The tenant itself."""
        return await self._fact("tenant", sender, lambda: organization(sender, sdk))

    async def domains(self, sender: Sender, sdk: Any) -> tuple[Domain, ...]:
        """The tenant's domains."""
        request = requests.domains(sdk)
        return await self._fact(
            "domains", sender, lambda: collected(sender, request, decode.domain, Operation.READ_DOMAINS)
        )

    async def skus(self, sender: Sender, sdk: Any) -> tuple[Sku, ...]:
        """The licences that it has subscribed to."""
        request = requests.subscribed_skus(sdk)
        return await self._fact("skus", sender, lambda: collected(sender, request, decode.sku, Operation.READ_SKUS))

    async def _roles(self, sender: Sender, sdk: Any) -> tuple[Role, ...]:
        request = requests.roles(sdk)
        return await self._fact("roles", sender, lambda: collected(sender, request, decode.role, Operation.READ_ROLES))

    def forget(self) -> None:
        """Read everything again when it is needed."""
        self._kept.clear()

    def forget_seats(self) -> None:
        """Read the licences again when they are needed, because somebody got or lost one."""
        self._kept.pop("skus", None)

    async def _fact(self, name: str, sender: Sender, read: Callable[[], Awaitable[_Value]]) -> _Value:
        now = sender.rate_limiter.clock.now()
        if name not in self._kept or now - self._kept[name][0] > self.age:
            self._kept[name] = now, await read()
        value: _Value = self._kept[name][1]
        return value
