"""The app's settings as far as planning asks about them."""

from __future__ import annotations

from attrs import field, frozen

from o365prov.planning.model.safeguards import Safeguards
from o365prov.planning.model.scope import Scope
from o365prov.provisioning import ProvisioningType


@frozen(kw_only=True)
class Rules:
    """What the app allows.

    *grantable_roles* are names or template ids, in lower case, of privileged roles that may be granted;
    *restore_deleted_users* says whether a person's deleted account is brought back; *gives_passwords* whether the
    caller of apply gives initial passwords, which people in managed domains need.
    With *take_over_licenses* licences that somebody else granted are removed too where they are not assigned.
    """

    provisioning: ProvisioningType
    safeguards: Safeguards = field(factory=Safeguards)
    scope: Scope = Scope.CHANGED
    grantable_roles: frozenset[str] = frozenset()
    restore_deleted_users: bool = False
    gives_passwords: bool = False
    take_over_licenses: bool = False
