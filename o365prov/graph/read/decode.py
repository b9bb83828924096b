"""Graph's JSON as our frozen values. What Graph leaves out gets a default; what it garbles is an error that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from o365prov._fields import FrozenMapping, unchecked
from o365prov.errors import TenantError
from o365prov.graph.client.messages import Response
from o365prov.graph.read.privileged_roles import PRIVILEGED_ROLES
from o365prov.planning import (
    AddressHolder,
    Domain,
    FailedLicense,
    GroupKind,
    HeldLicense,
    HolderKind,
    LicenseDetails,
    Role,
    RoleAssignment,
    ServicePlanInfo,
    Sku,
    TenantGroup,
    TenantUser,
)

_Object = TypeVar("_Object", TenantUser, RoleAssignment, AddressHolder, TenantGroup)

# Properties that become fields of TenantUser and are not compared as attributes.
_FIELDS = frozenset({"id", "manager", "assignedLicenses", "licenseAssignmentStates", "signInSessionsValidFromDateTime"})


def user(row: Mapping[str, Any]) -> TenantUser:
    """A user; licences through groups differ from direct ones where ``licenseAssignmentStates`` was selected.

    Parts of complex properties have dotted names, such as ``employeeOrgData.division``.

    >>> user({"id": "1", "userPrincipalName": "ann@corp.example", "manager": {"id": "2"}}).manager_id
    '2'
    """
    properties, manager = _properties(row), row.get("manager")
    held, failed = _licenses(row)
    for name in ("userPrincipalName", "onPremisesImmutableId"):
        if (value := properties.get(name)) is not None and type(value) is not str:
            raise TypeError(f"{name} is not a string")
    return _tenant_user(
        _id(row, "user"),
        FrozenMapping(properties),
        held,
        _string_or_none(manager, "id") if isinstance(manager, dict) else None,
        instant(row.get("signInSessionsValidFromDateTime")),
        failed,
    )


_tenant_user = unchecked(TenantUser)  # half the time would go into checks of what is checked here already


def _properties(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Properties by name, those of complex ones by dotted names, as changes name them."""
    properties = dict(row)
    for name in _FIELDS:
        properties.pop(name, None)
    is_flat = _COMPLEX.isdisjoint(map(type, properties.values())) and "@" not in "".join(properties)
    return properties if is_flat else dict(_parts(properties, ""))


_COMPLEX = frozenset({dict})


