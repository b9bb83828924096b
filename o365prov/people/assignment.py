"""Groups, and who is assigned Office 365 with which licences and roles.

Okta assigns an app to people and to groups. A person in more than one assigned group gets the values of the group with
the highest priority (the lowest number); an individual assignment overrides every group.

Source: Okta, "Assign Office 365 to users and groups"; Okta support, "Office 365 integration: combine license assignment
values from multiple groups" (which describes group priority as the default).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import as_frozenset, as_sorted, as_tuple, frozen_mapping, made_of, typed
from o365prov.errors import ConfigurationError
from o365prov.people.person import Person
from o365prov.people.related import Related
from o365prov.rendering import names_text


@frozen(field_transformer=typed)
class Group:
    """A group in Okta.

    Args:
        id: the group's id.
        name: its name.
        type: Okta's type of the group: ``OKTA_GROUP``, ``APP_GROUP`` or ``BUILT_IN``.
        source_id: the id of the app that the group comes from; None for Okta's own groups.
        profile: the group's profile as Okta's API spells it.
        members: the ids of its people.

    """

    id: str
    name: str
    type: str = "OKTA_GROUP"
    source_id: str | None = None
    profile: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)
    members: frozenset[str] = field(default=frozenset(), converter=as_frozenset, repr=False)


def _plans(names: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if names is None else as_sorted(names)


def _groups(groups: Iterable[Group]) -> tuple[Group, ...]:
    return as_tuple(groups)


@frozen(field_transformer=typed)
class LicenseGrant:
    """A licence to hold: a SKU with all or some of its service plans.

    Args:
        sku: the part number (``SPE_E3``) or the SKU's GUID.
        service_plans: the plans to enable, by name or GUID; None enables all of them.

    >>> str(LicenseGrant("SPE_E3", ["TEAMS1", "EXCHANGE_S_ENTERPRISE"]))
    'SPE_E3 [EXCHANGE_S_ENTERPRISE, TEAMS1]'

    """

    sku: str
    service_plans: tuple[str, ...] | None = field(default=None, converter=_plans)

    def __str__(self) -> str:
        """The SKU, with the enabled plans in brackets where they are restricted."""
        return self.sku if self.service_plans is None else f"{self.sku} [{', '.join(self.service_plans)}]"


_NOTHING = Related()


def _grants(values: Iterable[LicenseGrant]) -> tuple[LicenseGrant, ...]:
    return made_of(
        values, lambda each: tuple(sorted(set(each), key=lambda grant: (grant.sku, grant.service_plans or ())))
    )


@frozen(field_transformer=typed)
class Grants:
    """The licences and roles that an assignment gives.

    Args:
        licenses: the licences.
        roles: names or template ids of Entra directory roles.

    """

    licenses: tuple[LicenseGrant, ...] = field(default=(), converter=_grants)
    roles: tuple[str, ...] = field(default=(), converter=as_sorted)


@frozen(field_transformer=typed)
class GroupAssignment:
    """Office 365 assigned to a group.

    Args:
        group_id: the group.
        priority: of a person's assigned groups, the one with the lowest number wins.
        grants: what the group's people get.

    """

    group_id: str
    priority: int
    grants: Grants = field(factory=Grants)


@frozen(field_transformer=typed)
class Assignment:
    """One person's assignment to Office 365.

    Args:
        person: who is assigned.
        grants: the licences and roles to hold.
        via: where the assignment comes from, for the reasons in a plan: ``individual`` or the names of the groups.
        groups: all Okta groups of the person, for expressions that ask for them.
        username: a username in place of that of the app's format; only an individual assignment has one.
        starts: when the assignment begins, aware; None for one that holds now.
        ends: when it ends, aware: from then on the person is not assigned; None for one without an end.
        role_ends: when roles of *grants* end, aware, by their names; the others stay as long as the assignment.
        priority: the priority of the assigned group, or of the first of them; None for an individual assignment. Where
            seats are scarce, individual assignments come first, and then the lowest number.
        related: what the source knows around the person, for expressions that ask for it.

    Raises:
        ConfigurationError: it ends before it starts, a role ends that is not granted, or a field has a wrong type.

    """

    person: Person
    grants: Grants = field(factory=Grants)
    via: str = "individual"
    groups: tuple[Group, ...] = field(default=(), converter=_groups, repr=False)
    username: str | None = None
    starts: datetime | None = None
    priority: int | None = None
    related: Related = field(default=_NOTHING, repr=False)
    ends: datetime | None = None
    role_ends: Mapping[str, datetime] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if foreign := sorted(self.role_ends.keys() - frozenset(self.grants.roles)):
            raise ConfigurationError(
                f"Assignment.role_ends names roles that are not granted ({names_text(foreign)}): correct the name"
            )
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            raise ConfigurationError(
                f"Assignment.ends ({self.ends}) should be later than starts ({self.starts}): correct it at the source"
            )

    @property
    def person_id(self) -> str:
        """The assigned person's id."""
        return self.person.id

    @property
    def how(self) -> str:
        """How the person is assigned, for the reasons in a plan: "individually", or "through" the groups."""
        return "individually" if self.via == "individual" else f"through {self.via}"

    @check_after_failure
    def at(self, now: datetime) -> Assignment:
        """The same assignment, without the roles that have ended at *now* (aware).

        >>> from datetime import UTC
        >>> june, july = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
        >>> grants = Grants(roles=["Directory Readers", "Reports Reader"])
        >>> ann = Assignment(Person("00u1", "ACTIVE", {}), grants, role_ends={"Reports Reader": july})
        >>> ann.at(june).grants.roles, ann.at(july).grants.roles
        (('Directory Readers', 'Reports Reader'), ('Directory Readers',))

        """
        if not self.role_ends:
            return self  # as it is of nearly everybody
        ended = frozenset(name for name, end in self.role_ends.items() if end <= now)
        if not ended:
            return self
        roles = tuple(name for name in self.grants.roles if name not in ended)
        ends = {name: end for name, end in self.role_ends.items() if name not in ended}
        return evolve(self, grants=Grants(self.grants.licenses, roles), role_ends=ends)

    @check_after_failure
    def with_default(self, grants: Grants) -> Assignment:
        """The same assignment, with the licences of *grants* if it has none, and with the roles if it has none.

        >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
        >>> assignment = Assignment(ann, Grants(roles=["Directory Readers"]))
        >>> assignment.with_default(Grants([LicenseGrant("SPE_F1")], ["Reports Reader"])).grants
        Grants(licenses=(LicenseGrant(sku='SPE_F1', service_plans=None),), roles=('Directory Readers',))

        """
        licenses, roles = self.grants.licenses or grants.licenses, self.grants.roles or grants.roles
        if (licenses, roles) == (self.grants.licenses, self.grants.roles):
            return self
        return evolve(self, grants=Grants(licenses, roles))
