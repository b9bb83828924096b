"""The app's settings as far as planning asks about them."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from attrs import field, frozen

from o365prov._fields import as_frozenset, typed
from o365prov.errors import ConfigurationError
from o365prov.planning.model.safeguards import Safeguards
from o365prov.provisioning import ProvisioningType


class Scope(StrEnum):
    """What is compared with what.

    ``CHANGED``, the default, is Okta's push ("Apply updates now"): a person counts if what should be sent differs from
    the last success. ``ALL`` is Force Sync: all mapped profiles are compared with the tenant. ``DRIFT`` also
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


@frozen(kw_only=True, field_transformer=typed)
class PlanOptions:
    """What the app allows.

    *grantable_roles* are names or template ids, in lower case, of privileged roles that may be granted;
    *restore_deleted_users* says whether a person's deleted account is brought back; *gives_passwords* whether the
    caller of apply gives initial passwords, which people in managed domains need.
    With *take_over_licenses* licences that were granted elsewhere are removed too where they are not assigned.
    """

    provisioning: ProvisioningType
    safeguards: Safeguards = field(factory=Safeguards)
    scope: Scope = Scope.CHANGED
    grantable_roles: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    restore_deleted_users: bool = False
    gives_passwords: bool = False
    take_over_licenses: bool = False
