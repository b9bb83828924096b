"""An Office 365 tenant: read it, apply a plan to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from types import TracebackType
from typing import Any, NoReturn, Self

from o365prov import group_push, planning
from o365prov._annotations import check_call
from o365prov._fields import as_frozenset
from o365prov._tracing import span
from o365prov.errors import UsageError
from o365prov.graph import apply as applying
from o365prov.graph import arguments
from o365prov.graph import push as pushing
from o365prov.graph import read as reading
from o365prov.graph.apply.breaker import CircuitBreaker
from o365prov.graph.apply.events import Event, without_errors
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.loop_connection import LoopConnection
from o365prov.graph.client.network import Network
from o365prov.graph.client.rate_limiter import Clock, RateLimits
from o365prov.graph.client.retry import RetryPolicy
from o365prov.graph.client.sender import Sender
from o365prov.graph.client.transport import AnonymousCredential, Credential, Transport
from o365prov.graph.setup.connection_test import ConnectionTest, evaluate_token
from o365prov.graph.setup.permissions import ALL_OPERATIONS_BUT_ROLES, Operation
from o365prov.state import MemoryState, State

FACTS_AGE = timedelta(minutes=5)
"""How long the tenant's own facts are kept unless the caller says otherwise."""
VERIFY_TIMEOUT = timedelta(minutes=5)
"""So long a verification asks again unless the caller says otherwise."""


