"""What a tenant holds at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from itertools import chain
from types import NoneType
from typing import Any, TypeVar

from attrs import Attribute, field, frozen

from o365prov._annotations import check_after_failure, shown
from o365prov._fields import as_frozenset, as_tuple, frozen_mapping, typed, whole_number, wrong
from o365prov.errors import ConfigurationError
from o365prov.planning.tenant.addresses import AddressHolder, HolderKind, each_by_address, smtp_addresses
from o365prov.planning.tenant.groups import TenantGroup
from o365prov.planning.tenant.lookups import Coverage, LookedUp, LookupKind
from o365prov.planning.tenant.snapshot_rows import SnapshotRows
from o365prov.rendering import printable


@frozen(field_transformer=typed)
class HeldLicense:
    """A licence of a user.

    Args:
        sku_id: the SKU's id.
        disabled_plans: the ids of the service plans that are turned off.
        inherited_from: the id of the group that the licence comes from; None if the user has it directly.

    """

    sku_id: str
    disabled_plans: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    inherited_from: str | None = None


@frozen(field_transformer=typed)
class FailedLicense:
    """A licence that Microsoft could not give to a user, or not in full.

    Args:
        sku_id: the SKU's id.
        error: why, as Graph names it, such as ``CountViolation``.
        inherited_from: the id of the group that should give the licence; None if it was assigned to the user.

    Sources: Microsoft Graph, licenseAssignmentState; Microsoft Entra, "Identify and resolve license assignment
    problems".
    """

    sku_id: str
    error: str
    inherited_from: str | None = None


def _properties(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not a mapping of names, and what can't identify an account."""
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise wrong(owner, field, "a mapping", value)
    for name in ("userPrincipalName", "onPremisesImmutableId"):
        if not isinstance(value.get(name), _IDENTITY):
            raise ConfigurationError(f"TenantUser.properties: {name} should be a string, not {shown(value[name])}")


_IDENTITY = (str, NoneType)


@frozen(field_transformer=typed)
class TenantUser:
    """A user of the tenant.

    Args:
        id: the object id.
        properties: the properties that were read, under Graph's names.
        licenses: the user's licences.
        manager_id: the object id of the manager; None without a manager.
        sessions_valid_from: ``signInSessionsValidFromDateTime`` (StsRefreshTokensValidFrom), aware.
        failed_licenses: the licences that Microsoft could not give.

    """

    id: str
    properties: Mapping[str, Any] = field(converter=frozen_mapping, validator=_properties, hash=False, repr=False)
    licenses: tuple[HeldLicense, ...] = ()
    manager_id: str | None = None
    sessions_valid_from: datetime | None = None
    failed_licenses: tuple[FailedLicense, ...] = ()

    @property
    def username(self) -> str:
        """The user principal name."""
        return str(self.properties.get("userPrincipalName", ""))

    @property
    def anchor(self) -> str | None:
        """The source anchor, ``onPremisesImmutableId``."""
        return self.properties.get("onPremisesImmutableId")

    @property
    def addresses(self) -> frozenset[str]:
        """The e-mail addresses that it has, in lower case: ``mail`` and the SMTP addresses of ``proxyAddresses``.

        >>> held = {"mail": "Ann@corp.example", "proxyAddresses": ["SMTP:ann@corp.example", "x500:a"]}
        >>> TenantUser("1", held).addresses
        frozenset({'ann@corp.example'})
        """
        return smtp_addresses(self.properties)

    @property
    def enabled(self) -> bool:
        """Whether the account may sign in: unless Graph says that it may not, it counts as if it might."""
        return self.properties.get("accountEnabled") is not False

    @property
    def synced(self) -> bool:
        """Whether a sync engine such as Entra Connect masters the account now."""
        return bool(self.properties.get("onPremisesSyncEnabled"))

    @property
    def is_guest(self) -> bool:
        """Whether the tenant has it as a guest, also one who signs in here (an internal guest)."""
        return self.properties.get("userType") == "Guest"


def former_username(user: TenantUser) -> str:
    """The user principal name that a deleted user had, without the id that Graph puts before it.

    >>> former_username(TenantUser("0a-1b", {"userPrincipalName": "0a1bann@corp.example"}))
    'ann@corp.example'
    """
    return user.username.removeprefix(user.id.replace("-", ""))


