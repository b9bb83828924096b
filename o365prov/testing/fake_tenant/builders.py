"""Putting objects into a tenant from outside: past the rules that bind clients, but never past what must stay true."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from o365prov.errors import ConfigurationError, UsageError
from o365prov.rendering import names_text, quoted, shortened
from o365prov.testing.clock import FakeClock
from o365prov.testing.fake_tenant.endpoints.organization import organization_record
from o365prov.testing.fake_tenant.endpoints.relations.references import set_manager
from o365prov.testing.fake_tenant.endpoints.roles.role_management import assign_role
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.rules.addresses import with_addresses
from o365prov.testing.fake_tenant.rules.licensing import SkuAssignment, assign_directly, inherit
from o365prov.testing.fake_tenant.rules.user_rules import check_principal_name
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, GROUP, USER
from o365prov.testing.fake_tenant.schema.place_types import ROOM
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.schema.role_templates import ROLE_TEMPLATES
from o365prov.testing.fake_tenant.schema.skus import product
from o365prov.testing.fake_tenant.schema.value_types import is_guid, misfit
from o365prov.testing.fake_tenant.spelling import nearest
from o365prov.testing.fake_tenant.store.directory import Directory, instant
from o365prov.testing.fake_tenant.store.seats import Subscription
from o365prov.testing.fake_tenant.store.table import Record, unshared
from o365prov.testing.service_plans import PlanProvisioning

Licenses = Mapping[str, Iterable[str]] | Iterable[str]
_TITLES = {"User": "a user", "Group": "a group", "OrgContact": "a contact", "Room": "a room"}


def new_directory(
    clock: FakeClock,
    chance: random.Random,
    *,
    name: str,
    country: str,
    domains: dict[str, Record],
    licenses: Mapping[str, int],
    caller_roles: Iterable[str] | None,
    permissions: Iterable[str] | None,
    provisioning: PlanProvisioning | None,
    signed_in: str | None,
) -> Directory:
    """What a new tenant holds, without any object."""
    tenant_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return Directory(
        clock=clock,
        random=chance,
        tenant_id=tenant_id,
        organization=organization_record(tenant_id, name, country, instant(clock.now())),
        domains=domains,
        subscriptions=_subscriptions(licenses),
        caller_roles=None if caller_roles is None else frozenset(caller_roles),
        permissions=None if permissions is None else frozenset(permissions),
        provisioning=provisioning or PlanProvisioning(),
        signed_in=signed_in,
    )


def _subscriptions(licenses: Mapping[str, int]) -> dict[str, Subscription]:
    """What a new tenant has bought, by skuId, of products' names and numbers of seats."""
    wrong = {name: seats for name, seats in licenses.items() if type(seats) is not int or seats < 0}
    if wrong:
        raise ConfigurationError(f"FakeTenant(licenses={wrong}): the number of seats is a whole number, 0 or more")
    bought = ((product(name), seats) for name, seats in licenses.items())
    return {item.id: Subscription(item, seats) for item, seats in bought}


def add_user(
    directory: Directory,
    principal_name: str | None,
    *,
    licenses: Licenses,
    manager: str | None,
    roles: Iterable[str],
    properties: Mapping[str, Any],
) -> str:
    """Add a user and return its id."""
    _check(directory, directory.extended(USER), properties, ("licenses", "manager", "roles"))
    name = principal_name or properties.get("userPrincipalName")
    if name is None:
        name = f"user{len(directory.users) + 1}@{next(iter(directory.domains))}"
    now = directory.now
    assignment = _assignment(directory, licenses)
    manager_key = None if manager is None else _key(directory, manager)
    role_ids = [_role(role) for role in roles]
    record = {
        "id": directory.new_id(),
        "accountEnabled": True,
        "displayName": name.partition("@")[0],
        "mailNickname": name.partition("@")[0],
        "userType": "Member",
        "createdDateTime": now,
        "lastPasswordChangeDateTime": now,
        "signInSessionsValidFromDateTime": now,
        **({"usageLocation": "US"} if assignment.add else {}),
        **_given(properties),
        "userPrincipalName": name,
    }
    try:
        refusal = check_principal_name(directory, name)
        if refusal is not None:
            raise refusal
        directory.create("user", record if "proxyAddresses" in record else with_addresses(directory, record, {}))
        if assignment.add:
            assign_directly(directory, directory.user(record["id"]), assignment)
        set_manager(directory, record, manager_key)
        for role in role_ids:
            assign_role(directory, record["id"], role)
    except GraphErrorResponse as refused:
        if directory.users.get(record["id"]) is not None:
            directory.purge("user", record)
        raise UsageError(f"add_user({quoted(name)}): {_why(refused)}") from refused
    return str(record["id"])


def add_group(
    directory: Directory,
    name: str,
    *,
    members: Iterable[str],
    owners: Iterable[str],
    licenses: Licenses,
    properties: Mapping[str, Any],
) -> Record:
    """Add a group and return it."""
    _check(directory, directory.extended(GROUP), properties, ("licenses", "members", "owners"))
    assignment = _assignment(directory, licenses)
    linked = [
        (links, label, [_key(directory, key) for key in keys])
        for links, label, keys in ((directory.members, "members", members), (directory.owners, "owners", owners))
    ]
    record = {
        "id": directory.new_id(),
        "displayName": name,
        "mailEnabled": False,
        "mailNickname": "".join(letter for letter in name if letter.isalnum()) or "group",
        "securityEnabled": True,
        "groupTypes": [],
        "createdDateTime": directory.now,
        "renewedDateTime": directory.now,
        **(
            {"assignedLicenses": [{"disabledPlans": list(off), "skuId": sku} for sku, off in assignment.add.items()]}
            if assignment.add
            else {}
        ),
        **_given(properties),
    }
    try:
        directory.create("group", record)
        for links, label, targets in linked:
            for target in targets:
                links.add(record["id"], target)
                directory.log_link("group", record["id"], label, target, added=True)
                inherit(directory, target)
    except GraphErrorResponse as refused:
        raise UsageError(f"add_group({quoted(name)}): {_why(refused)}") from refused
    return _own(directory.group(record["id"]))


