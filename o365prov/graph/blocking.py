"""A tenant for code that is not async: scripts, the prompt, notebooks."""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import Callable, Collection, Coroutine, Iterable
from datetime import timedelta
from types import TracebackType
from typing import Any, Generic, NoReturn, Self, TypeVar

from o365prov import group_push
from o365prov._annotations import check_call
from o365prov._fields import as_frozenset
from o365prov.errors import UsageError
from o365prov.graph.apply.breaker import CircuitBreaker
from o365prov.graph.apply.events import Event, without_errors
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.network import Network
from o365prov.graph.client.rate_limiter import Clock, RateLimits
from o365prov.graph.client.retry import RetryPolicy
from o365prov.graph.client.transport import AnonymousCredential, Credential, Transport
from o365prov.graph.setup.connection_test import ConnectionTest
from o365prov.graph.setup.permissions import ALL_OPERATIONS_BUT_ROLES, Operation
from o365prov.graph.tenant import FACTS_AGE, VERIFY_TIMEOUT, Tenant
from o365prov.planning import CreateUser, Needs, Plan, Report, Safeguards, TenantSnapshot, TenantUser, Verification
from o365prov.state import State

_T = TypeVar("_T")

# After each of these waits for an event the interpreter can take a Ctrl-C, on Windows too.
_POLL_SECONDS = 0.5
_CANCEL_SECONDS = 10.0


class BlockingTenant:
    """A :class:`~o365prov.graph.tenant.Tenant` whose methods return when they are done.

    It keeps one event loop on a thread of its own, so it works inside a running loop, as in a notebook, as well as
    without one. Ctrl-C cancels what runs, in an orderly way, before KeyboardInterrupt goes on. Use it as a context
    manager, or close it. Arguments and errors are those of :class:`~o365prov.graph.tenant.Tenant`.

    >>> from o365prov.planning import Needs
    >>> from o365prov.testing import FakeTenant
    >>> with BlockingTenant.over(FakeTenant(name="Contoso")) as tenant:
    ...     tenant.read(Needs(("jobTitle",))).name
    'Contoso'
    """

    def __init__(
        self,
        credential: Credential,
        cloud: Cloud = Cloud.GLOBAL,
        *,
        state: State,
        rate_limits: RateLimits | None = None,
        retry_policy: RetryPolicy | None = None,
        safeguards: Safeguards | None = None,
        circuit_breaker: CircuitBreaker | None = None,
        network: Network | None = None,
        facts_age: timedelta = FACTS_AGE,
        read_only: bool = False,
    ) -> None:
        self._tenant = Tenant(
            credential,
            cloud,
            state=state,
            rate_limits=rate_limits,
            retry_policy=retry_policy,
            safeguards=safeguards,
            circuit_breaker=circuit_breaker,
            network=network,
            facts_age=facts_age,
            read_only=read_only,
        )
        self._process = os.getpid()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._starting = threading.Lock()
        self._closing = threading.Lock()

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
        safeguards: Safeguards | None = None,
        circuit_breaker: CircuitBreaker | None = None,
        facts_age: timedelta = FACTS_AGE,
        read_only: bool = False,
        clock: Clock | None = None,
        random: Callable[[], float] | None = None,
    ) -> Self:
        """A tenant with *transport* in place of the network; see :meth:`Tenant.over`."""
        tenant = Tenant.over(
            transport,
            cloud=cloud,
            credential=credential,
            state=state,
            rate_limits=rate_limits,
            retry_policy=retry_policy,
            safeguards=safeguards,
            circuit_breaker=circuit_breaker,
            facts_age=facts_age,
            read_only=read_only,
            clock=clock,
            random=random,
        )
        blocking = cls(AnonymousCredential(), cloud, state=tenant.state)
        blocking._tenant = tenant
        return blocking

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def state(self) -> State:
        """Where it is kept what is known between runs."""
        return self._tenant.state

    def read(self, needs: Needs, *, keep: Callable[[TenantUser], bool] | None = None) -> TenantSnapshot:
        """What the tenant holds; see :meth:`Tenant.read`. *keep* is called on the background thread."""
        check_call(BlockingTenant.read, locals())
        return self._run(self._tenant.read(needs, keep=keep))

    def apply(
        self,
        plan: Plan,
        *,
        confirm: str | None = None,
        confirmed_by: str = "",
        on_event: Callable[[Event], None] | None = None,
        passwords: Callable[[CreateUser], str] | None = None,
    ) -> Report:
        """Make the changes of *plan*; see :meth:`Tenant.apply`. *on_event* is called on the caller's own thread."""
        check_call(BlockingTenant.apply, locals())
        events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        put = events.put if on_event is not None else None
        work = self._tenant.apply(plan, confirm=confirm, confirmed_by=confirmed_by, on_event=put, passwords=passwords)
        with self._tenant._applier.listening():  # noqa: SLF001 - signals come on this thread, and the work on another
            return self._run(work, events=events, on_event=on_event)

    def apply_groups(self, plan: group_push.GroupPlan, *, confirm: str | None = None) -> group_push.GroupReport:
        """Make the changes of a plan of groups; see :meth:`Tenant.apply_groups`."""
        check_call(BlockingTenant.apply_groups, locals())
        return self._run(self._tenant.apply_groups(plan, confirm=confirm))

    def verify(
        self, plan: Plan, *, only: Iterable[str] | None = None, timeout: timedelta = VERIFY_TIMEOUT
    ) -> Verification:
        """What of *plan* is in the tenant; see :meth:`Tenant.verify`."""
        only = None if only is None else as_frozenset(only)
        check_call(BlockingTenant.verify, locals())
        return self._run(self._tenant.verify(plan, only=only, timeout=timeout))

    def stop(self, why: str) -> None:
        """Have an apply that is running, on another thread, begin nothing more; see :meth:`Tenant.stop`."""
        check_call(BlockingTenant.stop, locals())
        self._tenant.stop(why)

    def test_connection(
        self, operations: Collection[Operation] = ALL_OPERATIONS_BUT_ROLES, *, expected_tenant: str | None = None
    ) -> ConnectionTest:
        """Whether the credential works and which permissions are missing; see :meth:`Tenant.test_connection`."""
        check_call(BlockingTenant.test_connection, locals())
        return self._run(self._tenant.test_connection(operations, expected_tenant=expected_tenant))

    def close(self) -> None:
        """Close the connections and end the thread; may be called twice, and by two threads at once."""
        if self._process != os.getpid():
            return
        with self._closing:
            if self._closed:
                return
            if self._loop is not None and self._thread is not None:
                self._run(_finish_and_close(self._tenant))
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
            self._closed = True

    def _run(
        self,
        work: Coroutine[Any, Any, _T],
        *,
        events: queue.SimpleQueue[Event | None] | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> _T:
        if self._closed:
            work.close()
            raise UsageError("this BlockingTenant is closed: make another one")
        if self._process != os.getpid():
            work.close()
            raise UsageError("this BlockingTenant was made before a fork: make one in each process")
        loop = self._running_loop()
        if threading.current_thread() is self._thread:
            work.close()
            raise UsageError("a BlockingTenant can't be used from its own callbacks: use what the event holds")
        task = _BackgroundTask(work, loop, events if events is not None else queue.SimpleQueue())
        try:
            task.start()
            task.listen(on_event)
        except BaseException:
            task.cancel()
            raise
        return task.result()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_run_forever, args=[self._loop], daemon=True, name="o365prov")
                self._thread.start()
            return self._loop

    def __reduce__(self) -> NoReturn:
        raise UsageError("a BlockingTenant holds connections and can't be copied or pickled: make one where it is used")

    def __repr__(self) -> str:
        return f"Blocking{self._tenant!r}"


