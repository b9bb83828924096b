"""What must be true of a tenant that was read from text: every value of its type, and what it refers to by name there.

A digest tells when a file was damaged; text without one may have been written by hand. Either way a tenant that has
been loaded answers, and does not fail in the middle of a test.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from o365prov.testing.fake_tenant.schema.application_types import (
    APP_ROLE_ASSIGNMENT,
    APPLICATION,
    EXTENSION_PROPERTY,
    SERVICE_PRINCIPAL,
)
from o365prov.testing.fake_tenant.schema.extensions import DATA_TYPES
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, DIRECTORY_ROLE, GROUP, ROLE_ASSIGNMENT, USER
from o365prov.testing.fake_tenant.schema.place_types import PLACE_TYPES
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.schema.role_templates import ROLE_TEMPLATES
from o365prov.testing.fake_tenant.schema.value_types import misfit_of_record
from o365prov.testing.fake_tenant.store.directory import LINKS, TABLES, Directory
from o365prov.testing.fake_tenant.store.table import Record

_TYPES: Mapping[str, ObjectType] = {
    "users": USER,
    "groups": GROUP,
    "contacts": CONTACT,
    "activated_roles": DIRECTORY_ROLE,
    "role_assignments": ROLE_ASSIGNMENT,
    "app_objects": APPLICATION,
    "service_principals": SERVICE_PRINCIPAL,
    "app_role_assignments": APP_ROLE_ASSIGNMENT,
    "extensions": EXTENSION_PROPERTY,
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "users": ("userPrincipalName", "displayName"),
    "groups": ("displayName", "groupTypes"),
    "contacts": ("displayName",),
    "places": ("displayName", "kind"),
    "deleted": ("deletedDateTime",),
    "activated_roles": ("roleTemplateId",),
    "role_assignments": ("principalId", "roleDefinitionId", "directoryScopeId"),
    "app_objects": ("appId", "displayName", "signInAudience"),
    "service_principals": ("appId", "displayName"),
    "app_role_assignments": ("principalId", "resourceId", "appRoleId"),
    "extensions": ("name", "application", "dataType", "isMultiValued", "targetObjects"),
}
_LICENSE = ("skuId", "disabledPlans")
_LICENSE_STATE = (*_LICENSE, "state", "error", "lastUpdatedDateTime")
_DOMAIN_FLAGS = ("isInitial", "isDefault", "isVerified")


def check_whole(directory: Directory) -> None:
    """ValueError, TypeError or KeyError with the first thing that is wrong with a tenant that was read."""
    uuid.UUID(directory.tenant_id)
    strings([directory.signed_in or ""])
    _check_organization(directory)
    for name in TABLES:
        of = directory.extended(_TYPES.get(name, USER))
        for record in getattr(directory, name):
            _check_record(directory, name, record, _own_type(name, record) or of)
    for name in LINKS:
        for pair in getattr(directory, name).pairs():
            strings(pair)
    _check_changes(directory)


def _own_type(name: str, record: Record) -> ObjectType | None:
    """The type of a record in a table that has several kinds; KeyError for an unknown kind of place."""
    match name:
        case "places":
            return PLACE_TYPES[record["kind"]]
        case "deleted" if "userPrincipalName" not in record:
            return GROUP
        case _:
            return None


def strings(values: Iterable[Any]) -> list[str]:
    """The values as they are; TypeError when one is not a string."""
    found = list(values)
    if isinstance(values, str) or not all(isinstance(each, str) for each in found):
        raise TypeError(f"{found!r} should be strings")
    return found


def _check_organization(directory: Directory) -> None:
    held = directory.organization
    strings([held["id"], held["displayName"], held["countryLetterCode"]])
    for domain in directory.domains.values():
        strings([domain["id"], domain["authenticationType"]])
        if not all(isinstance(domain[name], bool) for name in _DOMAIN_FLAGS):
            raise TypeError(f"{', '.join(_DOMAIN_FLAGS)} of the domain {domain['id']} should be true or false")
    for name in ("isInitial", "isDefault"):
        if not any(domain[name] for domain in directory.domains.values()):
            raise ValueError(f"there should be a domain with {name}")


def _check_record(directory: Directory, name: str, record: Record, of: ObjectType) -> None:
    key = record["id"]
    strings([key])
    needed = _NEEDED["groups"] if of is GROUP else _NEEDED[name]
    missing = [each for each in needed if record.get(each) is None]
    if missing:
        raise ValueError(f"{name}: {key} has no {', '.join(missing)}")
    wrong = misfit_of_record(of, record)
    if wrong is not None:
        raise TypeError(f"{name}: {key}: {wrong}")
    unknown = next(_unknown(directory, name, record), None)
    if unknown is not None:
        raise KeyError(f"{name}: {key}: {unknown}")


def _unknown(directory: Directory, name: str, record: Record) -> Iterator[str]:
    """What a record refers to by name and the tenant does not have."""
    match name:
        case "users" | "groups" | "deleted":
            for part, needed in (("assignedLicenses", _LICENSE), ("licenseAssignmentStates", _LICENSE_STATE)):
                for item in record.get(part) or ():
                    yield from (f"{part} without {each}" for each in needed if item.get(each) is None)
                    if part == "licenseAssignmentStates" and "assignedByGroup" not in item:
                        yield f"{part} without assignedByGroup"
                    if item["skuId"] not in directory.subscriptions:
                        yield f"the product {item['skuId']}"
        case "activated_roles" | "role_assignments":
            role = record["roleTemplateId" if name == "activated_roles" else "roleDefinitionId"]
            if role not in ROLE_TEMPLATES:
                yield f"the role {role}"
        case "places" if record["kind"] == "roomList":
            yield from (f"the place {key}" for key in strings(record["rooms"]) if key not in directory.places)
        case "extensions" if record["dataType"] not in DATA_TYPES:
            yield f"the type {record['dataType']}"
        case _:
            return


def _check_changes(directory: Directory) -> None:
    """That changes can be compared and counted."""
    if directory.log.forgotten < 0:
        raise ValueError("the number of forgotten changes should be a number from 0 on")
    for change in directory.log:
        strings([change.id])
        if change.kind not in {"user", "group", "contact"} or change.at.utcoffset() != timedelta():
            raise ValueError(f"the change of {change.id} is of no kind, or at no time of UTC")
        if change.link is not None:
            strings([change.link.name, change.link.target])
