"""The changes of an account's profile and sessions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve

from o365prov._annotations import check_after_failure
from o365prov.errors import Issue
from o365prov.people import AppUser
from o365prov.planning.model.change_parts import PropertyChange
from o365prov.planning.model.changes import CreateUser, LinkUser, RevokeSessions, UpdateUser
from o365prov.planning.model.options import Scope
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.planning.transitions.situations import Memory
from o365prov.planning.transitions.states import memory_of
from o365prov.provisioning import DesiredUser, ProvisioningType

_NOT_IN_A_NICKNAME = re.compile(r"[^!-~]|[@()/\[\]';:<>,\"\\]")
_FULL_STOPS = re.compile(r"\.{2,}")
_LONGEST_NICKNAME = 64
_HAD_LEFT = (Memory.RETURNING, Memory.KEPT, Memory.LEFT, Memory.GONE)


@check_after_failure
def fingerprint(desired: DesiredUser) -> str:
    """The profile that is sent on updates, as a short hash: the memory compares it instead of the profile itself."""
    text = json.dumps([desired.username, sorted(desired.update_properties().items())])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def creation(matched: MatchedUser, *, password_given: bool) -> CreateUser:
    """The creation of an account, with every property that Graph requires.

    Source: Microsoft Graph, "Create user" (required properties).
    """
    desired = matched.desired
    username = matched.subject.username
    nickname = _nickname(username) or hashlib.blake2b(username.encode(), digest_size=8).hexdigest()
    return CreateUser(
        matched.subject,
        "; ".join(filter(None, [f"assigned {desired.assignment.how}", matched.how])),
        {
            "accountEnabled": True,
            "displayName": matched.subject.name,
            "mailNickname": nickname,
            "userPrincipalName": username,
            "onPremisesImmutableId": desired.new_anchor,
            **desired.creation_properties(),
        },
        fingerprint(desired),
        anchor=desired.new_anchor,
        password_given=password_given,
    )


def _nickname(username: str) -> str:
    """What Graph and Exchange take of the name before the @, with full stops between other characters alone.

    Empty for a username such as '@yourfederated.domain.

    Source: Exchange, New-Mailbox, parameter Alias.
    """
    allowed = _NOT_IN_A_NICKNAME.sub("", username.partition("@")[0])
    return _FULL_STOPS.sub(".", allowed)[:_LONGEST_NICKNAME].strip(".")


def profile_change(
    matched: MatchedUser, provisioning: ProvisioningType, scope: Scope
) -> tuple[UpdateUser | LinkUser | None, Issue | None]:
    """The change of an existing account's profile, and what can't be changed."""
    account, known, desired = matched.account, matched.known, matched.desired
    if account is None:
        raise ValueError("an account that does not exist is created, not changed")
    now = fingerprint(desired)
    returning = matched.takes_over is not None or memory_of(known) in _HAD_LEFT
    anchor, issue = _anchor(matched) if writes_anchor(desired, provisioning) else (None, None)
    activates, moved = not matched.enables, matched.takes_over
    if known and known.fingerprint == now and not returning and not _looks_at_tenant(provisioning, scope):
        return _corrected(matched, known), issue
    if not provisioning.update_attributes:
        if known and not returning:
            return _corrected(matched, known), None
        return LinkUser(matched.subject, matched.how, account.id, "", account.anchor, moved, activates), None
    desired_values: dict[str, Any] = desired.update_properties()
    if provisioning.renames:
        desired_values["userPrincipalName"] = matched.subject.username
    if anchor:
        desired_values["onPremisesImmutableId"] = anchor
    changes = differences(account.properties, desired_values)
    kept_anchor = anchor or account.anchor
    if not changes:
        if known and known.fingerprint == now and not returning:
            return _corrected(matched, known), issue
        return LinkUser(matched.subject, matched.how, account.id, now, kept_anchor, moved, activates), issue
    reason = _reason(matched, now, returning=returning)
    return UpdateUser(matched.subject, reason, account.id, changes, now, kept_anchor, moved, activates), issue


def _corrected(matched: MatchedUser, known: AppUser) -> LinkUser | None:
    """What the memory learns of an account whose source anchor somebody corrected in Office 365; None for nothing."""
    account = matched.account
    if account is None or not account.anchor or not known.anchor or account.anchor == known.anchor:
        return None
    subject = evolve(matched.subject, username=known.username)
    reason = f"its source anchor was corrected in Office 365, from {known.anchor}"
    return LinkUser(subject, reason, account.id, known.fingerprint, account.anchor, activates=not matched.enables)


def renamed_elsewhere(matched: MatchedUser, written: Mapping[str, object]) -> Issue | None:
    """What is said of an account that somebody renamed, as long as none of the values *written* is its username."""
    account, username = matched.account, matched.subject.username
    if account is None or "userPrincipalName" in written or account.username.lower() == username.lower():
        return None
    return Issue(
        "renamed_account",
        f"somebody renamed the account to {account.username} in Office 365; it keeps that name, and should have the "
        f"username {username}",
        "Rename it in Entra, or plan with scope='all' to rename it from here",
        place="userName",
        severity="warning",
    )


def writes_anchor(desired: DesiredUser, provisioning: ProvisioningType) -> bool:
    """Whether the source anchor is sent to an account that exists."""
    return "immutableId" in provisioning.attributes and not desired.profile.mapping.is_create_only("immutableId")


def _looks_at_tenant(provisioning: ProvisioningType, scope: Scope) -> bool:
    """Whether values are compared with the tenant's although nothing changed at the source."""
    return scope is not Scope.CHANGED and provisioning.owns_profile


