"""StsRefreshTokensValidFrom: since when a person's sessions are valid.

Source: Okta, "Provision users to Office 365", section StsRefreshTokensValidFrom.
"""

from __future__ import annotations

from datetime import datetime

from o365prov.people import Person


def password_changed_in_okta(person: Person) -> datetime | None:
    """License Only and Profile Sync, and everybody without Active Directory: when the password changed in Okta."""
    return person.password_changed


def password_set_in_directory(person: Person) -> datetime | None:
    """User Sync and Universal Sync: ``pwdLastSet`` for people linked from Active Directory, else as before.

    ``pwdLastSet`` of 0 ("must change") or "never" is no instant.
    """
    if not person.directory_accounts:
        return password_changed_in_okta(person)
    instants = [account.password_last_set for account in person.directory_accounts if account.password_last_set]
    return max(instants, default=None)
