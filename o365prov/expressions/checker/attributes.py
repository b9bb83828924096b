"""The attributes that Identity Engine's expressions have: a table, of which come the checks and the documentation.

Source: Okta developer documentation, "Okta Expression Language in Okta Identity Engine", references to properties.
"""

from __future__ import annotations

from attrs import frozen

from o365prov.expressions.semantics import Dialect
from o365prov.expressions.values.types import ValueType

Path = tuple[str, ...]


@frozen
class KnownAttribute:
    """One attribute.

    Args:
        path: its root and names.
        kind: the kind of its values; :data:`ValueType.MAP` where each organisation has attributes of its own below it.
        values: the only values that it has, where Okta lists them.

    """

    path: Path
    kind: ValueType
    values: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it is written."""
        return ".".join(self.path)


ROOTS = frozenset(
    "user appuser app org session idpuser source access group device security login accessRequest".split()
)
"""The roots that are not apps, in either dialect."""

_STATUSES = (
    *("STAGED", "PROVISIONED", "ACTIVE", "RECOVERY"),
    *("LOCKED_OUT", "PASSWORD_EXPIRED", "SUSPENDED", "DEPROVISIONED"),
)

ATTRIBUTES = tuple(
    KnownAttribute(tuple(name.split(".")), kind, values)
    for name, kind, values in (
        ("user.id", ValueType.STRING, ()),
        ("user.status", ValueType.STRING, _STATUSES),
        ("user.created", ValueType.TIME, ()),
        ("user.lastUpdated", ValueType.TIME, ()),
        ("user.passwordChanged", ValueType.TIME, ()),
        ("user.lastLogin", ValueType.TIME, ()),
        ("user.realmId", ValueType.STRING, ()),
        ("user.profile", ValueType.MAP, ()),
        ("device.id", ValueType.STRING, ()),
        ("device.profile", ValueType.MAP, ()),
        ("device.provider", ValueType.MAP, ()),
        ("device.caller", ValueType.MAP, ()),
        ("device.assurance", ValueType.MAP, ()),
        ("session.id", ValueType.STRING, ()),
        ("session.amr", ValueType.LIST, ()),
        ("security.risk.level", ValueType.STRING, ("LOW", "MEDIUM", "HIGH")),
        ("security.behaviors", ValueType.LIST, ()),
        ("login.identifier", ValueType.STRING, ()),
        ("accessRequest.operation", ValueType.STRING, ()),
        ("accessRequest.authenticator.id", ValueType.STRING, ()),
        ("accessRequest.authenticator.key", ValueType.STRING, ()),
        ("accessRequest.metadata.type", ValueType.STRING, ()),
        ("appuser", ValueType.MAP, ()),
    )
)
_BY_PATH = {row.path: row for row in ATTRIBUTES}
_BEGINNINGS = {row.path[:length] for row in ATTRIBUTES for length in range(1, len(row.path))}
_ROOTS = {row.path[0] for row in ATTRIBUTES}


def attribute_at(path: Path) -> KnownAttribute | None:
    """The row of exactly this path."""
    return _BY_PATH.get(path)


def exists(path: Path) -> bool:
    """Whether a path is in the table, leads to a row, or lies below one that has attributes of each organisation."""
    if path[0] not in _ROOTS or path in _BY_PATH or path in _BEGINNINGS:
        return True
    return any(
        row.kind is ValueType.MAP for length in range(1, len(path)) if (row := _BY_PATH.get(path[:length])) is not None
    )


def names_below(root: str) -> tuple[str, ...]:
    """The names of a root's rows, without the root."""
    return tuple(".".join(row.path[1:]) for row in ATTRIBUTES if row.path[0] == root and len(row.path) > 1)


def written_for_other_dialect(path: Path, dialect: Dialect) -> str | None:
    """What to write for an attribute that is named as in the other dialect, or None.

    Example:
        >>> written_for_other_dialect(("user", "profile", "email"), Dialect.CLASSIC)
        'user.email'
        >>> written_for_other_dialect(("user", "email"), Dialect.IDENTITY_ENGINE)
        'user.profile.email'

    """
    match dialect, path:
        case Dialect.CLASSIC, ("user", "profile", name, *rest):
            return ".".join(("user", name, *rest))
        case Dialect.IDENTITY_ENGINE, ("user", name) if name in BASE_PROFILE:
            return f"user.profile.{name}"
    return None


BASE_PROFILE = frozenset(
    "login email secondEmail firstName lastName middleName honorificPrefix honorificSuffix title displayName nickName "
    "profileUrl primaryPhone mobilePhone streetAddress city state zipCode countryCode postalAddress preferredLanguage "
    "locale timezone userType employeeNumber costCenter organization division department managerId manager".split()
)
"""The attributes that the profile of every user has, by Okta's names."""
