"""Okta's records as values: users, users of an Active Directory app, groups, and what is assigned.

A record that is wrong is noted with its place, and gives None.

Sources: Okta developer pages, "Users API", "Application Users API", "Groups API", "Application Groups API".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import frozen

from o365prov._fields import frozen_mapping, unchecked
from o365prov.people import (
    DirectoryAccount,
    Grants,
    Group,
    GroupAssignment,
    LicenseGrant,
    Person,
    PersonKind,
    UserStatus,
)
from o365prov.sources.directory.directory_account import instance_of
from o365prov.sources.directory.filetime import read_filetime
from o365prov.sources.organization import AppAssignments
from o365prov.structuring import JsonObject, parse_instant


class UniqueValues:
    """The ids of one list, or other values that must be unique in it."""

    def __init__(self) -> None:
        self._places: dict[Hashable, str] = {}

    def enter(self, record: JsonObject, key: str, value: Hashable) -> None:
        """Note an issue if another record has the same value."""
        if value is None or value == "":
            return  # it is missing, which was noted
        first = self._places.setdefault(value, record.path)
        if first != record.path:
            record.note(key, f"is the same as in {first}", "keep one of them", code="duplicate")


_STATUSES = {str(each): each for each in UserStatus}
_made_person = unchecked(Person)  # half the time would go into checks of what is checked here already


def read_person(record: JsonObject, ids: UniqueValues) -> Person | None:
    """A user; their directory accounts are in other records."""
    person = _person_as_usual(record.values)
    if person is None:
        return _checked_person(record, ids)
    before = record.issues.count
    ids.enter(record, "id", person.id)
    return person if record.issues.count == before else None


def _person_as_usual(values: Mapping[str, Any]) -> Person | None:
    """The user of a record in which all is as it should be; None if anything has to be looked at."""
    person_id, status, profile = values.get("id"), values.get("status"), values.get("profile")
    if type(profile) is not dict or type(person_id) is not str or type(status) is not str:
        return None
    login, changed, source = profile.get("login"), values.get("passwordChanged"), "OKTA"
    if (credentials := values.get("credentials")) is not None:
        provider = credentials.get("provider", {}) if type(credentials) is dict else None
        found = provider.get("type") if type(provider) is dict else None
        if type(found) is not str or not found:
            return None
        source = found
    instant = parse_instant(changed) if type(changed) is str else None
    is_usual = type(login) is str and login.strip() and person_id.strip() and status in _STATUSES
    if not is_usual or (changed is not None and instant is None):
        return None
    return _made_person(person_id, _STATUSES[status], frozen_mapping(profile), source, instant, (), PersonKind.MEMBER)


def _checked_person(record: JsonObject, ids: UniqueValues) -> Person | None:
    """The user of any record; everything that is wrong is noted."""
    before = record.issues.count
    person_id, profile = record.string("id"), record.child("profile")
    profile.string("login")
    status = record.string("status")
    if status and status not in _STATUSES:
        record.note(
            "status",
            f"is not one of Okta's user statuses ({', '.join(UserStatus)})",
            "is this a list of users?",
            code="wrong_value",
        )
    password_changed = record.instant("passwordChanged")
    source = record.optional_child("credentials").optional_child("provider").optional_string("type")
    ids.enter(record, "id", person_id)
    if record.issues.count != before:
        return None
    return Person(
        person_id, UserStatus(status), profile.values, source=source or "OKTA", password_changed=password_changed
    )


def read_directory_account(
    record: JsonObject, ids: UniqueValues, guids: UniqueValues, *, instance: str | None = None
) -> tuple[str, DirectoryAccount] | None:
    """The id of an Active Directory app's user, and the account; *instance* is that of ``dn`` unless it is given."""
    before = record.issues.count
    person_id, profile = record.string("id"), record.child("profile")
    guid = _object_guid(record, profile)
    password_last_set = _password_last_set(profile)
    dn = profile.optional_string("dn")
    ids.enter(record, "id", person_id)
    guids.enter(record, "externalId", guid)
    if record.issues.count != before or guid is None:
        return None
    return person_id, DirectoryAccount(
        instance=instance or instance_of(dn),
        object_guid=guid,
        distinguished_name=dn,
        password_last_set=password_last_set,
        attributes={**profile.values, "externalId": record.string("externalId")},
    )