@frozen(field_transformer=typed)
class Sku:
    """A licence that the tenant has subscribed to.

    Args:
        id: the SKU's id.
        part_number: its part number, such as ``SPE_E3``.
        plans: the ids of its service plans, by name.
        seats: how many users can have it.
        used: how many users have it.
        assignable: whether users can have it, and not only the tenant.

    """

    id: str
    part_number: str
    plans: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)
    seats: int = field(default=0, validator=whole_number())
    used: int = field(default=0, validator=whole_number())
    assignable: bool = True

    @property
    def free(self) -> int:
        """How many more users can have it."""
        return max(self.seats - self.used, 0)


@frozen(field_transformer=typed)
class Domain:
    """A domain of the tenant.

    Args:
        name: the name, in lower case.
        verified: whether the tenant has proved that it owns the domain.
        federated: whether people of the domain sign in elsewhere.

    """

    name: str
    verified: bool = True
    federated: bool = False


@frozen(field_transformer=typed)
class Role:
    """A directory role.

    Args:
        id: the id of the role definition; that of a built-in role is its template id in every tenant.
        name: the name.
        privileged: Microsoft's own label ("isPrivileged").

    """

    id: str
    name: str
    privileged: bool = False


@frozen(field_transformer=typed)
class RoleAssignment:
    """A directory role that a user has for the whole tenant.

    Args:
        id: the id of the assignment.
        role_id: the id of the role definition.
        principal_id: the object id of the user.

    """

    id: str
    role_id: str
    principal_id: str


def _tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    return as_tuple(values)


