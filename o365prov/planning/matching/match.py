"""Which account of the tenant is a person's.

An account that was linked before comes first. Then the username decides, as in Okta; then the source anchor, which
finds an account that was renamed. An account that is linked to another person, that a sync engine masters, or that has
another anchor is never matched.

Sources: Okta, "Assign Office 365 to users" (match by username); Microsoft Entra, hard and soft match.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from attrs import evolve, frozen

from o365prov.errors import Issue
from o365prov.people import AppUser
from o365prov.planning.model.snapshot import TenantSnapshot, TenantUser, former_username
from o365prov.provisioning import DesiredUser


@frozen
class Known:
    """The account that we linked before."""

    account: TenantUser


@frozen
class ByUsername:
    """An account that has the desired username."""

    account: TenantUser


@frozen
class ByAnchor:
    """An account under another username that has the desired source anchor."""

    account: TenantUser


@frozen
class Deleted:
    """A deleted account of this person, which can still be restored; its username is the one that it had."""

    account: TenantUser


@frozen
class Unmatched:
    """No account: *reason* says so if a linked one is gone; it is empty if there was none."""

    reason: str


@frozen
class Blocked:
    """An account that must not be matched."""

    issue: Issue


@frozen
class Ambiguous:
    """Two accounts, either of which may be the person's."""

    issue: Issue


Match: TypeAlias = Known | ByUsername | ByAnchor | Deleted | Unmatched | Blocked | Ambiguous


def match(
    desired: DesiredUser,
    app_user: AppUser | None,
    snapshot: TenantSnapshot,
    owners: Mapping[str, str],
    *,
    beside_entra_connect: bool = False,
) -> Match:
    """Find a person's account.

    Privileged accounts that are not linked are always blocked.

    Args:
        desired: what the person should be, with a username.
        app_user: what we remember of the person.
        snapshot: what the tenant holds.
        owners: the names of the people to whom accounts are linked, by object id.
        beside_entra_connect: whether the type works for accounts that Entra Connect masters; else they are blocked.

    """
    result = _find(desired, app_user, snapshot, owners)
    match result:
        case ByUsername(account) | ByAnchor(account) if snapshot.is_privileged(account.id):
            return Blocked(_privileged(account))
        case Known(account) | ByUsername(account) | ByAnchor(account) if account.synced and not beside_entra_connect:
            return Blocked(_synced(account))
        case Known(account) | ByUsername(account) if account.anchor is None and not beside_entra_connect:
            deleted = snapshot.deleted_by_anchor.get(desired.new_anchor)
            if deleted is not None:
                return Blocked(_anchor_of_deleted(deleted))
    return result


def _find(desired: DesiredUser, app_user: AppUser | None, snapshot: TenantSnapshot, owners: Mapping[str, str]) -> Match:
    if app_user and (account := snapshot.by_id.get(app_user.object_id)):
        return Known(account)
    named = snapshot.by_username.get((desired.username or "").lower())
    anchored = snapshot.by_anchor.get(desired.new_anchor)
    if named and anchored and named.id != anchored.id:
        return Ambiguous(
            Issue(
                "ambiguous_account",
                f"the username {desired.username} and the source anchor belong to two different accounts",
                "Rename or delete one of them in Entra",
            )
        )
    for account in (named, anchored):
        if account and account.id in owners:
            return Blocked(_of_another(account, owners[account.id]))
    if named and named.anchor and desired.anchor and named.anchor != desired.anchor:
        return Blocked(
            Issue(
                "other_anchor",
                f"the account {named.username} has another source anchor, so it belongs to another person",
                "Rename that account in Entra, or correct its onPremisesImmutableId if it is this person's",
                place="immutableId",
            )
        )
    if named:
        return ByUsername(named)
    if anchored:
        return ByAnchor(anchored)
    deleted = _deleted(desired, app_user, snapshot)
    if deleted:
        is_linked = app_user is not None and app_user.object_id == deleted.id
        if deleted.id in owners and not is_linked:
            return Blocked(_of_another(deleted, owners[deleted.id]))
        return Deleted(deleted)
    return Unmatched("the account that was linked is gone" if app_user else "")


def _deleted(desired: DesiredUser, app_user: AppUser | None, snapshot: TenantSnapshot) -> TenantUser | None:
    """The deleted account that is certainly this person's: the linked one, or one with the person's anchor."""
    account = (app_user and snapshot.deleted_by_id.get(app_user.object_id)) or snapshot.deleted_by_anchor.get(
        desired.new_anchor
    )
    if account is None:
        return None
    return evolve(account, properties={**account.properties, "userPrincipalName": former_username(account)})


def _of_another(account: TenantUser, owner: str) -> Issue:
    return Issue(
        "account_of_another_person",
        f"the account {account.username} is linked to {owner}",
        "Give one of them another username, or correct the source anchor",
    )


def _anchor_of_deleted(deleted: TenantUser) -> Issue:
    return Issue(
        "anchor_of_deleted_account",
        f"the deleted account {former_username(deleted)} still has the source anchor, so no other account can get it",
        "Restore that account, or delete it permanently in Entra",
        place="immutableId",
    )


def _privileged(account: TenantUser) -> Issue:
    return Issue(
        "privileged_admin",
        f"the account {account.username} is a privileged admin that was not provisioned from here",
        "Give the person another username, or remove the role before the account is linked",
    )


def _synced(account: TenantUser) -> Issue:
    return Issue(
        "synced_account",
        f"the account {account.username} is mastered by Entra Connect",
        "Use the provisioning type License Only, or take the person out of Entra Connect's scope",
    )
