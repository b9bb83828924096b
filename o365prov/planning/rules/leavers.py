"""People who are no longer assigned: they are blocked at once, and deprovisioned when the option says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, AppUserStatus
from o365prov.planning.model.change_parts import LicenseRemoval, Subject
from o365prov.planning.model.changes import BlockSignIn, Change, DeleteUser, MarkDeactivated, RemoveLicenses
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.rules.roles import removals
from o365prov.provisioning import AfterBlock, ProvisioningType

_LEFT = "no longer assigned, or deactivated in Okta"


def leavers(app_users: AppUsers, staying: Collection[str]) -> Iterator[AppUser]:
    """People whom we provisioned and who are neither assigned nor held."""
    return (user for user in app_users if user.person_id not in staying)


def leaver_changes(
    user: AppUser, snapshot: TenantSnapshot, provisioning: ProvisioningType, now: datetime
) -> list[Change]:
    """What happens to a leaver's account now; nothing if it is gone or Deactivate Users is off.

    Source: Okta, "Deprovisioning options for Office 365".
    """
    account = snapshot.by_id.get(user.object_id)
    if account is None or not provisioning.deactivate_users:
        return []
    subject = _subject(user, account)
    option = provisioning.deprovisioning
    if user.status is AppUserStatus.DEACTIVATED and user.deactivated_at is not None:
        if not option.is_due(user.deactivated_at, now):
            return []
        return _final(user, account, subject, snapshot, option.then, f"blocked since {user.deactivated_at:%Y-%m-%d}")
    if user.status is AppUserStatus.DELETED:
        return []
    privileged = snapshot.is_privileged(account.id)
    changes: list[Change] = []
    if privileged:
        changes += removals(subject, user, account, snapshot, reason=f"{_LEFT}, with a privileged role", leaving=True)
    at_once = option.grace_days is None
    if at_once and option.then is AfterBlock.DELETE:
        return [*changes, DeleteUser(subject, _LEFT, account.id, privileged)]
    if not account.enabled:
        changes.append(MarkDeactivated(subject, _LEFT, account.id, now))
    elif not _is_synced(user, account):
        changes.append(BlockSignIn(subject, _LEFT, account.id, now, privileged))
    if at_once:
        changes += _final(user, account, subject, snapshot, option.then, _LEFT)
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


def _is_synced(user: AppUser, account: TenantUser) -> bool:
    return user.status is AppUserStatus.ACTIVE and account.synced and account.enabled


def _subject(user: AppUser, account: TenantUser) -> Subject:
    return Subject(user.person_id, str(account.properties.get("displayName") or user.username), user.username)


def _final(
    user: AppUser, account: TenantUser, subject: Subject, snapshot: TenantSnapshot, then: AfterBlock, reason: str
) -> list[Change]:
    match then:
        case AfterBlock.KEEP:
            return []
        case AfterBlock.REMOVE_LICENSES:
            direct = {held.sku_id for held in account.licenses if held.inherited_from is None}
            skus = [sku for grant in user.licenses if (sku := snapshot.sku_named.get(grant.sku)) and sku.id in direct]
            removing = tuple(dict.fromkeys(LicenseRemoval(sku.id, sku.part_number) for sku in skus))
            return [RemoveLicenses(subject, reason, account.id, removing)] if removing else []
        case AfterBlock.DELETE:
            return [DeleteUser(subject, reason, account.id, snapshot.is_privileged(account.id))]
