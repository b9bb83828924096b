"""The changes that make, find, write and delete accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from o365prov._fields import frozen_mapping, typed, whole_number
from o365prov.people import Departure
from o365prov.planning.model.change_parts import Invitation, PropertyChange, Subject
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
class DeleteUser:
    """Delete the leaver's account, which ends sign-in and frees the licences; Microsoft keeps it for 30 days.

    Args:
        privileged: whether the leaver has a privileged role: then it comes before everything else.
        overrides: whether somebody had enabled the leaver's account again, so that the plan must be confirmed.
        departure: what is remembered of the day on which the person left, so that leavers of many runs can be counted.
        reaches_back: whether the person left while Deactivate Users was off, so that the plan must be confirmed.

    """

    kind: ClassVar[str] = "delete_user"
    symbol: ClassVar[str] = "-"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    privileged: bool = False
    overrides: bool = False
    departure: Departure | None = None
    reaches_back: bool = False

    @property
    def phase(self) -> Phase:
        """First of all for privileged leavers, otherwise at the very end."""
        return Phase.PRIVILEGED_LEAVERS if self.privileged else Phase.DELETIONS
