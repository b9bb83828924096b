"""The changes of an account's profile and sessions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from sys import intern
from typing import Any

from attrs import evolve

from o365prov._annotations import check_after_failure
from o365prov._fields import FrozenMapping, unchecked
from o365prov.errors import Issue
from o365prov.people import AppUser
from o365prov.planning.fingerprints import expected_anchors, fingerprint, profile_of
from o365prov.planning.model.change_parts import PropertyChange
from o365prov.planning.model.changes import CreateUser, LinkUser, RevokeSessions, UpdateUser
from o365prov.planning.model.options import Scope
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.planning.transitions.situations import Memory
from o365prov.planning.transitions.states import memory_of
from o365prov.provisioning import DesiredUser, ProvisioningType

_NOT_IN_A_NICKNAME = re.compile(r"[^!-~]|[@()/\[\]';:<>,\"\\]")
_FULL_STOPS = re.compile(r"\.{2,}")
_LONGEST_NICKNAME = 64
_created = unchecked(CreateUser)  # in a first load one is made for everybody, of values that are right
_HAD_LEFT = (Memory.ENABLING, Memory.PAUSED, Memory.KEPT, Memory.LEFT, Memory.GONE)


def creation(matched: MatchedUser, *, password_given: bool) -> CreateUser:
    """The creation of an account, with every property that Graph requires.

    Source: Microsoft Graph, "Create user" (required properties).
    """
    desired, username, anchor = matched.desired, matched.subject.username, matched.desired.new_anchor
    nickname = _nickname(username) or hashlib.blake2b(username.encode(), digest_size=8).hexdigest()
    return _created(
        matched.subject,
        intern("; ".join(filter(None, [f"assigned {desired.assignment.how}", matched.how, _why_username(desired)]))),
        FrozenMapping(
            {
                "accountEnabled": desired.enabled,
                "displayName": matched.subject.name,
                "mailNickname": nickname,
                "userPrincipalName": username,
                "onPremisesImmutableId": anchor,
                **desired.creation_properties(),
            }
        ),
        fingerprint(desired, username, anchor),
        anchor=anchor,
        password_given=password_given,
        disabled=not desired.enabled,
    )


def _why_username(desired: DesiredUser) -> str:
    return desired.why_username and f"the username is {desired.why_username}"


def _nickname(username: str) -> str:
    """What Graph and Exchange take of the name before the @, with full stops between other characters alone.

    Empty for a username such as '@yourfederated.domain.

    Source: Exchange, New-Mailbox, parameter Alias.
    """
    allowed = _NOT_IN_A_NICKNAME.sub("", username.partition("@")[0])
    single = _FULL_STOPS.sub(".", allowed) if ".." in allowed else allowed
    return single[:_LONGEST_NICKNAME].strip(".")


def profile_change(matched: MatchedUser, provisioning: ProvisioningType, scope: Scope) -> UpdateUser | LinkUser | None:
    """The change of an existing account's profile; None for nothing."""
    account, known, desired = matched.account, matched.known, matched.desired
    if account is None:
        raise ValueError("an account that does not exist is created, not changed")
    now = fingerprint(desired)
    is_back = memory_of(known) in _HAD_LEFT or (known is not None and known.was_out_of_sight)
    returning = matched.takes_over is not None or is_back
    activates, moved, privileged = not matched.enables, matched.takes_over, matched.privileged
    settled = known if known is not None and not known.unfinished and not returning else None
    if settled and profile_of(settled.fingerprint) == now and not _looks_at_tenant(provisioning, scope):
        return _corrected(matched, settled)
    if not provisioning.update_attributes:
        if settled:
            return _corrected(matched, settled)
        return LinkUser(matched.subject, matched.how, account.id, "", account.anchor, moved, activates, privileged)
    anchor = account.anchor
    desired_values: dict[str, Any] = desired.update_properties()
    if provisioning.renames:
        desired_values["userPrincipalName"] = matched.subject.username
    if anchor is None and writes_anchor(desired, provisioning):  # one that is there is never changed
        anchor = desired_values["onPremisesImmutableId"] = desired.new_anchor
    changes = differences(account.properties, desired_values)
    if not changes:
        if settled and profile_of(settled.fingerprint) == now:
            return _corrected(matched, settled)
        sent = fingerprint(desired, matched.subject.username, anchor)
        return LinkUser(matched.subject, matched.how, account.id, sent, anchor, moved, activates, privileged)
    reason = _reason(matched, now, returning=returning)
    if any(each.name == "userPrincipalName" for each in changes):
        reason = "; ".join(filter(None, [reason, _why_username(desired)]))
    sent = fingerprint(desired, matched.subject.username, anchor)
    return UpdateUser(matched.subject, reason, account.id, changes, sent, anchor, moved, activates, privileged)


def _corrected(matched: MatchedUser, known: AppUser) -> LinkUser | None:
    """What the memory learns of an account whose source anchor somebody corrected in Office 365; None for nothing."""
    account = matched.account
    if account is None or not account.anchor or not known.anchor or account.anchor == known.anchor:
        return None
    subject = evolve(matched.subject, username=known.username)
    reason = f"its source anchor was corrected in Office 365, from {known.anchor}"
    sent = profile_of(known.fingerprint)
    return LinkUser(subject, reason, account.id, sent, account.anchor, activates=not matched.enables)


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
    """Whether the profile was never written, or in part, or not for certain: it is compared with the tenant."""
    return known.unfinished or (not known.fingerprint and bool(known.provisioning_type))


