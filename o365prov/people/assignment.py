"""Who is assigned Office 365, with which licences and roles.

Okta assigns an app to single people and to groups. A person in more than one assigned group gets the values of the
group with the highest priority (the lowest number); an individual assignment overrides every group.

Source: Okta, "Assign Office 365 to users and groups"; Okta support, "Office 365 integration: combine license assignment
values from multiple groups" (which describes group priority as the default).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from o365prov._fields import as_frozenset, as_sorted, as_tuple, frozen_mapping, made_of, typed
from o365prov.people.person import Person


@frozen(field_transformer=typed)
class Group:
    """A group as Okta knows it: *members* are person ids."""

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
    """A licence to hold: a SKU, with all of its service plans or only the named ones.

    *sku* is the part number (``SPE_E3``) or the SKU's GUID; *service_plans* the plans to enable, by name or GUID; None
    enables all of them.
    """

    sku: str
    service_plans: tuple[str, ...] | None = field(default=None, converter=_plans)

    def __str__(self) -> str:
        """The SKU, with the enabled plans in brackets where they are restricted."""
        return self.sku if self.service_plans is None else f"{self.sku} [{', '.join(self.service_plans)}]"


def _grants(values: Iterable[LicenseGrant]) -> tuple[LicenseGrant, ...]:
    return made_of(
        values, lambda each: tuple(sorted(set(each), key=lambda grant: (grant.sku, grant.service_plans or ())))
    )


@frozen(field_transformer=typed)
class Grants:
    """Licences and roles that one assignment gives; *roles* are names of Entra directory roles or template ids."""

    licenses: tuple[LicenseGrant, ...] = field(default=(), converter=_grants)
    roles: tuple[str, ...] = field(default=(), converter=as_sorted)


@frozen(field_transformer=typed)
class GroupAssignment:
    """Office 365 assigned to a group; of a person's assigned groups, that with the lowest *priority* number wins."""

    group_id: str
    priority: int
    grants: Grants = field(factory=Grants)


@frozen(field_transformer=typed)
class Assignment:
    """One person's assignment to Office 365, with everything the mapping and the planner ask about them.

    *via* says where it comes from, for the reasons in a plan: ``individual`` or the groups' names. *groups* are all
    Okta groups of the person, which expressions may ask for. *username* overrides the app's username format, which only
    an individual assignment can do.
    """

    person: Person
    grants: Grants = field(factory=Grants)
    via: str = "individual"
    groups: tuple[Group, ...] = field(default=(), converter=_groups, repr=False)
    username: str | None = None

    @property
    def person_id(self) -> str:
        """The assigned person's id."""
        return self.person.id

    @property
    def how(self) -> str:
        """How the person is assigned, as a plan's reasons say it: "individually", or "through" the groups."""
        return "individually" if self.via == "individual" else f"through {self.via}"


def assign(
    people: Iterable[Person],
    groups: Iterable[Group],
    by_group: Iterable[GroupAssignment],
    individually: Mapping[str, Grants],
    *,
    combine_licenses: bool = False,
    combine_roles: bool = False,
) -> tuple[Assignment, ...]:
    """Merge individual and group assignments into one assignment a person, in the order of *people*.

    A person without an individual assignment and outside all assigned groups gets none. Returns one
    :class:`Assignment` for each other person: individual grants if there are any, else those of the assigned group with
    the lowest priority number; with *combine_licenses* or *combine_roles* those of all assigned groups together, as
    Okta's "Combine values across groups" does for the attribute.

    >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
    >>> e3 = Group("00g1", "O365 E3", members={"00u1"})
    >>> [given] = assign([ann], [e3], [GroupAssignment("00g1", 0, Grants([LicenseGrant("SPE_E3")]))], {})
    >>> given.via, str(given.grants.licenses[0])
    ('O365 E3', 'SPE_E3')
    """
    groups_of: dict[str, list[Group]] = {}
    group_named = {}
    for group in groups:
        group_named[group.id] = group
        for member in group.members:
            groups_of.setdefault(member, []).append(group)
    giving: dict[str, list[tuple[str, Grants]]] = {}
    for assignment in sorted(by_group, key=lambda each: each.priority):
        if group_assigned := group_named.get(assignment.group_id):
            for member in group_assigned.members:
                giving.setdefault(member, []).append((group_assigned.name, assignment.grants))
    merged = {member: _merged(given, combine_licenses, combine_roles) for member, given in giving.items()}
    merged.update({person_id: ("individual", grants) for person_id, grants in individually.items()})
    return tuple(
        Assignment(person, merged[person.id][1], merged[person.id][0], groups_of.get(person.id, ()))
        for person in people
        if person.id in merged
    )


def _named(groups: list[str]) -> str:
    more = len(groups) - _NAMED
    return ", ".join(groups[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


_NAMED = 5
"""How many groups a reason names."""


def _merged(given: list[tuple[str, Grants]], combine_licenses: bool, combine_roles: bool) -> tuple[str, Grants]:
    """One person's values from groups, which are in the order of their priority."""
    (name, first), *others = given
    if not others or not (combine_licenses or combine_roles):
        return name, first
    grants = Grants(
        [each for _, one in given for each in one.licenses] if combine_licenses else first.licenses,
        [each for _, one in given for each in one.roles] if combine_roles else first.roles,
    )
    return _named([each for each, _ in given]), grants
