"""The directory of a fleet: its tenants, and where the apps, credentials and people are that they name.

A tenant names what it needs and holds none of it: the directory can be printed, stored and reviewed, and secrets stay
where they are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, TypeVar

from attrs import Attribute, Factory, field, frozen

from o365prov import graph, planning
from o365prov._annotations import check_call
from o365prov._fields import as_tuple, as_unique, typed, wrong
from o365prov.app import Office365App
from o365prov.configuration import AppFile
from o365prov.errors import ConfigurationError
from o365prov.people import Assignment
from o365prov.rendering import quoted, shortened
from o365prov.state import State

_T = TypeVar("_T")

_HIGHEST = 1_000


def _named(owner: object, attribute: Attribute[str], value: object) -> None:
    """Refuse a name that is empty, long, or can't be printed: it stands in tables, locks and messages."""
    if not isinstance(value, str):
        raise wrong(owner, attribute, "a string", value)
    if not value or len(value) > 100 or not value.isprintable():
        expected = "a name of 1 to 100 characters that can be printed"
        raise ConfigurationError(f"{type(owner).__name__}.{attribute.alias} should be {expected}")


def _cron(owner: object, attribute: Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        raise wrong(owner, attribute, "a string", value)
    if value and not _croniter().is_valid(value):
        shown = quoted(shortened(value))
        raise ConfigurationError(
            f"{type(owner).__name__}.schedule {shown} is not a line of cron: write '0 2 * * *' for two o'clock UTC"
        )


def _priority(owner: object, attribute: Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _HIGHEST:
        raise wrong(owner, attribute, f"a whole number from -{_HIGHEST:,} to {_HIGHEST:,}", value)


def _croniter() -> Any:
    try:
        return import_module("croniter").croniter
    except ImportError:
        raise ConfigurationError("FleetTenant.schedule needs croniter: install o365prov[fleet]") from None


def _own_name(tenant: FleetTenant) -> str:
    return tenant.name


@frozen(field_transformer=typed)
class FleetTenant:
    """One tenant of a fleet.

    Args:
        name: what it is called here; unique in the fleet, 1 to 100 characters.
        app: the name of its app.
        credential: the name of its credential, such as that of a secret in a vault.
        people: the name of where its people come from; the tenant's own name unless it is given.
        schedule: when a round begins, as a line of cron in UTC, such as ``0 2 * * *``; empty for only when it is asked
            for. The first round of a scheduled tenant begins at once.
        priority: who comes first, higher numbers before lower ones (-1,000 to 1,000).
        reviewers: who must look at a plan with hazards before it goes on, such as addresses.
        tenant_id: the id of the tenant that the credential should be for, else nothing is planned; empty for whichever
            it is for.
        cloud: Microsoft's cloud in which it is.

    Raises:
        ConfigurationError: a field is of the wrong type or out of range, or the schedule is not a line of cron.

    >>> FleetTenant("contoso", app="standard", credential="contoso-secret", schedule="0 2 * * *").people
    'contoso'
    """

    name: str = field(validator=_named)
    app: str = field(validator=_named)
    credential: str = field(validator=_named)
    people: str = field(default=Factory(_own_name, takes_self=True), validator=_named)
    schedule: str = field(default="", validator=_cron)
    priority: int = field(default=0, validator=_priority)
    reviewers: tuple[str, ...] = field(default=(), converter=as_unique)
    tenant_id: str = ""
    cloud: graph.Cloud = graph.Cloud.GLOBAL

    def due_at(self, last: datetime | None) -> datetime | None:
        """When the next round begins after one that began at *last*; None for only when it is asked for.

        Args:
            last: when the last round began, aware; None if there was none.

        >>> from datetime import UTC
        >>> tenant = FleetTenant("contoso", app="standard", credential="contoso-secret", schedule="0 2 * * *")
        >>> print(tenant.due_at(datetime(2026, 6, 1, 8, tzinfo=UTC)))
        2026-06-02 02:00:00+00:00
        """
        check_call(FleetTenant.due_at, locals())
        if not self.schedule:
            return None
        if last is None:
            return _AT_ONCE
        due: datetime = _croniter()(self.schedule, last).get_next(datetime)
        return due


_AT_ONCE = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class FleetRegistry:
    """What the tenants of a fleet name: each a function of the name, or a mapping.

    The functions are called for every step, on a thread; what they return is for them to cache and to close. An error
    that they raise is one of that tenant: it is noted, and tried again as far as that may help.

    Args:
        apps: gives an app, or an app file: ``AppFile.load``, where the names of apps are those of files.
        credentials: gives a credential, such as one of azure-identity's.
        people: gives everybody who is assigned the app, as assignments; None for the sources that app files name.
        connect: makes the connection of a tenant with its credential and the fleet's state; by default
            ``Tenant(credential, tenant.cloud, state=state)``, at Graph's own pace.
        passwords: gives the first password of a new account in a managed domain; None where all are federated.

    Raises:
        ConfigurationError: an argument is of the wrong type.

    >>> from o365prov import UserSync, UsernameFormat
    >>> app = Office365App(("corp.example",), UserSync(), UsernameFormat.email())
    >>> registry = FleetRegistry(apps={"standard": app}, credentials={}, people=lambda name: [])
    >>> registry.app_file("standard").app == app
    True
    """

    def __init__(
        self,
        apps: Callable[[str], Office365App | AppFile] | Mapping[str, Office365App | AppFile],
        credentials: Callable[[str], graph.Credential] | Mapping[str, graph.Credential],
        people: Callable[[str], Iterable[Assignment]] | Mapping[str, Iterable[Assignment]] | None = None,
        *,
        connect: Callable[[FleetTenant, graph.Credential, State], graph.Tenant] | None = None,
        passwords: Callable[[FleetTenant, planning.CreateUser], str] | None = None,
    ) -> None:
        check_call(FleetRegistry.__init__, locals())
        self._apps: Callable[[str], Any] = _lookup(apps)
        self._credentials = _lookup(credentials)
        self._people: Callable[[str], Any] | None = None if people is None else _lookup(people)
        self._connect = connect or _connect
        self.passwords = passwords

    def app_file(self, name: str) -> AppFile:
        """The app of this name, as an app file; one that is given alone says nothing of source and tenant.

        Args:
            name: as tenants have it.

        Raises:
            ConfigurationError: there is none, or it is something else.

        """
        check_call(FleetRegistry.app_file, locals())
        found = self._apps(name)
        if isinstance(found, Office365App):
            return AppFile(found)
        if not isinstance(found, AppFile):
            shown = quoted(shortened(name))
            raise ConfigurationError(f"the fleet's registry has a {type(found).__name__} for the app {shown}")
        return found

    async def assignments(self, tenant: FleetTenant) -> tuple[Assignment, ...]:
        """Everybody who is assigned the app of a tenant.

        Args:
            tenant: the tenant.

        Raises:
            ConfigurationError: there is no such source, or it gives something else.
            SourceError: everything that is wrong with the source that the app file names.

        """
        check_call(FleetRegistry.assignments, locals())
        if self._people is None:
            file = await asyncio.to_thread(self.app_file, tenant.app)
            return tuple((await file.read_people()).assignments)
        found: Any = as_tuple(await asyncio.to_thread(self._people, tenant.people))
        if not isinstance(found, tuple) or not all(isinstance(each, Assignment) for each in found):
            raise ConfigurationError(
                f"the fleet's people {quoted(shortened(tenant.people))} should be Assignment values"
            )
        return found

    def tenant(self, tenant: FleetTenant, state: State) -> graph.Tenant:
        """A connection to a tenant, with its credential.

        Args:
            tenant: the tenant.
            state: where it is kept what is known between runs.

        Raises:
            ConfigurationError: there is no such credential.

        """
        check_call(FleetRegistry.tenant, locals())
        return self._connect(tenant, self._credentials(tenant.credential), state)

    def __repr__(self) -> str:
        return "FleetRegistry()"


def _connect(tenant: FleetTenant, credential: graph.Credential, state: State) -> graph.Tenant:
    return graph.Tenant(credential, tenant.cloud, state=state)


def _lookup(values: Callable[[str], _T] | Mapping[str, _T]) -> Callable[[str], _T]:
    """A function of a name; a mapping becomes one."""
    if not isinstance(values, Mapping):
        return values

    def find(name: str) -> _T:
        try:
            return values[name]
        except KeyError:
            raise ConfigurationError(f"the fleet's registry does not have {quoted(shortened(name))}") from None

    return find
