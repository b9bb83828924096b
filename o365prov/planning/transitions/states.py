"""Where an account stands, in the words of the transition table."""

from __future__ import annotations

from o365prov.people import AppUser, AppUserStatus
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.transitions.situations import Account, Control, Memory
from o365prov.provisioning import ProvisioningType

_MEMORIES = {
    AppUserStatus.ACTIVE: Memory.ACTIVE,
    AppUserStatus.ENABLING: Memory.ENABLING,
    AppUserStatus.PAUSED: Memory.PAUSED,
    AppUserStatus.KEPT: Memory.KEPT,
    AppUserStatus.DEACTIVATED: Memory.LEFT,
    AppUserStatus.DELETED: Memory.GONE,
}


def memory_of(known: AppUser | None) -> Memory:
    """What is remembered of an account."""
    return Memory.NEVER if known is None else _MEMORIES[known.status]


def account_state(account: TenantUser | None, known: AppUser | None, *, deleted: bool = False) -> Account:
    """What the tenant holds of an account of which *known* is remembered."""
    if account is None:
        return Account.NONE
    if deleted:
        return Account.DELETED
    if account.enabled:
        return Account.ENABLED
    return Account.BLOCKED_BY_US if was_blocked_by_us(known) else Account.BLOCKED_BY_OTHERS


def was_blocked_by_us(known: AppUser | None) -> bool:
    """Whether we blocked the account when the person left or was suspended, and did not enable it since."""
    if known is None:
        return False
    return known.status is AppUserStatus.PAUSED or (known.departure is not None and known.departure.blocked)


def control_of(
    account: TenantUser,
    known: AppUser | None,
    snapshot: TenantSnapshot,
    provisioning: ProvisioningType,
    *,
    handed_over: bool = False,
) -> Control:
    """What may be done with an account; *handed_over* is whether the caller says whose it is.

    License Only, which works beside Entra Connect and changes nothing else, may also license admins.
    """
    if account.synced:
        return Control.LICENSES if provisioning.beside_entra_connect else Control.SYNCED
    if known is not None or handed_over:
        return Control.CLOUD
    if account.is_guest:
        return Control.GUEST
    if provisioning.beside_entra_connect:
        return Control.CLOUD
    return Control.ADMIN if snapshot.is_privileged(account.id) else Control.CLOUD


def contradiction(
    account: TenantUser, known: AppUser, *, username: str | None = None, anchor: str | None = None
) -> str:
    """What tells that an account is not the one that is remembered; empty if it is.

    The source anchor decides: the one that is remembered, or *anchor*, which sign-in sends and somebody may have given
    to the account since. Where either has none, the username does: the one that was sent last, or *username*, which the
    person should have; it says nothing where a rename may have been done or not.
    """
    if known.anchor and account.anchor:
        if account.anchor not in {known.anchor, anchor}:
            return f"has the source anchor {account.anchor}, and {known.anchor} is remembered"
        return ""
    if known.unfinished:
        return ""
    expected = {known.username.lower(), (username or known.username).lower()}
    if account.username.lower() not in expected:
        return f"has the username {account.username}, and {known.username} is remembered"
    return ""