def add_contact(directory: Directory, name: str, manager: str | None, properties: Mapping[str, Any]) -> Record:
    """Add a contact of the organization and return it."""
    _check(directory, CONTACT, properties, ("manager",))
    record = {"id": directory.new_id(), "displayName": name, **_given(properties)}
    above = None if manager is None else _key(directory, manager)
    directory.create("contact", record)
    if above is not None:
        directory.managers.add(record["id"], above)
    return _own(record)


def add_room(
    directory: Directory, name: str, address: str, lists: Iterable[str], properties: Mapping[str, Any]
) -> Record:
    """Add a room, and those of its lists that are not there, and return it."""
    _check(directory, ROOM, properties, ("lists",))
    lists = tuple(lists)
    _check_room_addresses(directory, address, lists)
    record = {
        "id": directory.new_id(),
        "placeId": directory.new_id(),
        "kind": "room",
        "displayName": name,
        "nickname": name,
        "emailAddress": address,
        **_given(properties),
    }
    directory.places.put(record)
    for each in lists:
        held = _place_at(directory, each)
        if held is None:
            key, named = directory.new_id(), each.partition("@")[0]
            held = {"id": key, "placeId": key, "kind": "roomList", "displayName": named, "emailAddress": each}
        directory.places.put({**held, "rooms": [*held.get("rooms", ()), record["id"]]})
    return _own({name: value for name, value in record.items() if name != "kind"})


def _place_at(directory: Directory, address: str) -> Record | None:
    """The place with this address, in whichever case it is written."""
    wanted = address.lower()
    return next((each for each in directory.places if str(each.get("emailAddress", "")).lower() == wanted), None)


def _check_room_addresses(directory: Directory, address: str, lists: Iterable[str]) -> None:
    """UsageError for what is not an address, for one that another place has, and for a room's among the lists."""
    for each in (address, *lists):
        name, _, domain = each.rpartition("@")
        if not name or not domain:
            raise UsageError(f"add_room: {quoted(shortened(each))} is not an address, which rooms and lists have")
    if _place_at(directory, address) is not None:
        raise UsageError(f"add_room: another place has the address {shortened(address)}")
    for each in lists:
        held = _place_at(directory, each)
        if each.lower() == address.lower() or (held is not None and held["kind"] != "roomList"):
            raise UsageError(f"add_room: {shortened(each)} is the address of a room, and not of a room list")


def _given(properties: Mapping[str, Any]) -> Record:
    """The properties that have a value."""
    return {name: value for name, value in properties.items() if value is not None}


def _own(record: Record) -> Record:
    """A record for the author of a test, who may change it."""
    return {name: unshared(value) for name, value in record.items()}


def _check(directory: Directory, of: ObjectType, properties: Mapping[str, Any], options: Iterable[str] = ()) -> None:
    """UsageError for a property that the type lacks, a value of another type, or an id that is taken."""
    unknown = sorted(set(properties) - set(of.properties))
    if unknown:
        raise UsageError(
            f"{_TITLES[of.title]} has no property {names_text([*map(shortened, unknown)])}"
            f"{nearest(unknown[0], [*of.properties, *options]) or '; use Graph names, such as displayName'}"
        )
    for name, value in properties.items():
        wrong = None if value is None else misfit(of.properties[name], value)
        if wrong is not None:
            raise UsageError(f"{name}={quoted(value)}: {wrong}")
    key = properties.get("id")
    if key is not None and (not is_guid(key) or key != key.lower() or directory.holds(key)):
        raise UsageError(f"id={quoted(key)}: it must be a GUID in lower case that no other object has")


def _assignment(directory: Directory, licenses: Licenses) -> SkuAssignment:
    by_name = {item.product.name: item.product for item in directory.subscriptions.values()}
    wanted = licenses if isinstance(licenses, Mapping) else dict.fromkeys(licenses, ())
    unknown = sorted(set(wanted) - set(by_name))
    if unknown:
        raise UsageError(
            f"the tenant has no {names_text([*map(shortened, unknown)])}; it has {', '.join(by_name) or 'no products'}:"
            " give FakeTenant(licenses=...)"
        )
    add = {}
    for name, off in wanted.items():
        plans = {plan.name: plan.id for plan in by_name[name].plans}
        missing = sorted(set(off) - set(plans))
        if missing:
            raise UsageError(f"{name} has no plan {names_text([*map(shortened, missing)])}; it has {', '.join(plans)}")
        add[by_name[name].id] = tuple(plans[plan] for plan in off)
    return SkuAssignment(add, ())


def _key(directory: Directory, key: str) -> str:
    found: Record | None = directory.find_user(key) or (directory.object(key) or (None, None))[1]
    if found is None:
        raise UsageError(f"this tenant has no {quoted(key)}; add it first")
    return str(found["id"])


def _role(name: str) -> str:
    for role in ROLE_TEMPLATES.values():
        if name in {role.id, role.name}:
            return role.id
    raise UsageError(
        f"the built-in roles do not include {quoted(name)}; they are "
        f"{names_text([role.name for role in ROLE_TEMPLATES.values()])}"
    )


def _why(refused: GraphErrorResponse) -> str:
    details = "; ".join(detail.message for detail in refused.details)
    return f"{refused.message} {details}".strip()
