"""Which properties of a user Graph guards by themselves, so that one of them must not cost an update the others.

Sources: Microsoft Graph, "Working with users" (who can perform sensitive actions), "user resource type" (extension
attributes, mail); Microsoft's issue threads microsoft-graph-docs#1508 and microsoft-graph-docs-contrib#8421 (names that
must be unique).
"""

from __future__ import annotations

from attrs import frozen


@frozen
class PropertyKind:
    """Properties that Graph refuses for a reason of their own.

    Args:
        names: the properties; the whole of a complex one.
        why: the reason.
        sensitive: whether those of an administrator can be changed only with a directory role of high enough a rank.

    """

    names: tuple[str, ...]
    why: str
    sensitive: bool = False


PROPERTY_KINDS: tuple[PropertyKind, ...] = (
    PropertyKind(("businessPhones", "mobilePhone", "otherMails"), "ways to reset a password", sensitive=True),
    PropertyKind(("onPremisesExtensionAttributes",), "Exchange Online masters them once an account was synced"),
    # In a federated domain an account needs its anchor, so that comes before the username.
    PropertyKind(("onPremisesImmutableId",), "unique, and kept in a federated domain", sensitive=True),
    PropertyKind(("userPrincipalName",), "unique, and in a verified domain", sensitive=True),
    PropertyKind(("mailNickname",), "part of addresses, which are unique"),
    PropertyKind(("mail",), "an address, which is unique"),
    PropertyKind(("accountEnabled",), "lets somebody sign in", sensitive=True),
)
"""The kinds in the order in which they are sent; whatever is not named here comes before them, together."""

SENSITIVE = frozenset(name for kind in PROPERTY_KINDS if kind.sensitive for name in kind.names)