def _is_unfinished(known: AppUser) -> bool:
    """Whether the profile was never written, or in part, so that it is compared with the tenant."""
    return not known.fingerprint and bool(known.provisioning_type)


def _reason(matched: MatchedUser, now: str, *, returning: bool) -> str:
    if matched.known is None:
        return matched.how
    if returning:
        return "assigned again" if matched.takes_over is None else matched.how
    if _is_unfinished(matched.known):
        return "not everything was written before"
    return "edited in Office 365" if matched.known.fingerprint == now else "the profile changed"


def differences(held: Mapping[str, Any], desired_values: Mapping[str, Any]) -> tuple[PropertyChange, ...]:
    """The properties of *desired_values* that differ in *held*; None, "" and [] are the same."""
    return tuple(
        PropertyChange(name, held.get(name), value)
        for name, value in sorted(desired_values.items())
        if (held.get(name) or None) != (value or None)
    )


def _anchor(matched: MatchedUser) -> tuple[str | None, Issue | None]:
    """The anchor to write to an existing account, which is only done if it has none."""
    account, desired = matched.account, matched.desired
    held = account.anchor if account else None
    if held is None:
        return desired.new_anchor, None
    is_adopted = matched.known is None or matched.takes_over is not None
    sent = desired.new_anchor if is_adopted else desired.anchor
    if sent is None or sent == held:
        return None, None
    return None, Issue(
        "anchor_differs",
        f"the account has the source anchor {held}, sign-in sends {sent}, and an anchor is not changed from here",
        "Move the account to a managed domain, correct onPremisesImmutableId in Entra, and move it back",
        place="immutableId",
        severity="warning",
    )


def session_change(matched: MatchedUser, now: datetime) -> RevokeSessions | None:
    """A revocation, if the password changed after both the tenant's value and our last revocation.

    A new account has no sessions, and an instant in the future is ignored. Graph can only set the present, so the
    tenant's value is then later than the desired one, and a second plan revokes nothing.

    Source: Okta, "Provision users to Office 365", StsRefreshTokensValidFrom; Microsoft Graph, revokeSignInSessions.
    """
    desired = matched.desired.sessions_valid_from
    account, known = matched.account, matched.known
    if account is None or desired is None or desired > now:
        return None
    if account.sessions_valid_from is not None and desired <= account.sessions_valid_from:
        return None
    if known and known.password_instant is not None and desired <= known.password_instant:
        return None
    return RevokeSessions(matched.subject, f"the password changed on {desired:%Y-%m-%d %H:%M %Z}", account.id, desired)
