"""Accounts that may have been created by an apply that ended before it could say so: the tenant tells.

A create is remembered before it is sent, without the id that the account will have. Whoever leaves before that apply
goes on would otherwise keep an account that nobody knows of.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from o365prov._annotations import check_call
from o365prov.people import AppUser, AppUsers
from o365prov.planning.model.changes import Change, Remember
from o365prov.planning.model.problems import Problem
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


def remembered_as_created(
    begun: AppUsers, app_users: AppUsers, changes: Iterable[Change], problems: Iterable[Problem]
) -> list[Change]:
    """That accounts were created, of people who wait or are stopped: of everybody else their changes tell it.

    Args:
        begun: the memory before the accounts were looked for.
        app_users: the memory with the accounts that were found.
        changes: what the plan does already.
        problems: why people wait, or are stopped.

    """
    told = {change.subject.person_id for change in changes}
    found: dict[str, Change] = {}
    for subject in (each.subject for each in problems if each.subject.person_id not in told):
        before, known = begun.get(subject.person_id), app_users.get(subject.person_id)
        if before is not None and not before.object_id and known is not None:
            found[subject.person_id] = Remember(subject, "created by an earlier apply", known.object_id)
    return list(found.values())


def _created(user: AppUser, snapshot: TenantSnapshot) -> TenantUser | None:
    """The account with the source anchor that was sent; without one, with the username, and no anchor either."""
    if user.anchor:
        return snapshot.by_anchor.get(user.anchor)
    named = snapshot.by_username.get(user.username.lower())
    return named if named and named.anchor is None else None
