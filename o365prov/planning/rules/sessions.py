"""Ending the sessions that began before a password changed."""

from __future__ import annotations

from datetime import datetime

from o365prov.planning.matching.matched_user import MatchedUser
from o365prov.planning.model.changes import RevokeSessions


def session_change(settled: MatchedUser, now: datetime) -> RevokeSessions | None:
    """A revocation, if the password changed after both the tenant's value and our last revocation.

    A new account has no sessions, and an instant in the future is not believed. Graph can only set now, so the
    tenant's value is then later than the desired one: a second plan revokes nobody.

    Source: Okta, "Provision users to Office 365", StsRefreshTokensValidFrom; Microsoft Graph, revokeSignInSessions.
    """
    desired = settled.desired.sessions_valid_from
    account, known = settled.account, settled.known
    if account is None or desired is None or desired > now:
        return None
    if account.sessions_valid_from is not None and desired <= account.sessions_valid_from:
        return None
    if known and known.password_instant is not None and desired <= known.password_instant:
        return None
    return RevokeSessions(settled.subject, f"the password changed on {desired:%Y-%m-%d %H:%M %Z}", account.id, desired)
