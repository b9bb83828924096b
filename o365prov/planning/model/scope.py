"""How far a plan looks."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from o365prov.errors import ConfigurationError


class Scope(StrEnum):
    """What is compared with what.

    ``CHANGED``, the default, is Okta's push ("Apply updates now"): a person counts if what should be sent differs from
    the last success. ``ALL`` is Force Sync: everybody's mapped profile is compared with the tenant. ``DRIFT`` also
    reverts other edits made in Office 365: blocked sign-in, licences, roles and managers that we had set.

    For License Only and Profile Sync, whose people may be edited in Office 365, ``ALL`` looks no further than
    ``CHANGED``, and ``DRIFT`` is refused.

    Source: Okta support, "How to use the Force Sync option"; Okta, "Provisioning options for Office 365", row "Edit
    user directly in Office 365".
    """

    CHANGED = "changed"
    ALL = "all"
    DRIFT = "drift"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise ConfigurationError(f"there is no scope {value!r}: use one of {', '.join(map(repr, map(str, cls)))}")
