"""An Office 365 tenant: read it, apply a plan to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from o365prov.errors import PlanRefusedError, UsageError
from o365prov.graph.apply.events import Event, Waiting, quietly
from o365prov.graph.apply.journal import History, Journal
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.rate_limiter import Clock, RateLimiter, RateLimits, SystemClock
from o365prov.graph.client.sender import RetryPolicy, Sender
from o365prov.graph.client.transport import AnonymousCredential, Credential, Transport
from o365prov.graph.read.snapshot import TenantIdentity, domains, organization, snapshot
from o365prov.graph.setup.consent import ConnectionTest, judge
from o365prov.graph.setup.permissions import FULL, Operation
from o365prov.planning import CreateUser, Domain, Needs, Plan, Report, TenantSnapshot, TenantUser

if TYPE_CHECKING:
    from o365prov.graph.client.sdk_transport import Connection


class Tenant:
    """An Office 365 tenant over Microsoft Graph, for one event loop.

    *credential* is one of azure-identity's, best from its ``aio`` package; it stays yours to close. *cloud* is where
    the tenant lives; *pace* and *retries* how hard to press; *wire* stands in place of the network, *clock* in place of
    time. Use it as an async context manager.

    Every method raises TenantError or one of its kinds if the tenant can't be talked to, and UsageError on another
    event loop than the first or after closing.

    >>> from o365prov.planning import Needs
    >>> from o365prov.testing import FakeTenant
    >>> async def count_users(fake):
    ...     async with Tenant.over(fake) as tenant:
    ...         return len((await tenant.read(Needs(("jobTitle",)))).users)
    >>> asyncio.run(count_users(FakeTenant()))
    0
    """

    def __init__(
        self,
        credential: Credential,
        cloud: Cloud = Cloud.GLOBAL,
        *,
        pace: RateLimits | None = None,
        retries: RetryPolicy | None = None,
        wire: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._credential = credential
        self._cloud = cloud
        self._wire = wire
        self._pacer = RateLimiter(clock or SystemClock(), pace or RateLimits())
        self._retries = retries or RetryPolicy()
        self._connection: Connection | None = None
        self._sender: Sender | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._one_apply = asyncio.Lock()
        self._applied: set[str] = set()
        self._organization: TenantIdentity | None = None
        self._domains: tuple[Domain, ...] | None = None

    @classmethod
    def over(
        cls,
        wire: Transport,
        *,
        cloud: Cloud = Cloud.GLOBAL,
        credential: Credential | None = None,
        pace: RateLimits | None = None,
        retries: RetryPolicy | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """The same tenant with *wire* in place of the network: a FakeTenant in tests, or a transport of your own.

        Without a *credential* the wire gets a token that opens nothing. *clock* tells the time and waits.
        """
        return cls(credential or AnonymousCredential(), cloud, pace=pace, retries=retries, wire=wire, clock=clock)

    async def __aenter__(self) -> Self:
        self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; the credential stays open."""
        self._closed = True
        if self._connection is not None:
            await self._connection.close()

    @property
    def cloud(self) -> Cloud:
        """Where the tenant lives."""
        return self._cloud

    @property
    def sdk(self) -> Any:
        """msgraph-sdk's ``GraphServiceClient`` over the same connection, for everything that this package doesn't do.

        Its type is not declared: type checkers of everybody who imports this class would read the whole SDK.
        """
        self._open()
        assert self._connection is not None  # noqa: S101 - _open just made it
        return self._connection.sdk

    async def read(self, needs: Needs, *, keep: Callable[[TenantUser], bool] | None = None) -> TenantSnapshot:
        """What the tenant holds, as far as *needs* asks: users, licences, domains.

        Reads pages of 999 users with the properties that are needed and no others. With *keep*, such as
        :meth:`StreamingPlanner.wants <o365prov.planning.StreamingPlanner.wants>`, only the users for whom it is true
        are kept in memory.
        """
        sender = self._open()
        read = await snapshot(sender, self.sdk, needs, keep)
        self._organization = TenantIdentity(read.tenant_id, read.name)
        self._domains = read.domains
        return read

    async def apply(
        self,
        plan: Plan,
        *,
        journal: Journal | None = None,
        confirm: str | None = None,
        on_event: Callable[[Event], None] | None = None,
        passwords: Callable[[CreateUser], str] | None = None,
    ) -> Report:
        """Make the tenant as *plan* says; returns how each change ended and the memory for the next plan.

        *journal* lets an interrupted apply go on later, with the same plan and the same journal. *confirm* is the
        plan's fingerprint, for a plan with hazards. *on_event* is called with every event of
        :mod:`o365prov.graph.apply.events`, on the event loop; if it raises, it is told nothing more. *passwords* gives
        the first password of a new account in a managed domain, which has to be changed at the first sign-in; without
        it such creates are skipped.

        People whose accounts were changed in Office 365 after the plan was drawn are skipped. What Graph refuses is in
        the report. Raises, before anything is written: PlanRefusedError for another tenant's plan, one applied before,
        or one with hazards that is not confirmed; JournalError for a journal that can't be used; TenantError if the
        tenant can't be talked to.
        """
        sender = self._open()
        async with self._one_apply:
            return await self._apply(sender, plan, journal, confirm, on_event, passwords)

    async def _apply(
        self,
        sender: Sender,
        plan: Plan,
        journal: Journal | None,
        confirm: str | None,
        on_event: Callable[[Event], None] | None,
        passwords: Callable[[CreateUser], str] | None,
    ) -> Report:
        from o365prov.graph.apply.delivery import WriteDelivery  # noqa: PLC0415
        from o365prov.graph.apply.run import ApplyRun  # noqa: PLC0415 - loads the SDK's request machinery

        self._refuse_if_unconfirmed(plan, confirm)
        if plan.id in self._applied:
            raise PlanRefusedError(f"plan {plan.fingerprint} was applied already: read the tenant and plan again")
        tenant = await self._know_organization(sender)
        if plan.tenant_id != tenant.id:
            raise PlanRefusedError(
                f"plan {plan.id} is for tenant {plan.tenant_id}, this is {tenant.id}: plan with this tenant's snapshot"
            )
        if self._domains is None:
            self._domains = await domains(sender, self.sdk)
        history = journal.begin(plan) if journal is not None else History()
        emit = quietly(on_event)
        self._pacer.on_wait = lambda seconds, why: emit(Waiting(seconds, why))
        application = ApplyRun(
            plan,
            WriteDelivery(sender, self.sdk),
            self._cloud,
            frozenset(domain.name for domain in self._domains if domain.federated),
            journal,
            emit,
            passwords,
            history,
        )
        try:
            return await application.run()
        finally:
            self._pacer.on_wait = _nobody_listens
            if journal is not None:
                journal.close()
            if application.began and (journal is None or application.is_finished):
                self._applied.add(plan.id)

    async def test_connection(
        self, operations: Collection[Operation] = FULL, *, expected_tenant: str | None = None
    ) -> ConnectionTest:
        """Whether the credential works and its app may do *operations*; says what is missing and what to do.

        New consents show only in new tokens: with a credential that has a token already, up to 90 minutes later. Raises
        CredentialError if there is no token at all.
        """
        sender = self._open()
        assert self._connection is not None  # noqa: S101 - _open just made it
        token = await self._connection.token()
        tenant = await organization(sender, self.sdk)
        return judge(
            token,
            tenant_id=tenant.id,
            tenant_name=tenant.name,
            operations=operations,
            expected_tenant=expected_tenant,
        )

    async def _know_organization(self, sender: Sender) -> TenantIdentity:
        if self._organization is None:
            self._organization = await organization(sender, self.sdk)
        return self._organization

    @staticmethod
    def _refuse_if_unconfirmed(plan: Plan, confirm: str | None) -> None:
        if confirm is not None and confirm != plan.fingerprint:
            raise PlanRefusedError(
                f"plan {plan.fingerprint} is not what was confirmed ({confirm}): review it and confirm its fingerprint"
            )
        if plan.hazards and confirm is None:
            raise PlanRefusedError(
                f"{'; '.join(plan.hazards)}: review the plan, then apply it with confirm={plan.fingerprint!r}"
            )

    def _open(self) -> Sender:
        """The way to the tenant, made at first use, for the event loop that runs now."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise UsageError("a Tenant is used inside async code; outside of it use BlockingTenant") from None
        if self._closed:
            raise UsageError("this Tenant is closed: make another one")
        if self._loop is None:
            from o365prov.graph.client.sdk_transport import Connection  # noqa: PLC0415 - loads httpx and the SDK

            self._loop = loop
            self._connection = Connection(self._credential, self._cloud, self._wire)
            self._sender = Sender(self._connection, self._pacer, self._retries)
        if self._loop is not loop:
            raise UsageError(
                "this Tenant lives on another event loop: make one Tenant for each loop, or a BlockingTenant"
            )
        assert self._sender is not None  # noqa: S101 - made above
        return self._sender

    def __repr__(self) -> str:
        return f"Tenant({self._cloud.graph_host})"


def _nobody_listens(_seconds: float, _why: str) -> None:
    """What the pacer tells its waits when no plan is being applied."""
