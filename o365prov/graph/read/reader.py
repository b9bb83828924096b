"""How a tenant is read: everybody or some people, all of it or what changed since the last time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from attrs import define

from o365prov.errors import ConfigurationError, StateError
from o365prov.graph.client.sender import Sender, together
from o365prov.graph.read.changes import asked_of, kept_read, tracking_link, users_since
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
from o365prov.state import KeptRead, State

_log = logging.getLogger(__name__)

_SEATS = (AssignLicenses, DeleteUser, RemoveLicenses, RestoreUser)
"""What changes how many seats are free."""


@define(eq=False)
class Reader:
    """Reads one tenant, and keeps what serves the next read.

    Args:
        facts: the tenant's own facts.
        state: where it is kept what was read, and what is remembered of an app's people.
        on_thread: calls a function where it does not hold others up, and gives what it returns.

    """

    facts: KeptFacts
    state: State
    on_thread: Callable[[Callable[[], Any]], Awaitable[Any]]

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
        """Note that *plan* was applied, as far as it was: seats that it gave or freed are counted again."""
        if any(isinstance(change, _SEATS) for change in plan):
            self.facts.forget_seats()

    async def _some_people(self, sender: Sender, sdk: Any, needs: Needs) -> TenantSnapshot | None:
        facts = await self.facts.facts(sender, sdk, roles=needs.roles)
        known: AppUsers = await self.on_thread(lambda: self.state.app_users(facts.tenant.id, needs.app_name))
        return await some_people(sender, sdk, needs, facts, known)

    async def _everybody(
        self, sender: Sender, sdk: Any, needs: Needs, keep: Callable[[TenantUser], bool] | None
    ) -> TenantSnapshot:
        """Everybody; what is kept in part (*keep*) serves no later read."""
        begun_at = sender.rate_limiter.clock.now()
        mark, link, own = await together(
            watermark(sender, sdk, needs), _link(sender, sdk, needs, keep), self.facts.tenant(sender, sdk)
        )
        earlier: KeptRead | None = None
        if link is not None:
            earlier = await self.on_thread(lambda: self.state.find_read(own.id, asked_of(needs)))
        read = await snapshot(
            sender,
            sdk,
            needs,
            mark,
            lambda: self.facts.facts(sender, sdk, roles=needs.roles),
            keep,
            None if earlier is None else lambda: users_since(sender, sdk, needs, earlier),
        )
        if link is not None:
            await self.on_thread(lambda: self._keep(needs, link, begun_at, read))
        return read

    def _keep(self, needs: Needs, link: str, begun_at: datetime, read: TenantSnapshot) -> None:
        """Keep a read for the next one; without it that one only takes longer."""
        try:
            self.state.keep_read(read.tenant_id, kept_read(needs, link, begun_at, read))
        except StateError as error:
            _log.warning("what was read can't be kept, so the next read asks for everything again: %s", error)


async def _link(sender: Sender, sdk: Any, needs: Needs, keep: Callable[[TenantUser], bool] | None) -> str | None:
    """The delta link for the next read of everybody; None if this one serves none."""
    return await tracking_link(sender, sdk, needs) if keep is None else None
