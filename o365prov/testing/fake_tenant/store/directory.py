"""What the tenant holds: objects, references between them, unique values, seats, and the log of changes.

Everything that every write must keep true is kept here and nowhere else: a unique value has one owner, a seat is
counted once per user and product, each change has a number.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from attrs import define, evolve, field, frozen

from o365prov._fields import typed
from o365prov.testing.clock import FakeClock
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import alternate_key
from o365prov.testing.fake_tenant.schema.extensions import with_extensions
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.change_log import ChangeKind, ChangeLog, ChangeRecord, LinkChange
from o365prov.testing.fake_tenant.store.links import Links
from o365prov.testing.fake_tenant.store.seats import Subscription, count_seats
from o365prov.testing.fake_tenant.store.table import Record, RecordTable
from o365prov.testing.service_plans import PlanProvisioning

OtherKind = Literal["application", "servicePrincipal", "directoryRole"]
"""Objects of the directory whose changes are not tracked."""
_UNIQUE = ("userPrincipalName", "onPremisesImmutableId", "proxyAddresses", "uniqueName")
"""What only one object may hold."""


def instant(moment: datetime) -> str:
    """A point in time as Graph writes it: UTC, whole seconds, ``Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@frozen(field_transformer=typed)
class RegisteredApp:
    """An application registered in the tenant, with its credentials; any one of them will do.

    Attributes:
        client_id: its identifier.
        secret: the SHA-256 of its client secret in hex, or None: the secret may be a real one, and a tenant is saved.
        certificate: its certificate as PEM text, or None.
        federated: issuer and subject of tokens that stand for it, or None.
        permissions: the application permissions that an administrator consented to; None for all.

    """

    client_id: str
    secret: str | None = field(default=None, repr=False)
    certificate: str | None = None
    federated: tuple[str, str] | None = None
    permissions: frozenset[str] | None = None


