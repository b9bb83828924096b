"""Which account of the tenant is a person's.

An account that the caller hands over comes first, then one that was linked before. Then the username decides, as in
Okta; then the source anchor, which finds an account that was renamed; then deleted accounts.

Sources: Okta, "Assign Office 365 to users" (match by username); Microsoft Entra, hard and soft match.
"""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve, frozen

from o365prov.errors import Issue
from o365prov.people import AppUser
from o365prov.planning.matching import issues
from o365prov.planning.matching.links import AccountLinks, person_text
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser, former_username
from o365prov.planning.transitions.situations import Link
from o365prov.planning.transitions.states import contradiction
from o365prov.provisioning import DesiredUser

LINKED = "linked before"
"""How an account was found that is remembered."""


@frozen
class Found:
    """What the tenant holds for a person.

    Args:
        account: the account; None without one.
        how: how it was found, for the reasons of a plan.
        link: whose it is.
        deleted: whether it is deleted.
        known: what is remembered of it.

    """

    account: TenantUser | None
    how: str = ""
    link: Link = Link.FREE
    deleted: bool = False
    known: AppUser | None = None


def find_account(
    desired: DesiredUser,
    snapshot: TenantSnapshot,
    links: AccountLinks,
    *,
    sends_anchor: bool,
    renamed: Collection[str] = (),
) -> Found | Issue:
    """Find a person's account.

    Args:
        desired: what the person should be, with a username.
        snapshot: what the tenant holds.
        links: whose accounts are.
        sends_anchor: whether people sign in by the source anchor, so that an account with another one is not the
            person's by its name alone.
        renamed: the object ids of accounts that get another username: another person's name is not matched by then.

    Returns:
        The account, or why none can be named.

    """
    if (handed := links.transfers.get(desired.person_id)) is not None:
        return _handed_over(desired, handed, snapshot, links)
    known = links.known(desired)
    if known and (account := snapshot.by_id.get(known.object_id)):
        return _contradicting(desired, account, known) or _found(desired, account, LINKED, links)
    named = snapshot.by_username.get((desired.username or "").lower())
    if named and named.id in renamed:
        named = None
    if several := snapshot.shared_anchors.get(desired.new_anchor):
        return issues.shared_anchor(desired, several)
    anchored = snapshot.by_anchor.get(desired.new_anchor)
    if named and anchored and named.id != anchored.id:
        return issues.two_accounts(named, anchored)
    if account := named or anchored:
        how = "an account has this username already" if named else "an account has this source anchor already"
        found = _found(desired, account, how, links)
        is_linkable = found.link in (Link.FREE, Link.YIELDING)
        if is_linkable and sends_anchor and account.anchor and account.anchor != desired.new_anchor:
            return issues.other_anchor(account, desired)
        if is_linkable and (other := links.anchored(desired, account)):
            return issues.anchor_of_another(account, person_text(other), desired)
        return found
    if deleted := _deleted(desired, known, snapshot):
        if known and known.object_id == deleted.id and (issue := _contradicting(desired, deleted, known)):
            return issue
        return evolve(_found(desired, deleted, "a deleted account is this person's", links), deleted=True)
    return Found(None, "the account that was linked is gone" if known else "")


def _handed_over(desired: DesiredUser, object_id: str, snapshot: TenantSnapshot, links: AccountLinks) -> Found | Issue:
    if account := snapshot.by_id.get(object_id):
        return _found(desired, account, "handed over by the caller", links)
    if deleted := snapshot.deleted_by_id.get(object_id):
        return evolve(_found(desired, _named(deleted), "handed over by the caller", links), deleted=True)
    return issues.nothing_to_hand_over(object_id)


def _contradicting(desired: DesiredUser, account: TenantUser, known: AppUser) -> Issue | None:
    """Why the linked account is not the one that is remembered."""
    why = contradiction(account, known, username=desired.username, anchor=desired.new_anchor)
    return issues.memory_contradicts(account, why) if why else None


def _found(desired: DesiredUser, account: TenantUser, how: str, links: AccountLinks) -> Found:
    return Found(account, how, links.link(desired, account), known=links.holder(account.id))


def _deleted(desired: DesiredUser, known: AppUser | None, snapshot: TenantSnapshot) -> TenantUser | None:
    """The deleted account that is certainly this person's: the linked one, or one with the person's anchor."""
    account = (known and snapshot.deleted_by_id.get(known.object_id)) or snapshot.deleted_by_anchor.get(
        desired.new_anchor
    )
    return _named(account) if account else None


def _named(deleted: TenantUser) -> TenantUser:
    """The deleted account under the username that it had."""
    return evolve(deleted, properties={**deleted.properties, "userPrincipalName": former_username(deleted)})
