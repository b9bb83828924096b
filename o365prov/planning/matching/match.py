"""Which account of the tenant is this person's.

Known accounts come first: a link once made is kept. Then the username, which is what Okta looks for; then the source
anchor, which finds an account whose owner was renamed. An account that is somebody else's, that a sync engine masters,
or that carries another anchor is never taken.

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
    """A deleted account of this person, which can still be brought back; its username is the one it had."""

    account: TenantUser


@frozen
class Unmatched:
    """No account: *reason* says so if a known one is gone, and is empty if there never was one."""

    reason: str


@frozen
class Blocked:
    """There is an account, and it may not be taken."""

    issue: Issue


@frozen
class Ambiguous:
    """There are two accounts, and it is not known which is the right one."""

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
    """Find the account of *desired*, whose username must be computed.

    *owners* are readable names of the people to whom accounts are linked, by object id. Accounts that Entra Connect
    masters are blocked unless the provisioning type works *beside_entra_connect*; privileged admins whom nobody linked
    are blocked always.
    """
    found = _find(desired, app_user, snapshot, owners)
    match found:
        case ByUsername(account) | ByAnchor(account) if snapshot.is_privileged(account.id):
            return Blocked(_privileged(account))
        case Known(account) | ByUsername(account) | ByAnchor(account) if account.synced and not beside_entra_connect:
            return Blocked(_synced(account))
        case Known(account) | ByUsername(account) if account.anchor is None and not beside_entra_connect:
            deleted = snapshot.deleted_by_anchor.get(desired.new_anchor)
            if deleted is not None:
                return Blocked(_anchor_of_deleted(deleted))
    return found


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
    for found in (named, anchored):
        if found and found.id in owners:
            return Blocked(_of_another(found, owners[found.id]))
    if named and named.anchor and desired.anchor and named.anchor != desired.anchor:
        return Blocked(
            Issue(
                "other_anchor",
                f"the account {named.username} carries another source anchor, so it belongs to another person",
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
        theirs = app_user is not None and app_user.object_id == deleted.id
        if deleted.id in owners and not theirs:
            return Blocked(_of_another(deleted, owners[deleted.id]))
        return Deleted(deleted)
    return Unmatched("the account that was linked is gone" if app_user else "")


def _deleted(desired: DesiredUser, app_user: AppUser | None, snapshot: TenantSnapshot) -> TenantUser | None:
    """The deleted account that is surely this person's: the one we linked, or one with their anchor."""
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
        f"the deleted account {former_username(deleted)} still carries the source anchor: no other account can get it",
        "Restore that account, or delete it permanently in Entra",
        place="immutableId",
    )


def _privileged(account: TenantUser) -> Issue:
    return Issue(
        "privileged_admin",
        f"the account {account.username} is a privileged admin that was not provisioned from here",
        "Give the person another username, or take the role away before the account is linked",
    )


def _synced(account: TenantUser) -> Issue:
    return Issue(
        "synced_account",
        f"the account {account.username} is mastered by Entra Connect",
        "Use the provisioning type License Only, or take the person out of Entra Connect's scope",
    )
