"""From people and groups to one assignment a person.

Source: Okta, "Assign Office 365 to users and groups"; Okta support, "Office 365 integration: combine license assignment
values from multiple groups" (which describes group priority as the default).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.people.assignment import Assignment, Grants, Group, GroupAssignment
from o365prov.people.person import Person
from o365prov.people.related import Related

_NOTHING = Related()
_NONE: Mapping[str, Any] = {}


def assign(
    people: Iterable[Person],
    groups: Iterable[Group],
    by_group: Iterable[GroupAssignment],
    individually: Mapping[str, Grants],
    *,
    usernames: Mapping[str, str] = _NONE,
    related: Mapping[str, Related] = _NONE,
    combine_licenses: bool = False,
    combine_roles: bool = False,
) -> tuple[Assignment, ...]:
    """Merge individual and group assignments into at most one assignment a person.

    Args:
        people: the people who may be assigned.
        groups: their groups.
        by_group: to which groups Office 365 is assigned.
        individually: what is assigned to single people, by person id.
        usernames: the usernames of individual assignments that have one of their own, by person id.
        related: what the source knows around people, by person id.
        combine_licenses: give the licences of all assigned groups, as Okta's "Combine values across groups" does,
            instead of those of the group with the lowest priority number.
        combine_roles: the same for roles.

    Returns:
        The assignments, in the order of *people*: individual grants if there are any, else those of the assigned
        groups. People without either have none.

    >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
    >>> e3 = Group("00g1", "O365 E3", members={"00u1"})
    >>> [assignment] = assign([ann], [e3], [GroupAssignment("00g1", 0, Grants([LicenseGrant("SPE_E3")]))], {})
    >>> assignment.via, str(assignment.grants.licenses[0])
    ('O365 E3', 'SPE_E3')

    """
    people, groups, by_group = as_tuple(people), as_tuple(groups), as_tuple(by_group)
    check_call(assign, locals())
    groups_of: dict[str, list[Group]] = {}
    group_by_id = {}
    for group in groups:
        group_by_id[group.id] = group
        for member in group.members:
            groups_of.setdefault(member, []).append(group)
    from_groups: dict[str, list[tuple[str, Grants]]] = {}
    priorities: dict[str, int] = {}
    for assignment in sorted(by_group, key=lambda each: each.priority):
        if assigned := group_by_id.get(assignment.group_id):
            for member in assigned.members:
                from_groups.setdefault(member, []).append((assigned.name, assignment.grants))
                priorities.setdefault(member, assignment.priority)
    merged = {member: _merge(each, combine_licenses, combine_roles) for member, each in from_groups.items()}
    merged.update({person_id: ("individual", grants) for person_id, grants in individually.items()})
    return tuple(
        Assignment(
            person,
            merged[person.id][1],
            merged[person.id][0],
            groups_of.get(person.id, ()),
            usernames.get(person.id) if person.id in individually else None,
            priority=None if person.id in individually else priorities.get(person.id),
            related=related.get(person.id, _NOTHING),
        )
        for person in people
        if person.id in merged
    )


_GROUPS_LISTED = 5
"""How many groups a reason names."""


def _list_groups(names: list[str]) -> str:
    more = len(names) - _GROUPS_LISTED
    return ", ".join(names[:_GROUPS_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _merge(from_groups: list[tuple[str, Grants]], combine_licenses: bool, combine_roles: bool) -> tuple[str, Grants]:
    """One person's values from groups, which are in the order of their priority."""
    (name, first), *others = from_groups
    if not others or not (combine_licenses or combine_roles):
        return name, first
    grants = Grants(
        [each for _, one in from_groups for each in one.licenses] if combine_licenses else first.licenses,
        [each for _, one in from_groups for each in one.roles] if combine_roles else first.roles,
    )
    return _list_groups([each for each, _ in from_groups]), grants
