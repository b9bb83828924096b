"""What a person's status in Okta means for their Office 365 account.

Source: Okta, "User states"; Okta support, "Users are not being provisioned from Okta": only active people are.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from o365prov.people import UserStatus


class Standing(Enum):
    """Whether somebody assigned is provisioned, held as they are, or treated as if not assigned."""

    PROVISION = "provision"
    HOLD = "hold"
    UNASSIGNED = "unassigned"


STANDINGS: Mapping[UserStatus, Standing] = MappingProxyType(
    {
        UserStatus.STAGED: Standing.HOLD,
        UserStatus.PROVISIONED: Standing.HOLD,
        UserStatus.ACTIVE: Standing.PROVISION,
        UserStatus.RECOVERY: Standing.PROVISION,
        UserStatus.PASSWORD_EXPIRED: Standing.PROVISION,
        UserStatus.LOCKED_OUT: Standing.PROVISION,
        UserStatus.SUSPENDED: Standing.HOLD,
        UserStatus.DEPROVISIONED: Standing.UNASSIGNED,
    }
)
"""The standing of each status. Held people keep what they have: nothing is written and nothing is taken away."""
