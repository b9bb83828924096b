"""The changes of what an account is given: licences, directory roles and a manager."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from o365prov._fields import typed
from o365prov.people import LicenseGrant
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, Subject
from o365prov.planning.model.phases import Phase


@frozen(field_transformer=typed)
class AssignLicenses:
    """Add and remove licences in one request.

    Args:
        add: the licences to add.
        remove: the licences to remove.
        grants: the licences that the person then has from us.

    """

    kind: ClassVar[str] = "assign_licenses"
    symbol: ClassVar[str] = "~"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str | None
    add: tuple[LicenseAddition, ...]
    remove: tuple[LicenseRemoval, ...]
    grants: tuple[LicenseGrant, ...]

    @property
    def phase(self) -> Phase:
        """Removals free seats, so they come before additions."""
        if not self.add:
            return Phase.LICENSE_REMOVALS
        return Phase.LICENSE_REPLACEMENTS if self.remove else Phase.LICENSES


@frozen(field_transformer=typed)
class GrantRole:
    """Assign a directory role for the whole tenant.

    Args:
        role: the role's name.
        role_id: the id of its definition.
        privileged: whether the role is privileged, so that the plan must be confirmed.

    """

    kind: ClassVar[str] = "grant_role"
    symbol: ClassVar[str] = "~"
    phase: ClassVar[Phase] = Phase.ROLES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str | None
    role: str
    role_id: str
    privileged: bool = False


@frozen(field_transformer=typed)
class RemoveRole:
    """Remove a directory role that we granted.

    Args:
        role: the role's name.
        role_id: the id of its definition.
        assignment_id: the id of the role assignment.
        leaving: whether the person leaves with a privileged role: then it comes before everything else.

    """

    kind: ClassVar[str] = "remove_role"
    symbol: ClassVar[str] = "-"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    role: str
    role_id: str
    assignment_id: str
    leaving: bool = False

    @property
    def phase(self) -> Phase:
        """First of all for leavers with a privileged role, otherwise after the licences."""
        return Phase.PRIVILEGED_ROLES if self.leaving else Phase.ROLE_REMOVALS


@frozen(field_transformer=typed)
class SetManager:
    """Set the account's manager.

    Args:
        manager: the manager.
        manager_id: the object id of the manager's account; None if this plan creates it.
        reference: a hash of how the source names the manager, for the memory.

    """

    kind: ClassVar[str] = "set_manager"
    symbol: ClassVar[str] = "~"
    phase: ClassVar[Phase] = Phase.REFERENCES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str | None
    manager: Subject
    manager_id: str | None
    reference: str = ""


@frozen(field_transformer=typed)
class RemoveManager:
    """Remove the account's manager."""

    kind: ClassVar[str] = "remove_manager"
    symbol: ClassVar[str] = "-"
    phase: ClassVar[Phase] = Phase.REFERENCES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str


@frozen(field_transformer=typed)
class RemoveLicenses:
    """Remove the licences that we granted to a leaver, in one request.

    Args:
        remove: the licences to remove.
        grants: the licences that the person still has from us then, because they wait for the mailbox.

    """

    kind: ClassVar[str] = "remove_licenses"
    symbol: ClassVar[str] = "-"
    phase: ClassVar[Phase] = Phase.LEAVERS_LICENSES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    remove: tuple[LicenseRemoval, ...]
    grants: tuple[LicenseGrant, ...] = ()
