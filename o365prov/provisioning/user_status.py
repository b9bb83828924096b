"""What a person's status in Okta means for their Office 365 account.

Source: Okta, "User states"; Okta support, "Users are not being provisioned from Okta": only active people are.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from o365prov.people import UserStatus


class Eligibility(Enum):
    """Whether an assigned person is provisioned, held (nothing changes), or treated as not assigned."""

    PROVISION = "provision"
    HOLD = "hold"
    UNASSIGNED = "unassigned"


ELIGIBILITY: Mapping[UserStatus, Eligibility] = MappingProxyType(
    {
        UserStatus.STAGED: Eligibility.HOLD,
        UserStatus.PROVISIONED: Eligibility.HOLD,
        UserStatus.ACTIVE: Eligibility.PROVISION,
        UserStatus.RECOVERY: Eligibility.PROVISION,
        UserStatus.PASSWORD_EXPIRED: Eligibility.PROVISION,
        UserStatus.LOCKED_OUT: Eligibility.PROVISION,
        UserStatus.SUSPENDED: Eligibility.HOLD,
        UserStatus.DEPROVISIONED: Eligibility.UNASSIGNED,
    }
)
"""The eligibility of each status. People who are held keep what they have: nothing is written or taken away."""
