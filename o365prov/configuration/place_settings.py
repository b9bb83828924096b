"""Where the state is kept and which tenant is meant: what an app file says besides the app itself.

Secrets stand in no file: the key of a state and a database's password come from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

from attrs import Attribute, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import fraction, typed, whole_number, wrong
from o365prov.errors import ConfigurationError
from o365prov.graph import Cloud
from o365prov.state import PostgresState, SQLiteState, State

STATE_KEY = "O365PROV_STATE_KEY"
"""The variable with the secret that seals the rows of a state."""


@frozen(kw_only=True, field_transformer=typed)
class SQLitePlace:
    """A state in a file.

    Args:
        path: the file, relative to the folder of the app file.
        audit: whether it keeps what was done to whom and why.
        lease_seconds: for how many seconds a lease is given (1 to 3,600).

    """

    name: ClassVar[str] = "sqlite"

    path: str
    audit: bool = True
    lease_seconds: int = field(default=60, validator=whole_number(1, 3_600))

    def open(self, folder: Path, environment: Mapping[str, str]) -> State:
        """The state; whoever opens it closes it.

        Args:
            folder: the folder to which its path is relative.
            environment: where its secret is, as ``O365PROV_STATE_KEY``.

        """
        check_call(SQLitePlace.open, locals())
        path, key = folder / self.path, _key(environment)
        return SQLiteState(path, key=key, lease_seconds=self.lease_seconds, audit=self.audit)


def _without_password(owner: object, attribute: Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value:
        raise wrong(owner, attribute, "an address, such as postgresql://o365prov@db.corp.example/iam", value)
    if re.search(r"://[^/@]*:[^/@]*@|\bpassword\s*=", value):
        raise ConfigurationError(
            "PostgresPlace.dsn has a password: leave it out, and keep it in PGPASSWORD or a password file"
        )


@frozen(kw_only=True, field_transformer=typed)
class PostgresPlace:
    """A state on a PostgreSQL server.

    Args:
        dsn: where the server is, such as ``postgresql://o365prov@db.corp.example/iam``, without a password.
        schema: the schema that holds the tables.
        audit: whether it keeps what was done to whom and why.
        lease_seconds: for how many seconds a lease is given (1 to 3,600).

    """

    name: ClassVar[str] = "postgres"

    dsn: str = field(validator=_without_password, repr=False)
    schema: str = "o365prov"
    audit: bool = True
    lease_seconds: int = field(default=60, validator=whole_number(1, 3_600))

    def open(self, folder: Path, environment: Mapping[str, str]) -> State:
        """The state; whoever opens it closes it.

        Args:
            folder: the folder to which its path is relative.
            environment: where its secret is, as ``O365PROV_STATE_KEY``.

        """
        check_call(PostgresPlace.open, locals())
        options: Any = {"schema": self.schema, "lease_seconds": self.lease_seconds, "audit": self.audit}
        return PostgresState(self.dsn, key=_key(environment), **options)


StatePlace: TypeAlias = SQLitePlace | PostgresPlace


def _key(environment: Mapping[str, str]) -> bytes | None:
    key = environment.get(STATE_KEY)
    return key.encode() if key else None


def _usable_share(owner: object, attribute: Attribute[float], value: object) -> None:
    fraction(owner, attribute, value)
    if not value:
        raise wrong(owner, attribute, "a share above 0, such as 0.5", value)


@frozen(kw_only=True, field_transformer=typed)
class TenantPlace:
    """Which tenant is meant, and how much of its limits is used.

    Args:
        id: the tenant's id; nothing is read or written where the credential is for another one. None for whichever
            the credential is for.
        cloud: Microsoft's cloud in which the tenant is.
        rate_share: the share of Graph's rate limits that is used, above 0 and at most 1.

    """

    id: str | None = None
    cloud: Literal["global", "us_government", "us_defense", "china"] = "global"
    rate_share: float = field(default=1.0, validator=_usable_share)

    @property
    def graph(self) -> Cloud:
        """The cloud, for :class:`~o365prov.Tenant`."""
        return Cloud[self.cloud.upper()]
