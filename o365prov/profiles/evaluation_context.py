"""What an expression can see of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from o365prov._annotations import check_after_failure
from o365prov.expressions import Bindings
from o365prov.people import Assignment, DirectoryAccount, Group, Person

_APP = "office365"
"""The name that expressions have for the Office 365 app, besides ``appuser`` and ``app``."""

_LOCALE = "en_US"
"""What an expression reads of a locale that was never set, although Okta's API and pages show none.

Source: Okta support, "Okta Expression Language: locale".
"""


@lru_cache
def _root_name(instance: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", instance)


@check_after_failure
def make_bindings(assignment: Assignment, *, now: datetime | None = None) -> Bindings:
    """The roots and look-ups for the expressions about one person.

    ``user`` and ``source`` are the Okta profile, with ``id`` and ``status`` for ``getInternalProperty``;
    ``active_directory`` is the profile of the only Active Directory account (empty if there is not exactly one), and
    each account's is there under the name of its instance too, with ``_`` for what can't be in a name. What the source
    knows around the person (:class:`~o365prov.people.Related`) is there as far as it is given.

    Args:
        assignment: the person, and the groups that the person is in.
        now: an aware instant for expressions that ask for the time; None for the time at which they are evaluated.

    Source: Okta, "Okta Expression Language: reference user attributes, application attributes".

    """
    person = assignment.person
    profile = _profile(person)
    roots: dict[str, Any] = {"user": profile, "source": profile, "active_directory": {}}
    accounts = []
    for account in person.directory_accounts:
        accounts.append(app_user := _account(account))
        roots.setdefault(_root_name(account.instance), app_user)
    if len(accounts) == 1:
        roots["active_directory"] = accounts[0]
    groups = [_group(group) for group in assignment.groups] if assignment.groups else ()
    related = assignment.related
    if related.app_user is not None:
        roots["appuser"] = roots[_APP] = related.app_user
    if related.app is not None:
        roots["app"] = roots[f"{_APP}_app"] = related.app
    if related.org is not None:
        roots["org"] = related.org
    apps = related.app_users or {}
    for name, app_user in apps.items():
        roots.setdefault(name, app_user)
    return Bindings(
        roots,
        groups=groups,
        directory_users=accounts,
        workday_users=[apps["workday"]] if "workday" in apps else (),
        managers=None if related.managers is None else _found(related.managers),
        assistants=None if related.assistants is None else _found(related.assistants),
        linked=related.linked and {name: _profile(person) for name, person in related.linked.items()},
        now=now,
    )


def account_roots(account: DirectoryAccount) -> dict[str, Any]:
    """The roots for the expressions of a mapping from Active Directory: the account under each of its names."""
    app_user = _account(account)
    return {
        _root_name(account.instance): app_user,
        "appuser": app_user,
        "source": app_user,
        "active_directory": app_user,
    }


def _profile(person: Person) -> dict[str, Any]:
    profile = {**person.profile, "id": person.id, "status": str(person.status)}
    if profile.get("displayName") is None:
        profile["displayName"] = _display_name(profile)
    if profile.get("locale") is None:
        profile["locale"] = _LOCALE
    return profile


def _account(account: DirectoryAccount) -> dict[str, Any]:
    return {"dn": account.distinguished_name, **account.attributes, "externalId": account.anchor}


def _found(people: tuple[Person, ...]) -> dict[str, Any]:
    """What ``getManagerUser`` and ``getManagerAppUser`` find, or the functions for assistants."""
    if not people:
        return {}
    [person] = people
    apps = {"active_directory": _account(person.directory_accounts[0])} if person.directory_accounts else {}
    return {"active_directory": {"user": _profile(person), "apps": apps}}


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
