"""What an expression can see of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from o365prov._annotations import check_after_failure
from o365prov.expressions import Bindings
from o365prov.people import Assignment, Group


@lru_cache
def _root_name(instance: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", instance)


@check_after_failure
def make_bindings(assignment: Assignment, *, now: datetime | None = None) -> Bindings:
    """The roots and look-ups for the expressions about one person.

    ``user`` and ``source`` are the Okta profile, with ``id`` and ``status`` for ``getInternalProperty``;
    ``active_directory`` is the profile of the only Active Directory account (empty if there is not exactly one), and
    each account's is there under the name of its instance too, with ``_`` for what can't be in a name.

    Args:
        assignment: the person, and the groups that the person is in.
        now: an aware instant for expressions that ask for the time; None for the time at which they are evaluated.

    Source: Okta, "Okta Expression Language: reference user attributes, application attributes".

    """
    person = assignment.person
    profile = {**person.profile, "id": person.id, "status": person.status.value}
    if profile.get("displayName") is None:
        profile["displayName"] = _display_name(profile)
    roots: dict[str, Any] = {"user": profile, "source": profile, "active_directory": {}}
    accounts = []
    for account in person.directory_accounts:
        app_user = {"dn": account.distinguished_name, **account.attributes, "externalId": account.anchor}
        accounts.append(app_user)
        roots.setdefault(_root_name(account.instance), app_user)
    if len(accounts) == 1:
        roots["active_directory"] = accounts[0]
    groups = [_group(group) for group in assignment.groups] if assignment.groups else ()
    return Bindings(roots, groups=groups, directory_users=accounts, now=now)


def _display_name(profile: Mapping[str, Any]) -> str | None:
    """Okta computes a display name that was never set; one that was cleared stays ""."""
    names = [str(name) for name in (profile.get("firstName"), profile.get("lastName")) if name]
    return " ".join(names) or None


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "type": group.type,
        "source": {"id": group.source_id},
        "profile": group.profile,
    }
