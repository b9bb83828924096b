"""What an app lets plans do, what must be read for one, and whom it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_frozenset, as_unique, frozen_mapping, typed
from o365prov.errors import ConfigurationError
from o365prov.people import AppUsers
from o365prov.planning import tenant
from o365prov.planning.model.safeguards import Safeguards
from o365prov.profiles import AttributeKind, ProfileMapping
from o365prov.provisioning import Lifecycle, ProvisioningType
from o365prov.rendering import quoted

# Plans name leavers and managers, and licences need a usage location; what identifies an account is always read.
_ALWAYS_READ = ("displayName", "usageLocation", "userType")


class Scope(StrEnum):
    """What a plan compares.

    ``CHANGED``, the default, is Okta's push ("Apply updates now"): what should be sent is compared with what was sent
    last. ``ALL`` is Force Sync: all mapped profiles and all licences are compared with the tenant, so that a licence
    that somebody took away in Office 365 is given again. ``DRIFT`` also reverts other edits in Office 365: blocked
    sign-in, and roles and managers that we had set.

    License Only and Profile Sync allow edits of profiles in Office 365: with them ``ALL`` compares the licences alone,
    and ``DRIFT`` is refused.

    Source: Okta support, "How to use the Force Sync option"; Okta, "Provisioning options for Office 365", row "Edit
    user directly in Office 365".
    """

    CHANGED = "changed"
    ALL = "all"
    DRIFT = "drift"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise ConfigurationError(f"scope should be one of {', '.join(map(repr, map(str, cls)))}, not {quoted(value)}")


@frozen(kw_only=True, field_transformer=typed)
class PlanOptions:
    """What the app allows.

    Args:
        provisioning: the provisioning type with its settings.
        safeguards: which plans need a confirmation.
        scope: what is compared.
        grantable_roles: the names or template ids, in lower case, of privileged roles that may be granted.
        restore_deleted_users: whether a person's deleted account is restored.
        gives_passwords: whether the caller of apply gives initial passwords, which people in managed domains need.
        take_over_licenses: whether licences that were granted elsewhere are also removed if they are not assigned.
        take_over_roles: the same for directory roles.
        lifecycle: what becomes of people at times when they are not simply provisioned.
        settings: the app, whose fields are its settings: the plan has them in words, for the audit; None for none.

    """

    provisioning: ProvisioningType
    safeguards: Safeguards = field(factory=Safeguards)
    scope: Scope = Scope.CHANGED
    grantable_roles: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    restore_deleted_users: bool = False
    gives_passwords: bool = False
    take_over_licenses: bool = False
    take_over_roles: bool = False
    lifecycle: Lifecycle = field(factory=Lifecycle)
    settings: Any = field(default=None, eq=False, repr=False)


def _only(people: Iterable[str] | None) -> frozenset[str] | None:
    return None if people is None else as_frozenset(people)


@frozen(field_transformer=typed)
class Needs:
    """What must be read from a tenant before a plan can be made.

    Args:
        properties: the properties of users, under Graph's names.
        managers: whether managers are read.
        roles: whether role definitions and assignments are read.
        deleted_users: whether deleted users are read.
        addresses: whether the addresses of groups and contacts are read.
        only: the ids of the people whom the plan will be about; None for everybody.
        app_name: the app whose memory tells which accounts are those of these people.
        lookups: with what is remembered at a time, a function that says what is to be looked up for these people and is
            not in a snapshot yet. It belongs to *only*.
        groups: whether all groups with their direct members are read, for an import.

    Raises:
        ConfigurationError: *only* is given without *lookups*, or the other way round, or together with *groups*; or a
            field has a wrong type.

    """

    properties: tuple[str, ...] = field(converter=as_unique)
    managers: bool = False
    roles: bool = True
    deleted_users: bool = True
    addresses: bool = False
    only: frozenset[str] | None = field(default=None, converter=_only)
    app_name: str = ""
    lookups: Callable[[AppUsers, datetime], Callable[[tenant.TenantSnapshot], frozenset[tenant.Lookup]]] | None = field(
        default=None, eq=False, repr=False
    )
    groups: bool = False

    def __attrs_post_init__(self) -> None:
        if (self.only is None) != (self.lookups is None):
            raise ConfigurationError("Needs.only and Needs.lookups go together: app.needs(assignments, only=...)")
        if self.groups and self.only is not None:
            raise ConfigurationError("Needs.groups are read for everybody alone: leave out only=, or the groups")

    @property
    def parts(self) -> frozenset[str]:
        """The names of what is read: the properties of users, and what else there is."""
        others = {
            "managers": self.managers,
            "roles": self.roles,
            "deleted users": self.deleted_users,
            "addresses of groups and contacts": self.addresses,
        }
        return frozenset((*self.properties, *(name for name, is_read in others.items() if is_read)))

    @classmethod
    def of(cls, mapping: ProfileMapping, provisioning: ProvisioningType) -> Needs:
        """What a plan with these settings needs: what is mapped, and who holds addresses if names are sent."""
        check_call(Needs.of, locals())
        attributes = [row.attribute for row in mapping]
        mapped = sorted(each.graph for each in attributes if each.graph and each.kind is not AttributeKind.MANAGER)
        return cls(
            (*_ALWAYS_READ, *mapped),
            managers=any(each.kind is AttributeKind.MANAGER for each in attributes),
            addresses=bool(provisioning.attributes),
        )


@frozen(field_transformer=typed)
class PlanRequest:
    """Whom one plan is about, and what its caller has decided.

    Args:
        only: the ids of the people whom the plan is about; None for everybody. Those of them without an assignment have
            left; of everybody else nothing is said.
        transfers: accounts that are handed over although somebody else had them, or had their name: object ids by the
            id of the person who gets the account.
        complete: whether the assignments are all that there are. Of an incomplete read nobody is taken to have left
            who is missing.
        mailboxes_done: the object ids of the accounts of leavers whose mailboxes were handed over.

    """

    only: frozenset[str] | None = field(default=None, converter=_only)
    transfers: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False)
    complete: bool = True
    mailboxes_done: frozenset[str] = field(default=frozenset(), converter=as_frozenset)

    def __attrs_post_init__(self) -> None:
        accounts = list(self.transfers.values())
        if len(set(accounts)) < len(accounts):
            raise ConfigurationError("PlanRequest.transfers hands one account to two people: keep one of them")

    @classmethod
    def of(
        cls,
        only: Iterable[str] | None,
        transfers: Mapping[str, str] | None,
        *,
        complete: bool = True,
        mailboxes_done: Iterable[str] = (),
    ) -> PlanRequest:
        """The request with these values, where None stands for no transfers."""
        return cls(only, {} if transfers is None else transfers, complete, mailboxes_done)

    @property
    def counts(self) -> bool:
        """Whether who is missing counts as missing once more: in a plan for everybody, of a complete read."""
        return self.complete and self.only is None

    def is_about(self, person_id: str) -> bool:
        """Whether the plan is about this person."""
        return self.only is None or person_id in self.only