@define(eq=False)
class Directory:
    """The state of one tenant; ``copy`` gives an independent one at little cost, since records are shared."""

    clock: FakeClock
    random: random.Random
    tenant_id: str
    organization: Record
    domains: dict[str, Record]
    subscriptions: dict[str, Subscription]
    caller_roles: frozenset[str] | None = None
    permissions: frozenset[str] | None = None
    provisioning: PlanProvisioning = field(factory=PlanProvisioning)
    signed_in: str | None = None
    applications: dict[str, RegisteredApp] = field(factory=dict)
    users: RecordTable = field(factory=RecordTable)
    groups: RecordTable = field(factory=RecordTable)
    contacts: RecordTable = field(factory=RecordTable)
    places: RecordTable = field(factory=RecordTable)
    deleted: RecordTable = field(factory=RecordTable)
    activated_roles: RecordTable = field(factory=RecordTable)
    role_assignments: RecordTable = field(factory=RecordTable)
    app_objects: RecordTable = field(factory=RecordTable)
    service_principals: RecordTable = field(factory=RecordTable)
    app_role_assignments: RecordTable = field(factory=RecordTable)
    extensions: RecordTable = field(factory=RecordTable)
    managers: Links = field(factory=Links)
    members: Links = field(factory=Links)
    owners: Links = field(factory=Links)
    sponsors: Links = field(factory=Links)
    log: ChangeLog = field(factory=ChangeLog)
    consumed: Counter[str] = field(factory=Counter)
    _names: dict[str, dict[str, str]] = field(factory=lambda: {name: {} for name in _UNIQUE})

    # -- time and identity ---------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """A fresh GUID, from the tenant's own source of chance."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    @property
    def now(self) -> str:
        """The time, as Graph writes it."""
        return instant(self.clock.now())

    # -- finding -------------------------------------------------------------------------------------------------

    def find_user(self, key: str) -> Record | None:
        """The user with this id or userPrincipalName, or None."""
        key = key.lower()
        if "='" in key:  # the long spelling, users(userPrincipalName='...')
            name, value = alternate_key(key) or ("", key)
            key = value if name == "userprincipalname" else key
        return self.users.get(key) or self.users.get(self._names["userPrincipalName"].get(key, ""))

    def user(self, key: str) -> Record:
        """The user with this id or userPrincipalName; 404 without one."""
        found = self.find_user(key)
        if found is None:
            raise GraphErrorResponse.not_found(key)
        return found

    def group(self, key: str) -> Record:
        """The group with this id, or with ``uniqueName='...'``; 404 without one."""
        found = self.find_group(key)
        if found is None:
            raise GraphErrorResponse.not_found(key)
        return found

    def find_group(self, key: str) -> Record | None:
        """The group with this id, or with ``uniqueName='...'``, or None."""
        key = key.lower()
        name, value = alternate_key(key) or ("id", key)
        owner = self._names["uniqueName"].get(value, "") if name == "uniquename" else value
        return self.groups.get(owner)

    def contact(self, key: str) -> Record:
        """The contact of the organization with this id; 404 without one."""
        found = self.contacts.get(key.lower())
        if found is None:
            raise GraphErrorResponse.not_found(key)
        return found

    def extended(self, of: ObjectType) -> ObjectType:
        """A type with the directory extension properties that applications added to it."""
        return with_extensions(of, self.extensions) if len(self.extensions) else of

    def object(self, key: str) -> tuple[ChangeKind, Record] | None:
        """A user, group or contact by id, with its kind, or None."""
        key = key.lower()
        tables: tuple[tuple[ChangeKind, RecordTable], ...] = (
            ("user", self.users),
            ("group", self.groups),
            ("contact", self.contacts),
        )
        for kind, table in tables:
            record = table.get(key)
            if record is not None:
                return kind, record
        return None

    def other_object(self, key: str) -> tuple[OtherKind, Record] | None:
        """An application, service principal or directory role by id, with its kind, or None."""
        key = key.lower()
        tables: tuple[tuple[OtherKind, RecordTable], ...] = (
            ("application", self.app_objects),
            ("servicePrincipal", self.service_principals),
            ("directoryRole", self.activated_roles),
        )
        return next(((kind, record) for kind, table in tables if (record := table.get(key)) is not None), None)

    def holds(self, key: str) -> bool:
        """Whether there is an object with this id, deleted ones and rooms included."""
        return any(key in getattr(self, name) for name in TABLES)

    def owner_of(self, name: str, value: str) -> str | None:
        """The id of the object that holds this unique value, or None."""
        return self._names[name].get(value)

    def plan_status(self, record: Record, sku_id: str, plan_name: str) -> str:
        """How far a service plan is that a user has turned on with this product."""
        states = (each for each in record.get("licenseAssignmentStates", ()) if each["skuId"] == sku_id)
        since = min((each["lastUpdatedDateTime"] for each in states if each["state"] == "Active"), default=self.now)
        return self.provisioning.status(plan_name, datetime.fromisoformat(since), self.clock.now())

    # -- writing -------------------------------------------------------------------------------------------------

    def table(self, kind: ChangeKind) -> RecordTable:
        """The table of live objects of one kind."""
        return {"user": self.users, "group": self.groups, "contact": self.contacts}[kind]

    def create(self, kind: ChangeKind, record: Record) -> None:
        """Add an object; 400 ObjectConflict when a unique value of it is taken."""
        self._claim(record)
        self.table(kind).put(record)
        count_seats(self.consumed, kind, None, record)
        self._log(kind, record["id"], None)

    def update(self, kind: ChangeKind, record: Record) -> None:
        """Put a new version in place of the present one; 400 ObjectConflict; nothing happens when nothing differs."""
        table = self.table(kind)
        before = table.get(record["id"]) or {}
        names = frozenset(name for name in {*before, *record} if before.get(name) != record.get(name))
        if not names:
            return
        self._claim(record, before)
        table.put(record)
        count_seats(self.consumed, kind, before, record)
        self._log(kind, record["id"], names)

    def soft_delete(self, kind: ChangeKind, record: Record, parked: Record) -> None:
        """Move an object to the deleted items, as *parked* says; it keeps what stays unique there."""
        self.table(kind).remove(record["id"])
        count_seats(self.consumed, kind, record, None)
        self._release(record)
        self._claim(parked)
        self.deleted.put(parked)
        self._log(kind, record["id"], frozenset({"@removed"}))

    def restore(self, kind: ChangeKind, record: Record) -> None:
        """Bring an object back from the deleted items as *record*; 400 ObjectConflict when a value of it is taken."""
        parked = self.deleted.get(record["id"]) or {}
        self._claim(record, parked)
        self.deleted.remove(record["id"])
        self.table(kind).put(record)
        count_seats(self.consumed, kind, None, record)
        self._log(kind, record["id"], None)

    def purge(self, kind: ChangeKind, record: Record) -> None:
        """Remove an object for good, wherever it is, with every reference to it."""
        key = record["id"]
        if key in self.deleted:
            self.deleted.remove(key)
        else:
            self.table(kind).remove(key)
            count_seats(self.consumed, kind, record, None)
        self._release(record)
        for name in LINKS:
            getattr(self, name).forget(key)
        for assignment in [item for item in self.role_assignments if item["principalId"] == key]:
            self.role_assignments.remove(assignment["id"])
        self.forget_app_roles(key)
        self._log(kind, key, frozenset({"@removed"}))

    def forget_app_roles(self, key: str) -> None:
        """Drop every app-role assignment of an object, and for it."""
        for item in [each for each in self.app_role_assignments if key in {each["principalId"], each["resourceId"]}]:
            self.app_role_assignments.remove(item["id"])

    def log_link(self, kind: ChangeKind, source: str, name: str, target: str, *, added: bool) -> None:
        """Note that a reference of *source* came or went."""
        self.log.append(
            ChangeRecord(kind, source, self.clock.now(), frozenset({name}), LinkChange(name, target, added))
        )

    def _log(self, kind: ChangeKind, key: str, names: frozenset[str] | None) -> None:
        if names is not None:
            names = _NAME_SETS.setdefault(names, names)  # few different ones, in very many changes
        self.log.append(ChangeRecord(kind, key, self.clock.now(), names))

    def _claim(self, record: Record, before: Record | None = None) -> None:
        held = frozenset(_unique_values(before or {}))
        wanted = tuple(_unique_values(record))
        for name, value in wanted:
            owner = self._names[name].get(value)
            if owner is not None and owner != record["id"]:
                raise GraphErrorResponse.conflict(name, conflicting_id=owner if name == "proxyAddresses" else None)
        for name, value in held.difference(wanted):
            self._names[name].pop(value, None)
        for name, value in wanted:
            self._names[name][value] = record["id"]

    def _release(self, record: Record) -> None:
        for name, value in _unique_values(record):
            self._names[name].pop(value, None)

    # -- copying -------------------------------------------------------------------------------------------------

    def copy(self) -> Directory:
        """An independent directory, equal to this one, with the same clock."""
        chance = random.Random()  # noqa: S311 - ids of a fake
        chance.setstate(self.random.getstate())
        return evolve(
            self,
            random=chance,
            organization=dict(self.organization),
            domains=dict(self.domains),
            subscriptions=dict(self.subscriptions),
            applications=dict(self.applications),
            consumed=Counter(self.consumed),
            names={name: values.copy() for name, values in self._names.items()},
            **{name: getattr(self, name).copy() for name in _COPIED},
        )

    def rebuild(self) -> None:
        """Compute unique values and seats again, after records were put in from outside."""
        for values in self._names.values():
            values.clear()
        self.consumed.clear()
        for table in (self.users, self.groups, self.deleted):
            for record in table:
                self._claim(record)
                if table is self.users:
                    count_seats(self.consumed, "user", None, record)


