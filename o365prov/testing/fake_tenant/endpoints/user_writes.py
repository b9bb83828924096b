"""Creating, updating and deleting users: the order of the checks, and what follows from a write.

Sources: Graph "Create user", "Update user", "Delete a user", and "Working with users" for sensitive actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.testing.fake_tenant.protocol.errors import Detail, GraphErrorResponse
from o365prov.testing.fake_tenant.rules.addresses import with_addresses
from o365prov.testing.fake_tenant.rules.sensitive import check_sensitive
from o365prov.testing.fake_tenant.rules.user_rules import (
    check_anchor,
    check_password,
    check_principal_name,
    check_special,
)
from o365prov.testing.fake_tenant.rules.values import check_values, merged, raise_first
from o365prov.testing.fake_tenant.schema.object_types import USER
from o365prov.testing.fake_tenant.store.directory import Directory, instant
from o365prov.testing.fake_tenant.store.table import Record

_REQUIRED = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile")
_SYNCED_WRITABLE = frozenset({"usageLocation", "ageGroup", "consentProvidedForMinor", "preferredDataLocation"})
"""What may still be written on a user that is synced from on-premises (Graph "user resource type")."""


def create_user(directory: Directory, body: Mapping[str, Any]) -> Record:
    """Make a user of a request body and return its record; 400 with everything that is wrong."""
    raise_first(_problems_of_create(directory, body))
    now = directory.now
    values = _written(directory, {}, body)
    record = {
        "id": directory.new_id(),
        "userType": "Member",
        "createdDateTime": now,
        "lastPasswordChangeDateTime": now,
        "signInSessionsValidFromDateTime": now,
        **values,
    }
    refusal = check_anchor(directory, record, None)
    if refusal is not None:
        raise refusal
    record = with_addresses(directory, record, {})
    directory.create("user", record)
    return record


def update_user(directory: Directory, record: Record, body: Mapping[str, Any]) -> Record:
    """Write a request body into a user and return the new record; 400 with everything that is wrong."""
    if record.get("onPremisesSyncEnabled") and not _SYNCED_WRITABLE.issuperset(body):
        raise GraphErrorResponse.mastered_on_premises()
    check_sensitive(directory, record, body)
    raise_first(_problems_of_update(directory, record, body))
    after = _written(directory, record, body)
    if {"userPrincipalName", "onPremisesImmutableId"}.intersection(body):
        refusal = check_anchor(directory, after, record)
        if refusal is not None:
            raise refusal
    if (body.get("passwordProfile") or {}).get("password") is not None:
        # A new password ends the sessions that the old one opened.
        after["lastPasswordChangeDateTime"] = after["signInSessionsValidFromDateTime"] = directory.now
    directory.update("user", with_addresses(directory, after, record))
    return after


def delete_user(directory: Directory, record: Record) -> None:
    """Move a user to the deleted items, where it stays for 30 days with its licences and references parked.

    The userPrincipalName gets the id in front of it, without dashes, so the name is free at once; the
    onPremisesImmutableId stays taken.
    """
    check_sensitive(directory, record, None)
    parked = {
        **record,
        "userPrincipalName": f"{record['id'].replace('-', '')}{record['userPrincipalName']}",
        "deletedDateTime": instant(directory.clock.now()),
    }
    directory.soft_delete("user", record, parked)
    for report in directory.managers.sources(record["id"]):
        directory.log_link("user", report, "manager", record["id"], added=False)
    for group in directory.members.sources(record["id"]):
        directory.log_link("group", group, "members", record["id"], added=False)


def _written(directory: Directory, record: Record, body: Mapping[str, Any]) -> Record:
    """The record with a body written into it; passwords are checked and not kept."""
    kept = {name: value for name, value in body.items() if name != "passwordProfile"}
    return merged(directory.extended(USER), record, kept)


def _problems_of_create(directory: Directory, body: Mapping[str, Any]) -> Iterator[GraphErrorResponse]:
    for name in _REQUIRED:
        value = body.get(name)
        if value is None or (name == "passwordProfile" and isinstance(value, dict) and not value.get("password")):
            message = f"A value is required for property '{name}' of resource 'User'."
            yield GraphErrorResponse.bad_request(message, Detail("MissingProperty", name, message))
    yield from check_values(directory.extended(USER), body, creating=True)
    yield from _problems_of_values(directory, {}, body)
    if any(USER.properties[name].home == "sharepoint" for name in body if name in USER.properties):
        yield GraphErrorResponse.bad_request(
            "Properties that live in SharePoint can't be set on create; PATCH them afterwards."
        )


def _problems_of_update(directory: Directory, record: Record, body: Mapping[str, Any]) -> Iterator[GraphErrorResponse]:
    yield from check_values(directory.extended(USER), body, creating=False)
    yield from _problems_of_values(directory, record, body)
    homes = {USER.properties[name].home for name in body if name in USER.properties}
    if len(homes) > 1:
        yield GraphErrorResponse.bad_request(
            "Properties that live in SharePoint must be updated in a request of their own, without other properties."
        )
    # Only users that never were synced have onPremisesExtensionAttributes to write (Graph "user resource type").
    if "onPremisesExtensionAttributes" in body and record.get("onPremisesSyncEnabled") is not None:
        yield GraphErrorResponse.bad_request(
            "Unable to update the specified properties for objects that have originated within an external service."
        )


def _problems_of_values(directory: Directory, record: Record, body: Mapping[str, Any]) -> Iterator[GraphErrorResponse]:
    """What the type of a value does not say; values of a wrong type were reported already and are passed over."""
    for name, value in body.items():
        item = USER.properties.get(name)
        if item is None or value in (None, "") or not _has_shape(value, item.kind.value):
            continue
        refusal = check_principal_name(directory, value) if name == "userPrincipalName" else check_special(name, value)
        if refusal is not None:
            yield refusal
    profile = body.get("passwordProfile")
    if isinstance(profile, dict) and isinstance(profile.get("password"), str):
        policies = body.get("passwordPolicies", record.get("passwordPolicies"))
        refusal = check_password(profile, policies if isinstance(policies, str) else "")
        if refusal is not None:
            yield refusal


def _has_shape(value: Any, edm: str) -> bool:
    if edm.startswith("Collection"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, str) if edm == "Edm.String" else True
