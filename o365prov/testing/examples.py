"""Examples of what clients send to Graph: a body that is always right, and Hypothesis strategies for many.

The strategies are made from the same tables of properties that the fake tenant checks bodies with. They need
``hypothesis``; ``user_body`` does not.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from o365prov.testing.fake_tenant.schema.countries import COUNTRIES
from o365prov.testing.fake_tenant.schema.object_types import USER
from o365prov.testing.fake_tenant.schema.properties import Property, PropertyType, Writability

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


_INITIAL = "contoso.onmicrosoft.com"
_LOCAL = string.ascii_letters + string.digits + "'-_!#^~"
_CHOICES = {
    "passwordPolicies": ("DisablePasswordExpiration", "DisablePasswordExpiration, DisableStrongPassword"),
    "preferredLanguage": ("en-US", "de-DE", "ja"),
    "usageLocation": tuple(sorted(COUNTRIES)),
}
_LEFT_OUT = frozenset({"userPrincipalName", "onPremisesImmutableId", "passwordProfile", "identities"})


def user_body(principal_name: str = f"isaac.brock@{_INITIAL}", **changes: Any) -> dict[str, Any]:
    """The body of a POST /users that Graph takes: everything required, and *changes*.

    Args:
        principal_name: the userPrincipalName; its local part becomes displayName and mailNickname.
        changes: further properties, or other values, by Graph's names; ``...`` leaves a property out.

    Example:
        >>> sorted(user_body(jobTitle="Singer", accountEnabled=...))
        ['displayName', 'jobTitle', 'mailNickname', 'passwordProfile', 'userPrincipalName']

    """
    alias = principal_name.partition("@")[0]
    body = {
        "accountEnabled": True,
        "displayName": alias,
        "mailNickname": alias,
        "userPrincipalName": principal_name,
        "passwordProfile": {"password": "Correct-Horse-7", "forceChangePasswordNextSignIn": False},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def group_body(name: str = "Band", **changes: Any) -> dict[str, Any]:
    """The body of a POST /groups that Graph takes for a security group, and *changes*.

    Args:
        name: the displayName; its letters and digits become mailNickname.
        changes: further properties, or other values, by Graph's names; ``...`` leaves a property out.

    Example:
        >>> group_body("Sales EMEA")["mailNickname"]
        'SalesEMEA'

    """
    nickname = "".join(letter for letter in name if letter.isascii() and letter.isalnum()) or "group"
    body = {
        "displayName": name,
        "mailEnabled": False,
        "mailNickname": nickname[:64],
        "securityEnabled": True,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def group_bodies() -> SearchStrategy[dict[str, Any]]:
    """Bodies of a POST /groups that Graph takes: security groups and Microsoft 365 groups; names may repeat."""
    from hypothesis import strategies as st  # noqa: PLC0415

    names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=256)
    unified = {"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False}
    kinds = st.sampled_from([{}, unified, {"isAssignableToRole": True}])
    described = st.fixed_dictionaries({}, optional={"description": st.text(_LOCAL, min_size=1, max_size=1024)})
    return st.builds(lambda name, kind, more: group_body(name, **kind, **more), names, kinds, described)


def principal_names(domains: Sequence[str] = (_INITIAL,)) -> SearchStrategy[str]:
    """Every kind of userPrincipalName that Graph takes, in these domains."""
    from hypothesis import strategies as st  # noqa: PLC0415 - only who wants strategies needs hypothesis

    parts = st.text(_LOCAL, min_size=1, max_size=12)
    locals_ = st.lists(parts, min_size=1, max_size=3).map(".".join)
    return st.builds(lambda local, domain: f"{local}@{domain}", locals_, st.sampled_from(list(domains)))


def user_changes() -> SearchStrategy[dict[str, Any]]:
    """Bodies of a PATCH /users/{id} that Graph takes for a cloud user: any properties, set or cleared."""
    from hypothesis import strategies as st  # noqa: PLC0415

    return st.fixed_dictionaries({}, optional={item.name: _values(item) for item in _writable()})


def user_bodies(domains: Sequence[str] = (_INITIAL,)) -> SearchStrategy[dict[str, Any]]:
    """Bodies of a POST /users that Graph takes, with any further properties; names may repeat."""
    from hypothesis import strategies as st  # noqa: PLC0415

    def build(name: str, changes: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in changes.items() if value is not None}
        return user_body(name, **{"mailNickname": "someone", **kept})

    return st.builds(build, principal_names(domains), user_changes())


def _writable() -> list[Property]:
    return [
        item
        for item in USER.properties.values()
        if item.write is Writability.YES and item.home == "directory" and item.name not in _LEFT_OUT
    ]


def _values(item: Property) -> SearchStrategy[Any]:
    from hypothesis import strategies as st  # noqa: PLC0415

    values: SearchStrategy[Any]
    match item.kind:
        case PropertyType.FLAG:
            values = st.booleans()
        case PropertyType.INSTANT:
            values = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"))
        case PropertyType.TEXTS if item.name == "otherMails":
            values = st.lists(_addresses(), max_size=3, unique=True)
        case PropertyType.TEXTS:
            values = st.lists(_strings(item), max_size=item.at_most or 3)
        case PropertyType.COMPLEX:
            values = st.fixed_dictionaries({}, optional={field.name: _values(field) for field in item.fields.values()})
        case _ if choices := item.choices or _CHOICES.get(item.name):
            values = st.sampled_from(choices)
        case _ if item.name == "mail":
            values = _addresses()
        case _ if item.name == "mailNickname":
            values = st.text(_LOCAL, min_size=1, max_size=64)
        case _:
            values = _strings(item)
    may_be_null = item.clearable and item.kind is not PropertyType.TEXTS
    return st.none() | values if may_be_null else values


def _strings(item: Property) -> SearchStrategy[str]:
    from hypothesis import strategies as st  # noqa: PLC0415

    characters = st.characters(codec="utf-8", exclude_categories=["C"])
    return st.text(characters, min_size=1, max_size=min(item.limit or 64, 64))


def _addresses() -> SearchStrategy[str]:
    from hypothesis import strategies as st  # noqa: PLC0415

    return st.text(string.ascii_lowercase, min_size=1, max_size=10).map(lambda local: f"{local}@home.example")