def _reason(matched: MatchedUser, now: str, *, returning: bool) -> str:
    if matched.known is None:
        return matched.how
    if returning:
        return "assigned again" if matched.takes_over is None else matched.how
    if _is_unfinished(matched.known):
        return "not everything was written before"
    return "edited in Office 365" if profile_of(matched.known.fingerprint) == now else "the profile changed"


def differences(held: Mapping[str, Any], desired_values: Mapping[str, Any]) -> tuple[PropertyChange, ...]:
    """The properties of *desired_values* that differ in *held*; None, "" and [] are the same."""
    return tuple(
        PropertyChange(name, held.get(name), value)
        for name, value in sorted(desired_values.items())
        if (held.get(name) or None) != (value or None)
    )


@check_after_failure
def anchor_issue(
    matched: MatchedUser, written: Mapping[str, object], snapshot: TenantSnapshot, provisioning: ProvisioningType
) -> Issue | None:
    """Why the person can't sign in by the account's source anchor, as long as it is not among the values *written*.

    Only people of a federated domain sign in by it, and what Entra Connect masters is its own business. A type that
    sends no profiles does not know what sign-in sends: there it is compared with the person's directory accounts.
    """
    account, desired = matched.account, matched.desired
    if account is None or account.synced or "onPremisesImmutableId" in written:
        return None
    if not any(map(snapshot.is_federated, (account.username, matched.subject.username))):
        return None
    if account.anchor is None:
        return _no_anchor(account, desired, provisioning)
    anchors = expected_anchors(desired, provisioning)
    if not anchors or account.anchor in anchors:
        return None
    return _sent_otherwise(account, desired.new_anchor) if provisioning.attributes else _unlike(account, anchors)


def password_issue(matched: MatchedUser, written: Mapping[str, object], snapshot: TenantSnapshot) -> Issue | None:
    """Why the person can't sign in once the username *written* has moved them to a managed domain.

    Nobody knows the password of an account that was made in a federated one. What Entra Connect masters may have the
    password of Active Directory.

    Source: Microsoft Graph, "Create user" (passwordProfile) and "domain resource type" (authenticationType).
    """
    account, username = matched.account, written.get("userPrincipalName")
    if account is None or account.synced or not isinstance(username, str):
        return None
    if not snapshot.is_federated(account.username) or snapshot.is_federated(username):
        return None
    return Issue(
        "no_password",
        f"moves from the federated domain {account.username.rpartition('@')[2]} to the managed domain "
        f"{username.rpartition('@')[2]}, where people sign in with a password, and nobody knows that of the account",
        "Reset the password in Entra after the rename",
        place="userName",
        severity="warning",
    )


def _no_anchor(account: TenantUser, desired: DesiredUser, provisioning: ProvisioningType) -> Issue:
    instead = ""
    if "immutableId" in provisioning.attributes and not provisioning.update_attributes:
        instead = ", or turn on Update Attributes"
    elif "immutableId" in provisioning.attributes and not writes_anchor(desired, provisioning):
        instead = ", or map Immutable ID for updates too"
    elif provisioning.owns_profile:
        instead = ", or plan with scope='all'"
    return Issue(
        "no_anchor",
        f"the account {account.username} has no source anchor, without which nobody signs in from a federated domain, "
        f"and {provisioning.label} does not write it here",
        f"Set its onPremisesImmutableId in Entra to what sign-in sends{instead}",
        place="immutableId",
        severity="warning",
    )


def _unlike(account: TenantUser, anchors: Iterable[str]) -> Issue:
    """The account's source anchor is not that of the person's directory accounts."""
    return Issue(
        "anchor_differs",
        f"the account {account.username} has the source anchor {account.anchor}, and Active Directory gives the person "
        f"{' or '.join(sorted(anchors))}: if sign-in sends that, the person can't sign in",
        "Correct its onPremisesImmutableId in Entra, or give the person another username if it is somebody else's",
        place="immutableId",
        severity="warning",
    )


def _sent_otherwise(account: TenantUser, sent: str) -> Issue:
    """The account's source anchor is not the one that sign-in sends."""
    return Issue(
        "anchor_differs",
        f"the account has the source anchor {account.anchor}, sign-in sends {sent}, and an anchor is not changed from "
        "here",
        "Move the account to a managed domain, correct onPremisesImmutableId in Entra, and move it back",
        place="immutableId",
        severity="warning",
    )


def account_left_behind(matched: MatchedUser) -> Issue | None:
    """That an account is nobody's from now on, because the caller gives its person another one."""
    account = matched.leaves_behind
    if account is None:
        return None
    return Issue(
        "account_left_behind",
        f"had the account {account.username} (object id {account.id}) until another one was handed over: it is "
        "nobody's from now on, and stays as it is, with its licences and roles",
        "Block or delete it in Entra, or hand it to whoever should have it: transfers={person id: object id}",
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