class Tenant:
    """An Office 365 tenant over Microsoft Graph, for one event loop; use it as an async context manager.

    ``Tenant(credential)`` is a real tenant; :meth:`over` makes one for tests.

    Args:
        credential: one of azure-identity's, best from its ``aio`` package. It is yours to close.
        cloud: Microsoft's cloud in which the tenant is.
        state: where it is kept what is known between runs, such as ``SQLiteState("corp.db")``. It is yours to close.
        rate_limits: how fast to send; by default as fast as Graph allows.
        retry_policy: how often and how long one request is tried.
        safeguards: what plans must be confirmed here, beside those that the app which made them wants confirmed.
        circuit_breaker: when an apply stops because too much fails for one reason.
        network: how the network is reached; by default as the environment's variables say.
        facts_age: how long domains, licences and roles that were read serve plans about some people, 0 or more.
        read_only: whether nothing may be sent that writes, neither by :meth:`apply` nor over :attr:`sdk`.

    Raises:
        ConfigurationError: an argument is of the wrong type, here and in every method.
        TenantError: every method, if Graph can't be reached or answers with an error.
        UsageError: every method, on another event loop than the first one, after closing, or after a fork.

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
        state: State,
        rate_limits: RateLimits | None = None,
        retry_policy: RetryPolicy | None = None,
        safeguards: planning.Safeguards | None = None,
        circuit_breaker: CircuitBreaker | None = None,
        network: Network | None = None,
        facts_age: timedelta = FACTS_AGE,
        read_only: bool = False,
    ) -> None:
        self._connection = LoopConnection(
            arguments.credential(credential),
            arguments.of_kind("cloud", cloud, Cloud),
            arguments.setting("network", network, Network),
            arguments.setting("rate_limits", rate_limits, RateLimits),
            arguments.setting("retry_policy", retry_policy, RetryPolicy),
            arguments.of_kind("read_only", read_only, bool),
        )
        breaker = arguments.setting("circuit_breaker", circuit_breaker, CircuitBreaker)
        self._applier = applying.Applier(
            arguments.having("begin_run", "state", state, 'a State, such as SQLiteState("corp.db")'),
            arguments.setting("safeguards", safeguards, planning.Safeguards),
            cloud,
            breaker,
        )
        self._pusher = pushing.GroupPusher(self.state, self._applier.worker, cloud, breaker)
        self._one_apply = asyncio.Lock()
        facts = reading.KeptFacts(arguments.age("facts_age", facts_age))
        self._reader = reading.Reader(facts, self.state, self._applier.worker.call)

    @classmethod
    def over(
        cls,
        transport: Transport,
        *,
        cloud: Cloud = Cloud.GLOBAL,
        credential: Credential | None = None,
        state: State | None = None,
        rate_limits: RateLimits | None = None,
        retry_policy: RetryPolicy | None = None,
        safeguards: planning.Safeguards | None = None,
        circuit_breaker: CircuitBreaker | None = None,
        facts_age: timedelta = FACTS_AGE,
        read_only: bool = False,
        clock: Clock | None = None,
        random: Callable[[], float] | None = None,
    ) -> Self:
        """A tenant with *transport* in place of the network: a FakeTenant in tests, or a transport of your own.

        Args:
            transport: carries the requests.
            cloud: Microsoft's cloud in which the tenant is.
            credential: whose token the transport gets; by default one that is not valid anywhere.
            state: where it is kept what is known between runs; by default a new ``MemoryState()``.
            rate_limits: how fast to send.
            retry_policy: how often and how long one request is tried.
            safeguards: what plans must be confirmed here, beside those that the app wants confirmed.
            circuit_breaker: when an apply stops because too much fails for one reason.
            facts_age: how long domains, licences and roles serve plans about some people.
            read_only: whether nothing may be sent that writes.
            clock: gives the time and waits.
            random: gives numbers from 0 to 1, for the random part of waits.

        """
        tenant = cls(
            AnonymousCredential() if credential is None else credential,
            cloud,
            state=MemoryState() if state is None else state,
            rate_limits=rate_limits,
            retry_policy=retry_policy,
            safeguards=safeguards,
            circuit_breaker=circuit_breaker,
            facts_age=facts_age,
            read_only=read_only,
        )
        connection = tenant._connection
        connection.transport = arguments.having("send", "transport", transport, "a Transport, such as FakeTenant()")
        if clock is not None:
            connection.clock = arguments.having("sleep", "clock", clock, "a Clock")
        if random is not None:
            such_as = "a function, such as random.Random(1).random"
            connection.random = arguments.having("__call__", "random", random, such_as)
        return tenant

    async def __aenter__(self) -> Self:
        self._connection.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections, after the batches of an apply that are under way; credential and state stay open."""
        self._connection.closed = True
        self.stop("the Tenant was closed; apply the plan again to go on, or read and plan again")
        async with self._one_apply:
            self._applier.worker.close()
            await self._connection.close()

    @property
    def cloud(self) -> Cloud:
        """Microsoft's cloud in which the tenant is."""
        return self._connection.cloud

    @property
    def state(self) -> State:
        """Where it is kept what is known between runs."""
        return self._applier.state

    @property
    def sdk(self) -> Any:
        """msgraph-sdk's ``GraphServiceClient`` over the same connection, for everything that this package doesn't do.

        Its type is not declared: with it, type checkers would read the whole SDK for each program that uses this class.
        """
        return self._connection.sdk

    async def read(
        self, needs: planning.Needs, *, keep: Callable[[planning.TenantUser], bool] | None = None
    ) -> planning.TenantSnapshot:
        """What the tenant holds, as far as *needs* asks: users, licences, domains.

        Reads pages of 999 users with the properties that are needed and no others; the next time, who changed, and of
        the others what Graph does not track. For some people
        (``app.needs(assignments, only=...)``) their accounts are looked up, by what the state remembers of them and by
        their names, 20 requests in one; unless they are so many that reading everything takes fewer requests.

        Args:
            needs: what to read, such as :meth:`Office365App.needs <o365prov.Office365App.needs>` gives.
            keep: for everybody: only the users for whom this is true stay in memory, such as
                :meth:`StreamingPlanner.wants <o365prov.planning.StreamingPlanner.wants>`.

        """
        check_call(Tenant.read, locals())
        sender = self._connection.open()
        with span("read") as note:
            read = await self._connection.unless_closed(self._reader.read(sender, self.sdk, needs, keep))
            note("users", len(read.users))
        return read

    async def apply(
        self,
        plan: planning.Plan,
        *,
        confirm: str | None = None,
        confirmed_by: str = "",
        on_event: Callable[[Event], None] | None = None,
        passwords: Callable[[planning.CreateUser], str] | None = None,
    ) -> planning.Report:
        """Make the changes of *plan* in the tenant, and remember them in the state; returns how each ended.

        A plan is applied once: after that its report is returned again, and nothing is written. An apply that was
        interrupted goes on with what is left. People whose accounts were changed in Office 365 after the plan was made
        are skipped. What Graph refuses is in the report, and for the next plan. Once writing began, a report is
        returned whatever happens; ``report.stopped`` says why not everything was tried.

        Args:
            plan: what to change.
            confirm: the plan's fingerprint, for a plan with hazards.
            confirmed_by: who confirms it, such as an administrator's address: the state keeps it for the audit.
            on_event: called with every :data:`~o365prov.graph.Event`, on the event loop, until it raises an exception.
            passwords: gives the first password of a new account in a managed domain, which has to be changed at the
                first sign-in; without it such creates are skipped. It is asked once an account.

        Raises:
            UsageError: *confirmed_by* is given without *confirm*; nothing is written.
            ReadOnlyError: this Tenant only reads.
            PlanRefusedError: the plan is another tenant's, was made with another memory than the state's, or has
                hazards that are not confirmed; nothing is written.
            StalePlanError: a plan that was applied since touched the same people, accounts or addresses; nothing is
                written.
            QuarantinedError: too much failed for one reason in an earlier apply, and nobody has allowed the app to go
                on since (:meth:`State.allow <o365prov.state.State.allow>`); nothing is written.
            LeaseLostError: another process applies a plan to the tenant; nothing is written.
            StateError: the state can't be used; nothing is written.
            TenantError: Graph can't be reached; nothing is written.

        """
        check_call(Tenant.apply, locals())
        self._connection.open_to_write()
        async with self._one_apply:
            sender = self._connection.open()  # it may have been closed meanwhile
            with self._applier.listening(), span("apply", plan=plan.id, changes=len(plan)) as note:
                if (report := await self._applier.replayed(plan)) is not None:
                    return report
                about = await self._applier.read(self._about(sender))
                if about is None:
                    return await self._applier.not_begun(plan)
                try:
                    report = await self._applier.apply(
                        plan,
                        applying.WriteDelivery(sender, self.sdk),
                        tenant_id=about[0],
                        federated=about[1],
                        confirm=confirm,
                        confirmed_by=confirmed_by,
                        emit=without_errors(on_event),
                        passwords=passwords,
                    )
                finally:
                    self._reader.applied(plan)
                for name in ("done", "failed", "skipped", "unknown"):
                    note(name, len(getattr(report, name)))
                return report

    async def apply_groups(self, plan: group_push.GroupPlan, *, confirm: str | None = None) -> group_push.GroupReport:
        """Make the changes of a plan of groups, and remember them in the state; returns how each ended.

        An apply that was interrupted is not continued: read and plan again; what it had begun is found.

        Args:
            plan: what to change, such as :meth:`GroupPush.plan <o365prov.group_push.GroupPush.plan>` gives.
            confirm: the plan's fingerprint, for a plan with hazards.

        Raises:
            StalePlanError: groups were pushed since the plan was made, perhaps by it; nothing is written.
            PlanRefusedError, LeaseLostError, StateError, TenantError: as :meth:`apply`; nothing is written.

        """
        check_call(Tenant.apply_groups, locals())
        async with self._one_apply:
            sender = self._connection.open_to_write()
            with self._pusher.listening(), span("apply groups", changes=len(plan)):
                tenant_id = (await self._about(sender))[0]
                return await self._pusher.apply(plan, sender, self.sdk, tenant_id=tenant_id, confirm=confirm)

    async def verify(
        self,
        plan: planning.Plan,
        *,
        only: Iterable[str] | None = None,
        timeout: timedelta = VERIFY_TIMEOUT,  # noqa: ASYNC109 - it ends the asking with a result, and cancels nothing
    ) -> planning.Verification:
        """What of *plan* is in the tenant: Okta's "Test provisioning".

        The people of whom the plan speaks are looked at: the account is there, has the username, can sign in (or
        can't, or is deleted, where the plan says so), has the licences with their service plans; and the apps that
        these put on the dashboard. Who is not ready is asked for again, after waits that double from five seconds to a
        minute. Nothing is written. The plan may be one that was saved, and applied by another process; what that
        failed to do is known where the state is the same.

        Args:
            plan: what was applied.
            only: the ids of the people to look at, also of those whom the plan leaves as they are; by default those
                whom it changes, links or remembers something of, or with whom something is wrong.
            timeout: how long to ask again, 0 or more; 0 asks once. Microsoft takes up to half an hour for a mailbox,
                and sometimes a day.

        Returns:
            What is there, and what isn't yet; it is returned at the end of *timeout*, too.

        Raises:
            PlanRefusedError: the plan is another tenant's.
            StateError: the state can't be read.
            TenantError: Graph can't be reached, or refuses the reads.

        Sources: Okta, "Provision users to Office 365"; Microsoft, "Delays in provisioning of user/mailbox or
        synchronizing changes in Exchange Online".
        """
        only = None if only is None else as_frozenset(only)
        check_call(Tenant.verify, locals())
        sender = self._connection.open()
        with span("verify", plan=plan.id) as note:
            verifier = applying.PlanVerifier(sender, self.sdk, self._reader.facts)
            entries = await self._connection.unless_closed(self._applier.entries(plan))
            checked = await self._connection.unless_closed(verifier.verify(plan, entries, only, timeout))
            for name in ("ready", "pending", "incomplete"):
                note(name, len(getattr(checked, name)))
        return checked

    def stop(self, why: str) -> None:
        """Have an apply that is running begin nothing more: it finishes and notes its batches, and returns its report.

        It may be called on any thread, and from a signal handler. While no plan is applied it does nothing.

        Args:
            why: the reason, for ``report.stopped``.

        """
        check_call(Tenant.stop, locals())
        self._applier.stop(why)
        self._pusher.stop(why)

    async def test_connection(
        self, operations: Collection[Operation] = ALL_OPERATIONS_BUT_ROLES, *, expected_tenant: str | None = None
    ) -> ConnectionTest:
        """Whether the credential works and its app may do *operations*; says what is missing and what to do.

        New consents show only in new tokens, up to 90 minutes later.

        Args:
            operations: what the app is to do; by default everything but directory roles.
            expected_tenant: the id of the tenant that the credential should be for.

        Raises:
            CredentialError: there is no token at all.

        """
        check_call(Tenant.test_connection, locals())
        tenant = await self._connection.unless_closed(reading.organization(self._connection.open(), self.sdk))
        token = await self._connection.unless_closed(self._connection.token())  # the one that was just sent
        return evaluate_token(
            token,
            tenant_id=tenant.id,
            tenant_name=tenant.name,
            operations=operations,
            expected_tenant=expected_tenant,
        )

    async def _about(self, sender: Sender) -> tuple[str, frozenset[str]]:
        """The tenant's id, and the names of its federated domains."""
        tenant_id = (await self._reader.facts.tenant(sender, self.sdk)).id
        domains = await self._reader.facts.domains(sender, self.sdk)
        return tenant_id, frozenset(each.name for each in domains if each.federated)

    def __reduce__(self) -> NoReturn:
        raise UsageError("a Tenant holds connections and can't be copied or pickled: make one where it is used")

    def __repr__(self) -> str:
        return f"Tenant({self.cloud.graph_host})"
