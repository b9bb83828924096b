"""The attributes of Okta's Office 365 app: one row an attribute, read from ``office365_attributes.tsv``.

The rows drive the default mappings, the checks of values, the bodies sent to Graph, and the documentation. *name* is
the attribute's name in Okta's app profile, *graph* the property of Graph's user that takes it.

Sources: Okta, "Supported user attributes for Office 365 provisioning" (labels and types); Microsoft Graph, "user
resource type" (properties, limits, what can be cleared). Okta publishes no required column: the required ones are those
whose absence its push refuses (first name, last name, mail) or Graph's create does (display name).

Decisions where the sources are silent: Okta's list leaves ExtensionAttribute11 out between 10 and 12, which is taken
for a slip; "Email" beside "Primary email" in Universal Sync's list is the same attribute; Okta says nowhere which
property takes its country code, and Graph keeps the code that matters as usageLocation.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from enum import Enum
from importlib.resources import files

from attrs import frozen

from o365prov._fields import frozen_mapping
from o365prov.errors import ConfigurationError
from o365prov.expressions import similar_attribute


class AttributeKind(Enum):
    """How Graph takes a value."""

    TEXT = "text"
    LIST = "list"
    MAILS = "mails"
    ONE_IN_LIST = "one in list"
    COUNTRY = "country"
    LANGUAGE = "language"
    MAIL = "mail"
    INSTANT = "instant"
    CHOICE = "choice"
    ANCHOR = "anchor"
    NICKNAME = "nickname"
    MANAGER = "reference"
    REFERENCES = "references"

    @property
    def is_list(self) -> bool:
        """Whether Graph keeps a list: an empty one clears it, and null is refused."""
        return self in {AttributeKind.LIST, AttributeKind.MAILS, AttributeKind.ONE_IN_LIST, AttributeKind.REFERENCES}


@frozen
class Attribute:
    """One attribute: what Okta calls it, where Graph takes it, and within which limits.

    *graph* None means that Graph has no such property; *instead* then says what comes nearest. *directory* is the
    Active Directory attribute behind it. *limit* is in characters. *clearable* false means that Graph never lets the
    value go once it is set. *directory_only* attributes come from an Active Directory account or not at all. *types*
    are letters: P Profile Sync, c Profile Sync where somebody adds it as a custom attribute, U User Sync, V Universal
    Sync.
    """

    name: str
    label: str
    graph: str | None
    kind: AttributeKind = AttributeKind.TEXT
    limit: int | None = None
    types: str = ""
    directory: str | None = None
    required: bool = False
    clearable: bool = True
    directory_only: bool = False
    instead: str = ""


def _rows() -> Mapping[str, Attribute]:
    text = files(__package__).joinpath("office365_attributes.tsv").read_text("utf-8")
    return frozen_mapping({row["name"]: _attribute(row) for row in csv.DictReader(text.splitlines(), delimiter="\t")})


def _attribute(row: Mapping[str, str]) -> Attribute:
    return Attribute(
        name=row["name"],
        label=row["label"],
        graph=row["graph"] or None,
        kind=AttributeKind(row["kind"]),
        limit=int(row["limit"]) if row["limit"] else None,
        types=row["types"],
        directory=row["ad"] or None,
        required=row["required"] == "yes",
        clearable=row["clearable"] != "no",
        directory_only=row["directory_only"] == "yes",
        instead=row["instead"],
    )


ATTRIBUTES: Mapping[str, Attribute] = _rows()
"""Every attribute by Okta's name."""


def _of(letter: str) -> tuple[str, ...]:
    return tuple(row.name for row in ATTRIBUTES.values() if letter in row.types)


PROFILE_SYNC_ATTRIBUTES = _of("P")
"""What Profile Sync always sends besides the username, and the source anchor."""

PROFILE_SYNC_CUSTOM_ATTRIBUTES = _of("c")
"""What Profile Sync sends where somebody added it to the app's profile."""

USER_SYNC_ATTRIBUTES = _of("U")
"""What User Sync sends besides the username: Okta's 21 less the username, and the source anchor."""

UNIVERSAL_SYNC_ATTRIBUTES = _of("V")
"""Everything that Universal Sync sends besides the username."""

DIRECTORY_ONLY_ATTRIBUTES = frozenset(row.name for row in ATTRIBUTES.values() if row.directory_only)
"""What User and Universal Sync take from Active Directory alone: Okta's asterisk."""

CHOICES: Mapping[str, tuple[str, ...]] = frozen_mapping(
    {
        "ageGroup": ("Minor", "NotAdult", "Adult"),
        "consentProvidedForMinor": ("Granted", "Denied", "NotRequired"),
        "userType": ("Member", "Guest"),
    }
)
"""The values that Graph takes for attributes with a choice."""


_BY_LOWER_NAME = {name.lower(): attribute for name, attribute in ATTRIBUTES.items()}
_BY_GRAPH_NAME = {row.graph: row.name for row in reversed(tuple(ATTRIBUTES.values())) if row.graph}


def attribute_spelled(name: str) -> Attribute:
    """The attribute of exactly this name, as settings in Python have to write it.

    Raises :class:`~o365prov.errors.ConfigurationError`, which names the right spelling, for any other.

    >>> attribute_spelled("firstName").graph
    'givenName'
    """
    attribute = attribute_named(name)
    if attribute.name != name:
        raise ConfigurationError(f"the Office 365 app has no attribute {name!r}: write {attribute.name!r}")
    return attribute


def attribute_named(name: str) -> Attribute:
    """The attribute that goes by this name, in whatever case, as Okta's documents may have it.

    Raises :class:`~o365prov.errors.ConfigurationError`, which names a similar one, if there is none.

    >>> attribute_named("firstname").label
    'First name'
    """
    attribute = _BY_LOWER_NAME.get(name.lower())
    if attribute is not None:
        return attribute
    if name.lower() == "username":
        raise ConfigurationError("userName is no mapped attribute: set the app's username format instead")
    meant = _BY_GRAPH_NAME.get(name) or similar_attribute(name, ATTRIBUTES)
    remedy = f"write {meant!r}" if meant else "o365prov.profiles.ATTRIBUTES holds those that it has"
    raise ConfigurationError(f"the Office 365 app has no attribute {name!r}: {remedy}")
