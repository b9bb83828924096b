"""What a tenant is made with: settings of a class of ours, and objects of the caller's that have to have a method.

Both are refused by the name that the caller wrote, in ``Tenant(...)`` and in ``Tenant.over(...)``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from o365prov._annotations import describe_type, shown
from o365prov.errors import ConfigurationError

_Argument = TypeVar("_Argument")


def of_kind(name: str, value: _Argument, kind: type[_Argument]) -> _Argument:
    """*value*, if it is of this *kind*."""
    if not isinstance(value, kind):
        raise ConfigurationError(f"Tenant.{name} should be {describe_type(kind)}, not {shown(value)}")
    return value


def setting(name: str, value: _Argument | None, kind: type[_Argument]) -> _Argument:
    """*value*, if it is of this *kind*; None stands for the kind's defaults."""
    return kind() if value is None else of_kind(name, value, kind)


def having(method: str, name: str, value: _Argument, expected: str) -> _Argument:
    """*value*, if it has the *method* that the Protocol demands; *expected* says in words what it should be."""
    if isinstance(value, type) or not callable(getattr(value, method, None)):
        raise ConfigurationError(f"Tenant.{name} should be {expected}, not {shown(value)}")
    return value


def credential(value: _Argument) -> _Argument:
    """*value*, if it is a credential, of either kind that azure-core knows."""
    method = "get_token_info" if callable(getattr(value, "get_token_info", None)) else "get_token"
    return having(method, "credential", value, "a credential of azure-identity")


def age(name: str, value: timedelta) -> timedelta:
    """*value*, if it is a time of 0 or more."""
    if of_kind(name, value, timedelta) < timedelta():
        raise ConfigurationError(f"Tenant.{name} should be 0 or more, not {value}")
    return value
