"""What a tenant holds, as read at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from attrs import field, frozen

from o365prov._fields import as_frozenset, as_tuple, as_unique, frozen_mapping, typed, whole_number
from o365prov.rendering import printable


@frozen(field_transformer=typed)
class HeldLicense:
    """A licence as a user holds it: *inherited_from* is the id of the group it comes through, None if it is direct."""

    sku_id: str
    disabled_plans: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    inherited_from: str | None = None


@frozen(field_transformer=typed)
class TenantUser:
    """A user of the tenant: *properties* under Graph's own names, as far as they were asked for.

    *sessions_valid_from* is ``signInSessionsValidFromDateTime`` (StsRefreshTokensValidFrom); *manager_id* the object id
    of the manager, None where there is none.
    """

    id: str
    properties: Mapping[str, Any] = field(converter=frozen_mapping, hash=False, repr=False)
    licenses: tuple[HeldLicense, ...] = ()
    manager_id: str | None = None
    sessions_valid_from: datetime | None = None

    @property
    def username(self) -> str:
        """The user principal name."""
        return str(self.properties.get("userPrincipalName", ""))

    @property
    def anchor(self) -> str | None:
        """The source anchor, ``onPremisesImmutableId``."""
        return self.properties.get("onPremisesImmutableId")

    @property
    def enabled(self) -> bool:
        """Whether the account may sign in."""
        return bool(self.properties.get("accountEnabled", True))

    @property
    def synced(self) -> bool:
        """Whether a sync engine such as Entra Connect masters the account now."""
        return bool(self.properties.get("onPremisesSyncEnabled"))


def former_username(user: TenantUser) -> str:
    """The user principal name that a deleted user had: while it is deleted, its id without dashes stands before it.

    >>> former_username(TenantUser("0a-1b", {"userPrincipalName": "0a1bann@corp.example"}))
    'ann@corp.example'
    """
    return user.username.removeprefix(user.id.replace("-", ""))


@frozen(field_transformer=typed)
class Sku:
    """A licence that the tenant subscribed to: *plans* are ids of its service plans by name, *seats* those usable."""

    id: str
    part_number: str
    plans: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)
    seats: int = field(default=0, validator=whole_number())
    used: int = field(default=0, validator=whole_number())
    assignable: bool = True


@frozen(field_transformer=typed)
class Domain:
    """A domain of the tenant; the name is in lower case."""

    name: str
    verified: bool = True
    federated: bool = False


@frozen(field_transformer=typed)
class Role:
    """A directory role: *id* is the role definition's, which for built-in roles is the template's in every tenant.

    *privileged* is Microsoft's own label ("isPrivileged").
    """

    id: str
    name: str
    privileged: bool = False


@frozen(field_transformer=typed)
class RoleAssignment:
    """A directory role held by a user, for the whole tenant."""

    id: str
    role_id: str
    principal_id: str


@frozen(field_transformer=typed)
class Needs:
    """What has to be read of a tenant before a plan can be made.

    *properties* are Graph's names. *managers*, *roles* (definitions and assignments) and *deleted_users* say whether
    these are read too.
    """

    properties: tuple[str, ...] = field(converter=as_unique)
    managers: bool = False
    roles: bool = True
    deleted_users: bool = True


def _tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    return as_tuple(values)


@frozen(slots=False, repr=False, field_transformer=typed)
class TenantSnapshot:
    """Everything that planning asks about a tenant, read at *read_at*.

    *watermark* marks the moment for Graph (a delta link), so that applying can ask what changed since; it is opaque and
    taken before the first user was read. The tenant is *synced* if Entra Connect or Cloud Sync masters objects in it.
    Users, SKUs, domains and roles are found by any name that they go by.
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

    @cached_property
    def by_id(self) -> Mapping[str, TenantUser]:
        """Users by object id."""
        return {user.id: user for user in self.users}

    @cached_property
    def by_username(self) -> Mapping[str, TenantUser]:
        """Users by user principal name in lower case."""
        return {user.username.lower(): user for user in self.users}

    @cached_property
    def by_anchor(self) -> Mapping[str, TenantUser]:
        """Users by source anchor."""
        return {user.anchor: user for user in self.users if user.anchor}

    @cached_property
    def deleted_by_anchor(self) -> Mapping[str, TenantUser]:
        """Deleted users by source anchor, which they keep."""
        return {user.anchor: user for user in self.deleted_users if user.anchor}

    @cached_property
    def deleted_by_id(self) -> Mapping[str, TenantUser]:
        """Deleted users by object id."""
        return {user.id: user for user in self.deleted_users}

    @cached_property
    def sku_named(self) -> Mapping[str, Sku]:
        """SKUs by part number and by id."""
        return {**{sku.id: sku for sku in self.skus}, **{sku.part_number: sku for sku in self.skus}}

    @cached_property
    def domain_named(self) -> Mapping[str, Domain]:
        """Domains by name."""
        return {domain.name: domain for domain in self.domains}

    def is_federated(self, username: str) -> bool:
        """Whether the domain of *username* is one of the tenant's, and people of it sign in elsewhere."""
        domain = self.domain_named.get(username.rpartition("@")[2].lower())
        return domain is not None and domain.federated

    @cached_property
    def role_named(self) -> Mapping[str, Role]:
        """Roles by name in lower case and by id."""
        return {**{role.id: role for role in self.roles}, **{role.name.lower(): role for role in self.roles}}

    @cached_property
    def roles_of(self) -> Mapping[str, tuple[RoleAssignment, ...]]:
        """The directly held roles of each user who has any, by object id."""
        held: dict[str, tuple[RoleAssignment, ...]] = {}
        for assignment in self.role_assignments:
            held[assignment.principal_id] = (*held.get(assignment.principal_id, ()), assignment)
        return held

    def is_privileged(self, object_id: str) -> bool:
        """Whether this user holds a privileged role."""
        return any(
            role.privileged
            for assignment in self.roles_of.get(object_id, ())
            if (role := self.role_named.get(assignment.role_id))
        )

    def __repr__(self) -> str:
        name = printable(self.name or self.tenant_id)
        return f"TenantSnapshot({name}, {len(self.users)} users, read {self.read_at})"
