"""The changes of who can sign in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from o365prov._fields import typed
from o365prov.people import Departure
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.phases import Phase


@frozen(field_transformer=typed)
class EnableSignIn:
    """Enable sign-in of the account, which was blocked.

    Args:
        overrides: whether somebody else had blocked it, so that the plan must be confirmed.
        departure: what was remembered of the day on which the person left, and ends now; None of somebody who had not
            left.

    """

    kind: ClassVar[str] = "enable_sign_in"
    symbol: ClassVar[str] = "+"
    phase: ClassVar[Phase] = Phase.SIGN_IN
    writes: ClassVar[int] = 1

    subject: Subject
    reason: str
    object_id: str
    overrides: bool = False
    departure: Departure | None = None


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
