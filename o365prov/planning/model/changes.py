"""The changes that a plan may hold: a sum type.

A change of an account that the same plan creates has no *object_id* yet: applying fills it in from Graph's answer.

*phase* is when the change has its turn. *writes* is the number of Graph writes that it costs; a test compares it with
the requests that are built.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, auto
from typing import Any, ClassVar, TypeAlias

from attrs import field, frozen

from o365prov._fields import frozen_mapping, typed
from o365prov.people import LicenseGrant


class Phase(IntEnum):
    """When a change has its turn, from the first to the last.

    Leavers with a privileged role come before everything else, and with the role they lose first. Then objects,
    licences, roles, references and sessions; what takes something away from people comes last, so that a plan that was
    interrupted has given more than it took.
    """

    PRIVILEGED_ROLES = auto()
    PRIVILEGED_LEAVERS = auto()
    ACCOUNTS = auto()
    PROFILES = auto()
    LICENSE_REMOVALS = auto()
    LICENSE_EXCHANGES = auto()
    LICENSES = auto()
    ROLES = auto()
    REFERENCES = auto()
    SESSIONS = auto()
    ROLE_REMOVALS = auto()
    LEAVERS = auto()
    LEAVERS_LICENSES = auto()
    DELETIONS = auto()


@frozen(field_transformer=typed)
class Subject:
    """Whom a change is about, for people to read: *username* is the account's name once the change is made."""

    person_id: str
    name: str
    username: str


@frozen(field_transformer=typed)
class PropertyChange:
    """One property under Graph's name (dots lead into a complex one): *after* None clears it."""

    name: str
    before: Any
    after: Any


@frozen(field_transformer=typed)
class CreateUser:
    """Create the account. *properties* are the body of the POST without the password.

    In a federated domain applying makes a random password, which is never used, and keeps it nowhere. In a managed one
    (*password_given*) the caller of apply gives it, and it has to be changed at the first sign-in.
    """

    kind: ClassVar[str] = "create_user"
    symbol: ClassVar[str] = "+"
    phase: ClassVar[Phase] = Phase.ACCOUNTS
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    properties: Mapping[str, Any] = field(converter=frozen_mapping, hash=False)
    fingerprint: str
    anchor: str | None = None
    password_given: bool = False
    object_id: None = None


@frozen(field_transformer=typed)
class RestoreUser:
    """Bring the deleted account back, with what it held; other changes of it follow."""

    kind: ClassVar[str] = "restore_user"
    symbol: ClassVar[str] = "+"
    phase: ClassVar[Phase] = Phase.ACCOUNTS
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str


@frozen(field_transformer=typed)
class LinkUser:
    """Remember an account that was there already as this person's. Costs no write."""

    kind: ClassVar[str] = "link_user"
    symbol: ClassVar[str] = "="
    phase: ClassVar[Phase] = Phase.PROFILES
    writes: ClassVar[int] = 0

    subject: Subject
    reason: str
    object_id: str
    fingerprint: str
    anchor: str | None = None


@frozen(field_transformer=typed)
class UpdateUser:
    """Set or clear properties of the account, all in one PATCH; links the account where it was not ours before."""

    kind: ClassVar[str] = "update_user"
    symbol: ClassVar[str] = "~"
    phase: ClassVar[Phase] = Phase.PROFILES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    properties: tuple[PropertyChange, ...]
    fingerprint: str
    anchor: str | None = None


@frozen(field_transformer=typed)
class LicenseAddition:
    """A SKU to hold with some of its service plans switched off (ids); adding a held SKU replaces its plans."""

    sku_id: str
    part_number: str
    disabled_plans: tuple[str, ...] = ()


@frozen(field_transformer=typed)
class LicenseRemoval:
    """A directly held SKU to take away."""

    sku_id: str
    part_number: str


