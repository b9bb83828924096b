"""How a tenant is read: everybody or some people, all of it or what changed since the last time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from attrs import define, evolve, field

from o365prov.errors import ConfigurationError
from o365prov.graph.client.sender import Sender, together
from o365prov.graph.read.changes import EarlierRead, asked_of, tracking_link, users_since
from o365prov.graph.read.facts import KeptFacts
from o365prov.graph.read.snapshot import snapshot, watermark
from o365prov.graph.read.targeted import some_people
from o365prov.people import AppUsers
from o365prov.planning import (
    AssignLicenses,
    DeleteUser,
    Needs,
    Plan,
    RemoveLicenses,
    RestoreUser,
    TenantSnapshot,
    TenantUser,
)

_SEATS = (AssignLicenses, DeleteUser, RemoveLicenses, RestoreUser)
"""What changes how many seats are free."""


@define(eq=False)
class Reader:
    """Reads one tenant, and keeps what serves the next read.

    Args:
        facts: the tenant's own facts.
        memory: what is remembered of an app's people, by tenant id and the app's name.

    """

    facts: KeptFacts
    memory: Callable[[str, str], Awaitable[AppUsers]]
    _earlier: EarlierRead | None = field(init=False, default=None)

    async def read(
        self, sender: Sender, sdk: Any, needs: Needs, keep: Callable[[TenantUser], bool] | None
    ) -> TenantSnapshot:
        """What the tenant holds, as far as *needs* asks; see :meth:`Tenant.read`."""
        if needs.only is None:
            self.facts.forget()
        elif keep is not None:
            raise ConfigurationError("Tenant.read takes keep= for everybody alone: leave it out for some people")
        elif (read := await self._some_people(sender, sdk, needs)) is not None:
            return read
        return await self._everybody(sender, sdk, needs, keep)

    def applied(self, plan: Plan) -> None:
        """Note that *plan* was applied, as far as it was: what it changed is read again."""
        if any(isinstance(change, _SEATS) for change in plan):
            self.facts.forget_seats()
        if self._earlier is not None:
            written = self._earlier.written.union(each.object_id for each in plan if each.object_id is not None)
            self._earlier = evolve(self._earlier, written=written)

    async def _some_people(self, sender: Sender, sdk: Any, needs: Needs) -> TenantSnapshot | None:
        facts = await self.facts.facts(sender, sdk, roles=needs.roles)
        known = await self.memory(facts.tenant.id, needs.app_name)
        return await some_people(sender, sdk, needs, facts, known)

    async def _everybody(
        self, sender: Sender, sdk: Any, needs: Needs, keep: Callable[[TenantUser], bool] | None
    ) -> TenantSnapshot:
        """Everybody; what is kept in part (*keep*) serves no later read."""
        mark, link = await together(watermark(sender, sdk, needs), _link(sender, sdk, needs, keep))
        earlier, self._earlier = self._earlier, None
        read = await snapshot(
            sender,
            sdk,
            needs,
            mark,
            lambda: self.facts.facts(sender, sdk, roles=needs.roles),
            keep,
            None if keep or earlier is None else lambda: users_since(sender, sdk, needs, earlier),
        )
        self._earlier = None if link is None else EarlierRead(asked_of(needs), link, read)
        return read


async def _link(sender: Sender, sdk: Any, needs: Needs, keep: Callable[[TenantUser], bool] | None) -> str | None:
    """The delta link for the next read of everybody; None if this one serves none."""
    return await tracking_link(sender, sdk, needs) if keep is None else None