def read_group(record: JsonObject, ids: UniqueValues) -> Group | None:
    """A group with the members that stand in the record, which Okta's own has not."""
    before = record.issues.count
    group_id, profile = record.string("id"), record.child("profile")
    name = profile.string("name")
    group_type = record.optional_string("type") or "OKTA_GROUP"
    source_id = record.optional_child("source").optional_string("id")
    ids.enter(record, "id", group_id)
    members = frozenset(record.strings("members"))
    if record.issues.count != before:
        return None
    return Group(group_id, name, group_type, source_id, profile.values, members)


def read_group_assignment(record: JsonObject, ids: UniqueValues, priorities: UniqueValues) -> GroupAssignment | None:
    """The assignment of an app to a group."""
    before = record.issues.count
    group_id, priority = record.string("id"), record.whole_number("priority")
    ids.enter(record, "id", group_id)
    priorities.enter(record, "priority", priority)
    grants = read_grants(record)
    if record.issues.count != before or priority is None:
        return None
    return GroupAssignment(group_id, priority, grants)


@frozen
class AppUserRecord:
    """A user of an app.

    Args:
        id: the Okta user.
        is_individual: whether the app is assigned to the user, and not to a group of the user.
        grants: the licences and roles.
        username: the username in the app; None where Okta has none.
        profile: the profile in the app.

    """

    id: str
    is_individual: bool
    grants: Grants
    username: str | None
    profile: Mapping[str, Any]

    @property
    def app_profile(self) -> dict[str, Any]:
        """What expressions know as ``appuser``."""
        return {"userName": self.username, **self.profile}


def read_app_user(record: JsonObject, ids: UniqueValues) -> AppUserRecord | None:
    """A user of an app."""
    before = record.issues.count
    user_id, scope = record.string("id"), record.string("scope")
    ids.enter(record, "id", user_id)
    if scope and scope not in ("USER", "GROUP"):
        record.note(
            "scope", "is neither USER nor GROUP", "is this the list of an app's assignments?", code="wrong_value"
        )
    # Those of groups stand with the groups, whatever the users' own records repeat of them.
    grants = read_grants(record) if scope == "USER" else Grants()
    username = record.optional_child("credentials").optional_string("userName")
    profile = record.optional_child("profile").values
    if record.issues.count != before:
        return None
    return AppUserRecord(user_id, scope == "USER", grants, username or None, profile)


def app_assignments(groups: Iterable[GroupAssignment], users: Iterable[AppUserRecord]) -> AppAssignments:
    """To whom an app is assigned; users who have it from a group are left to the group."""
    users = tuple(users)
    individual = [user for user in users if user.is_individual]
    return AppAssignments(
        tuple(groups),
        {user.id: user.grants for user in individual},
        {user.id: user.username for user in individual if user.username},
        {user.id: user.app_profile for user in users},
    )


def _object_guid(record: JsonObject, profile: JsonObject) -> UUID | None:
    """The GUID whose bytes ``externalId`` holds, if ``profile.externalID`` does not say otherwise."""
    text = record.string("externalId")
    if not text:
        return None
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if len(octets) != 16:
        record.note(
            "externalId",
            "is not the base64 of an objectGUID's 16 bytes",
            "is this the Active Directory app?",
            code="wrong_value",
        )
        return None
    guid = UUID(bytes_le=octets)
    dashed = profile.optional_string("externalID")
    if dashed and dashed.strip("{}").lower() != str(guid):
        profile.note(
            "externalID",
            f"is another GUID than the bytes in {record.path}.externalId",
            "import the user again",
            code="contradiction",
        )
    return guid


def _password_last_set(profile: JsonObject) -> datetime | None:
    """When the password was set; None where the directory gives no instant, or what is wrong is noted."""
    text = profile.optional_string("pwdLastSet")
    try:
        return read_filetime(text) if text else None
    except ValueError:
        profile.note(
            "pwdLastSet",
            "is not a FILETIME (units of 100 ns since 1601)",
            "import the user again",
            code="not_an_instant",
        )
        return None


def read_grants(record: JsonObject) -> Grants:
    """The licences and roles of an assignment: part numbers, or objects with some of the service plans."""
    profile = record.optional_child("profile")
    licenses = []
    for place, element in profile.items("licenses"):
        match element:
            case str() if element:
                licenses.append(LicenseGrant(element))
            case {"sku": str(sku), **rest} if sku and not rest:
                licenses.append(LicenseGrant(sku))
            case {"sku": str(sku), "servicePlans": [*plans], **rest} if sku and not rest and all(map(_is_name, plans)):
                licenses.append(LicenseGrant(sku, plans))
            case _:
                profile.note_at(
                    place,
                    'is neither a part number nor {"sku", "servicePlans": [names]}',
                    "use one of them",
                    code="wrong_value",
                )
    return Grants(licenses, profile.strings("roles"))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""