def _tuple_or_none(values: Iterable[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else as_tuple(values)


def _names_or_none(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else as_frozenset(values)


def _id(user: TenantUser) -> str:
    return user.id


_Found = TypeVar("_Found")
_Holding = tuple[TenantUser | AddressHolder, frozenset[str]]


@frozen(slots=False, repr=False, field_transformer=typed)
class TenantSnapshot(SnapshotRows):
    """What a tenant holds, as far as planning needs it.

    Args:
        tenant_id: the tenant's id.
        users: its users.
        skus: the licences that it has subscribed to.
        domains: its domains.
        name: its name.
        read_at: when it was read, aware.
        watermark: what Graph calls that moment (a delta link), so that applying can ask what changed since.
        roles: its directory roles.
        role_assignments: which users have them.
        deleted_users: the users that can still be restored.
        synced: whether Entra Connect or Cloud Sync masters objects in it.
        addresses: its groups and contacts that have e-mail addresses.
        unread_addresses: what could not be read of these, because the app may not.
        coverage: for whom it was read, and what was looked up for them; None if it holds everything. What was not
            looked up is not in *users* and the like, and asking for it by a key is an error.
        groups: its groups with their direct members; None if they were not read.
        parts: what was read, by the names of :attr:`Needs.parts <o365prov.planning.Needs.parts>`; None if nothing was
            left out. What was left out is unknown, and not empty.

    """

    tenant_id: str
    users: tuple[TenantUser, ...] = field(default=(), converter=_tuple)
    skus: tuple[Sku, ...] = field(default=(), converter=_tuple)
    domains: tuple[Domain, ...] = field(default=(), converter=_tuple)
    name: str = ""
    read_at: datetime | None = None
    watermark: str | None = None
    roles: tuple[Role, ...] = field(default=(), converter=_tuple)
    role_assignments: tuple[RoleAssignment, ...] = field(default=(), converter=_tuple)
    deleted_users: tuple[TenantUser, ...] = field(default=(), converter=_tuple)
    synced: bool = False
    addresses: tuple[AddressHolder, ...] = field(default=(), converter=_tuple)
    unread_addresses: tuple[HolderKind, ...] = field(default=(), converter=_tuple)
    coverage: Coverage | None = None
    groups: tuple[TenantGroup, ...] | None = field(default=None, converter=_tuple_or_none)
    parts: frozenset[str] | None = field(default=None, converter=_names_or_none)

    def _asked(self, kind: LookupKind, found: Mapping[str, _Found]) -> Mapping[str, _Found]:
        return found if self.coverage is None else LookedUp(found, kind, self.coverage)

    @cached_property
    def by_id(self) -> Mapping[str, TenantUser]:
        """Users by object id."""
        return self._asked(LookupKind.ACCOUNT, {user.id: user for user in self.users})

    @cached_property
    def by_username(self) -> Mapping[str, TenantUser]:
        """Users by user principal name in lower case."""
        return self._asked(LookupKind.USERNAME, {user.username.lower(): user for user in self.users})

    @cached_property
    def by_anchor(self) -> Mapping[str, TenantUser]:
        """Users by source anchor."""
        return self._asked(LookupKind.ANCHOR, {user.anchor: user for user in self.users if user.anchor})

    @cached_property
    def shared_anchors(self) -> Mapping[str, tuple[TenantUser, ...]]:
        """Users by source anchor where more than one has it; Entra refuses that, so the snapshot is odd."""
        counts = Counter(user.anchor for user in self.users if user.anchor)
        shared = (anchor for anchor, count in counts.items() if count > 1)
        users = {
            anchor: tuple(sorted((user for user in self.users if user.anchor == anchor), key=_id)) for anchor in shared
        }
        return self._asked(LookupKind.ANCHOR, users)

    @cached_property
    def by_address(self) -> Mapping[str, tuple[TenantUser | AddressHolder, ...]]:
        """Users, groups and contacts by each username and e-mail address in lower case; the deleted hold none."""
        users = ((user, user.addresses | {user.username.lower()}) for user in self.users)
        others = ((other, other.addresses) for other in self.addresses)
        return self._asked(LookupKind.ADDRESS, each_by_address(chain[_Holding](users, others)))

    @check_after_failure
    def holders_of(self, address: str, *, other_than: str | None = None) -> tuple[AddressHolder, ...]:
        """Who holds a username or e-mail address, whatever its case; usually one at most.

        Args:
            address: the address.
            other_than: the object id of an account that does not count.

        """
        if not (found := self.by_address.get(address.lower())):
            return ()
        holders = (
            AddressHolder.of_properties(HolderKind.USER, each.id, each.properties)
            if isinstance(each, TenantUser)
            else each
            for each in found
            if each.id != other_than
        )
        return tuple(sorted(holders, key=lambda each: (each.kind, each.id)))

    @cached_property
    def deleted_by_anchor(self) -> Mapping[str, TenantUser]:
        """Deleted users by source anchor, which they keep; several may have one."""
        users = {user.anchor: user for user in sorted(self.deleted_users, key=_id) if user.anchor}
        return self._asked(LookupKind.ANCHOR, users)

    @cached_property
    def deleted_by_id(self) -> Mapping[str, TenantUser]:
        """Deleted users by object id."""
        return self._asked(LookupKind.ACCOUNT, {user.id: user for user in self.deleted_users})

    @cached_property
    def deleted_by_username(self) -> Mapping[str, tuple[TenantUser, ...]]:
        """Deleted users by each username and e-mail address that they had, in lower case: they may come back."""
        users = sorted(self.deleted_users, key=_id)
        held = each_by_address((user, user.addresses | {former_username(user).lower()}) for user in users)
        return self._asked(LookupKind.DELETED, held)

    @cached_property
    def sku_named(self) -> Mapping[str, Sku]:
        """SKUs by part number and by id."""
        return {**{sku.id: sku for sku in self.skus}, **{sku.part_number: sku for sku in self.skus}}

    @cached_property
    def _sku_in_any_case(self) -> Mapping[str, Sku]:
        return {name.lower(): sku for name, sku in self.sku_named.items()}

    @check_after_failure
    def find_sku(self, name: str) -> Sku | None:
        """The SKU with this part number, whatever its case, or this id; None without one.

        No two of Microsoft's part numbers differ in case only, and Graph itself takes ids.
        """
        return self._sku_in_any_case.get(name.lower())

    @cached_property
    def domain_named(self) -> Mapping[str, Domain]:
        """Domains by name."""
        return {domain.name: domain for domain in self.domains}

    @check_after_failure
    def is_federated(self, username: str) -> bool:
        """Whether the domain of *username* is a federated one of the tenant's."""
        domain = self.domain_named.get(username.rpartition("@")[2].lower())
        return domain is not None and domain.federated

    @cached_property
    def role_named(self) -> Mapping[str, Role]:
        """Roles by name in lower case and by id."""
        return {**{role.id: role for role in self.roles}, **{role.name.lower(): role for role in self.roles}}

    @cached_property
    def roles_of(self) -> Mapping[str, tuple[RoleAssignment, ...]]:
        """The role assignments of each user who has any, by object id."""
        held: dict[str, tuple[RoleAssignment, ...]] = {}
        for assignment in self.role_assignments:
            held[assignment.principal_id] = (*held.get(assignment.principal_id, ()), assignment)
        return self._asked(LookupKind.ROLES, held)

    @check_after_failure
    def is_privileged(self, object_id: str) -> bool:
        """Whether this user has a privileged role."""
        return any(
            role.privileged
            for assignment in self.roles_of.get(object_id, ())
            if (role := self.role_named.get(assignment.role_id))
        )

    def __repr__(self) -> str:
        name = printable(self.name or self.tenant_id)
        return f"TenantSnapshot({name}, {len(self.users)} users, read {self.read_at})"
