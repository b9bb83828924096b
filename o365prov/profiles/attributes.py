"""The attributes of Okta's Office 365 app: one row an attribute, read from ``office365_attributes.tsv``.

The rows drive the default mappings, the checks of values, the bodies sent to Graph, and the documentation. *name* is
the attribute's name in Okta's app profile, *graph* the property of Graph's user that takes it.

Sources: Okta, "Supported user attributes for Office 365 provisioning" (labels and types); Microsoft Graph, "user
resource type" (properties, limits, what can be cleared). Okta publishes no required column: the required ones are those
whose absence its push refuses (first name, last name, mail) or Graph's create does (display name).

Decisions where the sources are silent: Okta's list leaves ExtensionAttribute11 out between 10 and 12, which is taken
for an oversight; "Email" beside "Primary email" in Universal Sync's list is the same attribute; Okta says nowhere which
property takes its country code, and Graph keeps the code that matters as usageLocation.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal

import attrs
from attrs import field, frozen

from o365prov._fields import boolean, frozen_mapping, instance_of, optional, string, whole_number, wrong
from o365prov.errors import ConfigurationError
from o365prov.expressions import similar_attribute
from o365prov.rendering import quoted


class Unset(Enum):
    """The type of UNSET, for annotations."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset.UNSET  # Final: so that `value is UNSET` narrows the type of a value
"""Leave the attribute alone. A value sets it, None clears it."""


class AttributeKind(Enum):
    """How Graph takes a value."""

    STRING = "string"
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


def _type_letters(owner: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str) or set(value) - set("PcUV"):
        raise wrong(owner, field, "letters of P, c, U and V", value)


@frozen
class Attribute:
    """One attribute: what Okta calls it, where Graph takes it, and within which limits.

    Args:
        name: its name in Okta's app profile.
        label: what people read.
        graph: the property of Graph's user that takes it; None where Graph has no such property.
        kind: how Graph takes a value.
        limit: the longest string that Graph takes, in characters; None for any length.
        types: who sends it, as letters: P Profile Sync, c Profile Sync once it is added to the app's profile, U User
            Sync, V Universal Sync.
        directory: the Active Directory attribute behind it.
        required: whether a person without a value is not provisioned.
        clearable: whether Graph lets the value go once it is set.
        directory_only: whether it comes from an Active Directory account or not at all.
        instead: what comes nearest, where Graph has no such property.

    """

    name: str = field(validator=string)
    label: str = field(validator=string)
    graph: str | None = field(validator=optional(string))
    kind: AttributeKind = field(
        default=AttributeKind.STRING, validator=instance_of(AttributeKind, "AttributeKind.STRING")
    )
    limit: int | None = field(default=None, validator=optional(whole_number(1)))
    types: str = field(default="", validator=_type_letters)
    directory: str | None = field(default=None, validator=optional(string))
    required: bool = field(default=False, validator=boolean)
    clearable: bool = field(default=True, validator=boolean)
    directory_only: bool = field(default=False, validator=boolean)
    instead: str = field(default="", validator=string)


def _rows() -> Mapping[str, Attribute]:
    lines = Path(__file__).with_name("office365_attributes.tsv").read_text("utf-8").splitlines()
    return frozen_mapping({row["name"]: _attribute(row) for row in csv.DictReader(lines, delimiter="\t")})


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


def _sent_by(letter: str) -> tuple[str, ...]:
    return tuple(row.name for row in ATTRIBUTES.values() if letter in row.types)


PROFILE_SYNC_ATTRIBUTES = _sent_by("P")
"""What Profile Sync always sends besides the username, and the source anchor."""

PROFILE_SYNC_CUSTOM_ATTRIBUTES = _sent_by("c")
"""What Profile Sync sends once it is added to the app's profile."""

USER_SYNC_ATTRIBUTES = _sent_by("U")
"""What User Sync sends besides the username: Okta's 21 less the username, and the source anchor."""

UNIVERSAL_SYNC_ATTRIBUTES = _sent_by("V")
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


def exact_attribute(name: object) -> Attribute:
    """The attribute of exactly this name, as settings in Python have to write it.

    Raises:
        ConfigurationError: there is none; the message names the one that is probably meant.

    >>> exact_attribute("firstName").graph
    'givenName'

    """
    if not isinstance(name, str):
        raise ConfigurationError(f"an attribute's name should be a string, not {quoted(name)}")
    attribute = find_attribute(name)
    if attribute.name != name:
        raise ConfigurationError(f"the Office 365 app has no attribute {quoted(name)}: write {attribute.name!r}")
    return attribute


def find_attribute(name: str) -> Attribute:
    """The attribute of this name, in whatever case, as Okta's documents may have it.

    Raises:
        ConfigurationError: there is none; the message names the one that is probably meant.

    >>> find_attribute("firstname").label
    'First name'

    """
    attribute = _BY_LOWER_NAME.get(name.lower())
    if attribute is not None:
        return attribute
    if name.lower() == "username":
        raise ConfigurationError("userName is not a mapped attribute: set the app's username format instead")
    similar = _BY_GRAPH_NAME.get(name) or similar_attribute(name, ATTRIBUTES)
    remedy = f"write {similar!r}" if similar else "o365prov.profiles.ATTRIBUTES holds those that it has"
    raise ConfigurationError(f"the Office 365 app has no attribute {quoted(name)}: {remedy}")
