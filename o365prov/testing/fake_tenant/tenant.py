"""FakeTenant: an Office 365 tenant in memory that speaks Microsoft Graph's HTTP."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.errors import UsageError
from o365prov.structuring import load_text, write_text
from o365prov.testing.clock import FakeClock
from o365prov.testing.fake_tenant.builders import add_contact, add_group, add_room, add_user, new_directory
from o365prov.testing.fake_tenant.endpoints.organization import domain_records
from o365prov.testing.fake_tenant.gateway.asgi import AsgiApplication, TenantApplication
from o365prov.testing.fake_tenant.gateway.gateway import Gateway
from o365prov.testing.fake_tenant.gateway.replication import Lag
from o365prov.testing.fake_tenant.gateway.sessions import RecordedRequests, read_session, replay
from o365prov.testing.fake_tenant.identity.app_registrations import AppRegistrations
from o365prov.testing.fake_tenant.inspection import roles_of, seats, shown_groups, shown_user, shown_users
from o365prov.testing.fake_tenant.options import check_amounts, check_options
from o365prov.testing.fake_tenant.spelling import with_known_options
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.persistence import Snapshot, read_state, sealed, unsealed, write_state
from o365prov.testing.fake_tenant.store.table import unshared
from o365prov.testing.faults import FaultPlan
from o365prov.testing.quotas import Quotas
from o365prov.testing.service_plans import PlanProvisioning


class FakeTenant:
    """A strict Office 365 tenant in memory: give it HTTP requests for Microsoft Graph v1.0, get Graph's answers.

    It is plain and synchronous: ``handle`` takes a request and returns the answer; ``send`` is the same for callers on
    an event loop. Any host and any base address will do, and links in answers start with the one that the client used.
    What it does not support is refused with 501 and a message that says what it does.

    Args:
        domains: the tenant's domains beside the initial one: names (verified and managed), or a mapping to
            "Managed", "Federated" or "Unverified".
        licenses: the products that the tenant has bought with their number of seats, by Microsoft's names.
        clock: the tenant's time; real time by default.
        seed: makes ids the same on every run; None makes them fresh.
        name: the organization's display name.
        country: its two-letter code, which group licences use for users without usageLocation.
        initial_domain: the ``onmicrosoft.com`` domain that every tenant has; managed and verified.
        keep_requests: how many requests ``requests`` remembers, while their bodies stay below 64 MiB.
        faults: a plan of what goes wrong (``o365prov.testing.faults``); None for nothing.
        quotas: Graph's limits on resource units and writes; None for none.
        lag: how long a write stays unseen; None for not at all.
        provisioning: how long service plans take, and how that ends; None for at once.
        caller_roles: names of the directory roles that the calling application holds, which then bind it when it
            changes sensitive properties of administrators; None lets it do everything.
        permissions: the application permissions that an administrator consented to, such as "User.Read.All"; whatever
            they do not allow is 403, and only tokens of this tenant are valid. None allows everything.
        signed_in: the user that ``/me`` is, by id or userPrincipalName; None for an application, which has no ``/me``.
        latency: seconds that every request takes; writes to one object that overlap conflict.

    Example:
        >>> import json
        >>> fake = FakeTenant(domains={"yourfederated.domain": "Federated"}, licenses={"SPE_E3": 25}, seed=1)
        >>> isaac = fake.add_user("isaac.brock@contoso.onmicrosoft.com", displayName="Isaac Brock")
        >>> address = f"https://graph.microsoft.com/v1.0/users/{isaac['id']}"
        >>> status, headers, body = fake.handle("GET", address, {"Authorization": "Bearer stand-in"}, b"")
        >>> status, json.loads(body)["displayName"]
        (200, 'Isaac Brock')

    """

    @with_known_options("FakeTenant")
    def __init__(
        self,
        domains: Mapping[str, str] | Iterable[str] = (),
        licenses: Mapping[str, int] | None = None,
        clock: FakeClock | None = None,
        *,
        seed: int | None = None,
        name: str = "Contoso",
        country: str = "US",
        initial_domain: str = "contoso.onmicrosoft.com",
        keep_requests: int = 10_000,
        faults: FaultPlan | None = None,
        quotas: Quotas | None = None,
        lag: Lag | None = None,
        provisioning: PlanProvisioning | None = None,
        latency: float = 0.0,
        caller_roles: Iterable[str] | None = None,
        permissions: Iterable[str] | None = None,
        signed_in: str | None = None,
    ) -> None:
        domains = as_tuple(domains)
        caller_roles, permissions = (names and as_tuple(names) for names in (caller_roles, permissions))
        check_call(FakeTenant.__init__, locals())
        check_options(initial_domain, domains, country, licenses or {}, permissions or (), caller_roles or ())
        check_amounts(latency, keep_requests)
        self.clock = clock or FakeClock()
        chance = random.Random(seed)  # noqa: S311 - ids of a fake
        ids = random.Random(chance.getrandbits(64))  # noqa: S311
        directory = new_directory(
            self.clock,
            chance,
            name=name,
            country=country,
            domains=domain_records(initial_domain, domains),
            licenses=licenses or {},
            caller_roles=caller_roles,
            permissions=permissions,
            provisioning=provisioning,
            signed_in=signed_in,
        )
        self._gateway = Gateway(
            directory, ids=ids, keep_requests=keep_requests, faults=faults, quotas=quotas, lag=lag, latency=latency
        )
        self._lock, self._start = self._gateway.lock, Snapshot(directory.copy())

    def __reduce__(self) -> NoReturn:
        """Refuse pickling and copying: the tenant holds a lock."""
        raise UsageError("a FakeTenant can't be pickled or copied: use to_json() or snapshot()")

    def __repr__(self) -> str:
        """One line: the initial domain and how much there is."""
        held = self._directory
        return f"<FakeTenant {next(iter(held.domains))}: {len(held.users)} users, {len(held.groups)} groups>"

    def handle(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request; returns the status, the headers and the body of the answer.

        Args:
            method: the HTTP method.
            url: the absolute address; its path may or may not begin with ``/v1.0``.
            headers: the request's headers, their names in any case.
            body: the request's body, empty for none.

        """
        check_call(FakeTenant.handle, locals())
        pending = self._gateway.begin(method, url, headers, body)
        if pending.delay:
            self.clock.wait(pending.delay)
        return self._gateway.finish(pending)

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Answer one request to a caller on an event loop, as ``handle`` does."""
        check_call(FakeTenant.send, locals())
        pending = self._gateway.begin(method, url, headers, body)
        if pending.delay:
            await self.clock.wait_async(pending.delay)
        return self._gateway.finish(pending)

    @property
    def asgi(self) -> AsgiApplication:
        """The tenant as an ASGI application, for any server of ASGI and any client that takes an application.

        It belongs at the root of its host. Dropped connections are raised as ConnectionResetError.
        """
        return TenantApplication(self.send)

    @property
    def faults(self) -> FaultPlan | None:
        """What goes wrong; it may be changed at any time, and None ends it."""
        return self._gateway.faults

    @faults.setter
    def faults(self, plan: FaultPlan | None) -> None:
        self._gateway.faults = plan

    @property
    def applications(self) -> AppRegistrations:
        """The applications that the tenant's token endpoint gives tokens to."""
        return AppRegistrations(lambda: self._directory, self._gateway.token_endpoint)

    @property
    def requests(self) -> RecordedRequests:
        """Every request seen and its answer, oldest first; secrets are not kept."""
        return RecordedRequests(tuple(self._gateway.requests))

    @property
    def unsupported(self) -> Sequence[str]:
        """Each request that the tenant does not support, with what it said of it; those inside a batch too.

        It stays when ``requests`` forgets, and after ``reset`` and ``restore``, so that the end of a run can look.
        """
        with self._lock:
            return tuple(self._gateway.unsupported)

    def replay(self, path: str | Path) -> Sequence[str]:
        """Ask again what ``requests.save`` wrote to a file, and return what is answered otherwise.

        Args:
            path: the file; what it was recorded from may have been another tenant, with other ids.

        Returns:
            One readable difference for each request whose status or answer differs.

        Raises:
            SourceError: the file can't be read, or is something else.

        """
        check_call(FakeTenant.replay, locals())
        return tuple(replay(read_session(path), self.handle))

    def add_user(
        self,
        user_principal_name: str | None = None,
        *,
        licenses: Mapping[str, Iterable[str]] | Iterable[str] = (),
        manager: str | None = None,
        roles: Iterable[str] = (),
        **properties: Any,
    ) -> dict[str, Any]:
        """Put a user into the tenant, past the rules that bind clients but not past uniqueness and known properties.

        Args:
            user_principal_name: of a verified domain; made up when left out.
            licenses: products by name, or a mapping of them to the names of the plans switched off.
            manager: an id or userPrincipalName.
            roles: names of built-in roles.
            properties: by Graph's names, read-only ones such as ``onPremisesSyncEnabled`` too.

        Returns:
            The user as ``user`` shows it.

        Raises:
            UsageError: for a property that users do not have, or a value that they can't take.

        """
        licenses, roles = as_tuple(licenses), as_tuple(roles)
        check_call(FakeTenant.add_user, locals())
        with self._building() as directory:
            key = add_user(
                directory, user_principal_name, licenses=licenses, manager=manager, roles=roles, properties=properties
            )
            return shown_user(directory, key)

    def add_group(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        owners: Iterable[str] = (),
        licenses: Mapping[str, Iterable[str]] | Iterable[str] = (),
        **properties: Any,
    ) -> dict[str, Any]:
        """Put a group into the tenant, a security group unless *properties* say otherwise.

        Args:
            name: the displayName.
            members: ids or userPrincipalNames.
            owners: ids or userPrincipalNames.
            licenses: products that members inherit, as in ``add_user``.
            properties: by Graph's names.

        Returns:
            The group's properties, by Graph's names.

        Raises:
            UsageError: for a property that groups do not have, or a value that they can't take.

        """
        members, owners, licenses = map(as_tuple, (members, owners, licenses))
        check_call(FakeTenant.add_group, locals())
        with self._building() as directory:
            return add_group(directory, name, members=members, owners=owners, licenses=licenses, properties=properties)

    def add_contact(self, name: str, *, manager: str | None = None, **properties: Any) -> dict[str, Any]:
        """Put a contact of the organization into the tenant; clients can only read it.

        Args:
            name: the displayName.
            manager: an id or userPrincipalName.
            properties: by Graph's names; UsageError for one that contacts do not have.

        """
        check_call(FakeTenant.add_contact, locals())
        with self._building() as directory:
            return add_contact(directory, name, manager, properties)

    def add_room(self, name: str, address: str, *, lists: Iterable[str] = (), **properties: Any) -> dict[str, Any]:
        """Put a room into the tenant.

        Args:
            name: the displayName.
            address: the emailAddress of its mailbox.
            lists: addresses of the room lists that it is in; a list that is not there is made.
            properties: by Graph's names; UsageError for one that rooms do not have.

        """
        lists = as_tuple(lists)
        check_call(FakeTenant.add_room, locals())
        with self._building() as directory:
            return add_room(directory, name, address, lists, properties)

    @property
    def users(self) -> Sequence[dict[str, Any]]:
        """Every user that is not deleted, as ``user`` shows it."""
        with self._lock:
            return shown_users(self._directory)

    @property
    def groups(self) -> Sequence[dict[str, Any]]:
        """Every group that is not deleted, by Graph's names, with the ids of its ``members`` and ``owners``."""
        with self._lock:
            return shown_groups(self._directory)

    @property
    def deleted_items(self) -> Sequence[dict[str, Any]]:
        """Every deleted user and group that can still be restored."""
        with self._lock:
            return tuple(unshared(record) for record in self._directory.deleted)

    def user(self, key: str) -> dict[str, Any]:
        """What the tenant holds of one user: what was set, by Graph's names, and the ``manager``'s id.

        Args:
            key: an id or userPrincipalName.

        Raises:
            UsageError: when the tenant has no such user.

        """
        check_call(FakeTenant.user, locals())
        with self._lock:
            return shown_user(self._directory, key)

    def roles_of(self, key: str) -> Sequence[str]:
        """The role definition ids assigned to a user, given its id or userPrincipalName."""
        check_call(FakeTenant.roles_of, locals())
        with self._lock:
            return roles_of(self._directory, key)

    def seats(self, name: str) -> tuple[int, int]:
        """Of a product, given its name: how many seats are taken, and how many there are."""
        check_call(FakeTenant.seats, locals())
        with self._lock:
            return seats(self._directory, name)

    @property
    def _directory(self) -> Directory:
        return self._gateway.directory

    @contextmanager
    def _building(self) -> Iterator[Directory]:
        """The directory, while something is put into it from outside, which readers then see at once."""
        with self._lock:
            yield self._directory
            self._gateway.show_writes()

    def snapshot(self) -> Snapshot:
        """The state as it is now; cheap, since records are shared until they change."""
        with self._lock:
            return Snapshot(self._directory.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this tenant; the clock and the requests stay."""
        check_call(FakeTenant.restore, locals())
        with self._lock:
            if snapshot._directory.tenant_id != self._directory.tenant_id:  # noqa: SLF001
                raise UsageError("this snapshot is of another tenant; take one of this tenant with snapshot()")
            self._gateway.enter(snapshot._directory.copy())  # noqa: SLF001

    def reset(self) -> None:
        """Go back to the empty tenant that was constructed, and forget the requests."""
        with self._lock:
            self._gateway.enter(self._start._directory.copy())  # noqa: SLF001
            self._gateway.requests.clear()

    def to_json(self) -> str:
        """The state as JSON text, for ``from_json``."""
        with self._lock:
            return write_state(self._directory)

    def save(self, path: str | Path) -> None:
        """Write the state to a file, whole or not at all; SourceError when it can't be written."""
        write_text(path, sealed(self.to_json()))

    @classmethod
    def from_json(cls, text: str, *, clock: FakeClock | None = None, seed: int | None = None) -> FakeTenant:
        """A tenant with the state that ``to_json`` wrote; SourceError when the text is something else."""
        check_call(FakeTenant.from_json, locals())
        return cls._of(text, clock, seed, is_sealed=False)

    @classmethod
    def load(cls, path: str | Path, *, clock: FakeClock | None = None, seed: int | None = None) -> FakeTenant:
        """A tenant with the state that ``save`` wrote to a file; SourceError when that is not what it holds."""
        text, is_sealed = unsealed(load_text(path, "name the file that FakeTenant.save() wrote"))
        return cls._of(text, clock, seed, is_sealed=is_sealed)

    @classmethod
    def _of(cls, text: str, clock: FakeClock | None, seed: int | None, *, is_sealed: bool) -> FakeTenant:
        fake = cls(clock=clock, seed=seed)
        fake._gateway.enter(read_state(text, fake.clock, fake._directory.random, is_sealed=is_sealed))
        fake._start = fake.snapshot()
        return fake