class _BackgroundTask(Generic[_T]):
    """A coroutine on the background thread's loop, and the events that it emits."""

    def __init__(
        self,
        work: Coroutine[Any, Any, _T],
        loop: asyncio.AbstractEventLoop,
        events: queue.SimpleQueue[Event | None],
    ) -> None:
        self._work = work
        self._loop = loop
        self._events = events
        self._ended = threading.Event()
        self._task: asyncio.Task[_T] | None = None

    def start(self) -> None:
        """Start the coroutine on the loop."""
        self._loop.call_soon_threadsafe(self._start_now)

    def _start_now(self) -> None:
        self._task = self._loop.create_task(self._work)
        self._task.add_done_callback(self._end)

    def _end(self, _: object = None) -> None:
        self._ended.set()
        self._events.put(None)

    def _cancel_now(self) -> None:
        # The interrupt may have come before the loop started the work.
        if self._task is None:
            self._work.close()
            self._end()
        else:
            self._task.cancel()

    def listen(self, on_event: Callable[[Event], None] | None) -> None:
        """Call *on_event* with the events, on this thread, until the work has ended."""
        emit = without_errors(on_event)
        while True:
            try:
                event = self._events.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if event is None:
                return
            emit(event)

    def cancel(self) -> None:
        """Cancel the work, and wait until it has cleaned up."""
        self._loop.call_soon_threadsafe(self._cancel_now)
        self._ended.wait(_CANCEL_SECONDS)

    def result(self) -> _T:
        """What the work returned, or the exception that it raised."""
        if self._task is None:
            raise UsageError("the work was never started")
        if self._task.cancelled():
            raise UsageError("this BlockingTenant was closed while it was used: close it when its work is done")
        return self._task.result()


async def _finish_and_close(tenant: Tenant) -> None:
    """Close the tenant, which lets an apply finish what is under way; then cancel what still runs."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await tenant.close()
    if others:
        await asyncio.wait(others, timeout=_POLL_SECONDS)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _run_forever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
