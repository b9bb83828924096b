"""What was looked up in a tenant for a plan about some people: what was not asked is unknown, and not absent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import as_frozenset, typed
from o365prov.errors import UsageError
from o365prov.rendering import count_text

_Found = TypeVar("_Found")

_OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class LookupKind(StrEnum):
    """By what something is looked up: accounts, also deleted ones, whoever holds an address, and roles."""

    ACCOUNT = "object id"
    USERNAME = "username"
    ANCHOR = "source anchor"
    ADDRESS = "address"
    ROLES = "roles of an object id"
    DELETED = "username of a deleted account"


@frozen(field_transformer=typed)
class Lookup:
    """One thing to look up in a tenant.

    Args:
        kind: by what.
        key: the object id, the username or address in lower case, or the source anchor; nothing for deleted accounts
            by username, of which Graph gives all.

    """

    kind: LookupKind
    key: str

    @property
    def may_find(self) -> bool:
        """Whether a tenant can hold something under this key: a distinguished name, say, is not a username."""
        match self.kind:
            case LookupKind.ACCOUNT | LookupKind.ROLES:
                return _OBJECT_ID.fullmatch(self.key) is not None
            case LookupKind.USERNAME | LookupKind.ADDRESS:
                return "@" in self.key
            case LookupKind.ANCHOR:
                return bool(self.key)
            case LookupKind.DELETED:
                return True


@frozen(field_transformer=typed)
class Coverage:
    """For whom a snapshot was read.

    Args:
        people: the ids of the people whom a plan may be about.
        lookups: what was looked up.
        on_missing: called with what is asked and was not looked up; without it, asking is an error.

    """

    people: frozenset[str] = field(converter=as_frozenset)
    lookups: frozenset[Lookup] = frozenset()
    on_missing: Callable[[Lookup], None] | None = field(default=None, eq=False, repr=False)

    @check_after_failure
    def check(self, kind: LookupKind, key: str) -> None:
        """Refuse what was not looked up.

        Args:
            kind: by what is asked.
            key: the object id, username, address or source anchor.

        Raises:
            UsageError: it was not looked up, and *on_missing* is None.

        """
        lookup = Lookup(kind, "" if kind is LookupKind.DELETED else key or "")
        if lookup in self.lookups or not lookup.may_find:
            return
        if self.on_missing is None:
            raise UsageError(
                f"this snapshot was read for {count_text(len(self.people), 'person', 'people')}, and another {kind} is "
                "asked of it: people, assignments, settings or the memory are not those of the read; read the tenant "
                "again with app.needs(assignments, only=...)"
            )
        self.on_missing(lookup)


@frozen(eq=False)
class LookedUp(Mapping[str, _Found]):
    """What was found under keys of one kind; asking for a key that was not looked up is an error.

    Args:
        found: what was found.
        kind: the kind of the keys.
        coverage: what was looked up.

    """

    found: Mapping[str, _Found]
    kind: LookupKind
    coverage: Coverage

    def __getitem__(self, key: str) -> _Found:
        self.coverage.check(self.kind, key)
        return self.found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)
