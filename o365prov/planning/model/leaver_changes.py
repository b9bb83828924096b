"""The changes of accounts whose people left; :mod:`o365prov.planning.model.changes` says what they have in common."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from o365prov._fields import typed
from o365prov.people import Departure
from o365prov.planning.model.change_parts import LicenseRemoval, Subject
from o365prov.planning.model.phases import Phase


@frozen(field_transformer=typed)
class BlockSignIn:
    """Block the account of somebody who leaves or is suspended; licences and data are kept.

    Args:
        departure: what is remembered of the day and of the option that is in force; None of somebody who is only
            suspended, and is enabled again once they are active.
        privileged: whether the person has a privileged role: then it comes before everything else.
        overrides: whether somebody had enabled the account again, so that the plan must be confirmed.
        reaches_back: whether the person left while Deactivate Users was off, so that the plan must be confirmed.

    """

    kind: ClassVar[str] = "block_sign_in"
    symbol: ClassVar[str] = "-"
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    departure: Departure | None
    privileged: bool = False
    overrides: bool = False
    reaches_back: bool = False

    @property
    def phase(self) -> Phase:
        """First of all for people with a privileged role, otherwise after the changes of assigned people."""
        return Phase.PRIVILEGED_LEAVERS if self.privileged else Phase.LEAVERS


@frozen(field_transformer=typed)
class RemoveLicenses:
    """Remove the licences that we granted to a leaver, in one request.

    Args:
        remove: the licences to remove.

    """

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
