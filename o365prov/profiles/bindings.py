"""What an expression can see of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from o365prov.expressions import Bindings
from o365prov.people import Assignment, DirectoryAccount, Group, Person


def bindings_of(assignment: Assignment, *, now: datetime | None = None) -> Bindings:
    """The roots and look-ups for the expressions of one person's outbound mapping.

    ``user`` and ``source`` are the Okta profile, ``active_directory`` the profile of the only Active Directory account
    (empty if there is none, or several). ``user.id`` and ``user.status`` are there for ``getInternalProperty``.

    Source: Okta, "Okta Expression Language: reference user attributes, application attributes".
    """
    person = assignment.person
    profile = _profile(person)
    accounts = [_app_user(account) for account in person.directory_accounts]
    return Bindings(
        {
            "user": {**profile, "id": person.id, "status": person.status.value},
            "source": profile,
            "active_directory": accounts[0] if len(accounts) == 1 else {},
        },
        groups=tuple(_group(group) for group in assignment.groups),
        directory_users=accounts,
        now=now,
    )


def _profile(person: Person) -> dict[str, Any]:
    profile = dict(person.profile)
    if profile.get("displayName") is None:
        # Okta computes a display name that nobody touched; one that was cleared stays "".
        names = [name for name in (profile.get("firstName"), profile.get("lastName")) if name]
        profile["displayName"] = " ".join(names) or None
    return profile


def _app_user(account: DirectoryAccount) -> dict[str, Any]:
    return {"dn": account.distinguished_name, **account.attributes, "externalId": account.anchor}


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "type": group.type,
        "source": {"id": group.source_id},
        "profile": {"name": group.name, **group.profile},
    }