_NAME_SETS: dict[frozenset[str], frozenset[str]] = {}
TABLES = (
    "users", "groups", "contacts", "places", "deleted", "activated_roles", "role_assignments",
    "app_objects", "service_principals", "app_role_assignments", "extensions",
)  # fmt: skip
"""The tables of records."""
LINKS = ("managers", "members", "owners", "sponsors")
"""The references between them."""
_COPIED = (*TABLES, *LINKS, "log")


def _unique_values(record: Record) -> Iterator[tuple[str, str]]:
    """The values that only one object may hold, in the form in which they are compared.

    What is soft-deleted keeps its onPremisesImmutableId, and has given up its addresses; its userPrincipalName was
    rewritten when it was deleted, so the original is free.
    """
    principal_name = record.get("userPrincipalName")
    if principal_name:
        yield "userPrincipalName", _lower(principal_name)
    anchor = record.get("onPremisesImmutableId")
    if anchor:
        yield "onPremisesImmutableId", anchor
    if record.get("deletedDateTime") is None:
        for address in record.get("proxyAddresses", ()):
            yield "proxyAddresses", _lower(address.partition(":")[2] if address[:5].lower() == "smtp:" else address)
        unique_name = record.get("uniqueName")
        if unique_name:
            yield "uniqueName", _lower(unique_name)


def _lower(text: str) -> str:
    """The text in lower case, and itself where it is that already: there are many, and each takes memory."""
    lowered = text.lower()
    return text if lowered == text else lowered
