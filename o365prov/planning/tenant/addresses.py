"""Who holds an e-mail address: accounts, groups and contacts, each address one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import as_frozenset, typed

_Holder = TypeVar("_Holder")


def smtp_addresses(properties: Mapping[str, Any]) -> frozenset[str]:
    """The e-mail addresses among the *properties* of an object, in lower case."""
    mail, listed = properties.get("mail"), properties.get("proxyAddresses")
    proxies = listed if isinstance(listed, list | tuple) else ()
    found = (mail, *(each[5:] for each in proxies if isinstance(each, str) and each[:5].lower() == "smtp:"))
    return frozenset(each.lower() for each in found if isinstance(each, str) and each)


def each_by_address(holders: Iterable[tuple[_Holder, Collection[str]]]) -> Mapping[str, tuple[_Holder, ...]]:
    """Whoever holds each address, in their order.

    >>> each_by_address([("Ann", ["a@corp.example"]), ("Bo", ["a@corp.example", "b@corp.example"])])
    {'a@corp.example': ('Ann', 'Bo'), 'b@corp.example': ('Bo',)}
    """
    held: dict[str, tuple[_Holder, ...]] = {}
    for holder, addresses in holders:
        for address in addresses:
            held[address] = (*held.get(address, ()), holder)
    return held


class HolderKind(StrEnum):
    """What can hold an e-mail address."""

    USER = "account"
    GROUP = "group"
    CONTACT = "contact"


@frozen(field_transformer=typed)
class AddressHolder:
    """An object of the tenant that holds e-mail addresses: no other can get them.

    Args:
        kind: what it is.
        id: the object id.
        name: the display name.
        addresses: its e-mail addresses, in lower case.
        username: an account's user principal name.

    """

    kind: HolderKind
    id: str
    name: str
    addresses: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    username: str = ""

    @classmethod
    @check_after_failure
    def of_properties(cls, kind: HolderKind, object_id: str, properties: Mapping[str, Any]) -> AddressHolder:
        """A holder by its properties, under Graph's names."""
        name, username = properties.get("displayName"), properties.get("userPrincipalName")
        return cls(
            kind,
            object_id,
            name if isinstance(name, str) else "",
            smtp_addresses(properties),
            username if isinstance(username, str) else "",
        )
