"""The changes that a plan may hold: a sum type.

Every change has a *subject* and a *reason*, for people to read. *object_id* is the account; None if the same plan makes
it. *phase* is the change's place in the order of a plan; *writes* is the number of Graph writes that it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import frozen_mapping, typed, whole_number
from o365prov.people import AppUserStatus, Departure, LicenseGrant, Missing, WaitingForSeat
from o365prov.planning.model.change_parts import Invitation, LicenseAddition, LicenseRemoval, PropertyChange, Subject
from o365prov.planning.model.leaver_changes import BlockSignIn, DeleteUser, RemoveLicenses
from o365prov.planning.model.phases import Phase


@frozen(field_transformer=typed)
class CreateUser:
    """Create the account.

    In a federated domain applying makes a random password, which is never used or kept. In a managed one the caller of
    apply gives it, and it must be changed at the first sign-in.

    Args:
        properties: the body of the POST without the password.
        fingerprint: a hash of the profile, for the memory.
        anchor: the source anchor.
        password_given: whether the caller of apply gives the password.
        disabled: whether nobody can sign in with it yet.
        turn: the change's place within its phase.
        waits_for: the key of the change that frees the username, see :func:`change_key`; empty if it is free.
        invitation: how a guest is invited, instead; None for everybody else.

    """

    kind: ClassVar[str] = "create_user"
    symbol: ClassVar[str] = "+"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    properties: Mapping[str, Any] = field(converter=frozen_mapping, hash=False)
    fingerprint: str
    anchor: str | None = None
    password_given: bool = False
    disabled: bool = False
    object_id: None = None
    turn: int = field(default=0, validator=whole_number())
    waits_for: str = ""
    invitation: Invitation | None = None

    @property
    def phase(self) -> Phase:
        """Among the accounts, or with the profiles where a rename frees the username first."""
        return Phase.PROFILES if self.waits_for else Phase.ACCOUNTS


@frozen(field_transformer=typed)
class RestoreUser:
    """Restore the deleted account with everything that it had; other changes of it follow.

    Args:
        turn: the change's place within its phase.
        waits_for: the key of the change that frees the username that the account had, see :func:`change_key`; empty if
            it is free.

    """

    kind: ClassVar[str] = "restore_user"
    symbol: ClassVar[str] = "+"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    turn: int = field(default=0, validator=whole_number())
    waits_for: str = ""

    @property
    def phase(self) -> Phase:
        """Among the accounts, or with the profiles where a rename frees the username first."""
        return Phase.PROFILES if self.waits_for else Phase.ACCOUNTS


@frozen(field_transformer=typed)
class LinkUser:
    """Remember that an existing account is this person's; it takes no write.

    Args:
        fingerprint: a hash of the profile, for the memory.
        anchor: the account's source anchor.
        takes_over: the id of the person who had the account until now, and whose memory goes with it.
        activates: whether the account is in use afterwards; False where sign-in is still to be enabled, so that the
            memory keeps who had blocked it.
        privileged: whether the caller hands over a privileged admin's account, so that the plan must be confirmed.
        turn: the change's place within its phase.

    """

    kind: ClassVar[str] = "link_user"
    symbol: ClassVar[str] = "="
    phase: ClassVar[Phase] = Phase.PROFILES
    writes: ClassVar[int] = 0

    subject: Subject
    reason: str
    object_id: str
    fingerprint: str
    anchor: str | None = None
    takes_over: str | None = None
    activates: bool = True
    privileged: bool = False
    turn: int = field(default=0, validator=whole_number())


@frozen(field_transformer=typed)
class UpdateUser:
    """Set or clear properties of the account, all in one PATCH; it also links an account that was not linked yet.

    Args:
        properties: the properties that change.
        fingerprint: a hash of the profile, for the memory.
        anchor: the account's source anchor.
        takes_over: the id of the person who had the account until now, and whose memory goes with it.
        activates: whether the account is in use afterwards; False where sign-in is still to be enabled, so that the
            memory keeps who had blocked it.
        privileged: whether the caller hands over a privileged admin's account, so that the plan must be confirmed.
        turn: the change's place within its phase.
        waits_for: the key of the change that frees the new username, see :func:`change_key`; empty if it is free.
        temporary: whether the username is a temporary one, and another update of the plan gives the final one.

    """

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
    takes_over: str | None = None
    activates: bool = True
    privileged: bool = False
    turn: int = field(default=0, validator=whole_number())
    waits_for: str = ""
    temporary: bool = False


@frozen(field_transformer=typed)
class EnableSignIn:
    """Enable sign-in of the account, which was blocked.

    Args:
        overrides: whether somebody else had blocked it, so that the plan must be confirmed.

    """

    kind: ClassVar[str] = "enable_sign_in"
    symbol: ClassVar[str] = "+"
    phase: ClassVar[Phase] = Phase.SIGN_IN
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    overrides: bool = False


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
class RevokeSessions:
    """End all sessions: those that began before the password changed, or those of somebody who leaves.

    Args:
        desired: the instant that StsRefreshTokensValidFrom should have; None for somebody who leaves. Graph's
            ``revokeSignInSessions`` takes no value and sets the present.

    """

    kind: ClassVar[str] = "revoke_sessions"
    symbol: ClassVar[str] = "~"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    desired: datetime | None

    @property
    def leaving(self) -> bool:
        """Whether the person leaves."""
        return self.desired is None

    @property
    def phase(self) -> Phase:
        """After everything that an assigned person gets; for leavers, right after the block."""
        return Phase.LEAVERS_SESSIONS if self.leaving else Phase.SESSIONS


@frozen(field_transformer=typed)
class Remember:
    """What the memory must learn without a write to the tenant; what is None stays as it is.

    Args:
        status: the person's status from now on.
        departure: the person left already, or the option that is in force for them changes.
        reaches_back: whether it follows a setting that was changed after the person left, and must be confirmed.
        licenses: the licences that count as granted from here.
        waiting: the licences for which the person waits.
        roles: the directory roles that count as granted from here.
        excluded_by: the condition that excludes the person; empty where none does any more.
        missing: in how many complete reads the person was missing; *seen* is whether the person is there again.

    """

    kind: ClassVar[str] = "remember"
    symbol: ClassVar[str] = "="
    phase: ClassVar[Phase] = Phase.MEMORY
    writes: ClassVar[int] = 0

    subject: Subject
    reason: str
    object_id: str | None
    status: AppUserStatus | None = None
    departure: Departure | None = None
    reaches_back: bool = False
    licenses: tuple[LicenseGrant, ...] | None = None
    waiting: tuple[WaitingForSeat, ...] | None = None
    roles: tuple[str, ...] | None = None
    excluded_by: str | None = None
    missing: Missing | None = None
    seen: bool = False


Change: TypeAlias = (
    CreateUser
    | RestoreUser
    | LinkUser
    | UpdateUser
    | EnableSignIn
    | AssignLicenses
    | GrantRole
    | RemoveRole
    | SetManager
    | RemoveManager
    | RevokeSessions
    | BlockSignIn
    | Remember
    | RemoveLicenses
    | DeleteUser
)


@check_after_failure
def change_key(change: Change) -> str:
    """A name of the change that is unique in a plan: its kind, the person and the role.

    A rename to a temporary username ends in ``:temporary``.
    """
    name = f"{change.kind}:{change.subject.person_id}"
    if isinstance(change, UpdateUser) and change.temporary:
        return f"{name}:temporary"
    return f"{name}:{change.role_id}" if isinstance(change, GrantRole | RemoveRole) else name


@check_after_failure
def change_stage(change: Change) -> tuple[Phase, int]:
    """The place of a change in the order of a plan: its phase, and its turn within that."""
    return change.phase, change.turn if isinstance(change, CreateUser | RestoreUser | LinkUser | UpdateUser) else 0