def _parts(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, part in value.items():
        if "@" in name:
            continue
        if isinstance(part, dict):
            yield from _parts(part, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", part


def _licenses(row: Mapping[str, Any]) -> tuple[tuple[HeldLicense, ...], tuple[FailedLicense, ...]]:
    """What is held, and what Microsoft could not give; with ``ActiveWithError`` the licence is held all the same."""
    states = row.get("licenseAssignmentStates")
    if not isinstance(states, list):
        assigned = row.get("assignedLicenses")
        return tuple([_held(each) for each in (assigned if isinstance(assigned, list) else ())]), ()
    held, failed = [], []
    for each in states:
        how = each.get("state")
        if how != "Error":  # its group failed to assign it: it is not held
            held.append(_held(each))
        if how in _FAILED:
            group_id = _string_or_none(each, "assignedByGroup")
            failed.append(FailedLicense(_string(each, "skuId"), str(each.get("error") or "Other"), group_id))
    return tuple(held), tuple(failed)


def _held(licence: Mapping[str, Any]) -> HeldLicense:
    try:
        return _license(licence["skuId"], tuple(licence.get("disabledPlans") or ()), licence.get("assignedByGroup"))
    except TypeError:
        raise TypeError("what names a licence, a service plan or a group is not a string") from None


@lru_cache(maxsize=1_000)
def _license(sku_id: object, disabled_plans: tuple[object, ...], group_id: object) -> HeldLicense:
    """One value for all users who have the same licence: a tenant has a few, and no user one of their own."""
    ids = (sku_id, *disabled_plans) if group_id is None else (sku_id, *disabled_plans, group_id)
    if not all(isinstance(each, str) and each for each in ids):
        raise TypeError
    return HeldLicense(str(sku_id), frozenset(map(str, disabled_plans)), None if group_id is None else str(group_id))


_FAILED = frozenset({"Error", "ActiveWithError"})


def license_details(row: Mapping[str, Any]) -> LicenseDetails:
    """A licence of an account, with how far each of its service plans is."""
    return LicenseDetails(
        _string(row, "skuId"),
        _string_or_none(row, "skuPartNumber") or _string(row, "skuId"),
        tuple(
            ServicePlanInfo(
                _string(plan, "servicePlanId"),
                _string(plan, "servicePlanName"),
                _string_or_none(plan, "provisioningStatus") or "",
            )
            for plan in row.get("servicePlans") or ()
        ),
    )


def sku(row: Mapping[str, Any]) -> Sku:
    """A subscribed SKU; usable seats are those enabled and those in their grace period (``warning``)."""
    units = row.get("prepaidUnits") or {}
    return Sku(
        id=_string(row, "skuId"),
        part_number=_string_or_none(row, "skuPartNumber") or _string(row, "skuId"),
        plans={
            _string(plan, "servicePlanName"): _string(plan, "servicePlanId") for plan in row.get("servicePlans") or ()
        },
        seats=int(units.get("enabled") or 0) + int(units.get("warning") or 0),
        used=int(row.get("consumedUnits") or 0),
        assignable=row.get("appliesTo", "User") == "User" and row.get("capabilityStatus", "Enabled") in _USABLE,
    )


_USABLE = frozenset({"Enabled", "Warning"})


def domain(row: Mapping[str, Any]) -> Domain:
    """A domain of the tenant."""
    return Domain(
        name=_string(row, "id").lower(),
        verified=bool(row.get("isVerified", True)),
        federated=row.get("authenticationType") == "Federated",
    )


def tenant_group(row: Mapping[str, Any]) -> TenantGroup:
    """A group, whose members come apart.

    >>> tenant_group({"id": "1", "displayName": "Staff", "mailEnabled": True}).kind
    <GroupKind.DISTRIBUTION: 'Distribution'>
    """
    return TenantGroup(
        id=_id(row, "group"),
        name=_string_or_none(row, "displayName") or "",
        kind=_group_kind(row),
        email=_string_or_none(row, "mail") or "",
        synced=row.get("onPremisesSyncEnabled") is True,
        hidden=row.get("visibility") == "HiddenMembership",
        description=_string_or_none(row, "description") or "",
        unique_name=_string_or_none(row, "uniqueName") or "",
        dynamic="DynamicMembership" in (row.get("groupTypes") or ()),
        assignable_to_role=row.get("isAssignableToRole") is True,
        licenses=tuple(_string(each, "skuId") for each in row.get("assignedLicenses") or ()),
    )


def _group_kind(row: Mapping[str, Any]) -> GroupKind:
    if "Unified" in (row.get("groupTypes") or ()):
        return GroupKind.MICROSOFT_365
    if not row.get("mailEnabled"):
        return GroupKind.SECURITY
    return GroupKind.MAIL_ENABLED_SECURITY if row.get("securityEnabled") else GroupKind.DISTRIBUTION


def member(row: Mapping[str, Any]) -> tuple[str, bool]:
    """The object id of a group's member, and whether it is a user."""
    return _id(row, "member of a group"), row.get("@odata.type") == "#microsoft.graph.user"


def group(row: Mapping[str, Any]) -> AddressHolder:
    """A group with its addresses."""
    return _holder(row, HolderKind.GROUP)


def contact(row: Mapping[str, Any]) -> AddressHolder:
    """A contact of the organization with its addresses."""
    return _holder(row, HolderKind.CONTACT)


def _holder(row: Mapping[str, Any], kind: HolderKind) -> AddressHolder:
    return AddressHolder.of_properties(kind, _id(row, kind), row)


def role(row: Mapping[str, Any]) -> Role:
    """A directory role; our table says whether it is privileged."""
    role_id = _string(row, "id")
    return Role(role_id, _string(row, "displayName"), privileged=role_id.lower() in PRIVILEGED_ROLES)


def role_assignment(row: Mapping[str, Any]) -> RoleAssignment | None:
    """An assignment of a directory role; None if it is for less than the whole tenant."""
    if row.get("directoryScopeId") != "/":
        return None
    return RoleAssignment(_string(row, "id"), _string(row, "roleDefinitionId"), _string(row, "principalId"))


def rows(document: Any, where: str) -> tuple[Mapping[str, Any], ...]:
    """The objects of a collection; raises TenantError, which names *where*, if the document is not a collection."""
    values = document.get("value") if isinstance(document, dict) else None
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        raise TenantError(
            f"{where}: the answer does not hold a list of objects; look for a proxy that answers for Graph"
        )
    return tuple(values)


def instant(text: object) -> datetime | None:
    """An instant as Graph writes it (``2026-01-31T08:00:00Z``), aware; None for none.

    >>> instant("2026-01-31T08:00:00.1234567Z").isoformat()
    '2026-01-31T08:00:00.123456+00:00'
    """
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def property_of(row: Mapping[str, Any], name: str) -> Any:
    """The property of a user, where a dot leads into a complex one; None if there is none."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def plain_value(value: Any) -> Any:
    """The value for comparing: null, an empty list and an empty string are the same, and so are lists and tuples."""
    value = list(value) if isinstance(value, tuple) else value
    return None if value in ([], "") else value


def created_id(response: Response) -> str | None:
    """The id of the user that a POST created, or invited; None if the response does not have it."""
    try:
        document = response.json()
    except ValueError:
        return None
    created = document.get("invitedUser", document) if isinstance(document, dict) else None
    object_id = created.get("id") if isinstance(created, dict) else None
    return object_id if isinstance(object_id, str) and object_id else None


def unique(objects: Iterable[_Object]) -> tuple[_Object, ...]:
    """Each object once, the last one counting: pages may overlap when the tenant changes between them."""
    return tuple({each.id: each for each in objects}.values())


def _string(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name} is not a string")
    return value


def _string_or_none(row: Mapping[str, Any], name: str) -> str | None:
    return None if row.get(name) is None else _string(row, name)


def _id(row: Mapping[str, Any], kind: str) -> str:
    object_id = row.get("id")
    if not isinstance(object_id, str) or not object_id:
        raise TenantError(f"Graph's answer holds a {kind} without an id; look for a proxy that answers for Graph")
    return object_id
