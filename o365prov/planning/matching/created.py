"""Accounts that may have been created by an apply that ended before it could say so: the tenant tells.

A create is remembered before it is sent, without the id that the account will have. Whoever leaves before that apply
goes on would otherwise keep an account that nobody knows of.
"""

from __future__ import annotations

from attrs import evolve

from o365prov._annotations import check_call
from o365prov.people import AppUser, AppUsers
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser


def with_created_accounts(app_users: AppUsers, snapshot: TenantSnapshot) -> AppUsers:
    """The memory with the accounts that were created, and without the people whose account was not.

    Args:
        app_users: the memory.
        snapshot: what the tenant holds.

    """
    check_call(with_created_accounts, locals())
    begun = [user for user in app_users if not user.object_id]
    if not begun:
        return app_users
    taken = {user.object_id for user in app_users}.union(app_users.linked_elsewhere)
    for user in begun:
        account = _created(user, snapshot)
        if account is None or account.id in taken:
            app_users = app_users.without(user.person_id)
        else:
            taken.add(account.id)
            app_users = app_users.with_user(evolve(user, object_id=account.id))
    return app_users


def _created(user: AppUser, snapshot: TenantSnapshot) -> TenantUser | None:
    """The account with the source anchor that was sent; without one, with the username, and no anchor either."""
    if user.anchor:
        return snapshot.by_anchor.get(user.anchor)
    named = snapshot.by_username.get(user.username.lower())
    return named if named and named.anchor is None else None