@frozen(field_transformer=typed)
class AssignLicenses:
    """Add and remove licences in one request. *grants* is what the person then has from us."""

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
        """Seats that are given up come before those that are taken."""
        if not self.add:
            return Phase.LICENSE_REMOVALS
        return Phase.LICENSE_EXCHANGES if self.remove else Phase.LICENSES


@frozen(field_transformer=typed)
class GrantRole:
    """Assign a directory role for the whole tenant."""

    kind: ClassVar[str] = "grant_role"
    symbol: ClassVar[str] = "~"
    phase: ClassVar[Phase] = Phase.ROLES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str | None
    role: str
    role_id: str


@frozen(field_transformer=typed)
class RemoveRole:
    """Take away a directory role that we granted: *assignment_id* is the role assignment.

    For a person who is *leaving* with a privileged role it comes before everything else.
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
    """Let the account refer to its manager: *manager_id* if the manager exists, else the person this plan creates.

    *reference* stands for how the source names the manager; it is remembered with the success.
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
    """Take the reference to the manager away."""

    kind: ClassVar[str] = "remove_manager"
    symbol: ClassVar[str] = "-"
    phase: ClassVar[Phase] = Phase.REFERENCES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str


@frozen(field_transformer=typed)
class RevokeSessions:
    """End the sessions that began before the password changed.

    *desired* is the instant that StsRefreshTokensValidFrom should have; Graph's ``revokeSignInSessions`` takes no value
    and sets now.
    """

    kind: ClassVar[str] = "revoke_sessions"
    symbol: ClassVar[str] = "~"
    phase: ClassVar[Phase] = Phase.SESSIONS
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    desired: datetime


@frozen(field_transformer=typed)
class BlockSignIn:
    """Block the leaver's account; licences and data are kept. A *privileged* leaver comes before everything else."""

    kind: ClassVar[str] = "block_sign_in"
    symbol: ClassVar[str] = "-"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    at: datetime
    privileged: bool = False

    @property
    def phase(self) -> Phase:
        """First of all for privileged leavers, otherwise after all who stay."""
        return Phase.PRIVILEGED_LEAVERS if self.privileged else Phase.LEAVERS


@frozen(field_transformer=typed)
class MarkDeactivated:
    """Remember that the leaver's account was blocked already, so that its days of grace count. Costs no write."""

    kind: ClassVar[str] = "mark_deactivated"
    symbol: ClassVar[str] = "-"
    phase: ClassVar[Phase] = Phase.LEAVERS
    writes: ClassVar[int] = 0

    subject: Subject
    reason: str
    object_id: str
    at: datetime


@frozen(field_transformer=typed)
class RemoveLicenses:
    """Take the licences that we granted from a leaver, in one request."""

    kind: ClassVar[str] = "remove_licenses"
    symbol: ClassVar[str] = "-"
    phase: ClassVar[Phase] = Phase.LEAVERS_LICENSES
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    remove: tuple[LicenseRemoval, ...]


@frozen(field_transformer=typed)
class DeleteUser:
    """Delete the leaver's account, which ends sign-in and frees the licences; Microsoft keeps it for 30 days."""

    kind: ClassVar[str] = "delete_user"
    symbol: ClassVar[str] = "-"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    privileged: bool = False

    @property
    def phase(self) -> Phase:
        """First of all for privileged leavers, otherwise at the very end."""
        return Phase.PRIVILEGED_LEAVERS if self.privileged else Phase.DELETIONS


Change: TypeAlias = (
    CreateUser
    | RestoreUser
    | LinkUser
    | UpdateUser
    | AssignLicenses
    | GrantRole
    | RemoveRole
    | SetManager
    | RemoveManager
    | RevokeSessions
    | BlockSignIn
    | MarkDeactivated
    | RemoveLicenses
    | DeleteUser
)


def change_key(change: Change) -> str:
    """What a journal knows the change by: its kind, the person and the role, which together are unique in a plan."""
    name = f"{change.kind}:{change.subject.person_id}"
    return f"{name}:{change.role_id}" if isinstance(change, GrantRole | RemoveRole) else name
