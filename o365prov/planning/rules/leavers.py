"""People who are no longer assigned: they are blocked at once, and deprovisioned when the option says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from o365prov.errors import Issue
from o365prov.people import AfterBlock, AppUser, AppUsers, AppUserStatus
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import BlockSignIn, Change, DeleteUser, Remember
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.rules.leaver_licenses import leaver_keeps, leaver_removal
from o365prov.planning.rules.roles import removals
from o365prov.provisioning import ProvisioningType

_LEFT = "no longer assigned, or deactivated in Okta"


def leavers(app_users: AppUsers, staying: Collection[str]) -> Iterator[AppUser]:
    """People whom we provisioned and who are neither assigned nor held."""
    return (user for user in app_users if user.person_id not in staying)


def leaver_changes(
    user: AppUser,
    snapshot: TenantSnapshot,
    provisioning: ProvisioningType,
    now: datetime,
    *,
    take_over: bool = False,
) -> list[Change]:
    """What happens to a leaver's account now; nothing if it is gone or Deactivate Users is off.

    Source: Okta, "Deprovisioning options for Office 365".
    """
    account = snapshot.by_id.get(user.object_id)
    if account is None or not provisioning.deactivate_users:
        return []
    subject = _subject(user, account)
    option = provisioning.deprovisioning
    if user.departure is not None and user.status is AppUserStatus.DEACTIVATED:
        if not user.departure.is_due(now):
            return []
        since = f"blocked since {user.departure.at:%Y-%m-%d}"
        return _final(user, account, subject, snapshot, user.departure.then, since, take_over=take_over)
    if user.status is not AppUserStatus.ACTIVE:
        return []
    privileged = snapshot.is_privileged(account.id)
    changes: list[Change] = []
    if privileged:
        changes += removals(subject, user, account, snapshot, reason=f"{_LEFT}, with a privileged role", leaving=True)
    at_once = option.grace_days is None
    if at_once and option.then is AfterBlock.DELETE:
        return [*changes, DeleteUser(subject, _LEFT, account.id, privileged)]
    if not account.enabled:
        changes.append(Remember(subject, _LEFT, account.id, departure=option.departure(now)))
    elif not _is_synced(user, account):
        changes.append(BlockSignIn(subject, _LEFT, account.id, option.departure(now), privileged))
    if at_once:
        changes += _final(user, account, subject, snapshot, option.then, _LEFT, take_over=take_over)
    return changes


def leaver_problem(user: AppUser, snapshot: TenantSnapshot, provisioning: ProvisioningType) -> Problem | None:
    """The problem that a leaver's sign-in can't be blocked, because a sync engine masters the account."""
    account = snapshot.by_id.get(user.object_id)
    if account is None or not provisioning.deactivate_users or not _is_synced(user, account):
        return None
    option = provisioning.deprovisioning
    if option.grace_days is None and option.then is AfterBlock.DELETE:
        return None  # Graph deletes such accounts

    return Problem(
        _subject(user, account),
        Issue(
            "synced_account",
            f"{_LEFT}, and Entra Connect masters the account {account.username}: Graph can't block its sign-in",
            "Disable the person in Active Directory",
            severity="warning",
        ),
    )


def leaver_license_problem(
    user: AppUser,
    snapshot: TenantSnapshot,
    provisioning: ProvisioningType,
    changes: Collection[Change],
    *,
    take_over: bool,
) -> Problem | None:
    """The problem that licences stay although the option removes them; said in a plan that has *changes* for them."""
    account = snapshot.by_id.get(user.object_id)
    then = user.departure.then if user.departure else provisioning.deprovisioning.then
    if account is None or not changes or then is not AfterBlock.REMOVE_LICENSES:
        return None
    issue = leaver_keeps(user, account, snapshot, take_over=take_over)
    return Problem(_subject(user, account), issue) if issue else None


def _is_synced(user: AppUser, account: TenantUser) -> bool:
    return user.status is AppUserStatus.ACTIVE and account.synced and account.enabled


def _subject(user: AppUser, account: TenantUser) -> Subject:
    return Subject(user.person_id, str(account.properties.get("displayName") or user.username), user.username)


def _final(
    user: AppUser,
    account: TenantUser,
    subject: Subject,
    snapshot: TenantSnapshot,
    then: AfterBlock,
    reason: str,
    *,
    take_over: bool,
) -> list[Change]:
    match then:
        case AfterBlock.KEEP:
            return []
        case AfterBlock.REMOVE_LICENSES:
            removal = leaver_removal(user, account, subject, snapshot, reason, take_over=take_over)
            return [removal] if removal else []
        case AfterBlock.DELETE:
            return [DeleteUser(subject, reason, account.id, snapshot.is_privileged(account.id))]
